import { i as EXIT } from "./errors.mjs";
import { s as toSecond } from "./text.mjs";
import { p as parseStatement } from "./statement.mjs";
import { n as isJsonObject } from "./json.mjs";
import { _ as timeOf, g as textAt, k as viewImage, t as checkRequirements } from "./requires.mjs";
import { r as isProblem } from "./reasons.mjs";
import { f as stepsOf, u as printable } from "./wording.mjs";
import { d as COMMON_OUTPUTS, u as COMMON_INPUTS } from "./files2.mjs";
import { t as CONNECTION_INPUTS } from "./registry.mjs";
import { c as subjectsFrom, i as evidenceFrom, r as SUBJECT_INPUTS, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { a as criteriaFrom, i as VERIFY_DATA_INPUT, r as TRUST_INPUTS, t as NOW_INPUT } from "./trust3.mjs";
import { t as defineCommand } from "./spec.mjs";
import { i as withNext, n as verifyOne } from "./verify-all.mjs";

// src/policy/requires/ends.ts
/** What ends for a stage whose requirements are met. */
function endsOfEvidence(policy, stage, image) {
	return checkRequirements(policy, stage, image).flatMap(({ met, relied }, index) => {
		const requirement = stage.requires[index];
		if (!met || !requirement) return [];
		const { condition, evidence, maxAge } = requirement;
		const days = (condition.of === "findings" ? condition.exceptions : []).map(({ id, expires }) => ({
			time: Date.parse(`${expires}T23:59:59Z`),
			what: `the exception for ${id} (stage ${stage.name})`
		}));
		return [...relied.flatMap(({ statement }) => {
			const predicate = statement && parseStatement(statement).predicate;
			if (!isJsonObject(predicate)) return [];
			return [{
				from: timeOf(predicate, evidence),
				age: maxAge,
				what: evidence
			}, {
				from: textAt(predicate, "scanner.db.lastUpdate"),
				age: condition.of === "findings" ? condition.databaseMaxAge : void 0,
				what: "the scanner’s database"
			}].flatMap(({ from, age, what }) => from === void 0 || age === void 0 ? [] : [{
				time: Date.parse(from) + age,
				what: `${what} of stage ${stage.name} is too old then`
			}]);
		}), ...days].filter(({ time }) => time >= image.now.getTime());
	});
}

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
	const standings = [];
	for (const subject of subjects) {
		const verified = await verifyOne(subject, criteria, task);
		standings.push({
			image: withNext(verified, criteria),
			ends: endsOf(verified, criteria)
		});
	}
	const passed = standings.every(({ image }) => image.verdict === "passed");
	const unread = standings.some(({ image }) => image.outcome === "error");
	return {
		exitCode: passed ? EXIT.passed : unread ? EXIT.environment : EXIT.failed,
		text: standings.map((one) => `${linesOf(one).map((line) => printable(line, 2e3)).join("\n")}\n`).join("\n"),
		json: {
			schema: "countersign/status/v1",
			images: standings.map(({ image, ends }) => ({
				name: image.name,
				verdict: image.verdict,
				stages: image.stages.map(({ stage, verdict, approvedBy, needed }) => ({
					stage,
					verdict,
					approvedBy,
					needed
				})),
				next: image.next ?? [],
				ends
			}))
		},
		outputs: { verdict: passed ? "passed" : "failed" }
	};
}
/** What will not count any more, the soonest first, each once. */
function endsOf({ verdict, facts }, { policy, now }) {
	const { layers, evidence } = verdict;
	const ends = [...layers, ...evidence].filter(({ status }) => status === "valid").flatMap(({ where, signer, ...rest }) => {
		const approval = "approval" in rest ? rest.approval?.expires : void 0;
		const stage = "stage" in rest && rest.stage !== null ? ` of stage ${rest.stage}` : "";
		return [...approval ? [{
			time: Date.parse(approval),
			what: `the approval${stage} at ${where}`
		}] : [], ...signer?.notAfter ? [{
			time: Date.parse(signer.notAfter),
			what: `the certificate of ${signer.san?.[0] ?? signer.subject ?? where}${stage}`
		}] : []];
	});
	if (policy && facts) {
		const image = viewImage(policy.policy, facts, now);
		for (const { fact, trusted, vouching } of image.layers) if (trusted && !fact.proven) ends.push(...(vouching?.vouchers ?? []).map(({ text, until }) => ({
			time: Date.parse(until),
			what: `the grant to ${text}`
		})));
		for (const stage of policy.policy.stages) ends.push(...endsOfEvidence(policy.policy, stage, image));
	}
	return [...new Map(ends.filter(({ time }) => time >= now.getTime()).sort((a, b) => a.time - b.time).map(({ time, what }) => [`${time} ${what}`, {
		time: toSecond(new Date(time)),
		what
	}])).values()];
}
function linesOf({ image, ends }) {
	const { stages, next = [] } = image;
	const due = next.find(({ stage }) => stage !== null)?.stage ?? stages.find(({ verdict }) => verdict !== "passed")?.stage;
	const steps = stepsOf(image);
	const why = steps.length > 0 ? [] : [...stages.flatMap(({ reasons }) => reasons), ...image.reasons].filter(isProblem);
	return [
		`${image.name}: ${image.outcome === "passed" ? "all stages have passed" : image.outcome === "error" ? "could not be read" : "not all stages have passed"}`,
		...stages.map((stage) => `  ${stageLine(stage, stage.stage === due)}`),
		...image.verdict === "passed" ? [] : ["  missing", ...steps.map((step) => `    ${step}`)],
		...image.verdict === "passed" ? [] : why.slice(0, 5).map(({ message, code }) => `    ${message} [${code}]`),
		...ends.length === 0 ? [] : ["  ends", ...ends.map(({ time, what }) => `    ${time}  ${what}`)]
	];
}
function stageLine({ stage, verdict, approvedBy, needed }, isNext) {
	const by = approvedBy.length > 0 ? approvedBy.join(", ") : "nobody";
	const count = needed > 1 ? `, ${Math.min(approvedBy.length, needed)} of ${needed}` : "";
	if (verdict === "not-checked") return `? ${stage}: not checked`;
	return `${verdict === "passed" ? "✓" : isNext ? "→" : "·"} ${stage}: approved by ${by}${count}${isNext ? " (next)" : ""}`;
}
/** status. */
const command = defineCommand(spec, run);

export { command };