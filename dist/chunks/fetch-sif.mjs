import { i as digestHex } from "./bytes.mjs";
import { c as UsageError, l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { r as readHandleChunks, t as FileSink } from "./chunks.mjs";
import { t as assertWritable } from "./files.mjs";
import { m as processState, p as currentProcess } from "./readable.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { p as SIF_LAYER_TYPES, u as parseManifest } from "./manifest.mjs";
import { constants } from "node:fs";
import { link, lstat, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createHash, randomBytes } from "node:crypto";
import * as node from "node:process";

// src/files/unfinished.ts
/** `<pid>-<start>-<host>-<machine>-<boot>-<namespace>-<random>`, 0 for what the system does not tell. */
const WRITER = /^(\d{1,10})-(\d{1,20})-([0-9a-f]{8})-(0|[0-9a-f]{8})-(0|[0-9a-f]{8})-(0|[0-9a-f]{8})-[0-9a-f]{12}$/;
const KEPT_FLAGS = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** A new name beside `path`. The label (letters and digits) says what is in it. */
async function unfinishedName(path, label) {
	const { pid, started, host, machine, boot, namespace } = abridged(await currentProcess());
	const where = [
		host,
		machine,
		boot,
		namespace
	].map((part) => part ?? "0").join("-");
	return `${path}.${label}.${pid}-${started ?? "0"}-${where}-${randomBytes(6).toString("hex")}.tmp`;
}
/** The abandoned files of this user beside `path`; those whose writer cannot be seen from here are left out. */
async function abandonedFiles(path) {
	const self = abridged(await currentProcess());
	const found = [];
	for (const name of await readdir(dirname(path)).catch(() => [])) {
		const parsed = parseName(name, basename(path));
		if (!parsed || !await isOwnFile(join(dirname(path), name))) continue;
		if (await processState(parsed.writer, self) === "gone") found.push({
			path: join(dirname(path), name),
			label: parsed.label
		});
	}
	return found;
}
function parseName(name, base) {
	if (!name.startsWith(`${base}.`)) return void 0;
	const [label, writer = "", ending, ...more] = name.slice(base.length + 1).split(".");
	const [, pid, started, host, ...rest] = WRITER.exec(writer) ?? [];
	if (ending !== "tmp" || pid === void 0 || host === void 0) return void 0;
	const [machine = null, boot = null, namespace = null] = rest.map((part) => part === "0" ? null : part);
	return {
		label: more.length === 0 ? label : void 0,
		writer: {
			pid: Number(pid),
			started: started === "0" ? null : started ?? null,
			host,
			machine,
			boot,
			namespace
		}
	};
}
/** The same identity in short words: two are equal when the long ones are. */
function abridged(identity) {
	const { host, machine, boot, namespace } = identity;
	return {
		...identity,
		host: short(host),
		machine: machine === null ? null : short(machine),
		boot: boot === null ? null : short(boot),
		namespace: namespace === null ? null : short(namespace)
	};
}
function short(text) {
	return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
async function isOwnFile(path) {
	const found = await look(path);
	return found !== void 0 && found.isFile() && isOwn(found);
}
/**
* Takes over what an earlier run left under `path`, under the new name `as`; undefined when there is nothing that may be
* gone on with. Of several processes one gets it. Only a file of this user is taken that nobody else can write to, by its
* mode or through another name. What else this user left there is removed; what others have there is left alone.
*/
async function takeOver(path, as) {
	const seen = await look(path);
	if (!seen || !isOwn(seen)) return void 0;
	const file = isPrivate(seen) ? await open(path, KEPT_FLAGS).catch(() => void 0) : void 0;
	if (!file) {
		await rm(path, { force: true }).catch(() => void 0);
		return;
	}
	if (await isHeld(file, seen) && await moved(path, as)) {
		if (await isStill(as, file)) return file;
		await moved(as, path);
	}
	await file.close();
}
/**
* Leaves an unfinished file under a name for `takeOver`; false when that would not take it, or somebody else has something
* there.
*/
async function leaveBehind(path, file, as) {
	const there = await look(as);
	const found = await look(path);
	return (!there || isOwn(there)) && found !== void 0 && await isHeld(file, found) && await moved(path, as);
}
/** Whether a name leads to the file that is held open, and not to what somebody put there meanwhile. */
async function isStill(path, file) {
	const found = await look(path);
	return found !== void 0 && isSame(found, await file.stat({ bigint: true }));
}
async function isHeld(file, seen) {
	const held = await file.stat({ bigint: true });
	return isSame(held, seen) && isOwn(held) && isPrivate(held);
}
async function moved(from, to) {
	return rename(from, to).then(() => true, () => false);
}
async function look(path) {
	return lstat(path, { bigint: true }).catch(() => void 0);
}
function isSame(one, other) {
	return one.isFile() && one.dev === other.dev && one.ino === other.ino;
}
/** Where the system knows no users, as Windows, every file is taken for this user's. */
function isOwn({ uid }) {
	return node.getuid === void 0 || uid === BigInt(node.getuid());
}
/** A regular file of one name, which neither group nor others may write to. */
function isPrivate(found) {
	return found.isFile() && found.nlink === 1n && (node.getuid === void 0 || (found.mode & 18n) === 0n);
}

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
		if (!await options.admit(temporary)) return false;
		if (!await isStill(temporary, file)) throw replaced(path);
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
	return new SystemError("FILE_WRITE_FAILED", `somebody replaced the unfinished file beside ${path}`, { hint: "pull into a folder that nobody else can write to" });
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
	const { onBytes, signal } = options;
	const reading = repository.readBlob(layer.digest, {
		sizeBytes: layer.size,
		...onBytes ? { onBytes } : {},
		...signal ? { signal } : {}
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
		const { signal, onBytes } = options;
		for await (const chunk of repository.readBlob(layer.digest, {
			range,
			...signal ? { signal } : {}
		})) {
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