// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  assertWritable,
  assertWritableDocument,
  findSmallFile,
  readFileBounded,
  readKeyFile,
  writeDocument,
  writeFileAtomic,
} from '../../../src/files/files.ts';

const posix = process.platform !== 'win32';
const isRoot = posix && process.getuid?.() === 0;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-file-'));
  await writeFile(join(folder, 'ten'), '0123456789');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('reading a small file', () => {
  test('has a limit', async () => {
    expect(await readFileBounded(join(folder, 'ten'), 10)).toHaveLength(10);
    await expect(readFileBounded(join(folder, 'ten'), 9)).rejects.toMatchObject({ code: 'DATA_TOO_LARGE' });
  });

  test('is of one time', async () => {
    const path = join(folder, 'versions');
    let refused = 0;
    // Longer than what is read at once, and written over after some of it.
    for (let ticks = 0; ticks < 40; ticks += 1) {
      await writeFile(path, 'a'.repeat(4_000_000));
      const reading = readFileBounded(path, 5_000_000).catch((error: unknown) => error);
      for (let tick = 0; tick < ticks; tick += 1) await new Promise(setImmediate);
      writeFileSync(path, 'b'.repeat(4_000_000));
      const read = await reading;
      if (read instanceof Uint8Array) expect([0, -1]).toContain(read.indexOf(98));
      else expect(read).toMatchObject({ code: 'FILE_READ_FAILED', message: expect.stringMatching(/written to while/) });
      if (!(read instanceof Uint8Array)) refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
  });

  test('names what is wrong', async () => {
    await expect(readFileBounded(join(folder, 'none'), 9)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      exitCode: 3,
    });
    await expect(readFileBounded(join(folder, 'ten', 'x'), 9)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readFileBounded(folder, 9)).rejects.toMatchObject({ code: 'FILE_NOT_REGULAR' });
  });

  test.skipIf(!posix)('follows no link for a key, and waits for no pipe', async () => {
    await symlink('ten', join(folder, 'link'));
    expect(await readFileBounded(join(folder, 'link'), 10)).toHaveLength(10);
    await expect(readKeyFile(join(folder, 'link'), 10)).rejects.toMatchObject({
      code: 'FILE_SYMLINK_REFUSED',
      message: expect.stringContaining('is a symbolic link'),
    });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(readKeyFile(join(folder, 'pipe'), 10)).rejects.toMatchObject({ code: 'FILE_NOT_REGULAR' });
    await expect(readFileBounded('/dev/zero', 10)).rejects.toMatchObject({ code: 'FILE_NOT_REGULAR' });
  });

  test.skipIf(!posix)('reads at once what is a small file, and leaves all else to who says why', async () => {
    expect(Buffer.from(findSmallFile(join(folder, 'ten'))?.bytes ?? []).toString()).toBe('0123456789');
    await writeFile(join(folder, 'large'), new Uint8Array(64 * 1024 + 1));
    await writeFile(join(folder, 'full'), new Uint8Array(64 * 1024));
    expect(findSmallFile(join(folder, 'full'))?.bytes).toHaveLength(64 * 1024);
    execFileSync('mkfifo', [join(folder, 'small-pipe')]);
    const others = ['large', 'none', 'small-pipe', '.'].map((name) => join(folder, name));
    for (const path of [...others, '/dev/zero', '/proc/self/status']) expect(findSmallFile(path)).toBeUndefined();
  });

  test.skipIf(!posix || isRoot)('says when a right is missing (skipped for root)', async () => {
    await writeFile(join(folder, 'closed'), 'x', { mode: 0o000 });
    await expect(readFileBounded(join(folder, 'closed'), 9)).rejects.toMatchObject({ code: 'FILE_NO_PERMISSION' });
  });
});

