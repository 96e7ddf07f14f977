import { a as isNameOnly, l as parseDockerReference, t as formatDockerReference } from "./reference.mjs";

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

// src/policy/rules/threshold.ts
/** Fills the stages in their order: one that cannot be filled together with the earlier ones fails, and those stand. */
function fillStages(needs, distinct, counting = (left) => new Map(needs.map(({ stage, candidates }) => [stage, candidates.filter((one) => !left.has(one))]))) {
	const met = [];
	const undecided = /* @__PURE__ */ new Set();
	let left = /* @__PURE__ */ new Set();
	for (const need of needs) {
		const search = new Division([...met, need], distinct, counting);
		const found = search.divide(/* @__PURE__ */ new Set());
		if (found) met.push(need);
		else if (search.budget.steps < 0) undecided.add(need.stage);
		left = found ?? left;
	}
	const standing = counting(left);
	const given = met.map(({ stage }) => ({
		stage,
		candidates: standing.get(stage) ?? []
	}));
	return needs.map((need) => {
		const taken = given.filter(({ stage }) => areDistinct(stage, need.stage, distinct));
		const free = (standing.get(need.stage) ?? []).filter((one) => !rivalOf(one, taken));
		if (!met.includes(need)) given.push({
			stage: need.stage,
			candidates: free
		});
		return fillOf(need, free, {
			met: met.includes(need),
			undecided: undecided.has(need.stage),
			taken
		});
	});
}
function rivalOf(one, taken) {
	return taken.find(({ candidates }) => candidates.some((other) => clash(one, other)));
}
function fillOf({ stage, candidates }, free, { met, undecided, taken }) {
	const people = new Set(differentPeople(free, { steps: MAX_STEPS }).map(({ principal }) => principal));
	const conflicts = /* @__PURE__ */ new Map();
	for (const one of candidates.filter(({ principal }) => !people.has(principal))) {
		const rival = rivalOf(one, taken);
		if (rival) conflicts.set(one.principal, rival.stage);
	}
	return {
		stage,
		met,
		undecided,
		principals: [...new Set(candidates.map(({ principal }) => principal))].filter((name) => people.has(name)),
		conflicts: [...conflicts].map(([principal, rival]) => ({
			principal,
			stage: rival
		}))
	};
}
function areDistinct(one, other, distinct) {
	return one !== other && distinct.some((group) => group.includes(one) && group.includes(other));
}
/** The search for some stages that all have to be filled. */
var Division = class {
	budget = { steps: MAX_STEPS };
	#needs;
	#distinct;
	#counting;
	constructor(needs, distinct, counting) {
		this.#needs = needs;
		this.#distinct = distinct;
		this.#counting = counting;
	}
	/** Whom to leave out, besides those `left` out already, so that nobody fills two distinct stages. */
	divide(left) {
		this.budget.steps -= 1;
		if (this.budget.steps < 0) return void 0;
		const standing = this.#counting(left);
		const spare = new Map(this.#needs.map(({ stage, needed }) => [stage, this.#people(standing.get(stage) ?? []) - needed]));
		if ([...spare.values()].some((count) => count < 0) || !this.#enoughPeople(standing)) return void 0;
		const choice = this.#choice(standing, spare);
		if (!choice) return left;
		const out = /* @__PURE__ */ new Set([...left, choice.one]);
		const stays = /* @__PURE__ */ new Set([...left, ...choice.rivals]);
		const [first, second] = choice.needed ? [stays, out] : [out, stays];
		return this.divide(first) ?? this.divide(second);
	}
	/** Somebody who could fill two distinct stages; best one whose stage has enough others, or else has the fewest. */
	#choice(standing, spare) {
		const [best] = this.#needs.map(({ stage, needed }) => {
			const others = this.#needs.filter((other) => areDistinct(stage, other.stage, this.#distinct)).flatMap((other) => standing.get(other.stage) ?? []);
			const ways = (standing.get(stage) ?? []).map((one) => ({
				one,
				rivals: others.filter((other) => clash(one, other))
			}));
			const free = ways.filter(({ rivals }) => rivals.length === 0).map(({ one }) => one);
			return {
				tied: ways.find(({ rivals }) => rivals.length > 0),
				needed: this.#people(free) < needed,
				spare: spare.get(stage) ?? 0
			};
		}).flatMap(({ tied, ...rest }) => tied ? [{
			...tied,
			...rest
		}] : []).sort((a, b) => Number(a.needed) - Number(b.needed) || a.spare - b.spare);
		return best;
	}
	/** Stages of one group can only be filled by as many people as they need together. */
	#enoughPeople(standing) {
		return this.#distinct.every((group) => {
			const tied = this.#needs.filter(({ stage }) => group.includes(stage));
			const needed = tied.reduce((sum, need) => sum + need.needed, 0);
			return this.#people(tied.flatMap(({ stage }) => standing.get(stage) ?? [])) >= needed;
		});
	}
	#people(candidates) {
		return differentPeople(candidates, this.budget).length;
	}
};
/** Steps of one evaluation; three stages with ten approvers each need a few hundred. */
const MAX_STEPS = 1e4;
/** True when two candidates cannot both count. */
function clash(one, other) {
	return one.uses.some((use) => other.uses.includes(use));
}
/** A largest set of candidates of which no two clash; a smaller one when the budget is spent. */
function differentPeople(candidates, budget) {
	return largest([...new Map(candidates.map((one) => [JSON.stringify([...one.uses].sort()), one])).values()], budget);
}
function largest(candidates, budget) {
	const taken = [];
	let rest = candidates;
	for (let free = freeOne(rest); free; free = freeOne(rest)) {
		const one = free;
		taken.push(one);
		rest = rest.filter((other) => !clash(one, other));
	}
	const [first] = rest.toSorted((a, b) => clashes(b, rest).length - clashes(a, rest).length);
	budget.steps -= 1;
	if (!first) return taken;
	const others = rest.filter((one) => one !== first);
	const without = largest(others, budget);
	if (budget.steps < 0) return [...taken, ...without];
	const withFirst = [first, ...largest(others.filter((one) => !clash(one, first)), budget)];
	return [...taken, ...withFirst.length > without.length ? withFirst : without];
}
/** One that costs nothing to take: all it clashes with clash with one another, so that only one of them can count. */
function freeOne(candidates) {
	return candidates.find((one) => {
		const rivals = clashes(one, candidates);
		return rivals.every((a, index) => rivals.slice(index + 1).every((b) => clash(a, b)));
	});
}
function clashes(one, all) {
	return all.filter((other) => other !== one && clash(one, other));
}

// src/policy/rules/signed-identity.ts
/** Rules that compare with the reference by which the image was asked for. */
const IDENTITY_MATCHES = [
	"matchExact",
	"matchRepoDigestOrExact",
	"matchRepository"
];
/**
* True when a signature made for `signed` is one for the image `asked` for, which is undefined outside registries.
* @see https://github.com/containers/image/blob/v5.36.2/docs/containers-policy.json.5.md
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

export { differentPeople as a, highest as c, severityFromScore as d, severityFromWord as f, MAX_STEPS as i, scoreOf as l, worst as m, describeIdentityRule as n, fillStages as o, severityRank as p, matchesIdentity as r, SEVERITIES as s, IDENTITY_MATCHES as t, severityFrom as u };