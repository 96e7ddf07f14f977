// src/primitives/docker-reference.ts
const HOST_PART = "(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])";
const HOST = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?$`);
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const SUFFIX = /^(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}))?$/;
const MAX_NAME = 255;
const HUB = "docker.io";
/**
* The reference in a text; undefined when it is none.
* @see distribution/reference v0.6.0, ParseNormalizedNamed
*/
function parseDockerReference(text) {
	if (text.length > 1024 || /^[0-9a-f]{64}$/.test(text)) return void 0;
	const { host, rest } = splitHost(text);
	const end = rest.search(/[:@]/);
	const given = end < 0 ? rest : rest.slice(0, end);
	const path = host === HUB && !given.includes("/") ? `library/${given}` : given;
	const suffix = SUFFIX.exec(rest.slice(given.length));
	const name = `${host}/${path}`;
	if (!HOST.test(host) || !PATH.test(path) || !suffix || name.length > MAX_NAME) return void 0;
	return {
		name,
		tag: suffix[1],
		digest: suffix[2]
	};
}
/** True when it names neither tag nor digest. */
function isNameOnly({ tag, digest }) {
	return tag === void 0 && digest === void 0;
}
/** The whole reference as one text; two are the same when these are. */
function formatDockerReference({ name, tag, digest }) {
	return `${name}${tag === void 0 ? "" : `:${tag}`}${digest === void 0 ? "" : `@${digest}`}`;
}
/** What comes before the first slash is a host only if it looks like one. */
function splitHost(text) {
	const slash = text.indexOf("/");
	const first = text.slice(0, Math.max(slash, 0));
	if (!(/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase())) return {
		host: HUB,
		rest: text
	};
	return {
		host: first === "index.docker.io" ? HUB : first,
		rest: text.slice(slash + 1)
	};
}

export { isNameOnly as n, parseDockerReference as r, formatDockerReference as t };