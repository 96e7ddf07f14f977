import { s as utf8, t as concatBytes } from "./bytes.mjs";
import { n as SignatureError } from "./errors3.mjs";

// src/signing/der.ts
const TAG = {
	boolean: 1,
	integer: 2,
	bitString: 3,
	octetString: 4,
	null: 5,
	oid: 6,
	utf8String: 12,
	sequence: 48,
	set: 49,
	printableString: 19,
	teletexString: 20,
	ia5String: 22,
	utcTime: 23,
	generalizedTime: 24,
	universalString: 28,
	bmpString: 30
};
function derError(problem) {
	return new SignatureError("SIGNATURE_CERTIFICATE_UNREADABLE", `not a certificate: ${problem}`);
}
/**
* The one element that the bytes hold.
* @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
* @see ITU-T X.690 (02/2021) section 10
*/
function readDer(bytes) {
	const [element, ...rest] = readAll(bytes);
	if (!element || rest.length > 0) throw derError("there is not exactly one element");
	return element;
}
/** The elements inside a constructed element. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function childrenOf(element, tag = TAG.sequence) {
	return readAll(expectTag(element, tag).content);
}
/** The element, which must be there and have this tag. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function expectTag(element, tag) {
	if (element?.tag === tag) return element;
	throw derError(`expected tag 0x${tag.toString(16)}, found ${element ? `0x${element.tag.toString(16)}` : "nothing"}`);
}
function readAll(bytes) {
	const elements = [];
	for (let at = 0; at < bytes.length;) {
		const element = readAt(bytes, at);
		elements.push(element);
		at += element.bytes.length;
	}
	return elements;
}
function readAt(bytes, at) {
	const tag = bytes[at] ?? 0;
	if ((tag & 31) === 31) throw derError("a tag of several bytes");
	const { length, size } = readLength(bytes, at + 1);
	const start = at + 1 + size;
	if (start + length > bytes.length) throw derError("an element reaches past the end");
	return {
		tag,
		content: bytes.subarray(start, start + length),
		bytes: bytes.subarray(at, start + length)
	};
}
function readLength(bytes, at) {
	const first = bytes[at];
	if (first === void 0) throw derError("it is cut off");
	if (first < 128) return {
		length: first,
		size: 1
	};
	const count = first & 127;
	if (count === 0 || count > 4 || at + count >= bytes.length) throw derError("a length is malformed");
	let length = 0;
	for (let index = 1; index <= count; index += 1) length = length * 256 + (bytes[at + index] ?? 0);
	if (length < 128 || length < 256 ** (count - 1)) throw derError("a length is not minimal");
	return {
		length,
		size: 1 + count
	};
}
/** Dotted text of an object identifier. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readOid(element) {
	const { content } = expectTag(element, TAG.oid);
	if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0) >= 128) throw derError("a malformed identifier");
	const arcs = [];
	let value = 0;
	let fresh = true;
	for (const byte of content) {
		if (fresh && byte === 128) throw derError("an identifier that is not minimal");
		value = value * 128 + (byte & 127);
		if (!Number.isSafeInteger(value)) throw derError("an identifier that is too large");
		fresh = byte < 128;
		if (fresh) {
			arcs.push(value);
			value = 0;
		}
	}
	const [head = 0, ...tail] = arcs;
	const top = Math.min(2, Math.floor(head / 40));
	return [
		top,
		head - top * 40,
		...tail
	].join(".");
}
/** TRUE or FALSE. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readBoolean(element) {
	const { content } = expectTag(element, TAG.boolean);
	if (content.length !== 1 || content[0] !== 0 && content[0] !== 255) throw derError("a malformed boolean");
	return content[0] === 255;
}
/** Content of a minimally encoded INTEGER. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readInteger(element, tag = TAG.integer) {
	const { content } = expectTag(element, tag);
	const [first, second] = content;
	const padded = first === 0 && (second ?? 255) < 128 || first === 255 && (second ?? 0) >= 128;
	if (first === void 0 || content.length > 1 && padded) throw derError("a malformed integer");
	return content;
}
/** An INTEGER from 0 to 2^31 - 1. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readSmallInteger(element, tag) {
	const content = readInteger(element, tag);
	if (content.length > 4 || (content[0] ?? 0) >= 128) throw derError("an integer out of range");
	return content.reduce((value, byte) => value * 256 + byte, 0);
}
/** Bytes of a BIT STRING of whole bytes. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readBitBytes(element) {
	const { content } = expectTag(element, TAG.bitString);
	if (content[0] !== 0) throw derError("a bit string that is no whole number of bytes");
	return content.subarray(1);
}
/** Set bits of a named BIT STRING, bit 0 first. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readNamedBits(element) {
	const { content } = expectTag(element, TAG.bitString);
	const unused = content[0] ?? 8;
	const bytes = content.subarray(1);
	if (unused > 7 || bytes.length === 0 && unused > 0) throw derError("a malformed bit string");
	const bits = /* @__PURE__ */ new Set();
	for (let bit = 0; bit < bytes.length * 8; bit += 1) if (((bytes[bit >> 3] ?? 0) & 128 >> (bit & 7)) !== 0) bits.add(bit);
	if ([...bits].some((bit) => bit >= bytes.length * 8 - unused)) throw derError("a bit string with stray bits");
	return bits;
}
const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
/** A UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 allows. @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE */
function readTime(element) {
	const utc = element?.tag === TAG.utcTime;
	const { content } = expectTag(element, utc ? TAG.utcTime : TAG.generalizedTime);
	const text = Buffer.from(content).toString("latin1");
	const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] = (utc ? UTC_TIME : GENERALIZED_TIME).exec(text) ?? [];
	const iso = `${utc ? Number(year) >= 50 ? "19" : "20" : ""}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
	const time = new Date(iso);
	if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw derError("a malformed time");
	return time;
}
/** Bytes of an element with this tag and content. */
function encodeDer(tag, ...content) {
	const body = concatBytes(...content);
	const length = [];
	for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
	const head = body.length < 128 ? [tag, body.length] : [
		tag,
		128 | length.length,
		...length
	];
	return concatBytes(Uint8Array.from(head), body);
}
/** Bytes of an object identifier. */
function encodeOid(dotted) {
	const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
	const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
		const digits = [arc % 128];
		for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(left % 128 | 128);
		return digits;
	});
	return encodeDer(TAG.oid, Uint8Array.from(bytes));
}
/** Bytes of a time: UTCTime up to 2049, then GeneralizedTime. */
function encodeTime(time) {
	const digits = `${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, "")}Z`;
	const utc = time.getUTCFullYear() >= 1950 && time.getUTCFullYear() < 2050;
	return encodeDer(utc ? TAG.utcTime : TAG.generalizedTime, utf8(utc ? digits.slice(2) : digits));
}

export { encodeOid as a, readBitBytes as c, readInteger as d, readNamedBits as f, readTime as h, encodeDer as i, readBoolean as l, readSmallInteger as m, childrenOf as n, encodeTime as o, readOid as p, derError as r, expectTag as s, TAG as t, readDer as u };