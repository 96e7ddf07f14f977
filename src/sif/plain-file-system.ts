// SPDX-License-Identifier: Apache-2.0
// The commonest file that is given for a SIF and is none: a file system as it goes into one.

import { SifError } from './errors.ts';
import type { ByteSource } from './source.ts';

/** Where the superblocks of ext2, 3 and 4 have their magic. */
const EXT_MAGIC_AT = 0x438;

/** What to do with an overlay or root file system that is in no SIF yet. */
export async function plainFileSystem(source: ByteSource): Promise<SifError | undefined> {
  if (source.sizeBytes < EXT_MAGIC_AT + 2) return undefined;
  const isSquashfs = Buffer.from(await source.read(0, 4)).toString('latin1') === 'hsqs';
  const isExt = Buffer.from(await source.read(EXT_MAGIC_AT, 2)).readUInt16LE() === 0xef53;
  if (!isSquashfs && !isExt) return undefined;
  const { name } = source;
  const what = isSquashfs ? 'a plain squashfs file system' : 'a plain ext file system';
  return new SifError('SIF_NOT_SIF', `${name} is ${what}, and in no SIF that could hold a signature`, {
    hint: `put it into one: apptainer sif new NEW.sif, then apptainer sif add --datatype 4 --parttype 4 --partfs ${isSquashfs ? 1 : 2} --partarch 2 --groupid 1 NEW.sif ${name}; for a root file system --parttype 2`,
  });
}
