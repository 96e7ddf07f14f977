// SPDX-License-Identifier: Apache-2.0
// What happens to an image in the course of time: random events, in the words that the oracle judges by. Nothing of src.

/** Somebody's approval. */
export interface Given {
  readonly is: 'approval';
  readonly who: string;
  readonly stage: string;
  /** Milliseconds, as all times here. */
  readonly at: number;
  /** Earlier approvals that the signer saw. */
  readonly saw: readonly Given[];
  readonly sawPapers: readonly Paper[];
  /** Own earlier ones whose place it takes. */
  readonly replaces: readonly Given[];
  stamped?: number;
}

/** A statement that is no approval. */
export interface Paper {
  readonly is: 'scan' | 'vex' | 'glass' | 'withdrawal';
  readonly who: string;
  readonly at: number;
  /** Scan: something was found. Vex: it is said to be harmless. */
  readonly bad?: boolean;
  /** Glass. */
  readonly until?: number;
  /** Withdrawal. */
  readonly takesBack?: readonly (Given | Paper)[];
  stamped?: number;
}

/** How a key ended, and when. */
export interface End {
  readonly kind: 'expired' | 'retired' | 'compromised';
  readonly at: number;
}

/** Everything that happened, and when that is judged. */
export interface History {
  readonly start: number;
  readonly now: number;
  readonly needed: number;
  readonly approvals: readonly Given[];
  readonly papers: readonly Paper[];
  readonly ends: ReadonlyMap<string, End>;
  readonly left: ReadonlyMap<string, number>;
  readonly told: readonly string[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Stages in order, and who may approve them. */
export const STAGES: readonly (readonly [string, readonly string[]])[] = [
  ['author', ['alice']],
  ['security', ['bob', 'dave', 'oncall']],
  ['production', ['carol', 'dave']],
];
/** Who may break the glass of stage security, for how long; how old a scan may be. */
export const GLASS = ['oncall', 'dave'];
export const GLASS_LONGEST = DAY;
export const SCAN_OLDEST = 7 * DAY;
export const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'oncall'];
export const EVENTS = [
  'approve',
  'renew',
  'stamp',
  'expire',
  'revoke',
  'leave',
  'scan',
  'vex',
  'break glass',
  'review',
  'withdraw',
] as const;

interface Dice {
  one<T>(of: readonly T[]): T;
  chance(share: number): boolean;
  roll(): number;
}

/** A history of up to six events, often after everybody has done what they should. */
export function historyFrom(dice: Dice): History {
  const start = Date.parse('2026-03-01T00:00:00Z');
  const world = new World(start, dice);
  if (dice.chance(0.75)) world.ordinary();
  const count = 1 + Math.floor(dice.roll() * 6);
  for (let index = 0; index < count; index += 1) world.happens(dice.one(EVENTS));
  world.pass(dice.one([60_000, HOUR, 9 * HOUR, 30 * HOUR, 8 * DAY]));
  const { approvals, papers, ends, left, told, now, needed } = world;
  return { start, now, needed, approvals, papers, ends, left, told };
}

class World {
  readonly approvals: Given[] = [];
  readonly papers: Paper[] = [];
  readonly ends = new Map<string, End>();
  readonly left = new Map<string, number>();
  readonly told: string[] = [];
  readonly needed: number;
  now: number;
  readonly #dice: Dice;

  constructor(now: number, dice: Dice) {
    this.now = now;
    this.#dice = dice;
    this.needed = dice.chance(0.25) ? 2 : 1;
  }

  pass(time: number): void {
    // No two things are of one moment.
    this.now += time + 7_000;
  }

