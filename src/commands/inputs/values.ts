// SPDX-License-Identifier: Apache-2.0
// The raw text of one input → the value that its type says, or what is wrong with it. Keys, certificates and passwords are
// read as text or from the file that `-path` names, masked before anything that could fail, and never repeated in an error.

import { resolve } from 'node:path';
import { decodeUtf8, isDigest } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { Secret } from '../../base/secret.ts';
import { isDay, shellWord } from '../../base/text.ts';
import { isPublicKeyName } from '../../crypto/external/key-name.ts';
import { readKeyFile } from '../../files/files.ts';
import { REGISTRY_INPUTS, SIGNING_INPUTS } from './common.ts';
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
function assertNoContent({ name, type, example, textInput }: InputSpec, text: string): string {
  const label = /-----BEGIN ([A-Z0-9 ]{1,60})-----/.exec(text)?.[1];
  const format = /^\s*[{[]\s*["{[]/.test(text) ? 'JSON' : /^\s*<[?!a-zA-Z]/.test(text) ? 'XML' : undefined;
  const lines = type === 'path' && /[\r\n]/.test(text.trim()) ? 'several lines' : undefined;
  const content = label ?? format ?? lines;
  if (content === undefined) return text;
  const direct = textInput === undefined ? '' : `give the text as ⟨${textInput}⟩, or `;
  throw new UsageError('USAGE_INVALID_INPUT', `${name} is a text, ${content}, where the path of a file belongs`, {
    hint: `${direct}write the text to a file, and give its path${example ? `, for instance ⟨${name}=${example}⟩` : ''}`,
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

/** The inputs of a run as they were given, and what reading them takes. */
export interface RawInputs {
  /** Raw text by input name, `-path` variants included. */
  readonly texts: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly mask: (text: string) => void;
  readonly readStdin: (limitBytes: number) => Promise<Uint8Array>;
}

/**
 * A `secret` or `pem` input; undefined when it is not given.
 * @throws UsageError USAGE_CONFLICTING_INPUTS, USAGE_INVALID_INPUT; SystemError
 */
export async function readSecret(input: InputSpec, raw: RawInputs, folder: string): Promise<Secret | undefined> {
  const { name, type } = input;
  const text = raw.texts.get(name);
  const path = raw.texts.get(`${name}-path`)?.trim();
  if (text && path)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `both ${name} and ${name}-path were given`, {
      hint: 'give only one of them',
    });
  if (path && looksLikeContent(path))
    throw new UsageError('USAGE_INVALID_INPUT', `${name}-path is no path: it has the form of a key or certificate`, {
      hint: `give the text itself, or the name of its file, with ⟨${name}⟩`,
    });
  const secret = text ? new Secret(text) : path ? await secretFile(path, raw, folder) : undefined;
  if (secret && input.mayBeEmpty && path && /^(?:\r?\n)?$/.test(secret.revealText())) return secret;
  if (secret && /^\s*$/.test(secret.revealText()))
    throw new UsageError('USAGE_INVALID_INPUT', path ? `${name}-path: ${placeOf(path)} is empty` : `${name} is blank`, {
      hint: `give what holds the ${name}`,
    });
  if (type === 'pem' && text && !text.includes('-----BEGIN'))
    throw new UsageError('USAGE_INVALID_INPUT', `${name} is no PEM text`, {
      hint: `give the text that begins with -----BEGIN, or the name of its file, with ⟨${name}⟩`,
    });
  if (secret && input.mayBeKeyName && isPublicKeyName(secret.revealText())) return secret;
  if (secret && path && (type === 'secret' || holdsPrivateKey(secret.revealText())))
    maskBytes(secret.reveal(), raw.mask);
  return secret;
}

function placeOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** True for what nobody calls a file: a key in the wrong input must not be repeated in an error. */
function looksLikeContent(text: string): boolean {
  return /[\r\n]|-----BEGIN/.test(text);
}

async function secretFile(path: string, raw: RawInputs, folder: string): Promise<Secret> {
  if (path === '-') return new Secret(await raw.readStdin(LIMITS.keyFileBytes));
  return new Secret(await readKeyFile(resolve(folder, path), LIMITS.keyFileBytes));
}

/** Masks every secret that was given as text, before anything is read that could fail and be told. */
export function maskTexts(specs: readonly InputSpec[], { texts, mask }: RawInputs): void {
  for (const { name, type, mayBeKeyName } of specs) {
    const [text = '', path = ''] = [texts.get(name), texts.get(`${name}-path`)];
    if (text !== '' && mayBeKeyName && isPublicKeyName(text)) continue;
    if (text !== '' && (type === 'secret' || holdsPrivateKey(text))) mask(text);
    if (holdsPrivateKey(path) || (type === 'secret' && looksLikeContent(path.trim()))) mask(path);
  }
}

/** Masks what came from a file; binary keys in the one form of theirs that is a text. */
function maskBytes(bytes: Uint8Array, mask: (text: string) => void): void {
  const text = Buffer.from(bytes).toString('utf8');
  mask(Buffer.from(text).equals(bytes) ? text : Buffer.from(bytes).toString('base64'));
}

/** A private key may be anywhere by mistake. */
function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}

/** The passphrase in a secret input: the file's text without its final line end. */
export function passphraseText(secret: Secret | undefined): Secret | undefined {
  return secret && new Secret(decodeUtf8(secret.reveal(), 'the passphrase').replace(/\r?\n$/, ''));
}

/** Who reads: the log and pages of a step, somebody at a terminal, or the documentation, which is for both. */
type Face = 'actions' | 'terminal' | 'docs';

/** In Markdown the equals sign is a character reference. */
const MENTION = /⟨([a-z][a-z0-9-]*)(?:(?:=|&#61;)([^⟨⟩]*))?⟩/g;

/** Inputs that are no flags: their text comes from a file or the environment. */
const FROM_FILES: ReadonlySet<string> = new Set(
  [...SIGNING_INPUTS, ...REGISTRY_INPUTS].filter(holdsSecret).map(({ name }) => name),
);

/** True for inputs that hold a key, a certificate or a password: they have a `-path` variant. */
export function holdsSecret({ type }: Pick<InputSpec, 'type'>): boolean {
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
