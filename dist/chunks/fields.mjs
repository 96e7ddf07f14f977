import { t as isJsonObject } from "./json.mjs";
import { t as UNSAFE } from "./text.mjs";
import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/scan/errors.ts
/** The codes of this area: when they come, and what to do. */
const SCAN_CODES = {
	SCAN_ALLOW_LIST_INVALID: {
		when: "an allow list has an unknown key, an entry without reason or expiry, a wildcard, or the same entry twice",
		fix: "write each entry as `id`, `reason` and `expires` (YYYY-MM-DD), optionally `package`, `version`, `purl` and `location`; the message names the entry"
	},
	SCAN_NO_SCANNER: {
		when: "a scanner was asked for and its program is not on PATH",
		fix: "install trivy, grype or osv-scanner in an earlier step, or run it yourself and give its report as ⟨scan-report⟩"
	},
	SCAN_PREDICATE_INVALID: {
		when: "the file of `predicate-path` cannot be the predicate of a statement: no JSON object, a whole statement, or signed already",
		fix: "give a file with the predicate alone, one JSON object"
	},
	SCAN_PREDICATE_REFUSED: {
		when: "`predicate-type` is a type that counts as an approval: a verification summary or a plain cosign signature; or one of those that begin with `urn:countersign:`",
		fix: "approve with `sign-stage`, which verifies first; give evidence the type of what it is; what begins with `urn:countersign:` is signed by the commands `grant`, `withdraw`, `break-glass`, `push-oras`, `policy` and `export`"
	},
	SCAN_REPORT_INCOMPLETE: {
		when: "a scanner report says of itself that the scan failed, met errors, did not run to its end, or kept its results elsewhere",
		fix: "see the scanner’s own log, repeat the scan, and give the new report"
	},
	SCAN_REPORT_INVALID: {
		when: "a scanner report has a member of an unexpected kind, or was cut",
		fix: "write the report again with the scanner’s JSON or SARIF output; the message names the member"
	},
	SCAN_REPORT_TOO_LARGE: {
		when: "a scanner report has more findings, or names of one, than any real scan of its size, or a SARIF document more than 100 runs",
		fix: "give one report for each image; if it is one, let the scanner leave out what it can: licences, or what has no fix"
	},
	SCAN_REPORT_UNKNOWN: {
		when: "a scanner report is none of Trivy JSON (schema 2), Grype JSON, OSV-Scanner JSON, SARIF 2.1.0, or has members that those do not have",
		fix: "use `trivy --format json`, `grype -o json`, `osv-scanner --format json`, or any tool’s SARIF 2.1.0 output"
	},
	SCAN_SBOM_FORMAT: {
		when: "an SBOM is XML, YAML, RDF or tag-value text, which cannot be the predicate of a statement",
		fix: "write the SBOM as CycloneDX JSON or SPDX JSON; most generators have an option for it, converters exist for the rest"
	},
	SCAN_SBOM_UNKNOWN: {
		when: "an SBOM is JSON but neither CycloneDX 1.2 or newer nor SPDX 2.2, 2.3 or 3.0",
		fix: "check that the right file was given, and write it with a newer version of the generator"
	},
	SCAN_TARGET_UNSUPPORTED: {
		when: "the scanner cannot read this kind of image, or what it needs to unpack the image is missing",
		fix: "do what the hint says, or run the scanner yourself and give its report as ⟨scan-report⟩"
	},
	SCAN_TOOL_FAILED: {
		when: "a scanner ended with an error, in contrast to ending with findings",
		fix: "see the last lines of its output; a database that cannot be downloaded is the usual cause"
	}
};
/** A document or scanner that cannot be used; exit code 2 for the allow list and the type of a predicate, else 3. */
var ScanError = class ScanError extends CountersignError {
	exitCode;
	#code;
	constructor(code, message, details = {}) {
		super(code, message, {
			...details,
			hint: details.hint ?? SCAN_CODES[code].fix
		});
		this.#code = code;
		const usage = code === "SCAN_ALLOW_LIST_INVALID" || code === "SCAN_PREDICATE_REFUSED";
		this.exitCode = usage ? EXIT.usage : EXIT.environment;
	}
	/** The same error, about the file of this name. */
	about(name) {
		return new ScanError(this.#code, `${name}: ${this.message}`, { hint: this.hint });
	}
};

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
/** Names of one vulnerability, or versions with its fix, that are read; kernel updates have some thousand. */
const MAX_TEXTS = 1e4;
/** The printable texts of a list. @throws ScanError SCAN_REPORT_INVALID, SCAN_REPORT_TOO_LARGE */
function textsOf(value, what) {
	const list = listOf(value, what);
	if (list.length > MAX_TEXTS) throw new ScanError("SCAN_REPORT_TOO_LARGE", `${what} has ${list.length} entries; ${MAX_TEXTS} are read`);
	return list.flatMap((item) => textOf(item) ?? []);
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

export { objectsOf as a, requiredText as c, timeOf as d, SCAN_CODES as f, objectOf as i, textOf as l, describeNames as n, printable as o, ScanError as p, listOf as r, requiredList as s, assertMembers as t, textsOf as u };