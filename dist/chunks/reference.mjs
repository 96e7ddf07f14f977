import { c as isDigest, i as digestHex } from "./bytes.mjs";
import { n as RegistryError } from "./errors5.mjs";

// src/oci/reference.ts
const MAX_LENGTH = 1024;
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
* @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
*/
function parseReference(text) {
	if (text.length > MAX_LENGTH) throw invalid(text, `longer than ${MAX_LENGTH} characters`);
	if (namesLayout(text)) return parseLayout(text);
	return parseRegistry(text);
}
function namesLayout(text) {
	return /^oci:(?!\/\/)/.test(text);
}
/** Names of images in a layout folder, a little wider than the grammar of the annotation. */
const LAYOUT_NAME = /^[A-Za-z0-9_][A-Za-z0-9._:+-]*(?:[/@][A-Za-z0-9_][A-Za-z0-9._:+-]*)*$/;
/** True for a name that an image in a layout folder may have in references of ours. */
function isLayoutName(text) {
	return text.length <= 255 && LAYOUT_NAME.test(text);
}
/** A registry before a slash, as it begins the names that other tools give images in a folder. */
const NAMED_HOST = /:(?:localhost|(?:[a-z0-9-]+\.)+[a-z]{2,}|[0-9]+(?:\.[0-9]+){3}|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?\//i;
/**
* What a text means when no folder says otherwise: the folder ends at a slash before a colon, else where the name of an
* image in a registry begins, else at the last colon, when no slash comes after it.
*/
function parseLayout(text) {
	const { rest, digest } = splitDigest(text.slice(4), text);
	const host = NAMED_HOST.exec(rest)?.index ?? -1;
	const last = rest.lastIndexOf(":");
	const end = endingSlash(rest) ?? (host > 0 ? host : /[\\/]/.test(rest.slice(last)) ? -1 : last);
	const { folder, tag } = cutLayout(rest, end < 0 ? rest.length : end);
	if (folder === "" || folder.includes("\0")) throw invalid(text, "without a folder");
	if (tag !== void 0 && !isLayoutName(tag)) throw invalid(text, `with the bad tag ${JSON.stringify(tag.slice(0, 80))}`);
	return {
		in: "layout",
		folder,
		tag,
		digest
	};
}
/**
* Every image in a layout folder that a text may mean, the shortest folder first, as folders and tags may both have
* colons; only one when a slash ends the folder, none when no folder could be meant. Which of them is there decides.
* @throws RegistryError REGISTRY_REFERENCE_INVALID
*/
function layoutReadings(text) {
	if (text.length > MAX_LENGTH || !namesLayout(text)) return [];
	const { rest, digest } = splitDigest(text.slice(4), text);
	const slash = endingSlash(rest);
	const colons = [...rest.matchAll(/:/g)].map(({ index }) => index);
	return (slash === void 0 ? [...colons, rest.length] : [slash]).map((end) => ({
		in: "layout",
		...cutLayout(rest, end),
		digest
	})).filter(({ folder, tag }) => folder !== "" && !folder.includes("\0") && (tag === void 0 || isLayoutName(tag)));
}
/** Where a slash right before the colon says that the folder ends; no name of an image has one there. */
function endingSlash(rest) {
	const colon = rest.lastIndexOf("/:") + 1;
	return colon > 0 && isLayoutName(rest.slice(colon + 1)) ? colon : void 0;
}
function cutLayout(rest, end) {
	return {
		folder: rest.slice(0, end).replace(/(?<=[^/:\\])\/+$/, ""),
		tag: end < rest.length ? rest.slice(end + 1) : void 0
	};
}
function parseRegistry(text) {
	const { rest, digest } = splitDigest(text.replace(/^(?:oras|docker|oci):\/\//, ""), text);
	const { host, path } = splitHost(rest);
	const registryHost = host?.toLowerCase();
	const colon = path.indexOf(":");
	const name = colon < 0 ? path : path.slice(0, colon);
	const tag = colon < 0 ? void 0 : path.slice(colon + 1);
	const hub = registryHost === void 0 || DOCKER_HUB.has(registryHost);
	const repository = hub && !name.includes("/") ? `library/${name}` : name;
	if (host !== void 0 && !HOST.test(host)) throw invalid(text, `with the bad host ${JSON.stringify(host)}`);
	if (!REPOSITORY.test(repository) || repository.length > 255) throw invalid(text, `with the bad repository name ${JSON.stringify(name.slice(0, 120))}`, lowerCaseHint(name));
	if (tag !== void 0 && !TAG.test(tag)) throw invalid(text, `with the bad tag ${JSON.stringify(tag.slice(0, 80))}`);
	const registry = hub ? "docker.io" : registryHost;
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
/** Owners on GitHub may have capitals, repositories in registries may not. */
function lowerCaseHint(name) {
	const lower = name.toLowerCase();
	return lower !== name && REPOSITORY.test(lower) ? `names in registries are lower case: write ${lower}` : void 0;
}
function invalid(text, how, hint = "write registry/repository:tag, registry/repository@sha256:…, oci:FOLDER:TAG or oci:FOLDER@sha256:…") {
	return new RegistryError("REGISTRY_REFERENCE_INVALID", `${JSON.stringify(text.slice(0, 200))} is a reference ${how}`, { hint });
}
/**
* What to ask the repository for: the digest if there is one, else the tag.
* @throws RegistryError REGISTRY_TAG_MISSING
*/
function manifestName(reference) {
	const name = reference.digest ?? reference.tag;
	if (name !== void 0) return name;
	throw new RegistryError("REGISTRY_TAG_MISSING", `${formatReference(reference)} names no tag and no digest`);
}
/** The place without tag and digest: `ghcr.io/org/image`, `oci:folder`. */
function formatPlace(reference) {
	if (reference.in === "registry") return `${reference.registry}/${reference.repository}`;
	return formatFolder({
		...reference,
		tag: void 0
	});
}
/** With a slash that ends the folder, where its name or the tag could be taken for something else. */
function formatFolder({ folder, tag }) {
	const place = `oci:${folder}`;
	return !folder.replace(/^[A-Za-z]:(?=[\\/])/, "").includes(":") && (tag === void 0 || isRead(`${place}:${tag}`, folder)) ? place : `${place.replace(/\/$/, "")}/`;
}
function isRead(text, folder) {
	try {
		return parseLayout(text).folder === folder;
	} catch (error) {
		if (error instanceof RegistryError) return false;
		throw error;
	}
}
/** The whole reference as text. */
function formatReference(reference) {
	const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
	return `${reference.in === "layout" ? formatFolder(reference) : formatPlace(reference)}${tag}${reference.digest === void 0 ? "" : `@${reference.digest}`}`;
}
/**
* The tag that lists a manifest's referrers where the registry has no referrers API: algorithm cut to 32, hex to 64.
* @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
*/
function referrersTag(digest) {
	return `${digest.slice(0, digest.indexOf(":")).slice(0, 32)}-${digestHex(digest).slice(0, 64)}`;
}
/** What `cosign attach sbom` calls an SBOM that nobody signed. In a list it comes after our own tags. */
function sbomTag(subject) {
	return `${referrersTag(subject)}.sbom`;
}
const HOST_PART = "(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])";
const DOCKER_HOST = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?$`);
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const SUFFIX = /^(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}))?$/;
const MAX_NAME = 255;
const HUB = "docker.io";
/**
* The reference in a text; undefined when it is none.
* @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go
*/
function parseDockerReference(text) {
	if (text.length > 1024 || /^[0-9a-f]{64}$/.test(text)) return void 0;
	const { host, rest } = splitDockerHost(text);
	const end = rest.search(/[:@]/);
	const given = end < 0 ? rest : rest.slice(0, end);
	const path = host === HUB && !given.includes("/") ? `library/${given}` : given;
	const suffix = SUFFIX.exec(rest.slice(given.length));
	const name = `${host}/${path}`;
	if (!DOCKER_HOST.test(host) || !PATH.test(path) || !suffix || name.length > MAX_NAME) return void 0;
	return {
		name,
		tag: suffix[1],
		digest: suffix[2]
	};
}
/** True when it names neither tag nor digest. */
function isNameOnly({ tag, digest }) {
	return tag === void 0 && digest === void 0;
}
/** The whole reference as one text; two are the same when these are. */
function formatDockerReference({ name, tag, digest }) {
	return `${name}${tag === void 0 ? "" : `:${tag}`}${digest === void 0 ? "" : `@${digest}`}`;
}
/** What comes before the first slash is a host only if it looks like one. */
function splitDockerHost(text) {
	const slash = text.indexOf("/");
	const first = text.slice(0, Math.max(slash, 0));
	if (!(/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase())) return {
		host: HUB,
		rest: text
	};
	return {
		host: first === "index.docker.io" ? HUB : first,
		rest: text.slice(slash + 1)
	};
}
/** The place as statements name it, which are public: of a layout folder only the last part of its path. */
function publicPlace(reference) {
	if (reference.in === "registry") return formatPlace(reference);
	return `oci:${reference.folder.split(/[\\/]/).findLast((part) => part !== "") ?? ""}`;
}

export { isNameOnly as a, manifestName as c, publicPlace as d, referrersTag as f, isLayoutName as i, parseDockerReference as l, formatPlace as n, isTag as o, sbomTag as p, formatReference as r, layoutReadings as s, formatDockerReference as t, parseReference as u };