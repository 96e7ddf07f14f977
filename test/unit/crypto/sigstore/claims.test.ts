// SPDX-License-Identifier: Apache-2.0
// What a certificate says about its job, twice and in two encodings: where it contradicts itself it names nobody.

import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { requesterOf } from '../../../../src/crypto/sigstore/claims.ts';
import { encodeDer, TAG } from '../../../support/certificates.ts';

const ARC = '1.3.6.1.4.1.57264.1.';
const ISSUER = 'https://token.actions.githubusercontent.com';
const FILE = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1';

/** Values of extensions by their last number; the older six are plain, the others are UTF8Strings. */
type Values = Readonly<Record<number, string | Uint8Array>>;

const JOB: Values = {
  1: ISSUER,
  3: 'a'.repeat(40),
  5: 'acme/app',
  6: 'refs/tags/v1',
  8: ISSUER,
  9: FILE,
  12: 'https://github.com/acme/app',
  13: 'a'.repeat(40),
  14: 'refs/tags/v1',
  16: 'https://github.com/acme',
  23: 'production',
};

function read(values: Values) {
  return readAll({ ...JOB, ...values });
}

function readAll(values: Values) {
  const encoded = Object.entries(values).map(([number, value]) => {
    const bytes = typeof value === 'string' ? utf8(value) : value;
    const typed = Number(number) > 7 && typeof value === 'string';
    return [`${ARC}${number}`, typed ? encodeDer(TAG.utf8String, bytes) : bytes] as const;
  });
  const extensions = {
    critical: [],
    otherCritical: [],
    basicConstraints: undefined,
    keyUsage: undefined,
    extendedKeyUsage: undefined,
    nameConstraints: undefined,
    requiresPolicy: false,
    subjectAltName: [{ kind: 'uri', text: FILE } as const],
    others: new Map(encoded),
  };
  const found = requesterOf({ extensions });
  return 'code' in found ? found.message : found;
}

test('a job as the public CA certifies one', () => {
  expect(read({})).toMatchObject({ issuer: ISSUER, claims: { deploymentEnvironment: 'production' } });
});

describe('what is said twice', () => {
  test.each<readonly [about: string, values: Values, said: string]>([
    ['two issuers', { 1: 'https://evil.example' }, 'older issuer is'],
    ['an older issuer that is empty', { 1: '' }, 'older issuer is'],
    ['an issuer that is empty', { 8: '' }, 'older issuer is'],
    ['another commit', { 3: 'b'.repeat(40) }, 'workflowSha is'],
    ['an older ref that is empty', { 6: '' }, 'workflowRef is ""'],
    ['a ref that is empty', { 14: '' }, 'sourceRepositoryRef ""'],
    ['another repository', { 5: 'acme/other' }, 'workflowRepository is'],
    ['an older repository that is empty', { 5: '' }, 'workflowRepository is ""'],
    ['a repository without owner', { 5: 'app' }, 'workflowRepository is "app"'],
    ['a repository with its server', { 5: 'github.com/acme/app' }, 'workflowRepository is'],
    ['a repository in a group of the same name', { 12: 'https://github.com/evil/acme/app' }, 'workflowRepository is'],
    [
      'an owner of another name',
      { 12: 'https://github.com/x/acme/app', 16: 'https://github.com/x' },
      'workflowRepository',
    ],
  ])('%s', (_about, values, said) => {
    expect(read(values)).toContain(said);
  });

  test('alike below a path of the server', () => {
    const server = 'https://git.example.org/forge';
    expect(read({ 12: `${server}/acme/app`, 16: `${server}/acme` })).toMatchObject({ issuer: ISSUER });
  });

  test('alike where only one of both is there', () => {
    const { 12: _uri, 16: _owner, ...older } = JOB;
    expect(readAll(older)).toMatchObject({ issuer: ISSUER });
    const { 5: _name, 6: _ref, 3: _sha, 1: _issuer, ...newer } = JOB;
    expect(readAll(newer)).toMatchObject({ issuer: ISSUER });
  });
});

describe('values that are no line of text', () => {
  test.each<readonly [about: string, value: string | Uint8Array]>([
    ['a line end', 'production\n'],
    ['a zero byte', 'production\0'],
    ['a direction of writing', 'production\u202e'],
    ['a character without width', 'pro\u200bduction'],
    ['a tag character', 'production\u{e0041}'],
    ['a line separator', 'production\u2028'],
    ['half a character', Uint8Array.of(0x0c, 1, 0xc3)],
    ['an IA5String', Uint8Array.of(0x16, 1, 0x70)],
    ['a plain value', Uint8Array.of(0x70, 0x72)],
    ['a byte behind the value', Uint8Array.of(0x0c, 1, 0x70, 0)],
    ['a longer form of its length', Uint8Array.of(0x0c, 0x81, 1, 0x70)],
    ['no byte at all', new Uint8Array()],
  ])('%s', (_about, value) => {
    expect(read({ 23: value })).toContain('deploymentEnvironment is not one line of text');
  });

  test('an older value in the form of the later ones', () => {
    expect(read({ 6: encodeDer(TAG.utf8String, utf8('refs/tags/v1')) })).toContain('workflowRef is not one line');
  });
});
