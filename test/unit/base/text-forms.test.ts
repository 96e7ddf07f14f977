// SPDX-License-Identifier: Apache-2.0
// Bytes, digests and PEM as text: one text for each value, and nothing else is read.

import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  concatBytes,
  decodeUtf8,
  digestHex,
  encodePem,
  equalBytes,
  fromBase64,
  isDigest,
  parseDigest,
  parsePem,
  sha256,
  shortDigest,
  toBase64,
  toHex,
  utf8,
} from '../../../src/base/bytes.ts';

describe('base64', () => {
  test('round trips, and each value has one form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64(bytes);
        expect(text).toBe(btoa(String.fromCharCode(...bytes)));
        expect(equalBytes(fromBase64(text, 'x'), bytes)).toBe(true);
      }),
    );
  });

  test.each(['QQ', 'QQ=', 'QR==', 'Q Q==', 'QQ==\n', 'QUI', 'QQ==QQ==', '-_8=', 'QQ===', '=', 'Q'])(
    'refuses %j',
    (text) => {
      expect(() => fromBase64(text, 'x')).toThrow(expect.objectContaining({ code: 'DATA_BASE64_INVALID' }));
    },
  );
});

describe('UTF-8', () => {
  test.each([[[0xff]], [[0xc0, 0xaf]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]], [[0xe2, 0x82]]])(
    'refuses %j',
    (bytes) => {
      expect(() => decodeUtf8(Uint8Array.from(bytes), 'x')).toThrow(expect.objectContaining({ code: 'DATA_NOT_UTF8' }));
    },
  );

  test('keeps a byte order mark, so that decoding loses nothing', () => {
    expect(utf8(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'x'))).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
  });
});

test('parts of larger buffers are taken as they are', () => {
  const part = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
  expect(toHex(part)).toBe('0102');
  expect(toBase64(part)).toBe('AQI=');
  expect(concatBytes(part, part)).toEqual(Uint8Array.of(1, 2, 1, 2));
});

describe('digests', () => {
  test('are those of another implementation', () => {
    expect(sha256(utf8('abc'))).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digestHex(sha256(utf8('')))).toBe(createHash('sha256').digest('hex'));
    expect(shortDigest(sha256(utf8('abc')))).toBe('sha256:ba7816bf8f01');
  });

  test.each([
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}`,
    `sha256:${'a'.repeat(64)}\n`,
    `sha1:${'a'.repeat(40)}`,
    `sha512:${'a'.repeat(64)}`,
    '',
  ])('refuse %j', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: 'DATA_DIGEST_INVALID' }));
  });
});

describe('PEM', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const der = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));

  test('is what Node writes and reads', () => {
    expect(encodePem('PUBLIC KEY', der)).toBe(pem);
    expect(parsePem(pem)).toEqual([{ label: 'PUBLIC KEY', der }]);
  });

  test('has blocks in order, with CRLF and with text around them', () => {
    const text = `subject=x\r\n${pem.replaceAll('\n', '\r\n')}text\n${encodePem('CERTIFICATE', Uint8Array.of(1))}`;
    expect(parsePem(text).map(({ label }) => label)).toEqual(['PUBLIC KEY', 'CERTIFICATE']);
    expect(parsePem('no block')).toEqual([]);
  });

  test.each([
    ['a header', pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n')],
    ['a foreign character', pem.replace('M', '*')],
    ['no content', '-----BEGIN X-----\n-----END X-----\n'],
    ['stray bits', '-----BEGIN X-----\nQR==\n-----END X-----\n'],
  ])('with %s is refused', (_name, text) => {
    expect(() => parsePem(text)).toThrow(expect.objectContaining({ code: 'DATA_PEM_INVALID' }));
  });
});
