import { r as DataError } from "./errors.mjs";
import { createHash } from "node:crypto";

// src/primitives/digest.ts
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
/** True when the text is a digest that we support. */
function isDigest(text) {
	return DIGEST.test(text);
}
/**
* The text as a digest.
* @throws DataError DATA_DIGEST_INVALID
* @see OCI image-spec v1.1.0, descriptor.md, section Digests
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
	return createHash("sha256").update(bytes).digest("hex");
}
/** The hex part of a digest. */
function digestHex(digest) {
	return digest.slice(digest.indexOf(":") + 1);
}
/** A digest for people: algorithm and the first 12 hex digits. */
function shortDigest(digest) {
	return digest.slice(0, digest.indexOf(":") + 13);
}

export { sha256Hex as a, sha256 as i, isDigest as n, shortDigest as o, parseDigest as r, digestHex as t };