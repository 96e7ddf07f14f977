// SPDX-License-Identifier: Apache-2.0
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseReports } from '../../../../src/scan/read/reports.ts';
import { type SarifImage, sarifDocument } from '../../../../src/scan/write/sarif.ts';
import type { Finding } from '../../../../src/findings/finding.ts';
import { type JudgeRules, judgeFindings } from '../../../../src/findings/judge.ts';
import { SARIF_SCHEMA } from '../../../support/sarif-schema.ts';
import { asBytes } from '../../../support/scan-reports.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const RULES: JudgeRules = {
  failOn: 'high',
  unknownAs: 'high',
  allow: [],
  countSuppressed: false,
  allowEmptyScan: false,
};

function finding(over: Partial<Finding> = {}): Finding {
  return {
    id: 'CVE-2026-1001',
    aliases: [],
    severity: 'high',
    score: 7.5,
    package: 'libexample',
    version: '1.2-3',
    fixedIn: ['1.2-4', '1.3-1'],
    related: [],
    purl: null,
    scanners: ['Trivy'],
    locations: [],
    suppressed: null,
    ...over,
  };
}

function image(
  findings: readonly Finding[],
  over: Partial<SarifImage> & { rules?: Partial<JudgeRules> } = {},
): SarifImage {
  const { rules, ...rest } = over;
  const judgement = judgeFindings(findings, [{ name: 'trivy.json', recognised: true }], {
    rules: { ...RULES, ...rules },
    now: NOW,
  });
  return { name: 'app.sif', uri: 'images/app.sif', scanned: true, judgement, ...rest };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions: readonly object[];
}

interface Document {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly object[];
    readonly results: readonly Result[];
  }[];
}

const valid = new Ajv2020({ strict: false }).compile<Document>(SARIF_SCHEMA);

/** The run of a document that is as SARIF wants it, after a way through JSON. */
function runOf(...images: readonly SarifImage[]) {
  const document: unknown = JSON.parse(JSON.stringify(sarifDocument(images, { toolVersion: '0.1.0', now: NOW })));
  if (!valid(document)) throw new Error(JSON.stringify(valid.errors));
  const [run] = document.runs;
  if (!run) throw new Error('no run');
  const { driver } = run.tool;
  expect(new Set(driver.rules.map(({ id }) => id)).size).toBe(driver.rules.length);
  expect(run.results.filter(({ ruleId, ruleIndex }) => driver.rules[ruleIndex]?.id !== ruleId)).toEqual([]);
  const prints = run.results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash);
  expect(new Set(prints).size).toBe(prints.length);
  return { ...run, rules: driver.rules, document };
}

describe('findings as SARIF', () => {
  test('a vulnerability is one rule, each package that has it a result', () => {
    const { rules, results } = runOf(
      image([
        finding(),
        finding({ package: 'libother', version: null, fixedIn: [], severity: 'critical', score: 9.8 }),
        finding({ id: 'GHSA-2345-6789-cfgh', severity: 'low', score: null, aliases: ['CVE-2026-2002'] }),
      ]),
    );
    expect(rules).toMatchObject([
      {
        id: 'CVE-2026-1001',
        helpUri: 'https://nvd.nist.gov/vuln/detail/CVE-2026-1001',
        defaultConfiguration: { level: 'error' },
        properties: { 'security-severity': '9.8' },
      },
      {
        id: 'GHSA-2345-6789-cfgh',
        helpUri: 'https://github.com/advisories/GHSA-2345-6789-cfgh',
        fullDescription: { text: 'GHSA-2345-6789-cfgh, also known as CVE-2026-2002, reported by Trivy' },
        defaultConfiguration: { level: 'note' },
        properties: { 'security-severity': '2.0' },
      },
    ]);
    expect(results.map(({ ruleIndex, level }) => [ruleIndex, level])).toEqual([
      [0, 'error'],
      [0, 'error'],
      [1, 'note'],
    ]);
    expect(results[1]?.message.text).toBe(
      'CVE-2026-1001 in libexample@1.2-3\nImage: app.sif\nPackage: libexample\nInstalled Version: 1.2-3\n' +
        'Fixed Version: 1.2-4, 1.3-1\nSeverity: high\nScanner: Trivy\nJudged: blocking',
    );
  });

  test.each([
    ['critical', null, 'error', '9.5'],
    ['high', 9.9, 'error', '8.0'],
    ['medium', 4.2, 'warning', '4.2'],
    ['low', null, 'note', '2.0'],
    ['negligible', 0, 'note', '0.0'],
    ['unknown', null, 'warning', undefined],
  ] as const)('severity %s with score %s is level %s and score %s', (severity, score, level, shown) => {
    const { rules, results } = runOf(image([finding({ severity, score })]));
    expect(results[0]).toMatchObject({ level });
    expect(rules[0]).toHaveProperty('properties', {
      tags: ['security'],
      ...(shown === undefined ? {} : { 'security-severity': shown }),
    });
  });

  test('what is allowed or hidden is suppressed, with the reason; all else says that it is not', () => {
    const at = { file: 'allow.yaml', line: 1, column: 1 };
    const entry = { id: 'CVE-2026-1002', package: null, version: null, purl: null, location: null, at };
    const allow = [{ ...entry, reason: 'not reachable', expires: '2027-01-31' }];
    const { results } = runOf(
      image(
        [
          finding({ id: 'CVE-2026-1002' }),
          finding({ id: 'CVE-2026-1003', suppressed: 'false alarm' }),
          finding({ id: 'CVE-2026-1004', severity: 'low' }),
          finding(),
        ],
        { rules: { allow } },
      ),
    );
    expect(results.map(({ ruleId, suppressions }) => [ruleId, suppressions])).toEqual([
      ['CVE-2026-1001', []],
      ['CVE-2026-1004', []],
      [
        'CVE-2026-1002',
        [{ kind: 'external', status: 'accepted', justification: 'not reachable (allowed until 2027-01-31)' }],
      ],
      ['CVE-2026-1003', [{ kind: 'external', status: 'accepted', justification: 'false alarm' }]],
    ]);
  });

  test('reading it back gives the same findings', () => {
    const findings = [finding(), finding({ id: 'CVE-2026-1009', severity: 'medium', score: 4.2, fixedIn: [] })];
    const { document } = runOf(
      image([...findings, finding({ id: 'X-1', suppressed: 'no', severity: 'low', score: 2 })]),
    );
    const [report] = parseReports(asBytes(document), 'own.sarif');
    expect(report).toMatchObject({ format: 'sarif', scanner: { name: 'countersign', version: '0.1.0' } });
    expect(report?.findings).toMatchObject([
      { id: 'CVE-2026-1001', severity: 'high', package: 'libexample', version: '1.2-3', suppressed: null },
      { id: 'CVE-2026-1009', severity: 'medium', score: 4.2 },
      { id: 'X-1', severity: 'low', suppressed: 'no' },
    ]);
  });

  test('a result keeps its fingerprint when the package is updated, and images do not share one', () => {
    const print = (version: string, over = {}) =>
      runOf(image([finding({ version })], over)).results[0]?.partialFingerprints.primaryLocationLineHash;
    expect(print('1')).toMatch(/^[0-9a-f]{16}:1$/);
    expect(print('1')).toBe(print('2'));
    expect(print('1')).not.toBe(print('1', { uri: 'b.sif' }));
    runOf(image([finding({ version: '1' }), finding({ version: '2' })]), image([finding()]));
  });

  test('names from a report start no link, no placeholder and no rule page of another site', () => {
    const { rules, results } = runOf(
      image([
        finding({
          id: 'CVE-2026-1[x](https://evil.example)',
          aliases: ['GHSA-../../evil', 'CVE-2026-1001@evil.example'],
          package: 'a{0}b[c](d)\\',
        }),
      ]),
    );
    expect(results[0]?.message.text).toContain('a{{0}}b\\[c\\](d)\\\\');
    expect(results[0]?.message.text).not.toMatch(/(?<!\\)\[/);
    expect(rules[0]).not.toHaveProperty('helpUri');
  });

  test('a scan that found nothing to scan was no success, and an image without a scan is named', () => {
    const judgement = judgeFindings([], [{ name: 'empty.json', recognised: false }], { rules: RULES, now: NOW });
    const { invocations } = runOf(image([], { judgement }), image([], { name: 'b.sif', scanned: false }));
    expect(invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { level: 'error', message: { text: expect.stringContaining('empty.json') } },
          { level: 'warning', message: { text: 'b.sif was not scanned' } },
        ],
      },
    ]);
    expect(runOf(image([finding()])).invocations).toMatchObject([{ executionSuccessful: true }]);
  });

  test('more than code scanning takes is left out and counted, and never what blocks', () => {
    const many = Array.from({ length: 25_001 }, (_, index) =>
      finding({ id: `X-${index}`, severity: 'low', score: null }),
    );
    const { results, invocations } = runOf(image([...many, finding()]));
    expect(results).toHaveLength(25_000);
    expect(results[0]?.ruleId).toBe('CVE-2026-1001');
    expect(JSON.stringify(invocations)).toContain('2 more findings than code scanning takes');
  });
});
