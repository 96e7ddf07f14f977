// SPDX-License-Identifier: Apache-2.0
// The host of a GitHub Actions step, and the only file that imports @actions/core. Texts from outside can neither
// print a secret nor start a workflow command. The step's outputs, summary and failure are the entry's to decide; the
// calls for them are at the end.

import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import * as core from '@actions/core';
import { isErrnoException, type SourceLocation, SystemError, UsageError } from '../base/errors.ts';
import { holdsSecret } from '../report/redacted-json.ts';
import { inWordsOf } from '../commands/inputs/values.ts';
import type { Host, HostCache, SecretOrigin, ToolCall, ToolResult } from '../commands/host.ts';
import { execTool } from './exec-tool.ts';
import { ambientSecrets, type HostOptions, ProcessHost } from './process-host.ts';
import { isInGateWord, withoutWorkflowCommands } from './secrets.ts';

/** The runner shows ten error annotations per step; the last one is the step's own failure. */
const MAX_FINDINGS = 9;
/** The runner refuses a larger summary; the margin is for what other parts of the step may add. */
const MAX_SUMMARY_BYTES = 1_000_000;

/** The streams and settings of a step. */
export interface ActionsOptions extends HostOptions {
  readonly temporaryBase: string;
  readonly write: (text: string) => void;
}

/** The host of a GitHub Actions step. */
export class ActionsHost extends ProcessHost implements Host {
  readonly kind = 'actions';
  readonly cache: HostCache;
  readonly #options: ActionsOptions;
  readonly #findings: { readonly text: string; readonly location: SourceLocation | undefined }[] = [];
  #unopenedGroup: string | undefined;
  /** Set while the output of a tool is shown: the word that switches workflow commands on again. */
  #stopWord: string | undefined;

  constructor(options: ActionsOptions) {
    super(options, options.temporaryBase);
    this.#options = options;
    for (const { text, origin } of ambientSecrets(options.env)) this.mask(text, origin);
    const load = async () => (await import('./actions-cache.ts')).actionsCache((text) => this.warning(text));
    this.cache = {
      restore: async (paths, key, restoreKeys) => (await load()).restore(paths, key, restoreKeys),
      save: async (paths, key) => (await load()).save(paths, key),
    };
  }

  async idToken(audience: string): Promise<string | undefined> {
    return this.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ? await core.getIDToken(audience) : undefined;
  }

  debug(text: string): void {
    this.#command(() => core.debug(this.clean(text)));
  }

  info(text: string): void {
    this.#openGroup();
    core.info(withoutWorkflowCommands(this.clean(text)));
  }

  warning(text: string, location?: SourceLocation): void {
    this.#openGroup();
    this.#command(() => core.warning(this.clean(text), this.#properties(location)));
  }

  /** Annotations are held back until `showFindings`: only then is it known whether all of them fit. */
  finding(text: string, location?: SourceLocation): void {
    this.#findings.push({ text, location });
  }

  showFindings(): void {
    const shown = this.#findings.length > MAX_FINDINGS ? MAX_FINDINGS - 1 : this.#findings.length;
    for (const { text, location } of this.#findings.slice(0, shown))
      core.error(this.clean(text), this.#properties(location));
    const hidden = this.#findings.length - shown;
    if (hidden > 0) core.error(`and ${hidden} more, see the summary`);
  }

  /** The group is opened with the first line in it, or when it is time for a sign of life. */
  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    this.#unopenedGroup = title;
    if (this.isLineDue()) this.#openGroup();
    try {
      return await body();
    } finally {
      if (this.#unopenedGroup === undefined) this.#command(() => core.endGroup());
      this.#unopenedGroup = undefined;
    }
  }

  mask(text: string, origin?: SecretOrigin): void {
    this.#setSecrets(this.hide(text, origin));
  }

  async readStdin(): Promise<Uint8Array> {
    throw new UsageError('USAGE_INVALID_INPUT', 'an action has no standard input', {
      hint: 'give a file instead of -',
    });
  }

  async run(call: ToolCall): Promise<ToolResult> {
    this.info(`[command]${[call.program, ...call.args].join(' ')}`);
    const options = {
      env: this.forChild(call.env),
      timeoutMs: this.toolTimeoutMs,
      onLine: (line: string) => this.info(line),
    };
    if (!call.echo) return execTool(call, options);
    const resume = this.#stopCommands();
    try {
      return await execTool(call, options);
    } finally {
      resume();
    }
  }

  /**
   * The runner masks every line of a text on its own, so a text of several lines is registered with ours alone; and so is
   * one that is in a word that gates compare with: the runner drops outputs of jobs in which it finds a secret.
   */
  #setSecrets(forms: readonly string[]): void {
    for (const form of forms)
      if (!/[\r\n]/.test(form) && !isInGateWord(form)) this.#command(() => core.setSecret(form));
  }

  #openGroup(): void {
    const title = this.#unopenedGroup;
    this.#unopenedGroup = undefined;
    if (title !== undefined) this.#command(() => core.startGroup(this.clean(title).replaceAll('\n', ' ')));
  }

