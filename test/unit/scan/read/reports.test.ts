// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { parseReports } from '../../../../src/scan/read/reports.ts';
import {
  asBytes,
  grypeMatch,
  grypeReport,
  osvReport,
  trivyReport,
  trivyVulnerability,
} from '../../../support/scan-reports.ts';

function one(document: unknown) {
  const reports = parseReports(asBytes(document), 'report.json');
  expect(reports).toHaveLength(1);
  const report = reports[0];
  if (!report) throw new Error('no report');
  return report;
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('Trivy', () => {
  test('a vulnerability keeps its id, package, fixes and highest score', () => {
    const report = one(trivyReport());
    expect(report.scanner).toEqual({
      name: 'Trivy',
      version: '0.68.1',
      uri: 'https://github.com/aquasecurity/trivy',
    });
    expect(report.startedAt).toBe('2026-11-20T07:00:00.123Z');
    expect(report.findings).toEqual([
      {
        id: 'CVE-2026-1001',
        aliases: [],
        severity: 'high',
        score: 7.5,
        package: 'libexample',
        version: '1.2-3',
        fixedIn: ['1.2-4', '1.3-1'],
        scanners: ['Trivy'],
        related: [],
        purl: null,
        locations: ['image (debian 13)'],
        suppressed: null,
      },
    ]);
  });

  test('a severity UNKNOWN falls back to the score, and stays unknown without one', () => {
    const scored = one(trivyReport([trivyVulnerability({ Severity: 'UNKNOWN' })]));
    const bare = one(trivyReport([trivyVulnerability({ Severity: 'UNKNOWN', CVSS: undefined })]));
    expect([scored, bare].map((report) => report.findings[0]?.severity)).toEqual(['high', 'unknown']);
  });

  test('secrets, failed checks and licences are findings; passed checks are not', () => {
    const result = {
      Target: 'etc',
      Misconfigurations: [
        { ID: 'DS002', Severity: 'HIGH', Status: 'FAIL' },
        { ID: 'DS001', Severity: 'LOW', Status: 'PASS' },
      ],
      Secrets: [{ RuleID: 'private-key', Severity: 'CRITICAL', Match: 'never shown' }],
      Licenses: [{ Name: 'AGPL-3.0', Severity: 'MEDIUM', PkgName: 'x' }],
    };
    const { findings } = one({ ...trivyReport(), Results: [result] });
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['DS002', 'high'],
      ['secret:private-key', 'critical'],
      ['license:AGPL-3.0', 'medium'],
    ]);
    expect(JSON.stringify(findings)).not.toContain('never shown');
  });

  test('a finding that an ignore file hides is kept as suppressed, with its reason', () => {
    const hidden = { Type: 'vulnerability', Status: 'ignored', Statement: 'accepted', Finding: trivyVulnerability() };
    const report = one({ ...trivyReport(), Results: [{ Target: 't', ExperimentalModifiedFindings: [hidden] }] });
    expect(report.findings).toMatchObject([{ id: 'CVE-2026-1001', suppressed: 'accepted' }]);
  });

  test.each([
    ['vulnerability', { VulnerabilityID: 'CVE-2026-1', PkgName: 'p', Severity: 'HIGH' }, 'CVE-2026-1'],
    ['secret', { RuleID: 'aws-access-key-id', Severity: 'HIGH' }, 'secret:aws-access-key-id'],
    ['misconfiguration', { ID: 'DS002', Severity: 'HIGH', Status: 'FAIL' }, 'DS002'],
    ['license', { Name: 'AGPL-3.0', Severity: 'HIGH', FilePath: 'LICENSE' }, 'license:AGPL-3.0'],
  ])('a hidden %s is there, with its reason; one that is only modified is shown', (Type, finding, id) => {
    const modified = (Status: string) => ({ Type, Status, Statement: 'why', Finding: finding });
    const statuses = ['ignored', 'not_affected', 'fixed', 'affected', 'under_investigation', 'unknown'];
    const result = { Target: 't', ExperimentalModifiedFindings: statuses.map(modified) };
    const { findings } = one({ ...trivyReport(), Results: [result] });
    expect(findings.map((found) => [found.id, found.suppressed])).toEqual(
      ['why', 'why', 'why', null, null, null].map((reason) => [id, reason]),
    );
  });

  test('a modified finding of another type is refused; an exception is hidden', () => {
    const unknown = { Target: 't', ExperimentalModifiedFindings: [{ Type: 'malware', Finding: {} }] };
    expect(() => one({ ...trivyReport(), Results: [unknown] })).toThrow(code('SCAN_REPORT_INVALID'));
    const excepted = { Target: 't', Misconfigurations: [{ ID: 'DS002', Status: 'EXCEPTION', Severity: 'HIGH' }] };
    expect(one({ ...trivyReport(), Results: [excepted] }).findings[0]?.suppressed).toContain('excepted');
  });

  test('the advisories of a vendor are no names of a vulnerability', () => {
    const entry = trivyVulnerability({ VendorIDs: ['RHSA-2026:0001', 'GHSA-2345-6789-cfgh'] });
    expect(one(trivyReport([entry])).findings).toMatchObject([
      { aliases: ['GHSA-2345-6789-cfgh'], related: ['RHSA-2026:0001'] },
    ]);
  });

  test.each([
    [{ V2Score: 9.3 }, 'critical'],
    [{ V2Vector: 'AV:N/AC:M/Au:N/C:N/I:P/A:N' }, 'medium'],
    [{ V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }, 'critical'],
    [{ V40Vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', V3Score: 5 }, 'critical'],
    [{ V40Vector: 'CVSS:4.0/AV:N' }, 'unknown'],
  ])('without a word %j is %s', (nvd, severity) => {
    const entry = trivyVulnerability({ Severity: undefined, CVSS: { nvd } });
    expect(one(trivyReport([entry])).findings[0]?.severity).toBe(severity);
  });

  test('what a module of Trivy found is named', () => {
    expect(one({ ...trivyReport(), Results: [{ Target: 't', CustomResources: [{}, {}] }] }).remarks).toEqual([
      't has 2 custom resources of a Trivy module',
    ]);
  });

  // https://github.com/aquasecurity/trivy/discussions/11403
  test('a report without results says that nothing was recognised', () => {
    expect(one({ SchemaVersion: 2, ArtifactName: 'busybox' }).recognised).toBe(false);
    expect(one({ ...trivyReport(), Results: [{ Target: '/x', Class: 'secret' }] }).recognised).toBe(false);
    expect(one(trivyReport([])).recognised).toBe(true);
  });

  test('another schema version is refused', () => {
    expect(() => one({ ...trivyReport(), SchemaVersion: 3 })).toThrow(code('SCAN_REPORT_UNKNOWN'));
  });

  test.each([
    { Results: {} },
    { Results: [{ Vulnerabilities: 'none' }] },
    { Results: [{ Vulnerabilities: [{ Severity: 'LOW' }] }] },
    { Results: ['x'] },
  ])('a member of the wrong kind is refused, not skipped: %j', (part) => {
    expect(() => one({ ...trivyReport(), ...part })).toThrow(code('SCAN_REPORT_INVALID'));
  });
});

describe('Grype', () => {
  test('a match keeps advisory, CVE alias, fix and database', () => {
    const report = one(grypeReport());
    expect(report.database).toEqual({
      uri: 'https://example.org/db.tar.zst',
      version: 'v6.1.0',
      updatedAt: '2026-11-19T00:00:00.000Z',
    });
    expect(report.target).toBe('image.sif');
    expect(report.findings).toMatchObject([
      { id: 'GHSA-2345-6789-cfgh', aliases: ['CVE-2026-2002'], severity: 'critical', score: 9.8, fixedIn: ['2.0.1'] },
    ]);
  });

  test('the older database block is read too', () => {
    const { descriptor } = grypeReport();
    const report = one({
      ...grypeReport(),
      descriptor: { ...descriptor, db: { built: '2026-01-02T00:00:00Z', schemaVersion: 5 } },
    });
    expect(report.database).toEqual({ uri: null, version: '5', updatedAt: '2026-01-02T00:00:00.000Z' });
  });

  test.each([
    ['an advisory for two', 'ELSA-2026-0001', ['CVE-2026-1', 'CVE-2026-2002', 'CVE-2026-2003'], ['CVE-2026-1']],
    ['an advisory for one', 'ELSA-2026-0001', ['CVE-2026-2002'], ['CVE-2026-2002']],
    ['a GHSA', 'GHSA-2345-6789-cfgh', ['CVE-2026-2002'], ['CVE-2026-2002']],
  ])('the names of %s', (_what, id, related, aliases) => {
    const match = grypeMatch({
      vulnerability: { id, severity: 'High' },
      relatedVulnerabilities: related.map((name) => ({ id: name })),
    });
    expect(one(grypeReport([match])).findings).toMatchObject([{ id, aliases }]);
  });

  test('each place is one finding, files that only support another are none', () => {
    const locations = [
      { path: '/a', annotations: { evidence: 'primary' } },
      { path: '/b', annotations: { evidence: 'primary' } },
      { path: '/copyright', annotations: { evidence: 'supporting' } },
    ];
    const match = grypeMatch({ artifact: { name: 'p', version: '1', purl: 'pkg:deb/p@1', locations } });
    const { findings } = one(grypeReport([match]));
    expect(findings.map((finding) => [finding.locations, finding.purl])).toEqual([
      [['/a'], 'pkg:deb/p@1'],
      [['/b'], 'pkg:deb/p@1'],
    ]);
  });

  test('alerts are no findings, and are named with their number', () => {
    const alerts = [{ type: 'distro-eol', message: 'debian 8 has reached its end of life' }];
    const report = one({ ...grypeReport([]), alertsByPackage: [{ alerts }, { alerts }] });
    expect(report.remarks).toEqual(['debian 8 has reached its end of life (2 packages)']);
  });

  test('a vector without a score is computed', () => {
    const cvss = [{ version: '2.0', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', metrics: {} }];
    const match = grypeMatch({ vulnerability: { id: 'X', severity: 'Unknown', cvss }, relatedVulnerabilities: [] });
    expect(one(grypeReport([match])).findings).toMatchObject([{ severity: 'high', score: 7.5 }]);
  });

  test('an ignored match is suppressed', () => {
    const ignored = { ...grypeMatch(), appliedIgnoreRules: [{ reason: 'kernel headers only' }] };
    expect(one(grypeReport([], [ignored])).findings).toMatchObject([{ suppressed: 'kernel headers only' }]);
  });
});

describe('reports of other tools, and such as have more than their format, are refused', () => {
  const results = (...list: object[]) => ({ results: list });
  const trivyResult = (more: object) => ({ ...trivyReport([]), Results: [{ Target: 't', Class: 'os-pkgs', ...more }] });
  const osvEntry = (more: object) =>
    results({
      source: { path: 'a', type: 'lockfile' },
      packages: [{ package: { name: 'x', version: '1', ecosystem: 'npm' }, ...more }],
    });
  test.each<[string, object]>([
    [
      'Prisma',
      {
        ...results({ id: 'sha256:a', packages: [{ name: 'x' }], vulnerabilities: [{ id: 'CVE-2026-1' }] }),
        consoleURL: 'x',
      },
    ],
    ['Prisma without a console', results({ id: 'sha256:a', distro: 'x', packages: [{ type: 'os', name: 'x' }] })],
    ['semgrep', { version: '1.90.0', results: [], errors: [], paths: { scanned: [] } }],
    ['bandit', { errors: [], generated_at: '2026-01-01T00:00:00Z', metrics: {}, results: [] }],
    ['checkov', { check_type: 'dockerfile', results: { failed_checks: [] }, summary: {}, url: 'x' }],
    ['an empty list of results', results()],
    ['results with packages alone', results({ packages: [] })],
    ['Trivy and more', { ...trivyReport([]), vulnerabilities: [] }],
    ['Grype and more', { ...grypeReport([]), findings: [] }],
    ['OSV-Scanner and more', { ...osvReport(), consoleURL: 'x' }],
    [
      'OSV-Scanner with a result of another tool',
      { ...osvReport(), experimental_config: {}, results: [{ name: 'x', packages: [] }] },
    ],
    ['OSV-Scanner with findings under another name', osvEntry({ vulns: [{ id: 'CVE-2026-1' }] })],
    ['OSV-Scanner with them in another case', osvEntry({ Vulnerabilities: [{ id: 'CVE-2026-1' }] })],
    ['sources without packages', results({ source: { path: 'a', type: 'lockfile' }, packages: [] })],
    ['Trivy with findings of a new kind', trivyResult({ Malware: [{ ID: 'x', Severity: 'CRITICAL' }] })],
    ['Trivy with some in another case', trivyResult({ vulnerabilities: [{ VulnerabilityID: 'CVE-2026-1' }] })],
    ['Trivy and OSV-Scanner', { ...trivyReport([]), ...osvReport() }],
    ['npm audit', { auditReportVersion: 2, vulnerabilities: {}, metadata: {} }],
    ['pip-audit', { dependencies: [], fixes: [] }],
    ['Docker Scout', { vulnerabilities: [], scanner: {} }],
    ['Trivy for a cluster', { ClusterName: 'x', Resources: [] }],
    ['Syft', { artifacts: [], source: {}, descriptor: { name: 'syft' } }],
  ])('%s', (_tool, document) => {
    expect(() => one(document)).toThrow(code('SCAN_REPORT_UNKNOWN'));
  });

  test.each<[string, object]>([
    ['Trivy', { ...trivyReport([]), Error: 'scan error' }],
    ['Trivy in a result', { ...trivyReport([]), Results: [{ Target: 't', Error: 'analysis failed' }] }],
    ['Grype', { ...grypeReport([]), errors: ['no database'] }],
    ['OSV-Scanner', { ...osvReport(), errors: [{ message: 'offline' }] }],
  ])('%s with errors inside', (_tool, document) => {
    expect(() => one(document)).toThrow(code('SCAN_REPORT_INCOMPLETE'));
  });

  test('what Trivy and OSV-Scanner write in other versions is read', () => {
    expect(one(trivyResult({ Class: 'custom', CustomResources: [{}], Packages: [] })).findings).toEqual([]);
    for (const name of ['experimental_analysis', 'experimentalAnalysis']) {
      const group = {
        ids: ['GO-2026-1'],
        max_severity: '9.8',
        [name]: { 'GO-2026-1': { called: true, unimportant: true } },
      };
      const entry = { vulnerabilities: [{ id: 'GO-2026-1' }], groups: [group] };
      expect(one(osvEntry(entry)).findings).toMatchObject([{ severity: 'negligible' }]);
    }
  });

  test('what was found is named', () => {
    expect(() => one({ version: '1', results: [], paths: {} })).toThrow('"version", "results", "paths"');
    expect(() => one({ ...grypeReport(), ['x\n::error::']: 1 })).toThrow('no report of Grype has "x ::error::"');
  });
});

describe('any report', () => {
  test.each([
    '[]',
    '{}',
    '{"matches":[]}',
    '{"results":[]}',
    '{"results":[{"name":"x"}]}',
    '{"version":"2.0.0","runs":[]}',
  ])('what is no report of a known scanner is refused: %s', (text) => {
    expect(() => parseReports(utf8(text), 'r.json')).toThrow(code('SCAN_REPORT_UNKNOWN'));
  });

  test('a byte order mark is skipped', () => {
    expect(parseReports(utf8(`\ufeff${JSON.stringify(osvReport())}`), 'r')).toHaveLength(1);
  });

  test('a repeated key is refused: two readers could see two reports', () => {
    expect(() => parseReports(utf8('{"results":[],"results":[]}'), 'r')).toThrow(code('DATA_JSON_INVALID'));
  });

  test('every truncation of a report is refused', () => {
    const bytes = asBytes(trivyReport());
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => parseReports(bytes.subarray(0, length), 'r')).toThrow(/^r: /);
  });

  test('control characters and workflow commands do not survive in texts', () => {
    const report = one(trivyReport([trivyVulnerability({ PkgName: 'a\n::set-output name=x::y\u001b[31m\u202e' })]));
    expect(report.findings[0]?.package).toBe('a ::set-output name=x::y [31m');
  });
});
