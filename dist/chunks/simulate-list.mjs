import { t as CountersignError } from "./errors.mjs";
import { s as subjectFiles } from "./subjects.mjs";
import { n as placementsFrom } from "./places.mjs";
import { n as policyOrFolder } from "./simulate2.mjs";
import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";

// src/commands/gates/simulate-list.ts
/** The list's verdict about each of the files. @throws UsageError, PolicyError, GateError, SystemError */
async function simulateList(images, inputs, host) {
	const { judgeByList } = await import("./simulate4.mjs");
	const { createVerifier } = await import("./verifier.mjs");
	const { trustIn } = await import("./trust.mjs");
	const { openFileSource } = await import("./source.mjs");
	const { openSif } = await import("./sif2.mjs");
	const now = inputs.now ?? host.now();
	const { list, keyring } = await configurationFrom(inputs, now);
	const verifier = await createVerifier(trustIn({ keyrings: keyring.length > 0 ? [keyring] : [] }));
	const results = [];
	for (const { name, path } of await subjectFiles({
		...inputs,
		subjectPath: images
	})) {
		const folder = inputs.runFolder ?? dirname(await realpath(path));
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
				...verdict
			});
		} catch (error) {
			if (!(error instanceof CountersignError) || !error.code.startsWith("SIF_")) throw error;
			const { code, message, hint } = error;
			results.push({
				name,
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