import { r as decodeUtf8 } from "./bytes.mjs";
import { n as DATA_CODES, r as DataError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";

// src/base/json-number.ts
/** Beyond this the nearest double is as near as 17 digits tell. */
const MIN_NORMAL = 22250738585072014e-324;
/** So many digits name exactly one double; more of them would say what no double can. */
const DOUBLE_DIGITS = 17;
/** No double needs more characters than 1.8e308 written out. */
const MAX_TEXT = 400;
/**
* True for a JSON number whose value stays what it is. Fractions of up to 17 digits count as the double that they name,
* which is how many programs write them; whole numbers must stay the same to the last digit.
* @see https://www.rfc-editor.org/rfc/rfc8259.html#section-6
*/
function keepsItsValue(text) {
	const value = Number(text);
	if (text.length > MAX_TEXT || !Number.isFinite(value) || Object.is(value, -0)) return false;
	const given = decimalOf(text);
	const written = decimalOf(String(value));
	if (given.digits === written.digits && given.exponent === written.exponent) return true;
	return given.exponent < 0 && given.digits.length <= DOUBLE_DIGITS && Math.abs(value) >= MIN_NORMAL;
}
function decimalOf(text) {
	const [mantissa = "", power = "0"] = text.replace(/^-/, "").split(/[eE]/);
	const [whole = "", fraction = ""] = mantissa.split(".");
	const digits = (whole + fraction).replace(/^0+/, "");
	const kept = digits.replace(/0+$/, "");
	if (kept === "") return {
		digits: "",
		exponent: 0
	};
	return {
		digits: kept,
		exponent: Number(power) - fraction.length + digits.length - kept.length
	};
}

// src/base/json.ts
/** True for a JSON object, false for arrays and all else. */
function isJsonObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
/**
* The value of a JSON document given as bytes or text; `what` names it in errors.
* @throws DataError DATA_JSON_INVALID, DATA_NOT_UTF8, DATA_TOO_MANY_PARTS
* @see https://www.rfc-editor.org/rfc/rfc8259.html
*/
function parseJson(input, what, strictness = {}) {
	const text = typeof input === "string" ? input : decodeUtf8(input, what);
	return new Reader(text, what, strictness).document();
}
/** The JSON object in the bytes of somebody else; undefined for anything that is none. */
function jsonObjectIn(bytes) {
	try {
		const value = parseJson(bytes, "an answer");
		return isJsonObject(value) ? value : void 0;
	} catch (cause) {
		if (cause instanceof DataError) return void 0;
		throw cause;
	}
}
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERALS = [
	["true", true],
	["false", false],
	["null", null]
];
/** From so many items on a list is made while it is read. */
const LONG_LIST = 64;
/** A whole number of up to 15 digits is itself, however it is read. */
const SHORT_WHOLE = /^(?:[1-9][0-9]{0,14}|0)$/;
var Reader = class {
	#at = 0;
	#spaces = 0;
	#size;
	/** Items of the lists that are being read: each list is made when its length is known. */
	#items = [];
	#text;
	#what;
	#depth;
	#exactNumbers;
	#plainNumbers;
	#skip;
	/** False within what is skipped. */
	#kept = true;
	constructor(text, what, strictness) {
		const { depth = LIMITS.jsonDepth, exactNumbers = false, plainNumbers = false, skip } = strictness;
		this.#text = text;
		this.#what = what;
		this.#size = new JsonSize(what, text.length);
		this.#depth = depth;
		this.#exactNumbers = exactNumbers;
		this.#plainNumbers = plainNumbers;
		this.#skip = skip;
	}
	document() {
		const value = this.#value(0);
		this.#space();
		if (this.#at < this.#text.length) this.#fail("unexpected text after the document");
		this.#size.check(this.#text.length - this.#spaces);
		return value;
	}
	#value(depth) {
		if (depth > this.#depth) this.#fail(`nested deeper than ${this.#depth}`, "nest it less deeply, with lists beside each other and not inside");
		if (this.#kept) this.#size.addValue();
		this.#space();
		const char = this.#text[this.#at];
		if (char === "{") return this.#object(depth);
		if (char === "[") return this.#array(depth);
		if (char === "\"") return this.#string();
		for (const [word, value] of LITERALS) if (this.#text.startsWith(word, this.#at)) {
			this.#at += word.length;
			return value;
		}
		return this.#number();
	}
	#object(depth) {
		if (this.#kept) this.#size.addPart();
		const object = Object.create(null);
		const skipped = this.#kept ? void 0 : /* @__PURE__ */ new Set();
		let members = 0;
		this.#at += 1;
		this.#space();
		if (this.#take("}")) return object;
		do {
			this.#space();
			if (this.#text[this.#at] !== "\"") this.#fail("expected a key");
			const key = this.#string();
			if (skipped?.has(key) || Object.hasOwn(object, key)) this.#fail(`the key ${JSON.stringify(key.slice(0, 80))} is repeated`);
			this.#space();
			if (!this.#take(":")) this.#fail("expected a colon");
			if (depth === 0) this.#kept = key !== this.#skip;
			const value = this.#value(depth + 1);
			members += 1;
			this.#size.sawMembers(members);
			if (skipped) skipped.add(key);
			else object[key] = this.#kept ? value : null;
			this.#space();
		} while (this.#take(","));
		if (!this.#take("}")) this.#fail("expected a comma or }");
		return object;
	}
	#array(depth) {
		if (this.#kept) this.#size.addPart();
		this.#at += 1;
		this.#space();
		if (this.#take("]")) return [];
		const start = this.#items.length;
		let long;
		do {
			const value = this.#value(depth + 1);
			if (this.#kept) (long ?? this.#items).push(value);
			if (this.#items.length - start >= LONG_LIST) long = this.#items.splice(start);
			this.#space();
		} while (this.#take(","));
		if (!this.#take("]")) this.#fail("expected a comma or ]");
		return long ?? this.#items.splice(start);
	}
	#string() {
		const start = this.#at;
		let at = start + 1;
		for (;; at += 1) {
			const char = this.#text.charCodeAt(at);
			if (Number.isNaN(char)) this.#fail("a text does not end");
			if (char === 34) break;
			if (char === 92) at += 1;
		}
		this.#at = at + 1;
		try {
			return String(JSON.parse(this.#text.slice(start, this.#at)));
		} catch {
			this.#at = start;
			return this.#fail("a text has a bad escape or control character");
		}
	}
	#number() {
		NUMBER.lastIndex = this.#at;
		const match = NUMBER.exec(this.#text);
		if (!match) this.#fail("expected a value");
		const [number] = match;
		if (this.#exactNumbers && !SHORT_WHOLE.test(number) && !keepsItsValue(number)) this.#fail(`the number ${number.slice(0, 60)}, which JSON readers round,`, "write it as a text, or with at most 15 digits");
		if (this.#plainNumbers && /[.eE]/.test(number) && Number.isInteger(Number(number))) this.#fail(`the whole number ${number.slice(0, 60)}, which other programs do not take for one,`);
		this.#at = NUMBER.lastIndex;
		return Number(number);
	}
	#space() {
		for (;;) {
			const char = this.#text.charCodeAt(this.#at);
			if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return;
			this.#at += 1;
			this.#spaces += 1;
		}
	}
	#take(char) {
		if (this.#text[this.#at] !== char) return false;
		this.#at += 1;
		return true;
	}
	#fail(problem, hint = "check that the right file was given, and that it is whole") {
		const found = this.#text.trim() === "" ? "nothing is in it" : `${problem} at offset ${this.#at}`;
		throw new DataError("DATA_JSON_INVALID", `${this.#what}: ${found}`, { hint });
	}
};
/** After so many values the bounds are looked at again. */
const STEP = 4096;
/**
* Counts what a document consists of while it is read. An object takes some two hundred bytes, and two characters are one: ten
* megabytes could become two gigabytes. So there is a bound on how many parts a text of its length may have; the densest of
* real SBOMs, reports, bundles and manifests have half as many.
*/
var JsonSize = class {
	#what;
	#length;
	#parts = 0;
	#values = 0;
	#largest = 0;
	/** @param length of the text, in characters */
	constructor(what, length) {
		this.#what = what;
		this.#length = length;
	}
	/** One more object or list. @throws DataError DATA_TOO_MANY_PARTS */
	addPart() {
		this.#parts += 1;
		if (this.#parts % STEP === 0) this.check(this.#length);
	}
	/** One more value of any kind. @throws DataError DATA_TOO_MANY_PARTS */
	addValue() {
		this.#values += 1;
		if (this.#values % STEP === 0) this.check(this.#length);
	}
	/** An object has so many members by now. @throws DataError DATA_TOO_MANY_PARTS */
	sawMembers(count) {
		if (count <= this.#largest) return;
		this.#largest = count;
		if (count % STEP === 0) this.check(this.#length);
	}
	/** Refuses what is too much for a text of this length. @throws DataError DATA_TOO_MANY_PARTS */
	check(length) {
		this.#bound(this.#parts, "objects and lists", LIMITS.jsonParts + length / LIMITS.jsonPartLength);
		this.#bound(this.#values, "values", LIMITS.jsonValues + length / LIMITS.jsonValueLength);
		this.#bound(this.#largest, "members in one object", LIMITS.jsonMembers + length / LIMITS.jsonMemberLength);
	}
	#bound(count, what, limit) {
		if (count <= limit) return;
		throw new DataError("DATA_TOO_MANY_PARTS", `${this.#what} has more than ${Math.floor(limit)} ${what}, and ${this.#length} characters`, { hint: DATA_CODES.DATA_TOO_MANY_PARTS.fix });
	}
};

export { jsonObjectIn as n, parseJson as r, isJsonObject as t };