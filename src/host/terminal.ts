// SPDX-License-Identifier: Apache-2.0
// The host of the command line. Rules of the interface: results go to standard output and are printed by the entry;
// everything here goes to standard error; lines begin in lower case and end without a full stop; progress
// redraws one line on a terminal, and is one line in ten seconds elsewhere; nothing that was registered as a secret, and no control character of foreign origin, is ever printed.

import { tmpdir } from 'node:os';
import { DataError, type SourceLocation, UsageError } from '../base/errors.ts';
import type { Host, HostCache, Progress, SecretOrigin, ToolCall, ToolResult } from '../commands/host.ts';
import { ambientSecrets, type HostOptions, ProcessHost } from './process-host.ts';
import { runTool } from './run-tool.ts';

/** The streams and settings of a terminal program. */
export interface TerminalOptions extends HostOptions {
  readonly stdin: AsyncIterable<string | Buffer>;
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

const REDRAW_MS = 100;

/** The host of the command line. */
export class TerminalHost extends ProcessHost implements Host {
  readonly kind = 'terminal';
  readonly cache: HostCache | undefined = undefined;
  /** Set by the entry once the flags are read. */
  quiet = false;
  verbose = false;
  readonly #options: TerminalOptions;
  readonly #stdin = new StandardInput();

  constructor(options: TerminalOptions) {
    super(options, tmpdir());
    this.#options = options;
    for (const { text, origin } of ambientSecrets(options.env)) this.mask(text, origin);
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
    if (this.#options.stderr.isTTY === true || this.isLineDue()) this.info(title);
    return body();
  }

  override progress(title: string): Progress {
    if (this.#options.stderr.isTTY !== true) return super.progress(title);
    if (this.quiet) return { update() {}, finish() {} };
    let last = 0;
    const isDue = (nowMs: number) => {
      if (nowMs - last < REDRAW_MS) return false;
      last = nowMs;
      return true;
    };
    const draw = (text: string) => this.#options.stderr.write(`\r\u001b[2K${this.clean(text)}`);
    return { ...this.follow(title, isDue, draw), finish: () => void draw('') };
  }

  mask(text: string, origin?: SecretOrigin): void {
    this.hide(text, origin);
  }

  readStdin(limitBytes: number): Promise<Uint8Array> {
    return this.#stdin.bytes(this.#options.stdin, limitBytes);
  }

  run(call: ToolCall): Promise<ToolResult> {
    this.debug(`runs ${[call.program, ...call.args].join(' ')}`);
    return runTool(call, {
      env: this.forChild(call.env),
      timeoutMs: this.toolTimeoutMs,
      onLine: (line) => this.info(line),
    });
  }

  /** One line, or several, on standard error. */
  print(text: string): void {
    this.#options.stderr.write(`${this.clean(text)}\n`);
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
