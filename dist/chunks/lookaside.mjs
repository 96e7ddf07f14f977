import { l as fileError, o as SystemError, u as isErrnoException } from "./errors.mjs";
import { o as readFileBounded } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { link, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";

// src/oci/lookaside.ts
/** podman takes more for an error of the server. */
const MAX_SIGNATURES = 128;
const MAX_BYTES = 65536;
/**
* The file of a signature, from 1, below the folder.
* @see https://github.com/containers/image/blob/v5.36.2/docs/signature-protocols.md
*/
function signaturePath(folder, { repository, digest }, index) {
	return join(folder, `${repository}@${digest.replace(":", "=")}`, `signature-${index}`);
}
/**
* The signatures of an image, as podman reads them: up to the first number that is missing.
* @throws SystemError, DataError DATA_TOO_LARGE
*/
async function readLookaside(folder, image) {
	const found = [];
	while (found.length < MAX_SIGNATURES) try {
		found.push(await readFileBounded(signaturePath(folder, image, found.length + 1), MAX_BYTES));
	} catch (error) {
		if (!(error instanceof SystemError && error.code === "FILE_NOT_FOUND") || isErrnoException(error.cause) && error.cause.code === "ENOTDIR") throw error;
		break;
	}
	return found;
}
/**
* Adds a signature under the next free number and returns its file. It appears as a whole, and of several writers each
* gets a number of its own.
* @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED, also where there are too many signatures
*/
async function addToLookaside(folder, image, signature) {
	const temporary = join(dirname(signaturePath(folder, image, 1)), `.${randomBytes(6).toString("hex")}.tmp`);
	try {
		await makeFolder(dirname(temporary));
		await writeFile(temporary, signature, {
			flag: "wx",
			mode: 420,
			flush: true
		});
		for (let index = 1; index <= MAX_SIGNATURES; index += 1) {
			const path = signaturePath(folder, image, index);
			if (await isLinked(temporary, path)) return path;
		}
	} catch (error) {
		throw fileError(error, folder, "write");
	} finally {
		await rm(temporary, { force: true });
	}
	throw new SystemError("FILE_WRITE_FAILED", `${dirname(temporary)} has ${MAX_SIGNATURES} signatures`, { hint: "remove signatures that are not needed, and number the others from 1 without a gap" });
}
/** False when the number is taken. */
async function isLinked(from, to) {
	try {
		await link(from, to);
		return true;
	} catch (error) {
		if (isErrnoException(error) && error.code === "EEXIST") return false;
		throw error;
	}
}

export { readLookaside as n, addToLookaside as t };