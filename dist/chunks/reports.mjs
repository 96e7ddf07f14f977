import { a as counted, c as listed, i as compareText, p as toSecond } from "./text.mjs";
import { l as evidenceKind } from "./statement.mjs";
import { a as remark, i as reason, n as asRemark, r as isProblem } from "./reasons.mjs";
import { A as claimantOf, B as otherContent, C as sourceOf, F as isListed, G as whereOf, M as coversAll, N as isBound, P as isGivenBySigner, R as nameApproval, S as signedPredicate, T as timeOf, a as checkRequirement, b as componentsOf, c as unlisted, k as asApproval, l as readFindings, r as holds, u as scannersOf, v as Malformed, w as textAt, x as listAt, y as basesOf, z as nameLayer } from "./glass.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as SEVERITIES } from "./severity.mjs";
import { D as unlikeness, _ as peopleBehind, b as principalsBehind, d as describeIdentity, y as principalsAt } from "./versions.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { a as nameText, n as isSameSigner, t as isNamed } from "./signature.mjs";
import { o as quorumsOf } from "./threshold.mjs";

// src/policy/break-glass/report.ts
/** Everything that was allowed for a stage; and what is to be said of it: that it is skipped or was, and what does not count. */
function glassOf({ allowed, refused }, stage, now) {
	const mine = allowed.filter(({ said }) => said.stage === stage);
	return {
		broken: mine.map((glass) => ({
			digest: glass.fact.digest,
			by: glass.by,
			reason: glass.said.reason,
			ticket: glass.said.ticket,
			from: glass.said.from,
			until: untilOf(glass),
			holds: holds(glass, now),
			reviewedBy: glass.reviewedBy
		})),
		said: [...mine.flatMap((glass) => [brokenRemark(glass), ...outcomes(glass, now)]), ...refused.filter((one) => one.stage === stage).map((one) => one.reason)]
	};
}
/** What does not count and says no stage of the policy. */
function strayGlass({ refused }, stages) {
	return refused.filter(({ stage }) => !stages.some(({ name }) => name === stage)).map((one) => asRemark(one.reason));
}
function untilOf({ end }) {
	return toSecond(new Date(end));
}
function brokenRemark(glass) {
	const { said, by, fact } = glass;
	const span = `from ${said.from} until ${untilOf(glass)}`;
	const message = `${whereOf(fact.place)}: ${by} broke the glass of stage ${said.stage} ${span}: ${said.reason} (${said.ticket})`;
	return remark("BREAK_GLASS", message);
}
function outcomes(glass, now) {
	const { said, by, reviewedBy, signed, withdrawn, fact } = glass;
	const name = `the glass of stage ${said.stage} that ${by} broke`;
	const review = reviewedBy.length > 0 ? [] : [remark("BREAK_GLASS_UNREVIEWED", `${name} is not reviewed by anybody else`)];
	if (holds(glass, now)) return review;
	if (withdrawn) {
		const { reason: why = "" } = fact.withdrawn ?? {};
		return [reason("BREAK_GLASS_WITHDRAWN", `${name} was taken back at ${untilOf(glass)}: ${why}`), ...review];
	}
	return [signed && Date.parse(said.until) > now.getTime() ? reason("BREAK_GLASS_RENEWED", `${name} until ${said.until} counts until ${untilOf(glass)} alone: it was broken before, and that is not reviewed`) : reason("BREAK_GLASS_ENDED", signed ? `${name} counted until ${untilOf(glass)}` : `${name}: ${whyUnsigned(fact)}`), ...review];
}
function whyUnsigned({ reasons: [why] }) {
	return why?.message ?? "the key or certificate of its signer has ended";
}

// src/policy/rules/outsiders.ts
/** Why an approval is by nobody of whom the stage could be; undefined when it is by a principal. */
function outsiderRemark(view, stage, policy) {
	const { signature, signer } = view.fact;
	const who = `${view.where}: ${describeIdentity(signer)}`;
	const claims = `${who} claims stage ${stage.name} and is not trusted`;
	if (signature === "unknown-signer") return remark("STAGE_APPROVED_BY_OUTSIDER", claims);
	if (signature === "untrusted") {
		const why = view.fact.reasons.find(isProblem)?.message;
		return remark("STAGE_APPROVED_BY_OUTSIDER", why === void 0 ? claims : `${claims}: ${why}`);
	}
	if (signature !== "valid") return void 0;
	if (!isGivenBySigner(view.fact)) return copyRemark(view);
	if (view.principals.length > 0) return void 0;
	if (view.vouching?.problem !== void 0) return remark("GRANT_NOT_GOOD", `${who} approved stage ${stage.name}, and ${view.vouching.problem}`);
	return remark("SIGNER_NOT_A_PRINCIPAL", `${who} approved stage ${stage.name} and is no principal of the policy${unlikeness(policy, { identity: signer })}`);
}
/** The same of any layer whose signature is valid, whatever stage it is for; `isClaimed` when it was looked at for one. */
function layerRemarks(layer, { policy, isClaimed }) {
	const { fact, where, principals, trusted } = layer;
	const copied = isGivenBySigner(fact) ? [] : [copyRemark(layer)];
	if (isClaimed || !policy) return copied;
	const stage = fact.approval?.stage;
	const isUnknown = trusted && stage !== void 0 && !policy.stages.some(({ name }) => name === stage);
	const who = describeIdentity(fact.signer);
	return [
		...copied,
		...principals.length > 0 ? [] : [remark("SIGNER_NOT_A_PRINCIPAL", `${where}: ${who} is no principal of the policy`)],
		...isUnknown ? [remark("APPROVAL_STAGE_UNKNOWN", `${where}: stage ${stage} is not in the policy`)] : []
	];
}
/** What is wrong with a signature over what somebody else gave. */
function copyRemark(view) {
	const stage = view.fact.approval?.stage ?? "";
	const message = `${nameLayer(view)}: the approval of stage ${stage} names another signer, it is a copy of what that one gave`;
	return remark("APPROVAL_OTHER_SIGNER", message);
}
/** Where somebody else's signature of the same statement is, as an addition to what is missing. */
function copyText([where]) {
	return where === void 0 ? "" : ` (${where} is a copy of it by another signer)`;
}

// src/policy/requires/listed.ts
/** What is wrong with a piece of evidence that an approval relies on; undefined when nothing is. */
function evidenceReason(entry, view, image) {
	const same = image.evidence.filter(({ digest }) => digest === entry.digest);
	const copies = same.filter((fact) => isListedEvidence(entry, fact));
	const what = `${entry.predicateType} (${shortDigest(entry.digest)})`;
	if (copies.length === 0 && entry.detached === true) return remark("EVIDENCE_ELSEWHERE", `evidence ${what} is kept outside the image, says ${nameApproval(view)}`);
	if (copies.length === 0) return reason("EVIDENCE_REMOVED", `evidence ${what} was removed${copyText(same.map(({ place }) => whereOf(place)))}: ${nameApproval(view)} relies on it`);
	if (copies.some(({ signature, contradicted }) => !contradicted && signature !== "invalid" && signature !== "unreadable")) return void 0;
	return reason("EVIDENCE_NOT_VALID", `evidence ${what} does not hold: ${nameApproval(view)} relies on it`);
}
/** False for a copy by somebody else. What is altered can be nobody's, and is said to be that. */
function isListedEvidence({ signer }, fact) {
	const isBroken = fact.signature === "invalid" || fact.signature === "unreadable";
	return !signer || isNamed(fact.signer, signer) || isBroken && fact.signer === null;
}

// src/policy/rules/roster.ts
/** False for what only makes the approval itself not count: nothing was taken away. */
function isLoss({ reason: { code } }) {
	return code !== "CHAIN_INCONSISTENT";
}
/** Checks all trusted approvals of this content that were not replaced, in a fixed order. */
function checkChain(image, policy, replacements) {
	const byDigest = Map.groupBy(image.layers, ({ fact }) => fact.digest);
	const chain = {
		image,
		policy,
		byDigest,
		replacements
	};
	return image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => view.trusted && coversAll(view, image) && !replacementOf(view, replacements)).flatMap((view) => {
		const { roster, evidence, native, stage } = view.approval;
		const gone = roster.flatMap((entry) => goneFinding(view, entry, chain) ?? []);
		const reasons = [
			gone.length > 0 ? void 0 : inconsistency(view, byDigest),
			...evidence.map((entry) => evidenceReason(entry, view, image)),
			...native.map((entry) => nativeReason(view, entry, image)),
			nativeGap(view, image)
		].filter((found) => found !== void 0);
		return [...gone, ...reasons.map((found) => ({
			approval: view,
			stage,
			reason: found
		}))];
	});
}
function inconsistency(view, byDigest) {
	const { roster } = view.approval;
	const problem = roster.map((entry) => entryProblem(entry, byDigest.get(entry.digest) ?? [])).find((text) => text) ?? sequenceProblem(view, byDigest);
	return problem === void 0 ? void 0 : reason("CHAIN_INCONSISTENT", `${nameApproval(view)} is inconsistent: ${problem}`);
}
function goneFinding(view, entry, chain) {
	const { stage, digest } = entry;
	const copies = chain.byDigest.get(digest) ?? [];
	if (copies.some((copy) => isThere(entry, copy, chain)) || isReplaced(entry, chain.replacements)) return void 0;
	const what = `${stage === null ? "a native signature" : `an approval of stage ${stage}`} (${shortDigest(digest)})`;
	const listed = copies.find((copy) => isListed(entry, copy));
	const found = listed ? reason("LAYER_NOT_VALID", `${what} no longer holds (${listed.where} is ${listed.fact.signature}): ${nameApproval(view)} lists it`) : reason("LAYER_REMOVED", `${what} was removed${copyText(copies.map(({ where }) => where))}: ${nameApproval(view)} lists it`);
	return {
		approval: view,
		stage: stage ?? view.approval.stage,
		reason: found
	};
}
/**
* Is this layer the listed one, its signature whole? One by somebody who is unknown here, or whose key or certificate has
* merely expired, is there. Where nothing says whose it was, only a valid signature of an approver stands for it, since
* anybody could have put in a copy.
*/
function isThere(entry, layer, { policy }) {
	if (!isListed(entry, layer)) return false;
	const { signature, approval, kind } = layer.fact;
	const approvers = policy?.stages.find(({ name }) => name === entry.stage)?.approvers;
	if (signature === "valid") return isBound(entry, layer) || !approvers || layer.principals.some((name) => approvers.includes(name));
	if (signature !== "unknown-signer" && signature !== "untrusted") return false;
	if (kind.startsWith("native-") || approval?.signer) return true;
	return policy !== void 0 && entry.signer !== null && principalsBehind(policy, layer.fact).length > 0;
}
/** A digest fixes the statement, so a listed approval cannot be for another stage than the roster says. */
function entryProblem({ stage, digest }, layers) {
	const stages = layers.map(({ fact }) => fact.kind.startsWith("native-") ? null : fact.approval?.stage);
	if (stages.length === 0 || stages.includes(stage) || stages.includes(void 0)) return void 0;
	return `it lists ${shortDigest(digest)} as ${stage === null ? "a native signature" : `stage ${stage}`}, which it is not`;
}
function sequenceProblem({ approval, fact }, byDigest) {
	const { roster, sequence, previous } = approval;
	const names = roster.map(({ digest, signer }) => `${digest} ${signer ? nameText(signer) : ""}`);
	if (new Set(names).size < roster.length) return "it lists a layer twice";
	if (roster.some(({ digest }) => digest === fact.digest)) return "it lists itself";
	const ranked = roster.map(({ digest }) => ({
		digest,
		sequence: Math.max(0, ...(byDigest.get(digest) ?? []).map((layer) => layer.fact.approval?.sequence ?? 0))
	}));
	const highest = Math.max(0, ...ranked.map((entry) => entry.sequence));
	const whole = roster.every(({ digest }) => byDigest.has(digest));
	if (whole ? sequence !== highest + 1 : sequence <= highest) return `its number is ${sequence} where ${highest + 1} follows from what it lists`;
	const last = ranked.filter((entry) => !whole || entry.sequence === highest).map(({ digest }) => digest);
	if (previous === null ? highest > 0 : !last.includes(previous)) return `its predecessor ${previous === null ? "is not given" : `${shortDigest(previous)} is not the last one it lists`}`;
}
function nativeReason(view, entry, image) {
	const natives = image.layers.filter(({ fact }) => fact.kind === "native-pgp" || fact.kind === "native-dsse");
	const named = natives.filter(({ fact }) => fact.digest === entry.digest);
	if (named.some((native) => isSound(native, view))) return void 0;
	const what = `the native signature of group ${entry.group} that belongs to ${nameApproval(view)}`;
	const [first] = named;
	if (first) return reason("NATIVE_SIGNATURE_ALTERED", `${what} does not hold: see ${first.where}`);
	const other = natives.filter(({ fact }) => !isClaimed(fact.digest, image)).find(({ fact }) => isSameSigner(fact.signer, view.fact.signer));
	if (other) return reason("NATIVE_SIGNATURE_ALTERED", `${what} is gone; ${other.where} is of the same signer and has other bytes`);
	return reason("NATIVE_SIGNATURE_MISSING", `${what} was removed`);
}
/** True when some approval names the native signature as its own: then it is not an altered form of another one. */
function isClaimed(digest, { layers }) {
	return layers.some(({ fact }) => fact.approval?.native.some((entry) => entry.digest === digest));
}
function isSound(native, view) {
	const { signature, contradicted, covers } = native.fact;
	return signature === "valid" && isSameSigner(native.fact.signer, view.fact.signer) && !contradicted && covers.length > 0;
}
/** An approval that has native signatures has one for every group: together they cover what it covers. */
function nativeGap(view, image) {
	const { native, stage } = view.approval;
	const digests = native.map(({ digest }) => digest);
	const sound = image.layers.filter((layer) => digests.includes(layer.fact.digest) && isSound(layer, view));
	if (native.length === 0 || sound.length < digests.length) return void 0;
	const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
	const gap = image.about(stage).find((id) => !covered.has(id));
	if (gap === void 0) return void 0;
	const message = `the native signatures that belong to ${nameApproval(view)} leave out ${gap}`;
	return reason("NATIVE_SIGNATURE_MISSING", message);
}
/**
* Approvals of this image that replaced others of their stage. With a policy only its approvers may; of a stage that the
* policy does not have, any principal may.
*/
function findReplacements(image, policy) {
	return image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => {
		const stage = policy?.stages.find(({ name }) => name === view.approval.stage);
		return (!stage || view.principals.some((principal) => stage.approvers.includes(principal))) && (!stage || view.approval.verifierId === stage.id) && view.approval.replaces.length > 0 && view.trusted && coversAll(view, image);
	});
}
/** The approval that took the place of this one. */
function replacementOf({ approval, fact }, replacements) {
	return replacements.find(({ approval: { stage, replaces } }) => stage === approval.stage && replaces.some(({ digest, signer }) => digest === fact.digest && isNamed(fact.signer, signer)));
}
/** True when a listed approval was replaced, whether or not it is still there. */
function isReplaced(entry, replacements) {
	return replacements.some(({ approval: { stage, replaces } }) => stage === entry.stage && replaces.some((one) => isEntryOf(one, entry)));
}
/** True when a replaced approval is the one that a roster lists. */
function isEntryOf({ digest, signer }, entry) {
	return digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer));
}

// src/policy/requires/says.ts
/** Bases that are shown. */
const SHOWN = 20;
/** Lines about evidence whose signature is valid; none for content that has no form we know. */
function whatEvidenceSays({ statement, predicateType, record }) {
	const kind = evidenceKind(predicateType);
	const predicate = predicateOf(statement);
	if (!predicate) return [];
	try {
		if (record) return [recordSays(record, predicate)];
		if (kind === "sbom") return [`${counted(componentsOf(predicate)?.length ?? 0, "component")}${made(predicate, kind)}`];
		if (kind === "findings") return [findingsIn(predicate)];
		return kind === "provenance" ? provenanceIn(predicate) : [];
	} catch (error) {
		if (error instanceof Malformed || error instanceof CountersignError) return [];
		throw error;
	}
}
/** The place of evidence in the custody of an image; undefined for a stranger's. Ask only where its signature is valid. */
function evidenceEntry(fact, policy) {
	const { signer, proven, predicateType, place, digest } = fact;
	if (!signer) return void 0;
	const by = policy ? peopleBehind(policy, signer)[0] : describeIdentity(signer);
	if (by === void 0) return void 0;
	return {
		kind: fact.record ?? evidenceKind(predicateType) ?? "other",
		stage: null,
		by,
		time: proven?.time.toISOString() ?? evidenceTime(fact) ?? null,
		proven: proven !== void 0,
		where: whereOf(place),
		digest
	};
}
/** When the evidence was made, as it says itself. */
function evidenceTime({ statement, predicateType, record }) {
	const predicate = predicateOf(statement);
	if (!predicate) return void 0;
	const said = record ? textAt(predicate, RECORD_TIMES[record]) : timeOf(predicate, evidenceKind(predicateType) ?? "");
	return said !== void 0 && !Number.isNaN(Date.parse(said)) ? new Date(said).toISOString() : void 0;
}
const RECORD_TIMES = {
	verdict: "timeVerified",
	publication: "publishedAt"
};
function predicateOf(statement) {
	if (!statement) return null;
	try {
		const predicate = signedPredicate(statement);
		return isJsonObject(predicate) ? predicate : null;
	} catch (error) {
		if (error instanceof CountersignError) return null;
		throw error;
	}
}
/** What was decided or published, where, by which policy and when. */
function recordSays(record, predicate) {
	const policy = textAt(predicate, "policy.uri");
	const by = `${policy === void 0 ? "" : ` by policy ${policy}`}, of ${textAt(predicate, RECORD_TIMES[record]) ?? "no time"}`;
	if (record === "verdict") return `${textAt(predicate, "verificationResult") ?? "no result"}${by}`;
	const tags = listAt(predicate, "tags").filter((tag) => typeof tag === "string");
	return `${textAt(predicate, "reference") ?? "no reference"}${tags.length > 0 ? ` as ${tags.join(", ")}` : ""}, ${textAt(predicate, "verdict") ?? "no verdict"}${by}`;
}
function made(predicate, kind) {
	const time = timeOf(predicate, kind);
	return time === void 0 ? "" : `, of ${time}`;
}
function findingsIn(predicate) {
	const found = readFindings(predicate);
	const numbers = SEVERITIES.map((severity) => ({
		severity,
		count: found.filter((one) => one.severity === severity).length
	})).filter(({ count }) => count > 0).map(({ severity, count }) => `${count} ${severity}`).join(", ");
	const database = textAt(predicate, "scanner.db.lastUpdate");
	const by = scannersOf(predicate)[1] ?? scannersOf(predicate)[0] ?? "an unnamed scanner";
	return `${counted(found.length, "finding")}${numbers === "" ? "" : ` (${numbers})`} by ${by}${made(predicate, "findings")}${database === void 0 ? "" : `, database of ${database}`}`;
}
function provenanceIn(predicate) {
	const builder = textAt(predicate, "runDetails.builder.id") ?? textAt(predicate, "builder.id");
	const { repository, ref } = sourceOf(predicate);
	const { definition, bases } = basesOf(predicate);
	return [
		...builder === void 0 ? [] : [`built by ${builder}${made(predicate, "provenance")}`],
		...repository === void 0 ? [] : [`from ${repository}${ref === void 0 ? "" : ` at ${ref}`}`],
		...definition.slice(0, 1).map(({ uri, digest }) => `definition ${uri} sha256:${digest ?? ""}`),
		...bases.slice(0, SHOWN).map(({ uri, digest }) => `base ${uri} ${digest === void 0 ? "without a digest" : `sha256:${digest}`}`),
		...bases.length > SHOWN ? [`and ${bases.length - SHOWN} more bases`] : []
	];
}

