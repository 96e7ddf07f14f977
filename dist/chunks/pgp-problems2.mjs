import { n as SignatureError } from "./errors3.mjs";
import { n as signatureReason } from "./reasons2.mjs";

// src/signing/pgp-problems.ts
const PACKET_TEXTS = [
	[/Signed digest did not match|Signature verification failed/, "SIGNATURE_BAD"],
	[/Signature creation time is in the future/, "PGP_SIGNATURE_FUTURE"],
	[/Signature is expired/, "PGP_SIGNATURE_EXPIRED"],
	[/Insecure (?:message )?hash/, "PGP_HASH_REFUSED"],
	[/Primary key|signing key packet|Subkey|curve/i, "PGP_KEY_UNSUITABLE"]
];
/** As the library, which counts from 2047 because some keys have a leading zero bit. */
const MIN_RSA_BITS = 2047;
const ECDSA_CURVES = /* @__PURE__ */ new Set([
	"nistP256",
	"nistP384",
	"nistP521"
]);
/**
* What is not supported about a key; asked before the library, which in its Node build verifies Brainpool curves only
* with a package that it does not bring, and then says something else. Apptainer verifies all of these.
*/
function unsupportedAlgorithm({ algorithm, bits, curve = "" }) {
	if (algorithm === "dsa" || algorithm === "elgamal") return `${algorithm.toUpperCase()} keys are not supported`;
	if (algorithm.startsWith("rsa") && bits !== void 0 && bits < MIN_RSA_BITS) return `RSA keys of ${bits} bits are not supported`;
	return algorithm === "ecdsa" && !ECDSA_CURVES.has(curve) ? `the curve ${curve} is not supported` : void 0;
}
/** Why a signature packet by a known key is not good. */
function packetProblem(text, fingerprint) {
	const code = PACKET_TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? "PGP_SIGNATURE_REFUSED";
	if (code === "PGP_KEY_UNSUITABLE") return keyProblem(text, fingerprint);
	return signatureReason(code, `the signature by OpenPGP key ${fingerprint} is not good: ${lowerFirst(text)}`);
}
/** Why a known key may not have made a signature. */
function keyProblem(text, fingerprint) {
	const code = /revoked/.test(text) ? "PGP_KEY_REVOKED" : /expired/.test(text) ? "PGP_KEY_EXPIRED" : "PGP_KEY_UNSUITABLE";
	return signatureReason(code, `the OpenPGP key ${fingerprint} cannot vouch for anything now: ${lowerFirst(text)}`);
}
const UNSUPPORTED = / not supported$/;
/** The problem that says most, of those that the parts of a key have. */
function tellingProblem(problems) {
	return [/revoked|expired/, UNSUPPORTED].map((pattern) => problems.find((text) => pattern.test(text))).find(Boolean) ?? problems[0];
}
/** Why a secret key cannot sign, as an error. */
function secretKeyError(text, fingerprint) {
	if (UNSUPPORTED.test(text)) return new SignatureError("SIGNATURE_PGP_CANNOT_SIGN", `the OpenPGP key ${fingerprint} cannot sign: ${text}`, { hint: "use a version 4 key of type Ed25519, NIST P-256, P-384 or P-521, or RSA of 2048 bits or more" });
	const code = /revoked/.test(text) ? "SIGNATURE_PGP_REVOKED" : /expired|self-signature|certification/i.test(text) ? "SIGNATURE_PGP_EXPIRED" : "SIGNATURE_PGP_CANNOT_SIGN";
	return new SignatureError(code, `the OpenPGP key ${fingerprint} cannot sign: ${lowerFirst(text)}`);
}
/**
* Which of the secret keys in a file shall sign; `total` counts the public keys too.
* @throws SignatureError SIGNATURE_PGP_SEVERAL_KEYS, SIGNATURE_KEY_NOT_PRIVATE, SIGNATURE_KEY_UNREADABLE
*/
function selectFingerprint(available, { wanted, total }) {
	const [first, second] = available;
	if (first === void 0 && total > 0) throw new SignatureError("SIGNATURE_KEY_NOT_PRIVATE", "the OpenPGP file holds only public keys", { hint: "export the secret key with `gpg --export-secret-keys FINGERPRINT`" });
	if (first === void 0) throw new SignatureError("SIGNATURE_KEY_UNREADABLE", "the file holds no OpenPGP key");
	const list = available.join(", ");
	if (wanted !== void 0) {
		const fingerprint = wanted.replaceAll(/\s/g, "").toUpperCase();
		if (available.includes(fingerprint)) return fingerprint;
		throw new SignatureError("SIGNATURE_PGP_SEVERAL_KEYS", `the file holds ${list}, not ${wanted.slice(0, 80)}`);
	}
	if (second === void 0) return first;
	throw new SignatureError("SIGNATURE_PGP_SEVERAL_KEYS", `the file holds ${available.length} secret keys: ${list}`);
}
function lowerFirst(text) {
	return (/^[A-Z]{2}/.test(text) ? text.slice(0, 1) : text.slice(0, 1).toLowerCase()) + text.slice(1, 300);
}

export { tellingProblem as a, selectFingerprint as i, packetProblem as n, unsupportedAlgorithm as o, secretKeyError as r, keyProblem as t };