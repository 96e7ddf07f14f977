// SPDX-License-Identifier: Apache-2.0
// Times as people and our own documents read them: RFC 3339 in UTC, to the second.

/** A time as `2026-11-22T12:00:00Z`; a text that is no time stays as it is. */
export function toSecond(time: Date | string): string {
  const date = typeof time === 'string' ? new Date(time) : time;
  if (!Number.isNaN(date.getTime())) return `${date.toISOString().slice(0, -5)}Z`;
  return typeof time === 'string' ? time : 'an impossible time';
}
