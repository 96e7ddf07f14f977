// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { generateKey } from 'openpgp';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { decodeArmor, encodeCleartext } from '../../../../src/crypto/pgp/framing.ts';
import { describePgpKeys } from '../../../../src/crypto/pgp/secret-key.ts';
import { generatePgpKey } from '../../../../src/crypto/pgp/generate.ts';
import { vectorPath } from '../../../support/vectors.ts';
import { codeOf, flipped, NOW, PASSPHRASE, secretVector, signer, vector, verifier } from '../../../support/signing.ts';

const MESSAGE = vector('message.json');
const TEXT = Buffer.from(MESSAGE).toString();
const KEYS = ['rsa3072', 'ed25519', 'nistp256', 'nistp384', 'nistp521', 'plain', 'subkey'];

const UNSUPPORTED = [
  ['brainpoolP256r1', 'the curve brainpoolP256r1 is not supported'],
  ['secp256k1', 'the curve secp256k1 is not supported'],
  ['rsa1024', 'RSA keys of 1024 bits are not supported'],
  ['dsa2048', 'DSA keys are not supported'],
] as const;

async function fingerprintOf(name: string): Promise<string> {
  const [key] = await describePgpKeys(vector(`pgp/${name}.pub.asc`));
  return key?.fingerprint ?? '';
}

/** Checks a cleartext vector with the key and descriptor of `key`. */
async function checkClear(file: string, key: string, now = NOW) {
  const verify = await verifier({ keyrings: [vector(`pgp/${key}.pub.asc`)] });
  return verify.verifyCleartext(vector(`pgp/${file}.clear`), await fingerprintOf(key), now);
}

describe('cleartext signatures by GnuPG', () => {
  test.each(KEYS)('%s verifies and yields the signed text', async (name) => {
    const check = await checkClear(name, name);
    expect(check).toMatchObject({
      status: 'valid',
      text: TEXT,
      reasons: [],
      signedAt: new Date('2026-11-02T00:00:00Z'),
    });
  });

  test('a signing subkey is reported beside the primary fingerprint', async () => {
    const { identity } = await checkClear('subkey', 'subkey');
    expect(identity).toMatchObject({
      method: 'pgp',
      fingerprint: await fingerprintOf('subkey'),
      subkey: expect.any(String),
    });
  });

  // Computed from `gpg --export-ssh-key`, OpenSSH and OpenSSL.
  test.each([
    ['plain', 'HyEUtHJUx4xrrDXfU6ABoy/UdYTIwIO5NS7wZPF2iec='],
    ['nistp256', 'FvNcrEM0n4Aw4qdfY9SNGQ2MHp9wOMBl7minxWFm754='],
    ['nistp384', 'QxmCfbNtkszIfNDjzWFjF4cSZgm/6C/oatXwZJFAHxg='],
    ['nistp521', 'K9jzqzJaY3PYaPB/nI1SLwrp9k41SZpbvZMbXP/aI0o='],
    ['rsa3072', '1VhS7AM8g8AnkXnZNIoqLFtRCXkG75un7bZk6j6OX9c='],
    ['subkey', 'MGCD4UFvzCTgp4Yk/qf+3xTfjI/SLgZFPjy7H2/hx2A='],
  ])('the key of %s has the name that it has in every format, to verifier and signer', async (name, hint) => {
    expect((await checkClear(name, name)).identity).toMatchObject({ hint });
    const made = await signer({ method: 'pgp', key: secretVector(`pgp/${name}.sec.asc`), passphrase: PASSPHRASE });
    expect(made.identity).toMatchObject({ hint });
  });

  test.each(['plain-nohash', 'plain-sha512', 'rsa3072-sha224'])('%s verifies, as with Apptainer', async (file) => {
    expect(await checkClear(file, file.split('-')[0] ?? '')).toMatchObject({ status: 'valid', text: TEXT });
  });

  test.each([
    ['plain-sha1', 'plain', 'PGP_HASH_REFUSED', 'invalid'],
    ['plain-expiring', 'plain', 'PGP_SIGNATURE_EXPIRED', 'untrusted'],
    ['plain-future', 'plain', 'PGP_SIGNATURE_FUTURE', 'untrusted'],
    ['expired', 'expired', 'PGP_KEY_EXPIRED', 'untrusted'],
    ['revoked', 'revoked', 'PGP_KEY_REVOKED', 'untrusted'],
  ])('%s is not valid: %s %s', async (file, key, code, status) => {
    const check = await checkClear(file, key);
    expect(check.status).toBe(status);
    expect(check.reasons.map((reason) => reason.code)).toEqual([code]);
  });

  test('an altered text is told from an outdated key', async () => {
    const altered = Buffer.from(vector('pgp/expired.clear')).toString('latin1').replace('"version":1', '"version":2');
    const verify = await verifier({ keyrings: [vector('pgp/expired.pub.asc')] });
    const check = await verify.verifyCleartext(Buffer.from(altered), await fingerprintOf('expired'), NOW);
    expect(altered).toContain('"version":2');
    expect(check).toMatchObject({ status: 'invalid', reasons: [{ code: 'SIGNATURE_BAD' }] });
  });

  test('a key that expired later was good before', async () => {
    expect((await checkClear('expired', 'expired', new Date('2026-11-05T00:00:00Z'))).status).toBe('valid');
  });

  test.each([undefined, 'A'.repeat(40)])('the descriptor fingerprint %s does not match', async (fingerprint) => {
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc')] });
    const check = await verify.verifyCleartext(vector('pgp/plain.clear'), fingerprint, NOW);
    expect(check).toMatchObject({ status: 'invalid', reasons: [{ code: 'PGP_FINGERPRINT_MISMATCH' }] });
  });

  test('an unknown key is named, and is neither valid nor invalid', async () => {
    const fingerprint = await fingerprintOf('plain');
    const verify = await verifier({ keyrings: [vector('pgp/ed25519.pub.asc')] });
    const check = await verify.verifyCleartext(vector('pgp/plain.clear'), undefined, NOW);
    expect(check).toMatchObject({ status: 'unknown-signer', identity: { fingerprint }, text: TEXT });
    expect(await (await verifier({})).verifyCleartext(vector('pgp/plain.clear'), undefined, NOW)).toMatchObject({
      status: 'unknown-signer',
    });
  });

  test('of two signatures in one object, every known one must be good', async () => {
    const fingerprint = await fingerprintOf('plain');
    const both = await verifier({ keyrings: [vector('pgp/plain.pub.asc'), vector('pgp/expired.pub.asc')] });
    const one = await verifier({ keyrings: [vector('pgp/plain.pub.asc')] });
    expect((await one.verifyCleartext(vector('pgp/two.clear'), fingerprint, NOW)).status).toBe('valid');
    expect((await both.verifyCleartext(vector('pgp/two.clear'), fingerprint, NOW)).status).toBe('untrusted');
    expect(
      (await both.verifyCleartext(vector('pgp/two.clear'), fingerprint, new Date('2026-11-05T00:00:00Z'))).status,
    ).toBe('valid');
  });

  test('more packets in one object than are looked at make it unreadable', async () => {
    const clear = Buffer.from(vector('pgp/plain.clear')).toString();
    const [, body = ''] = /SIGNATURE-----\n([\s\S]*?)\n-----END/.exec(clear) ?? [];
    const packet = decodeArmor(`\n${body}`);
    if (typeof packet === 'string') throw new Error(packet);
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc')] });
    for (const [count, status] of [
      [8, 'valid'],
      [9, 'unreadable'],
    ] as const) {
      const packets = Buffer.concat(Array.from({ length: count }, () => packet));
      const object = utf8(encodeCleartext(TEXT, 'SHA256', packets));
      expect((await verify.verifyCleartext(object, await fingerprintOf('plain'), NOW)).status).toBe(status);
    }
  });

  test('a revocation in any copy of the key counts', async () => {
    const early = vector('pgp/revoked.pub.asc');
    const keyrings = [early, vector('pgp/plain.pub.asc'), early];
    const check = await (await verifier({ keyrings })).verifyCleartext(
      vector('pgp/revoked.clear'),
      await fingerprintOf('revoked'),
      NOW,
    );
    expect(check.reasons[0]?.code).toBe('PGP_KEY_REVOKED');
  });

  test.each(UNSUPPORTED)('a keyring of %s alone is an error before any image is read', async (name, problem) => {
    await expect(verifier({ keyrings: [vector(`pgp/${name}.pub.asc`)] })).rejects.toMatchObject({
      code: 'SIGNATURE_TRUST_UNREADABLE',
      message: expect.stringContaining(problem),
    });
  });

  test.each(UNSUPPORTED)(
    'beside others %s says why it counts for nothing, and accuses nobody',
    async (name, problem) => {
      const fingerprint = await fingerprintOf(name);
      const keyring = Buffer.concat([vector(`pgp/${name}.pub.asc`), vector('pgp/plain.pub.asc')]);
      const verify = await verifier({ keyrings: [keyring] });
      const message = `the OpenPGP key ${fingerprint} cannot vouch for anything now: ${problem}`;
      expect(await verify.verifyCleartext(vector(`pgp/${name}.clear`), fingerprint, NOW)).toMatchObject({
        status: 'unknown-signer',
        reasons: [{ code: 'PGP_KEY_UNSUITABLE', message }],
      });
    },
  );

  test('a broken keyring is an error, not a verdict', async () => {
    const keyring = utf8('-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----');
    expect(await codeOf(verifier({ keyrings: [keyring] }))).toBe('SIGNATURE_TRUST_UNREADABLE');
  });
});

