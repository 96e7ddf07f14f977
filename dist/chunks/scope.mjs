// src/policy/objects/scope.ts
/** The objects that each stage is about on an image of these units. */
function objectsByStage(policy, units) {
	const unsigned = new Set(unsignedObjects(policy, units));
	const added = addedGroups(units);
	return new Map(policy.stages.map((stage) => [stage.name, units.filter((unit) => !unsigned.has(unit.id) && isAbout(stage, unit, added)).map(({ id }) => id)]));
}
function isAbout({ objects }, { group }, added) {
	if (objects === void 0) return true;
	const isAdded = group !== void 0 && added.has(group);
	if (objects === "base") return !isAdded;
	return isAdded && (objects === "overlays" || objects.includes(group));
}
/** Groups that hold overlay and data partitions alone: nothing in them is a system, or says what runs. */
function addedGroups(units) {
	const rest = new Set(units.filter(({ use }) => use === void 0).map(({ group }) => group));
	return new Set(units.flatMap(({ group }) => group === void 0 || rest.has(group) ? [] : [group]));
}
/** Objects that may stay unsigned: those of a group that the policy names, if it holds data partitions alone. */
function unsignedObjects({ objects }, units) {
	const named = units.filter(({ group }) => group !== void 0 && objects?.unsigned?.includes(group));
	const other = new Set(named.filter(({ use }) => use !== "data").map(({ group }) => group));
	return named.filter(({ group }) => !other.has(group)).map(({ id }) => id);
}
/**
* The facts as a policy that tells objects apart sees them: evidence about the base goes on being that when an overlay changes
* about which the same statement is. So does what takes an approval back.
*/
function ofParts(facts) {
	const evidence = facts.evidence.map((one) => one.covers.length > 0 ? {
		...one,
		contradicted: false
	} : one);
	return {
		...facts,
		evidence
	};
}
/** True for a stage that is about overlays alone. */
function isAboutOverlays({ objects }) {
	return objects !== void 0 && objects !== "base";
}
/**
* The policy as it is asked of this image: a stage about overlays, of which the image has none, is not in it. One that is
* `required` stays, and so does every other: an image without a base passes no stage about the base.
*/
function askedOf(policy, units, required = []) {
	const about = objectsByStage(policy, units);
	const isIdle = (stage) => isAboutOverlays(stage) && about.get(stage.name)?.length === 0 && !required.includes(stage.name);
	const idle = new Set(policy.stages.filter(isIdle).map(({ name }) => name));
	if (idle.size === 0 || idle.size === policy.stages.length) return policy;
	const left = (names) => names.flatMap((name) => idle.has(name) ? left(policy.stages.find((one) => one.name === name)?.after ?? []) : [name]);
	return {
		...policy,
		stages: policy.stages.filter(({ name }) => !idle.has(name)).map((stage) => ({
			...stage,
			after: [...new Set(left(stage.after))]
		}))
	};
}

export { unsignedObjects as a, ofParts as i, isAboutOverlays as n, objectsByStage as r, askedOf as t };