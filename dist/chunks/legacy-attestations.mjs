import { r as parseBundle } from "./bundle.mjs";
import { t as encodeEnvelope } from "./dsse.mjs";
import { g as subjectDigests, p as parseStatement } from "./statement.mjs";
import { t as AttachedBlobs } from "./attached-blobs.mjs";
import { c as readWholeBundle, r as COSIGN_ANNOTATION, t as ATTESTATION_ANNOTATION } from "./attachments.mjs";
import { c as encodeSimpleSigning, d as parseSimpleSigning, l as orUndefined, o as cosignTag, u as parseCosignNote } from "./cosign.mjs";
import { i as keepCosignSignatures, r as keepCosignAttestations } from "./write.mjs";
import { n as isBundleReferrer } from "./bundles.mjs";
import { a as encodePem } from "./bytes.mjs";
import { t as identityKey } from "./approval3.mjs";
import { r as withdrawnIn, t as approvalNamed } from "./withdrawn2.mjs";

// src/stage/plain/legacy-signatures.ts
/** A legacy signature of a manifest by a key or certificate; undefined for OpenPGP, which cosign does not know. */
async function signLegacy(digest, { place, optional }, { signer, now }) {
	if (signer.method === "pgp") return void 0;
	const payload = encodeSimpleSigning(place, digest, optional);
	const signature = await signer.signPae(payload, now);
	const { material } = signer;
	if (material.kind !== "certificates") return {
		payload,
		signature,
		certificate: void 0,
		chain: void 0
	};
	const [certificate, ...rest] = material.chain.map((der) => encodePem("CERTIFICATE", der));
	return {
		payload,
		signature,
		certificate,
		chain: rest.join("")
	};
}
/** True when the image has a valid legacy signature of this manifest by this signer. */
function hasLegacy({ facts }, subject, { identity }) {
	const name = `tag ${cosignTag(subject, "sig")}`;
	return facts.layers.some(({ kind, place, signature, signer }) => kind === "cosign" && place.in === "registry" && place.name === name && signature === "valid" && signer !== null && identityKey(signer) === identityKey(identity));
}
/**
* Writes a legacy signature, if there is one, and puts back those of other layers that a parallel writer may have
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
/**
* The signatures that belong into a manifest's legacy tag; entries that cannot be read are left out.
* @throws RegistryError, NetworkError when the registry cannot be read
*/
async function readCosignNotes(repository, subject, atHand) {
	const blobs = new AttachedBlobs(repository, atHand);
	const { referrers } = await repository.listReferrers(subject);
	const withdrawn = await withdrawnIn(referrers, blobs);
	const notes = [];
	const certificates = /* @__PURE__ */ new Map();
	for (const referrer of referrers.filter(isBundleReferrer)) {
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

// src/stage/plain/legacy-attestations.ts
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
/**
* Sees to it that the tag of a manifest holds the envelopes of these bundles, and those of others that a parallel writer
* may have overwritten. False when nothing was missing.
* @throws RegistryError REGISTRY_TAG_IMMUTABLE and others; NetworkError
*/
function keepAttestations(repository, subject, { bundles, atHand, clock }) {
	const others = () => readMarked(repository, subject, atHand);
	return keepCosignAttestations(repository, subject, {
		ours: bundles.map(attestationOf),
		others,
		clock
	});
}
/** Attestations of the attached bundles that say that they belong into the tag, and are about this manifest. */
async function readMarked(repository, subject, atHand) {
	const blobs = new AttachedBlobs(repository, atHand);
	const { referrers } = await repository.listReferrers(subject);
	const withdrawn = await withdrawnIn(referrers, blobs);
	const marked = referrers.filter((referrer) => referrer.descriptor.annotations?.["dev.countersign.cosign-attestation"] === "true" && isBundleReferrer(referrer));
	const attestations = [];
	for (const referrer of marked) {
		const bytes = await readWholeBundle(referrer, blobs);
		const found = bytes && orUndefined(() => isWanted(bytes, {
			subject,
			withdrawn
		}) ? attestationOf(bytes) : void 0);
		if (found) attestations.push(found);
	}
	return attestations;
}
function isWanted(bytes, { subject, withdrawn }) {
	const { envelope, payloadDigest } = parseBundle(bytes);
	if (withdrawn.has(payloadDigest)) return false;
	return parseStatement(envelope.payload).subject.some((one) => subjectDigests(one).includes(subject));
}

export { signLegacy as a, keepLegacy as i, keepAttestations as n, hasLegacy as r, attestationOf as t };