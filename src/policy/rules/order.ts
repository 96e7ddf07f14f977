// SPDX-License-Identifier: Apache-2.0
// Who fills which stage? Order, thresholds and `distinct` are one question: people are divided among distinct stages, and
// an approval is in order when those who are left for the earlier stages, and whom its signer saw, were enough.

import type { RosterEntry } from '../../attest/approval.ts';
import { type Glasses, glassesOn, sawBroken } from '../break-glass/glass.ts';
import { isNamed, isSameSigner, nameText } from '../../findings/signature.ts';
import type { Policy, Stage } from '../document/model.ts';
import {
  type ByStage,
  canFill,
  differentPeople,
  fillStages,
  MAX_STEPS,
  ofSeat,
  quorumsOf,
  type StageCandidate,
  type StageFill,
} from './threshold.ts';
import { personVouchedFor } from './grants.ts';
import { isMany, isSamePerson, type PersonAs, personAs, principalsBehind } from './people.ts';
import { coversAll, type ImageView, isBound, isListed, type LayerView } from './view.ts';

/** A layer that counts for a stage but for the order, as one of the principals behind it. */
export interface LayerCandidate extends StageCandidate {
  readonly layer: LayerView;
}

/** All ways in which these layers may fill the stage. */
export function candidatesOf(policy: Policy, stage: Stage, layers: readonly LayerView[]): readonly LayerCandidate[] {
  const there = new Set(layers.flatMap(({ principals }) => principals));
  return quorumsOf(stage).flatMap(({ approvers }, seat) =>
    approvers
      .filter((principal) => there.has(principal))
      .flatMap((principal) =>
        layers.flatMap((layer) => peopleAs(policy, principal, layer).map((person) => ({ seat, layer, ...person }))),
      ),
  );
}

/**
 * Whoever is one person by way of a third certificate on the image is one: where certificates stand for people, each uses up
 * all that those use up with which it shares a name or a key.
 */
export function withKin(candidates: ByStage<LayerCandidate>): ByStage<LayerCandidate> {
  const kin = new Map<string, ReadonlySet<string>>();
  for (const { uses } of [...candidates.values()].flat()) {
    if (!uses.some((use) => use.startsWith('person '))) continue;
    const shared = uses.filter((use) => /^(?:person|key) /.test(use));
    const all = new Set(shared.flatMap((use) => [...(kin.get(use) ?? [use])]));
    for (const use of all) kin.set(use, all);
  }
  const widened = (one: LayerCandidate) => ({
    ...one,
    uses: [...new Set(one.uses.flatMap((use) => [use, ...(kin.get(use) ?? [])]))],
  });
  return kin.size === 0 ? candidates : new Map([...candidates].map(([stage, mine]) => [stage, mine.map(widened)]));
}

/** Who approves with a layer where this principal may. */
function peopleAs(policy: Policy, principal: string, { fact, principals, vouching }: LayerView): readonly PersonAs[] {
  const { signer } = fact;
  if (!signer || !principals.includes(principal)) return [];
  if (!vouching) return [personAs(policy, principal, signer)];
  const given = vouching.vouchers.filter(({ giver }) => giver === principal);
  return given.map((voucher) => personVouchedFor(policy, voucher, signer));
}

/** Decides for all stages of a policy; `candidates` are those of every stage. */
export class Order {
  readonly #policy: Policy;
  readonly #image: ImageView;
  readonly #candidates: ByStage<LayerCandidate>;
  /** Stages that somebody let be skipped; undefined when nobody did. */
  readonly glasses: Glasses | undefined;
  readonly #seen = new Map<LayerView, Map<LayerView, string | undefined>>();

  constructor(policy: Policy, image: ImageView, candidates: ByStage<LayerCandidate>) {
    this.#policy = policy;
    this.#image = image;
    this.#candidates = candidates;
    const isBroken = image.evidence.some(({ breakGlass }) => breakGlass !== undefined);
    this.glasses = isBroken ? glassesOn(policy, image, candidates) : undefined;
  }

