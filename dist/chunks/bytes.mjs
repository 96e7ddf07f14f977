import { r as DataError } from "./errors.mjs";
import { hash } from "node:crypto";

// src/base/bytes.ts
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", {
	fatal: true,
	ignoreBOM: true
});
/** UTF-8 bytes of a text. */
function utf8(text) {
	return encoder.encode(text);
}
/**
* Text of UTF-8 bytes.
* @throws DataError DATA_NOT_UTF8
*/
function decodeUtf8(bytes, what) {
	try {
		return decoder.decode(bytes);
	} catch (cause) {
		throw new DataError("DATA_NOT_UTF8", `${what} is not valid UTF-8`, {
			cause,
			hint: "check that the right file was given; it has to be a text in UTF-8"
		});
	}
}
/** Lower-case hex. */
function toHex(bytes) {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
/** Standard base64 with padding. */
function toBase64(bytes) {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
/**
* Bytes of canonical standard base64 (padding required, no white space, no stray bits).
* @throws DataError DATA_BASE64_INVALID
*/
function fromBase64(text, what) {
	const bytes = Buffer.from(text, "base64");
	if (bytes.toString("base64") !== text) throw new DataError("DATA_BASE64_INVALID", `${what} is not canonical base64`, { hint: "restore the original bytes; the value was altered or cut" });
	return new Uint8Array(bytes);
}
/** One array of all the parts, in order. */
function concatBytes(...parts) {
	return new Uint8Array(Buffer.concat(parts));
}
/** Same length and same bytes; not constant time, so not for secrets. */
function equalBytes(a, b) {
	return a.length === b.length && Buffer.compare(a, b) === 0;
}
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
/** True when the text is a digest that we support. */
function isDigest(text) {
	return DIGEST.test(text);
}
/**
* The text as a digest.
* @throws DataError DATA_DIGEST_INVALID
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
*/
function parseDigest(text) {
	if (!isDigest(text)) throw new DataError("DATA_DIGEST_INVALID", `not a digest: ${JSON.stringify(text.slice(0, 160))}`, { hint: "write sha256: followed by 64 lower-case hex digits" });
	return text;
}
/** SHA-256 of the bytes. */
function sha256(bytes) {
	return `sha256:${sha256Hex(bytes)}`;
}
/** SHA-256 of the bytes as 64 lower-case hex digits. */
function sha256Hex(bytes) {
	return hash("sha256", bytes, "hex");
}
/** The hex part of a digest. */
function digestHex(digest) {
	return digest.slice(digest.indexOf(":") + 1);
}
/** A digest for people: algorithm and the first 12 hex digits. */
function shortDigest(digest) {
	return digest.slice(0, digest.indexOf(":") + 13);
}
/** To the end of a line; blanks there count for nothing. No label is longer. */
const MARKER = /-----(BEGIN|END) ([^\n]{1,80}?)-----[\0-\t\v-\x20]*(?=\n|$)/g;
/**
* All blocks of a PEM text in order; none is not an error. Headers inside a block (`Proc-Type:`) make it unreadable. One
* pass over the text, which may come from a registry: no search for an end that is not there.
* @throws DataError DATA_PEM_INVALID
* @see https://www.rfc-editor.org/rfc/rfc7468.html#section-3
*/
function parsePem(text) {
	const blocks = [];
	let open;
	for (const { 0: marker, 1: kind, 2: label = "", index } of text.matchAll(MARKER)) {
		if (index > 0 && text[index - 1] !== "\n") throw damaged(label);
		if (kind === "BEGIN" && open) throw damaged(open.label);
		if (kind === "BEGIN") open = {
			label,
			from: index + marker.length
		};
		else if (open) {
			if (open.label !== label) throw damaged(open.label);
			blocks.push({
				label,
				der: decode(text.slice(open.from, index), label)
			});
			open = void 0;
		}
	}
	return blocks;
}
function decode(base64, label) {
	const body = base64.replace(/\s+/g, "");
	const der = Buffer.from(body, "base64");
	if (der.length === 0 || der.toString("base64") !== body) throw damaged(label);
	return new Uint8Array(der);
}
function damaged(label, hint = "restore the file, or convert the key to PKCS#8") {
	return new DataError("DATA_PEM_INVALID", `the PEM block ${label} is damaged, has a header or is not read by all`, { hint });
}
/** Labels that OpenSSL reads as certificates where it looks for one. */
const OTHER_CERTIFICATES = /* @__PURE__ */ new Set(["X509 CERTIFICATE", "TRUSTED CERTIFICATE"]);
/**
* DER of every certificate in a PEM text; blocks of other kinds are passed over.
* @throws DataError DATA_PEM_INVALID, also for certificates under a label that not every reader knows
*/
function certificatesInPem(text) {
	return parsePem(text).flatMap(({ label, der }) => {
		if (OTHER_CERTIFICATES.has(label)) throw damaged(label, "write it as CERTIFICATE: `openssl x509 -in OLD -out NEW`");
		return label === "CERTIFICATE" ? [der] : [];
	});
}
/** PEM text of one block, 64 columns, LF at the end. */
function encodePem(label, der) {
	return `-----BEGIN ${label}-----\n${(toBase64(der).match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;
}

export { encodePem as a, isDigest as c, sha256 as d, sha256Hex as f, utf8 as g, toHex as h, digestHex as i, parseDigest as l, toBase64 as m, concatBytes as n, equalBytes as o, shortDigest as p, decodeUtf8 as r, fromBase64 as s, certificatesInPem as t, parsePem as u };