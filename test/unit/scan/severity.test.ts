// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { scoreFromVector } from '../../../src/scan/cvss.ts';
import { highest, scoreOf, severityFromScore, severityFromWord, worst } from '../../../src/findings/severity.ts';

describe('severity', () => {
  test.each([
    ['CRITICAL', 'critical'],
    ['Important', 'high'],
    ['moderate', 'medium'],
    [' Low ', 'low'],
    ['NEGLIGIBLE', 'negligible'],
    ['high**', 'high'],
    ['end-of-life', 'unknown'],
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
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U', 9.8],
    // The three examples of the guide to CVSS 2, section 3.3.
    ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
    ['AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
    ['AV:N/AC:L/Au:N/C:N/I:N/A:N', 0],
    // Of the examples document of CVSS 4.0.
    ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
    ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U', 9.3],
  ])('%s scores %s', (vector, score) => {
    expect(scoreFromVector(vector)).toBe(score);
  });

  test.each([
    '',
    'CVSS:4.0/AV:N',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:Q',
    'CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'AV:N/AC:L/Au:N/C:P/I:P',
    'AV:N/AC:L/Au:N/C:P/I:P/A:C/A:P',
    '(AV:N/AC:L/Au:N/C:P/I:P/A:P)',
    `CVSS:4.0${'/AV:N'.repeat(1000)}`,
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
    expect(worst(['unknown', 'negligible'])).toBe('negligible');
    expect(worst(['low', 'critical', 'unknown'])).toBe('critical');
    expect(worst([])).toBe('unknown');
    expect([highest([1, undefined, null, 0]), highest([0]), highest([null])]).toEqual([1, 0, null]);
  });
});
