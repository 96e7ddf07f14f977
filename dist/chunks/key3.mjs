import { p as toSecond } from "./text.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { a as directSignatures, h as unsupportedKey, i as SIGNATURE, l as isMadeBy, n as KEY_FLAG, o as fingerprintOf, r as REVOCATION, t as HASH } from "./pgp.mjs";

// src/crypto/pgp/key.ts
/** SHA-1 is accepted in what keys say of themselves: they come from the policy, so nobody can slip a forged one in. */
const BROKEN_HASHES = /* @__PURE__ */ new Set([HASH.md5, HASH.ripemd]);
/** Reasons of revocations that take nothing back that was signed before. */
const SOFT_REASONS = /* @__PURE__ */ new Set([REVOCATION.keySuperseded, REVOCATION.keyRetired]);
/** Why no part of a key can make a signature that counts; undefined when one can. The primary key's reason, if it has one that says more. */
async function keyProblem(key, now) {
	const problems = [];
	for (const part of [key, ...key.subkeys]) {
		const problem = await partProblem(key, part, { now });
		if (!problem) return void 0;
		problems.push(problem);
	}
	return tellingReason(problems);
}
/** The reason that says most: what befell a key rather than what it never could. */
function tellingReason(reasons) {
	return reasons.find(({ code }) => code !== "PGP_KEY_UNSUITABLE") ?? reasons[0];
}
/** Why a part of a key may not sign data; undefined when it may. */
async function partProblem(key, part, moment) {
	const subkey = part === key ? void 0 : key.subkeys.find((candidate) => candidate === part);
	return unsupportedProblem(key, part) ?? await primaryProblem(key, subkey === void 0, moment) ?? (subkey && await subkeyProblem(key, subkey, moment));
}
/** Why nothing that a part of a key signed can even be checked. The primary key counts as well, for it vouches for the others. */
function unsupportedProblem(key, part) {
	const unsupported = unsupportedKey(key) ?? unsupportedKey(part);
	return unsupported === void 0 ? void 0 : unsuitable(key, unsupported);
}
/** When the key ends, by what its owner says now; undefined when it does not. */
async function expiryOf(key, now) {
	return earliest((await selfSignatures(key, now)).map((signature) => endOf(key.keyPacket, signature)));
}
/** When a part of a key ends, itself or with the primary key; undefined when it does not. */
async function partExpiryOf(key, part, now) {
	const own = [await expiryOf(key, now)];
	const signed = {
		key: key.keyPacket,
		bind: part.keyPacket
	};
	for (const subkey of key.subkeys) if (subkey === part) {
		const binding = await latest(subkey.bindingSignatures, key.keyPacket, signed, now);
		if (binding) own.push(endOf(part.keyPacket, binding));
	}
	return earliest(own);
}
/** What a signature demands of its reader that we cannot do. */
function demandOf({ unknownSubpackets, rawNotations }) {
	const unknown = unknownSubpackets.find(({ critical }) => critical);
	if (unknown) return `the critical subpacket ${unknown.type}, which is not known`;
	const notation = rawNotations.find(({ critical }) => critical);
	return notation && `the critical notation ${JSON.stringify(notation.name.slice(0, 80))}, which is not known`;
}
async function primaryProblem(key, signs, moment) {
	const { keyPacket } = key;
	const revocation = await revocationOf(key.revocationSignatures, keyPacket, { key: keyPacket }, moment);
	if (revocation) return revoked(key, "it", revocation);
	if (keyPacket.created > moment.now) return notYet(key, "it", keyPacket);
	const signatures = await selfSignatures(key, moment.now);
	const end = earliest(signatures.map((signature) => endOf(keyPacket, signature)));
	if (end && end <= judgedAt(moment)) return expired(key, end, moment);
	const demand = signatures.map(demandOf).find(Boolean);
	if (demand !== void 0) return unsuitable(key, `its owner demands ${demand}`);
	const flags = signatures.find(({ keyFlags }) => keyFlags !== null)?.keyFlags;
	return signs && flags && !allowsSigning(flags) ? unsuitable(key, "its primary key may not sign data") : void 0;
}
async function subkeyProblem(key, subkey, moment) {
	const name = `its subkey ${fingerprintOf(subkey)}`;
	const signed = {
		key: key.keyPacket,
		bind: subkey.keyPacket
	};
	const copies = key.subkeys.filter((copy) => fingerprintOf(copy) === fingerprintOf(subkey));
	const revocation = await revocationOf(copies.flatMap(({ revocationSignatures }) => revocationSignatures), key.keyPacket, signed, moment);
	if (revocation) return revoked(key, name, revocation);
	const binding = await latest(copies.flatMap(({ bindingSignatures }) => bindingSignatures), key.keyPacket, signed, moment.now);
	if (!binding) return unsuitable(key, `${name} is not bound to it`);
	const { embeddedSignature: back, keyFlags } = binding;
	if (keyFlags && !allowsSigning(keyFlags)) return unsuitable(key, `${name} may not sign data`);
	if (!(back?.signatureType === SIGNATURE.keyBinding && await isSound(back, subkey.keyPacket, signed))) return unsuitable(key, `${name} has not signed that it belongs to it`);
	const demand = demandOf(binding) ?? demandOf(back);
	if (demand !== void 0) return unsuitable(key, `the binding of ${name} demands ${demand}`);
	if (subkey.keyPacket.created > moment.now) return notYet(key, name, subkey.keyPacket);
	const end = earliest([endOf(subkey.keyPacket, binding), endOf(subkey.keyPacket, back)]);
	return end && end <= judgedAt(moment) ? expired(key, end, moment, name) : void 0;
}
function allowsSigning([flags = 0]) {
	return (flags & KEY_FLAG.signData) !== 0;
}
/**
* What the owner says of the key now: the certification of the main user ID and the signature on the key itself, as far
* as there are sound ones. A revoked user ID still says when the key ends if no other does.
*/
async function selfSignatures(key, now) {
	const { keyPacket } = key;
	const certified = [];
	for (const { userID, selfCertifications, revocationSignatures } of key.users) {
		if (!userID) continue;
		const signed = {
			key: keyPacket,
			userID
		};
		const certification = await latest(selfCertifications, keyPacket, signed, now);
		const revocation = await latest(revocationSignatures, keyPacket, signed, now);
		if (!certification) continue;
		certified.push({
			certification,
			revoked: !!revocation && createdOf(revocation) >= createdOf(certification)
		});
	}
	const [main] = certified.toSorted((a, b) => Number(a.revoked) - Number(b.revoked) || Number(b.certification.isPrimaryUserID) - Number(a.certification.isPrimaryUserID) || createdOf(b.certification) - createdOf(a.certification));
	const direct = await latest(directSignatures(key), keyPacket, { key: keyPacket }, now);
	return [...main ? [main.certification] : [], ...direct ? [direct] : []];
}
/** Names that the owner has not taken back by now; nobody has confirmed any of them. */
async function userIdsOf(key, now) {
	const names = [];
	for (const { userID, selfCertifications, revocationSignatures } of key.users) {
		if (!userID) continue;
		const signed = {
			key: key.keyPacket,
			userID
		};
		const revocation = await latest(revocationSignatures, key.keyPacket, signed, now);
		const certification = await latest(selfCertifications, key.keyPacket, signed, now);
		const renewed = revocation && certification && createdOf(certification) > createdOf(revocation);
		if (!revocation || renewed) names.push(userID.userID);
	}
	return [...new Set(names)];
}
/** The newest sound signature up to now; of a key whose older ones were cleaned away, the oldest. */
async function latest(signatures, by, signed, now) {
	const sound = [];
	for (const signature of signatures) if (await isSound(signature, by, signed)) sound.push(signature);
	sound.sort((a, b) => createdOf(a) - createdOf(b));
	return sound.findLast((signature) => createdOf(signature) <= now.getTime()) ?? sound[0];
}
/** Whether each signature of a key is sound: asked at every signature that is checked, and always the same. */
const SOUND = /* @__PURE__ */ new WeakMap();
function isSound(signature, by, signed) {
	const known = SOUND.get(signature);
	if (known) return known;
	const sound = BROKEN_HASHES.has(signature.hashAlgorithm) ? Promise.resolve(false) : isMadeBy(signature, by, signed);
	SOUND.set(signature, sound);
	return sound;
}
/** The revocation in force that says most; one for good counts whenever it was made. */
async function revocationOf(revocations, by, signed, moment) {
	let soft;
	for (const revocation of revocations) {
		if (!await isMadeBy(revocation, by, signed)) continue;
		if (!SOFT_REASONS.has(revocation.reasonForRevocationFlag)) return revocation;
		if (createdOf(revocation) <= judgedAt(moment).getTime()) soft = revocation;
	}
	return soft;
}
/** By which time it is judged whether a key was good. */
function judgedAt({ now, proven = now }) {
	return proven;
}
function createdOf({ created }) {
	return created?.getTime() ?? 0;
}
/** When a key or part ends by one signature: its own end counts as well, for then nothing speaks for the key any more. */
function endOf({ created }, signature) {
	const { keyExpirationTime, keyNeverExpires } = signature;
	const key = keyNeverExpires === false ? new Date(created.getTime() + (keyExpirationTime ?? 0) * 1e3) : void 0;
	const own = signature.getExpirationTime();
	return earliest([key, own instanceof Date ? own : void 0]);
}
function earliest(dates) {
	return dates.filter((date) => date !== void 0).toSorted((a, b) => a.getTime() - b.getTime())[0];
}
function expired(key, end, { signedAt }, name = "it") {
	return signedAt && signedAt >= end ? keyReason("PGP_KEY_EXPIRED_BEFORE", key, `${name} had expired on ${toSecond(end)} when this was signed`) : keyReason("PGP_KEY_EXPIRED", key, `${name} expired on ${toSecond(end)}`);
}
function revoked(key, name, { reasonForRevocationFlag: flag, created }) {
	const on = created ? ` on ${toSecond(created)}` : "";
	if (SOFT_REASONS.has(flag)) return keyReason("PGP_KEY_RETIRED", key, `${name} was ${flag === REVOCATION.keyRetired ? "retired" : "superseded"}${on}`);
	return keyReason("PGP_KEY_REVOKED", key, `${name} was revoked${on}${flag === REVOCATION.keyCompromised ? " as compromised" : ""}`);
}
function notYet(key, name, { created }) {
	return keyReason("PGP_KEY_NOT_YET_VALID", key, `${name} is valid from ${toSecond(created)}`);
}
function unsuitable(key, problem) {
	return keyReason("PGP_KEY_UNSUITABLE", key, problem);
}
function keyReason(code, key, problem) {
	return signatureReason(code, `the OpenPGP key ${fingerprintOf(key)} cannot vouch for anything now: ${problem}`);
}

export { partProblem as a, userIdsOf as c, partExpiryOf as i, expiryOf as n, tellingReason as o, keyProblem as r, unsupportedProblem as s, demandOf as t };