import { i as digestHex } from "./bytes.mjs";
import { c as UsageError, l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { r as readHandleChunks, t as FileSink } from "./chunks.mjs";
import { n as assertWritable } from "./files.mjs";
import { a as takeOver, i as leaveBehind, n as isNamed, o as unfinishedName, r as isStill, t as abandonedFiles } from "./unfinished.mjs";
import { i as handleSource } from "./source2.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { m as SIF_LAYER_TYPES, u as parseManifest } from "./manifest.mjs";
import { link, open, rename, rm, stat } from "node:fs/promises";
import { createHash } from "node:crypto";

// src/transfer/fetch-sif.ts
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
	if (!layer || layers.length !== 1 || !SIF_LAYER_TYPES.includes(layer.mediaType)) throw new RegistryError("REGISTRY_NOT_A_SIF", `${repository.name} ${reference} is no SIF image`, { hint: "give the reference of an image pushed by apptainer push, singularity push or push-oras" });
	return {
		manifest,
		layer,
		title: layer.annotations?.[TITLE]
	};
}
/**
* Writes the image's file; false when `admit` said no. An interrupted transfer leaves `<path>.<digest>.partial`, a killed
* one its temporary file; the next one of the same user goes on with either.
* @throws UsageError USAGE_FILE_EXISTS; RegistryError REGISTRY_DIGEST_MISMATCH and as readBlob; SystemError
*/
async function pullSif(repository, layer, options) {
	const { path, overwrite } = options;
	await assertWritable(path);
	if (!overwrite && await isThere(path)) throw alreadyThere(path);
	const label = digestHex(layer.digest).slice(0, 16);
	const partial = `${path}.${label}.partial`;
	const temporary = await unfinishedName(path, label);
	const left = await inherit({
		path,
		label,
		partial,
		temporary
	});
	await using file = left ?? await begin(temporary, path);
	try {
		await fetchInto(repository, layer, {
			file,
			resumed: left !== void 0,
			options
		});
	} catch (error) {
		if (!isWorthless(error) && (await file.stat()).size > 0) await leaveBehind(temporary, file, partial);
		await rm(temporary, { force: true });
		throw error;
	}
	try {
		const fetched = await handleSource(temporary, file);
		if (!await options.admit(temporary)) return false;
		await fetched.assertStill().catch(() => {
			throw replaced(path);
		});
		await options.finish?.(temporary);
		if (!await isStill(temporary, file)) throw replaced(path);
		const finished = await file.stat({ bigint: true });
		if (!options.finish && finished.size !== BigInt(layer.size)) throw replaced(path);
		await place(temporary, path, overwrite);
		if (!await isNamed(path, finished) && (await isStill(path, file) || !await hasContentOf(path, file))) throw replaced(path);
		return true;
	} finally {
		await rm(temporary, { force: true });
	}
}
/** Another process may have pulled the same meanwhile. */
async function hasContentOf(path, file) {
	await using other = await open(path).catch((error) => {
		throw fileError(error, path, "read");
	});
	return await digestOf(other) === await digestOf(file);
}
async function digestOf(file) {
	const hash = createHash("sha256");
	for await (const chunk of readHandleChunks(file)) hash.update(chunk);
	return hash.digest("hex");
}
async function isThere(path) {
	return stat(path).then(() => true, () => false);
}
function alreadyThere(path) {
	return new UsageError("USAGE_FILE_EXISTS", `${path} exists already`, { hint: "choose another name, or set ⟨overwrite=true⟩ to replace it" });
}
/** What an interrupted or killed transfer of the same image left is gone on with; what else was left is removed. */
async function inherit({ path, label, partial, temporary }) {
	let file = await takeOver(partial, temporary);
	for (const left of await abandonedFiles(path)) {
		if (left.label === label) file ??= await takeOver(left.path, temporary);
		await rm(left.path, { force: true }).catch(() => void 0);
	}
	return file;
}
async function begin(temporary, path) {
	return open(temporary, "wx+", 420).catch((error) => {
		throw fileError(error, path, "write");
	});
}
/** After these errors there is nothing to go on with. */
function isWorthless(error) {
	return error instanceof CountersignError && [
		"REGISTRY_DIGEST_MISMATCH",
		"REGISTRY_SIZE_MISMATCH",
		"REGISTRY_NOT_FOUND",
		"DISK_FULL"
	].includes(error.code);
}
function replaced(path) {
	return new SystemError("FILE_WRITE_FAILED", `somebody replaced or changed ${path}, or the unfinished file beside it,`, { hint: "pull into a folder that nobody else can write to" });
}
async function fetchInto(repository, layer, transfer) {
	const { file, resumed, options } = transfer;
	try {
		if (!resumed || !await continueFile(repository, layer, transfer)) await wholeFile(repository, layer, transfer);
		await file.sync();
	} catch (error) {
		throw isErrnoException(error) ? fileError(error, options.path, "write") : error;
	}
}
async function wholeFile(repository, layer, { file, options }) {
	await file.truncate(0);
	const { onBytes } = options;
	const reading = repository.readBlob(layer.digest, {
		sizeBytes: layer.size,
		...onBytes ? { onBytes } : {}
	});
	const sink = new FileSink(file, 0);
	let at = 0;
	try {
		for await (const chunk of reading) {
			await options.pass?.(at, chunk);
			await sink.write(chunk);
			at += chunk.length;
		}
	} finally {
		await sink.flush();
	}
}
/**
* Hashes what is there and fetches the rest; false when it has to be fetched whole after all. Wrong content is what was
* left rather than the registry's, until the whole says otherwise.
*/
async function continueFile(repository, layer, { file, options }) {
	const hash = createHash(layer.digest.slice(0, layer.digest.indexOf(":")));
	let at = 0;
	for await (const chunk of readHandleChunks(file)) {
		hash.update(chunk);
		await options.pass?.(at, chunk);
		at += chunk.length;
	}
	if (at > layer.size) return false;
	const sink = new FileSink(file, at);
	try {
		const range = {
			offset: at,
			lengthBytes: layer.size - at
		};
		const { onBytes } = options;
		for await (const chunk of repository.readBlob(layer.digest, { range })) {
			hash.update(chunk);
			await options.pass?.(at, chunk);
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
	return hash.digest("hex") === digestHex(layer.digest);
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