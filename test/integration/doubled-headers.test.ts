// SPDX-License-Identifier: Apache-2.0
// A header given twice: every reader takes another one, so none of them decides what a tag names here.

import { describe, expect, test } from 'vitest';
import { sha256, utf8 } from '../../src/base/bytes.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { DEFAULT_RETRY } from '../../src/net/retry.ts';
import { MEDIA_TYPE } from '../../src/oci/oci.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { codeOf } from '../support/signing.ts';

const config = { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest };
const manifest = makeManifest(utf8(JSON.stringify({ schemaVersion: 2, config, layers: [] })), MEDIA_TYPE.manifest);
const other = sha256(utf8('other'));
const { bytes, digest } = manifest;

/** A repository that gives the manifest with these header lines, and nothing more. */
async function answering(...lines: readonly string[]) {
  const registry = await startRegistry();
  registry.intercept = ({ method, url }, { socket }) => {
    if (!url?.includes('/manifests/')) return false;
    socket?.write(['HTTP/1.1 200 OK', ...lines, 'Connection: close', '', ''].join('\r\n'));
    socket?.end(method === 'HEAD' ? '' : bytes);
    return true;
  };
  return openIn(registry, { retry: { ...DEFAULT_RETRY, retries: 0 } });
}

const TYPE = `Content-Type: ${MEDIA_TYPE.manifest}`;
const LENGTH = `Content-Length: ${bytes.length}`;
const said = (name: string) => `Docker-Content-Digest: ${name}`;

describe('a registry that gives twice', () => {
  test.each([
    ['the same digest', [digest, digest]],
    ['no digest that could be one', ['latest', 'newest']],
  ])('%s is believed by the bytes alone', async (_, names) => {
    const repository = await answering(TYPE, LENGTH, ...names.map(said));
    expect((await repository.getManifest('v1'))?.digest).toBe(digest);
    expect((await repository.resolve('v1'))?.digest).toBe(digest);
  });

  test.each([
    ['another digest after it', [digest, other]],
    ['another digest before it', [other, digest]],
    ['another digest in one line', [`${digest}, ${other}`]],
    ['another digest', [other]],
  ])('%s is refused', async (_, names) => {
    const repository = await answering(TYPE, LENGTH, ...names.map(said));
    expect(await codeOf(() => repository.getManifest('v1'))).toBe('REGISTRY_DIGEST_MISMATCH');
    if (names.length > 1) expect(await codeOf(() => repository.resolve('v1'))).toBe('REGISTRY_DIGEST_MISMATCH');
  });

  test.each([
    ['types', [TYPE, `Content-Type: ${MEDIA_TYPE.index}`]],
    ['types in another order', [`Content-Type: ${MEDIA_TYPE.index}`, TYPE]],
    ['the same type', [TYPE, TYPE]],
    ['types in one line', [`${TYPE}, ${MEDIA_TYPE.index}`]],
  ])('%s is refused', async (_, types) => {
    const repository = await answering(...types, LENGTH);
    expect(await codeOf(() => repository.getManifest('v1'))).toBe('REGISTRY_MANIFEST_INVALID');
  });

  test.each([
    ['lengths', [LENGTH, 'Content-Length: 3']],
    ['a length and chunks', [LENGTH, 'Transfer-Encoding: chunked']],
  ])('%s is no answer', async (_, lines) => {
    const repository = await answering(TYPE, ...lines);
    expect(await codeOf(() => repository.getManifest('v1'))).toMatch(/^NETWORK_/);
  });
});
