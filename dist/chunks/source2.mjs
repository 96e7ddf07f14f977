import { a as counted } from "./text.mjs";
import { l as fileError } from "./errors.mjs";
import { f as stateOf } from "./files.mjs";
import { n as SifError } from "./errors3.mjs";
import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";

// src/sif/source.ts
/**
* Fails unless the path names the file of these attributes, untouched since.
* @throws SifError SIF_REPLACED, SIF_CHANGED
*/
async function assertAtPath(path, expected) {
	const now = await stat(path, { bigint: true }).catch((cause) => {
		throw new SifError("SIF_REPLACED", `${path} is no longer there`, { cause });
	});
	if (now.dev !== expected.dev || now.ino !== expected.ino) throw new SifError("SIF_REPLACED", `${path} is another file now than the one that was opened`);
	if (stateOf(now) !== stateOf(expected)) throw new SifError("SIF_CHANGED", `${path} changed while it was in use`);
}
/**
* Opens a regular file for reading.
* @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_READ_FAILED; SifError SIF_NOT_SIF when it is no regular file
*/
async function openFileSource(path) {
	try {
		const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
		try {
			return await handleSource(path, handle);
		} catch (error) {
			await handle.close();
			throw error;
		}
	} catch (error) {
		throw fileError(error, path, "read");
	}
}
/** Fails early where a file could not be changed later. @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION */
async function assertChangeable(path) {
	try {
		await (await open(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0))).close();
	} catch (error) {
		throw fileError(error, path, "write");
	}
}
/**
* A source over a file that the caller has opened and will close.
* @throws SifError SIF_NOT_SIF when it is no regular file
*/
async function handleSource(path, handle) {
	const opened = await handle.stat({ bigint: true });
	if (!opened.isFile()) throw new SifError("SIF_NOT_SIF", `${path} is not a regular file`);
	return new OpenedFile(path, handle, opened);
}
var OpenedFile = class OpenedFile {
	name;
	path;
	sizeBytes;
	identity;
	state;
	#handle;
	#opened;
	constructor(path, handle, opened) {
		this.name = path;
		this.path = path;
		this.sizeBytes = Number(opened.size);
		this.identity = `${opened.dev}:${opened.ino}`;
		this.state = stateOf(opened);
		this.#handle = handle;
		this.#opened = opened;
	}
	async read(offset, lengthBytes) {
		assertInside(this, offset, lengthBytes);
		const target = new Uint8Array(lengthBytes);
		await this.readInto(target, offset);
		return target;
	}
	async readInto(target, offset) {
		let done = 0;
		while (done < target.length) {
			const { bytesRead } = await this.#readSome(target, done, offset + done);
			if (bytesRead === 0) throw truncated(this.name, offset + done);
			done += bytesRead;
		}
	}
	async current() {
		const now = await this.#handle.stat({ bigint: true });
		return stateOf(now) === this.state ? void 0 : new OpenedFile(this.path, this.#handle, now);
	}
	async assertStill() {
		await assertAtPath(this.path, this.#opened);
	}
	async [Symbol.asyncDispose]() {
		await this.#handle.close();
	}
	async #readSome(target, start, position) {
		try {
			return await this.#handle.read(target, start, target.length - start, position);
		} catch (error) {
			throw fileError(error, this.path, "read");
		}
	}
};
/** Refuses a read that leaves the source, before any memory is taken for it. */
function assertInside(source, offset, lengthBytes) {
	const end = offset + lengthBytes;
	if (!Number.isSafeInteger(end) || offset < 0 || lengthBytes < 0 || end > source.sizeBytes) throw truncated(source.name, source.sizeBytes, `, ${counted(lengthBytes, "byte")} at ${offset} asked for`);
}
function truncated(name, at, more = "") {
	return new SifError("SIF_TRUNCATED", `${name} ends at byte ${at}${more}`);
}

export { openFileSource as a, handleSource as i, assertChangeable as n, assertInside as r, assertAtPath as t };