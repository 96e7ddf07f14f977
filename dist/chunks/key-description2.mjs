import { t as Secret } from "./secret.mjs";
import { c as readPublicKeys, r as keyIdentity } from "./keys.mjs";
import { o as opensshKeyid } from "./signatures.mjs";
import { i as readPrivateKey } from "./private-key.mjs";

// src/crypto/key-description.ts
/**
* Every key and certificate in a file.
* @throws SignatureError when the file holds none, or one that is not supported
*/
async function describeKeyFile(bytes, passphrase, cosignPassphrase) {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
	if (text.includes("-----BEGIN PGP ")) return describePgp(bytes);
	if (text.includes("-----BEGIN CERTIFICATE-----")) return describeCertificates(bytes);
	if (text.includes("PRIVATE KEY-----")) return [describeBare("private key", readPrivateKey(new Secret(bytes), passphrase, cosignPassphrase).publicKey)];
	if (text.includes("-----BEGIN ")) return readPublicKeys(bytes).map((key) => describeBare("public key", key));
	return describeBinary(bytes);
}
/** DER begins with a SEQUENCE, OpenPGP with a byte above 0x7f. */
async function describeBinary(bytes) {
	if (bytes[0] !== 48) return describePgp(bytes);
	try {
		return readPublicKeys(bytes).map((key) => describeBare("public key", key));
	} catch {
		return describeCertificates(bytes);
	}
}
async function describePgp(bytes) {
	const { describePgpKeys } = await import("./secret-key.mjs");
	return (await describePgpKeys(bytes)).map(({ fingerprint, userIds, expires, secret, version, algorithm }) => ({
		kind: `OpenPGP ${secret ? "secret" : "public"} key${version === 4 ? "" : ` of version ${version}, which Apptainer cannot verify`}`,
		identity: {
			method: "pgp",
			fingerprint,
			userIds
		},
		algorithm,
		expires,
		sha256: null,
		keyid: null
	}));
}
async function describeCertificates(bytes) {
	const { certificateIdentity, parseCertificate, readCertificateFile } = await import("./certificate2.mjs");
	return readCertificateFile(bytes).map((der) => {
		const certificate = parseCertificate(der);
		const identity = certificateIdentity(certificate);
		return {
			kind: certificate.extensions.basicConstraints?.ca === true ? "CA certificate" : "certificate",
			identity,
			expires: identity.notAfter,
			sha256: identity.certificateSha256,
			keyid: certificate.publicKey ? opensshKeyid(certificate.publicKey.key) ?? null : null
		};
	});
}
function describeBare(kind, key) {
	return {
		kind,
		identity: keyIdentity(key),
		expires: null,
		sha256: Buffer.from(key.hint, "base64").toString("hex"),
		keyid: opensshKeyid(key.key) ?? null
	};
}

export { describeKeyFile as t };