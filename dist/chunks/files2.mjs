import { c as UsageError } from "./errors.mjs";
import { f as globPaths, n as assertWritableDocument, p as wouldMatch } from "./files.mjs";
import { c as isDigest } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { a as isDay, l as shellWord } from "./text.mjs";
import { f as REGISTRY_INPUTS, p as SIGNING_INPUTS, t as looksLikeContent } from "./secrets.mjs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

// src/commands/inputs/values.ts
/**
* The value of an input that is no secret; relative paths start at `folder`.
* @throws UsageError USAGE_INVALID_INPUT
*/
function parseValue(input, text, folder) {
	switch (input.type) {
		case "string": return oneLine(input, text);
		case "text": return document(input, text);
		case "path": return text === "-" ? text : resolve(folder, oneLine(input, assertNoContent(input, text)));
		case "list": return parseList(text);
		case "paths": return parsePaths(input.mayBeContent ? text : assertNoContent(input, text));
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
/** A text that was given where a path belongs would end as a file that is not there. */
function assertNoContent({ name, example }, text) {
	const label = /-----BEGIN ([A-Z0-9 ]{1,60})-----/.exec(text)?.[1];
	const format = /^\s*[{[]\s*["{[]/.test(text) ? "JSON" : /^\s*<[?!a-zA-Z]/.test(text) ? "XML" : void 0;
	const content = label ?? format;
	if (content === void 0) return text;
	throw new UsageError("USAGE_INVALID_INPUT", `${name} is a text, ${content}, where the path of a file belongs`, { hint: `write the text to a file, and give its path${example ? `, for instance ⟨${name}=${example}⟩` : ""}` });
}
function document({ name }, text) {
	if (/^[^\n:{]+$/.test(text.trim()) || /^\S+\.(?:ya?ml|json)$/.test(text.trim())) throw new UsageError("USAGE_INVALID_INPUT", `${name} is a single word or path, where a whole document belongs`, { hint: `did you mean ⟨${name}-path=${text.trim().slice(0, 120)}⟩?` });
	const sizeBytes = Buffer.byteLength(text);
	if (sizeBytes <= LIMITS.policyBytes) return text;
	throw new UsageError("USAGE_INVALID_INPUT", `${name} has ${sizeBytes} bytes; the limit is ${LIMITS.policyBytes}`, { hint: `give it as a file in ⟨${name}-path⟩, and check that it is the right one` });
}
/** Lines, trimmed; blank lines and `#` comment lines are skipped; repeated ones count once. */
function parseList(text) {
	const lines = text.split(/\r?\n/).map((line) => line.trim());
	return [...new Set(lines.filter((line) => line !== "" && !line.startsWith("#")))];
}
/** The text of a key or certificate, also on one line as some secret stores keep it. */
const BLOCK = /(-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \2-----)(?:\\[rn])*/g;
/** As parseList. The text of a key or certificate among the paths is one entry. */
function parsePaths(text) {
	const blocks = [...text.matchAll(BLOCK)].map(([, block = ""]) => block);
	return [...new Set(blocks), ...parseList(withoutContent(text))];
}
/** The lines of a list of paths that are no key or certificate. */
function withoutContent(text) {
	return text.replaceAll(BLOCK, "\n");
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
/** In Markdown the equals sign is a character reference. */
const MENTION = /⟨([a-z][a-z0-9-]*)(?:(?:=|&#61;)([^⟨⟩]*))?⟩/g;
/** Inputs that are no flags: their text comes from a file or the environment. */
const FROM_FILES = new Set([...SIGNING_INPUTS, ...REGISTRY_INPUTS].filter(holdsSecret).map(({ name }) => name));
function holdsSecret({ type }) {
	return type === "secret" || type === "pem";
}
/** `COUNTERSIGN_KEY` for `key`. */
function environmentName(input) {
	return `COUNTERSIGN_${input.toUpperCase().replaceAll("-", "_")}`;
}
/** The text with every input in the words of the face. */
function inWordsOf(face, text) {
	return text.replace(MENTION, (_, name, value) => {
		if (face === "docs") return `\`${value === void 0 ? name : inAction(name, value)}\``;
		return face === "actions" ? inAction(name, value) : onCommandLine(name, value);
	});
}
function inAction(name, value) {
	if (value !== void 0) return `${name}: ${value}`;
	return FROM_FILES.has(name) ? `${name} (or ${name}-path)` : name;
}
function onCommandLine(name, value) {
	if (value === void 0) return FROM_FILES.has(name) ? `--${name}-path (or ${environmentName(name)})` : `--${name}`;
	if (value === "true") return `--${name}`;
	return value === "false" ? `--${name}=false` : `--${name} ${shellWord(value)}`;
}

// src/commands/inputs/files.ts
/** Names that statements and bundles get in a `bundle-folder`. */
const BUNDLE_NAME = /\.(?:sigstore|intoto)\.json$/;
const MAX_MATCHES = 1e4;
/**
* The files that raw inputs name, after a look at those that are written.
* @throws UsageError USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS; SystemError when a document cannot be written
*/
async function checkedFiles(specs, texts, folder) {
	const files = specs.flatMap((input) => namedBy(input, texts, folder));
	const written = files.filter(isWritten);
	for (const [index, file] of written.entries()) await assertDistinct(file, [...files.filter((other) => !isWritten(other)), ...written.slice(0, index)]);
	for (const { use, path } of written) if (use === "document" && !await isInFolderToMake(path, files)) await assertWritableDocument(path);
	return files;
}
/** A folder that is not there yet, and that the command makes, may receive a document as well. */
async function isInFolderToMake(path, files) {
	const folder = `${dirname(path)}${sep}`;
	const made = files.filter(({ use, path: other }) => use === "folder" && folder.startsWith(`${other}${sep}`));
	for (const { path: other } of made) if (await look(other) === void 0) return true;
	return false;
}
function namedBy(input, texts, folder) {
	const { name, type } = input;
	if (type === "secret" || type === "pem") {
		const path = texts.get(`${name}-path`)?.trim();
		return path && path !== "-" ? [{
			input: `${name}-path`,
			use: "read",
			path: resolve(folder, path)
		}] : [];
	}
	const use = input.file ?? (type === "path" || type === "paths" ? "read" : void 0);
	const text = texts.get(name)?.trim() || input.default;
	if (use === void 0 || !text) return [];
	if (use !== "read" && text === "-") throw new UsageError("USAGE_INVALID_INPUT", `${name} is "-", and standard output is no file`, { hint: `give a name${input.example ? `, for instance ${input.example}` : ""}${use === "document" ? "; on the command line --json prints the report" : ""}` });
	if (use !== "read") return [{
		input: name,
		use,
		path: resolve(folder, text)
	}];
	return (type === "paths" ? withoutContent(text) : text).split(/\r?\n/).flatMap((line) => meanings(line.trim())).map((path) => ({
		input: name,
		use,
		path: resolve(folder, path),
		.../[*?[\]{}]/.test(path) ? { pattern: {
			text: path,
			cwd: folder
		} } : {}
	}));
}
/** A line may be a path, `SUBJECT=FILE`, or `oci:FOLDER` with a tag or digest after it. */
function meanings(line) {
	const found = [line];
	for (let at = line.indexOf("="); at >= 0; at = line.indexOf("=", at + 1)) found.push(line.slice(at + 1));
	const layout = /^oci:(?!\/\/)(.+)$/.exec(line)?.[1];
	if (layout === void 0) return found.filter((path) => path !== "");
	const folders = [...[...layout.matchAll(/:/g)].map(({ index }) => index).map((end) => layout.slice(0, end)), layout];
	found.push(...new Set(folders.flatMap((folder) => [folder, folder.replace(/@[^@]*$/, "")])));
	return found.filter((path) => path !== "");
}
function isWritten({ use }) {
	return use === "document" || use === "image";
}
/**
* Refuses a file to be written that is one of the others, or inside of a layout folder or among the bundles.
* @throws UsageError USAGE_CONFLICTING_INPUTS
*/
async function assertDistinct(file, others) {
	const place = await placeOf(file.path);
	if (place.stats && !place.stats.isFile()) return;
	for (const other of others) if (await covers(other, place)) throw conflict(file, other);
}
/** The same for every file to be written among some. @throws UsageError USAGE_CONFLICTING_INPUTS */
async function assertDistinctFrom(files, others) {
	for (const file of files.filter(isWritten)) await assertDistinct(file, others);
}
async function covers(other, place) {
	const found = await placeOf(other.path);
	if (other.use === "folder") return isSame({
		real: dirname(place.real),
		stats: void 0
	}, found) && BUNDLE_NAME.test(place.real);
	if (isSame(place, found)) return true;
	if (other.use !== "read") return false;
	if (found.stats?.isDirectory()) return isPartOfLayout(place.real, found.real);
	return other.pattern !== void 0 && !found.stats && matches(other.pattern, place);
}
/** True for what a layout folder consists of; what else lies in it is nobody's. */
async function isPartOfLayout(path, folder) {
	if (!path.startsWith(folder + sep) || !await look(join(folder, "oci-layout"))) return false;
	return /^(?:oci-layout|index\.json.*|blobs)$/.test(relative(folder, path).split(sep)[0] ?? "");
}
/** Whether a pattern names the file, or would name it once it is written: then the next run would read it. */
async function matches({ text, cwd }, place) {
	const { real: folder } = await placeOf(cwd);
	if (!place.stats) return wouldMatch(text, relative(folder, place.real)) || wouldMatch(text, place.real);
	let count = 0;
	for await (const path of globPaths(text, cwd)) {
		if (isSame(place, await placeOf(resolve(cwd, path)))) return true;
		if ((count += 1) > MAX_MATCHES) break;
	}
	return false;
}
async function placeOf(path) {
	return {
		real: await realpath(path).catch(async () => {
			const folder = await realpath(dirname(path)).catch(() => dirname(path));
			return join(folder, basename(path));
		}),
		stats: await look(path)
	};
}
async function look(path) {
	return stat(path, { bigint: true }).catch(() => void 0);
}
function isSame(one, other) {
	if (one.real === other.real) return true;
	return one.stats !== void 0 && one.stats.dev === other.stats?.dev && one.stats.ino === other.stats.ino;
}
function conflict(file, other) {
	return new UsageError("USAGE_CONFLICTING_INPUTS", `${file.input} would be written over what ${other.input} names: ${file.path}`, { hint: `give ⟨${file.input}⟩ a name of its own` });
}

export { inWordsOf as a, environmentName as i, assertDistinctFrom as n, parseValue as o, checkedFiles as r, assertDistinct as t };