import { c as isDigest, d as sha256 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { f as readCosignAttestations, o as cosignTag, p as readCosignSignatures } from "./cosign.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { l as parseList, p as MEDIA_TYPE, u as parseManifest } from "./manifest.mjs";
import { l as DATA_TYPE, s as readObject } from "./sif.mjs";
import { n as legacyFacts } from "./cosign2.mjs";

// src/image/sif/oci-sif.ts
/** Why what is signed with cosign in an OCI-SIF covers less than the file, or does not count. */
const OCI_SIF_REASONS = {
	OCI_SIF_UNCOVERED: {
		when: "an OCI-SIF holds something beside its signed OCI image and what cosign signed, or not all of the image, or a launch script of its own; a cosign signature inside is of the image alone and does not cover that",
		fix: "have the file approved with countersign, or build it again from the image alone"
	},
	OCI_SIF_UNREADABLE: {
		when: "the root index of an OCI-SIF does not name exactly one image, or what is signed with cosign inside cannot be read (a remark); it does not count",
		fix: "nothing, if all stages pass; else sign the image again, or obtain it again"
	}
};
/** Annotation by which the root index names what is not the image itself. */
const REF_NAME = "org.opencontainers.image.ref.name";
/** What stands in such a name for the repository. @see https://github.com/sylabs/oci-tools/blob/v0.20.1/pkg/sourcesink/cosign.go */
const COSIGN_PLACE = "_cosign:";
/** What runs a file that is called as a program; anything else is not the signed image's. */
const LAUNCH_SCRIPTS = ["", "#!/usr/bin/env run-singularity\n"];
/** Reads the index and what is signed, within limits. Never throws for what is in it. @throws as ByteSource.read */
async function readOciSif(image) {
	const problems = [];
	const orNone = async (read) => {
		try {
			return await read();
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			problems.push(unreadable(error.message));
			return [];
		}
	};
	const [blobs] = await orNone(async () => [await OciBlobs.open(image)]);
	const subject = blobs?.subject?.digest;
	if (!blobs || !subject) {
		if (blobs) problems.push(unreadable("its root index does not name one image"));
		return {
			manifest: void 0,
			cosign: [],
			envelopes: [],
			problems,
			blobs: void 0
		};
	}
	const signatures = await orNone(() => readCosignSignatures(blobs, subject));
	const attestations = await orNone(() => readCosignAttestations(blobs, subject));
	return {
		manifest: subject,
		cosign: signatures.map((signature) => ({
			subject,
			signature,
			inside: true
		})),
		envelopes: attestations.map((found) => ({
			...found,
			subject,
			inside: true
		})),
		problems,
		blobs
	};
}
/** The blobs of an OCI-SIF by digest, each checked when it is read, and the manifests that its root index names. */
var OciBlobs = class OciBlobs {
	#image;
	#objects;
	#entries;
	/** Digest of the root index as it was read. */
	rootDigest;
	/** Bytes that may still be read. */
	#left = LIMITS.attachedTotalBytes;
	constructor(image, rootDigest, entries) {
		this.#image = image;
		this.#objects = Map.groupBy(image.objects, (object) => blobDigest(object) ?? "");
		this.rootDigest = rootDigest;
		this.#entries = entries;
	}
	/** @throws RegistryError, SifError when there is not one root index that can be read */
	static async open(image) {
		const [root, ...more] = image.objects.filter(({ dataType }) => dataType === DATA_TYPE.ociRootIndex);
		if (!root || more.length > 0) throw malformed(`it has ${more.length + 1} root indexes`);
		const bytes = await readObject(image, root, LIMITS.manifestBytes);
		const { kind, manifests } = parseManifest({
			bytes,
			mediaType: MEDIA_TYPE.index
		}, "the root index");
		if (kind !== "index") throw malformed("the root index is none");
		return new OciBlobs(image, sha256(bytes), manifests);
	}
	/** The one entry that has no name: what SingularityCE runs. An index is none, since it signs and runs no such. */
	get subject() {
		const [only, ...more] = this.#entries.filter(({ annotations }) => !annotations?.[REF_NAME]);
		return more.length === 0 && only && MANIFESTS.includes(only.mediaType) ? only : void 0;
	}
	/** Manifests of a tag that cosign has for an image. */
	tagged(tag) {
		return this.#entries.filter(({ annotations }) => annotations?.[REF_NAME] === `${COSIGN_PLACE}${tag}`);
	}
	/** The image, and what cosign's tags for it name. */
	get known() {
		const { subject } = this;
		if (!subject) return [];
		return [subject, ...SUFFIXES.flatMap((suffix) => this.tagged(cosignTag(subject.digest, suffix)))];
	}
	/** True when everything that the index names is known: another name could be asked for, and run. */
	get isClosed() {
		return this.known.length === this.#entries.length;
	}
	/** The manifest of a tag that cosign has for an image. @throws RegistryError */
	async getManifest(tag) {
		const [entry, ...more] = this.tagged(tag);
		if (more.length > 0) throw malformed(`its root index names ${tag} more than once`);
		return entry && {
			digest: entry.digest,
			mediaType: entry.mediaType,
			bytes: await this.read(entry)
		};
	}
	async *readBlob(digest, { sizeBytes = 0 } = {}) {
		yield await this.read({
			digest,
			size: sizeBytes
		});
	}
	/** A whole small blob. @throws RegistryError REGISTRY_NOT_FOUND, REGISTRY_SIZE_MISMATCH, REGISTRY_DIGEST_MISMATCH */
	async read({ digest, size }) {
		const [object, ...more] = this.#objects.get(digest) ?? [];
		if (!object || more.length > 0) throw refused("REGISTRY_NOT_FOUND", `${digest} is in ${object ? "several objects" : "no object"}`);
		if (object.sizeBytes !== size) throw refused("REGISTRY_SIZE_MISMATCH", `object ${object.id} has not the size that is named`);
		this.#left -= size;
		if (this.#left < 0) throw refused("REGISTRY_ATTACHED_TOO_LARGE", "more is signed there than is looked at");
		const bytes = await readObject(this.#image, object, LIMITS.bundleBytes);
		if (sha256(bytes) !== digest) throw refused("REGISTRY_DIGEST_MISMATCH", `object ${object.id} has other data than its digest says`);
		return bytes;
	}
};
/** Of cosign's tags. */
const SUFFIXES = ["sig", "att"];
const MANIFESTS = [MEDIA_TYPE.manifest, MEDIA_TYPE.dockerManifest];
/** The digest that a blob's descriptor names; undefined for other objects. */
function blobDigest({ dataType, extra }) {
	if (dataType !== DATA_TYPE.ociBlob) return void 0;
	const end = extra.indexOf(0);
	if (end === -1 || extra.subarray(end).some((byte) => byte !== 0)) return void 0;
	const text = Buffer.from(extra.subarray(0, end)).toString("latin1");
	return isDigest(text) ? text : void 0;
}
/** The facts about a file together with what is signed with cosign inside. */
async function withOciSif(facts, { image, digests }, checking) {
	const found = await readOciSif(image);
	const coverage = await ociCoverage(image, found, digests);
	const unitsOf = () => coverage.objects.map((id) => `object ${id}`);
	const more = await legacyFacts({
		...found,
		notations: []
	}, {
		...checking,
		unitsOf,
		known: facts
	});
	return {
		...facts,
		layers: [...facts.layers, ...more.layers.map((layer) => asCovered(layer, coverage))],
		evidence: [...facts.evidence, ...more.evidence.map((one) => asCovered(one, coverage))],
		unjudged: [...facts.unjudged ?? [], ...more.unjudged],
		problems: [...facts.problems, ...found.problems]
	};
}
/** A signature of an image that is not there whole is of another one. */
function asCovered(fact, { contradicted, reasons }) {
	const more = {
		...fact,
		reasons: [...fact.reasons, ...reasons]
	};
	if (!contradicted) return more;
	return {
		...more,
		covers: [],
		contradicted,
		signature: fact.signature === "valid" ? "invalid" : fact.signature
	};
}
/**
* The objects that are the image, or hold what is signed with cosign, or the index that names both, by this run's own
* hashes. One that is not hashed is not covered; one that is nothing of this is named.
*/
async function ociCoverage(image, found, digests) {
	const { blobs } = found;
	const { launchScript } = image.header;
	if (!blobs?.subject) return {
		objects: [],
		contradicted: false,
		reasons: []
	};
	if (!LAUNCH_SCRIPTS.includes(launchScript)) return uncovered([`the launch script in the global header is ${JSON.stringify(launchScript.slice(0, 40))}`]);
	const wanted = await namedBy(blobs, blobs.subject, parseManifest);
	if (!wanted) return {
		...uncovered(["the manifest of its image cannot be read"]),
		contradicted: true
	};
	const known = new Set(wanted);
	for (const entry of blobs.known.slice(1)) for (const one of await namedBy(blobs, entry, parseList) ?? []) known.add(one);
	const seen = /* @__PURE__ */ new Set();
	const objects = [];
	const odd = [];
	let unread = false;
	for (const object of image.objects.filter(({ group }) => group !== 0)) {
		const hex = digests.get(object.id)?.get("sha256");
		const data = `sha256:${hex}`;
		unread ||= hex === void 0;
		if (hex === void 0) continue;
		const isRoot = object.dataType === DATA_TYPE.ociRootIndex && data === blobs.rootDigest && blobs.isClosed;
		const isKnown = blobDigest(object) === data && known.has(data) && !seen.has(data);
		if (isRoot || isKnown) objects.push(object.id);
		else odd.push(oddity(object, data, known));
		if (isKnown) seen.add(data);
	}
	const missing = unread ? [] : wanted.filter((digest) => !seen.has(digest));
	if (missing.length > 0) return {
		...uncovered(missing.map((digest) => `${digest} of the image is not there`)),
		contradicted: true
	};
	return {
		...uncovered(odd),
		objects
	};
}
function oddity({ id, dataType }, data, known) {
	if (dataType === DATA_TYPE.ociRootIndex) return `object ${id}, the root index, was read otherwise or names another image`;
	if (dataType !== DATA_TYPE.ociBlob || !known.has(data)) return `object ${id} is no part of the signed image`;
	return `object ${id} is there twice, or under another digest than that of its data`;
}
function uncovered(what) {
	const [first, ...more] = what;
	const also = more.length > 0 ? `; and ${more.length} more` : "";
	return {
		objects: [],
		contradicted: false,
		reasons: first === void 0 ? [] : [{
			code: "OCI_SIF_UNCOVERED",
			message: `the cosign signature inside is of the OCI image alone: ${first}${also}`,
			hint: OCI_SIF_REASONS.OCI_SIF_UNCOVERED.fix
		}]
	};
}
/** A manifest and what it names; undefined when it cannot be read. */
async function namedBy(blobs, entry, parse) {
	try {
		const { mediaType, digest } = entry;
		const { config, layers } = parse({
			bytes: await blobs.read(entry),
			mediaType
		}, `the manifest ${digest}`);
		return [
			digest,
			...config ? [config.digest] : [],
			...layers.map((layer) => layer.digest)
		];
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}
function unreadable(problem) {
	return {
		code: "OCI_SIF_UNREADABLE",
		message: `what is signed with cosign inside the file does not count: ${problem}`,
		hint: OCI_SIF_REASONS.OCI_SIF_UNREADABLE.fix,
		severity: "remark"
	};
}
function malformed(problem) {
	return refused("REGISTRY_MANIFEST_INVALID", problem);
}
function refused(code, message) {
	return new RegistryError(code, message, { hint: "obtain the image again" });
}

export { readOciSif as n, withOciSif as r, OCI_SIF_REASONS as t };