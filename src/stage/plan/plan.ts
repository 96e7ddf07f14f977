// SPDX-License-Identifier: Apache-2.0
// What has to be done so that an image passes: a way found by trying it. Each step is applied to the facts as the real
// command would apply it, and judged by the policy again, so that no step is named that does not help. Pure.

import type { SignerIdentity } from '../../findings/signature.ts';
import { sha256, utf8 } from '../../base/bytes.ts';
import type { Policy, Requirement, Stage } from '../../policy/document/model.ts';
import { evaluatePolicy } from '../../policy/evaluate.ts';
import type { ImageFacts, LayerFact } from '../../policy/facts.ts';
import { scopesOf } from '../../policy/objects/scope.ts';
import { isProblem } from '../../policy/reasons.ts';
import { checkRequirements } from '../../policy/requires/requires.ts';
import { matchPrincipals, principalsBehind } from '../../policy/rules/people.ts';
import { viewImage } from '../../policy/rules/view.ts';
import { settleTimes } from '../../policy/times/vouched.ts';
import type { ImageVerdict, NextStep } from '../../policy/verdict.ts';
import { newApproval, type PolicyFile, stagesBefore } from '../approval.ts';
import { identityFor } from './identity.ts';
import { ownLayers, replacedLayers, stillCounts } from '../earlier.ts';

/** What can be done, in order. */
export interface Plan {
  readonly steps: readonly NextStep[];
  /** Whether the image passes then, as far as its policy and what was found tell. */
  readonly enough: boolean;
}

/** Approvers of one stage that are tried. */
const TRIED = 50;
/** Reasons whose advice is the step itself. */
const NO_MORE: ReadonlySet<string> = new Set(['EVIDENCE_MISSING', 'EVIDENCE_TOO_FEW']);
/** Steps that are looked for; an image that needs more is made anew. */
const MOST_STEPS = 200;

/** The steps after which the image passes, the fewest that trying one approver after the other finds. */
export function planSteps(loaded: PolicyFile, facts: ImageFacts, options: PlanOptions): Plan {
  return new Planner(loaded, facts, options).run();
}

/** When, and about which stages; all of the policy's when absent. */
export interface PlanOptions {
  readonly now: Date;
  readonly stages?: readonly string[];
}

/** Who has approved a stage, and who else can. */
export interface StageProgress {
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
  const { approvedBy, needed } = report;
  const stages = [...stagesBefore(policy, stage), stage];
  const steps = approvedBy.length < needed ? planSteps(policy, facts, { now, stages }).steps : [];
  return { approvedBy, needed, next: steps.find((step) => step.stage === stage)?.who ?? [] };
}

class Planner {
  readonly #loaded: PolicyFile;
  readonly #options: PlanOptions;
  readonly #steps: NextStep[] = [];
  #policy: Policy;
  #facts: ImageFacts;

  constructor(loaded: PolicyFile, facts: ImageFacts, options: PlanOptions) {
    this.#loaded = loaded;
    this.#policy = loaded.policy;
    this.#facts = withoutStrangers(loaded.policy, settleTimes(loaded.policy, facts, options.now));
    this.#options = options;
  }

  run(): Plan {
    if (this.#facts.units.length === 0 || this.#facts.problems.some(isProblem)) return this.#end();
    this.#removeAltered();
    const asked: string[] = [];
    for (const { name } of this.#policy.stages) {
      if (this.#options.stages && !this.#options.stages.includes(name)) continue;
      asked.push(name);
      while (this.#judge(asked).verdict !== 'passed')
        if (this.#steps.length >= MOST_STEPS || !(this.#attest(name) || this.#approve(name, asked))) return this.#end();
    }
    return this.#end();
  }

  #end(): Plan {
    return { steps: this.#steps, enough: this.#judgeAll().verdict === 'passed' };
  }

  #judgeAll(facts = this.#facts): ImageVerdict {
    const { now, stages } = this.#options;
    return evaluatePolicy(this.#policy, facts, { now, ...(stages ? { stages } : {}) });
  }

  #judge(stages: readonly string[], facts = this.#facts): ImageVerdict {
    return evaluatePolicy(this.#policy, facts, { now: this.#options.now, stages });
  }

  /** In a file nothing altered and no approval of other content may stay; whoever had it approves again. */
  #removeAltered(): void {
    const { layers, evidence } = this.#facts;
    const objects = [...layers, ...evidence].flatMap(({ place, ...rest }) =>
      place.in === 'sif' && isBad({ place, ...rest }) ? [place.object] : [],
    );
    for (const object of new Set(objects))
      this.#steps.push({
        stage: null,
        who: [],
        hint: `delete object ${object}, which was altered or is about other content, with \`siftool del ${object} IMAGE\`; or restore the image from a copy`,
      });
    this.#facts = {
      ...this.#facts,
      layers: layers.filter((one) => !isBad(one)),
      evidence: evidence.filter((one) => !isBad(one)),
    };
  }

