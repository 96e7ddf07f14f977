// SPDX-License-Identifier: Apache-2.0
// Stored verdicts → the account of a period: every image that a verdict was given about, who approved it, what was
// excepted, who approved their own work, and what is missing. A function of the reports alone: the same reports give the
// same account, in whatever order and however often they are given.

import { compareText } from '../../base/text.ts';
import {
  joined,
  type Mention,
  type StoredApproval,
  type StoredBreakGlass,
  type StoredImage,
  type StoredReason,
  type StoredVerdict,
} from './stored.ts';

/** Names the account and its edition. */
const PERIOD_SCHEMA = 'countersign/period/v1';

/** One verdict about an image. */
interface PeriodVerdict {
  readonly at: string;
  readonly outcome: StoredImage['outcome'];
  readonly policy: string | null;
  /** Digest of the report, or of the signed verdict where there is no report. */
  readonly source: string;
  /** Who signed a verdict of this time and policy; null when none was given. */
  readonly signedBy: string | null;
}

/** Something that was accepted although a rule is against it. */
export interface PeriodException {
  readonly code: string;
  readonly message: string;
  /** When a verdict first and last rested on it. */
  readonly first: string;
  readonly last: string;
}

/** Something that an auditor would ask about. */
interface PeriodGap {
  readonly code: GapCode;
  readonly message: string;
}

/** Kinds of gaps. */
type GapCode =
  | 'AS_OF'
  | 'BREAK_GLASS_UNREVIEWED'
  | 'DATA_NOT_READ'
  | 'LAST_VERDICT_ERROR'
  | 'LAST_VERDICT_FAILED'
  | 'NO_POLICY'
  | 'NOT_IDENTIFIED'
  | 'PUBLISHED_UNVERIFIED'
  | 'REPORT_CONTRADICTED'
  | 'REPORT_MISSING'
  | 'UNSIGNED';

/** An image by its content, and all that was said of it in the period. */
export interface Release {
  readonly content: readonly string[];
  readonly names: readonly string[];
  readonly references: readonly string[];
  /** Null when no run of the period published it. */
  readonly published: { readonly first: string; readonly last: string; readonly tags: readonly string[] } | null;
  /** Earliest first. */
  readonly verdicts: readonly PeriodVerdict[];
  /** Of the last verdict. */
  readonly outcome: StoredImage['outcome'];
  readonly stages: readonly {
    readonly stage: string;
    readonly verdict: string;
    readonly approvedBy: readonly string[];
  }[];
  readonly approvals: readonly StoredApproval[];
  readonly exceptions: readonly PeriodException[];
  /** Stages that somebody let be skipped, and who has reviewed that by the last verdict which shows it. */
  readonly breakGlass: readonly StoredBreakGlass[];
  /** Who fills more than one stage. */
  readonly ownWork: readonly { readonly principal: string; readonly stages: readonly string[] }[];
  readonly gaps: readonly PeriodGap[];
}

/** The account of a period. */
export interface Period {
  readonly schema: typeof PERIOD_SCHEMA;
  /** RFC 3339; included. */
  readonly from: string;
  /** RFC 3339; not included. */
  readonly to: string;
  readonly totals: {
    readonly reports: number;
    /** Reports of the period that hold a verdict, each once. */
    readonly counted: number;
    readonly releases: number;
    readonly published: number;
    readonly passed: number;
    readonly withExceptions: number;
    readonly withBreakGlass: number;
    readonly withOwnWork: number;
    readonly withGaps: number;
  };
  /** Reports that are no part of it, and why; in the order of their names. */
  readonly notCounted: readonly { readonly file: string; readonly why: string }[];
  readonly releases: readonly Release[];
}

/** A report by the name of its file: its verdict, or why there is none. */
export interface PeriodSource {
  readonly file: string;
  readonly verdict: StoredVerdict | undefined;
  /** Set when the file could not be read as a report. */
  readonly problem?: string;
}

