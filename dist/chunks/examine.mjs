import { _ as subjectNamed } from "./statement.mjs";
import { c as isDigest, d as sha256, p as shortDigest } from "./bytes.mjs";
import { m as withinEffort } from "./signatures.mjs";
import { a as placeBundle } from "./bundle3.mjs";
import { r as openBundles } from "./open-bundles.mjs";
import { l as readSignatureObjects } from "./signature-objects.mjs";
import { a as withinLimits } from "./carried-crls.mjs";
import { r as judgeImage, s as examineSif } from "./verify.mjs";
import { s as readAttachments } from "./attachments.mjs";
import { i as openRemoteSif, n as isFolder, t as blobHasher } from "./image.mjs";
import { a as counted } from "./text.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { t as ACCEPT_MANIFESTS, u as parseManifest } from "./manifest.mjs";
import { n as legacyFacts } from "./cosign2.mjs";
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
		message: `${image} names more than ${LIMITS.imageBlobs} blobs, all platforms together, and they were not looked at`,
		hint: "check that this is the right image; if it is, build it with fewer layers, or as an image for each platform"
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
* @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot; SignatureError
* SIGNATURE_EFFORT_TOO_LARGE; as lookasideFacts
*/
function examineRegistryImage(image, options) {
	return withinEffort(async () => {
		const examined = image.shape.is === "sif" ? await examineSifImage(image, options) : await examinePlainImage(image, await readAttachments(image), options);
		return options.lookaside === void 0 ? examined : withLookaside(examined, options.lookaside, options);
	});
}
/** A signature of the manifest of a SIF is one of all that is in it, as with cosign. */
async function withLookaside(examined, folder, { verifier, now }) {
	const { lookasideFacts } = await import("./lookaside2.mjs");
	const { image, view, sif, facts } = examined;
	const all = sif && facts.units.map(({ id }) => id);
	const unitsOf = (digest) => all ?? view.unitsOf(digest);
	const filed = await lookasideFacts(image, {
		folder,
		verifier,
		now,
		unitsOf
	});
	return {
		...examined,
		facts: {
			...facts,
			layers: [...facts.layers, ...filed]
		}
	};
}
async function examineSifImage(image, options) {
	if (image.shape.is !== "sif") throw new Error("not a SIF");
	const { layer } = image.shape;
	const { name, verifier, now, verifyData, evidence, onBytes } = options;
	const file = await openRemoteSif(image.repository, layer);
	const attached = await readAttachments(image, await signatureBlobs(file));
	const broken = await problemsOfBlobs(image, { verifyData: false });
	const sif = await examineWithAttached(file, {
		image,
		attached
	}, {
		name,
		verifier,
		now,
		...evidence ? { evidence } : {},
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
		verifier: sif.verifier,
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
function examineWithAttached(file, found, options) {
	return withinEffort(() => examineBoth(file, found, options));
}
async function examineBoth(...[file, { image, attached }, options]) {
	const { now, evidence } = options;
	const blobs = image.shape.is === "sif" ? [image.shape.layer.digest] : [];
	const sif = await examineSif(file, {
		...options,
		beside: withEvidence(attached, evidence),
		besideNatives: attached.natives,
		besideCrls: attached.crls,
		aliases: [image.descriptor.digest, ...blobs]
	});
	const unitsOf = () => sif.facts.units.map(({ id }) => id);
	const facts = await withOthers(sif.facts, attached, {
		verifier: sif.verifier,
		now,
		unitsOf
	});
	return {
		...sif,
		facts: {
			...facts,
			...referenceOf(image),
			problems: [...facts.problems, ...listProblems(attached)]
		}
	};
}
/** What was found together with what is attached in formats of others. */
async function withOthers(found, attached, check) {
	const { cosign, notations, envelopes, foreign } = attached;
	if (cosign.length + notations.length + envelopes.length === 0) return {
		...found,
		unjudged: [...found.unjudged ?? [], ...foreign]
	};
	const more = await legacyFacts(attached, {
		...check,
		known: found
	});
	return {
		...found,
		layers: [...found.layers, ...more.layers],
		evidence: [...found.evidence, ...more.evidence],
		unjudged: [
			...found.unjudged ?? [],
			...foreign,
			...more.unjudged
		]
	};
}
/** What is wrong with blobs, where they are looked at: in a registry only if they are to be read. */
async function problemsOfBlobs(image, check) {
	return check.verifyData || isFolder(image.repository) ? blobProblems(image, check) : [];
}
/** What is attached, and what was given along and is not. */
function withEvidence({ bundles }, given = []) {
	const attached = new Set(given.length > 0 ? bundles.map(({ bytes }) => sha256(bytes)) : []);
	return [...bundles, ...given.filter(({ bytes }) => !attached.has(sha256(bytes)))];
}
/** The signature objects of a file by digest: what its layers are called when they are attached. */
async function signatureBlobs(file) {
	const { natives, lane } = await readSignatureObjects(file);
	return new Map([...natives, ...lane].map(({ data }) => [sha256(data), data]));
}
async function examinePlainImage(image, attached, { name, verifier: asked, now, verifyData, evidence: given, onBytes }) {
	const verifier = asked.withCrls(withinLimits(attached.crls));
	const broken = await problemsOfBlobs(image, {
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
	const bundles = (await openBundles(withEvidence(attached, given), {
		verifier,
		now
	})).map((bundle) => placeBundle(bundle, view)).filter(({ is, opened: read }) => is === "evidence" || !read?.found.evidenceOnly);
	return {
		image,
		attached,
		sif: void 0,
		facts: await withOthers({
			name,
			kind: "oci",
			...referenceOf(image),
			contentDigests: [image.descriptor.digest],
			units: units.map((id) => ({ id })),
			layers: bundles.flatMap((bundle) => bundle.is === "layer" ? [bundle.fact] : []),
			evidence: bundles.flatMap((bundle) => bundle.is === "evidence" ? [bundle.fact] : []),
			dataRead: verifyData,
			problems: [...broken, ...listProblems(attached)]
		}, attached, {
			verifier,
			now,
			unitsOf
		}),
		view,
		verifier,
		bundles,
		subjects: digests.map((digest) => subjectOf(image, digest)),
		content: [],
		freeSlots: null
	};
}
/** What signatures that name a place are compared with; a folder is none. */
function referenceOf({ repository: { name }, name: pinned, asked }) {
	return isFolder({ name }) ? { pinned } : {
		pinned,
		reference: `${name}${isDigest(asked) ? "@" : ":"}${asked}`
	};
}
function unitId(digest) {
	return `manifest ${digest}`;
}
/** Statements are public: of a layout folder only the last part of its path is named. */
function subjectOf({ repository: { name } }, digest) {
	const place = isFolder({ name }) ? `oci:${basename(name)}` : name;
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
	const { verifyData, lookaside, onBytes } = options;
	const examination = await examineRegistryImage(image, {
		name: options.name ?? image.name,
		verifier: criteria.verifier,
		now: criteria.now,
		verifyData,
		lookaside,
		...onBytes ? { onBytes } : {}
	});
	return judgeImage(examination, criteria, options.stages);
}

export { examineWithAttached as n, verifyRegistryImage as r, examineRegistryImage as t };