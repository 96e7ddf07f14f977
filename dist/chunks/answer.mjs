import { g as utf8, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { i as parseJson, n as isJsonObject } from "./json.mjs";

// src/crypto/external/answer.ts
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

export { parseAnswer as n, unless as r, bytesIn as t };