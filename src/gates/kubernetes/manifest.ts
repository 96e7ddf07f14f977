// SPDX-License-Identifier: Apache-2.0
// Kubernetes objects as YAML for people: texts of several lines as blocks, every other text quoted as in JSON.

import type { JsonObject, JsonValue } from '../../base/json.ts';

/** The text of one object, with lines of comment before it. */
export function manifestText(comments: readonly string[], object: JsonObject): string {
  return [...comments.map((line) => `# ${plain(line)}`), ...linesOf(object), ''].join('\n');
}

function linesOf(value: JsonObject | readonly JsonValue[]): readonly string[] {
  if (isList(value)) return value.flatMap((item) => hung('-', item));
  return Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : hung(`${name}:`, item)));
}

/** A value behind its name or dash: on the line, or below it. */
function hung(lead: string, value: JsonValue): readonly string[] {
  if (typeof value === 'string' && value.endsWith('\n')) {
    const lines = value.slice(0, -1).split('\n');
    return [`${lead} |`, ...lines.map((line) => `  ${plain(line)}`)];
  }
  if (value === null || typeof value !== 'object') return [`${lead} ${plain(JSON.stringify(value))}`];
  const lines = linesOf(value);
  if (lines.length === 0) return [`${lead} ${isList(value) ? '[]' : '{}'}`];
  const [first = '', ...rest] = lines;
  return lead === '-'
    ? [`- ${first}`, ...rest.map((line) => `  ${line}`)]
    : [lead, ...lines.map((line) => `  ${line}`)];
}

/** With what YAML takes for an end of line, or does not take at all, escaped as in JSON. */
function plain(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}
