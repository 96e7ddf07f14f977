// SPDX-License-Identifier: Apache-2.0
// The account of a period → OSCAL assessment results: each release an inventory item and an observation, each exception a
// risk whose deviation was approved, and four findings on what a pipeline with approvals is to reach. Identifiers come
// from what they name, so that the same account gives the same bytes. What OSCAL has no place for is docs/audit.md.

import { createHash } from 'node:crypto';
import { visibleLine } from '../../base/text.ts';
import { VERSION } from '../../base/version.ts';
import { escapeMarkdown } from '../wording.ts';
import type { Period, PeriodException, Release } from './period.ts';

/** Names what the properties mean. */
const NAMESPACE = 'urn:countersign:ns:oscal';
/** Of the names from which identifiers are made: the identifier of `urn:countersign:ns:oscal` itself in the URL namespace. */
const UUID_NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/**
 * An OSCAL 1.2 document.
 * @see https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-reference/
 */
export function renderOscal(period: Period): object {
  const { from, to, releases, totals } = period;
  const id = `${from} ${to} ${releases.map(keyOf).join(' ')}`;
  const title = `Approvals of images from ${from} to ${to}`;
  const plan = uuid(`plan ${id}`);
  return {
    'assessment-results': {
      uuid: uuid(`results ${id}`),
      metadata: {
        title,
        'last-modified': to,
        version: `${from}/${to}`,
        'oscal-version': '1.2.1',
        props: props([
          ['tool', `countersign ${VERSION}`],
          ...Object.entries(totals).map(([name, count]) => [`total-${dashed(name)}`, String(count)] as const),
        ]),
      },
      'import-ap': { href: `#${plan}` },
      results: [resultOf(period, { id, title })],
      'back-matter': {
        resources: [
          {
            uuid: plan,
            title: 'Assessment plan',
            description: 'The policies that the verdicts were given by.',
            ...listed('props', policiesOf(releases), (all) => props(all.map((policy) => ['policy', policy]))),
          },
        ],
      },
    },
  };
}

function resultOf(period: Period, { id, title }: { id: string; title: string }) {
  const { from, to, releases, notCounted } = period;
  const risks = releases.flatMap((release) => release.exceptions.map((one) => riskOf(release, one)));
  return {
    uuid: uuid(`result ${id}`),
    title,
    description: 'What stored verdicts say of every image that was judged in the period.',
    start: from,
    end: to,
    ...listed('local-definitions', releases, (all) => ({ 'inventory-items': all.map(itemOf) })),
    'reviewed-controls': { 'control-selections': [{ 'include-all': {} }] },
    ...listed('observations', releases, (all) => all.map(observationOf)),
    ...listed('risks', risks, (all) => all),
    findings: OBJECTIVES.map((objective) => findingOf(objective, period)),
    ...listed('assessment-log', notCounted, (all) => ({
      entries: all.map(({ file, why }) => ({
        uuid: uuid(`log ${file} ${why}`),
        title: line(`report not counted: ${file}`),
        description: line(why),
        start: from,
      })),
    })),
  };
}

interface Objective {
  readonly name: string;
  readonly says: string;
  readonly met: (release: Release) => boolean;
}

const OBJECTIVES: readonly Objective[] = [
  {
    name: 'releases-approved',
    says: 'Every image has passed its policy: each stage is approved, in order and by the right people.',
    met: ({ outcome }) => outcome === 'passed',
  },
  {
    name: 'duties-separated',
    says: 'Nobody has approved an image at more than one stage.',
    met: ({ ownWork }) => ownWork.length === 0,
  },
  {
    name: 'no-exceptions',
    says: 'No verdict rests on an exception.',
    met: ({ exceptions }) => exceptions.length === 0,
  },
  {
    name: 'record-complete',
    says: 'Every verdict is by a policy, of its own time, and about data that was read.',
    met: ({ gaps }) => gaps.length === 0,
  },
];

