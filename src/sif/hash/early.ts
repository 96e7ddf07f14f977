// SPDX-License-Identifier: Apache-2.0
// Starts to hash a file before anything is known about what will be checked: policy, keys and signature code are loaded
// while the data is read. What has begun is used if it is what is asked for, else thrown away.

import { type HashOptions, hashObjects } from './hash.ts';
import type { HashName, ObjectDigests } from './blocks.ts';
import { groupsOf, objectsInGroup, openSif, type SifImage, type SifObject } from '../sif.ts';
import { type FileSource, openFileSource } from '../source.ts';

/** An open image whose data is being hashed with SHA-256. */
export interface EarlyHash extends AsyncDisposable {
  readonly image: SifImage;
  /** As hashObjects; takes over the work that has begun. */
  hash(image: SifImage, objects: readonly SifObject[], options: HashOptions): Promise<ObjectDigests>;
}

const SHA256: ReadonlySet<HashName> = new Set(['sha256']);

/** Opens an image and begins. @throws SifError, SystemError as openFileSource and openSif */
export async function hashEarly(path: string): Promise<EarlyHash> {
  const source = await openFileSource(path);
  try {
    const image = await openSif(source);
    return begin(image, source);
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

function begin(image: SifImage, source: FileSource): EarlyHash {
  const stop = new AbortController();
  const listeners: NonNullable<HashOptions['onBytes']>[] = [];
  const grouped = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
  const running = hashObjects(image, grouped, {
    algorithms: SHA256,
    signal: stop.signal,
    onBytes: (done, total) => {
      for (const listener of listeners) listener(done, total);
    },
  });
  running.catch(() => undefined);
  return {
    image,
    hash(asked, objects, options) {
      if (
        asked !== image ||
        !isSame(objects, grouped) ||
        options.algorithms.size !== 1 ||
        !options.algorithms.has('sha256')
      )
        return hashObjects(asked, objects, options);
      if (options.onBytes) listeners.push(options.onBytes);
      options.signal?.addEventListener('abort', () => stop.abort(options.signal?.reason), { once: true });
      return running;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running.catch(() => undefined);
      await source[Symbol.asyncDispose]();
    },
  };
}

function isSame(a: readonly SifObject[], b: readonly SifObject[]): boolean {
  return a.length === b.length && a.every(({ id }) => b.some((other) => other.id === id));
}
