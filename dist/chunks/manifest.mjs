import { c as isDigest, d as sha256, g as utf8, i as digestHex, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as jsonObjectIn } from "./json.mjs";
import { c as assertUnambiguous, i as asObject, l as parseUnambiguous, o as asText, r as asInteger, s as asTextMap, t as asArray } from "./members.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { createHash } from "node:crypto";

// src/oci/oci.ts
/** Media types that this project reads or writes. */
const MEDIA_TYPE = {
	manifest: "application/vnd.oci.image.manifest.v1+json",
	index: "application/vnd.oci.image.index.v1+json",
	dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
	dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
	empty: "application/vnd.oci.empty.v1+json",
	bundle: "application/vnd.dev.sigstore.bundle.v0.3+json",
	sifConfig: "application/vnd.sylabs.sif.config.v1+json",
	sifLayer: "application/vnd.sylabs.sif.layer.v1.sif",
	/** Written by an early Singularity, misspelt as it is. */
	sifLayerHistoric: "appliciation/vnd.sylabs.sif.layer.tar"
};
/** Types that a layer may have which is a whole SIF. */
const SIF_LAYER_TYPES = [MEDIA_TYPE.sifLayer, MEDIA_TYPE.sifLayerHistoric];

// src/oci/manifest.ts
/** The two bytes `{}` and their name: the config of artifacts that have none. */
const EMPTY_CONFIG = {
	bytes: utf8("{}"),
	digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
};
const MANIFEST_TYPES = /* @__PURE__ */ new Set([MEDIA_TYPE.manifest, MEDIA_TYPE.dockerManifest]);
const INDEX_TYPES = /* @__PURE__ */ new Set([MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex]);
const MAX_ENTRIES = 1e4;
/** Members that Go programs know of a descriptor, wherever it stands. */
const DESCRIPTOR_MEMBERS = {
	mediaType: "text",
	digest: "text",
	size: "any",
	urls: ["text"],
	annotations: "object",
	data: "text",
	artifactType: "text",
	platform: {
		architecture: "text",
		os: "text",
		"os.version": "text",
		"os.features": ["text"],
		variant: "text",
		features: ["text"]
	}
};
/**
* Members that they know of manifests and indexes of every kind; entries are looked at one by one.
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/specs-go/v1/manifest.go
*/
const MANIFEST_MEMBERS = {
	schemaVersion: "any",
	mediaType: "text",
	artifactType: "text",
	config: "any",
	layers: "any",
	manifests: "any",
	subject: "any",
	annotations: "object",
	blobs: "any",
	fsLayers: "any",
	history: "any",
	signatures: "any"
};
/** Members by which programs tell other kinds of manifests. */
const OTHER_KINDS = [
	"blobs",
	"fsLayers",
	"history",
	"signatures"
];
/** The `Accept` header of every manifest request; without the OCI types some registries answer 404. */
const ACCEPT_MANIFESTS = [...MANIFEST_TYPES, ...INDEX_TYPES].join(", ");
/** Digest of bytes by the algorithm of another digest. */
function digestLike(example, bytes) {
	return example.startsWith("sha512:") ? `sha512:${createHash("sha512").update(bytes).digest("hex")}` : sha256(bytes);
}
/** Manifest of bytes that we made. */
function makeManifest(bytes, mediaType) {
	return {
		bytes,
		mediaType,
		digest: sha256(bytes)
	};
}
function invalid(what, cause) {
	return new RegistryError("REGISTRY_MANIFEST_INVALID", what, { cause });
}
/** The error for a document that two programs read differently, else the other one. */
function documentError(error, otherwise) {
	if (error.code !== "DATA_JSON_AMBIGUOUS") return otherwise();
	return new RegistryError("REGISTRY_DOCUMENT_AMBIGUOUS", error.message, { cause: error });
}
/**
* What a manifest or index says.
* @throws RegistryError REGISTRY_MANIFEST_INVALID, REGISTRY_DOCUMENT_AMBIGUOUS
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
*/
function parseManifest(manifest, what) {
	return parseWith(manifest, what, void 0);
}
/**
* The same for a list that many write into, where one odd entry must not hide the others: it is left out and named.
* As with readers written in Go, an entry without media type has an empty one, and an annotation that is null is none.
* @throws RegistryError REGISTRY_MANIFEST_INVALID when it is no manifest at all
*/
function parseList(manifest, what) {
	const odd = [];
	return {
		...parseWith(manifest, what, odd),
		odd
	};
}
/** Documents of small manifests, by their bytes: each is looked at several times on its way, and there may be a thousand. */
const documents = /* @__PURE__ */ new WeakMap();
const KEPT_BYTES = 4096;
function documentOf(bytes, what) {
	const known = documents.get(bytes);
	if (known) return known;
	const document = asObject(parseUnambiguous(bytes, what, MANIFEST_MEMBERS, { plainNumbers: true }), what);
	if (bytes.length <= KEPT_BYTES) documents.set(bytes, document);
	return document;
}
function parseWith({ bytes, mediaType }, what, odd) {
	try {
		return readManifest(documentOf(bytes, what), {
			mediaType,
			what,
			odd
		});
	} catch (error) {
		if (!(error instanceof CountersignError) || error instanceof RegistryError) throw error;
		throw documentError(error, () => invalid(`${what} is malformed: ${error.message}`, error));
	}
}
function readManifest(document, { mediaType: contentType, what, odd }) {
	if (document["schemaVersion"] !== 2) throw invalid(`${what} has not schemaVersion 2`);
	const mediaType = (document["mediaType"] === void 0 ? void 0 : asText(document["mediaType"], "mediaType")) ?? contentType;
	if (mediaType !== contentType) throw invalid(`${what} came as ${contentType.slice(0, 120)} and says it is ${mediaType.slice(0, 120)}`);
	const isIndex = INDEX_TYPES.has(mediaType);
	if (!isIndex && !MANIFEST_TYPES.has(mediaType)) throw invalid(`${what} has the type ${mediaType.slice(0, 120)}`);
	if (isIndex ? "layers" in document || "config" in document : "manifests" in document) throw invalid(`${what} is a manifest and an index at once`);
	const other = OTHER_KINDS.find((name) => name in document);
	if (other !== void 0) throw invalid(`${what} has the member ${other}, which belongs to another kind of manifest`);
	const isLoose = odd !== void 0;
	const config = isIndex ? void 0 : readDescriptor(document["config"], `${what}, config`, isLoose);
	const artifactType = document["artifactType"];
	const one = (item, name) => isIndex ? readIndexEntry(item, name, isLoose) : readDescriptor(item, name, isLoose);
	const member = isIndex ? "manifests" : "layers";
	const entries = readList(document[member], {
		what: `${what}, ${member}`,
		odd
	}, one);
	return {
		kind: isIndex ? "index" : "manifest",
		mediaType,
		artifactType: artifactType === void 0 ? config?.mediaType : asText(artifactType, "artifactType"),
		config,
		layers: isIndex ? [] : entries,
		manifests: isIndex ? entries : [],
		subject: document["subject"] === void 0 ? void 0 : readDescriptor(document["subject"], `${what}, subject`),
		annotations: readAnnotations(document["annotations"], what, isLoose) ?? {}
	};
}
/** Some tools write null for a list without entries. */
function readList(value, { what, odd }, read) {
	return (value === null ? [] : asArray(value, what, MAX_ENTRIES)).flatMap((item, index) => {
		try {
			return [read(item, `${what}[${index}]`)];
		} catch (error) {
			if (!odd || !(error instanceof CountersignError)) throw error;
			odd.push(error.message);
			return [];
		}
	});
}
/**
* A descriptor in parsed JSON; `isLoose` as in parseList.
* @throws DataError DATA_JSON_INVALID; RegistryError REGISTRY_MANIFEST_INVALID
*/
function readDescriptor(value, what, isLoose = false) {
	const object = asObject(value, what);
	assertUnambiguous(object, DESCRIPTOR_MEMBERS, what);
	const digest = asText(object["digest"], `${what}.digest`);
	if (!isDigest(digest)) throw invalid(`${what} has the digest ${JSON.stringify(digest.slice(0, 160))}`);
	const artifactType = object["artifactType"];
	const annotations = readAnnotations(object["annotations"], what, isLoose);
	assertCopy(object["data"], digest, `${what}.data`);
	return {
		mediaType: asText(isLoose ? object["mediaType"] ?? "" : object["mediaType"], `${what}.mediaType`),
		digest,
		size: asInteger(object["size"], `${what}.size`),
		...artifactType === void 0 ? {} : { artifactType: asText(artifactType, `${what}.artifactType`) },
		...annotations ? { annotations } : {}
	};
}
/** Some clients take what stands in a descriptor in the place of what it names. */
function assertCopy(data, digest, what) {
	if (data === void 0 || data === null) return;
	if (digestLike(digest, fromBase64(asText(data, what), what)) !== digest) throw invalid(`${what} is not ${digest}`);
}
function readIndexEntry(value, what, isLoose) {
	const platform = asObject(value, what)["platform"];
	const descriptor = readDescriptor(value, what, isLoose);
	return platform === void 0 ? descriptor : {
		...descriptor,
		platform: asObject(platform, `${what}.platform`)
	};
}
function readAnnotations(value, what, isLoose) {
	if (value === void 0 || value === null) return void 0;
	const name = `${what}, annotations`;
	if (!isLoose) return asTextMap(value, name);
	const given = Object.entries(asObject(value, name)).filter(([, text]) => text !== null);
	return asTextMap(Object.fromEntries(given), name);
}
/**
* Checks the bytes against every digest they came with and against their type.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_MANIFEST_INVALID
*/
function checkManifest(received, place) {
	const { bytes, reference, claimed, mediaType } = received;
	const what = `manifest ${reference} of ${place}`;
	for (const digest of [reference, ...claimed]) if (isDigest(digest) && digestLike(digest, bytes) !== digest) throw new RegistryError("REGISTRY_DIGEST_MISMATCH", `the ${what} has not the digest ${digest}`, { hint: "do not use this content; the registry or a proxy altered it" });
	if (mediaType === void 0) throw invalid(`the ${what} came without a type`);
	parseList({
		bytes,
		mediaType
	}, `the ${what}`);
	return {
		bytes,
		mediaType,
		digest: isDigest(reference) ? reference : sha256(bytes)
	};
}
/** Name of a digest's file below `blobs/`: safe as a path because digests are checked when parsed. */
function blobPath(digest) {
	return [digest.slice(0, digest.indexOf(":")), digestHex(digest)];
}
/** The type that a manifest gives itself, or that its shape shows. */
function sniffMediaType(bytes) {
	const document = jsonObjectIn(bytes);
	if (!document) return void 0;
	const named = document["mediaType"];
	if (typeof named === "string") return named;
	return "manifests" in document ? MEDIA_TYPE.index : MEDIA_TYPE.manifest;
}

export { blobPath as a, makeManifest as c, readDescriptor as d, sniffMediaType as f, MANIFEST_MEMBERS as i, parseList as l, SIF_LAYER_TYPES as m, DESCRIPTOR_MEMBERS as n, checkManifest as o, MEDIA_TYPE as p, EMPTY_CONFIG as r, documentError as s, ACCEPT_MANIFESTS as t, parseManifest as u };