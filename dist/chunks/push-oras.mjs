import { n as RegistryError } from "./errors5.mjs";
import { s as utf8 } from "./bytes.mjs";
import { S as attachBundle, b as readCosignSignatures, h as cosignTag, o as openRegistryImage, s as readRegistryLayers, w as memoryBlob } from "./registry-image.mjs";
import { a as makeManifest, c as MEDIA_TYPE, n as EMPTY_CONFIG, o as parseManifest } from "./manifest.mjs";
import { n as openFileSource, o as openSif } from "./source.mjs";
import { r as ObjectStreamHasher } from "./registry-source.mjs";
import { r as bundlesOfLane } from "./registry-bundles.mjs";
import { l as examineSif } from "./attach.mjs";
import { i as verifyRegistryImage, n as judgeFacts, o as combineVerdict } from "./verify.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { i as manifestName, n as formatReference, r as isTag, t as formatPlace } from "./reference.mjs";
import { n as renderMarkdown, r as findingsOf, t as renderText } from "./text.mjs";
import { n as COMMON_OUTPUTS, r as PRIVILEGED_INPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { i as systemClock, n as openFrom, r as referenceFrom, t as CONNECTION_INPUTS } from "./registry-inputs.mjs";
import { t as assembleFile } from "./assemble.mjs";
import { t as keepCosignSignatures } from "./cosign-write.mjs";
import { n as pullSif, t as findSif } from "./pull.mjs";
import { a as subjectFile, n as SUBJECT_INPUT } from "./subjects.mjs";
import { a as optionalJudge, n as TRUST_INPUTS, r as VERIFY_DATA_INPUT } from "./trust-inputs.mjs";
import { basename, join } from "node:path";

// src/registry/push.ts
/**
* The manifest of a pushed SIF, byte for byte as apptainer 1.4.5 writes it.
* @see SIF specification notes in docs/formats.md, section Registry
*/
function sifManifest(layer) {
	const document = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		config: {
			mediaType: MEDIA_TYPE.sifConfig,
			size: EMPTY_CONFIG.bytes.length,
			digest: EMPTY_CONFIG.digest
		},
		layers: [{
			mediaType: MEDIA_TYPE.sifLayer,
			size: layer.size,
			digest: layer.digest,
			annotations: { "org.opencontainers.image.title": layer.title }
		}]
	};
	return makeManifest(utf8(escapeLikeGo(JSON.stringify(document))), MEDIA_TYPE.manifest);
}
/** Go's JSON encoder, which apptainer uses, also escapes these inside texts. */
function escapeLikeGo(json) {
	return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
/**
* Publishes a SIF; undefined when `admit` gave nothing.
* @throws RegistryError, NetworkError; REGISTRY_TAG_MOVED when a tag names something else right after it was written
*/
async function pushSif(repository, push) {
	let bundles;
	const layer = await repository.streamBlob(push.source, {
		async commit(digest) {
			bundles = await push.admit(digest);
			return bundles !== void 0;
		},
		...push.onBytes ? { onBytes: push.onBytes } : {},
		...push.signal ? { signal: push.signal } : {}
	});
	if (bundles === void 0) return void 0;
	await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
	const manifest = sifManifest({
		digest: layer.digest,
		size: layer.sizeBytes,
		title: push.title
	});
	await repository.putManifest(manifest, manifest.digest);
	const descriptor = {
		mediaType: manifest.mediaType,
		digest: manifest.digest,
		size: manifest.bytes.length
	};
	const attached = [];
	for (const bundle of bundles) attached.push((await attachBundle(repository, descriptor, bundle)).digest);
	await assertPublished(repository, descriptor, {
		layer: layer.digest,
		size: layer.sizeBytes,
		attached
	});
	await push.confirm?.(descriptor);
	for (const tag of push.tags) await moveTag(repository, manifest, tag);
	return {
		manifest: descriptor,
		layer: layer.digest,
		attached
	};
}
async function assertPublished(repository, manifest, wanted) {
	const stored = await repository.getManifest(manifest.digest);
	const size = await repository.blobSize(wanted.layer);
	const listed = wanted.attached.length === 0 ? [] : (await repository.listReferrers(manifest.digest)).referrers;
	const digests = new Set(listed.map(({ descriptor }) => descriptor.digest));
	const missing = wanted.attached.find((digest) => !digests.has(digest));
	if (stored && size === wanted.size && missing === void 0) return;
	const what = !stored ? "the manifest" : size !== wanted.size ? "the image" : `the layer ${missing}`;
	throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", `${what} cannot be read back from ${repository.name}`, { hint: "repeat; no tag was moved" });
}
/** Points a tag at a manifest and makes sure. @throws RegistryError REGISTRY_TAG_MOVED */
async function moveTag(repository, manifest, tag) {
	await repository.putManifest(manifest, tag);
	const now = await repository.resolve(tag);
	if (now?.digest === manifest.digest) return;
	throw new RegistryError("REGISTRY_TAG_MOVED", `the tag ${tag} names ${now?.digest ?? "nothing"} right after the push`, { hint: "find out who else writes this tag; the image is there by its digest" });
}

// src/layers/publish.ts
const CHUNK_BYTES = 1048576;
/**
* Publishes an image with its layers, tags last.
* @throws SifError, RegistryError, NetworkError, SystemError
*/
async function publishSif(repository, request) {
	await using file = await openFileSource(request.path);
	const image = await openSif(file);
	const { bundles, leftOut } = await bundlesOfLane(image);
	const judging = request.judge ? startJudging(image, request.judge, request) : void 0;
	try {
		const hasher = await judging?.hasher;
		let verdict;
		return {
			sif: await pushSif(repository, {
				title: request.title,
				tags: request.tags,
				source: blobSource(file, (offset, bytes) => hasher?.update(offset, bytes)),
				async admit() {
					verdict = await judging?.verdict;
					await assertUnchanged(file);
					return verdict === void 0 || verdict.verdict === "passed" ? bundles : void 0;
				},
				...request.onBytes ? { onBytes: request.onBytes } : {},
				...request.signal ? { signal: request.signal } : {}
			}),
			verdict,
			leftOut
		};
	} finally {
		await judging?.abandon();
	}
}
/** Examines the image with digests that the upload delivers while it streams. */
function startJudging(image, judge, { name }) {
	const started = Promise.withResolvers();
	const hash = (_, objects, options) => {
		const hasher = new ObjectStreamHasher(image, objects, options.algorithms);
		started.resolve(hasher);
		return hasher.digests;
	};
	const examining = examineSif(image, {
		name,
		verifier: judge.verifier,
		now: judge.now,
		hash
	});
	examining.catch((error) => started.reject(error));
	const verdict = examining.then((examination) => judgeFacts(examination, judge));
	verdict.catch(() => void 0);
	return {
		hasher: started.promise,
		verdict,
		async abandon() {
			(await started.promise.catch(() => void 0))?.fail(/* @__PURE__ */ new Error("the upload ended early"));
			await verdict.catch(() => void 0);
		}
	};
}
async function assertUnchanged(file) {
	if (await file.current?.() === void 0) return;
	throw new RegistryError("REGISTRY_SOURCE_CHANGED", `${file.name} changed while it was pushed`, { hint: "repeat when nothing else writes to the file; nothing was published" });
}
/** A file as something to push, in two blocks of memory that take turns; `pass` sees every chunk on its way. */
function blobSource(file, pass) {
	return {
		sizeBytes: file.sizeBytes,
		async *open(offset) {
			let [free, busy] = [/* @__PURE__ */ new ArrayBuffer(CHUNK_BYTES), /* @__PURE__ */ new ArrayBuffer(CHUNK_BYTES)];
			let at = offset;
			let next = readChunk(file, at, busy);
			while (at < file.sizeBytes) {
				const chunk = await next;
				const start = at;
				at += chunk.length;
				[free, busy] = [busy, free];
				next = readChunk(file, at, busy);
				next.catch(() => void 0);
				pass(start, chunk);
				yield chunk;
			}
			await next;
		}
	};
}
async function readChunk(file, at, memory) {
	const lengthBytes = Math.min(CHUNK_BYTES, file.sizeBytes - at);
	if (!file.readInto) return file.read(at, lengthBytes);
	const target = new Uint8Array(memory, 0, lengthBytes);
	await file.readInto(target, at);
	return target;
}

// src/layers/promote.ts
/**
* Carries an image with all its layers over. The image stays under its digest; the verdict is asked for at the source,
* before anything is copied, and at the destination, before a tag moves.
* @throws RegistryError, NetworkError
*/
async function promoteImage(reference, promotion) {
	const image = await openRegistryImage(promotion.from, reference);
	const before = await judgeAt(image, promotion, promotion.verifyData);
	if (before?.verdict === "failed") return {
		manifest: void 0,
		verdict: before,
		attached: 0
	};
	for (const subject of image.subjects.slice(1)) await copyManifest(subject.digest, promotion);
	await copyManifest(image.descriptor.digest, promotion);
	let attached = 0;
	for (const subject of image.subjects) attached += await copyAttached(subject.digest, promotion);
	const there = await openRegistryImage(promotion.to, image.descriptor.digest);
	const after = await judgeAt(there, promotion, false);
	if (after?.verdict === "failed") return {
		manifest: void 0,
		verdict: after,
		attached
	};
	for (const tag of promotion.tags) await moveTag(promotion.to, there.manifest, tag);
	return {
		manifest: there.descriptor,
		verdict: after,
		attached
	};
}
async function judgeAt(image, { judge }, verifyData) {
	return judge && verifyRegistryImage(image, judge, { verifyData });
}
async function copyManifest(digest, promotion) {
	const manifest = await promotion.from.getManifest(digest);
	if (!manifest) throw new RegistryError("REGISTRY_NOT_FOUND", `${promotion.from.name} has no manifest ${digest}`, { hint: "the image is incomplete at its source; push it again there" });
	await copyBlobs(manifest, promotion);
	await promotion.to.putManifest(manifest, digest);
	return manifest;
}
async function copyBlobs(manifest, promotion) {
	const { config, layers } = parseManifest(manifest, `the manifest ${manifest.digest}`);
	for (const blob of [...config ? [config] : [], ...layers]) await copyBlob(blob, promotion);
}
async function copyBlob(blob, { from, to, mountFrom, onBytes }) {
	if (await to.blobSize(blob.digest) === blob.size) return;
	if (mountFrom !== void 0 && await to.mountBlob(blob.digest, mountFrom)) return;
	await to.pushBlob(blob.digest, remoteBlob(from, blob), onBytes ? { onBytes } : {});
}
/** A blob elsewhere as something to push; an interrupted upload asks for the rest only. */
function remoteBlob(repository, { digest, size }) {
	return {
		sizeBytes: size,
		open: (offset) => repository.readBlob(digest, offset === 0 ? { sizeBytes: size } : { range: {
			offset,
			lengthBytes: size - offset
		} })
	};
}
async function copyAttached(subject, promotion) {
	const { from, to, clock } = promotion;
	const { referrers } = await from.listReferrers(subject);
	for (const { manifest } of referrers) {
		await copyBlobs(manifest, promotion);
		await to.attachReferrer(manifest);
	}
	const legacy = await readCosignSignatures(from, subject);
	if (legacy.length > 0) await keepCosignSignatures(to, subject, {
		ours: legacy,
		clock
	});
	const attestations = cosignTag(subject, "att");
	const present = await from.getManifest(attestations);
	if (present && !await to.getManifest(attestations)) {
		await copyBlobs(present, promotion);
		await to.putManifest(present, attestations);
	}
	return referrers.length;
}

// src/commands/push-promote.ts
/**
* Carries the image that `source` names to the destination.
* @throws RegistryError, NetworkError, SystemError
*/
async function promote(source, task) {
	const { inputs, host, reference, tags, judge } = task;
	const origin = referenceFrom(inputs, source);
	await using from = await openFrom(inputs, host, {
		reference: origin,
		access: "pull"
	});
	await using to = await openFrom(inputs, host, {
		reference,
		access: "push"
	});
	const progress = host.progress(`promoting ${source}`);
	try {
		return present$1(await promoteImage(manifestName(origin), {
			from: from.repository,
			to: to.repository,
			mountFrom: mountable(origin, reference),
			tags,
			judge,
			verifyData: inputs.boolean("verify-data"),
			clock: systemClock(),
			onBytes: (done, total) => progress.update(done, total)
		}), {
			...task,
			origin
		});
	} finally {
		progress.finish();
	}
}
/** Blobs move without being sent between repositories of one registry. */
function mountable(origin, target) {
	return origin.in === "registry" && target.in === "registry" && origin.apiHost === target.apiHost ? origin.repository : void 0;
}
/**
* The SIF that `source` names, in a temporary file, with its attached layers put in.
* @throws RegistryError REGISTRY_NOT_A_SIF and others; SifError; SystemError
*/
async function assembledCopy(source, { inputs, host, judge }) {
	const origin = referenceFrom(inputs, source);
	await using from = await openFrom(inputs, host, {
		reference: origin,
		access: "pull"
	});
	const { repository } = from;
	const found = await findSif(repository, manifestName(origin));
	const plain = found.title !== void 0 && /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,200}$/.test(found.title);
	const path = join(await host.temporaryFolder(), plain ? found.title ?? "" : "image.sif");
	const progress = host.progress(`reading ${source}`);
	try {
		const onBytes = (done, total) => progress.update(done, total);
		await pullSif(repository, found.layer, {
			path,
			overwrite: false,
			admit: () => Promise.resolve(true),
			onBytes
		});
	} finally {
		progress.finish();
	}
	const layers = await readRegistryLayers(await openRegistryImage(repository, found.manifest.digest));
	const { leftOut } = await assembleFile(path, layers, {
		judge,
		now: host.now(),
		name: source
	});
	for (const { where, why } of leftOut) host.warning(`${where} was left out: ${why}`);
	return path;
}
function present$1({ manifest, verdict, attached }, { inputs, host, reference, tags, judge, origin }) {
	const place = formatPlace(reference);
	const pinned = manifest && `${place}@${manifest.digest}`;
	const whole = verdict && judge ? combineVerdict([verdict], {
		now: judge.now,
		asOf: inputs.time("now") !== void 0,
		policy: judge.policy && {
			name: judge.policy.name,
			digest: judge.policy.digest
		}
	}) : void 0;
	if (whole) for (const finding of findingsOf(whole)) host.finding(finding);
	const result = pinned ? `promoted ${formatReference(origin)}\n  to ${pinned}\n  tags: ${tags.join(", ")}\n  attached: ${attached}\n` : `not promoted: the verdict about ${formatReference(origin)} failed, no tag was moved\n`;
	return {
		exitCode: manifest ? EXIT.passed : EXIT.failed,
		text: `${whole ? renderText(whole) : ""}${result}`,
		...whole ? { summary: renderMarkdown(whole) } : {},
		json: {
			schema: "countersign/push/v1",
			reference: pinned ?? null,
			manifest: manifest?.digest ?? null,
			tags: manifest ? tags : [],
			attached,
			verdict: whole ?? null
		},
		outputs: {
			verdict: manifest ? "passed" : "failed",
			reference: pinned ?? "",
			digest: manifest?.digest ?? "",
			subjects: JSON.stringify(manifest ? [{
				name: place,
				digest: manifest.digest
			}] : [])
		}
	};
}

