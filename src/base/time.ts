// SPDX-License-Identifier: Apache-2.0
// Times as people and our own documents read them: RFC 3339 in UTC, to the second.

/** A time as `2026-11-22T12:00:00Z`; a text that is no time stays as it is. */
export function toSecond(time: Date | string): string {
  const date = typeof time === 'string' ? new Date(time) : time;
  if (!Number.isNaN(date.getTime())) return `${date.toISOString().slice(0, -5)}Z`;
  return typeof time === 'string' ? time : 'an impossible time';
}

/** True for a day of the calendar as `2026-11-22`; JavaScript takes the 30th of February for the 2nd of March. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
