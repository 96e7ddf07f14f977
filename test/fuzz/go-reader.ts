// SPDX-License-Identifier: Apache-2.0
// Manifests as a program written in Go reads them: names without regard to case, a later member over an earlier one, in
// lists and objects too; null leaves what is there. Written from the documentation of encoding/json, with nothing of src.

type Value = null | boolean | number | string | Value[] | Pairs;
/** Members of an object, in order, every one. */
interface Pairs {
  readonly pairs: readonly (readonly [string, Value])[];
}

/** What a program acts on in a descriptor. */
export interface Entry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const NOTHING: Entry = { mediaType: '', digest: '', size: 0 };

/** What such a program finds. */
export interface GoReading {
  readonly mediaType: string | undefined;
  readonly config: Entry | undefined;
  readonly layers: readonly Entry[];
  readonly manifests: readonly Entry[];
  readonly subject: Entry | undefined;
}

/** Undefined when it is no JSON object. */
export function goReading(bytes: Uint8Array): GoReading | undefined {
  let document: Value;
  try {
    document = new Reader(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).document();
  } catch {
    return undefined;
  }
  if (!isPairs(document)) return undefined;
  return {
    mediaType: textOf(document, 'mediaType'),
    config: entryOf(last(document, 'config')),
    layers: listOf(document, 'layers'),
    manifests: listOf(document, 'manifests'),
    subject: entryOf(last(document, 'subject')),
  };
}

function isPairs(value: Value | undefined): value is Pairs {
  return typeof value === 'object' && value !== null && 'pairs' in value;
}

function same(name: string, wanted: string): boolean {
  return name.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase() === wanted.toLowerCase();
}

/** The value that counts: objects given twice are merged, null changes nothing. */
function last(object: Pairs, wanted: string): Value | undefined {
  const found = object.pairs.filter(([name, value]) => same(name, wanted) && value !== null).map(([, value]) => value);
  const value = found.at(-1);
  return isPairs(value) ? { pairs: found.flatMap((one) => (isPairs(one) ? one.pairs : [])) } : value;
}

function textOf(object: Pairs, name: string): string | undefined {
  const value = last(object, name);
  return typeof value === 'string' ? value : undefined;
}

function entryOf(value: Value | undefined): Entry | undefined {
  if (!isPairs(value)) return undefined;
  const size = last(value, 'size');
  const digest = textOf(value, 'digest') ?? '';
  return { mediaType: textOf(value, 'mediaType') ?? '', digest, size: typeof size === 'number' ? size : 0 };
}

function listOf(object: Pairs, name: string): readonly Entry[] {
  const value = last(object, name);
  return Array.isArray(value) ? value.map((item) => entryOf(item) ?? NOTHING) : [];
}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Value {
    const value = this.#value();
    if (this.#next() !== '') throw new Error('more after the document');
    return value;
  }

  #next(): string {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  #take(wanted: string): void {
    if (this.#next() !== wanted) throw new Error(`no ${wanted}`);
    this.#at += 1;
  }

  #value(): Value {
    const next = this.#next();
    if (next === '{') return { pairs: this.#items('{', '}', () => this.#pair()) };
    if (next === '[') return this.#items('[', ']', () => this.#value());
    const [token = ''] = /^(?:"(?:[^"\\]|\\.)*"|[^\s,\]}]+)/s.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += token.length;
    return JSON.parse(token);
  }

  #pair(): readonly [string, Value] {
    const name = this.#value();
    if (typeof name !== 'string') throw new Error('no name');
    this.#take(':');
    return [name, this.#value()];
  }

  #items<T>(open: string, close: string, read: () => T): T[] {
    const items: T[] = [];
    this.#take(open);
    if (this.#next() !== close)
      for (;;) {
        items.push(read());
        if (this.#next() !== ',') break;
        this.#take(',');
      }
    this.#take(close);
    return items;
  }
}
