// SPDX-License-Identifier: Apache-2.0
// push-oras and pull as commands: only what the policy passes is published and gets a name, whatever happens on the way.

import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { copyFile, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { command as assemble } from '../../src/commands/assemble.ts';
import { command as pull } from '../../src/commands/pull.ts';
import { command as push } from '../../src/commands/push-oras/push-oras.ts';
import { command as sign } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verify } from '../../src/commands/verify-all/verify-all.ts';
import { publishSif } from '../../src/transfer/publish.ts';
import { mapBounded } from '../../src/base/parallel.ts';
import { loadPolicy } from '../../src/policy/document/load.ts';
import { encodeSimpleSigning } from '../../src/oci/cosign/cosign.ts';
import { keepCosignSignatures } from '../../src/oci/cosign/write.ts';
import { createSif } from '../support/create-sif.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { appendObjects } from '../../src/sif/edit/append.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeBy, judgeTrusting, keyPerson, NOW, pgpPerson, signAs, x509Person } from '../support/layers.ts';
import { openIn, pushImage, someBytes, startRegistry, testClock } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

const CLI = fileURLToPath(new URL('../../src/entry/cli.ts', import.meta.url));
const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));

/** A folder with an image approved by an author (OpenPGP) and security (X.509), a policy that wants both, and a host. */
async function scene(stages: readonly ('author' | 'security')[] = ['author', 'security']) {
  const folder = await temporaryFolder();
  const [alice, bob] = [await pgpPerson('alice'), await x509Person('bob')];
  await writeFile(join(folder, 'alice.asc'), alice.publicKey);
  await writeFile(join(folder, 'alice.key'), alice.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'bob.pem'), bob.publicKey);
  const { identity } = alice.signer;
  if (identity.method !== 'pgp') throw new Error('alice has an OpenPGP key');
  const policy = [
    'version: 1',
    'name: test',
    'trust: { keyrings: [alice.asc] }',
    'principals:',
    `  alice: { pgp: ${identity.fingerprint} }`,
    "  bob: { x509: { anchors: bob.pem, san: 'email:bob@example.org' } }",
    'stages:',
    '  - { name: author, approvers: [alice] }',
    '  - { name: security, approvers: [bob] }',
    '',
  ].join('\n');
  await writeFile(join(folder, 'countersign.yaml'), policy);
  const image = join(folder, 'app.sif');
  await copyFile(DEMO, image);
  const judge = await judgeTrusting([alice, bob]);
  if (stages.includes('author')) await signAs(image, alice, 'author', judge);
  if (stages.includes('security')) await signAs(image, bob, 'security', judge);
  const host = new FakeHost({ cwd: folder, now: NOW });
  onTestFinished(() => host[Symbol.asyncDispose]());
  const run = (command: typeof push, texts: Readonly<Record<string, string>>) => runCommand(command, texts, host);
  return { folder, image, host, run };
}

const bothPlaces = [
  ['a registry', async () => `${(await startRegistry()).host}/team/app`],
  ['a registry with the referrers API', async () => `${(await startRegistry({ referrersApi: true })).host}/team/app`],
  ['a layout folder', async () => `oci:${join(await temporaryFolder(), 'out')}`],
] as const;

