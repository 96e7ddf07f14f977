import { _ as readBundle, h as isBundleReferrer, l as parseCosignNote, u as parseSimpleSigning } from "./cosign.mjs";
import { a as certificatesOf, c as withIntermediatesOf, l as AttachedBlobs, n as COSIGN_ANNOTATION, u as isContentProblem } from "./registry-image.mjs";

// src/layers/cosign-notes.ts
/**
* The signatures that belong into a manifest's legacy tag; entries that cannot be read are left out.
* @throws RegistryError, NetworkError when the registry cannot be read
*/
async function readCosignNotes(repository, subject, atHand = /* @__PURE__ */ new Map()) {
	const blobs = new AttachedBlobs(repository, atHand);
	const { referrers } = await repository.listReferrers(subject);
	const notes = [];
	for (const referrer of referrers.filter(isBundleReferrer)) {
		const note = await readNote(blobs, referrer, subject);
		if (note) notes.push(note);
	}
	return notes;
}
async function readNote(blobs, referrer, subject) {
	const text = referrer.descriptor.annotations?.[COSIGN_ANNOTATION];
	const signature = text === void 0 ? void 0 : parseCosignNote(text);
	if (!signature || parseSimpleSigning(signature.payload)?.digest !== subject) return void 0;
	try {
		const attached = await readBundle(blobs, referrer, "none");
		return {
			...signature,
			...certificatesOf(withIntermediatesOf(attached))
		};
	} catch (error) {
		if (isContentProblem(error)) return void 0;
		throw error;
	}
}

export { readCosignNotes as t };