// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { type Finding, mergeFindings } from '../../../../src/scan/finding.ts';
import { parseReports } from '../../../../src/scan/read/reports.ts';
import { SEVERITIES } from '../../../../src/scan/severity.ts';
import {
  asBytes,
  grypeMatch,
  grypeReport,
  osvReport,
  sarifReport,
  sarifResult,
  trivyReport,
  trivyVulnerability,
} from '../../../support/scan-reports.ts';

const summary = ({ id, severity, package: name }: Finding) => [id, severity, name];

function one(document: unknown) {
  const reports = parseReports(asBytes(document), 'report.json');
  expect(reports).toHaveLength(1);
  const report = reports[0];
  if (!report) throw new Error('no report');
  return report;
}

const suppressed = (status?: string) =>
  sarifResult({ suppressions: [{ kind: 'external', status, justification: 'why' }] });
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
        location: 'image (debian 13)',
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

  test('an ignored match is suppressed', () => {
    const ignored = { ...grypeMatch(), appliedIgnoreRules: [{ reason: 'kernel headers only' }] };
    expect(one(grypeReport([], [ignored])).findings).toMatchObject([{ suppressed: 'kernel headers only' }]);
  });
});

describe('OSV-Scanner', () => {
  test('a group is one finding, named by its CVE; a vulnerability outside any group is not lost', () => {
    expect(one(osvReport()).findings).toMatchObject([
      {
        id: 'CVE-2026-2002',
        aliases: ['GHSA-2345-6789-cfgh'],
        severity: 'critical',
        score: 9.8,
        package: 'jsonkit',
        fixedIn: ['2.0.1'],
      },
      { id: 'GHSA-jmpq-rvwx-2345', severity: 'medium', score: null },
    ]);
  });

  test('an empty result list is a report without findings', () => {
    expect(one({ results: [] }).findings).toEqual([]);
  });
});

describe('SARIF', () => {
  test('the score of the rule decides, and the message gives the package', () => {
    const report = one(sarifReport());
    expect(report.scanner).toEqual({ name: 'Example Scanner', version: '4.5.6', uri: 'https://example.org/scanner' });
    expect(report.findings).toMatchObject([
      {
        id: 'CVE-2026-1001',
        severity: 'high',
        score: 7.5,
        package: 'libexample',
        version: '1.2-3',
        fixedIn: ['1.2-4'],
      },
    ]);
  });

  test('a CVE at the start of a rule id is the id, the rule id an alias', () => {
    const report = one(sarifReport([sarifResult({ ruleId: 'CVE-2026-1001-libexample', ruleIndex: undefined })]));
    expect(report.findings).toMatchObject([{ id: 'CVE-2026-1001', aliases: ['CVE-2026-1001-libexample'] }]);
  });

  test('without a score the level counts: of the result, of the rule, or the default', () => {
    const results = [
      { ruleId: 'a', level: 'error' },
      { ruleId: 'weak-setting' },
      { ruleId: 'b' },
      { ruleId: 'c', level: 'none' },
      { ruleId: 'd', level: 'fatal' },
    ].map((result) => ({ ...result, message: { text: 'x' } }));
    const { findings } = one(sarifReport(results));
    expect(findings.map(({ severity }) => severity)).toEqual(['high', 'low', 'medium', 'negligible', 'unknown']);
  });

  test('results that report no problem are left out', () => {
    const kinds = ['pass', 'notApplicable', 'informational', 'fail', 'review'];
    const { findings } = one(
      sarifReport(kinds.map((kind) => sarifResult({ kind, ruleId: kind, ruleIndex: undefined }))),
    );
    expect(findings.map(({ id }) => id)).toEqual(['fail', 'review']);
  });

  test('only an accepted suppression hides a result', () => {
    const { findings } = one(
      sarifReport([suppressed(), suppressed('accepted'), suppressed('underReview'), suppressed('rejected')]),
    );
    expect(findings.map((finding) => finding.suppressed)).toEqual(['why', 'why', null, null]);
  });

  test('a run that failed, or has no result list, is no evidence', () => {
    const [run] = sarifReport().runs;
    const failed = { ...run, invocations: [{ executionSuccessful: false }] };
    expect(() => one({ ...sarifReport(), runs: [failed] })).toThrow(code('SCAN_REPORT_INCOMPLETE'));
    expect(() => one({ ...sarifReport(), runs: [{ ...run, results: undefined }] })).toThrow(
      code('SCAN_REPORT_INCOMPLETE'),
    );
    expect(() => one({ ...sarifReport(), runs: [] })).toThrow(code('SCAN_REPORT_INCOMPLETE'));
  });

  test('each run is a report', () => {
    const { runs } = sarifReport();
    expect(parseReports(asBytes({ ...sarifReport(), runs: [...runs, ...runs] }), 'r')).toHaveLength(2);
  });
});

describe('any report', () => {
  test.each(['[]', '{}', '{"matches":[]}', '{"results":[{"name":"x"}]}', '{"version":"2.0.0","runs":[]}'])(
    'what is no report of a known scanner is refused: %s',
    (text) => {
      expect(() => parseReports(utf8(text), 'r.json')).toThrow(code('SCAN_REPORT_UNKNOWN'));
    },
  );

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

describe('mergeFindings', () => {
  const findings = [trivyReport(), sarifReport(), grypeReport(), osvReport()].flatMap(
    (document) => one(document).findings,
  );

  test('the same vulnerability of the same package is one finding, found by both', () => {
    const merged = mergeFindings(findings);
    expect(merged.map(({ id, scanners }) => [id, scanners])).toEqual([
      ['CVE-2026-2002', ['Grype', 'OSV-Scanner']],
      ['CVE-2026-1001', ['Trivy', 'Example Scanner']],
      ['GHSA-jmpq-rvwx-2345', ['OSV-Scanner']],
    ]);
  });

  test('the order of the reports does not matter for what is found', () => {
    const names = (list: typeof findings) => mergeFindings(list).map(({ id, severity }) => [id, severity]);
    expect(names(findings.toReversed())).toEqual(names(findings));
  });

  test('whatever is merged, each name is found once, nothing is lost, and merging again changes nothing', () => {
    const id = fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-a', 'GHSA-b', 'X');
    const arbitrary = fc.record({
      id,
      aliases: fc.array(id, { maxLength: 2 }),
      severity: fc.constantFrom(...SEVERITIES),
      package: fc.constantFrom('p', 'q', null),
    });
    const [base] = one(trivyReport()).findings;
    if (!base) throw new Error('no finding');
    const key = (finding: Finding) => (name: string) => `${name} ${finding.package}`;
    const names = (list: readonly Finding[]) =>
      list.flatMap((finding) => [finding.id, ...finding.aliases].map(key(finding)));
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 12 }), (list) => {
        const given = list.map((part) => ({
          ...base,
          ...part,
          aliases: part.aliases.filter((name) => name !== part.id),
        }));
        const merged = mergeFindings(given);
        const found = merged.flatMap((finding) => [...new Set([finding.id, ...finding.aliases])].map(key(finding)));
        expect(new Set(found).size).toBe(found.length);
        expect(new Set(found)).toEqual(new Set(names(given)));
        expect(mergeFindings(merged)).toEqual(merged);
        expect(mergeFindings(given.toReversed()).map(summary)).toEqual(merged.map(summary));
      }),
    );
  });

  test('other versions and other packages stay apart', () => {
    const base = one(trivyReport()).findings;
    const variants = base.flatMap((finding) => [
      finding,
      { ...finding, version: '9' },
      { ...finding, package: 'other' },
    ]);
    expect(mergeFindings(variants)).toHaveLength(3);
  });

  test('a finding that one scanner hides and another shows is shown', () => {
    const [shown] = one(trivyReport()).findings;
    if (!shown) throw new Error('no finding');
    expect(mergeFindings([{ ...shown, suppressed: 'hidden' }, shown])).toMatchObject([{ suppressed: null }]);
  });

  test('aliases join two findings that name each other only through a third', () => {
    const [base] = one(trivyReport()).findings;
    if (!base) throw new Error('no finding');
    const named = (id: string, ...aliases: string[]) => ({ ...base, id, aliases });
    expect(mergeFindings([named('A'), named('B'), named('C', 'A', 'b')])).toMatchObject([
      { id: 'A', aliases: ['C', 'b'] },
    ]);
  });
});
