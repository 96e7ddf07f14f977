// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  formatPlace,
  formatReference,
  layoutReadings,
  manifestName,
  parseReference,
  referrersTag,
} from '../../../src/oci/reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}` as const;

describe('a registry reference', () => {
  test.each([
    ['alpine', 'docker.io', 'registry-1.docker.io', 'library/alpine', undefined],
    ['org/app:1', 'docker.io', 'registry-1.docker.io', 'org/app', '1'],
    ['docker.io/alpine:3', 'docker.io', 'registry-1.docker.io', 'library/alpine', '3'],
    ['Docker.io/alpine:3', 'docker.io', 'registry-1.docker.io', 'library/alpine', '3'],
    ['index.docker.io/org/app', 'docker.io', 'registry-1.docker.io', 'org/app', undefined],
    ['localhost/app:x', 'localhost', 'localhost', 'app', 'x'],
    ['localhost:5000/a/b/c:x', 'localhost:5000', 'localhost:5000', 'a/b/c', 'x'],
    ['host:5000/x', 'host:5000', 'host:5000', 'x', undefined],
    ['GHCR.io/org/app:V1', 'ghcr.io', 'ghcr.io', 'org/app', 'V1'],
    ['[::1]:5000/app', '[::1]:5000', '[::1]:5000', 'app', undefined],
    ['oras://ghcr.io/o/a:1', 'ghcr.io', 'ghcr.io', 'o/a', '1'],
    ['docker://ghcr.io/o/a__b.c-d:1', 'ghcr.io', 'ghcr.io', 'o/a__b.c-d', '1'],
  ])('%s is read', (text, registry, apiHost, repository, tag) => {
    expect(parseReference(text)).toEqual({ in: 'registry', registry, apiHost, repository, tag, digest: undefined });
  });

  test('may have a tag and a digest, and the digest decides', () => {
    const reference = parseReference(`ghcr.io/o/a:1@${DIGEST}`);
    expect(reference).toMatchObject({ tag: '1', digest: DIGEST });
    expect(manifestName(reference)).toBe(DIGEST);
    expect(formatReference(reference)).toBe(`ghcr.io/o/a:1@${DIGEST}`);
  });

  test.each([
    '',
    'ghcr.io/',
    'ghcr.io/Org/app',
    'ghcr.io/o/../p',
    'ghcr.io/o//a',
    'ghcr.io/o/a:',
    'ghcr.io/o/a:-x',
    `ghcr.io/o/a:${'x'.repeat(129)}`,
    'ghcr.io/o/a@sha256:abc',
    `ghcr.io/o/a@sha256:${'AB'.repeat(32)}`,
    `ghcr.io/o/a@md5:${'ab'.repeat(16)}`,
    'user@ghcr.io/o/a',
    'ghcr.io:99999999/o/a',
    'ghcr.io/o/a?x=y',
    'ghcr.io/o/a#x',
    'ghcr.io/o/a b',
    'ghcr.io/o/a\n',
    'ghcr.io\\evil/o/a',
  ])('%j is refused', (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ code: 'REGISTRY_REFERENCE_INVALID', exitCode: 2 }),
    );
  });

  test('without tag and digest names no manifest', () => {
    expect(() => manifestName(parseReference('ghcr.io/o/a'))).toThrow(
      expect.objectContaining({ code: 'REGISTRY_TAG_MISSING' }),
    );
  });
});

