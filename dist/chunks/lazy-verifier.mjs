import { c as readPublicKeys, r as keyIdentity } from "./keys.mjs";
import { a as noteSigner, i as keyidOf, l as searching, n as hasSigned, o as opensshKeyid, p as verifyMessage, s as parsePgpHint } from "./signatures.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { r as sourceOf } from "./trust.mjs";
import { n as trustError } from "./trust-error.mjs";

// src/crypto/lazy-verifier.ts
const SHA256_BASE64 = /^[A-Za-z0-9+/]{43}=$/;
/**
* A verifier for the given trust material, all of which is read here: what is wrong with it must never look like
* something wrong with an image. Code for kinds of trust that are not given is loaded only when a signature needs it.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED
*/
async function createVerifier(trust) {
	const verifier = new LazyVerifier(trust);
	await verifier.readTrust();
	return verifier;
}
/** Checks one signature at a time; holds parsed trust material. */
var LazyVerifier = class LazyVerifier {
	#trust;
	#keys;
	/** Where each bare key is from; beside them, since a copy of a key would have it parsed. */
	#sources = /* @__PURE__ */ new Map();
	#pgp;
	#x509;
	#sigstore;
	/** Whose trust this one shares, and the lists that it has beside. */
	#of;
	/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED */
	constructor(trust) {
		this.#trust = trust;
		this.#keys = trust.keys.flatMap((part, index) => {
			try {
				const keys = readPublicKeys(part);
				for (const key of keys) this.#sources.set(key, sourceOf(trust, part));
				return keys;
			} catch (cause) {
				throw trustError(cause, {
					trust,
					kind: "keys",
					index
				});
			}
		});
	}
	/**
	* Reads what the constructor has not.
	* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
	*/
	async readTrust() {
		const { keyrings, anchors, intermediates, certificates, timestamps, crls = [], sigstore } = this.#trust;
		if (keyrings.length > 0) await this.#loadPgp();
		if ([
			anchors,
			intermediates,
			certificates,
			timestamps,
			crls
		].some(({ length }) => length > 0)) await this.#loadX509();
		if (sigstore.length > 0) await this.#loadSigstore();
	}
	forKeys(keys) {
		const made = new LazyVerifier({
			...this.#trust,
			keys
		});
		made.#of = {
			base: this,
			crls: []
		};
		return made;
	}
	withCrls(crls) {
		if (crls.length === 0) return this;
		const made = new LazyVerifier(this.#trust);
		made.#of = {
			base: this,
			crls
		};
		return made;
	}
	async verifyDsse(input, now) {
		if (await this.#isKeyless(input)) return (await this.#loadSigstore()).verify(input, now);
		const present = await this.#verifyAt(input, { now });
		if (present.status !== "valid" && present.status !== "untrusted") return present;
		const { timestamps = [], signature } = input;
		const stamped = (timestamps.length > 0 ? await this.#loadX509() : void 0)?.checkTimestamps(timestamps, signature, now);
		const proven = earliest(stamped?.proven, input.proven);
		const result = await this.#verifyBest(input, {
			present,
			now,
			proven: proven?.latest
		});
		const remarks = stamped?.remarks ?? [];
		return {
			...result,
			...proven ? { proven } : {},
			...remarks.length > 0 ? { timeRemarks: remarks } : {}
		};
	}
	/** A certificate of minutes, where the policy trusts an instance of Sigstore; its time is proven in other ways. */
	async #isKeyless({ material, hashing }) {
		if (material?.kind !== "certificates" || hashing === "jws" || this.#trust.sigstore.length === 0) return false;
		return (await this.#loadX509()).isKeyless(material.chain);
	}
	/** By the proven time; what is good now is good whatever that is, as it would be without. */
	async #verifyBest(input, { present, now, proven }) {
		if (!proven) return present;
		const then = await this.#verifyAt(input, {
			now,
			proven
		});
		return then.status !== "valid" && present.status === "valid" ? present : then;
	}
	async #verifyAt(input, moment) {
		const { material, pae, signature, hashing } = input;
		if (material?.kind === "certificates") return (await this.#loadX509()).verifyWithChain({
			message: pae,
			signature,
			hashing,
			keyid: input.keyid
		}, material.chain, moment);
		const fingerprint = material && parsePgpHint(material.hint);
		if (fingerprint !== void 0) return (await this.#loadPgp()).verifyPae(pae, signature, {
			fingerprint,
			...moment
		});
		return this.#verifyBare(input, material?.hint, moment);
	}
	async verifyCleartext(data, descriptorFingerprint, now, proven) {
		const result = await (await this.#loadPgp()).verifyCleartext(data, descriptorFingerprint, {
			now,
			proven: proven?.latest
		});
		return (result.status === "valid" || result.status === "untrusted") && proven ? {
			...result,
			proven
		} : result;
	}
	async verifySigned(message, now) {
		const { checkSigned } = await import("./message.mjs");
		return checkSigned(message, () => this.#loadPgp(), now);
	}
	/**
	* A signature by a key that is not part of it. A hint or keyid names a key but proves nothing: what counts is which
	* trusted key verifies. As in Apptainer a native keyid excludes keys that have another one.
	*/
	async #verifyBare(input, hint, moment) {
		const { pae, signature, hashing } = input;
		const keyid = hashing === "native" ? input.keyid : void 0;
		const keys = this.#keys.filter((key) => keyid === void 0 || opensshKeyid(key.key) === keyid);
		const isLikely = (key) => hint ? key.hint === hint : hasSigned(key.hint);
		const signer = keys.filter(isLikely).find((key) => verifyMessage(key, pae, {
			signature,
			hashing
		})) ?? searching(() => keys.find((key) => !isLikely(key) && verifyMessage(key, pae, {
			signature,
			hashing,
			guess: Boolean(hint)
		})));
		if (signer) noteSigner(signer.hint);
		if (signer) return {
			...check("valid", {
				...keyIdentity(signer),
				...this.#sources.get(signer)
			}),
			...keyidOf(signer, input)
		};
		const x509 = this.#trust.certificates.length > 0 ? await this.#loadX509() : void 0;
		const certified = x509?.verifyWithKnown({
			message: pae,
			signature,
			hashing
		}, keyid, moment);
		if (certified) return certified;
		const claimed = [...keys, ...x509?.knownKeys() ?? []].find((key) => key.hint === hint || keyid !== void 0 && opensshKeyid(key.key) === keyid);
		if (claimed) {
			const message = `the signature does not verify with the key ${claimed.hint} that it names`;
			return check("invalid", keyIdentity(claimed), signatureReason("SIGNATURE_BAD", message));
		}
		return unknownSigner(hint, keyid);
	}
	#loadPgp() {
		const { base } = this.#of ?? {};
		this.#pgp ??= base ? base.#loadPgp() : import("./verifier.mjs").then(({ openPgpVerifier }) => openPgpVerifier(this.#trust));
		return this.#pgp;
	}
	#loadSigstore() {
		const { base } = this.#of ?? {};
		this.#sigstore ??= base ? base.#loadSigstore() : import("./verifier4.mjs").then(async ({ SigstoreVerifier }) => new SigstoreVerifier(this.#trust, (await this.#loadX509()).revocation));
		return this.#sigstore;
	}
	#loadX509() {
		const { base, crls = [] } = this.#of ?? {};
		this.#x509 ??= base ? base.#loadX509().then((x509) => x509.withCrls(crls)) : import("./verifier5.mjs").then(({ X509Verifier }) => new X509Verifier(this.#trust));
		return this.#x509;
	}
};
function unknownSigner(hint, keyid) {
	const name = (hint || keyid)?.slice(0, 100);
	const message = name ? `the key ${JSON.stringify(name)} is not trusted` : "no trusted key verifies the signature";
	return {
		status: "unknown-signer",
		identity: hint !== void 0 && SHA256_BASE64.test(hint) ? {
			method: "key",
			hint,
			algorithm: "unknown"
		} : null,
		reasons: [signatureReason("SIGNER_UNKNOWN", message)],
		signedAt: null
	};
}
function check(status, identity, ...reasons) {
	return {
		status,
		identity,
		reasons,
		signedAt: null
	};
}
function earliest(one, other) {
	return one && other ? one.latest <= other.latest ? one : other : one ?? other;
}

export { createVerifier as t };