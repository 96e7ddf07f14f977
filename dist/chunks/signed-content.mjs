import { a as isRosterUri, o as isStageName, r as defaultVerifierId, s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { r as DataError, t as CountersignError } from "./errors.mjs";
import { i as asObject, o as asText } from "./members.mjs";
import { t as UNSAFE } from "./text.mjs";
import { r as parseBundle } from "./bundle.mjs";
import { s as recordKind } from "./record.mjs";
import { g as subjectDigests, m as parseStatementHead, n as IN_TOTO_PAYLOAD_TYPE, p as parseStatement } from "./statement.mjs";
import { r as parseWithdrawal, t as WITHDRAWAL_PREDICATE_TYPE } from "./withdrawal.mjs";
import { d as sha256, g as utf8 } from "./bytes.mjs";
import { n as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";

// src/attest/break-glass.ts
/** Predicate type of these statements. */
const BREAK_GLASS_PREDICATE_TYPE = "urn:countersign:break-glass:v1";
const MAX_REASON = 4096;
const MAX_TICKET = 200;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
/** The predicate. */
function encodeBreakGlass({ stage, stageId, reason, ticket, from, until }) {
	return {
		stage,
		stageId,
		reason,
		ticket,
		from,
		until
	};
}
/** What a predicate of the type above says. @throws DataError DATA_JSON_INVALID */
function parseBreakGlass(predicate) {
	const value = asObject(predicate, "break glass");
	const stage = asText(value["stage"], "stage");
	const said = {
		stage,
		stageId: asText(value["stageId"] ?? defaultVerifierId(stage), "stageId"),
		reason: asText(value["reason"], "reason"),
		ticket: asText(value["ticket"], "ticket"),
		from: asText(value["from"], "from"),
		until: asText(value["until"], "until")
	};
	const problem = breakGlassProblem(said);
	if (problem === void 0) return said;
	throw new DataError("DATA_JSON_INVALID", problem, { hint: "have a new one made with `countersign help break-glass`" });
}
/** Why something is no such statement; undefined when it is. */
function breakGlassProblem({ stage, reason, ticket, from, until }) {
	if (!isStageName(stage)) return "it names no stage";
	if (reason.trim() === "" || reason.length > MAX_REASON) return `its reason is not of 1 to ${MAX_REASON} characters`;
	if (ticket.trim() === "" || ticket.length > MAX_TICKET || ticket.search(UNSAFE) >= 0) return `its ticket is not one line of 1 to ${MAX_TICKET} characters`;
	if (!TIME.test(from) || !TIME.test(until) || !(Date.parse(from) < Date.parse(until))) return "it does not say from when until when it counts";
}

// src/image/signed-content.ts
/** What is in the bytes of a bundle, its signature not checked. Whatever is stored must pass here first. */
function readSigned(bytes) {
	try {
		const bundle = parseBundle(bytes);
		if (bundle.envelope.payloadType !== "application/vnd.in-toto+json") return { problem: reason("BUNDLE_UNREADABLE", `its payload type is ${bundle.envelope.payloadType.slice(0, 120)}`) };
		const { payload } = bundle.envelope;
		const statement = parseStatementHead(payload);
		if (isRosterUri(statement.predicateType)) return { problem: reason("BUNDLE_UNREADABLE", "its predicate type is a name that approvals have for each other") };
		const ours = statement.predicateType === APPROVAL_PREDICATE_TYPE;
		if (ours && payload.length > LIMITS.approvalBytes) return { problem: reason("BUNDLE_UNREADABLE", `it is an approval of ${payload.length} bytes`) };
		const predicate = ours ? parseStatement(payload).predicate : null;
		const record = recordKind(statement.predicateType, predicate);
		const approval = isJsonObject(predicate) ? parseApproval(predicate) : void 0;
		const groups = approval?.content.map(({ group }) => group) ?? [];
		if (new Set(groups).size < groups.length) return { problem: reason("BUNDLE_UNREADABLE", "it has a group of content twice") };
		const subjects = new Set(statement.subject.flatMap(subjectDigests));
		const unbound = approval?.content.find(({ metadata }) => !subjects.has(sha256(utf8(metadata))));
		if (unbound) return { problem: reason("BUNDLE_UNREADABLE", `its content of group ${unbound.group} is no subject of it`) };
		return {
			bundle,
			statement,
			approval,
			record: approval ? void 0 : record,
			withdrawal: withdrawalIn(statement, payload),
			breakGlass: breakGlassIn(statement, payload)
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return { problem: {
			code: error.code,
			message: error.message,
			hint: error.hint
		} };
	}
}
/** One that cannot be read is no evidence: what it was to take back, nobody knows. */
function withdrawalIn({ predicateType }, payload) {
	if (predicateType !== "urn:countersign:withdrawal:v1" || payload.length > LIMITS.approvalBytes) return void 0;
	return parseWithdrawal(parseStatement(payload).predicate);
}
/** One that cannot be read skips nothing, and fails nothing. */
function breakGlassIn({ predicateType }, payload) {
	if (predicateType !== "urn:countersign:break-glass:v1") return void 0;
	if (payload.length > LIMITS.approvalBytes) return `it has ${payload.length} bytes`;
	try {
		return parseBreakGlass(parseStatement(payload).predicate);
	} catch (error) {
		if (error instanceof CountersignError) return error.message;
		throw error;
	}
}
function reason(code, message) {
	return {
		code,
		message,
		hint: "sign the stage again, or remove the object if it is not needed"
	};
}

export { encodeBreakGlass as a, breakGlassProblem as i, readSigned as n, BREAK_GLASS_PREDICATE_TYPE as r, breakGlassIn as t };