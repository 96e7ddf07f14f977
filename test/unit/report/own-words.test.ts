// SPDX-License-Identifier: Apache-2.0
// Documents and outputs that programs rely on, where a secret is spelled like one of their words.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/host/redact.ts';
import { isInGateWord, isOwnName, isOwnValue } from '../../../src/report/own-words.ts';
import { holdsSecret, redactedJson } from '../../../src/report/redacted-json.ts';
import { VERSION } from '../../../src/base/version.ts';
import { sarifDocument } from '../../../src/scan/write/sarif.ts';
import { SEVERITIES } from '../../../src/scan/severity.ts';
import { ARCHITECTURES } from '../../../src/sif/architecture.ts';
import { PROJECT } from '../../support/sources.ts';

const HEX = '0123456789abcdef'.repeat(4);
const VERDICT = {
  schema: 'countersign/verdict/v1',
  verdict: 'passed',
  now: '2026-11-22T12:00:00Z',
  asOf: true,
  images: [
    {
      contentDigests: [`sha256:${HEX}`],
      layers: [{ where: 'object 5', kind: 'native-pgp', status: 'unknown-signer', dataVerified: false }],
      coverage: [{ object: `manifest sha256:${HEX}`, covered: true }],
      reasons: [{ code: 'STAGE_PREVIOUS_FAILED', severity: 'remark' }],
    },
  ],
};
const SECRETS = [
  'pass',
  'passed',
  'true',
  'verdict',
  'verified',
  'sha256',
  HEX,
  'object 5',
  'countersign/',
  '2026',
].concat(['unknown', 'remark', 'STAGE_', 'manifest', 'reasons', 'T12:00']);

function redact(...secrets: readonly string[]): (text: string) => string {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return (text) => redactor.apply(text);
}

function* pairsOf(value: unknown, at = ''): Generator<readonly [string, unknown]> {
  if (at !== '') yield [at, value];
  if (Array.isArray(value)) for (const one of value) yield* pairsOf(one, at);
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) yield* pairsOf(member, name);
}

describe('a document', () => {
  test('keeps what is ours, whatever is secret', () => {
    expect(JSON.parse(redactedJson(VERDICT, redact(...SECRETS)))).toEqual(VERDICT);
  });

  test('keeps no secret in what is not', () => {
    const document = {
      name: 'passed.sif',
      message: 'true',
      'x verdict': `token ${HEX}`,
      id: 'STAGE_PASS',
      note: 'a pass',
    };
    expect(JSON.parse(redactedJson(document, redact('passed', 'verdict', HEX, 'STAGE_PASS', 'pass')))).toEqual({
      name: '***.sif',
      message: 'true',
      'x ***': 'token ***',
      id: '***',
      note: 'a ***',
    });
  });

  test('of the verdict has no word or name that is not known', async () => {
    const schema: unknown = JSON.parse(await readFile(join(PROJECT, 'schema/verdict.schema.json'), 'utf8'));
    const names: string[] = [];
    const words: unknown[] = [...SEVERITIES];
    for (const [at, value] of pairsOf(schema)) {
      if (at === 'properties' && typeof value === 'object' && value !== null) names.push(...Object.keys(value));
      if (at === 'const' || (at === 'enum' && typeof value === 'string')) words.push(value);
    }
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !isOwnName(name))).toEqual([]);
    expect(words.filter((word) => !isOwnValue(String(word), ''))).toEqual([]);
  });
});

describe('the findings for code scanning', () => {
  const finding = { id: 'CVE-2026-1', aliases: [], severity: 'high', score: 7.5, package: 'p', version: '1' } as const;
  const judged = {
    ...finding,
    related: [],
    purl: null,
    fixedIn: [],
    scanners: ['Trivy'],
    locations: [],
    suppressed: 'hidden',
  };
  const judgement = { verdict: 'failed', blocking: [judged], suppressed: [judged], problems: ['a problem'] } as const;
  const none = { allowed: [], below: [], expired: [], unused: [] };
  const image = { name: 'app.sif', uri: 'app.sif', scanned: true, judgement: { ...judgement, ...none } };
  const document = sarifDocument([image], { toolVersion: VERSION, now: new Date(0) });

  test('have no name that is not known', () => {
    const names = [...pairsOf(document)].map(([name]) => name);
    expect(names.filter((name) => !isOwnName(name))).toEqual([]);
  });

  test('keep level, fingerprint and score, whatever is secret', () => {
    const prints = [...pairsOf(document)]
      .filter(([name]) => name === 'primaryLocationLineHash')
      .map(([, value]) => value);
    const secrets = [...prints.map((print) => String(print).slice(2, 9)), 'error', 'results', 'level', '2.1.0'];
    expect(prints).toHaveLength(2);
    expect(JSON.parse(redactedJson(document, redact(...secrets)))).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

test('architectures of images are known words', () => {
  expect(ARCHITECTURES.filter((name) => !isOwnValue(name, 'architecture'))).toEqual([]);
});

describe('an output', () => {
  test.each([
    ['verdict', 'passed'],
    ['verified', 'true'],
    ['cache-hit', 'false'],
    ['digest', `sha256:${HEX}`],
    ['findings-count', '12345'],
    ['subjects', JSON.stringify([{ name: 'app.sif', digest: `sha256:${HEX}`, path: '/x', verdict: 'passed' }])],
  ])('%s is what it is whatever is secret', (name, value) => {
    expect(holdsSecret(value, name, redact(...SECRETS, '12345', 'name', '"digest":"sha256:'))).toBe(false);
  });

  test.each([
    ['image-path', '/images/passed.sif'],
    ['subjects', '[{"name":"passed.sif","verdict":"passed"}]'],
    ['subjects', '[not JSON, passed'],
    ['approvals', JSON.stringify([{ signer: 'quo"ted' }])],
    ['tool-version', '12345'],
  ])('%s: %s holds one', (name, value) => {
    expect(holdsSecret(value, name, redact('passed', '12345', 'quo"ted'))).toBe(true);
  });
});

test('what is in the word of a gate is known', () => {
  expect(['pass', 'true', 'failed', 'als'].every(isInGateWord)).toBe(true);
  expect(['passe-partout', 'hunter22'].filter(isInGateWord)).toEqual([]);
});
