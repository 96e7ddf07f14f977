// SPDX-License-Identifier: Apache-2.0
// What has to be done so that an image passes: a way found by trying it. Each step is applied to the facts as the real
// command would apply it, and judged by the policy again, so that no step is named that does not help. Pure.

import type { SigningMethod } from '../../findings/signature.ts';
import type { Policy, Requirement, Stage } from '../../policy/document/model.ts';
import { evaluatePolicy, settledFacts } from '../../policy/evaluate.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../../policy/facts.ts';
import { askedOf } from '../../policy/objects/scope.ts';
import { isProblem } from '../../policy/reasons.ts';
import { checkRequirement } from '../../policy/requires/requires.ts';
import { matchPrincipals } from '../../policy/rules/people.ts';
import { viewImage } from '../../policy/rules/view.ts';
import { isFilled } from '../../policy/reports.ts';
import type { ImageVerdict, NextStep } from '../../policy/verdict.ts';
import type { PolicyFile } from '../approval.ts';
import { type Approving, fewerApprovals } from './fewer.ts';
import {
  candidatesFor,
  isPresent,
  outlivedIn,
  type Situation,
  waysOf,
  withApproval,
  withoutStrangers,
} from './trial.ts';

/** What is to be done with the image, for whoever writes the command. */
export type Action =
  | { readonly task: 'approve'; readonly stage: string; readonly method: SigningMethod; readonly replace: boolean }
  | { readonly task: 'attest'; readonly requirement: Requirement; readonly method: SigningMethod | undefined }
  | { readonly task: 'delete'; readonly object: number };

/** A step, and what it does. */
export interface PlannedStep extends NextStep {
  readonly action: Action;
}

/** What can be done, in order. */
export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** Whether the image passes then, as far as its policy and what was found tell. */
  readonly enough: boolean;
}

/** Reasons whose advice is the step itself. */
const NO_MORE: ReadonlySet<string> = new Set(['EVIDENCE_MISSING', 'EVIDENCE_TOO_FEW']);
/** Ways that are tried; each lets another one of those who help alike approve. */
const MOST_TURNS = 8;
/** Steps that are looked for; an image that needs more is made anew. */
const MOST_STEPS = 200;

/** The steps after which the image passes: of those that a search finds the fewest. */
export function planSteps(loaded: PolicyFile, facts: ImageFacts, options: PlanOptions): Plan {
  return new Planner(loaded, facts, options).run();
}

/** When, and about which stages; all of the policy's when absent. */
export interface PlanOptions {
  readonly now: Date;
  readonly stages?: readonly string[];
}

class Planner {
  readonly #loaded: PolicyFile;
  readonly #options: PlanOptions;
  /** The stages that are asked about, in order. */
  readonly #asked: readonly Stage[];
  /** Those in which what is there has to be replaced still. */
  readonly #replacing = new Set<string>();
  #policy: Policy;
  #facts: ImageFacts;

  constructor(loaded: PolicyFile, facts: ImageFacts, options: PlanOptions) {
    this.#loaded = loaded;
    this.#policy = askedOf(loaded.policy, facts.units);
    this.#facts = withoutStrangers(loaded.policy, settledFacts(loaded.policy, facts, options.now));
    this.#asked = this.#policy.stages.filter(({ name }) => options.stages?.includes(name) ?? true);
    this.#options = { ...options, ...(options.stages ? { stages: this.#asked.map(({ name }) => name) } : {}) };
  }

