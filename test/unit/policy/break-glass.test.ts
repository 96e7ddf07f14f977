// SPDX-License-Identifier: Apache-2.0
// Broken glass: who may let which stage be skipped, until when, and what is said of it.

import { describe, expect, test } from 'vitest';
import { BREAK_GLASS_PREDICATE_TYPE, type BreakGlass } from '../../../src/attest/break-glass.ts';
import type { Approval } from '../../../src/attest/approval.ts';
import type { SignerIdentity } from '../../../src/findings/signature.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import type { EvidenceFact, LayerFact } from '../../../src/policy/facts.ts';
import { BUILDER, statement } from '../../support/evidence.ts';
import {
  approve,
  digestOf,
  evidence,
  fingerprintOf,
  image,
  key,
  NOW,
  person,
  pgp,
  policy,
  stage,
} from '../../support/facts.ts';

const HOUR = 3_600_000;
const RULES = policy(
  [person('alice'), person('bob'), person('carol'), person('oncall')],
  [
    stage('author', ['alice']),
    stage('security', ['bob', 'carol', 'oncall'], {
      after: ['author'],
      breakGlass: { by: ['oncall', 'carol'], maxDuration: 24 * HOUR },
      requires: [],
    }),
    stage('production', ['carol'], { after: ['security'] }),
  ],
);

function at(hours: number): string {
  return `${new Date(NOW.getTime() + hours * HOUR).toISOString().slice(0, 19)}Z`;
}

function glass(signer: SignerIdentity, said: Partial<BreakGlass> = {}, more: Partial<EvidenceFact> = {}): EvidenceFact {
  const id = 'urn:countersign:stage:';
  const all = {
    stage: 'security',
    stageId: `${id}${said.stage ?? 'security'}`,
    reason: 'login is down',
    ticket: 'OPS-1',
    from: at(-1),
    until: at(8),
    ...said,
  };
  const digest = digestOf(JSON.stringify([all, signer]));
  return evidence('glass', { predicateType: BREAK_GLASS_PREDICATE_TYPE, digest, signer, breakGlass: all, ...more });
}

function seen(...facts: readonly EvidenceFact[]): Pick<Approval, 'evidence'> {
  return { evidence: facts.map(({ predicateType, digest }) => ({ predicateType, digest })) };
}

const author = approve('author', pgp('alice'));

function judged(facts: readonly EvidenceFact[], layers: readonly LayerFact[] = [author], now = NOW) {
  const verdict = evaluatePolicy(RULES, image(layers, { evidence: facts }), { now });
  const of = (name: string) => verdict.stages.find((one) => one.stage === name);
  const codes = [...verdict.reasons, ...verdict.stages.flatMap(({ reasons }) => reasons)].map(({ code }) => code);
  return { verdict, security: of('security'), production: of('production'), codes };
}

