// SPDX-License-Identifier: Apache-2.0
// The exported library in the real OPA: it allows a verdict that verify-all has just given, and none that differs from it.

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as exportCommand } from '../../src/commands/gates/export.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/json.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeTrusting, keyPerson, signAs } from '../support/layers.ts';
import { hasPeers, type PeerResult, runPeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('opa');
const DIGEST = `sha256:${'0'.repeat(64)}`;

let verdict: JsonObject;
let digest: string;
let files: Readonly<Record<string, string>>;

beforeAll(async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  const host = new FakeHost({ cwd });
  const [ann, bob] = [await keyPerson('ann'), await keyPerson('bob')];
  await writeFile(join(cwd, 'ann.pub'), ann.publicKey);
  await writeFile(join(cwd, 'bob.pub'), bob.publicKey);
  await writeFile(
    join(cwd, 'p.yaml'),
    `version: 1
name: test
principals: { ann: { key: ann.pub }, bob: { key: bob.pub } }
stages:
  - { name: author, approvers: ann, maxAge: 900d }
  - { name: security, approvers: bob }
  - { name: overlay, approvers: ann, objects: overlays }
`,
  );
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(cwd, 'a.sif'));
  const judge = await judgeTrusting([ann, bob]);
  await signAs(join(cwd, 'a.sif'), ann, 'author', judge);
  await signAs(join(cwd, 'a.sif'), bob, 'security', judge);
  const now = new Date();
  const { json } = await runCommand(
    verifyAll,
    { 'subject-path': 'a.sif', 'policy-path': 'p.yaml' },
    new FakeHost({ cwd, now }),
  );
  const document = parseJson(JSON.stringify(json), 'the verdict');
  if (!isJsonObject(document)) throw new Error('no verdict');
  verdict = document;
  digest = JSON.stringify(valueAt(verdict, ['images', 0, 'contentDigests', 0])).slice(1, -1);
  await runCommand(exportCommand, { gate: 'conftest', 'policy-path': 'p.yaml', output: 'gate' }, host);
  files = Object.fromEntries(
    await Promise.all(
      ['policy/countersign.rego', 'data/countersign.json'].map(
        async (name) => [name, await readFile(join(cwd, 'gate', name), 'utf8')] as const,
      ),
    ),
  );
  await rm(cwd, { recursive: true });
});

type Path = readonly (string | number)[];

function valueAt(value: JsonValue | undefined, [first, ...rest]: Path): JsonValue | undefined {
  if (first === undefined) return value;
  if (Array.isArray(value)) return valueAt(value[Number(first)], rest);
  return valueAt(isJsonObject(value) ? value[String(first)] : undefined, rest);
}

/** The document with another value at the path; without it for undefined. */
function changed(value: JsonValue, [first, ...rest]: Path, to: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) {
    const at = Number(first);
    return rest.length === 0
      ? value.flatMap((one, index) => (index === at ? (to === undefined ? [] : [to]) : [one]))
      : value.map((one, index) => (index === at ? changed(one, rest, to) : one));
  }
  if (!isJsonObject(value)) return value;
  const name = String(first);
  const { [name]: old, ...others } = value;
  const now = rest.length === 0 ? to : changed(old ?? null, rest, to);
  return now === undefined ? others : { ...others, [name]: now };
}

