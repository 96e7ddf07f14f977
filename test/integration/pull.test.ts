// SPDX-License-Identifier: Apache-2.0
// Pulling into a file: whole or not at all, continued after an interruption, never over another file.

import { once } from 'node:events';
import { chmod, chown, link, mkdir, open, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../src/base/bytes.ts';
import { DEFAULT_RETRY } from '../../src/net/retry.ts';
import { pullSif } from '../../src/transfer/fetch-sif.ts';
import { type Child, startScript } from '../support/children.ts';
import { openIn, someBytes, startRegistry } from '../support/registry-session.ts';
import { temporaryFolder } from '../support/temporary.ts';

const blob = someBytes(3_000_000);
const layer = { digest: sha256(blob), size: blob.length, mediaType: 'application/vnd.sylabs.sif.layer.v1.sif' };
const posix = process.platform !== 'win32';
const isRoot = posix && process.getuid?.() === 0;
const impatient = { retry: { ...DEFAULT_RETRY, retries: 0 } };

async function start(options = {}) {
  const registry = await startRegistry();
  registry.addBlob('team/app', blob);
  const repository = await openIn(registry, options);
  const path = join(await temporaryFolder(), 'app.sif');
  const pull = (more = {}) => pullSif(repository, layer, { path, overwrite: false, admit: async () => true, ...more });
  const files = () => readdir(dirname(path));
  const partial = `${path}.${layer.digest.slice(7, 23)}.partial`;
  return { registry, repository, path, partial, pull, files };
}

/** A process that has written 2 MB of `source` for `path`. */
async function unfinished(path: string, label: string, source: string): Promise<Child> {
  const child = startScript('unfinished-child.ts', [path, label, source, '2000000']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

async function killed(child: Child): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('pulling', () => {
  test('writes the file once it is complete', async () => {
    const { path, pull, files } = await start();
    const seen: string[][] = [];
    expect(await pull({ admit: async () => (seen.push(await files()), true) })).toBe(true);
    expect(seen[0]).toEqual([expect.stringMatching(/^app\.sif\.[0-9a-f]{16}\.[0-9a-f-]+\.tmp$/)]);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
    expect(await files()).toEqual(['app.sif']);
  });

  test('leaves nothing when it is not admitted', async () => {
    const { pull, files } = await start();
    expect(await pull({ admit: async () => false })).toBe(false);
    await expect(pull({ admit: () => Promise.reject(new Error('no verdict')) })).rejects.toThrow('no verdict');
    expect(await files()).toEqual([]);
  });

  test('goes on with what an interrupted pull left', async () => {
    const { registry, pull, files, path } = await start(impatient);
    registry.faults.dropDownload = { afterBytes: 2_000_000, times: 1 };
    await expect(pull()).rejects.toMatchObject({ code: 'NETWORK_CONNECTION_LOST' });
    expect(await files()).toEqual([`app.sif.${layer.digest.slice(7, 23)}.partial`]);
    const before = registry.bytesOut;
    expect(await pull()).toBe(true);
    expect(registry.bytesOut - before).toBeLessThan(1_100_000);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
    expect(await files()).toEqual(['app.sif']);
  });

  test.each(['symlink', 'link'] as const)(
    'writes into no other file through a %s left under the name of a part',
    async (kind) => {
      const { pull, path, files } = await start();
      const other = join(await temporaryFolder(), 'other');
      await writeFile(other, blob.subarray(0, 1000));
      await (kind === 'link' ? link : symlink)(other, `${path}.${layer.digest.slice(7, 23)}.partial`);
      expect(await pull()).toBe(true);
      expect(Buffer.compare(await readFile(path), blob)).toBe(0);
      expect(await readFile(other)).toHaveLength(1000);
      expect(await files()).toEqual(['app.sif']);
    },
  );

  test.skipIf(!isRoot)(
    'neither reads, writes, moves nor removes what another user left (skipped but for root)',
    async () => {
      const { registry, pull, path, partial, files } = await start(impatient);
      await writeFile(partial, blob.subarray(0, 2_000_000));
      await chown(partial, 12345, 12345);
      await using stranger = await open(partial, 'r+');
      registry.faults.dropDownload = { afterBytes: 2_000_000, times: 1 };
      await expect(pull()).rejects.toMatchObject({ code: 'NETWORK_CONNECTION_LOST' });
      expect(await pull()).toBe(true);
      await stranger.write('altered', 0);
      expect(Buffer.compare(await readFile(path), blob)).toBe(0);
      expect((await stat(partial)).ino).toBe((await stranger.stat()).ino);
      expect((await files()).toSorted()).toEqual(['app.sif', basename(partial)]);
    },
  );

  test.skipIf(!posix).each([0o664, 0o646])('does not go on with a file that others may write to (%o)', async (mode) => {
    const { registry, pull, path, partial, files } = await start();
    await writeFile(partial, blob.subarray(0, 2_000_000));
    await chmod(partial, mode);
    await using held = await open(partial, 'r+');
    expect(await pull()).toBe(true);
    expect(registry.bytesOut).toBe(blob.length);
    await held.write('altered', 0);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
    expect(await files()).toEqual(['app.sif']);
  });

  test.skipIf(!posix)('leaves no part that the next pull would not go on with', async () => {
    const { registry, pull, path, files } = await start(impatient);
    registry.faults.dropDownload = { afterBytes: 2_000_000, times: 1 };
    const pass = async () => {
      for (const name of await files()) await chmod(join(dirname(path), name), 0o666);
    };
    await expect(pull({ pass })).rejects.toMatchObject({ code: 'NETWORK_CONNECTION_LOST' });
    expect(await files()).toEqual([]);
  });

  test('a folder under the name of a part is left alone, and an interruption leaves nothing beside it', async () => {
    const { registry, pull, path, partial, files } = await start(impatient);
    await mkdir(join(partial, 'full'), { recursive: true });
    registry.faults.dropDownload = { afterBytes: 2_000_000, times: 1 };
    await expect(pull()).rejects.toMatchObject({ code: 'NETWORK_CONNECTION_LOST' });
    expect(await files()).toEqual([basename(partial)]);
    expect(await pull()).toBe(true);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
    expect((await files()).toSorted()).toEqual(['app.sif', basename(partial)]);
  });

  test('gives no name to a file that was put in the place of the one it wrote', async () => {
    const { pull, path, files } = await start();
    const admit = async (temporary: string) => {
      await writeFile(`${path}.other`, 'other');
      await rename(`${path}.other`, temporary);
      return true;
    };
    await expect(pull({ admit })).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
    expect(await files()).toEqual([]);
  });

  test('starts over where the registry ignores Range', async () => {
    const { registry, pull, path } = await start(impatient);
    registry.faults.dropDownload = { afterBytes: 2_000_000, times: 1 };
    await expect(pull()).rejects.toMatchObject({ code: 'NETWORK_CONNECTION_LOST' });
    registry.faults.ignoreRange = true;
    expect(await pull()).toBe(true);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
  });

  test.each([
    ['complete', blob],
    ['longer than the image', new Uint8Array(4_000_000)],
    ['as long as the image, and wrong', new Uint8Array(blob.length)],
    ['empty', new Uint8Array()],
    ['wrong', new Uint8Array(1000)],
  ])('a left-over that is %s does no harm', async (_, content) => {
    const { pull, path, partial, files } = await start();
    await writeFile(partial, content);
    const passed: Buffer[] = [];
    const pass = async (offset: number, bytes: Uint8Array) => {
      if (offset === 0) passed.length = 0;
      passed.push(Buffer.from(bytes));
    };
    expect(await pull({ pass })).toBe(true);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
    expect(Buffer.compare(Buffer.concat(passed), blob)).toBe(0);
    expect(await files()).toEqual(['app.sif']);
  });

  test('wrong content from the registry is reported also after a left-over, and once', async () => {
    const { registry, pull, partial, files } = await start();
    await writeFile(partial, blob.subarray(0, 1000));
    registry.faults.wrongBlob = someBytes(blob.length, 3);
    await expect(pull()).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
    expect(registry.seen.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(2);
    expect(await files()).toEqual([]);
  });

  test('keeps nothing of wrong content', async () => {
    const { registry, pull, files } = await start();
    registry.faults.wrongBlob = someBytes(blob.length, 3);
    await expect(pull()).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
    expect(await files()).toEqual([]);
  });

  test('does not touch a file that is there, also when it appears meanwhile', async () => {
    const { registry, pull, path, files } = await start();
    await writeFile(path, 'mine');
    await expect(pull()).rejects.toMatchObject({ code: 'USAGE_FILE_EXISTS', exitCode: 2 });
    expect(registry.seen).toHaveLength(0);
    expect(await pull({ overwrite: true })).toBe(true);
    const late = join(dirname(path), 'late.sif');
    const racing = pull({ path: late, admit: async () => (await writeFile(late, 'mine'), true) });
    await expect(racing).rejects.toMatchObject({ code: 'USAGE_FILE_EXISTS', exitCode: 2 });
    expect(await readFile(late, 'utf8')).toBe('mine');
    expect((await files()).toSorted()).toEqual(['app.sif', 'late.sif']);
  });

  test('goes on with what a killed pull left, and removes what one of another image left', async () => {
    const { registry, pull, files, path } = await start();
    const source = join(await temporaryFolder(), 'source');
    await writeFile(source, blob);
    const label = layer.digest.slice(7, 23);
    await killed(await unfinished(path, label, source));
    await killed(await unfinished(path, 'feedfeedfeedfeed', source));
    expect(await files()).toHaveLength(4);
    const before = registry.bytesOut;
    expect(await pull()).toBe(true);
    expect(registry.bytesOut - before).toBeLessThan(1_100_000);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
    expect(await files()).toEqual(['app.sif']);
  });

  test('leaves alone what a running pull writes, and what only looks similar', async () => {
    const { pull, files, path } = await start();
    const source = join(await temporaryFolder(), 'source');
    await writeFile(source, blob);
    const child = await unfinished(path, layer.digest.slice(7, 23), source);
    const similar = ['app.sif.0123456789ab.tmp', 'app.sif.feed.1-1-0-0-0-0-0123456789ab.tmp', 'b.sif'];
    for (const name of similar) await writeFile(join(dirname(path), name), '');
    expect(await pull()).toBe(true);
    expect(await files()).toEqual(expect.arrayContaining(similar));
    expect(await files()).toHaveLength(1 + 2 + similar.length);
    await killed(child);
    expect(await pull({ overwrite: true })).toBe(true);
    expect((await files()).sort()).toEqual(['app.sif', ...similar].sort());
  });

  test.each([
    ['a folder', '', { code: 'FILE_WRITE_FAILED', message: expect.stringMatching(/ is a folder$/) }],
    ['in no folder', 'none/app.sif', { code: 'FILE_NOT_FOUND', message: expect.stringMatching(/no folder .*none$/) }],
  ])('to a place that is %s ends before anything is fetched', async (_, name, error) => {
    const { registry, pull, path } = await start();
    await expect(pull({ path: join(dirname(path), name), overwrite: true })).rejects.toMatchObject(error);
    expect(registry.seen).toHaveLength(0);
  });

  test('two pulls at once both succeed', async () => {
    const { pull, path, files } = await start();
    await Promise.all([pull({ overwrite: true }), pull({ overwrite: true })]);
    expect(Buffer.compare(await readFile(path), blob)).toBe(0);
    expect(await files()).toEqual(['app.sif']);
  });
});
