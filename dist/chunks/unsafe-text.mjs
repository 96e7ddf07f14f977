// src/primitives/unsafe-text.ts
/**
* Control, format (bidirectional marks, soft hyphens, tags), surrogate, private, unassigned and other invisible characters, line
* and paragraph separators. The selectors of text and emoji form alone stay: they change nothing but a glyph.
*/
const UNSAFE = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\ufe00-\ufe0f]]/gv;
/** The text with every unsafe character but line ends and tabs made visible: `\u001b`, `\u{e0041}`. */
function visibleLines(text) {
	return text.replace(/\r\n/g, "\n").replace(UNSAFE, (char) => char === "\n" || char === "	" ? char : escapeCharacter(char));
}
/** The text on one line: every unsafe character appears as `\u{…}`. */
function visibleLine(text) {
	return text.replace(UNSAFE, (char) => `\\u{${codePointHex(char)}}`);
}
function escapeCharacter(char) {
	const hex = codePointHex(char);
	return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
function codePointHex(char) {
	return (char.codePointAt(0) ?? 0).toString(16);
}

export { visibleLine as n, visibleLines as r, UNSAFE as t };