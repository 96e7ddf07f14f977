// SPDX-License-Identifier: Apache-2.0
// The verdict a second time, written from "How the verdict is found" in docs/policy.md and from nothing else: it shares no
// code with src, tries every way where the product searches, and is not made to be fast.

import {
  type Image,
  type Layer,
  type Rules,
  isIt,
  ownStatement,
  sameAs,
  isEqual,
  sameSigner,
  overlap,
  people,
  choices,
} from './material.ts';
import { afterDenials, afterWithdrawals, contentDenied, openFileSystem } from './denied.ts';
import { asAsked, isLeftOver, objectsOf } from './objects.ts';
import { People } from './people.ts';

/** What the page says of an image under a policy. */
export function decide(all: Rules, image: Image, now: number): { passed: boolean; stages: readonly boolean[] } {
  const rules = asAsked(all, image);
  const { passed, stages } = new Oracle(
    rules,
    afterWindows(rules, afterDenials(rules, afterWithdrawals(rules, image)), now),
    now,
  ).decide();
  const bad = contentDenied(rules, image) || openFileSystem(rules, image) || isLeftOver(rules, image);
  return { passed: passed && !bad, stages };
}

interface Place {
  readonly layer: Layer;
  readonly principal: string;
  /** Which of the stage's quorums. */
  readonly quorum: number;
  readonly uses: ReadonlySet<string>;
}

/** "Outside of every window": there, and worth nothing. */
function afterWindows(rules: Rules, image: Image, now: number): Image {
  const known = new People(rules, image, now);
  const layers = image.layers.map((layer): Layer => {
    const { signer } = layer;
    const owners = rules.principals.filter(({ name }) => signer && known.isPrincipal(signer, name));
    const open = owners.some(({ name }) => signer && known.isPrincipal(signer, name, layer));
    if (layer.signature !== 'valid' || owners.length === 0 || open) return layer;
    return { ...layer, signature: 'untrusted', reasons: [{ code: 'CREDENTIAL_OUTSIDE_WINDOW' }, ...layer.reasons] };
  });
  return { ...image, layers };
}

class Oracle extends People {
  decide() {
    const places = this.withKin(new Map(this.rules.stages.map((stage) => [stage.name, this.placesOf(stage.name)])));
    const filled: string[] = [];
    for (const stage of this.rules.stages) if (this.canFill([...filled, stage.name], places)) filled.push(stage.name);
    const losses = this.losses();
    const stages = this.rules.stages.map(({ name }) => filled.includes(name) && !losses.some((loss) => loss === name));
    const inFile = this.image.layers.filter(({ place }) => place.in === 'sif');
    const altered =
      inFile.some(({ signature }) => signature === 'invalid' || signature === 'unreadable') ||
      inFile.some((layer) => layer.contradicted && this.counted(layer));
    return { passed: stages.every(Boolean) && losses.length === 0 && !altered, stages };
  }

  /** "Also by way of a third certificate": what people use up grows until nobody shares a name or key with one who uses up more. */
  withKin(places: ReadonlyMap<string, readonly Place[]>): ReadonlyMap<string, readonly Place[]> {
    const grown = [...places].flatMap(([stage, mine]) =>
      mine.map((place) => ({ stage, place, uses: new Set(place.uses) })),
    );
    const named = grown.filter(({ uses }) => [...uses].some((use) => use.startsWith('anybody:')));
    for (let again = true; again; ) {
      again = false;
      for (const one of grown)
        for (const other of named) {
          const shared = [...other.uses].filter((use) => /^(anybody|key):/.test(use));
          const more = shared.filter((use) => !one.uses.has(use));
          if (more.length === 0 || more.length === shared.length) continue;
          for (const use of more) one.uses.add(use);
          again = true;
        }
    }
    return new Map(
      [...places.keys()].map((name) => [
        name,
        grown.flatMap(({ stage, place, uses }) => (stage === name ? [{ ...place, uses }] : [])),
      ]),
    );
  }

