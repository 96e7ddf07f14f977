import { r as signStatement } from "./sign.mjs";
import { c as encodeStatement } from "./statement.mjs";
import { d as sha256 } from "./bytes.mjs";
import { n as systemClock } from "./clock.mjs";
import { i as trustIn } from "./trust.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { t as makeFolder } from "./folder.mjs";
import { n as SIF_SUBJECT } from "./bundle3.mjs";
import { t as ATTESTATION_ANNOTATION } from "./attachments.mjs";
import { r as openRegistryImage } from "./image.mjs";
import { t as examineRegistryImage } from "./examine.mjs";
import { l as unlistedRemark, n as RegistryError } from "./errors5.mjs";
import { c as manifestName } from "./reference.mjs";
import { t as attachBundle } from "./bundles2.mjs";
import { t as identityKey } from "./approval3.mjs";
import { a as bundleToAttach, n as assertAttachable, r as assertBundleReadable } from "./bundles4.mjs";
import { i as keepAttestations, s as unlessRefused } from "./cosign-tags2.mjs";
import { n as takeAway, t as findOutdated } from "./replace.mjs";
import { n as supersededBy } from "./evidence.mjs";
import { n as assertSound } from "./review.mjs";
import { i as writeStatements, r as writeBundles, t as assertBundlesFit } from "./files3.mjs";

// src/commands/evidence/registry.ts
/**
* Stores the statements; what is attached already stays as it is.
* @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; RegistryError, NetworkError; DataError DATA_TOO_LARGE; SystemError
*/
async function storeRegistryEvidence(options) {
	const { repository, reference, statements, signer, now, folder } = options;
	if (folder !== void 0) await makeFolder(folder);
	if (signer) assertBundlesFit(statements);
	const image = await openRegistryImage(repository, manifestName(reference));
	const verifier = await createVerifier(signer?.publicMaterial ?? trustIn({}));
	const examined = await examineRegistryImage(image, {
		name: image.name,
		verifier,
		now,
		verifyData: false
	});
	assertSound(examined.facts.problems);
	const subject = examined.subjects.filter(({ name }) => name !== SIF_SUBJECT);
	const at = {
		folder: folder ?? options.defaultFolder,
		name: fileName(reference)
	};
	const remarks = [];
	return {
		evidence: signer ? await writeBundles(await attachAll(options, signer, {
			examined,
			subject,
			remarks
		}), statements, {
			at,
			all: folder !== void 0,
			signer,
			now
		}) : await writeStatements(statements, subject, at),
		contentDigests: [image.descriptor.digest],
		reference: image.name,
		remarks
	};
}
/** Signs all before the first is attached: what cannot be read back stops everything. */
async function attachAll(options, signer, about) {
	const { repository, beside } = options;
	const { image, attached } = about.examined;
	const signed = await signAll(options, signer, about);
	const added = beside ? [] : signed.filter(({ where }) => where === "referrer");
	const bytes = added.reduce((sum, { bundle }) => sum + bundle.length, 0);
	if (added.length > 0) assertAttachable(attached, {
		manifests: added.length,
		bytes
	});
	const again = beside ? [] : signed.filter(({ where, bundle }) => where === "present" && attached.attachedTo.has(sha256(bundle)));
	for (const one of [...added, ...again]) {
		const outdated = await outdatedBy(one, options, {
			signer,
			...about
		});
		const successors = [];
		const outgoing = marked(bundleToAttach(one.bundle), options);
		for (const target of image.subjects) {
			const { manifest, unlisted } = await attachBundle(repository, target, outgoing);
			if (target.digest === image.descriptor.digest) for (const tag of options.tags ?? []) await repository.putManifest(manifest, tag);
			successors.push({
				subject: target.digest,
				manifest,
				legacy: void 0
			});
			if (unlisted) about.remarks.push(unlistedRemark(unlisted));
		}
		await orRemark(about.remarks, () => takeAway(outdated, successors, {
			repository,
			clock: systemClock()
		}));
	}
	if (options.attestationTag && !beside) await keepTags(options, signed, about);
	return signed;
}
/** The bundle, with word of its copy in cosign's tag. */
function marked(bundle, { attestationTag }) {
	if (!attestationTag) return bundle;
	return {
		...bundle,
		annotations: {
			...bundle.annotations,
			[ATTESTATION_ANNOTATION]: "true"
		}
	};
}
/** Copies for readers of cosign's tag. Where it must not change the evidence is attached all the same, and that is said. */
async function keepTags({ repository }, signed, { examined, remarks }) {
	const bundles = signed.map(({ bundle }) => bundle);
	const atHand = new Map([...examined.attached.blobs, ...bundles.map((bytes) => [sha256(bytes), bytes])]);
	for (const { digest } of examined.image.subjects) await unlessRefused(remarks, () => keepAttestations(repository, digest, {
		bundles,
		atHand,
		clock: systemClock()
	}));
}
/** Referrers with earlier records of the signer whose place the statement takes. What is in a SIF stays in it. */
async function outdatedBy({ predicateType, bundle }, { repository, statements, now }, { signer, examined, remarks }) {
	const statement = statements.find((one) => one.predicateType === predicateType);
	const replaced = (statement ? await supersededBy(statement, examined.bundles, {
		signer,
		now
	}) : []).filter(({ place }) => place.in === "registry");
	return await orRemark(remarks, () => findOutdated(examined, {
		replaced,
		bundle
	}, repository)) ?? [];
}
/** An earlier record that stays is no reason to go without the new one: each says when it was made. */
async function orRemark(remarks, act) {
	try {
		return await act();
	} catch (error) {
		if (!(error instanceof RegistryError) || !error.code.startsWith("REGISTRY_REPLACE_")) throw error;
		remarks.push(`an earlier one stays attached: ${error.message}`);
		return;
	}
}
async function signAll({ statements, now, beside }, signer, { examined, subject }) {
	const signed = [];
	for (const { predicateType, predicate, label } of statements) {
		const payload = encodeStatement({
			subject,
			predicateType,
			predicate
		});
		const digest = sha256(payload);
		const there = presentBundle(examined, digest, signer) ?? signed.find((earlier) => earlier.digest === digest)?.bundle;
		if (there) {
			signed.push({
				predicateType,
				where: "present",
				bundle: there,
				digest
			});
			continue;
		}
		const bundle = await signStatement(payload, signer, { now });
		assertBundleReadable(bundle, "evidence", label);
		signed.push({
			predicateType,
			where: beside ? "file" : "referrer",
			bundle,
			digest
		});
	}
	return signed;
}
/** The same statement by the same signer, found attached. */
function presentBundle({ bundles }, digest, signer) {
	for (const { is, fact, opened } of bundles) {
		if (is !== "evidence" || fact.digest !== digest || fact.signature !== "valid" || !fact.signer) continue;
		if (identityKey(fact.signer) === identityKey(signer.identity)) return opened.found.bytes;
	}
}
/** Last part of the place, and the tag or the start of the digest, as a file name. */
function fileName(reference) {
	return `${(reference.in === "layout" ? reference.folder : reference.repository).split(/[\\/]/).findLast((part) => part !== "") ?? "image"}-${reference.tag ?? reference.digest?.slice(7, 19) ?? ""}`;
}

export { storeRegistryEvidence };