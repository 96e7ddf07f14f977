import { a as parseCertificate, i as nameOf, l as readAlgorithm, s as readScheme, t as certificateIdentity, u as readExtension } from "./certificate.mjs";
import { f as sha256Hex, h as toHex } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { h as verifyMessage, i as opensshKeyid, r as keyidOf } from "./keys.mjs";
import { a as signatureReason, r as SignatureError } from "./errors2.mjs";
import { a as trustError, i as sourceOf } from "./trust2.mjs";
import { n as checkTimestamps, t as checkTimestamp } from "./verify3.mjs";
import { _ as timeOf, a as Members, d as elementsIn, f as extentAt, l as contentOf, m as membersOf, o as TAG, p as integerBytes, r as readName, s as bitsOf, u as elementOf, v as unreadable } from "./names.mjs";
import { t as findPaths } from "./path.mjs";
import { t as isKeyless } from "./claims2.mjs";

// src/crypto/x509/crl.ts
const MAX_NUMBER_BYTES = 20;
const MAX_EXTENSIONS = 32;
/** Encodings of entry extensions, and days, that are remembered: most entries have the same. */
const MAX_REMEMBERED = 1e3;
/** Reasons by their number; one of them is not used. */
const REASONS = [
	"unspecified",
	"keyCompromise",
	"cACompromise",
	"affiliationChanged",
	"superseded",
	"cessationOfOperation",
	"certificateHold",
	void 0,
	"removeFromCRL",
	"privilegeWithdrawn",
	"aACompromise"
];
/**
* One list.
* @throws SignatureError SIGNATURE_CRL_UNREADABLE
* @see https://www.rfc-editor.org/rfc/rfc5280.html#section-5.1
*/
function parseCrl(der) {
	try {
		return readCrl(der);
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		const problem = cause.message.replace(/^not a certificate: /, "");
		throw new SignatureError("SIGNATURE_CRL_UNREADABLE", `not a CRL: ${problem}`, { cause });
	}
}
function readCrl(der) {
	const parts = new Members(membersOf(elementOf(der)));
	const [signed, algorithm, signature] = [
		parts.next(),
		parts.next(),
		bitsOf(parts.next())
	];
	parts.end();
	if (signature.unused > 0) throw unreadable("a signature that is no whole number of bytes");
	const tbs = new Members(membersOf(signed));
	const version = tbs.optional(TAG.integer);
	if (version && toHex(version.content) !== "01") throw unreadable("an unknown version");
	if (toHex(tbs.next().whole) !== toHex(algorithm.whole)) throw unreadable("its two signature algorithms differ");
	const [issuer, thisUpdate] = [readName(tbs.next()), timeOf(tbs.next())];
	const next = tbs.optional(TAG.utcTime) ?? tbs.optional(TAG.generalizedTime);
	const revoked = tbs.optional(TAG.sequence)?.content ?? /* @__PURE__ */ new Uint8Array();
	const extensions = readExtensions(tbs.optional(160));
	tbs.end();
	const { scheme, schemeName } = readScheme(readAlgorithm(algorithm));
	const number = numberOf(extensions.get(EXTENSION.number));
	const since = extensions.get(EXTENSION.expiredCertsOnCrl);
	const entries = new Entries(revoked);
	return {
		sha256: sha256Hex(der),
		issuer,
		number,
		thisUpdate,
		nextUpdate: next && timeOf(next),
		expiredSince: since && timeOf(elementOf(since.value)),
		scheme,
		signedBytes: signed.whole,
		signature: signature.bytes,
		refusal: (scheme ? void 0 : `is signed with ${schemeName}`) ?? (version ? void 0 : "is of version 1, which has no number") ?? (next ? void 0 : "does not say until when it holds") ?? refusalOf(extensions) ?? entries.refusal,
		entriesOf: (serial) => entries.of(serial)
	};
}
const EXTENSION = {
	issuerAltName: "2.5.29.18",
	number: "2.5.29.20",
	deltaIndicator: "2.5.29.27",
	distributionPoint: "2.5.29.28",
	authorityKeyIdentifier: "2.5.29.35",
	expiredCertsOnCrl: "2.5.29.60"
};
/** Harmless, critical or not. */
const KNOWN = new Set(Object.values(EXTENSION));
function readExtensions(element) {
	return byOid(element ? membersOf(elementOf(element.content)) : []);
}
function byOid(elements) {
	if (elements.length > MAX_EXTENSIONS) throw unreadable("too many extensions");
	const list = elements.map(readExtension);
	const map = new Map(list.map((extension) => [extension.oid, extension]));
	if (map.size < list.length) throw unreadable("an extension that is repeated");
	return map;
}
function numberOf(extension) {
	if (!extension) return void 0;
	const bytes = integerBytes(elementOf(extension.value));
	if (bytes.length > MAX_NUMBER_BYTES || (bytes[0] ?? 0) >= 128) throw unreadable("a number out of range");
	return BigInt(`0x${toHex(bytes)}`);
}
/** What the list as a whole is not: complete, direct, and all of it understood. */
function refusalOf(extensions) {
	if (extensions.has(EXTENSION.deltaIndicator)) return "is a delta CRL, which says nothing without its base";
	const point = extensions.get(EXTENSION.distributionPoint);
	if (point) return elementsIn(contentOf(elementOf(point.value), TAG.sequence)).some(({ tag }) => tag === 132) ? "is indirect: it speaks for certificates of several issuers" : "is partitioned: it speaks for a part of the certificates only (issuing distribution point)";
	const unknown = [...extensions.values()].find(({ oid, critical }) => critical && !KNOWN.has(oid));
	if (unknown) return `has the critical extension ${unknown.oid}, which is not known`;
	const number = extensions.get(EXTENSION.number);
	if (!number) return "has no CRL number";
	return number.critical ? "has a CRL number that is marked critical" : void 0;
}
const ENTRY = {
	reason: "2.5.29.21",
	invalidFrom: "2.5.29.24",
	certificateIssuer: "2.5.29.29"
};
function entryAt(bytes, offset) {
	const { tag, start, end } = extentAt(bytes, offset);
	const serial = extentAt(bytes, start);
	const date = extentAt(bytes, serial.end);
	const extensions = date.end < end ? extentAt(bytes, date.end) : void 0;
	if (!(tag === TAG.sequence && serial.tag === TAG.integer && serial.end > serial.start && (extensions?.tag ?? TAG.sequence) === TAG.sequence && (extensions?.end ?? date.end) === end)) throw unreadable("a malformed entry");
	return {
		serial,
		date,
		extensions,
		dateAt: serial.end,
		end
	};
}
/** The end of a time: what remains to be looked at once the day is known to be one. */
const CLOCK = /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ$/;
const CLOCK_LENGTH = 7;
/** The entries of one list, checked when made. */
var Entries = class {
	refusal;
	#bytes;
	#found = /* @__PURE__ */ new Map();
	constructor(bytes) {
		this.#bytes = bytes;
		const [seen, days] = [/* @__PURE__ */ new Set(), /* @__PURE__ */ new Set()];
		const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		for (let offset = 0; offset < bytes.length;) {
			const entry = entryAt(bytes, offset);
			const day = buffer.toString("latin1", entry.dateAt, entry.date.end - CLOCK_LENGTH);
			const clock = buffer.toString("latin1", entry.date.end - CLOCK_LENGTH, entry.date.end);
			if (!days.has(day) || !CLOCK.test(clock)) timeOf(elementOf(bytes.subarray(entry.dateAt, entry.date.end)));
			if (days.size < MAX_REMEMBERED) days.add(day);
			if (entry.extensions) {
				const text = buffer.toString("latin1", entry.extensions.start, entry.extensions.end);
				if (!seen.has(text)) this.refusal ??= entryRefusal(this.#extensions(entry));
				if (seen.size < MAX_REMEMBERED) seen.add(text);
			}
			offset = entry.end;
		}
	}
	of(serial) {
		const known = this.#found.get(serial);
		if (known) return known;
		const wanted = Buffer.from(serial, "hex");
		const found = [];
		for (let offset = 0; offset < this.#bytes.length;) {
			const entry = entryAt(this.#bytes, offset);
			if (this.#isFor(entry, wanted)) found.push(this.#read(entry));
			offset = entry.end;
		}
		this.#found.set(serial, found);
		return found;
	}
	/** Compares without the sign byte. */
	#isFor({ serial: { start, end } }, wanted) {
		const from = end - start > 1 && this.#bytes[start] === 0 ? start + 1 : start;
		if (end - from !== wanted.length) return false;
		for (let at = 0; at < wanted.length; at += 1) if (this.#bytes[from + at] !== wanted[at]) return false;
		return true;
	}
	#read(entry) {
		const extensions = this.#extensions(entry);
		const invalidFrom = extensions.get(ENTRY.invalidFrom);
		return {
			revokedAt: timeOf(elementOf(this.#bytes.subarray(entry.dateAt, entry.date.end))),
			reason: reasonOf(extensions.get(ENTRY.reason)),
			reasonGiven: extensions.has(ENTRY.reason),
			invalidFrom: invalidFrom && timeOf(elementOf(invalidFrom.value))
		};
	}
	#extensions({ extensions }) {
		return byOid(extensions ? elementsIn(this.#bytes.subarray(extensions.start, extensions.end)) : []);
	}
};
/** An entry that cannot be understood makes the whole list unusable. @see https://www.rfc-editor.org/rfc/rfc5280.html#section-5.3 */
function entryRefusal(extensions) {
	reasonOf(extensions.get(ENTRY.reason));
	const invalidFrom = extensions.get(ENTRY.invalidFrom);
	if (invalidFrom) timeOf(elementOf(invalidFrom.value));
	if (extensions.has(ENTRY.certificateIssuer)) return "is indirect: an entry names another issuer";
	const known = [ENTRY.reason, ENTRY.invalidFrom];
	const unknown = [...extensions.values()].find(({ oid, critical }) => critical && !known.includes(oid));
	return unknown && `has an entry with the critical extension ${unknown.oid}, which is not known`;
}
function reasonOf(extension) {
	if (!extension) return "unspecified";
	const [number = 0, ...more] = contentOf(elementOf(extension.value), TAG.enumerated);
	const reason = REASONS[number];
	if (reason === void 0 || more.length > 0) throw unreadable("an unknown reason of revocation");
	return reason;
}

// src/crypto/x509/verifier.ts
/** Certificates in one bundle: twice what a path can hold. */
const MAX_CHAIN = 20;
/** Certificates and timestamps of bundles that are remembered. */
const MAX_SEEN = 1e3;
/** Checks signatures by certified keys against anchors, which are parsed once. */
var X509Verifier = class {
	#anchors;
	/** Where each anchor is from, by its SHA-256. */
	#sources;
	#intermediates;
	/** Certificates that native signatures may be by. */
	#certificates;
	/** What takes certificates back. */
	revocation;
	/** Of timestamp authorities. */
	#timestamps;
	#seen = /* @__PURE__ */ new Map();
	#stamps = /* @__PURE__ */ new Map();
	/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
	constructor(trust) {
		this.#anchors = parseTrusted(trust, "anchors");
		this.#sources = new Map(this.#anchors.map(({ sha256, der }, index) => [sha256, sourceOf(trust, trust.anchors[index] ?? der)]));
		this.#intermediates = parseTrusted(trust, "intermediates");
		this.#certificates = parseTrusted(trust, "certificates");
		this.revocation = revocationRules(trust);
		this.#timestamps = parseTrusted(trust, "timestamps");
	}
	/** A signature that comes with its certificates, leaf first. The others are read only if it is by the leaf. */
	verifyWithChain(signed, chain, moment) {
		const [first = /* @__PURE__ */ new Uint8Array(), ...others] = chain;
		const leaf = chain.length > MAX_CHAIN ? tooMany(chain.length) : this.#read(first);
		if ("code" in leaf) return {
			status: "unreadable",
			identity: null,
			reasons: [leaf],
			signedAt: null
		};
		const bad = this.#check(signed, leaf);
		if (bad) return bad;
		return {
			...this.#judge(leaf, others, moment),
			...leaf.publicKey ? keyidOf(leaf.publicKey, signed) : {}
		};
	}
	/** A signature without material: tried with every certificate of the trust material. Undefined when none fits. */
	verifyWithKnown(signed, keyid, moment) {
		const checks = this.#certificates.filter((leaf) => keyid === void 0 || leaf.publicKey && opensshKeyid(leaf.publicKey.key) === keyid).map((leaf) => this.#check(signed, leaf) ?? this.#judge(leaf, [], moment));
		return checks.find(({ status }) => status === "valid") ?? checks.find(({ status }) => status === "untrusted");
	}
	/** What timestamps over a signature prove. */
	checkTimestamps(timestamps, signed, now) {
		const trust = {
			anchors: this.#timestamps,
			intermediates: this.#intermediates,
			revocation: this.revocation
		};
		return checkTimestamps(timestamps, {
			signed,
			trust,
			now
		}, (der, context) => {
			const key = `${sha256Hex(der)} ${sha256Hex(signed)} ${now.getTime()}`;
			const known = this.#stamps.get(key) ?? checkTimestamp(der, context);
			if (this.#stamps.size < MAX_SEEN) this.#stamps.set(key, known);
			return known;
		});
	}
	/** True when the first certificate names an OpenID issuer, as those of Sigstore do. */
	isKeyless([leaf = /* @__PURE__ */ new Uint8Array()]) {
		const read = this.#read(leaf);
		return !("code" in read) && isKeyless(read);
	}
	/** The keys of the certificates that native signatures may be by. */
	knownKeys() {
		return this.#certificates.flatMap(({ publicKey }) => publicKey ?? []);
	}
	/** What is wrong with a signature by the key of a certificate, trusted or not; undefined when it is good. */
	#check({ message, signature, hashing }, leaf) {
		const { publicKey, keyProblem } = leaf;
		if (publicKey && verifyMessage(publicKey, message, {
			signature,
			hashing
		})) return void 0;
		const reason = publicKey ? signatureReason("SIGNATURE_BAD", `the signature does not verify with the certificate ${nameOf(leaf)}`) : signatureReason("CERTIFICATE_WEAK", `the certificate ${nameOf(leaf)} cannot be used: ${keyProblem}`);
		return {
			status: publicKey ? "invalid" : "untrusted",
			identity: certificateIdentity(leaf),
			reasons: [reason],
			signedAt: null
		};
	}
	/** Whether the owner of a good signature is trusted. */
	#judge(leaf, others, moment) {
		const read = others.map((der) => this.#read(der));
		const result = findPaths(leaf, {
			anchors: this.#anchors,
			intermediates: [...read.flatMap((item) => "code" in item ? [] : [item]), ...this.#intermediates],
			now: moment.now,
			provenAt: moment.proven,
			revocation: this.revocation
		});
		const { anchors, ended, path } = result;
		const valid = anchors.length > 0;
		const leads = {
			anchors: valid ? anchors : ended,
			chain: path.map(nameOfMember),
			path: path.map(memberOf)
		};
		const anchor = path.at(-1)?.certificate.sha256;
		const source = anchor === void 0 ? {} : this.#sources.get(anchor);
		const identity = {
			...certificateIdentity(leaf, path.length > 0 ? leads : void 0),
			...source
		};
		if (valid) return {
			status: "valid",
			identity,
			reasons: result.reasons,
			signedAt: null
		};
		return {
			status: "untrusted",
			identity,
			reasons: [...result.reasons, ...read.flatMap((item) => "code" in item ? [item] : [])],
			signedAt: null
		};
	}
	/** Each certificate is read once, in however many bundles it is. */
	#read(der) {
		const digest = sha256Hex(der);
		const read = this.#seen.get(digest) ?? parseOrReason(der);
		if (this.#seen.size < MAX_SEEN) this.#seen.set(digest, read);
		return read;
	}
};
/**
* Parses certificates of the trust material.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function parseTrusted(trust, kind) {
	return trust[kind].map((part, index) => {
		try {
			return parseCertificate(part);
		} catch (cause) {
			throw trustError(cause, {
				trust,
				kind,
				index
			});
		}
	});
}
/**
* What the trust material says about certificates that do not count any more.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function revocationRules(trust) {
	const crls = parseCrls(trust);
	return {
		crls,
		mode: trust.revocation ?? (crls.length > 0 ? "require" : void 0),
		denied: trust.denied ?? []
	};
}
/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
function parseCrls(trust) {
	return (trust.crls ?? []).map((part, index) => {
		try {
			return {
				...parseCrl(part),
				origin: trust.origins?.get(part)?.path ?? `CRL ${index + 1}`
			};
		} catch (cause) {
			throw trustError(cause, {
				trust,
				kind: "crls",
				index
			});
		}
	});
}
function nameOfMember({ certificate: { subject, sha256 } }) {
	return subject.text || sha256;
}
function memberOf(member) {
	const { certificate, status, crl } = member;
	const { serial, notAfter } = certificate;
	const name = crl && {
		number: String(crl.number ?? ""),
		thisUpdate: crl.thisUpdate.toISOString(),
		nextUpdate: crl.nextUpdate?.toISOString() ?? ""
	};
	return {
		subject: nameOfMember(member),
		serial,
		notAfter: notAfter.toISOString(),
		revocation: status,
		...name ? { crl: name } : {}
	};
}
function tooMany(count) {
	return signatureReason("CERTIFICATE_CHAIN_TOO_LARGE", `the bundle holds ${count} certificates, not up to ${MAX_CHAIN}`);
}
function parseOrReason(der) {
	try {
		return parseCertificate(der);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return signatureReason("CERTIFICATE_UNREADABLE", `a certificate of the bundle cannot be read: ${error.message}`);
	}
}

export { X509Verifier, revocationRules };