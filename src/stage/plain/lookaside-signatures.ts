// SPDX-License-Identifier: Apache-2.0
// GPG signatures beside approvals, in a folder that podman and skopeo are given: the one form in which they read OpenPGP.

import type { Digest } from '../../base/bytes.ts';
import { VERSION } from '../../base/version.ts';
import type { Signer } from '../../crypto/signer.ts';
import { encodeSimpleSigning, parseSimpleSigning } from '../../oci/cosign/cosign.ts';
import { addToLookaside, readLookaside } from '../../oci/lookaside.ts';
import type { LegacyPayload } from './cosign-tags.ts';

/** Which folder, and what is signed. */
export interface LookasideEntry extends LegacyPayload {
  readonly folder: string;
}

/**
 * Adds a signature of a manifest by an OpenPGP key, unless one with this content is there; its file, or undefined. It
 * names the repository and the digest, so that no rule of podman’s but `matchExact` by tag refuses it.
 * @throws SystemError; SignatureError as signPae
 */
export async function fileSignature(
  digest: Digest,
  { folder, place, optional }: LookasideEntry,
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): Promise<string | undefined> {
  const { encodeSigned, verifySigned } = await import('../../crypto/pgp/message.ts');
  const image = { repository: place.slice(place.indexOf('/') + 1), digest };
  for (const present of await readLookaside(folder, image)) {
    const signed = await verifySigned(present, signer.publicMaterial, now);
    const said = signed?.check.status === 'valid' ? parseSimpleSigning(signed.content, 'gpg') : undefined;
    if (said?.digest === digest && said.optional['approval'] === optional['approval']) return undefined;
  }
  const notes = { creator: `countersign ${VERSION}`, timestamp: Math.floor(now.getTime() / 1000), ...optional };
  const payload = encodeSimpleSigning(`${place}@${digest}`, digest, notes, 'gpg');
  return await addToLookaside(folder, image, await encodeSigned(payload, await signer.signPae(payload, now)));
}
