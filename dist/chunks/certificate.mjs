import { a as sha256Hex } from "./digest.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as parsePem } from "./pem.mjs";
import { n as SignatureError } from "./errors3.mjs";
import { r as publicKeyFromDer, s as toPublicKey, t as keyHint } from "./keys.mjs";
import { n as require_cjs$2, r as require_cjs$1, t as require_cjs } from "./cjs.mjs";
import { o as toHex, r as equalBytes, t as concatBytes } from "./bytes.mjs";
import { constants, verify } from "node:crypto";
import { isIP } from "node:net";

// src/signing/certificate-names.ts
const ATTRIBUTES = {
	"2.5.4.3": "CN",
	"2.5.4.4": "SN",
	"2.5.4.5": "serialNumber",
	"2.5.4.6": "C",
	"2.5.4.7": "L",
	"2.5.4.8": "ST",
	"2.5.4.9": "STREET",
	"2.5.4.10": "O",
	"2.5.4.11": "OU",
	"2.5.4.12": "title",
	"2.5.4.42": "givenName",
	"2.5.4.97": "organizationIdentifier",
	"0.9.2342.19200300.100.1.1": "UID",
	"0.9.2342.19200300.100.1.25": "DC",
	"1.2.840.113549.1.9.1": "emailAddress"
};
const EMAIL_ATTRIBUTE = "1.2.840.113549.1.9.1";
/** Attributes of each RDN, root first → the name; `key` is its encoding as hex. */
function distinguishedName(rdns, key) {
	return {
		key,
		text: rdns.toReversed().map((rdn) => rdn.map(attributeText).join("+")).join(","),
		rdns: rdns.map((rdn) => rdn.map(normalised).sort().join("+")),
		emails: rdns.flat().flatMap(({ oid, text }) => oid === EMAIL_ATTRIBUTE && text !== void 0 ? [text] : [])
	};
}
/** @see RFC 4514 section 2.4 */
function attributeText({ oid, text, valueHex }) {
	const name = Object.hasOwn(ATTRIBUTES, oid) ? ATTRIBUTES[oid] : void 0;
	if (name === void 0 || text === void 0) return `${name ?? oid}=#${valueHex()}`;
	return `${name}=${text.replace(/["+,;<>\\]/g, "\\$&").replace(/^[ #]/, "\\$&").replace(/ $/, "\\ ").replace(/\p{Cc}|\p{Cf}/gu, (char) => Buffer.from(char).toString("hex").replace(/../g, "\\$&"))}`;
}
function normalised({ oid, text, valueHex }) {
	return `${oid}=${text === void 0 ? `#${valueHex()}` : text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ")}`;
}
/** The name as policies write it, `email:a@b`; undefined for kinds that identities do not use. */
function sanText(name) {
	if (name.kind === "directory" || name.kind === "other" || name.kind === "ip" && isIP(name.text) === 0) return void 0;
	return `${name.kind}:${name.text}`;
}