describe('broken glass', () => {
  test('lets its stage be skipped until its end, and is shown for ever', () => {
    const broken = glass(pgp('oncall'));
    const production = approve('production', pgp('carol'), { after: [author], approval: seen(broken) });
    const layers = [author, production];
    const now = judged([broken], layers);
    expect(now.verdict.verdict).toBe('passed');
    expect(now.security).toMatchObject({
      verdict: 'break-glass',
      approvedBy: [],
      breakGlass: [
        { by: 'oncall', reason: 'login is down', ticket: 'OPS-1', until: at(8), holds: true, reviewedBy: [] },
      ],
    });
    expect(now.codes).toContain('BREAK_GLASS_UNREVIEWED');
    expect(now.security?.reasons.every(({ severity }) => severity === 'remark')).toBe(true);

    const after = judged([broken], layers, new Date(NOW.getTime() + 8 * HOUR));
    expect(after.verdict.verdict).toBe('failed');
    expect(after.security?.breakGlass).toMatchObject([{ holds: false }]);
    expect(after.codes).toEqual(expect.arrayContaining(['BREAK_GLASS', 'BREAK_GLASS_ENDED', 'BREAK_GLASS_UNREVIEWED']));
    // Nothing proves that production approved while the glass was broken.
    expect(after.production?.reasons.map(({ code }) => code)).toContain('APPROVAL_OUT_OF_ORDER');
  });

  test('is reviewed by somebody else who approves having seen it, and then all passes by itself', () => {
    const broken = glass(pgp('oncall'));
    const proven = { time: NOW, latest: NOW, accuracyMs: 0, proof: 'timestamp' as const, by: 'CN=TSA' };
    const production = approve('production', pgp('carol'), {
      after: [author],
      approval: seen(broken),
      layer: { proven },
    });
    const own = approve('security', pgp('oncall'), { after: [author, production], approval: seen(broken) });
    const later = new Date(NOW.getTime() + 30 * HOUR);
    const mine = judged([broken], [author, production, own], later);
    expect(mine.verdict.verdict).toBe('passed');
    expect(mine.security?.breakGlass).toMatchObject([{ reviewedBy: [] }]);
    expect(mine.codes).toContain('BREAK_GLASS_UNREVIEWED');

    const unseen = approve('security', pgp('bob'), { after: [author, production] });
    expect(judged([broken], [author, production, unseen], later).codes).toContain('BREAK_GLASS_UNREVIEWED');

    const review = approve('security', pgp('bob'), { after: [author, production], approval: seen(broken) });
    const done = judged([broken], [author, production, review], later);
    expect(done.verdict.verdict).toBe('passed');
    expect(done.security).toMatchObject({ verdict: 'passed', breakGlass: [{ holds: false, reviewedBy: ['bob'] }] });
    expect(done.codes).toContain('BREAK_GLASS');
    expect(done.codes).not.toContain('BREAK_GLASS_UNREVIEWED');
  });

  test('is no approval: a later stage that has not seen it is out of order', () => {
    const production = approve('production', pgp('carol'), { after: [author] });
    const { security, production: last } = judged([glass(pgp('oncall'))], [author, production]);
    expect(security?.verdict).toBe('break-glass');
    expect(last?.verdict).toBe('failed');
  });

  test.each<[string, string, EvidenceFact]>([
    ['by somebody who may not', 'BREAK_GLASS_NOT_ENTITLED', glass(pgp('bob'))],
    ['for too long', 'BREAK_GLASS_TOO_LONG', glass(pgp('oncall'), { from: at(-1), until: at(23.5) })],
    ['of a stage that may not be skipped', 'BREAK_GLASS_NOT_ALLOWED', glass(pgp('oncall'), { stage: 'author' })],
    ['of a stage that is not there', 'BREAK_GLASS_NOT_ALLOWED', glass(pgp('oncall'), { stage: 'nowhere' })],
    ['for another image', 'BREAK_GLASS_OTHER_CONTENT', glass(pgp('oncall'), {}, { contradicted: true, covers: [] })],
    ['for a part of the image', 'BREAK_GLASS_OTHER_CONTENT', glass(pgp('oncall'), {}, { covers: ['object 1'] })],
    ['in advance', 'BREAK_GLASS_DATED_AHEAD', glass(pgp('oncall'), { from: at(1), until: at(8) })],
    ['without an end', 'BREAK_GLASS_UNREADABLE', glass(pgp('oncall'), {}, { breakGlass: 'until is not a text' })],
    ['until before now', 'BREAK_GLASS_ENDED', glass(pgp('oncall'), { from: at(-9), until: at(-1) })],
    [
      'by a key that has expired',
      'BREAK_GLASS_ENDED',
      glass(
        pgp('oncall'),
        {},
        { signature: 'untrusted', reasons: [{ code: 'PGP_KEY_EXPIRED', message: 'x', hint: '' }] },
      ),
    ],
  ])('%s does not count: %s', (_, code, fact) => {
    const { verdict, security, codes } = judged([fact]);
    expect(verdict.verdict).toBe('failed');
    expect(security?.verdict).toBe('missing');
    expect(codes).toContain(code);
    for (const one of verdict.stages.flatMap(({ reasons }) => reasons)) expect(one.hint).not.toBe('');
  });

  test('by strangers is nothing, and without a policy neither', () => {
    const stranger = glass(key('stranger'));
    expect(judged([stranger]).codes.filter((code) => code.startsWith('BREAK_GLASS'))).toEqual([]);
    const facts = image([author], { evidence: [glass(pgp('oncall'))] });
    expect(evaluatePolicy(undefined, facts, { now: NOW, requiredStages: ['security'] }).verdict).toBe('failed');
  });

  test('that is dated later than its timestamp was signed in advance', () => {
    const proven = {
      time: NOW,
      latest: new Date(NOW.getTime() - 5 * HOUR),
      accuracyMs: 0,
      proof: 'timestamp' as const,
      by: '',
    };
    expect(judged([glass(pgp('oncall'), {}, { proven })]).codes).toContain('BREAK_GLASS_DATED_AHEAD');
  });

  test('is not prolonged by breaking it again, until somebody else has reviewed it', () => {
    const first = glass(pgp('oncall'), { from: at(-20), until: at(-12) });
    const again = glass(pgp('carol'), { from: at(-1), until: at(20) });
    const soon = judged([first, again]);
    expect(soon.security).toMatchObject({ verdict: 'break-glass' });
    expect(soon.security?.breakGlass?.map(({ until }) => until).toSorted()).toEqual([at(-12), at(4)]);
    const later = judged([first, again], [author], new Date(NOW.getTime() + 5 * HOUR));
    expect(later.security?.verdict).toBe('missing');
    expect(later.codes).toContain('BREAK_GLASS_RENEWED');

    const review = approve('security', pgp('bob'), {
      after: [author],
      approval: { ...seen(first), expires: at(12) },
    });
    const reviewed = judged([first, again], [author, review], new Date(NOW.getTime() + 5 * HOUR));
    expect(reviewed.security?.breakGlass?.map(({ until }) => until).toSorted()).toEqual([at(-12), at(20)]);
  });

  test('is not prolonged by another key after the first has expired, unless the policy denies what that one said', () => {
    const ended = { signature: 'untrusted', reasons: [{ code: 'PGP_KEY_EXPIRED', message: 'x', hint: '' }] } as const;
    const first = glass(pgp('oncall'), { from: at(-30), until: at(-12) }, ended);
    const again = glass(pgp('carol'), { from: at(-1), until: at(20) });
    const { security, codes } = judged([first, again]);
    expect(security?.verdict).toBe('missing');
    expect(codes).toContain('BREAK_GLASS_RENEWED');
    const deny = [{ what: { of: 'statement', digest: first.digest } as const, reason: 'a mistake' }];
    const facts = image([author], { evidence: [first, again] });
    const { stages } = evaluatePolicy({ ...RULES, deny }, facts, { now: NOW });
    expect(stages[1]?.verdict).toBe('break-glass');
  });

  test('stands beside a copy of it that somebody else has signed', () => {
    const broken = glass(pgp('oncall'));
    const copies = ['bob', 'alice'].map((name) => ({
      ...broken,
      signer: pgp(name),
      place: { in: 'registry', name: `copy of ${name}` } as const,
    }));
    for (const facts of [
      [broken, ...copies],
      [...copies, broken],
    ])
      expect(judged(facts).security?.verdict).toBe('break-glass');
  });

  test('ends the verdict that rests on it, whatever was broken and reviewed before', () => {
    const old = glass(pgp('oncall'), { from: at(-240), until: at(-230) });
    const again = glass(pgp('carol'), { from: at(-1), until: at(8) });
    const rules = { ...RULES, stages: RULES.stages.slice(0, 2) };
    const open = evaluatePolicy(rules, image([author], { evidence: [again] }), { now: NOW });
    expect(open).toMatchObject({ verdict: 'passed', endsAt: new Date(at(8)).toISOString() });
    const stranger = glass(key('stranger'), { from: at(-240), until: at(-230) });
    const beside = evaluatePolicy(rules, image([author], { evidence: [again, stranger] }), { now: NOW });
    expect(beside).toMatchObject({ verdict: 'passed', endsAt: new Date(at(8)).toISOString() });
    const reviewed = approve('security', pgp('bob'), { after: [author], approval: seen(old) });
    const two = {
      ...rules,
      stages: rules.stages.map((one) => (one.name === 'security' ? { ...one, threshold: 2 } : one)),
    };
    const renewed = evaluatePolicy(two, image([author, reviewed], { evidence: [old, again] }), { now: NOW });
    expect(renewed).toMatchObject({ verdict: 'passed', endsAt: new Date(at(8)).toISOString() });
  });

  test('takes nothing away of what fails an image: what was removed, denied or altered', () => {
    const broken = glass(pgp('oncall'));
    const gone = approve('security', pgp('bob'), { after: [author] });
    const production = approve('production', pgp('carol'), { after: [author, gone], approval: seen(broken) });
    expect(judged([broken], [author, production]).security?.verdict).not.toBe('break-glass');
    const denied = { ...RULES, deny: [{ what: { of: 'statement', digest: broken.digest } as const, reason: 'thief' }] };
    const verdict = evaluatePolicy(denied, image([author], { evidence: [broken] }), { now: NOW });
    expect(verdict.stages[1]?.verdict).toBe('missing');
  });

  test('skips no stage whose SBOM names a denied component', () => {
    const sbom = {
      evidence: 'sbom',
      signedBy: ['builder'],
      count: 1,
      condition: { of: 'sbom', minComponents: 1 },
    } as const;
    const rules = policy(
      [...RULES.principals, BUILDER],
      RULES.stages.map((one) => (one.name === 'security' ? { ...one, requires: [sbom] } : one)),
      [],
      [{ what: { of: 'component', purl: 'pkg:npm/left' }, reason: 'CVE-2026-1001' }],
    );
    const verdictWith = (purl: string) => {
      const found = statement('https://cyclonedx.org/bom', {
        bomFormat: 'CycloneDX',
        components: [{ name: 'x', version: '1', purl }],
      });
      const broken = glass(pgp('oncall'));
      return evaluatePolicy(rules, image([author], { evidence: [found, broken] }), { now: NOW }).stages[1]?.verdict;
    };
    expect(verdictWith('pkg:npm/right@1.0.0')).toBe('break-glass');
    expect(verdictWith('pkg:npm/left@1.0.0')).toBe('missing');
  });

  test('may be seen by one key of two principals as one person alone', () => {
    const both = policy(
      [
        person('alice'),
        { name: 'night', credentials: [{ method: 'pgp', fingerprint: fingerprintOf('oncall') }] },
        person('oncall'),
      ],
      [stage('security', ['alice', 'night'], { breakGlass: { by: ['oncall'], maxDuration: 24 * HOUR } })],
    );
    const broken = glass(pgp('oncall'));
    const own = approve('security', pgp('oncall'), { approval: seen(broken) });
    const verdict = evaluatePolicy(both, image([own], { evidence: [broken] }), { now: NOW });
    expect(verdict.stages[0]?.breakGlass).toMatchObject([{ reviewedBy: [] }]);
  });
});
