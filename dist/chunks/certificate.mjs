import { o as toHex, r as equalBytes } from "./bytes.mjs";
import { a as sha256Hex } from "./digest.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as parsePem } from "./pem.mjs";
import { c as readBitBytes, d as readInteger, f as readNamedBits, h as readTime, l as readBoolean, m as readSmallInteger, n as childrenOf, p as readOid, r as derError, s as expectTag, t as TAG, u as readDer } from "./der.mjs";
import { n as SignatureError } from "./errors3.mjs";
import { r as publicKeyFromDer, s as toPublicKey, t as keyHint } from "./keys.mjs";
import { constants, verify } from "node:crypto";

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
/** Attributes in one distinguished name. */
const MAX_ATTRIBUTES = 100;
/** General names in one extension. */
const MAX_GENERAL_NAMES = 1024;
/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readName(element) {
	const rdns = childrenOf(element).map((rdn) => childrenOf(rdn, TAG.set).map(readAttribute));
	const attributes = rdns.flat();
	if (attributes.length > MAX_ATTRIBUTES || rdns.some((rdn) => rdn.length === 0)) throw derError("a malformed name");
	return {
		key: toHex(element.bytes),
		text: rdns.toReversed().map((rdn) => rdn.map(attributeText).join("+")).join(","),
		rdns: rdns.map((rdn) => rdn.map(normalised).sort().join("+")),
		emails: attributes.flatMap(({ oid, text }) => oid === EMAIL_ATTRIBUTE && text !== void 0 ? [text] : [])
	};
}
function readAttribute(element) {
	const [type, value, ...rest] = childrenOf(element);
	if (!value || rest.length > 0) throw derError("a malformed name attribute");
	return {
		oid: readOid(type),
		text: readText(value),
		valueHex: toHex(value.bytes)
	};
}
function readText({ tag, content }) {
	switch (tag) {
		case TAG.utf8String: return decode("utf-8", content);
		case TAG.printableString:
		case TAG.ia5String:
			if (content.some((byte) => byte >= 128)) throw derError("a text with characters outside its alphabet");
			return decode("utf-8", content);
		case TAG.teletexString: return Buffer.from(content).toString("latin1");
		case TAG.bmpString: return decode("utf-16be", content);
		default: return;
	}
}
function decode(encoding, content) {
	try {
		return new TextDecoder(encoding, {
			fatal: true,
			ignoreBOM: true
		}).decode(content);
	} catch {
		throw derError("a text that is not properly encoded");
	}
}
/** @see RFC 4514 section 2.4 */
function attributeText({ oid, text, valueHex }) {
	const name = Object.hasOwn(ATTRIBUTES, oid) ? ATTRIBUTES[oid] : void 0;
	if (name === void 0 || text === void 0) return `${name ?? oid}=#${valueHex}`;
	return `${name}=${text.replace(/["+,;<>\\]/g, "\\$&").replace(/^[ #]/, "\\$&").replace(/ $/, "\\ ").replace(/\p{Cc}|\p{Cf}/gu, (char) => Buffer.from(char).toString("hex").replace(/../g, "\\$&"))}`;
}
function normalised({ oid, text, valueHex }) {
	return `${oid}=${text === void 0 ? `#${valueHex}` : text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ")}`;
}
/** The names in a GeneralNames sequence. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readGeneralNames(element) {
	const names = childrenOf(element);
	if (names.length > MAX_GENERAL_NAMES) throw derError("too many names");
	return names.map(readGeneralName);
}
/** @see RFC 5280 section 4.2.1.6 */
function readGeneralName({ tag, content }) {
	switch (tag) {
		case 129: return {
			kind: "email",
			text: readAscii(content)
		};
		case 130: return {
			kind: "dns",
			text: readAscii(content)
		};
		case 134: return {
			kind: "uri",
			text: readAscii(content)
		};
		case 135: return {
			kind: "ip",
			bytes: content
		};
		case 164: return {
			kind: "directory",
			name: readName(readDer(content))
		};
		default: return {
			kind: "other",
			tag
		};
	}
}
/** Printable ASCII only: a NUL or line end inside a name has no honest use. */
function readAscii(content) {
	if (content.some((byte) => byte < 32 || byte > 126)) throw derError("a name with unprintable characters");
	return Buffer.from(content).toString("latin1");
}
/** The name as policies write it, `email:a@b`; undefined for kinds that identities do not use. */
function sanText(name) {
	if (name.kind === "ip") return ipText(name.bytes);
	return name.kind === "directory" || name.kind === "other" ? void 0 : `${name.kind}:${name.text}`;
}
function ipText(bytes) {
	if (bytes.length === 4) return `ip:${bytes.join(".")}`;
	if (bytes.length !== 16) return void 0;
	const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2] ?? 0) << 8 | (bytes[index * 2 + 1] ?? 0));
	const { hostname } = new URL(`http://[${groups.map((group) => group.toString(16)).join(":")}]`);
	return `ip:${hostname.slice(1, -1)}`;
}

