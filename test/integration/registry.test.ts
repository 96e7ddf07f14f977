// SPDX-License-Identifier: Apache-2.0
// The registry client against a registry that misbehaves in every way the real ones were seen to.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/bytes.ts';
import { DEFAULT_RETRY } from '../../src/net/retry.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { RegistryError } from '../../src/oci/errors.ts';
import { pushSif } from '../../src/transfer/send-sif.ts';
import type { BlobSource, Repository } from '../../src/oci/oci.ts';
import { collect, openIn, pushImage, someBytes, startRegistry, testClock } from '../support/registry-session.ts';
import type { SeenRequest, TestRegistry } from '../support/registry-server.ts';
import { vectorPath } from '../support/vectors.ts';

const MIB = 1024 * 1024;
const blob = someBytes(3 * MIB + 17);
const digest = sha256(blob);

/** A source that counts what was asked of it and gives chunks of 64 KiB. */
function countingSource(bytes: Uint8Array): BlobSource & { opened: number[]; given: number } {
  const source = {
    sizeBytes: bytes.length,
    opened: [] as number[],
    given: 0,
    async *open(offset: number) {
      source.opened.push(offset);
      for (let at = offset; at < bytes.length; at += 65_536) {
        const chunk = bytes.subarray(at, at + 65_536);
        source.given += chunk.length;
        yield chunk;
      }
    },
  };
  return source;
}

const stream = (repository: Repository, source: BlobSource, agree = true) =>
  repository.streamBlob(source, { commit: async () => agree });

describe('uploading', () => {
  test('a blob of unknown digest is one PATCH and one PUT, and read once', async () => {
    const registry = await startRegistry({ strictLocations: true });
    const source = countingSource(blob);
    const pushed = await stream(await openIn(registry), source);
    expect(pushed).toEqual({ digest, sizeBytes: blob.length, outcome: 'uploaded' });
    expect(registry.seen.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PUT']);
    expect(source).toMatchObject({ opened: [0], given: blob.length });
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  });

  test('nothing is published when commit says no, and the session is given up', async () => {
    const registry = await startRegistry();
    const pushed = await stream(await openIn(registry), countingSource(blob), false);
    expect(pushed).toMatchObject({ digest, outcome: 'declined' });
    expect(registry.content.size + registry.uploads.size).toBe(0);
    expect(registry.count('PUT', /./)).toBe(0);
  });

  test('an exception in commit publishes nothing and is passed on', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const pushing = repository.streamBlob(countingSource(blob), {
      commit: () => Promise.reject(new Error('no verdict')),
    });
    await expect(pushing).rejects.toThrow('no verdict');
    expect(registry.content.size + registry.uploads.size).toBe(0);
  });

  test('a source that fails ends the request and its error is passed on', async () => {
    const registry = await startRegistry();
    const source: BlobSource = {
      sizeBytes: 100_000,
      async *open() {
        yield new Uint8Array(1000);
        throw new Error('disk on fire');
      },
    };
    await expect(stream(await openIn(registry), source)).rejects.toThrow('disk on fire');
    expect(registry.content.size).toBe(0);
  });

  test('a source shorter than it said is an error', async () => {
    const registry = await startRegistry();
    const source = { ...memoryBlob(blob), sizeBytes: blob.length + 1 };
    await expect(stream(await openIn(registry), source)).rejects.toMatchObject({ code: 'REGISTRY_SOURCE_CHANGED' });
    expect(registry.content.size).toBe(0);
  });

  test('a blob of known digest is asked for first, then sent in one PUT', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    expect(await repository.pushBlob(digest, memoryBlob(blob))).toMatchObject({ outcome: 'uploaded' });
    expect(await repository.pushBlob(digest, memoryBlob(blob))).toMatchObject({ outcome: 'exists' });
    expect(registry.seen.map(({ method }) => method)).toEqual(['HEAD', 'POST', 'PUT', 'HEAD']);
  });

  test('bytes that have not the digest given are refused', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    await expect(repository.pushBlob(digest, memoryBlob(someBytes(blob.length, 9)))).rejects.toMatchObject({
      code: 'REGISTRY_SOURCE_CHANGED',
    });
    expect(registry.content.size).toBe(0);
  });

  test('an existing blob of another size is an error', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.content.set(digest, Buffer.from('short'));
    const repository = await openIn(registry);
    await expect(repository.pushBlob(digest, memoryBlob(blob))).rejects.toMatchObject({
      code: 'REGISTRY_SIZE_MISMATCH',
    });
  });

  test('a registry that knows no HEAD gets the blob anyway', async () => {
    const registry = await startRegistry();
    registry.faults.noBlobHead = true;
    expect(await (await openIn(registry)).pushBlob(digest, memoryBlob(blob))).toMatchObject({ outcome: 'uploaded' });
  });

  test('an empty blob is stored', async () => {
    const registry = await startRegistry();
    expect(await stream(await openIn(registry), memoryBlob(new Uint8Array()))).toMatchObject({ outcome: 'uploaded' });
  });

  test('a blob of another repository is mounted without moving bytes', async () => {
    const registry = await startRegistry();
    registry.addBlob('base/image', blob);
    const repository = await openIn(registry);
    expect(await repository.pushBlob(digest, memoryBlob(blob), { mountFrom: 'base/image' })).toMatchObject({
      outcome: 'mounted',
    });
    expect(await repository.mountBlob(digest, 'base/image')).toBe(true);
    expect(registry.bytesIn).toBe(0);
  });

  test('a mount that is not possible becomes an ordinary upload of the same session', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    expect(await repository.pushBlob(digest, memoryBlob(blob), { mountFrom: 'base/image' })).toMatchObject({
      outcome: 'uploaded',
    });
    expect(registry.count('POST', /./)).toBe(1);
  });
});

describe('uploading in chunks', () => {
  const chunked = { upload: { mode: 'chunked', chunkBytes: MIB } } as const;
  const patches = (registry: { seen: readonly { method: string; headers: Record<string, unknown> }[] }) =>
    registry.seen.filter(({ method }) => method === 'PATCH').map(({ headers }) => headers['content-range']);

  test('each chunk goes to the newest address', async () => {
    const registry = await startRegistry({ strictLocations: true });
    const repository = await openIn(registry, chunked);
    const source = countingSource(blob);
    await repository.pushBlob(digest, source);
    expect(source).toMatchObject({ opened: [0], given: blob.length });
    expect(patches(registry)).toEqual(['0-1048575', '1048576-2097151', '2097152-3145727', '3145728-3145744']);
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  });

  test('the smallest chunk that the registry takes is kept to', async () => {
    const registry = await startRegistry();
    registry.faults.chunkMinLength = 2 * MIB;
    await (await openIn(registry, chunked)).pushBlob(digest, memoryBlob(blob));
    expect(patches(registry)).toEqual(['0-2097151', '2097152-3145744']);
  });

  test('after a short accept the rest is sent again', async () => {
    const registry = await startRegistry();
    registry.faults.shortAccept = { bytes: 100, times: 2 };
    await (await openIn(registry, chunked)).pushBlob(digest, memoryBlob(blob));
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  });

  test('a cut connection re-sends at most one chunk where the registry keeps what it had', async () => {
    const registry = await startRegistry();
    registry.faults.dropUpload = { afterBytes: 700_000, times: 1, keep: true };
    const source = countingSource(blob);
    await (await openIn(registry, chunked)).pushBlob(digest, source);
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
    expect(source.given).toBeLessThanOrEqual(blob.length + MIB + 65_536);
  });

  test('a lost session starts over, and every byte is still hashed once', async () => {
    const registry = await startRegistry({ strictLocations: true });
    registry.faults.dropUpload = { afterBytes: 700_000, times: 2, keep: true };
    const source = countingSource(blob);
    expect(await stream(await openIn(registry, chunked), source)).toMatchObject({ digest, outcome: 'uploaded' });
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  });

  test('a stream that the registry finds too large goes on in smaller chunks', async () => {
    const registry = await startRegistry();
    registry.faults.bodyLimitBytes = 2 * MIB;
    const limited = { upload: { chunkBytes: MIB } };
    expect(await stream(await openIn(registry, limited), memoryBlob(blob))).toMatchObject({
      digest,
      outcome: 'uploaded',
    });
    expect(
      await (await openIn(registry, { ...limited, name: 'other' })).pushBlob(digest, memoryBlob(blob)),
    ).toMatchObject({
      outcome: 'uploaded',
    });
  });

  test('a chunk that the registry finds too large is made smaller', async () => {
    const registry = await startRegistry();
    registry.faults.patchLimitBytes = 300_000;
    await (await openIn(registry, chunked)).pushBlob(digest, memoryBlob(blob));
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  });

  test('a registry that never keeps anything is given up on', async () => {
    const registry = await startRegistry();
    registry.faults.dropUpload = { afterBytes: 1000, times: Infinity, keep: false };
    await expect(stream(await openIn(registry), memoryBlob(blob))).rejects.toMatchObject({
      code: 'REGISTRY_UPLOAD_FAILED',
    });
    expect(registry.content.size).toBe(0);
  });

  test('a 500 in the middle is survived', async () => {
    const registry = await startRegistry();
    registry.faults.fail = { status: 500, times: 2, only: ({ method }) => method === 'PATCH' };
    expect(await stream(await openIn(registry), memoryBlob(blob))).toMatchObject({ digest, outcome: 'uploaded' });
  });

  test('a last PUT that fails is repeated before anything is sent again', async () => {
    const registry = await startRegistry();
    registry.faults.fail = { status: 502, times: 2, only: ({ method }) => method === 'PUT' };
    expect(await stream(await openIn(registry), memoryBlob(blob))).toMatchObject({ digest, outcome: 'uploaded' });
    expect(registry.count('PATCH', /./)).toBe(1);
  });

  test('a registry that loses every upload when it is complete is given up on', async () => {
    const registry = await startRegistry();
    registry.faults.fail = { status: 404, times: 30, only: ({ method }) => method === 'PUT' };
    await expect(stream(await openIn(registry), memoryBlob(blob))).rejects.toMatchObject({
      code: 'REGISTRY_UPLOAD_FAILED',
    });
  });

  test('a lost answer to the last PUT is found out by asking for the blob', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.faults.fail = { status: 502, times: 1, only: ({ method }) => method === 'PUT' };
    expect(await stream(await openIn(registry), memoryBlob(blob))).toMatchObject({ digest, outcome: 'uploaded' });
    expect(registry.count('PATCH', /./)).toBe(1);
  });
});

describe('a registry that does not know Content-Range', () => {
  const chunked = { upload: { mode: 'chunked', chunkBytes: MIB } } as const;
  const isRanged = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'> | SeenRequest) =>
    method === 'PATCH' && headers['content-range'] !== undefined;
  const refusing = async (status: number, times = Infinity) => {
    const registry = await startRegistry({ strictLocations: true });
    registry.faults.fail = { status, times, only: isRanged };
    return registry;
  };
  const sent = (registry: TestRegistry) =>
    registry.seen.filter(({ method }) => method === 'PATCH' || method === 'PUT').map(describeSent);
  const describeSent = (request: SeenRequest) =>
    isRanged(request) ? 'range' : `${request.method} ${request.headers['content-length'] ?? 'empty'}`;
  const whole = [`PATCH ${blob.length}`, 'PUT 0'];

  test.each([400, 405, 501])('%i to the first range: the blob goes whole, in a new session', async (status) => {
    const registry = await refusing(status);
    const source = countingSource(blob);
    expect(await stream(await openIn(registry, chunked), source)).toMatchObject({ digest, outcome: 'uploaded' });
    expect(sent(registry)).toEqual(['range', ...whole]);
    expect(registry.count('POST', /./)).toBe(2);
    expect(registry.uploads.size, 'sessions left open').toBe(0);
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  });

  test('no retry is spent on finding out', async () => {
    const retry = { ...DEFAULT_RETRY, retries: 0 };
    const registry = await refusing(405);
    expect(await stream(await openIn(registry, { ...chunked, retry }), memoryBlob(blob))).toMatchObject({ digest });
  });

  test('a known digest goes in one PUT', async () => {
    const registry = await refusing(400);
    await (await openIn(registry, chunked)).pushBlob(digest, memoryBlob(blob));
    expect(sent(registry)).toEqual(['range', `PUT ${blob.length}`]);
  });

  test('a first 404 is a lost session, the second one the range', async () => {
    const once = await refusing(404, 1);
    await stream(await openIn(once, chunked), memoryBlob(blob));
    expect(sent(once)).toEqual(['range', 'range', 'range', 'range', 'range', 'PUT 0']);
    const always = await refusing(404);
    await stream(await openIn(always, chunked), memoryBlob(blob));
    expect(sent(always)).toEqual(['range', 'range', ...whole]);
  });

  test('416 to chunks that cannot be smaller', async () => {
    const registry = await refusing(416);
    expect(await stream(await openIn(registry, chunked), memoryBlob(blob))).toMatchObject({ digest });
    expect(sent(registry).slice(-2)).toEqual(whole);
    const minimum = await refusing(416);
    minimum.faults.chunkMinLength = 2 * MIB;
    await stream(await openIn(minimum, chunked), memoryBlob(blob));
    expect(sent(minimum)).toEqual(['range', ...whole]);
  });

  test('a registry that never says what it has', async () => {
    const registry = await startRegistry({ strictLocations: true });
    registry.faults.hideRange = ['PATCH', 'GET'];
    expect(await stream(await openIn(registry, chunked), memoryBlob(blob))).toMatchObject({ digest });
    expect(sent(registry)).toEqual(['range', ...whole]);
    expect(registry.content.get(digest)?.equals(blob)).toBe(true);
  });

  test('a registry that says what it has only when asked gets chunks', async () => {
    const registry = await startRegistry({ strictLocations: true });
    registry.faults.hideRange = ['PATCH'];
    expect(await stream(await openIn(registry, chunked), memoryBlob(blob))).toMatchObject({ digest });
    expect(sent(registry)).toEqual(['range', 'range', 'range', 'range', 'PUT 0']);
  });

  test('it is remembered: a stream that is cut starts over and is not resumed', async () => {
    const registry = await refusing(405);
    registry.faults.dropUpload = { afterBytes: 2_000_000, times: 2, keep: true };
    expect(await stream(await openIn(registry, chunked), memoryBlob(blob))).toMatchObject({ digest });
    expect(sent(registry)).toEqual(['range', whole[0], whole[0], ...whole]);
  });

  test('it is remembered: 416 to the whole blob does not bring ranges back', async () => {
    const registry = await refusing(405);
    let unranged = 0;
    registry.intercept = (request, response) => {
      if (request.method !== 'PATCH' || isRanged(request) || (unranged += 1) > 1) return false;
      request.resume().on('end', () => response.writeHead(416).end());
      return true;
    };
    expect(await stream(await openIn(registry, chunked), memoryBlob(blob))).toMatchObject({ digest });
    expect(sent(registry)).toEqual(['range', `PATCH ${blob.length}`, `PATCH ${blob.length}`, 'PUT 0']);
  });

  test('a registry that took a range keeps getting ranges', async () => {
    const registry = await startRegistry();
    let patches = 0;
    const later = (request: IncomingMessage) => isRanged(request) && (patches += 1) > 1;
    registry.faults.fail = { status: 404, times: 3, only: later };
    expect(await stream(await openIn(registry, chunked), memoryBlob(blob))).toMatchObject({ digest });
    expect(new Set(sent(registry))).toEqual(new Set(['range', 'PUT 0']));
  });

  test('one that wants small requests but no ranges cannot be served, and says so', async () => {
    const registry = await refusing(405);
    registry.faults.bodyLimitBytes = 2 * MIB;
    await expect(stream(await openIn(registry), memoryBlob(blob))).rejects.toMatchObject({
      code: 'REGISTRY_REQUEST_REFUSED',
      status: 405,
    });
    const refusingAll = await refusing(404);
    refusingAll.faults.bodyLimitBytes = 2 * MIB;
    await expect(stream(await openIn(refusingAll, chunked), memoryBlob(blob))).rejects.toMatchObject({
      code: 'REGISTRY_UPLOAD_FAILED',
    });
  });

  test('whoever may not write is not asked again', async () => {
    const registry = await refusing(403);
    await expect(stream(await openIn(registry, chunked), memoryBlob(blob))).rejects.toMatchObject({ status: 403 });
    expect(sent(registry)).toEqual(['range']);
  });
});

