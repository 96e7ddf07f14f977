// SPDX-License-Identifier: Apache-2.0
// How the programs that hold keys are run: with no environment but what is named, in bounded time and output, and with an
// eye on what they print. They answer with one JSON object, with bytes in Base64.

import { createPrivateKey } from 'node:crypto';
import { fromBase64, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts';
import { visibleLine } from '../../base/text.ts';
import { KeyError } from './errors.ts';

/** One run of a program. */
export interface HolderCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin?: Uint8Array;
  /** Variables beside those that are named. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How it ended, and what it wrote. */
export interface HolderResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What reaching a key outside the process takes. */
export interface KeyWorld {
  /** Runs a program to its end; errors have the codes TOOL_NOT_FOUND, TOOL_START_FAILED, TOOL_TIMEOUT, TOOL_OUTPUT_TOO_LARGE. */
  run(
    call: HolderCall & {
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
      readonly maxOutputBytes: number;
    },
  ): Promise<HolderResult>;
  /** Absolute path of a program on PATH. */
  which(program: string): Promise<string | undefined>;
  /** Program and first arguments that run the child that loads keys of tokens, under this Node. */
  readonly tokenChild: { readonly program: string; readonly script: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder of this run's own, which is removed at its end. */
  temporaryFolder(): Promise<string>;
  /** Names of the plugins that may run. */
  readonly plugins: readonly string[];
  /** Names of the variables that the programs get, beside what every program needs. */
  readonly environment: readonly string[];
  readonly timeoutMs: number;
}

const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_QUOTED = 300;
const BASIC = ['PATH', 'HOME', 'SYSTEMROOT', 'TEMP', 'TMP'];
const SECRET_NAME = /TOKEN|SECRET|PASS|PIN|KEY|CREDENTIAL/i;
const MIN_SECRET_CHARS = 8;

/** Runs the programs of one kind of holder. */
export class Holder {
  /** What errors call it. */
  readonly #what: string;
  readonly #world: KeyWorld;
  readonly #env: Readonly<Record<string, string>>;

  /** @param needs names of further variables that this kind of holder cannot do without */
  constructor(what: string, world: KeyWorld, needs: readonly string[] = []) {
    this.#what = what;
    this.#world = world;
    const names = [...BASIC, ...needs, ...world.environment];
    this.#env = Object.fromEntries(
      names.flatMap((name) => {
        const value = world.env[name];
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  }

  /**
   * Runs a program of the holder.
   * @param secret what it is given and must not print
   * @throws KeyError KEY_TIMEOUT, KEY_ANSWER_INVALID, KEY_LEAKED, KEY_REFUSED
   */
  async run(call: HolderCall, secret?: string): Promise<HolderResult> {
    const { timeoutMs } = this.#world;
    const cwd = await this.#world.temporaryFolder();
    let result: HolderResult;
    try {
      const env = { ...this.#env, ...call.env };
      result = await this.#world.run({ ...call, env, cwd, timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES });
    } catch (error) {
      throw this.#problem(error);
    }
    const output = `${result.stdout}\n${result.stderr}`;
    const named = this.#world.environment.filter((name) => SECRET_NAME.test(name)).map((name) => this.#env[name]);
    const printed = [secret, ...named].some(
      (text) => text !== undefined && text.length >= MIN_SECRET_CHARS && output.includes(text),
    );
    if (printed || holdsPrivateKey(output))
      throw new KeyError('KEY_LEAKED', `${this.#what} printed a private key or a secret that it was given`);
    return result;
  }

  /** An error about what the holder said. */
  error(code: ConstructorParameters<typeof KeyError>[0], problem: string, hint?: string): KeyError {
    return new KeyError(code, `${this.#what} ${problem}`, hint === undefined ? {} : { hint });
  }

  #problem(error: unknown): unknown {
    if (!(error instanceof CountersignError)) return error;
    if (error.code === 'TOOL_TIMEOUT')
      return this.error('KEY_TIMEOUT', `did not answer within ${this.#world.timeoutMs / 1000} s and was stopped`);
    if (error.code === 'TOOL_OUTPUT_TOO_LARGE')
      return this.error('KEY_ANSWER_INVALID', `wrote more than ${MAX_OUTPUT_BYTES} bytes and was stopped`);
    return this.error('KEY_REFUSED', `cannot be run: ${error.message}`);
  }
}

/** The end of what a program said, for a message. */
export function lastWords(text: string): string {
  const words = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(-2)
    .join('; ');
  return visibleLine(words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED)}…` : words) || 'nothing';
}

const BLOCK = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;
/** The member of a JSON Web Key that no public one has. */
const JSON_KEY = /"d"\s*:\s*"[A-Za-z0-9_-]{40,}"/;
/** `-----BEGIN` in Base64, and the SEQUENCE that every key in DER begins with. */
const ENCODED_BLOCK = /LS0tLS1CRUdJTi[A-Za-z0-9+/_-]+/g;
const ENCODED_DER = /(?<![A-Za-z0-9+/])M[A-Za-z0-9+/]{60,}={0,2}/g;

/** What looks like a key takes OpenSSL a moment; so many of them are no answer. */
const MAX_PARSED = 100;

/** PEM or armor, as it is or in Base64; a JSON Web Key; PKCS#8, SEC1 or PKCS#1 in Base64. */
function holdsPrivateKey(text: string): boolean {
  const blocks = (text.match(ENCODED_BLOCK) ?? []).map((one) => Buffer.from(one, 'base64').toString('latin1'));
  if ([text, ...blocks].some((one) => BLOCK.test(one) || JSON_KEY.test(one))) return true;
  const keys = [...new Set(text.match(ENCODED_DER))].filter((one) =>
    hasVersion(Buffer.from(one.slice(0, 12), 'base64')),
  );
  return keys.length > MAX_PARSED || keys.some((one) => isPrivateDer(Buffer.from(one, 'base64')));
}

/** A private key in DER begins with its version, 0 or 1; a signature or public key with something longer. */
function hasVersion(der: Buffer): boolean {
  const length = der[1] ?? 0;
  const at = length < 0x80 ? 2 : length - 0x80 + 2;
  return der[at] === 2 && der[at + 1] === 1 && (der[at + 2] ?? 2) < 2;
}

function isPrivateDer(key: Buffer): boolean {
  return (['pkcs8', 'sec1', 'pkcs1'] as const).some((type) => {
    try {
      return createPrivateKey({ key, format: 'der', type }).type === 'private';
    } catch {
      return false;
    }
  });
}

/** The object in a text; undefined when it is no JSON object and nothing else. */
export function parseAnswer(text: string): JsonObject | undefined {
  const value = unless(() => parseJson(utf8(text), 'the answer'));
  return isJsonObject(value) ? value : undefined;
}

/** The bytes of a member, at least one. @throws KeyError KEY_ANSWER_INVALID */
export function bytesIn(answer: JsonObject, member: string, holder: Holder): Uint8Array {
  const value = answer[member];
  const bytes = typeof value === 'string' ? unless(() => fromBase64(value, member)) : undefined;
  if (bytes && bytes.length > 0) return bytes;
  throw holder.error('KEY_ANSWER_INVALID', `gave no ${member} in Base64`);
}

/** What the call gives; undefined when it ends in an error of ours. */
export function unless<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}
