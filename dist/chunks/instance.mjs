import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { n as KeylessError } from "./errors8.mjs";

// src/crypto/sigstore/sign/instance.ts
/** The public instance, and GitHub's own for private repositories, which has no log. */
const KNOWN_INSTANCES = {
	public: {
		ca: "https://fulcio.sigstore.dev",
		logs: [{
			url: "https://rekor.sigstore.dev",
			version: 1
		}],
		timestamps: ["https://timestamp.sigstore.dev/api/v1/timestamp"]
	},
	github: {
		ca: "https://fulcio.githubapp.com",
		logs: [],
		timestamps: ["https://timestamp.githubapp.com/api/v1/timestamp"]
	}
};
/** True when what is signed becomes public: CA or log belong to the public instance. */
function isPublic({ ca, logs }) {
	return [ca, ...logs.map(({ url }) => url)].some((url) => /(?:^|\.)sigstore\.dev$/.test(new URL(url).hostname));
}
const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
/**
* The services of a signing config that can be used now.
* @throws KeylessError SIGSTORE_INSTANCE_INVALID; DataError when it is no JSON
* @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_trustroot.proto
*/
function readSigningConfig(bytes, now) {
	const json = parseJson(bytes, "the signing config");
	if (!isJsonObject(json) || json["mediaType"] !== MEDIA_TYPE) throw invalid(`its media type is not ${MEDIA_TYPE}`);
	const [ca] = services(json, {
		key: "caUrls",
		versions: [1],
		now
	});
	if (!ca) throw invalid("it names no CA that can be used now");
	const logs = services(json, {
		key: "rekorTlogUrls",
		versions: [1, 2],
		now
	});
	const authorities = services(json, {
		key: "tsaUrls",
		versions: [1],
		now
	});
	return {
		ca: ca.url,
		logs: chosen(logs, json["rekorTlogConfig"]),
		timestamps: chosen(authorities, json["tsaConfig"]).map(({ url }) => url)
	};
}
/** Newest interface first. */
function services(json, { key, versions, now }) {
	const list = json[key] ?? [];
	if (!Array.isArray(list) || list.length > 64) throw invalid(`${key} is no list`);
	return list.flatMap((entry) => {
		if (!isJsonObject(entry)) throw invalid(`${key} holds no service`);
		const { url, majorApiVersion: version, validFor } = entry;
		if (typeof version !== "number" || !versions.includes(version) || !isOpen(validFor, now)) return [];
		return {
			url: serviceUrl(url, key),
			version: version === 2 ? 2 : 1
		};
	}).toSorted((a, b) => b.version - a.version);
}
function isOpen(validFor, now) {
	if (!isJsonObject(validFor) || typeof validFor["start"] !== "string") return false;
	const { start, end } = validFor;
	return Date.parse(start) <= now.getTime() && (typeof end !== "string" || now.getTime() <= Date.parse(end));
}
/** One service where any will do, all of them, or a number. */
function chosen(list, config) {
	if (list.length === 0) return [];
	const { selector = "ANY", count = 1 } = isJsonObject(config) ? config : {};
	if (selector === "ALL") return list;
	const wanted = selector === "EXACT" && typeof count === "number" ? count : 1;
	if (list.length < wanted) throw invalid(`it asks for ${wanted} services of a kind and names ${list.length}`);
	return list.slice(0, wanted);
}
/** @throws KeylessError SIGSTORE_INSTANCE_INVALID */
function serviceUrl(value, what) {
	const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : void 0;
	if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "" || url.hash !== "") throw invalid(`${what} holds no plain address`);
	return url.href.replace(/\/$/, "");
}
function invalid(problem) {
	return new KeylessError("SIGSTORE_INSTANCE_INVALID", `the Sigstore instance cannot be used: ${problem}`);
}

export { KNOWN_INSTANCES, isPublic, readSigningConfig, serviceUrl };