describe('downloading', () => {
  test('a broken connection is resumed where it stopped', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.faults.dropDownload = { afterBytes: 900_000, times: 2 };
    const repository = await openIn(registry);
    expect(Buffer.compare(await collect(repository.readBlob(digest, { sizeBytes: blob.length })), blob)).toBe(0);
    expect(registry.bytesOut).toBeLessThanOrEqual(blob.length + MIB);
    expect(registry.seen.map(({ headers }) => headers.range?.replace(/[1-9][0-9]*/, 'N'))).toEqual([
      undefined,
      'bytes=N-',
      'bytes=N-',
    ]);
  });

  test('a registry that ignores Range is read again from the start, each byte given out once', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.faults.dropDownload = { afterBytes: 900_000, times: 1 };
    registry.faults.ignoreRange = true;
    const repository = await openIn(registry);
    expect(Buffer.compare(await collect(repository.readBlob(digest)), blob)).toBe(0);
  });

  test('another blob than asked for is an error at the end', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.faults.wrongBlob = someBytes(blob.length, 5);
    const repository = await openIn(registry);
    await expect(collect(repository.readBlob(digest, { sizeBytes: blob.length }))).rejects.toMatchObject({
      code: 'REGISTRY_DIGEST_MISMATCH',
    });
  });

  test('a blob of another size is an error before the first byte', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.faults.wrongBlob = someBytes(10);
    const repository = await openIn(registry);
    await expect(collect(repository.readBlob(digest, { sizeBytes: blob.length }))).rejects.toMatchObject({
      code: 'REGISTRY_SIZE_MISMATCH',
    });
    registry.faults.wrongBlob = someBytes(blob.length + 1);
    await expect(collect(repository.readBlob(digest, { sizeBytes: blob.length }))).rejects.toMatchObject({
      code: 'REGISTRY_SIZE_MISMATCH',
    });
  });

  test('a part is read with one range request', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    const repository = await openIn(registry);
    const part = await collect(repository.readBlob(digest, { range: { offset: 2_000_000, lengthBytes: 5000 } }));
    expect(Buffer.compare(part, blob.subarray(2_000_000, 2_005_000))).toBe(0);
    expect(registry.bytesOut).toBe(5000);
  });

  test('a part survives a broken connection', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.faults.dropDownload = { afterBytes: 1000, times: 1 };
    const repository = await openIn(registry);
    const part = await collect(repository.readBlob(digest, { range: { offset: 500, lengthBytes: 5000 } }));
    expect(Buffer.compare(part, blob.subarray(500, 5500))).toBe(0);
  });

  test('a registry that ignores Range is left before it sends everything', async () => {
    const registry = await startRegistry();
    const large = someBytes(32 * MIB);
    const name = registry.addBlob('team/app', large);
    registry.faults.ignoreRange = true;
    const repository = await openIn(registry);
    const far = collect(repository.readBlob(sha256(large), { range: { offset: 20 * MIB, lengthBytes: 10 } }));
    await expect(far).rejects.toMatchObject({ code: 'REGISTRY_RANGE_IGNORED' });
    const near = await collect(repository.readBlob(sha256(large), { range: { offset: 100, lengthBytes: 1000 } }));
    expect(Buffer.compare(near, large.subarray(100, 1100))).toBe(0);
    expect(name).toBe(sha256(large));
  });

  test('another part than asked for is an error', async () => {
    const registry = await startRegistry();
    registry.addBlob('team/app', blob);
    registry.faults.wrongRange = true;
    const repository = await openIn(registry);
    await expect(
      collect(repository.readBlob(digest, { range: { offset: 10, lengthBytes: 10 } })),
    ).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
    });
  });

  test('a redirect to other storage gets no credentials', async () => {
    const storage = await startRegistry();
    storage.addBlob('team/app', blob);
    const registry = await startRegistry({ auth: { kind: 'basic', user: 'u', password: 'p' } });
    registry.addBlob('team/app', blob);
    registry.faults.redirectBlobs = storage.origin;
    const repository = await openIn(registry, { user: 'u', password: 'p' });
    expect(Buffer.compare(await collect(repository.readBlob(digest)), blob)).toBe(0);
    expect(registry.seen.at(-1)?.headers.authorization).toMatch(/^Basic /);
    expect(storage.seen).toHaveLength(1);
    expect(storage.seen[0]?.headers.authorization).toBeUndefined();
  });

  test('a blob that is not there is a clear error', async () => {
    const repository = await openIn(await startRegistry());
    await expect(collect(repository.readBlob(digest))).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      registryCode: 'BLOB_UNKNOWN',
    });
    expect(await repository.blobSize(digest)).toBeUndefined();
  });
});

