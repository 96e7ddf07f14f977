// SPDX-License-Identifier: Apache-2.0
// Two trees of a policy → one. What was said before is never lost without a word: lists and names are joined, and what can
// be said once alone must be equal or named in `replaces`. Every node keeps the file and line that said it.

import { dirname } from 'node:path';
import type { SourceLocation } from '../../base/errors.ts';
import { quote } from '../../base/text.ts';
import { type Located, problemAt } from '../document/fields.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/node.ts';
import { HEAD } from './fields.ts';

/** How what two trees say of one key becomes one; `replaced` are the words of `replaces`. */
type Join = (before: YamlEntry, after: YamlEntry, key: string, replaced: ReadonlySet<string>) => YamlEntry;

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

/** Whoever can say these things can have signatures count that do not without them: each is said by one file alone. */
const LOOSENING = ['trust.sigstore', 'trust.timestamps', 'objects.unsigned'] as const;

/** Of what the absence says something, by the key that says it. */
const MEANT_BY: ReadonlyMap<string, string> = new Map([
  ['trust.revocation', 'trust.crls'],
  ...['trust.sigstore', 'trust.timestamps', 'objects'].map((key) => [key, 'stages'] as const),
]);

/**
 * What `before` and `after` say together; `after` may drop what `before` says by the names in its key `replaces`, but for
 * what stands in one of the files `extending` its own.
 * @throws PolicyError POLICY_OVERRIDE, POLICY_DUPLICATE
 */
export function merge(before: YamlMap, after: YamlMap, extending: readonly string[] = []): YamlMap {
  const replaced = replacedBy(after, before, extending);
  assertNotLoosened(before, after, replaced);
  const entries = new Map(before.entries);
  for (const [key, entry] of after.entries) {
    if (key === 'replaces') continue;
    const former = entries.get(key);
    entries.set(key, former && !replaced.has(key) ? (JOINS[key] ?? same)(former, entry, key, replaced) : entry);
  }
  return { ...after, entries };
}

/** @throws PolicyError POLICY_OVERRIDE for a word that does nothing: it would hide that something is spelled wrong */
function replacedBy(after: YamlMap, before: YamlMap, extending: readonly string[]): ReadonlySet<string> {
  const words = replacesOf(after);
  for (const word of words) {
    const former = entryAt(before, word.value);
    const meant = MEANT_BY.get(word.value);
    for (const [there, is] of [
      ['this file or profile does not say', entryAt(after, word.value) !== undefined],
      ['nothing before it says', former !== undefined || (meant !== undefined && entryAt(before, meant) !== undefined)],
    ] as const)
      if (!is)
        throw problemAt(
          word,
          'POLICY_OVERRIDE',
          `replaces has ${word.value}, which ${there}`,
          'take it out of replaces, or add the key',
        );
    const lost = former && placesIn(former.value).find(({ file }) => extending.includes(file));
    if (lost)
      throw problemAt(
        word,
        'POLICY_OVERRIDE',
        `replaces has ${word.value}, and would drop what ${placeOf(lost)} says, in a file that extends this one`,
        `take ${word.value} out of that file, or say it in a profile of that file and choose this one`,
      );
  }
  return new Set(words.map(({ value }) => value));
}

/** Stages that were said without such a thing are not met by means of it unless a word says so. */
function assertNotLoosened(before: YamlMap, after: YamlMap, replaced: ReadonlySet<string>): void {
  const stages = before.entries.get('stages');
  if (!stages || replaced.has('stages')) return;
  for (const path of LOOSENING) {
    const [key = path] = path.split('.', 1);
    const word = key === 'trust' ? path : key;
    const entry = entryAt(after, path);
    if (!entry || entryAt(before, path) || replaced.has(word) || replaced.has(key)) continue;
    if (entry.value.kind === 'list' && entry.value.items.length === 0) continue;
    throw problemAt(
      entry,
      'POLICY_OVERRIDE',
      `${path} lets more count for the stages in ${placeOf(stages.location)}, which were said without it`,
      `write replaces: ${word} beside it, or leave the key out`,
    );
  }
}

/** What a tree says under a key, or under one of a map in it: `trust.sigstore`. */
function entryAt({ entries }: YamlMap, path: string): YamlEntry | undefined {
  const [key = path, member] = path.split('.');
  const entry = entries.get(key);
  if (member === undefined || entry?.value.kind !== 'map') return member === undefined ? entry : undefined;
  return entry.value.entries.get(member);
}

/** Where a value and all in it stand. */
function placesIn(node: YamlNode): readonly SourceLocation[] {
  const inside =
    node.kind === 'list' ? node.items : node.kind === 'map' ? [...node.entries.values()].map(({ value }) => value) : [];
  return [node.location, ...inside.flatMap(placesIn)];
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
  return problemAt(
    after,
    'POLICY_OVERRIDE',
    `${key} is said otherwise in ${placeOf(before.location)}`,
    `write replaces: ${key} beside it to drop all that was said before of ${key}, or leave the key out`,
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

/**
 * Files are joined that only complete what a credential names. Whoever is trusted to say who signed, or when, is said once;
 * how strict revocation is may be said again, and be made stricter.
 */
function joinTrust(before: YamlEntry, after: YamlEntry, _: string, replaced: ReadonlySet<string>): YamlEntry {
  if (before.value.kind !== 'map' || after.value.kind !== 'map') return after;
  const entries = new Map(before.value.entries);
  // Without a word for it, lists are asked strictly.
  const strict = entries.get('revocation') ?? entries.get('crls');
  for (const [key, entry] of after.value.entries) {
    const former = entries.get(key);
    const path = `trust.${key}`;
    const isNew = !former || replaced.has(path);
    if (key === 'revocation') {
      if (!replaced.has(path) && strict && loosens(entry.value, former?.value)) throw override(entry, strict, path);
      entries.set(key, entry);
    } else if (isNew) entries.set(key, entry);
    else entries.set(key, LOOSENING.some((one) => one === path) ? same(former, entry, path) : joinLists(former, entry));
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
