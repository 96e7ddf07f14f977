import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { p as toSecond } from "./text.mjs";
import { n as isSameSigner } from "./signature.mjs";
import { f as spend, p as verifyMessage } from "./signatures.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { r as sourceOf } from "./trust.mjs";
import { t as partError } from "./trust-error.mjs";
import { a as parseCertificate, i as nameOf, r as isSignedBy } from "./certificate.mjs";
import { n as checkRevocation, t as findPaths } from "./path.mjs";
import { n as requesterOf } from "./claims2.mjs";
import { n as readInstance, t as proofsOf } from "./library.mjs";
import { n as sigstoreReason } from "./reasons2.mjs";
import { n as keyHint } from "./keys.mjs";

// src/crypto/sigstore/taken-back.ts
/** Why a path does not count, leaf first; empty for one of which nothing is taken back. */
function takenBackIn(path, rules, moment) {
	return path.flatMap((certificate, index) => checkRevocation(certificate, path[index + 1], rules, moment).reasons.filter(({ severity }) => severity !== "remark"));
}
/** Whether there is anything that could be taken back. */
function takesBack({ denied = [], crls }) {
	return denied.length > 0 || crls.length > 0;
}
/**
* The instance without the authorities and logs that are taken back. The time is their own statement, so that it makes
* nothing older than that.
* @param stampers certificates of each timestamp authority, in the order of the instance's, the one that signs first
*/
function withoutTakenBack(instance, stampers, { rules, now }) {
	if (!takesBack(rules)) return instance;
	const { tlogs, ctlogs, timestampAuthorities } = instance.material;
	const keys = new Set((rules.denied ?? []).flatMap(({ what }) => what.of === "key" && what.hint ? what.hint : []));
	const isKept = ({ publicKey }) => !keys.has(keyHint(publicKey));
	const moment = {
		now,
		ownStatement: true
	};
	const material = {
		...instance.material,
		tlogs: tlogs.filter(isKept),
		ctlogs: ctlogs.filter(isKept),
		timestampAuthorities: timestampAuthorities.filter((_authority, index) => takenBackIn(stampers[index] ?? [], rules, moment).length === 0)
	};
	return {
		...instance,
		material
	};
}

// src/crypto/sigstore/verifier.ts
/** What the library checks about one signature, in checks of `spend`. */
const LIBRARY_COST = 20;
/** Checks signatures by certificates of Sigstore instances, whose trusted roots are read once. */
var SigstoreVerifier = class {
	#authorities;
	#rules;
	/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
	constructor(material, rules) {
		this.#rules = {
			...rules,
			mode: rules.mode && "warn"
		};
		this.#authorities = material.sigstore.flatMap((trust) => {
			try {
				const instance = readInstance(trust);
				const stampers = takesBack(rules) ? instance.stampers.map(readChain) : [];
				const from = sourceOf(material, trust.root);
				return instance.authorities.map((chain) => ({
					instance,
					from,
					certificates: readChain(chain),
					stampers
				}));
			} catch (cause) {
				throw partError(cause, {
					what: "trusted root",
					origin: material.origins?.get(trust.root)
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
			now,
			rules: this.#rules
		}));
		const index = results.findIndex((result) => result instanceof Date);
		const time = results[index];
		if (time instanceof Date && identity) return answer("valid", {
			...identity,
			provenAt: toSecond(time),
			...issuing[index]?.from
		}, []);
		return answer("untrusted", identity, results.flatMap((result) => result instanceof Date ? [] : result).slice(0, 5));
	}
};
function readChain(chain) {
	return chain.map((der) => parseCertificate(der));
}
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
function provenBy({ instance, certificates, stampers }, question) {
	const { leaf, bundle, signed, now, rules } = question;
	spend(LIBRARY_COST);
	const trusted = withoutTakenBack(instance, stampers, {
		rules,
		now
	});
	const times = proofsOf({
		json: bundle,
		message: signed.pae,
		signature: signed.signature,
		leaf: leaf.der
	}, trusted);
	if ("code" in times) return [times];
	const late = times.find((time) => time.getTime() > now.getTime() + CLOCK_SKEW_MS);
	if (late) return [sigstoreReason("SIGSTORE_TIME_FUTURE", `it was signed at ${toSecond(late)}, which is later than now`)];
	const anchors = certificates.slice(-1);
	const paths = times.map((time) => findPaths(leaf, {
		anchors,
		intermediates: certificates.slice(0, -1),
		now: time
	}));
	const bad = paths.find((path) => path.anchors.length === 0);
	if (bad) return bad.reasons;
	const [earliest] = [...times].sort((a, b) => a.getTime() - b.getTime());
	if (!earliest) return [sigstoreReason("SIGSTORE_TIME_MISSING", "nothing proves when it was signed")];
	const path = paths[0]?.path.map(({ certificate }) => certificate) ?? [];
	const takenBack = takenBackIn(path, rules, {
		now,
		provenAt: earliest
	});
	return takenBack.length > 0 ? takenBack : earliest;
}

export { identityOf as n, SigstoreVerifier as t };