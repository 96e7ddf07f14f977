import { n as describeRegistryImage, t as describeFile } from "./inspect.mjs";
import { r as openRegistryImage } from "./image.mjs";
import { a as counted, u as printable } from "./text.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { i as EXIT } from "./errors.mjs";
import { c as manifestName } from "./reference.mjs";
import { l as groundsOf, v as unjudgedLines } from "./wording.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { i as SUBJECT_INPUTS, l as subjectsFrom } from "./subjects.mjs";

// src/commands/inspect.ts
const spec = {
	name: "inspect",
	summary: "Show objects, layers, evidence and free slots of images",
	description: "Reads a few kilobytes of each image and shows what is there: data objects, native signatures, approvals, evidence and descriptor slots left. Everything shown is what the image says of itself; no signature is checked.",
	positional: "subject-path",
	inputs: [
		...SUBJECT_INPUTS,
		...CONNECTION_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const images = [];
	for (const subject of await subjectsFrom(inputs)) images.push({
		name: subject.name,
		...await description(subject, inputs, host)
	});
	return {
		exitCode: EXIT.passed,
		json: {
			schema: "countersign/inspect/v1",
			images
		},
		text: images.map(describe).join("\n"),
		outputs: { verdict: "passed" }
	};
}
async function description(subject, inputs, host) {
	if (subject.in === "file") return describeFile(subject.path);
	await using opened = await openFrom(inputs, host, {
		reference: subject.reference,
		access: "pull"
	});
	return await describeRegistryImage(await openRegistryImage(opened.repository, manifestName(subject.reference)));
}
function describe(image) {
	const head = [printable(image.name), ...image.manifest === null ? [] : [image.manifest]].join("  ");
	return [
		image.sif === null ? head : `${head}: ${slots(image.sif)}`,
		...image.sif?.ociImage ? [`  OCI image ${image.sif.ociImage}`] : [],
		...image.platforms.map(({ digest, platform }) => `  platform ${digest}  ${printable(platform ?? "unknown")}`),
		...(image.sif?.objects ?? []).map(objectLine),
		...section("layers (claimed)", image.layers),
		...section("evidence (claimed)", image.evidence),
		...image.notJudged.length === 0 ? [] : ["not judged:", ...unjudgedLines(image.notJudged).map((line) => `  ${line}`)],
		""
	].join("\n");
}
function slots({ architecture, sizeBytes, freeSlots, totalSlots }) {
	return `${architecture}, ${counted(sizeBytes, "byte")}, ${freeSlots} of ${counted(totalSlots, "slot")} free`;
}
function objectLine(object) {
	const { id, type, group, link, name, sizeBytes, fileSystem, encrypted, use } = object;
	const inside = fileSystem === null ? "" : `  ${use}, ${fileSystem}${encrypted ? ", encrypted" : ""}`;
	const where = (group === null ? "no group" : `group ${group}`).padEnd(9);
	const size = String(sizeBytes).padStart(12);
	return `  ${String(id).padStart(3)}  ${type.padEnd(15)} ${where} ${(link ?? "").padEnd(9)} ${size}  ${printable(name)}${inside}`;
}
function section(title, claims) {
	if (claims.length === 0) return [];
	const rows = claims.flatMap(({ where, kind, stage, predicateType, signer, digest, approval, groups, breakGlass }) => {
		const about = groups && groups.length > 0 ? ` for group ${groups.join(", ")}` : "";
		const what = kind === "approval" ? `approval of ${stage}${about}` : kind === "evidence" ? predicateType ?? "" : kind;
		return [
			`  ${where.padEnd(10)} ${printable(what)}  by ${printable(signer ?? "unknown")}  ${shortDigest(digest)}`,
			...(breakGlass ? [`breaks the glass of stage ${breakGlass.stage} from ${breakGlass.from} until ${breakGlass.until}: ${breakGlass.reason} (${breakGlass.ticket})`] : []).map((text) => `    ${printable(text, 2e3)}`),
			...groundsOf({
				approval,
				signer: null,
				provenTime: null
			}).map((ground) => `    ${printable(ground, 2e3)}`)
		];
	});
	return [`${title}:`, ...rows];
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };