import { t as CountersignError } from "./errors.mjs";
import { t as CLAIM_NAMES } from "./claims.mjs";
import { i as sanText, l as contentOf, u as elementOf } from "./names.mjs";
import { n as sigstoreReason } from "./reasons2.mjs";

// src/crypto/sigstore/claims.ts
/**
* What the identifiers of Sigstore's extensions begin with.
* @see https://github.com/sigstore/fulcio/blob/v1.8.8/docs/oid-info.md
*/
const ARC = "1.3.6.1.4.1.57264.1.";
const UTF8_STRING = 12;
const MAX_VALUE_BYTES = 2048;
/** Values as they are; the others are UTF8Strings. */
const PLAIN = {
	1: "older issuer",
	2: "workflowTrigger",
	3: "workflowSha",
	4: "workflowName",
	5: "workflowRepository",
	6: "workflowRef"
};
const TYPED = {
	8: "issuer",
	...Object.fromEntries(CLAIM_NAMES.slice(0, 16).map((name, index) => [index + 9, name]))
};
/** The older extensions that say the same as a later one. */
const TWINS = [
	["older issuer", "issuer"],
	["workflowTrigger", "buildTrigger"],
	["workflowSha", "sourceRepositoryDigest"],
	["workflowRef", "sourceRepositoryRef"]
];
/** True for a certificate that names an OpenID issuer, as those of Sigstore do and no others. */
function isKeyless({ extensions }) {
	return extensions.others.has(`${ARC}1`) || extensions.others.has(`${ARC}8`);
}
/** Who asked for the certificate, or why that cannot be told. */
function requesterOf({ extensions }) {
	const said = /* @__PURE__ */ new Map();
	for (const [oid, der] of extensions.others) {
		if (!oid.startsWith(ARC)) continue;
		const number = Number(oid.slice(20));
		const name = PLAIN[number] ?? TYPED[number];
		if (name === void 0) continue;
		const value = readValue(der, number in TYPED);
		if (value === void 0) return bad(`its ${name} is not one line of text`);
		said.set(name, value);
	}
	const problem = contradiction(said);
	if (problem) return problem;
	const issuer = said.get("issuer") ?? said.get("older issuer");
	const san = extensions.subjectAltName.flatMap((name) => sanText(name) ?? otherName(name) ?? []);
	if (!issuer) return bad("it names no issuer");
	if (san.length === 0) return bad("it has no name");
	return {
		issuer,
		san,
		claims: Object.fromEntries(CLAIM_NAMES.flatMap((name) => {
			const value = said.get(name);
			return value ? [[name, value]] : [];
		}))
	};
}
/** Names of people at issuers without email addresses. */
function otherName(name) {
	return name.kind === "other" ? `other:${name.type}` : void 0;
}
function readValue(der, typed) {
	try {
		const bytes = typed ? contentOf(elementOf(der), UTF8_STRING) : der;
		const text = new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
		return bytes.length <= MAX_VALUE_BYTES && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u.test(text) ? text : void 0;
	} catch (cause) {
		if (cause instanceof CountersignError || cause instanceof TypeError) return void 0;
		throw cause;
	}
}
function contradiction(said) {
	const unlike = (older, newer) => bad(`its ${older} is ${quote(said.get(older) ?? "")} and its ${newer} ${quote(said.get(newer) ?? "")}`);
	for (const [older, newer] of TWINS) {
		const [one, other] = [said.get(older), said.get(newer)];
		if (one !== void 0 && other !== void 0 && one !== other) return unlike(older, newer);
	}
	const [name, uri] = [said.get("workflowRepository"), said.get("sourceRepositoryUri")];
	if (name === void 0 || uri === void 0 || isAddressOf(uri, name, said.get("sourceRepositoryOwnerUri"))) return void 0;
	return unlike("workflowRepository", "sourceRepositoryUri");
}
/** Whether the address is the server and `owner/name`; the owner's address tells where that of the server ends. */
function isAddressOf(uri, name, owner) {
	const [first = "", second, ...more] = name.split("/");
	if (!first || !second || more.length > 0) return false;
	return uri === `${owner?.endsWith(`/${first}`) ? owner.slice(0, -first.length - 1) : hostOf(uri)}/${name}`;
}
function hostOf(uri) {
	return /^https?:\/\/[^/]+/.exec(uri)?.[0];
}
function quote(text) {
	return JSON.stringify(text.slice(0, 200));
}
function bad(problem) {
	return sigstoreReason("SIGSTORE_CLAIMS_BAD", `the certificate says not who signed: ${problem}`);
}

export { requesterOf as n, isKeyless as t };