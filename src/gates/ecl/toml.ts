// SPDX-License-Identifier: Apache-2.0
// ecl.toml: written for Apptainer, and read as it reads it. What Apptainer passes over, so that everything runs, is an
// error here.

import { isDeepStrictEqual } from 'node:util';
import { utf8 } from '../../base/bytes.ts';
import type { SourceLocation } from '../../base/errors.ts';
import { GateError } from '../errors.ts';
import type { ExecutionList } from './list.ts';
import { SeenKeys } from './toml-seen.ts';
import { type TomlEntry, TomlFault, type TomlLine, tomlLines, type TomlValue } from './toml-text.ts';

/**
 * The text of ecl.toml. `comments` become its first lines.
 * @throws GateError GATE_NOT_EXPRESSIBLE when Apptainer would read another list in it, or none, so that everything runs
 */
export function writeList(list: ExecutionList, comments: readonly string[]): string {
  const text = textOfList(list, comments);
  let read: ExecutionList | undefined;
  try {
    read = readList(utf8(text), 'ecl.toml');
  } catch (cause) {
    if (!(cause instanceof GateError)) throw cause;
  }
  if (!isDeepStrictEqual(read, list))
    throw new GateError('GATE_NOT_EXPRESSIBLE', 'Apptainer would not read the list as it has to be written', {
      hint: 'use names of folders and stages without control characters',
    });
  return text;
}

function textOfList({ activated, legacyInsecure, groups }: ExecutionList, comments: readonly string[]): string {
  const lines = [
    ...comments.map((comment) => `# ${comment}`),
    `activated = ${activated}`,
    `legacyinsecure = ${legacyInsecure}`,
  ];
  for (const { tagName, mode, folder, fingerprints } of groups)
    lines.push(
      '',
      '[[execgroup]]',
      `  tagname = ${JSON.stringify(tagName)}`,
      `  mode = ${JSON.stringify(mode)}`,
      `  dirpath = ${JSON.stringify(folder)}`,
      `  keyfp = [${fingerprints.map((fingerprint) => JSON.stringify(fingerprint)).join(', ')}]`,
    );
  return [...lines, ''].join('\n');
}

/**
 * The list in the bytes of an ecl.toml; `file` names it in errors. Unknown keys are left out, and upper and lower case are one,
 * as for Apptainer.
 * @throws GateError GATE_CONFIGURATION_INVALID where Apptainer would pass over the whole file, or what it does was not worked out
 * @see https://github.com/pelletier/go-toml/blob/v2.2.4/unmarshaler.go
 */
export function readList(bytes: Uint8Array, file: string): ExecutionList {
  const draft = new Draft();
  try {
    for (const line of tomlLines(bytes)) draft.take(line);
  } catch (cause) {
    if (!(cause instanceof TomlFault)) throw cause;
    throw refused(cause, placeOf(bytes, cause.at, file));
  }
  const { activated, legacyInsecure, groups } = draft;
  return { activated, legacyInsecure, groups };
}

function refused(cause: TomlFault, location: SourceLocation): GateError {
  const { file, line, column } = location;
  const meaning =
    cause.kind === 'passed over'
      ? 'Apptainer passes over such a file, and everything runs'
      : 'what Apptainer makes of such a file was not worked out';
  return new GateError(
    'GATE_CONFIGURATION_INVALID',
    `${file}: line ${line}, column ${column}: ${cause.message}; ${meaning}`,
    { cause, location },
  );
}

/** Columns count bytes. */
function placeOf(bytes: Uint8Array, at: number, file: string): SourceLocation {
  const before = bytes.subarray(0, at);
  const line = before.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 1);
  return { file, line, column: at - before.lastIndexOf(0x0a) };
}

interface GroupDraft {
  tagName: string;
  mode: string;
  folder: string;
  fingerprints: readonly string[];
}

/** Members of a group that are texts, by their keys. */
const TEXTS: ReadonlyMap<string, 'tagName' | 'mode' | 'folder'> = new Map([
  ['tagname', 'tagName'],
  ['mode', 'mode'],
  ['dirpath', 'folder'],
]);

const BOOLEANS: ReadonlyMap<string, 'activated' | 'legacyInsecure'> = new Map([
  ['activated', 'activated'],
  ['legacyinsecure', 'legacyInsecure'],
]);