/** The account of `from ≤ t < to`. */
export function accountOf(sources: readonly PeriodSource[], { from, to }: { from: Date; to: Date }): Period {
  const notCounted: { file: string; why: string }[] = [];
  const counted = new Map<string, StoredVerdict>();
  for (const { file, verdict, problem } of [...sources].sort((a, b) => compareText(a.file, b.file))) {
    const why = problem ?? whyNot(verdict, { from, to });
    const same = verdict && counted.has(verdict.source);
    if (why !== undefined || same) notCounted.push({ file, why: why ?? 'the same report was given before' });
    else if (verdict) counted.set(verdict.source, verdict);
  }
  const verdicts = [...counted.values()].sort((a, b) => compareText(a.at, b.at) || compareText(a.source, b.source));
  const releases = releasesOf(verdicts);
  return {
    schema: PERIOD_SCHEMA,
    from: from.toISOString(),
    to: to.toISOString(),
    totals: {
      reports: sources.length,
      counted: counted.size,
      releases: releases.length,
      published: releases.filter(({ published }) => published).length,
      passed: releases.filter(({ outcome }) => outcome === 'passed').length,
      withExceptions: releases.filter(({ exceptions }) => exceptions.length > 0).length,
      withBreakGlass: releases.filter(({ breakGlass }) => breakGlass.length > 0).length,
      withOwnWork: releases.filter(({ ownWork }) => ownWork.length > 0).length,
      withGaps: releases.filter(({ gaps }) => gaps.length > 0).length,
    },
    notCounted,
    releases,
  };
}

function whyNot(verdict: StoredVerdict | undefined, { from, to }: { from: Date; to: Date }): string | undefined {
  if (!verdict) return 'its run gave no verdict';
  const at = Date.parse(verdict.at);
  return at >= from.getTime() && at < to.getTime() ? undefined : `its verdict is of ${verdict.at}`;
}

/** Images by content; one that nothing was learnt of stands by its name. */
function releasesOf(verdicts: readonly StoredVerdict[]): readonly Release[] {
  const mentions = new Map<string, Mention[]>();
  for (const verdict of verdicts)
    for (const image of verdict.images) {
      const key = image.contentDigests.length > 0 ? sorted(image.contentDigests).join(' ') : `? ${image.name}`;
      if (!mentions.get(key)?.push({ verdict, image })) mentions.set(key, [{ verdict, image }]);
    }
  return [...mentions].sort(([a], [b]) => compareText(a, b)).map(([, all]) => releaseOf(all.sort(byTime)));
}

/** Of copies that were judged at one time, in one run or several, the one that had not passed has the last word. */
function byTime(a: Mention, b: Mention): number {
  const [one, other] = [a, b].map(({ image }) => Number(image.outcome !== 'passed'));
  return compareText(a.verdict.at, b.verdict.at) || (one ?? 0) - (other ?? 0);
}

function releaseOf(given: readonly Mention[]): Release {
  const { all, alone, signatures } = joined(given);
  const last = all.at(-1);
  if (!last) throw new Error('a release without a verdict');
  // A signed verdict names nobody who approved.
  const told = all.findLast((one) => !alone.includes(one)) ?? last;
  const published = all.filter(({ verdict, image }) => verdict.published !== null && image.outcome !== 'error');
  const [first] = published;
  const release = {
    content: sorted(last.image.contentDigests),
    names: sorted(all.map(({ image }) => image.name)),
    references: sorted(all.flatMap(({ image }) => image.reference ?? [])),
    published: first
      ? {
          first: first.verdict.at,
          last: published.at(-1)?.verdict.at ?? first.verdict.at,
          tags: sorted(published.flatMap(({ verdict }) => verdict.published ?? [])),
        }
      : null,
    verdicts: all.map((one) => {
      const { at, policy, source, signedBy } = one.verdict;
      const by = signedBy ?? signatures.get(one)?.verdict.signedBy ?? null;
      return { at, outcome: one.image.outcome, policy, source, signedBy: by };
    }),
    outcome: last.image.outcome,
    stages: told.image.stages.map(({ stage, verdict, approvedBy }) => ({ stage, verdict, approvedBy })),
    approvals: approvalsOf(all),
    exceptions: exceptionsOf(all),
    breakGlass: breakGlassOf(all),
    ownWork: ownWorkOf(told.image),
  };
  const denied = [...signatures].some(([report, { image }]) => report.image.outcome !== image.outcome);
  return { ...release, gaps: [...gapsOf(last, published, release.breakGlass), ...signedGaps(alone.length, denied)] };
}

