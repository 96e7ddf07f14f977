import { t as counted } from "./count.mjs";
import { n as isDigest, t as digestHex } from "./digest.mjs";
import { l as fileError, o as SystemError, r as DataError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { t as readFileChunks } from "./file-chunks.mjs";
import { i as readKeyFile, o as writeFileAtomic, r as readFileBounded } from "./file.mjs";
import { t as makeFolder } from "./folder.mjs";
import { t as LIMITS } from "./limits.mjs";
import { r as isPassingNetworkError } from "./network-errors.mjs";
import { n as RetryBudget } from "./retry.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { o as referrersTag, r as isTag, t as formatPlace } from "./reference.mjs";
import { n as decodeUtf8, s as utf8 } from "./bytes.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { a as makeManifest, c as MEDIA_TYPE, i as checkManifest, o as parseManifest, r as blobPath, s as readDescriptor, t as ACCEPT_MANIFESTS } from "./manifest.mjs";
import { createHash, randomBytes } from "node:crypto";
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
	/**
	* The entry with a tag or digest. Which of several images a tag means nobody can tell, so that is an error.
	* @throws RegistryError REGISTRY_LAYOUT_INVALID
	*/
	async find(reference) {
		const entries = await this.entries();
		if (isDigest(reference)) return entries.find(({ digest }) => digest === reference);
		const named = entries.filter(({ annotations }) => annotations?.[TAG_ANNOTATION] === reference);
		const digests = [...new Set(named.map(({ digest }) => digest))];
		if (digests.length > 1) throw repeatedTag(this.#folder, reference, digests);
		return named[0];
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
/** What a lock file holds; undefined when there is none. @throws RegistryError REGISTRY_LAYOUT_LOCKED for anything else */
async function readLock(lock) {
	try {
		return decodeUtf8(await readKeyFile(lock, 1024), lock);
	} catch (error) {
		if (error instanceof SystemError && error.code === "FILE_NOT_FOUND") return void 0;
		if (!(error instanceof DataError || error instanceof SystemError && error.code === "FILE_SYMLINK_REFUSED")) throw error;
		throw new RegistryError("REGISTRY_LAYOUT_LOCKED", `${lock} is no lock file: a folder, a link or something else`, {
			hint: "remove it; nothing that keeps the lock makes such a thing",
			cause: error
		});
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
/** Digests shown of a tag that several images have. */
const SHOWN_DIGESTS = 4;
function repeatedTag(folder, tag, digests) {
	const shown = digests.slice(0, SHOWN_DIGESTS).join(", ");
	const more = digests.length > SHOWN_DIGESTS ? ` and ${digests.length - SHOWN_DIGESTS} more` : "";
	return new RegistryError("REGISTRY_LAYOUT_INVALID", `the folder ${folder} has the tag ${JSON.stringify(tag.slice(0, 128))} for several manifests: ${shown}${more}`, { hint: `name the image by its digest: oci:${folder}@sha256:…; or take the wrong entry out of index.json` });
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

// src/registry/blobs.ts
/** A range inside the first bytes is read from an unrestricted answer too; beyond that the answer is dropped. */
const SKIP_BYTES = 262144;
/** A connection that brought this much counts as progress, so that later failures are counted anew. */
const PROGRESS_BYTES = 1048576;
/**
* Size of a blob; undefined when the registry does not say that it has it. HEAD is only a hint: services that answer
* 405 or redirect in circles count as "not there".
* @throws RegistryError by status; NetworkError
*/
async function blobSize(client, digest) {
	const response = await client.send({
		method: "HEAD",
		at: `blobs/${digest}`,
		expect: [
			200,
			400,
			404,
			405
		]
	});
	await response.discard();
	return response.status === 200 ? response.contentLength() : void 0;
}
/** A hash for a digest's algorithm. */
function hashFor(digest) {
	return createHash(digest.slice(0, digest.indexOf(":")));
}
function digestMismatch(digest, place) {
	return new RegistryError("REGISTRY_DIGEST_MISMATCH", `the blob ${digest} of ${place} has other content`, { hint: "do not use this content; the registry, a proxy or the folder altered it" });
}
function sizeMismatch(digest, place, sizes) {
	return new RegistryError("REGISTRY_SIZE_MISMATCH", `the blob ${digest} of ${place} has ${counted(sizes.got, "byte")} and should have ${sizes.wanted}`, { hint: "do not use this content; push the image again" });
}
/**
* Streams a blob: all of it, resumed and checked, or one range.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_SIZE_MISMATCH, REGISTRY_RANGE_IGNORED and by status;
* NetworkError when repetition did not help
*/
async function* readBlob(client, digest, options = {}) {
	const { range, onBytes } = options;
	const reader = new BlobReader(client, digest, options);
	if (range) {
		yield* reader.range(range);
		return;
	}
	const hash = hashFor(digest);
	for await (const chunk of reader.whole()) {
		hash.update(chunk);
		onBytes?.(reader.at, reader.total);
		yield chunk;
	}
	if (hash.digest("hex") !== digestHex(digest)) throw digestMismatch(digest, formatPlace(client.reference));
}
/** One blob being read; `at` is how far it has come. */
var BlobReader = class {
	at = 0;
	total;
	#client;
	#digest;
	#options;
	#budget;
	constructor(client, digest, options) {
		this.#client = client;
		this.#digest = digest;
		this.#options = options;
		this.total = options.sizeBytes;
		this.#budget = new RetryBudget(client.options.retry, client.options.clock);
	}
	async *whole() {
		if (this.total === 0) return;
		while (this.total === void 0 || this.at < this.total) {
			const before = this.at;
			try {
				yield* this.#rest(void 0);
				if (this.total === void 0) return;
				if (this.at < this.total) await this.#pause(before, this.#short(this.total));
			} catch (error) {
				if (!isPassingNetworkError(error)) throw error;
				await this.#pause(before, error);
			}
		}
	}
	async *range({ offset, lengthBytes }) {
		const end = offset + lengthBytes;
		this.at = offset;
		while (this.at < end) {
			const before = this.at;
			try {
				yield* this.#rest(end);
				if (this.at < end) await this.#pause(before, this.#short(end));
			} catch (error) {
				if (!isPassingNetworkError(error)) throw error;
				await this.#pause(before, error);
			}
		}
	}
	/** Waits before the next try, or passes the failure on when it is time to give up. */
	async #pause(before, error) {
		if (this.at >= before + PROGRESS_BYTES) this.#budget.progress();
		const delayMs = this.#budget.failed();
		if (delayMs === void 0) throw error;
		await this.#client.options.clock.sleep(delayMs, this.#options.signal);
	}
	#short(wanted) {
		return sizeMismatch(this.#digest, formatPlace(this.#client.reference), {
			got: this.at,
			wanted
		});
	}
	/** Bytes from `at` to `end` (or the end of the blob) out of one answer. */
	async *#rest(end) {
		const response = await this.#request(end);
		const from = this.#startOf(response, end);
		let skip = this.at - from;
		for await (const chunk of response.stream()) {
			const useful = skip > 0 ? chunk.subarray(Math.min(skip, chunk.length)) : chunk;
			skip -= chunk.length - useful.length;
			const limit = end ?? this.total;
			if (end === void 0 && this.total !== void 0 && this.at + useful.length > this.total) throw sizeMismatch(this.#digest, formatPlace(this.#client.reference), {
				got: this.at + useful.length,
				wanted: this.total
			});
			const taken = limit === void 0 ? useful : useful.subarray(0, Math.max(0, limit - this.at));
			this.at += taken.length;
			if (taken.length > 0) yield taken;
			if (end !== void 0 && this.at >= end) return;
		}
	}
	#request(end) {
		const ranged = this.at > 0 || end !== void 0;
		const last = end === void 0 ? "" : end - 1;
		return this.#client.send({
			method: "GET",
			at: `blobs/${this.#digest}`,
			headers: ranged ? { range: `bytes=${this.at}-${last}` } : {},
			expect: ranged ? [200, 206] : [200],
			signal: this.#options.signal
		});
	}
	/** Offset in the blob of the answer's first byte, checked. */
	#startOf(response, end) {
		if (response.status === 206) return this.#partialStart(response, end);
		const size = response.contentLength();
		if (end !== void 0 && end > SKIP_BYTES) {
			response.close();
			throw new RegistryError("REGISTRY_RANGE_IGNORED", `${formatPlace(this.#client.reference)} ignores Range`, { hint: "pull the image and work on the file, or ask the operator to enable range requests" });
		}
		if (end === void 0 && size !== void 0) this.#expectTotal(size, response);
		return 0;
	}
	#partialStart(response, end) {
		const match = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15}|\*)$/.exec(response.header("content-range") ?? "");
		const [first, last] = [Number(match?.[1]), Number(match?.[2])];
		if (!match || first !== this.at || last < first || end !== void 0 && last >= end) {
			response.close();
			throw new RegistryError("REGISTRY_ANSWER_INVALID", `${formatPlace(this.#client.reference)} sent another range`, { hint: "do not use this content; report it to the operator of the registry" });
		}
		if (match[3] !== "*" && end === void 0) this.#expectTotal(Number(match[3]), response);
		return first;
	}
	#expectTotal(size, response) {
		if (this.total === void 0) this.total = size;
		if (this.total === size) return;
		response.close();
		throw sizeMismatch(this.#digest, formatPlace(this.#client.reference), {
			got: size,
			wanted: this.total
		});
	}
};

