import { r as DataError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";
import { a as asOptionalText, c as assertUnambiguous, i as asObject, n as asBoolean, o as asText, r as asInteger, s as asTextMap, t as asArray } from "./members.mjs";
import { s as isDay } from "./text.mjs";
import { a as encodeApprovalSigner, d as parseSignedLayer, f as parseSigner, i as digestMap, o as encodeSignedLayer, r as asDigest, s as encodeSigner, u as parseApprovalSigner } from "./statement.mjs";

// src/attest/approval.ts
/** @see https://slsa.dev/spec/v1.0/verification_summary */
const APPROVAL_PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1";
const DIGESTS = "object";
/** What other programs know of a verification summary. */
const SUMMARY_MEMBERS = {
	verifier: {
		id: "text",
		version: "object"
	},
	timeVerified: "text",
	resourceUri: "text",
	policy: {
		uri: "text",
		digest: DIGESTS
	},
	inputAttestations: [{
		uri: "text",
		digest: DIGESTS,
		annotations: "object"
	}],
	verificationResult: "text",
	verifiedLevels: ["text"],
	dependencyLevels: "object",
	slsaVersion: "text",
	countersign: "object"
};
/** Version of the `countersign` extension; readers refuse others. */
const EXTENSION_VERSION = 1;
const STAGE_URI = "urn:countersign:stage:";
const NATIVE_URI = "urn:countersign:native";
const NO_POLICY_URI = "urn:countersign:policy:none";
const STAGE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/;
const RFC3339_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;
const ROSTER_LIMIT = 1e3;
/** True for a name that a stage may have: lower-case letters, digits and inner hyphens, at most 42 characters. */
function isStageName(text) {
	return STAGE_NAME.test(text);
}
/** True for a predicate type that would be taken for an entry of the roster where an approval lists evidence. */
function isRosterUri(uri) {
	return uri === NATIVE_URI || uri.startsWith(STAGE_URI);
}
/** The verifier id of a stage whose policy gives none. */
function defaultVerifierId(stage) {
	return `${STAGE_URI}${stage}`;
}
/** The predicate of an approval, keys in a fixed order. */
function encodeApproval({ approval, content }, toolVersion) {
	const { policy } = approval;
	return {
		verifier: {
			id: approval.verifierId,
			version: { countersign: toolVersion }
		},
		timeVerified: approval.timeVerified,
		resourceUri: approval.resourceUri,
		policy: policy.digest ? {
			uri: policy.name,
			digest: digestMap(policy.digest)
		} : { uri: NO_POLICY_URI },
		inputAttestations: [...approval.roster.map(encodeRosterEntry), ...approval.evidence.map(encodeEvidenceEntry)],
		verificationResult: "PASSED",
		verifiedLevels: [`${approval.stage.toUpperCase().replaceAll("-", "_")}_APPROVED`],
		slsaVersion: "1.0",
		countersign: {
			version: EXTENSION_VERSION,
			stage: approval.stage,
			...approval.signer ? { signer: encodeApprovalSigner(approval.signer) } : {},
			sequence: approval.sequence,
			previous: approval.previous && digestMap(approval.previous),
			...approval.replaces.length > 0 ? { replaces: approval.replaces.map(encodeSignedLayer) } : {},
			dataVerified: approval.dataVerified,
			expires: approval.expires,
			reason: approval.reason,
			ticket: approval.ticket,
			run: approval.run,
			native: approval.native.map((entry) => ({
				group: entry.group,
				digest: digestMap(entry.digest)
			})),
			content: content.map(({ group, metadata }) => ({
				group,
				metadata
			}))
		}
	};
}
/**
* The approval in a predicate of the type above; undefined when it is some other tool's verification summary.
* @throws DataError DATA_JSON_INVALID, DATA_JSON_AMBIGUOUS, DATA_DIGEST_INVALID when it claims to be ours and is not well-formed
*/
function parseApproval(predicate) {
	if (!Object.hasOwn(predicate, "countersign")) return void 0;
	assertUnambiguous(predicate, SUMMARY_MEMBERS, "the approval");
	const ours = asObject(predicate["countersign"], "countersign");
	if (ours["version"] !== EXTENSION_VERSION) throw malformed(`countersign.version is ${JSON.stringify(ours["version"])}, this release reads ${EXTENSION_VERSION}`);
	const stage = asText(ours["stage"], "countersign.stage");
	if (!isStageName(stage)) throw malformed(`countersign.stage is ${JSON.stringify(stage.slice(0, 80))}`);
	if (predicate["verificationResult"] !== "PASSED") throw malformed("verificationResult is not PASSED");
	const inputs = asArray(predicate["inputAttestations"], "inputAttestations", ROSTER_LIMIT).map(parseInput);
	const run = ours["run"];
	return {
		approval: {
			stage,
			signer: parseApprovalSigner(ours["signer"]),
			verifierId: asText(asObject(predicate["verifier"], "verifier")["id"], "verifier.id"),
			timeVerified: asTime(predicate["timeVerified"], "timeVerified"),
			resourceUri: asText(predicate["resourceUri"], "resourceUri"),
			policy: parsePolicy(predicate["policy"]),
			sequence: asInteger(ours["sequence"], "countersign.sequence", 1),
			previous: ours["previous"] === null ? null : asDigest(ours["previous"], "countersign.previous"),
			roster: inputs.filter((entry) => "stage" in entry),
			replaces: asArray(ours["replaces"] ?? [], "countersign.replaces", ROSTER_LIMIT).map(parseSignedLayer),
			evidence: inputs.filter((entry) => "predicateType" in entry),
			dataVerified: asBoolean(ours["dataVerified"], "countersign.dataVerified"),
			expires: ours["expires"] === null ? null : asTime(ours["expires"], "countersign.expires"),
			native: asArray(ours["native"], "countersign.native", 48).map(parseNative),
			reason: asOptionalText(ours["reason"], "countersign.reason"),
			ticket: asOptionalText(ours["ticket"], "countersign.ticket"),
			run: run === null || run === void 0 ? null : asTextMap(run, "countersign.run")
		},
		content: asArray(ours["content"], "countersign.content", 4096).map(parseContent)
	};
}
function encodeRosterEntry({ stage, digest, signer }) {
	const annotations = signer ? { annotations: { signer: encodeSigner(signer) } } : {};
	return {
		uri: stage === null ? NATIVE_URI : `${STAGE_URI}${stage}`,
		digest: digestMap(digest),
		...annotations
	};
}
function encodeEvidenceEntry({ predicateType, digest, signer, detached }) {
	const said = {
		...signer ? { signer: encodeSigner(signer) } : {},
		...detached ? { detached } : {}
	};
	return {
		uri: predicateType,
		digest: digestMap(digest),
		...Object.keys(said).length > 0 ? { annotations: said } : {}
	};
}
function parseInput(value) {
	const input = asObject(value, "inputAttestations entry");
	const uri = asText(input["uri"], "inputAttestations uri");
	const digest = asDigest(input["digest"], "inputAttestations digest");
	if (uri === NATIVE_URI) return {
		stage: null,
		digest,
		signer: listedSigner(input)
	};
	const signer = listedSigner(input);
	if (!isRosterUri(uri)) return {
		predicateType: uri,
		digest,
		...signer ? { signer } : {},
		...isDetached(input) ? { detached: true } : {}
	};
	const stage = uri.slice(22);
	if (!isStageName(stage)) throw malformed(`inputAttestations uri is ${JSON.stringify(uri.slice(0, 120))}`);
	return {
		stage,
		digest,
		signer
	};
}
function listedSigner({ annotations }) {
	const signer = isJsonObject(annotations) ? annotations["signer"] : void 0;
	return signer === void 0 ? null : parseSigner(signer, "inputAttestations signer");
}
function isDetached({ annotations }) {
	return isJsonObject(annotations) && annotations["detached"] === true;
}
function parsePolicy(value) {
	const policy = asObject(value, "policy");
	const uri = asText(policy["uri"], "policy.uri");
	if (uri === NO_POLICY_URI) return {
		name: "",
		digest: null
	};
	return {
		name: uri,
		digest: asDigest(policy["digest"], "policy.digest")
	};
}
function parseNative(value) {
	const entry = asObject(value, "countersign.native entry");
	return {
		group: asInteger(entry["group"], "native group", 1),
		digest: asDigest(entry["digest"], "native digest")
	};
}
function parseContent(value) {
	const entry = asObject(value, "countersign.content entry");
	return {
		group: asInteger(entry["group"], "content group", 1),
		metadata: asText(entry["metadata"], "metadata")
	};
}
/** A time in UTC as RFC 3339 writes it. @throws DataError DATA_JSON_INVALID */
function asTime(value, what) {
	const text = asText(value, what);
	if (!RFC3339_UTC.test(text) || !isDay(text.slice(0, 10)) || Number.isNaN(Date.parse(text))) throw malformed(`${what} is not a UTC time`);
	return text;
}
function malformed(problem) {
	return new DataError("DATA_JSON_INVALID", `not a well-formed approval: ${problem}`, { hint: "sign the stage again, or update countersign if a newer release signed it" });
}

export { isRosterUri as a, encodeApproval as i, asTime as n, isStageName as o, defaultVerifierId as r, parseApproval as s, APPROVAL_PREDICATE_TYPE as t };