// SPDX-License-Identifier: Apache-2.0

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rememberPublication, seenBefore } from '../../../../src/commands/verify-all/tag-state.ts';
import { LOCK_SUFFIX } from '../../../../src/sif/edit/lock.ts';
import { runScript, startScript } from '../../../support/children.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const CHILD = 'tag-state-child.ts';
const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();
const DAYS = Array.from({ length: 30 }, (_, index) => day(index + 1));

test('processes that write at the same time lose nothing of each other, and the later time stays', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'tags.json');
  const own = ['a', 'b', 'c'].map((tag) => runScript(CHILD, [path, tag, ...DAYS]));
  const shared = [DAYS, DAYS.toReversed()].map((days) => runScript(CHILD, [path, 'shared', ...days]));
  for (const ended of await Promise.all([...own, ...shared])) expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  const last = day(30);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ a: last, b: last, c: last, shared: last });
  expect(await readdir(folder)).toEqual(['tags.json']);
}, 60_000);

test('a process that is killed leaves a whole file, and keeps out nobody', async () => {
  const path = join(await temporaryFolder(), 'tags.json');
  await writeFile(path, `{"old": "${day(1)}"}`);
  for (const waitMs of [300, 500, 700]) {
    const child = startScript(CHILD, [path, 'mine', ...Array.from({ length: 2000 }, (_, index) => day(index + 1))]);
    const ended = new Promise((resolve) => child.on('close', resolve));
    await sleep(waitMs);
    child.kill('SIGKILL');
    await ended;
    expect(await rememberPublication(path, 'next', day(waitMs))).toBeUndefined();
  }
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ old: day(1), next: day(700) });
}, 60_000);

test('an older publication is not remembered, and the later time is told', async () => {
  const path = join(await temporaryFolder(), 'tags.json');
  expect(await rememberPublication(path, 'a', day(2))).toBeUndefined();
  expect(await rememberPublication(path, 'a', day(1))).toBe(day(2));
  // Times count, not how they are written.
  expect(await rememberPublication(path, 'a', '2026-01-02T01:00:00+02:00')).toBe(day(2));
  expect(await rememberPublication(path, 'a', '2026-01-02T01:00:00-02:00')).toBeUndefined();
  expect(await seenBefore(path, 'a')).toBe('2026-01-02T01:00:00-02:00');
});

test('what is known already asks for no lock', async () => {
  const path = join(await temporaryFolder(), 'tags.json');
  await rememberPublication(path, 'a', day(2));
  await writeFile(`${path}${LOCK_SUFFIX}`, 'somebody');
  expect(await rememberPublication(path, 'a', day(2))).toBeUndefined();
});

test('a folder that is missing is named', async () => {
  const path = join(await temporaryFolder(), 'none', 'tags.json');
  await expect(rememberPublication(path, 'a', day(1))).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    message: expect.stringContaining('there is no folder'),
  });
});
