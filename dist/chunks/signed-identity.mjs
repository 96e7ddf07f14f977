import { a as isNameOnly, l as parseDockerReference, t as formatDockerReference } from "./reference.mjs";

// src/policy/rules/signed-identity.ts
/** Rules that compare with the reference by which the image was asked for. */
const IDENTITY_MATCHES = [
	"matchExact",
	"matchRepoDigestOrExact",
	"matchRepository"
];
/**
* True when a signature made for `signed` is one for the image `asked` for, which is undefined outside registries.
* @see https://github.com/containers/image/blob/v5.36.2/docs/containers-policy.json.5.md
*/
function matchesIdentity(wanted, signed, asked) {
	const signature = parseDockerReference(signed);
	if (!signature) return false;
	if (wanted.type === "exactReference") return sameReference(parseDockerReference(wanted.reference), signature);
	if (wanted.type === "exactRepository") return parseDockerReference(wanted.repository)?.name === signature.name;
	const image = asked === void 0 ? void 0 : parseDockerReference(asked);
	if (!image) return false;
	switch (wanted.type) {
		case "matchRepository": return image.name === signature.name;
		case "matchExact": return sameReference(image, signature);
		case "matchRepoDigestOrExact": return repositoryOrExact(image, signature);
		case "remapIdentity": return repositoryOrExact(remapped(image, wanted), signature);
		default: return wanted;
	}
}
/** The rule in a sentence. */
function describeIdentityRule(wanted) {
	switch (wanted.type) {
		case "exactReference": return `${wanted.type} ${wanted.reference}`;
		case "exactRepository": return `${wanted.type} ${wanted.repository}`;
		case "remapIdentity": return `${wanted.type} ${wanted.prefix} to ${wanted.signedPrefix}`;
		default: return wanted.type;
	}
}
function sameReference(one, other) {
	if (!one || isNameOnly(one) || isNameOnly(other)) return false;
	return formatDockerReference(one) === formatDockerReference(other);
}
/** By tag the whole reference must be the same, by digest the repository: the digest itself is compared anyway. */
function repositoryOrExact(image, signature) {
	if (!image || isNameOnly(signature)) return false;
	if (image.tag !== void 0) return sameReference(image, signature);
	return image.digest !== void 0 && image.name === signature.name;
}
function remapped(image, { prefix, signedPrefix }) {
	if (image.name !== prefix && !image.name.startsWith(`${prefix}/`)) return image;
	const text = signedPrefix + formatDockerReference(image).slice(prefix.length);
	const reference = parseDockerReference(text);
	return reference && formatDockerReference(reference) === text ? reference : void 0;
}

export { describeIdentityRule as n, matchesIdentity as r, IDENTITY_MATCHES as t };