describe('writing a file', () => {
  test('replaces the content in one step and leaves nothing beside it', async () => {
    const inner = await mkdtemp(join(folder, 'in-'));
    await writeFile(join(inner, 'a'), 'old');
    await writeFileAtomic(join(inner, 'a'), 'new');
    expect(await readFile(join(inner, 'a'), 'utf8')).toBe('new');
    expect(await readdir(inner)).toEqual(['a']);
  });

  test.skipIf(!posix)('sets the mode from the beginning', async () => {
    await writeFileAtomic(join(folder, 'secret'), 'x', 0o600);
    expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
  });

  test('leaves the old file and no temporary one when it fails', async () => {
    const inner = await mkdtemp(join(folder, 'in-'));
    await mkdir(join(inner, 'taken', 'full'), { recursive: true });
    await expect(writeFileAtomic(join(inner, 'taken'), 'x')).rejects.toMatchObject({ exitCode: 3 });
    expect(await readdir(inner)).toEqual(['taken']);
    await expect(writeFileAtomic(join(inner, 'none', 'x'), 'x')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test.skipIf(!posix)('replaces no link, whatever it leads to, and no pipe', async () => {
    const inner = await mkdtemp(join(folder, 'in-'));
    await writeFile(join(inner, 'target'), 'old');
    await symlink('target', join(inner, 'link'));
    await symlink('none', join(inner, 'dangling'));
    execFileSync('mkfifo', [join(inner, 'pipe')]);
    for (const name of ['link', 'dangling', 'pipe']) {
      const message = expect.stringContaining(name === 'pipe' ? ' is not a regular file' : ' is a symbolic link');
      const code = name === 'pipe' ? 'FILE_NOT_REGULAR' : 'FILE_SYMLINK_REFUSED';
      const refused = expect.objectContaining({ code, message });
      await expect(writeFileAtomic(join(inner, name), 'new')).rejects.toEqual(refused);
      await expect(assertWritable(join(inner, name))).rejects.toEqual(refused);
      if (name !== 'pipe') await expect(writeDocument(join(inner, name), 'new')).rejects.toEqual(refused);
      if (name !== 'pipe') await expect(assertWritableDocument(join(inner, name))).rejects.toEqual(refused);
    }
    expect(await readFile(join(inner, 'target'), 'utf8')).toBe('old');
    expect((await readdir(inner)).toSorted()).toEqual(['dangling', 'link', 'pipe', 'target']);
  });

  test.skipIf(!posix || isRoot)('says when the folder is closed (skipped for root)', async () => {
    const inner = await mkdtemp(join(folder, 'in-'));
    await chmod(inner, 0o500);
    await expect(writeFileAtomic(join(inner, 'x'), 'x')).rejects.toMatchObject({ code: 'FILE_NO_PERMISSION' });
  });
});

describe('writing a document', () => {
  test('replaces a file in one step', async () => {
    const inner = await mkdtemp(join(folder, 'in-'));
    await assertWritableDocument(join(inner, 'a'));
    await writeDocument(join(inner, 'a'), 'one');
    await writeDocument(join(inner, 'a'), 'two');
    expect(await readFile(join(inner, 'a'), 'utf8')).toBe('two');
    expect(await readdir(inner)).toEqual(['a']);
  });

  test.skipIf(!existsSync('/dev/full'))('writes into a device and leaves it one', async () => {
    await assertWritableDocument('/dev/null');
    await writeDocument('/dev/null', 'x');
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
    await expect(writeDocument('/dev/full', 'x')).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect((await lstat('/dev/full')).isCharacterDevice()).toBe(true);
  });

  test.skipIf(!posix)('writes into a pipe that somebody reads, also through a link, and waits for nobody', async () => {
    const inner = await mkdtemp(join(folder, 'in-'));
    const pipe = join(inner, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await symlink('pipe', join(inner, 'link'));
    await expect(writeDocument(pipe, 'x')).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
    const content = 'x'.repeat(1_000_000);
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
    let read = 0;
    reader.stdout.on('data', (chunk: Buffer) => (read += chunk.length));
    const closed = once(reader, 'close');
    await expect
      .poll(() =>
        writeDocument(join(inner, 'link'), content).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await closed;
    expect(read).toBe(content.length);
  });
});
