// SPDX-License-Identifier: Apache-2.0
// Who counts as whom, with real signatures in files: copied statements, removals, renewals, groups signed one by one.

import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, encodePae, parseBundle } from '../../../src/attest/bundle.ts';
import { encodeBundle } from '../../../src/attest/sign.ts';
import type { VerificationMaterial } from '../../../src/crypto/verifier.ts';
import { laneObject } from '../../../src/image/sif/lane.ts';
import { readObject } from '../../../src/sif/sif.ts';
import { appendObjects, deleteObjects } from '../../../src/sif/edit/append.ts';
import { encodeCertificate, leafExtensions } from '../../support/certificates.ts';
import { imageIn } from '../../support/lane-bundles.ts';
import {
  judgeBy,
  keyPerson,
  NOW,
  type Person,
  pgpPerson,
  policyFor,
  problemsOf,
  signAs,
  stagesOf,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';
import { vectorPath } from '../../support/vectors.ts';
import { loadPolicyBytes } from '../../../src/policy/document/load.ts';

let alice: Person;
let bob: Person;
let carol: Person;
let mallory: Person;

beforeAll(async () => {
  [alice, bob, carol, mallory] = await Promise.all([
    keyPerson('alice'),
    keyPerson('bob', 'p256'),
    keyPerson('carol', 'p384'),
    keyPerson('mallory'),
  ]);
});

function teamOf(threshold: number) {
  return policyFor(
    [alice, bob, carol],
    `  - { name: author, approvers: [alice, bob], threshold: ${threshold} }\n  - { name: security, approvers: [carol, bob] }`,
  );
}

/** The statement of the n-th approval of a stage, signed again by somebody else. */
async function signAgain(path: string, stage: string, nth: number, by: Person): Promise<number> {
  const image = await imageIn(path);
  const object = image.objects.filter(({ name }) => name.startsWith(`countersign/approval/${stage}/`))[nth];
  if (!object) throw new Error('no such approval');
  const { payload, payloadType } = parseBundle(await readObject(image, object, 1 << 20)).envelope;
  const { material } = by.signer;
  const signature = await by.signer.signPae(encodePae(payloadType, payload), NOW);
  const copy = encodeBundle({ material, payloadType, payload, signature });
  await appendObjects(path, [laneObject('approval', stage, copy)], { now: NOW });
  return object.id;
}

/** The first approval of a stage in another bundle: the same statement, beside other material. */
async function exchange(
  path: string,
  stage: string,
  material: (bundle: Bundle) => VerificationMaterial,
  otherSignature?: Uint8Array,
): Promise<void> {
  const image = await imageIn(path);
  const object = image.objects.find(({ name }) => name.startsWith(`countersign/approval/${stage}/`));
  if (!object) throw new Error('no approval');
  const bundle = parseBundle(await readObject(image, object, 1 << 20));
  const { payload, payloadType, signature } = bundle.envelope;
  const other = encodeBundle({
    material: material(bundle),
    payload,
    payloadType,
    signature: otherSignature ?? signature,
  });
  await deleteObjects(path, [object.id], { now: NOW });
  await appendObjects(path, [laneObject('approval', stage, other)], { now: NOW });
}

function hintOf({ signer: { identity } }: Person): string {
  return identity.hint ?? '';
}

/** A certificate for somebody's key by a CA that nobody trusts. */
function strangersCertificate({ privateKey }: Person): Uint8Array {
  const { privateKey: ca } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return encodeCertificate({
    subject: 'somebody',
    publicKey: createPublicKey(privateKey),
    issuer: { subject: 'a stranger', key: ca },
    notBefore: new Date(NOW.getTime() - 86_400_000),
    notAfter: new Date(NOW.getTime() + 86_400_000),
    extensions: leafExtensions('eve@example.org'),
  });
}

describe('a statement signed by somebody else', () => {
  test('keeps no order', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(await teamOf(1));
    await signAs(path, alice, 'author', judge);
    await signAs(path, carol, 'security', judge);
    await signAgain(path, 'author', 0, bob);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
    const verdict = await verdictOf(path, await judgeBy(await teamOf(2)));
    expect(stagesOf(verdict)).toEqual({ author: 'failed', security: 'failed' });
    expect(verdict.stages[0]?.approvedBy).toEqual(['alice']);
  });

  test('hides no removal, and the image can be approved anew', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(await teamOf(1));
    await signAs(path, alice, 'author', judge);
    await signAs(path, bob, 'author', judge);
    await signAs(path, carol, 'security', judge);
    await deleteObjects(path, [await signAgain(path, 'author', 0, mallory)], { now: NOW });
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(problemsOf(verdict)).toContain('LAYER_REMOVED');
    await signAs(path, bob, 'author', judge);
    await signAs(path, carol, 'security', judge);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });
});

test('an approval that was taken away can be given anew, in either order of replacing', async () => {
  const judge = await judgeBy(await teamOf(1));
  const start = await temporaryFile(typicalSif().bytes());
  const first = await signAs(start, alice, 'author', judge);
  await signAs(start, carol, 'security', judge);
  await deleteObjects(start, [Number(first.where[0]?.split(' ')[1])], { now: NOW });
  expect(problemsOf(await verdictOf(start, judge))).toContain('LAYER_REMOVED');
  const later = await judgeBy(await teamOf(1), new Date(NOW.getTime() + 60_000));
  for (const replace of [false, true]) {
    const path = `${start}.${replace}`;
    await copyFile(start, path);
    await signAs(path, alice, 'author', later, { replace });
    await signAs(path, carol, 'security', later, { replace });
    expect((await verdictOf(path, later)).verdict).toBe('passed');
  }
});

test('a certificate that expired and was renewed: approved again, later stages stand, whatever the edition', async () => {
  const eve = await x509Person('eve');
  const later = new Date(NOW.getTime() + 80 * 86_400_000);
  const renewed = await x509Person('eve', later);
  const people = [{ ...eve, publicKey: `${eve.publicKey}${renewed.publicKey}` }, carol];
  const stages = '  - { name: author, approvers: [eve] }\n  - { name: security, approvers: [carol] }';
  const policy = await policyFor(people, stages);
  const path = await temporaryFile(typicalSif().bytes());
  await signAs(path, eve, 'author', await judgeBy(policy));
  await signAs(path, carol, 'security', await judgeBy(policy));
  expect((await verdictOf(path, await judgeBy(policy))).verdict).toBe('passed');
  const then = await judgeBy(policy, later);
  const expired = await verdictOf(path, then);
  expect(stagesOf(expired)).toEqual({ author: 'failed', security: 'failed' });
  expect(problemsOf(expired)).not.toContain('LAYER_NOT_VALID');
  await signAs(path, renewed, 'author', then);
  expect(stagesOf(await verdictOf(path, then))).toEqual({ author: 'passed', security: 'passed' });
  const edited = await policyFor(people, `${stages}\n  # a comment`);
  expect(edited.digest).not.toBe(policy.digest);
  expect((await verdictOf(path, await judgeBy(edited, later))).verdict).toBe('passed');
});

test('an approval whose intermediate certificates were taken away is altered, and not merely of somebody unknown', async () => {
  const eve = await x509Person('eve');
  const policy = await policyFor(
    [eve, bob, carol],
    '  - { name: author, approvers: [eve, bob] }\n  - { name: security, approvers: [carol] }',
  );
  const judge = await judgeBy(policy);
  const path = await temporaryFile(typicalSif().bytes());
  await signAs(path, eve, 'author', judge);
  await signAs(path, bob, 'author', judge);
  await signAs(path, carol, 'security', judge);
  await exchange(path, 'author', ({ material }) =>
    material.kind === 'certificates' ? { kind: 'certificates', chain: material.chain.slice(0, 1) } : material,
  );
  const verdict = await verdictOf(path, judge);
  expect(verdict.verdict).toBe('failed');
  expect(problemsOf(verdict)).toEqual(
    expect.arrayContaining(['CERTIFICATES_REMOVED', 'LAYER_ALTERED', 'LAYER_NOT_VALID']),
  );
});

describe('the very signature, in another form', () => {
  async function approved(first: Person) {
    const stages = `  - { name: author, approvers: [${first.name}, bob] }\n  - { name: security, approvers: [carol] }`;
    const judge = await judgeBy(await policyFor([first, bob, carol], stages));
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, first, 'author', judge);
    await signAs(path, bob, 'author', judge);
    await signAs(path, carol, 'security', judge);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
    return { path, judge };
  }
  const removed = expect.arrayContaining(['CERTIFICATES_REMOVED', 'LAYER_ALTERED', 'LAYER_NOT_VALID']);

  test('as that of a bare key hides no removal, whether or not it is whole', async () => {
    for (const whole of [true, false]) {
      const eve = await x509Person('eve');
      const { path, judge } = await approved(eve);
      await exchange(
        path,
        'author',
        () => ({ kind: 'public-key', hint: hintOf(eve) }),
        whole ? undefined : Buffer.from('no signature'),
      );
      expect(problemsOf(await verdictOf(path, judge))).toEqual(removed);
    }
  });

  test('of a bare key, beside a certificate for that key, hides no removal', async () => {
    const { path, judge } = await approved(alice);
    const leaf = strangersCertificate(alice);
    await exchange(path, 'author', () => ({ kind: 'certificates', chain: [leaf] }));
    expect(problemsOf(await verdictOf(path, judge))).toEqual(removed);
  });

  test('beside another leaf for its key, with all its own certificates behind that, hides no removal', async () => {
    const eve = await x509Person('eve');
    const { path, judge } = await approved(eve);
    const leaf = strangersCertificate(eve);
    await exchange(path, 'author', ({ material }) => ({
      kind: 'certificates',
      chain: [leaf, ...(material.kind === 'certificates' ? material.chain : [])],
    }));
    expect(problemsOf(await verdictOf(path, judge))).toEqual(removed);
  });
});

/** The key with a subkey of ElGamal's kind, as GnuPG long made them for encryption, and the ID of that. */
function withElGamal(armored: string): { readonly armored: string; readonly keyId: Buffer } {
  const [, lines = ''] = /\n\n([^=-][^-]*?)\n=.{4}\n/s.exec(armored.replaceAll('\r', '')) ?? [];
  const numbers = Buffer.from('000203000203000203', 'hex');
  const body = Buffer.concat([Buffer.of(4), Buffer.from('5f000000', 'hex'), Buffer.of(16), numbers]);
  const fingerprint = createHash('sha1')
    .update(Buffer.concat([Buffer.of(0x99, 0, body.length), body]))
    .digest();
  const packets = Buffer.concat([Buffer.from(lines, 'base64'), Buffer.of(0xce, body.length), body]);
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} PGP PUBLIC KEY BLOCK-----`);
  return { armored: `${begin}\n\n${packets.toString('base64')}\n${end}\n`, keyId: fingerprint.subarray(-8) };
}

test('bytes in place of an OpenPGP signature, by a subkey that can sign nothing, hide no removal', async () => {
  const eve = await pgpPerson('eve');
  const { armored, keyId } = withElGamal(eve.publicKey);
  const judge = await judgeBy(
    await policyFor(
      [{ ...eve, publicKey: armored }, bob, carol],
      '  - { name: author, approvers: [eve, bob] }\n  - { name: security, approvers: [carol] }',
    ),
  );
  const path = await temporaryFile(typicalSif().bytes());
  await signAs(path, eve, 'author', judge);
  await signAs(path, bob, 'author', judge);
  await signAs(path, carol, 'security', judge);
  expect((await verdictOf(path, judge)).verdict).toBe('passed');
  const packet = Buffer.from(`04001608000605025f000000000a0910${keyId.toString('hex')}0000000881000881`, 'hex');
  await exchange(path, 'author', ({ material }) => material, Buffer.concat([Buffer.of(0xc2, packet.length), packet]));
  expect(problemsOf(await verdictOf(path, judge))).toContain('LAYER_REMOVED');
});

test('groups that `apptainer sign` signed one by one in one run fill a native stage', async () => {
  const text = [
    'version: 1',
    'name: two-groups',
    'trust: { keyrings: two-groups.pub.asc }',
    'principals: { signer: { pgp: "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84" } }',
    'stages: [{ name: author, approvers: signer, native: [pgp] }]',
  ].join('\n');
  const folder = vectorPath('sif');
  const policy = await loadPolicyBytes(Buffer.from(text), { path: `${folder}/countersign.yaml`, folder });
  const path = await temporaryFile(await readFile(`${folder}/two-groups-signed-pgp.sif`));
  const judge = await judgeBy(policy);
  expect((await verdictOf(path, judge)).verdict).toBe('passed');
  const { objects } = await imageIn(path);
  await deleteObjects(path, [objects.at(-1)?.id ?? 0], { now: NOW });
  expect((await verdictOf(path, judge)).verdict).toBe('failed');
});
