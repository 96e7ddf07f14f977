import { d as sha256, g as utf8 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { p as toSecond } from "./text.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { c as makeManifest, p as MEDIA_TYPE, r as EMPTY_CONFIG, u as parseManifest } from "./manifest.mjs";

// src/oci/referrers/bundles.ts
/** Artifact types of bundles begin so, whatever their version: `…bundle.v0.3+json`, `…bundle+json;version=0.3`. */
const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle";
/**
* The manifest that attaches a bundle to a subject.
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
*/
function bundleManifest(bundle, subject) {
	const companions = (bundle.companions ?? []).map(({ mediaType, bytes, annotations }) => ({
		mediaType,
		size: bytes.length,
		digest: sha256(bytes),
		...annotations ? { annotations } : {}
	}));
	const document = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		config: {
			mediaType: MEDIA_TYPE.empty,
			size: EMPTY_CONFIG.bytes.length,
			digest: EMPTY_CONFIG.digest
		},
		layers: [{
			mediaType: bundle.mediaType,
			size: bundle.bytes.length,
			digest: sha256(bundle.bytes)
		}, ...companions],
		annotations: {
			"dev.sigstore.bundle.content": "dsse-envelope",
			"dev.sigstore.bundle.predicateType": bundle.predicateType,
			"org.opencontainers.image.created": toSecond(bundle.createdAt),
			...bundle.annotations
		},
		subject: {
			mediaType: subject.mediaType,
			size: subject.size,
			digest: subject.digest
		},
		artifactType: bundle.mediaType
	};
	return makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
}
/** Bytes in memory as something to push. */
function memoryBlob(bytes) {
	return {
		sizeBytes: bytes.length,
		async *open(offset) {
			if (offset < bytes.length) yield bytes.subarray(offset);
		}
	};
}
/**
* Pushes a bundle and attaches it; the same bundle twice is one referrer. What readBundle would refuse is not pushed.
* @throws RegistryError REGISTRY_MANIFEST_INVALID and others; NetworkError
*/
async function attachBundle(repository, subject, bundle) {
	const manifest = bundleManifest(bundle, subject);
	assertReadable(manifest);
	await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
	for (const { bytes } of [bundle, ...bundle.companions ?? []]) await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
	return {
		manifest,
		unlisted: await repository.attachReferrer(manifest)
	};
}
/** True for a referrer that says it holds a Sigstore bundle. */
function isBundleReferrer(referrer) {
	const { artifactType } = referrer.descriptor;
	if (artifactType?.startsWith(BUNDLE_TYPE)) return true;
	const { layers } = parseManifest(referrer.manifest, "the referrer");
	return layers[0]?.mediaType.startsWith(BUNDLE_TYPE) === true;
}
/**
* The bundle and its companions of one media type, checked by digest and bounded.
* @throws RegistryError REGISTRY_MANIFEST_INVALID when the first layer is no bundle or something is too large; and as readBlob
*/
async function readBundle(repository, referrer, companionType) {
	const what = `the referrer ${referrer.descriptor.digest}`;
	const { layers, annotations } = parseManifest(referrer.manifest, what);
	const [layer, ...rest] = layers;
	if (!layer?.mediaType.startsWith(BUNDLE_TYPE)) throw malformed(`${what} holds no bundle as its first layer`);
	const wanted = rest.filter(({ mediaType }) => mediaType === companionType);
	assertSizes(what, layer, wanted);
	const companions = [];
	for (const companion of wanted) companions.push({
		mediaType: companion.mediaType,
		bytes: await readSmallBlob(repository, companion),
		...companion.annotations ? { annotations: companion.annotations } : {}
	});
	const layerTypes = layers.map(({ mediaType }) => mediaType);
	return {
		bytes: await readSmallBlob(repository, layer),
		layerTypes,
		companions,
		annotations
	};
}
/** The limits of readers: manifest, bundle, and all that travels with it. */
function assertReadable(manifest) {
	const what = "the manifest to attach";
	const [layer, ...rest] = parseManifest(manifest, what).layers;
	if (manifest.bytes.length > LIMITS.manifestBytes) throw malformed(`${what} has ${manifest.bytes.length} bytes`);
	if (layer) assertSizes(what, layer, rest);
}
function assertSizes(what, layer, companions) {
	const companionBytes = companions.reduce((sum, { size }) => sum + size, 0);
	if (layer.size > LIMITS.bundleBytes || companionBytes > LIMITS.companionBytes) throw malformed(`${what} holds a bundle of ${layer.size} bytes and ${companionBytes} bytes beside it`);
}
function malformed(message) {
	return new RegistryError("REGISTRY_MANIFEST_INVALID", message, { hint: "attach the bundle again" });
}
/** A blob whole in memory; the caller has checked its size against a limit. @throws as readBlob */
async function readSmallBlob(repository, descriptor) {
	if (repository.readWhole) return repository.readWhole(descriptor);
	const parts = [];
	for await (const part of repository.readBlob(descriptor.digest, { sizeBytes: descriptor.size })) parts.push(part);
	return new Uint8Array(Buffer.concat(parts));
}

export { readBundle as a, memoryBlob as i, bundleManifest as n, readSmallBlob as o, isBundleReferrer as r, attachBundle as t };