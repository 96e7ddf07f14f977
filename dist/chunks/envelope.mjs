import { a as toBase64, i as fromBase64, s as utf8 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { n as SignatureError } from "./errors3.mjs";

// src/signing/envelope.ts
/** Signatures of one envelope that are read; each costs a verification per trusted key. */
const MAX_SIGNATURES = 64;
/**
* Strict: exact member names, canonical standard base64, nothing after the document.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID
* @see DSSE v1.0.0, envelope.md
*/
function parseEnvelope(bytes) {
	return reading(() => envelopeFromValue(parseJson(bytes, "the envelope")));
}
/**
* Strict reading of an envelope that is already JSON, as inside a bundle.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID
*/
function envelopeFromJson(value) {
	return reading(() => envelopeFromValue(value));
}
/**
* As Apptainer reads a DSSE signature object: member names in any case, standard or URL-safe base64 with padding, white
* space around; bytes after the document are refused. Stricter in one point: a repeated member is refused.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID
*/
function parseForeignEnvelope(bytes) {
	return reading(() => {
		const value = withLowerCaseNames(parseJson(bytes, "the envelope"));
		const signatures = value["signatures"];
		return envelopeFrom({
			payloadType: value["payloadtype"],
			payload: value["payload"]
		}, Array.isArray(signatures) ? signatures.map((entry) => withLowerCaseNames(entry)) : signatures, foreignBase64);
	});
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
function envelopeFromValue(value) {
	if (!isJsonObject(value)) throw invalid("it is not a JSON object");
	return envelopeFrom({
		payloadType: value["payloadType"],
		payload: value["payload"]
	}, value["signatures"], fromBase64);
}
function envelopeFrom(head, signatures, base64) {
	const { payloadType, payload } = head;
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
function withLowerCaseNames(value) {
	if (!isJsonObject(value)) throw invalid("it is not a JSON object");
	const lower = Object.create(null);
	for (const [name, member] of Object.entries(value)) {
		const key = name.toLowerCase();
		if (Object.hasOwn(lower, key)) throw invalid(`the member ${JSON.stringify(key.slice(0, 80))} is repeated`);
		lower[key] = member;
	}
	return lower;
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
		throw invalid(cause.message, cause);
	}
}
function invalid(problem, cause) {
	return new SignatureError("SIGNATURE_ENVELOPE_INVALID", `not a DSSE envelope: ${problem}`, { cause });
}

export { parseForeignEnvelope as i, envelopeFromJson as n, parseEnvelope as r, encodeEnvelope as t };