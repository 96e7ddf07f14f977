// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseReports } from '../../../../src/scan/read/reports.ts';
import { asBytes, sarifReport, sarifResult } from '../../../support/scan-reports.ts';

function one(document: unknown) {
  const [report, ...more] = parseReports(asBytes(document), 'report.sarif');
  if (!report || more.length > 0) throw new Error(`${more.length + 1} reports`);
  return report;
}

const suppressed = (status?: string) =>
  sarifResult({ suppressions: [{ kind: 'external', status, justification: 'why' }] });
const code = (expected: string) => expect.objectContaining({ code: expected });

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

/** One result of a tool that has these rules, and what the run says besides. */
function judged(result: object, tool: object = {}, run: object = {}) {
  const driver = { name: 'Example', rules: [], ...tool };
  const { driver: _driver, ...extra } = { driver, ...run };
  const document = {
    version: '2.1.0',
    runs: [
      {
        tool: { driver, ...('extensions' in extra ? { extensions: extra.extensions } : {}) },
        ...run,
        results: [{ message: { text: 'x' }, ...result }],
      },
    ],
  };
  const [finding] = one(document).findings;
  return [finding?.id, finding?.severity];
}

const scored = (id: string, score: string, more: object = {}) => ({
  id,
  properties: { 'security-severity': score },
  ...more,
});

describe('the rule of a result', () => {
  const extension = { name: 'plugin', guid: '11111111-1111-1111-8888-111111111111', rules: [scored('EXT1', '9.8')] };
  const document = (result: object) => {
    const driver = { name: 'Example', rules: [scored('DRV1', '1.0'), scored('DRV2', '5.0', { guid: 'g-2' })] };
    const other = { name: 'other', rules: [scored('EXT1', '2.0')] };
    const run = { tool: { driver, extensions: [other, extension] }, results: [{ message: { text: 'x' }, ...result }] };
    const [finding] = one({ version: '2.1.0', runs: [run] }).findings;
    return [finding?.id, finding?.severity];
  };

  test.each([
    ['by the name of its component', { rule: { index: 0, toolComponent: { name: 'plugin' } } }, ['EXT1', 'critical']],
    ['by its guid', { rule: { id: 'EXT1', toolComponent: { guid: extension.guid } } }, ['EXT1', 'critical']],
    ['by its index', { ruleId: 'EXT1', rule: { index: 0, toolComponent: { index: 1 } } }, ['EXT1', 'critical']],
    ['of another component', { rule: { index: 0, toolComponent: { index: 0 } } }, ['EXT1', 'low']],
    ['in the driver', { ruleId: 'DRV2', ruleIndex: 1 }, ['DRV2', 'medium']],
    ['by the guid of the rule', { rule: { guid: 'g-2' } }, ['DRV2', 'medium']],
    ['by id where the index is of another', { ruleId: 'DRV2', ruleIndex: 0 }, ['DRV2', 'medium']],
    [
      'by id in another component than named',
      { ruleId: 'DRV2', rule: { toolComponent: { name: 'plugin' } } },
      ['DRV2', 'medium'],
    ],
    ['a part of it', { ruleId: 'DRV2/1', ruleIndex: 1 }, ['DRV2/1', 'medium']],
    ['an id that no rule has', { ruleId: 'DRV9', ruleIndex: 1, level: 'error' }, ['DRV9', 'high']],
    [
      'a component that is not there',
      { ruleId: 'X', rule: { index: 0, toolComponent: { name: 'gone' } } },
      ['X', 'medium'],
    ],
  ])('is found %s', (_how, result, expected) => {
    expect(document(result)).toEqual(expected);
  });

  test.each([
    ['error', 'high'],
    ['warning', 'medium'],
    ['note', 'low'],
    ['none', 'negligible'],
  ])('without any the level %s counts: %s', (level, severity) => {
    expect(judged({ level })).toEqual(['no-rule', severity]);
  });
});

