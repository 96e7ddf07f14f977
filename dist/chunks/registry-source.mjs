import { l as fileError, r as DataError, t as CountersignError } from "./errors.mjs";
import { s as utf8 } from "./bytes.mjs";
import { a as sha256Hex, i as sha256, r as parseDigest, t as digestHex } from "./digest.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { t as cryptoName } from "./hash-blocks.mjs";
import { n as SifError } from "./errors2.mjs";
import { n as SignatureError } from "./errors3.mjs";
import { i as nativePae, n as isNativeDsse, o as parseNativeDsse } from "./native-dsse.mjs";
import { a as asOptionalText, i as asObject, n as asBoolean, o as asText, r as asInteger, s as asTextMap, t as asArray } from "./shape.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { createHash } from "node:crypto";
import { constants as constants$1 } from "node:fs";
import { open } from "node:fs/promises";

// src/sif/architecture.ts
/** Architecture names by code, in code order; the code is the index as two digits. */
const ARCHITECTURES = [
	"unknown",
	"386",
	"amd64",
	"arm",
	"arm64",
	"ppc64",
	"ppc64le",
	"mips",
	"mipsle",
	"mips64",
	"mips64le",
	"s390x",
	"riscv64",
	"loong64"
];
/** Go name of a three-byte architecture code; anything unlisted is `unknown`. */
function archName(code) {
	const match = /^(\d\d)\0$/.exec(code);
	return (match && ARCHITECTURES[Number(match[1])]) ?? "unknown";
}

// src/sif/descriptor.ts
const DESCRIPTOR_BYTES = 585;
const NAME_BYTES = 128;
const EXTRA_BYTES = 384;
/** Offsets inside a descriptor that writers need. */
const DESCRIPTOR_FIELD = {
	used: 4,
	id: 5,
	modifiedAt: 49,
	extra: 201,
	partitionType: 205
};
const DATA_TYPE = {
	deffile: 16385,
	envVar: 16386,
	labels: 16387,
	partition: 16388,
	signature: 16389,
	genericJson: 16390,
	generic: 16391,
	cryptoMessage: 16392,
	sbom: 16393,
	ociRootIndex: 16394,
	ociBlob: 16395
};
const TYPE_NAMES = /* @__PURE__ */ new Map([
	[DATA_TYPE.deffile, "definition file"],
	[DATA_TYPE.envVar, "environment"],
	[DATA_TYPE.labels, "labels"],
	[DATA_TYPE.partition, "partition"],
	[DATA_TYPE.signature, "signature"],
	[DATA_TYPE.genericJson, "JSON"],
	[DATA_TYPE.generic, "generic"],
	[DATA_TYPE.cryptoMessage, "cryptographic message"],
	[DATA_TYPE.sbom, "SBOM"],
	[DATA_TYPE.ociRootIndex, "OCI root index"],
	[DATA_TYPE.ociBlob, "OCI blob"]
]);
/** Bits that mark a raw group ID, and a raw link that points to a group. */
const GROUP_MASK = 4026531840;
const NUMBER_MASK = 268435455;
const PARTITION_TYPE = {
	system: 1,
	primarySystem: 2,
	data: 3,
	overlay: 4
};
const FILE_SYSTEM = {
	squashfs: 1,
	ext3: 2,
	immutableObjectArchive: 3,
	raw: 4,
	encryptedSquashfs: 5,
	gocryptfsSquashfs: 6
};
/** Hash type that every known writer puts into a signature descriptor, whatever hash the signature uses. */
const SIGNATURE_HASH_SHA256 = 1;
const FINGERPRINT_BYTES = 20;
/** The time that deterministic images carry: the zero time of the reference's language, in Unix seconds. */
const DETERMINISTIC_TIME = -62135596800;
/**
* Reads the descriptor in a slot of the table; undefined when the slot is free.
* @throws SifError SIF_DESCRIPTOR_INVALID
*/
function parseDescriptor(stored, slot) {
	const record = new Uint8Array(stored.subarray(0, 585));
	const view = new DataView(record.buffer);
	const used = view.getUint8(DESCRIPTOR_FIELD.used);
	if (used === 0) return void 0;
	const id = view.getUint32(5, true);
	if (id === 0) throw new SifError("SIF_DESCRIPTOR_INVALID", `slot ${slot} is in use with object ID 0`);
	const dataType = view.getInt32(0, true);
	const rawGroup = view.getUint32(9, true);
	const rawLink = view.getUint32(13, true);
	const extra = record.subarray(DESCRIPTOR_FIELD.extra, DESCRIPTOR_FIELD.extra + 384);
	const number = (offset, what) => integer$1(view, offset, `object ${id}: the ${what}`);
	return {
		id,
		slot,
		used,
		dataType,
		typeName: TYPE_NAMES.get(dataType) ?? `type 0x${(dataType >>> 0).toString(16)}`,
		group: rawGroup & NUMBER_MASK,
		rawGroup,
		rawLink,
		...splitLink(rawLink),
		offset: atLeastZero(number(17, "offset"), `object ${id}: the offset`),
		sizeBytes: atLeastZero(number(25, "size"), `object ${id}: the size`),
		sizeWithPadding: number(33, "size with padding"),
		createdAt: number(41, "creation time"),
		modifiedAt: number(49, "modification time"),
		uid: number(57, "user ID"),
		gid: number(65, "group ID of the owner"),
		name: nameIn(record),
		extra,
		signature: dataType === DATA_TYPE.signature ? parseSignatureInfo(extra) : void 0,
		partition: dataType === DATA_TYPE.partition ? parsePartitionInfo(extra) : void 0,
		record
	};
}
/** The name in a descriptor record, without the padding. */
function nameIn(record) {
	return Buffer.from(record.subarray(73, 201)).toString("utf8").replace(/\0+$/, "");
}
function splitLink(raw) {
	const toGroup = (raw & GROUP_MASK) >>> 0 === GROUP_MASK;
	const number = raw & NUMBER_MASK;
	return {
		linkedGroup: toGroup ? number : void 0,
		linkedObject: !toGroup && raw !== 0 ? number : void 0
	};
}
function parseSignatureInfo(extra) {
	const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
	const entity = extra.slice(4, 260);
	const fingerprint = entity.subarray(0, FINGERPRINT_BYTES);
	return {
		hashType: view.getInt32(0, true),
		entity,
		fingerprint: fingerprint.every((byte) => byte === 0) ? void 0 : Buffer.from(fingerprint).toString("hex").toUpperCase()
	};
}
/** Reads the extra field of a partition. */
function parsePartitionInfo(extra) {
	const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
	return {
		fs: view.getInt32(0, true),
		type: view.getInt32(4, true),
		arch: archName(Buffer.from(extra.subarray(8, 11)).toString("latin1"))
	};
}
/** The 585 bytes of a new descriptor; owner IDs are zero, as the format asks of new objects. */
function encodeDescriptor(descriptor) {
	const record = new Uint8Array(585);
	const view = new DataView(record.buffer);
	view.setInt32(0, descriptor.dataType, true);
	view.setUint8(DESCRIPTOR_FIELD.used, descriptor.used);
	view.setUint32(5, descriptor.id, true);
	view.setUint32(9, descriptor.rawGroup, true);
	view.setUint32(13, descriptor.rawLink, true);
	[
		descriptor.offset,
		descriptor.sizeBytes,
		descriptor.sizeWithPadding,
		descriptor.createdAt,
		descriptor.modifiedAt
	].forEach((value, index) => view.setBigInt64(17 + 8 * index, BigInt(value), true));
	record.set(descriptor.name.subarray(0, 128), 73);
	record.set(descriptor.extra.subarray(0, 384), DESCRIPTOR_FIELD.extra);
	return record;
}
/**
* The extra field of a signature object: hash type SHA-256 and the signer's primary fingerprint, or zeros without one.
* @throws SifError SIF_OBJECT_INVALID unless the fingerprint is 40 hex digits
*/
function signatureExtra(fingerprint) {
	const extra = new Uint8Array(384);
	new DataView(extra.buffer).setInt32(0, 1, true);
	if (fingerprint === void 0) return extra;
	if (!/^[0-9A-Fa-f]{40}$/.test(fingerprint)) throw new SifError("SIF_OBJECT_INVALID", `${JSON.stringify(fingerprint)} is not a fingerprint of 40 hex digits`);
	extra.set(Buffer.from(fingerprint, "hex"), 4);
	return extra;
}
function integer$1(view, offset, what) {
	const value = view.getBigInt64(offset, true);
	const number = Number(value);
	if (!Number.isSafeInteger(number)) throw new SifError("SIF_DESCRIPTOR_INVALID", `${what} is ${value}`);
	return number;
}
function atLeastZero(value, what) {
	if (value < 0) throw new SifError("SIF_DESCRIPTOR_INVALID", `${what} is ${value}`);
	return value;
}

