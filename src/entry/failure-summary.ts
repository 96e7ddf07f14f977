// SPDX-License-Identifier: Apache-2.0
// What a failed step adds to the job summary. Messages may quote images, registries and tools.

import type { Redact } from '../report/redacted-json.ts';
import { escapeMarkdown } from '../report/foreign-text.ts';
import { type Failure, inDocument } from './outcome.ts';

const MAX_LINE = 2000;

/** Markdown: one item each for error, hint and causes. Secrets go before texts are cut and escaped. */
export function failureSummary(name: string, failure: Failure, redact: Redact): string {
  const item = (label: string, text: string) => {
    const lines = redact(text).split(/\r?\n/);
    return `- ${label}: ${lines.map((line) => escapeMarkdown(line, MAX_LINE)).join('<br>')}\n`;
  };
  const items = [
    item('error', `${inDocument(failure)}${failure.message}`),
    item('hint', failure.hint),
    ...failure.causes.map((cause) => item('cause', cause)),
  ];
  return `### ${name}: ${failure.code}\n\n${items.join('')}`;
}
