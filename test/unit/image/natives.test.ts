// SPDX-License-Identifier: Apache-2.0
// Native signatures beside approvals: what is written for Apptainer, when it is not, and images with several groups.

import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LoadedPolicy } from '../../../src/policy/document/load.ts';
import { appendObjects, deleteObjects, signatureExtra } from '../../../src/sif/edit/append.ts';
import { openSif, readObject } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { encodeNativeDsse, parseNativeDsse } from '../../../src/attest/native-dsse.ts';
import {
  examined,
  judgeBy,
  judgeTrusting,
  keyPerson,
  messagesOf,
  NOW,
  type Person,
  pgpPerson,
  policyFor,
  problemsOf,
  refusal,
  signAs,
  stageRequest,
  stagesOf,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { sif, typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let alice: Person;
let bob: Person;
let carol: Person;
let dave: Person;

beforeAll(async () => {
  [alice, bob, carol, dave] = await Promise.all([
    pgpPerson('alice'),
    x509Person('bob'),
    keyPerson('carol', 'p256'),
    keyPerson('dave'),
  ]);
});

async function objectsOf(path: string) {
  const image = await openSif(memorySource(await readFile(path), path));
  return Promise.all(
    image.objects.map(async (object) => ({ object, data: await readObject(image, object, 1_000_000) })),
  );
}

async function envelopes(path: string) {
  const natives = (await objectsOf(path)).filter(({ object }) => object.linkedGroup !== undefined);
  return natives.map(({ data }) => parseNativeDsse(data));
}

describe('which native signature is written', () => {
  test('OpenPGP writes one that looks as Apptainer writes it', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, alice, 'author', await judgeTrusting([alice]));
    const native = (await objectsOf(path)).find(({ object }) => object.linkedGroup === 1);
    const fingerprint = alice.signer.identity.method === 'pgp' ? alice.signer.identity.fingerprint : '';
    expect(native?.object).toMatchObject({
      name: '',
      group: 0,
      rawGroup: 0xf0000000,
      rawLink: 0xf0000001,
      used: 1,
      uid: 0,
      gid: 0,
      createdAt: NOW.getTime() / 1000,
      signature: { hashType: 1, fingerprint },
    });
    expect(Buffer.from(native?.data ?? []).toString()).toMatch(
      /^-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA\d+\n\n\{"version":1,.*-----END PGP SIGNATURE-----$/s,
    );
  });

  test('none on request, and the approval counts all the same', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([alice]);
    const { where } = await signAs(path, alice, 'author', judge, { native: 'none' });
    expect(where).toEqual(['object 4']);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  test('keys and certificates write none unless asked', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([bob, carol]);
    await signAs(path, bob, 'author', judge);
    await signAs(path, carol, 'security', judge);
    expect(await envelopes(path)).toEqual([]);
  });

  test('with dsse further signers join one envelope', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([bob, carol, dave]);
    await signAs(path, carol, 'author', judge, { native: 'dsse' });
    await signAs(path, dave, 'security', judge, { native: 'dsse' });
    const third = await signAs(path, bob, 'production', judge, { native: 'dsse' });
    expect(third.outcome).toBe('signed');
    const found = await envelopes(path);
    expect(found).toHaveLength(1);
    expect(found[0]?.signatures).toHaveLength(3);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed', production: 'passed' });
    expect(verdict.layers.filter(({ kind }) => kind === 'native-dsse')).toHaveLength(3);
    expect(third.freeSlots).toBe(48 - (await objectsOf(path)).length);
    const again = await signAs(path, dave, 'security', judge, { native: 'dsse' });
    expect(again.outcome).toBe('unchanged');
  });

  test('a key that has signed natively before is not added twice', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([carol]);
    await signAs(path, carol, 'author', judge, { native: 'dsse' });
    await signAs(path, carol, 'security', judge, { native: 'dsse' });
    const found = await envelopes(path);
    expect(found.map(({ signatures }) => signatures.length)).toEqual([1]);
  });

  test('an envelope that was joined and whose predecessor was left by a kill is joined on', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([carol, dave]);
    await signAs(path, carol, 'author', judge, { native: 'dsse' });
    const before = (await objectsOf(path)).find(({ object }) => object.linkedGroup === 1);
    await signAs(path, dave, 'security', judge, { native: 'dsse' });
    const left = { dataType: 0x4005, data: before?.data ?? Buffer.alloc(0), group: 0, linkedGroup: 1 };
    await appendObjects(path, [{ ...left, extra: signatureExtra(undefined) }], { now: NOW });
    expect(await envelopes(path)).toHaveLength(2);
    const result = await signAs(path, dave, 'production', judge, { native: 'dsse' });
    expect(result.outcome).toBe('signed');
    const found = await envelopes(path);
    expect(found).toHaveLength(1);
    expect(found[0]?.signatures).toHaveLength(2);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });
});

