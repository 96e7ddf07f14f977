// SPDX-License-Identifier: Apache-2.0
// Signing while pushing, when file, registry or an earlier layer are not what they seemed: what was signed over is what
// was sent, and the file has its layer exactly if a tag shows it.

import { appendFileSync, closeSync, openSync, utimesSync, writeSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { attachEvidence } from '../../src/stage/evidence.ts';
import { laneObject } from '../../src/image/sif/lane.ts';
import { sha256 } from '../../src/base/bytes.ts';
import { encodePae, parseBundle } from '../../src/attest/bundle.ts';
import { encodeBundle } from '../../src/attest/sign.ts';
import { appendObjects } from '../../src/sif/edit/append.ts';
import { imageIn, laneNamesIn } from '../support/lane-bundles.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  NOW,
  type Person,
  pgpPerson,
  policyFor,
  signAs,
  verdictOf,
} from '../support/layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import type { TestRegistry } from '../support/registry-server.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { signedPush } from '../support/signed-push.ts';
import { temporaryFile } from '../support/temporary.ts';

/** A time that can be put back exactly, as somebody with intent would. */
const TIME = new Date('2026-11-22T11:00:00Z');

/** Changes one byte of a file and lets it look as old as before. */
function alterUnseen(path: string, at: number, value: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Uint8Array.of(value), 0, 1, at);
  closeSync(file);
  utimesSync(path, TIME, TIME);
}

/** Does something once, when the first request of this kind comes. */
function atFirst(registry: TestRegistry, method: string, act: () => void): void {
  let done = false;
  registry.intercept = (request) => {
    if (!done && request.method === method) {
      done = true;
      act();
    }
    return false;
  };
}

describe('an earlier approval that is exchanged after it was verified', () => {
  async function scene() {
    const [alice, bob] = [await keyPerson('alice'), await keyPerson('bob')];
    const policy = '  - { name: author, approvers: [alice] }\n  - { name: production, approvers: [bob] }';
    const judge = await judgeBy(await policyFor([alice, bob], policy));
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, alice, 'author', judge);
    return { bob, judge, path, registry: await startRegistry() };
  }

  test.each([1, 2])('is not signed over, in %i reads', async (reads) => {
    const { bob, judge, path, registry } = await scene();
    if (reads === 2) await withMuchEvidence(path, bob);
    await utimes(path, TIME, TIME);
    const before = await readFile(path);
    const at = before.indexOf('"sig":"') + 20;
    atFirst(registry, 'POST', () => alterUnseen(path, at, before[at] === 65 ? 66 : 65));
    const by = { person: bob, stage: 'production', judge };
    await expect(signedPush(await openIn(registry), path, by)).rejects.toMatchObject({
      code: 'REGISTRY_SOURCE_CHANGED',
    });
    expect(registry.repo('team/app').tags.size).toBe(0);
    expect(await laneNamesIn(path)).not.toContain('countersign/approval/production');
  });
});

test('only what is published is signed', async () => {
  const { person, signed } = counting(await keyPerson('alice', 'p256'));
  const judge = await judgeTrusting([person]);
  const path = await temporaryFile(typicalSif().bytes());
  const done = await signedPush(await openIn(await startRegistry()), path, { person, stage: 'author', judge });
  expect(done).toMatchObject({ reads: 1, signing: { outcome: 'signed' } });
  expect(signed()).toBe(1);
});

/** So much that an approval which lists it does not fit the place reserved for it. */
async function withMuchEvidence(path: string, { signer }: Person): Promise<void> {
  const statements = Array.from({ length: 12 }, (_, index) => ({
    predicateType: `https://example.org/predicate/${index}/`.padEnd(1000, 'x'),
    predicate: { index },
  }));
  await attachEvidence({ path, statements, signer, now: NOW });
}

/** Counts the statements that somebody signs. */
function counting(person: Person): { readonly person: Person; signed: () => number } {
  let signed = 0;
  const { signer } = person;
  const signPae: typeof signer.signPae = (...args) => {
    signed += 1;
    return signer.signPae(...args);
  };
  return { person: { ...person, signer: { ...signer, signPae } }, signed: () => signed };
}

