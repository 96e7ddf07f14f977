import { l as fileError } from "./errors.mjs";
import { c as notRegular, s as isLink } from "./files.mjs";
import { constants } from "node:fs";
import { open } from "node:fs/promises";

// src/files/chunks.ts
const CHUNK_BYTES = 1048576;
/** A small file gets no larger buffer than it needs: an image may have thousands. */
const SMALLEST_CHUNK_BYTES = 4096;
/**
* The bytes of a file from `offset`; a symbolic link in its place is refused.
* @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, FILE_READ_FAILED
*/
async function* readFileChunks(path, offset = 0) {
	try {
		const { file, size } = await openRegularFile(path);
		await using _closed = file;
		yield* chunksOf(file, offset, size);
	} catch (error) {
		throw fileError(error, path, "read");
	}
}
/** The bytes of an open file from `offset`. @throws what reading it throws */
async function* readHandleChunks(file, offset = 0) {
	const { size } = await file.stat();
	yield* chunksOf(file, offset, size);
}
/** The bytes of a file that had `size` bytes when it was opened; all are read, also when it has more by now. */
async function* chunksOf(file, offset, size) {
	let at = offset;
	let reading = readChunk(file, at, size);
	for (;;) {
		const chunk = await reading;
		if (chunk.length === 0) return;
		at += chunk.length;
		reading = readChunk(file, at, size);
		reading.catch(() => void 0);
		yield chunk;
	}
}
async function readChunk(file, position, size) {
	const buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(size - position, SMALLEST_CHUNK_BYTES)));
	const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
	return buffer.subarray(0, bytesRead);
}
/**
* Opens a regular file for reading, not following a link in its last part.
* @throws SystemError FILE_SYMLINK_REFUSED, FILE_NOT_REGULAR, or what `open` throws
*/
async function openRegularFile(path) {
	try {
		const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
		const found = await file.stat();
		if (found.isFile()) return {
			file,
			size: found.size
		};
		await file.close();
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ELOOP") throw isLink(path, error);
		throw error;
	}
	throw notRegular(path);
}
const BLOCK_BYTES = 1048576;
/** Most files of a layout folder end within their first block. */
const FIRST_BLOCK_BYTES = 16384;
const NO_BLOCK = /* @__PURE__ */ new Uint8Array(0);
/** Writes bytes in order, from a position on. Nothing is certain to be in the file before `flush`. */
var FileSink = class {
	#file;
	#filling = new Uint8Array(FIRST_BLOCK_BYTES);
	#writing = NO_BLOCK;
	#filled = 0;
	#position;
	#pending = Promise.resolve();
	constructor(file, position) {
		this.#file = file;
		this.#position = position;
	}
	/** Takes a copy of the bytes. @throws what writing the earlier ones threw */
	async write(bytes) {
		let rest = bytes;
		while (rest.length > 0) {
			if (this.#filling.length === 0) this.#filling = new Uint8Array(BLOCK_BYTES);
			const part = rest.subarray(0, this.#filling.length - this.#filled);
			this.#filling.set(part, this.#filled);
			this.#filled += part.length;
			rest = rest.subarray(part.length);
			if (this.#filled === this.#filling.length) await this.#turn();
		}
	}
	/** Ends when every byte has been handed to the system. */
	async flush() {
		await this.#turn();
		await this.#pending;
	}
	async #turn() {
		await this.#pending;
		const next = this.#writing.length < BLOCK_BYTES ? NO_BLOCK : this.#writing;
		[this.#filling, this.#writing] = [next, this.#filling];
		const block = this.#writing.subarray(0, this.#filled);
		this.#pending = writeAll(this.#file, block, this.#position);
		this.#pending.catch(() => void 0);
		this.#position += block.length;
		this.#filled = 0;
	}
};
async function writeAll(file, bytes, position) {
	let done = 0;
	while (done < bytes.length) {
		const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
		done += bytesWritten;
	}
}

export { readFileChunks as n, readHandleChunks as r, FileSink as t };