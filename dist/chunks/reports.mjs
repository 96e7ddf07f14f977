import { l as evidenceKind, p as parseStatement } from "./statement.mjs";
import { a as remark, i as reason, r as isProblem } from "./reasons.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { o as listed, r as counted, u as toSecond } from "./text.mjs";
import { t as SEVERITIES } from "./severity.mjs";
import { A as contentReasons, C as listAt, E as timeOf, F as isPlain, J as personVouchedFor, L as nameLayer, M as isBound, N as isGivenBySigner, O as arePartsOfOne, P as isListed, R as otherContent, S as componentsOf, T as textAt, V as whereOf, g as Malformed, i as sawBroken, j as coversAll, k as asApproval, n as glassesOn, o as readFindings, q as grantRemarks, s as scannersOf, v as basesOf, w as sourceOf } from "./glass.mjs";
import { a as nameText, n as isSameSigner, t as isNamed } from "./signature.mjs";
import { i as fillStages, n as canFill, o as ofSeat, r as differentPeople, s as quorumsOf, t as MAX_STEPS } from "./threshold.mjs";
import { a as isSamePerson, c as peopleBehind, i as isMany, l as personAs, m as unlikeness, n as describeIdentity, u as principalsBehind } from "./people.mjs";
import { n as describeIdentityRule, r as matchesIdentity } from "./signed-identity.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";

