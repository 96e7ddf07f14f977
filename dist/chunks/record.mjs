import { t as isJsonObject } from "./json.mjs";
import { r as defaultVerifierId, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { i as digestMap } from "./statement.mjs";

// src/attest/record.ts
/** `verifier.id` of verdicts; no stage may have it. */
const VERDICT_VERIFIER_ID = "urn:countersign:verify-all";
/** Verdicts are verification summaries, as approvals are. They have no extension, by which approvals are known. */
const VERDICT_PREDICATE_TYPE = APPROVAL_PREDICATE_TYPE;
/** Predicate type of publications. */
const PUBLICATION_PREDICATE_TYPE = "urn:countersign:publication:v1";
/** Levels of approvals end in `_APPROVED`, so this is nobody's approval. */
const PASSED_LEVEL = "POLICY_PASSED";
/** Whoever asks for the level above does not take an image for passed that did so by break glass. */
const BREAK_GLASS_LEVEL = "POLICY_PASSED_BY_BREAK_GLASS";
/**
* The predicate of a verdict: a SLSA Verification Summary.
* @see https://slsa.dev/spec/v1.0/verification_summary
*/
function encodeVerdict(content, toolVersion) {
	const { policy, verdict, breakGlass } = content;
	const inputs = [...content.approvals.map(({ stage, digest }) => ({
		uri: defaultVerifierId(stage),
		digest: digestMap(digest)
	})), ...content.evidence.map(({ predicateType, digest }) => ({
		uri: predicateType,
		digest: digestMap(digest)
	}))];
	return {
		verifier: {
			id: VERDICT_VERIFIER_ID,
			version: { countersign: toolVersion }
		},
		timeVerified: content.timeVerified,
		resourceUri: content.resourceUri,
		policy: {
			uri: policy.name,
			digest: digestMap(policy.digest)
		},
		inputAttestations: inputs,
		verificationResult: verdict === "passed" ? "PASSED" : "FAILED",
		verifiedLevels: [verdict === "failed" ? "FAILED" : breakGlass.length > 0 ? BREAK_GLASS_LEVEL : PASSED_LEVEL],
		slsaVersion: "1.0",
		...skipped(breakGlass)
	};
}
function skipped(breakGlass) {
	return breakGlass.length > 0 ? { breakGlass: breakGlass.map(({ stage, until }) => ({
		stage,
		until
	})) } : {};
}
/** What a publication says of an image that had passed. */
const PUBLISHED_AS_PASSED = ["passed", "passed by break glass"];
/** The predicate of a publication. */
function encodePublication(content) {
	const { repository, digest, tags, policy, verified, breakGlass } = content;
	return {
		reference: `${repository}@${digest}`,
		digest: digestMap(digest),
		tags: [...tags],
		source: content.source,
		publishedAt: content.publishedAt,
		policy: policy && {
			uri: policy.name,
			digest: digestMap(policy.digest)
		},
		verdict: !verified ? "not verified" : breakGlass.length > 0 ? "passed by break glass" : "passed",
		...skipped(breakGlass),
		run: content.run && { ...content.run }
	};
}
/** Whether a statement that is no approval is one of these records. */
function recordKind(predicateType, predicate) {
	if (predicateType === "urn:countersign:publication:v1") return "publication";
	if (predicateType !== VERDICT_PREDICATE_TYPE || !isJsonObject(predicate)) return void 0;
	const { verifier } = predicate;
	return isJsonObject(verifier) && verifier["id"] === "urn:countersign:verify-all" ? "verdict" : void 0;
}
/** Whether a later record of one signer takes the place of an earlier one: by the same policy, or about the same place. */
function supersedes(kind, later, earlier) {
	if (!isJsonObject(earlier)) return false;
	if (kind === "publication") return earlier["reference"] === later["reference"] && isAmong(earlier["tags"], later["tags"]);
	const [now, before] = [later["policy"], earlier["policy"]];
	return isJsonObject(now) && isJsonObject(before) && now["uri"] === before["uri"];
}
function isAmong(some, all) {
	return Array.isArray(some) && Array.isArray(all) && some.every((one) => all.includes(one));
}

export { encodePublication as a, supersedes as c, VERDICT_VERIFIER_ID as i, PUBLISHED_AS_PASSED as n, encodeVerdict as o, VERDICT_PREDICATE_TYPE as r, recordKind as s, PUBLICATION_PREDICATE_TYPE as t };