import { t as CountersignError } from "./errors.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as isSameSigner, t as isNamed } from "./signature.mjs";
import { r as matchesPattern } from "./pattern.mjs";
import { C as windowsOf, S as statedTime, _ as peopleBehind, a as decodedUrl, b as principalsBehind, c as isPackage, d as describeIdentity, h as matchPrincipals, i as componentsIn, l as parsePurl, m as isSamePerson, n as isAmong, o as imageDigest, s as isMeantBy, v as personAs, x as provenTimes, y as principalsAt } from "./versions.mjs";
import { l as evidenceKind, p as parseStatement } from "./statement.mjs";
import { c as listed, i as compareText, p as toSecond } from "./text.mjs";
import { a as remark, i as reason } from "./reasons.mjs";
import { r as objectsByStage } from "./scope.mjs";
import { a as parseGrant, i as grantedKey, t as GRANT_PREDICATE_TYPE } from "./grant.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { n as isVoidedBy, t as denialText } from "./denial.mjs";
import { a as severityFromScore, c as worst, n as highest, o as severityFromWord, s as severityRank } from "./severity.mjs";

// src/policy/rules/grants.ts
/** All that is said for a layer by a key that only grants name. */
function vouchingFor(policy, fact, around) {
	const vouchers = [];
	const problems = [];
	for (const { grant, evidence, signer } of grantsTo(fact, around.evidence)) {
		const stage = policy.stages.find(({ name }) => name === fact.approval?.stage);
		const principals = principalsAt(policy, evidence, around.now);
		const givers = principals.filter((name) => stage?.grantors?.includes(name) && stage.approvers.includes(name));
		const who = personsOf(policy, principals, signer);
		const problem = (around.isAbout(evidence) ? void 0 : "it is about other content") ?? problemOf$1(grant, {
			evidence,
			fact,
			now: around.now,
			id: stage?.id
		}) ?? (givers.length === 0 ? `${who} may not grant stage ${stage?.name ?? ""}` : void 0);
		if (problem !== void 0) problems.push(`the grant to ${JSON.stringify(grant.name)} by ${who}: ${problem}`);
		else for (const giver of givers) vouchers.push({
			giver,
			identity: signer,
			text: `${grant.name}, vouched for by ${personAs(policy, giver, signer).principal}`,
			until: grant.until
		});
	}
	const [problem] = problems;
	return {
		vouchers,
		...problem === void 0 ? {} : { problem }
	};
}
/** As whom an approval counts that somebody vouched for: it uses up its giver, too. */
function personVouchedFor(policy, { giver, identity, text }, signer) {
	const { uses } = personAs(policy, giver, identity);
	return {
		principal: text,
		uses: [...uses, ...signer.hint ? [`key ${signer.hint}`] : []]
	};
}
/** Grants to the key of a layer, in a fixed order. */
function grantsTo({ signer }, evidence) {
	return evidence.flatMap((fact) => {
		if (fact.signature !== "valid" || !fact.signer) return [];
		const grant = grantIn(fact);
		return grant && grantedKey(grant) === signer?.hint ? [{
			grant,
			evidence: fact,
			signer: fact.signer
		}] : [];
	}).sort((a, b) => a.evidence.digest < b.evidence.digest ? -1 : 1);
}
/** Grants by their statement: each is read once, however many approvals it may be for. */
const READ = /* @__PURE__ */ new WeakMap();
/** The grant in a piece of evidence; undefined when it is none, or not by anybody trusted. */
function grantIn({ statement, predicateType }) {
	if (!statement || predicateType !== "urn:countersign:grant:v1") return void 0;
	const known = READ.get(statement) ?? parsed(statement);
	READ.set(statement, known);
	return known === "none" ? void 0 : known;
}
function parsed(statement) {
	try {
		return parseGrant(parseStatement(statement).predicate);
	} catch (error) {
		if (error instanceof CountersignError) return "none";
		throw error;
	}
}
function problemOf$1({ stages, stageIds, from, until }, { evidence, fact, now, id }) {
	const place = stages.indexOf(fact.approval?.stage ?? "");
	if (place < 0) return `it is for stage ${stages.join(", ")}`;
	if (stageIds[place] !== id) return `it is for a stage with the id ${stageIds[place]}, not ${id}`;
	const { withdrawn } = evidence;
	if (withdrawn) return `its giver took it back on ${toSecond(withdrawn.withdrawnAt)}: ${withdrawn.reason}`;
	const time = Math.min(now.getTime(), fact.proven?.latest.getTime() ?? Number.POSITIVE_INFINITY);
	if (!(Date.parse(from) <= time + 3e5)) return `it holds from ${from} on`;
	return Date.parse(until) > time ? void 0 : `it ended at ${until}`;
}
function personsOf(policy, principals, signer) {
	return [...new Set(principals.map((name) => personAs(policy, name, signer).principal))].join(", ") || describeIdentity(signer);
}
/** Said of every approval that stands in somebody's place. */
function grantRemarks(where, { vouchers }) {
	return vouchers.map(({ text, until }) => remark("APPROVAL_GRANTED", `${where}: given by ${text}, by a grant until ${until}`));
}

// src/policy/rules/standing.ts
/**
* The facts, with a problem at every layer that was taken back, and the withdrawal at every such grant and broken glass. Only the
* same key or the same principal may take back, broken glass also whoever may break it. A key that has ended still can: else what
* was taken back would count again some day.
*/
function withoutWithdrawn(policy, facts) {
	const withdrawals = facts.evidence.filter((one) => isWithdrawal(one, policy));
	if (withdrawals.length === 0) return facts;
	const mark = (layer) => {
		const found = withdrawals.find((one) => isTakenBack(layer, one, policy));
		return found ? {
			...layer,
			reasons: [...layer.reasons, withdrawnReason(layer, found)]
		} : layer;
	};
	const evidence = facts.evidence.map((fact) => {
		const found = isRevocable(fact) ? withdrawals.find((one) => isTakenBack(fact, one, policy)) : void 0;
		return found?.withdrawal ? {
			...fact,
			withdrawn: found.withdrawal
		} : fact;
	});
	return {
		...facts,
		layers: facts.layers.map(mark),
		evidence
	};
}
/** The withdrawals that take something back of what is here: who approves next has to list them, whatever else they rely on. */
function withdrawalsIn(policy, { evidence, layers }) {
	const all = [...layers, ...evidence.filter(isRevocable)];
	return evidence.filter((one) => isWithdrawal(one, policy) && all.some((fact) => isTakenBack(fact, one, policy)));
}
function isRevocable({ breakGlass, predicateType }) {
	return breakGlass !== void 0 || predicateType === "urn:countersign:grant:v1";
}
/** A key that is denied still takes back; the very statement that the policy denies does not. */
function isWithdrawal(fact, policy) {
	const { withdrawal, contradicted, signature, digest, proven } = fact;
	if (!withdrawal || contradicted || signature !== "valid" && signature !== "untrusted") return false;
	return !policy?.deny.some((denial) => denial.what.of === "statement" && denial.what.digest === digest && isVoidedBy(denial, proven?.latest));
}
/**
* True for one key, which proves itself. Who a keyless signer is takes a trusted root and the policy: anybody can have a CA, and
* a run of the same workflow on another branch is another principal, or none.
*/
function isSameKey(one, other) {
	return other?.method !== "sigstore" && isSameSigner(one, other);
}
function isTakenBack(fact, by, policy) {
	if (!by.withdrawal?.approvals.includes(fact.digest)) return false;
	if (isSameKey(fact.signer, by.signer)) return true;
	return policy !== void 0 && mayTakeBack(policy, fact, by);
}
/** Whether a signer is the same person as the one of a statement; of broken glass also somebody who may break it. */
function mayTakeBack(policy, fact, by) {
	const owners = principalsBehind(policy, fact);
	const entitled = "breakGlass" in fact ? entitledTo(policy, fact) : [];
	return principalsBehind(policy, by).some((name) => entitled.includes(name) || owners.includes(name) && isSamePerson(policy, name, [fact.signer, by.signer]));
}
function entitledTo({ stages }, { breakGlass }) {
	const said = typeof breakGlass === "object" ? breakGlass.stage : void 0;
	return stages.find(({ name }) => name === said)?.breakGlass?.by ?? [];
}
function withdrawnReason({ approval }, { withdrawal }) {
	const what = approval ? `the approval of stage ${approval.stage}` : "the signature";
	const { reason: why = "", withdrawnAt = "" } = withdrawal ?? {};
	return reason("APPROVAL_WITHDRAWN", `its signer withdrew ${what} on ${toSecond(withdrawnAt)}: ${why}`);
}
/** The facts, with everything that is denied marked as untrusted. Certificates are denied where paths are looked for. */
function withoutDenied(policy, facts) {
	return untrusting(facts, (fact) => denialReason(policy, facts, fact));
}
/** The facts, with everything valid that there is something against marked as untrusted. */
function untrusting(facts, against) {
	const mark = (fact) => {
		const found = fact.signature === "valid" ? against(fact) : void 0;
		return found ? {
			...fact,
			signature: "untrusted",
			reasons: [found, ...fact.reasons]
		} : fact;
	};
	return {
		...facts,
		layers: facts.layers.map(mark),
		evidence: facts.evidence.map(mark)
	};
}
/** Why the image itself is denied, whoever approved it and whenever. */
function contentDenials(policy, { contentDigests }) {
	return policy.deny.flatMap((denial) => {
		const { what, since } = denial;
		return what.of === "content" && contentDigests.some((digest) => digest === what.digest) && !since ? [reason("CONTENT_DENIED", `the content ${what.digest} ${denialText(denial)}`)] : [];
	});
}
function denialReason(policy, facts, fact) {
	const latest = provenTimes(fact)?.at(-1);
	for (const denial of policy.deny) if (isVoidedBy(denial, latest === void 0 ? void 0 : new Date(latest))) {
		const found = reasonOf(denial, {
			policy,
			facts,
			fact
		});
		if (found) return found;
	}
}
function reasonOf(denial, { policy, facts, fact }) {
	const { what } = denial;
	const text = denialText(denial);
	switch (what.of) {
		case "key": return fact.signer && isKeyOf(what, fact.signer) ? reason("KEY_DENIED", `the ${describeIdentity(fact.signer)} ${text}`) : void 0;
		case "principal": return fact.signer && matchPrincipals(policy, fact.signer).includes(what.name) ? reason("PRINCIPAL_DENIED", `${what.name} ${text}`) : void 0;
		case "statement": return fact.digest === what.digest ? reason("STATEMENT_DENIED", `the statement ${what.digest} ${text}`) : void 0;
		case "content": return facts.contentDigests.some((digest) => digest === what.digest) ? reason("CONTENT_DENIED", `the content ${what.digest} ${text}`) : void 0;
		case "certificate":
		case "component": return;
		default: return what;
	}
}
/** An OpenPGP key is denied with all its subkeys, a subkey alone. */
function isKeyOf({ hint, fingerprint }, signer) {
	if (hint !== void 0) return signer.hint === hint;
	return signer.method === "pgp" && (signer.fingerprint === fingerprint || signer.subkey === fingerprint);
}
/**
* The facts, with everything marked as untrusted whose signer does not count at its time. What is proven to be from then counts
* for ever; what is not proven is judged by the present, and a time that the signer states can only count against them.
*/
function withinWindows(policy, facts, now) {
	return untrusting(facts, (fact) => {
		const { signer } = fact;
		if (!signer || matchPrincipals(policy, signer).length === 0 || principalsAt(policy, fact, now).length > 0) return void 0;
		return reason("CREDENTIAL_OUTSIDE_WINDOW", outsideText(policy, {
			fact,
			signer,
			now
		}));
	});
}
function outsideText(policy, { fact, signer, now }) {
	const [holder] = windowsOf(policy, signer);
	const { from, until } = holder?.window ?? {};
	const bounds = [...from === void 0 ? [] : [`from ${toSecond(new Date(from))}`], ...until === void 0 ? [] : [`until ${toSecond(new Date(until))}`]].join(" ");
	const [time] = provenTimes(fact) ?? [];
	const proof = time === void 0 ? `nothing proves that it is older than ${toSecond(now)}` : `it is proven to be of ${toSecond(new Date(time))}`;
	const stated = statedTime(fact);
	const said = stated === void 0 ? "" : ` and says ${toSecond(new Date(stated))}`;
	return `the ${describeIdentity(signer)} of ${holder?.name ?? "nobody"} counts ${bounds}: ${proof}${said}`;
}

