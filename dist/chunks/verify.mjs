import { o as shortDigest } from "./digest.mjs";
import { i as remark, n as isProblem, r as reason } from "./reasons.mjs";
import { a as matchCandidates, i as fillStages, n as describeIdentityRule, o as matchesPattern, r as matchesIdentity } from "./signed-identity.mjs";
import { n as toSecond } from "./time.mjs";
import { c as openSif, i as openFileSource } from "./source.mjs";
import { t as createVerifier } from "./verifier.mjs";
import { n as examineSif } from "./sif-facts.mjs";

// src/policy/identity.ts
/**
* Names of all principals that the identity belongs to, in the policy's order. Ask only for a signature whose status is
* `valid`: before that an identity is a claim.
*/
function matchPrincipals(policy, identity) {
	return policy.principals.filter((principal) => principal.credentials.some((credential) => matchesCredential(credential, identity))).map(({ name }) => name);
}
/**
* True when the identity proves the credential. A fingerprint is compared whole and with the primary key only; a
* certificate never satisfies a `key` credential, because its key may outlive the CA's consent.
*/
function matchesCredential(credential, identity) {
	switch (credential.method) {
		case "pgp": return identity.method === "pgp" && identity.fingerprint === credential.fingerprint;
		case "key": return identity.method === "key" && identity.hint === credential.hint;
		case "x509": return identity.method === "x509" && matchesCertificate(credential, identity);
		default: return credential;
	}
}
function matchesCertificate(credential, identity) {
	const { anchors, san, subject, issuer } = credential;
	if (!anchors.some((anchor) => identity.anchors.includes(anchor))) return false;
	if (san.length === 0 && subject.length === 0) return false;
	return matchesField(san, identity.san, "san") && matchesField(subject, [identity.subject], "subject") && matchesField(issuer, [identity.issuer], "issuer");
}
/** A field that the policy leaves out does not restrict. */
function matchesField(patterns, values, kind) {
	return patterns.length === 0 || patterns.some((pattern) => values.some((value) => matchesPattern(pattern, value, kind)));
}
/**
* Names under which a signer is known from one signature to the next. Two signers that share one are taken for the same
* person: a renewed certificate has another key and the same names, a key may be used with and without its certificate.
*/
function signerNames(identity) {
	switch (identity.method) {
		case "pgp": return [`pgp ${identity.fingerprint}`];
		case "key": return [`key ${identity.hint}`];
		case "x509": return [`key ${identity.hint}`, `name ${JSON.stringify([identity.subject, [...identity.san].sort()])}`];
		default: return identity;
	}
}
/** An identity for people, in a few words. */
function describeIdentity(identity) {
	if (identity === null) return "somebody unknown";
	switch (identity.method) {
		case "pgp": return `OpenPGP key ${identity.fingerprint}`;
		case "key": return `${identity.algorithm} key ${identity.hint}`;
		case "x509": return `certificate of ${identity.san[0] ?? identity.subject}`;
		default: return identity;
	}
}

