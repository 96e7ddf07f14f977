import { d as sha256 } from "./bytes.mjs";
import { n as isJsonObject } from "./json.mjs";
import { u as toSecond } from "./text.mjs";
import { f as PARTITION_TYPE, i as openSif, u as FILE_SYSTEM } from "./sif.mjs";
import { o as cosignTag } from "./cosign.mjs";
import { a as openFileSource } from "./source2.mjs";
import { s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { r as parseBundle } from "./bundle.mjs";
import { t as breakGlassIn } from "./signed-content.mjs";
import { a as isNativeDsse, l as parseNativeDsse } from "./dsse.mjs";
import { r as parseNotation } from "./notation.mjs";
import { p as parseStatement } from "./statement.mjs";
import { t as reportApproval } from "./reports.mjs";
import { i as typeOfEnvelope, t as attestationTag } from "./cosign2.mjs";
import { s as readAttachments } from "./attachments.mjs";
import { n as registrySource } from "./source3.mjs";
import { i as readSignatureObjects, r as placeText } from "./native-signatures.mjs";

// src/image/inspect.ts
const FILE_SYSTEM_NAMES = /* @__PURE__ */ new Map([
	[FILE_SYSTEM.squashfs, "squashfs"],
	[FILE_SYSTEM.ext3, "ext3"],
	[FILE_SYSTEM.immutableObjectArchive, "immutable object archive"],
	[FILE_SYSTEM.raw, "raw"],
	[FILE_SYSTEM.encryptedSquashfs, "squashfs in LUKS"],
	[FILE_SYSTEM.gocryptfsSquashfs, "squashfs in gocryptfs"]
]);
const ENCRYPTED = /* @__PURE__ */ new Set([FILE_SYSTEM.encryptedSquashfs, FILE_SYSTEM.gocryptfsSquashfs]);
/** The description of a SIF file. @throws SifError when it is no readable SIF; SystemError */
async function describeFile(path) {
	await using source = await openFileSource(path);
	const image = await openSif(source);
	return {
		manifest: null,
		platforms: [],
		sif: describeSif(image),
		...sorted(await sifClaims(image)),
		notJudged: []
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
	const inside = sif ? await sifClaims(sif) : [];
	const known = new Set(inside.map(({ digest }) => digest));
	const attached = [
		...layers.natives.flatMap(nativeClaims),
		...layers.bundles.map(({ place, bytes }) => bundleClaim(placeText(place), bytes)).sort(byTime),
		...layers.cosign.map(cosignClaim),
		...layers.notations.map(notationClaim)
	];
	return {
		manifest: descriptor.digest,
		platforms: shape.is === "index" ? shape.children.map(describePlatform) : [],
		sif: sif ? describeSif(sif) : null,
		...sorted([...inside, ...attached.filter(({ digest }) => !known.has(digest))]),
		notJudged: [...layers.foreign, ...layers.envelopes.map((found) => ({
			where: attestationTag(found),
			type: typeOfEnvelope(found.envelope)
		}))]
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
async function sifClaims(image) {
	const { natives, lane } = await readSignatureObjects(image);
	return [...natives.flatMap(nativeClaims), ...lane.map(({ object, data }) => bundleClaim(`object ${object.id}`, data))];
}
function describeSif(image) {
	return {
		id: image.header.id,
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
function cosignClaim({ subject, signature }) {
	return plainClaim("cosign", `tag ${cosignTag(subject, "sig")}`, signature.payload);
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