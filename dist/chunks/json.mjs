import { n as decodeUtf8 } from "./bytes.mjs";
import { r as DataError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";

// src/primitives/json.ts
/** True for a JSON object, false for arrays and all else. */
function isJsonObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
/**
* The value of a JSON document given as bytes or text; `what` names it in errors.
* @throws DataError DATA_JSON_INVALID, DATA_NOT_UTF8
* @see RFC 8259
*/
function parseJson(input, what) {
	const text = typeof input === "string" ? input : decodeUtf8(input, what);
	return new Reader(text, what).document();
}
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERALS = [
	["true", true],
	["false", false],
	["null", null]
];
var Reader = class {
	#at = 0;
	#text;
	#what;
	constructor(text, what) {
		this.#text = text;
		this.#what = what;
	}
	document() {
		const value = this.#value(0);
		this.#space();
		if (this.#at < this.#text.length) this.#fail("unexpected text after the document");
		return value;
	}
	#value(depth) {
		if (depth > LIMITS.jsonDepth) this.#fail(`nested deeper than ${LIMITS.jsonDepth}`);
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
		const object = Object.create(null);
		this.#at += 1;
		this.#space();
		if (this.#take("}")) return object;
		do {
			this.#space();
			if (this.#text[this.#at] !== "\"") this.#fail("expected a key");
			const key = this.#string();
			if (Object.hasOwn(object, key)) this.#fail(`the key ${JSON.stringify(key.slice(0, 80))} is repeated`);
			this.#space();
			if (!this.#take(":")) this.#fail("expected a colon");
			object[key] = this.#value(depth + 1);
			this.#space();
		} while (this.#take(","));
		if (!this.#take("}")) this.#fail("expected a comma or }");
		return object;
	}
	#array(depth) {
		const items = [];
		this.#at += 1;
		this.#space();
		if (this.#take("]")) return items;
		do {
			items.push(this.#value(depth + 1));
			this.#space();
		} while (this.#take(","));
		if (!this.#take("]")) this.#fail("expected a comma or ]");
		return items;
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
		this.#at = NUMBER.lastIndex;
		return Number(match[0]);
	}
	#space() {
		for (;;) {
			const char = this.#text.charCodeAt(this.#at);
			if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return;
			this.#at += 1;
		}
	}
	#take(char) {
		if (this.#text[this.#at] !== char) return false;
		this.#at += 1;
		return true;
	}
	#fail(problem) {
		const found = this.#text.trim() === "" ? "nothing is in it" : `${problem} at offset ${this.#at}`;
		throw new DataError("DATA_JSON_INVALID", `${this.#what}: ${found}`, { hint: "check that the right file was given, and that it is whole" });
	}
};

export { parseJson as n, isJsonObject as t };