describe('detached signatures by GnuPG over DSSE messages', () => {
  test.each(KEYS)('%s', async (name) => {
    const fingerprint = await fingerprintOf(name);
    const input = {
      pae: MESSAGE,
      signature: vector(`pgp/${name}.sig`),
      material: { kind: 'public-key', hint: `openpgp4fpr:${fingerprint.toLowerCase()}` },
      keyid: undefined,
      hashing: 'bundle',
    } as const;
    const known = await verifier({ keyrings: [vector(`pgp/${name}.pub.asc`)] });
    expect(await known.verifyDsse(input, NOW)).toMatchObject({ status: 'valid', identity: { fingerprint } });
    expect(await known.verifyDsse({ ...input, pae: utf8('other') }, NOW)).toMatchObject({ status: 'invalid' });
    expect(await (await verifier({})).verifyDsse(input, NOW)).toMatchObject({
      status: 'unknown-signer',
      identity: { fingerprint },
    });
  });

  test('a hint that names another trusted key is not believed', async () => {
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc'), vector('pgp/ed25519.pub.asc')] });
    const hint = `openpgp4fpr:${(await fingerprintOf('ed25519')).toLowerCase()}`;
    const check = await verify.verifyDsse(
      {
        pae: MESSAGE,
        signature: vector('pgp/plain.sig'),
        material: { kind: 'public-key', hint },
        keyid: undefined,
        hashing: 'bundle',
      },
      NOW,
    );
    expect(check).toMatchObject({ status: 'invalid', reasons: [{ code: 'PGP_FINGERPRINT_MISMATCH' }] });
  });

  test('a text signature does not count as a binary one', async () => {
    const made = await signer({ method: 'pgp', key: secretVector('pgp/plain.sec.asc') });
    if (made.native.format !== 'pgp') throw new Error('not pgp');
    const object = Buffer.from(await made.native.signCleartext(MESSAGE, NOW)).toString();
    const signature = Buffer.from(
      object.split('-----BEGIN PGP SIGNATURE-----\n\n')[1]?.split('\n-----END')[0] ?? '',
      'base64',
    );
    const check = await (await verifier(made.publicMaterial)).verifyDsse(
      { pae: MESSAGE, signature, material: made.material, keyid: undefined, hashing: 'bundle' },
      NOW,
    );
    expect(check).toMatchObject({ status: 'untrusted', reasons: [{ code: 'PGP_SIGNATURE_REFUSED' }] });
  });
});

