// SPDX-License-Identifier: Apache-2.0
// What may be printed: no registered secret, no terminal control sequence, no workflow command hidden in a text that
// came from an image, a registry or a tool.

import { visibleLine, visibleLines } from '../base/text.ts';
import type { SecretOrigin } from '../commands/host.ts';

const REPLACEMENT = '***';
/** No form is shorter: such texts would riddle a log when masked. */
const MIN_CHARS = 4;
/** For secrets that nobody gave: who has `pass` in a file does not expect it to be taken out of every `passed`. */
const MIN_CHARS_FOUND = 8;
/** Bytes from the middle of a secret that say enough about it to be hidden in Base64. */
const MIN_MIDDLE_BYTES = 6;
/** What shorter secrets have in common with a digest or a fingerprint is chance. */
const MIN_CHARS_IN_DIGEST = 16;
/** What our own cutting leaves at the end of a text, and how much of a secret before it is worth hiding. */
const CUT = '…';
const MIN_CHARS_CUT = 8;
const DIGEST = /(?<![0-9A-Za-z])[0-9A-Fa-f]{40,}(?![0-9A-Za-z])/g;
/** What our own escaping puts for a character: see report/wording.ts and base/text.ts. */
const ESCAPED = /<\/?span>|&?#(\d{1,7});|\\u\{([0-9a-f]{1,6})\}|\\u([0-9a-f]{4})/g;

/** From, to. */
type Range = readonly [number, number];

/** Remembers the texts that must never be printed and removes them, in all their forms, from everything that is. */
export class Redactor {
  readonly #forms = new Set<string>();
  /** The forms by how they begin: a key of many lines must not slow down every line of a log. */
  readonly #byStart = new Map<string, string[]>();
  /** Which characters begin a form, by the low bits of their codes: most places in a text need no look at the forms. */
  readonly #firsts = new Uint8Array(256);
  readonly #withheld = new Set<string>();

  /**
   * Registers a secret; those under 4 characters are ignored, they would riddle the log, and those under 8 that were
   * found and not given.
   * @param origin children may have all but what was given: a helper that reads a login from its environment is asked again
   * @returns the forms that were not known before
   */
  add(secret: string, origin: SecretOrigin = 'given'): readonly string[] {
    const forms = [...secretForms(secret, origin === 'found' ? MIN_CHARS_FOUND : MIN_CHARS)];
    const fresh = forms.filter((form) => !this.#forms.has(form));
    for (const form of fresh) {
      this.#forms.add(form);
      const start = form.slice(0, MIN_CHARS);
      this.#firsts[form.charCodeAt(0) & 0xff] = 1;
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), form]);
    }
    if (origin === 'given') for (const form of forms) this.#withheld.add(form);
    return fresh;
  }

  /** The text without secrets, whether they stand there as they are or escaped as reports escape them. */
  apply(text: string): string {
    const hits = [...this.#find(text), ...this.#findEscaped(text)].sort(([a], [b]) => a - b);
    if (hits.length === 0) return text;
    let result = '';
    let end = 0;
    for (const [from, to] of hits) {
      if (from >= end) result += `${text.slice(end, from)}${REPLACEMENT}`;
      end = Math.max(end, to);
    }
    return result + text.slice(end);
  }

  /** Whether a text is, or in the case of longer secrets contains, a registered one. */
  knows(text: string): boolean {
    return [...this.#withheld].some((form) => text === form || (form.length >= 8 && text.includes(form)));
  }

  #find(text: string): readonly Range[] {
    const hits: Range[] = [];
    if (this.#forms.size > 0)
      for (let at = 0; at + MIN_CHARS <= text.length; at += 1) {
        if (this.#firsts[text.charCodeAt(at) & 0xff] === 0) continue;
        for (const form of this.#byStart.get(text.slice(at, at + MIN_CHARS)) ?? []) {
          const length = shownLength(form, text, at);
          if (length > 0) hits.push([at, at + length]);
        }
      }
    const short = hits.some(([from, to]) => to - from < MIN_CHARS_IN_DIGEST);
    if (!short) return hits;
    const digests = [...text.matchAll(DIGEST)].map(({ index, 0: { length } }) => [index, index + length] as const);
    const inDigest = ([from, to]: Range) => digests.some(([start, end]) => start <= from && to <= end);
    return hits.filter((hit) => hit[1] - hit[0] >= MIN_CHARS_IN_DIGEST || !inDigest(hit));
  }

  #findEscaped(text: string): readonly Range[] {
    const plain = unescaped(text);
    if (!plain) return [];
    const at = (index: number) => plain.positions[index] ?? text.length;
    return this.#find(plain.text).map(([from, to]): Range => [at(from), at(to - 1) + (plain.lengths[to - 1] ?? 1)]);
  }
}

/**
 * Every form of a secret, none shorter than `minChars`. The frame of a PEM text and lines that short are no secrets;
 * a secret that is that short itself has no form at all.
 */
function secretForms(secret: string, minChars: number = MIN_CHARS): ReadonlySet<string> {
  const text = secret.trim();
  const forms = new Set<string>();
  for (const line of [text, ...text.split(/[\r\n]+/).map((one) => one.trim())])
    if (line.length >= minChars && (line === text || !line.startsWith('-----')))
      for (const form of [line, ...escapedForms(line)]) forms.add(form);
  if (text.length < minChars) return forms;
  for (const encoded of [secret, text].flatMap(base64Forms)) {
    forms.add(encoded);
    forms.add(encoded.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

function escapedForms(text: string): readonly string[] {
  const wellFormed = text.toWellFormed();
  return [
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(wellFormed),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    visibleLine(text),
    visibleLines(text),
  ];
}

/** Alone, and in the middle of something longer, where it may begin at any of the three bytes that make four characters. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const middles = [0, 1, 2].map((start) => bytes.subarray(start, bytes.length - ((bytes.length - start) % 3)));
  const whole = bytes.toString('base64');
  return [
    whole,
    whole.replace(/=+$/, ''),
    ...middles.filter(({ length }) => length >= MIN_MIDDLE_BYTES).map((middle) => middle.toString('base64')),
  ];
}

/** How much of a secret stands at a place: all of it, or what is left of it where a text was cut; else 0. */
function shownLength(form: string, text: string, at: number): number {
  if (text.startsWith(form, at)) return form.length;
  let length = MIN_CHARS;
  while (length < form.length && text[at + length] === form[length]) length += 1;
  return length >= MIN_CHARS_CUT && text[at + length] === CUT ? length : 0;
}

interface Unescaped {
  readonly text: string;
  /** Where each character of it stands in the escaped text, and how long it is there. */
  readonly positions: readonly number[];
  readonly lengths: readonly number[];
}

/** The text that was escaped; undefined when nothing is. */
function unescaped(text: string): Unescaped | undefined {
  if (!/[<#\\]/.test(text)) return undefined;
  const parts: string[] = [];
  const [positions, lengths]: [number[], number[]] = [[], []];
  const push = (part: string, position: number, length: number | undefined) => {
    parts.push(part);
    for (let index = 0; index < part.length; index += 1) {
      positions.push(length === undefined ? position + index : position);
      lengths.push(length ?? 1);
    }
  };
  let end = 0;
  for (const { 0: whole, 1: decimal, 2: braced, 3: plain, index } of text.matchAll(ESCAPED)) {
    push(text.slice(end, index), end, undefined);
    const code = decimal === undefined ? Number.parseInt(braced ?? plain ?? '', 16) : Number(decimal);
    push(code <= 0x10ffff ? String.fromCodePoint(code) : '', index, whole.length);
    end = index + whole.length;
  }
  if (end === 0) return undefined;
  push(text.slice(end), end, undefined);
  return { text: parts.join(''), positions, lengths };
}

/** The text with everything the runner would take for a workflow command made harmless. */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(/^(\s*)::/gm, '$1\\::').replaceAll('##[', '# #[');
}

/** What gates of workflows compare with. */
const GATE_WORDS = ['passed', 'failed', 'error', 'true', 'false'];

/** Whether a text is in one of the words that gates compare with: a runner that hides it would hide the word, too. */
export function isInGateWord(text: string): boolean {
  return GATE_WORDS.some((word) => word.includes(text));
}
