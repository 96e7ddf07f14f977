import { c as UsageError, i as EXIT } from "./errors.mjs";
import { a as counted } from "./text.mjs";
import { h as writeFileAtomic } from "./files.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { r as unknownTask, t as defineCommand } from "./spec.mjs";
import { join, resolve } from "node:path";

// src/commands/trust/trust.ts
const spec = {
	name: "trust",
	summary: "Fetch the trusted root of a Sigstore instance for a policy",
	description: "`trust fetch` writes the trusted_root.json of a Sigstore instance, from its TUF repository, to `output`: what `trust.sigstore` of a policy names. Signatures, versions and expiry of the repository’s metadata are checked, beginning with `tuf-root`. Nothing else fetches it: verification reads the file. Run it in a job of its own, look at what changed, and commit the file.",
	positional: "task",
	inputs: [
		{
			name: "task",
			type: "list",
			required: true,
			description: "`fetch`.",
			example: "fetch"
		},
		{
			name: "output",
			type: "path",
			file: "document",
			required: true,
			description: "File that receives the trusted root, whole or not at all; an older one is replaced.",
			example: "sigstore/trusted_root.json"
		},
		{
			name: "mirror-url",
			type: "string",
			default: "https://tuf-repo-cdn.sigstore.dev",
			description: "Address of the TUF repository. Default: that of the public instance.",
			example: "https://tuf.example.org"
		},
		{
			name: "tuf-root",
			type: "path",
			description: "root.json by which the repository’s metadata is checked, from the operators of the instance. Default: the one of the public instance that comes with this software, which no other mirror takes.",
			example: "sigstore/root.json"
		},
		{
			name: "state-path",
			type: "path",
			file: "folder",
			description: "Folder that keeps the metadata seen, so that a mirror cannot go back to an older state that has not expired yet. Default: nothing is kept.",
			example: ".countersign/tuf"
		},
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const { task, output, mirrorUrl, tufRoot, statePath, workingDirectory } = inputs;
	if (task.join(" ") !== "fetch") throw unknownTask("trust", task, { hint: "write `trust fetch` with ⟨output=trusted_root.json⟩" });
	const { fetchTrustedRoot } = await import("./fetch.mjs");
	const { readInstance } = await import("./library2.mjs");
	const { parseCertificate } = await import("./certificate2.mjs");
	const root = await fetchTrustedRoot({
		mirror: mirrorFrom(mirrorUrl),
		root: tufRoot === void 0 ? void 0 : resolve(workingDirectory, tufRoot),
		state: statePath,
		temporary: join(await host.temporaryFolder(), "tuf")
	});
	const { authorities, material } = readInstance({
		root,
		log: 0,
		timestamps: 1,
		sct: 0
	});
	await writeFileAtomic(output, root);
	const names = [...new Set(authorities.flatMap(([first]) => first ? parseCertificate(first).subject.text : []))];
	const logs = material.tlogs.length;
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		json: {
			schema: "countersign/trust/v1",
			output,
			mirror: mirrorUrl,
			authorities: names,
			logs
		},
		text: `${output}: ${names.join("; ")}, ${counted(logs, "log")}\n`
	};
}
/** @throws UsageError USAGE_INVALID_INPUT */
function mirrorFrom(text) {
	const url = URL.canParse(text) ? new URL(text) : void 0;
	const plain = url?.protocol === "https:" || url?.protocol === "http:" && /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
	if (url && plain && url.username === "" && url.search === "" && url.hash === "") return text.replace(/\/+$/, "");
	throw new UsageError("USAGE_INVALID_INPUT", "mirror-url is no plain https address", { hint: "give the address of the TUF repository, as https://tuf.example.org" });
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };