import { a as nameText, i as nameOfSigner, n as isSameSigner } from "./signature.mjs";
import { d as sha256 } from "./bytes.mjs";
import { i as compareText, p as toSecond } from "./text.mjs";
import { r as defaultVerifierId } from "./approval.mjs";
import { H as standingFacts, I as isPlain, O as arePartsOfOne, P as isGivenBySigner, U as viewImage, V as scopesOf, Y as withdrawalsIn, a as checkRequirement, t as glassIn } from "./glass.mjs";

// src/stage/approval.ts
/** The approval that follows from what was found on the image. */
function newApproval(facts, request, rest) {
	const { policy, native } = rest;
	const stage = policy?.policy.stages.find(({ name }) => name === request.stage);
	const relied = policy && stage && stage.requires.length > 0 ? reliedOn(policy, stage, {
		facts,
		now: request.now
	}) : void 0;
	const about = scopesOf(policy?.policy, facts.units)(request.stage);
	const earlier = (relied ?? facts.evidence.filter((one) => !one.record)).filter((one) => isEarlier(one, facts, {
		known: policy !== void 0,
		about
	}));
	const kept = facts.evidence.some((one) => one.withdrawal !== void 0 || one.breakGlass !== void 0) ? [...withdrawalsIn(policy?.policy, facts), ...glassIn(policy?.policy, facts)] : [];
	const evidence = [...earlier, ...kept].map(evidenceEntry).sort((a, b) => compareText(evidenceKey(a), evidenceKey(b)));
	return {
		stage: request.stage,
		signer: signerOf(rest.signer),
		verifierId: stage?.id ?? defaultVerifierId(request.stage),
		timeVerified: toSecond(request.now),
		resourceUri: request.resourceUri,
		policy: policy ? {
			name: policy.name,
			digest: policy.digest
		} : {
			name: "",
			digest: null
		},
		...order(facts, request, rest),
		replaces: dedupe(rest.replaces.flatMap(signedLayer), entryKey),
		evidence: dedupe(evidence, evidenceKey),
		dataVerified: facts.kind === "oci" || facts.dataRead,
		expires: request.expires ? toSecond(request.expires) : null,
		native,
		reason: request.reason ?? null,
		ticket: request.ticket ?? null,
		run: request.run ?? null
	};
}
/** Exactly the evidence by which the stage's requirements are met. */
function reliedOn({ policy }, stage, { facts, now }) {
	const image = viewImage(policy, facts, now);
	return stage.requires.flatMap((one) => checkRequirement(one, {
		policy,
		stage,
		image
	}).relied);
}
/** The earlier approvals, and the place of the new one after them. */
function order(facts, { stage, now }, { policy, without }) {
	const kinds = ["native-pgp", "native-dsse"];
	for (const kind of [
		"cosign",
		"notation",
		"simple-signing"
	]) if (policy?.policy.stages.some(({ native }) => native.includes(kind))) kinds.push(kind);
	const about = scopesOf(policy?.policy, facts.units);
	const plain = plainParts(facts, kinds, wholesOf(policy, facts));
	const standing = standingFacts(policy?.policy, facts, now).layers;
	const lapsed = facts.layers.filter(({ approval }, at) => approval && !approval.signer && standing[at]?.signature !== "valid");
	const seen = facts.layers.filter((layer) => ![...without, ...lapsed].includes(layer) && isOfConcern(layer, stage, {
		policy,
		about
	})).filter((layer) => plain.includes(layer) || isEarlier(layer, facts, {
		known: policy !== void 0,
		about: about(layer.approval?.stage)
	}));
	const approvals = seen.flatMap(({ approval, digest }) => approval ? [{
		approval,
		digest
	}] : []);
	const sequence = 1 + Math.max(0, ...approvals.map(({ approval }) => approval.sequence));
	const [previous = null] = approvals.filter(({ approval }) => approval.sequence === sequence - 1).map(({ digest }) => digest).sort();
	return {
		sequence,
		previous,
		roster: dedupe(seen.map((layer) => ({
			stage: layer.approval?.stage ?? null,
			digest: layer.digest,
			signer: listedSigner(layer)
		})).sort((a, b) => compareText(entryKey(a), entryKey(b))), entryKey)
	};
}
/**
* False for an approval of other parts of the image, such as an overlay, that the stage does not come after: listed, it could
* not be taken away or given anew without this one.
*/
function isOfConcern({ approval, covers }, stage, { policy, about }) {
	const mine = new Set(about(stage));
	if (!policy || covers.length === 0 || covers.some((id) => mine.has(id))) return true;
	return approval !== null && stagesBefore(policy, stage).includes(approval.stage);
}
/** The name by which the approval is bound to whoever gives it. */
function signerOf({ identity, material }) {
	const name = nameOfSigner(identity);
	if (!name) return null;
	return {
		...name,
		certificates: material.kind === "certificates" ? material.chain.map(sha256) : []
	};
}
/** Whose a layer is, where its signature shows that. */
function listedSigner({ signature, signer }) {
	return signature === "valid" && signer && nameOfSigner(signer) || null;
}
function signedLayer({ digest, signer }) {
	const name = signer && nameOfSigner(signer);
	return name ? [{
		digest,
		signer: name
	}] : [];
}
/**
* With whose it is, so that no copy by somebody else stands for it; also of a withdrawal by a key that has ended. An envelope in
* cosign's tag does not say whose it is to anybody who does not know the key.
*/
function evidenceEntry(fact) {
	const { predicateType, digest, signature, signer, detached, place } = fact;
	const isBare = place.in === "registry" && place.name.startsWith("tag ");
	const name = (signature === "valid" && !isBare || signature === "untrusted") && signer && nameOfSigner(signer);
	return {
		predicateType,
		digest,
		...name ? { signer: name } : {},
		...detached ? { detached } : {}
	};
}
function evidenceKey({ digest, signer }) {
	return entryKey({
		digest,
		signer: signer ?? null
	});
}
function entryKey({ digest, signer }) {
	return `${digest} ${signer ? nameText(signer) : ""}`;
}
/**
* True for a layer or evidence that belongs into a roster: it is about this content, and its signature holds. Without a
* policy nobody is known, so everything readable that names this content counts as seen.
*/
function isEarlier(found, facts, { known, about }) {
	const covered = new Set(found.covers);
	if (found.contradicted || !about.every((id) => covered.has(id))) return false;
	if ("kind" in found && (isPlain(found) || found.kind === "native-legacy")) return false;
	if ("kind" in found && !isGivenBySigner(found)) return false;
	if ("kind" in found && found.approval === null && isClaimed(found, facts)) return false;
	if (found.signature === "valid") return true;
	const readable = found.signature === "unknown-signer" || found.signature === "untrusted";
	if ("kind" in found && found.approval && found.approval.sequence > found.approval.roster.length + 1) return false;
	return !known && readable && !("kind" in found && found.approval === null);
}
/**
* Signatures without a stage that one signer made for each part of the image, and that cover it together. What belongs to
* an approval is in the roster with that.
*/
function plainParts(facts, kinds, wholes) {
	const plain = facts.layers.filter(({ signature, contradicted }) => signature === "valid" && !contradicted).filter((layer) => kinds.includes(layer.kind) && !isAccompanying(layer, facts));
	return plain.filter((layer) => {
		const same = plain.filter((other) => arePartsOfOne(other, layer, facts) || other === layer);
		const covered = new Set(same.flatMap(({ covers }) => covers));
		return layer.covers.length > 0 && wholes.some((about) => about.every((id) => covered.has(id)));
	});
}
/** What a signature without a stage may be about: the whole image, or all that a stage is about which accepts such ones. */
function wholesOf(policy, { units }) {
	const about = scopesOf(policy?.policy, units);
	const accepting = policy?.policy.stages.filter(({ native }) => native.length > 0) ?? [];
	return [units.map(({ id }) => id), ...accepting.map(({ name }) => about(name)).filter(({ length }) => length > 0)];
}
/** Beside every approval in a registry is a cosign signature by the same key. */
function isAccompanying(layer, facts) {
	if (!isPlain(layer)) return isClaimed(layer, facts);
	return facts.layers.some(({ approval, signature, signer }) => approval !== null && signature === "valid" && isSameSigner(signer, layer.signer));
}
/** A native signature that a valid approval by the same key names as its other half is part of that approval. */
function isClaimed(native, facts) {
	return facts.layers.some(({ approval, signature, signer }) => signature === "valid" && isSameSigner(signer, native.signer) && approval?.native.some(({ digest }) => digest === native.digest));
}
/** The part of an identity that stays the same from one signature to the next. */
function identityKey(identity) {
	switch (identity.method) {
		case "pgp": return `pgp:${identity.fingerprint}`;
		case "key": return `key:${identity.hint}`;
		case "x509": return `x509:${identity.certificateSha256}`;
		case "sigstore": return `sigstore:${identity.san[0] ?? identity.hint}`;
		default: return identity;
	}
}
/** Names of the stages that must come before this one, transitively, in policy order. */
function stagesBefore(policy, stage) {
	const { stages } = policy.policy;
	const needed = /* @__PURE__ */ new Set();
	const visit = (name) => {
		for (const before of stages.find((candidate) => candidate.name === name)?.after ?? []) {
			if (needed.has(before)) continue;
			needed.add(before);
			visit(before);
		}
	};
	visit(stage);
	return stages.map(({ name }) => name).filter((name) => needed.has(name));
}
function dedupe(entries, keyOf) {
	return [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
}

export { newApproval as n, stagesBefore as r, identityKey as t };