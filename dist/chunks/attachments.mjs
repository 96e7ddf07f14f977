import { i as withIntermediates, r as parseBundle } from "./bundle.mjs";
import { d as sha256, t as certificatesInPem } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { f as readCosignAttestations, g as isBundleReferrer, o as cosignTag, p as readCosignSignatures, v as readBundle, y as readSmallBlob } from "./cosign.mjs";
import { a as isTagRefused, n as RegistryError } from "./errors5.mjs";
import { t as attachedCosignRefusal } from "./cosign-rules.mjs";

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

// src/image/registry/attachments.ts
/** Media type of a native SIF signature that travels with its approval. */
const NATIVE_MEDIA_TYPE = "application/vnd.countersign.sif-signature.v1+pgp";
/** Annotation of such a layer: the group it signs. */
const GROUP_ANNOTATION = "dev.countersign.sif-group";
/** Annotation of a bundle's manifest: PEM of the intermediates that the bundle's copy for cosign leaves out. */
const CHAIN_ANNOTATION = "dev.countersign.certificate-chain";
/** Annotation of a bundle's manifest: the legacy cosign signature made with it. */
const COSIGN_ANNOTATION = "dev.countersign.cosign-signature";
/**
* Reads everything attached to the image and its platforms; one unreadable entry never hides the others. What is at
* hand already, by digest, is not fetched again: a SIF's own layers are often attached to it too.
*/
async function readAttachments(image, atHand = /* @__PURE__ */ new Map()) {
	const reader = new AttachmentReader(new AttachedBlobs(image.repository, atHand));
	for (const subject of image.subjects) await reader.add(image.repository, subject.digest);
	return reader;
}
var AttachmentReader = class {
	bundles = [];
	natives = [];
	cosign = [];
	envelopes = [];
	attachedTo = /* @__PURE__ */ new Map();
	rejected = [];
	foreign = [];
	complete = true;
	#mostReferrers = 0;
	#manifestBytes = 0;
	#nativeKeys = /* @__PURE__ */ new Set();
	#blobs;
	constructor(blobs) {
		this.#blobs = blobs;
	}
	get blobs() {
		return this.#blobs.known;
	}
	get room() {
		return {
			bytes: this.#blobs.leftBytes,
			referrers: LIMITS.referrers - this.#mostReferrers
		};
	}
	async add(repository, subject) {
		if (this.#manifestBytes > LIMITS.attachedTotalBytes) {
			this.complete = false;
			return;
		}
		const { referrers, rejected, complete, readBytes } = await repository.listReferrers(subject);
		this.complete &&= complete;
		this.#manifestBytes += readBytes;
		this.#mostReferrers = Math.max(this.#mostReferrers, referrers.length + rejected.length);
		this.rejected.push(...rejected);
		this.#passOver(referrers.filter((referrer) => !isBundleReferrer(referrer)));
		for (const referrer of referrers.filter(isBundleReferrer)) await this.#unlessUnreadable(referrer.descriptor.digest, async () => {
			const attached = await readBundle(this.#blobs, referrer, NATIVE_MEDIA_TYPE);
			this.#take(subject, referrer.descriptor.digest, attached);
		});
		await this.#unlessUnreadable(`tag ${cosignTag(subject, "sig")}`, async () => {
			for (const signature of await readCosignSignatures(this.#blobs, subject)) this.cosign.push({
				subject,
				signature
			});
		});
		await this.#unlessUnreadable(`tag ${cosignTag(subject, "att")}`, async () => {
			for (const bytes of await readCosignAttestations(this.#blobs, subject)) this.envelopes.push({
				subject,
				bytes
			});
		});
	}
	/** Each once, as something attached to a platform is found from its index too. */
	#passOver(referrers) {
		for (const { descriptor } of referrers) {
			const where = `referrer ${descriptor.digest}`;
			if (this.foreign.some((other) => other.where === where)) continue;
			this.foreign.push({
				where,
				type: descriptor.artifactType ?? descriptor.mediaType
			});
		}
	}
	#take(subject, referrer, attached) {
		const name = `referrer ${referrer}`;
		const bytes = withIntermediatesOf(attached, this.#blobs);
		const digest = this.#blobs.digestOf(bytes);
		const subjects = this.attachedTo.get(digest) ?? [];
		this.attachedTo.set(digest, [...subjects, subject]);
		const cosignRefusal = attachedCosignRefusal(attached);
		const found = {
			place: {
				in: "registry",
				name
			},
			bytes,
			...cosignRefusal ? { cosignRefusal } : {}
		};
		this.#takeNatives(name, bytes, attached);
		if (subjects.length > 0) {
			const at = this.bundles.findIndex((other) => other.cosignRefusal && this.#blobs.digestOf(other.bytes) === digest);
			if (at >= 0 && !cosignRefusal) this.bundles.splice(at, 1, found);
			return;
		}
		this.bundles.push(found);
	}
	/** Of every copy of a bundle: one that somebody attached without them must not hide its native signatures. */
	#takeNatives(name, bytes, { companions }) {
		const fingerprint = companions.length > 0 ? fingerprintOf(bytes) : void 0;
		if (fingerprint === void 0) return;
		for (const { bytes: data, annotations } of companions) {
			const group = Number(annotations?.[GROUP_ANNOTATION]);
			if (!Number.isSafeInteger(group) || group < 1) continue;
			const key = `${group} ${fingerprint} ${this.#blobs.digestOf(data)}`;
			if (this.#nativeKeys.has(key)) continue;
			this.#nativeKeys.add(key);
			this.natives.push({
				place: {
					in: "registry",
					name
				},
				data,
				group,
				fingerprint,
				object: void 0
			});
		}
	}
	async #unlessUnreadable(digest, read) {
		try {
			await read();
		} catch (error) {
			if (!isContentProblem(error) && !isTagRefused(error)) throw error;
			if (error.code === "REGISTRY_ATTACHED_TOO_LARGE") this.complete = false;
			this.rejected.push({
				digest,
				reason: error.message
			});
		}
	}
};
/** The bundle as it was signed: with the intermediates that the copy for cosign leaves out. */
function withIntermediatesOf({ bytes, annotations }, blobs) {
	const pem = annotations[CHAIN_ANNOTATION];
	return pem === void 0 ? bytes : blobs.derive(bytes, pem, () => withChain(bytes, pem));
}
function withChain(bytes, pem) {
	const intermediates = certificatesInPem(pem);
	return intermediates.length === 0 ? bytes : withIntermediates(parseBundle(bytes), intermediates).bytes;
}
function fingerprintOf(bytes) {
	const { material } = parseBundle(bytes);
	if (material.kind !== "public-key") return void 0;
	return /^openpgp4fpr:([0-9a-f]{40})$/.exec(material.hint)?.[1]?.toUpperCase();
}
/** Trouble with one entry's content; trouble with the registry itself must not make a layer look absent. */
function isContentProblem(error) {
	if (!(error instanceof CountersignError)) return false;
	const { code } = error;
	return [
		"REGISTRY_ATTACHED_TOO_LARGE",
		"REGISTRY_DOCUMENT_AMBIGUOUS",
		"REGISTRY_MANIFEST_INVALID",
		"REGISTRY_NOT_FOUND",
		"REGISTRY_DIGEST_MISMATCH",
		"REGISTRY_SIZE_MISMATCH"
	].includes(code) || code.startsWith("DATA_") || code.startsWith("SIGNATURE_");
}

export { isContentProblem as a, AttachedBlobs as c, NATIVE_MEDIA_TYPE as i, COSIGN_ANNOTATION as n, readAttachments as o, GROUP_ANNOTATION as r, withIntermediatesOf as s, CHAIN_ANNOTATION as t };