describe.each(bothPlaces)('to and from %s', (_, makePlace) => {
  test('an image that passes travels with its layers, byte for byte', async () => {
    const { folder, image, run } = await scene();
    const place = await makePlace();
    const pushed = await run(push, {
      'subject-path': 'app.sif',
      reference: `${place}:1.0`,
      tags: 'latest\nstable',
      'policy-path': 'countersign.yaml',
    });
    expect(pushed).toMatchObject({
      exitCode: 0,
      outputs: { verdict: 'passed', digest: expect.stringMatching(/^sha256:/) },
    });
    expect(pushed.json).toMatchObject({
      tags: ['1.0', 'latest', 'stable'],
      attached: [expect.any(String), expect.any(String)],
    });
    for (const tag of ['1.0', 'latest', 'stable']) {
      const pulled = await run(pull, {
        reference: `${place}:${tag}`,
        'image-path': `${tag}.sif`,
        'policy-path': 'countersign.yaml',
        'bundle-folder': 'bundles',
      });
      expect(pulled.exitCode, pulled.text).toBe(0);
      expect(pulled.outputs['reference']).toBe(pushed.outputs['reference']);
      expect((await readFile(join(folder, `${tag}.sif`))).equals(await readFile(image))).toBe(true);
    }
    expect(await readdir(join(folder, 'bundles'))).toHaveLength(2);
    const again = await run(push, {
      'subject-path': 'app.sif',
      reference: `${place}:1.0`,
      'policy-path': 'countersign.yaml',
    });
    expect(again.outputs['digest']).toBe(pushed.outputs['digest']);
    expect(again.json).toMatchObject({ attached: (pushed.json as { attached: unknown }).attached });
  });

  test('an image that fails is not published, and the old tag stays', async () => {
    const { run } = await scene(['author']);
    const place = await makePlace();
    const first = await run(push, { 'subject-path': 'app.sif', reference: `${place}:1.0` });
    const refused = await run(push, {
      'subject-path': 'app.sif',
      reference: `${place}:1.0`,
      title: 'other.sif',
      'policy-path': 'countersign.yaml',
    });
    expect(refused).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed', reference: '', digest: '' } });
    expect(refused.text).toContain('security');
    const pulled = await run(pull, { reference: `${place}:1.0`, 'image-path': 'back.sif' });
    expect(pulled.outputs['digest']).toBe(first.outputs['digest']);
  });

  test('an image that fails gets no name when it is pulled', async () => {
    const { folder, run } = await scene(['author']);
    const place = await makePlace();
    await run(push, { 'subject-path': 'app.sif', reference: `${place}:1.0` });
    const refused = await run(pull, {
      reference: `${place}:1.0`,
      'image-path': 'back.sif',
      'policy-path': 'countersign.yaml',
    });
    expect(refused).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed', 'image-path': '' } });
    expect((await readdir(folder)).filter((name) => name.startsWith('back'))).toEqual([]);
  });

  test('an early stage is signed and published as a candidate; up to there the policy decides', async () => {
    const { folder, image, run } = await scene([]);
    const place = await makePlace();
    const signing = {
      stage: 'author',
      'signing-method': 'pgp',
      'key-path': 'alice.key',
      'policy-path': 'countersign.yaml',
    };
    const early = { 'subject-path': 'app.sif', reference: `${place}:candidate`, ...signing };
    const before = await readFile(image);
    const whole = await run(push, early);
    expect(whole).toMatchObject({ exitCode: 1, json: { signing: { outcome: 'declined' }, reference: null } });
    expect(whole.text).toContain('security');
    expect((await readFile(image)).equals(before)).toBe(true);
    const upTo = await run(push, { ...early, 'up-to-stage': 'author' });
    expect(upTo, upTo.text).toMatchObject({
      exitCode: 0,
      json: { signing: { stage: 'author', outcome: 'signed', reads: 1 }, attached: [expect.any(String)] },
    });
    expect(upTo.text).toContain('the verdict is not about security');
    const asked = { reference: `${place}:candidate`, 'policy-path': 'countersign.yaml', 'image-path': 'back.sif' };
    expect((await run(pull, asked)).exitCode).toBe(1);
    expect((await run(pull, { ...asked, 'up-to-stage': 'author' })).exitCode).toBe(0);
    expect((await readFile(join(folder, 'back.sif'))).equals(await readFile(image))).toBe(true);
    await copyFile(DEMO, join(folder, 'bare.sif'));
    const into = { 'subject-path': 'bare.sif', 'policy-path': 'countersign.yaml', 'up-to-stage': 'author' };
    const assembled = await run(assemble, { ...into, reference: `${place}:candidate` });
    expect(assembled, assembled.text).toMatchObject({ exitCode: 0, json: { leftOut: [] } });
    expect((await run(verify, into)).exitCode).toBe(0);
  });
});

