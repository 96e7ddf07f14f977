import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { c as sameSubjectAndKey, i as nameOf, n as certificateReason, r as isSignedBy } from "./certificate.mjs";
import { n as isVoidedBy, t as denialText } from "./denial.mjs";
import { p as toSecond } from "./text.mjs";
import { n as leafProblems, t as certificateProblems } from "./purpose.mjs";
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
/** One label or more of letters, digits, hyphens and underscores. With a dot at the end libraries read it differently. */
const HOST = /^(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*$/i;
/**
* A malformed name is inside whatever is excluded and outside whatever is permitted. A wildcard stands for every host
* that it can mean: it is inside an excluded host below it, and inside a permitted one only if all of them are.
*/
function dnsWithin(name, base, wide) {
	const below = name.startsWith("*.") ? name.slice(1) : void 0;
	if (!HOST.test(below?.slice(1) ?? name)) return wide;
	if (hostWithin(name, base, {
		below: true,
		wide
	})) return true;
	return wide && below !== void 0 && base.toLowerCase().endsWith(below.toLowerCase());
}
/**
* An empty base holds every host, `.example.org` the hosts below, `example.org` itself and, if `below`, those below. A
* malformed one holds nothing that is permitted and all that is excluded.
*/
function hostWithin(host, base, { below, wide }) {
	const name = host.toLowerCase();
	const wanted = base.toLowerCase();
	if (wanted === "") return true;
	if (!HOST.test(wanted.replace(/^\./, ""))) return wide;
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
	if (baseAt <= 0) return (wide || baseAt < 0) && hostWithin(host, base.slice(baseAt + 1), {
		below: wide,
		wide
	});
	return (wide ? address.slice(0, at).toLowerCase() === base.slice(0, baseAt).toLowerCase() : address.slice(0, at) === base.slice(0, baseAt)) && host.toLowerCase() === base.slice(baseAt + 1).toLowerCase();
}
/** What stands before the path. Logins, escapes and left-out slashes are read differently by different libraries. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/([^/?#:]*)(?::\d*)?(?:[/?#]|$)/i;
/** A URI without a plain host name cannot be inside a permitted subtree, and counts as inside an excluded one. */
function uriWithin(uri, base, wide) {
	const host = AUTHORITY.exec(uri)?.[1] ?? "";
	if (!HOST.test(host) || /^[0-9.]+$/.test(host)) return wide;
	return hostWithin(host, base, {
		below: wide,
		wide
	});
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

// src/crypto/x509/revocation.ts
/** Reasons that say that somebody else had the key, nobody knows since when unless an invalidity date says so. */
const COMPROMISES = /* @__PURE__ */ new Set([
	"keyCompromise",
	"cACompromise",
	"aACompromise"
]);
/**
* Reasons after which the time that a timestamp authority stated before is still believed.
* @see https://www.rfc-editor.org/rfc/rfc3161.html#section-4
*/
const HARMLESS = /* @__PURE__ */ new Set([
	"unspecified",
	"affiliationChanged",
	"superseded",
	"cessationOfOperation"
]);
/**
* Since when a revocation takes back what was signed; undefined for one that takes back nothing. A compromise without an
* invalidity date takes back everything.
*/
function voidSince(entry, { ownStatement = false }) {
	const { reason, reasonGiven, revokedAt, invalidFrom } = entry;
	if (reason === "removeFromCRL") return void 0;
	if (ownStatement && !(reasonGiven && HARMLESS.has(reason))) return /* @__PURE__ */ new Date(0);
	if (COMPROMISES.has(reason) && !invalidFrom) return /* @__PURE__ */ new Date(0);
	return invalidFrom && invalidFrom < revokedAt ? invalidFrom : revokedAt;
}
/**
* What the CRLs say about a certificate that `issuer` signed; without issuer it is the anchor of the path, which only a
* CRL of its own takes back.
* @see https://www.rfc-editor.org/rfc/rfc5280.html#section-6.3
*/
function checkRevocation(certificate, issuer, { crls, mode, denied = [] }, moment) {
	const denial = denied.find((one) => isAbout(one, certificate) && isVoidedBy(one, moment.ownStatement ? void 0 : moment.provenAt));
	if (denial) return {
		status: "denied",
		reasons: [certificateReason("CERTIFICATE_DENIED", certificate, denialText(denial))]
	};
	if (mode === void 0) return {
		status: issuer ? "not-checked" : "anchor",
		reasons: []
	};
	const named = crls.filter((crl) => crl.issuer.key === certificate.issuer.key);
	const { usable, problems } = sortOut(certificate, issuer ?? certificate, named);
	const begun = usable.filter((crl) => !isFuture(crl, moment));
	const newest = begun[0] ?? usable[0];
	const leaving = begun.findIndex((crl) => !isLeftOut(certificate, crl));
	const covering = newest && isLeftOut(certificate, newest) ? begun[leaving] : newest;
	const asked = newest === covering ? [newest] : begun.slice(0, leaving < 0 ? void 0 : leaving + 1);
	const [first] = [.../* @__PURE__ */ new Set([newest, ...asked])].flatMap((crl) => crl ? revocationsIn(crl, certificate, moment) : []).toSorted((a, b) => a.since.getTime() - b.since.getTime());
	const { provenAt } = moment;
	if (first && !(provenAt && provenAt < first.since)) return {
		status: "revoked",
		crl: first.crl,
		reasons: [revokedReason(certificate, first, provenAt)]
	};
	if (!issuer) return {
		status: "anchor",
		reasons: []
	};
	const silence = newest ? silenceReasons(certificate, {
		newest,
		covering
	}, moment) : [...problems, ...named.length === 0 ? [missing(certificate, crls)] : []];
	const found = silence.slice(0, MAX_REASONS$1).map((one) => mode === "warn" ? asRemark(one) : one);
	const later = first ? [asRemark(revokedReason(certificate, first, provenAt))] : [];
	return {
		status: first ? "revoked-later" : silence.length === 0 ? "good" : "unknown",
		...newest ? { crl: first?.crl ?? newest } : {},
		reasons: [...found, ...later]
	};
}
function isAbout({ what }, { issuer, serial, hint }) {
	if (what.of === "key") return what.hint !== void 0 && what.hint === hint;
	return what.of === "certificate" && what.issuer === issuer.text && bare(what.serial) === bare(serial);
}
/** A serial number without leading zeros, which not everybody writes. */
function bare(serial) {
	return serial.replace(/^0+/, "");
}
/** Problems of one certificate that are told. */
const MAX_REASONS$1 = 5;
function asRemark(one) {
	return {
		...one,
		severity: "remark"
	};
}
function isFuture({ thisUpdate }, { now }) {
	return thisUpdate.getTime() > now.getTime() + CLOCK_SKEW_MS;
}
function isLeftOut({ notAfter }, { thisUpdate, expiredSince }) {
	return notAfter < thisUpdate && !(expiredSince && expiredSince <= notAfter);
}
/** Else a later list from before the certificate ended may be missing, and what it said with it. */
function isInForceAtEnd({ notAfter }, { nextUpdate }) {
	return nextUpdate !== void 0 && nextUpdate >= notAfter;
}
/** The lists that the issuer's key signed and that can be evaluated, newest first; why the others cannot. */
function sortOut(certificate, issuer, named) {
	const usage = issuer.extensions.keyUsage;
	const usable = [];
	const problems = [];
	for (const crl of named) {
		const problem = (code, text) => problems.push(certificateReason(code, certificate, `is looked up in no CRL: ${crl.origin} ${text}`));
		if (!crl.scheme) problem("CRL_REFUSED", crl.refusal ?? "");
		else if (!isMadeBy(crl, issuer)) problem("CRL_WRONG_ISSUER", "is not signed by the key of the CA that it names");
		else if (crl.refusal !== void 0) problem("CRL_REFUSED", crl.refusal);
		else if (usage && !usage.includes("crlSign")) problem("CRL_ISSUER_USAGE", "is by a CA whose key usage lacks cRLSign");
		else usable.push(crl);
	}
	return {
		usable: usable.sort(newestFirst),
		problems
	};
}
function newestFirst(a, b) {
	const [one, other] = [a.number ?? 0n, b.number ?? 0n];
	if (one !== other) return one > other ? -1 : 1;
	return b.thisUpdate.getTime() - a.thisUpdate.getTime();
}
/** By issuer: a list of 50 MB is hashed once for each, not for each signature. */
const MADE_BY = /* @__PURE__ */ new WeakMap();
function isMadeBy(crl, issuer) {
	const known = MADE_BY.get(crl) ?? /* @__PURE__ */ new Map();
	MADE_BY.set(crl, known);
	const made = known.get(issuer.sha256) ?? isSignedBy(crl, issuer);
	known.set(issuer.sha256, made);
	return made;
}
/** Of a list that holds from a later time on, what had been revoked by now. */
function revocationsIn(crl, { serial }, moment) {
	return crl.entriesOf(serial).flatMap((entry) => {
		const since = voidSince(entry, moment);
		const yet = isFuture(crl, moment) && entry.revokedAt > moment.now;
		return since && !yet ? [{
			crl,
			entry,
			since
		}] : [];
	});
}
/** Why a list that does not name the certificate does not show that it is good. */
function silenceReasons(certificate, { newest, covering }, moment) {
	const { now, provenAt } = moment;
	const { thisUpdate, nextUpdate } = newest;
	const problem = (code, text) => [certificateReason(code, certificate, `may have been revoked: ${nameOfCrl(newest)} ${text}`)];
	if (isFuture(newest, moment)) return problem("CRL_FUTURE", `holds from ${toSecond(thisUpdate)} on`);
	if (!nextUpdate || now.getTime() >= nextUpdate.getTime() + 1e3) return problem("CRL_STALE", `was to be replaced by ${toSecond(nextUpdate ?? thisUpdate)}`);
	if (newest === covering || !provenAt || covering && covering.thisUpdate >= provenAt && isInForceAtEnd(certificate, covering)) return [];
	return problem("CRL_AFTER_EXPIRY", `is newer than its end on ${toSecond(certificate.notAfter)}, and none from between was in force then`);
}
function missing(certificate, crls) {
	const issuers = [...new Set(crls.map(({ issuer }) => JSON.stringify(issuer.text.slice(0, 200))))];
	const there = issuers.length === 0 ? "no CRL is given" : `the CRLs given are by ${issuers.slice(0, 5).join(", ")}`;
	const by = JSON.stringify(certificate.issuer.text.slice(0, 200));
	return certificateReason("CRL_MISSING", certificate, `may have been revoked: there is no CRL by ${by}, ${there}`);
}
/** A CRL in a sentence. */
function nameOfCrl({ number, origin }) {
	return `CRL ${number ?? "without number"} (${origin})`;
}
function revokedReason(certificate, { crl, entry }, provenAt) {
	const { reason, revokedAt, invalidFrom } = entry;
	const why = reason === "unspecified" ? "without a reason" : `for ${reason}`;
	const invalid = invalidFrom ? `, invalid since ${toSecond(invalidFrom)}` : "";
	const proven = provenAt ? `; the signature is proven to be from before ${toSecond(provenAt)}` : "";
	const text = `was revoked on ${toSecond(revokedAt)} ${why}${invalid}, says ${nameOfCrl(crl)}${proven}`;
	return certificateReason("CERTIFICATE_REVOKED", certificate, text);
}

// src/crypto/x509/path.ts
/** Certificates in one path, leaf and anchor included. */
const MAX_PATH = 10;
/** Signature checks, and paths, in one search: what bounds the work that a hostile bundle can cause. */
const MAX_STEPS = 100;
const MAX_REASONS = 8;
/**
* All anchors that valid paths from the leaf lead to. Never throws for what a certificate says.
* @see https://www.rfc-editor.org/rfc/rfc5280.html#section-6
*/
function findPaths(leaf, options) {
	const search = new PathSearch(leaf, options);
	const anchors = [...search.anchors.keys()];
	const [path = []] = [...search.anchors.values(), ...search.ended.values()];
	const remarks = path.flatMap(({ reasons }) => reasons);
	return {
		anchors,
		ended: [...search.ended.keys()],
		path,
		reasons: anchors.length > 0 ? remarks : search.reasons()
	};
}
/** All paths from a certificate to an anchor; each is judged as a whole. */
var PathSearch = class {
	/** The first path to each anchor. */
	anchors = /* @__PURE__ */ new Map();
	ended = /* @__PURE__ */ new Map();
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
		const checked = path.map((certificate, index) => ({
			certificate,
			...this.#revocation(certificate, path[index + 1])
		}));
		const revoked = checked.flatMap(({ reasons }) => reasons.filter(({ severity }) => severity !== "remark"));
		const problems = pathProblems(path, this.#options);
		for (const problem of [...problems, ...revoked]) this.#reasons.set(problem.message, problem);
		if (!anchor || problems.some(({ code }) => code !== "CERTIFICATE_EXPIRED")) return;
		const found = problems.length + revoked.length === 0 ? this.anchors : this.ended;
		if (!found.has(anchor.sha256)) found.set(anchor.sha256, checked);
	}
	#revocation(certificate, issuer) {
		const { revocation, now, provenAt, purpose } = this.#options;
		const moment = {
			now,
			provenAt,
			ownStatement: purpose === "time"
		};
		if (revocation) return checkRevocation(certificate, issuer, revocation, moment);
		return {
			status: issuer ? "not-checked" : "anchor",
			reasons: []
		};
	}
	#noIssuer(certificate) {
		const issuer = quote(certificate.issuer.text);
		this.#fail("CERTIFICATE_NO_ISSUER", certificate, `was issued by ${issuer}, which is neither trusted nor given`);
	}
	#tooMany(certificate) {
		this.#fail("CERTIFICATE_CHAIN_TOO_LARGE", certificate, "has more issuers above it than are looked at");
	}
	#fail(code, certificate, problem) {
		if (this.#reasons.size >= MAX_REASONS) return;
		const reason = certificateReason(code, certificate, problem);
		this.#reasons.set(reason.message, reason);
	}
};
/**
* Everything that is wrong with a path whose signatures are good; leaf first. A CA certificate may be younger than a
* signature that is proven to be old: who vouches for a key today vouches for what it was then.
*/
function pathProblems(path, options) {
	const { now, provenAt: at = now, purpose = "code" } = options;
	const from = purpose === "code" && options.provenAt ? new Date(at.getTime() + CLOCK_SKEW_MS) : at;
	return path.flatMap((certificate, index) => [...certificateProblems(certificate, {
		from: index === 0 ? from : now,
		until: at,
		purpose
	}), ...index === 0 ? leafProblems(certificate, purpose) : issuerProblems(certificate, path.slice(0, index))]);
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
	return [
		...extensions.subjectAltName,
		...subject.rdns.length > 0 ? [{
			kind: "directory",
			name: subject
		}] : [],
		...subject.emails.map((text) => ({
			kind: "email",
			text
		}))
	];
}
function nameText(name) {
	if (name.kind === "directory") return quote(name.name.text);
	return name.kind === "other" ? `a name of kind ${name.type}` : quote(name.text);
}
function quote(text) {
	return JSON.stringify(text.slice(0, 200));
}

export { checkRevocation as n, findPaths as t };