import { o as isStageName, r as defaultVerifierId } from "./approval.mjs";
import { n as isSameSigner } from "./signature.mjs";
import { n as evidenceLacking, r as judgeImage } from "./verify.mjs";
import { r as isProblem } from "./reasons.mjs";
import { _ as peopleBehind, b as principalsBehind, h as matchPrincipals, m as isSamePerson } from "./versions.mjs";
import { G as whereOf, P as isGivenBySigner, U as viewImage, V as scopesOf } from "./glass.mjs";
import { r as stagesBefore } from "./approval3.mjs";
import { n as StageError } from "./errors4.mjs";

// src/stage/review.ts
/**
* Whether a stage may be signed on an image, and whether that has happened already.
* @throws StageError STAGE_IMAGE_BROKEN when the image has a defect that no signature may cover up, STAGE_EVIDENCE
*/
function reviewBefore(examined, criteria, request) {
	assertSound(examined.facts.problems);
	assertUnaltered(examined, criteria);
	const { policy } = criteria;
	const verdict = policy && request.verifyPrevious ? judgeImage(examined, criteria, stagesBefore(policy, request.stage)) : void 0;
	if (policy && verdict?.verdict !== "failed") assertEvidence(examined, criteria, request.stage);
	const own = ownLayers(examined, request);
	return {
		verdict,
		own,
		present: own.find((layer) => stillCounts(layer, examined, criteria))
	};
}
/** Whoever approves a stage vouches for what it rests on, so that must be there first. */
function assertEvidence(examined, criteria, stage) {
	const why = evidenceLacking(criteria, examined.facts, stage)[0];
	if (why) throw new StageError("STAGE_EVIDENCE", `${why.message} [${why.code}]`, { hint: why.hint });
}
/**
* Without a policy nobody else asks: what was altered in a file, and a layer that somebody trusted gave to other content,
* fails the image for good, whoever approves it afterwards.
*/
function assertUnaltered({ facts }, { policy }) {
	if (policy) return;
	const altered = [...facts.layers, ...facts.evidence].find(({ place, signature }) => place.in === "sif" && (signature === "invalid" || signature === "unreadable"));
	const foreign = facts.layers.find(({ place, signature, contradicted }) => place.in === "sif" && signature === "valid" && contradicted);
	const found = altered ?? foreign;
	if (!found) return;
	const [why] = found.reasons;
	const what = found.contradicted ? "a layer about other content" : "an altered layer";
	throw new StageError("STAGE_IMAGE_BROKEN", `the image has ${what}${why ? `: ${why.message}` : ""}`, { hint: why?.hint ?? "restore the image from a copy, or remove the layer" });
}
/**
* Refuses an image with a defect that nothing on it may cover up.
* @throws StageError STAGE_IMAGE_BROKEN
*/
function assertSound(problems) {
	const problem = problems.find(isProblem);
	if (problem) throw new StageError("STAGE_IMAGE_BROKEN", problem.message, { hint: problem.hint });
}
/** @throws StageError STAGE_NAME_INVALID, STAGE_UNKNOWN */
function assertStage(policy, stage) {
	if (!isStageName(stage)) throw new StageError("STAGE_NAME_INVALID", `not a stage name: ${JSON.stringify(stage.slice(0, 80))}`, { hint: "use lower-case letters, digits and inner hyphens, at most 42 characters" });
	const names = policy?.stages.map(({ name }) => name);
	if (names && !names.includes(stage)) throw new StageError("STAGE_UNKNOWN", `the policy has no stage ${stage}`, { hint: `use one of ${names.join(", ")}, or add the stage to the policy` });
}
/**
* Refuses another image than the expected one. In a registry it is that by its manifest too, which names all of it.
* @throws StageError STAGE_DIGEST_UNEXPECTED
*/
function assertExpected({ name, contentDigests, pinned }, expected) {
	if (!expected) return;
	const manifest = pinned?.slice(pinned.indexOf("@") + 1);
	if (expected.some((digest) => digest === manifest)) return;
	if (contentDigests.length > 0 && contentDigests.every((digest) => expected.includes(digest))) return;
	const found = [.../* @__PURE__ */ new Set([...contentDigests, ...manifest === void 0 ? [] : [manifest]])].join(", ");
	throw new StageError("STAGE_DIGEST_UNEXPECTED", `${name} is ${found}, and not ${expected.join(", ")}`);
}
/** Approvals of this stage for this content that this signer gave before. */
function ownLayers({ facts }, request) {
	return facts.layers.filter((layer) => layer.approval?.stage === request.stage && layer.signature === "valid" && !layer.contradicted && isGivenBySigner(layer) && isSameSigner(layer.signer, request.signer.identity));
}
/** True when an approval still counts as it is: complete, not expired, and accepted by the policy if there is one. */
function stillCounts(layer, examined, criteria, judge = (stage) => judgeImage(examined, criteria, [stage])) {
	const { facts } = examined;
	const { approval } = layer;
	if (!approval) return false;
	if (!scopesOf(criteria.policy?.policy, facts.units)(approval.stage).every((id) => layer.covers.includes(id))) return false;
	if (facts.dataRead && !approval.dataVerified) return false;
	if (approval.expires !== null && Date.parse(approval.expires) <= criteria.now.getTime()) return false;
	const whole = approval.native.every(({ digest }) => facts.layers.some((native) => native.digest === digest && native.signature === "valid"));
	if (!whole || !criteria.policy) return whole;
	const { policy } = criteria;
	return countsForStage(layer, judge(approval.stage), {
		policy,
		stage: approval.stage
	});
}
/** The layer in a verdict: a copy of its statement by somebody else is another one. */
function reportOf(layer, verdict) {
	return verdict.layers.find(({ digest, where }) => digest === layer.digest && where === whereOf(layer.place));
}
/** True when this very layer, as a verdict sees it, is one by which its signer is among those who approved the stage. */
function countsForStage(layer, verdict, { policy, stage }) {
	const report = reportOf(layer, verdict);
	const people = layer.signer && !layer.granted ? peopleBehind(policy.policy, layer.signer) : [report?.signer?.principal];
	const approved = verdict.stages.find((candidate) => candidate.stage === stage)?.approvedBy ?? [];
	return !(report?.reasons.some((one) => isProblem(one) || one.code === "APPROVAL_REPLACED") ?? true) && people.some((name) => typeof name === "string" && approved.includes(name));
}
/**
* Approvals of the stage whose place the new one takes: those by the signer's key that do not count any more, or all of them
* when they are to be replaced; what the signer gave with another key and has run out; when replacing also what has run
* out of other approvers.
*/
function replacedLayers(examined, criteria, { stage, signer, replace }, judge) {
	const policy = criteria.policy?.policy;
	const { id = defaultVerifierId(stage), approvers = [] } = policy?.stages.find(({ name }) => name === stage) ?? {};
	const claimed = policy ? claimedIdentity(policy, signer.identity) : signer.identity;
	const others = policy ? replace ? approvers : matchPrincipals(policy, claimed) : [];
	return examined.facts.layers.filter((layer) => {
		const { approval, contradicted } = layer;
		if (approval?.stage !== stage || approval.verifierId !== id || contradicted || !isGivenBySigner(layer)) return false;
		const valid = layer.signature === "valid";
		const own = valid && isSameSigner(layer.signer, signer.identity);
		const theirs = policy ? principalsBehind(policy, layer).filter((name) => others.includes(name)) : [];
		return (own || theirs.some((name) => replace || !policy || isSamePerson(policy, name, [layer.signer, claimed]))) && (own && replace || !(valid && stillCounts(layer, examined, criteria, judge)));
	});
}
/**
* Approvals of the stage in a file for what its objects were before they were changed, and their native halves. They fail the
* file for as long as they are in it; whoever approves what is there now, in their place, takes them away.
*/
function outlivedLayers({ facts }, { policy }, { stage, signer }) {
	const { id = defaultVerifierId(stage), approvers = [] } = policy?.policy.stages.find(({ name }) => name === stage) ?? {};
	const approvals = facts.layers.filter((layer) => {
		const { approval, contradicted, place, signature, signer: by } = layer;
		if (!(place.in === "sif" && contradicted && signature === "valid" && isGivenBySigner(layer)) || approval?.stage !== stage || approval.verifierId !== id) return false;
		return policy ? principalsBehind(policy.policy, layer).some((name) => approvers.includes(name)) : isSameSigner(by, signer.identity);
	});
	const halves = new Set(approvals.flatMap(({ approval }) => approval?.native.map(({ digest }) => digest) ?? []));
	const natives = facts.layers.filter(({ kind, contradicted, digest }) => kind === "native-pgp" && contradicted && halves.has(digest));
	return [...approvals, ...natives];
}
/** What is passed over while a stage is signed: what replacing takes away, and what is for later stages to take away. */
function passedOver(examined, { policy }, { stage, signer, replace }) {
	const own = replace ? outlivedLayers(examined, { policy }, {
		stage,
		signer
	}) : [];
	const before = policy ? [...stagesBefore(policy, stage), stage] : [];
	const theirs = (policy?.policy.stages.filter(({ name }) => !before.includes(name)) ?? []).flatMap(({ name }) => outlivedLayers(examined, { policy }, {
		stage: name,
		signer
	}));
	return {
		own,
		all: [...own, ...theirs]
	};
}
/** An examination as if these layers were not there. */
function without(examined, gone) {
	if (gone.length === 0) return examined;
	const layers = examined.facts.layers.filter((layer) => !gone.includes(layer));
	return {
		...examined,
		facts: {
			...examined.facts,
			layers
		}
	};
}
/** What a signer will be once the signature is verified: a certificate says before that only which names it has. */
function claimedIdentity(policy, identity) {
	if (identity.method !== "x509") return identity;
	const anchors = policy.principals.flatMap((principal) => principal.credentials).flatMap((credential) => credential.method === "x509" ? credential.anchors : []);
	return {
		...identity,
		anchors: [...new Set(anchors)]
	};
}
/** What others list, or what proves the time of others, has to stay: it does not count beside the new one. */
function isNeededByOthers({ digest }, own, { facts }) {
	return facts.layers.filter((layer) => !own.includes(layer)).some(({ approval, proven }) => proven?.by === digest || approval?.roster.some((entry) => entry.digest === digest));
}
/** What whoever replaces has to know of an approval that stays. */
function keptRemark({ place }) {
	return `the earlier approval at ${whereOf(place)} stays, since others need it; it does not count any more`;
}
/** Whose approval a layer is, by the policy or by grants. */
function principalsOf(fact, { policy, facts, now }) {
	return viewImage(policy.policy, facts, now).layers.find((layer) => layer.where === whereOf(fact.place) && layer.fact.digest === fact.digest)?.principals ?? [];
}

export { countsForStage as a, outlivedLayers as c, principalsOf as d, replacedLayers as f, without as g, stillCounts as h, claimedIdentity as i, ownLayers as l, reviewBefore as m, assertSound as n, isNeededByOthers as o, reportOf as p, assertStage as r, keptRemark as s, assertExpected as t, passedOver as u };