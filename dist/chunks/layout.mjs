import { r as counted } from "./text.mjs";
import { c as isDigest, d as sha256, g as utf8, i as digestHex, r as decodeUtf8 } from "./bytes.mjs";
import { l as fileError, o as SystemError, r as DataError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { n as readFileChunks, t as FileSink } from "./chunks.mjs";
import { f as writeFileAtomic, o as readFileBounded, s as readKeyFile } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as asObject, l as parseUnambiguous } from "./members.mjs";
import { a as sizeMismatch, n as digestMismatch, r as hashFor } from "./blobs.mjs";
import { a as isTagRefused, i as immutableTag, n as RegistryError, r as cannotChange } from "./errors5.mjs";
import { a as blobPath, c as makeManifest, d as readDescriptor, f as MEDIA_TYPE, i as MANIFEST_MEMBERS, l as parseList, n as DESCRIPTOR_MEMBERS, o as checkManifest, s as documentError, t as ACCEPT_MANIFESTS, u as parseManifest } from "./manifest.mjs";
import { f as referrersTag, n as formatPlace, o as isTag } from "./reference.mjs";
import { n as NetworkError, r as isPassingNetworkError } from "./errors14.mjs";
import { r as isRetryableStatus } from "./retry.mjs";
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { createHash, randomBytes } from "node:crypto";

// src/oci/layout/lock.ts
/** A lock is held for milliseconds; one this old belongs to a process that died. */
const STALE_LOCK_MS = 3e4;
const LOCK_WAIT_MS = 6e4;
/**
* Runs `change` while no other process holds the lock.
* @throws RegistryError REGISTRY_LAYOUT_LOCKED; SystemError
*/
async function withLock(lock, clock, change) {
	const token = randomBytes(16).toString("hex");
	const startMs = clock.nowMs();
	while (!await takeLock(lock, token)) {
		await breakStaleLock(lock, clock);
		if (clock.nowMs() - startMs > LOCK_WAIT_MS) throw new RegistryError("REGISTRY_LAYOUT_LOCKED", `another process keeps ${lock}`, { hint: "wait until it ends; remove that file if no such process exists" });
		await clock.sleep(10 + clock.random() * 40);
	}
	try {
		await change();
	} finally {
		if (await readLock(lock) === token) await rm(lock, { force: true });
	}
}
async function breakStaleLock(lock, clock) {
	const seen = await readLock(lock);
	const ageMs = await stat(lock).then(({ mtimeMs }) => clock.nowMs() - mtimeMs, () => 0);
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
		if (!(error instanceof DataError || error instanceof SystemError && ["FILE_NOT_REGULAR", "FILE_SYMLINK_REFUSED"].includes(error.code))) throw error;
		throw new RegistryError("REGISTRY_LAYOUT_LOCKED", `${lock} is no lock file: a folder, a link or something else`, {
			hint: "remove it; nothing that keeps the lock makes such a thing",
			cause: error
		});
	}
}

