import { c as UsageError, i as EXIT } from "./errors.mjs";
import { n as asOfLine } from "./text.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { r as unknownTask, t as defineCommand } from "./spec.mjs";
import { t as CONNECTION_INPUTS } from "./registry.mjs";
import { c as policyFrom, n as POLICY_INPUTS, t as NOW_INPUT } from "./trust2.mjs";
import { a as LOOKASIDE_URL_INPUT, n as VERDICT_KEY_INPUT, o as SIGNED_REPOSITORY_INPUT } from "./cluster-inputs.mjs";
import { t as gateLines } from "./lines.mjs";
import { t as PLACES_INPUT } from "./places.mjs";

// src/commands/gates/simulate.ts
const spec = {
	name: "simulate",
	summary: "Say what a gate of another tool will make of an image",
	description: "`simulate ecl IMAGE…` works out what Apptainer’s execution control list says of SIF files, `simulate containers-policy IMAGE…` what podman’s and skopeo’s policy.json and `simulate kyverno IMAGE…` what Kyverno says of images in registries: by the policy as `export` would write it, or by a configuration in `gate-path`. No gate needs to be installed. It fails when the gate would deny one of the images. See docs/gates.md.",
	positional: "task",
	inputs: [
		{
			name: "task",
			type: "list",
			file: "read",
			required: true,
			description: "The gate, `ecl`, `containers-policy` or `kyverno`, and the images.",
			example: "ecl app.sif"
		},
		...POLICY_INPUTS,
		{
			name: "gate-path",
			type: "path",
			description: "Instead of a policy: the folder with the gate’s own configuration, as `export` wrote it or as it is installed.",
			example: "/etc/apptainer"
		},
		{
			name: "run-folder",
			type: "string",
			description: "For `ecl`: folder that the images will be run from; it need not be there. Links in it are followed where it is. Default: the one they are in.",
			example: "/srv/production"
		},
		PLACES_INPUT,
		SIGNED_REPOSITORY_INPUT,
		LOOKASIDE_URL_INPUT,
		VERDICT_KEY_INPUT,
		NOW_INPUT,
		...CONNECTION_INPUTS,
		...COMMON_INPUTS
	],
	outputs: COMMON_OUTPUTS
};
async function run(inputs, host) {
	const [gate, ...images] = inputs.task;
	const found = images.length === 0 ? void 0 : await simulate(gate, images, inputs, host);
	if (!found) throw unknownTask("simulate", inputs.task, { hint: "name the gate and images: countersign simulate ecl app.sif ⟨policy-path=countersign.yaml⟩" });
	const verdict = found.filter(({ verdict }) => verdict !== "allowed").length === 0 ? "passed" : "failed";
	return {
		exitCode: EXIT[verdict],
		outputs: { verdict },
		json: {
			schema: "countersign/simulate/v1",
			gate,
			verdict,
			now: (inputs.now ?? host.now()).toISOString(),
			asOf: inputs.now !== void 0,
			images: found
		},
		text: [...found.flatMap(({ name, ...one }) => gateLines(name, one)), asOfLine(inputs.now)].join("\n")
	};
}
async function simulate(gate, images, inputs, host) {
	if (gate === "ecl") return (await import("./simulate-list.mjs")).simulateList(images, inputs, host);
	if (gate === "kyverno") return (await import("./simulate-registry.mjs")).simulateKyverno(images, inputs, host);
	if (gate !== "containers-policy") return void 0;
	return (await import("./simulate-registry.mjs")).simulateContainers(images, inputs, host);
}
/**
* The policy that the gate is made of, or the folder of its configuration.
* @throws UsageError USAGE_CONFLICTING_INPUTS unless exactly one is given; PolicyError, SystemError
*/
async function policyOrFolder(inputs) {
	const { gatePath: folder } = inputs;
	const loaded = await policyFrom(inputs);
	if (loaded && folder === void 0) return { loaded };
	if (!loaded && folder !== void 0) return { folder };
	throw new UsageError("USAGE_CONFLICTING_INPUTS", "exactly one of policy-path and gate-path belongs here", { hint: "give ⟨policy-path=countersign.yaml⟩, or the folder of a configuration as ⟨gate-path⟩" });
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { policyOrFolder as n, command as t };