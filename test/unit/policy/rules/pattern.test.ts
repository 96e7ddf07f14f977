// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeForPolicy, matchPrincipals, matchesCredential } from '../../../../src/policy/rules/people.ts';
import { matchesPattern, patternProblem } from '../../../../src/policy/rules/pattern.ts';
import type { X509Credential } from '../../../../src/policy/document/model.ts';
import { ANCHOR, key, person, pgp, x509 } from '../../../support/facts.ts';

describe('patterns', () => {
  test.each([
    ['email:release@example.org', 'email:release@example.org', true],
    ['email:release@example.org', 'email:release@EXAMPLE.org', true],
    ['email:release@example.org', 'email:Release@example.org', false],
    ['email:release@example.org', 'email:release@example.org.evil.net', false],
    ['email:release@example.org', 'email:xrelease@example.org', false],
    ['email:*@example.org', 'email:anna.b@example.org', true],
    ['email:*@example.org', 'email:@example.org', false],
    ['email:*@example.org', 'email:a@b@example.org', false],
    ['email:*@example.org', 'email:a@example.org\n', false],
    ['email:*@example.org', 'email:a\u0000@example.org', false],
    ['email:*@example.org', 'uri:a@example.org', false],
    ['email:ci-*-bot@example.org', 'email:ci-x-bot@example.org', true],
    ['email:ci-*-bot@example.org', 'email:ci--bot@example.org', false],
    ['dns:*.build.example.org', 'dns:a.build.example.org', true],
    ['dns:*.build.example.org', 'dns:A.BUILD.example.org', true],
    ['dns:*.build.example.org', 'dns:a.b.build.example.org', false],
    ['dns:*.build.example.org', 'dns:*.build.example.org', true],
    ['uri:https://ci.example.org/team/*', 'uri:https://ci.example.org/team/a', true],
    ['uri:https://ci.example.org/team/*', 'uri:https://ci.example.org/team/a/b', false],
    ['uri:https://ci.example.org/team/*', 'uri:https://ci.example.org/team/', false],
    ['uri:spiffe://example.org/ns/*/sa/signer', 'uri:spiffe://example.org/ns/prod/sa/signer', true],
    ['ip:10.0.0.1', 'ip:10.0.0.1', true],
    ['ip:10.0.0.1', 'ip:10.0.0.11', false],
  ])('%s and %j: %s', (pattern, value, expected) => {
    expect(patternProblem(pattern, 'san')).toBeUndefined();
    expect(matchesPattern(pattern, value, 'san')).toBe(expected);
  });

  test.each([
    ['CN=Release,O=Example', 'CN=Release,O=Example', true],
    ['CN=Release,O=Example', 'CN=release,O=Example', false],
    ['CN=*,OU=Release,O=Example', 'CN=Anna Berg,OU=Release,O=Example', true],
    ['CN=*,OU=Release,O=Example', 'CN=x,OU=Sales,OU=Release,O=Example', false],
    ['CN=*,O=Example', 'CN=x\\,O=Example', false],
    ['CN=*,O=Example', 'CN=a+UID=b,O=Example', false],
    ['CN=team-*,O=Example', 'CN=team-blue,O=Example', true],
  ])('name %s and %s: %s', (pattern, value, expected) => {
    expect(patternProblem(pattern, 'subject')).toBeUndefined();
    expect(matchesPattern(pattern, value, 'subject')).toBe(expected);
  });

  test.each([
    'release@example.org',
    '*@example.org',
    'email:',
    'email:*',
    'email:*@*',
    'email:a@*.org',
    'email:**@example.org',
    'dns:*',
    'dns:*.org',
    'dns:example.*',
    'uri:*',
    'uri:https://*',
    'uri:https://*/x',
    'uri:https://ci.example.org*',
    'uri:https:*',
    'ip:10.0.0.*',
    `email:${'*a'.repeat(9)}@example.org`,
  ])('refuses the open san %s', (pattern) => {
    expect(patternProblem(pattern, 'san')).toBeDefined();
  });

  test.each(['*', 'CN=*', 'CN=*,O=*', ''])('refuses the open subject %j', (pattern) => {
    expect(patternProblem(pattern, 'subject')).toBeDefined();
  });

  test('an exact pattern matches itself and nothing longer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), (name, more) => {
        fc.pre(!/[\p{Cc}*]/u.test(name + more));
        expect(matchesPattern(`CN=${name}`, `CN=${name}`, 'subject')).toBe(true);
        expect(matchesPattern(`CN=${name}`, `CN=${name}${more}`, 'subject')).toBe(false);
        expect(matchesPattern(`CN=${name}`, `${more}CN=${name}`, 'subject')).toBe(false);
      }),
    );
  });

  test('hostile values take no time', () => {
    const started = performance.now();
    expect(matchesPattern('CN=*a*a*a*a*a*a*a*a,O=x', `CN=${'a'.repeat(4000)},O=y`, 'subject')).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('identities', () => {
  const credential: X509Credential = {
    method: 'x509',
    anchors: [ANCHOR],
    san: ['email:dora@example.org'],
    subject: ['CN=dora,O=Example'],
    issuer: ['CN=Example CA,O=Example'],
  };

  test('a certificate must match every field that is given, and lead to the anchor', () => {
    expect(matchesCredential(credential, x509('dora'))).toBe(true);
    expect(matchesCredential(credential, x509('dora', { anchors: [] }))).toBe(false);
    expect(matchesCredential(credential, x509('dora', { anchors: ['bb'.repeat(32)] }))).toBe(false);
    expect(matchesCredential(credential, x509('dora', { san: [] }))).toBe(false);
    expect(matchesCredential(credential, x509('dora', { subject: 'CN=dora' }))).toBe(false);
    expect(matchesCredential(credential, x509('dora', { issuer: 'CN=Other CA' }))).toBe(false);
    expect(matchesCredential({ ...credential, subject: [], issuer: [] }, x509('dora', { subject: 'CN=x' }))).toBe(true);
    expect(matchesCredential({ ...credential, san: [], subject: [] }, x509('dora'))).toBe(false);
  });

  test('what is said of a stranger can be put into a policy', () => {
    const [subject, san] = ['CN=dora,O=Example', 'email:dora@example.org'];
    const said = describeForPolicy(x509('dora', { subject, san: [san] }));
    const written = (kind: string) => JSON.parse(new RegExp(`${kind} ("[^"]*")`).exec(said)?.[1] ?? '""');
    expect(matchesPattern(written('subject'), subject, 'subject')).toBe(true);
    expect(matchesPattern(written('san'), san, 'san')).toBe(true);
  });

  test('fingerprints and keys are compared whole; a certificate is no bare key', () => {
    const alice = person('alice');
    expect(matchPrincipals({ principals: [alice] }, pgp('alice'))).toEqual(['alice']);
    expect(matchPrincipals({ principals: [alice] }, pgp('bob'))).toEqual([]);
    const short = { ...pgp('alice'), fingerprint: pgp('alice').fingerprint.slice(24) };
    expect(matchPrincipals({ principals: [alice] }, short)).toEqual([]);
    const bot = { name: 'bot', credentials: [{ method: 'key', hint: key('dora').hint } as const] };
    expect(matchPrincipals({ principals: [bot] }, key('dora'))).toEqual(['bot']);
    expect(matchPrincipals({ principals: [bot] }, x509('dora'))).toEqual([]);
  });
});
