import { n as SignatureError } from "./errors3.mjs";

// src/signing/trust.ts
/** Trust material with these parts and nothing else. */
function trustIn(parts) {
	return {
		keyrings: [],
		keys: [],
		anchors: [],
		intermediates: [],
		certificates: [],
		...parts
	};
}
const KINDS = {
	keyrings: "OpenPGP keyring",
	keys: "public key",
	anchors: "trust anchor",
	intermediates: "intermediate certificate",
	certificates: "signer certificate"
};
/** The error about one part of the trust material: names its file, or else its number among those of its kind. */
function trustError(cause, { trust, kind, index }) {
	const part = trust[kind]?.[index];
	const origin = part && trust.origins?.get(part);
	const known = cause instanceof SignatureError ? cause : void 0;
	const [problem] = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1);
	return new SignatureError(known?.code === "SIGNATURE_KEY_UNSUPPORTED" ? known.code : "SIGNATURE_TRUST_UNREADABLE", `${origin ? `${origin.path} (${KINDS[kind]})` : `${KINDS[kind]} ${index + 1}`} cannot be used: ${problem}`, {
		cause,
		...origin?.location ? { location: origin.location } : {}
	});
}

export { trustIn as n, trustError as t };