// src/registry/manifests.ts
const ACCEPT = { accept: ACCEPT_MANIFESTS };
const MAX_TAG_PAGES = 1e3;
const MAX_TAGS = 5e5;
/** One page; some registries put every tag on one. */
const TAGS_BYTES = 16777216;
/**
* Digest, size and type by HEAD, which costs no pull quota; a registry that leaves one of them out is asked by GET.
* @throws RegistryError, NetworkError
*/
async function resolveManifest(client, reference) {
	const at = `manifests/${reference}`;
	const response = await client.send({
		method: "HEAD",
		at,
		headers: ACCEPT,
		expect: [
			200,
			404,
			405
		]
	});
	await response.discard();
	if (response.status === 404) return void 0;
	const digest = response.header("docker-content-digest");
	const size = response.contentLength();
	const mediaType = response.mediaType();
	if (response.status === 200 && digest && isDigest(digest) && size !== void 0 && mediaType) {
		if (!isDigest(reference) || reference === digest) return {
			digest,
			size,
			mediaType
		};
	}
	const manifest = await getManifest(client, reference);
	return manifest && {
		digest: manifest.digest,
		size: manifest.bytes.length,
		mediaType: manifest.mediaType
	};
}
/**
* The manifest with its exact bytes, checked against every digest it came with.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_MANIFEST_INVALID and by status; NetworkError
*/
async function getManifest(client, reference) {
	return (await getManifestAndTag(client, reference))?.manifest;
}
/** The manifest of a shared tag; the one that we wrote is not read again while it stands. @throws as getManifest */
async function getSharedTag(client, tag) {
	const written = client.written.get(tag);
	if (written && (await resolveManifest(client, tag))?.digest === written.digest) return written;
	return getManifest(client, tag);
}
/** Manifests kept for a session, bytes. */
const REMEMBERED_BYTES = 16777216;
function remember({ received }, manifest) {
	if ([...received.values()].reduce((sum, one) => sum + one.bytes.length, manifest.bytes.length) <= REMEMBERED_BYTES) received.set(manifest.digest, manifest);
}
/** Like getManifest, with the ETag for a conditional write. */
async function getManifestAndTag(client, reference) {
	const known = isDigest(reference) ? client.received.get(reference) : void 0;
	if (known) return {
		manifest: known,
		etag: void 0
	};
	const request = {
		method: "GET",
		at: `manifests/${reference}`,
		headers: ACCEPT,
		expect: [200, 404]
	};
	const { response, bytes } = await client.read(request, LIMITS.manifestBytes);
	if (response.status === 404) return void 0;
	const received = {
		bytes,
		mediaType: response.mediaType(),
		reference,
		claimed: response.header("docker-content-digest")
	};
	const manifest = checkManifest(received, formatPlace(client.reference));
	remember(client, manifest);
	return {
		manifest,
		etag: response.header("etag")
	};
}
const PUT_TRIES = 6;
const PUT_PAUSE_MS = 100;
/**
* Writes a manifest under a tag or its digest.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH when the registry stored something else; by status; NetworkError
*/
async function putManifest(client, manifest, target) {
	for (let tries = 1;; tries += 1) try {
		return await putOnce(client, manifest, target);
	} catch (error) {
		if (tries === PUT_TRIES || !isStorageRace(error)) throw error;
		const { clock, signal } = client.options;
		await clock.sleep(PUT_PAUSE_MS * (tries + clock.random()), signal);
	}
}
/**
* distribution answers so when it reads the link file of a blob in the moment in which another upload of the same blob
* writes it. We know that the digest fits.
*/
function isStorageRace(error) {
	return error instanceof RegistryError && error.status === 400 && error.registryCode === "DIGEST_INVALID";
}
async function putOnce(client, manifest, target) {
	const response = await client.send({
		method: "PUT",
		at: `manifests/${target.reference}`,
		headers: {
			"content-type": manifest.mediaType,
			...target.ifMatch === void 0 ? {} : { "if-match": target.ifMatch }
		},
		body: manifest.bytes,
		expect: target.ifMatch === void 0 ? [
			200,
			201,
			202
		] : [
			200,
			201,
			202,
			412
		]
	});
	await response.discard();
	if (response.status === 412) return {
		subjectHandled: false,
		conflict: true
	};
	assertStored(response, manifest);
	return {
		subjectHandled: target.subject !== void 0 && response.header("oci-subject") === target.subject,
		conflict: false
	};
}
function assertStored(response, manifest) {
	const stored = response.header("docker-content-digest");
	if (stored === void 0 || stored === manifest.digest || !isDigest(stored)) return;
	if (!stored.startsWith("sha256:") || !manifest.digest.startsWith("sha256:")) return;
	throw new RegistryError("REGISTRY_DIGEST_MISMATCH", `the registry stored ${manifest.digest} as ${stored}`, { hint: "do not use this registry for signed content: it rewrites manifests" });
}
/**
* The tags of the repository, page by page; with `prefix` at least those that begin with it.
* @throws RegistryError REGISTRY_ANSWER_INVALID and by status; NetworkError
*/
async function listTags(client, prefix) {
	const tags = [];
	let next = `tags/list?n=1000${prefix === void 0 ? "" : `&last=${prefix}`}`;
	for (let pages = 0; next !== void 0 && pages < MAX_TAG_PAGES; pages += 1) {
		const request = {
			method: "GET",
			at: next,
			expect: [200, 404]
		};
		const answer = await client.read(request, TAGS_BYTES);
		const { response } = answer;
		if (response.status === 404) return tags;
		const page = readTags(answer.bytes, client);
		for (const tag of page) tags.push(tag);
		if (tags.length > MAX_TAGS) throw noTags(client, `more than ${MAX_TAGS} tags`);
		next = prefix !== void 0 && isPast(page, prefix) ? void 0 : nextPage(response);
	}
	return [...new Set(tags)];
}
/** True when the registry went by `last`, so that the page is in order and everything with the prefix came before. */
function isPast(page, prefix) {
	return page.every((tag, index) => tag > (index === 0 ? prefix : page[index - 1] ?? "")) && page.some((tag) => !tag.startsWith(prefix));
}
function readTags(bytes, client) {
	try {
		const document = parseJson(bytes, "the list of tags");
		const tags = isJsonObject(document) ? document["tags"] ?? [] : void 0;
		if (Array.isArray(tags)) return tags.filter((tag) => typeof tag === "string").filter(isTag);
	} catch (error) {
		if (!(error instanceof DataError)) throw error;
	}
	throw noTags(client, "no list of tags");
}
function noTags(client, what) {
	return new RegistryError("REGISTRY_ANSWER_INVALID", `${formatPlace(client.reference)} gave ${what}`, { hint: "check that the address is a container registry, and remove tags that are not needed" });
}
/** The address in `Link: <…>; rel="next"`, on the same host only. */
function nextPage(response) {
	const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(response.header("link") ?? "")?.[1];
	if (target === void 0 || !URL.canParse(target, response.url.href)) return void 0;
	const url = new URL(target, response.url);
	return url.origin === response.url.origin && url.href !== response.url.href ? url : void 0;
}

