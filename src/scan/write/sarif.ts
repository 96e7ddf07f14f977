// SPDX-License-Identifier: Apache-2.0
// Judged findings → SARIF 2.1.0 for code scanning: one run, one rule for each vulnerability, one result for each package
// that has it. What was allowed or hidden is there as a suppression, with its reason.

import { sha256Hex, utf8 } from '../../base/bytes.ts';
import { counted } from '../../base/text.ts';
import { printable } from '../read/fields.ts';
import type { Finding } from '../../findings/finding.ts';
import type { Judgement } from '../../findings/judge.ts';
import { type Severity, severityFromScore, severityRank } from '../../findings/severity.ts';

/** The judged findings of one image. */
export interface SarifImage {
  readonly name: string;
  /** Where alerts are shown: a relative URI reference that stays the same from scan to scan. */
  readonly uri: string;
  /** False when no report was read: then the absence of findings means nothing. */
  readonly scanned: boolean;
  readonly judgement: Judgement;
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** Code scanning refuses a run with more. */
const MAX_RESULTS = 25_000;

/** Level, and the score that stands for a severity where the report has none, or one of another severity. */
const LEVELS: Readonly<Record<Severity, { readonly level: string; readonly score: string | undefined }>> = {
  critical: { level: 'error', score: '9.5' },
  high: { level: 'error', score: '8.0' },
  medium: { level: 'warning', score: '5.5' },
  low: { level: 'note', score: '2.0' },
  negligible: { level: 'note', score: '0.0' },
  unknown: { level: 'warning', score: undefined },
};

interface Entry {
  readonly image: SarifImage;
  readonly finding: Finding;
  /** For people: what became of it. */
  readonly judged: string;
  /** Why it counts for nothing; null when it counts. */
  readonly suppressed: string | null;
}

/**
 * The SARIF document; findings beyond the limit of code scanning are left out, the least important first, and counted.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 */
export function sarifDocument(
  images: readonly SarifImage[],
  { toolVersion, now }: { readonly toolVersion: string; readonly now: Date },
): object {
  const all = [blocking, belowFailOn, allowed, hidden].flatMap((bin) => images.flatMap(bin));
  const shown = all.slice(0, MAX_RESULTS);
  const rules = rulesOf(shown);
  const ruleIndex = new Map([...rules.keys()].map((id, index) => [id, index]));
  const seen = new Map<string, number>();
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'countersign',
            semanticVersion: toolVersion,
            rules: [...rules.values()].map((finding) => later(() => ruleEntry(finding))),
          },
        },
        invocations: [invocation(images, all.length - shown.length, now)],
        columnKind: 'utf16CodeUnits',
        results: shown.map((entry) => {
          const print = fingerprint(entry, seen);
          return later(() => resultEntry(entry, ruleIndex.get(entry.finding.id) ?? -1, print));
        }),
      },
    ],
  };
}

/** Made when it is written: all of them at once would be the largest thing in memory. */
function later(make: () => object): object {
  return { toJSON: make };
}

function blocking(image: SarifImage): readonly Entry[] {
  return image.judgement.blocking.map((finding) => ({ image, finding, judged: 'blocking', suppressed: null }));
}

function belowFailOn(image: SarifImage): readonly Entry[] {
  return image.judgement.below.map((finding) => ({ image, finding, judged: 'below fail-on', suppressed: null }));
}

function allowed(image: SarifImage): readonly Entry[] {
  return image.judgement.allowed.map(({ finding, entry: { reason, expires } }) => ({
    image,
    finding,
    judged: `allowed until ${expires}`,
    suppressed: `${reason} (allowed until ${expires})`,
  }));
}

function hidden(image: SarifImage): readonly Entry[] {
  return image.judgement.suppressed.map((finding) => ({
    image,
    finding,
    judged: 'suppressed by the scanner',
    suppressed: finding.suppressed ?? 'suppressed by the scanner',
  }));
}

/** The worst finding of each id, in the order of the results. */
function rulesOf(entries: readonly Entry[]): ReadonlyMap<string, Finding> {
  const rules = new Map<string, Finding>();
  for (const { finding } of entries) {
    const known = rules.get(finding.id);
    if (!known || severityRank(finding.severity) < severityRank(known.severity)) rules.set(finding.id, finding);
  }
  return rules;
}

function ruleEntry(finding: Finding): object {
  const { id, aliases, scanners } = finding;
  const page = pageOf(finding);
  const names = aliases.length > 0 ? `, also known as ${aliases.join(', ')}` : '';
  return {
    id,
    shortDescription: { text: message(id) },
    fullDescription: { text: message(`${id}${names}, reported by ${scanners.join(', ')}`) },
    ...(page === undefined ? {} : { helpUri: page }),
    help: { text: message(page === undefined ? `See what the scanner says about ${id}` : `See ${page}`) },
    defaultConfiguration: { level: LEVELS[finding.severity].level },
    properties: { tags: ['security'], ...score(finding) },
  };
}