// src/policy/times/approval.ts
/** Why an approval does not count at this time. */
function timeReasons(view, now) {
	const { expires, timeVerified } = view.approval;
	const reasons = [];
	if (expires !== null && !(Date.parse(expires) > now.getTime())) reasons.push(reason("APPROVAL_EXPIRED", `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
	if (!(Date.parse(timeVerified) <= now.getTime() + 3e5)) reasons.push(reason("APPROVAL_FROM_FUTURE", `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
	const { proven } = view.fact;
	if (proven?.proof === "timestamp" && Date.parse(timeVerified) > proven.latest.getTime() + 3e5) {
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
/**
* Whoever is one person by way of a third certificate on the image is one: where certificates stand for people, each uses up
* all that those use up with which it shares a name or a key.
*/
function withKin(candidates) {
	const kin = /* @__PURE__ */ new Map();
	for (const { uses } of [...candidates.values()].flat()) {
		if (!uses.some((use) => use.startsWith("person "))) continue;
		const shared = uses.filter((use) => /^(?:person|key) /.test(use));
		const all = new Set(shared.flatMap((use) => [...kin.get(use) ?? [use]]));
		for (const use of all) kin.set(use, all);
	}
	const widened = (one) => ({
		...one,
		uses: [...new Set(one.uses.flatMap((use) => [use, ...kin.get(use) ?? []]))]
	});
	return kin.size === 0 ? candidates : new Map([...candidates].map(([stage, mine]) => [stage, mine.map(widened)]));
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
	/** Stages that somebody let be skipped. */
	glasses;
	#seen = /* @__PURE__ */ new Map();
	constructor(policy, image, candidates) {
		this.#policy = policy;
		this.#image = image;
		this.#candidates = candidates;
		this.glasses = glassesOn(policy, image, candidates);
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
	* cannot tell, and where the stage was skipped nobody is needed.
	*/
	seenBy(layer, name, standing) {
		if (!layer.fact.approval) return Number.POSITIVE_INFINITY;
		const stage = this.#policy.stages.find((one) => one.name === name);
		if (!stage) return 0;
		if (this.glasses.allowed.filter(({ said }) => said.stage === name).some((glass) => sawBroken(layer.fact, glass, this.#image.now))) return stage.threshold;
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
			const entry = this.#sawWhole(roster, earlier, name) && roster.find((listed) => this.#sees(listed, earlier, name));
			known.set(earlier, entry ? `entry ${entry.digest} ${entry.signer ? nameText(entry.signer) : ""}` : void 0);
		}
		return known.get(earlier);
	}
	/** What somebody signed part by part was seen when every part was. */
	#sawWhole(roster, earlier, name) {
		const { kind, approval, signer } = earlier.fact;
		if (approval || coversAll(earlier, this.#image, name)) return true;
		const parts = this.#image.layers.filter((part) => part.trusted && part.fact.kind === kind && isSameSigner(part.fact.signer, signer) && roster.some((entry) => isListed(entry, part)));
		const covered = new Set(parts.flatMap(({ fact }) => fact.covers));
		return this.#image.about(name).every((id) => covered.has(id));
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
			if (fact.signer && (isNamed(fact.signer, signer) || fact.signer.hint === signer.key)) return true;
			return this.#image.layers.filter((other) => other.fact.digest === digest && isNamed(other.fact.signer, signer)).some((other) => {
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
	return replacements.find(({ approval: { stage, replaces } }) => stage === approval.stage && replaces.some(({ digest, signer }) => digest === fact.digest && isNamed(fact.signer, signer)));
}
/** True when a listed approval was replaced, whether or not it is still there. */
function isReplaced(entry, replacements) {
	return replacements.some(({ approval: { stage, replaces } }) => stage === entry.stage && replaces.some(({ digest, signer }) => digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer))));
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
	const order = new Order(policy, found.image, withKin(new Map(counting)));
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
		const kind = isPlain(layer.fact) ? `plain ${format}` : `native ${format}`;
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
		...contentReasons(takenTogether(layer, stage, image), image, stage.name),
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
/** Said of a signature by cosign or GPG that was made for another place than the stage asks for. */
function identityRemark(layer, { name, signedIdentity }, image) {
	const { kind, signedReference } = layer.fact;
	if (kind !== "cosign" && kind !== "simple-signing" || !signedIdentity) return void 0;
	const asked = image.facts.reference;
	if (signedReference !== void 0 && matchesIdentity(signedIdentity, signedReference, asked)) return void 0;
	const made = signedReference === void 0 ? "it names no reference" : `it is for ${JSON.stringify(signedReference.slice(0, 200))}`;
	const place = asked === void 0 ? "the image is in no registry" : `the image is ${asked}`;
	const message = `${nameLayer(layer)}: ${made}, ${place}, and stage ${name} asks for ${describeIdentityRule(signedIdentity)}`;
	return remark("NATIVE_OTHER_IDENTITY", message);
}
function nativeFormat({ fact }) {
	if (fact.kind === "native-pgp") return "pgp";
	if (isPlain(fact)) return fact.kind;
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
/** Approvals in a registry are accompanied by plain signatures of the same signer, for readers that know no other. */
function isBesideApproval({ fact }, image) {
	return isPlain(fact) && approvalsBy(fact.signer, image).length > 0;
}
/**
* The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
* whose stage a plain signature names.
*/
function claimantOf({ fact }, image) {
	const { kind, digest, statedStage, signer } = fact;
	return approvalsBy(signer, image).find(({ approval }) => isPlain({ kind }) ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest));
}
function approvalsBy(signer, image) {
	return image.layers.flatMap((other) => asApproval(other) ?? []).filter(({ fact }) => fact.signature === "valid" && isGivenBySigner(fact) && isSameSigner(fact.signer, signer));
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
/** The same bytes are asked for at every judgement of an image, and may be megabytes. */
const PREDICATES = /* @__PURE__ */ new WeakMap();
function predicateOf(statement) {
	if (!statement) return null;
	const known = PREDICATES.get(statement);
	if (known !== void 0) return known;
	const predicate = readPredicate(statement);
	PREDICATES.set(statement, predicate);
	return predicate;
}
function readPredicate(statement) {
	try {
		const { predicate } = parseStatement(statement);
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

export { uniqueReasons as a, claimsOf as c, findReplacements as d, isReplaced as f, reportLayer as i, intrinsicReasons as l, timeReasons as m, reportCoverage as n, unitsOfPartsOnly as o, replacementOf as p, reportEvidence as r, evidenceTime as s, reportApproval as t, reasonsLeftBehind as u };