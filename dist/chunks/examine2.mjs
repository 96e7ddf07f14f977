import { _ as subjectNamed } from "./statement.mjs";
import { c as isDigest, d as sha256, p as shortDigest } from "./bytes.mjs";
import { i as openSif, s as DATA_TYPE } from "./sif.mjs";
import { c as placeBundle, r as openBundles, t as examineSif } from "./examine.mjs";
import { i as readSignatureObjects } from "./native-signatures.mjs";
import { r as judgeImage } from "./verify.mjs";
import { s as readAttachments } from "./attachments.mjs";
import { r as counted } from "./text.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { t as ACCEPT_MANIFESTS, u as parseManifest } from "./manifest.mjs";
import { i as withoutCopies, n as legacyFacts } from "./cosign2.mjs";
import { n as registrySource, t as blobHasher } from "./source3.mjs";
import { basename } from "node:path";

// src/image/registry/blobs.ts
/** Problems that are listed one by one. */
const SHOWN = 20;
/** Layers that their maker keeps outside registries, as old Windows base images do. */
const KEPT_ELSEWHERE = /\.nondistributable\.|\.foreign\./;
const MANIFEST_TYPES = ACCEPT_MANIFESTS.split(", ");
/**
* What is missing or altered in an image that is no SIF.
* @throws RegistryError, NetworkError, SystemError when it cannot be found out
*/
async function blobProblems(image, check) {
	const { repository } = image;
	if (!check.verifyData && !isFolder(repository)) return [];
	const problems = [];
	const wanted = /* @__PURE__ */ new Map();
	for (const subject of image.subjects) {
		const found = await manifestProblems(image, subject, wanted);
		problems.push(...isFolder(repository) ? found.map(asAbsentPlatform) : found);
		if (wanted.size > LIMITS.imageBlobs) return [tooMany(image)];
	}
	const total = [...wanted.values()].reduce((sum, { size }) => sum + size, 0);
	let done = 0;
	for (const blob of wanted.values()) {
		const progress = (bytes) => check.onBytes?.(done + bytes, total);
		const problem = check.verifyData ? await readProblem(repository, blob, progress) : await sizeProblem(repository, blob);
		if (problem) problems.push(problem);
		done += blob.size;
	}
	return shortened(problems);
}
/**
* A folder may hold some platforms of an image only, as docker and containerd save what they have: then nobody can run
* the others from it.
*/
function asAbsentPlatform(problem) {
	if (problem.code !== "REGISTRY_BLOB_MISSING") return problem;
	return {
		...problem,
		severity: "remark",
		hint: "nothing, if this platform is not needed here; else copy the image anew with all its platforms"
	};
}
/** In a folder of this machine the size of a blob costs nothing to ask for. */
function isFolder({ name }) {
	return name.startsWith("oci:");
}
/** Adds what a manifest names to `wanted`, each blob once. */
async function manifestProblems({ repository, manifest: top }, subject, wanted) {
	const what = `manifest ${subject.digest}`;
	const add = (blob, name) => {
		wanted.set(`${blob.digest} ${blob.size}`, {
			...blob,
			what: name
		});
	};
	if (!MANIFEST_TYPES.includes(subject.mediaType)) {
		add(subject, "entry of the index");
		return [];
	}
	try {
		const manifest = subject.digest === top.digest ? top : await repository.getManifest(subject.digest);
		if (!manifest) return [missing(what, subject)];
		if (manifest.bytes.length !== subject.size) return [otherSize(what, manifest.bytes.length, subject)];
		const { config, layers } = parseManifest(manifest, what);
		const of = `of ${shortDigest(subject.digest)}`;
		if (config) add(config, `config ${of}`);
		for (const layer of layers) add(layer, `layer ${of}`);
		return [];
	} catch (error) {
		return [contentProblem(error, what, subject)];
	}
}
async function sizeProblem(repository, blob) {
	const size = await repository.blobSize(blob.digest);
	if (size === void 0) return missing(blob.what, blob);
	return size === blob.size ? void 0 : otherSize(blob.what, size, blob);
}
async function readProblem(repository, blob, progress) {
	try {
		let done = 0;
		for await (const chunk of repository.readBlob(blob.digest, { sizeBytes: blob.size })) {
			done += chunk.length;
			progress(done);
		}
		return;
	} catch (error) {
		return contentProblem(error, blob.what, blob);
	}
}
/** Trouble with the registry itself is thrown on: then nothing is known. */
function contentProblem(error, what, blob) {
	if (!(error instanceof RegistryError)) throw error;
	switch (error.code) {
		case "REGISTRY_NOT_FOUND": return missing(what, blob);
		case "REGISTRY_DIGEST_MISMATCH": return altered(what, "has other content than its digest says", blob);
		case "REGISTRY_DOCUMENT_AMBIGUOUS":
		case "REGISTRY_SIZE_MISMATCH":
		case "REGISTRY_MANIFEST_INVALID": return altered(what, `is not what is named: ${error.message}`, blob);
		default: throw error;
	}
}
function missing(what, { digest, mediaType }) {
	if (KEPT_ELSEWHERE.test(mediaType)) return {
		code: "REGISTRY_BLOB_ELSEWHERE",
		message: `${naming(what, digest)} is kept outside the registry and was not looked at`,
		hint: "nothing: who runs the image fetches it by its digest",
		severity: "remark"
	};
	return {
		code: "REGISTRY_BLOB_MISSING",
		message: `${naming(what, digest)} is not there`,
		hint: "copy or push the image again, all platforms of it"
	};
}
function otherSize(what, size, blob) {
	return altered(what, `has ${counted(size, "byte")} instead of ${blob.size}`, blob);
}
function altered(what, problem, { digest }) {
	return {
		code: "REGISTRY_BLOB_ALTERED",
		message: `${naming(what, digest)} ${problem}`,
		hint: "do not use this image; copy or push it again, and find out who altered it"
	};
}
/** The kind of thing and its whole digest, once. */
function naming(what, digest) {
	return what.includes(digest) ? `the ${what}` : `the ${what}, ${digest},`;
}
function tooMany({ name: image }) {
	return {
		code: "REGISTRY_BLOBS_TOO_MANY",
		message: `${image} names more than ${LIMITS.imageBlobs} blobs`,
		hint: "check that this is the right image; split it if it is"
	};
}
/** The first ones and how many more there are; a remark pushes no problem out. */
function shortened(problems) {
	const ordered = [...problems.filter(({ severity }) => severity !== "remark"), ...problems.filter(({ severity }) => severity === "remark")];
	const [next] = ordered.slice(SHOWN);
	if (!next) return ordered;
	return [...ordered.slice(0, SHOWN), {
		...next,
		message: `and ${ordered.length - SHOWN} more, as ${next.message}`
	}];
}

