import { a as toBase64 } from "./bytes.mjs";
import { r as DataError } from "./errors.mjs";

// src/primitives/pem.ts
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/g;
/**
* All blocks of a PEM text in order; none is not an error. Headers inside a block (`Proc-Type:`) make it unreadable.
* @throws DataError DATA_PEM_INVALID
* @see RFC 7468 section 3
*/
function parsePem(text) {
	const blocks = [];
	for (const match of text.matchAll(BLOCK)) {
		const label = match[1] ?? "";
		const body = (match[2] ?? "").replace(/\s+/g, "");
		const der = Buffer.from(body, "base64");
		if (der.length === 0 || der.toString("base64") !== body) throw new DataError("DATA_PEM_INVALID", `the PEM block ${label} is damaged or has a header`, { hint: "restore the file, or convert the key to PKCS#8" });
		blocks.push({
			label,
			der: new Uint8Array(der)
		});
	}
	return blocks;
}
/** PEM text of one block, 64 columns, LF at the end. */
function encodePem(label, der) {
	return `-----BEGIN ${label}-----\n${(toBase64(der).match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;
}

export { parsePem as n, encodePem as t };