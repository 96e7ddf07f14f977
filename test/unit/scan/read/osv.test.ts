// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseReports } from '../../../../src/scan/read/reports.ts';
import { asBytes, osvReport } from '../../../support/scan-reports.ts';

function findings(document: unknown) {
  const [report] = parseReports(asBytes(document), 'osv.json');
  if (!report) throw new Error('no report');
  return report.findings;
}

const CONFIGURED = { experimental_config: { licenses: { summary: false, allowlist: null } } };
const PACKAGE = { name: 'libexample', version: '1.0.0', ecosystem: 'Debian:12' };
const withPackage = (entry: object) => ({
  ...CONFIGURED,
  results: [{ source: { path: '/lock', type: 'lockfile' }, packages: [{ package: PACKAGE, ...entry }] }],
});
/** The severity of one vulnerability. */
const severity = (vulnerability: object, group: object = {}) =>
  findings(
    withPackage({
      vulnerabilities: [{ id: 'X-1', ...vulnerability }],
      groups: [{ ids: ['X-1'], aliases: [], ...group }],
    }),
  )[0]?.severity;
const affected = (more: object, name = 'libexample') => ({ affected: [{ package: { name }, ...more }] });

describe('OSV-Scanner', () => {
  test('a group is one finding, named by its CVE; a vulnerability outside any group is not lost', () => {
    expect(findings(osvReport())).toMatchObject([
      { id: 'CVE-2026-2002', aliases: ['GHSA-2345-6789-cfgh'], severity: 'critical', score: 9.8, fixedIn: ['2.0.1'] },
      { id: 'GHSA-jmpq-rvwx-2345', severity: 'medium', score: null, locations: ['/tmp/sbom.cdx.json'] },
    ]);
  });

  test('an empty result list of a configured scan is a report without findings', () => {
    expect(findings({ results: [], ...CONFIGURED })).toEqual([]);
  });

  test('a group about several CVEs is one finding for each vulnerability in it', () => {
    const vulnerabilities = [
      { id: 'GHSA-2345-6789-cfgh', aliases: ['CVE-2026-0001', 'DSA-1-1'] },
      { id: 'CVE-2026-0002', aliases: ['DSA-1-1'] },
    ];
    const ids = vulnerabilities.map(({ id }) => id);
    const found = findings(withPackage({ vulnerabilities, groups: [{ ids, aliases: [...ids, 'CVE-2026-0001'] }] }));
    expect(found.map(({ id }) => id)).toEqual(['CVE-2026-0001', 'CVE-2026-0002']);
  });

  test('an advisory about several CVEs keeps its own name', () => {
    const usn = { id: 'USN-1-1', upstream: ['CVE-2026-0001', 'CVE-2026-0002', 'UBUNTU-CVE-2026-0001'] };
    expect(findings(withPackage({ vulnerabilities: [usn] }))).toMatchObject([
      { id: 'USN-1-1', aliases: ['UBUNTU-CVE-2026-0001'], related: ['CVE-2026-0001', 'CVE-2026-0002'] },
    ]);
  });
});

describe('what OSV-Scanner finds besides vulnerabilities', () => {
  test.each([
    [
      'licence violations',
      { licenses: ['GPL-3.0-only'], license_violations: ['GPL-3.0-only'] },
      'license:GPL-3.0-only',
    ],
    ['deprecated packages', { package: { ...PACKAGE, deprecated: true } }, 'deprecated'],
  ])('%s are findings that nobody rated', (_what, entry, id) => {
    expect(findings(withPackage(entry))).toMatchObject([
      { id, severity: 'unknown', package: 'libexample', version: '1.0.0', locations: ['/lock'] },
    ]);
  });

  test.each([
    [5, 'critical'],
    [1, 'negligible'],
    [0, 'unknown'],
    [9, 'unknown'],
  ])('a finding of a detector rated %s is %s', (Sev, expected) => {
    const detected = {
      Adv: { ID: { Publisher: 'CIS', Reference: 'etc-passwd' }, Sev },
      Target: { Extra: '/etc/passwd' },
    };
    expect(findings({ results: [], ...CONFIGURED, experimental_generic_findings: [detected] })).toMatchObject([
      { id: 'etc-passwd', severity: expected, locations: ['/etc/passwd'] },
    ]);
  });

  test('licences that are in order, and a summary of them, are none', () => {
    const document = { ...withPackage({ licenses: ['MIT'] }), license_summary: [{ name: 'MIT', count: 1 }] };
    expect(findings(document)).toEqual([]);
  });
});

describe('the severity of an OSV vulnerability', () => {
  test.each<[string, object, string]>([
    ['of type Ubuntu, low', { severity: [{ type: 'Ubuntu', score: 'low' }] }, 'low'],
    ['of type Ubuntu, negligible', { severity: [{ type: 'Ubuntu', score: 'negligible' }] }, 'negligible'],
    ['of type Ubuntu, untriaged', { severity: [{ type: 'Ubuntu', score: 'untriaged' }] }, 'unknown'],
    ['by Debian as unimportant', affected({ ecosystem_specific: { urgency: 'unimportant' } }), 'negligible'],
    ['by Debian as low**', affected({ ecosystem_specific: { urgency: 'low**' } }), 'low'],
    ['by Debian not yet', affected({ ecosystem_specific: { urgency: 'not yet assigned' } }), 'unknown'],
    ['by an ecosystem', affected({ ecosystem_specific: { severity: 'Important' } }), 'high'],
    ['by a database for the package', affected({ database_specific: { severity: 'Moderate' } }), 'medium'],
    ['for the package', affected({ severity: [{ type: 'Ubuntu', score: 'medium' }] }), 'medium'],
    ['for another package', affected({ ecosystem_specific: { urgency: 'low' } }, 'other'), 'unknown'],
    ['by a database', { database_specific: { severity: 'CRITICAL' } }, 'critical'],
    ['by nobody', {}, 'unknown'],
    ['by CVSS 2', { severity: [{ type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' }] }, 'high'],
    ['by CVSS 3', { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N' }] }, 'low'],
    [
      'by CVSS 4',
      { severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' }] },
      'critical',
    ],
    [
      'by CVSS and by a word',
      {
        severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
        database_specific: { severity: 'LOW' },
      },
      'critical',
    ],
  ])('that is rated %s', (_how, vulnerability, expected) => {
    expect(severity(vulnerability)).toBe(expected);
  });

  test('is what the scanner says first', () => {
    expect(severity({ database_specific: { severity: 'LOW' } }, { max_severity: '8.1' })).toBe('high');
    expect(severity({ database_specific: { severity: 'LOW' } }, { max_severity: '' })).toBe('low');
    expect(severity({}, { max_severity: '8.1', experimental_analysis: { 'X-1': { unimportant: true } } })).toBe(
      'negligible',
    );
  });
});
