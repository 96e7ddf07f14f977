// SPDX-License-Identifier: Apache-2.0
// Who counts as whom: one person by several keys, several people by one key, copies, removals, replacements, expiry.

import { describe, expect, test } from 'vitest';
import type { SignerIdentity } from '../../../src/findings/signature.ts';
import type { Credential, Policy } from '../../../src/policy/document/model.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import type { LayerFact } from '../../../src/policy/facts.ts';
import {
  ANCHOR,
  approve,
  digestOf,
  fingerprintOf,
  image,
  key,
  listed,
  native,
  NOW,
  person,
  pgp,
  policy,
  replacing,
  stage,
  x509,
} from '../../support/facts.ts';

function verdictOf(rules: Policy, layers: readonly LayerFact[], more: Parameters<typeof image>[1] = {}) {
  return evaluatePolicy(rules, image(layers, more), { now: NOW });
}

function outcome(rules: Policy, ...layers: readonly LayerFact[]): string {
  return verdictOf(rules, layers).verdict;
}

function codesOf({ reasons }: { readonly reasons: ReturnType<typeof verdictOf>['reasons'] }): readonly string[] {
  return reasons.filter(({ severity }) => severity === undefined).map(({ code }) => code);
}

const certified = (...san: readonly string[]): Credential => ({
  method: 'x509',
  anchors: [ANCHOR],
  san,
  subject: [],
  issuer: [],
});
const two = (...credentials: readonly [readonly Credential[], readonly Credential[]]) =>
  policy(
    [
      { name: 'alice', credentials: credentials[0] },
      { name: 'bob', credentials: credentials[1] },
    ],
    [stage('author', ['alice', 'bob'], { threshold: 2 })],
  );
const fpr = (name: string): Credential => ({ method: 'pgp', fingerprint: fingerprintOf(name) });
const bare = (name: string): Credential => ({ method: 'key', hint: key(name).hint });

describe('one key is one signer', () => {
  const shared = key('k').hint;
  const cases: readonly (readonly [string, Policy, SignerIdentity, SignerIdentity])[] = [
    [
      'a signing subkey of two primaries',
      two([fpr('alice')], [fpr('bob')]),
      { ...pgp('alice'), hint: shared },
      { ...pgp('bob'), hint: shared },
    ],
    [
      'an OpenPGP key that is a bare key, too',
      two([fpr('alice')], [bare('k')]),
      { ...pgp('alice'), hint: shared },
      key('k'),
    ],
    [
      'a bare key and a certificate',
      two([bare('k')], [certified('email:bob@example.org')]),
      key('k'),
      x509('bob', { hint: shared }),
    ],
    [
      'two certificates of one key',
      two([certified('email:alice@example.org')], [certified('email:bob@example.org')]),
      x509('alice', { hint: shared }),
      x509('bob', { hint: shared }),
    ],
  ];
  test.each(cases)('%s', (_, rules, one, other) => {
    expect(outcome(rules, approve('author', one), approve('author', other))).toBe('failed');
    expect(outcome(rules, approve('author', { ...one, hint: key('another').hint }), approve('author', other))).toBe(
      rules.principals[0]?.credentials[0]?.method === 'key' ? 'failed' : 'passed',
    );
  });

  test('one signature under two hints is that of whom it names', () => {
    const rules = two([fpr('alice')], [fpr('bob')]);
    const given = approve('author', { ...pgp('alice'), hint: shared });
    const copied = { ...given, signer: { ...pgp('bob'), hint: shared } };
    const verdict = verdictOf(rules, [given, copied]);
    expect(verdict.stages[0]).toMatchObject({ verdict: 'failed', approvedBy: ['alice'] });
    expect(verdict.layers.flatMap(({ reasons }) => reasons.map(({ code }) => code))).toContain('APPROVAL_OTHER_SIGNER');
  });
});

