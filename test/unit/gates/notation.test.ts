// SPDX-License-Identifier: Apache-2.0
// Which trust policy of notation a policy becomes, and what is said of what it loses.

import { expect, test } from 'vitest';
import { notationScopes } from '../../../src/commands/gates/containers-inputs.ts';
import { exportNotation } from '../../../src/gates/notation.ts';
import { loadPolicyBytes } from '../../../src/policy/document/load.ts';
import { codeOf } from '../../support/signing.ts';
import { generateX509Chain } from '../../../src/crypto/x509/generate.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NOW } from '../../support/layers.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const sam = 'sam: { x509: { anchors: ca.pem, subject: "CN=sam,O=E,ST=WA,C=US" } }';
const staff = 'staff: { x509: { anchors: ca.pem, subject: "O=E,ST=WA,C=US" } }';
const mail = 'mail: { x509: { anchors: ca.pem, subject: "CN=eve,O=E,ST=WA,C=US", san: "email:a@b.example" } }';
const any = 'any: { x509: { anchors: ca.pem, any: true }, many: true }';
const bare = 'bare: { x509: { anchors: ca.pem, subject: "CN=bare,O=E" } }';
const odd = 'odd: { x509: { anchors: ca.pem, subject: "CN=odd,OU=a,OU=b,O=E,ST=WA,C=US" } }';
const wild = 'wild: { x509: { anchors: ca.pem, subject: "CN=bot-*,O=E,ST=WA,C=US" } }';
const name = 'name: { x509: { anchors: ca.pem, san: "email:a@b.example" } }';

async function exported(stages: string) {
  const folder = await temporaryFolder();
  const { root } = await generateX509Chain({ name: 'ca', email: 'ca@b.example', days: 30, now: NOW });
  await writeFile(join(folder, 'ca.pem'), root);
  const principals = [sam, staff, mail, any, bare, odd, wild, name].map((one) => `  ${one}\n`).join('');
  const text = `version: 1\nname: test\nprincipals:\n${principals}stages:\n${stages}\n`;
  const loaded = await loadPolicyBytes(Buffer.from(text), { path: join(folder, 'p.yaml'), folder });
  return exportNotation(loaded, ['r.example/app'], NOW);
}

test.each<[string, string, readonly string[], readonly string[]]>([
  ['one subject', '  - { name: a, approvers: sam }', ['x509.subject: CN=sam,O=E,ST=WA,C=US'], []],
  ['one within another', '  - { name: a, approvers: [sam, staff] }', ['x509.subject: O=E,ST=WA,C=US'], []],
  ['a name as well', '  - { name: a, approvers: mail }', ['x509.subject: CN=eve,O=E,ST=WA,C=US'], ['credentials']],
  ['all of a CA', '  - { name: a, approvers: any }', ['*'], []],
  ['two people', '  - { name: a, approvers: [sam, mail], threshold: 2 }', [], ['threshold', 'credentials']],
  [
    'the last of two, and one that it cannot ask',
    '  - { name: a, approvers: sam }\n  - { name: b, approvers: mail, after: [] }\n  - { name: c, approvers: name, after: [] }',
    ['x509.subject: CN=eve,O=E,ST=WA,C=US'],
    ['credentials', 'alternatives', 'credentials'],
  ],
])('%s', async (_, stages, identities, losses) => {
  const made = await exported(stages);
  const [policy, ...anchors] = made.files;
  const { trustPolicies } = JSON.parse(String(policy?.content));
  if (identities.length > 0) expect(trustPolicies[0].trustedIdentities).toEqual(identities);
  expect(trustPolicies).toHaveLength(1);
  expect(anchors.map((file) => file.name)).toEqual([
    expect.stringMatching(/^truststore\/x509\/ca\/countersign-[abc]\//),
  ]);
  expect(made.losses.map(({ rule }) => rule)).toEqual(losses);
});

test.each(['bare', 'odd', 'wild', 'name', '[sam, any]', '[sam, name]'])('%s alone is refused', async (approvers) => {
  expect(await codeOf(exported(`  - { name: a, approvers: ${approvers} }`))).toBe('GATE_NOT_EXPRESSIBLE');
});

test('scopes are whole repositories, or all', () => {
  for (const scopes of [['r.example/app'], ['localhost:5000/a/b', 'r.example/app'], ['*']])
    expect(notationScopes(scopes)).toEqual(scopes);
  for (const scopes of [
    [],
    ['r.example'],
    ['app'],
    ['team/app'],
    ['*', 'r.example/app'],
    ['*.example/app'],
    ['r.example/app:1'],
  ])
    expect(() => notationScopes(scopes)).toThrow(/repository/);
});
