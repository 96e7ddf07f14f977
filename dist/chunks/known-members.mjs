import { r as parseJson } from "./json.mjs";
import { u as strangeMember } from "./members.mjs";

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

export { strangeStatementMember as a, strangeBundleMember as i, ENVELOPE_MEMBERS as n, STATEMENT_MEMBERS as r, BUNDLE_MEMBERS as t };