describe('logging in', () => {
  const bearer = { kind: 'bearer', user: 'u', password: 'p' } as const;

  test('one token serves a whole push', async () => {
    const registry = await startRegistry({ auth: { ...bearer, expiresInS: 300 } });
    await pushImage(await openIn(registry, { user: 'u', password: 'p' }), 'v1');
    expect(registry.count('GET', /^\/token/)).toBe(1);
    expect(registry.seen.find(({ path }) => path.startsWith('/token'))?.path).toContain('service=a%2C+service');
  });

  test('a token that ends in the middle of an upload is renewed', async () => {
    const registry = await startRegistry({ auth: { ...bearer, tokenUses: 2 } });
    const repository = await openIn(registry, {
      user: 'u',
      password: 'p',
      upload: { mode: 'chunked', chunkBytes: MIB },
    });
    expect(await stream(repository, memoryBlob(blob))).toMatchObject({ digest, outcome: 'uploaded' });
    expect(registry.count('GET', /^\/token/)).toBeGreaterThan(1);
  });

  test('a token is renewed before it ends', async () => {
    const clock = testClock();
    const registry = await startRegistry({ auth: { ...bearer, expiresInS: 100 } });
    const repository = await openIn(registry, { user: 'u', password: 'p', clock });
    await pushImage(repository, 'v1');
    clock.advance(89_000);
    await repository.resolve('v1');
    expect(registry.count('GET', /^\/token/)).toBe(1);
    clock.advance(2000);
    await repository.resolve('v1');
    expect(registry.count('GET', /^\/token/)).toBe(2);
  });

  test('an anonymous user reads a public repository and is refused a push without a loop', async () => {
    const registry = await startRegistry({ auth: { ...bearer, anonymousPull: true, strictScope: true } });
    await pushImage(await openIn(registry, { user: 'u', password: 'p' }), 'v1');
    const anonymous = await openIn(registry);
    expect(await anonymous.resolve('v1')).toBeDefined();
    const before = registry.seen.length;
    await expect(anonymous.pushBlob(digest, memoryBlob(blob))).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      hint: expect.stringContaining('no credentials for'),
    });
    expect(registry.seen.length - before).toBeLessThan(12);
  });

  test('wrong credentials are refused, named by where they came from', async () => {
    const registry = await startRegistry({ auth: bearer });
    const repository = await openIn(registry, { user: 'u', password: 'wrong' });
    const error: unknown = await repository.resolve('v1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      status: 401,
      hint: expect.stringContaining('registry-username'),
    });
    expect(JSON.stringify(error)).not.toContain('wrong');
  });

  test('an identity token is exchanged by POST, or by GET where POST is not known', async () => {
    for (const getOnly of [false, true]) {
      const registry = await startRegistry({ auth: { ...bearer, identityToken: 'secret-token', getOnly } });
      const auths = { [registry.host]: { identitytoken: 'secret-token' } };
      const { mkdtemp, writeFile, rm } = await import('node:fs/promises');
      const folder = await mkdtemp(`/tmp/countersign-test-${randomUUID()}`);
      await writeFile(`${folder}/config.json`, JSON.stringify({ auths }));
      const repository = await openIn(registry, { credentials: { env: { DOCKER_CONFIG: folder } } });
      await pushImage(repository, 'v1');
      expect(registry.count('POST', /^\/token/)).toBeGreaterThan(0);
      expect(registry.seen.every(({ path }) => !path.includes('secret-token'))).toBe(true);
      await rm(folder, { recursive: true });
    }
  });

  test('Basic is used where it is asked for, also among challenges we do not know', async () => {
    const basic = await startRegistry({ auth: { kind: 'basic', user: 'u', password: 'p:q' } });
    await pushImage(await openIn(basic, { user: 'u', password: 'p:q' }), 'v1');
    expect(basic.repo('team/app').tags.has('v1')).toBe(true);
    const many = await startRegistry({
      auth: { ...bearer, alsoSend: ['Negotiate', 'Digest realm="x, y", nonce="a"'] },
    });
    await pushImage(await openIn(many, { user: 'u', password: 'p' }), 'v1');
    expect(many.repo('team/app').tags.has('v1')).toBe(true);
  });

  test('a token service without a safe address gets no password', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry, { user: 'u', password: 'p' });
    registry.intercept = (_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://registry.example/token"' }).end();
      return true;
    };
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });
});