  /** Rules 1 to 6. */
  placesOf(name: string): readonly Place[] {
    const stage = this.rules.stages.find((one) => one.name === name);
    if (!stage) return [];
    const layers = this.image.layers.filter((layer) => {
      if (!this.counted(layer) || layer.reasons.some(({ severity }) => severity !== 'remark')) return false;
      const { approval } = layer;
      if (!approval) return this.nativeCounts(layer, stage) && this.isYoung(layer, stage.maxAge);
      return (
        approval.stage === name &&
        !this.isReplaced(layer) &&
        this.covers(layer) &&
        approval.verifierId === stage.id &&
        (!stage.reviewed || (layer.signer?.reviewers ?? []).length > 0) &&
        (approval.expires === null || Date.parse(approval.expires) > this.now) &&
        Date.parse(approval.timeVerified) <= this.now + 300_000 &&
        !this.isDatedAhead(layer) &&
        this.isYoung(layer, stage.maxAge) &&
        this.nativeHalfIsThere(layer) &&
        this.complaints(layer).length === 0 &&
        this.isConsistent(layer)
      );
    });
    return this.quorums(stage).flatMap(({ approvers }, quorum) =>
      approvers.flatMap((principal) =>
        layers.flatMap((layer) => this.usesOf(layer, principal).map((uses) => ({ layer, principal, quorum, uses }))),
      ),
    );
  }

  /** "Dated later than it is proven to be", by more than five minutes. */
  isDatedAhead({ approval, proven }: Layer): boolean {
    if (!approval || proven?.proof !== 'timestamp') return false;
    return Date.parse(approval.timeVerified) - proven.latest.getTime() > 300_000;
  }

  /** "How old an approval may be": by its own time or the proven one, whichever is older. */
  isYoung({ approval, signedAt, proven }: Layer, maxAge: number | undefined): boolean {
    if (maxAge === undefined) return true;
    const stated = approval?.timeVerified ?? signedAt;
    const ages = [...(stated === null ? [] : [Date.parse(stated)]), ...(proven ? [proven.time.getTime()] : [])];
    return ages.length > 0 && ages.every((time) => this.now - time <= maxAge);
  }

  nativeCounts(layer: Layer, stage: Rules['stages'][number]): boolean {
    const format = { 'native-pgp': 'pgp', 'native-dsse': 'dsse' }[layer.kind];
    if (format === undefined || !stage.native.includes(format) || this.isHalf(layer) || layer.contradicted)
      return false;
    const others = this.image.layers.filter(
      (other) =>
        other.kind === layer.kind &&
        this.counted(other) &&
        !other.contradicted &&
        !other.reasons.some(({ severity }) => severity !== 'remark') &&
        sameSigner(other.signer, layer.signer) &&
        !this.isHalf(other),
    );
    const parts = [
      layer,
      ...others.filter(({ signedAt }) => this.image.hasId || (signedAt !== null && signedAt === layer.signedAt)),
    ];
    const about = objectsOf(this.rules, this.image, stage.name);
    return (
      layer.covers.length > 0 &&
      about.length > 0 &&
      about.every((id) => parts.some(({ covers }) => covers.includes(id)))
    );
  }

  isHalf(native: Layer): boolean {
    return this.image.layers.some(
      (layer) =>
        layer.signature === 'valid' &&
        ownStatement(layer) &&
        sameSigner(layer.signer, native.signer) &&
        layer.approval?.native.some(({ digest }) => digest === native.digest),
    );
  }

  nativeHalfIsThere(layer: Layer): boolean {
    const entries = layer.approval?.native ?? [];
    const sound = this.image.layers.filter(
      (native) =>
        native.kind.startsWith('native-') &&
        native.signature === 'valid' &&
        !native.contradicted &&
        native.covers.length > 0 &&
        sameSigner(native.signer, layer.signer),
    );
    const named = sound.filter(({ digest }) => entries.some((entry) => entry.digest === digest));
    if (!entries.every(({ digest }) => named.some((native) => native.digest === digest))) return false;
    const about = objectsOf(this.rules, this.image, layer.approval?.stage);
    return entries.length === 0 || about.every((id) => named.some(({ covers }) => covers.includes(id)));
  }

