// SPDX-License-Identifier: Apache-2.0
// Signing a stage while the image is being pushed: one read, and either everything happens or nothing.

import { closeSync, openSync, utimesSync, writeSync } from 'node:fs';
import { appendFile, copyFile, open, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { attachEvidence } from '../../src/stage/evidence.ts';
import { sha256 } from '../../src/base/bytes.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  NOW,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  signAs,
  verdictOf,
  x509Person,
} from '../support/layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { signedPush } from '../support/signed-push.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));

async function demoImage(): Promise<string> {
  const path = join(await temporaryFolder(), 'app.sif');
  await copyFile(DEMO, path);
  return path;
}

const people = {
  pgp: () => pgpPerson('alice'),
  ed25519: () => keyPerson('bob', 'ed25519'),
  p256: () => keyPerson('bob', 'p256'),
  p384: () => keyPerson('bob', 'p384'),
  x509: () => x509Person('carol'),
} as const;

describe.each(Object.keys(people) as (keyof typeof people)[])('signing with %s while pushing', (method) => {
  test('the file is read once and then is what was published', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const path = await demoImage();
    const person = await people[method]();
    const judge = await judgeTrusting([person]);
    const done = await signedPush(repository, path, { person, stage: 'author', judge, push: judge });
    expect(done).toMatchObject({ reads: 1, verdict: { verdict: 'passed' }, signing: { outcome: 'signed' } });
    const file = await readFile(path);
    expect(sha256(file)).toBe(done.sif?.layer);
    expect(registry.content.get(done.sif?.layer ?? '')?.equals(file)).toBe(true);
    expect(done.signing.where).toHaveLength(method === 'pgp' ? 2 : 1);
    expect(done.sif?.attached).toHaveLength(1);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
    expect((await repository.resolve('1.0'))?.digest).toBe(done.sif?.manifest.digest);
  });
});

