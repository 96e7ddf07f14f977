// SPDX-License-Identifier: Apache-2.0
// Plays the transcripts beside this file against the command line, run from the sources in a fresh folder.
//
//   # a comment                     $ countersign ARGS      runs it; quotes group, nothing else is special
//   % NAME=VALUE                    sets a variable for the next command (VALUE may be @FILE: the content of a file)
//   < text                          a line of standard input of the next command
//   ? 2                             its exit code, 0 when not given
//   > text   ! text                 the whole of standard output and standard error, line by line; … stands for
//                                   anything in a line, a line of … alone for any lines
//   + FILE text                     FILE has a line with this text      - FILE     FILE does not exist
//
// The folder has app.sif (the demo image), key pairs alice and mallory (.key and .pub) and policy.yaml, which asks for
// alice's approval at the stage author.

import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT } from '../support/sources.ts';

const CLI = join(PROJECT, 'src/entry/cli.ts');
const POLICY = `version: 1
name: transcript
principals:
  alice: { key: alice.pub }
stages:
  - name: author
    approvers: alice
`;

interface Step {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly checks: readonly string[];
}

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'countersign-transcript-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.txt')).sort();

describe('transcripts', () => {
  test.each(names)(
    '%s',
    async (name) => {
      const folder = await prepare();
      for (const step of parse(await readFile(join(import.meta.dirname, name), 'utf8'))) await expectStep(step, folder);
    },
    180_000,
  );
});

async function prepare(): Promise<string> {
  const folder = await mkdtemp(join(base, 'x-'));
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'app.sif'));
  for (const name of ['alice', 'mallory']) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(folder, `${name}.key`), secret, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  }
  await writeFile(join(folder, 'policy.yaml'), POLICY);
  return folder;
}

function parse(text: string): readonly Step[] {
  const steps: Step[] = [];
  let env: Record<string, string> = {};
  let stdin = '';
  let checks: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('% ')) env[line.slice(2, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    else if (line.startsWith('< ')) stdin += `${line.slice(2)}\n`;
    else if (line.startsWith('$ countersign')) {
      checks = [];
      steps.push({ args: words(line.slice('$ countersign'.length)), env, stdin, checks });
      [env, stdin] = [{}, ''];
    } else if (/^[?>!+-]( |$)/.test(line)) checks.push(line);
    else if (line !== '' && !line.startsWith('#')) throw new Error(`not a line of a transcript: ${line}`);
  }
  return steps;
}

function words(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

async function expectStep(step: Step, folder: string): Promise<void> {
  const env: Record<string, string | undefined> = { PATH: process.env['PATH'], HOME: folder, TMPDIR: base };
  for (const [name, value] of Object.entries(step.env))
    env[name] = value.startsWith('@') ? await readFile(join(folder, value.slice(1)), 'utf8') : value;
  const ended = await runSource(step.args, { cwd: folder, env, stdin: step.stdin });
  const title = `countersign ${step.args.join(' ')}\n${ended.stdout}${ended.stderr}`;
  const of = (mark: string) => step.checks.filter((line) => line[0] === mark).map((line) => line.slice(2));
  expect(ended.exitCode, title).toBe(Number(of('?')[0] ?? 0));
  expect(ended.stdout, title).toMatch(pattern(of('>')));
  expect(ended.stderr, title).toMatch(pattern(of('!')));
  for (const check of of('+')) {
    const [file = '', ...rest] = check.split(' ');
    expect(await readFile(join(folder, file), 'utf8'), title).toContain(rest.join(' '));
  }
  for (const file of of('-')) await expect(stat(join(folder, file)), title).rejects.toMatchObject({ code: 'ENOENT' });
}

/** Lines with … as a wildcard, as one anchored expression. */
function pattern(lines: readonly string[]): RegExp {
  const expressions = lines.map((line) =>
    line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escaped).join('.*')}\\n`,
  );
  return new RegExp(`^${expressions.join('')}$`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function runSource(
  args: readonly string[],
  { cwd, env, stdin }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly stdin: string },
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...written }));
  });
}
