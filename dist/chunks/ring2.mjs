import { n as concatBytes, o as equalBytes } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { a as keyBlocks, l as splitPackets, t as decodeArmor } from "./framing.mjs";
import { S as SignaturePacket, g as readKeyFile, m as readSourcedKeyring, o as fingerprintOf, v as PublicKeyPacket, y as PublicSubkeyPacket } from "./pgp.mjs";

// src/crypto/pgp/ring.ts
const PRIMARY_TAGS = /* @__PURE__ */ new Set([5, 6]);
/**
* The public part of the one key with this fingerprint, copies joined, as binary packets; undefined when it is not there.
* @throws plain errors of the library for what cannot be read
*/
async function publicKeyIn(bytes, fingerprint) {
	return (await joined((await readKeyFile(bytes)).keys.filter((key) => fingerprintOf(key) === fingerprint)))?.write();
}
/** Fingerprints of the keys in a file. */
async function fingerprintsIn(bytes) {
	return (await readKeyFile(bytes)).keys.map(fingerprintOf);
}
/** The keys of a binary ring as armored public keys. */
async function armoredKeys(ring) {
	const { keys } = await readKeyFile(ring);
	return keys.map((key) => `${key.toPublic().armor().replaceAll("\r", "").trim()}\n`).join("");
}
/**
* A binary ring with a public key added; what the ring has of that key already is joined with it.
* @throws SignatureError SIGNATURE_KEY_UNREADABLE for a ring that is no sequence of whole packets: it is left alone
*/
async function withKey(ring, publicKey) {
	const [added] = (await readKeyFile(publicKey)).keys;
	if (!added) throw new Error("there is no key to be added");
	const parts = slices(keyBlocks(ring) ? await dearmored(ring) : ring);
	const known = await Promise.all(parts.map((part) => keyOf(part)));
	const copies = known.flatMap((key) => key && fingerprintOf(key) === fingerprintOf(added) ? [key] : []);
	const merged = (await joined([...copies, added]))?.write() ?? publicKey;
	const others = parts.filter((_part, index) => {
		const key = known[index];
		return !key || fingerprintOf(key) !== fingerprintOf(added);
	});
	const [same] = copies;
	if (copies.length === 1 && same && equalBytes(same.write(), merged)) return ring;
	return concatBytes(...others, merged);
}
/** Copies of one public key as one, each part and signature once. */
async function joined(copies) {
	const [first, ...others] = copies.map((key) => key.toPublic());
	let key = first;
	for (const other of others) key = await key?.update(other);
	return key;
}
async function dearmored(ring) {
	const blocks = (keyBlocks(ring) ?? []).map(decodeArmor);
	return concatBytes(...blocks.map((block) => {
		if (typeof block === "string") throw unreadable(`an armored block ${block}`);
		return block;
	}));
}
/** The bytes of each key with all that belongs to it. */
function slices(ring) {
	const packets = splitPackets(ring);
	const ends = packets.map(({ body }) => body.byteOffset + body.length - ring.byteOffset);
	if ((ends.at(-1) ?? 0) !== ring.length) throw unreadable("it is no sequence of whole packets");
	const starts = packets.flatMap(({ tag }, index) => index === 0 || PRIMARY_TAGS.has(tag) ? [index === 0 ? 0 : ends[index - 1] ?? 0] : []);
	return starts.map((start, index) => ring.subarray(start, starts[index + 1] ?? ring.length));
}
/** Undefined for what the library does not read, which stays as it is. */
async function keyOf(slice) {
	try {
		return (await readKeyFile(slice)).keys[0];
	} catch {
		return;
	}
}
function unreadable(problem) {
	return new SignatureError("SIGNATURE_KEY_UNREADABLE", `the ring cannot be read, and was left as it is: ${problem}`, { hint: "give another place with ⟨into⟩, or restore the ring from a copy" });
}
/** The keys of keyrings. @throws SignatureError as readSourcedKeyring */
async function readKeyring(trust) {
	return (await readSourcedKeyring(trust)).keyring;
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
/** A public key or subkey from the content of its packet; undefined for what the library does not read. */
async function keyPacketOf(body, isSubkey) {
	const packet = isSubkey ? new PublicSubkeyPacket() : new PublicKeyPacket();
	try {
		await packet.read(body);
		return packet;
	} catch {
		return;
	}
}
/** The same of a signature. */
function signaturePacketOf(body) {
	const packet = new SignaturePacket();
	try {
		packet.read(body);
		return packet;
	} catch {
		return;
	}
}
/** The signature as if it named this key, which the library wants before it looks. */
function attributedTo(signature, key) {
	return Object.assign(new SignaturePacket(), signature, { issuerKeyID: key.getKeyID() });
}

export { keyPacketOf as a, signaturePacketOf as c, fingerprintsIn as i, withKey as l, attributedTo as n, publicKeyIn as o, exportKeys as r, readKeyring as s, armoredKeys as t };