import { n as decodeUtf8 } from "./bytes.mjs";
import { n as isDigest } from "./digest.mjs";
import { c as UsageError, l as fileError, r as DataError, u as isErrnoException } from "./errors.mjs";
import { n as assertWritableDocument, o as readKeyFile } from "./file.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as Secret } from "./secret.mjs";
import { t as isDay } from "./time.mjs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { Buffer as Buffer$1 } from "node:buffer";

// src/primitives/glob-pattern.ts
/** Alternatives of one glob. */
const MAX_ALTERNATIVES = 1e3;
/** True for a text that is more than a path. */
function isGlob(text) {
	return /[*?[\]{}]/.test(text);
}
/**
* The alternatives of a glob; a backslash separates names like a slash.
* @throws UsageError USAGE_INVALID_INPUT
*/
function parseGlob(text) {
	if (/[?*+@!]\(|\[[^\]]*\[[.:=]/.test(text)) throw refused(text, "has a form of pattern that is not understood");
	return expandBraces(text.replaceAll("\\", "/"), text).map((alternative) => ({
		absolute: alternative.startsWith("/"),
		segments: alternative.split("/").filter((part) => part !== "" && part !== ".").filter((part, index, parts) => part !== "**" || parts[index - 1] !== "**").map((part) => segmentOf(part, text))
	}));
}
function segmentOf(part, whole) {
	if (part === "**") return { is: "any-depth" };
	const source = expressionOf(part, whole);
	if (source === void 0) return {
		is: "name",
		name: part
	};
	const expression = compiled(source, whole);
	const hidden = part.startsWith(".");
	return {
		is: "match",
		matches: (name) => (hidden || !name.startsWith(".")) && expression.test(name)
	};
}
function compiled(source, whole) {
	try {
		return new RegExp(`^${source}$`, "su");
	} catch (cause) {
		throw refused(whole, "has a range of characters from a higher to a lower one", cause);
	}
}
/** A regular expression for one name; undefined when nothing in it stands for anything else. */
function expressionOf(part, whole) {
	let source = "";
	let magic = false;
	for (let at = 0; at < part.length;) {
		const char = String.fromCodePoint(part.codePointAt(at) ?? 0);
		const set = char === "[" ? characterSet(part, at) : void 0;
		magic ||= char === "*" || char === "?" || set !== void 0;
		if (set) source += set.source;
		else if (char === "*") source += source.endsWith(".*") ? "" : ".*";
		else source += char === "?" ? "." : escaped(char);
		at = set ? set.end : at + char.length;
	}
	if ((source.match(/\.\*/g)?.length ?? 0) > 16) throw refused(whole, "has more than 16 stars in one name");
	return magic ? source : void 0;
}
/** `[abc]`, `[a-z]`, `[!a]`; undefined when the bracket is not closed. */
function characterSet(part, open) {
	const negated = part[open + 1] === "!" || part[open + 1] === "^";
	const start = open + (negated ? 2 : 1);
	const close = part.indexOf("]", start + 1);
	if (close < 0) return void 0;
	const source = part.slice(start, close).replace(/[\\\]^[]/g, "\\$&").replace(/^-/, "\\-").replace(/(?<!\\)-$/, "\\-");
	return {
		source: `[${negated ? "^" : ""}${source}]`,
		end: close + 1
	};
}
function escaped(char) {
	return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
function expandBraces(text, whole) {
	for (let open = text.indexOf("{"); open >= 0; open = text.indexOf("{", open + 1)) {
		const group = groupAt(text, open, whole);
		if (!group) continue;
		const tails = expandBraces(text.slice(group.end), whole);
		const inner = group.parts.flatMap((part) => expandBraces(part, whole));
		if (inner.length * tails.length > MAX_ALTERNATIVES) throw refused(whole, `stands for more than ${MAX_ALTERNATIVES} patterns`);
		return inner.flatMap((part) => tails.map((tail) => text.slice(0, open) + part + tail));
	}
	return [text];
}
/** The parts between braces; undefined when they are not closed or hold nothing to choose from. */
function groupAt(text, open, whole) {
	const parts = [];
	let depth = 0;
	let start = open + 1;
	for (let at = open; at < text.length; at += 1) {
		const char = text[at];
		if (char === "{") depth += 1;
		if (char === "}") depth -= 1;
		if (depth > 1 || depth === 1 && char !== ",") continue;
		if (depth === 1 || depth === 0) parts.push(text.slice(start, at));
		start = at + 1;
		if (depth > 0) continue;
		const [only = "", second] = parts;
		if (second !== void 0) return {
			parts,
			end: at + 1
		};
		return only.includes("..") && !only.includes("{") ? {
			parts: rangeOf(only, whole),
			end: at + 1
		} : void 0;
	}
}
/** `1..12` and `01..12`. */
function rangeOf(text, whole) {
	const [, from = "", to = ""] = /^([0-9]{1,9})\.\.([0-9]{1,9})$/.exec(text) ?? [];
	const count = Number(to) - Number(from) + 1;
	if (from === "" || count < 1 || count > MAX_ALTERNATIVES) throw refused(whole, `has the range {${text}}, which is not understood`);
	const width = from.startsWith("0") || to.startsWith("0") ? Math.max(from.length, to.length) : 0;
	return Array.from({ length: count }, (_, index) => String(Number(from) + index).padStart(width, "0"));
}
function refused(pattern, why, cause) {
	return new UsageError("USAGE_INVALID_INPUT", `the pattern ${JSON.stringify(pattern.slice(0, 200))} ${why}`, {
		hint: "use *, ?, [a-z], {a,b} and **, or several patterns, one a line",
		cause
	});
}

// src/primitives/glob.ts
/**
* Every path that the glob names, relative to `cwd` unless it is absolute, each once. Paths with a broken link at their
* end are among them.
* @throws UsageError USAGE_INVALID_INPUT; DataError DATA_NOT_UTF8; SystemError FILE_NO_PERMISSION, FILE_READ_FAILED
*/
async function* globPaths(pattern, cwd) {
	const known = /* @__PURE__ */ new Set();
	for (const { absolute, segments } of parseGlob(pattern)) for await (const path of new Walk(cwd).walk(absolute ? "/" : "", segments)) if (path !== "" && !known.has(path)) {
		known.add(path);
		yield path;
	}
}
/** Whether a glob would name this path, relative to the same folder or absolute, if it were there. */
function wouldMatch(pattern, path) {
	const parts = path.split("/").filter((part) => part !== "");
	return parseGlob(pattern).some(({ absolute, segments }) => absolute === path.startsWith("/") && segmentsMatch(segments, parts));
}
function segmentsMatch(segments, parts) {
	const [segment, ...rest] = segments;
	const [part, ...left] = parts;
	if (!segment) return part === void 0;
	if (segment.is === "any-depth") return segmentsMatch(rest, parts) || part !== void 0 && !part.startsWith(".") && segmentsMatch(segments, left);
	if (part === void 0) return false;
	return (segment.is === "name" ? segment.name === part : segment.matches(part)) && segmentsMatch(rest, left);
}
var Walk = class {
	#cwd;
	/** Folders below `**` that were looked into, with what was looked for. */
	#seen = /* @__PURE__ */ new Set();
	constructor(cwd) {
		this.#cwd = cwd;
	}
	async *walk(path, segments) {
		const [segment, ...rest] = segments;
		if (!segment) {
			if (path !== "" && await this.#isThere(path)) yield path;
			return;
		}
		switch (segment.is) {
			case "name":
				yield* this.walk(below(path, segment.name), rest);
				return;
			case "match":
				for (const entry of await this.#entries(path)) if (segment.matches(entry.name) && (rest.length === 0 || await this.#isFolder(path, entry))) yield* this.walk(this.#child(path, entry), rest);
				return;
			case "any-depth":
				yield* this.#anyDepth(path, rest);
				return;
		}
	}
	/** As in a shell, `**` looks into no link to a folder: it may lead out of the place that was meant, or in a circle. */
	async *#anyDepth(start, rest) {
		const folders = [start];
		for (let path = folders.shift(); path !== void 0; path = folders.shift()) {
			if (!await this.#isNew(path, rest.length)) continue;
			yield* this.walk(path, rest);
			for (const entry of await this.#entries(path)) {
				if (entry.name.startsWith(".")) continue;
				if (entry.kind === "folder") folders.push(this.#child(path, entry));
				else if (rest.length === 0) yield this.#child(path, entry);
			}
		}
	}
	/** False for a folder that was looked into by another name, and for what is none. */
	async #isNew(path, left) {
		try {
			const { dev, ino } = await stat(this.#resolve(path), { bigint: true });
			const key = `${left} ${dev} ${ino}`;
			if (this.#seen.has(key)) return false;
			this.#seen.add(key);
			return true;
		} catch (error) {
			if (isAbsent(error)) return false;
			throw fileError(error, this.#resolve(path), "read");
		}
	}
	async #entries(path) {
		const folder = this.#resolve(path);
		try {
			return (await readdir(folder, {
				withFileTypes: true,
				encoding: "buffer"
			})).map((entry) => {
				const bytes = Buffer$1.from(entry.name);
				const name = bytes.toString();
				const kind = entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? "link" : "other";
				return {
					name,
					isText: bytes.equals(Buffer$1.from(name)),
					kind
				};
			}).sort((a, b) => a.name < b.name ? -1 : 1);
		} catch (error) {
			if (isAbsent(error)) return [];
			throw fileError(error, folder, "read");
		}
	}
	async #isFolder(path, { name, kind, isText }) {
		if (kind !== "link" || !isText) return kind !== "other";
		const target = this.#resolve(below(path, name));
		try {
			return (await stat(target)).isDirectory();
		} catch (error) {
			if (isAbsent(error) || isErrnoException(error) && error.code === "ELOOP") return false;
			throw fileError(error, target, "read");
		}
	}
	async #isThere(path) {
		try {
			await lstat(this.#resolve(path));
			return true;
		} catch (error) {
			if (isAbsent(error)) return false;
			throw fileError(error, this.#resolve(path), "read");
		}
	}
	/** @throws DataError DATA_NOT_UTF8 */
	#child(path, { name, isText }) {
		if (isText) return below(path, name);
		throw new DataError("DATA_NOT_UTF8", `the name ${JSON.stringify(name)} in ${this.#resolve(path)} is no UTF-8`, { hint: "rename it, or use a pattern that does not match it; it would be passed over" });
	}
	#resolve(path) {
		return resolve(this.#cwd, path);
	}
};
function below(path, name) {
	return path === "" || path.endsWith("/") ? path + name : `${path}/${name}`;
}
function isAbsent(error) {
	return isErrnoException(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

// src/commands/file-inputs.ts
/** Names that statements and bundles get in a `bundle-folder`. */
const BUNDLE_NAME = /\.(?:sigstore|intoto)\.json$/;
const MAX_MATCHES = 1e4;
/**
* The files that raw inputs name, after a look at those that are written.
* @throws UsageError USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS; SystemError when a document cannot be written
*/
async function checkedFiles(spec, texts, folder) {
	const files = spec.inputs.flatMap((input) => namedBy(input, texts, folder));
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
	return text.split(/\r?\n/).flatMap((line) => meanings(line.trim())).map((path) => ({
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
	const place = await placeOf$1(file.path);
	if (place.stats && !place.stats.isFile()) return;
	for (const other of others) if (await covers(other, place)) throw conflict(file, other);
}
/** The same for every file to be written among some. @throws UsageError USAGE_CONFLICTING_INPUTS */
async function assertDistinctFrom(files, others) {
	for (const file of files.filter(isWritten)) await assertDistinct(file, others);
}
async function covers(other, place) {
	const found = await placeOf$1(other.path);
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
	const { real: folder } = await placeOf$1(cwd);
	if (!place.stats) return wouldMatch(text, relative(folder, place.real)) || wouldMatch(text, place.real);
	let count = 0;
	for await (const path of globPaths(text, cwd)) {
		if (isSame(place, await placeOf$1(resolve(cwd, path)))) return true;
		if ((count += 1) > MAX_MATCHES) break;
	}
	return false;
}
async function placeOf$1(path) {
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
	return new UsageError("USAGE_CONFLICTING_INPUTS", `${file.input} would be written over what ${other.input} names: ${file.path}`, { hint: `give ${file.input} a name of its own` });
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
async function readSecret(input, raw, folder) {
	const { name, type } = input;
	const text = raw.texts.get(name);
	const path = raw.texts.get(`${name}-path`)?.trim();
	if (text && path) throw new UsageError("USAGE_CONFLICTING_INPUTS", `both ${name} and ${name}-path were given`, { hint: "give only one of them" });
	if (path && looksLikeContent(path)) throw new UsageError("USAGE_INVALID_INPUT", `${name}-path is no path: it has the form of a key or certificate`, { hint: `give the text in ${name}, or the name of its file in ${name}-path` });
	const secret = text ? new Secret(text) : path ? await secretFile(path, raw, folder) : void 0;
	if (secret && input.mayBeEmpty && path && /^(?:\r?\n)?$/.test(secret.revealText())) return secret;
	if (secret && /^\s*$/.test(secret.revealText())) throw new UsageError("USAGE_INVALID_INPUT", path ? `${name}-path: ${placeOf(path)} is empty` : `${name} is blank`, { hint: `give what holds the ${name}` });
	if (type === "pem" && text && !text.includes("-----BEGIN")) throw new UsageError("USAGE_INVALID_INPUT", `${name} is no PEM text`, { hint: `give the text that begins with -----BEGIN, or the name of its file in ${name}-path` });
	if (secret && path && (type === "secret" || holdsPrivateKey(secret.revealText()))) maskBytes(secret.reveal(), raw.mask);
	return secret;
}
function placeOf(path) {
	return path === "-" ? "standard input" : path;
}
/** True for what nobody calls a file: a key in the wrong input must not be repeated in an error. */
function looksLikeContent(text) {
	return /[\r\n]|-----BEGIN/.test(text);
}
async function secretFile(path, raw, folder) {
	if (path === "-") return new Secret(await raw.readStdin(LIMITS.keyFileBytes));
	return new Secret(await readKeyFile(resolve(folder, path), LIMITS.keyFileBytes));
}
/** Masks every secret that was given as text, before anything is read that could fail and be told. */
function maskTexts(spec, { texts, mask }) {
	for (const { name, type } of spec.inputs) {
		const [text = "", path = ""] = [texts.get(name), texts.get(`${name}-path`)];
		if (text !== "" && (type === "secret" || holdsPrivateKey(text))) mask(text);
		if (holdsPrivateKey(path) || type === "secret" && looksLikeContent(path.trim())) mask(path);
	}
}
/** Masks what came from a file; binary keys in the one form of theirs that is a text. */
function maskBytes(bytes, mask) {
	const text = Buffer.from(bytes).toString("utf8");
	mask(Buffer.from(text).equals(bytes) ? text : Buffer.from(bytes).toString("base64"));
}
/** A private key may be anywhere by mistake. */
function holdsPrivateKey(text) {
	return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}
/** The passphrase in a secret input: the file's text without its final line end. */
function passphraseText(secret) {
	return secret && new Secret(decodeUtf8(secret.reveal(), "the passphrase").replace(/\r?\n$/, ""));
}
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
function missing(input) {
	const path = input.type === "secret" || input.type === "pem" ? ` or ${input.name}-path` : "";
	return new UsageError("USAGE_MISSING_INPUT", `${input.name}${path} is missing`, { hint: `give ${input.name}${path}${input.example ? `, for instance ${input.example}` : ""}` });
}

export { checkedFiles as a, assertDistinctFrom as i, readInputs as n, globPaths as o, assertDistinct as r, isGlob as s, passphraseText as t };