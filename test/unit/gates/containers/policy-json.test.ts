// SPDX-License-Identifier: Apache-2.0
// policy.json and registries.d: what podman refuses is refused, and which requirements an image has.

import { describe, expect, test } from 'vitest';
import { readContainersPolicy, requirementsFor } from '../../../../src/gates/containers/policy-json.ts';
import {
  lookasideOf,
  readRegistries,
  usesAttachments,
  writeRegistries,
} from '../../../../src/gates/containers/registries.ts';
import { scopesOf } from '../../../../src/gates/containers/scopes.ts';

const REJECT = [{ type: 'reject' }];
const FULCIO = { caPath: '/c', oidcIssuer: 'https://issuer.example', subjectEmail: 'a@b.example' };
const GPG = { type: 'signedBy', keyType: 'GPGKeys', keyPath: '/k.gpg' };
const KEY = { type: 'sigstoreSigned', keyPath: '/k.pub' };

function read(document: unknown) {
  return readContainersPolicy(Buffer.from(JSON.stringify(document)), 'policy.json');
}

function withRequirement(requirement: unknown) {
  return read({ default: [requirement] }).default[0];
}

describe('policy.json', () => {
  test('defaults are podman’s', () => {
    expect(withRequirement(KEY)).toEqual({
      type: 'sigstoreSigned',
      keys: [{ path: '/k.pub' }],
      beyond: [],
      signedIdentity: { type: 'matchRepoDigestOrExact' },
    });
  });

  test.each([
    { keyPaths: ['/a', '/b'] },
    { keyData: 'AAAA' },
    { keyDatas: ['AAAA'] },
    { pki: { caRootsPath: '/r', subjectEmail: 'a@b' } },
    { pki: { caRootsData: 'AAAA', caIntermediatesPath: '/i', subjectHostname: 'b' } },
    { fulcio: FULCIO, rekorPublicKeyPath: '/r' },
    { keyPath: null, keyData: 'AAAA' },
    { keyPath: '', keyPaths: ['/a'], rekorPublicKeyPath: null },
    { keyData: 'AA\nAA\r\n' },
    { keyPath: '/k', signedIdentity: { type: 'matchRepository' } },
    { keyPath: '/k', signedIdentity: { type: 'exactReference', dockerReference: 'a/b:c' } },
    { keyPath: '/k', signedIdentity: { type: 'exactRepository', dockerRepository: 'a/b' } },
    { keyPath: '/k', signedIdentity: { type: 'remapIdentity', prefix: 'a', signedPrefix: 'b' } },
  ])('%j is read', (entry) => {
    expect(withRequirement({ type: 'sigstoreSigned', ...entry })?.type).toBe('sigstoreSigned');
  });

  test.each([
    [{}, '"default" is missing'],
    [{ default: [] }, 'an empty one'],
    [{ default: REJECT, more: 1 }, 'unknown member "more"'],
    [{ default: REJECT, transports: [] }, '"transports" is no object'],
    [{ default: REJECT, transports: { docker: 1 } }, 'the scopes of docker'],
    [{ default: [{ type: 'new' }] }, 'has the type "new"'],
    [{ default: [{ type: 'reject', keyPath: '/k' }] }, 'unknown member "keyPath"'],
    [{ default: [{ type: 'sigstoreSigned' }] }, 'not exactly one of'],
    [{ default: [{ ...KEY, keyData: 'AAAA' }] }, 'not exactly one of'],
    [{ default: [{ ...KEY, keyPath: 5 }] }, 'is no text'],
    [{ default: [{ type: 'sigstoreSigned', keyPaths: [] }] }, 'an empty one'],
    [{ default: [{ type: 'sigstoreSigned', keyData: '!' }] }, 'base64'],
    [{ default: [{ type: 'sigstoreSigned', fulcio: FULCIO }] }, 'Rekor'],
    [{ default: [{ type: 'sigstoreSigned', fulcio: {}, rekorPublicKeyPath: '/r' }] }, 'name its CA once'],
    [{ default: [{ ...KEY, keyPath: null }] }, 'not exactly one of'],
    [{ default: REJECT, transports: { docker: { a: [{ ...GPG, keyType: 'foo' }] } } }, 'has the keyType "foo"'],
    [{ default: REJECT, transports: { docker: { a: [{ type: 'signedBy', keyType: 'GPGKeys' }] } } }, 'not exactly one'],
    [{ default: REJECT, transports: { dir: { 'no/slash': REJECT } } }, 'is no scope of this transport'],
    [{ default: REJECT, transports: { tarball: { x: REJECT } } }, 'is no scope of this transport'],
    [{ default: [{ ...KEY, signedIdentity: { type: 'exactReference', dockerReference: 'a/b' } }] }, 'names no image'],
    [{ default: [{ ...KEY, signedIdentity: { type: 'exactRepository', dockerRepository: '[::1]/a' } }] }, 'is none'],
    [{ default: [{ type: 'sigstoreSigned', pki: { caRootsPath: '/r' } }] }, 'names no subject'],
    [{ default: [{ type: 'sigstoreSigned', pki: { subjectEmail: 'a' } }] }, 'names no roots'],
    [{ default: [{ type: 'sigstoreSigned', pki: { caRootsPath: '/r', caRootsData: 'AAAA' } }] }, 'twice'],
    [{ default: [{ ...KEY, signedIdentity: { type: 'any' } }] }, 'has the type "any"'],
    [{ default: [{ ...KEY, signedIdentity: { type: 'exactReference' } }] }, 'is no text'],
  ])('%j is refused', (document, problem) => {
    expect(() => read(document)).toThrow(expect.objectContaining({ code: 'GATE_CONFIGURATION_INVALID' }));
    expect(() => read(document)).toThrow(problem);
  });

  test('a name that stands twice is refused', () => {
    const text = '{"default":[{"type":"reject"}],"default":[{"type":"insecureAcceptAnything"}]}';
    expect(() => readContainersPolicy(Buffer.from(text), 'policy.json')).toThrow(
      expect.objectContaining({ code: 'GATE_CONFIGURATION_INVALID' }),
    );
  });

  test('the most specific scope counts', () => {
    expect(scopesOf({ name: 'a.example.org/team/app', tag: 'v1' })).toEqual([
      'a.example.org/team/app:v1',
      'a.example.org/team/app',
      'a.example.org/team',
      'a.example.org',
      '*.example.org',
      '*.org',
    ]);
    expect(scopesOf({ name: 'a.example.org:5000/app', digest: 'sha256:0' })).toEqual([
      'a.example.org:5000/app@sha256:0',
      'a.example.org:5000/app',
      'a.example.org:5000',
      '*.example.org',
      '*.org',
    ]);
    const policy = read({ default: REJECT, transports: { docker: { '': REJECT, 'a.example.org/team': [KEY] } } });
    expect(requirementsFor(policy, { name: 'a.example.org/team/app', tag: 'v1' }).scope).toBe('a.example.org/team');
    expect(requirementsFor(policy, { name: 'b.example.org/app', tag: 'v1' }).scope).toBe('docker');
    expect(requirementsFor(read({ default: REJECT }), { name: 'b.example.org/app' }).scope).toBe('default');
  });
});

