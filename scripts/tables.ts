// SPDX-License-Identifier: Apache-2.0
// Tables of inputs and outputs for the README files, and the text between two markers.

import type { InputSpec, InputType, OutputSpec } from '../src/commands/inputs/spec.ts';
import type { CommandSpec } from '../src/commands/spec.ts';

const TYPE_WORDS: Readonly<Record<InputType, string>> = {
  string: 'String',
  text: 'Text',
  path: 'Path',
  list: 'List',
  paths: 'List of paths',
  boolean: 'Bool',
  enum: 'String',
  integer: 'Number',
  duration: 'Duration',
  size: 'Size',
  time: 'Time',
  digest: 'Digest',
  secret: 'Secret',
  pem: 'PEM',
};

/** One input as an action shows it. */
export interface ActionInput {
  readonly name: string;
  readonly typeWord: string;
  readonly description: string;
  readonly default: string | undefined;
  /** The default is an expression, which only the runner can fill in. */
  readonly setByRunner: boolean;
  readonly required: boolean;
}

/** The inputs of an action: those of the spec, and a `-path` beside each one that holds a key or certificate. */
export function actionInputs(spec: CommandSpec): readonly ActionInput[] {
  return spec.inputs.filter(({ only }) => only !== 'cli').flatMap(withPath);
}

function withPath(input: InputSpec): readonly ActionInput[] {
  const plain: ActionInput = {
    name: input.name,
    typeWord: TYPE_WORDS[input.type],
    description: describe(input),
    default: input.actionDefault ?? input.default,
    setByRunner: input.actionDefault !== undefined,
    required: input.required === true,
  };
  if (input.type !== 'secret' && input.type !== 'pem') return [plain];
  const path: ActionInput = {
    name: `${input.name}-path`,
    typeWord: 'Path',
    description: `File that holds \`${input.name}\`: a regular file, no symbolic link. At most one of the two.${exampleOf(input)}`,
    default: undefined,
    setByRunner: false,
    required: false,
  };
  return [{ ...plain, required: false }, path];
}

function describe(input: InputSpec): string {
  const parts = [input.description];
  if (input.values) parts.push(`One of ${input.values.map((value) => `\`${value}\``).join(', ')}.`);
  if (input.required) parts.push('Required.');
  const isFile = input.type === 'secret' || input.type === 'pem';
  return parts.join(' ') + (input.default || isFile ? '' : exampleOf(input));
}

function exampleOf({ example }: InputSpec): string {
  return example ? ` Example: \`${example.replaceAll('\n', ' ')}\`.` : '';
}

export function inputsTable(spec: CommandSpec): string {
  const rows = actionInputs(spec).map(({ name, typeWord, default: value, description }) => [
    `\`${name}\``,
    typeWord,
    value ? `\`${value}\`` : '',
    description,
  ]);
  return table(['Name', 'Type', 'Default', 'Description'], rows);
}

export function outputsTable(spec: { readonly outputs: readonly OutputSpec[] }): string {
  const rows = spec.outputs.map(({ name, description, example }) => [`\`${name}\``, description, `\`${example}\``]);
  return table(['Name', 'Description', 'Example'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${head.map(() => '---|').join('')}`, ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

/**
 * The page with the text between `<!-- NAME:start -->` and `<!-- NAME:end -->` replaced.
 * @throws Error when a marker is missing
 */
export function replaceBetween(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the markers ${start} and ${end} are missing`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}
