import { n as outlineRegistryImage, t as outlineFile } from "./outline.mjs";
import { o as openRegistryImage } from "./registry-image.mjs";
import { t as counted } from "./count.mjs";
import { o as shortDigest } from "./digest.mjs";
import { i as EXIT } from "./errors.mjs";
import { o as manifestName } from "./reference.mjs";
import { i as printable } from "./foreign-text.mjs";
import { n as COMMON_OUTPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { n as openFrom, t as CONNECTION_INPUTS } from "./registry-inputs.mjs";
import { r as SUBJECT_INPUTS, s as subjectsFrom } from "./subjects.mjs";

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
		...await outline(subject, inputs, host)
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
async function outline(subject, inputs, host) {
	if (subject.in === "file") return outlineFile(subject.path);
	await using opened = await openFrom(inputs, host, {
		reference: subject.reference,
		access: "pull"
	});
	return await outlineRegistryImage(await openRegistryImage(opened.repository, manifestName(subject.reference)));
}
function describe(image) {
	const head = [printable(image.name), ...image.manifest === null ? [] : [image.manifest]].join("  ");
	return [
		image.sif === null ? head : `${head}: ${slots(image.sif)}`,
		...image.platforms.map((digest) => `  platform ${digest}`),
		...(image.sif?.objects ?? []).map(objectLine),
		...section("layers (claimed)", image.layers),
		...section("evidence (claimed)", image.evidence),
		""
	].join("\n");
}
function slots({ architecture, sizeBytes, freeSlots, totalSlots }) {
	return `${architecture}, ${counted(sizeBytes, "byte")}, ${freeSlots} of ${counted(totalSlots, "slot")} free`;
}
function objectLine({ id, type, group, link, name, sizeBytes }) {
	const where = (group === null ? "no group" : `group ${group}`).padEnd(9);
	const size = String(sizeBytes).padStart(12);
	return `  ${String(id).padStart(3)}  ${type.padEnd(15)} ${where} ${(link ?? "").padEnd(9)} ${size}  ${printable(name)}`;
}
function section(title, claims) {
	if (claims.length === 0) return [];
	const rows = claims.map(({ where, kind, stage, predicateType, signer, digest }) => {
		const what = kind === "approval" ? `approval of ${stage}` : kind === "evidence" ? predicateType ?? "" : kind;
		return `  ${where.padEnd(10)} ${printable(what)}  by ${printable(signer ?? "unknown")}  ${shortDigest(digest)}`;
	});
	return [`${title}:`, ...rows];
}
const command = {
	spec,
	run
};

export { command };