import { d as sha256, g as utf8, i as digestHex } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { u as parseManifest } from "./manifest.mjs";
import { o as readSmallBlob } from "./bundles2.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { t as PUBLICATION_PREDICATE_TYPE } from "./record.mjs";
import { p as parseStatement } from "./statement.mjs";
import { t as isJsonObject } from "./json.mjs";
import { l as orUndefined } from "./cosign.mjs";

// src/image/registry/publication-tag.ts
const SUFFIX = ".countersign";
const MAX_TAG = 128;
/** The tag beside a tag; of one that is too long a tag by its digest. */
function publicationTag(tag) {
	const name = `${tag}${SUFFIX}`;
	return name.length <= MAX_TAG ? name : `${digestHex(sha256(utf8(tag)))}${SUFFIX}`;
}
/**
* What the tag beside a tag leads to; `missing` when it is not there, `unreadable` when it is no publication.
* @throws RegistryError, NetworkError
*/
async function readPublication(repository, tag) {
	const manifest = await repository.getManifest(publicationTag(tag));
	if (!manifest) return "missing";
	const [layer] = orUndefined(() => parseManifest(manifest, "the publication"))?.layers ?? [];
	if (!layer || layer.size > LIMITS.bundleBytes) return "unreadable";
	const bytes = await readSmallBlob(repository, layer);
	return orUndefined(() => claimIn(bytes)) ?? "unreadable";
}
function claimIn(bytes) {
	const { envelope, payloadDigest: statement } = parseBundle(bytes);
	const { predicateType, predicate } = parseStatement(envelope.payload);
	if (predicateType !== "urn:countersign:publication:v1" || !isJsonObject(predicate)) return void 0;
	const { reference, tags, publishedAt, verdict } = predicate;
	if (typeof reference !== "string" || typeof publishedAt !== "string" || !Array.isArray(tags)) return void 0;
	return {
		statement,
		reference,
		tags: tags.filter((name) => typeof name === "string"),
		publishedAt,
		verdict: typeof verdict === "string" ? verdict : ""
	};
}

export { readPublication as n, publicationTag as t };