// SPDX-License-Identifier: Apache-2.0
// YAML nodes → typed values, strictly: every function says what was wanted, where, and what was found.

import { PolicyError, type PolicyErrorCode } from '../errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { YamlEntry, YamlMap, YamlNode } from './yaml.ts';

/** A text and where it stands. */
export interface Located {
  readonly text: string;
  readonly node: YamlNode;
}

/** An error at a node. */
export function problemAt(node: YamlNode, code: PolicyErrorCode, message: string, hint: string): PolicyError {
  return new PolicyError(code, message, { hint, location: node.location });
}

/** A foreign value as it is shown in messages. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** @throws PolicyError POLICY_WRONG_TYPE */
export function asMap(node: YamlNode, what: string): YamlMap {
  if (node.kind === 'map') return node;
  throw wrongType(node, what, 'a map (key: value)');
}

/**
 * A map whose keys are all among `allowed`, with all of `required`.
 * @throws PolicyError POLICY_WRONG_TYPE, POLICY_UNKNOWN_KEY, POLICY_MISSING_KEY
 */
export function fieldsOf(
  node: YamlNode,
  what: string,
  keys: { readonly required: readonly string[]; readonly optional: readonly string[] },
): ReadonlyMap<string, YamlEntry> {
  const map = asMap(node, what);
  const allowed = [...keys.required, ...keys.optional];
  for (const [key, entry] of map.entries)
    if (!allowed.includes(key))
      throw new PolicyError('POLICY_UNKNOWN_KEY', `${what} has no key ${quote(key)}`, {
        location: entry.location,
        hint: didYouMean(key, allowed),
      });
  for (const key of keys.required)
    if (!map.entries.has(key)) throw problemAt(map, 'POLICY_MISSING_KEY', `${what} has no ${key}`, `add ${key}: …`);
  return map.entries;
}

/** @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE */
export function asText(node: YamlNode, what: string): string {
  if (node.kind !== 'scalar' || node.value === null) throw wrongType(node, what, 'a text');
  if (typeof node.value !== 'string')
    throw problemAt(
      node,
      'POLICY_WRONG_TYPE',
      `${what} must be a text; YAML reads ${node.source.slice(0, 80)} as a ${typeof node.value}`,
      `put it in quotes: "${node.source.slice(0, 80)}"`,
    );
  if (node.value.trim() === '') throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} is empty`, 'write a value');
  return node.value;
}

/**
 * A one-line text without control characters, at most `limit` characters.
 * @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE
 */
export function asLine(node: YamlNode, what: string, limit = 500): string {
  const text = asText(node, what);
  if (text.length > limit || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) || text !== text.trim())
    throw problemAt(
      node,
      'POLICY_INVALID_VALUE',
      `${what} is not one line of at most ${limit} printable characters: ${quote(text)}`,
      'remove control characters, line breaks and space at the ends',
    );
  return text;
}

/** @throws PolicyError POLICY_WRONG_TYPE */
export function asWhole(node: YamlNode, what: string): number {
  if (node.kind === 'scalar' && typeof node.value === 'number' && /^[0-9]{1,9}$/.test(node.source)) return node.value;
  throw wrongType(node, what, 'a whole number');
}

/**
 * A list, not longer than `limit`; an empty one only where `mayBeEmpty`.
 * @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE
 */
export function asList(
  node: YamlNode,
  what: string,
  options: { readonly limit: number; readonly mayBeEmpty?: boolean },
): readonly YamlNode[] {
  if (node.kind !== 'list') throw wrongType(node, what, 'a list');
  if (node.items.length === 0 && !options.mayBeEmpty)
    throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} is an empty list`, 'add an entry');
  if (node.items.length > options.limit)
    throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} has more than ${options.limit} entries`, 'shorten the list');
  return node.items;
}

/**
 * One value or a list of values.
 * @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE
 */
export function oneOrMany(node: YamlNode, what: string, limit: number): readonly YamlNode[] {
  return node.kind === 'list' ? asList(node, what, { limit }) : [node];
}

/**
 * Texts of which none appears twice.
 * @throws PolicyError POLICY_DUPLICATE
 */
export function assertUnique(values: readonly Located[], what: string): void {
  const seen = new Set<string>();
  for (const { text, node } of values) {
    if (seen.has(text))
      throw problemAt(node, 'POLICY_DUPLICATE', `${what} ${quote(text)} twice`, 'remove one of the two');
    seen.add(text);
  }
}

function wrongType(node: YamlNode, what: string, wanted: string): PolicyError {
  const found = node.kind === 'scalar' ? (node.value === null ? 'nothing' : quote(node.source)) : `a ${node.kind}`;
  return problemAt(node, 'POLICY_WRONG_TYPE', `${what} must be ${wanted}, found ${found}`, `write ${wanted}`);
}
