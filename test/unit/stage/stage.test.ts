// SPDX-License-Identifier: Apache-2.0
// Signing stages on an image: what is written, what is refused, and that a refusal leaves every byte as it was.

import { readFile, writeFile } from 'node:fs/promises';
import { rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { createSigner } from '../../../src/crypto/signer.ts';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import type { LoadedPolicy } from '../../../src/policy/document/load.ts';
import { deleteObjects } from '../../../src/sif/edit/append.ts';
import {
  type Person,
  examined,
  judgeBy,
  judgeTrusting,
  keyPerson,
  NOW,
  pgpPerson,
  pipeline,
  policyFor,
  problemsOf,
  refusal,
  signAs,
  stagesOf,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { sif, typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let alice: Person;
let bob: Person;
let carol: Person;
let mallory: Person;
let policy: LoadedPolicy;

beforeAll(async () => {
  [alice, bob, carol, mallory] = await Promise.all([
    pgpPerson('alice'),
    x509Person('bob'),
    keyPerson('carol', 'p256'),
    keyPerson('mallory'),
  ]);
  policy = await policyFor([alice, bob, carol], pipeline('alice', 'bob', 'carol'));
});

const ALL_PASSED = { author: 'passed', security: 'passed', production: 'passed' };

async function signAll(path: string): Promise<void> {
  const judge = await judgeBy(policy);
  await signAs(path, alice, 'author', judge);
  await signAs(path, bob, 'security', judge);
  await signAs(path, carol, 'production', judge);
}

describe('three stages', () => {
  test('pass one after the other, and the image verifies with and without the policy', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    const author = await signAs(path, alice, 'author', judge);
    expect(author).toMatchObject({ outcome: 'signed', where: ['object 4', 'object 5'], freeSlots: 43, remarks: [] });
    const security = await signAs(path, bob, 'security', judge);
    expect(security).toMatchObject({ outcome: 'signed', where: ['object 6'], freeSlots: 42 });
    expect(security.verdict?.verdict).toBe('passed');
    const production = await signAs(path, carol, 'production', judge);
    expect(production).toMatchObject({ outcome: 'signed', where: ['object 7'], freeSlots: 41 });
    const verdict = await verdictOf(path, judge);
    expect(problemsOf(verdict)).toEqual([]);
    expect(verdict.verdict).toBe('passed');
    expect(stagesOf(verdict)).toEqual(ALL_PASSED);
    expect(verdict.layers.map(({ where, kind, stage, status }) => [where, kind, stage, status])).toEqual([
      ['object 4', 'native-pgp', 'author', 'valid'],
      ['object 5', 'bundle', 'author', 'valid'],
      ['object 6', 'bundle', 'security', 'valid'],
      ['object 7', 'bundle', 'production', 'valid'],
    ]);
    const open = await verdictOf(path, await judgeTrusting([alice, bob, carol]));
    expect(open.verdict).toBe('passed');
    expect(stagesOf(open)).toEqual(ALL_PASSED);
  });

  test('each approval lists all earlier ones', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAll(path);
    const { examination } = await examined(path, await judgeBy(policy));
    const approvals = examination.facts.layers.flatMap(({ approval, digest }) =>
      approval ? [{ approval, digest }] : [],
    );
    expect(approvals.map(({ approval }) => approval.sequence)).toEqual([1, 2, 3]);
    expect(approvals[2]?.approval.roster.map(({ digest }) => digest).toSorted()).toEqual(
      approvals
        .slice(0, 2)
        .map(({ digest }) => digest)
        .toSorted(),
    );
    expect(approvals[2]?.approval.previous).toBe(approvals[1]?.digest);
  });
});

describe('signing again', () => {
  test('the same stage, key and content changes nothing and says so', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAll(path);
    const before = await readFile(path);
    const later = new Date(NOW.getTime() + 3_600_000);
    for (const [person, stage] of [
      [alice, 'author'],
      [bob, 'security'],
      [carol, 'production'],
    ] as const) {
      const again = await signAs(path, person, stage, await judgeBy(policy, later));
      expect(again).toMatchObject({ outcome: 'unchanged', where: [], freeSlots: 41 });
      expect(again.bundle).toBeDefined();
      expect(again.digest).toBeDefined();
    }
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('does nothing without a policy either', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([alice]);
    await signAs(path, alice, 'author', judge);
    const before = await readFile(path);
    expect((await signAs(path, alice, 'author', judge)).outcome).toBe('unchanged');
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('replace puts a new approval in the place of the last one, and keeps the native signature', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    const first = await signAs(path, alice, 'author', judge);
    const second = await signAs(path, alice, 'author', judge, { replace: true, reason: 'better words' });
    expect(second.outcome).toBe('replaced');
    expect(second.digest).not.toBe(first.digest);
    const verdict = await verdictOf(path, await judgeTrusting([alice]));
    expect(verdict.verdict).toBe('passed');
    expect(verdict.layers).toHaveLength(2);
    expect(verdict.layers.map(({ kind, status }) => [kind, status])).toEqual([
      ['native-pgp', 'valid'],
      ['bundle', 'valid'],
    ]);
  });

  test('replace leaves an approval that a later one lists; it does not count any more, and the later one stands', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAll(path);
    const judge = await judgeBy(policy);
    const result = await signAs(path, bob, 'security', judge, { replace: true, reason: 'better words' });
    expect(result.outcome).toBe('replaced');
    expect(result.remarks.join()).toContain('the earlier approval at object 6 stays');
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.layers.map(({ where, reasons }) => [where, reasons.map(({ code }) => code)])).toContainEqual([
      'object 6',
      ['APPROVAL_REPLACED'],
    ]);
    expect((await signAs(path, carol, 'production', judge, { replace: true })).outcome).toBe('replaced');
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  test('an approval that expired is followed by a new one, without replace too', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, alice, 'author', await judgeBy(policy), { expires: new Date(NOW.getTime() + 60_000) });
    const later = new Date(NOW.getTime() + 120_000);
    const expired = await verdictOf(path, await judgeBy(policy, later));
    expect(expired.stages[0]).toMatchObject({ stage: 'author', verdict: 'failed' });
    expect(problemsOf(expired)).toContain('APPROVAL_EXPIRED');
    const again = await signAs(path, alice, 'author', await judgeBy(policy, later));
    expect(again.outcome).toBe('signed');
    const verdict = await verdictOf(path, await judgeBy(policy, later));
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed' });
    const security = await signAs(path, bob, 'security', await judgeBy(policy, later));
    expect(security.outcome).toBe('signed');
  });

  test('an expired approval is taken away by replace', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, alice, 'author', await judgeBy(policy), { expires: new Date(NOW.getTime() + 60_000) });
    const later = await judgeBy(policy, new Date(NOW.getTime() + 120_000));
    expect((await signAs(path, alice, 'author', later, { replace: true })).outcome).toBe('replaced');
    const verdict = await verdictOf(path, later);
    expect(verdict.layers).toHaveLength(2);
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed' });
  });
});