describe('who is the same person is asked of keys and policy', () => {
  const rules = policy(
    [
      { name: 'dora', credentials: [certified('email:dora@example.org')] },
      { name: 'staff', credentials: [certified('email:*@example.org')] },
    ],
    [stage('author', ['dora', 'staff'], { threshold: 2 })],
  );
  test.each([
    ['another key', x509('dora', { hint: 'other' })],
    ['letter case of the domain', x509('dora', { hint: 'other', san: ['email:dora@EXAMPLE.org'] })],
    ['one more name', x509('dora', { hint: 'other', san: ['dns:www.example.org', 'email:dora@example.org'] })],
    ['another subject', x509('dora', { hint: 'other', subject: 'CN=D,O=Example' })],
  ])('a renewed certificate with %s is no second person', (_, renewed) => {
    expect(outcome(rules, approve('author', x509('dora')), approve('author', renewed))).toBe('failed');
  });

  test('two people under one pattern are two', () => {
    expect(outcome(rules, approve('author', x509('dora')), approve('author', x509('emil')))).toBe('passed');
  });

  test.each([1, 2, 3])('%i certificates of no principal merge nobody', (count) => {
    const people = two([certified('email:alice@example.org')], [certified('email:bob@example.org')]);
    const strangers = ['alice', 'bob', 'carol']
      .slice(0, count)
      .map((name) => approve('other', x509(name, { hint: 'one key', anchors: ['bb'.repeat(32)] })));
    expect(outcome(people, approve('author', x509('alice')), approve('author', x509('bob')), ...strangers)).toBe(
      'passed',
    );
  });
});

describe('a principal that stands for many', () => {
  const anybody: Credential = { method: 'x509', anchors: [ANCHOR], san: [], subject: [], issuer: [], any: true };
  const staff = { name: 'staff', many: true, credentials: [anybody] } as const;
  const rules = policy([staff, person('dora')], [stage('author', ['staff', 'dora'], { threshold: 2 })]);

  test('two certificates of the CA are two people, by their names', () => {
    const verdict = verdictOf(rules, [approve('author', x509('emil')), approve('author', x509('fritz'))]);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.stages[0]?.approvedBy).toEqual(['email:emil@example.org', 'email:fritz@example.org']);
    expect(verdict.layers[0]?.signer?.principal).toBe('email:emil@example.org');
    const alone = policy([{ name: 'staff', credentials: [anybody] }], rules.stages);
    expect(outcome(alone, approve('author', x509('emil')), approve('author', x509('fritz')))).toBe('failed');
  });

  test.each([
    ['a renewed one', x509('emil', { hint: 'other' })],
    ['one with another subject', x509('emil', { hint: 'other', subject: 'CN=E,O=Example' })],
    ['one with another alternative name', x509('emil', { hint: 'other', san: ['dns:emil.example.org'] })],
    ['one with the same key', x509('fritz', { hint: x509('emil').hint ?? '' })],
    ['one without a name', x509('', { subject: '', san: [] })],
    ['one with a name that hides something', x509('x', { san: ['email:x@example.org\u0007'] })],
    ['one of another CA', x509('fritz', { anchors: ['bb'.repeat(32)] })],
  ])('%s is no second person', (_, other) => {
    expect(outcome(rules, approve('author', x509('emil')), approve('author', other))).toBe('failed');
  });

  test('whoever has two names is one person, also by way of a third certificate', () => {
    const named = (name: string, ...san: readonly string[]) =>
      x509(name, { hint: name, subject: `CN=${name}`, san: san.map((one) => `email:${one}@example.org`) });
    const [old, both, fresh] = [named('k1', 'emma'), named('k2', 'emma', 'e.smith'), named('k3', 'e.smith')];
    const [first, second, third] = [approve('author', old), approve('author', both), approve('author', fresh)];
    expect(outcome(rules, first, third)).toBe('passed');
    expect(outcome(rules, first, second, third)).toBe('failed');
    expect(outcome(rules, first, second, third, approve('author', x509('fritz')))).toBe('passed');
    const stages = ['author', 'security', 'check'].map((name) => stage(name, ['staff'], { after: [] }));
    const apart = policy([staff], stages, [['author', 'security']]);
    const signed = [approve('author', old), approve('security', fresh)];
    expect(outcome(apart, ...signed, approve('check', x509('fritz')))).toBe('passed');
    expect(outcome(apart, ...signed, approve('check', both))).toBe('failed');
  });

  test('whoever is a principal by themselves is that one, whatever they sign with', () => {
    const dora = { name: 'dora', credentials: [certified('email:dora@example.org'), fpr('dora')] };
    const both = policy([staff, dora], rules.stages);
    expect(outcome(both, approve('author', x509('dora')), approve('author', pgp('dora')))).toBe('failed');
    expect(outcome(both, approve('author', x509('emil')), approve('author', pgp('dora')))).toBe('passed');
  });

  test('nobody renews what somebody else approved', () => {
    const order = policy(
      [staff, person('carol')],
      [stage('author', ['staff']), stage('security', ['carol'], { after: ['author'] })],
    );
    const emil = approve('author', x509('emil'));
    const security = approve('security', pgp('carol'), { after: [emil] });
    const by = (signer: SignerIdentity) => approve('author', signer, { after: [security], approval: replacing(emil) });
    expect(outcome(order, emil, security, by(x509('emil', { hint: 'other' })))).toBe('passed');
    expect(outcome(order, emil, security, by(x509('fritz')))).toBe('failed');
  });
});

