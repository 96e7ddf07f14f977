// SPDX-License-Identifier: Apache-2.0
// GPG signatures in a lookaside folder → facts: plain signatures of a manifest, read as podman reads them.

import { stat } from 'node:fs/promises';
import { type Digest, sha256 } from '../../base/bytes.ts';
import { DataError, fileError } from '../../base/errors.ts';
import { toSecond } from '../../base/text.ts';
import type { Verifier } from '../../crypto/verifier.ts';
import { signatureReason } from '../../crypto/errors.ts';
import { parseSimpleSigning } from '../../oci/cosign/cosign.ts';
import { filedName, readLookaside, simpleSignature, TOO_MANY_SIGNATURES } from '../../oci/lookaside.ts';
import type { LayerFact } from '../../policy/facts.ts';
import { statedStage } from './cosign.ts';
import { isFolder, type RegistryImage } from './image.ts';

/** With what such signatures are checked. */
export interface LookasideCheck {
  readonly folder: string;
  readonly verifier: Verifier;
  readonly now: Date;
  readonly unitsOf: (digest: Digest) => readonly string[];
}

/**
 * Facts of the signatures of an image and its platforms; none for one in a folder, where nobody files them.
 * @throws SystemError, DataError for files that are there and cannot be read
 */
export async function lookasideFacts(
  { repository: { name }, subjects }: RegistryImage,
  { folder, ...check }: LookasideCheck,
): Promise<readonly LayerFact[]> {
  if (isFolder({ name })) return [];
  // An image without signatures is as good as any; a folder that is not there is a mistake.
  await stat(folder).catch((error: unknown) => {
    throw fileError(error, folder, 'read');
  });
  const repository = filedName(name);
  const facts: LayerFact[] = [];
  for (const { digest } of subjects) {
    const filed = await readLookaside(folder, { repository, digest });
    if (filed.length >= TOO_MANY_SIGNATURES) throw tooMany(`${repository}@${digest.replace(':', '=')}`);
    for (const [index, blob] of filed.entries()) {
      const place = `lookaside ${repository}@${digest.replace(':', '=')}/signature-${index + 1}`;
      const fact = await factOf(blob, digest, check);
      facts.push({ ...fact, place: { in: 'registry', name: place }, kind: 'simple-signing', method: 'pgp' });
    }
  }
  return facts;
}

/** What lies behind them is not read, and podman runs no such image: no verdict comes of a part. */
function tooMany(place: string): DataError {
  return new DataError(
    'DATA_TOO_LARGE',
    `lookaside ${place} has ${TOO_MANY_SIGNATURES} signatures or more, and podman refuses such an image`,
    { hint: 'remove signatures that are not needed, and number the others from 1 without a gap' },
  );
}

async function factOf(
  blob: Uint8Array,
  subject: Digest,
  { verifier, now, unitsOf }: Omit<LookasideCheck, 'folder'>,
): Promise<Omit<LayerFact, 'place' | 'kind' | 'method'>> {
  const message = simpleSignature(blob);
  const signed = message instanceof Uint8Array ? await verifier.verifySigned(message, now) : undefined;
  const said = signed && parseSimpleSigning(signed.content, 'gpg');
  const common = { approval: null, contradicted: false } as const;
  if (!signed || (!said && signed.check.status === 'valid')) {
    const what = signed ? 'what it signs is no container signature' : 'it is no signed OpenPGP message';
    const reasons = [signatureReason('SIGNATURE_UNREADABLE', `${what}: podman refuses it too`)];
    return {
      ...common,
      digest: sha256(blob),
      signer: null,
      signature: 'unreadable',
      reasons,
      covers: [],
      signedAt: null,
    };
  }
  const { identity, status, reasons, signedAt } = signed.check;
  const matches = said?.digest === subject;
  return {
    ...common,
    digest: sha256(signed.content),
    signer: identity,
    signature: status,
    reasons,
    covers: matches ? unitsOf(subject) : [],
    contradicted: said !== undefined && !matches,
    signedAt: signedAt && toSecond(signedAt),
    ...(said ? { ...statedStage(said.optional), signedReference: said.reference } : {}),
  };
}
