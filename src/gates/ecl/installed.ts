// SPDX-License-Identifier: Apache-2.0
// The execution control list and global keyring of an Apptainer that is configured already.

import { dirname, extname, join } from 'node:path';
import { LIMITS } from '../../base/limits.ts';
import { SystemError } from '../../base/errors.ts';
import { readFileBounded } from '../../files/files.ts';
import { KEYS_FILE, LIST_FILE } from './files.ts';
import { GateError } from '../errors.ts';
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
 * @throws GateError GATE_CONFIGURATION_INVALID, also when the folder has no list; SystemError FILE_NOT_FOUND for a list by its path
 * @see https://github.com/apptainer/apptainer/blob/v1.4.5/internal/pkg/sypgp/sypgp.go loadKeyring
 */
export async function readInstalled(path: string): Promise<InstalledList> {
  const isFile = extname(path) === '.toml';
  const [folder, file] = isFile ? [dirname(path), path] : [path, join(path, LIST_FILE)];
  const bytes = await readFileBounded(file, LIMITS.executionListBytes).catch((error: unknown) => {
    if (isFile || !(error instanceof SystemError) || error.code !== 'FILE_NOT_FOUND') throw error;
    throw new GateError(
      'GATE_CONFIGURATION_INVALID',
      `there is no ${file}: Apptainer without a list lets everything run`,
      {
        cause: error,
        hint: 'check ⟨gate-path⟩: it is a folder that export wrote, or /etc/apptainer',
      },
    );
  });
  const list = readList(bytes, file);
  const keys = join(folder, KEYS_FILE);
  const keyring = await readFileBounded(keys, LIMITS.keyFileBytes).catch((error: unknown) => {
    if (error instanceof SystemError && error.code === 'FILE_NOT_FOUND') return new Uint8Array();
    throw error;
  });
  // Everybody else reads armored keys as well; an activated list is the only reason to read these.
  if (list.activated && Buffer.from(keyring).includes('-----BEGIN PGP '))
    throw new GateError(
      'GATE_CONFIGURATION_INVALID',
      `${keys} holds armored keys: Apptainer reads a binary global keyring alone, and refuses every SIF with this one`,
      { hint: 'take the armor off, for instance with gpg --dearmor, or import the keys into the global keyring anew' },
    );
  return { list, keyring };
}
