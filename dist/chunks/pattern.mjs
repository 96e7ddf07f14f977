import { r as DataError, t as CountersignError } from "./errors.mjs";
import { c as isDigest, g as utf8, i as digestHex, l as parseDigest, m as toBase64, s as fromBase64 } from "./bytes.mjs";
import { n as isJsonObject, r as parseJson } from "./json.mjs";
import { i as asObject, l as parseUnambiguous, o as asText, t as asArray, u as strangeMember } from "./members.mjs";
import { i as documentError, r as SignatureError } from "./errors2.mjs";
import { t as ATTRIBUTE_NAMES } from "./names.mjs";

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
		const value = parseUnambiguous(payload, "the statement", READ_MEMBERS, skip);
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

// src/policy/rules/pattern.ts
/** Kinds of alternative names that a policy can ask for. */
const SAN_TYPES = [
	"email",
	"uri",
	"dns",
	"ip"
];
const MAX_VALUE_LENGTH = 4096;
/** Most `*` in one pattern. */
const MAX_STARS = 8;
/** Characters that end a part: `*` never stands for one of them. */
const PART_ENDS = {
	email: "@",
	uri: "/?#@:",
	dns: ".",
	ip: ".:/",
	dn: ",+=\\\"<>;#",
	ref: "/"
};
/** What is wrong with a pattern, undefined when it may be used. */
function patternProblem(pattern, kind) {
	const type = typeOf(pattern, kind);
	if (type === void 0) return `has no type; begin it with one of ${SAN_TYPES.map((name) => `${name}:`).join(" ")}`;
	const body = kind === "san" ? pattern.slice(type.length + 1) : pattern;
	if (body === "") return "is empty";
	if (!body.includes("*")) return void 0;
	if (body.split("*").length - 1 > 8) return `has more than ${8} stars`;
	if (body.includes("**")) return "has two stars in a row; one star stands for one or more characters of one part";
	if (type === "ip") return "has a star; addresses match exactly";
	return openProblem(body, type);
}
/** Scheme and host with a slash behind it, or scheme and name space of a URN with a colon behind it. */
const URI_PREFIX = /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/[^/?#]+\/|[^/:]+[:/])/;
/** Refuses patterns whose deciding part is left open, such as `email:*@*` or `CN=*`. */
function openProblem(body, type) {
	if (type === "email" && (body.split("@").length !== 2 || body.split("@")[1]?.includes("*"))) return "leaves the domain open; a star belongs before the @";
	if (type === "dns" && body.split(".").slice(-2).join(".").includes("*")) return "leaves the domain open; a star belongs before the last two labels";
	if (type === "uri" && !URI_PREFIX.test(body.slice(0, body.indexOf("*")))) return "leaves the scheme or the host open; a star belongs after them, past a / or :";
	if (type === "ref" && !/^[^*]+\//.test(body)) return "leaves open what kind of ref it is; write refs/tags/ first";
	if (type === "dn" && !/(?:^|,)[A-Za-z0-9.]+=[^,*]+(?:,|$)/.test(body)) return "leaves every attribute open; at least one must be written out";
}
/**
* True when the pattern describes the whole value. Email domains and DNS names compare without regard to ASCII case,
* everything else exactly. Values with control characters never match.
*/
function matchesPattern(pattern, value, kind) {
	if (value.length > MAX_VALUE_LENGTH || /[\u0000-\u001f\u007f]/.test(value)) return false;
	const type = typeOf(pattern, kind);
	if (type === void 0 || kind === "san" && sanType(value) !== type) return false;
	const fold = (text) => foldCase(text, type);
	return matchStars(fold(pattern), fold(value), PART_ENDS[type]);
}
function typeOf(text, kind) {
	if (kind === "san") return sanType(text);
	return kind === "uri" || kind === "ref" ? kind : "dn";
}
function sanType(text) {
	return SAN_TYPES.find((type) => text.startsWith(`${type}:`));
}
function foldCase(text, type) {
	if (type === "dns") return asciiLower(text);
	const at = text.lastIndexOf("@");
	if (type === "email" && at >= 0) return text.slice(0, at) + asciiLower(text.slice(at));
	return text;
}
function asciiLower(text) {
	return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
/**
* Follows every reading of the pattern at once, so the time is bounded by pattern length × value length. A state is
* an index into the pattern; `open` holds the stars that have taken at least one character and may take more.
*/
function matchStars(pattern, value, partEnds) {
	let states = /* @__PURE__ */ new Set([0]);
	for (const char of value) {
		const next = /* @__PURE__ */ new Set();
		for (const state of states) if (pattern[state] === "*") {
			if (partEnds.includes(char)) continue;
			next.add(state).add(state + 1);
		} else if (pattern.startsWith(char, state)) next.add(state + char.length);
		if (next.size === 0) return false;
		states = next;
	}
	return states.has(pattern.length);
}
/** What other programs call attributes. */
const OTHER_NAMES = {
	e: "emailAddress",
	email: "emailAddress",
	s: "ST",
	sp: "ST",
	surname: "SN",
	gn: "givenName"
};
/** Attributes that stand for one person or thing: the most specific ones. */
const MOST_SPECIFIC = /* @__PURE__ */ new Set([
	"CN",
	"UID",
	"emailAddress",
	"serialNumber"
]);
/**
* Whether every attribute of a name, which may have stars, is written as a certificate's name is.
* @see https://www.rfc-editor.org/rfc/rfc4514.html#section-2
*/
function isRfc4514(text) {
	return text.split(/(?<=(?:^|[^\\])(?:\\\\)*)[,+]/).every((part) => {
		const [, type = "", value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
		return (ATTRIBUTE_NAMES.has(type) || /^\d+(?:\.\d+)+$/.test(type) && value.startsWith("#")) && value !== "" && !value.startsWith(" ") && !/(?<!\\) $/.test(value);
	});
}
/** The name as a policy writes it, of one that OpenSSL or another program printed; undefined when that cannot be told. */
function asRfc4514(text) {
	const slashes = text.startsWith("/");
	const attributes = (slashes ? text.slice(1).split(/\/(?=[\w.]+=)/) : text.split(/(?<!\\),\s*(?=[A-Za-z][\w.]*\s*=)/)).map((part) => {
		const [, type = "", value = ""] = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
		const name = [...ATTRIBUTE_NAMES].find((known) => known.toLowerCase() === type.toLowerCase());
		const [, quoted] = /^"(.*)"$/s.exec(value) ?? [];
		const plain = quoted ?? value;
		const escaped = slashes || quoted !== void 0 ? plain.replace(/["+,;<>\\]/g, "\\$&") : plain;
		return [name ?? OTHER_NAMES[type.toLowerCase()] ?? type, escaped];
	});
	const written = (slashes || !MOST_SPECIFIC.has(attributes[0]?.[0] ?? "") ? attributes.toReversed() : attributes).map(([name, value]) => `${name}=${value}`).join(",");
	return isRfc4514(written) ? written : void 0;
}

export { strangeBundleMember as C, ENVELOPE_MEMBERS as S, parseStatement as _, EVIDENCE_KINDS as a, subjectNamed as b, digestMap as c, encodeSigner as d, encodeStatement as f, parseSigner as g, parseSignedLayer as h, patternProblem as i, encodeApprovalSigner as l, parseApprovalSigner as m, isRfc4514 as n, IN_TOTO_PAYLOAD_TYPE as o, evidenceKind as p, matchesPattern as r, asDigest as s, asRfc4514 as t, encodeSignedLayer as u, parseStatementHead as v, strangeStatementMember as w, BUNDLE_MEMBERS as x, subjectDigests as y };