// SPDX-License-Identifier: Apache-2.0
// Facts and judgements about layers, evidence and coverage → their parts of the verdict document. Stages are stage-reports.ts.

import type { Approval } from '../../attest/approval.ts';
import { evidenceKind } from '../../attest/statement.ts';
import type { Reason, SignerIdentity } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact } from '../facts.ts';
import { remark } from '../reasons.ts';
import type {
  ApprovalReport,
  CoverageReport,
  EvidenceReport,
  LayerReport,
  LayerStatus,
  ProvenTimeReport,
  SignerReport,
} from '../verdict.ts';
import { whatEvidenceSays } from '../requires/says.ts';
import { claimantOf, otherSigner } from './counts.ts';
import type { ChainFinding } from './roster.ts';
import { describeIdentity, peopleBehind } from './people.ts';
import {
  asApproval,
  type Claim,
  type ImageView,
  isGivenBySigner,
  type LayerView,
  otherContent,
  whereOf,
} from './view.ts';

/** The layer as the verdict shows it; `claims` are all claims of all stages. */
export function reportLayer(
  layer: LayerView,
  image: ImageView,
  context: {
    readonly policy: Policy | undefined;
    readonly claims: readonly Claim[];
    readonly chain: readonly ChainFinding[];
  },
): LayerReport {
  const { fact, where } = layer;
  const mine = context.claims.filter((claim) => claim.layer.fact === fact);
  const chained = context.chain.filter(({ approval }) => approval.fact === fact).map((finding) => finding.reason);
  const outside =
    context.policy && fact.signature === 'valid' && layer.principals.length === 0 ? [outsiderRemark(layer)] : [];
  return {
    where,
    kind: fact.kind,
    stage: fact.approval?.stage ?? claimantOf(layer, image)?.approval.stage ?? null,
    method: fact.method,
    digest: fact.digest,
    signer: fact.signer && reportSigner(fact.signer, layer.people),
    signedAt: fact.approval?.timeVerified ?? fact.signedAt,
    provenTime: reportTime(fact),
    status: statusOf(layer, context.policy),
    dataVerified: asApproval(layer)?.approval.dataVerified ?? null,
    approval: fact.approval && reportApproval(fact.approval, image.evidence),
    reasons: uniqueReasons([
      ...fact.reasons,
      ...(fact.timeRemarks ?? []),
      ...(fact.contradicted ? [otherContent(layer)] : []),
      ...mine.flatMap((claim) => claim.reasons),
      ...chained,
      ...copied(layer),
      ...(mine.length === 0 ? [...outside, ...unknownStage(layer, context.policy)] : []),
    ]),
  };
}

function reportTime({ proven }: Pick<EvidenceFact, 'proven'>): ProvenTimeReport | null {
  if (!proven) return null;
  const { time, accuracyMs, proof, by } = proven;
  return { time: time.toISOString(), accuracy: accuracyMs / 1000, proof, by };
}

/** Why an approval was given and what it rests on; `there` is the evidence on the image. */
export function reportApproval(
  { reason: why, ticket, run, expires, evidence }: Approval,
  there: readonly Pick<EvidenceFact, 'digest'>[],
): ApprovalReport {
  const digests = new Set(there.map(({ digest }) => digest));
  return {
    reason: why,
    ticket,
    run: Object.entries(run ?? {}).map(([name, value]) => ({ name, value })),
    expires,
    evidence: evidence.map(({ predicateType, digest }) => ({ predicateType, digest, found: digests.has(digest) })),
  };
}

/**
 * What the signature is worth here: sound mathematics over other content is invalid for this image, and a sound
 * signature by nobody whom the policy knows is untrusted.
 */
function statusOf({ fact, principals }: LayerView, policy: Policy | undefined): LayerStatus {
  if (fact.signature !== 'valid') return fact.signature;
  if (fact.contradicted) return 'invalid';
  return (policy && principals.length === 0) || !isGivenBySigner(fact) ? 'untrusted' : 'valid';
}

