import { r as parseJson } from "./chunks/json.mjs";
import { a as asOptionalText, i as asObject, o as asText } from "./chunks/members.mjs";
import { buffer } from "node:stream/consumers";
import { KeyObject, createPrivateKey, createPublicKey, sign } from "node:crypto";

// src/host/token-child.ts
const request = asObject(parseJson(await buffer(process.stdin), "the request"), "the request");
const message = asOptionalText(request["message"], "message");
try {
	const key = loadKey(asText(request["uri"], "uri"), asOptionalText(request["pin"], "pin"));
	if (message === null) answer({ publicKey: createPublicKey(key).export({
		format: "der",
		type: "spki"
	}).toString("base64") });
	else {
		const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
		answer({ signature: sign(hash, Buffer.from(message, "base64"), key).toString("base64") });
	}
} catch (error) {
	const [text, code] = error instanceof Error ? [error.message, "code" in error ? error.code : null] : [String(error), null];
	answer({
		error: text,
		code: typeof code === "string" ? code : null,
		node: process.versions.node
	});
}
/** `properties` leaves no loader but the provider's: OpenSSL would first look for a file that has the URI for its name. */
function loadKey(uri, pin) {
	const options = {
		key: new URL(uri),
		properties: "provider=pkcs11",
		...pin === null ? {} : { passphrase: pin }
	};
	const key = Reflect.apply(createPrivateKey, void 0, [options]);
	if (key instanceof KeyObject) return key;
	throw new Error("OpenSSL gave no key");
}
function answer(result) {
	process.stdout.write(JSON.stringify(result));
}

export {  };