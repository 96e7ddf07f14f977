import { g as utf8, r as decodeUtf8 } from "./bytes.mjs";
import { o as SystemError, u as isErrnoException } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { l as readFileBounded } from "./files.mjs";
import { t as readContainersPolicy } from "./policy-json.mjs";
import { n as readRegistries } from "./registries.mjs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

// src/gates/containers/installed.ts
const REGISTRIES = "registries.d";
const EXPORTED = "countersign.yaml";
/**
* What is in a folder: `policy.json`, and `registries.d` if it is there. Paths of keys are taken as they stand; in the folder
* of an export, whose keys are not installed yet, they are looked for in `keys`.
* @throws GateError GATE_CONFIGURATION_INVALID; SystemError
*/
async function readInstalledContainers(folder, file = join(folder, "policy.json")) {
	const names = await readdir(join(folder, REGISTRIES)).catch((error) => {
		if (isErrnoException(error) && error.code === "ENOENT") return [];
		throw error;
	});
	const files = /* @__PURE__ */ new Map();
	let room = LIMITS.registriesBytes;
	for (const name of names.filter((one) => one.endsWith(".yaml")).sort()) {
		const path = join(folder, REGISTRIES, name);
		const bytes = await readFileBounded(path, room);
		room -= bytes.length;
		files.set(path, decodeUtf8(bytes, path));
	}
	const isExport = names.includes(EXPORTED);
	return {
		policy: readContainersPolicy(await readFileBounded(file, LIMITS.policyBytes), file),
		registries: await readRegistries(files),
		async read(path) {
			try {
				return await readFileBounded(resolve(folder, path), LIMITS.keyFileBytes);
			} catch (error) {
				const exported = join(folder, "keys", path.slice(path.lastIndexOf("/") + 1));
				if (!isExport || !(error instanceof SystemError) || error.code !== "FILE_NOT_FOUND") throw error;
				return await readFileBounded(exported, LIMITS.keyFileBytes).catch(() => {
					throw error;
				});
			}
		}
	};
}
/** An export as it will be once it is installed. */
async function gateOfExport({ files }) {
	const bytesOf = (wanted) => {
		const content = files.find(({ name }) => wanted(name))?.content ?? "";
		return typeof content === "string" ? utf8(content) : content;
	};
	const registries = bytesOf((name) => name.startsWith(REGISTRIES));
	return {
		policy: readContainersPolicy(bytesOf((name) => name === "policy.json"), "policy.json"),
		registries: await readRegistries(/* @__PURE__ */ new Map([[REGISTRIES, decodeUtf8(registries, REGISTRIES)]])),
		read: async (path) => bytesOf((name) => name === `keys/${path.slice(path.lastIndexOf("/") + 1)}`)
	};
}

export { gateOfExport, readInstalledContainers };