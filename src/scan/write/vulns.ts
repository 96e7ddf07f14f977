// SPDX-License-Identifier: Apache-2.0
// A scanner's report and our judgement on it → the predicate of an in-toto vulnerability statement. The same report
// and the same judgement give the same bytes, so that signing them twice is one piece of evidence.

import type { JsonObject } from '../../base/json.ts';
import type { Finding, ScanReport } from '../../findings/finding.ts';
import type { FailOn, Judgement } from '../../findings/judge.ts';

/** Type of the statements about findings. */
export const VULNS_PREDICATE_TYPE = 'https://in-toto.io/attestation/vulns/v0.2';

/** What a predicate says besides the report. */
export interface VulnsOptions {
  readonly judgement: Judgement;
  readonly failOn: FailOn;
  /** RFC 3339; stands for the times that the report does not state. */
  readonly fallbackTime: string;
}

/**
 * The predicate for one report. Findings of all severities are listed, allowed ones included; how they were judged is
 * under the key `countersign`.
 * @see https://github.com/in-toto/attestation/blob/v1.1.2/spec/predicates/vuln.md
 */
export function vulnsPredicate(report: ScanReport, options: VulnsOptions): JsonObject {
  const { scanner, database } = report;
  return {
    scanner: {
      uri: scanner.uri,
      ...(scanner.version === null ? {} : { version: scanner.version }),
      ...(database === null ? {} : { db: databaseEntry(database) }),
      result: report.findings.map(resultEntry),
    },
    metadata: {
      scanStartedOn: report.startedAt ?? options.fallbackTime,
      scanFinishedOn: report.finishedAt ?? report.startedAt ?? options.fallbackTime,
    },
    countersign: { scanner: scanner.name, recognised: report.recognised, ...judgementEntry(options) },
  };
}

function databaseEntry(database: NonNullable<ScanReport['database']>): JsonObject {
  const { uri, version, updatedAt } = database;
  return { ...(uri === null ? {} : { uri }), ...(version === null ? {} : { version }), lastUpdate: updatedAt };
}

function resultEntry(finding: Finding): JsonObject {
  const scored = finding.score === null ? [] : [{ method: 'cvss', score: String(finding.score) }];
  const named = finding.scanners.map((scanner) => ({ method: scanner, score: finding.severity }));
  return {
    id: finding.id,
    severity: [...scored, ...named],
    annotations: [
      {
        aliases: finding.aliases,
        related: finding.related,
        package: finding.package,
        version: finding.version,
        fixedIn: finding.fixedIn,
        purl: finding.purl,
        locations: finding.locations,
        suppressed: finding.suppressed,
      },
    ],
  };
}

function judgementEntry({ judgement, failOn }: VulnsOptions): JsonObject {
  return {
    verdict: judgement.verdict,
    failOn,
    blocking: judgement.blocking.length,
    allowed: judgement.allowed.map(({ finding, entry }) => ({
      id: finding.id,
      package: finding.package,
      locations: finding.locations,
      reason: entry.reason,
      expires: entry.expires,
    })),
    below: judgement.below.length,
    suppressed: judgement.suppressed.length,
  };
}
