// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, utf8 } from '../../../src/base/bytes.ts';
import { Secret } from '../../../src/base/secret.ts';
import { generateEcKey } from '../../../src/crypto/key-generate.ts';
import { readPublicKeys } from '../../../src/crypto/keys.ts';
import { opensshKeyid } from '../../../src/crypto/signatures.ts';
import { readPrivateKey } from '../../../src/crypto/private-key.ts';
import { vectorPath } from '../../support/vectors.ts';
import { codeOf, flipped, NOW, PASSPHRASE, secretVector, signer, vector, verifier } from '../../support/signing.ts';

const MESSAGE = vector('message.json');

function publicKeyOf(name: string) {
  const [key] = readPublicKeys(vector(`keys/${name}`));
  if (!key) throw new Error('no key');
  return key;
}

function verifyVector(key: string, signature: string, hashing: 'native' | 'bundle') {
  const { hint } = publicKeyOf(key);
  const input = {
    pae: MESSAGE,
    signature: vector(`keys/${signature}`),
    material: { kind: 'public-key', hint },
    keyid: undefined,
    hashing,
  } as const;
  return verifier({ keys: [vector(`keys/${key}`)] }).then((verify) => verify.verifyDsse(input, NOW));
}

describe('private keys made by OpenSSL', () => {
  const P256 = publicKeyOf('p256.pub').hint;

  test.each([
    ['PKCS#8', 'p256.pem', undefined],
    ['SEC1 after EC PARAMETERS', 'p256.sec1.pem', undefined],
    ['encrypted PKCS#8', 'p256.enc.pem', PASSPHRASE],
    ['encrypted PKCS#8 with scrypt', 'p256.scrypt.pem', PASSPHRASE],
    ['PKCS#8 although a passphrase is given', 'p256.pem', PASSPHRASE],
  ])('%s', (_, file, passphrase) => {
    expect(readPrivateKey(secretVector(`keys/${file}`), passphrase).publicKey).toMatchObject({
      hint: P256,
      algorithm: 'ecdsa-p256',
    });
  });

  test.each([
    ['p384.pem', 'ecdsa-p384'],
    ['p521.pem', 'ecdsa-p521'],
    ['ed25519.pem', 'ed25519'],
    ['rsa2048.pem', 'rsa-2048'],
    ['rsa2048.pkcs1.pem', 'rsa-2048'],
  ])('%s is %s', (file, algorithm) => {
    expect(readPrivateKey(secretVector(`keys/${file}`), undefined).publicKey.algorithm).toBe(algorithm);
  });

  test.each([
    ['a missing passphrase', 'p256.enc.pem', undefined, 'SIGNATURE_PASSPHRASE_MISSING'],
    ['a wrong passphrase', 'p256.enc.pem', new Secret('wrong'), 'SIGNATURE_PASSPHRASE_WRONG'],
    ['a wrong passphrase (scrypt)', 'p256.scrypt.pem', new Secret(''), 'SIGNATURE_PASSPHRASE_WRONG'],
    ['the old encryption header', 'p256.proctype.pem', PASSPHRASE, 'SIGNATURE_KEY_UNREADABLE'],
    ['a public key', 'p256.pub', undefined, 'SIGNATURE_KEY_NOT_PRIVATE'],
    ['RSA 1024', 'rsa1024.pem', undefined, 'SIGNATURE_KEY_UNSUPPORTED'],
    ['secp256k1', 'secp256k1.pem', undefined, 'SIGNATURE_KEY_UNSUPPORTED'],
    ['Ed448', 'ed448.pem', undefined, 'SIGNATURE_KEY_UNSUPPORTED'],
    ['an OpenPGP key', '../pgp/plain.sec.asc', undefined, 'SIGNATURE_KEY_UNREADABLE'],
    ['no PEM at all', '../message.json', undefined, 'SIGNATURE_KEY_UNREADABLE'],
  ])('%s is refused', async (_, file, passphrase, code) => {
    expect(await codeOf(() => readPrivateKey(secretVector(`keys/${file}`), passphrase))).toBe(code);
  });

  test.each([
    ['spaces', (text: string) => text.trim().replaceAll('\n', ' ')],
    ['the characters \\n', (text: string) => text.replaceAll('\n', '\\n')],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['nothing', (text: string) => text.replaceAll('\n', '')],
  ])('line ends turned into %s are repaired', (_, change) => {
    for (const file of ['keys/p256.pem', 'keys/p256.sec1.pem', 'keys/rsa2048.pkcs1.pem']) {
      const text = change(Buffer.from(vector(file)).toString());
      expect(readPrivateKey(new Secret(text), undefined).publicKey.hint).not.toBe('');
    }
  });

  test('damaged key files never throw anything but a SignatureError, and no error repeats the key', () => {
    const text = Buffer.from(vector('keys/p256.pem')).toString();
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 40 }), (at, garbage) => {
        try {
          readPrivateKey(new Secret(text.slice(0, at) + garbage + text.slice(at + garbage.length)), undefined);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^SIGNATURE_/) });
          expect(String(error)).not.toContain(text.split('\n')[1]?.slice(8, 24));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a key in the format of cosign', () => {
  const file = (name: string) => new Secret(vector(`cosign/${name}.key`));
  const hintOf = (name: string) => readPublicKeys(vector(`cosign/${name}.pub`))[0]?.hint;
  const opened = (...args: Parameters<typeof readPrivateKey>) => readPrivateKey(...args).publicKey.hint;

  test('with an empty passphrase needs none, and takes the empty one', () => {
    for (const given of [undefined, new Secret('')]) expect(opened(file('empty'), given)).toBe(hintOf('empty'));
    expect(opened(file('empty'), undefined, new Secret(''))).toBe(hintOf('empty'));
  });

  test('takes the passphrase for cosign’s keys where no other is given', async () => {
    expect(opened(file('passphrase'), undefined, PASSPHRASE)).toBe(hintOf('passphrase'));
    expect(opened(file('passphrase'), PASSPHRASE, new Secret('wrong'))).toBe(hintOf('passphrase'));
    expect(await codeOf(() => opened(file('passphrase'), new Secret('wrong'), PASSPHRASE))).toBe(
      'SIGNATURE_PASSPHRASE_WRONG',
    );
    expect(await codeOf(() => opened(file('passphrase'), undefined, new Secret('')))).toBe(
      'SIGNATURE_PASSPHRASE_WRONG',
    );
    expect(await codeOf(() => opened(file('passphrase'), undefined))).toBe('SIGNATURE_PASSPHRASE_MISSING');
    expect(await codeOf(() => opened(file('empty'), new Secret('wrong')))).toBe('SIGNATURE_PASSPHRASE_WRONG');
  });
});

