// SPDX-License-Identifier: Apache-2.0
// What this machine remembers of tags: the time of the newest publication that it has seen of each. It only grows, whoever
// else writes at the same time.

import { isJsonObject, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { SystemError, UsageError } from '../../base/errors.ts';
import { readFileBounded, writeFileAtomic } from '../../files/files.ts';
import { lockDocument } from '../../sif/edit/lock.ts';

/** When the newest publication of a tag was that this machine has seen, RFC 3339. @throws as rememberPublication */
export async function seenBefore(path: string, tag: string): Promise<string | undefined> {
  return (await readState(path)).get(tag);
}

/**
 * Remembers a publication, unless a later one was seen meanwhile: then that one's time, and nothing is written. What others
 * write meanwhile is kept.
 * @throws UsageError for what is no such file: what was seen must not be forgotten without a word; SifError SIF_LOCKED;
 * SystemError
 */
export async function rememberPublication(path: string, tag: string, publishedAt: string): Promise<string | undefined> {
  if ((await seenBefore(path, tag)) === publishedAt) return undefined;
  await using lock = await lockDocument(path);
  const state = await readState(path);
  const seen = state.get(tag);
  if (seen !== undefined && new Date(seen) > new Date(publishedAt)) return seen;
  state.set(tag, publishedAt);
  await lock.assertHeld();
  await lock.writing(() => writeFileAtomic(path, `${JSON.stringify(Object.fromEntries(state), undefined, 2)}\n`));
  return undefined;
}

async function readState(path: string): Promise<Map<string, string>> {
  const bytes = await readFileBounded(path, LIMITS.policyBytes).catch((error: unknown) => {
    if (error instanceof SystemError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  });
  const document = bytes ? parseJson(bytes, path) : {};
  const entries = isJsonObject(document) ? Object.entries(document) : undefined;
  const times = entries?.flatMap(([key, time]) => (typeof time === 'string' ? [[key, time] as const] : []));
  if (entries && times?.length === entries.length && times.every(([, time]) => !Number.isNaN(Date.parse(time))))
    return new Map(times);
  throw new UsageError('USAGE_INVALID_INPUT', `${path} is no record of tags`, {
    hint: 'give another file, or remove it if what this machine has seen may be forgotten',
  });
}
