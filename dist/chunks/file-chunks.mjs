import { l as fileError, o as SystemError } from "./errors.mjs";
import { open } from "node:fs/promises";
import { constants } from "node:fs";

// src/primitives/file-chunks.ts
const CHUNK_BYTES = 1048576;
/**
* The bytes of a file from `offset`; a symbolic link in its place is refused.
* @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_SYMLINK_REFUSED, FILE_READ_FAILED
*/
async function* readFileChunks(path, offset = 0) {
	try {
		await using file = await openRegularFile(path);
		yield* readHandleChunks(file, offset);
	} catch (error) {
		throw fileError(error, path, "read");
	}
}
/** The bytes of an open file from `offset`. @throws what reading it throws */
async function* readHandleChunks(file, offset = 0) {
	let at = offset;
	let reading = readChunk(file, at);
	for (;;) {
		const chunk = await reading;
		if (chunk.length === 0) return;
		at += chunk.length;
		reading = readChunk(file, at);
		reading.catch(() => void 0);
		yield chunk;
	}
}
async function readChunk(file, position) {
	const buffer = new Uint8Array(CHUNK_BYTES);
	const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
	return buffer.subarray(0, bytesRead);
}
/**
* Opens a regular file for reading, not following a link in its last part.
* @throws SystemError FILE_SYMLINK_REFUSED, or what `open` throws
*/
async function openRegularFile(path) {
	const refuse = (cause) => new SystemError("FILE_SYMLINK_REFUSED", `${path} is not a regular file`, {
		cause,
		hint: "give the path of the file itself, not of a link, folder or device"
	});
	try {
		const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
		if ((await file.stat()).isFile()) return file;
		await file.close();
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ELOOP") throw refuse(error);
		throw error;
	}
	throw refuse();
}

export { readHandleChunks as n, readFileChunks as t };