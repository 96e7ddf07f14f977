// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clash,
  countPeople,
  differentPeople,
  hasPeople,
  MAX_STEPS,
} from '../../../../src/policy/rules/assign/different.ts';
import { canFill, fillStages, type StageCandidate, type StageNeed } from '../../../../src/policy/rules/threshold.ts';

function pairs(...texts: readonly string[]): readonly StageCandidate[] {
  return texts.map((text) => {
    const [signer = '', principal = ''] = text.split('=');
    return { principal, seat: 0, uses: [`key ${signer}`, principal] };
  });
}

const budget = () => ({ steps: MAX_STEPS });

/** Every choice there is, tried one by one. */
function bruteForce(needs: readonly StageNeed<StageCandidate>[], distinct: readonly (readonly string[])[]): boolean {
  const tied = (a: string, b: string) => a === b || distinct.some((group) => group.includes(a) && group.includes(b));
  const places = needs.flatMap(({ stage, seats, candidates }) =>
    seats.map((needed, seat) => ({ stage, needed, candidates: candidates.filter((one) => one.seat === seat) })),
  );
  const place = (index: number, left: number, chosen: readonly (StageCandidate & { stage: string })[]): boolean => {
    const need = places[index];
    if (!need) return true;
    if (left === 0) return place(index + 1, places[index + 1]?.needed ?? 0, chosen);
    return need.candidates.some(
      (candidate) =>
        !chosen.some((other) => tied(other.stage, need.stage) && clash(other, candidate)) &&
        place(index, left - 1, [...chosen, { ...candidate, stage: need.stage }]),
    );
  };
  return place(0, places[0]?.needed ?? 0, []);
}

