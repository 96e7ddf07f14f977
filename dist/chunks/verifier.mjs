// src/crypto/verifier.ts
/** What becomes of a certificate about which no CRL speaks: `require` fails, `warn` remarks. */
const REVOCATION_MODES = ["require", "warn"];
/**
* A verifier for the given trust material, all of which is read here: what is wrong with it must never look like
* something wrong with an image. Code for kinds of trust that are not given is loaded only when a signature needs it.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED
*/
async function createVerifier(trust) {
	const { LazyVerifier } = await import("./lazy-verifier.mjs");
	const verifier = new LazyVerifier(trust);
	await verifier.readTrust();
	return verifier;
}

export { createVerifier as n, REVOCATION_MODES as t };