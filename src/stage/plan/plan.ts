// SPDX-License-Identifier: Apache-2.0
// What has to be done so that an image passes: a way found by trying it. Each step is applied to the facts as the real
// command would apply it, and judged by the policy again, so that no step is named that does not help. Where none helps,
// it is said what is lacking. Pure.

import type { SigningMethod } from '../../findings/signature.ts';
import type { EvidenceFact, ImageFacts, LayerFact, Place } from '../../policy/facts.ts';
import { askedOf } from '../../policy/objects/scope.ts';
import { isProblem } from '../../policy/reasons.ts';
import { matchPrincipals } from '../../policy/rules/people.ts';
import { whereOf } from '../../policy/rules/view.ts';
import { settledFacts } from '../../policy/evaluate.ts';
import type { NextStep } from '../../policy/verdict.ts';
import type { PolicyFile } from '../approval.ts';
import { withoutLasting } from './complaints.ts';
import { type AttestStep, evidenceLacking } from './evidence.ts';
import { everybodysApprovals, lackingAnyway } from './lacking.ts';
import { fewestApprovals, othersFor } from './search.ts';
import { type Approving, outlivedIn, type PlanOptions, Trial, withoutStrangers } from './trial.ts';

/** What is to be done with the image, for whoever writes the command. */
export type Action =
  | {
      readonly task: 'approve';
      readonly stage: string;
      readonly method: SigningMethod;
      readonly replace: boolean;
      /** Whether somebody must have released the job that signs. */
      readonly reviewed: boolean;
    }
  | AttestStep['action']
  | { readonly task: 'delete'; readonly place: Place };

/** A step, and what it does. */
export interface PlannedStep extends NextStep {
  readonly action: Action;
}

/** What can be done, in order. */
export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** Whether the image passes then, as far as its policy and what was found tell. */
  readonly enough: boolean;
  /** Where it does not: what is lacking, which no step can bring. */
  readonly lacking: readonly string[];
}

/** People that a hint names. */
const NAMED = 10;

/** What is lacking is said in so many lines. */
const SAID = 20;

/** The fewest steps after which the image passes, of those that a bounded search finds. */
export function planSteps(loaded: PolicyFile, found: ImageFacts, options: PlanOptions): Plan {
  const { now, stages } = options;
  const { units, problems } = found;
  const defects = problems.filter(isProblem).map(({ message, hint }) => `${message}: ${hint}`);
  if (defects.length > 0 || units.length === 0) return withoutWay(defects);
  const asked = askedOf(loaded.policy, units);
  const facts = withoutStrangers(asked, settledFacts(loaded.policy, found, now));
  const { policy, steps: attests, lacking } = evidenceLacking(asked, facts, options);
  const file = { ...loaded, policy };
  const { steps: removals, left: unaltered, stuck } = withoutAltered(file, facts, stages);
  const trial = new Trial(file, options);
  const { gone, left } = withoutLasting(trial, unaltered);
  const inside = found.pinned === undefined ? [] : gone.filter(({ place }) => place.in === 'sif');
  const never = [...stuck, ...inside.map((layer) => witnessText(layer)), ...lacking, ...lackingAnyway(trial, left)];
  if (never.length > 0) return withoutWay(never);
  const fewest = fewestApprovals(trial.begin(0.5), left);
  const all = fewest ? undefined : everybodysApprovals(trial.begin(0.75), left);
  const approvals = fewest ?? all?.enough;
  if (!approvals) return withoutWay(all?.lacking ?? []);
  const others = othersFor(trial.begin(1), left, approvals);
  const approving = approvals.map((step, index) => approvalStep(step, others[index] ?? [step.principal]));
  const work = trial.stages.flatMap(({ name }) => [...attests, ...approving].filter(({ stage }) => stage === name));
  return { steps: [...removals, ...gone.map(takeAway), ...work], enough: true, lacking: [] };
}

function withoutWay(lacking: readonly string[]): Plan {
  const more = lacking.length - SAID;
  return { steps: [], enough: false, lacking: [...lacking.slice(0, SAID), ...(more > 0 ? [`and ${more} more`] : [])] };
}

/**
 * In a file nothing altered and no approval of other content may stay; whoever had it approves again. What an approver of a
 * stage takes away by approving is left to them. What is in a file that lies in a registry stays in it.
 */
function withoutAltered(
  policy: PolicyFile,
  facts: ImageFacts,
  stages: readonly string[] | undefined,
): { readonly steps: readonly PlannedStep[]; readonly left: ImageFacts; readonly stuck: readonly string[] } {
  const { layers, evidence, pinned } = facts;
  const isBad = (one: LayerFact | EvidenceFact) => isAltered(policy, one);
  const asked = policy.policy.stages.filter(({ name }) => stages?.includes(name) ?? true);
  const outlived = new Set(pinned === undefined ? asked.flatMap((stage) => outlivedIn(stage, policy, facts)) : []);
  const bad = [...layers, ...evidence].filter((one) => isBad(one) && !('approval' in one && outlived.has(one)));
  const places = [...new Map(bad.map(({ place }) => [whereOf(place), place])).values()];
  const left = {
    ...facts,
    layers: layers.filter((one) => !bad.includes(one)),
    evidence: evidence.filter((one) => !bad.includes(one)),
  };
  if (pinned !== undefined)
    return {
      steps: [],
      left,
      stuck: places.map((place) => `a file without ${alteredText(place)}: mend it, and push it anew`),
    };
  const steps = places.map(
    (place): PlannedStep => ({
      stage: null,
      who: [],
      hint: `delete ${alteredText(place)}, or restore the image from a copy`,
      action: { task: 'delete', place },
    }),
  );
  return { steps, left, stuck: [] };
}

function alteredText(place: Place): string {
  return `${whereOf(place)}, which was altered or is about other content`;
}

/** It is a witness of what was removed, so whoever deletes it must know. */
function takeAway(layer: LayerFact): PlannedStep {
  return { stage: null, who: [], hint: witnessText(layer), action: { task: 'delete', place: layer.place } };
}

function witnessText({ place, approval }: LayerFact): string {
  const what = `${whereOf(place)}, a valid approval of stage ${approval?.stage ?? ''} that lists it and in whose place nobody can approve`;
  return `put back what was removed, from a copy of the image; or, where its removal is known to be right, delete ${what}`;
}

/** What fails a file for as long as it is in there; evidence about other content does not, nor what a stranger signed. */
function isAltered({ policy }: PolicyFile, fact: LayerFact | EvidenceFact): boolean {
  const { place, signature, contradicted, signer } = fact;
  const broken = signature === 'invalid' || signature === 'unreadable';
  const foreign = 'approval' in fact && signature === 'valid' && contradicted && signer !== null;
  return place.in === 'sif' && (broken || (foreign && matchPrincipals(policy, signer).length > 0));
}

function approvalStep(
  { stage: { name: stage, reviewed }, identity, replace, fresh }: Approving,
  who: readonly string[],
): PlannedStep {
  const again = replace ? ', in the place of what is there' : '';
  const renewed = fresh ? '' : ', with a key or certificate that is good now';
  return {
    stage,
    who,
    hint: `have ${who.slice(0, NAMED).join(' or ')} approve stage ${stage}${again}${renewed}`,
    action: { task: 'approve', stage, method: identity.method, replace, reviewed: reviewed === true },
  };
}
