import { g as isBundleReferrer, l as parseCosignNote, u as parseSimpleSigning, v as readBundle } from "./cosign.mjs";
import { a as certificatesOf, c as withIntermediatesOf, d as isContentProblem, n as COSIGN_ANNOTATION, u as AttachedBlobs } from "./registry-image.mjs";

// src/layers/cosign-notes.ts
/**
* The signatures that belong into a manifest's legacy tag; entries that cannot be read are left out.
* @throws RegistryError, NetworkError when the registry cannot be read
*/
async function readCosignNotes(repository, subject, atHand = /* @__PURE__ */ new Map()) {
	const blobs = new AttachedBlobs(repository, atHand);
	const { referrers } = await repository.listReferrers(subject);
	const notes = [];
	const certificates = /* @__PURE__ */ new Map();
	for (const referrer of referrers.filter(isBundleReferrer)) {
		const note = await readNote({
			blobs,
			certificates
		}, referrer, subject);
		if (note) notes.push(note);
	}
	return notes;
}
async function readNote({ blobs, certificates }, referrer, subject) {
	const text = referrer.descriptor.annotations?.[COSIGN_ANNOTATION];
	const signature = text === void 0 ? void 0 : parseCosignNote(text);
	if (!signature || parseSimpleSigning(signature.payload)?.digest !== subject) return void 0;
	try {
		const attached = await readBundle(blobs, referrer, "none");
		const bundle = withIntermediatesOf(attached, blobs);
		const known = certificates.get(bundle) ?? certificatesOf(bundle);
		certificates.set(bundle, known);
		return {
			...signature,
			...known
		};
	} catch (error) {
		if (isContentProblem(error)) return void 0;
		throw error;
	}
}

export { readCosignNotes as t };