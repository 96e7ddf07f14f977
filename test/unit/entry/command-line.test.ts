// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandEntry } from '../../../src/commands/commands.ts';
import { COMMON_INPUTS, PRIVILEGED_INPUTS } from '../../../src/commands/inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from '../../../src/commands/spec.ts';
import type { Host } from '../../../src/commands/host.ts';
import { TerminalHost } from '../../../src/host/terminal.ts';
import { runCommandLine } from '../../../src/entry/command-line.ts';
import { UsageError } from '../../../src/base/errors.ts';
import { VERSION } from '../../../src/base/version.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const INPUTS = [
  ...PRIVILEGED_INPUTS,
  { name: 'key', type: 'secret', description: 'Key.' },
  { name: 'stage', type: 'string', description: 'Stage.' },
  ...COMMON_INPUTS,
] as const;
type Body = (inputs: InputsOf<typeof INPUTS>, host: Host) => Promise<CommandResult>;
const passed: CommandResult = { exitCode: 0, outputs: {}, text: 'all well', json: { well: true } };

function commandEntry(run: Body, extra: Partial<CommandSpec<typeof INPUTS>> = {}): CommandEntry {
  const spec: CommandSpec<typeof INPUTS> = {
    name: 'try',
    summary: 'Try something',
    description: 'Tries something.',
    inputs: INPUTS,
    outputs: [],
    ...extra,
  };
  return { name: spec.name, summary: spec.summary, load: async () => defineCommand(spec, run) };
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly unset: readonly string[];
}

async function cli(args: readonly string[], entry = commandEntry(async () => passed), env = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const unset: string[] = [];
  const host = new TerminalHost({
    env,
    cwd: folder,
    stdin: (async function* () {
      yield 'from standard input';
    })(),
    stderr: { write: (text) => (written.stderr += text) },
    now: () => new Date(0),
  });
  const exitCode = await runCommandLine(args, {
    host,
    write: async (text) => void (written.stdout += text),
    unset: (name) => void unset.push(name),
    commands: [entry],
  });
  await host.temporary.remove();
  return { exitCode, ...written, unset };
}

