// SPDX-License-Identifier: Apache-2.0
// The command line: argv → command → standard output and exit code. Results go to standard output, everything else to
// standard error as `error:` and `hint:` lines. Loads nothing of GitHub Actions.

import { type CommandEntry, COMMANDS } from '../commands/commands.ts';
import { readInputs } from '../commands/inputs/inputs.ts';
import type { Command, CommandResult, CommandSpec } from '../commands/spec.ts';
import { assertTrustedEvent } from '../commands/inputs/event.ts';
import type { TerminalHost } from '../host/terminal.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { readFileBounded } from '../files/files.ts';
import { LIMITS } from '../base/limits.ts';
import { VERSION } from '../base/version.ts';
import { type Arguments, environmentName, readArguments } from './arguments.ts';
import { codeHelp, commandHelp, generalHelp } from './help.ts';
import { nearest } from '../base/nearest.ts';
import { describeFailure, type Failure, failureJson, failureOf } from './outcome.ts';
import { jsonText, writeReport } from './report-file.ts';

export interface Terminal {
  readonly host: TerminalHost;
  /** Standard output. */
  readonly write: (text: string) => void;
  /** Forgets a variable of this process, so that no child can inherit it. */
  readonly unset: (name: string) => void;
  readonly commands?: readonly CommandEntry[];
}

/** Runs one command line and returns the exit code. Never throws. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    const failure = describeFailure(error);
    printFailure(failure, terminal.host);
    if (args.includes('--json')) terminal.write(jsonText(failureJson(failure), (text) => terminal.host.redact(text)));
    return failure.exitCode;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  const commands = terminal.commands ?? COMMANDS;
  if (name === undefined) {
    terminal.host.print(generalHelp(commands));
    return EXIT.usage;
  }
  if (name === '--version') terminal.write(`${VERSION}\n`);
  else if (name === '--help' || name === '-h') terminal.write(generalHelp(commands));
  else if (name === 'help') terminal.write(await helpOn(rest[0], commands));
  else return runCommand(await loadCommand(name, commands), rest, terminal);
  return EXIT.passed;
}

async function helpOn(topic: string | undefined, commands: readonly CommandEntry[]): Promise<string> {
  if (topic === undefined) return generalHelp(commands);
  if (!/^[A-Z][A-Z0-9_]+$/.test(topic)) return commandHelp((await loadCommand(topic, commands)).spec);
  const { findCode } = await import('./error-codes.ts');
  const code = findCode(topic);
  if (code) return codeHelp(topic, code);
  throw new UsageError('USAGE_UNKNOWN_INPUT', `no error code ${topic.slice(0, 120)}`, {
    hint: 'see docs/errors.md for the list',
  });
}

async function loadCommand(name: string, commands: readonly CommandEntry[]): Promise<Command> {
  const found = commands.find((command) => command.name === name);
  if (found) return found.load();
  const guess = nearest(
    name,
    commands.map((command) => command.name),
  );
  throw new UsageError('USAGE_UNKNOWN_INPUT', `no command ${JSON.stringify(name.slice(0, 120))}`, {
    hint: guess ? `did you mean ${guess}?` : 'run countersign help for the list',
  });
}

async function runCommand(command: Command, args: readonly string[], terminal: Terminal): Promise<number> {
  const { spec } = command;
  const { host } = terminal;
  const given = readArguments(spec, args, host.env);
  if (given.help) {
    terminal.write(commandHelp(spec));
    return EXIT.passed;
  }
  host.quiet = given.quiet;
  host.verbose = given.verbose;
  forgetSecrets(spec, terminal);
  const inputs = await readInputs(spec, {
    texts: given.texts,
    cwd: host.cwd,
    mask: (text) => host.mask(text),
    readStdin: (limitBytes) => host.readStdin(limitBytes),
  });
  const has = (name: string) => spec.inputs.some((input) => input.name === name);
  if (spec.privileged) {
    const allowed = has('allow-untrusted-event') && inputs.boolean('allow-untrusted-event');
    assertTrustedEvent(spec.name, { env: host.env, payload: await eventPayload(host), allowed });
  }
  if (has('timeout')) host.toolTimeoutMs = inputs.number('timeout');
  const reportPath = has('report-path') ? inputs.text('report-path') : undefined;
  const result = await command.run(inputs, host);
  terminal.write(resultText(given, result, host));
  if (result.error) printFailure(failureOf(result.error, result.exitCode), host);
  return reportPath === undefined ? result.exitCode : await reportTo(reportPath, result, host);
}

/** What was done is done and has been shown; without its report it is no success. */
async function reportTo(path: string, result: CommandResult, host: TerminalHost): Promise<number> {
  try {
    await writeReport(path, result.json, (text) => host.redact(text));
    return result.exitCode;
  } catch (error) {
    const failure = describeFailure(error);
    printFailure({ ...failure, message: `the report was not written: ${failure.message}` }, host);
    return result.exitCode === EXIT.passed ? failure.exitCode : result.exitCode;
  }
}

function resultText(given: Arguments, result: { text: string; json: unknown }, host: TerminalHost): string {
  if (given.json) return jsonText(result.json, (text) => host.redact(text));
  const text = host.clean(result.text);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function forgetSecrets(spec: CommandSpec, terminal: Terminal): void {
  for (const { name, type } of spec.inputs) if (type === 'secret') terminal.unset(environmentName(name));
}

async function eventPayload(host: TerminalHost): Promise<Uint8Array | undefined> {
  const path = host.env['GITHUB_EVENT_PATH'];
  return path ? readFileBounded(path, LIMITS.reportBytes).catch(() => undefined) : undefined;
}

/** The `error:`, `cause:` and `hint:` lines of a failure. */
export function printFailure(failure: Failure, host: TerminalHost): void {
  const { location } = failure;
  const at = location ? `${location.file}:${location.line}:${location.column}: ` : '';
  host.print(`error: ${at}${failure.message} [${failure.code}]`);
  for (const cause of failure.causes) host.print(`cause: ${cause}`);
  host.print(`hint: ${failure.hint}`);
  if (failure.stack) host.debug(failure.stack);
}
