import { c as UsageError } from "./errors.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";

// src/commands/untrusted-event.ts
/** Caused by people or services with write access to the repository, on code that is already in it. */
const TRUSTED_EVENTS = /* @__PURE__ */ new Set([
	"branch_protection_rule",
	"create",
	"delete",
	"deployment",
	"deployment_status",
	"merge_group",
	"push",
	"registry_package",
	"release",
	"repository_dispatch",
	"schedule",
	"workflow_dispatch"
]);
/** Trusted unless the branch lives in a fork; GitHub then gives the job no secrets. */
const PULL_REQUEST_EVENTS = /* @__PURE__ */ new Set([
	"pull_request",
	"pull_request_review",
	"pull_request_review_comment"
]);
/**
* Refuses a signing or publishing command on an event that people without write access can trigger.
* @throws UsageError USAGE_UNTRUSTED_EVENT
*/
function assertTrustedEvent(command, facts) {
	if (facts.allowed || facts.env["GITHUB_ACTIONS"] !== "true") return;
	const event = facts.env["GITHUB_EVENT_NAME"] ?? "";
	if (TRUSTED_EVENTS.has(event)) return;
	if (PULL_REQUEST_EVENTS.has(event)) {
		if (isSameRepository(facts.payload)) return;
		throw new UsageError("USAGE_UNTRUSTED_EVENT", `${command} runs on ${event} of a fork, where there are no secrets`, { hint: `run ${command} on push or workflow_dispatch, after the change is merged; verify-all works on ${event}` });
	}
	throw new UsageError("USAGE_UNTRUSTED_EVENT", `${command} runs on the event ${JSON.stringify(event)}, which people without write access can trigger`, { hint: `run ${command} in a job on a trusted event (push, release, workflow_dispatch), or set allow-untrusted-event: true when no code or data of theirs reaches this job` });
}
/** An unreadable payload counts as a fork: the check fails closed. */
function isSameRepository(payload) {
	if (!payload) return false;
	try {
		const event = parseJson(payload, "the event");
		if (!isJsonObject(event) || !isJsonObject(event["pull_request"])) return false;
		const base = repositoryId(event["pull_request"]["base"]);
		return base !== void 0 && base === repositoryId(event["pull_request"]["head"]);
	} catch {
		return false;
	}
}
function repositoryId(side) {
	if (side === void 0 || !isJsonObject(side) || !isJsonObject(side["repo"])) return void 0;
	const id = side["repo"]["id"];
	return typeof id === "number" ? id : void 0;
}

export { assertTrustedEvent as t };