// src/signing/pgp-hint.ts
const HINT = /^openpgp4fpr:([0-9a-f]{40})$/i;
/** The hint for a primary key fingerprint of 40 hex digits. */
function pgpHint(fingerprint) {
	return `openpgp4fpr:${fingerprint.toLowerCase()}`;
}
/** The fingerprint in a hint, upper case; undefined when the hint is not of an OpenPGP key. */
function parsePgpHint(hint) {
	return HINT.exec(hint)?.[1]?.toUpperCase();
}

export { pgpHint as n, parsePgpHint as t };