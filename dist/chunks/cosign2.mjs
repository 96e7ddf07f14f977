import { d as sha256, t as certificatesInPem } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { d as parseSimpleSigning, l as orUndefined, o as cosignTag, r as ENVELOPE_TYPE } from "./cosign.mjs";
import { a as isRosterUri } from "./approval.mjs";
import { o as recordKind } from "./record.mjs";
import { n as encodePae, s as parseEnvelope } from "./dsse.mjs";
import { h as subjectDigests, n as IN_TOTO_PAYLOAD_TYPE, p as parseStatement } from "./statement.mjs";

// src/image/registry/cosign.ts
/** Facts from cosign's legacy tags: signatures that name no stage, and attestations. Never throws for what is in them. */
async function legacyFacts(layers, check) {
	const signatures = [];
	for (const found of layers.cosign) signatures.push(await cosignFact(found, check));
	const evidence = [];
	const unjudged = [];
	for (const found of layers.envelopes) {
		const facts = await envelopeFacts(found, check);
		evidence.push(...facts);
		if (!facts.some(({ signature }) => signature === "valid")) unjudged.push({
			where: attestationTag(found),
			type: typeOfEnvelope(found.bytes)
		});
	}
	return {
		layers: signatures,
		evidence,
		unjudged
	};
}
async function cosignFact({ subject, signature }, check) {
	const place = {
		in: "registry",
		name: `tag ${cosignTag(subject, "sig")}`
	};
	const { payload } = signature;
	const result = await check.verifier.verifyDsse({
		pae: payload,
		signature: signature.signature,
		material: materialOf(signature),
		keyid: void 0,
		hashing: "bundle"
	}, check.now);
	const said = parseSimpleSigning(payload);
	const matches = said?.digest === subject;
	const reasons = said ? [] : [{
		code: "COSIGN_PAYLOAD_INVALID",
		message: "the signed payload is no cosign signature of an image: podman and skopeo refuse it too",
		hint: "sign the image again with cosign or countersign"
	}];
	return {
		place,
		kind: "cosign",
		method: result.identity?.method ?? (signature.certificate === void 0 ? "key" : "x509"),
		digest: sha256(payload),
		signer: result.identity,
		signature: said || result.status !== "valid" ? result.status : "invalid",
		reasons: [...result.reasons, ...reasons],
		covers: matches ? check.unitsOf(subject) : [],
		contradicted: !matches,
		approval: null,
		signedAt: null,
		...statedStage(said?.optional["stage"]),
		...said && (said.optional["approval"] !== void 0 || said.optional["dataVerified"] === "false") ? { companion: true } : {},
		...said ? { signedReference: said.reference } : {}
	};
}
function statedStage(stage) {
	return stage === void 0 ? {} : { statedStage: typeof stage === "string" ? stage : null };
}
/** Certificates of a legacy signature, undefined for a bare key; a self-signed root at the end does no harm. */
function materialOf(signature) {
	if (signature.certificate === void 0) return void 0;
	try {
		const chain = certificatesInPem(`${signature.certificate}\n${signature.chain ?? ""}`);
		return chain.length > 0 ? {
			kind: "certificates",
			chain
		} : void 0;
	} catch (error) {
		if (error instanceof CountersignError) return {
			kind: "certificates",
			chain: [/* @__PURE__ */ new Uint8Array()]
		};
		throw error;
	}
}
/** The tag that an attestation stands in, as a place. */
function attestationTag({ subject }) {
	return `tag ${cosignTag(subject, "att")}`;
}
/** The predicate type that a legacy attestation claims; the media type of envelopes when it has none. */
function typeOfEnvelope(bytes) {
	return orUndefined(() => parseStatement(parseEnvelope(bytes).payload).predicateType) ?? "application/vnd.dsse.envelope.v1+json";
}
async function envelopeFacts(found, check) {
	const { subject, bytes } = found;
	try {
		const envelope = parseEnvelope(bytes);
		if (envelope.payloadType !== "application/vnd.in-toto+json") return [];
		const { payload, payloadType } = envelope;
		const statement = parseStatement(payload);
		if (isRosterUri(statement.predicateType)) return [];
		const record = recordKind(statement.predicateType, statement.predicate);
		const matches = statement.subject.some((one) => subjectDigests(one).includes(subject));
		const facts = [];
		for (const { signature, keyid } of envelope.signatures) {
			const input = {
				pae: encodePae(payloadType, payload),
				signature,
				material: void 0,
				keyid,
				hashing: "bundle"
			};
			const result = await check.verifier.verifyDsse(input, check.now);
			facts.push({
				place: {
					in: "registry",
					name: attestationTag(found)
				},
				predicateType: statement.predicateType,
				...record ? { record } : {},
				digest: sha256(payload),
				method: result.identity?.method ?? "key",
				signer: result.identity,
				signature: result.status,
				reasons: result.reasons,
				covers: matches ? check.unitsOf(subject) : [],
				contradicted: !matches
			});
		}
		return facts;
	} catch (error) {
		if (error instanceof CountersignError) return [];
		throw error;
	}
}

export { legacyFacts as n, typeOfEnvelope as r, attestationTag as t };