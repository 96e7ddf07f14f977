// SPDX-License-Identifier: Apache-2.0
// PEM texts that come from a registry: read in one pass, whatever they are made of.

import { expect, test } from 'vitest';
import { encodePem, parsePem } from '../../../src/base/pem.ts';

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
  const text = `-----\nsubject=/CN=x -----BEGIN here-----\n${block}between\n${block.replaceAll('\n', '\r\n')}after`;
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
