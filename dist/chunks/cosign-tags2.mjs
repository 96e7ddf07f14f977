import { o as parseBundle, s as parseEnvelope } from "./bundle2.mjs";
import { t as encodeEnvelope } from "./sign.mjs";
import { g as subjectDigests, p as parseStatement } from "./statement.mjs";
import { r as parseWithdrawal, t as WITHDRAWAL_PREDICATE_TYPE } from "./withdrawal.mjs";
import { a as encodePem, d as sha256 } from "./bytes.mjs";
import { t as AttachedBlobs } from "./attached-blobs.mjs";
import { c as readWholeBundle, r as COSIGN_ANNOTATION, t as ATTESTATION_ANNOTATION } from "./attachments.mjs";
import { c as encodeSimpleSigning, d as parseSimpleSigning, f as readCosignAttestations, l as orUndefined, o as cosignTag, p as readCosignSignatures, u as parseCosignNote } from "./cosign.mjs";
import { i as keepCosignSignatures, n as dropCosignSignatures, r as keepCosignAttestations, t as dropCosignAttestation } from "./write.mjs";
import { a as isTagRefused, l as unlistedRemark, n as RegistryError } from "./errors5.mjs";
import { r as isBundleReferrer } from "./bundles2.mjs";
import { t as identityKey } from "./approval3.mjs";

