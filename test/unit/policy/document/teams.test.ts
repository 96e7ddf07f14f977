// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { PolicyError } from '../../../../src/policy/errors.ts';
import { parsePolicy } from '../../../../src/policy/document/document.ts';
import { fingerprintOf } from '../../../support/facts.ts';

const PEOPLE = ['alice', 'bob', 'carol'].map((name) => `  ${name}: {pgp: ${fingerprintOf(name)}}`).join('\n');
const STAFF = '  staff: {many: true, x509: {anchors: ca.pem, any: true}}';

function parse(teams: string, approvers: string, more = '') {
  const text = `version: 1\nname: p\nprincipals:\n${PEOPLE}\n${STAFF}\n${teams}\nstages:\n  - {name: a, approvers: ${approvers}}\n${more}`;
  return parsePolicy(Buffer.from(text), 'p.yaml');
}

describe('teams', () => {
  test('stand for the people in them, and for teams', () => {
    const { teams, stages } = parse('teams: {all: [one, carol], one: [alice, bob]}', '[all, alice]');
    expect(teams).toContainEqual({ name: 'all', members: ['alice', 'bob', 'carol'] });
    expect(stages[0]).toMatchObject({ approvers: ['alice', 'bob', 'carol'], threshold: 1 });
    expect(stages[0]).not.toHaveProperty('quorums');
  });

  test('have numbers of their own', () => {
    const { stages } = parse('teams: {one: [alice, bob], two: [bob, carol]}', '{one: 2, two: 1}');
    expect(stages[0]).toMatchObject({
      approvers: ['alice', 'bob', 'carol'],
      threshold: 3,
      quorums: [
        { name: 'one', approvers: ['alice', 'bob'], needed: 2 },
        { name: 'two', approvers: ['bob', 'carol'], needed: 1 },
      ],
    });
  });

  test('of certificates have as many people as are asked for', () => {
    expect(parse('teams: {all: [staff, alice]}', '{all: 9}').stages[0]?.threshold).toBe(9);
    expect(parse('teams: {all: [staff]}', 'all, threshold: 50').stages[0]?.threshold).toBe(50);
  });
});

const DISTINCT = '  - {name: b, approvers: {one: 2}}\ndistinct: [[a, b]]';
const WRONG: readonly (readonly [string, string, string, string, string, number, number])[] = [
  ['an unknown member', 'teams: {one: [alise]}', 'one', '', 'POLICY_UNKNOWN_NAME', 8, 15],
  ['an unknown approver', 'teams: {one: [alice]}', 'onne', '', 'POLICY_UNKNOWN_NAME', 10, 26],
  ['the name of a principal', 'teams: {alice: [bob]}', 'alice', '', 'POLICY_DUPLICATE', 8, 9],
  ['a team in itself', 'teams: {one: [one]}', 'one', '', 'POLICY_CYCLE', 8, 15],
  ['a circle', 'teams: {one: [two], two: [three], three: [one]}', 'one', '', 'POLICY_CYCLE', 8, 43],
  ['a team of nobody', 'teams: {one: []}', 'one', '', 'POLICY_INVALID_VALUE', 8, 14],
  ['more than there are', 'teams: {one: [alice]}', '{one: 2}', '', 'POLICY_UNSATISFIABLE', 10, 32],
  ['none of a team', 'teams: {one: [alice]}', '{one: 0}', '', 'POLICY_INVALID_VALUE', 10, 32],
  [
    'one person for two teams',
    'teams: {one: [alice], two: [alice]}',
    '{one: 1, two: 1}',
    '',
    'POLICY_UNSATISFIABLE',
    10,
    5,
  ],
  ['distinct teams of the same', 'teams: {one: [alice, bob]}', '{one: 1}', DISTINCT, 'POLICY_UNSATISFIABLE', 12, 11],
  [
    'a giver of what is not theirs',
    'teams: {one: [alice]}',
    'one, grantors: [one, bob]',
    '',
    'POLICY_CONTRADICTION',
    10,
    47,
  ],
  ['a threshold beside numbers', 'teams: {one: [alice]}', '{one: 1}, threshold: 1', '', 'POLICY_CONTRADICTION', 10, 47],
];

test.each(WRONG)('%s is refused with the place', (_, teams, approvers, more, code, line, column) => {
  const refused = () => parse(teams, approvers, more);
  expect(refused).toThrow(PolicyError);
  expect(refused).toThrow(
    expect.objectContaining({ code, location: { file: 'p.yaml', line, column }, hint: expect.stringMatching(/./) }),
  );
});

test.each([
  ['any and a pattern', '{anchors: ca.pem, any: true, san: "email:a@example.org"}', 'POLICY_CONTRADICTION'],
  ['any: false', '{anchors: ca.pem, any: false}', 'POLICY_WRONG_TYPE'],
  ['no word at all', '{anchors: ca.pem}', 'POLICY_MISSING_KEY'],
])('of a CA: %s is refused', (_, x509, code) => {
  const text = `version: 1\nname: p\nprincipals:\n  s: {x509: ${x509}}\nstages: [{name: a, approvers: s}]`;
  expect(() => parsePolicy(Buffer.from(text), 'p.yaml')).toThrow(
    expect.objectContaining({ code, location: expect.objectContaining({ line: 4 }) }),
  );
});
