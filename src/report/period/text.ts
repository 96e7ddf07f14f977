// SPDX-License-Identifier: Apache-2.0
// The account of a period → text for people: the totals, then every release with what an auditor asks first.

import { shortDigest } from '../../base/bytes.ts';
import { counted, printable, toSecond } from '../../base/text.ts';
import type { Period, Release } from './period.ts';

/** Text report, final line end included. */
export function renderPeriod(period: Period): string {
  const { from, to, notCounted, releases } = period;
  const lines = [
    `${toSecond(from)} to ${toSecond(to)}: ${sizeOf(period)}`,
    `  ${sharesOf(period)}`,
    ...releases.flatMap(releaseLines),
    ...(notCounted.length === 0 ? [] : ['not counted']),
    ...notCounted.map(({ file, why }) => `  ${file}: ${why}`),
  ];
  return `${lines.map((line) => printable(line, 2000)).join('\n')}\n`;
}

/** How much there is in it. */
export function sizeOf({ totals }: Period): string {
  return `${counted(totals.releases, 'release')} in ${counted(totals.counted, 'report')}`;
}

/** How many of the releases are so. */
export function sharesOf({ totals }: Period): string {
  return `${totals.passed} passed, ${totals.published} published, ${totals.withExceptions} with exceptions, ${totals.withBreakGlass} with broken glass, ${totals.withOwnWork} with own work approved, ${totals.withGaps} with gaps`;
}

function releaseLines(release: Release): readonly string[] {
  const mark = { passed: '✓', failed: '✗', error: '?' }[release.outcome];
  const published = release.published
    ? `  published ${toSecond(release.published.last)} ${release.published.tags.join(' ')}`
    : '';
  return [
    `${mark} ${release.names.join(', ')}  ${release.content.map(shortDigest).join(' ')}${published}`,
    ...release.stages.map(
      ({ stage, verdict, approvedBy }) => `    ${stage}: ${verdict}, by ${approvedBy.join(', ') || 'nobody'}`,
    ),
    ...remarksOf(release).map((line) => `    ${line}`),
  ];
}

/** What an auditor asks about a release, a line for each. */
export function remarksOf(release: Release): readonly string[] {
  return [
    ...release.ownWork.map(({ principal, stages }) => `own work: ${principal} filled ${stages.join(' and ')}`),
    ...release.exceptions.map(({ message }) => `exception: ${message}`),
    ...release.breakGlass.map(
      ({ stage, by, ticket, until, reviewedBy }) =>
        `break glass: ${stage} by ${by} until ${until} (${ticket}), ${reviewedBy.length > 0 ? `reviewed by ${reviewedBy.join(', ')}` : 'not reviewed'}`,
    ),
    ...release.gaps.map(({ message }) => `gap: ${message}`),
  ];
}
