import { f as sha256Hex, m as toBase64, s as fromBase64 } from "./bytes.mjs";
import { r as DataError } from "./errors.mjs";
import { i as asObject, o as asText, t as asArray } from "./members.mjs";
import { t as UNSAFE } from "./text.mjs";
import { o as isStageName, r as defaultVerifierId } from "./approval.mjs";

// src/attest/grant.ts
/** Predicate type of grants. */
const GRANT_PREDICATE_TYPE = "urn:countersign:grant:v1";
/** Longest time from `from` to `until`, days. */
const GRANT_DAYS = 90;
const DAY_MS = 864e5;
const MAX_NAME = 100;
const MAX_STAGES = 64;
const MAX_KEY_BYTES = 4096;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
/** What statements call the key of a grant: base64 SHA-256 of the SPKI. */
function grantedKey({ publicKey }) {
	return toBase64(Buffer.from(sha256Hex(publicKey), "hex"));
}
/** The predicate. */
function encodeGrant({ name, publicKey, stages, stageIds, from, until }) {
	return {
		name,
		publicKey: toBase64(publicKey),
		stages: [...stages],
		stageIds: [...stageIds],
		from,
		until
	};
}
/** The grant in a predicate. @throws CountersignError */
function parseGrant(value) {
	const written = asObject(value, "the grant");
	const stages = asArray(written["stages"], "stages", MAX_STAGES).map((stage) => asText(stage, "a stage"));
	const { stageIds } = written;
	const publicKey = fromBase64(asText(written["publicKey"], "publicKey"), "publicKey");
	const grant = {
		name: asText(written["name"], "name"),
		publicKey,
		stages,
		stageIds: stageIds === void 0 ? stages.map(defaultVerifierId) : asArray(stageIds, "stageIds", MAX_STAGES).map((id) => asText(id, "the id of a stage")),
		from: asText(written["from"], "from"),
		until: asText(written["until"], "until")
	};
	const problem = grantProblem(grant);
	if (problem !== void 0) throw new DataError("DATA_JSON_INVALID", `the grant cannot be used: ${problem}`, { hint: "have a new one made with `countersign help grant`" });
	return grant;
}
/** Why something is no grant; undefined when it is. */
function grantProblem({ name, publicKey, stages, stageIds, from, until }) {
	if (name === "" || name.length > MAX_NAME || name !== name.trim() || name.search(UNSAFE) >= 0) return `its name is not one line of at most ${MAX_NAME} printable characters`;
	if (publicKey.length === 0 || publicKey.length > MAX_KEY_BYTES) return "its key is none";
	const wrong = stages.find((stage) => !isStageName(stage));
	if (stages.length === 0 || wrong !== void 0) return "it names no stage, or something that is none";
	if (stageIds.length !== stages.length) return "it does not give each stage one id";
	const length = Date.parse(until) - Date.parse(from);
	if (!TIME.test(from) || !TIME.test(until) || !(length > 0)) return "it does not say from when until when it holds";
	return length > 90 * DAY_MS ? `it holds for more than ${90} days` : void 0;
}

export { parseGrant as a, grantedKey as i, encodeGrant as n, grantProblem as r, GRANT_PREDICATE_TYPE as t };