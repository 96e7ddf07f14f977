import { d as sha256 } from "./bytes.mjs";
import { t as isJsonObject } from "./json.mjs";
import { p as toSecond } from "./text.mjs";
import { f as FILE_SYSTEM, g as PARTITION_TYPE, l as DATA_TYPE, r as openSif } from "./sif.mjs";
import { n as readOciSif } from "./oci-sif2.mjs";
import { a as openFileSource } from "./source2.mjs";
import { s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { t as breakGlassIn } from "./open-bundles.mjs";
import { _ as parseNativeDsse, c as placeText, l as readSignatureObjects, m as isNativeDsse } from "./signature-objects.mjs";
import { r as parseNotation } from "./notation.mjs";
import { p as parseStatement } from "./statement.mjs";
import { r as reportApproval } from "./reports.mjs";
import { a as typeOfEnvelope, i as tagName, t as attestationTag } from "./cosign2.mjs";
import { s as readAttachments } from "./attachments.mjs";
import { a as registrySource } from "./image.mjs";

// src/image/sif/describe.ts
const FILE_SYSTEM_NAMES = /* @__PURE__ */ new Map([
	[FILE_SYSTEM.squashfs, "squashfs"],
	[FILE_SYSTEM.ext3, "ext3"],
	[FILE_SYSTEM.immutableObjectArchive, "immutable object archive"],
	[FILE_SYSTEM.raw, "raw"],
	[FILE_SYSTEM.encryptedSquashfs, "squashfs in LUKS"],
	[FILE_SYSTEM.gocryptfsSquashfs, "squashfs in gocryptfs"]
]);
const ENCRYPTED = /* @__PURE__ */ new Set([FILE_SYSTEM.encryptedSquashfs, FILE_SYSTEM.gocryptfsSquashfs]);
/** What a file says of itself. */
function describeSif(image, { manifest }) {
	return {
		id: image.header.id,
		ociImage: manifest ?? null,
		architecture: primaryArchitecture(image),
		sizeBytes: image.source.sizeBytes,
		objects: image.objects.map(describeObject),
		freeSlots: image.freeSlots,
		totalSlots: image.totalSlots
	};
}
/** The partition's own architecture; the header's is not protected by any signature (docs/spec/sif.md, 7.1). */
function primaryArchitecture(image) {
	const partitions = image.objects.flatMap(({ partition }) => partition ? [partition] : []);
	return (partitions.find(({ type }) => type === 2) ?? partitions[0])?.arch ?? "unknown";
}
function describeObject(object) {
	const { partition } = object;
	const { id, typeName, group, linkedGroup, linkedObject, name, offset, sizeBytes } = object;
	const link = linkedGroup !== void 0 ? `group ${linkedGroup}` : linkedObject !== void 0 ? `object ${linkedObject}` : null;
	return {
		id,
		type: typeName,
		group: group === 0 ? null : group,
		link,
		name,
		offset,
		sizeBytes,
		...describePartition(partition)
	};
}
function describePartition(partition) {
	if (!partition) return {
		fileSystem: null,
		encrypted: null,
		use: null
	};
	const { fs, type } = partition;
	const use = type === PARTITION_TYPE.overlay ? "overlay" : type === PARTITION_TYPE.data ? "data" : "system";
	return {
		fileSystem: FILE_SYSTEM_NAMES.get(fs) ?? `file system ${fs}`,
		encrypted: ENCRYPTED.has(fs),
		use
	};
}

// src/image/inspect.ts
/** The description of a SIF file. @throws SifError when it is no readable SIF; SystemError */
async function describeFile(path) {
	await using source = await openFileSource(path);
	const image = await openSif(source);
	const oci = await ociSifIn(image);
	return {
		manifest: null,
		reference: null,
		platforms: [],
		sif: describeSif(image, oci),
		...sorted([...await sifClaims(image), ...oci.cosign.map(cosignClaim)]),
		notJudged: oci.envelopes.map(envelopeClaim)
	};
}
/**
* The description of an image in a registry or layout folder.
* @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
*/
async function describeRegistryImage(image) {
	const { shape, repository, descriptor } = image;
	const sif = shape.is === "sif" ? await openSif(registrySource(repository, shape.layer)) : void 0;
	const layers = await readAttachments(image);
	const oci = await ociSifIn(sif);
	const inside = sif ? [...await sifClaims(sif), ...oci.cosign.map(cosignClaim)] : [];
	const known = new Set(inside.map(({ digest }) => digest));
	const attached = [
		...layers.natives.flatMap(nativeClaims),
		...layers.bundles.map(({ place, bytes }) => bundleClaim(placeText(place), bytes)).sort(byTime),
		...layers.cosign.map(cosignClaim),
		...layers.notations.map(notationClaim)
	];
	return {
		manifest: descriptor.digest,
		reference: image.name,
		platforms: shape.is === "index" ? shape.children.map(describePlatform) : [],
		sif: sif ? describeSif(sif, oci) : null,
		...sorted([...inside, ...attached.filter(({ digest }) => !known.has(digest))]),
		notJudged: [...layers.foreign, ...[...oci.envelopes, ...layers.envelopes].map(envelopeClaim)]
	};
}
/** As the signers say, since registries list by digest. */
function byTime(a, b) {
	return (a.signedAt ?? "~").localeCompare(b.signedAt ?? "~");
}
function sorted(claims) {
	const evidence = claims.filter(({ kind }) => kind === "evidence");
	return {
		layers: claims.filter(({ kind }) => kind !== "evidence").map((claim) => ({
			...claim,
			approval: claim.approval && withFound(claim.approval, evidence)
		})),
		evidence
	};
}
function withFound(approval, there) {
	const found = ({ digest }) => there.some((claim) => claim.digest === digest);
	return {
		...approval,
		evidence: approval.evidence.map((entry) => ({
			...entry,
			found: found(entry)
		}))
	};
}
/** What is in an OCI-SIF; nothing in other files. */
async function ociSifIn(image) {
	const isOci = image?.objects.some(({ dataType }) => dataType === DATA_TYPE.ociRootIndex);
	return image && isOci ? readOciSif(image) : {
		manifest: void 0,
		cosign: [],
		envelopes: []
	};
}
async function sifClaims(image) {
	const { natives, lane } = await readSignatureObjects(image);
	return [...natives.flatMap(nativeClaims), ...lane.map(({ object, data }) => bundleClaim(`object ${object.id}`, data))];
}
function describePlatform({ digest, platform }) {
	const said = [
		platform?.["os"],
		platform?.["architecture"],
		platform?.["variant"]
	].filter((part) => typeof part === "string" && part !== "");
	return {
		digest,
		platform: said.length === 0 ? null : said.join("/")
	};
}
function nativeClaims({ place, data, fingerprint }) {
	const base = {
		where: placeText(place),
		stage: null,
		predicateType: null,
		signedAt: null,
		approval: null,
		groups: null
	};
	if (!isNativeDsse(data)) return [{
		...base,
		kind: "native-pgp",
		signer: fingerprint ? `pgp:${fingerprint}` : null,
		digest: sha256(data)
	}];
	try {
		return parseNativeDsse(data).signatures.map(({ keyid, signature }) => ({
			...base,
			kind: "native-dsse",
			signer: keyid ?? null,
			digest: sha256(signature)
		}));
	} catch {
		return [{
			...base,
			kind: "unreadable",
			signer: null,
			digest: sha256(data)
		}];
	}
}
function bundleClaim(where, data) {
	try {
		const bundle = parseBundle(data);
		const statement = parseStatement(bundle.envelope.payload);
		const { predicateType, predicate } = statement;
		const broken = breakGlassIn(statement, bundle.envelope.payload);
		const parsed = predicateType === "https://slsa.dev/verification_summary/v1" && isJsonObject(predicate) ? parseApproval(predicate) : void 0;
		return {
			where,
			kind: parsed ? "approval" : "evidence",
			stage: parsed?.approval.stage ?? null,
			predicateType,
			signer: claimedSigner(bundle),
			digest: bundle.payloadDigest,
			signedAt: parsed?.approval.timeVerified ?? null,
			approval: parsed ? reportApproval(parsed.approval, []) : null,
			groups: parsed ? parsed.content.map(({ group }) => group) : null,
			...typeof broken === "object" ? { breakGlass: broken } : {}
		};
	} catch {
		return {
			where,
			kind: "unreadable",
			stage: null,
			predicateType: null,
			signer: null,
			digest: sha256(data),
			signedAt: null,
			approval: null,
			groups: null
		};
	}
}
function notationClaim({ referrer, bytes }) {
	const claim = plainClaim("notation", `referrer ${referrer}`, bytes);
	try {
		const { target, chain, signingTime, signedBytes } = parseNotation(bytes);
		const signer = chain[0] ? `x509:${sha256(chain[0]).slice(7)}` : null;
		const stage = target.annotations["stage"] ?? null;
		return {
			...claim,
			digest: sha256(signedBytes),
			stage,
			signer,
			signedAt: toSecond(signingTime)
		};
	} catch {
		return {
			...claim,
			kind: "unreadable"
		};
	}
}
function cosignClaim({ subject, signature, inside }) {
	return plainClaim("cosign", tagName(subject, "sig", inside), signature.payload);
}
function envelopeClaim(found) {
	return {
		where: attestationTag(found),
		type: typeOfEnvelope(found.envelope)
	};
}
function plainClaim(kind, where, signed) {
	return {
		where,
		kind,
		digest: sha256(signed),
		stage: null,
		predicateType: null,
		signer: null,
		signedAt: null,
		approval: null,
		groups: null
	};
}
function claimedSigner({ material }) {
	if (material.kind === "public-key") {
		const fingerprint = /^openpgp4fpr:([0-9a-f]{40})$/.exec(material.hint)?.[1];
		return fingerprint ? `pgp:${fingerprint.toUpperCase()}` : `key:${material.hint}`;
	}
	return `x509:${material.chain[0] ? sha256(material.chain[0]).slice(7) : ""}`;
}

export { describeRegistryImage as n, describeFile as t };