describe('signing', () => {
  const SIGNING = [
    ...KEYS.filter((name) => name !== 'plain').map((name) => [name, PASSPHRASE] as const),
    ['plain', undefined] as const,
    ['subkey-stub', PASSPHRASE] as const,
  ];

  test.each(SIGNING)('with %s as GnuPG exports it', async (name, passphrase) => {
    const made = await signer({ method: 'pgp', key: secretVector(`pgp/${name}.sec.asc`), passphrase });
    const verify = await verifier(made.publicMaterial);
    const identity = made.identity.method === 'pgp' ? made.identity : undefined;
    const signature = await made.signPae(MESSAGE, NOW);
    expect(
      await verify.verifyDsse(
        { pae: MESSAGE, signature, material: made.material, keyid: undefined, hashing: 'bundle' },
        NOW,
      ),
    ).toMatchObject({
      status: 'valid',
      identity,
      signedAt: NOW,
    });
    if (made.native.format !== 'pgp') throw new Error('not pgp');
    const object = await made.native.signCleartext(MESSAGE, NOW);
    expect(await verify.verifyCleartext(object, identity?.fingerprint, NOW)).toMatchObject({
      status: 'valid',
      identity,
      text: TEXT,
      signedAt: NOW,
    });
  });

  test.each([
    ['nistp384', /^Hash: SHA(384|512)$/m],
    ['nistp521', /^Hash: SHA512$/m],
    ['rsa3072', /^Hash: SHA(256|512)$/m],
  ])('the object of %s has the form that Apptainer writes', async (name, hash) => {
    const made = await signer({ method: 'pgp', key: secretVector(`pgp/${name}.sec.asc`), passphrase: PASSPHRASE });
    if (made.native.format !== 'pgp') throw new Error('not pgp');
    const object = Buffer.from(await made.native.signCleartext(MESSAGE, NOW)).toString('latin1');
    expect(object).toMatch(hash);
    expect(object).toMatch(/^-----BEGIN PGP SIGNED MESSAGE-----\nHash: [A-Z0-9]+\n\n/);
    expect(object).toContain(`\n\n${TEXT}\n-----BEGIN PGP SIGNATURE-----\n\n`);
    expect(object).toMatch(/[A-Za-z0-9+/=]\n-----END PGP SIGNATURE-----$/);
    expect(object).not.toMatch(/\r|^=/m);
  });

  test.each([
    ['the binary export', vector('pgp/plain.sec.bin')],
    [
      'line ends turned into spaces',
      utf8(Buffer.from(vector('pgp/plain.sec.asc')).toString().trim().replaceAll('\n', ' ')),
    ],
    [
      'line ends turned into \\n',
      utf8(Buffer.from(vector('pgp/plain.sec.asc')).toString().trim().replaceAll('\n', '\\n')),
    ],
    ['CRLF', utf8(Buffer.from(vector('pgp/plain.sec.asc')).toString().replaceAll('\n', '\r\n'))],
  ])('reads %s', async (_, bytes) => {
    expect((await signer({ method: 'pgp', key: new Secret(bytes) })).identity).toMatchObject({
      fingerprint: await fingerprintOf('plain'),
    });
  });

  test.each([
    ['rsa3072', undefined, 'SIGNATURE_PASSPHRASE_MISSING'],
    ['rsa3072', new Secret('wrong'), 'SIGNATURE_PASSPHRASE_WRONG'],
    ['ed25519', new Secret(''), 'SIGNATURE_PASSPHRASE_WRONG'],
    ['expired', undefined, 'SIGNATURE_PGP_EXPIRED'],
    ['revoked', undefined, 'SIGNATURE_PGP_REVOKED'],
    ['certonly', undefined, 'SIGNATURE_PGP_CANNOT_SIGN'],
    ['two', undefined, 'SIGNATURE_PGP_SEVERAL_KEYS'],
  ])('refuses %s (%s): %s', async (name, passphrase, code) => {
    expect(await codeOf(signer({ method: 'pgp', key: secretVector(`pgp/${name}.sec.asc`), passphrase }))).toBe(code);
  });

  test.each(UNSUPPORTED)('refuses %s with advice that fits', async (name, problem) => {
    const fingerprint = await fingerprintOf(name);
    await expect(signer({ method: 'pgp', key: secretVector(`pgp/${name}.sec.asc`) })).rejects.toMatchObject({
      code: 'SIGNATURE_PGP_CANNOT_SIGN',
      message: `the OpenPGP key ${fingerprint} cannot sign: ${problem}`,
      hint: expect.stringMatching(/^use .*Ed25519/),
    });
  });

  test('refuses a public key and nonsense', async () => {
    expect(await codeOf(signer({ method: 'pgp', key: secretVector('pgp/plain.pub.asc') }))).toBe(
      'SIGNATURE_KEY_NOT_PRIVATE',
    );
    expect(await codeOf(signer({ method: 'pgp', key: new Secret('nonsense') }))).toBe('SIGNATURE_KEY_UNREADABLE');
    expect(await codeOf(signer({ method: 'pgp', key: secretVector('keys/p256.pem') }))).toBe(
      'SIGNATURE_KEY_UNREADABLE',
    );
  });

  test('refuses a version 6 key, whose signatures Apptainer can never verify', async () => {
    const userIDs = { name: 'Six' };
    const { privateKey } = await generateKey({ type: 'curve25519', userIDs, date: NOW, config: { v6Keys: true } });
    expect(await codeOf(signer({ method: 'pgp', key: new Secret(privateKey) }))).toBe('SIGNATURE_PGP_VERSION');
  });

  test('a fingerprint selects one of several keys, and the error lists them', async () => {
    const fingerprint = await fingerprintOf('plain');
    const key = secretVector('pgp/two.sec.asc');
    expect((await signer({ method: 'pgp', key, fingerprint })).identity).toMatchObject({ fingerprint });
    await expect(signer({ method: 'pgp', key })).rejects.toThrow(fingerprint);
    expect(await codeOf(signer({ method: 'pgp', key, fingerprint: '0'.repeat(40) }))).toBe(
      'SIGNATURE_PGP_SEVERAL_KEYS',
    );
  });

  test('a key is not used before it was made', async () => {
    const now = new Date('2026-01-01T00:00:00Z');
    expect(await codeOf(signer({ method: 'pgp', key: secretVector('pgp/plain.sec.asc'), now }))).toBe(
      'SIGNATURE_PGP_EXPIRED',
    );
  });

  test('no error repeats a passphrase', async () => {
    const passphrase = new Secret('hunter2 hunter2');
    const error = await signer({ method: 'pgp', key: secretVector('pgp/rsa3072.sec.asc'), passphrase }).catch(
      (thrown: unknown) => thrown,
    );
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
  });

  test('a generated key signs, with and without passphrase', async () => {
    for (const passphrase of [undefined, PASSPHRASE]) {
      const files = await generatePgpKey({ name: 'Release', email: 'release@example.org', passphrase, now: NOW });
      const made = await signer({ method: 'pgp', key: new Secret(files.privateKey), passphrase });
      expect(made.identity).toMatchObject({
        fingerprint: files.fingerprint,
        userIds: ['Release <release@example.org>'],
      });
    }
  });
});