describe('a registry in trouble', () => {
  test('429 with Retry-After is waited for', async () => {
    const clock = testClock();
    const registry = await startRegistry();
    await pushImage(await openIn(registry), 'v1');
    registry.faults.fail = { status: 429, times: 2, retryAfter: '7' };
    expect(await (await openIn(registry, { clock })).resolve('v1')).toBeDefined();
    expect(clock.waits).toEqual([7000, 7000]);
  });

  test('429 for a minute is endured when retry-for allows it', async () => {
    const clock = testClock();
    const registry = await startRegistry();
    await pushImage(await openIn(registry), 'v1');
    registry.faults.fail = { status: 429, times: 20 };
    const patient = await openIn(registry, { clock, retry: { ...DEFAULT_RETRY, totalMs: 120_000 } });
    expect(await patient.resolve('v1')).toBeDefined();
    expect(clock.waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(40_000);
  });

  test('429 for longer than we may wait is a clear error at once', async () => {
    const clock = testClock();
    const registry = await startRegistry();
    registry.faults.fail = { status: 429, times: Infinity, retryAfter: '3600' };
    await expect((await openIn(registry, { clock })).resolve('v1')).rejects.toMatchObject({
      code: 'REGISTRY_RATE_LIMITED',
      status: 429,
    });
    expect(clock.waits).toEqual([]);
  });

  test('500 is tried six times and then reported', async () => {
    const clock = testClock();
    const registry = await startRegistry();
    registry.faults.fail = { status: 503, times: Infinity };
    const error: unknown = await (await openIn(registry, { clock }))
      .getManifest('v1')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistryError);
    expect(error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE', method: 'GET', registryCode: 'FAULT', exitCode: 3 });
    expect(registry.seen).toHaveLength(6);
    expect(clock.waits).toEqual([200, 400, 800, 1600, 3000]);
  });

  test.each([403, 404, 400])('%s is not tried again', async (status) => {
    const registry = await startRegistry();
    registry.faults.fail = { status, times: Infinity };
    const blobs = (await openIn(registry)).pushBlob(digest, memoryBlob(blob));
    await expect(blobs).rejects.toMatchObject({ status });
    expect(registry.seen.length).toBeLessThanOrEqual(2);
  });

  test('a registry that hangs is given up on', async () => {
    const registry = await startRegistry();
    registry.faults.hang = () => true;
    const repository = await openIn(registry, { idleTimeoutMs: 50, retry: { ...DEFAULT_RETRY, retries: 1 } });
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT', exitCode: 3 });
    await expect(stream(repository, memoryBlob(blob))).rejects.toMatchObject({ exitCode: 3 });
  });

  test('a registry that does not speak HTTP is reported', async () => {
    const registry = await startRegistry();
    registry.faults.garbage = () => true;
    await expect((await openIn(registry)).resolve('v1')).rejects.toMatchObject({ code: 'NETWORK_RESPONSE_INVALID' });
  });

  test('a host where nobody listens is reported', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    await registry[Symbol.asyncDispose]();
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'NETWORK_CONNECT_FAILED' });
  });

  test('a host that does not exist is not asked again', async () => {
    const clock = testClock();
    const registry = await startRegistry();
    const { openRepository } = await import('../../src/oci/open.ts');
    const unknown = 'registry.invalid:5000/a/b';
    const { repository } = await openRepository(unknown, {
      access: 'pull',
      clock,
      credentials: { env: {} },
      connectTimeoutMs: 20_000,
    });
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'NETWORK_CONNECT_FAILED' });
    expect(registry.seen).toEqual([]);
    expect(clock.waits.length).toBeLessThanOrEqual(5);
  });

  test('403 on ghcr.io names the permission', async () => {
    const { refusal } = await import('../../src/oci/remote/refusal.ts');
    const { parseReference } = await import('../../src/oci/reference.ts');
    const registry = await startRegistry();
    registry.faults.fail = { status: 403, times: 1 };
    const { createHttpClient } = await import('../../src/net/http.ts');
    const http = createHttpClient({});
    const response = await http.send({
      method: 'PUT',
      url: new URL(`${registry.origin}/v2/o/a/manifests/x?token=geheim`),
    });
    const reference = parseReference('ghcr.io/o/a:x');
    if (reference.in !== 'registry') throw new Error('not a registry');
    const found = {
      credential: { kind: 'registry-token', token: new (await import('../../src/base/secret.ts')).Secret('x') },
      from: 'GITHUB_TOKEN',
      looked: [],
    } as const;
    const error = await refusal(response, { method: 'PUT', reference, found });
    expect(error).toMatchObject({ code: 'REGISTRY_FORBIDDEN', hint: expect.stringContaining('packages: write') });
    expect(`${error.message} ${error.url}`).not.toContain('geheim');
    http.close();
  });

  test('control characters in the registry’s words do not reach the message', async () => {
    const registry = await startRegistry();
    registry.intercept = (_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ code: 'DENIED\n::error::x', message: '\u001b[31mred' }] }));
      return true;
    };
    const error: unknown = await (await openIn(registry)).resolve('v1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
    const get: unknown = await (await openIn(registry)).getManifest('v1').catch((thrown: unknown) => thrown);
    expect(String(get)).not.toMatch(/\p{Cc}/u);
  });
});

