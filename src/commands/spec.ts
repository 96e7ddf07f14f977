// SPDX-License-Identifier: Apache-2.0
// What a command is: its inputs and outputs as data, and a function from the values of exactly these inputs to a result.
// Raw texts become values whose types follow from the specs. All problems of one run are reported together. Empty means
// not given.

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDigest, type Digest } from '../base/bytes.ts';
import { UsageError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import type { Host } from './host.ts';
import { COMMON_INPUTS } from './inputs/common.ts';
import { checkedFiles, type NamedFile } from './inputs/files.ts';
import type { InputSpec, OutputSpec } from './inputs/spec.ts';
import { holdsSecret, maskTexts, parseValue, type RawInputs, readSecret } from './inputs/values.ts';

/** A command as data. */
export interface CommandSpec<Inputs extends readonly InputSpec[] = readonly InputSpec[]> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** A paragraph for help and documentation. */
  readonly description: string;
  readonly inputs: Inputs;
  readonly outputs: readonly OutputSpec[];
  /** Name of the input that positional arguments of the command line fill. */
  readonly positional?: string;
  /** Set for the five actions; the others exist on the command line only. */
  readonly action?: { readonly title: string; readonly icon: string; readonly color: string };
  /** Signs or publishes, always or when it is given a key: refused on untrusted workflow events. */
  readonly privileged?: 'always' | 'with-key';
}

/** What a command hands back. The entry prints, sets outputs and exits; commands never do. */
export interface CommandResult {
  /** EXIT.passed or EXIT.failed; EXIT.environment when one of several subjects could not be read. Anything else is thrown. */
  readonly exitCode: 0 | 1 | 3;
  /** Value of every output in the spec; missing ones are set to the empty text. */
  readonly outputs: Readonly<Record<string, string>>;
  /** For standard output without `--json`. */
  readonly text: string;
  /** For standard output with `--json`. */
  readonly json: unknown;
  /** Markdown for the job summary; made only where there is one. */
  readonly summary?: () => string;
  /** Why nothing was done, or not everything; the entry shows it last, as it shows what is thrown. */
  readonly error?: CommandError;
}

/** An error as a result holds it. */
export interface CommandError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** A command whose inputs were read: it can be run. */
interface PreparedCommand {
  readonly inputs: CommonInputs;
  run(host: Host): Promise<CommandResult>;
}

/** A command as the entries see it. */
export interface Command {
  readonly spec: CommandSpec;
  /**
   * Reads and checks the inputs.
   * @throws UsageError, SystemError as readInputs
   */
  prepare(raw: RawInputs): Promise<PreparedCommand>;
}

/** A command from its spec, whose last inputs are those of every command, and a function of what the spec promises. */
export function defineCommand<const S extends CommandSpec<readonly [...InputSpec[], ...typeof COMMON_INPUTS]>>(
  spec: S,
  run: (inputs: InputsOf<S['inputs']>, host: Host) => Promise<CommandResult>,
): Command {
  return {
    spec,
    async prepare(raw) {
      const inputs = await readInputs(spec.inputs, raw);
      return { inputs, run: (host) => run(inputs, host) };
    },
  };
}

/** The value that each type of input has; times are in milliseconds, sizes in bytes, paths absolute. */
interface ValueTypes {
  readonly string: string;
  readonly text: string;
  readonly path: string;
  readonly list: readonly string[];
  readonly paths: readonly string[];
  readonly boolean: boolean;
  readonly enum: string;
  readonly integer: number;
  readonly duration: number;
  readonly size: number;
  readonly time: Date;
  readonly digest: Digest;
  readonly secret: Secret;
  readonly pem: string;
}

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type ValueOf<I extends InputSpec> = I extends { readonly type: 'enum'; readonly values: readonly (infer Word)[] }
  ? Word
  : ValueTypes[I['type']];

/** Lists are empty and booleans false when they are not given. */
type Given<I extends InputSpec> = I extends
  | { readonly type: 'boolean' | 'list' | 'paths' }
  | { readonly required: true }
  | { readonly default: string }
  ? ValueOf<I>
  : ValueOf<I> | undefined;

type Values<Specs extends readonly InputSpec[]> = {
  readonly [Input in Specs[number] as CamelCase<Input['name']>]: Given<Input>;
};

/** The values of the inputs that every command has, and what else is known of the inputs of a run. */
export type CommonInputs = Values<typeof COMMON_INPUTS> & {
  /** Absolute folder that relative paths start from. */
  readonly workingDirectory: string;
  /** What the inputs name, no written one another one; empty where the run writes none of them. */
  readonly files: readonly NamedFile[];
  /** Names of the inputs that were given, were it as an empty list. */
  readonly given: ReadonlySet<string>;
};

/** The values of inputs, by their names in camelCase, with the types that their specs say. */
export type InputsOf<Specs extends readonly InputSpec[]> = Values<Specs> & CommonInputs;

/** Whether a run has these inputs: some commands have a group of inputs, others do not. */
export function hasInputs<const Specs extends readonly InputSpec[]>(
  inputs: CommonInputs,
  specs: Specs,
): inputs is InputsOf<Specs> {
  return holdsValues(inputs, specs);
}