describe('cosign keys', () => {
  const file = (name: string) => new Uint8Array(readFileSync(vectorPath(`oci/keys/${name}`)));

  test.each(['author', 'security', 'production', 'outsider', 'legacy-n32768', 'owasp-n131072'])('%s', async (name) => {
    const key = new Secret(file(`${name}.key`));
    const [expected] = readPublicKeys(file(`${name}.pub`));
    expect(readPrivateKey(key, new Secret('correct horse battery staple')).publicKey.hint).toBe(expected?.hint);
    expect(await codeOf(() => readPrivateKey(key, undefined))).toBe('SIGNATURE_PASSPHRASE_MISSING');
    expect(await codeOf(() => readPrivateKey(key, new Secret('wrong')))).toBe('SIGNATURE_PASSPHRASE_WRONG');
  });

  test('the empty passphrase is a valid one', () => {
    const [expected] = readPublicKeys(file('empty-password.pub'));
    expect(readPrivateKey(new Secret(file('empty-password.key')), new Secret('')).publicKey.hint).toBe(expected?.hint);
  });

  test('other scrypt parameters are refused before anything is derived', async () => {
    const [, label, body] =
      /-----BEGIN ([A-Z ]+)-----([\s\S]*?)-----END/.exec(Buffer.from(file('author.key')).toString()) ?? [];
    const json = Buffer.from(body ?? '', 'base64')
      .toString()
      .replace('65536', '1073741824');
    const pem = `-----BEGIN ${label}-----\n${Buffer.from(json).toString('base64')}\n-----END ${label}-----\n`;
    expect(await codeOf(() => readPrivateKey(new Secret(pem), new Secret('x')))).toBe('SIGNATURE_KDF_REFUSED');
  });
});

