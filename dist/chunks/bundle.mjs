import { d as sha256, g as utf8, m as toBase64, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { l as parseUnambiguous } from "./members.mjs";
import { i as documentError, r as SignatureError } from "./errors2.mjs";
import { t as readSigstoreBundle } from "./shape.mjs";
import { i as envelopeFromJson } from "./dsse.mjs";
import { v as BUNDLE_MEMBERS } from "./statement.mjs";

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
	if (bytes.length > LIMITS.bundleBytes) throw invalid(`${bytes.length} bytes; the limit is ${LIMITS.bundleBytes}`);
	try {
		const value = parseUnambiguous(bytes, "the bundle", BUNDLE_MEMBERS);
		if (!isJsonObject(value)) throw invalid("it is not a JSON object");
		return bundleFrom(bytes, value);
	} catch (cause) {
		if (!(cause instanceof CountersignError) || cause.code === "SIGNATURE_BUNDLE_INVALID") throw cause;
		throw documentError(cause, () => invalid(cause.message, cause));
	}
}
/**
* Bytes of a bundle; the same content gives the same bytes.
* @throws SignatureError SIGNATURE_BUNDLE_INVALID when Sigstore's own parser would refuse the result
*/
function encodeBundle(content) {
	const { timestamps = [], tlogEntries = [] } = content;
	return encode(content, {
		...tlogEntries.length > 0 ? { tlogEntries } : {},
		...timestamps.length > 0 ? { timestampVerificationData: timestampData(timestamps) } : {}
	});
}
/** The copy for registries and cosign: certificate only, the same envelope. A bundle without intermediates is unchanged. */
function leafOnlyBundle(bundle) {
	const { material } = bundle;
	const [leaf] = material.kind === "certificates" ? material.chain : [];
	if (leaf === void 0 || bundle.mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json") return bundle;
	return withMaterial(bundle, {
		kind: "certificates",
		chain: [leaf]
	});
}
/** The bundle with these intermediates (DER, issuing CA first) behind its leaf. @throws SignatureError SIGNATURE_BUNDLE_INVALID */
function withIntermediates(bundle, intermediates) {
	const { material } = bundle;
	const [leaf] = material.kind === "certificates" ? material.chain : [];
	if (leaf === void 0) throw invalid("only a bundle with a certificate takes intermediates");
	return withMaterial(bundle, {
		kind: "certificates",
		chain: [leaf, ...intermediates]
	});
}
/** The bundle with one more timestamp over its signature. @throws SignatureError SIGNATURE_BUNDLE_INVALID */
function withTimestamp(bundle, timestamp) {
	return withMaterial({
		...bundle,
		timestamps: [...bundle.timestamps, timestamp]
	}, bundle.material);
}
function withMaterial(bundle, material) {
	const { payloadType, payload, signature } = bundle.envelope;
	const extra = {
		...bundle.tlogEntries.length > 0 ? { tlogEntries: bundle.tlogEntries } : {},
		...bundle.timestamps.length > 0 ? { timestampVerificationData: timestampData(bundle.timestamps) } : {}
	};
	return parseBundle(encode({
		material,
		payloadType,
		payload,
		signature
	}, extra));
}
function timestampData(timestamps) {
	return { rfc3161Timestamps: timestamps.map((stamp) => ({ signedTimestamp: toBase64(stamp) })) };
}
function encode(content, extraMaterial) {
	const { material, payloadType, payload, signature } = content;
	const json = {
		mediaType: material.kind === "certificates" && material.chain.length > 1 ? BUNDLE_CHAIN_MEDIA_TYPE : BUNDLE_MEDIA_TYPE,
		verificationMaterial: {
			...materialJson(material),
			...extraMaterial
		},
		dsseEnvelope: {
			payload: toBase64(payload),
			payloadType,
			signatures: [{ sig: toBase64(signature) }]
		}
	};
	assertSigstoreReads(json);
	return utf8(JSON.stringify(json));
}
function materialJson(material) {
	if (material.kind === "public-key") return { publicKey: { hint: material.hint } };
	const certificates = material.chain.map((der) => ({ rawBytes: toBase64(der) }));
	const [leaf] = certificates;
	if (leaf === void 0) throw invalid("a certificate chain without certificates");
	return certificates.length === 1 ? { certificate: leaf } : { x509CertificateChain: { certificates } };
}
/** Sigstore's own parser must take every bundle that we write or accept. */
function assertSigstoreReads(json) {
	try {
		readSigstoreBundle(json);
	} catch (cause) {
		throw invalid(`sigstore refuses it: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
	}
}
function bundleFrom(bytes, value) {
	const { mediaType, verificationMaterial, dsseEnvelope, messageSignature } = value;
	if (typeof mediaType !== "string" || !READ_MEDIA_TYPES.has(mediaType)) throw invalid(`its media type is ${typeof mediaType === "string" ? JSON.stringify(mediaType.slice(0, 120)) : "missing"}`);
	if (messageSignature !== void 0) throw invalid("it holds a message signature, not a DSSE envelope");
	if (!isJsonObject(verificationMaterial)) throw invalid("it has no verification material");
	const envelope = envelopeFromJson(dsseEnvelope);
	const [signature, second] = envelope.signatures;
	if (signature === void 0 || second !== void 0) throw invalid("its envelope must have exactly one signature");
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
	].filter((member) => member !== void 0).length !== 1) throw invalid("it must have one of publicKey, certificate and x509CertificateChain");
	if (publicKey !== void 0) return publicKeyFrom(publicKey);
	if (certificate !== void 0) return {
		kind: "certificates",
		chain: [certificateFrom(certificate)]
	};
	if (mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json") throw invalid("version 0.3 holds a single certificate, not a chain");
	const chain = objects(isJsonObject(x509CertificateChain) ? x509CertificateChain["certificates"] : null, "certificates");
	if (chain.length === 0 || chain.length > MAX_CERTIFICATES) throw invalid(`its chain has ${chain.length} certificates; 1 to ${MAX_CERTIFICATES} are read`);
	return {
		kind: "certificates",
		chain: chain.map(certificateFrom)
	};
}
function publicKeyFrom(value) {
	const hint = isJsonObject(value) ? value["hint"] ?? "" : null;
	if (typeof hint !== "string") throw invalid("its key hint is not a text");
	return {
		kind: "public-key",
		hint
	};
}
function certificateFrom(value) {
	const rawBytes = isJsonObject(value) ? value["rawBytes"] : void 0;
	if (typeof rawBytes !== "string" || rawBytes === "") throw invalid("a certificate has no rawBytes");
	return fromBase64(rawBytes, "a certificate");
}
function timestampsFrom(value) {
	if (value === void 0 || value === null) return [];
	if (!isJsonObject(value)) throw invalid("timestampVerificationData is not an object");
	return objects(value["rfc3161Timestamps"], "rfc3161Timestamps").map(({ signedTimestamp }) => {
		if (typeof signedTimestamp !== "string") throw invalid("a timestamp is not a text");
		return fromBase64(signedTimestamp, "a timestamp");
	});
}
function objects(value, what) {
	if (value === void 0) return [];
	if (!Array.isArray(value) || value.length > MAX_ENTRIES || !value.every(isJsonObject)) throw invalid(`${what} is not a list of at most ${MAX_ENTRIES} objects`);
	return value;
}
function invalid(problem, cause) {
	return new SignatureError("SIGNATURE_BUNDLE_INVALID", `not a usable bundle: ${problem}`, { cause });
}

export { withTimestamp as a, withIntermediates as i, leafOnlyBundle as n, parseBundle as r, encodeBundle as t };