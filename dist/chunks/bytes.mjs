import { r as DataError } from "./errors.mjs";

// src/primitives/bytes.ts
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

export { toBase64 as a, fromBase64 as i, decodeUtf8 as n, toHex as o, equalBytes as r, utf8 as s, concatBytes as t };