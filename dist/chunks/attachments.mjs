import { d as sha256, g as utf8, l as parseDigest, m as toBase64, s as fromBase64, t as certificatesInPem } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { i as asObject, l as parseUnambiguous, o as asText, r as asInteger, s as asTextMap, t as asArray } from "./members.mjs";
import { c as toSecond } from "./text.mjs";
import { i as documentError, r as SignatureError } from "./errors2.mjs";
import { i as withIntermediates, r as parseBundle } from "./bundle.mjs";
import { t as LIMITS } from "./limits.mjs";
import { _ as memoryBlob, f as readCosignAttestations, g as isBundleReferrer, o as cosignTag, p as readCosignSignatures, v as readBundle, y as readSmallBlob } from "./cosign.mjs";
import { a as isTagRefused, n as RegistryError } from "./errors5.mjs";
import { c as makeManifest, f as MEDIA_TYPE, r as EMPTY_CONFIG, u as parseManifest } from "./manifest.mjs";
import { t as attachedCosignRefusal } from "./cosign-rules.mjs";

// src/attest/notation.ts
/** Media type of the envelope. */
const NOTATION_MEDIA_TYPE = "application/jose+json";
const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";
const SCHEME = "io.cncf.notary.signingScheme";
const SIGNING_TIME = "io.cncf.notary.signingTime";
const EXPIRY = "io.cncf.notary.expiry";
const AGENT = "io.cncf.notary.signingAgent";
const TIMESTAMP = "io.cncf.notary.timestampSignature";
/** The one scheme in which the signer has a certificate of their own. */
const X509 = "notary.x509";
/** Whoever reads names like these has to know them, whether they are marked as critical or not. */
const RESERVED = "io.cncf.notary.";
/** Certificates of one signature, twice what a path can hold. */
const MAX_CERTIFICATES = 20;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const ENVELOPE = {
	payload: "text",
	protected: "text",
	header: "any",
	signature: "text"
};
const UNPROTECTED = {
	x5c: ["text"],
	[AGENT]: "text",
	[TIMESTAMP]: "text"
};
const PROTECTED = {
	alg: "text",
	cty: "text",
	crit: ["text"],
	[SCHEME]: "text",
	[SIGNING_TIME]: "text",
	[EXPIRY]: "text"
};
const PAYLOAD = { targetArtifact: {
	mediaType: "text",
	digest: "text",
	size: "any",
	annotations: "object"
} };
/**
* A signature in an envelope.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
* @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-envelope-jws.md
*/
function parseNotation(bytes) {
	try {
		return read(bytes);
	} catch (error) {
		if (error instanceof SignatureError || !(error instanceof CountersignError)) throw error;
		throw documentError(error, () => invalid(error.message));
	}
}
function read(bytes) {
	const envelope = asObject(parseUnambiguous(bytes, "the Notation signature", ENVELOPE), "the Notation signature");
	const [head, body] = [asText(envelope["protected"], "protected"), asText(envelope["payload"], "payload")];
	const header = asObject(parseUnambiguous(fromBase64Url(head, "protected"), "protected", PROTECTED), "protected");
	const outer = envelope["header"] ?? {};
	const unprotected = asObject(parseUnambiguous(utf8(JSON.stringify(outer)), "header", UNPROTECTED), "header");
	const critical = asArray(header["crit"], "crit").map((name) => asText(name, "crit"));
	const expiry = header[EXPIRY] === void 0 ? void 0 : timeIn(header[EXPIRY], "expiry");
	const signingTime = timeIn(header[SIGNING_TIME], "signingTime");
	assertRules({
		critical,
		names: Object.keys(header),
		expires: expiry !== void 0,
		scheme: header[SCHEME],
		type: header["cty"]
	});
	if (expiry && expiry <= signingTime) throw invalid("its expiry is not after its signing time");
	const x5c = asArray(unprotected["x5c"], "x5c", MAX_CERTIFICATES);
	const stamp = unprotected[TIMESTAMP];
	return {
		target: targetIn(fromBase64Url(body, "payload")),
		signedBytes: utf8(`${head}.${body}`),
		signature: fromBase64Url(asText(envelope["signature"], "signature"), "signature"),
		algorithm: asText(header["alg"], "alg"),
		chain: x5c.map((der) => fromBase64(asText(der, "x5c"), "x5c")),
		signingTime,
		expiry,
		timestamps: stamp === void 0 ? [] : [fromBase64(asText(stamp, "timestampSignature"), "timestampSignature")]
	};
}
/** What a signer marks as critical is understood here, or the signature is not. */
function assertRules(given) {
	const { critical, names, expires, scheme, type } = given;
	const reserved = names.filter((name) => name.toLowerCase().startsWith(RESERVED) && name !== SIGNING_TIME);
	const unknown = [...critical, ...reserved].find((name) => name !== SCHEME && name !== EXPIRY);
	if (unknown !== void 0) throw invalid(`it asks for ${JSON.stringify(unknown.slice(0, 80))} to be understood`);
	if (!critical.includes(SCHEME) || scheme !== X509) throw invalid(`its signing scheme is not ${X509}`);
	if (expires !== critical.includes(EXPIRY)) throw invalid("its expiry is not marked as critical");
	if (new Set(critical).size < critical.length) throw invalid("it marks a header as critical twice");
	if (type !== PAYLOAD_TYPE) throw invalid(`its content is no ${PAYLOAD_TYPE}`);
}
function targetIn(payload) {
	const { targetArtifact } = asObject(parseUnambiguous(payload, "payload", PAYLOAD), "payload");
	const target = asObject(targetArtifact, "targetArtifact");
	return {
		mediaType: asText(target["mediaType"], "mediaType"),
		digest: parseDigest(asText(target["digest"], "digest")),
		size: asInteger(target["size"], "size"),
		annotations: asTextMap(target["annotations"] ?? {}, "annotations")
	};
}
/** What to sign. Times are whole seconds. */
function prepareNotation({ mediaType, digest, size, annotations }, { algorithm, now, expires }) {
	const header = {
		alg: algorithm,
		crit: [SCHEME, ...expires ? [EXPIRY] : []],
		cty: PAYLOAD_TYPE,
		...expires ? { [EXPIRY]: toSecond(expires) } : {},
		[SCHEME]: X509,
		[SIGNING_TIME]: toSecond(now)
	};
	const payload = toBase64Url({ targetArtifact: {
		mediaType,
		digest,
		size,
		annotations
	} });
	const head = toBase64Url(header);
	return {
		payload,
		protected: head,
		signedBytes: utf8(`${head}.${payload}`)
	};
}
/** The envelope. `chain` is DER, leaf first, the root last. */
function encodeNotation(unsigned, { signature, chain, agent }) {
	const { payload, protected: head } = unsigned;
	const header = {
		x5c: chain.map(toBase64),
		[AGENT]: agent
	};
	return utf8(JSON.stringify({
		payload,
		protected: head,
		header,
		signature: Buffer.from(signature).toString("base64url")
	}));
}
function toBase64Url(value) {
	return Buffer.from(JSON.stringify(value)).toString("base64url");
}
function fromBase64Url(text, what) {
	const bytes = Buffer.from(text, "base64url");
	if (bytes.toString("base64url") !== text) throw invalid(`${what} is not canonical base64url`);
	return new Uint8Array(bytes);
}
function timeIn(value, what) {
	const text = asText(value, what);
	const time = new Date(text);
	if (!RFC3339.test(text) || Number.isNaN(time.getTime())) throw invalid(`${what} is no time`);
	return time;
}
function invalid(problem) {
	return new SignatureError("SIGNATURE_ENVELOPE_INVALID", `not a Notation signature that can be judged: ${problem}`);
}

