import { r as DataError, t as CountersignError } from "./errors.mjs";
import { d as matchPrincipals, f as matchesCredential } from "./view.mjs";
import { d as sha256, g as utf8 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as UNSAFE } from "./text.mjs";
import { n as isJsonObject } from "./json.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { _ as parseStatement, f as encodeStatement, y as subjectDigests } from "./pattern.mjs";
import { N as openFileSource, z as openSif } from "./reports.mjs";
import { a as parseBundle, c as encodePae } from "./cosign-rules.mjs";
import { a as assertStatementReadable, i as assertSound } from "./readable.mjs";
import { l as writeFileAtomic, o as readFileBounded } from "./files.mjs";
import { t as examineSif } from "./examine.mjs";
import { t as createVerifier } from "./verifier.mjs";
import { n as POLICY_INPUTS, s as policyFrom } from "./trust2.mjs";
import { t as makeFolder } from "./folder.mjs";
import { n as ScanError } from "./errors7.mjs";
import { a as signerFrom } from "./signing.mjs";
import { t as attachEvidence } from "./evidence2.mjs";
import { basename, dirname, join } from "node:path";

// src/scan/read/fields.ts
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
/**
* The objects of a list that must be there.
* @throws ScanError SCAN_REPORT_INVALID
*/
function requiredList(value, what) {
	if (!Array.isArray(value)) throw new ScanError("SCAN_REPORT_INVALID", `${what} is missing or not a list`);
	return objectsOf(value, what);
}
/**
* Refuses what says that the scan went wrong, and members that the reports of this tool do not have when all are known:
* it is another tool's then, or has findings that we would not see.
* @throws ScanError SCAN_REPORT_INCOMPLETE, SCAN_REPORT_UNKNOWN
*/
function assertMembers(object, tool, known) {
	for (const [name, value] of Object.entries(object)) if (/^errors?$/i.test(name) && !isEmpty(value)) throw new ScanError("SCAN_REPORT_INCOMPLETE", `${JSON.stringify(name)} says what went wrong: ${printable(JSON.stringify(value)).slice(0, 200)}`);
	const foreign = Object.keys(object).filter((name) => known && !known.includes(name));
	if (foreign.length > 0) throw new ScanError("SCAN_REPORT_UNKNOWN", `no report of ${tool} has ${describeNames(foreign)}`);
}
function isEmpty(value) {
	return value === null || value === "" || value === false || typeof value === "object" && Object.keys(value).length === 0;
}
/** Some names from a report, for saying what was found. */
function describeNames(names) {
	const shown = names.slice(0, 6).map((name) => JSON.stringify(printable(name).slice(0, 40)));
	return shown.join(", ") + (names.length > shown.length ? " …" : "");
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

// src/commands/evidence/signer.ts
/** The inputs that keep evidence and approvals apart. */
const EVIDENCE_SIGNER_INPUTS = [...POLICY_INPUTS, {
	name: "allow-approver-key",
	type: "boolean",
	default: "false",
	description: "Sign evidence also with a key that the policy lets approve a stage. Other tools then take the evidence for an approval: cosign, asked for the key alone, passes an image that nobody approved."
}];
const PROBE_TYPE = "application/vnd.countersign.probe";
/**
* The signer of evidence that the inputs describe; undefined when no key was given. Without a policy it cannot be known
* whether the key approves, which is a warning.
* @throws SignatureError SIGNATURE_KEY_APPROVES and as signerFrom; PolicyError
*/
async function evidenceSignerFrom(inputs, host) {
	const signer = await signerFrom(inputs, host);
	if (!signer || inputs.allowApproverKey) return signer;
	const policy = await policyFrom(inputs);
	if (!policy) {
		host.warning("evidence is signed without a policy that says whether this key approves a stage: cosign and Kyverno take evidence by an approver’s key for an approval");
		return signer;
	}
	const stages = await stagesOpenTo(signer, policy, host.now());
	if (stages.length > 0) throw new SignatureError("SIGNATURE_KEY_APPROVES", `the policy lets this key approve ${stages.join(" and ")}`, { hint: "sign evidence with a key of its own, such as one of the CI, or set ⟨allow-approver-key=true⟩" });
	return signer;
}
/** The stages that a signature by this signer could count for, or one with the same key in another format. */
async function stagesOpenTo(signer, policy, now) {
	const pae = encodePae(PROBE_TYPE, utf8(now.toISOString()));
	const signature = await signer.signPae(pae, now);
	const { material } = signer;
	const check = await (await createVerifier(policy.trust)).verifyDsse({
		pae,
		signature,
		material,
		keyid: void 0,
		hashing: "bundle"
	}, now);
	const names = check.identity ? matchPrincipals(policy.policy, check.identity) : [];
	const { hint } = signer.identity;
	const keys = policy.policy.principals.filter(({ credentials }) => credentials.some((credential) => credential.method === "key" && credential.hint === hint));
	const approvers = /* @__PURE__ */ new Set([
		...names,
		...keys.map(({ name }) => name),
		...await ownersOf(hint, policy),
		...await certifiedBy(hint, policy)
	]);
	return policy.policy.stages.filter((stage) => stage.approvers.some((name) => approvers.has(name))).map(({ name }) => name);
}
/** Principals whose OpenPGP keys hold the key material. */
async function ownersOf(hint, { policy, trust }) {
	if (hint === void 0 || trust.keyrings.length === 0) return [];
	const { readKeyring } = await import("./keyring.mjs");
	const { hintOf } = await import("./pgp2.mjs");
	const fingerprints = [...await readKeyring(trust)].filter(([, key]) => key.getKeys().some((part) => hintOf(part) === hint)).map(([fingerprint]) => fingerprint);
	return policy.principals.filter(({ credentials }) => credentials.some((one) => one.method === "pgp" && fingerprints.includes(one.fingerprint))).map(({ name }) => name);
}
/** Principals whose certificates, as far as the policy has them, hold the key. */
async function certifiedBy(hint, { policy, trust }) {
	if (hint === void 0 || trust.certificates.length === 0) return [];
	const { certificateIdentity, parseCertificate } = await import("./certificate2.mjs");
	const certified = trust.certificates.map((der) => parseCertificate(der)).filter((one) => one.hint === hint);
	return policy.principals.filter(({ credentials }) => credentials.some((credential) => credential.method === "x509" && certified.some((one) => matchesCredential(credential, certificateIdentity(one, {
		anchors: credential.anchors,
		chain: []
	}))))).map(({ name }) => name);
}

// src/commands/evidence/files.ts
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
		evidence: await writeStatements(options.statements, examination.subjects, folderOf(options)),
		contentDigests: examination.facts.contentDigests
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

export { textsOf as _, writeStatements as a, assertMembers as c, objectOf as d, objectsOf as f, textOf as g, requiredText as h, writeBundles as i, describeNames as l, requiredList as m, assertBundlesFit as n, EVIDENCE_SIGNER_INPUTS as o, printable as p, describeEvidence as r, evidenceSignerFrom as s, storeEvidence as t, listOf as u, timeOf as v };