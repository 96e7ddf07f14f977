// SPDX-License-Identifier: Apache-2.0
// What is attached to an image may be anybody's, and a registry may lie or fail: the right verdict, or an error that
// says what is wrong, and never a download of gigabytes.

import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { publishSif } from '../../src/transfer/publish.ts';
import { readAttachments } from '../../src/image/registry/attachments.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import type { Criteria } from '../../src/image/verify.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type Digest, sha256, utf8 } from '../../src/base/bytes.ts';
import { bundleManifest, memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { cosignTag, encodeSimpleSigning, PAYLOAD_TYPE as PAYLOAD, SIGNATURE } from '../../src/oci/cosign/cosign.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { openRepository } from '../../src/oci/open.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { createSif } from '../support/create-sif.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { CountingProxy } from '../support/counting-proxy.ts';
import {
  judgeBy,
  keyPerson,
  messagesOf,
  NOW,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  problemsOf,
  signAs,
  stagesOf,
} from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { type Located, signRemotely, statuses, verdictOn } from '../support/registry-layers.ts';
import type { RegistryOptions, TestRegistry } from '../support/registry-server.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { codeOf } from '../support/signing.ts';
import { temporaryFolder } from '../support/temporary.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const MIB = 1024 * 1024;
const PASSED = { author: 'passed', security: 'passed', production: 'passed' };

let people: readonly [Person, Person, Person];
let judge: Criteria;

beforeAll(async () => {
  people = [
    await keyPerson('author', 'p256'),
    await keyPerson('security', 'p256'),
    await keyPerson('production', 'p256'),
  ];
  judge = await judgeBy(await policyFor(people, pipeline('author', 'security', 'production')));
});

interface Scene extends Located {
  readonly registry: TestRegistry;
  readonly image: Manifest;
}

async function scene(options: RegistryOptions = {}): Promise<Scene> {
  const registry = await startRegistry(options);
  const repository = await openIn(registry);
  const image = await pushOciImage(repository, { tag: 'v1' });
  return { registry, repository, image, reference: image.digest };
}

async function approve(at: Located, stages: readonly string[] = ['author', 'security', 'production']): Promise<void> {
  for (const person of people) if (stages.includes(person.name)) await signRemotely(at, person, person.name, { judge });
}

/** The verdict as a newcomer finds it. */
async function verdictIn({ registry, reference }: Scene): Promise<ImageVerdict> {
  return verdictOn({ repository: await openIn(registry), reference }, judge);
}

/** Attaches bytes as a bundle, whatever they are. */
async function attach(repository: Repository, subject: Manifest, bytes: Uint8Array): Promise<Manifest> {
  const { mediaType, digest } = subject;
  const descriptor = { mediaType, digest, size: subject.bytes.length };
  const bundle = { bytes, mediaType: BUNDLE, predicateType: 'x', createdAt: NOW };
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  const manifest = bundleManifest(bundle, descriptor);
  await repository.attachReferrer(manifest);
  return manifest;
}

/** Bytes of the bundles attached to an image. */
async function bundlesOn(repository: Repository, digest: Digest): Promise<readonly Uint8Array[]> {
  return (await readAttachments(await openRegistryImage(repository, digest))).bundles.map(({ bytes }) => bytes);
}

/** The repository behind a proxy that counts. */
async function openCounted({ host }: TestRegistry) {
  const proxy = await CountingProxy.start(host);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const options = { access: 'pull', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(`${proxy.host}/team/app`, options);
  return { proxy, repository };
}

async function failure(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const text = (name: string): string => {
    const value: unknown = error instanceof Object ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { code: text('code'), message: text('message'), hint: text('hint') };
}

describe.each([
  ['the referrers API', { referrersApi: true }],
  ['no referrers API', {}],
] as const)('on a registry with %s', (_, options) => {
  test('three approvals pass; each is needed', async () => {
    const here = await scene(options);
    await approve(here, ['author', 'security']);
    expect(stagesOf(await verdictIn(here))).toEqual({ ...PASSED, production: 'missing' });
    await approve(here, ['production']);
    const verdict = await verdictIn(here);
    expect(stagesOf(verdict)).toEqual(PASSED);
    expect(statuses(verdict, 'cosign')).toEqual(['valid', 'valid', 'valid']);
  });

  test('an approval of another image does not count, and harms nobody', async () => {
    const here = await scene(options);
    const other = await pushOciImage(here.repository, { label: 'other' });
    await approve({ ...here, reference: other.digest }, ['author']);
    for (const bytes of await bundlesOn(here.repository, other.digest))
      await attach(here.repository, here.image, bytes);
    const copied = await verdictIn(here);
    expect(stagesOf(copied)).toMatchObject({ author: 'failed' });
    expect(statuses(copied, 'bundle')).toEqual(['invalid']);
    expect(messagesOf(copied).join()).toContain('copied from another image');
    await approve(here);
    expect(stagesOf(await verdictIn(here))).toEqual(PASSED);
  });

  test('an approval with one byte changed is invalid, and harms nobody', async () => {
    const here = await scene(options);
    await approve(here);
    const [bytes] = await bundlesOn(here.repository, here.image.digest);
    const text = Buffer.from(bytes ?? []).toString();
    const sig = /"sig":"([^"]+)"/.exec(text)?.[1] ?? '';
    const changed = `${sig.slice(0, 20)}${sig[20] === 'A' ? 'B' : 'A'}${sig.slice(21)}`;
    await attach(here.repository, here.image, Buffer.from(text.replace(sig, changed)));
    const verdict = await verdictIn(here);
    expect(statuses(verdict, 'bundle').toSorted()).toEqual(['invalid', 'valid', 'valid', 'valid']);
    expect(verdict.verdict).toBe('passed');
  });

  test('garbage beside the approvals is named and harms nobody', async () => {
    const here = await scene(options);
    await approve(here);
    for (const garbage of ['', '{}', '[[[[', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}'])
      await attach(here.repository, here.image, Buffer.from(garbage.padEnd(3)));
    const verdict = await verdictIn(here);
    expect(verdict.verdict).toBe('passed');
    expect(statuses(verdict, 'bundle').filter((status) => status === 'unreadable')).toHaveLength(4);
  });

  test('a removed approval is missed by the later ones', async () => {
    const here = await scene(options);
    await approve(here);
    const repo = here.registry.repo('team/app');
    for (const [digest, { bytes }] of repo.manifests)
      if (/stage[\\":]+security/.test(bytes.toString())) {
        repo.manifests.delete(digest);
        for (const [tag, target] of repo.tags) if (target === digest) repo.tags.delete(tag);
      }
    const verdict = await verdictIn(here);
    expect(verdict.verdict).toBe('failed');
    expect(problemsOf(verdict)).toContain('LAYER_REMOVED');
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed', security: 'missing' });
  });

  test('a thousand referrers are looked at, one more and nothing is decided', async () => {
    const here = await scene(options);
    await approve(here);
    const repo = here.registry.repo('team/app');
    const entries = Array.from({ length: 998 }, (__, number) => {
      const { mediaType, digest } = here.image;
      const document = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.manifest,
        artifactType: 'application/x.noise',
        config: { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest },
        layers: [{ mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest }],
        subject: { mediaType, digest, size: here.image.bytes.length },
        annotations: { number: String(number) },
      };
      const bytes = utf8(JSON.stringify(document));
      here.registry.addManifest('team/app', bytes, { type: MEDIA_TYPE.manifest });
      return { mediaType: MEDIA_TYPE.manifest, digest: sha256(bytes), size: bytes.length };
    });
    const list = (entry: typeof entries): void => {
      const tag = here.image.digest.replace(':', '-');
      const present = repo.manifests.get(repo.tags.get(tag) ?? '');
      const before: { manifests: unknown[] } = present ? JSON.parse(present.bytes.toString()) : { manifests: [] };
      const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [...before.manifests, ...entry] };
      here.registry.addManifest('team/app', utf8(JSON.stringify(index)), { type: MEDIA_TYPE.index, tag });
    };
    const [last, ...rest] = entries;
    if (last) repo.manifests.delete(last.digest);
    list(rest);
    expect((await verdictIn(here)).verdict).toBe('passed');
    if (last) list([last]);
    const cut = await verdictIn(here);
    expect(problemsOf(cut)).toContain('REGISTRY_ATTACHED_TOO_LARGE');
  });

  test('a bundle of 50 MB is not read', async () => {
    const here = await scene(options);
    await approve(here);
    const bytes = randomBytes(50 * MIB);
    await attach(here.repository, here.image, bytes);
    const before = here.registry.bytesOut;
    expect((await verdictIn(here)).verdict).toBe('passed');
    expect(here.registry.bytesOut - before).toBeLessThan(MIB);
  });

  test('a tag that moves while we sign moves no approval', async () => {
    const here = await scene(options);
    const other = await pushOciImage(here.repository, { label: 'other' });
    const repo = here.registry.repo('team/app');
    here.registry.intercept = (request) => {
      if (request.url?.endsWith('/manifests/v1')) setImmediate(() => repo.tags.set('v1', other.digest));
      return false;
    };
    await signRemotely({ ...here, reference: 'v1' }, people[0], 'author', { judge });
    expect(repo.tags.get('v1')).toBe(other.digest);
    expect(stagesOf(await verdictIn(here))).toMatchObject({ author: 'passed' });
    expect(stagesOf(await verdictIn({ ...here, reference: other.digest }))).toMatchObject({ author: 'missing' });
  });
});

test('referrers in the list that are about another image are passed over', async () => {
  const here = await scene();
  const other = await pushOciImage(here.repository, { label: 'other' });
  await approve({ ...here, reference: other.digest });
  const repo = here.registry.repo('team/app');
  const theirs = repo.tags.get(other.digest.replace(':', '-'));
  if (theirs) repo.tags.set(here.image.digest.replace(':', '-'), theirs);
  const verdict = await verdictIn(here);
  expect(verdict.layers).toEqual([]);
  expect(stagesOf(verdict)).toEqual({ author: 'missing', security: 'missing', production: 'missing' });
  expect(messagesOf(verdict).join()).toContain(`is passed over: refers to ${other.digest}`);
});

test('an API that claims to list and lists nothing loses no approval', async () => {
  const here = await scene({ referrersApi: true });
  here.registry.faults.lyingSubject = true;
  here.registry.faults.emptyReferrers = true;
  await approve(here);
  expect(stagesOf(await verdictIn(here))).toEqual(PASSED);
});

test('a registry that fails is no image without approvals', async () => {
  const here = await scene();
  await approve(here);
  for (const only of [/referrers/, /manifests\/sha256-/, /tags\/list/, /blobs/]) {
    here.registry.faults.fail = { status: 500, times: 1000, only: ({ url }) => only.test(url ?? '') };
    const { code, hint } = await failure(verdictIn(here));
    expect(code, String(only)).toMatch(/^(REGISTRY|NETWORK)_/);
    expect(hint).not.toBe('');
  }
});

test('another blob than the one asked for is never taken', async () => {
  const here = await scene();
  await approve(here);
  here.registry.faults.wrongBlob = Buffer.from('{"something":"else"}');
  const verdict = await verdictIn(here);
  expect(verdict.layers).toEqual([]);
  expect(verdict.verdict).toBe('failed');
  expect(messagesOf(verdict).join()).toMatch(/referrer sha256:[0-9a-f]{64} is passed over: the blob .* should have/);
});

test('a small bundle whose blob is huge is not read to its end', async () => {
  const here = await scene();
  await approve(here);
  const bytes = Buffer.from('{"mediaType":"small"}');
  await attach(here.repository, here.image, bytes);
  here.registry.content.set(sha256(bytes), randomBytes(64 * MIB));
  const { proxy, repository } = await openCounted(here.registry);
  expect((await verdictOn({ repository, reference: here.reference }, judge)).verdict).toBe('passed');
  expect(proxy.bytes).toBeLessThan(16 * MIB);
});

test('a manifest that storage refuses in the middle of another upload is sent again', async () => {
  const here = await scene();
  let refusals = 3;
  here.registry.intercept = (request, response) => {
    if (request.method !== 'PUT' || !request.url?.includes('/manifests/') || refusals === 0) return false;
    refusals -= 1;
    request.resume();
    const errors = [{ code: 'DIGEST_INVALID', message: 'provided digest did not match uploaded content' }];
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
    return true;
  };
  await approve(here);
  expect(refusals).toBe(0);
  expect(stagesOf(await verdictIn(here))).toEqual(PASSED);
});

describe('the legacy tag', () => {
  /** Puts entries into the tag of an image, as any tool with write access can. */
  async function plant(
    { repository, image }: Scene,
    entries: readonly { payload: Uint8Array; signature: Uint8Array; missing?: boolean; type?: string }[],
  ): Promise<void> {
    await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
    for (const { payload, missing } of entries)
      if (!missing) await repository.pushBlob(sha256(payload), memoryBlob(payload));
    const layers = entries.map(({ payload, signature, type }) => ({
      mediaType: type ?? 'application/vnd.dev.cosign.simplesigning.v1+json',
      digest: sha256(payload),
      size: payload.length,
      annotations: { 'dev.cosignproject.cosign/signature': Buffer.from(signature).toString('base64') },
    }));
    const config = { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest };
    const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers };
    const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
    await repository.putManifest(manifest, cosignTag(image.digest, 'sig'));
  }

  async function accepting(): Promise<Criteria> {
    const stages = '  - { name: author, approvers: [author], native: [cosign] }';
    return judgeBy(await policyFor([people[0]], stages));
  }

  const payloadOf = (digest: string, type = 'cosign container image signature', reference = 'any/where'): Uint8Array =>
    utf8(
      JSON.stringify({
        critical: { identity: { 'docker-reference': reference }, image: { 'docker-manifest-digest': digest }, type },
        optional: null,
      }),
    );
  const signed = async (payload: Uint8Array) => ({
    payload,
    signature: await people[0].signer.signPae(payload, NOW),
  });

  test('counts with the right digest and type only', async () => {
    const here = await scene();
    const { digest } = here.image;
    const verdictFor = async (payload: Uint8Array): Promise<string> => {
      await plant(here, [await signed(payload)]);
      const repository = await openIn(here.registry);
      return (await verdictOn({ repository, reference: digest }, await accepting())).verdict;
    };
    expect(await verdictFor(payloadOf(digest))).toBe('passed');
    expect(await verdictFor(payloadOf(`sha256:${'0'.repeat(64)}`))).toBe('failed');
    expect(await verdictFor(payloadOf(digest, 'atomic container signature'))).toBe('failed');
    expect(await verdictFor(utf8('{"critical":{}}'))).toBe('failed');
    expect(await verdictFor(utf8('no json'))).toBe('failed');
  });

  test('a bad entry hides no good one', async () => {
    const here = await scene();
    const good = await signed(payloadOf(here.image.digest));
    const bad = utf8('x');
    await plant(here, [
      { payload: utf8('gone'), signature: bad, type: 'application/x.other' },
      { payload: bad, signature: bad },
      { payload: good.payload, signature: bad },
      good,
    ]);
    const repository = await openIn(here.registry);
    here.registry.repo('team/app').blobs.delete(sha256(bad));
    const verdict = await verdictOn({ repository, reference: here.image.digest }, await accepting());
    expect(verdict.verdict).toBe('passed');
  });

  test.each([
    ['without type', { digest: EMPTY_CONFIG.digest, size: 2 }],
    [
      'with null for an annotation',
      { mediaType: PAYLOAD, digest: EMPTY_CONFIG.digest, size: 2, annotations: { [SIGNATURE]: null } },
    ],
    ['with an unknown digest', { mediaType: PAYLOAD, digest: `sha384:${'ab'.repeat(48)}`, size: 1 }],
    ['that is null', null],
  ])('an entry %s hides no good one', async (_, odd) => {
    const here = await scene();
    await plant(here, [await signed(payloadOf(here.image.digest))]);
    const tag = cosignTag(here.image.digest, 'sig');
    const manifest = await here.repository.getManifest(tag);
    const document = JSON.parse(Buffer.from(manifest?.bytes ?? []).toString());
    const bytes = utf8(JSON.stringify({ ...document, layers: [odd, ...document.layers] }));
    here.registry.addManifest('team/app', bytes, { type: MEDIA_TYPE.manifest, tag });
    const repository = await openIn(here.registry);
    expect((await verdictOn({ repository, reference: here.image.digest }, await accepting())).verdict).toBe('passed');
    // No registry would take an entry with an unknown digest from us.
    if (odd?.digest !== EMPTY_CONFIG.digest) return;
    await approve(here);
    const verdict = await verdictIn(here);
    expect(stagesOf(verdict)).toEqual(PASSED);
    expect(statuses(verdict, 'cosign')).toHaveLength(4);
  });

  test('entries of others survive ours', async () => {
    const here = await scene();
    const theirs = await keyPerson('theirs', 'p256');
    const payload = encodeSimpleSigning('other/name', here.image.digest, { stage: 'other' });
    await plant(here, [{ payload, signature: await theirs.signer.signPae(payload, NOW) }]);
    await approve(here);
    const verdict = await verdictIn(here);
    expect(statuses(verdict, 'cosign').toSorted()).toEqual(['unknown-signer', 'valid', 'valid', 'valid']);
  });
});

