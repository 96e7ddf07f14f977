// SPDX-License-Identifier: Apache-2.0
// Taking an attached manifest away so that nobody finds it any more: its own tag, the shared list, the manifest itself.
// Whether that worked is not what the registry answered, but what can be found afterwards.

import { type Digest, sha256, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { isTagRefused, RegistryError } from '../errors.ts';
import { makeManifest } from '../manifest.ts';
import { type Manifest, MEDIA_TYPE } from '../oci.ts';
import { formatPlace, referrersTag } from '../reference.ts';
import type { RegistryClient } from '../remote/client.ts';
import { putManifest, resolveManifest } from '../remote/manifests.ts';
import { areFound, MAX_ROUNDS, pause, readShared, replaceShared, subjectOf } from './attach.ts';
import { askReferrersApi, ownTag } from './referrers.ts';

/** Names no manifest anywhere: whoever deletes manifests says that there is none. */
const NOBODY = sha256(utf8('countersign asks whether this registry deletes manifests'));
const REFUSED: ReadonlySet<number | undefined> = new Set([401, 403, 405, 501]);
const GONE_CHECKS = 4;

/**
 * Refuses what is known beforehand to fail: what the registry itself lists goes only with the manifest.
 * @throws RegistryError REGISTRY_REPLACE_REFUSED; as askReferrersApi
 */
export async function assertDetachable(client: RegistryClient, { digest, ...rest }: Manifest): Promise<void> {
  const listed = await askReferrersApi(client, subjectOf({ digest, ...rest }));
  if (!listed?.digests.includes(digest)) return;
  const refused = await refusalOf(() => deleteManifest(client, NOBODY, false));
  if (!(refused instanceof RegistryError)) return;
  if (!REFUSED.has(refused.status) && refused.registryCode !== 'UNSUPPORTED') return;
  const name = `${formatPlace(client.reference)}@${digest}`;
  throw new RegistryError(
    'REGISTRY_REPLACE_REFUSED',
    `the approval to be replaced cannot be taken away: ${refused.message}`,
    {
      hint: `nothing was attached; delete ${name} by other means and sign without \`replace\`, or use a login or registry that may delete`,
      cause: refused,
    },
  );
}

/**
 * Takes a referrer away. Where manifests cannot be deleted it is left out of the shared list, and its own tag is given
 * to `instead`: then it is there, and nobody finds it.
 * @throws RegistryError REGISTRY_REPLACE_INCOMPLETE when it is found all the same; as listReferrers
 */
export async function detachReferrer(client: RegistryClient, referrer: Manifest, instead: Manifest): Promise<void> {
  const { digest } = referrer;
  const subject = subjectOf(referrer);
  // In this order: what has its own tag is put back into the list, and a list with an entry that is gone takes no others.
  const tagged = await refusalOf(() => giveAwayOwnTag(client, subject, { referrer, instead }));
  const listed = await refusalOf(() => leaveOut(client, subject, digest));
  const mayDelete = !listed || listed.code === 'REGISTRY_TAG_IMMUTABLE' || isTagRefused(listed);
  const refusals = [tagged, listed, mayDelete ? await refusalOf(() => deleteManifest(client, digest)) : undefined];
  client.received.delete(digest);
  for (let check = 0; check < GONE_CHECKS; check += 1) {
    if (!(await areFound(client, subject, [referrer]))) return;
    client.received.delete(digest);
    await pause(client);
  }
  const why = refusals.findLast((refusal) => refusal !== undefined);
  throw new RegistryError(
    'REGISTRY_REPLACE_INCOMPLETE',
    `${digest} is still attached to ${subject}: ${why?.message ?? 'the registry lists it although it deleted it'}`,
    { hint: `delete the manifest ${formatPlace(client.reference)}@${digest}`, cause: why },
  );
}

/** Why something was not done; what it was for is checked by its effect. */
async function refusalOf(act: () => Promise<void>): Promise<CountersignError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
}

/** @throws RegistryError by status; NetworkError */
async function deleteManifest(client: RegistryClient, reference: string, repeatable = true): Promise<void> {
  const at = `manifests/${reference}`;
  const response = await client.send({ method: 'DELETE', at, expect: [200, 202, 204, 404], repeatable });
  await response.discard();
}

/** Some registries delete manifests and no tags, others the reverse. */
async function giveAwayOwnTag(
  client: RegistryClient,
  subject: Digest,
  { referrer, instead }: { readonly referrer: Manifest; readonly instead: Manifest },
): Promise<void> {
  const reference = ownTag(subject, referrer.digest);
  const isThere = async () => (await resolveManifest(client, reference))?.digest === referrer.digest;
  if (!(await isThere())) return;
  await refusalOf(() => deleteManifest(client, reference));
  if (await isThere()) await putManifest(client, instead, { reference, subject });
}

/** The shared list without the entry; whatever else it holds stays. */
async function leaveOut(client: RegistryClient, subject: Digest, digest: Digest): Promise<void> {
  let refusedOver: Digest | undefined;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const current = await readShared(client, subject);
    if (!current.listed.has(digest)) return;
    const merged = makeManifest(indexWithout(current.document, digest), MEDIA_TYPE.index);
    const written = await replaceShared(client, merged, { subject, current, refusedOver });
    refusedOver = written ? undefined : current.digest;
    if (written) client.written.set(referrersTag(subject), written);
    await pause(client);
  }
  throw new RegistryError(
    'REGISTRY_REFERRER_NOT_LISTED',
    `other writers put ${digest} back into the list ${MAX_ROUNDS} times`,
    { hint: 'let fewer jobs attach to the same image at once, and repeat' },
  );
}

/** An index without the entries for a manifest. */
export function indexWithout(document: JsonObject, digest: Digest): Uint8Array {
  const { manifests } = document;
  const left = Array.isArray(manifests)
    ? manifests.filter((entry) => !isJsonObject(entry) || entry['digest'] !== digest)
    : [];
  return utf8(JSON.stringify({ ...document, manifests: left }));
}
