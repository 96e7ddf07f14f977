import { t as digestHex } from "./digest.mjs";
import { l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { t as readFileChunks } from "./file-chunks.mjs";
import { n as digestMismatch } from "./blobs.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { c as MEDIA_TYPE, o as parseManifest } from "./manifest.mjs";
import { createHash, randomBytes } from "node:crypto";
import { constants as constants$1 } from "node:fs";
import { link, lstat, open, rename, rm, stat } from "node:fs/promises";

// src/primitives/file-sink.ts
const BLOCK_BYTES = 1048576;
/** Writes bytes in order, from a position on. Nothing is certain to be in the file before `flush`. */
var FileSink = class {
	#file;
	#filling = new Uint8Array(BLOCK_BYTES);
	#writing = new Uint8Array(BLOCK_BYTES);
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
			const part = rest.subarray(0, BLOCK_BYTES - this.#filled);
			this.#filling.set(part, this.#filled);
			this.#filled += part.length;
			rest = rest.subarray(part.length);
			if (this.#filled === BLOCK_BYTES) await this.#turn();
		}
	}
	/** Ends when every byte has been handed to the system. */
	async flush() {
		await this.#turn();
		await this.#pending;
	}
	async #turn() {
		await this.#pending;
		[this.#filling, this.#writing] = [this.#writing, this.#filling];
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

// src/registry/pull.ts
const TITLE = "org.opencontainers.image.title";
/**
* The SIF that a tag or digest names.
* @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_NOT_A_SIF and as getManifest
*/
async function findSif(repository, reference) {
	const manifest = await repository.getManifest(reference);
	if (!manifest) throw new RegistryError("REGISTRY_NOT_FOUND", `${repository.name} has no manifest ${reference}`, { hint: "check the tag or digest; a private repository also answers so without permission" });
	const { layers } = parseManifest(manifest, `the manifest ${reference}`);
	const [layer] = layers;
	const types = [MEDIA_TYPE.sifLayer, MEDIA_TYPE.sifLayerHistoric];
	if (!layer || layers.length !== 1 || !types.includes(layer.mediaType)) throw new RegistryError("REGISTRY_NOT_A_SIF", `${repository.name} ${reference} is no SIF image`, { hint: "give the reference of an image pushed by apptainer push, singularity push or push-oras" });
	return {
		manifest,
		layer,
		title: layer.annotations?.[TITLE]
	};
}
/**
* Writes the image's file; false when `admit` said no. An interrupted transfer leaves `<path>.<digest>.partial`, which
* the next one goes on with.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH and as readBlob; SystemError
*/
async function pullSif(repository, layer, options) {
	const { path, overwrite } = options;
	if (!overwrite && await isThere(path)) throw alreadyThere(path);
	const partial = `${path}.${digestHex(layer.digest).slice(0, 16)}.partial`;
	const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
	const resumed = await claim(partial, temporary);
	try {
		await fetchInto(repository, layer, {
			temporary,
			resumed,
			options
		});
	} catch (error) {
		await release(temporary, partial, error);
		throw error;
	}
	try {
		if (!await options.admit(temporary)) return false;
		await place(temporary, path, overwrite);
		return true;
	} finally {
		await rm(temporary, { force: true });
	}
}
async function isThere(path) {
	return stat(path).then(() => true, () => false);
}
function alreadyThere(path) {
	return new SystemError("FILE_WRITE_FAILED", `${path} exists already`, { hint: "choose another name, or set `overwrite` to replace it" });
}
/** Takes over what an earlier transfer left; renaming makes sure that only one process does. */
async function claim(partial, temporary) {
	try {
		await rename(partial, temporary);
		const found = await lstat(temporary);
		if (found.isFile() && found.nlink === 1) return true;
		await rm(temporary, { force: true });
		return false;
	} catch (error) {
		if (isErrnoException(error) && error.code === "ENOENT") return false;
		throw fileError(error, partial, "write");
	}
}
/** Keeps an interrupted transfer for the next one; bytes that are wrong are dropped. */
async function release(temporary, partial, error) {
	const keep = !(error instanceof CountersignError && [
		"REGISTRY_DIGEST_MISMATCH",
		"REGISTRY_SIZE_MISMATCH",
		"REGISTRY_NOT_FOUND",
		"DISK_FULL"
	].includes(error.code));
	const size = await stat(temporary).then((found) => found.size, () => 0);
	if (keep && size > 0) await rename(temporary, partial).catch(() => void 0);
	await rm(temporary, { force: true });
}
async function fetchInto(repository, layer, transfer) {
	const { temporary, resumed } = transfer;
	try {
		await using file = await open(temporary, resumed ? constants$1.O_RDWR | (constants$1.O_NOFOLLOW ?? 0) : "wx", 420);
		if (!resumed || !await continueFile(repository, layer, {
			...transfer,
			file
		})) await wholeFile(repository, layer, {
			...transfer,
			file
		});
		await file.sync();
	} catch (error) {
		throw isErrnoException(error) ? fileError(error, temporary, "write") : error;
	}
}
async function wholeFile(repository, layer, { file, options }) {
	await file.truncate(0);
	const { onBytes, signal } = options;
	const reading = repository.readBlob(layer.digest, {
		sizeBytes: layer.size,
		...onBytes ? { onBytes } : {},
		...signal ? { signal } : {}
	});
	const sink = new FileSink(file, 0);
	try {
		for await (const chunk of reading) await sink.write(chunk);
	} finally {
		await sink.flush();
	}
}
/** Hashes what is there and fetches the rest; false when it has to be fetched whole after all. */
async function continueFile(repository, layer, { temporary, file, options }) {
	const hash = createHash(layer.digest.slice(0, layer.digest.indexOf(":")));
	let at = 0;
	for await (const chunk of readFileChunks(temporary)) {
		hash.update(chunk);
		at += chunk.length;
	}
	if (at > layer.size) return false;
	const sink = new FileSink(file, at);
	try {
		const range = {
			offset: at,
			lengthBytes: layer.size - at
		};
		const { signal, onBytes } = options;
		for await (const chunk of repository.readBlob(layer.digest, {
			range,
			...signal ? { signal } : {}
		})) {
			hash.update(chunk);
			await sink.write(chunk);
			at += chunk.length;
			onBytes?.(at, layer.size);
		}
	} catch (error) {
		if (error instanceof RegistryError && error.code === "REGISTRY_RANGE_IGNORED") return false;
		throw error;
	} finally {
		await sink.flush();
	}
	if (hash.digest("hex") === digestHex(layer.digest)) return true;
	if (at === layer.size) throw digestMismatch(layer.digest, repository.name);
	return false;
}
/** Gives the file its name; without `overwrite` a file that appeared meanwhile is left alone. */
async function place(temporary, path, overwrite) {
	try {
		if (overwrite) await rename(temporary, path);
		else await link(temporary, path);
	} catch (error) {
		if (isErrnoException(error) && error.code === "EEXIST") throw alreadyThere(path);
		if (overwrite || !isErrnoException(error) || ![
			"EPERM",
			"ENOTSUP",
			"EXDEV"
		].includes(error.code ?? "")) throw fileError(error, path, "write");
		if (await isThere(path)) throw alreadyThere(path);
		await rename(temporary, path);
	}
}

export { pullSif as n, findSif as t };