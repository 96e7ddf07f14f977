import { t as isNamed } from "./signature.mjs";
import { a as isRosterUri, o as isStageName, r as defaultVerifierId, s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { r as DataError, t as CountersignError } from "./errors.mjs";
import { i as asObject, o as asText } from "./members.mjs";
import { t as UNSAFE } from "./text.mjs";
import { i as encodePae, o as parseBundle } from "./bundle2.mjs";
import { a as parseGrant, i as grantedKey, t as GRANT_PREDICATE_TYPE } from "./grant.mjs";
import { s as recordKind } from "./record.mjs";
import { g as subjectDigests, m as parseStatementHead, n as IN_TOTO_PAYLOAD_TYPE, p as parseStatement } from "./statement.mjs";
import { r as parseWithdrawal, t as WITHDRAWAL_PREDICATE_TYPE } from "./withdrawal.mjs";
import { d as sha256, g as utf8 } from "./bytes.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as reason } from "./reasons.mjs";

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

// src/image/grants.ts
/** Keys of valid grants by name, DER. However many somebody gives of one name, it has one key: nobody can crowd out the grant of another. */
function grantedKeys(grants) {
	return new Map(grants.flatMap(grantIn).map((grant) => [grantedKey(grant), grant.publicKey]));
}
function grantIn({ check, bundle }) {
	if (check.status !== "valid") return [];
	try {
		return [parseGrant(parseStatement(bundle.envelope.payload).predicate)];
	} catch (error) {
		if (error instanceof CountersignError) return [];
		throw error;
	}
}

// src/image/vouched.ts
/** Later approvals by whose times one signature is judged. */
const MAX_LISTERS = 8;
/** What a signature is worth at times that can say more than what is known of it: checked `again` by each. */
async function vouchedTimes(check, times, again) {
	const vouched = [];
	for (const proven of earlierThan(check, times)) {
		const then = await again(proven);
		if (then?.status === "valid") vouched.push({
			by: proven.by,
			signer: then.identity,
			reasons: then.reasons,
			proven
		});
	}
	return vouched;
}
/** Of times that later approvals prove, those that can say more than what is known of a signature. */
function earlierThan({ status, proven: own, identity }, times) {
	if (status === "untrusted") return times;
	if (status !== "valid" || identity?.method === "sigstore") return [];
	return own ? times.filter(({ latest }) => latest < own.latest) : times;
}
/** Times of stamped, valid approvals that list a layer, earliest first. */
function listersOf(digest, { identity }, stamped) {
	return stamped.filter(({ approval }) => approval.roster.some((entry) => entry.digest === digest && entry.signer !== null && isNamed(identity, entry.signer))).map(({ by, proven }) => ({
		...proven,
		proof: "later-approval",
		by
	})).toSorted((a, b) => a.latest.getTime() - b.latest.getTime()).slice(0, MAX_LISTERS);
}
/** What an approval names was there when the approval was, at the earliest of these times if several name it. */
function timesByNative(stamped) {
	const times = /* @__PURE__ */ new Map();
	for (const { approval, proven } of stamped) for (const { digest } of approval.native) {
		const known = times.get(digest);
		if (!known || proven.latest < known.latest) times.set(digest, proven);
	}
	return times;
}
/** When a native signature was there by approvals that list it, or list the approval that it belongs to. */
function timesOfNative({ digest, check }, approvals, stamped) {
	const owners = approvals.filter((one) => !("problem" in one) && one.approval?.approval.native.some((native) => native.digest === digest));
	return [...listersOf(digest, check, stamped), ...owners.flatMap((one) => "problem" in one ? [] : listersOf(one.bundle.payloadDigest, one.check, stamped))];
}

// src/image/open-bundles.ts
/** What is in the bytes of a bundle, its signature not checked. Whatever is stored must pass here first. */
function readSigned(bytes) {
	try {
		const bundle = parseBundle(bytes);
		if (bundle.envelope.payloadType !== "application/vnd.in-toto+json") return unreadable(`its payload type is ${bundle.envelope.payloadType.slice(0, 120)}`);
		const { payload } = bundle.envelope;
		const statement = parseStatementHead(payload);
		if (isRosterUri(statement.predicateType)) return unreadable("its predicate type is a name that approvals have for each other");
		const ours = statement.predicateType === APPROVAL_PREDICATE_TYPE;
		if (ours && payload.length > LIMITS.approvalBytes) return unreadable(`it is an approval of ${payload.length} bytes`);
		const predicate = ours ? parseStatement(payload).predicate : null;
		const approval = isJsonObject(predicate) ? parseApproval(predicate) : void 0;
		const groups = approval?.content.map(({ group }) => group) ?? [];
		if (new Set(groups).size < groups.length) return unreadable("it has a group of content twice");
		const subjects = new Set(statement.subject.flatMap(subjectDigests));
		const unbound = approval?.content.find(({ metadata }) => !subjects.has(sha256(utf8(metadata))));
		if (unbound) return unreadable(`its content of group ${unbound.group} is no subject of it`);
		return {
			bundle,
			statement,
			approval,
			record: approval ? void 0 : recordKind(statement.predicateType, predicate),
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
function unreadable(message) {
	return { problem: {
		code: "BUNDLE_UNREADABLE",
		message,
		hint: "sign the stage again, or remove the object if it is not needed"
	} };
}
/** Reads a bundle and checks its signature; a Reason when it cannot be read. Never throws for what is in it. */
async function openBundle(found, verifier, now) {
	const parsed = readSigned(found.bytes);
	if ("problem" in parsed) return {
		found,
		problem: parsed.problem
	};
	return {
		found,
		...parsed,
		check: await checkSignature(parsed, {
			verifier,
			now
		})
	};
}
async function checkSignature(parsed, { verifier, now }, { timestamps: others = [], proven, hint } = {}) {
	const { payload, payloadType, signature, keyid } = parsed.bundle.envelope;
	const { material, timestamps: own, json } = parsed.bundle;
	const pae = encodePae(payloadType, payload);
	const timestamps = [...own, ...others];
	const input = {
		pae,
		signature,
		material: hint === void 0 ? material : {
			kind: "public-key",
			hint
		},
		keyid,
		hashing: "bundle",
		timestamps,
		proven,
		bundle: json
	};
	return withCertificates(await verifier.verifyDsse(input, now), parsed);
}
/**
* An approval names its signer and the certificates that it was signed with. Beside another leaf or none, or beside one where
* it names none, the signature is not what was given; nor is it where it leads to no anchor without the others. Somebody
* made it so: it is not by somebody unknown.
*/
function withCertificates(check, { bundle, approval }) {
	const signer = approval?.approval.signer;
	if (!signer || !isNamed(check.identity, signer)) return check;
	const given = bundle.material.kind === "certificates" ? bundle.material.chain.map(sha256) : [];
	const exchanged = signer.certificates[0] !== given[0];
	const removed = check.status === "untrusted" && !signer.certificates.every((digest) => given.includes(digest));
	if (!exchanged && !removed) return check;
	const message = "the certificates beside the approval are not those that it was signed with";
	return {
		...check,
		status: "invalid",
		reasons: [reason("CERTIFICATES_REMOVED", message), ...check.reasons]
	};
}
/**
* All bundles. A timestamp proves the time of a signature wherever it lies, so that copies of a bundle share theirs: one
* that is attached in a registry keeps an approval good that is in the file.
*/
async function openBundles(found, checking) {
	const read = found.map((bundle) => ({
		bundle,
		parsed: readSigned(bundle.bytes)
	}));
	const stamps = Map.groupBy(read.flatMap(({ parsed }) => "problem" in parsed || parsed.bundle.timestamps.length === 0 ? [] : [parsed]), signatureKey);
	const opened = [];
	for (const { bundle, parsed } of read) if ("problem" in parsed) opened.push({
		found: bundle,
		problem: parsed.problem
	});
	else {
		const timestamps = timestampsBeside(parsed, stamps.get(signatureKey(parsed)) ?? []);
		const check = await checkSignature(parsed, checking, { timestamps });
		const stampedAt = (timestamps.length === 0 ? check : await checkAlone(parsed, checking))?.proven?.latest;
		opened.push({
			found: bundle,
			...parsed,
			check,
			...stampedAt ? { stampedAt } : {}
		});
	}
	const known = await withGrants(opened, opened, checking);
	const stamped = stampedApprovals(known);
	if (stamped.length === 0) return known;
	const all = [];
	for (const one of known) all.push("problem" in one ? one : await withVouched(one, stamped, checking));
	return all;
}
/** Timestamps of other copies, as many as are looked at. */
function timestampsBeside(one, copies) {
	const beside = [];
	for (const copy of copies) if (copy !== one && beside.length < LIMITS.timestamps) beside.push(...copy.bundle.timestamps);
	return beside;
}
/** By the timestamps of one copy without those of others; undefined when it has none. */
async function checkAlone(parsed, checking) {
	return parsed.bundle.timestamps.length === 0 ? void 0 : checkSignature(parsed, checking);
}
/**
* Approvals, and withdrawals of them, by keys that nobody trusts, checked again with the keys that valid grants among `all`
* name: a grant brings the key along. Whether its giver may vouch for anybody is for the policy to say.
*/
async function withGrants(some, all, { verifier, now }) {
	const grants = all.flatMap((one) => one && !("problem" in one) && one.statement.predicateType === "urn:countersign:grant:v1" ? [one] : []);
	if (grants.length === 0) return some;
	const keys = grantedKeys(grants);
	const checked = [];
	for (const one of some) checked.push("problem" in one ? one : await withGrant(one, keys, {
		verifier,
		now
	}));
	return checked;
}
async function withGrant(one, keys, { verifier, now }) {
	const { approval, withdrawal, check: first } = one;
	const hint = withdrawal ? first.identity?.hint : approval?.approval.signer?.key;
	const key = hint === void 0 ? void 0 : keys.get(hint);
	const unknown = first.status === "unknown-signer" || first.status === "untrusted" && !withdrawal;
	if (hint === void 0 || !key || !unknown) return one;
	try {
		const check = await checkSignature(one, {
			verifier: verifier.forKeys([key]),
			now
		}, { hint });
		const stamped = check.proven ? { stampedAt: check.proven.latest } : {};
		return check.status === "valid" ? {
			...one,
			check,
			granted: true,
			...stamped
		} : one;
	} catch (error) {
		if (error instanceof CountersignError) return one;
		throw error;
	}
}
function signatureKey({ bundle }) {
	return `${bundle.payloadDigest} ${sha256(bundle.envelope.signature)}`;
}
/**
* A signature that is good and does not count by its own time may have been good when a later approval listed it. One whose
* key is good still may not count either: the policy may say that its signer does not any more.
*/
async function withVouched(one, stamped, checking) {
	const times = listersOf(one.bundle.payloadDigest, one.check, stamped);
	const vouched = await vouchedTimes(one.check, times, async (proven) => one.granted ? one.check : checkSignature(one, checking, { proven }));
	return vouched.length > 0 ? {
		...one,
		vouched
	} : one;
}
/** Approvals whose own timestamp proves when they were there. */
function stampedApprovals(all) {
	return all.flatMap((one) => {
		if ("problem" in one || one.check.status !== "valid" || !one.check.proven || !one.approval) return [];
		return [{
			by: one.bundle.payloadDigest,
			proven: one.check.proven,
			approval: one.approval.approval
		}];
	});
}

export { stampedApprovals as a, timesOfNative as c, breakGlassProblem as d, encodeBreakGlass as f, readSigned as i, vouchedTimes as l, openBundle as n, withGrants as o, openBundles as r, timesByNative as s, breakGlassIn as t, BREAK_GLASS_PREDICATE_TYPE as u };