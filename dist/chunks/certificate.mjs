import { f as sha256Hex, h as toHex, o as equalBytes, t as certificatesInPem } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { _ as timeOf, a as Members, c as booleanOf, d as elementsIn, g as smallInteger, h as oidOf, i as sanText, l as contentOf, m as membersOf, n as readGeneralName, o as TAG, p as integerBytes, r as readName, s as bitsOf, u as elementOf, v as unreadable } from "./names.mjs";
import { f as spend, t as costOf } from "./signatures.mjs";
import { a as signatureReason, r as SignatureError } from "./errors2.mjs";
import { a as publicKeyFromDer, d as toPublicKey, i as knownKey, n as keyHint } from "./keys.mjs";
import { constants, verify } from "node:crypto";

// src/crypto/x509/fields.ts
const MAX_BYTES = 32768;
const MAX_EXTENSIONS = 64;
const MAX_GENERAL_NAMES = 1024;
const MAX_SUBTREES = 256;
/** RSA with the padding of PKCS#1 version 2, whose hashes are parameters. */
const RSASSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";
const SHA1 = "1.3.14.3.2.26";
/** Bits of the key usage, by their number. */
const KEY_USAGES = [
	"digitalSignature",
	"nonRepudiation",
	"keyEncipherment",
	"dataEncipherment",
	"keyAgreement",
	"keyCertSign",
	"crlSign",
	"encipherOnly",
	"decipherOnly"
];
/**
* The content of a DER certificate.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.1
*/
function readX509(der) {
	if (der.length > MAX_BYTES) throw unreadable(`${der.length} bytes; the limit is ${MAX_BYTES}`);
	const parts = new Members(membersOf(elementOf(der)));
	const [signed, algorithm, signature] = [
		parts.next(),
		parts.next(),
		bitsOf(parts.next())
	];
	parts.end();
	if (signature.unused > 0) throw unreadable("a signature that is no whole number of bytes");
	const tbs = new Members(membersOf(signed));
	const version = readVersion(tbs.optional(160));
	const serial = toHex(integerBytes(tbs.next())).replace(/^00(?=.)/, "");
	if (toHex(tbs.next().whole) !== toHex(algorithm.whole)) throw unreadable("its two signature algorithms differ");
	const issuer = readName(tbs.next());
	const [from, until, ...more] = membersOf(tbs.next());
	if (!from || !until || more.length > 0) throw unreadable("a malformed validity");
	const [subject, spki] = [readName(tbs.next()), tbs.next()];
	const ids = [tbs.optional(129), tbs.optional(130)].filter(Boolean);
	const list = tbs.optional(163);
	tbs.end();
	if (list && version !== 3 || ids.length > 0 && version < 2) throw unreadable(`version ${version} with extensions`);
	return {
		version,
		serial,
		subject,
		issuer,
		notBefore: timeOf(from),
		notAfter: timeOf(until),
		spki: readSpki(spki),
		algorithm: readAlgorithm(algorithm),
		signedBytes: signed.whole,
		signature: signature.bytes,
		extensions: readExtensions(list ? membersOf(elementOf(list.content)) : [])
	};
}
/** Version 1 is the default, and never written. */
function readVersion(element) {
	const version = element ? smallInteger(elementOf(element.content)) + 1 : 1;
	if (element && (version < 2 || version > 3)) throw unreadable(`version ${version}`);
	return version;
}
/** The key itself is for the cryptography to read. */
function readSpki(element) {
	const [algorithm, key, ...more] = membersOf(element);
	oidOf(membersOf(algorithm)[0]);
	if (bitsOf(key).unused > 0 || more.length > 0) throw unreadable("a malformed public key");
	return element.whole;
}
/**
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see https://www.rfc-editor.org/rfc/rfc4055.html#section-3.1
*/
function readAlgorithm(element) {
	const [identifier, parameters, ...more] = membersOf(element);
	const oid = oidOf(identifier);
	if (more.length > 0) throw unreadable("a malformed algorithm");
	if (oid !== "1.2.840.113549.1.1.10" || !parameters) return {
		oid,
		pss: void 0
	};
	const members = new Members(membersOf(parameters));
	const [hash, mask, salt] = [
		members.optional(160),
		members.optional(161),
		members.optional(162)
	];
	members.end();
	const [function_, maskHash] = mask ? membersOf(elementOf(mask.content)) : [];
	if (mask && oidOf(function_) !== MGF1) throw unreadable("RSA-PSS with an unknown mask");
	return {
		oid,
		pss: {
			hash: hash ? oidOf(membersOf(elementOf(hash.content))[0]) : SHA1,
			maskHash: mask ? oidOf(membersOf(maskHash)[0]) : SHA1,
			saltBytes: salt ? smallInteger(elementOf(salt.content)) : 20
		}
	};
}
/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readExtension(element) {
	const members = new Members(membersOf(element));
	const oid = oidOf(members.next());
	const critical = members.optional(TAG.boolean);
	const value = contentOf(members.next(), TAG.octetString);
	members.end();
	return {
		oid,
		critical: critical !== void 0 && booleanOf(critical),
		value
	};
}
const EXTENSION = {
	keyUsage: "2.5.29.15",
	subjectAltName: "2.5.29.17",
	basicConstraints: "2.5.29.19",
	nameConstraints: "2.5.29.30",
	policyConstraints: "2.5.29.36",
	extendedKeyUsage: "2.5.29.37"
};
const READ_EXTENSIONS = new Set(Object.values(EXTENSION));
/** @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2 */
function readExtensions(elements) {
	if (elements.length > MAX_EXTENSIONS) throw unreadable("too many extensions");
	const list = elements.map(readExtension);
	const values = new Map(list.map(({ oid, value }) => [oid, value]));
	if (values.size < list.length) throw unreadable("an extension that is repeated");
	const read = (name, from) => {
		const value = values.get(EXTENSION[name]);
		return value && from(elementOf(value));
	};
	return {
		basicConstraints: read("basicConstraints", readBasicConstraints),
		keyUsage: read("keyUsage", readKeyUsage),
		extendedKeyUsage: read("extendedKeyUsage", (element) => membersOf(element).map((usage) => oidOf(usage))),
		critical: list.flatMap(({ oid, critical }) => critical ? [oid] : []),
		subjectAltName: read("subjectAltName", readAltNames) ?? [],
		nameConstraints: read("nameConstraints", readNameConstraints),
		requiresPolicy: read("policyConstraints", readPolicyConstraints) ?? false,
		others: new Map([...values].filter(([oid]) => !READ_EXTENSIONS.has(oid))),
		otherCritical: list.flatMap(({ oid, critical }) => critical && !READ_EXTENSIONS.has(oid) ? [oid] : [])
	};
}
function readBasicConstraints(element) {
	const members = new Members(membersOf(element));
	const [ca, length] = [members.optional(TAG.boolean), members.optional(TAG.integer)];
	members.end();
	return {
		ca: ca !== void 0 && booleanOf(ca),
		pathLength: length && smallInteger(length)
	};
}
function readKeyUsage(element) {
	const { bytes } = bitsOf(element);
	if (bytes.length > 2) throw unreadable("a malformed key usage");
	return KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) << (bit & 7) & 128) !== 0);
}
/** @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2.1.6 */
function readAltNames(element) {
	const names = membersOf(element);
	if (names.length > MAX_GENERAL_NAMES) throw unreadable("too many names");
	return names.map(readGeneralName);
}
/** One that is empty would say nothing and mean something to others. @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2.1.10 */
function readNameConstraints(element) {
	const members = new Members(membersOf(element));
	const [permitted, excluded] = [members.optional(160), members.optional(161)];
	members.end();
	if (!permitted && !excluded) throw unreadable("name constraints without names");
	return {
		permitted: permitted ? readSubtrees(permitted) : [],
		excluded: excluded ? readSubtrees(excluded) : []
	};
}
/** A minimum may be written out, and only as zero; a maximum has no meaning. */
function readSubtrees({ content }) {
	const subtrees = elementsIn(content);
	if (subtrees.length === 0 || subtrees.length > MAX_SUBTREES) throw unreadable("name constraints with too many names, or none");
	return subtrees.map((subtree) => {
		const members = new Members(membersOf(subtree));
		const base = readGeneralName(members.next());
		const minimum = members.optional(128);
		members.end();
		if (minimum && smallInteger(minimum, 128) !== 0) throw unreadable("name constraints with a minimum");
		return base;
	});
}
function readPolicyConstraints(element) {
	const members = new Members(membersOf(element));
	const [required, inhibited] = [members.optional(128), members.optional(129)];
	members.end();
	for (const [tag, count] of [[128, required], [129, inhibited]]) if (count) smallInteger(count, tag);
	return required !== void 0;
}

