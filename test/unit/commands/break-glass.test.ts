// SPDX-License-Identifier: Apache-2.0
// break-glass: from the command to every report, in a file and in a layout folder.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { BREAK_GLASS_PREDICATE_TYPE } from '../../../src/attest/break-glass.ts';
import { parseBundle } from '../../../src/attest/bundle.ts';
import { parseStatement } from '../../../src/attest/statement.ts';
import { encodeWithdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../../../src/attest/withdrawal.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import { parseJson } from '../../../src/base/json.ts';
import { asArray, asObject, asText } from '../../../src/base/members.ts';
import { command as withdraw } from '../../../src/commands/withdraw.ts';
import { command as report } from '../../../src/commands/audit/report.ts';
import { command as breakGlass } from '../../../src/commands/break-glass.ts';
import { command as exportGate } from '../../../src/commands/gates/export.ts';
import { command as inspect } from '../../../src/commands/inspect.ts';
import { command as pushOras } from '../../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../../src/commands/sign-stage/sign-stage.ts';
import { command as status } from '../../../src/commands/status/status.ts';
import type { CommandResult } from '../../../src/commands/spec.ts';
import { command as verifyAll } from '../../../src/commands/verify-all/verify-all.ts';
import { LayoutIndex } from '../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../src/oci/layout/layout.ts';
import { deleteObjects } from '../../../src/sif/edit/append.ts';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import { FakeHost } from '../../support/fake-host.ts';
import { imageIn } from '../../support/lane-bundles.ts';
import { keyPerson, NOW, type Person, pgpPerson } from '../../support/layers.ts';
import { pushOciImage } from '../../support/oci-images.ts';
import { testClock } from '../../support/registry-session.ts';
import { runCommand } from '../../support/run-command.ts';
import { codeOf } from '../../support/signing.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFolder } from '../../support/temporary.ts';

type Name = 'kim' | 'pat' | 'bob' | 'nat' | 'ci';
const HOUR = 3_600_000;
let people: Readonly<Record<Name, Person>>;
let folder = '';
let minutes = 0;

beforeAll(async () => {
  const [kim, pat, bob, nat, ci] = await Promise.all([
    keyPerson('kim', 'p256'),
    pgpPerson('pat'),
    keyPerson('bob', 'p256'),
    keyPerson('nat', 'p256'),
    keyPerson('ci', 'p256'),
  ]);
  people = { kim, pat, bob, nat, ci };
});

beforeEach(async () => {
  folder = await temporaryFolder();
  minutes = 0;
  for (const [name, { privateKey, publicKey }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
  const { identity } = people.pat.signer;
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
trust: { keyrings: pat.pub }
principals:
  kim: { key: kim.pub }
  pat: { pgp: "${identity.method === 'pgp' ? identity.fingerprint : ''}" }
  bob: { key: bob.pub }
  nat: { key: nat.pub }
  ci: { key: ci.pub }
stages:
  - { name: author, approvers: kim }
  - { name: security, approvers: [pat, nat], breakGlass: { by: [nat, bob], maxDuration: 12h } }
  - { name: production, approvers: bob }
`,
  );
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
});

/** A minute passes with every command. */
function act(command: typeof signStage, texts: Readonly<Record<string, string>>, later = 0): Promise<CommandResult> {
  minutes += 1;
  const now = new Date(NOW.getTime() + minutes * 60_000 + later * HOUR);
  return runCommand(command, texts, new FakeHost({ cwd: folder, now }));
}

const IMAGE = { 'subject-path': 'app.sif', 'policy-path': 'policy.yaml' };

function signing(name: Name): Readonly<Record<string, string>> {
  return { 'signing-method': people[name].signer.method, 'key-path': `${name}.key` };
}

const approve = (name: Name, stage: string, later = 0) => act(signStage, { ...IMAGE, stage, ...signing(name) }, later);
const smash = (name: Name, more: Readonly<Record<string, string>> = {}, later = 0) =>
  act(
    breakGlass,
    {
      ...IMAGE,
      stage: 'security',
      reason: 'login is down',
      ticket: 'OPS-1',
      'expires-in': '8h',
      ...signing(name),
      ...more,
    },
    later,
  );
const judge = (later = 0, more: Readonly<Record<string, string>> = {}) => act(verifyAll, { ...IMAGE, ...more }, later);

test('a stage is skipped until the end, and every report says so then and afterwards', async () => {
  await approve('kim', 'author');
  expect((await smash('nat')).text).toContain('app.sif: stage security is skipped until 2026-11-22T20:02:00Z');
  await approve('bob', 'production');

  const { exitCode, text, summary, json } = await judge();
  expect(exitCode).toBe(0);
  expect(text).toContain('✓ app.sif  passed by break glass');
  expect(text).toContain('! security    passed by break glass');
  expect(text).toContain('nat broke the glass of stage security from 2026-11-22T12:02:00Z');
  expect(text).toContain('login is down (OPS-1)');
  expect(text).toContain('is not reviewed by anybody else');
  expect(text).toContain('passed: 1 image BY BREAK GLASS by policy test');
  expect(summary?.()).toContain('passed by break glass');
  expect(summary?.()).toContain('login is down');
  expect(JSON.stringify(json)).toContain('"verdict":"break-glass"');

  const { text: standing } = await act(status, IMAGE);
  expect(standing).toContain('app.sif: passed by break glass');
  expect(standing).toContain('! security: passed by break glass of nat until 2026-11-22T20:02:00Z, not reviewed');
  expect(standing).toMatch(/ends\n +2026-11-22T20:02:00Z {2}the broken glass of stage security\n/);
  const { text: seen } = await act(inspect, { 'subject-path': 'app.sif' });
  expect(seen).toMatch(/breaks the glass of stage security from .*: login is down \(OPS-1\)/);

  const after = await judge(9);
  expect(after.exitCode).toBe(1);
  expect(after.text).toContain('[BREAK_GLASS_ENDED]');
  expect(after.text).toContain('nat broke the glass of stage security');
});

const takeBack = (name: Name, later = 0) =>
  act(
    withdraw,
    { ...IMAGE, stage: 'security', what: 'break-glass', reason: 'login is up again', ...signing(name) },
    later,
  );

test.each(['nat', 'bob'] as const)('%s ends it, stays to be reviewed, and nobody prolongs it by that', async (name) => {
  await approve('kim', 'author');
  await smash('nat');
  const until = { 'up-to-stage': 'security' };
  expect((await judge(0, until)).exitCode).toBe(0);
  expect((await takeBack(name, 1)).text).toContain('1 break-glass statement of stage security withdrawn');
  const { exitCode, text } = await judge(1, until);
  expect(exitCode).toBe(1);
  expect(text).toContain('[BREAK_GLASS_WITHDRAWN]');
  expect(text).toContain('was taken back at 2026-11-22T13:04:00Z: login is up again');
  expect(text).toContain('is not reviewed by anybody else');
  expect(await codeOf(() => takeBack(name, 1))).toBe('STAGE_NOTHING_TO_WITHDRAW');
  // Broken again, it lasts no longer than the first time could have.
  expect(await codeOf(() => smash('nat', { 'expires-in': '12h' }, 1))).toBe('STAGE_GLASS_REFUSED');
  await smash('nat', { 'expires-in': '8h' }, 2);
  expect((await judge(2)).text).toContain('! security    passed by break glass');
  expect((await approve('pat', 'security', 2)).exitCode).toBe(0);
  expect((await judge(2)).text).not.toContain('is not reviewed');
});

test('nobody else ends it', async () => {
  await approve('kim', 'author');
  await smash('nat');
  for (const name of ['pat', 'kim', 'ci'] as const)
    await expect(takeBack(name)).rejects.toMatchObject({
      code: 'STAGE_NOTHING_TO_WITHDRAW',
      hint: expect.stringContaining('one of anybody who may break it'),
    });
  // Nor by saying so all the same.
  const verdict = asObject(parseJson(utf8(JSON.stringify((await judge()).json)), 'verdict'), 'verdict');
  const { stages } = asObject(asArray(verdict['images'], 'images', 9)[0], 'image');
  const [glass] = asArray(asObject(asArray(stages, 'stages', 9)[1], 'stage')['breakGlass'], 'glass', 9);
  const approvals = [`sha256:${asText(asObject(glass, 'glass')['digest'], 'digest').slice(7)}`] as const;
  const said = { stage: 'security', approvals, reason: 'x', withdrawnAt: '2026-11-22T12:00:00Z' };
  const statements = [{ predicateType: WITHDRAWAL_PREDICATE_TYPE, predicate: encodeWithdrawal(said), inside: true }];
  await attachEvidence({ path: join(folder, 'app.sif'), statements, signer: people.pat.signer, now: NOW });
  expect((await judge()).text).toContain('! security    passed by break glass');
});

test('is for a stage by its id: a policy with another one skips nothing', async () => {
  const renamed = { 'policy-path': 'other.yaml' };
  const text = await readFile(join(folder, 'policy.yaml'), 'utf8');
  await writeFile(
    join(folder, 'other.yaml'),
    text.replace('name: security,', 'name: security, id: "urn:org:security",'),
  );
  await approve('kim', 'author');
  await smash('nat');
  const other = await judge(0, renamed);
  expect(other.exitCode).toBe(1);
  expect(other.text).toContain('where the policy has urn:org:security');
  await smash('bob', renamed);
  expect((await judge(0, renamed)).text).toContain('! security    passed by break glass');
});

test('somebody else approves the stage, which is the review; the order is mended by approving anew', async () => {
  await approve('kim', 'author');
  await smash('nat');
  await approve('bob', 'production');
  await approve('pat', 'security', 9);
  const open = await judge(9);
  expect(open.text).toContain('[APPROVAL_OUT_OF_ORDER]');
  expect(open.text).not.toContain('is not reviewed');
  await approve('bob', 'production', 9);
  const done = await judge(9);
  expect(done.exitCode).toBe(0);
  expect(done.text).toContain('✓ security    pat');
  expect(done.text).toContain('nat broke the glass of stage security');
  expect(done.text).toContain('passed: 1 image by policy');
});

test('what was broken cannot be taken away unseen once somebody has approved', async () => {
  await approve('kim', 'author');
  await smash('nat');
  await approve('bob', 'production');
  const path = join(folder, 'app.sif');
  const gone = (await imageIn(path)).objects.filter(({ name }) => name.startsWith('countersign/evidence/'));
  expect(gone).toHaveLength(1);
  await deleteObjects(
    path,
    gone.map(({ id }) => id),
    { now: NOW },
  );
  expect((await judge()).text).toContain('[EVIDENCE_REMOVED]');
});

test('nothing is signed that would not count', async () => {
  await approve('kim', 'author');
  const before = await readFile(join(folder, 'app.sif'));
  expect(await codeOf(smash('kim'))).toBe('STAGE_GLASS_REFUSED');
  expect(await codeOf(smash('nat', { 'expires-in': '13h' }))).toBe('STAGE_GLASS_REFUSED');
  expect(await codeOf(smash('nat', { stage: 'author' }))).toBe('STAGE_GLASS_REFUSED');
  expect(await codeOf(smash('nat', { stage: 'nowhere' }))).toBe('STAGE_UNKNOWN');
  expect(await codeOf(smash('nat', { ticket: 'x'.repeat(201) }))).toBe('USAGE_INVALID_INPUT');
  expect(await codeOf(smash('nat', { reason: 'x'.repeat(5000) }))).toBe('USAGE_INVALID_INPUT');
  const { 'policy-path': _, ...texts } = IMAGE;
  const bare = { ...texts, stage: 'security', reason: 'x', ticket: 'y', ...signing('nat') };
  expect(await codeOf(act(breakGlass, bare))).toBe('USAGE_MISSING_INPUT');
  expect(await readFile(join(folder, 'app.sif'))).toEqual(before);
});

test('it is not renewed for ever: not before somebody else has reviewed it', async () => {
  await approve('kim', 'author');
  await smash('nat');
  expect(await codeOf(smash('bob', { 'expires-in': '10h' }, 7))).toBe('STAGE_GLASS_REFUSED');
  await smash('bob', { 'expires-in': '4h' }, 7);
  expect((await judge(10, { 'up-to-stage': 'security' })).exitCode).toBe(0);
  expect(await codeOf(smash('bob', {}, 20))).toBe('STAGE_GLASS_REFUSED');
  // Whoever asks no policy can sign what they like: it does not count.
  const { 'policy-path': _, ...texts } = IMAGE;
  const again = { ...texts, stage: 'security', reason: 'x', ticket: 'y', 'expires-in': '10h', ...signing('bob') };
  await act(breakGlass, again, 20);
  const late = await judge(21, { 'up-to-stage': 'security' });
  expect(late.exitCode).toBe(1);
  expect(late.text).toContain('[BREAK_GLASS_RENEWED]');
});

test('it can be broken again where the policy denies what was said before', async () => {
  await approve('kim', 'author');
  const { json } = await smash('nat');
  expect(await codeOf(smash('bob', {}, 20))).toBe('STAGE_GLASS_REFUSED');
  const [{ digest }] = Reflect.get(json instanceof Object ? json : {}, 'images');
  const path = join(folder, 'policy.yaml');
  await writeFile(
    path,
    `${await readFile(path, 'utf8')}deny: [{ statement: "${digest}", reason: a mistake }]
`,
  );
  await smash('bob', {}, 20);
  expect((await judge(21, { 'up-to-stage': 'security' })).exitCode).toBe(0);
});

test('a signed statement without an end skips nothing, and does not fail what has passed', async () => {
  await approve('kim', 'author');
  await approve('pat', 'security');
  await approve('bob', 'production');
  const predicate = { stage: 'security', reason: 'x', ticket: 'y', from: '2026-11-22T12:00:00Z' };
  const statements = [{ predicateType: BREAK_GLASS_PREDICATE_TYPE, predicate, inside: true }];
  await attachEvidence({ path: join(folder, 'app.sif'), statements, signer: people.nat.signer, now: NOW });
  const { exitCode, text } = await judge();
  expect(exitCode).toBe(0);
  expect(text).toContain('nat broke the glass of some stage: until');
});

test('the signed verdict and the publication say it in so many words, and so does the account of a period', async () => {
  await approve('kim', 'author');
  await smash('nat');
  await approve('bob', 'production');
  const out = join(folder, 'out');
  await mkdir(out);
  const signed = { store: 'file', 'bundle-folder': 'out', ...signing('ci') };
  const { outputs, json } = await judge(0, signed);
  const statement = async (path: string) => {
    const { payload } = parseBundle(await readFile(path)).envelope;
    return parseStatement(payload).predicate;
  };
  expect(await statement(outputs['bundle-path'] ?? '')).toMatchObject({
    verificationResult: 'PASSED',
    verifiedLevels: ['POLICY_PASSED_BY_BREAK_GLASS'],
    breakGlass: [{ stage: 'security', until: '2026-11-22T20:02:00Z' }],
  });

  const layout = join(folder, 'images');
  const pushed = await act(pushOras, { ...IMAGE, reference: `oci:${layout}:v1`, ...signing('ci') });
  expect(pushed.exitCode).toBe(0);
  const said = JSON.stringify(
    (await act(verifyAll, { 'subject-name': `oci:${layout}:v1`, 'policy-path': 'policy.yaml' })).json,
  );
  const [, digest = ''] = /"kind":"publication".*?"digest":"sha256:([0-9a-f]{64})"/.exec(said) ?? [];
  expect(digest).not.toBe('');
  const blobs = await Promise.all(
    [...new Set((await readFile(join(layout, 'index.json'), 'utf8')).match(/[0-9a-f]{64}/g))].map((hex) =>
      readFile(join(layout, 'blobs', 'sha256', hex), 'utf8').catch(() => ''),
    ),
  );
  const layers = blobs.flatMap((text) =>
    [...text.matchAll(/"digest":"sha256:([0-9a-f]{64})"/g)].map(([, hex = '']) => hex),
  );
  const publications = await Promise.all(
    [...new Set(layers)].map(async (hex) => statement(join(layout, 'blobs', 'sha256', hex)).catch(() => ({}))),
  );
  expect(publications).toContainEqual(
    expect.objectContaining({
      verdict: 'passed by break glass',
      breakGlass: [{ stage: 'security', until: '2026-11-22T20:02:00Z' }],
    }),
  );

  await writeFile(join(folder, 'one.json'), JSON.stringify(json));
  await approve('pat', 'security', 9);
  await approve('bob', 'production', 9);
  const { json: later } = await judge(9);
  await writeFile(join(folder, 'two.json'), JSON.stringify(later));
  const days = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
  const told = await act(report, { task: 'period\none.json\ntwo.json', ...days });
  expect(told.json).toMatchObject({
    totals: { passed: 1, withBreakGlass: 1, withExceptions: 1 },
    releases: [{ breakGlass: [{ stage: 'security', by: 'nat', ticket: 'OPS-1', reviewedBy: ['pat'] }], gaps: [] }],
  });
  expect(told.text).toContain('break glass: security by nat until 2026-11-22T20:02:00Z (OPS-1), reviewed by pat');
  const early = await act(report, { task: 'period\none.json', ...days });
  expect(early.json).toMatchObject({ releases: [{ gaps: [{ code: 'BREAK_GLASS_UNREVIEWED' }] }] });
});

test('in a layout folder, as in a registry, the statement is attached', async () => {
  const layout = join(folder, 'images');
  await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
  const texts = { 'subject-name': `oci:${layout}:v1`, 'policy-path': 'policy.yaml' };
  await act(signStage, { ...texts, stage: 'author', ...signing('kim') });
  const words = { stage: 'security', reason: 'x', ticket: 'OPS-1', 'expires-in': '8h' };
  await act(breakGlass, { ...texts, ...words, ...signing('bob') });
  await act(signStage, { ...texts, stage: 'production', ...signing('bob') });
  const { exitCode, text } = await act(verifyAll, texts);
  expect(exitCode).toBe(0);
  expect(text).toContain('passed by break glass');
});

test('an exported gate says that it knows nothing of it', async () => {
  const text = await readFile(join(folder, 'policy.yaml'), 'utf8');
  await writeFile(join(folder, 'pgp.yaml'), text.replace('approvers: kim', 'approvers: pat'));
  const { json } = await act(exportGate, { gate: 'fingerprints', 'policy-path': 'pgp.yaml', output: 'gate' });
  expect(JSON.stringify(json)).toContain(
    'broken glass is not known: the gate denies images of which stage security is skipped',
  );
});
