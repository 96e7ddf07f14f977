import { f as sha256Hex, h as toHex, o as equalBytes } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { p as toSecond } from "./text.mjs";
import { a as parseCertificate, i as nameOf, r as isSignedBy, s as readScheme } from "./certificate.mjs";
import { t as findPaths } from "./path.mjs";
import { n as timestampRemark } from "./reasons3.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { a as Members, c as booleanOf, d as elementsIn, g as smallInteger, h as oidOf, l as contentOf, m as membersOf, n as readGeneralName, o as TAG, p as integerBytes, r as readName, u as elementOf, v as unreadable } from "./names.mjs";
import { createHash } from "node:crypto";

// src/crypto/timestamp/token.ts
/** A token with a chain of certificates has some 6 KiB. */
const MAX_TOKEN_BYTES = 65536;
const MAX_CERTIFICATES = 16;
const MAX_ATTRIBUTES = 32;
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const ATTRIBUTE = {
	contentType: "1.2.840.113549.1.9.3",
	messageDigest: "1.2.840.113549.1.9.4",
	signingCertificate: "1.2.840.113549.1.9.16.2.12",
	signingCertificateV2: "1.2.840.113549.1.9.16.2.47"
};
const HASHES = {
	"2.16.840.1.101.3.4.2.1": "sha256",
	"2.16.840.1.101.3.4.2.2": "sha384",
	"2.16.840.1.101.3.4.2.3": "sha512"
};
/**
* The token in a granted response.
* @throws SignatureError SIGNATURE_TIMESTAMP_UNREADABLE
* @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.4.2
*/
function readTimestamp(der) {
	try {
		if (der.length > 65536) throw unreadable(`${der.length} bytes; the limit is ${MAX_TOKEN_BYTES}`);
		const [status, token, ...more] = membersOf(elementOf(der));
		if (!token || more.length > 0) throw unreadable("a response without a token");
		const [number, text, ...failure] = membersOf(status);
		if (smallInteger(number) !== 0 || failure.length > 0) throw unreadable("a response that grants no timestamp");
		if (text) membersOf(text);
		return readSignedData(explicitly(token, SIGNED_DATA));
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		const problem = cause.message.replace("not a certificate: ", "");
		throw new SignatureError("SIGNATURE_TIMESTAMP_UNREADABLE", `not a timestamp: ${problem}`, { cause });
	}
}
/** What an element of type ContentInfo holds. */
function explicitly(element, type) {
	const [oid, content, ...more] = membersOf(element);
	if (oidOf(oid) !== type || more.length > 0) throw unreadable("content of another type");
	return elementOf(contentOf(content, 160));
}
/** @see https://www.rfc-editor.org/rfc/rfc5652.html#section-5.1 */
function readSignedData(element) {
	const members = new Members(membersOf(element));
	if (smallInteger(members.next()) !== 3) throw unreadable("signed data of another version");
	const [hash, ...others] = membersOf(members.next(), TAG.set);
	const content = contentOf(explicitly(members.next(), TST_INFO), TAG.octetString);
	const certificates = elementsIn(members.optional(160)?.content ?? /* @__PURE__ */ new Uint8Array());
	const [signer, ...more] = membersOf(members.next(), TAG.set);
	members.end();
	if (!signer || more.length > 0 || others.length > 0) throw unreadable("it has not exactly one signer");
	if (certificates.length > MAX_CERTIFICATES) throw unreadable("too many certificates");
	for (const certificate of certificates) contentOf(certificate, TAG.sequence);
	return {
		info: readInfo(elementOf(content)),
		certificates: certificates.map(({ whole }) => whole),
		content,
		...readSigner(signer, hashOf(hash))
	};
}
/** @see https://www.rfc-editor.org/rfc/rfc5652.html#section-5.3 */
function readSigner(element, expected) {
	const members = new Members(membersOf(element));
	if (smallInteger(members.next()) !== 1) throw unreadable("a signer that is not named by issuer and serial number");
	const [issuer, serial, ...more] = membersOf(members.next());
	const hash = hashOf(members.next());
	const signed = members.next();
	const attributes = readAttributes(contentOf(signed, 160));
	const [algorithm, signature] = [plainAlgorithm(members.next()), contentOf(members.next(), TAG.octetString)];
	members.end();
	if (!issuer || more.length > 0 || hash !== expected) throw unreadable("a malformed signer");
	if (oidOf(attributes.get(ATTRIBUTE.contentType)) !== TST_INFO) throw unreadable("a signature over another type");
	const signedBytes = Uint8Array.from(signed.whole);
	signedBytes[0] = TAG.set;
	return {
		signer: {
			issuer: readName(issuer).key,
			serial: serialOf(serial)
		},
		certificateId: readCertificateId(attributes),
		hash,
		algorithm,
		signedBytes,
		messageDigest: contentOf(attributes.get(ATTRIBUTE.messageDigest), TAG.octetString),
		signature
	};
}
/** Values by identifier; of the kinds that we read, every attribute has one. */
function readAttributes(bytes) {
	const attributes = /* @__PURE__ */ new Map();
	const elements = elementsIn(bytes);
	if (elements.length > MAX_ATTRIBUTES) throw unreadable("too many attributes");
	for (const element of elements) {
		const [type, values, ...more] = membersOf(element);
		const oid = oidOf(type);
		const [value, second] = membersOf(values, TAG.set);
		const several = second && Object.values(ATTRIBUTE).includes(oid);
		if (!value || several || more.length > 0 || attributes.has(oid)) throw unreadable("a malformed attribute");
		attributes.set(oid, value);
	}
	return attributes;
}
/**
* The first certificate that the signer names is its own.
* @see https://www.rfc-editor.org/rfc/rfc5035.html#section-3
*/
function readCertificateId(attributes) {
	const newer = attributes.get(ATTRIBUTE.signingCertificateV2);
	const older = attributes.get(ATTRIBUTE.signingCertificate);
	const [list] = membersOf(newer ?? older);
	const members = new Members(membersOf(membersOf(list)[0]));
	const algorithm = newer ? members.optional(TAG.sequence) : void 0;
	return {
		hash: newer ? algorithm ? hashOf(algorithm) : "sha256" : "sha1",
		digest: contentOf(members.next(), TAG.octetString)
	};
}
/** @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.4.2 */
function readInfo(element) {
	const members = new Members(membersOf(element));
	if (smallInteger(members.next()) !== 1) throw unreadable("a timestamp of another version");
	const policy = oidOf(members.next());
	const [algorithm, digest, ...more] = membersOf(members.next());
	const serial = serialOf(members.next());
	const time = preciseTimeOf(contentOf(members.next(), TAG.generalizedTime));
	const accuracy = members.optional(TAG.sequence);
	const ordering = members.optional(TAG.boolean);
	const nonce = members.optional(TAG.integer);
	const authority = members.optional(160);
	const extensions = members.optional(161);
	members.end();
	if (more.length > 0) throw unreadable("a malformed imprint");
	for (const extension of extensions ? elementsIn(extensions.content) : []) if (membersOf(extension)[1]?.tag === TAG.boolean) throw unreadable("an extension that must be understood");
	const name = authority && readGeneralName(elementOf(authority.content));
	return {
		policy,
		imprint: {
			hash: hashOf(algorithm),
			digest: contentOf(digest, TAG.octetString)
		},
		serial,
		time,
		accuracyMs: accuracy && readAccuracy(accuracy),
		ordering: ordering !== void 0 && booleanOf(ordering),
		nonce: nonce && serialOf(nonce),
		authority: name?.kind === "directory" ? name.name : void 0
	};
}
function readAccuracy(element) {
	const members = new Members(membersOf(element));
	const [seconds, millis, micros] = [
		members.optional(TAG.integer),
		members.optional(128),
		members.optional(129)
	];
	members.end();
	return smallOrZero(seconds, TAG.integer) * 1e3 + smallOrZero(millis, 128) + smallOrZero(micros, 129) / 1e3;
}
function smallOrZero(element, tag) {
	return element ? smallInteger(element, tag) : 0;
}
/** An integer of any length as hex, without the sign byte. */
function serialOf(element) {
	return toHex(integerBytes(element)).replace(/^00(?=.)/, "");
}
function hashOf(element) {
	const hash = HASHES[plainAlgorithm(element)];
	if (hash === void 0) throw unreadable("a hash other than SHA-256, SHA-384 and SHA-512");
	return hash;
}
/** An algorithm that has no parameters; NULL stands for none. */
function plainAlgorithm(element) {
	const [oid, parameters, ...more] = membersOf(element);
	if (more.length > 0 || parameters && toHex(parameters.whole) !== "0500") throw unreadable("a malformed algorithm");
	return oidOf(oid);
}
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/;
/** A time in UTC that may have a fraction of a second, without trailing zeros; to the millisecond. */
function preciseTimeOf(content) {
	const [, year, month, day, hour, minute, second, fraction = ""] = TIME.exec(Buffer.from(content).toString("latin1")) ?? [];
	const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}Z`;
	const time = new Date(text);
	if (Number.isNaN(time.getTime()) || time.toISOString() !== text) throw unreadable("a malformed time");
	return time;
}

// src/crypto/timestamp/verify.ts
/** What is assumed of an authority that does not say how exact its times are, which are mostly written in whole seconds. */
const DEFAULT_ACCURACY_MS = 1e3;
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
/** The earliest time that the timestamps prove. Never throws for what is in them. `checkOne` says how one of them is. */
function checkTimestamps(timestamps, context, checkOne = checkTimestamp) {
	const checks = timestamps.slice(0, LIMITS.timestamps).map((der) => checkOne(der, context));
	const verified = checks.filter((check) => "proven" in check);
	const remarks = checks.flatMap((check) => "proven" in check ? [] : [check]);
	const repeated = verified.filter((one) => verified.some((other) => isContradiction(one, other)));
	for (const { token, authority } of repeated) {
		const text = `two timestamps by ${nameOf(authority)} have the serial number ${token.info.serial.slice(0, 40)}`;
		remarks.push(timestampRemark("TIMESTAMP_SERIAL_REPEATED", text));
	}
	const [proven] = verified.filter((one) => !repeated.includes(one)).map((one) => one.proven).toSorted((a, b) => a.latest.getTime() - b.latest.getTime());
	return {
		proven,
		remarks
	};
}
/** An authority never gives a serial number twice, so one of the two is not what it said. */
function isContradiction(one, other) {
	return one.authority.sha256 === other.authority.sha256 && one.token.info.serial === other.token.info.serial && !equalBytes(one.token.content, other.token.content);
}
/**
* One timestamp over these bytes, or why it proves nothing. The certificate of its authority must have been valid at the time that it states, and need not be any more.
* @see https://www.rfc-editor.org/rfc/rfc3161.html#appendix-B
*/
function checkTimestamp(der, context) {
	try {
		return judge(readTimestamp(der), context);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return timestampRemark("TIMESTAMP_UNREADABLE", error.message);
	}
}
function judge(token, { signed, trust, now }) {
	const { info } = token;
	const given = token.certificates.map((certificate) => parseCertificate(certificate));
	const known = [
		...given,
		...trust.anchors,
		...trust.intermediates
	];
	const authority = known.find(({ der }) => equalBytes(hashed(token.certificateId.hash, der), token.certificateId.digest));
	if (!authority) return timestampRemark("TIMESTAMP_NOT_TRUSTED", "the certificate of the timestamp authority is not here");
	const by = `the timestamp by ${nameOf(authority)}`;
	if (!isSignedByAuthority(token, authority)) return timestampRemark("TIMESTAMP_SIGNATURE_BAD", `${by} is not what that one signed`);
	if (!equalBytes(hashed(info.imprint.hash, signed), info.imprint.digest)) return timestampRemark("TIMESTAMP_OTHER_BYTES", `${by} is over other bytes than this signature`);
	const accuracyMs = info.accuracyMs ?? DEFAULT_ACCURACY_MS;
	const latest = new Date(info.time.getTime() + accuracyMs);
	if (info.time.getTime() > now.getTime() + 3e5) return timestampRemark("TIMESTAMP_FROM_FUTURE", `${by} is of ${toSecond(info.time)}, which is not yet`);
	const { anchors, reasons: why } = findPaths(authority, {
		anchors: trust.anchors,
		intermediates: [...given, ...trust.intermediates],
		now,
		provenAt: info.time,
		purpose: "time",
		revocation: trust.revocation
	});
	if (anchors.length === 0) return untrusted(by, info.time, why);
	if (given.some((one) => isAltered(one, known))) return timestampRemark("TIMESTAMP_SIGNATURE_BAD", `a certificate beside ${by} is not what its issuer signed`);
	const who = authority.subject.text || authority.sha256;
	return {
		token,
		authority,
		proven: {
			time: info.time,
			latest,
			accuracyMs,
			proof: "timestamp",
			by: who
		}
	};
}
/** What the authority signed, by the key and under the name of its certificate. */
function isSignedByAuthority(token, authority) {
	const { signer, hash, algorithm, info } = token;
	if (authority.issuer.key !== signer.issuer || authority.serial !== signer.serial) return false;
	if (info.authority && info.authority.key !== authority.subject.key) return false;
	if (!equalBytes(hashed(hash, token.content), token.messageDigest)) return false;
	const scheme = algorithm === RSA_ENCRYPTION ? {
		keyType: "rsa",
		hash
	} : readScheme({
		oid: algorithm,
		pss: void 0
	}).scheme;
	if (!scheme || (scheme.hash ?? hash) !== hash) return false;
	return isSignedBy({
		scheme,
		signedBytes: token.signedBytes,
		signature: token.signature
	}, authority);
}
/** No signature covers the certificates in a token: one that is not what its issuer signed was put there. */
function isAltered(certificate, known) {
	const issuers = known.filter(({ subject }) => subject.key === certificate.issuer.key);
	if (issuers.length > 0) return !issuers.some((issuer) => isSignedBy(certificate, issuer));
	return known.some((other) => other.sha256 !== certificate.sha256 && equalBytes(other.signature, certificate.signature));
}
/** The reason in the words of the timestamp, by what the path fails of. */
function untrusted(by, time, why) {
	const has = (...codes) => why.find(({ code }) => codes.some((one) => one === code));
	const validity = has("CERTIFICATE_EXPIRED", "CERTIFICATE_NOT_YET_VALID");
	const usage = has("CERTIFICATE_EXTENDED_KEY_USAGE", "CERTIFICATE_KEY_USAGE");
	const [first] = why;
	if (usage) return timestampRemark("TIMESTAMP_CERTIFICATE_UNSUITABLE", `${by}: ${usage.message}`);
	if (validity) return timestampRemark("TIMESTAMP_OUTSIDE_VALIDITY", `${by} is of ${toSecond(time)}: ${validity.message}`);
	return timestampRemark("TIMESTAMP_NOT_TRUSTED", `${by}: ${first?.message ?? "its authority is not trusted"}`);
}
function hashed(hash, bytes) {
	return createHash(hash).update(bytes).digest();
}
/** Certificates of the trust material, by their digest once. */
function uniqueCertificates(ders) {
	return [...new Map(ders.map((der) => [sha256Hex(der), der])).values()].map((der) => parseCertificate(der));
}

export { readTimestamp as a, MAX_TOKEN_BYTES as i, checkTimestamps as n, uniqueCertificates as r, checkTimestamp as t };