import { c as isDigest, g as utf8, i as digestHex, l as parseDigest, m as toBase64, s as fromBase64 } from "./bytes.mjs";
import { r as DataError, t as CountersignError } from "./errors.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { i as asObject, l as parseUnambiguous, o as asText, t as asArray, u as strangeMember } from "./members.mjs";
import { i as documentError, r as SignatureError } from "./errors2.mjs";

// src/attest/known-members.ts
const CERTIFICATE = { rawBytes: "text" };
const LOG_ENTRY = {
	logIndex: "any",
	logId: { keyId: "text" },
	kindVersion: {
		kind: "text",
		version: "text"
	},
	integratedTime: "any",
	inclusionPromise: { signedEntryTimestamp: "text" },
	inclusionProof: {
		logIndex: "any",
		rootHash: "text",
		treeSize: "any",
		hashes: ["text"],
		checkpoint: { envelope: "text" }
	},
	canonicalizedBody: "text"
};
/** Members of a DSSE envelope. */
const ENVELOPE_MEMBERS = {
	payload: "text",
	payloadType: "text",
	signatures: [{
		sig: "text",
		keyid: "text"
	}]
};
/** Members of a bundle that holds an envelope. */
const BUNDLE_MEMBERS = {
	mediaType: "text",
	verificationMaterial: {
		publicKey: { hint: "text" },
		certificate: CERTIFICATE,
		x509CertificateChain: { certificates: [CERTIFICATE] },
		tlogEntries: [LOG_ENTRY],
		timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: "text" }] }
	},
	dsseEnvelope: ENVELOPE_MEMBERS
};
/** Members of an in-toto statement. */
const STATEMENT_MEMBERS = {
	_type: "text",
	subject: [{
		name: "text",
		uri: "text",
		digest: "object",
		content: "text",
		downloadLocation: "text",
		mediaType: "text",
		annotations: "object"
	}],
	predicateType: "text",
	predicate: "object"
};
/**
* The first member of a bundle that its format does not have, or that is of another kind there; undefined if all are known.
* @throws DataError when it is no JSON
* @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto
*/
function strangeBundleMember(bytes) {
	return strangeMember(parseJson(bytes, "the bundle"), BUNDLE_MEMBERS, "the bundle");
}
/**
* The same of a statement.
* @throws DataError when it is no JSON
* @see https://github.com/in-toto/attestation/blob/v1.1.0/protos/in_toto_attestation/v1/statement.proto
*/
function strangeStatementMember(payload) {
	return strangeMember(parseJson(payload, "the statement"), STATEMENT_MEMBERS, "the statement");
}

