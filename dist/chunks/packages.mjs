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
			version: hasVersion && decodeURIComponent(before.slice(at + 1)) || void 0,
			qualifiers: new Map(new URLSearchParams(query))
		};
	} catch {
		return;
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
/** The components with package URLs of CycloneDX and SPDX documents; undefined for any other. */
function componentsIn(predicate) {
	if (predicate["bomFormat"] === "CycloneDX") {
		const { metadata } = predicate;
		const main = isJsonObject(metadata) ? metadata["component"] : void 0;
		return [...isJsonObject(main) ? cycloneDx({ components: [main] }) : [], ...cycloneDx(predicate)];
	}
	if (typeof predicate["spdxVersion"] === "string") return objects(predicate["packages"]).flatMap(spdx2);
	if (!Array.isArray(predicate["@graph"])) return void 0;
	return objects(predicate["@graph"]).flatMap((element) => component(element["name"], element["software_packageVersion"], [element["software_packageUrl"], ...objects(element["externalIdentifier"]).map(({ identifier }) => identifier)]));
}
/** Components may hold components; the JSON reader has bounded the depth. */
function cycloneDx(holder) {
	return objects(holder["components"]).flatMap((one) => [...component(one["name"], one["version"], [one["purl"]]), ...cycloneDx(one)]);
}
function spdx2(one) {
	const locators = objects(one["externalRefs"]).map(({ referenceLocator }) => referenceLocator);
	return component(one["name"], one["versionInfo"], locators);
}
function component(name, version, purls) {
	return purls.filter((purl) => typeof purl === "string").filter((purl) => /^pkg:/i.test(purl)).map((purl) => ({
		name: typeof name === "string" ? name : "",
		version: typeof version === "string" ? version : null,
		purl
	}));
}
function objects(value) {
	return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export { isMeantBy as n, parsePurl as r, componentsIn as t };