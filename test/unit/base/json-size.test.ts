// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/base/limits.ts';
import { parseJson } from '../../../src/base/json.ts';
import { DENSE } from '../../support/large-json.ts';

const tooMany = expect.objectContaining({ code: 'DATA_TOO_MANY_PARTS' });
const list = (count: number, item: string) => `[${Array.from({ length: count }, () => item).join(',')}]`;

describe('what a JSON text may become', () => {
  test.each(Object.keys(DENSE))('refuses a million of %s', (shape) => {
    expect(() => parseJson(DENSE[shape]?.(3_000_000) ?? '', 'it')).toThrow(tooMany);
  });

  test('small documents may be as dense as they like', () => {
    expect(parseJson(list(LIMITS.jsonParts - 1, '{}'), 'it')).toHaveLength(LIMITS.jsonParts - 1);
    expect(parseJson(list(LIMITS.jsonValues, '1'), 'it')).toHaveLength(LIMITS.jsonValues);
  });

  test('white space buys nothing: the same document is written without it', () => {
    const spaced = list(LIMITS.jsonParts * 2, `{}${' '.repeat(40)}`);
    expect(() => parseJson(spaced, 'it')).toThrow(tooMany);
  });

  test('what is skipped is not counted, but for members of one object', () => {
    const skipped = (value: string) => parseJson(`{"predicate":${value}}`, 'it', { skip: 'predicate' });
    expect(skipped(list(LIMITS.jsonParts * 3, '{}'))).toEqual({ predicate: null });
    expect(() => skipped(DENSE['one object with a million members']?.(3_000_000) ?? '')).toThrow(tooMany);
    expect(() => skipped('{"a":1,"a":2}')).toThrow(expect.objectContaining({ code: 'DATA_JSON_INVALID' }));
  });

  test('long lists come out whole, and in order', () => {
    const value = Array.from({ length: 1000 }, (_, at) => [at, Array.from({ length: at % 130 }, (_unused, n) => n)]);
    expect(parseJson(JSON.stringify(value), 'it')).toEqual(value);
  });
});
