// SPDX-License-Identifier: Apache-2.0
// What the host of a GitHub Actions step really prints, as the runner would read it.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT } from '../support/sources.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-actions-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs statements with a `host` in a process of their own and gives the lines they printed. */
async function printed(statements: string, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const script = `
    import { ActionsHost } from ${JSON.stringify(pathToFileURL(join(PROJECT, 'src/host/actions.ts')).href)};
    const host = new ActionsHost({
      env: process.env, cwd: ${JSON.stringify(folder)}, temporaryBase: ${JSON.stringify(folder)},
      now: () => new Date(0), write: (text) => void process.stdout.write(text),
    });
    ${statements}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return output.trimEnd().split('\n');
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const echo = (lines: string, extra = '') =>
  `await host.run({ program: process.execPath, args: ['-e', ${JSON.stringify(`process.stdout.write(${JSON.stringify(lines)}); ${extra}`)}], echo: true });`;

describe('the host of a step', () => {
  test('text from outside cannot start a workflow command', async () => {
    expect(await printed(`host.info('::set-env name=x::y\\n ##[add-path]z');`)).toEqual([
      '\\::set-env name=x::y',
      ' # #[add-path]z',
    ]);
  });

  test('a tool’s output is shown with workflow commands switched off', async () => {
    const lines = await printed(echo('::add-path::/evil\nplain\n'));
    expect(lines[0]).toMatch(/^\[command\]/);
    const stop = /^::stop-commands::([0-9a-f]{48})$/.exec(lines[1] ?? '');
    expect(stop).not.toBeNull();
    expect(lines.slice(2)).toEqual(['\\::add-path::/evil', 'plain', `::${stop?.[1]}::`]);
  });

  test('commands of our own in the middle of it are switched on for themselves', async () => {
    const lines = await printed(`
      const running = ${echo('a\n', 'setTimeout(() => {}, 600)').replace('await ', '')}
      setTimeout(() => host.warning('ours'), 300);
      await running;`);
    const warning = lines.indexOf('::warning::ours');
    expect(lines[warning - 1]).toMatch(/^::[0-9a-f]{48}::$/);
    expect(lines[warning + 1]).toMatch(/^::stop-commands::[0-9a-f]{48}$/);
  });

  test('a masked text is hidden everywhere, and only single lines are told to the runner', async () => {
    const lines = await printed(`
      host.mask('hunter22'); host.mask('line-one\\nline-two'); host.mask('hunter22'); host.mask('}');
      host.info('{hunter22}'); host.warning('line-one\\nline-two'); host.debug('hunter22');
      await host.group('hunter22', async () => host.info('in it')); host.fail('hunter22');`);
    const masks = lines.filter((line) => line.startsWith('::add-mask::'));
    expect(masks).toEqual(
      expect.arrayContaining(['hunter22', 'aHVudGVyMjI=', 'line-one', 'line-two'].map((text) => `::add-mask::${text}`)),
    );
    expect(new Set(masks).size).toBe(masks.length);
    expect(masks.join()).not.toMatch(/mask::}|%0A/);
    expect(lines.slice(masks.length)).toEqual([
      '{***}',
      '::warning::***',
      '::debug::***',
      '::group::***',
      'in it',
      '::endgroup::',
      '::error::***',
    ]);
  });

  test('the runner is not told of a secret that is in the word of a gate: it would drop that output of a job', async () => {
    const lines = await printed(`host.mask('passed'); host.mask('true'); host.info('it passed, true');`);
    expect(lines).not.toContain('::add-mask::passed');
    expect(lines).not.toContain('::add-mask::true');
    expect(lines.at(-1)).toBe('it ***, ***');
  });

  test('a group in which nothing is printed is left out', async () => {
    const lines = await printed(`
      for (let i = 0; i < 500; i++) await host.group('Verifying ' + i, async () => { if (i === 77) host.warning('odd'); });`);
    expect(lines).toEqual(['::group::Verifying 77', '::warning::odd', '::endgroup::']);
  });

  test('at most nine findings are annotations: eight, and how many more there are', async () => {
    const lines = await printed(`for (let i = 1; i <= 14; i++) host.finding('finding ' + i); host.showFindings();`);
    expect(lines).toHaveLength(9);
    expect(lines.at(-1)).toBe('::error::and 6 more, see the summary');
    expect(
      await printed(`for (let i = 1; i <= 9; i++) host.finding('finding ' + i); host.showFindings();`),
    ).toHaveLength(9);
  });

  test('an error in a file of the workspace is marked there', async () => {
    const location = JSON.stringify({ file: join(folder, 'policy', 'x.yaml'), line: 3, column: 7 });
    expect(await printed(`host.fail('wrong', ${location});`)).toEqual([
      '::error file=policy/x.yaml,line=3,col=7::wrong',
    ]);
  });

  test.skipIf(process.platform === 'win32')('a tool does not outlive a step that is killed', async () => {
    const mark = join(folder, 'pid');
    const script = `require('fs').writeFileSync(${JSON.stringify(mark)}, String(process.pid)); setInterval(() => {}, 1000)`;
    await printed(`
      import { existsSync } from 'node:fs';
      setInterval(() => existsSync(${JSON.stringify(mark)}) && process.kill(process.pid, 'SIGKILL'), 50);
      await host.run({ program: process.execPath, args: ['-e', ${JSON.stringify(script)}] });`);
    const pid = Number(await readFile(mark, 'utf8'));
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });

  test('an output that the runner would drop or misread is left empty with a warning', async () => {
    const file = join(folder, 'output');
    await writeFile(file, '');
    const lines = await printed(
      `host.mask('hunter22'); host.mask('passed'); host.output('a', 'x hunter22'); host.output('b', 'x\\u0000'); host.output('c', 'one\\ntwo');
      host.output('verdict', 'passed');`,
      { GITHUB_OUTPUT: file },
    );
    const warnings = lines.filter((line) => line.startsWith('::warning::'));
    expect(warnings).toHaveLength(2);
    expect(warnings).toContain('::warning::the output a is left empty: its value holds a secret');
    const written = (await readFile(file, 'utf8')).replace(/ghadelimiter_\S+/g, 'END');
    expect(written).toBe('a<<END\n\nEND\nb<<END\n\nEND\nc<<END\none\ntwo\nEND\nverdict<<END\npassed\nEND\n');
  });

  test('a summary that grows too large by the words of the runner is replaced', async () => {
    const file = join(folder, 'summary');
    const [fits, grows] = ['x'.repeat(999_000), '⟨key⟩'.repeat(100_000)];
    expect(Buffer.byteLength(grows)).toBeLessThan(1_000_000);
    for (const [text, length] of [
      [fits, 999_001],
      [grows, 10],
    ] as const) {
      await writeFile(file, '');
      const read = `(await import('node:fs')).readFileSync(${JSON.stringify(`${file}.in`)}, 'utf8')`;
      await writeFile(`${file}.in`, text);
      await printed(`host.summary(${read}, 'too large');`, { GITHUB_STEP_SUMMARY: file });
      expect(await readFile(file, 'utf8')).toHaveLength(length);
    }
  });
});
