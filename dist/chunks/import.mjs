import { c as UsageError, i as EXIT } from "./errors.mjs";
import { t as TrustFiles } from "./trust.mjs";
import { r as GateError } from "./errors11.mjs";
import { r as writeNewFolder } from "./folder2.mjs";
import { t as POLICY_FILE } from "./document.mjs";
import { t as loadPolicy } from "./load.mjs";
import { n as PolicyError } from "./errors9.mjs";
import { u as printable } from "./text.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { mkdtemp } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";

// src/commands/gates/import.ts
const spec = {
	name: "import",
	summary: "Make a policy of the configuration of another tool’s gate",
	description: "`import trust-bundle.tar` checks a signed archive that `export trust-bundle` made and writes the policy and its files. `import ecl.toml` makes a policy of Apptainer’s execution control list, `import policy.json` of the file of podman and skopeo: with the keys that it names, and what had to be assumed. What no policy can say is left out and listed. `export` makes the same configuration again. See docs/gates.md.",
	positional: "gate-file",
	inputs: [
		{
			name: "gate-file",
			type: "path",
			required: true,
			description: "The file, `*.toml`, `*.json` or `*.tar`. Keys and registries.d are looked for beside the first two.",
			example: "/etc/apptainer/ecl.toml"
		},
		{
			name: "output",
			type: "path",
			file: "folder",
			required: true,
			description: "New or empty folder for the policy and its keys.",
			example: "policy"
		},
		{
			name: "keyring",
			type: "paths",
			mayBeContent: true,
			description: "For `ecl.toml`: OpenPGP public keys, files, folders or globs, one a line. Default: `global-pgp-public` beside the list. For a trust bundle: the keys of which one must have signed it.",
			example: "staff.asc"
		},
		{
			name: "public-key",
			type: "paths",
			mayBeContent: true,
			description: "For a trust bundle: public keys of which one must have signed it.",
			example: "bundle.pub"
		},
		{
			name: "scope",
			type: "string",
			description: "For `policy.json`: the scope of the transport `docker` that becomes the policy, where there are several.",
			example: "ghcr.io/octo-org/app"
		},
		{
			name: "policy-name",
			type: "string",
			default: "imported",
			description: "Name of the policy.",
			example: "acme-images"
		},
		...COMMON_INPUTS
	],
	outputs: COMMON_OUTPUTS
};
async function run(inputs, host) {
	const folder = resolve(inputs.workingDirectory, inputs.output);
	if (extname(inputs.gateFile) === ".tar") return bundleIn(folder, inputs, host);
	const made = await importFrom(inputs);
	const digest = await policyDigest(made, await host.temporaryFolder());
	const files = await writeNewFolder(folder, made.files);
	const { assumed, leftOut, exportWith } = made;
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		json: {
			schema: "countersign/import/v1",
			folder,
			files,
			policy: digest,
			assumed,
			leftOut,
			exportWith
		},
		text: [
			`${files.length} files in ${printable(folder)}`,
			...assumed.map((line) => `  assumed: ${printable(line, 2e3)}`),
			...leftOut.map((line) => `  left out: ${printable(line, 2e3)}`),
			""
		].join("\n")
	};
}
async function bundleIn(folder, inputs, host) {
	const { importTrustBundle } = await import("./trust-bundle.mjs");
	const { written, policy, profile, createdAt } = await importTrustBundle(inputs.gateFile, {
		...inputs,
		folder
	}, host);
	const path = resolve(folder, policy);
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		json: {
			schema: "countersign/trust-bundle/v1",
			folder,
			files: written,
			policyPath: path,
			profile,
			createdAt
		},
		text: `${written.length} files in ${printable(folder)}, as signed on ${printable(createdAt)}\n  policy: ${printable(path)}${profile === null ? "" : `, profile ${printable(profile)}`}\n`
	};
}
/** What is written must be a policy: tried elsewhere, so that nothing is left behind where it is none. */
async function policyDigest(made, temporary) {
	const trial = await mkdtemp(join(temporary, "import-"));
	await writeNewFolder(trial, made.files);
	try {
		return (await loadPolicy(join(trial, POLICY_FILE))).digest;
	} catch (cause) {
		if (!(cause instanceof PolicyError)) throw cause;
		const { message, hint } = cause;
		throw new GateError("GATE_NOT_EXPRESSIBLE", `no policy comes of it: ${message}`, {
			cause,
			hint
		});
	}
}
async function importFrom(inputs) {
	const file = inputs.gateFile;
	const name = inputs.policyName;
	switch (extname(file)) {
		case ".toml": {
			const { readInstalled } = await import("./installed2.mjs");
			const { importList } = await import("./list2.mjs");
			const { list, keyring } = await readInstalled(file);
			const files = new TrustFiles(inputs.workingDirectory);
			return importList(list, {
				trust: {
					keyrings: [...await files.given("keyring", "keyring", inputs.keyring), ...keyring.length > 0 ? [keyring] : []],
					origins: files.origins
				},
				name
			});
		}
		case ".json": {
			const { readInstalledContainers } = await import("./installed.mjs");
			const { importableScopes, importContainers } = await import("./containers.mjs");
			const gate = await readInstalledContainers(dirname(file), file);
			return importContainers(gate, {
				scope: inputs.scope ?? onlyScope(importableScopes(gate)),
				name
			});
		}
		default: throw new UsageError("USAGE_INVALID_INPUT", `gate-file is ${JSON.stringify(file)}`, { hint: "give an execution control list (*.toml), a policy.json (*.json) or a trust bundle (*.tar)" });
	}
}
function onlyScope(scopes) {
	const [scope, ...others] = scopes;
	if (scope !== void 0 && others.length === 0) return scope;
	const problem = scope === void 0 ? "no scope of the file" : `each of ${[scope, ...others].join(", ")}`;
	throw new UsageError("USAGE_MISSING_INPUT", `scope is missing: ${problem} can become a policy`, { hint: "give the scope of the transport docker in ⟨scope⟩" });
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };