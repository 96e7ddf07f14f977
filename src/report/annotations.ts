// SPDX-License-Identifier: Apache-2.0
// Verdict → the few findings that become annotations: a runner shows ten per step, so nine are given and the rest counted.

import type { Reason } from '../findings/reason.ts';
import { isProblem } from '../policy/reasons.ts';
import type { ImageVerdict, Verdict } from '../policy/verdict.ts';
import { printable } from './foreign-text.ts';
import { worstFirst } from './wording.ts';

const DEFAULT_LIMIT = 9;

/** At most `limit` findings, then one line "and N more"; one line of plain text each, message first, hint after it. */
export function findingsOf(verdict: Verdict, limit: number = DEFAULT_LIMIT): readonly string[] {
  const all = [
    ...new Set(worstFirst(verdict.images).flatMap((image) => problemsOf(image).map((one) => findingLine(image, one)))),
  ];
  if (all.length <= limit) return all;
  return [...all.slice(0, limit), `and ${all.length - limit} more, see the summary`];
}

/** What failed, each thing once: the first reason of every stage that did not pass, then those of the image. */
function problemsOf(image: ImageVerdict): readonly Reason[] {
  if (image.verdict === 'passed') return [];
  const stages = image.stages.filter(({ verdict }) => verdict === 'failed' || verdict === 'missing');
  const reasons = [
    ...stages.flatMap((stage) => stage.reasons.find(isProblem) ?? []),
    ...image.reasons.filter(isProblem),
  ];
  return reasons.filter((one, index) => reasons.findIndex(({ message }) => message === one.message) === index);
}

function findingLine({ name }: ImageVerdict, { code, message, hint }: Reason): string {
  return printable(`${name}: ${message} [${code}]; ${hint}`, 1000);
}
