// SPDX-License-Identifier: Apache-2.0
// On request, beside an approval by a certificate: a signature that the tools of the Notary Project read. It names the
// approval, and our own readers count it with that or not at all.

import { encodeNotation, NOTATION_MEDIA_TYPE, prepareNotation } from '../../attest/notation.ts';
import type { Digest } from '../../base/bytes.ts';
import { VERSION } from '../../base/version.ts';
import type { NotationSigner, Signer } from '../../crypto/signer.ts';
import type { OciDescriptor } from '../../oci/oci.ts';
import type { RegistryExamination } from '../../image/registry/examine.ts';
import type { NotationToAttach } from '../../oci/referrers/artifacts.ts';
import { identityKey } from '../approval.ts';
import { StageError } from '../errors.ts';

/** What the signature says of the approval that it is beside. */
export interface NotationContent {
  readonly stage: string;
  readonly approval: Digest;
  readonly expires: Date | undefined;
}

/**
 * The part of a signer that makes such signatures.
 * @throws StageError STAGE_NATIVE_CONFLICT
 */
export function notationSignerOf({ method, notation }: Signer): NotationSigner {
  if (method !== 'x509')
    throw unable(
      'only a certificate can make a Notation signature',
      'leave ⟨native⟩ out, or sign with ⟨signing-method=x509⟩',
    );
  if (!notation?.algorithm)
    throw unable(
      'this key cannot make a Notation signature: its kind is not known there, or it is outside this process',
      'leave ⟨native⟩ out, or use a key file with P-256, P-384, P-521 or RSA of 2048, 3072 or 4096 bits',
    );
  if (!notation.endsInRoot)
    throw unable(
      'a Notation signature holds the whole chain, and the root certificate was not given',
      'give the intermediates and the root as ⟨certificate-chain⟩',
    );
  return notation;
}

/** The signature of one manifest. @throws StageError STAGE_NATIVE_CONFLICT */
export function signNotation(
  { mediaType, digest, size }: OciDescriptor,
  { stage, approval, expires }: NotationContent,
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): NotationToAttach {
  const notation = notationSignerOf(signer);
  const { algorithm = '', chain } = notation;
  const annotations = { stage, approval };
  const unsigned = prepareNotation({ mediaType, digest, size, annotations }, { algorithm, now, expires });
  const signature = notation.sign(unsigned.signedBytes) ?? new Uint8Array();
  const agent = `countersign/${VERSION}`;
  const bytes = encodeNotation(unsigned, { signature, chain, agent });
  return { bytes, mediaType: NOTATION_MEDIA_TYPE, chain, createdAt: now };
}

/** True when the image has a valid signature of this manifest by this signer for the stage. */
export function hasNotation(
  { attached, facts }: Pick<RegistryExamination, 'attached' | 'facts'>,
  subject: Digest,
  { stage, signer }: { readonly stage: string; readonly signer: Signer },
): boolean {
  const names = attached.notations
    .filter((one) => one.subject.digest === subject)
    .map((one) => `referrer ${one.referrer}`);
  return facts.layers.some(
    ({ kind, place, signature, signer: by, statedStage }) =>
      kind === 'notation' &&
      place.in === 'registry' &&
      names.includes(place.name) &&
      signature === 'valid' &&
      statedStage === stage &&
      by !== null &&
      identityKey(by) === identityKey(signer.identity),
  );
}

function unable(message: string, hint: string): StageError {
  return new StageError('STAGE_NATIVE_CONFLICT', message, { hint });
}