describe('a layout reference', () => {
  test.each([
    ['oci:out', 'out', undefined, undefined],
    ['oci:out:1.0', 'out', '1.0', undefined],
    ['oci:/a/b c/out:latest', '/a/b c/out', 'latest', undefined],
    [`oci:out@${DIGEST}`, 'out', undefined, DIGEST],
    [`oci:a@b/out:1@${DIGEST}`, 'a@b/out', '1', DIGEST],
    ['oci:C:/out', 'C:/out', undefined, undefined],
    ['oci:C:\\out:1.0', 'C:\\out', '1.0', undefined],
    ['oci:/a/out:ghcr.io/x/y:1.2', '/a/out', 'ghcr.io/x/y:1.2', undefined],
    ['oci:out:127.0.0.1:5000/x/y:1', 'out', '127.0.0.1:5000/x/y:1', undefined],
    [`oci:out:ghcr.io/x/y:1@${DIGEST}`, 'out', 'ghcr.io/x/y:1', DIGEST],
    ['oci:out:localhost:5000/x', 'out', 'localhost:5000/x', undefined],
    ['oci:2026-11-22T10:00/lay:1.0', '2026-11-22T10:00/lay', '1.0', undefined],
    ['oci:2026-11-22T10:00/lay:ghcr.io/x/y:1', '2026-11-22T10:00/lay', 'ghcr.io/x/y:1', undefined],
    [`oci:2026-11-22T10:00/lay@${DIGEST}`, '2026-11-22T10:00/lay', undefined, DIGEST],
    ['oci:out:a/', 'out:a', undefined, undefined],
    ['oci:out/:y:1.0', 'out', 'y:1.0', undefined],
    ['oci:/:y', '/', 'y', undefined],
  ])('%s is read', (text, folder, tag, digest) => {
    expect(parseReference(text)).toEqual({ in: 'layout', folder, tag, digest });
  });

  test.each(['oci:', 'oci::x', 'oci:out:', 'oci:out:a b', 'oci:a\0b:x'])('%j is refused', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'REGISTRY_REFERENCE_INVALID' }));
    expect(layoutReadings(text).filter(({ tag, digest }) => tag ?? digest)).toEqual([]);
  });

  test.each([
    ['oci:x:y:1.0', ['x > y:1.0', 'x:y > 1.0', 'x:y:1.0']],
    ['oci:x/:y:1.0', ['x > y:1.0']],
    ['oci:x:y/:1.0', ['x:y > 1.0']],
    ['oci:C:\\x:1.0', ['C:\\x > 1.0', 'C:\\x:1.0']],
    [`oci:x:y@${DIGEST}`, ['x > y', 'x:y']],
    [`oci:x:y/@${DIGEST}`, ['x:y']],
    ['ghcr.io/o/a:1.0', []],
    ['oci://ghcr.io/o/a:1.0', []],
    [`oci:${'x:'.repeat(600)}`, []],
  ])('%s may mean %j', (text, readings) => {
    expect(layoutReadings(text).map(({ folder, tag }) => (tag === undefined ? folder : `${folder} > ${tag}`))).toEqual(
      readings,
    );
  });

  test.each([
    ['/a/out', '1.0', 'oci:/a/out:1.0'],
    ['/a/out', 'ghcr.io/x/y:1.2', 'oci:/a/out:ghcr.io/x/y:1.2'],
    ['/a/out', 'y:1.0', 'oci:/a/out/:y:1.0'],
    ['/a/out', 'org/app:1.0', 'oci:/a/out/:org/app:1.0'],
    ['/a/out:y', '1.0', 'oci:/a/out:y/:1.0'],
    ['/T10:00/lay', '1.0', 'oci:/T10:00/lay/:1.0'],
    ['/T10:00/lay', 'ghcr.io/x/y:1.2', 'oci:/T10:00/lay/:ghcr.io/x/y:1.2'],
    ['/a@b', '1.0', 'oci:/a@b/:1.0'],
    ['/a/:b', '1.0', 'oci:/a/:b/:1.0'],
    ['C:\\out', '1.0', 'oci:C:\\out:1.0'],
  ])('%s with %s is written so that it means the same', (folder, tag, text) => {
    const named = { in: 'layout', folder, tag, digest: undefined } as const;
    expect(formatReference(named)).toBe(text);
    expect(parseReference(text)).toEqual(named);
    expect(layoutReadings(text)).toContainEqual(named);
    const pinned = `${formatPlace(named)}@${DIGEST}`;
    expect(parseReference(pinned)).toEqual({ in: 'layout', folder, tag: undefined, digest: DIGEST });
  });
});

test('the referrers tag is the algorithm and 64 hex digits', () => {
  expect(referrersTag(DIGEST)).toBe(`sha256-${'ab'.repeat(32)}`);
  expect(referrersTag(`sha512:${'cd'.repeat(64)}`)).toBe(`sha512-${'cd'.repeat(32)}`);
});

test('a repository name with capitals is answered with the one without', () => {
  expect(() => parseReference('ghcr.io/Octo-Org/app:1')).toThrow(
    expect.objectContaining({ hint: 'names in registries are lower case: write octo-org/app' }),
  );
});
