import { w as isStageName } from "./view.mjs";
import { c as UsageError, i as EXIT, t as CountersignError } from "./errors.mjs";
import { n as counted } from "./text.mjs";
import { a as verifySifFile, o as combineVerdict } from "./verify.mjs";
import { c as manifestName } from "./reference.mjs";
import { i as reason } from "./reasons.mjs";
import { o as findingsOf } from "./wording.mjs";
import { n as renderMarkdown, t as renderText } from "./text2.mjs";
import { t as isAboutContent } from "./content-errors.mjs";
import { n as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { i as evidenceFrom, r as SUBJECT_INPUTS, s as subjectsFrom, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { a as criteriaFrom, i as VERIFY_DATA_INPUT, r as TRUST_INPUTS, t as NOW_INPUT } from "./trust2.mjs";
import { t as defineCommand } from "./spec.mjs";
import { d as DATA_VERIFIED_OUTPUT, l as COMMON_INPUTS, m as REFERENCE_OUTPUT, u as COMMON_OUTPUTS } from "./inputs.mjs";

// src/commands/verify-all/spec.ts
/** What verify-all takes and gives. */
const spec = {
	name: "verify-all",
	summary: "Verify every layer and every stage of images and decide by policy",
	description: "Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image.",
	positional: "subject-path",
	action: {
		title: "countersign: verify all",
		icon: "check-square",
		color: "green"
	},
	inputs: [
		...SUBJECT_INPUTS,
		...TRUST_INPUTS,
		NOW_INPUT,
		VERIFY_DATA_INPUT,
		EVIDENCE_INPUT,
		{
			name: "required-stages",
			type: "list",
			description: "Without a policy: stages that must be approved, one a line.",
			example: "author"
		},
		...CONNECTION_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		{
			name: "subjects",
			description: "The images as a JSON array of `name`, `digest` (content digest), `path`, `reference` (`place@sha256:…` of an image in a registry) and `verdict`.",
			example: "[{\"name\":\"app.sif\",\"digest\":\"sha256:…\",\"path\":\"/images/app.sif\",\"reference\":\"\",\"verdict\":\"passed\"}]"
		},
		{
			name: "digest",
			description: "Content digest, when there is one image with one group.",
			example: "sha256:…"
		},
		REFERENCE_OUTPUT,
		DATA_VERIFIED_OUTPUT,
		{
			name: "image-path",
			description: "Path of the image, when there is one.",
			example: "/images/app.sif"
		},
		{
			name: "approvals",
			description: "JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.",
			example: "[{\"name\":\"app.sif\",\"stage\":\"author\",\"method\":\"pgp\",\"signer\":\"…\",\"principal\":\"alice\"}]"
		}
	]
};

// src/commands/verify-all/verify-all.ts
async function run(inputs, host) {
	return await verifySubjects(await subjectsFrom(inputs), inputs, host);
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);
/**
* Verifies all subjects and presents the verdict.
* @throws PolicyError, UsageError and others for what does not belong to one subject
*/
async function verifySubjects(subjects, inputs, host) {
	const { requiredStages } = inputs;
	const strange = requiredStages.find((name) => !isStageName(name));
	if (strange !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `required-stages: no stage is called ${JSON.stringify(strange)}`, { hint: "give each stage as a value of its own, one a line, in lower-case letters, digits and inner hyphens" });
	const criteria = await criteriaFrom(inputs, inputs.now ?? host.now(), {
		requiredStages,
		needed: true
	});
	const beside = await evidenceFrom(inputs);
	const images = [];
	for (const subject of subjects) {
		const task = {
			inputs,
			host,
			beside
		};
		images.push(await host.group(`Verifying ${subject.name}`, () => verifyOne(subject, criteria, task)));
	}
	const verdict = combineVerdict(images, {
		now: criteria.now,
		asOf: inputs.now !== void 0,
		policy: criteria.policy && {
			name: criteria.policy.name,
			digest: criteria.policy.digest
		}
	});
	const error = verdict.outcome === "error" ? firstUnread(verdict) : void 0;
	if (!error || images.length > 1) for (const finding of findingsOf(verdict)) host.finding(finding);
	return {
		...error ? { error } : {},
		exitCode: {
			passed: EXIT.passed,
			failed: EXIT.failed,
			error: EXIT.environment
		}[verdict.outcome],
		json: verdict,
		text: renderText(verdict),
		summary: renderMarkdown(verdict),
		outputs: outputsOf(verdict, subjects)
	};
}
/** Why there is no answer about the first image that could not be read. */
function firstUnread({ images }) {
	const unread = images.filter(({ outcome }) => outcome === "error");
	const [why] = unread[0]?.reasons ?? [];
	if (!why || images.length === 1) return why;
	const count = `${unread.length} of ${counted(images.length, "image")} could not be read`;
	return {
		...why,
		message: `${count}; ${unread[0]?.name}: ${why.message}`
	};
}
/** A subject that cannot be read fails and lets the others be verified. */
async function verifyOne(subject, criteria, { inputs, host, ...task }) {
	const progress = host.progress(`reading ${subject.name}`);
	const { name } = subject;
	const onBytes = (done, total) => progress.update(done, total);
	try {
		if (subject.in === "file") return (await verifySifFile(subject.path, criteria, {
			name,
			onBytes,
			...task
		})).verdict;
		const { reference } = subject;
		const { openRegistryImage } = await import("./image.mjs");
		const { verifyRegistryImage } = await import("./examine3.mjs");
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "pull"
		});
		const image = await openRegistryImage(opened.repository, manifestName(reference));
		const verifyData = inputs.verifyData;
		return await verifyRegistryImage(image, criteria, {
			name,
			verifyData,
			onBytes
		});
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return unreadable(subject, error, criteria);
	} finally {
		progress.finish();
	}
}
function unreadable(subject, error, { policy, stages: asked }) {
	const { code, message, hint } = error;
	const undecided = reason("IMAGE_UNREADABLE", "the image could not be read");
	const stages = (policy?.policy.stages ?? []).filter(({ name }) => asked?.includes(name) ?? true).map(({ name, threshold }) => ({
		stage: name,
		verdict: "not-checked",
		approvedBy: [],
		needed: threshold,
		reasons: [undecided]
	}));
	return {
		name: subject.name,
		kind: subject.in === "file" ? "sif" : "oci",
		reference: null,
		dataVerified: false,
		contentDigests: [],
		verdict: "failed",
		outcome: isAboutContent(error) ? "failed" : "error",
		unsigned: false,
		stages,
		layers: [],
		evidence: [],
		coverage: [],
		reasons: [{
			code,
			message,
			hint
		}]
	};
}
function outputsOf(verdict, images) {
	const subjects = verdict.images.flatMap((image, index) => image.contentDigests.map((digest) => ({
		name: image.name,
		digest,
		path: pathOf(images[index]),
		reference: image.reference ?? "",
		verdict: image.verdict
	})));
	const approvals = verdict.images.flatMap((image) => image.layers.flatMap(({ kind, stage, status, method, signer, signedAt }) => kind === "bundle" && stage !== null && status === "valid" ? [{
		name: image.name,
		stage,
		method,
		signer: signer ? signerText(signer) : "",
		principal: signer?.principal ?? null,
		time: signedAt
	}] : []));
	return {
		verdict: verdict.verdict,
		"error-code": firstUnread(verdict)?.code ?? "",
		subjects: JSON.stringify(subjects),
		digest: subjects.length === 1 ? subjects[0]?.digest ?? "" : "",
		reference: verdict.images.length === 1 ? verdict.images[0]?.reference ?? "" : "",
		"data-verified": String(verdict.images.every(({ dataVerified }) => dataVerified)),
		"image-path": images.length === 1 ? pathOf(images[0]) : "",
		approvals: JSON.stringify(approvals)
	};
}
/** A signer in the form that sign-stage's outputs have, so that scripts can compare the two. */
function signerText({ method, fingerprint, hint, certificateSha256 }) {
	return `${method}:${(method === "pgp" ? fingerprint : method === "x509" ? certificateSha256 : hint) ?? ""}`;
}
function pathOf(subject) {
	return subject?.in === "file" ? subject.path : "";
}

export { command };