// src/stage/plain/cosign-tags.ts
/** A signature of a manifest as cosign makes it, by a key or certificate. */
async function signLegacy(digest, { place, optional }, { signer, now }) {
	const payload = encodeSimpleSigning(place, digest, optional);
	return {
		payload,
		signature: await signer.signPae(payload, now),
		...certificatesOf(signer)
	};
}
/** True when the image has a valid legacy signature of this manifest by this signer. */
function hasLegacy({ facts }, subject, { identity }) {
	const name = `tag ${cosignTag(subject, "sig")}`;
	return facts.layers.some(({ kind, place, signature, signer }) => kind === "cosign" && place.in === "registry" && place.name === name && signature === "valid" && signer !== null && identityKey(signer) === identityKey(identity));
}
/**
* The attestation that holds what a bundle holds.
* @throws SignatureError, DataError when these are not the bytes of a bundle with a statement
*/
function attestationOf(bytes) {
	const bundle = parseBundle(bytes);
	const { payloadType, payload, signature } = bundle.envelope;
	return {
		envelope: encodeEnvelope({
			payloadType,
			payload,
			signatures: [{
				keyid: "",
				signature
			}]
		}),
		predicateType: parseStatement(payload).predicateType,
		...certificatesOf(bundle)
	};
}
/** A shared tag that must not change, or be read, makes no approval invalid: that is a remark, and the result undefined. */
async function unlessRefused(remarks, change) {
	try {
		return await change();
	} catch (error) {
		if (!(error instanceof RegistryError)) throw error;
		if (error.code !== "REGISTRY_TAG_IMMUTABLE" && !isTagRefused(error)) throw error;
		remarks.push(unlistedRemark(error));
		return;
	}
}
/**
* Writes our signatures into the tag of a manifest, and puts back those of other layers that a parallel writer may have
* overwritten. False when nothing was missing.
* @throws RegistryError REGISTRY_TAG_IMMUTABLE and others; NetworkError
*/
function keepLegacy(repository, subject, { ours, atHand, clock }) {
	const others = () => readCosignNotes(repository, subject, atHand);
	return keepCosignSignatures(repository, subject, {
		ours,
		others,
		clock
	});
}
/** The same for the statements of these bundles in cosign's attestation tag. @throws as keepLegacy */
function keepAttestations(repository, subject, { bundles, atHand, clock }) {
	const others = () => readMarked(repository, subject, atHand);
	return keepCosignAttestations(repository, subject, {
		ours: bundles.map(attestationOf),
		others,
		clock
	});
}
/** Bundles attached to a manifest that have an annotation, and the approvals that others of them withdraw. */
async function annotated(repository, subject, of) {
	const { referrers } = await repository.listReferrers(subject);
	const withdrawn = await withdrawnIn(referrers, of.blobs);
	return {
		found: referrers.filter((referrer) => referrer.descriptor.annotations?.[of.annotation] !== void 0 && isBundleReferrer(referrer)),
		withdrawn
	};
}
/**
* The signatures that belong into a manifest's tag; entries that cannot be read are left out.
* @throws RegistryError, NetworkError when the registry cannot be read
*/
async function readCosignNotes(repository, subject, atHand) {
	const blobs = new AttachedBlobs(repository, atHand);
	const { found, withdrawn } = await annotated(repository, subject, {
		annotation: COSIGN_ANNOTATION,
		blobs
	});
	const notes = [];
	const certificates = /* @__PURE__ */ new Map();
	for (const referrer of found) {
		const note = await readNote({
			blobs,
			certificates
		}, referrer, subject);
		if (note && !withdrawn.has(approvalNamed(note))) notes.push(note);
	}
	return notes;
}
async function readNote({ blobs, certificates }, referrer, subject) {
	const text = referrer.descriptor.annotations?.[COSIGN_ANNOTATION];
	const signature = text === void 0 ? void 0 : parseCosignNote(text);
	if (!signature || parseSimpleSigning(signature.payload)?.digest !== subject) return void 0;
	const bundle = await readWholeBundle(referrer, blobs);
	const known = bundle && (certificates.get(bundle) ?? orUndefined(() => certificatesOf(parseBundle(bundle))));
	if (!bundle || !known) return void 0;
	certificates.set(bundle, known);
	return {
		...signature,
		...known
	};
}
/** Statements of attached bundles that say that they belong into the tag, and are about this manifest. */
async function readMarked(repository, subject, atHand) {
	const blobs = new AttachedBlobs(repository, atHand);
	const { found, withdrawn } = await annotated(repository, subject, {
		annotation: ATTESTATION_ANNOTATION,
		blobs
	});
	const attestations = [];
	for (const referrer of found) {
		if (referrer.descriptor.annotations?.["dev.countersign.cosign-attestation"] !== "true") continue;
		const bytes = await readWholeBundle(referrer, blobs);
		const one = bytes && orUndefined(() => isWanted(bytes, {
			subject,
			withdrawn
		}) ? attestationOf(bytes) : void 0);
		if (one) attestations.push(one);
	}
	return attestations;
}
function isWanted(bytes, { subject, withdrawn }) {
	const { envelope, payloadDigest } = parseBundle(bytes);
	if (withdrawn.has(payloadDigest)) return false;
	return parseStatement(envelope.payload).subject.some((one) => subjectDigests(one).includes(subject));
}
/** Leaf and intermediates of a bundle as a legacy signature has them. */
function certificatesOf({ material }) {
	if (material.kind !== "certificates") return {
		certificate: void 0,
		chain: void 0
	};
	const [leaf, ...rest] = material.chain.map((der) => encodePem("CERTIFICATE", der));
	return {
		certificate: leaf,
		chain: rest.join("")
	};
}
/**
* Approvals that attached withdrawals name, whoever signed these: what stands in a tag for others counts nowhere here, so
* that one too few is put back and never one too many. @throws RegistryError, NetworkError
*/
async function withdrawnIn(referrers, blobs) {
	const withdrawn = /* @__PURE__ */ new Set();
	for (const referrer of referrers) {
		if (referrer.descriptor.annotations?.["dev.sigstore.bundle.predicateType"] !== "urn:countersign:withdrawal:v1" || !isBundleReferrer(referrer)) continue;
		const bytes = await readWholeBundle(referrer, blobs);
		const named = bytes && orUndefined(() => approvalsIn(bytes));
		for (const digest of named ?? []) withdrawn.add(digest);
	}
	return withdrawn;
}
function approvalsIn(bytes) {
	const { predicateType, predicate } = parseStatement(parseBundle(bytes).envelope.payload);
	return predicateType === "urn:countersign:withdrawal:v1" ? parseWithdrawal(predicate).approvals : [];
}
/** The statement that a legacy signature says it is beside; empty when it names none. */
function approvalNamed({ payload }) {
	const named = parseSimpleSigning(payload)?.optional["approval"];
	return typeof named === "string" ? named : "";
}
/**
* Takes out of cosign's tags what stands there now for these approvals; false when there is nothing.
* @throws RegistryError REGISTRY_TAG_IMMUTABLE, REGISTRY_MANIFEST_INVALID and others; NetworkError
*/
async function dropWithdrawn({ image, attached }, withdrawn, at) {
	if (withdrawn.size === 0) return false;
	const blobs = new AttachedBlobs(at.repository, attached.blobs);
	let dropped = false;
	for (const { digest } of image.subjects) {
		const copies = await readCosignAttestations(blobs, digest);
		for (const { envelope } of copies) if (withdrawn.has(orUndefined(() => sha256(parseEnvelope(envelope).payload)) ?? "")) {
			await dropCosignAttestation(at.repository, digest, {
				envelope: sha256(envelope),
				clock: at.clock
			});
			dropped = true;
		}
		const outdated = (await readCosignSignatures(blobs, digest)).filter((signature) => withdrawn.has(approvalNamed(signature)));
		if (outdated.length === 0) continue;
		await dropCosignSignatures(at.repository, digest, {
			outdated,
			clock: at.clock
		});
		dropped = true;
	}
	return dropped;
}

export { keepLegacy as a, keepAttestations as i, dropWithdrawn as n, signLegacy as o, hasLegacy as r, unlessRefused as s, attestationOf as t };