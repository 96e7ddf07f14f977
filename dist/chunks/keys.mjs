import { h as toHex, u as parsePem } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { createPublicKey, hash } from "node:crypto";

// src/crypto/keys.ts
const MIN_RSA_BITS = 2048;
/** Larger RSA keys only serve to slow a verifier down. */
const MAX_RSA_BITS = 16384;
/** Go's limit; a large exponent only serves the same, at 9 ms a signature. */
const MAX_EXPONENT = 2n ** 31n - 1n;
/**
* The curves of ECDSA keys, by OpenSSL's names.
* @see https://doi.org/10.6028/NIST.SP.800-186 section 3.2.1
*/
const CURVES = {
	prime256v1: {
		name: "ecdsa-p256",
		hash: "sha256",
		fieldBytes: 32,
		p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
		b: 41058363725152142129326129780047268409114441015993725554835256314039467401291n
	},
	secp384r1: {
		name: "ecdsa-p384",
		hash: "sha384",
		fieldBytes: 48,
		p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
		b: 27580193559959705877849011840389048093056905856361568521428707301988689241309860865136260764883745107765439761230575n
	},
	secp521r1: {
		name: "ecdsa-p521",
		hash: "sha512",
		fieldBytes: 66,
		p: 2n ** 521n - 1n,
		b: 1093849038073734274511112390766805569936207598951683748994586394495953116150735016013708737573759623248592132296706313309438452531591012912142327488478985984n
	}
};
const BY_NAME = new Map(Object.entries(CURVES));
/** Name of a supported key's algorithm, or what is wrong with the key. */
function algorithmOf(key) {
	const { asymmetricKeyDetails: details, asymmetricKeyType: type } = key;
	if (type === "ed25519") return { name: "ed25519" };
	if (type === "ec") {
		const curve = details?.namedCurve;
		return curveOf(key) ?? { problem: `an ECDSA key on ${curve ? `curve ${curve}` : "an unnamed curve"}` };
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
	return hintOf(writtenPlainly(key));
}
function hintOf(spki) {
	return hash("sha256", spki, "base64");
}
/** SPKI DER, with both coordinates of a point. */
function writtenPlainly(key) {
	const spki = key.export({
		format: "der",
		type: "spki"
	});
	const curve = curveOf(key);
	if (!curve || spki.at(-1 - 2 * curve.fieldBytes) === 4) return spki;
	return createPublicKey({
		key: key.export({ format: "jwk" }),
		format: "jwk"
	}).export({
		format: "der",
		type: "spki"
	});
}
function curveOf({ asymmetricKeyType, asymmetricKeyDetails }) {
	return asymmetricKeyType === "ec" ? BY_NAME.get(asymmetricKeyDetails?.namedCurve ?? "") : void 0;
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
	return dersIn(bytes).map((der) => knownKey(der) ?? toPublicKey(publicKeyFromDer(der)));
}
/**
* The public keys in a file as SPKI, supported or not.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function spkisIn(bytes) {
	return dersIn(bytes).map((der) => knownAlgorithm(der) === void 0 ? new Uint8Array(writtenPlainly(publicKeyFromDer(der))) : der);
}
/** Of which OpenSSL has read a key here: builds and settings of it differ in the kinds that they take. */
const kindsRead = /* @__PURE__ */ new Set();
/** Undefined for a key that is to be read by OpenSSL, which is asked about the first of each kind. */
function knownAlgorithm(der) {
	const algorithm = algorithmOfSpki(der);
	return algorithm !== void 0 && kindsRead.has(algorithm) ? algorithm : void 0;
}
/** A key in the usual form of its kind, which OpenSSL parses when it is first used; undefined for all others. */
function knownKey(spki) {
	const algorithm = knownAlgorithm(spki);
	if (algorithm === void 0) return void 0;
	let key;
	return {
		algorithm,
		hint: hintOf(spki),
		get key() {
			key ??= publicKeyOfType(spki, "spki");
			return key;
		}
	};
}
/**
* The public keys in a file, supported or not: SPKI or PKCS#1, PEM (any number of blocks) or DER.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function publicKeysIn(bytes) {
	return dersIn(bytes).map(publicKeyFromDer);
}
function dersIn(bytes) {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
	if (!text.includes("-----BEGIN ")) return [bytes];
	if (text.includes("-----BEGIN PGP ")) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "this is an OpenPGP key", { hint: "give it as ⟨keyring⟩ instead" });
	const ders = parsePem(text).map(({ label, der }) => {
		if (label === "PUBLIC KEY" || label === "RSA PUBLIC KEY") return der;
		throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `found the PEM block ${label} instead of a public key`, { hint: label.includes("PRIVATE") ? "private keys do not belong here; make the public key with `openssl pkey -in KEY -pubout -out NEW`" : "give a PEM file with the block PUBLIC KEY; certificates are trust anchors of their own kind" });
	});
	if (ders.length === 0) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the file holds no public key");
	return ders;
}
/** A SPKI or PKCS#1 public key. @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
function publicKeyFromDer(der) {
	for (const type of ["spki", "pkcs1"]) try {
		const key = publicKeyOfType(der, type);
		const kind = algorithmOfSpki(der);
		if (kind !== void 0) kindsRead.add(kind);
		return key;
	} catch {}
	throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the bytes are no public key (SPKI or PKCS#1)");
}
/** A public key in exactly this form. @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
function publicKeyOfType(der, type) {
	try {
		return createPublicKey({
			key: Buffer.from(der),
			format: "der",
			type
		});
	} catch (cause) {
		throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `the bytes are no public key (${type})`, { cause });
	}
}
/**
* The forms, each of a length of its own.
* @see https://www.rfc-editor.org/rfc/rfc5480.html#section-2
* @see https://www.rfc-editor.org/rfc/rfc8410.html#section-4
* @see https://www.rfc-editor.org/rfc/rfc8017.html#appendix-A.1.1
*/
const FORMS = [
	ecdsa(CURVES.prime256v1, "3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
	ecdsa(CURVES.secp384r1, "3076301006072a8648ce3d020106052b8104002203620004"),
	ecdsa(CURVES.secp521r1, "30819b301006072a8648ce3d020106052b810400230381860004"),
	{
		algorithm: "ed25519",
		head: "302a300506032b6570032100",
		bytes: 32
	},
	rsa(2048),
	rsa(3072),
	rsa(4096)
];
function ecdsa(curve, head) {
	return {
		algorithm: curve.name,
		head,
		bytes: 2 * curve.fieldBytes,
		curve
	};
}
/** With the exponent 65537. */
function rsa(bits) {
	const bytes = bits / 8;
	const key = `30${length(bytes + 10)}02${length(bytes + 1)}00`;
	const head = `30${length(bytes + 34)}300d06092a864886f70d010101050003${length(bytes + 15)}00${key}`;
	return {
		algorithm: `rsa-${bits}`,
		head,
		bytes,
		tail: "0203010001"
	};
}
/** Of a value of 256 to 65,535 bytes, in DER. */
function length(bytes) {
	return `82${bytes.toString(16).padStart(4, "0")}`;
}
const BY_LENGTH = new Map(FORMS.map(({ head, tail = "", ...form }) => [head.length / 2 + form.bytes + tail.length / 2, {
	...form,
	head: Buffer.from(head, "hex"),
	tail: Buffer.from(tail, "hex")
}]));
/**
* Algorithm of a key that OpenSSL reads and writes as exactly these bytes; undefined where that is not sure. A point is
* on its curve, and a modulus has the bits that its name says.
*/
function algorithmOfSpki(spki) {
	const form = BY_LENGTH.get(spki.length);
	if (!form) return void 0;
	const bytes = Buffer.from(spki.buffer, spki.byteOffset, spki.byteLength);
	const { algorithm, head, tail, curve } = form;
	const end = bytes.length - tail.length;
	if (!bytes.subarray(0, head.length).equals(head) || !bytes.subarray(end).equals(tail)) return void 0;
	const body = bytes.subarray(head.length, end);
	return (curve ? isOnCurve(body, curve) : tail.length === 0 || isModulus(body)) ? algorithm : void 0;
}
function isModulus(body) {
	return (body[0] ?? 0) >= 128 && (body.at(-1) ?? 0) % 2 === 1;
}
function isOnCurve(point, { p, b }) {
	const x = BigInt(`0x${toHex(point.subarray(0, point.length / 2))}`);
	const y = BigInt(`0x${toHex(point.subarray(point.length / 2))}`);
	return x < p && y < p && (y * y - (x * x - 3n) * x - b) % p === 0n;
}

export { publicKeyFromDer as a, readPublicKeys as c, toPublicKey as d, knownKey as i, spkiOf as l, keyHint as n, publicKeyOfType as o, keyIdentity as r, publicKeysIn as s, CURVES as t, spkisIn as u };