import { l as parseDockerReference } from "./reference.mjs";
import { posix } from "node:path";

// src/gates/containers/scopes.ts
/**
* The names under which an image may be listed, the most specific first; the empty name of a whole transport is none of
* them. Wildcards have no port.
* @see https://github.com/containers/image/blob/v5.36.2/docker/policyconfiguration/naming.go
*/
function scopesOf({ name, tag, digest }) {
	const parts = name.split("/");
	const namespaces = parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
	const labels = (parts[0]?.split(":")[0] ?? "").split(".");
	const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join(".")}`);
	return [
		digest === void 0 ? `${name}:${tag ?? "latest"}` : `${name}@${digest}`,
		...namespaces,
		...wildcards
	];
}
/** Of the algorithms that podman knows. */
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
/**
* The reference in a text; undefined when podman takes it for none, which is stricter than other readers.
* @see https://github.com/containers/image/blob/v5.36.2/docker/reference/normalize.go
*/
function podmanReference(text) {
	const reference = parseDockerReference(text);
	if (!reference || !/^(?:localhost$|[^[]*[.:])/.test(reference.name.split("/", 1)[0] ?? "")) return void 0;
	return reference.digest === void 0 || DIGEST.test(reference.digest) ? reference : void 0;
}
/**
* Whether a transport takes a scope: one that does not makes podman refuse the whole file. Transports that podman does not
* know take all of them.
* @see https://github.com/containers/image/blob/v5.36.2/signature/policy_config.go
*/
function isPolicyScope(transport, scope) {
	return scope === "" || (VALID.get(transport)?.(scope) ?? true);
}
const IMAGE_ID = /^[a-f0-9]{64}$/;
const VALID = new Map([
	...[
		"dir",
		"oci",
		"oci-archive",
		"sif"
	].map((name) => [name, isCleanPath]),
	...["docker-archive", "tarball"].map((name) => [name, () => false]),
	["docker-daemon", (scope) => !DIGEST.test(scope)],
	["atomic", (scope) => /^[^/]*(?:\/[^:/]*(?:\/[^:/]*(?::[^:/]*)?)?)?$/.test(scope)],
	["containers-storage", isStored]
]);
function isCleanPath(scope) {
	return scope.startsWith("/") && scope !== "/" && posix.normalize(scope) === scope && !scope.endsWith("/");
}
/** `[driver@/root]` or `[/root]`, and a name with digest or ID behind it. */
function isStored(scope) {
	const [, store = "", name = ""] = /^\[([^\]]+)\](.*)$/s.exec(scope) ?? [];
	const at = store.indexOf("@");
	const root = at < 0 ? store : store.slice(at + 1);
	if (at === 0 || !root.startsWith("/")) return false;
	const [, first, second] = splitAt(name);
	if (first === void 0) return true;
	if (second === void 0) return DIGEST.test(first) || IMAGE_ID.test(first);
	return DIGEST.test(first) && IMAGE_ID.test(second);
}
/** At the first two signs `@`. */
function splitAt(name) {
	const [first = "", second, ...others] = name.split("@");
	return others.length === 0 ? [first, ...second === void 0 ? [] : [second]] : [
		first,
		second ?? "",
		others.join("@")
	];
}

export { podmanReference as n, scopesOf as r, isPolicyScope as t };