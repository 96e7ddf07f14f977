import { t as NOTATION_MEDIA_TYPE } from "./notation.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { i as withIntermediates } from "./sign.mjs";
import { t as certificatesInPem } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { f as readCosignAttestations, o as cosignTag, p as readCosignSignatures } from "./cosign.mjs";
import { a as isTagRefused } from "./errors5.mjs";
import { u as parseManifest } from "./manifest.mjs";
import { a as readBundle, r as isBundleReferrer } from "./bundles2.mjs";
import { n as NOTATION_SIGNATURE, o as isArtifact, r as REVOCATION_LIST, s as readArtifact, t as AttachedBlobs } from "./attached-blobs.mjs";
import { n as isPassedOver } from "./cosign-rules.mjs";

// src/image/registry/attachments.ts
/** Media type of a native SIF signature that travels with its approval. */
const NATIVE_MEDIA_TYPE = "application/vnd.countersign.sif-signature.v1+pgp";
/** Annotation of such a layer: the group it signs. */
const GROUP_ANNOTATION = "dev.countersign.sif-group";
/** Annotation of a bundle's manifest: PEM of the intermediates that the bundle's copy for cosign leaves out. */
const CHAIN_ANNOTATION = "dev.countersign.certificate-chain";
/** Annotation of a bundle's manifest: the legacy cosign signature made with it. */
const COSIGN_ANNOTATION = "dev.countersign.cosign-signature";
/** Annotation of a bundle's manifest, `true`: its envelope belongs into cosign's attestation tag as well. */
const ATTESTATION_ANNOTATION = "dev.countersign.cosign-attestation";
/**
* Reads everything attached to the image and its platforms; one unreadable entry never hides the others. What is at
* hand already, by digest, is not fetched again: a SIF's own layers are often attached to it too.
*/
async function readAttachments(image, atHand = /* @__PURE__ */ new Map()) {
	const reader = new AttachmentReader(new AttachedBlobs(image.repository, atHand));
	for (const subject of image.subjects) await reader.add(image.repository, subject);
	return reader;
}
var AttachmentReader = class {
	bundles = [];
	natives = [];
	cosign = [];
	envelopes = [];
	notations = [];
	crls = [];
	attachedTo = /* @__PURE__ */ new Map();
	rejected = [];
	foreign = [];
	complete = true;
	#mostReferrers = 0;
	#manifestBytes = 0;
	#manifests = 0;
	#nativeKeys = /* @__PURE__ */ new Set();
	#notationKeys = /* @__PURE__ */ new Set();
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
	async add(repository, on) {
		const subject = on.digest;
		if (this.#manifestBytes > LIMITS.attachedTotalBytes || this.#manifests > LIMITS.imageReferrers) {
			this.complete = false;
			return;
		}
		const { referrers, rejected, complete, readBytes, otherTags } = await repository.listReferrers(subject);
		this.complete &&= complete;
		this.#manifestBytes += readBytes;
		this.#manifests += referrers.length + rejected.length;
		this.#mostReferrers = Math.max(this.#mostReferrers, referrers.length + rejected.length);
		this.rejected.push(...rejected);
		const others = referrers.filter((referrer) => !isBundleReferrer(referrer));
		const notations = others.filter((referrer) => isArtifact(referrer, NOTATION_SIGNATURE));
		for (const referrer of notations) await this.#readNotation(on, referrer);
		const crls = others.filter((referrer) => isArtifact(referrer, REVOCATION_LIST));
		for (const referrer of crls) await this.#unlessUnreadable(referrer.descriptor.digest, async () => {
			this.crls.push((await readArtifact(this.#blobs, referrer, REVOCATION_LIST)).bytes);
		});
		this.#passOver(others.filter((referrer) => !notations.includes(referrer) && !crls.includes(referrer)));
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
			for (const found of await readCosignAttestations(this.#blobs, subject)) this.envelopes.push({
				...found,
				subject
			});
		});
		for (const tag of otherTags) await this.#passOverTag(tag);
	}
	/** Each once on a subject. COSE envelopes are named and not judged: they are passed over as what nobody here knows. */
	async #readNotation(subject, referrer) {
		const { digest } = referrer.descriptor;
		await this.#unlessUnreadable(digest, async () => {
			const { bytes, mediaType } = await readArtifact(this.#blobs, referrer, NOTATION_SIGNATURE);
			if (mediaType !== "application/jose+json") return this.#passOver([referrer]);
			const key = `${subject.digest} ${this.#blobs.digestOf(bytes)}`;
			if (!this.#notationKeys.has(key)) this.notations.push({
				subject,
				referrer: digest,
				bytes
			});
			this.#notationKeys.add(key);
		});
	}
	async #passOverTag(tag) {
		const where = `tag ${tag}`;
		await this.#unlessUnreadable(where, async () => {
			const manifest = await this.#blobs.getManifest(tag);
			const [layer] = manifest ? parseManifest(manifest, where).layers : [];
			if (manifest) this.foreign.push({
				where,
				type: layer?.mediaType ?? manifest.mediaType
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
		const found = {
			place: {
				in: "registry",
				name
			},
			bytes,
			layerTypes: attached.layerTypes
		};
		this.#takeNatives(name, bytes, attached);
		if (subjects.length > 0) {
			const at = this.bundles.findIndex((other) => this.#blobs.digestOf(other.bytes) === digest);
			const first = this.bundles[at];
			if (first && isPassedOver(first) && !isPassedOver(found)) this.bundles.splice(at, 1, found);
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
/** The bundle of a referrer as it was signed; undefined when its content cannot be read. @throws as readBundle */
async function readWholeBundle(referrer, blobs) {
	try {
		return withIntermediatesOf(await readBundle(blobs, referrer, "none"), blobs);
	} catch (error) {
		if (isContentProblem(error)) return void 0;
		throw error;
	}
}
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

export { NATIVE_MEDIA_TYPE as a, readWholeBundle as c, GROUP_ANNOTATION as i, CHAIN_ANNOTATION as n, isContentProblem as o, COSIGN_ANNOTATION as r, readAttachments as s, ATTESTATION_ANNOTATION as t };