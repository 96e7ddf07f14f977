// src/policy/rules/assign/different.ts
/** Takes steps away; true while some are left. */
function spend(budget, steps) {
	budget.steps -= steps;
	return budget.steps >= 0;
}
/** Steps of one evaluation: less than a second, whoever put what on the image. */
const MAX_STEPS = 5e6;
/** Of so many that clash one of each kind is looked at, where it matters only who they are. */
const MANY = 300;
/** True when two candidates cannot both count. */
function clash(one, other) {
	return one.uses.some((use) => other.uses.includes(use));
}
/** A largest set of candidates of which no two clash; a smaller one when the budget is spent. */
function differentPeople(candidates, budget) {
	const unique = [...new Map(candidates.map((one) => [JSON.stringify([...one.uses].sort()), one])).values()];
	return largestOf(unique.length > MANY ? oneOfEach(unique, budget) : unique, budget);
}
/** How many different people are among them; fewer when the budget is spent. */
function countPeople(candidates, budget) {
	const atLeast = countFirst(candidates, candidates.length, budget);
	if (atLeast === candidates.length) return atLeast;
	const few = oneOfEach(candidates, budget);
	if (atLeast === boundOfSet(essentialUses(few, budget), budget)) return atLeast;
	return largestOf(few, budget).length;
}
/** Whether so many different people are among them. */
function hasPeople(candidates, needed, budget) {
	if (candidates.length < needed) return false;
	return countFirst(candidates, needed, budget) >= needed || countPeople(candidates, budget) >= needed;
}
/** How many count when whoever comes first does, up to so many: mostly they are enough. */
function countFirst(candidates, most, budget) {
	const used = /* @__PURE__ */ new Set();
	let found = 0;
	for (const { uses } of candidates) {
		if (found >= most || !spend(budget, 1)) break;
		if (uses.some((use) => used.has(use))) continue;
		for (const use of uses) used.add(use);
		found += 1;
	}
	return found;
}
/** In which groups somebody uses up a thing. */
function groupsByUse(groups) {
	const users = /* @__PURE__ */ new Map();
	for (const [group, mine] of groups) for (const use of mine.flatMap(({ uses }) => uses)) {
		const known = users.get(use);
		if (known) known.add(group);
		else users.set(use, /* @__PURE__ */ new Set([group]));
	}
	return users;
}
/** The same candidates, who clash as before, with one word for all things that the same of them use up. */
function inShort(candidates) {
	const users = /* @__PURE__ */ new Map();
	for (const [position, { uses }] of [...candidates.values()].flat().entries()) for (const use of new Set(uses)) {
		const known = users.get(use);
		if (known) known.push(position);
		else users.set(use, [position]);
	}
	const first = /* @__PURE__ */ new Map();
	const words = /* @__PURE__ */ new Map();
	for (const [use, all] of users) {
		const who = all.join();
		const word = first.get(who) ?? use;
		first.set(who, word);
		words.set(use, word);
	}
	const shortened = (one) => ({
		...one,
		uses: [...new Set(one.uses.map((use) => words.get(use) ?? use))]
	});
	return new Map([...candidates].map(([stage, mine]) => [stage, mine.map(shortened)]));
}
/** The first of all who use up the same, as far as it matters; `kind` tells apart who is another all the same. */
function oneOfEach(candidates, budget, kind = () => "") {
	const [first, ...others] = candidates;
	if (!first || others.length === 0) return candidates;
	const uses = essentialUses(candidates, budget);
	const known = /* @__PURE__ */ new Map();
	for (const [position, one] of candidates.entries()) {
		const mine = uses[position] ?? [];
		const word = [kind(one), ...mine.length > 0 ? mine : ["alone", ...one.uses]].join("\n");
		if (!known.has(word)) known.set(word, one);
	}
	return [...known.values()];
}
function largestOf(candidates, budget) {
	const uses = essentialUses(candidates, budget);
	const alone = candidates.filter((_, position) => uses[position]?.length === 0);
	const tied = candidates.flatMap((one, position) => {
		const mine = uses[position] ?? [];
		return mine.length > 0 ? [{
			one,
			mine
		}] : [];
	});
	if (tied.length === 0) return alone;
	const found = largestSet(tied.map(({ mine }) => mine), budget);
	return [...alone, ...found.flatMap((position) => tied[position]?.one ?? [])];
}
/** What each uses up, but for what nobody else does, and what only those use up who have something else in common. */
function essentialUses(candidates, budget) {
	const users = /* @__PURE__ */ new Map();
	for (const one of candidates) for (const use of one.uses) {
		const known = users.get(use);
		if (known) known.all.add(one);
		else users.set(use, {
			place: users.size,
			all: /* @__PURE__ */ new Set([one])
		});
	}
	const kept = /* @__PURE__ */ new Set();
	for (const [use, { place, all }] of users) {
		const [first] = all;
		spend(budget, 1);
		if (!first || all.size < 2) continue;
		if (!first.uses.some((other) => {
			const theirs = users.get(other);
			if (other === use || !theirs) return false;
			if (theirs.all.size < all.size || theirs.all.size === all.size && theirs.place > place) return false;
			spend(budget, all.size);
			return [...all].every((one) => theirs.all.has(one));
		})) kept.add(use);
	}
	return candidates.map(({ uses }) => [...new Set(uses)].filter((use) => kept.has(use)));
}
/** Positions of a largest set, by what each uses up; of a smaller one when the budget is spent. */
function largestSet(uses, budget) {
	return new Search(uses, budget).largest([...uses.keys()]);
}
/** No set is larger than this. */
function boundOfSet(uses, budget) {
	return new Search(uses, budget).bound([...uses.keys()]);
}
var Search = class {
	#uses;
	#budget;
	/** For each position those that clash with it, and itself. */
	#near;
	#known = /* @__PURE__ */ new Map();
	constructor(uses, budget) {
		this.#uses = uses;
		this.#budget = budget;
		const users = /* @__PURE__ */ new Map();
		for (const [position, mine] of uses.entries()) for (const use of mine) {
			const others = users.get(use);
			if (others) others.push(position);
			else users.set(use, [position]);
		}
		const near = uses.map((_, position) => /* @__PURE__ */ new Set([position]));
		for (const all of users.values()) if (spend(budget, all.length ** 2)) for (const one of all) for (const other of all) near[one]?.add(other);
		this.#near = near;
	}
	largest(all) {
		const taken = [];
		let rest = all;
		for (let free = this.#free(rest); free !== void 0; free = this.#free(rest)) {
			const one = free;
			taken.push(one);
			rest = rest.filter((other) => !this.#clash(one, other));
		}
		return [...taken, ...this.#parts(rest).flatMap((part) => this.#best(part))];
	}
	#clash(one, other) {
		return this.#near[one]?.has(other) ?? false;
	}
	/** One that costs nothing to take: all it clashes with clash with one another, so that only one of them can count. */
	#free(all) {
		return all.find((one) => {
			if (!spend(this.#budget, all.length)) return false;
			const rivals = all.filter((other) => this.#clash(one, other));
			return rivals.every((a, index) => spend(this.#budget, rivals.length - index) && rivals.slice(index + 1).every((b) => this.#clash(a, b)));
		});
	}
	/** Those that are tied to one another, by way of others, are together. */
	#parts(all) {
		const left = new Set(all);
		const parts = [];
		for (const start of all) {
			if (!left.delete(start)) continue;
			const part = [start];
			for (const one of part) {
				spend(this.#budget, left.size);
				const near = [...left].filter((other) => this.#clash(one, other));
				for (const other of near) left.delete(other);
				part.push(...near);
			}
			parts.push(part.sort((a, b) => a - b));
		}
		return parts;
	}
	#best(all) {
		const question = all.join();
		const known = this.#known.get(question);
		if (known) return known;
		if (this.#budget.steps < 0) return [];
		const found = this.#search(all);
		this.#known.set(question, found);
		return found;
	}
	#search(all) {
		spend(this.#budget, all.length ** 2);
		const [first] = all.map((one) => ({
			one,
			clashes: all.filter((other) => this.#clash(one, other)).length
		})).sort((a, b) => b.clashes - a.clashes);
		if (!first) return [];
		const without = this.largest(all.filter((other) => other !== first.one));
		const others = all.filter((other) => !this.#clash(first.one, other));
		if (this.#budget.steps < 0 || 1 + this.bound(others) <= without.length) return without;
		const withFirst = [first.one, ...this.largest(others)];
		return withFirst.length > without.length ? withFirst : without;
	}
	/** No set of these is larger: of all who use up one thing only one counts, and each takes as many things as it uses up. */
	bound(all) {
		spend(this.#budget, all.length);
		const left = new Set(all);
		let groups = 0;
		for (const one of all) {
			if (!left.has(one)) continue;
			const [widest] = (this.#uses[one] ?? []).map((use) => [...left].filter((other) => this.#uses[other]?.includes(use))).sort((a, b) => b.length - a.length);
			spend(this.#budget, left.size);
			for (const other of widest ?? [one]) left.delete(other);
			groups += 1;
		}
		const things = new Set(all.flatMap((one) => this.#uses[one] ?? [])).size;
		const fewest = Math.min(...all.map((one) => this.#uses[one]?.length ?? 0));
		return fewest > 0 ? Math.min(groups, Math.floor(things / fewest)) : groups;
	}
};

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
function fillStages(needs, distinct, searching = {
	counting: standingOf(needs),
	budget: { steps: MAX_STEPS }
}) {
	const { counting, budget } = searching;
	const met = [];
	const undecided = /* @__PURE__ */ new Set();
	let left = /* @__PURE__ */ new Set();
	let standing = counting(left);
	for (const need of needs) {
		const division = new Division([...met, need], distinct, searching);
		const found = division.extend(left) ?? division.divide(/* @__PURE__ */ new Set());
		if (found && budget.steps >= 0) {
			met.push(need);
			({left, standing} = found);
		} else if (budget.steps < 0) undecided.add(need.stage);
	}
	const given = met.map(({ stage }) => ({
		stage,
		candidates: standing.get(stage) ?? []
	}));
	const telling = { steps: MAX_STEPS };
	return needs.map((need) => {
		const taken = given.filter(({ stage }) => areDistinct(stage, need.stage, distinct));
		const free = withoutRivals(standing.get(need.stage) ?? [], taken);
		if (!met.includes(need)) given.push({
			stage: need.stage,
			candidates: free
		});
		return {
			met: met.includes(need),
			undecided: undecided.has(need.stage),
			...peopleOf(need, free, taken, telling)
		};
	});
}
/** Candidates by stage when it is only asked who is left out. */
function standingOf(needs) {
	return (left) => new Map(needs.map(({ stage, candidates }) => [stage, candidates.filter((one) => !left.has(one))]));
}
/** True when these candidates can fill a single stage; false also when the search was given up. */
function canFill(need, budget = { steps: MAX_STEPS }) {
	const { stage, seats, candidates } = need;
	const [only = 0, ...others] = seats;
	if (others.length === 0) return hasPeople(candidates, only, budget);
	if (!spend(budget, candidates.length)) return false;
	if (canSeat(need)) return true;
	const few = [{
		stage,
		seats,
		candidates: oneOfEach(candidates, budget, ({ seat }) => `${seat}`)
	}];
	return new Division(few, [], {
		counting: standingOf(few),
		budget
	}).divide(/* @__PURE__ */ new Set()) !== void 0 && budget.steps >= 0;
}
/** True when whoever comes first fills every quorum, those with the fewest candidates before others: mostly that is enough. */
function canSeat({ seats, candidates }) {
	const used = /* @__PURE__ */ new Set();
	return seats.map((needed, seat) => ({
		needed,
		mine: ofSeat(candidates, seat)
	})).sort((one, other) => one.mine.length - one.needed - (other.mine.length - other.needed)).every(({ needed, mine }) => {
		let left = needed;
		for (const { uses } of mine) {
			if (left === 0 || uses.some((use) => used.has(use))) continue;
			for (const use of uses) used.add(use);
			left -= 1;
		}
		return left === 0;
	});
}
/** Candidates for one quorum. */
function ofSeat(candidates, seat) {
	return candidates.filter((one) => one.seat === seat);
}
function total(numbers) {
	return numbers.reduce((sum, one) => sum + one, 0);
}
/** Who has no rival among those to whom a place was given. */
function withoutRivals(candidates, taken) {
	const used = new Set(taken.flatMap((one) => one.candidates.flatMap(({ uses }) => uses)));
	return candidates.filter(({ uses }) => !uses.some((use) => used.has(use)));
}
function rivalOf(one, taken) {
	return taken.find(({ candidates }) => candidates.some((other) => clash(one, other)));
}
/** Who counts for a stage, and whom another one keeps from it. */
function peopleOf({ stage, candidates }, free, taken, telling) {
	const people = new Set(differentPeople(free, telling).map(({ principal }) => principal));
	const conflicts = /* @__PURE__ */ new Map();
	for (const one of candidates.filter(({ principal }) => !people.has(principal))) {
		const rival = rivalOf(one, taken);
		if (rival) conflicts.set(one.principal, rival.stage);
	}
	return {
		stage,
		principals: [...new Set(candidates.map(({ principal }) => principal))].filter((name) => people.has(name)),
		conflicts: [...conflicts].map(([principal, rival]) => ({
			principal,
			stage: rival
		}))
	};
}
/** True for two stages of which nobody may fill both. */
function areDistinct(one, other, distinct) {
	return one !== other && distinct.some((group) => group.includes(one) && group.includes(other));
}
/** The search for some stages that all have to be filled. */
var Division = class {
	#budget;
	#places;
	#distinct;
	#counting;
	constructor(needs, distinct, { counting, budget }) {
		this.#places = needs.flatMap(({ stage, seats }) => seats.map((needed, seat) => ({
			stage,
			seat,
			needed
		})));
		this.#distinct = distinct;
		this.#counting = counting;
		this.#budget = budget;
	}
	/** Who is left, besides whom some are left out so that nobody fills two distinct places; `left` are out already. */
	divide(left) {
		const outlook = this.#look(left);
		if (!outlook?.choice) return outlook;
		const { one, needed, rivals } = outlook.choice;
		const out = /* @__PURE__ */ new Set([...left, one]);
		const stays = /* @__PURE__ */ new Set([...left, ...rivals]);
		const [first, second] = needed ? [stays, out] : [out, stays];
		return this.divide(first) ?? this.divide(second);
	}
	/** The same in one go, without a second try: from a place that has enough others go all who could fill another one. */
	extend(left) {
		let outlook = this.#look(left);
		while (outlook?.choice) {
			const { needed, tied, rivals } = outlook.choice;
			outlook = this.#look(/* @__PURE__ */ new Set([...outlook.left, ...needed ? rivals : tied]));
		}
		return outlook;
	}
	/** Undefined when those who count cannot fill all places, or the budget is spent. */
	#look(left) {
		if (!spend(this.#budget, 1 + left.size)) return void 0;
		const standing = this.#counting(left);
		const inPlace = new Map(this.#places.map((place) => [place, ofSeat(standing.get(place.stage) ?? [], place.seat)]));
		const spare = new Map([...inPlace].map(([place, mine]) => [place, this.#people(mine) - place.needed]));
		if ([...spare.values()].some((count) => count < 0) || !this.#enoughPeople(inPlace)) return void 0;
		return {
			left,
			standing,
			choice: this.#choice(inPlace, spare)
		};
	}
	/** Somebody who could fill two distinct places; best one whose place has enough others, or else has the fewest. */
	#choice(inPlace, spare) {
		const users = groupsByUse(inPlace);
		const [best] = [...inPlace].flatMap(([place, mine]) => {
			spend(this.#budget, mine.length);
			const apart = (use) => [...users.get(use) ?? []].some((other) => this.#areApart(place, other));
			const isTied = mine.map(({ uses }) => uses.some(apart));
			const tied = mine.filter((_, position) => isTied[position]);
			const [one] = tied;
			if (!one) return [];
			const free = mine.filter((_, position) => !isTied[position]);
			return [{
				one,
				tied,
				place,
				needed: this.#people(free) < place.needed,
				spare: spare.get(place) ?? 0
			}];
		}).sort((a, b) => Number(a.needed) - Number(b.needed) || a.spare - b.spare);
		if (!best) return void 0;
		const others = [...inPlace].flatMap(([other, theirs]) => this.#areApart(best.place, other) ? theirs : []);
		return {
			...best,
			rivals: others.filter((other) => clash(best.one, other))
		};
	}
	#areApart(one, other) {
		return one !== other && (one.stage === other.stage || areDistinct(one.stage, other.stage, this.#distinct));
	}
	/** Places of one group, and those of one stage, can only be filled by as many people as they need together. */
	#enoughPeople(inPlace) {
		const several = this.#places.filter(({ seat }) => seat === 1).map(({ stage }) => [stage]);
		return [...this.#distinct, ...several].every((group) => {
			const tied = [...inPlace].filter(([{ stage }]) => group.includes(stage));
			return hasPeople(tied.flatMap(([, mine]) => mine), total(tied.map(([{ needed }]) => needed)), this.#budget);
		});
	}
	#people(candidates) {
		return countPeople(candidates, this.#budget);
	}
};

export { ofSeat as a, countPeople as c, fillStages as i, inShort as l, canFill as n, quorumsOf as o, canSeat as r, MAX_STEPS as s, areDistinct as t, spend as u };