// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CountersignError } from '../../../../src/base/errors.ts';
import { policySchema } from '../../../../src/policy/compose/fields.ts';
import { loadPolicy, loadPolicyBytes } from '../../../../src/policy/document/load.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const A = 'A'.repeat(40);
const B = 'B'.repeat(40);
const PEOPLE = `principals: { alice: { pgp: ${A} }, bob: { pgp: ${B} } }\n`;
const STAGES = 'stages: [{ name: author, approvers: alice }]\n';
const BASE = `version: 1\nname: base\n${PEOPLE}${STAGES}`;

const CRL = '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n';

type Files = Readonly<Record<string, string>>;

async function folderWith(files: Files): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function load(files: Files, profile?: string) {
  return loadPolicy(join(await folderWith(files), 'p.yaml'), { profile });
}

async function refusal(files: Files, profile?: string): Promise<CountersignError> {
  const found: unknown = await load(files, profile).catch((error: unknown) => error);
  if (found instanceof CountersignError) return found;
  throw new Error('not refused');
}

function extending(text: string, base = BASE): Files {
  return { 'p.yaml': `version: 1\nextends: base.yaml\n${text}`, 'base.yaml': base };
}

function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

describe('a file that extends another', () => {
  test('says what both say', async () => {
    const files = extending(
      `name: mine\nprincipals: { carol: { pgp: ${'C'.repeat(40)} } }\nteams: { all: [alice, carol] }\ndeny: [{ principal: bob, reason: left }]\n`,
      `${BASE}deny: [{ principal: alice, since: "2026-01-01T00:00:00Z", reason: lost }]\n`,
    );
    const { policy, name, files: read } = await load(files);
    expect(name).toBe('mine');
    expect(policy.principals.map((one) => one.name)).toEqual(['alice', 'bob', 'carol']);
    expect(policy.deny.map(({ reason }) => reason)).toEqual(['lost', 'left']);
    expect(policy.stages[0]?.approvers).toEqual(['alice']);
    expect(read.map((file) => [file.name, file.use])).toEqual([
      ['p.yaml', 'policy'],
      ['base.yaml', 'policy'],
    ]);
  });

  test('finds what each file names from that file on, and says where it was named', async () => {
    const files = {
      'p.yaml': 'version: 1\nextends: org/base.yaml\ntrust: { keyrings: mine.asc }\n',
      'org/base.yaml': `${BASE}trust: { keyrings: ring.asc }\n`,
      'org/ring.asc': '',
      'mine.asc': '',
    };
    const { files: read, roots } = await load(files);
    expect(roots).toContainEqual(expect.stringMatching(/org\/base\.yaml$/));
    expect(read.map(({ name }) => name)).toEqual(['p.yaml', 'org/base.yaml', 'mine.asc', 'org/ring.asc']);
    const { 'org/ring.asc': _, ...missing } = files;
    const error = await refusal(missing);
    expect(error).toMatchObject({ code: 'POLICY_TRUST_FILE', location: { line: 5, column: 20 } });
    expect(error.location?.file).toMatch(/org\/base\.yaml$/);
  });

  test.each([
    ['stages', 'stages: [{ name: author, approvers: bob }]', BASE],
    ['objects', 'objects: { mustBeEncrypted: false }', `${BASE}objects: { mustBeEncrypted: true }\n`],
    ['trust', 'trust: { revocation: warn }', `${BASE}trust: { crls: crl.pem }\n`],
    ['defaultProfile', 'defaultProfile: b', `${BASE}profiles: { a: {}, b: {} }\ndefaultProfile: a\n`],
  ])('loses no %s without a word', async (key, text, base) => {
    const error = await refusal(extending(text, base));
    expect(error).toMatchObject({ code: 'POLICY_OVERRIDE', location: { line: 3 } });
    expect(error.message).toMatch(/is said otherwise in .*base\.yaml:\d+:\d+$/);
    expect(error.hint).toContain(`replaces: ${key}`);
    const replaced = await load(extending(`${text}\nreplaces: ${key}\n`, base));
    expect(replaced.policy.principals).toHaveLength(2);
  });

  test('makes revocation stricter and never looser', async () => {
    const base = `${BASE}trust: { revocation: warn }\n`;
    expect((await load(extending('trust: { revocation: require }', base))).trust.revocation).toBe('require');
    const back = extending('trust: { revocation: warn }', `${BASE}trust: { revocation: require }\n`);
    expect((await refusal(back)).code).toBe('POLICY_OVERRIDE');
  });

  test('replaces a list of stages as a whole, and complains of what was about the old ones', async () => {
    const base = `${BASE.replace('}]', '}, { name: check, approvers: bob }]')}distinct: [[author, check]]\n`;
    const text = 'replaces: stages\nstages: [{ name: author, approvers: [alice, bob] }]';
    expect(await refusal(extending(text, base))).toMatchObject({
      code: 'POLICY_UNKNOWN_NAME',
      location: { file: expect.stringMatching(/base\.yaml$/) },
    });
    const both = text.replace('replaces: stages', 'replaces: [stages, distinct]\ndistinct: []');
    expect((await load(extending(both, base))).policy.stages).toHaveLength(1);
  });

  test.each([
    ['another key for a name', `principals: { alice: { pgp: ${B} } }`, 'POLICY_DUPLICATE'],
    ['a team of the same name', 'teams: { alice: [bob] }', 'POLICY_DUPLICATE'],
    ['a key that does not exist', 'stagse: []', 'POLICY_UNKNOWN_KEY'],
    ['replacing what nothing said', 'replaces: deny\ndeny: [{ principal: bob, reason: x }]', 'POLICY_OVERRIDE'],
    ['replacing by nothing', 'replaces: stages', 'POLICY_OVERRIDE'],
    ['replacing what has no such word', 'replaces: version', 'POLICY_INVALID_VALUE'],
    ['an alias of the other file', 'teams: *team', 'POLICY_SYNTAX'],
  ])('%s is refused', async (_, text, code) => {
    const error = await refusal(extending(text));
    expect(error).toMatchObject({ code, location: { file: expect.stringMatching(/p\.yaml$/) } });
  });

  test('the same said twice in one folder is no contradiction; in two folders paths differ', async () => {
    const same = `principals: { alice: { pgp: ${A} } }\n${STAGES}`;
    expect((await load(extending(same))).policy.principals).toHaveLength(2);
    const apart = { 'p.yaml': `version: 1\nextends: org/base.yaml\n${same}`, 'org/base.yaml': BASE };
    expect((await refusal(apart)).code).toBe('POLICY_DUPLICATE');
  });

  test.each([
    ['a file that is not there', { 'p.yaml': 'version: 1\nextends: no.yaml\n' }, 'POLICY_EXTENDS'],
    ['a URL', { 'p.yaml': 'version: 1\nextends: https://ghcr.io/base.yaml\n' }, 'POLICY_INVALID_VALUE'],
    ['itself', { 'p.yaml': 'version: 1\nextends: ./p.yaml\n' }, 'POLICY_CYCLE'],
    ['a file without version', extending('', PEOPLE + STAGES), 'POLICY_MISSING_KEY'],
    [
      'what the base gets wrong and the file replaces',
      extending(`replaces: stages\n${STAGES}`, BASE.replace(STAGES, 'stages: [{ nme: x }]\n')),
      'POLICY_UNKNOWN_KEY',
    ],
  ])('%s is refused', async (_, files, code) => {
    expect(await refusal(files)).toMatchObject({ code, location: { line: expect.any(Number) } });
  });

  test.each([
    ['trust.sigstore', 'trust: { sigstore: { root: mine.json, log: 0 } }', `${BASE}trust: { sigstore: root.json }\n`],
    ['trust.sigstore', 'trust: { sigstore: [root.json, mine.json] }', `${BASE}trust: { sigstore: root.json }\n`],
    ['trust.timestamps', 'trust: { timestamps: mine.pem }', `${BASE}trust: { timestamps: tsa.pem }\n`],
    ['trust.sigstore', 'trust: { sigstore: mine.json }', BASE],
    ['trust.timestamps', 'trust: { timestamps: mine.pem }', BASE],
    ['objects', 'objects: { unsigned: 3 }', BASE],
    ['trust.revocation', 'trust: { crls: crl.pem, revocation: warn }', `${BASE}trust: { crls: crl.pem }\n`],
  ])('has no more signatures count by %s without a word: %s', async (word, text, base) => {
    const ca = `${rootCertificates[0]}`;
    const trusted = { 'root.json': '{}', 'mine.json': '{ }', 'tsa.pem': ca, 'mine.pem': ca, 'crl.pem': CRL };
    const error = await refusal({ ...extending(text, base), ...trusted });
    expect(error).toMatchObject({ code: 'POLICY_OVERRIDE', location: { line: 3 } });
    expect(error.message).toMatch(/base\.yaml:\d+:\d+/);
    expect(error.hint).toContain(`write replaces: ${word} beside it`);
    const { trust, policy } = await load({ ...extending(`${text}\nreplaces: ${word}\n`, base), ...trusted });
    const more = trust.sigstore.length + trust.timestamps.length + (policy.objects?.unsigned?.length ?? 0);
    expect(more + Number(trust.revocation === 'warn')).toBe(text.includes('root.json,') ? 2 : 1);
  });

  test('says the same of whom it trusts, completes what has no stages, and asks for more', async () => {
    const trusted = { 'root.json': '{}', 'tsa.pem': `${rootCertificates[0]}` };
    const base = `${BASE}trust: { sigstore: root.json, timestamps: [tsa.pem] }\n`;
    const same = await load({
      ...extending('trust: { sigstore: root.json, timestamps: [tsa.pem] }', base),
      ...trusted,
    });
    expect([same.trust.sigstore, same.trust.timestamps].map(({ length }) => length)).toEqual([1, 1]);
    const people = `version: 1\nname: base\n${PEOPLE}`;
    const all = `${STAGES}trust: { sigstore: root.json, timestamps: tsa.pem }\nobjects: { unsigned: 3 }`;
    expect((await load({ ...extending(all, people), ...trusted })).trust.sigstore).toHaveLength(1);
    expect((await load(extending('objects: { mustBeEncrypted: true }'))).policy.objects?.mustBeEncrypted).toBe(true);
  });

  test('a chain is followed, a circle is refused with the chain, and a long one ends', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`${at || 'p'}.yaml`, `version: 1\nextends: ${at + 1}.yaml\n`]),
    );
    expect((await load({ ...chain, '7.yaml': BASE })).policy.principals).toHaveLength(2);
    expect((await refusal({ ...chain, '8.yaml': BASE })).code).toBe('POLICY_EXTENDS');
    const circle = await refusal({ ...chain, '2.yaml': 'version: 1\nextends: 1.yaml\n' });
    expect(circle.code).toBe('POLICY_CYCLE');
    expect(circle.message).toMatch(/1\.yaml extends .*2\.yaml extends .*1\.yaml$/);
  });

  test('links that lead round and round end', async () => {
    const folder = await folderWith({ 'p.yaml': 'version: 1\nextends: again/p.yaml\n' });
    await symlink('.', join(folder, 'again'));
    await expect(loadPolicy(join(folder, 'p.yaml'))).rejects.toMatchObject({ code: 'POLICY_EXTENDS' });
  });
});

