// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ToolCall } from '../../../src/commands/host.ts';
import { execTool } from '../../../src/host/exec-tool.ts';
import { findProgram, runTool } from '../../../src/host/run-tool.ts';
import { TemporaryFolder } from '../../../src/host/process-host.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-run-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const PROGRAMS = {
  /** Goes on for ever, also when asked to end. */
  stubborn: 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)',
  /** Starts another one, which holds the output open and cannot be asked to end. */
  parent: `const { spawn } = require("child_process");
    spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setTimeout(() => require('fs').writeFileSync(process.env.MARK, ''), 7000)"], { stdio: "inherit" });
    process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000)`,
};

describe.each([
  { by: 'our own runner', run: runTool },
  { by: '@actions/exec', run: execTool },
])('running a program by $by', ({ run }) => {
  const node = (script: string, call: Partial<ToolCall> = {}, onLine?: (line: string) => void) =>
    run(
      { program: process.execPath, args: ['-e', script], ...call },
      { env: { MARK: join(folder, run.name) }, timeoutMs: undefined, ...(onLine && { onLine }) },
    );

  test('gives exit code and both outputs; a failing exit code is a result', async () => {
    expect(await node('console.log("öut"); console.error("err"); process.exitCode = 7')).toEqual({
      exitCode: 7,
      stdout: 'öut\n',
      stderr: 'err\n',
    });
    expect(await node('process.kill(process.pid, "SIGKILL")')).toMatchObject({ exitCode: 137 });
  });

  test('passes arguments as they are, through no shell', async () => {
    const args = ['$(echo x); `y` "z" * \n', '', '--', '-e', 'a\\"b'];
    const script = ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...args];
    const { stdout } = await run({ program: process.execPath, args: script }, { env: {}, timeoutMs: undefined });
    expect(JSON.parse(stdout)).toEqual(args);
  });

  test('gives the child the environment of the call and no other', async () => {
    process.env['INPUT_LEFT-OVER'] = 'secret';
    onTestFinished(() => void delete process.env['INPUT_LEFT-OVER']);
    const { stdout } = await node('console.log(JSON.stringify([process.env, process.argv, process.execArgv]))');
    const [{ __CF_USER_TEXT_ENCODING: _, ...env }, argv] = JSON.parse(stdout);
    expect(env).toEqual({ MARK: join(folder, run.name) });
    expect(argv).toEqual([process.execPath]);
  });

  test('gives a working directory', async () => {
    expect((await node('console.log(process.cwd())', { cwd: folder })).stdout).toBe(`${await realpath(folder)}\n`);
    await expect(node('', { cwd: join(folder, 'none') })).rejects.toMatchObject({ code: 'TOOL_NOT_FOUND' });
  });

  test('writes standard input and closes it; without it the child gets none', async () => {
    const script = 'process.stdin.on("data", (c) => process.stdout.write(c)).on("end", () => console.log("end"))';
    expect((await node(script, { stdin: new TextEncoder().encode('bytes ') })).stdout).toBe('bytes end\n');
    expect((await node(script)).stdout).toBe('end\n');
  });

  test('a child that does not read its input is no error', async () => {
    expect(await node('process.exit(0)', { stdin: new Uint8Array(8 * 1024 * 1024) })).toMatchObject({ exitCode: 0 });
  });

  test('keeps the end of an output that is very long', async () => {
    const script = 'for (let i = 0; i < 350000; i++) console.log("a line of a very long log that nobody reads: " + i)';
    const { stdout } = await node(script);
    expect(stdout.length).toBe(16 * 1024 * 1024);
    expect(stdout.endsWith(': 349999\n')).toBe(true);
  });

  test('stops a child whose answer is too long', async () => {
    const script = 'setInterval(() => console.log("x".repeat(1000)), 1)';
    await expect(node(script, { maxOutputBytes: 5000 })).rejects.toMatchObject({ code: 'TOOL_OUTPUT_TOO_LARGE' });
    expect(await node('console.log("x".repeat(4999))', { maxOutputBytes: 5000 })).toMatchObject({ exitCode: 0 });
  });

  test('shows lines as they come when asked to', async () => {
    const lines: string[] = [];
    const shown = async (script: string) => node(script, { echo: true }, (line) => lines.push(line));
    const { stdout } = await shown('console.log("a\\nb"); console.error("c"); setTimeout(() => console.log("ü"), 50)');
    expect(lines.toSorted()).toEqual(['a', 'b', 'c', 'ü']);
    expect(stdout).toBe('a\nb\nü\n');
  });

  test('stops a child that takes too long, and one that does not let itself be asked', async () => {
    for (const script of ['setInterval(() => {}, 1000)', PROGRAMS.stubborn])
      await expect(node(script, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'TOOL_TIMEOUT', exitCode: 3 });
  });

  test('stops what a child has started and left behind', async () => {
    await expect(node(PROGRAMS.parent, { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'TOOL_TIMEOUT' });
    await sleep(6500);
    await expect(stat(join(folder, run.name))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a missing program and an unusable one have their codes', async () => {
    const start = (program: string) => run({ program, args: [] }, { env: {}, timeoutMs: undefined });
    await expect(start('countersign-no-such-program')).rejects.toMatchObject({ code: 'TOOL_NOT_FOUND' });
    await expect(start(folder)).rejects.toMatchObject({ code: 'TOOL_START_FAILED' });
  });
});

describe('finding a program', () => {
  test('takes the first executable file on PATH and skips relative folders', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await mkdir(join(first, 'tool'), { recursive: true });
    await mkdir(second);
    await writeFile(join(second, 'tool'), '');
    await chmod(join(second, 'tool'), 0o755);
    const env = { PATH: `.:relative:${first}:${second}`, PATHEXT: '' };
    expect(await findProgram('tool', env)).toBe(join(second, 'tool'));
    expect(await findProgram('other', env)).toBeUndefined();
  });
});

describe('the temporary folder', () => {
  test('is made once, for this user only, and removed with its content', async () => {
    const temporary = new TemporaryFolder(folder);
    const path = await temporary.path();
    expect(await temporary.path()).toBe(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await writeFile(join(path, 'x'), 'x');
    await temporary.remove();
    await expect(readFile(join(path, 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