function findingOf({ name, says, met }: Objective, { releases, from, to }: Period) {
  const unmet = releases.filter((release) => !met(release));
  const state = unmet.length === 0 ? 'satisfied' : 'not-satisfied';
  return {
    uuid: uuid(`finding ${name} ${from} ${to} ${unmet.map(keyOf).join(' ')}`),
    title: says,
    description: `${releases.length - unmet.length} of ${releases.length} images.`,
    target: {
      type: 'objective-id',
      'target-id': name,
      status: { state, reason: unmet.length === 0 ? 'pass' : 'fail' },
    },
    ...listed('related-observations', unmet, (all) =>
      all.map((release) => ({ 'observation-uuid': uuid(`observation ${keyOf(release)}`) })),
    ),
  };
}

function itemOf(release: Release) {
  return {
    uuid: uuid(`item ${keyOf(release)}`),
    description: line(release.names.join(', ')),
    ...listed('props', [...release.content, ...release.references], () =>
      props([
        ...release.content.map((digest) => ['content-digest', digest] as const),
        ...release.references.map((reference) => ['reference', reference] as const),
        ...(release.published?.tags ?? []).map((tag) => ['tag', tag] as const),
      ]),
    ),
  };
}

function observationOf(release: Release) {
  const { stages, approvals, ownWork, gaps, verdicts, outcome, names } = release;
  const last = verdicts.at(-1);
  return {
    uuid: uuid(`observation ${keyOf(release)}`),
    title: line(names.join(', ')),
    description: [
      ...stages.map(
        ({ stage, verdict, approvedBy }) =>
          `- ${line(`${stage}: ${verdict}, by ${approvedBy.join(', ') || 'nobody'}`)}`,
      ),
      ...gaps.map(({ message }) => `- ${line(message)}`),
      `- ${verdicts.length} verdicts`,
    ].join('\n'),
    props: props([
      ['outcome', outcome],
      ...approvals.flatMap((one) => [
        [
          'approval',
          `${one.stage} by ${one.principal ?? 'nobody known'}, ${one.credential}, at ${one.signedAt ?? 'no time'}`,
        ] as const,
        ...(one.ticket === null ? [] : [['ticket', one.ticket] as const]),
        ...(one.reason === null ? [] : [['approval-reason', one.reason] as const]),
      ]),
      ...ownWork.map(({ principal, stages: own }) => ['own-work', `${principal}: ${own.join(', ')}`] as const),
      ...gaps.map(({ code }) => ['gap', code] as const),
      ...verdicts.map(({ at, source }) => ['report', `${at} ${source}`] as const),
    ]),
    methods: ['EXAMINE'],
    types: ['control-objective'],
    subjects: [{ 'subject-uuid': uuid(`item ${keyOf(release)}`), type: 'inventory-item' }],
    collected: last?.at ?? '',
  };
}

function riskOf(release: Release, { code, message, first, last }: PeriodException) {
  return {
    uuid: uuid(`risk ${keyOf(release)} ${code} ${message}`),
    title: line(message),
    description: line(`${release.names.join(', ')}: ${message}`),
    statement: `Accepted in verdicts from ${first} to ${last}.`,
    props: props([['code', code]]),
    status: 'deviation-approved',
    'related-observations': [{ 'observation-uuid': uuid(`observation ${keyOf(release)}`) }],
  };
}

function policiesOf(releases: readonly Release[]): readonly string[] {
  return [...new Set(releases.flatMap(({ verdicts }) => verdicts.flatMap(({ policy }) => policy ?? [])))].sort();
}

function keyOf({ content, names }: Release): string {
  return content.length > 0 ? content.join(' ') : names.join(' ');
}

/** Lists of OSCAL have at least one entry, or are not there. */
function listed<T, R>(name: string, all: readonly T[], render: (all: readonly T[]) => R): Readonly<Record<string, R>> {
  return all.length === 0 ? {} : { [name]: render(all) };
}

/** Values are of one line and neither empty nor framed by blanks. */
function props(entries: readonly (readonly [string, string])[]) {
  return entries.map(([name, value]) => ({ name, ns: NAMESPACE, value: visibleLine(value).trim() || '-' }));
}

/** OSCAL's texts are Markdown. */
function line(text: string): string {
  return escapeMarkdown(text, 2000).trim() || '-';
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5 */
function uuid(name: string): string {
  const bytes = createHash('sha1').update(UUID_NAMESPACE).update(`${NAMESPACE}:${name}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
