// SPDX-License-Identifier: Apache-2.0
// Where a configuration of podman comes from: a folder like /etc/containers, or an export that was not written yet.

import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decodeUtf8, utf8 } from '../../base/bytes.ts';
import { isErrnoException, SystemError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded } from '../../files/files.ts';
import type { GateExport } from '../verdict.ts';
import { readContainersPolicy } from './policy-json.ts';
import { readRegistries } from './registries.ts';
import type { ContainersGate } from './simulate.ts';

const REGISTRIES = 'registries.d';
const EXPORTED = 'countersign.yaml';

/**
 * What is in a folder: `policy.json`, and `registries.d` if it is there. Paths of keys are taken as they stand; in the folder
 * of an export, whose keys are not installed yet, they are looked for in `keys`.
 * @throws GateError GATE_CONFIGURATION_INVALID; SystemError
 */
export async function readInstalledContainers(
  folder: string,
  file: string = join(folder, 'policy.json'),
): Promise<ContainersGate> {
  const names: readonly string[] = await readdir(join(folder, REGISTRIES)).catch((error: unknown) => {
    if (isErrnoException(error) && error.code === 'ENOENT') return [];
    throw error;
  });
  const files = new Map<string, string>();
  let room: number = LIMITS.registriesBytes;
  for (const name of names.filter((one) => one.endsWith('.yaml')).sort()) {
    const path = join(folder, REGISTRIES, name);
    const bytes = await readFileBounded(path, room);
    room -= bytes.length;
    files.set(path, decodeUtf8(bytes, path));
  }
  // Nobody installs the folder `keys` of an export, so that it would not be found where it is installed.
  const isExport = names.includes(EXPORTED);
  return {
    policy: readContainersPolicy(await readFileBounded(file, LIMITS.policyBytes), file),
    registries: await readRegistries(files),
    async read(path) {
      try {
        return await readFileBounded(resolve(folder, path), LIMITS.keyFileBytes);
      } catch (error) {
        const exported = join(folder, 'keys', path.slice(path.lastIndexOf('/') + 1));
        if (!isExport || !(error instanceof SystemError) || error.code !== 'FILE_NOT_FOUND') throw error;
        return await readFileBounded(exported, LIMITS.keyFileBytes).catch(() => {
          throw error;
        });
      }
    },
  };
}

/** An export as it will be once it is installed. */
export async function gateOfExport({ files }: GateExport): Promise<ContainersGate> {
  const bytesOf = (wanted: (name: string) => boolean): Uint8Array => {
    const content = files.find(({ name }) => wanted(name))?.content ?? '';
    return typeof content === 'string' ? utf8(content) : content;
  };
  const registries = bytesOf((name) => name.startsWith(REGISTRIES));
  return {
    policy: readContainersPolicy(
      bytesOf((name) => name === 'policy.json'),
      'policy.json',
    ),
    registries: await readRegistries(new Map([[REGISTRIES, decodeUtf8(registries, REGISTRIES)]])),
    read: async (path) => bytesOf((name) => name === `keys/${path.slice(path.lastIndexOf('/') + 1)}`),
  };
}
