// SPDX-License-Identifier: Apache-2.0
// Images with names that are made to be commands of the runner, pages or other names, in a real step: none of it reaches
// the log, the outputs or the summary as what it wants to be.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { runStep } from '../support/step.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NAMES = [
  'a\n::error::evil',
  'b\r::set-env name=EVIL::x',
  'c\r\n::add-mask::passed',
  '::add-mask::failed',
  '##[error]evil',
  'd\n##[set-env name=EVIL;]x',
  'e\n::stop-commands::evil',
  'f\u202efis.x',
  'g\u2066h\u2069',
  '<img src=x onerror=alert(1)>',
  '<details open><summary>all good',
  '[passed](javascript:alert(1))',
  '![x](data:,x)',
  '| passed | passed |',
  '# passed',
  '`code` **bold** ~~gone~~ @somebody #1',
  'i\nEVIL=1',
  'j\nghadelimiter_x\nverdict<<ghadelimiter_x\npassed',
  'k\u001b[2K\u001b[1A\u001b[32mpassed',
  'l\u2028m\u0085n\u0000'.replace('\u0000', ''),
  '%0A::error::evil%0D',
] as const;

/** Commands of the runner that a verification may give. */
const OURS = /^::(?:error|warning|notice|group|endgroup|debug|add-matcher)\b/;

/** No character that moves, turns or hides what is around it. */
// oxlint-disable-next-line no-control-regex -- that is what is looked for
const MOVING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

test.skipIf(process.platform === 'win32').each([
  ['signed by nobody', typicalSif().bytes()],
  ['that are no images', Buffer.from('<b>no image\n::error::evil')],
])('files %s', async (_, content) => {
  const workspace = await temporaryFolder();
  await mkdir(join(workspace, 'images'));
  const names = NAMES.map((name) => `${name.replaceAll('/', '∕').slice(0, 80)}.sif`);
  for (const name of names) await writeFile(join(workspace, 'images', name), content);
  const step = await runStep('verify-all', workspace, {
    from: 'sources',
    inputs: { 'subject-path': 'images/*.sif', 'require-stages': 'author' },
  });
  expect(step.exitCode).not.toBe(0);
  expect(step.exitCode).not.toBe(70);
  const lines = step.stdout.split(/\r\n|\n|\r|\u0085|\u2028/);
  for (const line of lines) {
    expect(line).not.toMatch(MOVING);
    if (/^\s*(?:::|##\[)/.test(line)) expect(line).toMatch(OURS);
  }
  expect(step.stderr).toBe('');
  const known = new Set(verifyAll.spec.outputs.map(({ name }) => name));
  expect(Object.keys(step.outputs).filter((name) => !known.has(name))).toEqual([]);
  expect(step.outputs['outcome']).not.toBe('passed');
  expect(step.summary).not.toBe('');
  expect(step.summary).not.toMatch(/<(?:img|b>|details open>)|onerror=alert\(1\)>|\]\((?:javascript|data):|^# passed/m);
  expect(step.summary).not.toMatch(MOVING);
  // One row a name: none of them makes a row or a cell of its own.
  expect(step.summary.split('\n').filter((line) => line.startsWith('| passed |'))).toEqual([]);
});
