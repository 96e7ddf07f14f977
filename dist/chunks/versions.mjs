import { n as isJsonObject } from "./json.mjs";

// src/findings/packages.ts
/**
* Undefined for what is no package URL.
* @see https://github.com/package-url/purl-spec/blob/v1.0.0/PURL-SPECIFICATION.rst
*/
function parsePurl(text) {
	const [, rest = ""] = /^pkg:\/*([^#]+)(?:#.*)?$/i.exec(text) ?? [];
	const [before = "", query = ""] = rest.split("?", 2);
	const at = before.lastIndexOf("@");
	const hasVersion = at > 0 && before[at - 1] !== "/";
	const [type = "", ...segments] = (hasVersion ? before.slice(0, at) : before).split("/").filter((part) => part !== "");
	if (!/^[a-z][a-z0-9.+-]*$/i.test(type) || segments.length === 0) return void 0;
	try {
		return {
			type: type.toLowerCase(),
			path: named(type.toLowerCase(), segments.map(decodeURIComponent).join("/")),
			version: hasVersion && versionIn(before.slice(at + 1)) || void 0,
			qualifiers: new Map(new URLSearchParams(query))
		};
	} catch {
		return;
	}
}
/** Badly encoded it is what is written there, which no range compares, rather than no package at all. */
function versionIn(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
/** Where the registry of packages takes spellings for one name. */
function named(type, path) {
	if (type === "pypi") return path.toLowerCase().replaceAll(/[-_.]+/g, "-");
	return [
		"github",
		"bitbucket",
		"deb",
		"composer"
	].includes(type) ? path.toLowerCase() : path;
}
/**
* True when the package is the one that is asked for; version and qualifiers are compared where they are asked for. Letter
* case of names is not: some registries pass over it, and producers of SBOMs write names of one package in several ways.
*/
function isMeantBy(wanted, purl) {
	const found = parsePurl(purl);
	if (!found || found.type !== wanted.type || found.path.toLowerCase() !== wanted.path.toLowerCase()) return false;
	if (wanted.version !== void 0 && found.version !== wanted.version) return false;
	return [...wanted.qualifiers].every(([name, value]) => found.qualifiers.get(name) === value);
}
/**
* The components with package URLs of CycloneDX and SPDX documents, wherever these have a place for one; undefined for any
* other document. What made the document or the image (`tools`, `formulation`) is no part of it.
* @see https://github.com/CycloneDX/specification/blob/1.7/schema/bom-1.7.schema.json
* @see https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json
* @see https://spdx.github.io/spdx-spec/v3.0.1/model/Core/Classes/ExternalIdentifier/
*/
function componentsIn(predicate) {
	if (predicate["bomFormat"] === "CycloneDX") {
		const about = member(member(predicate, "metadata"), "component");
		const claimed = member(member(predicate, "declarations"), "targets");
		return [
			about,
			...objects(predicate["components"]),
			...objects(claimed["components"])
		].flatMap(cycloneDx);
	}
	if (typeof predicate["spdxVersion"] === "string") return objects(predicate["packages"]).flatMap(spdx2);
	if (!Array.isArray(predicate["@graph"])) return void 0;
	return objects(predicate["@graph"]).flatMap((element) => component(element["name"], element["software_packageVersion"], [
		element["software_packageUrl"],
		element["identifier"],
		...objects(element["externalIdentifier"]).map(({ identifier }) => identifier),
		...objects(element["externalRef"]).flatMap(({ locator }) => locator)
	]));
}
/** Components may hold components, and name those that they were made from; the JSON reader has bounded the depth. */
function cycloneDx(one) {
	const { name, version, purl, components } = one;
	const { ancestors, descendants, variants } = member(one, "pedigree");
	const concluded = objects([member(one, "evidence")["identity"] ?? []].flat()).filter(({ field }) => field === "purl").flatMap(({ concludedValue, methods }) => [concludedValue, ...objects(methods).map(({ value }) => value)]);
	return [...component(name, version, [purl === "" ? one["bom-ref"] : purl ?? one["bom-ref"], ...concluded]), ...[
		components,
		ancestors,
		descendants,
		variants
	].flatMap(objects).flatMap(cycloneDx)];
}
function member(value, name) {
	const found = value[name];
	return isJsonObject(found) ? found : {};
}
function spdx2(one) {
	const locators = objects(one["externalRefs"]).map(({ referenceLocator }) => referenceLocator);
	return component(one["name"], one["versionInfo"], locators);
}
function component(name, version, purls) {
	return [...new Set(purls)].filter((purl) => typeof purl === "string").filter((purl) => /^pkg:/i.test(purl)).map((purl) => ({
		name: typeof name === "string" ? name : "",
		version: typeof version === "string" ? version : null,
		purl
	}));
}
function objects(value) {
	return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

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

export { isMeantBy as a, componentsIn as i, isAmong as n, parsePurl as o, parseRange as r, hasRanges as t };