describe('the level of a result', () => {
  const rules = [{ id: 'R1', defaultConfiguration: { level: 'note' } }, { id: 'R2' }];
  const override = (descriptor: object, level?: string) => ({
    executionSuccessful: true,
    ruleConfigurationOverrides: [{ descriptor, configuration: { level } }],
  });

  test.each([
    ['by id', [override({ id: 'R1' }, 'error')], {}, 'high'],
    ['by index', [override({ index: 0 }, 'error')], {}, 'high'],
    ['of another rule', [override({ id: 'R2' }, 'error')], {}, 'low'],
    [
      'of the invocation it names',
      [override({ id: 'R1' }, 'error'), override({ id: 'R1' }, 'none')],
      { provenance: { invocationIndex: 1 } },
      'negligible',
    ],
    ['that says nothing of the level', [override({ id: 'R1' })], {}, 'low'],
    ['under its own level', [override({ id: 'R1' }, 'none')], { level: 'error' }, 'high'],
  ])('is that of an override %s', (_how, invocations, result, severity) => {
    expect(judged({ ruleId: 'R1', ...result }, { rules }, { invocations })).toEqual(['R1', severity]);
  });

  test('what nobody decided yet is not negligible', () => {
    expect(judged({ ruleId: 'R1', kind: 'review' }, { rules })).toEqual(['R1', 'unknown']);
    expect(judged({ ruleId: 'R1', kind: 'open', level: 'none' }, { rules })).toEqual(['R1', 'unknown']);
    expect(judged({ ruleId: 'R1', level: 'none' }, { rules })).toEqual(['R1', 'negligible']);
  });
});

describe('a score of 0.0', () => {
  const tagged = (...tags: string[]) => [{ id: 'R', properties: { 'security-severity': '0.0', tags } }];

  test.each([
    ['without a word', tagged(), {}, 'unknown'],
    ['with the tag UNKNOWN', tagged('security', 'UNKNOWN'), {}, 'unknown'],
    ['with the tag NEGLIGIBLE', tagged('NEGLIGIBLE'), {}, 'negligible'],
    ['with the level none', tagged('UNKNOWN'), { level: 'none' }, 'negligible'],
    ['of the result itself', tagged(), { level: 'error', properties: { 'security-severity': 0 } }, 'unknown'],
  ])('%s is %s', (_what, rules, result, severity) => {
    expect(judged({ ruleId: 'R', level: 'note', ...result }, { rules })).toEqual(['R', severity]);
  });
});

describe('the text of a result', () => {
  const text = (...lines: string[]) => ({ ruleId: 'CVE-2026-1001', message: { text: lines.join('\n') } });
  const rules = [scored('CVE-2026-1001', '5.5')];

  test('of Trivy has the word of its JSON, which its score may not agree with', () => {
    const trivy = { name: 'Trivy', rules };
    expect(judged(text('Package: a', 'Severity: HIGH'), trivy)[1]).toBe('high');
    expect(judged(text('Package: a', 'Severity: UNKNOWN'), trivy)[1]).toBe('medium');
    expect(judged(text('Package: a', 'Severity: LOW', 'Severity: HIGH'), trivy)[1]).toBe('medium');
    expect(judged(text('Package: a', 'Severity: LOW'), { rules })[1]).toBe('medium');
  });

  test('of Grype names the package, and the rule without it', () => {
    const message = { text: 'A high vulnerability in deb package: libexample-1, version 1:2.3-4 was found at: /x' };
    const driver = { name: 'grype', rules: [scored('CVE-2026-1001-libexample-1', '5.5')] };
    const run = { tool: { driver }, results: [{ ruleId: 'CVE-2026-1001-libexample-1', message }] };
    expect(one({ version: '2.1.0', runs: [run] }).findings).toMatchObject([
      {
        id: 'CVE-2026-1001',
        aliases: ['CVE-2026-1001-libexample-1'],
        package: 'libexample-1',
        version: '1:2.3-4',
        severity: 'high',
      },
    ]);
  });

  test.each(['CVE-2026-1001-bypass', 'CVE-2026-1001_CVE-2026-1002', 'GHSA-2345-6789-cfgh-2', 'CVE-2026-1001/2'])(
    'the rule %s is not cut to what it begins with',
    (ruleId) => {
      const [finding] = one(sarifReport([sarifResult({ ruleId, ruleIndex: undefined })])).findings;
      expect(finding).toMatchObject({ id: ruleId, aliases: [], package: 'libexample' });
    },
  );
});

