import { o as manifestsBelow } from "./image.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { u as parseManifest } from "./manifest.mjs";
import { a as sizeMismatch } from "./blobs.mjs";

// src/transfer/copy.ts
/**
* Copies a manifest with all it is made of; gives the digests of what is below it.
* @throws RegistryError REGISTRY_NOT_FOUND when a part is missing, REGISTRY_INDEX_TOO_LARGE, and others; NetworkError
*/
async function copyImage(manifest, route, how = {}) {
	const below = await copyParts(manifest, route, how);
	await route.to.putManifest(manifest, manifest.digest);
	return below;
}
/** As copyImage, all but the manifest itself. @throws as copyImage */
async function copyParts(manifest, route, how = {}) {
	const below = await atSource(how, () => entriesBelow(manifest, route.from));
	for (const digest of below) {
		const part = await atSource(how, () => manifestOf(route.from, digest));
		await copyBlobs(part, route, how);
		await route.to.putManifest(part, digest);
	}
	await copyBlobs(manifest, route, how);
	return below;
}
async function atSource({ reading }, read) {
	try {
		return await read();
	} catch (error) {
		reading?.(error);
		throw error;
	}
}
async function entriesBelow(manifest, from) {
	const { kind } = parseManifest(manifest, `the manifest ${manifest.digest}`);
	return kind === "index" ? (await manifestsBelow(from, manifest)).map(({ digest }) => digest) : [];
}
async function manifestOf(from, digest) {
	const manifest = await from.getManifest(digest);
	if (manifest) return manifest;
	throw new RegistryError("REGISTRY_NOT_FOUND", `${from.name} has no manifest ${digest}`, { hint: "the image is incomplete at its source; push it again there" });
}
async function copyBlobs(manifest, route, how) {
	const { config, layers } = await atSource(how, async () => parseManifest(manifest, `the manifest ${manifest.digest}`));
	const blobs = [...config ? [config] : [], ...layers];
	how.admit?.(manifest, blobs.reduce((sum, { size }) => sum + size, manifest.bytes.length));
	for (const blob of blobs) await copyBlob(blob, route, how);
}
/** Copies a blob, unless it is there. @throws RegistryError, NetworkError */
async function copyBlob(blob, { from, to, mountFrom, onBytes }, { reading, there } = {}) {
	const name = `${blob.digest} ${blob.size}`;
	if (there?.has(name)) return;
	if (await to.blobSize(blob.digest) !== blob.size) {
		if (reading) await atSource({ reading }, () => assertSize(blob, from));
		if (!(mountFrom !== void 0 && await to.mountBlob(blob.digest, mountFrom))) await to.pushBlob(blob.digest, remoteBlob(from, blob, reading), onBytes ? { onBytes } : {});
	}
	there?.add(name);
}
/** A size that is not the blob's would be noticed at the destination, and look like the fault of that. */
async function assertSize({ digest, size }, from) {
	const got = await from.blobSize(digest);
	if (got !== void 0 && got !== size) throw sizeMismatch(digest, from.name, {
		got,
		wanted: size
	});
}
/** A blob elsewhere as something to push; an interrupted upload asks for the rest only. */
function remoteBlob(repository, { digest, size }, reading) {
	return {
		sizeBytes: size,
		async *open(offset) {
			const part = offset === 0 ? { sizeBytes: size } : { range: {
				offset,
				lengthBytes: size - offset
			} };
			try {
				yield* repository.readBlob(digest, part);
			} catch (error) {
				reading?.(error);
				throw error;
			}
		}
	};
}

export { copyImage as n, copyParts as r, copyBlob as t };