import { t as CountersignError } from "./errors.mjs";
import { s as utf8 } from "./bytes.mjs";
import { i as sha256, n as isDigest, t as digestHex } from "./digest.mjs";
import { n as parseJson } from "./json.mjs";
import { i as asObject, o as asText, r as asInteger, s as asTextMap, t as asArray } from "./shape.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { createHash } from "node:crypto";

// src/registry/repository.ts
/** Media types that this project reads or writes. */
const MEDIA_TYPE = {
	manifest: "application/vnd.oci.image.manifest.v1+json",
	index: "application/vnd.oci.image.index.v1+json",
	dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
	dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
	empty: "application/vnd.oci.empty.v1+json",
	bundle: "application/vnd.dev.sigstore.bundle.v0.3+json",
	sifConfig: "application/vnd.sylabs.sif.config.v1+json",
	sifLayer: "application/vnd.sylabs.sif.layer.v1.sif",
	/** Written by an early Singularity, misspelt as it is. */
	sifLayerHistoric: "appliciation/vnd.sylabs.sif.layer.tar"
};

// src/registry/manifest.ts
/** The two bytes `{}` and their name: the config of artifacts that have none. */
const EMPTY_CONFIG = {
	bytes: utf8("{}"),
	digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
};
const MANIFEST_TYPES = /* @__PURE__ */ new Set([MEDIA_TYPE.manifest, MEDIA_TYPE.dockerManifest]);
const INDEX_TYPES = /* @__PURE__ */ new Set([MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex]);
const MAX_ENTRIES = 1e4;
/** The `Accept` header of every manifest request; without the OCI types some registries answer 404. */
const ACCEPT_MANIFESTS = [...MANIFEST_TYPES, ...INDEX_TYPES].join(", ");
/** Digest of bytes by the algorithm of another digest. */
function digestLike(example, bytes) {
	return example.startsWith("sha512:") ? `sha512:${createHash("sha512").update(bytes).digest("hex")}` : sha256(bytes);
}
/** Manifest of bytes that we made. */
function makeManifest(bytes, mediaType) {
	return {
		bytes,
		mediaType,
		digest: sha256(bytes)
	};
}
function invalid$1(what, cause) {
	return new RegistryError("REGISTRY_MANIFEST_INVALID", what, {
		hint: "push the artifact again with a tool that writes OCI or docker v2 manifests",
		cause
	});
}
/**
* What a manifest or index says.
* @throws RegistryError REGISTRY_MANIFEST_INVALID
* @see OCI image-spec v1.1.0, manifest.md and image-index.md
*/
function parseManifest(manifest, what) {
	try {
		return readManifest(asObject(parseJson(manifest.bytes, what), what), manifest.mediaType, what);
	} catch (error) {
		if (error instanceof CountersignError && !(error instanceof RegistryError)) throw invalid$1(`${what} is malformed: ${error.message}`, error);
		throw error;
	}
}
function readManifest(document, contentType, what) {
	if (document["schemaVersion"] !== 2) throw invalid$1(`${what} has not schemaVersion 2`);
	const mediaType = (document["mediaType"] === void 0 ? void 0 : asText(document["mediaType"], "mediaType")) ?? contentType;
	if (mediaType !== contentType) throw invalid$1(`${what} came as ${contentType.slice(0, 120)} and says it is ${mediaType.slice(0, 120)}`);
	const isIndex = INDEX_TYPES.has(mediaType);
	if (!isIndex && !MANIFEST_TYPES.has(mediaType)) throw invalid$1(`${what} has the type ${mediaType.slice(0, 120)}`);
	if (isIndex ? "layers" in document || "config" in document : "manifests" in document) throw invalid$1(`${what} is a manifest and an index at once`);
	const config = isIndex ? void 0 : readDescriptor(document["config"], `${what}, config`);
	const artifactType = document["artifactType"];
	return {
		kind: isIndex ? "index" : "manifest",
		mediaType,
		artifactType: artifactType === void 0 ? config?.mediaType : asText(artifactType, "artifactType"),
		config,
		layers: isIndex ? [] : readList(document["layers"], `${what}, layers`, readDescriptor),
		manifests: isIndex ? readList(document["manifests"], `${what}, manifests`, readIndexEntry) : [],
		subject: document["subject"] === void 0 ? void 0 : readDescriptor(document["subject"], `${what}, subject`),
		annotations: readAnnotations(document["annotations"], what) ?? {}
	};
}
function readList(value, what, read) {
	return asArray(value, what, MAX_ENTRIES).map((item, index) => read(item, `${what}[${index}]`));
}
/**
* A descriptor in parsed JSON.
* @throws DataError DATA_JSON_INVALID; RegistryError REGISTRY_MANIFEST_INVALID
*/
function readDescriptor(value, what) {
	const object = asObject(value, what);
	const digest = asText(object["digest"], `${what}.digest`);
	if (!isDigest(digest)) throw invalid$1(`${what} has the digest ${JSON.stringify(digest.slice(0, 160))}`);
	const artifactType = object["artifactType"];
	const annotations = readAnnotations(object["annotations"], what);
	return {
		mediaType: asText(object["mediaType"], `${what}.mediaType`),
		digest,
		size: asInteger(object["size"], `${what}.size`),
		...artifactType === void 0 ? {} : { artifactType: asText(artifactType, `${what}.artifactType`) },
		...annotations ? { annotations } : {}
	};
}
function readIndexEntry(value, what) {
	const platform = asObject(value, what)["platform"];
	const descriptor = readDescriptor(value, what);
	return platform === void 0 ? descriptor : {
		...descriptor,
		platform: asObject(platform, `${what}.platform`)
	};
}
function readAnnotations(value, what) {
	return value === void 0 || value === null ? void 0 : asTextMap(value, `${what}, annotations`);
}
/**
* Checks the bytes against every digest they came with and against their type.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_MANIFEST_INVALID
*/
function checkManifest(received, place) {
	const { bytes, reference, claimed, mediaType } = received;
	const what = `manifest ${reference} of ${place}`;
	for (const digest of [reference, claimed]) if (digest !== void 0 && isDigest(digest) && digestLike(digest, bytes) !== digest) throw new RegistryError("REGISTRY_DIGEST_MISMATCH", `the ${what} has not the digest ${digest}`, { hint: "do not use this content; the registry or a proxy altered it" });
	if (mediaType === void 0) throw invalid$1(`the ${what} came without a type`);
	parseManifest({
		bytes,
		mediaType
	}, `the ${what}`);
	return {
		bytes,
		mediaType,
		digest: isDigest(reference) ? reference : sha256(bytes)
	};
}
/** Name of a digest's file below `blobs/`: safe as a path because digests are checked when parsed. */
function blobPath(digest) {
	return [digest.slice(0, digest.indexOf(":")), digestHex(digest)];
}

