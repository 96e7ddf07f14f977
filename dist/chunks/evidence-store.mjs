import { r as DataError, t as CountersignError } from "./errors.mjs";
import { a as readFileBounded, c as writeFileAtomic } from "./file.mjs";
import { i as sha256 } from "./digest.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as assertTrustedEvent } from "./untrusted-event.mjs";
import { t as UNSAFE } from "./unsafe-text.mjs";
import { c as openSif, i as openFileSource } from "./source.mjs";
import { d as parseStatement, f as subjectDigests, u as encodeStatement } from "./sif-natives.mjs";
import { s as encodePae } from "./native-dsse.mjs";
import { a as assertStatementReadable, i as assertSound } from "./read-back.mjs";
import { a as parseBundle } from "./unlike-cosign.mjs";
import { n as examineSif } from "./sif-facts.mjs";
import { t as createVerifier } from "./verifier.mjs";
import { t as makeFolder } from "./folder.mjs";
import { n as ScanError } from "./errors7.mjs";
import { r as signerFrom } from "./signing-inputs.mjs";
import { r as sifSubjects, t as attachEvidence } from "./attach.mjs";
import { basename, dirname, join } from "node:path";

// src/scan/fields.ts
/** Longest text kept from a report, in UTF-16 units. */
const TEXT_LIMIT = 400;
const NOTHING = Object.freeze(Object.create(null));
/** One printable line of at most 400 characters. */
function printable(text) {
	return text.slice(0, TEXT_LIMIT).replace(UNSAFE, " ").replace(/ {2,}/g, " ").trim();
}
/** A non-empty printable text; undefined for everything else, so that a missing name is never an empty one. */
function textOf(value) {
	return typeof value === "string" ? printable(value) || void 0 : void 0;
}
/**
* The items of a list; none when absent or null.
* @throws ScanError SCAN_REPORT_INVALID
*/
function listOf(value, what) {
	if (value === void 0 || value === null) return [];
	if (!Array.isArray(value)) throw new ScanError("SCAN_REPORT_INVALID", `${what} is not a list`);
	return value;
}
/**
* The objects of a list; none when absent or null.
* @throws ScanError SCAN_REPORT_INVALID
*/
function objectsOf(value, what) {
	return listOf(value, what).map((item) => objectOf(item, `an entry of ${what}`));
}
/**
* An object; an empty one when absent or null.
* @throws ScanError SCAN_REPORT_INVALID
*/
function objectOf(value, what) {
	if (value === void 0 || value === null) return NOTHING;
	if (!isJsonObject(value)) throw new ScanError("SCAN_REPORT_INVALID", `${what} is not an object`);
	return value;
}
/** The printable texts of a list. @throws ScanError SCAN_REPORT_INVALID */
function textsOf(value, what) {
	return listOf(value, what).flatMap((item) => textOf(item) ?? []);
}
/**
* A text that must be there: the id of a vulnerability.
* @throws ScanError SCAN_REPORT_INVALID
*/
function requiredText(value, what) {
	const text = textOf(value);
	if (text === void 0) throw new ScanError("SCAN_REPORT_INVALID", `${what} is missing or not a text`);
	return text;
}
/** A time as RFC 3339 in UTC; null when absent or unreadable. */
function timeOf(value) {
	const time = typeof value === "string" ? new Date(value) : void 0;
	return time && !Number.isNaN(time.getTime()) ? time.toISOString() : null;
}

// src/commands/signing-event.ts
/**
* The signer that the inputs describe, refused on events that people without write access can trigger; undefined when
* no key was given, which is fine on every event.
* @throws UsageError USAGE_UNTRUSTED_EVENT and those of signerFrom
*/
async function signerOnTrustedEvent(command, inputs, host) {
	if (inputs.text("signing-method") === void 0 && inputs.secret("key") === void 0) return void 0;
	const path = host.env["GITHUB_EVENT_PATH"];
	const payload = path ? await readFileBounded(path, LIMITS.reportBytes).catch(() => void 0) : void 0;
	assertTrustedEvent(command, {
		env: host.env,
		payload,
		allowed: inputs.boolean("allow-untrusted-event")
	});
	return signerFrom(inputs, host.now(), host.env);
}

