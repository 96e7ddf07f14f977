import { n as concatBytes } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { a as trustError, i as sourceOf } from "./trust.mjs";
import { o as unsupportedKey } from "./key3.mjs";
import { _ as readKeyFile, c as fingerprintOf, f as isMadeBy, h as mergeKeys } from "./pgp.mjs";

// src/crypto/pgp/keyring.ts
/** Keys that a message names. */
const NAMED = 5;
/**
* The version 4 keys of keyrings. Copies of one key are merged and revocations that stand alone are added to theirs, so
* that a revocation counts wherever it is.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE, also for a file none of whose keys can be used
*/
async function readKeyring(trust) {
	return (await readSourcedKeyring(trust)).keyring;
}
/**
* The same, and where each key is from, by its fingerprint: the first keyring that holds it.
* @throws SignatureError as readKeyring
*/
async function readSourcedKeyring(trust) {
	const files = await readFiles(trust);
	const from = trust.keyrings.map((file) => sourceOf(trust, file));
	const sources = files.flatMap(({ keys }, index) => keys.map((key) => [fingerprintOf(key), from[index] ?? {}]));
	return {
		keyring: await mergeFiles(trust, files),
		sources: new Map(sources.toReversed())
	};
}
async function readFiles(trust) {
	const files = [];
	for (const [index, file] of trust.keyrings.entries()) files.push(await about(trust, index, async () => assertUsable(await readKeyFile(file), file)));
	return files;
}
async function mergeFiles(trust, files) {
	const copies = /* @__PURE__ */ new Map();
	for (const key of files.flatMap(({ keys }) => keys).filter(({ keyPacket }) => keyPacket.version === 4)) copies.set(fingerprintOf(key), [...copies.get(fingerprintOf(key)) ?? [], key]);
	const revocations = /* @__PURE__ */ new Map();
	for (const [index, file] of files.entries()) for (const revocation of file.revocations) {
		const fingerprint = await about(trust, index, () => revokedKey(revocation, copies));
		revocations.set(fingerprint, [...revocations.get(fingerprint) ?? [], revocation]);
	}
	return new Map([...copies].map(([fingerprint, keys]) => [fingerprint, mergeKeys(keys, revocations.get(fingerprint) ?? [])]));
}
/** What goes wrong is told with the file that it is about. */
async function about(trust, index, read) {
	try {
		return await read();
	} catch (cause) {
		throw trustError(cause, {
			trust,
			kind: "keyrings",
			index
		});
	}
}
function assertUsable(file, bytes) {
	const unusable = [...file.foreign, ...file.keys.flatMap((key) => describeUnusable(key) ?? [])];
	if (bytes.length === 0 || unusable.length < file.keys.length + file.foreign.length || file.revocations.length > 0) return file;
	const what = unusable.length === 0 ? "no OpenPGP key" : [...new Set(unusable)].slice(0, NAMED).join(", ");
	throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `it holds ${what}`, { hint: "give a version 4 public key of type Ed25519, NIST P-256, P-384 or P-521, or RSA of 2048 bits or more" });
}
function describeUnusable(key) {
	const problem = unsupportedKey(key);
	return problem === void 0 ? void 0 : `the OpenPGP key ${fingerprintOf(key)}, and ${problem}`;
}
/** The fingerprint of the key that a revocation is for. */
async function revokedKey(revocation, known) {
	const id = revocation.issuerKeyID.toHex().toUpperCase();
	for (const [fingerprint, [key]] of known) if (key && fingerprint.endsWith(id) && await isMadeBy(revocation, key.keyPacket, { key: key.keyPacket })) return fingerprint;
	throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `it holds a revocation of the OpenPGP key ${id}, which is in no keyring`, { hint: "give the public key itself; beside it, the revocation takes back what is trusted" });
}
/**
* The public keys with these fingerprints as one binary keyring, revocations included, as `apptainer key import` and
* skopeo read it; the fingerprints that are in no keyring are left over.
* @throws SignatureError as readKeyring
*/
async function exportKeys(trust, fingerprints) {
	const keyring = await readKeyring(trust);
	const found = fingerprints.flatMap((fingerprint) => keyring.get(fingerprint) ?? []);
	return {
		bytes: concatBytes(...found.map((key) => key.toPublic().write())),
		missing: fingerprints.filter((fingerprint) => !keyring.has(fingerprint))
	};
}

export { readKeyring as n, readSourcedKeyring as r, exportKeys as t };