// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../../src/policy/yaml/yaml.ts';
import { readAllowList } from '../../../src/scan/allow-list.ts';
import { createFinding, type Finding } from '../../../src/findings/finding.ts';
import { countFindings, type JudgeRules, judgeFindings } from '../../../src/findings/judge.ts';
import { parseReports } from '../../../src/scan/read/reports.ts';
import { vulnsPredicate } from '../../../src/scan/write/vulns.ts';
import { asBytes, grypeReport } from '../../support/scan-reports.ts';

const now = new Date('2026-11-22T12:00:00Z');

function finding(over: Partial<Finding> = {}): Finding {
  return {
    id: 'CVE-2026-1001',
    aliases: [],
    severity: 'high',
    score: null,
    package: 'libexample',
    version: '1.2-3',
    fixedIn: [],
    related: [],
    purl: null,
    scanners: ['Trivy'],
    locations: [],
    suppressed: null,
    ...over,
  };
}

const allowList = (text: string) => readAllowList(parseYaml(text, 'allow.yaml'));

function judge(findings: readonly Finding[], over: Partial<JudgeRules> = {}, recognised = true) {
  const rules: JudgeRules = {
    failOn: 'high',
    unknownAs: 'high',
    allow: [],
    countSuppressed: false,
    allowEmptyScan: false,
    ...over,
  };
  return judgeFindings(findings, [{ name: 'trivy.json', recognised }], { rules, now });
}

describe('judgeFindings', () => {
  test('at the threshold or worse blocks, less bad does not', () => {
    const severities = ['critical', 'high', 'medium', 'low', 'negligible'] as const;
    const judgement = judge(severities.map((severity) => finding({ id: severity, severity })));
    expect(judgement.blocking.map(({ id }) => id)).toEqual(['critical', 'high']);
    expect(judgement.below.map(({ id }) => id)).toEqual(['medium', 'low', 'negligible']);
    expect(judgement.verdict).toBe('failed');
  });

  test('fail-on none blocks nothing', () => {
    expect(judge([finding({ severity: 'critical' })], { failOn: 'none' }).verdict).toBe('passed');
  });

  test('a severity that nobody knows is taken as the one that the rules say', () => {
    const unrated = [finding({ severity: 'unknown' })];
    expect(judge(unrated).verdict).toBe('failed');
    expect(judge(unrated, { unknownAs: 'low' }).verdict).toBe('passed');
  });

  test('an allowed finding does not block, and the entry goes with it', () => {
    const allow = allowList('allow:\n  - {id: cve-2026-1001, reason: not reachable, expires: 2026-11-22}\n');
    const judgement = judge([finding()], { allow });
    expect(judgement).toMatchObject({
      verdict: 'passed',
      allowed: [{ entry: { reason: 'not reachable' } }],
      unused: [],
    });
  });

  test('an alias is as good as the id; package and version narrow an entry', () => {
    const allow = allowList(
      'allow:\n  - {id: CVE-1, package: libexample, version: 1.2-3, reason: r, expires: 2027-01-01}\n',
    );
    const aliased = finding({ id: 'GHSA-x', aliases: ['CVE-1'] });
    expect(judge([aliased], { allow }).verdict).toBe('passed');
    expect(judge([{ ...aliased, version: '1.2-4' }], { allow }).verdict).toBe('failed');
    expect(judge([{ ...aliased, package: 'libexample2' }], { allow }).verdict).toBe('failed');
  });

  test('an entry allows to the end of its last day, then nothing, and is reported', () => {
    const allow = allowList('allow:\n  - {id: CVE-2026-1001, reason: r, expires: 2026-11-21}\n');
    expect(judge([finding()], { allow })).toMatchObject({
      verdict: 'failed',
      expired: [{ id: 'CVE-2026-1001' }],
      unused: [],
    });
  });

  test('an entry that no finding needs is reported', () => {
    const allow = allowList('allow:\n  - {id: CVE-9, reason: r, expires: 2027-01-01}\n');
    expect(judge([], { allow })).toMatchObject({ verdict: 'passed', unused: [{ id: 'CVE-9' }] });
  });

  test('what the scanner hides is counted apart, or like the rest on request', () => {
    const hidden = [finding({ suppressed: 'ignored' })];
    expect(judge(hidden)).toMatchObject({ verdict: 'passed', suppressed: hidden });
    expect(judge(hidden, { countSuppressed: true }).verdict).toBe('failed');
  });

  test('a scan that recognised nothing is no clean scan', () => {
    expect(judge([], {}, false)).toMatchObject({
      verdict: 'failed',
      problems: [expect.stringContaining('trivy.json')],
    });
    expect(judge([], { allowEmptyScan: true }, false).verdict).toBe('passed');
  });

  test('every finding is in exactly one bin', () => {
    const allow = allowList('allow:\n  - {id: A, reason: r, expires: 2027-01-01}\n');
    const all = ['A', 'B', 'C', 'D'].map((id, index) =>
      finding({ id, severity: index === 2 ? 'low' : 'critical', suppressed: index === 3 ? 'x' : null }),
    );
    const { blocking, allowed, below, suppressed } = judge(all, { allow });
    expect([blocking.length, allowed.length, below.length, suppressed.length]).toEqual([1, 1, 1, 1]);
  });
});

