// SPDX-License-Identifier: Apache-2.0
// Which findings are the same one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byImportance,
  createFinding,
  type Finding,
  groupFindings,
  joinFindings,
} from '../../../src/findings/finding.ts';
import { parseReports } from '../../../src/scan/read/reports.ts';
import { SEVERITIES } from '../../../src/findings/severity.ts';
import { asBytes, grypeReport, osvReport, sarifReport, trivyReport } from '../../support/scan-reports.ts';

const base = {
  id: 'CVE-2026-1001',
  scanners: ['Trivy'],
  severity: 'high',
  package: 'libexample',
  version: '1',
} as const;
const finding = (over: Partial<Finding> & { location?: string }) => createFinding({ ...base, ...over });

function joined(findings: readonly Finding[]): readonly Finding[] {
  return groupFindings(findings)
    .flatMap(({ members }) => joinFindings(members) ?? [])
    .sort(byImportance);
}
const ids = (findings: readonly Finding[]) => joined(findings).map(({ id }) => id);

describe('findings are joined', () => {
  test('by CVE and GHSA across scanners, each once', () => {
    const findings = [trivyReport(), sarifReport(), grypeReport(), osvReport()].flatMap((document) =>
      parseReports(asBytes(document), 'r').flatMap((report) => report.findings),
    );
    const expected = [
      ['CVE-2026-2002', ['Grype', 'OSV-Scanner']],
      ['CVE-2026-1001', ['Trivy', 'Example Scanner']],
      ['GHSA-jmpq-rvwx-2345', ['OSV-Scanner']],
    ];
    expect(joined(findings).map(({ id, scanners }) => [id, scanners])).toEqual(expected);
  });

  test('with the worst severity, every fix and every place', () => {
    const [one, ...more] = joined([
      finding({ location: '/a', fixedIn: ['2'], score: 5 }),
      finding({ location: '/b', severity: 'critical', scanners: ['Grype'], purl: 'pkg:deb/x', score: 9 }),
    ]);
    expect(more).toEqual([]);
    expect(one).toMatchObject({
      severity: 'critical',
      score: 9,
      locations: ['/a', '/b'],
      fixedIn: ['2'],
      purl: 'pkg:deb/x',
    });
  });

  test('by a GHSA that another scanner knows the CVE of, and not when there are two', () => {
    const bare = finding({ id: 'GHSA-2345-6789-cfgh' });
    const first = finding({ id: 'GHSA-2345-6789-cfgh', aliases: ['CVE-2026-1001'] });
    expect(ids([bare, first])).toEqual(['CVE-2026-1001']);
    const second = finding({ id: 'CVE-2026-1002', aliases: ['GHSA-2345-6789-cfgh'] });
    expect(ids([bare, first, second])).toEqual(['CVE-2026-1002', 'GHSA-2345-6789-cfgh', 'GHSA-2345-6789-cfgh']);
  });
});

describe('findings stay apart', () => {
  test.each([
    [
      'of one vendor advisory',
      finding({ related: ['RHSA-2026:0001'] }),
      finding({ id: 'CVE-2026-1002', related: ['RHSA-2026:0001'] }),
    ],
    [
      'of one name that is neither CVE nor GHSA',
      finding({ aliases: ['DSA-1-1'] }),
      finding({ id: 'CVE-2026-1002', aliases: ['DSA-1-1'] }),
    ],
    [
      'of one GHSA and two CVEs',
      finding({ aliases: ['GHSA-2345-6789-cfgh'] }),
      finding({ id: 'CVE-2026-1002', aliases: ['GHSA-2345-6789-cfgh'] }),
    ],
    [
      'of an advisory and one of its CVEs',
      finding({}),
      finding({ id: 'ELSA-2026-1', aliases: ['CVE-2026-1001', 'CVE-2026-1002'] }),
    ],
    ['of other versions', finding({}), finding({ version: '2' })],
    ['of other packages', finding({}), finding({ package: 'other' })],
    ['of no package', finding({ package: null }), finding({ package: null })],
    ['of one rule', finding({ id: 'secret:private-key' }), finding({ id: 'secret:private-key' })],
    ['of a rule and what its name begins with', finding({}), finding({ id: 'CVE-2026-1001-bypass' })],
  ])('%s', (_what, a, b) => {
    expect(joined([a, b])).toHaveLength(2);
    expect(joined([b, a])).toHaveLength(2);
  });

  test('an advisory about several CVEs has none of them as its name', () => {
    expect(
      finding({ id: 'ELSA-2026-1', aliases: ['CVE-2026-1', 'CVE-2026-1002', 'CVE-2026-1003', 'x'] }),
    ).toMatchObject({
      aliases: ['CVE-2026-1', 'x'],
      related: ['CVE-2026-1002', 'CVE-2026-1003'],
    });
  });
});

test('nothing is lost, two CVEs are never one, and the order does not matter', () => {
  const name = fc.constantFrom('CVE-2026-0001', 'CVE-2026-0002', 'GHSA-2222-2222-2222', 'GHSA-3333-3333-3333', 'X');
  const arbitrary = fc.record({
    id: name,
    aliases: fc.array(name, { maxLength: 2 }),
    severity: fc.constantFrom(...SEVERITIES),
    package: fc.constantFrom('p', 'q', null),
  });
  const keyOf = ({ id, package: at, severity }: Finding) => [id, at, severity];
  fc.assert(
    fc.property(fc.array(arbitrary, { maxLength: 12 }), (parts) => {
      const given = parts.map((part) => finding(part));
      const groups = groupFindings(given);
      expect(groups.reduce((sum, { members }) => sum + members.length, 0)).toBe(given.length);
      for (const { members } of groups) {
        const cves = members.flatMap(({ id, aliases }) => [id, ...aliases]).filter((one) => one.startsWith('CVE'));
        expect(new Set(cves).size).toBeLessThan(2);
        expect(new Set(members.map((member) => member.package)).size).toBe(1);
      }
      expect(joined(given.toReversed()).map(keyOf)).toEqual(joined(given).map(keyOf));
    }),
  );
});
