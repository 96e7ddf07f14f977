import { i as sha256 } from "./digest.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as parsePem, t as encodePem } from "./pem.mjs";
import { _ as readBundle, d as readCosignAttestations, f as readCosignSignatures, h as isBundleReferrer } from "./cosign.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { c as MEDIA_TYPE, o as parseManifest } from "./manifest.mjs";
import { i as withIntermediates, r as parseBundle } from "./bundle.mjs";
import { t as CountersignError } from "./errors.mjs";

// src/layers/attached-blobs.ts
/** Reads what is attached: what is at hand is not fetched, and all of it together stays within a limit. */
var AttachedBlobs = class {
	#repository;
	#atHand;
	#left = LIMITS.attachedTotalBytes;
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
	getManifest(reference) {
		return this.#repository.getManifest(reference);
	}
	/** A whole small blob. @throws RegistryError REGISTRY_ATTACHED_TOO_LARGE; and as ReadableRepository.readBlob */
	async *readBlob(digest, { sizeBytes = 0 } = {}) {
		const known = this.#atHand.get(digest);
		if (known?.length === sizeBytes) {
			yield known;
			return;
		}
		this.#left -= sizeBytes;
		if (this.#left < 0) throw new RegistryError("REGISTRY_ATTACHED_TOO_LARGE", `more than ${LIMITS.attachedTotalBytes} bytes are attached to one image`, { hint: "remove attached manifests that are not needed" });
		const parts = [];
		for await (const part of this.#repository.readBlob(digest, { sizeBytes })) parts.push(part);
		const bytes = new Uint8Array(Buffer.concat(parts));
		this.#atHand.set(digest, bytes);
		yield bytes;
	}
};
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
const ATTESTATION_MANIFEST = "vnd.docker.reference.type";
/**
* What a tag or digest names; a tag is resolved here and never again.
* @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_MANIFEST_INVALID and as getManifest
*/
async function openRegistryImage(repository, reference) {
	const manifest = await repository.getManifest(reference);
	if (!manifest) throw new RegistryError("REGISTRY_NOT_FOUND", `${repository.name} has no manifest ${reference}`, { hint: "check the tag or digest; a private repository also answers so without permission" });
	const { digest, mediaType, bytes } = manifest;
	const descriptor = {
		digest,
		mediaType,
		size: bytes.length
	};
	const shape = shapeOf(manifest);
	const children = shape.is === "index" ? shape.children : [];
	return {
		repository,
		name: `${repository.name}@${digest}`,
		descriptor,
		manifest,
		shape,
		subjects: [descriptor, ...children]
	};
}
function shapeOf(manifest) {
	const { kind, layers, manifests } = parseManifest(manifest, `the manifest ${manifest.digest}`);
	if (kind === "index") {
		const platforms = manifests.filter(({ annotations }) => annotations?.[ATTESTATION_MANIFEST] === void 0);
		return {
			is: "index",
			children: [...new Map(platforms.map(({ mediaType, digest, size }) => [digest, {
				mediaType,
				digest,
				size
			}])).values()]
		};
	}
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
		const { referrers, rejected, complete } = await repository.listReferrers(subject);
		this.complete &&= complete;
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
		const bytes = withIntermediatesOf(attached);
		const digest = sha256(bytes);
		const subjects = this.attachedTo.get(digest) ?? [];
		this.attachedTo.set(digest, [...subjects, subject]);
		if (subjects.length > 0) return;
		this.bundles.push({
			place: {
				in: "registry",
				name
			},
			bytes
		});
		const fingerprint = fingerprintOf(bytes);
		for (const { bytes: data, annotations } of attached.companions) {
			const group = Number(annotations?.[GROUP_ANNOTATION]);
			if (fingerprint === void 0 || !Number.isSafeInteger(group) || group < 1) continue;
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
function withIntermediatesOf({ bytes, annotations }) {
	const pem = annotations[CHAIN_ANNOTATION];
	if (pem === void 0) return bytes;
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

export { certificatesOf as a, withIntermediatesOf as c, NATIVE_MEDIA_TYPE as i, AttachedBlobs as l, COSIGN_ANNOTATION as n, openRegistryImage as o, GROUP_ANNOTATION as r, readRegistryLayers as s, CHAIN_ANNOTATION as t, isContentProblem as u };