// SPDX-License-Identifier: Apache-2.0
// What can go wrong with SBOMs, predicates, scanner reports, allow lists and scanners. A vulnerability found is no error: that
// is a Judgement.

import { type CodeCatalogue, CountersignError, EXIT, type ErrorDetails } from '../base/errors.ts';

/** The codes of this area: when they come, and what to do. */
export const SCAN_CODES = {
  SCAN_ALLOW_LIST_INVALID: {
    when: 'an allow list has an unknown key, an entry without reason or expiry, a wildcard, or the same entry twice',
    fix: 'write each entry as `id`, `reason` and `expires` (YYYY-MM-DD), optionally `package`, `version`, `purl` and `location`; the message names the entry',
  },
  SCAN_NO_SCANNER: {
    when: 'a scanner was asked for and its program is not on PATH',
    fix: 'install trivy, grype or osv-scanner in an earlier step, or run it yourself and give its report as ⟨scan-report⟩',
  },
  SCAN_PREDICATE_INVALID: {
    when: 'the file of `predicate-path` cannot be the predicate of a statement: no JSON object, a whole statement, or signed already',
    fix: 'give a file with the predicate alone, one JSON object',
  },
  SCAN_PREDICATE_REFUSED: {
    when: '`predicate-type` is a type that counts as an approval: a verification summary or a plain cosign signature; or one of those that begin with `urn:countersign:`',
    fix: 'approve with `sign-stage`, which verifies first; give evidence the type of what it is; what begins with `urn:countersign:` is signed by the commands `grant`, `withdraw`, `break-glass`, `push-oras`, `policy` and `export`',
  },
  SCAN_REPORT_INCOMPLETE: {
    when: 'a scanner report says of itself that the scan failed, met errors, did not run to its end, or kept its results elsewhere',
    fix: 'see the scanner’s own log, repeat the scan, and give the new report',
  },
  SCAN_REPORT_INVALID: {
    when: 'a scanner report has a member of an unexpected kind, or was cut',
    fix: 'write the report again with the scanner’s JSON or SARIF output; the message names the member',
  },
  SCAN_REPORT_TOO_LARGE: {
    when: 'a scanner report has more findings, or names of one, than any real scan of its size, or a SARIF document more than 100 runs',
    fix: 'give one report for each image; if it is one, let the scanner leave out what it can: licences, or what has no fix',
  },
  SCAN_REPORT_UNKNOWN: {
    when: 'a scanner report is none of Trivy JSON (schema 2), Grype JSON, OSV-Scanner JSON, SARIF 2.1.0, or has members that those do not have',
    fix: 'use `trivy --format json`, `grype -o json`, `osv-scanner --format json`, or any tool’s SARIF 2.1.0 output',
  },
  SCAN_SBOM_FORMAT: {
    when: 'an SBOM is XML, YAML, RDF or tag-value text, which cannot be the predicate of a statement',
    fix: 'write the SBOM as CycloneDX JSON or SPDX JSON; most generators have an option for it, converters exist for the rest',
  },
  SCAN_SBOM_UNKNOWN: {
    when: 'an SBOM is JSON but neither CycloneDX 1.2 or newer nor SPDX 2.2, 2.3 or 3.0',
    fix: 'check that the right file was given, and write it with a newer version of the generator',
  },
  SCAN_TARGET_UNSUPPORTED: {
    when: 'the scanner cannot read this kind of image, or what it needs to unpack the image is missing',
    fix: 'do what the hint says, or run the scanner yourself and give its report as ⟨scan-report⟩',
  },
  SCAN_TOOL_FAILED: {
    when: 'a scanner ended with an error, in contrast to ending with findings',
    fix: 'see the last lines of its output; a database that cannot be downloaded is the usual cause',
  },
} as const satisfies CodeCatalogue;

/** One of the codes. */
export type ScanCode = keyof typeof SCAN_CODES;

/** A document or scanner that cannot be used; exit code 2 for the allow list and the type of a predicate, else 3. */
export class ScanError extends CountersignError {
  override readonly exitCode: number;
  readonly #code: ScanCode;
  constructor(code: ScanCode, message: string, details: Partial<ErrorDetails> = {}) {
    super(code, message, { ...details, hint: details.hint ?? SCAN_CODES[code].fix });
    this.#code = code;
    const usage = code === 'SCAN_ALLOW_LIST_INVALID' || code === 'SCAN_PREDICATE_REFUSED';
    this.exitCode = usage ? EXIT.usage : EXIT.environment;
  }

  /** The same error, about the file of this name. */
  about(name: string): ScanError {
    return new ScanError(this.#code, `${name}: ${this.message}`, { hint: this.hint });
  }
}