// src/image/registry/examine.ts
/**
* Reads, checks and compares everything on an image in a registry.
* @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
*/
async function examineRegistryImage(image, options) {
	if (image.shape.is === "sif") return examineSifImage(image, options);
	return examinePlainImage(image, await readAttachments(image), options);
}
async function examineSifImage(image, options) {
	if (image.shape.is !== "sif") throw new Error("not a SIF");
	const { layer } = image.shape;
	const { name, verifier, now, verifyData, onBytes } = options;
	const file = await openRemoteSif(image.repository, layer);
	const attached = await readAttachments(image, await signatureBlobs(file));
	const broken = await blobProblems(image, { verifyData: false });
	const sif = await examineWithAttached(file, {
		image,
		attached
	}, {
		name,
		verifier,
		now,
		...verifyData ? {
			data: "read",
			hash: blobHasher(image.repository, layer)
		} : { data: "claimed" },
		...onBytes ? { onBytes } : {}
	});
	const whole = [image.descriptor.digest, layer.digest].map((digest) => subjectOf(image, digest));
	return {
		image,
		attached,
		sif,
		facts: {
			...sif.facts,
			problems: [...broken, ...sif.facts.problems]
		},
		view: sif.view,
		bundles: sif.bundles,
		subjects: [...sif.subjects, ...whole],
		content: sif.content,
		freeSlots: sif.image.freeSlots
	};
}
/**
* All facts about a SIF, in the registry or fetched from it, together with what is attached to it there.
* @throws SifError when it cannot be read as a SIF
*/
async function examineWithAttached(file, { image, attached }, options) {
	const { verifier, now } = options;
	const blobs = image.shape.is === "sif" ? [image.shape.layer.digest] : [];
	const sif = await examineSif(file, {
		...options,
		beside: attached.bundles,
		besideNatives: attached.natives,
		aliases: [image.descriptor.digest, ...blobs]
	});
	const more = await legacyFacts(attached, {
		verifier,
		now,
		unitsOf: () => sif.facts.units.map(({ id }) => id)
	});
	const facts = {
		...sif.facts,
		...referenceOf(image),
		layers: [...sif.facts.layers, ...more.layers],
		evidence: [...sif.facts.evidence, ...withoutCopies(more.evidence, sif.facts.evidence)],
		unjudged: [...attached.foreign, ...more.unjudged],
		problems: [...sif.facts.problems, ...listProblems(attached)]
	};
	return {
		...sif,
		facts
	};
}
/** A SIF in a registry with its signature objects at hand. @throws SifError, RegistryError, NetworkError */
async function openRemoteSif(repository, layer) {
	const source = registrySource(repository, layer);
	const file = await openSif(source);
	const signatures = file.objects.filter(({ dataType }) => dataType === DATA_TYPE.signature);
	await source.prefetch(signatures.map(({ offset, sizeBytes }) => ({
		offset,
		lengthBytes: sizeBytes
	})));
	return file;
}
/** The signature objects of a file by digest: what its layers are called when they are attached. */
async function signatureBlobs(file) {
	const { natives, lane } = await readSignatureObjects(file);
	return new Map([...natives, ...lane].map(({ data }) => [sha256(data), data]));
}
async function examinePlainImage(image, attached, { name, verifier, now, verifyData, onBytes }) {
	const broken = await blobProblems(image, {
		verifyData,
		...onBytes ? { onBytes } : {}
	});
	const digests = image.subjects.map(({ digest }) => digest);
	const unitsOf = (digest) => digests.includes(digest) ? [unitId(digest)] : [];
	const units = digests.map(unitId);
	const view = {
		kind: "oci",
		digests,
		aliases: [],
		units,
		known: true,
		unitsOf,
		explain: () => []
	};
	const bundles = (await openBundles(attached.bundles, {
		verifier,
		now
	})).map((bundle) => placeBundle(bundle, view));
	const legacy = await legacyFacts(attached, {
		verifier,
		now,
		unitsOf
	});
	const evidence = bundles.flatMap((bundle) => bundle.is === "evidence" ? [bundle.fact] : []);
	return {
		image,
		attached,
		sif: void 0,
		facts: {
			name,
			kind: "oci",
			...referenceOf(image),
			contentDigests: [image.descriptor.digest],
			units: units.map((id) => ({ id })),
			layers: [...bundles.flatMap((bundle) => bundle.is === "layer" ? [bundle.fact] : []), ...legacy.layers],
			evidence: [...evidence, ...withoutCopies(legacy.evidence, evidence)],
			unjudged: [...attached.foreign, ...legacy.unjudged],
			dataRead: verifyData,
			problems: [...broken, ...listProblems(attached)]
		},
		view,
		bundles,
		subjects: digests.map((digest) => subjectOf(image, digest)),
		content: [],
		freeSlots: null
	};
}
/** What signatures that name a place are compared with; a folder is none. */
function referenceOf({ repository: { name }, name: pinned, asked }) {
	return name.startsWith("oci:") ? { pinned } : {
		pinned,
		reference: `${name}${isDigest(asked) ? "@" : ":"}${asked}`
	};
}
function unitId(digest) {
	return `manifest ${digest}`;
}
/** Statements are public: of a layout folder only the last part of its path is named. */
function subjectOf({ repository: { name } }, digest) {
	const place = name.startsWith("oci:") ? `oci:${basename(name)}` : name;
	return subjectNamed(place, digest);
}
/** Entries that are named when they are passed over. */
const REJECTED_SHOWN = 20;
/** A list that was cut proves nothing about what is missing, so no verdict may rest on it. */
function listProblems({ complete, rejected }) {
	const passedOver = rejected.slice(0, REJECTED_SHOWN).map(({ digest, reason }) => {
		return {
			code: "REGISTRY_ATTACHED_UNREADABLE",
			message: `${digest.startsWith("sha256:") ? `referrer ${digest}` : digest} is passed over: ${reason}`,
			hint: "nothing; or let the user list tags, or find out who altered the registry",
			severity: "remark"
		};
	});
	if (complete) return passedOver;
	return [{
		code: "REGISTRY_ATTACHED_TOO_LARGE",
		message: "more is attached to the image than is looked at",
		hint: "remove attached manifests that are not needed"
	}, ...passedOver];
}
/**
* The verdict about an image in a registry or layout folder.
* @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
*/
async function verifyRegistryImage(image, criteria, options) {
	const { verifyData, onBytes } = options;
	const examination = await examineRegistryImage(image, {
		name: options.name ?? image.name,
		verifier: criteria.verifier,
		now: criteria.now,
		verifyData,
		...onBytes ? { onBytes } : {}
	});
	return judgeImage(examination, criteria, options.stages);
}

export { examineWithAttached as n, verifyRegistryImage as r, examineRegistryImage as t };