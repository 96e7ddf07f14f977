import { t as LIMITS } from "./limits.mjs";
import { o as SystemError } from "./errors.mjs";
import { o as readFileBounded } from "./files.mjs";
import { a as readList, n as LIST_FILE, t as KEYS_FILE } from "./files4.mjs";
import { dirname, extname, join } from "node:path";

// src/gates/ecl/installed.ts
/**
* What is in a folder such as /etc/apptainer, or one that `export ecl` wrote; or in a list by its path, and beside it.
* @throws GateError GATE_CONFIGURATION_INVALID; SystemError FILE_NOT_FOUND when there is no list
*/
async function readInstalled(path) {
	const [folder, file] = extname(path) === ".toml" ? [dirname(path), path] : [path, join(path, LIST_FILE)];
	return {
		list: readList(await readFileBounded(file, LIMITS.policyBytes), file),
		keyring: await readFileBounded(join(folder, KEYS_FILE), LIMITS.keyFileBytes).catch((error) => {
			if (error instanceof SystemError && error.code === "FILE_NOT_FOUND") return /* @__PURE__ */ new Uint8Array();
			throw error;
		})
	};
}

export { readInstalled };