describe('registries.d', () => {
  const readAll = (...texts: readonly string[]) =>
    readRegistries(new Map(texts.map((text, index) => [`${index}.yaml`, text])));

  test('what is written turns signatures on for the places and what is below them', async () => {
    const use = await readAll(writeRegistries(['ghcr.io/team', 'localhost:5000']));
    const names = ['ghcr.io/team/app', 'localhost:5000/x', 'ghcr.io/other', 'docker.io/library/x'];
    expect(names.map((name) => usesAttachments(use, { name }))).toEqual([true, true, false, false]);
  });

  test('the most specific place that says it counts, then the default', async () => {
    const use = await readAll(
      'default-docker: { use-sigstore-attachments: true, lookaside: "file:///default" }\n',
      'docker: { "ghcr.io/mid": { lookaside: "https://x.example" }, ghcr.io: { use-sigstore-attachments: false } }\n',
      'docker: { "a.example/app:v1": { use-sigstore-attachments: no }, "": { use-sigstore-attachments: false } }\n',
    );
    const of = (name: string, tag?: string) => [
      usesAttachments(use, { name, tag }),
      lookasideOf(use, { name, tag }) ?? null,
    ];
    expect(of('ghcr.io/mid/app')).toEqual([false, 'https://x.example']);
    expect(of('ghcr.io/app')).toEqual([false, 'file:///default']);
    expect(of('a.example/app', 'v1')).toEqual([false, 'file:///default']);
    expect(of('a.example/app')).toEqual([true, 'file:///default']);
  });

  test.each([
    ['docker: { a.b: { use-sigstore-attachments: yes } }', true],
    ['docker: { a.b: { use-sigstore-attachments: "on" } }', true],
    ['docker: { a.b: { use-sigstore-attachments: ~ } }', false],
    ['', false],
    ['# nothing\n', false],
    ['docker:\n', false],
    ['x: &on { use-sigstore-attachments: true }\ndocker: { a.b: *on }\n', true],
  ])('%j is read as %s', async (text, uses) => {
    expect(usesAttachments(await readAll(text), { name: 'a.b/c' })).toBe(uses);
  });

  test.each([
    ['docker: { a.b: { use-sigstore-attachments: "true" } }', 'INVALID'],
    ['docker: { a.b: { lookaside: [x] } }', 'INVALID'],
    ['docker: { a.b: 5 }', 'INVALID'],
    ['[]', 'INVALID'],
    ['docker: { a.b: { <<: { use-sigstore-attachments: true } } }', 'UNREAD'],
    ['docker: { a.b: !!map { use-sigstore-attachments: true } }', 'UNREAD'],
    ['docker: { a.b: {}, a.b: {} }', 'UNREAD'],
    ['docker: {}\n---\ndocker: {}\n', 'UNREAD'],
    ['docker:\t{}', 'UNREAD'],
    ['a: &a [*a]', 'UNREAD'],
    [`a: &a [x, x]\n${Array.from({ length: 40 }, (_, at) => `a${at}: &a [*a, *a]\n`).join('')}`, 'UNREAD'],
  ])('%j is refused', async (text, code) => {
    await expect(readAll(text)).rejects.toMatchObject({ code: `GATE_CONFIGURATION_${code}` });
  });

  test.each([
    ['default-docker: {}\n', 'default-docker: {}\n'],
    ['docker: { a.b: {} }\n', 'docker: { a.b: {} }\n'],
  ])('two files about one place are refused', async (...texts) => {
    await expect(readAll(...texts)).rejects.toMatchObject({ code: 'GATE_CONFIGURATION_INVALID' });
  });
});
