import { t as LIMITS } from "./limits.mjs";
import { a as counted } from "./text.mjs";
import { n as SifError } from "./errors3.mjs";

// src/sif/format.ts
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
/** What every image has at byte 32. */
const MAGIC = "SIF_MAGIC\0";
/** ID of deterministic images. */
const NIL_ID = "00000000-0000-0000-0000-000000000000";
/** Go names of architectures in the order of their codes. */
const ARCHITECTURES = "unknown 386 amd64 arm arm64 ppc64 ppc64le mips mipsle mips64 mips64le s390x riscv64 loong64".split(" ");
/** Go names of architectures by their three-byte codes, two digits and a zero byte. */
const ARCHITECTURE_NAMES = new Map(ARCHITECTURES.map((name, index) => [`${String(index).padStart(2, "0")}\0`, name]));
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
/** What types are called for people. */
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
/** Bits of a raw group or link that are the number. */
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
/** The time that deterministic images carry: the zero time of the reference's language, in Unix seconds. */
const DETERMINISTIC_TIME = -62135596800;

// src/sif/sif.ts
/** In a signature's extra field: where the fingerprint is, behind the hash type. */
const FINGERPRINT = {
	from: 4,
	to: 24
};
/** Fields of a descriptor that cannot be negative. */
const POSITIVE = /* @__PURE__ */ new Set(["offset", "sizeBytes"]);
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
		if (error.code === "SIF_NOT_SIF") {
			const { plainFileSystem } = await import("./plain-file-system.mjs");
			throw await plainFileSystem(source) ?? error.about(source.name);
		}
		throw error.message.includes(source.name) ? error : error.about(source.name);
	}
}
async function readImage(source) {
	const header = parseHeader(await source.read(0, Math.min(128, source.sizeBytes)));
	const tableBytes = header.descriptorsTotal * 585;
	if (header.descriptorsOffset + tableBytes > source.sizeBytes) throw new SifError("SIF_TRUNCATED", `${source.name} has ${counted(source.sizeBytes, "byte")}, but its descriptor table ends at ${header.descriptorsOffset + tableBytes}`);
	const { objects, hidden } = parseTable(await source.read(header.descriptorsOffset, tableBytes), header.descriptorsTotal);
	assertUniqueIds(objects);
	for (const object of objects) assertInBounds(object, header, source.sizeBytes);
	assertApart(objects);
	return {
		source,
		header,
		objects,
		hidden,
		freeSlots: header.descriptorsTotal - objects.length,
		totalSlots: header.descriptorsTotal
	};
}
/** What the slots hold, used ones and those that are unused and not empty. */
function parseTable(table, total) {
	const objects = [];
	const hidden = [];
	for (let slot = 0; slot < total; slot += 1) {
		const record = Buffer.from(table.subarray(slot * 585, (slot + 1) * 585));
		const object = parseDescriptor(record, slot);
		if (object) objects.push(object);
		else if (record.some((byte) => byte !== 0)) hidden.push({
			slot,
			id: record.readUInt32LE(DESCRIPTOR_FIELD.id),
			name: nameIn(record)
		});
	}
	return {
		objects,
		hidden
	};
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
/**
* Reads a header record; the numbers are checked on their own, not yet against the file.
* @throws SifError SIF_TRUNCATED, SIF_NOT_SIF, SIF_VERSION_UNSUPPORTED, SIF_HEADER_INVALID, SIF_TOO_MANY_DESCRIPTORS
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/sif/load.go
*/
function parseHeader(record) {
	if (record.length < 128) throw new SifError("SIF_TRUNCATED", `global header: ${counted(record.length, "byte")} instead of ${128}`);
	const text = Buffer.from(record.buffer, record.byteOffset, 128);
	const { launchScript, magic, version: versionAt, arch, id, createdAt } = HEADER_FIELD;
	if (text.toString("latin1", magic, versionAt) !== "SIF_MAGIC\0") throw new SifError("SIF_NOT_SIF", "global header: the SIF magic is missing at byte 32");
	const version = text.toString("latin1", versionAt, arch);
	if (version !== "01\0") throw new SifError("SIF_VERSION_UNSUPPORTED", `global header: format version ${JSON.stringify(version)}`);
	const number = (field, what) => {
		const value = text.readBigInt64LE(HEADER_FIELD[field]);
		if (!Number.isSafeInteger(Number(value))) throw invalid(`the ${what} is ${value}`);
		return Number(value);
	};
	const header = {
		launchScript: text.toString("utf8", launchScript, magic).replace(/\0+$/, ""),
		arch: ARCHITECTURE_NAMES.get(text.toString("latin1", arch, id)) ?? "unknown",
		id: text.toString("hex", id, createdAt).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
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
	const toGroup = (rawLink & GROUP_MASK) >>> 0 === GROUP_MASK;
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
		linkedGroup: toGroup ? rawLink & NUMBER_MASK : void 0,
		linkedObject: toGroup || rawLink === 0 ? void 0 : rawLink & NUMBER_MASK,
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
function parseSignatureInfo(extra) {
	const hashType = new DataView(extra.buffer, extra.byteOffset).getInt32(0, true);
	const hex = Buffer.from(extra.subarray(FINGERPRINT.from, FINGERPRINT.to)).toString("hex").toUpperCase();
	return {
		hashType,
		fingerprint: /[^0]/.test(hex) ? hex : void 0,
		plain: hashType === 1 && extra.subarray(FINGERPRINT.to).every((byte) => byte === 0)
	};
}
/** Reads the extra field of a partition. */
function parsePartitionInfo(extra) {
	const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
	return {
		fs: view.getInt32(0, true),
		type: view.getInt32(4, true),
		arch: ARCHITECTURE_NAMES.get(Buffer.from(extra.subarray(8, 11)).toString("latin1")) ?? "unknown"
	};
}
function invalid(problem) {
	return new SifError("SIF_HEADER_INVALID", `global header: ${problem}`);
}

export { parseHeader as a, uncoverableObjects as c, DETERMINISTIC_TIME as d, FILE_SYSTEM as f, PARTITION_TYPE as g, NIL_ID as h, parseDescriptor as i, DATA_TYPE as l, HEADER_FIELD as m, objectsInGroup as n, parsePartitionInfo as o, GROUP_MASK as p, openSif as r, readObject as s, groupsOf as t, DESCRIPTOR_FIELD as u };