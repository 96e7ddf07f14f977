import { n as isNameOnly, r as parseDockerReference, t as formatDockerReference } from "./docker-reference.mjs";

// src/policy/pattern.ts
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
	dn: ",+=\\\"<>;#"
};
/** What is wrong with a pattern, undefined when it may be used. */
function patternProblem(pattern, kind) {
	const type = kind === "san" ? sanType(pattern) : "dn";
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
	if (type === "dn" && !/(?:^|,)[A-Za-z0-9.]+=[^,*]+(?:,|$)/.test(body)) return "leaves every attribute open; at least one must be written out";
}
/**
* True when the pattern describes the whole value. Email domains and DNS names compare without regard to ASCII case,
* everything else exactly. Values with control characters never match.
*/
function matchesPattern(pattern, value, kind) {
	if (value.length > MAX_VALUE_LENGTH || /[\u0000-\u001f\u007f]/.test(value)) return false;
	const type = kind === "san" ? sanType(pattern) : "dn";
	if (type === void 0 || kind === "san" && sanType(value) !== type) return false;
	const fold = (text) => foldCase(text, type);
	return matchStars(fold(pattern), fold(value), PART_ENDS[type]);
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

// src/policy/assign.ts
/** Steps of one search; three stages with ten approvers each need a few hundred. */
const MAX_STEPS = 5e4;
/** The largest set of candidates in which no signer and no principal appears twice. */
function matchCandidates(candidates) {
	const signerOf = /* @__PURE__ */ new Map();
	const options = /* @__PURE__ */ new Map();
	for (const { signer, principal } of candidates) options.set(signer, [...options.get(signer) ?? [], principal]);
	const place = (signer, tried) => {
		for (const principal of options.get(signer) ?? []) {
			if (tried.has(principal)) continue;
			tried.add(principal);
			const holder = signerOf.get(principal);
			if (holder !== void 0 && !place(holder, tried)) continue;
			signerOf.set(principal, signer);
			return true;
		}
		return false;
	};
	for (const signer of options.keys()) place(signer, /* @__PURE__ */ new Set());
	return candidates.filter(({ signer, principal }) => signerOf.get(principal) === signer);
}
/**
* Fills the stages in their order: a stage that cannot be filled together with the earlier ones fails, and the earlier
* ones stand.
*/
function fillStages(needs, distinct) {
	const rivals = rivalsOf(needs, distinct);
	const accepted = [];
	let assignment = /* @__PURE__ */ new Map();
	const undecided = /* @__PURE__ */ new Set();
	for (const need of needs) {
		const tied = (rivals.get(need.stage) ?? []).length > 0;
		const near = tied ? connected(need.stage, rivals) : /* @__PURE__ */ new Set();
		const found = tied ? search([...accepted.filter(({ stage }) => near.has(stage)), need], rivals) : withMatching(assignment, need);
		if (found === "undecided") undecided.add(need.stage);
		else if (found) {
			assignment = tied ? new Map([...assignment, ...found]) : found;
			if (tied) accepted.push(need);
		}
	}
	const complete = extend(needs, assignment, rivals);
	return needs.map((need) => ({
		stage: need.stage,
		met: assignment.has(need.stage),
		undecided: undecided.has(need.stage),
		principals: unique((complete.get(need.stage) ?? []).map(({ principal }) => principal)),
		conflicts: conflictsOf(need, complete, rivals)
	}));
}
/** For each stage the other stages of its distinct groups. */
function rivalsOf(needs, distinct) {
	return new Map(needs.map(({ stage }) => {
		return [stage, unique(distinct.filter((group) => group.includes(stage)).flat().filter((other) => other !== stage))];
	}));
}
/** The stage and all stages tied to it, directly or through others. */
function connected(stage, rivals) {
	const found = /* @__PURE__ */ new Set([stage]);
	for (const one of found) for (const rival of rivals.get(one) ?? []) found.add(rival);
	return found;
}
function withMatching(assignment, need) {
	const matched = matchCandidates(need.candidates);
	return matched.length < need.needed ? void 0 : new Map([...assignment, [need.stage, matched]]);
}
function search(needs, rivals) {
	const state = {
		needs: needs.map((need) => ({
			...need,
			candidates: rarestFirst(need, needs, rivals)
		})),
		rivals,
		chosen: /* @__PURE__ */ new Map(),
		steps: 0
	};
	if (choose(state, 0, 0)) return state.chosen;
	return state.steps > MAX_STEPS ? "undecided" : void 0;
}
/** Candidates that no rival stage wants come first: they cost nothing. */
function rarestFirst(need, needs, rivals) {
	const near = needs.filter((other) => rivals.get(need.stage)?.includes(other.stage));
	const wanted = (one) => near.filter((other) => other.candidates.some((two) => clash(one, two))).length;
	return [...need.candidates].map((candidate) => ({
		candidate,
		wanted: wanted(candidate)
	})).sort((a, b) => a.wanted - b.wanted).map(({ candidate }) => candidate);
}
/** Fills stage number `index` from candidate number `from` on, then the stages after it; undoes what leads nowhere. */
function choose(state, index, from) {
	state.steps += 1;
	const need = state.needs[index];
	if (!need) return true;
	const mine = state.chosen.get(need.stage) ?? [];
	if (mine.length >= need.needed) return choose(state, index + 1, 0);
	for (let at = from; at < need.candidates.length && state.steps <= MAX_STEPS; at += 1) {
		const candidate = need.candidates[at];
		if (!candidate || !isFree(candidate, need.stage, state.chosen, state.rivals)) continue;
		state.chosen.set(need.stage, [...mine, candidate]);
		if (choose(state, index, at + 1)) return true;
		state.chosen.set(need.stage, mine);
	}
	return false;
}
function clash(a, b) {
	return a.signer === b.signer || a.principal === b.principal;
}
function isFree(candidate, stage, chosen, rivals) {
	return [stage, ...rivals.get(stage) ?? []].every((name) => !(chosen.get(name) ?? []).some((other) => clash(other, candidate)));
}
/** Adds everybody else who counts too, without touching what the search decided. */
function extend(needs, assignment, rivals) {
	const complete = new Map(assignment);
	for (const { stage, candidates } of needs) for (const candidate of candidates) if (isFree(candidate, stage, complete, rivals)) complete.set(stage, [...complete.get(stage) ?? [], candidate]);
	return new Map(needs.map(({ stage, candidates }) => [stage, candidates.filter((one) => complete.get(stage)?.includes(one))]));
}
function conflictsOf(need, complete, rivals) {
	const conflicts = /* @__PURE__ */ new Map();
	const mine = complete.get(need.stage) ?? [];
	for (const candidate of need.candidates) {
		if (mine.some((one) => one.principal === candidate.principal)) continue;
		const rival = (rivals.get(need.stage) ?? []).find((name) => (complete.get(name) ?? []).some((other) => clash(other, candidate)));
		if (rival !== void 0) conflicts.set(candidate.principal, rival);
	}
	return [...conflicts].map(([principal, stage]) => ({
		principal,
		stage
	}));
}
function unique(values) {
	return [...new Set(values)];
}

// src/policy/signed-identity.ts
/** Rules that compare with the reference by which the image was asked for. */
const IDENTITY_MATCHES = [
	"matchExact",
	"matchRepoDigestOrExact",
	"matchRepository"
];
/**
* True when a signature made for `signed` is one for the image `asked` for, which is undefined outside registries.
* @see containers/image docs, containers-policy.json(5), section signedIdentity
*/
function matchesIdentity(wanted, signed, asked) {
	const signature = parseDockerReference(signed);
	if (!signature) return false;
	if (wanted.type === "exactReference") return sameReference(parseDockerReference(wanted.reference), signature);
	if (wanted.type === "exactRepository") return parseDockerReference(wanted.repository)?.name === signature.name;
	const image = asked === void 0 ? void 0 : parseDockerReference(asked);
	if (!image) return false;
	switch (wanted.type) {
		case "matchRepository": return image.name === signature.name;
		case "matchExact": return sameReference(image, signature);
		case "matchRepoDigestOrExact": return repositoryOrExact(image, signature);
		case "remapIdentity": return repositoryOrExact(remapped(image, wanted), signature);
		default: return wanted;
	}
}
/** The rule in a sentence. */
function describeIdentityRule(wanted) {
	switch (wanted.type) {
		case "exactReference": return `${wanted.type} ${wanted.reference}`;
		case "exactRepository": return `${wanted.type} ${wanted.repository}`;
		case "remapIdentity": return `${wanted.type} ${wanted.prefix} to ${wanted.signedPrefix}`;
		default: return wanted.type;
	}
}
function sameReference(one, other) {
	if (!one || isNameOnly(one) || isNameOnly(other)) return false;
	return formatDockerReference(one) === formatDockerReference(other);
}
/** By tag the whole reference must be the same, by digest the repository: the digest itself is compared anyway. */
function repositoryOrExact(image, signature) {
	if (!image || isNameOnly(signature)) return false;
	if (image.tag !== void 0) return sameReference(image, signature);
	return image.digest !== void 0 && image.name === signature.name;
}
function remapped(image, { prefix, signedPrefix }) {
	if (image.name !== prefix && !image.name.startsWith(`${prefix}/`)) return image;
	return parseDockerReference(signedPrefix + formatDockerReference(image).slice(prefix.length));
}

export { matchCandidates as a, fillStages as i, describeIdentityRule as n, matchesPattern as o, matchesIdentity as r, patternProblem as s, IDENTITY_MATCHES as t };