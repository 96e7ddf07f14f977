import { i as sha256 } from "./digest.mjs";
import { n as parsePem, t as encodePem } from "./pem.mjs";
import { a as toBase64, i as fromBase64, n as decodeUtf8, s as utf8 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as toSecond } from "./time.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { a as makeManifest, c as MEDIA_TYPE, n as EMPTY_CONFIG, o as parseManifest } from "./manifest.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { o as referrersTag } from "./reference.mjs";
import { i as withIntermediates, r as parseBundle } from "./bundle.mjs";

// src/registry/bundles.ts
/** Artifact types of bundles begin so, whatever their version: `…bundle.v0.3+json`, `…bundle+json;version=0.3`. */
const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle";
/**
* The manifest that attaches a bundle to a subject.
* @see OCI image-spec v1.1.0, manifest.md, section Guidelines for Artifact Usage
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
* Pushes a bundle and attaches it; the same bundle twice is one referrer.
* @throws RegistryError, NetworkError
*/
async function attachBundle(repository, subject, bundle) {
	const manifest = bundleManifest(bundle, subject);
	await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
	for (const { bytes } of [bundle, ...bundle.companions ?? []]) await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
	await repository.attachReferrer(manifest);
	return manifest;
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
	const companionBytes = wanted.reduce((sum, { size }) => sum + size, 0);
	if (layer.size > LIMITS.bundleBytes || companionBytes > LIMITS.companionBytes) throw malformed(`${what} holds a bundle of ${layer.size} bytes and ${companionBytes} bytes beside it`);
	const companions = [];
	for (const companion of wanted) companions.push({
		mediaType: companion.mediaType,
		bytes: await readSmallBlob(repository, companion),
		...companion.annotations ? { annotations: companion.annotations } : {}
	});
	return {
		bytes: await readSmallBlob(repository, layer),
		companions,
		annotations
	};
}
function malformed(message) {
	return new RegistryError("REGISTRY_MANIFEST_INVALID", message, { hint: "attach the bundle again" });
}
/** A blob whole in memory; the caller has checked its size against a limit. @throws as readBlob */
async function readSmallBlob(repository, descriptor) {
	const parts = [];
	for await (const part of repository.readBlob(descriptor.digest, { sizeBytes: descriptor.size })) parts.push(part);
	return new Uint8Array(Buffer.concat(parts));
}

