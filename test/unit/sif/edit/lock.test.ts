// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { currentProcess } from '../../../../src/files/processes.ts';
import { LOCK_SUFFIX, lockImage } from '../../../../src/sif/edit/lock.ts';
import { startScript } from '../../../support/children.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFile } from '../../../support/temporary.ts';

const imageFile = () => temporaryFile(typicalSif(10).bytes());
const filesBeside = (path: string) => readdir(dirname(path));

/** Starts a process that holds the lock of an image. */
async function holder(path: string) {
  const child = startScript('lock-child.ts', [path]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('the lock of an image', () => {
  test('names its holder, and is gone when given back', async () => {
    const path = await imageFile();
    const lock = await lockImage(path);
    const self = await currentProcess();
    expect(JSON.parse(await readFile(`${path}${LOCK_SUFFIX}`, 'utf8'))).toMatchObject({
      ...self,
      token: expect.any(String),
    });
    await lock.assertHeld();
    await lock[Symbol.asyncDispose]();
    expect(await filesBeside(path)).toEqual(['image.sif']);
  });

  test.each([
    ['a link to an endless device', '/dev/zero'],
    ['a link to nowhere', '/nonexistent'],
  ])('is refused where somebody has put %s in its place', async (_, target) => {
    const path = await imageFile();
    await symlink(target, `${path}${LOCK_SUFFIX}`);
    await expect(lockImage(path)).rejects.toMatchObject({ code: 'FILE_SYMLINK_REFUSED' });
    expect(await readlink(`${path}${LOCK_SUFFIX}`)).toBe(target);
  });

  test.skipIf(process.platform === 'win32')(
    'is refused at once where somebody has put a pipe in its place',
    async () => {
      const path = await imageFile();
      execFileSync('mkfifo', [`${path}${LOCK_SUFFIX}`]);
      await expect(lockImage(path)).rejects.toMatchObject({ code: 'FILE_NOT_REGULAR' });
      expect(await filesBeside(path)).toEqual(['image.sif', `image.sif${LOCK_SUFFIX}`]);
    },
  );

  test('is held by one at a time', async () => {
    const path = await imageFile();
    let inside = 0;
    let most = 0;
    const turns = Array.from({ length: 8 }, async () => {
      await using _lock = await lockImage(path);
      inside += 1;
      most = Math.max(most, inside);
      await sleep(2);
      inside -= 1;
    });
    await Promise.all(turns);
    expect(most).toBe(1);
    expect(await filesBeside(path)).toEqual(['image.sif']);
  });

  test('held by a living process is waited for, then refused naming the process', async () => {
    const path = await imageFile();
    const child = await holder(path);
    await expect(lockImage(path, { waitMs: 200 })).rejects.toMatchObject({
      code: 'SIF_LOCKED',
      message: expect.stringContaining(`process ${child.pid} on `),
      hint: expect.stringContaining(`${path}${LOCK_SUFFIX}`),
    });
  });

  test('of a killed process is taken over at once', async () => {
    const path = await imageFile();
    const child = await holder(path);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await stat(`${path}${LOCK_SUFFIX}`)).size).toBeGreaterThan(0);
    await using lock = await lockImage(path, { waitMs: 1000 });
    await expect(lock.assertHeld()).resolves.toBeUndefined();
  });

  test('of a process whose number another one has now is taken over', async () => {
    const path = await imageFile();
    const stale = { ...(await currentProcess()), started: '1', token: 'x' };
    await writeFile(`${path}${LOCK_SUFFIX}`, JSON.stringify(stale));
    await using lock = await lockImage(path, { waitMs: 1000 });
    await expect(lock.assertHeld()).resolves.toBeUndefined();
  });

  test.each([
    ['on another machine', async () => JSON.stringify({ ...(await currentProcess()), host: 'elsewhere', token: 'x' })],
    [
      'in another container',
      async () => JSON.stringify({ ...(await currentProcess()), namespace: 'pid:[1]', token: 'x' }),
    ],
    ['killed before it wrote its name', async () => ''],
    ['of an unknown kind', async () => '[]'],
  ])(
    'of a process %s is left alone while it may live, and taken over when it shows no sign of life',
    async (_, content) => {
      const path = await imageFile();
      await writeFile(`${path}${LOCK_SUFFIX}`, await content());
      await expect(lockImage(path, { waitMs: 100, abandonedMs: 60_000 })).rejects.toMatchObject({ code: 'SIF_LOCKED' });
      await using lock = await lockImage(path, { waitMs: 5000, abandonedMs: 100 });
      await lock.assertHeld();
    },
  );

  test('that is stale goes to one of many contenders, and all get their turn', async () => {
    for (let round = 0; round < 5; round += 1) {
      const path = await imageFile();
      await writeFile(
        `${path}${LOCK_SUFFIX}`,
        JSON.stringify({ ...(await currentProcess()), started: '1', token: 'x' }),
      );
      let inside = 0;
      let most = 0;
      const turns = Array.from({ length: 12 }, async () => {
        await using lock = await lockImage(path);
        inside += 1;
        most = Math.max(most, inside);
        await lock.assertHeld();
        inside -= 1;
      });
      await Promise.all(turns);
      expect(most).toBe(1);
      expect(await filesBeside(path)).toEqual(['image.sif']);
    }
  });

  test('taken over by another is noticed by the one who lost it, who then leaves it alone', async () => {
    const path = await imageFile();
    const lost = await lockImage(path);
    await writeFile(`${path}${LOCK_SUFFIX}`, 'somebody else');
    await expect(lost.assertHeld()).rejects.toMatchObject({ code: 'SIF_LOCKED' });
    await lost[Symbol.asyncDispose]();
    expect(await filesBeside(path)).toContain(`image.sif${LOCK_SUFFIX}`);
  });

  test('of an image that does not exist is refused', async () => {
    await expect(lockImage('/nonexistent/image.sif')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
