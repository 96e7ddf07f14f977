import { c as UsageError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { l as readFileBounded } from "./files.mjs";
import { r as keyOf } from "./deny-field.mjs";
import { a as remark } from "./reasons.mjs";
import { a as criteriaFrom } from "./trust2.mjs";
import { resolve } from "node:path";

// src/commands/verify-all/without.ts
/** The inputs that ask what would be if something did not count. */
const WITHOUT_INPUTS = [{
	name: "without",
	type: "list",
	description: "What if these did not count: a principal, a key (fingerprint or hint, as `key show` prints it), or a file with keys or CA certificates. Images that pass as things are and would not then are named, and `verify-all` fails them. Needs a policy.",
	example: "old-ca.pem"
}, {
	name: "since",
	type: "time",
	description: "With `without`: what is proven to be older than this time counts all the same (RFC 3339).",
	example: "2026-05-01T00:00:00Z"
}];
/**
* What the inputs `without` and `since` ask; undefined when they ask nothing.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SystemError, SignatureError for a file that cannot be read
*/
async function hypothesisFrom(inputs, { policy, now }) {
	const { without, since, requiredStages = [] } = inputs;
	if (without.length === 0 && !since) return void 0;
	if (without.length === 0) throw new UsageError("USAGE_MISSING_INPUT", "since is given without saying what is not to count", { hint: "give ⟨without⟩ as well" });
	if (!policy) throw new UsageError("USAGE_MISSING_INPUT", "without asks what a policy would say, and none was given", { hint: "give ⟨policy-path⟩" });
	if (inputs.given.has("signing-method")) throw new UsageError("USAGE_CONFLICTING_INPUTS", "a verdict about what is not so is not signed", { hint: "leave ⟨without⟩ out, or verify without ⟨key⟩ and ⟨signing-method⟩" });
	const time = since ? { since } : {};
	const deny = [];
	for (const word of without) for (const what of await subjectsOf(word, policy.policy.principals, inputs)) deny.push({
		what,
		...time,
		reason: `asked about without ${word}`
	});
	return {
		criteria: await criteriaFrom(inputs, now, {
			requiredStages,
			needed: true,
			deny
		}),
		without: without.join(", ")
	};
}
/** A principal, a key as text, or the keys in a file. A CA is denied by its key, in whichever certificate that is. */
async function subjectsOf(word, principals, { workingDirectory }) {
	if (principals.some(({ name }) => name === word)) return [{
		of: "principal",
		name: word
	}];
	const key = keyOf(word);
	if (key) return [{
		of: "key",
		...key
	}];
	const { describeKeyFile } = await import("./key-description.mjs");
	return (await describeKeyFile(await readFileBounded(resolve(workingDirectory, word), LIMITS.keyFileBytes), void 0)).map(({ identity }) => identity.method === "pgp" ? {
		of: "key",
		fingerprint: identity.fingerprint
	} : {
		of: "key",
		hint: identity.hint
	});
}
/** The verdict of an image that passes as things are, with a remark when it would not. */
function compared(today, then, { without }) {
	if (then.verdict === "passed") return then;
	const lost = remark("VERDICT_LOST", `${today.name} passes as things are, and would not without ${without}`);
	return {
		...then,
		reasons: [lost, ...then.reasons]
	};
}

export { compared as n, hypothesisFrom as r, WITHOUT_INPUTS as t };