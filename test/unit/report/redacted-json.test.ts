// SPDX-License-Identifier: Apache-2.0
// Documents and outputs that programs rely on, where a secret is spelled like one of their words.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/host/secrets.ts';
import { holdsSecret, redactedJson, redactedPieces } from '../../../src/report/redacted-json.ts';
import { VERSION } from '../../../src/base/version.ts';
import { sarifDocument } from '../../../src/scan/write/sarif.ts';
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
].concat(['unknown', 'remark', 'STAGE_', 'manifest', 'reasons', 'T12:00', 'error', 'MISSING']);

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

/** The members of a JSON Schema that may have certain words alone, with these words. */
function* membersOf(node: unknown, root: unknown): Generator<readonly [string, readonly string[]]> {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (!isObject(node)) return;
  const properties = isObject(node['properties']) ? node['properties'] : {};
  for (const [name, found] of Object.entries(properties)) {
    const path = isObject(found) && typeof found['$ref'] === 'string' ? found['$ref'].slice(2).split('/') : undefined;
    const target = path ? path.reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), root) : found;
    if (!isObject(target)) continue;
    const words = [target['const'], ...(Array.isArray(target['enum']) ? target['enum'] : [])];
    yield [name, words.filter((word) => typeof word === 'string')];
  }
  for (const child of Object.values(node)) yield* membersOf(child, root);
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

  test('takes a word for ours in the members of such words alone', () => {
    const document = {
      kind: 'sif',
      name: 'sif',
      stage: 'passed',
      verdict: 'passed',
      code: 'two words here',
      at: 'object 5',
    };
    expect(JSON.parse(redactedJson(document, redact('passed', 'words', '5 sif', 'verdict', 'object 5')))).toEqual({
      ...document,
      stage: '***',
      code: 'two *** here',
    });
    expect(JSON.parse(redactedJson({ kind: 'hunter22@home' }, redact('hunter22')))).toEqual({ kind: '***@home' });
  });

  test('of the verdict keeps every word of a list that its schema has', async () => {
    const schema: unknown = JSON.parse(await readFile(join(PROJECT, 'schema/verdict.schema.json'), 'utf8'));
    const closed = [...membersOf(schema, schema)].flatMap(([name, words]) =>
      words.map((word) => [name, word] as const),
    );
    expect(closed.length).toBeGreaterThan(15);
    const changed = closed.filter(([name, word]) => redactedJson({ [name]: word }, redact(word)).includes('***'));
    expect(changed).toEqual([]);
  });
});

describe('a document in pieces', () => {
  const same = (text: string) => text;

  test('is what JSON.stringify writes', () => {
    const odd = { toJSON: () => ({ at: new Date(0), odd: [undefined, () => 1, Number.NaN, -0, 1e21] }), gone: 1 };
    for (const value of [{ a: undefined, b: odd, c: {}, d: [], e: [{}, [[]]] }, [], {}, null, 'x', 7, true])
      expect(redactedJson(value, same)).toBe(`${JSON.stringify(value, undefined, 2)}\n`);
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme-ascii' }), fc.constantFrom(1, 2), (value, indent) => {
        expect(redactedJson(value, same, indent)).toBe(`${JSON.stringify(value, undefined, indent)}\n`);
      }),
    );
  });

  test('is never whole in memory', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => ({ toJSON: () => ({ index, text: 'x'.repeat(100) }) }));
    const lengths = [...redactedPieces({ list }, same)].map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(70_000);
    expect(lengths.length).toBeGreaterThan(40);
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
  const document: unknown = JSON.parse(
    JSON.stringify(sarifDocument([image], { toolVersion: VERSION, now: new Date(0) })),
  );

  test('keep level, fingerprint and score, whatever is secret', () => {
    const prints = [...pairsOf(document)]
      .filter(([name]) => name === 'primaryLocationLineHash')
      .map(([, value]) => value);
    const secrets = [...prints.map((print) => String(print).slice(2, 9)), 'error', 'results', 'level', '2.1.0'];
    expect(prints).toHaveLength(2);
    expect(JSON.parse(redactedJson(document, redact(...secrets)))).toEqual(document);
  });
});

describe('an output', () => {
  test.each([
    ['verdict', 'passed'],
    ['verified', 'true'],
    ['cache-hit', 'false'],
    ['outcome', 'error'],
    ['error-code', 'STAGE_MISSING'],
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
