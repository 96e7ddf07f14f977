import { c as UsageError } from "./errors.mjs";
import { t as TrustFiles } from "./trust.mjs";
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
		description: "For `containers-policy`, `kyverno` and `policy-controller`: the repositories, or hosts and parents of repositories, that the policy is about, one a line; for `notation` whole repositories, or `*` for all.",
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
	assertScopes(scopes, "policy.json");
	for (const scope of scopes) if (!isScope(scope)) throw wrong(scope, "write it as in ghcr.io/octo-org/app");
	if (signedRepository !== void 0 && parseDockerReference(signedRepository)?.name !== signedRepository) throw wrong(signedRepository, "write it without tag and digest, as in ghcr.io/octo-org/app");
	if (!posix.isAbsolute(keyFolder)) throw new UsageError("USAGE_INVALID_INPUT", `key-folder ${JSON.stringify(keyFolder)} is no absolute path`, { hint: "give the folder as it is on the machine of the gate, for instance ⟨key-folder=/etc/containers/countersign⟩" });
	if (lookaside !== void 0 && /^https?:\/\/[^/]*@/.test(lookaside)) throw new UsageError("USAGE_INVALID_INPUT", "lookaside-url has a login, which every user of the machine could read", { hint: "give the URL without it, and let the web server show signatures to everybody: they are no secret" });
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
/** Some places are named. @throws UsageError USAGE_MISSING_INPUT */
function assertScopes(scopes, what) {
	if (scopes.length === 0) throw new UsageError("USAGE_MISSING_INPUT", `repository is missing: ${what} is about named places`, { hint: "give ⟨repository=ghcr.io/octo-org/app⟩" });
}
/**
* The repositories of a trust policy of notation, which knows no hosts and parents.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT
*/
function notationScopes(repositories) {
	assertScopes(repositories, "a trust policy");
	const scopes = [...new Set(repositories)];
	const strange = scopes.find((scope) => !(scope === "*" && scopes.length === 1) && !isRepository(scope));
	if (strange !== void 0) throw wrong(strange, "write whole repositories as in ghcr.io/octo-org/app, or * alone");
	return scopes;
}
function isRepository(scope) {
	return /^[^/]*[.:][^/]*\//.test(scope) && parseDockerReference(scope)?.name === scope;
}
/** A repository, a part of its name from the left, an image, or all hosts of a domain. */
function isScope(scope) {
	const name = /^\*\.([^/:@]+)$/.exec(scope)?.[1] ?? scope;
	return parseDockerReference(name.includes("/") ? name : `${name}/x`) !== void 0;
}
function wrong(name, hint) {
	return new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(name)} is no repository or host`, { hint });
}

// src/commands/gates/cluster-inputs.ts
/** Whose verdicts count. */
const VERDICT_KEY_INPUT = {
	name: "verdict-key",
	type: "paths",
	mayBeContent: true,
	description: "For `kyverno` and `policy-controller`: public keys with which `verify-all` signs its verdict, files, folders or globs, one a line. The gate then asks for that verdict, by the whole policy, in place of the approvals of each stage.",
	example: "ci.pub"
};
/** What an export for a cluster needs beside the policy and `repository`. */
const CLUSTER_INPUTS = [VERDICT_KEY_INPUT, {
	name: "namespace",
	type: "list",
	description: "For `kyverno` and `policy-controller`: namespaces of the cluster that it is about, one a line. Default: every one that the gate is asked about.",
	example: "production"
}];
/**
* For what a cluster's gate is made.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT; SignatureError and others for keys that cannot be read
*/
async function clusterTarget({ repository: repositories, namespace: namespaces = [], verdictKey, workingDirectory }) {
	assertScopes(repositories, "the gate of a cluster");
	for (const name of repositories) if (parseDockerReference(name.includes("/") ? name : `${name}/x`)?.name !== (name.includes("/") ? name : `${name}/x`)) throw new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(name)} is no repository or host`, { hint: "write it whole and without tag and digest, as in ghcr.io/octo-org/app" });
	for (const name of namespaces) if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) throw new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(name)} is no name of a namespace`, { hint: "write it as `kubectl get namespaces` does, for instance ⟨namespace=production⟩" });
	return {
		repositories,
		namespaces,
		verdictKeys: await new TrustFiles(workingDirectory).given("key", "verdict-key", verdictKey)
	};
}

export { LOOKASIDE_URL_INPUT as a, notationScopes as c, CONTAINERS_INPUTS as i, VERDICT_KEY_INPUT as n, SIGNED_REPOSITORY_INPUT as o, clusterTarget as r, containersTarget as s, CLUSTER_INPUTS as t };