import { n as decodeUtf8 } from "./bytes.mjs";
import { c as UsageError } from "./errors.mjs";
import { o as readKeyFile } from "./file.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as Secret } from "./secret.mjs";
import { resolve } from "node:path";

// src/commands/input-secrets.ts
/**
* A `secret` or `pem` input; undefined when it is not given.
* @throws UsageError USAGE_CONFLICTING_INPUTS, USAGE_INVALID_INPUT; SystemError
*/
async function readSecret(input, raw, folder) {
	const { name, type } = input;
	const text = raw.texts.get(name);
	const path = raw.texts.get(`${name}-path`)?.trim();
	if (text && path) throw new UsageError("USAGE_CONFLICTING_INPUTS", `both ${name} and ${name}-path were given`, { hint: "give only one of them" });
	if (path && looksLikeContent(path)) throw new UsageError("USAGE_INVALID_INPUT", `${name}-path is no path: it has the form of a key or certificate`, { hint: `give the text in ${name}, or the name of its file in ${name}-path` });
	const secret = text ? new Secret(text) : path ? await secretFile(path, raw, folder) : void 0;
	if (secret && input.mayBeEmpty && path && /^(?:\r?\n)?$/.test(secret.revealText())) return secret;
	if (secret && /^\s*$/.test(secret.revealText())) throw new UsageError("USAGE_INVALID_INPUT", path ? `${name}-path: ${placeOf(path)} is empty` : `${name} is blank`, { hint: `give what holds the ${name}` });
	if (type === "pem" && text && !text.includes("-----BEGIN")) throw new UsageError("USAGE_INVALID_INPUT", `${name} is no PEM text`, { hint: `give the text that begins with -----BEGIN, or the name of its file in ${name}-path` });
	if (secret && path && (type === "secret" || holdsPrivateKey(secret.revealText()))) maskBytes(secret.reveal(), raw.mask);
	return secret;
}
function placeOf(path) {
	return path === "-" ? "standard input" : path;
}
/** True for what nobody calls a file: a key in the wrong input must not be repeated in an error. */
function looksLikeContent(text) {
	return /[\r\n]|-----BEGIN/.test(text);
}
async function secretFile(path, raw, folder) {
	if (path === "-") return new Secret(await raw.readStdin(LIMITS.keyFileBytes));
	return new Secret(await readKeyFile(resolve(folder, path), LIMITS.keyFileBytes));
}
/** Masks every secret that was given as text, before anything is read that could fail and be told. */
function maskTexts(spec, { texts, mask }) {
	for (const { name, type } of spec.inputs) {
		const [text = "", path = ""] = [texts.get(name), texts.get(`${name}-path`)];
		if (text !== "" && (type === "secret" || holdsPrivateKey(text))) mask(text);
		if (holdsPrivateKey(path) || type === "secret" && looksLikeContent(path.trim())) mask(path);
	}
}
/** Masks what came from a file; binary keys in the one form of theirs that is a text. */
function maskBytes(bytes, mask) {
	const text = Buffer.from(bytes).toString("utf8");
	mask(Buffer.from(text).equals(bytes) ? text : Buffer.from(bytes).toString("base64"));
}
/** A private key may be anywhere by mistake. */
function holdsPrivateKey(text) {
	return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}
/** The passphrase in a secret input: the file's text without its final line end. */
function passphraseText(secret) {
	return secret && new Secret(decodeUtf8(secret.reveal(), "the passphrase").replace(/\r?\n$/, ""));
}

export { readSecret as i, maskTexts as n, passphraseText as r, looksLikeContent as t };