describe('what Apptainer could not verify is not written', () => {
  test('dsse beside an OpenPGP signature is refused', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([alice, carol]);
    await signAs(path, alice, 'author', judge);
    const result = await refusal(path, () => signAs(path, carol, 'security', judge, { native: 'dsse' }));
    expect(result).toEqual({ code: 'STAGE_NATIVE_CONFLICT', unchanged: true });
  });

  test('OpenPGP beside dsse writes the approval alone and says so', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([alice, carol]);
    await signAs(path, carol, 'author', judge, { native: 'dsse' });
    const { where, remarks } = await signAs(path, alice, 'security', judge);
    expect(where).toEqual(['object 6']);
    expect(remarks).toHaveLength(1);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  test('an OpenPGP key cannot make a native DSSE signature', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([alice]);
    const result = await refusal(path, () => signAs(path, alice, 'author', judge, { native: 'dsse' }));
    expect(result).toEqual({ code: 'STAGE_NATIVE_CONFLICT', unchanged: true });
  });

  test('two separate DSSE objects of other people are a conflict', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([bob, carol, dave]);
    await signAs(path, carol, 'author', judge, { native: 'dsse' });
    const [first] = await envelopes(path);
    const other = encodeNativeDsse(first?.payload ?? Buffer.alloc(0), [
      { keyid: undefined, signature: Buffer.from('somebody else') },
    ]);
    const object = { dataType: 0x4005, data: other, group: 0, linkedGroup: 1, extra: signatureExtra(undefined) };
    await appendObjects(path, [object], { now: NOW });
    const result = await refusal(path, () => signAs(path, bob, 'security', judge, { native: 'dsse' }));
    expect(result).toEqual({ code: 'STAGE_NATIVE_CONFLICT', unchanged: true });
  });
});