  /** Stages of listed layers that are gone, as this approval says. */
  complaints(layer: Layer): readonly (string | null)[] {
    return (layer.approval?.roster ?? []).filter((entry) => !this.isThere(entry)).map(({ stage }) => stage);
  }

  isThere(entry: NonNullable<Layer['approval']>['roster'][number]): boolean {
    const there = this.image.layers.some((layer) => {
      if (!isIt(entry, layer)) return false;
      const named = entry.signer !== null || Boolean(layer.approval?.signer) || layer.kind.startsWith('native-');
      if (layer.signature === 'valid')
        return named || this.approvers(entry.stage) === undefined || this.mayApprove(layer, entry.stage ?? '');
      if (layer.signature !== 'untrusted' && layer.signature !== 'unknown-signer') return false;
      if (layer.approval?.signer || layer.kind.startsWith('native-')) return true;
      return entry.signer !== null && this.behind(layer).length > 0;
    });
    return (
      there ||
      this.replaced(
        entry.stage,
        (digest, signer) => digest === entry.digest && (entry.signer === null || isEqual(signer, entry.signer)),
      )
    );
  }

  isConsistent({ digest, approval }: Layer): boolean {
    if (!approval) return true;
    const { roster, sequence, previous } = approval;
    const names = roster.map((entry) => JSON.stringify([entry.digest, entry.signer?.key, entry.signer?.fingerprint]));
    if (new Set(names).size !== names.length || roster.some((entry) => entry.digest === digest)) return false;
    const copies = roster.map((entry) => this.image.layers.filter((layer) => layer.digest === entry.digest));
    for (const [index, entry] of roster.entries()) {
      const [copy] = copies[index] ?? [];
      if (copy && (copy.kind.startsWith('native-') ? null : copy.approval?.stage) !== entry.stage) return false;
    }
    const numbers = copies.map((found) => Math.max(0, ...found.map((layer) => layer.approval?.sequence ?? 0)));
    const highest = Math.max(0, ...numbers);
    const whole = copies.every((found) => found.length > 0);
    if (whole ? sequence !== highest + 1 : sequence <= highest) return false;
    if (previous === null) return highest === 0;
    return roster.some((entry, index) => entry.digest === previous && (!whole || numbers[index] === highest));
  }

  /** "What a principal's approval of this content lists and nobody replaced": stages that suffer. */
  losses(): readonly (string | null)[] {
    return this.image.layers
      .filter((layer) => layer.approval && this.counted(layer) && this.covers(layer) && !this.isReplaced(layer))
      .flatMap((layer) => [
        ...this.complaints(layer).map((stage) => stage ?? layer.approval?.stage ?? null),
        ...(this.nativeHalfIsThere(layer) ? [] : [layer.approval?.stage ?? null]),
      ]);
  }

  /** Tries every way to divide people among distinct stages. */
  canFill(names: readonly string[], places: ReadonlyMap<string, readonly Place[]>): boolean {
    const all = names.flatMap((name) => (places.get(name) ?? []).map((place) => ({ name, place })));
    const rivals = (one: (typeof all)[number], other: (typeof all)[number]) =>
      (one.name === other.name
        ? one.place.quorum !== other.place.quorum
        : this.rules.distinct.some((group) => group.includes(one.name) && group.includes(other.name))) &&
      overlap(one.place.uses, other.place.uses);
    const disputed = all.filter((one) => all.some((other) => rivals(one, other)));
    for (const kept of choices(disputed, rivals)) {
      const left = new Set(disputed.filter((one) => !kept.includes(one)).map(({ place }) => place));
      if (this.areMet(names, places, left)) return true;
    }
    return false;
  }

