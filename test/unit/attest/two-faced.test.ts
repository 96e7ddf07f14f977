// SPDX-License-Identifier: Apache-2.0
// Every object of the newer documents that Go programs read too, with one of its members given a second time in each
// spelling that Go takes for its name: refused, or no other content is read than without it.

import { describe, expect, test } from 'vitest';
import { parseEnvelope } from '../../../src/attest/bundle.ts';
import { parseNotation } from '../../../src/attest/notation.ts';
import { parseStatement, parseStatementHead } from '../../../src/attest/statement.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import { CountersignError, DataError } from '../../../src/base/errors.ts';
import { foldName } from '../../../src/base/members.ts';
import { parseSimpleSigning } from '../../../src/oci/cosign/cosign.ts';
import { filesBelow } from '../../fuzz/seeds.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const DIGEST = `sha256:${'0'.repeat(64)}`;
const OTHER = `sha256:${'1'.repeat(64)}`;
const SIGNING = {
  critical: {
    identity: { 'docker-reference': 'registry.example.org/app' },
    image: { 'docker-manifest-digest': DIGEST },
    type: 'cosign container image signature',
  },
  optional: { creator: 'x', timestamp: 1 },
};
const statement = (predicateType: string, predicate: Json) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app', digest: { sha256: '0'.repeat(64) } }],
  predicateType,
  predicate,
});
const base64 = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64');
const ENVELOPE = {
  payloadType: 'application/vnd.in-toto+json',
  payload: base64(statement('https://cyclonedx.org/bom', {})),
  signatures: [{ keyid: 'a', sig: 'AAAA' }],
};

const notation = JSON.parse(
  Buffer.from(
    (await filesBelow('oci/store', '')).find((bytes) => Buffer.from(bytes).includes('"x5c"')) ?? [],
  ).toString(),
) as Readonly<Record<string, Json>>;
const decoded = (text: Json | undefined): Json =>
  JSON.parse(Buffer.from(typeof text === 'string' ? text : '', 'base64url').toString());
/** A Notation signature in which one part that is encoded says this. */
const withPart = (name: string) => (text: string) =>
  utf8(JSON.stringify({ ...notation, [name]: Buffer.from(text).toString('base64url') }));

/** Names in these are nobody's members. */
const FREE = new Set(['optional', 'annotations', 'digest', 'predicate']);

interface Document {
  readonly value: Json;
  /** The bytes that are read, of the document as text. */
  readonly wrap?: (text: string) => Uint8Array;
  readonly read: (bytes: Uint8Array) => unknown;
}

/** All but what is signed whatever it is. */
const readNotation = (bytes: Uint8Array) => ({ ...parseNotation(bytes), signedBytes: undefined });

const DOCUMENTS: Readonly<Record<string, Document>> = {
  'payloads of cosign and of a lookaside': { value: SIGNING, read: (bytes) => parseSimpleSigning(bytes) ?? refuse() },
  'envelopes of cosign’s attestation tag': { value: ENVELOPE, read: parseEnvelope },
  'Notation signatures': { value: notation, read: readNotation },
  'protected headers of Notation': {
    value: decoded(notation['protected']),
    wrap: withPart('protected'),
    read: readNotation,
  },
  'payloads of Notation': { value: decoded(notation['payload']), wrap: withPart('payload'), read: readNotation },
  'signed policies': {
    value: statement('urn:countersign:signed-policy:v1', { readings: [] }),
    read: (bytes) => ({ ...parseStatementHead(bytes), ...parseStatement(bytes) }),
  },
};

function refuse(): never {
  throw new DataError('DATA_JSON_INVALID', 'refused', { hint: 'none' });
}

const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => `\\u00${name.charCodeAt(0).toString(16).padStart(2, '0')}${name.slice(1)}`,
  (name) => name.toUpperCase(),
  (name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  (name) => name.replace('s', '\\u017f'),
  (name) => name.replace('k', '\\u212a'),
];

/** Something else of the same kind. */
function otherOf(value: Json): Json {
  if (typeof value === 'string') return value === DIGEST ? OTHER : `${value}x`;
  if (typeof value === 'number') return value + 1;
  return Array.isArray(value) ? [] : {};
}

/** The document with one member of one object said twice; `at` is the path of the object. */
function* doubled(value: Json): Generator<{ readonly text: string; readonly name: string; readonly added: string }> {
  function* within(node: Json, write: (text: string) => string, free: boolean): ReturnType<typeof doubled> {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const [at, item] of node.entries())
        yield* within(
          item,
          (text) => write(`[${node.map((one, index) => (index === at ? text : JSON.stringify(one))).join()}]`),
          false,
        );
      return;
    }
    const members = Object.entries(node).map(([name, one]) => [JSON.stringify(name), one] as const);
    const object = (texts: readonly string[]): string => write(`{${texts.join()}}`);
    const plain = members.map(([name, one]) => `${name}:${JSON.stringify(one)}`);
    for (const [index, [name, one]] of Object.entries(node).entries()) {
      if (!free)
        for (const spell of SPELLINGS) {
          const added = `"${spell(name)}":${JSON.stringify(otherOf(one))}`;
          yield { text: object([...plain, added]), name, added };
          yield { text: object([added, ...plain]), name, added };
        }
      const inside = (text: string): string => object(plain.with(index, `${members[index]?.[0]}:${text}`));
      yield* within(one, inside, FREE.has(name));
    }
  }
  yield* within(value, (text) => text, false);
}

describe.each(Object.entries(DOCUMENTS))('%s', (_, { value, wrap = utf8, read }) => {
  test('say one thing, or are refused', () => {
    const honest = read(wrap(JSON.stringify(value)));
    let refused = 0;
    let count = 0;
    for (const { text, name, added } of doubled(value)) {
      count += 1;
      const spelled: unknown = Object.keys(JSON.parse(`{${added}}`))[0];
      try {
        expect(read(wrap(text)), added).toEqual(honest);
        // Read all the same, it must be no other spelling of a name that Go knows.
        expect(foldName(String(spelled)) === foldName(name), `${added} beside ${name}`).toBe(false);
      } catch (error) {
        if (!(error instanceof CountersignError)) throw error;
        refused += 1;
      }
    }
    expect(count).toBeGreaterThan(30);
    expect(refused).toBe(count);
  });
});
