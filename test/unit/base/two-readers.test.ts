// SPDX-License-Identifier: Apache-2.0
// One document, two readers: what Go's JSON reader makes of it is recorded in test/vectors/json.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseForeignEnvelope } from '../../../src/attest/native-dsse.ts';
import { toBase64, utf8 } from '../../../src/base/bytes.ts';
import { CountersignError } from '../../../src/base/errors.ts';
import { assertUnambiguous, foldName } from '../../../src/base/members.ts';
import { parseManifest } from '../../../src/oci/manifest.ts';
import { MEDIA_TYPE, type OciDescriptor } from '../../../src/oci/oci.ts';
import { parseMetadata } from '../../../src/sif/integrity.ts';

const vector = (name: string) => readFileSync(new URL(`../../vectors/json/${name}`, import.meta.url), 'utf8');

describe('names as Go compares them', () => {
  const rows = vector('go-fold.txt').trim().split('\n').slice(1);
  const folds = new Map(rows.map((row) => row.split(' ').map((hex) => Number.parseInt(hex, 16)) as [number, number]));
  const goFold = (codePoint: number) => {
    const isSmall = codePoint >= 0x61 && codePoint <= 0x7a;
    return folds.get(codePoint) ?? (isSmall ? codePoint - 32 : codePoint);
  };

  test('every character folds to the same as those that Go folds it with', () => {
    const seen = new Map<number, string>();
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += 1) {
      if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
      const fold = foldName(String.fromCodePoint(codePoint));
      const other = seen.get(goFold(codePoint)) ?? fold;
      if (other !== fold) expect.fail(`U+${codePoint.toString(16)} folds to ${fold}, and not to ${other}`);
      seen.set(goFold(codePoint), fold);
    }
    expect(seen.size).toBeGreaterThan(1_100_000);
  });

  test('no others are joined, but characters newer than the Unicode 15 of that Go', () => {
    const newer = [
      [0x1c89, 0x1c8a],
      [0xa7cb, 0xa7dc],
      [0x10d50, 0x10d85],
      [0x16ea0, 0x16ed3],
    ] as const;
    const go = new Map<string, number>();
    const joined: number[] = [];
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += 1) {
      if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
      const fold = foldName(String.fromCodePoint(codePoint));
      const first = go.get(fold) ?? goFold(codePoint);
      go.set(fold, first);
      if (first !== goFold(codePoint)) joined.push(codePoint);
    }
    expect(joined.filter((at) => !newer.some(([from, to]) => at >= from && at <= to))).toEqual([]);
  });

  test.each([
    ['layers', 'layer\u017f', true],
    ['keyid', '\u212aeyid', true],
    ['config', 'CONFIG', true],
    ['digest', 'd\u0131gest', false],
    ['digest', 'd\u0130gest', false],
    ['ß', 'SS', false],
    ['Σ', 'ς', true],
  ])('%s and %s: %s', (one, other, same) => {
    expect(foldName(one) === foldName(other)).toBe(same);
  });
});

interface Row {
  readonly kind: 'manifest' | 'index' | 'envelope' | 'metadata';
  readonly name: string;
  readonly bytes: string;
  readonly go: unknown;
}

/** What we read, in the form in which Go's structures were written; undefined when it is refused. */
function ours({ kind, bytes }: Row): unknown {
  const document = Buffer.from(bytes, 'base64');
  if (kind === 'envelope') {
    const { payloadType, payload, signatures } = parseForeignEnvelope(document);
    const written = signatures.map(({ keyid, signature }) => ({ keyid: keyid ?? '', sig: toBase64(signature) }));
    return { payloadType, payload: toBase64(payload), signatures: written };
  }
  if (kind === 'metadata') {
    const { version, header, objects } = parseMetadata(document);
    const digest = (of?: { algorithm: string; hex: string }) => (of ? `${of.algorithm}:${of.hex}` : '');
    const entries = objects.map(({ relativeId, descriptorDigest, objectDigest }) => ({
      relativeId,
      descriptorDigest: digest(descriptorDigest),
      objectDigest: digest(objectDigest),
    }));
    return { version, header: { digest: digest(header) }, objects: entries };
  }
  const mediaType = kind === 'index' ? MEDIA_TYPE.index : MEDIA_TYPE.manifest;
  const parsed = parseManifest({ bytes: document, mediaType }, 'the manifest');
  const listed = (name: string, of: readonly OciDescriptor[]) => (of.length === 0 ? {} : { [name]: of });
  return {
    schemaVersion: 2,
    mediaType,
    ...(parsed.config ? { config: parsed.config } : {}),
    ...listed('layers', parsed.layers),
    ...listed('manifests', parsed.manifests),
    ...(parsed.subject ? { subject: parsed.subject } : {}),
  };
}