/** Each once; what the last verdict says of it stands. */
function approvalsOf(all: readonly Mention[]): readonly StoredApproval[] {
  const found = new Map(
    all.flatMap(({ image }) => image.approvals).map((one) => [`${one.digest} ${one.credential}`, one] as const),
  );
  return [...found.values()].sort(
    (a, b) =>
      compareText(a.signedAt ?? '', b.signedAt ?? '') ||
      compareText(a.digest, b.digest) ||
      compareText(a.credential, b.credential),
  );
}

/** Remarks that say that a rule was set aside for this image. */
const EXCEPTION = /^(?:EVIDENCE_EXCEPTION|EVIDENCE_VEX|BREAK_GLASS)$/;

function exceptionsOf(all: readonly Mention[]): readonly PeriodException[] {
  const found = new Map<string, PeriodException>();
  for (const { verdict, image } of all)
    for (const { code, message } of everyReason(image)) {
      if (!EXCEPTION.test(code)) continue;
      const key = `${code} ${message}`;
      found.set(key, { code, message, first: found.get(key)?.first ?? verdict.at, last: verdict.at });
    }
  return [...found].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
}

/** Each once, as the last verdict that shows it says: a statement that was taken away since stays in the account. */
function breakGlassOf(all: readonly Mention[]): readonly StoredBreakGlass[] {
  const found = new Map(all.flatMap(({ image }) => image.breakGlass).map((one) => [`${one.stage} ${one.digest}`, one]));
  return [...found.values()].sort((a, b) => compareText(a.from, b.from) || compareText(a.digest, b.digest));
}

function everyReason({ reasons, stages }: StoredImage): readonly StoredReason[] {
  return [...reasons, ...stages.flatMap((stage) => stage.reasons)];
}

function ownWorkOf({ stages }: StoredImage): Release['ownWork'] {
  const filled = new Map<string, string[]>();
  for (const { stage, approvedBy } of stages)
    for (const principal of new Set(approvedBy))
      if (!filled.get(principal)?.push(stage)) filled.set(principal, [stage]);
  return sorted([...filled.keys()]).flatMap((principal) => {
    const own = filled.get(principal) ?? [];
    return own.length > 1 ? [{ principal, stages: own }] : [];
  });
}

function signedGaps(alone: number, denied: boolean): readonly PeriodGap[] {
  const missing = `no report was given of ${alone} signed ${alone === 1 ? 'verdict' : 'verdicts'}: it would say who approved`;
  return [
    ...(alone > 0 ? [{ code: 'REPORT_MISSING', message: missing } as const] : []),
    ...(denied
      ? [
          {
            code: 'REPORT_CONTRADICTED',
            message: 'a report says otherwise than the signed verdict of its time',
          } as const,
        ]
      : []),
  ];
}

function gapsOf(
  { verdict, image }: Mention,
  published: readonly Mention[],
  breakGlass: Release['breakGlass'],
): readonly PeriodGap[] {
  const open = breakGlass
    .filter(({ reviewedBy }) => reviewedBy.length === 0)
    .map(({ stage, by }) => `${stage} by ${by}`);
  const failed = image.stages
    .filter(({ verdict: said }) => said !== 'passed' && said !== 'break-glass')
    .map(({ stage }) => stage);
  const where = failed.length > 0 ? `: ${failed.join(', ')}` : '';
  const unverified = published.filter(({ image: one }) => one.outcome !== 'passed');
  const rules: readonly (readonly [boolean, GapCode, string])[] = [
    [verdict.asOf, 'AS_OF', 'the last verdict is about a time that was given, not about its own'],
    [open.length > 0, 'BREAK_GLASS_UNREVIEWED', `broken glass is not reviewed: ${open.join(', ')}`],
    [!image.dataVerified, 'DATA_NOT_READ', 'the last verdict was given without reading the data'],
    [image.outcome === 'error', 'LAST_VERDICT_ERROR', 'the image could not be read'],
    [image.outcome === 'failed', 'LAST_VERDICT_FAILED', `the last verdict failed${where}`],
    [verdict.policy === null, 'NO_POLICY', 'the last verdict was given without a policy'],
    [image.contentDigests.length === 0, 'NOT_IDENTIFIED', 'no content is known, only a name'],
    [unverified.length > 0, 'PUBLISHED_UNVERIFIED', 'it was published on a verdict that had not passed'],
    [image.unsigned, 'UNSIGNED', 'nobody has signed it'],
  ];
  return rules.flatMap(([applies, code, message]) => (applies ? [{ code, message }] : []));
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}
