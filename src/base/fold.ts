// SPDX-License-Identifier: Apache-2.0
// When does a program written in Go take two member names for one? Its JSON reader compares them without regard to case,
// by Unicode's simple case folding: `layers`, `Layers` and `layer\u017f` are one name there.

/** Folds of characters beyond ASCII that were asked for. */
const known = new Map<string, string>();

/**
 * A name as Go's JSON reader compares it: two names are one there exactly when this gives the same text. Characters that
 * are newer than the Unicode of that Go may be joined here and not there.
 * @see https://github.com/golang/go/blob/go1.26.0/src/encoding/json/fold.go
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]|[^\0-\x7f]/gu, (character) => {
    const fold = known.get(character) ?? foldCharacter(character);
    known.set(character, fold);
    return fold;
  });
}

/** Full case mappings join more than simple folding does, the dotless i and I for instance. */
function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  for (const fold of [isOne(upper) ? upper.toLowerCase() : character, character.toLowerCase()])
    if (fold !== character && isOne(fold) && foldsTo(character, fold)) return fold;
  return character;
}

function isOne(text: string): boolean {
  return text === String.fromCodePoint(text.codePointAt(0) ?? 0);
}

function foldsTo(character: string, fold: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return new RegExp(`^\\u{${codePoint.toString(16)}}$`, 'iu').test(fold);
}