const team = (threshold: number, distinct: readonly (readonly string[])[] = []) =>
  policy(
    [person('alice'), person('bob'), person('carol')],
    [stage('author', ['alice', 'bob'], { threshold }), stage('security', ['carol', 'bob'], { after: ['author'] })],
    distinct,
  );

describe('an approval binds who gives it', () => {
  const alice = approve('author', pgp('alice'));
  const copyBy = (signer: SignerIdentity, more: Partial<LayerFact> = {}): LayerFact => ({ ...alice, signer, ...more });

  test.each([
    ['a second author', copyBy(pgp('bob'))],
    ['a key of no principal', copyBy(pgp('mallory'))],
    ['somebody unknown', copyBy(pgp('mallory'), { signature: 'unknown-signer' })],
  ])('%s who signs the statement of the first keeps no order', (_, copy) => {
    const security = approve('security', pgp('carol'), { after: [alice] });
    expect(outcome(team(1), alice, security, copy)).toBe('passed');
    expect(outcome(team(2), alice, security, copy)).toBe('failed');
  });

  test('nor does it with a list of edition 0.1.0, which names statements alone', () => {
    const old = approve('author', pgp('alice'), { approval: { signer: null } });
    const roster = [{ ...listed(old), signer: null }];
    const security = approve('security', pgp('carol'), { after: [old], approval: { signer: null, roster } });
    expect(outcome(team(2), old, security, { ...old, signer: pgp('bob') })).toBe('failed');
    // Nothing shows whose approval was seen, so that security approves again; with one approver there is no doubt.
    expect(outcome(team(1), old, security)).toBe('failed');
    expect(outcome(team(1), old, security, approve('security', pgp('carol'), { after: [old, security] }))).toBe(
      'passed',
    );
    const alone = policy(team(1).principals, [
      stage('author', ['alice']),
      stage('security', ['carol'], { after: ['author'] }),
    ]);
    expect(outcome(alone, old, security)).toBe('passed');
  });

  test.each([
    ['a stranger', copyBy(pgp('mallory'))],
    ['somebody unknown', copyBy(pgp('mallory'), { signature: 'unknown-signer' })],
    ['another approver', copyBy(pgp('bob'))],
  ])('a copy by %s does not hide that the approval was taken away', (_, copy) => {
    const bob = approve('author', pgp('bob'), { after: [alice] });
    const security = approve('security', pgp('carol'), { after: [alice, bob] });
    expect(outcome(team(1), alice, bob, security)).toBe('passed');
    for (const digest of [digestOf('policy'), digestOf('new edition')]) {
      const verdict = verdictOf({ ...team(1), digest }, [copy, bob, security]);
      expect(verdict.verdict).toBe('failed');
      expect(codesOf(verdict)).toContain('LAYER_REMOVED');
    }
  });

  test('nor in lists of edition 0.1.0', () => {
    const old = approve('author', pgp('alice'), { approval: { signer: null } });
    const bob = approve('author', pgp('bob'));
    const roster = [{ ...listed(old), signer: null }, listed(bob)];
    const security = approve('security', pgp('carol'), { after: [old, bob], approval: { roster } });
    expect(outcome(team(1), old, bob, security)).toBe('passed');
    for (const signature of ['valid', 'unknown-signer', 'untrusted'] as const)
      expect(outcome(team(1), { ...old, signer: pgp('mallory'), signature }, bob, security)).toBe('failed');
  });
});

