import { l as fileError, o as SystemError, u as isErrnoException } from "./errors.mjs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

// src/files/folder.ts
/**
* Makes a folder unless it is there. `mode` is for every folder that is made.
* @throws SystemError FILE_NO_PERMISSION, FILE_WRITE_FAILED, DISK_FULL
*/
async function makeFolder(path, mode = 511) {
	const missing = [];
	for (let at = resolve(path); !await isFolder(at); at = dirname(at)) missing.push(at);
	for (const folder of missing.toReversed()) await makeOne(folder, mode);
}
async function makeOne(path, mode) {
	try {
		await mkdir(path, { mode });
	} catch (error) {
		const code = isErrnoException(error) ? error.code : void 0;
		if (code === "EEXIST" && await isFolder(path)) return;
		if (code === "ENOENT" || code === "EEXIST") throw impossible(path, "cannot be made here", error);
		throw fileError(error, path, "write");
	}
}
/** False when nothing is there. The root always is. */
async function isFolder(path) {
	try {
		if ((await stat(path)).isDirectory()) return true;
	} catch (error) {
		const code = isErrnoException(error) ? error.code : void 0;
		if ((code === "ENOENT" || code === "ENOTDIR") && dirname(path) !== path) return false;
		throw fileError(error, path, "write");
	}
	throw impossible(path, "is there and is no folder");
}
function impossible(path, problem, cause) {
	return new SystemError("FILE_WRITE_FAILED", `the folder ${path} ${problem}`, {
		cause,
		hint: "give a folder in a place where folders can be made"
	});
}

export { makeFolder as t };