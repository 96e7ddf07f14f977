import { c as UsageError, i as EXIT, t as CountersignError } from "./errors.mjs";
import { o as toHex } from "./bytes.mjs";
import { t as VERSION } from "./version.mjs";
import { i as printable, n as escapeMarkdown } from "./foreign-text.mjs";
import { a as isStageName, r as encodeApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { n as identityKey, r as stagesBefore, t as draftApproval } from "./draft2.mjs";
import { n as SifError } from "./errors2.mjs";
import { c as openSif, h as DATA_TYPE, i as openFileSource } from "./source.mjs";
import { g as laneObject, l as IN_TOTO_PAYLOAD_TYPE, u as encodeStatement } from "./sif-natives.mjs";
import { s as encodePae } from "./native-dsse.mjs";
import { n as StageError, t as STAGE_CODES } from "./errors4.mjs";
import { n as planNative } from "./native-plan.mjs";
import { t as counted } from "./count.mjs";
import { f as lockImage, s as deleteObjects, t as appendLayers } from "./read-back.mjs";
import { a as parseBundle, r as encodeBundle } from "./unlike-cosign.mjs";
import { c as placeBundle, n as examineSif, r as sifView, s as openBundle } from "./sif-facts.mjs";
import { n as isProblem } from "./reasons.mjs";
import { n as judgeFacts, t as createJudge } from "./verify.mjs";
import { o as policyFrom } from "./trust-inputs.mjs";
import { n as sifContent, r as sifSubjects } from "./attach.mjs";

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
				examined: examinedSif(examination),
				planNative: (request, by) => planNative(examination, request, by),
				write: (layer, change) => write(path, layer, {
					...change,
					examination
				})
			};
		}
	};
}
/** What signing needs to know of a SIF. */
function examinedSif(examination) {
	return {
		facts: examination.facts,
		view: sifView(examination),
		bundles: examination.bundles,
		subjects: sifSubjects(examination),
		content: sifContent(examination),
		freeSlots: examination.image.freeSlots
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
	assertUnaltered(examined, judge);
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
		const { where, remarks: told = [] } = await finish(session, {
			stage: request.stage,
			bundle
		}, request);
		const remarks = [...where.length > 0 ? [`an earlier run was interrupted; added what it left out: ${where.join(", ")}`] : [], ...told];
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
	const remarks = [...done.remarks, ...written.remarks ?? []];
	return {
		...done,
		...written,
		remarks,
		outcome: replaced.length > 0 ? "replaced" : "signed"
	};
}
async function finish(session, { stage, bundle }, { signer, now, dryRun }) {
	return (dryRun || !bundle ? void 0 : await session.finish?.({
		stage,
		bundle
	}, {
		signer,
		replaced: [],
		now
	})) ?? { where: [] };
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
/**
* Without a policy nobody else asks: what was altered in a file, and a layer that somebody trusted gave to other content,
* fails the image for good, whoever approves it afterwards.
*/
function assertUnaltered({ facts }, { policy }) {
	if (policy) return;
	const altered = [...facts.layers, ...facts.evidence].find(({ place, signature }) => place.in === "sif" && (signature === "invalid" || signature === "unreadable"));
	const foreign = facts.layers.find(({ place, signature, contradicted }) => place.in === "sif" && signature === "valid" && contradicted);
	const found = altered ?? foreign;
	if (!found) return;
	const [why] = found.reasons;
	const what = found.contradicted ? "a layer about other content" : "an altered layer";
	throw new StageError("STAGE_IMAGE_BROKEN", `the image has ${what}${why ? `: ${why.message}` : ""}`, { hint: why?.hint ?? "restore the image from a copy, or remove the layer" });
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
		if (later) throw new StageError("STAGE_REPLACE_BLOCKED", `the approval of stage ${later.approval?.stage} names the one to be replaced in its roster`, { hint: "leave the approval as it is; to begin anew, take the image from before it and let this stage and the later ones approve that" });
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

// src/commands/sign-stage-result.ts
const OUTCOMES = {
	signed: "approved",
	replaced: "approved anew; the earlier approval by this key was taken away",
	planned: "would be approved (dry run, nothing written)",
	unchanged: "was approved by this key before; nothing to do",
	refused: "NOT approved: an earlier stage has not passed, nothing written",
	error: "NOT approved: an error, nothing written",
	beside: "approved anew, but the earlier approval by this key still counts: an error"
};
/** The result of the command; every image that was signed is in it, whatever happened to the others. */
function present(signed, context) {
	const error = errorOf(signed, context);
	const approvals = signed.map((entry) => approvalOf(entry, context));
	const subjects = signed.flatMap(({ file, outcome }) => outcome instanceof CountersignError ? [] : outcome.contentDigests.map((digest) => ({
		name: file.name,
		digest,
		path: pathOf(file)
	})));
	const verdict = error ? "failed" : "passed";
	const [only] = signed;
	return {
		exitCode: error ? EXIT.failed : EXIT.passed,
		...error ? { error } : {},
		json: {
			schema: "countersign/sign-stage/v1",
			verdict,
			stage: context.stage,
			images: signed.map((entry, index) => ({
				...approvals[index],
				...detailsOf(entry, context)
			})),
			...error ? { error: {
				...error,
				causes: [],
				exitCode: EXIT.failed
			} } : {}
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
/** The same result, of a run that signed and could then not write all copies. */
function withoutCopies(result, { code, message, hint }) {
	if (result.error) return result;
	const error = {
		code,
		message: `signed, but not copied to bundle-folder: ${message}`,
		hint
	};
	const json = {
		...result.json instanceof Object ? result.json : {},
		verdict: "failed",
		error: {
			...error,
			causes: [],
			exitCode: EXIT.environment
		}
	};
	return {
		...result,
		exitCode: EXIT.environment,
		json,
		error,
		outputs: {
			...result.outputs,
			verdict: "failed"
		}
	};
}
/** Why an image was not approved; undefined when it was. */
function errorAbout({ outcome }, stage) {
	if (outcome instanceof CountersignError) {
		const { code, message, hint } = outcome;
		return {
			code,
			message,
			hint
		};
	}
	return refusalOf(outcome, stage);
}
/** Why a stage was refused to be signed; undefined when it was not. */
function refusalOf(outcome, stage) {
	if (outcome.outcome !== "refused") return void 0;
	const { stages = [], reasons = [] } = outcome.verdict ?? {};
	const why = [...stages.filter(({ verdict }) => verdict !== "passed").flatMap((one) => one.reasons), ...reasons].find(isProblem);
	return {
		code: "STAGE_PREVIOUS_FAILED",
		message: `stage ${stage} was not approved: ${why?.message ?? "an earlier stage has not passed"}`,
		hint: why?.hint ?? STAGE_CODES.STAGE_PREVIOUS_FAILED.fix
	};
}
/** The first error, and of several images how many have one. */
function errorOf(signed, { stage }) {
	const errors = signed.flatMap((entry) => {
		const error = errorAbout(entry, stage);
		return error ? [{
			name: entry.file.name,
			error
		}] : [];
	});
	const [first] = errors;
	if (!first || signed.length === 1) return first?.error;
	const { code, message, hint } = first.error;
	return {
		code,
		message: `${`${errors.length} of ${counted(signed.length, "image")} not approved`}; ${first.name}: ${message}`,
		hint
	};
}
function outcomeOf(outcome) {
	return outcome instanceof CountersignError ? "error" : outcome.outcome;
}
/** For people. */
function wordsFor(outcome) {
	const isBeside = outcome instanceof CountersignError && outcome.code === "REGISTRY_REPLACE_INCOMPLETE";
	return OUTCOMES[isBeside ? "beside" : outcomeOf(outcome)];
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
function detailsOf(entry, { stage }) {
	const { file, outcome } = entry;
	const path = pathOf(file);
	const error = errorAbout(entry, stage);
	if (outcome instanceof CountersignError) return {
		path,
		error
	};
	const { contentDigests, where, freeSlots, remarks, verdict } = outcome;
	const details = {
		path,
		contentDigests,
		where,
		freeSlots,
		remarks,
		previous: verdict ?? null
	};
	return error ? {
		...details,
		error
	} : details;
}
function describe({ file, outcome }, { stage, signer }) {
	const head = `${printable(file.name, 1e3)}: stage ${stage} ${wordsFor(outcome)} (${identityKey(signer)})\n`;
	if (outcome instanceof CountersignError) return `${head}  ${outcome.message} [${outcome.code}]\n  → ${outcome.hint}\n`;
	if (outcome.outcome === "signed" && outcome.freeSlots !== null) return `${head}  ${counted(outcome.freeSlots, "descriptor slot")} left\n`;
	return outcome.outcome === "refused" ? `${head}${whyRefused(outcome)}` : head;
}
function whyRefused({ verdict }) {
	const stages = (verdict?.stages ?? []).filter((stage) => stage.verdict !== "passed");
	const reasons = (verdict?.reasons ?? []).filter(isProblem);
	return [...stages.map(({ stage, verdict: outcome, reasons: [why] }) => `  stage ${stage} ${outcome}: ${why ? `${why.message} [${why.code}]` : "no approval"}\n`), ...reasons.map(({ message, code, hint }) => `  ${message} [${code}]\n  → ${hint}\n`)].join("");
}
function summarise(signed, { stage, signer }) {
	const rows = signed.map(({ file, outcome }) => `| ${escapeMarkdown(file.name)} | ${escapeMarkdown(stage)} | ${wordsFor(outcome)} | ${escapeMarkdown(identityKey(signer))} |`);
	const errors = signed.flatMap((entry) => {
		const error = errorAbout(entry, stage);
		if (!error) return [];
		const [name, message, hint] = [
			entry.file.name,
			error.message,
			error.hint
		].map((text) => escapeMarkdown(text));
		return [`- <code>${error.code}</code> ${name}: ${message} — ${hint}`];
	});
	const why = errors.length > 0 ? `\n${errors.join("\n")}\n` : "";
	return `### sign-stage\n\n| Image | Stage | Outcome | Signer |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n${why}`;
}
function pathOf(subject) {
	return subject.in === "file" ? subject.path : "";
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

// src/commands/stage-inputs.ts
const APPROVAL_INPUTS = [
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
	}
];
/** What an approval of `stage` by this signer contains; `resourceUri` is the name of the image for people. */
function approvalFrom(inputs, about) {
	const { host, stage, signer, now, resourceUri } = about;
	return {
		stage,
		signer,
		now,
		native: nativeChoice(inputs),
		expires: expiryFrom(inputs, now),
		reason: shortText(inputs, "reason"),
		ticket: shortText(inputs, "ticket"),
		run: runInfo(host.env, inputs.text("environment")),
		resourceUri,
		toolVersion: VERSION
	};
}
/** Every verifier reads these texts; with more of them an approval might be larger than a file takes. */
const MAX_TEXT = 4096;
function shortText(inputs, name) {
	const text = inputs.text(name);
	if (text === void 0 || text.length <= MAX_TEXT) return text;
	throw new UsageError("USAGE_INVALID_INPUT", `${name} has ${text.length} characters; the limit is ${MAX_TEXT}`, { hint: "keep the long text elsewhere, and give its address" });
}
/** The last moment that a time with a year of four digits can name. */
const LAST_MS = Date.parse("9999-12-31T23:59:59Z");
function expiryFrom(inputs, now) {
	const expiresIn = inputs.number("expires-in");
	if (expiresIn === void 0) return void 0;
	const expiresMs = now.getTime() + expiresIn;
	if (expiresMs <= LAST_MS) return new Date(expiresMs);
	throw new UsageError("USAGE_INVALID_INPUT", "expires-in ends after the year 9999", { hint: "give a shorter time, or leave expires-in out for an approval without limit" });
}
function nativeChoice(inputs) {
	const choice = inputs.text("native");
	return choice === "none" || choice === "dsse" ? choice : "auto";
}
/** Decides about the earlier stages: by the policy, or without one trusting nobody but the signer. */
async function judgeForSigning(inputs, signer, now) {
	const policy = await policyFrom(inputs);
	return createJudge(policy ? {
		policy,
		now
	} : {
		policy,
		material: signer.publicMaterial,
		now
	});
}

export { present as a, signStage as c, errorAbout as i, examinedSif as l, approvalFrom as n, refusalOf as o, judgeForSigning as r, withoutCopies as s, APPROVAL_INPUTS as t, sifFileTarget as u };