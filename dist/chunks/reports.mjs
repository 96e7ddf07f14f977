import { l as evidenceKind, p as parseStatement } from "./statement.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { a as listed, n as counted, s as toSecond } from "./text.mjs";
import { a as remark, i as reason, n as asRemark, r as isProblem } from "./reasons.mjs";
import { A as whereOf, C as isBound, D as nameLayer, E as nameApproval, H as isMany, J as principalsBehind, K as peopleBehind, M as grantRemarks, N as personVouchedFor, O as otherContent, S as coversAll, T as isListed, U as isSamePerson, V as describeIdentity, _ as timeOf, f as Malformed, g as textAt, h as sourceOf, i as scannersOf, m as componentsOf, p as basesOf, q as personAs, r as readFindings, t as checkRequirements, v as arePartsOfOne, w as isGivenBySigner, x as contentReasons, y as asApproval } from "./requires.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { m as unlikeness, t as SEVERITIES } from "./severity.mjs";
import { a as nameText, n as isSameSigner, t as isNamed$1 } from "./signature.mjs";
import { i as fillStages, n as canFill, o as ofSeat, r as differentPeople, s as quorumsOf, t as MAX_STEPS } from "./threshold.mjs";
import { n as describeIdentityRule, r as matchesIdentity } from "./signed-identity.mjs";

