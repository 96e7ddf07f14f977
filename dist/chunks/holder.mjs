import { g as utf8, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { m as visibleLine } from "./text.mjs";
import { n as KeyError } from "./errors6.mjs";
import { createPrivateKey } from "node:crypto";

// src/crypto/external/holder.ts
const MAX_OUTPUT_BYTES = 1048576;
const MAX_QUOTED = 300;
const BASIC = [
	"PATH",
	"HOME",
	"SYSTEMROOT",
	"TEMP",
	"TMP"
];
const SECRET_NAME = /TOKEN|SECRET|PASS|PIN|KEY|CREDENTIAL/i;
const MIN_SECRET_CHARS = 8;
/** Runs the programs of one kind of holder. */
var Holder = class {
	/** What errors call it. */
	#what;
	#world;
	#env;
	/** @param needs names of further variables that this kind of holder cannot do without */
	constructor(what, world, needs = []) {
		this.#what = what;
		this.#world = world;
		const names = [
			...BASIC,
			...needs,
			...world.environment
		];
		this.#env = Object.fromEntries(names.flatMap((name) => {
			const value = world.env[name];
			return value === void 0 ? [] : [[name, value]];
		}));
	}
	/**
	* Runs a program of the holder.
	* @param secret what it is given and must not print
	* @throws KeyError KEY_TIMEOUT, KEY_ANSWER_INVALID, KEY_LEAKED, KEY_REFUSED
	*/
	async run(call, secret) {
		const { timeoutMs } = this.#world;
		const cwd = await this.#world.temporaryFolder();
		let result;
		try {
			const env = {
				...this.#env,
				...call.env
			};
			result = await this.#world.run({
				...call,
				env,
				cwd,
				timeoutMs,
				maxOutputBytes: MAX_OUTPUT_BYTES
			});
		} catch (error) {
			throw this.#problem(error);
		}
		const output = `${result.stdout}\n${result.stderr}`;
		if ([secret, ...this.#world.environment.filter((name) => SECRET_NAME.test(name)).map((name) => this.#env[name])].some((text) => text !== void 0 && text.length >= MIN_SECRET_CHARS && output.includes(text)) || holdsPrivateKey(output)) throw new KeyError("KEY_LEAKED", `${this.#what} printed a private key or a secret that it was given`);
		return result;
	}
	/** An error about what the holder said. */
	error(code, problem, hint) {
		return new KeyError(code, `${this.#what} ${problem}`, hint === void 0 ? {} : { hint });
	}
	#problem(error) {
		if (!(error instanceof CountersignError)) return error;
		if (error.code === "TOOL_TIMEOUT") return this.error("KEY_TIMEOUT", `did not answer within ${this.#world.timeoutMs / 1e3} s and was stopped`);
		if (error.code === "TOOL_OUTPUT_TOO_LARGE") return this.error("KEY_ANSWER_INVALID", `wrote more than ${MAX_OUTPUT_BYTES} bytes and was stopped`);
		return this.error("KEY_REFUSED", `cannot be run: ${error.message}`);
	}
};
/** The end of what a program said, for a message. */
function lastWords(text) {
	const words = text.split("\n").map((line) => line.trim()).filter(Boolean).slice(-2).join("; ");
	return visibleLine(words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED)}…` : words) || "nothing";
}
const BLOCK = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;
/** The member of a JSON Web Key that no public one has. */
const JSON_KEY = /"d"\s*:\s*"[A-Za-z0-9_-]{40,}"/;
/** `-----BEGIN` in Base64, and the SEQUENCE that every key in DER begins with. */
const ENCODED_BLOCK = /LS0tLS1CRUdJTi[A-Za-z0-9+/_-]+/g;
const ENCODED_DER = /(?<![A-Za-z0-9+/])M[A-Za-z0-9+/]{60,}={0,2}/g;
/** What looks like a key takes OpenSSL a moment; so many of them are no answer. */
const MAX_PARSED = 100;
/** PEM or armor, as it is or in Base64; a JSON Web Key; PKCS#8, SEC1 or PKCS#1 in Base64. */
function holdsPrivateKey(text) {
	if ([text, ...(text.match(ENCODED_BLOCK) ?? []).map((one) => Buffer.from(one, "base64").toString("latin1"))].some((one) => BLOCK.test(one) || JSON_KEY.test(one))) return true;
	const keys = [...new Set(text.match(ENCODED_DER))].filter((one) => hasVersion(Buffer.from(one.slice(0, 12), "base64")));
	return keys.length > MAX_PARSED || keys.some((one) => isPrivateDer(Buffer.from(one, "base64")));
}
/** A private key in DER begins with its version, 0 or 1; a signature or public key with something longer. */
function hasVersion(der) {
	const length = der[1] ?? 0;
	const at = length < 128 ? 2 : length - 128 + 2;
	return der[at] === 2 && der[at + 1] === 1 && (der[at + 2] ?? 2) < 2;
}
function isPrivateDer(key) {
	return [
		"pkcs8",
		"sec1",
		"pkcs1"
	].some((type) => {
		try {
			return createPrivateKey({
				key,
				format: "der",
				type
			}).type === "private";
		} catch {
			return false;
		}
	});
}
/** The object in a text; undefined when it is no JSON object and nothing else. */
function parseAnswer(text) {
	const value = unless(() => parseJson(utf8(text), "the answer"));
	return isJsonObject(value) ? value : void 0;
}
/** The bytes of a member, at least one. @throws KeyError KEY_ANSWER_INVALID */
function bytesIn(answer, member, holder) {
	const value = answer[member];
	const bytes = typeof value === "string" ? unless(() => fromBase64(value, member)) : void 0;
	if (bytes && bytes.length > 0) return bytes;
	throw holder.error("KEY_ANSWER_INVALID", `gave no ${member} in Base64`);
}
/** What the call gives; undefined when it ends in an error of ours. */
function unless(read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}

export { unless as a, parseAnswer as i, bytesIn as n, lastWords as r, Holder as t };