import { r as DataError } from "./errors.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { n as SifError } from "./errors3.mjs";

// src/commands/content-errors.ts
const ABOUT_CONTENT = /* @__PURE__ */ new Set([
	"REGISTRY_ATTACHED_TOO_LARGE",
	"REGISTRY_BLOBS_TOO_MANY",
	"REGISTRY_BLOB_ALTERED",
	"REGISTRY_BLOB_MISSING",
	"REGISTRY_DIGEST_MISMATCH",
	"REGISTRY_DOCUMENT_AMBIGUOUS",
	"REGISTRY_INDEX_TOO_LARGE",
	"REGISTRY_MANIFEST_INVALID",
	"REGISTRY_SIZE_MISMATCH"
]);
const ABOUT_ACCESS = /* @__PURE__ */ new Set([
	"SIF_CHANGED",
	"SIF_LOCKED",
	"SIF_REPLACED"
]);
/** True when repeating does not help: the image itself is damaged, ambiguous or too large. */
function isAboutContent(error) {
	if (error instanceof RegistryError) return ABOUT_CONTENT.has(error.code);
	return error instanceof DataError || error instanceof SifError && !ABOUT_ACCESS.has(error.code);
}

export { isAboutContent as t };