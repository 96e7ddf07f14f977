// SPDX-License-Identifier: Apache-2.0
// One thing done, tried: who could approve and what `sign-stage` would leave, or which object would be gone. What each try
// costs is counted, so that no image keeps a planner busy for long. Pure.

import { sha256, utf8 } from '../../base/bytes.ts';
import type { SignerIdentity } from '../../findings/signature.ts';
import type { Policy, Stage } from '../../policy/document/model.ts';
import { evaluatePolicy } from '../../policy/evaluate.ts';
import type { ImageFacts, LayerFact } from '../../policy/facts.ts';
import { isProblem } from '../../policy/reasons.ts';
import { matchPrincipals, principalsBehind } from '../../policy/rules/people.ts';
import { scopesOf } from '../../policy/rules/view.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { newApproval, type PolicyFile, stagesBefore } from '../approval.ts';
import {
  countsForStage,
  outlivedLayers,
  ownLayers,
  passedOver,
  replacedLayers,
  stillCounts,
  without,
} from '../review.ts';
import { type Candidate, candidatesFor } from './identity.ts';

/** An approval that could be given. */
export interface Approving extends Candidate {
  /** What is there gives way. */
  readonly replace: boolean;
}

/** What may be spent on one part of a search: layers, and what they list, that are looked at. */
const MOST_SPENT = 8000;
/** What is spent on an image without layers. */
const AT_LEAST = 6;
/** How long all parts together may last, milliseconds, where each look takes long. */
const MOST_MS = 1000;
/** Who signs does not matter for what a policy lets an approver take away. */
const NOBODY: SignerIdentity = { method: 'key', hint: '', algorithm: 'ed25519' };

/** When, and about which stages; all of the policy's when absent. */
export interface PlanOptions {
  readonly now: Date;
  readonly stages?: readonly string[];
  /** Milliseconds that the search may last; a second when absent. */
  readonly mostMs?: number;
  /** By what they are measured, best what is computed; a clock when absent. */
  readonly cpuMs?: () => number;
}

/** An image by one policy, at one time, about some stages. */
export class Trial {
  readonly policy: PolicyFile;
  /** The stages that are asked about, in order. */
  readonly stages: readonly Stage[];
  readonly now: Date;
  readonly #names: readonly string[] | undefined;
  readonly #verdicts = new WeakMap<ImageFacts, Map<string, ImageVerdict>>();
  readonly #problems = new Map<string, string | undefined>();
  readonly #clock: () => number;
  readonly #started: number;
  readonly #mostMs: number;
  #left = 0;
  #until = 0;

  constructor(
    policy: PolicyFile,
    { now, stages: names, mostMs = MOST_MS, cpuMs = () => performance.now() }: PlanOptions,
  ) {
    this.#mostMs = mostMs;
    this.#clock = cpuMs;
    this.#started = cpuMs();
    this.policy = policy;
    this.now = now;
    this.stages = policy.policy.stages.filter(({ name }) => names?.includes(name) ?? true);
    this.#names = names && this.stages.map(({ name }) => name);
  }

  /** Begins a part of the search, which may last until this share of the time is over. */
  begin(share: number): this {
    this.#left = MOST_SPENT;
    this.#until = this.#started + share * this.#mostMs;
    return this;
  }

  /** Whether no more is to be tried. */
  get isSpent(): boolean {
    return this.#left <= 0 || this.#clock() > this.#until;
  }

  /** The verdict about an image as it would be. */
  judge(facts: ImageFacts, stages = this.#names): ImageVerdict {
    this.#spend(facts);
    return evaluatePolicy(this.policy.policy, facts, { now: this.now, ...(stages ? { stages } : {}) });
  }

  /** Who could approve a stage; last those whose key or certificate has ended, as far as is known. */
  candidates(stage: Stage, facts: ImageFacts, step: number): readonly Candidate[] {
    const all = candidatesFor(stage, this.policy.policy, { facts, step });
    return all.filter((candidate) => this.problemWith(candidate, facts) === undefined);
  }

  /** Why a new approval by a signer would not count, whoever else approves; undefined if it would. */
  problemWith({ stage, identity, principal }: Candidate, { units, ...facts }: ImageFacts): string | undefined {
    const key = JSON.stringify([stage.name, principal, identity]);
    if (this.#problems.has(key)) return this.#problems.get(key);
    const { policy } = this.policy;
    const alone = {
      ...stage,
      after: [],
      threshold: 1,
      quorums: [{ name: principal, approvers: [principal], needed: 1 }],
    };
    const rules = { ...policy, stages: policy.stages.map((one) => (one === stage ? alone : one)), distinct: [] };
    const made = this.#layerFor(
      { stage, identity },
      { ...facts, units, layers: [], evidence: [] },
      { replaces: [], step: 0 },
    );
    const named = { ...made, place: { in: 'registry', name: 'a new approval' } as const };
    const image = { ...facts, units, layers: [named], evidence: [] };
    const { stages, layers } = evaluatePolicy(rules, image, { now: this.now, stages: [stage.name] });
    const counts = stages.some(({ approvedBy }) => approvedBy.length > 0);
    const why = counts
      ? undefined
      : ((layers[0]?.reasons.find(isProblem) ?? stages[0]?.reasons.find(isProblem))?.message ?? 'it does not count');
    this.#problems.set(key, why);
    return why;
  }

  /** Everybody who may approve a stage and cannot, and why not. */
  unable(stage: Stage, facts: ImageFacts): readonly { readonly name: string; readonly why: string }[] {
    const all = candidatesFor(stage, this.policy.policy, { facts, step: 0 });
    return stage.approvers.flatMap((name) => {
      const whys = all.filter(({ principal }) => principal === name).map((one) => this.problemWith(one, facts));
      const [why] = whys;
      return whys.includes(undefined) || why === undefined ? [] : [{ name, why }];
    });
  }