// src/policy/rules/view.ts
/** The facts, in the order they were in, with what signers took back and whom the policy does not count at their time. */
function standingFacts(policy, found, now) {
	const standing = found.evidence.some(({ withdrawal }) => withdrawal !== void 0) ? withoutWithdrawn(policy, found) : found;
	if (!policy) return standing;
	const allowed = policy.deny.length > 0 ? withoutDenied(policy, standing) : standing;
	return policy.principals.some(({ credentials }) => credentials.some(({ window }) => window)) ? withinWindows(policy, allowed, now) : allowed;
}
/** True when some stage is not about all objects. */
function isScoped({ stages, objects }) {
	return stages.some((stage) => stage.objects !== void 0) || (objects?.unsigned ?? []).length > 0;
}
/** What each stage is about on an image of these units. */
function scopesOf(policy, units) {
	const all = units.map(({ id }) => id);
	if (!policy || !isScoped(policy)) return () => all;
	const known = objectsByStage(policy, units);
	return (stage) => known.get(stage ?? "") ?? all;
}
/** Who vouches for a layer by a key that only grants name. */
function vouchingOf(policy, facts, { fact, now }) {
	const objects = scopesOf(policy, facts.units)(fact.approval?.stage);
	return vouchingFor(policy, fact, {
		evidence: facts.evidence,
		now,
		isAbout: (one) => isAboutAll(one, objects)
	});
}
/** The image as evaluation sees it. */
function viewImage(policy, found, now) {
	const facts = standingFacts(policy, found, now);
	return {
		facts,
		layers: [...facts.layers].sort((a, b) => compareText(layerKey(a), layerKey(b))).map((fact) => {
			const valid = fact.signature === "valid" && fact.kind !== "native-legacy" && fact.signer !== null;
			const vouching = valid && policy && fact.granted ? vouchingOf(policy, facts, {
				fact,
				now
			}) : void 0;
			const own = valid && policy && fact.signer && !fact.granted ? fact.signer : void 0;
			const principals = policy && own ? principalsAt(policy, fact, now) : givers(vouching);
			const known = policy === void 0 ? fact.granted !== true : principals.length > 0;
			const trusted = valid && isGivenBySigner(fact) && known;
			const vouched = (vouching?.vouchers ?? []).map(({ text }) => text);
			const people = policy && own && principals.length > 0 ? peopleBehind(policy, own) : vouched;
			return {
				fact,
				where: whereOf(fact.place),
				principals,
				people,
				trusted,
				...vouching ? { vouching } : {}
			};
		}),
		evidence: [...facts.evidence].sort((a, b) => compareText(evidenceKey(a), evidenceKey(b))),
		now,
		about: scopesOf(policy, facts.units)
	};
}
function givers(vouching) {
	return [...new Set((vouching?.vouchers ?? []).map(({ giver }) => giver))];
}
/** False when the statement names another signer: then it is a copy of what that one gave. */
function isGivenBySigner({ approval, signer }) {
	return !approval?.signer || isNamed(signer, approval.signer);
}
/** The approval of a layer, undefined for native and plain signatures. */
function asApproval(view) {
	const { approval, kind } = view.fact;
	return approval && kind === "bundle" ? {
		...view,
		approval
	} : void 0;
}
/**
* True when the layer is what the roster entry names: this statement, by its own signer. Entries of edition 0.1.0 name the
* statement alone, which anybody can sign again; the statement itself may say more.
*/
function isListed(entry, { fact }) {
	if (fact.digest !== entry.digest || !isGivenBySigner(fact)) return false;
	return entry.signer === null || isNamed(fact.signer, entry.signer);
}
/** True when statement or entry say whose the layer is; native signatures are named by their own bytes. */
function isBound(entry, { fact }) {
	return entry.signer !== null || Boolean(fact.approval?.signer) || fact.kind.startsWith("native-");
}
/** Formats of others that sign a manifest and name at most a stage. */
const PLAIN = [
	"cosign",
	"notation",
	"simple-signing"
];
/** True for signatures in these formats. */
function isPlain(layer) {
	return PLAIN.some((kind) => kind === layer.kind);
}
/**
* True when two signatures without a statement may be parts of one: by one signer, in one format. Natively the header that
* both cover must have an ID, or they must have been made in one second as one run makes them, lest the groups come from
* several images.
*/
function arePartsOfOne(one, other, { hasId }) {
	if (one.kind !== other.kind || !isSameSigner(one.signer, other.signer)) return false;
	return isPlain(one) || hasId === true || one.signedAt !== null && one.signedAt === other.signedAt;
}
/** True when a layer or evidence is about all of these objects, and about nothing that is not in the image. */
function isAboutAll({ covers, contradicted }, objects) {
	const covered = new Set(covers);
	return objects.length > 0 && !contradicted && objects.every((id) => covered.has(id));
}
/**
* The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
* whose stage a plain signature names.
*/
function claimantOf({ fact }, image) {
	const { kind, digest, statedStage, signer } = fact;
	return approvalsBy(signer, image).find(({ approval }) => isPlain({ kind }) ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest));
}
/** Approvals by a signer whose signature of them is good. */
function approvalsBy(signer, image) {
	return image.layers.flatMap((other) => asApproval(other) ?? []).filter(({ fact }) => fact.signature === "valid" && isGivenBySigner(fact) && isSameSigner(fact.signer, signer));
}
/** True when the layer is about everything that its stage is about, and about nothing that is not in the image. */
function coversAll({ fact }, image, stage = fact.approval?.stage) {
	return isAboutAll(fact, image.about(stage));
}
/** What is wrong with a layer that names content which the image does not have. */
function otherContent(view) {
	const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
	return reason("APPROVAL_OTHER_CONTENT", message);
}
/** Why the layer does not cover what the stage is about as it is; empty when it does. */
function contentReasons(view, image, stage = view.fact.approval?.stage) {
	if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
	if (coversAll(view, image, stage)) return [];
	const covered = new Set(view.fact.covers);
	const parts = image.about(stage).filter((id) => !covered.has(id)).slice(0, 5).join(", ") || "everything";
	return [reason("LAYER_PARTIAL", `${nameLayer(view)}: ${subjectOf(view)} leaves out ${parts}`)];
}
/** Why a layer is too old for its stage; a time that the signer states can make it older than it is proven to be. */
function ageReasons(view, { name, maxAge }, now) {
	if (maxAge === void 0) return [];
	const { approval, signedAt, proven } = view.fact;
	const stated = Date.parse(approval?.timeVerified ?? signedAt ?? "");
	const [oldest] = [...Number.isNaN(stated) ? [] : [stated], ...proven ? [proven.time.getTime()] : []].toSorted((a, b) => a - b);
	if (oldest !== void 0 && now.getTime() - oldest <= maxAge) return [];
	const of = oldest === void 0 ? "does not say when it was made" : `is of ${toSecond(new Date(oldest))}`;
	return [reason("APPROVAL_TOO_OLD", `${nameLayer(view)}: it ${of}, too old for stage ${name}`)];
}
function subjectOf({ fact }) {
	return fact.approval ? `the approval of stage ${fact.approval.stage}` : "the signature";
}
/** `object 5` in a SIF, the name in a registry. */
function whereOf(place) {
	return place.in === "sif" ? `object ${place.object}` : place.name;
}
/** A layer in a sentence: where it is and who made it. */
function nameLayer(view) {
	return `${view.where} (${view.people.join(", ") || describeIdentity(view.fact.signer)})`;
}
/** An approval in a sentence. */
function nameApproval({ approval, fact, where }) {
	return `the approval of stage ${approval.stage} at ${where} (${shortDigest(fact.digest)})`;
}
/** After every approval. */
const NO_SEQUENCE = Number.MAX_SAFE_INTEGER;
/** Objects of a file come as they lie there, what is attached in a registry in the order of approval. */
function layerKey({ place, digest, kind, signer, approval }) {
	return `${place.in === "sif" ? "" : `1 ${String(approval?.sequence ?? NO_SEQUENCE).padStart(16, "0")} `}${placeKey(place)} ${kind} ${digest} ${JSON.stringify(signer)}`;
}
function evidenceKey({ place, digest, signature }) {
	return `${placeKey(place)} ${digest} ${signature}`;
}
function placeKey(place) {
	return place.in === "sif" ? `0 ${String(place.object).padStart(12, "0")}` : `1 ${place.name}`;
}

