// SPDX-License-Identifier: Apache-2.0
// What an attacker with the file can do to its layers, each detected from what is left and named in the verdict.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { readPrivateKey, revokeKey } from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import { laneObject } from '../../../src/image/sif/lane.ts';
import { openSif, readObject } from '../../../src/sif/sif.ts';
import type { Criteria } from '../../../src/image/verify.ts';
import type { ImageVerdict } from '../../../src/policy/verdict.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { appendObjects, deleteObjects, signatureExtra } from '../../../src/sif/edit/append.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  messagesOf,
  NOW,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  problemsOf,
  signAs,
  stagesOf,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { SifBuilder, sif, typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let alice: Person;
let bob: Person;
let carol: Person;
let mallory: Person;
let ci: Person;
let judge: Criteria;
let open: Criteria;

beforeAll(async () => {
  [alice, bob, carol, mallory, ci] = await Promise.all([
    pgpPerson('alice'),
    x509Person('bob'),
    keyPerson('carol', 'p256'),
    pgpPerson('mallory'),
    keyPerson('ci'),
  ]);
  judge = await judgeBy(await policyFor([alice, bob, carol, ci], pipeline('alice', 'bob', 'carol')));
  open = await judgeTrusting([alice, bob, carol, ci]);
});

const EVIDENCE = { predicateType: 'https://slsa.dev/provenance/v1', predicate: { buildDefinition: {} } };

/** Objects: 1 to 3 data, 4 evidence, 5 native, 6 author, 7 security, 8 production. */
async function signed(bytes = typicalSif().bytes()): Promise<string> {
  const path = await temporaryFile(bytes);
  await attachEvidence({ path, statements: [EVIDENCE], signer: ci.signer, now: NOW });
  await signAs(path, alice, 'author', judge);
  await signAs(path, bob, 'security', judge);
  await signAs(path, carol, 'production', judge);
  return path;
}

async function laneBytes(path: string, id: number): Promise<Uint8Array> {
  const image = await openSif(memorySource(await readFile(path), path));
  const object = image.objects.find((candidate) => candidate.id === id);
  if (!object) throw new Error(`no object ${id}`);
  return readObject(image, object, 1_000_000);
}

async function change(path: string, edit: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(path);
  edit(bytes);
  await writeFile(path, bytes);
}

/** Both judges must fail the image; gives the verdict under the policy. */
async function failed(path: string): Promise<ImageVerdict> {
  expect((await verdictOf(path, open)).verdict).toBe('failed');
  const verdict = await verdictOf(path, judge);
  expect(verdict.verdict).toBe('failed');
  return verdict;
}

test('untouched, the image passes', async () => {
  const path = await signed();
  for (const by of [judge, open]) {
    const verdict = await verdictOf(path, by);
    expect(problemsOf(verdict)).toEqual([]);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.evidence).toMatchObject([{ where: 'object 4', status: 'valid' }]);
  }
});

describe('layers taken away', () => {
  test('the middle approval', async () => {
    const path = await signed();
    await deleteObjects(path, [7], { now: NOW });
    const verdict = await failed(path);
    expect(problemsOf(verdict)).toEqual(expect.arrayContaining(['LAYER_REMOVED', 'STAGE_MISSING']));
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed', security: 'missing' });
    expect(messagesOf(verdict).join('\n')).toMatch(/approval of stage security .* was removed/);
  });

  test('the first approval', async () => {
    const path = await signed();
    await deleteObjects(path, [6], { now: NOW });
    const verdict = await failed(path);
    expect(problemsOf(verdict)).toContain('LAYER_REMOVED');
    expect(stagesOf(verdict)).toMatchObject({ author: 'missing' });
  });

  test('the last approval, which only the policy can miss', async () => {
    const path = await signed();
    await deleteObjects(path, [8], { now: NOW });
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(stagesOf(verdict)).toMatchObject({ production: 'missing' });
    const unaware = await verdictOf(path, open);
    expect(unaware.verdict).toBe('passed');
    expect(unaware.reasons.map(({ code }) => code)).toContain('CHAIN_ENDS_AT');
    expect(
      (await verdictOf(path, await judgeTrusting([alice, bob, carol], { requiredStages: ['production'] }))).verdict,
    ).toBe('failed');
  });

  test('the native signature of an approval', async () => {
    const path = await signed();
    await deleteObjects(path, [5], { now: NOW });
    const verdict = await failed(path);
    expect(problemsOf(verdict)).toContain('NATIVE_SIGNATURE_MISSING');
    expect(stagesOf(verdict)).toMatchObject({ author: 'failed' });
  });

  test('evidence', async () => {
    const path = await signed();
    await deleteObjects(path, [4], { now: NOW });
    const verdict = await failed(path);
    expect(problemsOf(verdict)).toContain('EVIDENCE_REMOVED');
  });

  test('all of them', async () => {
    const path = await signed();
    await deleteObjects(path, [4, 5, 6, 7, 8], { now: NOW });
    const verdict = await failed(path);
    expect(stagesOf(verdict)).toEqual({ author: 'missing', security: 'missing', production: 'missing' });
  });
});

