import { n as decodeUtf8 } from "./bytes.mjs";
import { n as isDigest } from "./digest.mjs";
import { l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { i as writeFileAtomic, n as readFileBounded } from "./file.mjs";
import { t as makeFolder } from "./folder.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { c as MEDIA_TYPE, s as readDescriptor } from "./manifest.mjs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { open, rename, rm, stat } from "node:fs/promises";

// src/registry/layout-index.ts
const TAG_ANNOTATION = "org.opencontainers.image.ref.name";
/** A lock is held for milliseconds; one this old belongs to a process that died. */
const STALE_LOCK_MS = 3e4;
const LOCK_WAIT_MS = 6e4;
/** index.json of one folder. */
var LayoutIndex = class LayoutIndex {
	#folder;
	#clock;
	constructor(folder, clock) {
		this.#folder = folder;
		this.#clock = clock;
	}
	/**
	* The index of an existing layout.
	* @throws RegistryError REGISTRY_LAYOUT_INVALID; SystemError
	*/
	static async open(folder, clock) {
		const version = parsedOrInvalid(await readMarker(folder), folder, "oci-layout")["imageLayoutVersion"];
		if (typeof version !== "string" || !version.startsWith("1.")) throw invalid(folder, `has the layout version ${JSON.stringify(version)}`);
		const index = new LayoutIndex(folder, clock);
		await index.entries();
		return index;
	}
	/**
	* The index of a layout, made if there is none.
	* @throws RegistryError REGISTRY_LAYOUT_INVALID when the folder holds something else; SystemError
	*/
	static async create(folder, clock) {
		if (!await exists(join(folder, "oci-layout"))) {
			if (await exists(join(folder, "index.json"))) throw invalid(folder, "has an index.json and no oci-layout");
			await makeFolder(join(folder, "blobs", "sha256"));
			const index = new LayoutIndex(folder, clock);
			await index.#locked(() => index.#writeFirst());
			await writeFileAtomic(join(folder, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
		}
		return LayoutIndex.open(folder, clock);
	}
	/** The type that a manifest gives itself, or that its shape shows. */
	static sniffMediaType(bytes) {
		try {
			const document = parseJson(bytes, "a manifest");
			if (!isJsonObject(document)) return void 0;
			const named = document["mediaType"];
			if (typeof named === "string") return named;
			return "manifests" in document ? MEDIA_TYPE.index : MEDIA_TYPE.manifest;
		} catch (error) {
			if (error instanceof CountersignError) return void 0;
			throw error;
		}
	}
	/** Every listed manifest. */
	async entries() {
		return this.#entriesOf(await this.#read());
	}
	/** The entry with a tag or digest. */
	async find(reference) {
		const entries = await this.entries();
		if (isDigest(reference)) return entries.find(({ digest }) => digest === reference);
		return entries.find(({ annotations }) => annotations?.[TAG_ANNOTATION] === reference);
	}
	async tags() {
		return [...new Set((await this.tagged()).map(({ tag }) => tag))];
	}
	/** Every entry with a tag, in the order of the file. */
	async tagged() {
		return (await this.entries()).flatMap(({ annotations, digest }) => {
			const tag = annotations?.[TAG_ANNOTATION];
			return tag === void 0 ? [] : [{
				tag,
				digest
			}];
		});
	}
	/**
	* Lists a manifest; with a tag, the tag moves to it. Entries of others and unknown fields stay.
	* @throws RegistryError REGISTRY_LAYOUT_LOCKED; SystemError
	*/
	async put(descriptor, tag) {
		await this.#locked(async () => {
			const document = await this.#read();
			const before = this.#rawEntries(document);
			const entry = {
				...descriptor,
				...tag === void 0 ? {} : { annotations: { [TAG_ANNOTATION]: tag } }
			};
			const manifests = tag === void 0 ? withUntagged(before, entry) : withTag(before, entry, tag);
			if (manifests === before) return;
			await writeFileAtomic(this.#path("index.json"), JSON.stringify({
				...document,
				manifests
			}));
		});
	}
	#path(name) {
		return join(this.#folder, name);
	}
	async #writeFirst() {
		if (await exists(this.#path("index.json"))) return;
		const empty = {
			schemaVersion: 2,
			mediaType: MEDIA_TYPE.index,
			manifests: []
		};
		await writeFileAtomic(this.#path("index.json"), JSON.stringify(empty));
	}
	async #read() {
		return parsedOrInvalid(await readFileBounded(this.#path("index.json"), LIMITS.manifestBytes), this.#folder, "index.json");
	}
	#rawEntries(document) {
		const entries = document["manifests"];
		if (!Array.isArray(entries)) throw invalid(this.#folder, "has an index.json without manifests");
		return entries;
	}
	#entriesOf(document) {
		try {
			return this.#rawEntries(document).map((entry, at) => readDescriptor(entry, `index.json, manifests[${at}]`));
		} catch (error) {
			if (error instanceof CountersignError) throw invalid(this.#folder, `is damaged: ${error.message}`, error);
			throw error;
		}
	}
	/** Runs `change` while no other process changes the index. */
	async #locked(change) {
		const lock = this.#path("index.json.lock");
		const token = randomBytes(16).toString("hex");
		const startMs = this.#clock.nowMs();
		while (!await takeLock(lock, token)) {
			await this.#breakStaleLock(lock);
			if (this.#clock.nowMs() - startMs > LOCK_WAIT_MS) throw new RegistryError("REGISTRY_LAYOUT_LOCKED", `another process keeps ${lock}`, { hint: "wait until it ends; remove that file if no such process exists" });
			await this.#clock.sleep(10 + this.#clock.random() * 40);
		}
		try {
			await change();
		} finally {
			if (await readLock(lock) === token) await rm(lock, { force: true });
		}
	}
	async #breakStaleLock(lock) {
		const seen = await readLock(lock);
		const ageMs = await stat(lock).then(({ mtimeMs }) => this.#clock.nowMs() - mtimeMs, () => 0);
		if (seen === void 0 || ageMs < STALE_LOCK_MS) return;
		const aside = `${lock}.${randomBytes(6).toString("hex")}`;
		try {
			await rename(lock, aside);
			if (await readLock(aside) === seen) await rm(aside, { force: true });
			else await rename(aside, lock);
		} catch (error) {
			if (!isErrnoException(error) || error.code !== "ENOENT") throw fileError(error, lock, "write");
		}
	}
};
async function takeLock(lock, token) {
	try {
		await using file = await open(lock, "wx", 420);
		await file.writeFile(token);
		return true;
	} catch (error) {
		if (isErrnoException(error) && error.code === "EEXIST") return false;
		throw fileError(error, lock, "write");
	}
}
async function readLock(lock) {
	try {
		return decodeUtf8(await readFileBounded(lock, 1024), lock);
	} catch (error) {
		if (error instanceof SystemError && error.code === "FILE_NOT_FOUND") return void 0;
		throw error;
	}
}
function withUntagged(before, entry) {
	return before.some((item) => isJsonObject(item) && item["digest"] === entry.digest) ? before : [...before, toJson(entry)];
}
function withTag(before, entry, tag) {
	return [...before.flatMap((item) => {
		if (!isJsonObject(item) || tagOf(item) === void 0) return isSame(item, entry) ? [] : [item];
		return tagOf(item) === tag ? untagged(item, entry) : [item];
	}), toJson(entry)];
}
function isSame(item, entry) {
	return isJsonObject(item) && item["digest"] === entry.digest;
}
function tagOf(item) {
	const annotations = item["annotations"];
	return isJsonObject(annotations) ? annotations[TAG_ANNOTATION] : void 0;
}
/** The manifest that had the tag stays listed, so that layers refer to something that is there. */
function untagged(item, entry) {
	if (item["digest"] === entry.digest) return [];
	const { annotations, ...rest } = item;
	const kept = Object.entries(isJsonObject(annotations) ? annotations : {}).filter(([key]) => key !== TAG_ANNOTATION);
	return [kept.length === 0 ? rest : {
		...rest,
		annotations: Object.fromEntries(kept)
	}];
}
function toJson(descriptor) {
	const { mediaType, digest, size, artifactType, annotations } = descriptor;
	return {
		mediaType,
		digest,
		size,
		...artifactType === void 0 ? {} : { artifactType },
		...annotations === void 0 ? {} : { annotations }
	};
}
function parsedOrInvalid(bytes, folder, name) {
	try {
		const document = parseJson(bytes, name);
		if (isJsonObject(document)) return document;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		throw invalid(folder, `has a damaged ${name}`, error);
	}
	throw invalid(folder, `has a damaged ${name}`);
}
async function readMarker(folder) {
	try {
		return await readFileBounded(join(folder, "oci-layout"), 4096);
	} catch (error) {
		if (!(error instanceof SystemError) || error.code !== "FILE_NOT_FOUND") throw error;
		throw invalid(folder, "is no OCI layout: it has no file oci-layout", error);
	}
}
function invalid(folder, what, cause) {
	return new RegistryError("REGISTRY_LAYOUT_INVALID", `the folder ${folder} ${what}`, {
		hint: "give an OCI layout folder, or a new name to create one",
		cause
	});
}
async function exists(path) {
	return stat(path).then(() => true, () => false);
}

export { LayoutIndex as t };