// src/commands/push-oras.ts
const spec = {
	name: "push-oras",
	summary: "Publish an image with its layers, only if its verdict passed, tags last",
	description: "Streams a SIF to a registry or an OCI layout folder, hashing and verifying it in the same read, with the manifest that `apptainer push` writes, so that `apptainer pull` works. Approvals and evidence are attached as referrers. With a policy nothing is published unless the verdict passes. Everything is checked by reading it back, and the tags move last: stopped at any point, the old tags stand.",
	positional: "subject-path",
	privileged: true,
	action: {
		title: "countersign: push",
		icon: "upload-cloud",
		color: "purple"
	},
	inputs: [
		{
			...SUBJECT_INPUT,
			required: false
		},
		{
			name: "subject-name",
			type: "list",
			description: "Instead of a file: an image in a registry or layout folder to promote to `reference`, with all its layers and evidence. Blobs are mounted or streamed; the verdict is asked for at the source and again at the destination before a tag moves.",
			example: "ghcr.io/octo-org/staging@sha256:…"
		},
		{
			name: "assemble",
			type: "boolean",
			default: "false",
			description: "With `subject-name` of a SIF: put the attached layers into the file before it is published, so that Apptainer finds the native signatures. The published manifest is then a new one."
		},
		{
			...VERIFY_DATA_INPUT,
			default: "true",
			description: "With `subject-name` of a SIF: read and hash the whole image before anything is copied. With `false` only header, table and signatures are read, and the tags move on the word of trusted layers, which do not see data that somebody altered in the registry. Files are always read whole."
		},
		{
			name: "reference",
			type: "string",
			required: true,
			description: "Where to publish: `registry/repository:tag`, or `oci:FOLDER:TAG` for an OCI layout folder, which is made if it is missing.",
			example: "ghcr.io/octo-org/app:1.0"
		},
		{
			name: "tags",
			type: "list",
			description: "More tags to move to the image, one a line.",
			example: "latest"
		},
		{
			name: "title",
			type: "string",
			description: "File name that the manifest records and that pulling tools use; part of the manifest’s digest. Default: the base name of the image.",
			example: "app.sif"
		},
		...TRUST_INPUTS,
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		{
			name: "reference",
			description: "What a consumer should pin: `registry/repository@sha256:…`. Empty when nothing was published.",
			example: "ghcr.io/octo-org/app@sha256:…"
		},
		{
			name: "digest",
			description: "Digest of the manifest. Empty when nothing was published.",
			example: "sha256:…"
		},
		{
			name: "subjects",
			description: "The published image as a JSON array of one `name`, `digest` (manifest), `layer` and `path`.",
			example: "[{\"name\":\"ghcr.io/octo-org/app\",\"digest\":\"sha256:…\",\"layer\":\"sha256:…\",\"path\":\"/images/app.sif\"}]"
		},
		{
			name: "image-path",
			description: "Path of the image.",
			example: "/images/app.sif"
		}
	]
};
async function run(inputs, host) {
	const reference = referenceFrom(inputs, inputs.requiredText("reference"));
	const tags = tagsFrom(inputs, reference);
	const judge = await optionalJudge(inputs, host.now());
	const [source, ...more] = inputs.list("subject-name");
	if (source === void 0) return pushFile(await subjectFile(inputs), {
		inputs,
		host,
		reference,
		tags,
		judge
	});
	if (more.length > 0 || inputs.list("subject-path").length > 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "several images were given", { hint: "give one file to push in subject-path, or one image to promote in subject-name" });
	if (!inputs.boolean("assemble")) return promote(source, {
		inputs,
		host,
		reference,
		tags,
		judge
	});
	const path = await assembledCopy(source, {
		inputs,
		host,
		judge
	});
	return pushFile({
		name: basename(path),
		path
	}, {
		inputs,
		host,
		reference,
		tags,
		judge
	});
}
async function pushFile(file, { inputs, host, reference, tags, judge }) {
	const title = inputs.text("title") ?? basename(file.path);
	if (title === "" || /[/\\]/.test(title)) throw new UsageError("USAGE_INVALID_INPUT", `title is ${JSON.stringify(title)}`, { hint: "give a file name" });
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "push"
	});
	const progress = host.progress(`pushing ${file.name}`);
	try {
		const request = {
			path: file.path,
			name: file.name,
			title,
			tags,
			judge
		};
		const onBytes = (done, total) => progress.update(done, total);
		const published = await publishSif(opened.repository, {
			...request,
			onBytes
		});
		for (const { object, why } of published.leftOut) host.warning(`object ${object} of ${file.name} was not attached: ${why}`);
		return present(published, {
			file,
			reference,
			tags,
			verdict: verdictOf(published, judge, inputs),
			host
		});
	} finally {
		progress.finish();
	}
}
/** Tag of the reference first, then the others. @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT */
function tagsFrom(inputs, reference) {
	if (reference.digest !== void 0) throw new UsageError("USAGE_INVALID_INPUT", "reference names a digest", { hint: "give registry/repository:tag; the digest is the result of the push" });
	const more = inputs.list("tags");
	const bad = more.find((tag) => !isTag(tag));
	if (bad !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `tags has ${JSON.stringify(bad.slice(0, 140))}`, { hint: "use letters, digits, dot, underscore and hyphen, at most 128 characters" });
	const tags = [.../* @__PURE__ */ new Set([...reference.tag === void 0 ? [] : [reference.tag], ...more])];
	if (tags.length > 0) return tags;
	throw new UsageError("USAGE_MISSING_INPUT", "no tag was given", { hint: "add :tag to reference, or give tags" });
}
function verdictOf({ verdict }, judge, inputs) {
	if (!verdict || !judge) return void 0;
	return combineVerdict([verdict], {
		now: judge.now,
		asOf: inputs.time("now") !== void 0,
		policy: judge.policy && {
			name: judge.policy.name,
			digest: judge.policy.digest
		}
	});
}
function present({ sif }, { file, reference, tags, verdict, host }) {
	const place = formatPlace(reference);
	const pinned = sif && `${place}@${sif.manifest.digest}`;
	const subject = sif && {
		name: place,
		digest: sif.manifest.digest,
		layer: sif.layer,
		path: file.path
	};
	if (verdict) for (const finding of findingsOf(verdict)) host.finding(finding);
	const result = pinned ? `published ${pinned}\n  tags: ${tags.join(", ")}\n  attached: ${sif?.attached.length ?? 0}\n` : `not published: the verdict about ${file.name} failed\n`;
	return {
		exitCode: sif ? EXIT.passed : EXIT.failed,
		text: `${verdict ? renderText(verdict) : ""}${result}`,
		summary: `${verdict ? renderMarkdown(verdict) : ""}\n${pinned ? `Published \`${pinned}\`, tags: ${tags.join(", ")}.` : "Not published."}\n`,
		json: {
			schema: "countersign/push/v1",
			reference: pinned ?? null,
			manifest: sif?.manifest.digest ?? null,
			layer: sif?.layer ?? null,
			tags: sif ? tags : [],
			attached: sif?.attached ?? [],
			verdict: verdict ?? null
		},
		outputs: {
			verdict: sif ? "passed" : "failed",
			reference: pinned ?? "",
			digest: sif?.manifest.digest ?? "",
			subjects: JSON.stringify(subject ? [subject] : []),
			"image-path": file.path
		}
	};
}
const command = {
	spec,
	run
};

export { command };