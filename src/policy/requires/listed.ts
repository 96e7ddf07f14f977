// SPDX-License-Identifier: Apache-2.0
// Is the evidence that an approval lists still there, and does it hold?

import type { EvidenceEntry } from '../../attest/approval.ts';
import { shortDigest } from '../../base/bytes.ts';
import { isNamed, type Reason } from '../../findings/signature.ts';
import type { EvidenceFact } from '../facts.ts';
import { reason, remark } from '../reasons.ts';
import { copyText } from '../rules/outsiders.ts';
import { type ApprovalView, type ImageView, nameApproval, whereOf } from '../rules/view.ts';

/** What is wrong with a piece of evidence that an approval relies on; undefined when nothing is. */
export function evidenceReason(entry: EvidenceEntry, view: ApprovalView, image: ImageView): Reason | undefined {
  const same = image.evidence.filter(({ digest }) => digest === entry.digest);
  const copies = same.filter((fact) => isListedEvidence(entry, fact));
  const what = `${entry.predicateType} (${shortDigest(entry.digest)})`;
  if (copies.length === 0 && entry.detached === true)
    return remark('EVIDENCE_ELSEWHERE', `evidence ${what} is kept outside the image, says ${nameApproval(view)}`);
  if (copies.length === 0)
    return reason(
      'EVIDENCE_REMOVED',
      `evidence ${what} was removed${copyText(same.map(({ place }) => whereOf(place)))}: ${nameApproval(view)} relies on it`,
    );
  const good = copies.some(
    ({ signature, contradicted }) => !contradicted && signature !== 'invalid' && signature !== 'unreadable',
  );
  if (good) return undefined;
  return reason('EVIDENCE_NOT_VALID', `evidence ${what} does not hold: ${nameApproval(view)} relies on it`);
}

/** False for a copy by somebody else. What is altered can be nobody's, and is said to be that. */
function isListedEvidence({ signer }: EvidenceEntry, fact: EvidenceFact): boolean {
  const isBroken = fact.signature === 'invalid' || fact.signature === 'unreadable';
  return !signer || isNamed(fact.signer, signer) || (isBroken && fact.signer === null);
}
