// SPDX-License-Identifier: Apache-2.0
// Which requirements of policy.json a policy becomes, and what is said of what it loses.

import { describe, expect, test } from 'vitest';
import { exportContainers } from '../../../../src/gates/containers/export.ts';
import { keyPerson, NOW, pgpPerson, policyFor, x509Person } from '../../../support/layers.ts';
import { parseJson } from '../../../../src/base/json.ts';

const [ann, ben, alice, xenia] = await Promise.all([
  keyPerson('ann'),
  keyPerson('ben'),
  pgpPerson('alice'),
  x509Person('xenia'),
]);
const TARGET = {
  scopes: ['ghcr.io/team/app'],
  keyFolder: '/keys',
  signedIdentity: { type: 'matchRepository' },
} as const;

async function exported(stages: string) {
  const made = exportContainers(await policyFor([ann, ben, alice, xenia], stages), TARGET, NOW);
  const text = made.files.find(({ name }) => name === 'policy.json')?.content ?? '';
  const entries = JSON.stringify(parseJson(text, 'policy.json')).match(/"(?:keyPaths?|pki)"/g) ?? [];
  return { entries: entries.map((entry) => entry.slice(1, -1)), losses: made.losses.map(({ rule }) => rule) };
}

describe('a policy as policy.json', () => {
  test.each([
    ['one of several', '  - { name: one, approvers: [ann, ben] }', ['keyPaths'], []],
    [
      'all stages at once',
      '  - { name: one, approvers: ann }\n  - { name: two, approvers: ben, after: [] }',
      ['keyPath', 'keyPath'],
      [],
    ],
    ['all of several', '  - { name: one, approvers: [ann, ben], threshold: 2 }', ['keyPath', 'keyPath'], []],
    ['a certificate', '  - { name: one, approvers: xenia }', ['pki'], []],
    ['key and certificate', '  - { name: one, approvers: [xenia, ann], threshold: 2 }', ['pki', 'keyPath'], []],
    [
      'key or certificate is lost',
      '  - { name: one, approvers: [xenia, ann] }\n  - { name: two, approvers: ben, after: [] }',
      ['keyPath'],
      ['alternatives'],
    ],
    [
      'OpenPGP is lost',
      '  - { name: one, approvers: alice }\n  - { name: two, approvers: ben }',
      ['keyPath'],
      ['credentials', 'order'],
    ],
  ])('%s', async (_name, stages, entries, losses) => {
    expect(await exported(stages)).toEqual({ entries, losses });
  });

  test('nothing that can be asked is refused', async () => {
    await expect(exported('  - { name: one, approvers: alice }')).rejects.toMatchObject({
      code: 'GATE_NOT_EXPRESSIBLE',
    });
  });
});
