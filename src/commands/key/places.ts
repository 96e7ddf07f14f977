// SPDX-License-Identifier: Apache-2.0
// Where OpenPGP keys lie: files, folders and the three rings of Apptainer; and the fingerprint that says which is meant.

import { join, resolve } from 'node:path';
import { isErrnoException, SystemError, UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { filesAt, readFileBounded } from '../../files/files.ts';
import type { Host } from '../host.ts';
import type { KeyInputs } from './spec.ts';

/** Apptainer's rings, by the names that they have here. */
export const RINGS = ['apptainer:public', 'apptainer:secret', 'apptainer:global'] as const;

/** Where `sysconfdir` of the usual packages is; the global ring lies below. */
const SYSTEM_FOLDERS = ['/etc/apptainer', '/usr/local/etc/apptainer'];

/** A file that may hold keys. */
export interface KeyPlace {
  /** As the user calls it. */
  readonly name: string;
  readonly path: string;
}

/** What a report calls it: rings with their path. */
export function describePlace({ name, path }: KeyPlace): string {
  return isRing(name) ? `${name} (${path})` : name;
}

/** Whether a place is one of Apptainer's rings. */
export function isRing(place: string): place is (typeof RINGS)[number] {
  return RINGS.some((ring) => ring === place);
}

/**
 * Paths that a ring may have, the one to be written first.
 * @see https://github.com/apptainer/apptainer/blob/v1.4.5/pkg/sypgp/sypgp.go
 */
export function ringPaths(ring: (typeof RINGS)[number], { env }: Pick<Host, 'env'>): readonly string[] {
  if (ring === 'apptainer:global') return SYSTEM_FOLDERS.map((folder) => join(folder, 'global-pgp-public'));
  const home = env['APPTAINER_CONFIGDIR'] ?? join(env['HOME'] ?? '/', '.apptainer');
  const folder = env['APPTAINER_KEYSDIR'] ?? join(home, 'keys');
  return [join(folder, ring === 'apptainer:public' ? 'pgp-public' : 'pgp-secret')];
}

/**
 * The files of the places; without any, the rings that are there.
 * @throws SystemError FILE_NOT_FOUND; UsageError
 */
export async function filesOf(
  places: readonly string[],
  { workingDirectory }: { readonly workingDirectory: string },
  host: Host,
): Promise<readonly KeyPlace[]> {
  const files: KeyPlace[] = [];
  for (const place of places.length > 0 ? places : RINGS) {
    if (place.startsWith('apptainer:') && !isRing(place))
      throw new UsageError('USAGE_INVALID_INPUT', `Apptainer has no ring ${JSON.stringify(place.slice(0, 60))}`, {
        hint: `give ${RINGS.join(', ')}, a file or a folder`,
      });
    const paths = isRing(place) ? ringPaths(place, host) : await filesAt(place, workingDirectory);
    files.push(...paths.map((path) => ({ name: isRing(place) ? place : path, path: resolve(workingDirectory, path) })));
  }
  return files;
}

/** The bytes of a place; undefined for a ring that nobody has made yet. @throws SystemError, DataError */
export async function bytesOf({ name, path }: KeyPlace): Promise<Uint8Array | undefined> {
  try {
    return await readFileBounded(path, LIMITS.keyFileBytes);
  } catch (error) {
    const absent = error instanceof SystemError && error.code === 'FILE_NOT_FOUND';
    if (isRing(name) && (absent || (isErrnoException(error) && error.code === 'ENOENT'))) return undefined;
    throw error;
  }
}

/** 40 upper-case hex digits; undefined when none was given. @throws UsageError USAGE_INVALID_INPUT */
export function wantedFingerprint({ fingerprint }: Pick<KeyInputs, 'fingerprint'>): string | undefined {
  const text = fingerprint?.replaceAll(/\s/g, '').toUpperCase();
  if (text === undefined || /^[0-9A-F]{40}$/.test(text)) return text;
  throw new UsageError('USAGE_INVALID_INPUT', `fingerprint is ${JSON.stringify(text.slice(0, 80))}`, {
    hint: 'give all 40 hex digits: anybody can make a key with a given short name',
  });
}
