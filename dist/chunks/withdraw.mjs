import { n as encodeWithdrawal, t as WITHDRAWAL_PREDICATE_TYPE } from "./withdrawal.mjs";
import { i as encodePae } from "./bundle2.mjs";
import { d as sha256, g as utf8, p as shortDigest } from "./bytes.mjs";
import { n as systemClock } from "./clock.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { a as counted, p as toSecond } from "./text.mjs";
import { o as verifySifFile } from "./verify.mjs";
import { J as mayTakeBack, X as withoutWithdrawn, Z as grantIn, q as isSameKey } from "./glass.mjs";
import { c as manifestName } from "./reference.mjs";
import { n as StageError } from "./errors4.mjs";
import { i as storeEvidence, r as signedAbout } from "./evidence2.mjs";
import { n as describeEvidence } from "./files3.mjs";
import { u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { r as openFrom } from "./registry.mjs";
import { a as criteriaForSigning, c as signerFrom, n as STATEMENT_INPUTS } from "./signing.mjs";
import { i as SUBJECT_INPUTS, l as subjectsFrom } from "./subjects.mjs";

// src/commands/withdraw.ts
const MAX_REASON = 4096;
/** By which keys it can be taken back. */
const WHOSE = {
	approvals: "the key that approved, or another one of the same principal and ⟨policy-path⟩",
	grants: "the key that signed the grant, or another one of the same principal and ⟨policy-path⟩",
	"break-glass": "the key that broke the glass, or one of anybody who may break it and ⟨policy-path⟩"
};
const NOUNS = {
	approvals: "approval",
	grants: "grant",
	"break-glass": "break-glass statement"
};
const spec = {
	name: "withdraw",
	summary: "Take back approvals, grants or broken glass of a stage that you gave, by a signed statement",
	description: "Signs that the approvals of a stage by this key (with a policy: by this principal) no longer stand, and stores that in the image or attaches it in its registry. Whoever holds both does not count them any more; later approvals list the statement, so that it cannot be removed unseen. To approve again, sign the stage anew. With `what: grants` everything that rests on grants by this signer counts no more; with `what: break-glass` the stage is skipped no longer, also where somebody else who may broke the glass.",
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
			name: "what",
			type: "enum",
			values: [
				"approvals",
				"grants",
				"break-glass"
			],
			default: "approvals",
			description: "What of the stage is taken back."
		},
		{
			name: "reason",
			type: "string",
			required: true,
			description: "Why; becomes part of the signed statement, and every report shows it.",
			example: "scanner missed CVE-2026-1001"
		},
		...STATEMENT_INPUTS
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
		text: images.map((image) => {
			const { withdrawn, stored } = image;
			const what = `${counted(withdrawn.length, NOUNS[inputs.what])} of stage ${inputs.stage} withdrawn`;
			const lines = [...withdrawn.map((digest) => shortDigest(digest)), ...stored.evidence.map(describeEvidence)];
			return `${signedAbout(image)}: ${what}\n${lines.map((line) => `  ${line}\n`).join("")}`;
		}).join(""),
		outputs: { verdict: "passed" }
	};
}
/** Who the signer is in the policy, by a signature over nothing that means anything. */
async function knownAs(signer, { policy, verifier, now }) {
	if (!policy) return {
		signature: "unknown-signer",
		signer: null,
		reasons: []
	};
	const own = signer.identity;
	if (own.method === "sigstore") return {
		signature: "valid",
		signer: own,
		reasons: []
	};
	const pae = encodePae("application/vnd.countersign.probe", utf8(now.toISOString()));
	const signature = await signer.signPae(pae, now);
	const { material } = signer;
	const { status, identity, reasons } = await verifier.verifyDsse({
		pae,
		signature,
		material,
		keyid: void 0,
		hashing: "bundle"
	}, now);
	return {
		signature: status === "valid" ? status : "unknown-signer",
		signer: identity,
		reasons
	};
}
async function withdrawFrom(subject, task) {
	const { inputs, signer, criteria } = task;
	const { now } = criteria;
	if (subject.in === "registry") return withdrawRemotely(subject, task);
	const { path, name } = subject;
	const { examination } = await verifySifFile(path, criteria, { name });
	const withdrawn = givenBy(examination.facts, task);
	const statements = [statementOf(withdrawn, inputs, now)];
	const stored = await storeEvidence({
		signer,
		now,
		beside: false,
		folder: void 0,
		statements,
		path
	});
	return {
		name,
		reference: null,
		withdrawn: digestsOf(withdrawn),
		stored
	};
}
/** As withdrawFrom, in a registry or layout folder, where it takes several steps. */
async function withdrawRemotely({ name, reference }, task) {
	const { inputs, host, signer, criteria } = task;
	const { now } = criteria;
	const { openRegistryImage } = await import("./image2.mjs");
	const { examineRegistryImage } = await import("./examine2.mjs");
	const { storeRegistryEvidence } = await import("./registry3.mjs");
	const { dropWithdrawn, unlessRefused } = await import("./cosign-tags.mjs");
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "push",
		existing: true
	});
	const { repository } = opened;
	const image = await openRegistryImage(repository, manifestName(reference));
	const examined = await examineRegistryImage(image, {
		name,
		verifier: criteria.verifier,
		now,
		verifyData: false
	});
	const at = {
		repository,
		clock: systemClock()
	};
	const remarks = [];
	const earlier = takenBackBy(examined, task);
	const spread = await spreadEarlier(examined, earlier, {
		repository,
		remarks
	});
	const gone = new Set(digestsOf(earlier.taken));
	const dropped = await unlessRefused(remarks, () => dropWithdrawn(examined, gone, at));
	const isMended = spread || dropped === true;
	if (isMended) remarks.push("an earlier run was interrupted; what it left out is done now");
	const withdrawn = givenBy(examined.facts, task, isMended);
	const stored = withdrawn.length === 0 ? {
		evidence: [],
		contentDigests: [image.descriptor.digest],
		reference: image.name
	} : await storeRegistryEvidence({
		signer,
		now,
		beside: false,
		folder: void 0,
		statements: [statementOf(withdrawn, inputs, now)],
		repository,
		reference: {
			...reference,
			digest: image.descriptor.digest
		},
		defaultFolder: inputs.workingDirectory
	});
	remarks.push(...stored.remarks ?? []);
	const named = new Set(digestsOf(withdrawn));
	await unlessRefused(remarks, () => dropWithdrawn(examined, named, at));
	for (const remark of remarks) host.warning(`${name}: ${remark}`);
	return {
		name,
		reference: image.name,
		withdrawn: digestsOf(withdrawn),
		stored
	};
}
function takenBackBy({ facts, bundles }, task) {
	const policy = task.criteria.policy?.policy;
	const { layers, evidence } = withoutWithdrawn(policy, facts);
	const taken = [...layers, ...evidence].filter((one) => isTaken(one) && isOwn(one, task));
	const named = new Set(digestsOf(taken));
	return {
		taken,
		by: bundles.filter(({ is, fact }) => is === "evidence" && isSameKey(fact.signer, task.signer.identity) && fact.withdrawal?.approvals.some((digest) => named.has(digest)))
	};
}
/** An interrupted run may have told some platforms of an index and not all: there the approval would still count. */
async function spreadEarlier({ attached, image }, { by }, { repository, remarks }) {
	const { attachBundle } = await import("./bundles.mjs");
	const { bundleToAttach } = await import("./bundles3.mjs");
	const { unlessRefused } = await import("./cosign-tags.mjs");
	let isMended = false;
	for (const { opened } of by) {
		const bytes = opened?.found.bytes;
		const there = bytes ? attached.attachedTo.get(sha256(bytes)) : void 0;
		if (!bytes || !there) continue;
		for (const subject of image.subjects) {
			const isThere = there.includes(subject.digest);
			if (!isThere) await attachBundle(repository, subject, bundleToAttach(bytes));
			const relisted = isThere && await unlessRefused(remarks, () => repository.repairReferrers(subject.digest));
			isMended ||= !isThere || relisted === true;
		}
	}
	return isMended;
}
function digestsOf(facts) {
	return [...new Set(facts.map(({ digest }) => digest))];
}
/** An approval and its native half, which may count by itself where the approval was taken away. */
function statementOf(withdrawn, { stage, reason }, now) {
	const natives = withdrawn.flatMap((one) => "approval" in one ? (one.approval?.native ?? []).map(({ digest }) => digest) : []);
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
/**
* What is asked about, of the stage and by this signer, that stands.
* @throws StageError STAGE_NOTHING_TO_WITHDRAW, unless that will do
*/
function givenBy(found, task, orNothing = false) {
	const { inputs, criteria } = task;
	const { layers, evidence } = withoutWithdrawn(criteria.policy?.policy, found);
	const own = [...layers, ...evidence].filter((one) => !isTaken(one) && isOwn(one, task));
	if (own.length > 0 || orNothing) return own;
	const message = `${found.name} has no ${NOUNS[inputs.what]} of stage ${JSON.stringify(inputs.stage.slice(0, 80))} by this signer that stands`;
	throw new StageError("STAGE_NOTHING_TO_WITHDRAW", message, { hint: `sign with ${WHOSE[inputs.what]}; \`countersign inspect\` shows what there is and by whom` });
}
/** Whether it is what is to be taken back, and this signer may. */
function isOwn(one, { inputs, signer, criteria, as }) {
	if (!isOfStage(one, inputs) || one.contradicted) return false;
	if (one.signature !== "valid" && one.signature !== "untrusted") return false;
	const policy = criteria.policy?.policy;
	return isSameKey(one.signer, signer.identity) || policy !== void 0 && mayTakeBack(policy, one, as);
}
function isOfStage(one, { what, stage }) {
	if ("approval" in one) return what === "approvals" && one.approval?.stage === stage;
	if (what === "grants") return grantIn(one)?.stages.includes(stage) === true;
	return what === "break-glass" && typeof one.breakGlass === "object" && one.breakGlass.stage === stage;
}
function isTaken(one) {
	if ("approval" in one) return one.reasons.some(({ code }) => code === "APPROVAL_WITHDRAWN");
	return one.withdrawn !== void 0;
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };