import { g as utf8 } from "./bytes.mjs";
import { a as parseCertificate, o as readCertificateFile, r as isSignedBy, t as certificateIdentity } from "./certificate.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { r as jwsAlgorithm } from "./signatures.mjs";
import { a as repairPem, n as nativeKeySigner, r as openSigningKey } from "./private-key.mjs";
import { i as trustIn } from "./trust.mjs";
import { n as leafProblems, t as certificateProblems } from "./purpose.mjs";

// src/crypto/x509/signer.ts
/**
* @throws SignatureError SIGNATURE_CERTIFICATE_MISSING, SIGNATURE_CERTIFICATE_UNREADABLE, SIGNATURE_CERTIFICATE_MISMATCH,
* SIGNATURE_CERTIFICATE_NOT_VALID_NOW, SIGNATURE_CERTIFICATE_UNSUITABLE, SIGNATURE_CHAIN_INCOMPLETE and those of openSigningKey
*/
async function createX509Signer(options) {
	if (!options.certificate) throw new SignatureError("SIGNATURE_CERTIFICATE_MISSING", "there is no certificate for the key");
	const signingKey = await openSigningKey(options);
	const { publicKey } = signingKey;
	const [first, ...rest] = readCertificates(options.certificate);
	const others = [...rest, ...options.certificateChain ? readCertificates(options.certificateChain) : []];
	if (!first) throw new SignatureError("SIGNATURE_CERTIFICATE_UNREADABLE", "the certificate file is empty");
	if (first.hint !== publicKey.hint) throw new SignatureError("SIGNATURE_CERTIFICATE_MISMATCH", `the certificate ${JSON.stringify(first.subject.text)} is for key ${first.hint}, not ${publicKey.hint}`);
	const chain = orderChain(first, others);
	assertUsable(chain, options.now);
	const anchor = chain.at(-1) ?? first;
	const sent = chain.filter((certificate, index) => index === 0 || !isSelfSigned(certificate));
	return {
		method: "x509",
		identity: certificateIdentity(first),
		isProtected: signingKey.isProtected,
		material: {
			kind: "certificates",
			chain: sent.map(({ der }) => der)
		},
		publicMaterial: trustIn({
			anchors: [anchor.der],
			intermediates: chain.slice(1, -1).map(({ der }) => der),
			certificates: [first.der]
		}),
		signPae: (pae) => signingKey.sign(pae),
		native: nativeKeySigner(signingKey),
		...signingKey.signJws ? { notation: {
			algorithm: jwsAlgorithm(publicKey),
			chain: chain.map(({ der }) => der),
			endsInRoot: isSelfSigned(anchor),
			sign: signingKey.signJws
		} } : {}
	};
}
function readCertificates(pem) {
	return readCertificateFile(utf8(repairPem(pem))).map((der) => parseCertificate(der));
}
/** Leaf first, each followed by its issuer, whatever order the files had. */
function orderChain(leaf, others) {
	const left = new Map(others.map((certificate) => [certificate.sha256, certificate]));
	left.delete(leaf.sha256);
	const chain = [leaf];
	for (let last = leaf; last && left.size > 0;) {
		const child = last;
		const issuer = isSelfSigned(child) ? void 0 : [...left.values()].find((candidate) => issued(candidate, child));
		if (issuer) {
			chain.push(issuer);
			left.delete(issuer.sha256);
		}
		last = issuer;
	}
	const [stray] = left.values();
	if (stray) throw new SignatureError("SIGNATURE_CHAIN_INCOMPLETE", `${JSON.stringify(stray.subject.text)} is not in the chain of ${JSON.stringify(leaf.subject.text)}`);
	return chain;
}
function issued(issuer, certificate) {
	return issuer.subject.key === certificate.issuer.key && isSignedBy(certificate, issuer);
}
function isSelfSigned(certificate) {
	return issued(certificate, certificate);
}
/** A signature by an unusable certificate would never verify: better said before signing. */
function assertUsable(chain, now) {
	const [leaf] = chain;
	const problem = [...chain.flatMap((certificate) => certificateProblems(certificate, {
		from: now,
		until: now,
		purpose: "code"
	})), ...leaf ? leafProblems(leaf, "code") : []][0];
	if (problem) throw new SignatureError(signerCode(problem), problem.message, { hint: problem.hint });
}
function signerCode({ code }) {
	return code === "CERTIFICATE_EXPIRED" || code === "CERTIFICATE_NOT_YET_VALID" ? "SIGNATURE_CERTIFICATE_NOT_VALID_NOW" : "SIGNATURE_CERTIFICATE_UNSUITABLE";
}

export { createX509Signer };