// src/policy/times/approval.ts
/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 3e5;
/** Why an approval does not count at this time. */
function timeReasons(view, now) {
	const { expires, timeVerified } = view.approval;
	const reasons = [];
	if (expires !== null && !(Date.parse(expires) > now.getTime())) reasons.push(reason("APPROVAL_EXPIRED", `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
	if (!(Date.parse(timeVerified) <= now.getTime() + CLOCK_SKEW_MS)) reasons.push(reason("APPROVAL_FROM_FUTURE", `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
	const { proven } = view.fact;
	if (proven?.proof === "timestamp" && Date.parse(timeVerified) > proven.latest.getTime() + CLOCK_SKEW_MS) {
		const dated = `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`;
		reasons.push(reason("APPROVAL_DATED_AHEAD", `${dated}, and was there at ${toSecond(proven.time)}`));
	}
	return reasons;
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

// src/policy/rules/order.ts
/** All ways in which these layers may fill the stage. */
function candidatesOf(policy, stage, layers) {
	const there = new Set(layers.flatMap(({ principals }) => principals));
	return quorumsOf(stage).flatMap(({ approvers }, seat) => approvers.filter((principal) => there.has(principal)).flatMap((principal) => layers.flatMap((layer) => peopleAs(policy, principal, layer).map((person) => ({
		seat,
		layer,
		...person
	})))));
}
/** Who approves with a layer where this principal may. */
function peopleAs(policy, principal, { fact, principals, vouching }) {
	const { signer } = fact;
	if (!signer || !principals.includes(principal)) return [];
	if (!vouching) return [personAs(policy, principal, signer)];
	return vouching.vouchers.filter(({ giver }) => giver === principal).map((voucher) => personVouchedFor(policy, voucher, signer));
}
/** Decides for all stages of a policy; `candidates` are those of every stage. */
var Order = class {
	#policy;
	#image;
	#candidates;
	#seen = /* @__PURE__ */ new Map();
	constructor(policy, image, candidates) {
		this.#policy = policy;
		this.#image = image;
		this.#candidates = candidates;
	}
	/** Candidates in order, by stage, when those `left` out give no place to anybody. */
	inOrder(left) {
		const standing = /* @__PURE__ */ new Map();
		for (const stage of this.#policy.stages) {
			const mine = (this.#candidates.get(stage.name) ?? []).filter((one) => !left.has(one));
			standing.set(stage.name, mine.filter(({ layer }) => stage.after.every((name) => this.seenBy(layer, name, standing) >= this.#threshold(name))));
		}
		return standing;
	}
	/**
	* How many of the people needed for an earlier stage the signer of a layer saw approve it. A signature without a statement
	* cannot tell.
	*/
	seenBy(layer, name, standing) {
		if (!layer.fact.approval) return Number.POSITIVE_INFINITY;
		const stage = this.#policy.stages.find((one) => one.name === name);
		if (!stage) return 0;
		const earlier = (standing.get(name) ?? []).flatMap((one) => {
			const entry = this.#entryFor(layer, one.layer, name);
			return entry === void 0 ? [] : [{
				...one,
				uses: [...one.uses, entry]
			}];
		});
		const seats = quorumsOf(stage).map(({ needed }) => needed);
		if (canFill({
			stage: name,
			seats,
			candidates: earlier
		})) return stage.threshold;
		const filled = seats.map((needed, seat) => Math.min(needed, differentPeople(ofSeat(earlier, seat), { steps: MAX_STEPS }).length));
		return Math.min(stage.threshold - 1, filled.reduce((sum, one) => sum + one, 0));
	}
	/** Who fills these stages. */
	fill(stages) {
		const needs = stages.map((stage) => ({
			stage: stage.name,
			seats: quorumsOf(stage).map(({ needed }) => needed),
			candidates: this.#candidates.get(stage.name) ?? []
		}));
		return fillStages(needs, this.#policy.distinct, (left) => this.inOrder(left));
	}
	#threshold(name) {
		return this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? Number.POSITIVE_INFINITY;
	}
	/** The roster entry by which a signer saw an earlier layer, in one word; undefined when they did not. */
	#entryFor(layer, earlier, name) {
		const known = this.#seen.get(layer) ?? /* @__PURE__ */ new Map();
		this.#seen.set(layer, known);
		if (!known.has(earlier)) {
			const roster = layer.fact.approval?.roster ?? [];
			const entry = this.#sawWhole(roster, earlier) && roster.find((listed) => this.#sees(listed, earlier, name));
			known.set(earlier, entry ? `entry ${entry.digest} ${entry.signer ? nameText(entry.signer) : ""}` : void 0);
		}
		return known.get(earlier);
	}
	/** What somebody signed part by part was seen when every part was. */
	#sawWhole(roster, earlier) {
		const { kind, approval, signer } = earlier.fact;
		if (approval || coversAll(earlier, this.#image)) return true;
		const parts = this.#image.layers.filter((part) => part.trusted && part.fact.kind === kind && isSameSigner(part.fact.signer, signer) && roster.some((entry) => isListed(entry, part)));
		const covered = new Set(parts.flatMap(({ fact }) => fact.covers));
		return this.#image.facts.units.every(({ id }) => covered.has(id));
	}
	/**
	* An entry of edition 0.1.0 names a statement that says not whose it is: it was seen of somebody only where nobody else
	* could have given it.
	*/
	#sees(entry, earlier, name) {
		const alone = this.#hasOneApprover(name);
		if (isListed(entry, earlier)) return alone || isBound(entry, earlier);
		return entry.stage === name && (alone || entry.signer !== null) && this.#isRenewed(entry, earlier);
	}
	#hasOneApprover(name) {
		const [only, ...others] = this.#policy.stages.find((stage) => stage.name === name)?.approvers ?? [];
		return only !== void 0 && others.length === 0 && !isMany(this.#policy, only);
	}
	/** Whoever approves a stage anew, by the same key or as the same principal, takes the place of their earlier approval. */
	#isRenewed(entry, { fact, principals }) {
		return (fact.approval?.replaces.filter(({ digest, signer }) => digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer))) ?? []).some(({ digest, signer }) => {
			if (fact.signer && (isNamed$1(fact.signer, signer) || fact.signer.hint === signer.key)) return true;
			return this.#image.layers.filter((other) => other.fact.digest === digest && isNamed$1(other.fact.signer, signer)).some((other) => {
				return principalsBehind(this.#policy, other.fact).filter((name) => principals.includes(name)).some((name) => isSamePerson(this.#policy, name, [other.fact.signer, fact.signer]));
			});
		});
	}
};
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
	return replacements.find(({ approval: { stage, replaces } }) => stage === approval.stage && replaces.some(({ digest, signer }) => digest === fact.digest && isNamed$1(fact.signer, signer)));
}
/** True when a listed approval was replaced, whether or not it is still there. */
function isReplaced(entry, replacements) {
	return replacements.some(({ approval: { stage, replaces } }) => stage === entry.stage && replaces.some(({ digest, signer }) => digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer))));
}

