import { $ as personVouchedFor, A as claimantOf, B as otherContent, D as approvalsBy, E as ageReasons, F as isListed, G as whereOf, H as standingFacts, I as isPlain, K as contentDenials, L as isScoped, M as coversAll, N as isBound, O as arePartsOfOne, P as isGivenBySigner, Q as grantRemarks, S as signedPredicate, T as timeOf, U as viewImage, W as vouchingOf, a as checkRequirement, i as sawBroken, j as contentReasons, k as asApproval, n as glassesOn, w as textAt, z as nameLayer } from "./glass.mjs";
import { d as sha256, g as utf8, i as digestHex, p as shortDigest, r as decodeUtf8 } from "./bytes.mjs";
import { _ as strayGlass, a as reportEvidence, c as soundLayers, d as checkChain, f as findReplacements, g as outsiderRemark, h as replacementOf, i as reportCoverage, l as uniqueReasons, m as isLoss, n as isFilled, o as reportLayer, p as isEntryOf, s as reportStages, t as custodyOf } from "./reports.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { a as counted, c as listed, i as compareText, p as toSecond } from "./text.mjs";
import { C as windowsOf, D as unlikeness, b as principalsBehind, d as describeIdentity, m as isSamePerson, p as isMany, v as personAs, w as withKin } from "./versions.mjs";
import { a as remark, i as reason, n as asRemark, r as isProblem } from "./reasons.mjs";
import { a as nameText, n as isSameSigner, t as isNamed } from "./signature.mjs";
import { a as ofSeat, c as countPeople, i as fillStages, l as inShort, n as canFill, o as quorumsOf, r as canSeat, s as MAX_STEPS, u as spend } from "./threshold.mjs";
import { n as describeIdentityRule, r as matchesIdentity } from "./signed-identity.mjs";
import { t as isJsonObject } from "./json.mjs";
import { a as unsignedObjects, i as ofParts, n as isAboutOverlays, t as askedOf } from "./scope.mjs";
import { t as VERDICT_SCHEMA } from "./verdict.mjs";
import { c as uncoverableObjects, f as FILE_SYSTEM, g as PARTITION_TYPE, l as DATA_TYPE, n as objectsInGroup, r as openSif, t as groupsOf } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { i as parseMetadata, n as compareMetadata, r as encodeMetadata, t as hashObjects } from "./hash.mjs";
import { a as placeBundle, n as SIF_SUBJECT } from "./bundle3.mjs";
import { r as openBundles } from "./open-bundles.mjs";
import { a as nativeLayers, i as firstOf, n as checkNatives, r as differences } from "./native-signatures.mjs";
import { f as withLaneDefect, l as readSignatureObjects, n as algorithmsNamed } from "./signature-objects.mjs";
import { m as withinEffort } from "./signatures.mjs";
import { n as carriedCrls, t as CRL_PREFIX } from "./carried-crls.mjs";