// src/signing/explicit-defaults.ts
var import_cjs$1 = require_cjs$1();
var import_cjs$2 = require_cjs$2();
var import_cjs = require_cjs();
const SEQUENCE = 48;
const FALSE = Uint8Array.of(1, 1, 0);
const MINIMUM_ZERO = Uint8Array.of(128, 1, 0);
const EXTENSION = { member: {
	at: 1,
	byDefault: FALSE
} };
const SUBTREES = { inside: { [SEQUENCE]: { member: {
	at: 1,
	byDefault: MINIMUM_ZERO
} } } };
const TBS = { inside: { 163: { inside: { [SEQUENCE]: { inside: { [SEQUENCE]: EXTENSION } } } } } };
/** `critical` of extensions. */
const CERTIFICATE_SHAPE = { inside: { [SEQUENCE]: TBS } };
/** `cA`. */
const BASIC_CONSTRAINTS_SHAPE = { member: {
	at: 0,
	byDefault: FALSE
} };
/** `minimum` of subtrees. */
const NAME_CONSTRAINTS_SHAPE = { inside: {
	160: SUBTREES,
	161: SUBTREES
} };
/** The element without members that have their DEFAULT value; unchanged when its lengths are not as in DER. */
function withoutExplicitDefaults(bytes, shape) {
	const element = readElement(bytes, 0);
	return element && element.end === bytes.length ? rewrite(element, shape) : bytes;
}
function rewrite(element, { member, inside = {} }) {
	const members = readElements(element.content);
	if (!members) return element.whole;
	const parts = members.filter(({ whole }, index) => index !== member?.at || !equalBytes(whole, member.byDefault)).map((part) => {
		const shape = inside[part.tag];
		return shape ? rewrite(part, shape) : part.whole;
	});
	const content = concatBytes(...parts);
	return concatBytes(headOf(element.tag, content.length), content);
}
function readElements(bytes) {
	const elements = [];
	for (let offset = 0; offset < bytes.length;) {
		const element = readElement(bytes, offset);
		if (!element) return void 0;
		elements.push(element);
		offset = element.end;
	}
	return elements;
}
/** Tags of one byte and definite lengths in the fewest bytes only. */
function readElement(bytes, offset) {
	const [tag, first] = [bytes[offset], bytes[offset + 1]];
	if (tag === void 0 || first === void 0 || (tag & 31) === 31) return void 0;
	const more = first < 128 ? 0 : first & 127;
	const digits = bytes.subarray(offset + 2, offset + 2 + more);
	if (first === 128 || more > 3 || digits.length < more) return void 0;
	const length = more === 0 ? first : digits.reduce((sum, digit) => sum * 256 + digit, 0);
	const start = offset + 2 + more;
	const end = start + length;
	if (end > bytes.length || headOf(tag, length).length !== 2 + more) return void 0;
	return {
		tag,
		whole: bytes.subarray(offset, end),
		content: bytes.subarray(start, end),
		end
	};
}
function headOf(tag, length) {
	if (length < 128) return Uint8Array.of(tag, length);
	const digits = [];
	for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
	return Uint8Array.of(tag, 128 | digits.length, ...digits);
}