describe('signatures made by OpenSSL', () => {
  test.each([
    ['p256.pub', 'p256.sha256.sig', 'native', 'valid'],
    ['p384.pub', 'p384.sha256.sig', 'native', 'valid'],
    ['p521.pub', 'p521.sha256.sig', 'native', 'valid'],
    ['rsa2048.pub', 'rsa2048.sha256.sig', 'native', 'valid'],
    ['ed25519.pub', 'ed25519.sig', 'native', 'valid'],
    ['p384.pub', 'p384.sha384.sig', 'bundle', 'valid'],
    ['p521.pub', 'p521.sha512.sig', 'bundle', 'valid'],
    ['p384.pub', 'p384.sha384.sig', 'native', 'invalid'],
    ['p256.pub', 'p256.sha1.sig', 'bundle', 'invalid'],
    ['p256.pub', 'p384.sha256.sig', 'bundle', 'invalid'],
  ] as const)('%s with %s as %s is %s', async (key, signature, hashing, status) => {
    expect((await verifyVector(key, signature, hashing)).status).toBe(status);
  });

  test.each([
    ['p256', 'sha256', 'native'],
    ['p384', 'sha256', 'native'],
    ['p521', 'sha256', 'native'],
    ['p256', 'sha256', 'bundle'],
    ['p384', 'sha384', 'bundle'],
    ['p521', 'sha512', 'bundle'],
  ] as const)('%s with %s as %s is valid as raw r and s too, in full length alone', async (name, hash, hashing) => {
    const key = { key: createPrivateKey(Buffer.from(vector(`keys/${name}.pem`))), dsaEncoding: 'ieee-p1363' } as const;
    const raw = new Uint8Array(sign(hash, MESSAGE, key));
    const verify = await verifier({ keys: [vector(`keys/${name}.pub`)] });
    const keyid = opensshKeyid(publicKeyOf(`${name}.pub`).key);
    const statusOf = async (signature: Uint8Array, pae = MESSAGE) =>
      (await verify.verifyDsse({ pae, signature, material: undefined, keyid, hashing }, NOW)).status;
    expect(await statusOf(raw)).toBe('valid');
    const bad = hashing === 'native' ? 'invalid' : 'unknown-signer';
    for (const [, bytes] of flipped(raw, 5)) expect(await statusOf(bytes)).toBe(bad);
    expect(await statusOf(raw, utf8('other'))).toBe(bad);
    for (const bytes of [raw.subarray(1), raw.subarray(0, -1), concatBytes(raw, Uint8Array.of(0, 0)), new Uint8Array()])
      expect(await statusOf(bytes)).toBe(bad);
    expect(await statusOf(new Uint8Array(raw.length))).toBe(bad);
  });

  test('public keys are read from SPKI and PKCS#1, PEM and DER', () => {
    expect(publicKeyOf('p256.pub.der').hint).toBe(publicKeyOf('p256.pub').hint);
    expect(publicKeyOf('rsa2048.pkcs1.pub').hint).toBe(publicKeyOf('rsa2048.pub').hint);
  });

  test('certificates, private keys and weak keys are refused as public keys', async () => {
    expect(await codeOf(() => readPublicKeys(vector('x509/rsa.pem')))).toBe('SIGNATURE_TRUST_UNREADABLE');
    expect(await codeOf(() => readPublicKeys(vector('keys/p256.pem')))).toBe('SIGNATURE_TRUST_UNREADABLE');
    expect(await codeOf(() => readPublicKeys(utf8('nonsense')))).toBe('SIGNATURE_TRUST_UNREADABLE');
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'pem', type: 'spki' });
    expect(await codeOf(verifier({ keys: [utf8(weak.toString())] }))).toBe('SIGNATURE_KEY_UNSUPPORTED');
  });
});

