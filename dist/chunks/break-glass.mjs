import { r as defaultVerifierId } from "./approval.mjs";
import { d as breakGlassProblem, f as encodeBreakGlass, u as BREAK_GLASS_PREDICATE_TYPE } from "./open-bundles.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { c as listed, p as toSecond } from "./text.mjs";
import { h as matchPrincipals } from "./versions.mjs";
import { i as claimedIdentity } from "./review.mjs";
import { n as StageError } from "./errors4.mjs";
import { n as signOnEach, r as signedAbout } from "./evidence2.mjs";
import { u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { a as criteriaForSigning, c as signerFrom, n as STATEMENT_INPUTS } from "./signing.mjs";
import { i as SUBJECT_INPUTS, l as subjectsFrom } from "./subjects.mjs";
import { r as verifyOne } from "./verify-all.mjs";

// src/commands/break-glass.ts
const spec = {
	name: "break-glass",
	summary: "Let a stage of images be skipped for a short while, in an emergency",
	description: "Signs a statement about the images: this stage may be skipped, for this reason and ticket, until a time soon to come. It goes into the image or is attached in its registry, and counts where the policy names the signer in `breakGlass` of the stage, for as long as it allows. Every report shows it from then on, and that somebody else has yet to review it by approving the stage. See docs/policy.md.",
	positional: "subject-path",
	privileged: "always",
	inputs: [
		...SUBJECT_INPUTS,
		{
			name: "stage",
			type: "string",
			required: true,
			description: "Stage that is skipped.",
			example: "production"
		},
		{
			name: "reason",
			type: "string",
			required: true,
			description: "Why; becomes part of the signed statement, and every report shows it.",
			example: "login is down for everybody"
		},
		{
			name: "ticket",
			type: "string",
			required: true,
			description: "Where the case is dealt with; the same.",
			example: "OPS-42"
		},
		{
			name: "expires-in",
			type: "duration",
			required: true,
			description: "For how long, with a unit; the policy says what is the most.",
			example: "8h"
		},
		...STATEMENT_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const wanted = saidBy(inputs, host.now());
	const subjects = await subjectsFrom(inputs);
	const signer = await signerFrom(inputs, host);
	if (!signer) throw new UsageError("USAGE_MISSING_INPUT", "broken glass is signed for, and no key was given", { hint: "give ⟨signing-method⟩ and ⟨key⟩ of somebody whom the policy names in `breakGlass` of the stage" });
	const criteria = await criteriaForSigning(inputs, signer, host.now());
	const said = {
		...wanted,
		stageId: breakable(criteria, wanted.stage)?.id ?? defaultVerifierId(wanted.stage)
	};
	assertMay(criteria, said, signer);
	for (const subject of subjects) await assertFirst(subject, {
		inputs,
		host,
		criteria,
		said
	});
	const statement = {
		label: "break glass",
		predicateType: BREAK_GLASS_PREDICATE_TYPE,
		predicate: encodeBreakGlass(said),
		inside: true
	};
	const images = await signOnEach(subjects, {
		statement,
		signer
	}, {
		inputs,
		host
	});
	const what = `stage ${said.stage} is skipped until ${said.until}; have somebody else approve it, which is the review`;
	return {
		exitCode: EXIT.passed,
		json: {
			schema: "countersign/break-glass/v1",
			...said,
			images
		},
		text: images.map((image) => `${signedAbout(image)}: ${what}\n`).join(""),
		outputs: { verdict: "passed" }
	};
}
function saidBy({ stage, reason, ticket, expiresIn }, now) {
	const end = new Date(Math.min(now.getTime() + expiresIn, Date.parse("9999-12-31T00:00:00Z")));
	const said = {
		stage,
		reason,
		ticket,
		from: toSecond(now),
		until: toSecond(end)
	};
	const problem = breakGlassProblem(said);
	if (problem === void 0) return said;
	throw new UsageError("USAGE_INVALID_INPUT", `glass cannot be broken like this: ${problem}`, { hint: "correct ⟨stage⟩, ⟨reason⟩, ⟨ticket⟩ or ⟨expires-in⟩" });
}
function breakable({ policy }, name) {
	return policy?.policy.stages.find((one) => one.name === name);
}
/** Said before anything is signed, where the policy is given. @throws StageError STAGE_GLASS_REFUSED, STAGE_UNKNOWN */
function assertMay(criteria, { stage: name, from, until }, signer) {
	const policy = criteria.policy?.policy;
	if (!policy) return;
	const stage = breakable(criteria, name);
	if (!stage) throw new StageError("STAGE_UNKNOWN", `the policy has no stage ${name}`, { hint: `use one of ${policy.stages.map((one) => one.name).join(", ")}` });
	const principals = matchPrincipals(policy, claimedIdentity(policy, signer.identity));
	const { by = [], maxDuration = 0 } = stage.breakGlass ?? {};
	if (!principals.some((one) => by.includes(one))) throw refusal(`this key may not break the glass of stage ${name} by the policy`, { hint: by.length === 0 ? "have the stage approved: the policy lets nobody skip it" : `sign with a key of ${listed(by, "or")}, or have the stage approved` });
	if (Date.parse(until) - Date.parse(from) > maxDuration) throw refusal(`the glass of stage ${name} may be broken for ${maxDuration / 36e5} hours at most`, { hint: "give a shorter ⟨expires-in⟩" });
}
/** What only renews broken glass that nobody has reviewed would not count for longer. @throws StageError STAGE_GLASS_REFUSED */
async function assertFirst(subject, { inputs, host, criteria, said }) {
	const max = breakable(criteria, said.stage)?.breakGlass?.maxDuration;
	if (max === void 0) return;
	const { verdict } = await verifyOne(subject, criteria, {
		inputs: {
			...inputs,
			verifyData: false
		},
		host,
		beside: []
	});
	const broken = verdict.stages.find(({ stage }) => stage === said.stage)?.breakGlass ?? [];
	const denied = new Set(criteria.policy?.policy.deny.flatMap(({ what }) => what.of === "statement" ? [what.digest] : []));
	const [first] = broken.filter(({ reviewedBy, digest }) => reviewedBy.length === 0 && !denied.has(digest)).map(({ from }) => Date.parse(from)).sort((a, b) => a - b);
	if (first === void 0 || Date.parse(said.until) <= first + max) return;
	throw refusal(`${subject.name}: the glass of stage ${said.stage} was broken at ${toSecond(new Date(first))}, and nobody has reviewed that: it counts until ${toSecond(new Date(first + max))} at most`, { hint: "have somebody else approve the stage with `countersign sign-stage`, which is the review, or give a shorter ⟨expires-in⟩" });
}
function refusal(message, details) {
	return new StageError("STAGE_GLASS_REFUSED", message, details);
}
/** `countersign break-glass IMAGE…`. */
const command = defineCommand(spec, run);

export { command };