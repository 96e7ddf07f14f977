import { a as toBase64, s as utf8 } from "./bytes.mjs";
import { i as sha256 } from "./digest.mjs";
import { n as parseJson } from "./json.mjs";
import { i as asObject } from "./shape.mjs";
import { t as LIMITS } from "./limits.mjs";
import { a as SIGNATURE, g as memoryBlob, i as PAYLOAD_TYPE, n as CHAIN, o as cosignTag, p as tolerant, t as CERTIFICATE, v as readSmallBlob } from "./cosign.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { a as makeManifest, c as MEDIA_TYPE, o as parseManifest } from "./manifest.mjs";

// src/registry/cosign-write.ts
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const MAX_ROUNDS = 20;
const PAUSE_MS = {
	from: 100,
	to: 500
};
/**
* Sees to it that the tag holds every wanted signature: read, merge, write, read back. First `ours`; after every write
* `others` is asked, so that what other writers attached before we wrote is put back too. True when it wrote.
* @throws RegistryError REGISTRY_REFERRER_NOT_LISTED when others overwrite it every time; as putManifest
*/
async function keepCosignSignatures(repository, subject, { ours, others, clock }) {
	const tag = cosignTag(subject, "sig");
	for (let round = 0; round < MAX_ROUNDS; round += 1) {
		const entries = round === 0 && ours.length > 0 ? ours : [...ours, ...await others?.() ?? []];
		const present = await repository.getManifest(tag);
		const layers = present ? parseManifest(present, `the tag ${tag}`).layers : [];
		const known = new Set(layers.map((layer) => `${layer.digest} ${layer.annotations?.["dev.cosignproject.cosign/signature"] ?? ""}`));
		const missing = entries.filter((entry) => {
			const key = `${sha256(entry.payload)} ${toBase64(entry.signature)}`;
			const isNew = !known.has(key);
			known.add(key);
			return isNew;
		});
		if (missing.length === 0) return round > 0;
		await writeTag(repository, tag, {
			present,
			layers,
			added: missing,
			fresh: round === 0 && ours.length > 0
		});
		await clock.sleep(PAUSE_MS.from + clock.random() * (PAUSE_MS.to - PAUSE_MS.from));
	}
	throw new RegistryError("REGISTRY_REFERRER_NOT_LISTED", `other writers overwrite the tag ${tag} every time`, { hint: "let the stages of one image sign one after another, and repeat" });
}
function layerOf({ payload, signature, certificate, chain }) {
	return {
		mediaType: PAYLOAD_TYPE,
		size: payload.length,
		digest: sha256(payload),
		annotations: {
			[SIGNATURE]: toBase64(signature),
			...certificate === void 0 ? {} : {
				[CERTIFICATE]: certificate,
				[CHAIN]: chain ?? ""
			}
		}
	};
}
const EPOCH = "0001-01-01T00:00:00Z";
/** Writes the tag with further layers; whatever else is in the manifest and its config stays. */
async function writeTag(repository, tag, change) {
	const { present, added, fresh } = change;
	const document = present ? objectIn(present.bytes, `the tag ${tag}`) : {};
	const config = utf8(JSON.stringify(await mergedConfig(repository, tag, change)));
	for (const blob of [...added.map(({ payload }) => payload), config]) await repository.pushBlob(sha256(blob), memoryBlob(blob), { fresh });
	const merged = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		...document,
		config: {
			mediaType: CONFIG_TYPE,
			size: config.length,
			digest: sha256(config)
		},
		layers: [...Array.isArray(document["layers"]) ? document["layers"] : [], ...added.map(layerOf)]
	};
	await repository.putManifest(makeManifest(utf8(JSON.stringify(merged)), MEDIA_TYPE.manifest), tag);
}
/** The image config that goes with the layers: one diff id each. */
async function mergedConfig(repository, tag, { present, layers, added }) {
	const old = present ? parseManifest(present, `the tag ${tag}`).config : void 0;
	const readable = old && old.size <= LIMITS.manifestBytes ? await readSmallBlob(repository, old) : void 0;
	const base = (readable && tolerant(() => objectIn(readable, "the config"))) ?? {
		architecture: "",
		created: EPOCH,
		os: "",
		config: {}
	};
	const history = Array.isArray(base["history"]) ? base["history"] : layers.map(() => ({ created: EPOCH }));
	const diffIds = [...layers.map(({ digest }) => digest), ...added.map(({ payload }) => sha256(payload))];
	return {
		...base,
		history: [...history, ...added.map(() => ({ created: EPOCH }))],
		rootfs: {
			type: "layers",
			diff_ids: diffIds
		}
	};
}
function objectIn(bytes, what) {
	return asObject(parseJson(bytes, what), what);
}

export { keepCosignSignatures as t };