  #stopCommands(): () => void {
    if (this.#stopWord !== undefined) return () => {};
    const word = randomBytes(24).toString('hex');
    this.#options.write(`::stop-commands::${word}\n`);
    this.#stopWord = word;
    return () => {
      this.#stopWord = undefined;
      this.#options.write(`::${word}::\n`);
    };
  }

  /** Runs a call that prints a workflow command, also in the middle of a tool's output. */
  #command(body: () => void): void {
    const word = this.#stopWord;
    if (word !== undefined) this.#options.write(`::${word}::\n`);
    body();
    if (word !== undefined) this.#options.write(`::stop-commands::${word}\n`);
  }

  #properties(location: SourceLocation | undefined): core.AnnotationProperties {
    if (!location) return {};
    const file = isAbsolute(location.file) ? relative(this.cwd, location.file) : location.file;
    return { file: this.clean(file).replaceAll('\\', '/'), startLine: location.line, startColumn: location.column };
  }

  /** One error annotation and a failed step. The exit code is set by the caller. */
  fail(text: string, location?: SourceLocation): void {
    if (location) core.error(this.clean(text), this.#properties(location));
    else core.setFailed(this.clean(text));
  }

  input(name: string, asWritten: boolean): string {
    return core.getInput(name, { trimWhitespace: !asWritten });
  }

  /**
   * Sets an output; a value that the runner would refuse, or that holds a secret, is left empty with a warning.
   * @throws SystemError when the runner's file for outputs cannot be written
   */
  output(name: string, value: string): void {
    // biome-ignore lint: control characters are what is looked for
    // oxlint-disable-next-line no-control-regex
    const odd = /[\u0000-\u0008\u000b-\u001f\u007f]/.test(value);
    if (odd) this.warning(`the output ${name} is left empty: its value holds control characters`);
    const leaking = holdsSecret(value, name, (text) => this.redact(text));
    if (leaking) this.warning(`the output ${name} is left empty: its value holds a secret`);
    try {
      core.setOutput(name, odd || leaking ? '' : value);
    } catch (error) {
      throw outputError(error, this.env['GITHUB_OUTPUT'] ?? '');
    }
  }

  /**
   * Appends to the job summary, or `instead` where the runner would refuse it for its size; a runner without a summary
   * file is no failure.
   */
  summary(markdown: string, instead: string): void {
    const path = this.env['GITHUB_STEP_SUMMARY'];
    if (!path || markdown === '') return;
    try {
      const text = this.redact(inWordsOf(this.kind, markdown));
      appendFileSync(path, `${Buffer.byteLength(text) <= MAX_SUMMARY_BYTES ? text : this.redact(instead)}\n`);
    } catch (error) {
      this.warning(`the job summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The library has an error of its own for a file that is not there. */
function outputError(error: unknown, path: string): SystemError {
  const full = isErrnoException(error) && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  const code = full ? 'DISK_FULL' : isErrnoException(error) ? 'FILE_WRITE_FAILED' : 'FILE_NOT_FOUND';
  return new SystemError(code, `the outputs of the step cannot be written to ${path}`, {
    cause: error,
    hint: 'see to the disk and the folders of the runner, and run the step again; what was signed or published until then stays',
  });
}
