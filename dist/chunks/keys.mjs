import { g as utf8, h as toHex, n as concatBytes, u as parsePem } from "./bytes.mjs";
import { r as verifyJws } from "./jws.mjs";
import { a as spend, t as costOf } from "./effort.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { createHash, createPublicKey, sign, verify } from "node:crypto";

// src/crypto/openssh-wire.ts
/**
* The key as SSH writes it; undefined for key types that it has no form of.
* @see https://www.rfc-editor.org/rfc/rfc4253.html#section-6.6
* @see https://www.rfc-editor.org/rfc/rfc5656.html#section-3.1
* @see https://www.rfc-editor.org/rfc/rfc8709.html#section-4
*/
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

// src/crypto/spki.ts
/**
* The forms, each of a length of its own.
* @see https://www.rfc-editor.org/rfc/rfc5480.html#section-2
* @see https://www.rfc-editor.org/rfc/rfc8410.html#section-4
* @see https://www.rfc-editor.org/rfc/rfc8017.html#appendix-A.1.1
* @see https://doi.org/10.6028/NIST.SP.800-186 section 3.2.1, for the curves
*/
const FORMS = [
	{
		algorithm: "ecdsa-p256",
		head: "3059301306072a8648ce3d020106082a8648ce3d03010703420004",
		bytes: 64,
		curve: {
			p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
			b: 41058363725152142129326129780047268409114441015993725554835256314039467401291n
		}
	},
	{
		algorithm: "ecdsa-p384",
		head: "3076301006072a8648ce3d020106052b8104002203620004",
		bytes: 96,
		curve: {
			p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
			b: 27580193559959705877849011840389048093056905856361568521428707301988689241309860865136260764883745107765439761230575n
		}
	},
	{
		algorithm: "ecdsa-p521",
		head: "30819b301006072a8648ce3d020106052b810400230381860004",
		bytes: 132,
		curve: {
			p: 2n ** 521n - 1n,
			b: 1093849038073734274511112390766805569936207598951683748994586394495953116150735016013708737573759623248592132296706313309438452531591012912142327488478985984n
		}
	},
	{
		algorithm: "ed25519",
		head: "302a300506032b6570032100",
		bytes: 32
	},
	rsa(2048),
	rsa(3072),
	rsa(4096)
];
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
	return hintOf(writtenPlainly(key));
}
function hintOf(spki) {
	return createHash("sha256").update(spki).digest("base64");
}
/** SPKI DER, with both coordinates of a point. */
function writtenPlainly(key) {
	const spki = key.export({
		format: "der",
		type: "spki"
	});
	const name = key.asymmetricKeyType === "ec" ? key.asymmetricKeyDetails?.namedCurve ?? "" : "";
	const curve = Object.hasOwn(CURVES, name) ? CURVES[name] : void 0;
	return !curve || spki.at(-1 - 2 * curve.fieldBytes) === UNCOMPRESSED ? spki : uncompressed(key);
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
* Signature over a message: SHA-256 for ECDSA (ASN.1 DER) and RSA (PKCS#1 v1.5), pure Ed25519. SHA-256 also for P-384
* and P-521, because cosign, podman and Apptainer accept nothing else without extra flags.
*/
function signMessage(key, message) {
	const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
	return new Uint8Array(sign(hash, message, key));
}
/**
* True when the signature over the message is by the key. ECDSA signatures are ASN.1 DER; the raw form of IEEE P1363, r
* and s in full length, is read too, as Apptainer and cosign do. `guess` as in spend. Never throws for a signature.
* @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE
*/
function verifyMessage(key, message, { signature, hashing, guess }) {
	const cost = costOf(key.algorithm);
	if (hashing === "jws") return spend(cost) && verifyJws(key, message, signature);
	const curve = curveOf(key);
	const { key: object } = key;
	const forms = curve && signature.length === 2 * curve.fieldBytes ? ["der", "ieee-p1363"] : ["der"];
	return hashesFor(key, hashing).some((hash) => forms.some((dsaEncoding) => {
		if (!spend(cost, guess)) return false;
		try {
			return verify(hash, message, {
				key: object,
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
const HINT = /^openpgp4fpr:([0-9a-f]{40})$/i;
/** The hint for a primary key fingerprint of 40 hex digits. */
function pgpHint(fingerprint) {
	return `openpgp4fpr:${fingerprint.toLowerCase()}`;
}
/** The fingerprint in a hint, upper case; undefined when the hint is not of an OpenPGP key. */
function parsePgpHint(hint) {
	return HINT.exec(hint)?.[1]?.toUpperCase();
}

export { opensshKeyid as a, publicKeyFromDer as c, readPublicKeys as d, signMessage as f, verifyMessage as g, toPublicKey as h, knownKey as i, publicKeyOfType as l, spkisIn as m, keyIdentity as n, parsePgpHint as o, spkiOf as p, keyidOf as r, pgpHint as s, keyHint as t, publicKeysIn as u };