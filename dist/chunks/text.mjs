// src/base/text.ts
/** The count and its noun, which takes an `s` unless the count is 1. */
function counted(count, noun) {
	return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
const MOST_NAMES = 12;
/** Names with a comma or a word between them; of many the first ones: `a, b, c and 19,997 others`. */
function listed(names, word) {
	const shown = names.slice(0, MOST_NAMES).join(word ? ` ${word} ` : ", ");
	const others = names.length - MOST_NAMES;
	return others <= 0 ? shown : `${shown} ${word ?? "and"} ${others.toLocaleString("en")} others`;
}
/** The known word that needs the fewest edits, undefined when none is close. */
function nearest(word, known) {
	const limit = Math.max(1, Math.floor(word.length / 3));
	let best;
	for (const candidate of known) {
		const edits = editDistance(word.slice(0, 64).toLowerCase(), candidate.toLowerCase());
		if (edits <= limit && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) best = {
			candidate,
			edits
		};
	}
	return best?.candidate;
}
/** Hint text: `did you mean x?` or the allowed words. */
function didYouMean(word, known) {
	const match = nearest(word, known);
	if (match !== void 0) return `did you mean ${match}?`;
	return known.length === 0 ? "remove it" : `use one of: ${known.slice(0, 20).join(", ")}`;
}
function editDistance(a, b) {
	let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i += 1) {
		const current = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
		}
		previous = current;
	}
	return previous[b.length] ?? 0;
}
/** A time as `2026-11-22T12:00:00Z`; a text that is no time stays as it is. */
function toSecond(time) {
	const date = typeof time === "string" ? new Date(time) : time;
	if (!Number.isNaN(date.getTime())) return `${date.toISOString().slice(0, -5)}Z`;
	return typeof time === "string" ? time : "an impossible time";
}
/** What is said of another time than the present. */
function asOfWords(time) {
	return `as of ${toSecond(time)}, which is not the present time`;
}
/** The same as the last line of a result; empty for the present. */
function asOfLine(time) {
	return time ? `${asOfWords(time)}\n` : "";
}
/** True for a day of the calendar as `2026-11-22`; JavaScript takes the 30th of February for the 2nd of March. */
function isDay(text) {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const day = /* @__PURE__ */ new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
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
/** One line; what cannot be shown safely appears as `\u{…}`; longer than `limit` characters is cut. */
function printable(text, limit = 300) {
	const cut = text.slice(0, limit);
	return cut.length < text.length ? `${visibleLine(cut)}…` : visibleLine(cut);
}
function escapeCharacter(char) {
	const hex = codePointHex(char);
	return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
function codePointHex(char) {
	return (char.codePointAt(0) ?? 0).toString(16);
}
/** Below zero when `a` comes first, by UTF-16 code units: the same everywhere, whatever the language of the machine. */
function compareText(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
/** The text as one word of a POSIX shell. What has control characters cannot be copied from a message: PATH. */
function shellWord(value) {
	if (/^[A-Za-z0-9_@%+:,./-]+$/.test(value)) return value;
	return /\p{Cc}/u.test(value) ? "PATH" : `'${value.replaceAll("'", `'\\''`)}'`;
}
/** What a key or token may be of: digests, fingerprints and paths are shorter, or have not all kinds of characters. */
const SECRET_LIKE = /(?=\S*[A-Z])(?=\S*[a-z])(?=\S*\d)[\w+/=-]{45,}/g;
/** A foreign value as it is shown in messages. A key may have been given in place of a policy. */
function quote(text) {
	const shown = text.slice(0, 1e3).replace(/(PRIVATE KEY).*$/su, "$1…").replace(SECRET_LIKE, "…");
	return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}

export { counted as a, listed as c, quote as d, shellWord as f, visibleLines as h, compareText as i, nearest as l, visibleLine as m, asOfLine as n, didYouMean as o, toSecond as p, asOfWords as r, isDay as s, UNSAFE as t, printable as u };