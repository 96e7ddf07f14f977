import { n as parsePem } from "./pem.mjs";
import { n as SignatureError } from "./errors3.mjs";
import { createHash, createPublicKey, sign, verify } from "node:crypto";

// src/signing/keys.ts
const MIN_RSA_BITS = 2048;
/** Larger RSA keys only serve to slow a verifier down. */
const MAX_RSA_BITS = 16384;
const CURVES = {
	prime256v1: {
		name: "ecdsa-p256",
		hash: "sha256",
		fieldBytes: 32
	},
	secp384r1: {
		name: "ecdsa-p384",
		hash: "sha384",
		fieldBytes: 48
	},
	secp521r1: {
		name: "ecdsa-p521",
		hash: "sha512",
		fieldBytes: 66
	}
};
/** Name of a supported key's algorithm, or what is wrong with the key. */
function algorithmOf(key) {
	const details = key.asymmetricKeyDetails;
	const type = key.asymmetricKeyType;
	if (type === "ed25519") return { name: "ed25519" };
	if (type === "ec") {
		const curve = details?.namedCurve ?? "";
		const known = Object.hasOwn(CURVES, curve) ? CURVES[curve] : void 0;
		return known ? { name: known.name } : { problem: `an ECDSA key on ${curve ? `curve ${curve}` : "an unnamed curve"}` };
	}
	if (type !== "rsa") return { problem: `a key of type ${type ?? "unknown"}` };
	const bits = details?.modulusLength ?? 0;
	return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS ? { name: `rsa-${bits}` } : { problem: `an RSA key of ${bits} bits` };
}
/**
* A public key object with its names.
* @throws SignatureError SIGNATURE_KEY_UNSUPPORTED
*/
function toPublicKey(key) {
	const algorithm = algorithmOf(key);
	if ("problem" in algorithm) throw new SignatureError("SIGNATURE_KEY_UNSUPPORTED", `${algorithm.problem} is not supported`);
	return {
		key,
		algorithm: algorithm.name,
		hint: keyHint(key)
	};
}
/** Base64 SHA-256 of the SPKI: how bundles and policies name a key. */
function keyHint(key) {
	return createHash("sha256").update(key.export({
		format: "der",
		type: "spki"
	})).digest("base64");
}
/** SPKI DER. */
function spkiOf(key) {
	return new Uint8Array(key.key.export({
		format: "der",
		type: "spki"
	}));
}
/** The fact that a signature by this key proves. */
function keyIdentity(key) {
	return {
		method: "key",
		hint: key.hint,
		algorithm: key.algorithm
	};
}
/**
* The public keys in a file: SPKI or PKCS#1, PEM (any number of blocks) or DER.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED
*/
function readPublicKeys(bytes) {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
	if (!text.includes("-----BEGIN ")) return [toPublicKey(publicKeyFromDer(bytes))];
	if (text.includes("-----BEGIN PGP ")) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "this is an OpenPGP key", { hint: "give it as `keyring` instead" });
	const keys = parsePem(text).map(({ label, der }) => {
		if (label === "PUBLIC KEY" || label === "RSA PUBLIC KEY") return toPublicKey(publicKeyFromDer(der));
		throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `found the PEM block ${label} instead of a public key`, { hint: label.includes("PRIVATE") ? "private keys do not belong here; make the public key with `openssl pkey -pubout`" : "give a PEM file with the block PUBLIC KEY; certificates are trust anchors of their own kind" });
	});
	if (keys.length === 0) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the file holds no public key");
	return keys;
}
/** A SPKI or PKCS#1 public key. @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
function publicKeyFromDer(der) {
	for (const type of ["spki", "pkcs1"]) try {
		return createPublicKey({
			key: Buffer.from(der),
			format: "der",
			type
		});
	} catch {}
	throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the bytes are no public key (SPKI or PKCS#1)");
}
/**
* Signature over a message: SHA-256 for ECDSA (ASN.1 DER) and RSA (PKCS#1 v1.5), pure Ed25519. SHA-256 also for P-384
* and P-521, because cosign, podman and Apptainer accept nothing else without extra flags.
*/
function signMessage(key, message) {
	const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
	return new Uint8Array(sign(hash, message, key));
}
/**
* True when the signature over the message is by the key. ECDSA signatures are ASN.1 DER; the raw form of IEEE P1363, r
* and s in full length, is read too, as Apptainer and cosign do. Never throws.
*/
function verifyMessage(key, message, { signature, hashing }) {
	const curve = curveOf(key);
	const forms = curve && signature.length === 2 * curve.fieldBytes ? ["der", "ieee-p1363"] : ["der"];
	return hashesFor(key, hashing).some((hash) => forms.some((dsaEncoding) => {
		try {
			return verify(hash, message, {
				key: key.key,
				dsaEncoding
			}, signature);
		} catch {
			return false;
		}
	}));
}
function curveOf(key) {
	return Object.values(CURVES).find(({ name }) => name === key.algorithm);
}
function hashesFor(key, hashing) {
	if (key.algorithm === "ed25519") return [null];
	const curve = curveOf(key);
	return hashing === "bundle" && curve ? [.../* @__PURE__ */ new Set(["sha256", curve.hash])] : ["sha256"];
}

export { signMessage as a, verifyMessage as c, readPublicKeys as i, keyIdentity as n, spkiOf as o, publicKeyFromDer as r, toPublicKey as s, keyHint as t };