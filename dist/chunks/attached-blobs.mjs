import { d as sha256, g as utf8 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { c as makeManifest, f as MEDIA_TYPE, r as EMPTY_CONFIG, u as parseManifest } from "./manifest.mjs";
import { a as readSmallBlob, r as memoryBlob } from "./bundles.mjs";

// src/oci/referrers/crls.ts
const ARTIFACT_TYPE = "application/vnd.countersign.crl.v1";
/** @see https://www.rfc-editor.org/rfc/rfc2585.html#section-4.2 */
const CRL_TYPE = "application/pkix-crl";
/** True for a referrer that carries a list. */
function isCrlReferrer({ descriptor }) {
	return descriptor.artifactType === ARTIFACT_TYPE;
}
/**
* The list that a referrer carries, unchecked.
* @throws RegistryError REGISTRY_MANIFEST_INVALID when it does not hold one alone; and as readBlob
*/
async function readCrl(repository, { descriptor, manifest }) {
	const what = `the referrer ${descriptor.digest}`;
	const [layer, ...others] = parseManifest(manifest, what).layers;
	if (!layer || others.length > 0 || layer.size > LIMITS.sifSignatureBytes) throw new RegistryError("REGISTRY_MANIFEST_INVALID", `${what} does not hold one revocation list alone`, { hint: "put the list there again with `countersign stamp`" });
	return readSmallBlob(repository, layer);
}
/** The manifest that attaches a list, DER; the same one twice is one referrer. */
function crlManifest(der, subject) {
	const document = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		artifactType: ARTIFACT_TYPE,
		config: {
			mediaType: MEDIA_TYPE.empty,
			size: EMPTY_CONFIG.bytes.length,
			digest: EMPTY_CONFIG.digest
		},
		layers: [{
			mediaType: CRL_TYPE,
			size: der.length,
			digest: sha256(der)
		}],
		subject: {
			mediaType: subject.mediaType,
			size: subject.size,
			digest: subject.digest
		}
	};
	return makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
}
/** Pushes a list and attaches it. @throws RegistryError, NetworkError */
async function attachCrl(repository, subject, der) {
	const manifest = crlManifest(der, subject);
	await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
	await repository.pushBlob(sha256(der), memoryBlob(der));
	return {
		manifest,
		unlisted: await repository.attachReferrer(manifest)
	};
}

// src/image/registry/attached-blobs.ts
/**
* Reads what is attached: what is at hand is not fetched, and all of it together stays within a limit. Entries without
* number may name one blob, so that everybody who reads it gets the same bytes and not a copy.
*/
var AttachedBlobs = class {
	#repository;
	#atHand;
	#digests = /* @__PURE__ */ new WeakMap();
	#derived = /* @__PURE__ */ new WeakMap();
	#left = LIMITS.attachedTotalBytes;
	#leftDerived = LIMITS.attachedTotalBytes;
	constructor(repository, atHand) {
		this.#repository = repository;
		this.#atHand = new Map(atHand);
	}
	/** Bytes that may still be read, and attached without being too much for the next reader. */
	get leftBytes() {
		return this.#left;
	}
	get known() {
		return this.#atHand;
	}
	/** A manifest that holds what is attached. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; as ManifestFetcher.getManifest */
	async getManifest(reference) {
		if (this.#left <= 0) throw tooLarge();
		const manifest = await this.#repository.getManifest(reference);
		this.#left -= manifest?.bytes.length ?? 0;
		return manifest;
	}
	/** A whole small blob. @throws as readWhole */
	async *readBlob(digest, { sizeBytes = 0 } = {}) {
		yield await this.readWhole({
			digest,
			size: sizeBytes
		});
	}
	/** A whole small blob, to be read only. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; as BlobFetcher.readBlob */
	async readWhole({ digest, size }) {
		const known = this.#atHand.get(digest);
		if (known?.length === size) return known;
		this.#left -= size;
		if (this.#left < 0) throw tooLarge();
		const bytes = await readSmallBlob(this.#repository, {
			digest,
			size
		});
		this.#atHand.set(digest, bytes);
		return bytes;
	}
	/** SHA-256 of bytes that were read or derived here, computed once. */
	digestOf(bytes) {
		const known = this.#digests.get(bytes);
		if (known !== void 0) return known;
		const digest = sha256(bytes);
		this.#digests.set(bytes, digest);
		return digest;
	}
	/**
	* What `make` makes of bytes that were read here and a text beside them: made once for the two.
	* @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE when too much is made of too little
	*/
	derive(bytes, text, make) {
		const made = this.#derived.get(bytes) ?? /* @__PURE__ */ new Map();
		const known = made.get(text);
		if (known) return known;
		this.#leftDerived -= bytes.length;
		if (this.#leftDerived < 0) throw tooLarge();
		const result = make();
		this.#derived.set(bytes, made.set(text, result));
		return result;
	}
};
function tooLarge() {
	return new RegistryError("REGISTRY_ATTACHED_TOO_LARGE", `more than ${LIMITS.attachedTotalBytes} bytes are attached to one image`, { hint: "remove attached manifests that are not needed" });
}

export { readCrl as i, attachCrl as n, isCrlReferrer as r, AttachedBlobs as t };