// src/policy/rules/threshold.ts
/** The quorums of a stage: one of all approvers where the policy names none. */
function quorumsOf({ name, approvers, threshold, quorums }) {
	return quorums ?? [{
		name,
		approvers,
		needed: threshold
	}];
}
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
/**
* What cannot be filled even if all candidates count. Where a stage has so many of them that it has enough whomever the
* others take, some of them stand for all, so that thousands of people cost no more than a few.
*/
function neverFilled(needs, distinct) {
	let uses = 1;
	for (const { candidates } of needs) for (const one of candidates) uses = Math.max(uses, one.uses.length);
	const plenty = needs.reduce((sum, { seats }) => sum + total(seats), 0) * uses;
	return fillStages(needs.map((need) => ({
		...need,
		candidates: need.seats.flatMap((_, seat) => standIns(ofSeat(need.candidates, seat), plenty))
	})), distinct).filter(({ met, undecided }) => !met && !undecided);
}
function standIns(candidates, plenty) {
	const used = /* @__PURE__ */ new Set();
	const chosen = [];
	for (const one of candidates) {
		if (chosen.length === plenty) return chosen;
		if (one.uses.some((use) => used.has(use))) continue;
		for (const use of one.uses) used.add(use);
		chosen.push(one);
	}
	return chosen.length === plenty ? chosen : candidates;
}
/** True when these candidates can fill a single stage; false also when the search was given up. */
function canFill(need) {
	const [only = 0, ...others] = need.seats;
	if (others.length === 0) return differentPeople(need.candidates, { steps: MAX_STEPS }).length >= only;
	const standing = (left) => /* @__PURE__ */ new Map([[need.stage, need.candidates.filter((one) => !left.has(one))]]);
	return new Division([need], [], standing).divide(/* @__PURE__ */ new Set()) !== void 0;
}
/** Candidates for one quorum. */
function ofSeat(candidates, seat) {
	return candidates.filter((one) => one.seat === seat);
}
function total(numbers) {
	return numbers.reduce((sum, one) => sum + one, 0);
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
	#places;
	#distinct;
	#counting;
	constructor(needs, distinct, counting) {
		this.#places = needs.flatMap(({ stage, seats }) => seats.map((needed, seat) => ({
			stage,
			seat,
			needed
		})));
		this.#distinct = distinct;
		this.#counting = counting;
	}
	/** Whom to leave out, besides those `left` out already, so that nobody fills two distinct places. */
	divide(left) {
		this.budget.steps -= 1;
		if (this.budget.steps < 0) return void 0;
		const standing = this.#counting(left);
		const inPlace = new Map(this.#places.map((place) => [place, ofSeat(standing.get(place.stage) ?? [], place.seat)]));
		const spare = new Map([...inPlace].map(([place, mine]) => [place, this.#people(mine) - place.needed]));
		if ([...spare.values()].some((count) => count < 0) || !this.#enoughPeople(inPlace)) return void 0;
		const choice = this.#choice(inPlace, spare);
		if (!choice) return left;
		const out = /* @__PURE__ */ new Set([...left, choice.one]);
		const stays = /* @__PURE__ */ new Set([...left, ...choice.rivals]);
		const [first, second] = choice.needed ? [stays, out] : [out, stays];
		return this.divide(first) ?? this.divide(second);
	}
	/** Somebody who could fill two distinct places; best one whose place has enough others, or else has the fewest. */
	#choice(inPlace, spare) {
		const [best] = [...inPlace].map(([place, mine]) => {
			const others = [...inPlace].flatMap(([other, theirs]) => this.#areApart(place, other) ? theirs : []);
			const ways = mine.map((one) => ({
				one,
				rivals: others.filter((other) => clash(one, other))
			}));
			const free = ways.filter(({ rivals }) => rivals.length === 0).map(({ one }) => one);
			return {
				tied: ways.find(({ rivals }) => rivals.length > 0),
				needed: this.#people(free) < place.needed,
				spare: spare.get(place) ?? 0
			};
		}).flatMap(({ tied, ...rest }) => tied ? [{
			...tied,
			...rest
		}] : []).sort((a, b) => Number(a.needed) - Number(b.needed) || a.spare - b.spare);
		return best;
	}
	#areApart(one, other) {
		return one !== other && (one.stage === other.stage || areDistinct(one.stage, other.stage, this.#distinct));
	}
	/** Places of one group, and those of one stage, can only be filled by as many people as they need together. */
	#enoughPeople(inPlace) {
		const several = this.#places.filter(({ seat }) => seat === 1).map(({ stage }) => [stage]);
		return [...this.#distinct, ...several].every((group) => {
			const tied = [...inPlace].filter(([{ stage }]) => group.includes(stage));
			return this.#people(tied.flatMap(([, mine]) => mine)) >= total(tied.map(([{ needed }]) => needed));
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
	const unique = [...new Map(candidates.map((one) => [JSON.stringify([...one.uses].sort()), one])).values()];
	const times = /* @__PURE__ */ new Map();
	for (const use of unique.flatMap(({ uses }) => [...new Set(uses)])) times.set(use, (times.get(use) ?? 0) + 1);
	const isAlone = (one) => one.uses.every((use) => times.get(use) === 1);
	const rest = unique.filter((one) => !isAlone(one));
	return rest.length === 0 ? unique : [...unique.filter(isAlone), ...largest(rest, budget)];
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

export { neverFilled as a, fillStages as i, canFill as n, ofSeat as o, differentPeople as r, quorumsOf as s, MAX_STEPS as t };