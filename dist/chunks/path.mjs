import { o as equalBytes } from "./bytes.mjs";
import { o as toSecond } from "./text.mjs";
import { n as isSignedBy, r as nameOf } from "./certificate.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { BlockList, isIP } from "node:net";

// src/crypto/x509/name-constraints.ts
/** The first of the names that the constraints do not allow. */
function findForbiddenName(names, constraints) {
	return names.find((name) => {
		const permitted = constraints.permitted.filter((base) => sameKind(base, name));
		const excluded = constraints.excluded.filter((base) => sameKind(base, name));
		if (name.kind === "other") return permitted.length + excluded.length > 0;
		if (excluded.some((base) => within(name, base, true))) return true;
		return permitted.length > 0 && !permitted.some((base) => within(name, base, false));
	});
}
function sameKind(base, name) {
	return base.kind === "other" && name.kind === "other" ? base.type === name.type : base.kind === name.kind;
}
/** True when the name lies in the subtree; `wide` also counts what can only be read so. */
function within(name, base, wide) {
	if (name.kind === "directory" && base.kind === "directory") return base.name.rdns.every((rdn, index) => name.name.rdns[index] === rdn);
	if (name.kind === "ip" && base.kind === "ip") return ipWithin(name.text, base.text, wide);
	if (name.kind === "dns" && base.kind === "dns") return dnsWithin(name.text, base.text, wide);
	if (name.kind === "email" && base.kind === "email") return emailWithin(name.text, base.text, wide);
	if (name.kind === "uri" && base.kind === "uri") return uriWithin(name.text, base.text, wide);
	return false;
}
/** One label or more of letters, digits, hyphens and underscores; the last dot stands for the root. */
const HOST = /^(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*\.?$/i;
/**
* A malformed name is inside whatever is excluded and outside whatever is permitted. A wildcard stands for every host
* that it can mean: it is inside an excluded host below it, and inside a permitted one only if all of them are.
*/
function dnsWithin(name, base, wide) {
	const below = name.startsWith("*.") ? name.slice(1) : void 0;
	if (!HOST.test(below?.slice(1) ?? name)) return wide;
	if (hostWithin(name, base, true)) return true;
	return wide && below !== void 0 && base.toLowerCase().endsWith(below.toLowerCase().replace(/\.$/, ""));
}
/** An empty base holds every host, `.example.org` the hosts below, `example.org` itself and, if `below`, those below. */
function hostWithin(host, base, below) {
	const name = host.toLowerCase().replace(/\.$/, "");
	const wanted = base.toLowerCase();
	if (wanted === "") return true;
	if (wanted.startsWith(".")) return name.endsWith(wanted) && name.length > wanted.length;
	return name === wanted || below && name.endsWith(`.${wanted}`);
}
/** What may stand before the @ without quotes, which nobody certifies. */
const MAILBOX = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;
function emailWithin(address, base, wide) {
	const at = address.lastIndexOf("@");
	const host = address.slice(at + 1);
	if (at < 0 || !MAILBOX.test(address.slice(0, at)) || !HOST.test(host)) return wide;
	const baseAt = base.lastIndexOf("@");
	if (baseAt === -1) return hostWithin(host, base, wide);
	return (wide ? address.slice(0, at).toLowerCase() === base.slice(0, baseAt).toLowerCase() : address.slice(0, at) === base.slice(0, baseAt)) && host.toLowerCase() === base.slice(baseAt + 1).toLowerCase();
}
/** A URI without a host name cannot be inside a permitted subtree, and counts as inside an excluded one. */
function uriWithin(uri, base, wide) {
	const host = URL.canParse(uri) ? new URL(uri).hostname : "";
	if (host === "" || host.startsWith("[") || /^[0-9.]+$/.test(host)) return wide;
	return hostWithin(host, base, wide);
}
/** A network for an address, or an address for a network, is malformed. */
function ipWithin(address, network, wide) {
	const [base = "", length] = network.split("/");
	const version = isIP(address);
	if (version === 0 || length === void 0) return wide;
	if (version !== isIP(base)) return false;
	const family = version === 4 ? "ipv4" : "ipv6";
	const subnet = new BlockList();
	subnet.addSubnet(base, Number(length), family);
	return subnet.check(address, family);
}

// src/crypto/x509/path.ts
/** Certificates in one path, leaf and anchor included. */
const MAX_PATH = 10;
/** Signature checks, and paths, in one search: what bounds the work that a hostile bundle can cause. */
const MAX_STEPS = 100;
const MAX_REASONS = 20;
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
/**
* Harmless to ignore even when critical: key identifiers, CRL locations, and what is said of policies, since we demand
* none and refuse every path in which a certificate does: policies, their mappings, and the ban on any policy.
*/
const IGNORED_EXTENSIONS = /* @__PURE__ */ new Set([
	"2.5.29.14",
	"2.5.29.35",
	"2.5.29.31",
	"2.5.29.32",
	"2.5.29.33",
	"2.5.29.54"
]);
/**
* All anchors that valid paths from the leaf lead to. Never throws for what a certificate says.
* @see https://www.rfc-editor.org/rfc/rfc5280.html#section-6
*/
function findPaths(leaf, options) {
	const search = new PathSearch(leaf, options);
	const anchors = [...search.anchors.keys()];
	const [path] = [...search.anchors.values(), ...search.expired.values()];
	const chain = (path ?? []).map(({ subject, sha256 }) => subject.text || sha256);
	return {
		anchors,
		expired: [...search.expired.keys()],
		chain,
		reasons: anchors.length > 0 ? [] : search.reasons()
	};
}
/** All paths from a certificate to an anchor; each is judged as a whole. */
var PathSearch = class {
	/** The first path to each anchor. */
	anchors = /* @__PURE__ */ new Map();
	expired = /* @__PURE__ */ new Map();
	#options;
	#anchorIds;
	#reasons = /* @__PURE__ */ new Map();
	/** Issuers by certificate, as far as an anchor vouches for them. */
	#issuers = /* @__PURE__ */ new Map();
	#steps = 0;
	constructor(leaf, options) {
		this.#options = options;
		this.#anchorIds = new Set(options.anchors.map(({ sha256 }) => sha256));
		this.#findIssuers(this.#above(leaf));
		this.#extend([leaf]);
		if (this.anchors.size === 0 && this.#reasons.size === 0) this.#fail("CERTIFICATE_NO_ISSUER", leaf, "leads to no trusted certificate");
	}
	reasons() {
		return [...this.#reasons.values()].slice(0, MAX_REASONS);
	}
	/** The leaf and what by its name may be above it. */
	#above(leaf) {
		const { anchors, intermediates } = this.#options;
		const unique = new Map([...anchors, ...intermediates].map((issuer) => [issuer.sha256, issuer]));
		const byName = Map.groupBy(unique.values(), ({ subject }) => subject.key);
		const found = /* @__PURE__ */ new Set([leaf]);
		for (const certificate of found) {
			const named = byName.get(certificate.issuer.key) ?? [];
			for (const issuer of named) if (issuer.sha256 !== leaf.sha256) found.add(issuer);
			if (named.every((issuer) => sameSubjectAndKey(issuer, certificate)) && !this.#anchorIds.has(certificate.sha256)) this.#noIssuer(certificate);
		}
		return [...found];
	}
	/**
	* From the anchors downwards, so that signatures are checked only with keys that an anchor vouches for: a stranger's
	* certificates cost one check each, whatever they are called.
	*/
	#findIssuers(certificates) {
		const byIssuer = Map.groupBy(certificates, ({ issuer }) => issuer.key);
		const trusted = new Set(certificates.filter(({ sha256 }) => this.#anchorIds.has(sha256)));
		for (const issuer of trusted) for (const certificate of byIssuer.get(issuer.subject.key) ?? []) {
			if (sameSubjectAndKey(certificate, issuer) || !this.#isIssuedBy(certificate, issuer)) continue;
			this.#issuers.set(certificate.sha256, [...this.#issuers.get(certificate.sha256) ?? [], issuer]);
			trusted.add(certificate);
		}
	}
	/** `path` is leaf first. An anchor may itself lead to a further one. */
	#extend(path) {
		const last = path.at(-1);
		if (!last) return;
		if (this.#anchorIds.has(last.sha256)) this.#judge(path);
		for (const issuer of this.#issuers.get(last.sha256) ?? []) {
			if (path.some((seen) => sameSubjectAndKey(seen, issuer))) continue;
			this.#steps += 1;
			if (this.#steps > MAX_STEPS || path.length >= MAX_PATH) this.#tooMany(last);
			else this.#extend([...path, issuer]);
		}
	}
	#isIssuedBy(certificate, issuer) {
		this.#steps += 1;
		if (this.#steps > MAX_STEPS) this.#tooMany(certificate);
		else if (!certificate.scheme) this.#fail("CERTIFICATE_WEAK", certificate, `is signed with ${certificate.schemeName}`);
		else if (!issuer.publicKey) this.#fail("CERTIFICATE_WEAK", issuer, `cannot be used: ${issuer.keyProblem}`);
		else if (!isSignedBy(certificate, issuer)) this.#fail("CERTIFICATE_SIGNATURE_BAD", certificate, `is not signed by the key of ${nameOf(issuer)}`);
		else return true;
		return false;
	}
	#judge(path) {
		const anchor = path.at(-1);
		const problems = pathProblems(path, this.#options.now);
		for (const problem of problems) this.#reasons.set(problem.message, problem);
		if (!anchor || problems.some(({ code }) => code !== "CERTIFICATE_EXPIRED")) return;
		const found = problems.length === 0 ? this.anchors : this.expired;
		if (!found.has(anchor.sha256)) found.set(anchor.sha256, path);
	}
	#noIssuer(certificate) {
		const issuer = quote(certificate.issuer.text);
		this.#fail("CERTIFICATE_NO_ISSUER", certificate, `was issued by ${issuer}, which is neither trusted nor given`);
	}
	#tooMany(certificate) {
		this.#fail("CERTIFICATE_CHAIN_TOO_LARGE", certificate, "has more issuers above it than are looked at");
	}
	#fail(code, certificate, problem) {
		const reason = certificateReason(code, certificate, problem);
		this.#reasons.set(reason.message, reason);
	}
};
function sameSubjectAndKey(a, b) {
	return a.sha256 === b.sha256 || a.subject.key === b.subject.key && equalBytes(a.spki, b.spki);
}
/** Everything that is wrong with a path whose signatures are good; leaf first. */
function pathProblems(path, now) {
	return path.flatMap((certificate, index) => [...certificateProblems(certificate, now), ...index === 0 ? leafProblems(certificate) : issuerProblems(certificate, path.slice(0, index))]);
}
/** What disqualifies any certificate of a path. */
function certificateProblems(certificate, now) {
	const problems = [];
	const { notBefore, notAfter, keyProblem, extensions } = certificate;
	if (now < notBefore) problems.push(certificateReason("CERTIFICATE_NOT_YET_VALID", certificate, `is valid from ${toSecond(notBefore)}`));
	if (now.getTime() >= notAfter.getTime() + 1e3) problems.push(certificateReason("CERTIFICATE_EXPIRED", certificate, `expired on ${toSecond(notAfter)}`));
	if (keyProblem !== void 0) problems.push(certificateReason("CERTIFICATE_WEAK", certificate, `cannot be used: ${keyProblem}`));
	for (const oid of extensions.otherCritical.filter((other) => !IGNORED_EXTENSIONS.has(other))) problems.push(certificateReason("CERTIFICATE_EXTENSION_UNKNOWN", certificate, `has the critical extension ${oid}`));
	if (extensions.requiresPolicy) problems.push(certificateReason("CERTIFICATE_EXTENSION_UNKNOWN", certificate, "demands certificate policies (requireExplicitPolicy), which are not evaluated"));
	if (!allowsCodeSigning(extensions.extendedKeyUsage)) problems.push(certificateReason("CERTIFICATE_EXTENDED_KEY_USAGE", certificate, "is not for signing code"));
	return problems;
}
/** What disqualifies a certificate as the signing one. */
function leafProblems(leaf) {
	const { keyUsage } = leaf.extensions;
	if (!keyUsage || keyUsage.includes("digitalSignature")) return [];
	return [certificateReason("CERTIFICATE_KEY_USAGE", leaf, "has a key usage without digitalSignature")];
}
/** Absent means unrestricted, as everywhere; a CA that carries the extension restricts what is below it. */
function allowsCodeSigning(usages) {
	return !usages || usages.includes(CODE_SIGNING) || usages.includes(ANY_EXTENDED_KEY_USAGE);
}
/** What disqualifies a certificate as issuer of those below it; `below` is leaf first. */
function issuerProblems(issuer, below) {
	const problems = [];
	const { basicConstraints, keyUsage, nameConstraints } = issuer.extensions;
	if (!(basicConstraints ? basicConstraints.ca : issuer.version === 1 && isSelfIssued(issuer))) problems.push(certificateReason("CERTIFICATE_NOT_CA", issuer, "is not a CA certificate"));
	if (issuer.subject.rdns.length === 0) problems.push(certificateReason("CERTIFICATE_NOT_CA", issuer, "has no subject that could be named as issuer"));
	if (keyUsage && !keyUsage.includes("keyCertSign")) problems.push(certificateReason("CERTIFICATE_KEY_USAGE", issuer, "has a key usage without keyCertSign"));
	const limit = basicConstraints?.pathLength;
	const intermediates = below.slice(1).filter((certificate) => !isSelfIssued(certificate)).length;
	if (limit !== void 0 && intermediates > limit) problems.push(certificateReason("CERTIFICATE_PATH_LENGTH", issuer, `allows ${limit} intermediates below it, not ${intermediates}`));
	if (!nameConstraints) return problems;
	for (const [index, certificate] of below.entries()) {
		if (index > 0 && isSelfIssued(certificate)) continue;
		const name = findForbiddenName(constrainedNames(certificate), nameConstraints);
		if (name) problems.push(certificateReason("CERTIFICATE_NAME_CONSTRAINT", certificate, `has a name that ${nameOf(issuer)} may not certify: ${nameText(name)}`));
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
	return name.kind === "other" ? `a name of kind ${name.type}` : quote(name.text);
}
function certificateReason(code, certificate, problem) {
	const serial = certificate.serial.slice(0, 40);
	return signatureReason(code, `the certificate ${nameOf(certificate)} (serial ${serial}) ${problem}`);
}
function quote(text) {
	return JSON.stringify(text.slice(0, 200));
}

export { findPaths as n, leafProblems as r, certificateProblems as t };