// SPDX-License-Identifier: Apache-2.0
// Raw texts → typed values. All problems of one run are reported together. Empty means not given.

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeUtf8 } from '../primitives/bytes.ts';
import { type Digest, isDigest } from '../primitives/digest.ts';
import { UsageError } from '../primitives/errors.ts';
import { readKeyFile } from '../primitives/file.ts';
import { LIMITS } from '../primitives/limits.ts';
import { Secret } from '../primitives/secret.ts';
import { isDay } from '../primitives/time.ts';
import { checkedFiles, type NamedFile } from './file-inputs.ts';
import type { CommandSpec, InputSpec } from './spec.ts';

type Value = string | readonly string[] | boolean | number | Date;
type ReadStdin = (limitBytes: number) => Promise<Uint8Array>;

/** The checked inputs of one run. Getters throw a plain Error when asked for a name that the spec lacks: our bug. */
export class Inputs {
  readonly #spec: CommandSpec;
  readonly #values: ReadonlyMap<string, Value>;
  readonly #secrets: ReadonlyMap<string, Secret>;
  /** Absolute folder that relative paths start from. */
  readonly workingDirectory: string;
  /** What the inputs name; no written one is another one. */
  readonly files: readonly NamedFile[];

  constructor(
    spec: CommandSpec,
    values: ReadonlyMap<string, Value>,
    rest: { secrets: ReadonlyMap<string, Secret>; workingDirectory: string; files: readonly NamedFile[] },
  ) {
    this.#spec = spec;
    this.#values = values;
    this.#secrets = rest.secrets;
    this.workingDirectory = rest.workingDirectory;
    this.files = rest.files;
  }

  /** Text, enum, path (absolute) or digest; undefined when not given. */
  text(name: string): string | undefined {
    const value = this.#get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Like text, for an input that the spec requires or gives a default. */
  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missing(this.#input(name));
    return value;
  }

  digest(name: string): Digest | undefined {
    const value = this.text(name);
    return value !== undefined && isDigest(value) ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.#get(name);
    return Array.isArray(value) ? value : [];
  }

  boolean(name: string): boolean {
    return this.#get(name) === true;
  }

  /** An integer, a duration in milliseconds or a size in bytes; undefined when not given. */
  number(name: string): number | undefined {
    const value = this.#get(name);
    return typeof value === 'number' ? value : undefined;
  }

  time(name: string): Date | undefined {
    const value = this.#get(name);
    return value instanceof Date ? value : undefined;
  }

  /** True when it was given, were it as an empty list, or has a default. Not for secrets. */
  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** A `secret` or `pem` input, whether it came as text or from the `-path` file. */
  secret(name: string): Secret | undefined {
    this.#input(name);
    return this.#secrets.get(name);
  }

  /** The text of a `pem` input. */
  pem(name: string): string | undefined {
    return this.secret(name)?.revealText();
  }

  #input(name: string): InputSpec {
    const input = this.#spec.inputs.find((candidate) => candidate.name === name);
    if (!input) throw new Error(`the command ${this.#spec.name} has no input ${name}`);
    return input;
  }

  #get(name: string): Value | undefined {
    this.#input(name);
    return this.#values.get(name);
  }
}

export interface RawInputs {
  /** Raw text by input name, `-path` variants included. */
  readonly texts: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly mask: (text: string) => void;
  readonly readStdin: ReadStdin;
}

/**
 * Reads all inputs of a command; secrets are masked before anything else can print.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS: one error naming every problem;
 * SystemError when a document that the inputs name cannot be written
 */
