import { g as verifyMessage } from "./keys.mjs";
import { n as KeyError } from "./errors6.mjs";
import { t as assertExpectedKey } from "./expected.mjs";

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

export { externalSigningKey as t };