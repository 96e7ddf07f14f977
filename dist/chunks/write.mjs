import { d as sha256, g as utf8, m as toBase64 } from "./bytes.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as asObject, l as parseUnambiguous } from "./members.mjs";
import { i as immutableTag, n as RegistryError } from "./errors5.mjs";
import { c as makeManifest, i as MANIFEST_MEMBERS, l as parseList, p as MEDIA_TYPE } from "./manifest.mjs";
import { i as memoryBlob } from "./bundles2.mjs";
import { a as SIGNATURE, i as PAYLOAD_TYPE, l as orUndefined, m as readEntry, n as CHAIN, o as cosignTag, r as ENVELOPE_TYPE, t as CERTIFICATE } from "./cosign.mjs";

// src/oci/cosign/write.ts
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
/** What Go programs know of an image's config that is merged here. */
const CONFIG_MEMBERS = {
	architecture: "text",
	created: "text",
	os: "text",
	config: "object",
	history: ["any"],
	rootfs: {
		type: "text",
		diff_ids: ["text"]
	}
};
const MAX_ROUNDS = 20;
const PAUSE_MS = {
	from: 100,
	to: 500
};
/**
* Sees to it that the tag holds every wanted signature: read, merge, write, read back. First `ours`; after every write
* `others` is asked, so that what other writers attached before we wrote is put back too. True when it wrote.
* @throws RegistryError REGISTRY_REFERRER_NOT_LISTED when others overwrite it every time, REGISTRY_TAG_IMMUTABLE,
* REGISTRY_REFERRERS_TAG_TAKEN; as putManifest
*/
function keepCosignSignatures(repository, subject, { ours, others, clock }) {
	return keepLayers(repository, cosignTag(subject, "sig"), {
		ours: ours.map(layerOf),
		others: async () => (await others?.() ?? []).map(layerOf),
		clock
	});
}
/**
* The same for attestations.
* @throws as keepCosignSignatures
*/
function keepCosignAttestations(repository, subject, { ours, others, clock }) {
	return keepLayers(repository, cosignTag(subject, "att"), {
		ours: ours.map(attestationLayer),
		others: async () => (await others?.() ?? []).map(attestationLayer),
		clock
	});
}
/**
* Sees to it that a legacy tag holds these layers, whose blobs are there. Where there is no such tag it becomes `whole`,
* byte for byte, if that is given. True when it wrote.
* @throws as keepCosignSignatures
*/
function keepLegacyLayers(repository, tag, { layers, whole, clock }) {
	return keepLayers(repository, tag, {
		ours: layers.map((layer) => ({
			layer,
			blob: void 0
		})),
		others: () => Promise.resolve([]),
		whole,
		clock
	});
}
/** What the manifest of a legacy tag holds, as it stands there. @throws DataError DATA_JSON_INVALID */
function legacyLayers({ bytes }, tag) {
	const { layers, config } = objectIn(bytes, `the tag ${tag}`, MANIFEST_MEMBERS);
	return {
		layers: Array.isArray(layers) ? layers.filter(isJsonObject) : [],
		config: isJsonObject(config) ? config : {}
	};
}
/**
* Sees to it that the tag holds none of these signatures; all others stay.
* @throws as keepCosignSignatures
*/
function dropCosignSignatures(repository, subject, { outdated, clock }) {
	const names = new Set(outdated.map((signature) => nameOf(layerOf(signature).layer)));
	return dropLayers(repository, cosignTag(subject, "sig"), {
		names,
		clock
	});
}
/**
* Sees to it that the tag does not hold this envelope; all others stay.
* @throws as keepCosignSignatures
*/
function dropCosignAttestation(repository, subject, { envelope, clock }) {
	const names = /* @__PURE__ */ new Set([nameOf({ digest: envelope })]);
	return dropLayers(repository, cosignTag(subject, "att"), {
		names,
		clock
	});
}
async function dropLayers(repository, tag, { names, clock }) {
	for (let round = 0; names.size > 0 && round < MAX_ROUNDS; round += 1) {
		const present = await readTag(repository, tag);
		const before = present ? legacyLayers(present, tag).layers : [];
		const layers = before.filter((layer) => !names.has(nameOf(layer)));
		const dropped = before.length - layers.length;
		if (dropped === 0) return;
		await writeTag(repository, tag, {
			present,
			layers,
			added: [],
			dropped,
			fresh: false
		});
		await clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
	}
	if (names.size > 0) throw overwritten(tag);
}
async function keepLayers(repository, tag, wanted) {
	const { ours, others, whole, clock } = wanted;
	for (let round = 0; round < MAX_ROUNDS; round += 1) {
		const first = round === 0 && ours.length > 0;
		const entries = first ? ours : [...ours, ...await others()];
		const present = await readTag(repository, tag);
		const layers = present ? legacyLayers(present, tag).layers : [];
		const known = new Set(layers.map(nameOf));
		const missing = entries.filter(({ layer }) => {
			const isNew = !known.has(nameOf(layer));
			known.add(nameOf(layer));
			return isNew;
		});
		if (missing.length === 0) return round > 0;
		if (!present && whole) await repository.putManifest(whole, tag);
		else await writeTag(repository, tag, {
			present,
			layers,
			added: missing,
			fresh: first
		});
		await clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
	}
	throw overwritten(tag);
}
function overwritten(tag) {
	return new RegistryError("REGISTRY_REFERRER_NOT_LISTED", `other writers overwrite the tag ${tag} every time`, { hint: "let the stages of one image sign one after another, and repeat" });
}
async function readTag(repository, tag) {
	const present = await repository.getManifest(tag);
	if (!present || parseList(present, `the tag ${tag}`).kind === "manifest") return present;
	throw new RegistryError("REGISTRY_REFERRERS_TAG_TAKEN", `the tag ${tag} is a ${present.mediaType}`, { hint: "remove or rename that tag; cosign keeps signatures and attestations under this name" });
}
/** What tells one layer from another: the same payload may be signed by many. */
function nameOf({ digest, annotations }) {
	const signature = isJsonObject(annotations) ? annotations[SIGNATURE] : void 0;
	return `${typeof digest === "string" ? digest : ""} ${typeof signature === "string" ? signature : ""}`;
}
function layerOf({ payload, signature, ...by }) {
	return newLayer(PAYLOAD_TYPE, payload, {
		[SIGNATURE]: toBase64(signature),
		...certificatesOf(by)
	});
}
function attestationLayer({ envelope, predicateType, ...by }) {
	return newLayer(ENVELOPE_TYPE, envelope, {
		[SIGNATURE]: "",
		...certificatesOf(by),
		predicateType
	});
}
function newLayer(mediaType, blob, annotations) {
	return {
		blob,
		layer: {
			mediaType,
			size: blob.length,
			digest: sha256(blob),
			annotations
		}
	};
}
function certificatesOf({ certificate, chain }) {
	return certificate === void 0 ? {} : {
		[CERTIFICATE]: certificate,
		[CHAIN]: chain ?? ""
	};
}
const EPOCH = "0001-01-01T00:00:00Z";
/** Writes the tag with further layers; whatever else is in the manifest and its config stays, types included. */
async function writeTag(repository, tag, change) {
	const { present, layers, added, fresh } = change;
	const mediaType = present?.mediaType ?? MEDIA_TYPE.manifest;
	const document = present ? objectIn(present.bytes, `the tag ${tag}`, MANIFEST_MEMBERS) : {};
	const old = isJsonObject(document["config"]) ? document["config"] : {};
	const config = utf8(JSON.stringify(await mergedConfig(repository, tag, change)));
	for (const blob of [...added.flatMap((entry) => entry.blob ?? []), config]) await repository.pushBlob(sha256(blob), memoryBlob(blob), { fresh });
	const merged = {
		schemaVersion: 2,
		mediaType,
		...document,
		config: {
			mediaType: old["mediaType"] ?? CONFIG_TYPE,
			size: config.length,
			digest: sha256(config)
		},
		layers: [...layers, ...added.map(({ layer }) => layer)]
	};
	try {
		await repository.putManifest(makeManifest(utf8(JSON.stringify(merged)), mediaType), tag);
	} catch (error) {
		throw (present && immutableTag(tag, error)) ?? error;
	}
}
/** The image config that goes with the layers: one diff id each. */
async function mergedConfig(repository, tag, { present, layers, added, dropped = 0 }) {
	const old = present ? parseList(present, `the tag ${tag}`).config : void 0;
	const readable = old && old.size <= LIMITS.manifestBytes ? await readEntry(repository, old) : void 0;
	const base = (readable && orUndefined(() => objectIn(readable, "the config", CONFIG_MEMBERS))) ?? {
		architecture: "",
		created: EPOCH,
		os: "",
		config: {}
	};
	const told = base["history"];
	const history = Array.isArray(told) ? told.slice(0, Math.max(0, told.length - dropped)) : layers.map(() => ({ created: EPOCH }));
	const digests = [...layers, ...added.map(({ layer }) => layer)].map(({ digest }) => digest ?? "");
	return {
		...base,
		history: [...history, ...added.map(() => ({ created: EPOCH }))],
		rootfs: {
			type: "layers",
			diff_ids: digests
		}
	};
}
function objectIn(bytes, what, members) {
	return asObject(parseUnambiguous(bytes, what, members), what);
}

export { keepLegacyLayers as a, keepCosignSignatures as i, dropCosignSignatures as n, legacyLayers as o, keepCosignAttestations as r, dropCosignAttestation as t };