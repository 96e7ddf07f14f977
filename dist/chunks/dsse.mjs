import { g as utf8, m as toBase64, n as concatBytes, o as equalBytes, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { l as parseUnambiguous } from "./members.mjs";
import { i as documentError, r as SignatureError } from "./errors2.mjs";
import { y as ENVELOPE_MEMBERS } from "./statement.mjs";

// src/attest/dsse.ts
/** Signatures of one envelope that are read; each costs a verification per trusted key. */
const MAX_SIGNATURES = 64;
/**
* Strict: exact member names, canonical standard base64, nothing after the document.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
* @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md
*/
function parseEnvelope(bytes) {
	return reading(() => envelopeFromValue(parseUnambiguous(bytes, "the envelope", ENVELOPE_MEMBERS), fromBase64));
}
/**
* Strict reading of an envelope that is already JSON, as inside a bundle.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID
*/
function envelopeFromJson(value) {
	return reading(() => envelopeFromValue(value, fromBase64));
}
/**
* As Apptainer reads a DSSE signature object: standard or URL-safe base64 with padding, white space around; bytes after
* the document are refused. Stricter in one point: names have one spelling, and none is repeated.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
*/
function parseForeignEnvelope(bytes) {
	return reading(() => envelopeFromValue(parseUnambiguous(bytes, "the envelope", ENVELOPE_MEMBERS), foreignBase64));
}
/** Compact JSON, members in the order that Apptainer writes: payloadType, payload, signatures of keyid and sig. */
function encodeEnvelope(envelope) {
	return utf8(JSON.stringify({
		payloadType: envelope.payloadType,
		payload: toBase64(envelope.payload),
		signatures: envelope.signatures.map(({ keyid, signature }) => ({
			keyid,
			sig: toBase64(signature)
		}))
	}));
}
function envelopeFromValue(value, base64) {
	if (!isJsonObject(value)) throw invalid("it is not a JSON object");
	const { payloadType, payload, signatures } = value;
	if (typeof payloadType !== "string" || payloadType === "") throw invalid("payloadType is not a text");
	if (typeof payload !== "string") throw invalid("payload is not a text");
	if (!Array.isArray(signatures) || signatures.length === 0) throw invalid("it has no signatures");
	if (signatures.length > MAX_SIGNATURES) throw invalid(`${signatures.length} signatures; the limit is ${MAX_SIGNATURES}`);
	return {
		payloadType,
		payload: base64(payload, "the payload"),
		signatures: signatures.map((entry) => signatureFrom(entry, base64))
	};
}
function signatureFrom(value, base64) {
	if (!isJsonObject(value)) throw invalid("a signature is not an object");
	const { keyid, sig } = value;
	if (keyid !== void 0 && keyid !== null && typeof keyid !== "string") throw invalid("a keyid is not a text");
	if (typeof sig !== "string" || sig === "") throw invalid("a signature has no sig");
	return {
		keyid: keyid || void 0,
		signature: base64(sig, "a signature")
	};
}
function foreignBase64(text, what) {
	const unwrapped = text.replace(/[\r\n]/g, "");
	const urlSafe = /[-_]/.test(unwrapped);
	if (urlSafe && /[+/]/.test(unwrapped)) throw invalid(`${what} mixes two base64 alphabets`);
	return fromBase64(urlSafe ? unwrapped.replaceAll("-", "+").replaceAll("_", "/") : unwrapped, what);
}
function reading(body) {
	try {
		return body();
	} catch (cause) {
		if (cause instanceof SignatureError || !(cause instanceof CountersignError)) throw cause;
		throw documentError(cause, () => invalid(cause.message, cause));
	}
}
function invalid(problem, cause) {
	return new SignatureError("SIGNATURE_ENVELOPE_INVALID", `not a DSSE envelope: ${problem}`, { cause });
}
/**
* `DSSEv1 <type length> <type> <payload length> <payload>`, lengths in decimal bytes.
* @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md#signature-definition
*/
function encodePae(payloadType, payload) {
	const type = utf8(payloadType);
	return concatBytes(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
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
	try {
		return parseForeignEnvelope(data).payloadType === SIF_METADATA_PAYLOAD_TYPE;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
		return /^\s*\{/.test(text) && text.replaceAll("\\/", "/").includes("application/vnd.sylabs.sif-metadata+json");
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

export { isNativeDsse as a, parseEnvelope as c, envelopeFromJson as i, parseNativeDsse as l, encodeNativeDsse as n, joinNativeDsse as o, encodePae as r, nativePae as s, encodeEnvelope as t };