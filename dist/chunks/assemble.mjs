import { i as assembleFile, n as presentVerdict, t as VERIFIED_OUTPUT } from "./verdict-outputs.mjs";
import { s as readAttachments } from "./attachments.mjs";
import { r as openRegistryImage } from "./image.mjs";
import { a as counted } from "./text.mjs";
import { i as EXIT } from "./errors.mjs";
import { c as manifestName, n as formatPlace } from "./reference.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { i as referenceFrom, r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { r as SUBJECT_INPUT, s as subjectFile } from "./subjects.mjs";
import { r as TRUST_INPUTS, s as optionalCriteria } from "./trust2.mjs";

// src/commands/assemble.ts
const spec = {
	name: "assemble",
	summary: "Put the layers attached to an image in a registry into its file",
	description: "Collects approvals, evidence and native signatures that were attached to an image in a registry or OCI layout folder and appends those that are about this very content to the SIF file. The same file and the same layers always give the same bytes. With trust inputs only valid layers of trusted signers are taken, and a failed verdict about the image with them fails the step; what was put in stays in.",
	positional: "subject-path",
	inputs: [
		SUBJECT_INPUT,
		{
			name: "reference",
			type: "string",
			file: "read",
			required: true,
			description: "Where the layers are: `registry/repository:tag`, `registry/repository@sha256:…`, or `oci:FOLDER:TAG`.",
			example: "ghcr.io/octo-org/app:1.0"
		},
		...TRUST_INPUTS,
		...CONNECTION_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		VERIFIED_OUTPUT,
		{
			name: "image-path",
			description: "Path of the file.",
			example: "/images/app.sif"
		}
	]
};
async function run(inputs, host) {
	const file = await subjectFile(inputs);
	const reference = await referenceFrom(inputs, inputs.reference);
	const criteria = await optionalCriteria(inputs, host.now());
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "pull"
	});
	const image = await openRegistryImage(opened.repository, manifestName(reference));
	const layers = await readAttachments(image);
	const assembled = await assembleFile(file.path, layers, {
		criteria,
		now: host.now(),
		name: file.name
	});
	for (const { where, why } of assembled.leftOut) host.warning(`${where} was left out: ${why}`);
	const about = presentVerdict(assembled.verdict, {
		criteria,
		host
	});
	const failed = about.verdict?.verdict === "failed";
	const pinned = `${formatPlace(reference)}@${image.descriptor.digest}`;
	const stays = failed && assembled.added.length > 0 ? "  what was put in stays in, though the verdict failed\n" : "";
	return {
		exitCode: failed ? EXIT.failed : EXIT.passed,
		text: `${about.text}${file.name}: ${describe(assembled)} from ${pinned}\n${stays}${about.note}`,
		json: {
			schema: "countersign/assemble/v1",
			path: file.path,
			reference: pinned,
			objects: assembled.added,
			leftOut: assembled.leftOut,
			verified: about.verified,
			verdict: about.verdict ?? null
		},
		outputs: {
			verdict: failed ? "failed" : "passed",
			verified: String(about.verified),
			"image-path": file.path
		}
	};
}
function describe({ added, leftOut }) {
	const left = leftOut.length === 0 ? "" : `, ${leftOut.length} left out`;
	return added.length === 0 ? `nothing to put in${left}` : `${counted(added.length, "object")} put in${left}`;
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };