// SPDX-License-Identifier: Apache-2.0
// report period: from the reports of real runs to the account of a period, in every form.

import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command as report } from '../../../../src/commands/audit/report.ts';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../../../src/commands/spec.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import type { Period } from '../../../../src/report/period/period.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';

let folder = '';
let passed: object;

async function call(command: Command, texts: Readonly<Record<string, string>>, now = NOW) {
  await using host = new FakeHost({ cwd: folder, now });
  return await runCommand(command, texts, host);
}

async function stored(name: string, document: unknown): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(document));
}

const PERIOD = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };

async function account(files: string, more: Readonly<Record<string, string>> = {}): Promise<Period> {
  return (await call(report, { task: `period\n${files}`, ...PERIOD, ...more })).json as Period;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-period-'));
  const kim = await keyPerson('kim', 'p256');
  await writeFile(join(folder, 'kim.pem'), kim.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'kim.pub'), kim.publicKey);
  await writeFile(
    join(folder, 'policy.yaml'),
    'version: 1\nname: acme\nprincipals: { kim: { key: kim.pub } }\nstages:\n  - { name: author, approvers: kim }\n  - { name: security, approvers: kim }\n',
  );
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  const image = { 'subject-path': 'app.sif', 'policy-path': 'policy.yaml' };
  const key = { 'signing-method': 'key', 'key-path': 'kim.pem' };
  await stored('1-unsigned.json', (await call(verifyAll, image)).json);
  await call(signStage, { ...image, ...key, stage: 'author', reason: 'release', ticket: 'REL-1' });
  await call(signStage, { ...image, ...key, stage: 'security' });
  const later = new Date(NOW.getTime() + 60_000);
  const verified = await call(verifyAll, image, later);
  expect(verified.exitCode).toBe(0);
  passed = verified.json as object;
  await stored('2-passed.json', passed);
  const pushed = await call(pushOras, { ...image, reference: 'oci:out:1.0', tags: 'latest' }, later);
  await stored('3-pushed.json', pushed.json);
  await stored('4-signed.json', (await call(signStage, { ...image, ...key, stage: 'security' })).json);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('report period', () => {
  test('lists each image once, with its approvers, own work, publication and verdicts', async () => {
    const period = await account('*.json');
    expect(period.totals).toEqual({
      reports: 4,
      counted: 3,
      releases: 1,
      published: 1,
      passed: 1,
      withExceptions: 0,
      withBreakGlass: 0,
      withOwnWork: 1,
      withGaps: 0,
    });
    expect(period.notCounted).toEqual([{ file: '4-signed.json', why: 'its run gave no verdict' }]);
    const [release] = period.releases;
    expect(release).toMatchObject({
      names: ['app.sif'],
      published: { tags: ['1.0', 'latest'] },
      outcome: 'passed',
      stages: [
        { stage: 'author', verdict: 'passed', approvedBy: ['kim'] },
        { stage: 'security', verdict: 'passed', approvedBy: ['kim'] },
      ],
      ownWork: [{ principal: 'kim', stages: ['author', 'security'] }],
    });
    expect(release?.verdicts.map(({ outcome }) => outcome)).toEqual(['failed', 'passed', 'passed']);
    expect(release?.approvals).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stage: 'author', principal: 'kim', reason: 'release', ticket: 'REL-1' }),
      ]),
    );
    expect(release?.approvals).toHaveLength(2);
  });

  test('the same reports in any order, and twice, give the same account', async () => {
    const one = await account('1-unsigned.json\n2-passed.json\n3-pushed.json');
    const other = await account('3-pushed.json\n1-unsigned.json\n2-passed.json\n2-passed.json');
    expect(other).toEqual(one);
    await writeFile(join(folder, '2-passed.copy'), await readFile(join(folder, '2-passed.json')));
    const twice = await account('1-unsigned.json\n2-passed.json\n3-pushed.json\n2-passed.copy');
    expect(twice.releases).toEqual(one.releases);
    expect(twice.notCounted).toEqual([{ file: '2-passed.json', why: 'the same report was given before' }]);
  });

  test('a copy that failed is not hidden by one that passed in the same run', async () => {
    await writeFile(join(folder, 'copy.sif'), typicalSif().bytes());
    for (const order of ['app.sif\ncopy.sif', 'copy.sif\napp.sif']) {
      const both = await call(verifyAll, { 'subject-path': order, 'policy-path': 'policy.yaml' });
      await stored('both', both.json);
      const { totals, releases } = await account('both');
      expect(totals).toMatchObject({ releases: 1, passed: 0, withGaps: 1 });
      expect(releases[0]).toMatchObject({ names: ['app.sif', 'copy.sif'], outcome: 'failed' });
    }
  });

  test('signed verdicts stand beside their reports, and show what is missing or was changed', async () => {
    const ci = await keyPerson('ci', 'p256');
    await writeFile(join(folder, 'ci.pem'), ci.privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'ci.pub'), ci.publicKey);
    const rules = await readFile(join(folder, 'policy.yaml'), 'utf8');
    await writeFile(join(folder, 'audit.yaml'), rules.replace('principals: {', 'principals: { ci: { key: ci.pub },'));
    const policy = { 'policy-path': 'audit.yaml' };
    const image = { 'subject-path': 'app.sif', ...policy };
    const key = { 'signing-method': 'key', 'key-path': 'ci.pem', store: 'file' };
    const at = new Date(NOW.getTime() + 120_500);
    const { json } = await call(verifyAll, { ...image, ...key }, at);
    await stored('4-signed.json', json);
    const vsa = 'app.sif.verdict.sigstore.json';
    const [whole] = (await account(`4-signed.json\n${vsa}`, policy)).releases;
    expect(whole?.verdicts).toMatchObject([{ outcome: 'passed', signedBy: 'ci' }]);
    expect(whole?.gaps).toEqual([]);
    expect(whole?.stages.map(({ stage }) => stage)).toEqual(['author', 'security']);
    const [alone] = (await account(vsa, policy)).releases;
    expect(alone).toMatchObject({
      outcome: 'passed',
      content: whole?.content,
      stages: [],
      gaps: [{ code: 'REPORT_MISSING' }],
    });
    const [lost] = (await account(`2-passed.json\n${vsa}`, policy)).releases;
    expect(lost).toMatchObject({
      verdicts: [{ signedBy: null }, { signedBy: 'ci' }],
      gaps: [{ code: 'REPORT_MISSING' }],
    });
    expect(lost?.stages).toHaveLength(2);
    await stored(
      '4-forged.json',
      JSON.parse(JSON.stringify(json).replaceAll('"outcome":"passed"', '"outcome":"failed"')),
    );
    const [forged] = (await account(`4-forged.json\n${vsa}`, policy)).releases;
    expect(forged?.gaps.map(({ code }) => code)).toContain('REPORT_CONTRADICTED');
    // Nobody to trust, somebody else, and other bytes.
    const other = await keyPerson('other', 'p256');
    await writeFile(join(folder, 'other.pub'), other.publicKey);
    const bytes = await readFile(join(folder, vsa), 'utf8');
    await writeFile(join(folder, 'bad.verdict.sigstore.json'), bytes.replace(/"sig":"../, '"sig":"AA'));
    for (const [file, more] of [
      [vsa, {}],
      [vsa, { 'public-key': 'other.pub' }],
      ['bad.verdict.sigstore.json', policy],
    ] as const) {
      const result = await call(report, { task: `period\n${file}`, ...PERIOD, ...more });
      expect(result.exitCode, file).toBe(1);
      expect(result.json).toMatchObject({ totals: { counted: 0 } });
    }
  });

  test('begins with the first moment and ends before the last', async () => {
    const at = (from: string, to: string) => account('2-passed.json', { from, to });
    expect((await at('2026-11-22T12:01:00Z', '2026-11-22T12:02:00Z')).releases).toHaveLength(1);
    const { releases, notCounted } = await at('2026-11-22T12:00:00Z', '2026-11-22T12:01:00Z');
    expect(releases).toEqual([]);
    expect(notCounted).toEqual([{ file: '2-passed.json', why: 'its verdict is of 2026-11-22T12:01:00.000Z' }]);
    await expect(at('2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z')).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
    });
  });

  test('a failed, unread, unverified or undated verdict is a gap', async () => {
    const [image] = (passed as { images: object[] }).images;
    await stored('gaps.json', {
      ...passed,
      policy: null,
      asOf: true,
      images: [{ ...image, outcome: 'failed', dataVerified: false, unsigned: true, contentDigests: [] }],
    });
    const [release] = (await account('gaps.json')).releases;
    expect(release?.gaps.map(({ code }) => code)).toEqual([
      'AS_OF',
      'DATA_NOT_READ',
      'LAST_VERDICT_FAILED',
      'NO_POLICY',
      'NOT_IDENTIFIED',
      'UNSIGNED',
    ]);
  });

  test('what a verdict accepted by exception is told with its first and last time', async () => {
    const [image] = (passed as { images: object[] }).images;
    const reasons = [{ code: 'EVIDENCE_EXCEPTION', message: 'CVE-1 is accepted', hint: '', severity: 'remark' }];
    for (const [name, now] of [
      ['e1.json', '2026-11-03T00:00:00Z'],
      ['e2.json', '2026-11-04T00:00:00Z'],
    ] as const)
      await stored(name, { ...passed, now, images: [{ ...image, reasons }] });
    const { releases } = await account('e1.json\ne2.json');
    expect(releases[0]?.exceptions).toEqual([
      {
        code: 'EVIDENCE_EXCEPTION',
        message: 'CVE-1 is accepted',
        first: '2026-11-03T00:00:00.000Z',
        last: '2026-11-04T00:00:00.000Z',
      },
    ]);
  });

  test.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['another document', '{"schema":"other/v1"}'],
    ['another edition', '{"schema":"countersign/verdict/v2"}'],
    ['no time', '{"schema":"countersign/verdict/v1","now":"yesterday","images":[]}'],
    ['no images', '{"schema":"countersign/verdict/v1","now":"2026-11-02T00:00:00Z"}'],
    ['images of another form', '{"schema":"countersign/verdict/v1","now":"2026-11-02T00:00:00Z","images":[1]}'],
    ['an image without outcome', '{"schema":"countersign/verdict/v1","now":"2026-11-02T00:00:00Z","images":[{}]}'],
  ])('a file with %s makes the account incomplete, and fails', async (_, text) => {
    await writeFile(join(folder, 'odd.txt'), text);
    const result = await call(report, { task: 'period\nodd.txt\n2-passed.json', ...PERIOD });
    expect((result.json as Period).totals.releases).toBe(1);
    expect(result.exitCode).toBe(1);
    expect((result.json as Period).notCounted).toEqual([{ file: 'odd.txt', why: expect.stringContaining('odd.txt') }]);
  });

  test('a file that is not there, and a pattern without a match', async () => {
    expect((await call(report, { task: 'period\nnone.json', ...PERIOD })).exitCode).toBe(1);
    await expect(account('none*.json')).rejects.toMatchObject({ code: 'USAGE_NO_MATCH' });
    await expect(call(report, { task: 'period', ...PERIOD })).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
  });
});

