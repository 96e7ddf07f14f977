// SPDX-License-Identifier: Apache-2.0
// One command line: argv → raw input texts, as the command's spec says, → the command, its result on the streams of a
// terminal program, and the exit code. A secret is never accepted as an argument, because every user of the machine can read
// argv: it comes from a file, from standard input or from the environment.

import { parseArgs } from 'node:util';
import { EXIT, UsageError } from '../base/errors.ts';
import { nearest } from '../base/text.ts';
import { VERSION } from '../base/version.ts';
import { type CommandEntry, COMMANDS } from '../commands/commands.ts';
import type { Host } from '../commands/host.ts';
import type { InputSpec } from '../commands/inputs/spec.ts';
import { environmentName, holdsSecret } from '../commands/inputs/values.ts';
import type { Command, CommandResult, CommandSpec } from '../commands/spec.ts';
import { isPublicKeyName } from '../crypto/external/key-name.ts';
import { TerminalHost } from '../host/terminal.ts';
import {
  blankValue,
  givenBothWays,
  givenTwice,
  noValue,
  secretFlag,
  tooManyArguments,
  unknownFlag,
  valueOfSwitch,
} from './flag-errors.ts';
import { codeHelp, commandHelp, generalHelp } from './help.ts';
import { describeFailure, type Failure, failureJson } from './outcome.ts';
import { printJson, writeReport } from './report-file.ts';
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
      write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
      unset: (name) => void delete process.env[name],
    });
  } finally {
    await host.temporary.remove();
    removeHandlers();
  }
}

/** What a command line runs in. */
interface Terminal {
  readonly host: TerminalHost;
  /** Standard output; ends when the text is on its way, so that a slow reader does not let us hold all of it. */
  readonly write: (text: string) => Promise<void>;
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
    if (args.includes('--json')) await printJson(failureJson(failure), terminal);
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
  if (name === '--version') await terminal.write(`${VERSION}\n`);
  else if (name === '--help' || name === '-h') await terminal.write(generalHelp(commands));
  else if (name === 'help') await terminal.write(await helpOn(rest[0], commands));
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
    await terminal.write(commandHelp(spec));
    return EXIT.passed;
  }
  host.quiet = given.quiet;
  host.verbose = given.verbose;
  forgetSecrets(spec, terminal);
  const { exitCode, result, failure, json, reportPath } = await runCommand(command, given.texts, host);
  if (given.json) await printJson(json, terminal);
  else await terminal.write(lines(host.clean(result?.text ?? '')));
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

/** What a command line says. */
export interface Arguments {
  readonly texts: ReadonlyMap<string, string>;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

/** Flags that every command has beside its inputs. */
export const GENERAL_FLAGS = ['json', 'quiet', 'verbose', 'help'] as const;

interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inline: boolean;
}

/**
 * Reads the arguments after the command's name.
 * @throws UsageError USAGE_UNKNOWN_INPUT, USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS
 */
export function readArguments(spec: CommandSpec, args: readonly string[], env: Host['env']): Arguments {
  const inputs = flagInputs(spec);
  const { options, positionals } = tokenize(inputs, args);
  const general = new Set<string>();
  const texts = new Map<string, string>();
  for (const token of options) {
    if (isGeneral(token.name)) general.add(generalFlag(token));
    else addFlag(texts, inputs, token);
  }
  addPositionals(texts, spec, positionals);
  addEnvironment(texts, spec, env);
  return {
    texts,
    json: general.has('json'),
    quiet: general.has('quiet'),
    verbose: general.has('verbose'),
    help: general.has('help') || general.has('h'),
  };
}

/** Every flag of a command: its inputs, and `-path` for those that hold a key or a certificate. */
export function flagInputs(spec: CommandSpec): ReadonlyMap<string, InputSpec> {
  const inputs = new Map<string, InputSpec>();
  for (const input of spec.inputs.filter(({ only }) => only !== 'action')) {
    inputs.set(input.name, input);
    if (holdsSecret(input)) inputs.set(`${input.name}-path`, { ...input, name: `${input.name}-path`, type: 'path' });
  }
  return inputs;
}

