// SPDX-License-Identifier: Apache-2.0
// What signers had seen when they approved: by which entry of their list they name a layer of an earlier stage.

import type { RosterEntry } from '../../../attest/approval.ts';
import type { Digest } from '../../../base/bytes.ts';
import { isNamed, isSameSigner, nameText } from '../../../findings/signature.ts';
import type { Policy } from '../../document/model.ts';
import { isMany, isSamePerson, principalsBehind } from '../people.ts';
import { isEntryOf } from '../roster.ts';
import { coversAll, type ImageView, isBound, isListed, type LayerView } from '../view.ts';

/** By which roster entries signers saw the layers of earlier stages. */
export class Sightings {
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
