// SPDX-License-Identifier: Apache-2.0
// How a process ends when it is ended, or when something is thrown that nobody catches.

import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCK_SUFFIX } from '../../src/sif/edit/lock.ts';
import { PROJECT } from '../support/sources.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-way-out-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const source = (path: string) => JSON.stringify(pathToFileURL(join(PROJECT, 'src', path)).href);

/** Statements after a temporary folder was made, a host masked `hunter22`, and the handlers were installed. */
function start(statements: string): ChildProcess {
  const script = `
    import { TerminalHost } from ${source('host/terminal.ts')};
    import { installExitHandlers } from ${source('entry/run.ts')};
    import { printFailure } from ${source('entry/command-line.ts')};
    import { describeFailure } from ${source('entry/outcome.ts')};
    const host = new TerminalHost({ env: process.env, cwd: '.', stdin: process.stdin, stderr: process.stderr, now: () => new Date() });
    installExitHandlers(host.temporary, (thrown) => { const failure = describeFailure(thrown); printFailure(failure, host); return failure.exitCode; });
    host.mask('hunter22');
    await host.temporaryFolder();
    ${statements}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stderr })));
}

/** A step or command line run from the sources, whose output nobody reads. */
async function unread(args: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof ended> {
  const cwd = await temporaryFolder();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], TMPDIR: cwd, GITHUB_WORKSPACE: cwd, RUNNER_TEMP: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  return ended(child);
}

describe.skipIf(process.platform === 'win32')('a reader that goes away', () => {
  const entry = (name: string) => join(PROJECT, 'src/entry', name === 'cli' ? 'cli.ts' : `actions/${name}.ts`);

  test('does not change how a step ends', async () => {
    const end = await unread([entry('verify-all')], { 'INPUT_SUBJECT-PATH': 'none.sif' });
    expect(end).toEqual({ code: 2, signal: null, stderr: '' });
  });

  test('does not change how a command line ends', async () => {
    expect(await unread([entry('cli'), '--help'])).toEqual({ code: 0, signal: null, stderr: '' });
  });
});

describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  const entry = (name: string) => join(PROJECT, 'src/entry', name === 'cli' ? 'cli.ts' : `actions/${name}.ts`);

  /** Runs the command line, or a step, with one of its streams on a full device. */
  async function onFullDevice(stream: 'stdout' | 'stderr', args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const cwd = await temporaryFolder();
    await using device = await open('/dev/full', 'w');
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'], TMPDIR: cwd, GITHUB_WORKSPACE: cwd, RUNNER_TEMP: cwd, ...env },
      stdio: ['ignore', stream === 'stdout' ? device.fd : 'pipe', stream === 'stderr' ? device.fd : 'pipe'],
    });
    return await ended(child);
  }

  const told = 'error: no space left for standard output [DISK_FULL]\nhint: send the output elsewhere; ';

  test('is told once, without a stack, and is no success', async () => {
    const end = await onFullDevice('stdout', [entry('cli'), '--help']);
    expect(end).toMatchObject({ code: 3, stderr: expect.stringContaining(told) });
    expect(end.stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  test('leaves a failure what it is', async () => {
    const end = await onFullDevice('stdout', [entry('cli'), 'inspect', 'none.sif', '--json']);
    expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
    expect(end.stderr).toContain('[USAGE_NO_MATCH]');
    expect(end.stderr).not.toMatch(/BUG|\n {4}at /);
  });

  test('is no success on standard error either', async () => {
    expect(await onFullDevice('stderr', [entry('cli')])).toMatchObject({ code: 2, stderr: '' });
    const script = `
      import { surviveOutputErrors } from ${source('entry/run.ts')};
      surviveOutputErrors();
      process.stderr.write('a warning');`;
    const args = ['--input-type=module', '-e', script];
    expect(await onFullDevice('stderr', args)).toMatchObject({ code: 3, stderr: '' });
  });

  test('fails a step', async () => {
    const inputs = { 'INPUT_SUBJECT-PATH': 'none.sif' };
    const end = await onFullDevice('stdout', [entry('verify-all')], inputs);
    expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
    expect(end.stderr.trimEnd().split('\n')).toHaveLength(2);
  });
});

describe.skipIf(process.platform === 'win32')('the way out', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s removes the temporary folder and ends by that signal',
    async (name) => {
      const child = start(`setInterval(() => {}, 1000); console.log('ready');`);
      const end = ended(child);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      expect(await readdir(folder)).toHaveLength(1);
      child.kill(name);
      expect(await end).toEqual({ code: null, signal: name, stderr: '' });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test.each([
    ['between two writes', `await new Promise((resolve) => setTimeout(resolve, 60_000));`, []],
    [
      'in a write, which is ended, and none after it is begun',
      `await lock.writing(async () => { await sleep(300); writeFileSync(path + '.first', ''); });
       await lock.writing(async () => writeFileSync(path + '.second', ''));`,
      ['app.sif.first'],
    ],
  ] as const)('SIGTERM gives back the lock of an image %s', async (_name, statements, written) => {
    const path = join(await temporaryFolder(), 'app.sif');
    await writeFile(path, '');
    const child = start(`
      import { writeFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { lockImage } from ${source('sif/edit/lock.ts')};
      const path = ${JSON.stringify(path)};
      const lock = await lockImage(path);
      console.log('locked');
      ${statements}`);
    const end = ended(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect(existsSync(`${path}${LOCK_SUFFIX}`)).toBe(true);
    child.kill('SIGTERM');
    expect(await end).toEqual({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(await readdir(join(path, '..'))).toEqual(['app.sif', ...written]);
  });

  test('a signing that is ended while it changes an image leaves no lock beside it', async () => {
    const cwd = await temporaryFolder();
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(cwd, 'a.key'), key, { mode: 0o600 });
    await writeFile(join(cwd, 'app.sif'), typicalSif(4_000_000).bytes());
    const lock = join(cwd, `app.sif${LOCK_SUFFIX}`);
    // From within, so that no lock is too short to be met.
    const watch = `import { existsSync } from 'node:fs';
      const look = () => existsSync(${JSON.stringify(lock)}) ? process.kill(process.pid, 'SIGTERM') : setImmediate(look).unref();
      look();`;
    const how = ['--stage', 'author', '--signing-method', 'key', '--key-path', 'a.key'];
    const cli = join(PROJECT, 'src/entry/cli.ts');
    const preload = `--import=data:text/javascript,${encodeURIComponent(watch)}`;
    const child = spawn(process.execPath, [preload, cli, 'sign-stage', 'app.sif', ...how], {
      cwd,
      env: { PATH: process.env['PATH'], TMPDIR: cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = ended(child);
    expect(await end).toMatchObject({ signal: 'SIGTERM' });
    expect((await readdir(cwd)).toSorted()).toEqual(['a.key', 'app.sif']);
  });

  test('a program that runs is stopped with it', async () => {
    const pidFile = join(await mkdtemp(join(tmpdir(), 'countersign-pid-')), 'pid');
    const tool = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000); console.log('up')`;
    const child = start(
      `host.run({ program: process.execPath, args: ['-e', ${JSON.stringify(tool)}], echo: true }).catch(() => {});`,
    );
    const end = ended(child);
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(process.kill(pid, 0)).toBe(true);
    child.kill('SIGTERM');
    await end;
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
    await rm(join(pidFile, '..'), { recursive: true });
  });

  test.each([
    ['an exception', `setTimeout(() => { throw new Error('key hunter22'); }, 0); setInterval(() => {}, 1000);`],
    ['a rejection', `void Promise.reject(new Error('key hunter22')); setInterval(() => {}, 1000);`],
  ])('%s that nobody catches is a bug, not a verdict, and shows no secret', async (_name, statements) => {
    const end = await ended(start(statements));
    expect(end).toMatchObject({ code: 70, signal: null });
    expect(end.stderr).toMatch(/^error: internal error: Error: key \*\*\* \[BUG\]\nhint: /);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a run that nothing can bring to its end', () => {
  /** The statements stand where an entry is; the command waits for what never comes. */
  const stuck = (load: string, call: string) => `
    import { COMMANDS } from ${source('commands/commands.ts')};
    import { ${load} } from ${source(`entry/${load === 'runAction' ? 'action' : 'command-line'}.ts`)};
    const entry = COMMANDS.find(({ name }) => name === 'verify-all');
    const { spec, prepare } = await entry.load();
    const run = async (host) => (await host.temporaryFolder(), new Promise(() => {}));
    Object.assign(entry, { load: async () => ({ spec, prepare: async (raw) => ({ ...(await prepare(raw)), run }) }) });
    process.argv = ['node', 'cli', 'verify-all', '--subject-path', 'app.sif'];
    await ${call};`;

  function run(script: string, env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: process.env['PATH'], TMPDIR: folder, RUNNER_TEMP: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    return ended(child).then((end) => ({ ...end, stdout }));
  }

  test('says so on the command line', async () => {
    const end = await run(stuck('runTerminal', 'runTerminal()'));
    expect(end).toMatchObject({ code: 70, stdout: '' });
    expect(end.stderr).toMatch(/^error: internal error: .* standstill before its end \[BUG\]\nhint: [^\n]*\n$/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('fails a step', async () => {
    const end = await run(stuck('runAction', `runAction('verify-all')`), { 'INPUT_SUBJECT-PATH': 'app.sif' });
    expect(end).toMatchObject({ code: 70, stderr: '' });
    expect(end.stdout).toMatch(/^::error::verify-all: internal error: .* standstill before its end \[BUG\]%0Ahint: /m);
    expect(await readdir(folder)).toEqual([]);
  });
});

/** Whether a process runs; one that has ended and that nobody has waited for yet does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' && process.platform !== 'linux';
  }
}

/** Node keeps the environment in its diagnostic reports unless it is told not to. */
test.skipIf(process.platform === 'win32')('a diagnostic report of Node holds no login of the environment', async () => {
  const cwd = await temporaryFolder();
  const options = [
    '--report-on-signal',
    '--report-signal=SIGUSR2',
    `--report-directory=${cwd}`,
    '--report-filename=report.json',
  ];
  const child = spawn(
    process.execPath,
    [
      ...options,
      join(PROJECT, 'src/entry/cli.ts'),
      'sign-stage',
      'none.sif',
      '--stage',
      'a',
      '--signing-method',
      'key',
      '--key-path',
      '-',
    ],
    {
      cwd,
      env: { PATH: process.env['PATH'], TMPDIR: cwd, GITHUB_TOKEN: 'hunter22', OTHER: 'told' },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const end = ended(child);
  let report: unknown;
  // It waits for its key; before it has begun, the signal would end it.
  for (let tries = 0; tries < 100 && report === undefined; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (tries >= 10) child.kill('SIGUSR2');
    report = await readFile(join(cwd, 'report.json'), 'utf8')
      .then((text): unknown => JSON.parse(text))
      .catch(() => undefined);
  }
  child.stdin?.end();
  await end;
  expect(report).toMatchObject({ header: expect.anything() });
  expect(JSON.stringify(report)).not.toContain('hunter22');
});
