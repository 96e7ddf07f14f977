// SPDX-License-Identifier: Apache-2.0
// What a YAML document may hold, declared once. A field reads a node into a typed value, strictly, and describes the
// same values as JSON Schema. Its errors say what was wanted, where, and what was found. Single values are here; lists
// and maps of them are in collections.ts.

import type { SourceLocation } from '../../base/errors.ts';
import { didYouMean, quote } from '../../base/text.ts';
import { PolicyError, type PolicyErrorCode } from '../errors.ts';
import { asRfc4514, isRfc4514, type PatternKind, patternProblem } from '../rules/pattern.ts';
import type { YamlNode, YamlScalar } from '../yaml/node.ts';

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
  return locatedText(node, what).value;
}

/** The same with its place: the node itself, for there are hundreds of thousands. @throws PolicyError POLICY_WRONG_TYPE */
function locatedText(node: YamlNode, what: string): Located {
  if (node.kind !== 'scalar' || node.value === null) throw wrongType(node, what, 'a text');
  assertSureText(node, node.source);
  if (isText(node)) return node;
  const source = node.source.slice(0, 80);
  const message = `${what} must be a text; YAML reads ${source} as a ${typeof node.value}`;
  throw problemAt(node, 'POLICY_WRONG_TYPE', message, `put it in quotes: "${source}"`);
}

function isText(node: YamlScalar): node is YamlScalar & { readonly value: string } {
  return typeof node.value === 'string';
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
      const text = locatedText(node, what);
      const { value } = text;
      const printable = value.length <= limit && LINE.test(value);
      const refusal = printable
        ? check?.(value)
        : {
            problem: `is not one line of at most ${limit} printable characters`,
            hint: 'remove control characters, line breaks and space at the ends',
          };
      if (!refusal) return text;
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

/** A line that is compared with what certificates and provenance name: exact, or with stars. */
export function matching(kind: PatternKind): Field<Located> {
  const isName = kind === 'subject' || kind === 'issuer';
  return line({
    ...(kind === 'san' ? { pattern: /^(?:email|uri|dns|ip):./ } : {}),
    check(text) {
      const misspelt = isName ? nameRefusal(text) : undefined;
      if (misspelt) return misspelt;
      const problem = patternProblem(text, kind);
      const hint = 'write the exact value, or one star inside a single part of it';
      return problem === undefined ? undefined : { code: 'POLICY_PATTERN', problem, hint };
    },
  });
}

/** What is wrong with the name of a subject or an issuer. */
export function nameRefusal(text: string): Refusal | undefined {
  if (isRfc4514(text)) return undefined;
  const better = asRfc4514(text);
  const example = 'write the most specific attribute first, as in CN=Release,O=Example; key show prints the name';
  const hint = better === undefined ? example : `write ${JSON.stringify(better)}`;
  return { code: 'POLICY_PATTERN', problem: 'is not written as names of certificates are compared', hint };
}

/** True or false. */
export const WHETHER: Field<boolean> = {
  schema: { type: 'boolean' },
  read(node, what) {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    throw wrongType(node, what, 'true or false');
  },
};

/** `true`, the only thing that may be written: a word that says something by being there. */
export const YES: Field<Located<true>> = {
  schema: { const: true },
  read(node, what) {
    if (node.kind === 'scalar' && node.value === true) return { value: true, location: node.location };
    throw problemAt(node, 'POLICY_WRONG_TYPE', `${what} can only be true`, 'write true, or remove the key');
  },
};

/** A field whose values are turned into others, or refused for what they say together. */
export function mapped<T, U>(field: Field<T>, change: (value: T, what: string, place: Placed) => U): Field<U> {
  return { schema: field.schema, read: (node, what) => change(field.read(node, what), what, node) };
}

/** A value together with its place. */
export function located<T>(field: Field<T>): Field<Located<T>> {
  return mapped(field, (value, _, { location }) => ({ value, location }));
}

/** A map by the one field, everything else by the other. */
export function either<T, U>(plain: Field<T>, map: Field<U>): Field<T | U> {
  return {
    schema: { anyOf: [plain.schema, map.schema] },
    read: (node, what) => (node.kind === 'map' ? map : plain).read(node, what),
  };
}

/** The error about a node of another kind than `wanted`. */
export function wrongType(node: YamlNode, what: string, wanted: string): PolicyError {
  const found = node.kind === 'scalar' ? (node.value === null ? 'nothing' : quote(node.source)) : `a ${node.kind}`;
  return problemAt(node, 'POLICY_WRONG_TYPE', `${what} must be ${wanted}, found ${found}`, `write ${wanted}`);
}
