// SPDX-License-Identifier: Apache-2.0
// The tag that names the newest signed publication of another tag. Anybody who may push can move it too; what it leads to
// is signed.

import { type Digest, digestHex, sha256, utf8 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import { parseManifest } from '../../oci/manifest.ts';
import type { ReadableRepository } from '../../oci/oci.ts';
import { readSmallBlob } from '../../oci/referrers/bundles.ts';
import { parseBundle } from '../../attest/bundle.ts';
import { PUBLICATION_PREDICATE_TYPE } from '../../attest/record.ts';
import { parseStatement } from '../../attest/statement.ts';
import { isJsonObject } from '../../base/json.ts';
import { orUndefined } from '../../oci/cosign/cosign.ts';

const SUFFIX = '.countersign';
const MAX_TAG = 128;

/** The tag beside a tag; of one that is too long a tag by its digest. */
export function publicationTag(tag: string): string {
  const name = `${tag}${SUFFIX}`;
  return name.length <= MAX_TAG ? name : `${digestHex(sha256(utf8(tag)))}${SUFFIX}`;
}

/** A publication as it names itself: nothing of it is proven. */
export interface ClaimedPublication {
  /** SHA-256 of the statement, by which a verdict names it. */
  readonly statement: Digest;
  /** `registry/repository@digest`. */
  readonly reference: string;
  readonly tags: readonly string[];
  readonly publishedAt: string;
  readonly verdict: string;
}

/**
 * What the tag beside a tag leads to; `missing` when it is not there, `unreadable` when it is no publication.
 * @throws RegistryError, NetworkError
 */
export async function readPublication(
  repository: ReadableRepository,
  tag: string,
): Promise<ClaimedPublication | 'missing' | 'unreadable'> {
  const manifest = await repository.getManifest(publicationTag(tag));
  if (!manifest) return 'missing';
  const [layer] = orUndefined(() => parseManifest(manifest, 'the publication'))?.layers ?? [];
  if (!layer || layer.size > LIMITS.bundleBytes) return 'unreadable';
  const bytes = await readSmallBlob(repository, layer);
  return orUndefined(() => claimIn(bytes)) ?? 'unreadable';
}

function claimIn(bytes: Uint8Array): ClaimedPublication | undefined {
  const { envelope, payloadDigest: statement } = parseBundle(bytes);
  const { predicateType, predicate } = parseStatement(envelope.payload);
  if (predicateType !== PUBLICATION_PREDICATE_TYPE || !isJsonObject(predicate)) return undefined;
  const { reference, tags, publishedAt, verdict } = predicate;
  if (typeof reference !== 'string' || typeof publishedAt !== 'string' || !Array.isArray(tags)) return undefined;
  const names = tags.filter((name): name is string => typeof name === 'string');
  return { statement, reference, tags: names, publishedAt, verdict: typeof verdict === 'string' ? verdict : '' };
}
