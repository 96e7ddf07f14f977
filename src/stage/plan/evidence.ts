// SPDX-License-Identifier: Apache-2.0
// What evidence the stages of an image lack, who can attach it, and what evidence nobody can bring. Pure.

import { sha256 } from '../../base/bytes.ts';
import { listed } from '../../base/text.ts';
import type { SigningMethod } from '../../findings/signature.ts';
import type { Policy, Requirement, Stage } from '../../policy/document/model.ts';
import { evaluatePolicy } from '../../policy/evaluate.ts';
import type { EvidenceFact, ImageFacts } from '../../policy/facts.ts';
import { checkRequirement, isOfKind, type RequirementReport } from '../../policy/requires/requires.ts';
import { standingFacts, viewImage } from '../../policy/rules/view.ts';
import type { NextStep } from '../../policy/verdict.ts';
import { identityFor } from './identity.ts';
import type { PlanOptions } from './trial.ts';

/** Reasons whose advice is the step itself. */
const NO_MORE: ReadonlySet<string> = new Set(['EVIDENCE_MISSING', 'EVIDENCE_TOO_FEW']);

/** Evidence to be attached, for whoever writes the command. */
export interface AttestStep extends NextStep {
  readonly action: {
    readonly task: 'attest';
    readonly requirement: Requirement;
    /** How the first who can do it signs. */
    readonly method: SigningMethod | undefined;
  };
}

/** What is to be attached, and what nobody can attach. */
interface Lacking {
  readonly steps: readonly AttestStep[];
  readonly lacking: readonly string[];
  /** As if all of it were there. */
  readonly policy: Policy;
}

interface Gap {
  readonly stage: Stage;
  readonly requirement: Requirement;
  readonly report: RequirementReport;
}

/** The evidence that the stages lack; it is taken to be made. */
export function evidenceLacking(policy: Policy, facts: ImageFacts, options: PlanOptions): Lacking {
  const { now } = options;
  const steps: AttestStep[] = [];
  const lacking: string[] = [];
  const image = viewImage(policy, facts, now);
  const verdict = evaluatePolicy(policy, facts, options);
  const stages = policy.stages.map((stage): Stage => {
    const found = verdict.stages.find(({ stage: name }) => name === stage.name);
    if (!found || found.verdict === 'break-glass' || stage.requires.length === 0) return stage;
    for (const requirement of stage.requires) {
      const report = checkRequirement(requirement, { policy, stage, image });
      if (report.met) continue;
      const gap = { stage, requirement, report };
      const signers = signersOf(requirement, policy, { facts, now });
      const why = whyNot(gap, facts, signers.why);
      if (why === undefined) steps.push(...attestSteps(gap, policy, signers.who));
      else lacking.push(why);
    }
    return { ...stage, requires: [] };
  });
  return { steps, lacking, policy: { ...policy, stages } };
}

/** Whose signature counts now; if nobody's, why not. */
function signersOf(
  { signedBy }: Requirement,
  policy: Policy,
  { facts, now }: { readonly facts: ImageFacts; readonly now: Date },
): { readonly who: readonly string[]; readonly why: string | undefined } {
  const problems: string[] = [];
  const who = signedBy.filter((name) => {
    const credentials = policy.principals.find((one) => one.name === name)?.credentials ?? [];
    return credentials.some((credential) => {
      const signer = identityFor(credential, name, 0);
      const made = { ...SIGNED_NOW, method: signer.method, signer };
      const [standing] = standingFacts(policy, { ...facts, layers: [], evidence: [made] }, now).evidence;
      problems.push(...(standing?.reasons ?? []).map(({ message }) => message));
      return standing?.signature === 'valid';
    });
  });
  return { who, why: who.length > 0 ? undefined : problems.join('; ') };
}

const SIGNED_NOW: EvidenceFact = {
  place: { in: 'registry', name: 'new' },
  predicateType: '',
  digest: sha256(new Uint8Array()),
  method: null,
  signer: null,
  signature: 'valid',
  reasons: [],
  covers: [],
  contradicted: false,
};

/** Why no evidence that is attached now can meet the requirement. */
function whyNot({ stage, requirement, report }: Gap, { kind, pinned }: ImageFacts, nobody: string | undefined) {
  const { evidence, signedBy, inside } = requirement;
  const denied = report.reasons.find(({ code }) => code === 'COMPONENT_DENIED');
  if (denied) return `${denied.message}: ${denied.hint}`;
  if (inside && (kind !== 'sif' || pinned !== undefined))
    return `stage ${stage.name} requires ${evidence} in the SIF file itself: attach it to the file, and push that anew`;
  if (nobody === undefined) return undefined;
  return `stage ${stage.name} requires ${evidence} signed by ${listed(signedBy, 'or')}, and none of them can sign in a way that counts: ${nobody}`;
}

function attestSteps(
  { stage, requirement, report }: Gap,
  policy: Policy,
  who: readonly string[],
): readonly AttestStep[] {
  const { evidence, count } = requirement;
  const { name } = stage;
  const there = new Set(
    report.relied.filter(({ predicateType }) => isOfKind(predicateType, evidence)).map(({ digest }) => digest),
  );
  const why = report.reasons.find(({ code }) => !NO_MORE.has(code))?.hint;
  const first = policy.principals.find((one) => one.name === who[0]);
  const step: AttestStep = {
    stage: name,
    who,
    hint: `have ${who.join(' or ')} attach ${evidence} that stage ${name} accepts${why === undefined ? '' : `: ${why}`}`,
    action: { task: 'attest', requirement, method: first?.credentials[0]?.method },
  };
  return Array.from({ length: Math.max(1, count - there.size) }, () => step);
}