describe('order and distinct know of each other', () => {
  const rules = team(1, [['author', 'security']]);
  const bobAuthor = approve('author', pgp('bob'));
  const bobSecurity = approve('security', pgp('bob'), { after: [bobAuthor] });

  test('who fills a stage must be whom the later stage had seen', () => {
    expect(outcome(rules, bobAuthor, bobSecurity)).toBe('failed');
    const late = approve('author', pgp('alice'), { after: [bobAuthor, bobSecurity] });
    expect(outcome(rules, bobAuthor, bobSecurity, late)).toBe('failed');
    const again = approve('security', pgp('bob'), { after: [bobAuthor, bobSecurity, late] });
    expect(outcome(rules, bobAuthor, bobSecurity, late, again)).toBe('passed');
    expect(outcome(rules, bobAuthor, bobSecurity, approve('security', pgp('carol'), { after: [bobAuthor] }))).toBe(
      'passed',
    );
  });

  test('through a stage between them, too', () => {
    const three = policy(
      rules.principals,
      [
        stage('author', ['alice', 'bob']),
        stage('security', ['carol'], { after: ['author'] }),
        stage('production', ['bob'], { after: ['security'] }),
      ],
      [['author', 'production']],
    );
    const security = approve('security', pgp('carol'), { after: [bobAuthor] });
    const late = approve('author', pgp('alice'), { after: [bobAuthor, security] });
    const production = approve('production', pgp('bob'), { after: [bobAuthor, security, late] });
    expect(outcome(three, bobAuthor, security, late, production)).toBe('failed');
  });
});

