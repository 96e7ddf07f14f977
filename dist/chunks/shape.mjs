import { r as DataError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";

// src/primitives/shape.ts
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

export { asOptionalText as a, asObject as i, asBoolean as n, asText as o, asInteger as r, asTextMap as s, asArray as t };