// src/signing/name-constraints.ts
/** Subtrees in one extension. */
const MAX_SUBTREES = 256;
/**
* The nameConstraints extension.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see RFC 5280 section 4.2.1.10
*/
function readNameConstraints(element) {
	const parts = childrenOf(element);
	const subtrees = (tag) => {
		const part = parts.find((candidate) => candidate.tag === tag);
		return part ? childrenOf(part, tag).map(readSubtree) : [];
	};
	if (parts.some(({ tag }) => tag !== 160 && tag !== 161)) throw derError("malformed name constraints");
	const constraints = {
		permitted: subtrees(160),
		excluded: subtrees(161)
	};
	if (constraints.permitted.length + constraints.excluded.length > MAX_SUBTREES) throw derError("too many name constraints");
	return constraints;
}
/** `minimum` and `maximum` must be absent, as RFC 5280 demands. */
function readSubtree(element) {
	const [base, ...rest] = childrenOf(element);
	if (!base || rest.length > 0) throw derError("a malformed name constraint");
	return readGeneralName(base);
}
/** The first of the names that the constraints do not allow. */
function findForbiddenName(names, constraints) {
	return names.find((name) => {
		const permitted = constraints.permitted.filter((base) => sameKind(base, name));
		const excluded = constraints.excluded.filter((base) => sameKind(base, name));
		if (name.kind === "other") return permitted.length + excluded.length > 0;
		if (excluded.some((base) => within(name, base, true))) return true;
		return permitted.length > 0 && !permitted.some((base) => within(name, base, false));
	});
}
function sameKind(base, name) {
	return base.kind === "other" && name.kind === "other" ? base.tag === name.tag : base.kind === name.kind;
}
/** True when the name lies in the subtree; `wide` also counts what can only be read so. */
function within(name, base, wide) {
	if (name.kind === "directory" && base.kind === "directory") return base.name.rdns.every((rdn, index) => name.name.rdns[index] === rdn);
	if (name.kind === "ip" && base.kind === "ip") return ipWithin(name.bytes, base.bytes);
	if (name.kind === "dns" && base.kind === "dns") return hostWithin(name.text, base.text, true);
	if (name.kind === "email" && base.kind === "email") return emailWithin(name.text, base.text, wide);
	if (name.kind === "uri" && base.kind === "uri") return uriWithin(name.text, base.text, wide);
	return false;
}
/** An empty base holds every host, `.example.org` the hosts below, `example.org` itself and, if `below`, those below. */
function hostWithin(host, base, below) {
	const name = host.toLowerCase().replace(/\.$/, "");
	const wanted = base.toLowerCase();
	if (wanted === "") return true;
	if (wanted.startsWith(".")) return name.endsWith(wanted) && name.length > wanted.length;
	return name === wanted || below && name.endsWith(`.${wanted}`);
}
function emailWithin(address, base, wide) {
	const at = address.lastIndexOf("@");
	const host = address.slice(at + 1);
	if (at <= 0 || host === "") return wide;
	const baseAt = base.lastIndexOf("@");
	if (baseAt === -1) return hostWithin(host, base, wide);
	return (wide ? address.slice(0, at).toLowerCase() === base.slice(0, baseAt).toLowerCase() : address.slice(0, at) === base.slice(0, baseAt)) && host.toLowerCase() === base.slice(baseAt + 1).toLowerCase();
}
/** A URI without a host name cannot be inside a permitted subtree, and counts as inside an excluded one. */
function uriWithin(uri, base, wide) {
	const host = URL.canParse(uri) ? new URL(uri).hostname : "";
	if (host === "" || host.startsWith("[") || /^[0-9.]+$/.test(host)) return wide;
	return hostWithin(host, base, wide);
}
function ipWithin(address, base) {
	const length = address.length;
	if (base.length !== length * 2) return false;
	return address.every((byte, index) => ((byte ^ (base[index] ?? 0)) & (base[length + index] ?? 0)) === 0);
}

