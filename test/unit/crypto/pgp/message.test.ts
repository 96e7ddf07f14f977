// SPDX-License-Identifier: Apache-2.0
// Signed OpenPGP messages: made, read in the forms that gpg writes, and refused in all others.

import { deflateRawSync, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeSigned, verifySigned } from '../../../../src/crypto/pgp/message.ts';
import { NOW, pgpPerson } from '../../../support/layers.ts';

const [alice, bob] = await Promise.all([pgpPerson('alice'), pgpPerson('bob')]);
const CONTENT = new Uint8Array(Buffer.from('{"critical":{}}'));
const packet = await alice.signer.signPae(CONTENT, NOW);
const message = Buffer.from(await encodeSigned(CONTENT, packet));
/** Who signs, and the content: six bytes of head and 13 of body, then six of head. */
const onePass = message.subarray(0, 19);
const literal = message.subarray(19, message.length - packet.length);
const TRUST = { keyrings: [Buffer.from(alice.publicKey)] };

function compressed(algorithm: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0xa3, algorithm]), body]);
}

/** In parts of 512 bytes, as gpg writes what it does not know the length of. */
function inParts(tag: number, body: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([tag])];
  let at = 0;
  for (; body.length - at > 512; at += 512) parts.push(Buffer.from([0xe9]), body.subarray(at, at + 512));
  const rest = body.subarray(at);
  const head = Buffer.from([0xff, 0, 0, rest.length >> 8, rest.length & 0xff]);
  return Buffer.concat([...parts, head, rest]);
}

async function read(bytes: Uint8Array, trust = TRUST) {
  const signed = await verifySigned(bytes, trust, NOW);
  return signed && { status: signed.check.status, text: Buffer.from(signed.content).toString() };
}

const GOOD = { status: 'valid', text: '{"critical":{}}' };

test('what is made is read, and is by the key', async () => {
  expect(await read(message)).toEqual(GOOD);
  expect(await read(message, { keyrings: [Buffer.from(bob.publicKey)] })).toMatchObject({ status: 'unknown-signer' });
});

test.each([
  ['deflate', compressed(1, deflateRawSync(message))],
  ['zlib', compressed(2, deflateSync(message))],
  ['parts', inParts(0xc8, Buffer.concat([Buffer.from([1]), deflateRawSync(message, { level: 0 })]))],
  ['the older order', Buffer.concat([packet, literal])],
])('in the form of %s it is read, too', async (_, bytes) => {
  expect(await read(bytes)).toEqual(GOOD);
});

test('long contents come in several parts', async () => {
  const long = new Uint8Array(Buffer.from('x'.repeat(3000)));
  const signed = Buffer.from(await encodeSigned(long, await alice.signer.signPae(long, NOW)));
  const parts = inParts(0xc8, Buffer.concat([Buffer.from([1]), deflateRawSync(signed, { level: 0 })]));
  expect(await read(parts)).toMatchObject({ status: 'valid' });
});

test('a changed content is not by the key', async () => {
  const changed = Buffer.from(message);
  changed.write('}', message.indexOf('{"critical'));
  expect(await read(changed)).toMatchObject({ status: 'invalid' });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no packets', Buffer.from('-----BEGIN PGP MESSAGE-----')],
  ['a signature alone', Buffer.from(packet)],
  ['no signature', Buffer.concat([onePass, literal])],
  ['two signatures', Buffer.concat([message, packet])],
  ['two contents', Buffer.concat([onePass, literal, literal, packet])],
  ['a cut end', message.subarray(0, -1)],
  ['more behind it', Buffer.concat([message, Buffer.from('more')])],
  ['compressed twice', compressed(1, deflateRawSync(compressed(1, deflateRawSync(message))))],
  ['bzip2', compressed(3, message)],
  ['no compression at all', compressed(1, message)],
  ['a bomb', compressed(1, deflateRawSync(Buffer.alloc(10_000_000)))],
  ['very many parts', Buffer.concat([Buffer.from([0xc8]), Buffer.alloc(60_000, 0xe0)])],
  ['too much', Buffer.alloc(100_000, 0xc2)],
])('%s is no signed message', async (_, bytes) => {
  expect(await verifySigned(bytes, TRUST, NOW)).toBeUndefined();
});

test('every cut and every changed byte is no good message', async () => {
  for (let at = 0; at < message.length; at += 1) {
    const changed = Buffer.from(message);
    changed.writeUInt8((changed[at] ?? 0) ^ 0x10, at);
    const result = await read(changed);
    // Who signs and when the content was made is said beside the signature, and nobody relies on it.
    if (result?.status === 'valid') expect(result.text).toBe(GOOD.text);
    expect(await read(message.subarray(0, at))).toBeUndefined();
  }
});
