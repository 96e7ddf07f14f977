// SPDX-License-Identifier: Apache-2.0
// A shared list that names manifests which somebody deleted: some registries take no such list.

import { type Digest, utf8 } from '../../base/bytes.ts';
import { isJsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { asObject } from '../../base/members.ts';
import { mapBounded } from '../../base/parallel.ts';
import { makeManifest } from '../manifest.ts';
import type { Manifest } from '../oci.ts';
import type { RegistryClient } from '../remote/client.ts';
import { resolveManifest } from '../remote/manifests.ts';

/** A list of referrers without those of the old entries that the registry does not have. @throws as resolveManifest */
export async function withoutGone(client: RegistryClient, list: Manifest, old: ReadonlySet<Digest>): Promise<Manifest> {
  const what = 'the list of referrers';
  const found = await mapBounded([...old], 4, async (digest) => ({
    digest,
    isThere: (await resolveManifest(client, digest)) !== undefined,
  }));
  const gone = new Set<JsonValue | undefined>(found.flatMap(({ digest, isThere }) => (isThere ? [] : [digest])));
  if (gone.size === 0) return list;
  const document = asObject(parseJson(list.bytes, what), what);
  const entries = Array.isArray(document['manifests']) ? document['manifests'] : [];
  const left = entries.filter((entry) => !isJsonObject(entry) || !gone.has(entry['digest']));
  return makeManifest(utf8(JSON.stringify({ ...document, manifests: left })), list.mediaType);
}
