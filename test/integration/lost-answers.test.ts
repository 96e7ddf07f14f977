// SPDX-License-Identifier: Apache-2.0
// Answers of a registry that never arrive: a proxy lets a write through and cuts the connection before its answer. What
// was written is found out by asking, and where nobody can be asked, the error says so, and file and registry agree.

import { readFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../src/base/bytes.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { DEFAULT_RETRY } from '../../src/net/retry.ts';
import { publishSif } from '../../src/transfer/publish.ts';
import { promoteImage } from '../../src/transfer/promote.ts';
import { CountingProxy } from '../support/counting-proxy.ts';
import { laneNamesIn } from '../support/lane-bundles.ts';
import { judgeTrusting, keyPerson, signAs } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { signedPush } from '../support/signed-push.ts';
import { temporaryFile } from '../support/temporary.ts';

/** A registry, a session with it, and one through a proxy that soon gives up. */
async function scene() {
  const registry = await startRegistry();
  const proxy = await CountingProxy.start(registry.host);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const retry = { ...DEFAULT_RETRY, retries: 1 };
  return { proxy, direct: await openIn(registry), through: await openIn(proxy, { retry }) };
}

const writesOf = (reference: RegExp) => (head: string) =>
  head.startsWith('PUT ') && reference.test(/\/manifests\/(\S+)/.exec(head)?.[1] ?? '');
const TAG = writesOf(/^1\.0$/);
const ATTACHED = writesOf(/^sha256[:-]/);

async function signer() {
  const person = await keyPerson('kim', 'p256');
  return { person, judge: await judgeTrusting([person]) };
}

describe.each([
  ['every answer about the tag', TAG],
  ['every answer about a manifest', writesOf(/./)],
])('when %s is lost, others arrive', (_, cutAnswer) => {
  test('a SIF is published', async () => {
    const { proxy, direct, through } = await scene();
    const { person, judge } = await signer();
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, person, 'author', judge);
    proxy.cutAnswer = cutAnswer;
    const request = { path, name: 'app.sif', title: 'app.sif', tags: ['1.0'], criteria: judge };
    const { sif, verdict } = await publishSif(through, request);
    expect(verdict?.verdict).toBe('passed');
    expect((await direct.resolve('1.0'))?.digest).toBe(sif?.manifest.digest);
    expect(proxy.cuts).toBeGreaterThan(1);
  });

  test('a SIF is signed and published, and the file has the layer', async () => {
    const { proxy, direct, through } = await scene();
    const { person, judge } = await signer();
    const path = await temporaryFile(typicalSif().bytes());
    proxy.cutAnswer = cutAnswer;
    const { sif } = await signedPush(through, path, { person, judge, stage: 'author', push: judge });
    expect((await direct.resolve('1.0'))?.digest).toBe(sif?.manifest.digest);
    expect(await laneNamesIn(path)).toHaveLength(1);
    expect(sif?.layer).toBe(sha256(await readFile(path)));
  });

  test('an image is promoted with its layers', async () => {
    const { proxy, direct, through } = await scene();
    const { person, judge } = await signer();
    const from = await pushOciImage(direct, { tag: 'candidate' });
    await signRemotely({ repository: direct, reference: 'candidate' }, person, 'author', { judge });
    const to = await openIn(proxy, { name: 'release/app', retry: { ...DEFAULT_RETRY, retries: 1 } });
    proxy.cutAnswer = cutAnswer;
    const route = { from: through, to, mountFrom: undefined, verifyData: false, clock: testClock() };
    const { verdict } = await promoteImage('candidate', { ...route, criteria: judge, tags: ['1.0'] });
    expect(verdict?.verdict).toBe('passed');
    expect((await to.resolve('1.0'))?.digest).toBe(from.digest);
  });
});

test('an approval is attached once, and listed, when every answer about it is lost', async () => {
  const { proxy, direct, through } = await scene();
  const { person, judge } = await signer();
  const { digest } = await pushOciImage(direct, { tag: '1.0' });
  proxy.cutAnswer = ATTACHED;
  const signed = await signRemotely({ repository: through, reference: '1.0' }, person, 'author', { judge });
  expect(signed.outcome).toBe('signed');
  expect(proxy.cuts).toBeGreaterThan(1);
  expect((await direct.listReferrers(digest)).referrers).toHaveLength(1);
  expect((await verdictOn({ repository: direct, reference: '1.0' }, judge)).verdict).toBe('passed');
});