describe('the allow list is asked before findings are joined', () => {
  const entry = (over: string) =>
    allowList(`allow:\n  - {id: CVE-2026-1001, reason: r, expires: 2027-01-01, ${over}}\n`);
  const outcome = (findings: readonly Finding[], allow: JudgeRules['allow']) => {
    const { blocking, allowed, unused } = judge(findings, { allow });
    return [blocking.map(({ id }) => id), allowed.map(({ finding: { id } }) => id), unused.length];
  };

  test('one CVE of a vendor advisory is allowed, the other blocks', () => {
    const related = ['RHSA-2026:0001'];
    const both = [finding({ related }), finding({ id: 'CVE-2026-1002', related, severity: 'critical' })];
    expect(outcome(both, entry(''))).toEqual([['CVE-2026-1002'], ['CVE-2026-1001'], 0]);
    const advisory = allowList('allow:\n  - {id: RHSA-2026:0001, reason: r, expires: 2027-01-01}\n');
    expect(outcome(both, advisory)).toEqual([['CVE-2026-1002', 'CVE-2026-1001'], [], 1]);
  });

  test('one CVE of an advisory about several allows nothing', () => {
    const advisory = createFinding({ ...finding({ id: 'ELSA-1' }), aliases: ['CVE-2026-1001', 'CVE-2026-1002'] });
    expect(outcome([advisory], entry(''))).toEqual([['ELSA-1'], [], 1]);
  });

  test('a rule that only begins with it is another one', () => {
    expect(outcome([finding({ id: 'CVE-2026-1001-bypass' })], entry(''))).toEqual([['CVE-2026-1001-bypass'], [], 1]);
  });

  test.each([
    ['location: /a', [['CVE-2026-1001'], ['CVE-2026-1001'], 0]],
    ['location: /c', [['CVE-2026-1001'], [], 1]],
    ['purl: "pkg:deb/libexample@1.2-3"', [[], ['CVE-2026-1001'], 0]],
    ['purl: "pkg:deb/libexample"', [[], ['CVE-2026-1001'], 0]],
    ['purl: "pkg:deb/libexam"', [['CVE-2026-1001'], [], 1]],
    ['purl: "pkg:deb/libexample@1.2"', [['CVE-2026-1001'], [], 1]],
    ['package: other', [['CVE-2026-1001'], [], 1]],
    ['package: libexample, version: 1.2-3, location: /b', [['CVE-2026-1001'], ['CVE-2026-1001'], 0]],
  ])('an entry with %s', (over, expected) => {
    const purl = 'pkg:deb/libexample@1.2-3?arch=amd64';
    const places = ['/a', '/b'].map((location) => finding({ locations: [location], purl }));
    expect(outcome(places, entry(over))).toEqual(expected);
  });

  test('what one scanner knows of the package holds for the finding of the other', () => {
    const both = [finding({ purl: 'pkg:deb/libexample@1.2-3' }), finding({ scanners: ['OSV-Scanner'] })];
    expect(outcome(both, entry('purl: "pkg:deb/libexample"'))).toEqual([[], ['CVE-2026-1001'], 0]);
    const { blocking } = judge([finding({ severity: 'low' }), finding({ scanners: ['Grype'] })]);
    expect(blocking).toMatchObject([{ severity: 'high', scanners: ['Trivy', 'Grype'] }]);
  });

  test('what one scanner hides and another shows is both', () => {
    const judgement = judge([finding({ suppressed: 'hidden' }), finding({ scanners: ['Grype'] })]);
    expect(judgement).toMatchObject({ blocking: [{ scanners: ['Grype'] }], suppressed: [{ scanners: ['Trivy'] }] });
    expect(countFindings(judgement)).toBe(2);
  });

  test('secrets of one rule in two files are two findings, and an entry may be bound to one', () => {
    const secret = (location: string) => finding({ id: 'secret:private-key', package: null, locations: [location] });
    const both = [secret('/etc/ssl/private/snakeoil.key'), secret('/root/.ssh/id_rsa')];
    const bound = allowList(
      'allow:\n  - {id: secret:private-key, location: /etc/ssl/private/snakeoil.key, reason: r, expires: 2027-01-01}\n',
    );
    expect(judge(both, { allow: bound })).toMatchObject({
      blocking: [{ locations: ['/root/.ssh/id_rsa'] }],
      allowed: [{ finding: { locations: ['/etc/ssl/private/snakeoil.key'] } }],
    });
  });
});

describe('readAllowList', () => {
  test.each([
    ['allow: []\nmore: 1\n', 'unknown key "more"'],
    ['- x\n', 'not a map'],
    ['allow: x\n', 'allow is not a list'],
    ['allow:\n  - {id: A, reason: r}\n', 'no expires'],
    ['allow:\n  - {id: A, expires: 2027-01-01}\n', 'no reason'],
    ['allow:\n  - {id: A, reason: "  ", expires: 2027-01-01}\n', 'reason is empty'],
    ['allow:\n  - {id: A, reason: r, expires: 2027-02-30}\n', '2027-02-30'],
    ['allow:\n  - {id: A, reason: r, expires: never}\n', 'never'],
    ['allow:\n  - {id: CVE-*, reason: r, expires: 2027-01-01}\n', 'not one exact name'],
    ['allow:\n  - {id: A, reason: r, expires: 2027-01-01, until: x}\n', 'unknown key "until"'],
    ['allow:\n  - {id: A, reason: r, expires: 2027-01-01}\n  - {id: a, reason: s, expires: 2027-01-01}\n', 'line 2'],
    ['allow:\n  - {id: A, purl: libexample, reason: r, expires: 2027-01-01}\n', 'not a package URL'],
    ['allow:\n  - {id: A, purl: "pkg:npm/", reason: r, expires: 2027-01-01}\n', 'not a package URL'],
    ['allow:\n  - {id: A, location: "", reason: r, expires: 2027-01-01}\n', 'location is empty'],
    ['allow:\n  - just-an-id\n', 'not a map with id'],
  ])('%j is refused: %s', (text, problem) => {
    expect(() => allowList(text)).toThrow(problem);
    expect(() => allowList(text)).toThrow(expect.objectContaining({ code: 'SCAN_ALLOW_LIST_INVALID', exitCode: 2 }));
  });

  test('an error carries file, line and column', () => {
    expect(() => allowList('allow:\n  - id: A\n    reasn: r\n')).toThrow(
      expect.objectContaining({ location: { file: 'allow.yaml', line: 3, column: 5 } }),
    );
  });

  test('an empty list is fine, and JSON is YAML', () => {
    expect(allowList('allow: []')).toEqual([]);
    expect(allowList('{"allow":[{"id":"A","reason":"r","expires":"2027-01-01"}]}')).toHaveLength(1);
  });

  test('a version that looks like a number is kept as written', () => {
    expect(allowList('allow:\n  - {id: A, version: 1.10, reason: r, expires: 2027-01-01}\n')[0]?.version).toBe('1.10');
  });
});