export async function readInputs(spec: CommandSpec, raw: RawInputs): Promise<Inputs> {
  maskTexts(spec, raw);
  const workingDirectory = resolve(raw.cwd, raw.texts.get('working-directory') ?? '.');
  await assertFolder(raw.texts.get('working-directory'), workingDirectory);
  const problems: UsageError[] = [];
  const values = new Map<string, Value>();
  const secrets = new Map<string, Secret>();
  for (const input of spec.inputs) {
    try {
      if (input.type === 'secret' || input.type === 'pem') {
        const secret = await readSecret(input, raw, workingDirectory);
        if (secret) secrets.set(input.name, secret);
        else if (input.required) throw missing(input);
        continue;
      }
      const text = givenText(input, raw.texts) || input.default;
      if (text !== undefined && text !== '') values.set(input.name, parseValue(input, text, workingDirectory));
      else if (input.required) throw missing(input);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 0) throw joined(problems);
  const files = await checkedFiles(spec, raw.texts, workingDirectory);
  return new Inputs(spec, values, { secrets, workingDirectory, files });
}

/** Trimmed, but for documents: their lines and columns are counted, and their bytes hashed, as they were written. */
function givenText({ name, type }: InputSpec, texts: RawInputs['texts']): string | undefined {
  const text = texts.get(name);
  const trimmed = text?.trim();
  return type === 'text' && trimmed ? text : trimmed;
}

async function assertFolder(given: string | undefined, path: string): Promise<void> {
  if (given === undefined) return;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory())
    throw new UsageError('USAGE_INVALID_INPUT', `working-directory: there is no folder ${path}`, {
      hint: 'give a folder that exists and may be read',
    });
}

function joined(problems: readonly UsageError[]): UsageError {
  const first = problems[0];
  if (problems.length === 1 && first) return first;
  return new UsageError('USAGE_INVALID_INPUT', problems.map((problem) => problem.message).join('; '), {
    hint: problems.map((problem) => problem.hint).join('; '),
  });
}

async function readSecret(input: InputSpec, raw: RawInputs, folder: string): Promise<Secret | undefined> {
  const { name, type } = input;
  const text = raw.texts.get(name);
  const path = raw.texts.get(`${name}-path`)?.trim();
  if (text && path)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `both ${name} and ${name}-path were given`, {
      hint: 'give only one of them',
    });
  if (path && looksLikeContent(path))
    throw new UsageError('USAGE_INVALID_INPUT', `${name}-path is no path: it has the form of a key or certificate`, {
      hint: `give the text in ${name}, or the name of its file in ${name}-path`,
    });
  const secret = text ? new Secret(text) : path ? await secretFile(path, raw, folder) : undefined;
  if (secret && input.mayBeEmpty && path && /^(?:\r?\n)?$/.test(secret.revealText())) return secret;
  if (secret && /^\s*$/.test(secret.revealText()))
    throw new UsageError('USAGE_INVALID_INPUT', path ? `${name}-path: ${placeOf(path)} is empty` : `${name} is blank`, {
      hint: `give what holds the ${name}`,
    });
  if (type === 'pem' && text && !text.includes('-----BEGIN'))
    throw new UsageError('USAGE_INVALID_INPUT', `${name} is no PEM text`, {
      hint: `give the text that begins with -----BEGIN, or the name of its file in ${name}-path`,
    });
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
function maskTexts(spec: CommandSpec, { texts, mask }: RawInputs): void {
  for (const { name, type } of spec.inputs) {
    const [text = '', path = ''] = [texts.get(name), texts.get(`${name}-path`)];
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

function parseValue(input: InputSpec, text: string, folder: string): Value {
  switch (input.type) {
    case 'string':
      return oneLine(input, text);
    case 'text':
      return document(input, text);
    case 'path':
      return text === '-' ? text : resolve(folder, oneLine(input, text));
    case 'list':
    case 'paths':
      return parseList(text);
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

function document({ name }: InputSpec, text: string): string {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= LIMITS.policyBytes) return text;
  throw new UsageError('USAGE_INVALID_INPUT', `${name} has ${sizeBytes} bytes; the limit is ${LIMITS.policyBytes}`, {
    hint: `give it as a file in ${name}-path, and check that it is the right one`,
  });
}

/** Lines, trimmed; blank lines and `#` comment lines are skipped; repeated ones count once. */
export function parseList(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== '' && !line.startsWith('#')))];
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

function missing(input: InputSpec): UsageError {
  const path = input.type === 'secret' || input.type === 'pem' ? ` or ${input.name}-path` : '';
  return new UsageError('USAGE_MISSING_INPUT', `${input.name}${path} is missing`, {
    hint: `give ${input.name}${path}${input.example ? `, for instance ${input.example}` : ''}`,
  });
}
