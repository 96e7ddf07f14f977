// SPDX-License-Identifier: Apache-2.0
// Runs an entry, bundled or from the sources, the way the runner does: inputs in INPUT_ variables, files for outputs and summary, a temporary
// folder of its own; and reads back what the step left.

import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from './sources.ts';

export interface StepOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Modules to preload. */
  readonly preload?: readonly string[];
  /** What is run: the bundle by default. */
  readonly from?: 'dist' | 'sources';
}

export interface StepResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Names left in the temporary folder. */
  readonly leftOver: readonly string[];
}

/** Runs an entry in a workspace folder. */
export async function runStep(entry: string, workspace: string, options: StepOptions = {}): Promise<StepResult> {
  const runner = join(workspace, '.runner');
  const [temporary, output, summary] = [join(runner, 'temp'), join(runner, 'output'), join(runner, 'summary')];
  await mkdir(temporary, { recursive: true });
  await writeFile(output, '');
  await writeFile(summary, '');
  const inputs = Object.entries(options.inputs ?? {}).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const env = {
    PATH: process.env['PATH'],
    HOME: runner,
    TMPDIR: temporary,
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: temporary,
    ...Object.fromEntries(inputs),
    ...options.env,
  };
  const preload = (options.preload ?? []).flatMap((module) => ['--import', module]);
  const file =
    options.from === 'sources' ? join('src', 'entry', 'actions', `${entry}.ts`) : join('dist', `${entry}.mjs`);
  const ended = await collect([...preload, join(PROJECT, file)], { cwd: workspace, env });
  return {
    ...ended,
    outputs: parseOutputs(await readFile(output, 'utf8')),
    summary: await readFile(summary, 'utf8'),
    leftOver: await readdir(temporary),
  };
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundled command line. */
export function runCli(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly nodeArgs?: readonly string[] },
): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: options.cwd, TMPDIR: options.cwd, ...options.env };
  return collect([...(options.nodeArgs ?? []), join(PROJECT, 'dist', 'cli.mjs'), ...args], { cwd: options.cwd, env });
}

function collect(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...written }));
  });
}

/** The runner's `name<<delimiter` form. */
function parseOutputs(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const match of text.matchAll(/^([^\n]+?)<<(ghadelimiter_[^\n]+)\r?\n([\s\S]*?)\r?\n\2\r?$/gm))
    outputs[match[1] ?? ''] = match[3] ?? '';
  return outputs;
}
