// SPDX-License-Identifier: Apache-2.0
// A signed vulnerability statement, judged again from the findings that are in it. What its producer thought of them is
// in there too, and is not asked.

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type AllowEntry, type Finding, createFinding } from '../../findings/finding.ts';
import { judgeFindings } from '../../findings/judge.ts';
import { type Severity, severityFromScore, severityFromWord, worst } from '../../findings/severity.ts';
import type { FindingsCondition } from '../document/model.ts';
import { remark } from '../reasons.ts';
import { whereOf } from '../rules/view.ts';
import { ageProblem, type Content, listAt, Malformed, textAt, valueAt } from './content.ts';
import type { SignedVex, VexBook } from './vex.ts';

/** Findings named in one message. */
const NAMED = 5;

/** Who scanned: the tool's address, and its name where the statement has it. */
export function scannersOf(predicate: JsonObject): readonly string[] {
  return [textAt(predicate, 'scanner.uri'), textAt(predicate, 'countersign.scanner')].flatMap((name) => name ?? []);
}

/**
 * What a policy makes of the findings.
 * @throws Malformed
 */
export function checkFindings(
  predicate: JsonObject,
  condition: FindingsCondition,
  { now, vex }: { readonly now: Date; readonly vex: VexBook | undefined },
): Content {
  const findings = readFindings(predicate);
  const { failOn, unknownAs, exceptions, databaseMaxAge } = condition;
  const old = databaseMaxAge && ageProblem(textAt(predicate, 'scanner.db.lastUpdate'), databaseMaxAge, now);
  if (old) return { code: 'EVIDENCE_STALE', problem: `the scanner's database ${old}` };
  if (findings.length === 0 && valueAt(predicate, 'countersign.recognised') !== true)
    return {
      code: 'EVIDENCE_FINDINGS',
      problem: 'it lists nothing and does not say that the scanner recognised anything in the image',
    };
  const granted = grantsOf(findings, vex);
  const allow = [...exceptions, ...granted.keys()];
  const rules = { failOn, unknownAs, allow, countSuppressed: true, allowEmptyScan: true };
  const { blocking, allowed } = judgeFindings(findings, [], { rules, now });
  if (blocking.length > 0) {
    const names = blocking.slice(0, NAMED).map((one) => `${one.severity} ${nameOf(one)}`);
    const more = blocking.length > NAMED ? ` and ${blocking.length - NAMED} more` : '';
    return { code: 'EVIDENCE_FINDINGS', problem: `it lists ${names.join(', ')}${more}` };
  }
  const used = new Set(allowed.flatMap(({ entry }) => granted.get(entry) ?? []));
  return {
    remarks: allowed.map(({ finding, entry }) => {
      const said = granted.get(entry);
      if (said)
        return remark(
          'EVIDENCE_VEX',
          `${nameOf(finding)} is ${said.status} as ${said.by} says: ${said.why || 'without a reason'}`,
        );
      const by = entry.grantedBy === undefined ? '' : ` by ${entry.grantedBy}`;
      return remark(
        'EVIDENCE_EXCEPTION',
        `${nameOf(finding)} is accepted until ${entry.expires}${by}: ${entry.reason}`,
      );
    }),
    rests: [...new Set([...used].map(({ fact }) => fact))],
  };
}

/** Day that no finding outlives: a VEX statement holds until a newer one says otherwise. */
const NO_END = '9999-12-31';

/** What VEX statements accept, as exceptions for exactly these findings. */
function grantsOf(findings: readonly Finding[], vex: VexBook | undefined): ReadonlyMap<AllowEntry, SignedVex> {
  const granted = new Map<AllowEntry, SignedVex>();
  for (const finding of findings) {
    const { id, package: name, version, purl } = finding;
    // An exception without them would be for more than this finding.
    const said = name === null || version === null ? undefined : vex?.accepting(finding);
    if (!said) continue;
    const at = { file: whereOf(said.fact.place), line: 1, column: 1 };
    granted.set({ id, package: name, version, purl, location: null, reason: said.why, expires: NO_END, at }, said);
  }
  return granted;
}

function nameOf({ id, package: name, version }: Finding): string {
  return name === null ? id : `${id} in ${name}${version === null ? '' : ` ${version}`}`;
}

/** All findings that a statement lists. @throws Malformed */
export function readFindings(predicate: JsonObject): readonly Finding[] {
  return listAt(predicate, 'scanner.result').map(readFinding);
}

function readFinding(value: JsonValue): Finding {
  const id = textAt(value, 'id');
  if (id === undefined) throw new Malformed('a finding has no id');
  const notes = isJsonObject(value) ? listAt(value, 'annotations') : [];
  const note = (name: string) => notes.map((one) => textAt(one, name)).find((text) => text !== undefined);
  return createFinding({
    id,
    scanners: [],
    severity: severityOf(listAt(value, 'severity')),
    aliases: notes.flatMap((one) => listAt(one, 'aliases')).filter((name) => typeof name === 'string'),
    package: note('package') ?? null,
    version: note('version') ?? null,
    purl: note('purl') ?? null,
  });
}

/** The worst of the words; a score is asked where no word is known. */
function severityOf(ratings: readonly JsonValue[]): Severity {
  const scores = ratings.map((rating) => valueAt(rating, 'score'));
  const named = worst(scores.map((score) => severityFromWord(typeof score === 'string' ? score : undefined)));
  return named === 'unknown' ? worst(scores.map((score) => severityFromScore(numberOf(score)))) : named;
}

function numberOf(score: JsonValue | undefined): number | null {
  return typeof score === 'number' || (typeof score === 'string' && score !== '') ? Number(score) : null;
}
