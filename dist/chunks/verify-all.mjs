import { a as openRegistryImage } from "./registry-image.mjs";
import { a as combineVerdict, i as verifySifFile, r as verifyRegistryImage } from "./verify.mjs";
import { i as EXIT, t as CountersignError } from "./errors.mjs";
import { i as manifestName } from "./reference.mjs";
import { n as renderMarkdown, r as findingsOf, t as renderText } from "./text.mjs";
import { n as SifError } from "./errors2.mjs";
import { n as COMMON_OUTPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { n as openFrom, t as CONNECTION_INPUTS } from "./registry-inputs.mjs";
import { i as evidenceFrom, o as subjectsFrom, r as SUBJECT_INPUTS, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { i as judgeFrom, n as TRUST_INPUTS, r as VERIFY_DATA_INPUT } from "./trust-inputs.mjs";

// src/commands/verify-all.ts
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
			description: "The images as a JSON array of `name`, `digest` (content digest), `path` and `verdict`.",
			example: "[{\"name\":\"app.sif\",\"digest\":\"sha256:…\",\"path\":\"/work/app.sif\",\"verdict\":\"passed\"}]"
		},
		{
			name: "digest",
			description: "Content digest, when there is one image with one group.",
			example: "sha256:…"
		},
		{
			name: "image-path",
			description: "Path of the image, when there is one.",
			example: "/work/app.sif"
		},
		{
			name: "approvals",
			description: "JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.",
			example: "[{\"name\":\"app.sif\",\"stage\":\"author\",\"method\":\"pgp\",\"signer\":\"…\",\"principal\":\"alice\"}]"
		}
	]
};
async function run(inputs, host) {
	const subjects = await subjectsFrom(inputs);
	const requiredStages = inputs.list("required-stages");
	const judge = await judgeFrom(inputs, host.now(), {
		requiredStages,
		needed: true
	});
	const images = [];
	let unread = false;
	for (const subject of subjects) {
		const verdict = await host.group(`Verifying ${subject.name}`, () => verifyOne(subject, judge, {
			inputs,
			host
		}));
		unread ||= verdict.unread;
		images.push(verdict.image);
	}
	const verdict = combineVerdict(images, {
		now: judge.now,
		asOf: inputs.time("now") !== void 0,
		policy: judge.policy && {
			name: judge.policy.name,
			digest: judge.policy.digest
		}
	});
	for (const finding of findingsOf(verdict)) host.finding(finding);
	return {
		exitCode: verdict.verdict === "passed" ? EXIT.passed : unread ? EXIT.environment : EXIT.failed,
		json: verdict,
		text: renderText(verdict),
		summary: renderMarkdown(verdict),
		outputs: outputsOf(verdict, subjects)
	};
}
/** A subject that cannot be read fails and lets the others be verified. */
async function verifyOne(subject, judge, { inputs, host }) {
	const progress = host.progress(`reading ${subject.name}`);
	const { name } = subject;
	const onBytes = (done, total) => progress.update(done, total);
	try {
		if (subject.in === "file") {
			const { verdict } = await verifySifFile(subject.path, judge, {
				name,
				onBytes,
				beside: await evidenceFrom(inputs)
			});
			return {
				image: verdict,
				unread: false
			};
		}
		const { reference } = subject;
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "pull"
		});
		const image = await openRegistryImage(opened.repository, manifestName(reference));
		const verifyData = inputs.boolean("verify-data");
		return {
			image: await verifyRegistryImage(image, judge, {
				name,
				verifyData,
				onBytes
			}),
			unread: false
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			image: unreadable(subject, error, judge),
			unread: !(error instanceof SifError)
		};
	} finally {
		progress.finish();
	}
}
function unreadable(subject, { code, message, hint }, { policy }) {
	const reason = {
		code,
		message,
		hint
	};
	const stages = (policy?.policy.stages ?? []).map(({ name, threshold }) => ({
		stage: name,
		verdict: "missing",
		approvedBy: [],
		needed: threshold,
		reasons: [reason]
	}));
	return {
		name: subject.name,
		kind: subject.in === "file" ? "sif" : "oci",
		contentDigests: [],
		verdict: "failed",
		stages,
		layers: [],
		evidence: [],
		coverage: [],
		reasons: [reason]
	};
}
function outputsOf(verdict, images) {
	const subjects = verdict.images.flatMap((image, index) => image.contentDigests.map((digest) => ({
		name: image.name,
		digest,
		path: pathOf(images[index]),
		verdict: image.verdict
	})));
	const approvals = verdict.images.flatMap((image) => image.layers.flatMap(({ stage, status, method, signer, signedAt }) => stage !== null && status === "valid" ? [{
		name: image.name,
		stage,
		method,
		signer: signer?.fingerprint ?? signer?.subject ?? signer?.hint ?? "",
		principal: signer?.principal ?? null,
		time: signedAt
	}] : []));
	return {
		verdict: verdict.verdict,
		subjects: JSON.stringify(subjects),
		digest: subjects.length === 1 ? subjects[0]?.digest ?? "" : "",
		"image-path": images.length === 1 ? pathOf(images[0]) : "",
		approvals: JSON.stringify(approvals)
	};
}
function pathOf(subject) {
	return subject?.in === "file" ? subject.path : "";
}
const command = {
	spec,
	run
};

export { command };