import { r as counted } from "./text.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as SifError } from "./errors3.mjs";

// src/sif/header.ts
/** Length of one slot of the descriptor table. */
const DESCRIPTOR_BYTES = 585;
/** Length of the header record. */
const HEADER_BYTES = 128;
/**
* Where each field starts in the record; numbers are little-endian 64-bit integers.
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/sif.go
*/
const HEADER_FIELD = {
	launchScript: 0,
	magic: 32,
	version: 42,
	arch: 45,
	id: 48,
	createdAt: 64,
	modifiedAt: 72,
	descriptorsFree: 80,
	descriptorsTotal: 88,
	descriptorsOffset: 96,
	descriptorsSize: 104,
	dataOffset: 112,
	dataSize: 120
};
const MAGIC = "SIF_MAGIC\0";
const VERSION = "01\0";
/** ID of deterministic images. */
const NIL_ID = "00000000-0000-0000-0000-000000000000";
/**
* Reads a header record; the numbers are checked on their own, not yet against the file.
* @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/load.go
*/
function parseHeader(record) {
	if (record.length < 128) throw new SifError("SIF_TRUNCATED", `global header: ${counted(record.length, "byte")} instead of ${128}`);
	const text = Buffer.from(record.buffer, record.byteOffset, 128);
	const { launchScript, magic, version: versionAt, arch, id, createdAt } = HEADER_FIELD;
	if (text.toString("latin1", magic, versionAt) !== MAGIC) throw new SifError("SIF_NOT_SIF", "global header: the SIF magic is missing at byte 32");
	const version = text.toString("latin1", versionAt, arch);
	if (version !== VERSION) throw new SifError("SIF_VERSION_UNSUPPORTED", `global header: format version ${JSON.stringify(version)}`);
	const number = (field, what) => {
		const value = text.readBigInt64LE(HEADER_FIELD[field]);
		if (!Number.isSafeInteger(Number(value))) throw invalid(`the ${what} is ${value}`);
		return Number(value);
	};
	const header = {
		launchScript: trimNul(text.toString("utf8", launchScript, magic)),
		arch: archName(text.toString("latin1", arch, id)),
		id: formatUuid(record.subarray(id, createdAt)),
		createdAt: number("createdAt", "creation time"),
		modifiedAt: number("modifiedAt", "modification time"),
		descriptorsFree: number("descriptorsFree", "number of free descriptors"),
		descriptorsTotal: number("descriptorsTotal", "number of descriptors"),
		descriptorsOffset: number("descriptorsOffset", "offset of the descriptor table"),
		descriptorsSize: number("descriptorsSize", "size of the descriptor table"),
		dataOffset: number("dataOffset", "offset of the data section"),
		dataSize: number("dataSize", "size of the data section"),
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
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/integrity/metadata.go
*/
function protectedHeaderBytes(header) {
	const covered = /* @__PURE__ */ new Uint8Array(61);
	covered.set(header.record.subarray(0, HEADER_FIELD.arch), 0);
	covered.set(header.record.subarray(HEADER_FIELD.id, HEADER_FIELD.createdAt), HEADER_FIELD.arch);
	return covered;
}
function invalid(problem) {
	return new SifError("SIF_HEADER_INVALID", `global header: ${problem}`);
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
/** Room for an object's name, NUL padded. */
const NAME_BYTES = 128;
/** Room for what depends on the type of an object. */
const EXTRA_BYTES = 384;
/**
* Where each field starts in a descriptor, little-endian; `partitionType` lies inside the extra field of a partition.
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/descriptor.go
*/
const DESCRIPTOR_FIELD = {
	dataType: 0,
	used: 4,
	id: 5,
	group: 9,
	link: 13,
	offset: 17,
	sizeBytes: 25,
	sizeWithPadding: 33,
	createdAt: 41,
	modifiedAt: 49,
	uid: 57,
	gid: 65,
	name: 73,
	extra: 201,
	partitionType: 205
};
/**
* Types of data objects.
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/sif.go
*/
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
/** Fields of a descriptor that cannot be negative. */
const POSITIVE = /* @__PURE__ */ new Set(["offset", "sizeBytes"]);
/** Bits that mark a raw group ID, and a raw link that points to a group. */
const GROUP_MASK = 4026531840;
const NUMBER_MASK = 268435455;
/** What a partition is for; an image has one primary system partition at most. */
const PARTITION_TYPE = {
	system: 1,
	primarySystem: 2,
	data: 3,
	overlay: 4
};
/** File systems of partitions; the last exists in Apptainer's fork of the format alone. */
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
	const id = view.getUint32(DESCRIPTOR_FIELD.id, true);
	if (id === 0) throw new SifError("SIF_DESCRIPTOR_INVALID", `slot ${slot} is in use with object ID 0`);
	const dataType = view.getInt32(DESCRIPTOR_FIELD.dataType, true);
	const rawGroup = view.getUint32(DESCRIPTOR_FIELD.group, true);
	const rawLink = view.getUint32(DESCRIPTOR_FIELD.link, true);
	const extra = record.subarray(DESCRIPTOR_FIELD.extra, DESCRIPTOR_FIELD.extra + 384);
	const number = (field, what) => {
		const value = view.getBigInt64(DESCRIPTOR_FIELD[field], true);
		if (!Number.isSafeInteger(Number(value)) || value < 0 && POSITIVE.has(field)) throw new SifError("SIF_DESCRIPTOR_INVALID", `object ${id}: the ${what} is ${value}`);
		return Number(value);
	};
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
		offset: number("offset", "offset"),
		sizeBytes: number("sizeBytes", "size"),
		sizeWithPadding: number("sizeWithPadding", "size with padding"),
		createdAt: number("createdAt", "creation time"),
		modifiedAt: number("modifiedAt", "modification time"),
		uid: number("uid", "user ID"),
		gid: number("gid", "group ID of the owner"),
		name: nameIn(record),
		extra,
		signature: dataType === DATA_TYPE.signature ? parseSignatureInfo(extra) : void 0,
		partition: dataType === DATA_TYPE.partition ? parsePartitionInfo(extra) : void 0,
		record
	};
}
/** The name in a descriptor record, without the padding. */
function nameIn(record) {
	return Buffer.from(record.subarray(DESCRIPTOR_FIELD.name, DESCRIPTOR_FIELD.extra)).toString("utf8").replace(/\0+$/, "");
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
	view.setInt32(DESCRIPTOR_FIELD.dataType, descriptor.dataType, true);
	view.setUint8(DESCRIPTOR_FIELD.used, descriptor.used);
	view.setUint32(DESCRIPTOR_FIELD.id, descriptor.id, true);
	view.setUint32(DESCRIPTOR_FIELD.group, descriptor.rawGroup, true);
	view.setUint32(DESCRIPTOR_FIELD.link, descriptor.rawLink, true);
	for (const field of [
		"offset",
		"sizeBytes",
		"sizeWithPadding",
		"createdAt",
		"modifiedAt"
	]) view.setBigInt64(DESCRIPTOR_FIELD[field], BigInt(descriptor[field]), true);
	record.set(descriptor.name.subarray(0, 128), DESCRIPTOR_FIELD.name);
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

// src/sif/sif.ts
/**
* Reads header and descriptor table of an image and checks every bound.
* @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS,
* SIF_DESCRIPTOR_INVALID, SIF_DUPLICATE_ID, SIF_OBJECT_OUT_OF_BOUNDS, SIF_OBJECTS_OVERLAP
*/
async function openSif(source) {
	try {
		return await readImage(source);
	} catch (error) {
		if (!(error instanceof SifError)) throw error;
		if (error.code === "SIF_NOT_SIF") throw await plainFileSystem(source) ?? error.about(source.name);
		throw error.message.includes(source.name) ? error : error.about(source.name);
	}
}
/** Where the superblocks of ext2, 3 and 4 have their magic. */
const EXT_MAGIC_AT = 1080;
/** What to do with an overlay or root file system that is in no SIF yet. */
async function plainFileSystem(source) {
	if (source.sizeBytes < 1082) return void 0;
	const isSquashfs = Buffer.from(await source.read(0, 4)).toString("latin1") === "hsqs";
	const isExt = Buffer.from(await source.read(EXT_MAGIC_AT, 2)).readUInt16LE() === 61267;
	if (!isSquashfs && !isExt) return void 0;
	const { name } = source;
	return new SifError("SIF_NOT_SIF", `${name} is ${isSquashfs ? "a plain squashfs file system" : "a plain ext file system"}, and in no SIF that could hold a signature`, { hint: `put it into one: apptainer sif new NEW.sif, then apptainer sif add --datatype 4 --parttype 4 --partfs ${isSquashfs ? 1 : 2} --partarch 2 --groupid 1 NEW.sif ${name}; for a root file system --parttype 2` });
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

export { NIL_ID as _, readObject as a, DESCRIPTOR_FIELD as c, GROUP_MASK as d, PARTITION_TYPE as f, HEADER_FIELD as g, signatureExtra as h, openSif as i, DETERMINISTIC_TIME as l, parsePartitionInfo as m, groupsOf as n, uncoverableObjects as o, encodeDescriptor as p, objectsInGroup as r, DATA_TYPE as s, findObject as t, FILE_SYSTEM as u, parseHeader as v, protectedHeaderBytes as y };