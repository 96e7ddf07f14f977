// SPDX-License-Identifier: Apache-2.0
// What was published → Markdown for the job summary.

import { escapeMarkdown } from '../../report/wording.ts';

const MAX_LINE = 2000;

/** What was published, and on which verdict. */
export interface Publication {
  /** The verdict, Markdown. */
  readonly markdown: string;
  /** What else was done, plain text. */
  readonly remark?: string;
  /** `Published` or `Promoted to`. */
  readonly done: string;
  /** Reference with digest; undefined when nothing was published. */
  readonly pinned: string | undefined;
  readonly tags: readonly string[];
}

/** The verdict, what was done and where the image is now. */
export function publicationSummary({ markdown, remark = '', done, pinned, tags }: Publication): string {
  const [place, names] = [pinned ?? '', tags.join(', ')].map((text) => escapeMarkdown(text, MAX_LINE));
  const result = pinned
    ? `${done} <code>${place}</code>, tags: ${names}.`
    : `Not ${done.split(' ')[0]?.toLowerCase()}.`;
  const lines = remark.trim() === '' ? '' : `${escapeMarkdown(remark.trim(), MAX_LINE)}\n\n`;
  return `${markdown}\n${lines}${result}\n`;
}