/** What OPA says. */
async function judged(
  input: JsonValue,
  digests: JsonValue = [digest],
): Promise<{ allow: JsonValue; deny: readonly string[] }> {
  const { stdout, exitCode, stderr } = await evaluated(input, digests, [
    '[data.countersign.allow, data.countersign.deny]',
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const value = valueAt(parseJson(stdout, 'OPA'), ['result', 0, 'expressions', 0, 'value']);
  const [allow = null, deny = []] = Array.isArray(value) ? value : [];
  return { allow, deny: Array.isArray(deny) ? deny.map(String) : [] };
}

async function evaluated(input: JsonValue, digests: JsonValue, words: readonly string[]): Promise<PeerResult> {
  const folder = await prepared(input, digests);
  const given = ['--data', 'policy', '--data', 'data', '--data', 'image.json', '--input', 'verdict.json'];
  return runPeer('opa', ['eval', ...given, ...words], { cwd: folder });
}

/** A folder with the export, the digests and the verdict. */
async function prepared(input: JsonValue, digests: JsonValue): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await writeFile(join(folder, 'image.json'), JSON.stringify({ countersign: { digests } }));
  await writeFile(join(folder, 'verdict.json'), JSON.stringify(input));
  return folder;
}

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

describe.skipIf(missing)('the library in OPA', { timeout: 120_000 }, () => {
  test('allows what has just passed', async () => {
    expect(verdict).toMatchObject({ verdict: 'passed', endsAt: expect.any(String) });
    expect(await judged(verdict)).toEqual({ allow: true, deny: [] });
  });

  test('allows what lasts longer than it can count', async () => {
    const last = [
      '2262-04-11T23:47:16.854Z',
      '2262-04-11T23:47:17.000Z',
      '2265-07-01T00:00:00Z',
      '2269-12-31T23:59:59Z',
    ];
    for (const end of ['9999-12-31T23:59:59.000Z', '2300-01-01T00:00:00Z', '2261-12-31T23:59:59Z', ...last])
      expect(await judged(changed(verdict, ['endsAt'], end))).toEqual({ allow: true, deny: [] });
    for (const end of [
      '9999',
      '9999-12-31',
      '2199-99-99T00:00:00Z',
      ' 9999-12-31T23:59:59.000Z',
      '1600-01-01T00:00:00Z',
    ])
      expect((await judged(changed(verdict, ['endsAt'], end))).allow).toBe(false);
  });

  const TYPES: readonly (JsonValue | undefined)[] = [undefined, null, {}, [], '', 'passed ', true, 0];
  test.each<readonly [Path]>(
    [
      ['schema'],
      ['verdict'],
      ['outcome'],
      ['asOf'],
      ['now'],
      ['policy'],
      ['policy', 'digest'],
      ['images'],
      ['images', 0],
      ['images', 0, 'verdict'],
      ['images', 0, 'outcome'],
      ['images', 0, 'dataVerified'],
      ['images', 0, 'contentDigests'],
      ['images', 0, 'contentDigests', 0],
      ['images', 0, 'stages'],
      ['images', 0, 'stages', 0],
      ['images', 0, 'stages', 1, 'stage'],
      ['images', 0, 'stages', 1, 'verdict'],
    ].map((path) => [path] as const),
  )('nothing without the right %j', async (path) => {
    const whole = JSON.stringify(valueAt(verdict, path));
    for (const value of TYPES.filter((one) => JSON.stringify(one) !== whole)) {
      const { allow, deny } = await judged(changed(verdict, path, value));
      expect({ value, allow }).toEqual({ value, allow: false });
      expect(deny).toContain('the image is not allowed');
    }
  });

  const of = (path: Path, to: JsonValue | undefined) => () => changed(verdict, path, to);
  test.each<readonly [string, () => JsonValue]>([
    ['no object', () => [verdict]],
    ['null', () => null],
    ['an error', of(['outcome'], 'error')],
    ['one that was not verified', of(['verdict'], 'not verified')],
    ['another version', of(['schema'], 'countersign/verdict/v2')],
    ['another policy', of(['policy', 'digest'], DIGEST)],
    ['an old one', of(['now'], inMinutes(-61))],
    ['one of the future', of(['now'], inMinutes(6))],
    ['one as of another time', of(['asOf'], true)],
    ['a hypothesis', of(['without'], 'old-ca.pem')],
    ['one that has ended', of(['endsAt'], inMinutes(-1))],
    ['an end that is no time', of(['endsAt'], 'never')],
    ['an empty end', of(['endsAt'], null)],
    [
      'several images',
      () =>
        changed(
          verdict,
          ['images'],
          [0, 0].flatMap(() => valueAt(verdict, ['images', 0]) ?? []),
        ),
    ],
    ['another image', of(['images', 0, 'contentDigests'], [DIGEST])],
    ['more than the image', of(['images', 0, 'contentDigests'], [DIGEST, 'sha256:1'])],
    ['digests without data', of(['images', 0, 'dataVerified'], false)],
    ['a stage that failed', of(['images', 0, 'stages', 1, 'verdict'], 'failed')],
    ['fewer stages', of(['images', 0, 'stages', 1], undefined)],
  ])('nothing of %s', async (_name, make) => {
    expect((await judged(make())).allow).toBe(false);
  });

  test('allows an image without overlays to which stages about them are not put, unless they were not asked about', async () => {
    const stages = valueAt(verdict, ['images', 0, 'stages']);
    expect(Array.isArray(stages) && stages.map((one) => valueAt(one, ['stage']))).toEqual(['author', 'security']);
    expect((await judged(verdict)).allow).toBe(true);
    const reasons = valueAt(verdict, ['images', 0, 'reasons']);
    const others = Array.isArray(reasons) ? reasons : [];
    for (const said of [undefined, {}, [...others, { code: 'STAGES_NOT_ASKED' }], [...others, {}]])
      expect((await judged(changed(verdict, ['images', 0, 'reasons'], said))).allow, JSON.stringify(said)).toBe(false);
  });

  test('nothing without the digests of the image', async () => {
    for (const digests of [[], null, '', digest, {}, [DIGEST], [digest, DIGEST]])
      expect((await judged(verdict, digests)).allow, JSON.stringify(digests)).toBe(false);
  });

  test('the command on the page fails unless it is allowed', async () => {
    const query = 'allowed := data.countersign.allow; allowed == true';
    expect((await evaluated(verdict, [digest], ['--fail', query])).exitCode).toBe(0);
    expect((await evaluated({}, [digest], ['--fail', query])).exitCode).toBe(1);
  });

  test('is in the form that OPA writes', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'countersign.rego'), files['policy/countersign.rego'] ?? '');
    expect(await runPeer('opa', ['fmt', '--fail', '--diff', 'countersign.rego'], { cwd: folder })).toMatchObject({
      exitCode: 0,
    });
    expect(await runPeer('opa', ['check', '--strict', 'countersign.rego'], { cwd: folder })).toMatchObject({
      exitCode: 0,
    });
  });
});

describe.skipIf(!hasPeers('conftest'))('the library in conftest', { timeout: 120_000 }, () => {
  test.each<readonly [string, () => JsonValue, number]>([
    ['what has just passed', () => verdict, 0],
    ['an empty document', () => ({}), 1],
    ['a failed verdict', () => changed(verdict, ['verdict'], 'failed'), 1],
    ['an old verdict', () => changed(verdict, ['now'], inMinutes(-61)), 1],
  ])('%s', async (_name, make, exitCode) => {
    const cwd = await prepared(make(), [digest]);
    const given = ['--namespace', 'countersign', '--policy', 'policy', '--data', 'data', '--data', 'image.json'];
    expect(await runPeer('conftest', ['test', ...given, 'verdict.json'], { cwd })).toMatchObject({ exitCode });
  });
});
