import { a as encodePem, g as utf8 } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { c as readPublicKeys, l as spkiOf } from "./keys.mjs";
import { p as verifyMessage } from "./signatures.mjs";
import { n as KeyError } from "./errors6.mjs";
import { r as parseKeyName } from "./key-name.mjs";

// src/crypto/external/external.ts
/**
* The key of that name.
* @throws KeyError; SignatureError SIGNATURE_KEY_UNSUPPORTED, SIGNATURE_TRUST_UNREADABLE when the expected one cannot be read
*/
async function externalSigningKey(name, options) {
	const key = await openKey(name, options);
	const publicKey = await key.publicKey();
	assertExpectedKey(publicKey, options.expected, key.what);
	return {
		publicKey,
		isProtected: true,
		sign: async (message) => {
			const signature = await key.sign(message);
			if (verifyMessage(publicKey, message, {
				signature,
				hashing: "native"
			})) return signature;
			const { hint } = await key.publicKey();
			if (hint !== publicKey.hint) throw new KeyError("KEY_UNEXPECTED", `${key.what} has the key ${hint} now, and had ${publicKey.hint} before`);
			throw new KeyError("KEY_SIGNATURE_WRONG", `the signature of ${key.what} does not verify with its key ${hint}`);
		}
	};
}
async function openKey(name, options) {
	return name.holder === "plugin" ? (await import("./plugin.mjs")).pluginKey(name, options.world) : (await import("./token.mjs")).tokenKey(name, options);
}
/**
* Refuses another key than the expected one.
* @throws KeyError KEY_UNEXPECTED; SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function assertExpectedKey({ hint }, expected, what) {
	if (expected === void 0) return;
	const [wanted, second] = readPublicKeys(utf8(expected));
	if (!wanted || second) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the expected key is not one key");
	if (wanted.hint !== hint) throw new KeyError("KEY_UNEXPECTED", `${what} has the key ${hint}, and ${wanted.hint} is expected`);
}
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

export { externalSigningKey as n, publicKeyOf as r, assertExpectedKey as t };