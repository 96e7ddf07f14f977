import { t as Secret } from "./secret.mjs";
import { n as SignatureError } from "./errors3.mjs";
import { a as messageOf, c as secretPacket, l as signDetached, o as readAnyKeys, r as fingerprintOf, t as FULL_CONFIG } from "./pgp.mjs";
import { n as repairArmor } from "./pgp-armor.mjs";
import { a as tellingProblem, i as selectFingerprint, o as unsupportedAlgorithm, r as secretKeyError } from "./pgp-problems2.mjs";

// src/signing/pgp-secret.ts
/**
* Unlocks the key in an OpenPGP file: its primary key if that may and can sign, else its newest signing subkey. Only
* the part that signs is unlocked.
* @throws SignatureError SIGNATURE_KEY_UNREADABLE, SIGNATURE_KEY_NOT_PRIVATE, SIGNATURE_PASSPHRASE_MISSING,
* SIGNATURE_PASSPHRASE_WRONG and all SIGNATURE_PGP_ codes
*/
async function readSecretKey(file, options) {
	const key = selectSecretKey(await readFileKeys(file), options.fingerprint);
	const fingerprint = fingerprintOf(key);
	if (key.keyPacket.version !== 4) throw new SignatureError("SIGNATURE_PGP_VERSION", `the OpenPGP key ${fingerprint} has version ${key.keyPacket.version}`);
	const part = await signingPart(key, options.now);
	await unlock(part, options.passphrase, fingerprint);
	return {
		fingerprint,
		subkey: part === key ? void 0 : fingerprintOf(part),
		userIds: key.getUserIDs(),
		publicKey: key.toPublic().write(),
		sign: (message, now) => signDetached(key, part, {
			message,
			now
		})
	};
}
async function readFileKeys(file) {
	if (/-----BEGIN (?!PGP )[A-Z0-9 ]*PRIVATE KEY-----/.test(file.revealText())) throw new SignatureError("SIGNATURE_KEY_UNREADABLE", "this is a PEM key, not an OpenPGP key", { hint: "choose the signing method key, or x509 with its certificate" });
	try {
		return await readAnyKeys(repairArmor(file.reveal()));
	} catch (error) {
		const problem = messageOf(error);
		throw new SignatureError("SIGNATURE_KEY_UNREADABLE", `the OpenPGP key cannot be read: ${problem}`, { hint: "give an OpenPGP secret key as `gpg --export-secret-keys --armor` writes it" });
	}
}
function selectSecretKey(keys, wanted) {
	const secret = /* @__PURE__ */ new Map();
	for (const key of keys) if (key.isPrivate()) secret.set(fingerprintOf(key), key);
	const chosen = secret.get(selectFingerprint([...secret.keys()], {
		wanted,
		total: keys.length
	}));
	if (!chosen) throw new Error("a fingerprint was selected that the file does not hold");
	return chosen;
}
/** The part that signs: the primary key as Apptainer does, else the newest subkey that can. */
async function signingPart(key, now) {
	const newestFirst = key.subkeys.toSorted((a, b) => b.getCreationTime().getTime() - a.getCreationTime().getTime());
	const problems = [];
	const unusable = unsupportedAlgorithm(key.getAlgorithmInfo());
	if (unusable !== void 0) throw secretKeyError(unusable, fingerprintOf(key));
	for (const part of [key, ...newestFirst]) {
		if (!secretPacket(part)) continue;
		const unsupported = unsupportedAlgorithm(part.getAlgorithmInfo());
		if (unsupported !== void 0) {
			problems.push(unsupported);
			continue;
		}
		try {
			return await key.getSigningKey(part.getKeyID(), now, void 0, FULL_CONFIG);
		} catch (error) {
			problems.push(messageOf(error));
		}
	}
	throw secretKeyError(tellingProblem(problems) ?? "its secret part is not in the file", fingerprintOf(key));
}
async function unlock(part, passphrase, fingerprint) {
	const packet = secretPacket(part);
	const refused = (code, problem) => new SignatureError(code, `the OpenPGP key ${fingerprint} ${problem}`);
	if (!packet) throw secretKeyError("its secret part is not in the file", fingerprint);
	if (!packet.isDecrypted()) {
		if (!passphrase) throw refused("SIGNATURE_PASSPHRASE_MISSING", "is protected and no passphrase was given");
		try {
			await packet.decrypt(passphrase.revealText());
		} catch (error) {
			if (/passphrase/i.test(messageOf(error))) throw refused("SIGNATURE_PASSPHRASE_WRONG", "is not unlocked by this passphrase");
			throw refused("SIGNATURE_KEY_UNREADABLE", `cannot be unlocked: ${messageOf(error)}`);
		}
	}
	try {
		await packet.validate();
	} catch {
		throw refused("SIGNATURE_KEY_UNREADABLE", "has a secret part that does not belong to its public part");
	}
}
/** @throws SignatureError SIGNATURE_KEY_UNREADABLE */
async function describePgpKeys(bytes) {
	const keys = await readFileKeys(new Secret(bytes));
	if (keys.length === 0) throw new SignatureError("SIGNATURE_KEY_UNREADABLE", "the file holds no key");
	return Promise.all(keys.map(async (key) => {
		const expires = await key.getExpirationTime();
		return {
			fingerprint: fingerprintOf(key),
			userIds: key.getUserIDs(),
			expires: expires instanceof Date ? expires.toISOString() : null,
			secret: key.isPrivate(),
			version: key.keyPacket.version
		};
	}));
}

export { readSecretKey as n, describePgpKeys as t };