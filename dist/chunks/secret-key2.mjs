import { t as Secret } from "./secret.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { s as repairArmor } from "./framing.mjs";
import { a as partProblem, n as expiryOf, o as tellingReason } from "./key3.mjs";
import { C as createMessage, T as sign, _ as CONFIG, b as SecretKeyPacket, c as hintOf, f as messageOf, g as readKeyFile, h as unsupportedKey, o as fingerprintOf, p as readSignaturePackets, s as hashNameOf, x as SecretSubkeyPacket } from "./pgp.mjs";

// src/crypto/pgp/secret-key.ts
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
	const isProtected = secretPacket(part)?.isDecrypted() === false;
	await unlock(part, options.passphrase, fingerprint);
	const publicParts = key.toPublic().getKeys(part.getKeyID());
	return {
		fingerprint,
		subkey: part === key ? void 0 : fingerprintOf(part),
		hint: publicParts.map(hintOf)[0],
		userIds: key.getUserIDs(),
		isProtected,
		publicKey: key.toPublic().write(),
		sign: async (message, now) => {
			try {
				return await signDetached(key, part, {
					message,
					now
				});
			} catch (error) {
				throw cannotSign(fingerprint, messageOf(error));
			}
		}
	};
}
async function readFileKeys(file) {
	if (/-----BEGIN (?!PGP )[A-Z0-9 ]*PRIVATE KEY-----/.test(file.revealText())) throw new SignatureError("SIGNATURE_KEY_UNREADABLE", "this is a PEM key, not an OpenPGP key", { hint: "choose the signing method key, or x509 with its certificate" });
	let read;
	try {
		read = await readKeyFile(repairArmor(file.reveal()));
	} catch (error) {
		const problem = messageOf(error);
		throw new SignatureError("SIGNATURE_KEY_UNREADABLE", `the OpenPGP key cannot be read: ${problem}`, { hint: "give an OpenPGP secret key as `gpg --export-secret-keys --armor FINGERPRINT` writes it" });
	}
	const { keys, foreign, revocations } = read;
	if (keys.length > 0) return keys;
	if (foreign.length > 0) throw new SignatureError("SIGNATURE_PGP_VERSION", `the file holds ${foreign.join(", ")}`);
	const [revocation] = revocations;
	const what = revocation ? `a revocation of the key ${revocation.issuerKeyID.toHex().toUpperCase()}, no` : "no OpenPGP";
	throw new SignatureError("SIGNATURE_KEY_UNREADABLE", `the file holds ${what} key`);
}
function selectSecretKey(keys, wanted) {
	const secret = /* @__PURE__ */ new Map();
	for (const key of keys) if (key.isPrivate()) secret.set(fingerprintOf(key), key);
	const chosen = secret.get(selectFingerprint([...secret.keys()], { wanted }));
	if (!chosen) throw new Error("a fingerprint was selected that the file does not hold");
	return chosen;
}
/**
* Which of the secret keys in a file shall sign.
* @throws SignatureError SIGNATURE_PGP_SEVERAL_KEYS, SIGNATURE_KEY_NOT_PRIVATE
*/
function selectFingerprint(available, { wanted }) {
	const [first, second] = available;
	if (first === void 0) throw new SignatureError("SIGNATURE_KEY_NOT_PRIVATE", "the OpenPGP file holds only public keys", { hint: "export the secret key with `gpg --export-secret-keys FINGERPRINT`" });
	const list = available.join(", ");
	if (wanted !== void 0) {
		const fingerprint = wanted.replaceAll(/\s/g, "").toUpperCase();
		if (available.includes(fingerprint)) return fingerprint;
		throw new SignatureError("SIGNATURE_PGP_SEVERAL_KEYS", `the file holds ${list}, not ${wanted.slice(0, 80)}`);
	}
	if (second === void 0) return first;
	throw new SignatureError("SIGNATURE_PGP_SEVERAL_KEYS", `the file holds ${available.length} secret keys: ${list}`);
}
/** The part that signs: the primary key as Apptainer does, else the newest subkey that can. */
async function signingPart(key, now) {
	const newestFirst = key.subkeys.toSorted((a, b) => b.getCreationTime().getTime() - a.getCreationTime().getTime());
	const fingerprint = fingerprintOf(key);
	const problems = [];
	for (const part of [key, ...newestFirst]) {
		if (!secretPacket(part)) continue;
		const unsupported = unsupportedKey(key) ?? unsupportedKey(part);
		if (unsupported !== void 0 && part.keyPacket === key.keyPacket) throw cannotSign(fingerprint, unsupported, OTHER_KEY);
		const problem = await partProblem(key, part, { now });
		if (!problem) return part;
		problems.push(problem);
	}
	const telling = tellingReason(problems);
	if (!telling) throw cannotSign(fingerprint, "its secret part is not in the file");
	throw refusal(telling);
}
/** The error of a key that may not sign now. */
function refusal({ code, message }) {
	return new SignatureError(REFUSALS.get(code) ?? "SIGNATURE_PGP_CANNOT_SIGN", message);
}
const OTHER_KEY = "use a version 4 key of type Ed25519, NIST P-256, P-384 or P-521, or RSA of 2048 bits or more";
/** Why a key may not sign now, as an error. */
const REFUSALS = /* @__PURE__ */ new Map([
	["PGP_KEY_EXPIRED", "SIGNATURE_PGP_EXPIRED"],
	["PGP_KEY_NOT_YET_VALID", "SIGNATURE_PGP_EXPIRED"],
	["PGP_KEY_REVOKED", "SIGNATURE_PGP_REVOKED"],
	["PGP_KEY_RETIRED", "SIGNATURE_PGP_REVOKED"]
]);
/** The error of a key that can never sign. */
function cannotSign(fingerprint, problem, hint) {
	const message = `the OpenPGP key ${fingerprint} cannot sign: ${problem}`;
	return new SignatureError("SIGNATURE_PGP_CANNOT_SIGN", message, hint === void 0 ? {} : { hint });
}
/** The packet with the secret part; undefined for a stub, as of a primary key kept offline or on a card. */
function secretPacket(part) {
	const packet = part.keyPacket;
	const secret = packet instanceof SecretKeyPacket || packet instanceof SecretSubkeyPacket ? packet : void 0;
	return secret && !secret.isDummy() && !secret.isMissingSecretKeyMaterial() ? secret : void 0;
}
/**
* A signature packet by an unlocked part of a key, with the name of its hash.
* @throws what the library throws, plain errors
*/
async function signDetached(key, part, { message, now }) {
	const signature = await sign({
		message: typeof message === "string" ? await createMessage({ text: message }) : await createMessage({ binary: message }),
		signingKeys: key,
		signingKeyIDs: part.getKeyID(),
		detached: true,
		date: now,
		format: "binary",
		config: {
			...CONFIG,
			allowMissingKeyFlags: true
		}
	});
	const [packet] = await readSignaturePackets(signature) ?? [];
	return {
		packet: signature,
		hash: hashNameOf(packet?.hashAlgorithm)
	};
}
async function unlock(part, passphrase, fingerprint) {
	const packet = secretPacket(part);
	const refused = (code, problem) => new SignatureError(code, `the OpenPGP key ${fingerprint} ${problem}`);
	if (!packet) throw cannotSign(fingerprint, "its secret part is not in the file");
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
/** Name of the algorithm of a key's primary part. */
function algorithmOf(key) {
	const { algorithm, bits, curve } = key.getAlgorithmInfo();
	if (algorithm.startsWith("rsa")) return `rsa-${bits}`;
	return curve && algorithm === "ecdsa" ? `ecdsa-${curve}` : algorithm.replace(/^eddsaLegacy$/, "ed25519").toLowerCase();
}
/** The last day that there is: what owners said last counts. */
const LAST_DAY = /* @__PURE__ */ new Date(864e13);
/**
* The keys in a file; their ends as their owners said last.
* @throws SignatureError SIGNATURE_KEY_UNREADABLE
*/
async function describePgpKeys(bytes) {
	const keys = await readFileKeys(new Secret(bytes));
	return Promise.all(keys.map(async (key) => ({
		fingerprint: fingerprintOf(key),
		userIds: key.getUserIDs(),
		expires: (await expiryOf(key, LAST_DAY))?.toISOString() ?? null,
		algorithm: algorithmOf(key),
		secret: key.isPrivate(),
		version: key.keyPacket.version
	})));
}

export { refusal as i, describePgpKeys as n, readSecretKey as r, cannotSign as t };