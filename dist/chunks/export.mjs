import { c as UsageError, i as EXIT } from "./errors.mjs";
import { r as GateError } from "./errors11.mjs";
import { n as writeExport, t as lossText } from "./folder2.mjs";
import { _ as SIGNING_INPUTS, l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { c as policyFrom, d as pinFrom, n as POLICY_INPUTS } from "./trust2.mjs";
import { c as notationScopes, i as CONTAINERS_INPUTS, r as clusterTarget, s as containersTarget, t as CLUSTER_INPUTS } from "./cluster-inputs.mjs";
import { n as placementsFrom, t as PLACES_INPUT } from "./places.mjs";
import { a as encodePem } from "./bytes.mjs";
import { resolve } from "node:path";

// src/commands/gates/slurm-inputs.ts
/** What an export for Slurm needs beside the policy. */
const SLURM_INPUTS = [
	{
		name: "script-folder",
		type: "string",
		default: "/usr/local/libexec/countersign",
		description: "For `slurm`: the folder on the nodes that will hold the scripts.",
		example: "/usr/local/libexec/countersign"
	},
	{
		name: "node-policy-path",
		type: "string",
		default: "/etc/countersign/countersign.yaml",
		description: "For `slurm`: where the policy is on the nodes.",
		example: "/etc/countersign/countersign.yaml"
	},
	{
		name: "node-path",
		type: "string",
		default: "/opt/countersign/node",
		description: "For `slurm`: the Node program on the nodes.",
		example: "/opt/countersign/node"
	},
	{
		name: "cli-path",
		type: "string",
		default: "/opt/countersign/dist/cli.mjs",
		description: "For `slurm`: `cli.mjs` in a copy of `dist/` on the nodes.",
		example: "/opt/countersign/dist/cli.mjs"
	},
	{
		name: "cache-folder",
		type: "string",
		default: "/var/cache/countersign",
		description: "For `slurm`: the folder on the nodes for what was answered.",
		example: "/var/cache/countersign"
	},
	{
		name: "cache-max-age",
		type: "duration",
		default: "12h",
		description: "For `slurm`: how long an answer is kept at most, with a unit.",
		example: "12h"
	},
	{
		name: "on-error",
		type: "enum",
		values: ["closed", "open"],
		default: "closed",
		description: "For `slurm`: what becomes of an image when there is no answer about it: `closed` stops it, `open` lets it pass, which whoever can make the verification fail can use."
	},
	{
		name: "prolog-images",
		type: "list",
		description: "For `slurm`: images on the nodes, and folders of `*.sif`, that the prolog asks about, one a line.",
		example: "/srv/images"
	}
];
/**
* Where everything is.
* @throws UsageError USAGE_INVALID_INPUT for what is no plain absolute path; as pinFrom
*/
async function slurmTarget(inputs) {
	const { scriptFolder, nodePolicyPath, nodePath, cliPath, cacheFolder, cacheMaxAge, onError, prologImages } = inputs;
	const named = {
		scriptFolder,
		nodePolicyPath,
		nodePath,
		cliPath,
		cacheFolder
	};
	for (const path of [...Object.values(named), ...prologImages]) if (!isPlain(path)) throw new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(path)} is no plain absolute path`, { hint: "write it from / on, without . and .. and without control characters" });
	return {
		scriptFolder,
		policyPath: nodePolicyPath,
		profile: inputs.profile,
		signer: await signerOn(inputs),
		nodePath,
		cliPath,
		cacheFolder,
		maxAgeSeconds: Math.floor(cacheMaxAge / 1e3),
		onError,
		images: prologImages
	};
}
/** Who must have signed, with what says so as a file: outside of the policy, as it is here. */
async function signerOn(inputs) {
	const pin = await pinFrom(inputs);
	if (!pin) return void 0;
	const { keys, anchors, keyrings } = pin.trust;
	const said = keys.length > 0 ? void 0 : pin.said;
	if (keyrings.length === 0) return {
		said,
		file: {
			name: "policy-signer.pem",
			content: [...keys.map((der) => encodePem("PUBLIC KEY", der)), ...anchors.map((der) => encodePem("CERTIFICATE", der))].join("")
		}
	};
	const { exportKeys } = await import("./ring.mjs");
	const { bytes } = await exportKeys(pin.trust, pin.credentials.flatMap((one) => "fingerprint" in one ? one.fingerprint : []));
	return {
		said,
		file: {
			name: "policy-signer.pgp",
			content: bytes
		}
	};
}
function isPlain(path) {
	return /^(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}]+)+$/u.test(path);
}

// src/commands/gates/export.ts
const spec = {
	name: "export",
	summary: "Write a policy as the configuration of a gate of another tool",
	description: "`export ecl` writes Apptainer’s execution control list with its keyring and lines for apptainer.conf, `export fingerprints` the header of definition files that asks the same of base images, `export containers-policy` policy.json, registries.d and keys for podman, skopeo and CRI-O, `export notation` a trust policy and trust store, `export kyverno` an ImageValidatingPolicy for Kubernetes, `export policy-controller` ClusterImagePolicies, `export slurm` scripts that ask `verify-all` when a job or program starts and remember the answer, `export conftest` a library in Rego that judges the JSON of `verify-all`, `export trust-bundle` the policy and all files that it names as one signed archive. The folder has a page that says where each file goes and what the gate cannot ask, and checksums. See docs/gates.md.",
	positional: "gate",
	privileged: "with-key",
	inputs: [
		{
			name: "gate",
			type: "list",
			required: true,
			description: "Which gate: `ecl`, `fingerprints`, `containers-policy`, `notation`, `kyverno`, `policy-controller`, `slurm`, `conftest` or `trust-bundle`.",
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
		...CLUSTER_INPUTS,
		...SLURM_INPUTS,
		{
			name: "verdict-max-age",
			type: "duration",
			default: "1h",
			description: "For `conftest`: how old a verdict may be, with a unit.",
			example: "1h"
		},
		...SIGNING_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: COMMON_OUTPUTS
};
const TARGETS = {
	async ecl(loaded, inputs, host) {
		const { exportList, listPage } = await import("./files5.mjs");
		return {
			made: await exportList(loaded, placementsFrom(inputs.folderStage, loaded), host.now()),
			page: listPage(sourceOf(loaded))
		};
	},
	async fingerprints(loaded, _inputs, host) {
		const { exportFingerprints, fingerprintsPage } = await import("./fingerprints.mjs");
		return {
			made: await exportFingerprints(loaded, host.now()),
			page: fingerprintsPage(sourceOf(loaded))
		};
	},
	async "containers-policy"(loaded, inputs, host) {
		const { containersPage, exportContainers } = await import("./export2.mjs");
		const target = containersTarget(inputs);
		return {
			made: await exportContainers(loaded, target, host.now()),
			page: containersPage(sourceOf(loaded), target)
		};
	},
	async kyverno(loaded, inputs, host) {
		const { exportKyverno, kyvernoPage } = await import("./kyverno.mjs");
		return {
			made: exportKyverno(loaded, await clusterTarget(inputs), host.now()),
			page: kyvernoPage(sourceOf(loaded))
		};
	},
	async "policy-controller"(loaded, inputs, host) {
		const { exportPolicyController, policyControllerPage } = await import("./policy-controller.mjs");
		const target = await clusterTarget(inputs);
		return {
			made: exportPolicyController(loaded, target, host.now()),
			page: policyControllerPage(sourceOf(loaded), target)
		};
	},
	async notation(loaded, inputs, host) {
		const { exportNotation, notationPage } = await import("./notation2.mjs");
		return {
			made: exportNotation(loaded, notationScopes(inputs.repository), host.now()),
			page: notationPage(sourceOf(loaded))
		};
	},
	async slurm(loaded, inputs) {
		const { exportSlurm } = await import("./export4.mjs");
		const { slurmPage } = await import("./export4.mjs");
		const target = await slurmTarget(inputs);
		return {
			made: exportSlurm(loaded, target),
			page: slurmPage(sourceOf(loaded), target)
		};
	},
	async conftest(loaded, { verdictMaxAge }) {
		const { conftestPage, exportConftest } = await import("./conftest.mjs");
		return {
			made: exportConftest(loaded, { maxAgeSeconds: Math.floor(verdictMaxAge / 1e3) }),
			page: conftestPage(sourceOf(loaded))
		};
	},
	async "trust-bundle"(loaded, inputs, host) {
		const { exportTrustBundle } = await import("./trust-bundle.mjs");
		return exportTrustBundle(loaded, inputs, host);
	}
};
async function run(inputs, host) {
	const [gate = "", ...rest] = inputs.gate;
	const target = Object.hasOwn(TARGETS, gate) ? TARGETS[gate] : void 0;
	if (!target || rest.length > 0) throw new UsageError("USAGE_INVALID_INPUT", `export knows no gate ${JSON.stringify(inputs.gate.join(" "))}`, { hint: `write one of ${Object.keys(TARGETS).join(", ")}: countersign export ecl ⟨policy-path=countersign.yaml⟩ ⟨output=gate⟩` });
	const loaded = await policyFrom(inputs);
	if (!loaded) throw new UsageError("USAGE_MISSING_INPUT", "policy-path and policy are missing", { hint: "give the policy that is to be exported, for instance ⟨policy-path=countersign.yaml⟩" });
	const { made, page } = await target(loaded, inputs, host);
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