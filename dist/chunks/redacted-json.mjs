import { t as VERSION } from "./version.mjs";
import { n as parseJson } from "./json.mjs";
import { t as UNSAFE } from "./unsafe-text.mjs";

// src/primitives/own-words.ts
/** What gates of workflows compare with. */
const GATE_WORDS = [
	"passed",
	"failed",
	"true",
	"false"
];
/** Every word of a closed list in our documents: outcomes, kinds, methods, formats, severities, and the ids of formats. */
const WORDS = /* @__PURE__ */ new Set([
	...GATE_WORDS,
	..."missing valid invalid unknown-signer untrusted unreadable remark".split(" "),
	..."pgp key x509 sif oci native-pgp native-dsse native-legacy bundle cosign dsse approval evidence".split(" "),
	..."signed replaced planned unchanged refused declined error".split(" "),
	..."lane referrer present file anchor intermediate certificate".split(" "),
	..."critical high medium low negligible unknown".split(" "),
	..."trivy grype osv-scanner sarif CycloneDX SPDX".split(" "),
	..."warning note external accepted module security utf16CodeUnits countersign 2.1.0".split(" "),
	..."386 amd64 arm arm64 ppc64 ppc64le mips mipsle mips64 mips64le s390x riscv64 loong64".split(" "),
	..."environment labels partition signature JSON generic SBOM".split(" "),
	"definition file",
	"cryptographic message",
	"OCI root index",
	"OCI blob",
	"private key",
	"public key",
	"CA certificate",
	"blocking",
	"below fail-on",
	"suppressed by the scanner",
	VERSION,
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
	"https://cyclonedx.org/bom",
	"https://in-toto.io/attestation/test-result/v0.1",
	"https://in-toto.io/attestation/vulns/v0.2",
	"https://slsa.dev/provenance/v1",
	"https://slsa.dev/verification_summary/v1",
	"https://spdx.dev/Document"
]);
/** Digests, where something is in an image or a registry, times, and schema ids. */
const FORMS = [
	new RegExp(`^(?:(?:manifest|referrer|tag) )?sha(?:256[:-][0-9a-f]{64}|512[:-][0-9a-f]{128})(?:\\.(?:sig|att|sbom))?$`),
	/^(?:object|group) \d{1,10}$/,
	/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/,
	/^(?:countersign\/[a-z-]{1,20}\/v\d{1,3}|urn:countersign:schema:[a-z-]{1,20}:v\d{1,3})$/
];
/** Forms that are ours under these names alone. */
const NAMED_FORMS = /* @__PURE__ */ new Map([
	["code", /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/],
	["expires", /^\d{4}-\d\d-\d\d$/],
	["security-severity", /^\d{1,2}\.\d$/],
	["primaryLocationLineHash", /^[0-9a-f]{16}:\d{1,10}$/],
	["findings-count", /^\d{1,10}$/],
	["blocking-count", /^\d{1,10}$/]
]);
/** Names of members: of the verdict; of the other reports; of SARIF. None of our documents has names from elsewhere. */
const NAMES = new Set(`
  schema verdict now asOf policy images name digest kind contentDigests stages layers evidence coverage reasons code message
  hint severity method principal fingerprint subkey userIds algorithm subject issuer san serial notBefore notAfter
  certificateSha256 object covered stage approvedBy needed where signer signedAt status dataVerified predicateType

  error causes exitCode image source tool version path seconds cacheHit bases sha256 refusals label signed time outcome freeSlots
  remarks previous reference manifest layer tags attached signing reads verified bundles assembled objects leftOut why repaired
  referrers signatures before after files file keys identity expires keyid steps title text asExpected platforms sif id
  architecture sizeBytes totalSlots type group link offset principals approvers threshold native signedIdentity distinct
  credentials anchors keyring certificates use warnings failOn problems sboms format componentCount about predicates reports
  scanner target findings blocking allowed reason below suppressed expiredAllowances unusedAllowances package line aliases
  score fixedIn scanners location uri

  $schema runs driver semanticVersion rules invocations columnKind results executionSuccessful endTimeUtc
  toolExecutionNotifications level shortDescription fullDescription helpUri help defaultConfiguration properties
  security-severity ruleId ruleIndex locations physicalLocation artifactLocation region startLine logicalLocations
  fullyQualifiedName partialFingerprints primaryLocationLineHash suppressions justification judged
  `.trim().split(/\s+/));
/** Whether a whole value, of this name, is one that we chose or computed. */
function isOwnValue(value, name) {
	return WORDS.has(value) || FORMS.some((form) => form.test(value)) || (NAMED_FORMS.get(name)?.test(value) ?? false);
}
/** Whether our documents have members of this name. */
function isOwnName(name) {
	return NAMES.has(name);
}
/** Whether a text is in one of the words that gates compare with: a runner that hides it would hide the word, too. */
function isInGateWord(text) {
	return GATE_WORDS.some((word) => word.includes(text));
}

// src/primitives/redacted-json.ts
/** The same value but for secrets; ends with a line end. */
function redactedJson(document, redact, indent = 2) {
	return `${JSON.stringify(document, (name, value) => withoutSecrets(name, value, redact), indent).replace(UNSAFE, (char) => char === "\n" ? char : escaped(char))}\n`;
}
/** A value with its strings and names cleaned; members are visited on their own. */
function withoutSecrets(name, value, redact) {
	if (typeof value === "string") return isOwnValue(value, name) ? value : redact(value);
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	const entries = Object.entries(value);
	const shown = (member) => isOwnName(member) ? member : redact(member);
	if (entries.every(([member]) => shown(member) === member)) return value;
	return Object.fromEntries(entries.map(([member, content]) => [shown(member), content]));
}
/**
* Whether a text, the value of this name, holds a secret. JSON is looked through value by value, as a document is, so that a
* secret spelled like one of its member names does not count.
*/
function holdsSecret(text, name, redact) {
	if (isOwnValue(text, name) || redact(text) === text) return false;
	const document = /^[[{]/.test(text) ? parsed(text) : void 0;
	return document === void 0 || redactedJson(document, redact) !== redactedJson(document, (value) => value);
}
function parsed(text) {
	try {
		return parseJson(text, "an output");
	} catch {
		return;
	}
}
function escaped(char) {
	return Array.from({ length: char.length }, (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}

export { redactedJson as n, isInGateWord as r, holdsSecret as t };