// SPDX-License-Identifier: Apache-2.0
// What a command may ask of the world around it. Two real implementations (actions.ts, terminal.ts); the test one
// lives in test/support. Commands know this interface only; nothing below commands knows it at all.

import { type SourceLocation, UsageError } from '../base/errors.ts';

/** One run of an external program: an argument array, never a shell string. */
export interface ToolCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Whole environment of the child; secrets never belong here. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Bytes for standard input; without it the child gets none. */
  readonly stdin?: Uint8Array;
  readonly timeoutMs?: number;
  /** Show output lines in the log as they come, with workflow commands switched off. */
  readonly echo?: boolean;
  /** Standard output beyond this is an error and stops the program; without it the last 16 MiB are kept. */
  readonly maxOutputBytes?: number;
}

/** How a program ended, and what it wrote. */
export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Receives how far a long transfer or hash has come. */
export interface Progress {
  /** `done` and `total` in bytes; `total` is undefined when unknown. */
  update(done: number, total: number | undefined): void;
  finish(): void;
}

/** The `@actions/cache` calls that `build` uses; absent outside GitHub Actions. */
export interface HostCache {
  restore(paths: readonly string[], key: string, restoreKeys: readonly string[]): Promise<string | undefined>;
  save(paths: readonly string[], key: string): Promise<void>;
}

/**
 * Where a secret is from: an input of this run; a variable that holds nothing else; or the run came upon it, in a file, an
 * address, from a helper or a service.
 */
export type SecretOrigin = 'given' | 'environment' | 'found';

/** The world around a command. */
export interface Host {
  readonly kind: 'actions' | 'terminal';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative input paths start from unless `working-directory` says otherwise. */
  readonly cwd: string;
  /** Fresh 0700 folder for temporary files; removed by the entry when the run ends. */
  temporaryFolder(): Promise<string>;
  now(): Date;
  /** Milliseconds that this process has computed for. */
  cpuMs(): number;
  debug(text: string): void;
  info(text: string): void;
  warning(text: string, location?: SourceLocation): void;
  /** Marks a finding as an error annotation; does not end the run. */
  finding(text: string, location?: SourceLocation): void;
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  progress(title: string): Progress;
  /** Registers a text that must never appear in any output. One that was given, as without `origin`, no child gets either. */
  mask(text: string, origin?: SecretOrigin): void;
  /** The text without such texts, for documents that a command writes itself; never for what is signed. */
  redact?(text: string): string;
  /** An OpenID token of this job for the audience; undefined where the job may not have one. */
  idToken?(audience: string): Promise<string | undefined>;
  readStdin(limitBytes: number): Promise<Uint8Array>;
  run(call: ToolCall): Promise<ToolResult>;
  /** The process that loads keys of PKCS#11 tokens: this Node, and the module that it is to run. */
  readonly tokenChild: { readonly program: string; readonly script: string };
  /** Absolute path of a program on PATH, or undefined. */
  which(program: string): Promise<string | undefined>;
  readonly cache: HostCache | undefined;
}

/**
 * Refuses to hold a secret in a job while Node prints its own debug output. Node reads the variable when it starts: there is
 * no switching it off.
 * @throws UsageError USAGE_NODE_DEBUG
 */
export function assertNodeQuiet({ kind, env }: Pick<Host, 'kind' | 'env'>): void {
  if (!env['NODE_DEBUG'] || (kind === 'terminal' && env['GITHUB_ACTIONS'] !== 'true')) return;
  throw new UsageError('USAGE_NODE_DEBUG', 'NODE_DEBUG is set, with which Node prints logins and keys into the log', {
    hint: 'leave NODE_DEBUG out of the environment of this step; debug logging of the job (ACTIONS_STEP_DEBUG) says more without secrets',
  });
}
