import { f as sha256Hex, h as toHex } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { l as readAlgorithm, s as readScheme, u as readExtension } from "./certificate.mjs";
import { _ as timeOf, a as Members, d as elementsIn, f as extentAt, l as contentOf, m as membersOf, o as TAG, p as integerBytes, r as readName, s as bitsOf, u as elementOf, v as unreadable } from "./names.mjs";

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
		issuerKey: toHex(extensions.get(EXTENSION.authorityKeyIdentifier)?.value ?? /* @__PURE__ */ new Uint8Array()),
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

export { parseCrl as t };