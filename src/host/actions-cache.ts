// SPDX-License-Identifier: Apache-2.0
// The Actions cache. Only file that imports @actions/cache, and reached only when a command uses the cache. Trouble
// with the cache is a warning, never a failure; whoever restores something verifies it.

import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import type { HostCache } from '../commands/host.ts';

/** @param warn receives what went wrong; the run goes on without the cache */
export function actionsCache(warn: (text: string) => void): HostCache {
  const attempt = async <T>(what: string, body: () => Promise<T>): Promise<T | undefined> => {
    if (!isFeatureAvailable()) return undefined;
    try {
      return await body();
    } catch (error) {
      warn(`${what} the cache failed: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  return {
    restore: (paths, key, restoreKeys) =>
      attempt('restoring', async () => restoreCache([...paths], key, [...restoreKeys])),
    async save(paths, key) {
      await attempt('saving', async () => saveCache([...paths], key));
    },
  };
}