describe('there is always a way back by new approvals', () => {
  const alice = approve('author', pgp('alice'));
  const security = approve('security', pgp('carol'), { after: [alice] });

  test('after an approval was taken away: that stage and the later ones approve again', () => {
    expect(codesOf(verdictOf(team(1), [security]))).toContain('LAYER_REMOVED');
    const author = approve('author', pgp('alice'), { after: [security] });
    expect(outcome(team(1), security, author)).toBe('failed');
    const again = approve('security', pgp('carol'), { after: [security, author], approval: replacing(security) });
    expect(outcome(team(1), security, author, again)).toBe('passed');
    // And the replaced one may go.
    expect(outcome(team(1), author, again)).toBe('passed');
    expect(outcome(team(1), author)).toBe('failed');
  });

  test('another approver of the stage can replace it, and nobody else', () => {
    const author = approve('author', pgp('alice'), { after: [security] });
    const by = (name: string, stageName: string) =>
      approve(stageName, pgp(name), { after: [security, author], approval: replacing(security) });
    expect(outcome(team(1), security, author, by('bob', 'security'))).toBe('passed');
    expect(
      outcome(
        team(1),
        security,
        author,
        by('alice', 'author'),
        approve('security', pgp('bob'), { after: [security, author] }),
      ),
    ).toBe('failed');
    expect(
      outcome(
        team(1),
        security,
        author,
        by('alice', 'security'),
        approve('security', pgp('bob'), { after: [security, author] }),
      ),
    ).toBe('failed');
  });

  test('a stage of the same name in somebody else’s policy replaces nothing', () => {
    const ours = approve('author', pgp('alice'));
    const theirs = { after: [ours], approval: { ...replacing(ours), verifierId: 'urn:example:author' } };
    expect(
      outcome(
        team(1),
        ours,
        approve('author', pgp('alice'), theirs),
        approve('security', pgp('carol'), { after: [ours] }),
      ),
    ).toBe('passed');
  });

  test('what was replaced does not count beside its successor, even once that has expired', () => {
    const expires = '2026-06-01T11:00:00Z';
    const limited = approve('author', pgp('alice'), { after: [alice], approval: { ...replacing(alice), expires } });
    expect(outcome(team(1), alice, security, limited)).toBe('failed');
    expect(outcome(team(1), alice, security, { ...limited, signer: pgp('mallory') })).toBe('passed');
  });
});

describe('expiry is no alteration', () => {
  const aged = (layer: LayerFact, code: string): LayerFact => ({
    ...layer,
    signature: 'untrusted',
    reasons: [{ code, message: code, hint: '' }],
  });
  const rules = policy(
    [{ name: 'eve', credentials: [certified('email:eve@example.org'), fpr('eve')] }, person('carol')],
    [stage('author', ['eve']), stage('security', ['carol'], { after: ['author'] })],
  );
  const cases: readonly (readonly [string, SignerIdentity, SignerIdentity, string])[] = [
    [
      'a certificate renewed for its key',
      x509('eve'),
      x509('eve', { certificateSha256: 'cc'.repeat(32) }),
      'CERTIFICATE_EXPIRED',
    ],
    [
      'a certificate renewed with a new key',
      x509('eve'),
      x509('eve', { hint: key('new').hint }),
      'CERTIFICATE_EXPIRED',
    ],
    ['a new OpenPGP subkey', pgp('eve'), { ...pgp('eve'), hint: key('new').hint }, 'PGP_KEY_EXPIRED'],
    ['a certificate after an OpenPGP key', pgp('eve'), x509('eve'), 'PGP_KEY_EXPIRED'],
  ];
  test.each(cases)('%s: approved again, later stages stand', (_, before, after, code) => {
    const author = approve('author', before);
    const security = approve('security', pgp('carol'), { after: [author] });
    expect(outcome(rules, author, security)).toBe('passed');
    const expired = aged(author, code);
    const ended = verdictOf(rules, [expired, security]);
    expect(ended.verdict).toBe('failed');
    expect(codesOf(ended)).toEqual([]);
    const renewed = approve('author', after, { after: [security], approval: replacing(author) });
    for (const digest of [digestOf('policy'), digestOf('the same with a comment')])
      expect(outcome({ ...rules, digest }, expired, security, renewed)).toBe('passed');
    // Who only claims to take the place of it does not.
    expect(outcome(rules, expired, security, approve('author', after, { after: [security] }))).toBe('failed');
  });

  test('a certificate that leads nowhere is nobody’s renewal, nor one that was revoked', () => {
    const author = approve('author', x509('eve'));
    const security = approve('security', pgp('carol'), { after: [author] });
    const renewed = approve('author', x509('eve', { hint: key('new').hint }), {
      after: [security],
      approval: replacing(author),
    });
    const nowhere = { ...aged(author, 'CERTIFICATE_REVOKED'), signer: x509('eve', { anchors: [] }) };
    expect(outcome(rules, nowhere, security, renewed)).toBe('failed');
  });

  test('a listed approval that has expired does not fail the rest', () => {
    const alice = approve('author', pgp('alice'));
    const bob = approve('author', pgp('bob'));
    const security = approve('security', pgp('carol'), { after: [alice, bob] });
    expect(outcome(team(1), aged(alice, 'PGP_KEY_EXPIRED'), bob, security)).toBe('passed');
    expect(outcome(team(1), { ...alice, signature: 'invalid' }, bob, security)).toBe('failed');
  });
});

