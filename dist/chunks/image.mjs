import { a as counted } from "./text.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { m as SIF_LAYER_TYPES, p as MEDIA_TYPE, u as parseManifest } from "./manifest.mjs";
import { n as SifError } from "./errors3.mjs";
import { a as parseHeader, l as DATA_TYPE, n as objectsInGroup, r as openSif, t as groupsOf, u as DESCRIPTOR_FIELD } from "./sif.mjs";
import { o as equalBytes } from "./bytes.mjs";
import { o as startHash, t as hashObjects } from "./hash.mjs";
import { r as assertInside } from "./source2.mjs";
import { t as LIMITS } from "./limits.mjs";

// src/sif/hash/passing.ts
const SHA256 = /* @__PURE__ */ new Set(["sha256"]);
/** A table that ends later is no usual one; its image is read again. */
const MAX_HEAD_BYTES = 4194304;
/**
* Takes the bytes of an image from the first one on and hashes its grouped objects with SHA-256. The digests are used for
* that very image; whatever else is asked for, and whatever passed by in another order, is hashed by reading it.
*/
var PassingImage = class {
	#sizeBytes;
	#at = 0;
	#head = [];
	/** How much of the beginning has to be there before it is worth a look: the header, then the table too. */
	#wanted = 128;
	#started;
	#lost = false;
	constructor(sizeBytes) {
		this.#sizeBytes = sizeBytes;
	}
	/** Bytes at an offset; offset 0 begins anew. */
	async update(offset, bytes) {
		if (offset === 0) this.#reset();
		if (offset !== this.#at) this.#lost = true;
		if (this.#lost) return;
		this.#at += bytes.length;
		if (this.#started) this.#started.hasher.update(offset, bytes);
		else await this.#begin(bytes);
	}
	/** As hashObjects; reads nothing when the image is the one that passed by. */
	hash = async (image, objects, options) => {
		const { algorithms } = options;
		const plain = algorithms.size === 1 && algorithms.has("sha256");
		const whole = !this.#lost && this.#at === this.#sizeBytes;
		const started = this.#started;
		if (!plain || !whole || !started || !isSame(started, image, objects)) return hashObjects(image, objects, options);
		return started.hasher.digests;
	};
	#reset() {
		this.#at = 0;
		this.#head = [];
		this.#wanted = 128;
		this.#started = void 0;
		this.#lost = false;
	}
	/** Collects the beginning until the table is complete. */
	async #begin(bytes) {
		this.#head.push(bytes.slice());
		try {
			if (this.#at < Math.min(this.#wanted, this.#sizeBytes)) return;
			const head = Buffer.concat(this.#head);
			this.#head = [head];
			const { descriptorsOffset, descriptorsTotal } = parseHeader(head);
			this.#wanted = descriptorsOffset + descriptorsTotal * 585;
			if (head.length < Math.min(this.#wanted, this.#sizeBytes)) {
				if (this.#wanted > MAX_HEAD_BYTES) this.#lose();
				return;
			}
			const image = await openSif(beginningOf(head, this.#sizeBytes));
			const objects = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
			const hasher = new ObjectStreamHasher(image, objects, SHA256);
			hasher.update(0, head);
			this.#started = {
				image,
				objects,
				hasher
			};
			this.#head = [];
		} catch (error) {
			if (!(error instanceof SifError)) throw error;
			this.#lose();
		}
	}
	#lose() {
		this.#lost = true;
		this.#head = [];
	}
};
function beginningOf(head, sizeBytes) {
	return {
		name: "the image",
		sizeBytes,
		async read(offset, lengthBytes) {
			assertInside({
				...this,
				sizeBytes: head.length
			}, offset, lengthBytes);
			return head.subarray(offset, offset + lengthBytes);
		}
	};
}
function isSame(passed, image, objects) {
	const records = new Map(passed.objects.map(({ id, record }) => [id, record]));
	return equalBytes(passed.image.header.record, image.header.record) && image.source.sizeBytes === passed.image.source.sizeBytes && objects.length === passed.objects.length && objects.every(({ id, record }) => equalBytes(records.get(id) ?? record.subarray(0, 0), record));
}
/** Takes the bytes of a file in order and gives the digests of its objects at the end. */
var ObjectStreamHasher = class {
	#running;
	#digests = Promise.withResolvers();
	#image;
	#head = new Window(0, 128);
	#table;
	#at = 0;
	constructor(image, objects, algorithms) {
		const started = () => new Map(Array.from(algorithms, (name) => [name, startHash(name)]));
		const { descriptorsOffset, descriptorsTotal } = image.header;
		this.#running = objects.map((object) => ({
			object,
			hashes: started()
		}));
		this.#image = image;
		this.#table = new Window(descriptorsOffset, descriptorsTotal * 585);
		this.#digests.promise.catch(() => void 0);
	}
	/** Settles when the whole file has passed by; SifError SIF_CHANGED when its header or table is another one. */
	get digests() {
		return this.#digests.promise;
	}
	/**
	* Bytes at an offset; those that passed by before are skipped, so that a part may be streamed again. After a gap the
	* digests can never be told, and whoever waits for them learns it.
	*/
	update(offset, bytes) {
		if (offset > this.#at) {
			this.fail(/* @__PURE__ */ new Error(`bytes ${this.#at} to ${offset} of ${this.#image.source.name} were passed over`));
			return;
		}
		const fresh = bytes.subarray(Math.max(0, this.#at - offset));
		if (fresh.length === 0) return;
		const start = this.#at;
		const end = start + fresh.length;
		this.#head.take(start, fresh);
		this.#table.take(start, fresh);
		for (const { object, hashes } of this.#running) {
			const from = Math.max(start, object.offset);
			const to = Math.min(end, object.offset + object.sizeBytes);
			if (from < to) for (const hash of hashes.values()) hash.update(fresh.subarray(from - start, to - start));
		}
		this.#at = end;
		if (end === this.#image.source.sizeBytes) this.#finish();
	}
	/** The stream ended early: whoever waits for the digests gets this error. */
	fail(error) {
		this.#digests.reject(error);
	}
	#finish() {
		const { source, header } = this.#image;
		if (!equalBytes(this.#head.bytes, header.record) || !isTableOf(this.#image, this.#table.bytes)) {
			this.fail(new SifError("SIF_CHANGED", `${source.name} changed while it was read: header or descriptor table differ`));
			return;
		}
		const entries = this.#running.map(({ object, hashes }) => {
			const hex = Array.from(hashes, ([name, hash]) => [name, hash.digest("hex")]);
			return [object.id, new Map(hex)];
		});
		this.#digests.resolve(new Map(entries));
	}
};
/** A part of a stream, kept. */
var Window = class {
	bytes;
	#from;
	constructor(from, lengthBytes) {
		this.#from = from;
		this.bytes = new Uint8Array(lengthBytes);
	}
	take(at, chunk) {
		const start = Math.max(at, this.#from);
		const end = Math.min(at + chunk.length, this.#from + this.bytes.length);
		if (start < end) this.bytes.set(chunk.subarray(start - at, end - at), start - this.#from);
	}
};
function isTableOf(image, table) {
	const used = new Map(image.objects.map((object) => [object.slot, object]));
	for (let slot = 0; slot < image.header.descriptorsTotal; slot += 1) {
		const record = table.subarray(slot * 585, (slot + 1) * 585);
		const object = used.get(slot);
		if (object ? !equalBytes(record, object.record) : record[DESCRIPTOR_FIELD.used] !== 0) return false;
	}
	return true;
}

// src/image/registry/platforms.ts
const REFERENCE_TYPE = "vnd.docker.reference.type";
const INDEX_TYPES = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];
/**
* Every manifest below an index once, the index itself left out; entries for which `follow` is false are not among them.
* Only nested indexes are fetched.
* @throws RegistryError REGISTRY_INDEX_TOO_LARGE, REGISTRY_NOT_FOUND when a nested index is missing; as getManifest
*/
async function manifestsBelow(repository, index, follow = () => true) {
	const found = /* @__PURE__ */ new Map();
	const seen = /* @__PURE__ */ new Set([index.digest]);
	const visit = async (manifest, depth) => {
		if (depth > LIMITS.indexDepth) throw tooLarge(index, `is nested deeper than ${LIMITS.indexDepth} levels`);
		const { manifests } = parseManifest(manifest, `the manifest ${manifest.digest}`);
		for (const entry of manifests.filter(follow)) {
			if (seen.has(entry.digest)) continue;
			seen.add(entry.digest);
			if (seen.size > LIMITS.indexManifests) throw tooLarge(index, `names more than ${LIMITS.indexManifests} manifests`);
			if (INDEX_TYPES.includes(entry.mediaType)) await visit(await nested(repository, entry.digest), depth + 1);
			found.set(entry.digest, entry);
		}
	};
	await visit(index, 1);
	return [...found.values()];
}
async function nested(repository, digest) {
	const manifest = await repository.getManifest(digest);
	if (manifest) return manifest;
	throw new RegistryError("REGISTRY_NOT_FOUND", `${repository.name} has no manifest ${digest}, which its image names`, { hint: "the image is incomplete; push it again" });
}
function tooLarge({ digest }, what) {
	return new RegistryError("REGISTRY_INDEX_TOO_LARGE", `the index ${digest} ${what}`);
}
/**
* True for what is no platform that anything could run: a build's own attestations. The annotation alone proves nothing,
* since container engines go by the platform.
*/
function isAttestation({ mediaType, annotations, platform }) {
	return annotations?.[REFERENCE_TYPE] === "attestation-manifest" && platform?.["os"] === "unknown" && platform["architecture"] === "unknown" && !INDEX_TYPES.includes(mediaType);
}

// src/image/registry/image.ts
/**
* What a tag or digest names; a tag is resolved here and never again. `asked` is the tag that somebody resolved already.
* @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_MANIFEST_INVALID, REGISTRY_INDEX_TOO_LARGE and as getManifest
*/
async function openRegistryImage(repository, reference, asked = reference) {
	const manifest = await repository.getManifest(reference);
	if (!manifest) throw new RegistryError("REGISTRY_NOT_FOUND", `${repository.name} has no manifest ${reference}`, { hint: "check the tag or digest; a private repository also answers so without permission" });
	const { digest, mediaType, bytes } = manifest;
	const descriptor = {
		digest,
		mediaType,
		size: bytes.length
	};
	const shape = await shapeOf(repository, manifest);
	const children = shape.is === "index" ? shape.children : [];
	return {
		repository,
		name: `${repository.name}@${digest}`,
		asked,
		descriptor,
		manifest,
		shape,
		subjects: [descriptor, ...children.map((child) => ({
			mediaType: child.mediaType,
			digest: child.digest,
			size: child.size
		}))]
	};
}
async function shapeOf(repository, manifest) {
	const { kind, layers } = parseManifest(manifest, `the manifest ${manifest.digest}`);
	if (kind === "index") return {
		is: "index",
		children: await manifestsBelow(repository, manifest, (entry) => !isAttestation(entry))
	};
	const [layer] = layers;
	if (layer && layers.length === 1 && SIF_LAYER_TYPES.includes(layer.mediaType)) return {
		is: "sif",
		layer,
		title: layer.annotations?.["org.opencontainers.image.title"]
	};
	return { is: "image" };
}
/** A folder of this machine, where the size of a blob costs nothing to ask for and nobody names a place. */
function isFolder({ name }) {
	return name.startsWith("oci:");
}
/** A SIF in a registry with its signature objects at hand. @throws SifError, RegistryError, NetworkError */
async function openRemoteSif(repository, layer) {
	const source = registrySource(repository, layer);
	const file = await openSif(source);
	const signatures = file.objects.filter(({ dataType }) => dataType === DATA_TYPE.signature);
	await source.prefetch(signatures.map(({ offset, sizeBytes }) => ({
		offset,
		lengthBytes: sizeBytes
	})));
	return file;
}
/** Header and a table of 48 slots, the usual size, end at 32,176. */
const HEAD_BYTES = 32768;
/** Parts that lie this close together are fetched as one; a request costs about as much. */
const GAP_BYTES = 1024;
/** Nothing larger is fetched ahead. */
const AHEAD_BYTES = 1048576;
/** Reads a SIF's bytes from its blob; a registry that cannot send parts is an error, never a download of it all. */
function registrySource(repository, layer) {
	const name = `${repository.name}@${layer.digest}`;
	const parts = [];
	let head;
	const fetchPart = async (offset, lengthBytes) => ({
		offset,
		bytes: await fetchRange(repository, layer.digest, {
			offset,
			lengthBytes
		})
	});
	return {
		name,
		sizeBytes: layer.size,
		async read(offset, lengthBytes) {
			if (offset < 0 || offset + lengthBytes > layer.size) throw new SifError("SIF_TRUNCATED", `${name} ends at ${layer.size}, before offset ${offset + lengthBytes}`);
			if (lengthBytes === 0) return /* @__PURE__ */ new Uint8Array();
			const headBytes = Math.min(HEAD_BYTES, layer.size);
			if (offset + lengthBytes <= headBytes) return cut(await (head ??= fetchPart(0, headBytes)), offset, lengthBytes);
			return cut(parts.find((one) => one.offset <= offset && offset + lengthBytes <= one.offset + one.bytes.length) ?? await fetchPart(offset, lengthBytes), offset, lengthBytes);
		},
		async prefetch(ranges) {
			const inside = ranges.filter((range) => range.offset >= HEAD_BYTES && range.offset + range.lengthBytes <= layer.size);
			for (const { offset, lengthBytes } of joined(inside)) parts.push(await fetchPart(offset, lengthBytes));
		}
	};
}
function cut({ offset, bytes }, from, lengthBytes) {
	return bytes.slice(from - offset, from - offset + lengthBytes);
}
/** Ranges with those that lie close together made one; none is larger than what may be fetched ahead. */
function joined(ranges) {
	const result = [];
	for (const range of ranges.filter(isSmall).toSorted((a, b) => a.offset - b.offset)) {
		const last = result.at(-1);
		const end = range.offset + range.lengthBytes;
		if (last !== void 0 && range.offset - (last.offset + last.lengthBytes) <= GAP_BYTES && end - last.offset <= AHEAD_BYTES) result.splice(-1, 1, {
			offset: last.offset,
			lengthBytes: Math.max(end - last.offset, last.lengthBytes)
		});
		else result.push(range);
	}
	return result;
}
function isSmall({ lengthBytes }) {
	return lengthBytes > 0 && lengthBytes <= AHEAD_BYTES;
}
async function fetchRange(repository, digest, range) {
	const bytes = new Uint8Array(range.lengthBytes);
	let at = 0;
	for await (const chunk of repository.readBlob(digest, { range })) {
		if (at + chunk.length > bytes.length) break;
		bytes.set(chunk, at);
		at += chunk.length;
	}
	if (at !== bytes.length) throw new RegistryError("REGISTRY_SIZE_MISMATCH", `${repository.name} sent ${at} of ${counted(bytes.length, "byte")}`, { hint: "repeat; if it stays so, the registry or a proxy does not serve parts of blobs correctly" });
	return bytes;
}
/**
* Hashes the objects of a SIF while its whole blob passes by. The digests are then those of the blob that the manifest
* names, whatever the registry sends for parts of it.
*/
function blobHasher(repository, layer) {
	return async (image, objects, { algorithms, onBytes }) => {
		const hasher = new ObjectStreamHasher(image, objects, algorithms);
		let at = 0;
		for await (const chunk of repository.readBlob(layer.digest, { sizeBytes: layer.size })) {
			hasher.update(at, chunk);
			at += chunk.length;
			onBytes?.(at, layer.size);
		}
		return hasher.digests;
	};
}

export { registrySource as a, PassingImage as c, openRemoteSif as i, isFolder as n, manifestsBelow as o, openRegistryImage as r, ObjectStreamHasher as s, blobHasher as t };