// src/commands/evidence-files.ts
/**
* Refuses statements that no reader of bundles would take once they are signed.
* @throws DataError DATA_TOO_LARGE
*/
function assertBundlesFit(statements) {
	for (const { label, predicate } of statements) {
		const bytes = Math.ceil(Buffer.byteLength(JSON.stringify(predicate)) * 4 / 3);
		if (bytes > LIMITS.bundleBytes) throw new DataError("DATA_TOO_LARGE", `${label} signed has about ${bytes} bytes; the limit is ${LIMITS.bundleBytes}`, { hint: "leave out what is not needed (an SBOM without its list of files is much smaller), or run without a key to keep it as an unsigned statement" });
	}
}
/** Writes the bundles that are wanted as files: all of them, or only those that are nowhere else. */
async function writeBundles(signed, statements, options) {
	const labels = uniqueLabels(statements);
	const evidence = [];
	for (const [index, { predicateType, where, bundle, digest }] of signed.entries()) {
		const label = labels[index] ?? "other";
		const path = where === "file" || options.all ? pathOf(options.at, `${label}.sigstore.json`) : null;
		const there = path !== null && await holdsSame(path, digest, options);
		if (path !== null && !there) await writeFileAtomic(path, bundle);
		const place = there && where === "file" ? "present" : where;
		evidence.push({
			label,
			predicateType,
			signed: true,
			where: place,
			digest,
			path
		});
	}
	return evidence;
}
/** Writes unsigned statements, all or none. @throws StageError STAGE_LAYER_UNREADABLE; SystemError */
async function writeStatements(statements, subject, at) {
	const labels = uniqueLabels(statements);
	const encoded = statements.map(({ predicateType, predicate }, index) => {
		const label = labels[index] ?? "other";
		const payload = encodeStatement({
			subject,
			predicateType,
			predicate
		});
		assertStatementReadable(payload, label);
		return {
			label,
			predicateType,
			payload
		};
	});
	const evidence = [];
	for (const { label, predicateType, payload } of encoded) {
		const path = pathOf(at, `${label}.intoto.json`);
		await writeFileAtomic(path, payload);
		evidence.push({
			label,
			predicateType,
			signed: false,
			where: "file",
			digest: sha256(payload),
			path
		});
	}
	return evidence;
}
function pathOf({ folder, name }, ending) {
	return join(folder, `${name}.${ending}`);
}
function uniqueLabels(statements) {
	const seen = /* @__PURE__ */ new Map();
	return statements.map(({ label }) => {
		const count = (seen.get(label) ?? 0) + 1;
		seen.set(label, count);
		return count === 1 ? label : `${label}-${count}`;
	});
}
/** True when the file is a bundle of the same statement by the same signer. */
async function holdsSame(path, digest, by) {
	try {
		const { envelope, payloadDigest, material } = parseBundle(await readFileBounded(path, LIMITS.bundleBytes));
		if (payloadDigest !== digest) return false;
		const verifier = await createVerifier(by.signer.publicMaterial);
		const pae = encodePae(envelope.payloadType, envelope.payload);
		const { signature, keyid } = envelope;
		return (await verifier.verifyDsse({
			pae,
			signature,
			material,
			keyid,
			hashing: "bundle"
		}, by.now)).status === "valid";
	} catch (error) {
		if (error instanceof CountersignError) return false;
		throw error;
	}
}
/** One line about where a statement went. */
function describeEvidence({ label, signed, where, path }) {
	const place = {
		lane: "in the image",
		referrer: "attached in the registry",
		present: "was there already",
		file: "beside the image"
	}[where];
	return `${label}: ${signed ? "signed" : "not signed"}, ${place}${path === null ? "" : `, ${path}`}`;
}

// src/commands/evidence-store.ts
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
	const { path, statements, now, beside, onBytes } = options;
	assertBundlesFit(statements);
	const attached = await attachEvidence({
		path,
		statements,
		signer,
		now,
		beside,
		...onBytes ? { onBytes } : {}
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
		evidence: await writeStatements(options.statements, sifSubjects(examination), folderOf(options)),
		contentDigests: examination.groups.map(({ digest }) => digest)
	};
}
/** The content of an image, signatures left unchecked. */
async function examineContent(path, { now, onBytes }) {
	await using source = await openFileSource(path);
	const verifier = await createVerifier({
		keyrings: [],
		keys: [],
		anchors: [],
		intermediates: [],
		certificates: []
	});
	const image = await openSif(source);
	const examination = await examineSif(image, {
		name: path,
		verifier,
		now,
		...onBytes ? { onBytes } : {}
	});
	assertSound(examination.facts.problems);
	return examination;
}

export { writeStatements as a, objectsOf as c, textOf as d, textsOf as f, writeBundles as i, printable as l, assertBundlesFit as n, signerOnTrustedEvent as o, timeOf as p, describeEvidence as r, objectOf as s, storeEvidence as t, requiredText as u };