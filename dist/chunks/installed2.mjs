import { t as LIMITS } from "./limits.mjs";
import { o as SystemError } from "./errors.mjs";
import { l as readFileBounded } from "./files.mjs";
import { a as readList, n as LIST_FILE, t as KEYS_FILE } from "./files4.mjs";
import { r as GateError } from "./errors11.mjs";
import { dirname, extname, join } from "node:path";

// src/gates/ecl/installed.ts
/**
* What is in a folder such as /etc/apptainer, or one that `export ecl` wrote; or in a list by its path, and beside it.
* @throws GateError GATE_CONFIGURATION_INVALID, also when the folder has no list; SystemError FILE_NOT_FOUND for a list by its path
* @see https://github.com/apptainer/apptainer/blob/v1.4.5/internal/pkg/sypgp/sypgp.go loadKeyring
*/
async function readInstalled(path) {
	const isFile = extname(path) === ".toml";
	const [folder, file] = isFile ? [dirname(path), path] : [path, join(path, LIST_FILE)];
	const bytes = await readFileBounded(file, LIMITS.executionListBytes).catch((error) => {
		if (isFile || !(error instanceof SystemError) || error.code !== "FILE_NOT_FOUND") throw error;
		throw new GateError("GATE_CONFIGURATION_INVALID", `there is no ${file}: Apptainer without a list lets everything run`, {
			cause: error,
			hint: "check ⟨gate-path⟩: it is a folder that export wrote, or /etc/apptainer"
		});
	});
	const list = readList(bytes, file);
	const keys = join(folder, KEYS_FILE);
	const keyring = await readFileBounded(keys, LIMITS.keyFileBytes).catch((error) => {
		if (error instanceof SystemError && error.code === "FILE_NOT_FOUND") return /* @__PURE__ */ new Uint8Array();
		throw error;
	});
	if (list.activated && Buffer.from(keyring).includes("-----BEGIN PGP ")) throw new GateError("GATE_CONFIGURATION_INVALID", `${keys} holds armored keys: Apptainer reads a binary global keyring alone, and refuses every SIF with this one`, { hint: "take the armor off, for instance with gpg --dearmor, or import the keys into the global keyring anew" });
	return {
		list,
		keyring
	};
}

export { readInstalled };