describe('the account as a file', () => {
  const HOSTILE = '=HYPERLINK("x")\n::error::evil,"q"\u001b[2K\u202e';

  async function hostile(): Promise<void> {
    const [image] = (passed as { images: { layers: object[]; stages: object[] }[] }).images;
    const layers = image?.layers.map((layer) => ({
      ...layer,
      signer: { method: 'key', principal: HOSTILE, hint: HOSTILE },
      approval: { reason: HOSTILE, ticket: ' ', expires: null },
    }));
    const reasons = [{ code: 'EVIDENCE_VEX', message: HOSTILE, hint: '', severity: 'remark' }];
    const stages = image?.stages.map((stage) => ({ ...stage, approvedBy: [HOSTILE] }));
    await stored('hostile.json', { ...passed, images: [{ ...image, name: HOSTILE, layers, reasons, stages }] });
  }

  async function written(format: string, files: string): Promise<string> {
    const at = join(folder, `out.${format}`);
    await call(report, { task: `period\n${files}`, ...PERIOD, 'output-format': format, 'output-path': at });
    return await readFile(at, 'utf8');
  }

  test('as CSV has one line an approval, and no cell is a formula', async () => {
    await hostile();
    const lines = (await written('csv', '2-passed.json')).split('\r\n');
    expect(lines[0]).toMatch(/^names,content,references,published/);
    expect(lines).toHaveLength(1 + 2 + 1);
    const hostileText = await written('csv', 'hostile.json');
    expect(hostileText).not.toMatch(/(?:^|,)"?=/m);
    for (const hidden of ['\u001b', '\u202e', '\n::error']) expect(hostileText).not.toContain(hidden);
  });

  test.each(['2-passed.json', 'hostile.json', '1-unsigned.json\n3-pushed.json\nodd.txt', '4-signed.json'])(
    'as OSCAL has the form of the standard: %s',
    async (files) => {
      await hostile();
      await writeFile(join(folder, 'odd.txt'), '::error::x');
      const text = await written('oscal', files);
      const document = JSON.parse(text);
      expect(await written('oscal', files)).toBe(text);
      assertOscal(document);
      const [result] = document['assessment-results'].results;
      expect(result.findings.map((one: { target: { 'target-id': string } }) => one.target['target-id'])).toEqual([
        'releases-approved',
        'duties-separated',
        'no-exceptions',
        'record-complete',
      ]);
      for (const hidden of ['\u001b', '\u202e']) expect(text).not.toContain(hidden);
    },
  );

  test('of 1,000 releases is made in seconds, twice the same', { timeout: 60_000 }, async () => {
    const [image] = (passed as { images: { contentDigests: string[] }[] }).images;
    for (let index = 0; index < 1000; index += 1)
      await stored(`many-${index}.json`, {
        ...passed,
        images: [{ ...image, name: `app-${index}`, contentDigests: [`sha256:${`${index}`.padStart(64, '0')}`] }],
      });
    const before = process.cpuUsage();
    const texts = await Promise.all(['oscal', 'csv', 'json', 'html'].map((format) => written(format, 'many-*.json')));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(60);
    expect(await Promise.all(['oscal', 'csv', 'json', 'html'].map((format) => written(format, 'many-*.json')))).toEqual(
      texts,
    );
    expect(JSON.parse(texts[2] ?? '').totals).toMatchObject({ releases: 1000, withOwnWork: 1000 });
    assertOscal(JSON.parse(texts[0] ?? ''));
  });
});

/** The schema of the standard, where COUNTERSIGN_OSCAL_SCHEMA names it, and the rules that documents break most easily. */
function assertOscal(document: object): void {
  const schema = process.env['COUNTERSIGN_OSCAL_SCHEMA'];
  if (schema !== undefined) {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  }
  const uuids: string[] = [];
  const walk = (value: unknown, name: string): void => {
    if (Array.isArray(value)) {
      expect(value.length, `${name} is empty`).toBeGreaterThan(0);
      for (const item of value) walk(item, name);
    } else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, key);
    else if (typeof value === 'string') {
      if (name === 'uuid') uuids.push(value);
      if (name.endsWith('uuid'))
        expect(value).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (name === 'value') expect(value).toMatch(/^\S(.*\S)?$/);
      if (name === 'title') expect(value).toMatch(/^[^\n]+$/);
      if (['start', 'end', 'collected', 'last-modified'].includes(name))
        expect(value).toBe(new Date(value).toISOString());
    }
  };
  walk(document, 'document');
  expect(new Set(uuids).size).toBe(uuids.length);
  const text = JSON.stringify(document);
  for (const [, used = ''] of text.matchAll(/"(?:subject|observation)-uuid":"([^"]+)"/g)) expect(uuids).toContain(used);
}
