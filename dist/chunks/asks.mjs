import { t as denialText } from "./denial.mjs";

// src/gates/asks.ts
/**
* What a gate can ask for that knows credentials for which `accepts` is true. People of whom somebody could approve with
* another credential are left out whole: to ask for them would deny images that pass.
*/
function asksOf(policy, stages, accepts, what) {
	const losses = [];
	const asks = [];
	for (const { name, approvers, threshold, quorums, signedIdentity } of stages) for (const quorum of quorums ?? [{
		name: void 0,
		approvers,
		needed: threshold
	}]) {
		const people = quorum.approvers.flatMap((approver) => signersBehind(policy, approver));
		const known = people.map((one) => ({
			...one,
			credentials: one.credentials.filter(accepts)
		}));
		const others = people.filter(({ credentials }, index) => known[index]?.credentials.length !== credentials.length);
		const whom = quorum.name === void 0 ? `stage ${name}` : `${quorum.name} of stage ${name}`;
		if (others.length === 0 && known.length > 0) asks.push({
			stage: name,
			approvers: known,
			threshold: quorum.needed,
			...signedIdentity ? { signedIdentity } : {}
		});
		else losses.push({
			stage: name,
			rule: "credentials",
			text: `${whom} is not asked for: ${others.length === 0 ? "nobody" : namesOf(others)} can approve it with something other than ${what}`
		});
	}
	return {
		asks,
		losses: [...losses, ...ruleLosses(policy, stages)]
	};
}
function namesOf(people) {
	const names = [...new Set(people.map(({ name }) => name))];
	return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} others`;
}
/** A principal that stands for many is somebody by each key, and several people by a pattern of names. */
function signersBehind(policy, name) {
	const principal = policy.principals.find((one) => one.name === name);
	const credentials = (principal?.credentials ?? []).filter((credential) => !isDenied(policy, name, credential));
	if (!principal?.many) return credentials.length === 0 ? [] : [{
		name,
		credentials
	}];
	return credentials.map((credential) => ({
		name,
		credentials: [credential],
		...credential.method === "x509" ? { several: true } : {}
	}));
}
/** Whatever this signs counts for nothing, however old it is. */
function isDenied({ deny }, principal, credential) {
	return deny.some(({ what, since }) => {
		if (since) return false;
		if (what.of === "principal") return what.name === principal;
		if (what.of !== "key") return false;
		return credential.method === "pgp" && what.fingerprint === credential.fingerprint || credential.method === "key" && what.hint === credential.hint;
	});
}
/** True when everybody is needed, and each of them is one person. */
function needsEverybody({ approvers, threshold }) {
	return threshold === approvers.length && (approvers.length === 1 || !approvers.some(({ several }) => several));
}
/** What no gate but `verify-all` can ask. */
function ruleLosses(policy, stages) {
	const losses = [];
	const names = stages.map(({ name }) => name);
	for (const { name, after, requires } of stages) {
		if (after.length > 0) losses.push({
			stage: name,
			rule: "order",
			text: `that stage ${name} came after ${after.join(" and ")} is not asked`
		});
		if (requires.length > 0) losses.push({
			stage: name,
			rule: "evidence",
			text: `the evidence of stage ${name} is not asked for: ${[...new Set(requires.map(({ evidence }) => evidence))].join(", ")}`
		});
	}
	for (const { name, quorums = [] } of stages) {
		const places = quorums.flatMap((quorum) => quorum.approvers);
		if (new Set(places).size < places.length) losses.push({
			stage: name,
			rule: "distinct",
			text: `that nobody fills two places of stage ${name} is not asked`
		});
	}
	for (const denial of policy.deny) if (!((denial.what.of === "key" || denial.what.of === "principal") && !denial.since) || denial.what.of === "key" && !hasCredential(policy, denial.what)) losses.push({
		stage: null,
		rule: "denied",
		text: `that a ${denial.what.of} ${denialText(denial)}, is not asked`
	});
	for (const group of policy.distinct) {
		const asked = group.filter((name) => names.includes(name));
		if (asked.length > 1) losses.push({
			stage: null,
			rule: "distinct",
			text: `that nobody fills two of ${asked.join(", ")} is not asked`
		});
	}
	return losses;
}
function hasCredential({ principals }, { fingerprint, hint }) {
	return principals.some(({ credentials }) => credentials.some((one) => one.method === "pgp" && one.fingerprint === fingerprint || one.method === "key" && one.hint === hint));
}
/** What a gate cannot ask of a threshold when it knows "one of these" and "all of these" alone. */
function thresholdLoss(ask) {
	const { stage, threshold } = ask;
	if (threshold === 1 || needsEverybody(ask)) return [];
	return [{
		stage,
		rule: "threshold",
		text: `of the ${threshold} people that stage ${stage} needs, one is asked for`
	}];
}

export { needsEverybody as n, thresholdLoss as r, asksOf as t };