describe('an approval that is there but not for these data', () => {
  const twoGroups = () => typicalSif().withPartition(new Uint8Array(9000), { group: 2 }).bytes();

  /** Changes the last byte of the second group's partition. */
  async function alterSecondGroup(path: string): Promise<Buffer> {
    const image = await imageIn(path);
    const bytes = await readFile(path);
    const object = image.objects.find(({ group }) => group === 2);
    if (!object) throw new Error('no second group');
    bytes.writeUInt8(1, object.offset + object.sizeBytes - 1);
    await writeFile(path, bytes);
    return bytes;
  }

  test('is an altered image without a policy: found in one read, nothing published', async () => {
    const alice = await keyPerson('alice');
    const judge = await judgeTrusting([alice]);
    const path = await temporaryFile(twoGroups());
    await signAs(path, alice, 'author', judge);
    const altered = await alterSecondGroup(path);
    const registry = await startRegistry();
    const { person, signed } = counting(alice);
    const pushing = signedPush(await openIn(registry), path, { person, stage: 'author', judge });
    await expect(pushing).rejects.toMatchObject({ code: 'STAGE_IMAGE_BROKEN' });
    expect(registry.count('PATCH', /./)).toBe(1);
    expect(signed()).toBe(0);
    expect(registry.content.size + registry.uploads.size).toBe(0);
    expect((await readFile(path)).equals(altered)).toBe(true);
  });

  test('and that says nothing wrong either: the image is sent once more with a new one', async () => {
    const alice = await keyPerson('alice', 'p256');
    const judge = await judgeTrusting([alice]);
    const path = await temporaryFile(twoGroups());
    await appendObjects(path, [laneObject('approval', 'author', await halfBlind(alice))], { now: NOW });
    await alterSecondGroup(path);
    const registry = await startRegistry();
    const { person, signed } = counting(alice);
    const by = { person, stage: 'author', judge, push: judge };
    const done = await signedPush(await openIn(registry), path, by);
    expect(done).toMatchObject({ reads: 2, signing: { outcome: 'signed' }, verdict: { verdict: 'passed' } });
    expect(done.signing.remarks.join()).toContain('sent twice: its present approval does not count');
    expect(signed()).toBe(1);
    expect(registry.count('PATCH', /./)).toBe(2);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  /** An approval whose subject for the second group cannot be told from a digest of something else. */
  async function halfBlind({ signer, ...person }: Person): Promise<Uint8Array> {
    const path = await temporaryFile(twoGroups());
    await signAs(path, { signer, ...person }, 'author', await judgeTrusting([{ signer, ...person }]));
    const image = await imageIn(path);
    const object = image.objects.findLast(({ name }) => name.startsWith('countersign/approval/'));
    if (!object) throw new Error('no approval');
    const bytes = await image.source.read(object.offset, object.sizeBytes);
    const { payload, payloadType } = parseBundle(bytes).envelope;
    const statement = JSON.parse(Buffer.from(payload).toString());
    statement.subject[1].name = 'other';
    const changed = Buffer.from(JSON.stringify(statement));
    const signature = await signer.signPae(encodePae(payloadType, changed), NOW);
    return encodeBundle({ material: signer.material, payload: changed, payloadType, signature });
  }
});

describe('a tag whose fate is not told by the answer', () => {
  async function scene() {
    const alice = await pgpPerson('alice');
    const judge = await judgeTrusting([alice]);
    const path = await temporaryFile(typicalSif().bytes());
    const registry = await startRegistry();
    const by = { person: alice, stage: 'author', judge, push: judge };
    const tags = () => [...registry.repo('team/app').tags.keys()].filter((tag) => tag.length < 4);
    return { path, registry, by, before: await readFile(path), repository: await openIn(registry), tags };
  }

  const isTag = (url: string | undefined, tag = '1.0') => url?.endsWith(`/manifests/${tag}`) === true;

  test('moved before the connection broke: the push went well', async () => {
    const { path, registry, by, repository, tags } = await scene();
    registry.intercept = ({ method, url }, response) => {
      if (method === 'PUT' && isTag(url)) response.end = () => response.destroy();
      return false;
    };
    const done = await signedPush(repository, path, by);
    expect(tags()).toEqual(['1.0']);
    expect(sha256(await readFile(path))).toBe(done.sif?.layer);
  });

  test('moved, and cannot be read afterwards: the file has the layer, and the error the digest', async () => {
    const { path, registry, by, before, repository, tags } = await scene();
    registry.faults.fail = { status: 403, times: Infinity, only: ({ method, url }) => method !== 'PUT' && isTag(url) };
    const file = async () => sha256(await readFile(path));
    const error = await signedPush(repository, path, by).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      status: 403,
      message: expect.stringMatching(
        /^app\.sif has its layer \(object 4, object 5\): the image is published as .*\/team\/app@sha256:[0-9a-f]{64} and was given the tags 1\.0: /,
      ),
    });
    expect(tags()).toEqual(['1.0']);
    expect((await readFile(path)).equals(before)).toBe(false);
    expect(registry.content.has(await file())).toBe(true);
  });

  test.each(['403', 'cut'])('did not move (%s): the file is as it was, and the image there by digest', async (how) => {
    const { path, registry, by, before, repository, tags } = await scene();
    registry.intercept = ({ method, url }, response) => {
      if (method !== 'PUT' || !isTag(url)) return false;
      if (how === '403') response.writeHead(403).end();
      else response.destroy();
      return true;
    };
    await expect(signedPush(repository, path, by)).rejects.toMatchObject({
      message: expect.stringMatching(/^the image is published as .*@sha256:[0-9a-f]{64}, but not as 1\.0: /),
    });
    expect(tags()).toEqual([]);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('when a later tag fails, the error tells what the file has', async () => {
    const { path, registry, by, repository } = await scene();
    registry.faults.fail = { status: 403, times: Infinity, only: ({ url }) => isTag(url, '2.0') };
    await expect(signedPush(repository, path, by, { tags: ['1.0', '2.0'] })).rejects.toMatchObject({
      message: expect.stringMatching(/^app\.sif has its layer \(object 4, object 5\): .* 1\.0, but not 2\.0: /),
    });
  });

  test('and why it has nothing', async () => {
    const { path, registry, by, before, repository } = await scene();
    registry.intercept = ({ method, url }, response) => {
      if (method === 'PUT' && isTag(url)) appendFileSync(path, 'x');
      if (!isTag(url, '2.0')) return false;
      response.writeHead(403).end();
      return true;
    };
    await expect(signedPush(repository, path, by, { tags: ['1.0', '2.0'] })).rejects.toMatchObject({
      message: expect.stringMatching(/^the layer was published but not added to app\.sif: .* 1\.0, but not 2\.0: /),
    });
    expect((await readFile(path)).length).toBe(before.length + 1);
  });
});