test('a cosign signature on a SIF counts for pull as it does for verify-all', async () => {
  const { folder, host, run } = await scene([]);
  const registry = await startRegistry();
  const carol = await keyPerson('carol', 'p256');
  await writeFile(join(folder, 'carol.pem'), carol.publicKey);
  const policy = [
    'version: 1',
    'name: cosign',
    'principals: { carol: { key: carol.pem } }',
    'stages: [{ name: release, approvers: [carol], native: [cosign] }]',
    '',
  ];
  await writeFile(join(folder, 'cosign.yaml'), policy.join('\n'));
  const reference = `${registry.host}/team/app:1`;
  const pushed = await run(push, { 'subject-path': 'app.sif', reference });
  const repository = await openIn(registry);
  const manifest = await repository.getManifest('1');
  const payload = encodeSimpleSigning(repository.name, manifest?.digest ?? 'sha256:', {});
  const signature = await carol.signer.signPae(payload, NOW);
  const asked = { 'policy-path': 'cosign.yaml', reference, 'image-path': 'back.sif' };
  expect((await run(pull, asked)).exitCode).toBe(1);
  const entry = { payload, signature, certificate: undefined, chain: undefined };
  await keepCosignSignatures(repository, manifest?.digest ?? 'sha256:', { ours: [entry], clock: testClock() });
  const [name = ''] = String(pushed.outputs['reference']).split('\n');
  expect((await runCommand(verify, { 'subject-name': name, 'policy-path': 'cosign.yaml' }, host)).exitCode).toBe(0);
  const pulled = await run(pull, asked);
  expect(pulled.exitCode, pulled.text).toBe(0);
});

test('what nobody verified is called so, wherever it goes', async () => {
  const { run } = await scene([]);
  const folder = `oci:${join(await temporaryFolder(), 'out')}`;
  const trust = { 'policy-path': 'countersign.yaml' };
  const unverified = { exitCode: 0, outputs: { verified: 'false' }, json: { verified: false, verdict: null } };
  const steps = [
    await run(push, { 'subject-path': 'app.sif', reference: `${folder}:1` }),
    await run(push, { 'subject-name': `${folder}:1`, reference: `${folder}:2` }),
    await run(pull, { reference: `${folder}:1`, 'image-path': 'back.sif' }),
    await run(assemble, { 'subject-path': 'app.sif', reference: `${folder}:1` }),
  ];
  for (const step of steps) {
    expect(step).toMatchObject(unverified);
    expect(step.text).toContain('not verified');
  }
  for (const step of steps.slice(0, 3)) expect(step.summary?.()).toContain('not verified');
  const failed = await run(assemble, { 'subject-path': 'app.sif', reference: `${folder}:1`, ...trust });
  const outputs = { verdict: 'failed', verified: 'false' };
  expect(failed).toMatchObject({ exitCode: 1, outputs, json: { objects: [], verdict: { verdict: 'failed' } } });
  expect(failed.text).toContain('failed');
  expect(failed.text).not.toContain('stays in');
});

test('pull says which layers the file goes without, and only then', async () => {
  const { folder, host, run } = await scene([]);
  const reference = `oci:${join(await temporaryFolder(), 'out')}:1`;
  await run(push, { 'subject-path': 'app.sif', reference });
  const key = { stage: 'author', 'signing-method': 'pgp', 'key-path': 'alice.key', 'verify-data': 'true' };
  const policy = { 'policy-path': 'countersign.yaml', 'up-to-stage': 'author' };
  const remote = { 'subject-name': reference, 'policy-path': 'countersign.yaml' };
  expect((await run(sign, { ...remote, ...key })).exitCode).toBe(0);
  const words = '1 layer is attached in the registry and is not in this file; ⟨assemble=true⟩ puts it in';
  const bare = await run(pull, { reference, 'image-path': 'bare.sif', ...policy });
  expect(bare, bare.text).toMatchObject({ exitCode: 0, json: { notInFile: 1, verified: true } });
  expect(bare.text).toContain(words);
  expect(bare.summary?.()).toContain(words);
  expect(host.log).toContainEqual({ level: 'warning', text: `bare.sif: ${words}` });
  expect((await run(verify, { 'subject-path': 'bare.sif', ...policy })).exitCode).toBe(1);
  const whole = await run(pull, { reference, 'image-path': 'whole.sif', assemble: 'true', ...policy });
  await run(push, { 'subject-path': join(folder, 'whole.sif'), reference });
  const again = await run(pull, { reference, 'image-path': 'again.sif', ...policy });
  for (const { text, summary, json } of [whole, again]) {
    expect(json).toMatchObject({ notInFile: 0, verified: true });
    expect(text + summary).not.toContain('not in this file');
  }
  expect((await run(verify, { 'subject-path': 'whole.sif', ...policy })).exitCode).toBe(0);
});

