// SPDX-License-Identifier: Apache-2.0
// Text from images, certificates and keys → text that is safe to show: nothing in it can move the cursor, turn the
// writing direction, end a table cell or start a link. Every renderer passes every foreign value through here.

/** Control, format (bidirectional marks among them), surrogate, private and unassigned characters, and separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** One line; what cannot be shown safely appears as `\u{…}`; longer than `limit` characters is cut. */
export function printable(text: string, limit = 300): string {
  const cut = text.slice(0, limit);
  const safe = cut.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return cut.length < text.length ? `${safe}…` : safe;
}

/** The text with everything beyond ASCII written as `\u{…}`, common punctuation of ours apart. */
export function toAscii(text: string): string {
  const plain = text.replaceAll('…', '...').replaceAll('→', '->').replaceAll('·', '-');
  return plain.replace(/[^\n\u0020-\u007e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A value inside Markdown or HTML: all punctuation that could mean something becomes a character reference. */
export function escapeMarkdown(text: string, limit?: number): string {
  const escaped = printable(text, limit).replace(/[!-+/:-@[-`{-~]/g, (char) => `&#${char.charCodeAt(0)};`);
  // A bare www. would become a link.
  return escaped.replace(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`);
}

/** A value inside a quoted Mermaid label. */
export function escapeMermaid(text: string, limit = 60): string {
  return printable(text, limit).replace(/[^A-Za-z0-9 .,_…-]/gu, (char) => `#${char.codePointAt(0)};`);
}
