import { a as parseCertificate, i as nameOf, t as certificateIdentity } from "./certificate.mjs";
import { f as sha256Hex } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { i as keyidOf, o as opensshKeyid, p as verifyMessage } from "./signatures.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { r as sourceOf } from "./trust.mjs";
import { n as trustError } from "./trust-error.mjs";
import { n as checkTimestamps, t as checkTimestamp } from "./verify3.mjs";
import { t as parseCrl } from "./crl2.mjs";
import { t as findPaths } from "./path.mjs";
import { t as isKeyless } from "./claims2.mjs";

// src/crypto/x509/verifier.ts
/** Certificates in one bundle: twice what a path can hold. */
const MAX_CHAIN = 20;
/** Certificates and timestamps of bundles that are remembered. */
const MAX_SEEN = 1e3;
/** Checks signatures by certified keys against anchors, which are parsed once. */
var X509Verifier = class X509Verifier {
	#trust;
	#anchors;
	/** Where each anchor is from, by its SHA-256. */
	#sources;
	#intermediates;
	/** Certificates that native signatures may be by. */
	#certificates;
	/** What takes certificates back. */
	revocation;
	/** Of timestamp authorities. */
	#timestamps;
	#seen = /* @__PURE__ */ new Map();
	#stamps = /* @__PURE__ */ new Map();
	/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
	constructor(trust, revocation = revocationRules(trust)) {
		this.#trust = trust;
		this.#anchors = parseTrusted(trust, "anchors");
		this.#sources = new Map(this.#anchors.map(({ sha256, der }, index) => [sha256, sourceOf(trust, trust.anchors[index] ?? der)]));
		this.#intermediates = parseTrusted(trust, "intermediates");
		this.#certificates = parseTrusted(trust, "certificates");
		this.revocation = revocation;
		this.#timestamps = parseTrusted(trust, "timestamps");
	}
	/** The same with lists that travel with an image: nobody chose them, so that one which is none is passed over. */
	withCrls(ders) {
		const { mode, crls } = this.revocation;
		if (mode === void 0 || ders.length === 0) return this;
		const known = new Set(crls.map(({ sha256 }) => sha256));
		const carried = ders.filter((der) => !known.has(sha256Hex(der))).flatMap(carriedCrl);
		return new X509Verifier(this.#trust, {
			...this.revocation,
			crls: [...crls, ...carried]
		});
	}
	/** A signature that comes with its certificates, leaf first. The others are read only if it is by the leaf. */
	verifyWithChain(signed, chain, moment) {
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
			...this.#judge(leaf, others, moment),
			...leaf.publicKey ? keyidOf(leaf.publicKey, signed) : {}
		};
	}
	/** A signature without material: tried with every certificate of the trust material. Undefined when none fits. */
	verifyWithKnown(signed, keyid, moment) {
		const checks = this.#certificates.filter((leaf) => keyid === void 0 || leaf.publicKey && opensshKeyid(leaf.publicKey.key) === keyid).map((leaf) => this.#check(signed, leaf) ?? this.#judge(leaf, [], moment));
		return checks.find(({ status }) => status === "valid") ?? checks.find(({ status }) => status === "untrusted");
	}
	/** What timestamps over a signature prove. */
	checkTimestamps(timestamps, signed, now) {
		const trust = {
			anchors: this.#timestamps,
			intermediates: this.#intermediates,
			revocation: this.revocation
		};
		return checkTimestamps(timestamps, {
			signed,
			trust,
			now
		}, (der, context) => {
			const key = `${sha256Hex(der)} ${sha256Hex(signed)} ${now.getTime()}`;
			const known = this.#stamps.get(key) ?? checkTimestamp(der, context);
			if (this.#stamps.size < MAX_SEEN) this.#stamps.set(key, known);
			return known;
		});
	}
	/** True when the first certificate names an OpenID issuer, as those of Sigstore do. */
	isKeyless([leaf = /* @__PURE__ */ new Uint8Array()]) {
		const read = this.#read(leaf);
		return !("code" in read) && isKeyless(read);
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
	#judge(leaf, others, moment) {
		const read = others.map((der) => this.#read(der));
		const result = findPaths(leaf, {
			anchors: this.#anchors,
			intermediates: [...read.flatMap((item) => "code" in item ? [] : [item]), ...this.#intermediates],
			now: moment.now,
			provenAt: moment.proven,
			revocation: this.revocation
		});
		const { anchors, ended, path } = result;
		const valid = anchors.length > 0;
		const leads = {
			anchors: valid ? anchors : ended,
			chain: path.map(nameOfMember),
			path: path.map(memberOf)
		};
		const anchor = path.at(-1)?.certificate.sha256;
		const source = anchor === void 0 ? {} : this.#sources.get(anchor);
		const identity = {
			...certificateIdentity(leaf, path.length > 0 ? leads : void 0),
			...source
		};
		if (valid) return {
			status: "valid",
			identity,
			reasons: result.reasons,
			signedAt: null
		};
		return {
			status: "untrusted",
			identity,
			reasons: [...result.reasons, ...read.flatMap((item) => "code" in item ? [item] : [])],
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
/**
* What the trust material says about certificates that do not count any more.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function revocationRules(trust) {
	const crls = parseCrls(trust);
	return {
		crls,
		mode: trust.revocation ?? (crls.length > 0 ? "require" : void 0),
		denied: trust.denied ?? []
	};
}
/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
function parseCrls(trust) {
	return (trust.crls ?? []).map((part, index) => {
		try {
			return {
				...parseCrl(part),
				origin: trust.origins?.get(part)?.path ?? `CRL ${index + 1}`
			};
		} catch (cause) {
			throw trustError(cause, {
				trust,
				kind: "crls",
				index
			});
		}
	});
}
function carriedCrl(der) {
	try {
		return [{
			...parseCrl(der),
			origin: "with the image"
		}];
	} catch (error) {
		if (error instanceof CountersignError) return [];
		throw error;
	}
}
function nameOfMember({ certificate: { subject, sha256 } }) {
	return subject.text || sha256;
}
function memberOf(member) {
	const { certificate, status, crl } = member;
	const { serial, notAfter } = certificate;
	const name = crl && {
		number: String(crl.number ?? ""),
		thisUpdate: crl.thisUpdate.toISOString(),
		nextUpdate: crl.nextUpdate?.toISOString() ?? ""
	};
	return {
		subject: nameOfMember(member),
		serial,
		notAfter: notAfter.toISOString(),
		revocation: status,
		...name ? { crl: name } : {}
	};
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

export { X509Verifier, revocationRules };