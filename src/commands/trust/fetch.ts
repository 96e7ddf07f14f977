// SPDX-License-Identifier: Apache-2.0
// The trusted root of a Sigstore instance, from its TUF repository. Whom to believe at first is in a root.json that the
// user gives, or, of the public instance alone, in the library; from there each root names the keys of the next.

import { dirname, join } from 'node:path';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { initTUF } from '@sigstore/tuf';
import { sha256, toBase64, utf8 } from '../../base/bytes.ts';
import { visibleLine } from '../../base/text.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded, writeFileAtomic } from '../../files/files.ts';
import { TrustError } from './errors.ts';
import { SystemError } from '../../base/errors.ts';
import { jsonObjectIn } from '../../base/json.ts';
import { makeFolder } from '../../files/folder.ts';

/** Where a trusted root comes from. */
export interface TrustSource {
  /** Address of the TUF repository, without a slash at its end. */
  readonly mirror: string;
  /** Path of its root.json; undefined for the one that the library has. */
  readonly root: string | undefined;
  /** Folder for what was seen, so that nothing older is taken later; undefined keeps nothing. */
  readonly state: string | undefined;
  /** Empty folder that is removed afterwards. */
  readonly temporary: string;
}

const TARGET = 'trusted_root.json';
const TIMEOUT_MS = 20_000;
const RETRIES = 2;
const MAX_QUOTED = 200;

/**
 * The bytes of trusted_root.json, as the instance's operators signed them.
 * @throws TrustError; SystemError when the root or the state cannot be read
 * @see https://theupdateframework.github.io/specification/v1.0.33/#detailed-client-workflow
 */
export async function fetchTrustedRoot({ mirror, root, state, temporary }: TrustSource): Promise<Uint8Array> {
  const { host, pathname } = new URL(mirror);
  const name = encodeURIComponent(host + pathname.replace(/\/$/, ''));
  const folder = join(temporary, name);
  // What one root vouched for says nothing to whoever begins with another.
  const begun = root === undefined ? 'library' : sha256(await readFileBounded(root, LIMITS.keyFileBytes)).slice(7);
  const kept = state === undefined ? undefined : join(state, begun, `${name}.json`);
  if (kept !== undefined) await unpackState(kept, folder);
  try {
    return await download({ mirror, root, temporary });
  } finally {
    if (kept !== undefined) await packState(folder, kept);
  }
}

async function download({ mirror, root, temporary }: Omit<TrustSource, 'state'>): Promise<Uint8Array> {
  try {
    const client = await initTUF({
      mirrorURL: mirror,
      ...(root === undefined ? {} : { rootPath: root }),
      cachePath: temporary,
      timeout: TIMEOUT_MS,
      retry: RETRIES,
    });
    return utf8(await client.getTarget(TARGET));
  } catch (cause) {
    throw problemOf(cause, mirror);
  }
}

/** The library has no codes for what it refuses, so that its words decide; others than these are refusals. */
function problemOf(cause: unknown, mirror: string): TrustError {
  const words = wordsOf(cause);
  const said = words.at(-1) ?? 'no answer';
  const host = new URL(mirror).host;
  const text = `${host}: ${visibleLine(said).slice(0, MAX_QUOTED)}`;
  if (words.some((one) => one.endsWith('is expired'))) return new TrustError('TRUST_METADATA_EXPIRED', text, cause);
  if (words.some((one) => /is less than current version|does not match snapshot version/.test(one)))
    return new TrustError('TRUST_METADATA_ROLLED_BACK', text, cause);
  if (
    words.some((one) =>
      /^(?:fetch failed|Failed to download|target .* not found|The operation was aborted.*|terminated)$/.test(one),
    )
  )
    return new TrustError('TRUST_MIRROR_FAILED', text, cause);
  if (words.some((one) => one.startsWith('No root.json found for mirror')))
    return new TrustError('TRUST_METADATA_REFUSED', `${host}: nothing says by which keys it is signed`, cause);
  return new TrustError('TRUST_METADATA_REFUSED', text, cause);
}

/** Outermost first. */
function wordsOf(cause: unknown): readonly string[] {
  if (!(cause instanceof Error)) return [];
  return [cause.message.split('\n', 1)[0] ?? '', ...wordsOf(cause.cause)];
}

/** A name that the library gives: that of a role, encoded for an address. */
const NAME = /^(?!\.)[A-Za-z0-9%._~!'()*-]{1,200}\.json$/;

/**
 * Puts the metadata in the file into a folder; none when there is no such file.
 * @throws TrustError TRUST_STATE_DAMAGED; SystemError
 */
async function unpackState(path: string, folder: string): Promise<void> {
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
async function packState(folder: string, path: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).toSorted();
  const files = await Promise.all(names.map(async (name) => [name, toBase64(await readFile(join(folder, name)))]));
  if (files.length === 0) return;
  await makeFolder(dirname(path));
  await writeFileAtomic(path, utf8(`${JSON.stringify(Object.fromEntries(files))}\n`));
}