  run(): Plan {
    if (this.#facts.units.length === 0 || this.#facts.problems.some(isProblem)) return this.#planOf([]);
    // What is in a file that lies in a registry stays in it.
    const { layers, evidence: found, pinned } = this.#facts;
    if (pinned !== undefined && [...layers, ...found].some((one) => this.#isBad(one))) return this.#planOf([]);
    const removals = this.#removeAltered();
    const evidence = this.#asked.flatMap((stage) => this.#attest(stage));
    const start = this.#situation(0);
    let tried = this.#approveAll(0);
    // Whoever is the first to help may be needed elsewhere.
    for (let turn = 1; turn < MOST_TURNS && !this.#isEnough(); turn += 1) {
      this.#startFrom(start);
      tried = this.#approveAll(turn);
    }
    const enough = this.#isEnough();
    const fewer = enough
      ? fewerApprovals(this.#asked, {
          situation: start,
          than: tried.length,
          passes: (facts) => this.#judgeAll(facts).verdict === 'passed',
        })
      : undefined;
    const approvals = this.#freeFor(fewer ?? tried).map(approvalStep);
    const work = this.#asked.flatMap(({ name }) => [...evidence, ...approvals].filter(({ stage }) => stage === name));
    return { steps: [...removals, ...work], enough };
  }

  /** Nobody is named for a step who is needed in a stage that must be filled by others. */
  #freeFor(steps: readonly Approving[]): readonly Approving[] {
    return steps.map((step) => {
      const groups = this.#policy.distinct.filter((group) => group.includes(step.stage.name));
      const others = steps.filter(
        ({ stage }) => stage !== step.stage && groups.some((one) => one.includes(stage.name)),
      );
      const taken = new Set(others.map(({ who: [first] }) => first));
      return { ...step, who: step.who.filter((name, index) => index === 0 || !taken.has(name)) };
    });
  }

  #isEnough(): boolean {
    return this.#replacing.size === 0 && this.#judgeAll().verdict === 'passed';
  }

