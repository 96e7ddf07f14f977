import { n as visibleLine } from "./unsafe-text.mjs";

// src/report/foreign-text.ts
/** One line; what cannot be shown safely appears as `\u{…}`; longer than `limit` characters is cut. */
function printable(text, limit = 300) {
	const cut = text.slice(0, limit);
	return cut.length < text.length ? `${visibleLine(cut)}…` : visibleLine(cut);
}
/** The text with everything beyond ASCII written as `\u{…}`, common punctuation of ours apart. */
function toAscii(text) {
	return text.replaceAll("…", "...").replaceAll("→", "->").replaceAll("·", "-").replace(/[^\n\u0020-\u007e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
/** A value in the text of a Markdown page: whatever it holds is shown, and starts or ends nothing. */
function escapeMarkdown(text, limit) {
	return escapeHtml(text, limit).replace(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`).replace(/^[ -]|^(\d+)\./, (lead, digits) => digits ? `${digits}&#46;` : `&#${lead.charCodeAt(0)};`).replaceAll("&#64;", "<span>&#64;</span>");
}
/** A value in an attribute: all punctuation that could mean something becomes a character reference. */
function escapeHtml(text, limit) {
	return printable(text, limit).replace(/[!-+/:-@[-`{-~]/g, (char) => `&#${char.charCodeAt(0)};`);
}
/** A value inside a quoted Mermaid label. */
function escapeMermaid(text, limit = 60) {
	return printable(text, limit).replace(/[^A-Za-z0-9 .,_…-]/gu, (char) => `#${char.codePointAt(0)};`);
}

export { toAscii as a, printable as i, escapeMarkdown as n, escapeMermaid as r, escapeHtml as t };