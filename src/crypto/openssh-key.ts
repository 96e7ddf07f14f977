// SPDX-License-Identifier: Apache-2.0
// Private keys in OpenSSH's own format, without passphrase: what `ssh-keygen` writes since 2019, and before version 9.6
// does not convert (Ed25519).

import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SignatureError } from './errors.ts';

const MAGIC = 'openssh-key-v1\0';

/**
 * The key in the content of a PEM block OPENSSH PRIVATE KEY.
 * @throws SignatureError SIGNATURE_KEY_UNREADABLE
 * @see https://github.com/openssh/openssh-portable/blob/V_9_2_P1/PROTOCOL.key
 */
export function readOpensshKey(bytes: Uint8Array): KeyObject {
  const file = Buffer.from(bytes);
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw unreadable('it has another form than `ssh-keygen` writes');
  const fields = new Fields(file.subarray(MAGIC.length));
  const [cipher, kdf] = [fields.text(), fields.text()];
  fields.bytes();
  if (cipher !== 'none' || kdf !== 'none')
    throw unreadable(
      'it is protected by a passphrase in OpenSSH’s own way, which is not read',
      "take the passphrase off a copy with `ssh-keygen -p -N '' -f COPY`, and give that from a secret",
    );
  if (fields.number() !== 1) throw unreadable('it holds several keys');
  fields.bytes();
  const secret = new Fields(fields.bytes());
  if (secret.number() !== secret.number()) throw unreadable('it is damaged');
  try {
    return createPrivateKey({ key: readJwk(secret), format: 'jwk' });
  } catch (error) {
    if (error instanceof SignatureError) throw error;
    throw unreadable('it is damaged');
  }
}

function readJwk(secret: Fields): JsonWebKey {
  const type = secret.text();
  if (type === 'ssh-ed25519') {
    const [x, d] = [secret.bytes(), secret.bytes().subarray(0, 32)];
    return { kty: 'OKP', crv: 'Ed25519', x: base64(x), d: base64(d) };
  }
  const curve = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type)?.[1];
  if (curve !== undefined) {
    secret.bytes();
    const size = Math.ceil(Number(curve) / 8);
    const [point, d] = [secret.bytes(), secret.bytes()];
    const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
    return { kty: 'EC', crv: `P-${curve}`, x: base64(x), y: base64(y), d: base64(padded(d, size)) };
  }
  if (type !== 'ssh-rsa') throw unreadable(`its type ${JSON.stringify(type.slice(0, 40))} is not supported`);
  const [n, e, d, qi, p, q] = [
    secret.bytes(),
    secret.bytes(),
    secret.bytes(),
    secret.bytes(),
    secret.bytes(),
    secret.bytes(),
  ];
  const [dp, dq] = [remainder(d, p), remainder(d, q)];
  const numbers = Object.entries({ n, e, d, p, q, dp, dq, qi });
  return { kty: 'RSA', ...Object.fromEntries(numbers.map(([name, value]) => [name, base64(trimmed(value))])) };
}

/** Strings with their length before them. */
class Fields {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number {
    if (this.#offset + 4 > this.#bytes.length) throw unreadable('it is cut');
    this.#offset += 4;
    return this.#bytes.readUInt32BE(this.#offset - 4);
  }

  bytes(): Buffer {
    const length = this.number();
    if (this.#offset + length > this.#bytes.length) throw unreadable('it is cut');
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  text(): string {
    return this.bytes().toString('latin1');
  }
}

/** What the Chinese remainder theorem wants: the exponent modulo a prime less one. */
function remainder(exponent: Buffer, prime: Buffer): Buffer {
  const value = (BigInt(`0x${exponent.toString('hex')}`) % (BigInt(`0x${prime.toString('hex')}`) - 1n)).toString(16);
  return Buffer.from(value.padStart(value.length + (value.length % 2), '0'), 'hex');
}

function trimmed(number: Buffer): Buffer {
  return number.subarray(
    Math.max(
      0,
      number.findIndex((byte) => byte !== 0),
    ),
  );
}

function padded(number: Buffer, size: number): Buffer {
  const value = trimmed(number);
  return Buffer.concat([Buffer.alloc(Math.max(0, size - value.length)), value]);
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function unreadable(problem: string, hint = 'restore the key file'): SignatureError {
  return new SignatureError('SIGNATURE_KEY_UNREADABLE', `the OpenSSH private key cannot be read: ${problem}`, { hint });
}
