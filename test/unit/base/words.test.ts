// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { counted, toSecond } from '../../../src/base/text.ts';

test.each([
  [0, '0 files'],
  [1, '1 file'],
  [2, '2 files'],
])('%i is %s', (count, words) => {
  expect(counted(count, 'file')).toBe(words);
});

test.each([
  [new Date('2026-11-22T12:00:00.999Z'), '2026-11-22T12:00:00Z'],
  ['2026-11-22T12:00:00.000Z', '2026-11-22T12:00:00Z'],
  ['2026-11-22T14:00:00+02:00', '2026-11-22T12:00:00Z'],
  ['no time at all', 'no time at all'],
])('%s is shown as %s', (time, shown) => {
  expect(toSecond(time)).toBe(shown);
});
