import { c as UsageError, i as EXIT, t as CountersignError } from "./errors.mjs";
import { a as isTagRefused, l as unlistedRemark, n as RegistryError } from "./errors5.mjs";
import { c as manifestName, d as publicPlace, n as formatPlace, o as isTag, r as formatReference } from "./reference.mjs";
import { t as hashObjects } from "./hash.mjs";
import { l as DATA_TYPE, r as openSif, u as DESCRIPTOR_FIELD } from "./sif.mjs";
import { n as laneObject, r as reservedLaneObject, t as filledUp } from "./lane.mjs";
import { l as readSignatureObjects, t as RESERVED_BYTES } from "./signature-objects.mjs";
import { a as headerAfter, i as assertDataSection, l as lockImage, n as appendObjects, o as operationTime, s as presentObjects } from "./append.mjs";
import { c as isDigest, d as sha256, f as sha256Hex, g as utf8, l as parseDigest, o as equalBytes } from "./bytes.mjs";
import { s as layOut } from "./carried-crls.mjs";
import { a as openFileSource, n as assertChangeable } from "./source2.mjs";
import { a as settle, r as judgeImage, s as examineSif } from "./verify.mjs";
import { n as StageError } from "./errors4.mjs";
import { i as reserveNatives, r as planNative } from "./native.mjs";
import { m as reviewBefore } from "./review.mjs";
import { a as groupsFor, o as signStage, r as refusalOf } from "./result.mjs";
import { n as NetworkError } from "./errors14.mjs";
import { r as parseJson } from "./json.mjs";
import { u as strangeMember } from "./members.mjs";
import { i as memoryBlob, r as isBundleReferrer, t as attachBundle } from "./bundles2.mjs";
import { c as makeManifest, d as readDescriptor, m as SIF_LAYER_TYPES, p as MEDIA_TYPE, r as EMPTY_CONFIG, u as parseManifest } from "./manifest.mjs";
import { o as bundlesOfLane } from "./bundles4.mjs";
import { c as PassingImage, r as openRegistryImage, s as ObjectStreamHasher } from "./image.mjs";
import { n as GATE_REASONS } from "./errors11.mjs";
import { a as LOOKASIDE_URL_INPUT, n as VERDICT_KEY_INPUT, o as SIGNED_REPOSITORY_INPUT, r as clusterTarget, s as containersTarget } from "./cluster-inputs.mjs";
import { t as gateLines } from "./lines.mjs";
import { _ as SIGNING_INPUTS, l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { a as evidenceSignerFrom, i as assertAttestationTag, n as ATTESTATION_TAG_INPUT, t as ALLOW_APPROVER_KEY_INPUT } from "./signer2.mjs";
import { t as defineCommand } from "./spec.mjs";
import { i as referenceFrom, r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { o as layoutSource, r as SUBJECT_INPUT, s as subjectFile } from "./subjects.mjs";
import { i as VERIFY_DATA_INPUT, r as TRUST_INPUTS, s as optionalCriteria } from "./trust2.mjs";
import { i as assembleFile, n as presentVerdict, t as VERIFIED_OUTPUT } from "./verdict-outputs.mjs";
import { r as verifyRegistryImage } from "./examine.mjs";
import { n as copyLookaside, r as filedName } from "./lookaside.mjs";
import { t as LIMITS } from "./limits.mjs";
import { o as isContentProblem, s as readAttachments } from "./attachments.mjs";
import { l as orUndefined, o as cosignTag } from "./cosign.mjs";
import { a as keepLegacyLayers, o as legacyLayers } from "./write.mjs";
import { n as copyImage, r as copyParts, t as copyBlob } from "./copy.mjs";
import { n as systemClock } from "./clock.mjs";
import { n as pullSif, t as findSif } from "./fetch-sif.mjs";
import { a as encodePublication, t as PUBLICATION_PREDICATE_TYPE } from "./record.mjs";
import { p as toSecond } from "./text.mjs";
import { t as publicationTag } from "./publication-tag2.mjs";
import { m as skippedStages, o as escapeMarkdown } from "./wording.mjs";
import { n as describeEvidence } from "./files3.mjs";
import { a as criteriaForSigning, c as signerFrom, r as approvalFrom, s as runInfo, t as APPROVAL_INPUTS } from "./signing.mjs";
import { basename, join } from "node:path";

// src/sif/edit/reserve.ts
/**
* Reserves slots and room for new objects, of whose data only the length counts. Without any, the image stays as it is.
* @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_HEADER_INVALID, SIF_TRUNCATED
*/
async function reserveObjects(image, objects, now) {
	const { header, source } = image;
	assertDataSection(image);
	const time = operationTime(image, { now });
	const { dataOffset, descriptorsOffset, descriptorsTotal } = header;
	const lay = (wanted) => layOut(wanted, {
		present: presentObjects(image),
		totalSlots: image.totalSlots,
		dataOffset,
		time
	});
	const layout = lay(objects);
	const [first] = layout.placements;
	const oldHead = (await source.read(0, descriptorsOffset + descriptorsTotal * 585)).slice();
	const dataFrom = first?.offset ?? source.sizeBytes;
	const dataEnd = first ? dataOffset + layout.dataSize : dataFrom;
	return {
		head: first ? headWith(layout, {
			image,
			oldHead,
			time
		}) : oldHead,
		oldHead,
		dataFrom,
		dataEnd,
		sizeBytes: Math.max(source.sizeBytes, dataEnd),
		time,
		fill(filled) {
			const { placements } = lay(filled);
			if (!(placements.length === layout.placements.length && placements.every(({ record }, index) => equalBytes(record, layout.placements[index]?.record ?? EMPTY)))) return void 0;
			const parts = placements.map(({ object }) => object.data instanceof Uint8Array ? object.data : void 0);
			return parts.includes(void 0) ? void 0 : Buffer.concat(parts.filter((part) => part !== void 0));
		}
	};
}
/** Header and table with the new descriptors, as they are once all is written. */
function headWith(layout, { image, oldHead, time }) {
	const { header, freeSlots } = image;
	const head = oldHead.slice();
	const descriptorsFree = freeSlots - layout.placements.length;
	head.set(headerAfter(header, {
		time,
		descriptorsFree,
		dataSize: layout.dataSize
	}), 0);
	for (const { slot, record } of layout.placements) {
		const at = header.descriptorsOffset + slot * 585;
		head.set(record, at);
		head[at + DESCRIPTOR_FIELD.used] = 1;
	}
	return head;
}
const EMPTY = /* @__PURE__ */ new Uint8Array();
/** The new image as a source: what was reserved, what is in the old one, and the new data. */
function reservedSource(old, reserved, tail) {
	const { head, dataFrom, dataEnd, sizeBytes } = reserved;
	return {
		name: old.name,
		sizeBytes,
		async read(offset, lengthBytes) {
			const end = offset + lengthBytes;
			const kept = (from, to) => {
				const start = Math.max(offset, from);
				const length = Math.min(end, to) - start;
				return length > 0 ? old.read(start, length) : Promise.resolve(EMPTY);
			};
			return Buffer.concat([
				head.subarray(Math.min(offset, head.length), Math.min(end, head.length)),
				await kept(head.length, dataFrom),
				tail.subarray(Math.max(0, offset - dataFrom), Math.max(0, end - dataFrom)),
				await kept(dataEnd, sizeBytes)
			]);
		}
	};
}

// src/transfer/send-sif.ts
/**
* The manifest of a pushed SIF, byte for byte as apptainer 1.4.5 writes it.
* @see https://github.com/apptainer/apptainer/blob/v1.4.5/internal/pkg/client/oras/push.go
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
const BLOB_MEMBERS = {
	mediaType: "text",
	size: "any",
	digest: "text"
};
/** What the manifests say that `apptainer push`, `singularity push` and we write. */
const SIF_MEMBERS = {
	schemaVersion: "any",
	mediaType: "text",
	config: BLOB_MEMBERS,
	layers: [{
		...BLOB_MEMBERS,
		annotations: { "org.opencontainers.image.title": "text" }
	}]
};
/** The configs that say nothing: `{}`, and the empty file of Singularity before 4. */
const SILENT_CONFIGS = [EMPTY_CONFIG.digest, sha256(/* @__PURE__ */ new Uint8Array())];
/**
* Refuses a SIF's manifest that says more than ours do, however it is spaced: who pulls what is passed on could be told
* something by it that nobody judged. Manifests of other images are as they are.
* @throws RegistryError REGISTRY_SIF_MANIFEST_FOREIGN
*/
function assertNothingUnread(manifest) {
	const what = `the manifest ${manifest.digest}`;
	const { config, layers } = parseManifest(manifest, what);
	if (!layers.some(({ mediaType }) => SIF_LAYER_TYPES.includes(mediaType))) return;
	const strange = strangeMember(parseJson(manifest.bytes, what), SIF_MEMBERS, "it");
	const isOurs = config?.mediaType === MEDIA_TYPE.sifConfig && SILENT_CONFIGS.includes(config.digest);
	if (strange === void 0 && isOurs && layers.length === 1) return;
	const why = strange ?? (isOurs ? `${layers.length} layers` : "a config that says something");
	throw new RegistryError("REGISTRY_SIF_MANIFEST_FOREIGN", `${what} of a SIF holds ${why.replace(/^it\./, "")}`);
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
		...push.onBytes ? { onBytes: push.onBytes } : {}
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
	const unlisted = [];
	for (const bundle of bundles) {
		const one = await attachBundle(repository, descriptor, bundle);
		attached.push(one.manifest.digest);
		if (one.unlisted) unlisted.push(one.unlisted);
	}
	await assertPublished(repository, descriptor, {
		layer: layer.digest,
		size: layer.sizeBytes,
		attached
	});
	await push.confirm?.(descriptor);
	await moveTags(repository, manifest, push);
	return {
		manifest: descriptor,
		layer: layer.digest,
		attached,
		unlisted
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
/** Whoever asked for tags has to know that the image is there, and which of them moved before it failed. */
async function moveTags(repository, manifest, push) {
	const published = `the image is published as ${repository.name}@${manifest.digest}`;
	const moved = [];
	for (const tag of push.tags) {
		try {
			await repository.putManifest(manifest, tag);
		} catch (error) {
			if (isUnknown(error)) await push.tagged?.(tag);
			const not = isUnknown(error) ? "perhaps" : "not";
			throw inside(error, `${published}${moved.length > 0 ? ` and has the tags ${moved.join(", ")}, but ${not} ${tag}` : `, but ${not} as ${tag}`}`);
		}
		moved.push(tag);
		await push.tagged?.(tag);
		try {
			await assertTag(repository, manifest, tag);
		} catch (error) {
			throw inside(error, `${published} and was given the tags ${moved.join(", ")}`);
		}
	}
}
function inside(error, place) {
	return error instanceof RegistryError || error instanceof NetworkError ? error.about(place) : error;
}
/** The tag may have moved, also where the registry says that it stored something else: whoever holds the file has to do as if it had. */
function isUnknown(error) {
	if (!(error instanceof RegistryError)) return false;
	return error.code === "REGISTRY_OUTCOME_UNKNOWN" || error.code === "REGISTRY_DIGEST_MISMATCH";
}
/** Points a tag at a manifest and makes sure. @throws RegistryError REGISTRY_TAG_MOVED */
async function moveTag(repository, manifest, tag) {
	await repository.putManifest(manifest, tag);
	await assertTag(repository, manifest, tag);
}
async function assertTag(repository, manifest, tag) {
	const now = await repository.resolve(tag);
	if (now?.digest === manifest.digest) return;
	throw new RegistryError("REGISTRY_TAG_MOVED", `the tag ${tag} names ${now?.digest ?? "nothing"} right after the push`, { hint: "find out who else writes this tag; the image is there by its digest" });
}

// src/transfer/file-stream.ts
const CHUNK_BYTES = 1048576;
/** Digests that a stream of the whole file delivers at its end; asked for again, they are the same ones. */
var StreamedDigests = class {
	#image;
	#started = Promise.withResolvers();
	#digests;
	constructor(image) {
		this.#image = image;
		this.#started.promise.catch(() => void 0);
	}
	/** What the bytes of the file have to pass through; known once somebody has asked for digests. */
	get hasher() {
		return this.#started.promise;
	}
	/** In the place of hashObjects. */
	hash = (_, objects, { algorithms }) => {
		if (this.#digests) return this.#digests;
		const asked = new Set(objects);
		const signatures = this.#image.objects.filter((object) => isSignature(object) && !asked.has(object));
		const hasher = new ObjectStreamHasher(this.#image, [...objects, ...signatures], algorithms);
		this.#started.resolve(hasher);
		this.#digests = hasher.digests;
		return this.#digests;
	};
	/**
	* Signature objects are read on their own, and not by the stream alone: what was read of this image must be what has
	* passed by. Objects that the image is only to get are passed over.
	* @throws RegistryError REGISTRY_SOURCE_CHANGED
	*/
	async assertPassed({ natives, lane }) {
		const digests = await this.ended();
		const present = new Set(this.#image.objects.map(({ id }) => id));
		for (const { object, data } of [...natives, ...lane]) if (object && present.has(object.id) && digests?.get(object.id)?.get("sha256") !== sha256Hex(data)) throw changed(this.#image.source);
	}
	/**
	* Waits for the end of the stream and compares.
	* @throws RegistryError REGISTRY_SOURCE_CHANGED when other bytes have passed by than those that were hashed before
	*/
	async assertSame(known) {
		const ids = new Set(known.keys());
		const algorithms = new Set([...known.values()].flatMap((of) => [...of.keys()]));
		const objects = this.#image.objects.filter(({ id }) => ids.has(id));
		const digests = await this.hash(this.#image, objects, { algorithms: algorithms.add("sha256") });
		for (const [id, of] of known) for (const [name, hex] of of) if (digests.get(id)?.get(name) !== hex) throw changed(this.#image.source);
	}
	/** The digests, now or never: for whoever knows that the last byte was sent and must not wait for another one. */
	async ended() {
		this.fail(/* @__PURE__ */ new Error(`the end of ${this.#image.source.name} has not passed by`));
		return this.#digests;
	}
	/** Nothing more will come: whoever waits for hasher or digests gets this error. */
	fail(error) {
		this.#started.reject(error);
		this.#started.promise.then((hasher) => hasher.fail(error)).catch(() => void 0);
	}
};
function isSignature({ dataType }) {
	return dataType === DATA_TYPE.signature;
}
/**
* The file is as it was when it was opened, and is what its path names.
* @throws RegistryError REGISTRY_SOURCE_CHANGED; SifError SIF_REPLACED, SIF_CHANGED
*/
async function assertUnchanged(file) {
	if (await file.current?.() !== void 0) throw changed(file);
	await file.assertStill?.();
}
function changed({ name }) {
	return new RegistryError("REGISTRY_SOURCE_CHANGED", `${name} changed while it was pushed`, { hint: "repeat when nothing else writes to the file; no tag was moved" });
}
/** Bytes of a file in order, in two blocks of memory that take turns. */
async function* fileChunks(file, { from, to }, pass) {
	let [free, busy] = [/* @__PURE__ */ new ArrayBuffer(CHUNK_BYTES), /* @__PURE__ */ new ArrayBuffer(CHUNK_BYTES)];
	let at = from;
	const read = (memory) => readChunk(file, at, {
		lengthBytes: Math.min(CHUNK_BYTES, to - at),
		memory
	});
	let next = read(busy);
	while (at < to) {
		const chunk = await next;
		const start = at;
		at += chunk.length;
		[free, busy] = [busy, free];
		next = read(busy);
		next.catch(() => void 0);
		pass(start, chunk);
		yield chunk;
	}
	await next;
}
async function readChunk(file, at, { lengthBytes, memory }) {
	if (!file.readInto) return file.read(at, lengthBytes);
	const target = new Uint8Array(memory, 0, lengthBytes);
	await file.readInto(target, at);
	return target;
}

// src/transfer/signed-push.ts
const NO_CHANGE = {
	where: [],
	remarks: []
};
/** The error, and whether the file has its layer: needed by whoever repeats the command. */
function withFileChange(error, { where, remarks }, name) {
	const about = where.length > 0 ? [`${name} has its layer (${where.join(", ")})`, ...remarks] : remarks;
	return (error instanceof RegistryError || error instanceof NetworkError) && about.length > 0 ? error.about(about.join("; ")) : error;
}
/** What is published is right, and what is at the path is something else. */
function fileLost(cause, remarks, place) {
	return new RegistryError("REGISTRY_SOURCE_CHANGED", `${place} has the image and its tags, and ${remarks.join("; ")}`, {
		hint: "pull the image and use that file: what is at the path is not what was published",
		cause
	});
}
async function drained(chunks) {
	while ((await chunks.next()).done !== true);
}
/** One attempt to send an image that gets a layer on the way. */
var SignedPush = class {
	#parts;
	#streamed;
	#signed;
	/** `sign` is called at once and has to ask for digests; these are there when the last byte of the file has passed. */
	constructor(parts, sign) {
		this.#parts = parts;
		this.#streamed = new StreamedDigests(parts.image);
		this.#signed = sign(this.#streamed);
		this.#signed.catch((error) => this.#streamed.fail(error));
	}
	/** @throws whatever `sign` throws; RegistryError, NetworkError, SystemError */
	async run(repository) {
		const { request } = this.#parts;
		let leftOut = [];
		let verdict;
		let kept;
		let sif;
		try {
			sif = await pushSif(repository, {
				title: request.title,
				tags: request.tags,
				source: await this.#source(),
				admit: async () => {
					const checked = await this.#check();
					({leftOut, verdict} = checked);
					return verdict === void 0 || verdict.verdict === "passed" ? checked.bundles : void 0;
				},
				confirm: () => assertUnchanged(this.#parts.file),
				tagged: async () => {
					kept ??= await this.#addToFile();
				},
				...request.onBytes ? { onBytes: request.onBytes } : {}
			});
		} catch (error) {
			throw kept ? withFileChange(error, kept, request.name) : error;
		} finally {
			this.#streamed.fail(/* @__PURE__ */ new Error("the upload ended early"));
			await this.#signed.catch(() => void 0);
		}
		const { result } = await this.#signed;
		const { where, remarks, failure } = kept ?? NO_CHANGE;
		if (failure !== void 0) throw fileLost(failure, remarks, repository.name);
		return {
			sif,
			verdict,
			leftOut,
			signing: {
				...result,
				where,
				remarks: [...result.remarks, ...remarks]
			}
		};
	}
	/** The new image from its first byte on. */
	async #source() {
		const { file, reservation } = this.#parts;
		const { head, oldHead, dataFrom, dataEnd, sizeBytes } = reservation;
		const hasher = await this.#streamed.hasher;
		const pass = (at, bytes) => hasher.update(at, bytes);
		const signed = this.#signed;
		return {
			sizeBytes,
			async *open(offset) {
				if (offset < head.length) {
					pass(0, oldHead);
					yield head.subarray(offset);
				}
				const from = Math.max(offset, head.length);
				if (from < dataFrom) yield* fileChunks(file, {
					from,
					to: dataFrom
				}, pass);
				if (offset < dataEnd) {
					await drained(fileChunks(file, {
						from: dataFrom,
						to: file.sizeBytes
					}, pass));
					const { tail } = await signed;
					yield tail.subarray(Math.max(0, offset - dataFrom));
				}
				const rest = Math.max(offset, dataEnd);
				if (rest < sizeBytes) yield* fileChunks(file, {
					from: rest,
					to: sizeBytes
				}, () => void 0);
			}
		};
	}
	/** Judges the image that was sent as any verifier would, data digests aside, which are those of this very stream. */
	async #check() {
		const { request, file, reservation } = this.#parts;
		await this.#streamed.ended();
		const { tail, digests, result } = await this.#signed;
		const image = await openSif(reservedSource(file, reservation, tail));
		const { verifier, now } = request.criteria ?? request.signingCriteria;
		const examination = await examineSif(image, {
			name: request.name,
			verifier,
			now,
			hash: async () => digests
		});
		const layer = examination.facts.layers.find(({ digest }) => digest === result.digest);
		if (!layer || layer.contradicted) throw new Error("the layer that was just signed is not in the image");
		await this.#streamed.assertPassed(examination.objects);
		await assertUnchanged(file);
		return {
			verdict: request.criteria ? judgeImage(examination, request.criteria) : void 0,
			...bundlesOfLane(examination.objects)
		};
	}
	/** Gives the file what was published. The registry has the layer by now, so that failing here loses nothing. */
	async #addToFile() {
		const { request, file, image, reservation, lock } = this.#parts;
		const { objects, digests } = await this.#signed;
		if (objects.length === 0) return NO_CHANGE;
		try {
			await assertUnchanged(file);
			const { time } = reservation;
			const options = {
				now: request.stage.now,
				time,
				lock,
				expected: image,
				expectedDigests: digests
			};
			return {
				where: (await appendObjects(lock.path, objects, options)).map((id) => `object ${id}`),
				remarks: []
			};
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			return {
				...await assertUnchanged(file).then(() => true, () => false) ? {} : { failure: error },
				where: [],
				remarks: [`the layer was published but not added to ${request.name}: ${error.message}; pull the image instead`]
			};
		}
	}
};

// src/transfer/publish-signed.ts
/**
* Signs a stage and publishes the image with it; where the layer could not be signed nothing is published. Holds the lock
* of the image all the time.
* @throws StageError, SifError, SignatureError, RegistryError, NetworkError, SystemError
*/
async function publishSigned(repository, request) {
	await using lock = await lockImage(request.path);
	await assertChangeable(lock.path);
	await using file = await openFileSource(lock.path);
	const image = await openSif(file);
	const parts = {
		repository,
		request,
		file,
		image,
		lock
	};
	const places = await placesForLayer(image, request);
	const first = places ? await sendWithPlaces(parts, places) : {
		signed: await signInMemory(image, request, hashObjects),
		twice: "read twice: it depends on its data"
	};
	if ("sif" in first) return first;
	const { signed, twice } = first;
	if (signed.result.outcome === "refused") return {
		sif: void 0,
		verdict: signed.result.verdict,
		leftOut: [],
		signing: signed.result,
		reads: 1
	};
	return await sendSigned(parts, signed, `the image was ${twice}`);
}
/**
* The objects of the layer with places of fixed length for their data; none if the approval seems to be there already.
* Undefined when it seems that the image may not be signed, which its data decides: then it is read before it is sent.
*/
async function placesForLayer(image, { name, stage, signingCriteria }) {
	const { verifier, now } = signingCriteria;
	const examination = await examineSif(image, {
		name,
		verifier,
		now,
		data: "claimed"
	});
	try {
		const { verdict, present } = reviewBefore(examination, signingCriteria, {
			...stage,
			verifyPrevious: true
		});
		if (verdict?.verdict === "failed") return void 0;
		if (present) return [];
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return;
	}
	const groups = groupsFor(examination.facts, signingCriteria.policy?.policy, stage.stage);
	const natives = reserveNatives(examination, {
		...stage,
		groups
	}, RESERVED_BYTES);
	return natives && [...natives, reservedLaneObject(stage.stage, new Uint8Array(16384))];
}
/** Signs the stage on an open image and writes nothing; `hash` gives the digests of its data. @throws as signStage */
async function signInMemory(image, { name, stage, signingCriteria }, hash, nativeBytes) {
	let layer;
	let examination;
	const target = {
		name,
		async open(criteria) {
			const { verifier, now } = criteria;
			const examined = settle(await examineSif(image, {
				name,
				verifier,
				now,
				hash
			}), criteria);
			examination = examined;
			return {
				examined,
				planNative: (request, by) => planNative(examined, {
					...request,
					nativeBytes
				}, by),
				async write(made) {
					layer = made;
					return {
						where: [],
						freeSlots: image.freeSlots - made.plan.objects.length - 1
					};
				}
			};
		}
	};
	const request = {
		...stage,
		replace: false,
		dryRun: false,
		verifyPrevious: true
	};
	const result = await signStage(target, signingCriteria, request);
	if (!examination) throw new Error("the image was signed without being examined");
	if (layer) assertNothingReplaced(layer);
	return {
		result,
		layer,
		examination
	};
}
/** Taking objects away needs an image that can be written to in several places. */
function assertNothingReplaced({ plan }) {
	if (plan.outdated.length === 0) return;
	throw new StageError("STAGE_NATIVE_CONFLICT", "a native signature has to be replaced, which cannot be done while pushing", { hint: "run sign-stage on the file first, then push-oras without ⟨stage⟩" });
}
/** Ends an upload whose image is not to be published, or not with these places. */
var Unfit = class extends Error {
	signed;
	constructor(signed) {
		super("the image is not sent as it was reserved");
		this.signed = signed;
	}
};
/** Sends the image with places for its layer, and signs on the way. */
async function sendWithPlaces({ repository, ...parts }, places) {
	const { image, request } = parts;
	const reservation = await reserveObjects(image, places, request.stage.now);
	const sign = async (streamed) => {
		const signed = await signInMemory(image, request, streamed.hash, RESERVED_BYTES);
		const { result, layer, examination } = signed;
		await streamed.assertPassed(examination.objects);
		const objects = layer ? placed(layer) : [];
		const tail = reservation.fill(objects);
		if (result.outcome === "refused" || !tail) throw new Unfit(signed);
		return {
			result,
			objects,
			tail,
			digests: examination.digests
		};
	};
	try {
		return {
			...await new SignedPush({
				...parts,
				reservation
			}, sign).run(repository),
			reads: 1
		};
	} catch (error) {
		if (!(error instanceof Unfit)) throw error;
		return {
			signed: error.signed,
			twice: `sent twice: ${whyUnfit(error.signed, places)}`
		};
	}
}
/** The objects of a layer as they lie in their places. */
function placed({ plan, stage, bundle }) {
	return [...plan.objects, reservedLaneObject(stage, filledUp(bundle, RESERVED_BYTES, " "))];
}
function whyUnfit({ layer }, places) {
	if (!layer) return "it turned out to have this approval already";
	if (places.length === 0) return "its present approval does not count for its data";
	return "its layer does not fit the places reserved for it";
}
/** Sends the image with the layer that was signed, if the bytes are those that were hashed. */
async function sendSigned({ repository, ...parts }, { result, layer, examination: { digests, objects: read } }, remark) {
	const objects = layer ? [...layer.plan.objects, laneObject("approval", layer.stage, layer.bundle)] : [];
	const reservation = await reserveObjects(parts.image, objects, parts.request.stage.now);
	const tail = reservation.fill(objects);
	if (!tail) throw new Error("an image has no room for what it was reserved for");
	const sign = async (streamed) => {
		await streamed.assertSame(digests);
		await streamed.assertPassed(read);
		return {
			result: {
				...result,
				remarks: [...result.remarks, remark]
			},
			objects,
			tail,
			digests
		};
	};
	return {
		...await new SignedPush({
			...parts,
			reservation
		}, sign).run(repository),
		reads: 2
	};
}

// src/transfer/publish.ts
/**
* Publishes an image with its layers, tags last.
* @throws SifError, RegistryError, NetworkError, SystemError
*/
async function publishSif(repository, request) {
	await using file = await openFileSource(request.path);
	const image = await openSif(file);
	const objects = await readSignatureObjects(image);
	const { bundles, leftOut } = bundlesOfLane(objects);
	const streamed = new StreamedDigests(image);
	const examining = request.criteria ? examineStreamed(image, request.criteria, {
		request,
		streamed
	}) : void 0;
	if (!examining) streamed.hash(image, [], { algorithms: /* @__PURE__ */ new Set(["sha256"]) });
	try {
		const hasher = await streamed.hasher;
		let verdict;
		return {
			sif: await pushSif(repository, {
				title: request.title,
				tags: request.tags,
				source: blobSource(file, (offset, bytes) => hasher.update(offset, bytes)),
				async admit() {
					await streamed.assertPassed(objects);
					const examination = await examining;
					if (examination && request.criteria) {
						await streamed.assertPassed(examination.objects);
						verdict = judgeImage(examination, request.criteria);
					}
					const admitted = (verdict === void 0 || verdict.verdict === "passed") && (!examination || (await request.admits?.(examination) ?? true));
					await assertUnchanged(file);
					return admitted ? bundles : void 0;
				},
				confirm: () => assertUnchanged(file),
				...request.onBytes ? { onBytes: request.onBytes } : {}
			}),
			verdict,
			leftOut
		};
	} finally {
		streamed.fail(/* @__PURE__ */ new Error("the upload ended early"));
		await examining?.catch(() => void 0);
	}
}
/** Examines the image with digests that the upload delivers while it streams. */
function examineStreamed(image, { verifier, now }, { request, streamed }) {
	const examining = examineSif(image, {
		name: request.name,
		verifier,
		now,
		hash: streamed.hash
	});
	examining.catch((error) => streamed.fail(error));
	return examining;
}
/** A file as something to push; `pass` sees every chunk on its way. */
function blobSource(file, pass) {
	return {
		sizeBytes: file.sizeBytes,
		open: (offset) => fileChunks(file, {
			from: offset,
			to: file.sizeBytes
		}, pass)
	};
}

// src/gates/verdict.ts
/** The gates whose verdict can be worked out here. */
const SIMULATED_GATES = [
	"ecl",
	"containers-policy",
	"kyverno"
];

// src/commands/gates/required.ts
/** What a command needs that asks gates before it publishes. */
const REQUIRE_GATES_INPUTS = [
	{
		name: "require-gates",
		type: "list",
		description: "Gates of other tools that must let the image pass, one a line: `ecl` (Apptainer’s execution control list, for a SIF) `containers-policy` (policy.json of podman and skopeo, for a promoted image) and `kyverno` (a cluster’s gate, for a promoted image), as `export` writes them from the policy. When one would deny the image nothing is published, and the reason is said. Needs a policy; not with `stage`.",
		example: "ecl"
	},
	SIGNED_REPOSITORY_INPUT,
	LOOKASIDE_URL_INPUT,
	VERDICT_KEY_INPUT
];
/** Asks the gates about one image, and remembers what they said. */
var RequiredGates = class {
	verdicts = [];
	#gates;
	#criteria;
	#destination;
	#inputs;
	/** @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS */
	constructor(inputs, criteria, destination) {
		this.#gates = gatesFrom(inputs, criteria);
		this.#criteria = criteria;
		this.#destination = destination;
		this.#inputs = inputs;
	}
	/** Whether a SIF file that was examined may be published. @throws GateError, SifError */
	admitsFile = async ({ image, digests }) => {
		for (const gate of this.#gates) this.verdicts.push(gate === "ecl" ? await this.#byList(image, digests) : await undecided(gate, "a SIF is no image that it is asked about"));
		return this.#admits();
	};
	/** Whether an image may be promoted. @throws GateError, SifError, RegistryError, NetworkError */
	admitsImage = async (image) => {
		const judges = {
			ecl: () => this.#listOf(image),
			"containers-policy": () => this.#byContainers(image),
			kyverno: () => this.#byKyverno(image)
		};
		for (const gate of this.#gates) this.verdicts.push(await judges[gate]());
		return this.#admits();
	};
	/** What is said when a gate would deny the image; undefined when none would. */
	refusal() {
		const denied = this.verdicts.filter(({ verdict }) => verdict !== "allowed");
		const [first] = denied.flatMap(({ gate, reasons }) => reasons.map((reason) => ({
			gate,
			...reason
		})));
		if (!first) return void 0;
		const note = denied.flatMap((verdict) => gateLines("required gate", verdict)).map((line) => `${line}\n`);
		const message = `nothing was published: ${first.gate} would deny the image: ${first.message}`;
		return {
			stored: [],
			note: note.join(""),
			error: {
				code: "GATE_WOULD_DENY",
				message,
				hint: first.hint
			}
		};
	}
	/** Why an image was not published, as the end of a line. */
	why(name) {
		return this.#admits() ? `the verdict about ${name} failed` : `a required gate would deny ${name}`;
	}
	/** For the JSON result. */
	get json() {
		return this.#gates.length === 0 ? {} : { gates: this.verdicts };
	}
	#admits() {
		return this.verdicts.every(({ verdict }) => verdict === "allowed");
	}
	#asked() {
		const { policy: loaded, stages, now } = this.#criteria ?? {};
		if (!loaded || !now) throw new Error("gates are required without a policy");
		return {
			loaded,
			now,
			stages: loaded.policy.stages.filter(({ name }) => stages?.includes(name) ?? true)
		};
	}
	async #byList(image, digests) {
		const { exportList } = await import("./files5.mjs");
		const { judgeByList } = await import("./simulate4.mjs");
		const { ringVerifier } = await import("./ring-verifier.mjs");
		const { loaded, stages, now } = this.#asked();
		const { list, keyring } = await exportList(loaded, [{
			folder: "",
			stages,
			never: false
		}], now);
		return judgeByList(image, {
			list,
			verifier: await ringVerifier(keyring),
			now,
			folder: "",
			...digests ? { digests } : {}
		});
	}
	async #listOf({ shape, repository }) {
		if (shape.is !== "sif") return undecided("ecl", "the list is about SIF images, and this is none");
		const { registrySource } = await import("./image2.mjs");
		const { openSif } = await import("./sif2.mjs");
		return this.#byList(await openSif(registrySource(repository, shape.layer)));
	}
	async #byKyverno(image) {
		const { reference } = this.#destination;
		if (reference.in !== "registry" || !image.repository.listAsOthers) return undecided("kyverno", "Kyverno looks for no signatures in folders");
		const { judgeByKyverno } = await import("./simulate5.mjs");
		const { wantedSummaries } = await import("./wanted.mjs");
		const { loaded, stages, now } = this.#asked();
		const { verdictKeys } = await clusterTarget({
			...this.#inputs,
			repository: [formatPlace(reference)]
		});
		return judgeByKyverno(image, wantedSummaries(loaded, stages, {
			verdictKeys,
			now,
			readsNames: true
		}).wanted, now);
	}
	async #byContainers(image) {
		const { reference, tags } = this.#destination;
		if (reference.in !== "registry") return undecided("containers-policy", "podman looks for no signatures in folders");
		const { exportContainers } = await import("./export2.mjs");
		const { gateOfExport } = await import("./installed.mjs");
		const { judgeRegistryImage } = await import("./simulate3.mjs");
		const { loaded, stages, now } = this.#asked();
		const name = formatPlace(reference);
		const target = containersTarget({
			...this.#inputs,
			repository: [name]
		});
		const gate = await gateOfExport(await exportContainers({
			...loaded,
			policy: {
				...loaded.policy,
				stages
			}
		}, target, now));
		const byTag = await Promise.all(tags.map(async (tag) => ({
			tag,
			verdict: await judgeRegistryImage(image, {
				name,
				tag
			}, {
				gate,
				now
			})
		})));
		const [first] = byTag;
		if (!first) return undecided("containers-policy", "no tag is published, and podman may ask for the image by any name");
		const worst = byTag.find(({ verdict: { verdict } }) => verdict !== "allowed");
		return worst && byTag.length > 1 ? aboutTag(worst.tag, worst.verdict) : (worst ?? first).verdict;
	}
};
function gatesFrom({ requireGates, stage }, criteria) {
	const gates = SIMULATED_GATES.filter((gate) => requireGates.includes(gate));
	const strange = requireGates.find((name) => !SIMULATED_GATES.some((gate) => gate === name));
	if (strange !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `require-gates has ${JSON.stringify(strange)}`, { hint: `give ${SIMULATED_GATES.join(" or ")}, one a line` });
	if (gates.length > 0 && !criteria?.policy) throw new UsageError("USAGE_MISSING_INPUT", "require-gates is given without a policy", { hint: "give ⟨policy-path⟩: what the gates ask is made from the policy" });
	if (gates.length > 0 && stage !== void 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "require-gates is given with stage", { hint: "run sign-stage first, then push without ⟨stage⟩: the gates are asked about the signatures that are there" });
	return gates;
}
function aboutTag(tag, verdict) {
	const reasons = verdict.reasons.map((reason) => ({
		...reason,
		message: `tag ${tag}: ${reason.message}`
	}));
	return {
		...verdict,
		reasons
	};
}
async function undecided(gate, message) {
	return {
		gate,
		verdict: "unknown",
		words: null,
		reasons: [{
			code: "GATE_NOT_DECIDED",
			message,
			hint: GATE_REASONS.GATE_NOT_DECIDED.fix
		}]
	};
}

// src/transfer/copy-attached.ts
/**
* Copies what is attached to these manifests, which are at the destination already.
* @throws RegistryError, NetworkError when the source cannot be read or the destination not be written
*/
async function copyAttachments(subjects, route) {
	const copier = new AttachmentCopier(route);
	const foreign = [];
	for (const subject of subjects) {
		const { referrers, rejected, complete } = await route.from.listReferrers(subject);
		for (const { digest, reason } of rejected) copier.leave(digest, reason);
		if (!complete) copier.leave(`a part of what is attached to ${subject}`, "it is too much", TOO_LARGE);
		await copier.bundles(referrers.filter(isBundleReferrer).map(({ manifest }) => manifest));
		foreign.push(referrers.filter((one) => !isBundleReferrer(one)).map(({ descriptor }) => descriptor.digest));
		for (const suffix of ["sig", "att"]) await copier.legacyTag(cosignTag(subject, suffix));
	}
	for (const digests of foreign) await copier.foreign(digests);
	return copier.result();
}
const UNREADABLE = "REGISTRY_ATTACHED_UNREADABLE";
const TOO_LARGE = "REGISTRY_ATTACHED_TOO_LARGE";
const MAX_LAYERS = 1e3;
/** Manifests that are held to be attached together, bytes. */
const TOGETHER_BYTES = 4194304;
var AttachmentCopier = class {
	#route;
	#remarks = /* @__PURE__ */ new Set();
	#there = /* @__PURE__ */ new Set();
	#attached = 0;
	#leftBytes = LIMITS.attachedTotalBytes;
	#leftManifests = LIMITS.referrers;
	constructor(route) {
		this.#route = route;
	}
	result() {
		return {
			attached: this.#attached,
			remarks: [...this.#remarks]
		};
	}
	leave(what, why, code = UNREADABLE) {
		const named = isDigest(what) ? `referrer ${what}` : what;
		this.#remarks.add(`${named} is left behind: ${why} (${code})`);
	}
	/** An approval that does not arrive is no small matter. */
	async bundles(manifests) {
		const copied = [];
		for (const manifest of manifests) if (await this.#parts(manifest)) copied.push(manifest);
		this.#tell(await this.#route.to.attachReferrers(copied));
		this.#attached += copied.length;
	}
	/** Somebody's picture of the image may stay behind. */
	async foreign(digests) {
		let held = [];
		for (const digest of digests) {
			const manifest = await this.#route.from.getManifest(digest);
			if (manifest && await this.#parts(manifest)) held.push(manifest);
			if (held.reduce((sum, { bytes }) => sum + bytes.length, 0) < TOGETHER_BYTES) continue;
			await this.#attachWanted(held);
			held = [];
		}
		await this.#attachWanted(held);
	}
	async #attachWanted(manifests) {
		const left = /* @__PURE__ */ new Set();
		const leave = (manifest, { message }) => {
			left.add(manifest);
			this.leave(manifest.digest, message);
		};
		try {
			this.#tell(await this.#route.to.attachReferrers(manifests, leave));
		} catch (error) {
			if (!(error instanceof RegistryError) || error.code !== "REGISTRY_REFERRER_NOT_LISTED") throw error;
			for (const manifest of manifests) leave(manifest, error);
		}
		this.#attached += manifests.length - left.size;
	}
	async #parts(manifest) {
		return Boolean(await this.#unlessUnreadable(manifest.digest, (how) => copyParts(manifest, this.#route, how)));
	}
	/** Merges a legacy tag into that of the destination; where there is none, it stays the same manifest. */
	async legacyTag(tag) {
		const { from, to, clock } = this.#route;
		const what = `the tag ${tag}`;
		const found = await this.#unlessUnreadable(what, ({ reading }) => readTag(() => from.getManifest(tag), tag, reading));
		if (!found || !found.layers.length) return;
		const copied = [];
		for (const layer of found.layers.slice(0, MAX_LAYERS)) if (await this.#blob(`a layer of ${what}`, layer)) copied.push(layer);
		const whole = copied.length === found.layers.length && await this.#blob(`the config of ${what}`, found.config);
		try {
			await keepLegacyLayers(to, tag, {
				layers: copied,
				clock,
				...whole ? { whole: found.manifest } : {}
			});
		} catch (error) {
			if (!(error instanceof RegistryError)) throw error;
			if (error.code !== "REGISTRY_TAG_IMMUTABLE" && !isTagRefused(error)) throw error;
			this.#tell(error);
		}
	}
	#tell(unlisted) {
		if (unlisted) this.#remarks.add(unlistedRemark(unlisted));
	}
	async #blob(what, descriptor) {
		const blob = orUndefined(() => readDescriptor(descriptor, what, true));
		if (!blob) {
			this.leave(what, "it names no blob, or not to everybody the same");
			return false;
		}
		return await this.#unlessUnreadable(`${what}, ${blob.digest},`, async (how) => {
			this.#charge(blob.size, how);
			await copyBlob(blob, this.#route, how);
			return true;
		}) === true;
	}
	/** Undefined, with a remark, when what is to be copied cannot be read at its source, or is too much. */
	async #unlessUnreadable(what, copy) {
		const seen = {};
		const how = {
			there: this.#there,
			reading: (failure) => {
				seen.failure = failure;
			},
			admit: (_, bytes) => {
				this.#leftManifests -= 1;
				this.#charge(bytes, how);
			}
		};
		try {
			return await copy(how);
		} catch (error) {
			const why = isOfTheEntry(seen.failure) ? seen.failure : isChanged(error) ? error : void 0;
			if (!why) throw error;
			this.leave(what, why.message, why.code === TOO_LARGE ? TOO_LARGE : UNREADABLE);
			return;
		}
	}
	#charge(bytes, { reading }) {
		if (bytes <= this.#leftBytes && this.#leftManifests >= 0) {
			this.#leftBytes -= bytes;
			return;
		}
		const limit = `${LIMITS.attachedTotalBytes} bytes and ${LIMITS.referrers} manifests`;
		const error = new RegistryError(TOO_LARGE, `more than ${limit} are attached to one image`, { hint: "remove attached manifests that are not needed" });
		reading?.(error);
		throw error;
	}
};
async function readTag(get, tag, reading) {
	try {
		const manifest = await get();
		return manifest && {
			manifest,
			...legacyLayers(manifest, tag)
		};
	} catch (error) {
		reading?.(error);
		throw error;
	}
}
function isOfTheEntry(error) {
	if (isContentProblem(error) || isTagRefused(error)) return true;
	return error instanceof CountersignError && ["REGISTRY_INDEX_TOO_LARGE", "NETWORK_RESPONSE_TOO_LARGE"].includes(error.code);
}
/** The bytes that were read are not those of the digest, which the way there noticed first. */
function isChanged(error) {
	return error instanceof RegistryError && error.code === "REGISTRY_SOURCE_CHANGED";
}

// src/transfer/promote.ts
/**
* Copies an image with all its layers. The image stays under its digest; the verdict is asked for at the source,
* before anything is copied, and at the destination, before a tag moves.
* @throws RegistryError, NetworkError; SystemError for the lookaside
*/
async function promoteImage(reference, promotion) {
	const image = await openRegistryImage(promotion.from, reference);
	const before = await judgeAt(image, promotion, promotion.verifyData);
	const passed = before?.verdict !== "failed";
	if (passed) await copyFiled(image, promotion);
	if (!(passed && (await promotion.admits?.(image) ?? true))) return {
		manifest: void 0,
		verdict: before,
		attached: 0,
		remarks: []
	};
	const below = await copyImage(image.manifest, promotion, { admit: assertNothingUnread });
	const copied = await copyAttachments([image.descriptor.digest, ...below], promotion);
	const there = await openRegistryImage(promotion.to, image.descriptor.digest, promotion.tags[0]);
	const unread = await judgeAt(there, promotion, false);
	const after = unread && promotion.verifyData ? withDataRead(unread) : unread;
	if (after?.verdict === "failed") return {
		manifest: void 0,
		verdict: after,
		...copied
	};
	for (const tag of promotion.tags) await moveTag(promotion.to, there.manifest, tag);
	return {
		manifest: there.descriptor,
		verdict: after,
		...copied
	};
}
/** GPG signatures name the place they were made for, and stay as they are. */
async function copyFiled({ subjects }, { lookaside: folder, from, to }) {
	const [source, target] = [filedName(from.name), filedName(to.name)];
	if (folder === void 0 || source === target) return;
	for (const { digest } of subjects) await copyLookaside(folder, {
		repository: source,
		digest
	}, {
		repository: target,
		digest
	});
}
/** What was copied has the digests of what was read at the source in this very run. */
function withDataRead(verdict) {
	return {
		...verdict,
		dataVerified: true,
		reasons: verdict.reasons.filter(({ code }) => code !== "DATA_NOT_READ")
	};
}
async function judgeAt(image, { criteria, lookaside }, verifyData) {
	return criteria && verifyRegistryImage(image, criteria, {
		verifyData,
		lookaside
	});
}

// src/commands/push-oras/record.ts
/**
* Who signs the publication: nobody without a key, and nobody where the key signs a stage.
* @throws as evidenceSignerFrom, assertAttestationTag
*/
async function publisherFrom(inputs, host) {
	const signer = inputs.stage === void 0 ? await evidenceSignerFrom(inputs, host) : void 0;
	assertAttestationTag(inputs, {
		signer,
		subjects: []
	});
	return signer;
}
/** Signs that an image was published, and attaches that to it. */
async function recordPublication(image, inputs, host) {
	const { signer, repository, tags, digest } = image;
	if (digest === void 0) return {
		stored: [],
		note: ""
	};
	if (!signer) return {
		stored: [],
		note: `  publication: not signed, ${inputs.stage === void 0 ? "no key was given" : "the key that was given signs the stage"}\n`
	};
	const published = {
		...image,
		reference: {
			...image.reference,
			digest: parseDigest(digest)
		}
	};
	const now = host.now();
	const { storeRegistryEvidence } = await import("./registry3.mjs");
	try {
		const { evidence, remarks } = await storeRegistryEvidence({
			repository,
			reference: published.reference,
			statements: [statementOf(published, host)],
			signer,
			now,
			tags: image.reference.in === "registry" ? tags.map(publicationTag) : [],
			beside: false,
			attestationTag: inputs.attestationTag,
			folder: void 0,
			defaultFolder: inputs.workingDirectory
		});
		for (const remark of remarks ?? []) host.warning(`publication: ${remark}`);
		return {
			stored: evidence,
			note: evidence.map((one) => `  ${describeEvidence(one)}\n`).join("")
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		const { code, message, hint } = error;
		return {
			stored: [],
			note: "  publication: not signed\n",
			error: {
				code,
				message: `${`${tags.join(", ")} moved to ${digest}, and the publication was not signed`}: ${message}`,
				hint
			}
		};
	}
}
function statementOf({ reference, tags, source, criteria, verdict }, host) {
	const policy = criteria?.policy;
	const predicate = encodePublication({
		repository: publicPlace(reference),
		digest: reference.digest,
		tags,
		source,
		publishedAt: toSecond(host.now()),
		policy: policy ? {
			name: policy.name,
			digest: policy.digest
		} : null,
		verified: criteria !== void 0,
		breakGlass: skippedStages(verdict?.stages ?? []),
		run: runInfo(host.env, void 0) ?? null
	});
	return {
		label: "publication",
		predicateType: PUBLICATION_PREDICATE_TYPE,
		predicate
	};
}
const MAX_LINE = 2e3;
/** The verdict, what was done and where the image is now. */
function publicationSummary({ markdown, remark = "", done, pinned, tags }) {
	const [place, names] = [pinned ?? "", tags.join(", ")].map((text) => escapeMarkdown(text, MAX_LINE));
	const result = pinned ? `${done} <code>${place}</code>, tags: ${names}.` : `Not ${done.split(" ")[0]?.toLowerCase()}.`;
	return `${markdown}\n${remark.trim() === "" ? "" : `${escapeMarkdown(remark.trim(), MAX_LINE)}\n\n`}${result}\n`;
}

// src/commands/push-oras/promote.ts
/** GPG signatures that go with a promotion. */
const CARRIED_LOOKASIDE_INPUT = {
	name: "lookaside",
	type: "path",
	file: "folder",
	description: "With `subject-name`, from registry to registry: folder with GPG signatures as `sign-stage` files them. They are read for the verdict and filed for the destination too; they go on naming the place they were made for. Default: none is carried along.",
	example: "signatures"
};
/**
* Carries the image that `source` names to the destination.
* @throws RegistryError, NetworkError, SystemError
*/
async function promote(source, task) {
	const { inputs, host, reference, tags, criteria } = task;
	const origin = source.reference;
	const gates = new RequiredGates(inputs, criteria, {
		reference,
		tags
	});
	const login = loginFor(origin, reference);
	await using from = await openFrom(inputs, host, {
		reference: origin,
		access: "pull",
		login
	});
	await using to = await openFrom(inputs, host, {
		reference,
		access: "push"
	});
	const progress = host.progress(`promoting ${source.name}`);
	try {
		const promoted = await promoteImage(manifestName(origin), {
			from: from.repository,
			to: to.repository,
			mountFrom: mountable(origin, reference),
			tags,
			criteria,
			verifyData: inputs.verifyData,
			lookaside: inputs.lookaside,
			admits: gates.admitsImage,
			clock: systemClock(),
			onBytes: (done, total) => progress.update(done, total)
		});
		for (const remark of promoted.remarks) host.warning(`${source.name}: ${remark}`);
		const pinned = promoted.manifest?.digest;
		const image = {
			repository: to.repository,
			reference,
			tags,
			criteria,
			signer: task.signer,
			verdict: promoted.verdict
		};
		const what = {
			digest: pinned,
			source: `${publicPlace(origin)}@${pinned}`
		};
		const record = gates.refusal() ?? await recordPublication({
			...image,
			...what
		}, inputs, host);
		return present$1(promoted, {
			...task,
			origin,
			record,
			gates
		});
	} finally {
		progress.finish();
	}
}
/** GPG signatures are filed by the names of registries. @throws UsageError USAGE_CONFLICTING_INPUTS */
function assertLookaside({ lookaside }, { from, to }) {
	if (lookaside === void 0 || from?.in === "registry" && to.in === "registry") return;
	throw new UsageError("USAGE_CONFLICTING_INPUTS", "lookaside is given for something else than a promotion", { hint: "leave ⟨lookaside⟩ out: it is for images that go as they are from registry to registry" });
}
/** Whoever publishes gives the login for where they publish. */
function loginFor(origin, target) {
	return target.in === "registry" ? target : origin;
}
/** Blobs move without being sent between repositories of one registry. */
function mountable(origin, target) {
	return origin.in === "registry" && target.in === "registry" && origin.apiHost === target.apiHost ? origin.repository : void 0;
}
/**
* The SIF that `source` names, in a temporary file, with its attached layers put in.
* @throws RegistryError REGISTRY_NOT_A_SIF and others; SifError; SystemError
*/
async function assembledCopy(source, { inputs, host, criteria, reference }) {
	const origin = source.reference;
	const login = loginFor(origin, reference);
	await using from = await openFrom(inputs, host, {
		reference: origin,
		access: "pull",
		login
	});
	const { repository } = from;
	const found = await findSif(repository, manifestName(origin));
	const plain = found.title !== void 0 && /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,200}$/.test(found.title);
	const path = join(await host.temporaryFolder(), plain ? found.title ?? "" : "image.sif");
	const progress = host.progress(`reading ${source.name}`);
	const passing = new PassingImage(found.layer.size);
	try {
		await pullSif(repository, found.layer, {
			path,
			overwrite: false,
			pass: (offset, bytes) => passing.update(offset, bytes),
			admit: () => Promise.resolve(true),
			onBytes: (done, total) => progress.update(done, total)
		});
	} finally {
		progress.finish();
	}
	const layers = await readAttachments(await openRegistryImage(repository, found.manifest.digest));
	const { leftOut } = await assembleFile(path, layers, {
		criteria,
		now: host.now(),
		name: source.name,
		hash: passing.hash
	});
	for (const { where, why } of leftOut) host.warning(`${where} was left out: ${why}`);
	return path;
}
function present$1({ manifest, verdict, attached, remarks }, { host, reference, tags, criteria, origin, record, gates }) {
	const place = formatPlace(reference);
	const pinned = manifest && `${place}@${manifest.digest}`;
	const about = presentVerdict(verdict, {
		criteria,
		host
	});
	const result = pinned ? `promoted ${formatReference(origin)}\n  to ${pinned}\n  tags: ${tags.join(", ")}\n  attached: ${attached}\n` : `not promoted: ${gates.why(formatReference(origin))}, no tag was moved\n`;
	return {
		exitCode: manifest ? record.error ? EXIT.environment : EXIT.passed : EXIT.failed,
		...record.error ? { error: record.error } : {},
		text: `${about.text}${result}${record.note}${about.note}`,
		summary: () => publicationSummary({
			markdown: about.markdown(),
			done: "Promoted to",
			pinned,
			tags
		}),
		json: {
			schema: "countersign/push/v1",
			reference: pinned ?? null,
			manifest: manifest?.digest ?? null,
			tags: manifest ? tags : [],
			attached,
			remarks,
			evidence: record.stored,
			...gates.json,
			verified: manifest !== void 0 && about.verified,
			verdict: about.verdict ?? null
		},
		outputs: {
			verdict: manifest ? "passed" : "failed",
			verified: String(manifest !== void 0 && about.verified),
			reference: pinned ?? "",
			digest: manifest?.digest ?? "",
			subjects: JSON.stringify(manifest ? [{
				name: place,
				digest: manifest.digest
			}] : []),
			evidence: JSON.stringify(record.stored)
		}
	};
}

// src/commands/push-oras/sign.ts
/** What push-oras needs for signing a stage. */
const SIGN_ON_THE_WAY_INPUTS = [
	{
		name: "stage",
		type: "string",
		description: "With a file: approve it at this stage while it is pushed, as `sign-stage` would, in the same read. The earlier stages of the policy must have passed. Image, layer and tags are published, and the file gets its layer, only if everything went well; nobody else can sign the file meanwhile. Needs `signing-method` and `key`.",
		example: "production"
	},
	...SIGNING_INPUTS,
	...APPROVAL_INPUTS
];
/**
* What to sign on a file that is pushed; undefined when nothing is.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SignatureError when the key cannot be used
*/
async function stageToSign(inputs, host, { path, now }) {
	const stage = wantedStage(inputs);
	if (stage === void 0) return void 0;
	const signer = await signerFrom(inputs, host, now);
	if (!signer) throw new UsageError("USAGE_MISSING_INPUT", "stage is given without signing-method and key", { hint: "give ⟨signing-method⟩ (pgp, key or x509) and ⟨key⟩, or leave ⟨stage⟩ out to push without signing" });
	const resourceUri = `file:${basename(path)}`;
	const signingCriteria = await criteriaForSigning(inputs, signer, now);
	const { policy } = signingCriteria;
	return {
		stage: await approvalFrom(inputs, {
			host,
			stage,
			signer,
			now,
			resourceUri,
			policy
		}),
		signingCriteria
	};
}
/** An image that is promoted as it is cannot be signed on the way: its bytes are those that others approved. */
function assertNothingToSign(inputs) {
	if (wantedStage(inputs) === void 0) return;
	throw new UsageError("USAGE_CONFLICTING_INPUTS", "stage is given with subject-name", { hint: "run sign-stage on the reference first, which moves kilobytes only; then promote it" });
}
function wantedStage(inputs) {
	const { stage } = inputs;
	const { reason, ticket, environment, expiresIn } = inputs;
	const [idle] = Object.entries({
		reason,
		ticket,
		environment,
		"expires-in": expiresIn
	}).find(([, value]) => value !== void 0) ?? [];
	if (stage === void 0 && idle !== void 0) throw new UsageError("USAGE_MISSING_INPUT", `${idle} is given without stage`, { hint: `give the ⟨stage⟩ to approve, or leave ⟨${idle}⟩ out to push without signing` });
	return stage;
}
/** Lines about what was signed, for people. */
function signingText({ signing, sif, reads }, stage) {
	if (signing.outcome === "refused") return `not signed: an earlier stage than ${stage} has not passed\n`;
	if (!sif) return `not signed: the image with an approval of ${stage} would not pass\n`;
	if (signing.outcome === "unchanged") return `stage ${stage} was approved by this signer already\n`;
	return `approved at stage ${stage}${signing.where.length > 0 ? ` as ${signing.where.join(", ")}` : ""}; the data was read ${reads === 1 ? "once" : "twice"}\n`;
}
/** The same for the JSON result. */
function signingJson({ signing, sif, reads }, stage) {
	return {
		stage,
		outcome: sif || signing.outcome === "refused" ? signing.outcome : "declined",
		digest: sif ? signing.digest ?? null : null,
		where: signing.where,
		reads
	};
}

// src/commands/push-oras/push-oras.ts
const EVIDENCE_OUTPUT = {
	name: "evidence",
	description: "The signed publication as a JSON array of at most one `predicateType`, `signed`, `where`, `digest` (of the statement) and `path`.",
	example: "[{\"predicateType\":\"urn:countersign:publication:v1\",\"signed\":true,\"where\":\"referrer\",\"digest\":\"sha256:…\",\"path\":null}]"
};
const spec = {
	name: "push-oras",
	summary: "Publish an image with its layers, only if its verdict passed, tags last",
	description: "Streams a SIF to a registry or an OCI layout folder, hashing and verifying it in the same read, and with `stage` signing it too, with the manifest that `apptainer push` writes, so that `apptainer pull` works. Approvals and evidence are attached as referrers. With a policy nothing is published unless the verdict passes. Everything is checked by reading it back, and the tags move last: stopped at any point, the old tags stand. With a key and without `stage` the publication itself is signed and attached: reference, digest, tags, policy and verdict.",
	positional: "subject-path",
	privileged: "always",
	action: {
		title: "countersign: push",
		icon: "upload-cloud",
		color: "purple"
	},
	inputs: [
		{
			...SUBJECT_INPUT,
			required: false,
			description: "SIF file to publish, one path or glob, relative to `working-directory`; or an OCI layout folder whose one image is promoted as with `subject-name`. A pattern without a match is an error.",
			example: "app.sif"
		},
		{
			name: "subject-name",
			type: "list",
			file: "read",
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
			file: "read",
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
		CARRIED_LOOKASIDE_INPUT,
		...SIGN_ON_THE_WAY_INPUTS,
		...REQUIRE_GATES_INPUTS,
		ALLOW_APPROVER_KEY_INPUT,
		ATTESTATION_TAG_INPUT,
		...TRUST_INPUTS,
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		VERIFIED_OUTPUT,
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
		},
		EVIDENCE_OUTPUT
	]
};
async function run(inputs, host) {
	const reference = await referenceFrom(inputs, inputs.reference);
	const tags = tagsFrom(inputs, reference);
	const [named, ...more] = inputs.subjectName;
	const source = named === void 0 ? await layoutSource(inputs) : {
		name: named,
		reference: await referenceFrom(inputs, named)
	};
	assertLookaside(inputs, {
		from: inputs.assemble ? void 0 : source?.reference,
		to: reference
	});
	const task = {
		inputs,
		host,
		reference,
		tags,
		signer: await publisherFrom(inputs, host)
	};
	if (source === void 0) return pushFile(await subjectFile(inputs), task);
	if (more.length > 0 || named !== void 0 && inputs.subjectPath.length > 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "several images were given", { hint: "give one file to push in ⟨subject-path⟩, or one image to promote in ⟨subject-name⟩" });
	const criteria = await optionalCriteria(inputs, host.now());
	if (!inputs.assemble) {
		assertNothingToSign(inputs);
		return promote(source, {
			...task,
			criteria
		});
	}
	const path = await assembledCopy(source, {
		...task,
		criteria
	});
	return pushFile({
		name: basename(path),
		path
	}, task);
}
async function pushFile(file, { inputs, host, reference, tags, signer }) {
	const now = host.now();
	const signing = await stageToSign(inputs, host, {
		path: file.path,
		now
	});
	const criteria = await optionalCriteria(inputs, now);
	const gates = new RequiredGates(inputs, criteria, {
		reference,
		tags
	});
	const title = inputs.title ?? basename(file.path);
	if (title === "" || /[/\\]/.test(title)) throw new UsageError("USAGE_INVALID_INPUT", `title is ${JSON.stringify(title)}`, { hint: "give a file name" });
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "push"
	});
	const progress = host.progress(`pushing ${file.name}`);
	try {
		const onBytes = (done, total) => progress.update(done, total);
		const request = {
			path: file.path,
			name: file.name,
			title,
			tags,
			criteria,
			onBytes
		};
		const signed = signing && await publishSigned(opened.repository, {
			...request,
			...signing
		});
		const published = signed ?? await publishSif(opened.repository, {
			...request,
			admits: gates.admitsFile
		});
		for (const remark of signed?.signing.remarks ?? []) host.warning(`${file.name}: ${remark}`);
		for (const unlisted of published.sif?.unlisted ?? []) host.warning(`${file.name}: ${unlistedRemark(unlisted)}`);
		for (const { object, why } of published.leftOut) host.warning(`object ${object} of ${file.name} was not attached: ${why}`);
		const about = presentVerdict(published.verdict, {
			criteria,
			host
		});
		const stage = signing?.stage.stage ?? "";
		const image = {
			repository: opened.repository,
			reference,
			tags,
			source: title,
			criteria,
			signer,
			verdict: published.verdict
		};
		const digest = published.sif?.manifest.digest;
		return present(published, {
			file,
			reference,
			tags,
			about,
			signed,
			stage,
			record: gates.refusal() ?? await recordPublication({
				...image,
				digest
			}, inputs, host),
			gates
		});
	} finally {
		progress.finish();
	}
}
/** Tag of the reference first, then the others. @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT */
function tagsFrom(inputs, reference) {
	if (reference.digest !== void 0) throw new UsageError("USAGE_INVALID_INPUT", "reference names a digest", { hint: "give registry/repository:tag; the digest is the result of the push" });
	const more = inputs.tags;
	const bad = more.find((tag) => !isTag(tag));
	if (bad !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `tags has ${JSON.stringify(bad.slice(0, 140))}`, { hint: "use letters, digits, dot, underscore and hyphen, at most 128 characters" });
	const tags = [.../* @__PURE__ */ new Set([...reference.tag === void 0 ? [] : [reference.tag], ...more])];
	if (tags.length > 0) return tags;
	throw new UsageError("USAGE_MISSING_INPUT", "no tag was given", { hint: "add :tag to ⟨reference⟩, or give ⟨tags⟩" });
}
function present({ sif }, presented) {
	const { file, reference, tags, about, signed, stage, record, gates } = presented;
	const approved = signed ? signingText(signed, stage) : "";
	const place = formatPlace(reference);
	const pinned = sif && `${place}@${sif.manifest.digest}`;
	const subject = sif && {
		name: place,
		digest: sif.manifest.digest,
		layer: sif.layer,
		path: file.path
	};
	const error = (signed && refusalOf(signed.signing, stage)) ?? record.error;
	const result = pinned ? `published ${pinned}\n  tags: ${tags.join(", ")}\n  attached: ${sif?.attached.length ?? 0}\n` : `not published: ${gates.why(file.name)}\n`;
	return {
		exitCode: sif ? record.error ? EXIT.environment : EXIT.passed : EXIT.failed,
		text: `${about.text}${approved}${result}${record.note}${about.note}`,
		summary: () => publicationSummary({
			markdown: about.markdown(),
			remark: approved,
			done: "Published",
			pinned,
			tags
		}),
		json: {
			schema: "countersign/push/v1",
			reference: pinned ?? null,
			manifest: sif?.manifest.digest ?? null,
			layer: sif?.layer ?? null,
			tags: sif ? tags : [],
			attached: sif?.attached ?? [],
			...signed ? { signing: signingJson(signed, stage) } : {},
			evidence: record.stored,
			...gates.json,
			verified: sif !== void 0 && about.verified,
			verdict: about.verdict ?? null,
			...error ? { error: {
				...error,
				causes: [],
				exitCode: sif ? EXIT.environment : EXIT.failed
			} } : {}
		},
		...error ? { error } : {},
		outputs: {
			verdict: sif ? "passed" : "failed",
			verified: String(sif !== void 0 && about.verified),
			reference: pinned ?? "",
			digest: sif?.manifest.digest ?? "",
			subjects: JSON.stringify(subject ? [subject] : []),
			"image-path": file.path,
			evidence: JSON.stringify(record.stored)
		}
	};
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };