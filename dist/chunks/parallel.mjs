import { r as DataError } from "./errors.mjs";
import { c as isDigest } from "./bytes.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { n as formatPlace, o as isTag } from "./reference.mjs";
import { o as checkManifest, t as ACCEPT_MANIFESTS } from "./manifest.mjs";
import { r as isRetryableStatus } from "./retry.mjs";
import { n as NetworkError, r as isPassingNetworkError } from "./errors14.mjs";

// src/oci/remote/manifests.ts
const ACCEPT = { accept: ACCEPT_MANIFESTS };
const MAX_TAG_PAGES = 1e3;
const MAX_TAGS = 5e5;
/** One page; some registries put every tag on one. */
const TAGS_BYTES = 16777216;
/**
* Digest, size and type by HEAD, which costs no pull quota; a registry that leaves one of them out is asked by GET.
* @throws RegistryError, NetworkError
*/
async function resolveManifest(client, reference) {
	const at = `manifests/${reference}`;
	const response = await client.send({
		method: "HEAD",
		at,
		headers: ACCEPT,
		expect: [
			200,
			404,
			405
		]
	});
	await response.discard();
	if (response.status === 404) return void 0;
	const digest = response.header("docker-content-digest");
	const size = response.contentLength();
	const mediaType = response.mediaType();
	if (response.status === 200 && digest && isDigest(digest) && size !== void 0 && mediaType) {
		if (!isDigest(reference) || reference === digest) return {
			digest,
			size,
			mediaType
		};
	}
	const manifest = await getManifest(client, reference);
	return manifest && {
		digest: manifest.digest,
		size: manifest.bytes.length,
		mediaType: manifest.mediaType
	};
}
/**
* The manifest with its exact bytes, checked against every digest it came with.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_MANIFEST_INVALID and by status; NetworkError
*/
async function getManifest(client, reference) {
	return (await getManifestAndTag(client, reference))?.manifest;
}
/** The manifest of a shared tag; the one that we wrote is not read again while it stands. @throws as getManifest */
async function getSharedTag(client, tag) {
	const written = client.written.get(tag);
	if (written && (await resolveManifest(client, tag))?.digest === written.digest) return written;
	return getManifest(client, tag);
}
/** Manifests kept for a session, bytes. */
const REMEMBERED_BYTES = 16777216;
function remember({ received }, manifest) {
	if ([...received.values()].reduce((sum, one) => sum + one.bytes.length, manifest.bytes.length) <= REMEMBERED_BYTES) received.set(manifest.digest, manifest);
}
/** Like getManifest, with the ETag for a conditional write. */
async function getManifestAndTag(client, reference) {
	const known = isDigest(reference) ? client.received.get(reference) : void 0;
	if (known) return {
		manifest: known,
		etag: void 0
	};
	const request = {
		method: "GET",
		at: `manifests/${reference}`,
		headers: ACCEPT,
		expect: [200, 404]
	};
	const { response, bytes } = await client.read(request, LIMITS.manifestBytes);
	if (response.status === 404) return void 0;
	if (response.mediaType() === "text/html") throw isPage(client, reference);
	const received = {
		bytes,
		mediaType: response.mediaType(),
		reference,
		claimed: (response.header("docker-content-digest") ?? "").split(",").map((digest) => digest.trim())
	};
	const manifest = checkManifest(received, formatPlace(client.reference));
	remember(client, manifest);
	return {
		manifest,
		etag: response.header("etag")
	};
}
/** A login, maintenance or error page with the status of success says nothing of an image. */
function isPage(client, reference) {
	const what = `${formatPlace(client.reference)} answered with a page (text/html), and not with the manifest ${reference}`;
	return new RegistryError("REGISTRY_ANSWER_INVALID", what);
}
const PUT_TRIES = 6;
const PUT_PAUSE_MS = 100;
/**
* Writes a manifest under a tag or its digest. After a failure the registry is asked: what it names has been written,
* whatever was answered, or not.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH when the registry stored something else, REGISTRY_OUTCOME_UNKNOWN when
* the answer was lost and it cannot be asked; by status; NetworkError
*/
async function putManifest(client, manifest, target) {
	for (let tries = 1;; tries += 1) try {
		return await putOnce(client, manifest, target);
	} catch (error) {
		if (await isWritten(client, manifest, {
			reference: target.reference,
			error
		})) return {
			subjectHandled: false,
			conflict: false
		};
		if (tries === PUT_TRIES || !isStorageRace(error)) throw error;
		const { clock } = client.options;
		await clock.sleep(PUT_PAUSE_MS * (tries + clock.random()));
	}
}
/** @throws RegistryError REGISTRY_OUTCOME_UNKNOWN */
async function isWritten(client, { digest }, { reference, error }) {
	if (!(error instanceof RegistryError || error instanceof NetworkError)) throw error;
	if (error.code === "REGISTRY_DIGEST_MISMATCH") return false;
	try {
		return (await resolveManifest(client, reference))?.digest === digest;
	} catch {
		if (!isPassingNetworkError(error) && error.code !== "REGISTRY_UNAVAILABLE") return false;
		const what = `${formatPlace(client.reference)} was sent ${reference}, and whether it took it is not known`;
		throw new RegistryError("REGISTRY_OUTCOME_UNKNOWN", `${what}: ${error.message}`, { cause: error });
	}
}
/**
* distribution answers so when it reads the link file of a blob in the moment in which another upload of the same blob
* writes it. We know that the digest fits.
*/
function isStorageRace(error) {
	return error instanceof RegistryError && error.status === 400 && error.registryCode === "DIGEST_INVALID";
}
async function putOnce(client, manifest, target) {
	const response = await client.send({
		method: "PUT",
		at: `manifests/${target.reference}`,
		headers: {
			"content-type": manifest.mediaType,
			...target.ifMatch === void 0 ? {} : { "if-match": target.ifMatch }
		},
		body: manifest.bytes,
		expect: target.ifMatch === void 0 ? [
			200,
			201,
			202
		] : [
			200,
			201,
			202,
			412
		]
	});
	await response.discard();
	if (response.status === 412) return {
		subjectHandled: false,
		conflict: true
	};
	assertStored(response, manifest);
	if (!(response.header("docker-content-digest") === manifest.digest) && (await resolveManifest(client, target.reference))?.digest !== manifest.digest) throw notTaken(response, target.reference);
	return {
		subjectHandled: target.subject !== void 0 && response.header("oci-subject") === target.subject,
		conflict: false
	};
}
function notTaken({ status, url }, reference) {
	const what = `${url.host} answered ${status} to the write of ${reference}, and does not have it`;
	return new RegistryError("REGISTRY_ANSWER_INVALID", what);
}
function assertStored(response, manifest) {
	const stored = response.header("docker-content-digest");
	if (stored === void 0 || stored === manifest.digest || !isDigest(stored)) return;
	if (!stored.startsWith("sha256:") || !manifest.digest.startsWith("sha256:")) return;
	throw new RegistryError("REGISTRY_DIGEST_MISMATCH", `the registry stored ${manifest.digest} as ${stored}`, { hint: "do not use this registry for signed content: it rewrites manifests" });
}
/**
* The tags of the repository, page by page; with `prefix` at least those that begin with it. Some registries take for
* `last` only what they gave out themselves; they are asked for all tags.
* @throws RegistryError REGISTRY_ANSWER_INVALID and by status; NetworkError
*/
async function listTags(client, prefix) {
	if (prefix === void 0 || client.refusesLast) return await readTagPages(client) ?? [];
	try {
		const tags = await readTagPages(client, prefix);
		if (tags) return tags;
	} catch (error) {
		if (!(error instanceof RegistryError) || !isRefusedRequest(error.status)) throw error;
	}
	const tags = await readTagPages(client);
	client.refusesLast = tags !== void 0;
	return tags ?? [];
}
/** True for an answer that says something about the request, and will not be another one later. */
function isRefusedRequest(status) {
	return status !== void 0 && status >= 400 && status < 500 && !isRetryableStatus(status);
}
/** Undefined when the registry knows of no list. */
async function readTagPages(client, prefix) {
	const tags = [];
	let next = `tags/list?n=1000${prefix === void 0 ? "" : `&last=${prefix}`}`;
	for (let pages = 0; next !== void 0; pages += 1) {
		if (pages === MAX_TAG_PAGES) throw noTags(client, `more than ${MAX_TAG_PAGES} pages of tags`);
		const answer = await readListPage(client, {
			at: next,
			expect: [200, 404]
		}, {
			limitBytes: TAGS_BYTES,
			isFirst: pages === 0
		});
		const { response } = answer;
		if (response.status === 404) return void 0;
		const found = readTags(answer.bytes, client);
		for (const tag of found) tags.push(tag);
		if (tags.length > MAX_TAGS) throw noTags(client, `more than ${MAX_TAGS} tags`);
		next = prefix !== void 0 && isPast(found, prefix) ? void 0 : nextPage(response);
	}
	return [...new Set(tags)];
}
/**
* A page of a list; `request` is for the first. A later one that is refused means that the list broke off, not that
* there is none.
* @throws RegistryError REGISTRY_ANSWER_INVALID, and by status; NetworkError
*/
async function readListPage(client, request, { limitBytes, isFirst }) {
	const expect = isFirst ? request.expect : [200];
	try {
		return await client.read({
			...request,
			method: "GET",
			expect
		}, limitBytes);
	} catch (error) {
		throw error instanceof RegistryError && error.status !== void 0 && error.status < 500 && !isFirst ? brokenOff(`breaks off: ${error.message}`, error) : error;
	}
}
function brokenOff(how, cause) {
	return new RegistryError("REGISTRY_ANSWER_INVALID", `a list of the registry ${how}`, {
		hint: "check the registry and any proxy in front of it; without the rest nothing can be said about the image",
		cause
	});
}
/** True when the registry went by `last`, so that the page is in order and everything with the prefix came before. */
function isPast(page, prefix) {
	return page.every((tag, index) => tag > (index === 0 ? prefix : page[index - 1] ?? "")) && page.some((tag) => !tag.startsWith(prefix));
}
function readTags(bytes, client) {
	try {
		const document = parseJson(bytes, "the list of tags");
		const tags = isJsonObject(document) ? document["tags"] ?? [] : void 0;
		if (Array.isArray(tags)) return tags.filter((tag) => typeof tag === "string").filter(isTag);
	} catch (error) {
		if (!(error instanceof DataError)) throw error;
	}
	throw noTags(client, "no list of tags");
}
function noTags(client, what) {
	return new RegistryError("REGISTRY_ANSWER_INVALID", `${formatPlace(client.reference)} gave ${what}`, { hint: "check that the address is a container registry, and remove tags that are not needed" });
}
/**
* The address in `Link: <…>; rel="next"`, always at the host that was asked: a registry behind a proxy names the address
* at which it sees itself.
* @throws RegistryError REGISTRY_ANSWER_INVALID when there is more, and no way to get to it
*/
function nextPage(response) {
	const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(response.header("link") ?? "")?.[1];
	if (target === void 0) return void 0;
	const named = URL.canParse(target, response.url.href) ? new URL(target, response.url) : void 0;
	const url = new URL(response.url);
	url.pathname = named?.pathname ?? "";
	url.search = named?.search ?? "";
	if (named && /^https?:$/.test(named.protocol) && url.href !== response.url.href) return url;
	throw brokenOff(`goes on at ${JSON.stringify(target.slice(0, 200))}, which is no page after ${response.url.origin}${response.url.pathname}`);
}

// src/base/parallel.ts
/** Results of `work` over the items, in their order; at most `limit` run at once, and the first failure ends it. */
async function mapBounded(items, limit, work) {
	const results = [];
	let next = 0;
	const worker = async () => {
		for (;;) {
			const index = next;
			next += 1;
			const item = items[index];
			if (index >= items.length || item === void 0) return;
			results[index] = await work(item);
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
	return results;
}

export { listTags as a, readListPage as c, getSharedTag as i, resolveManifest as l, getManifest as n, nextPage as o, getManifestAndTag as r, putManifest as s, mapBounded as t };