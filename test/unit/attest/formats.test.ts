// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256, toBase64, utf8 } from '../../../src/base/bytes.ts';
import { CountersignError } from '../../../src/base/errors.ts';
import {
  BUNDLE_CHAIN_MEDIA_TYPE,
  BUNDLE_MEDIA_TYPE,
  encodePae,
  parseBundle,
  parseEnvelope,
} from '../../../src/attest/bundle.ts';
import { encodeBundle, encodeEnvelope, leafOnlyBundle, withIntermediates } from '../../../src/attest/sign.ts';
import {
  encodeNativeDsse,
  isNativeDsse,
  joinNativeDsse,
  nativePae,
  parseForeignEnvelope,
  parseNativeDsse,
  SIF_METADATA_PAYLOAD_TYPE,
} from '../../../src/attest/native-dsse.ts';
import { opensshKeyid, signMessage } from '../../../src/crypto/signatures.ts';
import { encodeStatement, IN_TOTO_PAYLOAD_TYPE, parseStatement } from '../../../src/attest/statement.ts';
import { vectorPath } from '../../support/vectors.ts';
import { codeOf } from '../../support/signing.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const PAYLOAD = utf8('{"a":1}');
const SIGNATURE = Uint8Array.of(1, 2, 3);

describe('PAE', () => {
  test('the example of the DSSE specification', () => {
    expect(text(encodePae('http://example.com/HelloWorld', utf8('hello world')))).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  test('lengths count bytes, so no two messages share an encoding', () => {
    expect(text(encodePae('é', utf8('é')))).toBe('DSSEv1 2 é 2 é');
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
        const same = text(encodePae(a, utf8(b))) === text(encodePae(c, utf8(d)));
        expect(same).toBe(a === c && b === d);
      }),
    );
  });
});

describe('envelopes', () => {
  const envelope = { payloadType: 't', payload: PAYLOAD, signatures: [{ keyid: undefined, signature: SIGNATURE }] };

  test('round trip', () => {
    expect(parseEnvelope(encodeEnvelope(envelope))).toEqual(envelope);
    expect(text(encodeEnvelope(envelope))).toBe(
      '{"payloadType":"t","payload":"eyJhIjoxfQ==","signatures":[{"sig":"AQID"}]}',
    );
  });

  test.each([
    ['bytes after it', '{"payloadType":"t","payload":"","signatures":[{"sig":"AQID"}]}x'],
    ['no signatures', '{"payloadType":"t","payload":"","signatures":[]}'],
    ['a null list', '{"payloadType":"t","payload":"","signatures":null}'],
    ['no payload', '{"payloadType":"t","signatures":[{"sig":"AQID"}]}'],
    ['base64 with stray bits', '{"payloadType":"t","payload":"eyJhIjoxfR==","signatures":[{"sig":"AQID"}]}'],
    ['base64 without padding', '{"payloadType":"t","payload":"eyJhIjoxfQ","signatures":[{"sig":"AQID"}]}'],
    ['a repeated member', '{"payloadType":"t","payload":"","payload":"","signatures":[{"sig":"AQID"}]}'],
    ['a list', '[]'],
    [
      '65 signatures',
      JSON.stringify({
        payloadType: 't',
        payload: '',
        signatures: Array.from({ length: 65 }, () => ({ sig: 'AQID' })),
      }),
    ],
  ])('%s is refused by both readers', async (_, json) => {
    expect(await codeOf(() => parseEnvelope(utf8(json)))).toBe('SIGNATURE_ENVELOPE_INVALID');
    expect(await codeOf(() => parseForeignEnvelope(utf8(json)))).toBe('SIGNATURE_ENVELOPE_INVALID');
  });

  test('only the reader of foreign envelopes takes what Apptainer takes', async () => {
    const foreign = utf8(
      '\n{ "payloadType": "t", "payload": "-_8=", "signatures": [{"keyid":"","sig":"AQID"}], "more": 1 }\n',
    );
    expect(parseForeignEnvelope(foreign)).toEqual({
      payloadType: 't',
      payload: Uint8Array.of(0xfb, 0xff),
      signatures: [{ keyid: undefined, signature: SIGNATURE }],
    });
    expect(await codeOf(() => parseEnvelope(foreign))).toBe('SIGNATURE_ENVELOPE_INVALID');
  });
});

describe('statements', () => {
  const content = {
    subject: [{ name: 'sif-metadata', digest: { sha256: 'ab' } }],
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: { z: 1, a: [null] },
  };

  test('members in the order of the specification, compact', () => {
    expect(text(encodeStatement(content))).toBe(
      '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"sif-metadata","digest":{"sha256":"ab"}}],"predicateType":"https://slsa.dev/verification_summary/v1","predicate":{"z":1,"a":[null]}}',
    );
    expect(parseStatement(encodeStatement(content))).toMatchObject(content);
  });

  test('v0.1 and a missing predicate are read', () => {
    const old = utf8(
      '{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"digest":{"sha256":"ab"}}],"predicateType":"x"}',
    );
    expect(parseStatement(old)).toMatchObject({ type: 'https://in-toto.io/Statement/v0.1', predicate: null });
  });

  test.each([
    '{}',
    '[]',
    'x',
    '{"_type":"https://in-toto.io/Statement/v2","subject":[{"digest":{}}],"predicateType":"x"}',
    '{"_type":"http://in-toto.io/Statement/v1","subject":[{"digest":{}}],"predicateType":"x"}',
    '{"_type":"https://in-toto.io/Statement/v1/","subject":[{"digest":{}}],"predicateType":"x"}',
    '{"_type":"https://in-toto.io/statement/v1","subject":[{"digest":{}}],"predicateType":"x"}',
    '{"_type":" https://in-toto.io/Statement/v1","subject":[{"digest":{}}],"predicateType":"x"}',
    `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{}}],"predicateType":"${'x'.repeat(2001)}"}`,
    '{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"x"}',
    '{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":1}}],"predicateType":"x"}',
    '{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{}}],"predicateType":""}',
    '{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{}}],"predicateType":"x","predicateType":"y"}',
  ])('%s is no statement', async (json) => {
    expect(await codeOf(() => parseStatement(utf8(json)))).toBe('SIGNATURE_STATEMENT_INVALID');
  });

  test('__proto__ in a digest set is an ordinary key', () => {
    const statement = parseStatement(
      utf8('{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"__proto__":"x"}}],"predicateType":"x"}'),
    );
    expect(Object.keys(statement.subject[0]?.digest ?? {})).toEqual(['__proto__']);
  });
});

