import { i as assertStatementReadable } from "./bundles4.mjs";
import { d as sha256 } from "./bytes.mjs";
import { r as DataError, t as CountersignError } from "./errors.mjs";
import { h as writeFileAtomic, l as readFileBounded } from "./files.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as encodePae, o as parseBundle } from "./bundle2.mjs";
import { c as encodeStatement } from "./statement.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { join } from "node:path";

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
		const { envelope, payloadDigest, material, json } = parseBundle(await readFileBounded(path, LIMITS.bundleBytes));
		if (payloadDigest !== digest) return false;
		const verifier = await createVerifier(by.signer.publicMaterial);
		const pae = encodePae(envelope.payloadType, envelope.payload);
		const { signature, keyid } = envelope;
		return (await verifier.verifyDsse({
			pae,
			signature,
			material,
			keyid,
			hashing: "bundle",
			bundle: json
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

export { writeStatements as i, describeEvidence as n, writeBundles as r, assertBundlesFit as t };