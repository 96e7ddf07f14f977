// src/findings/signature.ts
/** The name of a signer whose signature verified; undefined where the key itself is not known. */
function nameOfSigner(identity) {
	if (!identity.hint) return void 0;
	return {
		key: identity.hint,
		...identity.method === "pgp" ? { fingerprint: identity.fingerprint } : {}
	};
}
/** True when the identity, proven or claimed, is the one that is named. */
function isNamed(identity, { key, fingerprint }) {
	if (identity?.method !== "pgp") return fingerprint === void 0 && identity?.hint === key;
	return identity.fingerprint === fingerprint && (identity.hint === void 0 || identity.hint === key);
}
/** True when one key, one OpenPGP key with its subkeys, or one keyless identity made both signatures. */
function isSameSigner(one, other) {
	if (!one || !other) return false;
	if (one.hint && one.hint === other.hint) return true;
	if (one.method === "sigstore" && other.method === "sigstore") return keylessName(one) === keylessName(other);
	return one.method === "pgp" && other.method === "pgp" && one.fingerprint === other.fingerprint;
}
/**
* What two runs of one workflow have in common: issuer, name without the ref of the workflow, repository, environment.
* The key is another one for each signature. A ref may hold an @ itself, so that the name ends at the first.
*/
function keylessName({ issuer, san, claims }) {
	const { sourceRepositoryUri, sourceRepositoryIdentifier, deploymentEnvironment } = claims;
	const names = san.map((name) => claims.buildSignerUri === name.slice(4) ? name.replace(/@.*$/s, "") : name);
	return JSON.stringify([
		issuer,
		names,
		sourceRepositoryUri,
		sourceRepositoryIdentifier,
		deploymentEnvironment
	]);
}
/** One text for a name. */
function nameText({ key, fingerprint = "" }) {
	return `${key} ${fingerprint}`;
}

export { nameText as a, nameOfSigner as i, isSameSigner as n, keylessName as r, isNamed as t };