// SPDX-License-Identifier: Apache-2.0
// The keys `from` and `until`: since when and how long a principal or one of their credentials counts.

import { isDay } from '../../base/text.ts';
import * as f from './fields.ts';
import type { Window } from './model.ts';

const DAY_MS = 86_400_000;
const TIME_FORM = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/;
const TIME = f.line({
  pattern: TIME_FORM,
  check: (text) =>
    TIME_FORM.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))
      ? undefined
      : { problem: 'is no day and no time in UTC', hint: 'write "2027-01-31" or "2027-01-31T12:00:00Z", in quotes' },
});

/** Members of whoever counts for a time alone. */
export const WINDOW = {
  from: { about: 'What was approved before this day or time does not count.', field: TIME, absent: undefined },
  until: {
    about: 'The last day that counts, or the time from which on nothing counts.',
    field: TIME,
    absent: undefined,
  },
} as const;

/** `from` and `until` as they are written. */
export interface WrittenWindow {
  readonly from?: f.Located | undefined;
  readonly until?: f.Located | undefined;
}

/** The time that all of these have in common; undefined when none is limited. @throws PolicyError POLICY_CONTRADICTION */
export function windowOf(...written: readonly WrittenWindow[]): { readonly window?: Window } {
  const starts = written.flatMap(({ from }) => (from ? [{ place: from, time: Date.parse(from.value) }] : []));
  const ends = written.flatMap(({ until }) => (until ? [{ place: until, time: endOf(until.value) }] : []));
  const [start] = starts.toSorted((a, b) => b.time - a.time);
  const [end] = ends.toSorted((a, b) => a.time - b.time);
  if (!start && !end) return {};
  if (start && end && start.time >= end.time)
    throw f.problemAt(
      end.place,
      'POLICY_CONTRADICTION',
      `nothing is both from ${start.place.value} on and until ${end.place.value}`,
      'correct one of the two; a principal and a credential count in the time that both have in common',
    );
  return { window: { ...(start ? { from: start.time } : {}), ...(end ? { until: end.time } : {}) } };
}

function endOf(text: string): number {
  return Date.parse(text) + (text.length === 10 ? DAY_MS : 0);
}

/** One text, or a map with the text and a window. */
export function windowed(
  plain: f.Field<f.Located>,
  bounded: f.Field<f.Located & WrittenWindow>,
): f.Field<f.Located & WrittenWindow> {
  return {
    schema: { anyOf: [plain.schema, bounded.schema] },
    read: (node, what) => (node.kind === 'map' ? bounded : plain).read(node, what),
  };
}
