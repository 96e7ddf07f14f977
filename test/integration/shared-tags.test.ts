// SPDX-License-Identifier: Apache-2.0
// The tags that several writers share, where others wrote them in their own way or the registry lets nobody change them:
// a stage signed there counts, whatever becomes of the tag, and what was in it stays.

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDigest, sha256, utf8 } from '../../src/base/bytes.ts';
import { command as push } from '../../src/commands/push-oras/push-oras.ts';
import { command as attest } from '../../src/commands/scan-attest/scan-attest.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { cosignTag } from '../../src/oci/cosign/cosign.ts';
import { EMPTY_CONFIG, makeManifest, parseManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { referrersTag } from '../../src/oci/reference.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { ownTag } from '../../src/oci/referrers/referrers.ts';
import type { StageResult } from '../../src/stage/stage.ts';
import { repairImage } from '../../src/transfer/repair.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeBy, judgeTrusting, keyPerson, type Person, pipeline, policyFor, signAs } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely, statuses, verdictOn } from '../support/registry-layers.ts';
import type { RegistryOptions, TestRegistry } from '../support/registry-server.ts';
import { openIn, referrerTo, startRegistry, testClock } from '../support/registry-session.ts';
import { newKey, runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { codeOf } from '../support/signing.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { beforeAll, describe, expect, test } from 'vitest';

const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

let people: readonly [Person, Person, Person];
let judge: Criteria;

beforeAll(async () => {
  people = [await keyPerson('ada', 'p256'), await keyPerson('sam', 'p256'), await keyPerson('pat', 'p256')];
  judge = await judgeBy(await policyFor(people, pipeline('ada', 'sam', 'pat')));
});

async function scene(options: RegistryOptions = {}) {
  const registry = await startRegistry(options);
  const repository = await openIn(registry);
  const image = await pushOciImage(repository, { tag: 'v1' });
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  return { registry, repository, image, reference: image.digest };
}

async function approve(registry: TestRegistry, reference: string): Promise<readonly StageResult[]> {
  const results: StageResult[] = [];
  for (const [index, stage] of ['author', 'security', 'production'].entries())
    results.push(
      await signRemotely({ repository: await openIn(registry), reference }, personAt(index), stage, { judge }),
    );
  return results;
}

function personAt(index: number): Person {
  const person = people[index];
  if (!person) throw new Error(`no person ${index}`);
  return person;
}

/** Somebody else's signature tag, in docker's media types. */
async function dockerTag(repository: Repository, image: Manifest): Promise<string> {
  const [payload, config] = [utf8('{"theirs":true}'), utf8('{"os":"theirs"}')];
  for (const blob of [payload, config]) await repository.pushBlob(sha256(blob), memoryBlob(blob));
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.dockerManifest,
    config: { mediaType: DOCKER_CONFIG, size: config.length, digest: sha256(config) },
    layers: [
      { mediaType: 'x/theirs', size: payload.length, digest: sha256(payload), annotations: { note: 'theirs' }, own: 1 },
    ],
  };
  const tag = cosignTag(image.digest, 'sig');
  await repository.putManifest(makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.dockerManifest), tag);
  return tag;
}

describe('a signature tag that others wrote', () => {
  test('keeps its media types and its layers word for word', async () => {
    const { repository, image, reference } = await scene();
    const tag = await dockerTag(repository, image);
    const { outcome } = await signRemotely({ repository, reference }, personAt(0), 'author', { judge });
    expect(outcome).toBe('signed');
    const after = await repository.getManifest(tag);
    expect(after?.mediaType).toBe(MEDIA_TYPE.dockerManifest);
    const document = JSON.parse(Buffer.from(after?.bytes ?? []).toString());
    expect(document).toMatchObject({ mediaType: MEDIA_TYPE.dockerManifest, config: { mediaType: DOCKER_CONFIG } });
    expect(document.layers).toHaveLength(2);
    expect(document.layers[0]).toMatchObject({ annotations: { note: 'theirs' }, own: 1 });
    const verdict = await verdictOn({ repository, reference }, judge);
    expect(statuses(verdict, 'cosign')).toEqual(['valid']);
  });

  test('with odd layers takes signatures all the same', async () => {
    const { registry, repository, image, reference } = await scene();
    const tag = await dockerTag(repository, image);
    const document = JSON.parse(Buffer.from((await repository.getManifest(tag))?.bytes ?? []).toString());
    const [layer] = document.layers;
    const odd = { ...document, layers: [{ ...layer, mediaType: undefined, annotations: { note: null } }] };
    registry.addManifest('team/app', utf8(JSON.stringify(odd)), { type: MEDIA_TYPE.dockerManifest, tag });
    await signRemotely({ repository, reference }, personAt(0), 'author', { judge });
    const after = JSON.parse(Buffer.from((await repository.getManifest(tag))?.bytes ?? []).toString());
    expect(after.layers).toHaveLength(2);
    expect(after.layers[0]).toEqual(odd.layers[0]);
  });

  test('whose config is gone takes signatures all the same', async () => {
    const { registry, repository, image, reference } = await scene();
    const tag = await dockerTag(repository, image);
    registry.repo('team/app').blobs.delete(sha256(utf8('{"os":"theirs"}')));
    await signRemotely({ repository, reference }, personAt(0), 'author', { judge });
    const after = await repository.getManifest(tag);
    expect(after && parseManifest(after, 'the tag').layers).toHaveLength(2);
  });

  test('is not written into when it is an index', async () => {
    const { repository, image, reference } = await scene();
    const index = utf8(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }));
    await repository.putManifest(makeManifest(index, MEDIA_TYPE.index), cosignTag(image.digest, 'sig'));
    const signing = signRemotely({ repository, reference }, personAt(0), 'author', { judge });
    expect(await codeOf(signing)).toBe('REGISTRY_REFERRERS_TAG_TAKEN');
  });
});

