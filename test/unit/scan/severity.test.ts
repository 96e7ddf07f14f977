// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { scoreFromVector, scoreOf, severityFromScore, severityFromWord, worse } from '../../../src/scan/severity.ts';

describe('severity', () => {
  test.each([
    ['CRITICAL', 'critical'],
    ['Important', 'high'],
    ['moderate', 'medium'],
    [' Low ', 'low'],
    ['NEGLIGIBLE', 'negligible'],
    ['constructor', 'unknown'],
    [undefined, 'unknown'],
  ])('the word %j is %s', (word, severity) => {
    expect(severityFromWord(word)).toBe(severity);
  });

  test.each([
    [10, 'critical'],
    [9, 'critical'],
    [8.9, 'high'],
    [7, 'high'],
    [6.9, 'medium'],
    [4, 'medium'],
    [3.9, 'low'],
    [0.1, 'low'],
    [0, 'negligible'],
    [11, 'unknown'],
    [Number.NaN, 'unknown'],
    [undefined, 'unknown'],
  ])('the score %s is %s', (score, severity) => {
    expect(severityFromScore(score)).toBe(severity);
  });

  // Vectors and scores of the examples document of CVSS 3.1, and of well-known advisories in the public database.
  test.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
    ['CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
    ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', 0],
  ])('%s scores %s', (vector, score) => {
    expect(scoreFromVector(vector)).toBe(score);
  });

  test.each([
    '',
    'CVSS:4.0/AV:N',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'AV:N/AC:L/Au:N/C:P/I:P/A:P',
  ])('the vector %j has no score', (vector) => {
    expect(scoreFromVector(vector)).toBeUndefined();
  });

  test('a score is a number or a plain decimal', () => {
    expect([scoreOf(5), scoreOf('9.8'), scoreOf('12abc'), scoreOf('99'), scoreOf(-1), scoreOf(null)]).toEqual([
      5,
      9.8,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('known beats unknown', () => {
    expect(worse('unknown', 'negligible')).toBe('negligible');
    expect(worse('low', 'critical')).toBe('critical');
  });
});
