// SPDX-License-Identifier: Apache-2.0
// policy.json and registries.d: what podman refuses is refused, and which requirements an image has.

import { describe, expect, test } from 'vitest';
import { readContainersPolicy, requirementsFor, scopesOf } from '../../../../src/gates/containers/policy-json.ts';
import { readRegistries, usesAttachments, writeRegistries } from '../../../../src/gates/containers/registries.ts';

const REJECT = [{ type: 'reject' }];
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
    { fulcio: {}, rekorPublicKeyPath: '/r' },
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
    [{ default: [{ type: 'sigstoreSigned', fulcio: {} }] }, 'Rekor'],
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
      '',
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
    expect(names.map((name) => usesAttachments(use, name))).toEqual([true, true, false, false]);
  });

  test('the most specific place counts, then the default', async () => {
    const use = await readAll(
      'default-docker: { use-sigstore-attachments: true }\n',
      'docker: { "ghcr.io/off": { lookaside: "https://x.example" } }\n',
    );
    expect(['ghcr.io/off/app', 'ghcr.io/app'].map((name) => usesAttachments(use, name))).toEqual([false, true]);
  });

  test.each([
    ['default-docker: {}\n', 'default-docker: {}\n'],
    ['docker: { a.b: {} }\n', 'docker: { a.b: {} }\n'],
  ])('two files about one place are refused', async (...texts) => {
    await expect(readAll(...texts)).rejects.toMatchObject({ code: 'GATE_CONFIGURATION_INVALID' });
  });
});
