// SPDX-License-Identifier: Apache-2.0
// What has to be done so that an image passes: a way found by trying it. Each step is applied to the facts as the real
// command would apply it, and judged by the policy again, so that no step is named that does not help. Pure.

import type { SigningMethod } from '../../findings/signature.ts';
import type { Policy, Requirement, Stage } from '../../policy/document/model.ts';
import { evaluatePolicy } from '../../policy/evaluate.ts';
import type { ImageFacts, LayerFact } from '../../policy/facts.ts';
import { askedOf } from '../../policy/objects/scope.ts';
import { isProblem } from '../../policy/reasons.ts';
import { checkRequirements } from '../../policy/requires/requires.ts';
import { matchPrincipals, principalsBehind } from '../../policy/rules/people.ts';
import { viewImage } from '../../policy/rules/view.ts';
import { settleTimes } from '../../policy/times/vouched.ts';
import { type ImageVerdict, isFilled, type NextStep, type StageReport } from '../../policy/verdict.ts';
import { type PolicyFile, stagesBefore } from '../approval.ts';
import { type Approving, fewerApprovals } from './fewer.ts';
import { candidatesFor, isPresent, type Situation, withApproval } from './trial.ts';

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

/** Who has approved a stage, and who else can. */
export interface StageProgress extends Pick<StageReport, 'objects'> {
  readonly approvedBy: readonly string[];
  readonly needed: number;
  /** Principals of whom one can give the next approval; empty when there are enough. */
  readonly next: readonly string[];
}

/** How far a stage is, as a verdict about it says; undefined when it says nothing. */
export function progressOf(
  policy: PolicyFile,
  facts: ImageFacts,
  { verdict, stage, now }: { readonly verdict: ImageVerdict; readonly stage: string; readonly now: Date },
): StageProgress | undefined {
  const report = verdict.stages.find((one) => one.stage === stage);
  if (!report) return undefined;
  const { approvedBy, needed, objects } = report;
  const stages = [...stagesBefore(policy, stage), stage];
  const steps = approvedBy.length < needed ? planSteps(policy, facts, { now, stages }).steps : [];
  const due = steps.find(({ action }) => action.task === 'approve' && action.stage === stage);
  return { approvedBy, needed, next: due?.who ?? [], ...(objects ? { objects } : {}) };
}

class Planner {
  readonly #loaded: PolicyFile;
  readonly #options: PlanOptions;
  /** The stages that are asked about, in order. */
  readonly #asked: readonly Stage[];
  #policy: Policy;
  #facts: ImageFacts;

  constructor(loaded: PolicyFile, facts: ImageFacts, options: PlanOptions) {
    this.#loaded = loaded;
    this.#policy = askedOf(loaded.policy, facts.units);
    this.#facts = withoutStrangers(loaded.policy, settleTimes(loaded.policy, facts, options.now));
    this.#asked = this.#policy.stages.filter(({ name }) => options.stages?.includes(name) ?? true);
    this.#options = { ...options, ...(options.stages ? { stages: this.#asked.map(({ name }) => name) } : {}) };
  }

  run(): Plan {
    if (this.#facts.units.length === 0 || this.#facts.problems.some(isProblem)) return this.#planOf([]);
    const removals = this.#removeAltered();
    const evidence = this.#asked.flatMap((stage) => this.#attest(stage));
    const start = this.#facts;
    const tried = this.#approveAll();
    const enough = this.#judgeAll().verdict === 'passed';
    const fewer = enough
      ? fewerApprovals(this.#asked, {
          situation: this.#situation(0, start),
          than: tried.length,
          passes: (facts) => this.#judgeAll(facts).verdict === 'passed',
        })
      : undefined;
    const approvals = (fewer ?? tried).map(approvalStep);
    const work = this.#asked.flatMap(({ name }) => [...evidence, ...approvals].filter(({ stage }) => stage === name));
    return { steps: [...removals, ...work], enough };
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

  #situation(step: number, facts = this.#facts): Situation {
    return { policy: { ...this.#loaded, policy: this.#policy }, facts, now: this.#options.now, step };
  }

  /** In a file nothing altered and no approval of other content may stay; whoever had it approves again. */
  #removeAltered(): readonly PlannedStep[] {
    const { layers, evidence } = this.#facts;
    const objects = [...layers, ...evidence].flatMap(({ place, ...rest }) =>
      place.in === 'sif' && isBad({ place, ...rest }) ? [place.object] : [],
    );
    this.#facts = {
      ...this.#facts,
      layers: layers.filter((one) => !isBad(one)),
      evidence: evidence.filter((one) => !isBad(one)),
    };
    return [...new Set(objects)].map((object) => ({
      stage: null,
      who: [],
      hint: `delete object ${object}, which was altered or is about other content, or restore the image from a copy`,
      action: { task: 'delete', object },
    }));
  }

