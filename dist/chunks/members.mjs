import { r as DataError } from "./errors.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";

// src/base/members.ts
/** What is known of an object about which nothing is known. */
const UNKNOWN = {};
/**
* The value of a JSON document that Go programs read, too.
* @throws DataError DATA_JSON_AMBIGUOUS when they could read something else; as parseJson
*/
function parseUnambiguous(bytes, what, shape, strictness = {}) {
	const value = parseJson(bytes, what, strictness);
	assertUnambiguous(value, shape, what);
	return value;
}
/**
* Refuses a value in which Go programs could read something else: names that they take for one, known names in another
* case, and halves of surrogate pairs, which they replace. What is `any` is not looked at; the names in an `object` are
* nobody's members.
* @throws DataError DATA_JSON_AMBIGUOUS
*/
function assertUnambiguous(value, shape, what) {
	if (shape === "any") return;
	if (typeof value === "string") {
		if (!value.isWellFormed()) throw ambiguous(`${what} has half of a surrogate pair, which other programs replace`);
	} else if (Array.isArray(value)) for (const [index, item] of value.entries()) assertUnambiguous(item, itemShape(shape), `${what}[${index}]`);
	else if (isJsonObject(value)) assertMembers(value, shape, what);
}
function assertMembers(object, shape, what) {
	if (shape !== "object") assertNames(Object.keys(object), isMembers(shape) ? shape : UNKNOWN, what);
	for (const [name, member] of Object.entries(object)) {
		if (!name.isWellFormed()) assertUnambiguous(name, "text", `${what}: the name of a member`);
		if (typeof member !== "string" || !member.isWellFormed()) assertUnambiguous(member, memberShape(shape, name), `${what}.${name.slice(0, 80)}`);
	}
}
/** Names that a format knows, by how they are compared. */
const spellings = /* @__PURE__ */ new WeakMap();
function spellingsOf(shape) {
	const known = spellings.get(shape) ?? new Map(Object.keys(shape).map((name) => [comparable(name), name]));
	spellings.set(shape, known);
	return known;
}
function assertNames(names, shape, what) {
	const known = spellingsOf(shape);
	const others = /* @__PURE__ */ new Map();
	for (const name of names) {
		if (Object.hasOwn(shape, name)) continue;
		const compared = comparable(name);
		const other = known.get(compared) ?? others.get(compared);
		if (other !== void 0) throw ambiguous(`${what}: other programs read the member ${shown(name)} as ${shown(other)}`);
		others.set(compared, name);
	}
}
/** Readers of protobuf's JSON also take `dsse_envelope` for `dsseEnvelope`, and Go's next reader can be told to. */
function comparable(name) {
	return foldName(name).replace(/[_-]/g, "");
}
/** Folds of characters beyond ASCII that were asked for. */
const folds = /* @__PURE__ */ new Map();
/**
* A name as Go's JSON reader compares it: two names are one there exactly when this gives the same text. Characters that
* are newer than the Unicode of that Go may be joined here and not there.
* @see https://github.com/golang/go/blob/go1.26.0/src/encoding/json/fold.go
*/
function foldName(name) {
	return name.replace(/[A-Z]|[^\0-\x7f]/gu, (character) => {
		const fold = folds.get(character) ?? foldCharacter(character);
		folds.set(character, fold);
		return fold;
	});
}
/** Full case mappings join more than simple folding does, the dotless i and I for instance. */
function foldCharacter(character) {
	const upper = character.toUpperCase();
	for (const fold of [isOne(upper) ? upper.toLowerCase() : character, character.toLowerCase()]) if (fold !== character && isOne(fold) && foldsTo(character, fold)) return fold;
	return character;
}
function isOne(text) {
	return text === String.fromCodePoint(text.codePointAt(0) ?? 0);
}
function foldsTo(character, fold) {
	const codePoint = character.codePointAt(0) ?? 0;
	return new RegExp(`^\\u{${codePoint.toString(16)}}$`, "iu").test(fold);
}
/**
* The first member that its format does not have, or that is of another kind there; undefined if all are known. Null
* stands for a member that is not given.
*/
function strangeMember(value, shape, where) {
	if (value === null || shape === "any") return void 0;
	if (shape === "text") return typeof value === "string" ? void 0 : where;
	if (shape === "object") return isJsonObject(value) ? void 0 : where;
	if (!isMembers(shape)) {
		if (!Array.isArray(value)) return where;
		return firstOf(value, (item, index) => strangeMember(item, shape[0], `${where}[${index}]`));
	}
	if (!isJsonObject(value)) return where;
	return firstOf(Object.entries(value), ([name, member]) => {
		const path = `${where}.${name.slice(0, 80)}`;
		return Object.hasOwn(shape, name) ? strangeMember(member, memberShape(shape, name), path) : path;
	});
}
function isMembers(shape) {
	return typeof shape === "object" && !Array.isArray(shape);
}
function memberShape(shape, name) {
	if (shape === "object") return "object";
	return (isMembers(shape) && Object.hasOwn(shape, name) ? shape[name] : void 0) ?? UNKNOWN;
}
function itemShape(shape) {
	if (typeof shape === "string") return shape === "object" ? "object" : UNKNOWN;
	return isMembers(shape) ? UNKNOWN : shape[0];
}
function firstOf(items, find) {
	for (const [index, item] of items.entries()) {
		const found = find(item, index);
		if (found !== void 0) return found;
	}
}
function shown(name) {
	return JSON.stringify(name.slice(0, 80)).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
function ambiguous(problem) {
	return new DataError("DATA_JSON_AMBIGUOUS", problem, { hint: "do not use this content: it is made so that two programs read two things in it; get it anew from whoever made it" });
}
function wrong(what, wanted) {
	return new DataError("DATA_JSON_INVALID", `${what} is not ${wanted}`, { hint: "check that the right file was given, and that it is whole" });
}
/** The value as an object. @throws DataError DATA_JSON_INVALID */
function asObject(value, what) {
	if (!isJsonObject(value)) throw wrong(what, "an object");
	return value;
}
/** The value as an array of at most `limit` items. @throws DataError DATA_JSON_INVALID */
function asArray(value, what, limit = 1e4) {
	if (!Array.isArray(value)) throw wrong(what, "a list");
	if (value.length > limit) throw wrong(what, `a list of at most ${limit} items`);
	return value;
}
/** The value as a text. @throws DataError DATA_JSON_INVALID */
function asText(value, what) {
	if (typeof value !== "string") throw wrong(what, "a text");
	return value;
}
/** A text, or null when absent or null. @throws DataError DATA_JSON_INVALID */
function asOptionalText(value, what) {
	return value === void 0 || value === null ? null : asText(value, what);
}
/** A safe integer of at least `minimum`. @throws DataError DATA_JSON_INVALID */
function asInteger(value, what, minimum = 0) {
	if (typeof value !== "number" || !Number.isSafeInteger(value) || value < minimum) throw wrong(what, `a whole number from ${minimum}`);
	return value;
}
/** The value as a boolean. @throws DataError DATA_JSON_INVALID */
function asBoolean(value, what) {
	if (typeof value !== "boolean") throw wrong(what, "true or false");
	return value;
}
/** An object whose members are all texts. @throws DataError DATA_JSON_INVALID */
function asTextMap(value, what) {
	const entries = Object.entries(asObject(value, what)).map(([key, item]) => [key, asText(item, `${what}.${key}`)]);
	return Object.assign(Object.create(null), Object.fromEntries(entries));
}

export { asOptionalText as a, assertUnambiguous as c, asObject as i, parseUnambiguous as l, asBoolean as n, asText as o, asInteger as r, asTextMap as s, asArray as t, strangeMember as u };