// src/gates/ecl/list.ts
/** How a group reads its fingerprints: one of them, all of them, none of them. */
const LIST_MODES = [
	"whitelist",
	"whitestrict",
	"blacklist"
];
/** The first mistake in the list; undefined when it is sound, as far as can be told without the machine it is for. */
function listProblem({ groups }) {
	const folders = /* @__PURE__ */ new Set();
	for (const { folder, mode, fingerprints, tagName } of groups) {
		const of = `of group ${JSON.stringify(tagName)}`;
		const dirpath = `the dirpath ${JSON.stringify(folder)} ${of}`;
		if (folders.has(folder)) return problem(`a specific dirpath can only appear in one execgroup: ${folder}`, `${dirpath} is in another one too`);
		folders.add(folder);
		if (folder.includes("\0")) return problem("invalid argument", `${dirpath} has a null character`);
		if (folder !== "" && !isOwnCleanForm(folder)) return problem("all execgroup dirpath`s should be fully cleaned with symlinks resolved", `${dirpath} is no absolute path without dots and a slash at its end`);
		if (!isListMode(mode)) return problem("the mode field can only be either: whitelist, whitestrict, blacklist", `the mode ${of} is ${JSON.stringify(mode)}`);
		const wrong = fingerprints.find((fingerprint) => !/^[0-9A-Fa-f]{40}$/.test(fingerprint));
		if (wrong !== void 0) return problem("expecting a 40 chars hex fingerprint string", `the fingerprint ${JSON.stringify(wrong)} ${of} is not 40 hex digits`);
	}
}
function problem(words, message) {
	return {
		words,
		message
	};
}
/** True for a path that is its own clean form and has no control characters, which TOML does not hold as they are. */
function isCleanFolder(path) {
	return isOwnCleanForm(path) && path.isWellFormed() && !/\p{Cc}/u.test(path);
}
function isOwnCleanForm(path) {
	if (path === "/") return true;
	const parts = path.split("/");
	return path.startsWith("/") && !parts.slice(1).some((part) => part === "" || part === "." || part === "..");
}
/** True for a mode that Apptainer knows. */
function isListMode(mode) {
	return LIST_MODES.some((known) => known === mode);
}
/** The group of an image in this folder; undefined when there is none, and nothing there runs. */
function groupFor({ groups }, folder) {
	return groups.find((group) => group.folder === folder) ?? groups.find((group) => group.folder === "");
}

export { listProblem as i, isCleanFolder as n, isListMode as r, groupFor as t };