// src/policy/rules/roster.ts
/** False for what only makes the approval itself not count: nothing was taken away. */
function isLoss({ reason: { code } }) {
	return code !== "CHAIN_INCONSISTENT";
}
/** Checks all trusted approvals of this content that were not replaced, in a fixed order. */
function checkChain(image, policy, replacements) {
	const byDigest = /* @__PURE__ */ new Map();
	for (const layer of image.layers) byDigest.set(layer.fact.digest, [...byDigest.get(layer.fact.digest) ?? [], layer]);
	const chain = {
		image,
		policy,
		byDigest,
		replacements
	};
	return image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => view.trusted && coversAll(view, image) && !replacementOf(view, replacements)).flatMap((view) => [
		...checkRoster(view, chain),
		...checkEvidence(view, image),
		...view.approval.native.flatMap((entry) => checkNative(view, entry, image)),
		...checkNativeCoverage(view, image)
	]);
}
function checkRoster(view, chain) {
	const { approval } = view;
	const { byDigest } = chain;
	const gone = approval.roster.flatMap((entry) => goneFinding(view, entry, chain));
	if (gone.length > 0) return gone;
	const problem = approval.roster.map((entry) => entryProblem(entry, byDigest.get(entry.digest) ?? [])).find((text) => text) ?? sequenceProblem(view, byDigest);
	if (problem === void 0) return [];
	return [{
		approval: view,
		stage: approval.stage,
		reason: reason("CHAIN_INCONSISTENT", `${nameApproval(view)} is inconsistent: ${problem}`)
	}];
}
function goneFinding(view, entry, chain) {
	const { stage, digest } = entry;
	const copies = chain.byDigest.get(digest) ?? [];
	if (copies.some((copy) => isThere(entry, copy, chain)) || isReplaced(entry, chain.replacements)) return [];
	const what = `${stage === null ? "a native signature" : `an approval of stage ${stage}`} (${shortDigest(digest)})`;
	const listed = copies.find((copy) => isListed(entry, copy));
	const found = listed ? reason("LAYER_NOT_VALID", `${what} no longer holds (${listed.where} is ${listed.fact.signature}): ${nameApproval(view)} lists it`) : reason("LAYER_REMOVED", `${what} was removed${copyText(copies)}: ${nameApproval(view)} lists it`);
	return [{
		approval: view,
		stage: stage ?? view.approval.stage,
		reason: found
	}];
}
function copyText([copy]) {
	return copy ? ` (${copy.where} is a copy of it by another signer)` : "";
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
function checkEvidence(view, image) {
	return view.approval.evidence.flatMap((entry) => {
		const found = evidenceReason(entry, view, image);
		return found ? [{
			approval: view,
			stage: view.approval.stage,
			reason: found
		}] : [];
	});
}
function evidenceReason(entry, view, image) {
	const copies = image.evidence.filter(({ digest }) => digest === entry.digest);
	const what = `${entry.predicateType} (${shortDigest(entry.digest)})`;
	if (copies.length === 0 && entry.detached === true) return remark("EVIDENCE_ELSEWHERE", `evidence ${what} is kept outside the image, says ${nameApproval(view)}`);
	if (copies.length === 0) return reason("EVIDENCE_REMOVED", `evidence ${what} was removed: ${nameApproval(view)} relies on it`);
	if (copies.some(({ signature, contradicted }) => !contradicted && signature !== "invalid" && signature !== "unreadable")) return void 0;
	return reason("EVIDENCE_NOT_VALID", `evidence ${what} does not hold: ${nameApproval(view)} relies on it`);
}
function checkNative(view, entry, image) {
	const finding = (one) => [{
		approval: view,
		stage: view.approval.stage,
		reason: one
	}];
	const natives = image.layers.filter(({ fact }) => fact.kind === "native-pgp" || fact.kind === "native-dsse");
	const named = natives.filter(({ fact }) => fact.digest === entry.digest);
	if (named.some((native) => isSound(native, view))) return [];
	const what = `the native signature of group ${entry.group} that belongs to ${nameApproval(view)}`;
	const [first] = named;
	if (first) return finding(reason("NATIVE_SIGNATURE_ALTERED", `${what} does not hold: see ${first.where}`));
	const other = natives.filter(({ fact }) => !isNamed(fact.digest, image)).find(({ fact }) => isSameSigner(fact.signer, view.fact.signer));
	if (other) return finding(reason("NATIVE_SIGNATURE_ALTERED", `${what} is gone; ${other.where} is of the same signer and has other bytes`));
	return finding(reason("NATIVE_SIGNATURE_MISSING", `${what} was removed`));
}
/** True when some approval names the native signature as its own: then it is not an altered form of another one. */
function isNamed(digest, { layers }) {
	return layers.some(({ fact }) => fact.approval?.native.some((entry) => entry.digest === digest));
}
function isSound(native, view) {
	const { signature, contradicted, covers } = native.fact;
	return signature === "valid" && isSameSigner(native.fact.signer, view.fact.signer) && !contradicted && covers.length > 0;
}
/** An approval that has native signatures has one for every group: together they cover what it covers. */
function checkNativeCoverage(view, image) {
	const { native, stage } = view.approval;
	const digests = native.map(({ digest }) => digest);
	const sound = image.layers.filter((layer) => digests.includes(layer.fact.digest) && isSound(layer, view));
	if (native.length === 0 || sound.length < digests.length) return [];
	const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
	const gap = image.facts.units.find(({ id }) => !covered.has(id));
	if (!gap) return [];
	const message = `the native signatures that belong to ${nameApproval(view)} leave out ${gap.id}`;
	return [{
		approval: view,
		stage,
		reason: reason("NATIVE_SIGNATURE_MISSING", message)
	}];
}

// src/policy/rules/counts.ts
/** Looks at every layer for every stage, and tells who fills what. */
function claimsOf(policy, found) {
	const own = new Map(policy.stages.map((stage) => [stage.name, found.image.layers.flatMap((layer) => claimOf(layer, stage, {
		policy,
		found
	}) ?? [])]));
	const counting = policy.stages.map((stage) => {
		const layers = (own.get(stage.name) ?? []).filter(({ counts }) => counts).map(({ layer }) => layer);
		return [stage.name, candidatesOf(policy, stage, layers)];
	});
	const order = new Order(policy, found.image, new Map(counting));
	const standing = order.inOrder(/* @__PURE__ */ new Set());
	const claims = policy.stages.map((stage) => {
		const ordered = (own.get(stage.name) ?? []).map((claim) => {
			const late = stage.after.flatMap((name) => lateReason(claim.layer, {
				name,
				policy,
				order,
				standing
			}) ?? []);
			const reasons = claim.outsider ? claim.reasons : [...claim.reasons, ...late];
			return {
				...claim,
				reasons,
				counts: claim.counts && late.length === 0
			};
		});
		return [stage.name, ordered];
	});
	return {
		claims: new Map(claims),
		order
	};
}
/** Reasons that do not depend on a stage's rules: content, time, chain. Shared with evaluation without a policy. */
function intrinsicReasons(view, { image, chain }) {
	const { approval } = view;
	const reasons = [
		...contentReasons(view, image),
		...view.fact.reasons,
		...timeReasons(view, image.now)
	];
	reasons.push(...chain.filter((finding) => finding.approval.fact === view.fact).map((finding) => finding.reason));
	if (!approval.dataVerified) reasons.push(remark("APPROVAL_WITHOUT_DATA", `${nameLayer(view)} approved digests without reading the data`));
	return reasons;
}
function claimOf(layer, stage, context) {
	const approval = asApproval(layer);
	if (approval) return approval.approval.stage === stage.name ? approvalClaim(approval, stage, context) : void 0;
	return nativeClaim(layer, stage, context.found.image);
}
function approvalClaim(view, stage, { policy, found }) {
	const aside = outsiderRemark$1(view, stage, policy) ?? replacedRemark(view, found.replacements);
	if (aside) return {
		layer: view,
		reasons: [aside],
		counts: false,
		outsider: true
	};
	if (view.fact.signature !== "valid") return {
		layer: view,
		reasons: [reason("LAYER_ALTERED", `${nameLayer(view)}: the approval of stage ${stage.name} does not verify`), ...view.fact.reasons],
		counts: false,
		outsider: false
	};
	const reasons = [
		...approverReasons(view, stage, policy),
		...verifierReasons(view, stage),
		...reviewReasons(view, stage),
		...intrinsicReasons(view, found),
		...ageReasons(view, stage, found.image.now),
		...policyRemarks(view, policy),
		...grantRemarks(view)
	];
	return {
		layer: view,
		reasons,
		counts: view.trusted && !reasons.some(isProblem),
		outsider: false
	};
}
function outsiderRemark$1(view, stage, policy) {
	const { signature, signer } = view.fact;
	const who = `${view.where}: ${describeIdentity(signer)}`;
	const claims = `${who} claims stage ${stage.name} and is not trusted`;
	if (signature === "unknown-signer") return remark("STAGE_APPROVED_BY_OUTSIDER", claims);
	if (signature === "untrusted") {
		const why = view.fact.reasons.find(isProblem)?.message;
		return remark("STAGE_APPROVED_BY_OUTSIDER", why === void 0 ? claims : `${claims}: ${why}`);
	}
	if (signature !== "valid") return void 0;
	if (!isGivenBySigner(view.fact)) return remark("APPROVAL_OTHER_SIGNER", otherSigner(view));
	if (view.principals.length === 0 && view.vouching?.problem !== void 0) return remark("GRANT_NOT_GOOD", `${who} approved stage ${stage.name}, and ${view.vouching.problem}`);
	if (view.principals.length === 0) return remark("SIGNER_NOT_A_PRINCIPAL", `${who} approved stage ${stage.name} and is no principal of the policy${unlikeness(policy, { identity: signer })}`);
}
/** What is wrong with a signature over what somebody else gave. */
function otherSigner(view) {
	const stage = view.fact.approval?.stage ?? "";
	return `${nameLayer(view)}: the approval of stage ${stage} names another signer, it is a copy of what that one gave`;
}
function replacedRemark(view, replacements) {
	const by = replacementOf(view, replacements);
	return by && remark("APPROVAL_REPLACED", `${nameLayer(view)}: replaced by ${nameLayer(by)}`);
}
function approverReasons(view, stage, policy) {
	if (view.principals.some((principal) => stage.approvers.includes(principal))) return [];
	const names = `${view.people.join(", ")} signed, approvers are ${listed(stage.approvers)}`;
	const why = unlikeness(policy, {
		identity: view.fact.signer,
		names: stage.approvers
	});
	return [reason("APPROVER_NOT_LISTED", `${view.where}: stage ${stage.name} needs another signer: ${names}${why}`)];
}
function reviewReasons({ fact, where }, { name, reviewed }) {
	const { signer } = fact;
	if (!reviewed || signer?.method === "sigstore" && signer.reviewers) return [];
	return [reason("APPROVAL_NOT_REVIEWED", `${where}: stage ${name} must be reviewed, and it names nobody who did`)];
}
function verifierReasons({ approval, where }, stage) {
	if (approval.verifierId === stage.id) return [];
	const message = `${where}: its verifier is ${approval.verifierId}, stage ${stage.name} has ${stage.id}`;
	return [reason("APPROVAL_OTHER_VERIFIER", message)];
}
function policyRemarks({ approval, where }, policy) {
	if (approval.policy.digest === policy.digest) return [];
	const given = approval.policy.digest === null ? "no policy" : `policy ${approval.policy.name} (${approval.policy.digest})`;
	return [remark("APPROVAL_OTHER_POLICY", `${where}: given under ${given}`)];
}
/** The signer must have seen enough people approve the earlier stage in a way that counts. */
function lateReason(layer, context) {
	const { name, order, standing } = context;
	const view = asApproval(layer);
	const needed = context.policy.stages.find((stage) => stage.name === name)?.threshold ?? 0;
	const seen = order.seenBy(layer, name, standing);
	if (!view || seen >= needed) return void 0;
	const count = `${seen} of ${needed}`;
	const message = view.approval.roster.some((entry) => entry.stage === name) || seen > 0 ? `${nameLayer(view)}: it rests on approvals of stage ${name} that do not count (${count} needed do)` : `${nameLayer(view)}: it was given before stage ${name} was approved (it had seen ${count} needed)`;
	return reason("APPROVAL_OUT_OF_ORDER", message);
}
/** The cosign signature that stood beside an approval, without it: whoever copied the image took along the one alone. */
function leftBehind(layer, { name }) {
	if (layer.fact.statedStage !== name) return void 0;
	return {
		layer,
		reasons: [leftBehindReason(layer)],
		counts: false,
		outsider: true
	};
}
/** Of every cosign signature by somebody trusted whose approval is not here, without regard to a policy. */
function reasonsLeftBehind(image) {
	return image.layers.filter((layer) => layer.trusted && layer.fact.companion === true && !claimantOf(layer, image)).map(leftBehindReason);
}
function leftBehindReason(layer) {
	const stage = layer.fact.statedStage ?? "nobody knows which";
	const message = `${nameLayer(layer)}: the approval of stage ${stage} that it was made beside is not here`;
	return reason("APPROVAL_LEFT_BEHIND", message);
}
/** Counts for every stage that accepts the format from this signer; undefined where there is nothing to say. */
function nativeClaim(layer, stage, image) {
	const format = nativeFormat(layer);
	if (!format || !layer.trusted || !layer.principals.some((name) => stage.approvers.includes(name))) return void 0;
	const owner = claimantOf(layer, image);
	if (layer.fact.companion && !owner) return leftBehind(layer, stage);
	if (!stage.native.includes(format)) {
		if (owner || isBesideApproval(layer, image)) return void 0;
		const kind = format === "cosign" ? "plain cosign" : `native ${format}`;
		return notAccepted(layer, `stage ${stage.name} does not accept ${kind} signatures`);
	}
	if (owner) return notAccepted(layer, `it is part of the approval of stage ${owner.approval.stage} and counts with that alone`);
	const { statedStage } = layer.fact;
	if (statedStage === null) return notAccepted(layer, "it does not say in one text for which stage it is");
	if (statedStage !== void 0 && statedStage !== stage.name) return notAccepted(layer, `it says that it is for stage ${JSON.stringify(statedStage.slice(0, 80))}`);
	const otherPlace = identityRemark(layer, stage, image);
	if (otherPlace) return {
		layer,
		reasons: [otherPlace],
		counts: false,
		outsider: true
	};
	const reasons = [
		...contentReasons(takenTogether(layer, stage, image), image),
		...ageReasons(layer, stage, image.now),
		...layer.fact.reasons
	];
	if (stage.after.length > 0) {
		const message = `${nameLayer(layer)}: it does not show that ${stage.after.join(", ")} came first`;
		reasons.push(remark("NATIVE_ORDER_UNPROVEN", message));
	}
	return {
		layer,
		reasons,
		counts: !reasons.some(isProblem),
		outsider: false
	};
}
function notAccepted(layer, why) {
	return {
		layer,
		reasons: [remark("NATIVE_NOT_ACCEPTED", `${nameLayer(layer)}: ${why}`)],
		counts: false,
		outsider: true
	};
}
/** Said of a cosign signature that was made for another place than the stage asks for. */
function identityRemark(layer, { name, signedIdentity }, image) {
	const { kind, signedReference } = layer.fact;
	if (kind !== "cosign" || !signedIdentity) return void 0;
	const asked = image.facts.reference;
	if (signedReference !== void 0 && matchesIdentity(signedIdentity, signedReference, asked)) return void 0;
	const made = signedReference === void 0 ? "it names no reference" : `it is for ${JSON.stringify(signedReference.slice(0, 200))}`;
	const place = asked === void 0 ? "the image is in no registry" : `the image is ${asked}`;
	const message = `${nameLayer(layer)}: ${made}, ${place}, and stage ${name} asks for ${describeIdentityRule(signedIdentity)}`;
	return remark("NATIVE_OTHER_IDENTITY", message);
}
function nativeFormat({ fact }) {
	if (fact.kind === "native-pgp") return "pgp";
	if (fact.kind === "cosign") return "cosign";
	return fact.kind === "native-dsse" ? "dsse" : void 0;
}
/** What one signer signed part by part is looked at as a whole: each manifest of an index, each group of a SIF. */
function takenTogether(layer, stage, image) {
	const { contradicted, statedStage } = layer.fact;
	if (contradicted) return layer;
	const same = image.layers.filter((other) => arePartsOfOne(other.fact, layer.fact, image.facts) && other.trusted && !other.fact.contradicted && !other.fact.reasons.some(isProblem) && other.fact.statedStage === statedStage && !identityRemark(other, stage, image) && !claimantOf(other, image));
	return {
		...layer,
		fact: {
			...layer.fact,
			covers: [...layer.fact.covers, ...same.flatMap(({ fact }) => fact.covers)]
		}
	};
}
/** Approvals in a registry are accompanied by a cosign signature of the same signer, for readers that know no other. */
function isBesideApproval({ fact }, image) {
	return fact.kind === "cosign" && approvalsBy(fact.signer, image).length > 0;
}
/**
* The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
* whose stage the payload of a plain cosign signature names.
*/
function claimantOf({ fact }, image) {
	const { kind, digest, statedStage, signer } = fact;
	return approvalsBy(signer, image).find(({ approval }) => kind === "cosign" ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest));
}
function approvalsBy(signer, image) {
	return image.layers.flatMap((other) => asApproval(other) ?? []).filter(({ fact }) => fact.signature === "valid" && isGivenBySigner(fact) && isSameSigner(fact.signer, signer));
}

