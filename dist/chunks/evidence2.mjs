import { u as printable } from "./text.mjs";
import { t as attachEvidence } from "./evidence.mjs";
import { n as assertSound } from "./review.mjs";
import { s as examineSif } from "./verify.mjs";
import { t as makeFolder } from "./folder.mjs";
import { r as openSif } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { i as trustIn } from "./trust.mjs";
import { g as subjectDigests, m as parseStatementHead } from "./statement.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { r as openFrom } from "./registry.mjs";
import { i as writeStatements, r as writeBundles, t as assertBundlesFit } from "./files3.mjs";
import { basename, dirname } from "node:path";

// src/commands/evidence/evidence.ts
/**
* Stores the statements about an image, in the file or attached in its registry.
* @throws as storeEvidence, storeRegistryEvidence
*/
async function storeStatements(subject, options, { inputs, host }) {
	if (subject.in === "file") return storeEvidence({
		...options,
		path: subject.path
	});
	const { reference } = subject;
	const { storeRegistryEvidence } = await import("./registry3.mjs");
	const access = options.signer && !options.beside ? "push" : "pull";
	await using opened = await openFrom(inputs, host, {
		reference,
		access,
		existing: true
	});
	const where = {
		repository: opened.repository,
		reference,
		defaultFolder: inputs.workingDirectory
	};
	const stored = await storeRegistryEvidence({
		...options,
		...where
	});
	for (const remark of stored.remarks ?? []) host.warning(`${subject.name}: ${remark}`);
	return stored;
}
/** What was signed about, pinned where it is in a registry: its tag may name another image by now. */
function signedAbout({ name, reference }) {
	return printable(reference ?? name, 1e3);
}
/** Signs the same statement about each of the images. */
async function signOnEach(subjects, { statement, signer }, reach) {
	const images = [];
	for (const subject of subjects) {
		const { evidence, reference } = await storeStatements(subject, {
			statements: [statement],
			signer,
			now: reach.host.now(),
			beside: false,
			folder: void 0
		}, reach);
		images.push({
			name: subject.name,
			reference,
			digest: evidence[0]?.digest ?? ""
		});
	}
	return images;
}
/**
* Stores the statements; what is there already stays as it is.
* @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; DataError DATA_TOO_LARGE; SifError and SystemError when the image or a file cannot be read or written
*/
async function storeEvidence(options) {
	const { signer, folder } = options;
	if (folder !== void 0) await makeFolder(folder);
	return signer && options.statements.length > 0 ? storeSigned(options, signer) : storeUnsigned(options);
}
async function storeSigned(options, signer) {
	const { path, statements, now, beside, examination, onBytes } = options;
	assertBundlesFit(statements);
	const read = {
		...examination ? { examination } : {},
		...onBytes ? { onBytes } : {}
	};
	const attached = await attachEvidence({
		path,
		statements,
		signer,
		now,
		beside,
		...read
	});
	const all = options.folder !== void 0;
	const evidence = await writeBundles(attached, statements, {
		at: folderOf(options),
		all,
		signer,
		now
	});
	const first = attached[0];
	return {
		evidence,
		reference: null,
		contentDigests: first ? digestsIn(first.bundle) : []
	};
}
function folderOf({ path, as, folder }) {
	const named = as ?? path;
	return {
		folder: folder ?? dirname(named),
		name: basename(named)
	};
}
function digestsIn(bundle) {
	const { subject } = parseStatementHead(parseBundle(bundle).envelope.payload);
	return subject.flatMap(subjectDigests);
}
async function storeUnsigned(options) {
	const examination = await examineContent(options.path, options);
	return {
		evidence: await writeStatements(options.statements, examination.subjects, folderOf(options)),
		contentDigests: examination.facts.contentDigests,
		reference: null
	};
}
/** The content of an image, signatures left unchecked. @throws SifError, SystemError */
async function examineContent(path, { now, onBytes }) {
	await using source = await openFileSource(path);
	const verifier = await createVerifier(trustIn({}));
	const image = await openSif(source);
	const examination = await examineSif(image, {
		name: path,
		verifier,
		now,
		...onBytes ? { onBytes } : {}
	});
	assertSound(examination.facts.problems);
	await source.assertStill();
	return examination;
}

export { storeStatements as a, storeEvidence as i, signOnEach as n, signedAbout as r, examineContent as t };