// src/policy/rules/unmet.ts
/** Who is needed still; `seen` when somebody approved the stage who could. */
function missingPeople(stage, fill, seen) {
	const reasons = [];
	if (!seen) reasons.push(reason("STAGE_MISSING", `stage ${stage.name} is not approved by anybody: ${approversOf(stage)}`));
	else {
		const who = `${quorumsOf(stage).map(quorumText).join(" and ")} needed`;
		const counted = fill?.principals.length ? fill.principals.join(", ") : "nobody";
		const message = `stage ${stage.name} is approved by ${counted} in a way that counts: ${who}`;
		reasons.push(reason("STAGE_THRESHOLD_NOT_MET", message));
	}
	for (const { principal, stage: rival } of fill?.conflicts ?? []) reasons.push(reason("STAGE_NOT_DISTINCT", `${principal} cannot approve stage ${stage.name}: the same signer fills stage ${rival}`));
	if (fill?.undecided) reasons.push(reason("ASSIGNMENT_UNDECIDED", `stage ${stage.name}: too many ways to assign approvers to distinct stages`));
	return reasons;
}
function approversOf(stage) {
	const { threshold, approvers, quorums } = stage;
	if (quorums) return `${quorums.map(quorumText).join(" and ")} must approve it`;
	if (approvers.length > 12) return `${threshold} of ${listed(approvers)} must approve it`;
	const others = approvers.slice(0, -1).join(", ");
	const last = approvers.at(-1) ?? "nobody";
	if (threshold > 1) return `${threshold} of ${others} and ${last} must approve it`;
	return `${others === "" ? last : `${others} or ${last}`} can approve it`;
}
/** `2 of security (carol, dave)`: a name that is a principal's, or the stage's own, says nothing more. */
function quorumText({ name, approvers, needed }, _, { length }) {
	const members = listed(approvers);
	return `${needed} of ${length === 1 || members === name ? members : `${name} (${members})`}`;
}
/** An approver's approval that counted once: the key or certificate has ended since, which is no absence and no alteration. */
function endedReason({ layer, reasons }, { name, approvers }, policy) {
	const { fact } = layer;
	if (fact.signature !== "untrusted" || !fact.approval || reasons.some(({ code }) => code === "APPROVAL_REPLACED")) return void 0;
	const who = principalsBehind(policy, fact).filter((principal) => approvers.includes(principal));
	if (who.length === 0) return void 0;
	const why = fact.reasons.find(isProblem)?.message ?? "it has ended";
	return reason("APPROVAL_SIGNER_ENDED", `stage ${name} was approved by ${who.join(", ")} at ${layer.where}, which does not count any more: ${why}`);
}

