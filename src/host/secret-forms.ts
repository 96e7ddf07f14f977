// SPDX-License-Identifier: Apache-2.0
// The texts in which a secret may turn up: as it is, line by line, and encoded as headers, addresses and documents do.

import { visibleLine, visibleLines } from '../base/unsafe-text.ts';

/** No form is shorter: such texts would riddle a log when masked. */
export const MIN_CHARS = 4;
/** For secrets that nobody gave: who has `pass` in a file does not expect it to be taken out of every `passed`. */
export const MIN_CHARS_FOUND = 8;
/** Bytes from the middle of a secret that say enough about it to be hidden in Base64. */
const MIN_MIDDLE_BYTES = 6;

/**
 * Every form of a secret, none shorter than `minChars`. The frame of a PEM text and lines that short are no secrets;
 * a secret that is that short itself has no form at all.
 */
export function secretForms(secret: string, minChars: number = MIN_CHARS): ReadonlySet<string> {
  const text = secret.trim();
  const forms = new Set<string>();
  for (const line of [text, ...text.split(/[\r\n]+/).map((one) => one.trim())])
    if (line.length >= minChars && (line === text || !line.startsWith('-----')))
      for (const form of [line, ...escapedForms(line)]) forms.add(form);
  if (text.length < minChars) return forms;
  for (const encoded of [secret, text].flatMap(base64Forms)) {
    forms.add(encoded);
    forms.add(encoded.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

function escapedForms(text: string): readonly string[] {
  const wellFormed = text.toWellFormed();
  return [
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(wellFormed),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    visibleLine(text),
    visibleLines(text),
  ];
}

/** Alone, and in the middle of something longer, where it may begin at any of the three bytes that make four characters. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const middles = [0, 1, 2].map((start) => bytes.subarray(start, bytes.length - ((bytes.length - start) % 3)));
  const whole = bytes.toString('base64');
  return [
    whole,
    whole.replace(/=+$/, ''),
    ...middles.filter(({ length }) => length >= MIN_MIDDLE_BYTES).map((middle) => middle.toString('base64')),
  ];
}
