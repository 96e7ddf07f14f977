import { g as utf8, m as toBase64 } from "./bytes.mjs";
import { i as encodePae, l as unusableBundle, n as BUNDLE_MEDIA_TYPE, o as parseBundle, r as assertSigstoreReads, t as BUNDLE_CHAIN_MEDIA_TYPE } from "./bundle2.mjs";
import { n as IN_TOTO_PAYLOAD_TYPE } from "./statement.mjs";

// src/attest/sign.ts
/**
* Bytes of the bundle with this statement.
* @throws SignatureError, also when no timestamp can be had; NetworkError
*/
async function signStatement(payload, signer, { now, stamp = true }) {
	const payloadType = IN_TOTO_PAYLOAD_TYPE;
	const pae = encodePae(payloadType, payload);
	const signature = await signer.signPae(pae, now);
	const stamps = stamp && signer.stamp ? [await signer.stamp(signature)] : [];
	const { tlogEntries = [], timestamps = [] } = await signer.witness?.({
		payloadType,
		payload,
		pae,
		signature
	}) ?? {};
	return encodeBundle({
		material: signer.material,
		payloadType,
		payload,
		signature,
		timestamps: [...stamps, ...timestamps],
		tlogEntries
	});
}
/**
* Bytes of a bundle; the same content gives the same bytes.
* @throws SignatureError SIGNATURE_BUNDLE_INVALID when Sigstore's own parser would refuse the result
*/
function encodeBundle(content) {
	const { material, payloadType, payload, signature, timestamps = [], tlogEntries = [] } = content;
	const chained = material.kind === "certificates" && material.chain.length > 1;
	const rfc3161Timestamps = timestamps.map((stamp) => ({ signedTimestamp: toBase64(stamp) }));
	const json = {
		mediaType: chained ? BUNDLE_CHAIN_MEDIA_TYPE : BUNDLE_MEDIA_TYPE,
		verificationMaterial: {
			...materialJson(material),
			...tlogEntries.length > 0 ? { tlogEntries } : {},
			...timestamps.length > 0 ? { timestampVerificationData: { rfc3161Timestamps } } : {}
		},
		dsseEnvelope: {
			payload: toBase64(payload),
			payloadType,
			signatures: [{ sig: toBase64(signature) }]
		}
	};
	assertSigstoreReads(json);
	return utf8(JSON.stringify(json));
}
/** The copy for registries and cosign: certificate only, the same envelope. A bundle without intermediates is unchanged. */
function leafOnlyBundle(bundle) {
	const { material } = bundle;
	const [leaf] = material.kind === "certificates" ? material.chain : [];
	if (leaf === void 0 || bundle.mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json") return bundle;
	return withMaterial(bundle, {
		kind: "certificates",
		chain: [leaf]
	});
}
/** The bundle with these intermediates (DER, issuing CA first) behind its leaf. @throws SignatureError SIGNATURE_BUNDLE_INVALID */
function withIntermediates(bundle, intermediates) {
	const { material } = bundle;
	const [leaf] = material.kind === "certificates" ? material.chain : [];
	if (leaf === void 0) throw unusableBundle("only a bundle with a certificate takes intermediates");
	return withMaterial(bundle, {
		kind: "certificates",
		chain: [leaf, ...intermediates]
	});
}
/** The bundle with one more timestamp over its signature. @throws SignatureError SIGNATURE_BUNDLE_INVALID */
function withTimestamp(bundle, timestamp) {
	return withMaterial({
		...bundle,
		timestamps: [...bundle.timestamps, timestamp]
	}, bundle.material);
}
function withMaterial({ envelope, tlogEntries, timestamps }, material) {
	return parseBundle(encodeBundle({
		...envelope,
		material,
		tlogEntries,
		timestamps
	}));
}
function materialJson(material) {
	if (material.kind === "public-key") return { publicKey: { hint: material.hint } };
	const certificates = material.chain.map((der) => ({ rawBytes: toBase64(der) }));
	const [leaf] = certificates;
	if (leaf === void 0) throw unusableBundle("a certificate chain without certificates");
	return certificates.length === 1 ? { certificate: leaf } : { x509CertificateChain: { certificates } };
}
/** Compact JSON, members in the order that Apptainer writes: payloadType, payload, signatures of keyid and sig. */
function encodeEnvelope(envelope) {
	return utf8(JSON.stringify({
		payloadType: envelope.payloadType,
		payload: toBase64(envelope.payload),
		signatures: envelope.signatures.map(({ keyid, signature }) => ({
			keyid,
			sig: toBase64(signature)
		}))
	}));
}

export { withTimestamp as a, withIntermediates as i, leafOnlyBundle as n, signStatement as r, encodeEnvelope as t };