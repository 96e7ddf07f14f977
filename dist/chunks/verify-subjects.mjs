import { a as combineVerdict, i as verifySifFile } from "./verify.mjs";
import { r as reason } from "./reasons.mjs";
import { i as EXIT, t as CountersignError } from "./errors.mjs";
import { o as manifestName } from "./reference.mjs";
import { n as renderMarkdown, r as findingsOf, t as renderText } from "./text.mjs";
import { n as SifError } from "./errors2.mjs";
import { n as openFrom } from "./registry-inputs.mjs";
import { i as evidenceFrom } from "./subjects.mjs";
import { i as judgeFrom } from "./trust-inputs.mjs";

// src/commands/verify-subjects.ts
/**
* Verifies all subjects and presents the verdict.
* @throws PolicyError, UsageError and others for what does not belong to one subject
*/
async function verifySubjects(subjects, inputs, { host, early }) {
	const requiredStages = inputs.list("required-stages");
	const judge = await judgeFrom(inputs, host.now(), {
		requiredStages,
		needed: true
	});
	const beside = await evidenceFrom(inputs);
	const images = [];
	let unread = false;
	for (const [index, subject] of subjects.entries()) {
		const task = {
			inputs,
			host,
			beside,
			...index === 0 && early ? { early } : {}
		};
		const verdict = await host.group(`Verifying ${subject.name}`, () => verifyOne(subject, judge, task));
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
async function verifyOne(subject, judge, { inputs, host, ...task }) {
	const progress = host.progress(`reading ${subject.name}`);
	const { name } = subject;
	const onBytes = (done, total) => progress.update(done, total);
	try {
		if (subject.in === "file") {
			const { verdict } = await verifySifFile(subject.path, judge, {
				name,
				onBytes,
				...task
			});
			return {
				image: verdict,
				unread: false
			};
		}
		const { reference } = subject;
		const { openRegistryImage } = await import("./registry-image2.mjs");
		const { verifyRegistryImage } = await import("./verify-registry.mjs");
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "pull"
		});
		return {
			image: await verifyRegistryImage(await openRegistryImage(opened.repository, manifestName(reference)), judge, {
				name,
				verifyData: inputs.boolean("verify-data"),
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
function unreadable(subject, { code, message, hint }, { policy, stages: asked }) {
	const undecided = reason("IMAGE_UNREADABLE", "not readable");
	const stages = (policy?.policy.stages ?? []).filter(({ name }) => asked?.includes(name) ?? true).map(({ name, threshold }) => ({
		stage: name,
		verdict: "missing",
		approvedBy: [],
		needed: threshold,
		reasons: [undecided]
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
		subjects: JSON.stringify(subjects),
		digest: subjects.length === 1 ? subjects[0]?.digest ?? "" : "",
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

export { verifySubjects };