// src/primitives/parallel.ts
/** Results of `work` over the items, in their order; at most `limit` run at once, and the first failure ends it. */
async function mapBounded(items, limit, work) {
	const results = [];
	let next = 0;
	const worker = async () => {
		for (;;) {
			const index = next;
			next += 1;
			const item = items[index];
			if (index >= items.length || item === void 0) return;
			results[index] = await work(item);
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
	return results;
}

// src/registry/referrers.ts
const PARALLEL_FETCHES = 4;
const MAX_PAGES = 100;
/**
* Every referrer of a manifest, from all three sources.
* @throws RegistryError by status; NetworkError
* @see OCI distribution-spec v1.1.0, section Listing Referrers
*/
async function listReferrers(client, subject) {
	const api = await askReferrersApi(client, subject);
	const shared = await readFallbackEntries(client, subject);
	const known = [...api ?? [], ...shared];
	const own = api ? [] : await readOwnTags(client, subject, known);
	return collectReferrers([...known, ...own.map(({ digest }) => digest)], subject, (digest) => getManifest(client, digest));
}
/**
* Fetches and checks listed manifests; a bad entry is reported and spoils nothing else.
* @throws whatever `fetch` throws for reasons other than the entry itself
*/
async function collectReferrers(listed, subject, fetch) {
	const digests = [...new Set(listed)].toSorted();
	const looked = digests.slice(0, LIMITS.referrers);
	const answers = await mapBounded(looked, PARALLEL_FETCHES, (digest) => readReferrer(digest, subject, fetch));
	return {
		referrers: answers.flatMap((answer) => "manifest" in answer ? [answer] : []),
		rejected: answers.flatMap((answer) => "reason" in answer ? [answer] : []),
		complete: looked.length === digests.length
	};
}
async function readReferrer(digest, subject, fetch) {
	try {
		const manifest = await fetch(digest);
		if (!manifest) return {
			digest,
			reason: "is listed and not there"
		};
		const parsed = parseManifest(manifest, `the referrer ${digest}`);
		if (parsed.subject?.digest !== subject) return {
			digest,
			reason: `refers to ${parsed.subject?.digest ?? "nothing"}`
		};
		return {
			manifest,
			descriptor: describeManifest(manifest)
		};
	} catch (error) {
		if (!(error instanceof CountersignError) || ![
			"REGISTRY_DIGEST_MISMATCH",
			"REGISTRY_MANIFEST_INVALID",
			"NETWORK_RESPONSE_TOO_LARGE"
		].includes(error.code)) throw error;
		return {
			digest,
			reason: error.message
		};
	}
}
/** The descriptor under which an index lists a manifest: its own type and all of its annotations. */
function describeManifest(manifest) {
	const { artifactType, annotations } = parseManifest(manifest, `the manifest ${manifest.digest}`);
	return {
		mediaType: manifest.mediaType,
		digest: manifest.digest,
		size: manifest.bytes.length,
		...artifactType === void 0 ? {} : { artifactType },
		...Object.keys(annotations).length === 0 ? {} : { annotations }
	};
}
/**
* Digests that the referrers API lists, undefined where there is none. Some services redirect the address to a web page
* or answer with one; all of that means "no such API".
* @throws RegistryError by status; NetworkError
*/
async function askReferrersApi(client, subject) {
	if (client.lacksReferrersApi) return void 0;
	const digests = await fetchPages(client, subject);
	client.lacksReferrersApi = digests === void 0;
	return digests;
}
async function fetchPages(client, subject) {
	const digests = [];
	let next = `referrers/${subject}`;
	for (let pages = 0; next !== void 0 && pages < MAX_PAGES && digests.length <= LIMITS.referrers; pages += 1) {
		const { response, bytes } = await client.read({
			method: "GET",
			at: next,
			headers: { accept: MEDIA_TYPE.index },
			expect: [
				200,
				301,
				302,
				303,
				307,
				308,
				400,
				404,
				405,
				406
			],
			redirects: "same-origin"
		}, LIMITS.manifestBytes);
		const page = response.status === 200 && response.mediaType() === MEDIA_TYPE.index ? entriesOf(bytes) : void 0;
		if (!page) return pages === 0 ? void 0 : digests;
		digests.push(...page);
		next = nextPage(response);
	}
	return digests;
}
function entriesOf(bytes) {
	try {
		return parseManifest({
			bytes,
			mediaType: MEDIA_TYPE.index
		}, "the list of referrers").manifests.map(({ digest }) => digest);
	} catch (error) {
		if (error instanceof RegistryError) return void 0;
		throw error;
	}
}
async function readFallbackEntries(client, subject) {
	const index = await getSharedTag(client, referrersTag(subject));
	if (!index || index.digest === subject) return [];
	return parseManifest(index, `the tag ${referrersTag(subject)}`).manifests.map(({ digest }) => digest);
}
/** Beginning of the tags that each name one of our layers on a subject. */
function ownTagPrefix(subject) {
	return `${referrersTag(subject)}.countersign-`;
}
/** A tag for one attached manifest alone, which no other writer has a reason to touch. */
function ownTag(subject, manifest) {
	return `${ownTagPrefix(subject)}${digestHex(manifest).slice(0, 32)}`;
}
/** The manifests under tags of our own for this subject, those that are known already left out. */
async function readOwnTags(client, subject, known) {
	const prefix = ownTagPrefix(subject);
	const listed = new Set(Array.from(known, (digest) => ownTag(subject, digest)));
	const tags = (await listTags(client, prefix)).filter((tag) => tag.startsWith(prefix) && !listed.has(tag));
	return (await mapBounded(tags.slice(0, LIMITS.referrers + 1), PARALLEL_FETCHES, async (tag) => {
		const manifest = await getManifest(client, tag);
		return manifest && ownTag(subject, manifest.digest) === tag ? [manifest] : [];
	})).flat();
}

// src/registry/attach.ts
const MAX_ROUNDS = 20;
const API_CHECKS = 4;
/** Random pause between writing the shared tag and reading it again. */
const PAUSE_MS = {
	from: 100,
	to: 500
};
/**
* Stores a manifest and sees to it that it is listed.
* @throws RegistryError REGISTRY_REFERRER_INVALID, REGISTRY_REFERRER_NOT_LISTED, REGISTRY_REFERRERS_TAG_TAKEN, by status;
* NetworkError
* @see OCI distribution-spec v1.1.0, section Pushing Manifests with Subject
*/
async function attachReferrer(client, manifest) {
	const subject = subjectOf(manifest);
	if (!client.lacksReferrersApi) {
		const { subjectHandled } = await putManifest(client, manifest, {
			reference: manifest.digest,
			subject
		});
		if (subjectHandled && await isListedByApi(client, subject, manifest.digest)) return;
	}
	await putManifest(client, manifest, {
		reference: ownTag(subject, manifest.digest),
		subject
	});
	await keepListed(client, subject, manifest);
}
/**
* Puts every layer that has a tag of ours back into the shared list.
* @throws as attachReferrer
*/
async function repairReferrers(client, subject) {
	await keepListed(client, subject, void 0);
}
/** The subject's digest. @throws RegistryError REGISTRY_REFERRER_INVALID */
function subjectOf(manifest) {
	const { subject } = parseManifest(manifest, "the manifest to attach");
	if (subject) return subject.digest;
	throw new RegistryError("REGISTRY_REFERRER_INVALID", "the manifest to attach names no subject", { hint: "report this: attached manifests always name their subject" });
}
async function isListedByApi(client, subject, digest) {
	for (let check = 0; check < API_CHECKS; check += 1) {
		const listed = await askReferrersApi(client, subject);
		if (!listed) return false;
		if (listed.includes(digest)) return true;
		await pause(client);
	}
	return false;
}
function pause(client) {
	const { clock, signal } = client.options;
	return clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from), signal);
}
/** Merges until the shared list holds ours and everything that has a tag of its own, seen after our last write. */
async function keepListed(client, subject, ours) {
	let written;
	for (let round = 0; round < MAX_ROUNDS; round += 1) {
		if (written && await standsWhole(client, subject, written)) return;
		const current = await readShared(client, subject);
		const tagged = await readOwnTags(client, subject, [...current.listed, ...ours ? [ours.digest] : []]);
		const missing = [...ours ? [ours] : [], ...tagged].filter((manifest) => refersTo(manifest, subject)).filter(({ digest }) => !current.listed.has(digest)).map(describeManifest);
		if (missing.length === 0) return;
		const merged = makeManifest(mergedIndex(current.document, missing), MEDIA_TYPE.index);
		const target = {
			reference: referrersTag(subject),
			ifMatch: current.etag
		};
		await putManifest(client, merged, target);
		client.written.set(target.reference, merged);
		written = merged;
		await pause(client);
	}
	throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", `the list of referrers of ${subject} was overwritten ${MAX_ROUNDS} times`, { hint: "let fewer jobs attach to the same image at once, and repeat; nothing was overwritten by us" });
}
/** True when the list that we wrote is still there and lacks nobody's layer: asked without reading it again. */
async function standsWhole(client, subject, written) {
	if ((await resolveManifest(client, referrersTag(subject)))?.digest !== written.digest) return false;
	const { manifests } = parseManifest(written, "the list of referrers");
	const known = manifests.map(({ digest }) => digest);
	return !(await readOwnTags(client, subject, known)).some((manifest) => refersTo(manifest, subject));
}
function refersTo(manifest, subject) {
	try {
		return parseManifest(manifest, "an attached manifest").subject?.digest === subject;
	} catch (error) {
		if (error instanceof RegistryError) return false;
		throw error;
	}
}
async function readShared(client, subject) {
	const tag = referrersTag(subject);
	const found = await getManifestAndTag(client, tag);
	if (!found || found.manifest.digest === subject) return {
		document: {
			schemaVersion: 2,
			mediaType: MEDIA_TYPE.index,
			manifests: []
		},
		listed: /* @__PURE__ */ new Set(),
		etag: void 0
	};
	const { manifest, etag } = found;
	const document = parseJson(manifest.bytes, `the tag ${tag}`);
	if (manifest.mediaType !== MEDIA_TYPE.index || !isJsonObject(document)) throw new RegistryError("REGISTRY_REFERRERS_TAG_TAKEN", `the tag ${tag} is a ${manifest.mediaType}`, { hint: "remove or rename that tag; the OCI specification reserves it for the list of referrers" });
	const { manifests } = parseManifest(manifest, `the tag ${tag}`);
	return {
		document,
		listed: new Set(manifests.map(({ digest }) => digest)),
		etag
	};
}
/** The index with entries added; whatever else it holds stays. @throws RegistryError REGISTRY_REFERRER_NOT_LISTED */
function mergedIndex(document, added) {
	const before = document["manifests"];
	const unique = new Map(added.map((descriptor) => [descriptor.digest, descriptor]));
	const manifests = [...Array.isArray(before) ? before : [], ...unique.values()];
	const bytes = utf8(JSON.stringify({
		...document,
		manifests
	}));
	if (bytes.length <= LIMITS.manifestBytes) return bytes;
	throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", "the list of referrers has no room left", { hint: "remove outdated referrers of this image from the registry" });
}

