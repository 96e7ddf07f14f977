import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/oci/errors.ts
/** Codes of what registries and layout folders do wrong. */
const REGISTRY_CODES = {
	REGISTRY_ANSWER_INVALID: {
		when: "a registry or token service answered with something its protocol does not allow",
		fix: "check that the address is a container registry; a proxy or login page in between may answer instead"
	},
	REGISTRY_ATTACHED_TOO_LARGE: {
		when: "more is attached to an image than is looked at, by number or by size; what is missing cannot be told then",
		fix: "remove attached manifests that are not needed"
	},
	REGISTRY_ATTACHED_UNREADABLE: {
		when: "something listed as attached to an image is not there, is another content, or belongs to another image, or the registry lists no tags to this user; it proves nothing and is passed over (a remark)",
		fix: "nothing; or let the user list tags, or find out who altered the registry; `countersign repair` puts lost entries back into the list"
	},
	REGISTRY_BLOBS_TOO_MANY: {
		when: "an image whose data is to be looked at names more blobs than any honest one",
		fix: "check that this is the right image; if it is, build it with fewer layers, or as an image for each platform"
	},
	REGISTRY_BLOB_ALTERED: {
		when: "a manifest, config or layer of an image has another size or digest than the manifest or index that names it says",
		fix: "do not use this image; copy or push it again, and find out who altered it"
	},
	REGISTRY_BLOB_ELSEWHERE: {
		when: "a layer of an image is one of those that are kept outside registries, so that it was not looked at (a remark)",
		fix: "nothing: who runs the image fetches it by its digest"
	},
	REGISTRY_BLOB_MISSING: {
		when: "a manifest, config or layer that an image names is not in the registry or folder (a remark for a whole platform that a folder lacks, unless `verify-data` asks for all)",
		fix: "copy or push the image again, all platforms of it"
	},
	REGISTRY_CREDENTIALS_INVALID: {
		when: "a credential file or the answer of a credential helper cannot be read, or its password or token is blank",
		fix: "repair the file that the message names, or log in again with docker, podman or apptainer"
	},
	REGISTRY_CREDENTIAL_HELPER_FAILED: {
		when: "a docker-credential program is missing, failed or took too long",
		fix: "install or unlock the helper that the message names, or give ⟨registry-username⟩ and ⟨registry-password⟩"
	},
	REGISTRY_DIGEST_MISMATCH: {
		when: "the bytes of a manifest or blob do not have the digest they were asked for by",
		fix: "do not use this content; the registry, a proxy or the folder altered it"
	},
	REGISTRY_DOCUMENT_AMBIGUOUS: {
		when: "a manifest, index, list of referrers or file of a layout folder says one thing to countersign and another to programs written in Go (apptainer, oras, skopeo, podman): a name twice in different case, or a known name in another case",
		fix: "do not use this content, and find out who pushed it; push the image again with a tool that writes OCI manifests"
	},
	REGISTRY_FORBIDDEN: {
		when: "the registry knows the user and refuses the action (403)",
		fix: "give the user the right to read or write this repository; on ghcr.io the job needs `packages: write`"
	},
	REGISTRY_INDEX_TOO_LARGE: {
		when: "an image index leads to more manifests, or is nested deeper, than is looked at",
		fix: "split the image into several"
	},
	REGISTRY_LAYOUT_INVALID: {
		when: "a folder is missing or no OCI image layout, its index.json is damaged, or has a tag for several images",
		fix: "give a folder that holds oci-layout and index.json, or where one is to be written a new name; name an image whose tag is not unique by its digest"
	},
	REGISTRY_LAYOUT_LOCKED: {
		when: "another process keeps the lock of an OCI layout folder, or something that is no lock has its name",
		fix: "wait until it ends; remove index.json.lock if no such process exists"
	},
	REGISTRY_MANIFEST_INVALID: {
		when: "a manifest or index is malformed or contradicts its media type",
		fix: "push the artifact again with a tool that writes OCI or docker v2 manifests"
	},
	REGISTRY_NOT_A_SIF: {
		when: "a reference names an artifact that is no SIF image pushed by apptainer, singularity or countersign",
		fix: "give the reference of a SIF; it has exactly one layer of type application/vnd.sylabs.sif.layer.v1.sif"
	},
	REGISTRY_NOT_FOUND: {
		when: "the registry has no such repository, tag or blob, or hides it from this user (404)",
		fix: "check the name and tag; a private repository may answer so without permission: log in"
	},
	REGISTRY_OUTCOME_UNKNOWN: {
		when: "a manifest or tag was sent, its answer was lost, and the registry cannot be asked whether it is there",
		fix: "repeat when the registry can be reached: what is there already is found and not written twice"
	},
	REGISTRY_RANGE_IGNORED: {
		when: "a registry sends whole blobs although a part was asked for",
		fix: "pull the image and work on the file, or ask the operator to enable range requests"
	},
	REGISTRY_RATE_LIMITED: {
		when: "the registry asks to slow down for longer than we may wait (429)",
		fix: "wait and repeat, set ⟨retry-for⟩ higher, or log in for a higher limit"
	},
	REGISTRY_REFERENCE_INVALID: {
		when: "a reference is not registry/repository[:tag][@digest], oci:FOLDER:TAG or oci:FOLDER@digest",
		fix: "write it in one of these forms; repository names are lower case"
	},
	REGISTRY_REFERRER_INVALID: {
		when: "a manifest is to be attached that has no subject",
		fix: "report this: attached manifests always name their subject"
	},
	REGISTRY_REFERRER_NOT_LISTED: {
		when: "an attached layer is not in the list of referrers although it was written several times",
		fix: "let fewer jobs attach to the same image at once, and repeat; nothing was overwritten"
	},
	REGISTRY_REFERRERS_TAG_TAKEN: {
		when: "a tag that lists what is attached to an image holds something else: `sha256-…` no index, or `sha256-….sig` no manifest",
		fix: "remove or rename the tag that the message names; the OCI specification and cosign reserve these names"
	},
	REGISTRY_REPLACE_INCOMPLETE: {
		when: "with `replace`, the new approval is attached, but the one it replaces could not be taken away: it counts again for whoever does not find the new one",
		fix: "delete the manifest that the message names: on the registry’s page, with `crane delete REFERENCE`, or where deletion is off, by its operator"
	},
	REGISTRY_REPLACE_REFUSED: {
		when: "the registry deletes no manifests, or not for this user, or the approval to be replaced is inside the image, so that it would still count beside a new one; nothing was attached",
		fix: "use a login and registry that may delete, or delete the old approval by other means and sign without ⟨replace⟩; one inside a SIF is replaced in the file, which is then pushed again"
	},
	REGISTRY_REQUEST_REFUSED: {
		when: "the registry refuses a request for another reason",
		fix: "see the registry’s own code and message in the error"
	},
	REGISTRY_SIF_MANIFEST_FOREIGN: {
		when: "the manifest of a SIF that is to be promoted says more than those that `apptainer push`, `singularity push` and `push-oras` write; a promotion passes nothing on that was not judged",
		fix: "publish the image anew: promote it with ⟨assemble=true⟩, or pull it and push the file"
	},
	REGISTRY_SIZE_MISMATCH: {
		when: "a blob has another size than its manifest says",
		fix: "do not use this content; push the image again"
	},
	REGISTRY_SOURCE_CHANGED: {
		when: "the file changed while it was being pushed, or what was published with a new layer is not what is at its path",
		fix: "repeat when nothing else writes to the file; if the message says that tags have moved, pull the image instead"
	},
	REGISTRY_TAG_IMMUTABLE: {
		when: "the registry does not let a tag change that several writers share (`sha256-…`, `sha256-….sig`); the layer itself is stored, found by countersign, and counts (a warning, of `repair` an error)",
		fix: "let tags that begin with `sha256-` change in that registry, or do without, as cosign and podman see only what was written first"
	},
	REGISTRY_TAG_MISSING: {
		when: "a reference without tag or digest is used where one manifest must be named",
		fix: "add :tag or @sha256:… to the reference"
	},
	REGISTRY_TAG_MOVED: {
		when: "a tag names another manifest than the one just written or checked",
		fix: "find out who else writes this tag; repeat by digest"
	},
	REGISTRY_UNAUTHORIZED: {
		when: "the registry wants a login, or refuses the one given (401)",
		fix: "log in with docker, podman or apptainer, or give ⟨registry-username⟩ and ⟨registry-password⟩"
	},
	REGISTRY_UNAVAILABLE: {
		when: "the registry failed (5xx) as often as we may try",
		fix: "repeat later, or set ⟨retry-for⟩ higher"
	},
	REGISTRY_UPLOAD_FAILED: {
		when: "an upload could not be completed after several tries",
		fix: "repeat; see the cause for the last answer of the registry"
	}
};
/** A registry or layout folder failed or refused: exit code 3, or 2 for a malformed reference. */
var RegistryError = class RegistryError extends CountersignError {
	exitCode;
	method;
	url;
	status;
	registryCode;
	/** @param details the catalogue's advice is the hint unless another one is given */
	constructor(code, message, details = {}) {
		super(code, message, {
			hint: REGISTRY_CODES[code].fix,
			...details
		});
		const usage = code === "REGISTRY_REFERENCE_INVALID" || code === "REGISTRY_TAG_MISSING";
		this.exitCode = usage ? EXIT.usage : EXIT.environment;
		this.method = details.method;
		this.url = details.url;
		this.status = details.status;
		this.registryCode = details.registryCode;
	}
	/** The same error, with what it is to be seen in. */
	about(place) {
		const { method, url, status, registryCode, hint, cause } = this;
		const details = {
			method,
			url,
			status,
			registryCode,
			hint,
			cause
		};
		return new RegistryError(this.code, `${place}: ${this.message}`, details);
	}
};
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
/** True for a manifest that was refused because something that it names is not there. */
function namesMissing(error) {
	if (!(error instanceof RegistryError)) return false;
	return [
		"BLOB_UNKNOWN",
		"MANIFEST_BLOB_UNKNOWN",
		"MANIFEST_UNKNOWN"
	].includes(error.registryCode ?? "");
}
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
/**
* True when a shared tag may not be read (403): some registries answer so for a tag that is not there. Whoever goes on must
* not write that tag, for what is in it is not known.
*/
function isTagRefused(error) {
	return error instanceof RegistryError && error.status === 403 && isRead(error) && /\/manifests\/sha256-[0-9a-f]{64}(?:\.(?:sig|att))?$/.test(error.url ?? "");
}
function isRead({ method }) {
	return method === "GET" || method === "HEAD";
}
/** What to tell people of a layer that is stored and found, and left out of a tag that cannot be changed. */
function unlistedRemark({ code, message, hint }) {
	return `the layer is stored and counts, but ${message} (${code}): ${hint}`;
}
const READABLE = "give an OCI layout folder, which holds oci-layout and index.json, and behind it :TAG or @sha256:…";
/** Digests shown of a tag that several images have. */
const SHOWN_DIGESTS = 4;
/** A tag of a layout folder that several manifests have. */
function repeatedTag(folder, tag, digests) {
	const shown = digests.slice(0, SHOWN_DIGESTS).join(", ");
	const more = digests.length > SHOWN_DIGESTS ? ` and ${digests.length - SHOWN_DIGESTS} more` : "";
	return new RegistryError("REGISTRY_LAYOUT_INVALID", `the folder ${folder} has the tag ${JSON.stringify(tag.slice(0, 128))} for several manifests: ${shown}${more}`, { hint: `name the image by its digest: oci:${folder}@sha256:…; or take the wrong entry out of index.json` });
}
/** A layout folder that is none, or damaged. */
function layoutInvalid(folder, what, { hint = READABLE, cause } = {}) {
	return new RegistryError("REGISTRY_LAYOUT_INVALID", `the folder ${folder} ${what}`, {
		hint,
		cause
	});
}

export { isTagRefused as a, repeatedTag as c, immutableTag as i, unlistedRemark as l, RegistryError as n, layoutInvalid as o, cannotChange as r, namesMissing as s, REGISTRY_CODES as t };