describe('manifests', () => {
  test('a tag is resolved by HEAD, and by GET where HEAD tells too little', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const manifest = await pushImage(repository, 'v1');
    const descriptor = { digest: manifest.digest, mediaType: manifest.mediaType, size: manifest.bytes.length };
    expect(await repository.resolve('v1')).toEqual(descriptor);
    expect(registry.seen.at(-1)?.method).toBe('HEAD');
    registry.faults.headWithoutDigest = true;
    expect(await repository.resolve('v1')).toEqual(descriptor);
    expect(registry.seen.at(-1)?.method).toBe('GET');
    expect(await repository.resolve('v2')).toBeUndefined();
  });

  test('a manifest that is another one than asked for is refused', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const manifest = await pushImage(repository, 'v1');
    const stored = registry.repo('team/app').manifests.get(manifest.digest);
    registry.repo('team/app').manifests.set(manifest.digest, { type: stored?.type ?? '', bytes: Buffer.from('{}') });
    await expect(repository.getManifest(manifest.digest)).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
    await expect(repository.getManifest('v1')).rejects.toMatchObject({ code: 'REGISTRY_DIGEST_MISMATCH' });
  });

  test('a manifest of five megabytes is not read into memory', async () => {
    const registry = await startRegistry();
    registry.addManifest('team/app', Buffer.alloc(5 * MIB, 0x20), {
      type: 'application/vnd.oci.image.manifest.v1+json',
      tag: 'v1',
    });
    await expect((await openIn(registry)).getManifest('v1')).rejects.toMatchObject({
      code: 'NETWORK_RESPONSE_TOO_LARGE',
    });
  });

  test('a connection that breaks within a manifest is tried again', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const manifest = await pushImage(repository, 'v1');
    let once = true;
    registry.intercept = (request, response) => {
      if (!once || request.method !== 'GET') return false;
      once = false;
      response.writeHead(200, { 'content-type': manifest.mediaType, 'content-length': manifest.bytes.length });
      response.write(manifest.bytes.subarray(0, 50), () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    expect((await repository.getManifest('v1'))?.digest).toBe(manifest.digest);
  });

  test('tags come page by page', async () => {
    const registry = await startRegistry({ tagPageSize: 2 });
    const repository = await openIn(registry);
    for (const tag of ['a', 'b', 'c', 'd', 'e']) await pushImage(repository, tag);
    expect(await repository.tags()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await (await openIn(registry, { name: 'nothing/here' })).tags()).toEqual([]);
  });
});

describe('publishing a SIF', () => {
  const bundle = (n: number) => ({
    bytes: new TextEncoder().encode(`{"n":${n}}`),
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    predicateType: 'https://example.org/p',
    createdAt: new Date(0),
  });
  const push = (repository: Repository, admit = true) =>
    pushSif(repository, {
      title: 'app.sif',
      source: memoryBlob(blob),
      tags: ['v1', 'latest'],
      admit: async () => (admit ? [bundle(1), bundle(2)] : undefined),
    });

  test('the tags are the very last thing', async () => {
    const registry = await startRegistry();
    const published = await push(await openIn(registry));
    const writes = registry.seen.filter(({ method }) => method === 'PUT').map(({ path }) => path.split('/').at(-1));
    expect(writes.slice(-2)).toEqual(['v1', 'latest']);
    expect(writes.indexOf('v1')).toBe(writes.length - 2);
    expect(registry.repo('team/app').tags.get('v1')).toBe(published?.manifest.digest);
    expect(published?.attached).toHaveLength(2);
  });

  test('a tag that somebody else moves at the same moment is noticed', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const other = await pushImage(repository, 'other');
    registry.intercept = (request) => {
      if (request.method === 'HEAD' && request.url?.endsWith('/manifests/v1'))
        registry.repo('team/app').tags.set('v1', other.digest);
      return false;
    };
    await expect(push(repository)).rejects.toMatchObject({ code: 'REGISTRY_TAG_MOVED' });
  });

  test('what is refused leaves nothing', async () => {
    const registry = await startRegistry();
    expect(await push(await openIn(registry), false)).toBeUndefined();
    expect(registry.content.size + (registry.repos.get('team/app')?.manifests.size ?? 0)).toBe(0);
  });

  test('failing at any write leaves the old tag, or the new one with all its layers', async () => {
    const complete = await startRegistry();
    await pushImage(await openIn(complete), 'v1');
    const before = complete.seen.length;
    await push(await openIn(complete));
    const writes = complete.seen.slice(before).filter(({ method }) => method !== 'GET' && method !== 'HEAD').length;
    for (let allowed = 0; allowed < writes; allowed += 1) {
      const registry = await startRegistry();
      const old = await pushImage(await openIn(registry), 'v1');
      let left = allowed;
      registry.faults.fail = {
        status: 403,
        times: Infinity,
        only: ({ method }) => method !== 'GET' && method !== 'HEAD' && (left -= 1) < 0,
      };
      await expect(push(await openIn(registry))).rejects.toMatchObject({ exitCode: 3 });
      registry.faults.fail = undefined;
      const repository = await openIn(registry);
      const now = await repository.resolve('v1');
      if (now?.digest === old.digest) continue;
      expect((await repository.listReferrers(now?.digest ?? digest)).referrers).toHaveLength(2);
    }
  });
});

describe('a snapshot of registries written by others', () => {
  test('every manifest of every repository is read, and its referrers are found', async () => {
    const registry = await startRegistry();
    registry.load(vectorPath('oci/store'));
    const counts: Record<string, number> = {};
    for (const [name, { tags }] of registry.repos) {
      const repository = await openIn(registry, { name });
      for (const tag of tags.keys()) {
        const manifest = await repository.getManifest(tag);
        if (!manifest || tag.startsWith('sha256-')) continue;
        const list = await repository.listReferrers(manifest.digest);
        expect(list).toMatchObject({ rejected: [], complete: true });
        counts[`${name}:${tag}`] = list.referrers.length;
      }
    }
    expect(counts).toMatchObject({ 'stage/bundle:v1': 3, 'stage/attest:v1': 4, 'stage/legacy:v1': 0 });
  });
});