describe('an image for several platforms', () => {
  async function platforms(): Promise<Scene & { readonly children: readonly Manifest[] }> {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const [image, ...children] = await pushOciIndex(repository, 'v1');
    return { registry, repository, image, reference: image.digest, children };
  }

  test('signed at the index is signed for every platform, also by itself', async () => {
    const here = await platforms();
    await approve({ ...here, reference: 'v1' });
    for (const { digest } of [here.image, ...here.children])
      expect(stagesOf(await verdictIn({ ...here, reference: digest }))).toEqual(PASSED);
  });

  test.each(['put', 'legacy'])('interrupted between two platforms (%s), and finished by repeating', async (where) => {
    const here = await platforms();
    const child = here.children[0]?.digest.replace(':', '-') ?? '';
    here.registry.intercept = (request, response) => {
      const stop = where === 'put' ? /manifests\/sha256-[0-9a-f]+\.sig$/ : new RegExp(`${child}\\.sig$`);
      if (request.method !== 'PUT' || !stop.test(request.url ?? '')) return false;
      request.resume();
      response.writeHead(403).end();
      return true;
    };
    expect(await codeOf(signRemotely(here, people[0], 'author', { judge }))).toBe('REGISTRY_FORBIDDEN');
    here.registry.intercept = undefined;
    const again = await signRemotely(here, people[0], 'author', { judge });
    expect(again.outcome).toBe('unchanged');
    expect(again.remarks.join()).toContain('interrupted');
    for (const { digest } of [here.image, ...here.children]) {
      const verdict = await verdictIn({ ...here, reference: digest });
      expect(stagesOf(verdict)).toMatchObject({ author: 'passed' });
      expect(verdict.layers.some(({ kind, status }) => kind === 'cosign' && status === 'valid')).toBe(true);
    }
    expect(await signRemotely(here, people[0], 'author', { judge })).toMatchObject({ where: [], remarks: [] });
  });

  test('signed for one platform only: the others and the index are named', async () => {
    const here = await platforms();
    const [first, second] = here.children;
    await approve({ ...here, reference: first?.digest ?? '' });
    expect((await verdictIn({ ...here, reference: first?.digest ?? '' })).verdict).toBe('passed');
    const verdict = await verdictIn(here);
    expect(verdict.verdict).toBe('failed');
    const messages = messagesOf(verdict).join('\n');
    expect(messages).toContain(`manifest ${second?.digest}`);
    expect(messages).toContain(`manifest ${here.image.digest}`);
  });
});

