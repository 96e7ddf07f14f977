import { d as sha256 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { G as laneObject, H as evidenceLabel, N as openFileSource, z as openSif } from "./reports.mjs";
import { a as parseBundle, c as encodePae, r as encodeBundle } from "./cosign-rules.mjs";
import { f as encodeStatement, o as IN_TOTO_PAYLOAD_TYPE } from "./pattern.mjs";
import { t as createVerifier } from "./verifier.mjs";
import { t as identityKey } from "./approval2.mjs";
import { i as assertSound, r as assertBundleReadable, t as appendLayers } from "./readable.mjs";
import { t as examineSif } from "./examine.mjs";

// src/stage/evidence.ts
/**
* Signs the statements and appends them to the image in one change; the data is read once.
* @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; SifError when the file cannot be read or changed (it is then as it was)
*/
async function attachEvidence(options) {
	const { path, signer, now } = options;
	const examination = await examine(options);
	assertSound(examination.facts.problems);
	const subject = examination.subjects;
	const attached = [];
	for (const { predicateType, predicate } of options.statements) {
		const payload = encodeStatement({
			subject,
			predicateType,
			predicate
		});
		const digest = sha256(payload);
		const repeated = attached.find((earlier) => earlier.digest === digest);
		if (repeated) attached.push({
			...repeated,
			where: repeated.where === "file" ? "file" : "present"
		});
		else attached.push(presentEvidence(examination, digest, signer) ?? await sign(payload, predicateType, options));
	}
	const objects = attached.filter(({ where }) => where === "lane").map(({ predicateType, bundle }) => laneObject("evidence", evidenceLabel(predicateType), bundle));
	if (objects.length > 0) await appendLayers(path, objects, {
		now,
		expected: examination.image,
		expectedDigests: examination.digests
	});
	return attached;
}
async function examine({ path, signer, now, onBytes }) {
	await using source = await openFileSource(path);
	const verifier = await createVerifier(signer.publicMaterial);
	return await examineSif(await openSif(source), {
		name: path,
		verifier,
		now,
		...onBytes ? { onBytes } : {}
	});
}
/** The same statement by the same signer, found in the image. */
function presentEvidence(examination, digest, signer) {
	for (const { is, fact, opened } of examination.bundles) {
		if (is !== "evidence" || fact.digest !== digest || fact.signature !== "valid" || !fact.signer) continue;
		if (identityKey(fact.signer) !== identityKey(signer.identity)) continue;
		return {
			predicateType: fact.predicateType,
			where: "present",
			bundle: opened.found.bytes,
			digest: fact.digest
		};
	}
}
async function sign(payload, predicateType, { signer, now, beside }) {
	const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), now);
	const bundle = encodeBundle({
		material: signer.material,
		payloadType: IN_TOTO_PAYLOAD_TYPE,
		payload,
		signature
	});
	assertBundleReadable(bundle, "evidence", predicateType);
	const large = bundle.length > LIMITS.laneEvidenceBytes;
	return {
		predicateType,
		where: beside || large ? "file" : "lane",
		bundle,
		digest: parseBundle(bundle).payloadDigest
	};
}

export { attachEvidence as t };