describe('the last of three stages', () => {
  async function scene() {
    const [alice, bob, carol] = [await pgpPerson('alice'), await x509Person('bob'), await keyPerson('carol', 'p256')];
    const judge = await judgeBy(await policyFor([alice, bob, carol], pipeline('alice', 'bob', 'carol')));
    const path = await demoImage();
    const registry = await startRegistry();
    return { alice, bob, carol, judge, path, registry, repository: await openIn(registry) };
  }

  test('is signed on the way and all three are published', async () => {
    const { alice, bob, carol, judge, path, repository } = await scene();
    await signAs(path, alice, 'author', judge);
    await signAs(path, bob, 'security', judge);
    const by = { person: carol, stage: 'production', judge, push: judge };
    const done = await signedPush(repository, path, by);
    expect(done).toMatchObject({ reads: 1, verdict: { verdict: 'passed' } });
    expect(done.sif?.attached).toHaveLength(3);
    expect(sha256(await readFile(path))).toBe(done.sif?.layer);
  });

  test('is not signed when an earlier one is missing: nothing is published, the file is as it was', async () => {
    const { alice, carol, judge, path, registry, repository } = await scene();
    await signAs(path, alice, 'author', judge);
    const before = await readFile(path);
    const by = { person: carol, stage: 'production', judge, push: judge };
    const done = await signedPush(repository, path, by);
    expect(done).toMatchObject({ sif: undefined, signing: { outcome: 'refused' }, verdict: { verdict: 'failed' } });
    expect(registry.content.size).toBe(0);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('is not signed over data that the earlier stages did not see', async () => {
    const { alice, bob, carol, judge, path, registry, repository } = await scene();
    await signAs(path, alice, 'author', judge);
    await signAs(path, bob, 'security', judge);
    const altered = await readFile(path);
    altered[altered.indexOf('hsqs') + 200] = (altered[altered.indexOf('hsqs') + 200] ?? 0) ^ 1;
    await writeFile(path, altered);
    const by = { person: carol, stage: 'production', judge, push: judge };
    const done = await signedPush(repository, path, by);
    expect(done).toMatchObject({ sif: undefined, reads: 1, signing: { outcome: 'refused' } });
    expect(registry.content.size + registry.uploads.size).toBe(0);
    expect((await readFile(path)).equals(altered)).toBe(true);
  });

  test('an earlier one alone does not satisfy the policy: it is neither published nor kept', async () => {
    const { alice, judge, path, registry, repository } = await scene();
    const before = await readFile(path);
    const done = await signedPush(repository, path, { person: alice, stage: 'author', judge, push: judge });
    expect(done).toMatchObject({ sif: undefined, reads: 1, verdict: { verdict: 'failed' } });
    expect(registry.content.size + registry.uploads.size).toBe(0);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('somebody who may not sign it is refused', async () => {
    const { bob, judge, path, registry, repository } = await scene();
    const before = await readFile(path);
    await expect(
      signedPush(repository, path, { person: bob, stage: 'author', judge, push: judge }),
    ).rejects.toMatchObject({ code: 'STAGE_SIGNER_NOT_ALLOWED' });
    expect(registry.content.size).toBe(0);
    expect((await readFile(path)).equals(before)).toBe(true);
  });
});

test('signatures of any length find their place', async () => {
  const repository = await openIn(await startRegistry());
  const reads: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const person = await (round % 2 === 0 ? pgpPerson('alice') : keyPerson('bob', 'p384'));
    const judge = await judgeTrusting([person]);
    const path = await demoImage();
    const done = await signedPush(repository, path, { person, stage: 'author', judge, push: judge });
    expect(sha256(await readFile(path))).toBe(done.sif?.layer);
    reads.push(done.reads);
  }
  expect(reads.every((count) => count === 1)).toBe(true);
});

test('a cut connection changes neither the layer nor its digest', async () => {
  const registry = await startRegistry();
  registry.faults.dropUpload = { afterBytes: 60_000, times: 2, keep: true };
  const repository = await openIn(registry, { upload: { mode: 'chunked', chunkBytes: 65_536 } });
  const person = await pgpPerson('alice');
  const judge = await judgeTrusting([person]);
  const path = await demoImage();
  const done = await signedPush(repository, path, { person, stage: 'author', judge, push: judge });
  expect(done).toMatchObject({ reads: 1, verdict: { verdict: 'passed' } });
  expect(registry.content.get(done.sif?.layer ?? '')?.equals(await readFile(path))).toBe(true);
});

test('a registry that takes nothing leaves the file unsigned', async () => {
  const registry = await startRegistry();
  registry.faults.fail = { status: 500, times: Infinity, only: ({ method }) => method === 'PATCH' };
  const person = await pgpPerson('alice');
  const judge = await judgeTrusting([person]);
  const path = await demoImage();
  const before = await readFile(path);
  await expect(signedPush(await openIn(registry), path, { person, stage: 'author', judge })).rejects.toMatchObject({
    code: 'REGISTRY_UPLOAD_FAILED',
  });
  expect((await readFile(path)).equals(before)).toBe(true);
});

test('a file that somebody writes to meanwhile is neither published nor signed', async () => {
  const registry = await startRegistry();
  const person = await pgpPerson('alice');
  const judge = await judgeTrusting([person]);
  const path = await demoImage();
  registry.faults.fail = {
    status: 500,
    times: 1,
    only: ({ method }) => {
      if (method === 'PATCH') void touch(path);
      return false;
    },
  };
  await expect(signedPush(await openIn(registry), path, { person, stage: 'author', judge })).rejects.toMatchObject({
    code: expect.stringMatching(/CHANGED$/),
  });
  expect(registry.content.size).toBe(0);
});

async function touch(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.write(Buffer.from('x'), 0, 1, 40_000);
}

/** Evidence of several kinds by somebody in the lane of an image. */
async function withEvidence(path: string, { signer }: Person, count: number, typeLength: number): Promise<void> {
  const statements = Array.from({ length: count }, (_, index) => ({
    predicateType: `https://example.org/predicate/${index}/`.padEnd(typeLength, 'x'),
    predicate: { index },
  }));
  await attachEvidence({ path, statements, signer, now: NOW });
}

describe('an approval whose length depends on the data', () => {
  async function scene(evidence: number, typeLength = 0) {
    const [bob, kim] = [await keyPerson('bob', 'p256'), await keyPerson('kim', 'p384')];
    const judge = await judgeTrusting([bob, kim]);
    const path = await demoImage();
    await withEvidence(path, kim, evidence, typeLength);
    const registry = await startRegistry();
    const repository = await openIn(registry);
    return { bob, path, judge, registry, repository, by: { person: bob, stage: 'author', judge, push: judge } };
  }

  test('lists the evidence beside it, in one read', async () => {
    const { path, repository, by } = await scene(2);
    const done = await signedPush(repository, path, by);
    expect(done).toMatchObject({ reads: 1, verdict: { verdict: 'passed' }, signing: { remarks: [] } });
    expect(done.verdict?.evidence.map(({ status }) => status)).toEqual(['valid', 'valid']);
    expect(sha256(await readFile(path))).toBe(done.sif?.layer);
  });

  test('lists much of it in one read, too', async () => {
    const { path, repository, by } = await scene(12);
    const done = await signedPush(repository, path, by);
    expect(done).toMatchObject({ reads: 1, verdict: { verdict: 'passed' }, signing: { remarks: [] } });
    expect(sha256(await readFile(path))).toBe(done.sif?.layer);
  });

  test('is sent twice when it is longer than its place, and that is said', async () => {
    const { path, repository, by } = await scene(12, 1000);
    const done = await signedPush(repository, path, by);
    expect(done).toMatchObject({ reads: 2, verdict: { verdict: 'passed' }, signing: { outcome: 'signed' } });
    expect(done.signing.remarks.join()).toContain('sent twice');
    expect(sha256(await readFile(path))).toBe(done.sif?.layer);
  });

  test('leaves the file as it was when two reads come to nothing', async () => {
    const { path, registry, repository, by } = await scene(12, 1000);
    const before = await readFile(path);
    const other = await judgeBy(await policyFor([by.person], '  - { name: release, approvers: [bob] }'));
    const declined = await signedPush(repository, path, { ...by, push: other });
    expect(declined).toMatchObject({ sif: undefined, reads: 2, verdict: { verdict: 'failed' } });
    registry.faults.fail = { status: 500, times: Infinity, only: ({ method }) => method === 'PATCH' };
    await expect(signedPush(repository, path, by)).rejects.toMatchObject({ code: 'REGISTRY_UPLOAD_FAILED' });
    expect((await readFile(path)).equals(before)).toBe(true);
    expect(registry.content.size).toBe(0);
  });
});

test('a stage that is approved already is pushed as it is', async () => {
  const repository = await openIn(await startRegistry());
  const person = await keyPerson('bob', 'p256');
  const judge = await judgeTrusting([person]);
  const path = await demoImage();
  await signAs(path, person, 'author', judge);
  const before = await readFile(path);
  const again = await signedPush(repository, path, { person, stage: 'author', judge, push: judge });
  expect(again).toMatchObject({
    reads: 1,
    signing: { outcome: 'unchanged', remarks: [] },
    sif: { layer: sha256(before) },
  });
  expect((await readFile(path)).equals(before)).toBe(true);
});

test.each([1, 200, 100_000])(
  '%s bytes after the last object stay where nothing is written over them',
  async (length) => {
    const repository = await openIn(await startRegistry());
    const person = await pgpPerson('alice');
    const judge = await judgeTrusting([person]);
    const path = await demoImage();
    await appendFile(path, Buffer.alloc(length, 'z'));
    const done = await signedPush(repository, path, { person, stage: 'author', judge, push: judge });
    expect(done).toMatchObject({ reads: 1, verdict: { verdict: 'passed' } });
    expect(sha256(await readFile(path))).toBe(done.sif?.layer);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  },
);

test('when one of several tags fails, the file has the layer that the others show', async () => {
  const registry = await startRegistry();
  registry.faults.fail = { status: 403, times: Infinity, only: ({ url }) => url?.endsWith('/manifests/2.0') === true };
  const person = await pgpPerson('alice');
  const judge = await judgeTrusting([person]);
  const path = await demoImage();
  const repository = await openIn(registry);
  await expect(
    signedPush(repository, path, { person, stage: 'author', judge }, { tags: ['1.0', '2.0'] }),
  ).rejects.toMatchObject({ status: 403, message: expect.stringContaining('has the tags 1.0, but not 2.0') });
  const file = await readFile(path);
  expect(registry.content.get(sha256(file))?.equals(file)).toBe(true);
  expect((await verdictOf(path, judge)).verdict).toBe('passed');
});

test('an earlier layer that is altered while it is sent is not published', async () => {
  const registry = await startRegistry();
  const [alice, bob] = [await keyPerson('alice'), await keyPerson('bob')];
  const judge = await judgeTrusting([alice, bob]);
  const path = await demoImage();
  await signAs(path, alice, 'author', judge);
  const before = await readFile(path);
  const at = before.lastIndexOf('"payload":"') + 30;
  // A time that can be put back exactly, as somebody with intent would.
  const time = new Date('2026-11-22T11:00:00Z');
  await utimes(path, time, time);
  registry.faults.fail = {
    status: 500,
    times: 1,
    only: ({ method }) => {
      if (method === 'PATCH') {
        const file = openSync(path, 'r+');
        writeSync(file, Uint8Array.of((before[at] ?? 0) ^ 1), 0, 1, at);
        closeSync(file);
        utimesSync(path, time, time);
      }
      return false;
    },
  };
  const by = { person: bob, stage: 'security', judge, push: judge };
  await expect(signedPush(await openIn(registry), path, by)).rejects.toMatchObject({
    code: expect.stringMatching(/CHANGED$/),
  });
  expect(registry.repos.get('team/app')?.tags.size ?? 0).toBe(0);
});

test('an altered layer is not signed over, even without a policy', async () => {
  const registry = await startRegistry();
  const [alice, bob] = [await keyPerson('alice'), await keyPerson('bob')];
  const judge = await judgeTrusting([bob]);
  const path = await demoImage();
  await signAs(path, alice, 'author', await judgeTrusting([alice]));
  const altered = await readFile(path);
  altered.write('X', altered.indexOf('countersign/approval/author/') + 30);
  await writeFile(path, altered);
  const by = { person: bob, stage: 'security', judge };
  await expect(signedPush(await openIn(registry), path, by)).rejects.toMatchObject({ code: 'STAGE_IMAGE_BROKEN' });
  expect((await readFile(path)).equals(altered)).toBe(true);
  expect(registry.content.size).toBe(0);
});
