// SPDX-License-Identifier: Apache-2.0
// Through whose hands an image went: what trusted people signed about it, in the order that the approvals themselves prove,
// and what they saw that is not there any more.

import { compareText } from '../base/text.ts';
import { evidenceKind } from '../attest/statement.ts';
import type { Policy } from './document/model.ts';
import type { EvidenceFact } from './facts.ts';
import { evidenceTime } from './requires/says.ts';
import type { CustodyEntry, ImageVerdict } from './verdict.ts';
import { describeIdentity, peopleBehind } from './rules/people.ts';
import { type ChainFinding, isLoss } from './rules/roster.ts';
import { type ApprovalView, asApproval, type ImageView, whereOf } from './rules/view.ts';

/** Approvals by their numbers, each after the evidence that it was the first to rely on; what nobody relies on comes last. */
export function custodyOf(
  image: ImageView,
  chain: readonly ChainFinding[],
  policy: Policy | undefined,
): Pick<ImageVerdict, 'custody'> {
  const approvals = image.layers
    .flatMap((layer) => (layer.trusted && !layer.fact.contradicted ? (asApproval(layer) ?? []) : []))
    .sort((a, b) => a.approval.sequence - b.approval.sequence || compareText(timeOfApproval(a), timeOfApproval(b)));
  const evidence = image.evidence
    .filter((fact) => fact.signature === 'valid' && !fact.contradicted && signerOf(fact, policy) !== undefined)
    .map((fact) => entryOf(fact, policy))
    .sort((a, b) => compareText(a.time ?? '', b.time ?? ''));
  const placed = new Set<CustodyEntry>();
  const entries = approvals.flatMap((view) => {
    const relied = new Set<string>(view.approval.evidence.map(({ digest }) => digest));
    const before = evidence.filter((one) => !placed.has(one) && relied.has(one.digest ?? ''));
    for (const one of before) placed.add(one);
    const gaps = chain.filter((finding) => finding.approval.fact === view.fact && isLoss(finding)).map(gapOf);
    return [...before, ...gaps, approvalEntry(view)];
  });
  const custody = [...entries, ...evidence.filter((one) => !placed.has(one))];
  return custody.length > 0 ? { custody } : {};
}

function approvalEntry(view: ApprovalView): CustodyEntry {
  const { fact, where, people, approval } = view;
  const by = people[0] ?? describeIdentity(fact.signer);
  const { stage, sequence: number } = approval;
  const time = timeOfApproval(view);
  return { kind: 'approval', stage, number, by, time, proven: fact.proven !== undefined, where, digest: fact.digest };
}

function entryOf(fact: EvidenceFact, policy: Policy | undefined): CustodyEntry {
  return {
    kind: fact.record ?? evidenceKind(fact.predicateType) ?? 'other',
    stage: null,
    by: signerOf(fact, policy) ?? null,
    time: fact.proven?.time.toISOString() ?? evidenceTime(fact) ?? null,
    proven: fact.proven !== undefined,
    where: whereOf(fact.place),
    digest: fact.digest,
  };
}

function gapOf({ stage, reason }: ChainFinding): CustodyEntry {
  return {
    kind: 'gap',
    stage,
    by: null,
    time: null,
    proven: false,
    where: null,
    digest: null,
    problem: reason.message,
  };
}

function timeOfApproval({ fact, approval }: ApprovalView): string {
  return fact.proven?.time.toISOString() ?? approval.timeVerified;
}

/** Strangers' evidence is no custody. */
function signerOf({ signer }: EvidenceFact, policy: Policy | undefined): string | undefined {
  if (!signer) return undefined;
  return policy ? peopleBehind(policy, signer)[0] : describeIdentity(signer);
}