// src/oci/referrers/notation.ts
const ARTIFACT_TYPE = "application/vnd.cncf.notary.signature";
const THUMBPRINTS = "io.cncf.notary.x509chain.thumbprint#S256";
/** True for a referrer that holds a signature; where it has no artifact type of its own, its config has it. */
function isNotationReferrer({ descriptor }) {
	return descriptor.artifactType === ARTIFACT_TYPE;
}
/**
* The envelope that a referrer holds, and its media type.
* @throws RegistryError REGISTRY_MANIFEST_INVALID when it does not hold one alone; and as readBlob
*/
async function readNotation(repository, { descriptor, manifest }) {
	const what = `the referrer ${descriptor.digest}`;
	const [layer, ...others] = parseManifest(manifest, what).layers;
	if (!layer || others.length > 0 || layer.size > LIMITS.bundleBytes) throw new RegistryError("REGISTRY_MANIFEST_INVALID", `${what} does not hold one Notation signature alone`, { hint: "sign the image again with notation or countersign" });
	return {
		bytes: await readSmallBlob(repository, layer),
		mediaType: layer.mediaType
	};
}
/**
* Pushes a signature and attaches it; the same one twice is one referrer.
* @throws RegistryError, NetworkError
* @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#storage
*/
async function attachNotation(repository, subject, { bytes, mediaType, chain, createdAt }) {
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
			mediaType,
			size: bytes.length,
			digest: sha256(bytes)
		}],
		subject: {
			mediaType: subject.mediaType,
			size: subject.size,
			digest: subject.digest
		},
		annotations: {
			[THUMBPRINTS]: JSON.stringify(chain.map((der) => sha256(der).slice(7))),
			"org.opencontainers.image.created": toSecond(createdAt)
		}
	};
	await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
	await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
	return repository.attachReferrer(makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest));
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
	attachedTo = /* @__PURE__ */ new Map();
	rejected = [];
	foreign = [];
	complete = true;
	#mostReferrers = 0;
	#manifestBytes = 0;
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
		if (this.#manifestBytes > LIMITS.attachedTotalBytes) {
			this.complete = false;
			return;
		}
		const { referrers, rejected, complete, readBytes } = await repository.listReferrers(subject);
		this.complete &&= complete;
		this.#manifestBytes += readBytes;
		this.#mostReferrers = Math.max(this.#mostReferrers, referrers.length + rejected.length);
		this.rejected.push(...rejected);
		const others = referrers.filter((referrer) => !isBundleReferrer(referrer));
		const notations = others.filter(isNotationReferrer);
		for (const referrer of notations) await this.#readNotation(on, referrer);
		this.#passOver(others.filter((referrer) => !notations.includes(referrer)));
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
	}
	/** Each once on a subject. COSE envelopes are named and not judged: they are passed over as what nobody here knows. */
	async #readNotation(subject, referrer) {
		const { digest } = referrer.descriptor;
		await this.#unlessUnreadable(digest, async () => {
			const { bytes, mediaType } = await readNotation(this.#blobs, referrer);
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

export { NATIVE_MEDIA_TYPE as a, readWholeBundle as c, NOTATION_MEDIA_TYPE as d, encodeNotation as f, GROUP_ANNOTATION as i, AttachedBlobs as l, prepareNotation as m, CHAIN_ANNOTATION as n, isContentProblem as o, parseNotation as p, COSIGN_ANNOTATION as r, readAttachments as s, ATTESTATION_ANNOTATION as t, attachNotation as u };