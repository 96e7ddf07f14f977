import { s as utf8 } from "./bytes.mjs";

// src/signing/pgp-armor.ts
const KEY_BLOCK = /-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----[\s\S]*?-----END PGP [A-Z ]+-----/g;
const ONE_LINE = /^\s*(-----BEGIN PGP [A-Z ]+-----)([^\n]*?)(-----END PGP [A-Z ]+-----)\s*$/;
/** The armored key blocks in a file; undefined when it has no armor at all and so must be binary. */
function keyBlocks(bytes) {
	const text = latin1(bytes);
	return text.includes("-----BEGIN PGP ") ? text.match(KEY_BLOCK) ?? [] : void 0;
}
/** Armor whose line ends a secret store has turned into spaces or the two characters `\n`, as proper armor. */
function repairArmor(bytes) {
	const match = ONE_LINE.exec(latin1(bytes));
	if (!match) return bytes;
	const words = (match[2] ?? "").replaceAll("\\r", "").replaceAll("\\n", " ").trim().split(/\s+/);
	return utf8([
		match[1],
		"",
		...words,
		match[3],
		""
	].join("\n"));
}
function latin1(bytes) {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export { repairArmor as n, keyBlocks as t };