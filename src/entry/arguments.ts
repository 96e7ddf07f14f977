// SPDX-License-Identifier: Apache-2.0
// argv → raw input texts, as the command's spec says. A secret is never accepted as an argument, because every user of
// the machine can read argv: it comes from a file, from standard input or from the environment.

import { parseArgs } from 'node:util';
import type { InputSpec } from '../commands/inputs/spec.ts';
import type { CommandSpec } from '../commands/spec.ts';
import { environmentName, holdsSecret } from '../commands/inputs/values.ts';
import { UsageError } from '../base/errors.ts';
import { isPublicKeyName } from '../crypto/external/key-name.ts';
import { nearest } from '../base/text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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
export function readArguments(spec: CommandSpec, args: readonly string[], env: Environment): Arguments {
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
  throw new UsageError('USAGE_INVALID_INPUT', `${token.rawName} takes no value`, {
    hint: `write ${token.rawName} alone`,
  });
}

function addFlag(texts: Map<string, string>, inputs: ReadonlyMap<string, InputSpec>, token: Token): void {
  const input = inputs.get(token.name);
  if (!input) throw unknownFlag(token, [...inputs.keys(), ...GENERAL_FLAGS]);
  const isKeyName = input.mayBeKeyName === true && isPublicKeyName(token.value ?? '');
  if (input.type === 'secret' && !isKeyName) throw secretFlag(input);
  const value = flagValue(input, token);
  const isList = input.type === 'list' || input.type === 'paths';
  const before = texts.get(input.name);
  if (before !== undefined && !isList)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `--${input.name} was given more than once`, {
      hint: `give --${input.name} once`,
    });
  texts.set(input.name, before === undefined ? value : `${before}\n${value}`);
}

function flagValue(input: InputSpec, token: Token): string {
  if (input.type === 'boolean') return token.value ?? 'true';
  const { value } = token;
  if (value === undefined || (!token.inline && value.startsWith('-') && value !== '-'))
    throw new UsageError('USAGE_INVALID_INPUT', `--${input.name} has no value`, {
      hint: `give it a value, or write --${input.name}=VALUE when the value begins with a dash`,
    });
  if (value.trim() === '') throw blank(`--${input.name}`);
  return value;
}

/** A variable of a script that is not set must not turn a verification off, or make it look at less. */
function blank(what: string): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `${what} is empty`, {
    hint: 'give it a value, or leave it out; check that the variable which it comes from is set',
  });
}

function unknownFlag(token: Token, known: readonly string[]): UsageError {
  const off = token.name.startsWith('no-') && known.includes(token.name.slice(3)) ? token.name.slice(3) : undefined;
  if (off !== undefined)
    return new UsageError('USAGE_UNKNOWN_INPUT', `no flag ${token.rawName}`, { hint: `write --${off}=false` });
  const file = known.find((name) => name === `${token.name}-path`);
  const guess = file ?? nearest(token.name, known);
  return new UsageError('USAGE_UNKNOWN_INPUT', `no flag ${token.rawName}`, {
    hint: guess ? `did you mean --${guess}?` : 'run the command with --help for its flags',
  });
}

function secretFlag(input: InputSpec): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `--${input.name} would show a secret to every user of this machine`, {
    hint: `give --${input.name}-path FILE (or - for standard input), or set ${environmentName(input.name)}`,
  });
}

function addPositionals(texts: Map<string, string>, spec: CommandSpec, positionals: readonly string[]): void {
  if (positionals.length === 0) return;
  const input = spec.inputs.find(({ name }) => name === spec.positional);
  const takesMany = input?.type === 'list' || input?.type === 'paths';
  if (!input || (positionals.length > 1 && !takesMany))
    throw new UsageError(
      'USAGE_UNKNOWN_INPUT',
      `unexpected argument ${JSON.stringify(positionals[input ? 1 : 0]?.slice(0, 120))}`,
      { hint: input ? `${spec.name} takes one argument` : `${spec.name} takes flags only; see its --help` },
    );
  if (positionals.some((text) => text.trim() === '')) throw blank(input.name);
  const before = texts.get(input.name);
  if (before !== undefined && !takesMany)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `${input.name} was given as a flag and as an argument`, {
      hint: 'give it once',
    });
  texts.set(input.name, [...(before === undefined ? [] : [before]), ...positionals].join('\n'));
}

/** Keys, certificates and passphrases may come from the environment; a flag for the same input wins. */
function addEnvironment(texts: Map<string, string>, spec: CommandSpec, env: Environment): void {
  for (const { name } of spec.inputs.filter(holdsSecret)) {
    if (texts.has(name) || texts.has(`${name}-path`)) continue;
    for (const variant of [name, `${name}-path`]) {
      const value = env[environmentName(variant)];
      if (value) texts.set(variant, value);
    }
  }
}