  ordinary(): void {
    this.paper({ is: 'scan', who: 'ci', bad: false });
    const security = ['bob', 'dave', 'oncall'].slice(0, this.#dice.chance(0.9) ? this.needed : 0);
    for (const who of ['alice', ...security, 'carol']) {
      if (this.#dice.chance(0.05)) continue;
      const [stage = 'author'] = STAGES.find(([, approvers]) => approvers.includes(who)) ?? [];
      this.approve(who, stage, false);
    }
    if (security.length === 0) this.#move(() => this.papers.push(this.glassBy('oncall')));
    if (this.#dice.chance(0.4)) this.happens('stamp');
  }

  happens(event: (typeof EVENTS)[number]): void {
    const dice = this.#dice;
    this.pass(dice.one([60_000, HOUR, 5 * HOUR, 2 * DAY]));
    this.told.push(event);
    const who = dice.one(PEOPLE);
    const [stage, approvers] = dice.one(STAGES);
    if (event === 'approve' || event === 'renew')
      this.approve(dice.chance(0.9) ? dice.one(approvers) : who, stage, event === 'renew');
    else if (event === 'review') this.approve(dice.one(['bob', 'dave', 'oncall']), 'security', dice.chance(0.5));
    else if (event === 'stamp') this.stamp();
    else if (event === 'expire') this.#end(who, 'expired');
    else if (event === 'revoke') this.#end(who, dice.one(['retired', 'compromised']));
    else if (event === 'leave') this.left.set(who, Math.min(this.now, this.left.get(who) ?? this.now));
    else if (event === 'scan') this.paper({ is: 'scan', who: 'ci', bad: dice.chance(0.6) });
    else if (event === 'vex') this.paper({ is: 'vex', who: 'psirt', bad: dice.chance(0.2) });
    else if (event === 'break glass') this.papers.push(this.glassBy(dice.chance(0.85) ? dice.one(GLASS) : who));
    else if (this.papers.some(({ is }) => is === 'glass') && dice.chance(0.5)) {
      const back = dice.one(this.papers.filter(({ is }) => is === 'glass'));
      this.paper({ is: 'withdrawal', who: dice.chance(0.4) ? back.who : who, takesBack: [back] });
    } else {
      const own = this.approvals.filter((one) => one.stage === stage);
      const by = own.length > 0 ? dice.one(own).who : who;
      this.paper({ is: 'withdrawal', who: by, takesBack: own.filter((one) => one.who === by || dice.chance(0.3)) });
    }
  }

  approve(who: string, stage: string, isRenewal: boolean): void {
    this.pass(60_000);
    const saw = this.approvals.filter((one) => this.holds(one) && !this.#dice.chance(0.02));
    const old = this.approvals.filter((one) => one.who === who && one.stage === stage);
    const sawPapers = this.papers.filter(() => !this.#dice.chance(0.05));
    this.approvals.push({ is: 'approval', who, stage, at: this.now, saw, sawPapers, replaces: isRenewal ? old : [] });
  }

  paper(said: Omit<Paper, 'at'>): void {
    this.pass(60_000);
    this.papers.push({ ...said, at: this.now });
  }

  glassBy(who: string): Paper {
    return {
      is: 'glass',
      who,
      at: this.now,
      until: this.now + this.#dice.one([2 * HOUR, 8 * HOUR, 20 * HOUR, 25 * HOUR]),
    };
  }

  stamp(): void {
    for (const one of [...this.approvals, ...this.papers])
      if (this.holds(one) && one.stamped === undefined && this.now < (this.left.get(one.who) ?? Infinity))
        one.stamped = this.now;
  }

  /** Whether a signature by this key verifies now. */
  holds({ who, stamped }: Given | Paper): boolean {
    const end = this.ends.get(who);
    return end === undefined || (end.kind !== 'compromised' && (stamped ?? this.now) < end.at);
  }

  #end(who: string, kind: End['kind']): void {
    const known = this.ends.get(who);
    if (!known || kind === 'compromised') this.ends.set(who, { kind, at: known?.at ?? this.now });
  }

  #move(then: () => void): void {
    this.pass(60_000);
    then();
  }
}
