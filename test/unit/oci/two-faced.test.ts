// SPDX-License-Identifier: Apache-2.0
// Two faces in one document: refused, or read as everybody reads it. What clients fetch is in test/interop.

import { describe, expect, test } from 'vitest';
import { type Digest, utf8 } from '../../../src/base/bytes.ts';
import { EMPTY_CONFIG, parseList, parseManifest } from '../../../src/oci/manifest.ts';
import { MEDIA_TYPE } from '../../../src/oci/oci.ts';
import { doubledMembers, indexShape, manifestShape, otherWords } from '../../support/two-faced.ts';

const GOOD = `sha256:${'a'.repeat(64)}` as const;
const OTHER = `sha256:${'b'.repeat(64)}` as const;
const EVIL = `sha256:${'e'.repeat(64)}` as const;
const named = (digest: Digest) => ({ mediaType: MEDIA_TYPE.manifest, size: 7, digest });
const things = (digest: Digest) => ({
  config: named(EMPTY_CONFIG.digest),
  layer: named(digest),
  data: 'e30=',
  url: 'http://localhost/',
});

describe.each([
  ['manifest', MEDIA_TYPE.manifest],
  ['manifest', MEDIA_TYPE.dockerManifest],
  ['index', MEDIA_TYPE.index],
  ['index', MEDIA_TYPE.dockerIndex],
] as const)('a %s of type %s', (kind, mediaType) => {
  const shape =
    kind === 'manifest'
      ? manifestShape(kind, mediaType, [things(GOOD), things(EVIL)])
      : indexShape(kind, mediaType, [named(GOOD), named(OTHER)]);
  const documents = [...doubledMembers(shape), ...otherWords(shape)];

  test('is made in each way', () => {
    expect(documents.filter(({ is }) => is === 'two-faced').length).toBeGreaterThan(200);
    expect(documents.filter(({ is }) => is === 'good').length).toBeGreaterThan(100);
  });

  test.each(documents.filter(({ is }) => is === 'two-faced'))('with $name is refused', ({ name, bytes }) => {
    const exact = / by (the same|an escape) /.test(name);
    expect(() => parseManifest({ bytes, mediaType }, 'it')).toThrow(
      expect.objectContaining({ code: exact ? 'REGISTRY_MANIFEST_INVALID' : 'REGISTRY_DOCUMENT_AMBIGUOUS' }),
    );
  });

  test.each(documents.filter(({ is }) => is === 'good'))('with $name is read as by everybody', ({ bytes }) => {
    const { layers, manifests } = parseManifest({ bytes, mediaType }, 'it');
    expect([...layers, ...manifests].map(({ digest }) => digest)).toEqual(kind === 'manifest' ? [GOOD] : [GOOD, OTHER]);
  });
});

describe('a descriptor with a copy of what it names', () => {
  const parse = (data: string, size = 2) => {
    const config = { mediaType: MEDIA_TYPE.empty, digest: EMPTY_CONFIG.digest, size, data };
    const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers: [] };
    return parseManifest({ bytes: utf8(JSON.stringify(document)), mediaType: MEDIA_TYPE.manifest }, 'it');
  };

  test('is taken when it is one', () => {
    expect(parse('e30=').config?.digest).toBe(EMPTY_CONFIG.digest);
  });

  test.each([['W10='], ['e30'], ['e30=\n'], ['']])('is refused when it is none: %j', (data) => {
    expect(() => parse(data)).toThrow(expect.objectContaining({ code: 'REGISTRY_MANIFEST_INVALID' }));
  });
});

test.each(['2.0', '2e0', '0.2e1', '20e-1'])('a whole number that Go finds none in is refused: %s', (number) => {
  const text = `{"schemaVersion":${number},"mediaType":"${MEDIA_TYPE.index}","manifests":[]}`;
  const parse = (one: string) => parseManifest({ bytes: utf8(one), mediaType: MEDIA_TYPE.index }, 'it');
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'REGISTRY_MANIFEST_INVALID' }));
  expect(parse(text.replace(number, '2').replace('{', '{"more":1.5,')).kind).toBe('index');
});

describe('a list that many write into', () => {
  const parse = (text: string) => parseList({ bytes: utf8(text), mediaType: MEDIA_TYPE.index }, 'it');
  const good = JSON.stringify({ mediaType: MEDIA_TYPE.manifest, size: 7, digest: GOOD });
  const list = (entries: string, more = '') =>
    `{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.index}","manifests":[${entries}]${more}}`;

  test.each([
    ['digest', `"Digest":"${EVIL}"`],
    ['type', '"mediatype":"x"'],
    ['type of artifact', '"artifactType":"a","ArtifactType":"b"'],
    ['annotations', '"annotations":{},"annotation\\u017f":{}'],
  ])('leaves out and names an entry with a second %s', (_, members) => {
    const { manifests, odd } = parse(list(`${good.slice(0, -1)},${members}},${good}`));
    expect(manifests.map(({ digest }) => digest)).toEqual([GOOD]);
    expect(odd).toEqual([expect.stringContaining('other programs read the member')]);
  });

  test.each(['"Manifests":[]', '"MANIFESTS":null', '"manife\\u017fts":[]'])('is refused with %s', (member) => {
    expect(() => parse(list(good, `,${member}`))).toThrow(
      expect.objectContaining({ code: 'REGISTRY_DOCUMENT_AMBIGUOUS' }),
    );
  });
});

describe('a document without a type of its own', () => {
  const config = { mediaType: 'a/b', size: 2, digest: EMPTY_CONFIG.digest };
  const entries = [{ mediaType: 'a/b', size: 7, digest: GOOD }];
  test.each([
    ['layers and manifests', { layers: entries, manifests: entries, config }, 'REGISTRY_MANIFEST_INVALID'],
    ['Layers and manifests', { Layers: entries, manifests: entries, config }, 'REGISTRY_DOCUMENT_AMBIGUOUS'],
    ['layers of docker’s first format', { layers: entries, config, fsLayers: [] }, 'REGISTRY_MANIFEST_INVALID'],
    ['blobs of an artifact', { layers: entries, config, blobs: entries }, 'REGISTRY_MANIFEST_INVALID'],
  ])('and with %s is refused, whatever the registry calls it', (_, members, code) => {
    const bytes = utf8(JSON.stringify({ schemaVersion: 2, ...members }));
    for (const mediaType of [MEDIA_TYPE.manifest, MEDIA_TYPE.dockerManifest])
      expect(() => parseManifest({ bytes, mediaType }, 'it')).toThrow(expect.objectContaining({ code }));
    for (const mediaType of [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex, 'application/json'])
      expect(() => parseManifest({ bytes, mediaType }, 'it')).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^REGISTRY_(MANIFEST_INVALID|DOCUMENT_AMBIGUOUS)$/) }),
      );
  });
});
