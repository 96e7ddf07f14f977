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
/** Up to a file in a folder of workflows, which has no folders below it. */
const IN_WORKFLOWS = /\/\.(?:github|forgejo|gitea)\/workflows\/[^/]*$/;
/**
* A workflow file and the ref it was taken from, which a pattern may leave out. Names of files and refs may hold an @; a ref
* that is no commit begins with `refs/`, which no name of a workflow file can. Of a file elsewhere, whose path could, two such
* places tell nothing apart, so that nothing is split off.
* @see https://docs.github.com/en/actions/reference/security/oidc#understanding-the-oidc-token
*/
function splitWorkflow(text) {
	const first = text.indexOf("@refs/");
	if (first < 0) return splitAt(text, text.lastIndexOf("@"));
	return splitAt(text, first === text.lastIndexOf("@refs/") || IN_WORKFLOWS.test(text.slice(0, first)) ? first : -1);
}
function splitAt(text, at) {
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
	if (body.split("*").length - 1 > MAX_STARS) return `has more than ${MAX_STARS} stars`;
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

export { patternProblem as i, isRfc4514 as n, matchesPattern as r, asRfc4514 as t };