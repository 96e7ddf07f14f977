import { g as utf8, l as parseDigest, m as toBase64, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { i as asObject, l as parseUnambiguous, o as asText, r as asInteger, s as asTextMap, t as asArray } from "./members.mjs";
import { p as toSecond } from "./text.mjs";
import { i as documentError, r as SignatureError } from "./errors2.mjs";

// src/attest/notation.ts
/** Media type of the envelope. */
const NOTATION_MEDIA_TYPE = "application/jose+json";
const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";
const SCHEME = "io.cncf.notary.signingScheme";
const SIGNING_TIME = "io.cncf.notary.signingTime";
const EXPIRY = "io.cncf.notary.expiry";
const AGENT = "io.cncf.notary.signingAgent";
const TIMESTAMP = "io.cncf.notary.timestampSignature";
/** The one scheme in which the signer has a certificate of their own. */
const X509 = "notary.x509";
/** Whoever reads names like these has to know them, whether they are marked as critical or not. */
const RESERVED = "io.cncf.notary.";
/** Certificates of one signature, twice what a path can hold. */
const MAX_CERTIFICATES = 20;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const ENVELOPE = {
	payload: "text",
	protected: "text",
	header: "any",
	signature: "text"
};
const UNPROTECTED = {
	x5c: ["text"],
	[AGENT]: "text",
	[TIMESTAMP]: "text"
};
const PROTECTED = {
	alg: "text",
	cty: "text",
	crit: ["text"],
	[SCHEME]: "text",
	[SIGNING_TIME]: "text",
	[EXPIRY]: "text"
};
const PAYLOAD = { targetArtifact: {
	mediaType: "text",
	digest: "text",
	size: "any",
	annotations: "object"
} };
/**
* A signature in an envelope.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
* @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-envelope-jws.md
*/
function parseNotation(bytes) {
	try {
		return read(bytes);
	} catch (error) {
		if (error instanceof SignatureError || !(error instanceof CountersignError)) throw error;
		throw documentError(error, () => invalid(error.message));
	}
}
function read(bytes) {
	const envelope = asObject(parseUnambiguous(bytes, "the Notation signature", ENVELOPE), "the Notation signature");
	const [head, body] = [asText(envelope["protected"], "protected"), asText(envelope["payload"], "payload")];
	const header = asObject(parseUnambiguous(fromBase64Url(head, "protected"), "protected", PROTECTED), "protected");
	const outer = envelope["header"] ?? {};
	const unprotected = asObject(parseUnambiguous(utf8(JSON.stringify(outer)), "header", UNPROTECTED), "header");
	const critical = asArray(header["crit"], "crit").map((name) => asText(name, "crit"));
	const expiry = header[EXPIRY] === void 0 ? void 0 : timeIn(header[EXPIRY], "expiry");
	const signingTime = timeIn(header[SIGNING_TIME], "signingTime");
	assertRules({
		critical,
		names: Object.keys(header),
		expires: expiry !== void 0,
		scheme: header[SCHEME],
		type: header["cty"]
	});
	if (expiry && expiry <= signingTime) throw invalid("its expiry is not after its signing time");
	const x5c = asArray(unprotected["x5c"], "x5c", MAX_CERTIFICATES);
	const stamp = unprotected[TIMESTAMP];
	return {
		target: targetIn(fromBase64Url(body, "payload")),
		signedBytes: utf8(`${head}.${body}`),
		signature: fromBase64Url(asText(envelope["signature"], "signature"), "signature"),
		algorithm: asText(header["alg"], "alg"),
		chain: x5c.map((der) => fromBase64(asText(der, "x5c"), "x5c")),
		signingTime,
		expiry,
		timestamps: stamp === void 0 ? [] : [fromBase64(asText(stamp, "timestampSignature"), "timestampSignature")]
	};
}
/** What a signer marks as critical is understood here, or the signature is not. */
function assertRules(given) {
	const { critical, names, expires, scheme, type } = given;
	const reserved = names.filter((name) => name.toLowerCase().startsWith(RESERVED) && name !== SIGNING_TIME);
	const unknown = [...critical, ...reserved].find((name) => name !== SCHEME && name !== EXPIRY);
	if (unknown !== void 0) throw invalid(`it asks for ${JSON.stringify(unknown.slice(0, 80))} to be understood`);
	if (!critical.includes(SCHEME) || scheme !== X509) throw invalid(`its signing scheme is not ${X509}`);
	if (expires !== critical.includes(EXPIRY)) throw invalid("its expiry is not marked as critical");
	if (new Set(critical).size < critical.length) throw invalid("it marks a header as critical twice");
	if (type !== PAYLOAD_TYPE) throw invalid(`its content is no ${PAYLOAD_TYPE}`);
}
function targetIn(payload) {
	const { targetArtifact } = asObject(parseUnambiguous(payload, "payload", PAYLOAD), "payload");
	const target = asObject(targetArtifact, "targetArtifact");
	return {
		mediaType: asText(target["mediaType"], "mediaType"),
		digest: parseDigest(asText(target["digest"], "digest")),
		size: asInteger(target["size"], "size"),
		annotations: asTextMap(target["annotations"] ?? {}, "annotations")
	};
}
/** What to sign. Times are whole seconds. */
function prepareNotation({ mediaType, digest, size, annotations }, { algorithm, now, expires }) {
	const header = {
		alg: algorithm,
		crit: [SCHEME, ...expires ? [EXPIRY] : []],
		cty: PAYLOAD_TYPE,
		...expires ? { [EXPIRY]: toSecond(expires) } : {},
		[SCHEME]: X509,
		[SIGNING_TIME]: toSecond(now)
	};
	const payload = toBase64Url({ targetArtifact: {
		mediaType,
		digest,
		size,
		annotations
	} });
	const head = toBase64Url(header);
	return {
		payload,
		protected: head,
		signedBytes: utf8(`${head}.${payload}`)
	};
}
/** The envelope. `chain` is DER, leaf first, the root last. */
function encodeNotation(unsigned, { signature, chain, agent }) {
	const { payload, protected: head } = unsigned;
	const header = {
		x5c: chain.map(toBase64),
		[AGENT]: agent
	};
	return utf8(JSON.stringify({
		payload,
		protected: head,
		header,
		signature: Buffer.from(signature).toString("base64url")
	}));
}
function toBase64Url(value) {
	return Buffer.from(JSON.stringify(value)).toString("base64url");
}
function fromBase64Url(text, what) {
	const bytes = Buffer.from(text, "base64url");
	if (bytes.toString("base64url") !== text) throw invalid(`${what} is not canonical base64url`);
	return new Uint8Array(bytes);
}
function timeIn(value, what) {
	const text = asText(value, what);
	const time = new Date(text);
	if (!RFC3339.test(text) || Number.isNaN(time.getTime())) throw invalid(`${what} is no time`);
	return time;
}
function invalid(problem) {
	return new SignatureError("SIGNATURE_ENVELOPE_INVALID", `not a Notation signature that can be judged: ${problem}`);
}

export { prepareNotation as i, encodeNotation as n, parseNotation as r, NOTATION_MEDIA_TYPE as t };