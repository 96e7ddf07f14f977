// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ToolCall } from '../../../src/commands/host.ts';
import { findProgram, runTool } from '../../../src/host/run-tool.ts';
import { TemporaryFolder } from '../../../src/host/temporary.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-run-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const node = (script: string, call: Partial<ToolCall> = {}, onLine?: (line: string) => void) =>
  runTool(
    { program: process.execPath, args: ['-e', script], ...call },
    { env: { MARK: 'here' }, timeoutMs: undefined, ...(onLine && { onLine }) },
  );

describe('running a program', () => {
  test('gives exit code and both outputs; a failing exit code is a result', async () => {
    expect(await node('console.log("out"); console.error("err"); process.exitCode = 7')).toEqual({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('passes arguments as they are, through no shell', async () => {
    const result = await runTool(
      { program: process.execPath, args: ['-p', 'process.argv[1]', '--', '$(echo x); `y` "z" * \n'] },
      { env: {}, timeoutMs: undefined },
    );
    expect(result.stdout).toBe('$(echo x); `y` "z" * \n\n');
  });

  test('gives the child the environment of the call and no other', async () => {
    const { stdout } = await node('console.log(JSON.stringify(process.env))');
    expect(JSON.parse(stdout)).toMatchObject({ MARK: 'here' });
    expect(
      Object.keys(JSON.parse(stdout)).filter((name) => !['MARK', '__CF_USER_TEXT_ENCODING'].includes(name)),
    ).toEqual([]);
  });

  test('writes standard input and closes it; without it the child gets none', async () => {
    const script = 'process.stdin.on("data", (c) => process.stdout.write(c)).on("end", () => console.log("end"))';
    expect((await node(script, { stdin: new TextEncoder().encode('bytes ') })).stdout).toBe('bytes end\n');
    expect((await node(script)).stdout).toBe('end\n');
  });

  test('a child that does not read its input is no error', async () => {
    expect(await node('process.exit(0)', { stdin: new Uint8Array(8 * 1024 * 1024) })).toMatchObject({ exitCode: 0 });
  });

  test('keeps the end of an output that is too long', async () => {
    const script = 'for (let i = 0; i < 20000; i++) console.log("line " + i)';
    const { stdout } = await node(script, { maxOutputBytes: 100 });
    expect(stdout).toHaveLength(100);
    expect(stdout.endsWith('line 19999\n')).toBe(true);
  });

  test('shows lines as they come when asked to', async () => {
    const lines: string[] = [];
    await node('console.log("a\\nb"); console.error("c")', { echo: true }, (line) => lines.push(line));
    expect(lines.sort()).toEqual(['a', 'b', 'c']);
  });

  test('stops a child that takes too long, and what the child started', async () => {
    const mark = join(folder, 'grandchild');
    const grandchild = `setTimeout(() => require("fs").writeFileSync(${JSON.stringify(mark)}, ""), 700)`;
    const script = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "ignore" }); setInterval(() => {}, 1000)`;
    await expect(node(script, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'TOOL_TIMEOUT', exitCode: 3 });
    await sleep(800);
    await expect(stat(mark)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a missing program and an unusable one have their codes', async () => {
    const run = (program: string) => runTool({ program, args: [] }, { env: {}, timeoutMs: undefined });
    await expect(run('countersign-no-such-program')).rejects.toMatchObject({ code: 'TOOL_NOT_FOUND' });
    await expect(run(folder)).rejects.toMatchObject({ code: 'TOOL_START_FAILED' });
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
