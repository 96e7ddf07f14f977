// SPDX-License-Identifier: Apache-2.0
// What inspect shows of an index and of partitions, as they name themselves.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeFile, describeRegistryImage } from '../../src/image/inspect.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { FILE_SYSTEM } from '../../src/sif/format.ts';
import { entryOf, pushIndexOf, pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { SifBuilder } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('the platform of each image of an index', async () => {
  const repository = await openIn(await startRegistry());
  await pushOciIndex(repository, 'two');
  const { platforms } = await describeRegistryImage(await openRegistryImage(repository, 'two'));
  expect(platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
});

test('a variant, and an entry that names no platform or an odd one', async () => {
  const repository = await openIn(await startRegistry());
  const entry = entryOf(await pushOciImage(repository, { label: 'a' }));
  const variant = { ...entry, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } };
  const other = entryOf(await pushOciImage(repository, { label: 'b' }));
  const odd = {
    ...entryOf(await pushOciImage(repository, { label: 'c' })),
    platform: { os: ['linux'], architecture: '' },
  };
  await pushIndexOf(repository, [variant, other, odd], { tag: 'odd' });
  const { platforms } = await describeRegistryImage(await openRegistryImage(repository, 'odd'));
  expect(platforms.map(({ platform }) => platform)).toEqual(['linux/arm/v7', null, null]);
});

test.each([
  [FILE_SYSTEM.squashfs, 'squashfs', false],
  [FILE_SYSTEM.ext3, 'ext3', false],
  [FILE_SYSTEM.encryptedSquashfs, 'squashfs in LUKS', true],
  [FILE_SYSTEM.gocryptfsSquashfs, 'squashfs in gocryptfs', true],
  [99, 'file system 99', false],
])('a partition with file system %d: %s, encrypted %s', async (fs, fileSystem, encrypted) => {
  const path = join(await temporaryFolder(), 'app.sif');
  await writeFile(path, new SifBuilder().withPartition(Buffer.alloc(4096), { fs }).bytes());
  expect((await describeFile(path)).sif?.objects).toMatchObject([{ type: 'partition', fileSystem, encrypted }]);
});
