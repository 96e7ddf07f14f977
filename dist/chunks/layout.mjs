import { l as fileError, o as SystemError, r as DataError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { c as isDigest, d as sha256, g as utf8, i as digestHex, r as decodeUtf8 } from "./bytes.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as asObject, l as parseUnambiguous } from "./members.mjs";
import { a as counted } from "./text.mjs";
import { h as writeFileAtomic, l as readFileBounded, u as readKeyFile } from "./files.mjs";
import { a as isTagRefused, c as repeatedTag, i as immutableTag, n as RegistryError, o as layoutInvalid, r as cannotChange, s as namesMissing } from "./errors5.mjs";
import { f as referrersTag, n as formatPlace, p as sbomTag } from "./reference.mjs";
import { a as blobPath, c as makeManifest, d as readDescriptor, f as sniffMediaType, i as MANIFEST_MEMBERS, l as parseList, n as DESCRIPTOR_MEMBERS, o as checkManifest, p as MEDIA_TYPE, s as documentError, u as parseManifest } from "./manifest.mjs";
import { i as memoryBlob } from "./bundles2.mjs";
import { l as orUndefined } from "./cosign.mjs";
import { t as makeFolder } from "./folder.mjs";
import { n as readFileChunks, t as FileSink } from "./chunks.mjs";
import { a as sizeMismatch, n as digestMismatch, r as hashFor } from "./blobs.mjs";
import { a as listTags, c as readListPage, i as getSharedTag, l as resolveManifest, n as getManifest, o as nextPage, r as getManifestAndTag, s as putManifest, t as mapBounded } from "./parallel.mjs";
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { createHash, randomBytes } from "node:crypto";

// src/oci/layout/entries.ts
const TAG_ANNOTATION = "org.opencontainers.image.ref.name";
/** The entries with the tag at this manifest alone. */
function withTag(before, one, tag) {
	const entry = {
		...one,
		annotations: { [TAG_ANNOTATION]: tag }
	};
	return [...before.flatMap((item) => {
		if (!isJsonObject(item) || tagOf(item) === void 0) return isSame(item, entry) ? [] : [item];
		return tagOf(item) === tag ? untagged(item, entry) : [item];
	}), toJson(entry)];
}
/** The entries but those of this manifest; the same list where there is none. */
function without(entries, digest) {
	const left = entries.filter((item) => !isJsonObject(item) || item["digest"] !== digest);
	return left.length === entries.length ? entries : left;
}
function isSame(item, entry) {
	return isJsonObject(item) && item["digest"] === entry.digest;
}
/** What an entry says of its tag. */
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
/** A descriptor as an entry. */
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
/** How often the list is written before others are said to overwrite it. */
const MAX_ROUNDS$1 = 5;
/** index.json of one folder. */
var LayoutIndex = class LayoutIndex {
	#folder;
	#clock;
	#known;
	/** Listed by this one without a tag, and by nobody taken away. */
	#ours = /* @__PURE__ */ new Map();
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
		if (typeof version !== "string" || !version.startsWith("1.")) throw layoutInvalid(folder, `has the layout version ${JSON.stringify(version)}`);
		const index = new LayoutIndex(folder, clock);
		const { entries } = await index.#listing();
		const [first] = entries;
		if (first && !entries.some(({ descriptor }) => descriptor)) throw layoutInvalid(folder, `is damaged: ${first.problem}`);
		return index;
	}
	/**
	* The index of a layout, made if there is none.
	* @throws RegistryError REGISTRY_LAYOUT_INVALID when the folder holds something else; SystemError
	*/
	static async create(folder, clock) {
		if (!await exists(join(folder, "oci-layout"))) {
			if (await exists(join(folder, "index.json"))) throw layoutInvalid(folder, "has an index.json and no oci-layout", { hint: "give an OCI layout folder, or a new name to create one" });
			await makeFolder(join(folder, "blobs", "sha256"));
			const index = new LayoutIndex(folder, clock);
			await withLock(index.#path("index.json.lock"), clock, () => index.#writeFirst());
			await writeFileAtomic(join(folder, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
		}
		return LayoutIndex.open(folder, clock);
	}
	/**
	* Every listed manifest; an entry that cannot be read is none, and hides no other. Without media type it is ''. The same
	* array, while the file is as it was.
	*/
	async entries() {
		return (await this.#listing()).descriptors;
	}
	/**
	* The entry with a tag or digest. Which of several images a tag means nobody can tell, so that is an error.
	* @throws RegistryError REGISTRY_LAYOUT_INVALID
	*/
	async find(reference) {
		const { byDigest, byTag } = await this.#listing();
		if (isDigest(reference)) return byDigest.get(reference);
		const named = byTag.get(reference) ?? [];
		const odd = named.find(({ descriptor }) => !descriptor);
		if (odd) throw layoutInvalid(this.#folder, `is damaged: ${odd.problem}`);
		const digests = [...new Set(named.flatMap(({ descriptor }) => descriptor?.digest ?? []))];
		if (digests.length > 1) throw repeatedTag(this.#folder, reference, digests);
		return named[0]?.descriptor;
	}
	async tags() {
		return [...new Set((await this.all()).flatMap(({ tag }) => tag ?? []))];
	}
	/** Every entry, those that cannot be read among them, in the order of the file. */
	async all() {
		return (await this.#listing()).entries.map(({ tag, descriptor }) => ({
			tag,
			digest: descriptor?.digest
		}));
	}
	/**
	* Lists manifests; with a tag, which is for one alone, the tag moves to it. Entries of others and unknown fields stay.
	* Whoever writes without our lock may put an older list back: what of ours is lost by that is listed again.
	* @throws RegistryError REGISTRY_LAYOUT_LOCKED, REGISTRY_REFERRER_NOT_LISTED; SystemError
	*/
	async put(descriptors, tag) {
		if (tag === void 0) for (const descriptor of descriptors) this.#ours.set(descriptor.digest, descriptor);
		const tagged = tag === void 0 ? [] : descriptors;
		await this.#change((entries) => tagged.reduce((all, one) => withTag(all, one, tag ?? ""), entries));
	}
	/** Lists a manifest no more, whatever tags it has. @throws as put */
	async remove(digest) {
		this.#ours.delete(digest);
		await this.#change((entries) => without(entries, digest));
	}
	async #change(edit) {
		for (let round = 0; round < MAX_ROUNDS$1; round += 1) {
			const written = await this.#write(round === 0 ? edit : (entries) => entries);
			const from = await versionAt(this.#path("index.json"));
			if (Buffer.compare(written, await this.#bytes()) === 0 && from !== void 0 && from === await versionAt(this.#path("index.json"))) return;
		}
		throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", `other writers overwrite ${this.#path("index.json")}`, { hint: "repeat when nothing else writes to the folder" });
	}
	/** Gives the bytes that are there then. */
	async #write(edit) {
		let bytes = /* @__PURE__ */ new Uint8Array();
		await withLock(this.#path("index.json.lock"), this.#clock, async () => {
			bytes = await this.#bytes();
			const document = this.#parse(bytes);
			const before = this.#rawEntries(document);
			const digests = new Set(before.map((item) => isJsonObject(item) && item["digest"]));
			const lost = [...this.#ours.values()].filter(({ digest }) => !digests.has(digest));
			const manifests = edit(lost.length === 0 ? before : [...before, ...lost.map(toJson)]);
			if (manifests === before) return;
			bytes = utf8(JSON.stringify({
				...document,
				manifests
			}));
			await writeFileAtomic(this.#path("index.json"), bytes);
		});
		return bytes;
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
	#bytes() {
		return readFileBounded(this.#path("index.json"), LIMITS.manifestBytes);
	}
	#parse(bytes) {
		return parsedOrInvalid(bytes, this.#folder, {
			name: "index.json",
			members: INDEX_MEMBERS
		});
	}
	#rawEntries(document) {
		const entries = document["manifests"];
		if (entries === null) return [];
		if (!Array.isArray(entries)) throw layoutInvalid(this.#folder, "has an index.json without manifests");
		return entries;
	}
	/** The file may be megabytes, and is asked for each of a thousand platforms: it is read again once it has changed. */
	async #listing() {
		const version = await versionOf(this.#path("index.json"), this.#clock);
		const known = this.#known;
		if (version !== void 0 && version === known?.version) return known;
		const bytes = await this.#bytes();
		const isKnown = known !== void 0 && Buffer.compare(known.bytes, bytes) === 0;
		this.#known = {
			...isKnown ? known : listingOf(this.#rawEntries(this.#parse(bytes)), bytes),
			version
		};
		return this.#known;
	}
};
function listingOf(raw, bytes) {
	const entries = raw.map(readEntry$1);
	const descriptors = entries.flatMap(({ descriptor }) => descriptor ?? []);
	const byDigest = new Map(descriptors.toReversed().map((descriptor) => [descriptor.digest, descriptor]));
	return {
		bytes,
		entries,
		descriptors,
		byTag: Map.groupBy(entries, ({ tag }) => tag),
		byDigest
	};
}
/** Times of files are not finer than this. */
const SETTLED_MS = 2e3;
/** What changes with every write to a file; undefined while another one could leave it as it is. */
async function versionOf(path, clock) {
	const found = await stat(path).catch(() => void 0);
	return found && clock.nowMs() - found.ctimeMs >= SETTLED_MS ? versionText(found) : void 0;
}
async function versionAt(path) {
	const found = await stat(path).catch(() => void 0);
	return found && versionText(found);
}
function versionText({ dev, ino, size, mtimeMs, ctimeMs }) {
	return [
		dev,
		ino,
		size,
		mtimeMs,
		ctimeMs
	].join(" ");
}
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
function parsedOrInvalid(bytes, folder, { name, members }) {
	try {
		const document = parseUnambiguous(bytes, join(folder, name), members, { plainNumbers: true });
		if (isJsonObject(document)) return document;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		throw documentError(error, () => layoutInvalid(folder, `has a damaged ${name}`, { cause: error }));
	}
	throw layoutInvalid(folder, `has a damaged ${name}`);
}
async function readMarker(folder) {
	try {
		return await readFileBounded(join(folder, "oci-layout"), 4096);
	} catch (error) {
		if (!(error instanceof SystemError) || error.code !== "FILE_NOT_FOUND") throw error;
		const what = await exists(folder) ? "is no OCI layout: it has no file oci-layout" : "is not there";
		throw layoutInvalid(folder, what, { cause: error });
	}
}
async function exists(path) {
	return stat(path).then(() => true, () => false);
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
		complete: found.complete && shared.complete && api?.complete !== false,
		otherTags: own.others
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
/** The tags for this subject, ours of known manifests left out. @throws RegistryError by status; NetworkError */
async function listOwnTags(client, subject, known) {
	const prefix = ownTagPrefix(subject);
	const listed = new Set(Array.from(known, (digest) => ownTag(subject, digest)));
	try {
		const tags = await listTags(client, prefix);
		return {
			others: tags.filter((tag) => tag === sbomTag(subject)),
			tags: tags.filter((tag) => tag.startsWith(prefix) && !listed.has(tag))
		};
	} catch (error) {
		if (error instanceof CountersignError && isNoList(error)) return {
			tags: [],
			others: [],
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
	return attachReferrers(client, [manifest]);
}
/**
* The same for many of one subject, for which the list is asked, or written, once. With `unwanted` what the registry does
* not take, or its list has no room for, is told and left out.
* @throws as attachReferrer
*/
async function attachReferrers(client, manifests, unwanted) {
	const [first] = manifests;
	if (!first) return void 0;
	const subject = subjectOf(first);
	const put = (of, referenceOf) => putAll(client, of, {
		subject,
		referenceOf,
		unwanted
	});
	let left = manifests;
	if (!client.lacksReferrersApi) {
		const stored = await put(left, ({ digest }) => digest);
		const listed = stored.isHandled ? await listedByApi(client, subject, stored.manifests) : /* @__PURE__ */ new Set();
		left = stored.manifests.filter(({ digest }) => !listed.has(digest));
	}
	if (unwanted) left = await withRoom(client, subject, {
		manifests: left,
		unwanted
	});
	if (left.length === 0) return void 0;
	const tagged = await put(left, ({ digest }) => ownTag(subject, digest));
	if (!unwanted) for (const { digest } of tagged.manifests) await assertThere(client, ownTag(subject, digest), digest);
	try {
		await keepListed(client, subject, tagged.manifests);
		return;
	} catch (error) {
		if (!(isTagRefused(error) || error instanceof RegistryError && error.code === "REGISTRY_TAG_IMMUTABLE") || !await areFound(client, subject, tagged.manifests)) throw error;
		return error;
	}
}
/** A registry's word that it took something is not enough. */
async function assertThere(client, tag, digest) {
	const what = `${tag} cannot be read back right after it was written`;
	if ((await resolveManifest(client, tag))?.digest !== digest) throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", what);
}
/** Answers of a registry that does not want this manifest, whatever else it takes. */
const UNWANTED = /* @__PURE__ */ new Set([
	400,
	405,
	413,
	415,
	422
]);
async function putAll(client, manifests, { subject, referenceOf, unwanted }) {
	const stored = [];
	let isHandled = true;
	for (const manifest of manifests) try {
		const { subjectHandled } = await putManifest(client, manifest, {
			reference: referenceOf(manifest),
			subject
		});
		isHandled &&= subjectHandled;
		stored.push(manifest);
	} catch (error) {
		if (!unwanted || !(error instanceof RegistryError) || !UNWANTED.has(error.status)) throw error;
		unwanted(manifest, error);
	}
	return {
		manifests: stored,
		isHandled
	};
}
/** The shared list; one that may not be read takes nothing, and is no obstacle to what is found otherwise. */
async function readSharedOrNone(client, subject) {
	try {
		return await readShared(client, subject);
	} catch (error) {
		if (isTagRefused(error)) return {
			document: {},
			listed: /* @__PURE__ */ new Set()
		};
		throw error;
	}
}
/** Those for which a shared list has room, and leaves as much for what comes after them. */
async function withRoom(client, subject, { manifests, unwanted }) {
	if (manifests.length === 0) return [];
	const { document, listed } = await readSharedOrNone(client, subject);
	let room = LIMITS.manifestBytes / 2 - JSON.stringify(document).length;
	return manifests.filter((manifest) => {
		if (listed.has(manifest.digest)) return true;
		room -= JSON.stringify(describeManifest(manifest)).length + 1;
		if (room < 0) unwanted(manifest, noRoom());
		return room >= 0;
	});
}
/** True when a reader finds the manifests, by whatever list or tag. @throws as listReferrers */
async function areFound(client, subject, manifests) {
	const { referrers } = await listReferrers(client, subject);
	const found = new Set(referrers.map(({ descriptor }) => descriptor.digest));
	return manifests.every(({ digest }) => found.has(digest));
}
/**
* Puts every layer that has a tag of ours back into the shared list. True when one was missing there.
* @throws as attachReferrer
*/
async function repairReferrers(client, subject) {
	return keepListed(client, subject, []).catch(async (error) => {
		if (isTagRefused(error) && await askReferrersApi(client, subject, 1)) return false;
		throw error;
	});
}
/** The subject's digest. @throws RegistryError REGISTRY_REFERRER_INVALID */
function subjectOf(manifest) {
	const { subject } = parseManifest(manifest, "the manifest to attach");
	if (subject) return subject.digest;
	throw new RegistryError("REGISTRY_REFERRER_INVALID", "the manifest to attach names no subject");
}
/** What of these the API lists. */
async function listedByApi(client, subject, manifests) {
	let listed = /* @__PURE__ */ new Set();
	for (let check = 0; check < API_CHECKS; check += 1) {
		const list = await askReferrersApi(client, subject);
		listed = new Set(list?.digests);
		if (!list || manifests.every(({ digest }) => listed.has(digest))) break;
		await pause(client);
	}
	return listed;
}
/** Lets other writers finish. */
function pause(client) {
	const { clock } = client.options;
	return clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
}
/** Merges until the shared list holds ours and everything that has a tag of its own, seen after our last write; false when it did at once. */
async function keepListed(client, subject, ours) {
	let written;
	let refusedOver;
	for (let round = 0; round < 20; round += 1) {
		if (written && await standsWhole(client, subject, written)) return true;
		const current = await readShared(client, subject);
		const tagged = await readOwnTags(client, subject, [...current.listed, ...ours.map(({ digest }) => digest)]);
		const missing = [...ours, ...tagged].filter((manifest) => refersTo(manifest, subject)).filter(({ digest }) => !current.listed.has(digest)).map(describeManifest);
		if (missing.length === 0) return round > 0;
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
/**
* Writes the shared tag, without entries that are gone if it must; undefined when somebody else wrote in between.
* @throws RegistryError REGISTRY_TAG_IMMUTABLE; as putManifest
*/
async function replaceShared(client, merged, { subject, current, refusedOver }) {
	const tag = referrersTag(subject);
	try {
		const { conflict } = await putManifest(client, merged, {
			reference: tag,
			ifMatch: current.etag
		});
		if (!conflict) return merged;
	} catch (error) {
		const { withoutGone } = await import("./gone.mjs");
		const whole = namesMissing(error) ? await withoutGone(client, merged, current.listed) : merged;
		if (whole.digest !== merged.digest) return replaceShared(client, whole, {
			subject,
			current,
			refusedOver
		});
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
	throw noRoom();
}
function noRoom() {
	return new RegistryError("REGISTRY_REFERRER_NOT_LISTED", "the list of referrers has no room left", { hint: "remove outdated referrers of this image from the registry" });
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
	const tagged = await refusalOf(() => giveAwayOwnTag(client, subject, {
		referrer,
		instead
	}));
	const listed = await refusalOf(() => leaveOut(client, subject, digest));
	const refusals = [
		tagged,
		listed,
		!listed || listed.code === "REGISTRY_TAG_IMMUTABLE" || isTagRefused(listed) ? await refusalOf(() => deleteManifest(client, digest)) : void 0
	];
	client.received.delete(digest);
	for (let check = 0; check < GONE_CHECKS; check += 1) {
		if (!await areFound(client, subject, [referrer])) return;
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
	/** What is known of the manifests in a list: each is read once, whatever the subject. */
	#scanned;
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
		const mediaType = bytes && (listed?.mediaType || sniffMediaType(bytes));
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
		const { unread, referrers } = await this.#scannedList();
		const listed = [...unread, ...referrers.get(subject) ?? []];
		const scanned = await collectReferrers(listed, subject, {
			...here,
			fetch: (digest) => this.#scan(digest)
		});
		const shared = await this.#sharedEntries(subject);
		const named = await collectReferrers(shared.digests, subject, here);
		const known = new Set(scanned.referrers.map(({ descriptor }) => descriptor.digest));
		const more = named.referrers.filter(({ descriptor }) => !known.has(descriptor.digest));
		return {
			referrers: [...scanned.referrers, ...more].toSorted((a, b) => a.descriptor.digest < b.descriptor.digest ? -1 : 1),
			rejected: [...named.rejected, ...shared.rejected],
			readBytes: scanned.readBytes + named.readBytes,
			complete: scanned.complete && named.complete && shared.complete,
			otherTags: (await this.tags()).filter((tag) => tag === sbomTag(subject))
		};
	}
	async #scannedList() {
		const list = await this.#index.entries();
		if (this.#scanned?.list !== list) this.#scanned = {
			list,
			unread: new Set(list.map(({ digest }) => digest)),
			referrers: /* @__PURE__ */ new Map()
		};
		return this.#scanned;
	}
	async #scan(digest) {
		const { unread, referrers } = await this.#scannedList();
		const first = unread.delete(digest);
		const manifest = await this.getManifest(digest);
		const subject = first && manifest && orUndefined(() => parseManifest(manifest, digest).subject?.digest);
		if (subject) referrers.set(subject, [...referrers.get(subject) ?? [], digest]);
		return manifest;
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
		await this.#store(manifest);
		await this.#index.put([describeManifest(manifest)], isDigest(reference) ? void 0 : reference);
	}
	async #store(manifest) {
		this.#scanned = void 0;
		await this.pushBlob(manifest.digest, memoryBlob(manifest.bytes));
	}
	attachReferrer(manifest) {
		return this.attachReferrers([manifest]);
	}
	async attachReferrers(manifests) {
		for (const manifest of manifests) {
			subjectOf(manifest);
			await this.#store(manifest);
		}
		await this.#index.put(manifests.map(describeManifest), void 0);
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
		return Promise.resolve(false);
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

export { attachReferrers as a, listReferrers as c, attachReferrer as i, readShared$1 as l, assertDetachable as n, repairReferrers as o, detachReferrer as r, askReferrersApi as s, LayoutRepository as t, LayoutIndex as u };