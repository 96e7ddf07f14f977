import { g as utf8, n as concatBytes, u as parsePem } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { createHash, createPublicKey, sign, verify } from "node:crypto";

// src/crypto/keys.ts
const MIN_RSA_BITS = 2048;
/** Larger RSA keys only serve to slow a verifier down. */
const MAX_RSA_BITS = 16384;
/** Go's limit; a large exponent only serves the same, at 9 ms a signature. */
const MAX_EXPONENT = 2n ** 31n - 1n;
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
	if ((details?.publicExponent ?? 0n) > MAX_EXPONENT) return { problem: "an RSA key with a large public exponent" };
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
/** Base64 SHA-256 of the SPKI: how bundles and policies name a key. A point that was written compressed changes nothing. */
function keyHint(key) {
	const spki = key.export({
		format: "der",
		type: "spki"
	});
	const name = key.asymmetricKeyType === "ec" ? key.asymmetricKeyDetails?.namedCurve ?? "" : "";
	const curve = Object.hasOwn(CURVES, name) ? CURVES[name] : void 0;
	const plain = !curve || spki.at(-1 - 2 * curve.fieldBytes) === UNCOMPRESSED ? spki : uncompressed(key);
	return createHash("sha256").update(plain).digest("base64");
}
/** First byte of a point that is written with both coordinates. */
const UNCOMPRESSED = 4;
function uncompressed(key) {
	return createPublicKey({
		key: key.export({ format: "jwk" }),
		format: "jwk"
	}).export({
		format: "der",
		type: "spki"
	});
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
* The supported public keys in a file, as publicKeysIn.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED
*/
function readPublicKeys(bytes) {
	return publicKeysIn(bytes).map(toPublicKey);
}
/**
* The public keys in a file, supported or not: SPKI or PKCS#1, PEM (any number of blocks) or DER.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function publicKeysIn(bytes) {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
	if (!text.includes("-----BEGIN ")) return [publicKeyFromDer(bytes)];
	if (text.includes("-----BEGIN PGP ")) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "this is an OpenPGP key", { hint: "give it as ⟨keyring⟩ instead" });
	const keys = parsePem(text).map(({ label, der }) => {
		if (label === "PUBLIC KEY" || label === "RSA PUBLIC KEY") return publicKeyFromDer(der);
		throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `found the PEM block ${label} instead of a public key`, { hint: label.includes("PRIVATE") ? "private keys do not belong here; make the public key with `openssl pkey -in KEY -pubout -out NEW`" : "give a PEM file with the block PUBLIC KEY; certificates are trust anchors of their own kind" });
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
/**
* OpenSSH fingerprint of a public key, `SHA256:<base64 without padding>`; undefined for key types that SSH has no form of.
* @see https://www.rfc-editor.org/rfc/rfc4253.html#section-6.6
* @see https://www.rfc-editor.org/rfc/rfc5656.html#section-3.1
* @see https://www.rfc-editor.org/rfc/rfc8709.html#section-4
*/
function opensshKeyid(key) {
	const wire = opensshWire(key);
	return wire && `SHA256:${createHash("sha256").update(wire).digest("base64").replace(/=+$/, "")}`;
}
/** The keyid that others compare with the one in a signature. */
function keyidOf({ key }, { keyid }) {
	const own = keyid === void 0 ? void 0 : opensshKeyid(key);
	return own === void 0 ? {} : { keyid: own };
}
function opensshWire(key) {
	const jwk = key.export({ format: "jwk" });
	const field = (name) => Buffer.from(jwk[name] ?? "", "base64url");
	if (jwk.kty === "RSA") return sshStrings(utf8("ssh-rsa"), mpint(field("e")), mpint(field("n")));
	if (jwk.kty === "OKP" && jwk.crv === "Ed25519") return sshStrings(utf8("ssh-ed25519"), field("x"));
	const curve = jwk.kty === "EC" ? /^P-(256|384|521)$/.exec(jwk.crv ?? "")?.[1] : void 0;
	if (curve === void 0) return void 0;
	const point = concatBytes(Uint8Array.of(4), field("x"), field("y"));
	return sshStrings(utf8(`ecdsa-sha2-nistp${curve}`), utf8(`nistp${curve}`), point);
}
function mpint(unsigned) {
	return (unsigned[0] ?? 0) < 128 ? unsigned : concatBytes(Uint8Array.of(0), unsigned);
}
function sshStrings(...parts) {
	return concatBytes(...parts.flatMap((part) => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(part.length);
		return [length, part];
	}));
}
const HINT = /^openpgp4fpr:([0-9a-f]{40})$/i;
/** The hint for a primary key fingerprint of 40 hex digits. */
function pgpHint(fingerprint) {
	return `openpgp4fpr:${fingerprint.toLowerCase()}`;
}
/** The fingerprint in a hint, upper case; undefined when the hint is not of an OpenPGP key. */
function parsePgpHint(hint) {
	return HINT.exec(hint)?.[1]?.toUpperCase();
}

export { parsePgpHint as a, publicKeysIn as c, spkiOf as d, toPublicKey as f, opensshKeyid as i, readPublicKeys as l, keyIdentity as n, pgpHint as o, verifyMessage as p, keyidOf as r, publicKeyFromDer as s, keyHint as t, signMessage as u };