// src/signing/certificate-fields.ts
const MAX_BYTES = 32768;
/** The library needs some 50 µs for each element: what a hostile certificate can cost. */
const BER_LIMITS = {
	maxDepth: 32,
	maxNodes: 3e3,
	maxContentLength: MAX_BYTES
};
const MAX_EXTENSIONS = 64;
const MAX_ATTRIBUTES = 100;
const MAX_GENERAL_NAMES = 1024;
const MAX_SUBTREES = 256;
const RSASSA_PSS = "1.2.840.113549.1.1.10";
/**
* The content of a DER certificate.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see RFC 5280 section 4.1
*/
function readX509(der) {
	const { tbsCertificate: tbs, tbsCertificateRaw, signatureAlgorithm, signatureValue } = decode(der, import_cjs$2.Certificate, CERTIFICATE_SHAPE);
	const version = tbs.version + 1;
	const { notBefore, notAfter } = tbs.validity;
	if (!tbs.signature.isEqual(signatureAlgorithm)) throw unreadable("its two signature algorithms differ");
	if (!tbsCertificateRaw || version < 1 || version > 3) throw unreadable(`version ${version}`);
	if (tbs.extensions && version !== 3) throw unreadable(`version ${version} with extensions`);
	return {
		version,
		serial: readSerial(new Uint8Array(tbs.serialNumber)),
		subject: readName(tbs.subject),
		issuer: readName(tbs.issuer),
		notBefore: notBefore.getTime(),
		notAfter: notAfter.getTime(),
		spki: encode(tbs.subjectPublicKeyInfo),
		algorithm: readAlgorithm(signatureAlgorithm),
		signedBytes: new Uint8Array(tbsCertificateRaw),
		signature: new Uint8Array(signatureValue),
		extensions: readExtensions(tbs.extensions ?? [])
	};
}
function unreadable(problem, cause) {
	return new SignatureError("SIGNATURE_CERTIFICATE_UNREADABLE", `not a certificate: ${problem}`, { cause });
}
/** The library throws errors of many kinds at malformed bytes: all of them mean the same. */
function decode(bytes, type, shape = {}) {
	if (bytes.length > MAX_BYTES) throw unreadable(`${bytes.length} bytes; the limit is ${MAX_BYTES}`);
	let value;
	let again;
	try {
		value = import_cjs$1.AsnConvert.parse(Uint8Array.from(bytes), type, { berOptions: BER_LIMITS });
		again = encode(value);
	} catch (cause) {
		throw unreadable(`${type.name} is malformed`, cause);
	}
	if (!equalBytes(again, bytes) && !equalBytes(again, withoutExplicitDefaults(bytes, shape))) throw unreadable(`${type.name} is not in the one form that DER allows`);
	return value;
}
function encode(value) {
	return new Uint8Array(import_cjs$1.AsnConvert.serialize(value));
}
/** @see RFC 4055 section 3.1 */
function readAlgorithm({ algorithm, parameters }) {
	if (algorithm !== "1.2.840.113549.1.1.10" || !parameters) return {
		oid: algorithm,
		pss: void 0
	};
	const { hashAlgorithm, maskGenAlgorithm, saltLength } = decode(new Uint8Array(parameters), import_cjs.RsaSaPssParams);
	const maskHash = decode(new Uint8Array(maskGenAlgorithm.parameters ?? []), import_cjs$2.AlgorithmIdentifier).algorithm;
	return {
		oid: algorithm,
		pss: {
			hash: hashAlgorithm.algorithm,
			maskHash,
			saltBytes: smallInteger(saltLength)
		}
	};
}
/** Large integers come from the library as text. */
function smallInteger(value) {
	const number = Number(value);
	if (!Number.isInteger(number) || number < 0 || number > 2147483647) throw unreadable("an integer out of range");
	return number;
}
/** The library keeps the bytes as they are, padding included. */
function readSerial(bytes) {
	const hex = toHex(bytes);
	if (hex === "" || /^(?:00[0-7]|ff[89a-f])/.test(hex)) throw unreadable("a malformed serial number");
	return hex.replace(/^00(?=.)/, "");
}
function readName(name) {
	const rdns = name.map((rdn) => [...rdn].map(readAttribute));
	if (rdns.flat().length > MAX_ATTRIBUTES || rdns.some((rdn) => rdn.length === 0)) throw unreadable("a malformed name");
	return distinguishedName(rdns, toHex(encode(name)));
}
function readAttribute({ type, value }) {
	const ascii = value.printableString ?? value.ia5String;
	if (ascii !== void 0 && /[^\0-\x7f]/.test(ascii)) throw unreadable("a text with characters outside its alphabet");
	const text = ascii ?? value.utf8String ?? value.bmpString ?? value.teletexString;
	if (text?.isWellFormed() === false) throw unreadable("a text that is not properly encoded");
	return {
		oid: type,
		text,
		valueHex: () => toHex(encode(value))
	};
}
/** @see RFC 5280 section 4.2.1.6 */
function readGeneralName(name) {
	const { rfc822Name, dNSName, uniformResourceIdentifier, iPAddress, directoryName } = name;
	if (rfc822Name !== void 0) return {
		kind: "email",
		text: printable(rfc822Name)
	};
	if (dNSName !== void 0) return {
		kind: "dns",
		text: printable(dNSName)
	};
	if (uniformResourceIdentifier !== void 0) return {
		kind: "uri",
		text: printable(uniformResourceIdentifier)
	};
	if (iPAddress !== void 0) return {
		kind: "ip",
		text: iPAddress
	};
	if (directoryName !== void 0) return {
		kind: "directory",
		name: readName(directoryName)
	};
	return {
		kind: "other",
		type: Object.entries(name).find(([, value]) => value !== void 0)?.[0] ?? ""
	};
}
/** Printable ASCII only: a NUL or line end inside a name has no honest use. */
function printable(text) {
	if (/[^ -~]/.test(text)) throw unreadable("a name with unprintable characters");
	return text;
}
const READ_EXTENSIONS = /* @__PURE__ */ new Set([
	import_cjs$2.id_ce_basicConstraints,
	import_cjs$2.id_ce_keyUsage,
	import_cjs$2.id_ce_extKeyUsage,
	import_cjs$2.id_ce_subjectAltName,
	import_cjs$2.id_ce_nameConstraints,
	import_cjs$2.id_ce_policyConstraints
]);
function readExtensions(list) {
	const values = new Map(list.map(({ extnID, extnValue }) => [extnID, new Uint8Array(extnValue.buffer)]));
	if (list.length > MAX_EXTENSIONS || values.size < list.length) throw unreadable("too many extensions, or one that is repeated");
	const read = (oid, type, shape) => {
		const value = values.get(oid);
		return value && decode(value, type, shape);
	};
	const usages = read(import_cjs$2.id_ce_extKeyUsage, import_cjs$2.ExtendedKeyUsage);
	return {
		basicConstraints: readBasicConstraints(read(import_cjs$2.id_ce_basicConstraints, import_cjs$2.BasicConstraints, BASIC_CONSTRAINTS_SHAPE)),
		keyUsage: readKeyUsage(read(import_cjs$2.id_ce_keyUsage, import_cjs$2.KeyUsage)),
		extendedKeyUsage: usages && [...usages],
		subjectAltName: readAltNames(read(import_cjs$2.id_ce_subjectAltName, import_cjs$2.SubjectAlternativeName) ?? []),
		nameConstraints: readNameConstraints(read(import_cjs$2.id_ce_nameConstraints, import_cjs$2.NameConstraints, NAME_CONSTRAINTS_SHAPE)),
		requiresPolicy: read(import_cjs$2.id_ce_policyConstraints, import_cjs$2.PolicyConstraints)?.requireExplicitPolicy !== void 0,
		otherCritical: list.flatMap(({ extnID, critical }) => critical && !READ_EXTENSIONS.has(extnID) ? [extnID] : [])
	};
}
function readBasicConstraints(value) {
	const length = value?.pathLenConstraint;
	return value && {
		ca: value.cA,
		pathLength: length === void 0 ? void 0 : smallInteger(length)
	};
}
/** The library ignores stray bits, and miscounts more bits than there are usages. */
function readKeyUsage(usage) {
	const octets = new Uint8Array(usage?.value ?? []);
	if (octets.length > 2 || ((octets.at(-1) ?? 0) & 2 ** (usage?.unusedBits ?? 0) - 1) !== 0) throw unreadable("a malformed key usage");
	return usage?.toJSON();
}
function readAltNames(names) {
	if (names.length > MAX_GENERAL_NAMES) throw unreadable("too many names");
	return names.map(readGeneralName);
}
function readNameConstraints(value) {
	return value && {
		permitted: readSubtrees(value.permittedSubtrees),
		excluded: readSubtrees(value.excludedSubtrees)
	};
}
/** `minimum` and `maximum` must be absent. @see RFC 5280 section 4.2.1.10 */
function readSubtrees(subtrees) {
	const list = [...subtrees ?? []];
	if (list.length > MAX_SUBTREES || list.some(({ minimum, maximum }) => minimum !== 0 || maximum !== void 0)) throw unreadable("name constraints that are too many or malformed");
	return list.map(({ base }) => readGeneralName(base));
}

