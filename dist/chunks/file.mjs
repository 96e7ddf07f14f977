import { l as fileError, o as SystemError, r as DataError, u as isErrnoException } from "./errors.mjs";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { access, lstat, open, rename, rm, stat } from "node:fs/promises";
import { constants as constants$1 } from "node:fs";

// src/primitives/file.ts
/**
* The bytes of a file of at most `limitBytes`.
* @throws SystemError FILE_NOT_FOUND, FILE_NOT_REGULAR, FILE_NO_PERMISSION, FILE_READ_FAILED; DataError DATA_TOO_LARGE
*/
async function readFileBounded(path, limitBytes) {
	return readOpened(path, limitBytes, constants$1.O_RDONLY);
}
/**
* The bytes of a key or credential file: a regular file, not a symbolic link.
* @throws SystemError FILE_SYMLINK_REFUSED and those of readFileBounded
*/
async function readKeyFile(path, limitBytes) {
	return readOpened(path, limitBytes, constants$1.O_RDONLY | (constants$1.O_NOFOLLOW ?? 0));
}
async function readOpened(path, limitBytes, flags) {
	try {
		await using file = await open(path, flags | (constants$1.O_NONBLOCK ?? 0));
		const found = await file.stat();
		if (!found.isFile()) throw notRegular(path);
		if (found.size > limitBytes) throw new DataError("DATA_TOO_LARGE", `${path} has ${found.size} bytes; the limit is ${limitBytes}`, { hint: "check that the right file was given" });
		return new Uint8Array(await file.readFile());
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
	const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
	try {
		await using file = await open(temporary, "wx", mode);
		await file.writeFile(content);
		await file.sync();
		await file.close();
		await rename(temporary, path);
		await syncFolder(dirname(path));
	} catch (error) {
		await rm(temporary, { force: true });
		throw writeError(error, path);
	}
}
/**
* As writeFileAtomic; a character device or pipe under the name, `/dev/stdout` for instance, is written into.
* @throws SystemError as writeFileAtomic
*/
async function writeDocument(path, content) {
	if (await targetAt(path) === "file") return writeFileAtomic(path, content);
	try {
		await using probe = await openStream(path, constants$1.O_NONBLOCK ?? 0);
		await using stream = await openStream(path, 0);
		await stream.writeFile(content);
		await probe.close();
	} catch (error) {
		throw writeError(error, path);
	}
}
async function openStream(path, flags) {
	const file = await open(path, constants$1.O_WRONLY | (constants$1.O_NOCTTY ?? 0) | flags);
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
	const problem = await access(`${folder}/`, constants$1.W_OK).catch((error) => error);
	if (isErrnoException(problem) && problem.code === "EACCES") throw fileError(problem, folder, "write");
	if (problem !== void 0) throw writeError(problem, path);
	if (await targetAt(path) === "stream") throw notRegular(path);
}
/** As assertWritable, for what `writeDocument` writes. @throws SystemError as assertWritable */
async function assertWritableDocument(path) {
	if (await targetAt(path) === "file") return assertWritable(path);
	await access(path, constants$1.W_OK).catch((error) => {
		throw fileError(error, path, "write");
	});
}
async function syncFolder(path) {
	try {
		await using folder = await open(path, "r");
		await folder.sync();
	} catch {}
}

export { readFileBounded as a, writeFileAtomic as c, notRegular as i, assertWritableDocument as n, readKeyFile as o, isLink as r, writeDocument as s, assertWritable as t };