// SPDX-License-Identifier: Apache-2.0
// Order, thresholds and `distinct` are one question: people are divided among distinct stages, and an approval is in order
// when those who are left for the earlier stages, and whom its signer saw, were enough.

import type { RosterEntry } from '../../../attest/approval.ts';
import type { Digest } from '../../../base/bytes.ts';
import { isNamed, isSameSigner, nameText, type Reason } from '../../../findings/signature.ts';
import { type Glasses, glassesOn, sawBroken } from '../../break-glass/glass.ts';
import type { Policy, Stage } from '../../document/model.ts';
import { reason } from '../../reasons.ts';
import { isMany, isSamePerson, type PersonAs, personAs, principalsBehind } from '../people.ts';
import { isEntryOf } from '../roster.ts';
import { personVouchedFor } from '../grants.ts';
import {
  type ByStage,
  canFill,
  canSeat,
  fillStages,
  ofSeat,
  quorumsOf,
  type StageCandidate,
  type StageFill,
} from '../threshold.ts';
import { asApproval, coversAll, type ImageView, isBound, isListed, type LayerView, nameLayer } from '../view.ts';
import { type Budget, countPeople, inShort, MAX_STEPS, spend } from './different.ts';

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

/** Who approves with a layer where this principal may. */
function peopleAs(policy: Policy, principal: string, { fact, principals, vouching }: LayerView): readonly PersonAs[] {
  const { signer } = fact;
  if (!signer || !principals.includes(principal)) return [];
  if (!vouching) return [personAs(policy, principal, signer)];
  const given = vouching.vouchers.filter(({ giver }) => giver === principal);
  return given.map((voucher) => personVouchedFor(policy, voucher, signer));
}

/** A candidate of an earlier stage as somebody saw it. */
interface Seen extends LayerCandidate {
  readonly of: LayerCandidate;
  /** The same for the same candidate seen by the same entry. */
  readonly id: string;
}

/** Who counts. */
interface Standing {
  readonly standing: ByStage<LayerCandidate>;
  /** All of them. */
  readonly there: ReadonlySet<LayerCandidate>;
}

/** Decides for all stages of a policy; `candidates` are those of every stage. */
export class Order {
  readonly #policy: Policy;
  readonly #image: ImageView;
  readonly #candidates: ByStage<LayerCandidate>;
  /** Stages that somebody let be skipped; undefined when nobody did. */
  readonly glasses: Glasses | undefined;
  readonly #sightings: Sightings;
  /** What all searches of one evaluation may spend together. */
  readonly #budget: Budget = { steps: MAX_STEPS };
  readonly #seen = new Map<string, Map<LayerView, readonly Seen[]>>();
  readonly #entries = new Map<string, number>();
  readonly #filled = new Map<string, number>();
  #all: Standing | undefined;

  constructor(policy: Policy, image: ImageView, candidates: ByStage<LayerCandidate>) {
    this.#policy = policy;
    this.#image = image;
    this.#candidates = inShort(candidates);
    this.#sightings = new Sightings(policy, image);
    const isBroken = image.evidence.some(({ breakGlass }) => breakGlass !== undefined);
    this.glasses = isBroken ? glassesOn(policy, image, candidates) : undefined;
  }

  /** Candidates in order, by stage, when those `left` out give no place to anybody. */
  inOrder(left: ReadonlySet<LayerCandidate>): ByStage<LayerCandidate> {
    return left.size === 0 ? this.#whole().standing : this.#standing(left).standing;
  }