// src/policy/requires/content.ts
/** A predicate that is not what its type promises. */
var Malformed = class extends Error {};
/** The same bytes are asked for by every stage and at every judgement of an image, and may be megabytes. */
const PREDICATES = /* @__PURE__ */ new WeakMap();
/** The predicate of a signed statement. @throws CountersignError as parseStatement */
function signedPredicate(statement) {
	const known = PREDICATES.get(statement) ?? readPredicate(statement);
	PREDICATES.set(statement, known);
	if (known instanceof CountersignError) throw known;
	return known;
}
function readPredicate(statement) {
	try {
		return parseStatement(statement).predicate;
	} catch (error) {
		if (error instanceof CountersignError) return error;
		throw error;
	}
}
/**
* The member at a path of names and list positions with dots between, or at a JSON Pointer where names have dots; undefined
* when there is none.
* @see https://www.rfc-editor.org/rfc/rfc6901.html
*/
function valueAt(value, path) {
	let found = value;
	for (const name of namesIn(path)) if (Array.isArray(found) && /^(?:0|[1-9]\d{0,5})$/.test(name)) found = found[Number(name)];
	else if (isJsonObject(found) && Object.hasOwn(found, name)) found = found[name];
	else return void 0;
	return found;
}
/** Paths are few, and asked of each of tens of thousands of findings. */
const PATHS = /* @__PURE__ */ new Map();
function namesIn(path) {
	const known = PATHS.get(path);
	if (known) return known;
	const pointer = path.slice(1).split("/");
	const names = path.startsWith("/") ? pointer.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")) : path.split(".");
	PATHS.set(path, names);
	return names;
}
/** The text at a path; undefined when there is none. */
function textAt(value, path) {
	const found = valueAt(value, path);
	return typeof found === "string" && found !== "" ? found : void 0;
}
/** The list at a path; empty when it is absent. @throws Malformed when it is something else */
function listAt(value, path) {
	const found = valueAt(value, path) ?? [];
	if (!Array.isArray(found)) throw new Malformed(`its ${path} is not a list`);
	return found;
}
/** Where the kinds of predicates say when they were made. */
const TIMES = {
	findings: ["metadata.scanFinishedOn"],
	provenance: ["runDetails.metadata.finishedOn", "metadata.buildFinishedOn"],
	sbom: ["metadata.timestamp", "creationInfo.created"]
};
/** When the evidence was made, as it says itself. */
function timeOf(predicate, kind) {
	const stated = (TIMES[kind] ?? []).map((path) => textAt(predicate, path)).find((time) => time !== void 0);
	if (stated !== void 0 || kind !== "sbom") return stated;
	const graph = valueAt(predicate, "@graph");
	return Array.isArray(graph) ? graph.map((one) => textAt(one, "created")).find((time) => time !== void 0) : void 0;
}
/** Why something of this time is not fresh; undefined when it is. */
function ageProblem(time, maxAge, now) {
	if (time === void 0) return "does not say when it was made";
	const age = now.getTime() - Date.parse(time);
	if (Number.isNaN(age)) return `has the time ${JSON.stringify(time.slice(0, 40))}, which is none`;
	if (age < -3e5) return `is of ${time.slice(0, 40)}, which is to come`;
	return age > maxAge ? `is of ${time.slice(0, 40)}, and older than allowed` : void 0;
}
const MET = {
	remarks: [],
	rests: []
};
/**
* Enough components, each with a name and a version.
* @throws Malformed
*/
function checkSbom(predicate, { minComponents }) {
	const components = componentsOf(predicate);
	if (components === void 0) return {
		code: "EVIDENCE_SBOM",
		problem: "it is neither a CycloneDX nor an SPDX document in JSON"
	};
	const whole = components.filter(({ name, version }) => name !== void 0 && version !== void 0).length;
	if (whole >= minComponents) return MET;
	return {
		code: "EVIDENCE_SBOM",
		problem: `it names ${whole} components with their versions, of ${components.length}; ${minComponents} are needed`
	};
}
/** The components that an SBOM names; undefined when it is none. @throws Malformed */
function componentsOf(predicate) {
	if (predicate["bomFormat"] === "CycloneDX") return nested(predicate);
	if (textAt(predicate, "spdxVersion") !== void 0) return listAt(predicate, "packages").map((one) => component(one, "name", "versionInfo"));
	if (predicate["@graph"] === void 0) return void 0;
	return listAt(predicate, "@graph").filter((one) => valueAt(one, "type") === "software_Package" || valueAt(one, "@type") === "software_Package").map((one) => component(one, "name", "software_packageVersion"));
}
/** Components may hold components; the JSON reader has bounded the depth. */
function nested(value) {
	return listAt(value, "components").flatMap((one) => [component(one, "name", "version"), ...isJsonObject(one) ? nested(one) : []]);
}
function component(value, name, version) {
	return {
		name: textAt(value, name),
		version: textAt(value, version)
	};
}
/**
* Builder and source of SLSA provenance 1 and 0.2.
* @see https://slsa.dev/spec/v1.0/provenance
*/
function checkProvenance(predicate, condition) {
	const builder = textAt(predicate, "runDetails.builder.id") ?? textAt(predicate, "builder.id");
	const { repository, ref } = sourceOf(predicate);
	const wrong = [
		{
			what: "builder",
			patterns: condition.builder,
			found: builder,
			kind: "uri"
		},
		{
			what: "source",
			patterns: condition.source,
			found: repository,
			kind: "uri"
		},
		{
			what: "ref",
			patterns: condition.ref,
			found: ref,
			kind: "ref"
		}
	].find(({ patterns, found, kind }) => !matchesOne(patterns, found, kind));
	if (!wrong) return checkBases(predicate, condition.base);
	const found = wrong.found === void 0 ? "names none" : `has ${JSON.stringify(wrong.found.slice(0, 200))}`;
	return {
		code: "EVIDENCE_PROVENANCE",
		problem: `of ${wrong.what} it ${found}, not ${wrong.patterns.join(" or ")}`
	};
}
/** Every image that went into the build must be one of those allowed, and there must be one. */
function checkBases(predicate, allowed) {
	if (!allowed) return MET;
	const { bases } = basesOf(predicate);
	const wrong = bases.find(({ digest }) => digest === void 0 || !allowed.includes(`sha256:${digest}`));
	if (bases.length > 0 && !wrong) return MET;
	return {
		code: "EVIDENCE_PROVENANCE",
		problem: `of base it names ${wrong ? `${wrong.uri.slice(0, 200)} with ${wrong.digest ? `sha256:${wrong.digest.slice(0, 64)}` : "no digest"}` : "none"}, not ${allowed.join(" or ")}`
	};
}
/** The definition that was built, and the bases: all else that is no source in git. @throws Malformed */
function basesOf(predicate) {
	const all = ["buildDefinition.resolvedDependencies", "materials"].flatMap((path) => listAt(predicate, path).map((one) => ({
		name: textAt(one, "name"),
		uri: textAt(one, "uri") ?? "something",
		digest: textAt(one, "digest.sha256")
	})));
	return {
		definition: all.filter(({ name }) => name === "definition"),
		bases: all.filter(({ name, uri }) => name !== "definition" && !uri.startsWith("git+"))
	};
}
function matchesOne(patterns, found, kind) {
	return patterns.length === 0 || found !== void 0 && patterns.some((one) => matchesPattern(one, found, kind));
}
/** What was built: of GitHub's build types the workflow's own place, else the first source in git. */
function sourceOf(predicate) {
	const workflow = valueAt(predicate, "buildDefinition.externalParameters.workflow");
	const stated = textAt(workflow, "repository");
	if (stated !== void 0) return {
		repository: stated,
		ref: textAt(workflow, "ref")
	};
	const dependencies = valueAt(predicate, "buildDefinition.resolvedDependencies");
	const git = [textAt(predicate, "invocation.configSource.uri"), ...dependencyUris(dependencies)].find((uri) => uri?.startsWith("git+"))?.slice(4);
	const at = git?.lastIndexOf("@") ?? -1;
	if (git === void 0 || at <= git.indexOf("/", git.indexOf("://") + 3)) return {
		repository: git,
		ref: void 0
	};
	return {
		repository: git.slice(0, at),
		ref: git.slice(at + 1)
	};
}
function dependencyUris(value) {
	return Array.isArray(value) ? value.map((one) => textAt(one, "uri")) : [];
}
/** Members that must be as the policy compares them; one that is not there never is. */
function checkFields(predicate, { fields }) {
	const wrong = fields.find(({ path, comparison }) => !compares(valueAt(predicate, path), comparison));
	if (!wrong) return MET;
	const member = valueAt(predicate, wrong.path);
	const found = member === void 0 ? "not there" : JSON.stringify(member).slice(0, 120);
	return {
		code: "EVIDENCE_FIELDS",
		problem: `its ${wrong.path} is ${found}, ${wanted(wrong.comparison)}`
	};
}
function compares(found, { oneOf, not, atLeast, atMost }) {
	if (typeof found !== "string" && typeof found !== "number" && typeof found !== "boolean") return false;
	if (oneOf && !oneOf.includes(found)) return false;
	if (not?.includes(found)) return false;
	if (atLeast === void 0 && atMost === void 0) return true;
	return typeof found === "number" && found >= (atLeast ?? found) && found <= (atMost ?? found);
}
function wanted({ oneOf, not, atLeast, atMost }) {
	return [
		...oneOf ? [`not ${anyOf(oneOf)}`] : [],
		...not ? [`but must be something else than ${anyOf(not)}`] : [],
		...atLeast === void 0 ? [] : [`not at least ${atLeast}`],
		...atMost === void 0 ? [] : [`not at most ${atMost}`]
	].join(", ");
}
function anyOf(values) {
	return values.map((one) => JSON.stringify(one)).join(" or ");
}