// src/attest/statement.ts
/** DSSE payload type of in-toto statements. */
const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";
/** `_type` of the statements that we write. */
const STATEMENT_V1 = "https://in-toto.io/Statement/v1";
const STATEMENT_V01 = "https://in-toto.io/Statement/v0.1";
/** Predicates have names of their own choice; approvals are looked at where they are read. */
const READ_MEMBERS = {
	...STATEMENT_MEMBERS,
	predicate: "any"
};
/** Subjects of one statement that are read. */
const MAX_SUBJECTS = 4096;
/** Approvals repeat the type of each piece of evidence. */
const MAX_TYPE_LENGTH = 2e3;
/**
* The statement in a payload.
* @throws SignatureError SIGNATURE_STATEMENT_INVALID, SIGNATURE_AMBIGUOUS
* @see https://github.com/in-toto/attestation/blob/v1.1.0/spec/v1/statement.md
*/
function parseStatement(payload) {
	const value = readJson(payload);
	return {
		...headOf(value),
		predicate: value["predicate"] ?? null
	};
}
/** The same without its predicate, whose form is checked and nothing of which is kept. @throws as parseStatement */
function parseStatementHead(payload) {
	return headOf(readJson(payload, "predicate"));
}
function headOf({ _type: type, predicateType, subject }) {
	if (type !== "https://in-toto.io/Statement/v1" && type !== STATEMENT_V01) throw invalid(`_type is ${shown(type)}`);
	if (typeof predicateType !== "string" || predicateType === "") throw invalid("predicateType is not a text");
	if (predicateType.length > MAX_TYPE_LENGTH) throw invalid(`predicateType has ${predicateType.length} characters; the limit is ${MAX_TYPE_LENGTH}`);
	if (!Array.isArray(subject) || subject.length === 0) throw invalid("subject is not a list with entries");
	if (subject.length > MAX_SUBJECTS) throw invalid(`${subject.length} subjects; the limit is ${MAX_SUBJECTS}`);
	return {
		type,
		predicateType,
		subject: subject.map(parseSubject)
	};
}
/** The digests of a subject in the algorithms that name content here; the others say nothing to us. */
function subjectDigests({ digest }) {
	return ["sha256", "sha512"].map((algorithm) => `${algorithm}:${digest[algorithm] ?? ""}`).filter(isDigest);
}
/** A subject that is named by one digest. */
function subjectNamed(name, digest) {
	const [algorithm = ""] = digest.split(":");
	return {
		name,
		digest: { [algorithm]: digestHex(digest) }
	};
}
/** Compact JSON of a Statement v1; the same content gives the same bytes, members in the order of the specification. */
function encodeStatement(content) {
	const subject = content.subject.map(({ name, uri, digest, annotations }) => ({
		name,
		uri,
		digest,
		annotations
	}));
	const { predicateType, predicate } = content;
	return utf8(JSON.stringify({
		_type: STATEMENT_V1,
		subject,
		predicateType,
		predicate
	}));
}
function readJson(payload, skip) {
	try {
		const value = parseUnambiguous(payload, "the statement", READ_MEMBERS, { skip });
		if (isJsonObject(value)) return value;
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		throw documentError(cause, () => invalid(cause.message, cause));
	}
	throw invalid("it is not a JSON object");
}
function parseSubject(value) {
	if (!isJsonObject(value)) throw invalid("a subject is not an object");
	const { name, uri, annotations } = value;
	if (name !== void 0 && typeof name !== "string") throw invalid("the name of a subject is not a text");
	if (uri !== void 0 && typeof uri !== "string") throw invalid("the uri of a subject is not a text");
	if (annotations !== void 0 && !isJsonObject(annotations)) throw invalid("subject annotations are not an object");
	return {
		...name === void 0 ? {} : { name },
		...uri === void 0 ? {} : { uri },
		digest: parseDigestSet(value["digest"]),
		...annotations === void 0 ? {} : { annotations }
	};
}
function parseDigestSet(value) {
	if (!isJsonObject(value)) throw invalid("a subject has no digest set");
	const digests = Object.create(null);
	for (const [algorithm, hex] of Object.entries(value)) {
		if (typeof hex !== "string") throw invalid(`the ${algorithm} digest of a subject is not a text`);
		digests[algorithm] = hex;
	}
	return digests;
}
function shown(value) {
	return typeof value === "string" ? JSON.stringify(value.slice(0, 120)) : "missing or not a text";
}
function invalid(problem, cause) {
	return new SignatureError("SIGNATURE_STATEMENT_INVALID", `not an in-toto statement: ${problem}`, { cause });
}
const FINGERPRINT = /^[0-9A-F]{40}$/;
const MAX_CERTIFICATES = 20;
/** The digests of an in-toto digest map. */
function digestMap(digest) {
	return { [digest.slice(0, digest.indexOf(":"))]: digestHex(digest) };
}
/**
* The SHA-256 member of an in-toto digest map.
* @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID
*/
function asDigest(value, what) {
	return parseDigest(`sha256:${asText(asObject(value, what)["sha256"], `${what}.sha256`)}`);
}
/** The name as JSON. */
function encodeSigner({ key, fingerprint }) {
	return {
		key: { sha256: Buffer.from(fromBase64(key, "the name of a key")).toString("hex") },
		...fingerprint === void 0 ? {} : { openpgp: fingerprint }
	};
}
/** The name of whoever gives an approval, as JSON. */
function encodeApprovalSigner(signer) {
	const { certificates } = signer;
	return {
		...encodeSigner(signer),
		...certificates.length > 0 ? { certificates: certificates.map(digestMap) } : {}
	};
}
/** A statement and its signer, as JSON. */
function encodeSignedLayer({ digest, signer }) {
	return {
		digest: digestMap(digest),
		signer: encodeSigner(signer)
	};
}
/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
function parseSigner(value, what) {
	const { key, openpgp } = asObject(value, what);
	const hint = toBase64(Buffer.from(digestHex(asDigest(key, `${what}.key`)), "hex"));
	if (openpgp === void 0) return { key: hint };
	const fingerprint = asText(openpgp, `${what}.openpgp`);
	if (!FINGERPRINT.test(fingerprint)) throw new DataError("DATA_JSON_INVALID", `${what}.openpgp is no fingerprint of 40 upper-case hex digits`, { hint: "sign the stage again" });
	return {
		key: hint,
		fingerprint
	};
}
/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
function parseApprovalSigner(value) {
	if (value === void 0 || value === null) return null;
	const what = "countersign.signer";
	const listed = asObject(value, what)["certificates"] ?? [];
	const certificates = asArray(listed, `${what}.certificates`, MAX_CERTIFICATES).map((one) => asDigest(one, what));
	return {
		...parseSigner(value, what),
		certificates
	};
}
/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
function parseSignedLayer(value) {
	const what = "countersign.replaces entry";
	const { digest, signer } = asObject(value, what);
	return {
		digest: asDigest(digest, what),
		signer: parseSigner(signer ?? null, what)
	};
}
/** The kinds of evidence that have a short name, for people and policies. */
const EVIDENCE_KINDS = [
	"provenance",
	"sbom",
	"findings"
];
/** The kind that a predicate type belongs to; undefined for all that have no short name. */
function evidenceKind(predicateType) {
	if (predicateType.startsWith("https://slsa.dev/provenance/")) return "provenance";
	if (predicateType.startsWith("https://cyclonedx.org/bom") || predicateType.startsWith("https://spdx.dev/Document")) return "sbom";
	return predicateType.startsWith("https://in-toto.io/attestation/vulns/") ? "findings" : void 0;
}
/** The time a statement gives for itself; a fixed one if none, so that the same bundle makes the same referrer. */
function statementTime({ predicate }) {
	for (const path of [
		["timeVerified"],
		["metadata", "scanFinishedOn"],
		[
			"runDetails",
			"metadata",
			"finishedOn"
		]
	]) {
		const text = path.reduce((value, key) => isJsonObject(value) ? value[key] : void 0, predicate);
		const time = typeof text === "string" ? new Date(asText(text, "time")) : void 0;
		if (time && !Number.isNaN(time.getTime())) return time;
	}
	return /* @__PURE__ */ new Date(0);
}

export { subjectNamed as _, encodeApprovalSigner as a, strangeBundleMember as b, encodeStatement as c, parseSignedLayer as d, parseSigner as f, subjectDigests as g, statementTime as h, digestMap as i, evidenceKind as l, parseStatementHead as m, IN_TOTO_PAYLOAD_TYPE as n, encodeSignedLayer as o, parseStatement as p, asDigest as r, encodeSigner as s, EVIDENCE_KINDS as t, parseApprovalSigner as u, BUNDLE_MEMBERS as v, strangeStatementMember as x, ENVELOPE_MEMBERS as y };