// src/policy/rules/assign/order.ts
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
	/** Stages that somebody let be skipped; undefined when nobody did. */
	glasses;
	#sightings;
	/** What all searches of one evaluation may spend together. */
	#budget = { steps: MAX_STEPS };
	#seen = /* @__PURE__ */ new Map();
	#entries = /* @__PURE__ */ new Map();
	#filled = /* @__PURE__ */ new Map();
	#all;
	constructor(policy, image, candidates) {
		this.#policy = policy;
		this.#image = image;
		this.#candidates = inShort(candidates);
		this.#sightings = new Sightings(policy, image);
		const isBroken = image.evidence.some(({ breakGlass }) => breakGlass !== void 0);
		this.glasses = isBroken ? glassesOn(policy, image, candidates) : void 0;
	}
	/** Candidates in order, by stage, when those `left` out give no place to anybody. */
	inOrder(left) {
		return left.size === 0 ? this.#whole().standing : this.#standing(left).standing;
	}
	/** Whoever counts when nobody is left out. */
	#whole() {
		this.#all ??= this.#standing(/* @__PURE__ */ new Set());
		return this.#all;
	}
	#standing(left) {
		const standing = /* @__PURE__ */ new Map();
		const there = /* @__PURE__ */ new Set();
		for (const stage of this.#policy.stages) {
			const mine = (this.#candidates.get(stage.name) ?? []).filter((one) => !left.has(one));
			const layers = new Set(mine.map(({ layer }) => layer));
			for (const layer of layers) if (!stage.after.every((name) => this.#seenBy(layer, name, there) >= this.#threshold(name))) layers.delete(layer);
			const ordered = mine.filter(({ layer }) => layers.has(layer));
			for (const one of ordered) there.add(one);
			standing.set(stage.name, ordered);
		}
		return {
			standing,
			there
		};
	}
	/**
	* How many of the people needed for an earlier stage the signer of a layer saw approve it. A signature without a statement
	* cannot tell, and where the stage was skipped nobody is needed.
	*/
	#seenBy(layer, name, there) {
		if (!layer.fact.approval) return Number.POSITIVE_INFINITY;
		const stage = this.#policy.stages.find((one) => one.name === name);
		if (!stage) return 0;
		if ((this.glasses?.allowed.filter(({ said }) => said.stage === name))?.some((glass) => sawBroken(layer.fact, glass, this.#image.now))) return stage.threshold;
		const all = this.#sightingsOf(layer, name);
		if (!spend(this.#budget, 1 + all.length)) return 0;
		const earlier = all.filter(({ of }) => there.has(of));
		const seats = quorumsOf(stage).map(({ needed }) => needed);
		return canSeat({
			stage: name,
			seats,
			candidates: earlier
		}) ? stage.threshold : this.#filledBy(stage, earlier);
	}
	/** Many signers saw the same: that is searched once. */
	#filledBy(stage, candidates) {
		const question = `${stage.name} ${candidates.map(({ id }) => id).join()}`;
		const known = this.#filled.get(question);
		if (known !== void 0) return known;
		const quorums = quorumsOf(stage).map(({ needed }, seat) => ({
			needed,
			mine: ofSeat(candidates, seat)
		}));
		const seats = quorums.map(({ needed }) => needed);
		const isFilled = canFill({
			stage: stage.name,
			seats,
			candidates
		}, this.#budget);
		const sum = quorums.map(({ needed, mine }) => Math.min(needed, countPeople(mine, this.#budget))).reduce((all, one) => all + one, 0);
		const seen = isFilled ? stage.threshold : Math.min(stage.threshold - 1, sum);
		this.#filled.set(question, seen);
		return seen;
	}
	/** Candidates of an earlier stage that the signer of a layer saw. */
	#sightingsOf(layer, name) {
		const known = this.#seen.get(name) ?? /* @__PURE__ */ new Map();
		this.#seen.set(name, known);
		const seen = known.get(layer) ?? (this.#candidates.get(name) ?? []).flatMap((of, position) => {
			const entry = this.#sightings.entryFor(layer, of.layer, name);
			return entry === void 0 ? [] : [{
				...of,
				of,
				id: `${position}.${this.#numberOf(entry)}`,
				uses: [...of.uses, entry]
			}];
		});
		known.set(layer, seen);
		return seen;
	}
	/** A short word for a long one. */
	#numberOf(entry) {
		const number = this.#entries.get(entry) ?? this.#entries.size;
		this.#entries.set(entry, number);
		return number;
	}
	/** The signer must have seen enough people approve the earlier stage in a way that counts. */
	lateReason(layer, name) {
		const view = asApproval(layer);
		const needed = this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? 0;
		const seen = this.#seenBy(layer, name, this.#whole().there);
		if (!view || seen >= needed) return void 0;
		if (this.#budget.steps < 0) {
			const message = `${nameLayer(view)}: too many ways to tell whether it was given in order, after stage ${name}`;
			return reason("ASSIGNMENT_UNDECIDED", message);
		}
		const count = `${seen} of ${needed}`;
		const message = view.approval.roster.some((entry) => entry.stage === name) || seen > 0 ? `it rests on approvals of stage ${name} that do not count (${count} needed do)` : `it was given before stage ${name} was approved (it had seen ${count} needed)`;
		return reason("APPROVAL_OUT_OF_ORDER", `${nameLayer(view)}: ${message}`);
	}
	/** Who fills these stages. */
	fill(stages) {
		const needs = stages.map((stage) => ({
			stage: stage.name,
			seats: quorumsOf(stage).map(({ needed }) => needed),
			candidates: this.#candidates.get(stage.name) ?? []
		}));
		return fillStages(needs, this.#policy.distinct, {
			counting: (left) => this.inOrder(left),
			budget: this.#budget
		});
	}
	#threshold(name) {
		return this.#policy.stages.find((stage) => stage.name === name)?.threshold ?? Number.POSITIVE_INFINITY;
	}
};
/** By which roster entries signers saw the layers of earlier stages. */
var Sightings = class {
	#policy;
	#image;
	#known = /* @__PURE__ */ new Map();
	#byDigest = /* @__PURE__ */ new Map();
	constructor(policy, image) {
		this.#policy = policy;
		this.#image = image;
	}
	/** The entry by which the signer of a layer saw one of the stage `name`, in one word; undefined when they did not. */
	entryFor(layer, earlier, name) {
		const known = this.#known.get(layer) ?? /* @__PURE__ */ new Map();
		this.#known.set(layer, known);
		if (!known.has(earlier)) {
			const roster = layer.fact.approval?.roster ?? [];
			const listing = this.#listing(roster, earlier);
			const entry = this.#sawWhole(roster, earlier, name) && listing.find((one) => this.#sees(one, earlier, name));
			known.set(earlier, entry ? `entry ${entry.digest} ${entry.signer ? nameText(entry.signer) : ""}` : void 0);
		}
		return known.get(earlier);
	}
	/** Entries that can be about a layer: those of its digest, or all where it took the place of others. */
	#listing(roster, { fact }) {
		if (fact.approval?.replaces.length) return roster;
		const byDigest = this.#byDigest.get(roster) ?? Map.groupBy(roster, ({ digest }) => digest);
		this.#byDigest.set(roster, byDigest);
		return byDigest.get(fact.digest) ?? [];
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
		return (fact.approval?.replaces.filter((one) => isEntryOf(one, entry)) ?? []).some(({ digest, signer }) => {
			if (fact.signer && (isNamed(fact.signer, signer) || fact.signer.hint === signer.key)) return true;
			return this.#image.layers.filter((other) => other.fact.digest === digest && isNamed(other.fact.signer, signer)).some((other) => {
				return principalsBehind(this.#policy, other.fact).filter((name) => principals.includes(name)).some((name) => isSamePerson(this.#policy, name, [other.fact.signer, fact.signer]));
			});
		});
	}
};

// src/policy/rules/native.ts
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
/** Counts for every stage that accepts the format from this approver of it; undefined where there is nothing to say. */
function nativeClaim(layer, stage, { format, image, owner }) {
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

// src/policy/rules/claims.ts
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
	const candidates = new Map(counting);
	const isForMany = policy.principals.some(({ many }) => many);
	const order = new Order(policy, found.image, isForMany ? withKin(candidates) : candidates);
	const claims = policy.stages.map((stage) => {
		const ordered = (own.get(stage.name) ?? []).map((claim) => {
			const late = stage.after.flatMap((name) => order.lateReason(claim.layer, name) ?? []);
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
	const format = nativeFormat(layer);
	if (!format || !layer.trusted || !layer.principals.some((name) => stage.approvers.includes(name))) return void 0;
	const { image } = context.found;
	const owner = claimantOf(layer, image);
	return owner && !stage.native.includes(format) ? void 0 : nativeClaim(layer, stage, {
		format,
		image,
		owner
	});
}
function approvalClaim(view, stage, { policy, found }) {
	const aside = (view.fact.signature === "valid" && isGivenBySigner(view.fact) && view.principals.length > 0 ? void 0 : outsiderRemark(view, stage, policy)) ?? replacedRemark(view, found.replacements);
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
		...view.vouching ? grantRemarks(view.where, view.vouching) : []
	];
	return {
		layer: view,
		reasons,
		counts: view.trusted && !reasons.some(isProblem),
		outsider: false
	};
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
function nativeFormat({ fact }) {
	if (fact.kind === "native-pgp") return "pgp";
	if (isPlain(fact)) return fact.kind;
	return fact.kind === "native-dsse" ? "dsse" : void 0;
}
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

// src/policy/ends.ts
const DAY_MS = 864e5;
const NOTICE_MS = 30 * DAY_MS;
const TIME = /"(\d{4}-\d\d-\d\dT\d\d:\d\d[^"\\]{1,20})"/g;
/** What will not count any more, the soonest first, each once. */
function endsOf(policy, image) {
	const { trusted, valid } = soundParts(image);
	const coming = [
		...trusted.flatMap((layer) => endsOfLayer(layer, policy)),
		...valid.flatMap(({ signer }) => signer ? endsOfSigner(signer, policy) : []),
		...(policy?.stages ?? []).flatMap((stage) => policy && stage.requires.length > 0 ? endsOfEvidence(policy, stage, image) : []),
		...endsOfGlass(image.evidence, policy)
	].filter(({ time }) => time >= image.now.getTime()).toSorted((a, b) => a.time - b.time);
	return [...new Map(coming.map((end) => [`${end.time} ${end.what}`, end])).values()];
}
function soundParts({ layers, evidence }) {
	return {
		trusted: layers.filter((layer) => layer.trusted),
		valid: evidence.filter(({ signature }) => signature === "valid")
	};
}
/** The earliest of them and of what begins; undefined when there is none. */
function firstEnd(policy, image) {
	const [first] = [...endsOf(policy, image).map(({ time }) => time), ...beginnings(image)].toSorted((a, b) => a - b);
	return first === void 0 ? void 0 : new Date(first);
}
function endsOfLayer({ fact, where, vouching }, policy) {
	const { approval, signer, proven, signedAt, expires } = fact;
	const of = approval ? ` of stage ${approval.stage}` : "";
	const made = [approval?.timeVerified ?? signedAt, proven?.time.toISOString()].flatMap((time) => time ?? []);
	const ages = (policy?.stages ?? []).filter(({ name }) => approval === null || approval.stage === name).flatMap(({ name, maxAge }) => maxAge === void 0 ? [] : made.map((time) => ({
		time: Date.parse(time) + maxAge,
		what: `the signature at ${where} is too old for stage ${name} then`
	})));
	const grants = proven ? [] : vouching?.vouchers ?? [];
	return [
		...endAt(approval?.expires, `the approval${of} at ${where}`),
		...endAt(expires, `the signature at ${where}`),
		...signer ? endsOfSigner(signer, policy, of) : [],
		...ages,
		...grants.flatMap(({ text, until }) => endAt(until, `the grant to ${text}`))
	];
}
function endAt(time, what) {
	return time ? [{
		time: Date.parse(time),
		what
	}] : [];
}
/** Its own end, and every earlier one that it may have where it only renews what was broken before. */
function endsOfGlass(evidence, policy) {
	const said = evidence.flatMap(({ breakGlass }) => typeof breakGlass === "object" ? [breakGlass] : []);
	return said.flatMap(({ stage, until }) => {
		const max = policy?.stages.find(({ name }) => name === stage)?.breakGlass?.maxDuration ?? 0;
		const end = Date.parse(until);
		return [end, ...said.filter((one) => one.stage === stage).map(({ from }) => Date.parse(from) + max).filter((time) => time < end)].map((time) => ({
			time,
			what: `the broken glass of stage ${stage}`
		}));
	});
}
function endsOfSigner(signer, policy, of = "") {
	const windows = policy ? windowsOf(policy, signer) : [];
	return [...credentialEnds(signer, of), ...windows.flatMap(({ name, window }) => window?.until === void 0 ? [] : [{
		time: window.until,
		what: `the time in which ${name} counts`
	}])];
}
function credentialEnds(signer, of) {
	if (signer.method === "pgp") return endAt(signer.expires, `the OpenPGP key ${signer.subkey ?? signer.fingerprint}${of}`);
	if (signer.method !== "x509") return [];
	const { path = [], san, subject: name, notAfter: end } = signer;
	return [
		...endAt(end, `the certificate of ${san[0] ?? name}${of}`),
		...path.slice(1).flatMap(({ notAfter, subject }) => endAt(notAfter, `the certificate of ${subject}`)),
		...path.flatMap(({ crl, subject }) => crl ? endAt(crl.nextUpdate, `CRL ${crl.number}, in which ${subject} is looked up`) : [])
	];
}
/** When what is dated ahead begins to count: a scan, a VEX document, an approval, a grant. */
function beginnings({ layers, evidence, now }) {
	const stated = layers.flatMap(({ fact }) => fact.approval?.timeVerified ?? fact.signedAt ?? []);
	const written = evidence.flatMap(({ statement }) => statement ? [...new TextDecoder().decode(statement).matchAll(TIME)].map(([, time = ""]) => time) : []);
	return [...stated, ...written].map((time) => Date.parse(time)).filter((time) => time > now.getTime()).map((time) => Math.max(now.getTime(), time - CLOCK_SKEW_MS));
}
/** What counts and will soon not: every credential behind a trusted signature that ends within the next weeks. */
function endRemarks(image) {
	const { trusted, valid } = soundParts(image);
	return [...trusted.map(({ fact }) => fact), ...valid].flatMap(({ signer }) => signer ?? []).flatMap((signer) => signerRemarks(signer, image.now));
}
function signerRemarks(signer, now) {
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
/** What ends for a stage whose requirements are met. */
function endsOfEvidence(policy, stage, image) {
	return stage.requires.flatMap((requirement) => {
		const { met, relied } = checkRequirement(requirement, {
			policy,
			stage,
			image
		});
		if (!met) return [];
		const { condition, evidence, maxAge } = requirement;
		const days = (condition.of === "findings" ? condition.exceptions : []).map(({ id, expires }) => ({
			time: Date.parse(`${expires}T23:59:59Z`),
			what: `the exception for ${id} (stage ${stage.name})`
		}));
		return [...relied.flatMap(({ statement }) => {
			const predicate = statement && signedPredicate(statement);
			if (!isJsonObject(predicate)) return [];
			return [{
				from: timeOf(predicate, evidence),
				age: maxAge,
				what: evidence
			}, {
				from: textAt(predicate, "scanner.db.lastUpdate"),
				age: condition.of === "findings" ? condition.databaseMaxAge : void 0,
				what: "the scanner’s database"
			}].flatMap(({ from, age, what }) => from === void 0 || age === void 0 ? [] : [{
				time: Date.parse(from) + age,
				what: `${what} of stage ${stage.name} is too old then`
			}]);
		}), ...days].filter(({ time }) => time >= image.now.getTime());
	});
}

// src/policy/objects/report.ts
/** Objects that are named in a message, at most. */
const NAMED = 10;
/** `object 4 (overlay, group 2)`. */
function describeObject({ facts: { units } }, id) {
	const unit = units.find((one) => one.id === id);
	const group = unit?.group === void 0 ? [] : [`group ${unit.group}`];
	const what = [...unit?.use ? [unit.use] : [], ...group].join(", ");
	return what === "" ? id : `${id} (${what})`;
}
function describeObjects(image, ids) {
	return `${ids.slice(0, NAMED).map((id) => describeObject(image, id)).join(", ")}${ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ""}`;
}
/** What is said of objects that stages are about; and, where all that is asked is `isFinal`, of those that none of them is about. */
function objectReasons({ isFinal, ...asked }) {
	return [
		...scopeReasons(asked),
		...isFinal ? unapprovedObjects(asked) : [],
		...unsignedRemarks(asked),
		...overlayRemarks(asked.image),
		...apptainerRemarks(asked.image)
	];
}
function remarkOn(image, ids, code, text) {
	return ids.length === 0 ? [] : [remark(code, `${describeObjects(image, ids)} ${text}`)];
}
/** Stages that are about nothing that the image has. */
function scopeReasons({ whole, stages, image }) {
	const { name, units } = image.facts;
	const asked = new Set(askedOf(whole, units).stages.map((stage) => stage.name));
	const required = new Set(stages.map((stage) => stage.name));
	const idle = whole.stages.filter((stage) => !asked.has(stage.name) && !required.has(stage.name)).map((stage) => remark("STAGE_WITHOUT_OBJECTS", `stage ${stage.name} is about overlays, of which ${name} has none: it is not asked`));
	const empty = stages.filter((stage) => units.length > 0 && image.about(stage.name).length === 0).map((stage) => reason("STAGE_WITHOUT_OBJECTS", `stage ${stage.name} is about ${wantedBy(stage)}, and ${name} has none`));
	return [...idle, ...empty];
}
function wantedBy(stage) {
	return isAboutOverlays(stage) ? "overlays" : stage.objects === "base" ? "the base" : "objects that must be signed";
}
/** Objects that no stage asked for is about, unless they may stay unsigned. */
function unapprovedObjects({ stages, policy, image }) {
	const { units } = image.facts;
	const covered = /* @__PURE__ */ new Set([...stages.flatMap(({ name }) => image.about(name)), ...unsignedObjects(policy, units)]);
	const left = units.map(({ id }) => id).filter((id) => !covered.has(id));
	if (left.length === 0) return [];
	const others = policy.stages.filter(({ name }) => image.about(name).some((id) => left.includes(id)));
	const who = others.length === 0 ? "no stage of the policy is" : `only stage ${others.map(({ name }) => name).join(", ")} is, which was not asked about`;
	return [reason("OBJECT_NOT_APPROVED", `nobody's approval is about ${describeObjects(image, left)}: ${who}`)];
}
/** Objects that nobody answers for, and groups of which the policy would allow that if they held data alone. */
function unsignedRemarks({ policy, image }) {
	const { units } = image.facts;
	const unsigned = unsignedObjects(policy, units);
	const other = units.filter(({ group }) => group !== void 0 && policy.objects?.unsigned?.includes(group)).filter(({ id }) => !unsigned.includes(id)).map(({ id }) => id);
	return [...remarkOn(image, unsigned, "OBJECT_UNSIGNED", "may stay unsigned by the policy: nobody answers for what is in it"), ...remarkOn(image, other, "OBJECT_NOT_DATA", "must be approved: a group may stay unsigned only while it holds data partitions alone")];
}
/**
* Where Apptainer wants more than stages about parts do: a native signature of every group, and for its execution control
* list one signer of them all.
*/
function apptainerRemarks({ layers, facts: { units } }) {
	const natives = layers.filter(({ fact }) => fact.place.in === "sif" && fact.kind === "native-pgp");
	const groups = [...new Set(units.flatMap(({ group }) => group ?? []))];
	const signersOf = (group) => {
		const ids = units.filter((unit) => unit.group === group).map(({ id }) => id);
		return natives.filter(({ fact }) => ids.every((id) => fact.covers.includes(id))).flatMap(({ fact }) => fact.signer?.method === "pgp" ? [fact.signer.fingerprint] : []);
	};
	const signers = groups.map((group) => ({
		group,
		by: signersOf(group)
	}));
	const bare = signers.filter(({ by }) => by.length === 0).map(({ group }) => group);
	if (natives.length === 0 || groups.length < 2) return [];
	if (bare.length > 0) {
		const why = `group ${bare.join(", ")} has no native signature of all that is in it now`;
		return [remark("APPTAINER_REFUSES", `\`apptainer verify\` refuses this image, as its execution control list does: ${why}`)];
	}
	const [first, ...rest] = signers;
	if (first?.by.some((one) => rest.every(({ by }) => by.includes(one)))) return [];
	return [remark("APPTAINER_REFUSES", `an execution control list that names one signer refuses this image: nobody has signed all of its groups`)];
}
/** What becomes of overlays when the image runs, and who approves them. */
function overlayRemarks(image) {
	const { units } = image.facts;
	const base = new Set(units.filter(({ use }) => use === void 0).map(({ group }) => group));
	const overlays = units.filter(({ use }) => use === "overlay");
	const within = overlays.filter(({ group }) => base.has(group)).map(({ id }) => id);
	const apart = overlays.filter(({ group }) => base.size > 0 && !base.has(group)).map(({ id }) => id);
	return [...remarkOn(image, within, "OVERLAY_IN_BASE", "is part of the base: stages about the base approve it"), ...remarkOn(image, apart, "OVERLAY_NOT_MOUNTED", "is in another group than the system: Apptainer 1.4 does not mount it by itself")];
}
/** Why the image's partitions are not as the policy wants them, and a remark for each that Apptainer may write to. */
function partReasons(policy, { name, units }) {
	const partitions = units.filter(({ encrypted }) => encrypted !== void 0);
	const writable = partitions.filter((unit) => unit.writable).map(({ id }) => remark("PARTITION_WRITABLE", `${id} is an ext3 file system, which a run with --writable changes`));
	if (policy?.objects?.mustBeEncrypted !== true) return writable;
	const open = partitions.filter(({ encrypted }) => encrypted !== true).map(({ id }) => id);
	if (partitions.length > 0 && open.length === 0) return writable;
	const what = partitions.length === 0 ? `${name} has no file system that could be encrypted` : `${open.join(", ")}: not encrypted`;
	return [reason("PARTITION_NOT_ENCRYPTED", what), ...writable];
}

// src/policy/rules/vouched.ts
/** The layers of an image, each judged by the earliest time that is proven for it. */
function settleTimes(policy, facts, now) {
	const image = viewImage(policy, facts, now);
	const vouching = new Set(image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => mayVouch(view, image, policy)).map(({ fact }) => fact.digest));
	const standing = standingFacts(policy, facts, now);
	const layers = facts.layers.map((layer, index) => isIdle(standing.layers[index] ?? layer, {
		policy,
		standing,
		now
	}) ? settled(layer, vouching) : layer);
	return {
		...facts,
		layers
	};
}
/** True for a signature that holds and does not count by its own time, be it for its key or for what the policy says of its signer. */
function isIdle(layer, { policy, standing, now }) {
	if (layer.signature !== "valid" || !policy || !layer.granted) return layer.signature === "untrusted";
	return vouchingOf(policy, standing, {
		fact: layer,
		now
	}).vouchers.length === 0;
}
/** Whether an approval counts, by all that does not depend on other layers. */
function mayVouch(view, image, policy) {
	const { approval, fact, principals } = view;
	const stage = policy?.stages.find(({ name }) => name === approval.stage);
	const approves = !policy || stage?.id === approval.verifierId && principals.some((name) => stage.approvers.includes(name));
	const sound = ![...fact.reasons, ...timeReasons(view, image.now)].some(isProblem);
	return approves && sound && view.trusted && fact.proven?.proof === "timestamp" && coversAll(view, image);
}
function settled(layer, vouching) {
	const time = layer.vouched?.find(({ by }) => vouching.has(by));
	if (!time) return layer;
	const { vouched: _, ...rest } = layer;
	return {
		...rest,
		signature: "valid",
		signer: time.signer,
		reasons: time.reasons,
		proven: time.proven
	};
}

// src/policy/without-policy.ts
/** Claims by stage, in chain order. */
function claimsWithoutPolicy(found) {
	const approvals = found.image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => view.trusted && !replacementOf(view, found.replacements)).sort(inChainOrder);
	const claims = /* @__PURE__ */ new Map();
	for (const view of approvals) {
		const reasons = intrinsicReasons(view, found);
		const claim = {
			layer: view,
			reasons,
			counts: !reasons.some(isProblem),
			outsider: false
		};
		claims.set(view.approval.stage, [...claims.get(view.approval.stage) ?? [], claim]);
	}
	return claims;
}
function inChainOrder(a, b) {
	return a.approval.sequence - b.approval.sequence || compareText(a.approval.stage, b.approval.stage);
}
/** Reports on the stages found and the stages asked for. */
function reportStagesFound(claims, chain, requiredStages) {
	return [.../* @__PURE__ */ new Set([...claims.keys(), ...requiredStages])].map((stage) => {
		const mine = claims.get(stage) ?? [];
		const losses = chain.filter((finding) => finding.stage === stage && isLoss(finding)).map((finding) => finding.reason);
		const counting = mine.filter(({ counts }) => counts);
		const passed = counting.length > 0 && !losses.some(isProblem);
		const missing = mine.length === 0 ? [stageMissing(stage)] : [];
		const details = mine.flatMap(({ reasons }) => reasons);
		return {
			stage,
			verdict: passed ? "passed" : mine.length === 0 ? "missing" : "failed",
			approvedBy: [...new Set(counting.map(({ layer }) => describeIdentity(layer.fact.signer)))],
			needed: 1,
			reasons: uniqueReasons(passed ? details.map((one) => ({
				...one,
				severity: "remark"
			})) : [
				...missing,
				...losses,
				...details
			])
		};
	});
}
/** No policy says who could approve: the hint is about what was given instead. */
function stageMissing(stage) {
	return {
		...reason("STAGE_MISSING", `stage ${stage} has no valid approval by a signer who is trusted here`),
		hint: "have it approved with `countersign sign-stage`, or give the signer’s key or trust anchor to this check"
	};
}
/** What of the image no signature covers that shows anything: without a policy each unit must be covered. */
function coverageReasons(image, coverage) {
	const gaps = coverage.filter(({ covered }) => !covered).map(({ object }) => object);
	const left = reasonsLeftBehind(image);
	const loose = unitsOfPartsOnly(image).filter((id) => !gaps.includes(id));
	return [...gaps.length > 0 ? [incomplete(`no valid signature of anybody trusted covers ${named(gaps)}`), ...left] : left.map(asRemark), ...loose.length > 0 ? [incomplete(`only signatures of parts of a group cover ${named(loose)}: they do not show that the parts belong together`)] : []];
}
function incomplete(message) {
	return reason("COVERAGE_INCOMPLETE", message);
}
function named(ids) {
	return ids.slice(0, 10).join(", ");
}
/** Units that no sound signature covers together with the rest of their group: parts may come from several images. */
function unitsOfPartsOnly(image) {
	const whole = soundLayers(image).filter(({ fact }) => fact.reasons.every(({ code }) => code !== "NATIVE_PARTIAL"));
	const covered = new Set(whole.flatMap(({ fact }) => fact.covers));
	return image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
}

// src/policy/evaluate.ts
/** The verdict about one image; never throws, never stops at the first finding. */
function evaluatePolicy(whole, given, options) {
	const policy = whole && isScoped(whole) ? askedOf(whole, given.units, options.requiredStages) : whole;
	const facts = settledFacts(policy, given, options.now);
	const image = viewImage(policy, facts, options.now);
	const replacements = findReplacements(image, policy);
	const found = {
		image,
		replacements,
		chain: checkChain(image, policy, replacements)
	};
	const decided = policy ? claimsOf(policy, found) : void 0;
	const claims = decided?.claims ?? claimsWithoutPolicy(found);
	const chain = limitChain(found.chain, policy, options);
	const coverage = reportCoverage(image);
	const stages = policy && decided ? reportStages(chosenStages(policy, options), {
		...decided,
		chain,
		policy,
		image
	}) : reportStagesFound(claims, chain, options.requiredStages ?? []);
	const said = imageReasons({
		whole,
		policy,
		image,
		chain,
		claims,
		stages,
		coverage,
		options,
		glasses: decided?.order.glasses
	});
	const passed = !said.some(isProblem) && stages.every(isFilled);
	const verdict = passed ? "passed" : "failed";
	const unsigned = facts.layers.length === 0;
	const reasons = unsigned && !passed ? [unsignedReason(facts), ...said] : said;
	const allClaims = [...claims.values()].flat();
	return {
		name: facts.name,
		kind: facts.kind,
		reference: facts.pinned ?? null,
		dataVerified: facts.dataRead,
		contentDigests: facts.contentDigests,
		verdict,
		outcome: verdict,
		...passed ? endsAtOf(firstEnd(policy, image)) : {},
		unsigned,
		stages,
		layers: image.layers.map((layer) => reportLayer(layer, image, {
			policy,
			claims: allClaims,
			chain
		})),
		evidence: image.evidence.map((fact) => reportEvidence(fact, policy, image.now)),
		...custodyOf(image, chain, policy),
		notJudged: facts.unjudged ?? [],
		coverage,
		reasons
	};
}
/** The facts as they are judged: each layer by the earliest time that is proven for it, and parts as the policy tells them apart. */
function settledFacts(policy, given, now) {
	const facts = policy && isScoped(policy) ? ofParts(given) : given;
	return facts.layers.some(({ vouched }) => vouched) ? settleTimes(policy, facts, now) : facts;
}
function chosenStages(policy, options) {
	const asked = askedStages(options);
	return asked ? policy.stages.filter(({ name }) => asked.includes(name)) : policy.stages;
}
/** Names of the stages that are decided about, required ones always; undefined for all of the policy. */
function askedStages({ stages, requiredStages = [] }) {
	return stages && [...stages, ...requiredStages];
}
/**
* When only some stages are decided about, what approvals of the others complain of is a remark: an approval that is
* about to be replaced must not stand in the way of its successor.
*/
function limitChain(chain, policy, options) {
	const asked = askedStages(options);
	if (!policy || !asked) return chain;
	return chain.map((finding) => asked.includes(finding.approval.approval.stage) ? finding : {
		...finding,
		reason: asRemark(finding.reason)
	});
}
function imageReasons(judgement) {
	const { image, chain, coverage, whole, policy, glasses, options } = judgement;
	const { facts } = image;
	const denied = policy && policy.deny.length > 0 ? contentDenials(policy, facts) : [];
	const reasons = [
		...facts.problems,
		...denied,
		...requestReasons(judgement)
	];
	if (facts.units.length === 0) reasons.push(reason("IMAGE_EMPTY", `${facts.name} has nothing that could be signed`));
	reasons.push(...alterationReasons(image));
	reasons.push(...chain.map((finding) => isLoss(finding) ? finding.reason : asRemark(finding.reason)));
	if (!policy) reasons.push(...coverageReasons(image, coverage));
	if (policy && glasses) reasons.push(...strayGlass(glasses, policy.stages));
	if (policy?.objects?.mustBeEncrypted === true || facts.units.some(({ writable }) => writable)) reasons.push(...partReasons(policy, facts));
	if (whole && policy && isScoped(whole)) {
		const isFinal = options.stages === void 0 || options.nameOthers === true;
		reasons.push(...objectReasons({
			whole,
			policy,
			stages: chosenStages(policy, options),
			image,
			isFinal
		}));
	}
	reasons.push(...refusedByApptainer(image));
	if (!facts.dataRead) reasons.push(remark("DATA_NOT_READ", "the data of the image was not read, only its digests were"));
	return uniqueReasons([
		...reasons,
		...endRemarks(image),
		...chainEnd(judgement)
	]);
}
/** Nobody refused anything: there is nothing yet to judge. */
function unsignedReason({ name, evidence }) {
	const beside = evidence.length > 0 ? ": evidence is no signature" : "";
	return reason("IMAGE_UNSIGNED", `${name} is unsigned${beside}`);
}
/** What passes here, and not at `apptainer verify` or its execution control list: they want every native signature good. */
function refusedByApptainer({ layers }) {
	const natives = layers.filter(({ fact }) => fact.place.in === "sif" && fact.kind.startsWith("native-"));
	const bad = natives.find(({ fact }) => fact.signature === "unknown-signer" || fact.signature === "untrusted");
	const why = new Set(natives.map(({ fact }) => fact.kind).filter((kind) => kind !== "native-legacy")).size > 1 ? "it has native OpenPGP and DSSE signatures side by side" : bad && `${bad.where} is a native signature by ${describeIdentity(bad.fact.signer)}, ${whyBad(bad.fact)}`;
	return why ? [remark("APPTAINER_REFUSES", `\`apptainer verify\` refuses this image: ${why}`)] : [];
}
function whyBad({ signature, reasons }) {
	if (signature === "unknown-signer") return "who is unknown here";
	return reasons[0]?.message ?? "which is not trusted";
}
/** Stages that the caller names must exist, else a misspelt name would pass unseen. */
function requestReasons({ whole, policy, options }) {
	if (!whole || !policy) return [];
	const known = whole.stages.map(({ name }) => name);
	const asked = askedStages(options) ?? options.requiredStages ?? [];
	const others = known.filter((name) => options.stages !== void 0 && !asked.includes(name));
	const told = options.nameOthers === true && others.length > 0;
	return [...asked.filter((name) => !known.includes(name)).map((name) => reason("STAGE_NOT_IN_POLICY", `stage ${name} is not in the policy, which has ${known.join(", ")}`)), ...told ? [remark("STAGES_NOT_ASKED", `the verdict is not about ${others.join(", ")}: that was not asked`)] : []];
}
/** Inside a SIF nothing may be broken: a layer that does not verify was altered, a foreign one was copied in. */
function alterationReasons(image) {
	const broken = [...image.layers.map(({ fact }) => fact), ...image.evidence].filter(({ place }) => place.in === "sif").filter(({ signature }) => signature === "invalid" || signature === "unreadable").map(({ place, signature, reasons }) => {
		const why = reasons.find(isProblem)?.message;
		return reason("LAYER_ALTERED", `${whereOf(place)} is ${signature}${why === void 0 ? "" : `: ${why}`}`);
	});
	const foreign = image.layers.filter(({ trusted, fact }) => trusted && fact.contradicted && fact.place.in === "sif").map(otherContent);
	return [...broken, ...foreign];
}
/** Says which approvals are last, because nothing shows that a later one was removed. */
function chainEnd({ image, claims, policy, options }) {
	const chosen = policy ? new Set(chosenStages(policy, options).map(({ name }) => name)) : void 0;
	const approvals = [...claims].flatMap(([stage, mine]) => chosen && !chosen.has(stage) ? [] : mine.filter(({ counts }) => counts)).flatMap(({ layer }) => asApproval(layer) ?? []).filter((view) => coversAll(view, image));
	const highest = Math.max(0, ...approvals.map(({ approval }) => approval.sequence));
	return approvals.filter(({ approval }) => approval.sequence === highest).map(({ approval, fact, where }) => remark("CHAIN_ENDS_AT", `chain ends at stage ${approval.stage}, approval ${approval.sequence} (${where}, ${shortDigest(fact.digest)})`));
}
/** The verdict document about several images; without any image it fails. */
function combineVerdict(images, options) {
	const { now, asOf, policy, without } = options;
	const passed = images.length > 0 && images.every(({ verdict }) => verdict === "passed");
	const [end] = images.flatMap(({ endsAt }) => endsAt === void 0 ? [] : [new Date(endsAt)]).toSorted((a, b) => a.getTime() - b.getTime());
	const refused = images.length === 0 || images.some(({ outcome }) => outcome === "failed");
	return {
		schema: VERDICT_SCHEMA,
		verdict: passed ? "passed" : "failed",
		outcome: passed ? "passed" : refused ? "failed" : "error",
		now: Number.isNaN(now.getTime()) ? "invalid" : now.toISOString(),
		asOf,
		...without === void 0 ? {} : { without },
		policy: policy ? {
			name: policy.name,
			digest: policy.digest
		} : null,
		...passed ? endsAtOf(end) : {},
		images
	};
}
function endsAtOf(end) {
	return end ? { endsAt: end.toISOString() } : {};
}

// src/image/sif/copies.ts
/** The bundles that count: those in the lane, then those beside the image that are not there as well. */
function countedCopies(all, inLane) {
	return withoutCopies(all, inLane).map(asNobodys(all));
}
/** A signature that an altered copy may have. */
function isUnsigned(opened) {
	return !("problem" in opened) && (opened.check.status === "invalid" || opened.check.status === "unreadable");
}
/**
* A bundle that travels beside the image and is in its lane too counts once; an altered copy hides no intact one, nor does
* one without a timestamp hide one with.
*/
function withoutCopies(opened, inLane) {
	const known = /* @__PURE__ */ new Map();
	for (const bundle of opened.slice(0, inLane)) {
		const key = signatureKey(bundle);
		known.set(key, Math.min(stampOf(bundle), known.get(key) ?? Number.POSITIVE_INFINITY));
	}
	return opened.filter((bundle, index) => {
		const stamped = index < inLane || "problem" in bundle ? void 0 : known.get(signatureKey(bundle));
		return stamped === void 0 || stampOf(bundle) < stamped;
	});
}
/** When a bundle existed by its own timestamps; it may never have without any. */
function stampOf(opened) {
	return "problem" in opened ? Number.POSITIVE_INFINITY : opened.stampedAt?.getTime() ?? Number.POSITIVE_INFINITY;
}
/**
* A statement that is there with a good signature was not altered: another bundle that holds it, names a known key and is
* not signed by it, is a stranger's.
*/
function asNobodys(all) {
	const good = all.flatMap((one) => "problem" in one || one.check.status !== "valid" ? [] : [one.bundle.payloadDigest]);
	const intact = new Set(good);
	return (one) => "problem" in one || !isUnsigned(one) || !intact.has(one.bundle.payloadDigest) ? one : {
		...one,
		check: {
			...one.check,
			status: "unknown-signer",
			identity: null
		}
	};
}
function signatureKey(opened) {
	if ("problem" in opened) return "";
	return `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}`;
}

// src/image/sif/vouched-digests.ts
/** SHA-256 of each object's data as witnesses state it; objects without a witness, or with disputed ones, are left out. */
function claimedDigests(image, natives, opened) {
	const stated = /* @__PURE__ */ new Map();
	for (const { group, metadata } of [...nativeClaims(natives), ...approvalClaims(opened)]) {
		if (!groupsOf(image).includes(group) || !compareMetadata(metadata, image, group, void 0).complete) continue;
		const [lowest] = objectsInGroup(image, group);
		for (const { relativeId, objectDigest } of metadata.objects) {
			if (objectDigest.algorithm !== "sha256") continue;
			const id = (lowest?.id ?? 1) + relativeId;
			stated.set(id, (stated.get(id) ?? /* @__PURE__ */ new Set()).add(objectDigest.hex));
		}
	}
	const digests = /* @__PURE__ */ new Map();
	for (const [id, values] of stated) {
		const [hex] = values;
		if (values.size === 1 && hex !== void 0) digests.set(id, /* @__PURE__ */ new Map([["sha256", hex]]));
	}
	return digests;
}
function nativeClaims(natives) {
	return natives.flatMap(({ check, group, metadata }) => check.status === "valid" && group !== void 0 && metadata ? [{
		group,
		metadata
	}] : []);
}
function approvalClaims(opened) {
	return opened.flatMap((bundle) => {
		if ("problem" in bundle || bundle.check.status !== "valid" || !bundle.approval?.approval.dataVerified) return [];
		return bundle.approval.content.flatMap(({ group, metadata }) => {
			const parsed = tryParse(metadata);
			return parsed ? [{
				group,
				metadata: parsed
			}] : [];
		});
	});
}
function tryParse(metadata) {
	try {
		return parseMetadata(utf8(metadata));
	} catch {
		return;
	}
}

// src/image/sif/examine.ts
/**
* Reads, checks and compares everything on a SIF.
* @throws SifError when the file cannot be read as a SIF at all; SignatureError SIGNATURE_EFFORT_TOO_LARGE
*/
function examineSif(image, options) {
	return withinEffort(async () => {
		const { verifier, besideCrls = [] } = options;
		const examined = await examine(image, besideCrls.length > 0 || image.objects.some(({ name }) => name.startsWith("countersign-crl/")) ? {
			...options,
			verifier: verifier.withCrls(await carriedCrls(image, besideCrls))
		} : options);
		if (!image.objects.some(({ dataType }) => dataType === DATA_TYPE.ociRootIndex)) return examined;
		const { withOciSif } = await import("./oci-sif.mjs");
		const { facts, verifier: used } = examined;
		return {
			...examined,
			facts: await withOciSif(facts, examined, {
				verifier: used,
				now: options.now
			})
		};
	});
}
async function examine(image, options) {
	const objects = await readSignatureObjects(image);
	const foundNatives = [...objects.natives, ...notInside(options.besideNatives ?? [], objects.natives)];
	const dataRead = options.data !== "claimed";
	const hashing = dataRead ? hashGroups(image, foundNatives, options) : void 0;
	hashing?.catch(() => void 0);
	const all = await openBundles([...objects.lane.map(foundInLane), ...options.beside ?? []], options);
	const natives = await checkNatives(foundNatives, all, options);
	const digests = await hashing ?? claimedDigests(image, natives, all);
	const groups = groupContents(image, digests);
	const view = viewOf({
		image,
		groups,
		digests,
		aliases: options.aliases ?? []
	});
	const bundles = (all.length > objects.lane.length || all.some((one) => "problem" in one || one.check.status !== "valid") ? countedCopies(all, objects.lane.length) : all).map((bundle, index) => withLaneDefect(placeBundle(bundle, view), objects.lane[index])).filter(({ is, opened: read }) => is === "evidence" || !read?.found.evidenceOnly);
	return {
		image,
		facts: {
			name: options.name,
			kind: "sif",
			contentDigests: groups.map(({ digest }) => digest),
			units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map(unitOf)),
			layers: [...nativeLayers(natives, {
				image,
				digests,
				bundles
			}), ...bundles.flatMap((bundle) => bundle.is === "layer" ? [bundle.fact] : [])],
			evidence: bundles.flatMap((bundle) => bundle.is === "evidence" ? [bundle.fact] : []),
			hasId: /[1-9a-f]/.test(image.header.id),
			dataRead,
			problems: [...imageProblems(image), ...objects.strays.size > 0 ? strayRemarks(objects.strays, bundles) : []]
		},
		digests,
		groups,
		natives,
		objects,
		bundles,
		view,
		verifier: options.verifier,
		subjects: groups.map(({ digest }) => ({
			name: SIF_SUBJECT,
			digest: { sha256: digestHex(digest) }
		})),
		content: groups.map(({ group, metadata }) => ({
			group,
			metadata: decodeUtf8(metadata, "sif-metadata")
		})),
		freeSlots: image.freeSlots
	};
}
const ENCRYPTED = /* @__PURE__ */ new Set([FILE_SYSTEM.encryptedSquashfs, FILE_SYSTEM.gocryptfsSquashfs]);
const USES = /* @__PURE__ */ new Map([[PARTITION_TYPE.overlay, "overlay"], [PARTITION_TYPE.data, "data"]]);
function unitOf({ id, group, partition }) {
	const unit = {
		id: `object ${id}`,
		group
	};
	if (!partition) return unit;
	const { fs, type } = partition;
	const use = USES.get(type);
	return {
		...unit,
		encrypted: ENCRYPTED.has(fs),
		writable: fs === FILE_SYSTEM.ext3,
		...use ? { use } : {}
	};
}
function foundInLane({ object, data }) {
	return {
		place: {
			in: "sif",
			object: object.id
		},
		bytes: data
	};
}
/** Native signatures that the image does not hold itself. */
function notInside(beside, inside) {
	const known = new Set(inside.map(({ data }) => sha256(data)));
	return beside.filter(({ data }) => !known.has(sha256(data)));
}
/** Hashes every grouped object once, with SHA-256 and whatever else the signed messages use. */
async function hashGroups(image, natives, { onBytes, hash = hashObjects }) {
	const algorithms = /* @__PURE__ */ new Set(["sha256", ...natives.flatMap(algorithmsNamed)]);
	return hash(image, groupsOf(image).flatMap((group) => objectsInGroup(image, group)), {
		algorithms,
		...onBytes ? { onBytes } : {}
	});
}
/** Groups whose data digests are known; all of them when the data was read. */
function groupContents(image, digests) {
	return groupsOf(image).filter((group) => objectsInGroup(image, group).every(({ id }) => digests.has(id))).map((group) => {
		const metadata = encodeMetadata(image, group, digests);
		return {
			group,
			objects: objectsInGroup(image, group),
			metadata,
			digest: sha256(metadata)
		};
	});
}
/** How statements are compared with this image. */
function viewOf({ image, groups, digests, aliases }) {
	return {
		kind: "sif",
		digests: groups.map(({ digest }) => digest),
		aliases,
		units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map((object) => unitOf(object).id)),
		known: groups.length === groupsOf(image).length,
		unitsOf: (digest, numbers) => groups.filter((group) => group.digest === digest && (numbers?.has(group.group) ?? true)).flatMap((group) => group.objects.map((object) => unitOf(object).id)),
		explain: (content) => firstOf(content.flatMap((approved) => explain(approved, image, digests)))
	};
}
function explain(approved, image, digests) {
	if (!groupsOf(image).includes(approved.group)) return [{
		code: "SIF_GROUP_MISSING",
		message: `group ${approved.group} was approved and is not in the image`,
		hint: "restore the image from a copy, or have the stages approve the new content"
	}];
	const { reasons } = compareMetadata(parseMetadata(utf8(approved.metadata)), image, approved.group, digests);
	return differences(reasons);
}
/** What is wrong with the image whatever is signed, and remarks on what is odd. */
function imageProblems(image) {
	const problems = [];
	const add = (code, message, hint) => problems.push({
		code,
		message,
		hint
	});
	if (groupsOf(image).length === 0) add("SIF_NO_GROUPS", "the image has no group of objects, so there is nothing to approve", "build the image again");
	for (const object of uncoverableObjects(image)) add("SIF_OBJECT_UNGROUPED", `object ${object.id} belongs to no group, so no signature can cover it; Apptainer refuses the image`, `delete it (\`siftool del ${object.id} IMAGE\`) or add it to a group before signing`);
	for (const object of image.objects) if (object.used !== 1) add("SIF_DESCRIPTOR_ALTERED", `object ${object.id}: its used byte is ${object.used}, which no writer writes`, "restore the image from a copy");
	for (const { id, slot, name } of image.hidden) problems.push({
		code: "SIF_OBJECT_HIDDEN",
		message: `object ${id} in slot ${slot}${name === "" ? "" : ` (${JSON.stringify(name)})`} is marked unused and its descriptor is still there: a change was interrupted, or somebody hid it`,
		hint: "nothing, if all stages pass; else restore the image from a copy",
		severity: "remark"
	});
	if (image.objects.length > 0 && image.header.descriptorsFree === image.header.descriptorsTotal) add("SIF_HEADER_ALTERED", "the global header says that the image is empty", "restore the image from a copy");
	return problems;
}
/** Native signatures that approvals name and that nobody reads, because their link was changed. */
function strayRemarks(strays, bundles) {
	return bundles.flatMap(({ is, fact }) => is === "layer" ? fact.approval?.native ?? [] : []).flatMap(({ digest }) => {
		const object = strays.get(digest);
		if (!object) return [];
		return [{
			code: "SIF_DESCRIPTOR_ALTERED",
			message: `object ${object.id} is the native signature that an approval names, and its link to the group was changed`,
			hint: "restore the image from a copy, or have this signer sign again",
			severity: "remark"
		}];
	});
}

