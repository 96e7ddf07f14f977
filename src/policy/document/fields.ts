// SPDX-License-Identifier: Apache-2.0
// What a YAML document may hold, declared once. A field reads a node into a typed value, strictly, and describes the
// same values as JSON Schema. Its errors say what was wanted, where, and what was found.

import type { SourceLocation } from '../../base/errors.ts';
import { didYouMean, quote } from '../../base/text.ts';
import { PolicyError, type PolicyErrorCode } from '../errors.ts';
import type { YamlMap, YamlNode } from '../yaml/node.ts';

/** A part of a JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A kind of value. */
export interface Field<T> {
  readonly schema: JsonSchema;
  /** The value of a node; `what` is its path in the document. @throws PolicyError */
  read(node: YamlNode, what: string): T;
}

/** What a field reads. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** Something with a place in the document. */
export interface Placed {
  readonly location: SourceLocation;
}

/** A value and where it stands. */
export interface Located<T = string> extends Placed {
  readonly value: T;
}

/** Why a value is refused, to follow its path in a message, and what to write. */
export interface Refusal {
  readonly problem: string;
  readonly hint: string;
  readonly code?: PolicyErrorCode;
}

/** What a line must be like beyond that. */
export interface LineRules {
  /** Most characters; 500 unless given. */
  readonly limit?: number;
  /** The form of the whole text, for the schema; `check` refuses other forms. */
  readonly pattern?: RegExp;
  readonly check?: (text: string) => Refusal | undefined;
}

const LINE = /^(?!\s)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+(?<!\s)$/u;

/** An error at a place of the document. */
export function problemAt({ location }: Placed, code: PolicyErrorCode, message: string, hint: string): PolicyError {
  return new PolicyError(code, message, { hint, location });
}

/** The value alone. */
export function valueOf<T>({ value }: Located<T>): T {
  return value;
}

/** Any text. @throws PolicyError POLICY_WRONG_TYPE */
export function textOf(node: YamlNode, what: string): string {
  if (node.kind !== 'scalar' || node.value === null) throw wrongType(node, what, 'a text');
  assertSureText(node, node.source);
  if (typeof node.value === 'string') return node.value;
  const source = node.source.slice(0, 80);
  const message = `${what} must be a text; YAML reads ${source} as a ${typeof node.value}`;
  throw problemAt(node, 'POLICY_WRONG_TYPE', message, `put it in quotes: "${source}"`);
}

/** Refuses a text without quotes that readers of YAML 1.1 take for something else. */
export function assertSureText(place: Placed & { readonly yaml11?: string | undefined }, source: string): void {
  if (place.yaml11 === undefined) return;
  const message = `${source} is a text in YAML 1.2 and ${place.yaml11} in YAML 1.1, which other tools read`;
  throw problemAt(place, 'POLICY_AMBIGUOUS', message, `put it in quotes: "${source}"`);
}

/** A text of one line of printable characters, without space at its ends. */
export function line({ limit = 500, pattern = LINE, check }: LineRules = {}): Field<Located> {
  return {
    schema: { type: 'string', maxLength: limit, pattern: pattern.source },
    read(node, what) {
      const value = textOf(node, what);
      const printable = value.length <= limit && LINE.test(value);
      const refusal = printable
        ? check?.(value)
        : {
            problem: `is not one line of at most ${limit} printable characters`,
            hint: 'remove control characters, line breaks and space at the ends',
          };
      if (!refusal) return { value, location: node.location };
      const { code = 'POLICY_INVALID_VALUE', problem, hint } = refusal;
      throw problemAt(node, code, `${what} ${problem}: ${quote(value)}`, hint);
    },
  };
}

/** A line of one form. */
export function formed(pattern: RegExp, refusal: Refusal): Field<Located> {
  return line({ pattern, check: (text) => (pattern.test(text) ? undefined : refusal) });
}

/** One of some words; `others` are what else may stand there, for the hint. */
export function choice<T extends string>(words: readonly T[], others: readonly string[] = []): Field<Located<T>> {
  return {
    schema: { enum: words },
    read(node, what) {
      const text = textOf(node, what);
      const value = words.find((word) => word === text);
      if (value !== undefined) return { value, location: node.location };
      const hint = didYouMean(text, [...words, ...others]);
      throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} is ${quote(text)}`, hint);
    },
  };
}

/** A whole number in the one form that every reader takes for the same: YAML 1.1 reads 012 as ten. */
export function whole(minimum: number, maximum: number): Field<Located<number>> {
  return {
    schema: { type: 'integer', minimum, maximum },
    read(node, what) {
      if (node.kind !== 'scalar' || typeof node.value !== 'number' || !/^(?:0|[1-9][0-9]{0,8})$/.test(node.source))
        throw wrongType(node, what, 'a whole number');
      const { value, location } = node;
      if (value >= minimum && value <= maximum) return { value, location };
      const hint = minimum === maximum ? `write ${minimum}` : `write a number from ${minimum} to ${maximum}`;
      throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} is ${value}`, hint);
    },
  };
}

/** `true`, the only thing that may be written: a word that says something by being there. */
export function yes(): Field<Located<true>> {
  return {
    schema: { const: true },
    read(node, what) {
      if (node.kind === 'scalar' && node.value === true) return { value: true, location: node.location };
      throw problemAt(node, 'POLICY_WRONG_TYPE', `${what} can only be true`, 'write true, or remove the key');
    },
  };
}

/** A value together with its place. */
export function located<T>(field: Field<T>): Field<Located<T>> {
  return {
    schema: field.schema,
    read: (node, what) => ({ value: field.read(node, what), location: node.location }),
  };
}

/** The error about a node of another kind than `wanted`. */
export function wrongType(node: YamlNode, what: string, wanted: string): PolicyError {
  const found = node.kind === 'scalar' ? (node.value === null ? 'nothing' : quote(node.source)) : `a ${node.kind}`;
  return problemAt(node, 'POLICY_WRONG_TYPE', `${what} must be ${wanted}, found ${found}`, `write ${wanted}`);
}

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
      return Object.fromEntries(
        all.map(([key, member]) => {
          const found = entries.get(key)?.value;
          if (found) return [key, member.field.read(found, what === '' ? key : `${what}.${key}`)];
          if ('absent' in member) return [key, member.absent];
          const hint = `add ${key}: ${member.about.replace(/\.$/, '')}`;
          throw problemAt(node, 'POLICY_MISSING_KEY', `${what || 'the policy'} has no ${key}`, hint);
        }),
      );
    },
  };
}

/** The node as a map; the document itself has no path. @throws PolicyError POLICY_WRONG_TYPE */
export function mapOf(node: YamlNode, what: string): YamlMap {
  if (node.kind === 'map') return node;
  throw wrongType(node, what || 'the policy', 'a map (key: value)');
}
