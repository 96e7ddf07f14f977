import { r as judgeImage } from "./verify.mjs";
import { r as defaultVerifierId } from "./approval.mjs";
import { n as isSameSigner } from "./signature.mjs";
import { o as scopesOf } from "./scope.mjs";
import { r as isProblem } from "./reasons.mjs";
import { a as isSamePerson, c as peopleBehind, o as matchPrincipals, u as principalsBehind } from "./people.mjs";
import { B as viewImage, N as isGivenBySigner, V as whereOf } from "./glass.mjs";
import { r as stagesBefore } from "./approval3.mjs";

// src/stage/earlier.ts
/** Approvals of this stage for this content that this signer gave before. */
function ownLayers({ facts }, request) {
	return facts.layers.filter((layer) => layer.approval?.stage === request.stage && layer.signature === "valid" && !layer.contradicted && isGivenBySigner(layer) && isSameSigner(layer.signer, request.signer.identity));
}
/** True when an approval still counts as it is: complete, not expired, and accepted by the policy if there is one. */
function stillCounts(layer, examined, criteria) {
	const { facts } = examined;
	const { approval } = layer;
	if (!approval) return false;
	if (!scopesOf(criteria.policy?.policy, facts.units)(approval.stage).every((id) => layer.covers.includes(id))) return false;
	if (facts.dataRead && !approval.dataVerified) return false;
	if (approval.expires !== null && Date.parse(approval.expires) <= criteria.now.getTime()) return false;
	const whole = approval.native.every(({ digest }) => facts.layers.some((native) => native.digest === digest && native.signature === "valid"));
	if (!whole || !criteria.policy) return whole;
	const { policy } = criteria;
	return countsForStage(layer, judgeImage(examined, criteria, [approval.stage]), {
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
function replacedLayers(examined, criteria, { stage, signer, replace }) {
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
		return (own || theirs.some((name) => replace || !policy || isSamePerson(policy, name, [layer.signer, claimed]))) && (own && replace || !(valid && stillCounts(layer, examined, criteria)));
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
/** The bundle that something found on an image was read from. */
function openedOf({ opened }) {
	return opened;
}

export { openedOf as a, passedOver as c, reportOf as d, stillCounts as f, keptRemark as i, principalsOf as l, countsForStage as n, outlivedLayers as o, without as p, isNeededByOthers as r, ownLayers as s, claimedIdentity as t, replacedLayers as u };