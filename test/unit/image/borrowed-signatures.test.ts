// SPDX-License-Identifier: Apache-2.0
// A signature that was made for one stage must not serve another one, nor stand in for an approval that no longer
// counts: neither the native half of an approval nor the cosign signature that travels beside it.

import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { LayoutIndex } from '../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../src/oci/layout/layout.ts';
import { encodeSimpleSigning } from '../../../src/oci/cosign/cosign.ts';
import { keepCosignSignatures } from '../../../src/oci/cosign/write.ts';
import { COSIGN_SIGN_PREDICATE_TYPE } from '../../../src/image/bundle.ts';
import { bundleToAttach } from '../../../src/stage/bundles.ts';
import { digestHex } from '../../../src/base/bytes.ts';
import { attachBundle } from '../../../src/oci/referrers/bundles.ts';
import { encodePae } from '../../../src/attest/bundle.ts';
import { encodeBundle } from '../../../src/attest/sign.ts';
import { encodeStatement, IN_TOTO_PAYLOAD_TYPE } from '../../../src/attest/statement.ts';
import { nativeObject } from '../../../src/stage/native.ts';
import { appendObjects } from '../../../src/sif/edit/append.ts';
import {
  examined,
  judgeBy,
  keyPerson,
  messagesOf,
  NOW,
  type Person,
  pgpPerson,
  policyFor,
  signAs,
  stagesOf,
  verdictOf,
} from '../../support/layers.ts';
import { pushOciImage } from '../../support/oci-images.ts';
import { type Located, signRemotely, verdictOn } from '../../support/registry-layers.ts';
import { testClock } from '../../support/registry-session.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile, temporaryFolder } from '../../support/temporary.ts';

let alice: Person;
let sec: Person;
let boss: Person;

beforeAll(async () => {
  [alice, sec, boss] = await Promise.all([pgpPerson('alice'), keyPerson('sec'), keyPerson('boss')]);
});

async function ociImage(): Promise<Located> {
  const folder = join(await temporaryFolder(), 'oci');
  const repository = new LayoutRepository(folder, await LayoutIndex.create(folder, testClock()));
  return { repository, reference: (await pushOciImage(repository)).digest };
}

/** What `cosign sign` by a key leaves, with the annotation `stage` if one is given. */
async function cosignAs({ repository, reference }: Located, person: Person, stage: string): Promise<void> {
  const manifest = await repository.getManifest(reference);
  if (!manifest) throw new Error('no image');
  const payload = encodeSimpleSigning(repository.name, manifest.digest, { stage });
  const signature = await person.signer.signPae(payload, NOW);
  const entry = { payload, signature, certificate: undefined, chain: undefined };
  await keepCosignSignatures(repository, manifest.digest, { ours: [entry], clock: testClock() });
}

test('the native half of an approval approves no other stage', async () => {
  const stages = '  - { name: author, approvers: [alice] }\n  - { name: security, approvers: [alice], native: [pgp] }';
  const judge = await judgeBy(await policyFor([alice], stages));
  const path = await temporaryFile(typicalSif().bytes());
  await signAs(path, alice, 'author', judge);
  const verdict = await verdictOf(path, judge);
  expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'missing' });
  expect(messagesOf(verdict).join('\n')).toContain('part of the approval of stage author');
});

test('the native half does not outlive its approval', async () => {
  const policy = await policyFor([alice], '  - { name: author, approvers: [alice], native: [pgp] }');
  const path = await temporaryFile(typicalSif().bytes());
  await signAs(path, alice, 'author', await judgeBy(policy), { expires: new Date(NOW.getTime() + 1000) });
  expect((await verdictOf(path, await judgeBy(policy))).verdict).toBe('passed');
  const later = await verdictOf(path, await judgeBy(policy, new Date(NOW.getTime() + 2000)));
  expect(stagesOf(later)).toEqual({ author: 'failed' });
});

test('a native signature that belongs to no approval still counts', async () => {
  const judge = await judgeBy(await policyFor([alice], '  - { name: author, approvers: [alice], native: [pgp] }'));
  const path = await temporaryFile(typicalSif().bytes());
  const { examination } = await examined(path, judge);
  const { native, identity } = alice.signer;
  if (native.format !== 'pgp' || identity.method !== 'pgp') throw new Error('alice signs with OpenPGP');
  for (const { group, metadata } of examination.groups) {
    const data = await native.signCleartext(metadata, NOW);
    const { fingerprint } = identity;
    await appendObjects(path, [nativeObject(data, group, { fingerprint, signedAt: NOW })], { now: NOW });
  }
  expect((await verdictOf(path, judge)).verdict).toBe('passed');
});

test('the cosign signature beside an approval approves no other stage', async () => {
  const stages =
    '  - { name: security, approvers: [sec] }\n  - { name: release, approvers: [sec, boss], native: [cosign] }';
  const judge = await judgeBy(await policyFor([sec, boss], stages));
  const at = await ociImage();
  await signRemotely(at, sec, 'security', { judge });
  expect(stagesOf(await verdictOn(at, judge))).toEqual({ security: 'passed', release: 'missing' });
});

test('the cosign signature beside an approval does not outlive it', async () => {
  const policy = await policyFor([sec], '  - { name: release, approvers: [sec], native: [cosign] }');
  const at = await ociImage();
  await signRemotely(at, sec, 'release', { judge: await judgeBy(policy), expires: new Date(NOW.getTime() + 1000) });
  const later = await verdictOn(at, await judgeBy(policy, new Date(NOW.getTime() + 2000)));
  expect(stagesOf(later)).toEqual({ release: 'failed' });
});

test('a cosign signature whose payload names a stage counts for that stage alone', async () => {
  const stages = [
    '  - { name: security, approvers: [sec], native: [cosign] }',
    '  - { name: release, approvers: [sec], native: [cosign] }',
  ].join('\n');
  const judge = await judgeBy(await policyFor([sec], stages));
  const at = await ociImage();
  await cosignAs(at, sec, 'security');
  expect(stagesOf(await verdictOn(at, judge))).toEqual({ security: 'passed', release: 'missing' });
});

test('so does a cosign bundle that was signed with the annotation stage', async () => {
  const stages = [
    '  - { name: security, approvers: [sec], native: [cosign] }',
    '  - { name: release, approvers: [sec], native: [cosign] }',
  ].join('\n');
  const judge = await judgeBy(await policyFor([sec], stages));
  const at = await ociImage();
  const manifest = await at.repository.getManifest(at.reference);
  if (!manifest) throw new Error('no image');
  const digest = { sha256: digestHex(manifest.digest) };
  const payload = encodeStatement({
    subject: [{ name: 'image', digest, annotations: { stage: 'security' } }],
    predicateType: COSIGN_SIGN_PREDICATE_TYPE,
    predicate: {},
  });
  const { signer } = sec;
  const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), NOW);
  const bytes = encodeBundle({ material: signer.material, payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signature });
  const subject = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length };
  await attachBundle(at.repository, subject, bundleToAttach(bytes));
  expect(stagesOf(await verdictOn(at, judge))).toEqual({ security: 'passed', release: 'missing' });
});
