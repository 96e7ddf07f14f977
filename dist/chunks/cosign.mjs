import { g as utf8, m as toBase64, r as decodeUtf8, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { l as parseList } from "./manifest.mjs";
import { f as referrersTag, l as parseDockerReference } from "./reference.mjs";
import { o as readSmallBlob } from "./bundles2.mjs";

// src/oci/cosign/cosign.ts
/** Media type of a signed payload. */
const PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
/** Media type of an attestation. */
const ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json";
/** Annotations of a payload's layer. */
const SIGNATURE = "dev.cosignproject.cosign/signature";
/** Annotation of a legacy signature: PEM of its certificate. */
const CERTIFICATE = "dev.sigstore.cosign/certificate";
/** Annotation of a legacy signature: PEM of the certificates behind that. */
const CHAIN = "dev.sigstore.cosign/chain";
/** What payloads call themselves: those of cosign, and those that GPG signs. */
const SIGNATURE_TYPES = {
	cosign: "cosign container image signature",
	gpg: "atomic container signature"
};
const MAX_LAYERS = 1e3;
/** The tag that holds the legacy signatures of a manifest. */
function cosignTag(subject, suffix) {
	return `${referrersTag(subject)}.${suffix}`;
}
/**
* The payload to sign: compact, keys in the order of the reference, nothing but texts in `optional`. A place that is no
* image name, as that of a folder may be, becomes one: podman reads no other.
*/
function encodeSimpleSigning(repository, digest, optional, type = "cosign") {
	const critical = {
		identity: { "docker-reference": signableReference(repository) },
		image: { "docker-manifest-digest": digest },
		type: SIGNATURE_TYPES[type]
	};
	return utf8(JSON.stringify({
		critical,
		optional
	}));
}
function signableReference(place) {
	if (parseDockerReference(place)) return place;
	return `oci:${place.slice(place.lastIndexOf("/") + 1).replace(/^oci:/, "").replace(/[^A-Za-z0-9_.-]/g, "_").replace(/^[.-]/, "_").slice(0, 128) || "image"}`;
}
/**
* What a payload says; undefined when it is no signature of this type. podman is as strict about its members. One
* `inside` an OCI-SIF may name no place, as SingularityCE writes it: podman never sees it.
* @see https://github.com/containers/image/blob/v5.36.0/docs/containers-signature.5.md
*/
function parseSimpleSigning(payload, wanted = "cosign") {
	return orUndefined(() => {
		const { critical, optional } = exactly(["critical", "optional"], parseJson(payload, "the payload"));
		const { identity, image, type } = exactly([
			"identity",
			"image",
			"type"
		], critical);
		const { "docker-reference": reference } = exactly(["docker-reference"], identity);
		const { "docker-manifest-digest": digest } = exactly(["docker-manifest-digest"], image);
		if (type !== SIGNATURE_TYPES[wanted === "inside" ? "cosign" : wanted] || typeof reference !== "string" || typeof digest !== "string") return void 0;
		const notes = wanted === "gpg" && optional === null ? void 0 : parseOptional(optional);
		const sound = wanted === "inside" && reference === "" || parseDockerReference(reference);
		return notes && sound ? {
			reference,
			digest,
			type,
			optional: notes
		} : void 0;
	});
}
/** The members of an object that has these and no others; none of them otherwise. */
function exactly(names, value) {
	return isJsonObject(value) && Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name)) ? value : {};
}
/** Null is what cosign writes when nothing was given; who made it and when have a fixed form. */
function parseOptional(value) {
	if (value === null) return {};
	if (!isJsonObject(value)) return void 0;
	const { creator, timestamp } = value;
	return (creator === void 0 || typeof creator === "string") && (timestamp === void 0 || Number.isInteger(timestamp)) ? value : void 0;
}
/**
* Legacy signatures of a manifest, each once; malformed entries are left out, they prove nothing. Entries that name one
* payload share its bytes.
*/
async function readCosignSignatures(repository, subject) {
	const found = await readTag(repository, cosignTag(subject, "sig"), PAYLOAD_TYPE);
	const signatures = [];
	const payloads = /* @__PURE__ */ new Map();
	for (const layer of distinct(found, ({ digest, annotations }) => JSON.stringify([digest, annotations]))) {
		const signature = layer.annotations?.[SIGNATURE];
		if (!signature || layer.size > LIMITS.legacyPayloadBytes) continue;
		const bytes = orUndefined(() => fromBase64(signature, "the signature"));
		if (!bytes) continue;
		const payload = payloads.has(layer.digest) ? payloads.get(layer.digest) : await readEntry(repository, layer);
		payloads.set(layer.digest, payload);
		if (!payload) continue;
		signatures.push({
			payload,
			signature: bytes,
			...certificatesOf(layer)
		});
	}
	return signatures;
}
/** What the legacy attestation tag of a manifest holds, each envelope once. */
async function readCosignAttestations(repository, subject) {
	const found = await readTag(repository, cosignTag(subject, "att"), ENVELOPE_TYPE);
	const attestations = [];
	for (const layer of distinct(found, ({ digest }) => digest)) {
		const envelope = layer.size <= LIMITS.bundleBytes ? await readEntry(repository, layer) : void 0;
		if (envelope) attestations.push({
			envelope,
			...certificatesOf(layer)
		});
	}
	return attestations;
}
function certificatesOf({ annotations }) {
	return {
		certificate: annotations?.["dev.sigstore.cosign/certificate"] || void 0,
		chain: annotations?.["dev.sigstore.cosign/chain"] || void 0
	};
}
function distinct(items, keyOf) {
	return new Map(items.map((item) => [keyOf(item), item])).values();
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
	const { layers } = parseList(manifest, `the tag ${tag}`);
	return layers.slice(0, MAX_LAYERS).filter(({ mediaType }) => mediaType === type);
}
/** The value, or undefined when what somebody else wrote is malformed. */
function orUndefined(read) {
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
	return orUndefined(() => {
		const note = parseJson(text, "the annotation");
		if (!isJsonObject(note) || typeof note["payload"] !== "string" || typeof note["signature"] !== "string") return void 0;
		return {
			payload: utf8(note["payload"]),
			signature: fromBase64(note["signature"], "the signature")
		};
	});
}

export { SIGNATURE as a, encodeSimpleSigning as c, parseSimpleSigning as d, readCosignAttestations as f, PAYLOAD_TYPE as i, orUndefined as l, readEntry as m, CHAIN as n, cosignTag as o, readCosignSignatures as p, ENVELOPE_TYPE as r, encodeCosignNote as s, CERTIFICATE as t, parseCosignNote as u };