import { c as UsageError, i as EXIT } from "./errors.mjs";
import { r as GateError } from "./errors12.mjs";
import { n as writeExport, t as lossText } from "./folder2.mjs";
import { d as COMMON_OUTPUTS, u as COMMON_INPUTS } from "./files2.mjs";
import { n as POLICY_INPUTS, s as policyFrom } from "./trust3.mjs";
import { t as defineCommand } from "./spec.mjs";
import { r as containersTarget, t as CONTAINERS_INPUTS } from "./containers-inputs.mjs";
import { n as placementsFrom, t as PLACES_INPUT } from "./places.mjs";
import { resolve } from "node:path";

// src/commands/gates/export.ts
const spec = {
	name: "export",
	summary: "Write a policy as the configuration of a gate of another tool",
	description: "`export ecl` writes Apptainer’s execution control list with its keyring and lines for apptainer.conf, `export fingerprints` the header of definition files that asks the same of base images, `export containers-policy` policy.json, registries.d and keys for podman, skopeo and CRI-O. The folder has a page that says where each file goes and what the gate cannot ask, and checksums. See docs/gates.md.",
	positional: "gate",
	inputs: [
		{
			name: "gate",
			type: "list",
			required: true,
			description: "Which gate: `ecl`, `fingerprints` or `containers-policy`.",
			example: "ecl"
		},
		...POLICY_INPUTS,
		{
			name: "output",
			type: "path",
			file: "folder",
			required: true,
			description: "New or empty folder for the files.",
			example: "gate"
		},
		{
			name: "strict",
			type: "boolean",
			default: "false",
			description: "Refuse when the policy asks for something that the gate cannot ask for."
		},
		PLACES_INPUT,
		...CONTAINERS_INPUTS,
		...COMMON_INPUTS
	],
	outputs: COMMON_OUTPUTS
};
const TARGETS = {
	async ecl(loaded, inputs, now) {
		const { exportList, listPage } = await import("./files5.mjs");
		return {
			made: await exportList(loaded, placementsFrom(inputs.folderStage, loaded), now),
			page: listPage(sourceOf(loaded))
		};
	},
	async fingerprints(loaded) {
		const { exportFingerprints, fingerprintsPage } = await import("./fingerprints.mjs");
		return {
			made: await exportFingerprints(loaded),
			page: fingerprintsPage(sourceOf(loaded))
		};
	},
	async "containers-policy"(loaded, inputs) {
		const { containersPage, exportContainers } = await import("./export2.mjs");
		const target = containersTarget(inputs);
		return {
			made: exportContainers(loaded, target),
			page: containersPage(sourceOf(loaded), target)
		};
	}
};
async function run(inputs, host) {
	const [gate = "", ...rest] = inputs.gate;
	const target = Object.hasOwn(TARGETS, gate) ? TARGETS[gate] : void 0;
	if (!target || rest.length > 0) throw new UsageError("USAGE_INVALID_INPUT", `export knows no gate ${JSON.stringify(inputs.gate.join(" "))}`, { hint: `write one of ${Object.keys(TARGETS).join(", ")}: countersign export ecl ⟨policy-path=countersign.yaml⟩ ⟨output=gate⟩` });
	const loaded = await policyFrom(inputs);
	if (!loaded) throw new UsageError("USAGE_MISSING_INPUT", "policy-path and policy are missing", { hint: "give the policy that is to be exported, for instance ⟨policy-path=countersign.yaml⟩" });
	const { made, page } = await target(loaded, inputs, host.now());
	if (inputs.strict && made.losses.length > 0) throw new GateError("GATE_NOT_EXPRESSIBLE", `${gate} cannot ask for all of the policy: ${made.losses.map(({ text }) => text).join("; ")}`);
	const folder = resolve(inputs.workingDirectory, inputs.output);
	const files = await writeExport(folder, made, page);
	for (const warning of made.warnings) host.warning(warning);
	const { asks, losses, warnings } = made;
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		json: {
			schema: "countersign/export/v1",
			gate,
			policy: loaded.digest,
			folder,
			files,
			asks,
			losses,
			warnings
		},
		text: [
			`${gate}: ${files.length} files in ${folder}`,
			...asks.map((ask) => `  asks ${ask}`),
			...losses.map((loss) => `  cannot ask ${lossText(loss)}`),
			""
		].join("\n")
	};
}
function sourceOf({ name, digest }) {
	return `${JSON.stringify(name)} (${digest})`;
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };