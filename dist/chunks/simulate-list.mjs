import { c as UsageError, l as fileError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { i as gateReason } from "./errors11.mjs";
import { c as subjectFiles } from "./subjects.mjs";
import { n as placementsFrom } from "./places.mjs";
import { n as policyOrFolder } from "./simulate2.mjs";
import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

// src/commands/gates/simulate-list.ts
/** The list's verdict about each of the files. @throws UsageError, PolicyError, GateError, SystemError */
async function simulateList(images, inputs, host) {
	const { judgeByList } = await import("./simulate4.mjs");
	const { ringVerifier } = await import("./ring-verifier.mjs");
	const { openFileSource } = await import("./source.mjs");
	const { openSif } = await import("./sif2.mjs");
	const now = inputs.now ?? host.now();
	const { list, keyring } = await configurationFrom(inputs, now);
	const verifier = await ringVerifier(list.activated ? keyring : /* @__PURE__ */ new Uint8Array());
	const runFolder = inputs.runFolder === void 0 ? void 0 : await cleanFolder(inputs.runFolder, inputs);
	const strange = await strangeFolders(list);
	const isHere = inputs.gatePath !== void 0 && runFolder === void 0;
	const results = [];
	for (const { name, path } of await subjectFiles({
		...inputs,
		subjectPath: images
	})) {
		const folder = runFolder ?? dirname(await realpath(path));
		const progress = host.progress(`reading ${name}`);
		try {
			await using source = await openFileSource(path);
			const onBytes = (done, total) => progress.update(done, total);
			const verdict = await judgeByList(await openSif(source), {
				list,
				verifier,
				now,
				folder,
				onBytes
			});
			await source.assertStill();
			results.push({
				name,
				reference: null,
				...onThisMachine(verdict, strange, isHere)
			});
		} catch (error) {
			if (!(error instanceof CountersignError) || !error.code.startsWith("SIF_")) throw error;
			const { code, message, hint } = error;
			results.push({
				name,
				reference: null,
				gate: "ecl",
				verdict: "unknown",
				words: null,
				reasons: [{
					code,
					message,
					hint
				}]
			});
		} finally {
			progress.finish();
		}
	}
	return results;
}
/** What Apptainer says of paths that lead nowhere, by the code of the error. */
const MISSING = /* @__PURE__ */ new Map([
	["ENOENT", "no such file or directory"],
	["ENOTDIR", "not a directory"],
	["ELOOP", "too many links"]
]);
/** Folders of the list that Apptainer would not take on this machine. */
async function strangeFolders({ groups }) {
	const strange = [];
	for (const { folder } of groups) {
		if (folder === "") continue;
		try {
			const words = "all execgroup dirpath`s should be fully cleaned with symlinks resolved";
			if (await realpath(folder) !== folder) strange.push({
				folder,
				words
			});
		} catch (error) {
			strange.push({
				folder,
				words: (isErrnoException(error) ? MISSING.get(error.code ?? "") : void 0) ?? null
			});
		}
	}
	return strange;
}
/** For each of those folders Apptainer refuses every SIF. Where the list may be for another machine that is a remark. */
function onThisMachine(verdict, strange, isHere) {
	if (verdict.verdict !== "allowed" || strange.length === 0) return verdict;
	const message = `${strange.map(({ folder }) => folder).join(", ")}: not here, or below a link; where a folder of the list is that, Apptainer refuses every SIF`;
	const words = strange.find((one) => one.words !== null)?.words;
	if (!isHere || words === void 0 || words === null) return {
		...verdict,
		reasons: [...verdict.reasons, {
			...gateReason("GATE_NOT_DECIDED", message),
			severity: "remark"
		}]
	};
	const hint = "make the folders, or give ⟨run-folder⟩ where the list is for another machine";
	return {
		...verdict,
		verdict: "denied",
		words,
		reasons: [{
			...gateReason("GATE_LIST_INVALID", message),
			hint
		}]
	};
}
/**
* A folder as Apptainer compares it: absolute, clean, and without links where it is there. The machine that it is for may be
* another one.
* @see https://github.com/apptainer/apptainer/blob/v1.4.5/pkg/image/image.go ResolvePath
*/
async function cleanFolder(given, { workingDirectory }) {
	const path = resolve(workingDirectory, given);
	const found = await stat(path).catch((error) => {
		if (isErrnoException(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return void 0;
		throw fileError(error, path, "read");
	});
	if (!found) return path;
	if (found.isDirectory()) return realpath(path);
	throw new UsageError("USAGE_INVALID_INPUT", `run-folder ${path} is a file`, { hint: "give the folder that the images will lie in, for instance ⟨run-folder=/srv/production⟩" });
}
async function configurationFrom(inputs, now) {
	const from = await policyOrFolder(inputs);
	if ("folder" in from) {
		const { readInstalled } = await import("./installed2.mjs");
		return readInstalled(resolve(inputs.workingDirectory, from.folder));
	}
	const { exportList } = await import("./files5.mjs");
	return exportList(from.loaded, placementsFrom(inputs.folderStage, from.loaded), now);
}

export { simulateList };