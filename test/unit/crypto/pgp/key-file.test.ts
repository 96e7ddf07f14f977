// SPDX-License-Identifier: Apache-2.0
import { readKey } from 'openpgp';
import { expect, test } from 'vitest';
import { concatBytes, utf8 } from '../../../../src/base/bytes.ts';
import { splitPackets } from '../../../../src/crypto/pgp/framing.ts';
import { readKeyFile } from '../../../../src/crypto/pgp/key-file.ts';
import { fingerprintOf, mergeKeys } from '../../../../src/crypto/pgp/pgp.ts';
import { fullArmoredKeyring, fullKeyring, ODD_KEYRINGS } from '../../../support/large-keyrings.ts';
import { pgpPerson } from '../../../support/layers.ts';

const fingerprints = async (bytes: Uint8Array) => (await readKeyFile(bytes)).keys.map(fingerprintOf);

test('keys are the same in one block, in a block each, and in binary, however many', async () => {
  const ring = fullKeyring(400_000);
  const text = Buffer.from(ring).toString('base64');
  const block = utf8(`-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${text}\n-----END PGP PUBLIC KEY BLOCK-----\n`);
  const all = await fingerprints(ring);
  expect(all.length).toBeGreaterThan(1000);
  expect(new Set(all).size).toBe(all.length);
  expect(await fingerprints(block)).toEqual(all);
  expect(new Set(await fingerprints(fullArmoredKeyring(450 * 600))).size).toBe(600);
});

test('real keys come out with all their packets', async () => {
  const people = await Promise.all(['a', 'b', 'c'].map((name) => pgpPerson(name)));
  const keys = await Promise.all(
    people.map(async ({ publicKey }) => (await readKey({ armoredKey: Buffer.from(publicKey).toString() })).write()),
  );
  const { keys: read } = await readKeyFile(concatBytes(...keys));
  expect(read.map((key) => Buffer.from(key.write()).toString('hex'))).toEqual(
    keys.map((key) => Buffer.from(key).toString('hex')),
  );
  expect(mergeKeys(read.slice(0, 1), []).write()).toEqual(keys[0]);
});

test('a key on an unknown curve is passed over among others, wherever it is', async () => {
  const { publicKey } = await pgpPerson('ann');
  const key = (await readKey({ armoredKey: Buffer.from(publicKey).toString() })).write();
  // Version 4, a time, ECDSA, an OID that nobody has, and a point.
  const body = Buffer.from('046000000013050103840063000745', 'hex');
  const strange = Buffer.concat([Buffer.of(0xc6, body.length), body]);
  await expect(readKeyFile(strange)).resolves.toMatchObject({
    keys: [],
    foreign: ['an OpenPGP key of an unknown kind'],
  });
  const perKey = splitPackets(key).length;
  for (const count of [1, Math.ceil(500 / perKey), 501]) {
    const { keys } = await readKeyFile(concatBytes(...Array.from({ length: count }, () => key), strange));
    expect(keys).toHaveLength(count);
  }
});

test.each(Object.keys(ODD_KEYRINGS))('refuses %s', async (kind) => {
  await expect(readKeyFile(ODD_KEYRINGS[kind]?.(4_000_000) ?? new Uint8Array())).rejects.toThrow(/more than \d+/);
});