  /** Whoever counts when nobody is left out. */
  #whole(): Standing {
    this.#all ??= this.#standing(new Set());
    return this.#all;
  }

  #standing(left: ReadonlySet<LayerCandidate>): Standing {
    const standing = new Map<string, readonly LayerCandidate[]>();
    const there = new Set<LayerCandidate>();
    for (const stage of this.#policy.stages) {
      const mine = (this.#candidates.get(stage.name) ?? []).filter((one) => !left.has(one));
      const layers = new Set(mine.map(({ layer }) => layer));
      for (const layer of layers)
        if (!stage.after.every((name) => this.#seenBy(layer, name, there) >= this.#threshold(name)))
          layers.delete(layer);
      const ordered = mine.filter(({ layer }) => layers.has(layer));
      for (const one of ordered) there.add(one);
      standing.set(stage.name, ordered);
    }
    return { standing, there };
  }

  /**
   * How many of the people needed for an earlier stage the signer of a layer saw approve it. A signature without a statement
   * cannot tell, and where the stage was skipped nobody is needed.
   */
  #seenBy(layer: LayerView, name: string, there: ReadonlySet<LayerCandidate>): number {
    if (!layer.fact.approval) return Number.POSITIVE_INFINITY;
    const stage = this.#policy.stages.find((one) => one.name === name);
    if (!stage) return 0;
    const broken = this.glasses?.allowed.filter(({ said }) => said.stage === name);
    if (broken?.some((glass) => sawBroken(layer.fact, glass, this.#image.now))) return stage.threshold;
    const all = this.#sightingsOf(layer, name);
    if (!spend(this.#budget, 1 + all.length)) return 0;
    const earlier = all.filter(({ of }) => there.has(of));
    const seats = quorumsOf(stage).map(({ needed }) => needed);
    return canSeat({ stage: name, seats, candidates: earlier }) ? stage.threshold : this.#filledBy(stage, earlier);
  }

  /** Many signers saw the same: that is searched once. */
  #filledBy(stage: Stage, candidates: readonly Seen[]): number {
    const question = `${stage.name} ${candidates.map(({ id }) => id).join()}`;
    const known = this.#filled.get(question);
    if (known !== undefined) return known;
    const quorums = quorumsOf(stage).map(({ needed }, seat) => ({ needed, mine: ofSeat(candidates, seat) }));
    const seats = quorums.map(({ needed }) => needed);
    const isFilled = canFill({ stage: stage.name, seats, candidates }, this.#budget);
    const counts = quorums.map(({ needed, mine }) => Math.min(needed, countPeople(mine, this.#budget)));
    const sum = counts.reduce((all, one) => all + one, 0);
    const seen = isFilled ? stage.threshold : Math.min(stage.threshold - 1, sum);
    this.#filled.set(question, seen);
    return seen;
  }

  /** Candidates of an earlier stage that the signer of a layer saw. */
  #sightingsOf(layer: LayerView, name: string): readonly Seen[] {
    const known = this.#seen.get(name) ?? new Map<LayerView, readonly Seen[]>();
    this.#seen.set(name, known);
    const seen =
      known.get(layer) ??
      (this.#candidates.get(name) ?? []).flatMap((of, position) => {
        const entry = this.#sightings.entryFor(layer, of.layer, name);
        return entry === undefined
          ? []
          : [{ ...of, of, id: `${position}.${this.#numberOf(entry)}`, uses: [...of.uses, entry] }];
      });
    known.set(layer, seen);
    return seen;
  }

  /** A short word for a long one. */
  #numberOf(entry: string): number {
    const number = this.#entries.get(entry) ?? this.#entries.size;
    this.#entries.set(entry, number);
    return number;
  }

  /** The signer must have seen enough people approve the earlier stage in a way that counts. */
  lateReason(layer: LayerView, name: string): Reason | undefined {
    const view = asApproval(layer);
    const needed = this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? 0;
    const seen = this.#seenBy(layer, name, this.#whole().there);
    if (!view || seen >= needed) return undefined;
    if (this.#budget.steps < 0) {
      const message = `${nameLayer(view)}: too many ways to tell whether it was given in order, after stage ${name}`;
      return reason('ASSIGNMENT_UNDECIDED', message);
    }
    const count = `${seen} of ${needed}`;
    const listsAny = view.approval.roster.some((entry) => entry.stage === name) || seen > 0;
    const message = listsAny
      ? `it rests on approvals of stage ${name} that do not count (${count} needed do)`
      : `it was given before stage ${name} was approved (it had seen ${count} needed)`;
    return reason('APPROVAL_OUT_OF_ORDER', `${nameLayer(view)}: ${message}`);
  }

  /** Who fills these stages. */
  fill(stages: readonly Stage[]): readonly StageFill[] {
    const needs = stages.map((stage) => ({
      stage: stage.name,
      seats: quorumsOf(stage).map(({ needed }) => needed),
      candidates: this.#candidates.get(stage.name) ?? [],
    }));
    return fillStages(needs, this.#policy.distinct, { counting: (left) => this.inOrder(left), budget: this.#budget });
  }

  #threshold(name: string): number {
    return this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? Number.POSITIVE_INFINITY;
  }
}

/** By which roster entries signers saw the layers of earlier stages. */
class Sightings {
  readonly #policy: Policy;
  readonly #image: ImageView;
  readonly #known = new Map<LayerView, Map<LayerView, string | undefined>>();
  readonly #byDigest = new Map<readonly RosterEntry[], ReadonlyMap<Digest, readonly RosterEntry[]>>();

  constructor(policy: Policy, image: ImageView) {
    this.#policy = policy;
    this.#image = image;
  }

  /** The entry by which the signer of a layer saw one of the stage `name`, in one word; undefined when they did not. */
  entryFor(layer: LayerView, earlier: LayerView, name: string): string | undefined {
    const known = this.#known.get(layer) ?? new Map<LayerView, string | undefined>();
    this.#known.set(layer, known);
    if (!known.has(earlier)) {
      const roster = layer.fact.approval?.roster ?? [];
      const listing = this.#listing(roster, earlier);
      const entry = this.#sawWhole(roster, earlier, name) && listing.find((one) => this.#sees(one, earlier, name));
      known.set(earlier, entry ? `entry ${entry.digest} ${entry.signer ? nameText(entry.signer) : ''}` : undefined);
    }
    return known.get(earlier);
  }

  /** Entries that can be about a layer: those of its digest, or all where it took the place of others. */
  #listing(roster: readonly RosterEntry[], { fact }: LayerView): readonly RosterEntry[] {
    if (fact.approval?.replaces.length) return roster;
    const byDigest = this.#byDigest.get(roster) ?? Map.groupBy(roster, ({ digest }) => digest);
    this.#byDigest.set(roster, byDigest);
    return byDigest.get(fact.digest) ?? [];
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
    const renewed = fact.approval?.replaces.filter((one) => isEntryOf(one, entry)) ?? [];
    return renewed.some(({ digest, signer }) => {
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
