// SPDX-License-Identifier: Apache-2.0
// What signed evidence says, in a few words with its numbers, for people: nothing is decided by it.

import type { RecordKind } from '../../attest/record.ts';
import { evidenceKind } from '../../attest/statement.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { counted } from '../../base/text.ts';
import { SEVERITIES } from '../../findings/severity.ts';
import type { Policy } from '../document/model.ts';
import type { EvidenceFact } from '../facts.ts';
import { describeIdentity, peopleBehind } from '../rules/people.ts';
import { whereOf } from '../rules/view.ts';
import type { CustodyEntry } from '../verdict.ts';
import { basesOf, componentsOf, listAt, Malformed, signedPredicate, sourceOf, textAt, timeOf } from './content.ts';
import { readFindings, scannersOf } from './findings.ts';

/** Bases that are shown. */
const SHOWN = 20;

/** Lines about evidence whose signature is valid; none for content that has no form we know. */
export function whatEvidenceSays({ statement, predicateType, record }: EvidenceFact): readonly string[] {
  const kind = evidenceKind(predicateType);
  const predicate = predicateOf(statement);
  if (!predicate) return [];
  try {
    if (record) return [recordSays(record, predicate)];
    if (kind === 'sbom')
      return [`${counted(componentsOf(predicate)?.length ?? 0, 'component')}${made(predicate, kind)}`];
    if (kind === 'findings') return [findingsIn(predicate)];
    return kind === 'provenance' ? provenanceIn(predicate) : [];
  } catch (error) {
    if (error instanceof Malformed || error instanceof CountersignError) return [];
    throw error;
  }
}

/** The place of evidence in the custody of an image; undefined for a stranger's. Ask only where its signature is valid. */
export function evidenceEntry(fact: EvidenceFact, policy: Policy | undefined): CustodyEntry | undefined {
  const { signer, proven, predicateType, place, digest } = fact;
  if (!signer) return undefined;
  const by = policy ? peopleBehind(policy, signer)[0] : describeIdentity(signer);
  if (by === undefined) return undefined;
  const kind = fact.record ?? evidenceKind(predicateType) ?? 'other';
  const time = proven?.time.toISOString() ?? evidenceTime(fact) ?? null;
  return { kind, stage: null, by, time, proven: proven !== undefined, where: whereOf(place), digest };
}

/** When the evidence was made, as it says itself. */
function evidenceTime({ statement, predicateType, record }: EvidenceFact): string | undefined {
  const predicate = predicateOf(statement);
  if (!predicate) return undefined;
  const said = record ? textAt(predicate, RECORD_TIMES[record]) : timeOf(predicate, evidenceKind(predicateType) ?? '');
  return said !== undefined && !Number.isNaN(Date.parse(said)) ? new Date(said).toISOString() : undefined;
}

const RECORD_TIMES = { verdict: 'timeVerified', publication: 'publishedAt' } as const;

function predicateOf(statement: Uint8Array | undefined): JsonObject | null {
  if (!statement) return null;
  try {
    const predicate = signedPredicate(statement);
    return isJsonObject(predicate) ? predicate : null;
  } catch (error) {
    if (error instanceof CountersignError) return null;
    throw error;
  }
}

/** What was decided or published, where, by which policy and when. */
function recordSays(record: RecordKind, predicate: JsonObject): string {
  const policy = textAt(predicate, 'policy.uri');
  const by = `${policy === undefined ? '' : ` by policy ${policy}`}, of ${textAt(predicate, RECORD_TIMES[record]) ?? 'no time'}`;
  if (record === 'verdict') return `${textAt(predicate, 'verificationResult') ?? 'no result'}${by}`;
  const tags = listAt(predicate, 'tags').filter((tag) => typeof tag === 'string');
  return `${textAt(predicate, 'reference') ?? 'no reference'}${tags.length > 0 ? ` as ${tags.join(', ')}` : ''}, ${textAt(predicate, 'verdict') ?? 'no verdict'}${by}`;
}

function made(predicate: JsonObject, kind: string): string {
  const time = timeOf(predicate, kind);
  return time === undefined ? '' : `, of ${time}`;
}

function findingsIn(predicate: JsonObject): string {
  const found = readFindings(predicate);
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: found.filter((one) => one.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const numbers = counts.map(({ severity, count }) => `${count} ${severity}`).join(', ');
  const database = textAt(predicate, 'scanner.db.lastUpdate');
  const by = scannersOf(predicate)[1] ?? scannersOf(predicate)[0] ?? 'an unnamed scanner';
  return `${counted(found.length, 'finding')}${numbers === '' ? '' : ` (${numbers})`} by ${by}${made(predicate, 'findings')}${database === undefined ? '' : `, database of ${database}`}`;
}

function provenanceIn(predicate: JsonObject): readonly string[] {
  const builder = textAt(predicate, 'runDetails.builder.id') ?? textAt(predicate, 'builder.id');
  const { repository, ref } = sourceOf(predicate);
  const { definition, bases } = basesOf(predicate);
  return [
    ...(builder === undefined ? [] : [`built by ${builder}${made(predicate, 'provenance')}`]),
    ...(repository === undefined ? [] : [`from ${repository}${ref === undefined ? '' : ` at ${ref}`}`]),
    ...definition.slice(0, 1).map(({ uri, digest }) => `definition ${uri} sha256:${digest ?? ''}`),
    ...bases
      .slice(0, SHOWN)
      .map(({ uri, digest }) => `base ${uri} ${digest === undefined ? 'without a digest' : `sha256:${digest}`}`),
    ...(bases.length > SHOWN ? [`and ${bases.length - SHOWN} more bases`] : []),
  ];
}
