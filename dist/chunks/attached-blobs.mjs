import { d as sha256, g as utf8 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { p as toSecond } from "./text.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { c as makeManifest, p as MEDIA_TYPE, r as EMPTY_CONFIG, u as parseManifest } from "./manifest.mjs";
import { i as memoryBlob, o as readSmallBlob } from "./bundles2.mjs";

// src/oci/referrers/artifacts.ts
/** A list of revoked certificates. */
const REVOCATION_LIST = {
	artifactType: "application/vnd.countersign.crl.v1",
	what: "revocation list",
	limitBytes: LIMITS.sifSignatureBytes,
	mend: "put the list there again with `countersign stamp`"
};
/** A signature of the Notary Project; where it has no artifact type of its own, its config has it. */
const NOTATION_SIGNATURE = {
	artifactType: "application/vnd.cncf.notary.signature",
	what: "Notation signature",
	limitBytes: LIMITS.bundleBytes,
	mend: "sign the image again with notation or countersign"
};
/** @see https://www.rfc-editor.org/rfc/rfc2585.html#section-4.2 */
const CRL_TYPE = "application/pkix-crl";
const THUMBPRINTS = "io.cncf.notary.x509chain.thumbprint#S256";
/** True for a referrer that holds such an artifact. */
function isArtifact({ descriptor }, { artifactType }) {
	return descriptor.artifactType === artifactType;
}
/**
* What a referrer holds, unchecked.
* @throws RegistryError REGISTRY_MANIFEST_INVALID when it does not hold one blob alone; and as readBlob
*/
async function readArtifact(repository, { descriptor, manifest }, { what, limitBytes, mend }) {
	const name = `the referrer ${descriptor.digest}`;
	const [layer, ...others] = parseManifest(manifest, name).layers;
	if (!layer || others.length > 0 || layer.size > limitBytes) throw new RegistryError("REGISTRY_MANIFEST_INVALID", `${name} does not hold one ${what} alone`, { hint: mend });
	return {
		bytes: await readSmallBlob(repository, layer),
		mediaType: layer.mediaType
	};
}
/** Pushes a list, DER, and attaches it; the same one twice is one referrer. @throws RegistryError, NetworkError */
function attachCrl(repository, subject, der) {
	return attachArtifact(repository, subject, {
		...REVOCATION_LIST,
		bytes: der,
		mediaType: CRL_TYPE
	});
}
/**
* Pushes a signature and attaches it; the same one twice is one referrer.
* @throws RegistryError, NetworkError
* @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#storage
*/
function attachNotation(repository, subject, { bytes, mediaType, chain, createdAt }) {
	const annotations = {
		[THUMBPRINTS]: JSON.stringify(chain.map((der) => sha256(der).slice(7))),
		"org.opencontainers.image.created": toSecond(createdAt)
	};
	return attachArtifact(repository, subject, {
		...NOTATION_SIGNATURE,
		bytes,
		mediaType,
		annotations
	});
}
async function attachArtifact(repository, subject, artifact) {
	const { artifactType, bytes, mediaType, annotations } = artifact;
	const document = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		artifactType,
		config: {
			mediaType: MEDIA_TYPE.empty,
			size: EMPTY_CONFIG.bytes.length,
			digest: EMPTY_CONFIG.digest
		},
		layers: [{
			mediaType,
			size: bytes.length,
			digest: sha256(bytes)
		}],
		subject: {
			mediaType: subject.mediaType,
			size: subject.size,
			digest: subject.digest
		},
		annotations
	};
	const manifest = makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest);
	await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
	await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
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
	return new RegistryError("REGISTRY_ATTACHED_TOO_LARGE", `more than ${LIMITS.attachedTotalBytes} bytes are attached to one image`);
}

export { attachNotation as a, attachCrl as i, NOTATION_SIGNATURE as n, isArtifact as o, REVOCATION_LIST as r, readArtifact as s, AttachedBlobs as t };