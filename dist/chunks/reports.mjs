import { l as fileError, t as CountersignError } from "./errors.mjs";
import { D as isSameSigner, E as isNamed$1, _ as principalsBehind, a as coversAll, c as isBound, d as matchPrincipals, g as personOf, h as otherContent, i as contentReasons, k as nameText, l as isGivenBySigner, m as nameLayer, n as asApproval, p as nameApproval, s as describeIdentity, t as arePartsOfOne, u as isListed, y as whereOf } from "./view.mjs";
import { d as sha256, f as sha256Hex, g as utf8, p as shortDigest, s as fromBase64 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as counted, o as toSecond } from "./text.mjs";
import { n as isJsonObject, r as parseJson } from "./json.mjs";
import { l as parseUnambiguous } from "./members.mjs";
import { _ as parseStatement, p as evidenceKind, r as matchesPattern } from "./pattern.mjs";
import { a as remark, i as reason$1, n as asRemark, r as isProblem } from "./reasons.mjs";
import { n as SifError } from "./errors3.mjs";
import { d as nativePae, l as isNativeDsse, p as parseNativeDsse } from "./cosign-rules.mjs";
import { a as differentPeople, c as highest, d as severityFromScore, f as severityFromWord, i as MAX_STEPS, m as worst, n as describeIdentityRule, o as fillStages, p as severityRank, r as matchesIdentity } from "./signed-identity.mjs";
import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createHash } from "node:crypto";

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
		if (!Number.isSafeInteger(Number(value))) throw invalid$1(`the ${what} is ${value}`);
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
	if (total < 0) throw invalid$1(`the number of descriptors is ${total}`);
	if (total > LIMITS.sifDescriptors) throw new SifError("SIF_TOO_MANY_DESCRIPTORS", `global header: ${total} descriptors, limit ${LIMITS.sifDescriptors}`);
	if (offset < 128) throw invalid$1(`the descriptor table starts at byte ${offset}, inside the header`);
	if (size < total * 585) throw invalid$1(`${total} descriptors do not fit a table of ${size} bytes`);
	if (!Number.isSafeInteger(offset + size)) throw invalid$1(`the descriptor table ends beyond 2^53`);
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
function invalid$1(problem) {
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

// src/image/sif/lane.ts
const PREFIX = "countersign/";
/**
* Length of an object that had to be placed before it was signed: the bundle is filled up with spaces, native signatures
* with line ends. Approvals with a chain of certificates and a dozen entries have some 9 KiB.
*/
const RESERVED_BYTES = 16384;
const SPACE = 32;
const DIGEST_DIGITS = 32;
const BUNDLE_MARK = "application/vnd.dev.sigstore.bundle";
/** Name of the lane object for these bundle bytes; `label` is the stage, or the kind of evidence. */
function laneName(kind, label, bundle) {
	return `${PREFIX}${kind}/${label}/${sha256Hex(bundle).slice(0, DIGEST_DIGITS)}`;
}
/** Short word for a kind of evidence, used in lane names and file names. */
function evidenceLabel(predicateType) {
	const kind = evidenceKind(predicateType) ?? "other";
	return kind === "findings" ? "vulns" : kind;
}
/** Name of an approval's object that had to be named before its bytes were known. */
function reservedName(stage) {
	return `${PREFIX}approval/${stage}`;
}
/** The SIF object that carries a bundle in the lane. */
function laneObject(kind, label, bundle) {
	return named(laneName(kind, label, bundle), bundle);
}
/** The same for an approval that is signed after its object was placed; at most RESERVED_BYTES spaces may follow it. */
function reservedLaneObject(stage, bundle) {
	return named(reservedName(stage), bundle);
}
/** Data brought to a length, if it is shorter. */
function filledUp(data, lengthBytes, filler) {
	if (data.length >= lengthBytes) return data;
	const filled = Buffer.alloc(lengthBytes, filler);
	filled.set(data);
	return filled;
}
function named(name, bundle) {
	return {
		dataType: DATA_TYPE.signature,
		data: bundle,
		group: 0,
		name,
		extra: signatureExtra(void 0),
		createdAt: DETERMINISTIC_TIME,
		modifiedAt: DETERMINISTIC_TIME
	};
}
/** True for an object that calls itself ours. */
function hasLaneName({ name }) {
	return name.startsWith(PREFIX);
}
/**
* True for an object that is ours: by its name, by what is left of a changed name, or as an approval by content. Objects
* linked to a group are Apptainer's, and other tools may keep their own bundles in unlinked Signature objects.
*/
function isLaneObject(object, data) {
	if (object.dataType !== DATA_TYPE.signature || object.group !== 0) return false;
	if (hasLaneName(object)) return true;
	if (!Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, 4096)).includes(BUNDLE_MARK)) return false;
	return object.name.includes(sha256Hex(data).slice(0, DIGEST_DIGITS)) || holdsApproval(data);
}
/** Whether a bundle's statement has the extension that every approval has, under whatever name it lies here. */
function holdsApproval(data) {
	try {
		const bundle = parseJson(data, "the bundle");
		const envelope = isJsonObject(bundle) ? bundle["dsseEnvelope"] : void 0;
		const payload = isJsonObject(envelope) ? envelope["payload"] : void 0;
		if (typeof payload !== "string") return false;
		const statement = parseJson(fromBase64(payload, "the payload"), "the statement");
		const predicate = isJsonObject(statement) ? statement["predicate"] : void 0;
		return isJsonObject(predicate) && predicate["countersign"] !== void 0;
	} catch (error) {
		if (error instanceof CountersignError) return false;
		throw error;
	}
}
/** What is unusual about a lane object, undefined when it is exactly as we write it. */
function laneDefect(object, content) {
	const { is, label, bundle, reservable } = content;
	const reserved = reservable && object.name === reservedName(label);
	const expected = {
		name: reserved ? object.name : laneName(is, label, bundle),
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
	return reserved ? paddingDefect(bundle) : void 0;
}
/**
* A name without digest does not cover the bytes around the signed ones: they must be compact JSON as we write it, and
* spaces.
*/
function paddingDefect(bundle) {
	const end = bundle.findLastIndex((byte) => byte !== SPACE) + 1;
	const spaces = bundle.length - end;
	if (spaces > 16384) return `it ends with ${spaces} spaces`;
	const text = Buffer.from(bundle.buffer, bundle.byteOffset, end).toString();
	return JSON.stringify(parseJson(bundle, "the bundle")) === text ? void 0 : "its bundle is not compact JSON followed by spaces";
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

// src/sif/hash/hash.ts
const BLOCK_BYTES = 4194304;
const READS_IN_FLIGHT = 2;
/** Name of the algorithm as the crypto library spells it. */
function cryptoName(algorithm) {
	return algorithm.replace("_", "-");
}
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
			options.signal?.throwIfAborted();
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
	return new Map(Array.from(algorithms, (name) => [name, createHash(cryptoName(name))]));
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
		pending.push({
			block: next.value,
			buffer,
			bytes: read(new Uint8Array(memory, 0, sizeBytes), offset)
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

// src/sif/source.ts
/** What `state` holds. */
function stateOf({ dev, ino, size, mtimeNs, ctimeNs }) {
	return [
		dev,
		ino,
		size,
		mtimeNs,
		ctimeNs
	].join(":");
}
/**
* Fails unless the path names the file of these attributes, untouched since.
* @throws SifError SIF_REPLACED, SIF_CHANGED
*/
async function assertAtPath(path, expected) {
	const now = await stat(path, { bigint: true }).catch((cause) => {
		throw new SifError("SIF_REPLACED", `${path} is no longer there`, { cause });
	});
	if (now.dev !== expected.dev || now.ino !== expected.ino) throw new SifError("SIF_REPLACED", `${path} is another file now than the one that was opened`);
	if (stateOf(now) !== stateOf(expected)) throw new SifError("SIF_CHANGED", `${path} changed while it was in use`);
}
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
	const opened = await handle.stat({ bigint: true });
	if (!opened.isFile()) throw new SifError("SIF_NOT_SIF", `${path} is not a regular file`);
	return new OpenedFile(path, handle, opened);
}
var OpenedFile = class OpenedFile {
	name;
	path;
	sizeBytes;
	identity;
	state;
	#handle;
	#opened;
	constructor(path, handle, opened) {
		this.name = path;
		this.path = path;
		this.sizeBytes = Number(opened.size);
		this.identity = `${opened.dev}:${opened.ino}`;
		this.state = stateOf(opened);
		this.#handle = handle;
		this.#opened = opened;
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
		return stateOf(now) === this.state ? void 0 : new OpenedFile(this.path, this.#handle, now);
	}
	async assertStill() {
		await assertAtPath(this.path, this.#opened);
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

// src/image/sif/native-signatures.ts
/**
* Reads all signature objects of an image once. Unlinked ones that are not ours belong to other tools and are left out.
* @throws SifError for an object larger than LIMITS.sifSignatureBytes, or all together over the total
*/
async function readSignatureObjects(image) {
	const natives = [];
	const lane = [];
	const strays = /* @__PURE__ */ new Map();
	let left = LIMITS.sifSignatureTotalBytes;
	const linked = linkedGroups(image);
	for (const object of signatureObjects(image)) {
		const data = await readObject(image, object, Math.min(left, LIMITS.sifSignatureBytes));
		left -= data.length;
		if (linked(object)) natives.push(foundIn(object, data));
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
/** The objects whose bytes readSignatureObjects reads: they count towards its limits. */
function signatureObjects(image) {
	const linked = linkedGroups(image);
	const isForeign = (object) => object.sizeBytes > LIMITS.sifSignatureBytes && !linked(object) && !hasLaneName(object);
	return image.objects.filter((object) => object.dataType === DATA_TYPE.signature && !isForeign(object));
}
/** Apptainer looks for signatures group by group: one that is linked to a group which is not there is read by nobody. */
function linkedGroups(image) {
	const groups = new Set(groupsOf(image));
	return ({ linkedGroup }) => linkedGroup !== void 0 && groups.has(linkedGroup);
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
async function checkNative$1(native, options) {
	const { data } = native;
	const { verifier, now } = options;
	if (options.limit <= 0) return [tooMany(native)];
	if (isNativeDsse(data)) return checkDsse(native, options);
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
async function checkDsse(native, { verifier, now, limit }) {
	const envelope = readEnvelope(native.data);
	if (envelope instanceof CountersignError) return [{
		...unreadable(native),
		kind: "native-dsse",
		reasons: [reasonOf(envelope)]
	}];
	if (envelope.signatures.length > limit) return [tooMany(native)];
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
}
function readEnvelope(data) {
	try {
		return parseNativeDsse(data);
	} catch (error) {
		if (error instanceof CountersignError) return error;
		throw error;
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
/** The reference refuses a signature object whose hash type is none of the five, so a gate would too (docs/spec/sif.md, 1.5). */
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
/** In a file that fails the image; so nobody can hide a signature behind others. */
function tooMany(native) {
	const reason = {
		code: "NATIVE_UNREADABLE",
		message: `${placeText(native.place)} is not looked at: there are more than ${LIMITS.nativeSignatures} native signatures`,
		hint: "delete the signature objects that are not needed (`siftool del ID IMAGE`)"
	};
	return {
		...unreadable(native),
		reasons: [reason]
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

// src/policy/requires/content.ts
/** A predicate that is not what its type promises. */
var Malformed = class extends Error {};
/** The member at a path of names and list positions with dots between; undefined when there is none. */
function valueAt(value, path) {
	let found = value;
	for (const name of path.split(".")) if (Array.isArray(found) && /^(?:0|[1-9]\d{0,5})$/.test(name)) found = found[Number(name)];
	else if (isJsonObject(found) && Object.hasOwn(found, name)) found = found[name];
	else return void 0;
	return found;
}
/** The text at a path; undefined when there is none. */
function textAt(value, path) {
	const found = valueAt(value, path);
	return typeof found === "string" && found !== "" ? found : void 0;
}
/** The list at a path; empty when it is absent. @throws Malformed when it is something else */
function listAt(value, path) {
	const found = valueAt(value, path) ?? [];
	if (!Array.isArray(found)) throw new Malformed(`its ${path} is not a list`);
	return found;
}
/** Where the kinds of predicates say when they were made. */
const TIMES = {
	findings: ["metadata.scanFinishedOn"],
	provenance: ["runDetails.metadata.finishedOn", "metadata.buildFinishedOn"],
	sbom: ["metadata.timestamp", "creationInfo.created"]
};
/** When the evidence was made, as it says itself. */
function timeOf(predicate, kind) {
	const stated = (TIMES[kind] ?? []).map((path) => textAt(predicate, path)).find((time) => time !== void 0);
	if (stated !== void 0 || kind !== "sbom") return stated;
	const graph = valueAt(predicate, "@graph");
	return Array.isArray(graph) ? graph.map((one) => textAt(one, "created")).find((time) => time !== void 0) : void 0;
}
/** Why something of this time is not fresh; undefined when it is. */
function ageProblem(time, maxAge, now) {
	if (time === void 0) return "does not say when it was made";
	const age = now.getTime() - Date.parse(time);
	if (Number.isNaN(age)) return `has the time ${JSON.stringify(time.slice(0, 40))}, which is none`;
	if (age < -3e5) return `is of ${time.slice(0, 40)}, which is to come`;
	return age > maxAge ? `is of ${time.slice(0, 40)}, and older than allowed` : void 0;
}
const MET = { remarks: [] };
/**
* Enough components, each with a name and a version.
* @throws Malformed
*/
function checkSbom(predicate, { minComponents }) {
	const components = componentsOf(predicate);
	if (components === void 0) return {
		code: "EVIDENCE_SBOM",
		problem: "it is neither a CycloneDX nor an SPDX document in JSON"
	};
	const whole = components.filter(({ name, version }) => name !== void 0 && version !== void 0).length;
	if (whole >= minComponents) return MET;
	return {
		code: "EVIDENCE_SBOM",
		problem: `it names ${whole} components with their versions, of ${components.length}; ${minComponents} are needed`
	};
}
function componentsOf(predicate) {
	if (predicate["bomFormat"] === "CycloneDX") return nested(predicate);
	if (textAt(predicate, "spdxVersion") !== void 0) return listAt(predicate, "packages").map((one) => component(one, "name", "versionInfo"));
	if (predicate["@graph"] === void 0) return void 0;
	return listAt(predicate, "@graph").filter((one) => valueAt(one, "type") === "software_Package" || valueAt(one, "@type") === "software_Package").map((one) => component(one, "name", "software_packageVersion"));
}
/** Components may hold components; the JSON reader has bounded the depth. */
function nested(value) {
	return listAt(value, "components").flatMap((one) => [component(one, "name", "version"), ...isJsonObject(one) ? nested(one) : []]);
}
function component(value, name, version) {
	return {
		name: textAt(value, name),
		version: textAt(value, version)
	};
}
/**
* Builder and source of SLSA provenance 1 and 0.2.
* @see https://slsa.dev/spec/v1.0/provenance
*/
function checkProvenance(predicate, condition) {
	const builder = textAt(predicate, "runDetails.builder.id") ?? textAt(predicate, "builder.id");
	const { repository, ref } = sourceOf(predicate);
	const wrong = [
		{
			what: "builder",
			patterns: condition.builder,
			found: builder,
			kind: "uri"
		},
		{
			what: "source",
			patterns: condition.source,
			found: repository,
			kind: "uri"
		},
		{
			what: "ref",
			patterns: condition.ref,
			found: ref,
			kind: "ref"
		}
	].find(({ patterns, found, kind }) => !matchesOne(patterns, found, kind));
	if (!wrong) return MET;
	const found = wrong.found === void 0 ? "names none" : `has ${JSON.stringify(wrong.found.slice(0, 200))}`;
	return {
		code: "EVIDENCE_PROVENANCE",
		problem: `of ${wrong.what} it ${found}, not ${wrong.patterns.join(" or ")}`
	};
}
function matchesOne(patterns, found, kind) {
	return patterns.length === 0 || found !== void 0 && patterns.some((one) => matchesPattern(one, found, kind));
}
/** What was built: of GitHub's build types the workflow's own place, else the first source in git. */
function sourceOf(predicate) {
	const workflow = valueAt(predicate, "buildDefinition.externalParameters.workflow");
	const stated = textAt(workflow, "repository");
	if (stated !== void 0) return {
		repository: stated,
		ref: textAt(workflow, "ref")
	};
	const dependencies = valueAt(predicate, "buildDefinition.resolvedDependencies");
	const git = [textAt(predicate, "invocation.configSource.uri"), ...dependencyUris(dependencies)].find((uri) => uri?.startsWith("git+"))?.slice(4);
	const at = git?.lastIndexOf("@") ?? -1;
	if (git === void 0 || at <= git.indexOf("/", git.indexOf("://") + 3)) return {
		repository: git,
		ref: void 0
	};
	return {
		repository: git.slice(0, at),
		ref: git.slice(at + 1)
	};
}
function dependencyUris(value) {
	return Array.isArray(value) ? value.map((one) => textAt(one, "uri")) : [];
}
/** Members that must have exactly these values. */
function checkFields(predicate, { fields }) {
	const wrong = fields.find(({ path, value }) => valueAt(predicate, path) !== value);
	if (!wrong) return MET;
	const found = JSON.stringify(valueAt(predicate, wrong.path) ?? null).slice(0, 120);
	return {
		code: "EVIDENCE_FIELDS",
		problem: `its ${wrong.path} is ${found}, not ${JSON.stringify(wrong.value)}`
	};
}

// src/findings/finding.ts
const CVE = /^CVE-\d{4}-\d{4,19}$/i;
const GHSA = /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/i;
/** True for the names that every scanner gives to the same vulnerability alone: CVE and GHSA. */
function isCommonName(name) {
	return CVE.test(name) || GHSA.test(name);
}
/** The CVEs among some names, each once. */
function cvesIn(names) {
	return [...new Set(names.filter((name) => CVE.test(name)).map((name) => name.toUpperCase()))];
}
/** Of an advisory about several CVEs none is another name: those become related. */
function createFinding(given) {
	const { location, aliases = [], related = [], ...rest } = given;
	const others = [...new Set(aliases)].filter((name) => name !== given.id);
	const several = cvesIn([given.id, ...others]).length > 1;
	return {
		score: null,
		package: null,
		version: null,
		purl: null,
		fixedIn: [],
		suppressed: null,
		...rest,
		aliases: others.filter((name) => !several || !CVE.test(name)),
		related: [.../* @__PURE__ */ new Set([...related, ...several ? others.filter((name) => CVE.test(name)) : []])],
		locations: location === void 0 ? [] : [location]
	};
}
/** A report that says no more than what is given. */
function createReport(given) {
	return {
		database: null,
		startedAt: null,
		finishedAt: null,
		target: null,
		recognised: true,
		remarks: [],
		...given
	};
}
/** Brings together what has the same CVE, or the same GHSA, in the same version of the same package; nothing else. */
function groupFindings(findings) {
	const cveOf = cvesOfAdvisories(findings);
	const groups = /* @__PURE__ */ new Map();
	const alone = [];
	for (const finding of findings) {
		const name = commonName(finding, cveOf);
		if (name === void 0 || finding.package === null) {
			alone.push({
				name: null,
				members: [finding]
			});
			continue;
		}
		const key = `${name}\n${placeOf(finding)}`;
		const group = groups.get(key) ?? {
			name,
			members: []
		};
		group.members.push(finding);
		groups.set(key, group);
	}
	return [...groups.values(), ...alone];
}
const placeOf = ({ package: name, version }) => `${name ?? ""}\n${version ?? ""}`;
/** Which CVEs a GHSA stands for in a package, as the reports say. */
function cvesOfAdvisories(findings) {
	const found = /* @__PURE__ */ new Map();
	for (const finding of findings) {
		const names = [finding.id, ...finding.aliases];
		for (const advisory of names.filter((name) => GHSA.test(name))) {
			const key = `${advisory.toUpperCase()}\n${placeOf(finding)}`;
			const cves = found.get(key) ?? /* @__PURE__ */ new Set();
			for (const cve of cvesIn(names)) cves.add(cve);
			found.set(key, cves);
		}
	}
	return found;
}
function commonName(finding, cveOf) {
	const names = [finding.id, ...finding.aliases];
	const [cve] = cvesIn(names);
	if (cve !== void 0) return cve;
	const advisories = [...new Set(names.filter((name) => GHSA.test(name)).map((name) => name.toUpperCase()))];
	const [advisory] = advisories;
	if (advisory === void 0 || advisories.length > 1) return void 0;
	const cves = cveOf.get(`${advisory}\n${placeOf(finding)}`);
	return cves?.size === 1 ? [...cves][0] : advisory;
}
/** The findings of a group as one: the worst severity, every scanner and place. */
function joinFindings(members) {
	const [first] = members;
	if (!first || members.length === 1) return first;
	const sorted = [...new Map(members.flatMap(({ id, aliases }) => [id, ...aliases]).map((name) => [name.toUpperCase(), name])).values()].sort(compare);
	const id = sorted.find((name) => CVE.test(name)) ?? sorted.find((name) => GHSA.test(name)) ?? first.id;
	const all = (list) => [...new Set(members.flatMap(list))];
	return {
		...first,
		id,
		aliases: sorted.filter((name) => name !== id),
		related: all(({ related }) => related),
		severity: worst(members.map(({ severity }) => severity)),
		score: highest(members.map(({ score }) => score)),
		purl: members.find(({ purl }) => purl !== null)?.purl ?? null,
		fixedIn: all(({ fixedIn }) => fixedIn),
		scanners: all(({ scanners }) => scanners),
		locations: all(({ locations }) => locations)
	};
}
/** The worst first, then by name. */
function byImportance(a, b) {
	return severityRank(a.severity) - severityRank(b.severity) || compare(a.id, b.id) || compare(a.package ?? "", b.package ?? "") || compare(a.version ?? "", b.version ?? "") || compare(a.locations.join("\n"), b.locations.join("\n"));
}
function compare(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
/** True from the day after the entry's last day, in UTC. */
function isExpired(entry, now) {
	return now.toISOString().slice(0, 10) > entry.expires;
}
/** True when the entry names this finding, or the CVE or GHSA that it is known by, and all else that it names agrees. */
function matchesFinding(entry, finding, common = null) {
	const { id, package: name, version, purl, location } = entry;
	return [
		finding.id,
		...finding.aliases,
		...common === null ? [] : [common]
	].some((other) => other.toUpperCase() === id.toUpperCase()) && (name === null || name === finding.package) && (version === null || version === finding.version) && (purl === null || isSamePackage(purl, finding.purl)) && (location === null || finding.locations.length > 0 && finding.locations.every((place) => place === location));
}
/** Equal up to where the entry's package URL ends: before the version, the qualifiers or the subpath. */
function isSamePackage(wanted, purl) {
	return purl !== null && purl.startsWith(wanted) && /^(?:$|[@?#])/.test(purl.slice(wanted.length));
}

// src/findings/judge.ts
/** Judges the findings of all reports about one image. */
function judgeFindings(findings, reports, { rules, now }) {
	const bins = new Bins(rules, now);
	for (const group of groupFindings(findings)) bins.add(group);
	const problems = rules.allowEmptyScan ? [] : emptyScans(reports);
	return {
		verdict: bins.blocking.length === 0 && problems.length === 0 ? "passed" : "failed",
		blocking: bins.blocking.sort(byImportance),
		allowed: bins.allowed.sort((a, b) => byImportance(a.finding, b.finding)),
		below: bins.below.sort(byImportance),
		suppressed: bins.suppressed.sort(byImportance),
		expired: rules.allow.filter((entry) => isExpired(entry, now)),
		unused: bins.unused(),
		problems
	};
}
/** Number of findings, each vulnerability of a package once unless its places are judged differently. */
function countFindings({ blocking, allowed, below, suppressed }) {
	return blocking.length + allowed.length + below.length + suppressed.length;
}
var Bins = class {
	blocking = [];
	allowed = [];
	below = [];
	suppressed = [];
	#rules;
	#valid;
	#used = /* @__PURE__ */ new Set();
	constructor(rules, now) {
		this.#rules = rules;
		this.#valid = rules.allow.filter((entry) => !isExpired(entry, now));
	}
	/** What one scanner knows of the vulnerability and the package holds for the others' findings of it too. */
	add({ name, members }) {
		const severity = worst(members.map((member) => member.severity));
		const purls = new Set(members.flatMap(({ purl }) => purl ?? []));
		const purl = purls.size === 1 ? [...purls][0] : void 0;
		const open = [];
		const hidden = [];
		const allowed = /* @__PURE__ */ new Map();
		for (const member of members) {
			const finding = {
				...member,
				severity,
				purl: member.purl ?? purl ?? null
			};
			const [entry] = this.#entriesFor(finding, name);
			if (finding.suppressed !== null && !this.#rules.countSuppressed) hidden.push(finding);
			else if (entry && blocks(finding, this.#rules)) allowed.set(entry, [...allowed.get(entry) ?? [], finding]);
			else open.push(finding);
		}
		put(this.suppressed, hidden);
		put(blocks({ severity }, this.#rules) ? this.blocking : this.below, open);
		for (const [entry, list] of allowed) {
			const finding = joinFindings(list);
			if (finding) this.allowed.push({
				finding,
				entry
			});
		}
	}
	unused() {
		return this.#valid.filter((entry) => !this.#used.has(entry));
	}
	#entriesFor(finding, commonName) {
		const entries = this.#valid.filter((entry) => matchesFinding(entry, finding, commonName));
		for (const entry of entries) this.#used.add(entry);
		return entries;
	}
};
function put(bin, findings) {
	const finding = joinFindings(findings);
	if (finding) bin.push(finding);
}
function blocks(finding, rules) {
	if (rules.failOn === "none") return false;
	const severity = finding.severity === "unknown" ? rules.unknownAs : finding.severity;
	return severityRank(severity) <= severityRank(rules.failOn);
}
/** "No findings" in a report that recognised no package is the absence of a scan, not a clean image. */
function emptyScans(reports) {
	return reports.filter((report) => !report.recognised).map(({ name }) => `${name} recognised no operating system and no package in the image, so it found nothing to scan`);
}

// src/policy/requires/findings.ts
/** Findings named in one message. */
const NAMED = 5;
/** Who scanned: the tool's address, and its name where the statement has it. */
function scannersOf(predicate) {
	return [textAt(predicate, "scanner.uri"), textAt(predicate, "countersign.scanner")].flatMap((name) => name ?? []);
}
/**
* What a policy makes of the findings.
* @throws Malformed
*/
function checkFindings(predicate, condition, now) {
	const findings = listAt(predicate, "scanner.result").map(readFinding);
	const { failOn, unknownAs, exceptions, databaseMaxAge } = condition;
	const old = databaseMaxAge && ageProblem(textAt(predicate, "scanner.db.lastUpdate"), databaseMaxAge, now);
	if (old) return {
		code: "EVIDENCE_STALE",
		problem: `the scanner's database ${old}`
	};
	if (findings.length === 0 && valueAt(predicate, "countersign.recognised") !== true) return {
		code: "EVIDENCE_FINDINGS",
		problem: "it lists nothing and does not say that the scanner recognised anything in the image"
	};
	const { blocking, allowed } = judgeFindings(findings, [], {
		rules: {
			failOn,
			unknownAs,
			allow: exceptions,
			countSuppressed: true,
			allowEmptyScan: true
		},
		now
	});
	if (blocking.length > 0) {
		const names = blocking.slice(0, NAMED).map((one) => `${one.severity} ${nameOf(one)}`);
		const more = blocking.length > NAMED ? ` and ${blocking.length - NAMED} more` : "";
		return {
			code: "EVIDENCE_FINDINGS",
			problem: `it lists ${names.join(", ")}${more}`
		};
	}
	return { remarks: allowed.map(({ finding, entry }) => {
		const by = entry.grantedBy === void 0 ? "" : ` by ${entry.grantedBy}`;
		return `${nameOf(finding)} is accepted until ${entry.expires}${by}: ${entry.reason}`;
	}) };
}
function nameOf({ id, package: name, version }) {
	return name === null ? id : `${id} in ${name}${version === null ? "" : ` ${version}`}`;
}
function readFinding(value) {
	const id = textAt(value, "id");
	if (id === void 0) throw new Malformed("a finding has no id");
	const notes = isJsonObject(value) ? listAt(value, "annotations") : [];
	const note = (name) => notes.map((one) => textAt(one, name)).find((text) => text !== void 0);
	return createFinding({
		id,
		scanners: [],
		severity: severityOf(listAt(value, "severity")),
		aliases: notes.flatMap((one) => listAt(one, "aliases")).filter((name) => typeof name === "string"),
		package: note("package") ?? null,
		version: note("version") ?? null,
		purl: note("purl") ?? null
	});
}
/** The worst of the words; a score is asked where no word is known. */
function severityOf(ratings) {
	const scores = ratings.map((rating) => valueAt(rating, "score"));
	const named = worst(scores.map((score) => severityFromWord(typeof score === "string" ? score : void 0)));
	return named === "unknown" ? worst(scores.map((score) => severityFromScore(numberOf(score)))) : named;
}
function numberOf(score) {
	return score === null || score === void 0 || score === "" ? null : Number(score);
}

// src/policy/requires/requires.ts
/** Pieces that a message is about, at most. */
const EXPLAINED = 5;
/** No age is too great. */
const ANY_AGE = Number.POSITIVE_INFINITY;
/** What the image has to show for each requirement of a stage. */
function checkRequirements(policy, stage, image) {
	return stage.requires.map((requirement) => checkRequirement(requirement, {
		policy,
		stage,
		image
	}));
}
function checkRequirement(requirement, context) {
	const { evidence, count, signedBy } = requirement;
	const all = context.image.evidence.filter(({ predicateType }) => predicateType === evidence || evidenceKind(predicateType) === evidence).map((fact) => examine(fact, requirement, context));
	const pieces = all.filter((piece) => !isSuperseded(piece, all));
	const good = pieces.filter((piece) => piece.reason === void 0);
	const names = new Set(good.map(({ fact, scan }) => scan?.scanner ?? fact.digest));
	const refused = pieces.some(({ scan, reason: why }) => scan && why?.code === "EVIDENCE_FINDINGS");
	const relied = good.map(({ fact }) => fact);
	if (names.size >= count && !refused) return {
		met: true,
		reasons: good.flatMap((piece) => piece.remarks ?? []).map((text) => remark("EVIDENCE_EXCEPTION", text)),
		relied
	};
	const found = pieces.toSorted((a, b) => b.step - a.step).flatMap((piece) => piece.reason ?? []);
	const wanted = `stage ${context.stage.name} requires ${count > 1 ? `${count} pieces of ` : ""}${evidence} signed by ${signedBy.join(" or ")}`;
	const few = found.length === 0 || names.size > 0 && !refused;
	const head = all.length === 0 ? reason$1("EVIDENCE_MISSING", `${wanted}: there is none`) : reason$1("EVIDENCE_TOO_FEW", `${wanted}: ${names.size} of them ${names.size === 1 ? "counts" : "count"}`);
	return {
		met: false,
		reasons: [...few ? [head] : [], ...found.slice(0, EXPLAINED)],
		relied
	};
}
/** A scanner's newest findings are what it says; of two equally new ones both. */
function isSuperseded({ scan }, all) {
	return scan !== void 0 && all.some((other) => other.scan?.scanner === scan.scanner && other.scan.time > scan.time);
}
function examine(fact, requirement, context) {
	const where = `${requirement.evidence} at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
	const fail = (step, code, problem) => ({
		fact,
		step,
		reason: reason$1(code, `stage ${context.stage.name}: ${where}: ${problem}`)
	});
	const unsigned = signatureProblem(fact, requirement, context);
	if (unsigned) return fail(...unsigned);
	try {
		const predicate = predicateOf(fact);
		const scan = scanOf(predicate, requirement, context.image.now);
		const content = contentOf(predicate, requirement, context.image.now);
		if (!("code" in content)) return {
			fact,
			step: 9,
			remarks: content.remarks,
			...scan ? { scan } : {}
		};
		return {
			...fail(content.code === "EVIDENCE_STALE" ? 6 : content.code === "EVIDENCE_OTHER_SCANNER" ? 5 : 7, content.code, content.problem),
			...scan ? { scan } : {}
		};
	} catch (error) {
		if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
		return fail(4, "EVIDENCE_UNREADABLE", error.message);
	}
}
/** Why the evidence is not about this image, or not by somebody whom the requirement names. */
function signatureProblem({ signature, signer, contradicted, covers, reasons }, { signedBy }, { policy, image }) {
	const why = reasons[0]?.message;
	const because = why === void 0 ? "" : `: ${why}`;
	if (signature === "invalid" || signature === "unreadable") return [
		1,
		"EVIDENCE_ALTERED",
		`its signature does not hold${because}`
	];
	if (signature !== "valid" || !signer) return [
		0,
		"EVIDENCE_UNTRUSTED",
		`it is signed by ${describeIdentity(signer)}, who is not trusted${because}`
	];
	const principals = matchPrincipals(policy, signer);
	if (!principals.some((name) => signedBy.includes(name))) return [
		2,
		"EVIDENCE_OTHER_SIGNER",
		`it is signed by ${principals.join(", ") || describeIdentity(signer)}, not by ${signedBy.join(" or ")}`
	];
	const whole = image.facts.units.length > 0 && image.facts.units.every(({ id }) => covers.includes(id));
	return contradicted || !whole ? [
		3,
		"EVIDENCE_OTHER_CONTENT",
		"it is about other content"
	] : void 0;
}
function predicateOf({ statement }) {
	const predicate = statement && parseStatement(statement).predicate;
	if (!isJsonObject(predicate)) throw new Malformed("its predicate is not an object");
	return predicate;
}
/** Only scans of scanners that are asked for, and not of the future, take the place of earlier ones. */
function scanOf(predicate, { condition }, now) {
	if (condition.of !== "findings") return void 0;
	const [scanner] = scannersOf(predicate);
	const time = timeOf(predicate, "findings");
	if (scanner === void 0 || !isAsked(predicate, condition.scanner) || ageProblem(time, ANY_AGE, now) !== void 0) return void 0;
	return {
		scanner,
		time: Date.parse(time ?? "")
	};
}
function isAsked(predicate, wanted) {
	return wanted.length === 0 || scannersOf(predicate).some((name) => wanted.some((one) => one.toLowerCase() === name.toLowerCase()));
}
function contentOf(predicate, { condition, evidence, maxAge }, now) {
	const scanners = condition.of === "findings" ? condition.scanner : [];
	if (!isAsked(predicate, scanners)) return {
		code: "EVIDENCE_OTHER_SCANNER",
		problem: `it is by ${scannersOf(predicate).join(", ") || "no scanner that it names"}, not ${scanners.join(" or ")}`
	};
	const limit = maxAge ?? (condition.of === "findings" ? ANY_AGE : void 0);
	const stale = limit === void 0 ? void 0 : ageProblem(timeOf(predicate, evidence), limit, now);
	if (stale !== void 0) return {
		code: "EVIDENCE_STALE",
		problem: `it ${stale}`
	};
	switch (condition.of) {
		case "findings": return checkFindings(predicate, condition, now);
		case "sbom": return checkSbom(predicate, condition);
		case "provenance": return checkProvenance(predicate, condition);
		case "fields": return checkFields(predicate, condition);
		default: return condition;
	}
}

// src/policy/rules/order.ts
/** All ways in which these layers may fill the stage. */
function candidatesOf(policy, stage, layers) {
	return stage.approvers.flatMap((principal) => layers.filter((layer) => layer.principals.includes(principal)).map((layer) => {
		const person = layer.fact.signer ? personOf(policy, layer.fact.signer) : [];
		return {
			principal,
			layer,
			uses: [`principal ${principal}`, ...person]
		};
	}));
}
/** Decides for all stages of a policy; `candidates` are those of every stage. */
var Order = class {
	#policy;
	#image;
	#candidates;
	#seen = /* @__PURE__ */ new Map();
	constructor(policy, image, candidates) {
		this.#policy = policy;
		this.#image = image;
		this.#candidates = candidates;
	}
	/** Candidates in order, by stage, when those `left` out give no place to anybody. */
	inOrder(left) {
		const standing = /* @__PURE__ */ new Map();
		for (const stage of this.#policy.stages) {
			const mine = (this.#candidates.get(stage.name) ?? []).filter((one) => !left.has(one));
			standing.set(stage.name, mine.filter(({ layer }) => stage.after.every((name) => this.seenBy(layer, name, standing) >= this.#threshold(name))));
		}
		return standing;
	}
	/** How many people the signer of a layer saw approve an earlier stage. A signature without a statement cannot tell. */
	seenBy(layer, name, standing) {
		if (!layer.fact.approval) return Number.POSITIVE_INFINITY;
		const earlier = (standing.get(name) ?? []).flatMap((one) => {
			const entry = this.#entryFor(layer, one.layer, name);
			return entry === void 0 ? [] : [{ uses: [...one.uses, entry] }];
		});
		return differentPeople(earlier, { steps: MAX_STEPS }).length;
	}
	/** Who fills these stages. */
	fill(stages) {
		const needs = stages.map(({ name, threshold }) => ({
			stage: name,
			needed: threshold,
			candidates: this.#candidates.get(name) ?? []
		}));
		return fillStages(needs, this.#policy.distinct, (left) => this.inOrder(left));
	}
	#threshold(name) {
		return this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? Number.POSITIVE_INFINITY;
	}
	/** The roster entry by which a signer saw an earlier layer, in one word; undefined when they did not. */
	#entryFor(layer, earlier, name) {
		const known = this.#seen.get(layer) ?? /* @__PURE__ */ new Map();
		this.#seen.set(layer, known);
		if (!known.has(earlier)) {
			const roster = layer.fact.approval?.roster ?? [];
			const entry = this.#sawWhole(roster, earlier) && roster.find((listed) => this.#sees(listed, earlier, name));
			known.set(earlier, entry ? `entry ${entry.digest} ${entry.signer ? nameText(entry.signer) : ""}` : void 0);
		}
		return known.get(earlier);
	}
	/** What somebody signed part by part was seen when every part was. */
	#sawWhole(roster, earlier) {
		const { kind, approval, signer } = earlier.fact;
		if (approval || coversAll(earlier, this.#image)) return true;
		const parts = this.#image.layers.filter((part) => part.trusted && part.fact.kind === kind && isSameSigner(part.fact.signer, signer) && roster.some((entry) => isListed(entry, part)));
		const covered = new Set(parts.flatMap(({ fact }) => fact.covers));
		return this.#image.facts.units.every(({ id }) => covered.has(id));
	}
	/**
	* An entry of edition 0.1.0 names a statement that says not whose it is: it was seen of somebody only where nobody else
	* could have given it.
	*/
	#sees(entry, earlier, name) {
		const alone = this.#policy.stages.find((stage) => stage.name === name)?.approvers.length === 1;
		if (isListed(entry, earlier)) return alone || isBound(entry, earlier);
		return entry.stage === name && (alone || entry.signer !== null) && this.#isRenewed(entry, earlier);
	}
	/** Whoever approves a stage anew, by the same key or as the same principal, takes the place of their earlier approval. */
	#isRenewed(entry, { fact, principals }) {
		return (fact.approval?.replaces.filter(({ digest, signer }) => digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer))) ?? []).some(({ digest, signer }) => {
			if (fact.signer && (isNamed$1(fact.signer, signer) || fact.signer.hint === signer.key)) return true;
			return this.#image.layers.filter((other) => other.fact.digest === digest && isNamed$1(other.fact.signer, signer)).some((other) => principalsBehind(this.#policy, other.fact).some((principal) => principals.includes(principal)));
		});
	}
};
/**
* Approvals of this image that replaced others of their stage. With a policy only its approvers may; of a stage that the
* policy does not have, any principal may.
*/
function findReplacements(image, policy) {
	return image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => {
		const stage = policy?.stages.find(({ name }) => name === view.approval.stage);
		return (!stage || view.principals.some((principal) => stage.approvers.includes(principal))) && (!stage || view.approval.verifierId === stage.id) && view.approval.replaces.length > 0 && view.trusted && coversAll(view, image);
	});
}
/** The approval that took the place of this one. */
function replacementOf({ approval, fact }, replacements) {
	return replacements.find(({ approval: { stage, replaces } }) => stage === approval.stage && replaces.some(({ digest, signer }) => digest === fact.digest && isNamed$1(fact.signer, signer)));
}
/** True when a listed approval was replaced, whether or not it is still there. */
function isReplaced(entry, replacements) {
	return replacements.some(({ approval: { stage, replaces } }) => stage === entry.stage && replaces.some(({ digest, signer }) => digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer))));
}

// src/policy/rules/roster.ts
/** False for what only makes the approval itself not count: nothing was taken away. */
function isLoss({ reason: { code } }) {
	return code !== "CHAIN_INCONSISTENT";
}
/** Checks all trusted approvals of this content that were not replaced, in a fixed order. */
function checkChain(image, policy, replacements) {
	const byDigest = /* @__PURE__ */ new Map();
	for (const layer of image.layers) byDigest.set(layer.fact.digest, [...byDigest.get(layer.fact.digest) ?? [], layer]);
	const chain = {
		image,
		policy,
		byDigest,
		replacements
	};
	return image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => view.trusted && coversAll(view, image) && !replacementOf(view, replacements)).flatMap((view) => [
		...checkRoster(view, chain),
		...checkEvidence(view, image),
		...view.approval.native.flatMap((entry) => checkNative(view, entry, image)),
		...checkNativeCoverage(view, image)
	]);
}
function checkRoster(view, chain) {
	const { approval } = view;
	const { byDigest } = chain;
	const gone = approval.roster.flatMap((entry) => goneFinding(view, entry, chain));
	if (gone.length > 0) return gone;
	const problem = approval.roster.map((entry) => entryProblem(entry, byDigest.get(entry.digest) ?? [])).find((text) => text) ?? sequenceProblem(view, byDigest);
	if (problem === void 0) return [];
	return [{
		approval: view,
		stage: approval.stage,
		reason: reason$1("CHAIN_INCONSISTENT", `${nameApproval(view)} is inconsistent: ${problem}`)
	}];
}
function goneFinding(view, entry, chain) {
	const { stage, digest } = entry;
	const copies = chain.byDigest.get(digest) ?? [];
	if (copies.some((copy) => isThere(entry, copy, chain)) || isReplaced(entry, chain.replacements)) return [];
	const what = `${stage === null ? "a native signature" : `an approval of stage ${stage}`} (${shortDigest(digest)})`;
	const listed = copies.find((copy) => isListed(entry, copy));
	const found = listed ? reason$1("LAYER_NOT_VALID", `${what} no longer holds (${listed.where} is ${listed.fact.signature}): ${nameApproval(view)} lists it`) : reason$1("LAYER_REMOVED", `${what} was removed${copyText(copies)}: ${nameApproval(view)} lists it`);
	return [{
		approval: view,
		stage: stage ?? view.approval.stage,
		reason: found
	}];
}
function copyText([copy]) {
	return copy ? ` (${copy.where} is a copy of it by another signer)` : "";
}
/**
* Is this layer the listed one, its signature whole? One by somebody who is unknown here, or whose key or certificate has
* merely expired, is there. Where nothing says whose it was, only a valid signature of an approver stands for it, since
* anybody could have put in a copy.
*/
function isThere(entry, layer, { policy }) {
	if (!isListed(entry, layer)) return false;
	const { signature, approval, kind } = layer.fact;
	const approvers = policy?.stages.find(({ name }) => name === entry.stage)?.approvers;
	if (signature === "valid") return isBound(entry, layer) || !approvers || layer.principals.some((name) => approvers.includes(name));
	if (signature !== "unknown-signer" && signature !== "untrusted") return false;
	if (kind.startsWith("native-") || approval?.signer) return true;
	return policy !== void 0 && entry.signer !== null && principalsBehind(policy, layer.fact).length > 0;
}
/** A digest fixes the statement, so a listed approval cannot be for another stage than the roster says. */
function entryProblem({ stage, digest }, layers) {
	const stages = layers.map(({ fact }) => fact.kind.startsWith("native-") ? null : fact.approval?.stage);
	if (stages.length === 0 || stages.includes(stage) || stages.includes(void 0)) return void 0;
	return `it lists ${shortDigest(digest)} as ${stage === null ? "a native signature" : `stage ${stage}`}, which it is not`;
}
function sequenceProblem({ approval, fact }, byDigest) {
	const { roster, sequence, previous } = approval;
	const names = roster.map(({ digest, signer }) => `${digest} ${signer ? nameText(signer) : ""}`);
	if (new Set(names).size < roster.length) return "it lists a layer twice";
	if (roster.some(({ digest }) => digest === fact.digest)) return "it lists itself";
	const ranked = roster.map(({ digest }) => ({
		digest,
		sequence: Math.max(0, ...(byDigest.get(digest) ?? []).map((layer) => layer.fact.approval?.sequence ?? 0))
	}));
	const highest = Math.max(0, ...ranked.map((entry) => entry.sequence));
	const whole = roster.every(({ digest }) => byDigest.has(digest));
	if (whole ? sequence !== highest + 1 : sequence <= highest) return `its number is ${sequence} where ${highest + 1} follows from what it lists`;
	const last = ranked.filter((entry) => !whole || entry.sequence === highest).map(({ digest }) => digest);
	if (previous === null ? highest > 0 : !last.includes(previous)) return `its predecessor ${previous === null ? "is not given" : `${shortDigest(previous)} is not the last one it lists`}`;
}
function checkEvidence(view, image) {
	return view.approval.evidence.flatMap((entry) => {
		const found = evidenceReason(entry, view, image);
		return found ? [{
			approval: view,
			stage: view.approval.stage,
			reason: found
		}] : [];
	});
}
function evidenceReason(entry, view, image) {
	const copies = image.evidence.filter(({ digest }) => digest === entry.digest);
	const what = `${entry.predicateType} (${shortDigest(entry.digest)})`;
	if (copies.length === 0 && entry.detached === true) return remark("EVIDENCE_ELSEWHERE", `evidence ${what} is kept outside the image, says ${nameApproval(view)}`);
	if (copies.length === 0) return reason$1("EVIDENCE_REMOVED", `evidence ${what} was removed: ${nameApproval(view)} relies on it`);
	if (copies.some(({ signature, contradicted }) => !contradicted && signature !== "invalid" && signature !== "unreadable")) return void 0;
	return reason$1("EVIDENCE_NOT_VALID", `evidence ${what} does not hold: ${nameApproval(view)} relies on it`);
}
function checkNative(view, entry, image) {
	const finding = (one) => [{
		approval: view,
		stage: view.approval.stage,
		reason: one
	}];
	const natives = image.layers.filter(({ fact }) => fact.kind === "native-pgp" || fact.kind === "native-dsse");
	const named = natives.filter(({ fact }) => fact.digest === entry.digest);
	if (named.some((native) => isSound(native, view))) return [];
	const what = `the native signature of group ${entry.group} that belongs to ${nameApproval(view)}`;
	const [first] = named;
	if (first) return finding(reason$1("NATIVE_SIGNATURE_ALTERED", `${what} does not hold: see ${first.where}`));
	const other = natives.filter(({ fact }) => !isNamed(fact.digest, image)).find(({ fact }) => isSameSigner(fact.signer, view.fact.signer));
	if (other) return finding(reason$1("NATIVE_SIGNATURE_ALTERED", `${what} is gone; ${other.where} is of the same signer and has other bytes`));
	return finding(reason$1("NATIVE_SIGNATURE_MISSING", `${what} was removed`));
}
/** True when some approval names the native signature as its own: then it is not an altered form of another one. */
function isNamed(digest, { layers }) {
	return layers.some(({ fact }) => fact.approval?.native.some((entry) => entry.digest === digest));
}
function isSound(native, view) {
	const { signature, contradicted, covers } = native.fact;
	return signature === "valid" && isSameSigner(native.fact.signer, view.fact.signer) && !contradicted && covers.length > 0;
}
/** An approval that has native signatures has one for every group: together they cover what it covers. */
function checkNativeCoverage(view, image) {
	const { native, stage } = view.approval;
	const digests = native.map(({ digest }) => digest);
	const sound = image.layers.filter((layer) => digests.includes(layer.fact.digest) && isSound(layer, view));
	if (native.length === 0 || sound.length < digests.length) return [];
	const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
	const gap = image.facts.units.find(({ id }) => !covered.has(id));
	if (!gap) return [];
	const message = `the native signatures that belong to ${nameApproval(view)} leave out ${gap.id}`;
	return [{
		approval: view,
		stage,
		reason: reason$1("NATIVE_SIGNATURE_MISSING", message)
	}];
}

// src/policy/rules/counts.ts
/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 3e5;
/** Looks at every layer for every stage, and tells who fills what. */
function claimsOf(policy, found) {
	const own = new Map(policy.stages.map((stage) => [stage.name, found.image.layers.flatMap((layer) => claimOf(layer, stage, {
		policy,
		found
	}) ?? [])]));
	const counting = policy.stages.map((stage) => {
		const layers = (own.get(stage.name) ?? []).filter(({ counts }) => counts).map(({ layer }) => layer);
		return [stage.name, candidatesOf(policy, stage, layers)];
	});
	const order = new Order(policy, found.image, new Map(counting));
	const standing = order.inOrder(/* @__PURE__ */ new Set());
	const claims = policy.stages.map((stage) => {
		const ordered = (own.get(stage.name) ?? []).map((claim) => {
			const late = stage.after.flatMap((name) => lateReason(claim.layer, {
				name,
				policy,
				order,
				standing
			}) ?? []);
			const reasons = claim.outsider ? claim.reasons : [...claim.reasons, ...late];
			return {
				...claim,
				reasons,
				counts: claim.counts && late.length === 0
			};
		});
		return [stage.name, ordered];
	});
	return {
		claims: new Map(claims),
		order
	};
}
/** Reasons that do not depend on a stage's rules: content, time, chain. Shared with evaluation without a policy. */
function intrinsicReasons(view, { image, chain }) {
	const { approval } = view;
	const reasons = [
		...contentReasons(view, image),
		...view.fact.reasons,
		...timeReasons(view, image.now)
	];
	reasons.push(...chain.filter((finding) => finding.approval.fact === view.fact).map((finding) => finding.reason));
	if (!approval.dataVerified) reasons.push(remark("APPROVAL_WITHOUT_DATA", `${nameLayer(view)} approved digests without reading the data`));
	return reasons;
}
function claimOf(layer, stage, context) {
	const approval = asApproval(layer);
	if (approval) return approval.approval.stage === stage.name ? approvalClaim(approval, stage, context) : void 0;
	return nativeClaim(layer, stage, context.found.image);
}
function approvalClaim(view, stage, { policy, found }) {
	const aside = outsiderRemark$1(view, stage) ?? replacedRemark(view, found.replacements);
	if (aside) return {
		layer: view,
		reasons: [aside],
		counts: false,
		outsider: true
	};
	if (view.fact.signature !== "valid") return {
		layer: view,
		reasons: [reason$1("LAYER_ALTERED", `${nameLayer(view)}: the approval of stage ${stage.name} does not verify`), ...view.fact.reasons],
		counts: false,
		outsider: false
	};
	const reasons = [
		...approverReasons(view, stage),
		...verifierReasons(view, stage),
		...intrinsicReasons(view, found),
		...policyRemarks(view, policy)
	];
	return {
		layer: view,
		reasons,
		counts: view.trusted && !reasons.some(isProblem),
		outsider: false
	};
}
function outsiderRemark$1(view, stage) {
	const { signature, signer } = view.fact;
	const who = `${view.where}: ${describeIdentity(signer)}`;
	const claims = `${who} claims stage ${stage.name} and is not trusted`;
	if (signature === "unknown-signer") return remark("STAGE_APPROVED_BY_OUTSIDER", claims);
	if (signature === "untrusted") {
		const why = view.fact.reasons.find(isProblem)?.message;
		return remark("STAGE_APPROVED_BY_OUTSIDER", why === void 0 ? claims : `${claims}: ${why}`);
	}
	if (signature !== "valid") return void 0;
	if (!isGivenBySigner(view.fact)) return remark("APPROVAL_OTHER_SIGNER", otherSigner(view));
	if (view.principals.length === 0) return remark("SIGNER_NOT_A_PRINCIPAL", `${who} approved stage ${stage.name} and is no principal of the policy`);
}
/** What is wrong with a signature over what somebody else gave. */
function otherSigner(view) {
	const stage = view.fact.approval?.stage ?? "";
	return `${nameLayer(view)}: the approval of stage ${stage} names another signer, it is a copy of what that one gave`;
}
function replacedRemark(view, replacements) {
	const by = replacementOf(view, replacements);
	return by && remark("APPROVAL_REPLACED", `${nameLayer(view)}: replaced by ${nameLayer(by)}`);
}
function approverReasons(view, stage) {
	if (view.principals.some((principal) => stage.approvers.includes(principal))) return [];
	const names = `${view.principals.join(", ")} signed, approvers are ${stage.approvers.join(", ")}`;
	return [reason$1("APPROVER_NOT_LISTED", `${view.where}: stage ${stage.name} needs another signer: ${names}`)];
}
function verifierReasons({ approval, where }, stage) {
	if (approval.verifierId === stage.id) return [];
	const message = `${where}: its verifier is ${approval.verifierId}, stage ${stage.name} has ${stage.id}`;
	return [reason$1("APPROVAL_OTHER_VERIFIER", message)];
}
function timeReasons(view, now) {
	const { expires, timeVerified } = view.approval;
	const reasons = [];
	if (expires !== null && !(Date.parse(expires) > now.getTime())) reasons.push(reason$1("APPROVAL_EXPIRED", `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
	if (!(Date.parse(timeVerified) <= now.getTime() + CLOCK_SKEW_MS)) reasons.push(reason$1("APPROVAL_FROM_FUTURE", `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
	return reasons;
}
function policyRemarks({ approval, where }, policy) {
	if (approval.policy.digest === policy.digest) return [];
	const given = approval.policy.digest === null ? "no policy" : `policy ${approval.policy.name} (${approval.policy.digest})`;
	return [remark("APPROVAL_OTHER_POLICY", `${where}: given under ${given}`)];
}
/** The signer must have seen enough people approve the earlier stage in a way that counts. */
function lateReason(layer, context) {
	const { name, order, standing } = context;
	const view = asApproval(layer);
	const needed = context.policy.stages.find((stage) => stage.name === name)?.threshold ?? 0;
	const seen = order.seenBy(layer, name, standing);
	if (!view || seen >= needed) return void 0;
	const count = `${seen} of ${needed}`;
	const message = view.approval.roster.some((entry) => entry.stage === name) || seen > 0 ? `${nameLayer(view)}: it rests on approvals of stage ${name} that do not count (${count} needed do)` : `${nameLayer(view)}: it was given before stage ${name} was approved (it had seen ${count} needed)`;
	return reason$1("APPROVAL_OUT_OF_ORDER", message);
}
/** The cosign signature that stood beside an approval, without it: whoever copied the image took along the one alone. */
function leftBehind(layer, { name }) {
	if (layer.fact.statedStage !== name) return void 0;
	const message = `${nameLayer(layer)}: the approval of stage ${name} that it was made beside is not here`;
	return {
		layer,
		reasons: [reason$1("APPROVAL_LEFT_BEHIND", message)],
		counts: false,
		outsider: true
	};
}
/** Counts for every stage that accepts the format from this signer; undefined where there is nothing to say. */
function nativeClaim(layer, stage, image) {
	const format = nativeFormat(layer);
	if (!format || !layer.trusted || !layer.principals.some((name) => stage.approvers.includes(name))) return void 0;
	const owner = claimantOf(layer, image);
	if (layer.fact.companion && !owner) return leftBehind(layer, stage);
	if (!stage.native.includes(format)) {
		if (owner || isBesideApproval(layer, image)) return void 0;
		const kind = format === "cosign" ? "plain cosign" : `native ${format}`;
		return notAccepted(layer, `stage ${stage.name} does not accept ${kind} signatures`);
	}
	if (owner) return notAccepted(layer, `it is part of the approval of stage ${owner.approval.stage} and counts with that alone`);
	const { statedStage } = layer.fact;
	if (statedStage === null) return notAccepted(layer, "it does not say in one text for which stage it is");
	if (statedStage !== void 0 && statedStage !== stage.name) return notAccepted(layer, `it says that it is for stage ${JSON.stringify(statedStage.slice(0, 80))}`);
	const otherPlace = identityRemark(layer, stage, image);
	if (otherPlace) return {
		layer,
		reasons: [otherPlace],
		counts: false,
		outsider: true
	};
	const reasons = [...contentReasons(takenTogether(layer, stage, image), image), ...layer.fact.reasons];
	if (stage.after.length > 0) {
		const message = `${nameLayer(layer)}: it does not show that ${stage.after.join(", ")} came first`;
		reasons.push(remark("NATIVE_ORDER_UNPROVEN", message));
	}
	return {
		layer,
		reasons,
		counts: !reasons.some(isProblem),
		outsider: false
	};
}
function notAccepted(layer, why) {
	return {
		layer,
		reasons: [remark("NATIVE_NOT_ACCEPTED", `${nameLayer(layer)}: ${why}`)],
		counts: false,
		outsider: true
	};
}
/** Said of a cosign signature that was made for another place than the stage asks for. */
function identityRemark(layer, { name, signedIdentity }, image) {
	const { kind, signedReference } = layer.fact;
	if (kind !== "cosign" || !signedIdentity) return void 0;
	const asked = image.facts.reference;
	if (signedReference !== void 0 && matchesIdentity(signedIdentity, signedReference, asked)) return void 0;
	const made = signedReference === void 0 ? "it names no reference" : `it is for ${JSON.stringify(signedReference.slice(0, 200))}`;
	const place = asked === void 0 ? "the image is in no registry" : `the image is ${asked}`;
	const message = `${nameLayer(layer)}: ${made}, ${place}, and stage ${name} asks for ${describeIdentityRule(signedIdentity)}`;
	return remark("NATIVE_OTHER_IDENTITY", message);
}
function nativeFormat({ fact }) {
	if (fact.kind === "native-pgp") return "pgp";
	if (fact.kind === "cosign") return "cosign";
	return fact.kind === "native-dsse" ? "dsse" : void 0;
}
/** What one signer signed part by part is looked at as a whole: each manifest of an index, each group of a SIF. */
function takenTogether(layer, stage, image) {
	const { contradicted, statedStage } = layer.fact;
	if (contradicted) return layer;
	const same = image.layers.filter((other) => arePartsOfOne(other.fact, layer.fact, image.facts) && other.trusted && !other.fact.contradicted && !other.fact.reasons.some(isProblem) && other.fact.statedStage === statedStage && !identityRemark(other, stage, image) && !claimantOf(other, image));
	return {
		...layer,
		fact: {
			...layer.fact,
			covers: [...layer.fact.covers, ...same.flatMap(({ fact }) => fact.covers)]
		}
	};
}
/** Approvals in a registry are accompanied by a cosign signature of the same signer, for readers that know no other. */
function isBesideApproval({ fact }, image) {
	return fact.kind === "cosign" && approvalsBy(fact.signer, image).length > 0;
}
/**
* The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
* whose stage the payload of a plain cosign signature names.
*/
function claimantOf({ fact }, image) {
	const { kind, digest, statedStage, signer } = fact;
	return approvalsBy(signer, image).find(({ approval }) => kind === "cosign" ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest));
}
function approvalsBy(signer, image) {
	return image.layers.flatMap((other) => asApproval(other) ?? []).filter(({ fact }) => fact.signature === "valid" && isGivenBySigner(fact) && isSameSigner(fact.signer, signer));
}

// src/policy/rules/reports.ts
/** The layer as the verdict shows it; `claims` are all claims of all stages. */
function reportLayer(layer, image, context) {
	const { fact, where } = layer;
	const mine = context.claims.filter((claim) => claim.layer.fact === fact);
	const chained = context.chain.filter(({ approval }) => approval.fact === fact).map((finding) => finding.reason);
	const outside = context.policy && fact.signature === "valid" && layer.principals.length === 0 ? [outsiderRemark(layer)] : [];
	return {
		where,
		kind: fact.kind,
		stage: fact.approval?.stage ?? claimantOf(layer, image)?.approval.stage ?? null,
		method: fact.method,
		digest: fact.digest,
		signer: fact.signer && reportSigner(fact.signer, layer.principals),
		signedAt: fact.approval?.timeVerified ?? fact.signedAt,
		status: statusOf(layer, context.policy),
		dataVerified: asApproval(layer)?.approval.dataVerified ?? null,
		approval: fact.approval && reportApproval(fact.approval, image.evidence),
		reasons: uniqueReasons([
			...fact.reasons,
			...fact.contradicted ? [otherContent(layer)] : [],
			...mine.flatMap((claim) => claim.reasons),
			...chained,
			...copied(layer),
			...mine.length === 0 ? [...outside, ...unknownStage(layer, context.policy)] : []
		])
	};
}
/** Why an approval was given and what it rests on; `there` is the evidence on the image. */
function reportApproval({ reason: why, ticket, run, expires, evidence }, there) {
	const digests = new Set(there.map(({ digest }) => digest));
	return {
		reason: why,
		ticket,
		run: Object.entries(run ?? {}).map(([name, value]) => ({
			name,
			value
		})),
		expires,
		evidence: evidence.map(({ predicateType, digest }) => ({
			predicateType,
			digest,
			found: digests.has(digest)
		}))
	};
}
/**
* What the signature is worth here: sound mathematics over other content is invalid for this image, and a sound
* signature by nobody whom the policy knows is untrusted.
*/
function statusOf({ fact, principals }, policy) {
	if (fact.signature !== "valid") return fact.signature;
	if (fact.contradicted) return "invalid";
	return policy && principals.length === 0 || !isGivenBySigner(fact) ? "untrusted" : "valid";
}
function copied(layer) {
	return layer.fact.signature === "valid" && !isGivenBySigner(layer.fact) ? [remark("APPROVAL_OTHER_SIGNER", otherSigner(layer))] : [];
}
function outsiderRemark({ fact, where }) {
	return remark("SIGNER_NOT_A_PRINCIPAL", `${where}: ${describeIdentity(fact.signer)} is no principal of the policy`);
}
function unknownStage({ fact, where, trusted }, policy) {
	const stage = fact.approval?.stage;
	if (!policy || !trusted || stage === void 0 || policy.stages.some(({ name }) => name === stage)) return [];
	return [remark("APPROVAL_STAGE_UNKNOWN", `${where}: stage ${stage} is not in the policy`)];
}
/** The evidence as the verdict shows it. */
function reportEvidence(fact, policy) {
	const principals = fact.signature === "valid" && fact.signer && policy ? matchPrincipals(policy, fact.signer) : [];
	const where = whereOf(fact.place);
	const foreign = fact.contradicted ? [remark("APPROVAL_OTHER_CONTENT", `${where}: it is about other content`)] : [];
	return {
		where,
		predicateType: fact.predicateType,
		digest: fact.digest,
		signer: fact.signer && reportSigner(fact.signer, principals),
		status: fact.signature,
		reasons: uniqueReasons([...fact.reasons, ...foreign])
	};
}
/** For every unit of the image, whether a valid signature of somebody trusted covers it. */
function reportCoverage(image) {
	const sound = image.layers.filter(({ trusted, fact }) => trusted && !fact.contradicted);
	const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
	return image.facts.units.map(({ id }) => ({
		object: id,
		covered: covered.has(id)
	}));
}
/** Units that no sound signature covers together with the rest of their group: parts may come from several images. */
function unitsOfPartsOnly(image) {
	const whole = image.layers.filter(({ trusted, fact }) => trusted && !fact.contradicted && fact.reasons.every(({ code }) => code !== "NATIVE_PARTIAL"));
	const covered = new Set(whole.flatMap(({ fact }) => fact.covers));
	return image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
}
/** Reasons without repetitions; the first of two with the same code and message stays. */
function uniqueReasons(reasons) {
	const seen = /* @__PURE__ */ new Map();
	for (const one of reasons) {
		const key = `${one.code} ${one.message}`;
		if (!seen.has(key)) seen.set(key, one);
	}
	return [...seen.values()];
}
function reportSigner(identity, principals) {
	const principal = principals[0] ?? null;
	switch (identity.method) {
		case "pgp": {
			const { method, fingerprint, userIds, subkey } = identity;
			return {
				method,
				principal,
				fingerprint,
				...subkey === void 0 ? {} : { subkey },
				userIds
			};
		}
		case "key": return {
			method: identity.method,
			principal,
			hint: identity.hint,
			algorithm: identity.algorithm
		};
		case "x509": {
			const { anchors: _anchors, notBefore: _notBefore, ...rest } = identity;
			return {
				...rest,
				principal
			};
		}
		default: return identity;
	}
}
/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
function reportStages(stages, findings) {
	const fills = findings.order.fill(stages);
	return stages.map((stage, index) => {
		const claims = findings.claims.get(stage.name) ?? [];
		const losses = findings.chain.filter((finding) => finding.stage === stage.name && isLoss(finding)).map((finding) => finding.reason);
		const required = checkRequirements(findings.policy, stage, findings.image);
		return reportStage(stage, fills[index], {
			claims,
			losses,
			required
		});
	});
}
function reportStage(stage, fill, { claims, losses, required }) {
	const passed = fill?.met === true && !losses.some(isProblem) && required.every(({ met }) => met);
	const rests = required.flatMap((one) => [...one.reasons, ...unlisted(stage, one, claims)]);
	const seen = claims.some(({ outsider }) => !outsider);
	const details = claims.flatMap(({ reasons }) => reasons);
	return {
		stage: stage.name,
		verdict: passed ? "passed" : seen ? "failed" : "missing",
		approvedBy: fill?.principals ?? [],
		needed: stage.threshold,
		reasons: passed ? uniqueReasons([
			...details,
			...losses,
			...rests
		].map(asRemark)) : uniqueReasons([
			...summary(stage, fill, seen),
			...rests,
			...losses,
			...details
		])
	};
}
/** Evidence that was made after the stage was approved, or unseen, holds all the same; whoever reads the verdict knows. */
function unlisted({ name }, { met, relied }, claims) {
	const counting = claims.filter(({ counts }) => counts);
	const listed = new Set(counting.flatMap(({ layer }) => layer.fact.approval?.evidence.map(({ digest }) => digest) ?? []));
	if (!met || counting.length === 0 || relied.some(({ digest }) => listed.has(digest))) return [];
	const types = relied.map(({ predicateType, digest }) => `${predicateType} (${shortDigest(digest)})`).join(", ");
	return [remark("EVIDENCE_NOT_LISTED", `stage ${name} rests on ${types}, which no approval of it lists`)];
}
function summary(stage, fill, seen) {
	if (fill?.met) return [];
	const reasons = [];
	if (!seen) reasons.push(reason$1("STAGE_MISSING", `stage ${stage.name} is not approved by anybody: ${approversOf(stage)}`));
	else {
		const who = `${stage.threshold} of ${stage.approvers.join(", ")} needed`;
		const counted = fill?.principals.length ? fill.principals.join(", ") : "nobody";
		const message = `stage ${stage.name} is approved by ${counted} in a way that counts: ${who}`;
		reasons.push(reason$1("STAGE_THRESHOLD_NOT_MET", message));
	}
	for (const { principal, stage: rival } of fill?.conflicts ?? []) reasons.push(reason$1("STAGE_NOT_DISTINCT", `${principal} cannot approve stage ${stage.name}: the same signer fills stage ${rival}`));
	if (fill?.undecided) reasons.push(reason$1("ASSIGNMENT_UNDECIDED", `stage ${stage.name}: too many ways to assign approvers to distinct stages`));
	return reasons;
}
function approversOf({ threshold, approvers }) {
	const others = approvers.slice(0, -1).join(", ");
	const last = approvers.at(-1) ?? "nobody";
	if (threshold > 1) return `${threshold} of ${others} and ${last} must approve it`;
	return `${others === "" ? last : `${others} or ${last}`} can approve it`;
}

export { encodeDescriptor as $, assertChangeable as A, uncoverableObjects as B, placeText as C, encodeMetadata as D, compareMetadata as E, hashObjects as F, laneObject as G, evidenceLabel as H, findObject as I, DESCRIPTOR_FIELD as J, reservedLaneObject as K, groupsOf as L, handleSource as M, openFileSource as N, parseMetadata as O, cryptoName as P, PARTITION_TYPE as Q, objectsInGroup as R, checkNative$1 as S, signatureObjects as T, filledUp as U, RESERVED_BYTES as V, laneDefect as W, FILE_SYSTEM as X, DETERMINISTIC_TIME as Y, GROUP_MASK as Z, createFinding as _, reportStages as a, protectedHeaderBytes as at, isCommonName as b, claimsOf as c, isLoss as d, parsePartitionInfo as et, findReplacements as f, judgeFindings as g, countFindings as h, reportLayer as i, parseHeader as it, assertInside as j, assertAtPath as k, intrinsicReasons as l, checkRequirements as m, reportCoverage as n, HEADER_FIELD as nt, uniqueReasons as o, replacementOf as p, DATA_TYPE as q, reportEvidence as r, NIL_ID as rt, unitsOfPartsOnly as s, reportApproval as t, signatureExtra as tt, checkChain as u, createReport as v, readSignatureObjects as w, algorithmsNamed as x, cvesIn as y, openSif as z };