import { i as asObject, o as asText, t as asArray } from "./members.mjs";
import { n as asTime } from "./approval.mjs";
import { i as digestMap, r as asDigest } from "./statement.mjs";

// src/attest/withdrawal.ts
/** Predicate type of withdrawals. */
const WITHDRAWAL_PREDICATE_TYPE = "urn:countersign:withdrawal:v1";
/** Approvals that one withdrawal can name. */
const MAX_APPROVALS = 1e3;
/** The predicate. */
function encodeWithdrawal({ stage, approvals, reason, withdrawnAt }) {
	return {
		stage,
		approvals: approvals.map((digest) => ({ digest: digestMap(digest) })),
		reason,
		withdrawnAt
	};
}
/**
* The withdrawal in a predicate of the type above.
* @throws DataError DATA_JSON_INVALID, DATA_DIGEST_INVALID
*/
function parseWithdrawal(predicate) {
	const value = asObject(predicate, "the withdrawal");
	const approvals = asArray(value["approvals"], "approvals", MAX_APPROVALS);
	return {
		stage: asText(value["stage"], "stage"),
		approvals: approvals.map((one) => asDigest(asObject(one, "approvals")["digest"], "approvals.digest")),
		reason: asText(value["reason"], "reason"),
		withdrawnAt: asTime(value["withdrawnAt"], "withdrawnAt")
	};
}

export { encodeWithdrawal as n, parseWithdrawal as r, WITHDRAWAL_PREDICATE_TYPE as t };