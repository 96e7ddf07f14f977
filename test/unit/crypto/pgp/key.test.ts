// SPDX-License-Identifier: Apache-2.0
// Keys as people have them: without user ID, revoked, expired, damaged, of other versions, with somebody else's subkey.

import {
  createMessage,
  enums,
  generateKey,
  type Key,
  PacketList,
  type PrivateKey,
  PublicSubkeyPacket,
  reformatKey,
  revokeKey,
  SecretKeyPacket,
  SignaturePacket,
  sign,
  UserIDPacket,
} from 'openpgp';
import { describe, expect, test } from 'vitest';
import { decodeArmor, keyBlocks } from '../../../../src/crypto/pgp/framing.ts';
import { codeOf, NOW, verifier } from '../../../support/signing.ts';

const MADE = new Date('2026-11-01T00:00:00Z');
const SIGNED = new Date('2026-11-02T00:00:00Z');
const DATA = new TextEncoder().encode('DSSEv1 …');

type PacketOf<K extends Key> = ReturnType<K['toPacketList']>[number];

async function newKey(options: { readonly name?: string; readonly subkey?: boolean; readonly days?: number } = {}) {
  const { name = 'Ann', subkey = false, days } = options;
  const { privateKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { name, email: `${name.toLowerCase()}@example.org` },
    date: MADE,
    subkeys: subkey ? [{ sign: true }] : [],
    ...(days === undefined ? {} : { keyExpirationTime: days * 86_400 }),
    format: 'object',
  });
  return privateKey;
}

async function signed(key: PrivateKey, date = SIGNED): Promise<Uint8Array> {
  const message = await createMessage({ binary: DATA });
  return sign({ message, signingKeys: key, detached: true, date, format: 'binary' });
}

/** What comes of a signature when the bundle names `named` and these keyrings are trusted. */
async function check(signature: Uint8Array, named: Key, keyrings: readonly Uint8Array[], now = NOW) {
  const hint = `openpgp4fpr:${named.getFingerprint()}`;
  const verify = await verifier({ keyrings });
  const material = { kind: 'public-key', hint } as const;
  return verify.verifyDsse({ pae: DATA, signature, material, keyid: undefined, hashing: 'bundle' }, now);
}

/** The public key with some packets changed or left out. */
function edited(key: Key, edit: (packet: PacketOf<Key>) => PacketOf<Key> | undefined): Uint8Array {
  const list = new PacketList<PacketOf<Key>>();
  list.push(...[...key.toPublic().toPacketList()].flatMap((packet) => edit(packet) ?? []));
  return list.write();
}

const CERTIFICATIONS: ReadonlySet<number | null> = new Set([
  enums.signature.certGeneric,
  enums.signature.certPersona,
  enums.signature.certCasual,
  enums.signature.certPositive,
]);

function isCertification(packet: PacketOf<Key>): boolean {
  return packet instanceof SignaturePacket && CERTIFICATIONS.has(packet.signatureType);
}

/** As keys.openpgp.org gives a key before an e-mail is answered. */
function withoutUserIds(key: Key): Uint8Array {
  return edited(key, (packet) => (packet instanceof UserIDPacket || isCertification(packet) ? undefined : packet));
}

describe('the policy names the fingerprint, so no user ID is needed', () => {
  test.each([
    ['primary key', false],
    ['signing subkey', true],
  ])('a %s without user ID is good', async (_, subkey) => {
    const key = await newKey({ subkey });
    expect(await check(await signed(key), key, [withoutUserIds(key)])).toMatchObject({ status: 'valid', reasons: [] });
    expect(await check(await signed(key), key, [key.toPublic().write()])).toMatchObject({ status: 'valid' });
  });

  test('so is one whose only user ID is revoked', async () => {
    const key = await newKey();
    const [user] = key.users;
    if (!user || !(key.keyPacket instanceof SecretKeyPacket)) throw new Error('no user');
    key.users[0] = await user.revoke(key.keyPacket, { flag: enums.reasonForRevocation.userIDInvalid }, SIGNED);
    const keyring = key.toPublic().write();
    expect(key.users[0]?.revocationSignatures).toHaveLength(1);
    expect(await check(await signed(await newKey()), key, [keyring])).not.toMatchObject({ status: 'valid' });
    expect(
      await check(await signed(key, new Date('2026-11-01T12:00:00Z')).catch(() => signedBy(key)), key, [keyring]),
    ).toMatchObject({
      status: 'valid',
    });
  });

  test('and one with a damaged self-signature', async () => {
    const key = await newKey();
    const damaged = edited(key, (packet) => {
      if (!isCertification(packet)) return packet;
      const bytes = packet.write();
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      const other = new SignaturePacket();
      other.read(bytes);
      return other;
    });
    expect(damaged).not.toEqual(key.toPublic().write());
    expect(await check(await signed(key), key, [damaged])).toMatchObject({ status: 'valid' });
  });
});

