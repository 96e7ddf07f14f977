// SPDX-License-Identifier: Apache-2.0
// The tags that each name one of our layers on a subject. No other writer has a reason to touch them, so that a layer is
// found by its own tag when the shared list lost it. They are looked for by listing the tags of the repository.

import { type Digest, digestHex } from '../../base/digest.ts';
import { CountersignError } from '../../base/errors.ts';
import type { RegistryClient } from '../remote/client.ts';
import { RegistryError } from '../errors.ts';
import { listTags } from '../remote/manifests.ts';
import { referrersTag } from '../reference.ts';

/** A registry that lists no tags, or not for this user. What it lists as referrers can be read all the same. */
const REFUSED: ReadonlySet<number | undefined> = new Set([400, 401, 403, 405, 501]);

function ownTagPrefix(subject: Digest): string {
  return `${referrersTag(subject)}.countersign-`;
}

/** A tag for one attached manifest alone. */
export function ownTag(subject: Digest, manifest: Digest): string {
  return `${ownTagPrefix(subject)}${digestHex(manifest).slice(0, 32)}`;
}

/** Tags of our own for one subject. */
export interface OwnTags {
  readonly tags: readonly string[];
  /** Why the registry gave no list of tags, when it refused to. */
  readonly refused?: string;
}

/**
 * The tags of our own for this subject, those of known manifests left out.
 * @throws RegistryError by status; NetworkError
 */
export async function listOwnTags(client: RegistryClient, subject: Digest, known: Iterable<Digest>): Promise<OwnTags> {
  const prefix = ownTagPrefix(subject);
  const listed = new Set(Array.from(known, (digest) => ownTag(subject, digest)));
  try {
    const tags = await listTags(client, prefix);
    return { tags: tags.filter((tag) => tag.startsWith(prefix) && !listed.has(tag)) };
  } catch (error) {
    if (error instanceof CountersignError && isNoList(error)) return { tags: [], refused: error.message };
    throw error;
  }
}

/** Some registries put a map of all manifests on the page of tags, so that it may be larger than is read. */
function isNoList(error: CountersignError): boolean {
  return error instanceof RegistryError ? REFUSED.has(error.status) : error.code === 'NETWORK_RESPONSE_TOO_LARGE';
}
