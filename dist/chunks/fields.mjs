import { n as isJsonObject } from "./json.mjs";
import { t as UNSAFE } from "./text.mjs";
import { n as ScanError } from "./errors10.mjs";

// src/scan/read/fields.ts
/** Longest text kept from a report, in UTF-16 units. */
const TEXT_LIMIT = 400;
const NOTHING = Object.freeze(Object.create(null));
/** One printable line of at most 400 characters. */
function printable(text) {
	return text.slice(0, TEXT_LIMIT).replace(UNSAFE, " ").replace(/ {2,}/g, " ").trim();
}
/** A non-empty printable text; undefined for everything else, so that a missing name is never an empty one. */
function textOf(value) {
	return typeof value === "string" ? printable(value) || void 0 : void 0;
}
/**
* The items of a list; none when absent or null.
* @throws ScanError SCAN_REPORT_INVALID
*/
function listOf(value, what) {
	if (value === void 0 || value === null) return [];
	if (!Array.isArray(value)) throw new ScanError("SCAN_REPORT_INVALID", `${what} is not a list`);
	return value;
}
/**
* The objects of a list; none when absent or null.
* @throws ScanError SCAN_REPORT_INVALID
*/
function objectsOf(value, what) {
	return listOf(value, what).map((item) => objectOf(item, `an entry of ${what}`));
}
/**
* An object; an empty one when absent or null.
* @throws ScanError SCAN_REPORT_INVALID
*/
function objectOf(value, what) {
	if (value === void 0 || value === null) return NOTHING;
	if (!isJsonObject(value)) throw new ScanError("SCAN_REPORT_INVALID", `${what} is not an object`);
	return value;
}
/**
* The objects of a list that must be there.
* @throws ScanError SCAN_REPORT_INVALID
*/
function requiredList(value, what) {
	if (!Array.isArray(value)) throw new ScanError("SCAN_REPORT_INVALID", `${what} is missing or not a list`);
	return objectsOf(value, what);
}
/**
* Refuses what says that the scan went wrong, and members that the reports of this tool do not have when all are known:
* it is another tool's then, or has findings that we would not see.
* @throws ScanError SCAN_REPORT_INCOMPLETE, SCAN_REPORT_UNKNOWN
*/
function assertMembers(object, tool, known) {
	for (const [name, value] of Object.entries(object)) if (/^errors?$/i.test(name) && !isEmpty(value)) throw new ScanError("SCAN_REPORT_INCOMPLETE", `${JSON.stringify(name)} says what went wrong: ${printable(JSON.stringify(value)).slice(0, 200)}`);
	const foreign = Object.keys(object).filter((name) => known && !known.includes(name));
	if (foreign.length > 0) throw new ScanError("SCAN_REPORT_UNKNOWN", `no report of ${tool} has ${describeNames(foreign)}`);
}
function isEmpty(value) {
	return value === null || value === "" || value === false || typeof value === "object" && Object.keys(value).length === 0;
}
/** Some names from a report, for saying what was found. */
function describeNames(names) {
	const shown = names.slice(0, 6).map((name) => JSON.stringify(printable(name).slice(0, 40)));
	return shown.join(", ") + (names.length > shown.length ? " …" : "");
}
/** The printable texts of a list. @throws ScanError SCAN_REPORT_INVALID */
function textsOf(value, what) {
	return listOf(value, what).flatMap((item) => textOf(item) ?? []);
}
/**
* A text that must be there: the id of a vulnerability.
* @throws ScanError SCAN_REPORT_INVALID
*/
function requiredText(value, what) {
	const text = textOf(value);
	if (text === void 0) throw new ScanError("SCAN_REPORT_INVALID", `${what} is missing or not a text`);
	return text;
}
/** A time as RFC 3339 in UTC; null when absent or unreadable. */
function timeOf(value) {
	const time = typeof value === "string" ? new Date(value) : void 0;
	return time && !Number.isNaN(time.getTime()) ? time.toISOString() : null;
}

export { objectsOf as a, requiredText as c, timeOf as d, objectOf as i, textOf as l, describeNames as n, printable as o, listOf as r, requiredList as s, assertMembers as t, textsOf as u };