import { _ as WITHDRAWAL_PREDICATE_TYPE, v as encodeWithdrawal } from "./reports.mjs";
import { r as encodePae } from "./dsse.mjs";
import { g as utf8, p as shortDigest } from "./bytes.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { c as toSecond, r as counted } from "./text.mjs";
import { n as isSameSigner } from "./signature.mjs";
import { o as verifySifFile } from "./verify.mjs";
import { _ as principalsBehind, f as isSamePerson, p as matchPrincipals } from "./severity.mjs";
import { U as withoutWithdrawn } from "./glass.mjs";
import { c as manifestName } from "./reference.mjs";
import { p as printable } from "./wording.mjs";
import { n as StageError } from "./errors4.mjs";
import { n as storeEvidence } from "./evidence2.mjs";
import { n as describeEvidence } from "./files3.mjs";
import { d as COMMON_OUTPUTS, h as PRIVILEGED_INPUTS, u as COMMON_INPUTS, v as SIGNING_INPUTS } from "./files2.mjs";
import { n as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { i as criteriaForSigning, o as signerFrom } from "./signing.mjs";
import { c as subjectsFrom, r as SUBJECT_INPUTS } from "./subjects.mjs";
import { n as POLICY_INPUTS } from "./trust3.mjs";
import { t as defineCommand } from "./spec.mjs";

// src/commands/withdraw.ts
const MAX_REASON = 4096;
const spec = {
	name: "withdraw",
	summary: "Take back approvals of a stage that you gave, by a signed statement on the image",
	description: "Signs that the approvals of a stage by this key (with a policy: by this principal) no longer stand, and stores that in the image or attaches it in its registry. Whoever holds both does not count them any more; later approvals list the statement, so that it cannot be removed unseen. To approve again, sign the stage anew.",
	positional: "subject-path",
	privileged: "always",
	inputs: [
		...SUBJECT_INPUTS,
		{
			name: "stage",
			type: "string",
			required: true,
			description: "Stage whose approvals are taken back.",
			example: "security"
		},
		{
			name: "reason",
			type: "string",
			required: true,
			description: "Why; becomes part of the signed statement, and every report shows it.",
			example: "scanner missed CVE-2026-1001"
		},
		...SIGNING_INPUTS,
		...POLICY_INPUTS,
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	if (inputs.reason.length > MAX_REASON) throw new UsageError("USAGE_INVALID_INPUT", `reason has ${inputs.reason.length} characters`, { hint: `give at most ${MAX_REASON}, and keep the long text elsewhere` });
	const subjects = await subjectsFrom(inputs);
	const signer = await signerFrom(inputs, host);
	if (!signer) throw new UsageError("USAGE_MISSING_INPUT", "a withdrawal is signed, and no key was given", { hint: "give ⟨signing-method⟩ and ⟨key⟩ of whoever approved" });
	const criteria = await criteriaForSigning(inputs, signer, host.now());
	const task = {
		inputs,
		host,
		signer,
		criteria,
		as: await knownAs(signer, criteria)
	};
	const images = [];
	for (const subject of subjects) images.push(await host.group(`Withdrawing from ${subject.name}`, () => withdrawFrom(subject, task)));
	return {
		exitCode: EXIT.passed,
		json: {
			schema: "countersign/withdraw/v1",
			stage: inputs.stage,
			images
		},
		text: images.map(({ name, withdrawn, stored }) => {
			const what = `${counted(withdrawn.length, "approval")} of stage ${inputs.stage} withdrawn`;
			const lines = [...withdrawn.map((digest) => shortDigest(digest)), ...stored.evidence.map(describeEvidence)];
			return `${printable(name, 1e3)}: ${what}\n${lines.map((line) => `  ${line}\n`).join("")}`;
		}).join(""),
		outputs: { verdict: "passed" }
	};
}
/** Who the signer is in the policy, by a signature over nothing that means anything. */
async function knownAs(signer, { policy, verifier, now }) {
	if (!policy) return {
		principals: [],
		identity: null
	};
	const pae = encodePae("application/vnd.countersign.probe", utf8(now.toISOString()));
	const signature = await signer.signPae(pae, now);
	const { material } = signer;
	const { status, identity } = await verifier.verifyDsse({
		pae,
		signature,
		material,
		keyid: void 0,
		hashing: "bundle"
	}, now);
	return {
		principals: status === "valid" && identity ? matchPrincipals(policy.policy, identity) : [],
		identity
	};
}
async function withdrawFrom(subject, task) {
	const { inputs, host, signer, criteria } = task;
	const { now } = criteria;
	const common = {
		signer,
		now,
		beside: false,
		folder: void 0
	};
	if (subject.in === "file") {
		const { examination } = await verifySifFile(subject.path, criteria, { name: subject.name });
		const withdrawn = approvalsBy(examination.facts, task);
		const statements = [statementOf(withdrawn, inputs, now)];
		return {
			name: subject.name,
			withdrawn: digestsOf(withdrawn),
			stored: await storeEvidence({
				...common,
				statements,
				path: subject.path
			})
		};
	}
	const { openRegistryImage } = await import("./image.mjs");
	const { examineRegistryImage } = await import("./examine3.mjs");
	const { storeRegistryEvidence } = await import("./registry2.mjs");
	const { reference } = subject;
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "push",
		existing: true
	});
	const { repository } = opened;
	const image = await openRegistryImage(repository, manifestName(reference));
	const { facts } = await examineRegistryImage(image, {
		name: subject.name,
		verifier: criteria.verifier,
		now,
		verifyData: false
	});
	const withdrawn = approvalsBy(facts, task);
	const pinned = {
		...reference,
		digest: image.descriptor.digest
	};
	const stored = await storeRegistryEvidence({
		...common,
		statements: [statementOf(withdrawn, inputs, now)],
		repository,
		reference: pinned,
		defaultFolder: inputs.workingDirectory
	});
	for (const remark of stored.remarks ?? []) host.warning(`${subject.name}: ${remark}`);
	return {
		name: subject.name,
		withdrawn: digestsOf(withdrawn),
		stored
	};
}
function digestsOf(layers) {
	return [...new Set(layers.map(({ digest }) => digest))];
}
/** An approval and its native half, which may count by itself where the approval was taken away. */
function statementOf(withdrawn, { stage, reason }, now) {
	const natives = withdrawn.flatMap(({ approval }) => (approval?.native ?? []).map(({ digest }) => digest));
	const approvals = [.../* @__PURE__ */ new Set([...digestsOf(withdrawn), ...natives])];
	const predicate = encodeWithdrawal({
		stage,
		approvals,
		reason,
		withdrawnAt: toSecond(now)
	});
	return {
		label: "withdrawal",
		predicateType: WITHDRAWAL_PREDICATE_TYPE,
		predicate,
		inside: true
	};
}
/** Approvals of the stage by this signer that stand. @throws StageError STAGE_NOTHING_TO_WITHDRAW */
function approvalsBy(found, { inputs, signer, criteria, as }) {
	const policy = criteria.policy?.policy;
	const own = withoutWithdrawn(policy, found).layers.filter(({ approval, signature, contradicted, reasons }) => approval?.stage === inputs.stage && (signature === "valid" || signature === "untrusted") && !contradicted && reasons.every(({ code }) => code !== "APPROVAL_WITHDRAWN")).filter((layer) => isSameSigner(layer.signer, signer.identity) || policy && principalsBehind(policy, layer).some((name) => as.principals.includes(name) && isSamePerson(policy, name, [layer.signer, as.identity])));
	if (own.length > 0) return own;
	const message = `${found.name} has no approval of stage ${JSON.stringify(inputs.stage.slice(0, 80))} by this signer that stands`;
	throw new StageError("STAGE_NOTHING_TO_WITHDRAW", message, { hint: "sign with the key that approved, or another one of the same principal and ⟨policy-path⟩; `countersign inspect` shows who approved" });
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };