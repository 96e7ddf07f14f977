// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { PathMember, SignerIdentity } from '../../../../src/findings/signature.ts';
import { evaluatePolicy } from '../../../../src/policy/evaluate.ts';
import { ANCHOR, approve, image, NOW, pgp, policy, stage, x509 } from '../../../support/facts.ts';

const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000).toISOString();
const rules = policy(
  [
    {
      name: 'alice',
      credentials: [
        { method: 'pgp', fingerprint: pgp('alice').fingerprint },
        { method: 'x509', anchors: [ANCHOR], san: ['email:alice@example.org'], subject: [], issuer: [] },
      ],
    },
  ],
  [stage('author', ['alice'])],
);

function remarks(signer: SignerIdentity): readonly string[] {
  const verdict = evaluatePolicy(rules, image([approve('author', signer)]), { now: NOW });
  expect(verdict.verdict).toBe('passed');
  return verdict.reasons
    .filter(({ code, severity }) => severity === 'remark' && code.endsWith('ENDS'))
    .map(({ code, message }) => `${code} ${message}`);
}

const member = (subject: string, days: number, crl?: PathMember['crl']): PathMember => ({
  subject,
  serial: '01',
  notAfter: inDays(days),
  revocation: crl ? 'good' : 'not-checked',
  ...(crl ? { crl } : {}),
});

describe('notice', () => {
  test.each([
    [29, 1],
    [30, 0],
    [400, 0],
    [-1, 0],
  ])('of an OpenPGP key that ends in %i days', (days, count) => {
    const found = remarks({ ...pgp('alice'), expires: inDays(days) });
    expect(found).toHaveLength(count);
    if (count > 0) expect(found[0]).toMatch(/^CREDENTIAL_ENDS the OpenPGP key .* in 29 days$/);
  });

  test('of each certificate of a path, and of no key that does not end', () => {
    const path = [member('CN=leaf', 3.5), member('CN=ca', 20), member('CN=root', 3000)];
    expect(remarks(x509('alice', { path }))).toEqual([
      expect.stringMatching(/^CREDENTIAL_ENDS the certificate "CN=leaf" .* in 3 days$/),
      expect.stringMatching(/^CREDENTIAL_ENDS the certificate "CN=ca" .* in 20 days$/),
    ]);
    expect(remarks(pgp('alice'))).toEqual([]);
  });

  test('of a list that has lived for three quarters of its time', () => {
    const crl = (from: number, until: number) => ({ number: '7', thisUpdate: inDays(from), nextUpdate: inDays(until) });
    expect(remarks(x509('alice', { path: [member('CN=leaf', 300, crl(-3, 4))] }))).toEqual([]);
    expect(remarks(x509('alice', { path: [member('CN=leaf', 300, crl(-6, 1))] }))).toEqual([
      expect.stringMatching(/^CRL_ENDS CRL 7, in which "CN=leaf" is looked up, ends on .* in 1 day$/),
    ]);
  });
});