/**
 * Reads all inputs of a command; secrets are masked before anything else can print.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS: one error naming every problem;
 * SystemError when a document that the inputs name cannot be written
 */
export async function readInputs<const Specs extends readonly InputSpec[]>(
  specs: Specs,
  raw: RawInputs,
): Promise<InputsOf<Specs>> {
  maskTexts(specs, raw);
  const workingDirectory = resolve(raw.cwd, raw.texts.get('working-directory') ?? '.');
  await assertFolder(raw.texts.get('working-directory'), workingDirectory);
  const problems: UsageError[] = [];
  const values: Record<string, unknown> = {};
  for (const input of specs) {
    try {
      const value = await valueOf(input, raw, workingDirectory);
      values[camelCase(input.name)] = value ?? valueOfNone(input);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 0) throw joined(problems);
  const isWritten = ({ name, file = 'read', default: text }: InputSpec) =>
    file === 'image' || (file !== 'read' && Boolean(raw.texts.get(name)?.trim() || text));
  const files = specs.some(isWritten) ? await checkedFiles(specs, raw.texts, workingDirectory) : [];
  const isGiven = (name: string) => Boolean(raw.texts.get(name)?.trim());
  const given = new Set(specs.map(({ name }) => name).filter((name) => isGiven(name) || isGiven(`${name}-path`)));
  const inputs = { ...values, workingDirectory, files, given };
  if (holdsValues(inputs, COMMON_INPUTS) && holdsValues(inputs, specs)) return inputs;
  throw new Error('a value of an input is not of its type');
}

/** The value of one input; undefined when it is not given. */
async function valueOf(input: InputSpec, raw: RawInputs, folder: string): Promise<unknown> {
  const isSecret = holdsSecret(input);
  const text = isSecret ? undefined : givenText(input, raw.texts) || input.default || undefined;
  const isThere = isSecret && Boolean(raw.texts.get(input.name) || raw.texts.get(`${input.name}-path`)?.trim());
  const secret = isThere ? await readSecret(input, raw, folder) : undefined;
  if (text === undefined && secret === undefined && input.required) throw missing(input);
  if (secret) return input.type === 'pem' ? secret.revealText() : secret;
  return text === undefined ? undefined : parseValue(input, text, folder);
}

function valueOfNone({ type }: InputSpec): unknown {
  return type === 'boolean' ? false : isList(type) ? [] : undefined;
}

function isList(type: InputSpec['type']): boolean {
  return type === 'list' || type === 'paths';
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The compiler knows the types from the specs; here the values are held to them. */
function holdsValues<T extends object, const Specs extends readonly InputSpec[]>(
  inputs: T,
  specs: Specs,
): inputs is T & Values<Specs> {
  return specs.every((input) => isValueOf(input, Reflect.get(inputs, camelCase(input.name))));
}

function isValueOf({ type, values, required, ...input }: InputSpec, value: unknown): boolean {
  if (value === undefined) return !required && input.default === undefined && type !== 'boolean' && !isList(type);
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'secret') return value instanceof Secret;
  if (type === 'time') return value instanceof Date;
  if (isList(type)) return Array.isArray(value);
  if (type === 'enum') return values?.some((known) => known === value) === true;
  if (type === 'digest') return typeof value === 'string' && isDigest(value);
  return typeof value === (type === 'integer' || type === 'duration' || type === 'size' ? 'number' : 'string');
}

/** Trimmed, but for documents: their lines and columns are counted, and their bytes hashed, as they were written. */
function givenText({ name, type }: InputSpec, texts: RawInputs['texts']): string | undefined {
  const text = texts.get(name);
  const trimmed = text?.trim();
  return type === 'text' && trimmed ? text : trimmed;
}

async function assertFolder(given: string | undefined, path: string): Promise<void> {
  if (given === undefined) return;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory())
    throw new UsageError('USAGE_INVALID_INPUT', `working-directory: there is no folder ${path}`, {
      hint: 'give a folder that exists and may be read',
    });
}

/** The words of a command's task say nothing that it does. */
export function unknownTask(command: string, task: readonly string[], details: { readonly hint: string }): UsageError {
  const words = JSON.stringify(task.join(' ').slice(0, 120));
  return new UsageError('USAGE_INVALID_INPUT', `${command} cannot do ${words}`, details);
}

function joined(problems: readonly UsageError[]): UsageError {
  const first = problems[0];
  if (problems.length === 1 && first) return first;
  return new UsageError('USAGE_INVALID_INPUT', problems.map((problem) => problem.message).join('; '), {
    hint: problems.map((problem) => problem.hint).join('; '),
  });
}

function missing(input: InputSpec): UsageError {
  const { name, example } = input;
  const path = holdsSecret(input) ? `${name}-path` : undefined;
  return new UsageError('USAGE_MISSING_INPUT', `${name}${path ? ` or ${path}` : ''} is missing`, {
    hint: `give ⟨${name}⟩${example ? `, for instance ⟨${path ?? name}=${example}⟩` : ''}`,
  });
}
