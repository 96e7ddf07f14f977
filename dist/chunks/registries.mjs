import { r as GateError } from "./errors12.mjs";
import { s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject, r as parseJson } from "./json.mjs";
import { t as IDENTITY_MATCHES } from "./signed-identity.mjs";

// src/gates/containers/policy-json.ts
/**
* The policy in the bytes of a policy.json.
* @throws GateError GATE_CONFIGURATION_INVALID for what podman refuses too
*/
function readContainersPolicy(bytes, file) {
	try {
		return readPolicy(parseJson(bytes, file));
	} catch (cause) {
		if (cause instanceof GateError) throw new GateError("GATE_CONFIGURATION_INVALID", `${file}: ${cause.message}`, { cause });
		if (!(cause instanceof CountersignError)) throw cause;
		throw new GateError("GATE_CONFIGURATION_INVALID", cause.message, { cause });
	}
}
function refuse(problem) {
	return new GateError("GATE_CONFIGURATION_INVALID", problem);
}
function readPolicy(document) {
	const { default: fallback, transports = {} } = members(document, ["default", "transports"], "the policy");
	if (fallback === void 0) throw refuse("\"default\" is missing");
	if (!isJsonObject(transports)) throw refuse("\"transports\" is no object");
	return {
		default: requirementsIn(fallback, "default"),
		transports: new Map(Object.entries(transports).map(([transport, scopes]) => {
			if (!isJsonObject(scopes)) throw refuse(`the scopes of ${transport} are no object`);
			const entries = Object.entries(scopes).map(([scope, list]) => [scope, requirementsIn(list, `${transport} ${JSON.stringify(scope)}`)]);
			return [transport, new Map(entries)];
		}))
	};
}
function requirementsIn(value, where) {
	if (!Array.isArray(value) || value.length === 0) throw refuse(`the requirements of ${where} are no list, or an empty one`);
	return value.map((entry) => requirementIn(entry, where));
}
const KEY_MEMBERS = [
	"keyPath",
	"keyPaths",
	"keyData",
	"keyDatas"
];
const REKOR = [
	"rekorPublicKeyPath",
	"rekorPublicKeyPaths",
	"rekorPublicKeyData",
	"rekorPublicKeyDatas"
];
function requirementIn(value, where) {
	const type = isJsonObject(value) ? value["type"] : void 0;
	switch (type) {
		case "insecureAcceptAnything":
		case "reject":
			members(value, ["type"], where);
			return { type };
		case "signedBy":
			members(value, [
				"type",
				"keyType",
				"keyPath",
				"keyPaths",
				"keyData",
				"signedIdentity"
			], where);
			return { type };
		case "sigstoreSigned": return sigstoreIn(members(value, [
			"type",
			...KEY_MEMBERS,
			"fulcio",
			"pki",
			...REKOR,
			"signedIdentity"
		], where), where);
		default: throw refuse(`a requirement of ${where} has the type ${JSON.stringify(type ?? null)}`);
	}
}
function sigstoreIn(entry, where) {
	const sources = [
		...KEY_MEMBERS,
		"fulcio",
		"pki"
	].filter((name) => entry[name] !== void 0);
	if (sources.length !== 1) throw refuse(`a requirement of ${where} has not exactly one of ${KEY_MEMBERS.join(", ")}, fulcio, pki`);
	const rekor = REKOR.filter((name) => entry[name] !== void 0);
	if (rekor.length > 1 || sources[0] === "fulcio" && rekor.length === 0) throw refuse(`a requirement of ${where} does not name Rekor’s key once`);
	const identity = entry["signedIdentity"];
	return {
		type: "sigstoreSigned",
		keys: keysIn(entry, where),
		...entry["pki"] === void 0 ? {} : { pki: pkiIn(entry["pki"], where) },
		beyond: ["fulcio", ...rekor].filter((name) => entry[name] !== void 0),
		signedIdentity: identity === void 0 ? { type: "matchRepoDigestOrExact" } : identityIn(identity, where)
	};
}
function keysIn(entry, where) {
	const one = (name) => entry[name] === void 0 ? [] : [textIn(entry[name], `${name} of ${where}`)];
	const many = (name) => {
		const value = entry[name];
		if (value === void 0) return [];
		if (!Array.isArray(value) || value.length === 0) throw refuse(`${name} of ${where} is no list, or an empty one`);
		return value.map((text) => textIn(text, `${name} of ${where}`));
	};
	return [...[...one("keyPath"), ...many("keyPaths")].map((path) => ({ path })), ...[...one("keyData"), ...many("keyDatas")].map((text) => ({ data: fromBase64(text, `a key of ${where}`) }))];
}
function pkiIn(value, where) {
	const pki = members(value, [
		"caRootsPath",
		"caRootsData",
		"caIntermediatesPath",
		"caIntermediatesData",
		"subjectEmail",
		"subjectHostname"
	], `pki of ${where}`);
	const source = (name) => {
		const path = pki[`${name}Path`];
		const data = pki[`${name}Data`];
		if (path !== void 0 && data !== void 0) throw refuse(`pki of ${where} names ${name} twice`);
		if (path !== void 0) return { path: textIn(path, name) };
		return data === void 0 ? void 0 : { data: fromBase64(textIn(data, name), name) };
	};
	const roots = source("caRoots");
	const intermediates = source("caIntermediates");
	const { subjectEmail: email, subjectHostname: hostname } = pki;
	if (!roots) throw refuse(`pki of ${where} names no roots`);
	if (email === void 0 && hostname === void 0) throw refuse(`pki of ${where} names no subject`);
	return {
		roots,
		...intermediates ? { intermediates } : {},
		...email === void 0 ? {} : { email: textIn(email, "subjectEmail") },
		...hostname === void 0 ? {} : { hostname: textIn(hostname, "subjectHostname") }
	};
}
function identityIn(value, where) {
	const what = `signedIdentity of ${where}`;
	const type = isJsonObject(value) ? value["type"] : void 0;
	const plain = IDENTITY_MATCHES.find((known) => known === type);
	if (plain !== void 0) {
		members(value, ["type"], what);
		return { type: plain };
	}
	const text = (names, name) => textIn(members(value, ["type", ...names], what)[name], what);
	if (type === "exactReference") return {
		type,
		reference: text(["dockerReference"], "dockerReference")
	};
	if (type === "exactRepository") return {
		type,
		repository: text(["dockerRepository"], "dockerRepository")
	};
	const remap = ["prefix", "signedPrefix"];
	if (type === "remapIdentity") return {
		type,
		prefix: text(remap, "prefix"),
		signedPrefix: text(remap, "signedPrefix")
	};
	throw refuse(`${what} has the type ${JSON.stringify(type ?? null)}`);
}
function members(value, known, what) {
	if (!isJsonObject(value)) throw refuse(`${what} is no object`);
	const strange = Object.keys(value).find((name) => !known.includes(name));
	if (strange !== void 0) throw refuse(`${what} has the unknown member ${JSON.stringify(strange)}`);
	return value;
}
function textIn(value, what) {
	if (typeof value !== "string") throw refuse(`${what} is no text`);
	return value;
}
/** The requirements of an image in a registry, and the scope that they stand under. */
function requirementsFor(policy, image) {
	const scopes = policy.transports.get("docker");
	for (const scope of scopes ? scopesOf(image) : []) {
		const requirements = scopes?.get(scope);
		if (requirements) return {
			scope: scope === "" ? "docker" : scope,
			requirements
		};
	}
	return {
		scope: "default",
		requirements: policy.default
	};
}
/** The names under which an image may be listed, the most specific first. */
function scopesOf({ name, tag, digest }) {
	const parts = name.split("/");
	const namespaces = parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
	const labels = (parts[0] ?? "").split(".");
	const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join(".")}`);
	return [
		digest === void 0 ? `${name}:${tag ?? "latest"}` : `${name}@${digest}`,
		...namespaces,
		...wildcards,
		""
	];
}

// src/gates/containers/registries.ts
/** The text of a file that turns signatures on for these places. */
function writeRegistries(places) {
	return [
		"docker:",
		...places.flatMap((place) => [`  ${JSON.stringify(place)}:`, "    use-sigstore-attachments: true"]),
		""
	].join("\n");
}
/**
* What the files of registries.d say together.
* @throws GateError GATE_CONFIGURATION_INVALID, also where two of them speak of one place, which podman refuses
*/
async function readRegistries(files) {
	const { parseYaml } = await import("./yaml2.mjs");
	let byDefault;
	const places = /* @__PURE__ */ new Map();
	for (const [file, text] of files) {
		const document = parseYaml(text, file);
		const fallback = entry(document, "default-docker");
		if (fallback) {
			if (byDefault !== void 0) throw twice(file, "default-docker");
			byDefault = isOn(fallback);
		}
		const docker = entry(document, "docker");
		for (const [place, { value }] of docker?.kind === "map" ? docker.entries : []) {
			if (places.has(place)) throw twice(file, place);
			places.set(place, isOn(value));
		}
	}
	return {
		byDefault: byDefault ?? false,
		places
	};
}
/** Whether signatures of an image in this repository are looked for. */
function usesAttachments({ byDefault, places }, name) {
	const found = scopesOf({ name }).find((scope) => places.has(scope));
	return found === void 0 ? byDefault : places.get(found) ?? false;
}
function entry(node, key) {
	return node.kind === "map" ? node.entries.get(key)?.value : void 0;
}
function isOn(node) {
	const value = entry(node, "use-sigstore-attachments");
	return value?.kind === "scalar" && value.value === true;
}
function twice(file, place) {
	return new GateError("GATE_CONFIGURATION_INVALID", `${file}: ${place} is in another file of the folder too`);
}

export { requirementsFor as a, readContainersPolicy as i, usesAttachments as n, writeRegistries as r, readRegistries as t };