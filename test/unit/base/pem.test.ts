// SPDX-License-Identifier: Apache-2.0
// PEM texts that come from a registry: read in one pass, whatever they are made of.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CountersignError } from '../../../src/base/errors.ts';
import { certificatesInPem, encodePem, parsePem } from '../../../src/base/bytes.ts';

const MIB = 1024 * 1024;
const block = encodePem('CERTIFICATE', Uint8Array.of(1, 2, 3));

test.each([
  ['beginnings without an end', '-----BEGIN CERTIFICATE-----\n'.repeat((4 * MIB) / 28)],
  ['beginnings of many kinds', Array.from({ length: 100_000 }, (_, index) => `-----BEGIN A${index}-----\n`).join('')],
  ['dashes', '-'.repeat(4 * MIB)],
  ['one block that does not end', `-----BEGIN CERTIFICATE-----\n${'A'.repeat(4 * MIB)}`],
  ['ends without a beginning', '-----END CERTIFICATE-----\n'.repeat((4 * MIB) / 26)],
])('%s cost no time', (_, text) => {
  const start = performance.now();
  try {
    expect(parsePem(text)).toEqual([]);
  } catch (error) {
    expect(error).toMatchObject({ code: 'DATA_PEM_INVALID' });
  }
  expect(performance.now() - start).toBeLessThan(5000);
});

test('text around blocks is passed over, also when it has dashes', () => {
  const text = `-----\nsubject=/CN=x -----BEGIN here----- of it\n${block}between\n${block.replaceAll('\n', '\r\n')}after`;
  expect(parsePem(text).map(({ label, der }) => [label, [...der]])).toEqual([
    ['CERTIFICATE', [1, 2, 3]],
    ['CERTIFICATE', [1, 2, 3]],
  ]);
});

test.each([
  ['a block inside another', block.replace('AQID', block)],
  ['an end of another kind', block.replace('END CERTIFICATE', 'END PUBLIC KEY')],
  ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
])('%s is refused', (_, text) => {
  expect(() => parsePem(text)).toThrow(expect.objectContaining({ code: 'DATA_PEM_INVALID' }));
});

describe('the first certificate in a file, to OpenSSL and to us', () => {
  const certificate = (name: string) => {
    const text = readFileSync(new URL(`../../vectors/signing/x509/${name}.pem`, import.meta.url), 'utf8');
    return encodePem('CERTIFICATE', new Uint8Array(new X509Certificate(text).raw));
  };
  const evil = certificate('leaf-p384');
  const good = certificate('leaf-rsa');
  const [begin = '', ...body] = evil.trimEnd().split('\n');
  const rest = body.join('\n');

  test.each([
    ['nothing before it', ''],
    ['another one', evil],
    ['one with blanks behind its first line', `${begin} \t\n${rest}\n`],
    ['one with a form feed behind its first line', `${begin}\f\n${rest}\n`],
    ['one with carriage returns', evil.replaceAll('\n', '\r\n')],
    ['one behind a blank', ` ${evil}`],
    ['one behind a carriage return', `\r${evil}`],
    ['one behind a line separator', `\u2028${evil}`],
    ['one behind a text', `subject=x ${evil}`],
    ['one where a long line is cut', `${'x'.repeat(254)}${evil}`],
    ['one under another label', evil.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
    ['one with trust settings', evil.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')],
    ['one in small letters', evil.replaceAll('CERTIFICATE', 'certificate')],
    ['one that does not end', `${begin}\n`],
    ['one with a header', evil.replace('\n', '\nx: y\n\n')],
    ['one with a blank line inside', evil.replace(/(\n[^\n]+)\n/, '$1\n\n')],
    ['a key', evil.replaceAll('CERTIFICATE', 'PUBLIC KEY')],
    ['a remark with dashes', 'it begins with -----BEGIN CERTIFICATE----- always\n'],
  ])('is the same after %s, or refused', (_, before) => {
    const text = `${before}${good}`;
    const theirs = (() => {
      try {
        return Buffer.from(new X509Certificate(text).raw).toString('hex');
      } catch {
        return undefined;
      }
    })();
    try {
      const [first] = certificatesInPem(text);
      expect(theirs ?? 'refused').toMatch(theirs === undefined ? 'refused' : Buffer.from(first ?? []).toString('hex'));
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      expect(error.code).toBe('DATA_PEM_INVALID');
    }
  });
});
