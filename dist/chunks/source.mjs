import { l as fileError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as SifError } from "./errors2.mjs";
import { t as counted } from "./count.mjs";
import { open } from "node:fs/promises";
import { constants } from "node:fs";

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
	if (record.length < 128) throw new SifError("SIF_TRUNCATED", `global header: ${counted(record.length, "byte")} instead of ${128}`);
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
	if (total < 0) throw invalid(`the number of descriptors is ${total}`);
	if (total > LIMITS.sifDescriptors) throw new SifError("SIF_TOO_MANY_DESCRIPTORS", `global header: ${total} descriptors, limit ${LIMITS.sifDescriptors}`);
	if (offset < 128) throw invalid(`the descriptor table starts at byte ${offset}, inside the header`);
	if (size < total * 585) throw invalid(`${total} descriptors do not fit a table of ${size} bytes`);
	if (!Number.isSafeInteger(offset + size)) throw invalid(`the descriptor table ends beyond 2^53`);
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
function invalid(problem) {
	return new SifError("SIF_HEADER_INVALID", `global header: ${problem}`);
}
function integer(view, offset, what) {
	const value = view.getBigInt64(offset, true);
	const number = Number(value);
	if (!Number.isSafeInteger(number)) throw invalid(`the ${what} is ${value}`);
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
	if (header.descriptorsOffset + tableBytes > source.sizeBytes) throw new SifError("SIF_TRUNCATED", `${source.name} has ${counted(source.sizeBytes, "byte")}, but its descriptor table ends at ${header.descriptorsOffset + tableBytes}`);
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
	if (!Number.isSafeInteger(end) || end > fileBytes) throw new SifError("SIF_OBJECT_OUT_OF_BOUNDS", `object ${object.id}: ${range}, but the file has ${counted(fileBytes, "byte")}`);
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
		const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
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
/** Fails early where a file could not be changed later. @throws SystemError FILE_NOT_FOUND, FILE_NO_PERMISSION */
async function assertChangeable(path) {
	try {
		await (await open(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0))).close();
	} catch (error) {
		throw fileError(error, path, "write");
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
	if (!Number.isSafeInteger(end) || offset < 0 || lengthBytes < 0 || end > source.sizeBytes) throw truncated(source.name, source.sizeBytes, `, ${counted(lengthBytes, "byte")} at ${offset} asked for`);
}
function truncated(name, at, more = "") {
	return new SifError("SIF_TRUNCATED", `${name} ends at byte ${at}${more}`);
}

export { signatureExtra as C, parsePartitionInfo as S, DETERMINISTIC_TIME as _, findObject as a, PARTITION_TYPE as b, openSif as c, HEADER_FIELD as d, NIL_ID as f, DESCRIPTOR_FIELD as g, DATA_TYPE as h, openFileSource as i, readObject as l, protectedHeaderBytes as m, assertInside as n, groupsOf as o, parseHeader as p, handleSource as r, objectsInGroup as s, assertChangeable as t, uncoverableObjects as u, FILE_SYSTEM as v, encodeDescriptor as x, GROUP_MASK as y };