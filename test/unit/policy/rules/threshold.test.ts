// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clash,
  differentPeople,
  fillStages,
  MAX_STEPS,
  type StageCandidate,
  type StageNeed,
} from '../../../../src/policy/rules/threshold.ts';

function pairs(...texts: readonly string[]): readonly StageCandidate[] {
  return texts.map((text) => {
    const [signer = '', principal = ''] = text.split('=');
    return { principal, uses: [`key ${signer}`, principal] };
  });
}

const budget = () => ({ steps: MAX_STEPS });

/** Every choice there is, tried one by one. */
function bruteForce(needs: readonly StageNeed<StageCandidate>[], distinct: readonly (readonly string[])[]): boolean {
  const tied = (a: string, b: string) => a === b || distinct.some((group) => group.includes(a) && group.includes(b));
  const place = (index: number, left: number, chosen: readonly (StageCandidate & { stage: string })[]): boolean => {
    const need = needs[index];
    if (!need) return true;
    if (left === 0) return place(index + 1, needs[index + 1]?.needed ?? 0, chosen);
    return need.candidates.some(
      (candidate) =>
        !chosen.some((other) => tied(other.stage, need.stage) && clash(other, candidate)) &&
        place(index, left - 1, [...chosen, { ...candidate, stage: need.stage }]),
    );
  };
  return place(0, needs[0]?.needed ?? 0, []);
}

describe('who fills which stage', () => {
  test('a matching finds the way around a greedy choice', () => {
    expect(differentPeople(pairs('k1=alice', 'k1=staff', 'k2=alice'), budget())).toHaveLength(2);
    expect(differentPeople(pairs('k1=alice', 'k1=staff'), budget())).toHaveLength(1);
    expect(differentPeople(pairs('k1=alice', 'k2=alice'), budget())).toHaveLength(1);
  });

  test('earlier stages stand when a later one cannot be filled', () => {
    const needs = ['author', 'security'].map((stage) => ({ stage, needed: 1, candidates: pairs('k=alice') }));
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
      { stage: 'author', needed: 1, candidates: pairs('k=alice') },
      { stage: 'security', needed: 1, candidates: pairs('k=staff') },
    ];
    expect(fillStages(needs, [['author', 'security']])[1]?.met).toBe(false);
    expect(fillStages(needs, [])[1]?.met).toBe(true);
  });

  test('agrees with trying everything', () => {
    const names = ['alice', 'bob', 'carol'];
    const candidate = fc.record({
      principal: fc.constantFrom(...names),
      uses: fc.subarray(['k1', 'k2', 'k3', 'n1', 'n2'], { minLength: 1 }),
    });
    const unique = fc
      .array(candidate, { maxLength: 5 })
      .map((all) => all.map((one) => ({ ...one, uses: [one.principal, ...one.uses] })));
    const stages = ['a', 'b', 'c'];
    const all = fc.tuple(
      ...stages.map((stage) =>
        fc.record({ stage: fc.constant(stage), needed: fc.integer({ min: 1, max: 2 }), candidates: unique }),
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

  test('people are divided without trying every way', () => {
    const names = Array.from({ length: 24 }, (_, index) => `p${index}`);
    const candidates = () => names.map((name) => ({ principal: name, uses: [name] }));
    const needs = ['a', 'b', 'c'].map((stage) => ({ stage, needed: 8, candidates: candidates() }));
    expect(fillStages(needs, [['a', 'b', 'c']]).map(({ met }) => met)).toEqual([true, true, true]);
    const more = needs.map((need) => ({ ...need, needed: 9 }));
    expect(fillStages(more, [['a', 'b', 'c']])).toMatchObject([
      { met: true },
      { met: true },
      { met: false, undecided: false },
    ]);
  });

  test('a search that grows too large is given up, not guessed', () => {
    // Everybody shares keys with many others, so that no bound sees that they do not suffice.
    const keys = Array.from({ length: 13 }, (_, index) => index);
    const candidates = () =>
      keys.flatMap((one) =>
        keys
          .filter((other) => other > one)
          .map((other) => ({ principal: `p${one}-${other}`, uses: [`${one}`, `${other}`] })),
      );
    const needs = ['a', 'b', 'c'].map((stage) => ({ stage, needed: 3, candidates: candidates() }));
    const fills = fillStages(needs, [['a', 'b', 'c']]);
    expect(fills[0]?.met).toBe(true);
    expect(fills[2]).toMatchObject({ met: false, undecided: true });
  });
});
