import { l as fileError } from "./errors.mjs";
import { i as notRegular, r as isLink } from "./file.mjs";
import { open } from "node:fs/promises";
import { constants } from "node:fs";

// src/primitives/file-chunks.ts
const CHUNK_BYTES = 1048576;
/**
* The bytes of a file from `offset`; a symbolic link in its place is refused.
* @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, FILE_READ_FAILED
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
* @throws SystemError FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, or what `open` throws
*/
async function openRegularFile(path) {
	try {
		const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
		if ((await file.stat()).isFile()) return file;
		await file.close();
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ELOOP") throw isLink(path, error);
		throw error;
	}
	throw notRegular(path);
}

export { readHandleChunks as n, readFileChunks as t };