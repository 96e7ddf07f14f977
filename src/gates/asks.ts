// SPDX-License-Identifier: Apache-2.0
// A policy as a gate sees it that knows keys and nothing else: for each stage who may have signed, and how many must have.
// What is left out on the way is a loss, and said.

import type { Credential, Policy, Stage } from '../policy/document/model.ts';
import type { Loss } from './verdict.ts';

/** Who may have signed for one stage. */
export interface StageAsk<C extends Credential> {
  readonly stage: string;
  /** For each approver the credentials, any of which will do. */
  readonly approvers: readonly { readonly name: string; readonly credentials: readonly C[] }[];
  /** How many of the approvers must have signed. */
  readonly threshold: number;
}

/** The stages that a gate can ask for, and the losses of all others. */
export interface PolicyAsks<C extends Credential> {
  readonly asks: readonly StageAsk<C>[];
  readonly losses: readonly Loss[];
}

/**
 * What a gate can ask for that knows credentials for which `accepts` is true. A stage that some approver could fulfil with
 * another credential is left out whole: to ask for it would deny images that pass.
 */
export function asksOf<C extends Credential>(
  policy: Policy,
  stages: readonly Stage[],
  accepts: (credential: Credential) => credential is C,
  what: string,
): PolicyAsks<C> {
  const losses: Loss[] = [];
  const asks: StageAsk<C>[] = [];
  for (const { name, approvers, threshold } of stages) {
    const known = approvers.map((approver) => {
      const credentials = policy.principals.find((one) => one.name === approver)?.credentials ?? [];
      return { name: approver, credentials, accepted: credentials.filter(accepts) };
    });
    const others = known.filter(({ credentials, accepted }) => accepted.length < credentials.length);
    if (others.length === 0 && known.length > 0)
      asks.push({
        stage: name,
        approvers: known.map(({ name: approver, accepted }) => ({ name: approver, credentials: accepted })),
        threshold,
      });
    else
      losses.push({
        stage: name,
        rule: 'credentials',
        text: `stage ${name} is not asked for: ${others.map((one) => one.name).join(', ')} can approve it with something other than ${what}`,
      });
  }
  return { asks, losses: [...losses, ...ruleLosses(policy, stages)] };
}

/** What no gate but `verify-all` can ask. */
function ruleLosses(policy: Policy, stages: readonly Stage[]): readonly Loss[] {
  const losses: Loss[] = [];
  const names = stages.map(({ name }) => name);
  for (const { name, after, requires, native, signedIdentity } of stages) {
    if (after.length > 0)
      losses.push({
        stage: name,
        rule: 'order',
        text: `that stage ${name} came after ${after.join(' and ')} is not asked`,
      });
    if (requires.length > 0)
      losses.push({
        stage: name,
        rule: 'evidence',
        text: `the evidence of stage ${name} is not asked for: ${[...new Set(requires.map(({ evidence }) => evidence))].join(', ')}`,
      });
    if (native.length > 0 || signedIdentity)
      losses.push({
        stage: name,
        rule: 'native',
        text: `that stage ${name} accepts native signatures (${native.join(', ')}) is not carried over word for word`,
      });
  }
  for (const group of policy.distinct) {
    const asked = group.filter((name) => names.includes(name));
    if (asked.length > 1)
      losses.push({ stage: null, rule: 'distinct', text: `that nobody fills two of ${asked.join(', ')} is not asked` });
  }
  return losses;
}

/** What a gate cannot ask of a threshold when it knows "one of these" and "all of these" alone. */
export function thresholdLoss({ stage, approvers, threshold }: StageAsk<Credential>): readonly Loss[] {
  if (threshold === 1 || threshold === approvers.length) return [];
  return [
    {
      stage,
      rule: 'threshold',
      text: `of the ${threshold} people that stage ${stage} needs, one is asked for`,
    },
  ];
}