const AMBIGUOUS = ['REGISTRY_DOCUMENT_AMBIGUOUS', 'SIGNATURE_AMBIGUOUS', 'SIF_METADATA_AMBIGUOUS'];

describe('documents as Go reads them', () => {
  const rows: readonly Row[] = JSON.parse(vector('go-documents.json'));
  /** Ambiguous to nobody: other letters than they seem. */
  const READ = /^plain$|another letter|is a character|are two$/;
  /** Refused by every strict reader or by Go, for what no two readers need to be compared. */
  const MALFORMED =
    /with an exponent|with a fraction|twice|second document|byte order mark|no UTF-8|beyond exact|is null$/;

  test.each(rows.map((row) => [`${row.kind}, ${row.name}`, row] as const))('%s', (_, row) => {
    try {
      const read = ours(row);
      if (row.go !== null) expect(read).toEqual(row.go);
      expect(row.name).toMatch(READ);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      expect(row.name).not.toMatch(READ);
      if (!MALFORMED.test(row.name)) expect(AMBIGUOUS).toContain(error.code);
    }
  });
});

describe('an object', () => {
  const refuse = (text: string) => () => assertUnambiguous(JSON.parse(text), { keyid: 'text', note: 'object' }, 'it');
  const refused = expect.objectContaining({ code: 'DATA_JSON_AMBIGUOUS' });

  test('with any known name in any other case is refused', () => {
    const cased = fc.mixedCase(fc.constant('keyid'), { toggleCase: (c) => (c === 'k' ? '\u212a' : c.toUpperCase()) });
    fc.assert(
      fc.property(cased, (name) => {
        fc.pre(name !== 'keyid');
        expect(refuse(JSON.stringify({ [name]: 1 }))).toThrow(refused);
      }),
    );
  });

  test.each([
    ['two unknown names', '{"a":1,"A":2}'],
    ['two unknown names below unknown ones', '{"x":[{"y":{"a":1,"A":2}}]}'],
    ['a name with an underscore', '{"key_id":1}'],
    ['half of a surrogate pair in a text', '{"x":["\\ud800"]}'],
    ['half of a surrogate pair in a free name', '{"note":{"\\udc00":1}}'],
  ])('with %s is refused', (_, text) => {
    expect(refuse(text)).toThrow(refused);
  });

  test('of free names may have any', () => {
    expect(refuse('{"note":{"a":1,"A":{"b":1,"B":2}},"keyid":"KEYID"}')).not.toThrow();
  });

  test('costs no more than its size', () => {
    const names = Array.from({ length: 50_000 }, (__, at) => [String.fromCodePoint(0x1_0000 + at), 1]);
    const startMs = performance.now();
    expect(refuse(JSON.stringify(Object.fromEntries(names)))).toThrow(refused);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});

test('a known name in a bundle’s own envelope is refused in every case', () => {
  const envelope = { payloadType: 't', payload: '', signatures: [{ sig: 'AQID' }] };
  expect(() => parseForeignEnvelope(utf8(JSON.stringify(envelope)))).not.toThrow();
  for (const name of ['PayloadType', 'PAYLOAD', 'Signatures', 'payload_type'])
    expect(() => parseForeignEnvelope(utf8(JSON.stringify({ ...envelope, [name]: 'x' })))).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_AMBIGUOUS' }),
    );
});
