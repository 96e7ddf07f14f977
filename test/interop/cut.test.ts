// SPDX-License-Identifier: Apache-2.0
// A connection that is cut in the middle of a large transfer to or from a real registry. What has arrived here is not
// fetched again. Distribution 2.8 gives up a session that is cut inside a request, so that a push begins anew there; the
// registry of test/integration/registry.test.ts keeps it, and a chunk at most is sent again.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { publishSigned } from '../../src/transfer/publish-signed.ts';
import { publishSif } from '../../src/transfer/publish.ts';
import { systemClock } from '../../src/base/clock.ts';
import { sha256 } from '../../src/base/bytes.ts';
import { openRepository } from '../../src/oci/open.ts';
import { findSif, pullSif } from '../../src/transfer/fetch-sif.ts';
import { createSif } from '../support/create-sif.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { CountingProxy } from '../support/counting-proxy.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { judgeTrusting, keyPerson, NOW } from '../support/layers.ts';
import { hasPeers } from '../support/peers.ts';
import { someBytes } from '../support/registry-session.ts';
import { temporaryFolder } from '../support/temporary.ts';

const MIB = 1024 * 1024;
/** Requests, answers and what the system had taken for sending. */
const OVERHEAD_BYTES = 8 * MIB;

async function largeImage(): Promise<string> {
  const path = join(await temporaryFolder(), 'large.sif');
  await createSif(path, { now: NOW, objects: [{ dataType: DATA_TYPE.generic, data: someBytes(200 * MIB, 7) }] });
  return path;
}

/** A registry behind a proxy. */
async function scene() {
  const proxy = await CountingProxy.start(await startDockerRegistry());
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const name = `${proxy.host}/team/app`;
  const { repository } = await openRepository(name, { access: 'push', clock: systemClock(), credentials: { env: {} } });
  return { proxy, repository, path: await largeImage() };
}

describe.skipIf(!hasPeers('docker-registry'))('a cut connection (skipped without docker-registry)', () => {
  test.each([70, 199])('after %s MiB of a push leaves nothing behind but the image', async (cutMib) => {
    const { proxy, repository, path } = await scene();
    const { size } = await stat(path);
    proxy.take();
    proxy.cutAfterBytes = cutMib * MIB;
    const request = { path, name: 'large.sif', title: 'large.sif', tags: ['1'], criteria: undefined };
    const { sif } = await publishSif(repository, request);
    expect(proxy.take()).toBeLessThan(size + cutMib * MIB + OVERHEAD_BYTES);
    expect(sif?.layer).toBe(sha256(await readFile(path)));
  });

  test('of a push that signs changes nothing that is signed', async () => {
    const { proxy, repository, path } = await scene();
    const { size } = await stat(path);
    const person = await keyPerson('kim', 'p256');
    const judge = await judgeTrusting([person]);
    proxy.take();
    proxy.cutAfterBytes = 150 * MIB;
    const { sif, verdict } = await publishSigned(repository, {
      path,
      name: 'large.sif',
      title: 'large.sif',
      tags: ['1'],
      criteria: judge,
      signingCriteria: judge,
      stage: {
        stage: 'author',
        signer: person.signer,
        now: NOW,
        native: 'auto',
        expires: undefined,
        reason: undefined,
        ticket: undefined,
        run: undefined,
        resourceUri: 'file:large.sif',
        toolVersion: 'test',
      },
    });
    expect(proxy.take()).toBeLessThan(size + 150 * MIB + OVERHEAD_BYTES);
    expect(verdict?.verdict).toBe('passed');
    expect(sif?.layer).toBe(sha256(await readFile(path)));
  });

  test('of a pull costs nothing that has arrived', async () => {
    const { proxy, repository, path } = await scene();
    const { size } = await stat(path);
    const request = { path, name: 'large.sif', title: 'large.sif', tags: ['1'], criteria: undefined };
    await publishSif(repository, request);
    const copy = join(await temporaryFolder(), 'copy.sif');
    const { layer } = await findSif(repository, '1');
    proxy.take();
    proxy.cutAfterBytes = 150 * MIB;
    await pullSif(repository, layer, { path: copy, overwrite: false, admit: () => Promise.resolve(true) });
    expect(proxy.take()).toBeLessThan(size + OVERHEAD_BYTES);
    expect(sha256(await readFile(copy))).toBe(layer.digest);
  });
});
