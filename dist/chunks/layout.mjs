import { t as counted } from "./count.mjs";
import { n as isDigest, t as digestHex } from "./digest.mjs";
import { l as fileError, o as SystemError, r as DataError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { t as readFileChunks } from "./file-chunks.mjs";
import { r as readKeyFile } from "./file.mjs";
import { t as makeFolder } from "./folder.mjs";
import { t as LIMITS } from "./limits.mjs";
import { a as sizeMismatch, n as digestMismatch, r as hashFor } from "./blobs.mjs";
import { s as utf8 } from "./bytes.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { a as makeManifest, c as MEDIA_TYPE, i as checkManifest, o as parseManifest, r as blobPath, t as ACCEPT_MANIFESTS } from "./manifest.mjs";
import { o as referrersTag, r as isTag, t as formatPlace } from "./reference.mjs";
import { t as LayoutIndex } from "./layout-index2.mjs";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { open, rename, rm, stat } from "node:fs/promises";

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

export { getManifest as a, resolveManifest as c, listReferrers as i, attachReferrer as n, listTags as o, repairReferrers as r, putManifest as s, LayoutRepository as t };