// src/policy/requires/components.ts
/** Components that a message names, at most. */
const NAMED$1 = 5;
/** The first denied components that an SBOM names, and why they are denied; undefined when there is none. */
function deniedComponents(predicate, { deny }) {
	const denials = deny.flatMap((denial) => denial.what.of === "component" ? [{
		denial,
		what: denial.what
	}] : []);
	if (denials.length === 0) return void 0;
	const components = Map.groupBy(componentsIn(predicate) ?? [], ({ purl }) => familyOf(parsePurl(purl)));
	const found = denials.flatMap(({ denial, what }) => {
		const wanted = parsePurl(what.purl);
		return (wanted ? components.get(familyOf(wanted)) ?? [] : []).flatMap((component) => {
			if (!wanted || !isMeantBy(wanted, component.purl)) return [];
			const how = matching(component, what.versions, wanted.type);
			return how === void 0 ? [] : [`${component.purl.slice(0, 200)}${how} ${denialText(denial)}`];
		});
	});
	const texts = [...new Set(found)];
	if (texts.length === 0) return void 0;
	return texts.length > NAMED$1 ? `${texts.slice(0, NAMED$1).join("; ")}; and ${texts.length - NAMED$1} more` : texts.join("; ");
}
/** What two package URLs have in common of which one may mean the other. */
function familyOf(purl) {
	return purl ? `${purl.type}/${purl.path.toLowerCase()}` : "";
}
/** How it is meant, as an addition to its name; undefined when it is not. */
function matching({ purl, version: stated }, versions, type) {
	if (versions === void 0) return "";
	const version = parsePurl(purl)?.version ?? stated ?? void 0;
	if (version === void 0) return ", which says no version,";
	const answer = isAmong(version, versions, type);
	if (answer === void 0) return `, whose version ${JSON.stringify(version.slice(0, 60))} cannot be compared,`;
	return answer ? "" : void 0;
}

