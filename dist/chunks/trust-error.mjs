import { r as SignatureError } from "./errors2.mjs";

// src/crypto/trust-error.ts
const KINDS = {
	keyrings: "OpenPGP keyring",
	keys: "public key",
	anchors: "trust anchor",
	intermediates: "intermediate certificate",
	certificates: "signer certificate",
	crls: "CRL",
	timestamps: "trust anchor of a timestamp authority"
};
/** The error about one part of the trust material: names its file, or else its number among those of its kind. */
function trustError(cause, { trust, kind, index }) {
	const part = trust[kind]?.[index];
	const origin = part && trust.origins?.get(part);
	return partError(cause, {
		what: origin ? KINDS[kind] : `${KINDS[kind]} ${index + 1}`,
		origin
	});
}
/** The same for a part of any kind. */
function partError(cause, { what, origin }) {
	const known = cause instanceof SignatureError ? cause : void 0;
	const [problem] = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1);
	return new SignatureError(known?.code === "SIGNATURE_KEY_UNSUPPORTED" ? known.code : "SIGNATURE_TRUST_UNREADABLE", `${origin ? `${origin.path} (${what})` : what} cannot be used: ${problem}`, {
		cause,
		...known ? { hint: known.hint } : {},
		...origin?.location ? { location: origin.location } : {}
	});
}

export { trustError as n, partError as t };