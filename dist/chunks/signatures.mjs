import { g as utf8, n as concatBytes } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { t as CURVES } from "./keys.mjs";
import { constants, createHash, sign, verify } from "node:crypto";
import { AsyncLocalStorage } from "node:async_hooks";

// src/crypto/signatures.ts
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
/**
* Notation's table: the algorithm follows the key and nothing else.
* @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#algorithm-selection
*/
const JWS_ALGORITHMS = /* @__PURE__ */ new Map([
	["ecdsa-p256", {
		name: "ES256",
		hash: "sha256"
	}],
	["ecdsa-p384", {
		name: "ES384",
		hash: "sha384"
	}],
	["ecdsa-p521", {
		name: "ES512",
		hash: "sha512"
	}],
	["rsa-2048", {
		name: "PS256",
		hash: "sha256",
		saltBytes: 32
	}],
	["rsa-3072", {
		name: "PS384",
		hash: "sha384",
		saltBytes: 48
	}],
	["rsa-4096", {
		name: "PS512",
		hash: "sha512",
		saltBytes: 64
	}]
]);
/** The header `alg` that goes with a key; undefined for keys that Notation does not know. */
function jwsAlgorithm({ algorithm }) {
	return JWS_ALGORITHMS.get(algorithm)?.name;
}
function jwsOptions({ saltBytes }) {
	return saltBytes === void 0 ? { dsaEncoding: "ieee-p1363" } : {
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: saltBytes
	};
}
/** Signature over a message; undefined for keys that Notation does not know. */
function signJws({ key, algorithm: kind }, message) {
	const algorithm = JWS_ALGORITHMS.get(kind);
	return algorithm && new Uint8Array(sign(algorithm.hash, message, {
		key,
		...jwsOptions(algorithm)
	}));
}
/** True when the signature over the message is by the key, in the one form that there is. Never throws. */
function verifyJws({ key, algorithm: kind }, message, signature) {
	const algorithm = JWS_ALGORITHMS.get(kind);
	if (!algorithm) return false;
	try {
		return verify(algorithm.hash, message, {
			key,
			...jwsOptions(algorithm)
		}, signature);
	} catch {
		return false;
	}
}
/**
* What all checks of one image may cost, in those of P-256 signatures, of which OpenSSL does 20,000 a second. Strangers
* choose how many there are and, in certificates, by what keys. It fails the image: nothing can be hidden behind it.
*/
const MOST = 2e4;
/** Of these for signatures that name a key which nobody trusts, tried with keys that are called otherwise. */
const MOST_GUESSES = 4e3;
/** Searches through all keys of the policy that are not counted: how many keys there are is its own choice, no stranger's. */
const FREE_SEARCHES = 8;
/** How much slower OpenSSL is with other curves than P-256. */
const CURVE_COSTS = /* @__PURE__ */ new Map([["ecdsa-p384", 9], ["ecdsa-p521", 19]]);
/** An RSA key of this size, with the largest exponent that is read, costs two; larger ones by the square. */
const RSA_BITS = 4096;
const efforts = new AsyncLocalStorage();
/**
* Everything that is learnt about one image, within the bound.
* @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE, and what the work throws
*/
async function withinEffort(examine) {
	if (efforts.getStore()) return await examine();
	const effort = {
		left: MOST,
		guesses: MOST_GUESSES,
		searches: FREE_SEARCHES,
		signers: /* @__PURE__ */ new Set()
	};
	const result = await efforts.run(effort, examine);
	if (effort.left < 0) throw tooLarge();
	return result;
}
/**
* To be called before each check of a signature; `guess` when the signature names another key. False when it is not
* worth another guess.
* @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE
*/
function spend(cost, guess = false) {
	const effort = efforts.getStore();
	if (!effort) return true;
	if (guess) effort.guesses -= cost;
	if (guess && effort.guesses < 0) return false;
	effort.left -= cost;
	if (effort.left < 0) throw tooLarge();
	return true;
}
/** A search through all keys of the policy, of which some are not counted. @throws what the search throws */
function searching(search) {
	const effort = efforts.getStore();
	if (!effort || effort.searches <= 0) return search();
	effort.searches -= 1;
	return efforts.run(void 0, search);
}
/** Notes by whose key something on the image is signed. */
function noteSigner(hint) {
	efforts.getStore()?.signers.add(hint);
}
/** True when that key has signed something else on the image: most likely it signed what names no key, too. */
function hasSigned(hint) {
	return efforts.getStore()?.signers.has(hint) === true;
}
/** Of one check with a key. */
function costOf(algorithm) {
	const [, bits] = algorithm.split("rsa-");
	if (bits !== void 0) return Math.ceil(2 * (Number(bits) / RSA_BITS) ** 2);
	return CURVE_COSTS.get(algorithm) ?? 1;
}
function tooLarge() {
	return new SignatureError("SIGNATURE_EFFORT_TOO_LARGE", "the image has more signatures, or slower ones, than are checked");
}

export { noteSigner as a, pgpHint as c, signMessage as d, spend as f, keyidOf as i, searching as l, withinEffort as m, hasSigned as n, opensshKeyid as o, verifyMessage as p, jwsAlgorithm as r, parsePgpHint as s, costOf as t, signJws as u };