// src/policy/view.ts
/** The image as evaluation sees it. */
function viewImage(policy, facts, now) {
	const ordered = [...facts.layers].sort((a, b) => compareText(layerKey(a), layerKey(b)));
	const signers = groupSigners(ordered);
	return {
		facts,
		layers: ordered.map((fact) => {
			const valid = fact.signature === "valid" && fact.kind !== "native-legacy" && fact.signer !== null;
			const principals = valid && policy && fact.signer ? matchPrincipals(policy, fact.signer) : [];
			return {
				fact,
				where: whereOf(fact.place),
				principals,
				trusted: valid && (policy === void 0 || principals.length > 0),
				signer: signers.get(fact) ?? ""
			};
		}),
		evidence: [...facts.evidence].sort((a, b) => compareText(evidenceKey(a), evidenceKey(b))),
		now
	};
}
/** The approval of a layer, undefined for native and plain signatures. */
function asApproval(view) {
	const { approval, kind } = view.fact;
	return approval && kind === "bundle" ? {
		...view,
		approval
	} : void 0;
}
/** True when the layer is about everything in this image and about nothing else. */
function coversAll(view, image) {
	const covered = new Set(view.fact.covers);
	const { units } = image.facts;
	return units.length > 0 && !view.fact.contradicted && units.every(({ id }) => covered.has(id));
}
/** `object 5` in a SIF, the name in a registry. */
function whereOf(place) {
	return place.in === "sif" ? `object ${place.object}` : place.name;
}
/** A layer in a sentence: where it is and who made it. */
function nameLayer(view) {
	return `${view.where} (${view.principals.join(", ") || describeIdentity(view.fact.signer)})`;
}
/** An approval in a sentence. */
function nameApproval({ approval, fact, where }) {
	return `the approval of stage ${approval.stage} at ${where} (${shortDigest(fact.digest)})`;
}
/** Code unit order, the same on every machine. */
function compareText(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
function layerKey({ place, digest, kind, signer }) {
	const who = signer ? signerNames(signer).join(" ") : "";
	return `${placeKey(place)} ${kind} ${digest} ${who}`;
}
function evidenceKey({ place, digest, signature }) {
	return `${placeKey(place)} ${digest} ${signature}`;
}
function placeKey(place) {
	return place.in === "sif" ? `0 ${String(place.object).padStart(12, "0")}` : `1 ${place.name}`;
}
/** One name per signer: layers that share any name belong to the same one. */
function groupSigners(layers) {
	const parent = /* @__PURE__ */ new Map();
	const find = (name) => {
		let root = name;
		for (let up = parent.get(root); up !== void 0 && up !== root; up = parent.get(root)) root = up;
		return root;
	};
	const valid = layers.filter(({ signature }) => signature === "valid");
	for (const { signer } of valid) {
		const roots = (signer ? signerNames(signer) : []).map(find).sort();
		for (const root of roots) parent.set(root, roots[0] ?? root);
	}
	return new Map(valid.map((fact) => [fact, find(fact.signer && signerNames(fact.signer)[0] || "")]));
}

// src/policy/chain.ts
/** Checks all trusted approvals of this content, in a fixed order. */
function checkChain(image, policy) {
	const byDigest = /* @__PURE__ */ new Map();
	for (const layer of image.layers) byDigest.set(layer.fact.digest, [...byDigest.get(layer.fact.digest) ?? [], layer]);
	return image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((approval) => approval.trusted && coversAll(approval, image)).flatMap((approval) => [
		...checkRoster(approval, byDigest, approval.approval.policy.digest === (policy?.digest ?? "")),
		...checkEvidence(approval, image),
		...approval.approval.native.flatMap((entry) => checkNative(approval, entry, image)),
		...checkNativeCoverage(approval, image)
	]);
}
/**
* A statement can be signed again by anybody without changing its digest. Whoever approved under this very policy saw
* valid signatures only, so every layer listed must still have one; under another policy some may be of signers whom
* this verifier does not know.
*/
function checkRoster(view, byDigest, samePolicy) {
	const { approval } = view;
	const gone = approval.roster.flatMap((entry) => goneFinding(view, entry, byDigest.get(entry.digest) ?? [], samePolicy));
	if (gone.length > 0) return gone;
	const problem = approval.roster.map((entry) => entryProblem(entry, byDigest.get(entry.digest) ?? [])).find((text) => text) ?? sequenceProblem(view, byDigest);
	if (problem === void 0) return [];
	return [{
		approval: view,
		stage: approval.stage,
		reason: reason("CHAIN_INCONSISTENT", `${nameApproval(view)} is inconsistent: ${problem}`)
	}];
}
function goneFinding(view, { stage, digest }, copies, samePolicy) {
	const holds = ({ fact: { signature } }) => signature === "valid" || !samePolicy && (signature === "unknown-signer" || signature === "untrusted");
	if (copies.some(holds)) return [];
	const what = `${stage === null ? "a native signature" : `an approval of stage ${stage}`} (${shortDigest(digest)})`;
	const [copy] = copies;
	const found = copy ? reason("LAYER_NOT_VALID", `${what} no longer holds (${copy.where} is ${copy.fact.signature}): ${nameApproval(view)} lists it`) : reason("LAYER_REMOVED", `${what} was removed: ${nameApproval(view)} lists it`);
	return [{
		approval: view,
		stage: stage ?? view.approval.stage,
		reason: found
	}];
}
/** A digest fixes the statement, so a listed approval cannot be for another stage than the roster says. */
function entryProblem({ stage, digest }, layers) {
	const stages = layers.map(({ fact }) => fact.kind.startsWith("native-") ? null : fact.approval?.stage);
	if (stages.includes(stage) || stages.includes(void 0)) return void 0;
	return `it lists ${shortDigest(digest)} as ${stage === null ? "a native signature" : `stage ${stage}`}, which it is not`;
}
function sequenceProblem({ approval, fact }, byDigest) {
	const { roster, sequence, previous } = approval;
	if (new Set(roster.map(({ digest }) => digest)).size < roster.length) return "it lists a layer twice";
	if (roster.some(({ digest }) => digest === fact.digest)) return "it lists itself";
	const ranked = roster.map(({ digest }) => ({
		digest,
		sequence: Math.max(0, ...(byDigest.get(digest) ?? []).map((layer) => layer.fact.approval?.sequence ?? 0))
	}));
	const highest = Math.max(0, ...ranked.map((entry) => entry.sequence));
	if (sequence !== highest + 1) return `its number is ${sequence} where ${highest + 1} follows from what it lists`;
	const last = ranked.filter((entry) => entry.sequence === highest).map(({ digest }) => digest);
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
	const other = natives.filter(({ fact }) => !isNamed(fact.digest, image)).find(({ fact }) => claimsSigner(fact.signer, view.fact.signer));
	if (other) return finding(reason("NATIVE_SIGNATURE_ALTERED", `${what} is gone; ${other.where} is of the same signer and has other bytes`));
	return finding(reason("NATIVE_SIGNATURE_MISSING", `${what} was removed`));
}
/** True when some approval names the native signature as its own: then it is not an altered form of another one. */
function isNamed(digest, { layers }) {
	return layers.some(({ fact }) => fact.approval?.native.some((entry) => entry.digest === digest));
}
function isSound(native, view) {
	const { signature, contradicted, covers } = native.fact;
	return signature === "valid" && native.signer === view.signer && !contradicted && covers.length > 0;
}
function claimsSigner(claimed, signer) {
	if (claimed?.method === "pgp" && signer?.method === "pgp") return claimed.fingerprint === signer.fingerprint;
	if (claimed === null || signer === null || claimed.method === "pgp" || signer.method === "pgp") return false;
	return claimed.hint === signer.hint;
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

// src/policy/claims.ts
/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 3e5;
/** Judges every layer for every stage. */
function claimsOf(policy, image, chain) {
	const context = {
		policy,
		image,
		chain,
		earlier: /* @__PURE__ */ new Map()
	};
	for (const stage of policy.stages) context.earlier.set(stage.name, image.layers.flatMap((layer) => claimOf(layer, stage, context) ?? []));
	return context.earlier;
}
/** Who fills the stage as far as these claims go: each pair once, in the order of the approvers. */
function candidatesOf(stage, claims) {
	const counting = claims.filter(({ counts }) => counts);
	return stage.approvers.flatMap((principal) => {
		const signers = counting.filter(({ layer }) => layer.principals.includes(principal)).map(({ layer }) => layer.signer);
		return [...new Set(signers)].sort(compareText).map((signer) => ({
			signer,
			principal
		}));
	});
}
/** Reasons that do not depend on a stage's rules: content, time, chain. Shared with evaluation without a policy. */
function intrinsicReasons(view, image, chain) {
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
	return nativeClaim(layer, stage, context.image);
}
function approvalClaim(view, stage, context) {
	const outsider = outsiderRemark(view, stage);
	if (outsider) return {
		layer: view,
		reasons: [outsider],
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
		...approverReasons(view, stage),
		...verifierReasons(view, stage),
		...intrinsicReasons(view, context.image, context.chain),
		...orderReasons(view, stage, context),
		...policyRemarks(view, context.policy)
	];
	return {
		layer: view,
		reasons,
		counts: view.trusted && !reasons.some(isProblem),
		outsider: false
	};
}
function outsiderRemark(view, stage) {
	const { signature, signer } = view.fact;
	const who = `${view.where}: ${describeIdentity(signer)}`;
	const claims = `${who} claims stage ${stage.name} and is not trusted`;
	if (signature === "unknown-signer") return remark("STAGE_APPROVED_BY_OUTSIDER", claims);
	if (signature === "untrusted") {
		const why = view.fact.reasons.find(isProblem)?.message;
		return remark("STAGE_APPROVED_BY_OUTSIDER", why === void 0 ? claims : `${claims}: ${why}`);
	}
	if (signature === "valid" && view.principals.length === 0) return remark("SIGNER_NOT_A_PRINCIPAL", `${who} approved stage ${stage.name} and is no principal of the policy`);
}
function approverReasons(view, stage) {
	if (view.principals.some((principal) => stage.approvers.includes(principal))) return [];
	const names = `${view.principals.join(", ")} signed, approvers are ${stage.approvers.join(", ")}`;
	return [reason("APPROVER_NOT_LISTED", `${view.where}: stage ${stage.name} needs another signer: ${names}`)];
}
function verifierReasons({ approval, where }, stage) {
	if (approval.verifierId === stage.id) return [];
	const message = `${where}: its verifier is ${approval.verifierId}, stage ${stage.name} has ${stage.id}`;
	return [reason("APPROVAL_OTHER_VERIFIER", message)];
}
/** What is wrong with a layer that names content which the image does not have. */
function otherContent(view) {
	const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
	return reason("APPROVAL_OTHER_CONTENT", message);
}
function subjectOf({ fact }) {
	return fact.approval ? `the approval of stage ${fact.approval.stage}` : "the signature";
}
function contentReasons(view, image) {
	if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
	if (coversAll(view, image)) return [];
	const covered = new Set(view.fact.covers);
	const gaps = image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id));
	return [reason("LAYER_PARTIAL", `${nameLayer(view)}: ${subjectOf(view)} leaves out ${gaps.slice(0, 5).join(", ") || "everything"}`)];
}
function timeReasons(view, now) {
	const { expires, timeVerified } = view.approval;
	const reasons = [];
	if (expires !== null && !(Date.parse(expires) > now.getTime())) reasons.push(reason("APPROVAL_EXPIRED", `${nameLayer(view)}: the approval expired at ${toSecond(expires)}`));
	if (!(Date.parse(timeVerified) <= now.getTime() + CLOCK_SKEW_MS)) reasons.push(reason("APPROVAL_FROM_FUTURE", `${nameLayer(view)}: the approval is dated ${toSecond(timeVerified)}`));
	return reasons;
}
function policyRemarks({ approval, where }, policy) {
	if (approval.policy.digest === policy.digest) return [];
	const given = approval.policy.digest === null ? "no policy" : `policy ${approval.policy.name} (${approval.policy.digest})`;
	return [remark("APPROVAL_OTHER_POLICY", `${where}: given under ${given}`)];
}
function orderReasons(view, stage, context) {
	return stage.after.flatMap((name) => orderReason(view, name, context) ?? []);
}
/** The roster must hold enough counting layers of the earlier stage to have met its threshold. */
function orderReason(view, name, context) {
	const before = context.policy.stages.find((stage) => stage.name === name);
	if (!before) return reason("APPROVAL_OUT_OF_ORDER", `${nameLayer(view)}: stage ${name} is unknown`);
	const { roster } = view.approval;
	const seen = (context.earlier.get(name) ?? []).filter(({ layer }) => roster.some(({ digest }) => digest === layer.fact.digest));
	const approved = matchCandidates(candidatesOf(before, seen)).length;
	if (approved >= before.threshold) return void 0;
	const count = `${approved} of ${before.threshold}`;
	const message = roster.some((entry) => entry.stage === name) || seen.length > 0 ? `${nameLayer(view)}: it rests on approvals of stage ${name} that do not count (${count} needed do)` : `${nameLayer(view)}: it was given before stage ${name} was approved (it had seen ${count} needed)`;
	return reason("APPROVAL_OUT_OF_ORDER", message);
}
/** A signature that names no stage: it counts for every stage that accepts its format from this signer. */
function nativeClaim(layer, stage, image) {
	const format = nativeFormat(layer);
	if (!format || !layer.trusted || !layer.principals.some((name) => stage.approvers.includes(name))) return void 0;
	const owner = claimantOf(layer, image);
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
	const reasons = [...contentReasons(takenTogether(layer, stage, image), image), ...layer.fact.reasons];
	if (stage.after.length > 0) reasons.push(remark("NATIVE_ORDER_UNPROVEN", `${nameLayer(layer)}: it does not show that ${stage.after.join(", ")} came first`));
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
	const made = signedReference === void 0 ? "it names no reference" : `it is for ${quoted(signedReference)}`;
	const place = asked === void 0 ? "the image is in no registry" : `the image is ${asked}`;
	const message = `${nameLayer(layer)}: ${made}, ${place}, and stage ${name} asks for ${describeIdentityRule(signedIdentity)}`;
	return remark("NATIVE_OTHER_IDENTITY", message);
}
function quoted(text) {
	return JSON.stringify(text.slice(0, 200));
}
function nativeFormat({ fact }) {
	if (fact.kind === "native-pgp") return "pgp";
	if (fact.kind === "cosign") return "cosign";
	return fact.kind === "native-dsse" ? "dsse" : void 0;
}
/** cosign signs each manifest of a multi-platform image by itself: what one signer signed so is looked at as a whole. */
function takenTogether(layer, stage, image) {
	if (layer.fact.kind !== "cosign" || layer.fact.contradicted) return layer;
	const { statedStage } = layer.fact;
	const same = image.layers.filter((other) => other.fact.kind === "cosign" && other.trusted && !other.fact.contradicted && other.signer === layer.signer && other.fact.statedStage === statedStage && !identityRemark(other, stage, image));
	return {
		...layer,
		fact: {
			...layer.fact,
			covers: same.flatMap(({ fact }) => fact.covers)
		}
	};
}
/** Approvals in a registry are accompanied by a cosign signature of the same signer, for readers that know no other. */
function isBesideApproval({ fact, signer }, image) {
	if (fact.kind !== "cosign") return false;
	return image.layers.some((other) => asApproval(other) !== void 0 && other.fact.signature === "valid" && other.signer === signer);
}
/**
* The approval of the same signer that this signature belongs to: that names a native signature as its other half, or
* whose stage the payload of a plain cosign signature names.
*/
function claimantOf(layer, image) {
	const { kind, digest, statedStage } = layer.fact;
	return image.layers.flatMap((other) => asApproval(other) ?? []).find(({ fact, signer, approval }) => fact.signature === "valid" && signer === layer.signer && (kind === "cosign" ? approval.stage === statedStage : approval.native.some((entry) => entry.digest === digest)));
}