  /** What evidence the stage lacks; it is taken to be made. */
  #attest(stage: Stage): readonly PlannedStep[] {
    const { name } = stage;
    const reports = checkRequirements(this.#policy, stage, viewImage(this.#policy, this.#facts, this.#options.now));
    const open = stage.requires.flatMap((requirement, index) => {
      const report = reports[index];
      return report?.met === false ? [{ requirement, reasons: report.reasons }] : [];
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
  #approveAll(): readonly Approving[] {
    const done: Approving[] = [];
    const asked: string[] = [];
    for (const stage of this.#asked) {
      asked.push(stage.name);
      while (this.#judge(asked).verdict !== 'passed') {
        const next = done.length < MOST_STEPS ? this.#approve(stage, asked, done.length) : undefined;
        if (!next) return done;
        done.push(next);
      }
    }
    return done;
  }

  /** The first approver whose approval brings the stages nearer to passing. */
  #approve(stage: Stage, asked: readonly string[], step: number): Approving | undefined {
    const before = distance(this.#judge(asked));
    const situation = this.#situation(step);
    // An approval of an earlier stage may have been lost through what this one lists.
    const ways = [true, false].flatMap((fresh) => [false, true].map((replace) => ({ fresh, replace })));
    for (const { fresh, replace } of ways) {
      const helping = candidatesFor(stage, situation, fresh).flatMap((candidate) => {
        if (!replace && isPresent(stage, candidate, situation)) return [];
        const added = withApproval(stage, candidate, { ...situation, replace });
        const left = distance(this.#judge(asked, added));
        return left < before ? [{ candidate, added, left: left + distance(this.#judgeAll(added)) / 1e9 }] : [];
      });
      // Of several who help alike, those after whom the later stages have less to do.
      const nearest = Math.min(...helping.map(({ left }) => left));
      const best = helping.filter(({ left }) => left === nearest);
      const [first] = best;
      if (!first) continue;
      this.#facts = first.added;
      const who = [...new Set(best.map(({ candidate }) => candidate.principal))];
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

/** Who is nobody here and in no list decides nothing; a thousand of them must not be judged again for each step. */
function withoutStrangers(policy: Policy, facts: ImageFacts): ImageFacts {
  const known = ({ signer }: Pick<LayerFact, 'signer'>) =>
    signer !== null && matchPrincipals(policy, signer).length > 0;
  const listed = new Set(
    facts.layers
      .filter((layer) => layer.signature === 'valid' && known(layer))
      .flatMap(({ approval }) =>
        [...(approval?.roster ?? []), ...(approval?.native ?? [])].map(({ digest }) => digest),
      ),
  );
  const counts = (layer: LayerFact) =>
    layer.place.in === 'sif' ||
    listed.has(layer.digest) ||
    (layer.signature === 'valid' ? known(layer) : principalsBehind(policy, layer).length > 0);
  return { ...facts, layers: facts.layers.filter(counts) };
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

type Judged = Pick<LayerFact, 'place' | 'signature' | 'contradicted'>;

/** What fails a file for as long as it is in there. */
function isBad({ place, signature, contradicted }: Judged): boolean {
  const broken = signature === 'invalid' || signature === 'unreadable';
  return place.in === 'sif' && (broken || (signature === 'valid' && contradicted));
}
