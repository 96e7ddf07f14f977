import { r as keylessName } from "./signature.mjs";
import { t as CLAIM_NAMES } from "./claims.mjs";
import { t as ATTRIBUTE_NAMES } from "./names.mjs";

// src/policy/rules/pattern.ts
/** Kinds of alternative names that a policy can ask for. */
const SAN_TYPES = [
	"email",
	"uri",
	"dns",
	"ip"
];
const MAX_VALUE_LENGTH = 4096;
/** Most `*` in one pattern. */
const MAX_STARS = 8;
/** Characters that end a part: `*` never stands for one of them. */
const PART_ENDS = {
	email: "@",
	uri: "/?#@:",
	dns: ".",
	ip: ".:/",
	dn: ",+=\\\"<>;#",
	ref: "/",
	name: "/:@"
};
/** A workflow file and the ref it was taken from, which a pattern may leave out. */
function splitWorkflow(text) {
	const at = text.lastIndexOf("@");
	return at < 0 ? {
		file: text,
		ref: void 0
	} : {
		file: text.slice(0, at),
		ref: text.slice(at + 1)
	};
}
/** What is wrong with a pattern, undefined when it may be used. */
function patternProblem(pattern, kind) {
	if (kind === "workflow") {
		const { file, ref } = splitWorkflow(pattern);
		return patternProblem(file, "uri") ?? (ref === void 0 ? void 0 : patternProblem(ref, "ref"));
	}
	const type = typeOf(pattern, kind);
	if (type === void 0) return `has no type; begin it with one of ${SAN_TYPES.map((name) => `${name}:`).join(" ")}`;
	const body = kind === "san" ? pattern.slice(type.length + 1) : pattern;
	if (body === "") return "is empty";
	if (!body.includes("*")) return void 0;
	if (body.split("*").length - 1 > 8) return `has more than ${8} stars`;
	if (body.includes("**")) return "has two stars in a row; one star stands for one or more characters of one part";
	if (type === "ip") return "has a star; addresses match exactly";
	return openProblem(body, type);
}
/** Scheme and host with a slash behind it, or scheme and name space of a URN with a colon behind it. */
const URI_PREFIX = /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/[^/?#]+\/|[^/:]+[:/])/;
/** Refuses patterns whose deciding part is left open, such as `email:*@*` or `CN=*`. */
function openProblem(body, type) {
	if (type === "email" && (body.split("@").length !== 2 || body.split("@")[1]?.includes("*"))) return "leaves the domain open; a star belongs before the @";
	if (type === "dns" && body.split(".").slice(-2).join(".").includes("*")) return "leaves the domain open; a star belongs before the last two labels";
	if (type === "uri" && !URI_PREFIX.test(body.slice(0, body.indexOf("*")))) return "leaves the scheme or the host open; a star belongs after them, past a / or :";
	if (type === "ref" && !/^[^*]+\//.test(body)) return "leaves open what kind of ref it is; write refs/tags/ first";
	if (type === "name" && !/[^*/:@]/.test(body)) return "leaves everything open; write at least a part of it";
	if (type === "dn" && !/(?:^|,)[A-Za-z0-9.]+=[^,*]+(?:,|$)/.test(body)) return "leaves every attribute open; at least one must be written out";
}
/**
* True when the pattern describes the whole value. Email domains and DNS names compare without regard to ASCII case,
* everything else exactly. Values with control characters never match. A workflow without ref in the pattern may have any.
*/
function matchesPattern(pattern, value, kind) {
	if (value.length > MAX_VALUE_LENGTH || /[\u0000-\u001f\u007f]/.test(value)) return false;
	if (kind === "workflow") {
		const [wanted, found] = [splitWorkflow(pattern), splitWorkflow(value)];
		if (!matchesPattern(wanted.file, found.file, "uri")) return false;
		return wanted.ref === void 0 || found.ref !== void 0 && matchesPattern(wanted.ref, found.ref, "ref");
	}
	const type = typeOf(pattern, kind);
	if (type === void 0 || kind === "san" && sanType(value) !== type) return false;
	const fold = (text) => foldCase(text, type);
	return matchStars(fold(pattern), fold(value), PART_ENDS[type]);
}
function typeOf(text, kind) {
	if (kind === "san") return sanType(text);
	return kind === "uri" || kind === "ref" || kind === "name" ? kind : "dn";
}
function sanType(text) {
	return SAN_TYPES.find((type) => text.startsWith(`${type}:`));
}
function foldCase(text, type) {
	if (type === "dns") return asciiLower(text);
	const at = text.lastIndexOf("@");
	if (type === "email" && at >= 0) return text.slice(0, at) + asciiLower(text.slice(at));
	return text;
}
function asciiLower(text) {
	return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
/**
* Follows every reading of the pattern at once, so the time is bounded by pattern length × value length. A state is
* an index into the pattern; `open` holds the stars that have taken at least one character and may take more.
*/
function matchStars(pattern, value, partEnds) {
	let states = /* @__PURE__ */ new Set([0]);
	for (const char of value) {
		const next = /* @__PURE__ */ new Set();
		for (const state of states) if (pattern[state] === "*") {
			if (partEnds.includes(char)) continue;
			next.add(state).add(state + 1);
		} else if (pattern.startsWith(char, state)) next.add(state + char.length);
		if (next.size === 0) return false;
		states = next;
	}
	return states.has(pattern.length);
}
/** What other programs call attributes. */
const OTHER_NAMES = {
	e: "emailAddress",
	email: "emailAddress",
	s: "ST",
	sp: "ST",
	surname: "SN",
	gn: "givenName"
};
/** Attributes that stand for one person or thing: the most specific ones. */
const MOST_SPECIFIC = /* @__PURE__ */ new Set([
	"CN",
	"UID",
	"emailAddress",
	"serialNumber"
]);
/**
* Whether every attribute of a name, which may have stars, is written as a certificate's name is.
* @see https://www.rfc-editor.org/rfc/rfc4514.html#section-2
*/
function isRfc4514(text) {
	return text.split(/(?<=(?:^|[^\\])(?:\\\\)*)[,+]/).every((part) => {
		const [, type = "", value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
		return (ATTRIBUTE_NAMES.has(type) || /^\d+(?:\.\d+)+$/.test(type) && value.startsWith("#")) && value !== "" && !value.startsWith(" ") && !/(?<!\\) $/.test(value);
	});
}
/** The name as a policy writes it, of one that OpenSSL or another program printed; undefined when that cannot be told. */
function asRfc4514(text) {
	const slashes = text.startsWith("/");
	const attributes = (slashes ? text.slice(1).split(/\/(?=[\w.]+=)/) : text.split(/(?<!\\),\s*(?=[A-Za-z][\w.]*\s*=)/)).map((part) => {
		const [, type = "", value = ""] = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
		const name = [...ATTRIBUTE_NAMES].find((known) => known.toLowerCase() === type.toLowerCase());
		const [, quoted] = /^"(.*)"$/s.exec(value) ?? [];
		const plain = quoted ?? value;
		const escaped = slashes || quoted !== void 0 ? plain.replace(/["+,;<>\\]/g, "\\$&") : plain;
		return [name ?? OTHER_NAMES[type.toLowerCase()] ?? type, escaped];
	});
	const written = (slashes || !MOST_SPECIFIC.has(attributes[0]?.[0] ?? "") ? attributes.toReversed() : attributes).map(([name, value]) => `${name}=${value}`).join(",");
	return isRfc4514(written) ? written : void 0;
}

// src/policy/keyless/match.ts
/** How each claim is compared. */
const CLAIM_KINDS = {
	buildSignerUri: "workflow",
	buildSignerDigest: "name",
	runnerEnvironment: "name",
	sourceRepositoryUri: "uri",
	sourceRepositoryDigest: "name",
	sourceRepositoryRef: "ref",
	sourceRepositoryIdentifier: "name",
	sourceRepositoryOwnerUri: "uri",
	sourceRepositoryOwnerIdentifier: "name",
	buildConfigUri: "workflow",
	buildConfigDigest: "name",
	buildTrigger: "name",
	runInvocationUri: "uri",
	sourceRepositoryVisibilityAtSigning: "name",
	deploymentEnvironment: "name",
	tokenSubject: "name",
	workflowTrigger: "name",
	workflowSha: "name",
	workflowName: "name",
	workflowRepository: "name",
	workflowRef: "ref"
};
/** The claims that tell one repository from all others. */
const REPOSITORY_CLAIMS = ["sourceRepositoryUri", "sourceRepositoryIdentifier"];
/** In what the signer is another one than the credential describes; empty when it is that one. */
function differences(credential, identity) {
	const { issuer, san, claims } = credential;
	const found = [];
	if (identity.issuer !== issuer) found.push({
		claim: "issuer",
		found: identity.issuer,
		wanted: [issuer]
	});
	if (san.length > 0 && !identity.san.some((name) => san.some((pattern) => matchesPattern(pattern, name, "san")))) found.push({
		claim: "san",
		found: identity.san[0],
		wanted: san
	});
	for (const claim of CLAIM_NAMES) {
		const wanted = claims[claim];
		const value = identity.claims[claim];
		if (!wanted) continue;
		if (!(value !== void 0 && wanted.some((pattern) => matchesPattern(pattern, value, CLAIM_KINDS[claim])))) found.push({
			claim,
			found: value,
			wanted
		});
	}
	const [uri] = REPOSITORY_CLAIMS.filter((claim) => identity.claims[claim] !== void 0);
	if (uri && !REPOSITORY_CLAIMS.some((claim) => claims[claim])) found.push({
		claim: uri,
		found: identity.claims[uri],
		wanted: []
	});
	return found;
}
/** The difference in a few words. */
function describeDifference({ claim, found, wanted }) {
	const is = found === void 0 ? "is not there" : `is ${quote(found)}`;
	if (wanted.length === 0) return `${claim} ${is} and the principal names no repository`;
	return `${claim} ${is}, not ${wanted.slice(0, 3).map(quote).join(" or ")}`;
}
/**
* By what a principal recognises a keyless signer: two runs of a workflow are one signer. Two environments of it are two
* where the credential asks for the environment.
*/
function keylessPerson(credential, identity) {
	const { deploymentEnvironment, ...claims } = identity.claims;
	const named = credential.claims.deploymentEnvironment && deploymentEnvironment;
	return keylessName({
		...identity,
		claims: {
			...claims,
			...named ? { deploymentEnvironment: named } : {}
		}
	});
}
/** Why a keyless signer is none of the principals named, by the one that it is most like; empty for other signers. */
function unlikeness({ principals }, { identity, names }) {
	if (identity?.method !== "sigstore") return "";
	const [nearest] = principals.filter(({ name }) => !names || names.includes(name)).flatMap(({ name, credentials }) => credentials.flatMap((credential) => credential.method === "sigstore" ? {
		name,
		unlike: differences(credential, identity)
	} : [])).sort((a, b) => a.unlike.length - b.unlike.length);
	if (!nearest || nearest.unlike.length === 0) return "";
	return `; it is not ${nearest.name}: ${nearest.unlike.map(describeDifference).join(", ")}`;
}
/** Whoever released a keyless job acts in it, whoever else they are. */
function reviewersAs({ principals }, identity) {
	return (identity.method === "sigstore" && identity.reviewers || []).flatMap(({ login, id }) => [`reviewer ${id}`, ...principals.filter(({ githubUsers = [] }) => githubUsers.some((user) => user === id || user.toLowerCase() === login.toLowerCase())).map(({ name }) => `principal ${name}`)]);
}
function quote(text) {
	return JSON.stringify(text.slice(0, 200));
}

// src/findings/severity.ts
/** From the worst to the one that nobody rated. */
const SEVERITIES = [
	"critical",
	"high",
	"medium",
	"low",
	"negligible",
	"unknown"
];
const WORDS = /* @__PURE__ */ new Map([
	["critical", "critical"],
	["high", "high"],
	["important", "high"],
	["medium", "medium"],
	["moderate", "medium"],
	["low", "low"],
	["minor", "low"],
	["negligible", "negligible"],
	["minimal", "negligible"],
	["none", "negligible"],
	["unimportant", "negligible"]
]);
/**
* The severity that a scanner's, advisory's or distribution's word stands for; `unknown` for a word that we do not know,
* as for `untriaged` and `not yet assigned`. Debian's tracker stars urgencies that a program assigned.
*/
function severityFromWord(word) {
	return WORDS.get(word?.trim().replace(/\*+$/, "").toLowerCase() ?? "") ?? "unknown";
}
/**
* The severity of a CVSS base score from 0 to 10, of any version: CVSS 2 has no scale of its own.
* @see https://www.first.org/cvss/v3-1/specification-document
*/
function severityFromScore(score) {
	if (score === null || score === void 0 || !(score >= 0 && score <= 10)) return "unknown";
	if (score >= 9) return "critical";
	if (score >= 7) return "high";
	if (score >= 4) return "medium";
	return score > 0 ? "low" : "negligible";
}
/** The word of a report if it is one, else what the score says. */
function severityFrom(word, score) {
	const named = severityFromWord(word);
	return named === "unknown" ? severityFromScore(score) : named;
}
/** A score written as number or text; undefined when it is none. */
function scoreOf(value) {
	const score = typeof value === "number" ? value : typeof value === "string" && /^[0-9]{1,2}(\.[0-9]{1,3})?$/.test(value) ? Number(value) : NaN;
	return score >= 0 && score <= 10 ? score : void 0;
}
/** The highest of some scores; null when there is none. */
function highest(scores) {
	let found = null;
	for (const score of scores) if (typeof score === "number") found = Math.max(found ?? 0, score);
	return found;
}
/** 0 for critical to 4 for negligible, 5 for unknown. */
function severityRank(severity) {
	return SEVERITIES.indexOf(severity);
}
/** The worst; what somebody knows beats unknown. */
function worst(severities) {
	let found = "unknown";
	for (const severity of severities) if (severityRank(severity) < severityRank(found)) found = severity;
	return found;
}

export { matchesPattern as _, severityFromScore as a, worst as c, differences as d, keylessPerson as f, isRfc4514 as g, asRfc4514 as h, severityFrom as i, CLAIM_KINDS as l, unlikeness as m, highest as n, severityFromWord as o, reviewersAs as p, scoreOf as r, severityRank as s, SEVERITIES as t, REPOSITORY_CLAIMS as u, patternProblem as v };