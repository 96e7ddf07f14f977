import { n as KeyError } from "./errors6.mjs";

// src/crypto/external/key-name.ts
const MAX_CHARS = 2048;
/** An attribute of a PKCS#11 URI that holds the PIN or where it is, however it is spelled. */
const PIN = /(?:^|[:;?&])[^=;?&]*pin[^=;?&]*=/i;
/** Folders that only the administrator of a machine writes to. */
const SYSTEM_FOLDERS = [
	"/usr/",
	"/lib/",
	"/lib64/",
	"/opt/",
	"/Library/"
];
const NAME = /^(?:gpg:|pkcs11:|[a-z][a-z0-9-]{0,62}:\/\/)[\x21-\x7e]*$/;
/** Whether a text is the name of a key, and no secret stands in it; whether it is a good one is for parseKeyName. */
function isPublicKeyName(text) {
	return isKeyName(text) && !holdsPin(text);
}
function holdsPin(name) {
	const plain = name.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
	return name.trim().startsWith("pkcs11:") && (PIN.test(name) || PIN.test(plain));
}
function isKeyName(text) {
	const name = text.trim();
	return name.length <= MAX_CHARS && NAME.test(name);
}
/**
* What the text of a key names; undefined for the text of a key itself.
* @throws KeyError KEY_NAME_INVALID
*/
function parseKeyName(text, method) {
	if (!isKeyName(text)) return void 0;
	const name = text.trim();
	const isGpg = name.startsWith("gpg:");
	if (isGpg !== (method === "pgp")) throw invalid(`a key ${isGpg ? "of gpg" : "of a token or plugin"} was given with signing method ${method}`);
	if (isGpg) return gpgName(name.slice(4));
	if (name.startsWith("pkcs11:")) return tokenName(name.slice(7));
	const end = name.indexOf("://");
	return {
		holder: "plugin",
		plugin: name.slice(0, end),
		resource: name.slice(end + 3)
	};
}
function gpgName(text) {
	if (!/^[0-9A-Fa-f]{40}$/.test(text)) throw invalid(`${JSON.stringify(text.slice(0, 80))} is not a fingerprint of 40 hex digits`);
	return {
		holder: "gpg",
		fingerprint: text.toUpperCase()
	};
}
/** Attributes that say where the token is; the others of a path name the key on it. */
const OF_TOKEN = /* @__PURE__ */ new Set([
	"token",
	"serial",
	"manufacturer",
	"model"
]);
const OF_KEY = /* @__PURE__ */ new Set(["object", "id"]);
/**
* The provider passes over what it does not understand and then takes the first key that it finds, so that nothing may be
* left for it to pass over.
* @see https://www.rfc-editor.org/rfc/rfc7512.html#section-2.3
*/
function tokenName(text) {
	if (holdsPin(`pkcs11:${text}`)) throw new KeyError("KEY_NAME_INVALID", "the name of the key holds its PIN or where it is", { hint: "take it out, give the PIN with ⟨passphrase⟩, and change it if others may have seen it" });
	const [path = "", ...queries] = text.split("?");
	const attributes = /* @__PURE__ */ new Map();
	for (const part of path.split(";")) {
		const [, name = "", value = ""] = /^([a-z-]+)=(.+)$/.exec(part) ?? [];
		if (attributes.has(name)) throw invalid(`${name} is given twice`);
		if (name === "type" && value === "private") continue;
		if (!OF_TOKEN.has(name) && !OF_KEY.has(name)) throw invalid(`${JSON.stringify(name.slice(0, 80))} is no attribute that says something`);
		if (!/^(?:[A-Za-z0-9\-._~:[\]@!$'()*+,=&]|%[0-9A-Fa-f]{2})+$/.test(value)) throw invalid(`the value of ${name} has characters that must be written as %XX`);
		attributes.set(name, value);
	}
	if (!["token", "serial"].some((name) => attributes.has(name))) throw invalid("neither token nor serial is given");
	if (![...OF_KEY].some((name) => attributes.has(name))) throw invalid("neither object nor id is given");
	return {
		holder: "token",
		uri: `pkcs11:${[...[...attributes].map(([name, value]) => `${name}=${value}`), "type=private"].join(";")}`,
		module: modulePath(queries)
	};
}
/** The path is written into a configuration of OpenSSL, which gives some characters a meaning. */
function modulePath(queries) {
	if (queries.length > 1) throw invalid("there are two question marks");
	const [query] = queries;
	if (query === void 0) return void 0;
	const [, path] = /^module-path=(\/[A-Za-z0-9/._+-]+)$/.exec(query) ?? [];
	if (path !== void 0 && !/\/\.{0,2}(?:\/|$)/.test(path)) return path;
	throw invalid("after the question mark there may only be module-path=, and an absolute path of plain characters");
}
/** Whether a PKCS#11 module may be loaded, which is code: one of the system, or one that the user lists. */
function mayLoad(module, listed) {
	return SYSTEM_FOLDERS.some((folder) => module.startsWith(folder)) || listed.includes(module);
}
function invalid(problem) {
	return new KeyError("KEY_NAME_INVALID", `the name of the key cannot be used: ${problem}`);
}

export { mayLoad as n, parseKeyName as r, isPublicKeyName as t };