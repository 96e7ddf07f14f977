// SPDX-License-Identifier: Apache-2.0
// Evidence that a stage requires: each way in which it may be lacking has its code, and a scan is judged from its findings.

import { describe, expect, test } from 'vitest';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import type { EvidenceFact } from '../../../src/policy/facts.ts';
import {
  ago,
  BUILDER,
  CRITICAL,
  DAY,
  finding,
  FINDINGS,
  findings,
  scan,
  statement,
  verdictOn,
  VULNS,
} from '../../support/evidence.ts';
import { approve, image, NOW, person, pgp, policy, stage } from '../../support/facts.ts';

const PASSED = { verdict: 'passed' };
const failed = (code: string) => ({ verdict: 'failed', code });
const other = { place: { in: 'registry', name: 'referrer x' } } as const;

describe('evidence that a stage requires', () => {
  test.each<readonly [string, readonly EvidenceFact[], object]>([
    ['a clean scan', [statement(VULNS, scan())], PASSED],
    ['no scan', [], failed('EVIDENCE_MISSING')],
    ['another kind', [statement('urn:x:y', {})], failed('EVIDENCE_MISSING')],
    [
      'a scan of another image',
      [statement(VULNS, scan(), { ...other, contradicted: true, covers: [] })],
      failed('EVIDENCE_OTHER_CONTENT'),
    ],
    [
      'a scan of part of the image',
      [statement(VULNS, scan(), { covers: ['object 1'] })],
      failed('EVIDENCE_OTHER_CONTENT'),
    ],
    ['an altered scan', [statement(VULNS, scan(), { ...other, signature: 'invalid' })], failed('EVIDENCE_ALTERED')],
    [
      'a scan by nobody known',
      [statement(VULNS, scan(), { ...other, signature: 'unknown-signer' })],
      failed('EVIDENCE_UNTRUSTED'),
    ],
    [
      'a scan by another principal',
      [statement(VULNS, scan(), { signer: pgp('mallory') })],
      failed('EVIDENCE_OTHER_SIGNER'),
    ],
    [
      'a failed scan that calls itself passed',
      [statement(VULNS, scan({ found: [CRITICAL] }))],
      failed('EVIDENCE_FINDINGS'),
    ],
    ['a harmless finding', [statement(VULNS, scan({ found: [finding('CVE-1', 'medium')] }))], PASSED],
    ['an unrated finding', [statement(VULNS, scan({ found: [finding('CVE-1', 'odd')] }))], failed('EVIDENCE_FINDINGS')],
    ...[{ a: {} }, [5], true].map((score): readonly [string, readonly EvidenceFact[], object] => [
      `a finding with the score ${JSON.stringify(score)}`,
      [statement(VULNS, scan({ found: [{ id: 'CVE-1', severity: [{ method: 'nvd', score }] }] }))],
      failed('EVIDENCE_FINDINGS'),
    ]),
    [
      'a finding that the scanner was told to hide',
      [statement(VULNS, scan({ found: [finding('CVE-1', 'high', { suppressed: 'x' })] }))],
      failed('EVIDENCE_FINDINGS'),
    ],
    ['a scan that recognised nothing', [statement(VULNS, scan({ recognised: false }))], failed('EVIDENCE_FINDINGS')],
    ['a scan of the future', [statement(VULNS, scan({ days: -1 }))], failed('EVIDENCE_STALE')],
    [
      'what is no scan',
      [statement(VULNS, { ...scan(), scanner: { uri: 'u', result: 'none' } })],
      failed('EVIDENCE_UNREADABLE'),
    ],
    [
      'an old clean and a new failed scan',
      [statement(VULNS, scan({ days: 2 })), statement(VULNS, scan({ found: [CRITICAL] }))],
      failed('EVIDENCE_FINDINGS'),
    ],
    [
      'an old failed and a new clean scan',
      [statement(VULNS, scan({ days: 2, found: [CRITICAL] })), statement(VULNS, scan())],
      PASSED,
    ],
    [
      'a clean scan beside the failed one of another scanner',
      [statement(VULNS, scan()), statement(VULNS, scan({ scanner: 'trivy', found: [CRITICAL] }))],
      failed('EVIDENCE_FINDINGS'),
    ],
    [
      'a failed scan of the future beside a clean one',
      [statement(VULNS, scan({ days: -1, found: [CRITICAL] })), statement(VULNS, scan())],
      PASSED,
    ],
    [
      'junk by a stranger beside a clean scan',
      [
        statement(VULNS, scan()),
        statement(VULNS, scan({ found: [CRITICAL] }), { ...other, signature: 'unknown-signer' }),
      ],
      PASSED,
    ],
  ])('%s', (_, found, expected) => {
    expect(verdictOn(FINDINGS, found)).toMatchObject(expected);
  });

  test('is found too old at the hour that the policy sets', () => {
    const fresh = { ...FINDINGS, maxAge: 7 * DAY };
    expect(verdictOn(fresh, [statement(VULNS, scan({ days: 6.9 }))])).toMatchObject(PASSED);
    expect(verdictOn(fresh, [statement(VULNS, scan({ days: 7.1 }))])).toMatchObject(failed('EVIDENCE_STALE'));
    const database = findings({ databaseMaxAge: 7 * DAY });
    expect(verdictOn(database, [statement(VULNS, scan({ database: 6.9 }))])).toMatchObject(PASSED);
    expect(verdictOn(database, [statement(VULNS, scan({ database: 7.1 }))])).toMatchObject(failed('EVIDENCE_STALE'));
  });

  test('is not taken back by a newer scan with an old database', () => {
    const database = findings({ databaseMaxAge: 7 * DAY });
    const bad = statement(VULNS, scan({ days: 2, found: [CRITICAL] }));
    const stale = statement(VULNS, scan({ days: 1, database: 8 }));
    const trivy = statement(VULNS, scan({ scanner: 'trivy' }));
    expect(verdictOn(database, [bad, stale, trivy])).toMatchObject(failed('EVIDENCE_FINDINGS'));
    expect(verdictOn(database, [bad, stale, trivy, statement(VULNS, scan())])).toMatchObject(PASSED);
    // Nor does what an older scan did not find count beside it.
    expect(verdictOn(database, [statement(VULNS, scan({ days: 2 })), stale])).toMatchObject(failed('EVIDENCE_STALE'));
  });

  test('may have to be by one scanner, or by several', () => {
    const grype = statement(VULNS, scan());
    expect(verdictOn(findings({ scanner: ['Grype'] }), [grype])).toMatchObject(PASSED);
    expect(verdictOn(findings({ scanner: ['trivy'] }), [grype])).toMatchObject(failed('EVIDENCE_OTHER_SCANNER'));
    const two = { ...FINDINGS, count: 2 };
    const again = statement(VULNS, scan({ database: 2 }));
    expect(verdictOn(two, [grype, again])).toMatchObject(failed('EVIDENCE_TOO_FEW'));
    expect(verdictOn(two, [grype, statement(VULNS, scan({ scanner: 'trivy' }))])).toMatchObject(PASSED);
  });

  test('is accepted with an exception, which is said', () => {
    const entry = {
      id: 'cve-2024-1',
      package: null,
      version: null,
      purl: 'pkg:deb/debian/libx',
      location: null,
      reason: 'not reachable',
      expires: NOW.toISOString().slice(0, 10),
      grantedBy: 'the security team',
      at: { file: 'policy.yaml', line: 1, column: 1 },
    };
    const found = [statement(VULNS, scan({ found: [CRITICAL] }))];
    const accepted = verdictOn(findings({ exceptions: [entry] }), found);
    expect(accepted).toMatchObject({ verdict: 'passed', code: 'EVIDENCE_EXCEPTION' });
    expect(accepted.reasons[0]?.message).toContain('CVE-2024-1 in libx 1');
    expect(accepted.reasons[0]?.message).toContain('by the security team: not reachable');
    const over = { ...entry, expires: ago(1).slice(0, 10) };
    expect(verdictOn(findings({ exceptions: [over] }), found)).toMatchObject(failed('EVIDENCE_FINDINGS'));
    const elsewhere = { ...entry, purl: 'pkg:deb/debian/liby' };
    expect(verdictOn(findings({ exceptions: [elsewhere] }), found)).toMatchObject(failed('EVIDENCE_FINDINGS'));
  });

  test('that nobody listed counts and is named', () => {
    const requirement = {
      evidence: 'urn:x:y',
      signedBy: ['builder'],
      count: 1,
      condition: { of: 'fields', fields: [] },
    } as const;
    const rules = policy([person('alice'), BUILDER], [stage('author', ['alice'], { requires: [requirement] })]);
    const facts = image([approve('author', pgp('alice'))], { evidence: [statement('urn:x:y', {})] });
    const [report] = evaluatePolicy(rules, facts, { now: NOW }).stages;
    expect(report).toMatchObject({ verdict: 'passed' });
    expect(report?.reasons.map(({ code }) => code)).toContain('EVIDENCE_NOT_LISTED');
  });
});
