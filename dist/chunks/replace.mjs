import { d as sha256 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as AttachedBlobs } from "./attached-blobs.mjs";
import { c as readWholeBundle, r as COSIGN_ANNOTATION, t as ATTESTATION_ANNOTATION } from "./attachments.mjs";
import { u as parseCosignNote } from "./cosign.mjs";
import { n as dropCosignSignatures, t as dropCosignAttestation } from "./write.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { r as isBundleReferrer } from "./bundles2.mjs";
import { s as unlessRefused, t as attestationOf } from "./cosign-tags2.mjs";

// src/stage/replace.ts
/**
* Everything that holds a replaced approval and not the new one; asked before that is attached.
* @throws RegistryError REGISTRY_REPLACE_REFUSED when it is known already that it would stay; as listReferrers
*/
async function findOutdated(examined, { replaced, bundle }, repository) {
	if (replaced.length === 0) return [];
	assertOutside(replaced);
	const { bundles, attached, image } = examined;
	const old = new Set(bundles.flatMap(({ fact, opened }) => opened && replaced.some((layer) => layer === fact) ? [sha256(opened.found.bytes)] : []));
	old.delete(sha256(bundle));
	const outdated = [];
	const blobs = new AttachedBlobs(repository, attached.blobs);
	for (const { digest: subject } of image.subjects) for (const referrer of (await repository.listReferrers(subject)).referrers.filter(isBundleReferrer)) {
		const bytes = await readWholeBundle(referrer, blobs);
		if (!bytes || !old.has(blobs.digestOf(bytes))) continue;
		const envelope = sha256(attestationOf(bytes).envelope);
		const isBeside = attached.envelopes.some((other) => other.subject === subject && sha256(other.envelope) === envelope);
		const isMarked = referrer.descriptor.annotations?.[ATTESTATION_ANNOTATION] === "true";
		outdated.push({
			subject,
			referrer,
			...isBeside || isMarked ? { envelope } : {}
		});
	}
	for (const { referrer } of outdated) await repository.assertDetachable(referrer.manifest);
	return outdated;
}
/** What is in the image itself stays in it for ever. */
function assertOutside(replaced) {
	const inside = replaced.find(({ place }) => place.in === "sif");
	if (!inside || inside.place.in !== "sif") return;
	throw new RegistryError("REGISTRY_REPLACE_REFUSED", `the approval to be replaced is object ${inside.place.object} of the SIF itself, which no registry changes`, { hint: "nothing was attached; replace it in the file with sign-stage and ⟨replace=true⟩, and push that" });
}
/**
* Takes the outdated referrers away, all that can be, and with them their legacy signatures and attestations.
* @throws RegistryError REGISTRY_REPLACE_INCOMPLETE when one of them stays; when only the shared legacy tag could
* not be changed, as dropCosignSignatures
*/
async function takeAway(outdated, successors, { repository, clock }) {
	const left = [];
	const drop = (one) => dropLegacy(repository, {
		...one,
		successor: successorOf(one, successors)
	}, clock);
	for (const one of outdated) await unlessRefused([], () => drop(one));
	for (const one of outdated) {
		const { manifest } = one.referrer;
		try {
			await repository.detachReferrer(manifest, successorOf(one, successors).manifest);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			left.push({
				name: `${repository.name}@${manifest.digest}`,
				error
			});
		}
	}
	const [first] = left;
	if (first) throw incomplete(left, successors, first.error);
	for (const one of outdated) await drop(one);
}
function successorOf({ subject }, successors) {
	const successor = successors.find((one) => one.subject === subject);
	if (!successor) throw new Error("an approval was replaced where no new one is");
	return successor;
}
async function dropLegacy(repository, { subject, referrer, envelope, successor }, clock) {
	if (envelope) await dropCosignAttestation(repository, subject, {
		envelope,
		clock
	});
	const text = referrer.descriptor.annotations?.[COSIGN_ANNOTATION];
	const note = text === void 0 ? void 0 : parseCosignNote(text);
	if (!note || successor.legacy && Buffer.compare(note.signature, successor.legacy.signature) === 0) return;
	const old = {
		...note,
		certificate: void 0,
		chain: void 0
	};
	await dropCosignSignatures(repository, subject, {
		outdated: [old],
		clock
	});
}
function incomplete(left, successors, cause) {
	const names = left.map(({ name }) => name);
	const added = successors.map(({ manifest }) => manifest.digest).join(", ");
	return new RegistryError("REGISTRY_REPLACE_INCOMPLETE", `the new approval is attached (${added}), but the earlier one stays, and counts for whoever does not find the new one: ${names.join(", ")}: ${cause.message}`, {
		hint: `delete ${names.length === 1 ? "that manifest" : "those manifests"} with a login that may: ${names.map((name) => `\`crane delete ${name}\``).join(", ")}, or on the registry’s page; nothing has to be signed again`,
		cause
	});
}

export { takeAway as n, findOutdated as t };