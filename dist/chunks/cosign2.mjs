import { n as isSameSigner } from "./signature.mjs";
import { d as sha256, t as certificatesInPem } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";
import { d as parseSimpleSigning, l as orUndefined, o as cosignTag, r as ENVELOPE_TYPE } from "./cosign.mjs";
import { a as isRosterUri, s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { s as recordKind } from "./record.mjs";
import { r as parseNotation } from "./notation.mjs";
import { p as toSecond } from "./text.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { r as jwsAlgorithm } from "./signatures.mjs";
import { i as reason } from "./reasons.mjs";
import { i as encodePae, s as parseEnvelope } from "./bundle2.mjs";
import { g as subjectDigests, n as IN_TOTO_PAYLOAD_TYPE, p as parseStatement } from "./statement.mjs";

// src/image/registry/notation.ts
/** The fact that a signature states about the image. Never throws for what is in it. */
async function notationFact(found, check) {
	const common = {
		place: {
			in: "registry",
			name: `referrer ${found.referrer}`
		},
		kind: "notation",
		method: "x509",
		approval: null
	};
	try {
		const read = parseNotation(found.bytes);
		return {
			...common,
			...await judge(read, found, check)
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		const { code, message, hint } = error;
		const reasons = [{
			code,
			message,
			hint
		}];
		return {
			...common,
			digest: sha256(found.bytes),
			signer: null,
			signature: "unreadable",
			reasons,
			covers: [],
			contradicted: false,
			signedAt: null
		};
	}
}
async function judge(read, { subject }, { verifier, now, unitsOf }) {
	const { chain, signature, signedBytes, timestamps, target, signingTime, expiry } = read;
	const result = await verifier.verifyDsse({
		pae: signedBytes,
		signature,
		material: {
			kind: "certificates",
			chain
		},
		keyid: void 0,
		hashing: "jws",
		timestamps
	}, now);
	const matches = target.digest === subject.digest && target.size === subject.size && target.mediaType === subject.mediaType;
	const problems = problemsOf(read, result, now);
	const { stage, approval } = target.annotations;
	const { proven, timeRemarks } = result;
	return {
		digest: sha256(signedBytes),
		signer: result.identity,
		signature: problems.length > 0 && result.status === "valid" ? "untrusted" : result.status,
		reasons: [...result.reasons, ...problems],
		covers: matches ? unitsOf(subject.digest) : [],
		contradicted: !matches,
		signedAt: toSecond(signingTime),
		...expiry ? { expires: expiry.toISOString() } : {},
		...proven ? { proven } : {},
		...timeRemarks ? { timeRemarks } : {},
		...stage === void 0 ? {} : { statedStage: stage },
		...approval === void 0 ? {} : { companion: true }
	};
}
function problemsOf({ algorithm, expiry }, { identity }, now) {
	const problems = [];
	if (identity?.method === "x509" && jwsAlgorithm(identity) !== algorithm) problems.push(signatureReason("SIGNATURE_UNREADABLE", `it names ${algorithm.slice(0, 40)}, which is not the algorithm of its key`));
	if (expiry && expiry <= now) problems.push(reason("APPROVAL_EXPIRED", `it expired on ${toSecond(expiry)}`));
	return problems;
}

// src/image/registry/cosign.ts
/** Facts of what is in formats of others: signatures that name no stage, and attestations of legacy tags. Never throws for what is in them. */
async function legacyFacts(layers, check) {
	const signatures = [];
	for (const found of layers.cosign) signatures.push(await cosignFact(found, check));
	for (const found of layers.notations) signatures.push(await notationFact(found, check));
	const evidence = [];
	const unjudged = [];
	for (const found of layers.envelopes) {
		const facts = await envelopeFacts(found, check);
		evidence.push(...facts);
		if (!facts.some(({ signature }) => signature === "valid") && !copiesApproval(found, check)) unjudged.push({
			where: attestationTag(found),
			type: typeOfEnvelope(found.envelope)
		});
	}
	return {
		layers: signatures,
		evidence: withoutCopies(evidence, check.known.evidence),
		unjudged
	};
}
function copiesApproval({ envelope }, { known }) {
	const digest = orUndefined(() => sha256(parseEnvelope(envelope).payload));
	return known.layers.some((layer) => layer.approval && layer.signature === "valid" && layer.digest === digest);
}
async function cosignFact({ subject, signature, inside }, check) {
	const place = {
		in: "registry",
		name: tagName(subject, "sig", inside)
	};
	const { payload } = signature;
	const result = await check.verifier.verifyDsse({
		pae: payload,
		signature: signature.signature,
		material: materialOf(signature),
		keyid: void 0,
		hashing: "bundle"
	}, check.now);
	const said = parseSimpleSigning(payload, inside ? "inside" : "cosign");
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
		...said ? {
			...statedStage(said.optional),
			...said.reference === "" ? {} : { signedReference: said.reference }
		} : {}
	};
}
/** What the optional part of a payload says: the stage, and that the signature is beside an approval. */
function statedStage({ stage, approval, dataVerified }) {
	return {
		...stage === void 0 ? {} : { statedStage: typeof stage === "string" ? stage : null },
		...approval !== void 0 || dataVerified === "false" ? { companion: true } : {}
	};
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
/** A certificate beside an envelope is not signed: it may say whose the signature is, and takes nothing away. */
async function checkEither(input, material, { verifier, now }) {
	const bare = await verifier.verifyDsse(input, now);
	if (bare.status === "valid" || !material) return bare;
	const certified = await verifier.verifyDsse({
		...input,
		material
	}, now);
	return certified.status === "valid" ? certified : bare;
}
/**
* What a legacy tag adds to what is known already: a copy of a valid bundle's envelope is the same statement by the same
* signer, unless it is attached where it is about less.
*/
function withoutCopies(evidence, known) {
	return evidence.filter((fact) => !known.some(({ digest, signature, signer, covers }) => digest === fact.digest && signature === "valid" && isSameSigner(signer, fact.signer) && fact.covers.every((unit) => covers.includes(unit))));
}
/** The tag that an attestation stands in, as a place. */
function attestationTag({ subject, inside }) {
	return tagName(subject, "att", inside);
}
/** A tag as a place, and the name that an OCI-SIF has for it. */
function tagName(subject, suffix, inside = false) {
	return `tag ${inside ? "_cosign:" : ""}${cosignTag(subject, suffix)}`;
}
/** The predicate type that a legacy attestation claims; the media type of envelopes when it has none. */
function typeOfEnvelope(bytes) {
	return orUndefined(() => parseStatement(parseEnvelope(bytes).payload).predicateType) ?? "application/vnd.dsse.envelope.v1+json";
}
async function envelopeFacts(found, check) {
	const { subject } = found;
	try {
		const envelope = parseEnvelope(found.envelope);
		if (envelope.payloadType !== "application/vnd.in-toto+json") return [];
		const { payload, payloadType } = envelope;
		const statement = parseStatement(payload);
		if (isRosterUri(statement.predicateType)) return [];
		const { predicateType, predicate } = statement;
		if (predicateType === "https://slsa.dev/verification_summary/v1" && isJsonObject(predicate) && parseApproval(predicate)) return [];
		const record = recordKind(predicateType, predicate);
		const named = statement.subject.flatMap(subjectDigests);
		const matches = named.includes(subject);
		const covers = matches ? [...new Set(named.flatMap(check.unitsOf))] : [];
		const facts = [];
		const material = materialOf(found);
		for (const { signature, keyid } of envelope.signatures) {
			const result = await checkEither({
				pae: encodePae(payloadType, payload),
				signature,
				material: void 0,
				keyid,
				hashing: "bundle"
			}, material, check);
			facts.push({
				place: {
					in: "registry",
					name: attestationTag(found)
				},
				predicateType,
				...record ? { record } : {},
				digest: sha256(payload),
				method: result.identity?.method ?? "key",
				signer: result.identity,
				signature: result.status,
				reasons: result.reasons,
				covers,
				contradicted: !matches,
				...result.status === "valid" ? { statement: payload } : {}
			});
		}
		return facts;
	} catch (error) {
		if (error instanceof CountersignError) return [];
		throw error;
	}
}

export { typeOfEnvelope as a, tagName as i, legacyFacts as n, statedStage as r, attestationTag as t };