test('what is put in stays in when the verdict failed, and the step fails', async () => {
  const { folder, run } = await scene(['author']);
  await copyFile(DEMO, join(folder, 'bare.sif'));
  const reference = `oci:${join(await temporaryFolder(), 'out')}:1`;
  const pushed = await run(push, { 'subject-path': 'app.sif', reference });
  const asked = { 'policy-path': 'countersign.yaml' };
  const from = { 'subject-path': 'bare.sif', reference: String(pushed.outputs['reference']) };
  const failed = await run(assemble, { ...from, ...asked });
  const outputs = { verdict: 'failed', verified: 'false' };
  expect(failed, failed.text).toMatchObject({ exitCode: 1, outputs, json: { verified: false, leftOut: [] } });
  expect(failed.text).toContain('what was put in stays in, though the verdict failed');
  const upTo = await run(assemble, { ...from, ...asked, 'up-to-stage': 'author' });
  expect(upTo, upTo.text).toMatchObject({ exitCode: 0, outputs: { verdict: 'passed', verified: 'true' } });
  const file = { 'subject-path': 'bare.sif', ...asked, 'up-to-stage': 'author' };
  expect((await run(verify, file)).exitCode).toBe(0);
});

test('what was verified is called so', async () => {
  const { run } = await scene();
  const folder = `oci:${join(await temporaryFolder(), 'out')}`;
  const trust = { 'policy-path': 'countersign.yaml' };
  const verified = { exitCode: 0, outputs: { verified: 'true' }, json: { verified: true } };
  expect(await run(push, { 'subject-path': 'app.sif', reference: `${folder}:1`, ...trust })).toMatchObject(verified);
  expect(await run(push, { 'subject-name': `${folder}:1`, reference: `${folder}:2`, ...trust })).toMatchObject(
    verified,
  );
  expect(await run(pull, { reference: `${folder}:2`, 'image-path': 'b.sif', ...trust })).toMatchObject(verified);
});

describe('signing while pushing', () => {
  const wrong = [
    ['a stage without a key', { stage: 'author' }, 'USAGE_MISSING_INPUT'],
    ['a reason without a stage', { reason: 'release' }, 'USAGE_MISSING_INPUT'],
    ['up-to-stage alone', { 'up-to-stage': 'author' }, 'USAGE_MISSING_INPUT'],
    ['a keyring that names nothing', { keyring: '# later' }, 'USAGE_MISSING_INPUT'],
    ['up-to-stage without a policy', { 'up-to-stage': 'author', keyring: 'alice.asc' }, 'USAGE_MISSING_INPUT'],
    [
      'up-to-stage that is no stage',
      { 'up-to-stage': 'autor', 'policy-path': 'countersign.yaml' },
      'USAGE_INVALID_INPUT',
    ],
  ] as const;
  test.each(wrong)('%s is a usage error', async (_, texts, code) => {
    const { run } = await scene([]);
    const given = { 'subject-path': 'app.sif', reference: `oci:${join(await temporaryFolder(), 'out')}:1`, ...texts };
    await expect(run(push, given)).rejects.toMatchObject({ code });
  });

  test('time goes on meanwhile, and the signature is none of the future', async () => {
    const { host, run } = await scene([]);
    let time = NOW.getTime();
    host.now = () => new Date((time += 1500));
    const from = `oci:${join(await temporaryFolder(), 'out')}`;
    const signing = {
      stage: 'author',
      'signing-method': 'pgp',
      'key-path': 'alice.key',
      'policy-path': 'countersign.yaml',
    };
    const asked = { ...signing, 'up-to-stage': 'author' };
    const pushed = await run(push, { 'subject-path': 'app.sif', reference: `${from}:1`, ...asked });
    expect(pushed.exitCode, pushed.text).toBe(0);
    await run(push, { 'subject-path': 'app.sif', reference: `${from}:2` });
    const assembled = { 'subject-name': `${from}:2`, assemble: 'true', reference: `${from}:3`, ...asked };
    expect((await run(push, assembled)).exitCode).toBe(0);
  });

  test('an image that is promoted as it is cannot be signed on the way', async () => {
    const { run } = await scene([]);
    const from = `oci:${join(await temporaryFolder(), 'out')}`;
    await run(push, { 'subject-path': 'app.sif', reference: `${from}:1` });
    const given = { 'subject-name': `${from}:1`, reference: `${from}:2`, stage: 'author' };
    await expect(run(push, given)).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
  });
});

