// SPDX-License-Identifier: Apache-2.0
// What was seen of a TUF repository, in one file that is there whole or not at all: Sigstore's library writes metadata file
// by file, takes half a root for a broken one, and half a timestamp for none, which would forget what was seen.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toBase64, utf8 } from '../../base/bytes.ts';
import { SystemError } from '../../base/errors.ts';
import { jsonObjectIn } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded, writeFileAtomic } from '../../files/files.ts';
import { makeFolder } from '../../files/folder.ts';
import { TrustError } from './errors.ts';

/** A name that the library gives: that of a role, encoded for an address. */
const NAME = /^(?!\.)[A-Za-z0-9%._~!'()*-]{1,200}\.json$/;

/**
 * Puts the metadata in the file into a folder; none when there is no such file.
 * @throws TrustError TRUST_STATE_DAMAGED; SystemError
 */
export async function unpackState(path: string, folder: string): Promise<void> {
  await makeFolder(folder);
  const bytes = await readFileBounded(path, LIMITS.keyFileBytes).catch((cause: unknown) => {
    if (cause instanceof SystemError && cause.code === 'FILE_NOT_FOUND') return undefined;
    throw cause;
  });
  if (!bytes) return;
  const files = Object.entries(jsonObjectIn(bytes) ?? {});
  if (files.length === 0) throw damaged(path);
  for (const [name, text] of files) {
    const content = typeof text === 'string' && NAME.test(name) ? Buffer.from(text, 'base64') : undefined;
    // A role that cannot be read is one that was never seen, for the library.
    if (!content || !jsonObjectIn(content)) throw damaged(path);
    await writeFile(join(folder, name), content);
  }
}

function damaged(path: string): TrustError {
  return new TrustError('TRUST_STATE_DAMAGED', `${path} is not what was written there`);
}

/** Keeps the metadata in the folder, of which the library writes nothing that it has not checked. */
export async function packState(folder: string, path: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).toSorted();
  const files = await Promise.all(names.map(async (name) => [name, toBase64(await readFile(join(folder, name)))]));
  if (files.length === 0) return;
  await makeFolder(dirname(path));
  await writeFileAtomic(path, utf8(`${JSON.stringify(Object.fromEntries(files))}\n`));
}