// src/policy/rules/ends.ts
const DAY_MS = 864e5;
const NOTICE_MS = 30 * DAY_MS;
/** For every credential behind a trusted signature. */
function endRemarks({ layers, evidence, now }) {
	const trusted = layers.filter((layer) => layer.trusted).map(({ fact }) => fact);
	const valid = evidence.filter(({ signature }) => signature === "valid");
	return [...trusted, ...valid].flatMap(({ signer }) => signer ? endsOf(signer, now) : []);
}
function endsOf(signer, now) {
	if (signer.method === "pgp") return endRemark(`the OpenPGP key ${signer.subkey ?? signer.fingerprint}`, signer.expires, now);
	if (signer.method !== "x509") return [];
	return (signer.path ?? []).flatMap(({ subject, serial, notAfter, crl }) => [...endRemark(`the certificate ${JSON.stringify(subject)} (serial ${serial.slice(0, 40)})`, notAfter, now), ...crl ? listRemark(crl, subject, now) : []]);
}
function endRemark(what, end, now) {
	const left = Date.parse(end ?? "") - now.getTime();
	if (!(left >= 0 && left < NOTICE_MS)) return [];
	return [remark("CREDENTIAL_ENDS", `${what} ends on ${toSecond(end ?? "")}, ${inDays(left)}`)];
}
/** Lists live for days or weeks: notice is given when three quarters of that are over. */
function listRemark({ number, thisUpdate, nextUpdate }, subject, now) {
	const [from, until] = [Date.parse(thisUpdate), Date.parse(nextUpdate)];
	const left = until - now.getTime();
	if (!(left >= 0 && left < Math.min(NOTICE_MS, (until - from) / 4))) return [];
	const message = `CRL ${number}, in which ${JSON.stringify(subject)} is looked up, ends on ${toSecond(nextUpdate)}, ${inDays(left)}`;
	return [remark("CRL_ENDS", message)];
}
function inDays(milliseconds) {
	return `in ${counted(Math.floor(milliseconds / DAY_MS), "day")}`;
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

// src/policy/requires/says.ts
/** Bases that are shown. */
const SHOWN = 20;
/** Lines about evidence whose signature is valid; none for content that has no form we know. */
function whatEvidenceSays({ statement, predicateType, record }) {
	const kind = evidenceKind(predicateType);
	if (!statement || record) return [];
	try {
		const { predicate } = parseStatement(statement);
		if (!isJsonObject(predicate)) return [];
		if (kind === "sbom") return [`${counted(componentsOf(predicate)?.length ?? 0, "component")}${made(predicate, kind)}`];
		if (kind === "findings") return [findingsIn(predicate)];
		return kind === "provenance" ? provenanceIn(predicate) : [];
	} catch (error) {
		if (error instanceof Malformed || error instanceof CountersignError) return [];
		throw error;
	}
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

// src/policy/rules/reports.ts
/** The layer as the verdict shows it; `claims` are all claims of all stages. */
function reportLayer(layer, image, context) {
	const { fact, where } = layer;
	const mine = context.claims.filter((claim) => claim.layer.fact === fact);
	const chained = context.chain.filter(({ approval }) => approval.fact === fact).map((finding) => finding.reason);
	const outside = context.policy && fact.signature === "valid" && layer.principals.length === 0 ? [outsiderRemark(layer)] : [];
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
			...copied(layer),
			...mine.length === 0 ? [...outside, ...unknownStage(layer, context.policy)] : []
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
function copied(layer) {
	return layer.fact.signature === "valid" && !isGivenBySigner(layer.fact) ? [remark("APPROVAL_OTHER_SIGNER", otherSigner(layer))] : [];
}
function outsiderRemark({ fact, where }) {
	return remark("SIGNER_NOT_A_PRINCIPAL", `${where}: ${describeIdentity(fact.signer)} is no principal of the policy`);
}
function unknownStage({ fact, where, trusted }, policy) {
	const stage = fact.approval?.stage;
	if (!policy || !trusted || stage === void 0 || policy.stages.some(({ name }) => name === stage)) return [];
	return [remark("APPROVAL_STAGE_UNKNOWN", `${where}: stage ${stage} is not in the policy`)];
}
/** The evidence as the verdict shows it. */
function reportEvidence(fact, policy) {
	const principals = fact.signature === "valid" && fact.signer && policy ? peopleBehind(policy, fact.signer) : [];
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
/** Units that no sound signature covers together with the rest of their group: parts may come from several images. */
function unitsOfPartsOnly(image) {
	const whole = soundLayers(image).filter(({ fact }) => fact.reasons.every(({ code }) => code !== "NATIVE_PARTIAL"));
	const covered = new Set(whole.flatMap(({ fact }) => fact.covers));
	return image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
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
	switch (identity.method) {
		case "pgp": {
			const { method, fingerprint, userIds, subkey } = identity;
			return {
				method,
				principal,
				fingerprint,
				...subkey === void 0 ? {} : { subkey },
				userIds
			};
		}
		case "key": return {
			method: identity.method,
			principal,
			hint: identity.hint,
			algorithm: identity.algorithm
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
/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
function reportStages(stages, findings) {
	const fills = findings.order.fill(stages);
	return stages.map((stage, index) => {
		const claims = findings.claims.get(stage.name) ?? [];
		const losses = findings.chain.filter((finding) => finding.stage === stage.name && isLoss(finding)).map((finding) => finding.reason);
		const required = checkRequirements(findings.policy, stage, findings.image);
		const ended = claims.flatMap((claim) => endedReason(claim, stage, findings.policy) ?? []);
		return reportStage(stage, fills[index], {
			claims,
			losses,
			required,
			ended
		});
	});
}
function reportStage(stage, fill, { claims, losses, required, ended }) {
	const passed = fill?.met === true && !losses.some(isProblem) && required.every(({ met }) => met);
	const rests = required.flatMap((one) => [...one.reasons, ...unlisted(stage, one, claims)]);
	const seen = ended.length > 0 || claims.some(({ outsider }) => !outsider);
	const details = claims.flatMap(({ reasons }) => reasons);
	return {
		stage: stage.name,
		verdict: passed ? "passed" : seen ? "failed" : "missing",
		approvedBy: fill?.principals ?? [],
		needed: stage.threshold,
		reasons: passed ? uniqueReasons([
			...details,
			...losses,
			...rests
		].map(asRemark)) : uniqueReasons([
			...fill?.met ? [] : ended,
			...summary(stage, fill, seen),
			...rests,
			...losses,
			...details
		])
	};
}
/** Evidence that was made after the stage was approved, or unseen, holds all the same; whoever reads the verdict knows. */
function unlisted({ name }, { met, relied }, claims) {
	const counting = claims.filter(({ counts }) => counts);
	const named = new Set(counting.flatMap(({ layer }) => layer.fact.approval?.evidence.map(({ digest }) => digest) ?? []));
	if (!met || counting.length === 0 || relied.some(({ digest }) => named.has(digest))) return [];
	const types = relied.map(({ predicateType, digest }) => `${predicateType} (${shortDigest(digest)})`).join(", ");
	return [remark("EVIDENCE_NOT_LISTED", `stage ${name} rests on ${types}, which no approval of it lists`)];
}
function summary(stage, fill, seen) {
	if (fill?.met) return [];
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

export { timeReasons as _, reportLayer as a, unitsOfPartsOnly as c, intrinsicReasons as d, reasonsLeftBehind as f, replacementOf as g, findReplacements as h, reportEvidence as i, endRemarks as l, isLoss as m, reportApproval as n, reportStages as o, checkChain as p, reportCoverage as r, uniqueReasons as s, quorumText as t, claimsOf as u };