// SPDX-License-Identifier: Apache-2.0
// The host of the command line. Rules of the interface: results go to standard output and are printed by the entry;
// everything here goes to standard error; lines begin in lower case and end without a full stop; progress
// redraws one line on a terminal, and is one line in ten seconds elsewhere; nothing that was registered as a secret, and no control character of foreign origin, is ever printed.

import { tmpdir } from 'node:os';
import { DataError, type SourceLocation, UsageError } from '../base/errors.ts';
import { visibleLines } from '../base/text.ts';
import { inWordsOf } from '../commands/inputs/values.ts';
import type { Host, HostCache, Progress, SecretOrigin, ToolCall, ToolResult } from '../commands/host.ts';
import { ProgressLog, ProgressMeter } from './progress.ts';
import { ambientSecrets, childEnvironment, Redactor } from './secrets.ts';
import { ownProcess } from './own-process.ts';
import { findProgram, runTool } from './run-tool.ts';
import { TemporaryFolder } from './temporary.ts';

/** The streams and settings of a terminal program. */
export interface TerminalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: AsyncIterable<string | Buffer>;
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly now: () => Date;
}

const REDRAW_MS = 100;

/** The host of the command line. */
export class TerminalHost implements Host {
  readonly kind = 'terminal';
  readonly tokenChild = { program: process.execPath, script: ownProcess('token-child') };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly cache: HostCache | undefined = undefined;
  readonly temporary = new TemporaryFolder(tmpdir());
  readonly redactor = new Redactor();
  /** Set by the entry once the flags are read. */
  quiet = false;
  verbose = false;
  toolTimeoutMs: number | undefined;
  readonly #options: TerminalOptions;
  readonly #stdin = new StandardInput();
  readonly #log = new ProgressLog((text) => this.info(text));

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.env = options.env;
    this.cwd = options.cwd;
    for (const { text, origin } of ambientSecrets(options.env)) this.mask(text, origin);
  }

  temporaryFolder(): Promise<string> {
    return this.temporary.path();
  }

  now(): Date {
    return this.#options.now();
  }

  debug(text: string): void {
    if (this.verbose) this.print(`debug: ${text}`);
  }

  info(text: string): void {
    if (!this.quiet) this.print(text);
  }

  warning(text: string, location?: SourceLocation): void {
    this.print(`warning: ${at(location)}${text}`);
  }

  finding(text: string, location?: SourceLocation): void {
    // The result on standard output lists the findings; here they would only repeat.
    this.debug(`finding: ${at(location)}${text}`);
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    if (this.#options.stderr.isTTY === true || this.#log.isDue()) this.info(title);
    return body();
  }

  progress(title: string): Progress {
    if (this.#options.stderr.isTTY !== true) return this.#log.follow(title);
    if (this.quiet) return { update() {}, finish() {} };
    const meter = new ProgressMeter(title);
    let last = 0;
    const draw = (text: string) => this.#options.stderr.write(`\r\u001b[2K${this.clean(text)}`);
    return {
      update(done, total) {
        const now = performance.now();
        meter.note(done, now);
        if (now - last < REDRAW_MS) return;
        last = now;
        draw(meter.text(done, total, now));
      },
      finish: () => void draw(''),
    };
  }

  mask(text: string, origin?: SecretOrigin): void {
    this.redactor.add(text, origin);
  }

  readStdin(limitBytes: number): Promise<Uint8Array> {
    return this.#stdin.bytes(this.#options.stdin, limitBytes);
  }

  run(call: ToolCall): Promise<ToolResult> {
    this.debug(`runs ${[call.program, ...call.args].join(' ')}`);
    return runTool(call, {
      env: childEnvironment(call.env ?? this.env, this.redactor),
      timeoutMs: this.toolTimeoutMs,
      onLine: (line) => this.info(line),
    });
  }

  which(program: string): Promise<string | undefined> {
    return findProgram(program, this.env);
  }

  /** One line, or several, on standard error. */
  print(text: string): void {
    this.#options.stderr.write(`${this.clean(text)}\n`);
  }

  redact(text: string): string {
    return this.redactor.apply(text);
  }

  clean(text: string): string {
    return visibleLines(this.redact(inWordsOf(this.kind, text)));
  }
}

function at(location: SourceLocation | undefined): string {
  return location ? `${location.file}:${location.line}:${location.column}: ` : '';
}

/** Standard input as bytes, once: two inputs cannot both come from it. */
class StandardInput {
  #read = false;

  /** @throws UsageError USAGE_CONFLICTING_INPUTS when read twice; DataError DATA_TOO_LARGE */
  async bytes(stream: AsyncIterable<string | Buffer>, limitBytes: number): Promise<Uint8Array> {
    if (this.#read)
      throw new UsageError('USAGE_CONFLICTING_INPUTS', 'two inputs ask for standard input', {
        hint: 'give one of them as a file',
      });
    this.#read = true;
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      total += bytes.byteLength;
      if (total > limitBytes)
        throw new DataError('DATA_TOO_LARGE', `standard input has more than ${limitBytes} bytes`, {
          hint: 'check what is piped in',
        });
      chunks.push(bytes);
    }
    return new Uint8Array(Buffer.concat(chunks));
  }
}