describe('several groups', () => {
  const twoGroups = () =>
    sif()
      .withId('0f1e2d3c4b5a69788796a5b4c3d2e1f0')
      .withDefinition()
      .withPartition(Buffer.alloc(5000, 7))
      .withObject({ type: 0x4006, data: Buffer.from('{"a":1}'), group: 2, name: 'more.json' })
      .withObject({ type: 0x4007, data: Buffer.alloc(0), group: 2 })
      .bytes();

  test('each gets its native signature and its subject', async () => {
    const path = await temporaryFile(twoGroups());
    const judge = await judgeTrusting([alice, carol]);
    const { where, contentDigests } = await signAs(path, alice, 'author', judge);
    expect(where).toEqual(['object 5', 'object 6', 'object 7']);
    expect(contentDigests).toHaveLength(2);
    await signAs(path, carol, 'security', judge);
    const verdict = await verdictOf(path, judge);
    expect(problemsOf(verdict)).toEqual([]);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.coverage).toHaveLength(4);
  });

  test('a native signature over one group only leaves the other uncovered', async () => {
    const path = await temporaryFile(twoGroups());
    const judge = await judgeTrusting([alice]);
    await signAs(path, alice, 'author', judge);
    await deleteObjects(path, [6, 7], { now: NOW });
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(verdict.coverage.filter(({ covered }) => !covered).map(({ object }) => object)).toEqual([
      'object 3',
      'object 4',
    ]);
    expect(problemsOf(verdict)).toContain('COVERAGE_INCOMPLETE');
  });

  test('removal of one of the two native signatures of an approval is named', async () => {
    const path = await temporaryFile(twoGroups());
    const judge = await judgeTrusting([alice]);
    await signAs(path, alice, 'author', judge);
    await deleteObjects(path, [6], { now: NOW });
    expect(problemsOf(await verdictOf(path, judge))).toContain('NATIVE_SIGNATURE_MISSING');
  });

  test('a group that was taken away, or added, is named', async () => {
    const judge = await judgeTrusting([carol]);
    const taken = await temporaryFile(twoGroups());
    await signAs(taken, carol, 'author', judge);
    await deleteObjects(taken, [3, 4], { now: NOW });
    const fewer = await verdictOf(taken, judge);
    expect(problemsOf(fewer)).toEqual(expect.arrayContaining(['APPROVAL_OTHER_CONTENT']));
    expect(messagesOf(fewer).join('\n')).toMatch(/group 2/);
    const added = await temporaryFile(typicalSif().bytes());
    await signAs(added, carol, 'author', judge);
    await appendObjects(added, [{ dataType: 0x4006, data: Buffer.from('{}'), group: 2 }], { now: NOW });
    const more = await verdictOf(added, judge);
    expect(more.verdict).toBe('failed');
    expect(messagesOf(more).join('\n')).toMatch(/object 5/);
  });
});

describe('native signatures under a policy', () => {
  const stages = '  - { name: author, approvers: [alice], native: [pgp] }\n  - { name: security, approvers: [carol] }';

  test('a plain one counts where the policy says so, and its removal is named by a later approval', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const policy: LoadedPolicy = await policyFor([alice, carol], stages);
    const judge = await judgeBy(policy);
    await signAs(path, alice, 'author', judge);
    await deleteObjects(path, [5], { now: NOW });
    expect(stagesOf(await verdictOf(path, judge))).toMatchObject({ author: 'passed', security: 'missing' });
    await signAs(path, carol, 'security', judge);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    const security = (await examined(path, judge)).examination.facts.layers.find(
      ({ approval }) => approval?.stage === 'security',
    );
    expect(security?.approval?.roster).toMatchObject([{ stage: null }]);
    await deleteObjects(path, [4], { now: NOW });
    const removed = await verdictOf(path, judge);
    expect(problemsOf(removed)).toEqual(expect.arrayContaining(['LAYER_REMOVED', 'STAGE_MISSING']));
  });

  test('one that an outsider’s approval claims stays in the roster', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(await policyFor([alice, carol], stages));
    await signAs(path, alice, 'author', judge);
    await deleteObjects(path, [5], { now: NOW });
    const { examination } = await examined(path, judge);
    const native = examination.facts.layers[0];
    const foreign = await judgeTrusting([dave]);
    // Dave, whom the policy does not know, calls alice's signature his own.
    const { sifFileTarget } = await import('../../../src/stage/sif-target.ts');
    const { signStage } = await import('../../../src/stage/stage.ts');
    const target = sifFileTarget(path);
    await signStage(
      {
        ...target,
        async open(check, onBytes) {
          const session = await target.open(check, onBytes);
          return {
            ...session,
            planNative: async (request, verifier) => ({
              ...(await session.planNative(request, verifier)),
              entries: [{ group: 1, digest: native?.digest ?? 'sha256:' }],
            }),
          };
        },
      },
      foreign,
      stageRequest(dave.signer, 'author', NOW, { native: 'none', verifyPrevious: false }),
    );
    await signAs(path, carol, 'security', judge);
    await deleteObjects(path, [4], { now: NOW });
    expect(problemsOf(await verdictOf(path, judge))).toContain('LAYER_REMOVED');
  });
});
