// SPDX-License-Identifier: Apache-2.0
// The Actions cache for the build program's downloads. Exact keys only: what the program converts and keeps is not
// verified again, so nothing older or half-matching may be taken. Trouble is a warning.

import { join } from 'node:path';
import type { Host } from '../host.ts';
import { sha256Hex, utf8 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import type { BuildTool } from './tool.ts';

/** Which folder is kept under which exact key. */
export interface CachePlan {
  readonly folder: string;
  readonly key: string;
}

/** What decides whether and what is cached. */
interface CacheRequest {
  readonly wanted: boolean;
  readonly signs: boolean;
  /** Folder given by the user. */
  readonly folder: string | undefined;
  /** Everything that decides what is downloaded: definition and build arguments, or address. */
  readonly source: string;
  readonly tool: BuildTool;
}

/**
 * What to restore and save; undefined when the cache is not to be used here.
 * @throws UsageError USAGE_CONFLICTING_INPUTS when the job signs
 */
export function planCache(request: CacheRequest, host: Host): CachePlan | undefined {
  if (!request.wanted) return undefined;
  if (request.signs)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'cache was set together with a signing key', {
      hint: 'build with ⟨cache⟩ in one job and sign in another, or leave ⟨cache⟩ out: less trusted jobs can fill a cache',
    });
  if (!host.cache) {
    host.info('there is no cache on this host; building without');
    return undefined;
  }
  if (host.env['ACTIONS_ID_TOKEN_REQUEST_URL'] !== undefined) {
    host.warning('this job has id-token: write, so the cache is not used: less trusted jobs can fill it');
    return undefined;
  }
  const { tool } = request;
  const folder =
    request.folder ??
    host.env['APPTAINER_CACHEDIR'] ??
    join(host.env['RUNNER_TEMP'] ?? host.cwd, 'countersign-build-cache');
  const lock = sha256Hex(utf8(request.source)).slice(0, 32);
  return { folder, key: `${tool.brand}-linux-${process.arch}-${tool.version}-${lock}` };
}

/** True when the cache was restored. */
export async function restoreCache(plan: CachePlan | undefined, host: Host): Promise<boolean> {
  if (!plan || !host.cache) return false;
  const hit = await guarded('restored', host, host.cache.restore([plan.folder], plan.key, []));
  host.info(hit === undefined ? `no cache under ${plan.key}` : `cache restored from ${hit}`);
  return hit !== undefined;
}

/** Saves the cache unless it came from there. */
export async function saveCache(plan: CachePlan | undefined, hit: boolean, host: Host): Promise<void> {
  if (plan && host.cache && !hit) await guarded('saved', host, host.cache.save([plan.folder], plan.key));
}

async function guarded<T>(what: string, host: Host, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    host.warning(`the cache was not ${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
