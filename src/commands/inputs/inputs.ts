// SPDX-License-Identifier: Apache-2.0
// Raw texts → typed values. All problems of one run are reported together. Empty means not given.

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Digest, isDigest } from '../../base/digest.ts';
import { UsageError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { checkedFiles, type NamedFile } from './files.ts';
import { maskTexts, type RawInputs, readSecret } from './secrets.ts';
import { parseValue, type Value } from './values.ts';
import type { CommandSpec, InputSpec } from '../spec.ts';

/** The checked inputs of one run. Getters throw a plain Error when asked for a name that the spec lacks: our bug. */
export class Inputs {
  readonly #spec: CommandSpec;
  readonly #values: ReadonlyMap<string, Value>;
  readonly #secrets: ReadonlyMap<string, Secret>;
  /** Absolute folder that relative paths start from. */
  readonly workingDirectory: string;
  /** What the inputs name; no written one is another one. */
  readonly files: readonly NamedFile[];

  constructor(
    spec: CommandSpec,
    values: ReadonlyMap<string, Value>,
    rest: { secrets: ReadonlyMap<string, Secret>; workingDirectory: string; files: readonly NamedFile[] },
  ) {
    this.#spec = spec;
    this.#values = values;
    this.#secrets = rest.secrets;
    this.workingDirectory = rest.workingDirectory;
    this.files = rest.files;
  }

  /** Text, enum, path (absolute) or digest; undefined when not given. */
  text(name: string): string | undefined {
    const value = this.#get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Like text, for an input that the spec requires or gives a default. */
  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missing(this.#input(name));
    return value;
  }

  digest(name: string): Digest | undefined {
    const value = this.text(name);
    return value !== undefined && isDigest(value) ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.#get(name);
    return Array.isArray(value) ? value : [];
  }

  boolean(name: string): boolean {
    return this.#get(name) === true;
  }

  /** An integer, a duration in milliseconds or a size in bytes; undefined when not given. */
  number(name: string): number | undefined {
    const value = this.#get(name);
    return typeof value === 'number' ? value : undefined;
  }

  time(name: string): Date | undefined {
    const value = this.#get(name);
    return value instanceof Date ? value : undefined;
  }

  /** True when it was given, were it as an empty list, or has a default. Not for secrets. */
  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** A `secret` or `pem` input, whether it came as text or from the `-path` file. */
  secret(name: string): Secret | undefined {
    this.#input(name);
    return this.#secrets.get(name);
  }

  /** The text of a `pem` input. */
  pem(name: string): string | undefined {
    return this.secret(name)?.revealText();
  }

  #input(name: string): InputSpec {
    const input = this.#spec.inputs.find((candidate) => candidate.name === name);
    if (!input) throw new Error(`the command ${this.#spec.name} has no input ${name}`);
    return input;
  }

  #get(name: string): Value | undefined {
    this.#input(name);
    return this.#values.get(name);
  }
}

/**
 * Reads all inputs of a command; secrets are masked before anything else can print.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS: one error naming every problem;
 * SystemError when a document that the inputs name cannot be written
 */
export async function readInputs(spec: CommandSpec, raw: RawInputs): Promise<Inputs> {
  maskTexts(spec, raw);
  const workingDirectory = resolve(raw.cwd, raw.texts.get('working-directory') ?? '.');
  await assertFolder(raw.texts.get('working-directory'), workingDirectory);
  const problems: UsageError[] = [];
  const values = new Map<string, Value>();
  const secrets = new Map<string, Secret>();
  for (const input of spec.inputs) {
    try {
      if (input.type === 'secret' || input.type === 'pem') {
        const secret = await readSecret(input, raw, workingDirectory);
        if (secret) secrets.set(input.name, secret);
        else if (input.required) throw missing(input);
        continue;
      }
      const text = givenText(input, raw.texts) || input.default;
      if (text !== undefined && text !== '') values.set(input.name, parseValue(input, text, workingDirectory));
      else if (input.required) throw missing(input);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 0) throw joined(problems);
  const files = await checkedFiles(spec, raw.texts, workingDirectory);
  return new Inputs(spec, values, { secrets, workingDirectory, files });
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

function joined(problems: readonly UsageError[]): UsageError {
  const first = problems[0];
  if (problems.length === 1 && first) return first;
  return new UsageError('USAGE_INVALID_INPUT', problems.map((problem) => problem.message).join('; '), {
    hint: problems.map((problem) => problem.hint).join('; '),
  });
}

function missing(input: InputSpec): UsageError {
  const path = input.type === 'secret' || input.type === 'pem' ? ` or ${input.name}-path` : '';
  return new UsageError('USAGE_MISSING_INPUT', `${input.name}${path} is missing`, {
    hint: `give ${input.name}${path}${input.example ? `, for instance ${input.example}` : ''}`,
  });
}