describe('the command line', () => {
  test('prints results on standard output and nothing else there', async () => {
    const entry = commandEntry(async (_inputs, host) => {
      host.info('looking');
      host.warning('odd');
      return passed;
    });
    expect(await cli(['try'], entry)).toMatchObject({
      exitCode: 0,
      stdout: 'all well\n',
      stderr: 'looking\nwarning: odd\n',
    });
    expect(await cli(['try', '--quiet'], entry)).toMatchObject({ stderr: 'warning: odd\n' });
  });

  test('prints JSON on request', async () => {
    expect(JSON.parse((await cli(['try', '--json'])).stdout)).toEqual({ well: true });
  });

  test('writes the report to a file relative to the working directory', async () => {
    await cli(['try', '--report-path', 'report.json']);
    expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))).toEqual({ well: true });
  });

  test('a report that cannot be written stops the command before it does anything', async () => {
    let ran = false;
    const entry = commandEntry(async () => {
      ran = true;
      return passed;
    });
    const none = await cli(['try', '--report-path', 'none/report.json'], entry);
    expect(none).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(/there is no folder .*none/) });
    expect(await cli(['try', '--report-path', '.'], entry)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('is a folder [FILE_WRITE_FAILED]'),
    });
    expect(ran).toBe(false);
  });

  test('a report over a file that the command reads stops the command before it does anything', async () => {
    let ran = false;
    const entry = commandEntry(async () => ((ran = true), passed));
    await writeFile(join(folder, 'key.pem'), 'hunter22');
    const outcome = await cli(['try', '--key-path', 'key.pem', '--report-path', './key.pem'], entry);
    expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('[USAGE_CONFLICTING_INPUTS]') });
    expect(await readFile(join(folder, 'key.pem'), 'utf8')).toBe('hunter22');
    expect(ran).toBe(false);
  });

  test('a report that could not be written takes nothing from the result', async () => {
    const entry = commandEntry(async () => {
      await mkdir(join(folder, 'late.json'));
      return passed;
    });
    const outcome = await cli(['try', '--report-path', 'late.json'], entry);
    expect(outcome).toMatchObject({ exitCode: 3, stdout: 'all well\n' });
    expect(outcome.stderr).toMatch(/^error: the report was not written: .* is a folder \[FILE_WRITE_FAILED\]\n/);
  });

  test('a failed verdict is exit code 1 with its result', async () => {
    const entry = commandEntry(async () => ({ ...passed, exitCode: 1, text: 'stage security missing' }));
    expect(await cli(['try'], entry)).toMatchObject({ exitCode: 1, stdout: 'stage security missing\n', stderr: '' });
  });

  test('a result with an error ends as an error does, exit code unchanged', async () => {
    const error = { code: 'STAGE_PREVIOUS_FAILED', message: 'stage security was not approved', hint: 'sign author' };
    const entry = commandEntry(async () => ({ ...passed, exitCode: 1, text: 'stage author missing', error }));
    expect(await cli(['try', '--quiet'], entry)).toMatchObject({
      exitCode: 1,
      stdout: 'stage author missing\n',
      stderr: 'error: stage security was not approved [STAGE_PREVIOUS_FAILED]\nhint: sign author\n',
    });
  });

  test('an error of ours is an error line, a cause line, a hint line and its exit code', async () => {
    const entry = commandEntry(async () => {
      throw new UsageError('USAGE_NO_MATCH', 'nothing matches x', { hint: 'check x', cause: new Error('deeper') });
    });
    const outcome = await cli(['try'], entry);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toBe('error: nothing matches x [USAGE_NO_MATCH]\ncause: Error: deeper\nhint: check x\n');
  });

  test('with --json an error is a document too', async () => {
    const { stdout } = await cli(['try', '--json', '--nonsense']);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE_UNKNOWN_INPUT', exitCode: 2 } });
  });

  test('anything else that is thrown is a bug: exit code 70, no stack, no secret', async () => {
    const entry = commandEntry(async (inputs) => {
      throw new TypeError(`cannot read ${inputs.key?.revealText()} of undefined`);
    });
    const outcome = await cli(['try'], entry, { COUNTERSIGN_KEY: 'hunter22' });
    expect(outcome).toMatchObject({ exitCode: 70, stdout: '' });
    expect(outcome.stderr).toMatch(
      /^error: internal error: TypeError: cannot read \*\*\* of undefined \[BUG\]\nhint: /,
    );
  });

  test('a full disk in the middle of a write is no bug', async () => {
    const entry = commandEntry(async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    });
    expect(await cli(['try'], entry)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('[DISK_FULL]') });
  });

  test('a working directory that does not exist is named', async () => {
    const outcome = await cli(['try', '--working-directory', 'none']);
    expect(outcome).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/working-directory: there is no folder .*none \[USAGE_INVALID_INPUT\]/),
    });
  });

  test.each(['', '\n', '\r\n'])('a secret in an empty file (%j) is none', async (content) => {
    await writeFile(join(folder, 'empty'), content);
    expect(await cli(['try', '--key-path', 'empty'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('error: key-path: empty is empty [USAGE_INVALID_INPUT]'),
    });
  });

  test('a file system error that nobody caught is no bug', async () => {
    const entry = commandEntry(async () => {
      await readFile(join(folder, 'absent'));
      return passed;
    });
    expect(await cli(['try'], entry)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('FILE_NOT_FOUND') });
  });

  test('a secret is removed from every output in every form it was registered in', async () => {
    const entry = commandEntry(async (_inputs, host) => {
      host.info(`the key is hunter22, or ${Buffer.from('hunter22').toString('base64')}`);
      return { ...passed, text: 'hunter22', json: { key: 'hunter22' } };
    });
    const env = { COUNTERSIGN_KEY: 'hunter22' };
    const text = await cli(['try'], entry, env);
    const json = await cli(['try', '--json'], entry, env);
    expect(text).toMatchObject({ stdout: '***\n', stderr: 'the key is ***, or ***\n', unset: ['COUNTERSIGN_KEY'] });
    expect(JSON.parse(json.stdout)).toEqual({ key: '***' });
  });

  test('a key comes from standard input when its path is a dash', async () => {
    const entry = commandEntry(async (inputs) => ({ ...passed, text: String(inputs.key?.reveal().length) }));
    expect(await cli(['try', '--key-path', '-'], entry)).toMatchObject({ stdout: '19\n' });
  });

  test('control characters of an image cannot steer the terminal', async () => {
    const entry = commandEntry(async (_inputs, host) => {
      host.info('red \u001b[31m');
      return { ...passed, text: 'title \u001b]0;x\u0007 \u202eabc' };
    });
    expect(await cli(['try'], entry)).toMatchObject({
      stdout: 'title \\u001b]0;x\\u0007 \\u202eabc\n',
      stderr: 'red \\u001b[31m\n',
    });
  });

  test('a privileged command refuses an untrusted event unless told otherwise', async () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request_target' };
    const entry = commandEntry(async () => passed, { privileged: 'always' });
    expect(await cli(['try'], entry, env)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('USAGE_UNTRUSTED_EVENT'),
    });
    expect(await cli(['try', '--allow-untrusted-event'], entry, env)).toMatchObject({ exitCode: 0 });
    expect(
      await cli(
        ['try'],
        commandEntry(async () => passed),
        env,
      ),
    ).toMatchObject({ exitCode: 0 });
  });

  test('the event file tells a pull request of the same repository from one of a fork', async () => {
    const event = join(folder, 'event.json');
    const side = (id: number) => ({ repo: { id } });
    await writeFile(event, JSON.stringify({ pull_request: { base: side(1), head: side(1) } }));
    const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event };
    const entry = commandEntry(async () => passed, { privileged: 'always' });
    expect(await cli(['try'], entry, env)).toMatchObject({ exitCode: 0 });
    await writeFile(event, JSON.stringify({ pull_request: { base: side(1), head: side(2) } }));
    expect(await cli(['try'], entry, env)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('fork') });
  });

  test('help, version and unknown commands', async () => {
    expect(await cli(['--version'])).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n` });
    expect(await cli(['help'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('try   Try something') });
    expect(await cli(['help', 'try'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('--key-path FILE'),
    });
    expect(await cli(['try', '--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('COUNTERSIGN_KEY'),
    });
    expect(await cli(['help', 'USAGE_NO_MATCH'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Fix:'),
    });
    expect(await cli([])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await cli(['tri'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('did you mean try?') });
  });
});
