// src/report/foreign-text.ts
/** Control, format (bidirectional marks among them), surrogate, private and unassigned characters, and separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
/** One line; what cannot be shown safely appears as `\u{…}`; longer than `limit` characters is cut. */
function printable(text, limit = 300) {
	const cut = text.slice(0, limit);
	const safe = cut.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
	return cut.length < text.length ? `${safe}…` : safe;
}
/** The text with everything beyond ASCII written as `\u{…}`, common punctuation of ours apart. */
function toAscii(text) {
	return text.replaceAll("…", "...").replaceAll("→", "->").replaceAll("·", "-").replace(/[^\n\u0020-\u007e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
/** A value inside Markdown or HTML: all punctuation that could mean something becomes a character reference. */
function escapeMarkdown(text, limit) {
	return printable(text, limit).replace(/[!-+/:-@[-`{-~]/g, (char) => `&#${char.charCodeAt(0)};`).replace(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`);
}
/** A value inside a quoted Mermaid label. */
function escapeMermaid(text, limit = 60) {
	return printable(text, limit).replace(/[^A-Za-z0-9 .,_…-]/gu, (char) => `#${char.codePointAt(0)};`);
}

export { toAscii as i, escapeMermaid as n, printable as r, escapeMarkdown as t };