// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/base/json.ts';
import { keepsItsValue } from '../../../src/base/json-number.ts';

describe('a number that is read and written again', () => {
  test.each([
    ['0'],
    ['0.0'],
    ['0e9'],
    ['-1'],
    ['1.10'],
    ['9.8'],
    ['9.8000000000000007'],
    ['0.10000000000000001'],
    ['1e-7'],
    ['1E2'],
    ['1e21'],
    ['100000000000000000000'],
    ['9007199254740992'],
    ['1700000000.123'],
    ['1.7976931348623157e308'],
    ['2.2250738585072014e-308'],
    ['5e-324'],
    ['0.30000000000000004'],
  ])('keeps %s', (text) => {
    expect(keepsItsValue(text)).toBe(true);
    expect(Number(JSON.stringify(parseJson(text, 'it', { exactNumbers: true })))).toBe(Number(text));
  });

  test.each([
    ['-0'],
    ['-0.0e1'],
    ['-1e-400'],
    ['1e-400'],
    ['3e-324'],
    ['1e400'],
    ['-1e309'],
    ['9007199254740993'],
    ['12345678901234567890'],
    ['1.2345678901234567e16'],
    ['9007199254740993.0'],
    ['0.123456789012345678'],
    ['0.1000000000000000055511151231257827'],
    ['1e99999999999999999999'],
    ['1e-99999999999999999999'],
    [`1${'0'.repeat(100_000)}1`],
  ])('does not keep %s', (text) => {
    expect(keepsItsValue(text)).toBe(false);
    expect(() => parseJson(`{"a":[${text}]}`, 'it', { exactNumbers: true })).toThrow(/^it: the number .* at offset 6$/);
    expect(() => parseJson(text, 'it')).not.toThrow();
  });

  test('is kept however a program writes its doubles and whole numbers', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
        (value) => {
          expect(keepsItsValue(JSON.stringify(value))).toBe(true);
          const long = value.toPrecision(17);
          const normal = Math.abs(value) >= 2.2250738585072014e-308 || value === 0;
          if (!Number.isInteger(value) && normal) expect(keepsItsValue(long)).toBe(true);
        },
      ),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (value) => {
        if (Number.isSafeInteger(Number(value)) && value !== 0n) expect(keepsItsValue(String(value))).toBe(true);
      }),
    );
  });
});
