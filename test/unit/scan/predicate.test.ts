// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { parsePredicate } from '../../../src/scan/predicate.ts';

const parse = (text: string) => parsePredicate(utf8(text), 'p.json');

describe('a predicate from a file', () => {
  test.each([
    ['{}'],
    ['{"a":[1,-2.5,1e-7,"x",null,true,{"b":9007199254740991}]}'],
    ['{"__proto__":{"polluted":1},"toJSON":"x"}'],
    ['{"text":"\\ud800 \\u0000"}'],
  ])('%s is signed as it says', (text) => {
    expect(JSON.parse(JSON.stringify(parse(text)))).toEqual(JSON.parse(text));
    expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  test.each([
    ['a list', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['a whole statement', '{"_type":"https://in-toto.io/Statement/v1","predicate":{}}'],
    ['an envelope', '{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[]}'],
    ['a bundle', '{"mediaType":"x","dsseEnvelope":{}}'],
    ['a statement of no known type', '{"_type":"x","subject":[],"predicateType":"x","predicate":{}}'],
    ['a statement without type', '{"subject":[],"predicateType":"x","predicate":{}}'],
    ['a statement by http', '{"_type":"http://in-toto.io/Statement/v1"}'],
    ['a statement in other letters', '{"_type":"HTTPS://In-Toto.io/statement"}'],
    ['a statement of another version', '{"_type":"https://in-toto.io/Statement/v2/"}'],
  ])('%s is refused', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'SCAN_PREDICATE_INVALID', exitCode: 3 }));
  });

  test.each([
    ['a repeated key', '{"a":1,"a":2}'],
    ['text after it', '{} {}'],
    ['too deep', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['a comment', '{/**/}'],
    ['a number that readers round', '{"a":[{"b":9007199254740993}]}'],
    ['a number beyond all', '{"a":1e400}'],
    ['a number that becomes zero', '{"a":1e-400}'],
    ['a negative zero', '{"a":-0.0}'],
    ['a fraction that no double has', '{"a":0.1234567890123456789}'],
  ])('%s is refused as JSON', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'DATA_JSON_INVALID' }));
  });
});
