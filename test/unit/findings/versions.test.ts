// SPDX-License-Identifier: Apache-2.0
// Versions and ranges of them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, isAmong, parseRange } from '../../../src/findings/versions.ts';

describe('versions', () => {
  // The order that semver.org gives as its example, and the rules around it.
  test('of Semantic Versioning are in its order', () => {
    const order =
      '1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.10.0 2.0.0-0 2.0.0'.split(
        ' ',
      );
    for (const [a, one] of order.entries())
      for (const [b, other] of order.entries())
        expect([one, other, Math.sign(compareVersions(one, other, 'npm') ?? Number.NaN)]).toEqual([
          one,
          other,
          Math.sign(a - b),
        ]);
    expect(compareVersions('1.0.0+one', '1.0.0+two', 'cargo')).toBe(0);
    expect(compareVersions('v1.0', '1', 'golang')).toBe(0);
  });

  test('of NuGet compare without letter case, and those of Dart with a plus sign not at all', () => {
    expect(compareVersions('1.0.0-Beta', '1.0.0-beta', 'nuget')).toBe(0);
    expect(compareVersions('1.0.0-RC1', '1.0.0-beta', 'nuget')).toBeGreaterThan(0);
    expect(compareVersions('1.0.0', '1.0.0+1', 'pub')).toBeUndefined();
    expect(parseRange('<1.0.0+1', 'pub')).toBeUndefined();
  });

  test('of composer and pypi may begin with a v', () => {
    for (const type of ['composer', 'pypi']) expect(compareVersions('v5.4.1', '5.4', type)).toBeGreaterThan(0);
    expect(compareVersions('v5.4.1', '5.4', 'maven')).toBeUndefined();
  });

  test('of numbers compare by number, whatever their length', () => {
    const version = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(version, version, (a, b) => {
        const padded = (numbers: readonly number[]) =>
          Array.from({ length: 5 }, (_, index) => String(numbers[index] ?? 0).padStart(8, '0')).join();
        const expected = padded(a) < padded(b) ? -1 : padded(a) > padded(b) ? 1 : 0;
        expect(Math.sign(compareVersions(a.join('.'), b.join('.'), 'maven') ?? Number.NaN)).toBe(expected);
      }),
    );
  });

  test.each([
    ['maven', '2.0-beta9'],
    ['maven', '1.0-1'],
    ['pypi', '1.0rc1'],
    ['gem', '1.0.0.pre'],
    ['deb', '1.0'],
    ['rpm', '1.0-1.el9'],
    ['npm', 'latest'],
    ['npm', ''],
    ['npm', '1.0.0 || 2'],
    ['nuget', '1..0'],
  ])('of pkg:%s, %s is not compared with a range', (type, version) => {
    expect(compareVersions(version, '1.0.0', type)).toBeUndefined();
  });

  test.each<readonly [string, string, boolean]>([
    ['>=2.0 <2.17.1', '2.0.0', true],
    ['>=2.0 <2.17.1', '2.17.0', true],
    ['>=2.0 <2.17.1', '2.17.1', false],
    ['>=2.0 <2.17.1', '2.17.1-rc.1', true],
    ['>=2.0 <2.17.1', '1.2.17', false],
    ['>2.0 <=2.1', '2.0', false],
    ['>2.0 <=2.1', '2.1.0', true],
    ['=1.2.3', '1.2.3', true],
    ['=1.2.3', '1.2.4', false],
  ])('%s has %s: %s', (range, version, among) => {
    const bounds = parseRange(range, 'npm');
    expect(bounds && isAmong(version, ['9.9.9', bounds], 'npm')).toBe(among);
  });

  test('single ones are compared letter by letter, in every ecosystem', () => {
    expect(isAmong('2.36-9+deb12u4', ['2.36-9+deb12u4'], 'deb')).toBe(true);
    expect(isAmong('2.36-9+deb12u5', ['2.36-9+deb12u4'], 'deb')).toBe(false);
    const bounds = parseRange('<2', 'maven') ?? [];
    expect(isAmong('1.0-x', [bounds], 'maven')).toBeUndefined();
    expect(isAmong('1.0-x', [bounds, '1.0-x'], 'maven')).toBe(true);
  });

  test.each(['', '>=', '2.0', '>=2.0,<3', '>=2.0 2.1', '^2.0', '>= 2.0', '>=latest'])('%j is no range', (text) => {
    expect(parseRange(text, 'npm')).toBeUndefined();
  });
});