function copied(layer: LayerView): readonly Reason[] {
  const copy = layer.fact.signature === 'valid' && !isGivenBySigner(layer.fact);
  return copy ? [remark('APPROVAL_OTHER_SIGNER', otherSigner(layer))] : [];
}

function outsiderRemark({ fact, where }: LayerView): Reason {
  return remark('SIGNER_NOT_A_PRINCIPAL', `${where}: ${describeIdentity(fact.signer)} is no principal of the policy`);
}

function unknownStage({ fact, where, trusted }: LayerView, policy: Policy | undefined): readonly Reason[] {
  const stage = fact.approval?.stage;
  if (!policy || !trusted || stage === undefined || policy.stages.some(({ name }) => name === stage)) return [];
  return [remark('APPROVAL_STAGE_UNKNOWN', `${where}: stage ${stage} is not in the policy`)];
}

/** The evidence as the verdict shows it. */
export function reportEvidence(fact: EvidenceFact, policy: Policy | undefined): EvidenceReport {
  const principals = fact.signature === 'valid' && fact.signer && policy ? peopleBehind(policy, fact.signer) : [];
  const where = whereOf(fact.place);
  const foreign = fact.contradicted ? [remark('APPROVAL_OTHER_CONTENT', `${where}: it is about other content`)] : [];
  return {
    where,
    kind: fact.record ?? evidenceKind(fact.predicateType) ?? 'other',
    predicateType: fact.predicateType,
    digest: fact.digest,
    signer: fact.signer && reportSigner(fact.signer, principals),
    says: whatEvidenceSays(fact),
    provenTime: reportTime(fact),
    status: fact.signature,
    reasons: uniqueReasons([...fact.reasons, ...(fact.timeRemarks ?? []), ...foreign]),
  };
}

/** For every unit of the image, whether a valid signature of somebody trusted covers it. */
export function reportCoverage(image: ImageView): readonly CoverageReport[] {
  const covered = new Set(soundLayers(image).flatMap(({ fact }) => fact.covers));
  return image.facts.units.map(({ id }) => ({ object: id, covered: covered.has(id) }));
}

/** What was written beside an approval is worth nothing without it, and the approval covers as much. */
function soundLayers({ layers }: ImageView): ImageView['layers'] {
  return layers.filter(({ trusted, fact }) => trusted && !fact.contradicted && fact.companion !== true);
}

/** Units that no sound signature covers together with the rest of their group: parts may come from several images. */
export function unitsOfPartsOnly(image: ImageView): readonly string[] {
  const whole = soundLayers(image).filter(({ fact }) => fact.reasons.every(({ code }) => code !== 'NATIVE_PARTIAL'));
  const covered = new Set(whole.flatMap(({ fact }) => fact.covers));
  return image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
}

/** Reasons without repetitions; the first of two with the same code and message stays. */
export function uniqueReasons(reasons: readonly Reason[]): readonly Reason[] {
  const seen = new Map<string, Reason>();
  for (const one of reasons) {
    const key = `${one.code} ${one.message}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

function reportSigner(identity: SignerIdentity, principals: readonly string[]): SignerReport {
  const principal = principals[0] ?? null;
  const source = identity.trustSource ? { trustSource: identity.trustSource } : {};
  switch (identity.method) {
    case 'pgp': {
      const { method, fingerprint, userIds, subkey } = identity;
      return { method, principal, fingerprint, ...(subkey === undefined ? {} : { subkey }), userIds, ...source };
    }
    case 'key':
      return { method: identity.method, principal, hint: identity.hint, algorithm: identity.algorithm, ...source };
    case 'x509': {
      const { anchors: _anchors, notBefore: _notBefore, ...rest } = identity;
      return { ...rest, principal };
    }
    case 'sigstore':
      return { ...identity, principal };
    default:
      return identity satisfies never;
  }
}