const PROFILES = `version: 1
name: acme
${PEOPLE}profiles:
  dev: { stages: [{ name: author, approvers: [alice, bob] }] }
  production: { stages: [{ name: author, approvers: [alice, bob], threshold: 2 }] }
`;

describe('profiles', () => {
  test('share what stands outside, and one is chosen', async () => {
    const dev = await load({ 'p.yaml': PROFILES }, 'dev');
    const production = await load({ 'p.yaml': PROFILES }, 'production');
    expect([dev.name, production.name]).toEqual(['acme/dev', 'acme/production']);
    expect([dev.policy.stages[0]?.threshold, production.policy.stages[0]?.threshold]).toEqual([1, 2]);
  });

  test('without a choice is an error that lists them, unless there is a default', async () => {
    const error = await refusal({ 'p.yaml': PROFILES });
    expect(error).toMatchObject({ code: 'POLICY_PROFILE', message: 'the policy has profiles: dev, production' });
    const { name } = await load({ 'p.yaml': `${PROFILES}defaultProfile: production\n` });
    expect(name).toBe('acme/production');
    expect((await refusal({ 'p.yaml': `${PROFILES}defaultProfile: prod\n` })).code).toBe('POLICY_UNKNOWN_NAME');
  });

  test.each(['prod', '__proto__', 'dev\n::error::', '../dev', ''])('%j is none of them', async (profile) => {
    const error = await refusal({ 'p.yaml': PROFILES }, profile);
    expect(error).toMatchObject({ code: 'POLICY_PROFILE' });
    expect(error.message).not.toContain('\n');
    expect(error.message).toContain('dev, production');
    expect((await refusal({ 'p.yaml': BASE }, profile)).code).toBe('POLICY_PROFILE');
  });

  test.each([
    ['a hostile name', '"a\\nb": {}', 'POLICY_INVALID_VALUE'],
    ['an unknown key in one that was not chosen', 'other: { stagse: [] }', 'POLICY_UNKNOWN_KEY'],
    ['a profile in a profile', 'other: { profiles: { a: {} } }', 'POLICY_UNKNOWN_KEY'],
    ['a name twice', 'dev: {}', 'POLICY_DUPLICATE'],
  ])('%s is refused', async (_, entry, code) => {
    expect((await refusal({ 'p.yaml': `${PROFILES}  ${entry}\n` }, 'dev')).code).toBe(code);
  });

  test('lose nothing without a word either', async () => {
    const text = PROFILES.replace('profiles:', `${STAGES}profiles:`);
    expect((await refusal({ 'p.yaml': text }, 'dev')).code).toBe('POLICY_OVERRIDE');
    const replacing = text.replaceAll('{ stages', '{ replaces: stages, stages');
    expect((await load({ 'p.yaml': replacing }, 'production')).policy.stages[0]?.threshold).toBe(2);
  });

  test('of a file that is extended drop nothing of the file that extends it', async () => {
    const profile = `profiles: { lax: { replaces: deny, deny: [{ principal: bob, reason: back }] } }\n`;
    const base = `${BASE}deny: [{ principal: bob, reason: left }]\n${profile}`;
    expect((await load(extending('', base), 'lax')).policy.deny.map(({ reason }) => reason)).toEqual(['back']);
    const error = await refusal(extending('deny: [{ principal: alice, reason: stolen }]', base), 'lax');
    expect(error).toMatchObject({ code: 'POLICY_OVERRIDE', location: { file: expect.stringMatching(/base\.yaml$/) } });
    expect(error.message).toMatch(/p\.yaml:3:\d+ says/);
    const inProfile = 'profiles: { strict: { deny: [{ principal: alice, reason: stolen }] } }';
    expect((await load(extending(inProfile, base), 'lax')).policy.deny).toHaveLength(1);
    expect((await load(extending(inProfile, base), 'strict')).policy.deny).toHaveLength(2);
  });

  test('of a file that is extended can be chosen', async () => {
    const { name, policy } = await load(
      extending('name: mine\ndeny: [{ principal: bob, reason: x }]', PROFILES),
      'dev',
    );
    expect([name, policy.deny.length]).toEqual(['mine/dev', 1]);
  });
});

