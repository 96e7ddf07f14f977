// SPDX-License-Identifier: Apache-2.0
// What a workflow step and a terminal program have in common as hosts: the environment and what of it is secret, a log that
// is kept, and the folder for temporary files.

import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../base/errors.ts';
import { visibleLines } from '../base/text.ts';
import type { Host, Progress, SecretOrigin } from '../commands/host.ts';
import { inWordsOf } from '../commands/inputs/values.ts';
import { ownProcess } from './own-process.ts';
import { progressText } from './progress.ts';
import { findProgram } from './run-tool.ts';
import { Redactor } from './secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What every host is made from. */
export interface HostOptions {
  readonly env: Environment;
  readonly cwd: string;
  readonly now: () => Date;
}

const LOG_MS = 10_000;

/** What both hosts have in common. */
export abstract class ProcessHost {
  abstract readonly kind: Host['kind'];
  readonly env: Environment;
  readonly cwd: string;
  readonly now: () => Date;
  readonly temporary: TemporaryFolder;
  /** Set by the entry once the inputs are read. */
  toolTimeoutMs: number | undefined;
  /** Undefined until there is a secret. */
  #redactor: Redactor | undefined;
  #lastLineMs = performance.now();

  constructor({ env, cwd, now }: HostOptions, temporaryBase: string) {
    this.env = env;
    this.cwd = cwd;
    this.now = now;
    this.temporary = new TemporaryFolder(temporaryBase);
  }

  abstract info(text: string): void;

  get tokenChild(): Host['tokenChild'] {
    return { program: process.execPath, script: ownProcess('token-child') };
  }

  cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }

  temporaryFolder(): Promise<string> {
    return this.temporary.path();
  }

  which(program: string): Promise<string | undefined> {
    return findProgram(program, this.env);
  }

  /** Progress in the log: at most one line in ten seconds, of however many images. */
  progress(title: string): Progress {
    return this.follow(
      title,
      (nowMs) => this.isLineDue(nowMs),
      (text) => this.info(text),
    );
  }

  /** Follows one transfer. What was there before its first report, such as the beginning of a resumed one, is no speed. */
  protected follow(title: string, isDue: (nowMs: number) => boolean, show: (text: string) => void): Progress {
    let start = { done: Number.POSITIVE_INFINITY, atMs: 0 };
    return {
      update: (done, total) => {
        const nowMs = performance.now();
        if (done < start.done) start = { done, atMs: nowMs };
        const since = { bytes: done - start.done, ms: nowMs - start.atMs };
        if (isDue(nowMs)) show(progressText(title, { done, total }, since));
      },
      finish() {},
    };
  }

  /** Whether it is time for a line in the log; then whoever asks prints one. */
  protected isLineDue(nowMs = performance.now()): boolean {
    if (nowMs - this.#lastLineMs < LOG_MS) return false;
    this.#lastLineMs = nowMs;
    return true;
  }

  /** Registers a secret, and hands back its forms that were not known before. */
  protected hide(text: string, origin?: SecretOrigin): readonly string[] {
    this.#redactor ??= new Redactor();
    return this.#redactor.add(text, origin);
  }

  /** The variables of `environment` that a child may see. */
  protected forChild(environment: Environment = this.env): Record<string, string> {
    return childEnvironment(environment, this.#redactor);
  }

  redact(text: string): string {
    return this.#redactor ? this.#redactor.apply(text) : text;
  }

  /** A text as people may see it: no secret, nothing that acts on a terminal, inputs in the words of the face. */
  clean(text: string): string {
    return visibleLines(this.redact(inWordsOf(this.kind, text)));
  }
}

/** The folder for temporary files of one run: made when it is first asked for, readable by this user only. */
export class TemporaryFolder {
  readonly #base: string;
  #path: Promise<string> | undefined;
  #made: string | undefined;

  constructor(base: string) {
    this.#base = base;
  }

  /** Absolute path; the same one for the whole run. */
  path(): Promise<string> {
    this.#path ??= this.#make();
    return this.#path;
  }

  async #make(): Promise<string> {
    try {
      const path = await mkdtemp(join(this.#base, 'countersign-'));
      this.#made = path;
      await chmod(path, 0o700);
      return path;
    } catch (error) {
      throw fileError(error, this.#base, 'write');
    }
  }

  async remove(): Promise<void> {
    if (this.#made !== undefined) await rm(this.#made, { recursive: true, force: true, maxRetries: 3 });
  }

  /** For signal handlers, which cannot wait. */
  removeNow(): void {
    if (this.#made !== undefined) rmSync(this.#made, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Tokens that the runner or a workflow gives to a whole step, and the passphrase of cosign keys. */
const AMBIENT_TOKEN =
  /^(ACTIONS_(RUNTIME|ID_TOKEN_REQUEST)_TOKEN|SIGSTORE_ID_TOKEN|(GITHUB|GH)(_ENTERPRISE)?_TOKEN|COSIGN_PASSWORD)$/i;
const PROXY = /^(https?|all)_proxy$/i;

/** A secret of the environment. */
interface AmbientSecret {
  readonly text: string;
  readonly origin: SecretOrigin;
}

/** Every text in the environment that must not be shown. */
export function ambientSecrets(environment: Environment): readonly AmbientSecret[] {
  return Object.entries(environment).flatMap(([name, value]): readonly AmbientSecret[] => {
    if (value === undefined) return [];
    if (AMBIENT_TOKEN.test(name)) return [{ text: value, origin: 'environment' }];
    return PROXY.test(name) ? proxyPassword(value).map((text) => ({ text, origin: 'found' })) : [];
  });
}

/** The password as it is written and as it is sent, alone and with its user. */
function proxyPassword(address: string): readonly string[] {
  const full = address.includes('://') ? address : `http://${address}`;
  if (!URL.canParse(full)) return [];
  const { username, password } = new URL(full);
  if (password === '') return [];
  const [user, plain] = [username, password].map(decoded);
  return [...new Set([password, plain ?? password, base64(`${user}:${plain}`)])];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Inputs of this action, our own variables, and what would make a child run other code. */
const WITHHELD = /^(INPUT_.*|COUNTERSIGN_.*|NODE_OPTIONS)$/i;
/** Kept even when a short passphrase happens to occur in them: programs cannot run without. */
const ALWAYS = new Set(['PATH', 'HOME', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR']);

/** The variables of `environment` that a child may see: never one that holds an input or a secret, whoever asked. */
export function childEnvironment(environment: Environment, redactor: Redactor | undefined): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || WITHHELD.test(name) || AMBIENT_TOKEN.test(name)) continue;
    if (redactor?.knows(value) && !ALWAYS.has(name.toUpperCase())) continue;
    kept[name] = value;
  }
  return kept;
}
