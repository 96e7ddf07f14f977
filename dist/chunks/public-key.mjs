import { a as encodePem, g as utf8 } from "./bytes.mjs";
import { p as spkiOf } from "./keys.mjs";
import { t as externalSigningKey } from "./external2.mjs";
import { r as parseKeyName } from "./key-name.mjs";

// src/crypto/external/public-key.ts
/**
* OpenPGP packets of a key of gpg, else PEM.
* @throws KeyError, SignatureError; also for a key that could not sign now
*/
async function publicKeyOf(text, options) {
	const { world, passphrase } = options;
	const name = parseKeyName(text, text.startsWith("gpg:") ? "pgp" : "key");
	if (!name) throw new Error("the text names no key");
	if (name.holder === "gpg") {
		const { gpgKey } = await import("./gpg-key.mjs");
		return (await gpgKey(name.fingerprint, options)).publicKey;
	}
	const { publicKey } = await externalSigningKey(name, {
		world,
		pin: passphrase,
		expected: void 0
	});
	return utf8(encodePem("PUBLIC KEY", spkiOf(publicKey)));
}

export { publicKeyOf };