import { i as parseCertificate, r as nameOf, t as certificateIdentity } from "./certificate.mjs";
import { f as sha256Hex } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { i as opensshKeyid, p as verifyMessage, r as keyidOf } from "./keys.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { r as trustError } from "./trust.mjs";
import { n as findPaths } from "./path.mjs";

// src/crypto/x509/verifier.ts
/** Certificates in one bundle: twice what a path can hold. */
const MAX_CHAIN = 20;
/** Certificates of bundles that are remembered. */
const MAX_SEEN = 1e3;
/** Checks signatures by certified keys against anchors, which are parsed once. */
var X509Verifier = class {
	#anchors;
	#intermediates;
	/** Certificates that native signatures may be by. */
	#certificates;
	#seen = /* @__PURE__ */ new Map();
	/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
	constructor(trust) {
		this.#anchors = parseTrusted(trust, "anchors");
		this.#intermediates = parseTrusted(trust, "intermediates");
		this.#certificates = parseTrusted(trust, "certificates");
	}
	/** A signature that comes with its certificates, leaf first. The others are read only if it is by the leaf. */
	verifyWithChain(signed, chain, now) {
		const [first = /* @__PURE__ */ new Uint8Array(), ...others] = chain;
		const leaf = chain.length > MAX_CHAIN ? tooMany(chain.length) : this.#read(first);
		if ("code" in leaf) return {
			status: "unreadable",
			identity: null,
			reasons: [leaf],
			signedAt: null
		};
		const bad = this.#check(signed, leaf);
		if (bad) return bad;
		return {
			...this.#judge(leaf, others, now),
			...leaf.publicKey ? keyidOf(leaf.publicKey, signed) : {}
		};
	}
	/** A signature without material: tried with every certificate of the trust material. Undefined when none fits. */
	verifyWithKnown(signed, keyid, now) {
		const checks = this.#certificates.filter((leaf) => keyid === void 0 || leaf.publicKey && opensshKeyid(leaf.publicKey.key) === keyid).map((leaf) => this.#check(signed, leaf) ?? this.#judge(leaf, [], now));
		return checks.find(({ status }) => status === "valid") ?? checks.find(({ status }) => status === "untrusted");
	}
	/** The keys of the certificates that native signatures may be by. */
	knownKeys() {
		return this.#certificates.flatMap(({ publicKey }) => publicKey ?? []);
	}
	/** What is wrong with a signature by the key of a certificate, trusted or not; undefined when it is good. */
	#check({ message, signature, hashing }, leaf) {
		const { publicKey, keyProblem } = leaf;
		if (publicKey && verifyMessage(publicKey, message, {
			signature,
			hashing
		})) return void 0;
		const reason = publicKey ? signatureReason("SIGNATURE_BAD", `the signature does not verify with the certificate ${nameOf(leaf)}`) : signatureReason("CERTIFICATE_WEAK", `the certificate ${nameOf(leaf)} cannot be used: ${keyProblem}`);
		return {
			status: publicKey ? "invalid" : "untrusted",
			identity: certificateIdentity(leaf),
			reasons: [reason],
			signedAt: null
		};
	}
	/** Whether the owner of a good signature is trusted. */
	#judge(leaf, others, now) {
		const read = others.map((der) => this.#read(der));
		const result = findPaths(leaf, {
			anchors: this.#anchors,
			intermediates: [...read.flatMap((item) => "code" in item ? [] : [item]), ...this.#intermediates],
			now
		});
		const { anchors, expired, chain } = result;
		if (anchors.length > 0) return {
			status: "valid",
			identity: certificateIdentity(leaf, {
				anchors,
				chain
			}),
			reasons: [],
			signedAt: null
		};
		const reasons = [...result.reasons, ...read.flatMap((item) => "code" in item ? [item] : [])];
		return {
			status: "untrusted",
			identity: certificateIdentity(leaf, {
				anchors: expired,
				chain
			}),
			reasons,
			signedAt: null
		};
	}
	/** Each certificate is read once, in however many bundles it is. */
	#read(der) {
		const digest = sha256Hex(der);
		const read = this.#seen.get(digest) ?? parseOrReason(der);
		if (this.#seen.size < MAX_SEEN) this.#seen.set(digest, read);
		return read;
	}
};
/**
* Parses certificates of the trust material.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function parseTrusted(trust, kind) {
	return trust[kind].map((part, index) => {
		try {
			return parseCertificate(part);
		} catch (cause) {
			throw trustError(cause, {
				trust,
				kind,
				index
			});
		}
	});
}
function tooMany(count) {
	return signatureReason("CERTIFICATE_CHAIN_TOO_LARGE", `the bundle holds ${count} certificates, not up to ${MAX_CHAIN}`);
}
function parseOrReason(der) {
	try {
		return parseCertificate(der);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return signatureReason("CERTIFICATE_UNREADABLE", `a certificate of the bundle cannot be read: ${error.message}`);
	}
}

export { X509Verifier };