// SPDX-License-Identifier: Apache-2.0
// What a text without quotes is: in YAML 1.2, and in YAML 1.1 where that differs.

/**
 * What YAML 1.1 makes of texts of the 1.2 core schema, when they stand there without quotes. Numbers are written
 * without their underscores.
 * @see https://yaml.org/type/index.html
 */
const YAML_1_1: readonly (readonly [RegExp, string])[] = [
  [/^(?:y|yes|n|no|on|off)$/i, 'a boolean'],
  [/^[-+]?(?:0b[01]+|0o[0-7]+|0x[\da-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)$/i, 'a number'],
  [/^[-+]?\d+(?::[0-5]?\d)+(?:\.\d*)?$/, 'a number to the base of 60'],
  [/^\d{4}-\d{1,2}-\d{1,2}(?:[Tt\s].*)?$/, 'a date'],
  [/^(?:=|<<)$/, 'an instruction'],
];

/** Texts that begin with a letter and are more than a text in some YAML have at most so many characters. */
const LONGEST_WORD = 5;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const OTHER_WORDS = new Set(['true', 'false', 'null', 'nan', 'inf']);
const NUMBER = /^(?:0|[1-9][0-9]{0,8})$/;
const OTHER_NUMBERS = /^(?:0o[0-7]+|0x[\da-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)$/;

/** What YAML 1.1 reads a text without quotes as, where that is another kind of value. */
export function otherReading(text: string): string | undefined {
  return YAML_1_1.find(([form]) => form.test(text) || form.test(text.replaceAll('_', '')))?.[1];
}

/** The value of a text without quotes that begins with a letter, a digit or `/`. */
export interface PlainValue {
  readonly value: string | number | boolean | null;
  readonly yaml11?: string | undefined;
}

/**
 * What the core schema takes the text for; undefined for forms of numbers and words that nobody writes into policies.
 * @see https://yaml.org/spec/1.2.2/#103-core-schema
 */
export function plainValue(text: string): PlainValue | undefined {
  const isNumeric = text.charCodeAt(0) <= 0x39;
  if (!isNumeric && text.length > LONGEST_WORD) return { value: text };
  if (NUMBER.test(text)) return { value: Number(text) };
  const word = WORDS.get(text);
  if (word !== undefined) return { value: word };
  if (OTHER_NUMBERS.test(text) || OTHER_WORDS.has(text.toLowerCase())) return undefined;
  return { value: text, yaml11: otherReading(text) };
}
