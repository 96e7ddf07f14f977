import { r as parseCertificate, t as certificateIdentity } from "./certificate.mjs";
import { t as CountersignError } from "./errors.mjs";
import { c as verifyMessage } from "./keys.mjs";
import { a as opensshKeyid } from "./native-dsse.mjs";
import { n as signatureReason } from "./reasons2.mjs";
import { i as parseTrusted, n as findPaths } from "./x509.mjs";

// src/signing/x509-verifier.ts
/** Certificates in one bundle: twice what a path can hold. */
const MAX_CHAIN = 20;
/** Checks signatures by certified keys against anchors, which are parsed once. */
var X509Verifier = class {
	#anchors;
	#intermediates;
	/** Certificates that native signatures may be by. */
	#certificates;
	#isRevoked;
	/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
	constructor(trust, isRevoked) {
		this.#anchors = parseTrusted(trust, "anchors");
		this.#intermediates = parseTrusted(trust, "intermediates");
		this.#certificates = parseTrusted(trust, "certificates");
		this.#isRevoked = isRevoked;
	}
	/** A signature that carries its certificates, leaf first. */
	verifyWithChain(signed, chain, now) {
		const [first, ...others] = chain;
		const leaf = chain.length > MAX_CHAIN ? tooMany(chain.length) : first && parseOrReason(first);
		if (!leaf || "code" in leaf) return {
			status: "unreadable",
			identity: null,
			reasons: leaf ? [leaf] : [],
			signedAt: null
		};
		const parsed = others.map(parseOrReason);
		const intermediates = parsed.flatMap((item) => "code" in item ? [] : [item]);
		const unreadable = parsed.flatMap((item) => "code" in item ? [item] : []);
		const check = this.#judge(signed, {
			leaf,
			intermediates,
			now
		});
		return check.status === "untrusted" ? {
			...check,
			reasons: [...check.reasons, ...unreadable]
		} : check;
	}
	/** A signature without material: tried with every certificate of the trust material. Undefined when none fits. */
	verifyWithKnown(signed, keyid, now) {
		const checks = this.#certificates.filter((leaf) => keyid === void 0 || leaf.publicKey && opensshKeyid(leaf.publicKey.key) === keyid).map((leaf) => this.#judge(signed, {
			leaf,
			intermediates: [],
			now
		}));
		return checks.find(({ status }) => status === "valid") ?? checks.find(({ status }) => status === "untrusted");
	}
	/** The keys of the certificates that native signatures may be by. */
	knownKeys() {
		return this.#certificates.flatMap(({ publicKey }) => publicKey ?? []);
	}
	#judge({ message, signature, hashing }, { leaf, intermediates, now }) {
		const claimed = certificateIdentity(leaf, []);
		if (!leaf.publicKey) {
			const problem = `the certificate ${JSON.stringify(leaf.subject.text.slice(0, 200))} cannot be used: ${leaf.keyProblem}`;
			return {
				status: "untrusted",
				identity: claimed,
				reasons: [signatureReason("CERTIFICATE_WEAK", problem)],
				signedAt: null
			};
		}
		if (!verifyMessage(leaf.publicKey, message, {
			signature,
			hashing
		})) {
			const problem = `the signature does not verify with the certificate ${JSON.stringify(leaf.subject.text.slice(0, 200))}`;
			return {
				status: "invalid",
				identity: claimed,
				reasons: [signatureReason("SIGNATURE_BAD", problem)],
				signedAt: null
			};
		}
		const result = findPaths(leaf, {
			anchors: this.#anchors,
			intermediates: [...intermediates, ...this.#intermediates],
			now,
			isRevoked: this.#isRevoked
		});
		return {
			status: result.anchors.length > 0 ? "valid" : "untrusted",
			identity: certificateIdentity(leaf, result.anchors),
			reasons: result.reasons,
			signedAt: null
		};
	}
};
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