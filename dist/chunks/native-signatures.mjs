import { d as sha256, f as sha256Hex, g as utf8, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { a as readObject, d as GROUP_MASK, h as signatureExtra, l as DETERMINISTIC_TIME, n as groupsOf, r as objectsInGroup, s as DATA_TYPE, y as protectedHeaderBytes } from "./sif.mjs";
import { i as parseJson, n as isJsonObject } from "./json.mjs";
import { l as parseUnambiguous } from "./members.mjs";
import { n as SifError } from "./errors3.mjs";
import { t as cryptoName } from "./hash.mjs";
import { a as isNativeDsse, l as parseNativeDsse, s as nativePae } from "./dsse.mjs";
import { l as evidenceKind } from "./statement.mjs";
import { createHash } from "node:crypto";

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
function hash$1(algorithm, bytes) {
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
async function checkNative(native, options) {
	const { data } = native;
	const { verifier, now, proven } = options;
	if (options.limit <= 0) return [tooMany(native)];
	if (isNativeDsse(data)) return checkDsse(native, options);
	if (!isCleartext(data)) return [unreadable(native)];
	const check = await verifier.verifyCleartext(data, native.fingerprint, now, proven);
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
async function checkDsse(native, { verifier, now, limit, proven }) {
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
		const input = {
			pae,
			signature,
			material: void 0,
			keyid,
			hashing: "native",
			proven
		};
		const check = await verifier.verifyDsse(input, now);
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

export { signatureObjects as a, parseMetadata as c, filledUp as d, laneDefect as f, readSignatureObjects as i, RESERVED_BYTES as l, reservedLaneObject as m, checkNative as n, compareMetadata as o, laneObject as p, placeText as r, encodeMetadata as s, algorithmsNamed as t, evidenceLabel as u };