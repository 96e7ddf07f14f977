// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/base/limits.ts';
import { parseJson } from '../../../src/base/json.ts';

const parse = (text: string) => parseJson(text, 'the document');
const refused = expect.objectContaining({ code: 'DATA_JSON_INVALID' });

describe('the strict JSON reader', () => {
  test('agrees with JSON.parse on everything that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('accepts nothing that JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), fc.string({ maxLength: 2 }), (text, at, junk) => {
        const position = at % (text.length + 1);
        const changed = text.slice(0, position) + junk + text.slice(position + 1);
        if (accepts(() => parse(changed))) expect(() => JSON.parse(changed)).not.toThrow();
      }),
    );
  });

  test.each([
    ['a repeated key', '{"a":1,"a":1}'],
    ['a key repeated by an escape', '{"a":1,"\\u0061":2}'],
    ['text after the document', '{} {}'],
    ['a trailing comma', '[1,]'],
    ['a comment', '{/**/}'],
    ['single quotes', "{'a':1}"],
    ['a leading zero', '01'],
    ['a plus sign', '+1'],
    ['a bare point', '.5'],
    ['NaN', 'NaN'],
    ['a raw line end in a text', '"a\nb"'],
    ['a bad escape', '"\\x41"'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['a capital literal', 'True'],
    ['a literal with a tail', 'nullx'],
  ])('refuses %s', (_name, text) => {
    expect(() => parse(text)).toThrow(refused);
  });

  test('refuses every truncation of a document', () => {
    const text = '{"a":[1,-2.5e3,true,false,null,"x\\n\\u00e9"],"b":{}}';
    for (let length = 0; length < text.length; length++) expect(() => parse(text.slice(0, length))).toThrow(refused);
    expect(parse(text)).toBeDefined();
  });

  test('bounds the depth of nesting', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parse(nested(LIMITS.jsonDepth))).not.toThrow();
    expect(() => parse(nested(LIMITS.jsonDepth + 2))).toThrow(refused);
    expect(() => parse('['.repeat(1_000_000))).toThrow(refused);
  });

  test('keeps __proto__ an ordinary key', () => {
    const value = parse('{"__proto__":{"polluted":true},"constructor":1}');
    expect(Object.keys(Object(value))).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBeNull();
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), 'x')).toThrow(
      expect.objectContaining({ code: 'DATA_NOT_UTF8' }),
    );
  });
});

function accepts(body: () => unknown): boolean {
  try {
    body();
    return true;
  } catch {
    return false;
  }
}