// src/sif/header.ts
const HEADER_BYTES = 128;
/** Offsets of the fields that a writer changes in place; all others are set at creation only. */
const HEADER_FIELD = {
	arch: 45,
	modifiedAt: 72,
	descriptorsFree: 80,
	dataSize: 120
};
const MAGIC = "SIF_MAGIC\0";
const VERSION = "01\0";
const LAUNCH_SCRIPT_BYTES = 32;
/** ID of deterministic images. */
const NIL_ID = "00000000-0000-0000-0000-000000000000";
/**
* Reads a header record; the numbers are checked on their own, not yet against the file.
* @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS
* @see spec of the format, section "Global header" of the reference implementation github.com/apptainer/sif v2.24.1
*/
function parseHeader(record) {
	if (record.length < 128) throw new SifError("SIF_TRUNCATED", `global header: ${record.length} bytes instead of ${128}`);
	const text = Buffer.from(record.buffer, record.byteOffset, 128);
	if (text.toString("latin1", 32, 42) !== MAGIC) throw new SifError("SIF_NOT_SIF", "global header: the SIF magic is missing at byte 32");
	const version = text.toString("latin1", 42, 45);
	if (version !== VERSION) throw new SifError("SIF_VERSION_UNSUPPORTED", `global header: format version ${JSON.stringify(version)}`);
	const view = new DataView(record.buffer, record.byteOffset, 128);
	const header = {
		launchScript: trimNul(text.toString("utf8", 0, 32)),
		arch: archName(text.toString("latin1", 45, 48)),
		id: formatUuid(record.subarray(48, 64)),
		createdAt: integer(view, 64, "creation time"),
		modifiedAt: integer(view, 72, "modification time"),
		descriptorsFree: integer(view, 80, "number of free descriptors"),
		descriptorsTotal: integer(view, 88, "number of descriptors"),
		descriptorsOffset: integer(view, 96, "offset of the descriptor table"),
		descriptorsSize: integer(view, 104, "size of the descriptor table"),
		dataOffset: integer(view, 112, "offset of the data section"),
		dataSize: integer(view, 120, "size of the data section"),
		record: new Uint8Array(record.subarray(0, 128))
	};
	assertTableWindow(header);
	return header;
}
function assertTableWindow(header) {
	const { descriptorsTotal: total, descriptorsOffset: offset, descriptorsSize: size } = header;
	if (total < 0) throw invalid$2(`the number of descriptors is ${total}`);
	if (total > LIMITS.sifDescriptors) throw new SifError("SIF_TOO_MANY_DESCRIPTORS", `global header: ${total} descriptors, limit ${LIMITS.sifDescriptors}`);
	if (offset < 128) throw invalid$2(`the descriptor table starts at byte ${offset}, inside the header`);
	if (size < total * 585) throw invalid$2(`${total} descriptors do not fit a table of ${size} bytes`);
	if (!Number.isSafeInteger(offset + size)) throw invalid$2(`the descriptor table ends beyond 2^53`);
}
/**
* The part of a header that signatures cover: launch script, magic, version and ID, 61 bytes.
* @see sif-metadata of the reference implementation, `pkg/integrity`
*/
function protectedHeaderBytes(header) {
	const covered = /* @__PURE__ */ new Uint8Array(61);
	covered.set(header.record.subarray(0, 45), 0);
	covered.set(header.record.subarray(48, 64), 45);
	return covered;
}
function invalid$2(problem) {
	return new SifError("SIF_HEADER_INVALID", `global header: ${problem}`);
}
function integer(view, offset, what) {
	const value = view.getBigInt64(offset, true);
	const number = Number(value);
	if (!Number.isSafeInteger(number)) throw invalid$2(`the ${what} is ${value}`);
	return number;
}
function formatUuid(bytes) {
	const hex = Buffer.from(bytes).toString("hex");
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		hex.slice(12, 16),
		hex.slice(16, 20),
		hex.slice(20)
	].join("-");
}
function trimNul(text) {
	return text.replace(/\0+$/, "");
}