// src/registry/cosign.ts
/** Media type of a signed payload. */
const PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
const ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json";
/** Annotations of a payload's layer. */
const SIGNATURE = "dev.cosignproject.cosign/signature";
const CERTIFICATE = "dev.sigstore.cosign/certificate";
const CHAIN = "dev.sigstore.cosign/chain";
const SIGNATURE_TYPE = "cosign container image signature";
const MAX_LAYERS = 1e3;
/** The tag that holds the legacy signatures of a manifest. */
function cosignTag(subject, suffix) {
	return `${referrersTag(subject)}.${suffix}`;
}
/** The payload to sign: compact, keys in the order of the reference, nothing but texts in `optional`. */
function encodeSimpleSigning(repository, digest, optional) {
	return utf8(JSON.stringify({
		critical: {
			identity: { "docker-reference": repository },
			image: { "docker-manifest-digest": digest },
			type: SIGNATURE_TYPE
		},
		optional
	}));
}
/**
* What a payload says; undefined when it is no cosign signature. podman is as strict about its members.
* @see containers/image docs, containers-signature(5)
*/
function parseSimpleSigning(payload) {
	try {
		const document = parseJson(payload, "the payload");
		if (!isJsonObject(document) || !isJsonObject(document["critical"])) return void 0;
		const { identity, image, type } = document["critical"];
		if (!isJsonObject(identity) || !isJsonObject(image) || type !== SIGNATURE_TYPE) return void 0;
		const reference = identity["docker-reference"];
		const digest = image["docker-manifest-digest"];
		if (typeof reference !== "string" || typeof digest !== "string") return void 0;
		const optional = document["optional"];
		return {
			reference,
			digest,
			type,
			optional: isJsonObject(optional) ? optional : {}
		};
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}
/** Legacy signatures of a manifest; malformed entries are left out, they prove nothing. */
async function readCosignSignatures(repository, subject) {
	const found = await readTag(repository, cosignTag(subject, "sig"), PAYLOAD_TYPE);
	const signatures = [];
	for (const layer of found) {
		const signature = layer.annotations?.[SIGNATURE];
		if (!signature || layer.size > LIMITS.legacyPayloadBytes) continue;
		const bytes = tolerant(() => fromBase64(signature, "the signature"));
		const payload = bytes && await readEntry(repository, layer);
		if (!payload) continue;
		signatures.push({
			payload,
			signature: bytes,
			certificate: layer.annotations?.["dev.sigstore.cosign/certificate"] || void 0,
			chain: layer.annotations?.["dev.sigstore.cosign/chain"] || void 0
		});
	}
	return signatures;
}
/** DSSE envelopes in the legacy attestation tag of a manifest. */
async function readCosignAttestations(repository, subject) {
	const found = await readTag(repository, cosignTag(subject, "att"), ENVELOPE_TYPE);
	const envelopes = [];
	for (const layer of found) {
		const envelope = layer.size <= LIMITS.bundleBytes ? await readEntry(repository, layer) : void 0;
		if (envelope) envelopes.push(envelope);
	}
	return envelopes;
}
/** A blob that an entry names; undefined when it is not there or another one: a bad entry must not hide the others. */
async function readEntry(repository, layer) {
	try {
		return await readSmallBlob(repository, layer);
	} catch (error) {
		if (error instanceof RegistryError && [
			"REGISTRY_NOT_FOUND",
			"REGISTRY_DIGEST_MISMATCH",
			"REGISTRY_SIZE_MISMATCH"
		].includes(error.code)) return void 0;
		throw error;
	}
}
async function readTag(repository, tag, type) {
	const manifest = await repository.getManifest(tag);
	if (!manifest) return [];
	const { layers } = parseManifest(manifest, `the tag ${tag}`);
	return layers.slice(0, MAX_LAYERS).filter(({ mediaType }) => mediaType === type);
}
/** The value, or undefined when what somebody else wrote is malformed. */
function tolerant(read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}
/** A signature as text, to travel in an annotation of the bundle that belongs to it. */
function encodeCosignNote(signature) {
	return JSON.stringify({
		payload: decodeUtf8(signature.payload, "the payload"),
		signature: toBase64(signature.signature)
	});
}
/** The signature in such an annotation; undefined when it is malformed. */
function parseCosignNote(text) {
	return tolerant(() => {
		const note = parseJson(text, "the annotation");
		if (!isJsonObject(note) || typeof note["payload"] !== "string" || typeof note["signature"] !== "string") return void 0;
		return {
			payload: utf8(note["payload"]),
			signature: fromBase64(note["signature"], "the signature")
		};
	});
}

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
	#blobs;
	constructor(blobs) {
		this.#blobs = blobs;
	}
	get blobs() {
		return this.#blobs.known;
	}
	async add(repository, subject) {
		const { referrers, rejected, complete } = await repository.listReferrers(subject);
		this.complete &&= complete;
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

export { isBundleReferrer as C, readSmallBlob as E, attachBundle as S, readBundle as T, encodeSimpleSigning as _, certificatesOf as a, readCosignSignatures as b, withIntermediatesOf as c, CERTIFICATE as d, CHAIN as f, encodeCosignNote as g, cosignTag as h, NATIVE_MEDIA_TYPE as i, AttachedBlobs as l, SIGNATURE as m, COSIGN_ANNOTATION as n, openRegistryImage as o, PAYLOAD_TYPE as p, GROUP_ANNOTATION as r, readRegistryLayers as s, CHAIN_ANNOTATION as t, isContentProblem as u, parseCosignNote as v, memoryBlob as w, tolerant as x, parseSimpleSigning as y };