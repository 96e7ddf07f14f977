// src/crypto/signer.ts
/**
* Unlocks a key and returns its signer.
* @throws SignatureError with a code per cause: wrong passphrase, unsupported key, expired, revoked, certificate mismatch …;
* KeyError for a key outside the process
*/
async function createSigner(options) {
	switch (options.method) {
		case "pgp": return (await import("./signer3.mjs")).createPgpSigner(options);
		case "key": return (await import("./private-key2.mjs")).createKeySigner(options);
		case "x509": return (await import("./signer5.mjs")).createX509Signer(options);
		default: return options.method;
	}
}

export { createSigner as t };