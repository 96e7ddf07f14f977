// SPDX-License-Identifier: Apache-2.0
// Stages when there is no policy: those that valid approvals name, in the order of their numbers, and those that were
// asked for. One sound approval by trusted material is enough.

import { compareText } from '../base/text.ts';
import type { Reason } from '../findings/signature.ts';
import { type ChainFinding, isLoss, replacementOf } from './rules/roster.ts';
import { type Found, intrinsicReasons } from './rules/claims.ts';
import { soundLayers, uniqueReasons } from './reports.ts';
import { asRemark, isProblem, reason } from './reasons.ts';
import type { CoverageReport, StageReport } from './verdict.ts';
import { reasonsLeftBehind } from './rules/native.ts';
import { describeIdentity } from './rules/people.ts';
import { type ApprovalView, asApproval, type Claim, type ImageView } from './rules/view.ts';

/** Claims by stage, in chain order. */
export function claimsWithoutPolicy(found: Found): ReadonlyMap<string, readonly Claim[]> {
  const approvals = found.image.layers
    .flatMap((layer) => asApproval(layer) ?? [])
    .filter((view) => view.trusted && !replacementOf(view, found.replacements))
    .sort(inChainOrder);
  const claims = new Map<string, Claim[]>();
  for (const view of approvals) {
    const reasons = intrinsicReasons(view, found);
    const claim = { layer: view, reasons, counts: !reasons.some(isProblem), outsider: false };
    claims.set(view.approval.stage, [...(claims.get(view.approval.stage) ?? []), claim]);
  }
  return claims;
}

function inChainOrder(a: ApprovalView, b: ApprovalView): number {
  return a.approval.sequence - b.approval.sequence || compareText(a.approval.stage, b.approval.stage);
}

/** Reports on the stages found and the stages asked for. */
export function reportStagesFound(
  claims: ReadonlyMap<string, readonly Claim[]>,
  chain: readonly ChainFinding[],
  requiredStages: readonly string[],
): readonly StageReport[] {
  const names = new Set([...claims.keys(), ...requiredStages]);
  return [...names].map((stage) => {
    const mine = claims.get(stage) ?? [];
    const losses = chain
      .filter((finding) => finding.stage === stage && isLoss(finding))
      .map((finding) => finding.reason);
    const counting = mine.filter(({ counts }) => counts);
    const passed = counting.length > 0 && !losses.some(isProblem);
    const missing = mine.length === 0 ? [stageMissing(stage)] : [];
    const details = mine.flatMap(({ reasons }) => reasons);
    return {
      stage,
      verdict: passed ? 'passed' : mine.length === 0 ? 'missing' : 'failed',
      approvedBy: [...new Set(counting.map(({ layer }) => describeIdentity(layer.fact.signer)))],
      needed: 1,
      reasons: uniqueReasons(
        passed ? details.map((one) => ({ ...one, severity: 'remark' })) : [...missing, ...losses, ...details],
      ),
    };
  });
}

/** No policy says who could approve: the hint is about what was given instead. */
function stageMissing(stage: string): Reason {
  return {
    ...reason('STAGE_MISSING', `stage ${stage} has no valid approval by a signer who is trusted here`),
    hint: 'have it approved with `countersign sign-stage`, or give the signer’s key or trust anchor to this check',
  };
}

/** What of the image no signature covers that shows anything: without a policy each unit must be covered. */
export function coverageReasons(image: ImageView, coverage: readonly CoverageReport[]): readonly Reason[] {
  const gaps = coverage.filter(({ covered }) => !covered).map(({ object }) => object);
  const left = reasonsLeftBehind(image);
  const loose = unitsOfPartsOnly(image).filter((id) => !gaps.includes(id));
  return [
    ...(gaps.length > 0
      ? [incomplete(`no valid signature of anybody trusted covers ${named(gaps)}`), ...left]
      : left.map(asRemark)),
    ...(loose.length > 0
      ? [
          incomplete(
            `only signatures of parts of a group cover ${named(loose)}: they do not show that the parts belong together`,
          ),
        ]
      : []),
  ];
}

function incomplete(message: string): Reason {
  return reason('COVERAGE_INCOMPLETE', message);
}

function named(ids: readonly string[]): string {
  return ids.slice(0, 10).join(', ');
}

/** Units that no sound signature covers together with the rest of their group: parts may come from several images. */
function unitsOfPartsOnly(image: ImageView): readonly string[] {
  const whole = soundLayers(image).filter(({ fact }) => fact.reasons.every(({ code }) => code !== 'NATIVE_PARTIAL'));
  const covered = new Set(whole.flatMap(({ fact }) => fact.covers));
  return image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
}
