// SPDX-License-Identifier: Apache-2.0
// Lists and maps of a YAML document: how many entries, which keys, which of them must be there and which must differ.

import { didYouMean, quote } from '../../base/text.ts';
import type { YamlMap, YamlNode } from '../yaml/node.ts';
import { assertSureText, type Field, type Placed, problemAt, type Refusal, wrongType } from './fields.ts';

/** How long a list may be, and by what its entries must differ. */
export interface ListRules<T> {
  /** Without a bound of its own unless given. */
  readonly max?: number;
  /** 1 unless given. */
  readonly min?: number;
  readonly unique?: (value: T) => string;
}

/** A key of a map. Without `absent` it must be there; otherwise that stands for it when it is not. */
export interface Member {
  readonly about: string;
  readonly field: Field<unknown>;
  readonly absent?: unknown;
}

type MemberValue<M> = M extends { readonly field: Field<infer T>; readonly absent: infer A }
  ? A extends T
    ? T
    : T | A
  : M extends { readonly field: Field<infer T> }
    ? T
    : never;

/** A list. */
export function list<T>(
  item: Field<T>,
  { max = Number.POSITIVE_INFINITY, min = 1, unique }: ListRules<T>,
): Field<readonly T[]> {
  return {
    schema: {
      type: 'array',
      minItems: min,
      ...(Number.isFinite(max) ? { maxItems: max } : {}),
      uniqueItems: unique !== undefined,
      items: item.schema,
    },
    read(node, what) {
      if (node.kind !== 'list' || (min > 1 && node.items.length < min))
        throw wrongType(node, what, min > 1 ? `a list of ${min} or more` : 'a list');
      const { length } = node.items;
      if (length < min) throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} is an empty list`, 'add an entry');
      if (length > max)
        throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} has more than ${max} entries`, 'shorten the list');
      const values = node.items.map((entry, index) => item.read(entry, `${what}${nameIn(entry, index)}`));
      if (unique) assertDistinct(values.map(unique), node.items, what);
      return values;
    },
  };
}

/** How a message calls an entry: by its `name`, or else by its place. */
function nameIn(node: YamlNode, index: number): string {
  const name = node.kind === 'map' ? node.entries.get('name')?.value : undefined;
  return name?.kind === 'scalar' && /^[\w-]{1,42}$/.test(name.source) ? `.${name.source}` : `[${index}]`;
}

/**
 * Refuses a name that an earlier entry has.
 * @throws PolicyError POLICY_DUPLICATE
 */
export function assertDistinct(names: readonly string[], places: readonly Placed[], what: string): void {
  const seen = new Set<string>();
  for (const [index, place] of places.entries()) {
    const name = names[index] ?? '';
    if (seen.has(name))
      throw problemAt(place, 'POLICY_DUPLICATE', `${what} has ${quote(name)} twice`, 'remove or rename one of the two');
    seen.add(name);
  }
}

/** A list, or its only entry alone. */
export function many<T>(item: Field<T>, rules: ListRules<T>): Field<readonly T[]> {
  const several = list(item, rules);
  return {
    schema: { anyOf: [item.schema, several.schema] },
    read: (node, what) => (node.kind === 'list' ? several.read(node, what) : [item.read(node, what)]),
  };
}

/** A map with these keys and no others. `some` names keys of which one must be there. */
export function object<M extends Readonly<Record<string, Member>>>(
  members: M,
  some?: readonly (keyof M & string)[],
): Field<{ readonly [K in keyof M]: MemberValue<M[K]> }>;
/** What the types above say of the values could not be said here without a cast. */
export function object(members: Readonly<Record<string, Member>>, some?: readonly string[]): Field<unknown> {
  const all = Object.entries(members);
  const absent = Object.fromEntries(all.map(([key, member]) => [key, member.absent]));
  const keys = Object.keys(members);
  return {
    schema: {
      type: 'object',
      required: all.filter(([, member]) => !('absent' in member)).map(([key]) => key),
      ...(some ? { anyOf: some.map((key) => ({ required: [key] })) } : {}),
      additionalProperties: false,
      properties: Object.fromEntries(
        all.map(([key, { about, field }]) => [key, { description: about, ...field.schema }]),
      ),
    },
    read(node, what) {
      const { entries } = mapOf(node, what);
      for (const [key, entry] of entries)
        if (!keys.includes(key))
          throw problemAt(
            entry,
            'POLICY_UNKNOWN_KEY',
            `${what || 'the policy'} has no key ${quote(key)}`,
            didYouMean(key, keys),
          );
      if (some && !some.some((key) => entries.has(key)))
        throw problemAt(
          node,
          'POLICY_MISSING_KEY',
          `${what} has none of ${some.join(', ')}`,
          `add ${some.join(': or ')}:`,
        );
      // A copy has its size from the beginning; what grows member by member takes twice as much.
      const values: Record<string, unknown> = { ...absent };
      for (const [key, member] of all) {
        const found = entries.get(key)?.value;
        if (!found && !('absent' in member)) {
          const hint = `add ${key}: ${member.about.replace(/\.$/, '')}`;
          throw problemAt(node, 'POLICY_MISSING_KEY', `${what || 'the policy'} has no ${key}`, hint);
        }
        if (found) values[key] = member.field.read(found, what === '' ? key : `${what}.${key}`);
      }
      return values;
    },
  };
}

/** The node as a map; the document itself has no path. @throws PolicyError POLICY_WRONG_TYPE */
function mapOf(node: YamlNode, what: string): YamlMap {
  if (node.kind === 'map') return node;
  throw wrongType(node, what || 'the policy', 'a map (key: value)');
}

/** A name that the writer chose, and where. */
export interface Named extends Placed {
  readonly name: string;
}

/** A map whose keys are names of the writer's choice, as a list of its values with their names. */
export function record<T extends object>(
  key: { readonly pattern: RegExp; readonly refusal: Refusal },
  value: Field<T>,
): Field<readonly (T & Named)[]> {
  return {
    schema: {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      patternProperties: { [key.pattern.source]: value.schema },
    },
    read(node, what) {
      const { entries } = mapOf(node, what);
      if (entries.size === 0) throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} has no entries`, 'add an entry');
      return [...entries].map(([name, entry]) => {
        assertSureText(entry, name);
        const { problem, hint } = key.refusal;
        if (!key.pattern.test(name)) throw problemAt(entry, 'POLICY_INVALID_VALUE', `${quote(name)} ${problem}`, hint);
        const read = value.read(entry.value, `${what}.${name}`);
        return Object.assign(read, { name, location: entry.location });
      });
    },
  };
}
