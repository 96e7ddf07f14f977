import { i as sha256 } from "./digest.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as parsePem } from "./pem.mjs";
import { d as parseSimpleSigning, o as readRegistryLayers } from "./registry-image.mjs";
import { r as parseEnvelope } from "./envelope.mjs";
import { s as encodePae } from "./native-dsse.mjs";
import { T as openSif, c as parseStatement, o as IN_TOTO_PAYLOAD_TYPE, t as registrySource } from "./registry-source.mjs";
import { f as openBundle, l as examineSif, n as sifContent, p as placeBundle, r as sifSubjects, u as sifView } from "./attach.mjs";

// src/layers/registry-facts.ts
/**
* Reads, checks and compares everything on an image in a registry.
* @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
*/
async function examineRegistryImage(image, options) {
	const layers = await readRegistryLayers(image);
	return image.shape.is === "sif" ? examineSifImage(image, layers, options) : examinePlainImage(image, layers, options);
}
async function examineSifImage(image, layers, options) {
	if (image.shape.is !== "sif") throw new Error("not a SIF");
	const { layer } = image.shape;
	const { name, verifier, now, verifyData, onBytes } = options;
	const sif = await examineSif(await openSif(registrySource(image.repository, layer)), {
		name,
		verifier,
		now,
		beside: layers.bundles,
		besideNatives: layers.natives,
		aliases: [image.descriptor.digest, layer.digest],
		data: verifyData ? "read" : "claimed",
		...onBytes ? { onBytes } : {}
	});
	const view = sifView(sif);
	const more = await legacyFacts(layers, {
		verifier,
		now,
		unitsOf: () => sif.facts.units.map(({ id }) => id)
	});
	const facts = {
		...sif.facts,
		layers: [...sif.facts.layers, ...more.layers],
		evidence: [...sif.facts.evidence, ...more.evidence],
		problems: [...sif.facts.problems, ...listProblems(layers)]
	};
	const whole = [image.descriptor.digest, layer.digest].map((digest) => subjectOf(image, digest));
	return {
		image,
		layers,
		sif,
		facts,
		view,
		bundles: sif.bundles,
		subjects: [...sifSubjects(sif), ...whole],
		content: sifContent(sif),
		freeSlots: sif.image.freeSlots
	};
}
async function examinePlainImage(image, layers, { name, verifier, now }) {
	const digests = image.subjects.map(({ digest }) => digest);
	const unitsOf = (digest) => digests.includes(digest) ? [unitId(digest)] : [];
	const units = digests.map(unitId);
	const view = {
		kind: "oci",
		digests,
		aliases: [],
		units,
		known: true,
		unitsOf,
		explain: () => []
	};
	const bundles = [];
	for (const found of layers.bundles) bundles.push(placeBundle(await openBundle(found, verifier, now), view));
	const legacy = await legacyFacts(layers, {
		verifier,
		now,
		unitsOf
	});
	return {
		image,
		layers,
		sif: void 0,
		facts: {
			name,
			kind: "oci",
			contentDigests: [image.descriptor.digest],
			units: units.map((id) => ({ id })),
			layers: [...bundles.flatMap((bundle) => bundle.is === "layer" ? [bundle.fact] : []), ...legacy.layers],
			evidence: [...bundles.flatMap((bundle) => bundle.is === "evidence" ? [bundle.fact] : []), ...legacy.evidence],
			dataRead: true,
			problems: listProblems(layers)
		},
		view,
		bundles,
		subjects: digests.map((digest) => subjectOf(image, digest)),
		content: [],
		freeSlots: null
	};
}
function unitId(digest) {
	return `manifest ${digest}`;
}
function subjectOf(image, digest) {
	return {
		name: image.repository.name,
		digest: { sha256: digest.slice(7) }
	};
}
/** A list that was cut proves nothing about what is missing, so no verdict may rest on it. */
function listProblems({ complete }) {
	if (complete) return [];
	return [{
		code: "REGISTRY_REFERRERS_TOO_MANY",
		message: "more is attached to the image than is looked at",
		hint: "remove attached manifests that are not needed"
	}];
}
/** Facts from cosign's legacy tags: signatures that name no stage, and attestations. */
async function legacyFacts(layers, check) {
	const signatures = [];
	for (const found of layers.cosign) signatures.push(await cosignFact(found, check));
	const evidence = [];
	for (const found of layers.envelopes) evidence.push(...await envelopeFacts(found, check));
	return {
		layers: signatures,
		evidence
	};
}
async function cosignFact({ subject, signature }, check) {
	const place = {
		in: "registry",
		name: `tag ${subject.replace(":", "-")}.sig`
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
		message: "the signed payload is no cosign signature of an image",
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
		signedAt: null
	};
}
/** Certificates of a legacy signature, undefined for a bare key; a self-signed root at the end does no harm. */
function materialOf(signature) {
	if (signature.certificate === void 0) return void 0;
	try {
		const chain = parsePem(`${signature.certificate}\n${signature.chain ?? ""}`).map(({ der }) => der);
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
async function envelopeFacts({ subject, bytes }, check) {
	try {
		const envelope = parseEnvelope(bytes);
		if (envelope.payloadType !== "application/vnd.in-toto+json") return [];
		const { payload, payloadType } = envelope;
		const statement = parseStatement(payload);
		const matches = statement.subject.some(({ digest }) => `sha256:${digest["sha256"]}` === subject);
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
					name: `tag ${subject.replace(":", "-")}.att`
				},
				predicateType: statement.predicateType,
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

export { examineRegistryImage as t };