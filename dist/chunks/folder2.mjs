import { f as sha256Hex, g as utf8 } from "./bytes.mjs";
import { u as isErrnoException } from "./errors.mjs";
import { h as writeFileAtomic } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { r as GateError } from "./errors11.mjs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

// src/gates/folder.ts
/**
* Writes the folder, made when it is missing.
* @throws GateError GATE_FOLDER_NOT_EMPTY; SystemError
*/
async function writeExport(folder, made, page) {
	const files = [...made.files, {
		name: "README.md",
		content: pageText(made, page)
	}];
	const sums = files.map(({ name, content }) => `${sha256Hex(bytesOf(content))}  ${name}\n`);
	return writeNewFolder(folder, [...files, {
		name: "SHA256SUMS",
		content: sums.join("")
	}]);
}
/**
* Writes files into a folder that is new or empty, and returns their names. The first, which stands for the others, is
* written last: without it nobody takes what was cut off for the whole.
* @throws GateError GATE_FOLDER_NOT_EMPTY; SystemError
*/
async function writeNewFolder(folder, files) {
	if ((await readdir(folder).catch((error) => {
		if (isErrnoException(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
		throw error;
	})).length > 0) throw new GateError("GATE_FOLDER_NOT_EMPTY", `${folder} is not empty`);
	for (const { name, content, executable } of [...files.slice(1), ...files.slice(0, 1)]) {
		const path = join(folder, name);
		await makeFolder(dirname(path));
		await writeFileAtomic(path, content, executable ? 493 : 420);
	}
	return files.map(({ name }) => name);
}
function bytesOf(content) {
	return typeof content === "string" ? utf8(content) : content;
}
function pageText({ asks, losses, whole, unasked, warnings }, { title, source, body }) {
	return [
		`# ${title}`,
		"",
		`Made by \`countersign export\` from the policy ${source}. Check the files before installing: \`sha256sum -c SHA256SUMS\`.`,
		"",
		"## What the gate asks",
		"",
		...list(asks, "Nothing."),
		"",
		...whole ? [] : losing(losses, unasked),
		...warnings.length > 0 ? [
			"## Before installing",
			"",
			...list(warnings, ""),
			""
		] : [],
		...body,
		""
	].join("\n");
}
const UNASKED = "For which stage a signature was given, whether it was withdrawn or replaced since, and when its approval expires, no gate asks of any policy.";
function losing(losses, unasked = UNASKED) {
	return [
		"## What the policy asks and this gate cannot",
		"",
		...list(losses.map(lossText), "Nothing that this policy uses."),
		"",
		unasked,
		"Only `countersign verify-all` decides by the whole policy.",
		""
	];
}
function list(items, none) {
	return items.length === 0 ? [none] : items.map((item) => `- ${item}`);
}
/** A loss as a line. */
function lossText({ rule, text }) {
	return `${rule}: ${text}`;
}

export { writeExport as n, writeNewFolder as r, lossText as t };