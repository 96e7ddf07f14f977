// SPDX-License-Identifier: Apache-2.0
// Text from images, certificates and keys → text that is safe to show: nothing in it can move the cursor, turn the
// writing direction, end a table cell or start a link. Every renderer passes every foreign value through here. What is
// put here for a character, the redactor of the host must read back.

import { visibleLine } from '../base/unsafe-text.ts';

/** One line; what cannot be shown safely appears as `\u{…}`; longer than `limit` characters is cut. */
export function printable(text: string, limit = 300): string {
  const cut = text.slice(0, limit);
  return cut.length < text.length ? `${visibleLine(cut)}…` : visibleLine(cut);
}

/** A value in the text of a Markdown page: whatever it holds is shown, and starts or ends nothing. */
export function escapeMarkdown(text: string, limit?: number): string {
  const escaped = escapeHtml(text, limit)
    // A bare www. would become a link, and what comes first on a line a list or a rule.
    .replace(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`)
    .replace(/^[ -]|^(\d+)\./, (lead, digits?: string) => (digits ? `${digits}&#46;` : `&#${lead.charCodeAt(0)};`));
  // Addresses of people become links after character references were read; an element between stops that.
  return escaped.replaceAll('&#64;', '<span>&#64;</span>');
}

/** A value in an attribute: all punctuation that could mean something becomes a character reference. */
export function escapeHtml(text: string, limit?: number): string {
  return printable(text, limit).replace(/[!-+/:-@[-`{-~]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A value inside a quoted Mermaid label. */
export function escapeMermaid(text: string, limit = 60): string {
  return printable(text, limit).replace(/[^A-Za-z0-9 .,_…-]/gu, (char) => `#${char.codePointAt(0)};`);
}
