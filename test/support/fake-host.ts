// SPDX-License-Identifier: Apache-2.0
// A host for tests: remembers what was logged and masked, answers tool calls from a function, and keeps a clock that
// stands still. Dispose it to remove its temporary folder.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, HostCache, Progress, SecretOrigin, ToolCall, ToolResult } from '../../src/commands/host.ts';
import { ownProcess } from '../../src/host/own-process.ts';
import type { SourceLocation } from '../../src/base/errors.ts';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warning' | 'finding';
  readonly text: string;
  readonly location?: SourceLocation;
}

export interface FakeHostOptions {
  readonly kind?: 'actions' | 'terminal';
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly now?: Date;
  readonly stdin?: string | Uint8Array;
  /** Answers every tool call; without it any call is an error. */
  readonly run?: (call: ToolCall) => ToolResult | Promise<ToolResult>;
  /** Programs on PATH: name → absolute path. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly cache?: HostCache;
}

export class FakeHost implements Host, AsyncDisposable {
  readonly kind: 'actions' | 'terminal';
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tokenChild = { program: process.execPath, script: ownProcess('token-child') };
  readonly cwd: string;
  readonly cache: HostCache | undefined;
  readonly log: LogEntry[] = [];
  readonly masks: string[] = [];
  /** Those of them that nobody gave. */
  readonly found: string[] = [];
  readonly calls: ToolCall[] = [];
  readonly groups: string[] = [];
  readonly #options: FakeHostOptions;
  #temporary: Promise<string> | undefined;

  constructor(options: FakeHostOptions = {}) {
    this.#options = options;
    this.kind = options.kind ?? 'terminal';
    this.env = options.env ?? {};
    this.cwd = options.cwd ?? process.cwd();
    this.cache = options.cache;
  }

  temporaryFolder(): Promise<string> {
    this.#temporary ??= mkdtemp(join(tmpdir(), 'countersign-test-'));
    return this.#temporary;
  }

  now(): Date {
    return this.#options.now ?? new Date('2026-11-22T12:00:00Z');
  }

  cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }

  debug(text: string): void {
    this.log.push({ level: 'debug', text });
  }

  info(text: string): void {
    this.log.push({ level: 'info', text });
  }

  warning(text: string, location?: SourceLocation): void {
    this.log.push({ level: 'warning', text, ...(location && { location }) });
  }

  finding(text: string, location?: SourceLocation): void {
    this.log.push({ level: 'finding', text, ...(location && { location }) });
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    this.groups.push(title);
    return body();
  }

  progress(): Progress {
    return { update() {}, finish() {} };
  }

  mask(text: string, origin: SecretOrigin = 'given'): void {
    if (origin === 'found') this.found.push(text);
    this.masks.push(text);
  }

  async readStdin(): Promise<Uint8Array> {
    const stdin = this.#options.stdin ?? '';
    return typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin;
  }

  async run(call: ToolCall): Promise<ToolResult> {
    this.calls.push(call);
    if (!this.#options.run) throw new Error(`the test did not expect a run of ${call.program}`);
    return this.#options.run(call);
  }

  async which(program: string): Promise<string | undefined> {
    return this.#options.programs?.[program];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#temporary) await rm(await this.#temporary, { recursive: true, force: true });
  }
}