// src/signing/certificate.ts
const MAX_CERTIFICATE_BYTES = 65536;
const MAX_EXTENSIONS = 64;
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
/** Bits of keyUsage. */
const KEY_USAGE = {
	digitalSignature: 0,
	keyCertSign: 5
};
/**
* One certificate.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see RFC 5280 section 4.1
*/
function parseCertificate(der) {
	if (der.length > MAX_CERTIFICATE_BYTES) throw derError(`${der.length} bytes; the limit is ${MAX_CERTIFICATE_BYTES}`);
	const [tbs, algorithm, signature, ...rest] = childrenOf(readDer(der));
	if (!tbs || !algorithm || rest.length > 0) throw derError("it does not have three parts");
	const fields = [...childrenOf(tbs)];
	const version = fields[0]?.tag === 160 ? readSmallInteger(childrenOf(fields.shift() ?? tbs, 160)[0]) + 1 : 1;
	const [serial, inner, issuer, validity, subject, spki, ...optional] = fields;
	if (!inner || !issuer || !validity || !subject || !spki) throw derError("a field is missing");
	if (!equalBytes(inner.bytes, algorithm.bytes)) throw derError("its two signature algorithms differ");
	const [notBefore, notAfter, ...more] = childrenOf(validity);
	if (more.length > 0) throw derError("a malformed validity");
	return {
		der,
		sha256: sha256Hex(der),
		version,
		serial: toHex(readInteger(serial)).replace(/^00(?=.)/, ""),
		subject: readName(subject),
		issuer: readName(issuer),
		notBefore: readTime(notBefore),
		notAfter: readTime(notAfter),
		...readKey(spki),
		...readScheme(algorithm),
		signedBytes: tbs.bytes,
		signature: readBitBytes(signature),
		extensions: readExtensions(optional, version)
	};
}
function readKey(spki) {
	let key;
	try {
		key = publicKeyFromDer(expectTag(spki, TAG.sequence).bytes);
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
const PSS = "1.2.840.113549.1.1.10";
const PSS_HASHES = {
	"2.16.840.1.101.3.4.2.1": "sha256",
	"2.16.840.1.101.3.4.2.2": "sha384",
	"2.16.840.1.101.3.4.2.3": "sha512"
};
function readScheme(algorithm) {
	const [type, parameters] = childrenOf(algorithm);
	const oid = readOid(type);
	if (oid === PSS) return {
		scheme: readPss(parameters),
		schemeName: "RSA-PSS with a weak or unknown hash"
	};
	return {
		scheme: Object.hasOwn(SCHEMES, oid) ? SCHEMES[oid] : void 0,
		schemeName: (Object.hasOwn(WEAK_SCHEMES, oid) ? WEAK_SCHEMES[oid] : void 0) ?? oid
	};
}
/** Hash and mask hash must be the same SHA-2; absent members mean SHA-1. @see RFC 4055 section 3.1 */
function readPss(parameters) {
	const members = parameters ? childrenOf(parameters) : [];
	const member = (tag) => {
		const found = members.find((candidate) => candidate.tag === tag);
		return found && childrenOf(found, tag)[0];
	};
	const hashElement = member(160);
	const maskElement = member(161);
	const saltElement = member(162);
	if (!hashElement || !maskElement) return void 0;
	const oid = readOid(childrenOf(hashElement)[0]);
	const maskHash = childrenOf(maskElement)[1];
	const hash = Object.hasOwn(PSS_HASHES, oid) ? PSS_HASHES[oid] : void 0;
	if (hash === void 0 || !maskHash || readOid(childrenOf(maskHash)[0]) !== oid) return void 0;
	return {
		keyType: "rsa",
		hash,
		pssSaltBytes: saltElement ? readSmallInteger(saltElement) : 20
	};
}
const EXTENSION = {
	keyUsage: "2.5.29.15",
	subjectAltName: "2.5.29.17",
	basicConstraints: "2.5.29.19",
	nameConstraints: "2.5.29.30",
	extendedKeyUsage: "2.5.29.37"
};
/** Harmless to ignore even when critical: key identifiers, CRL locations, and policies, of which we demand none. */
const IGNORED_EXTENSIONS = /* @__PURE__ */ new Set([
	"2.5.29.14",
	"2.5.29.35",
	"2.5.29.31",
	"2.5.29.32"
]);
function readExtensions(optional, version) {
	const wrapper = optional.find(({ tag }) => tag === 163);
	if (wrapper && version !== 3) throw derError(`version ${version} with extensions`);
	const list = wrapper ? childrenOf(readDer(expectTag(wrapper, 163).content)) : [];
	if (list.length > MAX_EXTENSIONS) throw derError("too many extensions");
	const values = /* @__PURE__ */ new Map();
	const unknownCritical = [];
	const known = Object.values(EXTENSION);
	for (const extension of list) {
		const [type, ...parts] = childrenOf(extension);
		const oid = readOid(type);
		const critical = parts[0]?.tag === TAG.boolean ? readBoolean(parts.shift() ?? extension) : false;
		const value = expectTag(parts[0], TAG.octetString);
		if (values.has(oid) || parts.length !== 1) throw derError(`extension ${oid} is repeated or malformed`);
		if (known.includes(oid)) values.set(oid, readDer(value.content));
		else values.set(oid, value);
		if (critical && !known.includes(oid) && !IGNORED_EXTENSIONS.has(oid)) unknownCritical.push(oid);
	}
	return {
		...typedExtensions(values),
		unknownCritical
	};
}
function typedExtensions(values) {
	const read = (oid, reader) => {
		const element = values.get(oid);
		return element && reader(element);
	};
	return {
		basicConstraints: read(EXTENSION.basicConstraints, readBasicConstraints),
		keyUsage: read(EXTENSION.keyUsage, readNamedBits),
		extendedKeyUsage: read(EXTENSION.extendedKeyUsage, (element) => childrenOf(element).map((usage) => readOid(usage))),
		subjectAltName: read(EXTENSION.subjectAltName, readGeneralNames) ?? [],
		nameConstraints: read(EXTENSION.nameConstraints, readNameConstraints)
	};
}
function readBasicConstraints(element) {
	const parts = [...childrenOf(element)];
	const ca = parts[0]?.tag === TAG.boolean ? readBoolean(parts.shift() ?? element) : false;
	const [length, ...rest] = parts;
	if (rest.length > 0) throw derError("malformed basic constraints");
	return {
		ca,
		pathLength: length && readSmallInteger(length)
	};
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

export { isSignedBy as a, findForbiddenName as c, certificateIdentity as i, CODE_SIGNING as n, parseCertificate as o, KEY_USAGE as r, readCertificateFile as s, ANY_EXTENDED_KEY_USAGE as t };