  /** The first piece of evidence that the stage lacks is taken to be made. */
  #attest(name: string): boolean {
    const stage = this.#policy.stages.find((one) => one.name === name);
    if (!stage) return false;
    const reports = checkRequirements(this.#policy, stage, viewImage(this.#policy, this.#facts, this.#options.now));
    const index = reports.findIndex(({ met }) => !met);
    const requirement = stage.requires[index];
    if (!requirement) return false;
    const why = reports[index]?.reasons.find(({ code }) => !NO_MORE.has(code))?.hint;
    const { evidence, signedBy } = requirement;
    this.#steps.push({
      stage: name,
      who: signedBy,
      hint: `have ${signedBy.join(' or ')} attach ${evidence} that stage ${name} accepts, with ${commandFor(requirement)}${why === undefined ? '' : `: ${why}`}`,
    });
    const requires = stage.requires.filter((one) => one !== requirement);
    this.#policy = withStage(this.#policy, { ...stage, requires });
    return true;
  }

  /** The first approver whose approval brings the stages nearer to passing. */
  #approve(name: string, asked: readonly string[]): boolean {
    const stage = this.#policy.stages.find((one) => one.name === name);
    if (!stage) return false;
    const before = distance(this.#judge(asked));
    // An approval of an earlier stage may have been lost through what this one lists.
    const ways = [true, false].flatMap((fresh) => [false, true].map((replace) => ({ fresh, replace })));
    for (const { fresh, replace } of ways) {
      const helping = this.#candidates(stage, fresh).flatMap((candidate) => {
        if (!replace && this.#isPresent(stage, candidate)) return [];
        const added = this.#withApproval(stage, candidate, replace);
        const left = distance(this.#judge(asked, added));
        return left < before ? [{ candidate, added, left: left + distance(this.#judgeAll(added)) / 1e9 }] : [];
      });
      // Of several who help alike, those after whom the later stages have less to do.
      const nearest = Math.min(...helping.map(({ left }) => left));
      const best = helping.filter(({ left }) => left === nearest);
      const [first] = best;
      if (!first) continue;
      const who = [...new Set(best.map(({ candidate }) => candidate.principal))];
      const again = replace ? ' and ⟨replace=true⟩' : '';
      const renewed = fresh ? '' : ' and a key or certificate that is good now';
      this.#steps.push({
        stage: name,
        who,
        hint: `have ${who.slice(0, 10).join(' or ')} approve stage ${name}: \`countersign sign-stage\` with ⟨stage=${name}⟩${again}${renewed}`,
      });
      this.#facts = first.added;
      return true;
    }
    return false;
  }

  /** Those whose key or certificate has ended, as far as is known, or the others. */
  #candidates({ approvers }: Stage, fresh: boolean): readonly Candidate[] {
    const behind = (wanted: LayerFact['signature']) =>
      this.#facts.layers
        .filter(({ signature }) => signature === wanted)
        .flatMap((layer) => principalsBehind(this.#policy, layer));
    const valid = behind('valid');
    const ended = new Set(behind('untrusted').filter((name) => !valid.includes(name)));
    const all = approvers.slice(0, TRIED).flatMap((principal) => {
      const credentials = this.#policy.principals.find(({ name }) => name === principal)?.credentials ?? [];
      const known = this.#facts.layers.flatMap(({ signature, signer }) =>
        signature === 'valid' && signer && matchPrincipals(this.#policy, signer).includes(principal) ? [signer] : [],
      );
      const thought = credentials.flatMap((one, index) =>
        identityFor(one, `${principal} ${index}`, this.#steps.length),
      );
      return [...known, ...thought].map((identity) => ({ principal, identity }));
    });
    return all.filter(({ principal }) => ended.has(principal) !== fresh);
  }

  /** Whether sign-stage would say that there is nothing to do. */
  #isPresent(stage: Stage, { identity }: Candidate): boolean {
    const facts = this.#facts;
    const rules = { policy: { policy: this.#policy }, now: this.#options.now, requiredStages: [] };
    const own = ownLayers({ facts }, { stage: stage.name, signer: { identity } });
    return own.some((layer) => stillCounts(layer, { facts }, rules));
  }

  /** The facts with an approval as sign-stage would give it. */
  #withApproval(stage: Stage, { identity }: Candidate, replace: boolean): ImageFacts {
    const facts = this.#facts;
    const { now } = this.#options;
    const policy = { ...this.#loaded, policy: this.#policy };
    const signer = { identity, material: { kind: 'public-key', hint: identity.hint ?? '' } } as const;
    const replaces = replacedLayers(
      { facts },
      { policy, now, requiredStages: [] },
      { stage: stage.name, signer, replace },
    );
    const request = {
      stage: stage.name,
      now,
      expires: undefined,
      reason: undefined,
      ticket: undefined,
      run: undefined,
    };
    const approval = newApproval(
      { ...facts, dataRead: true },
      { ...request, resourceUri: '' },
      { policy, native: [], signer, replaces, without: [] },
    );
    const layer: LayerFact = {
      place: { in: 'registry', name: `step ${this.#steps.length + 1}` },
      kind: 'bundle',
      method: identity.method,
      digest: sha256(utf8(JSON.stringify(approval))),
      signer: identity,
      signature: 'valid',
      reasons: [],
      covers: scopesOf(this.#policy, facts.units)(stage.name),
      contradicted: false,
      approval,
      signedAt: approval.timeVerified,
    };
    return { ...facts, layers: [...facts.layers, layer] };
  }
}

interface Candidate {
  readonly principal: string;
  readonly identity: SignerIdentity;
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
  const people = stages.reduce((sum, { needed, approvedBy }) => sum + Math.max(0, needed - approvedBy.length), 0);
  const open = stages.filter(({ verdict }) => verdict !== 'passed').length;
  const wrong = stages.flatMap((one) => (one.verdict === 'passed' ? [] : one.reasons.filter(isProblem))).length;
  return open * 1e6 + people * 1000 + wrong + reasons.filter(isProblem).length;
}

function withStage(policy: Policy, changed: Stage): Policy {
  return { ...policy, stages: policy.stages.map((one) => (one.name === changed.name ? changed : one)) };
}

function commandFor({ evidence }: Requirement): string {
  return evidence === 'provenance' ? '`countersign build`' : '`countersign scan-attest`';
}

type Judged = Pick<LayerFact, 'place' | 'signature' | 'contradicted'>;

/** What fails a file for as long as it is in there. */
function isBad({ place, signature, contradicted }: Judged): boolean {
  const broken = signature === 'invalid' || signature === 'unreadable';
  return place.in === 'sif' && (broken || (signature === 'valid' && contradicted));
}
