import { r as judgeImage } from "./verify.mjs";
import { r as defaultVerifierId } from "./approval.mjs";
import { n as isSameSigner } from "./signature.mjs";
import { o as scopesOf } from "./scope.mjs";
import { r as isProblem } from "./reasons.mjs";
import { _ as principalsBehind, f as isSamePerson, h as peopleBehind, p as matchPrincipals } from "./severity.mjs";
import { B as viewImage, N as isGivenBySigner, V as whereOf } from "./glass.mjs";

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

export { openedOf as a, replacedLayers as c, keptRemark as i, reportOf as l, countsForStage as n, ownLayers as o, isNeededByOthers as r, principalsOf as s, claimedIdentity as t, stillCounts as u };