import { a as isSignedBy, c as findForbiddenName, i as certificateIdentity, n as CODE_SIGNING, o as parseCertificate, r as KEY_USAGE, t as ANY_EXTENDED_KEY_USAGE } from "./certificate.mjs";
import { n as SignatureError } from "./errors3.mjs";
import { n as signatureReason } from "./reasons2.mjs";

// src/signing/x509.ts
/** Certificates in one path, leaf and anchor included. */
const MAX_PATH = 10;
/** Signature checks in one search: what bounds the work that a hostile bundle can cause. */
const MAX_STEPS = 100;
const MAX_REASONS = 20;
/**
* Parses trust anchors or intermediates of the policy.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function parseTrusted(ders, what) {
	return ders.map((der, index) => {
		try {
			return parseCertificate(der);
		} catch (cause) {
			const problem = cause instanceof Error ? cause.message : String(cause);
			throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `${what} ${index + 1} cannot be read: ${problem}`, { cause });
		}
	});
}
/**
* All anchors that valid paths from the leaf lead to. Never throws for what a certificate says.
* @see RFC 5280 section 6
*/
function findPaths(leaf, options) {
	const search = new PathSearch(options);
	search.extend([leaf]);
	if (search.anchors.size > 0) return {
		anchors: [...search.anchors],
		reasons: []
	};
	return {
		anchors: [],
		reasons: search.reasons()
	};
}
/** The identity that a certificate and its valid paths prove. */
function pathIdentity(leaf, result) {
	return certificateIdentity(leaf, result.anchors);
}
/** Depth-first search over all issuers; a path is judged as a whole once it reaches an anchor. */
var PathSearch = class {
	anchors = /* @__PURE__ */ new Set();
	#options;
	#anchorIds;
	#issuers;
	#reasons = /* @__PURE__ */ new Map();
	#steps = 0;
	constructor(options) {
		this.#options = options;
		this.#anchorIds = new Set(options.anchors.map(({ sha256 }) => sha256));
		const unique = new Map([...options.anchors, ...options.intermediates].map((issuer) => [issuer.sha256, issuer]));
		this.#issuers = [...unique.values()];
	}
	reasons() {
		return [...this.#reasons.values()].slice(0, MAX_REASONS);
	}
	/** `path` is leaf first; its signatures are already checked. An anchor may itself lead to a further one. */
	extend(path) {
		const last = path.at(-1);
		if (!last) return;
		const anchored = this.#anchorIds.has(last.sha256);
		if (anchored) this.#judge(path);
		const issuers = this.#issuers.filter((issuer) => issuer.subject.key === last.issuer.key && !path.some((seen) => sameSubjectAndKey(seen, issuer)));
		if (issuers.length === 0 && !anchored) this.#fail("CERTIFICATE_NO_ISSUER", last, `was issued by ${quote(last.issuer.text)}, which is neither trusted nor given`);
		for (const issuer of issuers) this.#step(path, last, issuer);
	}
	#step(path, last, issuer) {
		this.#steps += 1;
		if (this.#steps > MAX_STEPS || path.length >= MAX_PATH) this.#fail("CERTIFICATE_CHAIN_TOO_LARGE", last, `has more issuers above it than are looked at`);
		else if (!last.scheme) this.#fail("CERTIFICATE_WEAK", last, `is signed with ${last.schemeName}`);
		else if (!issuer.publicKey) this.#fail("CERTIFICATE_WEAK", issuer, `cannot be used: ${issuer.keyProblem}`);
		else if (!isSignedBy(last, issuer)) this.#fail("CERTIFICATE_SIGNATURE_BAD", last, `is not signed by the key of ${quote(issuer.subject.text)}`);
		else if (this.#options.isRevoked?.(last.der, issuer.der)) this.#fail("CERTIFICATE_REVOKED", last, "is revoked");
		else this.extend([...path, issuer]);
	}
	#judge(path) {
		const anchor = path.at(-1);
		const problems = pathProblems(path, this.#options.now);
		for (const problem of problems) this.#reasons.set(problem.message, problem);
		if (anchor && problems.length === 0) this.anchors.add(anchor.sha256);
	}
	#fail(code, certificate, problem) {
		const reason = certificateReason(code, certificate, problem);
		this.#reasons.set(reason.message, reason);
	}
};
function sameSubjectAndKey(a, b) {
	return a.sha256 === b.sha256 || a.subject.key === b.subject.key && a.hint !== "" && a.hint === b.hint;
}
/** Everything that is wrong with a path whose signatures are good; leaf first. */
function pathProblems(path, now) {
	return path.flatMap((certificate, index) => [...certificateProblems(certificate, now), ...index === 0 ? leafProblems(certificate) : issuerProblems(certificate, path.slice(0, index))]);
}
/** What disqualifies any certificate of a path. */
function certificateProblems(certificate, now) {
	const problems = [];
	const { notBefore, notAfter, keyProblem, extensions } = certificate;
	if (now < notBefore) problems.push(certificateReason("CERTIFICATE_NOT_YET_VALID", certificate, `is valid from ${notBefore.toISOString()}`));
	if (now > notAfter) problems.push(certificateReason("CERTIFICATE_EXPIRED", certificate, `expired on ${notAfter.toISOString()}`));
	if (keyProblem !== void 0) problems.push(certificateReason("CERTIFICATE_WEAK", certificate, `cannot be used: ${keyProblem}`));
	for (const oid of extensions.unknownCritical) problems.push(certificateReason("CERTIFICATE_EXTENSION_UNKNOWN", certificate, `has the critical extension ${oid}`));
	if (!allowsCodeSigning(extensions.extendedKeyUsage)) problems.push(certificateReason("CERTIFICATE_EXTENDED_KEY_USAGE", certificate, "is not for signing code"));
	return problems;
}
/** What disqualifies a certificate as the signing one. */
function leafProblems(leaf) {
	const { keyUsage } = leaf.extensions;
	if (!keyUsage || keyUsage.has(KEY_USAGE.digitalSignature)) return [];
	return [certificateReason("CERTIFICATE_KEY_USAGE", leaf, "has a key usage without digitalSignature")];
}
/** Absent means unrestricted, as everywhere; a CA that carries the extension restricts what is below it. */
function allowsCodeSigning(usages) {
	return !usages || usages.includes("1.3.6.1.5.5.7.3.3") || usages.includes("2.5.29.37.0");
}
/** What disqualifies a certificate as issuer of those below it; `below` is leaf first. */
function issuerProblems(issuer, below) {
	const problems = [];
	const { basicConstraints, keyUsage, nameConstraints } = issuer.extensions;
	if (!(basicConstraints ? basicConstraints.ca : issuer.version === 1 && isSelfIssued(issuer))) problems.push(certificateReason("CERTIFICATE_NOT_CA", issuer, "is not a CA certificate"));
	if (keyUsage && !keyUsage.has(KEY_USAGE.keyCertSign)) problems.push(certificateReason("CERTIFICATE_KEY_USAGE", issuer, "has a key usage without keyCertSign"));
	const limit = basicConstraints?.pathLength;
	const intermediates = below.slice(1).filter((certificate) => !isSelfIssued(certificate)).length;
	if (limit !== void 0 && intermediates > limit) problems.push(certificateReason("CERTIFICATE_PATH_LENGTH", issuer, `allows ${limit} intermediates below it, not ${intermediates}`));
	if (!nameConstraints) return problems;
	for (const [index, certificate] of below.entries()) {
		if (index > 0 && isSelfIssued(certificate)) continue;
		const name = findForbiddenName(constrainedNames(certificate), nameConstraints);
		if (name) problems.push(certificateReason("CERTIFICATE_NAME_CONSTRAINT", certificate, `has a name that ${quote(issuer.subject.text)} may not certify: ${nameText(name)}`));
	}
	return problems;
}
function isSelfIssued(certificate) {
	return certificate.subject.key === certificate.issuer.key;
}
/** Alternative names, the subject, and its e-mail addresses when there is no alternative one. */
function constrainedNames({ subject, extensions }) {
	const names = extensions.subjectAltName;
	const emails = names.some(({ kind }) => kind === "email") ? [] : subject.emails;
	return [
		...names,
		...subject.rdns.length > 0 ? [{
			kind: "directory",
			name: subject
		}] : [],
		...emails.map((text) => ({
			kind: "email",
			text
		}))
	];
}
function nameText(name) {
	if (name.kind === "directory") return quote(name.name.text);
	if (name.kind === "ip") return `address ${Buffer.from(name.bytes).toString("hex")}`;
	return name.kind === "other" ? `a name of kind ${name.tag & 31}` : quote(name.text);
}
function certificateReason(code, { subject, serial }, problem) {
	return signatureReason(code, `the certificate ${quote(subject.text)} (serial ${serial.slice(0, 40)}) ${problem}`);
}
function quote(text) {
	return JSON.stringify(text.slice(0, 200));
}

export { pathIdentity as a, parseTrusted as i, findPaths as n, leafProblems as r, certificateProblems as t };