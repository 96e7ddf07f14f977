import { d as sha256, f as sha256Hex, o as equalBytes, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { a as invalidEnvelope, c as readEnvelope, i as encodePae } from "./bundle2.mjs";
import { t as encodeEnvelope } from "./sign.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { l as evidenceKind } from "./statement.mjs";
import { d as DETERMINISTIC_TIME, l as DATA_TYPE, p as GROUP_MASK, s as readObject, t as groupsOf } from "./sif.mjs";

// src/attest/native-dsse.ts
/**
* As Apptainer reads a DSSE signature object: standard or URL-safe base64 with padding, white space around; bytes after
* the document are refused. Stricter in one point: names have one spelling, and none is repeated.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
*/
function parseForeignEnvelope(bytes) {
	return readEnvelope(bytes, foreignBase64);
}
function foreignBase64(text, what) {
	const unwrapped = text.replace(/[\r\n]/g, "");
	const urlSafe = /[-_]/.test(unwrapped);
	if (urlSafe && /[+/]/.test(unwrapped)) throw invalidEnvelope(`${what} mixes two base64 alphabets`);
	return fromBase64(urlSafe ? unwrapped.replaceAll("-", "+").replaceAll("_", "/") : unwrapped, what);
}
/**
* Payload type of native DSSE signatures in a SIF.
* @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/integrity/dsse.go
*/
const SIF_METADATA_PAYLOAD_TYPE = "application/vnd.sylabs.sif-metadata+json";
/** What a signature of a native DSSE object is over. */
function nativePae(metadata) {
	return encodePae(SIF_METADATA_PAYLOAD_TYPE, metadata);
}
/**
* True when the data of a signature object is, or was before it was damaged, a native DSSE signature. Other payload
* types are not ours to judge and give false.
*/
function isNativeDsse(data) {
	const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
	if (!/^\s*\{/.test(text)) return false;
	try {
		return parseForeignEnvelope(data).payloadType === SIF_METADATA_PAYLOAD_TYPE;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return text.replaceAll("\\/", "/").includes(SIF_METADATA_PAYLOAD_TYPE);
	}
}
/**
* The envelope of a native DSSE signature object; `payload` is the sif-metadata.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID
*/
function parseNativeDsse(data) {
	const envelope = parseForeignEnvelope(data);
	if (envelope.payloadType !== "application/vnd.sylabs.sif-metadata+json") throw new SignatureError("SIGNATURE_ENVELOPE_INVALID", `the payload type is ${JSON.stringify(envelope.payloadType.slice(0, 120))}, not ${SIF_METADATA_PAYLOAD_TYPE}`);
	return envelope;
}
/** Data of a native DSSE signature object, byte for byte as the reference library writes it. */
function encodeNativeDsse(metadata, signatures) {
	return encodeEnvelope({
		payloadType: SIF_METADATA_PAYLOAD_TYPE,
		payload: metadata,
		signatures
	});
}
/**
* The envelope with one more signature. The new signature must be over the payload that the envelope holds.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID when the payload differs, the same key has signed already, or the
* envelope is full
*/
function joinNativeDsse(data, metadata, signature) {
	const envelope = parseNativeDsse(data);
	if (!equalBytes(envelope.payload, metadata)) throw new SignatureError("SIGNATURE_ENVELOPE_INVALID", "the envelope holds the metadata of other content", { hint: "remove the outdated signature object, then sign again" });
	if (envelope.signatures.some(({ keyid }) => keyid !== void 0 && keyid === signature.keyid)) throw new SignatureError("SIGNATURE_ENVELOPE_INVALID", `the key ${signature.keyid} has signed this content already`, { hint: "nothing needs to be done; sign with another key to add a signer" });
	const joined = encodeNativeDsse(metadata, [...envelope.signatures, signature]);
	parseNativeDsse(joined);
	return joined;
}

// src/image/sif/signature-objects.ts
const PREFIX = "countersign/";
/**
* Length of an object that had to be placed before it was signed: the bundle is filled up with spaces, native signatures
* with line ends. Approvals with a chain of certificates and a dozen entries have some 9 KiB.
*/
const RESERVED_BYTES = 16384;
const SPACE = 32;
const DIGEST_DIGITS = 32;
const BUNDLE_MARK = "application/vnd.dev.sigstore.bundle";
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
const CLEARTEXT = "-----BEGIN PGP SIGNED MESSAGE-----";
/** True for a native DSSE signature, damaged or not. What begins with a dash is no JSON. */
function isDsse(data) {
	return data[0] !== 45 && isNativeDsse(data);
}
/** Whether the bytes begin as a cleartext signature does, here or after other lines. */
function isCleartext(data) {
	const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
	return text.startsWith(CLEARTEXT) || text.includes(`\n${CLEARTEXT}`);
}
/** Whether it is one of the old kind, which signs the data of one object alone. */
function isLegacy(data) {
	return isCleartext(data) && /\n\r?\nSIFHASH:\r?\n/.test(Buffer.from(data.subarray(0, 65536)).toString("latin1"));
}
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
function laneDefect({ object, data: bundle }, fact) {
	const is = fact.is === "evidence" ? "evidence" : "approval";
	const label = labelOf(fact, object);
	const reserved = fact.is === "layer" && fact.fact.approval !== null && object.name === reservedName(label);
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
	if (!object.signature?.plain || object.signature.fingerprint !== void 0) return "its type-specific field was changed";
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
/** A lane object must be stored exactly as its content says; the name also names the bytes. */
function withLaneDefect(fact, stored) {
	if (!stored) return fact;
	const defect = laneDefect(stored, fact);
	if (defect === void 0) return fact;
	const altered = {
		signature: "invalid",
		reasons: [{
			code: "LANE_ALTERED",
			message: `object ${stored.object.id} was altered: ${defect}`,
			hint: "restore the image from a copy, or delete the object and sign again"
		}, ...fact.fact.reasons]
	};
	if (fact.is === "evidence") return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
	return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
}
/** The label that the content asks for; unreadable content leaves only the name's own. */
function labelOf(fact, object) {
	if (fact.is === "evidence") return evidenceLabel(fact.fact.predicateType);
	return fact.fact.approval?.stage ?? object.name.split("/")[2] ?? "";
}
/**
* Digest algorithms that a native signature may name, found without checking it, so that all of them are computed in the
* one read of the data.
*/
function algorithmsNamed({ data }) {
	const text = Buffer.from(isDsse(data) ? payloadOf(data) : data).toString("latin1");
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

export { parseNativeDsse as _, isDsse as a, placeText as c, signatureObjects as d, withLaneDefect as f, nativePae as g, joinNativeDsse as h, isCleartext as i, readSignatureObjects as l, isNativeDsse as m, algorithmsNamed as n, isLegacy as o, encodeNativeDsse as p, evidenceLabel as r, laneName as s, RESERVED_BYTES as t, reservedName as u };