  /** Candidates in order, by stage, when those `left` out give no place to anybody. */
  inOrder(left: ReadonlySet<LayerCandidate>): ByStage<LayerCandidate> {
    const standing = new Map<string, readonly LayerCandidate[]>();
    for (const stage of this.#policy.stages) {
      const mine = (this.#candidates.get(stage.name) ?? []).filter((one) => !left.has(one));
      standing.set(
        stage.name,
        mine.filter(({ layer }) =>
          stage.after.every((name) => this.seenBy(layer, name, standing) >= this.#threshold(name)),
        ),
      );
    }
    return standing;
  }

  /**
   * How many of the people needed for an earlier stage the signer of a layer saw approve it. A signature without a statement
   * cannot tell, and where the stage was skipped nobody is needed.
   */
  seenBy(layer: LayerView, name: string, standing: ByStage<LayerCandidate>): number {
    if (!layer.fact.approval) return Number.POSITIVE_INFINITY;
    const stage = this.#policy.stages.find((one) => one.name === name);
    if (!stage) return 0;
    const broken = this.glasses?.allowed.filter(({ said }) => said.stage === name);
    if (broken?.some((glass) => sawBroken(layer.fact, glass, this.#image.now))) return stage.threshold;
    const earlier = (standing.get(name) ?? []).flatMap((one) => {
      const entry = this.#entryFor(layer, one.layer, name);
      return entry === undefined ? [] : [{ ...one, uses: [...one.uses, entry] }];
    });
    const seats = quorumsOf(stage).map(({ needed }) => needed);
    if (canFill({ stage: name, seats, candidates: earlier })) return stage.threshold;
    const filled = seats.map((needed, seat) =>
      Math.min(needed, differentPeople(ofSeat(earlier, seat), { steps: MAX_STEPS }).length),
    );
    return Math.min(
      stage.threshold - 1,
      filled.reduce((sum, one) => sum + one, 0),
    );
  }

  /** Who fills these stages. */
  fill(stages: readonly Stage[]): readonly StageFill[] {
    const needs = stages.map((stage) => ({
      stage: stage.name,
      seats: quorumsOf(stage).map(({ needed }) => needed),
      candidates: this.#candidates.get(stage.name) ?? [],
    }));
    return fillStages(needs, this.#policy.distinct, (left) => this.inOrder(left));
  }

  #threshold(name: string): number {
    return this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? Number.POSITIVE_INFINITY;
  }

  /** The roster entry by which a signer saw an earlier layer, in one word; undefined when they did not. */
  #entryFor(layer: LayerView, earlier: LayerView, name: string): string | undefined {
    const known = this.#seen.get(layer) ?? new Map<LayerView, string | undefined>();
    this.#seen.set(layer, known);
    if (!known.has(earlier)) {
      const roster = layer.fact.approval?.roster ?? [];
      const entry = this.#sawWhole(roster, earlier, name) && roster.find((listed) => this.#sees(listed, earlier, name));
      known.set(earlier, entry ? `entry ${entry.digest} ${entry.signer ? nameText(entry.signer) : ''}` : undefined);
    }
    return known.get(earlier);
  }

  /** What somebody signed part by part was seen when every part was. */
  #sawWhole(roster: readonly RosterEntry[], earlier: LayerView, name: string): boolean {
    const { kind, approval, signer } = earlier.fact;
    if (approval || coversAll(earlier, this.#image, name)) return true;
    const parts = this.#image.layers.filter(
      (part) =>
        part.trusted &&
        part.fact.kind === kind &&
        isSameSigner(part.fact.signer, signer) &&
        roster.some((entry) => isListed(entry, part)),
    );
    const covered = new Set(parts.flatMap(({ fact }) => fact.covers));
    return this.#image.about(name).every((id) => covered.has(id));
  }

  /**
   * An entry of edition 0.1.0 names a statement that says not whose it is: it was seen of somebody only where nobody else
   * could have given it.
   */
  #sees(entry: RosterEntry, earlier: LayerView, name: string): boolean {
    const alone = this.#hasOneApprover(name);
    if (isListed(entry, earlier)) return alone || isBound(entry, earlier);
    return entry.stage === name && (alone || entry.signer !== null) && this.#isRenewed(entry, earlier);
  }

  #hasOneApprover(name: string): boolean {
    const [only, ...others] = this.#policy.stages.find((stage) => stage.name === name)?.approvers ?? [];
    return only !== undefined && others.length === 0 && !isMany(this.#policy, only);
  }

  /** Whoever approves a stage anew, by the same key or as the same principal, takes the place of their earlier approval. */
  #isRenewed(entry: RosterEntry, { fact, principals }: LayerView): boolean {
    const renewed = fact.approval?.replaces.filter(
      ({ digest, signer }) => digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer)),
    );
    return (renewed ?? []).some(({ digest, signer }) => {
      if (fact.signer && (isNamed(fact.signer, signer) || fact.signer.hint === signer.key)) return true;
      const old = this.#image.layers.filter(
        (other) => other.fact.digest === digest && isNamed(other.fact.signer, signer),
      );
      return old.some((other) => {
        const both = principalsBehind(this.#policy, other.fact).filter((name) => principals.includes(name));
        return both.some((name) => isSamePerson(this.#policy, name, [other.fact.signer, fact.signer]));
      });
    });
  }
}
