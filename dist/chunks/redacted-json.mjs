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
/** The same value but for secrets; ends with a line end. */
function redactedJson(document, redact, indent = 2) {
	return [...redactedPieces(document, redact, indent)].join("");
}
/** The same in pieces, each made when it is asked for: the text about a large report is several times as long. */
function redactedPieces(document, redact, indent = 2) {
	return new Writer(redact, indent).pieces(document);
}
/** Characters of a piece at least, but for the last one. */
const PIECE = 65536;
var Writer = class {
	#redact;
	#indent;
	#open = [];
	/** Begins a line in the innermost level. */
	#margin = "\n";
	#piece = "";
	constructor(redact, indent) {
		this.#redact = redact;
		this.#indent = " ".repeat(indent);
	}
	*pieces(document) {
		this.#write(document, "");
		for (let level = this.#open.at(-1); level; level = this.#open.at(-1)) {
			this.#next(level);
			if (this.#piece.length < PIECE) continue;
			yield this.#piece;
			this.#piece = "";
		}
		yield `${this.#piece}\n`;
	}
	#write(given, name) {
		const value = ownJson(given);
		if (typeof value !== "object" || value === null) this.#piece += scalar(value, name, this.#redact);
		else if (Array.isArray(value)) this.#enter("[", void 0, value);
		else {
			const shown = withShownNames(value, this.#redact);
			this.#enter("{", Object.keys(shown), Object.values(shown));
		}
	}
	#enter(begin, names, values) {
		this.#piece += begin;
		this.#margin += this.#indent;
		this.#open.push({
			names,
			values,
			done: 0,
			isEmpty: true
		});
	}
	/** The next value, or the end. */
	#next(level) {
		const { names, values, done, isEmpty } = level;
		level.done += 1;
		if (done === values.length) {
			this.#open.pop();
			this.#margin = this.#margin.slice(0, this.#margin.length - this.#indent.length);
			this.#piece += (isEmpty ? "" : this.#margin) + (names ? "}" : "]");
			return;
		}
		const value = values[done];
		const name = names?.[done] ?? "";
		if (names && (value === void 0 || typeof value === "function" || typeof value === "symbol")) return;
		level.isEmpty = false;
		this.#piece += (isEmpty ? "" : ",") + this.#margin + (names ? `${quoted(name)}: ` : "");
		this.#write(value, name);
	}
};
/** With names that hold secrets cleaned; of two that are alike then the last one stays. */
function withShownNames(object, redact) {
	const shown = (name) => OWN_NAME.test(name) ? name : redact(name);
	if (Object.keys(object).every((name) => shown(name) === name)) return object;
	return Object.fromEntries(Object.entries(object).map(([name, value]) => [shown(name), value]));
}
/** What the value is in JSON by its own word. */
function ownJson(value) {
	if (typeof value !== "object" || value === null || !("toJSON" in value)) return value;
	const { toJSON } = value;
	return typeof toJSON === "function" ? Reflect.apply(toJSON, value, []) : value;
}
function scalar(value, name, redact) {
	if (typeof value !== "string") return JSON.stringify(value) ?? "null";
	const clean = redact(value, name);
	return quoted(clean === value || isOwnText(value, name) ? value : clean);
}
/** JSON leaves what turns the writing direction or hides text as it is. */
function quoted(text) {
	const json = JSON.stringify(text);
	return /^[ -~]*$/.test(json) ? json : json.replace(UNSAFE, escaped);
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

export { redactedPieces as n, holdsSecret as t };