// src/policy/layer-report.ts
/** The layer as the verdict shows it; `claims` are all claims of all stages. */
function reportLayer(layer, image, context) {
	const { fact, where } = layer;
	const mine = context.claims.filter((claim) => claim.layer.fact === fact);
	const chained = context.chain.filter(({ approval }) => approval.fact === fact).map((finding) => finding.reason);
	const outside = context.policy && fact.signature === "valid" && layer.principals.length === 0 ? [outsider(layer)] : [];
	return {
		where,
		kind: fact.kind,
		stage: fact.approval?.stage ?? claimantOf(layer, image)?.approval.stage ?? null,
		method: fact.method,
		digest: fact.digest,
		signer: fact.signer && reportSigner(fact.signer, layer.principals),
		signedAt: fact.approval?.timeVerified ?? fact.signedAt,
		status: statusOf(layer, context.policy),
		dataVerified: asApproval(layer)?.approval.dataVerified ?? null,
		reasons: uniqueReasons([
			...fact.reasons,
			...fact.contradicted ? [otherContent(layer)] : [],
			...mine.flatMap((claim) => claim.reasons),
			...chained,
			...mine.length === 0 ? [...outside, ...unknownStage(layer, context.policy)] : []
		])
	};
}
/**
* What the signature is worth here: sound mathematics over other content is invalid for this image, and a sound
* signature by nobody whom the policy knows is untrusted.
*/
function statusOf({ fact, principals }, policy) {
	if (fact.signature !== "valid") return fact.signature;
	if (fact.contradicted) return "invalid";
	return policy && principals.length === 0 ? "untrusted" : "valid";
}
function outsider({ fact, where }) {
	return remark("SIGNER_NOT_A_PRINCIPAL", `${where}: ${describeIdentity(fact.signer)} is no principal of the policy`);
}
function unknownStage({ fact, where, trusted }, policy) {
	const stage = fact.approval?.stage;
	if (!policy || !trusted || stage === void 0 || policy.stages.some(({ name }) => name === stage)) return [];
	return [remark("APPROVAL_STAGE_UNKNOWN", `${where}: stage ${stage} is not in the policy`)];
}
/** The evidence as the verdict shows it. */
function reportEvidence(fact, policy) {
	const principals = fact.signature === "valid" && fact.signer && policy ? matchPrincipals(policy, fact.signer) : [];
	const where = whereOf(fact.place);
	const foreign = fact.contradicted ? [remark("APPROVAL_OTHER_CONTENT", `${where}: it is about other content`)] : [];
	return {
		where,
		predicateType: fact.predicateType,
		digest: fact.digest,
		signer: fact.signer && reportSigner(fact.signer, principals),
		status: fact.signature,
		reasons: uniqueReasons([...fact.reasons, ...foreign])
	};
}
/** For every unit of the image, whether a valid signature of somebody trusted covers it. */
function reportCoverage(image) {
	const sound = image.layers.filter(({ trusted, fact }) => trusted && !fact.contradicted);
	const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
	return image.facts.units.map(({ id }) => ({
		object: id,
		covered: covered.has(id)
	}));
}
/** Units that no sound signature covers together with the rest of their group: parts may come from several images. */
function unitsOfPartsOnly(image) {
	const whole = image.layers.filter(({ trusted, fact }) => trusted && !fact.contradicted && fact.reasons.every(({ code }) => code !== "NATIVE_PARTIAL"));
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
			const { method, hint, algorithm, subject, issuer, san, serial, notAfter, certificateSha256 } = identity;
			return {
				method,
				principal,
				hint,
				algorithm,
				subject,
				issuer,
				san,
				serial,
				notAfter,
				certificateSha256
			};
		}
		default: return identity;
	}
}