describe('secret keys of other makers', () => {
  test.each([
    'gpg-ed25519.secret-passphrase-s3cret.asc',
    'gpg-rsa3072.secret-passphrase-s3cret.asc',
    'apptainer-pgp-secret-passphrase-s3cret.keyring',
  ])('%s', async (name) => {
    const key = new Secret(readFileSync(vectorPath(`apptainer/keys/${name}`)));
    const made = await signer({ method: 'pgp', key, passphrase: new Secret('s3cret') });
    const signature = await made.signPae(MESSAGE, NOW);
    const input = { pae: MESSAGE, signature, material: made.material, keyid: undefined, hashing: 'bundle' } as const;
    expect((await (await verifier(made.publicMaterial)).verifyDsse(input, NOW)).status).toBe('valid');
    expect(await codeOf(signer({ method: 'pgp', key }))).toBe('SIGNATURE_PASSPHRASE_MISSING');
    expect(await codeOf(signer({ method: 'pgp', key, passphrase: new Secret('S3cret') }))).toBe(
      'SIGNATURE_PASSPHRASE_WRONG',
    );
  });
});

describe('hostile input', () => {
  test('no material, hint, keyid or signature makes the verifier throw', async () => {
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc')], keys: [vector('keys/p256.pub')] });
    const fingerprint = (await fingerprintOf('plain')).toLowerCase();
    const hint = fc.oneof(fc.string(), fc.constant(`openpgp4fpr:${fingerprint}`), fc.base64String());
    const material = fc.oneof(
      fc.record({ kind: fc.constant('public-key' as const), hint }),
      fc.record({
        kind: fc.constant('certificates' as const),
        chain: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 3 }),
      }),
      fc.constant(undefined),
    );
    await fc.assert(
      fc.asyncProperty(
        material,
        fc.uint8Array(),
        fc.option(fc.string(), { nil: undefined }),
        async (claims, signature, keyid) => {
          for (const hashing of ['native', 'bundle'] as const) {
            const check = await verify.verifyDsse({ pae: MESSAGE, signature, material: claims, keyid, hashing }, NOW);
            expect(['unreadable', 'invalid', 'unknown-signer']).toContain(check.status);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('no flipped bit of a signature object makes another text valid', async () => {
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc')] });
    const fingerprint = await fingerprintOf('plain');
    for (const [, bytes] of flipped(vector('pgp/plain.clear'))) {
      const check = await verify.verifyCleartext(bytes, fingerprint, NOW);
      expect(check.status === 'valid' ? check.text : TEXT).toBe(TEXT);
    }
  });

  test('every flipped bit of a binary signature is noticed, the redundant bit counts of its two numbers apart', async () => {
    const made = await signer({ method: 'pgp', key: secretVector('pgp/plain.sec.asc') });
    const verify = await verifier(made.publicMaterial);
    let signature = await made.signPae(MESSAGE, NOW);
    // Two numbers of full length, each behind its count of bits: one in 128 is shorter.
    const full = () =>
      [68, 34].every((fromEnd) => Buffer.from(signature).readUInt16BE(signature.length - fromEnd) > 248);
    for (let tries = 0; !full() && tries < 20; tries += 1) signature = await made.signPae(MESSAGE, NOW);
    const bitCounts = [68, 67, 34, 33].map((fromEnd) => signature.length - fromEnd);
    for (const [index, bytes] of flipped(signature)) {
      const check = await verify.verifyDsse(
        { pae: MESSAGE, signature: bytes, material: made.material, keyid: undefined, hashing: 'bundle' },
        NOW,
      );
      expect(check.status === 'valid' && !bitCounts.includes(index)).toBe(false);
    }
  });

  test('arbitrary bytes give an answer, never an exception', async () => {
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc')] });
    const clear = vector('pgp/plain.clear');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(clear.length), async (bytes, at) => {
        const spliced = Buffer.concat([clear.subarray(0, at), bytes, clear.subarray(at + bytes.length)]);
        expect((await verify.verifyCleartext(bytes, undefined, NOW)).status).toBe('unreadable');
        const check = await verify.verifyCleartext(new Uint8Array(spliced), undefined, NOW);
        expect(['unreadable', 'invalid', 'unknown-signer']).toContain(check.status);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['a Comment header', (text: string) => text.replace('Hash:', 'Comment: x\nHash:')],
    ['an unknown hash name', (text: string) => text.replace(/Hash: .*/, 'Hash: SHA999')],
    ['something after the first line', (text: string) => text.replace('MESSAGE-----', 'MESSAGE----- x')],
    ['no end', (text: string) => text.replace('-----END', '-----')],
    ['no signature', (text: string) => text.replace('-----BEGIN PGP SIGNATURE-----', '')],
  ])('%s makes an object unreadable', async (_, change) => {
    const text = change(Buffer.from(vector('pgp/plain.clear')).toString());
    expect((await (await verifier({})).verifyCleartext(utf8(text), undefined, NOW)).status).toBe('unreadable');
  });

  test('CRLF line ends do not matter', async () => {
    const text = Buffer.from(vector('pgp/plain.clear')).toString().replaceAll('\n', '\r\n');
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc')] });
    const check = await verify.verifyCleartext(utf8(text), await fingerprintOf('plain'), NOW);
    expect(check).toMatchObject({ status: 'valid', text: TEXT });
  });

  test('text before, blanks at line ends and a final line end do not matter', async () => {
    const text = Buffer.from(vector('pgp/plain.clear')).toString().replace(TEXT, `${TEXT} \t`);
    const verify = await verifier({ keyrings: [vector('pgp/plain.pub.asc')] });
    const check = await verify.verifyCleartext(utf8(`before\n${text}\n\n`), await fingerprintOf('plain'), NOW);
    expect(check).toMatchObject({ status: 'valid', text: TEXT });
  });
});