/** A signature that the library would not make, by a key whose user ID is revoked. */
async function signedBy(key: PrivateKey): Promise<Uint8Array> {
  key.users.forEach((user) => user.revocationSignatures.splice(0));
  return signed(key);
}

describe('what befell a key accuses nobody of altering anything', () => {
  test.each([
    ['compromised', enums.reasonForRevocation.keyCompromised, 'PGP_KEY_REVOKED'],
    ['no reason', enums.reasonForRevocation.noReason, 'PGP_KEY_REVOKED'],
    ['retired', enums.reasonForRevocation.keyRetired, 'PGP_KEY_RETIRED'],
    ['superseded', enums.reasonForRevocation.keySuperseded, 'PGP_KEY_RETIRED'],
  ])('revoked, %s', async (_, flag, code) => {
    const key = await newKey();
    const signature = await signed(key);
    const date = new Date('2026-11-20T00:00:00Z');
    const { publicKey } = await revokeKey({ key, reasonForRevocation: { flag }, date, format: 'object' });
    const keyring = publicKey.write();
    expect(await check(signature, key, [keyring])).toMatchObject({ status: 'untrusted', reasons: [{ code }] });
    const early = await check(signature, key, [keyring], new Date('2026-11-10T00:00:00Z'));
    expect(early.status).toBe(code === 'PGP_KEY_RETIRED' ? 'valid' : 'untrusted');
    const altered = await check(
      signature.map((byte, at) => (at === signature.length - 1 ? byte ^ 1 : byte)),
      key,
      [keyring],
    );
    expect(altered).toMatchObject({ status: 'invalid', reasons: [{ code: 'SIGNATURE_BAD' }] });
  });

  test('expired since, and expired before it was signed', async () => {
    const key = await newKey({ days: 10 });
    const keyring = key.toPublic().write();
    expect(await check(await signed(key), key, [keyring])).toMatchObject({
      status: 'untrusted',
      reasons: [{ code: 'PGP_KEY_EXPIRED' }],
    });
    const { privateKey } = await reformatKey({
      privateKey: key,
      userIDs: { name: 'Ann' },
      date: MADE,
      format: 'object',
    });
    const late = await signed(privateKey, new Date('2026-11-25T00:00:00Z'));
    expect(await check(late, key, [keyring])).toMatchObject({
      status: 'untrusted',
      reasons: [{ code: 'PGP_KEY_EXPIRED_BEFORE' }],
    });
    // The newest that the owner said counts, in whatever file it is.
    const extended = privateKey.toPublic().write();
    expect(await check(late, key, [extended])).toMatchObject({ status: 'valid' });
  });
});

