// SPDX-License-Identifier: Apache-2.0
// Which requirements of policy.json a policy becomes, and what is said of what it loses.

import { describe, expect, test } from 'vitest';
import { exportContainers } from '../../../../src/gates/containers/export.ts';
import { keyPerson, NOW, type Person, pgpPerson, policyFor, x509Person } from '../../../support/layers.ts';
import { parseJson } from '../../../../src/base/json.ts';

const [ann, ben, alice, bob, xenia] = await Promise.all([
  keyPerson('ann'),
  keyPerson('ben'),
  pgpPerson('alice'),
  pgpPerson('bob'),
  x509Person('xenia'),
]);
const TARGET = {
  scopes: ['ghcr.io/team/app'],
  keyFolder: '/keys',
  signedIdentity: { type: 'matchRepository' },
} as const;

async function exported(stages: string) {
  const made = await exportContainers(await policyFor([ann, ben, alice, xenia], stages), TARGET, NOW);
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

  test('with a lookaside OpenPGP keys are asked for, several of one kind in one requirement', async () => {
    const stages =
      '  - { name: one, approvers: alice }\n  - { name: two, approvers: [alice, bob] }\n  - { name: three, approvers: [bob, ann] }\n';
    const target = { ...TARGET, lookaside: 'file:///srv/signatures' };
    const made = await exportContainers(await policyFor([ann, alice, bob], stages), target, NOW);
    const text = (name: string) => String(made.files.find((file) => file.name === name)?.content);
    const { transports } = JSON.parse(text('policy.json'));
    const gpg = { type: 'signedBy', keyType: 'GPGKeys', signedIdentity: { type: 'matchRepository' } };
    const ring = (person: Person) => {
      const { identity } = person.signer;
      return `${person.name}-${identity.method === 'pgp' ? identity.fingerprint : ''}.gpg`;
    };
    expect(transports.docker['ghcr.io/team/app']).toEqual([
      { ...gpg, keyPath: `/keys/${ring(alice)}` },
      { ...gpg, keyPaths: [`/keys/${ring(alice)}`, `/keys/${ring(bob)}`] },
    ]);
    expect(made.files.map(({ name }) => name)).toContain(`keys/${ring(bob)}`);
    expect(text('registries.d/countersign.yaml')).toContain('lookaside: "file:///srv/signatures"');
    expect(made.losses.map(({ rule }) => rule)).toContain('alternatives');
  });

  test('nothing that can be asked is refused', async () => {
    await expect(exported('  - { name: one, approvers: alice }')).rejects.toMatchObject({
      code: 'GATE_NOT_EXPRESSIBLE',
    });
  });
});
