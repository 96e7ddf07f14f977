import { n as isDigest } from "./digest.mjs";
import { c as UsageError } from "./errors.mjs";
import { r as checkedFiles } from "./file-inputs.mjs";
import { i as readSecret, n as maskTexts, t as looksLikeContent } from "./input-secrets.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as isDay } from "./time.mjs";
import { resolve } from "node:path";
import { stat } from "node:fs/promises";

// src/commands/input-values.ts
/**
* The value of an input that is no secret; relative paths start at `folder`.
* @throws UsageError USAGE_INVALID_INPUT
*/
function parseValue(input, text, folder) {
	switch (input.type) {
		case "string": return oneLine(input, text);
		case "text": return document(input, text);
		case "path": return text === "-" ? text : resolve(folder, oneLine(input, text));
		case "list":
		case "paths": return parseList(text);
		case "boolean": return parseBoolean(input, text);
		case "enum":
			if (!input.values?.includes(text)) throw invalid(input, text, `one of ${input.values?.join(", ")}`);
			return text;
		case "integer":
			if (!/^-?[0-9]{1,15}$/.test(text)) throw invalid(input, text, "a whole number");
			return Number(text);
		case "duration": return parseUnits(input, text, DURATION_UNITS);
		case "size": return parseUnits(input, text, SIZE_UNITS);
		case "time": return parseTime(input, text);
		case "digest":
			if (!isDigest(text)) throw invalid(input, text, "sha256: and 64 lower-case hex digits");
			return text;
		case "secret":
		case "pem": throw new Error("secrets are read elsewhere");
		default: return input.type;
	}
}
function oneLine(input, text) {
	if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid(input, text, "one line without control characters");
	return text;
}
function document({ name }, text) {
	const sizeBytes = Buffer.byteLength(text);
	if (sizeBytes <= LIMITS.policyBytes) return text;
	throw new UsageError("USAGE_INVALID_INPUT", `${name} has ${sizeBytes} bytes; the limit is ${LIMITS.policyBytes}`, { hint: `give it as a file in ${name}-path, and check that it is the right one` });
}
/** Lines, trimmed; blank lines and `#` comment lines are skipped; repeated ones count once. */
function parseList(text) {
	const lines = text.split(/\r?\n/).map((line) => line.trim());
	return [...new Set(lines.filter((line) => line !== "" && !line.startsWith("#")))];
}
function parseBoolean(input, text) {
	if ([
		"true",
		"True",
		"TRUE"
	].includes(text)) return true;
	if ([
		"false",
		"False",
		"FALSE"
	].includes(text)) return false;
	throw invalid(input, text, "true or false");
}
const DURATION_UNITS = {
	ms: 1,
	s: 1e3,
	m: 6e4,
	h: 36e5,
	d: 864e5
};
const SIZE_UNITS = {
	B: 1,
	KiB: 1024,
	MiB: 1024 ** 2,
	GiB: 1024 ** 3,
	kB: 1e3,
	MB: 1e3 ** 2,
	GB: 1e3 ** 3
};
function parseUnits(input, text, units) {
	const match = /^([0-9]{1,12})([A-Za-z]+)$/.exec(text);
	const factor = match?.[2] === void 0 ? void 0 : units[match[2]];
	if (!match || factor === void 0 || !Object.hasOwn(units, match[2] ?? "")) throw invalid(input, text, `a number with a unit (${Object.keys(units).join(", ")})`);
	return Number(match[1]) * factor;
}
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
function parseTime(input, text) {
	const time = RFC3339.test(text) && isDay(text.slice(0, 10)) ? new Date(text) : void 0;
	if (!time || Number.isNaN(time.getTime())) throw invalid(input, text, "a time of RFC 3339");
	return time;
}
function invalid(input, text, wanted) {
	const shown = looksLikeContent(text) ? "a text of several lines" : JSON.stringify(text.slice(0, 120));
	return new UsageError("USAGE_INVALID_INPUT", `${input.name} is ${shown}`, { hint: `give ${wanted}${input.example ? `, for instance ${input.example}` : ""}` });
}

