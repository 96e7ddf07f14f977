// SPDX-License-Identifier: Apache-2.0
// SIF files with a base, and overlays or data in groups of their own.

import { join } from 'node:path';
import { DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../../src/sif/format.ts';
import { createSif, partitionExtra } from './create-sif.ts';
import { appendObjects, type NewObject } from '../../src/sif/edit/append.ts';
import { NOW } from './layers.ts';
import { temporaryFolder } from './temporary.ts';

/** A partition that differs from others by what it is filled with. */
export function partition(
  use: keyof typeof PARTITION_TYPE,
  group: number,
  { fill = 7, fs = FILE_SYSTEM.squashfs }: { readonly fill?: number; readonly fs?: number } = {},
): NewObject {
  return {
    dataType: DATA_TYPE.partition,
    data: new Uint8Array(4096).fill(fill),
    group,
    extra: partitionExtra({ fs, type: PARTITION_TYPE[use], arch: 'amd64' }),
  };
}

/** A definition file. */
export function definition(group: number): NewObject {
  return { dataType: DATA_TYPE.deffile, data: Buffer.from('bootstrap: scratch\n'), group };
}

/** A new file of these objects; by default a base in group 1. */
export async function sifOf(
  objects: readonly NewObject[] = [definition(1), partition('primarySystem', 1)],
): Promise<string> {
  const path = join(await temporaryFolder(), 'app.sif');
  await createSif(path, { now: NOW, objects });
  return path;
}

/** Adds objects, as `apptainer sif add` does; their IDs. */
export function addTo(path: string, ...objects: readonly NewObject[]): Promise<readonly number[]> {
  return appendObjects(path, objects, { now: NOW });
}
