import { t as encodePem } from "./pem.mjs";
import { i as sha256 } from "./digest.mjs";
import { c as encodeSimpleSigning, g as isBundleReferrer, h as attachBundle, l as parseCosignNote, o as cosignTag, v as readBundle } from "./cosign.mjs";
import { n as keepCosignSignatures, t as dropCosignSignatures } from "./cosign-write.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { r as unlistedRemark } from "./immutable-tag.mjs";
import { t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { a as parseBundle } from "./unlike-cosign.mjs";
import { n as identityKey } from "./draft2.mjs";
import { n as StageError } from "./errors4.mjs";
import { n as planNative } from "./native-plan.mjs";
import { n as assertAttachable } from "./read-back.mjs";
import { t as examineRegistryImage } from "./registry-facts.mjs";
import { t as attachable } from "./registry-bundles.mjs";
import { t as readCosignNotes } from "./cosign-notes.mjs";
import { c as withIntermediatesOf, d as isContentProblem, n as COSIGN_ANNOTATION, o as openRegistryImage, u as AttachedBlobs } from "./registry-image.mjs";
import { c as UsageError, t as CountersignError } from "./errors.mjs";
import { a as present, c as signStage, i as errorAbout, n as approvalFrom, r as judgeForSigning, s as withoutCopies, t as APPROVAL_INPUTS, u as sifFileTarget } from "./stage-inputs.mjs";
import { n as openFrom, o as systemClock, t as CONNECTION_INPUTS } from "./registry-inputs.mjs";
import { c as writeFileAtomic, t as assertWritable } from "./file.mjs";
import { t as makeFolder } from "./folder.mjs";
import { n as formatReference, o as manifestName, t as formatPlace } from "./reference.mjs";
import { i as PRIVILEGED_INPUTS, n as COMMON_OUTPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { r as signerFrom, t as SIGNING_INPUTS } from "./signing-inputs.mjs";
import { i as evidenceFrom, r as SUBJECT_INPUTS, s as subjectsFrom, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { r as VERIFY_DATA_INPUT, t as POLICY_INPUTS } from "./trust-inputs.mjs";
import { basename, join, resolve } from "node:path";

// src/layers/replace.ts
/**
* Everything that holds a replaced approval and not the new one; asked before that is attached.
* @throws RegistryError REGISTRY_REPLACE_REFUSED when it is known already that it would stay; as listReferrers
*/
async function findOutdated(examined, { replaced, bundle }, repository) {
	if (replaced.length === 0) return [];
	assertOutside(replaced);
	const { bundles, layers, image } = examined;
	const old = new Set(bundles.flatMap(({ fact, opened }) => opened && replaced.some((layer) => layer === fact) ? [sha256(opened.found.bytes)] : []));
	old.delete(sha256(bundle));
	const outdated = [];
	const blobs = new AttachedBlobs(repository, layers.blobs);
	for (const { digest: subject } of image.subjects) for (const referrer of (await repository.listReferrers(subject)).referrers.filter(isBundleReferrer)) {
		const digest = await bundleDigest(referrer, blobs);
		if (digest !== void 0 && old.has(digest)) outdated.push({
			subject,
			referrer
		});
	}
	for (const { referrer } of outdated) await repository.assertDetachable(referrer.manifest);
	return outdated;
}
/** What is in the image itself stays in it for ever. */
function assertOutside(replaced) {
	const inside = replaced.find(({ place }) => place.in === "sif");
	if (!inside || inside.place.in !== "sif") return;
	throw new RegistryError("REGISTRY_REPLACE_REFUSED", `the approval to be replaced is object ${inside.place.object} of the SIF itself, which no registry changes`, { hint: "nothing was attached; replace it in the file with `sign-stage FILE --replace`, and push that" });
}
async function bundleDigest(referrer, blobs) {
	try {
		return blobs.digestOf(withIntermediatesOf(await readBundle(blobs, referrer, "none"), blobs));
	} catch (error) {
		if (isContentProblem(error)) return void 0;
		throw error;
	}
}
/**
* Takes the outdated referrers away, all that can be, and with them their legacy signatures.
* @throws RegistryError REGISTRY_REPLACE_INCOMPLETE when one of them still counts; when only the shared legacy tag could
* not be changed, as dropCosignSignatures
*/
async function takeAway(outdated, successors, { repository, clock }) {
	const left = [];
	for (const one of outdated) {
		const { manifest } = one.referrer;
		try {
			await repository.detachReferrer(manifest, successorOf(one, successors).manifest);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			left.push({
				name: `${repository.name}@${manifest.digest}`,
				error
			});
		}
	}
	const [first] = left;
	if (first) throw incomplete(left, successors, first.error);
	for (const one of outdated) await dropLegacy(repository, {
		...one,
		successor: successorOf(one, successors)
	}, clock);
}
function successorOf({ subject }, successors) {
	const successor = successors.find((one) => one.subject === subject);
	if (!successor) throw new Error("an approval was replaced where no new one is");
	return successor;
}
async function dropLegacy(repository, { subject, referrer, successor }, clock) {
	const text = referrer.descriptor.annotations?.[COSIGN_ANNOTATION];
	const note = text === void 0 ? void 0 : parseCosignNote(text);
	if (!note || successor.legacy && Buffer.compare(note.signature, successor.legacy.signature) === 0) return;
	const old = {
		...note,
		certificate: void 0,
		chain: void 0
	};
	await dropCosignSignatures(repository, subject, {
		outdated: [old],
		clock
	});
}
function incomplete(left, successors, cause) {
	const names = left.map(({ name }) => name);
	const added = successors.map(({ manifest }) => manifest.digest).join(", ");
	return new RegistryError("REGISTRY_REPLACE_INCOMPLETE", `the new approval is attached (${added}), but beside it the earlier one still counts: ${names.join(", ")}: ${cause.message}`, {
		hint: `delete ${names.length === 1 ? "that manifest" : "those manifests"} with a login that may: ${names.map((name) => `\`crane delete ${name}\``).join(", ")}, or on the registry’s page; nothing has to be signed again`,
		cause
	});
}

// src/layers/registry-target.ts
/** The target for an image in a registry or layout folder. */
function registryTarget(options) {
	return {
		name: `${options.place} ${options.reference}`,
		async open({ verifier, now }, onBytes) {
			const image = await openRegistryImage(options.repository, options.reference);
			const { verifyData } = options;
			const examined = await examineRegistryImage(image, {
				name: image.name,
				verifier,
				now,
				verifyData,
				...onBytes ? { onBytes } : {}
			});
			assertContentKnown(examined);
			return {
				examined,
				planNative: (request, by) => examined.sif ? planNative(examined.sif, request, by) : Promise.resolve({
					entries: [],
					objects: [],
					facts: [],
					outdated: [],
					remarks: []
				}),
				write: (layer, change) => write(examined, layer, {
					...change,
					options
				}),
				finish: (layer, change) => finish(examined, layer, {
					...change,
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
	throw new StageError("STAGE_DATA_UNKNOWN", "no trusted layer says what the data of this image is", { hint: "set verify-data: true to read and hash the whole image, or have the first stage sign the file" });
}
async function write(examined, layer, { signer, replaced, now, options }) {
	const signed = parseBundle(layer.bundle);
	const natives = [...newNatives(layer), ...replaced.length > 0 ? keptNatives(examined, layer) : []];
	const bytes = natives.reduce((sum, { data }) => sum + data.length, layer.bundle.length);
	assertAttachable(examined.layers, {
		manifests: 1,
		bytes
	});
	const where = [];
	const unlisted = [];
	const outgoing = {
		signed,
		stage: layer.stage,
		natives,
		signer,
		now,
		options
	};
	const outdated = await findOutdated(examined, {
		replaced,
		bundle: layer.bundle
	}, options.repository);
	const successors = [];
	for (const subject of examined.image.subjects) successors.push(await attachTo(subject, {
		examined,
		unlisted
	}, outgoing));
	where.push(...successors.map(placeOf));
	await unlessImmutable(unlisted, () => takeAway(outdated, successors, options));
	return {
		where,
		freeSlots: examined.freeSlots,
		remarks: unlisted.map(unlistedRemark)
	};
}
function newNatives({ plan }) {
	return plan.objects.flatMap(({ data, linkedGroup: group }) => data instanceof Uint8Array && group !== void 0 ? [{
		group,
		data
	}] : []);
}
/** Native signatures that the new approval takes over, and that may go with the one it replaces. */
function keptNatives({ layers }, { plan }) {
	return plan.entries.flatMap(({ group, digest }) => {
		const found = layers.natives.find((native) => native.group === group && sha256(native.data) === digest);
		return found ? [{
			group,
			data: found.data
		}] : [];
	});
}
function placeOf({ manifest }) {
	return `referrer ${manifest.digest}`;
}
/** Writing into a shared tag that must not change is nothing that would make an approval invalid. */
async function unlessImmutable(unlisted, change) {
	try {
		return await change();
	} catch (error) {
		if (!(error instanceof RegistryError) || error.code !== "REGISTRY_TAG_IMMUTABLE") throw error;
		unlisted.push(error);
		return;
	}
}
async function attachTo(subject, { examined, unlisted }, outgoing) {
	const { signed, stage, natives, now, options } = outgoing;
	const optional = {
		stage,
		...examined.facts.dataRead ? {} : { dataVerified: "false" }
	};
	const legacy = await legacySignature(subject.digest, optional, outgoing);
	const bundle = attachable(signed, {
		predicateType: APPROVAL_PREDICATE_TYPE,
		createdAt: now,
		natives,
		legacy
	});
	const attached = await attachBundle(options.repository, subject, bundle);
	if (attached.unlisted) unlisted.push(attached.unlisted);
	if (legacy) await unlessImmutable(unlisted, () => keepLegacy(examined, subject, {
		bundle: bundle.bytes,
		legacy,
		options
	}));
	return {
		subject: subject.digest,
		manifest: attached.manifest,
		legacy
	};
}
/**
* An approval names all platforms, and is attached to one after the other: attaches it where that is missing, and puts
* back legacy signatures that should be beside it.
*/
async function finish(examined, { stage, bundle }, { signer, now, options }) {
	const { image, layers } = examined;
	const attached = layers.attachedTo.get(sha256(bundle)) ?? [];
	const where = [];
	const unlisted = [];
	if (attached.length === 0) return {
		where,
		remarks: []
	};
	const outgoing = {
		signed: parseBundle(bundle),
		stage,
		natives: [],
		signer,
		now,
		options
	};
	for (const subject of image.subjects) if (!attached.includes(subject.digest)) where.push(placeOf(await attachTo(subject, {
		examined,
		unlisted
	}, outgoing)));
	else if (signer.method !== "pgp" && !hasLegacy(examined, subject, signer)) {
		const others = () => readCosignNotes(options.repository, subject.digest, layers.blobs);
		const { repository, clock } = options;
		const kept = {
			ours: [],
			others,
			clock
		};
		if (await unlessImmutable(unlisted, () => keepCosignSignatures(repository, subject.digest, kept))) where.push(`tag ${cosignTag(subject.digest, "sig")}`);
	}
	return {
		where,
		remarks: unlisted.map(unlistedRemark)
	};
}
function hasLegacy({ facts }, { digest }, { identity }) {
	const name = `tag ${cosignTag(digest, "sig")}`;
	return facts.layers.some(({ kind, place, signature, signer }) => kind === "cosign" && place.in === "registry" && place.name === name && signature === "valid" && signer !== null && identityKey(signer) === identityKey(identity));
}
/** Says as the approval does when nobody read the data: tools that look at this signature alone can ask for it. */
async function legacySignature(digest, optional, { signer, now, options }) {
	if (signer.method === "pgp") return void 0;
	const payload = encodeSimpleSigning(options.place, digest, optional);
	const signature = await signer.signPae(payload, now);
	const { material } = signer;
	if (material.kind !== "certificates") return {
		payload,
		signature,
		certificate: void 0,
		chain: void 0
	};
	const [certificate, ...rest] = material.chain.map((der) => encodePem("CERTIFICATE", der));
	return {
		payload,
		signature,
		certificate,
		chain: rest.join("")
	};
}
/** Writes the legacy signature, and puts back those of other layers that a parallel writer may have overwritten. */
async function keepLegacy({ layers }, subject, { bundle, legacy, options }) {
	const { repository, clock } = options;
	const atHand = new Map([...layers.blobs, [sha256(bundle), bundle]]);
	await keepCosignSignatures(repository, subject.digest, {
		clock,
		ours: [legacy],
		others: () => readCosignNotes(repository, subject.digest, atHand)
	});
}

// src/commands/sign-stage-spec.ts
const spec = {
	name: "sign-stage",
	summary: "Approve images at a stage: verify the earlier stages, then add one signed layer",
	description: "Reads each image once, verifies the earlier stages when a policy is given, and appends this stage’s approval (and for OpenPGP the native signature that Apptainer reads). The image is never copied and never left broken; it is unchanged when anything fails. Signing the same stage, key and content again changes nothing and says so.",
	positional: "subject-path",
	privileged: true,
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
			description: "Put a new approval in the place of the one that this key gave for this stage and content. It is an error when a registry does not let that one go: it would still count."
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
			description: "The images as a JSON array of `name`, `digest` (content digest) and `path`.",
			example: "[{\"name\":\"app.sif\",\"digest\":\"sha256:…\",\"path\":\"/images/app.sif\"}]"
		},
		{
			name: "digest",
			description: "Content digest, when there is one image with one group.",
			example: "sha256:…"
		},
		{
			name: "image-path",
			description: "Path of the image, when there is one.",
			example: "/images/app.sif"
		},
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

// src/commands/sign-stage.ts
async function run(inputs, host) {
	const now = host.now();
	const stage = inputs.requiredText("stage");
	const files = await subjectsFrom(inputs);
	const signer = await signerFrom(inputs, now, host.env);
	if (!signer) throw new UsageError("USAGE_MISSING_INPUT", "signing-method and key are missing", { hint: "give signing-method (pgp, key or x509) and key-path, or the environment variable COUNTERSIGN_KEY" });
	const judge = await judgeForSigning(inputs, signer, now);
	await prepareBundles(files, inputs);
	const signed = [];
	for (const file of files) {
		const outcome = await tolerant(files.length > 1, () => host.group(`Signing ${file.name}`, () => signOne(file, judge, {
			inputs,
			host,
			signer,
			now
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
/** With several images, one that cannot be signed must not hide that others were. */
async function tolerant(several, sign) {
	try {
		return await sign();
	} catch (error) {
		if (several && error instanceof CountersignError) return error;
		throw error;
	}
}
async function signOne(file, judge, { inputs, host, signer, now }) {
	const progress = host.progress(`reading ${file.name}`);
	const stage = inputs.requiredText("stage");
	const resourceUri = file.in === "file" ? `file:${basename(file.path)}` : formatReference(signedName(file.reference));
	const request = {
		...approvalFrom(inputs, {
			host,
			stage,
			signer,
			now,
			resourceUri
		}),
		replace: inputs.boolean("replace"),
		dryRun: inputs.boolean("dry-run"),
		verifyPrevious: inputs.boolean("verify-previous"),
		onBytes: (done, total) => progress.update(done, total)
	};
	try {
		if (file.in === "file") return await signStage(sifFileTarget(file.path, await evidenceFrom(inputs)), judge, request);
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
			verifyData: inputs.boolean("verify-data"),
			clock: systemClock()
		});
		return await signStage(target, judge, request);
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
	const folder = inputs.text("bundle-folder");
	if (folder === void 0) return;
	const twice = files.find((file, index) => files.findIndex((other) => fileName(other) === fileName(file)) < index);
	if (twice) throw new UsageError("USAGE_CONFLICTING_INPUTS", `several images are called ${fileName(twice)} in bundle-folder`, { hint: "sign them in several runs, each with a bundle-folder of its own" });
	await makeFolder(folder);
	await assertWritable(join(folder, "bundle"));
}
/** Writes the copies and adds their paths to `written`. */
async function writeBundles(signed, inputs, written) {
	const folder = inputs.text("bundle-folder");
	if (folder === void 0) return;
	for (const { file, outcome } of signed) {
		if (outcome instanceof CountersignError || !outcome.bundle || outcome.outcome === "planned") continue;
		const path = resolve(join(folder, `${fileName(file)}.${inputs.requiredText("stage")}.sigstore.json`));
		await writeFileAtomic(path, outcome.bundle);
		written.push(path);
	}
}
/** A file name for an image, whatever characters its reference has. */
function fileName(subject) {
	return subject.in === "file" ? basename(subject.path) : subject.name.replace(/[^A-Za-z0-9._-]/g, "_");
}
const command = {
	spec,
	run
};

export { command };