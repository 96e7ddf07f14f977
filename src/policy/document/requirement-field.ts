// SPDX-License-Identifier: Apache-2.0
// `requires` of a stage: which evidence, by whom, and what must be in it. What each kind may be asked is said here once.

import { EVIDENCE_KINDS } from '../../attest/statement.ts';
import { parseDigest } from '../../base/bytes.ts';
import { isDay, quote } from '../../base/text.ts';
import { SEVERITIES } from '../../findings/severity.ts';
import { list, many, object } from './collections.ts';
import * as f from './fields.ts';
import { type Comparison, type FieldValue, POLICY_LIMITS, type Requirement } from './model.ts';

const { requires } = POLICY_LIMITS;
const PATTERNS = { max: POLICY_LIMITS.credentials };
const RATED = SEVERITIES.filter((severity) => severity !== 'unknown');
/** A length of time in days or hours. */
export const DURATION = f.formed(/^[1-9][0-9]{0,3}[dh]$/, {
  problem: 'is no length of time',
  hint: 'write days or hours: 30d or 12h',
});
const DIGEST = f.formed(/^sha256:[0-9a-f]{64}$/, {
  problem: 'is no digest',
  hint: 'write sha256: and 64 lower-case hex digits',
});
const ID = f.formed(/^[^\s*?]+$/, { problem: 'is not one exact name', hint: 'write one id, as in CVE-2026-1001' });
const PURL = f.formed(/^pkg:[A-Za-z0-9.+-]+\/[^\s/]+(?:\/[^\s/]+)*$/, {
  problem: 'is no package URL',
  hint: 'write it as the report has it, as in pkg:npm/jsonkit@2.0.0',
});
const DAY = f.line({
  pattern: /^\d{4}-\d{2}-\d{2}$/,
  check: (text) => (isDay(text) ? undefined : { problem: 'is no day', hint: 'write a day, as in "2027-01-31"' }),
});
const EXCEPTION = f.mapped(
  object({
    id: { about: 'The vulnerability, by its exact name.', field: ID },
    package: { about: 'Only in the package of this name.', field: f.line(), absent: undefined },
    purl: { about: 'Only in this package; without a version in all of them.', field: PURL, absent: undefined },
    reason: { about: 'Why it is acceptable.', field: f.line() },
    expires: { about: 'The last day on which it is, in UTC.', field: DAY },
    grantedBy: { about: 'Who decided it.', field: f.line(), absent: undefined },
  }),
  ({ id, package: name, purl, reason, expires, grantedBy }, _, { location }) => ({
    id: id.value,
    package: name?.value ?? null,
    version: null,
    purl: purl?.value ?? null,
    location: null,
    reason: reason.value,
    expires: expires.value,
    ...(grantedBy ? { grantedBy: grantedBy.value } : {}),
    at: location,
  }),
);

const VALUE: f.Field<FieldValue> = {
  schema: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  read(node, what) {
    if (
      node.kind !== 'scalar' ||
      node.value === null ||
      (typeof node.value === 'number' && !Number.isFinite(node.value))
    )
      throw f.wrongType(node, what, 'a text, a number, true or false');
    if (typeof node.value === 'string') f.assertSureText(node, node.source);
    return node.value;
  },
};
const NUMBER: f.Field<number> = {
  schema: { type: 'number' },
  read(node, what) {
    const value = VALUE.read(node, what);
    if (typeof value !== 'number') throw f.wrongType(node, what, 'a number');
    return value;
  },
};
const VALUES = many(VALUE, { max: 100 });
const RULES = object(
  {
    oneOf: { about: 'It is one of these.', field: VALUES, absent: undefined },
    not: { about: 'It is there, and none of these.', field: VALUES, absent: undefined },
    atLeast: { about: 'It is this number or more.', field: NUMBER, absent: undefined },
    atMost: { about: 'It is this number or less.', field: NUMBER, absent: undefined },
  },
  ['oneOf', 'not', 'atLeast', 'atMost'],
);

