// SPDX-License-Identifier: Apache-2.0
// action.yml of an action, from its spec. Keys in the order name, description, author, branding, inputs, outputs, runs;
// defaults quoted, because a default is a text.

import type { CommandSpec } from '../src/commands/spec.ts';
import { type ActionInput, actionInputs } from './tables.ts';

const HEADER = '# Written by scripts/metadata.ts from src/commands; change it there.\n';
const WIDTH = 100;

interface ActionFile {
  readonly name: string;
  readonly description: string;
  readonly icon: string;
  readonly color: string;
  readonly inputs: readonly ActionInput[];
  readonly outputs: CommandSpec['outputs'];
  readonly main: string;
}

/** action.yml in `actions/<name>/`. @throws Error when the spec has no `action` */
export function actionYaml(spec: CommandSpec): string {
  if (!spec.action) throw new Error(`${spec.name} is no action`);
  return render({
    name: spec.action.title,
    description: spec.summary,
    icon: spec.action.icon,
    color: spec.action.color,
    inputs: actionInputs(spec),
    outputs: spec.outputs,
    main: `../../dist/${spec.name}.mjs`,
  });
}

/** The front door: one action that runs the command its input `command` names, with the inputs of all five. */
export function rootActionYaml(specs: readonly CommandSpec[]): string {
  const command: ActionInput = {
    name: 'command',
    typeWord: 'String',
    description: `Which of the actions to run: ${specs.map(({ name }) => `\`${name}\``).join(', ')}. Required.`,
    default: undefined,
    setByRunner: false,
    required: true,
  };
  const inputs = merged(specs, actionInputs);
  const outputs = merged(specs, (spec) => spec.outputs);
  return render({
    name: 'countersign',
    description: 'Record on a container image who approved it at each stage, and decide by policy whether it may ship',
    icon: 'check-circle',
    color: 'green',
    inputs: [command, ...inputs.map(({ value, users }) => usedBy(forAll(value, specs), users, specs))],
    outputs: outputs.map(({ value, users }) => usedBy(value, users, specs)),
    main: 'dist/root.mjs',
  });
}

/**
 * No defaults here but the runner's: the command knows its own, and what is given for another command can then be told
 * from them.
 */
function forAll(input: ActionInput, specs: readonly CommandSpec[]): ActionInput {
  if (input.setByRunner) return input;
  const defaults = specs.flatMap((spec) => actionInputs(spec).filter(({ name }) => name === input.name));
  const same = defaults.every((other) => other.default === input.default);
  const stated = same && input.default ? ` Default: \`${input.default.replaceAll('\n', ' ')}\`.` : '';
  return { ...input, description: input.description + stated, default: undefined, required: false };
}

function usedBy<T extends { readonly description: string }>(
  value: T,
  users: readonly string[],
  specs: readonly CommandSpec[],
): T {
  return users.length === specs.length
    ? value
    : { ...value, description: `For ${users.join(', ')}: ${value.description}` };
}

function merged<T extends { readonly name: string }>(
  specs: readonly CommandSpec[],
  of: (spec: CommandSpec) => readonly T[],
): readonly { readonly value: T; readonly users: readonly string[] }[] {
  const byName = new Map<string, { value: T; users: string[] }>();
  for (const spec of specs)
    for (const value of of(spec)) {
      const known = byName.get(value.name);
      if (known) known.users.push(spec.name);
      else byName.set(value.name, { value, users: [spec.name] });
    }
  return [...byName.values()];
}

function render(file: ActionFile): string {
  const lines = [
    `name: ${quote(file.name)}`,
    `description: ${quote(file.description)}`,
    'author: countersign contributors',
    'branding:',
    `  icon: ${file.icon}`,
    `  color: ${file.color}`,
    'inputs:',
    ...file.inputs.flatMap(inputLines),
    'outputs:',
    ...file.outputs.flatMap(({ name, description }) => [`  ${name}:`, ...folded(description)]),
    'runs:',
    '  using: node24',
    `  main: ${file.main}`,
  ];
  return `${HEADER}${lines.join('\n')}\n`;
}

function inputLines(input: ActionInput): readonly string[] {
  const lines = [`  ${input.name}:`, ...folded(input.description), `    required: ${input.required}`];
  return input.default === undefined ? lines : [...lines, `    default: ${quote(input.default)}`];
}

function folded(description: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of description.split(/\s+/)) {
    if (line !== '' && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return ['    description: >-', ...[...lines, line].map((text) => `      ${text}`)];
}

function quote(text: string): string {
  return text.includes('\n') ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
}
