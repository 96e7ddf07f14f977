import { r as openRegistryImage } from "./image.mjs";
import { f as readCosignAttestations, o as cosignTag, p as readCosignSignatures } from "./cosign.mjs";
import { l as parseList } from "./manifest.mjs";
import { c as manifestName, f as referrersTag, n as formatPlace } from "./reference.mjs";
import { a as keepLegacy, i as keepAttestations } from "./cosign-tags2.mjs";
import { n as systemClock } from "./clock.mjs";
import { a as counted } from "./text.mjs";
import { i as EXIT } from "./errors.mjs";
import { l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { i as referenceFrom, r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";

// src/transfer/repair.ts
/** Repairs the lists of an image and its platforms. @throws RegistryError, NetworkError */
async function repairImage(image, repository, clock) {
	const repaired = [];
	for (const subject of image.subjects) {
		const before = await counts(repository, subject.digest);
		await repository.repairReferrers(subject.digest);
		await keepLegacy(repository, subject.digest, {
			ours: [],
			atHand: /* @__PURE__ */ new Map(),
			clock
		});
		await keepAttestations(repository, subject.digest, {
			bundles: [],
			atHand: /* @__PURE__ */ new Map(),
			clock
		});
		const after = await counts(repository, subject.digest);
		repaired.push({
			subject: subject.digest,
			referrers: {
				before: before.referrers,
				after: after.referrers
			},
			signatures: {
				before: before.signatures,
				after: after.signatures
			},
			attestations: {
				before: before.attestations,
				after: after.attestations
			},
			changed: before.tags.some((digest, at) => digest !== after.tags[at])
		});
	}
	return repaired;
}
async function counts(repository, subject) {
	const tag = referrersTag(subject);
	const index = await repository.getManifest(tag);
	return {
		referrers: index ? parseList(index, `the tag ${tag}`).manifests.length : 0,
		signatures: (await readCosignSignatures(repository, subject)).length,
		attestations: (await readCosignAttestations(repository, subject)).length,
		tags: [
			index?.digest,
			(await repository.getManifest(cosignTag(subject, "sig")))?.digest,
			(await repository.getManifest(cosignTag(subject, "att")))?.digest
		]
	};
}

// src/commands/repair.ts
const spec = {
	name: "repair",
	summary: "Put layers that other writers’ updates lost back into a registry’s lists",
	description: "Where a registry has no referrers API, tools share one tag that lists what is attached to an image, and overwrite each other’s entries. Our layers have a tag of their own each and are always found; this command puts them back into the shared list and cosign’s tags, so that cosign, oras and podman see them again.",
	positional: "reference",
	privileged: "always",
	inputs: [
		{
			name: "reference",
			type: "string",
			required: true,
			description: "Image to repair: `registry/repository:tag` or `registry/repository@sha256:…`.",
			example: "ghcr.io/octo-org/app:1.0"
		},
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const reference = await referenceFrom(inputs, inputs.reference);
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "push",
		existing: true
	});
	const image = await openRegistryImage(opened.repository, manifestName(reference));
	const repaired = await repairImage(image, opened.repository, systemClock());
	const pinned = `${formatPlace(reference)}@${image.descriptor.digest}`;
	const changed = repaired.some((one) => one.changed);
	const lines = [...repaired.map(describe), changed ? "repaired" : "nothing to repair: no list was changed"];
	return {
		exitCode: EXIT.passed,
		text: [
			pinned,
			...lines,
			""
		].join("\n"),
		json: {
			schema: "countersign/repair/v1",
			reference: pinned,
			changed,
			repaired
		},
		outputs: { verdict: "passed" }
	};
}
function describe({ subject, referrers, signatures, attestations, changed }) {
	return `  ${subject}: ${`${change(referrers, "listed referrer")}, ${change(signatures, "legacy signature")}, ${change(attestations, "legacy attestation")}`}${changed ? "" : ", unchanged"}`;
}
function change({ before, after }, noun) {
	return before === after ? counted(after, noun) : `${before} → ${counted(after, noun)}`;
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };