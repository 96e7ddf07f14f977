import { c as UsageError, l as fileError, u as isErrnoException } from "./errors.mjs";
import { g as globPaths, l as readFileBounded, v as isGlob } from "./files.mjs";
import { t as LIMITS } from "./limits.mjs";
import { r as formatReference } from "./reference.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { a as CHECKSUMS_INPUT, c as isLayoutFolder, i as referenceFrom, o as checksumNames, s as imageInLayout } from "./registry.mjs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";

// src/commands/inputs/subjects.ts
/** For commands that take SIF files alone. */
const SUBJECT_INPUT = {
	name: "subject-path",
	type: "paths",
	required: true,
	description: "SIF files, one path or glob a line, relative to `working-directory`. A pattern without a match is an error.",
	example: "images/*.sif"
};
/** For commands that take images in registries as well. */
const SUBJECT_INPUTS = [
	{
		...SUBJECT_INPUT,
		required: false,
		description: "SIF files and OCI layout folders, one path or glob a line, relative to `working-directory`. A pattern without a match is an error. A layout folder stands for its one tagged image, or its only one without a tag; where it has several, write `oci:FOLDER:TAG`. References like those of `subject-name` are understood too, when no file has that name."
	},
	{
		name: "subject-name",
		type: "list",
		file: "read",
		description: "Images in registries or OCI layout folders, one a line: `registry/repository:tag`, `registry/repository@sha256:…`, `oci:FOLDER:TAG` or `oci:FOLDER@sha256:…`. In a folder the tag may be a whole reference, where other tools wrote that. A tag is resolved once.",
		example: "ghcr.io/octo-org/app@sha256:…"
	},
	{
		name: "subject-digest",
		type: "digest",
		description: "Manifest digest of the image that `subject-name` names, when that has none itself.",
		example: "sha256:…"
	},
	CHECKSUMS_INPUT
];
/**
* The images that `subject-path`, `subject-name` and `subject-checksums` name, in that order.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_NO_MATCH, USAGE_CONFLICTING_INPUTS; RegistryError REGISTRY_REFERENCE_INVALID
*/
async function subjectsFrom(inputs) {
	const { subjectName: names, subjectDigest: digest } = inputs;
	if (digest && names.length !== 1) throw new UsageError("USAGE_CONFLICTING_INPUTS", `subject-digest was given with ${names.length} names`, { hint: "give ⟨subject-digest⟩ with exactly one ⟨subject-name⟩, or write name@digest" });
	const subjects = [];
	for (const pattern of inputs.subjectPath) if (looksLikeReference(pattern) && !await kindAt(resolve(inputs.workingDirectory, pattern))) subjects.push(await registrySubject(inputs, pattern));
	else for (const file of await filesOf(pattern, inputs, ANY_IMAGE)) addSubject(subjects, await subjectAt(file));
	for (const name of names) subjects.push(await registrySubject(inputs, digest ? `${name}@${digest}` : name));
	const listed = inputs.subjectChecksums === void 0 ? [] : await checksumNames(inputs.subjectChecksums);
	for (const name of listed) subjects.push(await registrySubject(inputs, name));
	if (subjects.length === 0) throw new UsageError("USAGE_MISSING_INPUT", "subject-path and subject-name are missing", { hint: "give the path of a SIF file, for instance ⟨subject-path=app.sif⟩, or the reference of an image" });
	return subjects;
}
/** Patterns may overlap; each file or folder counts once. */
function addSubject(subjects, subject) {
	if (!subjects.some((one) => one.in === "file" ? subject.in === "file" && one.path === subject.path : one.name === subject.name)) subjects.push(subject);
}
async function subjectAt(file) {
	if (await kindAt(file.path) !== "folder" || !await isLayoutFolder(file.path)) return {
		in: "file",
		...file
	};
	const reference = await imageInLayout(file.path, file.name);
	return {
		in: "registry",
		name: formatReference(reference),
		reference
	};
}
/**
* The image in the layout folder that `subject-path` names; undefined when it names no such folder. It never becomes text
* that is read again, which could mean another folder.
* @throws UsageError USAGE_INVALID_INPUT when it names several images
*/
async function layoutSource(inputs) {
	const subjects = [];
	for (const pattern of inputs.subjectPath) for (const file of await filesOf(pattern, inputs, ANY_IMAGE)) addSubject(subjects, await subjectAt(file));
	const layout = subjects.find((subject) => subject.in === "registry");
	if (layout && subjects.length > 1) throw tooMany(subjects.length);
	return layout;
}
function tooMany(count) {
	return new UsageError("USAGE_INVALID_INPUT", `subject-path names ${count} images`, { hint: "this command takes one image at a time" });
}
/** A path would have to be very unusual to look like this. */
function looksLikeReference(text) {
	return /^(?:oci:|oras:\/\/|docker:\/\/)/.test(text) || /^[^/\s]+[.:][^/\s]*\/.+(?::[^/]+|@sha256:[0-9a-f]{64})$/.test(text);
}
async function registrySubject(inputs, text) {
	const reference = await referenceFrom(inputs, text);
	return {
		in: "registry",
		name: formatReference(reference),
		reference
	};
}
/** For commands that read evidence kept beside an image. */
const EVIDENCE_INPUT = {
	name: "evidence-path",
	type: "paths",
	description: "Signed evidence kept in files, as what is too large for a SIF, one bundle file (`*.sigstore.json`) or glob a line. Approvals in these files do not count.",
	example: "app.sif.sbom.sigstore.json"
};
/** Where GPG signatures are read. */
const LOOKASIDE_INPUT = {
	name: "lookaside",
	type: "path",
	file: "read",
	description: "Folder with GPG signatures of images in registries (`octo-org/app@sha256=…/signature-1`), as podman and skopeo read them: they count for stages with `native: simple-signing`. Default: none is read.",
	example: "signatures"
};
/**
* The bundles that `evidence-path` names; a file that is none is no evidence that could be looked at.
* @throws UsageError USAGE_NO_MATCH; SignatureError SIGNATURE_BUNDLE_INVALID; SystemError, DataError
*/
async function evidenceFrom(inputs) {
	const found = [];
	for (const pattern of inputs.evidencePath) for (const { name, path } of await filesOf(pattern, inputs, { input: "evidence-path" })) {
		const bytes = await readFileBounded(path, LIMITS.bundleBytes);
		assertBundle(bytes, name);
		found.push({
			place: {
				in: "registry",
				name: `file ${name}`
			},
			bytes,
			evidenceOnly: true
		});
	}
	return found;
}
function assertBundle(bytes, name) {
	try {
		parseBundle(bytes);
	} catch (error) {
		throw error instanceof SignatureError ? error.about(name) : error;
	}
}
/** Files named by one command. */
const MAX_SUBJECTS = 1e4;
/**
* The files that `subject-path` names; each once.
* @throws UsageError USAGE_NO_MATCH when a path or pattern names nothing, or too much; DataError DATA_NOT_UTF8 and
* SystemError for what matches and cannot be read
*/
async function subjectFiles(inputs) {
	const found = /* @__PURE__ */ new Map();
	for (const pattern of inputs.subjectPath) for (const file of await filesOf(pattern, inputs)) found.set(file.path, file);
	return [...found.values()];
}
const ANY_IMAGE = {
	input: "subject-path",
	layouts: true
};
async function filesOf(pattern, inputs, wanted = { input: "subject-path" }) {
	const { input } = wanted;
	const names = await kindAt(resolve(inputs.workingDirectory, pattern)) ? [pattern] : await matches(pattern, inputs.workingDirectory, wanted);
	if (names.length === 0) {
		const problem = isGlob(pattern) ? `no file matches ${pattern}` : `there is no file ${pattern}`;
		throw new UsageError("USAGE_NO_MATCH", `${input}: ${problem}`, { hint: `check the path; relative ones start at ${inputs.workingDirectory}` });
	}
	if (names.length > MAX_SUBJECTS) throw new UsageError("USAGE_NO_MATCH", `${input}: more than ${MAX_SUBJECTS} files match ${pattern}`, { hint: "use a narrower pattern" });
	return names.map((name) => ({
		name,
		path: resolve(inputs.workingDirectory, name)
	}));
}
/**
* The single file that `subject-path` names.
* @throws UsageError USAGE_NO_MATCH, USAGE_INVALID_INPUT when there are several
*/
async function subjectFile(inputs) {
	const files = await subjectFiles(inputs);
	const [file] = files;
	if (!file || files.length > 1) throw tooMany(files.length);
	return file;
}
/** A path that exists is a path, whatever characters it has; one that may not be looked at is reported when opened. */
async function kindAt(path) {
	try {
		return (await stat(path)).isDirectory() ? "folder" : "file";
	} catch (error) {
		return isErrnoException(error) && error.code === "EACCES" ? "file" : void 0;
	}
}
/** Nothing that matches is passed over but folders that are no image: who verifies what is there must learn of all. */
async function matches(pattern, cwd, { layouts }) {
	if (!isGlob(pattern)) return [];
	const names = [];
	for await (const name of globPaths(pattern, cwd)) {
		const path = resolve(cwd, name);
		if ((await statOf(path)).isFile() || layouts && await isLayoutFolder(path)) names.push(name);
		if (names.length > MAX_SUBJECTS) break;
	}
	return names.sort();
}
async function statOf(path) {
	try {
		return await stat(path);
	} catch (error) {
		throw fileError(error, path, "read");
	}
}

export { evidenceFrom as a, subjectFiles as c, SUBJECT_INPUTS as i, subjectsFrom as l, LOOKASIDE_INPUT as n, layoutSource as o, SUBJECT_INPUT as r, subjectFile as s, EVIDENCE_INPUT as t };