import { t as examineRegistryImage } from "./registry-facts.mjs";
import { n as judgeFacts } from "./verify.mjs";

// src/layers/verify-registry.ts
/**
* The verdict about an image in a registry or layout folder.
* @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
*/
async function verifyRegistryImage(image, judge, options) {
	const { verifyData, onBytes } = options;
	const examination = await examineRegistryImage(image, {
		name: options.name ?? image.name,
		verifier: judge.verifier,
		now: judge.now,
		verifyData,
		...onBytes ? { onBytes } : {}
	});
	return judgeFacts(examination, judge, options.stages);
}

export { verifyRegistryImage as t };