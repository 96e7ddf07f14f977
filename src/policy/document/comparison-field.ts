// SPDX-License-Identifier: Apache-2.0
// `fields` of a requirement: members of a predicate by path, and how each must be. A value alone stands for "equal to it".

import * as f from './fields.ts';
import type { Comparison, FieldValue } from './model.ts';
import type { YamlNode } from '../yaml/node.ts';

const VALUE: f.Field<FieldValue> = {
  schema: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  read(node, what) {
    if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'bigint' || isNoNumber(node.value))
      throw f.wrongType(node, what, 'a text, a number, true or false');
    if (typeof node.value === 'string') f.assertSureText(node, node.source);
    return node.value;
  },
};
const NUMBER: f.Field<number> = {
  schema: { type: 'number' },
  read(node, what) {
    const value = VALUE.read(node, what);
    if (typeof value !== 'number') throw f.wrongType(node, what, 'a number');
    return value;
  },
};
/** True or false. */
export const WHETHER: f.Field<boolean> = {
  schema: { type: 'boolean' },
  read(node, what) {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    throw f.wrongType(node, what, 'true or false');
  },
};
const VALUES = f.many(VALUE, { max: 100 });
const RULES = ['oneOf', 'not', 'atLeast', 'atMost'] as const;
const COMPARISON = f.object(
  {
    oneOf: { about: 'It is one of these.', field: VALUES, absent: undefined },
    not: { about: 'It is there, and none of these.', field: VALUES, absent: undefined },
    atLeast: { about: 'It is this number or more.', field: NUMBER, absent: undefined },
    atMost: { about: 'It is this number or less.', field: NUMBER, absent: undefined },
  },
  RULES,
);

function isNoNumber(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

function comparisonOf(node: YamlNode, what: string): Comparison {
  if (node.kind !== 'map') return { oneOf: VALUES.read(node, what) };
  const { oneOf, not, atLeast, atMost } = COMPARISON.read(node, what);
  const nothing = (atLeast ?? Number.NEGATIVE_INFINITY) > (atMost ?? Number.POSITIVE_INFINITY);
  if (nothing || oneOf?.every((value) => not?.includes(value)))
    throw f.problemAt(node, 'POLICY_CONTRADICTION', `${what} fits no value`, 'change one of the rules, or remove it');
  return {
    ...(oneOf ? { oneOf } : {}),
    ...(not ? { not } : {}),
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(atMost === undefined ? {} : { atMost }),
  };
}

/** Members by path. */
export const FIELDS: f.Field<readonly { readonly path: string; readonly comparison: Comparison }[]> = {
  schema: {
    type: 'object',
    minProperties: 1,
    additionalProperties: { anyOf: [VALUES.schema, COMPARISON.schema] },
  },
  read(node, what) {
    if (node.kind !== 'map' || node.entries.size === 0) throw f.wrongType(node, what, 'a map (path: value)');
    return [...node.entries].map(([path, { value }]) => ({
      path,
      comparison: comparisonOf(value, `${what}.${path}`),
    }));
  },
};
