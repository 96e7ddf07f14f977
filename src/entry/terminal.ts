// SPDX-License-Identifier: Apache-2.0
// This process as a terminal program: its streams, signals and exit code around one command line.

import { EXIT, UsageError } from '../base/errors.ts';
import { nearest } from '../base/text.ts';
import { VERSION } from '../base/version.ts';
import { type CommandEntry, COMMANDS } from '../commands/commands.ts';
import { environmentName } from '../commands/inputs/values.ts';
import type { Command, CommandResult, CommandSpec } from '../commands/spec.ts';
import { TerminalHost } from '../host/terminal.ts';
import { readArguments } from './arguments.ts';
import { codeHelp, commandHelp, generalHelp } from './help.ts';
import { describeFailure, type Failure, failureJson } from './outcome.ts';
import { jsonText, writeReport } from './report-file.ts';
import { installExitHandlers, runCommand, surviveOutputErrors } from './run.ts';

/** Runs the command line that this process was started with and sets the exit code. */
export async function runTerminal(): Promise<void> {
  surviveOutputErrors();
  const host = new TerminalHost({
    env: { ...process.env },
    cwd: process.cwd(),
    stdin: process.stdin,
    stderr: process.stderr,
    now: () => new Date(),
  });
  const removeHandlers = installExitHandlers(host.temporary, (thrown) => {
    const failure = describeFailure(thrown);
    printFailure(failure, host);
    return failure.exitCode;
  });
  try {
    process.exitCode = await runCommandLine(process.argv.slice(2), {
      host,
      write: (text) => void process.stdout.write(text),
      unset: (name) => void delete process.env[name],
    });
  } finally {
    await host.temporary.remove();
    removeHandlers();
  }
}

/** What a command line runs in. */
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
    if (args.includes('--json')) terminal.write(jsonText(failureJson(failure), terminal.host));
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
  else return runWith(await loadCommand(name, commands), rest, terminal);
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

async function runWith(command: Command, args: readonly string[], terminal: Terminal): Promise<number> {
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
  const { exitCode, result, failure, json, reportPath } = await runCommand(command, given.texts, host);
  if (given.json) terminal.write(jsonText(json, host));
  else terminal.write(lines(host.clean(result?.text ?? '')));
  if (failure) printFailure(failure, host);
  if (!result || reportPath === undefined) return exitCode;
  return await reportTo(reportPath, result, host);
}

/** What was done is done and has been shown; without its report it is no success. */
async function reportTo(path: string, result: CommandResult, host: TerminalHost): Promise<number> {
  try {
    await writeReport(path, result.json, host);
    return result.exitCode;
  } catch (error) {
    const failure = describeFailure(error);
    printFailure({ ...failure, message: `the report was not written: ${failure.message}` }, host);
    return result.exitCode === EXIT.passed ? failure.exitCode : result.exitCode;
  }
}

function lines(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function forgetSecrets(spec: CommandSpec, terminal: Terminal): void {
  for (const { name, type } of spec.inputs) if (type === 'secret') terminal.unset(environmentName(name));
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
