// SPDX-License-Identifier: Apache-2.0
// Bundles as they lie in the lane of an image, and images whose lane holds just what a test wants.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSif, readObject, type SifImage } from '../../src/sif/sif.ts';
import { memorySource } from '../../src/sif/source.ts';
import { appendObjects, type NewObject } from '../../src/sif/edit/append.ts';
import { NOW } from './layers.ts';
import { typicalSif } from './sif-builder.ts';
import { temporaryFile } from './temporary.ts';

/** The image in a file, as it is now. */
export async function imageIn(path: string): Promise<SifImage> {
  return openSif(memorySource(await readFile(path), path));
}

/** Names of all lane objects of a file, in slot order. */
export async function laneNamesIn(path: string): Promise<readonly string[]> {
  return (await imageIn(path)).objects.flatMap(({ name }) => (name.startsWith('countersign/') ? [name] : []));
}

async function lastBundleIn(path: string): Promise<Uint8Array> {
  const image = await imageIn(path);
  const object = image.objects.findLast(({ name }) => name.startsWith('countersign/'));
  if (!object) throw new Error('the lane is empty');
  return readObject(image, object, 1 << 20);
}

/** The bundle that `sign` leaves in the lane of the usual image; can be made before all tests, too. */
export async function bundleMadeBy(sign: (path: string) => Promise<unknown>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  try {
    const path = join(folder, 'image.sif');
    await writeFile(path, typicalSif().bytes());
    await sign(path);
    return await lastBundleIn(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A file with the usual image and these objects. */
export async function imageWith(...objects: readonly NewObject[]): Promise<string> {
  const path = await temporaryFile(typicalSif().bytes());
  await appendObjects(path, objects, { now: NOW });
  return path;
}