describe('pushing', () => {
  test('an altered byte is found in the same read that sends it', async () => {
    const { image, run } = await scene();
    const registry = await startRegistry();
    const file = await open(image, 'r+');
    await file.write(Buffer.from([0xff]), 0, 1, 40_000);
    await file.close();
    const refused = await run(push, {
      'subject-path': 'app.sif',
      reference: `${registry.host}/team/app:1`,
      'policy-path': 'countersign.yaml',
    });
    expect(refused.exitCode).toBe(1);
    expect(registry.content.size + (registry.repos.get('team/app')?.tags.size ?? 0)).toBe(0);
  });

  test('the file is read once, policy or not', async () => {
    const folder = await temporaryFolder();
    const person = await keyPerson('carol', 'p256');
    const image = join(folder, 'large.sif');
    const size = 48 * 1024 * 1024;
    await createSif(image, { now: NOW });
    await appendObjects(image, [{ dataType: DATA_TYPE.generic, data: someBytes(size), name: 'data' }], { now: NOW });
    const judge = await judgeTrusting([person]);
    await signAs(image, person, 'author', judge);
    for (const [index, by] of [undefined, judge].entries()) {
      const { openRepository } = await import('../../src/oci/open.ts');
      const { systemClock } = await import('../../src/base/clock.ts');
      const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
      const { repository } = await openRepository(`oci:${join(folder, `out${index}`)}`, options);
      const before = await bytesRead();
      const { sif } = await publishSif(repository, {
        path: image,
        name: 'large.sif',
        title: 'large.sif',
        tags: ['v1'],
        criteria: by,
      });
      expect(sif).toBeDefined();
      expect((await bytesRead()) - before).toBeLessThan(size * 1.1);
    }
  });

  test('a file that changes meanwhile is not published', async () => {
    const { image, folder } = await scene();
    const registry = await startRegistry();
    registry.intercept = (request) => {
      if (request.method === 'PATCH') appendFileSync(image, 'more');
      return false;
    };
    const judge = await judgeBy(await loadPolicy(join(folder, 'countersign.yaml')));
    const publishing = publishSif(await openIn(registry), {
      path: image,
      name: 'app.sif',
      title: 'app.sif',
      tags: ['v1'],
      criteria: judge,
    });
    await expect(publishing).rejects.toMatchObject({ code: 'REGISTRY_SOURCE_CHANGED' });
    expect(registry.content.size).toBe(0);
  });

  test('a registry that fails ends the examination too', async () => {
    const { run } = await scene();
    const registry = await startRegistry();
    registry.faults.fail = { status: 403, times: Infinity };
    const texts = {
      'subject-path': 'app.sif',
      reference: `${registry.host}/team/app:1`,
      'policy-path': 'countersign.yaml',
    };
    await expect(run(push, texts)).rejects.toMatchObject({ code: 'REGISTRY_FORBIDDEN', exitCode: 3 });
  });

  test('something that is no SIF is not pushed', async () => {
    const { folder, run } = await scene();
    await writeFile(join(folder, 'text.sif'), 'no image');
    const registry = await startRegistry();
    await expect(run(push, { 'subject-path': 'text.sif', reference: `${registry.host}/a/b:1` })).rejects.toMatchObject({
      exitCode: 3,
    });
    expect(registry.seen).toHaveLength(0);
  });

  test.each([
    [{ reference: 'localhost:1/a/b' }, 'USAGE_MISSING_INPUT'],
    [{ reference: `localhost:1/a/b@sha256:${'ab'.repeat(32)}` }, 'USAGE_INVALID_INPUT'],
    [{ reference: 'localhost:1/a/b:1', tags: 'not a tag' }, 'USAGE_INVALID_INPUT'],
    [{ reference: 'localhost:1/a/b:1', title: 'a/b' }, 'USAGE_INVALID_INPUT'],
    [{ reference: 'localhost:1/A/b:1' }, 'REGISTRY_REFERENCE_INVALID'],
    [{ reference: 'localhost:1/a/b:1', 'registry-username': 'u' }, 'USAGE_MISSING_INPUT'],
  ])('%j is wrong use', async (texts, code) => {
    const { run } = await scene();
    await expect(run(push, { 'subject-path': 'app.sif', ...texts })).rejects.toMatchObject({ code, exitCode: 2 });
  });

  test('killed at any request it leaves the old tag, or the new one with all its layers', async () => {
    const { folder } = await scene();
    const writes = await killedPush(folder, Infinity);
    expect(writes).toBeGreaterThan(8);
    const positions = Array.from({ length: writes }, (_, index) => index + 1);
    await mapBounded(positions, 3, (at) => killedPush(folder, at));
  });
});

