// SPDX-License-Identifier: Apache-2.0
// One raw text → the value that its input's type says, or what is wrong with it.

import { resolve } from 'node:path';
import { isDigest } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { isDay, shellWord } from '../../base/text.ts';
import { REGISTRY_INPUTS, SIGNING_INPUTS } from './common.ts';
import { looksLikeContent } from './secrets.ts';
import type { InputSpec } from './spec.ts';

/** What the text of an input that is no secret may be read as. */
export type Value = string | readonly string[] | boolean | number | Date;

/**
 * The value of an input that is no secret; relative paths start at `folder`.
 * @throws UsageError USAGE_INVALID_INPUT
 */
export function parseValue(input: InputSpec, text: string, folder: string): Value {
  switch (input.type) {
    case 'string':
      return oneLine(input, text);
    case 'text':
      return document(input, text);
    case 'path':
      return text === '-' ? text : resolve(folder, oneLine(input, assertNoContent(input, text)));
    case 'list':
      return parseList(text);
    case 'paths':
      return parsePaths(input.mayBeContent ? text : assertNoContent(input, text));
    case 'boolean':
      return parseBoolean(input, text);
    case 'enum':
      if (!input.values?.includes(text)) throw invalid(input, text, `one of ${input.values?.join(', ')}`);
      return text;
    case 'integer':
      if (!/^-?[0-9]{1,15}$/.test(text)) throw invalid(input, text, 'a whole number');
      return Number(text);
    case 'duration':
      return parseUnits(input, text, DURATION_UNITS);
    case 'size':
      return parseUnits(input, text, SIZE_UNITS);
    case 'time':
      return parseTime(input, text);
    case 'digest':
      if (!isDigest(text)) throw invalid(input, text, 'sha256: and 64 lower-case hex digits');
      return text;
    case 'secret':
    case 'pem':
      throw new Error('secrets are read elsewhere');
    default:
      return input.type satisfies never;
  }
}

function oneLine(input: InputSpec, text: string): string {
  // biome-ignore lint: control characters are what is looked for
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid(input, text, 'one line without control characters');
  return text;
}

/** A text that was given where a path belongs would end as a file that is not there. */
function assertNoContent({ name, example }: InputSpec, text: string): string {
  const label = /-----BEGIN ([A-Z0-9 ]{1,60})-----/.exec(text)?.[1];
  const format = /^\s*[{[]\s*["{[]/.test(text) ? 'JSON' : /^\s*<[?!a-zA-Z]/.test(text) ? 'XML' : undefined;
  const content = label ?? format;
  if (content === undefined) return text;
  throw new UsageError('USAGE_INVALID_INPUT', `${name} is a text, ${content}, where the path of a file belongs`, {
    hint: `write the text to a file, and give its path${example ? `, for instance ⟨${name}=${example}⟩` : ''}`,
  });
}

function document({ name }: InputSpec, text: string): string {
  if (/^[^\n:{]+$/.test(text.trim()) || /^\S+\.(?:ya?ml|json)$/.test(text.trim()))
    throw new UsageError('USAGE_INVALID_INPUT', `${name} is a single word or path, where a whole document belongs`, {
      hint: `did you mean ⟨${name}-path=${text.trim().slice(0, 120)}⟩?`,
    });
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= LIMITS.policyBytes) return text;
  throw new UsageError('USAGE_INVALID_INPUT', `${name} has ${sizeBytes} bytes; the limit is ${LIMITS.policyBytes}`, {
    hint: `give it as a file in ⟨${name}-path⟩, and check that it is the right one`,
  });
}

/** Lines, trimmed; blank lines and `#` comment lines are skipped; repeated ones count once. */
export function parseList(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== '' && !line.startsWith('#')))];
}

/** The text of a key or certificate, also on one line as some secret stores keep it. */
const BLOCK = /(-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \2-----)(?:\\[rn])*/g;

/** As parseList. The text of a key or certificate among the paths is one entry. */
function parsePaths(text: string): readonly string[] {
  const blocks = [...text.matchAll(BLOCK)].map(([, block = '']) => block);
  return [...new Set(blocks), ...parseList(withoutContent(text))];
}

/** The lines of a list of paths that are no key or certificate. */
export function withoutContent(text: string): string {
  return text.replaceAll(BLOCK, '\n');
}

function parseBoolean(input: InputSpec, text: string): boolean {
  if (['true', 'True', 'TRUE'].includes(text)) return true;
  if (['false', 'False', 'FALSE'].includes(text)) return false;
  throw invalid(input, text, 'true or false');
}

const DURATION_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_UNITS = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
} as const;

function parseUnits(input: InputSpec, text: string, units: Readonly<Record<string, number>>): number {
  const match = /^([0-9]{1,12})([A-Za-z]+)$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : units[match[2]];
  if (!match || factor === undefined || !Object.hasOwn(units, match[2] ?? ''))
    throw invalid(input, text, `a number with a unit (${Object.keys(units).join(', ')})`);
  return Number(match[1]) * factor;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

function parseTime(input: InputSpec, text: string): Date {
  const time = RFC3339.test(text) && isDay(text.slice(0, 10)) ? new Date(text) : undefined;
  if (!time || Number.isNaN(time.getTime())) throw invalid(input, text, 'a time of RFC 3339');
  return time;
}

function invalid(input: InputSpec, text: string, wanted: string): UsageError {
  const shown = looksLikeContent(text) ? 'a text of several lines' : JSON.stringify(text.slice(0, 120));
  return new UsageError('USAGE_INVALID_INPUT', `${input.name} is ${shown}`, {
    hint: `give ${wanted}${input.example ? `, for instance ${input.example}` : ''}`,
  });
}

/** Who reads: the log and pages of a step, somebody at a terminal, or the documentation, which is for both. */
export type Face = 'actions' | 'terminal' | 'docs';

/** In Markdown the equals sign is a character reference. */
const MENTION = /⟨([a-z][a-z0-9-]*)(?:(?:=|&#61;)([^⟨⟩]*))?⟩/g;

/** Inputs that are no flags: their text comes from a file or the environment. */
const FROM_FILES: ReadonlySet<string> = new Set(
  [...SIGNING_INPUTS, ...REGISTRY_INPUTS].filter(holdsSecret).map(({ name }) => name),
);

function holdsSecret({ type }: Pick<InputSpec, 'type'>): boolean {
  return type === 'secret' || type === 'pem';
}

/** `COUNTERSIGN_KEY` for `key`. */
export function environmentName(input: string): string {
  return `COUNTERSIGN_${input.toUpperCase().replaceAll('-', '_')}`;
}

/** The text with every input in the words of the face. */
export function inWordsOf(face: Face, text: string): string {
  return text.replace(MENTION, (_, name: string, value: string | undefined) => {
    if (face === 'docs') return `\`${value === undefined ? name : inAction(name, value)}\``;
    return face === 'actions' ? inAction(name, value) : onCommandLine(name, value);
  });
}

function inAction(name: string, value: string | undefined): string {
  if (value !== undefined) return `${name}: ${value}`;
  return FROM_FILES.has(name) ? `${name} (or ${name}-path)` : name;
}

function onCommandLine(name: string, value: string | undefined): string {
  if (value === undefined) return FROM_FILES.has(name) ? `--${name}-path (or ${environmentName(name)})` : `--${name}`;
  if (value === 'true') return `--${name}`;
  return value === 'false' ? `--${name}=false` : `--${name} ${shellWord(value)}`;
}
