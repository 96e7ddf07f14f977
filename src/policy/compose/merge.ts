// SPDX-License-Identifier: Apache-2.0
// Two trees of a policy → one. What was said before is never lost without a word: lists and names are joined, and what can
// be said once alone must be equal or named in `replaces`. Every node keeps the file and line that said it.

import { dirname } from 'node:path';
import type { SourceLocation } from '../../base/errors.ts';
import { type Located, problemAt, quote } from '../document/fields.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/node.ts';
import { HEAD } from './fields.ts';

/** How what two trees say of one key becomes one. */
type Join = (before: YamlEntry, after: YamlEntry, key: string) => YamlEntry;

/** Every other key must be equal. Of these two the later one counts: all files are of one version, a name restricts nothing. */
const JOINS: Readonly<Record<string, Join>> = {
  version: later,
  name: later,
  trust: joinTrust,
  principals: joinNames,
  teams: joinNames,
  distinct: joinLists,
  deny: joinLists,
  profiles: joinNames,
};

/**
 * What `before` and `after` say together; `after` may drop what `before` says by the names in its key `replaces`.
 * @throws PolicyError POLICY_OVERRIDE, POLICY_DUPLICATE
 */
export function merge(before: YamlMap, after: YamlMap): YamlMap {
  const replaced = replacedBy(after, before);
  const entries = new Map(before.entries);
  for (const [key, entry] of after.entries) {
    if (key === 'replaces') continue;
    const former = entries.get(key);
    entries.set(key, former && !replaced.has(key) ? (JOINS[key] ?? same)(former, entry, key) : entry);
  }
  return { ...after, entries };
}

/** @throws PolicyError POLICY_OVERRIDE for a word that does nothing: it would hide that something is spelled wrong */
function replacedBy(after: YamlMap, before: YamlMap): ReadonlySet<string> {
  const words = replacesOf(after);
  for (const word of words)
    for (const [there, tree] of [
      ['this file or profile does not say', after],
      ['nothing before it says', before],
    ] as const)
      if (!tree.entries.has(word.value))
        throw problemAt(
          word,
          'POLICY_OVERRIDE',
          `replaces has ${word.value}, which ${there}`,
          'take it out of replaces, or add the key',
        );
  return new Set(words.map(({ value }) => value));
}

/** The words of the key `replaces`. */
function replacesOf({ entries, ...map }: YamlMap): readonly Located[] {
  return HEAD.read({ ...map, entries: new Map([...entries].filter(([key]) => key === 'replaces')) }, '').replaces;
}

function later(_: YamlEntry, after: YamlEntry): YamlEntry {
  return after;
}

function same(before: YamlEntry, after: YamlEntry, key: string): YamlEntry {
  if (isSame(before.value, after.value)) return after;
  throw override(after, before, key);
}

function override(after: { location: SourceLocation }, before: { location: SourceLocation }, key: string) {
  const [word = key] = key.split('.', 1);
  return problemAt(
    after,
    'POLICY_OVERRIDE',
    `${key} is said otherwise in ${placeOf(before.location)}`,
    `write replaces: ${word} beside it to drop all that was said before of ${word}, or leave the key out`,
  );
}

function placeOf({ file, line, column }: SourceLocation): string {
  return `${file}:${line}:${column}`;
}

function joinNames(before: YamlEntry, after: YamlEntry, key: string): YamlEntry {
  if (before.value.kind !== 'map' || after.value.kind !== 'map') return after;
  const entries = new Map(before.value.entries);
  for (const [name, entry] of after.value.entries) {
    const former = entries.get(name);
    if (former && !isSame(former.value, entry.value))
      throw problemAt(
        entry,
        'POLICY_DUPLICATE',
        `${key}.${quote(name)} is said otherwise in ${placeOf(former.location)}`,
        `use another name, or write replaces: ${key} beside it to drop all ${key} that were said before`,
      );
    entries.set(name, entry);
  }
  return { ...after, value: { ...after.value, entries } };
}

function joinLists(before: YamlEntry, after: YamlEntry): YamlEntry {
  const { location } = after.value;
  return { ...after, value: { kind: 'list', location, items: [...itemsOf(before.value), ...itemsOf(after.value)] } };
}

function itemsOf(node: YamlNode): readonly YamlNode[] {
  return node.kind === 'list' ? node.items : [node];
}

/** Lists of files are joined. How strict revocation is may be said again, and be made stricter. */
function joinTrust(before: YamlEntry, after: YamlEntry): YamlEntry {
  if (before.value.kind !== 'map' || after.value.kind !== 'map') return after;
  const entries = new Map(before.value.entries);
  // Without a word for it, lists are asked strictly.
  const strict = entries.get('revocation') ?? entries.get('crls');
  for (const [key, entry] of after.value.entries) {
    const former = entries.get(key);
    if (key === 'revocation' && strict && loosens(entry.value, entries.get('revocation')?.value))
      throw override(entry, strict, 'trust.revocation');
    entries.set(key, former && key !== 'revocation' ? joinLists(former, entry) : entry);
  }
  return { ...after, value: { ...after.value, entries } };
}

function loosens(after: YamlNode, before: YamlNode | undefined): boolean {
  return wordOf(after) !== 'require' && wordOf(after) !== wordOf(before);
}

function wordOf(node: YamlNode | undefined): unknown {
  return node?.kind === 'scalar' ? node.value : 'require';
}

/** Whether two nodes say the same: alike, and where paths in them mean the same files. */
function isSame(one: YamlNode, other: YamlNode): boolean {
  if (dirname(one.location.file) !== dirname(other.location.file)) return false;
  if (one.kind === 'scalar') return other.kind === 'scalar' && one.value === other.value;
  if (one.kind === 'list')
    return (
      other.kind === 'list' &&
      one.items.length === other.items.length &&
      one.items.every((item, index) => {
        const twin = other.items[index];
        return twin !== undefined && isSame(item, twin);
      })
    );
  if (other.kind !== 'map' || one.entries.size !== other.entries.size) return false;
  return [...one.entries].every(([key, { value }]) => {
    const twin = other.entries.get(key);
    return twin !== undefined && isSame(value, twin.value);
  });
}