const FINGERPRINTS = 'keyfp';
const GROUPS = 'execgroup';

/** Takes line after line; of a key that is there in several spellings the last counts. */
class Draft {
  activated = false;
  legacyInsecure = false;
  groups: GroupDraft[] = [];
  readonly #seen = new SeenKeys();
  /** Knows the keys of unknown tables, too, which Apptainer 1.4 does not look at and 1.6 does. */
  readonly #all = new SeenKeys();
  /** What entries are about: undefined for a table that Apptainer does not know. */
  #scope: 'list' | GroupDraft | undefined = 'list';

  take(line: TomlLine): void {
    if (line.is !== 'entry') this.#scope = this.#under(line, this.#seen.header(line));
    else if (this.#scope) this.#seen.entry(line);
    this.#inAll(line);
    if (line.is !== 'entry' || !this.#scope) return;
    if (this.#scope === 'list') this.#assign(line);
    else assignTo(this.#scope, line);
  }

  #inAll(line: TomlLine): void {
    try {
      if (line.is === 'entry') this.#all.entry(line);
      else this.#all.header(line);
    } catch (cause) {
      if (!(cause instanceof TomlFault)) throw cause;
      throw new TomlFault('not worked out', `${cause.message}, for some versions of Apptainer`, cause.at);
    }
  }

  #under({ key, is, at }: Exclude<TomlLine, { readonly is: 'entry' }>, first: boolean): GroupDraft | undefined {
    const [top = '', member] = key.map(folded);
    if (BOOLEANS.has(top)) throw new TomlFault('not worked out', `${top} is a table`, at);
    if (top !== GROUPS) return undefined;
    if (member === undefined && is === 'list') {
      if (first) this.groups = [];
      return this.#add();
    }
    const last = this.groups.at(-1);
    if (!last && is === 'table') throw new TomlFault('passed over', `${GROUPS} is no list of tables`, at);
    if (last && member === undefined) return last;
    if (!last || TEXTS.has(member ?? '') || member === FINGERPRINTS)
      throw new TomlFault('not worked out', `${key.join('.')} is a table in a group`, at);
    return undefined;
  }

  #add(): GroupDraft {
    const group = { tagName: '', mode: '', folder: '', fingerprints: [] };
    this.groups.push(group);
    return group;
  }

  #assign({ key, value, at }: TomlEntry): void {
    const [name = '', ...rest] = key.map(folded);
    const flag = BOOLEANS.get(name);
    if (!flag && name !== GROUPS) return;
    if (rest.length > 0) throw wrong(name, flag ? 'neither true nor false' : 'no list of tables', at);
    if (flag) {
      if (value.of !== 'boolean') throw wrong(name, 'neither true nor false', at, value);
      this[flag] = value.value;
      return;
    }
    if (value.of !== 'array') throw wrong(name, 'no list of tables', at, value);
    this.groups = [];
    for (const item of value.items) {
      if (item.of !== 'table') throw wrong(`an entry of ${name}`, 'no table', at, item);
      const group = this.#add();
      for (const entry of item.entries) assignTo(group, entry);
    }
  }
}

function assignTo(group: GroupDraft, { key, value, at }: TomlEntry): void {
  const [name = '', ...rest] = key.map(folded);
  const text = TEXTS.get(name);
  if (!text && name !== FINGERPRINTS) return;
  if (rest.length > 0) throw wrong(name, text ? 'no text' : 'no list', at);
  if (text) group[text] = textOf(value, name, at);
  else if (value.of === 'array')
    group.fingerprints = value.items.map((item) => textOf(item, `an entry of ${name}`, at));
  else throw wrong(name, 'no list', at, value);
}

function textOf(value: TomlValue, what: string, at: number): string {
  if (value.of !== 'text') throw wrong(what, 'no text', at, value);
  return value.text;
}

/** A date where something else belongs does not end the reading of the file, but Apptainer itself. */
function wrong(what: string, problem: string, at: number, value?: TomlValue): TomlFault {
  return new TomlFault(value?.of === 'date' ? 'not worked out' : 'passed over', `${what} is ${problem}`, at);
}

/** As Go writes a name in lower case: the dotted capital I becomes two letters in JavaScript. */
function folded(name: string): string {
  return name.replaceAll('\u0130', 'i').toLowerCase();
}
