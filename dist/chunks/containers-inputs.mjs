import { c as UsageError } from "./errors.mjs";
import { l as parseDockerReference } from "./reference.mjs";
import { posix } from "node:path";

// src/commands/gates/containers-inputs.ts
/** Where images were signed, when they were promoted since. */
const SIGNED_REPOSITORY_INPUT = {
	name: "signed-repository",
	type: "string",
	description: "For `containers-policy`: the repository that the signatures name, where images were promoted after signing. Default: the one that they are pulled from.",
	example: "ghcr.io/octo-org/staging"
};
/** Where GPG signatures are for podman. */
const LOOKASIDE_URL_INPUT = {
	name: "lookaside-url",
	type: "string",
	description: "For `containers-policy`: URL of the folder with GPG signatures, as the machine of the gate reaches it; `sign-stage` writes them into its `lookaside`. Without it OpenPGP keys are not asked for.",
	example: "file:///srv/signatures"
};
/** What an export for podman needs beside the policy. */
const CONTAINERS_INPUTS = [
	{
		name: "repository",
		type: "list",
		description: "For `containers-policy`: the repositories, or hosts and parents of repositories, that the policy is about, one a line.",
		example: "ghcr.io/octo-org/app"
	},
	{
		name: "key-folder",
		type: "string",
		default: "/etc/containers/countersign",
		description: "For `containers-policy`: the folder on the machine of the gate that will hold the keys.",
		example: "/etc/containers/countersign"
	},
	SIGNED_REPOSITORY_INPUT,
	LOOKASIDE_URL_INPUT
];
/**
* For what a policy.json is made.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT
*/
function containersTarget({ repository: scopes, keyFolder = "/etc/containers/countersign", signedRepository, lookasideUrl: lookaside }) {
	if (scopes.length === 0) throw new UsageError("USAGE_MISSING_INPUT", "repository is missing: policy.json is about named places", { hint: "give ⟨repository=ghcr.io/octo-org/app⟩" });
	for (const scope of scopes) if (!isScope(scope)) throw wrong(scope, "write it as in ghcr.io/octo-org/app");
	if (signedRepository !== void 0 && parseDockerReference(signedRepository)?.name !== signedRepository) throw wrong(signedRepository, "write it without tag and digest, as in ghcr.io/octo-org/app");
	if (!posix.isAbsolute(keyFolder)) throw new UsageError("USAGE_INVALID_INPUT", `key-folder ${JSON.stringify(keyFolder)} is no absolute path`, { hint: "give the folder as it is on the machine of the gate, for instance ⟨key-folder=/etc/containers/countersign⟩" });
	if (lookaside !== void 0 && !/^(?:file:\/\/\/|https?:\/\/[^/])[\x21-\x7e]*$/.test(lookaside)) throw new UsageError("USAGE_INVALID_INPUT", `lookaside-url is ${JSON.stringify(lookaside)}, which podman cannot use`, { hint: "give a URL: ⟨lookaside-url=file:///srv/signatures⟩, or https://…" });
	return {
		lookaside,
		scopes,
		keyFolder: keyFolder.replace(/\/+$/, ""),
		signedIdentity: signedRepository === void 0 ? { type: "matchRepository" } : {
			type: "exactRepository",
			repository: signedRepository
		}
	};
}
/** A repository, a part of its name from the left, an image, or all hosts of a domain. */
function isScope(scope) {
	const name = /^\*\.([^/:@]+)$/.exec(scope)?.[1] ?? scope;
	return parseDockerReference(name.includes("/") ? name : `${name}/x`) !== void 0;
}
function wrong(name, hint) {
	return new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(name)} is no repository or host`, { hint });
}

export { containersTarget as i, LOOKASIDE_URL_INPUT as n, SIGNED_REPOSITORY_INPUT as r, CONTAINERS_INPUTS as t };