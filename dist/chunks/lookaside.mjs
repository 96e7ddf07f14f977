import { l as fileError, o as SystemError, u as isErrnoException } from "./errors.mjs";
import { l as readFileBounded } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { link, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";

// src/oci/lookaside.ts
/** The repository's name without the host, as signatures are filed: `octo-org/app`. */
function filedName(place) {
	return place.slice(place.indexOf("/") + 1);
}
/**
* So many, or more, podman takes for an error of the server, and refuses the image.
* @see https://github.com/containers/image/blob/v5.36.2/docker/docker_image_src.go
*/
const TOO_MANY_SIGNATURES = 128;
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
	while (found.length < 128) try {
		found.push(await readFileBounded(signaturePath(folder, image, found.length + 1), MAX_BYTES));
	} catch (error) {
		if (!(error instanceof SystemError && error.code === "FILE_NOT_FOUND") || isErrnoException(error.cause) && error.cause.code === "ENOTDIR") throw error;
		break;
	}
	return found;
}
/** First bytes of an OpenPGP message, as podman knows them. */
const OPENPGP = /* @__PURE__ */ new Set([
	160,
	161,
	162,
	163,
	200,
	144,
	145,
	146,
	61,
	196,
	136,
	137,
	138,
	139,
	194
]);
const NAMED = Buffer.from("\0simple-signing\n");
const OTHER = Buffer.from("\0sigstore-json\n");
/** The OpenPGP message in a file; `other` for a form that podman knows too; undefined for what makes it fail. */
function simpleSignature(blob) {
	if (OPENPGP.has(blob[0] ?? 0)) return blob;
	const starts = (name) => Buffer.from(blob).subarray(0, name.length).equals(name);
	if (starts(NAMED)) return blob.subarray(NAMED.length);
	return starts(OTHER) ? "other" : void 0;
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
		for (let index = 1; index < 128; index += 1) {
			const path = signaturePath(folder, image, index);
			if (await isLinked(temporary, path)) return path;
		}
	} catch (error) {
		throw fileError(error, folder, "write");
	} finally {
		await rm(temporary, { force: true });
	}
	throw new SystemError("FILE_WRITE_FAILED", `${dirname(temporary)} has 127 signatures, and podman refuses an image with more`, { hint: "remove signatures that are not needed, and number the others from 1 without a gap" });
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
/**
* Adds the signatures of one image to those of another that it is a copy of, those that are there aside; how many.
* @throws as readLookaside, addToLookaside
*/
async function copyLookaside(folder, from, to) {
	const present = await readLookaside(folder, to);
	const missing = (await readLookaside(folder, from)).filter((one) => !present.some((other) => Buffer.compare(one, other) === 0));
	for (const signature of missing) await addToLookaside(folder, to, signature);
	return missing.length;
}

export { simpleSignature as a, readLookaside as i, copyLookaside as n, filedName as r, addToLookaside as t };