describe('vulnsPredicate', () => {
  const [report] = parseReports(asBytes(grypeReport()), 'grype.json');
  if (!report) throw new Error('no report');

  test('has the members of the vulns predicate 0.2 and the judgement', () => {
    const judgement = judge(report.findings);
    expect(vulnsPredicate(report, { judgement, failOn: 'high', fallbackTime: '2026-11-22T00:00:00Z' })).toEqual({
      scanner: {
        uri: 'https://github.com/anchore/grype',
        version: '0.104.0',
        db: { uri: 'https://example.org/db.tar.zst', version: 'v6.1.0', lastUpdate: '2026-11-19T00:00:00.000Z' },
        result: [
          {
            id: 'GHSA-2345-6789-cfgh',
            severity: [
              { method: 'cvss', score: '9.8' },
              { method: 'Grype', score: 'critical' },
            ],
            annotations: [
              {
                aliases: ['CVE-2026-2002'],
                related: [],
                purl: null,
                package: 'jsonkit',
                version: '2.0.0',
                fixedIn: ['2.0.1'],
                locations: ['/srv/app/package-lock.json'],
                suppressed: null,
              },
            ],
          },
        ],
      },
      metadata: { scanStartedOn: '2026-11-20T09:00:00.000Z', scanFinishedOn: '2026-11-20T09:00:00.000Z' },
      countersign: {
        scanner: 'Grype',
        recognised: true,
        verdict: 'failed',
        failOn: 'high',
        blocking: 1,
        allowed: [],
        below: 0,
        suppressed: 0,
      },
    });
  });

  test('nothing found is an empty list, and missing times come from outside', () => {
    const empty = { ...report, findings: [], startedAt: null, finishedAt: null, database: null };
    const predicate = vulnsPredicate(empty, { judgement: judge([]), failOn: 'high', fallbackTime: 'T' });
    expect(predicate).toMatchObject({ scanner: { result: [] }, metadata: { scanStartedOn: 'T', scanFinishedOn: 'T' } });
    expect(predicate['scanner']).not.toHaveProperty('db');
  });
});

describe('an allow list with many entries of one name', () => {
  const entry = (more: string) => `  - { id: CVE-2026-1001, ${more}, reason: r, expires: "2027-01-31" }`;
  const many = Array.from({ length: 40 }, (_, index) => entry(`package: other${index}, version: "1"`));
  const purl = 'pkg:deb/debian/libexample@1.2-3?arch=amd64';
  const found = finding({ purl, locations: ['/var/lib/dpkg'] });

  test.each([
    ['package: libexample', true],
    ['package: libexample, version: 1.2-3', true],
    ['purl: pkg:deb/debian/libexample', true],
    ['purl: "pkg:deb/debian/libexample@1.2-3"', true],
    [`purl: "${purl}", location: /var/lib/dpkg`, true],
    ['location: /var/lib/dpkg', true],
    ['package: libexample, version: 1.2-4', false],
    ['purl: pkg:deb/debian/libexam', false],
    ['location: /var/lib', false],
  ])('%s', (more, isAllowed) => {
    const allow = allowList(`allow:\n${[...many, entry(more)].join('\n')}\n`);
    expect(judge([found], { allow }).allowed.map(({ entry: { at } }) => at.line)).toEqual(isAllowed ? [42] : []);
    expect(judge([found], { allow: allow.toReversed() }).blocking).toHaveLength(isAllowed ? 0 : 1);
  });

  test('and the first that is about a finding decides, as in a short one', () => {
    const allow = allowList(`allow:\n${[entry('package: libexample'), ...many, entry('version: 1.2-3')].join('\n')}\n`);
    expect(judge([found], { allow }).allowed.map(({ entry: { at } }) => at.line)).toEqual([2]);
    expect(judge([found], { allow }).unused).toHaveLength(40);
  });

  test('costs no more than lists of many names', () => {
    const allow = allowList(
      `allow:\n${Array.from({ length: 9000 }, (_, index) => entry(`package: p${index}`)).join('\n')}\n`,
    );
    const findings = Array.from({ length: 50_000 }, (_, index) => finding({ package: `p${index}` }));
    const before = process.cpuUsage();
    expect(judge(findings, { allow }).blocking).toHaveLength(41_000);
    const { user } = process.cpuUsage(before);
    expect(user / 1000).toBeLessThan(5000);
  });
});
