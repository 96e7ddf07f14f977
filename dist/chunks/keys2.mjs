import { r as decodeUtf8, t as certificatesInPem, u as parsePem } from "./bytes.mjs";
import { o as publicKeyOfType } from "./keys.mjs";
import { i as trustIn } from "./trust.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { r as GateError } from "./errors11.mjs";
import { posix } from "node:path";

// src/gates/containers/keys.ts
/**
* What verifies signatures of a requirement.
* @throws SystemError, DataError, SignatureError, GateError for files that cannot be read
*/
async function verifierFor({ keys, pki }, files) {
	const spki = async (source) => firstKey(await keyBytes(source, files));
	if (!pki) return createVerifier(trustIn({ keys: await Promise.all(keys.map(spki)) }));
	const text = async (source) => decodeUtf8(await keyBytes(source, files), "the certificates");
	return createVerifier(trustIn({
		anchors: certificatesInPem(await text(pki.roots)),
		intermediates: pki.intermediates ? certificatesOnly(await text(pki.intermediates)) : []
	}));
}
/**
* The bytes of a key, wherever policy.json says it is.
* @throws SystemError; GateError GATE_CONFIGURATION_UNREAD for a relative path, which begins where podman is started
*/
async function keyBytes(source, files) {
	if ("data" in source) return source.data;
	if (posix.isAbsolute(source.path)) return files.read(source.path);
	throw new GateError("GATE_CONFIGURATION_UNREAD", `${source.path} is looked up in the folder that podman is started in`);
}
/**
* The first key in a PEM text, SPKI DER. podman takes nothing but PEM.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE; DataError; GateError GATE_CONFIGURATION_INVALID
*/
function firstKey(bytes) {
	const [first] = parsePem(Buffer.from(bytes).toString("latin1"));
	if (first?.label !== "PUBLIC KEY" && first?.label !== "RSA PUBLIC KEY") throw new GateError("GATE_CONFIGURATION_INVALID", "a key file does not begin with a public key in PEM");
	const key = publicKeyOfType(first.der, first.label === "PUBLIC KEY" ? "spki" : "pkcs1");
	return new Uint8Array(key.export({
		type: "spki",
		format: "der"
	}));
}
/**
* DER of the certificates in a PEM text that has nothing else, and nothing behind the last one.
* @throws DataError DATA_PEM_INVALID; GateError GATE_CONFIGURATION_INVALID
*/
function certificatesOnly(text) {
	const blocks = parsePem(text);
	const rest = text.slice(text.lastIndexOf("-----END ")).replace(/^-----END [^\n]*-----/, "");
	if (blocks.some(({ label }) => label !== "CERTIFICATE") || rest.trim() !== "") throw new GateError("GATE_CONFIGURATION_INVALID", "something else than certificates stands among certificates");
	return blocks.map(({ der }) => der);
}

export { verifierFor as i, firstKey as n, keyBytes as r, certificatesOnly as t };