// src/commands/inputs.ts
/** The checked inputs of one run. Getters throw a plain Error when asked for a name that the spec lacks: our bug. */
var Inputs = class {
	#spec;
	#values;
	#secrets;
	/** Absolute folder that relative paths start from. */
	workingDirectory;
	/** What the inputs name; no written one is another one. */
	files;
	constructor(spec, values, rest) {
		this.#spec = spec;
		this.#values = values;
		this.#secrets = rest.secrets;
		this.workingDirectory = rest.workingDirectory;
		this.files = rest.files;
	}
	/** Text, enum, path (absolute) or digest; undefined when not given. */
	text(name) {
		const value = this.#get(name);
		return typeof value === "string" ? value : void 0;
	}
	/** Like text, for an input that the spec requires or gives a default. */
	requiredText(name) {
		const value = this.text(name);
		if (value === void 0) throw missing(this.#input(name));
		return value;
	}
	digest(name) {
		const value = this.text(name);
		return value !== void 0 && isDigest(value) ? value : void 0;
	}
	list(name) {
		const value = this.#get(name);
		return Array.isArray(value) ? value : [];
	}
	boolean(name) {
		return this.#get(name) === true;
	}
	/** An integer, a duration in milliseconds or a size in bytes; undefined when not given. */
	number(name) {
		const value = this.#get(name);
		return typeof value === "number" ? value : void 0;
	}
	time(name) {
		const value = this.#get(name);
		return value instanceof Date ? value : void 0;
	}
	/** True when it was given, were it as an empty list, or has a default. Not for secrets. */
	has(name) {
		return this.#get(name) !== void 0;
	}
	/** A `secret` or `pem` input, whether it came as text or from the `-path` file. */
	secret(name) {
		this.#input(name);
		return this.#secrets.get(name);
	}
	/** The text of a `pem` input. */
	pem(name) {
		return this.secret(name)?.revealText();
	}
	#input(name) {
		const input = this.#spec.inputs.find((candidate) => candidate.name === name);
		if (!input) throw new Error(`the command ${this.#spec.name} has no input ${name}`);
		return input;
	}
	#get(name) {
		this.#input(name);
		return this.#values.get(name);
	}
};
/**
* Reads all inputs of a command; secrets are masked before anything else can print.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS: one error naming every problem;
* SystemError when a document that the inputs name cannot be written
*/
async function readInputs(spec, raw) {
	maskTexts(spec, raw);
	const workingDirectory = resolve(raw.cwd, raw.texts.get("working-directory") ?? ".");
	await assertFolder(raw.texts.get("working-directory"), workingDirectory);
	const problems = [];
	const values = /* @__PURE__ */ new Map();
	const secrets = /* @__PURE__ */ new Map();
	for (const input of spec.inputs) try {
		if (input.type === "secret" || input.type === "pem") {
			const secret = await readSecret(input, raw, workingDirectory);
			if (secret) secrets.set(input.name, secret);
			else if (input.required) throw missing(input);
			continue;
		}
		const text = givenText(input, raw.texts) || input.default;
		if (text !== void 0 && text !== "") values.set(input.name, parseValue(input, text, workingDirectory));
		else if (input.required) throw missing(input);
	} catch (error) {
		if (!(error instanceof UsageError)) throw error;
		problems.push(error);
	}
	if (problems.length > 0) throw joined(problems);
	const files = await checkedFiles(spec, raw.texts, workingDirectory);
	return new Inputs(spec, values, {
		secrets,
		workingDirectory,
		files
	});
}
/** Trimmed, but for documents: their lines and columns are counted, and their bytes hashed, as they were written. */
function givenText({ name, type }, texts) {
	const text = texts.get(name);
	const trimmed = text?.trim();
	return type === "text" && trimmed ? text : trimmed;
}
async function assertFolder(given, path) {
	if (given === void 0) return;
	if (!(await stat(path).catch(() => void 0))?.isDirectory()) throw new UsageError("USAGE_INVALID_INPUT", `working-directory: there is no folder ${path}`, { hint: "give a folder that exists and may be read" });
}
function joined(problems) {
	const first = problems[0];
	if (problems.length === 1 && first) return first;
	return new UsageError("USAGE_INVALID_INPUT", problems.map((problem) => problem.message).join("; "), { hint: problems.map((problem) => problem.hint).join("; ") });
}
function missing(input) {
	const path = input.type === "secret" || input.type === "pem" ? ` or ${input.name}-path` : "";
	return new UsageError("USAGE_MISSING_INPUT", `${input.name}${path} is missing`, { hint: `give ${input.name}${path}${input.example ? `, for instance ${input.example}` : ""}` });
}

export { readInputs as t };