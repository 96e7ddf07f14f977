import { s as utf8, t as concatBytes } from "./bytes.mjs";
import { t as encodePem } from "./pem.mjs";
import { a as encodeOid, i as encodeDer, o as encodeTime, t as TAG, u as readDer } from "./der.mjs";
import { t as keyHint } from "./keys.mjs";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

// src/signing/certificate-generate.ts
const ECDSA_SHA256 = encodeDer(TAG.sequence, encodeOid("1.2.840.10045.4.3.2"));
const TRUE = encodeDer(TAG.boolean, Uint8Array.of(255));
const CA_KEY_USAGE = encodeDer(TAG.bitString, Uint8Array.of(1, 6));
const LEAF_KEY_USAGE = encodeDer(TAG.bitString, Uint8Array.of(7, 128));
const CODE_SIGNING_USAGE = encodeDer(TAG.sequence, encodeOid("1.3.6.1.5.5.7.3.3"));
/** A new ECDSA P-256 key. */
function generateEcKey(passphrase) {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	return keyFiles(privateKey, publicKey, passphrase);
}
function keyFiles(privateKey, publicKey, passphrase) {
	const encryption = passphrase ? {
		cipher: "aes-256-cbc",
		passphrase: Buffer.from(passphrase.reveal())
	} : {};
	return {
		hint: keyHint(publicKey),
		privateKey: privateKey.export({
			format: "pem",
			type: "pkcs8",
			...encryption
		}).toString(),
		publicKey: publicKey.export({
			format: "pem",
			type: "spki"
		}).toString()
	};
}
/** A new P-256 leaf for code signing with an e-mail address, under a new issuing CA under a new root; each valid for `days`. */
function generateX509Chain(options) {
	const { name, email, days, now } = options;
	const notBefore = /* @__PURE__ */ new Date(Math.floor(now.getTime() / 1e3) * 1e3);
	const validity = {
		notBefore,
		notAfter: new Date(notBefore.getTime() + days * 864e5)
	};
	const root = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const ca = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const rootIssuer = {
		subject: `${name} root CA`,
		key: root.privateKey
	};
	const caIssuer = {
		subject: `${name} issuing CA`,
		key: ca.privateKey
	};
	const pem = (request) => encodePem("CERTIFICATE", encodeCertificate({
		...request,
		...validity
	}));
	return {
		...keyFiles(leaf.privateKey, leaf.publicKey, options.passphrase),
		root: pem({
			subject: rootIssuer.subject,
			publicKey: root.publicKey,
			issuer: rootIssuer,
			extensions: caExtensions()
		}),
		intermediates: pem({
			subject: caIssuer.subject,
			publicKey: ca.publicKey,
			issuer: rootIssuer,
			extensions: caExtensions(0)
		}),
		certificate: pem({
			subject: name,
			publicKey: leaf.publicKey,
			issuer: caIssuer,
			extensions: leafExtensions(email)
		})
	};
}
/** Extensions of a CA certificate; without a path length any number of CAs may be below it. */
function caExtensions(pathLength) {
	const length = pathLength === void 0 ? [] : [encodeDer(TAG.integer, Uint8Array.of(pathLength))];
	return [encodeExtension("2.5.29.19", encodeDer(TAG.sequence, TRUE, ...length), true), encodeExtension("2.5.29.15", CA_KEY_USAGE, true)];
}
/** Extensions of a code signing certificate for an e-mail address. */
function leafExtensions(email) {
	return [
		encodeExtension("2.5.29.15", LEAF_KEY_USAGE, true),
		encodeExtension("2.5.29.37", CODE_SIGNING_USAGE, false),
		encodeExtension("2.5.29.17", encodeDer(TAG.sequence, encodeDer(129, utf8(email))), false)
	];
}
/** DER of one Extension. */
function encodeExtension(oid, value, critical) {
	return encodeDer(TAG.sequence, encodeOid(oid), ...critical ? [TRUE] : [], encodeDer(TAG.octetString, value));
}
/** DER of a version 3 certificate, signed by an ECDSA key with SHA-256. */
function encodeCertificate(request) {
	const serial = Buffer.concat([Uint8Array.of(64), randomBytes(15)]);
	const spki = readDer(new Uint8Array(request.publicKey.export({
		format: "der",
		type: "spki"
	})));
	const extensions = encodeDer(163, encodeDer(TAG.sequence, ...request.extensions));
	const tbs = encodeDer(TAG.sequence, encodeDer(160, encodeDer(TAG.integer, Uint8Array.of(2))), encodeDer(TAG.integer, serial), ECDSA_SHA256, encodeName(request.issuer.subject), encodeDer(TAG.sequence, encodeTime(request.notBefore), encodeTime(request.notAfter)), encodeName(request.subject), spki.bytes, ...request.extensions.length > 0 ? [extensions] : []);
	const signature = sign("sha256", tbs, request.issuer.key);
	return encodeDer(TAG.sequence, tbs, ECDSA_SHA256, encodeDer(TAG.bitString, concatBytes(Uint8Array.of(0), signature)));
}
/** A name of one attribute, the common name. */
function encodeName(commonName) {
	const attribute = encodeDer(TAG.sequence, encodeOid("2.5.4.3"), encodeDer(TAG.utf8String, utf8(commonName)));
	return encodeDer(TAG.sequence, encodeDer(TAG.set, attribute));
}

export { generateX509Chain as n, generateEcKey as t };