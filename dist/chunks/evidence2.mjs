import { t as attachEvidence } from "./evidence.mjs";
import { i as assertSound } from "./readable.mjs";
import { t as examineSif } from "./examine.mjs";
import { t as makeFolder } from "./folder.mjs";
import { i as openSif } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { r as parseBundle } from "./bundle.mjs";
import { o as trustIn } from "./trust.mjs";
import { g as subjectDigests, p as parseStatement } from "./statement.mjs";
import { n as createVerifier } from "./verifier.mjs";
import { i as writeStatements, r as writeBundles, t as assertBundlesFit } from "./files3.mjs";
import { basename, dirname } from "node:path";

// src/commands/evidence/evidence.ts
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
	const { subject } = parseStatement(parseBundle(bundle).envelope.payload);
	return subject.flatMap(subjectDigests);
}
async function storeUnsigned(options) {
	const examination = await examineContent(options.path, options);
	return {
		evidence: await writeStatements(options.statements, examination.subjects, folderOf(options)),
		contentDigests: examination.facts.contentDigests
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

export { storeEvidence as n, examineContent as t };