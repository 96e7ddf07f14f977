import { l as orUndefined } from "./cosign.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { b as strangeBundleMember, x as strangeStatementMember } from "./statement.mjs";

// src/image/cosign-rules.ts
/** Why cosign would not take a signature for what is in its bundle, or for how that was found. */
function cosignRefusal({ bundle, found, check }) {
	const unread = found.layerTypes && manifestRefusal(bundle, found.layerTypes);
	if (unread) return unread;
	const { keyid } = bundle.envelope;
	if (keyid !== void 0 && keyid !== check.keyid) return unusual("its keyid is not the OpenSSH fingerprint of the key, with which cosign compares it");
	const strange = strangeBundleMember(bundle.bytes) ?? strangeStatementMember(bundle.envelope.payload);
	return strange === void 0 ? void 0 : unusual(`cosign does not know ${JSON.stringify(strange)}`);
}
/** Whether cosign would pass over a bundle for its manifest, whatever is in it. */
function isPassedOver({ bytes, layerTypes }) {
	const bundle = orUndefined(() => parseBundle(bytes));
	return bundle !== void 0 && layerTypes !== void 0 && manifestRefusal(bundle, layerTypes) !== void 0;
}
/** Why cosign would pass over the manifest of a bundle; undefined for bundles that it cannot read anyway. */
function manifestRefusal(bundle, layerTypes) {
	if (isPgp(bundle)) return void 0;
	if (layerTypes.length > 1) return unusual(`its manifest has ${layerTypes.length} layers, and cosign looks at a single one`);
	const [layerType = ""] = layerTypes;
	if (versionOf(layerType) === versionOf(bundle.mediaType)) return void 0;
	return unusual(`it is labelled ${layerType.slice(0, 120)} and is ${bundle.mediaType}`);
}
function isPgp({ material }) {
	return material.kind === "public-key" && material.hint.startsWith("openpgp4fpr:");
}
/** There are two ways to write each version. */
function versionOf(mediaType) {
	return /(?:\.v|;version=)(\d+\.\d+)/.exec(mediaType)?.[1] ?? mediaType;
}
function unusual(problem) {
	return {
		code: "COSIGN_BUNDLE_UNUSUAL",
		message: `a plain signature in this bundle does not count: ${problem}`,
		hint: "sign the image again with cosign or countersign"
	};
}

export { isPassedOver as n, cosignRefusal as t };