// src/signing/certificate.ts
/**
* One certificate.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
*/
function parseCertificate(der) {
	const { spki, algorithm, ...fields } = readX509(der);
	return {
		...fields,
		der,
		sha256: sha256Hex(der),
		...readKey(spki),
		...readScheme(algorithm)
	};
}
function readKey(spki) {
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
/** True when the issuer's key made the signature on the certificate. Never throws. */
function isSignedBy(certificate, issuer) {
	const { scheme, signedBytes, signature } = certificate;
	const key = issuer.publicKey?.key;
	if (!scheme || !key || key.asymmetricKeyType !== scheme.keyType) return false;
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
/** What the certificate says about its owner. `anchors` are hex SHA-256 of the trust anchors of valid paths. */
function certificateIdentity(certificate, anchors) {
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
		anchors
	};
}
/**
* DER of every certificate in a file: PEM blocks, or one DER certificate.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
*/
function readCertificateFile(bytes) {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
	if (!text.includes("-----BEGIN ")) return [parseCertificate(bytes).der];
	const blocks = parsePem(text).filter(({ label }) => label === "CERTIFICATE");
	if (blocks.length === 0) throw new SignatureError("SIGNATURE_CERTIFICATE_UNREADABLE", "the file holds no PEM block CERTIFICATE");
	return blocks.map(({ der }) => parseCertificate(der).der);
}

export { readCertificateFile as i, isSignedBy as n, parseCertificate as r, certificateIdentity as t };