// src/crypto/x509/certificate.ts
/**
* One certificate.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
*/
function parseCertificate(der) {
	const { algorithm, ...fields } = readX509(der);
	let read;
	const key = () => read ??= readKey(fields.spki);
	return {
		...fields,
		der,
		sha256: sha256Hex(der),
		...readScheme(algorithm),
		get publicKey() {
			return key().publicKey;
		},
		get keyProblem() {
			return key().keyProblem;
		},
		get hint() {
			return key().hint;
		}
	};
}
function readKey(spki) {
	const known = knownKey(spki);
	if (known) return {
		publicKey: known,
		keyProblem: void 0,
		hint: known.hint
	};
	let key;
	try {
		key = publicKeyFromDer(spki);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			publicKey: void 0,
			keyProblem: "its key is of an unknown kind",
			hint: ""
		};
	}
	const hint = keyHint(key);
	try {
		return {
			publicKey: toPublicKey(key),
			keyProblem: void 0,
			hint
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			publicKey: void 0,
			keyProblem: error.message,
			hint
		};
	}
}
const SCHEMES = {
	"1.2.840.113549.1.1.11": {
		keyType: "rsa",
		hash: "sha256"
	},
	"1.2.840.113549.1.1.12": {
		keyType: "rsa",
		hash: "sha384"
	},
	"1.2.840.113549.1.1.13": {
		keyType: "rsa",
		hash: "sha512"
	},
	"1.2.840.10045.4.3.2": {
		keyType: "ec",
		hash: "sha256"
	},
	"1.2.840.10045.4.3.3": {
		keyType: "ec",
		hash: "sha384"
	},
	"1.2.840.10045.4.3.4": {
		keyType: "ec",
		hash: "sha512"
	},
	"1.3.101.112": {
		keyType: "ed25519",
		hash: null
	}
};
const WEAK_SCHEMES = {
	"1.2.840.113549.1.1.4": "MD5 with RSA",
	"1.2.840.113549.1.1.5": "SHA-1 with RSA",
	"1.2.840.10045.4.1": "ECDSA with SHA-1"
};
const PSS_HASHES = {
	"2.16.840.1.101.3.4.2.1": "sha256",
	"2.16.840.1.101.3.4.2.2": "sha384",
	"2.16.840.1.101.3.4.2.3": "sha512"
};
/** The scheme of an algorithm, if it is supported. */
function readScheme({ oid, pss }) {
	if (oid === "1.2.840.113549.1.1.10") return {
		scheme: pss && pssScheme(pss),
		schemeName: "RSA-PSS with a weak or unknown hash"
	};
	return {
		scheme: Object.hasOwn(SCHEMES, oid) ? SCHEMES[oid] : void 0,
		schemeName: (Object.hasOwn(WEAK_SCHEMES, oid) ? WEAK_SCHEMES[oid] : void 0) ?? oid
	};
}
/** Hash and mask hash must be the same SHA-2. */
function pssScheme({ hash, maskHash, saltBytes }) {
	const name = Object.hasOwn(PSS_HASHES, hash) ? PSS_HASHES[hash] : void 0;
	return name !== void 0 && maskHash === hash ? {
		keyType: "rsa",
		hash: name,
		pssSaltBytes: saltBytes
	} : void 0;
}
/** True when the issuer's key made the signature on a certificate or CRL. @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE */
function isSignedBy({ scheme, signedBytes, signature }, issuer) {
	const { key, algorithm } = issuer.publicKey ?? {};
	if (!scheme || !key || !algorithm?.startsWith(scheme.keyType)) return false;
	spend(costOf(algorithm));
	const padding = scheme.pssSaltBytes === void 0 ? {} : {
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: scheme.pssSaltBytes
	};
	try {
		return verify(scheme.hash, signedBytes, {
			key,
			...padding
		}, signature);
	} catch {
		return false;
	}
}
/** What a certificate is called in messages: its subject or, where that is empty, its first alternative name. */
function nameOf({ subject, extensions }) {
	const [other] = extensions.subjectAltName.flatMap((name) => sanText(name) ?? []);
	return JSON.stringify((subject.text || other || "").slice(0, 200));
}
/** True for two certificates of one owner and key, as cross-signed ones are. */
function sameSubjectAndKey(a, b) {
	return a.sha256 === b.sha256 || a.subject.key === b.subject.key && equalBytes(a.spki, b.spki);
}
/** What is wrong with a certificate, as a reason that names it. */
function certificateReason(code, certificate, problem) {
	const serial = certificate.serial.slice(0, 40);
	return signatureReason(code, `the certificate ${nameOf(certificate)} (serial ${serial}) ${problem}`);
}
/** What the certificate says about its owner, and where paths from it lead. */
function certificateIdentity(certificate, leads = {
	anchors: [],
	chain: []
}) {
	return {
		method: "x509",
		hint: certificate.hint,
		algorithm: certificate.publicKey?.algorithm ?? "unsupported",
		subject: certificate.subject.text,
		issuer: certificate.issuer.text,
		san: certificate.extensions.subjectAltName.flatMap((name) => sanText(name) ?? []),
		serial: certificate.serial,
		notBefore: certificate.notBefore.toISOString(),
		notAfter: certificate.notAfter.toISOString(),
		certificateSha256: certificate.sha256,
		...leads
	};
}
/**
* DER of every certificate in a file: PEM blocks, or one DER certificate.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
*/
function readCertificateFile(bytes) {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
	if (!text.includes("-----BEGIN ")) return [parseCertificate(bytes).der];
	const blocks = certificatesInPem(text);
	if (blocks.length === 0) throw new SignatureError("SIGNATURE_CERTIFICATE_UNREADABLE", "the file holds no PEM block CERTIFICATE");
	return blocks.map((der) => parseCertificate(der).der);
}

export { parseCertificate as a, sameSubjectAndKey as c, nameOf as i, readAlgorithm as l, certificateReason as n, readCertificateFile as o, isSignedBy as r, readScheme as s, certificateIdentity as t, readExtension as u };