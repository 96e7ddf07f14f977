// SPDX-License-Identifier: Apache-2.0
// A line as somebody copies it from a page or a report: `countersign` is run in this process, taken apart as the command
// line does it; a step of a workflow likewise; every other program is run by a shell.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/commands/commands.ts';
import type { Command } from '../../src/commands/spec.ts';
import { describeFailure } from '../../src/entry/outcome.ts';
import { readArguments } from '../../src/entry/command-line.ts';
import { FakeHost } from './fake-host.ts';
import { runCommand } from './run-command.ts';

export interface LineOptions {
  readonly cwd: string;
  readonly now: Date;
  readonly env?: Readonly<Record<string, string>>;
}

export interface LineResult {
  readonly exitCode: number;
  /** What is printed, and why it failed. */
  readonly text: string;
  readonly json?: unknown;
}

/** Words of a POSIX shell line with quotes, without anything that is expanded. */
export function shellWords(line: string): readonly string[] {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g)].map(([word]) => word);
  return words.map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"|\\(.)/g, (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? ''),
  );
}

/** Runs a line. Never throws for what a command refuses. */
export async function runLine(line: string, options: LineOptions): Promise<LineResult> {
  const [program, ...words] = shellWords(line);
  if (program !== 'countersign') return runShell(line, options);
  const entry = [...COMMANDS]
    .sort((a, b) => b.name.length - a.name.length)
    .find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
  if (!entry) throw new Error(`no command: ${line}`);
  const command = await entry.load();
  const args = words.slice(entry.name.split(' ').length);
  return await runTexts(command, readArguments(command.spec, args, options.env ?? {}).texts, options);
}

/** Runs a step of a workflow that uses one of the actions. */
export async function runStep(step: string, options: LineOptions): Promise<LineResult> {
  const [{ uses, with: inputs }]: [{ uses: string; with: Record<string, string | boolean> }] = parse(step);
  const name = /\/actions\/([a-z-]+)@/.exec(uses)?.[1];
  const entry = COMMANDS.find((one) => one.name === name);
  if (!entry) throw new Error(`no action: ${step}`);
  return await runTexts(
    await entry.load(),
    new Map(Object.entries(inputs).map(([key, value]) => [key, String(value)])),
    options,
  );
}

async function runTexts(
  command: Command,
  texts: ReadonlyMap<string, string>,
  { cwd, now, env = {} }: LineOptions,
): Promise<LineResult> {
  await using host = new FakeHost({ cwd, now, env });
  try {
    const { exitCode, text, json, error } = await runCommand(command, Object.fromEntries(texts), host);
    return { exitCode, text: `${text}${error ? `${error.message}\n${error.hint}` : ''}`, json };
  } catch (error) {
    const { exitCode, message, hint } = describeFailure(error);
    return { exitCode, text: `${message}\n${hint}` };
  }
}

function runShell(line: string, { cwd, env = {} }: LineOptions): LineResult {
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', line], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'], HOME: cwd, TMPDIR: join(cwd), ...env },
  });
  return { exitCode: status ?? 70, text: `${stdout}${stderr}` };
}
