import { r as parseJson } from "./json.mjs";
import { t as UNSAFE } from "./text.mjs";

// src/report/redacted-json.ts
/** Members, and outputs of steps, whose type is a list of words of ours. */
const OWN_WORDS = new Set(`schema verdict severity code kind method status outcome use algorithm verified data-verified cache-hit error-code
  $schema level columnKind revocation proof`.split(/\s+/));
const WORD = /^[A-Za-z][\w.:/-]*( [a-z]+)?$/;
const OWN_FORMS = [
	new RegExp(`^(?:(?:manifest|referrer|tag) )?sha(?:256[:-][0-9a-f]{64}|512[:-][0-9a-f]{128})(?:\\.(?:sig|att|sbom))?$`),
	/^(?:object|group) \d{1,10}$/,
	/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
];
/** And in these members: numbers for programs that do not take them as numbers. */
const OWN_NUMBERS = /* @__PURE__ */ new Map([
	["version", /^\d{1,3}\.\d{1,3}\.\d{1,3}$/],
	["security-severity", /^\d{1,2}\.\d$/],
	["primaryLocationLineHash", /^[0-9a-f]{16}:\d{1,10}$/],
	["findings-count", /^\d{1,10}$/],
	["blocking-count", /^\d{1,10}$/]
]);
/** How our documents spell the names of their members. None of them has names from outside. */
const OWN_NAME = /^\$?[A-Za-z][A-Za-z0-9]*(?:-[a-z]+)*$/;
function isOwnText(text, member) {
	return OWN_WORDS.has(member) && WORD.test(text) || OWN_FORMS.some((form) => form.test(text)) || (OWN_NUMBERS.get(member)?.test(text) ?? false);
}
/** Line ends are JSON's own: a document of many findings has a million, and each match costs memory. */
const UNSAFE_IN_LINES = new RegExp(`(?!\\n)${UNSAFE.source}`, UNSAFE.flags);
/** The same value but for secrets; ends with a line end. */
function redactedJson(document, redact, indent = 2) {
	return `${JSON.stringify(document, (name, value) => withoutSecrets(name, value, redact), indent).replace(UNSAFE_IN_LINES, escaped)}\n`;
}
/** A value with its strings and names cleaned; members are visited on their own. */
function withoutSecrets(name, value, redact) {
	if (typeof value === "string") return isOwnText(value, name) ? value : redact(value, name);
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	const entries = Object.entries(value);
	const shown = (member) => OWN_NAME.test(member) ? member : redact(member);
	if (entries.every(([member]) => shown(member) === member)) return value;
	return Object.fromEntries(entries.map(([member, content]) => [shown(member), content]));
}
/**
* Whether a text, the value of this name, holds a secret. JSON is looked through value by value, as a document is, so that a
* secret spelled like one of its member names does not count.
*/
function holdsSecret(text, name, redact) {
	if (isOwnText(text, name) || redact(text) === text) return false;
	const document = /^[[{]/.test(text) ? parsed(text) : void 0;
	return document === void 0 || redactedJson(document, redact) !== redactedJson(document, (value) => value);
}
function parsed(text) {
	try {
		return parseJson(text, "an output");
	} catch {
		return;
	}
}
function escaped(char) {
	return Array.from({ length: char.length }, (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}

export { redactedJson as n, holdsSecret as t };