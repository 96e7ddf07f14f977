// SPDX-License-Identifier: Apache-2.0
// What signed statements say beside approvals, and stored reports: VEX, withdrawals, grants, broken glass, signed policies,
// findings, verdicts. Read, or refused; and an account of them can be written in every form.

import { utf8 } from '../../../src/base/bytes.ts';
import { isJsonObject, parseJson } from '../../../src/base/json.ts';
import { parseBreakGlass } from '../../../src/attest/break-glass.ts';
import { parseGrant } from '../../../src/attest/grant.ts';
import { parseStatement } from '../../../src/attest/statement.ts';
import { parseWithdrawal } from '../../../src/attest/withdrawal.ts';
import { componentsOf, Malformed } from '../../../src/policy/requires/content.ts';
import { readFindings, scannersOf } from '../../../src/policy/requires/findings.ts';
import { readVex } from '../../../src/policy/requires/vex.ts';
import { whatEvidenceSays } from '../../../src/policy/requires/says.ts';
import { parseSignedPolicy, SIGNED_POLICY_TYPE } from '../../../src/policy/signed/statement.ts';
import { renderCsv } from '../../../src/report/period/csv.ts';
import { renderHtml } from '../../../src/report/period/html.ts';
import { renderOscal } from '../../../src/report/period/oscal.ts';
import { accountOf } from '../../../src/report/period/period.ts';
import { readStored } from '../../../src/report/period/stored.ts';
import { verifySifFile } from '../../../src/image/verify.ts';
import { vectorPath } from '../../support/vectors.ts';
import { Breach, type Target } from '../engine.ts';
import { STATEMENT_WORDS } from '../seeds.ts';
import { answerOf } from './gates.ts';
import { crewOf } from './images.ts';

const TIME = '2026-11-01T00:00:00Z';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const PREDICATES: readonly unknown[] = [
  {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    timestamp: TIME,
    statements: [
      {
        vulnerability: { name: 'CVE-2026-1', aliases: ['GHSA-2345-6789-cfgh'] },
        products: [
          { '@id': 'pkg:oci/app@sha256%3Aaa', subcomponents: [{ '@id': 'pkg:npm/a@1' }], hashes: { 'sha-256': 'aa' } },
        ],
        status: 'not_affected',
        justification: 'component_not_present',
      },
    ],
  },
  {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ 'bom-ref': 'a', name: 'a', version: '1', purl: 'pkg:npm/a@1', components: [{ name: 'b' }] }],
    vulnerabilities: [
      { id: 'CVE-2026-1', analysis: { state: 'false_positive' }, affects: [{ ref: 'a' }], ratings: [] },
    ],
  },
  { stage: 'author', approvals: [{ digest: DIGEST }], reason: 'wrong', withdrawnAt: TIME },
  { name: 'kim', publicKey: 'AAAA', stages: ['author'], from: TIME, until: TIME },
  { stage: 'author', reason: 'fire', ticket: null, from: TIME, until: TIME },
  {
    scanner: { name: 'x', result: [{ id: 'CVE-2026-1', severity: [{ method: 'nvd', score: 'high' }] }] },
    metadata: {},
  },
];

const SIGNED_POLICY = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'p.yaml', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: SIGNED_POLICY_TYPE,
  predicate: { readings: [{ profile: null, files: [{ name: 'p.yaml', digest: DIGEST }] }] },
};

/** Predicates of every kind, each given to every reader. */
export const predicateTarget: Target = {
  name: 'predicates',
  async prepare() {
    return {
      seeds: [...PREDICATES, SIGNED_POLICY].map((value) => utf8(JSON.stringify(value))),
      words: [...STATEMENT_WORDS, 'fixed', 'not_affected', 'affected', 'pkg:npm/a@1', 'resolved', 'CVE-2026-1', TIME],
      check(bytes) {
        const value = parseJson(bytes, 'the predicate');
        if (!isJsonObject(value)) return 'no object';
        const readers = [readVex, parseWithdrawal, parseGrant, parseBreakGlass, readFindings, componentsOf, scannersOf];
        const said = readers.filter((read) => {
          try {
            return answerOf(() => read(value)) === 'read';
          } catch (error) {
            if (error instanceof Malformed) return false;
            throw error;
          }
        });
        for (const predicateType of ['https://cyclonedx.org/bom', 'https://in-toto.io/attestation/vulns/v0.1'])
          whatEvidenceSays({
            predicateType,
            statement: utf8(JSON.stringify({ ...SIGNED_POLICY, predicateType, predicate: value })),
          } as Parameters<typeof whatEvidenceSays>[0]);
        answerOf(() => {
          const read = parseSignedPolicy(parseStatement(bytes));
          if ([...read.values()].some((files) => files.size > 1)) throw new Breach('files that nobody signed');
        });
        return `${said.length} readers`;
      },
    };
  },
};

/** Reports of verify-all, and the account of them. */
export const storedReportTarget: Target = {
  name: 'stored-report',
  async prepare() {
    const crew = await crewOf();
    const { verdict } = await verifySifFile(vectorPath('sif/hello-signed-key.sif'), crew.judge);
    const whole = {
      schema: 'countersign/verdict/v1',
      now: TIME,
      asOf: false,
      policy: { name: 'p', digest: DIGEST },
      images: [verdict],
    };
    const pushed = { schema: 'countersign/push/v1', reference: `x@${DIGEST}`, tags: ['v1'], verdict: whole };
    return {
      seeds: [whole, pushed].map((value) => utf8(JSON.stringify(value))),
      words: ['passed', 'failed', 'error', 'unsigned', 'approvedBy', 'layers', 'reasons', 'stages', TIME, '<script>'],
      check(bytes) {
        const stored = readStored(bytes, 'a.json');
        const range = { from: new Date('2026-01-01'), to: new Date('2027-01-01') };
        const period = accountOf([{ file: 'a.json', verdict: stored }], range);
        const keep = (text: string): string => text;
        renderCsv(period, keep);
        JSON.stringify(renderOscal(period));
        const page = renderHtml(period, keep);
        if (/<(?:script|img|a|svg|iframe)[\s>]/i.test(page)) throw new Breach('an element in the page');
        return `${period.releases.length} releases`;
      },
    };
  },
};
