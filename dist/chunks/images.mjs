import { i as digestHex } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as PAYLOAD_TYPE, r as ENVELOPE_TYPE } from "./cosign.mjs";
import { t as LayoutRepository, u as LayoutIndex } from "./layout.mjs";
import { m as SIF_LAYER_TYPES, p as MEDIA_TYPE, u as parseManifest } from "./manifest.mjs";
import { f as referrersTag } from "./reference.mjs";

// src/oci/layout/images.ts
/** The tags that are known: the list of referrers, and behind a point a layer of ours or what cosign keeps in tags. */
const ATTACHED = /^((?:sha256|sha512)-[0-9a-f]{64})(?:\.(?:(sig|att|sbom)|countersign-([0-9a-f]{32})))?$/;
const IMAGE_CONFIGS = /* @__PURE__ */ new Set([
	"application/vnd.oci.image.config.v1+json",
	"application/vnd.docker.container.image.v1+json",
	MEDIA_TYPE.sifConfig
]);
const IMAGE_LAYERS = [
	"application/vnd.oci.image.layer.",
	"application/vnd.docker.image.rootfs.",
	...SIF_LAYER_TYPES
];
/**
* The images of a layout folder, in the order of its index: all with a tag, or when none has one, all others. What is
* attached to an image of the folder is left out, and of those without a tag also the platforms of a listed index.
* @throws RegistryError REGISTRY_LAYOUT_INVALID; SystemError
*/
async function imagesInLayout(folder, clock) {
	const index = await LayoutIndex.open(folder, clock);
	const repository = new LayoutRepository(folder, index);
	const entries = await index.all();
	const subjects = new Set((await index.entries()).map(({ digest }) => referrersTag(digest)));
	const tagged = [];
	for (const entry of entries) if (entry.tag !== void 0 && !await isAttached(entry.tag, entry.digest, {
		repository,
		subjects
	})) tagged.push(entry);
	const others = entries.filter(({ tag }) => tag === void 0);
	return tagged.length > 0 ? tagged : withoutParts(others, repository);
}
/** What cannot be read may be an image, and stays. */
async function withoutParts(entries, repository) {
	if (entries.length > LIMITS.referrers) return entries;
	const parts = /* @__PURE__ */ new Set();
	const artifacts = /* @__PURE__ */ new Set();
	const kept = [];
	for (const entry of entries) {
		const parsed = await readable(entry.digest, repository);
		const below = (parsed?.manifests ?? []).map(({ digest }) => digest);
		for (const digest of below) parts.add(digest);
		if (entry.digest && parsed && isNoImage(parsed)) artifacts.add(entry.digest);
		else kept.push({
			entry,
			below
		});
	}
	const isList = (below) => below.length > 0 && below.every((digest) => artifacts.has(digest));
	return kept.flatMap(({ entry, below }) => isList(below) || entry.digest && parts.has(entry.digest) ? [] : [entry]);
}
/** True for what is attached to something, or was under a tag that has moved on. */
function isNoImage(parsed) {
	return isArtifact(parsed) || isLegacy(parsed, "application/vnd.dev.cosign.simplesigning.v1+json") || isLegacy(parsed, "application/vnd.dsse.envelope.v1+json");
}
async function readable(digest, repository) {
	try {
		return digest && await read(digest, repository);
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}
/** True when tag and content both say so; what cannot be read is taken for an image, so that it is not passed over. */
async function isAttached(tag, digest, { repository, subjects }) {
	const [known, subject = "", legacy, ours] = ATTACHED.exec(tag) ?? [];
	if (known === void 0 || digest === void 0) return false;
	try {
		if (!subjects.has(subject) && !await hasBlob(subject, repository)) return false;
		const parsed = await read(digest, repository);
		if (!parsed) return false;
		if (legacy === "sbom") return isSbom(parsed);
		if (legacy !== void 0) return isLegacy(parsed, legacy === "sig" ? PAYLOAD_TYPE : ENVELOPE_TYPE);
		if (ours !== void 0) return digestHex(digest).startsWith(ours) && refersTo(parsed, subject);
		return await isReferrerList(parsed, subject, repository);
	} catch (error) {
		if (error instanceof CountersignError) return false;
		throw error;
	}
}
/** A platform of an index need not be listed itself. */
async function hasBlob(subject, repository) {
	const hex = /^sha256-([0-9a-f]{64})$/.exec(subject)?.[1];
	return hex !== void 0 && await repository.blobSize(`sha256:${hex}`) !== void 0;
}
async function read(digest, repository) {
	const manifest = await repository.getManifest(digest);
	return manifest && parseManifest(manifest, `the manifest ${digest}`);
}
function isLegacy({ kind, layers }, type) {
	return kind === "manifest" && layers.length > 0 && layers.every(({ mediaType }) => mediaType === type);
}
/** cosign gives it the configuration of an image, and no layer that could be run. */
function isSbom({ kind, layers }) {
	return kind === "manifest" && layers.length > 0 && !layers.some(isImageLayer);
}
function isImageLayer({ mediaType }) {
	return IMAGE_LAYERS.some((type) => mediaType.startsWith(type));
}
function refersTo(parsed, subject) {
	return isArtifact(parsed) && parsed.subject !== void 0 && referrersTag(parsed.subject.digest) === subject;
}
/** True for an artifact about a subject that nobody could run in the place of an image. */
function isArtifact({ kind, config, layers, subject }) {
	if (kind === "index" || !subject) return false;
	if (config && IMAGE_CONFIGS.has(config.mediaType)) return false;
	return !layers.some(isImageLayer);
}
/** An index of platforms has the same form, but its entries refer to nothing. */
async function isReferrerList({ kind, manifests }, subject, repository) {
	if (kind !== "index" || manifests.length > LIMITS.referrers) return false;
	for (const { digest } of manifests) {
		const entry = await read(digest, repository);
		if (entry && !refersTo(entry, subject)) return false;
	}
	return true;
}

export { imagesInLayout };