describe('replace', () => {
  test('takes away every earlier approval by the key, also those that list each other', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, alice, 'author', await judgeBy(policy), { expires: new Date(NOW.getTime() + 60_000) });
    const later = await judgeBy(policy, new Date(NOW.getTime() + 120_000));
    await signAs(path, alice, 'author', later);
    const third = await signAs(path, alice, 'author', later, { replace: true });
    expect(third.outcome).toBe('replaced');
    const { verdict, examination } = await examined(path, later);
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed' });
    expect(verdict.layers).toHaveLength(2);
    expect(examination.facts.layers.at(-1)?.approval).toMatchObject({ sequence: 1, roster: [], previous: null });
  });

  test('is refused when the new approval would not count in place of the old one', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    await signAs(path, alice, 'author', judge);
    const result = await refusal(path, () => signAs(path, alice, 'author', judge, { replace: true, expires: NOW }));
    expect(result).toEqual({ code: 'STAGE_SELF_CHECK_FAILED', unchanged: true });
  });
});

describe('refused, with every byte as it was', () => {
  test('a file that another one took the place of after it was read', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    const other = typicalSif(20_000).bytes();
    let swapped = false;
    const onBytes = (): void => {
      if (swapped) return;
      swapped = true;
      rmSync(path);
      writeFileSync(path, other);
    };
    await expect(signAs(path, alice, 'author', judge, { onBytes })).rejects.toMatchObject({ code: 'SIF_CHANGED' });
    expect((await readFile(path)).equals(other)).toBe(true);
  });

  test('a dry run plans and writes nothing', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const before = await readFile(path);
    const planned = await signAs(path, alice, 'author', await judgeBy(policy), { dryRun: true });
    expect(planned.outcome).toBe('planned');
    expect(planned.bundle).toBeDefined();
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('a stage whose predecessor has not passed', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const before = await readFile(path);
    const judge = await judgeBy(policy);
    const early = await signAs(path, bob, 'security', judge);
    expect(early).toMatchObject({ outcome: 'refused', bundle: undefined, digest: undefined, where: [] });
    expect(early.verdict?.stages).toMatchObject([{ stage: 'author', verdict: 'missing' }]);
    await signAs(path, alice, 'author', judge);
    const afterAuthor = await readFile(path);
    expect((await signAs(path, carol, 'production', judge)).outcome).toBe('refused');
    expect((await readFile(path)).equals(afterAuthor)).toBe(true);
    expect(before.equals(afterAuthor)).toBe(false);
  });

  test('a signer who is no approver of the stage', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    const outsider = await refusal(path, () => signAs(path, mallory, 'author', judge));
    expect(outsider).toEqual({ code: 'STAGE_SIGNER_NOT_ALLOWED', unchanged: true });
    const wrongStage = await refusal(path, () => signAs(path, carol, 'author', judge));
    expect(wrongStage).toEqual({ code: 'STAGE_SIGNER_NOT_ALLOWED', unchanged: true });
  });

  test('an approver whose certificate came without its issuers, with what to do', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const { privateKey, certificate = '' } = bob;
    const key = new Secret(Buffer.from(privateKey));
    const signer = await createSigner({
      method: 'x509',
      key,
      passphrase: undefined,
      certificate,
      certificateChain: undefined,
      now: NOW,
    });
    const alone = await policyFor([bob], '  - { name: author, approvers: bob }');
    await expect(signAs(path, { ...bob, signer }, 'author', await judgeBy(alone))).rejects.toMatchObject({
      code: 'STAGE_SIGNER_NOT_ALLOWED',
      hint: expect.stringMatching(/sign with a key of bob, .*; if it is there: .*⟨certificate-chain-path⟩$/),
    });
  });

  test.each([
    ['qa', 'STAGE_UNKNOWN'],
    ['Author', 'STAGE_NAME_INVALID'],
    ['../x', 'STAGE_NAME_INVALID'],
  ])('stage name %j', async (stage, code) => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    expect(await refusal(path, () => signAs(path, alice, stage, judge))).toEqual({ code, unchanged: true });
  });

  test('an image without groups, or with an object in none', async () => {
    const judge = await judgeTrusting([carol]);
    const empty = await temporaryFile(sif().bytes());
    expect(await refusal(empty, () => signAs(empty, carol, 'author', judge))).toEqual({
      code: 'STAGE_IMAGE_BROKEN',
      unchanged: true,
    });
    const loose = await temporaryFile(
      typicalSif()
        .withObject({ type: 0x4006, data: Buffer.from('{}'), group: 0 })
        .bytes(),
    );
    expect(await refusal(loose, () => signAs(loose, carol, 'author', judge))).toEqual({
      code: 'STAGE_IMAGE_BROKEN',
      unchanged: true,
    });
  });

  test('an image without free slots', async () => {
    const judge = await judgeTrusting([alice, carol]);
    const full = await temporaryFile(typicalSif().withSlots(3).bytes());
    const refused = await refusal(full, () => signAs(full, carol, 'author', judge));
    expect(refused).toEqual({ code: 'SIF_NO_FREE_SLOT', unchanged: true });
    const one = await temporaryFile(typicalSif().withSlots(4).bytes());
    expect(await refusal(one, () => signAs(one, alice, 'author', judge))).toEqual({
      code: 'SIF_NO_FREE_SLOT',
      unchanged: true,
    });
    expect((await signAs(one, carol, 'author', judge)).freeSlots).toBe(0);
  });

  test('a changed image, when its earlier stages are looked at', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    await signAs(path, alice, 'author', judge);
    const bytes = await readFile(path);
    bytes[40_000] = (bytes[40_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const result = await signAs(path, bob, 'security', judge);
    expect(result.outcome).toBe('refused');
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  test.each(['with', 'without'])('a changed image %s native signatures, where there is no policy', async (how) => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeTrusting([alice, bob]);
    const native = how === 'with' ? 'auto' : 'none';
    await signAs(path, alice, 'author', judge, { native });
    const bytes = await readFile(path);
    bytes[40_000] = (bytes[40_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    for (const who of [alice, bob])
      await expect(signAs(path, who, 'security', judge, { native })).rejects.toMatchObject({
        code: 'STAGE_IMAGE_BROKEN',
      });
    expect((await readFile(path)).equals(bytes)).toBe(true);
    const stranger = await judgeTrusting([bob]);
    expect(await signAs(path, bob, 'security', stranger)).toMatchObject({ outcome: 'signed' });
  });
});

test.each(['evidence', 'approval'] as const)('altered %s is not signed over without a policy', async (kind) => {
  const path = await temporaryFile(typicalSif().bytes());
  const judge = await judgeTrusting([bob]);
  const statements = [{ predicateType: 'https://cyclonedx.org/bom', predicate: { bomFormat: 'CycloneDX' } }];
  if (kind === 'evidence') await attachEvidence({ path, statements, signer: alice.signer, now: NOW });
  else await signAs(path, alice, 'author', await judgeTrusting([alice]), { native: 'none' });
  const bytes = await readFile(path);
  bytes.write('X', bytes.indexOf(`countersign/${kind}/`) + 34);
  await writeFile(path, bytes);
  await expect(signAs(path, bob, 'security', judge)).rejects.toMatchObject({ code: 'STAGE_IMAGE_BROKEN' });
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

describe('capacity', () => {
  test('48 slots hold 45 approvals of an image with three objects, then the image stays as it is', async () => {
    const path = await temporaryFile(typicalSif(10).bytes());
    const judge = await judgeTrusting([carol]);
    for (let index = 1; index <= 45; index += 1) {
      const { freeSlots } = await signAs(path, carol, `stage-${index}`, judge);
      expect(freeSlots).toBe(45 - index);
    }
    const result = await refusal(path, () => signAs(path, carol, 'one-more', judge));
    expect(result).toEqual({ code: 'SIF_NO_FREE_SLOT', unchanged: true });
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.layers).toHaveLength(45);
  });
});

describe('what an interrupted run left', () => {
  test('a native signature without its approval is taken up', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    await signAs(path, alice, 'author', judge);
    await deleteObjects(path, [5], { now: NOW });
    const half = await verdictOf(path, judge);
    expect(stagesOf(half)).toMatchObject({ author: 'missing' });
    const later = await judgeBy(policy, new Date(NOW.getTime() + 600_000));
    const again = await signAs(path, alice, 'author', later);
    expect(again).toMatchObject({ outcome: 'signed', where: ['object 5'] });
    const verdict = await verdictOf(path, later);
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed' });
    expect(verdict.layers.map(({ kind }) => kind)).toEqual(['native-pgp', 'bundle']);
  });

  test('an approval whose native signature is gone gets a successor', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const judge = await judgeBy(policy);
    await signAs(path, alice, 'author', judge);
    await deleteObjects(path, [4], { now: NOW });
    expect(problemsOf(await verdictOf(path, judge))).toContain('NATIVE_SIGNATURE_MISSING');
    const again = await signAs(path, alice, 'author', judge, { replace: true });
    expect(again.outcome).toBe('replaced');
    expect(stagesOf(await verdictOf(path, judge))).toMatchObject({ author: 'passed' });
  });
});
