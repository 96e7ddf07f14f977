import { _ as CONFIG, o as fingerprintOf, w as generateKey } from "./pgp.mjs";

// src/crypto/pgp/generate.ts
/** A new version 4 Ed25519 key whose primary part signs, as Apptainer prefers. */
async function generatePgpKey(options) {
	const { name, email, passphrase, now } = options;
	const { privateKey, publicKey } = await generateKey({
		type: "ecc",
		curve: "ed25519Legacy",
		userIDs: {
			name,
			email
		},
		date: now,
		subkeys: [],
		format: "object",
		...passphrase ? { passphrase: passphrase.revealText() } : {},
		config: CONFIG
	});
	return {
		fingerprint: fingerprintOf(publicKey),
		privateKey: privateKey.armor(),
		publicKey: publicKey.armor()
	};
}

export { generatePgpKey as t };