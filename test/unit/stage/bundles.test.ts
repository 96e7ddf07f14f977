// SPDX-License-Identifier: Apache-2.0
// Nothing is stored that no verifier could read: too deep, too large, beside too much else, or called what it is not.

import { beforeAll, describe, expect, test } from 'vitest';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import { COSIGN_SIGN_PREDICATE_TYPE } from '../../../src/image/bundle.ts';
import { assertAttachable, assertBundleReadable, assertStatementReadable } from '../../../src/stage/bundles.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { LIMITS } from '../../../src/base/limits.ts';
import { attachBundle, type BundleToAttach } from '../../../src/oci/referrers/bundles.ts';
import { APPROVAL_PREDICATE_TYPE } from '../../../src/attest/approval.ts';
import { encodeBundle } from '../../../src/attest/sign.ts';
import { encodeStatement, IN_TOTO_PAYLOAD_TYPE } from '../../../src/attest/statement.ts';
import { judgeTrusting, keyPerson, NOW, type Person, refusal, signAs, verdictOf } from '../../support/layers.ts';
import { openIn, pushImage, startRegistry } from '../../support/registry-session.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

const TYPE = 'https://example.org/test/v1';
const refused = expect.objectContaining({ code: 'STAGE_LAYER_UNREADABLE', exitCode: 3 });
let kim: Person;

beforeAll(async () => {
  kim = await keyPerson('kim');
});

function nested(depth: number): JsonObject {
  let value: JsonObject = {};
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}

function statement(predicateType: string, predicate: JsonObject): Uint8Array {
  return encodeStatement({ subject: [{ name: 'x', digest: { sha256: 'ab'.repeat(32) } }], predicateType, predicate });
}

function bundled(payload: Uint8Array): Uint8Array {
  const { material } = kim.signer;
  return encodeBundle({ material, payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signature: Uint8Array.of(1) });
}

describe('evidence for a file', () => {
  const attach = (path: string, predicate: JsonObject, beside = false) =>
    attachEvidence({ path, statements: [{ predicateType: TYPE, predicate }], signer: kim.signer, now: NOW, beside });

  test.each([
    ['nested as deep as a document of its own may be', nested(LIMITS.jsonDepth)],
    ['larger than a bundle may be', { text: 'x'.repeat(LIMITS.bundleBytes * 0.75) }],
  ])('%s is refused, and the file is as it was', async (_what, predicate) => {
    const path = await temporaryFile(typicalSif().bytes());
    for (const beside of [false, true])
      expect(await refusal(path, () => attach(path, predicate, beside))).toEqual({
        code: 'STAGE_LAYER_UNREADABLE',
        unchanged: true,
      });
  });

  test('is stored as deep as it can be read', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await attach(path, nested(LIMITS.jsonDepth - 1));
    const verdict = await verdictOf(path, await judgeTrusting([kim]));
    expect(verdict.evidence).toMatchObject([{ status: 'valid', reasons: [] }]);
  });

  test('is refused beside so much that verifiers would not read it all, and so is an approval', async () => {
    let image = typicalSif().withSlots(64);
    const foreign = new Uint8Array(LIMITS.sifSignatureBytes);
    const others = LIMITS.sifSignatureTotalBytes / LIMITS.sifSignatureBytes - 1;
    for (let count = 0; count < others; count += 1) image = image.withSignature(foreign, { linkedGroup: 0 });
    const path = await temporaryFile(image.withSignature(foreign.subarray(1000), { linkedGroup: 0 }).bytes());
    const full = { code: 'STAGE_LAYER_UNREADABLE', unchanged: true };
    expect(await refusal(path, () => attach(path, { text: 'x'.repeat(1000) }))).toEqual(full);
    const judge = await judgeTrusting([kim]);
    expect(await refusal(path, () => signAs(path, kim, 'author', judge))).toEqual(full);
    expect(await refusal(path, () => verdictOf(path, judge))).toEqual({ code: 'no error', unchanged: true });
  });

  test('an approval larger than a signature object may be is refused', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([kim]);
    const reason = 'x'.repeat(LIMITS.sifSignatureBytes * 0.75);
    expect(await refusal(path, () => signAs(path, kim, 'author', judge, { reason }))).toEqual({
      code: 'STAGE_LAYER_UNREADABLE',
      unchanged: true,
    });
  });
});

describe('a bundle', () => {
  test.each([
    ['a plain cosign signature', COSIGN_SIGN_PREDICATE_TYPE],
    ['an entry of the roster', 'urn:countersign:stage:author'],
    ['a native entry', 'urn:countersign:native'],
  ])('that counts as %s is no evidence', (_what, type) => {
    expect(() => assertBundleReadable(bundled(statement(type, {})), 'evidence', 'it')).toThrow(refused);
  });

  test('of the type of approvals is evidence without what only we write, unreadable with some of it', () => {
    const bundle = (predicate: JsonObject) => bundled(statement(APPROVAL_PREDICATE_TYPE, predicate));
    expect(() => assertBundleReadable(bundle({}), 'approval', 'it')).toThrow(refused);
    expect(() => assertBundleReadable(bundle({}), 'evidence', 'it')).not.toThrow();
    expect(() => assertBundleReadable(bundle({ countersign: {} }), 'evidence', 'it')).toThrow(refused);
  });

  test.each([
    'http://slsa.dev/verification_summary/v1',
    'https://slsa.dev/verification_summary/v1/',
    'HTTPS://SLSA.dev/verification_summary/v1',
    'https://slsa.dev/verification_summary/v1 ',
  ])('of the type %s is no approval, whatever it says', (type) => {
    const bundle = bundled(statement(type, { countersign: { version: 1, stage: 'author' } }));
    expect(() => assertBundleReadable(bundle, 'approval', 'it')).toThrow(refused);
    expect(() => assertBundleReadable(bundle, 'evidence', 'it')).not.toThrow();
  });

  test('is refused before anything is pushed when a reader would refuse it', async () => {
    const registry = await startRegistry();
    const repository = await openIn(registry);
    const subject = await pushImage(repository, 'v1');
    const descriptor = { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length };
    const good: BundleToAttach = {
      bytes: bundled(statement(TYPE, {})),
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      predicateType: TYPE,
      createdAt: NOW,
    };
    const bad: readonly Partial<BundleToAttach>[] = [
      { bytes: new Uint8Array(LIMITS.bundleBytes + 1) },
      { companions: [{ mediaType: 'x/y', bytes: new Uint8Array(LIMITS.companionBytes + 1) }] },
      { annotations: { long: 'x'.repeat(LIMITS.manifestBytes) } },
    ];
    for (const change of bad)
      await expect(attachBundle(repository, descriptor, { ...good, ...change })).rejects.toMatchObject({
        code: 'REGISTRY_MANIFEST_INVALID',
      });
    expect((await repository.listReferrers(subject.digest)).referrers).toEqual([]);
    await attachBundle(repository, descriptor, good);
    expect((await repository.listReferrers(subject.digest)).referrers).toHaveLength(1);
  });

  test('is not attached beside so much that it would not be looked at', () => {
    const added = { manifests: 1, bytes: 1_000_000 };
    expect(() => assertAttachable({ room: { bytes: 2_000_000, referrers: 1 } }, added)).not.toThrow();
    expect(() => assertAttachable({ room: { bytes: 1_000_001, referrers: 1 } }, added)).toThrow(refused);
    expect(() => assertAttachable({ room: { bytes: 2_000_000, referrers: 0 } }, added)).toThrow(refused);
  });
});

test('a statement that is stored unsigned must be readable, too', () => {
  expect(() => assertStatementReadable(statement(TYPE, nested(LIMITS.jsonDepth - 1)), 'it')).not.toThrow();
  expect(() => assertStatementReadable(statement(TYPE, nested(LIMITS.jsonDepth)), 'it')).toThrow(refused);
  expect(() => assertStatementReadable(statement('', {}), 'it')).toThrow(refused);
});
