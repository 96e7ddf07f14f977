import { t as decodeCleartext } from "./cleartext.mjs";
import { n as checkPackets, s as readKeyring } from "./pgp.mjs";
import { n as signatureReason } from "./reasons2.mjs";

// src/signing/pgp-verifier.ts
/**
* Reads the keyrings, once.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
async function openPgpVerifier(trust) {
	return new PgpVerifier(await readKeyring(trust));
}
/** Checks OpenPGP signatures against keyrings. */
var PgpVerifier = class {
	#keyring;
	constructor(keyring) {
		this.#keyring = keyring;
	}
	/**
	* A cleartext signature object. As in Apptainer the first packet by a known key decides, and its primary key must be
	* the one that the descriptor names; stricter, every other packet by a known key must be good too.
	*/
	async verifyCleartext(data, descriptorFingerprint, now) {
		const cleartext = decodeCleartext(data);
		if (typeof cleartext === "string") return {
			...unreadable(`the signature object is no cleartext signature: ${cleartext}`),
			text: null
		};
		const { text, packets } = cleartext;
		const checks = await checkPackets(packets, text, {
			keyring: this.#keyring,
			now
		});
		if (!checks) return {
			...unreadable("the signature block holds no OpenPGP signature"),
			text
		};
		const known = checks.filter(({ signer }) => signer !== void 0);
		const [deciding] = known;
		if (!deciding) return {
			...unknownSigner(checks, descriptorFingerprint),
			text
		};
		const reasons = known.flatMap(({ problem }) => problem ?? []);
		const fingerprint = deciding.signer?.fingerprint ?? "";
		if (fingerprint !== descriptorFingerprint) reasons.push(signatureReason("PGP_FINGERPRINT_MISMATCH", `the descriptor names ${descriptorFingerprint ?? "no key"}, the signature is by ${fingerprint}`));
		return {
			...checked(deciding, reasons),
			text
		};
	}
	/** A binary detached signature over a DSSE message, by the key whose primary fingerprint the bundle names. */
	async verifyPae(pae, signature, { fingerprint, now }) {
		const key = this.#keyring.get(fingerprint);
		const keyring = new Map(key ? [[fingerprint, key]] : []);
		const [check, second] = await checkPackets(signature, pae, {
			keyring,
			now
		}) ?? [];
		if (!check || second) return unreadable("the signature is not one OpenPGP signature packet");
		if (check.signer) return checked(check, check.problem ? [check.problem] : []);
		if (key) {
			const message = `the bundle names ${fingerprint}, the signature is by ${check.claimed ?? "another key"}`;
			return checked({
				...check,
				signer: {
					fingerprint,
					userIds: key.getUserIDs()
				}
			}, [signatureReason("PGP_FINGERPRINT_MISMATCH", message)]);
		}
		return unknownSigner([{
			...check,
			claimed: fingerprint
		}], fingerprint);
	}
};
/** Found only after the signature itself verified: nobody altered anything, and it is worth nothing now. */
const OUTDATED = /* @__PURE__ */ new Set([
	"PGP_KEY_EXPIRED",
	"PGP_KEY_REVOKED",
	"PGP_KEY_UNSUITABLE",
	"PGP_SIGNATURE_EXPIRED",
	"PGP_SIGNATURE_FUTURE"
]);
function checked(check, reasons) {
	const identity = check.signer ? {
		method: "pgp",
		...check.signer
	} : null;
	const outdated = reasons.every(({ code }) => OUTDATED.has(code));
	return {
		status: reasons.length === 0 ? "valid" : outdated ? "untrusted" : "invalid",
		identity,
		reasons,
		signedAt: check.created
	};
}
function unreadable(message) {
	return {
		status: "unreadable",
		identity: null,
		reasons: [signatureReason("SIGNATURE_UNREADABLE", message)],
		signedAt: null
	};
}
/** Claims only: the issuer fingerprint in the packet may be a subkey's, the descriptor's is the primary key's. */
function unknownSigner(checks, named) {
	const fingerprint = named ?? checks.find(({ claimed }) => claimed !== void 0)?.claimed;
	return {
		status: "unknown-signer",
		identity: fingerprint === void 0 ? null : {
			method: "pgp",
			fingerprint,
			userIds: []
		},
		reasons: checks.flatMap(({ problem }) => problem ?? []),
		signedAt: checks[0]?.created ?? null
	};
}

export { openPgpVerifier };