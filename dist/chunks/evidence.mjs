import { i as encodePae, o as parseBundle } from "./bundle2.mjs";
import { c as supersedes, s as recordKind } from "./record.mjs";
import { r as signStatement } from "./sign.mjs";
import { c as encodeStatement, p as parseStatement } from "./statement.mjs";
import { d as sha256 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { n as isSameSigner } from "./signature.mjs";
import { s as examineSif } from "./verify.mjs";
import { n as laneObject } from "./lane.mjs";
import { r as evidenceLabel } from "./signature-objects.mjs";
import { l as lockImage, r as deleteObjects, t as appendLayers } from "./append.mjs";
import { r as openSif } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { t as identityKey } from "./approval3.mjs";
import { r as assertBundleReadable } from "./bundles4.mjs";
import { n as assertSound } from "./review.mjs";

// src/stage/evidence.ts
/**
* Signs the statements and appends them to the image in one change; the data is read once.
* @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; SifError when the file cannot be read or changed (it is then as it was)
*/
async function attachEvidence(options) {
	const { path, signer, now } = options;
	const examination = options.examination ?? await examine(options);
	assertSound(examination.facts.problems);
	const subject = examination.subjects;
	const attached = [];
	for (const { predicateType, predicate, inside } of options.statements) {
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
		else attached.push(presentEvidence(examination, digest, signer) ?? await sign(payload, {
			predicateType,
			inside
		}, options));
	}
	const objects = attached.filter(({ where }) => where === "lane").map(({ predicateType, bundle }) => laneObject("evidence", evidenceLabel(predicateType), bundle));
	const superseded = [];
	for (const statement of options.statements) superseded.push(...objectsOf(await supersededBy(statement, examination.bundles, options)));
	if (objects.length > 0) await write(path, {
		objects,
		superseded,
		examination,
		now
	});
	return attached;
}
/** Adds, then takes away; in a full image the other way round, since what goes makes the room. */
async function write(path, { objects, superseded, examination, now }) {
	const { image, digests } = examination;
	await using lock = await lockImage(path);
	const options = {
		now,
		lock,
		expected: image,
		expectedDigests: digests
	};
	const full = image.freeSlots < objects.length;
	if (full && superseded.length > 0) await deleteObjects(lock.path, superseded, options);
	await appendLayers(lock.path, objects, options);
	if (!full && superseded.length > 0) await deleteObjects(lock.path, superseded, options);
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
async function sign(payload, { predicateType, inside }, { signer, now, beside }) {
	const bundle = await signStatement(payload, signer, { now });
	assertBundleReadable(bundle, "evidence", predicateType);
	const large = bundle.length > LIMITS.laneEvidenceBytes && !inside;
	return {
		predicateType,
		where: beside || large ? "file" : "lane",
		bundle,
		digest: parseBundle(bundle).payloadDigest
	};
}
/**
* The signer's own earlier records that the statement replaces, so that running a command again does not fill an image. None
* for a statement that is no record; what others say stays.
*/
async function supersededBy({ predicateType, predicate }, bundles, { signer, now }) {
	const kind = recordKind(predicateType, predicate);
	if (!kind) return [];
	const verifier = await createVerifier(signer.publicMaterial);
	const superseded = [];
	for (const { is, fact, opened } of bundles) {
		if (is !== "evidence" || fact.record !== kind || fact.signature === "invalid") continue;
		const { envelope, material, json } = opened.bundle;
		const { payload, payloadType, signature, keyid } = envelope;
		if (!supersedes(kind, predicate, parseStatement(payload).predicate)) continue;
		const pae = encodePae(payloadType, payload);
		const { status, identity } = await verifier.verifyDsse({
			pae,
			signature,
			material,
			keyid,
			hashing: "bundle",
			bundle: json
		}, signer.now?.() ?? now);
		if (status === "valid" && isSameSigner(identity, signer.identity)) superseded.push(fact);
	}
	return superseded;
}
/** Objects of a SIF that hold them. */
function objectsOf(superseded) {
	return superseded.flatMap(({ place }) => place.in === "sif" ? [place.object] : []);
}

export { supersededBy as n, attachEvidence as t };