// src/policy/stage-report.ts
/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
function reportStages(policy, stages, findings) {
	const needs = stages.map((stage) => ({
		stage: stage.name,
		needed: stage.threshold,
		candidates: candidatesOf(stage, findings.claims.get(stage.name) ?? [])
	}));
	const fills = fillStages(needs, policy.distinct);
	return stages.map((stage, index) => {
		const claims = findings.claims.get(stage.name) ?? [];
		const losses = findings.chain.filter((finding) => finding.stage === stage.name).map((finding) => finding.reason);
		return reportStage(stage, fills[index], {
			claims,
			losses
		});
	});
}
function reportStage(stage, fill, { claims, losses }) {
	const passed = fill?.met === true && !losses.some(isProblem);
	const seen = claims.some(({ outsider }) => !outsider);
	const details = claims.flatMap(({ reasons }) => reasons);
	return {
		stage: stage.name,
		verdict: passed ? "passed" : seen ? "failed" : "missing",
		approvedBy: fill?.principals ?? [],
		needed: stage.threshold,
		reasons: passed ? uniqueReasons([...details, ...losses].map(asRemark)) : uniqueReasons([
			...summary(stage, fill, seen),
			...losses,
			...details
		])
	};
}
/** On a stage that passed, the reasons why further layers do not count are remarks. */
function asRemark(one) {
	return {
		...one,
		severity: "remark"
	};
}
function summary(stage, fill, seen) {
	if (fill?.met) return [];
	const reasons = [];
	if (!seen) reasons.push(reason("STAGE_MISSING", `stage ${stage.name} is not approved by anybody: ${approversOf(stage)}`));
	else {
		const who = `${stage.threshold} of ${stage.approvers.join(", ")} needed`;
		const counted = fill?.principals.length ? fill.principals.join(", ") : "nobody";
		const message = `stage ${stage.name} is approved by ${counted} in a way that counts: ${who}`;
		reasons.push(reason("STAGE_THRESHOLD_NOT_MET", message));
	}
	for (const { principal, stage: rival } of fill?.conflicts ?? []) reasons.push(reason("STAGE_NOT_DISTINCT", `${principal} cannot approve stage ${stage.name}: the same signer fills stage ${rival}`));
	if (fill?.undecided) reasons.push(reason("ASSIGNMENT_UNDECIDED", `stage ${stage.name}: too many ways to assign approvers to distinct stages`));
	return reasons;
}
function approversOf({ threshold, approvers }) {
	const others = approvers.slice(0, -1).join(", ");
	const last = approvers.at(-1) ?? "nobody";
	if (threshold > 1) return `${threshold} of ${others} and ${last} must approve it`;
	return `${others === "" ? last : `${others} or ${last}`} can approve it`;
}

