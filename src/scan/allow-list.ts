// SPDX-License-Identifier: Apache-2.0
// Which findings has somebody decided to live with, why, and until when? Reads the allow list strictly: every entry
// names one vulnerability exactly, gives a reason and a last day. There are no wildcards.

import type { YamlNode } from '../policy/yaml/node.ts';
import type { SourceLocation } from '../base/errors.ts';
import { isDay } from '../base/text.ts';
import { ScanError } from './errors.ts';
import { printable } from './read/fields.ts';
import type { AllowEntry } from '../findings/finding.ts';

const KEYS = ['id', 'package', 'version', 'purl', 'location', 'reason', 'expires'] as const;
type Key = (typeof KEYS)[number];
const REQUIRED: readonly Key[] = ['id', 'reason', 'expires'];
const MAX_ENTRIES = 10_000;
/** @see https://github.com/package-url/purl-spec/blob/v1.0.0/PURL-SPECIFICATION.rst */
const PURL = /^pkg:[A-Za-z0-9.+-]+\/[^\s/]+(?:\/[^\s/]+)*$/;

/**
 * The entries of an allow list: a document with the one key `allow`, a list.
 * @throws ScanError SCAN_ALLOW_LIST_INVALID with line and column
 */
export function readAllowList(document: YamlNode): readonly AllowEntry[] {
  if (document.kind !== 'map') throw invalid(document.location, 'the allow list is not a map with the key allow');
  for (const [key, { location }] of document.entries)
    if (key !== 'allow') throw invalid(location, `unknown key ${JSON.stringify(printable(key))}`);
  const list = document.entries.get('allow')?.value;
  if (list?.kind !== 'list') throw invalid(list?.location ?? document.location, 'allow is not a list');
  if (list.items.length > MAX_ENTRIES) throw invalid(list.location, `more than ${MAX_ENTRIES} entries`);
  const seen = new Map<string, SourceLocation>();
  return list.items.map((item) => {
    const entry = readEntry(item);
    const name = JSON.stringify([entry.id.toUpperCase(), entry.package, entry.version, entry.purl, entry.location]);
    const earlier = seen.get(name);
    if (earlier) throw invalid(entry.at, `${entry.id} is repeated; line ${earlier.line} has it already`);
    seen.set(name, entry.at);
    return entry;
  });
}

function readEntry(node: YamlNode): AllowEntry {
  if (node.kind !== 'map') throw invalid(node.location, 'an entry is not a map with id, reason and expires');
  const values = new Map<Key, string>();
  for (const [key, { location, value }] of node.entries) {
    const known = KEYS.find((name) => name === key);
    if (!known) throw invalid(location, `unknown key ${JSON.stringify(printable(key))}`);
    values.set(known, readText(known, value));
  }
  const missing = REQUIRED.filter((key) => !values.has(key));
  if (missing.length > 0) throw invalid(node.location, `an entry has no ${missing.join(' and no ')}`);
  const id = values.get('id') ?? '';
  const expires = values.get('expires') ?? '';
  if (/[*?\s]/.test(id)) throw invalid(node.location, `the id ${JSON.stringify(id)} is not one exact name`);
  const purl = values.get('purl') ?? null;
  if (purl !== null && !PURL.test(purl))
    throw invalid(node.location, `purl is ${JSON.stringify(purl)}, not a package URL like pkg:npm/jsonkit@2.0.0`);
  if (!isDay(expires)) throw invalid(node.location, `expires is ${JSON.stringify(expires)}, not a day like 2027-01-31`);
  return {
    id,
    package: values.get('package') ?? null,
    version: values.get('version') ?? null,
    purl,
    location: values.get('location') ?? null,
    reason: values.get('reason') ?? '',
    expires,
    at: node.location,
  };
}

/** The text as written, so that `version: 1.10` means 1.10. */
function readText(key: Key, node: YamlNode): string {
  if (node.kind !== 'scalar' || node.value === null) throw invalid(node.location, `${key} is not a text`);
  const text = printable(typeof node.value === 'string' ? node.value : node.source);
  if (text === '') throw invalid(node.location, `${key} is empty`);
  return text;
}

function invalid(location: SourceLocation, problem: string): ScanError {
  return new ScanError('SCAN_ALLOW_LIST_INVALID', `allow list, line ${location.line}: ${problem}`, { location });
}