describe('when the answer is lost and nobody can be asked any more', () => {
  test('signing and publishing says so, and file and registry agree', async () => {
    const { proxy, direct, through } = await scene();
    const { person, judge } = await signer();
    const path = await temporaryFile(typicalSif().bytes());
    proxy.cutAnswer = TAG;
    proxy.thenSilent = true;
    await expect(signedPush(through, path, { person, judge, stage: 'author', push: judge })).rejects.toMatchObject({
      code: 'REGISTRY_OUTCOME_UNKNOWN',
      message: expect.stringMatching(
        /^app\.sif has its layer \(.*but perhaps as 1\.0: .* whether it took it is not known/,
      ),
      exitCode: 3,
    });
    const { layers } = parseManifest((await direct.getManifest('1.0')) ?? expect.fail('no tag'), 'the image');
    expect(layers[0]?.digest).toBe(sha256(await readFile(path)));
    const again = await signedPush(direct, path, { person, judge, stage: 'author', push: judge });
    expect(again.sif?.layer).toBe(layers[0]?.digest);
  });

  test.each(['publishing', 'promoting', 'attaching'])('%s says so', async (what) => {
    const { proxy, direct, through } = await scene();
    const { person, judge } = await signer();
    const path = await temporaryFile(typicalSif().bytes());
    await pushOciImage(direct, { tag: 'candidate' });
    proxy.cutAnswer = what === 'attaching' ? ATTACHED : TAG;
    proxy.thenSilent = true;
    const route = { from: direct, to: through, mountFrom: undefined, verifyData: false, clock: testClock() };
    const request = { path, name: 'app.sif', title: 'app.sif', tags: ['1.0'], criteria: undefined };
    const run = {
      publishing: () => publishSif(through, request),
      promoting: () => promoteImage('candidate', { ...route, criteria: undefined, tags: ['1.0'] }),
      attaching: () => signRemotely({ repository: through, reference: 'candidate' }, person, 'author', { judge }),
    }[what];
    await expect(run?.()).rejects.toMatchObject({ code: 'REGISTRY_OUTCOME_UNKNOWN', exitCode: 3 });
  });
});

test('a tag that was not written is told as not written', async () => {
  const registry = await startRegistry();
  const repository = await openIn(registry, { retry: { ...DEFAULT_RETRY, retries: 1 } });
  registry.faults.fail = { status: 503, times: 100, only: ({ method, url }) => method === 'PUT' && TAG(`PUT ${url}`) };
  const path = await temporaryFile(typicalSif().bytes());
  const request = { path, name: 'app.sif', title: 'app.sif', tags: ['1.0'], criteria: undefined };
  await expect(publishSif(repository, request)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringContaining('but not as 1.0'),
  });
});

test('a tag that a registry says it gave to something else may have moved, and the file has its layer', async () => {
  const registry = await startRegistry();
  const { person, judge } = await signer();
  const path = await temporaryFile(typicalSif().bytes());
  registry.intercept = ({ method, url }, response) => {
    if (method !== 'PUT' || !TAG(`PUT ${url}`)) return false;
    const writeHead = response.writeHead.bind(response);
    const changed = { 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
    const lying = (status: number, headers: object = {}): unknown =>
      Reflect.apply(writeHead, undefined, [status, { ...headers, ...changed }]);
    Object.assign(response, { writeHead: lying });
    return false;
  };
  const repository = await openIn(registry);
  await expect(signedPush(repository, path, { person, judge, stage: 'author', push: judge })).rejects.toMatchObject({
    code: 'REGISTRY_DIGEST_MISMATCH',
    message: expect.stringMatching(/^app\.sif has its layer \(.*but perhaps as 1\.0/),
  });
  const { layers } = parseManifest((await repository.getManifest('1.0')) ?? expect.fail('no tag'), 'the image');
  expect(layers[0]?.digest).toBe(sha256(await readFile(path)));
});
