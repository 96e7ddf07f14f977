import { g as utf8 } from "./bytes.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { n as decodeCleartext } from "./framing.mjs";
import { i as SIGNATURE, l as isMadeBy, n as KEY_FLAG, r as REVOCATION, u as isMessageHash } from "./pgp.mjs";
import { c as signaturePacketOf } from "./ring2.mjs";
import { i as trustIn } from "./trust.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { i as ringEvents, n as readRing, r as timeOf, t as mayUse } from "./ring3.mjs";

// src/gates/ecl/ring-verifier.ts
/**
* What verifies the signatures of an image as Apptainer does with a global keyring.
* @throws GateError as readRing
*/
async function ringVerifier(keyring) {
	const keys = await readRing(keyring);
	const others = await createVerifier(trustIn({}));
	return {
		verifyDsse: (input, now) => others.verifyDsse(input, now),
		verifyCleartext: (data, named, now) => verifyCleartext(data, named, {
			keys,
			now
		})
	};
}
async function verifyCleartext(data, named, context) {
	const cleartext = decodeCleartext(data);
	const nothing = {
		identity: null,
		signedAt: null
	};
	if (typeof cleartext === "string") return {
		...nothing,
		status: "unreadable",
		reasons: [reason("SIGNATURE_UNREADABLE", cleartext)],
		text: null
	};
	const { text, packets } = cleartext;
	const found = await decide(packets, text, context);
	if ("code" in found) return {
		...nothing,
		status: "untrusted",
		reasons: [found],
		text
	};
	const { fingerprint } = found;
	const wrong = `the descriptor names ${named ?? "no key"}, the signature is by ${fingerprint}`;
	const reasons = fingerprint === named ? [] : [reason("PGP_FINGERPRINT_MISMATCH", wrong)];
	const identity = {
		method: "pgp",
		fingerprint,
		userIds: []
	};
	return {
		status: reasons.length === 0 ? "valid" : "invalid",
		identity,
		reasons,
		signedAt: null,
		text
	};
}
/**
* The key that made the signature, or why there is none: the first packet that names a known key decides.
* @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/read.go verifyDetachedSignature
*/
async function decide(packets, text, { keys, now }) {
	for (const { is, body } of ringEvents(packets)) {
		const signature = is === "signature" ? signaturePacketOf(body) : void 0;
		const issuer = signature?.issuerKeyID.toHex();
		if (!signature || issuer === void 0 || issuer === "") return reason("SIGNATURE_UNREADABLE", "the signature block holds something else than signatures by keys");
		if (!isMessageHash(signature.hashAlgorithm)) return reason("PGP_HASH_REFUSED", `a signature uses hash algorithm ${signature.hashAlgorithm}`);
		const [made] = keys.flatMap((key) => signersIn(key, issuer));
		if (!made) continue;
		const { key, part } = made;
		const by = `the signature by OpenPGP key ${key.fingerprint}`;
		const signed = SIGNED.get(signature.signatureType)?.(text);
		if (signed === void 0) return reason("PGP_SIGNATURE_REFUSED", `${by} is of another type`);
		if (!await isMadeBy(signature, part.packet, utf8(signed))) return reason("SIGNATURE_BAD", `${by} does not verify`);
		return keyProblem(made, signature, now) ?? key;
	}
	return reason("SIGNER_UNKNOWN", "no key of the global keyring that may sign has made the signature");
}
/** What a signature of a type is over. */
const SIGNED = /* @__PURE__ */ new Map([[SIGNATURE.text, (text) => text], [SIGNATURE.binary, (text) => text.replaceAll("\n", "\r\n")]]);
function signersIn(key, issuer) {
	const isIssuer = ({ packet }) => packet.getKeyID().toHex() === issuer;
	const signs = mainIdentities(key).every(({ certification }) => certification && mayUse(certification, KEY_FLAG.signData));
	return [...isIssuer(key) && signs ? [{
		key,
		part: key
	}] : [], ...key.subkeys.filter((part) => isIssuer(part) && mayUse(part.binding, KEY_FLAG.signData)).map((part) => ({
		key,
		part,
		binding: part.binding
	}))];
}
/** Whether any part of a key may sign, as Apptainer asks it: a key that says nothing of its use may not. */
function maySign(key) {
	return [key, ...key.subkeys].some(({ packet }) => signersIn(key, packet.getKeyID().toHex()).length > 0);
}
/**
* The identity that says what holds of the key. Of several that are alike Apptainer takes any, so all must be good.
* @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/keys.go shouldPreferIdentity
*/
function mainIdentities({ identities }) {
	const sorted = identities.toSorted(compareIdentities);
	return sorted.filter((one) => compareIdentities(one, sorted[0] ?? one) === 0);
}
function compareIdentities(one, other) {
	const [a, b] = [one.certification, other.certification];
	return one.revocations.length - other.revocations.length || Number(!a) - Number(!b) || Number(b?.isPrimaryUserID ?? false) - Number(a?.isPrimaryUserID ?? false) || (b ? timeOf(b) : 0) - (a ? timeOf(a) : 0);
}
/** @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/read.go checkMessageSignatureDetails */
function keyProblem({ key, part, binding }, signature, now) {
	const mains = mainIdentities(key);
	const certifications = mains.flatMap(({ certification }) => certification ?? []);
	if (certifications.length < mains.length) return reason("PGP_KEY_UNSUITABLE", `of the OpenPGP key ${key.fingerprint} a user ID was revoked that it never signed`);
	const back = binding?.embeddedSignature;
	const all = [
		signature,
		...certifications,
		...binding ? [binding] : [],
		...back ? [back] : []
	];
	const by = `the OpenPGP key ${key.fingerprint}`;
	const demand = all.flatMap(({ rawNotations }) => rawNotations).find(({ critical }) => critical);
	if (demand) return reason("PGP_KEY_UNSUITABLE", `${by} or its signature demands what nobody knows: ${JSON.stringify(demand.name.slice(0, 80))}`);
	if ([
		key,
		...mains,
		...binding ? [part] : []
	].flatMap((one) => one.revocations).some((one) => one.reasonForRevocationFlag === REVOCATION.keyCompromised || !isOver(one, now))) return reason("PGP_KEY_REVOKED", `${by}, the subkey or the user ID that speaks for it is revoked`);
	if ([...certifications.map((one) => [key, one]), ...binding ? [[part, binding]] : []].some(([{ packet }, { keyExpirationTime }]) => isPast(packet.created, keyExpirationTime, now))) return reason("PGP_KEY_EXPIRED", `${by} or the subkey has expired, or is of the future`);
	if (all.some((one) => isOver(one, now))) return reason("PGP_SIGNATURE_EXPIRED", `the signature, or one by which ${by} speaks of itself, has expired or is of the future`);
}
function isOver({ created, signatureExpirationTime }, now) {
	return isPast(created ?? /* @__PURE__ */ new Date(0), signatureExpirationTime, now);
}
/** True before the beginning as well. */
function isPast(created, lifetime, now) {
	const [from, at] = [created, now].map((time) => Math.floor(time.getTime() / 1e3));
	return from === void 0 || at === void 0 || from > at || !!lifetime && at > from + lifetime;
}
function reason(code, message) {
	return signatureReason(code, message);
}

export { maySign, ringVerifier };