// SPDX-License-Identifier: Apache-2.0
// Help texts, made from the commands' specs. They go to standard output: who asks for help wants to read or pipe it.

import type { CommandEntry } from '../commands/commands.ts';
import type { InputSpec, InputType } from '../commands/inputs/spec.ts';
import type { CommandSpec } from '../commands/spec.ts';
import type { CodeDoc } from '../base/errors.ts';
import { environmentName, inWordsOf } from '../commands/inputs/values.ts';

const WIDTH = 80;

/** The list of commands. */
export function generalHelp(commands: readonly CommandEntry[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length), 4) + 2;
  const rows = commands.flatMap(({ name, summary }) => hanging(name, width, summary));
  return [
    'usage: countersign COMMAND [flags] [arguments]',
    '',
    ...wrap(
      'Records on a container image who approved it at each stage, and decides by policy whether the approvals are complete, in order and by the right people.',
      0,
    ),
    '',
    'commands:',
    ...rows,
    ...hanging('help', width, 'This text; `help COMMAND` or `help ERROR_CODE` for more.'),
    '',
    'every command takes --json, --quiet, --verbose and --help',
    'exit codes: 0 passed, 1 the verdict failed, 2 usage, 3 environment, 70 a bug',
    '',
  ].join('\n');
}

/** One command: what it does, its flags, its outputs. */
export function commandHelp(spec: CommandSpec): string {
  const argument = spec.inputs.find(({ name }) => name === spec.positional);
  const many = argument?.type === 'list' || argument?.type === 'paths';
  const flags = spec.inputs.filter(({ only }) => only !== 'action').flatMap(flagHelp);
  return [
    `usage: countersign ${spec.name} [flags]${argument ? ` [${argument.name.toUpperCase()}${many ? '…' : ''}]` : ''}`,
    '',
    ...wrap(spec.description, 0),
    '',
    'flags:',
    ...flags,
    ...entry('--json', 'print the result as JSON'),
    ...entry('--quiet', 'no messages on standard error but warnings and errors'),
    ...entry('--verbose', 'say more on standard error'),
    '',
  ].join('\n');
}

/** One error code: when it happens, what to do. */
export function codeHelp(code: string, { when, fix }: CodeDoc): string {
  return [
    code,
    ...wrap(`When: ${inWordsOf('terminal', when)}.`, 2),
    ...wrap(`Fix: ${inWordsOf('terminal', fix)}.`, 2),
    '',
  ].join('\n');
}

function flagHelp(input: InputSpec): readonly string[] {
  const notes = [
    input.values ? `One of ${input.values.join(', ')}.` : '',
    input.default ? `Default: ${input.default.replaceAll('\n', ' ')}.` : '',
    input.type === 'boolean' && input.default === 'true' ? `\`--${input.name}=false\` switches it off.` : '',
    input.required ? 'Required.' : '',
  ];
  const text = [input.description, ...notes].filter((part) => part !== '').join(' ');
  if (input.type !== 'secret' && input.type !== 'pem') return entry(`--${input.name}${PLACEHOLDERS[input.type]}`, text);
  return entry(
    `--${input.name}-path${PLACEHOLDERS[input.type]}`,
    `${text} A file, - for standard input, or ${environmentName(input.name)} in the environment.`,
  );
}

const PLACEHOLDERS: Readonly<Record<InputType, string>> = {
  boolean: '',
  path: ' PATH',
  list: ' VALUE (repeatable)',
  paths: ' VALUE (repeatable)',
  duration: ' TIME',
  integer: ' NUMBER',
  size: ' SIZE',
  time: ' RFC3339',
  digest: ' DIGEST',
  enum: ' VALUE',
  string: ' VALUE',
  text: ' VALUE',
  secret: ' FILE',
  pem: ' FILE',
};

function entry(title: string, text: string): readonly string[] {
  return [`  ${title}`, ...wrap(text, 6)];
}

function hanging(title: string, width: number, text: string): readonly string[] {
  const [first = '', ...rest] = wrap(text, width + 2);
  return [`  ${title.padEnd(width)}${first.trimStart()}`, ...rest];
}

function wrap(text: string, indent: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(' '.repeat(indent) + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, ' '.repeat(indent) + line];
}
