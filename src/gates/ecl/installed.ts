// SPDX-License-Identifier: Apache-2.0
// The execution control list and global keyring of an Apptainer that is configured already.

import { dirname, extname, join } from 'node:path';
import { LIMITS } from '../../base/limits.ts';
import { SystemError } from '../../base/errors.ts';
import { readFileBounded } from '../../files/files.ts';
import { KEYS_FILE, LIST_FILE } from './files.ts';
import type { ExecutionList } from './list.ts';
import { readList } from './toml.ts';

/** A list and the keys it is judged with. */
export interface InstalledList {
  readonly list: ExecutionList;
  /** The global keyring; empty when there is none. */
  readonly keyring: Uint8Array;
}

/**
 * What is in a folder such as /etc/apptainer, or one that `export ecl` wrote; or in a list by its path, and beside it.
 * @throws GateError GATE_CONFIGURATION_INVALID; SystemError FILE_NOT_FOUND when there is no list
 */
export async function readInstalled(path: string): Promise<InstalledList> {
  const isFile = extname(path) === '.toml';
  const [folder, file] = isFile ? [dirname(path), path] : [path, join(path, LIST_FILE)];
  const list = readList(await readFileBounded(file, LIMITS.policyBytes), file);
  const keyring = await readFileBounded(join(folder, KEYS_FILE), LIMITS.keyFileBytes).catch((error: unknown) => {
    if (error instanceof SystemError && error.code === 'FILE_NOT_FOUND') return new Uint8Array();
    throw error;
  });
  return { list, keyring };
}
