// SPDX-License-Identifier: Apache-2.0
// Signatures of the Notary Project → facts: plain signatures of a manifest by a certificate.

import { type NotationSignature, parseNotation } from '../../attest/notation.ts';
import { type Digest, sha256 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { toSecond } from '../../base/text.ts';
import { signatureReason } from '../../crypto/errors.ts';
import { jwsAlgorithm } from '../../crypto/signatures.ts';
import type { SignatureCheck, Verifier } from '../../crypto/verifier.ts';
import type { Reason } from '../../findings/signature.ts';
import type { LayerFact, Place } from '../../policy/facts.ts';
import { reason } from '../../policy/reasons.ts';
import type { FoundNotation } from './attachments.ts';

/** With what and against what signatures are checked. */
export interface NotationCheck {
  readonly verifier: Verifier;
  readonly now: Date;
  readonly unitsOf: (digest: Digest) => readonly string[];
}

/** The fact that a signature states about the image. Never throws for what is in it. */
export async function notationFact(found: FoundNotation, check: NotationCheck): Promise<LayerFact> {
  const place: Place = { in: 'registry', name: `referrer ${found.referrer}` };
  const common = { place, kind: 'notation', method: 'x509', approval: null } as const;
  try {
    const read = parseNotation(found.bytes);
    return { ...common, ...(await judge(read, found, check)) };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, message, hint } = error;
    const reasons = [{ code, message, hint }];
    return {
      ...common,
      digest: sha256(found.bytes),
      signer: null,
      signature: 'unreadable',
      reasons,
      covers: [],
      contradicted: false,
      signedAt: null,
    };
  }
}

async function judge(read: NotationSignature, { subject }: FoundNotation, { verifier, now, unitsOf }: NotationCheck) {
  const { chain, signature, signedBytes, timestamps, target, signingTime, expiry } = read;
  const result = await verifier.verifyDsse(
    {
      pae: signedBytes,
      signature,
      material: { kind: 'certificates', chain },
      keyid: undefined,
      hashing: 'jws',
      timestamps,
    },
    now,
  );
  const matches =
    target.digest === subject.digest && target.size === subject.size && target.mediaType === subject.mediaType;
  const problems = problemsOf(read, result, now);
  const { stage, approval } = target.annotations;
  const { proven, timeRemarks } = result;
  return {
    // Everybody can write the rest of an envelope anew, and what is denied or listed would not be found.
    digest: sha256(signedBytes),
    signer: result.identity,
    signature: problems.length > 0 && result.status === 'valid' ? ('untrusted' as const) : result.status,
    reasons: [...result.reasons, ...problems],
    covers: matches ? unitsOf(subject.digest) : [],
    contradicted: !matches,
    signedAt: toSecond(signingTime),
    ...(expiry ? { expires: expiry.toISOString() } : {}),
    ...(proven ? { proven } : {}),
    ...(timeRemarks ? { timeRemarks } : {}),
    ...(stage === undefined ? {} : { statedStage: stage }),
    ...(approval === undefined ? {} : { companion: true }),
  };
}

function problemsOf(
  { algorithm, expiry }: NotationSignature,
  { identity }: SignatureCheck,
  now: Date,
): readonly Reason[] {
  const problems: Reason[] = [];
  if (identity?.method === 'x509' && jwsAlgorithm(identity) !== algorithm)
    problems.push(
      signatureReason(
        'SIGNATURE_UNREADABLE',
        `it names ${algorithm.slice(0, 40)}, which is not the algorithm of its key`,
      ),
    );
  if (expiry && expiry <= now) problems.push(reason('APPROVAL_EXPIRED', `it expired on ${toSecond(expiry)}`));
  return problems;
}