test('a list of referrers with odd entries takes ours all the same', async () => {
  const { registry, repository, image, reference } = await scene();
  const tag = referrersTag(image.digest);
  const entry = { digest: image.digest, size: 1, annotations: { note: null } };
  const list = utf8(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [entry, {}] }));
  registry.addManifest('team/app', list, { type: MEDIA_TYPE.index, tag });
  await signRemotely({ repository, reference }, personAt(0), 'author', { judge });
  const after = JSON.parse(Buffer.from((await repository.getManifest(tag))?.bytes ?? []).toString());
  expect(after.manifests).toHaveLength(3);
  expect(after.manifests.slice(0, 2)).toEqual([entry, {}]);
});

test('a list of referrers with an entry that somebody deleted takes ours, where the registry takes no such list', async () => {
  const { registry, repository, image, reference } = await scene({ checkIndexes: true });
  const theirs = [referrerTo(image, '1'), referrerTo(image, '2')];
  for (const one of theirs) await repository.attachReferrer(one);
  const [deleted, kept] = theirs.map(({ digest }) => digest);
  const { tags, manifests } = registry.repo('team/app');
  manifests.delete(deleted ?? '');
  for (const [tag, digest] of tags) if (digest === deleted) tags.delete(tag);
  await signRemotely({ repository: await openIn(registry), reference }, personAt(0), 'author', { judge });
  const list = manifests.get(tags.get(referrersTag(image.digest)) ?? '');
  expect(list?.bytes.toString()).toContain(kept);
  expect(JSON.parse(String(list?.bytes)).manifests).toHaveLength(2);
});

test.each([
  ['a page in place of an answer', false],
  ['an answer that lies', true],
])('with %s to the write of an approval nothing is replaced', async (_, digest) => {
  for (const checkIndexes of [false, true]) {
    const { registry, repository, image, reference } = await scene({ checkIndexes });
    const [person] = people;
    await signRemotely({ repository, reference }, person, 'author', { judge });
    const before = new Set(registry.repo('team/app').manifests.keys());
    registry.intercept = (request, response) => {
      const isOwn = request.method === 'PUT' && request.url?.includes('.countersign-');
      if (!isOwn) return false;
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => {
        if (digest) response.setHeader('docker-content-digest', `sha256:${hash.digest('hex')}`);
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      });
      request.resume();
      return true;
    };
    const again = signRemotely({ repository: await openIn(registry), reference }, person, 'author', {
      judge,
      replace: true,
      reason: 'again',
    });
    expect(await codeOf(again)).toBe(digest ? 'REGISTRY_REFERRER_NOT_LISTED' : 'REGISTRY_ANSWER_INVALID');
    registry.intercept = undefined;
    for (const one of before) expect(registry.repo('team/app').manifests.has(one)).toBe(true);
    expect((await repository.listReferrers(image.digest)).referrers).toHaveLength(1);
  }
});

test('what cannot be taken out of the list of referrers is not deleted either', async () => {
  const { registry, repository, image } = await scene();
  const [old, next] = [referrerTo(image, '1'), referrerTo(image, '2')];
  for (const one of [old, next]) await repository.attachReferrer(one);
  let unread = true;
  registry.intercept = ({ method, url }, response) => {
    if (!unread || method !== 'GET' || !url?.endsWith(`/manifests/${referrersTag(image.digest)}`)) return false;
    unread = false;
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    return true;
  };
  expect(await codeOf((await openIn(registry)).detachReferrer(old, next))).toBe('REGISTRY_REPLACE_INCOMPLETE');
  expect(registry.repo('team/app').manifests.has(old.digest)).toBe(true);
  await repository.detachReferrer(old, next);
  expect(registry.repo('team/app').manifests.has(old.digest)).toBe(false);
});

