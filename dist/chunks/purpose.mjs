import { p as toSecond } from "./text.mjs";
import { n as certificateReason } from "./certificate.mjs";

// src/crypto/x509/purpose.ts
/** The extended key usage of each purpose, and what it is called. */
const PURPOSES = {
	code: {
		oid: "1.3.6.1.5.5.7.3.3",
		words: "signing code"
	},
	time: {
		oid: "1.3.6.1.5.5.7.3.8",
		words: "signing timestamps"
	}
};
const EXTENDED_KEY_USAGE = "2.5.29.37";
const ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
/** Absent means unrestricted, as everywhere; a CA that carries the extension restricts what is below it. */
function mayServe(usages, purpose) {
	return !usages || usages.includes(PURPOSES[purpose].oid) || usages.includes(ANY_EXTENDED_KEY_USAGE);
}
/**
* Harmless to ignore even when critical: key identifiers, CRL locations, and what is said of policies, since we demand
* none and refuse every path in which a certificate does: policies, their mappings, and the ban on any policy.
*/
const IGNORED_EXTENSIONS = /* @__PURE__ */ new Set([
	"2.5.29.14",
	"2.5.29.35",
	"2.5.29.31",
	"2.5.29.32",
	"2.5.29.33",
	"2.5.29.54"
]);
/** What disqualifies any certificate of a path. */
function certificateProblems(certificate, use) {
	const problems = [];
	const { notBefore, notAfter, keyProblem, extensions } = certificate;
	if (use.from < notBefore) problems.push(certificateReason("CERTIFICATE_NOT_YET_VALID", certificate, `is valid from ${toSecond(notBefore)}`));
	if (use.until.getTime() >= notAfter.getTime() + 1e3) problems.push(certificateReason("CERTIFICATE_EXPIRED", certificate, `expired on ${toSecond(notAfter)}`));
	if (keyProblem !== void 0) problems.push(certificateReason("CERTIFICATE_WEAK", certificate, `cannot be used: ${keyProblem}`));
	for (const oid of extensions.otherCritical.filter((other) => !IGNORED_EXTENSIONS.has(other))) problems.push(certificateReason("CERTIFICATE_EXTENSION_UNKNOWN", certificate, `has the critical extension ${oid}`));
	if (extensions.requiresPolicy) problems.push(certificateReason("CERTIFICATE_EXTENSION_UNKNOWN", certificate, "demands certificate policies (requireExplicitPolicy), which are not evaluated"));
	if (!mayServe(extensions.extendedKeyUsage, use.purpose)) problems.push(certificateReason("CERTIFICATE_EXTENDED_KEY_USAGE", certificate, `is not for ${PURPOSES[use.purpose].words}`));
	return problems;
}
/** What disqualifies a certificate as the signing one. */
function leafProblems(leaf, purpose) {
	const problems = purpose === "time" ? authorityProblems(leaf) : [];
	const { keyUsage } = leaf.extensions;
	const signs = ["digitalSignature", ...purpose === "time" ? ["nonRepudiation"] : []];
	if (!keyUsage || signs.some((usage) => keyUsage.includes(usage))) return problems;
	return [...problems, certificateReason("CERTIFICATE_KEY_USAGE", leaf, "has a key usage without digitalSignature")];
}
/**
* The key of a timestamp authority must serve nothing else, and its certificate must say so in a critical extension.
* @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.3
*/
function authorityProblems(leaf) {
	const { extendedKeyUsage: usages = [], critical } = leaf.extensions;
	if (usages.length === 1 && usages[0] === PURPOSES.time.oid && critical.includes(EXTENDED_KEY_USAGE)) return [];
	return [certificateReason("CERTIFICATE_EXTENDED_KEY_USAGE", leaf, "has not timeStamping as its only extended key usage, marked critical")];
}

export { leafProblems as n, certificateProblems as t };