// src/findings/finding.ts
const CVE = /^CVE-\d{4}-\d{4,19}$/i;
const GHSA = /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/i;
/** True for the names that every scanner gives to the same vulnerability alone: CVE and GHSA. */
function isCommonName(name) {
	return CVE.test(name) || GHSA.test(name);
}
/** The CVEs among some names, each once. */
function cvesIn(names) {
	return [...new Set(names.filter((name) => CVE.test(name)).map((name) => name.toUpperCase()))];
}
/** Most findings have most lists empty, and there may be tens of thousands. */
const NONE = [];
/** Of an advisory about several CVEs none is another name: those become related. */
function createFinding(given) {
	const { location, aliases = [], related = [], ...rest } = given;
	const others = aliases.length === 0 ? NONE : [...new Set(aliases)].filter((name) => name !== given.id);
	const several = cvesIn([given.id, ...others]).length > 1;
	return {
		score: null,
		package: null,
		version: null,
		purl: null,
		fixedIn: NONE,
		suppressed: null,
		...rest,
		aliases: several ? others.filter((name) => !CVE.test(name)) : others,
		related: several ? [.../* @__PURE__ */ new Set([...related, ...others.filter((name) => CVE.test(name))])] : [...new Set(related)],
		locations: location === void 0 ? NONE : [location]
	};
}
/** A report that says no more than what is given. */
function createReport(given) {
	return {
		database: null,
		startedAt: null,
		finishedAt: null,
		target: null,
		recognised: true,
		remarks: [],
		...given
	};
}
/** Brings together what has the same CVE, or the same GHSA, in the same version of the same package; nothing else. */
function groupFindings(findings) {
	const cveOf = cvesOfAdvisories(findings);
	const groups = /* @__PURE__ */ new Map();
	const alone = [];
	for (const finding of findings) {
		const name = commonName(finding, cveOf);
		if (name === void 0 || finding.package === null) {
			alone.push({
				name: null,
				members: [finding]
			});
			continue;
		}
		const key = `${name}\n${placeOf(finding)}`;
		const group = groups.get(key) ?? {
			name,
			members: []
		};
		group.members.push(finding);
		groups.set(key, group);
	}
	return [...groups.values(), ...alone];
}
const placeOf = ({ package: name, version }) => `${name ?? ""}\n${version ?? ""}`;
/** Which CVEs a GHSA stands for in a package, as the reports say. */
function cvesOfAdvisories(findings) {
	const found = /* @__PURE__ */ new Map();
	for (const finding of findings) {
		const names = [finding.id, ...finding.aliases];
		const named = cvesIn(names);
		for (const advisory of names.filter((name) => GHSA.test(name))) {
			const key = `${advisory.toUpperCase()}\n${placeOf(finding)}`;
			const cves = found.get(key) ?? /* @__PURE__ */ new Set();
			for (const cve of named) cves.add(cve);
			found.set(key, cves);
		}
	}
	return found;
}
function commonName(finding, cveOf) {
	const names = [finding.id, ...finding.aliases];
	const [cve] = cvesIn(names);
	if (cve !== void 0) return cve;
	const advisories = [...new Set(names.filter((name) => GHSA.test(name)).map((name) => name.toUpperCase()))];
	const [advisory] = advisories;
	if (advisory === void 0 || advisories.length > 1) return void 0;
	const cves = cveOf.get(`${advisory}\n${placeOf(finding)}`);
	return cves?.size === 1 ? [...cves][0] : advisory;
}
/** The findings of a group as one: the worst severity, every scanner and place. */
function joinFindings(members) {
	const [first] = members;
	if (!first || members.length === 1) return first;
	const sorted = [...new Map(members.flatMap(({ id, aliases }) => [id, ...aliases]).map((name) => [name.toUpperCase(), name])).values()].sort(compareText);
	const id = sorted.find((name) => CVE.test(name)) ?? sorted.find((name) => GHSA.test(name)) ?? first.id;
	const all = (list) => [...new Set(members.flatMap(list))];
	return {
		...first,
		id,
		aliases: sorted.filter((name) => name !== id),
		related: all(({ related }) => related),
		severity: worst(members.map(({ severity }) => severity)),
		score: highest(members.map(({ score }) => score)),
		purl: members.find(({ purl }) => purl !== null)?.purl ?? null,
		fixedIn: all(({ fixedIn }) => fixedIn),
		scanners: all(({ scanners }) => scanners),
		locations: all(({ locations }) => locations)
	};
}
/** The worst first, then by name. */
function byImportance(a, b) {
	return severityRank(a.severity) - severityRank(b.severity) || compareText(a.id, b.id) || compareText(a.package ?? "", b.package ?? "") || compareText(a.version ?? "", b.version ?? "") || compareText(a.locations.join("\n"), b.locations.join("\n"));
}
/** True from the day after the entry's last day, in UTC. */
function isExpired(entry, now) {
	return now.toISOString().slice(0, 10) > entry.expires;
}
/** True when the entry names this finding, or the CVE or GHSA that it is known by, and all else that it names agrees. */
function matchesFinding(entry, finding, common = null) {
	const { id, package: name, version, purl, location } = entry;
	return [
		finding.id,
		...finding.aliases,
		...common === null ? [] : [common]
	].some((other) => other.toUpperCase() === id.toUpperCase()) && (name === null || name === finding.package) && (version === null || version === finding.version) && (purl === null || isSamePackage(purl, finding.purl)) && (location === null || finding.locations.length > 0 && finding.locations.every((place) => place === location));
}
/** Equal up to where the wanted package URL ends: before the version, the qualifiers or the subpath. */
function isSamePackage(wanted, purl) {
	return purl !== null && purl.startsWith(wanted) && /^(?:$|[@?#])/.test(purl.slice(wanted.length));
}
/** Signs that may end a package URL within another one; real ones have a handful. */
const MOST_ENDS = 64;
/** Every package URL that means this one: itself, and what it begins with before version, qualifiers or subpath. */
function packageNames(purl) {
	if (purl === null) return [];
	const names = [purl];
	for (const { index } of purl.matchAll(/[@?#]/g)) {
		if (names.length > MOST_ENDS) break;
		names.push(purl.slice(0, index));
	}
	return names;
}

// src/findings/judge.ts
/** Judges the findings of all reports about one image. */
function judgeFindings(findings, reports, { rules, now }) {
	const bins = new Bins(rules, now);
	for (const group of groupFindings(findings)) bins.add(group);
	const problems = rules.allowEmptyScan ? [] : emptyScans(reports);
	return {
		verdict: bins.blocking.length === 0 && problems.length === 0 ? "passed" : "failed",
		blocking: bins.blocking.sort(byImportance),
		allowed: bins.allowed.sort((a, b) => byImportance(a.finding, b.finding)),
		below: bins.below.sort(byImportance),
		suppressed: bins.suppressed.sort(byImportance),
		expired: rules.allow.filter((entry) => isExpired(entry, now)),
		unused: bins.unused(),
		problems
	};
}
/** Number of findings, each vulnerability of a package once unless its places are judged differently. */
function countFindings({ blocking, allowed, below, suppressed }) {
	return blocking.length + allowed.length + below.length + suppressed.length;
}
var Bins = class {
	blocking = [];
	allowed = [];
	below = [];
	suppressed = [];
	#rules;
	#valid;
	#used = /* @__PURE__ */ new Set();
	constructor(rules, now) {
		this.#rules = rules;
		this.#valid = new AllowBook(rules.allow.filter((entry) => !isExpired(entry, now)));
	}
	/** What one scanner knows of the vulnerability and the package holds for the others' findings of it too. */
	add({ name, members }) {
		const severity = worst(members.map((member) => member.severity));
		const purls = new Set(members.flatMap(({ purl }) => purl ?? []));
		const purl = purls.size === 1 ? [...purls][0] : void 0;
		const open = [];
		const hidden = [];
		const allowed = /* @__PURE__ */ new Map();
		for (const member of members) {
			const finding = {
				...member,
				severity,
				purl: member.purl ?? purl ?? null
			};
			const [entry] = this.#entriesFor(finding, name);
			if (finding.suppressed !== null && !this.#rules.countSuppressed) hidden.push(finding);
			else if (!entry || !blocks(finding, this.#rules)) open.push(finding);
			else if (!allowed.get(entry)?.push(finding)) allowed.set(entry, [finding]);
		}
		put(this.suppressed, hidden);
		put(blocks({ severity }, this.#rules) ? this.blocking : this.below, open);
		for (const [entry, list] of allowed) {
			const finding = joinFindings(list);
			if (finding) this.allowed.push({
				finding,
				entry
			});
		}
	}
	unused() {
		return this.#valid.entries.filter((entry) => !this.#used.has(entry));
	}
	#entriesFor(finding, commonName) {
		const entries = this.#valid.about(finding, commonName);
		for (const entry of entries) this.#used.add(entry);
		return entries;
	}
};
/** Entries of one name that are all looked at; of more those alone that can be about the finding. */
const FEW = 16;
/** An allow list, in which those few entries are found that can be about a finding: both may have tens of thousands. */
var AllowBook = class {
	entries;
	#places;
	#byName;
	#exact = /* @__PURE__ */ new Map();
	constructor(entries) {
		this.entries = entries;
		this.#places = new Map(entries.map((entry, index) => [entry, index]));
		this.#byName = Map.groupBy(entries, ({ id }) => id.toUpperCase());
		for (const [name, list] of this.#byName) if (list.length > FEW) this.#exact.set(name, new ExactBook(list));
	}
	/** The entries about a finding, which may go by a common name too, in the order of the list. */
	about(finding, common) {
		return [...new Set([
			finding.id,
			...finding.aliases,
			common ?? []
		].flat().map((name) => name.toUpperCase()))].flatMap((name) => this.#exact.get(name)?.near(finding) ?? this.#byName.get(name) ?? []).filter((entry) => matchesFinding(entry, finding, common)).sort((a, b) => (this.#places.get(a) ?? 0) - (this.#places.get(b) ?? 0));
	}
};
/** Entries of one name by all else that they name. */
var ExactBook = class {
	#byKey;
	/** Of what they name something: one entry for each combination that occurs. */
	#kinds;
	constructor(entries) {
		this.#byKey = Map.groupBy(entries, keyOf);
		this.#kinds = [...new Map(entries.map((entry) => [namedIn(entry), entry])).values()];
	}
	/** At least all entries about a finding. */
	near({ package: name, version, purl, locations }) {
		const [place = null] = locations;
		return this.#kinds.flatMap((kind) => {
			const rest = {
				package: kind.package === null ? null : name,
				version: kind.version === null ? null : version,
				location: kind.location === null ? null : place
			};
			return (kind.purl === null ? [null] : packageNames(purl)).flatMap((one) => this.#byKey.get(keyOf({
				...rest,
				purl: one
			})) ?? []);
		});
	}
};
/** Which of them are named. */
function namedIn({ package: name, version, purl, location }) {
	return [
		name,
		version,
		purl,
		location
	].map((one) => one !== null).join();
}
function keyOf({ package: name, version, purl, location }) {
	return `${name}\n${version}\n${purl}\n${location}`;
}
function put(bin, findings) {
	const finding = joinFindings(findings);
	if (finding) bin.push(finding);
}
function blocks(finding, rules) {
	if (rules.failOn === "none") return false;
	const severity = finding.severity === "unknown" ? rules.unknownAs : finding.severity;
	return severityRank(severity) <= severityRank(rules.failOn);
}
/** "No findings" in a report that recognised no package is the absence of a scan, not a clean image. */
function emptyScans(reports) {
	return reports.filter((report) => !report.recognised).map(({ name }) => `${name} recognised no operating system and no package in the image, so it found nothing to scan`);
}

// src/policy/requires/findings.ts
/** Findings named in one message. */
const NAMED = 5;
/** Who scanned: the tool's address, and its name where the statement has it. */
function scannersOf(predicate) {
	return [textAt(predicate, "scanner.uri"), textAt(predicate, "countersign.scanner")].flatMap((name) => name ?? []);
}
/**
* What a policy makes of the findings.
* @throws Malformed
*/
function checkFindings(predicate, condition, { now, vex }) {
	const findings = readFindings(predicate);
	const { failOn, unknownAs, exceptions, databaseMaxAge } = condition;
	const old = databaseMaxAge && ageProblem(textAt(predicate, "scanner.db.lastUpdate"), databaseMaxAge, now);
	if (old) return {
		code: "EVIDENCE_STALE",
		problem: `the scanner's database ${old}`
	};
	if (findings.length === 0 && valueAt(predicate, "countersign.recognised") !== true) return {
		code: "EVIDENCE_FINDINGS",
		problem: "it lists nothing and does not say that the scanner recognised anything in the image"
	};
	const granted = grantsOf(findings, vex);
	const rules = {
		failOn,
		unknownAs,
		allow: [...exceptions, ...granted.keys()],
		countSuppressed: true,
		allowEmptyScan: true
	};
	const { blocking, allowed } = judgeFindings(findings, [], {
		rules,
		now
	});
	if (blocking.length > 0) {
		const names = blocking.slice(0, NAMED).map((one) => `${one.severity} ${nameOf(one)}`);
		const more = blocking.length > NAMED ? ` and ${blocking.length - NAMED} more` : "";
		return {
			code: "EVIDENCE_FINDINGS",
			problem: `it lists ${names.join(", ")}${more}`
		};
	}
	const used = new Set(allowed.flatMap(({ entry }) => granted.get(entry) ?? []));
	return {
		remarks: allowed.map(({ finding, entry }) => {
			const said = granted.get(entry);
			if (said) return remark("EVIDENCE_VEX", `${nameOf(finding)} is ${said.status} as ${said.by} says: ${said.why || "without a reason"}`);
			const by = entry.grantedBy === void 0 ? "" : ` by ${entry.grantedBy}`;
			return remark("EVIDENCE_EXCEPTION", `${nameOf(finding)} is accepted until ${entry.expires}${by}: ${entry.reason}`);
		}),
		rests: [...new Set([...used].map(({ fact }) => fact))]
	};
}
/** Day that no finding outlives: a VEX statement holds until a newer one says otherwise. */
const NO_END = "9999-12-31";
/** What VEX statements accept, as exceptions for exactly these findings. */
function grantsOf(findings, vex) {
	const granted = /* @__PURE__ */ new Map();
	for (const finding of findings) {
		const { id, package: name, version, purl } = finding;
		const said = name === null || version === null ? void 0 : vex?.accepting(finding);
		if (!said) continue;
		const at = {
			file: whereOf(said.fact.place),
			line: 1,
			column: 1
		};
		granted.set({
			id,
			package: name,
			version,
			purl,
			location: null,
			reason: said.why,
			expires: NO_END,
			at
		}, said);
	}
	return granted;
}
function nameOf({ id, package: name, version }) {
	return name === null ? id : `${id} in ${name}${version === null ? "" : ` ${version}`}`;
}
/** All findings that a statement lists. @throws Malformed */
function readFindings(predicate) {
	return listAt(predicate, "scanner.result").map(readFinding);
}
function readFinding(value) {
	const id = textAt(value, "id");
	if (id === void 0) throw new Malformed("a finding has no id");
	const notes = isJsonObject(value) ? listAt(value, "annotations") : [];
	const note = (name) => notes.map((one) => textAt(one, name)).find((text) => text !== void 0);
	return createFinding({
		id,
		scanners: [],
		severity: severityOf(listAt(value, "severity")),
		aliases: notes.flatMap((one) => listAt(one, "aliases")).filter((name) => typeof name === "string"),
		package: note("package") ?? null,
		version: note("version") ?? null,
		purl: note("purl") ?? null
	});
}
/** The worst of the words; a score is asked where no word is known. */
function severityOf(ratings) {
	const scores = ratings.map((rating) => valueAt(rating, "score"));
	const named = worst(scores.map((score) => severityFromWord(typeof score === "string" ? score : void 0)));
	return named === "unknown" ? worst(scores.map((score) => severityFromScore(numberOf(score)))) : named;
}
function numberOf(score) {
	return typeof score === "number" || typeof score === "string" && score !== "" ? Number(score) : null;
}

// src/policy/requires/vex.ts
/** True for a predicate type that VEX documents of their own have. */
function isVexType(predicateType) {
	return /^https:\/\/(?:openvex\.dev\/ns(?:\/v[0-9.]+)?|cyclonedx\.org\/vex)$/.test(predicateType);
}
/**
* The statements of a predicate; none when it is no VEX document.
* @throws Malformed
* @see https://github.com/openvex/spec/blob/v0.2.0/OPENVEX-SPEC.md
* @see https://github.com/CycloneDX/specification/blob/1.6/schema/bom-1.6.schema.json
*/
function readVex(predicate) {
	if (textAt(predicate, "@context")?.startsWith("https://openvex.dev/ns") === true) return listAt(predicate, "statements").map((one) => openVex(one, predicate));
	if (predicate["bomFormat"] !== "CycloneDX") return [];
	const purls = componentPurls(predicate);
	return listAt(predicate, "vulnerabilities").flatMap((one) => cycloneDx(one, predicate, purls));
}
function openVex(statement, document) {
	const vulnerability = valueAt(statement, "vulnerability");
	const names = isJsonObject(vulnerability) ? [textAt(vulnerability, "name"), ...listAt(vulnerability, "aliases")] : [vulnerability];
	const status = textAt(statement, "status") ?? "none";
	const why = ["justification", "impact_statement"].flatMap((name) => textAt(statement, name) ?? []);
	const times = [statement, document].flatMap((one) => [textAt(one, "last_updated"), textAt(one, "timestamp")]);
	return {
		names: upperCase(names),
		status,
		accepts: status === "fixed" || status === "not_affected" && why.length > 0,
		why: why.join(": "),
		time: newest(times),
		products: listAt(statement, "products").map(openVexProduct)
	};
}
function openVexProduct(product) {
	const ids = idsOf(product);
	const hash = textAt(product, "hashes.sha-256");
	const images = [...ids.flatMap(imageDigest), ...hash === void 0 ? [] : [`sha256:${hash.toLowerCase()}`]];
	const inside = isJsonObject(product) ? listAt(product, "subcomponents") : [];
	if (inside.length > 0) return {
		images: images.length > 0 ? images : ["none"],
		packages: inside.flatMap(idsOf).filter(isPackage)
	};
	return images.length > 0 ? {
		images,
		packages: void 0
	} : {
		images,
		packages: ids.filter(isPackage)
	};
}
function idsOf(product) {
	if (typeof product === "string") return [product];
	return [textAt(product, "@id"), textAt(product, "identifiers.purl")].flatMap((id) => id ?? []);
}
function cycloneDx(vulnerability, document, purls) {
	const status = textAt(vulnerability, "analysis.state");
	if (status === void 0) return [];
	const why = ["justification", "detail"].flatMap((name) => textAt(vulnerability, `analysis.${name}`) ?? []);
	const times = [...[
		"analysis.lastUpdated",
		"analysis.firstIssued",
		"updated",
		"published"
	].map((path) => textAt(vulnerability, path)), textAt(document, "metadata.timestamp")];
	const references = listAt(vulnerability, "references").map((one) => textAt(one, "id"));
	const accepts = [
		"not_affected",
		"false_positive",
		"resolved",
		"resolved_with_pedigree"
	].includes(status);
	return [{
		names: upperCase([textAt(vulnerability, "id"), ...references]),
		status,
		accepts,
		why: why.join(": "),
		time: newest(times),
		products: listAt(vulnerability, "affects").flatMap((one) => cycloneDxProduct(one, purls, accepts))
	}];
}
/**
* Ranges of versions are not compared: what accepts some of them accepts nothing, and what does not may mean the one that
* is there.
*/
function cycloneDxProduct(affected, purls, accepts) {
	const ref = textAt(affected, "ref") ?? "";
	const link = /^urn:cdx:[^#]+#(.+)$/.exec(ref)?.[1];
	const purl = purls.get(ref) ?? (link === void 0 ? ref : decodedUrl(link));
	const images = imageDigest(purl);
	if (accepts && listAt(affected, "versions").length > 0) return [];
	if (images.length > 0) return [{
		images,
		packages: void 0
	}];
	return isPackage(purl) ? [{
		images,
		packages: [purl]
	}] : [];
}
/** Package URLs of all components by their names inside the document, that of the image itself included. */
function componentPurls(document) {
	const found = /* @__PURE__ */ new Map();
	const add = (component) => {
		const [ref, purl] = [textAt(component, "bom-ref"), textAt(component, "purl")];
		if (ref !== void 0 && purl !== void 0) found.set(ref, purl);
		for (const inner of listAt(component, "components")) add(inner);
	};
	add(valueAt(document, "metadata.component"));
	add(document);
	return found;
}
function upperCase(names) {
	return names.flatMap((name) => typeof name === "string" && name !== "" ? [name.toUpperCase()] : []);
}
/** The first time of a list that goes from the nearest to the farthest; no time when there is none. */
function newest(times) {
	return Date.parse(times.find((time) => time !== void 0) ?? "");
}
/** All statements that count about this image, by what they name: there may be tens of thousands, and as many findings. */
var VexBook = class {
	#newest = /* @__PURE__ */ new Map();
	/** Set where too much is said to look at all of it: then nothing is accepted. */
	isFull;
	constructor(statements, { images, now }) {
		const latest = now.getTime() + CLOCK_SKEW_MS;
		let room = LIMITS.vexNames;
		for (const said of statements) {
			const names = new Set(said.names);
			const packages = said.time <= latest ? packagesOf(said, images) : /* @__PURE__ */ new Set();
			room -= names.size * packages.size;
			if (room < 0) break;
			for (const name of names) for (const one of packages) this.#add(`${name}\n${one}`, said);
		}
		this.isFull = room < 0;
	}
	#add(key, said) {
		const { time, accepts } = said;
		const known = this.#newest.get(key);
		if (!known || time > known.time) this.#newest.set(key, {
			time,
			accepts,
			said
		});
		else if (time === known.time && known.accepts && !accepts) this.#newest.set(key, {
			...known,
			accepts
		});
	}
	/** The statement by which a finding is acceptable; undefined when none is about it, or the newest that is says otherwise. */
	accepting({ id, aliases, purl }) {
		const packages = [WHOLE_IMAGE, ...packageNames(purl)];
		if (this.isFull || packages.length > MOST_PACKAGES) return void 0;
		const names = new Set([id, ...aliases].map((name) => name.toUpperCase()));
		let newestOfAll;
		for (const name of names) for (const one of packages) {
			const found = this.#newest.get(`${name}\n${one}`);
			if (!found || found.time < (newestOfAll?.time ?? found.time)) continue;
			const isEqual = found.time === newestOfAll?.time;
			if (!newestOfAll || !isEqual) newestOfAll = found;
			else newestOfAll = {
				...newestOfAll,
				accepts: newestOfAll.accepts && found.accepts
			};
		}
		return newestOfAll?.accepts ? newestOfAll.said : void 0;
	}
};
const WHOLE_IMAGE = "";
/** A package URL has a handful. */
const MOST_PACKAGES = 32;
/** Package URLs that a statement is about in this image, which has these digests; `WHOLE_IMAGE` for all of it. */
function packagesOf({ products }, images) {
	const mine = products.filter((product) => product.images.every((digest) => images.includes(digest)));
	return new Set(mine.flatMap(({ packages }) => packages ?? [WHOLE_IMAGE]));
}
/** All VEX documents on the image, as far as they count for a requirement. */
function findVex({ vexBy = [] }, { policy, stage, image }) {
	const statements = [];
	const refused = [];
	for (const fact of image.evidence) {
		const read = statementsOf(fact);
		if (read === void 0 || !("problem" in read) && read.length === 0) continue;
		const signers = fact.signature === "valid" ? principalsAt(policy, fact, image.now) : [];
		const by = signers.find((name) => vexBy.includes(name));
		const problem = "problem" in read ? read.problem : by === void 0 ? `it is signed by ${signers.join(", ") || describeIdentity(fact.signer)}, ${vexBy.length > 0 ? `not by ${vexBy.join(" or ")}` : "and the requirement names nobody in vexBy"}` : isAboutAll(fact, image.about(stage.name)) ? void 0 : "it is about other content";
		if (problem === void 0 && by !== void 0 && !("problem" in read)) statements.push(...read.map((one) => ({
			...one,
			by,
			fact
		})));
		else {
			const where = `the VEX document at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
			refused.push(reason("EVIDENCE_VEX_REFUSED", `${where} does not count: ${problem}`));
		}
	}
	const { contentDigests, pinned } = image.facts;
	const images = [...contentDigests, ...pinned === void 0 ? [] : [pinned.slice(pinned.lastIndexOf("@") + 1)]];
	const book = new VexBook(statements, {
		images,
		now: image.now
	});
	if (book.isFull) refused.unshift(reason("EVIDENCE_VEX_REFUSED", `the VEX documents name more than ${LIMITS.vexNames} vulnerabilities in packages`));
	return {
		book,
		refused
	};
}
/** Undefined for what is no VEX document. Content without a valid signature is not looked at. */
function statementsOf(fact) {
	const own = isVexType(fact.predicateType);
	if (!own && !fact.predicateType.startsWith("https://cyclonedx.org/bom")) return void 0;
	if (!fact.statement) return own ? { problem: `its signature is ${fact.signature}` } : void 0;
	try {
		const predicate = signedPredicate(fact.statement);
		return isJsonObject(predicate) ? readVex(predicate) : void 0;
	} catch (error) {
		if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
		return own ? { problem: error.message } : void 0;
	}
}

// src/policy/requires/requires.ts
/** Pieces that a message is about, at most. */
const EXPLAINED = 5;
/** No age is too great. */
const ANY_AGE = Number.POSITIVE_INFINITY;
/** Evidence that was made after the stage was approved, or unseen, holds all the same; whoever reads the verdict knows. */
function unlisted({ name }, { met, relied }, claims) {
	const counting = claims.filter(({ counts }) => counts);
	const named = new Set(counting.flatMap(({ layer }) => layer.fact.approval?.evidence.map(({ digest }) => digest) ?? []));
	if (!met || counting.length === 0 || relied.some(({ digest }) => named.has(digest))) return [];
	const types = relied.map(({ predicateType, digest }) => `${predicateType} (${shortDigest(digest)})`).join(", ");
	return [remark("EVIDENCE_NOT_LISTED", `stage ${name} rests on ${types}, which no approval of it lists`)];
}
/** True when some stage requires evidence of this type that lies in the file itself. */
function mustLieInside({ stages }, predicateType) {
	return stages.some(({ requires }) => requires.some(({ inside, evidence }) => inside === true && isOfKind(predicateType, evidence)));
}
/** True for evidence that a requirement calls so. */
function isOfKind(predicateType, evidence) {
	return predicateType === evidence || evidenceKind(predicateType) === evidence;
}
/** The same is asked several times for one verdict, and anew for what would make it pass. */
const ANSWERS = /* @__PURE__ */ new WeakMap();
/** What the image has to show for a requirement of a stage. */
function checkRequirement(requirement, asking) {
	const { policy, stage, image } = asking;
	const answers = ANSWERS.get(image.facts) ?? /* @__PURE__ */ new WeakMap();
	const known = answers.get(requirement);
	if (known?.asking.policy === policy && known.asking.stage === stage && known.asking.image.now.getTime() === image.now.getTime()) return known.report;
	const report = examineAll(requirement, asking);
	ANSWERS.set(image.facts, answers.set(requirement, {
		asking,
		report
	}));
	return report;
}
function examineAll(requirement, around) {
	const { evidence, count, signedBy, condition } = requirement;
	const vex = condition.of === "findings" ? findVex(condition, around) : void 0;
	const context = {
		...around,
		vex: vex?.book
	};
	const all = context.image.evidence.filter(({ record }) => record !== "verdict").filter(({ predicateType }) => isOfKind(predicateType, evidence)).map((fact) => examine(fact, requirement, context));
	const pieces = all.filter((piece) => !isSuperseded(piece, all));
	const good = pieces.filter((piece) => piece.reason === void 0);
	const names = new Set(good.map(({ fact, scan }) => scan?.scanner ?? fact.digest));
	const refused = pieces.some(({ scan, reason: why }) => scan && why?.code === "EVIDENCE_FINDINGS" || why?.code === "COMPONENT_DENIED");
	const relied = good.flatMap(({ fact, rests = [] }) => [fact, ...rests]);
	if (names.size >= count && !refused) return {
		met: true,
		reasons: good.flatMap((piece) => piece.remarks ?? []),
		relied
	};
	const found = pieces.toSorted((a, b) => b.step - a.step).flatMap((piece) => piece.reason ?? []);
	const wanted = `stage ${context.stage.name} requires ${count > 1 ? `${count} pieces of ` : ""}${evidence} signed by ${listed(signedBy, "or")}`;
	const few = found.length === 0 || names.size > 0 && !refused;
	const head = all.length === 0 ? reason("EVIDENCE_MISSING", `${wanted}: there is none`) : reason("EVIDENCE_TOO_FEW", `${wanted}: ${names.size} of them ${names.size === 1 ? "counts" : "count"}`);
	const unused = refused ? (vex?.refused ?? []).slice(0, EXPLAINED) : [];
	return {
		met: false,
		reasons: [
			...few ? [head] : [],
			...found.slice(0, EXPLAINED),
			...unused
		],
		relied
	};
}
/** A scanner's newest findings are what it says; of two equally new ones both. A stale scan takes back nothing that was found. */
function isSuperseded({ scan, reason: why }, all) {
	if (!scan) return false;
	const newer = all.filter((other) => other.scan?.scanner === scan.scanner && other.scan.time > scan.time);
	return why?.code === "EVIDENCE_FINDINGS" ? newer.some((other) => other.reason?.code !== "EVIDENCE_STALE") : newer.length > 0;
}
function examine(fact, requirement, context) {
	const where = `${requirement.evidence} at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
	const fail = (step, code, problem) => ({
		fact,
		step,
		reason: reason(code, `stage ${context.stage.name}: ${where}: ${problem}`)
	});
	const unsigned = signatureProblem(fact, requirement, context);
	if (unsigned) return fail(...unsigned);
	const namesContent = evidenceKind(fact.predicateType) === "sbom" && isAboutSome(fact, context);
	const misplaced = placeProblem(fact, requirement, context);
	if (misplaced && !namesContent) return fail(3, ...misplaced);
	try {
		const predicate = predicateOf(fact);
		const denied = namesContent ? deniedComponents(predicate, context.policy) : void 0;
		if (denied !== void 0) return fail(8, "COMPONENT_DENIED", denied);
		if (misplaced) return fail(3, ...misplaced);
		const scan = scanOf(predicate, requirement, context.image.now);
		const content = contentOf(predicate, requirement, context);
		if (!("code" in content)) return {
			fact,
			step: 9,
			...content,
			...scan ? { scan } : {}
		};
		return {
			...fail(content.code === "EVIDENCE_STALE" ? 6 : content.code === "EVIDENCE_OTHER_SCANNER" ? 5 : 7, content.code, content.problem),
			...scan ? { scan } : {}
		};
	} catch (error) {
		if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
		return fail(4, "EVIDENCE_UNREADABLE", error.message);
	}
}
/** Why the evidence is not by somebody whom the requirement names. */
function signatureProblem(fact, { signedBy }, { policy, image }) {
	const { signature, signer, reasons } = fact;
	const why = reasons[0]?.message;
	const because = why === void 0 ? "" : `: ${why}`;
	if (signature === "invalid" || signature === "unreadable") return [
		1,
		"EVIDENCE_ALTERED",
		`its signature does not hold${because}`
	];
	if (signature !== "valid" || !signer) return [
		0,
		"EVIDENCE_UNTRUSTED",
		`it is signed by ${describeIdentity(signer)}, who is not trusted${because}`
	];
	const principals = principalsAt(policy, fact, image.now);
	if (!principals.some((name) => signedBy.includes(name))) return [
		2,
		"EVIDENCE_OTHER_SIGNER",
		`it is signed by ${principals.join(", ") || describeIdentity(signer)}, not by ${listed(signedBy, "or")}`
	];
}
/** Why the evidence is not about this image, or does not lie where it must. */
function placeProblem(fact, { inside }, { image, stage }) {
	if (!isAboutAll(fact, image.about(stage.name))) return ["EVIDENCE_OTHER_CONTENT", "it is about other content"];
	return inside === true && fact.place.in !== "sif" ? ["EVIDENCE_OUTSIDE", "it does not lie in the SIF file itself, as `inside` asks"] : void 0;
}
function isAboutSome({ covers, contradicted }, { image, stage }) {
	return !contradicted && image.about(stage.name).some((id) => covers.includes(id));
}
function predicateOf({ statement }) {
	if (!statement) throw new Malformed("its content was not read");
	const predicate = signedPredicate(statement);
	if (!isJsonObject(predicate)) throw new Malformed("its predicate is not an object");
	return predicate;
}
/** Only scans of scanners that are asked for, and not of the future, take the place of earlier ones. */
function scanOf(predicate, { condition }, now) {
	if (condition.of !== "findings") return void 0;
	const [scanner] = scannersOf(predicate);
	const time = timeOf(predicate, "findings");
	if (scanner === void 0 || !isAsked(predicate, condition.scanner) || ageProblem(time, ANY_AGE, now) !== void 0) return void 0;
	return {
		scanner,
		time: Date.parse(time ?? "")
	};
}
function isAsked(predicate, wanted) {
	return wanted.length === 0 || scannersOf(predicate).some((name) => wanted.some((one) => one.toLowerCase() === name.toLowerCase()));
}
function contentOf(predicate, { condition, evidence, maxAge }, { image: { now }, vex }) {
	const scanners = condition.of === "findings" ? condition.scanner : [];
	if (!isAsked(predicate, scanners)) return {
		code: "EVIDENCE_OTHER_SCANNER",
		problem: `it is by ${scannersOf(predicate).join(", ") || "no scanner that it names"}, not ${scanners.join(" or ")}`
	};
	const limit = maxAge ?? (condition.of === "findings" ? ANY_AGE : void 0);
	const stale = limit === void 0 ? void 0 : ageProblem(timeOf(predicate, evidence), limit, now);
	if (stale !== void 0) return {
		code: "EVIDENCE_STALE",
		problem: `it ${stale}`
	};
	switch (condition.of) {
		case "findings": return checkFindings(predicate, condition, {
			now,
			vex
		});
		case "sbom": return checkSbom(predicate, condition);
		case "provenance": return checkProvenance(predicate, condition);
		case "fields": return checkFields(predicate, condition);
		default: return condition;
	}
}

// src/policy/break-glass/glass.ts
/** Looks at every such statement; `approvers` by stage are who may have reviewed it. */
function glassesOn(policy, image, approvers) {
	const judged = eachOnce(policy, image.evidence.filter((fact) => isSaidBySomebody(policy, fact))).map((fact) => {
		const stage = policy.stages.find(({ name }) => name === saidOf(fact)?.stage);
		return {
			fact,
			stage,
			reason: problemOf(policy, image, {
				fact,
				stage
			})
		};
	});
	const refused = judged.flatMap(({ fact, reason: why }) => why ? [{
		stage: saidOf(fact)?.stage ?? null,
		reason: why
	}] : []);
	const allowed = judged.flatMap(({ fact, stage, reason: why }) => {
		const said = saidOf(fact);
		if (why || !said || !stage) return [];
		const reviewedBy = reviewersOf(policy, fact, approvers.get(stage.name) ?? []);
		return [{
			fact,
			said,
			by: fact.signer ? peopleBehind(policy, fact.signer).join(", ") : "",
			signed: fact.signature === "valid",
			reviewedBy,
			withdrawn: fact.withdrawn !== void 0,
			end: Date.parse(said.until)
		}];
	});
	return {
		refused,
		allowed: allowed.map((glass) => ({
			...glass,
			end: Math.min(endOf(policy, glass, allowed), backAt(glass, image))
		}))
	};
}
/** When it was taken back, as the withdrawal says; never later than the present. */
function backAt({ fact: { withdrawn } }, { now }) {
	return withdrawn ? Math.min(Date.parse(withdrawn.withdrawnAt), now.getTime()) : Number.POSITIVE_INFINITY;
}
/** Whether the stage is skipped by it now. */
function holds({ signed, end }, now) {
	return signed && now.getTime() < end;
}
/**
* Whether an approval of a later stage was given while the stage was skipped, by somebody who had seen that. Without proof of
* its time the present counts.
*/
function sawBroken({ approval, proven }, { fact, signed, end }, now) {
	if (!signed || !approval?.evidence.some(({ digest }) => digest === fact.digest)) return false;
	return Math.min(now.getTime(), proven?.latest.getTime() ?? Number.POSITIVE_INFINITY) < end;
}
/** What whoever approves next has to list, whatever else they rely on: it can then not be removed unseen. */
function glassIn(policy, { evidence }) {
	if (!policy) return [];
	return evidence.filter((fact) => isSaidBySomebody(policy, fact) && !fact.contradicted && saidOf(fact) !== void 0);
}
function saidOf({ breakGlass }) {
	return typeof breakGlass === "string" ? void 0 : breakGlass;
}
/**
* A statement can lie in a file and be attached as well; the copy whose signature is good stands for it. What somebody else
* signs again is another one.
*/
function eachOnce(policy, found) {
	const goodLast = found.toSorted((a, b) => Number(a.signature === "valid") - Number(b.signature === "valid"));
	return [...new Map(goodLast.map((fact) => [[fact.digest, ...principalsBehind(policy, fact)].join(" "), fact])).values()];
}
/** What strangers attach to an image is no broken glass. */
function isSaidBySomebody(policy, fact) {
	return fact.breakGlass !== void 0 && principalsBehind(policy, fact).length > 0;
}
/** Why a statement never counts. */
function problemOf(policy, image, { fact, stage }) {
	const who = fact.signer ? peopleBehind(policy, fact.signer).join(", ") : describeIdentity(null);
	const refuse = (code, why) => reason(code, `${whereOf(fact.place)}: ${who} broke the glass of ${why}`);
	const said = saidOf(fact);
	if (!said) return refuse("BREAK_GLASS_UNREADABLE", `some stage: ${typeof fact.breakGlass === "string" ? fact.breakGlass : "it says nothing"}`);
	const name = `stage ${said.stage}`;
	if (!isAboutAll(fact, image.about(said.stage))) return refuse("BREAK_GLASS_OTHER_CONTENT", `${name} of another image`);
	if (!stage?.breakGlass) return refuse("BREAK_GLASS_NOT_ALLOWED", `${name}, which the policy lets nobody skip`);
	if (said.stageId !== stage.id) return refuse("BREAK_GLASS_NOT_ALLOWED", `${name} with the id ${said.stageId}, where the policy has ${stage.id}`);
	const { by, maxDuration } = stage.breakGlass;
	if (!(fact.signature === "valid" ? principalsAt(policy, fact, image.now) : principalsBehind(policy, fact)).some((one) => by.includes(one))) return refuse("BREAK_GLASS_NOT_ENTITLED", `${name}, which only ${listed(by, "or")} may`);
	const [from, until] = [Date.parse(said.from), Date.parse(said.until)];
	const length = `from ${said.from} until ${said.until}`;
	if (until - from > maxDuration) return refuse("BREAK_GLASS_TOO_LONG", `${name} ${length}: ${maxDuration / 36e5} hours are the most`);
	const there = Math.min(image.now.getTime(), fact.proven?.latest.getTime() ?? Number.POSITIVE_INFINITY);
	return from > there + 3e5 ? refuse("BREAK_GLASS_DATED_AHEAD", `${name} ${length}, and the statement was there at ${toSecond(new Date(there))}`) : void 0;
}
/** Others who approved the stage in a way that counts, and list the statement. */
function reviewersOf(policy, fact, approvers) {
	const { signer } = fact;
	const own = new Set(signer ? principalsBehind(policy, fact).flatMap((name) => personAs(policy, name, signer).uses) : []);
	const saw = approvers.filter(({ layer }) => layer.fact.approval?.evidence.some(({ digest }) => digest === fact.digest));
	const mine = new Set(saw.filter(({ uses }) => uses.some((use) => own.has(use))).map(({ layer }) => layer.fact));
	return [...new Set(saw.filter(({ layer }) => !mine.has(layer.fact)).map(({ principal }) => principal))];
}
/**
* Renewing does not prolong what nobody has reviewed: all together last as long as one may, from the first on, be it by a key
* that has ended since, or was taken back. Only the policy can say that one was none.
*/
function endOf(policy, { said, reviewedBy, end }, all) {
	const max = policy.stages.find(({ name }) => name === said.stage)?.breakGlass?.maxDuration ?? 0;
	const open = all.filter((one) => one.said.stage === said.stage && one.reviewedBy.length === 0 && !isDenied(policy, one.fact));
	if (reviewedBy.length > 0 || open.length === 0) return end;
	return Math.min(end, max + Math.min(...open.map((one) => Date.parse(one.said.from))));
}
function isDenied({ deny }, { digest, reasons }) {
	return deny.some(({ what }) => what.of === "statement" && what.digest === digest) || reasons.some(({ code }) => code.endsWith("_DENIED"));
}

export { personVouchedFor as $, claimantOf as A, otherContent as B, sourceOf as C, approvalsBy as D, ageReasons as E, isListed as F, whereOf as G, standingFacts as H, isPlain as I, mayTakeBack as J, contentDenials as K, isScoped as L, coversAll as M, isBound as N, arePartsOfOne as O, isGivenBySigner as P, grantRemarks as Q, nameApproval as R, signedPredicate as S, timeOf as T, viewImage as U, scopesOf as V, vouchingOf as W, withoutWithdrawn as X, withdrawalsIn as Y, grantIn as Z, isExpired as _, checkRequirement as a, componentsOf as b, unlisted as c, countFindings as d, judgeFindings as f, isCommonName as g, cvesIn as h, sawBroken as i, contentReasons as j, asApproval as k, readFindings as l, createReport as m, glassesOn as n, isOfKind as o, createFinding as p, isSameKey as q, holds as r, mustLieInside as s, glassIn as t, scannersOf as u, Malformed as v, textAt as w, listAt as x, basesOf as y, nameLayer as z };