/** Pushes from a process of its own that is killed when its n-th writing request arrives; gives how many there were. */
async function killedPush(folder: string, killAt: number): Promise<number> {
  const registry = await startRegistry({ referrersApi: true });
  const old = await pushImage(await openIn(registry), 'v1');
  let writes = 0;
  const args = [
    CLI,
    'push-oras',
    'app.sif',
    '--reference',
    `${registry.host}/team/app:v1`,
    '--policy-path',
    'countersign.yaml',
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: 'ignore',
  });
  registry.intercept = (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return false;
    writes += 1;
    if (writes < killAt) return false;
    child.kill('SIGKILL');
    return true;
  };
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  registry.intercept = undefined;
  const repository = await openIn(registry);
  const now = await repository.resolve('v1');
  if (killAt === Infinity) expect([exitCode, now?.digest === old.digest]).toEqual([0, false]);
  if (now && now.digest !== old.digest) expect((await repository.listReferrers(now.digest)).referrers).toHaveLength(2);
  await registry[Symbol.asyncDispose]();
  return writes;
}

/** Bytes that this process has read from files and elsewhere so far. */
async function bytesRead(): Promise<number> {
  const text = await readFile('/proc/self/io', 'utf8').catch(() => 'rchar: 0');
  return Number(/rchar: ([0-9]+)/.exec(text)?.[1]);
}

describe('pulling', () => {
  test('takes the name in the manifest if it is a plain one, and the repository’s otherwise', async () => {
    const { folder, run } = await scene();
    const registry = await startRegistry();
    for (const [title, wanted] of [
      ['nice name.sif', 'app.sif'],
      ['plain.sif', 'plain.sif'],
      ['..', 'app.sif'],
      ['-rf', 'app.sif'],
    ] as const) {
      await run(push, { 'subject-path': 'app.sif', reference: `${registry.host}/team/app:1`, title });
      const target = join(folder, 'into');
      await rm(target, { recursive: true, force: true });
      await import('node:fs/promises').then(({ mkdir }) => mkdir(target));
      const host = new FakeHost({ cwd: target, now: NOW });
      const pulled = await runCommand(pull, { reference: `${registry.host}/team/app:1` }, host);
      expect(pulled.outputs['image-path']).toBe(join(target, wanted));
      await host[Symbol.asyncDispose]();
    }
  });

  test('what is no SIF or not there is an error that says so', async () => {
    const { run } = await scene();
    const registry = await startRegistry();
    await pushImage(await openIn(registry), 'v1');
    await expect(run(pull, { reference: `${registry.host}/team/app:v1` })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_A_SIF',
    });
    await expect(run(pull, { reference: `${registry.host}/team/app:v2` })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    });
    await expect(run(pull, { reference: `${registry.host}/team/app` })).rejects.toMatchObject({
      code: 'REGISTRY_TAG_MISSING',
      exitCode: 2,
    });
    await expect(run(pull, { reference: 'oci:nowhere:1' })).rejects.toMatchObject({ exitCode: 3 });
  });

  test('a file that is there is not replaced unless allowed', async () => {
    const { folder, run } = await scene();
    const registry = await startRegistry();
    const reference = `${registry.host}/team/app:1`;
    await run(push, { 'subject-path': 'app.sif', reference });
    await writeFile(join(folder, 'mine.sif'), 'mine');
    await expect(run(pull, { reference, 'image-path': 'mine.sif' })).rejects.toMatchObject({
      code: 'USAGE_FILE_EXISTS',
    });
    expect((await run(pull, { reference, 'image-path': 'mine.sif', overwrite: 'true' })).exitCode).toBe(0);
  });
});
