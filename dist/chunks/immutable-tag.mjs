import { n as RegistryError } from "./errors5.mjs";

// src/registry/immutable-tag.ts
/** ECR 400, GitLab 403, ACR 405 or 409, Harbor 412; Artifact Registry 400. */
const REFUSALS = /* @__PURE__ */ new Set([
	400,
	403,
	405,
	409,
	412,
	422
]);
/** Of these it is known that they are about the content. */
const ABOUT_CONTENT = /* @__PURE__ */ new Set([
	"BLOB_UNKNOWN",
	"DIGEST_INVALID",
	"MANIFEST_BLOB_UNKNOWN",
	"SIZE_INVALID"
]);
/** What to say of a tag that exists and cannot be changed; undefined when the error is about something else. */
function immutableTag(tag, error) {
	if (!(error instanceof RegistryError) || !REFUSALS.has(error.status)) return void 0;
	return ABOUT_CONTENT.has(error.registryCode) ? void 0 : cannotChange(tag, error.message, error);
}
/** The error for a tag that cannot be changed. */
function cannotChange(tag, why, cause) {
	return new RegistryError("REGISTRY_TAG_IMMUTABLE", `the registry does not let the tag ${tag} change: ${why}`, {
		hint: "let tags that begin with sha256- change there; countersign needs none of them, but cosign and podman do not see what is missing in that one",
		cause
	});
}
/** What to tell people of a layer that is stored and found, and left out of a tag that cannot be changed. */
function unlistedRemark({ code, message, hint }) {
	return `the layer is stored and counts, but ${message} (${code}): ${hint}`;
}

export { immutableTag as n, unlistedRemark as r, cannotChange as t };