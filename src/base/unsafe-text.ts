// SPDX-License-Identifier: Apache-2.0
// Which characters of a foreign text must not reach a screen as they are: those that move the cursor, turn the writing
// direction, hide text or end a line. Every function that makes text fit to be shown takes them from here.

/**
 * Control, format (bidirectional marks, soft hyphens, tags), surrogate, private, unassigned and other invisible characters, line
 * and paragraph separators. The selectors of text and emoji form alone stay: they change nothing but a glyph.
 */
export const UNSAFE =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\ufe00-\ufe0f]]/gv;

/** The text with every unsafe character but line ends and tabs made visible: `\u001b`, `\u{e0041}`. */
export function visibleLines(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escapeCharacter(char)));
}

/** The text on one line: every unsafe character appears as `\u{…}`. */
export function visibleLine(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${codePointHex(char)}}`);
}

function escapeCharacter(char: string): string {
  const hex = codePointHex(char);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

function codePointHex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16);
}
