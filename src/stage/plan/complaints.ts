// SPDX-License-Identifier: Apache-2.0
// Approvals that list what is not there any more: they fail the image until they give way to a new one, or are taken away. Pure.

import type { ImageFacts, LayerFact } from '../../policy/facts.ts';
import { isProblem } from '../../policy/reasons.ts';
import { principalsBehind } from '../../policy/rules/people.ts';
import { isGivenBySigner, whereOf } from '../../policy/rules/view.ts';
import type { ImageVerdict, LayerReport } from '../../policy/verdict.ts';
import { without } from '../review.ts';
import type { Trial } from './trial.ts';

/** What approvals complain of that list it. */
const LOSSES: ReadonlySet<string> = new Set([
  'LAYER_REMOVED',
  'LAYER_NOT_VALID',
  'EVIDENCE_REMOVED',
  'EVIDENCE_NOT_VALID',
  'NATIVE_SIGNATURE_ALTERED',
  'NATIVE_SIGNATURE_MISSING',
]);

/** True for a reason that something is gone. */
export function isComplaint(one: LayerReport['reasons'][number]): boolean {
  return isProblem(one) && LOSSES.has(one.code);
}

/** Approvals that complain. */
export function complaintsIn({ layers }: ImageVerdict): readonly LayerReport[] {
  return layers.filter(({ reasons }) => reasons.some(isComplaint));
}

/**
 * The image without those in whose place nobody can approve, since they are by no approver of their stage, or of no stage that is
 * asked about. What lists them complains in turn.
 */
export function withoutLasting(
  trial: Trial,
  facts: ImageFacts,
): { readonly gone: readonly LayerFact[]; readonly left: ImageFacts } {
  const lasting = lastingComplaints(trial, facts);
  if (lasting.length === 0) return { gone: [], left: facts };
  const { gone, left } = withoutLasting(trial, without({ facts }, lasting).facts);
  return { gone: [...lasting, ...gone], left };
}

function lastingComplaints(trial: Trial, facts: ImageFacts): readonly LayerFact[] {
  const complaints = complaintsIn(trial.judge(facts));
  if (complaints.length === 0) return [];
  const names = new Set(complaints.map(({ where, digest }) => `${where} ${digest}`));
  const { policy } = trial.policy;
  return facts.layers.filter((layer) => {
    if (!names.has(`${whereOf(layer.place)} ${layer.digest}`)) return false;
    const stage = trial.stages.find(({ name }) => name === layer.approval?.stage);
    const isGivable = stage?.id === layer.approval?.verifierId && isGivenBySigner(layer);
    return !isGivable || !principalsBehind(policy, layer).some((name) => stage?.approvers.includes(name));
  });
}
