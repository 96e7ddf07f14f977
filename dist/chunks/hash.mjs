import { n as SifError } from "./errors3.mjs";
import { g as utf8 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";
import { l as parseUnambiguous } from "./members.mjs";
import { m as HEADER_FIELD, n as objectsInGroup, r as openSif } from "./sif.mjs";
import { createHash } from "node:crypto";

// src/sif/integrity.ts
const DIGEST_HEX_DIGITS = new Map([
	["sha224", 56],
	["sha256", 64],
	["sha384", 96],
	["sha512", 128],
	["sha512_224", 56],
	["sha512_256", 64]
].map(([name, digits]) => [name, {
	name,
	digits
}]));
/** What Apptainer knows of the metadata. */
const METADATA_MEMBERS = {
	version: "any",
	header: { digest: "text" },
	objects: [{
		relativeId: "any",
		descriptorDigest: "text",
		objectDigest: "text"
	}]
};
const MAX_RELATIVE_ID = 4294967295;
/**
* The sif-metadata of all objects of a group, byte for byte as the reference writes it.
* @throws SifError SIF_GROUP_NOT_FOUND, SIF_DIGEST_MISSING
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/integrity/metadata.go
*/
function encodeMetadata(image, group, digests) {
	const members = objectsInGroup(image, group);
	const [lowest] = members;
	if (!lowest) throw new SifError("SIF_GROUP_NOT_FOUND", `no object is in group ${group}`);
	const objects = members.map((object) => {
		const hex = digests.get(object.id)?.get("sha256");
		if (hex === void 0) throw new SifError("SIF_DIGEST_MISSING", `object ${object.id}: its data was not hashed`);
		return {
			relativeId: object.id - lowest.id,
			descriptorDigest: `sha256:${hash$1("sha256", protectedDescriptorBytes(image, object))}`,
			objectDigest: `sha256:${hex}`
		};
	});
	const header = { digest: `sha256:${hash$1("sha256", protectedHeaderBytes(image.header))}` };
	return utf8(JSON.stringify({
		version: 1,
		header,
		objects
	}));
}
/**
* The part of a header that signatures cover: launch script, magic, version and ID, 61 bytes.
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/integrity/metadata.go
*/
function protectedHeaderBytes(header) {
	const covered = /* @__PURE__ */ new Uint8Array(61);
	covered.set(header.record.subarray(0, HEADER_FIELD.arch), 0);
	covered.set(header.record.subarray(HEADER_FIELD.id, HEADER_FIELD.createdAt), HEADER_FIELD.arch);
	return covered;
}
/**
* The part of a descriptor that signatures cover, 557 bytes: neither its place nor its absolute ID nor its group.
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/descriptor.go
*/
function protectedDescriptorBytes(image, object) {
	const { record } = object;
	const covered = /* @__PURE__ */ new Uint8Array(557);
	const lowest = lowestIds(image).get(object.rawGroup) ?? object.id;
	covered.set(record.subarray(0, 4), 0);
	covered[4] = 1;
	new DataView(covered.buffer).setUint32(5, object.id - lowest, true);
	covered.set(record.subarray(13, 17), 9);
	covered.set(record.subarray(25, 33), 13);
	covered.set(record.subarray(41, 49), 21);
	covered.set(record.subarray(57, 585), 29);
	return covered;
}
const LOWEST_IDS = /* @__PURE__ */ new WeakMap();
/** Lowest ID by raw group; worked out once for an image, whatever the number of objects and signatures. */
function lowestIds(image) {
	const known = LOWEST_IDS.get(image);
	if (known) return known;
	const lowest = /* @__PURE__ */ new Map();
	for (const { rawGroup, id } of image.objects) lowest.set(rawGroup, Math.min(id, lowest.get(rawGroup) ?? id));
	LOWEST_IDS.set(image, lowest);
	return lowest;
}
/**
* Reads signed metadata. Unknown members are ignored, as the reference does; a missing header is kept as undefined.
* @throws SifError SIF_METADATA_INVALID, SIF_METADATA_AMBIGUOUS
*/
function parseMetadata(bytes) {
	const document = parseDocument(bytes);
	if (!isJsonObject(document)) throw invalid("not an object");
	const { version, header, objects } = document;
	if (version !== 1) throw invalid(`version ${JSON.stringify(version ?? null).slice(0, 20)} instead of 1`);
	if (!Array.isArray(objects)) throw invalid("\"objects\" is not a list");
	return {
		version,
		header: header === void 0 ? void 0 : parseHeaderDigest(header),
		objects: objects.map((entry, index) => parseEntry(entry, index))
	};
}
function parseDocument(bytes) {
	try {
		return parseUnambiguous(bytes, "sif-metadata", METADATA_MEMBERS);
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		if (cause.code === "DATA_JSON_AMBIGUOUS") throw new SifError("SIF_METADATA_AMBIGUOUS", cause.message, { cause });
		throw invalid(cause.message, cause);
	}
}
function parseHeaderDigest(header) {
	if (!isJsonObject(header)) throw invalid("\"header\" is not an object");
	return parseMetaDigest(header["digest"], "the header digest");
}
function parseEntry(entry, index) {
	if (!isJsonObject(entry)) throw invalid(`entry ${index} of "objects" is not an object`);
	const { relativeId } = entry;
	if (typeof relativeId !== "number" || !Number.isInteger(relativeId) || relativeId < 0 || relativeId > MAX_RELATIVE_ID) throw invalid(`entry ${index} of "objects" has no valid relativeId`);
	return {
		relativeId,
		descriptorDigest: parseMetaDigest(entry["descriptorDigest"], `the descriptor digest of entry ${index}`),
		objectDigest: parseMetaDigest(entry["objectDigest"], `the object digest of entry ${index}`)
	};
}
function parseMetaDigest(value, what) {
	const [name = "", hex = "", ...rest] = typeof value === "string" ? value.split(":") : [];
	const algorithm = DIGEST_HEX_DIGITS.get(name);
	if (!algorithm) throw invalid(`${what} has the unknown algorithm ${JSON.stringify(name.slice(0, 40))}`);
	if (rest.length > 0 || hex.length !== algorithm.digits || !/^[0-9A-Fa-f]+$/.test(hex)) throw invalid(`${what} is not ${algorithm.digits} hex digits`);
	return {
		algorithm: algorithm.name,
		hex: hex.toLowerCase()
	};
}
/**
* Compares signed metadata with a group of an image; without digests only header and descriptors are checked.
* Every disagreement becomes a reason that names the object.
*/
function compareMetadata(metadata, image, group, digests) {
	const members = objectsInGroup(image, group);
	const firstId = members[0]?.id ?? 1;
	const reasons = [...headerReasons(metadata.header, image.header)];
	const entries = /* @__PURE__ */ new Map();
	for (const entry of metadata.objects) {
		const id = firstId + entry.relativeId;
		if (entries.has(id)) reasons.push(reason("SIF_ENTRY_REPEATED", `object ${id}: listed twice in the signed metadata`));
		else entries.set(id, entry);
	}
	const matchingObjects = [];
	for (const object of members) {
		const problems = objectReasons(entries.get(object.id), image, object, digests);
		entries.delete(object.id);
		reasons.push(...problems);
		if (problems.length === 0) matchingObjects.push(object.id);
	}
	for (const id of entries.keys()) reasons.push(reason("SIF_SIGNED_OBJECT_MISSING", `object ${id}: signed, but not in group ${group} of the image`));
	return {
		matchingObjects,
		complete: members.length > 0 && reasons.length === 0,
		reasons
	};
}
function headerReasons(signed, header) {
	if (!signed) return [reason("SIF_HEADER_NOT_SIGNED", "global header: not covered by the signature")];
	if (hash$1(signed.algorithm, protectedHeaderBytes(header)) === signed.hex) return [];
	return [reason("SIF_HEADER_CHANGED", "global header: launch script or image ID differ from what was signed")];
}
function objectReasons(entry, image, object, digests) {
	const where = `object ${object.id}`;
	if (!entry) return [reason("SIF_OBJECT_NOT_SIGNED", `${where}: not covered by the signature`)];
	const reasons = [];
	const { descriptorDigest, objectDigest } = entry;
	if (hash$1(descriptorDigest.algorithm, protectedDescriptorBytes(image, object)) !== descriptorDigest.hex) reasons.push(reason("SIF_DESCRIPTOR_CHANGED", `${where}: its descriptor differs from what was signed`));
	if (!digests) return reasons;
	const data = digests.get(object.id)?.get(objectDigest.algorithm);
	if (data === void 0) reasons.push(reason("SIF_DATA_NOT_HASHED", `${where}: its ${objectDigest.algorithm} digest was not computed`));
	else if (data !== objectDigest.hex) reasons.push(reason("SIF_DATA_CHANGED", `${where}: its data differs from what was signed`));
	return reasons;
}
/** A running hash by the name that the metadata has for it. */
function startHash(algorithm) {
	return createHash(algorithm.replace("_", "-"));
}
function hash$1(algorithm, bytes) {
	return startHash(algorithm).update(bytes).digest("hex");
}
function invalid(problem, cause) {
	return new SifError("SIF_METADATA_INVALID", `sif-metadata: ${problem}`, { cause });
}
const RESTORE = "fetch the image again from a trusted place, or have the stage sign it anew if the change is wanted";
const HINTS = {
	SIF_DATA_CHANGED: RESTORE,
	SIF_DATA_NOT_HASHED: "report this as a bug, with the command that was run",
	SIF_DESCRIPTOR_CHANGED: RESTORE,
	SIF_ENTRY_REPEATED: "sign the image again; no known tool writes such a signature",
	SIF_HEADER_CHANGED: RESTORE,
	SIF_HEADER_NOT_SIGNED: "sign the image again; no known tool writes such a signature",
	SIF_OBJECT_NOT_SIGNED: "sign the whole group; an object was added after signing, or only single objects were signed",
	SIF_SIGNED_OBJECT_MISSING: RESTORE
};
function reason(code, message) {
	return {
		code,
		message,
		hint: HINTS[code]
	};
}

// src/sif/hash/hash.ts
const BLOCK_BYTES = 4194304;
const READS_IN_FLIGHT = 2;
/**
* Digests of the data of the given objects.
* @throws SifError SIF_TRUNCATED; SIF_CHANGED when the file became another one underneath
*/
async function hashObjects(image, objects, options) {
	const total = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
	const { source } = image;
	let done = 0;
	const digests = await hashRanges(objects, options.algorithms, {
		async read(target, offset) {
			if (!source.readInto) return source.read(offset, target.length);
			await source.readInto(target, offset);
			return target;
		},
		onBlock(lengthBytes) {
			done += lengthBytes;
			options.onBytes?.(done, total);
		}
	});
	await assertUnchanged(image, objects);
	return digests;
}
/**
* A file may grow by another signer's layer while it is read, which disturbs nobody; anything else that changes what
* was just hashed makes the digests meaningless.
*/
async function assertUnchanged(image, objects) {
	const { source } = image;
	const current = await source.current?.();
	if (!current) return;
	const differs = (what) => new SifError("SIF_CHANGED", `${source.name} changed while it was read: ${what}`);
	const now = await openSif(current).catch((cause) => {
		throw new SifError("SIF_CHANGED", `${source.name} changed while it was read`, { cause });
	});
	if (Buffer.compare(now.header.record.subarray(0, 64), image.header.record.subarray(0, 64)) !== 0) throw differs("the global header");
	for (const object of objects) {
		const same = now.objects.find((other) => other.id === object.id);
		if (!same || Buffer.compare(same.record, object.record) !== 0) throw differs(`object ${object.id}`);
	}
	if (current.sizeBytes === source.sizeBytes && sameTables(now, image)) throw differs("data was overwritten");
}
/** Whoever adds or removes an object changes header or table; who changes the file and neither has changed data. */
function sameTables(a, b) {
	return Buffer.compare(recordsOf(a), recordsOf(b)) === 0;
}
function recordsOf({ header, objects }) {
	return Buffer.concat([header.record, ...objects.map(({ record }) => record)]);
}
/** Digests of the ranges; `onBlock` is told how many bytes each block had and may throw to stop. */
async function hashRanges(ranges, algorithms, { read, onBlock }) {
	const running = new Map(ranges.map(({ id }) => [id, startHashes(algorithms)]));
	for await (const { block, bytes } of readAhead(blocksOf(ranges), read)) {
		for (const hash of running.get(block.id)?.values() ?? []) hash.update(bytes);
		onBlock(bytes.length);
	}
	return new Map(Array.from(running, ([id, hashes]) => [id, finish(hashes)]));
}
function startHashes(algorithms) {
	return new Map(Array.from(algorithms, (name) => [name, startHash(name)]));
}
function finish(hashes) {
	return new Map(Array.from(hashes, ([name, hash]) => [name, hash.digest("hex")]));
}
/** Blocks in file order. */
function* blocksOf(ranges) {
	for (const { id, offset, sizeBytes } of [...ranges].sort((a, b) => a.offset - b.offset)) for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) yield {
		id,
		offset: offset + at,
		sizeBytes: Math.min(BLOCK_BYTES, sizeBytes - at)
	};
}
/** Yields the blocks in order; the bytes are valid until the next one is asked for. */
async function* readAhead(blocks, read) {
	const buffers = [];
	const pending = [];
	const start = (buffer) => {
		const next = blocks.next();
		if (next.done === true) return;
		const { offset, sizeBytes } = next.value;
		const memory = enoughMemory(buffers[buffer], sizeBytes);
		buffers[buffer] = memory;
		const bytes = read(new Uint8Array(memory, 0, sizeBytes), offset);
		bytes.catch(() => void 0);
		pending.push({
			block: next.value,
			buffer,
			bytes
		});
	};
	for (let buffer = 0; buffer < READS_IN_FLIGHT; buffer += 1) start(buffer);
	try {
		for (let head = pending.shift(); head; head = pending.shift()) {
			yield {
				block: head.block,
				bytes: await head.bytes
			};
			start(head.buffer);
		}
	} finally {
		await Promise.allSettled(pending.map(({ bytes }) => bytes));
	}
}
function enoughMemory(present, lengthBytes) {
	return present && present.byteLength >= lengthBytes ? present : new ArrayBuffer(lengthBytes);
}

export { protectedHeaderBytes as a, parseMetadata as i, compareMetadata as n, startHash as o, encodeMetadata as r, hashObjects as t };