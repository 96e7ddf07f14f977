import { g as utf8, h as toHex } from "./bytes.mjs";
import { p as toSecond } from "./text.mjs";
import { f as spend, t as costOf } from "./signatures.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { n as decodeCleartext } from "./framing.mjs";
import { a as partProblem, c as userIdsOf, i as partExpiryOf, s as unsupportedProblem, t as demandOf } from "./key3.mjs";
import { c as hintOf, i as SIGNATURE, l as isMadeBy, m as readSourcedKeyring, o as fingerprintOf, p as readSignaturePackets, u as isMessageHash } from "./pgp.mjs";

// src/crypto/pgp/verifier.ts
/** A text is signed with any line ends, and a signature over bytes says so. */
const DATA_TYPES = /* @__PURE__ */ new Set([SIGNATURE.text, SIGNATURE.binary]);
/** Codes that accuse: what is signed, or what names the signer, is not what was there at signing. All others are about key and time. */
const ACCUSING = /* @__PURE__ */ new Set([
	"SIGNATURE_BAD",
	"PGP_FINGERPRINT_MISMATCH",
	"PGP_HASH_REFUSED"
]);
/**
* Reads the keyrings, once.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
async function openPgpVerifier(trust) {
	const { keyring, sources } = await readSourcedKeyring(trust);
	return new PgpVerifier(keyring, sources);
}
/** Checks OpenPGP signatures against keyrings. */
var PgpVerifier = class {
	#keyring;
	#sources;
	/** `sources` says where each key is from, by its fingerprint. */
	constructor(keyring, sources) {
		this.#keyring = keyring;
		this.#sources = sources;
	}
	/**
	* A cleartext signature object. As in Apptainer the first packet by a known key decides, and its primary key must be
	* the one that the descriptor names; stricter, every other packet by a known key must be good too.
	*/
	async verifyCleartext(data, descriptorFingerprint, moment) {
		const cleartext = decodeCleartext(data);
		if (typeof cleartext === "string") return {
			...unreadable(`the signature object is no cleartext signature: ${cleartext}`),
			text: null
		};
		const { text, packets } = cleartext;
		const message = {
			bytes: utf8(text),
			type: SIGNATURE.text
		};
		const checks = await this.#check(packets, message, {
			keys: [...this.#keyring.values()],
			...moment
		});
		if (!checks) return {
			...unreadable("the signature block holds no OpenPGP signature"),
			text
		};
		const known = checks.filter(({ signer }) => signer !== void 0);
		const [deciding] = known;
		if (!deciding) return {
			...unknownSigner(checks, descriptorFingerprint),
			text
		};
		const reasons = known.flatMap(({ problem }) => problem ?? []);
		const fingerprint = deciding.signer?.fingerprint ?? "";
		if (fingerprint !== descriptorFingerprint) reasons.push(signatureReason("PGP_FINGERPRINT_MISMATCH", `the descriptor names ${descriptorFingerprint ?? "no key"}, the signature is by ${fingerprint}`));
		const checkable = known.every((check) => check.checkable);
		return {
			...this.#checked({
				...deciding,
				checkable
			}, reasons),
			text
		};
	}
	/** A binary detached signature over a DSSE message, by the key whose primary fingerprint the bundle names. */
	async verifyPae(pae, signature, { fingerprint, ...moment }) {
		const key = this.#keyring.get(fingerprint);
		const message = {
			bytes: pae,
			type: SIGNATURE.binary
		};
		const [check, second] = await this.#check(signature, message, {
			keys: key ? [key] : [],
			...moment
		}) ?? [];
		if (!check || second) return unreadable("the signature is not one OpenPGP signature packet");
		if (check.signer) return this.#checked(check, check.problem ? [check.problem] : []);
		if (!key) return unknownSigner([{
			...check,
			claimed: fingerprint
		}], fingerprint);
		const text = `the bundle names ${fingerprint}, the signature is by ${check.claimed ?? "another key"}`;
		return this.#checked({
			...check,
			signer: await identityOf(key, key, { now: moment.now })
		}, [signatureReason("PGP_FINGERPRINT_MISMATCH", text)]);
	}
	/** A binary detached signature over data, by any of the keys. */
	async verifyData(data, signature, moment) {
		const message = {
			bytes: data,
			type: SIGNATURE.binary
		};
		const keys = [...this.#keyring.values()];
		const [check, second] = await this.#check(signature, message, {
			keys,
			...moment
		}) ?? [];
		if (!check || second) return unreadable("the signature is not one OpenPGP signature packet");
		return check.signer ? this.#checked(check, check.problem ? [check.problem] : []) : unknownSigner([check], void 0);
	}
	/** The answer about a packet by a known key; a bad signature says nothing about where that key is from. */
	#checked({ signer, checkable, created }, reasons) {
		const failed = reasons.some(({ code }) => ACCUSING.has(code)) ? "invalid" : checkable ? "untrusted" : "unknown-signer";
		const status = reasons.length === 0 ? "valid" : failed;
		const source = signer && (status === "valid" || status === "untrusted") ? this.#sources.get(signer.fingerprint) : void 0;
		return {
			status,
			identity: signer ? {
				method: "pgp",
				...signer,
				...source
			} : null,
			reasons,
			signedAt: created
		};
	}
	/** Every signature packet against every one of the keys that its issuer may mean. Undefined when there is none. */
	async #check(packets, message, candidates) {
		const signatures = await readSignaturePackets(packets);
		return signatures && Promise.all(signatures.map((signature) => checkPacket(signature, message, candidates)));
	}
};
/** The best answer of the keys that have a part of the issuer's name: several may, when one took over another's subkey. */
async function checkPacket(signature, message, { keys, ...moment }) {
	const { issuerFingerprint, created } = signature;
	const claimed = issuerFingerprint?.length === 20 ? toHex(issuerFingerprint).toUpperCase() : void 0;
	const issuer = signature.issuerKeyID.toHex();
	let best;
	for (const key of keys) {
		const part = [key, ...key.subkeys].find((candidate) => candidate.getKeyID().toHex() === issuer);
		if (!part) continue;
		const uncheckable = unsupportedProblem(key, part) ?? hashProblem(signature, key);
		const problem = uncheckable ?? await signatureProblem(signature, message, {
			key,
			part,
			...moment
		});
		const better = !best || best.problem?.code === "SIGNATURE_BAD";
		if (!problem || better) best = {
			created,
			claimed,
			signer: await identityOf(key, part, {
				now: moment.now,
				signature
			}),
			problem,
			checkable: !uncheckable
		};
		if (!problem) break;
	}
	return best ?? {
		created,
		claimed,
		signer: void 0,
		problem: unknownKey(signature),
		checkable: false
	};
}
async function identityOf(key, part, { now, signature }) {
	const own = signature?.getExpirationTime();
	const [expires] = [await partExpiryOf(key, part, now), own instanceof Date ? own : void 0].filter((end) => end !== void 0).toSorted((a, b) => a.getTime() - b.getTime());
	return {
		fingerprint: fingerprintOf(key),
		...part === key ? {} : { subkey: fingerprintOf(part) },
		hint: hintOf(part),
		userIds: await userIdsOf(key, now),
		...expires ? { expires: expires.toISOString() } : {}
	};
}
function unknownKey(signature) {
	if (signature.version !== 4) return signatureReason("PGP_KEY_VERSION", `the signature was made by an OpenPGP key of version ${signature.version}`);
	const issuer = signature.issuerFingerprint ? toHex(signature.issuerFingerprint) : signature.issuerKeyID.toHex();
	return signatureReason("SIGNER_UNKNOWN", `the OpenPGP key ${issuer.toUpperCase()} is not trusted`);
}
/** A hash for which other content with the same signature may be found, or which is not known at all. */
function hashProblem({ hashAlgorithm }, key) {
	if (isMessageHash(hashAlgorithm)) return void 0;
	const text = `the signature by OpenPGP key ${fingerprintOf(key)} uses hash algorithm ${hashAlgorithm}`;
	return signatureReason("PGP_HASH_REFUSED", text);
}
/** Why a signature that names a known key does not count. */
async function signatureProblem(signature, { bytes, type }, { key, part, ...moment }) {
	const by = `the signature by OpenPGP key ${fingerprintOf(key)}`;
	spend(costOfPart(part));
	if (!(DATA_TYPES.has(signature.signatureType) && await isMadeBy(signature, part.keyPacket, bytes))) return signatureReason("SIGNATURE_BAD", `${by} does not verify`);
	if (signature.signatureType !== type) return signatureReason("PGP_SIGNATURE_REFUSED", `${by} has type ${signature.signatureType}, not ${type}`);
	const demand = demandOf(signature);
	if (demand !== void 0) return signatureReason("PGP_SIGNATURE_REFUSED", `${by} demands ${demand}`);
	return timeProblem(signature, by, {
		part,
		...moment
	}) ?? await partProblem(key, part, {
		...moment,
		signedAt: createdOf(signature)
	});
}
/** What the library does around a check, in those of `spend`. */
const LIBRARY_COST = 3;
/** Of one check with a key or subkey. */
function costOfPart(part) {
	const { bits, curve } = part.getAlgorithmInfo();
	const size = /^nistP(\d+)$/.exec(curve ?? "")?.[1];
	if (bits !== void 0) return LIBRARY_COST + costOf(`rsa-${bits}`);
	return LIBRARY_COST + (size === "384" || size === "521" ? costOf(`ecdsa-p${size}`) : 1);
}
function timeProblem(signature, by, { part, now, proven = now }) {
	const made = createdOf(signature);
	const end = signature.getExpirationTime();
	if (made > now) return signatureReason("PGP_SIGNATURE_FUTURE", `${by} was made on ${toSecond(made)}`);
	if (end instanceof Date && end <= proven) return signatureReason("PGP_SIGNATURE_EXPIRED", `${by} expired on ${toSecond(end)}`);
	return made < part.keyPacket.created ? signatureReason("PGP_SIGNATURE_REFUSED", `${by} says that it is older than its key: ${toSecond(made)}`) : void 0;
}
function createdOf({ created }) {
	return created ?? /* @__PURE__ */ new Date(0);
}
function unreadable(message) {
	return {
		status: "unreadable",
		identity: null,
		reasons: [signatureReason("SIGNATURE_UNREADABLE", message)],
		signedAt: null
	};
}
/** Claims only: the issuer fingerprint in the packet may be a subkey's, the descriptor's is the primary key's. */
function unknownSigner(checks, named) {
	const fingerprint = named ?? checks.find(({ claimed }) => claimed !== void 0)?.claimed;
	return {
		status: "unknown-signer",
		identity: fingerprint === void 0 ? null : {
			method: "pgp",
			fingerprint,
			userIds: []
		},
		reasons: checks.flatMap(({ problem }) => problem ?? []),
		signedAt: checks[0]?.created ?? null
	};
}

export { openPgpVerifier as n, PgpVerifier as t };