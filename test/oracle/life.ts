// SPDX-License-Identifier: Apache-2.0
// What docs/policy.md says of an image at the end of a history: an oracle that knows events, and nothing of src.

import { type Given, GLASS, GLASS_LONGEST, type History, type Paper, SCAN_OLDEST, STAGES } from './history.ts';

/** What becomes of each stage, and which broken glass was reviewed. */
export interface Fate {
  readonly passed: boolean;
  readonly stages: readonly ('passed' | 'skipped' | 'open')[];
  readonly reviewed: number;
}

/** The verdict of the oracle. */
export function fateOf(history: History): Fate {
  return new Life(history).fate();
}

class Life {
  readonly #of: History;

  constructor(history: History) {
    this.#of = history;
  }

  fate(): Fate {
    const stages = STAGES.map(([stage]) => {
      const people = new Set(
        this.#of.approvals.filter((one) => one.stage === stage && this.stands(one)).map(({ who }) => who),
      );
      if (people.size >= this.needed(stage) && (stage !== 'security' || this.isClean())) return 'passed';
      return stage === 'security' &&
        this.glasses().some((glass) => this.isSigned(glass) && this.#of.now < this.endOf(glass))
        ? 'skipped'
        : 'open';
    });
    const reviewed = this.glasses().filter((glass) => this.isReviewed(glass)).length;
    return { passed: !stages.includes('open'), stages, reviewed };
  }

  needed(stage: string): number {
    return stage === 'security' ? this.#of.needed : 1;
  }

  /** Counts, and in order. */
  stands(one: Given): boolean {
    const before = STAGES[STAGES.findIndex(([stage]) => stage === one.stage) - 1]?.[0];
    return this.counts(one) && (before === undefined || this.sawEnough(one, before));
  }

  sawEnough(one: Given, before: string): boolean {
    if (before === 'security' && this.glasses().some((glass) => this.sawBroken(one, glass))) return true;
    const seen = this.#of.approvals.filter((other) => other.stage === before && this.stands(other) && sees(one, other));
    return new Set(seen.map(({ who }) => who)).size >= this.needed(before);
  }

  /** By everything but the order. */
  counts(one: Given): boolean {
    const isApprover = STAGES.some(([stage, approvers]) => stage === one.stage && approvers.includes(one.who));
    return isApprover && this.timeOf(one) !== undefined && !this.isWithdrawn(one) && !this.isReplaced(one);
  }

  isWithdrawn(one: Given): boolean {
    return this.#of.papers.some(({ who, takesBack = [] }) => who === one.who && takesBack.includes(one));
  }

  isReplaced(one: Given): boolean {
    return this.#of.approvals.some((other) => {
      const isApprover = STAGES.some(([stage, approvers]) => stage === other.stage && approvers.includes(other.who));
      return isApprover && other.replaces.includes(one) && this.timeOf(other) !== undefined;
    });
  }

  /** Whether the key and the person were good at a time. */
  isGood({ who }: Given | Paper, time: number): boolean {
    const end = this.#of.ends.get(who);
    return end?.kind !== 'compromised' && time < (end?.at ?? Infinity) && time < (this.#of.left.get(who) ?? Infinity);
  }

  /** By its own timestamp or the present, else by that of a later approval that lists it; undefined when it is worth nothing. */
  timeOf(one: Given): number | undefined {
    if (!(one.at < (this.#of.left.get(one.who) ?? Infinity))) return undefined;
    const own = one.stamped ?? this.#of.now;
    if (this.isGood(one, own)) return own;
    const later = this.#of.approvals
      .filter((other) => other.saw.includes(one) && this.vouches(other))
      .map(({ stamped }) => stamped ?? Infinity);
    const time = Math.min(...later);
    return time < Infinity && this.isGood(one, time) ? time : undefined;
  }

  vouches(one: Given): boolean {
    const isApprover = STAGES.some(([stage, approvers]) => stage === one.stage && approvers.includes(one.who));
    const inTime = one.at < (this.#of.left.get(one.who) ?? Infinity);
    return isApprover && inTime && one.stamped !== undefined && this.isGood(one, one.stamped) && !this.isWithdrawn(one);
  }

  /** The newest scan is young enough, and found nothing that the newest word on it does not call harmless. */
  isClean(): boolean {
    const scans = this.#of.papers.filter(({ is }) => is === 'scan').sort((a, b) => b.at - a.at);
    const [newest] = scans;
    if (!newest || this.#of.now - newest.at > SCAN_OLDEST) return false;
    const [word] = this.#of.papers.filter(({ is }) => is === 'vex').sort((a, b) => b.at - a.at);
    return newest.bad !== true || (word !== undefined && word.bad !== true);
  }

  /** Those that the policy allows, be they over or not. */
  glasses(): readonly Paper[] {
    return this.#of.papers.filter(
      ({ is, who, at, until = 0 }) => is === 'glass' && GLASS.includes(who) && until - at <= GLASS_LONGEST,
    );
  }

  isSigned(glass: Paper): boolean {
    return this.isGood(glass, glass.stamped ?? this.#of.now);
  }

  isReviewed(glass: Paper): boolean {
    return this.#of.approvals.some(
      (one) => one.stage === 'security' && one.who !== glass.who && one.sawPapers.includes(glass) && this.counts(one),
    );
  }

  /** When somebody who may break the glass, or the one who did, took that back. */
  backAt(glass: Paper): number {
    const by = this.#of.papers.filter(
      ({ who, takesBack = [] }) => takesBack.includes(glass) && [...GLASS, glass.who].includes(who),
    );
    return Math.min(...by.map(({ at }) => at));
  }

  endOf(glass: Paper): number {
    return Math.min(this.lastsUntil(glass), this.backAt(glass));
  }

  /** What was taken back is no review: the next one lasts no longer. */
  lastsUntil(glass: Paper): number {
    const open = this.glasses().filter((one) => !this.isReviewed(one));
    const first = Math.min(...open.map(({ at }) => at));
    return this.isReviewed(glass) ? (glass.until ?? 0) : Math.min(glass.until ?? 0, first + GLASS_LONGEST);
  }

  sawBroken(one: Given, glass: Paper): boolean {
    if (!this.isSigned(glass) || !one.sawPapers.includes(glass)) return false;
    return Math.min(this.#of.now, this.timeOf(one) ?? this.#of.now) < this.endOf(glass);
  }
}

/** Itself, or what it took the place of. */
function sees(one: Given, other: Given): boolean {
  return one.saw.includes(other) || other.replaces.some((old) => one.saw.includes(old));
}
