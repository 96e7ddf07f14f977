// SPDX-License-Identifier: Apache-2.0
// What a command that moves an image says about the verdict on it, and that none was asked for when none was.

import type { Host } from './host.ts';
import type { Criteria } from '../image/verify.ts';
import { combineVerdict } from '../policy/evaluate.ts';
import type { ImageVerdict, Verdict } from '../policy/verdict.ts';
import { findingsOf } from '../report/wording.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderText } from '../report/text.ts';
import type { OutputSpec } from './inputs/spec.ts';

const UNVERIFIED = 'not verified: no policy, keys or anchors were given';

/** Whether anybody verified what a command moved. */
export const VERIFIED_OUTPUT: OutputSpec = {
  name: 'verified',
  description:
    '`true` when trust inputs were given and the verdict about the image passed, else `false`. Without trust inputs `verdict` says only that the step did its work.',
  example: 'true',
};

/** One verdict in the forms that a result needs. */
export interface PresentedVerdict {
  /** The verdict document; undefined when none was asked for, or none was reached. */
  readonly verdict: Verdict | undefined;
  readonly verified: boolean;
  /** The report for people, to stand before the result. */
  readonly text: string;
  /** A line that belongs to the result: that nothing was verified. Empty otherwise. */
  readonly note: string;
  readonly markdown: () => string;
}

/** The verdict about one image as the result shows it; its findings are annotated. */
export function presentVerdict(
  verdict: ImageVerdict | undefined,
  { criteria, host }: { readonly criteria: Criteria | undefined; readonly host: Host },
): PresentedVerdict {
  const nothing = { verdict: undefined, verified: false, text: '' };
  if (!criteria) return { ...nothing, note: `  ${UNVERIFIED}\n`, markdown: () => `_${UNVERIFIED}_\n` };
  if (!verdict) return { ...nothing, note: '', markdown: () => '' };
  const whole = combineVerdict([verdict], {
    now: criteria.now,
    asOf: false,
    policy: criteria.policy && { name: criteria.policy.name, digest: criteria.policy.digest },
  });
  for (const finding of findingsOf(whole)) host.finding(finding);
  return {
    verdict: whole,
    verified: whole.verdict === 'passed',
    text: renderText(whole),
    note: '',
    markdown: () => renderMarkdown(whole),
  };
}