  areMet(names: readonly string[], places: ReadonlyMap<string, readonly Place[]>, left: ReadonlySet<Place>): boolean {
    const standing = new Map<string, readonly Place[]>();
    for (const stage of this.rules.stages) {
      const mine = (places.get(stage.name) ?? []).filter((place) => !left.has(place));
      const inOrder = mine.filter(({ layer }) =>
        stage.after.every((before) => this.saw(layer, before, standing.get(before) ?? [])),
      );
      standing.set(stage.name, inOrder);
      const met = this.quorums(stage).every(
        ({ needed }, quorum) =>
          people(inOrder.filter((place) => place.quorum === quorum).map(({ uses }) => uses)) >= needed,
      );
      if (names.includes(stage.name) && !met) return false;
    }
    return true;
  }

  /** Rule 7. */
  saw({ approval }: Layer, before: string, standing: readonly Place[]): boolean {
    if (!approval) return true;
    const stage = this.rules.stages.find(({ name }) => name === before);
    const seen = standing.flatMap(({ layer, quorum, uses }) => {
      const entry = this.seenAs(approval.roster, layer, before);
      return entry === undefined
        ? []
        : [
            {
              quorum,
              uses: new Set([
                ...uses,
                `entry:${JSON.stringify([entry.digest, entry.signer?.key, entry.signer?.fingerprint])}`,
              ]),
            },
          ];
    });
    return (
      stage !== undefined &&
      this.fillsAll(
        this.quorums(stage).map(({ needed }) => needed),
        seen,
      )
    );
  }

  /** Tries every way to give each of those seen to one quorum alone, or to none. */
  fillsAll(needed: readonly number[], seen: readonly Pick<Place, 'quorum' | 'uses'>[]): boolean {
    const rivals = (one: (typeof seen)[number], other: (typeof seen)[number]) =>
      one.quorum !== other.quorum && overlap(one.uses, other.uses);
    const disputed = seen.filter((one) => seen.some((other) => rivals(one, other)));
    for (const chosen of choices(disputed, rivals)) {
      const kept = seen.filter((one) => chosen.includes(one) || !disputed.includes(one));
      const full = needed.every(
        (count, quorum) => people(kept.filter((one) => one.quorum === quorum).map(({ uses }) => uses)) >= count,
      );
      if (full) return true;
    }
    return false;
  }

  seenAs(roster: NonNullable<Layer['approval']>['roster'], earlier: Layer, before: string) {
    const alone = this.hasOneApprover(before);
    if (!earlier.approval && !this.covers(earlier, before)) {
      const parts = this.image.layers.filter(
        (part) =>
          part.kind === earlier.kind &&
          this.counted(part) &&
          sameSigner(part.signer, earlier.signer) &&
          roster.some((entry) => isIt(entry, part)),
      );
      const about = objectsOf(this.rules, this.image, before);
      if (!about.every((id) => parts.some(({ covers }) => covers.includes(id)))) return undefined;
    }
    return roster.find((entry) => {
      const named = entry.signer !== null || Boolean(earlier.approval?.signer) || earlier.kind.startsWith('native-');
      if (isIt(entry, earlier)) return named || alone;
      if (entry.stage !== before || (entry.signer === null && !alone)) return false;
      return (earlier.approval?.replaces ?? []).some(
        (old) =>
          old.digest === entry.digest &&
          (entry.signer === null || isEqual(old.signer, entry.signer)) &&
          (old.signer.key === earlier.signer?.hint ||
            (old.signer.fingerprint !== undefined &&
              old.signer.fingerprint === earlier.signer?.fingerprint &&
              sameAs(earlier.signer, old.signer)) ||
            this.image.layers.some(
              (layer) =>
                layer.digest === old.digest &&
                sameAs(layer.signer, old.signer) &&
                this.behind(layer).some(
                  (name) =>
                    earlier.signer &&
                    this.isPrincipal(earlier.signer, name) &&
                    this.isSame(name, layer.signer, earlier.signer),
                ),
            )),
      );
    });
  }
}
