// SPDX-License-Identifier: Apache-2.0
// What is said of a key by its bytes alone is what OpenSSL says of it; what OpenSSL would refuse or write otherwise is left to it.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPublicKeys, spkisIn } from '../../../src/crypto/keys.ts';
import { algorithmOfSpki } from '../../../src/crypto/keys.ts';
import { codeOf } from '../../support/signing.ts';

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

const ec = (namedCurve: string) => () => spkiOf(generateKeyPairSync('ec', { namedCurve }).publicKey);
const rsa = (modulusLength: number, publicExponent?: number) => () =>
  spkiOf(generateKeyPairSync('rsa', { modulusLength, ...(publicExponent ? { publicExponent } : {}) }).publicKey);
const ed25519 = () => spkiOf(generateKeyPairSync('ed25519').publicKey);

/** The same from a key object; undefined where OpenSSL does not read the bytes, or writes the key otherwise. */
function asOpensslSays(der: Uint8Array): string | undefined {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
  if (!spkiOf(key).equals(der)) return undefined;
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const curve = new Map([
    ['prime256v1', 'ecdsa-p256'],
    ['secp384r1', 'ecdsa-p384'],
    ['secp521r1', 'ecdsa-p521'],
  ]).get(namedCurve);
  return key.asymmetricKeyType === 'rsa' ? `rsa-${modulusLength}` : (curve ?? key.asymmetricKeyType);
}

const KINDS = [
  ['ecdsa-p256', ec('P-256'), 300],
  ['ecdsa-p384', ec('P-384'), 100],
  ['ecdsa-p521', ec('P-521'), 300],
  ['ed25519', ed25519, 100],
  ['rsa-2048', rsa(2048), 3],
  ['rsa-3072', rsa(3072), 1],
  ['rsa-4096', rsa(4096), 1],
] as const;

describe.each(KINDS)('%s', (algorithm, make, count) => {
  test('every key is known, and has the hint and the key object that OpenSSL gives', () => {
    for (let made = 0; made < count; made += 1) {
      const der = new Uint8Array(make());
      expect(algorithmOfSpki(der)).toBe(algorithm);
      expect(asOpensslSays(der)).toBe(algorithm);
      const hint = createHash('sha256').update(der).digest('base64');
      const [key] = readPublicKeys(der);
      expect(key).toMatchObject({ algorithm, hint });
      expect(key && new Uint8Array(spkiOf(key.key))).toEqual(der);
      expect(spkisIn(der)).toEqual([der]);
    }
  });

  test('a changed key is known only if OpenSSL reads the very bytes as a key of that kind', () => {
    const der = make();
    const change = fc.tuple(
      fc.oneof(fc.nat(der.length - 1), fc.nat(32)),
      fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(1, 2, 0x80)),
    );
    const agree = (changed: Uint8Array) => {
      const said = algorithmOfSpki(changed);
      if (said !== undefined) expect(said).toBe(asOpensslSays(changed));
    };
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = new Uint8Array(der);
      for (const [at, bits] of changes) changed[at] = (changed[at] ?? 0) ^ bits;
      agree(changed);
      agree(changed.subarray(0, -1));
    });
    fc.assert(property, { numRuns: 1000 });
    for (const more of [[0], [0x30, 0]])
      expect(algorithmOfSpki(Buffer.concat([der, Buffer.from(more)]))).toBeUndefined();
    expect(algorithmOfSpki(der.subarray(1))).toBeUndefined();
  });
});

describe('points', () => {
  const point = (der: Buffer, change: (coordinates: Buffer) => void) => {
    const size = { 91: 64, 120: 96, 158: 132 }[der.length] ?? 0;
    const changed = Buffer.from(der);
    change(changed.subarray(-size));
    return changed;
  };
  const P256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  /** x = 5 is on the curve, and so is 5 + p, which fits into the field’s bytes as well but is written by nobody. */
  const five = Buffer.from(`03${'5'.padStart(64, '0')}`, 'hex');

  test.each(KINDS.slice(0, 3))('of %s that are not on the curve are refused when they are read', async (_, make) => {
    readPublicKeys(make());
    const changes = [
      (all: Buffer) => all.writeUInt8((all.at(-1) ?? 0) ^ 1, all.length - 1),
      (all: Buffer) => all.fill(0),
      (all: Buffer) => all.fill(0xff),
      (all: Buffer) => all.swap16(),
    ];
    for (const change of changes) {
      const der = point(make(), change);
      expect(algorithmOfSpki(der)).toBeUndefined();
      expect(await codeOf(() => readPublicKeys(der))).toBe('SIGNATURE_TRUST_UNREADABLE');
      expect(await codeOf(() => spkisIn(der))).toBe('SIGNATURE_TRUST_UNREADABLE');
    }
  });

  test('with a coordinate above the field are left to OpenSSL, which refuses them', () => {
    const head = ec('P-256')().subarray(0, 26);
    const compressed = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      five,
    ]);
    const jwk = createPublicKey({ key: compressed, format: 'der', type: 'spki' }).export({ format: 'jwk' });
    const y = Buffer.from(jwk.y ?? '', 'base64url');
    const written = (x: bigint) =>
      Buffer.concat([head, Buffer.from([4]), Buffer.from(x.toString(16).padStart(64, '0'), 'hex'), y]);
    expect(algorithmOfSpki(written(5n))).toBe('ecdsa-p256');
    expect(algorithmOfSpki(written(5n + P256))).toBeUndefined();
    expect(asOpensslSays(written(5n + P256))).toBeUndefined();
  });

  test('written compressed are trusted under the name of the key with both coordinates', () => {
    const compressed = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      five,
    ]);
    const [key] = readPublicKeys(compressed);
    const [spki] = spkisIn(compressed);
    expect(spki && createHash('sha256').update(spki).digest('base64')).toBe(key?.hint);
  });
});

test.each([
  ['an RSA key that is too small', rsa(1024), 'rsa-1024'],
  ['another exponent', rsa(2048, 3), 'rsa-2048'],
  ['an odd size', rsa(2056), 'rsa-2056'],
  ['another curve', ec('secp256k1'), 'ec'],
  ['another kind', () => spkiOf(generateKeyPairSync('x25519').publicKey), 'x25519'],
])('%s is left to OpenSSL', (_, make, said) => {
  expect(asOpensslSays(make())).toBe(said);
  expect(algorithmOfSpki(make())).toBeUndefined();
});

test('a small RSA key is refused after keys that are known', async () => {
  readPublicKeys(rsa(2048)());
  expect(await codeOf(() => readPublicKeys(rsa(1024)()))).toBe('SIGNATURE_KEY_UNSUPPORTED');
});
