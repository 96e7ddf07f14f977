// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePem, parsePem, utf8 } from '../../../../src/base/bytes.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { certificateIdentity, parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { generateX509Chain } from '../../../../src/crypto/x509/generate.ts';
import { findPaths, type PathOptions } from '../../../../src/crypto/x509/path.ts';
import {
  caExtensions,
  encodeCertificate,
  encodeDer,
  encodeExtension,
  encodeOid,
  leafExtensions,
  TAG,
} from '../../../support/certificates.ts';
import { codeOf, flipped, NOW, PASSPHRASE, secretVector, signer, vector, verifier } from '../../../support/signing.ts';

const MESSAGE = vector('message.json');
const DAY = 86_400_000;

function der(name: string): Uint8Array {
  const [block] = parsePem(Buffer.from(vector(`x509/${name}.pem`)).toString());
  return block?.der ?? new Uint8Array();
}

interface Party {
  readonly der: Uint8Array;
  readonly subject: string;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

interface Wish {
  readonly email?: string;
  readonly extensions?: readonly Uint8Array[];
  readonly from?: number;
  readonly days?: number;
  readonly time?: (time: Date) => Uint8Array;
  /** Another certificate for the same key and name. */
  readonly as?: Party;
}

/** Issues a certificate; without issuer a self-signed one. */
function issue(subject: string, issuer?: Party, wish: Wish = {}): Party {
  const pair = wish.as
    ? { privateKey: wish.as.key, publicKey: wish.as.publicKey }
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notBefore = new Date(NOW.getTime() + (wish.from ?? -1) * DAY);
  const bytes = encodeCertificate({
    subject,
    publicKey: pair.publicKey,
    issuer: issuer ?? { subject, key: pair.privateKey },
    notBefore,
    notAfter: new Date(notBefore.getTime() + (wish.days ?? 30) * DAY),
    extensions: wish.extensions ?? caExtensions(),
    ...(wish.time ? { time: wish.time } : {}),
    ...(wish.email === undefined ? {} : { subjectEmail: wish.email }),
  });
  return { der: bytes, subject, key: pair.privateKey, publicKey: pair.publicKey };
}

const LEAF = leafExtensions('release@example.org');
const root = issue('root');

function search(
  leaf: Party,
  anchors: readonly Party[],
  intermediates: readonly Party[] = [],
  more: Partial<PathOptions> = {},
) {
  const parse = (party: Party) => parseCertificate(party.der);
  return findPaths(parse(leaf), {
    anchors: anchors.map(parse),
    intermediates: intermediates.map(parse),
    now: NOW,
    ...more,
  });
}

const codes = (result: { readonly reasons: readonly { readonly code: string }[] }) =>
  result.reasons.map(({ code }) => code);

const eku = (...oids: readonly string[]) =>
  encodeExtension('2.5.29.37', encodeDer(TAG.sequence, ...oids.map(encodeOid)), false);
const keyUsage = (...bytes: readonly number[]) =>
  encodeExtension('2.5.29.15', encodeDer(TAG.bitString, Uint8Array.from(bytes)), true);
const CODE = '1.3.6.1.5.5.7.3.3';
const SERVER = '1.3.6.1.5.5.7.3.1';

const POLICY_MAPPINGS = encodeDer(TAG.sequence, encodeDer(TAG.sequence, encodeOid('1.2.3.4'), encodeOid('1.2.3.5')));

/** With the value 0 under each of the tags: 0x80 for requireExplicitPolicy, 0x81 for inhibitPolicyMapping. */
function policyConstraints(...tags: readonly number[]): Uint8Array {
  return encodeDer(TAG.sequence, ...tags.map((tag) => encodeDer(tag, Uint8Array.of(0))));
}

function constraints(permitted: readonly Uint8Array[], excluded: readonly Uint8Array[] = []): Uint8Array {
  const subtrees = (tag: number, names: readonly Uint8Array[]) =>
    names.length > 0 ? [encodeDer(tag, ...names.map((name) => encodeDer(TAG.sequence, name)))] : [];
  return encodeExtension(
    '2.5.29.30',
    encodeDer(TAG.sequence, ...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded)),
    true,
  );
}
const general = (tag: number, value: string | Uint8Array) =>
  encodeDer(tag, typeof value === 'string' ? utf8(value) : value);
const otherName = (oid: string) => encodeDer(0xa0, encodeOid(oid), encodeDer(0xa0, encodeDer(TAG.utf8String)));
const san = (...names: readonly Uint8Array[]) => encodeExtension('2.5.29.17', encodeDer(TAG.sequence, ...names), false);