// src/oci/layout/index.ts
/** An index like any other; here one entry that is read in two ways leaves open what the tags of all mean. */
const INDEX_MEMBERS = {
	...MANIFEST_MEMBERS,
	manifests: [DESCRIPTOR_MEMBERS]
};
const MARKER_MEMBERS = { imageLayoutVersion: "text" };
const TAG_ANNOTATION = "org.opencontainers.image.ref.name";
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
		const version = parsedOrInvalid(await readMarker(folder), folder, {
			name: "oci-layout",
			members: MARKER_MEMBERS
		})["imageLayoutVersion"];
		if (typeof version !== "string" || !version.startsWith("1.")) throw invalid(folder, `has the layout version ${JSON.stringify(version)}`);
		const index = new LayoutIndex(folder, clock);
		const listed = await index.#listed();
		const [first] = listed;
		if (first && !listed.some(({ descriptor }) => descriptor)) throw invalid(folder, `is damaged: ${first.problem}`);
		return index;
	}
	/**
	* The index of a layout, made if there is none.
	* @throws RegistryError REGISTRY_LAYOUT_INVALID when the folder holds something else; SystemError
	*/
	static async create(folder, clock) {
		if (!await exists(join(folder, "oci-layout"))) {
			if (await exists(join(folder, "index.json"))) throw invalid(folder, "has an index.json and no oci-layout", { hint: "give an OCI layout folder, or a new name to create one" });
			await makeFolder(join(folder, "blobs", "sha256"));
			const index = new LayoutIndex(folder, clock);
			await withLock(index.#path("index.json.lock"), clock, () => index.#writeFirst());
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
	/** Every listed manifest; an entry that cannot be read is none, and hides no other. Without media type it is ''. */
	async entries() {
		return (await this.#listed()).flatMap(({ descriptor }) => descriptor ?? []);
	}
	/**
	* The entry with a tag or digest. Which of several images a tag means nobody can tell, so that is an error.
	* @throws RegistryError REGISTRY_LAYOUT_INVALID
	*/
	async find(reference) {
		const listed = await this.#listed();
		const entries = listed.flatMap(({ descriptor }) => descriptor ?? []);
		if (isDigest(reference)) return entries.find(({ digest }) => digest === reference);
		const odd = listed.find(({ tag, descriptor }) => tag === reference && !descriptor);
		if (odd) throw invalid(this.#folder, `is damaged: ${odd.problem}`);
		const named = entries.filter(({ annotations }) => annotations?.[TAG_ANNOTATION] === reference);
		const digests = [...new Set(named.map(({ digest }) => digest))];
		if (digests.length > 1) throw repeatedTag(this.#folder, reference, digests);
		return named[0];
	}
	async tags() {
		return [...new Set((await this.all()).flatMap(({ tag }) => tag ?? []))];
	}
	/** Every entry, those that cannot be read among them, in the order of the file. */
	async all() {
		return (await this.#listed()).map(({ tag, descriptor }) => ({
			tag,
			digest: descriptor?.digest
		}));
	}
	/**
	* Lists a manifest; with a tag, the tag moves to it. Entries of others and unknown fields stay.
	* @throws RegistryError REGISTRY_LAYOUT_LOCKED; SystemError
	*/
	async put(descriptor, tag) {
		await withLock(this.#path("index.json.lock"), this.#clock, async () => {
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
	/** Lists a manifest no more, whatever tags it has. @throws as put */
	async remove(digest) {
		await withLock(this.#path("index.json.lock"), this.#clock, async () => {
			const document = await this.#read();
			const before = this.#rawEntries(document);
			const manifests = before.filter((item) => !isJsonObject(item) || item["digest"] !== digest);
			if (manifests.length === before.length) return;
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
		return parsedOrInvalid(await readFileBounded(this.#path("index.json"), LIMITS.manifestBytes), this.#folder, {
			name: "index.json",
			members: INDEX_MEMBERS
		});
	}
	#rawEntries(document) {
		const entries = document["manifests"];
		if (entries === null) return [];
		if (!Array.isArray(entries)) throw invalid(this.#folder, "has an index.json without manifests");
		return entries;
	}
	async #listed() {
		return this.#rawEntries(await this.#read()).map(readEntry$1);
	}
};
function readEntry$1(entry, at) {
	const named = isJsonObject(entry) ? tagOf(entry) : void 0;
	const tag = typeof named === "string" ? named : void 0;
	try {
		return {
			tag,
			descriptor: readDescriptor(entry, `index.json, manifests[${at}]`, true),
			problem: ""
		};
	} catch (error) {
		if (error instanceof CountersignError) return {
			tag,
			descriptor: void 0,
			problem: error.message
		};
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
function parsedOrInvalid(bytes, folder, { name, members }) {
	try {
		const document = parseUnambiguous(bytes, join(folder, name), members);
		if (isJsonObject(document)) return document;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		throw documentError(error, () => invalid(folder, `has a damaged ${name}`, { cause: error }));
	}
	throw invalid(folder, `has a damaged ${name}`);
}
async function readMarker(folder) {
	try {
		return await readFileBounded(join(folder, "oci-layout"), 4096);
	} catch (error) {
		if (!(error instanceof SystemError) || error.code !== "FILE_NOT_FOUND") throw error;
		throw invalid(folder, await exists(folder) ? "is no OCI layout: it has no file oci-layout" : "is not there", { cause: error });
	}
}
const READABLE = "give an OCI layout folder, which holds oci-layout and index.json, and behind it :TAG or @sha256:…";
/** Digests shown of a tag that several images have. */
const SHOWN_DIGESTS = 4;
function repeatedTag(folder, tag, digests) {
	const shown = digests.slice(0, SHOWN_DIGESTS).join(", ");
	const more = digests.length > SHOWN_DIGESTS ? ` and ${digests.length - SHOWN_DIGESTS} more` : "";
	return new RegistryError("REGISTRY_LAYOUT_INVALID", `the folder ${folder} has the tag ${JSON.stringify(tag.slice(0, 128))} for several manifests: ${shown}${more}`, { hint: `name the image by its digest: oci:${folder}@sha256:…; or take the wrong entry out of index.json` });
}
function invalid(folder, what, { hint = READABLE, cause } = {}) {
	return new RegistryError("REGISTRY_LAYOUT_INVALID", `the folder ${folder} ${what}`, {
		hint,
		cause
	});
}
async function exists(path) {
	return stat(path).then(() => true, () => false);
}

// src/oci/remote/manifests.ts
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
		claimed: (response.header("docker-content-digest") ?? "").split(",").map((digest) => digest.trim())
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
* Writes a manifest under a tag or its digest. After a failure the registry is asked: what it names has been written,
* whatever was answered, or not.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH when the registry stored something else, REGISTRY_OUTCOME_UNKNOWN when
* the answer was lost and it cannot be asked; by status; NetworkError
*/
async function putManifest(client, manifest, target) {
	for (let tries = 1;; tries += 1) try {
		return await putOnce(client, manifest, target);
	} catch (error) {
		if (await isWritten(client, manifest, {
			reference: target.reference,
			error
		})) return {
			subjectHandled: false,
			conflict: false
		};
		if (tries === PUT_TRIES || !isStorageRace(error)) throw error;
		const { clock } = client.options;
		await clock.sleep(PUT_PAUSE_MS * (tries + clock.random()));
	}
}
/** @throws RegistryError REGISTRY_OUTCOME_UNKNOWN */
async function isWritten(client, { digest }, { reference, error }) {
	if (!(error instanceof RegistryError || error instanceof NetworkError)) throw error;
	if (error.code === "REGISTRY_DIGEST_MISMATCH") return false;
	try {
		return (await resolveManifest(client, reference))?.digest === digest;
	} catch {
		if (!isPassingNetworkError(error) && error.code !== "REGISTRY_UNAVAILABLE") return false;
		const what = `${formatPlace(client.reference)} was sent ${reference}, and whether it took it is not known`;
		throw new RegistryError("REGISTRY_OUTCOME_UNKNOWN", `${what}: ${error.message}`, { cause: error });
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
* The tags of the repository, page by page; with `prefix` at least those that begin with it. Some registries take for
* `last` only what they gave out themselves; they are asked for all tags.
* @throws RegistryError REGISTRY_ANSWER_INVALID and by status; NetworkError
*/
async function listTags(client, prefix) {
	if (prefix === void 0 || client.refusesLast) return await readTagPages(client) ?? [];
	try {
		const tags = await readTagPages(client, prefix);
		if (tags) return tags;
	} catch (error) {
		if (!(error instanceof RegistryError) || !isRefusedRequest(error.status)) throw error;
	}
	const tags = await readTagPages(client);
	client.refusesLast = tags !== void 0;
	return tags ?? [];
}
/** True for an answer that says something about the request, and will not be another one later. */
function isRefusedRequest(status) {
	return status !== void 0 && status >= 400 && status < 500 && !isRetryableStatus(status);
}
/** Undefined when the registry knows of no list. */
async function readTagPages(client, prefix) {
	const tags = [];
	let next = `tags/list?n=1000${prefix === void 0 ? "" : `&last=${prefix}`}`;
	for (let pages = 0; next !== void 0; pages += 1) {
		if (pages === MAX_TAG_PAGES) throw noTags(client, `more than ${MAX_TAG_PAGES} pages of tags`);
		const answer = await readListPage(client, {
			at: next,
			expect: [200, 404]
		}, {
			limitBytes: TAGS_BYTES,
			isFirst: pages === 0
		});
		const { response } = answer;
		if (response.status === 404) return void 0;
		const found = readTags(answer.bytes, client);
		for (const tag of found) tags.push(tag);
		if (tags.length > MAX_TAGS) throw noTags(client, `more than ${MAX_TAGS} tags`);
		next = prefix !== void 0 && isPast(found, prefix) ? void 0 : nextPage(response);
	}
	return [...new Set(tags)];
}
/**
* A page of a list; `request` is for the first. A later one that is refused means that the list broke off, not that
* there is none.
* @throws RegistryError REGISTRY_ANSWER_INVALID, and by status; NetworkError
*/
async function readListPage(client, request, { limitBytes, isFirst }) {
	const expect = isFirst ? request.expect : [200];
	try {
		return await client.read({
			...request,
			method: "GET",
			expect
		}, limitBytes);
	} catch (error) {
		throw error instanceof RegistryError && error.status !== void 0 && error.status < 500 && !isFirst ? brokenOff(`breaks off: ${error.message}`, error) : error;
	}
}
function brokenOff(how, cause) {
	return new RegistryError("REGISTRY_ANSWER_INVALID", `a list of the registry ${how}`, {
		hint: "check the registry and any proxy in front of it; without the rest nothing can be said about the image",
		cause
	});
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
/**
* The address in `Link: <…>; rel="next"`, always at the host that was asked: a registry behind a proxy names the address
* at which it sees itself.
* @throws RegistryError REGISTRY_ANSWER_INVALID when there is more, and no way to get to it
*/
function nextPage(response) {
	const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(response.header("link") ?? "")?.[1];
	if (target === void 0) return void 0;
	const named = URL.canParse(target, response.url.href) ? new URL(target, response.url) : void 0;
	const url = new URL(response.url);
	url.pathname = named?.pathname ?? "";
	url.search = named?.search ?? "";
	if (named && /^https?:$/.test(named.protocol) && url.href !== response.url.href) return url;
	throw brokenOff(`goes on at ${JSON.stringify(target.slice(0, 200))}, which is no page after ${response.url.origin}${response.url.pathname}`);
}

// src/base/parallel.ts
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

// src/oci/referrers/referrers.ts
const PARALLEL_FETCHES = 4;
const MAX_PAGES = 100;
function fromRegistry(client) {
	return {
		fetch: (reference) => getManifest(client, reference),
		counts: "read"
	};
}
/**
* Every referrer of a manifest, from all three sources. None is left out because another one answered: an API that is
* there may list nothing, and then the shared tag may be the work of the last writer alone.
* @throws RegistryError by status; NetworkError
* @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
*/
async function listReferrers(client, subject) {
	const api = await askReferrersApi(client, subject);
	const shared = await readSharedBeside(api, client, subject);
	const known = [...api?.digests ?? [], ...shared.digests];
	const own = await listOwnTags(client, subject, known);
	const found = await collectReferrers([...known, ...own.tags], subject, fromRegistry(client));
	const refused = own.refused === void 0 ? [] : [{
		digest: "the list of tags",
		reason: own.refused
	}];
	return {
		...found,
		rejected: [
			...found.rejected,
			...api?.rejected ?? [],
			...shared.rejected,
			...refused
		],
		complete: found.complete && shared.complete && api?.complete !== false
	};
}
/**
* Fetches and checks listed manifests; a bad entry is reported and spoils nothing else. What is beyond the limits is not
* fetched, and the list says that it is not complete.
* @throws whatever `fetch` throws for reasons other than the entry itself
*/
async function collectReferrers(listed, subject, from) {
	const references = [...new Set(listed)].toSorted();
	const looked = references.slice(0, LIMITS.referrers);
	const referrers = [];
	const rejected = [];
	let readBytes = 0;
	let leftBytes = LIMITS.referrerManifestBytes;
	let complete = looked.length === references.length;
	await mapBounded(looked, PARALLEL_FETCHES, async (reference) => {
		if (leftBytes <= 0) {
			complete = false;
			return;
		}
		const { found, sizeBytes } = await readEntry(reference, subject, from);
		const kept = found !== void 0 && "manifest" in found;
		readBytes += sizeBytes;
		if (kept || from.counts === "read") leftBytes -= sizeBytes;
		if (kept) referrers.push(found);
		else if (found) rejected.push(found);
	});
	return {
		referrers: referrers.toSorted((a, b) => a.descriptor.digest < b.descriptor.digest ? -1 : 1),
		rejected: rejected.toSorted((a, b) => a.digest < b.digest ? -1 : 1),
		readBytes,
		complete
	};
}
async function readEntry(reference, subject, { fetch }) {
	const digest = isDigest(reference) ? reference : `tag ${reference}`;
	let sizeBytes = 0;
	try {
		const manifest = await fetch(reference);
		if (!manifest) return {
			found: {
				digest,
				reason: "is listed and not there"
			},
			sizeBytes
		};
		sizeBytes = manifest.bytes.length;
		if (!isDigest(reference) && ownTag(subject, manifest.digest) !== reference) return {
			found: void 0,
			sizeBytes
		};
		const parsed = parseManifest(manifest, `the referrer ${digest}`);
		if (parsed.subject?.digest === subject) return {
			found: {
				manifest,
				descriptor: describeManifest(manifest)
			},
			sizeBytes
		};
		return {
			found: {
				digest,
				reason: `refers to ${parsed.subject?.digest ?? "nothing"}`
			},
			sizeBytes
		};
	} catch (error) {
		return {
			found: {
				digest,
				reason: reasonOf(error)
			},
			sizeBytes: sizeBytes || LIMITS.manifestBytes
		};
	}
}
const OF_THE_CONTENT = [
	"REGISTRY_DIGEST_MISMATCH",
	"REGISTRY_DOCUMENT_AMBIGUOUS",
	"REGISTRY_MANIFEST_INVALID",
	"NETWORK_RESPONSE_TOO_LARGE"
];
/** What is wrong with something that was read. @throws the error itself when reading failed for another reason */
function reasonOf(error) {
	if (error instanceof CountersignError && OF_THE_CONTENT.includes(error.code)) return error.message;
	throw error;
}
/** The descriptor under which an index lists a manifest: its own type and all of its annotations. */
function describeManifest(manifest) {
	const { artifactType, annotations } = parseList(manifest, `the manifest ${manifest.digest}`);
	return {
		mediaType: manifest.mediaType,
		digest: manifest.digest,
		size: manifest.bytes.length,
		...artifactType === void 0 ? {} : { artifactType },
		...Object.keys(annotations).length === 0 ? {} : { annotations }
	};
}
/**
* What the referrers API lists, undefined where there is none. Some services redirect the address to a web page or
* answer with one; all of that means "no such API".
* @throws RegistryError REGISTRY_ANSWER_INVALID when a list breaks off, and by status; NetworkError
*/
async function askReferrersApi(client, subject, maxPages = MAX_PAGES) {
	if (client.lacksReferrersApi) return void 0;
	const list = await fetchPages(client, subject, maxPages);
	client.lacksReferrersApi = list === void 0;
	return list;
}
/** Answers to the first request that stand for "no such API", besides pages of another type. */
const NO_SUCH_API = [
	301,
	302,
	303,
	307,
	308,
	400,
	404,
	405,
	406,
	422,
	501
];
async function fetchPages(client, subject, maxPages) {
	const digests = [];
	const rejected = [];
	let next = `referrers/${subject}`;
	for (let pages = 0; next !== void 0; pages += 1) {
		if (pages === maxPages || digests.length > LIMITS.referrers) return {
			digests,
			rejected,
			complete: false
		};
		const { response, bytes } = await readListPage(client, {
			at: next,
			headers: { accept: MEDIA_TYPE.index },
			expect: [200, ...NO_SUCH_API],
			redirects: "same-origin"
		}, {
			limitBytes: LIMITS.manifestBytes,
			isFirst: pages === 0
		});
		const isList = response.status === 200 && response.mediaType() === MEDIA_TYPE.index;
		if (!isList && pages === 0) return void 0;
		if (!isList) throw noList(response.url, `answered ${response.status}, and no list`);
		const page = readPage(bytes, response.url);
		digests.push(...page.digests);
		rejected.push(...page.rejected);
		next = nextPage(response);
	}
	return {
		digests,
		rejected,
		complete: true
	};
}
/** A page of the API. @throws RegistryError REGISTRY_ANSWER_INVALID when it is none */
function readPage(bytes, url) {
	if (bytes.length === 0) throw noList(url, "answered 200 with an empty body");
	try {
		return entriesOf({
			bytes,
			mediaType: MEDIA_TYPE.index
		}, "the list of referrers");
	} catch (error) {
		throw error instanceof RegistryError ? noList(url, `answered 200 with no list: ${error.message}`, error) : error;
	}
}
function noList(url, how, cause) {
	return new RegistryError("REGISTRY_ANSWER_INVALID", `the referrers API at ${url.origin}${url.pathname} ${how}`, {
		hint: "check the registry and any proxy in front of it; nobody knows without its list what is attached to the image",
		cause
	});
}
/** The shared tag. Where there is an API it need not be readable; where there is none it is the list. */
async function readSharedBeside(api, client, subject) {
	const tag = referrersTag(subject);
	try {
		return await readShared$1(tag, subject, (name) => getSharedTag(client, name));
	} catch (error) {
		if (!api || !isTagRefused(error)) throw error;
		return {
			digests: [],
			rejected: [{
				digest: `tag ${tag}`,
				reason: error.message
			}],
			complete: true
		};
	}
}
/** The shared tag; what others made of it hides nothing that is found otherwise, and makes nothing whole either. */
async function readShared$1(tag, subject, fetch) {
	try {
		const index = await fetch(tag);
		if (!index || index.digest === subject) return {
			digests: [],
			rejected: [],
			complete: true
		};
		return entriesOf(index, `the tag ${tag}`);
	} catch (error) {
		return {
			digests: [],
			rejected: [{
				digest: `tag ${tag}`,
				reason: reasonOf(error)
			}],
			complete: false
		};
	}
}
/** The entries of a list of referrers, odd ones named. @throws RegistryError REGISTRY_MANIFEST_INVALID */
function entriesOf(index, what) {
	const { manifests, odd } = parseList(index, what);
	const rejected = odd.map((reason) => ({
		digest: `entry of ${what}`,
		reason
	}));
	return {
		digests: manifests.map(({ digest }) => digest),
		rejected,
		complete: true
	};
}
/** The layers under tags of our own for this subject, those that are known already left out. */
async function readOwnTags(client, subject, known) {
	const { tags } = await listOwnTags(client, subject, known);
	const { referrers } = await collectReferrers(tags, subject, fromRegistry(client));
	return referrers.map(({ manifest }) => manifest);
}
/** A registry that lists no tags, or not for this user. What it lists as referrers can be read all the same. */
const REFUSED$1 = /* @__PURE__ */ new Set([
	400,
	401,
	403,
	405,
	501
]);
function ownTagPrefix(subject) {
	return `${referrersTag(subject)}.countersign-`;
}
/** A tag for one attached manifest alone. */
function ownTag(subject, manifest) {
	return `${ownTagPrefix(subject)}${digestHex(manifest).slice(0, 32)}`;
}
/**
* The tags of our own for this subject, those of known manifests left out.
* @throws RegistryError by status; NetworkError
*/
async function listOwnTags(client, subject, known) {
	const prefix = ownTagPrefix(subject);
	const listed = new Set(Array.from(known, (digest) => ownTag(subject, digest)));
	try {
		return { tags: (await listTags(client, prefix)).filter((tag) => tag.startsWith(prefix) && !listed.has(tag)) };
	} catch (error) {
		if (error instanceof CountersignError && isNoList(error)) return {
			tags: [],
			refused: error.message
		};
		throw error;
	}
}
/** Some registries put a map of all manifests on the page of tags, so that it may be larger than is read. */
function isNoList(error) {
	return error instanceof RegistryError ? REFUSED$1.has(error.status) : error.code === "NETWORK_RESPONSE_TOO_LARGE";
}

// src/oci/referrers/attach.ts
/** How often a shared list is written before others are said to overwrite it. */
const MAX_ROUNDS = 20;
const API_CHECKS = 4;
/** Random pause between writing the shared tag and reading it again. */
const PAUSE_MS = {
	from: 100,
	to: 500
};
/**
* Stores a manifest and sees to it that it is listed. Where the registry does not let the shared tag change, or be read,
* and the manifest is found otherwise, the error is handed back, for others may not look there.
* @throws RegistryError REGISTRY_REFERRER_INVALID, REGISTRY_REFERRER_NOT_LISTED, REGISTRY_REFERRERS_TAG_TAKEN, by status;
* NetworkError
* @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
*/
async function attachReferrer(client, manifest) {
	const subject = subjectOf(manifest);
	if (!client.lacksReferrersApi) {
		const { subjectHandled } = await putManifest(client, manifest, {
			reference: manifest.digest,
			subject
		});
		if (subjectHandled && await isListedByApi(client, subject, manifest.digest)) return void 0;
	}
	await putManifest(client, manifest, {
		reference: ownTag(subject, manifest.digest),
		subject
	});
	try {
		await keepListed(client, subject, manifest);
		return;
	} catch (error) {
		if (!(isTagRefused(error) || error instanceof RegistryError && error.code === "REGISTRY_TAG_IMMUTABLE") || !await isFound(client, subject, manifest.digest)) throw error;
		return error;
	}
}
/** True when a reader finds the manifest, by whatever list or tag. @throws as listReferrers */
async function isFound(client, subject, digest) {
	return (await listReferrers(client, subject)).referrers.some(({ descriptor }) => descriptor.digest === digest);
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
	throw new RegistryError("REGISTRY_REFERRER_INVALID", "the manifest to attach names no subject");
}
async function isListedByApi(client, subject, digest) {
	for (let check = 0; check < API_CHECKS; check += 1) {
		const listed = await askReferrersApi(client, subject);
		if (!listed) return false;
		if (listed.digests.includes(digest)) return true;
		await pause(client);
	}
	return false;
}
/** Lets other writers finish. */
function pause(client) {
	const { clock } = client.options;
	return clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
}
/** Merges until the shared list holds ours and everything that has a tag of its own, seen after our last write. */
async function keepListed(client, subject, ours) {
	let written;
	let refusedOver;
	for (let round = 0; round < 20; round += 1) {
		if (written && await standsWhole(client, subject, written)) return;
		const current = await readShared(client, subject);
		const tagged = await readOwnTags(client, subject, [...current.listed, ...ours ? [ours.digest] : []]);
		const missing = [...ours ? [ours] : [], ...tagged].filter((manifest) => refersTo(manifest, subject)).filter(({ digest }) => !current.listed.has(digest)).map(describeManifest);
		if (missing.length === 0) return;
		written = await replaceShared(client, makeManifest(mergedIndex(current.document, missing), MEDIA_TYPE.index), {
			subject,
			current,
			refusedOver
		});
		refusedOver = written ? void 0 : current.digest;
		if (written) client.written.set(referrersTag(subject), written);
		await pause(client);
	}
	throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", `the list of referrers of ${subject} was overwritten ${20} times`, { hint: "let fewer jobs attach to the same image at once, and repeat; nothing was overwritten by us" });
}
/** Writes the shared tag; undefined when somebody else wrote in between. @throws RegistryError REGISTRY_TAG_IMMUTABLE; as putManifest */
async function replaceShared(client, merged, { subject, current, refusedOver }) {
	const tag = referrersTag(subject);
	try {
		const { conflict } = await putManifest(client, merged, {
			reference: tag,
			ifMatch: current.etag
		});
		if (!conflict) return merged;
	} catch (error) {
		throw (current.digest && immutableTag(tag, error)) ?? error;
	}
	if (current.digest !== void 0 && refusedOver === current.digest) throw cannotChange(tag, "answered 412 twice");
}
/** True when the list that we wrote is still there and lacks nobody's layer: asked without reading it again. */
async function standsWhole(client, subject, written) {
	if ((await resolveManifest(client, referrersTag(subject)))?.digest !== written.digest) return false;
	const { manifests } = parseList(written, "the list of referrers");
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
/** @throws RegistryError REGISTRY_REFERRERS_TAG_TAKEN; as getManifest */
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
		etag: void 0,
		digest: void 0
	};
	const { manifest, etag } = found;
	const document = parseJson(manifest.bytes, `the tag ${tag}`);
	if (manifest.mediaType !== MEDIA_TYPE.index || !isJsonObject(document)) throw new RegistryError("REGISTRY_REFERRERS_TAG_TAKEN", `the tag ${tag} is a ${manifest.mediaType}`, { hint: "remove or rename that tag; the OCI specification reserves it for the list of referrers" });
	const { manifests } = parseList(manifest, `the tag ${tag}`);
	return {
		document,
		listed: new Set(manifests.map(({ digest }) => digest)),
		etag,
		digest: manifest.digest
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

// src/oci/referrers/detach.ts
/** Names no manifest anywhere: whoever deletes manifests says that there is none. */
const NOBODY = sha256(utf8("countersign asks whether this registry deletes manifests"));
const REFUSED = /* @__PURE__ */ new Set([
	401,
	403,
	405,
	501
]);
const GONE_CHECKS = 4;
/**
* Refuses what is known beforehand to fail: what the registry itself lists goes only with the manifest.
* @throws RegistryError REGISTRY_REPLACE_REFUSED; as askReferrersApi
*/
async function assertDetachable(client, { digest, ...rest }) {
	if (!(await askReferrersApi(client, subjectOf({
		digest,
		...rest
	})))?.digests.includes(digest)) return;
	const refused = await refusalOf(() => deleteManifest(client, NOBODY, false));
	if (!(refused instanceof RegistryError)) return;
	if (!REFUSED.has(refused.status) && refused.registryCode !== "UNSUPPORTED") return;
	const name = `${formatPlace(client.reference)}@${digest}`;
	throw new RegistryError("REGISTRY_REPLACE_REFUSED", `the approval to be replaced cannot be taken away: ${refused.message}`, {
		hint: `nothing was attached; delete ${name} by other means and sign without \`replace\`, or use a login or registry that may delete`,
		cause: refused
	});
}
/**
* Takes a referrer away. Where manifests cannot be deleted it is left out of the shared list, and its own tag is given
* to `instead`: then it is there, and nobody finds it.
* @throws RegistryError REGISTRY_REPLACE_INCOMPLETE when it is found all the same; as listReferrers
*/
async function detachReferrer(client, referrer, instead) {
	const { digest } = referrer;
	const subject = subjectOf(referrer);
	const refusals = [
		await refusalOf(() => giveAwayOwnTag(client, subject, {
			referrer,
			instead
		})),
		await refusalOf(() => leaveOut(client, subject, digest)),
		await refusalOf(() => deleteManifest(client, digest))
	];
	client.received.delete(digest);
	for (let check = 0; check < GONE_CHECKS; check += 1) {
		if (!await isFound(client, subject, digest)) return;
		client.received.delete(digest);
		await pause(client);
	}
	const why = refusals.findLast((refusal) => refusal !== void 0);
	throw new RegistryError("REGISTRY_REPLACE_INCOMPLETE", `${digest} is still attached to ${subject}: ${why?.message ?? "the registry lists it although it deleted it"}`, {
		hint: `delete the manifest ${formatPlace(client.reference)}@${digest}`,
		cause: why
	});
}
/** Why something was not done; what it was for is checked by its effect. */
async function refusalOf(act) {
	try {
		await act();
		return;
	} catch (error) {
		if (error instanceof CountersignError) return error;
		throw error;
	}
}
/** @throws RegistryError by status; NetworkError */
async function deleteManifest(client, reference, repeatable = true) {
	const at = `manifests/${reference}`;
	await (await client.send({
		method: "DELETE",
		at,
		expect: [
			200,
			202,
			204,
			404
		],
		repeatable
	})).discard();
}
/** Some registries delete manifests and no tags, others the reverse. */
async function giveAwayOwnTag(client, subject, { referrer, instead }) {
	const reference = ownTag(subject, referrer.digest);
	const isThere = async () => (await resolveManifest(client, reference))?.digest === referrer.digest;
	if (!await isThere()) return;
	await refusalOf(() => deleteManifest(client, reference));
	if (await isThere()) await putManifest(client, instead, {
		reference,
		subject
	});
}
/** The shared list without the entry; whatever else it holds stays. */
async function leaveOut(client, subject, digest) {
	let refusedOver;
	for (let round = 0; round < 20; round += 1) {
		const current = await readShared(client, subject);
		if (!current.listed.has(digest)) return;
		const merged = makeManifest(indexWithout(current.document, digest), MEDIA_TYPE.index);
		const written = await replaceShared(client, merged, {
			subject,
			current,
			refusedOver
		});
		refusedOver = written ? void 0 : current.digest;
		if (written) client.written.set(referrersTag(subject), written);
		await pause(client);
	}
	throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", `other writers put ${digest} back into the list ${20} times`, { hint: "let fewer jobs attach to the same image at once, and repeat" });
}
/** An index without the entries for a manifest. */
function indexWithout(document, digest) {
	const { manifests } = document;
	const left = Array.isArray(manifests) ? manifests.filter((entry) => !isJsonObject(entry) || entry["digest"] !== digest) : [];
	return utf8(JSON.stringify({
		...document,
		manifests: left
	}));
}

// src/oci/layout/layout.ts
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
		const mediaType = bytes && (listed?.mediaType || LayoutIndex.sniffMediaType(bytes));
		return bytes && checkManifest({
			bytes,
			mediaType,
			reference: digest,
			claimed: []
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
		const { range, sizeBytes, onBytes } = options;
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
		const here = {
			fetch: (reference) => this.getManifest(reference),
			counts: "kept"
		};
		const listed = (await this.#index.entries()).map(({ digest }) => digest);
		const scanned = await collectReferrers(listed, subject, here);
		const shared = await this.#sharedEntries(subject);
		const named = await collectReferrers(shared.digests, subject, here);
		const known = new Set(scanned.referrers.map(({ descriptor }) => descriptor.digest));
		const more = named.referrers.filter(({ descriptor }) => !known.has(descriptor.digest));
		return {
			referrers: [...scanned.referrers, ...more].toSorted((a, b) => a.descriptor.digest < b.descriptor.digest ? -1 : 1),
			rejected: [...named.rejected, ...shared.rejected],
			readBytes: scanned.readBytes + named.readBytes,
			complete: scanned.complete && named.complete && shared.complete
		};
	}
	async #sharedEntries(subject) {
		return readShared$1(referrersTag(subject), subject, (tag) => this.getManifest(tag));
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
	}
	async attachReferrer(manifest) {
		subjectOf(manifest);
		await this.putManifest(manifest, manifest.digest);
	}
	/** What a folder holds can be deleted. */
	assertDetachable(_referrer) {
		return Promise.resolve();
	}
	async detachReferrer(referrer, _instead) {
		const { digest } = referrer;
		const tag = referrersTag(subjectOf(referrer));
		const shared = (await this.#sharedEntries(subjectOf(referrer))).digests.includes(digest) ? await this.getManifest(tag) : void 0;
		if (shared) {
			const left = indexWithout(asObject(parseJson(shared.bytes, `the tag ${tag}`), `the tag ${tag}`), digest);
			await this.putManifest(makeManifest(left, shared.mediaType), tag);
		}
		await this.#index.remove(digest);
		try {
			await rm(this.#path(digest), { force: true });
		} catch (error) {
			throw isErrnoException(error) ? fileError(error, this.#path(digest), "write") : error;
		}
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
	const sink = new FileSink(file, 0);
	let done = 0;
	for await (const chunk of source.open(0)) {
		hash.update(chunk);
		await sink.write(chunk);
		done += chunk.length;
		options.onBytes?.(done, source.sizeBytes);
	}
	if (done !== source.sizeBytes) throw new RegistryError("REGISTRY_SOURCE_CHANGED", `the data to push has ${done} of ${counted(source.sizeBytes, "byte")}`, { hint: "repeat when nothing else writes to the file" });
	await sink.flush();
	await file.sync();
	const hex = hash.digest("hex");
	return options.algorithm === "sha512" ? `sha512:${hex}` : `sha256:${hex}`;
}

export { repairReferrers as a, readShared$1 as c, listTags as d, putManifest as f, attachReferrer as i, getManifest as l, LayoutIndex as m, assertDetachable as n, askReferrersApi as o, resolveManifest as p, detachReferrer as r, listReferrers as s, LayoutRepository as t, getSharedTag as u };