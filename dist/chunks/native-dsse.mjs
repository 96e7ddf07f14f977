import { r as equalBytes, s as utf8, t as concatBytes } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { i as parseForeignEnvelope, t as encodeEnvelope } from "./envelope.mjs";
import { n as SignatureError } from "./errors3.mjs";
import { createHash } from "node:crypto";

// src/signing/pae.ts
/**
* `DSSEv1 <type length> <type> <payload length> <payload>`, lengths in decimal bytes.
* @see DSSE v1.0.0, protocol.md, section Signature Definition
*/
function encodePae(payloadType, payload) {
	const type = utf8(payloadType);
	return concatBytes(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
}

// src/signing/native-dsse.ts
const SIF_METADATA_PAYLOAD_TYPE = "application/vnd.sylabs.sif-metadata+json";
/** What a signature of a native DSSE object is over. */
function nativePae(metadata) {
	return encodePae(SIF_METADATA_PAYLOAD_TYPE, metadata);
}
/**
* True when the data of a signature object is, or was before it was damaged, a native DSSE signature. Other payload
* types are not ours to judge and give false.
*/
function isNativeDsse(data) {
	try {
		return parseForeignEnvelope(data).payloadType === SIF_METADATA_PAYLOAD_TYPE;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
		return /^\s*\{/.test(text) && text.replaceAll("\\/", "/").includes("application/vnd.sylabs.sif-metadata+json");
	}
}
/**
* The envelope of a native DSSE signature object; `payload` is the sif-metadata.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID
*/
function parseNativeDsse(data) {
	const envelope = parseForeignEnvelope(data);
	if (envelope.payloadType !== "application/vnd.sylabs.sif-metadata+json") throw new SignatureError("SIGNATURE_ENVELOPE_INVALID", `the payload type is ${JSON.stringify(envelope.payloadType.slice(0, 120))}, not ${SIF_METADATA_PAYLOAD_TYPE}`);
	return envelope;
}
/** Data of a native DSSE signature object, byte for byte as the reference library writes it. */
function encodeNativeDsse(metadata, signatures) {
	return encodeEnvelope({
		payloadType: SIF_METADATA_PAYLOAD_TYPE,
		payload: metadata,
		signatures
	});
}
/**
* The envelope with one more signature. The new signature must be over the payload that the envelope holds.
* @throws SignatureError SIGNATURE_ENVELOPE_INVALID when the payload differs, the same key has signed already, or the
* envelope is full
*/
function joinNativeDsse(data, metadata, signature) {
	const envelope = parseNativeDsse(data);
	if (!equalBytes(envelope.payload, metadata)) throw new SignatureError("SIGNATURE_ENVELOPE_INVALID", "the envelope holds the metadata of other content", { hint: "remove the outdated signature object, then sign again" });
	if (envelope.signatures.some(({ keyid }) => keyid !== void 0 && keyid === signature.keyid)) throw new SignatureError("SIGNATURE_ENVELOPE_INVALID", `the key ${signature.keyid} has signed this content already`, { hint: "nothing needs to be done; sign with another key to add a signer" });
	const joined = encodeNativeDsse(metadata, [...envelope.signatures, signature]);
	parseNativeDsse(joined);
	return joined;
}
/**
* OpenSSH fingerprint of a public key, `SHA256:<base64 without padding>`; undefined for key types that SSH has no form of.
* @see RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4
*/
function opensshKeyid(key) {
	const wire = opensshWire(key);
	return wire && `SHA256:${createHash("sha256").update(wire).digest("base64").replace(/=+$/, "")}`;
}
function opensshWire(key) {
	const jwk = key.export({ format: "jwk" });
	const field = (name) => Buffer.from(jwk[name] ?? "", "base64url");
	if (jwk.kty === "RSA") return sshStrings(utf8("ssh-rsa"), mpint(field("e")), mpint(field("n")));
	if (jwk.kty === "OKP" && jwk.crv === "Ed25519") return sshStrings(utf8("ssh-ed25519"), field("x"));
	const curve = jwk.kty === "EC" ? /^P-(256|384|521)$/.exec(jwk.crv ?? "")?.[1] : void 0;
	if (curve === void 0) return void 0;
	const point = concatBytes(Uint8Array.of(4), field("x"), field("y"));
	return sshStrings(utf8(`ecdsa-sha2-nistp${curve}`), utf8(`nistp${curve}`), point);
}
function mpint(unsigned) {
	return (unsigned[0] ?? 0) < 128 ? unsigned : concatBytes(Uint8Array.of(0), unsigned);
}
function sshStrings(...parts) {
	return concatBytes(...parts.flatMap((part) => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(part.length);
		return [length, part];
	}));
}

export { opensshKeyid as a, nativePae as i, isNativeDsse as n, parseNativeDsse as o, joinNativeDsse as r, encodePae as s, encodeNativeDsse as t };