describe('layers moved', () => {
  test('the data of two lane objects is swapped', async () => {
    const path = await signed();
    const slot = (index: number) => SifBuilder.field(index, 17);
    await change(path, (bytes) => {
      const first = Buffer.from(bytes.subarray(slot(6), slot(6) + 24));
      bytes.copyWithin(slot(6), slot(7), slot(7) + 24);
      first.copy(bytes, slot(7));
    });
    const verdict = await failed(path);
    expect(problemsOf(verdict)).toContain('LAYER_ALTERED');
    expect(messagesOf(verdict).join('\n')).toMatch(/object 7 was altered[\s\S]*object 8 was altered/);
  });

  test('two lane objects change places as a whole: nothing is lost, the order is in the approvals', async () => {
    const path = await signed();
    const [security, production] = [await laneBytes(path, 7), await laneBytes(path, 8)];
    await deleteObjects(path, [7, 8], { now: NOW });
    const objects = [laneObject('approval', 'production', production), laneObject('approval', 'security', security)];
    await appendObjects(path, objects, { now: NOW });
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  test('an approval is copied twice', async () => {
    const path = await signed();
    await appendObjects(path, [laneObject('approval', 'security', await laneBytes(path, 7))], { now: NOW });
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  test('an approval is renamed to another stage', async () => {
    const path = await signed();
    const bundle = await laneBytes(path, 7);
    await deleteObjects(path, [7], { now: NOW });
    await appendObjects(path, [laneObject('approval', 'production', bundle)], { now: NOW });
    const verdict = await failed(path);
    expect(messagesOf(verdict).join('\n')).toMatch(/object 7 was altered/);
  });

  test('an approval is copied from another image', async () => {
    const from = await signed(typicalSif(9500).bytes());
    const path = await temporaryFile(typicalSif().bytes());
    for (const [id, stage] of [
      [6, 'author'],
      [7, 'security'],
      [8, 'production'],
    ] as const)
      await appendObjects(path, [laneObject('approval', stage, await laneBytes(from, id))], { now: NOW });
    const verdict = await failed(path);
    expect(problemsOf(verdict)).toContain('APPROVAL_OTHER_CONTENT');
    expect(stagesOf(verdict)).toEqual({ author: 'failed', security: 'failed', production: 'failed' });
    expect(messagesOf(verdict).join('\n')).toMatch(/object 3: its data differs/);
  });

  test('a native signature is copied from another image', async () => {
    const from = await signed(typicalSif(9500).bytes());
    const path = await temporaryFile(typicalSif().bytes());
    const { fingerprint } = alice.signer.identity as { fingerprint: string };
    const data = await laneBytes(from, 5);
    await appendObjects(
      path,
      [{ dataType: 0x4005, data, group: 0, linkedGroup: 1, extra: signatureExtra(fingerprint) }],
      { now: NOW },
    );
    const verdict = await failed(path);
    expect(verdict.layers[0]).toMatchObject({ where: 'object 4', status: 'invalid' });
    expect(problemsOf(verdict)).toContain('LAYER_ALTERED');
  });
});

describe('content changed under the approvals', () => {
  test('a byte of data', async () => {
    const path = await signed();
    await change(path, (bytes) => (bytes[37_000] = (bytes[37_000] ?? 0) ^ 1));
    const verdict = await failed(path);
    expect(problemsOf(verdict)).toContain('APPROVAL_OTHER_CONTENT');
    expect(stagesOf(verdict)).toEqual({ author: 'failed', security: 'failed', production: 'failed' });
    expect(messagesOf(verdict).join('\n')).toMatch(/object 3: its data differs/);
  });

  test('an object added to the group', async () => {
    const path = await signed();
    await appendObjects(path, [{ dataType: 0x4006, data: Buffer.from('{}'), name: 'inspect-metadata.json' }], {
      now: NOW,
    });
    const verdict = await failed(path);
    expect(messagesOf(verdict).join('\n')).toMatch(/object 9: not covered/);
  });

  test('an object added without group', async () => {
    const path = await signed();
    await appendObjects(path, [{ dataType: 0x4006, data: Buffer.from('{}'), group: 0 }], { now: NOW });
    expect(problemsOf(await failed(path))).toContain('SIF_OBJECT_UNGROUPED');
  });

  test('an object removed from the group', async () => {
    const path = await signed();
    await deleteObjects(path, [2], { now: NOW });
    const verdict = await failed(path);
    expect(messagesOf(verdict).join('\n')).toMatch(/object 2: signed, but not in group 1/);
  });

  test('all layers of an image on a rebuilt one', async () => {
    const from = await signed();
    const rebuilt = sif().withId('ffffffff2d3c4b5a69788796a5b4c3d2').withDefinition().withPartition(Buffer.alloc(9000));
    const path = await temporaryFile(rebuilt.bytes());
    for (const [id, stage] of [
      [6, 'author'],
      [7, 'security'],
      [8, 'production'],
    ] as const)
      await appendObjects(path, [laneObject('approval', stage, await laneBytes(from, id))], { now: NOW });
    expect(problemsOf(await failed(path))).toContain('APPROVAL_OTHER_CONTENT');
  });
});

describe('order', () => {
  test('a stage signed before its predecessor does not count, although every signature is good', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const eager = { verifyPrevious: false };
    await signAs(path, bob, 'security', judge, eager);
    await signAs(path, alice, 'author', judge, eager);
    await signAs(path, carol, 'production', judge, eager);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(problemsOf(verdict)).toContain('APPROVAL_OUT_OF_ORDER');
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed', security: 'failed' });
    expect(messagesOf(verdict).join('\n')).toMatch(/given before stage author was approved/);
  });

  test('it is mended by approving anew in order', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, bob, 'security', judge, { verifyPrevious: false });
    await signAs(path, alice, 'author', judge);
    const again = await signAs(path, bob, 'security', judge);
    expect(again.outcome).toBe('signed');
    await signAs(path, carol, 'production', judge);
    const verdict = await verdictOf(path, judge);
    expect(problemsOf(verdict)).toEqual([]);
    expect(verdict.verdict).toBe('passed');
  });
});

describe('outsiders', () => {
  test('a valid approval and native signature by somebody unknown changes nothing and is reported', async () => {
    const path = await signed();
    await signAs(path, mallory, 'production', await judgeTrusting([mallory]));
    for (const by of [judge, open]) {
      const verdict = await verdictOf(path, by);
      expect(verdict.verdict).toBe('passed');
      const foreign = verdict.layers.filter(({ status }) => status === 'unknown-signer');
      expect(foreign.map(({ where }) => where)).toEqual(['object 9', 'object 10']);
    }
  });

  test('cannot stand in for a missing stage', async () => {
    const path = await signed();
    await deleteObjects(path, [8], { now: NOW });
    await signAs(path, mallory, 'production', await judgeTrusting([mallory]));
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(stagesOf(verdict)).toMatchObject({ production: 'missing' });
    expect(messagesOf(verdict).join('\n')).toMatch(/claims stage production and is not trusted/);
  });

  test('an approver of another stage cannot either', async () => {
    const path = await signed();
    await deleteObjects(path, [8], { now: NOW });
    await signAs(path, alice, 'production', open);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(problemsOf(verdict)).toContain('APPROVER_NOT_LISTED');
  });

  test('an approval by a key that was revoked since counts for nothing, and harms nobody else’s', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const stages = '  - { name: author, approvers: [alice, carol] }';
    const before = await judgeBy(await policyFor([alice, carol], stages));
    await signAs(path, alice, 'author', before);
    const { publicKey: revoked } = await revokeKey({
      key: await readPrivateKey({ armoredKey: alice.privateKey }),
      date: NOW,
      format: 'armored',
    });
    const after = await judgeBy(await policyFor([{ ...alice, publicKey: revoked }, carol], stages));
    const alone = await verdictOf(path, after);
    expect(stagesOf(alone)).toEqual({ author: 'failed' });
    expect(problemsOf(alone)).toEqual(['APPROVAL_SIGNER_ENDED', 'STAGE_THRESHOLD_NOT_MET']);
    expect(messagesOf(alone).join('\n')).toMatch(/claims stage author and is not trusted: .*revoked/);
    await signAs(path, carol, 'author', after);
    const verdict = await verdictOf(path, after);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.layers.map(({ status }) => status)).toEqual(['untrusted', 'untrusted', 'valid']);
  });

  test('a statement that a trusted signer made, signed again by an outsider, does not replace it', async () => {
    const path = await signed();
    const copy = `${path}.copy`;
    await copyFile(path, copy);
    const { encodePae, parseBundle } = await import('../../../src/attest/bundle.ts');
    const { encodeBundle } = await import('../../../src/attest/sign.ts');
    const { payload, payloadType } = parseBundle(await laneBytes(path, 7)).envelope;
    const { signer } = mallory;
    const signature = await signer.signPae(encodePae(payloadType, payload), NOW);
    const forged = encodeBundle({ material: signer.material, payloadType, payload, signature });
    await deleteObjects(path, [7], { now: NOW });
    await appendObjects(path, [laneObject('approval', 'security', forged)], { now: NOW });
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(problemsOf(verdict)).toEqual(expect.arrayContaining(['LAYER_REMOVED']));
    expect(stagesOf(verdict)).toMatchObject({ security: 'missing' });
  });

  test.each([
    ['an unlinked signature object of another tool', Buffer.from('{"payloadType":"x"}'), 'mine/attestation'],
    ['arbitrary bytes', Buffer.alloc(100_000, 7), ''],
    ['no bytes at all', Buffer.alloc(0), 'empty'],
    ['a native signature that is not linked', Buffer.from('-----BEGIN PGP SIGNED MESSAGE-----\n'), ''],
  ])('%s is ignored', async (_what, data, name) => {
    const path = await signed();
    await appendObjects(path, [{ dataType: 0x4005, data, group: 0, name, extra: signatureExtra(undefined) }], {
      now: NOW,
    });
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.layers).toHaveLength(4);
  });

  test('garbage under our name is no layer, and fails the file', async () => {
    const path = await signed();
    const name = 'countersign/approval/author/00000000000000000000000000000000';
    await appendObjects(
      path,
      [{ dataType: 0x4005, data: Buffer.from('{}'), group: 0, name, extra: signatureExtra(undefined) }],
      { now: NOW },
    );
    const verdict = await failed(path);
    expect(messagesOf(verdict).join('\n')).toMatch(/object 9 is (unreadable|invalid)/);
  });

  test('garbage linked to the group, which Apptainer refuses, fails the file', async () => {
    const path = await signed();
    const object = { dataType: 0x4005, data: Buffer.from('x'), group: 0, linkedGroup: 1 };
    await appendObjects(path, [{ ...object, extra: signatureExtra(undefined) }], { now: NOW });
    expect(messagesOf(await failed(path)).join('\n')).toMatch(/object 9 is unreadable/);
  });
});
