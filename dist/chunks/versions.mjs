// src/findings/versions.ts
/** Types of package URLs whose versions follow Semantic Versioning. */
const SEMANTIC = /* @__PURE__ */ new Set([
	"npm",
	"cargo",
	"golang",
	"hex",
	"nuget",
	"pub",
	"swift"
]);
/** Types in which a version of numbers alone stands where they say. */
const NUMERIC = /* @__PURE__ */ new Set([
	"maven",
	"pypi",
	"gem",
	"composer"
]);
/** Of those, types in which a `v` before the version says nothing, as tags in git have it. */
const TAGGED = /* @__PURE__ */ new Set(["composer", "pypi"]);
const VERSION = /^v?(\d{1,15}(?:\.\d{1,15}){0,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;
const BOUND = /^(<=|>=|<|>|=)(\S+)$/;
/** True for types of package URLs whose versions can be between two. */
function hasRanges(type) {
	return SEMANTIC.has(type) || NUMERIC.has(type);
}
/** `>=2.0 <2.17.1` as its bounds; undefined when it is no range of this type. */
function parseRange(text, type) {
	const bounds = text.split(/ +/).map((word) => {
		const [, operator, version = ""] = BOUND.exec(word) ?? [];
		return isOperator(operator) && read(version, type) ? {
			operator,
			version
		} : void 0;
	});
	return bounds.every((bound) => bound !== void 0) ? bounds : void 0;
}
/** Whether a version is among those meant; undefined when it cannot be compared with a range. */
function isAmong(version, versions, type) {
	const answers = versions.map((one) => typeof one === "string" ? one === version : isBetween(version, one, type));
	if (answers.includes(true)) return true;
	return answers.includes(void 0) ? void 0 : false;
}
function isOperator(text) {
	return text === "<" || text === "<=" || text === ">" || text === ">=" || text === "=";
}
function isBetween(version, bounds, type) {
	const answers = bounds.map(({ operator, version: bound }) => {
		const order = compareVersions(version, bound, type);
		if (order === void 0) return void 0;
		if (operator === "=") return order === 0;
		return (operator.startsWith("<") ? order < 0 : order > 0) || operator.endsWith("=") && order === 0;
	});
	return answers.includes(void 0) ? void 0 : !answers.includes(false);
}
/**
* Below, at or above 0 as the first comes before, with or after the second; missing numbers are 0. Undefined for what is not
* compared.
* @see https://semver.org/spec/v2.0.0.html#spec-item-11
*/
function compareVersions(one, other, type) {
	const [a, b] = [read(one, type), read(other, type)];
	if (!a || !b) return void 0;
	for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index += 1) {
		const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
		if (difference !== 0) return difference;
	}
	if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length;
	for (let index = 0; index < Math.max(a.before.length, b.before.length); index += 1) {
		const difference = comparePart(a.before[index], b.before[index]);
		if (difference !== 0) return difference;
	}
	return 0;
}
/** Numbers come before texts, and what ends before what goes on. */
function comparePart(one, other) {
	if (one === void 0 || other === void 0) return one === other ? 0 : one === void 0 ? -1 : 1;
	const [a, b] = [one, other].map((part) => /^\d+$/.test(part) ? BigInt(part) : void 0);
	if (a !== void 0 && b !== void 0) return a < b ? -1 : a > b ? 1 : 0;
	if (a !== void 0 || b !== void 0) return a === void 0 ? 1 : -1;
	return one < other ? -1 : one > other ? 1 : 0;
}
function read(version, type) {
	const [whole, numbers, before] = VERSION.exec(type === "nuget" ? version.toLowerCase() : version) ?? [];
	if (whole === void 0 || numbers === void 0 || !hasRanges(type)) return void 0;
	if (type === "pub" && whole.includes("+")) return void 0;
	const bare = TAGGED.has(type) ? whole.replace(/^v/, "") : whole;
	if (!SEMANTIC.has(type) && bare !== numbers) return void 0;
	return {
		numbers: numbers.split(".").map(Number),
		before: before === void 0 ? [] : before.split(".")
	};
}

export { isAmong as n, parseRange as r, hasRanges as t };