import { s as toSecond } from "./text.mjs";
import { n as isSameSigner } from "./signature.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { p as verifyMessage } from "./keys.mjs";
import { r as partError } from "./trust2.mjs";
import { a as parseCertificate, i as nameOf, r as isSignedBy } from "./certificate.mjs";
import { n as findPaths } from "./path.mjs";
import { n as requesterOf } from "./claims2.mjs";
import { n as readInstance, t as proofsOf } from "./library.mjs";
import { n as sigstoreReason } from "./reasons2.mjs";

// src/crypto/sigstore/verifier.ts
/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 3e5;
/** Checks signatures by certificates of Sigstore instances, whose trusted roots are read once. */
var SigstoreVerifier = class {
	#authorities;
	/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
	constructor({ sigstore, origins }) {
		this.#authorities = sigstore.flatMap((trust) => {
			try {
				const instance = readInstance(trust);
				return instance.authorities.map((chain) => ({
					instance,
					certificates: chain.map(parseCertificate)
				}));
			} catch (cause) {
				throw partError(cause, {
					what: "trusted root",
					origin: origins?.get(trust.root)
				});
			}
		});
	}
	/** The answer about one signature whose certificate names an OpenID issuer. */
	verify(signed, now) {
		const { pae, material, bundle } = signed;
		const [der = /* @__PURE__ */ new Uint8Array()] = material?.kind === "certificates" ? material.chain : [];
		const leaf = parseCertificate(der);
		const requester = requesterOf(leaf);
		const identity = "code" in requester ? null : identityOf(leaf, requester);
		if (!leaf.publicKey || !verifyMessage(leaf.publicKey, pae, signed)) {
			const message = `the signature does not verify with the certificate ${nameOf(leaf)}`;
			return answer("invalid", identity, [signatureReason("SIGNATURE_BAD", message)]);
		}
		if ("code" in requester) return answer("untrusted", null, [requester]);
		const trusted = this.#authorities.filter(({ instance: { trust } }) => !trust.only || isSameSigner(trust.only, identity));
		if (trusted.length === 0 && this.#authorities.length > 0) return answer("unknown-signer", identity, [signatureReason("SIGNER_UNKNOWN", "the keyless signer is another one")]);
		const issuing = trusted.filter(({ certificates }) => certificates.some((ca) => isSignedBy(leaf, ca)));
		if (issuing.length === 0) return answer("untrusted", identity, [unknownAuthority(leaf)]);
		if (!bundle) return answer("untrusted", identity, [sigstoreReason("SIGSTORE_TIME_MISSING", "no bundle proves when it was signed")]);
		const results = issuing.map((authority) => provenBy(authority, {
			leaf,
			bundle,
			signed,
			now
		}));
		const time = results.find((result) => result instanceof Date);
		if (time && identity) return answer("valid", {
			...identity,
			provenAt: toSecond(time)
		}, []);
		return answer("untrusted", identity, results.flatMap((result) => result instanceof Date ? [] : result).slice(0, 5));
	}
};
function unknownAuthority(leaf) {
	const issuer = leaf.issuer.text.slice(0, 200);
	return sigstoreReason("SIGSTORE_NOT_TRUSTED", `no trusted root holds the CA ${JSON.stringify(issuer)} that issued it`);
}
/** Who the certificate is for, not proven yet. */
function identityOf(leaf, requester) {
	const { hint, publicKey, sha256 } = leaf;
	return {
		method: "sigstore",
		hint,
		algorithm: publicKey?.algorithm ?? "unsupported",
		...requester,
		certificateSha256: sha256,
		provenAt: null
	};
}
function answer(status, identity, reasons) {
	return {
		status,
		identity,
		reasons,
		signedAt: null
	};
}
/** The earliest time proven, at which as at all others the certificate led to this CA; or why there is none. */
function provenBy({ instance, certificates }, { leaf, bundle, signed, now }) {
	const times = proofsOf({
		json: bundle,
		message: signed.pae,
		signature: signed.signature,
		leaf: leaf.der
	}, instance);
	if ("code" in times) return [times];
	const late = times.find((time) => time.getTime() > now.getTime() + CLOCK_SKEW_MS);
	if (late) return [sigstoreReason("SIGSTORE_TIME_FUTURE", `it was signed at ${toSecond(late)}, which is later than now`)];
	const anchors = certificates.slice(-1);
	const bad = times.map((time) => findPaths(leaf, {
		anchors,
		intermediates: certificates.slice(0, -1),
		now: time
	})).find((path) => path.anchors.length === 0);
	if (bad) return bad.reasons;
	const [earliest] = [...times].sort((a, b) => a.getTime() - b.getTime());
	return earliest ?? [sigstoreReason("SIGSTORE_TIME_MISSING", "nothing proves when it was signed")];
}

export { identityOf as n, SigstoreVerifier as t };