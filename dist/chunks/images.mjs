import { i as digestHex } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as PAYLOAD_TYPE, r as ENVELOPE_TYPE } from "./cosign.mjs";
import { d as LayoutIndex, t as LayoutRepository } from "./layout.mjs";
import { f as MEDIA_TYPE, p as SIF_LAYER_TYPES, u as parseManifest } from "./manifest.mjs";
import { d as referrersTag } from "./reference.mjs";

// src/oci/layout/images.ts
/** The tags that are known: the list of referrers, and behind a point a layer of ours or cosign's legacy signatures. */
const ATTACHED = /^((?:sha256|sha512)-[0-9a-f]{64})(?:\.(?:(sig|att)|countersign-([0-9a-f]{32})))?$/;
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
* Every tagged image of a layout folder, in the order of its index; what is attached to an image of it is left out.
* @throws RegistryError REGISTRY_LAYOUT_INVALID; SystemError
*/
async function imagesInLayout(folder, clock) {
	const index = await LayoutIndex.open(folder, clock);
	const tagged = await index.tagged();
	const candidates = tagged.filter(({ tag }) => ATTACHED.test(tag));
	if (candidates.length === 0) return tagged;
	const repository = new LayoutRepository(folder, index);
	const subjects = new Set((await index.entries()).map(({ digest }) => referrersTag(digest)));
	const attached = /* @__PURE__ */ new Set();
	for (const image of candidates) if (await isAttached(image, repository, subjects)) attached.add(image);
	return tagged.filter((image) => !attached.has(image));
}
/** True when tag and content both say so; what cannot be read is taken for an image, so that it is not passed over. */
async function isAttached({ tag, digest }, repository, subjects) {
	const [, subject = "", legacy, ours] = ATTACHED.exec(tag) ?? [];
	if (digest === void 0) return false;
	try {
		if (!subjects.has(subject) && !await hasBlob(subject, repository)) return false;
		const parsed = await read(digest, repository);
		if (!parsed) return false;
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
/** An artifact about the subject that nobody could run in the place of an image. */
function refersTo(parsed, subject) {
	const { kind, config, layers } = parsed;
	if (kind === "index" || !parsed.subject || referrersTag(parsed.subject.digest) !== subject) return false;
	if (config && IMAGE_CONFIGS.has(config.mediaType)) return false;
	return !layers.some(({ mediaType }) => IMAGE_LAYERS.some((type) => mediaType.startsWith(type)));
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