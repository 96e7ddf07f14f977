import { d as sha256, g as utf8, n as concatBytes, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { l as parseUnambiguous } from "./members.mjs";
import { i as documentError, r as SignatureError } from "./errors2.mjs";
import { t as import_dist } from "./bundle.mjs";
import { v as BUNDLE_MEMBERS, y as ENVELOPE_MEMBERS } from "./statement.mjs";

// src/attest/bundle.ts
/** Media type of the bundles that we write. */
const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** Written when intermediates travel along; docs/formats.md says why. */
const BUNDLE_CHAIN_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle+json;version=0.2";
const READ_MEDIA_TYPES = /* @__PURE__ */ new Set([
	BUNDLE_MEDIA_TYPE,
	"application/vnd.dev.sigstore.bundle+json;version=0.3",
	BUNDLE_CHAIN_MEDIA_TYPE,
	"application/vnd.dev.sigstore.bundle+json;version=0.1"
]);
const MAX_CERTIFICATES = 16;
const MAX_ENTRIES = 64;
/**
* The bundle in the bytes.
* @throws SignatureError SIGNATURE_BUNDLE_INVALID, SIGNATURE_AMBIGUOUS
* @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto
*/
function parseBundle(bytes) {
	if (bytes.length > LIMITS.bundleBytes) throw unusableBundle(`${bytes.length} bytes; the limit is ${LIMITS.bundleBytes}`);
	try {
		const value = parseUnambiguous(bytes, "the bundle", BUNDLE_MEMBERS);
		if (!isJsonObject(value)) throw unusableBundle("it is not a JSON object");
		return bundleFrom(bytes, value);
	} catch (cause) {
		if (!(cause instanceof CountersignError) || cause.code === "SIGNATURE_BUNDLE_INVALID") throw cause;
		throw documentError(cause, () => unusableBundle(cause.message, cause));
	}
}
/**
* Sigstore's own parser must take every bundle that we write or accept.
* @throws SignatureError SIGNATURE_BUNDLE_INVALID
*/
function assertSigstoreReads(json) {
	try {
		(0, import_dist.bundleFromJSON)(json);
	} catch (cause) {
		throw unusableBundle(`sigstore refuses it: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
	}
}
function bundleFrom(bytes, value) {
	const { mediaType, verificationMaterial, dsseEnvelope, messageSignature } = value;
	if (typeof mediaType !== "string" || !READ_MEDIA_TYPES.has(mediaType)) throw unusableBundle(`its media type is ${typeof mediaType === "string" ? JSON.stringify(mediaType.slice(0, 120)) : "missing"}`);
	if (messageSignature !== void 0) throw unusableBundle("it holds a message signature, not a DSSE envelope");
	if (!isJsonObject(verificationMaterial)) throw unusableBundle("it has no verification material");
	const envelope = reading(() => envelopeFromValue(dsseEnvelope, fromBase64));
	const [signature, second] = envelope.signatures;
	if (signature === void 0 || second !== void 0) throw unusableBundle("its envelope must have exactly one signature");
	const bundle = {
		bytes,
		json: value,
		mediaType,
		material: materialFrom(verificationMaterial, mediaType),
		envelope: {
			payloadType: envelope.payloadType,
			payload: envelope.payload,
			...signature
		},
		payloadDigest: sha256(envelope.payload),
		tlogEntries: objects(verificationMaterial["tlogEntries"], "tlogEntries"),
		timestamps: timestampsFrom(verificationMaterial["timestampVerificationData"])
	};
	assertSigstoreReads(value);
	return bundle;
}
function materialFrom(value, mediaType) {
	const { publicKey, certificate, x509CertificateChain } = value;
	if ([
		publicKey,
		certificate,
		x509CertificateChain
	].filter((member) => member !== void 0).length !== 1) throw unusableBundle("it must have one of publicKey, certificate and x509CertificateChain");
	if (publicKey !== void 0) return publicKeyFrom(publicKey);
	if (certificate !== void 0) return {
		kind: "certificates",
		chain: [certificateFrom(certificate)]
	};
	if (mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json") throw unusableBundle("version 0.3 holds a single certificate, not a chain");
	const chain = objects(isJsonObject(x509CertificateChain) ? x509CertificateChain["certificates"] : null, "certificates");
	if (chain.length === 0 || chain.length > MAX_CERTIFICATES) throw unusableBundle(`its chain has ${chain.length} certificates; 1 to ${MAX_CERTIFICATES} are read`);
	return {
		kind: "certificates",
		chain: chain.map(certificateFrom)
	};
}
function publicKeyFrom(value) {
	const hint = isJsonObject(value) ? value["hint"] ?? "" : null;
	if (typeof hint !== "string") throw unusableBundle("its key hint is not a text");
	return {
		kind: "public-key",
		hint
	};
}
function certificateFrom(value) {
	const rawBytes = isJsonObject(value) ? value["rawBytes"] : void 0;
	if (typeof rawBytes !== "string" || rawBytes === "") throw unusableBundle("a certificate has no rawBytes");
	return fromBase64(rawBytes, "a certificate");
}
function timestampsFrom(value) {
	if (value === void 0 || value === null) return [];
	if (!isJsonObject(value)) throw unusableBundle("timestampVerificationData is not an object");
	return objects(value["rfc3161Timestamps"], "rfc3161Timestamps").map(({ signedTimestamp }) => {
		if (typeof signedTimestamp !== "string") throw unusableBundle("a timestamp is not a text");
		return fromBase64(signedTimestamp, "a timestamp");
	});
}
function objects(value, what) {
	if (value === void 0) return [];
	if (!Array.isArray(value) || value.length > MAX_ENTRIES || !value.every(isJsonObject)) throw unusableBundle(`${what} is not a list of at most ${MAX_ENTRIES} objects`);
	return value;
}
/** The error about a bundle that is none for us. */
function unusableBundle(problem, cause) {
	return new SignatureError("SIGNATURE_BUNDLE_INVALID", `not a usable bundle: ${problem}`, { cause });
}
/** Signatures of one envelope that are read; each costs a verification per trusted key. */
const MAX_SIGNATURES = 64;
/**
* A DSSE envelope by the strict reading: exact member names, canonical standard base64, nothing after the document.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
* @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md
*/
function parseEnvelope(bytes) {
	return readEnvelope(bytes, fromBase64);
}
/**
* The envelope in the bytes, by a base64 reader.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
*/
function readEnvelope(bytes, base64) {
	return reading(() => envelopeFromValue(parseUnambiguous(bytes, "the envelope", ENVELOPE_MEMBERS), base64));
}
function envelopeFromValue(value, base64) {
	if (!isJsonObject(value)) throw invalidEnvelope("it is not a JSON object");
	const { payloadType, payload, signatures } = value;
	if (typeof payloadType !== "string" || payloadType === "") throw invalidEnvelope("payloadType is not a text");
	if (typeof payload !== "string") throw invalidEnvelope("payload is not a text");
	if (!Array.isArray(signatures) || signatures.length === 0) throw invalidEnvelope("it has no signatures");
	if (signatures.length > MAX_SIGNATURES) throw invalidEnvelope(`${signatures.length} signatures; the limit is ${MAX_SIGNATURES}`);
	return {
		payloadType,
		payload: base64(payload, "the payload"),
		signatures: signatures.map((entry) => signatureFrom(entry, base64))
	};
}
function signatureFrom(value, base64) {
	if (!isJsonObject(value)) throw invalidEnvelope("a signature is not an object");
	const { keyid, sig } = value;
	if (keyid !== void 0 && keyid !== null && typeof keyid !== "string") throw invalidEnvelope("a keyid is not a text");
	if (typeof sig !== "string" || sig === "") throw invalidEnvelope("a signature has no sig");
	return {
		keyid: keyid || void 0,
		signature: base64(sig, "a signature")
	};
}
function reading(body) {
	try {
		return body();
	} catch (cause) {
		if (cause instanceof SignatureError || !(cause instanceof CountersignError)) throw cause;
		throw documentError(cause, () => invalidEnvelope(cause.message, cause));
	}
}
/** The error about an envelope that is none. */
function invalidEnvelope(problem, cause) {
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

export { invalidEnvelope as a, readEnvelope as c, encodePae as i, unusableBundle as l, BUNDLE_MEDIA_TYPE as n, parseBundle as o, assertSigstoreReads as r, parseEnvelope as s, BUNDLE_CHAIN_MEDIA_TYPE as t };