// src/sif/image.ts
/**
* Reads header and descriptor table of an image and checks every bound.
* @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS,
* SIF_DESCRIPTOR_INVALID, SIF_DUPLICATE_ID, SIF_OBJECT_OUT_OF_BOUNDS, SIF_OBJECTS_OVERLAP
*/
async function openSif(source) {
	try {
		return await readImage(source);
	} catch (error) {
		if (!(error instanceof SifError) || error.message.includes(source.name)) throw error;
		throw error.about(source.name);
	}
}
async function readImage(source) {
	const header = parseHeader(await source.read(0, Math.min(128, source.sizeBytes)));
	const tableBytes = header.descriptorsTotal * 585;
	if (header.descriptorsOffset + tableBytes > source.sizeBytes) throw new SifError("SIF_TRUNCATED", `${source.name} has ${source.sizeBytes} bytes, but its descriptor table ends at ${header.descriptorsOffset + tableBytes}`);
	const table = await source.read(header.descriptorsOffset, tableBytes);
	const objects = parseTable(table, header.descriptorsTotal);
	assertUniqueIds(objects);
	for (const object of objects) assertInBounds(object, header, source.sizeBytes);
	assertApart(objects);
	return {
		source,
		header,
		objects,
		hidden: hiddenIn(table, header.descriptorsTotal),
		freeSlots: header.descriptorsTotal - objects.length,
		totalSlots: header.descriptorsTotal
	};
}
function parseTable(table, total) {
	const objects = [];
	for (let slot = 0; slot < total; slot += 1) {
		const object = parseDescriptor(table.subarray(slot * 585, (slot + 1) * 585), slot);
		if (object) objects.push(object);
	}
	return objects;
}
function hiddenIn(table, total) {
	const hidden = [];
	for (let slot = 0; slot < total; slot += 1) {
		const record = Buffer.from(table.subarray(slot * 585, (slot + 1) * 585));
		if (record[DESCRIPTOR_FIELD.used] !== 0 || record.every((byte) => byte === 0)) continue;
		hidden.push({
			slot,
			id: record.readUInt32LE(DESCRIPTOR_FIELD.id),
			name: nameIn(record)
		});
	}
	return hidden;
}
function assertUniqueIds(objects) {
	const slots = /* @__PURE__ */ new Map();
	for (const { id, slot } of objects) {
		const other = slots.get(id);
		if (other !== void 0) throw new SifError("SIF_DUPLICATE_ID", `object ${id}: slots ${other} and ${slot} both have this ID`);
		slots.set(id, slot);
	}
}
function assertInBounds(object, header, fileBytes) {
	const end = object.offset + object.sizeBytes;
	const range = `bytes ${object.offset} to ${end}`;
	if (!Number.isSafeInteger(end) || end > fileBytes) throw new SifError("SIF_OBJECT_OUT_OF_BOUNDS", `object ${object.id}: ${range}, but the file has ${fileBytes} bytes`);
	if (object.sizeBytes === 0) return;
	if (object.offset < 128) throw new SifError("SIF_OBJECT_OUT_OF_BOUNDS", `object ${object.id}: ${range} lies over the global header`);
	const tableEnd = header.descriptorsOffset + header.descriptorsTotal * 585;
	if (object.offset < tableEnd && end > header.descriptorsOffset) throw new SifError("SIF_OBJECT_OUT_OF_BOUNDS", `object ${object.id}: ${range} lies over the descriptor table`);
}
function assertApart(objects) {
	const filled = objects.filter((object) => object.sizeBytes > 0).sort((a, b) => a.offset - b.offset);
	let last;
	for (const object of filled) {
		if (last && object.offset < last.offset + last.sizeBytes) throw new SifError("SIF_OBJECTS_OVERLAP", `object ${object.id}: shares bytes with object ${last.id}`);
		last = object;
	}
}
/** Group numbers that occur on objects, ascending. */
function groupsOf(image) {
	const groups = new Set(image.objects.map((object) => object.group));
	groups.delete(0);
	return [...groups].sort((a, b) => a - b);
}
/** Objects of a group by ascending ID; empty when there is no such group. */
function objectsInGroup(image, group) {
	return image.objects.filter((object) => object.group === group).sort((a, b) => a.id - b.id);
}
/** The object with this ID. */
function findObject(image, id) {
	return image.objects.find((object) => object.id === id);
}
/** Objects that no signature can cover: in no group, yet no signature themselves. Apptainer refuses such an image. */
function uncoverableObjects(image) {
	return image.objects.filter((object) => object.group === 0 && object.dataType !== DATA_TYPE.signature);
}
/**
* All bytes of an object of at most `limitBytes`.
* @throws SifError SIF_OBJECT_TOO_LARGE, SIF_TRUNCATED
*/
async function readObject(image, object, limitBytes) {
	if (object.sizeBytes > limitBytes) throw new SifError("SIF_OBJECT_TOO_LARGE", `object ${object.id}: ${object.sizeBytes} bytes, limit ${limitBytes} for this kind of object`);
	return image.source.read(object.offset, object.sizeBytes);
}

