import { t as encodePem } from "./pem.mjs";
import { i as sha256 } from "./digest.mjs";
import { D as encodeBundle, S as attachBundle, _ as encodeSimpleSigning, h as cosignTag, k as parseBundle, o as openRegistryImage } from "./registry-image.mjs";
import { t as keepCosignSignatures } from "./cosign-write.mjs";
import { c as IN_TOTO_PAYLOAD_TYPE, d as APPROVAL_PREDICATE_TYPE, l as encodeStatement, m as isStageName, p as encodeApproval, x as laneObject } from "./registry-source.mjs";
import { a as identityKey, f as openBundle, g as lockImage, h as deleteObjects, i as draftApproval, l as examineSif, m as appendObjects, n as sifContent, o as stagesBefore, p as placeBundle, r as sifSubjects, u as sifView } from "./attach.mjs";
import { n as StageError } from "./errors4.mjs";
import { n as planNative } from "./native-plan.mjs";
import { t as examineRegistryImage } from "./registry-facts.mjs";
import { t as attachable } from "./registry-bundles.mjs";
import { t as readCosignNotes } from "./cosign-notes.mjs";
import { o as toHex } from "./bytes.mjs";
import { f as DATA_TYPE, n as openFileSource, o as openSif } from "./source.mjs";
import { n as SifError } from "./errors2.mjs";
import { s as encodePae } from "./native-dsse.mjs";
import { n as judgeFacts, t as createJudge } from "./verify.mjs";
import { t as loadPolicy } from "./load.mjs";
import { i as systemClock, n as openFrom, t as CONNECTION_INPUTS } from "./registry-inputs.mjs";
import { c as UsageError, i as EXIT, l as fileError, t as CountersignError } from "./errors.mjs";
import { r as writeFileAtomic } from "./file.mjs";
import { t as VERSION } from "./version.mjs";
import { i as manifestName, n as formatReference, t as formatPlace } from "./reference.mjs";
import { r as printable, t as escapeMarkdown } from "./foreign-text.mjs";
import { n as COMMON_OUTPUTS, r as PRIVILEGED_INPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { n as signerFrom, t as SIGNING_INPUTS } from "./signing-inputs.mjs";
import { i as evidenceFrom, o as subjectsFrom, r as SUBJECT_INPUTS, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { r as VERIFY_DATA_INPUT, t as POLICY_INPUT } from "./trust-inputs.mjs";
import { basename, join, resolve } from "node:path";
import { mkdir } from "node:fs/promises";

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
				write: (layer, change) => write$1(examined, layer, {
					...change,
					options
				}),
				finish: (layer, change) => finish$1(examined, layer, {
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
async function write$1(examined, layer, { signer, now, options }) {
	const signed = parseBundle(layer.bundle);
	const natives = layer.plan.objects.flatMap(({ data, linkedGroup: group }) => data instanceof Uint8Array && group !== void 0 ? [{
		group,
		data
	}] : []);
	const where = [];
	for (const subject of examined.image.subjects) where.push(await attachTo(subject, examined, {
		signed,
		stage: layer.stage,
		natives,
		signer,
		now,
		options
	}));
	return {
		where,
		freeSlots: examined.freeSlots
	};
}
async function attachTo(subject, examined, outgoing) {
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
	const manifest = await attachBundle(options.repository, subject, bundle);
	if (legacy) await keepLegacy(examined, subject, {
		bundle: bundle.bytes,
		legacy,
		options
	});
	return `referrer ${manifest.digest}`;
}
/**
* An approval names all platforms, and is attached to one after the other: attaches it where that is missing, and puts
* back legacy signatures that should be beside it.
*/
async function finish$1(examined, { stage, bundle }, { signer, now, options }) {
	const { image, layers } = examined;
	const attached = layers.attachedTo.get(sha256(bundle)) ?? [];
	if (attached.length === 0) return [];
	const signed = parseBundle(bundle);
	const where = [];
	for (const subject of image.subjects) if (!attached.includes(subject.digest)) where.push(await attachTo(subject, examined, {
		signed,
		stage,
		natives: [],
		signer,
		now,
		options
	}));
	else if (signer.method !== "pgp" && !hasLegacy(examined, subject, signer)) {
		const others = () => readCosignNotes(options.repository, subject.digest, layers.blobs);
		const { repository, clock } = options;
		if (await keepCosignSignatures(repository, subject.digest, {
			ours: [],
			others,
			clock
		})) where.push(`tag ${cosignTag(subject.digest, "sig")}`);
	}
	return where;
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

// src/layers/sif-target.ts
/** The target for a SIF file. */
function sifFileTarget(path, beside = []) {
	return {
		name: path,
		async open({ verifier, now }, onBytes) {
			await using source = await openFileSource(path);
			const image = await openSif(source);
			const examination = await examineSif(image, {
				name: path,
				verifier,
				now,
				beside,
				...onBytes ? { onBytes } : {}
			});
			return {
				examined: {
					facts: examination.facts,
					view: sifView(examination),
					bundles: examination.bundles,
					subjects: sifSubjects(examination),
					content: sifContent(examination),
					freeSlots: image.freeSlots
				},
				planNative: (request, by) => planNative(examination, request, by),
				write: (layer, change) => write(path, layer, {
					...change,
					examination
				})
			};
		}
	};
}
/** Appends the layer, then takes away what it replaces; a kill in between leaves both, which is a valid image. */
async function write(path, layer, change) {
	const { plan } = layer;
	const { examination, now } = change;
	const objects = [...plan.objects, laneObject("approval", layer.stage, layer.bundle)];
	await using lock = await lockImage(path);
	const options = {
		now,
		lock,
		expected: examination.image
	};
	const outdated = [...plan.outdated, ...replacedObjects(change.replaced, examination, plan.entries)];
	await assertAsPlanned(lock.path, {
		plan,
		outdated,
		examination
	});
	const added = await appendObjects(path, objects, options);
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
	return [...replaced, ...facts.layers.filter(isOutdated)].flatMap(({ place }) => place.in === "sif" ? [place.object] : []);
}

// src/layers/stage.ts
/**
* Signs a stage on an image.
* @throws StageError STAGE_*; SifError, RegistryError when it cannot be read or changed (it is then as it was);
* SignatureError
*/
async function signStage(target, judge, request) {
	assertStage(judge, request.stage);
	const session = await target.open({
		verifier: judge.verifier,
		now: judge.now
	}, request.onBytes);
	const { examined } = session;
	assertSound(examined);
	const base = {
		contentDigests: examined.facts.contentDigests,
		signer: request.signer.identity,
		freeSlots: examined.freeSlots,
		where: [],
		remarks: []
	};
	const verdict = previousVerdict(examined, judge, request);
	if (verdict?.verdict === "failed") return {
		...base,
		outcome: "refused",
		verdict,
		bundle: void 0,
		digest: void 0
	};
	const own = ownLayers(examined, request);
	const standing = own.find((layer) => stands(layer, examined, judge));
	if (standing && !request.replace) {
		const bundle = bundleBytes(examined, standing);
		const where = bundle ? await finish(session, {
			stage: request.stage,
			bundle
		}, request) : [];
		const remarks = where.length > 0 ? [`an earlier run was interrupted; added what it left out: ${where.join(", ")}`] : [];
		return {
			...base,
			outcome: "unchanged",
			verdict,
			bundle,
			digest: standing.digest,
			where,
			remarks
		};
	}
	const replaced = request.replace ? own : [];
	assertReplaceable(replaced, examined);
	const layer = await makeLayer(session, judge, {
		request,
		replaced
	});
	const done = {
		...base,
		verdict,
		bundle: layer.bundle,
		digest: layer.digest,
		remarks: layer.plan.remarks
	};
	if (request.dryRun) return {
		...done,
		outcome: "planned"
	};
	const written = await session.write(layer, {
		signer: request.signer,
		replaced,
		now: request.now
	});
	return {
		...done,
		...written,
		outcome: replaced.length > 0 ? "replaced" : "signed"
	};
}
async function finish(session, layer, { signer, now, dryRun }) {
	if (dryRun) return [];
	return await session.finish?.(layer, {
		signer,
		replaced: [],
		now
	}) ?? [];
}
function assertStage({ policy }, stage) {
	if (!isStageName(stage)) throw new StageError("STAGE_NAME_INVALID", `not a stage name: ${JSON.stringify(stage.slice(0, 80))}`, { hint: "use lower-case letters, digits and inner hyphens, at most 42 characters" });
	const names = policy?.policy.stages.map(({ name }) => name);
	if (names && !names.includes(stage)) throw new StageError("STAGE_UNKNOWN", `the policy has no stage ${stage}`, { hint: `use one of ${names.join(", ")}, or add the stage to the policy` });
}
function assertSound({ facts }) {
	const problem = facts.problems.find(({ severity }) => severity !== "remark");
	if (problem) throw new StageError("STAGE_IMAGE_BROKEN", problem.message, { hint: problem.hint });
}
/** The verdict about the stages before this one, when it is asked for. */
function previousVerdict(examined, judge, request) {
	if (!judge.policy || !request.verifyPrevious) return void 0;
	return judgeFacts(examined, judge, stagesBefore(judge.policy, request.stage));
}
/** Approvals of this stage for this content that this signer gave before. */
function ownLayers({ facts }, request) {
	const own = identityKey(request.signer.identity);
	return facts.layers.filter(({ approval, signer, signature, contradicted }) => approval?.stage === request.stage && signature === "valid" && !contradicted && signer !== null && identityKey(signer) === own);
}
/** True when an approval still counts as it is: complete, not expired, and accepted by the policy if there is one. */
function stands(layer, examined, judge) {
	const { facts } = examined;
	const { approval } = layer;
	if (!approval || layer.covers.length < facts.units.length) return false;
	if (facts.dataRead && !approval.dataVerified) return false;
	if (approval.expires !== null && Date.parse(approval.expires) <= judge.now.getTime()) return false;
	const whole = approval.native.every(({ digest }) => facts.layers.some((native) => native.digest === digest && native.signature === "valid"));
	if (!whole || !judge.policy) return whole;
	return countsForStage(layer.digest, judgeFacts(examined, judge, [approval.stage]), approval.stage);
}
function reportOf(digest, verdict) {
	return verdict.layers.find((layer) => layer.kind === "bundle" && layer.digest === digest);
}
function countsForStage(digest, verdict, stage) {
	const principal = reportOf(digest, verdict)?.signer?.principal;
	const report = verdict.stages.find((candidate) => candidate.stage === stage);
	return typeof principal === "string" && report !== void 0 && report.approvedBy.includes(principal);
}
function bundleBytes(examined, layer) {
	return examined.bundles.find(({ fact }) => fact === layer)?.opened?.found.bytes;
}
function assertReplaceable(replaced, { facts }) {
	const others = facts.layers.filter((layer) => !replaced.includes(layer));
	for (const old of replaced) {
		const later = others.find(({ approval }) => approval?.roster.some(({ digest }) => digest === old.digest));
		if (later) throw new StageError("STAGE_REPLACE_BLOCKED", `the approval of stage ${later.approval?.stage} names the one to be replaced in its roster`, { hint: "leave the approval as it is, or replace the later ones too, beginning with the last" });
	}
}
/** Signs the layer in memory and checks it as a verifier would. */
async function makeLayer(session, judge, { request, replaced }) {
	const { signer, now, stage } = request;
	const { examined } = session;
	const plan = await session.planNative(request, judge.verifier);
	const approval = draftApproval(examined.facts, request, {
		policy: judge.policy,
		native: plan.entries,
		without: replaced
	});
	const payload = encodeStatement({
		subject: examined.subjects.map((subject) => ({
			...subject,
			annotations: { stage }
		})),
		predicateType: APPROVAL_PREDICATE_TYPE,
		predicate: encodeApproval({
			approval,
			content: examined.content
		}, request.toolVersion)
	});
	const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), now);
	const { material } = signer;
	const bundle = encodeBundle({
		material,
		payloadType: IN_TOTO_PAYLOAD_TYPE,
		payload,
		signature
	});
	const remaining = examined.facts.layers.filter((layer) => !replaced.includes(layer));
	const facts = {
		...examined.facts,
		layers: [...remaining, ...plan.facts]
	};
	await selfCheck(bundle, {
		...examined,
		facts
	}, {
		judge,
		request
	});
	return {
		plan,
		bundle,
		digest: parseBundle(bundle).payloadDigest,
		stage
	};
}
/** The new layer must verify, belong to an approver, and count beside what will be there: asked before a byte is written. */
async function selfCheck(bytes, examined, { judge, request }) {
	const opened = await openBundle({
		place: {
			in: "sif",
			object: 0
		},
		bytes
	}, judge.verifier, judge.now);
	const placed = placeBundle(opened, examined.view);
	if (placed.is !== "layer") throw new Error("an approval was read back as evidence");
	const facts = {
		...examined.facts,
		layers: [...examined.facts.layers, placed.fact]
	};
	const { policy } = judge;
	const stages = policy && request.verifyPrevious ? [...stagesBefore(policy, request.stage), request.stage] : [request.stage];
	const verdict = judgeFacts({ facts }, judge, stages);
	const report = reportOf(placed.fact.digest, verdict);
	const allowed = policy?.policy.stages.find(({ name }) => name === request.stage)?.approvers;
	const principal = report?.signer?.principal;
	if (allowed && !(typeof principal === "string" && allowed.includes(principal))) throw new StageError("STAGE_SIGNER_NOT_ALLOWED", `${identityKey(request.signer.identity)} is no approver of stage ${request.stage}`, { hint: `sign with a key of ${allowed.join(", ")}, or add this identity to the policy${reasonsOf(placed.fact)}` });
	const counts = policy && request.verifyPrevious ? countsForStage(placed.fact.digest, verdict, request.stage) : true;
	const problem = report?.reasons.find(({ severity }) => severity !== "remark");
	const broken = request.verifyPrevious && problem !== void 0;
	if (placed.fact.signature !== "valid" || broken || !counts) {
		const why = problem ?? verdict.stages.find(({ stage }) => stage === request.stage)?.reasons[0];
		throw new StageError("STAGE_SELF_CHECK_FAILED", `the new approval would not count: ${why?.message ?? "no reason"}`, { hint: why?.hint ?? "check the policy with `countersign policy check`; the image is unchanged" });
	}
}
function reasonsOf(fact) {
	return fact.reasons.length > 0 ? ` (${fact.reasons.map(({ message }) => message).join("; ")})` : "";
}

// src/commands/run-info.ts
const GITHUB_FIELDS = {
	server: "GITHUB_SERVER_URL",
	repository: "GITHUB_REPOSITORY",
	workflow: "GITHUB_WORKFLOW_REF",
	ref: "GITHUB_REF",
	commit: "GITHUB_SHA",
	runId: "GITHUB_RUN_ID",
	attempt: "GITHUB_RUN_ATTEMPT",
	actor: "GITHUB_ACTOR",
	event: "GITHUB_EVENT_NAME",
	job: "GITHUB_JOB"
};
const MAX_FIELD = 512;
/** The run as text fields; undefined outside GitHub Actions unless an environment name was given. */
function runInfo(env, environment) {
	const known = (env["GITHUB_ACTIONS"] === "true" ? Object.entries(GITHUB_FIELDS) : []).flatMap(([name, variable]) => {
		const value = env[variable]?.slice(0, MAX_FIELD);
		return value ? [[name, value]] : [];
	});
	const all = environment === void 0 ? known : [...known, ["environment", environment.slice(0, MAX_FIELD)]];
	return all.length > 0 ? Object.fromEntries(all) : void 0;
}

// src/commands/sign-stage-result.ts
const OUTCOMES = {
	signed: "approved",
	replaced: "approved anew; the earlier approval by this key was taken away",
	planned: "would be approved (dry run, nothing written)",
	unchanged: "was approved by this key before; nothing to do",
	refused: "NOT approved: an earlier stage has not passed, nothing written",
	error: "NOT approved: an error, nothing written"
};
/** The result of the command; every image that was signed is in it, whatever happened to the others. */
function present(signed, context) {
	const failed = signed.some(({ outcome }) => ["refused", "error"].includes(outcomeOf(outcome)));
	const approvals = signed.map((entry) => approvalOf(entry, context));
	const subjects = signed.flatMap(({ file, outcome }) => outcome instanceof CountersignError ? [] : outcome.contentDigests.map((digest) => ({
		name: file.name,
		digest,
		path: pathOf(file)
	})));
	const verdict = failed ? "failed" : "passed";
	const [only] = signed;
	return {
		exitCode: failed ? EXIT.failed : EXIT.passed,
		json: {
			schema: "countersign/sign-stage/v1",
			verdict,
			stage: context.stage,
			images: signed.map((entry, index) => ({
				...approvals[index],
				...detailsOf(entry)
			}))
		},
		text: signed.map((entry) => describe(entry, context)).join(""),
		summary: summarise(signed, context),
		outputs: {
			verdict,
			subjects: JSON.stringify(subjects),
			digest: subjects.length === 1 ? subjects[0]?.digest ?? "" : "",
			"image-path": signed.length === 1 && only ? pathOf(only.file) : "",
			approvals: JSON.stringify(approvals),
			"bundle-path": context.bundles.join("\n")
		}
	};
}
function outcomeOf(outcome) {
	return outcome instanceof CountersignError ? "error" : outcome.outcome;
}
function approvalOf({ file, outcome }, { stage, now, signer }) {
	return {
		name: file.name,
		stage,
		method: signer.method,
		signer: identityKey(signer),
		outcome: outcomeOf(outcome),
		digest: outcome instanceof CountersignError ? null : outcome.digest ?? null,
		time: now.toISOString()
	};
}
function detailsOf({ file, outcome }) {
	const path = pathOf(file);
	if (outcome instanceof CountersignError) {
		const { code, message, hint } = outcome;
		return {
			path,
			error: {
				code,
				message,
				hint
			}
		};
	}
	const { contentDigests, where, freeSlots, remarks, verdict } = outcome;
	return {
		path,
		contentDigests,
		where,
		freeSlots,
		remarks,
		previous: verdict ?? null
	};
}
function describe({ file, outcome }, { stage, signer }) {
	const head = `${printable(file.name, 1e3)}: stage ${stage} ${OUTCOMES[outcomeOf(outcome)]} (${identityKey(signer)})\n`;
	if (outcome instanceof CountersignError) return `${head}  ${outcome.message} [${outcome.code}]\n  → ${outcome.hint}\n`;
	if (outcome.outcome === "signed" && outcome.freeSlots !== null) return `${head}  ${outcome.freeSlots} descriptor slots left\n`;
	return outcome.outcome === "refused" ? `${head}${whyRefused(outcome)}` : head;
}
function whyRefused({ verdict }) {
	const stages = (verdict?.stages ?? []).filter((stage) => stage.verdict !== "passed");
	const reasons = (verdict?.reasons ?? []).filter(({ severity }) => severity !== "remark");
	return [...stages.map(({ stage, verdict: outcome, reasons: [why] }) => `  stage ${stage} ${outcome}: ${why?.message ?? "no approval"}\n`), ...reasons.map(({ message, code, hint }) => `  ${message} [${code}]\n  → ${hint}\n`)].join("");
}
function summarise(signed, { stage, signer }) {
	return `### sign-stage\n\n| Image | Stage | Outcome | Signer |\n| --- | --- | --- | --- |\n${signed.map(({ file, outcome }) => `| ${escapeMarkdown(file.name)} | ${escapeMarkdown(stage)} | ${OUTCOMES[outcomeOf(outcome)]} | ${escapeMarkdown(identityKey(signer))} |`).join("\n")}\n`;
}
function pathOf(subject) {
	return subject.in === "file" ? subject.path : "";
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
		POLICY_INPUT,
		{
			name: "verify-previous",
			type: "boolean",
			default: "true",
			description: "Refuse to sign when an earlier stage of the policy has not passed. Has no effect without a policy."
		},
		{
			name: "native",
			type: "enum",
			values: [
				"auto",
				"none",
				"dsse"
			],
			default: "auto",
			description: "Native signature to write besides the approval. `auto`: OpenPGP writes the one that `apptainer verify` reads, other methods write none. `dsse`: a bare key or certificate signs natively too, only where the image has no OpenPGP signature. `none`: the approval alone."
		},
		{
			name: "replace",
			type: "boolean",
			default: "false",
			description: "Put a new approval in the place of the one that this key gave for this stage and content."
		},
		{
			name: "dry-run",
			type: "boolean",
			default: "false",
			description: "Check and sign in memory, report what would be written, and leave the image as it is."
		},
		{
			name: "expires-in",
			type: "duration",
			description: "How long the approval counts, with a unit. Default: without limit.",
			example: "90d"
		},
		{
			name: "reason",
			type: "string",
			description: "Why it was approved; becomes part of the signed approval."
		},
		{
			name: "ticket",
			type: "string",
			description: "Ticket or change number; becomes part of the signed approval."
		},
		{
			name: "environment",
			type: "string",
			description: "Deployment environment of this job; becomes part of the signed approval.",
			example: "production"
		},
		{
			name: "bundle-folder",
			type: "path",
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
	const files = await subjectsFrom(inputs);
	const signer = await signerFrom(inputs, now);
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
		else host.finding(`${outcome.code}: ${file.name}: ${outcome.message}; ${outcome.hint}`);
		signed.push({
			file,
			outcome
		});
	}
	const bundles = await writeBundles(signed, inputs);
	return present(signed, {
		stage: inputs.requiredText("stage"),
		now,
		bundles,
		signer: signer.identity
	});
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
async function judgeForSigning(inputs, signer, now) {
	const path = inputs.text("policy-path");
	if (path === void 0) return createJudge({
		policy: void 0,
		material: signer.publicMaterial,
		now
	});
	return createJudge({
		policy: await loadPolicy(path),
		now
	});
}
async function signOne(file, judge, { inputs, host, signer, now }) {
	const expiresIn = inputs.number("expires-in");
	const progress = host.progress(`reading ${file.name}`);
	const request = {
		stage: inputs.requiredText("stage"),
		signer,
		now,
		native: nativeChoice(inputs),
		replace: inputs.boolean("replace"),
		dryRun: inputs.boolean("dry-run"),
		verifyPrevious: inputs.boolean("verify-previous"),
		expires: expiresIn === void 0 ? void 0 : new Date(now.getTime() + expiresIn),
		reason: inputs.text("reason"),
		ticket: inputs.text("ticket"),
		run: runInfo(host.env, inputs.text("environment")),
		resourceUri: file.in === "file" ? `file:${basename(file.path)}` : formatReference(signedName(file.reference)),
		toolVersion: VERSION,
		onBytes: (done, total) => progress.update(done, total)
	};
	try {
		if (file.in === "file") return await signStage(sifFileTarget(file.path, await evidenceFrom(inputs)), judge, request);
		const { reference } = file;
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "push"
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
function nativeChoice(inputs) {
	const choice = inputs.text("native");
	return choice === "none" || choice === "dsse" ? choice : "auto";
}
/** The copies must find their place before anything is signed. */
async function prepareBundles(files, inputs) {
	const folder = inputs.text("bundle-folder");
	if (folder === void 0) return;
	const twice = files.find((file, index) => files.findIndex((other) => fileName(other) === fileName(file)) < index);
	if (twice) throw new UsageError("USAGE_CONFLICTING_INPUTS", `several images are called ${fileName(twice)} in bundle-folder`, { hint: "sign them in several runs, each with a bundle-folder of its own" });
	try {
		await mkdir(folder, { recursive: true });
	} catch (error) {
		throw fileError(error, folder, "write");
	}
}
async function writeBundles(signed, inputs) {
	const folder = inputs.text("bundle-folder");
	if (folder === void 0) return [];
	const written = [];
	for (const { file, outcome } of signed) {
		if (outcome instanceof CountersignError || !outcome.bundle || outcome.outcome === "planned") continue;
		const path = resolve(join(folder, `${fileName(file)}.${inputs.requiredText("stage")}.sigstore.json`));
		await writeFileAtomic(path, outcome.bundle);
		written.push(path);
	}
	return written;
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