import { a as planAssembly, n as presentVerdict, r as assembleExamined, t as VERIFIED_OUTPUT } from "./verdict-outputs.mjs";
import { n as examineWithAttached } from "./examine.mjs";
import { s as readAttachments } from "./attachments.mjs";
import { c as PassingImage, r as openRegistryImage } from "./image.mjs";
import { r as judgeImage, t as createCriteria } from "./verify.mjs";
import { a as counted } from "./text.mjs";
import { f as sha256Hex } from "./bytes.mjs";
import { i as EXIT } from "./errors.mjs";
import { h as writeFileAtomic } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { n as pullSif, t as findSif } from "./fetch-sif.mjs";
import { c as manifestName, n as formatPlace } from "./reference.mjs";
import { r as openSif } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as assertDistinct } from "./files2.mjs";
import { t as defineCommand } from "./spec.mjs";
import { i as referenceFrom, r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { r as TRUST_INPUTS, s as optionalCriteria } from "./trust2.mjs";
import { basename, join, resolve } from "node:path";

// src/commands/pull.ts
const spec = {
	name: "pull",
	summary: "Pull an image into a file, only if it is whole and its verdict passed",
	description: "Streams a SIF from a registry or an OCI layout folder into a temporary file beside its destination, checks size and digest on the way, goes on after a broken connection, and renames it when it is complete. With a policy the layers in the image and those attached to it are verified first, and a failed verdict leaves no file.",
	positional: "reference",
	inputs: [
		{
			name: "reference",
			type: "string",
			file: "read",
			required: true,
			description: "What to pull: `registry/repository:tag`, `registry/repository@sha256:…`, or `oci:FOLDER:TAG`.",
			example: "ghcr.io/octo-org/app:1.0"
		},
		{
			name: "image-path",
			type: "path",
			file: "image",
			description: "File to write. Default: the file name in the manifest, in the working directory.",
			example: "app.sif"
		},
		{
			name: "overwrite",
			type: "boolean",
			default: "false",
			description: "Replace the file if it exists."
		},
		{
			name: "assemble",
			type: "boolean",
			default: "false",
			description: "Put the layers attached to the image into the file, so that Apptainer finds the native signatures. The same image and layers always give the same file. With trust inputs only valid layers of trusted signers are taken."
		},
		{
			name: "bundle-folder",
			type: "path",
			file: "folder",
			description: "Folder that receives the bundles attached to the image as `<sha256>.sigstore.json`. Default: none are written.",
			example: "bundles"
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
			description: "Path of the file. Empty when the verdict failed.",
			example: "/images/app.sif"
		},
		{
			name: "digest",
			description: "Digest of the manifest.",
			example: "sha256:…"
		},
		{
			name: "reference",
			description: "What was pulled, pinned: `registry/repository@sha256:…`.",
			example: "ghcr.io/octo-org/app@sha256:…"
		},
		{
			name: "bundle-path",
			description: "Paths of the bundles written to `bundle-folder`, one a line.",
			example: "/images/bundles/3f….sigstore.json"
		}
	]
};
async function run(inputs, host) {
	const reference = await referenceFrom(inputs, inputs.reference);
	const criteria = await optionalCriteria(inputs, host.now());
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "pull"
	});
	const { repository } = opened;
	const found = await findSif(repository, manifestName(reference));
	const path = inputs.imagePath ?? defaultPath(inputs, reference, found);
	await assertDistinct({
		input: "image-path",
		use: "image",
		path
	}, inputs.files.filter(({ input }) => input !== "image-path"));
	const wantsAssembly = inputs.assemble;
	const image = await openRegistryImage(repository, found.manifest.digest, manifestName(reference));
	const layers = criteria || wantsAssembly || inputs.bundleFolder !== void 0 ? await readAttachments(image) : void 0;
	let verdict;
	let examined;
	let assembled;
	let notInFile = 0;
	const finish = async (temporaryPath) => {
		if (examined) assembled = await assembleExamined(temporaryPath, examined, criteria !== void 0);
	};
	const passing = criteria || wantsAssembly ? new PassingImage(found.layer.size) : void 0;
	const written = await transfer(repository, found, {
		path,
		overwrite: inputs.overwrite,
		host,
		...passing ? { pass: (offset, bytes) => passing.update(offset, bytes) } : {},
		async admit(temporaryPath) {
			if (!passing || !layers) return true;
			const { verifier, now } = criteria ?? await createCriteria({
				policy: void 0,
				now: host.now()
			});
			await using file = await openFileSource(temporaryPath);
			const about = {
				name: basename(path),
				verifier,
				now,
				hash: passing.hash
			};
			examined = await examineWithAttached(await openSif(file), {
				image,
				attached: layers
			}, about);
			verdict = criteria && judgeImage(examined, criteria);
			if (verdict?.verdict === "failed") return false;
			if (!wantsAssembly) notInFile = planAssembly(examined, true).layers;
			return true;
		},
		...wantsAssembly ? { finish } : {}
	});
	const bundles = written ? await writeBundles(layers?.bundles ?? [], inputs.bundleFolder) : [];
	const about = presentVerdict(verdict, {
		criteria,
		host
	});
	return present({
		path: written ? path : void 0,
		found,
		reference,
		bundles,
		about,
		assembled,
		notInFile,
		host
	});
}
/** The name in the manifest comes from somebody else: only a plain file name is taken from it. */
function defaultPath(inputs, reference, { title }) {
	const plain = title !== void 0 && /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,120}$/.test(title) ? title : void 0;
	const last = reference.in === "registry" ? basename(reference.repository) : basename(reference.folder);
	return resolve(inputs.workingDirectory, plain ?? `${last}.sif`);
}
async function transfer(repository, found, options) {
	const { host, ...rest } = options;
	const progress = host.progress(`pulling ${basename(options.path)}`);
	try {
		return await pullSif(repository, found.layer, {
			...rest,
			onBytes: (done, total) => progress.update(done, total)
		});
	} finally {
		progress.finish();
	}
}
async function writeBundles(found, folder) {
	if (folder === void 0) return [];
	await makeFolder(folder);
	const paths = [];
	for (const { bytes } of found.filter((bundle) => bundle.bytes.length > 0)) {
		const path = join(folder, `${sha256Hex(bytes)}.sigstore.json`);
		await writeFileAtomic(path, bytes);
		paths.push(path);
	}
	return paths;
}
function absence(count) {
	if (count === 0) return "";
	const [are, them] = count === 1 ? ["is", "it"] : ["are", "them"];
	return `${counted(count, "layer")} ${are} attached in the registry and ${are} not in this file; ⟨assemble=true⟩ puts ${them} in`;
}
function present({ path, found, reference, bundles, about, assembled, notInFile, host }) {
	const pinned = `${formatPlace(reference)}@${found.manifest.digest}`;
	const verified = path !== void 0 && about.verified;
	const result = path === void 0 ? `not written: the verdict about ${pinned} failed\n` : `pulled ${pinned}\n  to ${path}\n`;
	for (const { where, why } of assembled?.leftOut ?? []) host.warning(`${where} was left out: ${why}`);
	const added = assembled ? `  ${counted(assembled.added.length, "object")} put into the file\n` : "";
	const absent = absence(notInFile);
	if (absent !== "") host.warning(`${basename(path ?? "")}: ${absent}`);
	return {
		exitCode: path === void 0 ? EXIT.failed : EXIT.passed,
		text: `${about.text}${result}${added}${absent && `  ${absent}\n`}${about.note}`,
		summary: () => `${about.markdown()}${absent && `\n${absent}\n`}`,
		json: {
			schema: "countersign/pull/v1",
			reference: pinned,
			layer: found.layer.digest,
			path: path ?? null,
			bundles,
			assembled: assembled ? {
				objects: assembled.added,
				leftOut: assembled.leftOut
			} : null,
			notInFile,
			verified,
			verdict: about.verdict ?? null
		},
		outputs: {
			verdict: path === void 0 ? "failed" : "passed",
			verified: String(verified),
			"image-path": path ?? "",
			digest: found.manifest.digest,
			reference: pinned,
			"bundle-path": bundles.join("\n")
		}
	};
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };