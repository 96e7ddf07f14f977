// SPDX-License-Identifier: Apache-2.0
// A glob as text → what each part of a path must be. Braces give alternatives, `**` any number of folders, `*`, `?` and
// `[a-z]` stand for characters of one name. What would mean something else to another program is refused.

import { UsageError } from '../base/errors.ts';

/** What one part of a path must be. */
export type GlobSegment =
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'any-depth' }
  | { readonly is: 'match'; readonly matches: (name: string) => boolean };

/** One alternative of a glob. */
export interface GlobPattern {
  readonly absolute: boolean;
  readonly segments: readonly GlobSegment[];
}

/** Alternatives of one glob. */
const MAX_ALTERNATIVES = 1000;

/** True for a text that is more than a path. */
export function isGlob(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

/**
 * The alternatives of a glob; a backslash separates names like a slash.
 * @throws UsageError USAGE_INVALID_INPUT
 */
export function parseGlob(text: string): readonly GlobPattern[] {
  if (/[?*+@!]\(|\[[^\]]*\[[.:=]/.test(text)) throw refused(text, 'has a form of pattern that is not understood');
  return expandBraces(text.replaceAll('\\', '/'), text).map((alternative) => ({
    absolute: alternative.startsWith('/'),
    segments: alternative
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .filter((part, index, parts) => part !== '**' || parts[index - 1] !== '**')
      .map((part) => segmentOf(part, text)),
  }));
}

/** The paths at which the alternatives of a glob begin to be more than names. @throws UsageError USAGE_INVALID_INPUT */
export function globRoots(text: string): readonly string[] {
  return parseGlob(text).map(({ absolute, segments }) => {
    const end = segments.findIndex(({ is }) => is !== 'name');
    const names = segments.slice(0, end < 0 ? undefined : end).flatMap((one) => (one.is === 'name' ? one.name : []));
    return `${absolute ? '/' : ''}${names.join('/')}` || '.';
  });
}

function segmentOf(part: string, whole: string): GlobSegment {
  if (part === '**') return { is: 'any-depth' };
  const source = expressionOf(part, whole);
  if (source === undefined) return { is: 'name', name: part };
  const expression = compiled(source, whole);
  // As in a shell, hidden files must be asked for.
  const hidden = part.startsWith('.');
  return { is: 'match', matches: (name) => (hidden || !name.startsWith('.')) && expression.test(name) };
}

function compiled(source: string, whole: string): RegExp {
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch (cause) {
    throw refused(whole, 'has a range of characters from a higher to a lower one', cause);
  }
}

/** A regular expression for one name; undefined when nothing in it stands for anything else. */
function expressionOf(part: string, whole: string): string | undefined {
  let source = '';
  let magic = false;
  for (let at = 0; at < part.length; ) {
    const char = String.fromCodePoint(part.codePointAt(at) ?? 0);
    const set = char === '[' ? characterSet(part, at) : undefined;
    magic ||= char === '*' || char === '?' || set !== undefined;
    if (set) source += set.source;
    else if (char === '*') source += source.endsWith('.*') ? '' : '.*';
    else source += char === '?' ? '.' : escaped(char);
    at = set ? set.end : at + char.length;
  }
  if ((source.match(/\.\*/g)?.length ?? 0) > 16) throw refused(whole, 'has more than 16 stars in one name');
  return magic ? source : undefined;
}

/** `[abc]`, `[a-z]`, `[!a]`; undefined when the bracket is not closed. */
function characterSet(part: string, open: number): { readonly source: string; readonly end: number } | undefined {
  const negated = part[open + 1] === '!' || part[open + 1] === '^';
  const start = open + (negated ? 2 : 1);
  const close = part.indexOf(']', start + 1);
  if (close < 0) return undefined;
  const inner = part.slice(start, close).replace(/[\\\]^[]/g, '\\$&');
  // A hyphen at either end stands for itself.
  const source = inner.replace(/^-/, '\\-').replace(/(?<!\\)-$/, '\\-');
  return { source: `[${negated ? '^' : ''}${source}]`, end: close + 1 };
}

function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function expandBraces(text: string, whole: string): readonly string[] {
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
    const group = groupAt(text, open, whole);
    if (!group) continue;
    const tails = expandBraces(text.slice(group.end), whole);
    const inner = group.parts.flatMap((part) => expandBraces(part, whole));
    if (inner.length * tails.length > MAX_ALTERNATIVES)
      throw refused(whole, `stands for more than ${MAX_ALTERNATIVES} patterns`);
    return inner.flatMap((part) => tails.map((tail) => text.slice(0, open) + part + tail));
  }
  return [text];
}

/** The parts between braces; undefined when they are not closed or hold nothing to choose from. */
function groupAt(
  text: string,
  open: number,
  whole: string,
): { readonly parts: readonly string[]; readonly end: number } | undefined {
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (depth > 1 || (depth === 1 && char !== ',')) continue;
    if (depth === 1 || depth === 0) parts.push(text.slice(start, at));
    start = at + 1;
    if (depth > 0) continue;
    const [only = '', second] = parts;
    if (second !== undefined) return { parts, end: at + 1 };
    return only.includes('..') && !only.includes('{') ? { parts: rangeOf(only, whole), end: at + 1 } : undefined;
  }
  return undefined;
}

/** `1..12` and `01..12`. */
function rangeOf(text: string, whole: string): readonly string[] {
  const [, from = '', to = ''] = /^([0-9]{1,9})\.\.([0-9]{1,9})$/.exec(text) ?? [];
  const count = Number(to) - Number(from) + 1;
  if (from === '' || count < 1 || count > MAX_ALTERNATIVES)
    throw refused(whole, `has the range {${text}}, which is not understood`);
  const width = from.startsWith('0') || to.startsWith('0') ? Math.max(from.length, to.length) : 0;
  return Array.from({ length: count }, (_, index) => String(Number(from) + index).padStart(width, '0'));
}

function refused(pattern: string, why: string, cause?: unknown): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `the pattern ${JSON.stringify(pattern.slice(0, 200))} ${why}`, {
    hint: 'use *, ?, [a-z], {a,b} and **, or several patterns, one a line',
    cause,
  });
}