describe('bundles', () => {
  const base = { payloadType: IN_TOTO_PAYLOAD_TYPE, payload: PAYLOAD, signature: SIGNATURE };
  const LEAF = Uint8Array.of(0x30, 1);
  const CA = Uint8Array.of(0x30, 2);
  const byKey = encodeBundle({ ...base, material: { kind: 'public-key', hint: 'hint=' } });
  const byChain = encodeBundle({ ...base, material: { kind: 'certificates', chain: [LEAF, CA] } });

  test('a bundle by a bare key has the exact form that cosign writes', () => {
    expect(text(byKey)).toBe(
      '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"hint="}},"dsseEnvelope":{"payload":"eyJhIjoxfQ==","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"AQID"}]}}',
    );
  });

  test('round trip, with the digest of the payload and the exact bytes', () => {
    const bundle = parseBundle(byKey);
    expect(bundle).toMatchObject({
      mediaType: BUNDLE_MEDIA_TYPE,
      material: { kind: 'public-key', hint: 'hint=' },
      envelope: { ...base, keyid: undefined },
      payloadDigest: sha256(PAYLOAD),
      tlogEntries: [],
      timestamps: [],
    });
    expect(bundle.bytes).toBe(byKey);
  });

  test('intermediates travel under the label that every Sigstore parser reads', () => {
    const bundle = parseBundle(byChain);
    expect(bundle).toMatchObject({ mediaType: BUNDLE_CHAIN_MEDIA_TYPE, material: { chain: [LEAF, CA] } });
    expect(() => bundleFromJSON(JSON.parse(text(byChain)))).not.toThrow();
  });

  test('the registry copy has the leaf alone and the same envelope, and gets its intermediates back unchanged', () => {
    const full = parseBundle(byChain);
    const leafOnly = leafOnlyBundle(full);
    expect(leafOnly).toMatchObject({
      mediaType: BUNDLE_MEDIA_TYPE,
      material: { chain: [LEAF] },
      envelope: full.envelope,
    });
    expect(leafOnly.payloadDigest).toBe(full.payloadDigest);
    expect(text(withIntermediates(leafOnly, [CA]).bytes)).toBe(text(byChain));
    const bare = parseBundle(byKey);
    expect(leafOnlyBundle(bare)).toBe(bare);
    expect(() => withIntermediates(bare, [CA])).toThrow(CountersignError);
  });

  test('log entries and timestamps are kept through a change of material', () => {
    const json = JSON.parse(text(encodeBundle({ ...base, material: { kind: 'certificates', chain: [LEAF, CA] } })));
    json.verificationMaterial.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: 'AQID' }] };
    const bundle = leafOnlyBundle(parseBundle(utf8(JSON.stringify(json))));
    expect(bundle.timestamps).toEqual([SIGNATURE]);
  });

  /** The bundle by a bare key with some members replaced; undefined removes one. */
  const change = (members: Record<string, unknown>): Uint8Array =>
    utf8(JSON.stringify({ ...JSON.parse(text(byKey)), ...members }));
  const envelope = (members: Record<string, unknown>) => ({
    dsseEnvelope: { ...JSON.parse(text(byKey)).dsseEnvelope, ...members },
  });

  test.each([
    ['no media type', change({ mediaType: undefined })],
    ['another media type', change({ mediaType: 'application/json' })],
    ['a version to come', change({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' })],
    ['no material', change({ verificationMaterial: undefined })],
    ['two materials', change({ verificationMaterial: { publicKey: {}, certificate: { rawBytes: 'MAE=' } } })],
    [
      'a chain in version 0.3',
      change({ verificationMaterial: { x509CertificateChain: { certificates: [{ rawBytes: 'MAE=' }] } } }),
    ],
    ['two signatures', change(envelope({ signatures: [{ sig: 'AQID' }, { sig: 'AQID' }] }))],
    ['no signature', change(envelope({ signatures: [] }))],
    ['an empty payload', change(envelope({ payload: '' }))],
    ['a message signature', change({ messageSignature: {} })],
    ['no envelope', change({ dsseEnvelope: undefined })],
    ['a list', utf8('[]')],
    ['bytes after it', Buffer.concat([byKey, utf8('x')])],
    ['more than 10 MiB', utf8(' '.repeat(10 * 1024 * 1024 + 1))],
  ])('%s is refused', async (_, bytes) => {
    expect(await codeOf(() => parseBundle(new Uint8Array(bytes)))).toBe('SIGNATURE_BUNDLE_INVALID');
  });

  test('arbitrary changes give a bundle or a SignatureError', () => {
    fc.assert(
      fc.property(fc.nat(byChain.length - 1), fc.uint8Array({ maxLength: 12 }), (at, bytes) => {
        const damaged = Uint8Array.from(byChain);
        damaged.set(bytes.subarray(0, damaged.length - at), at);
        try {
          parseBundle(damaged);
        } catch (error) {
          // A name in another case, such as `MediaType`, is one that other programs read differently.
          const code = expect.stringMatching(/^SIGNATURE_(?:BUNDLE_INVALID|AMBIGUOUS)$/);
          expect(error).toMatchObject({ code });
        }
      }),
      { numRuns: 500, examples: [[2, Uint8Array.of('M'.charCodeAt(0))]] },
    );
  });
});

describe('native DSSE signatures', () => {
  const signature = { keyid: 'SHA256:a', signature: SIGNATURE };

  test('another signer joins the envelope; twice, or over other content, is refused', async () => {
    const one = encodeNativeDsse(PAYLOAD, [signature]);
    const two = joinNativeDsse(one, PAYLOAD, { ...signature, keyid: 'SHA256:b' });
    expect(parseNativeDsse(two).signatures.map(({ keyid }) => keyid)).toEqual(['SHA256:a', 'SHA256:b']);
    expect(await codeOf(() => joinNativeDsse(two, PAYLOAD, signature))).toBe('SIGNATURE_ENVELOPE_INVALID');
    expect(await codeOf(() => joinNativeDsse(two, utf8('{}'), { ...signature, keyid: 'c' }))).toBe(
      'SIGNATURE_ENVELOPE_INVALID',
    );
  });

  test('no more signers join than readers take', async () => {
    const signers = Array.from({ length: 64 }, (_, index) => ({ ...signature, keyid: `k${index}` }));
    const full = joinNativeDsse(encodeNativeDsse(PAYLOAD, signers.slice(1)), PAYLOAD, { ...signature, keyid: 'x' });
    expect(parseNativeDsse(full).signatures).toHaveLength(64);
    expect(await codeOf(() => joinNativeDsse(full, PAYLOAD, signature))).toBe('SIGNATURE_ENVELOPE_INVALID');
  });

  test('recognised by payload type, also when damaged', () => {
    const one = encodeNativeDsse(PAYLOAD, [signature]);
    expect(isNativeDsse(one)).toBe(true);
    expect(isNativeDsse(one.subarray(0, one.length - 1))).toBe(true);
    expect(isNativeDsse(encodeEnvelope({ payloadType: 'x', payload: PAYLOAD, signatures: [signature] }))).toBe(false);
    expect(isNativeDsse(utf8('-----BEGIN PGP SIGNED MESSAGE-----'))).toBe(false);
    expect(isNativeDsse(new Uint8Array())).toBe(false);
  });
});

describe('golden DSSE envelopes', () => {
  const file = (name: string) => new Uint8Array(readFileSync(vectorPath(`apptainer/${name}`)));

  test.each([
    ['ED25519', 'ed25519'],
    ['RSA_SHA256', 'rsa'],
  ])('%s is reproduced byte for byte', (name, key) => {
    const expected = file(`dsse/${name}.json`);
    const privateKey = createPrivateKey(text(file(`keys/${key}-private.pem`)));
    const payload = utf8('{"One":1,"Two":2}\n');
    const keyid = opensshKeyid(createPublicKey(privateKey));
    const made = encodeNativeDsse(payload, [{ keyid, signature: signMessage(privateKey, nativePae(payload)) }]);
    expect(text(made)).toBe(text(expected).trimEnd());
  });

  test('several signers are read', () => {
    const envelope = parseNativeDsse(file('dsse/Multi.json'));
    expect(envelope).toMatchObject({ payloadType: SIF_METADATA_PAYLOAD_TYPE });
    expect(envelope.signatures).toHaveLength(2);
    expect(toBase64(envelope.payload)).toBe(toBase64(utf8('{"One":1,"Two":2}\n')));
  });
});