describe('certificates issued by OpenSSL', () => {
  test('every field of the identity', () => {
    expect(certificateIdentity(parseCertificate(der('leaf-rsa')))).toMatchObject({
      method: 'x509',
      algorithm: 'ecdsa-p256',
      issuer: 'CN=rsa,O=Example',
      san: [
        'email:release@example.org',
        'uri:https://example.org/release',
        'dns:build.example.org',
        'ip:192.0.2.7',
        'ip:2001:db8::7',
      ],
      serial: expect.stringMatching(/^[0-9a-f]{16}$/),
      certificateSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('the subject reads as `openssl x509 -nameopt RFC2253` prints it', () => {
    expect(parseCertificate(der('leaf-rsa')).subject.text).toBe(
      String.raw`emailAddress=release@example.org,CN=\ R\"e\"l\\\\ease,OU=A\+B,O=Example\, Inc.,C=DE`,
    );
  });

  test.each([
    ['leaf-rsa', 'rsa'],
    ['leaf-sha512', 'rsa'],
    ['leaf-pss', 'rsa'],
    ['leaf-p384', 'p384'],
    ['leaf-ed25519', 'ed25519'],
  ])('%s has a path to %s', (leaf, anchor) => {
    const result = findPaths(parseCertificate(der(leaf)), {
      anchors: [parseCertificate(der(anchor))],
      intermediates: [],
      now: NOW,
    });
    expect(result).toMatchObject({
      anchors: [parseCertificate(der(anchor)).sha256],
      ended: [],
      path: [leaf, anchor].map((name) => ({ certificate: { sha256: parseCertificate(der(name)).sha256 } })),
      reasons: [],
    });
  });

  test.each([
    ['leaf-sha1', 'rsa', 'CERTIFICATE_WEAK'],
    ['leaf-weak', 'rsa1024', 'CERTIFICATE_WEAK'],
    ['leaf-rsa', 'p384', 'CERTIFICATE_NO_ISSUER'],
  ])('%s has no path to %s: %s', (leaf, anchor, code) => {
    const result = findPaths(parseCertificate(der(leaf)), {
      anchors: [parseCertificate(der(anchor))],
      intermediates: [],
      now: NOW,
    });
    expect(codes(result)).toEqual([code]);
  });

  test('no flipped bit of a certificate leaves it valid', () => {
    const anchors = [parseCertificate(der('p384'))];
    for (const [, bytes] of flipped(der('leaf-p384'))) {
      try {
        expect(findPaths(parseCertificate(bytes), { anchors, intermediates: [], now: NOW }).anchors).toEqual([]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'SIGNATURE_CERTIFICATE_UNREADABLE' });
      }
    }
  });

  test('a cut certificate is unreadable at every length', () => {
    const whole = der('leaf-p384');
    for (let length = 0; length < whole.length; length += 1)
      expect(() => parseCertificate(whole.subarray(0, length))).toThrow(/not a certificate/);
    expect(() => parseCertificate(Uint8Array.from([...whole, 0]))).toThrow(/not a certificate/);
  });

  test('arbitrary bytes inside never throw anything but the error for certificates', () => {
    const whole = der('leaf-rsa');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, bytes) => {
        const damaged = Uint8Array.from(whole);
        damaged.set(bytes.subarray(0, whole.length - at), at);
        try {
          parseCertificate(damaged);
        } catch (error) {
          expect(error).toMatchObject({ code: 'SIGNATURE_CERTIFICATE_UNREADABLE' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('certificates in another form than DER allows', () => {
  const BASIC = '2.5.29.19';
  const bits = (...bytes: readonly number[]) => encodeDer(TAG.bitString, Uint8Array.from(bytes));
  const integer = (...bytes: readonly number[]) => encodeDer(TAG.integer, Uint8Array.from(bytes));
  const octets = (value: Uint8Array) => encodeDer(TAG.octetString, value);
  const boolean = (byte: number) => encodeDer(TAG.boolean, Uint8Array.of(byte));
  const sequence = (...parts: readonly Uint8Array[]) => encodeDer(TAG.sequence, ...parts);
  const deep = Array.from({ length: 5000 }).reduce<Uint8Array>((inner) => sequence(inner), new Uint8Array());
  const subtrees = (...parts: readonly Uint8Array[]) => sequence(encodeDer(0xa0, sequence(...parts)));
  const mask = general(0x87, Uint8Array.of(10, 0, 0, 0, 255, 0, 255, 0));
  const extension = (oid: string, value: Uint8Array) => [encodeExtension(oid, value, false)];

  test.each([
    ['a key usage with stray bits', extension('2.5.29.15', bits(7, 0x81))],
    ['a key usage of many bits', extension('2.5.29.15', bits(0, 0x80, 0, 0, 0, 0, 0, 0, 1))],
    ['an explicit default twice', extension(BASIC, sequence(boolean(0), boolean(0)))],
    ['an explicit default behind the path length', extension(BASIC, sequence(integer(0), boolean(0)))],
    ['an explicit default of another length', extension(BASIC, Uint8Array.of(0x30, 0x81, 3, 1, 1, 0))],
    ['critical twice', [sequence(encodeOid(BASIC), boolean(0), boolean(0), octets(sequence()))]],
    ['a critical that is neither', [sequence(encodeOid(BASIC), boolean(1), octets(sequence()))]],
    ['critical behind the value', [sequence(encodeOid(BASIC), octets(sequence()), boolean(0))]],
    ['a truth that is not 0xff', extension(BASIC, sequence(boolean(1)))],
    ['one member too many', extension(BASIC, sequence(boolean(0xff), integer(0), integer(0)))],
    ['a padded number', extension(BASIC, sequence(boolean(0xff), integer(0, 1)))],
    ['a negative path length', extension(BASIC, sequence(boolean(0xff), integer(0xff)))],
    ['an enormous path length', extension(BASIC, sequence(boolean(0xff), integer(1, 0, 0, 0, 0)))],
    ['bytes after the value', extension(BASIC, Uint8Array.from([...sequence(), 0]))],
    ['a length that is not minimal', extension(BASIC, Uint8Array.of(0x30, 0x81, 0))],
    ['no definite length', extension(BASIC, Uint8Array.of(0x30, 0x80, 0, 0))],
    ['a padded identifier', extension('2.5.29.37', sequence(encodeDer(TAG.oid, Uint8Array.of(0x80, 0x2a, 3))))],
    ['a line end in a name', [san(general(0x82, 'a.example.org\nx'))]],
    ['a NUL in a name', [san(general(0x81, 'a@example.org\0.evil.org'))]],
    ['a name that is not ASCII', [san(general(0x82, 'exämple.org'))]],
    ['an address of five bytes', [san(general(0x87, Uint8Array.of(1, 2, 3, 4, 5)))]],
    ['a network mask with holes', extension('2.5.29.30', subtrees(mask))],
    ['a name constraint with a minimum', extension('2.5.29.30', subtrees(general(0x82, 'a.b'), general(0x80, '\x01')))],
    ['the same extension twice', [...extension('1.2.3.4', deep.subarray(0, 0)), ...extension('1.2.3.4', boolean(0))]],
    ['many extensions', Array.from({ length: 70 }, (_, index) => encodeExtension(`1.2.3.${index}`, boolean(0), false))],
    ['deep nesting', extension(BASIC, deep)],
    ['deep nesting outside of extensions', [deep]],
    ['name constraints without any', [encodeExtension('2.5.29.30', encodeDer(TAG.sequence), true)]],
    [
      'name constraints with an empty list',
      [encodeExtension('2.5.29.30', encodeDer(TAG.sequence, encodeDer(0xa1)), true)],
    ],
  ])('%s is refused', (_, extensions) => {
    expect(() => parseCertificate(issue('odd', undefined, { extensions }).der)).toThrow(/^not a certificate/);
  });

  test('defaults that are written out are read, and the signature is over the bytes as they came', () => {
    const written = (oid: string, value: Uint8Array) => sequence(encodeOid(oid), boolean(0), octets(value));
    const ca = issue('ca', root, {
      extensions: [
        ...caExtensions(),
        written('2.5.29.30', subtrees(general(0x81, 'example.org'), encodeDer(0x80, Uint8Array.of(0)))),
      ],
    });
    const leaf = issue('leaf', ca, { extensions: [...LEAF, written(BASIC, sequence(boolean(0)))] });
    const read = parseCertificate(leaf.der);
    expect(read.extensions).toMatchObject({ basicConstraints: { ca: false }, otherCritical: [] });
    expect(Buffer.from(leaf.der).includes(Buffer.from(read.signedBytes))).toBe(true);
    expect(search(leaf, [root], [ca])).toMatchObject({ reasons: [], anchors: [parseCertificate(root.der).sha256] });
    const elsewhere = issue('leaf', ca, {
      extensions: [...leafExtensions('release@evil.org'), written(BASIC, sequence(boolean(0)))],
    });
    expect(codes(search(elsewhere, [root], [ca]))).toEqual(['CERTIFICATE_NAME_CONSTRAINT']);
  });

  test('a time without seconds is refused, as OpenSSL does', () => {
    const time = (date: Date) =>
      encodeDer(TAG.utcTime, utf8(`${date.toISOString().slice(2, 16).replaceAll(/[-T:]/g, '')}Z`));
    expect(() => parseCertificate(issue('short', undefined, { time }).der)).toThrow(/not a certificate/);
  });

  test('an enormous certificate is refused', () => {
    const extensions = extension('1.2.3.4', new Uint8Array(40_000));
    expect(() => parseCertificate(issue('large', undefined, { extensions }).der)).toThrow(/the limit is 32768/);
  });

  test('a certificate with the length in more bytes than needed is refused', () => {
    const plain = issue('plain').der;
    expect([...plain.subarray(0, 2)]).toEqual([0x30, 0x82]);
    const padded = Uint8Array.from([0x30, 0x83, 0, ...plain.subarray(2)]);
    expect(() => parseCertificate(padded)).toThrow(/not a certificate/);
  });
});

describe('paths', () => {
  const ca = issue('ca', root, { extensions: caExtensions(0) });
  const leaf = issue('leaf', ca, { extensions: LEAF });
  const rootId = parseCertificate(root.der).sha256;
  const caId = parseCertificate(ca.der).sha256;

  test('over an intermediate to a root, to the intermediate as anchor, and to both', () => {
    expect(search(leaf, [root], [ca]).anchors).toEqual([rootId]);
    expect(search(leaf, [ca]).anchors).toEqual([caId]);
    expect([...search(leaf, [root, ca]).anchors].sort()).toEqual([rootId, caId].sort());
  });

  test('the leaf itself may be the anchor', () => {
    expect(search(leaf, [leaf]).anchors).toEqual([parseCertificate(leaf.der).sha256]);
  });

  test('a missing intermediate is named by its issuer', () => {
    const result = search(leaf, [root]);
    expect(codes(result)).toEqual(['CERTIFICATE_NO_ISSUER']);
    expect(result.reasons[0]?.message).toMatch(/"CN=leaf".*issued by "CN=ca"/);
  });

  test('a root inside the bundle is no anchor', () => {
    expect(codes(search(leaf, [], [ca, root]))).toContain('CERTIFICATE_NO_ISSUER');
  });

  test('another CA of the same name does not help, and does not harm beside the right one', () => {
    const impostor = issue('ca', root);
    expect(codes(search(leaf, [root], [impostor]))).toEqual(['CERTIFICATE_SIGNATURE_BAD']);
    expect(search(leaf, [root], [impostor, ca]).anchors).toEqual([rootId]);
  });

  test('cross-signed: a path by either issuer suffices, both anchors are found', () => {
    const other = issue('other root');
    const cross = issue('ca', other, { as: ca, extensions: caExtensions(0) });
    expect(search(leaf, [other], [ca, cross]).anchors).toEqual([parseCertificate(other.der).sha256]);
    expect(search(leaf, [root, other], [ca, cross]).anchors).toHaveLength(2);
    const expired = issue('ca', root, { as: ca, from: -60, days: 10, extensions: caExtensions(0) });
    expect(search(leaf, [root, other], [expired, cross]).anchors).toEqual([parseCertificate(other.der).sha256]);
  });

  test.each([
    ['an expired leaf', { from: -60, days: 10 }, 'CERTIFICATE_EXPIRED'],
    ['a leaf of the future', { from: 5 }, 'CERTIFICATE_NOT_YET_VALID'],
  ])('%s', (_, wish, code) => {
    const bad = issue('bad leaf', ca, { ...wish, extensions: LEAF });
    const result = search(bad, [root], [ca]);
    expect(codes(result)).toEqual([code]);
    expect(result.reasons[0]?.message).toContain('"CN=bad leaf"');
    expect(result.anchors).toEqual([]);
    expect(result.ended).toEqual(code === 'CERTIFICATE_EXPIRED' ? [rootId] : []);
  });

  test('a leaf that has another fault than age is no expired one', () => {
    const bad = issue('bad leaf', ca, { from: -60, days: 10, extensions: caExtensions(0) });
    expect(search(bad, [root], [ca])).toMatchObject({ anchors: [], ended: [] });
  });

  test('an expired root or intermediate is named', () => {
    const oldRoot = issue('old root', undefined, { from: -60, days: 10 });
    expect(search(issue('l', oldRoot, { extensions: LEAF }), [oldRoot]).reasons[0]?.message).toMatch(
      /"CN=old root".*expired/,
    );
    const oldCa = issue('old ca', root, { from: -60, days: 10 });
    expect(search(issue('l', oldCa, { extensions: LEAF }), [root], [oldCa]).reasons[0]?.message).toMatch(
      /"CN=old ca".*expired/,
    );
  });

  test('a leaf cannot issue', () => {
    expect(codes(search(issue('below', leaf, { extensions: LEAF }), [root], [ca, leaf]))).toContain(
      'CERTIFICATE_NOT_CA',
    );
    const noExtensions = issue('none', root, { extensions: [] });
    expect(codes(search(issue('below', noExtensions, { extensions: LEAF }), [root], [noExtensions]))).toEqual([
      'CERTIFICATE_NOT_CA',
    ]);
  });

  test('a CA without keyCertSign cannot issue', () => {
    const weak = issue('no cert sign', root, { extensions: [...caExtensions().slice(0, 1), keyUsage(7, 0x80)] });
    expect(codes(search(issue('l', weak, { extensions: LEAF }), [root], [weak]))).toEqual(['CERTIFICATE_KEY_USAGE']);
  });

  test('the path length counts intermediates', () => {
    const below = issue('below', ca);
    expect(codes(search(issue('l', below, { extensions: LEAF }), [root], [ca, below]))).toEqual([
      'CERTIFICATE_PATH_LENGTH',
    ]);
    const wide = issue('wide', root, { extensions: caExtensions(1) });
    const narrow = issue('narrow', wide);
    expect(search(issue('l', narrow, { extensions: LEAF }), [root], [wide, narrow]).anchors).toEqual([rootId]);
  });

  test.each([
    ['codeSigning', [eku(CODE)], []],
    ['any', [eku('2.5.29.37.0')], []],
    ['codeSigning among others', [eku(SERVER, CODE)], []],
    ['none', [], []],
    ['serverAuth only', [eku(SERVER)], ['CERTIFICATE_EXTENDED_KEY_USAGE']],
    ['key usage without digitalSignature', [keyUsage(5, 0x20)], ['CERTIFICATE_KEY_USAGE']],
    [
      'an unknown critical extension',
      [encodeExtension('1.2.3.4', new Uint8Array(), true)],
      ['CERTIFICATE_EXTENSION_UNKNOWN'],
    ],
    ['an unknown extension', [encodeExtension('1.2.3.4', new Uint8Array(), false)], []],
  ])('a leaf with %s', (_, extensions, expected) => {
    expect(codes(search(issue('l', root, { extensions }), [root]))).toEqual(expected);
  });

  test('extended key usage and critical extensions of a CA count for what is below', () => {
    const tls = issue('tls ca', root, { extensions: [...caExtensions(), eku(SERVER)] });
    expect(codes(search(issue('l', tls, { extensions: LEAF }), [root], [tls]))).toEqual([
      'CERTIFICATE_EXTENDED_KEY_USAGE',
    ]);
    const odd = issue('odd ca', root, {
      extensions: [...caExtensions(), encodeExtension('2.5.29.99', encodeDer(TAG.sequence), true)],
    });
    expect(codes(search(issue('l', odd, { extensions: LEAF }), [root], [odd]))).toEqual([
      'CERTIFICATE_EXTENSION_UNKNOWN',
    ]);
  });

  test.each([
    ['inhibit any policy', '2.5.29.54', encodeDer(TAG.integer, Uint8Array.of(0)), true, []],
    ['policy mappings', '2.5.29.33', POLICY_MAPPINGS, true, []],
    ['no further mappings', '2.5.29.36', policyConstraints(0x81), true, []],
    ['a demand for policies', '2.5.29.36', policyConstraints(0x80), true, ['CERTIFICATE_EXTENSION_UNKNOWN']],
    ['both demands', '2.5.29.36', policyConstraints(0x80, 0x81), true, ['CERTIFICATE_EXTENSION_UNKNOWN']],
    ['an uncritical demand', '2.5.29.36', policyConstraints(0x80), false, ['CERTIFICATE_EXTENSION_UNKNOWN']],
  ] as const)(
    'of policies a CA may say what decides nothing without a demand for them: %s',
    (_, oid, value, critical, expected) => {
      const issuer = issue('policy ca', root, {
        extensions: [...caExtensions(), encodeExtension(oid, value, critical)],
      });
      expect(codes(search(issue('l', issuer, { extensions: LEAF }), [root], [issuer]))).toEqual(expected);
      expect(codes(search(issue('l', issuer, { extensions: LEAF }), [issuer]))).toEqual(expected);
    },
  );

  test('many CAs that sign each other end within the bound', () => {
    const crowd = Array.from({ length: 12 }, () => issue('crowd', undefined));
    const signedByAll = crowd.flatMap((child) => crowd.map((parent) => issue('crowd', parent, { as: child })));
    const started = performance.now();
    const result = search(issue('l', crowd[0], { extensions: LEAF }), [root], signedByAll);
    expect(result.anchors).toEqual([]);
    expect(codes(result)).toEqual(['CERTIFICATE_NO_ISSUER']);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('name constraints', () => {
  const IP = Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0);
  const HOST = Uint8Array.of(10, 1, 2, 3, 255, 0, 0, 0);
  const ip6 = (start: string, end: string) =>
    new Uint8Array(Buffer.from(start + end.padStart(32 - start.length, '0'), 'hex'));
  const IP6 = Uint8Array.from([...ip6('20010db8', ''), ...ip6('ffffffff', '')]);
  const cn = (text: string) =>
    encodeDer(
      TAG.sequence,
      encodeDer(TAG.set, encodeDer(TAG.sequence, encodeOid('2.5.4.3'), encodeDer(TAG.utf8String, utf8(text)))),
    );

  test.each([
    ['dns below', [general(0x82, 'example.org')], [], general(0x82, 'a.example.org'), true],
    ['dns itself', [general(0x82, 'example.org')], [], general(0x82, 'EXAMPLE.org'), true],
    ['dns that only ends so', [general(0x82, 'example.org')], [], general(0x82, 'badexample.org'), false],
    ['dns excluded', [], [general(0x82, 'example.org')], general(0x82, 'a.example.org'), false],
    ['a wildcard above an excluded host', [], [general(0x82, 'a.example.org')], general(0x82, '*.example.org'), false],
    ['a wildcard above one far below', [], [general(0x82, '.b.a.example.org')], general(0x82, '*.EXAMPLE.org'), false],
    ['a wildcard beside an excluded host', [], [general(0x82, 'a.example.net')], general(0x82, '*.example.org'), true],
    ['a wildcard above a permitted host', [general(0x82, 'a.example.org')], [], general(0x82, '*.example.org'), false],
    ['a wildcard below a permitted host', [general(0x82, 'example.org')], [], general(0x82, '*.a.example.org'), true],
    ['malformed dns, permitted', [general(0x82, 'example.org')], [], general(0x82, 'a..example.org'), false],
    ['malformed dns, excluded', [], [general(0x82, 'example.net')], general(0x82, 'a b.example.org'), false],
    ['two wildcards, excluded', [], [general(0x82, 'example.net')], general(0x82, '*.*.example.org'), false],
    ['an empty dns name, excluded', [], [general(0x82, 'example.net')], general(0x82, ''), false],
    ['malformed mail, permitted', [general(0x81, 'example.org')], [], general(0x81, 'a@b@example.org'), false],
    ['malformed mail, excluded', [], [general(0x81, 'example.net')], general(0x81, 'a@exa mple.org'), false],
    ['mail without mailbox, excluded', [], [general(0x81, 'example.net')], general(0x81, '@example.org'), false],
    ['mail of the host', [general(0x81, 'example.org')], [], general(0x81, 'a@example.org'), true],
    ['mail of a host below', [general(0x81, 'example.org')], [], general(0x81, 'a@b.example.org'), false],
    ['mail of a host below the dot', [general(0x81, '.example.org')], [], general(0x81, 'a@b.example.org'), true],
    ['mail of one mailbox', [general(0x81, 'a@example.org')], [], general(0x81, 'b@example.org'), false],
    ['mail without host', [general(0x81, 'example.org')], [], general(0x81, 'example.org'), false],
    ['uri of the host', [general(0x86, 'example.org')], [], general(0x86, 'https://example.org/x'), true],
    ['uri of another host', [general(0x86, 'example.org')], [], general(0x86, 'https://evil.org/example.org'), false],
    ['uri without host', [general(0x86, 'example.org')], [], general(0x86, 'urn:x:y'), false],
    ['uri with user part', [general(0x86, 'example.org')], [], general(0x86, 'https://example.org@evil.org/'), false],
    ['uri with a login', [general(0x86, 'example.org')], [], general(0x86, 'https://a@example.org/'), false],
    ['uri with two', [], [general(0x86, 'evil.org')], general(0x86, 'https://evil.org@a@example.org/'), false],
    ['uri with an escape', [general(0x86, 'example.org')], [], general(0x86, 'https://ex%61mple.org/'), false],
    ['uri with an escape, excluded', [], [general(0x86, 'example.org')], general(0x86, 'x://ex%61mple.org/'), false],
    ['uri without slashes', [general(0x86, 'example.org')], [], general(0x86, 'https:example.org'), false],
    ['uri without slashes, excluded', [], [general(0x86, '.example.org')], general(0x86, 'https:example.org'), false],
    ['uri with a port', [general(0x86, 'example.org')], [], general(0x86, 'https://EXAMPLE.org:8?x'), true],
    ['uri of another scheme', [general(0x86, 'example.org')], [], general(0x86, 'spiffe://example.org/x'), true],
    ['dns with a last dot, permitted', [general(0x82, 'example.org')], [], general(0x82, 'example.org.'), false],
    ['dns with a last dot, excluded', [], [general(0x82, 'example.org')], general(0x82, 'example.org.'), false],
    ['mail with a last dot, permitted', [general(0x81, 'example.org')], [], general(0x81, 'a@example.org.'), false],
    ['mail of a host after an @, excluded', [], [general(0x81, '@example.org')], general(0x81, 'a@example.org'), false],
    ['mail of one after an @, permitted', [general(0x81, '@example.org')], [], general(0x81, 'a@example.org'), false],
    ['mail of another after an @', [], [general(0x81, '@example.org')], general(0x81, 'a@example.net'), true],
    ['a malformed base, excluded', [], [general(0x82, '*.example.org')], general(0x82, 'a.example.org'), false],
    ['a malformed base, permitted', [general(0x82, '*.example.org')], [], general(0x82, 'a.example.org'), false],
    ['a malformed base of mail', [], [general(0x81, 'example.org.')], general(0x81, 'a@example.org'), false],
    ['ip inside', [general(0x87, IP)], [], general(0x87, Uint8Array.of(10, 1, 2, 3)), true],
    ['ip outside', [general(0x87, IP)], [], general(0x87, Uint8Array.of(11, 1, 2, 3)), false],
    [
      'ip inside a network given by one of its hosts',
      [general(0x87, HOST)],
      [],
      general(0x87, Uint8Array.of(10, 9, 2, 3)),
      true,
    ],
    ['ip excluded', [], [general(0x87, IP)], general(0x87, Uint8Array.of(10, 1, 2, 3)), false],
    ['ip of any network', [general(0x87, new Uint8Array(8))], [], general(0x87, Uint8Array.of(10, 1, 2, 3)), true],
    [
      'an address for a network',
      [general(0x87, Uint8Array.of(10, 1, 2, 3))],
      [],
      general(0x87, Uint8Array.of(10, 1, 2, 3)),
      false,
    ],
    ['a network for an address', [general(0x87, IP)], [], general(0x87, IP), false],
    ['a network for an address, excluded', [], [general(0x87, IP)], general(0x87, IP), false],
    ['ip of version 6 inside', [general(0x87, IP6)], [], general(0x87, ip6('20010db8', '7')), true],
    ['ip of version 6 outside', [general(0x87, IP6)], [], general(0x87, ip6('20010db9', '7')), false],
    ['ip of version 4 in version 6', [general(0x87, IP)], [], general(0x87, ip6('', 'ffff0a010203')), false],
    ['other kinds are free', [general(0x82, 'example.org')], [], general(0x81, 'a@b.c'), true],
    ['a kind that is not understood', [otherName('1.2.3')], [], otherName('1.2.3'), false],
    ['directory excluded, in another case', [], [encodeDer(0xa4, cn('L'))], general(0x82, 'x'), false],
  ])('%s', (_, permitted, excluded, name, allowed) => {
    const ca = issue('constrained', root, { extensions: [...caExtensions(), constraints(permitted, excluded)] });
    const result = search(issue('l', ca, { extensions: [eku(CODE), san(name)] }), [root], [ca]);
    expect(codes(result)).toEqual(allowed ? [] : ['CERTIFICATE_NAME_CONSTRAINT']);
  });

  test.each([
    ['beside none in the alternative names', general(0x82, 'x'), 'a@evil.org', false],
    ['beside a permitted one there', general(0x81, 'a@example.org'), 'a@evil.org', false],
    ['permitted as the one there', general(0x81, 'a@example.org'), 'b@example.org', true],
  ])('an address in the subject is bound, too: %s', (_, name, email, allowed) => {
    const ca = issue('constrained', root, {
      extensions: [...caExtensions(), constraints([general(0x81, 'example.org')])],
    });
    const result = search(issue('l', ca, { email, extensions: [eku(CODE), san(name)] }), [root], [ca]);
    expect(codes(result)).toEqual(allowed ? [] : ['CERTIFICATE_NAME_CONSTRAINT']);
  });

  test('those of a root bind the leaf over an intermediate', () => {
    const strict = issue('strict', undefined, {
      extensions: [...caExtensions(), constraints([general(0x81, 'example.org')])],
    });
    const ca = issue('ca', strict);
    expect(codes(search(issue('l', ca, { extensions: leafExtensions('a@evil.org') }), [strict], [ca]))).toEqual([
      'CERTIFICATE_NAME_CONSTRAINT',
    ]);
    expect(codes(search(issue('l', ca, { extensions: LEAF }), [strict], [ca]))).toEqual([]);
  });
});

const files = await generateX509Chain({ name: 'Release', email: 'release@example.org', days: 30, now: NOW });

describe('signing with a certificate', () => {
  const key = new Secret(files.privateKey);

  test('leaf and intermediate travel, the root stays away, whatever the order given', async () => {
    const chains = [files.intermediates + files.root, files.root + files.intermediates, files.intermediates];
    for (const certificateChain of chains) {
      const made = await signer({ method: 'x509', key, certificate: files.certificate, certificateChain });
      expect(made.material).toMatchObject({ kind: 'certificates', chain: [expect.anything(), expect.anything()] });
      const signature = await made.signPae(MESSAGE, NOW);
      const input = { pae: MESSAGE, signature, material: made.material, keyid: undefined, hashing: 'bundle' } as const;
      expect(await (await verifier(made.publicMaterial)).verifyDsse(input, NOW)).toMatchObject({
        status: 'valid',
        identity: { san: ['email:release@example.org'] },
      });
      expect(await (await verifier({})).verifyDsse(input, NOW)).toMatchObject({
        status: 'untrusted',
        identity: { anchors: [] },
      });
      for (const [, bytes] of flipped(signature, 5))
        expect(
          (await (await verifier(made.publicMaterial)).verifyDsse({ ...input, signature: bytes }, NOW)).status,
        ).toBe('invalid');
    }
  });

  test('the chain may follow the leaf in one file', async () => {
    const made = await signer({ method: 'x509', key, certificate: files.certificate + files.intermediates });
    expect(made.material).toMatchObject({ chain: { length: 2 } });
  });

  test.each([
    ['no certificate', {}, 'SIGNATURE_CERTIFICATE_MISSING'],
    ['a certificate of another key', { certificate: files.intermediates }, 'SIGNATURE_CERTIFICATE_MISMATCH'],
    ['a file without certificate', { certificate: files.publicKey }, 'SIGNATURE_CERTIFICATE_UNREADABLE'],
    [
      'a stray intermediate',
      { certificate: files.certificate, certificateChain: encodePem('CERTIFICATE', der('rsa')) },
      'SIGNATURE_CHAIN_INCOMPLETE',
    ],
    [
      'an expired certificate',
      { certificate: files.certificate, now: new Date(NOW.getTime() + 31 * DAY) },
      'SIGNATURE_CERTIFICATE_NOT_VALID_NOW',
    ],
    [
      'a certificate of the future',
      { certificate: files.certificate, now: new Date(NOW.getTime() - DAY) },
      'SIGNATURE_CERTIFICATE_NOT_VALID_NOW',
    ],
  ])('%s is refused', async (_, options, code) => {
    expect(await codeOf(signer({ method: 'x509', key, ...options }))).toBe(code);
  });

  test('a TLS certificate is refused', async () => {
    const tls = issue('tls', root, { extensions: [eku(SERVER)] });
    const pem = tls.key.export({ format: 'pem', type: 'pkcs8' }).toString();
    const options = { method: 'x509', key: new Secret(pem), certificate: encodePem('CERTIFICATE', tls.der) } as const;
    expect(await codeOf(signer(options))).toBe('SIGNATURE_CERTIFICATE_UNSUITABLE');
  });

  test('a passphrase protects the generated key', async () => {
    const locked = await generateX509Chain({
      name: 'R',
      email: 'r@example.org',
      days: 1,
      passphrase: PASSPHRASE,
      now: NOW,
    });
    const options = { method: 'x509', key: new Secret(locked.privateKey), certificate: locked.certificate } as const;
    expect(await codeOf(signer(options))).toBe('SIGNATURE_PASSPHRASE_MISSING');
    expect((await signer({ ...options, passphrase: PASSPHRASE })).method).toBe('x509');
  });

  test('hostile certificates in a bundle give an answer', async () => {
    const made = await signer({
      method: 'x509',
      key: secretVector('keys/p256.pem'),
      certificate: Buffer.from(vector('x509/leaf-p384.pem')).toString(),
    });
    const signature = await made.signPae(MESSAGE, NOW);
    const verify = await verifier({ anchors: [der('p384')] });
    const answer = (chain: readonly Uint8Array[]) =>
      verify.verifyDsse(
        { pae: MESSAGE, signature, material: { kind: 'certificates', chain }, keyid: undefined, hashing: 'bundle' },
        NOW,
      );
    expect((await answer([der('leaf-p384')])).status).toBe('valid');
    expect((await answer([der('leaf-p384'), utf8('junk')])).status).toBe('valid');
    expect((await answer([utf8('junk')])).status).toBe('unreadable');
    expect((await answer([])).status).toBe('unreadable');
    expect((await answer(Array.from({ length: 20 }, () => der('leaf-p384')))).status).toBe('valid');
    const crowd = await answer(Array.from({ length: 21 }, () => der('leaf-p384')));
    expect(crowd.status).toBe('unreadable');
    expect(codes(crowd)).toEqual(['CERTIFICATE_CHAIN_TOO_LARGE']);
    expect((await answer([der('rsa1024')])).status).toBe('untrusted');
    expect((await answer([der('leaf-p384').subarray(0, 300)])).status).toBe('unreadable');
  });

  test('broken trust anchors are an error, not a verdict', async () => {
    for (const kind of ['anchors', 'intermediates', 'certificates'])
      expect(await codeOf(verifier({ anchors: [der('rsa')], [kind]: [utf8('junk')] }))).toBe(
        'SIGNATURE_TRUST_UNREADABLE',
      );
  });
});
