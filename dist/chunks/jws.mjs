import { constants, sign, verify } from "node:crypto";

// src/crypto/jws.ts
/**
* Notation's table: the algorithm follows the key and nothing else.
* @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#algorithm-selection
*/
const ALGORITHMS = {
	"ecdsa-p256": {
		name: "ES256",
		hash: "sha256"
	},
	"ecdsa-p384": {
		name: "ES384",
		hash: "sha384"
	},
	"ecdsa-p521": {
		name: "ES512",
		hash: "sha512"
	},
	"rsa-2048": {
		name: "PS256",
		hash: "sha256",
		saltBytes: 32
	},
	"rsa-3072": {
		name: "PS384",
		hash: "sha384",
		saltBytes: 48
	},
	"rsa-4096": {
		name: "PS512",
		hash: "sha512",
		saltBytes: 64
	}
};
function algorithmOf({ algorithm }) {
	return Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : void 0;
}
/** The header `alg` that goes with a key; undefined for keys that Notation does not know. */
function jwsAlgorithm(key) {
	return algorithmOf(key)?.name;
}
function optionsFor({ saltBytes }) {
	return saltBytes === void 0 ? { dsaEncoding: "ieee-p1363" } : {
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: saltBytes
	};
}
/** Signature over a message; undefined for keys that Notation does not know. */
function signJws({ key, ...kind }, message) {
	const algorithm = algorithmOf(kind);
	return algorithm && new Uint8Array(sign(algorithm.hash, message, {
		key,
		...optionsFor(algorithm)
	}));
}
/** True when the signature over the message is by the key, in the one form that there is. Never throws. */
function verifyJws({ key, ...kind }, message, signature) {
	const algorithm = algorithmOf(kind);
	if (!algorithm) return false;
	try {
		return verify(algorithm.hash, message, {
			key,
			...optionsFor(algorithm)
		}, signature);
	} catch {
		return false;
	}
}

export { signJws as n, verifyJws as r, jwsAlgorithm as t };