// src/sif/source.ts
/**
* Opens a regular file for reading.
* @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_READ_FAILED; SifError SIF_NOT_SIF when it is no regular file
*/
async function openFileSource(path) {
	try {
		const handle = await open(path, constants$1.O_RDONLY | (constants$1.O_NONBLOCK ?? 0));
		try {
			return await handleSource(path, handle);
		} catch (error) {
			await handle.close();
			throw error;
		}
	} catch (error) {
		throw fileError(error, path, "read");
	}
}
/**
* A source over a file that the caller has opened and will close.
* @throws SifError SIF_NOT_SIF when it is no regular file
*/
async function handleSource(path, handle) {
	const stat = await handle.stat({ bigint: true });
	if (!stat.isFile()) throw new SifError("SIF_NOT_SIF", `${path} is not a regular file`);
	return new OpenedFile(path, handle, stat);
}
var OpenedFile = class OpenedFile {
	name;
	path;
	sizeBytes;
	identity;
	descriptor;
	#handle;
	#opened;
	constructor(path, handle, stat) {
		this.name = path;
		this.path = path;
		this.sizeBytes = Number(stat.size);
		this.identity = `${stat.dev}:${stat.ino}`;
		this.#handle = handle;
		this.descriptor = handle.fd;
		this.#opened = stat;
	}
	async read(offset, lengthBytes) {
		assertInside(this, offset, lengthBytes);
		const target = new Uint8Array(lengthBytes);
		await this.readInto(target, offset);
		return target;
	}
	async readInto(target, offset) {
		let done = 0;
		while (done < target.length) {
			const { bytesRead } = await this.#readSome(target, done, offset + done);
			if (bytesRead === 0) throw truncated(this.name, offset + done);
			done += bytesRead;
		}
	}
	async current() {
		const now = await this.#handle.stat({ bigint: true });
		return now.size === this.#opened.size && now.mtimeNs === this.#opened.mtimeNs ? void 0 : new OpenedFile(this.path, this.#handle, now);
	}
	async [Symbol.asyncDispose]() {
		await this.#handle.close();
	}
	async #readSome(target, start, position) {
		try {
			return await this.#handle.read(target, start, target.length - start, position);
		} catch (error) {
			throw fileError(error, this.path, "read");
		}
	}
};
/** Refuses a read that leaves the source, before any memory is taken for it. */
function assertInside(source, offset, lengthBytes) {
	const end = offset + lengthBytes;
	if (!Number.isSafeInteger(end) || offset < 0 || lengthBytes < 0 || end > source.sizeBytes) throw truncated(source.name, source.sizeBytes, `, ${lengthBytes} bytes at ${offset} were asked for`);
}
function truncated(name, at, more = "") {
	return new SifError("SIF_TRUNCATED", `${name} ends at byte ${at}${more}`);
}

