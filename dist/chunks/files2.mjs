import { c as UsageError } from "./errors.mjs";
import { _ as wouldMatch, g as globPaths, r as assertWritableDocument } from "./files.mjs";
import { c as withoutContent, n as holdsSecret } from "./values.mjs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

// src/commands/inputs/files.ts
/** Names that statements and bundles get in a `bundle-folder`. */
const BUNDLE_NAME = /\.(?:sigstore|intoto)\.json$/;
const MAX_MATCHES = 1e4;
/**
* The files that raw inputs name, after a look at those that are written.
* @throws UsageError USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS; SystemError when a document cannot be written
*/
async function checkedFiles(specs, texts, folder) {
	const files = specs.flatMap((input) => namedBy(input, texts, folder));
	const written = files.filter(isWritten);
	for (const [index, file] of written.entries()) await assertDistinct(file, [...files.filter((other) => !isWritten(other)), ...written.slice(0, index)]);
	for (const { use, path } of written) if (use === "document" && !await isInFolderToMake(path, files)) await assertWritableDocument(path);
	return files;
}
/** A folder that is not there yet, and that the command makes, may receive a document as well. */
async function isInFolderToMake(path, files) {
	const folder = `${dirname(path)}${sep}`;
	const made = files.filter(({ use, path: other }) => use === "folder" && folder.startsWith(`${other}${sep}`));
	for (const { path: other } of made) if (await look(other) === void 0) return true;
	return false;
}
function namedBy(input, texts, folder) {
	const { name, type } = input;
	if (holdsSecret(input)) {
		const path = texts.get(`${name}-path`)?.trim();
		return path && path !== "-" ? [{
			input: `${name}-path`,
			use: "read",
			path: resolve(folder, path)
		}] : [];
	}
	const use = input.file ?? (type === "path" || type === "paths" ? "read" : void 0);
	const text = texts.get(name)?.trim() || input.default;
	if (use === void 0 || !text) return [];
	if (use !== "read" && text === "-") throw new UsageError("USAGE_INVALID_INPUT", `${name} is "-", and standard output is no file`, { hint: `give a name${input.example ? `, for instance ${input.example}` : ""}${use === "document" ? "; on the command line --json prints the report" : ""}` });
	if (use !== "read") return [{
		input: name,
		use,
		path: resolve(folder, text)
	}];
	return (type === "paths" ? withoutContent(text) : text).split(/\r?\n/).flatMap((line) => meanings(line.trim())).map((path) => ({
		input: name,
		use,
		path: resolve(folder, path),
		.../[*?[\]{}]/.test(path) ? { pattern: {
			text: path,
			cwd: folder
		} } : {}
	}));
}
/** A line may be a path, `SUBJECT=FILE`, or `oci:FOLDER` with a tag or digest after it. */
function meanings(line) {
	const found = [line];
	for (let at = line.indexOf("="); at >= 0; at = line.indexOf("=", at + 1)) found.push(line.slice(at + 1));
	const layout = /^oci:(?!\/\/)(.+)$/.exec(line)?.[1];
	if (layout === void 0) return found.filter((path) => path !== "");
	const folders = [...[...layout.matchAll(/:/g)].map(({ index }) => index).map((end) => layout.slice(0, end)), layout];
	found.push(...new Set(folders.flatMap((folder) => [folder, folder.replace(/@[^@]*$/, "")])));
	return found.filter((path) => path !== "");
}
function isWritten({ use }) {
	return use === "document" || use === "image";
}
/**
* Refuses a file to be written that is one of the others, or inside of a layout folder or among the bundles.
* @throws UsageError USAGE_CONFLICTING_INPUTS
*/
async function assertDistinct(file, others) {
	const place = await placeOf(file.path);
	if (place.stats && !place.stats.isFile()) return;
	for (const other of others) if (await covers(other, place)) throw conflict(file, other);
}
/** The same for every file to be written among some. @throws UsageError USAGE_CONFLICTING_INPUTS */
async function assertDistinctFrom(files, others) {
	for (const file of files.filter(isWritten)) await assertDistinct(file, others);
}
async function covers(other, place) {
	const found = await placeOf(other.path);
	if (other.use === "folder") return isSame({
		real: dirname(place.real),
		stats: void 0
	}, found) && BUNDLE_NAME.test(place.real);
	if (isSame(place, found)) return true;
	if (other.use !== "read") return false;
	if (found.stats?.isDirectory()) return isPartOfLayout(place.real, found.real);
	return other.pattern !== void 0 && !found.stats && matches(other.pattern, place);
}
/** True for what a layout folder consists of; what else lies in it is nobody's. */
async function isPartOfLayout(path, folder) {
	if (!path.startsWith(folder + sep) || !await look(join(folder, "oci-layout"))) return false;
	return /^(?:oci-layout|index\.json.*|blobs)$/.test(relative(folder, path).split(sep)[0] ?? "");
}
/** Whether a pattern names the file, or would name it once it is written: then the next run would read it. */
async function matches({ text, cwd }, place) {
	const { real: folder } = await placeOf(cwd);
	if (!place.stats) return wouldMatch(text, relative(folder, place.real)) || wouldMatch(text, place.real);
	let count = 0;
	for await (const path of globPaths(text, cwd)) {
		if (isSame(place, await placeOf(resolve(cwd, path)))) return true;
		if ((count += 1) > MAX_MATCHES) break;
	}
	return false;
}
async function placeOf(path) {
	return {
		real: await realpath(path).catch(async () => {
			const folder = await realpath(dirname(path)).catch(() => dirname(path));
			return join(folder, basename(path));
		}),
		stats: await look(path)
	};
}
async function look(path) {
	return stat(path, { bigint: true }).catch(() => void 0);
}
function isSame(one, other) {
	if (one.real === other.real) return true;
	return one.stats !== void 0 && one.stats.dev === other.stats?.dev && one.stats.ino === other.stats.ino;
}
function conflict(file, other) {
	return new UsageError("USAGE_CONFLICTING_INPUTS", `${file.input} would be written over what ${other.input} names: ${file.path}`, { hint: `give ⟨${file.input}⟩ a name of its own` });
}

export { assertDistinctFrom as n, checkedFiles as r, assertDistinct as t };