import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as CountersignError } from "./errors.mjs";
import { a as isNameOnly } from "./reference.mjs";
import { t as IDENTITY_MATCHES } from "./signed-identity.mjs";
import { r as GateError } from "./errors11.mjs";
import { n as podmanReference, r as scopesOf, t as isPolicyScope } from "./scopes2.mjs";

// src/gates/containers/requirement.ts
/** podman would refuse the whole file for it. */
function refuse(problem) {
	return new GateError("GATE_CONFIGURATION_INVALID", problem);
}
/**
* The requirement in an entry of a list; `where` names the list in errors.
* @throws GateError GATE_CONFIGURATION_INVALID, GATE_CONFIGURATION_UNREAD
* @see https://github.com/containers/image/blob/v5.36.2/signature/policy_config.go
*/
function requirementIn(value, where) {
	const type = isJsonObject(value) ? value["type"] : void 0;
	switch (type) {
		case "insecureAcceptAnything":
		case "reject":
			members(value, ["type"], where);
			return { type };
		case "signedBaseLayer":
			identityIn(members(value, ["type", "baseLayerIdentity"], where)["baseLayerIdentity"], where);
			return { type };
		case "signedBy": return signedByIn(members(value, [
			"type",
			"keyType",
			...GPG_KEYS,
			"signedIdentity"
		], where), where);
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
const GPG_KEYS = [
	"keyPath",
	"keyPaths",
	"keyData"
];
const GPG_TYPES = [
	"GPGKeys",
	"signedByGPGKeys",
	"X509Certificates",
	"signedByX509CAs"
];
const KEY_MEMBERS = [...GPG_KEYS, "keyDatas"];
const REKOR = [
	"rekorPublicKeyPath",
	"rekorPublicKeyPaths",
	"rekorPublicKeyData",
	"rekorPublicKeyDatas"
];
function signedByIn(entry, where) {
	const keyType = entry["keyType"];
	if (typeof keyType !== "string" || !GPG_TYPES.includes(keyType)) throw refuse(`a requirement of ${where} has the keyType ${JSON.stringify(keyType ?? null)}`);
	const named = GPG_KEYS.filter((name) => entry[name] !== void 0);
	const [source, ...others] = sourcesIn(entry, GPG_KEYS, where);
	if (named.length !== 1 || !source || others.length > 0) throw refuse(`a requirement of ${where} has not exactly one of ${GPG_KEYS.join(", ")}`);
	return {
		type: "signedBy",
		keyType,
		keys: source,
		signedIdentity: identityOf(entry, where)
	};
}
function sigstoreIn(entry, where) {
	const keys = sourcesIn(entry, KEY_MEMBERS, where, { fromOne: true });
	const { fulcio, pki } = entry;
	if (fulcio !== void 0) checkFulcio(fulcio, where);
	const source = pki === void 0 ? void 0 : pkiIn(pki, where);
	if (keys.length + Number(fulcio !== void 0) + Number(pki !== void 0) !== 1) throw refuse(`a requirement of ${where} has not exactly one of ${KEY_MEMBERS.join(", ")}, fulcio, pki`);
	const rekor = REKOR.filter((name) => sourcesIn(entry, [name], where, { fromOne: true }).length > 0);
	if (rekor.length > 1 || fulcio !== void 0 && rekor.length === 0) throw refuse(`a requirement of ${where} does not name Rekor’s key once`);
	if (pki !== void 0 && rekor.length > 0) throw refuse(`a requirement of ${where} has Rekor’s key beside pki`);
	return {
		type: "sigstoreSigned",
		keys: keys[0] ?? [],
		...source ? { pki: source } : {},
		beyond: [...fulcio === void 0 ? [] : ["fulcio"], ...rekor],
		signedIdentity: identityOf(entry, where)
	};
}
/** The keys of each of these members that says any: `…Path` and `…Data` are one, `…Paths` and `…Datas` lists. */
function sourcesIn(entry, names, where, { fromOne = false } = {}) {
	return names.flatMap((name) => {
		const value = entry[name];
		const what = `${name} of ${where}`;
		if (value === void 0) return [];
		if (name.endsWith("Path")) {
			const path = textIn(value, what);
			return path === "" ? [] : [[{ path }]];
		}
		if (name.endsWith("Data")) return value === null ? [] : [[{ data: bytesIn(value, what) }]];
		if (value === null && !fromOne) return [];
		if (!Array.isArray(value) || fromOne && value.length === 0) throw refuse(`${what} is no list, or an empty one`);
		return [value.map((one) => name.endsWith("Paths") ? { path: textIn(one, what) } : { data: bytesIn(one, what) })];
	});
}
function checkFulcio(value, where) {
	const what = `fulcio of ${where}`;
	const fulcio = members(value, [
		"caPath",
		"caData",
		"oidcIssuer",
		"subjectEmail"
	], what);
	if (sourcesIn(fulcio, ["caPath", "caData"], what).length !== 1) throw refuse(`${what} does not name its CA once`);
	for (const name of ["oidcIssuer", "subjectEmail"]) if (textIn(fulcio[name], what) === "") throw refuse(`${what} has no ${name}`);
}
function pkiIn(value, where) {
	const what = `pki of ${where}`;
	const pki = members(value, [
		...[
			"caRootsPath",
			"caRootsData",
			"caIntermediatesPath",
			"caIntermediatesData"
		],
		"subjectEmail",
		"subjectHostname"
	], what);
	const one = (name) => {
		const [source, more] = sourcesIn(pki, [`${name}Path`, `${name}Data`], what);
		if (more) throw refuse(`${what} names ${name} twice`);
		return source?.[0];
	};
	const roots = one("caRoots");
	const intermediates = one("caIntermediates");
	const email = textIn(pki["subjectEmail"] ?? null, what);
	const hostname = textIn(pki["subjectHostname"] ?? null, what);
	if (!roots) throw refuse(`${what} names no roots`);
	if (email === "" && hostname === "") throw refuse(`${what} names no subject`);
	return {
		roots,
		...intermediates ? { intermediates } : {},
		...email === "" ? {} : { email },
		...hostname === "" ? {} : { hostname }
	};
}
function identityOf(entry, where) {
	const identity = entry["signedIdentity"];
	return identity === void 0 ? { type: "matchRepoDigestOrExact" } : identityIn(identity, where);
}
function identityIn(value, where) {
	const what = `signedIdentity of ${where}`;
	const type = value !== void 0 && isJsonObject(value) ? value["type"] : void 0;
	const plain = IDENTITY_MATCHES.find((known) => known === type);
	if (plain !== void 0) {
		members(value, ["type"], what);
		return { type: plain };
	}
	if (type === "exactReference") {
		const reference = textIn(members(value, ["type", "dockerReference"], what)["dockerReference"], what);
		const parsed = podmanReference(reference);
		if (!parsed || isNameOnly(parsed)) throw refuse(`${what} has a dockerReference that names no image`);
		return {
			type,
			reference
		};
	}
	if (type === "exactRepository") {
		const repository = textIn(members(value, ["type", "dockerRepository"], what)["dockerRepository"], what);
		if (!podmanReference(repository)) throw refuse(`${what} has a dockerRepository that is none`);
		return {
			type,
			repository
		};
	}
	if (type !== "remapIdentity") throw refuse(`${what} has the type ${JSON.stringify(type ?? null)}`);
	const remap = members(value, [
		"type",
		"prefix",
		"signedPrefix"
	], what);
	const [prefix, signedPrefix] = [textIn(remap["prefix"], what), textIn(remap["signedPrefix"], what)];
	if (!isPrefix(prefix) || !isPrefix(signedPrefix)) throw refuse(`${what} has a prefix that begins no name`);
	return {
		type,
		prefix,
		signedPrefix
	};
}
const LABEL = "(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])";
const DOMAIN = `${LABEL}(?:\\.${LABEL})*(?::[0-9]+)?`;
const COMPONENT = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";
/** A host, or a host and a path. */
const PREFIX = new RegExp(`^${DOMAIN}(?:/${COMPONENT}(?:/${COMPONENT})*)?$`);
function isPrefix(text) {
	return PREFIX.test(text);
}
/** An object with these members alone. @throws GateError GATE_CONFIGURATION_INVALID */
function members(value, known, what) {
	if (!isJsonObject(value)) throw refuse(`${what} is no object`);
	const strange = Object.keys(value).find((name) => !known.includes(name));
	if (strange !== void 0) throw refuse(`${what} has the unknown member ${JSON.stringify(strange)}`);
	return value;
}
function textIn(value, what) {
	if (value === null) return "";
	if (typeof value !== "string") throw refuse(`${what} is no text`);
	return value;
}
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Base64, in which line breaks and stray bits at the end do no harm. */
function bytesIn(value, what) {
	if (value === null) return /* @__PURE__ */ new Uint8Array();
	if (Array.isArray(value)) throw new GateError("GATE_CONFIGURATION_UNREAD", `${what} is a list of numbers instead of base64`);
	const text = textIn(value, what).replace(/[\r\n]/g, "");
	if (text.length % 4 !== 0 || !BASE64.test(text)) throw refuse(`${what} is no base64`);
	return new Uint8Array(Buffer.from(text, "base64"));
}
/** As a problem of the gate’s configuration, whatever could not be read. */
function asGateError(cause, file) {
	if (!(cause instanceof CountersignError)) return cause;
	const unread = cause.code === "GATE_CONFIGURATION_UNREAD" || cause.code === "DATA_NOT_UTF8";
	const message = cause instanceof GateError ? `${file}: ${cause.message}` : cause.message;
	return new GateError(unread ? "GATE_CONFIGURATION_UNREAD" : "GATE_CONFIGURATION_INVALID", message, { cause });
}

// src/gates/containers/policy-json.ts
/**
* The policy in the bytes of a policy.json.
* @throws GateError GATE_CONFIGURATION_INVALID for what podman refuses too; GATE_CONFIGURATION_UNREAD
*/
function readContainersPolicy(bytes, file) {
	try {
		return readPolicy(parseJson(bytes, file));
	} catch (cause) {
		throw asGateError(cause, file);
	}
}
function readPolicy(document) {
	const { default: fallback, transports = {} } = members(document, ["default", "transports"], "the policy");
	if (fallback === void 0) throw refuse("\"default\" is missing");
	if (!isJsonObject(transports)) throw refuse("\"transports\" is no object");
	return {
		default: requirementsIn(fallback, "default"),
		transports: new Map(Object.entries(transports).map(([transport, scopes]) => [transport, scopesIn(transport, scopes)]))
	};
}
function scopesIn(transport, scopes) {
	if (!isJsonObject(scopes)) throw refuse(`the scopes of ${transport} are no object`);
	return new Map(Object.entries(scopes).map(([scope, list]) => {
		const where = `${transport} ${JSON.stringify(scope)}`;
		if (!isPolicyScope(transport, scope)) throw refuse(`${where} is no scope of this transport`);
		return [scope, requirementsIn(list, where)];
	}));
}
function requirementsIn(value, where) {
	if (!Array.isArray(value) || value.length === 0) throw refuse(`the requirements of ${where} are no list, or an empty one`);
	return value.map((entry) => requirementIn(entry, where));
}
/** The requirements of an image in a registry, and the scope that they stand under. */
function requirementsFor(policy, image) {
	const scopes = policy.transports.get("docker");
	for (const scope of scopes ? [...scopesOf(image), ""] : []) {
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

export { requirementsFor as n, readContainersPolicy as t };