// src/policy/verdict.ts
const VERDICT_SCHEMA = "countersign/verdict/v1";

// src/policy/without-policy.ts
/** Claims by stage, in chain order. */
function claimsWithoutPolicy(image, chain) {
	const approvals = image.layers.flatMap((layer) => asApproval(layer) ?? []).filter(({ trusted }) => trusted).sort(inChainOrder);
	const claims = /* @__PURE__ */ new Map();
	for (const view of approvals) {
		const reasons = intrinsicReasons(view, image, chain);
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
		const losses = chain.filter((finding) => finding.stage === stage).map((finding) => finding.reason);
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

// src/policy/evaluate.ts
/** The verdict about one image; never throws, never stops at the first finding. */
function evaluatePolicy(policy, facts, options) {
	const image = viewImage(policy, facts, options.now);
	const found = checkChain(image, policy);
	const claims = policy ? claimsOf(policy, image, found) : claimsWithoutPolicy(image, found);
	const chain = limitChain(found, policy, options);
	const coverage = reportCoverage(image);
	const stages = policy ? reportStages(policy, chosenStages(policy, options), {
		claims,
		chain
	}) : reportStagesFound(claims, chain, options.requiredStages ?? []);
	const reasons = imageReasons({
		policy,
		image,
		chain,
		claims,
		stages,
		coverage,
		options
	});
	const passed = !reasons.some(isProblem) && stages.every(({ verdict }) => verdict === "passed");
	const allClaims = [...claims.values()].flat();
	return {
		name: facts.name,
		kind: facts.kind,
		contentDigests: facts.contentDigests,
		verdict: passed ? "passed" : "failed",
		stages,
		layers: image.layers.map((layer) => reportLayer(layer, image, {
			policy,
			claims: allClaims,
			chain
		})),
		evidence: image.evidence.map((fact) => reportEvidence(fact, policy)),
		coverage,
		reasons
	};
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
		reason: {
			...finding.reason,
			severity: "remark"
		}
	});
}
function imageReasons(judgement) {
	const { image, chain, coverage, policy } = judgement;
	const { facts } = image;
	const reasons = [...facts.problems, ...requestReasons(judgement)];
	if (facts.units.length === 0) reasons.push(reason("IMAGE_EMPTY", `${facts.name} has nothing that could be signed`));
	if (facts.kind === "sif" || hasSifPlace(facts)) reasons.push(...alterationReasons(image));
	reasons.push(...chain.map((finding) => finding.reason));
	const gaps = coverage.filter(({ covered }) => !covered).map(({ object }) => object);
	if (!policy && gaps.length > 0) reasons.push(reason("COVERAGE_INCOMPLETE", `no valid signature of anybody trusted covers ${gaps.slice(0, 10).join(", ")}`));
	const loose = policy ? [] : unitsOfPartsOnly(image).filter((id) => !gaps.includes(id));
	if (loose.length > 0) reasons.push(reason("COVERAGE_INCOMPLETE", `only signatures of parts of a group cover ${loose.slice(0, 10).join(", ")}: they do not show that the parts belong together`));
	if (!facts.dataRead) reasons.push(remark("DATA_NOT_READ", "the data of the image was not read, only its digests were"));
	return uniqueReasons([...reasons, ...chainEnd(judgement)]);
}
/** Stages that the caller names must exist, else a misspelt name would pass unseen. */
function requestReasons({ policy, options }) {
	if (!policy) return [];
	const known = policy.stages.map(({ name }) => name);
	const asked = askedStages(options) ?? options.requiredStages ?? [];
	const others = known.filter((name) => options.stages !== void 0 && !asked.includes(name));
	const told = options.tellOthers === true && others.length > 0;
	return [...asked.filter((name) => !known.includes(name)).map((name) => reason("STAGE_NOT_IN_POLICY", `stage ${name} is not in the policy, which has ${known.join(", ")}`)), ...told ? [remark("STAGES_NOT_ASKED", `the verdict is not about ${others.join(", ")}: that was not asked`)] : []];
}
function hasSifPlace({ layers, evidence }) {
	return [...layers, ...evidence].some(({ place }) => place.in === "sif");
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
	const { now, asOf, policy } = options;
	const passed = images.length > 0 && images.every(({ verdict }) => verdict === "passed");
	return {
		schema: VERDICT_SCHEMA,
		verdict: passed ? "passed" : "failed",
		now: Number.isNaN(now.getTime()) ? "invalid" : now.toISOString(),
		asOf,
		policy: policy ? {
			name: policy.name,
			digest: policy.digest
		} : null,
		images
	};
}

// src/layers/verify.ts
/** A judge; the material of the command line is added to the policy's. */
async function createJudge(options) {
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
	return {
		keyrings: given.flatMap((part) => part.keyrings),
		keys: given.flatMap((part) => part.keys),
		anchors: given.flatMap((part) => part.anchors),
		intermediates: given.flatMap((part) => part.intermediates),
		certificates: given.flatMap((part) => part.certificates),
		origins: new Map(given.flatMap((part) => [...part.origins ?? []]))
	};
}
/**
* The verdict about a SIF file, its data read once.
* @throws SifError when it is no readable SIF; SystemError when the file cannot be read
*/
async function verifySifFile(path, judge, options = {}) {
	if (options.early) return await verifyOpened(options.early.image, judge, {
		name: path,
		...options
	});
	await using source = await openFileSource(path);
	return await verifyOpened(await openSif(source), judge, {
		name: path,
		...options
	});
}
async function verifyOpened(image, judge, options) {
	const { early, stages, ...rest } = options;
	const examination = await examineSif(image, {
		...rest,
		verifier: judge.verifier,
		now: judge.now,
		...early ? { hash: (...asked) => early.hash(...asked) } : {}
	});
	return {
		verdict: judgeFacts(examination, judge, stages),
		examination
	};
}
/** The verdict about what an examination found; about `stages`, else about those that the judge is asked about. */
function judgeFacts(examination, judge, stages) {
	return evaluatePolicy(judge.policy?.policy, examination.facts, {
		now: judge.now,
		requiredStages: judge.requiredStages,
		...stages ? { stages } : judge.stages ? {
			stages: judge.stages,
			tellOthers: true
		} : {}
	});
}

export { combineVerdict as a, verifySifFile as i, judgeFacts as n, mergeTrust as r, createJudge as t };