// src/policy/reports.ts
/** True when the image passes as far as a stage is concerned: it has passed, or is skipped. */
function isFilled({ verdict }) {
	return verdict === "passed" || verdict === "break-glass";
}
/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
function reportStages(stages, findings) {
	const { facts, about } = findings.image;
	const fills = findings.order.fill(stages);
	return stages.map((stage, index) => {
		const report = reportStage(stage, fills[index], findings);
		const objects = about(stage.name);
		return objects.length === facts.units.length ? report : {
			...report,
			objects
		};
	});
}
function reportStage(stage, fill, { policy, image, order, ...found }) {
	const { name } = stage;
	const claims = found.claims.get(name) ?? [];
	const losses = found.chain.filter((one) => one.stage === name && isLoss(one)).map((one) => one.reason);
	const required = stage.requires.map((one) => checkRequirement(one, {
		policy,
		stage,
		image
	}));
	const glass = order.glasses ? glassOf(order.glasses, name, image.now) : {
		broken: [],
		said: []
	};
	const ended = claims.flatMap((claim) => claim.layer.fact.signature === "untrusted" ? endedReason(claim, stage, policy) ?? [] : []);
	const sound = !losses.some(isProblem);
	const passed = sound && fill?.met === true && required.every(({ met }) => met);
	const denied = required.some(({ reasons }) => reasons.some(({ code }) => code === "COMPONENT_DENIED"));
	const skipped = sound && !passed && !denied && glass.broken.some((one) => one.holds);
	const rests = required.flatMap((one) => [...one.reasons, ...unlisted(stage, one, claims)]);
	const seen = ended.length > 0 || claims.some(({ outsider }) => !outsider);
	const details = claims.flatMap(({ reasons }) => reasons);
	const causes = seen ? [...ended, ...[...losses, ...details].filter(isProblem)] : [];
	const few = fill?.met ? [] : missingPeople(stage, fill, seen);
	const unmet = [
		...causes,
		...few,
		...rests,
		...losses,
		...details
	];
	return {
		stage: name,
		verdict: passed ? "passed" : skipped ? "break-glass" : seen ? "failed" : "missing",
		approvedBy: fill?.principals ?? [],
		needed: stage.threshold,
		...glass.broken.length > 0 ? { breakGlass: glass.broken } : {},
		reasons: passed ? uniqueReasons([
			...glass.said,
			...details,
			...losses,
			...rests
		].map(asRemark)) : skipped ? uniqueReasons([...glass.said, ...unmet].map(asRemark)) : uniqueReasons([...unmet, ...glass.said])
	};
}
/** The layer as the verdict shows it; `claims` are all claims of all stages. */
function reportLayer(layer, image, context) {
	const { fact, where } = layer;
	const mine = context.claims.filter((claim) => claim.layer.fact === fact);
	const chained = context.chain.filter(({ approval }) => approval.fact === fact).map((finding) => finding.reason);
	const isClaimed = mine.length > 0;
	const isForeign = layer.principals.length === 0 || fact.approval !== null;
	const isOdd = fact.signature === "valid" && (!isGivenBySigner(fact) || !isClaimed && isForeign);
	return {
		where,
		kind: fact.kind,
		stage: fact.approval?.stage ?? claimantOf(layer, image)?.approval.stage ?? null,
		method: fact.method,
		digest: fact.digest,
		signer: fact.signer && reportSigner(fact.signer, layer.people),
		signedAt: fact.approval?.timeVerified ?? fact.signedAt,
		provenTime: reportTime(fact),
		status: statusOf(layer, context.policy),
		dataVerified: asApproval(layer)?.approval.dataVerified ?? null,
		approval: fact.approval && reportApproval(fact.approval, image.evidence),
		reasons: uniqueReasons([
			...fact.reasons,
			...fact.timeRemarks ?? [],
			...fact.contradicted ? [otherContent(layer)] : [],
			...mine.flatMap((claim) => claim.reasons),
			...chained,
			...isOdd ? layerRemarks(layer, {
				policy: context.policy,
				isClaimed
			}) : []
		])
	};
}
function reportTime({ proven }) {
	if (!proven) return null;
	const { time, accuracyMs, proof, by } = proven;
	return {
		time: time.toISOString(),
		accuracy: accuracyMs / 1e3,
		proof,
		by
	};
}
/** Why an approval was given and what it rests on; `there` is the evidence on the image. */
function reportApproval({ reason: why, ticket, run, expires, evidence }, there) {
	const digests = new Set(there.map(({ digest }) => digest));
	return {
		reason: why,
		ticket,
		run: Object.entries(run ?? {}).map(([name, value]) => ({
			name,
			value
		})),
		expires,
		evidence: evidence.map(({ predicateType, digest }) => ({
			predicateType,
			digest,
			found: digests.has(digest)
		}))
	};
}
/**
* What the signature is worth here: sound mathematics over other content is invalid for this image, and a sound
* signature by nobody whom the policy knows is untrusted.
*/
function statusOf({ fact, principals }, policy) {
	if (fact.signature !== "valid") return fact.signature;
	if (fact.contradicted) return "invalid";
	return policy && principals.length === 0 || !isGivenBySigner(fact) ? "untrusted" : "valid";
}
/** The evidence as the verdict shows it. */
function reportEvidence(fact, policy, now) {
	const principals = fact.signature === "valid" && fact.signer && policy ? peopleBehind(policy, fact.signer, principalsAt(policy, fact, now)) : [];
	const where = whereOf(fact.place);
	const foreign = fact.contradicted ? [remark("APPROVAL_OTHER_CONTENT", `${where}: it is about other content`)] : [];
	return {
		where,
		kind: fact.record ?? evidenceKind(fact.predicateType) ?? "other",
		predicateType: fact.predicateType,
		digest: fact.digest,
		signer: fact.signer && reportSigner(fact.signer, principals),
		says: whatEvidenceSays(fact),
		provenTime: reportTime(fact),
		status: fact.signature,
		reasons: uniqueReasons([
			...fact.reasons,
			...fact.timeRemarks ?? [],
			...foreign
		])
	};
}
/** For every unit of the image, whether a valid signature of somebody trusted covers it. */
function reportCoverage(image) {
	const covered = new Set(soundLayers(image).flatMap(({ fact }) => fact.covers));
	return image.facts.units.map(({ id }) => ({
		object: id,
		covered: covered.has(id)
	}));
}
/** What was written beside an approval is worth nothing without it, and the approval covers as much. */
function soundLayers({ layers }) {
	return layers.filter(({ trusted, fact }) => trusted && !fact.contradicted && fact.companion !== true);
}
/** Reasons without repetitions; the first of two with the same code and message stays. */
function uniqueReasons(reasons) {
	const seen = /* @__PURE__ */ new Map();
	for (const one of reasons) {
		const key = `${one.code} ${one.message}`;
		if (!seen.has(key)) seen.set(key, one);
	}
	return [...seen.values()];
}
function reportSigner(identity, principals) {
	const principal = principals[0] ?? null;
	const source = identity.trustSource ? { trustSource: identity.trustSource } : {};
	switch (identity.method) {
		case "pgp": {
			const { method, fingerprint, userIds, subkey } = identity;
			return {
				method,
				principal,
				fingerprint,
				...subkey === void 0 ? {} : { subkey },
				userIds,
				...source
			};
		}
		case "key": return {
			method: identity.method,
			principal,
			hint: identity.hint,
			algorithm: identity.algorithm,
			...source
		};
		case "x509": {
			const { anchors: _anchors, notBefore: _notBefore, ...rest } = identity;
			return {
				...rest,
				principal
			};
		}
		case "sigstore": return {
			...identity,
			principal
		};
		default: return identity;
	}
}
/**
* Through whose hands the image went: what trusted people signed about it, and what they saw that is not there any more.
* Approvals by their numbers, each after the evidence that it was the first to rely on; what nobody relies on comes last.
*/
function custodyOf(image, chain, policy) {
	const approvals = image.layers.flatMap((layer) => layer.trusted && !layer.fact.contradicted ? asApproval(layer) ?? [] : []).sort((a, b) => a.approval.sequence - b.approval.sequence || compareText(timeOfApproval(a), timeOfApproval(b)));
	const evidence = image.evidence.flatMap((fact) => fact.signature === "valid" && !fact.contradicted ? evidenceEntry(fact, policy) ?? [] : []).sort((a, b) => compareText(a.time ?? "", b.time ?? ""));
	const placed = /* @__PURE__ */ new Set();
	const custody = [...approvals.flatMap((view) => {
		const relied = new Set(view.approval.evidence.map(({ digest }) => digest));
		const before = evidence.filter((one) => !placed.has(one) && relied.has(one.digest ?? ""));
		for (const one of before) placed.add(one);
		const gaps = chain.filter((finding) => finding.approval.fact === view.fact && isLoss(finding)).map(gapOf);
		return [
			...before,
			...gaps,
			approvalEntry(view)
		];
	}), ...evidence.filter((one) => !placed.has(one))];
	return custody.length > 0 ? { custody } : {};
}
function approvalEntry(view) {
	const { fact, where, people, approval } = view;
	const by = people[0] ?? describeIdentity(fact.signer);
	const { stage, sequence: number } = approval;
	return {
		kind: "approval",
		stage,
		number,
		by,
		time: timeOfApproval(view),
		proven: fact.proven !== void 0,
		where,
		digest: fact.digest
	};
}
function gapOf({ stage, reason: { message: problem } }) {
	return {
		kind: "gap",
		stage,
		by: null,
		time: null,
		proven: false,
		where: null,
		digest: null,
		problem
	};
}
function timeOfApproval({ fact, approval }) {
	return fact.proven?.time.toISOString() ?? approval.timeVerified;
}

export { strayGlass as _, reportEvidence as a, soundLayers as c, checkChain as d, findReplacements as f, outsiderRemark as g, replacementOf as h, reportCoverage as i, uniqueReasons as l, isLoss as m, isFilled as n, reportLayer as o, isEntryOf as p, reportApproval as r, reportStages as s, custodyOf as t, quorumText as u };