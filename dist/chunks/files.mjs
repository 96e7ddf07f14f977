import { c as UsageError, l as fileError, o as SystemError, r as DataError, u as isErrnoException } from "./errors.mjs";
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { access, lstat, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { Buffer as Buffer$1 } from "node:buffer";

// src/files/glob-pattern.ts
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
/** The paths at which the alternatives of a glob begin to be more than names. @throws UsageError USAGE_INVALID_INPUT */
function globRoots(text) {
	return parseGlob(text).map(({ absolute, segments }) => {
		const end = segments.findIndex(({ is }) => is !== "name");
		const names = segments.slice(0, end < 0 ? void 0 : end).flatMap((one) => one.is === "name" ? one.name : []);
		return `${absolute ? "/" : ""}${names.join("/")}` || ".";
	});
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

// src/files/glob.ts
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

// src/files/files.ts
/** Device, inode, size and both times, as one text. Anybody can put the modification time back, nobody the change time. */
function stateOf({ dev, ino, size, mtimeNs, ctimeNs }) {
	return [
		dev,
		ino,
		size,
		mtimeNs,
		ctimeNs
	].join(":");
}
/**
* The bytes of a file of at most `limitBytes`: as it was at one time, never the beginning of one version and the end of
* the next.
* @throws SystemError FILE_NOT_FOUND, FILE_NOT_REGULAR, FILE_NO_PERMISSION, FILE_READ_FAILED; DataError DATA_TOO_LARGE
*/
async function readFileBounded(path, limitBytes) {
	return (await findFile(path, limitBytes)).bytes;
}
/** The same with what else is known of the file. @throws as readFileBounded */
function findFile(path, limitBytes) {
	return readOpened(path, limitBytes, false);
}
/** Files that are read at once: a thread for each costs more than reading it. */
const SMALL_BYTES = 65536;
/** The same for a small regular file, at once; undefined for anything else, about which readFileBounded says more. */
function findSmallFile(path) {
	let file;
	try {
		file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		const stats = fstatSync(file, { bigint: true });
		if (!stats.isFile() || stats.size > SMALL_BYTES) return void 0;
		const size = Number(stats.size);
		const bytes = new Uint8Array(size + 1);
		return readSync(file, bytes) === size ? {
			bytes: bytes.subarray(0, size),
			stats
		} : void 0;
	} catch {
		return;
	} finally {
		if (file !== void 0) closeSync(file);
	}
}
/**
* Files that mean something together must be of one time: fails when one was written to since it was read.
* @throws SystemError FILE_READ_FAILED
*/
function assertOfOneTime(states) {
	for (const [path, read] of states) {
		const now = statSync(path, {
			bigint: true,
			throwIfNoEntry: false
		});
		if (!now || stateOf(now) !== stateOf(read)) throw written(path);
	}
}
function written(path) {
	return new SystemError("FILE_READ_FAILED", `${path} was written to while it was read`, { hint: "repeat when whoever writes it is done" });
}
/**
* The bytes of a key, credential or lock file: a regular file, not a symbolic link. A lock may be written meanwhile.
* @throws SystemError FILE_SYMLINK_REFUSED and those of readFileBounded
*/
async function readKeyFile(path, limitBytes) {
	return (await readOpened(path, limitBytes, true)).bytes;
}
async function readOpened(path, limitBytes, isKey) {
	const flags = constants.O_RDONLY | (isKey ? constants.O_NOFOLLOW ?? 0 : 0);
	try {
		await using file = await open(path, flags | (constants.O_NONBLOCK ?? 0));
		const stats = await file.stat({ bigint: true });
		if (!stats.isFile()) throw notRegular(path);
		if (stats.size > limitBytes) throw new DataError("DATA_TOO_LARGE", `${path} has ${stats.size} bytes; the limit is ${limitBytes}`, { hint: "check that the right file was given" });
		const bytes = new Uint8Array(await file.readFile());
		const after = isKey ? stats : await file.stat({ bigint: true });
		if (after.size !== stats.size || after.mtimeNs !== stats.mtimeNs) throw written(path);
		return {
			bytes,
			stats
		};
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ELOOP") throw isLink(path, error);
		throw fileError(error, path, "read");
	}
}
/** What is neither a file nor a symbolic link. */
function notRegular(path) {
	return new SystemError("FILE_NOT_REGULAR", `${path} is not a regular file`, { hint: "give the path of a file, not of a folder, device or pipe" });
}
/** A symbolic link that is not followed. */
function isLink(path, cause) {
	return new SystemError("FILE_SYMLINK_REFUSED", `${path} is a symbolic link`, {
		cause,
		hint: "give the path of the file itself"
	});
}
/**
* Writes a file so that readers see the old or the new content, never a half: temporary file, flush, rename. A link,
* folder or device under its name is refused.
* @throws SystemError FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
*/
async function writeFileAtomic(path, content, mode = 420) {
	if (await targetAt(path) === "stream") throw notRegular(path);
	const temporary = temporaryBeside(path);
	try {
		await using file = await open(temporary, "wx", mode);
		await file.writeFile(content);
		await file.sync();
		await file.close();
		await rename(temporary, path);
		await syncFolder(dirname(path));
	} catch (error) {
		await rm(temporary, { force: true }).catch(() => void 0);
		throw writeError(error, path);
	}
}
/** Bytes that a name may have before the ending of a temporary file makes it longer than file systems take. */
const LONG_NAME = 230;
/** A name in the same folder; that of the file is part of it where there is room. */
function temporaryBeside(path) {
	const ending = `${randomBytes(6).toString("hex")}.tmp`;
	return Buffer.byteLength(basename(path)) > LONG_NAME ? join(dirname(path), `.${ending}`) : `${path}.${ending}`;
}
/**
* As writeFileAtomic; a character device or pipe under the name, `/dev/stdout` for instance, is written into.
* @throws SystemError as writeFileAtomic
*/
async function writeDocument(path, content) {
	if (await targetAt(path) === "file") return writeFileAtomic(path, content);
	try {
		await using probe = await openStream(path, constants.O_NONBLOCK ?? 0);
		await using stream = await openStream(path, 0);
		await stream.writeFile(content);
		await probe.close();
	} catch (error) {
		throw writeError(error, path);
	}
}
async function openStream(path, flags) {
	const file = await open(path, constants.O_WRONLY | (constants.O_NOCTTY ?? 0) | flags);
	if (isStream(await file.stat())) return file;
	await file.close();
	throw notRegular(path);
}
function isStream(found) {
	return found.isCharacterDevice() || found.isFIFO();
}
/** What would be written to: a file, there or not, to be replaced; or a stream to be written into. */
async function targetAt(path) {
	const found = await lstat(path).catch(() => void 0);
	if (!found || found.isFile()) return "file";
	const end = found.isSymbolicLink() ? await stat(path).catch(() => void 0) : found;
	if (end?.isDirectory()) throw isFolder(path);
	if (end && isStream(end)) return "stream";
	if (!found.isSymbolicLink()) throw notRegular(path);
	throw new SystemError("FILE_SYMLINK_REFUSED", `${path} is a symbolic link and would have to be replaced`, { hint: "give the path of the file that is to be written; on the command line --json prints to standard output" });
}
/** A file system error about a new file: most often its folder is missing, or a folder has its name. */
function writeError(error, path) {
	const code = isErrnoException(error) ? error.code : void 0;
	if (code === "ENOENT" || code === "ENOTDIR") return new SystemError("FILE_NOT_FOUND", `there is no folder ${dirname(path)}`, {
		cause: error,
		hint: "make the folder, or give a path in another one; relative paths start at the working directory"
	});
	return code === "EISDIR" ? isFolder(path, error) : fileError(error, path, "write");
}
function isFolder(path, cause) {
	return new SystemError("FILE_WRITE_FAILED", `${path} is a folder`, {
		cause,
		hint: "give the name of a file"
	});
}
/**
* Refuses a path where no file can be written, before work is done for the file.
* @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, FILE_WRITE_FAILED
*/
async function assertWritable(path) {
	const folder = dirname(path);
	const problem = await access(`${folder}/`, constants.W_OK).catch((error) => error);
	if (isErrnoException(problem) && problem.code === "EACCES") throw fileError(problem, folder, "write");
	if (problem !== void 0) throw writeError(problem, path);
	if (await targetAt(path) === "stream") throw notRegular(path);
}
/** As assertWritable, for what `writeDocument` writes. @throws SystemError as assertWritable */
async function assertWritableDocument(path) {
	if (await targetAt(path) === "file") return assertWritable(path);
	await access(path, constants.W_OK).catch((error) => {
		throw fileError(error, path, "write");
	});
}
async function syncFolder(path) {
	try {
		await using folder = await open(path, "r");
		await folder.sync();
	} catch {}
}
/** Files of one folder or pattern. */
const MAX_FILES = 1e3;
/** What lies in a folder to be read by people. */
const FOR_PEOPLE = /^(?:readme(?:\..*)?|licen[cs]e(?:\..*)?|.*\.md)$/i;
/**
* The files that a path means, sorted, as written: a path that exists is no pattern. Of a folder these are all files
* directly in it but hidden ones and pages like README; a folder in it is an error, because revocations may be in there.
* @throws SystemError FILE_NOT_FOUND when there is none, FILE_NOT_REGULAR, FILE_NO_PERMISSION; DataError; UsageError
*/
async function filesAt(path, folder) {
	const kind = await kindOf(resolve(folder, path));
	if (kind !== "folder" && (kind === "other" || !isGlob(path))) return [path];
	const [pattern, start] = kind === "folder" ? ["*", resolve(folder, path)] : [path, folder];
	const names = [];
	for await (const found of globPaths(pattern, start)) {
		const name = kind === "folder" ? join(path, found) : found;
		const inside = await kindOf(resolve(start, found)) === "folder";
		if (inside && kind === "folder") throw nested(name);
		if (inside || kind === "folder" && FOR_PEOPLE.test(found)) continue;
		names.push(name);
		if (names.length > MAX_FILES) throw tooMany(path);
	}
	if (names.length > 0) return names.sort();
	throw new SystemError("FILE_NOT_FOUND", kind === "folder" ? `${path} holds no file` : `no file matches ${path}`, { hint: `check the path; relative ones start at ${folder}` });
}
/** Absolute paths below which `filesAt` looks: whatever it finds another time, something there has changed. */
async function rootsAt(path, folder) {
	return (await kindOf(resolve(folder, path)) !== "absent" || !isGlob(path) ? [path] : globRoots(path)).map((root) => resolve(folder, root));
}
/** What cannot be looked at is for the reader to say. */
async function kindOf(path) {
	try {
		return (await stat(path)).isDirectory() ? "folder" : "other";
	} catch (error) {
		if (isErrnoException(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return "absent";
		throw fileError(error, path, "read");
	}
}
function nested(path) {
	return new SystemError("FILE_NOT_REGULAR", `${path} is a folder, and what is in it would be passed over`, { hint: `move it away, name ${path} on its own, or write a pattern that names files only, such as DIR/**/*.pem` });
}
function tooMany(path) {
	return new DataError("DATA_TOO_LARGE", `${path} means more than ${MAX_FILES} files`, { hint: "name a smaller folder or a narrower pattern" });
}

export { wouldMatch as _, findFile as a, notRegular as c, rootsAt as d, stateOf as f, globPaths as g, writeFileAtomic as h, filesAt as i, readFileBounded as l, writeError as m, assertWritable as n, findSmallFile as o, writeDocument as p, assertWritableDocument as r, isLink as s, assertOfOneTime as t, readKeyFile as u, isGlob as v };