import { n as concatBytes } from "./bytes.mjs";
import { p as readSignaturePackets } from "./pgp.mjs";
import { n as openPgpVerifier } from "./verifier2.mjs";
import { inflateRawSync, inflateSync } from "node:zlib";

// src/crypto/pgp/message.ts
/** Tags of packets, as the first byte of a packet in the new form. */
const SIGNATURE = 194;
const ONE_PASS = 196;
const COMPRESSED = 200;
const LITERAL = 203;
/** The kind of content that is taken as it stands. */
const BINARY = 98;
const MAX_PACKETS = 3;
/** Of a message, compressed or not; a payload has some hundred. */
const MAX_BYTES = 65536;
/**
* The message of a content and a binary signature packet over it, in the order in which gpg writes one: who signs, the
* content, the signature.
* @throws Error when the packet is no signature, which a signer of ours never gives
* @see https://www.rfc-editor.org/rfc/rfc9580.html#section-10.3
*/
async function encodeSigned(content, packet) {
	const [signature] = await readSignaturePackets(packet) ?? [];
	const { signatureType, hashAlgorithm, publicKeyAlgorithm, issuerKeyID } = signature ?? {};
	if (signatureType == null || hashAlgorithm == null || publicKeyAlgorithm == null || !issuerKeyID) throw new Error("a signature packet is none");
	const onePass = Buffer.from([
		3,
		signatureType,
		hashAlgorithm,
		publicKeyAlgorithm
	]);
	const literal = concatBytes(Buffer.from([
		BINARY,
		0,
		0,
		0,
		0,
		0
	]), content);
	return concatBytes(framed(ONE_PASS, concatBytes(onePass, Buffer.from(issuerKeyID.toHex(), "hex"), Buffer.from([1]))), framed(LITERAL, literal), packet);
}
function framed(tag, body) {
	const head = Buffer.alloc(6);
	head.writeUInt8(tag);
	head.writeUInt8(255, 1);
	head.writeUInt32BE(body.length, 2);
	return concatBytes(head, body);
}
/**
* The content of a message with one signature, and whether it is by one of the keys; undefined for any other message.
* @throws SignatureError SIGNATURE_TRUST_UNREADABLE
*/
async function verifySigned(bytes, trust, now) {
	return checkSigned(bytes, () => openPgpVerifier(trust), now);
}
/** The same by a verifier that is made when it is needed. @throws as that */
async function checkSigned(bytes, open, now) {
	const [content, signature] = partsOf(bytes) ?? [];
	if (!content || !signature) return void 0;
	return {
		content,
		check: await (await open()).verifyData(content, framed(SIGNATURE, signature), { now })
	};
}
/** Content and body of the signature packet. */
function partsOf(bytes) {
	const packets = bytes.length > MAX_BYTES ? void 0 : packetsIn(bytes);
	const [outer, ...more] = packets ?? [];
	const inner = outer?.tag === COMPRESSED && more.length === 0 ? packetsIn(inflated(outer.body)) : packets;
	const [first] = inner ?? [];
	const [literal, signature, ...rest] = (first?.tag === ONE_PASS ? inner?.slice(1) : inner?.toReversed()) ?? [];
	if (literal?.tag !== LITERAL || signature?.tag !== SIGNATURE || rest.length > 0) return void 0;
	const [format, nameLength = 0] = literal.body;
	return format === BINARY ? [literal.body.subarray(2 + nameLength + 4), signature.body] : void 0;
}
function inflated(body) {
	const inflate = body[0] === 1 ? inflateRawSync : body[0] === 2 ? inflateSync : void 0;
	try {
		return inflate ? new Uint8Array(inflate(body.subarray(1), { maxOutputLength: MAX_BYTES })) : /* @__PURE__ */ new Uint8Array();
	} catch {
		return /* @__PURE__ */ new Uint8Array();
	}
}
/** All packets, also those that gpg writes in parts or up to the end; undefined when something is left over. */
function packetsIn(bytes) {
	const packets = [];
	for (let rest = Buffer.from(bytes); rest.length > 0;) {
		const first = rest.readUInt8();
		const isNew = (first & 64) !== 0;
		const read = isNew ? newBody(rest.subarray(1)) : oldBody(rest.subarray(1), first & 3);
		if ((first & 128) === 0 || !read || packets.length >= MAX_PACKETS) return void 0;
		packets.push({
			tag: (isNew ? first & 63 : first >> 2 & 15) | 192,
			body: read.body
		});
		rest = rest.subarray(1 + read.length);
	}
	return packets;
}
function oldBody(bytes, kind) {
	const size = [
		1,
		2,
		4
	][kind];
	if (size === void 0) return {
		body: bytes,
		length: bytes.length
	};
	return size > bytes.length ? void 0 : cut(bytes, size, bytes.readUIntBE(0, size));
}
function newBody(bytes) {
	const [first = 0, second = 0] = bytes;
	if (first < 192) return cut(bytes, 1, first);
	if (first < 224) return cut(bytes, 2, (first - 192) * 256 + second + 192);
	if (first === 255) return bytes.length < 5 ? void 0 : cut(bytes, 5, bytes.readUInt32BE(1));
	const part = cut(bytes, 1, 2 ** (first & 31));
	const more = part && part.body.length >= 512 ? newBody(bytes.subarray(part.length)) : void 0;
	return part && more && {
		body: concatBytes(part.body, more.body),
		length: part.length + more.length
	};
}
function cut(bytes, head, size) {
	return head + size > bytes.length ? void 0 : {
		body: bytes.subarray(head, head + size),
		length: head + size
	};
}

export { checkSigned, encodeSigned, verifySigned };