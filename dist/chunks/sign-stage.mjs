import { s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { g as subjectDigests, p as parseStatement } from "./statement.mjs";
import { c as isDigest, d as sha256, h as toHex } from "./bytes.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as examineRegistryImage } from "./examine.mjs";
import { r as openRegistryImage } from "./image.mjs";
import { a as settle, s as examineSif } from "./verify.mjs";
import { c as encodeSimpleSigning, d as parseSimpleSigning, o as cosignTag } from "./cosign.mjs";
import { l as unlistedRemark } from "./errors5.mjs";
import { c as manifestName, f as referrersTag, n as formatPlace, r as formatReference } from "./reference.mjs";
import { t as attachBundle } from "./bundles2.mjs";
import { a as attachNotation } from "./attached-blobs.mjs";
import { n as assertAttachable, t as assembleParts } from "./bundles4.mjs";
import { n as StageError } from "./errors4.mjs";
import { r as planNative, t as NO_NATIVES } from "./native.mjs";
import { a as keepLegacy, i as keepAttestations, o as signLegacy, r as hasLegacy, s as unlessRefused } from "./cosign-tags2.mjs";
import { t as VERSION } from "./version.mjs";
import { i as readLookaside, t as addToLookaside } from "./lookaside.mjs";
import { i as prepareNotation, n as encodeNotation, t as NOTATION_MEDIA_TYPE } from "./notation.mjs";
import { t as identityKey } from "./approval3.mjs";
import { n as takeAway, t as findOutdated } from "./replace.mjs";
import { l as DATA_TYPE, r as openSif } from "./sif.mjs";
import { n as laneObject } from "./lane.mjs";
import { n as SifError } from "./errors3.mjs";
import { l as lockImage, r as deleteObjects, t as appendLayers } from "./append.mjs";
import { a as openFileSource } from "./source2.mjs";
import { i as withoutCopies, n as present, o as signStage, t as errorAbout } from "./result.mjs";
import { n as systemClock } from "./clock.mjs";
import { c as UsageError, t as CountersignError } from "./errors.mjs";
import { h as writeFileAtomic, n as assertWritable } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { i as assertAttestationTag, n as ATTESTATION_TAG_INPUT } from "./signer2.mjs";
import { r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { _ as SIGNING_INPUTS, f as IMAGE_OUTPUTS, l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { a as criteriaForSigning, c as signerFrom, r as approvalFrom, t as APPROVAL_INPUTS } from "./signing.mjs";
import { a as evidenceFrom, i as SUBJECT_INPUTS, l as subjectsFrom, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { i as VERIFY_DATA_INPUT, n as POLICY_INPUTS } from "./trust2.mjs";
import { t as defineCommand } from "./spec.mjs";
import { basename, join, resolve } from "node:path";

// src/stage/plain/lookaside-signatures.ts
/**
* Adds a signature of a manifest by an OpenPGP key, unless one with this content is there; its file, or undefined. It
* names the repository and the digest, so that no rule of podman’s but `matchExact` by tag refuses it.
* @throws SystemError; SignatureError as signPae
*/
async function fileSignature(digest, { folder, place, optional }, { signer, now }) {
	const { encodeSigned, verifySigned } = await import("./message.mjs");
	const image = {
		repository: place.slice(place.indexOf("/") + 1),
		digest
	};
	for (const present of await readLookaside(folder, image)) {
		const signed = await verifySigned(present, signer.publicMaterial, now);
		const said = signed?.check.status === "valid" ? parseSimpleSigning(signed.content, "gpg") : void 0;
		if (said?.digest === digest && said.optional["approval"] === optional["approval"]) return void 0;
	}
	const notes = {
		creator: `countersign ${VERSION}`,
		timestamp: Math.floor(now.getTime() / 1e3),
		...optional
	};
	const payload = encodeSimpleSigning(`${place}@${digest}`, digest, notes, "gpg");
	return await addToLookaside(folder, image, await encodeSigned(payload, await signer.signPae(payload, now)));
}

// src/stage/plain/notation.ts
/**
* The part of a signer that makes such signatures.
* @throws StageError STAGE_NATIVE_CONFLICT
*/
function notationSignerOf({ method, notation }) {
	if (method !== "x509") throw unable("only a certificate can make a Notation signature", "leave ⟨native⟩ out, or sign with ⟨signing-method=x509⟩");
	if (!notation?.algorithm) throw unable("this key cannot make a Notation signature: its kind is not known there, or it is outside this process", "leave ⟨native⟩ out, or use a key file with P-256, P-384, P-521 or RSA of 2048, 3072 or 4096 bits");
	if (!notation.endsInRoot) throw unable("a Notation signature holds the whole chain, and the root certificate was not given", "give the intermediates and the root as ⟨certificate-chain⟩");
	return notation;
}
/** The signature of one manifest. @throws StageError STAGE_NATIVE_CONFLICT */
function signNotation({ mediaType, digest, size }, { stage, approval, expires }, { signer, now }) {
	const notation = notationSignerOf(signer);
	const { algorithm = "", chain } = notation;
	const unsigned = prepareNotation({
		mediaType,
		digest,
		size,
		annotations: {
			stage,
			approval
		}
	}, {
		algorithm,
		now,
		expires
	});
	const signature = notation.sign(unsigned.signedBytes) ?? /* @__PURE__ */ new Uint8Array();
	const agent = `countersign/${VERSION}`;
	return {
		bytes: encodeNotation(unsigned, {
			signature,
			chain,
			agent
		}),
		mediaType: NOTATION_MEDIA_TYPE,
		chain,
		createdAt: now
	};
}
/** True when the image has a valid signature of this manifest by this signer for the stage. */
function hasNotation({ attached, facts }, subject, { stage, signer }) {
	const names = attached.notations.filter((one) => one.subject.digest === subject).map((one) => `referrer ${one.referrer}`);
	return facts.layers.some(({ kind, place, signature, signer: by, statedStage }) => kind === "notation" && place.in === "registry" && names.includes(place.name) && signature === "valid" && statedStage === stage && by !== null && identityKey(by) === identityKey(signer.identity));
}
function unable(message, hint) {
	return new StageError("STAGE_NATIVE_CONFLICT", message, { hint });
}

// src/stage/registry-target.ts
const UNREAD = "the data was not read, so no signature for other tools was written beside the approval: podman and cosign, or notation, will not see it";
const PARTIAL = "the stage is not about the whole image, so no signature for other tools was written beside the approval: they would take it for one of everything";
const ENDS = "the approval ends, which no reader of cosign’s attestation tag asks, so it was not written there; sign it without an end, or let the gate ask for a signed verdict";
/** The target for an image in a registry or layout folder. */
function registryTarget(options) {
	return {
		name: `${options.place} ${options.reference}`,
		async open(criteria, onBytes) {
			const { verifier, now } = criteria;
			const image = await openRegistryImage(options.repository, options.reference);
			const { verifyData, evidence, lookaside } = options;
			const examined = settle(await examineRegistryImage(image, {
				name: image.name,
				verifier,
				now,
				verifyData,
				lookaside,
				...evidence ? { evidence } : {},
				...onBytes ? { onBytes } : {}
			}), criteria);
			assertContentKnown(examined);
			return {
				examined,
				planNative: async (request, by) => {
					const { native, signer } = request;
					if (native === "notation") notationSignerOf(signer);
					const isMade = native === "dsse" || native === "auto" && signer.native.format === "pgp";
					return examined.sif && isMade ? planNative(examined.sif, request, by) : NO_NATIVES;
				},
				write: (layer, context) => write$1(examined, layer, {
					...context,
					options
				}),
				complete: (layer, context) => complete(examined, layer, {
					...context,
					options
				})
			};
		}
	};
}
/** Without the data and without anybody who vouches for it there is nothing to approve. */
function assertContentKnown({ sif }) {
	if (!sif || sif.facts.dataRead) return;
	const known = new Set(sif.groups.flatMap(({ objects }) => objects.map(({ id }) => id)));
	if (sif.facts.units.length === known.size) return;
	throw new StageError("STAGE_DATA_UNKNOWN", "no trusted layer says what the data of this image is", { hint: "set ⟨verify-data=true⟩ to read and hash the whole image, or have the first stage sign the file" });
}
/** Attaches the layer to every manifest of the image, then takes away what it replaces. */
async function write$1(examined, layer, { replaced, options, ...by }) {
	const { bundle } = layer;
	const natives = [...newNatives(layer), ...replaced.length > 0 ? keptNatives(examined, layer) : []];
	const bytes = natives.reduce((sum, { data }) => sum + data.length, bundle.length);
	assertAttachable(examined.attached, {
		manifests: 1,
		bytes
	});
	const outdated = replaced.length > 0 ? await findOutdated(examined, {
		replaced,
		bundle
	}, options.repository) : [];
	const approval = {
		...by,
		bundle: parseBundle(bundle),
		stage: layer.stage,
		natives
	};
	const attacher = new ApprovalAttacher(examined, options, approval);
	const successors = [];
	for (const subject of examined.image.subjects) successors.push(await attacher.attach(subject));
	if (outdated.length > 0) await unlessRefused(attacher.remarks, () => takeAway(outdated, successors, options));
	return {
		where: successors.map(placeOf),
		freeSlots: examined.freeSlots,
		remarks: attacher.remarks
	};
}
function newNatives({ plan }) {
	return plan.objects.flatMap(({ data, linkedGroup: group }) => data instanceof Uint8Array && group !== void 0 ? [{
		group,
		data
	}] : []);
}
/** Native signatures that the new approval takes over, and that may go with the one it replaces. */
function keptNatives({ attached }, { plan }) {
	return plan.entries.flatMap(({ group, digest }) => {
		const found = attached.natives.find((native) => native.group === group && sha256(native.data) === digest);
		return found ? [{
			group,
			data: found.data
		}] : [];
	});
}
function placeOf({ manifest }) {
	return `referrer ${manifest.digest}`;
}
/**
* An approval names all platforms, and is attached to one after the other: attaches it where that is missing, and puts
* back what else an interrupted run left out: its entry in the list that others read, and legacy signatures beside it.
*/
async function complete(examined, { stage, bundle }, { options, signer, now, native }) {
	const present = examined.attached.attachedTo.get(sha256(bundle)) ?? [];
	if (present.length === 0) return {
		where: [],
		remarks: []
	};
	const approval = {
		bundle: parseBundle(bundle),
		stage,
		natives: [],
		signer,
		now,
		native
	};
	const attacher = new ApprovalAttacher(examined, options, approval);
	const where = [];
	for (const subject of examined.image.subjects) if (present.includes(subject.digest)) where.push(...await attacher.restore(subject));
	else where.push(placeOf(await attacher.attach(subject)));
	return {
		where,
		remarks: attacher.remarks
	};
}
/** Attaches one approval, and remembers why other tools will not see it everywhere. */
var ApprovalAttacher = class {
	/** For whoever signed. */
	remarks = [];
	#examined;
	#at;
	#approval;
	constructor(examined, at, approval) {
		this.#examined = examined;
		this.#at = at;
		this.#approval = approval;
	}
	/** @throws RegistryError, NetworkError */
	async attach(subject) {
		const { bundle, natives, now } = this.#approval;
		const { repository } = this.#at;
		const legacy = await this.#signLegacy(subject.digest);
		const inTag = this.#belongsInTag(subject.digest);
		const parts = assembleParts(bundle, {
			predicateType: APPROVAL_PREDICATE_TYPE,
			createdAt: now,
			natives,
			legacy,
			inTag
		});
		const { manifest, unlisted } = await attachBundle(repository, subject, parts);
		if (unlisted) this.remarks.push(unlistedRemark(unlisted));
		const { blobs } = this.#examined.attached;
		const atHand = new Map([...blobs, [sha256(parts.bytes), parts.bytes]]);
		if (legacy) await this.#keep(subject.digest, [legacy], atHand);
		if (inTag) await this.#keepAttestation(subject.digest, atHand);
		await this.#attachNotation(subject);
		await this.#file(subject.digest);
		return {
			subject: subject.digest,
			manifest,
			legacy
		};
	}
	/**
	* podman and cosign cannot see that an approval was given without the data, so nothing is written for them then. Our own
	* readers count the signature with the approval that it names or not at all.
	*/
	async #signLegacy(subject) {
		const { signer } = this.#approval;
		if (signer.method === "pgp" || signer.method === "sigstore") return void 0;
		const optional = this.#notes(subject);
		return optional && await signLegacy(subject, {
			place: this.#at.place,
			optional
		}, this.#approval);
	}
	/** The file of a GPG signature, where one is asked for and was missing. */
	async #file(subject) {
		const { place, lookaside: folder } = this.#at;
		if (folder === void 0 || this.#approval.signer.method !== "pgp") return void 0;
		const optional = this.#notes(subject);
		return optional && await fileSignature(subject, {
			folder,
			place,
			optional
		}, this.#approval);
	}
	/** What such a signature says of the approval; undefined where there must be none. */
	#notes(subject) {
		const { bundle, stage } = this.#approval;
		const approval = this.#wholeApproval(subject);
		if (!approval) return void 0;
		const expires = approval.expires === null ? {} : { expires: approval.expires };
		return {
			stage,
			approval: bundle.payloadDigest,
			dataVerified: "true",
			...expires
		};
	}
	/** As with cosign's signatures, nothing is written for others where they could not see what the approval leaves open. */
	async #attachNotation(subject) {
		const { bundle, stage, native } = this.#approval;
		const approval = native === "notation" ? this.#wholeApproval(subject.digest) : void 0;
		if (!approval) return;
		const expires = approval.expires === null ? void 0 : new Date(approval.expires);
		const content = {
			stage,
			approval: bundle.payloadDigest,
			expires
		};
		const signature = signNotation(subject, content, this.#approval);
		const { unlisted } = await attachNotation(this.#at.repository, subject, signature);
		if (unlisted) this.remarks.push(unlistedRemark(unlisted));
	}
	/** The approval, if it is one of the whole manifest whose data was read; a remark says else why others get no signature. */
	#wholeApproval(subject) {
		const { predicate, subject: named } = parseStatement(this.#approval.bundle.envelope.payload);
		const approval = isJsonObject(predicate) ? parseApproval(predicate)?.approval : void 0;
		const isWhole = named.some((one) => subjectDigests(one).includes(subject));
		if (approval?.dataVerified && isWhole) return approval;
		const why = isWhole ? UNREAD : PARTIAL;
		if (!this.remarks.includes(why)) this.remarks.push(why);
	}
	/** As with signatures for others; an end that they would not see keeps an approval out too. */
	#belongsInTag(subject) {
		const { method } = this.#approval.signer;
		if (!this.#at.attestationTag || method !== "key" && method !== "x509") return false;
		const approval = this.#wholeApproval(subject);
		if (approval && approval.expires !== null && !this.remarks.includes(ENDS)) this.remarks.push(ENDS);
		return approval?.expires === null;
	}
	/** Puts back what other tools should find of the approval; says what was missing. */
	async restore(subject) {
		const { digest } = subject;
		const listed = !await unlessRefused(this.remarks, () => this.#at.repository.repairReferrers(digest)) ? [] : [`tag ${referrersTag(digest)}`];
		if (this.#approval.native !== "notation" || hasNotation(this.#examined, digest, this.#approval)) return [...listed, ...await this.#restoreTag(digest)];
		await this.#attachNotation(subject);
		return [
			...listed,
			`a Notation signature of ${digest}`,
			...await this.#restoreTag(digest)
		];
	}
	async #restoreTag(digest) {
		const { signer } = this.#approval;
		if (signer.method === "pgp") return [await this.#file(digest) ?? []].flat();
		const { blobs } = this.#examined.attached;
		const tags = [];
		if (this.#belongsInTag(digest) && await this.#keepAttestation(digest, blobs)) tags.push(cosignTag(digest, "att"));
		if (!hasLegacy(this.#examined, digest, signer) && await this.#keep(digest, [], blobs)) tags.push(cosignTag(digest, "sig"));
		return tags.map((tag) => `tag ${tag}`);
	}
	/** True when it wrote. */
	#keep(subject, ours, atHand) {
		const { repository, clock } = this.#at;
		return unlessRefused(this.remarks, () => keepLegacy(repository, subject, {
			ours,
			atHand,
			clock
		}));
	}
	/** True when it wrote. */
	#keepAttestation(subject, atHand) {
		const { repository, clock } = this.#at;
		const bundles = [this.#approval.bundle.bytes];
		return unlessRefused(this.remarks, () => keepAttestations(repository, subject, {
			bundles,
			atHand,
			clock
		}));
	}
};

// src/stage/sif-target.ts
/** The target for a SIF file. */
function sifFileTarget(path, beside = []) {
	return {
		name: path,
		async open(criteria, onBytes) {
			const { verifier, now } = criteria;
			await using source = await openFileSource(path);
			const image = await openSif(source);
			const examination = settle(await examineSif(image, {
				name: path,
				verifier,
				now,
				beside,
				...onBytes ? { onBytes } : {}
			}), criteria);
			return {
				examined: examination,
				planNative: (request, by) => planNative(examination, request, by),
				write: (layer, context) => write(path, layer, {
					...context,
					examination
				})
			};
		}
	};
}
/** Appends the layer, then takes away what it replaces; a kill in between leaves both, which is a valid image. */
async function write(path, layer, context) {
	const { plan } = layer;
	const { examination, now } = context;
	const objects = [...plan.objects, laneObject("approval", layer.stage, layer.bundle)];
	await using lock = await lockImage(path);
	const options = {
		now,
		lock,
		expected: examination.image,
		expectedDigests: examination.digests
	};
	const outdated = [...plan.outdated, ...replacedObjects(context.replaced, examination, plan.entries)];
	await assertAsPlanned(lock.path, {
		plan,
		outdated,
		examination
	});
	const added = await appendLayers(path, objects, options);
	if (outdated.length > 0) await deleteObjects(path, outdated, options);
	return {
		where: added.map((id) => `object ${id}`),
		freeSlots: examination.image.freeSlots - added.length + outdated.length
	};
}
/**
* The layers that the new approval lists and what is to be taken away must still be there, and native signatures were
* planned beside those that were there. Asked under the lock and before anything is written: others may have been faster.
* @throws SifError SIF_CHANGED
*/
async function assertAsPlanned(path, planned) {
	const { plan, outdated } = planned;
	const { image } = planned.examination;
	await using source = await openFileSource(path);
	const now = await openSif(source);
	const before = new Set(signatureObjects(image).map(recordKey));
	const present = new Set(now.objects.map(recordKey));
	const needed = ({ id, linkedGroup }) => linkedGroup === void 0 || outdated.includes(id);
	const gone = signatureObjects(image).find((one) => needed(one) && !present.has(recordKey(one)));
	const fits = ({ linkedGroup, signature }) => outdated.length === 0 && (linkedGroup === void 0 || plan.objects.length === 0 || plan.entries.length > 0 && signature?.fingerprint !== void 0);
	const clash = signatureObjects(now).find((one) => !before.has(recordKey(one)) && !fits(one));
	if (!gone && !clash) return;
	const what = gone ? `object ${gone.id} was taken away` : `object ${clash?.id} was added`;
	throw new SifError("SIF_CHANGED", `${path}: ${what} by another signer meanwhile`, { hint: "nothing was written; sign again" });
}
function signatureObjects({ objects }) {
	return objects.filter(({ dataType }) => dataType === DATA_TYPE.signature);
}
function recordKey({ slot, record }) {
	return `${slot} ${toHex(record)}`;
}
/** Objects of replaced layers: their bundles, and the native signatures that the new layer does not take over. */
function replacedObjects(replaced, { facts }, kept) {
	const natives = replaced.flatMap(({ approval }) => approval?.native ?? []).filter(({ digest }) => !kept.some((entry) => entry.digest === digest));
	const isOutdated = ({ kind, digest }) => kind === "native-pgp" && natives.some((native) => native.digest === digest);
	return [.../* @__PURE__ */ new Set([...replaced, ...facts.layers.filter(isOutdated)])].flatMap(({ place }) => place.in === "sif" ? [place.object] : []);
}

// src/commands/sign-stage/spec.ts
/** What sign-stage takes and gives. */
const spec = {
	name: "sign-stage",
	summary: "Approve images at a stage: verify the earlier stages, then add one signed layer",
	description: "Reads each image once, verifies the earlier stages when a policy is given, and appends this stage’s approval (and for OpenPGP the native signature that Apptainer reads). The image is never copied and never left broken; it is unchanged when anything fails. Signing the same stage, key and content again changes nothing and says so.",
	positional: "subject-path",
	privileged: "always",
	action: {
		title: "countersign: sign stage",
		icon: "edit-3",
		color: "blue"
	},
	inputs: [
		...SUBJECT_INPUTS,
		{
			name: "stage",
			type: "string",
			required: true,
			description: "Stage that is approved: a stage of the policy, or any name without one.",
			example: "security"
		},
		...SIGNING_INPUTS,
		{
			name: "expected-digest",
			type: "list",
			description: "What the images must be, one digest a line in any order: the output `digest` of the step that made or approved them before. Of a file that is its content digest (of several groups, all of them), of an image in a registry that or the manifest digest. An image with none of them is not signed. Empty: any image.",
			example: "sha256:…"
		},
		...POLICY_INPUTS,
		{
			name: "verify-previous",
			type: "boolean",
			default: "true",
			description: "Refuse to sign when an earlier stage of the policy has not passed. Has no effect without a policy."
		},
		{
			name: "replace",
			type: "boolean",
			default: "false",
			description: "Put a new approval in the place of the one that this key gave for this stage and content, and in a file of those of the stage for what its objects were before. It is an error when a registry does not let that one go: it would still count."
		},
		{
			name: "dry-run",
			type: "boolean",
			default: "false",
			description: "Check and sign in memory, report what would be written, and leave the image as it is."
		},
		...APPROVAL_INPUTS,
		{
			name: "bundle-folder",
			type: "path",
			file: "folder",
			description: "Folder that receives a copy of each approval as `<image>.<stage>.sigstore.json`. Default: none.",
			example: "bundles"
		},
		{
			name: "lookaside",
			type: "path",
			file: "folder",
			description: "Folder that receives a GPG signature of each image in a registry, beside an approval by an OpenPGP key, for `signedBy` of podman and skopeo (docs/gates.md), and in which those of earlier stages are read where the policy accepts them (`native: simple-signing`). Default: none.",
			example: "signatures"
		},
		ATTESTATION_TAG_INPUT,
		EVIDENCE_INPUT,
		VERIFY_DATA_INPUT,
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		{
			name: "subjects",
			description: "The images as a JSON array of `name`, `digest` (content digest), `path` and `reference` (`place@sha256:…` of an image in a registry).",
			example: "[{\"name\":\"app.sif\",\"digest\":\"sha256:…\",\"path\":\"/images/app.sif\",\"reference\":\"\"}]"
		},
		...IMAGE_OUTPUTS,
		{
			name: "approvals",
			description: "JSON array with one entry an image: `name`, `stage`, `method`, `signer`, `outcome`, `digest`, `time`.",
			example: "[{\"name\":\"app.sif\",\"stage\":\"security\",\"method\":\"key\",\"signer\":\"key:…\",\"outcome\":\"signed\"}]"
		},
		{
			name: "bundle-path",
			description: "Paths of the approvals written to `bundle-folder`, one a line.",
			example: "/images/bundles/app.sif.security.sigstore.json"
		}
	]
};

// src/commands/sign-stage/sign-stage.ts
async function run(inputs, host) {
	const now = host.now();
	const { stage } = inputs;
	const files = await subjectsFrom(inputs);
	const signer = await signerFrom(inputs, host, now);
	if (!signer) throw new UsageError("USAGE_MISSING_INPUT", "signing-method and key are missing", { hint: "give ⟨signing-method⟩ (pgp, key or x509) and ⟨key⟩" });
	const criteria = await criteriaForSigning(inputs, signer, now);
	const expected = expectedFrom(inputs);
	await prepareBundles(files, inputs);
	await prepareLookaside(files, inputs, {
		signer,
		isRead: readsLookaside(criteria)
	});
	if (inputs.attestationTag) assertAttestationTag(inputs, {
		signer,
		subjects: files
	});
	const signed = [];
	for (const file of files) {
		const outcome = await catchOneOfSeveral(files.length > 1, () => host.group(`Signing ${file.name}`, () => signOne(file, criteria, {
			inputs,
			host,
			signer,
			now,
			expected
		})));
		if (!(outcome instanceof CountersignError)) for (const remark of outcome.remarks) host.warning(`${file.name}: ${remark}`);
		const error = files.length > 1 ? errorAbout({
			file,
			outcome
		}, stage) : void 0;
		if (error) host.finding(`${error.code}: ${file.name}: ${error.message}; ${error.hint}`);
		signed.push({
			file,
			outcome
		});
	}
	const bundles = [];
	const context = {
		stage,
		now,
		bundles,
		signer: signer.identity
	};
	try {
		await writeBundles(signed, inputs, bundles);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return withoutCopies(present(signed, context), error);
	}
	return present(signed, context);
}
/** @throws UsageError USAGE_INVALID_INPUT for what is no digest, and for lines that name none: it would be no check */
function expectedFrom({ given, expectedDigest: lines }) {
	if (!given.has("expected-digest")) return void 0;
	const digests = lines.filter(isDigest);
	if (digests.length > 0 && digests.length === lines.length) return digests;
	const wrong = lines.find((line) => !isDigest(line)) ?? "";
	throw new UsageError("USAGE_INVALID_INPUT", `expected-digest is ${JSON.stringify(wrong.slice(0, 120))}`, { hint: "give sha256: and 64 lower-case hex digits, as in the output `digest` of the earlier step; an image with several groups has several, which its output `subjects` lists" });
}
/** With several images, one that cannot be signed must not hide that others were. */
async function catchOneOfSeveral(several, sign) {
	try {
		return await sign();
	} catch (error) {
		if (several && error instanceof CountersignError) return error;
		throw error;
	}
}
async function signOne(file, criteria, { inputs, host, signer, now, expected }) {
	const progress = host.progress(`reading ${file.name}`);
	const { stage } = inputs;
	const resourceUri = file.in === "file" ? `file:${basename(file.path)}` : formatReference(signedName(file.reference));
	const request = {
		...await approvalFrom(inputs, {
			host,
			stage,
			signer,
			now,
			resourceUri,
			policy: criteria.policy
		}),
		replace: inputs.replace,
		dryRun: inputs.dryRun,
		...expected ? { expected } : {},
		verifyPrevious: inputs.verifyPrevious,
		onBytes: (done, total) => progress.update(done, total)
	};
	try {
		if (file.in === "file") return await signStage(sifFileTarget(file.path, await evidenceFrom(inputs)), criteria, request);
		const { reference } = file;
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "push",
			existing: true
		});
		const target = registryTarget({
			repository: opened.repository,
			reference: manifestName(reference),
			place: formatPlace(signedName(reference)),
			verifyData: inputs.verifyData,
			evidence: await evidenceFrom(inputs),
			clock: systemClock(),
			lookaside: inputs.lookaside,
			attestationTag: inputs.attestationTag
		});
		return await signStage(target, criteria, request);
	} finally {
		progress.finish();
	}
}
/** The name that is signed: of a layout folder only the last part, since paths of this machine are nobody's business. */
function signedName(reference) {
	return reference.in === "layout" ? {
		...reference,
		folder: basename(reference.folder)
	} : reference;
}
/** The copies must find their place before anything is signed. */
async function prepareBundles(files, inputs) {
	const { bundleFolder: folder } = inputs;
	if (folder === void 0) return;
	const twice = files.find((file, index) => files.findIndex((other) => fileName(other) === fileName(file)) < index);
	if (twice) throw new UsageError("USAGE_CONFLICTING_INPUTS", `several images are called ${fileName(twice)} in bundle-folder`, { hint: "sign them in several runs, each with a ⟨bundle-folder⟩ of its own" });
	await makeFolder(folder);
	await assertWritable(join(folder, "bundle"));
}
/** True when a signature there can count for a stage. */
function readsLookaside({ policy }) {
	return policy?.policy.stages.some(({ native }) => native.includes("simple-signing")) ?? false;
}
/** @throws UsageError USAGE_CONFLICTING_INPUTS for what podman reads no GPG signatures of; SystemError */
async function prepareLookaside(files, { lookaside }, { signer, isRead }) {
	if (lookaside === void 0) return;
	const other = files.find((file) => file.in === "file" || file.reference.in !== "registry");
	if (!other && signer.method !== "pgp" && isRead) return;
	if (other || signer.method !== "pgp") throw new UsageError("USAGE_CONFLICTING_INPUTS", `lookaside is given with ${other ? `${other.name}, which is in no registry` : `the signing method ${signer.method}`}`, { hint: "leave ⟨lookaside⟩ out: it is for OpenPGP keys and images in registries" });
	await makeFolder(lookaside);
	await assertWritable(join(lookaside, "signature-1"));
}
/** Writes the copies and adds their paths to `written`. */
async function writeBundles(signed, inputs, written) {
	const { bundleFolder: folder } = inputs;
	if (folder === void 0) return;
	for (const { file, outcome } of signed) {
		if (outcome instanceof CountersignError || !outcome.bundle || outcome.outcome === "planned") continue;
		const path = resolve(join(folder, `${fileName(file)}.${inputs.stage}.sigstore.json`));
		await writeFileAtomic(path, outcome.bundle);
		written.push(path);
	}
}
/** A file name for an image, whatever characters its reference has. */
function fileName(subject) {
	return subject.in === "file" ? basename(subject.path) : subject.name.replace(/[^A-Za-z0-9._-]/g, "_");
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };