import { d as sha256, f as sha256Hex, g as utf8 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { d as DETERMINISTIC_TIME, g as PARTITION_TYPE, l as DATA_TYPE, o as parsePartitionInfo, p as GROUP_MASK, s as readObject, u as DESCRIPTOR_FIELD } from "./sif.mjs";
import { a as counted } from "./text.mjs";
import { n as SifError } from "./errors3.mjs";
import { createHash } from "node:crypto";

// src/sif/edit/placement.ts
const PARTITION_ALIGNMENT = 4096;
const MAX_GROUP = 268435455;
/**
* Places new objects after the data of the present ones, in the first free slots.
* @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_PRIMARY_PARTITION_EXISTS
*/
function layOut(objects, input) {
	assertCapacity(objects.length, input);
	const takenSlots = new Set(input.present.map((object) => object.slot));
	const takenIds = new Set(input.present.map((object) => object.id));
	let dataEnd = input.present.reduce((end, object) => Math.max(end, object.offset + object.sizeBytes), input.dataOffset);
	let hasPrimary = input.present.some((object) => object.primary);
	let archCode;
	return {
		placements: objects.map((object) => {
			assertValid(object);
			const slot = firstFree(takenSlots, 0);
			const id = takenIds.has(slot + 1) ? firstFree(takenIds, 1) : slot + 1;
			takenSlots.add(slot);
			takenIds.add(id);
			if (isPrimary(object)) {
				if (hasPrimary) throw new SifError("SIF_PRIMARY_PARTITION_EXISTS", "the image already has a primary partition");
				hasPrimary = true;
				archCode = object.extra?.slice(8, 11);
			}
			const placement = place(object, {
				slot,
				id,
				dataEnd,
				time: input.time
			});
			dataEnd = placement.offset + placement.sizeBytes;
			return placement;
		}),
		dataSize: dataEnd - input.dataOffset,
		archCode
	};
}
function assertCapacity(needed, { present, totalSlots }) {
	const left = totalSlots - present.length;
	if (needed > left) throw new SifError("SIF_NO_FREE_SLOT", `${counted(needed, "descriptor slot")} needed, ${left} of ${totalSlots} left`);
}
function place(object, where) {
	const sizeBytes = dataSize(object.data);
	const alignment = object.alignment ?? (object.dataType === DATA_TYPE.partition ? PARTITION_ALIGNMENT : 0);
	const offset = alignment > 0 ? Math.ceil(where.dataEnd / alignment) * alignment : where.dataEnd;
	if (!Number.isSafeInteger(offset + sizeBytes)) throw invalid("its data would end beyond 2^53");
	const createdAt = object.createdAt ?? where.time;
	const record = new Uint8Array(585);
	const view = new DataView(record.buffer);
	view.setInt32(DESCRIPTOR_FIELD.dataType, object.dataType, true);
	view.setUint32(DESCRIPTOR_FIELD.id, where.id, true);
	view.setUint32(DESCRIPTOR_FIELD.group, (GROUP_MASK | (object.group ?? 1)) >>> 0, true);
	view.setUint32(DESCRIPTOR_FIELD.link, rawLink(object), true);
	const numbers = {
		offset,
		sizeBytes,
		sizeWithPadding: offset - where.dataEnd + sizeBytes,
		createdAt,
		modifiedAt: object.modifiedAt ?? createdAt
	};
	for (const field of [
		"offset",
		"sizeBytes",
		"sizeWithPadding",
		"createdAt",
		"modifiedAt"
	]) view.setBigInt64(DESCRIPTOR_FIELD[field], BigInt(numbers[field]), true);
	record.set(utf8(object.name ?? ""), DESCRIPTOR_FIELD.name);
	record.set(object.extra ?? ociExtra(object), DESCRIPTOR_FIELD.extra);
	return {
		object,
		slot: where.slot,
		id: where.id,
		offset,
		sizeBytes,
		record
	};
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
/** Length of an object's data, bytes. */
function dataSize(data) {
	return data instanceof Uint8Array ? data.length : data.sizeBytes;
}
function rawLink(object) {
	if (object.linkedGroup !== void 0) return (GROUP_MASK | object.linkedGroup) >>> 0;
	return object.linkedObject ?? 0;
}
function ociExtra(object) {
	const extra = new Uint8Array(384);
	if (object.dataType !== DATA_TYPE.ociBlob && object.dataType !== DATA_TYPE.ociRootIndex) return extra;
	if (!(object.data instanceof Uint8Array)) throw invalid("an OCI object given as a stream needs its digest in extra");
	extra.set(utf8(`sha256:${createHash("sha256").update(object.data).digest("hex")}`));
	return extra;
}
function isPrimary(object) {
	if (object.dataType !== DATA_TYPE.partition || !object.extra || object.extra.length < 11) return false;
	return parsePartitionInfo(object.extra).type === PARTITION_TYPE.primarySystem;
}
function firstFree(taken, from) {
	let candidate = from;
	while (taken.has(candidate)) candidate += 1;
	return candidate;
}
function assertValid(object) {
	const nameBytes = utf8(object.name ?? "").length;
	if (nameBytes > 128) throw invalid(`its name has ${nameBytes} bytes, at most ${128} fit`);
	if (object.name?.includes("\0")) throw invalid("its name holds a zero byte");
	if (object.extra && object.extra.length > 384) throw invalid(`its extra field has ${object.extra.length} bytes, at most ${384} fit`);
	if (!Number.isInteger(object.dataType) || object.dataType < 0 || object.dataType > 2147483647) throw invalid(`${object.dataType} is no data type`);
	if (object.linkedGroup !== void 0 && object.linkedObject !== void 0) throw invalid("it is linked to both a group and an object");
	for (const number of [
		object.group,
		object.linkedGroup,
		object.linkedObject
	]) if (number !== void 0 && !(Number.isInteger(number) && number >= 0 && number <= MAX_GROUP)) throw invalid(`${number} is no group or object number`);
	for (const number of [
		object.createdAt,
		object.modifiedAt,
		dataSize(object.data)
	]) if (number !== void 0 && !Number.isSafeInteger(number)) throw invalid(`${number} is no whole number`);
	if (dataSize(object.data) < 0) throw invalid("its data has a negative length");
}
function invalid(problem) {
	return new SifError("SIF_OBJECT_INVALID", `object to be added: ${problem}`);
}

// src/image/carried-crls.ts
/** How the name of a carrier begins. */
const CRL_PREFIX = "countersign-crl/";
/** The object that carries a list, DER: a Signature object without group or link, which Apptainer passes over. */
function crlObject(der) {
	return {
		dataType: DATA_TYPE.signature,
		data: der,
		group: 0,
		name: `${CRL_PREFIX}${sha256Hex(der).slice(0, 32)}`,
		extra: signatureExtra(void 0),
		createdAt: DETERMINISTIC_TIME,
		modifiedAt: DETERMINISTIC_TIME
	};
}
/** The objects that call themselves carriers of lists. */
function crlObjects(image) {
	return image.objects.filter(({ dataType, group, name, sizeBytes }) => dataType === DATA_TYPE.signature && group === 0 && name.startsWith("countersign-crl/") && sizeBytes <= LIMITS.sifSignatureBytes);
}
/** Lists in a file and attached to it, each once and within a limit; what they are is not looked at. */
async function carriedCrls(image, attached = []) {
	const inside = [];
	let left = LIMITS.carriedCrlBytes;
	for (const object of crlObjects(image).slice(0, LIMITS.carriedCrls)) {
		left -= object.sizeBytes;
		if (left >= 0) inside.push(await readObject(image, object, LIMITS.sifSignatureBytes));
	}
	return withinLimits([...inside, ...attached]);
}
/** As many lists as are looked at. */
function withinLimits(lists) {
	let left = LIMITS.carriedCrlBytes;
	return [...new Map(lists.map((der) => [sha256(der), der])).values()].slice(0, LIMITS.carriedCrls).filter(({ length }) => {
		left -= length;
		return left >= 0;
	});
}

export { withinLimits as a, signatureExtra as c, crlObjects as i, carriedCrls as n, dataSize as o, crlObject as r, layOut as s, CRL_PREFIX as t };