// SPDX-License-Identifier: Apache-2.0
// A registry, or a proxy before it, that takes a request for good before it has read the body: no push waits for bytes
// that nobody will ask for, and nothing is published that was not sent.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { publishSif } from '../../src/transfer/publish.ts';
import { sha256 } from '../../src/base/bytes.ts';
import type { BlobSource } from '../../src/oci/oci.ts';
import { judgeTrusting, keyPerson } from '../support/layers.ts';
import { openIn, someBytes, startRegistry } from '../support/registry-session.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { signedPush } from '../support/signed-push.ts';
import { temporaryFolder } from '../support/temporary.ts';

const MIB = 1024 * 1024;
/** More than the buffers of a connection hold, so that nobody can have sent all of it unread. */
const CHUNK_BYTES = 12 * MIB;
const blob = someBytes(2 * CHUNK_BYTES);
const digest = sha256(blob);
const REFUSED = { code: 'REGISTRY_UPLOAD_FAILED', cause: { code: 'REGISTRY_ANSWER_INVALID' } };

/** Gives chunks of 64 KiB, and says whether everything it opened was let go. */
function slowSource(): BlobSource & { opened: number } {
  const source = {
    sizeBytes: blob.length,
    opened: 0,
    async *open(offset: number) {
      source.opened += 1;
      try {
        for (let at = offset; at < blob.length; at += 65_536) yield blob.subarray(at, at + 65_536);
      } finally {
        source.opened -= 1;
      }
    },
  };
  return source;
}

async function registryAnsweringEarly(times: number, claim: boolean) {
  const registry = await startRegistry();
  registry.faults.earlyAnswer = { times, claim, methods: ['PATCH', 'PUT'] };
  return registry;
}

const cases = (['stream', 'chunked'] as const).flatMap((mode) =>
  [true, false].map((claim) => ({ mode, claim, how: claim ? 'claims to have all' : 'says nothing' })),
);

describe.each(cases)('an answer before the body was read ($mode) that $how', ({ mode, claim }) => {
  const options = { upload: { mode, chunkBytes: CHUNK_BYTES } };

  test('given twice costs two sessions', async () => {
    const registry = await registryAnsweringEarly(2, claim);
    const source = slowSource();
    const repository = await openIn(registry, options);
    expect(await repository.streamBlob(source, { commit: async () => true })).toMatchObject({ digest });
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
    expect(registry.count('POST', /./)).toBe(3);
    expect(source.opened).toBe(0);
  });

  test('given always is an error that says so, and nobody is asked to commit', async () => {
    const registry = await registryAnsweringEarly(Infinity, claim);
    const source = slowSource();
    let asked = false;
    const commit = async () => (asked = true);
    const pushing = (await openIn(registry, options)).streamBlob(source, { commit });
    await expect(pushing).rejects.toMatchObject(REFUSED);
    expect(asked).toBe(false);
    expect(registry.content.size).toBe(0);
    expect(source.opened).toBe(0);
  });
});

test.each([true, false])('pushing an image ends, with the file as it was (%s)', async (claim) => {
  const registry = await registryAnsweringEarly(Infinity, claim);
  const person = await keyPerson('alice');
  const judge = await judgeTrusting([person]);
  const path = join(await temporaryFolder(), 'app.sif');
  await writeFile(path, typicalSif(CHUNK_BYTES).bytes());
  const before = await readFile(path);
  const repository = await openIn(registry, { upload: { mode: 'stream' } });
  const by = { person, stage: 'author', judge, push: judge };
  await expect(signedPush(repository, path, by)).rejects.toMatchObject(REFUSED);
  expect((await readFile(path)).equals(before)).toBe(true);
  const request = { path, name: 'app.sif', title: 'app.sif', tags: ['1'], criteria: judge };
  await expect(publishSif(repository, request)).rejects.toMatchObject(REFUSED);
  expect(registry.content.size).toBe(0);
  registry.faults.earlyAnswer = { times: 1, claim, methods: ['PATCH'] };
  expect(await signedPush(repository, path, by)).toMatchObject({ reads: 1, verdict: { verdict: 'passed' } });
  const after = await readFile(path);
  expect(registry.content.get(sha256(after))?.equals(after)).toBe(true);
});

test('an early answer to one PUT of everything does not count without the blob', async () => {
  const registry = await registryAnsweringEarly(1, false);
  expect(await (await openIn(registry)).pushBlob(digest, slowSource())).toMatchObject({ outcome: 'uploaded' });
  expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  const always = await registryAnsweringEarly(Infinity, false);
  await expect((await openIn(always)).pushBlob(digest, slowSource())).rejects.toMatchObject(REFUSED);
});

test('a session that is said to be further than what was sent is started over', async () => {
  const registry = await startRegistry();
  registry.faults.dropUpload = { afterBytes: MIB, times: 1, keep: false };
  let asked = 0;
  registry.intercept = ({ method, url }, response) => {
    if (method !== 'GET' || !url?.includes('/blobs/uploads/')) return false;
    asked += 1;
    response.writeHead(204, { range: `0-${blob.length - 1}`, location: url }).end();
    return true;
  };
  const repository = await openIn(registry, { upload: { mode: 'stream' } });
  expect(await repository.streamBlob(slowSource(), { commit: async () => true })).toMatchObject({ digest });
  expect(asked).toBe(1);
  expect(registry.content.get(digest)?.equals(blob)).toBe(true);
});