describe('the digest', () => {
  test('of a single file is that of its bytes', async () => {
    const { digest } = await loadPolicyBytes(Buffer.from(BASE), { path: 'policy', folder: '/' });
    expect(digest).toBe(sha256(BASE));
  });

  test('covers every file and the profile, and no file can have that of a composition', async () => {
    const base = PROFILES;
    const digests = [
      await load({ 'p.yaml': base }, 'dev'),
      await load({ 'p.yaml': base }, 'production'),
      await load(extending('', base), 'dev'),
      await load(extending('', `${base}# altered\n`), 'dev'),
      await load(extending('# altered\n', base), 'dev'),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(digests.length);
    const text = `{"policy":"urn:countersign:policy:v1","files":["${sha256(base)}"],"profile":"dev"}`;
    expect(digests[0]).toBe(sha256(text));
    expect((await refusal({ 'p.yaml': text })).code).toBe('POLICY_UNKNOWN_KEY');
  });
});

test('the schema has what can be written', async () => {
  const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(policySchema());
  for (const text of [extending('replaces: stages\nstages: []')['p.yaml'] ?? '', PROFILES])
    expect(validate(parse(text.replace('stages: []', STAGES)))).toBe(true);
  expect(validate(parse(PROFILES.replace('dev: {', 'dev: { version: 1,')))).toBe(false);
  expect(await readFile(new URL('../../../../schema/policy.schema.json', import.meta.url), 'utf8')).toContain(
    'defaultProfile',
  );
});
