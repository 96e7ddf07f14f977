// SPDX-License-Identifier: Apache-2.0
// Runs a tool of a workflow step by @actions/exec, the only file that imports it. It hands on the environment that it is
// given and nothing else, and puts the program on no shell. Limits are kept by a process of ours in between, see
// tool-supervisor.ts.

import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { exec } from '@actions/exec';
import { parseJson } from '../base/json.ts';
import { asArray, asInteger, asObject, asText } from '../base/members.ts';
import type { ToolCall, ToolResult } from '../commands/host.ts';
import { isToolCode, ToolError } from '../commands/tool-errors.ts';
import { ownProcess } from './own-process.ts';
import type { RunOptions } from './run-tool.ts';

/**
 * Runs one program to its end; a failing exit code is a result, not an error.
 * @throws ToolError TOOL_NOT_FOUND, TOOL_START_FAILED, TOOL_TIMEOUT, TOOL_OUTPUT_TOO_LARGE
 */
export async function execTool(call: ToolCall, options: RunOptions): Promise<ToolResult> {
  const limits = [call.timeoutMs ?? options.timeoutMs, call.maxOutputBytes].map((limit) => String(limit ?? ''));
  const settings = [String(process.pid), ...limits, call.cwd ?? '', call.echo ? 'echo' : ''];
  const result: Buffer[] = [];
  const output = new PassThrough();
  const shown = showLines(output, options);
  await exec(`"${process.execPath}"`, [ownProcess('tool-supervisor'), ...settings, call.program, ...call.args], {
    env: { ...options.env },
    // Without any, standard input would stay open.
    input: Buffer.from(call.stdin ?? []),
    // Else the command and the output are printed as they are, workflow commands included.
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdout: (chunk) => result.push(chunk), stderr: (chunk) => output.write(chunk) },
  });
  output.end();
  await shown;
  return resultOf(Buffer.concat(result), call);
}

async function showLines(input: PassThrough, { onLine }: RunOptions): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) onLine?.(line);
}

/** @throws ToolError the one that the supervisor met */
function resultOf(text: Uint8Array, { program }: ToolCall): ToolResult {
  if (text.length === 0)
    throw new ToolError('TOOL_START_FAILED', `the process that runs ${program} ended without a result`, {
      hint: 'see what it printed above, and whether somebody or the system ended it',
    });
  const result = asObject(parseJson(text, 'the result of a tool'), 'the result of a tool');
  const textOf = (name: string): string => asText(result[name], name);
  const linesOf = (name: string): string =>
    asArray(result[name], name, Number.POSITIVE_INFINITY)
      .map((line) => asText(line, name))
      .join('\n');
  const code = result['code'];
  if (isToolCode(code)) throw new ToolError(code, textOf('message'), { hint: textOf('hint') });
  return { exitCode: asInteger(result['exitCode'], 'exitCode'), stdout: linesOf('stdout'), stderr: linesOf('stderr') };
}
