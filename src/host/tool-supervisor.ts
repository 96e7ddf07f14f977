// SPDX-License-Identifier: Apache-2.0
// A process between a step and one tool, because @actions/exec can neither limit nor stop what it runs. Arguments: the
// step's process, limits and options, then the program and its arguments. Standard input and environment are the tool's
// own. Its output goes to standard error as it comes when that is asked for; the result, as JSON, to standard output.

import { buffer } from 'node:stream/consumers';
import { ToolError } from '../commands/tool-errors.ts';
import { runTool, stopRunningTools } from './run-tool.ts';

const LOOK_MS = 200;
const [step, timeout, maxOutput, cwd, echo, program = '', ...args] = process.argv.slice(2);

/** Ends with the step, however that ended. */
const watch = setInterval(() => {
  if (process.ppid === Number(step)) return;
  stopRunningTools();
  process.exit(1);
}, LOOK_MS);

const call = {
  program,
  args,
  stdin: await buffer(process.stdin),
  echo: echo === 'echo',
  ...(cwd ? { cwd } : {}),
  ...(timeout ? { timeoutMs: Number(timeout) } : {}),
  ...(maxOutput ? { maxOutputBytes: Number(maxOutput) } : {}),
};
const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
try {
  const { exitCode, stdout, stderr } = await runTool(call, { env, timeoutMs: undefined, onLine: show });
  // Line by line: @actions/exec looks through all of a long line again for every piece of it.
  answer({ exitCode, stdout: stdout.split('\n'), stderr: stderr.split('\n') });
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  const { code, message, hint } = error;
  answer({ code, message, hint });
} finally {
  clearInterval(watch);
}

function show(line: string): void {
  process.stderr.write(`${line}\n`);
}

function answer(result: unknown): void {
  process.stdout.write(JSON.stringify(result, null, 1));
}
