import { t as LIMITS } from "./limits.mjs";
import { n as parsePem, t as encodePem } from "./pem.mjs";
import { d as readCosignAttestations, f as readCosignSignatures, g as isBundleReferrer, v as readBundle, y as readSmallBlob } from "./cosign.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { l as MEDIA_TYPE, s as parseManifest } from "./manifest.mjs";
import { a as parseBundle, n as unlikeCosignAttached, o as withIntermediates } from "./unlike-cosign.mjs";
import { i as sha256 } from "./digest.mjs";
import { t as CountersignError } from "./errors.mjs";

// src/layers/attached-blobs.ts
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
	/** A manifest that holds what is attached. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; as ReadableRepository.getManifest */
	async getManifest(reference) {
		if (this.#left <= 0) throw tooLarge$1();
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
	/** A whole small blob, to be read only. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; as ReadableRepository.readBlob */
	async readWhole({ digest, size }) {
		const known = this.#atHand.get(digest);
		if (known?.length === size) return known;
		this.#left -= size;
		if (this.#left < 0) throw tooLarge$1();
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
		if (this.#leftDerived < 0) throw tooLarge$1();
		const result = make();
		this.#derived.set(bytes, made.set(text, result));
		return result;
	}
};
function tooLarge$1() {
	return new RegistryError("REGISTRY_ATTACHED_TOO_LARGE", `more than ${LIMITS.attachedTotalBytes} bytes are attached to one image`, { hint: "remove attached manifests that are not needed" });
}
/** Trouble with one entry's content; trouble with the registry itself must not make a layer look absent. */
function isContentProblem(error) {
	if (!(error instanceof CountersignError)) return false;
	const { code } = error;
	return [
		"REGISTRY_ATTACHED_TOO_LARGE",
		"REGISTRY_MANIFEST_INVALID",
		"REGISTRY_NOT_FOUND",
		"REGISTRY_DIGEST_MISMATCH",
		"REGISTRY_SIZE_MISMATCH"
	].includes(code) || code.startsWith("DATA_") || code.startsWith("SIGNATURE_");
}

// src/layers/index-tree.ts
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

// src/layers/registry-image.ts
/** Media type of a native SIF signature that travels with its approval. */
const NATIVE_MEDIA_TYPE = "application/vnd.countersign.sif-signature.v1+pgp";
/** Annotation of such a layer: the group it signs. */
const GROUP_ANNOTATION = "dev.countersign.sif-group";
/** Annotation of a bundle's manifest: PEM of the intermediates that the bundle's copy for cosign leaves out. */
const CHAIN_ANNOTATION = "dev.countersign.certificate-chain";
/** Annotation of a bundle's manifest: the legacy cosign signature made with it. */
const COSIGN_ANNOTATION = "dev.countersign.cosign-signature";
const SIF_LAYERS = [MEDIA_TYPE.sifLayer, MEDIA_TYPE.sifLayerHistoric];
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
		subjects: [descriptor, ...children]
	};
}
async function shapeOf(repository, manifest) {
	const { kind, layers } = parseManifest(manifest, `the manifest ${manifest.digest}`);
	if (kind === "index") return {
		is: "index",
		children: (await manifestsBelow(repository, manifest, (entry) => !isAttestation(entry))).map(({ mediaType, digest, size }) => ({
			mediaType,
			digest,
			size
		}))
	};
	const [layer] = layers;
	if (layer && layers.length === 1 && SIF_LAYERS.includes(layer.mediaType)) return {
		is: "sif",
		layer,
		title: layer.annotations?.["org.opencontainers.image.title"]
	};
	return { is: "image" };
}
/**
* Reads everything attached to the image and its platforms; one unreadable entry never hides the others. What is at
* hand already, by digest, is not fetched again: a SIF's own layers are often attached to it too.
*/
async function readRegistryLayers(image, atHand = /* @__PURE__ */ new Map()) {
	const gathered = new Gathered(new AttachedBlobs(image.repository, atHand));
	for (const subject of image.subjects) await gathered.add(image.repository, subject.digest);
	return gathered;
}
var Gathered = class {
	bundles = [];
	natives = [];
	cosign = [];
	envelopes = [];
	attachedTo = /* @__PURE__ */ new Map();
	rejected = [];
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
		for (const referrer of referrers.filter(isBundleReferrer)) await this.#tolerant(referrer.descriptor.digest, async () => {
			const attached = await readBundle(this.#blobs, referrer, NATIVE_MEDIA_TYPE);
			this.#take(subject, referrer.descriptor.digest, attached);
		});
		await this.#tolerant(`legacy signatures of ${subject}`, async () => {
			for (const signature of await readCosignSignatures(this.#blobs, subject)) this.cosign.push({
				subject,
				signature
			});
			for (const bytes of await readCosignAttestations(this.#blobs, subject)) this.envelopes.push({
				subject,
				bytes
			});
		});
	}
	#take(subject, referrer, attached) {
		const name = `referrer ${referrer}`;
		const bytes = withIntermediatesOf(attached, this.#blobs);
		const digest = this.#blobs.digestOf(bytes);
		const subjects = this.attachedTo.get(digest) ?? [];
		this.attachedTo.set(digest, [...subjects, subject]);
		const unlikeCosign = unlikeCosignAttached(attached);
		const found = {
			place: {
				in: "registry",
				name
			},
			bytes,
			...unlikeCosign ? { unlikeCosign } : {}
		};
		this.#takeNatives(name, bytes, attached);
		if (subjects.length > 0) {
			const at = this.bundles.findIndex((other) => other.unlikeCosign && this.#blobs.digestOf(other.bytes) === digest);
			if (at >= 0 && !unlikeCosign) this.bundles.splice(at, 1, found);
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
	async #tolerant(digest, read) {
		try {
			await read();
		} catch (error) {
			if (!isContentProblem(error)) throw error;
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
	const intermediates = parsePem(pem).filter(({ label }) => label === "CERTIFICATE");
	return intermediates.length === 0 ? bytes : withIntermediates(parseBundle(bytes), intermediates.map(({ der }) => der)).bytes;
}
function fingerprintOf(bytes) {
	const { material } = parseBundle(bytes);
	if (material.kind !== "public-key") return void 0;
	return /^openpgp4fpr:([0-9a-f]{40})$/.exec(material.hint)?.[1]?.toUpperCase();
}
/** Leaf and intermediates of a bundle as a legacy signature carries them. */
function certificatesOf(bytes) {
	const { material } = parseBundle(bytes);
	if (material.kind !== "certificates") return {
		certificate: void 0,
		chain: void 0
	};
	const [leaf, ...rest] = material.chain.map((der) => encodePem("CERTIFICATE", der));
	return {
		certificate: leaf,
		chain: rest.join("")
	};
}

export { certificatesOf as a, withIntermediatesOf as c, isContentProblem as d, NATIVE_MEDIA_TYPE as i, manifestsBelow as l, COSIGN_ANNOTATION as n, openRegistryImage as o, GROUP_ANNOTATION as r, readRegistryLayers as s, CHAIN_ANNOTATION as t, AttachedBlobs as u };