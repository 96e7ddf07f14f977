import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/policy/errors.ts
/** What can be wrong with a policy. */
const POLICY_CODES = {
	POLICY_SYNTAX: {
		when: "the policy is not one plain YAML document: broken syntax, a second document, an anchor, an alias, a tag, a directive or a key that is no text; or it is very long, and neither JSON nor written plainly",
		fix: "correct the line that the message names; write values out instead of using anchors and tags; a policy for very many people can be written as JSON"
	},
	POLICY_DUPLICATE: {
		when: "a key, a stage, an approver or another name that must be unique appears twice",
		fix: "remove or rename one of the two"
	},
	POLICY_UNKNOWN_KEY: {
		when: "the policy has a key that does not exist at that place",
		fix: "correct the spelling; the message lists the keys that are allowed"
	},
	POLICY_MISSING_KEY: {
		when: "a key that must be there is missing",
		fix: "add the key; docs/policy.md shows a complete policy"
	},
	POLICY_WRONG_TYPE: {
		when: "a value is not of the kind wanted: a number where a text belongs, an empty value, a list where one value belongs",
		fix: "write the kind of value that the message names; a text made of digits needs quotes"
	},
	POLICY_AMBIGUOUS: {
		when: "a name or text without quotes is something else to programs that read YAML 1.1, such as `no`, `on`, `12:30`, `1_000` or `2026-01-01`",
		fix: "put the value in quotes"
	},
	POLICY_INVALID_VALUE: {
		when: "a value has the right kind and a wrong form, for instance a fingerprint of 16 digits or an impossible stage name",
		fix: "use the form that the message describes"
	},
	POLICY_UNKNOWN_NAME: {
		when: "a stage, a principal or a team is named that the policy does not define",
		fix: "define it, or correct the spelling; the message names the nearest match"
	},
	POLICY_CYCLE: {
		when: "a team is, by way of others, a part of itself, or a file extends itself",
		fix: "take one of the teams, or one of the lines `extends`, that the message names out"
	},
	POLICY_CONTRADICTION: {
		when: "two keys say things that cannot both be meant: `any` beside patterns of names, a threshold beside numbers in `approvers`, `from` after `until`, somebody who may grant a stage and not approve it, somebody whose broken glass nobody else could review, one trusted root with two sets of numbers",
		fix: "remove one of the two"
	},
	POLICY_EXTENDS: {
		when: "the file that `extends` names cannot be read, or there are too many, one extending the next",
		fix: "correct the path; it names a local file, and relative ones start at the file that says `extends`"
	},
	POLICY_OVERRIDE: {
		when: "a file or profile says again what the files that it extends say in another way, and not that it replaces it; or it replaces what is not there",
		fix: "name the key in `replaces` to drop what was said before, or leave the key out; docs/policy.md has the rules"
	},
	POLICY_PROFILE: {
		when: "the policy has profiles and none was chosen, or the one chosen is none of them",
		fix: "choose one of those that the message lists with ⟨profile⟩, or write `defaultProfile`"
	},
	POLICY_ORDER: {
		when: "`after` names the stage itself or a stage that comes later in the list",
		fix: "list the stages in their order, so that `after` names earlier ones only"
	},
	POLICY_UNSATISFIABLE: {
		when: "nobody could ever satisfy the policy: a threshold is larger than the number of approvers, `distinct` stages share too few approvers, or `count` is larger than the number of scanners that are named",
		fix: "lower the threshold, add approvers, or relax `distinct`"
	},
	POLICY_PATTERN: {
		when: "a `san`, `subject` or `issuer` pattern has no type prefix, leaves everything open or is otherwise unsafe",
		fix: "write the exact value, or one with `*` inside a single part of it, as docs/policy.md describes"
	},
	POLICY_UNSIGNED: {
		when: "a signed policy is required, and beside the policy lies no signature that can be read",
		fix: "have it signed with `countersign policy sign`, and keep the file that this writes beside the policy"
	},
	POLICY_SIGNATURE: {
		when: "the signature beside the policy is broken, not about a policy, or by somebody else than is required",
		fix: "restore policy and signature from their source, or name who signs it now in ⟨require-signed-policy⟩"
	},
	POLICY_NOT_SIGNED: {
		when: "the policy, or a file that it names, was altered, added or removed since the policy was signed",
		fix: "restore what was signed, or review the change and have the policy signed again"
	},
	POLICY_TRUST_FILE: {
		when: "a key, certificate or keyring that the policy names is missing, unreadable, or not of the kind wanted",
		fix: "check the file; it must hold public keys or certificates, never a private key"
	}
};
/** A policy that cannot be used: exit code 2. */
var PolicyError = class extends CountersignError {
	exitCode = EXIT.usage;
	constructor(code, message, details) {
		super(code, message, details);
	}
};

export { PolicyError as n, POLICY_CODES as t };