describe('who fills which stage', () => {
  test('a matching finds the way around a greedy choice', () => {
    expect(differentPeople(pairs('k1=alice', 'k1=staff', 'k2=alice'), budget())).toHaveLength(2);
    expect(differentPeople(pairs('k1=alice', 'k1=staff'), budget())).toHaveLength(1);
    expect(differentPeople(pairs('k1=alice', 'k2=alice'), budget())).toHaveLength(1);
  });

  test('earlier stages stand when a later one cannot be filled', () => {
    const needs = ['author', 'security'].map((stage) => ({ stage, seats: [1], candidates: pairs('k=alice') }));
    const [author, security] = fillStages(needs, [['author', 'security']]);
    expect(author).toMatchObject({ met: true, principals: ['alice'], conflicts: [] });
    expect(security).toMatchObject({
      met: false,
      principals: [],
      conflicts: [{ principal: 'alice', stage: 'author' }],
    });
  });

  test('one signer under two names does not fill two distinct stages', () => {
    const needs = [
      { stage: 'author', seats: [1], candidates: pairs('k=alice') },
      { stage: 'security', seats: [1], candidates: pairs('k=staff') },
    ];
    expect(fillStages(needs, [['author', 'security']])[1]?.met).toBe(false);
    expect(fillStages(needs, [])[1]?.met).toBe(true);
  });

  test('agrees with trying everything', () => {
    const names = ['alice', 'bob', 'carol'];
    const candidate = fc.record({
      principal: fc.constantFrom(...names),
      seat: fc.constantFrom(0, 0, 1),
      uses: fc.subarray(['k1', 'k2', 'k3', 'n1', 'n2'], { minLength: 1 }),
    });
    const unique = fc
      .array(candidate, { maxLength: 5 })
      .map((all) => all.map((one) => ({ ...one, uses: [one.principal, ...one.uses] })));
    const stages = ['a', 'b', 'c'];
    const all = fc.tuple(
      ...stages.map((stage) =>
        fc.record({
          stage: fc.constant(stage),
          seats: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 2 }),
          candidates: unique,
        }),
      ),
    );
    const groups = fc.array(fc.subarray(stages, { minLength: 2 }), { maxLength: 2 });
    fc.assert(
      fc.property(all, groups, (needs, distinct) => {
        expect(fillStages(needs, distinct).every(({ met }) => met)).toBe(bruteForce(needs, distinct));
      }),
      { numRuns: 1000 },
    );
  });

  test('one person in two teams fills one place, whichever leaves enough for the other', () => {
    const both = { principal: 'carol', uses: ['carol'] };
    const dave = { principal: 'dave', seat: 0, uses: ['dave'] };
    const need = (seats: readonly number[], ...candidates: readonly StageCandidate[]) => ({
      stage: 'security',
      seats,
      candidates,
    });
    const filled = [{ ...both, seat: 0 }, { ...both, seat: 1 }, dave];
    expect(canFill(need([1, 1], ...filled))).toBe(true);
    expect(canFill(need([2, 1], ...filled))).toBe(false);
    expect(fillStages([need([1, 1], ...filled)], [])).toMatchObject([{ met: true, principals: ['carol', 'dave'] }]);
    expect(fillStages([need([1, 1], ...filled.slice(0, 2))], [])).toMatchObject([
      { met: false, principals: ['carol'] },
    ]);
  });

  test('people are divided without trying every way', () => {
    const names = Array.from({ length: 24 }, (_, index) => `p${index}`);
    const candidates = () => names.map((name) => ({ principal: name, seat: 0, uses: [name] }));
    const needs = ['a', 'b', 'c'].map((stage) => ({ stage, seats: [8], candidates: candidates() }));
    expect(fillStages(needs, [['a', 'b', 'c']]).map(({ met }) => met)).toEqual([true, true, true]);
    const more = needs.map((need) => ({ ...need, seats: [9] }));
    expect(fillStages(more, [['a', 'b', 'c']])).toMatchObject([
      { met: true },
      { met: true },
      { met: false, undecided: false },
    ]);
  });

  test('nobody searches where it can be seen that people do not suffice', () => {
    // Everybody shares keys with many others.
    const keys = Array.from({ length: 13 }, (_, index) => index);
    const candidates = () =>
      keys.flatMap((one) =>
        keys
          .filter((other) => other > one)
          .map((other) => ({ principal: `p${one}-${other}`, seat: 0, uses: [`${one}`, `${other}`] })),
      );
    const needs = ['a', 'b', 'c'].map((stage) => ({ stage, seats: [3], candidates: candidates() }));
    expect(fillStages(needs, [['a', 'b', 'c']])).toMatchObject([
      { met: true },
      { met: true },
      { met: false, undecided: false },
    ]);
  });
});

describe('how many people there are', () => {
  const lists = fc.array(fc.subarray(['1', '2', '3', '4', '5', '6', '7'], { minLength: 1, maxLength: 4 }), {
    maxLength: 11,
  });
  const most = (all: readonly { readonly uses: readonly string[] }[]): number => {
    const [first, ...others] = all;
    if (!first) return 0;
    return Math.max(most(others), 1 + most(others.filter((other) => !clash(first, other))));
  };

  test('is found out as by trying everything, and nobody counts twice', () => {
    fc.assert(
      fc.property(lists, (all) => {
        const candidates = all.map((uses) => ({ uses }));
        const people = differentPeople(candidates, budget());
        expect(people).toHaveLength(most(candidates));
        expect(countPeople(candidates, budget())).toBe(people.length);
        expect(hasPeople(candidates, people.length, budget())).toBe(true);
        expect(hasPeople(candidates, people.length + 1, budget())).toBe(false);
        expect(people.some((one, index) => people.slice(index + 1).some((other) => clash(one, other)))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('is never said too high when the budget is spent', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 200 }), (all, steps) => {
        const candidates = all.map((uses) => ({ uses }));
        const people = differentPeople(candidates, { steps });
        expect(people.length).toBeLessThanOrEqual(most(candidates));
        expect(people.some((one, index) => people.slice(index + 1).some((other) => clash(one, other)))).toBe(false);
        expect(countPeople(candidates, { steps })).toBeLessThanOrEqual(most(candidates));
      }),
      { numRuns: 1000 },
    );
  });
});