// src/layers/lane.ts
const PREFIX = "countersign/";
const DIGEST_DIGITS = 32;
const BUNDLE_MARK = "application/vnd.dev.sigstore.bundle";
/** Name of the lane object for these bundle bytes; `label` is the stage, or the kind of evidence. */
function laneName(kind, label, bundle) {
	return `${PREFIX}${kind}/${label}/${sha256Hex(bundle).slice(0, DIGEST_DIGITS)}`;
}
/** The SIF object that carries a bundle in the lane. */
function laneObject(kind, label, bundle) {
	return {
		dataType: DATA_TYPE.signature,
		data: bundle,
		group: 0,
		name: laneName(kind, label, bundle),
		extra: signatureExtra(void 0),
		createdAt: DETERMINISTIC_TIME,
		modifiedAt: DETERMINISTIC_TIME
	};
}
/**
* True for an object that is ours by name, or by content when its name was changed. Objects linked to a group are
* Apptainer's, and other tools may keep their own unlinked Signature objects.
*/
function isLaneObject(object, data) {
	if (object.dataType !== DATA_TYPE.signature || object.group !== 0) return false;
	if (object.name.startsWith(PREFIX)) return true;
	return Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, 4096)).includes(BUNDLE_MARK);
}
/**
* What is unusual about a lane object's descriptor, undefined when it is exactly as we write it. `expectedName` is the
* name that follows from its content.
*/
function laneDefect(object, expectedName) {
	const expected = {
		name: expectedName,
		used: 1,
		rawGroup: GROUP_MASK,
		rawLink: 0,
		createdAt: DETERMINISTIC_TIME,
		modifiedAt: DETERMINISTIC_TIME,
		uid: 0,
		gid: 0
	};
	for (const key of Object.keys(expected)) if (object[key] !== expected[key]) return `its ${key} is ${JSON.stringify(object[key])}`;
	if (Buffer.compare(object.extra, signatureExtra(void 0)) !== 0) return "its type-specific field was changed";
}

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
const MAX_RELATIVE_ID = 4294967295;
/**
* The sif-metadata of all objects of a group, byte for byte as the reference writes it.
* @throws SifError SIF_GROUP_NOT_FOUND, SIF_DIGEST_MISSING
* @see github.com/apptainer/sif v2.24.1, pkg/integrity
*/
function encodeMetadata(image, group, digests) {
	return encodeMetadataFrom(image, group, (id) => digests.get(id)?.get("sha256"));
}
/**
* The same with SHA-256 digests of the data that are known from elsewhere, for images whose data is not at hand.
* @throws SifError SIF_GROUP_NOT_FOUND, SIF_DIGEST_MISSING
*/
function encodeMetadataFrom(image, group, objectHex) {
	const members = objectsInGroup(image, group);
	const [lowest] = members;
	if (!lowest) throw new SifError("SIF_GROUP_NOT_FOUND", `no object is in group ${group}`);
	const objects = members.map((object) => {
		const hex = objectHex(object.id);
		if (hex === void 0) throw new SifError("SIF_DIGEST_MISSING", `object ${object.id}: its data was not hashed`);
		return {
			relativeId: object.id - lowest.id,
			descriptorDigest: `sha256:${hash("sha256", protectedDescriptorBytes(image, object))}`,
			objectDigest: `sha256:${hex}`
		};
	});
	const header = { digest: `sha256:${hash("sha256", protectedHeaderBytes(image.header))}` };
	return utf8(JSON.stringify({
		version: 1,
		header,
		objects
	}));
}
/**
* The part of a descriptor that signatures cover, 557 bytes: neither its place nor its absolute ID nor its group.
* @see github.com/apptainer/sif v2.24.1, `pkg/sif/descriptor.go`
*/
function protectedDescriptorBytes(image, object) {
	const { record } = object;
	const covered = /* @__PURE__ */ new Uint8Array(557);
	const lowest = image.objects.filter((other) => other.rawGroup === object.rawGroup).reduce((min, other) => Math.min(min, other.id), object.id);
	covered.set(record.subarray(0, 4), 0);
	covered[4] = 1;
	new DataView(covered.buffer).setUint32(5, object.id - lowest, true);
	covered.set(record.subarray(13, 17), 9);
	covered.set(record.subarray(25, 33), 13);
	covered.set(record.subarray(41, 49), 21);
	covered.set(record.subarray(57, 585), 29);
	return covered;
}
/**
* Reads signed metadata. Unknown members are ignored, as the reference does; a missing header is kept as undefined.
* @throws SifError SIF_METADATA_INVALID
*/
function parseMetadata(bytes) {
	const document = parseDocument(bytes);
	if (!isJsonObject(document)) throw invalid$1("not an object");
	const { version, header, objects } = document;
	if (version !== 1) throw invalid$1(`version ${JSON.stringify(version ?? null).slice(0, 20)} instead of 1`);
	if (!Array.isArray(objects)) throw invalid$1("\"objects\" is not a list");
	return {
		version,
		header: header === void 0 ? void 0 : parseHeaderDigest(header),
		objects: objects.map((entry, index) => parseEntry(entry, index))
	};
}
function parseDocument(bytes) {
	try {
		return parseJson(bytes, "sif-metadata");
	} catch (cause) {
		throw invalid$1(cause instanceof Error ? cause.message : "unreadable", cause);
	}
}
function parseHeaderDigest(header) {
	if (!isJsonObject(header)) throw invalid$1("\"header\" is not an object");
	return parseMetaDigest(header["digest"], "the header digest");
}
function parseEntry(entry, index) {
	if (!isJsonObject(entry)) throw invalid$1(`entry ${index} of "objects" is not an object`);
	const { relativeId } = entry;
	if (typeof relativeId !== "number" || !Number.isInteger(relativeId) || relativeId < 0 || relativeId > MAX_RELATIVE_ID) throw invalid$1(`entry ${index} of "objects" has no valid relativeId`);
	return {
		relativeId,
		descriptorDigest: parseMetaDigest(entry["descriptorDigest"], `the descriptor digest of entry ${index}`),
		objectDigest: parseMetaDigest(entry["objectDigest"], `the object digest of entry ${index}`)
	};
}
function parseMetaDigest(value, what) {
	const [name = "", hex = "", ...rest] = typeof value === "string" ? value.split(":") : [];
	const algorithm = DIGEST_HEX_DIGITS.get(name);
	if (!algorithm) throw invalid$1(`${what} has the unknown algorithm ${JSON.stringify(name.slice(0, 40))}`);
	if (rest.length > 0 || hex.length !== algorithm.digits || !/^[0-9A-Fa-f]+$/.test(hex)) throw invalid$1(`${what} is not ${algorithm.digits} hex digits`);
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
	if (hash(signed.algorithm, protectedHeaderBytes(header)) === signed.hex) return [];
	return [reason("SIF_HEADER_CHANGED", "global header: launch script or image ID differ from what was signed")];
}
function objectReasons(entry, image, object, digests) {
	const where = `object ${object.id}`;
	if (!entry) return [reason("SIF_OBJECT_NOT_SIGNED", `${where}: not covered by the signature`)];
	const reasons = [];
	const { descriptorDigest, objectDigest } = entry;
	if (hash(descriptorDigest.algorithm, protectedDescriptorBytes(image, object)) !== descriptorDigest.hex) reasons.push(reason("SIF_DESCRIPTOR_CHANGED", `${where}: its descriptor differs from what was signed`));
	if (!digests) return reasons;
	const data = digests.get(object.id)?.get(objectDigest.algorithm);
	if (data === void 0) reasons.push(reason("SIF_DATA_NOT_HASHED", `${where}: its ${objectDigest.algorithm} digest was not computed`));
	else if (data !== objectDigest.hex) reasons.push(reason("SIF_DATA_CHANGED", `${where}: its data differs from what was signed`));
	return reasons;
}
function hash(algorithm, bytes) {
	return createHash(cryptoName(algorithm)).update(bytes).digest("hex");
}
function invalid$1(problem, cause) {
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

// src/signing/approval.ts
/** @see SLSA v1.0, Verification Summary Attestation */
const APPROVAL_PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1";
/** Version of the `countersign` extension; readers refuse others. */
const EXTENSION_VERSION = 1;
const STAGE_URI = "urn:countersign:stage:";
const NATIVE_URI = "urn:countersign:native";
const NO_POLICY_URI = "urn:countersign:policy:none";
const STAGE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/;
const RFC3339_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;
const ROSTER_LIMIT = 1e3;
/** True for a name that a stage may have: lower-case letters, digits and inner hyphens, at most 42 characters. */
function isStageName(text) {
	return STAGE_NAME.test(text);
}
/** The verifier id of a stage whose policy gives none. */
function defaultVerifierId(stage) {
	return `${STAGE_URI}${stage}`;
}
/** The predicate of an approval, keys in a fixed order. */
function encodeApproval({ approval, content }, toolVersion) {
	const { policy } = approval;
	return {
		verifier: {
			id: approval.verifierId,
			version: { countersign: toolVersion }
		},
		timeVerified: approval.timeVerified,
		resourceUri: approval.resourceUri,
		policy: policy.digest ? {
			uri: policy.name,
			digest: digestMap(policy.digest)
		} : { uri: NO_POLICY_URI },
		inputAttestations: [...approval.roster.map(encodeRosterEntry), ...approval.evidence.map(encodeEvidenceEntry)],
		verificationResult: "PASSED",
		verifiedLevels: [`${approval.stage.toUpperCase().replaceAll("-", "_")}_APPROVED`],
		slsaVersion: "1.0",
		countersign: {
			version: EXTENSION_VERSION,
			stage: approval.stage,
			sequence: approval.sequence,
			previous: approval.previous && digestMap(approval.previous),
			dataVerified: approval.dataVerified,
			expires: approval.expires,
			reason: approval.reason,
			ticket: approval.ticket,
			run: approval.run,
			native: approval.native.map((entry) => ({
				group: entry.group,
				digest: digestMap(entry.digest)
			})),
			content: content.map(({ group, metadata }) => ({
				group,
				metadata
			}))
		}
	};
}
/**
* The approval in a predicate of the type above; undefined when it is some other tool's verification summary.
* @throws DataError DATA_JSON_INVALID, DATA_DIGEST_INVALID when it claims to be ours and is not well-formed
*/
function parseApproval(predicate) {
	if (!Object.hasOwn(predicate, "countersign")) return void 0;
	const ours = asObject(predicate["countersign"], "countersign");
	if (ours["version"] !== EXTENSION_VERSION) throw malformed(`countersign.version is ${JSON.stringify(ours["version"])}, this release reads ${EXTENSION_VERSION}`);
	const stage = asText(ours["stage"], "countersign.stage");
	if (!isStageName(stage)) throw malformed(`countersign.stage is ${JSON.stringify(stage.slice(0, 80))}`);
	if (predicate["verificationResult"] !== "PASSED") throw malformed("verificationResult is not PASSED");
	const inputs = asArray(predicate["inputAttestations"], "inputAttestations", ROSTER_LIMIT).map(parseInput);
	const run = ours["run"];
	return {
		approval: {
			stage,
			verifierId: asText(asObject(predicate["verifier"], "verifier")["id"], "verifier.id"),
			timeVerified: asTime(predicate["timeVerified"], "timeVerified"),
			resourceUri: asText(predicate["resourceUri"], "resourceUri"),
			policy: parsePolicy(predicate["policy"]),
			sequence: asInteger(ours["sequence"], "countersign.sequence", 1),
			previous: ours["previous"] === null ? null : asDigest(ours["previous"], "countersign.previous"),
			roster: inputs.filter((entry) => "stage" in entry),
			evidence: inputs.filter((entry) => "predicateType" in entry),
			dataVerified: asBoolean(ours["dataVerified"], "countersign.dataVerified"),
			expires: ours["expires"] === null ? null : asTime(ours["expires"], "countersign.expires"),
			native: asArray(ours["native"], "countersign.native", 48).map(parseNative),
			reason: asOptionalText(ours["reason"], "countersign.reason"),
			ticket: asOptionalText(ours["ticket"], "countersign.ticket"),
			run: run === null || run === void 0 ? null : asTextMap(run, "countersign.run")
		},
		content: asArray(ours["content"], "countersign.content", 4096).map(parseContent)
	};
}
function digestMap(digest) {
	return { [digest.slice(0, digest.indexOf(":"))]: digestHex(digest) };
}
/**
* The SHA-256 member of an in-toto digest map.
* @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID
*/
function asDigest(value, what) {
	return parseDigest(`sha256:${asText(asObject(value, what)["sha256"], `${what}.sha256`)}`);
}
function encodeRosterEntry(entry) {
	return {
		uri: entry.stage === null ? NATIVE_URI : `${STAGE_URI}${entry.stage}`,
		digest: digestMap(entry.digest)
	};
}
function encodeEvidenceEntry(entry) {
	const annotations = entry.detached ? { annotations: { detached: true } } : {};
	return {
		uri: entry.predicateType,
		digest: digestMap(entry.digest),
		...annotations
	};
}
function parseInput(value) {
	const input = asObject(value, "inputAttestations entry");
	const uri = asText(input["uri"], "inputAttestations uri");
	const digest = asDigest(input["digest"], "inputAttestations digest");
	if (uri === NATIVE_URI) return {
		stage: null,
		digest
	};
	if (!uri.startsWith(STAGE_URI)) return {
		predicateType: uri,
		digest,
		...isDetached(input) ? { detached: true } : {}
	};
	const stage = uri.slice(22);
	if (!isStageName(stage)) throw malformed(`inputAttestations uri is ${JSON.stringify(uri.slice(0, 120))}`);
	return {
		stage,
		digest
	};
}
function isDetached({ annotations }) {
	return isJsonObject(annotations) && annotations["detached"] === true;
}
function parsePolicy(value) {
	const policy = asObject(value, "policy");
	const uri = asText(policy["uri"], "policy.uri");
	if (uri === NO_POLICY_URI) return {
		name: "",
		digest: null
	};
	return {
		name: uri,
		digest: asDigest(policy["digest"], "policy.digest")
	};
}
function parseNative(value) {
	const entry = asObject(value, "countersign.native entry");
	return {
		group: asInteger(entry["group"], "native group", 1),
		digest: asDigest(entry["digest"], "native digest")
	};
}
function parseContent(value) {
	const entry = asObject(value, "countersign.content entry");
	return {
		group: asInteger(entry["group"], "content group", 1),
		metadata: asText(entry["metadata"], "metadata")
	};
}
function asTime(value, what) {
	const text = asText(value, what);
	if (!RFC3339_UTC.test(text) || Number.isNaN(Date.parse(text))) throw malformed(`${what} is not a UTC time`);
	return text;
}
function malformed(problem) {
	return new DataError("DATA_JSON_INVALID", `not a well-formed approval: ${problem}`, { hint: "sign the stage again, or update countersign if a newer release signed it" });
}

// src/signing/statement.ts
const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";
const STATEMENT_V1 = "https://in-toto.io/Statement/v1";
const STATEMENT_V01 = "https://in-toto.io/Statement/v0.1";
/** Subjects of one statement that are read. */
const MAX_SUBJECTS = 4096;
/**
* The statement in a payload.
* @throws SignatureError SIGNATURE_STATEMENT_INVALID
* @see in-toto attestation v1.1.0, spec/v1/statement.md
*/
function parseStatement(payload) {
	const { _type: type, predicateType, subject, predicate } = readJson(payload);
	if (type !== "https://in-toto.io/Statement/v1" && type !== STATEMENT_V01) throw invalid(`_type is ${shown(type)}`);
	if (typeof predicateType !== "string" || predicateType === "") throw invalid("predicateType is not a text");
	if (!Array.isArray(subject) || subject.length === 0) throw invalid("subject is not a list with entries");
	if (subject.length > MAX_SUBJECTS) throw invalid(`${subject.length} subjects; the limit is ${MAX_SUBJECTS}`);
	return {
		type,
		predicateType,
		subject: subject.map(parseSubject),
		predicate: predicate ?? null
	};
}
/** Compact JSON of a Statement v1; the same content gives the same bytes, members in the order of the specification. */
function encodeStatement(content) {
	const subject = content.subject.map(({ name, uri, digest, annotations }) => ({
		name,
		uri,
		digest,
		annotations
	}));
	const { predicateType, predicate } = content;
	return utf8(JSON.stringify({
		_type: STATEMENT_V1,
		subject,
		predicateType,
		predicate
	}));
}
function readJson(payload) {
	try {
		const value = parseJson(payload, "the statement");
		if (isJsonObject(value)) return value;
	} catch (cause) {
		if (cause instanceof CountersignError) throw invalid(cause.message, cause);
		throw cause;
	}
	throw invalid("it is not a JSON object");
}
function parseSubject(value) {
	if (!isJsonObject(value)) throw invalid("a subject is not an object");
	const { name, uri, annotations } = value;
	if (name !== void 0 && typeof name !== "string") throw invalid("the name of a subject is not a text");
	if (uri !== void 0 && typeof uri !== "string") throw invalid("the uri of a subject is not a text");
	if (annotations !== void 0 && !isJsonObject(annotations)) throw invalid("subject annotations are not an object");
	return {
		...name === void 0 ? {} : { name },
		...uri === void 0 ? {} : { uri },
		digest: parseDigestSet(value["digest"]),
		...annotations === void 0 ? {} : { annotations }
	};
}
function parseDigestSet(value) {
	if (!isJsonObject(value)) throw invalid("a subject has no digest set");
	const digests = Object.create(null);
	for (const [algorithm, hex] of Object.entries(value)) {
		if (typeof hex !== "string") throw invalid(`the ${algorithm} digest of a subject is not a text`);
		digests[algorithm] = hex;
	}
	return digests;
}
function shown(value) {
	return typeof value === "string" ? JSON.stringify(value.slice(0, 120)) : "missing or not a text";
}
function invalid(problem, cause) {
	return new SignatureError("SIGNATURE_STATEMENT_INVALID", `not an in-toto statement: ${problem}`, { cause });
}

// src/layers/sif-natives.ts
/**
* Reads all signature objects of an image once. Unlinked ones that are not ours belong to other tools and are left out.
* @throws SifError for an object larger than LIMITS.sifSignatureBytes, or all together over the total
*/
async function readSignatureObjects(image) {
	const natives = [];
	const lane = [];
	const strays = /* @__PURE__ */ new Map();
	let left = LIMITS.sifSignatureTotalBytes;
	for (const object of image.objects) {
		if (object.dataType !== DATA_TYPE.signature) continue;
		const data = await readObject(image, object, Math.min(left, LIMITS.sifSignatureBytes));
		left -= data.length;
		if (object.linkedGroup !== void 0) natives.push(foundIn(object, data));
		else if (isLaneObject(object, data)) lane.push({
			object,
			data
		});
		else if (object.linkedObject !== void 0 && isLegacy(data)) natives.push(foundIn(object, data));
		else if (isCleartext(data)) strays.set(sha256(data), object);
	}
	return {
		natives,
		lane,
		strays
	};
}
function foundIn(object, data) {
	return {
		place: {
			in: "sif",
			object: object.id
		},
		data,
		group: object.linkedGroup,
		fingerprint: object.signature?.fingerprint,
		object
	};
}
/** A place for people. */
function placeText(place) {
	return place.in === "sif" ? `object ${place.object}` : place.name;
}
/**
* Digest algorithms that a native signature may name, found without checking it, so that all of them are computed in the
* one read of the data.
*/
function algorithmsNamed({ data }) {
	const text = Buffer.from(isNativeDsse(data) ? payloadOf(data) : data).toString("latin1");
	return [
		"sha224",
		"sha384",
		"sha512",
		"sha512_224",
		"sha512_256"
	].filter((name) => text.includes(`"${name}:`));
}
function payloadOf(data) {
	try {
		return parseNativeDsse(data).payload;
	} catch (error) {
		if (error instanceof CountersignError) return /* @__PURE__ */ new Uint8Array();
		throw error;
	}
}
/** Every signature in a native signature object. Never throws for what is in it. */
async function checkNative(native, verifier, now) {
	const { data } = native;
	if (isNativeDsse(data)) return checkDsse(native, verifier, now);
	if (!isCleartext(data)) return [unreadable(native)];
	const check = await verifier.verifyCleartext(data, native.fingerprint, now);
	if (isLegacy(data)) return [legacy(native, check)];
	const { metadata, reasons } = readMetadata(check.text === null ? void 0 : utf8(check.text), native);
	const hashType = hashTypeDefect(native);
	const problems = [...reasons, ...hashType];
	const status = problems.length > 0 && check.status === "valid" ? "invalid" : check.status;
	return [{
		found: native,
		kind: "native-pgp",
		group: native.group,
		digest: sha256(data),
		check: {
			...check,
			status
		},
		canonical: isCanonical(native.object, check),
		metadata,
		reasons: [...check.reasons, ...problems]
	}];
}
async function checkDsse(native, verifier, now) {
	try {
		const envelope = parseNativeDsse(native.data);
		const { metadata, reasons } = readMetadata(envelope.payload, native);
		const pae = nativePae(envelope.payload);
		const signatures = [];
		for (const { signature, keyid } of envelope.signatures) {
			const check = await verifier.verifyDsse({
				pae,
				signature,
				material: void 0,
				keyid,
				hashing: "native"
			}, now);
			const problems = [...reasons, ...hashTypeDefect(native)];
			const status = problems.length > 0 && check.status === "valid" ? "invalid" : check.status;
			signatures.push({
				found: native,
				kind: "native-dsse",
				group: native.group,
				digest: sha256(signature),
				check: {
					...check,
					status
				},
				canonical: false,
				metadata,
				reasons: [...check.reasons, ...problems]
			});
		}
		return signatures.length > 0 ? signatures : [unreadable(native)];
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return [{
			...unreadable(native),
			kind: "native-dsse",
			reasons: [reasonOf(error)]
		}];
	}
}
/** Our native objects have one possible descriptor for given data. */
function isCanonical(object, check) {
	if (object === void 0) return true;
	return object.used === 1 && object.rawGroup === 4026531840 && object.name === "" && object.uid === 0 && object.gid === 0 && check.signedAt !== null && object.createdAt === Math.floor(check.signedAt.getTime() / 1e3) && Buffer.compare(object.extra, signatureExtra(object.signature?.fingerprint)) === 0;
}
function readMetadata(bytes, { place }) {
	if (!bytes) return {
		metadata: void 0,
		reasons: []
	};
	try {
		return {
			metadata: parseMetadata(bytes),
			reasons: []
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		const { code, message, hint } = error;
		return {
			metadata: void 0,
			reasons: [{
				code,
				message: `${placeText(place)}: ${message}`,
				hint
			}]
		};
	}
}
/** The reference refuses a signature object whose hash type is none of the five, so a gate would too (sif.md 1.5). */
function hashTypeDefect({ object }) {
	const hashType = object?.signature?.hashType ?? 0;
	if (object === void 0 || hashType >= 1 && hashType <= 5) return [];
	return [{
		code: "SIF_DESCRIPTOR_ALTERED",
		message: `object ${object.id}: its hash type is ${hashType}`,
		hint: "restore the image from a copy, or have this signer sign again"
	}];
}
function legacy(native, check) {
	const reason = {
		code: "NATIVE_LEGACY_INSECURE",
		message: `${placeText(native.place)} is a legacy signature: it protects neither header nor descriptors, and never counts`,
		hint: "sign the image again with a current tool"
	};
	return {
		found: native,
		kind: "native-legacy",
		group: native.group,
		digest: sha256(native.data),
		check: {
			...check,
			status: check.status === "valid" ? "untrusted" : check.status
		},
		canonical: false,
		metadata: void 0,
		reasons: [...check.reasons, reason]
	};
}
function unreadable(native) {
	return {
		found: native,
		kind: "native-pgp",
		group: native.group,
		digest: sha256(native.data),
		check: {
			status: "unreadable",
			identity: null,
			reasons: [],
			signedAt: null
		},
		canonical: false,
		metadata: void 0,
		reasons: [{
			code: "NATIVE_UNREADABLE",
			message: `${placeText(native.place)} is linked as a signature and is none that can be read; Apptainer refuses the image`,
			hint: "delete the object (`siftool del ID IMAGE`) if it is not needed, and sign again"
		}]
	};
}
const CLEARTEXT = "-----BEGIN PGP SIGNED MESSAGE-----";
function isCleartext(data) {
	const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
	return text.startsWith(CLEARTEXT) || text.includes(`\n${CLEARTEXT}`);
}
function isLegacy(data) {
	return isCleartext(data) && /\n\r?\nSIFHASH:\r?\n/.test(Buffer.from(data.subarray(0, 65536)).toString("latin1"));
}
function reasonOf(error) {
	return {
		code: error.code,
		message: error.message,
		hint: error.hint
	};
}

// src/layers/registry-source.ts
/** Header and a table of 48 slots, the usual size, end at 32,176. */
const HEAD_BYTES = 32768;
/** Reads a SIF's bytes from its blob; a registry that cannot send parts is an error, never a download of it all. */
function registrySource(repository, layer) {
	let head;
	const name = `${repository.name}@${layer.digest}`;
	return {
		name,
		sizeBytes: layer.size,
		async read(offset, lengthBytes) {
			if (offset < 0 || offset + lengthBytes > layer.size) throw new SifError("SIF_TRUNCATED", `${name} ends at ${layer.size}, before offset ${offset + lengthBytes}`);
			if (lengthBytes === 0) return /* @__PURE__ */ new Uint8Array();
			const headBytes = Math.min(HEAD_BYTES, layer.size);
			if (offset + lengthBytes > headBytes) return fetchRange(repository, layer.digest, {
				offset,
				lengthBytes
			});
			head ??= fetchRange(repository, layer.digest, {
				offset: 0,
				lengthBytes: headBytes
			});
			return (await head).slice(offset, offset + lengthBytes);
		}
	};
}
async function fetchRange(repository, digest, range) {
	const bytes = new Uint8Array(range.lengthBytes);
	let at = 0;
	for await (const chunk of repository.readBlob(digest, { range })) {
		if (at + chunk.length > bytes.length) break;
		bytes.set(chunk, at);
		at += chunk.length;
	}
	if (at !== bytes.length) throw new RegistryError("REGISTRY_SIZE_MISMATCH", `${repository.name} sent ${at} of ${bytes.length} bytes`, { hint: "repeat; if it stays so, the registry or a proxy does not serve parts of blobs correctly" });
	return bytes;
}

export { DATA_TYPE as A, groupsOf as C, HEADER_FIELD as D, uncoverableObjects as E, PARTITION_TYPE as F, encodeDescriptor as I, parsePartitionInfo as L, DETERMINISTIC_TIME as M, FILE_SYSTEM as N, NIL_ID as O, GROUP_MASK as P, signatureExtra as R, findObject as S, openSif as T, laneDefect as _, readSignatureObjects as a, handleSource as b, parseStatement as c, encodeApproval as d, isStageName as f, parseMetadata as g, encodeMetadata as h, placeText as i, DESCRIPTOR_FIELD as j, protectedHeaderBytes as k, APPROVAL_PREDICATE_TYPE as l, compareMetadata as m, algorithmsNamed as n, IN_TOTO_PAYLOAD_TYPE as o, parseApproval as p, checkNative as r, encodeStatement as s, registrySource as t, defaultVerifierId as u, laneName as v, objectsInGroup as w, openFileSource as x, laneObject as y };