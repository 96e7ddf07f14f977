// SPDX-License-Identifier: Apache-2.0
// Records whose place a newer one takes, so that running a command again does not fill an image. Only the signer's own:
// what others say stays.

import { recordKind, supersedes } from '../../attest/record.ts';
import { encodePae } from '../../attest/bundle.ts';
import type { JsonObject } from '../../base/json.ts';
import { parseStatement } from '../../attest/statement.ts';
import type { Signer } from '../../crypto/signer.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import { isSameSigner } from '../../findings/signature.ts';
import type { BundleFact } from '../../image/bundle.ts';
import type { EvidenceFact } from '../../policy/facts.ts';

/** The signer's own earlier records that the statement replaces; none for a statement that is no record. */
export async function supersededBy(
  { predicateType, predicate }: { readonly predicateType: string; readonly predicate: JsonObject },
  bundles: readonly BundleFact[],
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): Promise<readonly EvidenceFact[]> {
  const kind = recordKind(predicateType, predicate);
  if (!kind) return [];
  const verifier = await createVerifier(signer.publicMaterial);
  const superseded: EvidenceFact[] = [];
  for (const { is, fact, opened } of bundles) {
    if (is !== 'evidence' || fact.record !== kind || fact.signature === 'invalid') continue;
    const { envelope, material, json } = opened.bundle;
    const { payload, payloadType, signature, keyid } = envelope;
    if (!supersedes(kind, predicate, parseStatement(payload).predicate)) continue;
    const pae = encodePae(payloadType, payload);
    const { status, identity } = await verifier.verifyDsse(
      { pae, signature, material, keyid, hashing: 'bundle', bundle: json },
      signer.now?.() ?? now,
    );
    if (status === 'valid' && isSameSigner(identity, signer.identity)) superseded.push(fact);
  }
  return superseded;
}

/** Objects of a SIF that hold them. */
export function objectsOf(superseded: readonly EvidenceFact[]): readonly number[] {
  return superseded.flatMap(({ place }) => (place.in === 'sif' ? [place.object] : []));
}
