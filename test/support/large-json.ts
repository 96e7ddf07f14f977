// SPDX-License-Identifier: Apache-2.0
// JSON in the shapes that cost a reader the most: each value a text of about so many characters. The first group is
// denser than any real document, the second one stays just below the bounds of `src/base/json.ts`.

import { LIMITS } from '../../src/base/limits.ts';

/** A list of what `make` gives, as long as it is allowed to be. */
export function listText(length: number, make: (index: number) => string): string {
  const parts: string[] = [];
  for (let size = 2; ; ) {
    const part = make(parts.length);
    size += part.length + 1;
    if (size > length) break;
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
}

/** A list of `count` parts that is about `length` long; `make` is told how long one part may be. */
export function paddedList(length: number, count: number, make: (index: number, room: number) => string): string {
  const room = Math.floor(length / count) - 1;
  return `[${Array.from({ length: count }, (_, index) => make(index, room)).join(',')}]`;
}

/** Objects and lists that a text of this length may have, with some left for what is around it. */
function mostParts(length: number): number {
  return Math.floor((LIMITS.jsonParts + length / LIMITS.jsonPartLength) * 0.94);
}

const pad = (room: number) => 'a'.repeat(Math.max(0, room));
const DEEP = 50;

/** Shapes that no honest document has. */
export const DENSE: Readonly<Record<string, (length: number) => string>> = {
  'empty objects': (length) => listText(length, () => '{}'),
  'empty lists': (length) => listText(length, () => '[]'),
  digits: (length) => listText(length, () => '1'),
  fractions: (length) => listText(length, () => '0.5'),
  'lists in lists': (length) => listText(length, () => '['.repeat(DEEP) + ']'.repeat(DEEP)),
  'objects in objects': (length) => listText(length, () => `${'{"":'.repeat(DEEP)}0${'}'.repeat(DEEP)}`),
  'objects with a name of their own': (length) => listText(length, (index) => `{"${index.toString(36)}":0}`),
  'one object with a million members': (length) =>
    listText(length, (index) => `"${index.toString(36)}":0`)
      .replace(/^\[/, '{')
      .replace(/\]$/, '}'),
};

/** Shapes that are read. */
export const ALLOWED: Readonly<Record<string, (length: number) => string>> = {
  'one long text': (length) => `"${pad(length - 2)}"`,
  'one long text beyond Latin-1': (length) => `"€${pad(length - 5)}"`,
  'escaped characters': (length) => `"${'\\u0041'.repeat(length / 6)}"`,
  'short texts': (length) => listText(length, (index) => `"${index.toString(36)}"`),
  'objects with many names': (length) =>
    paddedList(length, mostParts(length), (index, room) => {
      const name = index.toString(36);
      return `{"${name}":"${pad(room - name.length - 7)}"}`;
    }),
  'objects with five members': (length) => listText(length, () => '{"a":0,"b":0,"c":0,"d":0,"e":0,"f":""}'),
  'nested lists': (length) =>
    paddedList(
      length,
      mostParts(length) / DEEP,
      (_, room) => `${'['.repeat(DEEP)}"${pad(room - 2 * DEEP - 2)}"${']'.repeat(DEEP)}`,
    ),
};
