import { g as utf8, m as toBase64, r as decodeUtf8, s as fromBase64 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as keyHint } from "./keys.mjs";
import { createPublicKey } from "node:crypto";

// src/crypto/pgp/framing.ts
const KEY_BLOCK = /-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----([\s\S]*?)-----END PGP [A-Z ]+-----/g;
const ONE_LINE = /^\s*(-----BEGIN [A-Z0-9 ]+-----)([^\n]*?)(-----END [A-Z0-9 ]+-----)\s*$/;
/** What is inside the armored key blocks of a file; undefined when it has no armor at all and so must be binary. */
function keyBlocks(bytes) {
	const text = latin1(bytes);
	return text.includes("-----BEGIN PGP ") ? [...text.matchAll(KEY_BLOCK)].map(([, body = ""]) => body) : void 0;
}
/**
* Packets of an armored block, given without its first and last line; else what is wrong with it, as the end of a
* sentence. The checksum is optional and not looked at.
* @see https://www.rfc-editor.org/rfc/rfc9580.html#section-6
*/
function decodeArmor(block) {
	const lines = block.split("\n").map((line) => line.trim());
	const blank = lines.indexOf("", 1);
	if (blank === -1) return "has no blank line";
	const base64 = lines.slice(blank + 1).filter((line) => !/^=[A-Za-z0-9+/]{4}$/.test(line));
	try {
		const packets = fromBase64(base64.join(""), "the armored block");
		return packets.length > 0 ? packets : "is empty";
	} catch (error) {
		if (error instanceof CountersignError) return "is not base64";
		throw error;
	}
}
/** Armor or PEM whose line ends a secret store has turned into spaces or the two characters `\n`, as proper armor. */
function repairArmor(bytes) {
	const match = ONE_LINE.exec(latin1(bytes));
	if (!match) return bytes;
	const words = (match[2] ?? "").replaceAll("\\r", "").replaceAll("\\n", " ").trim().split(/\s+/);
	return utf8([
		match[1],
		"",
		...words,
		match[3],
		""
	].join("\n"));
}
function latin1(bytes) {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
/**
* The packet at an offset; why there is none to be read, else.
* @see https://www.rfc-editor.org/rfc/rfc9580.html#section-4.2
*/
function splitPacket(bytes, offset) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const first = view.getUint8(offset);
	if ((first & 128) === 0) return "no packet";
	const isOld = (first & 64) === 0;
	if (!isOld && offset + 1 >= bytes.length) return "cut";
	if (isOld ? (first & 3) === 3 : view.getUint8(offset + 1) >= 224 && view.getUint8(offset + 1) < 255) return "in parts";
	const head = isOld ? oldLength(view, offset, first & 3) : newLength(view, offset);
	if (!head) return "cut";
	const end = Math.min(head.from + head.length, bytes.length);
	return {
		tag: isOld ? first >> 2 & 15 : first & 63,
		body: bytes.subarray(head.from, end),
		end,
		isWhole: head.from + head.length <= bytes.length
	};
}
/** The packets in the bytes, up to so many, or to the first that is cut or has a form that keys never have. */
function splitPackets(bytes, most = Number.POSITIVE_INFINITY) {
	const packets = [];
	for (let offset = 0; offset < bytes.length && packets.length < most;) {
		const packet = splitPacket(bytes, offset);
		if (typeof packet === "string" || !packet.isWhole) break;
		packets.push({
			tag: packet.tag,
			body: packet.body
		});
		offset = packet.end;
	}
	return packets;
}
function oldLength(view, offset, kind) {
	const size = [
		1,
		2,
		4
	][kind];
	return size === void 0 ? void 0 : extent(view, offset + 1, size);
}
function newLength(view, offset) {
	const first = view.getUint8(offset + 1);
	if (first < 192) return {
		from: offset + 2,
		length: first
	};
	if (first === 255) return extent(view, offset + 2, 4);
	if (first >= 224 || offset + 2 >= view.byteLength) return void 0;
	return {
		from: offset + 3,
		length: (first - 192) * 256 + view.getUint8(offset + 2) + 192
	};
}
function extent(view, at, size) {
	if (at + size > view.byteLength) return void 0;
	const length = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
	return {
		from: at + size,
		length
	};
}
const BEGIN_MESSAGE = "-----BEGIN PGP SIGNED MESSAGE-----";
const BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
const END_SIGNATURE = "-----END PGP SIGNATURE-----";
/** Values of a Hash header that Apptainer knows; they are never compared with the real hash. */
const HASH_NAMES = new Set("MD5 SHA1 RIPEMD160 SHA224 SHA256 SHA384 SHA512 SHA3-256 SHA3-512".split(" "));
/**
* The message in the data of a signature object, or a text saying why there is none.
* @see https://www.rfc-editor.org/rfc/rfc9580.html#section-7
*/
function decodeCleartext(data) {
	let source;
	try {
		source = decodeUtf8(data, "the signature object");
	} catch {
		return "it is not valid UTF-8";
	}
	const start = source.startsWith(BEGIN_MESSAGE) ? 0 : source.indexOf(`\n${BEGIN_MESSAGE}`) + 1;
	if (start === 0 && !source.startsWith(BEGIN_MESSAGE)) return "it has no cleartext-signed message";
	const lines = source.slice(start).split("\n").map((line) => line.endsWith("\r") ? line.slice(0, -1) : line);
	if (lines[0] !== BEGIN_MESSAGE) return "its first line has something after the dashes";
	const blank = lines.indexOf("", 1);
	if (blank === -1) return "its headers do not end";
	const header = lines.slice(1, blank).find((line) => !isHashHeader(line));
	if (header !== void 0) return `its header ${JSON.stringify(header.slice(0, 40))} is not a Hash header`;
	const end = lines.indexOf(BEGIN_SIGNATURE, blank);
	if (end === -1) return "it has no signature block";
	const body = lines.slice(blank + 1, end);
	if (body.some((line) => line.includes("\r"))) return "its text has a carriage return inside a line";
	const last = lines.findIndex((line, index) => index > end && line.trimEnd() === END_SIGNATURE);
	if (last === -1) return "its signature block does not end";
	const packets = decodeArmor(lines.slice(end, last).join("\n"));
	if (typeof packets === "string") return `its signature block ${packets}`;
	return {
		text: body.map((line) => withoutTrailingBlanks(line.replace(/^- /, ""))).join("\n"),
		packets
	};
}
/**
* Whether Go's programs take the data for a cleartext signature at all: they read the signature block only when they check
* it, so that a damaged one makes a bad signature and no unknown format.
*/
function isClearsigned(data) {
	const decoded = decodeCleartext(data);
	return typeof decoded !== "string" || /^its signature block (?!has no blank line)/.test(decoded);
}
/** In one pass: an expression would look at a long run of blanks in the middle once for each of them. */
function withoutTrailingBlanks(line) {
	let end = line.length;
	while (end > 0 && (line[end - 1] === " " || line[end - 1] === "	")) end -= 1;
	return line.slice(0, end);
}
function isHashHeader(line) {
	const colon = line.indexOf(":");
	if (colon === -1 || line.slice(0, colon).trim() !== "Hash") return false;
	return line.slice(colon + 1).split(",").every((name) => HASH_NAMES.has(name.trim()));
}
/**
* Data of a signature object, as Apptainer writes it: LF, no checksum, no line end after the last line. `text` must be
* one line without trailing blanks that does not begin with a dash; sif-metadata always is.
*/
function encodeCleartext(text, hash, packets) {
	if (/[\r\n]/.test(text) || /[ \t]$/.test(text) || text.startsWith("-")) throw new Error("the text of a signature object must be one plain line");
	const base64 = toBase64(packets).match(/.{1,64}/g) ?? [];
	return [
		BEGIN_MESSAGE,
		`Hash: ${hash}`,
		"",
		text,
		BEGIN_SIGNATURE,
		"",
		...base64,
		END_SIGNATURE
	].join("\n");
}
const RSA = [1, 3];
const ECDSA = 19;
const EDDSA_LEGACY = 22;
const ED25519 = 27;
const CURVES = /* @__PURE__ */ new Map([
	["2a8648ce3d030107", "P-256"],
	["2b81040022", "P-384"],
	["2b81040023", "P-521"]
]);
/**
* Base64 SHA-256 of the SPKI of the key in a public key packet of version 4; undefined for algorithms that we do not verify.
* @see https://www.rfc-editor.org/rfc/rfc9580.html#section-5.5.5
*/
function packetHint(packet) {
	const jwk = packetKey(Buffer.from(packet));
	if (!jwk) return void 0;
	try {
		return keyHint(createPublicKey({
			key: jwk,
			format: "jwk"
		}));
	} catch {
		return;
	}
}
function packetKey(packet) {
	const algorithm = packet[5] ?? 0;
	const params = packet.subarray(6);
	if (RSA.some((one) => one === algorithm)) {
		const [n, rest] = readInteger(params);
		return {
			kty: "RSA",
			n: base64Url(n),
			e: base64Url(readInteger(rest)[0])
		};
	}
	if (algorithm === ED25519) return {
		kty: "OKP",
		crv: "Ed25519",
		x: base64Url(params.subarray(0, 32))
	};
	const size = params[0] ?? 0;
	const curve = params.subarray(1, 1 + size).toString("hex");
	const [point] = readInteger(params.subarray(1 + size));
	if (algorithm === EDDSA_LEGACY) return {
		kty: "OKP",
		crv: "Ed25519",
		x: base64Url(point.subarray(1))
	};
	const crv = CURVES.get(curve);
	const half = (point.length - 1) / 2;
	if (algorithm !== ECDSA || crv === void 0) return void 0;
	return {
		kty: "EC",
		crv,
		x: base64Url(point.subarray(1, 1 + half)),
		y: base64Url(point.subarray(1 + half))
	};
}
/** A multiprecision integer without leading zeros, and what follows it. */
function readInteger(bytes) {
	const end = 2 + Math.ceil(((bytes[0] ?? 0) << 8 | (bytes[1] ?? 0)) / 8);
	const value = bytes.subarray(2, end);
	const first = value.findIndex((byte) => byte !== 0);
	return [value.subarray(Math.max(0, first)), bytes.subarray(end)];
}
function base64Url(bytes) {
	return bytes.toString("base64url");
}

export { keyBlocks as a, splitPacket as c, isClearsigned as i, splitPackets as l, decodeCleartext as n, packetHint as o, encodeCleartext as r, repairArmor as s, decodeArmor as t };