  #startFrom({ facts, replacing }: Situation): void {
    this.#facts = facts;
    for (const name of replacing) this.#replacing.add(name);
  }

  #planOf(steps: readonly PlannedStep[]): Plan {
    return { steps, enough: this.#judgeAll().verdict === 'passed' };
  }

  #judgeAll(facts = this.#facts): ImageVerdict {
    const { now, stages } = this.#options;
    return evaluatePolicy(this.#policy, facts, { now, ...(stages ? { stages } : {}) });
  }

  #judge(stages: readonly string[], facts = this.#facts): ImageVerdict {
    return evaluatePolicy(this.#policy, facts, { now: this.#options.now, stages });
  }

  #situation(step: number): Situation {
    const policy = { ...this.#loaded, policy: this.#policy };
    return { policy, facts: this.#facts, now: this.#options.now, step, replacing: new Set(this.#replacing) };
  }

  /**
   * In a file nothing altered and no approval of other content may stay; whoever had it approves again. What an approver of a
   * stage takes away by approving is left to them.
   */
  #removeAltered(): readonly PlannedStep[] {
    const { layers, evidence } = this.#facts;
    const outlived = new Map(this.#asked.map((stage) => [stage.name, outlivedIn(stage, this.#situation(0))]));
    for (const [name, old] of outlived) if (old.length > 0) this.#replacing.add(name);
    const left = new Set([...outlived.values()].flat());
    const altered = layers.filter((one) => this.#isBad(one) && !left.has(one));
    const bad = [...altered, ...evidence.filter((one) => this.#isBad(one))];
    const objects = bad.flatMap(({ place }) => (place.in === 'sif' ? [place.object] : []));
    this.#facts = {
      ...this.#facts,
      layers: layers.filter((one) => !altered.includes(one) && !left.has(one)),
      evidence: evidence.filter((one) => !this.#isBad(one)),
    };
    return [...new Set(objects)].map((object) => ({
      stage: null,
      who: [],
      hint: `delete object ${object}, which was altered or is about other content, or restore the image from a copy`,
      action: { task: 'delete', object },
    }));
  }

  /** What fails a file for as long as it is in there; evidence about other content does not, nor what a stranger signed. */
  #isBad(fact: LayerFact | EvidenceFact): boolean {
    const { place, signature, contradicted, signer } = fact;
    const broken = signature === 'invalid' || signature === 'unreadable';
    const foreign = 'approval' in fact && signature === 'valid' && contradicted && signer !== null;
    return place.in === 'sif' && (broken || (foreign && matchPrincipals(this.#policy, signer).length > 0));
  }

  /** What evidence the stage lacks; it is taken to be made. */
  #attest(stage: Stage): readonly PlannedStep[] {
    const { name } = stage;
    const policy = this.#policy;
    const image = viewImage(policy, this.#facts, this.#options.now);
    const open = stage.requires.flatMap((requirement) => {
      const { met, reasons } = checkRequirement(requirement, { policy, stage, image });
      return met ? [] : [{ requirement, reasons }];
    });
    const requires = stage.requires.filter((one) => !open.some(({ requirement }) => requirement === one));
    this.#policy = withStage(this.#policy, { ...stage, requires });
    return open.map(({ requirement, reasons }) => {
      const { evidence, signedBy: who } = requirement;
      const why = reasons.find(({ code }) => !NO_MORE.has(code))?.hint;
      const first = this.#policy.principals.find((one) => one.name === who[0]);
      return {
        stage: name,
        who,
        hint: `have ${who.join(' or ')} attach ${evidence} that stage ${name} accepts${why === undefined ? '' : `: ${why}`}`,
        action: { task: 'attest', requirement, method: first?.credentials[0]?.method },
      };
    });
  }

  /** One approval after the other, stage by stage, until all pass or nothing helps any more. */
  #approveAll(turn: number): readonly Approving[] {
    const done: Approving[] = [];
    const asked: string[] = [];
    for (const stage of this.#asked) {
      asked.push(stage.name);
      while (this.#replacing.has(stage.name) || this.#judge(asked).verdict !== 'passed') {
        const next = done.length < MOST_STEPS ? this.#approve(stage, asked, { step: done.length, turn }) : undefined;
        if (!next) return done;
        done.push(next);
      }
    }
    return done;
  }

  /** The first approver whose approval brings the stages nearer to passing. */
  #approve(
    stage: Stage,
    asked: readonly string[],
    { step, turn }: { readonly step: number; readonly turn: number },
  ): Approving | undefined {
    const before = distance(this.#judge(asked));
    const situation = this.#situation(step);
    // An approval of an earlier stage may have been lost through what this one lists.
    const ways = [true, false].flatMap((fresh) => waysOf(stage, situation).map((replace) => ({ fresh, replace })));
    for (const { fresh, replace } of ways) {
      const helping = candidatesFor(stage, situation, fresh).flatMap((candidate) => {
        if (!replace && isPresent(stage, candidate, situation)) return [];
        const added = withApproval(stage, candidate, { ...situation, replace });
        const left = distance(this.#judge(asked, added));
        return left < before || this.#replacing.has(stage.name)
          ? [{ candidate, added, left: left + distance(this.#judgeAll(added)) / 1e9 }]
          : [];
      });
      // Of several who help alike, those after whom the later stages have less to do.
      const nearest = Math.min(...helping.map(({ left }) => left));
      const best = helping.filter(({ left }) => left === nearest);
      const names = [...new Set(best.map(({ candidate }) => candidate.principal))];
      const chosen = names[turn % names.length];
      const first = best.find(({ candidate }) => candidate.principal === chosen);
      if (!first) continue;
      this.#facts = first.added;
      this.#replacing.delete(stage.name);
      const who = [first.candidate.principal, ...names.filter((name) => name !== chosen)];
      return { stage, who, method: first.candidate.identity.method, replace, fresh };
    }
    return undefined;
  }
}

function approvalStep({ stage: { name: stage }, who, method, replace, fresh }: Approving): PlannedStep {
  const again = replace ? ', in the place of what is there' : '';
  const renewed = fresh ? '' : ', with a key or certificate that is good now';
  return {
    stage,
    who,
    hint: `have ${who.slice(0, 10).join(' or ')} approve stage ${stage}${again}${renewed}`,
    action: { task: 'approve', stage, method, replace },
  };
}

/** How far an image is from passing: people that are missing count for more than what else is wrong. */
function distance({ stages, reasons }: ImageVerdict): number {
  const people = stages
    .filter((one) => !isFilled(one))
    .reduce((sum, { needed, approvedBy }) => sum + Math.max(0, needed - approvedBy.length), 0);
  const open = stages.filter((one) => !isFilled(one)).length;
  const wrong = stages.flatMap((one) => (isFilled(one) ? [] : one.reasons.filter(isProblem))).length;
  return open * 1e6 + people * 1000 + wrong + reasons.filter(isProblem).length;
}

function withStage(policy: Policy, changed: Stage): Policy {
  return { ...policy, stages: policy.stages.map((one) => (one.name === changed.name ? changed : one)) };
}