  /** How somebody can approve: beside what is there, in its place, or both where that makes a difference. */
  ways(candidate: Candidate, facts: ImageFacts): readonly Approving[] {
    const plain = { ...candidate, replace: false };
    const renewing = { ...candidate, replace: true };
    if (this.#isPresent(candidate, facts)) return [renewing];
    const isSame =
      outlivedIn(candidate.stage, this.policy, facts).length === 0 &&
      this.#takes(plain, facts) === this.#takes(renewing, facts);
    return isSame ? [plain] : [plain, renewing];
  }

  /** Whether `sign-stage` would sign: what came before passes, and the new approval counts. */
  isAccepted({ stage: { name: stage }, identity, replace }: Approving, before: ImageFacts, after: ImageFacts): boolean {
    const { policy } = this;
    const signing = { stage, signer: { identity } };
    const earlier = stagesBefore(policy, stage);
    const { all } = passedOver({ facts: before }, { policy }, { ...signing, replace });
    if (this.judge(without({ facts: before }, all).facts, earlier).verdict !== 'passed') return false;
    const added = after.layers.at(-1);
    const left = without({ facts: after }, all).facts;
    return added !== undefined && countsForStage(added, this.judge(left, [...earlier, stage]), { policy, stage });
  }

  /** The image after these steps, of which `step` are done; undefined where one of them would be refused. */
  afterAll(ways: readonly Approving[], start: ImageFacts, step: number): ImageFacts | undefined {
    let facts = start;
    for (const [position, way] of ways.entries()) {
      const after = this.after(way, facts, step + position);
      if (!this.isAccepted(way, facts, after)) return undefined;
      facts = after;
    }
    return facts;
  }

  /** The image as `sign-stage` would leave it. */
  after(way: Approving, before: ImageFacts, step: number): ImageFacts {
    const gone = way.replace ? outlivedIn(way.stage, this.policy, before) : [];
    const { facts } = without({ facts: before }, gone);
    const layer = this.#layerFor(way, facts, { replaces: this.#replaced(way, facts), step });
    return { ...facts, layers: [...facts.layers, layer] };
  }

  #layerFor(
    { stage, identity }: Pick<Candidate, 'stage' | 'identity'>,
    facts: ImageFacts,
    { replaces, step }: { readonly replaces: readonly LayerFact[]; readonly step: number },
  ): LayerFact {
    const { policy, now } = this;
    const signer = { identity, material: { kind: 'public-key', hint: identity.hint ?? '' } } as const;
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
    return {
      place: { in: 'registry', name: `step ${step + 1}` },
      kind: 'bundle',
      method: identity.method,
      digest: sha256(utf8(JSON.stringify(approval))),
      signer: identity,
      signature: 'valid',
      reasons: [],
      covers: scopesOf(policy.policy, facts.units)(stage.name),
      contradicted: false,
      approval,
      signedAt: approval.timeVerified,
    };
  }

  /** Whether sign-stage would say that there is nothing to do. */
  #isPresent({ stage, identity }: Candidate, facts: ImageFacts): boolean {
    const own = ownLayers({ facts }, { stage: stage.name, signer: { identity } });
    return own.some((layer) => stillCounts(layer, { facts }, this.#rules, this.#alone(facts)));
  }

  #takes(way: Approving, facts: ImageFacts): string {
    return this.#replaced(way, facts)
      .map(({ digest }) => digest)
      .join(' ');
  }

  #replaced(
    { stage: { name: stage }, identity, replace }: Pick<Approving, 'stage' | 'identity' | 'replace'>,
    facts: ImageFacts,
  ): readonly LayerFact[] {
    const signing = { stage, signer: { identity }, replace };
    return replacedLayers({ facts }, this.#rules, signing, this.#alone(facts));
  }

  get #rules() {
    return { policy: this.policy, now: this.now, requiredStages: [] };
  }

  /** Verdicts about one stage alone, each asked once. */
  #alone(facts: ImageFacts): (stage: string) => ImageVerdict {
    return (stage) => {
      const known = this.#verdicts.get(facts) ?? new Map<string, ImageVerdict>();
      this.#verdicts.set(facts, known);
      const verdict = known.get(stage) ?? this.judge(facts, [stage]);
      known.set(stage, verdict);
      return verdict;
    };
  }

  #spend({ layers, evidence }: ImageFacts): void {
    const lists = layers.reduce((sum, { approval }) => sum + (approval?.roster.length ?? 0), 0);
    this.#left -= AT_LEAST + (layers.length + evidence.length) / 3 + lists / 6;
  }
}

/** What whoever approves the stage has to take away: approvals of a file for what it held before. */
export function outlivedIn({ name: stage }: Stage, policy: PolicyFile, facts: ImageFacts): readonly LayerFact[] {
  return outlivedLayers({ facts }, { policy }, { stage, signer: { identity: NOBODY } });
}

/** Who is nobody here and in no list decides nothing; a thousand of them must not be judged again for each step. */
export function withoutStrangers(policy: Policy, facts: ImageFacts): ImageFacts {
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
    (layer.place.in === 'sif' && (layer.signature === 'invalid' || layer.signature === 'unreadable')) ||
    layer.granted === true ||
    listed.has(layer.digest) ||
    (layer.signature === 'valid' ? known(layer) : principalsBehind(policy, layer).length > 0);
  return { ...facts, layers: facts.layers.filter(counts) };
}
