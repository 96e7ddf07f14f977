import { i as EXIT, t as CountersignError } from "./errors.mjs";
import { d as sha256, g as utf8 } from "./bytes.mjs";
import { D as unlikeness, u as describeForPolicy } from "./versions.mjs";
import { c as encodeStatement, g as subjectDigests } from "./statement.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { r as signStatement } from "./sign.mjs";
import { a as counted, c as listed, u as printable } from "./text.mjs";
import { n as StageError, t as STAGE_CODES } from "./errors4.mjs";
import { i as encodeApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { r as isProblem } from "./reasons.mjs";
import { V as scopesOf } from "./glass.mjs";
import { n as newApproval, r as stagesBefore, t as identityKey } from "./approval3.mjs";
import { n as isFilled } from "./reports.mjs";
import { r as judgeImage } from "./verify.mjs";
import { a as placeBundle } from "./bundle3.mjs";
import { n as openBundle, o as withGrants } from "./open-bundles.mjs";
import { o as escapeMarkdown } from "./wording.mjs";
import { n as isAboutContent, t as planSteps } from "./plan.mjs";
import { a as countsForStage, d as principalsOf, f as replacedLayers, g as without, m as reviewBefore, o as isNeededByOthers, p as reportOf, r as assertStage, s as keptRemark, t as assertExpected, u as passedOver } from "./review.mjs";
import { r as assertBundleReadable } from "./bundles4.mjs";

// src/stage/stage.ts
/**
* Signs a stage on an image.
* @throws StageError STAGE_*; SifError, RegistryError when it cannot be read or changed (it is then as it was);
* SignatureError
*/
async function signStage(target, criteria, request) {
	assertStage(criteria.policy?.policy, request.stage);
	const session = await target.open(criteria, request.onBytes);
	const { own: outlived, all } = passedOver(session.examined, criteria, request);
	const examined = without(session.examined, all);
	assertExpected(examined.facts, request.expected);
	const scope = stageScope(examined, criteria.policy?.policy, request.stage);
	const { verdict, own, present } = reviewBefore(examined, criteria, request);
	const base = {
		contentDigests: examined.facts.contentDigests,
		reference: examined.facts.pinned,
		dataVerified: examined.facts.dataRead,
		signer: request.signer.identity,
		freeSlots: examined.freeSlots,
		where: [],
		remarks: [],
		verdict
	};
	if (verdict?.verdict === "failed") return {
		...base,
		outcome: "refused",
		bundle: void 0,
		digest: void 0
	};
	if (present && !request.replace) return {
		...base,
		...await complete(session, present, request)
	};
	const replaces = replacedLayers(examined, criteria, request);
	const replaced = request.replace ? own.filter((layer) => !isNeededByOthers(layer, own, examined)) : [];
	const layer = await makeLayer({
		...session,
		examined
	}, criteria, {
		request,
		scope,
		replaces,
		replaced
	});
	const kept = request.replace ? own.filter((one) => !replaced.includes(one)) : [];
	const done = {
		...base,
		bundle: layer.bundle,
		digest: layer.digest,
		...layer.progress ? { progress: layer.progress } : {},
		remarks: [...layer.plan.remarks, ...kept.map(keptRemark)]
	};
	if (request.dryRun) return {
		...done,
		outcome: "planned"
	};
	const stored = await session.write(layer, {
		...request,
		replaced: [...replaced, ...outlived]
	});
	const remarks = [...done.remarks, ...stored.remarks ?? []];
	const isReplaced = request.replace && replaces.length + outlived.length > 0;
	return {
		...done,
		...stored,
		remarks,
		outcome: isReplaced ? "replaced" : "signed"
	};
}
/** The approval is there: stores what an interrupted run left out of it. */
async function complete(session, present, { stage, signer, now, native, dryRun }) {
	const bundle = session.examined.bundles.find(({ fact }) => fact === present)?.opened?.found.bytes;
	const by = {
		signer,
		replaced: [],
		now,
		native
	};
	const { where, remarks = [] } = (dryRun || !bundle ? void 0 : await session.complete?.({
		stage,
		bundle
	}, by)) ?? { where: [] };
	const interrupted = where.length > 0 ? [`an earlier run was interrupted; added what it left out: ${where.join(", ")}`] : [];
	return {
		outcome: "unchanged",
		bundle,
		digest: present.digest,
		where,
		remarks: [...interrupted, ...remarks]
	};
}
/** Signs the layer in memory and checks it as a verifier would. */
async function makeLayer(session, criteria, wanted) {
	const { request, scope, replaces, replaced } = wanted;
	const { signer, now, stage } = request;
	const { examined } = session;
	const plan = await session.planNative({
		...request,
		groups: scope.groups
	}, examined.verifier);
	await signer.refresh?.();
	const approval = newApproval(examined.facts, request, {
		policy: criteria.policy,
		native: plan.entries,
		signer,
		replaces,
		without: replaced
	});
	const payload = encodeStatement({
		subject: scope.subjects.map((subject) => ({
			...subject,
			annotations: { stage }
		})),
		predicateType: APPROVAL_PREDICATE_TYPE,
		predicate: encodeApproval({
			approval,
			content: scope.content
		}, request.toolVersion)
	});
	const bundle = await signStatement(payload, signer, {
		now,
		stamp: !request.dryRun
	});
	const remaining = examined.facts.layers.filter((layer) => !replaced.includes(layer));
	const facts = {
		...examined.facts,
		layers: [...remaining, ...plan.facts]
	};
	assertBundleReadable(bundle, "approval", `the approval of stage ${stage}`);
	const judged = {
		...criteria,
		now: signer.now?.() ?? criteria.now
	};
	const progress = await selfCheck(bundle, {
		...examined,
		facts
	}, {
		criteria: judged,
		request
	});
	return {
		plan,
		bundle,
		digest: parseBundle(bundle).payloadDigest,
		stage,
		progress
	};
}
/** The new layer must verify, belong to an approver, and count beside what will be there: asked before a byte is written. */
async function selfCheck(bytes, examined, { criteria, request }) {
	const alone = await openBundle({
		place: {
			in: "sif",
			object: 0
		},
		bytes
	}, examined.verifier, criteria.now);
	const [opened = alone] = await withGrants([alone], examined.bundles.map(({ opened: one }) => one), criteria);
	const placed = placeBundle(opened, examined.view);
	if (placed.is !== "layer") throw new Error("an approval was read back as evidence");
	assertProven(placed.fact);
	const facts = {
		...examined.facts,
		layers: [...examined.facts.layers, placed.fact]
	};
	const { policy } = criteria;
	const stages = policy && request.verifyPrevious ? [...stagesBefore(policy, request.stage), request.stage] : [request.stage];
	const verdict = judgeImage({ facts }, criteria, stages);
	const report = reportOf(placed.fact, verdict);
	const allowed = policy?.policy.stages.find(({ name }) => name === request.stage)?.approvers;
	const principals = policy ? principalsOf(placed.fact, {
		policy,
		facts,
		now: criteria.now
	}) : [];
	const [why] = placed.fact.reasons;
	if (policy && allowed && !principals.some((name) => allowed.includes(name))) throw new StageError("STAGE_SIGNER_NOT_ALLOWED", `${describeForPolicy(request.signer.identity)} is no approver of stage ${request.stage}${unlikeness(policy.policy, {
		identity: placed.fact.signer,
		names: allowed
	})}${reasonsOf(placed.fact)}`, { hint: `sign with a key of ${listed(allowed, "or")}, or add this identity to the policy${why ? `; if it is there: ${why.hint}` : ""}` });
	const counts = policy && request.verifyPrevious ? countsForStage(placed.fact, verdict, {
		policy,
		stage: request.stage
	}) : true;
	const problem = report?.reasons.find(({ severity }) => severity !== "remark");
	if (placed.fact.signature !== "valid" || request.verifyPrevious && problem !== void 0 || !counts) {
		const cause = problem ?? verdict.stages.find(({ stage }) => stage === request.stage)?.reasons.find(isProblem);
		throw new StageError("STAGE_SELF_CHECK_FAILED", `the new approval would not count: ${cause?.message ?? "whoever gives it has approved the stage already"}`, { hint: cause?.hint ?? "have somebody else approve, if more approvals are wanted; the image is unchanged" });
	}
	return policy && progressOf(policy, facts, {
		verdict,
		stage: request.stage,
		now: criteria.now
	});
}
/** What a keyless signature lacks is a matter of the instance, not of who signs. */
function assertProven({ method, signature, reasons: [why] }) {
	if (method !== "sigstore" || signature === "valid" || !why) return;
	const message = `the new approval would not count: ${why.message} [${why.code}]`;
	throw new StageError("STAGE_SELF_CHECK_FAILED", message, { hint: why.hint });
}
function reasonsOf(fact) {
	return fact.reasons.length > 0 ? ` (${fact.reasons.map(({ message }) => message).join("; ")})` : "";
}
/**
* The scope of a stage. One that is not about the whole image names groups alone: a digest of the file or its manifest
* would say to other tools that all of it is approved.
* @throws StageError STAGE_NOTHING_TO_APPROVE
*/
function stageScope({ facts, subjects, content }, policy, stage) {
	const groups = groupsFor(facts, policy, stage);
	if (!groups) return {
		subjects,
		content
	};
	if (groups.size === 0) throw new StageError("STAGE_NOTHING_TO_APPROVE", `${facts.name} has nothing that stage ${stage} is about`, { hint: "check `objects` of the stage in the policy, and the groups of the image with `countersign inspect`" });
	const chosen = content.filter(({ group }) => groups.has(group));
	const named = new Set(chosen.map(({ metadata }) => sha256(utf8(metadata))));
	return {
		groups,
		content: chosen,
		subjects: subjects.filter((subject) => subjectDigests(subject).some((digest) => named.has(digest)))
	};
}
/** The groups that a stage is about; undefined when that is the whole image. */
function groupsFor({ units }, policy, stage) {
	const about = new Set(scopesOf(policy, units)(stage));
	if (about.size === units.length) return void 0;
	return new Set(units.flatMap(({ id, group }) => about.has(id) && group !== void 0 ? [group] : []));
}
/** How far a stage is, as a verdict about it says; undefined when it says nothing. */
function progressOf(policy, facts, { verdict, stage, now }) {
	const report = verdict.stages.find((one) => one.stage === stage);
	if (!report) return void 0;
	const { approvedBy, needed, objects } = report;
	const stages = [...stagesBefore(policy, stage), stage];
	const due = (approvedBy.length < needed ? planSteps(policy, facts, {
		now,
		stages
	}).steps : []).filter(({ action }) => action.task === "approve" && action.stage === stage);
	return {
		approvedBy,
		needed,
		next: [...new Set(due.flatMap(({ who }) => who))],
		...objects ? { objects } : {}
	};
}

// src/commands/sign-stage/result.ts
const OUTCOMES = {
	signed: "approved",
	replaced: "approved anew, in the place of the earlier approval",
	planned: "would be approved (dry run, nothing written)",
	unchanged: "was approved by this key before; nothing to do",
	refused: "NOT approved: an earlier stage has not passed, nothing written",
	error: "NOT approved: an error, nothing written",
	beside: "approved anew, but the earlier approval by this key stays: an error"
};
/** The result of the command; every image that was signed is in it, whatever happened to the others. */
function present(signed, context) {
	const error = errorOf(signed, context);
	const approvals = signed.map((entry) => approvalOf(entry, context));
	const subjects = signed.flatMap(({ file, outcome }) => outcome instanceof CountersignError ? [] : outcome.contentDigests.map((digest) => ({
		name: file.name,
		digest,
		path: pathOf(file),
		reference: outcome.reference ?? ""
	})));
	const verdict = error ? "failed" : "passed";
	const [only] = signed;
	const exitCode = error ? exitCodeOf(signed) : EXIT.passed;
	return {
		exitCode,
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
				exitCode
			} } : {}
		},
		text: signed.map((entry) => describe(entry, context)).join(""),
		summary: () => summarise(signed, context),
		outputs: {
			verdict,
			subjects: JSON.stringify(subjects),
			digest: subjects.length === 1 ? subjects[0]?.digest ?? "" : "",
			reference: subjects.length === 1 ? subjects[0]?.reference ?? "" : "",
			"data-verified": String(signed.every(({ outcome }) => !(outcome instanceof CountersignError) && outcome.dataVerified)),
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
	const why = [...stages.filter((one) => !isFilled(one)).flatMap((one) => one.reasons), ...reasons].find(isProblem);
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
/** One image that is refused decides; where others could only not be read, repeating may help. */
function exitCodeOf(signed) {
	return signed.some(({ outcome }) => outcome instanceof CountersignError ? outcome.exitCode !== EXIT.environment || isAboutContent(outcome) : outcome.outcome === "refused") ? EXIT.failed : EXIT.environment;
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
	const { contentDigests, reference = null, dataVerified, where, freeSlots, remarks, verdict } = outcome;
	const details = {
		path,
		contentDigests,
		reference,
		dataVerified,
		where,
		freeSlots,
		remarks,
		progress: outcome.progress ?? null,
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
	const place = outcome.reference === void 0 ? "" : `  ${printable(outcome.reference, 1e3)}${outcome.dataVerified ? "" : " (data not read)"}\n`;
	const progress = progressText(outcome);
	if (outcome.outcome === "signed" && outcome.freeSlots !== null) return `${head}${place}${progress}  ${counted(outcome.freeSlots, "descriptor slot")} left\n`;
	return outcome.outcome === "refused" ? `${head}${whyRefused(outcome)}` : `${head}${place}${progress}`;
}
/** Of a stage that needs several people: who has approved, and who can give the next approval. */
function progressText({ progress }) {
	const about = progress?.objects ? `  about ${listed(progress.objects)} alone\n` : "";
	if (!progress || progress.needed < 2) return about;
	const { approvedBy, needed, next } = progress;
	const rest = needed - approvedBy.length;
	const others = next.length === 0 ? "" : `; ${next.slice(0, 10).join(" or ")} can give ${rest > 1 ? "one more" : "the other"}`;
	return `${about}  approved by ${approvedBy.join(", ")}, ${Math.min(approvedBy.length, needed)} of ${needed}${others}\n`;
}
function whyRefused({ verdict }) {
	const stages = (verdict?.stages ?? []).filter((stage) => !isFilled(stage));
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

export { groupsFor as a, withoutCopies as i, present as n, signStage as o, refusalOf as r, errorAbout as t };