describe.each([400, 403, 405, 409, 412, 422])('tags that must not change (%d)', (status) => {
  test('do not keep a stage from being signed, and a warning says who does not see it', async () => {
    const { registry, reference, image } = await scene({ etags: status === 412 });
    registry.faults.immutableTags = status;
    const [first, ...later] = await approve(registry, reference);
    expect(first).toMatchObject({ outcome: 'signed', remarks: [] });
    for (const { outcome, remarks } of later) {
      expect(outcome).toBe('signed');
      expect(remarks).toHaveLength(2);
      for (const tag of [referrersTag(image.digest), cosignTag(image.digest, 'sig')])
        expect(remarks.some((remark) => remark.includes(`the tag ${tag} change`))).toBe(true);
      for (const remark of remarks) expect(remark).toContain('REGISTRY_TAG_IMMUTABLE');
    }
    const repository = await openIn(registry);
    expect((await verdictOn({ repository, reference }, judge)).verdict).toBe('passed');
    const again = await signRemotely({ repository, reference }, personAt(1), 'security', { judge });
    expect(again).toMatchObject({ outcome: 'unchanged', where: [] });
    expect(again.remarks.join()).toContain('REGISTRY_TAG_IMMUTABLE');
  });
});

function warningsIn({ log }: FakeHost): readonly string[] {
  const texts = log.flatMap(({ level, text }) => (level === 'warning' ? [text] : []));
  return texts.filter((text) => text.includes('REGISTRY_TAG_IMMUTABLE'));
}

describe('where tags must not change', () => {
  test('a layer that is attached again is there already', async () => {
    const { registry, repository, image } = await scene();
    const [one, two] = [referrerTo(image, '1'), referrerTo(image, '2')];
    expect(await repository.attachReferrer(one)).toBeUndefined();
    registry.faults.immutableTags = 400;
    for (let time = 0; time < 2; time += 1)
      expect(await repository.attachReferrer(two)).toMatchObject({ code: 'REGISTRY_TAG_IMMUTABLE', status: undefined });
    expect((await (await openIn(registry)).listReferrers(image.digest)).referrers).toHaveLength(2);
  });

  test('a tag of our own with other content is an error, as the layer would not be found', async () => {
    const { registry, repository, image } = await scene();
    const layer = referrerTo(image, '1');
    await repository.putManifest(image, ownTag(image.digest, layer.digest));
    registry.faults.immutableTags = 400;
    expect(await codeOf(repository.attachReferrer(layer))).toBe('REGISTRY_REQUEST_REFUSED');
  });

  test('a file is published with its layers, all of them found', async () => {
    const registry = await startRegistry();
    registry.faults.immutableTags = 409;
    const path = await temporaryFile(typicalSif().bytes());
    const trusting = await judgeTrusting(people);
    for (const person of people) await signAs(path, person, person.name, trusting);
    const host = new FakeHost({ cwd: await temporaryFolder() });
    const pushed = await runCommand(push, { 'subject-path': path, reference: `${registry.host}/team/app:v1` }, host);
    expect(pushed.exitCode, pushed.text).toBe(0);
    const warnings = warningsIn(host);
    expect(warnings).toHaveLength(2);
    const { referrers } = await (await openIn(registry)).listReferrers(parseDigest(String(pushed.outputs['digest'])));
    expect(referrers).toHaveLength(3);
  });

  test('evidence is attached, with the same warning', async () => {
    const { registry, reference } = await scene();
    const folder = await temporaryFolder();
    const host = new FakeHost({ cwd: folder });
    const texts = { 'subject-name': `${registry.host}/team/app@${reference}`, 'signing-method': 'key', key: newKey() };
    for (const [at, name] of ['one', 'two'].entries()) {
      registry.faults.immutableTags = 400;
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ name }));
      const predicate = { 'predicate-path': `${name}.json`, 'predicate-type': `https://example.org/${name}` };
      const { exitCode, text } = await runCommand(attest, { ...texts, ...predicate }, host);
      expect(exitCode, text).toBe(0);
      expect(warningsIn(host)).toHaveLength(at);
    }
  });

  test('repairing says that nothing can be repaired', async () => {
    const { registry, repository, reference } = await scene();
    registry.faults.immutableTags = 400;
    await approve(registry, reference);
    const image = await openRegistryImage(repository, reference);
    expect(await codeOf(repairImage(image, repository, testClock()))).toBe('REGISTRY_TAG_IMMUTABLE');
  });

  test('a refusal to make the tag is one for good', async () => {
    const { registry, repository, reference } = await scene();
    registry.intercept = (request, response) => {
      if (request.method !== 'PUT' || !/manifests\/sha256-[0-9a-f]+$/.test(request.url ?? '')) return false;
      request.resume();
      response.writeHead(403).end();
      return true;
    };
    const signing = signRemotely({ repository, reference }, personAt(0), 'author', { judge });
    expect(await codeOf(signing)).toBe('REGISTRY_FORBIDDEN');
  });
});