describe('a run that is no whole answer is refused', () => {
  const [run] = sarifReport([]).runs;
  const notification = (level?: string) => [{ level, message: { text: 'rules could not be loaded' } }];
  const invocation = (member: object) => ({ invocations: [{ executionSuccessful: true, ...member }] });

  test.each([
    ['an error while running', invocation({ toolExecutionNotifications: notification('error') })],
    ['an error in its configuration', invocation({ toolConfigurationNotifications: notification('error') })],
    ['an error of who converted it', { conversion: { tool: {}, invocation: { executionSuccessful: false } } }],
    ['a signal', invocation({ exitSignalName: 'SIGKILL' })],
    ['a process that did not start', invocation({ processStartFailureMessage: 'no memory' })],
    ['one failed invocation of two', { invocations: [{ executionSuccessful: true }, { executionSuccessful: false }] }],
    ['results in another file', { externalPropertyFileReferences: { results: [{ location: { uri: 'r.sarif' } }] } }],
  ])('for %s', (_why, more) => {
    expect(() => one({ ...sarifReport(), runs: [{ ...run, ...more }] })).toThrow(code('SCAN_REPORT_INCOMPLETE'));
  });

  test.each(['Results', 'RESULTS', 'Invocations'])('%s beside what is read is another report', (name) => {
    const results = [{ ruleId: 'R1', level: 'error' }];
    expect(() => one({ ...sarifReport([]), runs: [{ ...run, [name]: results }] })).toThrow(code('SCAN_REPORT_UNKNOWN'));
    expect(one({ ...sarifReport([]), runs: [{ ...run, files: {}, columnKind: 'utf16CodeUnits' }] }).findings).toEqual(
      [],
    );
  });

  test('a warning is none of these', () => {
    const more = invocation({ toolExecutionNotifications: [...notification('warning'), ...notification()] });
    expect(one({ ...sarifReport(), runs: [{ ...run, ...more }] }).findings).toEqual([]);
  });

  test('results beside the runs, and members that SARIF has not', () => {
    expect(() => one({ ...sarifReport(), inlineExternalProperties: [{ results: [] }] })).toThrow(
      code('SCAN_REPORT_INCOMPLETE'),
    );
    expect(() => one({ ...sarifReport(), vulnerabilities: [] })).toThrow(code('SCAN_REPORT_UNKNOWN'));
  });
});

test('a report of 10 MB costs seconds in none of its lists', () => {
  const many = (count: number, make: (index: number) => object) => Array.from({ length: count }, (_, at) => make(at));
  const driver = { name: 'x', rules: many(20_000, (at) => ({ id: `R${at}`, name: 'a rule with a name' })) };
  const extensions = many(3000, (at) => ({ name: `e${at}`, rules: [{ id: `E${at}`, name: 'one more' }] }));
  const overrides = many(20_000, (at) => ({ descriptor: { id: `R${at}` }, configuration: { level: 'error' } }));
  const results = many(40_000, (at) => ({
    message: { text: 'what was found, in words' },
    ...(at % 2 === 0
      ? { ruleId: `R${at / 2}` }
      : { ruleId: `E${at % 3000}`, rule: { toolComponent: { name: `e${at % 3000}` } } }),
  }));
  const run = {
    tool: { driver, extensions },
    invocations: [{ executionSuccessful: true, ruleConfigurationOverrides: overrides }],
    results,
  };
  const before = process.cpuUsage();
  const { findings } = one({ version: '2.1.0', runs: [run] });
  const { user, system } = process.cpuUsage(before);
  expect(findings.filter(({ severity }) => severity === 'high')).toHaveLength(20_000);
  // 0.5 s on a machine of its own, and minutes where a list is gone through for each result.
  expect((user + system) / 1e6).toBeLessThan(5);
});
