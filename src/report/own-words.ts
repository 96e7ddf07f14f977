// SPDX-License-Identifier: Apache-2.0
// Which values and member names in our documents and outputs are ours by word or by form? They say nothing about a secret
// that happens to be spelled alike, and programs rely on them: no secret is looked for in them.

import { VERSION } from '../base/version.ts';

/** What gates of workflows compare with. */
const GATE_WORDS: readonly string[] = ['passed', 'failed', 'error', 'true', 'false'];

/** Every word of a closed list in our documents: outcomes, kinds, methods, formats, severities, and the ids of formats. */
const WORDS: ReadonlySet<string> = new Set([
  ...GATE_WORDS,
  ...'missing valid invalid unknown-signer untrusted unreadable remark'.split(' '),
  ...'pgp key x509 sif oci native-pgp native-dsse native-legacy bundle cosign dsse approval evidence'.split(' '),
  ...'signed replaced planned unchanged refused declined'.split(' '),
  ...'lane referrer present file anchor intermediate certificate'.split(' '),
  ...'critical high medium low negligible unknown'.split(' '),
  ...'trivy grype osv-scanner sarif CycloneDX SPDX'.split(' '),
  ...'warning note external accepted module security utf16CodeUnits countersign 2.1.0'.split(' '),
  ...'386 amd64 arm arm64 ppc64 ppc64le mips mipsle mips64 mips64le s390x riscv64 loong64'.split(' '),
  ...'environment labels partition signature JSON generic SBOM'.split(' '),
  'definition file',
  'cryptographic message',
  'OCI root index',
  'OCI blob',
  'private key',
  'public key',
  'CA certificate',
  'blocking',
  'below fail-on',
  'suppressed by the scanner',
  VERSION,
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
  'https://cyclonedx.org/bom',
  'https://in-toto.io/attestation/test-result/v0.1',
  'https://in-toto.io/attestation/vulns/v0.2',
  'https://slsa.dev/provenance/v1',
  'https://slsa.dev/verification_summary/v1',
  'https://spdx.dev/Document',
]);

const DIGEST = 'sha(?:256[:-][0-9a-f]{64}|512[:-][0-9a-f]{128})';
/** Digests, where something is in an image or a registry, times, and schema ids. */
const FORMS: readonly RegExp[] = [
  new RegExp(`^(?:(?:manifest|referrer|tag) )?${DIGEST}(?:\\.(?:sig|att|sbom))?$`),
  /^(?:object|group) \d{1,10}$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/,
  /^(?:countersign\/[a-z-]{1,20}\/v\d{1,3}|urn:countersign:schema:[a-z-]{1,20}:v\d{1,3})$/,
];

/** Forms that are ours under these names alone. */
const NAMED_FORMS: ReadonlyMap<string, RegExp> = new Map([
  ['code', /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/],
  ['error-code', /^(?:BUG|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)$/],
  ['expires', /^\d{4}-\d\d-\d\d$/],
  ['security-severity', /^\d{1,2}\.\d$/],
  ['primaryLocationLineHash', /^[0-9a-f]{16}:\d{1,10}$/],
  ['findings-count', /^\d{1,10}$/],
  ['blocking-count', /^\d{1,10}$/],
]);

/** Names of members: of the verdict; of the other reports; of SARIF. None of our documents has names from elsewhere. */
const NAMES: ReadonlySet<string> = new Set(
  `
  schema verdict now asOf policy images name digest kind contentDigests stages layers evidence coverage reasons code message
  hint severity method principal fingerprint subkey userIds algorithm subject issuer san serial notBefore notAfter
  certificateSha256 object covered stage approvedBy needed where signer signedAt status dataVerified predicateType

  error causes exitCode image source tool version path seconds cacheHit bases sha256 refusals label signed time outcome freeSlots
  remarks previous reference manifest layer tags attached signing reads verified bundles assembled objects leftOut why repaired
  referrers signatures before after files file keys identity expires keyid steps title text asExpected platforms sif id
  architecture sizeBytes totalSlots type group link offset principals approvers threshold native signedIdentity distinct
  credentials anchors keyring certificates use warnings failOn problems sboms format componentCount about predicates reports
  scanner target findings blocking allowed reason below suppressed expiredAllowances unusedAllowances package line aliases
  score fixedIn scanners location uri related purl

  $schema runs driver semanticVersion rules invocations columnKind results executionSuccessful endTimeUtc
  toolExecutionNotifications level shortDescription fullDescription helpUri help defaultConfiguration properties
  security-severity ruleId ruleIndex locations physicalLocation artifactLocation region startLine logicalLocations
  fullyQualifiedName partialFingerprints primaryLocationLineHash suppressions justification judged
  `
    .trim()
    .split(/\s+/),
);

/** Whether a whole value, of this name, is one that we chose or computed. */
export function isOwnValue(value: string, name: string): boolean {
  return WORDS.has(value) || FORMS.some((form) => form.test(value)) || (NAMED_FORMS.get(name)?.test(value) ?? false);
}

/** Whether our documents have members of this name. */
export function isOwnName(name: string): boolean {
  return NAMES.has(name);
}

/** Whether a text is in one of the words that gates compare with: a runner that hides it would hide the word, too. */
export function isInGateWord(text: string): boolean {
  return GATE_WORDS.some((word) => word.includes(text));
}