describe('a key that took over the signing subkey of somebody else', () => {
  async function thief(options: { readonly backSignature: boolean }) {
    const owner = await newKey({ name: 'Owner', subkey: true });
    const other = await newKey({ name: 'Thief', subkey: true });
    const [stolen] = owner.subkeys;
    if (!stolen) throw new Error('no subkey');
    // A binding by the thief of the owner's subkey; what the library makes has a back signature by that subkey only if it can.
    const binding = new SignaturePacket();
    Object.assign(binding, {
      signatureType: enums.signature.subkeyBinding,
      publicKeyAlgorithm: other.keyPacket.algorithm,
      hashAlgorithm: enums.hash.sha256,
      keyFlags: [enums.keyFlags.signData],
      embeddedSignature: options.backSignature ? stolen.bindingSignatures[0]?.embeddedSignature : null,
    });
    const makeSignature: unknown = Reflect.get(binding, 'sign');
    if (typeof makeSignature !== 'function') throw new Error('the library cannot sign');
    await Reflect.apply(makeSignature, binding, [
      other.keyPacket,
      { key: other.keyPacket, bind: stolen.keyPacket },
      MADE,
      false,
      { nonDeterministicSignaturesViaNotation: false },
    ]);
    const list = new PacketList<PacketOf<Key>>();
    list.push(
      ...other.toPublic().toPacketList(),
      ...owner
        .toPublic()
        .toPacketList()
        .filter((packet) => packet instanceof PublicSubkeyPacket),
      binding,
    );
    return { owner, other, keyring: list.write() };
  }

  test.each([
    ['without', false],
    ['with the stolen', true],
  ])('%s back signature signs nothing, in either order of the keyring', async (_, backSignature) => {
    const { owner, other, keyring } = await thief({ backSignature });
    const signature = await signed(owner);
    const theirs = owner.toPublic().write();
    for (const keyrings of [[keyring, theirs], [theirs, keyring], [Buffer.concat([keyring, theirs])]]) {
      expect(await check(signature, other, keyrings)).toMatchObject({
        status: 'untrusted',
        reasons: [{ code: 'PGP_KEY_UNSUITABLE' }],
      });
      expect(await check(signature, owner, keyrings)).toMatchObject({
        status: 'valid',
        identity: { fingerprint: owner.getFingerprint().toUpperCase() },
      });
    }
  });
});

describe('what cannot be used is an error about its file', () => {
  test.each([
    ['version 6', { type: 'curve25519', config: { v6Keys: true } }, 'version 6'],
    ['Ed448', { type: 'curve448' }, 'Ed448'],
  ] as const)('%s', async (_, options, problem) => {
    const { publicKey } = await generateKey({ ...options, userIDs: { name: 'Odd' }, date: MADE, format: 'binary' });
    const failed = verifier({ keyrings: [publicKey] });
    await expect(failed).rejects.toMatchObject({
      code: 'SIGNATURE_TRUST_UNREADABLE',
      message: expect.stringContaining(problem),
    });
    // Beside a key that can be used it is passed over.
    const key = await newKey();
    const both = Buffer.concat([publicKey, key.toPublic().write()]);
    expect(await check(await signed(key), key, [both])).toMatchObject({ status: 'valid' });
  });

  test('version 5, which is not even read', async () => {
    const body = Buffer.from([5, 0x69, 0x1e, 0, 0, 22, 0, 0, 0, 3, 1, 2, 3]);
    await expect(
      verifier({ keyrings: [Buffer.concat([Buffer.from([0x98, body.length]), body])] }),
    ).rejects.toMatchObject({
      code: 'SIGNATURE_TRUST_UNREADABLE',
      message: expect.stringContaining('an OpenPGP key of version 5'),
    });
  });
});

describe('a revocation certificate', () => {
  async function revocationOf(key: PrivateKey): Promise<Uint8Array> {
    const { publicKey } = await revokeKey({ key, date: SIGNED, format: 'object' });
    return new TextEncoder().encode((await publicKey.getRevocationCertificate()) ?? '');
  }

  test('in a keyring revokes its key, in either order', async () => {
    const key = await newKey();
    const signature = await signed(key);
    const certificate = await revocationOf(key);
    const [block = ''] = keyBlocks(certificate) ?? [];
    const binary = decodeArmor(block);
    if (typeof binary === 'string') throw new Error(binary);
    for (const form of [certificate, binary]) {
      const keyring = key.toPublic().write();
      for (const keyrings of [
        [keyring, form],
        [form, keyring],
      ])
        expect(await check(signature, key, keyrings)).toMatchObject({
          status: 'untrusted',
          reasons: [{ code: 'PGP_KEY_REVOKED' }],
        });
    }
  });

  test('of a key that is not there is an error, and one by somebody else revokes nothing', async () => {
    const key = await newKey();
    const other = await newKey({ name: 'Other' });
    expect(await codeOf(verifier({ keyrings: [await revocationOf(key)] }))).toBe('SIGNATURE_TRUST_UNREADABLE');
    expect(await codeOf(verifier({ keyrings: [other.toPublic().write(), await revocationOf(key)] }))).toBe(
      'SIGNATURE_TRUST_UNREADABLE',
    );
  });
});
