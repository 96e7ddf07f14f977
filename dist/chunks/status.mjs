import { i as EXIT } from "./errors.mjs";
import { n as asOfLine, p as toSecond, u as printable } from "./text.mjs";
import { d as endsOf, u as settledFacts } from "./verify.mjs";
import { r as isProblem } from "./reasons.mjs";
import { n as isFilled } from "./reports.mjs";
import { U as viewImage } from "./glass.mjs";
import { h as stepLines, n as aboutText, u as isByBreakGlass } from "./wording.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { t as CONNECTION_INPUTS } from "./registry.mjs";
import { a as evidenceFrom, i as SUBJECT_INPUTS, l as subjectsFrom, n as LOOKASIDE_INPUT, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { a as criteriaFrom, i as VERIFY_DATA_INPUT, r as TRUST_INPUTS, t as NOW_INPUT } from "./trust2.mjs";
import { i as withNext, r as verifyOne } from "./verify-all.mjs";

// src/commands/status/status.ts
const spec = {
	name: "status",
	summary: "Say who is next to approve an image, what is missing, and what ends when",
	description: "Verifies images as `verify-all` does and says of each where it stands: who approved which stage, which stage is next and who can approve it, what else is missing, and until when approvals, certificates, keys and evidence hold. Needs a policy. It ends with exit code 1 while something is missing.",
	positional: "subject-path",
	inputs: [
		...SUBJECT_INPUTS,
		...TRUST_INPUTS,
		NOW_INPUT,
		VERIFY_DATA_INPUT,
		EVIDENCE_INPUT,
		LOOKASIDE_INPUT,
		...CONNECTION_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const subjects = await subjectsFrom(inputs);
	const criteria = await criteriaFrom(inputs, inputs.now ?? host.now(), { needed: true });
	const task = {
		inputs,
		host,
		beside: await evidenceFrom(inputs)
	};
	const asOf = inputs.now !== void 0;
	const standings = [];
	for (const subject of subjects) {
		const verified = {
			subject,
			...await verifyOne(subject, criteria, task)
		};
		standings.push({
			image: withNext(verified, criteria, task),
			ends: endingOf(verified, criteria)
		});
	}
	const passed = standings.every(({ image }) => image.verdict === "passed");
	const unread = standings.some(({ image }) => image.outcome === "error");
	return {
		exitCode: passed ? EXIT.passed : unread ? EXIT.environment : EXIT.failed,
		text: textOf(standings, asOf ? criteria.now : void 0),
		json: {
			schema: "countersign/status/v1",
			now: criteria.now.toISOString(),
			asOf,
			images: standings.map(({ image, ends }) => ({
				name: image.name,
				reference: image.reference,
				dataVerified: image.dataVerified,
				verdict: image.verdict,
				outcome: image.outcome,
				unsigned: image.unsigned,
				stages: image.stages.map(({ stage, verdict, approvedBy, needed, objects, breakGlass }) => ({
					stage,
					verdict,
					approvedBy,
					needed,
					...objects ? { objects } : {},
					...breakGlass ? { breakGlass } : {}
				})),
				next: image.next ?? [],
				...image.lacking ? { lacking: image.lacking } : {},
				ends
			}))
		},
		outputs: { verdict: passed ? "passed" : "failed" }
	};
}
function textOf(standings, then) {
	return standings.map((one) => linesOf(one).map((line) => `${printable(line, 2e3)}\n`)).map((lines) => lines.join("")).join("\n") + asOfLine(then);
}
function endingOf({ facts }, { policy, now }) {
	if (!facts) return [];
	const settled = settledFacts(policy?.policy, facts, now);
	const image = viewImage(policy?.policy, settled, now);
	return endsOf(policy?.policy, image).map(({ time, what }) => ({
		time: toSecond(new Date(time)),
		what
	}));
}
function linesOf({ image, ends }) {
	const { stages, next = [] } = image;
	const due = next.find(({ stage }) => stage !== null)?.stage ?? stages.find((stage) => !isFilled(stage))?.stage;
	const steps = stepLines(image);
	const why = steps.length > 0 ? [] : [...stages.flatMap(({ reasons }) => reasons), ...image.reasons].filter(isProblem);
	return [
		`${image.name}: ${stateOf(image)}`,
		...image.reference === null ? [] : [`  ${image.reference}${image.dataVerified ? "" : " (data not read)"}`],
		...stages.map((stage) => `  ${stageLine(stage, stage.stage === due)}`),
		...image.verdict === "passed" ? [] : ["  missing", ...steps.map((step) => `    ${step}`)],
		...image.verdict === "passed" ? [] : (image.lacking ?? []).map((text) => `    ${text}`),
		...image.verdict === "passed" ? [] : why.slice(0, 5).map(({ message, code }) => `    ${message} [${code}]`),
		...ends.length === 0 ? [] : ["  ends", ...ends.map(({ time, what }) => `    ${time}  ${what}`)]
	];
}
function stateOf(image) {
	if (isByBreakGlass(image)) return "passed by break glass";
	if (image.outcome === "passed") return "all stages have passed";
	if (image.outcome === "error") return "could not be read";
	const unsigned = image.reasons.find(({ code }) => code === "IMAGE_UNSIGNED");
	return unsigned ? `unsigned, no stage has passed [${unsigned.code}]` : "not all stages have passed";
}
function stageLine(report, isNext) {
	const { stage, verdict, approvedBy, needed, breakGlass = [] } = report;
	const broken = breakGlass.find(({ holds }) => holds);
	if (verdict === "break-glass" && broken) return `! ${stage}: passed by break glass of ${broken.by} until ${broken.until}, ${broken.reviewedBy.length > 0 ? "reviewed" : "not reviewed"}`;
	const by = approvedBy.length > 0 ? approvedBy.join(", ") : "nobody";
	const count = needed > 1 ? `, ${Math.min(approvedBy.length, needed)} of ${needed}` : "";
	if (verdict === "not-checked") return `? ${stage}: not checked`;
	return `${verdict === "passed" ? "✓" : isNext ? "→" : "·"} ${stage}: approved by ${by}${count}${aboutText(report)}${isNext ? " (next)" : ""}`;
}
/** status. */
const command = defineCommand(spec, run);

export { command };