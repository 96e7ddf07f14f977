import { t as LIMITS } from "./limits.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { f as MEDIA_TYPE, p as SIF_LAYER_TYPES, u as parseManifest } from "./manifest.mjs";

// src/image/registry/image.ts
/**
* What a tag or digest names; a tag is resolved here and never again. `asked` is the tag that somebody resolved already.
* @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_MANIFEST_INVALID, REGISTRY_INDEX_TOO_LARGE and as getManifest
*/
async function openRegistryImage(repository, reference, asked = reference) {
	const manifest = await repository.getManifest(reference);
	if (!manifest) throw new RegistryError("REGISTRY_NOT_FOUND", `${repository.name} has no manifest ${reference}`, { hint: "check the tag or digest; a private repository also answers so without permission" });
	const { digest, mediaType, bytes } = manifest;
	const descriptor = {
		digest,
		mediaType,
		size: bytes.length
	};
	const shape = await shapeOf(repository, manifest);
	const children = shape.is === "index" ? shape.children : [];
	return {
		repository,
		name: `${repository.name}@${digest}`,
		asked,
		descriptor,
		manifest,
		shape,
		subjects: [descriptor, ...children.map((child) => ({
			mediaType: child.mediaType,
			digest: child.digest,
			size: child.size
		}))]
	};
}
async function shapeOf(repository, manifest) {
	const { kind, layers } = parseManifest(manifest, `the manifest ${manifest.digest}`);
	if (kind === "index") return {
		is: "index",
		children: await manifestsBelow(repository, manifest, (entry) => !isAttestation(entry))
	};
	const [layer] = layers;
	if (layer && layers.length === 1 && SIF_LAYER_TYPES.includes(layer.mediaType)) return {
		is: "sif",
		layer,
		title: layer.annotations?.["org.opencontainers.image.title"]
	};
	return { is: "image" };
}
const REFERENCE_TYPE = "vnd.docker.reference.type";
const INDEX_TYPES = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];
/**
* Every manifest below an index once, the index itself left out; entries for which `follow` is false are not among them.
* Only nested indexes are fetched.
* @throws RegistryError REGISTRY_INDEX_TOO_LARGE, REGISTRY_NOT_FOUND when a nested index is missing; as getManifest
*/
async function manifestsBelow(repository, index, follow = () => true) {
	const found = /* @__PURE__ */ new Map();
	const seen = /* @__PURE__ */ new Set([index.digest]);
	const visit = async (manifest, depth) => {
		if (depth > LIMITS.indexDepth) throw tooLarge(index, `is nested deeper than ${LIMITS.indexDepth} levels`);
		const { manifests } = parseManifest(manifest, `the manifest ${manifest.digest}`);
		for (const entry of manifests.filter(follow)) {
			if (seen.has(entry.digest)) continue;
			seen.add(entry.digest);
			if (seen.size > LIMITS.indexManifests) throw tooLarge(index, `names more than ${LIMITS.indexManifests} manifests`);
			if (INDEX_TYPES.includes(entry.mediaType)) await visit(await nested(repository, entry.digest), depth + 1);
			found.set(entry.digest, entry);
		}
	};
	await visit(index, 1);
	return [...found.values()];
}
async function nested(repository, digest) {
	const manifest = await repository.getManifest(digest);
	if (manifest) return manifest;
	throw new RegistryError("REGISTRY_NOT_FOUND", `${repository.name} has no manifest ${digest}, which its image names`, { hint: "the image is incomplete; push it again" });
}
function tooLarge({ digest }, what) {
	return new RegistryError("REGISTRY_INDEX_TOO_LARGE", `the index ${digest} ${what}`, { hint: "split the image into several" });
}
/**
* True for what is no platform that anything could run: a build's own attestations. The annotation alone proves nothing,
* since container engines go by the platform.
*/
function isAttestation({ mediaType, annotations, platform }) {
	return annotations?.[REFERENCE_TYPE] === "attestation-manifest" && platform?.["os"] === "unknown" && platform["architecture"] === "unknown" && !INDEX_TYPES.includes(mediaType);
}

export { manifestsBelow as n, openRegistryImage as r, isAttestation as t };