/** A value alone stands for "equal to it". */
const COMPARISON: f.Field<Comparison> = f.either(
  f.mapped(VALUES, (oneOf) => ({ oneOf })),
  f.mapped(RULES, ({ oneOf, not, atLeast, atMost }, what, place) => {
    const nothing = (atLeast ?? Number.NEGATIVE_INFINITY) > (atMost ?? Number.POSITIVE_INFINITY);
    if (nothing || oneOf?.every((value) => not?.includes(value)))
      throw f.problemAt(place, 'POLICY_CONTRADICTION', `${what} fits no value`, 'change or remove one of the rules');
    return {
      ...(oneOf ? { oneOf } : {}),
      ...(not ? { not } : {}),
      ...(atLeast === undefined ? {} : { atLeast }),
      ...(atMost === undefined ? {} : { atMost }),
    };
  }),
);

/** Members by path. */
const FIELDS: f.Field<readonly { readonly path: string; readonly comparison: Comparison }[]> = {
  schema: { type: 'object', minProperties: 1, additionalProperties: COMPARISON.schema },
  read(node, what) {
    if (node.kind !== 'map' || node.entries.size === 0) throw f.wrongType(node, what, 'a map (path: value)');
    return [...node.entries].map(([path, { value }]) => ({
      path,
      comparison: COMPARISON.read(value, `${what}.${path}`),
    }));
  },
};

/** Evidence that a stage rests on, as written. */
const REQUIREMENT = object({
  evidence: {
    about: 'provenance, sbom, findings, or the URI of a predicate type.',
    field: f.formed(/^(?:provenance|sbom|findings|[A-Za-z][A-Za-z0-9+.-]*:\S+)$/, {
      problem: 'is no kind of evidence',
      hint: `write ${EVIDENCE_KINDS.join(', ')}, or the URI of a predicate type`,
    }),
  },
  signedBy: {
    about: 'Principals who may have signed it. One or a list.',
    field: many(f.line(), { unique: f.valueOf }),
  },
  count: {
    about: 'How many different statements; of findings, by how many different scanners. Default: 1.',
    field: f.whole(1, requires),
    absent: undefined,
  },
  maxAge: { about: 'How old it may be, in days or hours: 30d, 12h.', field: DURATION, absent: undefined },
  inside: {
    about: 'It must lie in the SIF file itself, whatever its size. Default: false.',
    field: f.WHETHER,
    absent: false,
  },
  failOn: {
    about: 'Of findings: this severity and worse fail the stage. none: findings are only to be there.',
    field: f.choice([...RATED, 'none'] as const),
    absent: undefined,
  },
  unknownSeverity: {
    about: 'Of findings: what a finding that nobody rated is taken for. Default: critical.',
    field: f.choice(RATED),
    absent: undefined,
  },
  scanner: {
    about: 'Of findings: names or addresses of scanners that count. Default: any.',
    field: many(f.line(), { max: requires, unique: f.valueOf }),
    absent: undefined,
  },
  databaseMaxAge: {
    about: 'Of findings: how old the database of the scanner may be.',
    field: DURATION,
    absent: undefined,
  },
  exceptions: {
    about: 'Of findings: those that are accepted.',
    field: list(EXCEPTION, { max: 1000 }),
    absent: undefined,
  },
  vexBy: {
    about: 'Of findings: principals whose signed VEX documents (OpenVEX, CycloneDX) make findings acceptable.',
    field: many(f.line(), { unique: f.valueOf }),
    absent: undefined,
  },
  minComponents: {
    about: 'Of an SBOM: how many components it names with their versions at least. Default: 1.',
    field: f.whole(1, 1_000_000),
    absent: undefined,
  },
  builder: {
    about: 'Of provenance: pattern of the builder id.',
    field: many(f.matching('uri'), PATTERNS),
    absent: undefined,
  },
  source: {
    about: 'Of provenance: pattern of the source repository.',
    field: many(f.matching('uri'), PATTERNS),
    absent: undefined,
  },
  ref: {
    about: 'Of provenance: pattern of the ref, as in refs/tags/v*.',
    field: many(f.matching('ref'), PATTERNS),
    absent: undefined,
  },
  base: {
    about: 'Of provenance: digests of base images; every base must be one of them.',
    field: many(DIGEST, { max: requires, unique: f.valueOf }),
    absent: undefined,
  },
  fields: {
    about:
      'Of other predicates: members by path, names with dots between or a JSON Pointer, and their values: one value, or a map of oneOf, not, atLeast, atMost.',
    field: FIELDS,
    absent: undefined,
  },
});

type Written = f.ValueOf<typeof REQUIREMENT>;
type Key = keyof Written;

/** Which keys go with which kind; the others go with all. */
const KEYS: Readonly<Record<Requirement['condition']['of'], readonly Key[]>> = {
  findings: ['failOn', 'unknownSeverity', 'scanner', 'databaseMaxAge', 'exceptions', 'vexBy'],
  sbom: ['minComponents'],
  provenance: ['builder', 'source', 'ref', 'base'],
  fields: ['fields'],
};

/** A requirement, and the names in it, which others must define. */
export interface RequirementDocument extends f.Placed {
  readonly requirement: Requirement;
  /** Names of principals in it, of whatever key. */
  readonly people: readonly f.Located[];
}

/** One entry of `requires`. */
export const REQUIREMENT_FIELD = f.mapped(REQUIREMENT, (written, what, { location }): RequirementDocument => {
  const evidence = written.evidence.value;
  const of = EVIDENCE_KINDS.find((kind) => kind === evidence) ?? 'fields';
  const place = { location };
  const stray = Object.values(KEYS)
    .flat()
    .find((key) => written[key] !== undefined && !KEYS[of].includes(key));
  if (stray)
    throw f.problemAt(
      place,
      'POLICY_INVALID_VALUE',
      `${what}: ${stray} says nothing of ${quote(evidence)}`,
      `remove ${stray}`,
    );
  if (of === 'findings' && !written.failOn)
    throw f.problemAt(place, 'POLICY_MISSING_KEY', `${what} has no failOn`, 'add failOn: high, or another severity');
  if (of === 'fields' && written.maxAge)
    throw f.problemAt(
      written.maxAge,
      'POLICY_INVALID_VALUE',
      `${what}: nobody knows where ${quote(evidence)} says its time`,
      `remove maxAge, which goes with ${EVIDENCE_KINDS.join(', ')}`,
    );
  if (written.count && written.scanner && written.count.value > written.scanner.length)
    throw f.problemAt(
      written.count,
      'POLICY_UNSATISFIABLE',
      `${what} wants findings by ${written.count.value} scanners and names ${written.scanner.length}`,
      'lower count, or name more scanners',
    );
  const requirement = {
    evidence,
    signedBy: written.signedBy.map(f.valueOf),
    count: written.count?.value ?? 1,
    ...(written.maxAge ? { maxAge: milliseconds(written.maxAge.value) } : {}),
    ...(written.inside ? { inside: true } : {}),
    condition: conditionOf(of, written),
  };
  return { ...place, requirement, people: [...written.signedBy, ...(written.vexBy ?? [])] };
});

function conditionOf(of: Requirement['condition']['of'], written: Written): Requirement['condition'] {
  switch (of) {
    case 'findings':
      return {
        of,
        failOn: written.failOn?.value ?? 'negligible',
        unknownAs: written.unknownSeverity?.value ?? 'critical',
        scanner: written.scanner?.map(f.valueOf) ?? [],
        ...(written.databaseMaxAge ? { databaseMaxAge: milliseconds(written.databaseMaxAge.value) } : {}),
        exceptions: written.exceptions ?? [],
        ...(written.vexBy ? { vexBy: written.vexBy.map(f.valueOf) } : {}),
      };
    case 'sbom':
      return { of, minComponents: written.minComponents?.value ?? 1 };
    case 'provenance': {
      const { builder = [], source = [], ref = [], base } = written;
      return {
        of,
        builder: builder.map(f.valueOf),
        source: source.map(f.valueOf),
        ref: ref.map(f.valueOf),
        ...(base ? { base: base.map(({ value }) => parseDigest(value)) } : {}),
      };
    }
    case 'fields':
      return { of, fields: written.fields ?? [] };
    default:
      return of satisfies never;
  }
}

/** A length of time as DURATION writes it. */
export function milliseconds(text: string): number {
  const hours = text.endsWith('d') ? 24 : 1;
  return Number(text.slice(0, -1)) * hours * 3_600_000;
}
