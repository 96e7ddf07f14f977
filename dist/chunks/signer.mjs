// src/signing/signer.ts
/**
* Unlocks a key and returns its signer.
* @throws SignatureError with a code per cause: wrong passphrase, unsupported key, expired, revoked, certificate mismatch …
*/
async function createSigner(options) {
	switch (options.method) {
		case "pgp": return (await import("./pgp-signer.mjs")).createPgpSigner(options);
		case "key": return (await import("./key-signer.mjs")).createKeySigner(options);
		case "x509": return (await import("./x509-signer.mjs")).createX509Signer(options);
		default: return options.method;
	}
}

export { createSigner as t };