/** A score that leads to the severity that was judged, whatever score the report has. */
function score(finding: Finding): { readonly 'security-severity'?: string } {
  const fits = finding.score !== null && severityFromScore(finding.score) === finding.severity;
  const value = fits ? finding.score?.toFixed(1) : LEVELS[finding.severity].score;
  return value === undefined ? {} : { 'security-severity': value };
}

const PAGES: readonly (readonly [RegExp, string])[] = [
  [/^CVE-\d{4}-\d{4,19}$/, 'https://nvd.nist.gov/vuln/detail/'],
  [/^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/, 'https://github.com/advisories/'],
  [/^(?:RUSTSEC|PYSEC|GO|DSA|DLA|ALSA|RLSA|MAL|OSV)-\d{1,6}(?:[-:]\d{1,6}){0,2}$/, 'https://osv.dev/vulnerability/'],
];

/** The page about a vulnerability, for names whose form is known. */
function pageOf({ id, aliases }: Finding): string | undefined {
  for (const name of [id, ...aliases])
    for (const [form, base] of PAGES) if (form.test(name)) return `${base}${encodeURIComponent(name)}`;
  return undefined;
}

function resultEntry(entry: Entry, ruleIndex: number, print: string): object {
  const { image, finding, judged, suppressed } = entry;
  const { id, aliases, severity, package: name, version, fixedIn, scanners, locations } = finding;
  return {
    ruleId: id,
    ruleIndex,
    level: LEVELS[severity].level,
    message: { text: message(describe(entry)) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: image.uri }, region: { startLine: 1 } },
        ...(name === null ? {} : { logicalLocations: [{ fullyQualifiedName: join(name, version), kind: 'module' }] }),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: print },
    suppressions:
      suppressed === null ? [] : [{ kind: 'external', status: 'accepted', justification: printable(suppressed) }],
    properties: {
      image: printable(image.name),
      severity,
      ...score(finding),
      judged,
      aliases,
      package: name,
      version,
      fixedIn,
      scanners,
      locations,
    },
  };
}

function join(name: string, version: string | null): string {
  return version === null ? name : `${name}@${version}`;
}

/** Lines as other scanners write them, which readers of SARIF look for. */
function describe({ image, finding, judged }: Entry): string {
  const { id, severity, package: name, version, fixedIn, locations, scanners } = finding;
  const lines = [
    `${id} in ${name === null ? printable(image.name) : join(name, version)}`,
    `Image: ${printable(image.name)}`,
    ...(name === null ? [] : [`Package: ${name}`]),
    ...(version === null ? [] : [`Installed Version: ${version}`]),
    ...(fixedIn.length === 0 ? [] : [`Fixed Version: ${fixedIn.join(', ')}`]),
    ...(locations.length === 0 ? [] : [`Location: ${locations.join(', ')}`]),
    `Severity: ${severity}`,
    `Scanner: ${scanners.join(', ')}`,
    `Judged: ${judged}`,
  ];
  return lines.join('\n');
}

/** The same for the same package in the next scan, whatever its version; counted where that is not enough. */
function fingerprint({ image, finding }: Entry, seen: Map<string, number>): string {
  const { id, package: name, locations } = finding;
  const hash = sha256Hex(utf8(JSON.stringify([image.uri, id, name, locations[0] ?? null]))).slice(0, 16);
  const count = (seen.get(hash) ?? 0) + 1;
  seen.set(hash, count);
  return `${hash}:${count}`;
}

/**
 * Text as SARIF wants it in a message: nothing in it is a link or a placeholder.
 * Sections 3.11.5 and 3.11.6 of the standard.
 */
function message(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

function invocation(images: readonly SarifImage[], leftOut: number, now: Date): object {
  const problems = images.flatMap(({ judgement }) => judgement.problems);
  const remarks = [
    ...images.filter(({ scanned }) => !scanned).map(({ name }) => `${printable(name)} was not scanned`),
    ...(leftOut > 0 ? [`${counted(leftOut, 'more finding')} than code scanning takes; see the report`] : []),
  ];
  return {
    executionSuccessful: problems.length === 0,
    endTimeUtc: now.toISOString(),
    toolExecutionNotifications: [
      ...problems.map((text) => notification('error', text)),
      ...remarks.map((text) => notification('warning', text)),
    ],
  };
}

function notification(level: 'error' | 'warning', text: string): object {
  return { level, message: { text: message(text) } };
}
