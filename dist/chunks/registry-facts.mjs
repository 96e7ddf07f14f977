import { i as sha256 } from "./digest.mjs";
import { c as openSif, h as DATA_TYPE } from "./source.mjs";
import { n as sifContent, r as sifSubjects } from "./attach.mjs";
import { c as openBundle, i as sifView, l as placeBundle, r as examineSif } from "./verifier.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as parsePem } from "./pem.mjs";
import { u as parseSimpleSigning } from "./cosign.mjs";
import { i as isRosterUri } from "./approval.mjs";
import { r as parseEnvelope } from "./envelope.mjs";
import { s as encodePae } from "./native-dsse.mjs";
import { a as readSignatureObjects, d as parseStatement, l as IN_TOTO_PAYLOAD_TYPE } from "./sif-natives.mjs";
import { s as readRegistryLayers } from "./registry-image.mjs";
import { n as registrySource, t as blobHasher } from "./registry-source.mjs";
import { basename } from "node:path";

// src/layers/cosign-facts.ts
/** Facts from cosign's legacy tags: signatures that name no stage, and attestations. Never throws for what is in them. */
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
		signedAt: null,
		...typeof said?.optional["stage"] === "string" ? { statedStage: said.optional["stage"] } : {}
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
		if (isRosterUri(statement.predicateType)) return [];
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

// src/layers/registry-facts.ts
/**
* Reads, checks and compares everything on an image in a registry.
* @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
*/
async function examineRegistryImage(image, options) {
	if (image.shape.is === "sif") return examineSifImage(image, options);
	return examinePlainImage(image, await readRegistryLayers(image), options);
}
async function examineSifImage(image, options) {
	if (image.shape.is !== "sif") throw new Error("not a SIF");
	const { layer } = image.shape;
	const { name, verifier, now, verifyData, onBytes } = options;
	const file = await openRemoteSif(image.repository, layer);
	const layers = await readRegistryLayers(image, await signatureBlobs(file));
	const { sif, facts } = await examineWithAttached(file, {
		image,
		layers
	}, {
		name,
		verifier,
		now,
		...verifyData ? {
			data: "read",
			hash: blobHasher(image.repository, layer)
		} : { data: "claimed" },
		...onBytes ? { onBytes } : {}
	});
	const view = sifView(sif);
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
/**
* All facts about a SIF, in the registry or fetched from it, together with what is attached to it there.
* @throws SifError when it cannot be read as a SIF
*/
async function examineWithAttached(file, { image, layers }, options) {
	const { verifier, now } = options;
	const blobs = image.shape.is === "sif" ? [image.shape.layer.digest] : [];
	const sif = await examineSif(file, {
		...options,
		beside: layers.bundles,
		besideNatives: layers.natives,
		aliases: [image.descriptor.digest, ...blobs]
	});
	const more = await legacyFacts(layers, {
		verifier,
		now,
		unitsOf: () => sif.facts.units.map(({ id }) => id)
	});
	return {
		sif,
		facts: {
			...sif.facts,
			layers: [...sif.facts.layers, ...more.layers],
			evidence: [...sif.facts.evidence, ...more.evidence],
			problems: [...sif.facts.problems, ...listProblems(layers)]
		}
	};
}
/** A SIF in a registry with its signature objects at hand. @throws SifError, RegistryError, NetworkError */
async function openRemoteSif(repository, layer) {
	const source = registrySource(repository, layer);
	const file = await openSif(source);
	const signatures = file.objects.filter(({ dataType }) => dataType === DATA_TYPE.signature);
	await source.prefetch(signatures.map(({ offset, sizeBytes }) => ({
		offset,
		lengthBytes: sizeBytes
	})));
	return file;
}
/** The signature objects of a file by digest: what its layers are called when they are attached. */
async function signatureBlobs(file) {
	const { natives, lane } = await readSignatureObjects(file);
	return new Map([...natives, ...lane].map(({ data }) => [sha256(data), data]));
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
/** Statements are public: of a layout folder only the last part of its path is named. */
function subjectOf({ repository: { name } }, digest) {
	return {
		name: name.startsWith("oci:") ? `oci:${basename(name)}` : name,
		digest: { sha256: digest.slice(7) }
	};
}
/** Entries that are named when they are passed over. */
const REJECTED_SHOWN = 20;
/** A list that was cut proves nothing about what is missing, so no verdict may rest on it. */
function listProblems({ complete, rejected }) {
	const passedOver = rejected.slice(0, REJECTED_SHOWN).map(({ digest, reason }) => {
		return {
			code: "REGISTRY_ATTACHED_UNREADABLE",
			message: `${digest.startsWith("sha256:") ? `referrer ${digest}` : digest} is passed over: ${reason}`,
			hint: "nothing, or find out who altered the registry",
			severity: "remark"
		};
	});
	if (complete) return passedOver;
	return [{
		code: "REGISTRY_ATTACHED_TOO_LARGE",
		message: "more is attached to the image than is looked at",
		hint: "remove attached manifests that are not needed"
	}, ...passedOver];
}

export { examineWithAttached as n, examineRegistryImage as t };