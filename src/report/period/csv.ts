// SPDX-License-Identifier: Apache-2.0
// The account of a period → CSV: a line for each approval of each release, and one for a release without any.

import { visibleLine } from '../../base/text.ts';
import type { Redact } from '../redacted-json.ts';
import type { Period, Release } from './period.ts';

const COLUMNS = `names content references published tags outcome verdict-at policy stages stage principal credential
  signed-at proven-at reason ticket expires own-work exceptions break-glass gaps`.split(/\s+/);

/**
 * The table with a line of names; several values in a cell are divided by `; `. `redact` takes the secrets out of each cell
 * before it is quoted.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function renderCsv({ releases }: Period, redact: Redact): string {
  const rows = releases.flatMap(rowsOf).map((row) => row.map((text) => redact(text)));
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function rowsOf(release: Release): readonly (readonly string[])[] {
  const last = release.verdicts.at(-1);
  const before = [
    release.names.join('; '),
    release.content.join('; '),
    release.references.join('; '),
    release.published?.last ?? '',
    release.published?.tags.join('; ') ?? '',
    release.outcome,
    last?.at ?? '',
    last?.policy ?? '',
    release.stages.map(({ stage, verdict }) => `${stage} ${verdict}`).join('; '),
  ];
  const after = [
    release.ownWork.map(({ principal, stages }) => `${principal}: ${stages.join(', ')}`).join('; '),
    release.exceptions.map(({ message }) => message).join('; '),
    release.breakGlass.map(glassText).join('; '),
    release.gaps.map(({ message }) => message).join('; '),
  ];
  const approvals = release.approvals.map((one) => [
    one.stage,
    one.principal ?? '',
    one.credential,
    one.signedAt ?? '',
    one.provenAt ?? '',
    one.reason ?? '',
    one.ticket ?? '',
    one.expires ?? '',
  ]);
  const rows = approvals.length > 0 ? approvals : [Array.from({ length: 8 }, () => '')];
  return rows.map((row) => [...before, ...row, ...after]);
}

function glassText({ stage, by, from, until, reason, ticket, reviewedBy }: Release['breakGlass'][number]): string {
  const review = reviewedBy.length > 0 ? `reviewed by ${reviewedBy.join(', ')}` : 'not reviewed';
  return `${stage} by ${by} from ${from} until ${until}: ${reason} (${ticket}), ${review}`;
}

/** A cell that a spreadsheet would take for a formula begins with an apostrophe, as it would be typed. */
function cell(text: string): string {
  const line = visibleLine(text);
  const plain = /^[=+\-@]/.test(line) ? `'${line}` : line;
  return /[",]|^\s|\s$/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
