import { g as utf8 } from "./bytes.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { i as asObject } from "./members.mjs";
import { l as resolveManifest, t as mapBounded } from "./parallel.mjs";
import { c as makeManifest } from "./manifest.mjs";

// src/oci/referrers/gone.ts
/** A list of referrers without those of the old entries that the registry does not have. @throws as resolveManifest */
async function withoutGone(client, list, old) {
	const what = "the list of referrers";
	const found = await mapBounded([...old], 4, async (digest) => ({
		digest,
		isThere: await resolveManifest(client, digest) !== void 0
	}));
	const gone = new Set(found.flatMap(({ digest, isThere }) => isThere ? [] : [digest]));
	if (gone.size === 0) return list;
	const document = asObject(parseJson(list.bytes, what), what);
	const left = (Array.isArray(document["manifests"]) ? document["manifests"] : []).filter((entry) => !isJsonObject(entry) || !gone.has(entry["digest"]));
	return makeManifest(utf8(JSON.stringify({
		...document,
		manifests: left
	})), list.mediaType);
}

export { withoutGone };