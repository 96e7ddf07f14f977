import { c as supersedes, s as recordKind } from "./record.mjs";
import { r as encodePae } from "./dsse.mjs";
import { p as parseStatement } from "./statement.mjs";
import { n as createVerifier } from "./verifier.mjs";
import { n as isSameSigner } from "./signature.mjs";

// src/stage/evidence/supersede.ts
/** The signer's own earlier records that the statement replaces; none for a statement that is no record. */
async function supersededBy({ predicateType, predicate }, bundles, { signer, now }) {
	const kind = recordKind(predicateType, predicate);
	if (!kind) return [];
	const verifier = await createVerifier(signer.publicMaterial);
	const superseded = [];
	for (const { is, fact, opened } of bundles) {
		if (is !== "evidence" || fact.record !== kind || fact.signature === "invalid") continue;
		const { envelope, material, json } = opened.bundle;
		const { payload, payloadType, signature, keyid } = envelope;
		if (!supersedes(kind, predicate, parseStatement(payload).predicate)) continue;
		const pae = encodePae(payloadType, payload);
		const { status, identity } = await verifier.verifyDsse({
			pae,
			signature,
			material,
			keyid,
			hashing: "bundle",
			bundle: json
		}, signer.now?.() ?? now);
		if (status === "valid" && isSameSigner(identity, signer.identity)) superseded.push(fact);
	}
	return superseded;
}
/** Objects of a SIF that hold them. */
function objectsOf(superseded) {
	return superseded.flatMap(({ place }) => place.in === "sif" ? [place.object] : []);
}

export { supersededBy as n, objectsOf as t };