// src/registry/reference.ts
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const DOCKER_HUB = /* @__PURE__ */ new Set([
	"docker.io",
	"index.docker.io",
	"registry-1.docker.io"
]);
/** True for a text that may be a tag. */
function isTag(text) {
	return TAG.test(text);
}
/**
* The reference in a text; a leading `oras://`, `docker://` or `oci://` is dropped.
* @throws RegistryError REGISTRY_REFERENCE_INVALID
* @see OCI distribution-spec v1.1.0, section Pulling manifests
*/
function parseReference(text) {
	if (text.length > 1024) throw invalid(text, "longer than 1024 characters");
	if (/^oci:(?!\/\/)/.test(text)) return parseLayout(text);
	return parseRegistry(text);
}
function parseLayout(text) {
	const { rest, digest } = splitDigest(text.slice(4), text);
	const colon = rest.lastIndexOf(":");
	const tagged = colon >= 0 && !rest.slice(colon).includes("/");
	const folder = tagged ? rest.slice(0, colon) : rest;
	const tag = tagged ? rest.slice(colon + 1) : void 0;
	if (folder === "" || folder.includes("\0")) throw invalid(text, "without a folder");
	if (tag !== void 0 && !TAG.test(tag)) throw invalid(text, `with the bad tag ${JSON.stringify(tag.slice(0, 80))}`);
	return {
		in: "layout",
		folder,
		tag,
		digest
	};
}
function parseRegistry(text) {
	const { rest, digest } = splitDigest(text.replace(/^(?:oras|docker|oci):\/\//, ""), text);
	const { host, path } = splitHost(rest);
	const colon = path.indexOf(":");
	const name = colon < 0 ? path : path.slice(0, colon);
	const tag = colon < 0 ? void 0 : path.slice(colon + 1);
	const hub = host === void 0 || DOCKER_HUB.has(host);
	const repository = hub && !name.includes("/") ? `library/${name}` : name;
	if (host !== void 0 && !HOST.test(host)) throw invalid(text, `with the bad host ${JSON.stringify(host)}`);
	if (!REPOSITORY.test(repository) || repository.length > 255) throw invalid(text, `with the bad repository name ${JSON.stringify(name.slice(0, 120))}`);
	if (tag !== void 0 && !TAG.test(tag)) throw invalid(text, `with the bad tag ${JSON.stringify(tag.slice(0, 80))}`);
	const registry = host === void 0 || hub ? "docker.io" : host.toLowerCase();
	return {
		in: "registry",
		registry,
		apiHost: hub ? "registry-1.docker.io" : registry,
		repository,
		tag,
		digest
	};
}
function splitDigest(text, whole) {
	const at = text.lastIndexOf("@");
	if (at < 0) return {
		rest: text,
		digest: void 0
	};
	const digest = text.slice(at + 1);
	if (!isDigest(digest)) {
		if (text.slice(at).includes("/")) return {
			rest: text,
			digest: void 0
		};
		throw invalid(whole, `with the bad digest ${JSON.stringify(digest.slice(0, 160))}`);
	}
	return {
		rest: text.slice(0, at),
		digest
	};
}
/** The part before the first slash is a host only if it looks like one; otherwise the image is on Docker Hub. */
function splitHost(text) {
	const slash = text.indexOf("/");
	const first = text.slice(0, Math.max(slash, 0));
	return /[.:]/.test(first) || first.toLowerCase() === "localhost" ? {
		host: first,
		path: text.slice(slash + 1)
	} : {
		host: void 0,
		path: text
	};
}
function invalid(text, how) {
	return new RegistryError("REGISTRY_REFERENCE_INVALID", `${JSON.stringify(text.slice(0, 200))} is a reference ${how}`, { hint: "write registry/repository:tag, registry/repository@sha256:…, oci:FOLDER:TAG or oci:FOLDER@sha256:…" });
}
/**
* What to ask the repository for: the digest if there is one, else the tag.
* @throws RegistryError REGISTRY_TAG_MISSING
*/
function manifestName(reference) {
	const name = reference.digest ?? reference.tag;
	if (name !== void 0) return name;
	throw new RegistryError("REGISTRY_TAG_MISSING", `${formatReference(reference)} names no tag and no digest`, { hint: "add :tag or @sha256:… to the reference" });
}
/** The place without tag and digest: `ghcr.io/org/image`, `oci:folder`. */
function formatPlace(reference) {
	return reference.in === "layout" ? `oci:${reference.folder}` : `${reference.registry}/${reference.repository}`;
}
/** The whole reference as text. */
function formatReference(reference) {
	const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
	return `${formatPlace(reference)}${tag}${reference.digest === void 0 ? "" : `@${reference.digest}`}`;
}
/**
* The tag that lists a manifest's referrers where the registry has no referrers API: algorithm cut to 32, hex to 64.
* @see OCI distribution-spec v1.1.0, section Referrers tag schema
*/
function referrersTag(digest) {
	return `${digest.slice(0, digest.indexOf(":")).slice(0, 32)}-${digestHex(digest).slice(0, 64)}`;
}

export { parseReference as a, EMPTY_CONFIG as c, makeManifest as d, parseManifest as f, manifestName as i, blobPath as l, MEDIA_TYPE as m, formatReference as n, referrersTag as o, readDescriptor as p, isTag as r, ACCEPT_MANIFESTS as s, formatPlace as t, checkManifest as u };