describe('groups that were signed one by one', () => {
  const rules = policy(
    [person('alice'), person('bob'), person('carol')],
    [stage('author', ['alice', 'bob'], { native: ['pgp'] }), stage('security', ['carol'], { after: ['author'] })],
  );
  const part = (name: string, covers: readonly string[]) =>
    native(pgp(name), { covers, digest: digestOf(`${name} ${covers.join()}`) });
  const [one, other] = [part('alice', ['object 1']), part('alice', ['object 2', 'object 3'])];
  const authorOf = (layers: readonly LayerFact[], hasId: boolean) =>
    verdictOf(rules, layers, { hasId }).stages[0]?.verdict;

  test('add up for one signer, where the header has an ID or one run made them', () => {
    expect(authorOf([one, other], true)).toBe('passed');
    expect(authorOf([one, other], false)).toBe('failed');
    const at = (second: number, layer: LayerFact) => ({ ...layer, signedAt: `2026-05-01T00:00:0${second}Z` });
    expect(authorOf([at(1, one), at(1, other)], false)).toBe('passed');
    expect(authorOf([at(1, one), at(2, other)], false)).toBe('failed');
    expect(authorOf([one, part('bob', ['object 2', 'object 3'])], true)).toBe('failed');
    expect(authorOf([one], true)).toBe('failed');
  });

  test('were seen when all of them were', () => {
    const whole = approve('security', pgp('carol'), { after: [one, other] });
    expect(verdictOf(rules, [one, other, whole], { hasId: true }).verdict).toBe('passed');
    const half = approve('security', pgp('carol'), { after: [one] });
    expect(verdictOf(rules, [one, other, half], { hasId: true }).verdict).toBe('failed');
  });
});

describe('what else a verdict says', () => {
  const rules = policy([person('alice')], [stage('author', ['alice'], { native: ['pgp'] })]);
  test('unsigned is a state of its own', () => {
    expect(verdictOf(rules, [])).toMatchObject({ verdict: 'failed', unsigned: true });
    expect(codesOf(verdictOf(rules, []))).toEqual(['IMAGE_UNSIGNED']);
    const stranger = verdictOf(rules, [approve('author', pgp('mallory'), { layer: { signature: 'unknown-signer' } })]);
    expect(stranger).toMatchObject({ verdict: 'failed', unsigned: false });
    // Before the first stage is signed, nothing is asked.
    const nothing = evaluatePolicy(rules, image([]), { now: NOW, stages: [] });
    expect(nothing).toMatchObject({ verdict: 'passed', unsigned: true });
  });

  test.each([
    ['DSSE beside OpenPGP', native(key('x'), { kind: 'native-dsse', signature: 'valid' })],
    ['an unknown key', native(pgp('mallory'), { signature: 'unknown-signer' })],
    [
      'a revoked key',
      native(pgp('mallory'), {
        signature: 'untrusted',
        reasons: [{ code: 'PGP_KEY_REVOKED', message: 'it is revoked', hint: '' }],
      }),
    ],
  ])('that Apptainer refuses what passes: %s', (_, beside) => {
    const said = (layers: readonly LayerFact[]) =>
      verdictOf(rules, layers).reasons.filter(({ code }) => code === 'APPTAINER_REFUSES');
    expect(verdictOf(rules, [native(pgp('alice')), beside]).verdict).toBe('passed');
    expect(said([native(pgp('alice')), beside])).toHaveLength(1);
    expect(said([native(pgp('alice'))])).toEqual([]);
  });
});