describe('a SIF in a registry', () => {
  const SIZE = 64 * MIB;

  async function pushed(): Promise<Scene & { readonly judge: Criteria; readonly people: readonly Person[] }> {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const path = `${await temporaryFolder()}/app.sif`;
    await createSif(path, { now: NOW, objects: [{ dataType: DATA_TYPE.generic, data: randomBytes(SIZE) }] });
    const trio = await Promise.all(['author', 'security', 'production'].map((name) => pgpPerson(name)));
    const [author] = trio;
    const by = await judgeBy(await policyFor(trio, pipeline('author', 'security', 'production')));
    if (author) await signAs(path, author, 'author', by);
    const { sif } = await publishSif(repository, {
      path,
      name: 'app',
      title: 'app.sif',
      tags: ['v1'],
      criteria: undefined,
    });
    const image = await repository.getManifest(sif?.manifest.digest ?? '');
    if (!image) throw new Error('not pushed');
    return { registry, repository, image, reference: 'v1', judge: by, people: trio };
  }

  test('is judged, and not downloaded where ranges are ignored', async () => {
    const here = await pushed();
    const located = async () => ({ repository: await openIn(here.registry), reference: 'v1' });
    expect(stagesOf(await verdictOn(await located(), here.judge))).toMatchObject({ author: 'passed' });
    here.registry.faults.ignoreRange = true;
    const { proxy, repository } = await openCounted(here.registry);
    const ignored = await failure(verdictOn({ repository, reference: 'v1' }, here.judge));
    expect(ignored.code).toBe('REGISTRY_RANGE_IGNORED');
    expect(ignored.hint).not.toBe('');
    expect(proxy.bytes).toBeLessThan(SIZE / 4);
    here.registry.faults.ignoreRange = false;
    here.registry.faults.wrongRange = true;
    expect(await codeOf(verdictOn(await located(), here.judge))).toMatch(/^REGISTRY_/);
  });

  test('whose blob is another one fails, and is named', async () => {
    const here = await pushed();
    const [layer] = [...here.registry.content].filter(([, bytes]) => bytes.length > SIZE);
    const bytes = Buffer.from(layer?.[1] ?? []);
    bytes.write('#!/bin/bad', 0);
    here.registry.content.set(layer?.[0] ?? '', bytes);
    const verdict = await verdictOn({ repository: await openIn(here.registry), reference: 'v1' }, here.judge);
    expect(stagesOf(verdict)).toMatchObject({ author: 'failed' });
  });

  test('whose data was changed is found out by reading it', async () => {
    const here = await pushed();
    const [layer] = [...here.registry.content].filter(([, bytes]) => bytes.length > SIZE);
    const bytes = Buffer.from(layer?.[1] ?? []);
    bytes[SIZE / 2] = (bytes[SIZE / 2] ?? 0) ^ 1;
    here.registry.content.set(layer?.[0] ?? '', bytes);
    const at = { repository: await openIn(here.registry), reference: 'v1' };
    expect(stagesOf(await verdictOn(at, here.judge))).toMatchObject({ author: 'passed' });
    expect(await codeOf(verdictOn(at, here.judge, true))).toBe('REGISTRY_DIGEST_MISMATCH');
  });

  test('without anybody who vouches for its data cannot be approved unread', async () => {
    const here = await pushed();
    const stranger = await keyPerson('stranger', 'p256');
    const alone = await judgeBy(await policyFor([stranger], '  - { name: author, approvers: [stranger] }'));
    const at = { repository: here.repository, reference: 'v1' };
    expect(await codeOf(signRemotely(at, stranger, 'author', { judge: alone }))).toBe('STAGE_DATA_UNKNOWN');
    await signRemotely(at, stranger, 'author', { judge: alone, verifyData: true });
    expect((await verdictOn({ repository: await openIn(here.registry), reference: 'v1' }, alone)).verdict).toBe(
      'passed',
    );
  });
});
