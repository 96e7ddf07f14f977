// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stage } from '../../../../src/policy/document/model.ts';
import { neverFilled } from '../../../../src/policy/rules/never.ts';
import { fillStages, quorumsOf } from '../../../../src/policy/rules/threshold.ts';

const PEOPLE = ['ann', 'bob', 'cid', 'dee', 'eve'];
const KEYS = ['k1', 'k2', 'k3', 'k4'];

function stageOf(name: string, quorums: readonly (readonly [readonly string[], number])[]): Stage {
  const all = quorums.map(([approvers, needed], index) => ({ name: `q${index}`, approvers, needed }));
  return {
    name,
    id: `urn:${name}`,
    approvers: [...new Set(all.flatMap(({ approvers }) => approvers))],
    threshold: all.reduce((sum, { needed }) => sum + needed, 0),
    ...(all.length > 1 ? { quorums: all } : {}),
    after: [],
    native: [],
    requires: [],
  };
}

const quorum = fc.tuple(fc.subarray(PEOPLE, { minLength: 1 }), fc.integer({ min: 1, max: 3 }));
const recipe = fc.record({
  stages: fc.array(fc.array(quorum, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  keys: fc.array(fc.subarray(KEYS, { maxLength: 2 }), { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
  distinct: fc.array(fc.subarray(['s0', 's1', 's2'], { minLength: 2 }), { maxLength: 2 }),
});

test('the same stages can never be approved as when every approver of each is tried', () => {
  let never = 0;
  fc.assert(
    fc.property(recipe, ({ stages: written, keys, distinct: groups }) => {
      const stages = written.map((quorums, index) => stageOf(`s${index}`, quorums));
      const distinct = groups.map((group) => group.filter((name) => stages.some((stage) => stage.name === name)));
      const ways = (name: string) => (keys[PEOPLE.indexOf(name)] ?? []).map((key) => [name, key]);
      const needs = stages.map((stage) => ({
        stage: stage.name,
        seats: quorumsOf(stage).map(({ needed }) => needed),
        candidates: quorumsOf(stage).flatMap(({ approvers }, seat) =>
          approvers.flatMap((principal) => ways(principal).map((uses) => ({ principal, seat, uses }))),
        ),
      }));
      const all = fillStages(needs, distinct).filter(({ met }) => !met);
      never += all.length;
      expect(neverFilled({ stages, distinct }, ways).map(({ stage }) => stage)).toEqual(all.map(({ stage }) => stage));
    }),
    { numRuns: 500 },
  );
  expect(never).toBeGreaterThan(100);
});

test('whoever is as many people as are asked for fills what they may approve', () => {
  const stages = [stageOf('s0', [[['ann'], 100]]), stageOf('s1', [[['bob'], 2]])];
  const failed = neverFilled({ stages, distinct: [['s0', 's1']] }, (name) => (name === 'ann' ? 'any' : [[name]]));
  expect(failed).toMatchObject([{ stage: 's1', undecided: false, principals: ['bob'] }]);
});

test('where thousands share their keys nobody searches for ever: it is not decided', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `p${index}`);
  const stages = ['s0', 's1'].map((name) => stageOf(name, [[names, 20]]));
  const start = process.cpuUsage();
  const failed = neverFilled({ stages, distinct: [['s0', 's1']] }, (name) => [
    [name, `key ${Number(name.slice(1)) % 30}`],
  ]);
  expect(failed).toMatchObject(['s0', 's1'].map((stage) => ({ stage, undecided: true })));
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
});
