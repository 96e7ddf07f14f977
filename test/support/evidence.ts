// SPDX-License-Identifier: Apache-2.0
// Signed statements for tests of what stages require, and the stage that requires them.

import { encodeStatement } from '../../src/attest/statement.ts';
import { sha256 } from '../../src/base/bytes.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Principal, Requirement } from '../../src/policy/document/model.ts';
import { evaluatePolicy } from '../../src/policy/evaluate.ts';
import type { EvidenceFact } from '../../src/policy/facts.ts';
import { approve, digestOf, evidence, image, key, NOW, person, pgp, policy, stage } from './facts.ts';

export const VULNS = 'https://in-toto.io/attestation/vulns/v0.2';
export const DAY = 24 * 3_600_000;
export const BUILDER = { name: 'builder', credentials: [{ method: 'key', hint: key('builder').hint }] } as const;

export function statement(
  predicateType: string,
  predicate: JsonObject,
  more: Partial<EvidenceFact> = {},
): EvidenceFact {
  const subject = [{ digest: { sha256: digestOf('content').slice(7) } }];
  const bytes = encodeStatement({ subject, predicateType, predicate });
  const fact = evidence('x', { predicateType, digest: sha256(bytes), ...more });
  return fact.signature === 'valid' ? { ...fact, statement: bytes } : fact;
}

export function ago(days: number): string {
  return new Date(NOW.getTime() - days * DAY).toISOString();
}

export interface Scan {
  readonly found?: readonly JsonObject[];
  readonly days?: number;
  readonly database?: number;
  readonly scanner?: string;
  readonly recognised?: boolean;
}

export function scan({
  found = [],
  days = 1,
  database = 1,
  scanner = 'grype',
  recognised = true,
}: Scan = {}): JsonObject {
  return {
    scanner: { uri: `https://example.org/${scanner}`, db: { lastUpdate: ago(database) }, result: found },
    metadata: { scanStartedOn: ago(days), scanFinishedOn: ago(days) },
    countersign: { scanner, recognised, verdict: 'passed', blocking: 0 },
  };
}

export function finding(id: string, severity: string, annotations: JsonObject = {}): JsonObject {
  return { id, severity: [{ method: 'grype', score: severity }], annotations: [{ package: 'libx', ...annotations }] };
}

export const CRITICAL = finding('CVE-2024-1', 'critical', { version: '1', purl: 'pkg:deb/debian/libx@1' });
export const FINDINGS: Requirement = {
  evidence: 'findings',
  signedBy: ['builder'],
  count: 1,
  condition: { of: 'findings', failOn: 'high', unknownAs: 'critical', scanner: [], exceptions: [] },
};

export function findings(more: Partial<Extract<Requirement['condition'], { of: 'findings' }>>): Requirement {
  const { condition } = FINDINGS;
  if (condition.of !== 'findings') throw new Error('not findings');
  return { ...FINDINGS, condition: { ...condition, ...more } };
}

/** The stage under one requirement, approved by alice, who lists all that is there. */
export function verdictOn(
  requirement: Requirement,
  found: readonly EvidenceFact[],
  now = NOW,
  others: readonly Principal[] = [person('mallory'), BUILDER],
) {
  const rules = policy([person('alice'), ...others], [stage('author', ['alice'], { requires: [requirement] })]);
  const listed = found.filter(({ signature, contradicted }) => signature === 'valid' && !contradicted);
  const given = approve('author', pgp('alice'), {
    approval: { evidence: listed.map(({ predicateType, digest }) => ({ predicateType, digest })) },
  });
  const { stages, endsAt, evidence: reports } = evaluatePolicy(rules, image([given], { evidence: found }), { now });
  const [report] = stages;
  return { verdict: report?.verdict, endsAt, code: report?.reasons[0]?.code, reasons: report?.reasons ?? [], reports };
}
