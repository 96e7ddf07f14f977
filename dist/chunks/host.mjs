import { c as UsageError } from "./errors.mjs";

// src/commands/host.ts
/**
* Refuses to hold a secret in a job while Node prints its own debug output. Node reads the variable when it starts: there is
* no switching it off.
* @throws UsageError USAGE_NODE_DEBUG
*/
function assertNodeQuiet({ kind, env }) {
	if (!env["NODE_DEBUG"] || kind === "terminal" && env["GITHUB_ACTIONS"] !== "true") return;
	throw new UsageError("USAGE_NODE_DEBUG", "NODE_DEBUG is set, with which Node prints logins and keys into the log", { hint: "leave NODE_DEBUG out of the environment of this step; debug logging of the job (ACTIONS_STEP_DEBUG) says more without secrets" });
}

export { assertNodeQuiet as t };