// src/image/verify.ts
/** Criteria; the material of the command line is added to the policy's. */
async function createCriteria(options) {
	const { policy, stages, now } = options;
	return {
		policy,
		verifier: await createVerifier(mergeTrust([policy?.trust, options.material])),
		requiredStages: options.requiredStages ?? [],
		...stages ? { stages } : {},
		now
	};
}
/** All of several trust materials as one. */
function mergeTrust(parts) {
	const given = parts.filter((part) => part !== void 0);
	const revocation = given.map((part) => part.revocation).findLast((mode) => mode !== void 0);
	return {
		keyrings: given.flatMap((part) => part.keyrings),
		keys: given.flatMap((part) => part.keys),
		anchors: given.flatMap((part) => part.anchors),
		intermediates: given.flatMap((part) => part.intermediates),
		certificates: given.flatMap((part) => part.certificates),
		crls: given.flatMap((part) => part.crls ?? []),
		...revocation ? { revocation } : {},
		timestamps: given.flatMap((part) => part.timestamps),
		denied: given.flatMap((part) => part.denied ?? []),
		sigstore: given.flatMap((part) => part.sigstore),
		origins: new Map(given.flatMap((part) => [...part.origins ?? []]))
	};
}
/**
* The verdict about a SIF file, its data read once.
* @throws SifError when it is no readable SIF, SIF_REPLACED or SIF_CHANGED when the path did not keep what was read;
* SystemError when the file cannot be read
*/
async function verifySifFile(path, criteria, options = {}) {
	await using source = await openFileSource(path);
	return await verifyOpened(await openSif(source), criteria, {
		name: path,
		...options
	});
}
async function verifyOpened(image, criteria, options) {
	const { stages, ...rest } = options;
	const examination = await examineSif(image, {
		...rest,
		verifier: criteria.verifier,
		now: criteria.now
	});
	const verdict = judgeImage(examination, criteria, stages);
	await image.source.assertStill?.();
	return {
		verdict,
		examination
	};
}
/** The verdict about what an examination found; about `stages`, else about those that the criteria ask about. */
function judgeImage(examination, criteria, stages) {
	return evaluatePolicy(criteria.policy?.policy, examination.facts, {
		now: criteria.now,
		requiredStages: criteria.requiredStages,
		...stages ? { stages } : criteria.stages ? {
			stages: criteria.stages,
			nameOthers: true
		} : {}
	});
}
/** The examination with every layer judged by the earliest time that is proven for it. */
function settle(examined, { policy, now }) {
	const facts = settledFacts(policy?.policy, examined.facts, now);
	const settled = new Map(examined.facts.layers.map((layer, index) => [layer, facts.layers[index]]));
	const bundles = examined.bundles.map((bundle) => bundle.is === "layer" ? {
		...bundle,
		fact: settled.get(bundle.fact) ?? bundle.fact
	} : bundle);
	return {
		...examined,
		facts,
		bundles
	};
}
/** Why a stage of the policy may not be approved for lack of evidence; empty when it may. */
function evidenceLacking({ policy, now }, facts, name) {
	const stage = policy?.policy.stages.find((one) => one.name === name);
	if (!policy || !stage) return [];
	const image = viewImage(policy.policy, settledFacts(policy.policy, facts, now), now);
	return stage.requires.map((one) => checkRequirement(one, {
		policy: policy.policy,
		stage,
		image
	})).flatMap(({ met, reasons }) => met ? [] : reasons);
}

export { settle as a, combineVerdict as c, endsOf as d, mergeTrust as i, evaluatePolicy as l, evidenceLacking as n, verifySifFile as o, judgeImage as r, examineSif as s, createCriteria as t, settledFacts as u };