test('a key has one name, whether its point is written compressed or not', () => {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const odd = (Buffer.from(y, 'base64url').at(-1) ?? 0) % 2;
  const point = [Buffer.from([2 + odd]), Buffer.from(x, 'base64url')];
  const compressed = Buffer.concat([
    Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
    ...point,
  ]);
  const plain = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const [read] = readPublicKeys(compressed);
  expect(read?.hint).toBe(readPublicKeys(plain.export({ format: 'der', type: 'spki' }))[0]?.hint);
});

describe('bare keys', () => {
  test.each(['p256', 'p384', 'p521', 'ed25519', 'rsa2048'])(
    '%s signs what its public key verifies, and nothing else',
    async (name) => {
      const made = await signer({ method: 'key', key: secretVector(`keys/${name}.pem`) });
      const verify = await verifier(made.publicMaterial);
      const signature = await made.signPae(MESSAGE, NOW);
      const input = { pae: MESSAGE, signature, material: made.material, keyid: undefined, hashing: 'bundle' } as const;
      expect(await verify.verifyDsse(input, NOW)).toMatchObject({ status: 'valid', identity: made.identity });
      for (const [, pae] of flipped(MESSAGE))
        expect((await verify.verifyDsse({ ...input, pae }, NOW)).status).toBe('invalid');
      for (const [, bytes] of flipped(signature, 3))
        expect((await verify.verifyDsse({ ...input, signature: bytes }, NOW)).status).toBe('invalid');
    },
  );

  test('a native signature is SHA-256 and carries the OpenSSH fingerprint', async () => {
    const made = await signer({ method: 'key', key: secretVector('keys/p384.pem') });
    if (made.native.format !== 'dsse') throw new Error('not dsse');
    expect(made.native.keyid).toBe(opensshKeyid(publicKeyOf('p384.pub').key));
    const input = {
      pae: MESSAGE,
      signature: await made.native.signNativePae(MESSAGE),
      material: undefined,
      hashing: 'native',
    } as const;
    const verify = await verifier(made.publicMaterial);
    expect((await verify.verifyDsse({ ...input, keyid: made.native.keyid }, NOW)).status).toBe('valid');
    expect((await verify.verifyDsse({ ...input, keyid: undefined }, NOW)).status).toBe('valid');
    expect((await verify.verifyDsse({ ...input, keyid: 'SHA256:other' }, NOW)).status).toBe('unknown-signer');
  });

  test('a wrong or missing hint does not matter when a trusted key verifies, and names nobody when none does', async () => {
    const made = await signer({ method: 'key', key: secretVector('keys/p256.pem') });
    const signature = await made.signPae(MESSAGE, NOW);
    const other = publicKeyOf('p384.pub').hint;
    for (const hint of ['', other, 'nonsense']) {
      const input = {
        pae: MESSAGE,
        signature,
        material: { kind: 'public-key', hint },
        keyid: undefined,
        hashing: 'bundle',
      } as const;
      expect(await (await verifier(made.publicMaterial)).verifyDsse(input, NOW)).toMatchObject({
        status: 'valid',
        identity: made.identity,
      });
      const unknown = await (await verifier({})).verifyDsse(input, NOW);
      expect(unknown).toMatchObject({ status: 'unknown-signer', identity: hint === other ? { hint } : null });
    }
  });

  test('an OpenPGP hint is never tried with bare keys', async () => {
    const made = await signer({ method: 'key', key: secretVector('keys/p256.pem') });
    const material = { kind: 'public-key', hint: `openpgp4fpr:${'0'.repeat(40)}` } as const;
    const input = {
      pae: MESSAGE,
      signature: await made.signPae(MESSAGE, NOW),
      material,
      keyid: undefined,
      hashing: 'bundle',
    } as const;
    expect((await (await verifier(made.publicMaterial)).verifyDsse(input, NOW)).status).toBe('unreadable');
  });

  test('generated keys sign, with and without passphrase', async () => {
    for (const passphrase of [undefined, PASSPHRASE]) {
      const files = generateEcKey(passphrase);
      const made = await signer({ method: 'key', key: new Secret(files.privateKey), passphrase });
      expect(made.identity).toMatchObject({ hint: files.hint });
      expect(files.privateKey.includes('ENCRYPTED')).toBe(passphrase !== undefined);
    }
  });
});
