import { n as keyHint } from "./keys.mjs";
import { generateKeyPairSync } from "node:crypto";

// src/crypto/key-generate.ts
/** A new ECDSA P-256 key. */
function generateEcKey(passphrase) {
	return keyFiles(generateKeyPairSync("ec", { namedCurve: "P-256" }), passphrase);
}
/** The PEM files of a key pair. */
function keyFiles({ privateKey, publicKey }, passphrase) {
	const encryption = passphrase ? {
		cipher: "aes-256-cbc",
		passphrase: Buffer.from(passphrase.reveal())
	} : {};
	return {
		hint: keyHint(publicKey),
		privateKey: privateKey.export({
			format: "pem",
			type: "pkcs8",
			...encryption
		}).toString(),
		publicKey: publicKey.export({
			format: "pem",
			type: "spki"
		}).toString()
	};
}

export { keyFiles as n, generateEcKey as t };