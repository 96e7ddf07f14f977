import { h as toHex } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { isIP } from "node:net";

// src/crypto/x509/der.ts
/** The universal tags of certificates; those of the context are written where they are read. */
const TAG = {
	boolean: 1,
	integer: 2,
	bitString: 3,
	octetString: 4,
	oid: 6,
	enumerated: 10,
	utcTime: 23,
	generalizedTime: 24,
	sequence: 48,
	set: 49
};
/** The error for bytes that are no certificate. */
function unreadable(problem) {
	return new SignatureError("SIGNATURE_CERTIFICATE_UNREADABLE", `not a certificate: ${problem}`);
}
/**
* The elements that the bytes consist of.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
*/
function elementsIn(bytes) {
	const elements = [];
	for (let offset = 0; offset < bytes.length;) {
		const element = elementAt(bytes, offset);
		elements.push(element);
		offset += element.whole.length;
	}
	return elements;
}
/**
* Where the element at `offset` lies, nothing copied. Tags of one byte, definite lengths in the fewest bytes.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
*/
function extentAt(bytes, offset) {
	const tag = bytes[offset] ?? 0;
	const first = bytes[offset + 1] ?? 128;
	const digits = first < 128 ? 0 : first & 127;
	const start = offset + 2 + digits;
	let length = digits === 0 ? first : 0;
	if (digits > 0 && digits <= 4) for (let at = offset + 2; at < start; at += 1) length = length * 256 + (bytes[at] ?? 0);
	const fewest = digits === 0 ? length < 128 : digits <= 4 && length >= Math.max(128, 256 ** (digits - 1));
	if ((tag & 31) === 31 || !fewest || start + length > bytes.length) throw unreadable("it is not in the form of DER");
	return {
		tag,
		start,
		end: start + length
	};
}
function elementAt(bytes, offset) {
	const { tag, start, end } = extentAt(bytes, offset);
	return {
		tag,
		content: bytes.subarray(start, end),
		whole: bytes.subarray(offset, end)
	};
}
/** The members of a constructed element. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function membersOf(element, tag = TAG.sequence) {
	return elementsIn(contentOf(element, tag));
}
/** The content of an element that has this tag. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function contentOf(element, tag) {
	if (element?.tag !== tag) throw unreadable("an element of another kind than expected, or none");
	return element.content;
}
/** The one element that the bytes are. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function elementOf(bytes) {
	const element = elementAt(bytes, 0);
	if (element.whole.length !== bytes.length) throw unreadable("bytes after its end");
	return element;
}
/** Takes elements off a list in order; those with a DEFAULT or OPTIONAL may be absent. */
var Members = class {
	#left;
	constructor(elements) {
		this.#left = [...elements];
	}
	/** The next element, which may have any tag. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
	next() {
		const element = this.#left.shift();
		if (!element) throw unreadable("an element is missing");
		return element;
	}
	/** The next element if it has this tag. */
	optional(tag) {
		return this.#left[0]?.tag === tag ? this.#left.shift() : void 0;
	}
	/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
	end() {
		if (this.#left.length > 0) throw unreadable("an element too many");
	}
};
/** Bytes of an integer, in the fewest. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function integerBytes(element, tag = TAG.integer) {
	const bytes = contentOf(element, tag);
	const [first = 0, second = 0] = bytes;
	const padded = bytes.length > 1 && (first === 0 && second < 128 || first === 255 && second >= 128);
	if (bytes.length === 0 || padded) throw unreadable("a malformed integer");
	return bytes;
}
/** An integer from 0 to 2³¹-1. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function smallInteger(element, tag = TAG.integer) {
	const bytes = integerBytes(element, tag);
	if (bytes.length > 4 || (bytes[0] ?? 0) >= 128) throw unreadable("an integer out of range");
	return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function booleanOf(element) {
	const content = toHex(contentOf(element, TAG.boolean));
	if (content !== "00" && content !== "ff") throw unreadable("a malformed truth value");
	return content === "ff";
}
/** The bits of a string, and how many of the last byte are unused. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function bitsOf(element) {
	const content = contentOf(element, TAG.bitString);
	const [unused = 8] = content;
	const bytes = content.subarray(1);
	const stray = (bytes.at(-1) ?? 0) & 2 ** unused - 1;
	if (unused > 7 || bytes.length === 0 && unused > 0 || stray !== 0) throw unreadable("a malformed string of bits");
	return {
		bytes,
		unused
	};
}
/** Longer than any in use: those made from a UUID have some 20. */
const MAX_OID_BYTES = 64;
/** An object identifier as text. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function oidOf(element, tag = TAG.oid) {
	const bytes = contentOf(element, tag);
	if (bytes.length === 0 || bytes.length > MAX_OID_BYTES || (bytes.at(-1) ?? 0) >= 128) throw unreadable("a malformed object identifier");
	const arcs = [];
	let arc = 0n;
	for (const [index, byte] of bytes.entries()) {
		if (arc === 0n && byte === 128 && (index === 0 || (bytes[index - 1] ?? 0) < 128)) throw unreadable("a malformed object identifier");
		arc = arc * 128n + BigInt(byte & 127);
		if (byte >= 128) continue;
		arcs.push(arc);
		arc = 0n;
	}
	const [first = 0n, ...rest] = arcs;
	const root = first < 80n ? first / 40n : 2n;
	return [
		root,
		first - root * 40n,
		...rest
	].join(".");
}
const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
/**
* A time to the second in UTC; the years of two digits end with 2049.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.1.2.5
*/
function timeOf({ tag, content }) {
	const [, digits = "", ...rest] = (tag === TAG.utcTime ? UTC_TIME : tag === TAG.generalizedTime ? GENERALIZED_TIME : void 0)?.exec(Buffer.from(content).toString("latin1")) ?? [];
	const year = digits.length === 2 ? `${digits < "50" ? "20" : "19"}${digits}` : digits;
	const [month, day, hour, minute, second] = rest;
	const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
	const time = new Date(text);
	if (Number.isNaN(time.getTime()) || time.toISOString() !== text) throw unreadable("a malformed time");
	return time;
}

// src/crypto/x509/names.ts
const MAX_ATTRIBUTES = 100;
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
/** What attributes are called in the text of a name; others are dotted numbers. */
const ATTRIBUTE_NAMES = new Set(Object.values(ATTRIBUTES));
const EMAIL_ATTRIBUTE = "1.2.840.113549.1.9.1";
/** @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readName(name) {
	const members = membersOf(name).map((rdn) => membersOf(rdn, TAG.set));
	if (members.flat().length > MAX_ATTRIBUTES || members.some((rdn) => rdn.length === 0)) throw unreadable("a malformed name");
	const rdns = members.map((rdn) => rdn.map(readAttribute));
	return {
		key: toHex(name.whole),
		text: rdns.toReversed().map((rdn) => rdn.map(attributeText).join("+")).join(","),
		rdns: rdns.map((rdn) => rdn.map(normalised).sort().join("+")),
		emails: rdns.flat().flatMap(({ oid, text }) => oid === EMAIL_ATTRIBUTE && text !== void 0 ? [text] : [])
	};
}
function readAttribute(element) {
	const [type, value, ...more] = membersOf(element);
	if (!value || more.length > 0) throw unreadable("a malformed attribute");
	return {
		oid: oidOf(type),
		text: textOf(value),
		value
	};
}
const ASCII_KINDS = /* @__PURE__ */ new Set([19, 22]);
/** Texts are PrintableString, IA5String, UTF8String, BMPString and TeletexString, which everybody reads as Latin-1. */
function textOf({ tag, content }) {
	const bytes = Buffer.from(content);
	if (ASCII_KINDS.has(tag) && bytes.some((byte) => byte > 127)) throw unreadable("a text with characters outside its alphabet");
	if (ASCII_KINDS.has(tag) || tag === 20) return bytes.toString("latin1");
	if (tag !== 12 && tag !== 30) return void 0;
	const text = tag === 12 ? bytes.toString("utf8") : bytes.subarray(0, bytes.length & -2).swap16().toString("utf16le");
	const again = tag === 12 ? Buffer.from(text) : Buffer.from(text, "utf16le");
	if (!text.isWellFormed() || again.length !== bytes.length || tag === 12 && !again.equals(bytes)) throw unreadable("a text that is not properly encoded");
	return text;
}
/** What the tags of alternative names are called that identities do not use. */
const OTHER_NAMES = {
	160: "otherName",
	163: "x400Address",
	165: "ediPartyName",
	136: "registeredID"
};
/**
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2.1.6
*/
function readGeneralName(element) {
	const { tag, content } = element;
	if (tag === 129) return {
		kind: "email",
		text: printable(content)
	};
	if (tag === 130) return {
		kind: "dns",
		text: printable(content)
	};
	if (tag === 134) return {
		kind: "uri",
		text: printable(content)
	};
	if (tag === 135) return {
		kind: "ip",
		text: ipText(content)
	};
	if (tag === 164) return {
		kind: "directory",
		name: readName(elementOf(content))
	};
	const type = OTHER_NAMES[tag];
	if (type === void 0) throw unreadable("a name of an unknown kind");
	if (tag === 136) oidOf(element, tag);
	else elementsIn(contentOf(element, tag));
	return {
		kind: "other",
		type
	};
}
/** Printable ASCII only: a NUL or line end inside a name has no honest use. */
function printable(content) {
	const text = Buffer.from(content).toString("latin1");
	if (/[^ -~]/.test(text)) throw unreadable("a name with unprintable characters");
	return text;
}
/** An address, or in constraints a network with the length of its mask. */
function ipText(content) {
	if (content.length === 4 || content.length === 16) return addressText(content);
	const half = content.length / 2;
	const mask = [...content.subarray(half)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
	if (half !== 4 && half !== 16 || !/^1*0*$/.test(mask)) throw unreadable("a malformed address");
	return `${addressText(content.subarray(0, half))}/${mask.replace(/0+$/, "").length}`;
}
function addressText(bytes) {
	if (bytes.length === 4) return bytes.join(".");
	const groups = toHex(bytes).match(/.{4}/g) ?? [];
	return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
/** @see https://www.rfc-editor.org/rfc/rfc4514.html#section-2.4 */
function attributeText({ oid, text, value }) {
	const name = Object.hasOwn(ATTRIBUTES, oid) ? ATTRIBUTES[oid] : void 0;
	if (name === void 0 || text === void 0) return `${name ?? oid}=#${toHex(value.whole)}`;
	return `${name}=${text.replace(/["+,;<>\\]/g, "\\$&").replace(/^[ #]/, "\\$&").replace(/ $/, "\\ ").replace(/\p{Cc}|\p{Cf}/gu, (char) => Buffer.from(char).toString("hex").replace(/../g, "\\$&"))}`;
}
function normalised({ oid, text, value }) {
	return `${oid}=${text === void 0 ? `#${toHex(value.whole)}` : text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ")}`;
}
/** The name as policies write it, `email:a@b`; undefined for kinds that identities do not use. */
function sanText(name) {
	if (name.kind === "directory" || name.kind === "other" || name.kind === "ip" && isIP(name.text) === 0) return void 0;
	return `${name.kind}:${name.text}`;
}

export { timeOf as _, Members as a, booleanOf as c, elementsIn as d, extentAt as f, smallInteger as g, oidOf as h, sanText as i, contentOf as l, membersOf as m, readGeneralName as n, TAG as o, integerBytes as p, readName as r, bitsOf as s, ATTRIBUTE_NAMES as t, elementOf as u, unreadable as v };