function tokenize(inputs: ReadonlyMap<string, InputSpec>, args: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean' }> = { h: { type: 'boolean' } };
  for (const name of GENERAL_FLAGS) options[name] = { type: 'boolean' };
  for (const { name, type } of inputs.values()) options[name] = { type: type === 'boolean' ? 'boolean' : 'string' };
  const parsed = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const found: Token[] = [];
  const positionals: string[] = [];
  let openBoolean = false;
  for (const token of parsed.tokens) {
    // `--dry-run true`, as the inputs of an action are written, means what it says.
    const last = openBoolean ? found.at(-1) : undefined;
    if (token.kind === 'positional' && last && ['true', 'false'].includes(token.value))
      found.splice(-1, 1, { ...last, value: token.value, inline: true });
    else if (token.kind === 'positional') positionals.push(token.value);
    openBoolean = false;
    if (token.kind !== 'option') continue;
    found.push({ name: token.name, rawName: token.rawName, value: token.value, inline: token.inlineValue === true });
    openBoolean = token.value === undefined && inputs.get(token.name)?.type === 'boolean';
  }
  return { options: found, positionals };
}

function isGeneral(name: string): boolean {
  return name === 'h' || GENERAL_FLAGS.some((flag) => flag === name);
}

function generalFlag(token: Token): string {
  if (token.value === undefined) return token.name;
  throw valueOfSwitch(token.rawName);
}

function addFlag(texts: Map<string, string>, inputs: ReadonlyMap<string, InputSpec>, token: Token): void {
  const input = inputs.get(token.name);
  if (!input) throw unknownFlag(token.rawName, token.name, [...inputs.keys(), ...GENERAL_FLAGS]);
  const isKeyName = input.mayBeKeyName === true && isPublicKeyName(token.value ?? '');
  if (input.type === 'secret' && !isKeyName) throw secretFlag(input);
  const value = flagValue(input, token);
  const isList = input.type === 'list' || input.type === 'paths';
  const before = texts.get(input.name);
  if (before !== undefined && !isList) throw givenTwice(input);
  texts.set(input.name, before === undefined ? value : `${before}\n${value}`);
}

function flagValue(input: InputSpec, token: Token): string {
  if (input.type === 'boolean') return token.value ?? 'true';
  const { value } = token;
  if (value === undefined || (!token.inline && isFlagLike(value))) throw noValue(input);
  if (value.trim() === '') throw blankValue(`--${input.name}`);
  return value;
}

/** `-` is standard input, and a key or certificate begins with dashes, too. */
function isFlagLike(value: string): boolean {
  return value.startsWith('-') && value !== '-' && !value.startsWith('-----BEGIN ');
}

function addPositionals(texts: Map<string, string>, spec: CommandSpec, positionals: readonly string[]): void {
  if (positionals.length === 0) return;
  const input = spec.inputs.find(({ name }) => name === spec.positional);
  const takesMany = input?.type === 'list' || input?.type === 'paths';
  if (!input || (positionals.length > 1 && !takesMany))
    throw tooManyArguments(spec, positionals[input ? 1 : 0], input !== undefined);
  if (positionals.some((text) => text.trim() === '')) throw blankValue(input.name);
  const before = texts.get(input.name);
  if (before !== undefined && !takesMany) throw givenBothWays(input);
  texts.set(input.name, [...(before === undefined ? [] : [before]), ...positionals].join('\n'));
}

/** Keys, certificates and passphrases may come from the environment; a flag for the same input wins. */
function addEnvironment(texts: Map<string, string>, spec: CommandSpec, env: Host['env']): void {
  for (const { name } of spec.inputs.filter(holdsSecret)) {
    if (texts.has(name) || texts.has(`${name}-path`)) continue;
    for (const variant of [name, `${name}-path`]) {
      const value = env[environmentName(variant)];
      if (value) texts.set(variant, value);
    }
  }
}