// src/registry/layout.ts
/** An OCI layout folder; `LayoutIndex.create` makes a new one. */
var LayoutRepository = class {
	name;
	#folder;
	#index;
	constructor(folder, index) {
		this.name = `oci:${folder}`;
		this.#folder = folder;
		this.#index = index;
	}
	async resolve(reference) {
		const manifest = await this.getManifest(reference);
		return manifest && {
			mediaType: manifest.mediaType,
			digest: manifest.digest,
			size: manifest.bytes.length
		};
	}
	async getManifest(reference) {
		const listed = await this.#index.find(reference);
		const digest = listed?.digest ?? (isDigest(reference) ? reference : void 0);
		if (digest === void 0) return void 0;
		const bytes = await this.#readSmall(digest);
		const mediaType = bytes && (listed?.mediaType ?? LayoutIndex.sniffMediaType(bytes));
		return bytes && checkManifest({
			bytes,
			mediaType,
			reference: digest,
			claimed: void 0
		}, this.name);
	}
	async blobSize(digest) {
		try {
			const found = await stat(this.#path(digest));
			return found.isFile() ? found.size : void 0;
		} catch (error) {
			if (isErrnoException(error) && error.code === "ENOENT") return void 0;
			throw fileError(error, this.#path(digest), "read");
		}
	}
	async *readBlob(digest, options = {}) {
		const size = await this.blobSize(digest);
		if (size === void 0) throw this.#missing(digest);
		const { range, sizeBytes, onBytes, signal } = options;
		if (range) {
			yield* this.#readRange(digest, range);
			return;
		}
		if (sizeBytes !== void 0 && sizeBytes !== size) throw sizeMismatch(digest, this.name, {
			got: size,
			wanted: sizeBytes
		});
		const hash = hashFor(digest);
		let done = 0;
		for await (const chunk of readFileChunks(this.#path(digest))) {
			signal?.throwIfAborted();
			hash.update(chunk);
			done += chunk.length;
			onBytes?.(done, size);
			yield chunk;
		}
		if (hash.digest("hex") !== digestHex(digest)) throw digestMismatch(digest, this.name);
	}
	async *#readRange(digest, { offset, lengthBytes }) {
		let left = lengthBytes;
		for await (const chunk of readFileChunks(this.#path(digest), offset)) {
			const part = chunk.subarray(0, left);
			left -= part.length;
			if (part.length > 0) yield part;
			if (left === 0) return;
		}
		if (left > 0) throw sizeMismatch(digest, this.name, {
			got: offset + lengthBytes - left,
			wanted: offset + lengthBytes
		});
	}
	async listReferrers(subject) {
		const fetch = (digest) => this.getManifest(digest);
		const listed = (await this.#index.entries()).map(({ digest }) => digest);
		const scanned = await collectReferrers(listed, subject, fetch);
		const shared = await this.#sharedEntries(subject);
		const named = await collectReferrers(shared, subject, fetch);
		const known = new Set(scanned.referrers.map(({ descriptor }) => descriptor.digest));
		const more = named.referrers.filter(({ descriptor }) => !known.has(descriptor.digest));
		return {
			referrers: [...scanned.referrers, ...more].toSorted((a, b) => a.descriptor.digest < b.descriptor.digest ? -1 : 1),
			rejected: named.rejected,
			complete: scanned.complete && named.complete
		};
	}
	async #sharedEntries(subject) {
		const index = await this.getManifest(referrersTag(subject));
		return index ? parseManifest(index, `the tag ${referrersTag(subject)}`).manifests.map(({ digest }) => digest) : [];
	}
	async tags() {
		return this.#index.tags();
	}
	async pushBlob(digest, source, options = {}) {
		const { sizeBytes } = source;
		if (await this.blobSize(digest) === sizeBytes) return {
			digest,
			sizeBytes,
			outcome: "exists"
		};
		const commit = (written) => {
			if (written === digest) return Promise.resolve(true);
			throw new RegistryError("REGISTRY_SOURCE_CHANGED", `the bytes to push have not the digest ${digest}`, { hint: "repeat when nothing else writes to the file" });
		};
		const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
		return this.#write(source, {
			...options,
			commit
		}, algorithm);
	}
	streamBlob(source, options) {
		return this.#write(source, options, "sha256");
	}
	/** Writes beside the blobs and renames when `commit` agrees. */
	async #write(source, options, algorithm) {
		const folder = join(this.#folder, "blobs", algorithm);
		const temporary = join(folder, `.upload-${randomBytes(8).toString("hex")}`);
		try {
			await makeFolder(folder);
			const digest = await writeStream(temporary, source, {
				...options,
				algorithm
			});
			const { sizeBytes } = source;
			if (!await options.commit(digest)) return {
				digest,
				sizeBytes,
				outcome: "declined"
			};
			await rename(temporary, this.#path(digest));
			return {
				digest,
				sizeBytes,
				outcome: "uploaded"
			};
		} catch (error) {
			throw isErrnoException(error) ? fileError(error, temporary, "write") : error;
		} finally {
			await rm(temporary, { force: true });
		}
	}
	async mountBlob(digest) {
		return await this.blobSize(digest) !== void 0;
	}
	async putManifest(manifest, reference) {
		const chunks = [manifest.bytes];
		const source = {
			sizeBytes: manifest.bytes.length,
			open: () => oneChunk(chunks)
		};
		await this.pushBlob(manifest.digest, source);
		await this.#index.put(describeManifest(manifest), isDigest(reference) ? void 0 : reference);
		return { subjectHandled: true };
	}
	async attachReferrer(manifest) {
		subjectOf(manifest);
		await this.putManifest(manifest, manifest.digest);
	}
	/** A folder finds referrers by looking at every manifest: there is no list to lose them. */
	repairReferrers(_subject) {
		return Promise.resolve();
	}
	#path(digest) {
		return join(this.#folder, "blobs", ...blobPath(digest));
	}
	#missing(digest) {
		return new RegistryError("REGISTRY_NOT_FOUND", `${this.name} has no blob ${digest}`, { hint: "the folder is incomplete; copy the image into it again" });
	}
	async #readSmall(digest) {
		try {
			return await readKeyFile(this.#path(digest), LIMITS.manifestBytes);
		} catch (error) {
			if (error instanceof SystemError && error.code === "FILE_NOT_FOUND") return void 0;
			throw error;
		}
	}
};
async function* oneChunk(chunks) {
	yield* chunks;
}
async function writeStream(path, source, options) {
	const hash = createHash(options.algorithm);
	await using file = await open(path, "wx", 420);
	let done = 0;
	for await (const chunk of source.open(0)) {
		options.signal?.throwIfAborted();
		hash.update(chunk);
		await file.write(chunk);
		done += chunk.length;
		options.onBytes?.(done, source.sizeBytes);
	}
	if (done !== source.sizeBytes) throw new RegistryError("REGISTRY_SOURCE_CHANGED", `the data to push has ${done} of ${counted(source.sizeBytes, "byte")}`, { hint: "repeat when nothing else writes to the file" });
	await file.sync();
	const hex = hash.digest("hex");
	return options.algorithm === "sha512" ? `sha512:${hex}` : `sha256:${hex}`;
}

export { getManifest as a, resolveManifest as c, readBlob as d, sizeMismatch as f, listReferrers as i, blobSize as l, attachReferrer as n, listTags as o, LayoutIndex as p, repairReferrers as r, putManifest as s, LayoutRepository as t, hashFor as u };