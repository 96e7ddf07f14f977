// SPDX-License-Identifier: Apache-2.0
// Stages about the base and about overlays, on SIF files made for it: an overlay that is added later has approvals of its
// own while those of the base stand, and nobody gets anything past the stages for the base by calling it an overlay.

import { open } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Criteria } from '../../../../src/image/verify.ts';
import { parseBundle } from '../../../../src/attest/bundle.ts';
import { parseStatement } from '../../../../src/attest/statement.ts';
import { planSteps } from '../../../../src/stage/plan/plan.ts';
import { deleteObjects } from '../../../../src/sif/edit/append.ts';
import { openSif } from '../../../../src/sif/sif.ts';
import { openFileSource } from '../../../../src/sif/source.ts';
import {
  examined,
  judgeBy,
  keyPerson,
  messagesOf,
  NOW,
  type Person,
  pgpPerson,
  policyFor,
  problemsOf,
  signAs,
  stagesOf,
  verdictOf,
} from '../../../support/layers.ts';
import { addTo, definition, partition, sifOf } from '../../../support/overlays.ts';

const STAGES = `
  - { name: author, approvers: alice, objects: base }
  - { name: security, approvers: sam, objects: base }
  - { name: overlay, approvers: student, objects: overlays }`;

let alice: Person;
let sam: Person;
let student: Person;
let judge: Criteria;

beforeAll(async () => {
  [alice, sam, student] = await Promise.all([pgpPerson('alice'), keyPerson('sam'), pgpPerson('student')]);
  judge = await judgeOf(STAGES);
});

async function judgeOf(stages: string): Promise<Criteria> {
  return judgeBy(await policyFor([alice, sam, student], stages));
}

/** A file whose base has been approved. */
async function approvedBase(by = judge): Promise<string> {
  const path = await sifOf();
  await signAs(path, alice, 'author', by);
  await signAs(path, sam, 'security', by);
  return path;
}

/** The same with an overlay that the student approved. */
async function approvedOverlay(): Promise<string> {
  const path = await approvedBase();
  await addTo(path, partition('overlay', 2));
  await signAs(path, student, 'overlay', judge);
  return path;
}

/** Changes a byte of an object's data. */
async function change(path: string, is: (object: { group: number; dataType: number }) => boolean): Promise<void> {
  await using source = await openFileSource(path);
  const object = (await openSif(source)).objects.find(is);
  await using file = await open(path, 'r+');
  await file.write(Buffer.from('changed'), 0, 7, object?.offset ?? 0);
}

describe('an overlay that is added later', () => {
  test('is not asked for while there is none', async () => {
    const verdict = await verdictOf(await approvedBase(), judge);
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed' });
    expect(verdict.verdict).toBe('passed');
    expect(verdict.reasons.map(({ code }) => code)).toContain('STAGE_WITHOUT_OBJECTS');
  });

  test('fails the image until it is approved, and the base stands', async () => {
    const path = await approvedBase();
    await addTo(path, partition('overlay', 2));
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed', overlay: 'missing' });
    const { facts } = (await examined(path, judge)).examination;
    const plan = judge.policy && planSteps(judge.policy, facts, { now: NOW });
    expect(plan).toMatchObject({ enough: true, steps: [{ stage: 'overlay', who: ['student'] }] });
  });

  test('has an approval of its own, which names that group alone and lists those of the base', async () => {
    const path = await approvedBase();
    await addTo(path, partition('overlay', 2));
    const { bundle } = await signAs(path, student, 'overlay', judge);
    const verdict = await verdictOf(path, judge);
    expect(problemsOf(verdict)).toEqual([]);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.stages.map(({ objects }) => objects)).toEqual([
      ['object 1', 'object 2'],
      ['object 1', 'object 2'],
      [expect.stringMatching(/^object [0-9]+$/)],
    ]);
    const { subject, predicate } = parseStatement(parseBundle(bundle ?? new Uint8Array()).envelope.payload);
    expect(subject).toHaveLength(1);
    expect(predicate).toMatchObject({
      inputAttestations: [
        { uri: expect.stringContaining('urn:countersign:stage:') },
        { uri: expect.stringContaining('urn:countersign:stage:') },
      ],
      countersign: { native: [{ group: 2 }], content: [{ group: 2 }] },
    });
  });

  test('changed afterwards fails its own stage, and the base stands', async () => {
    const path = await approvedOverlay();
    await change(path, ({ group }) => group === 2);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed', overlay: 'failed' });
    expect(problemsOf(verdict)).toContain('APPROVAL_OTHER_CONTENT');
  });

  test('says nothing for a base that was changed', async () => {
    const path = await approvedOverlay();
    await change(path, ({ group, dataType }) => group === 1 && dataType === 0x4004);
    const verdict = await verdictOf(path, judge);
    expect(stagesOf(verdict)).toMatchObject({ author: 'failed', security: 'failed' });
    expect(verdict.verdict).toBe('failed');
  });

  test('is asked for where nothing else of the image has to be approved', async () => {
    const rules = await policyFor([student], '\n  - { name: overlay, approvers: student, objects: overlays }');
    const by = await judgeBy({
      ...rules,
      policy: { ...rules.policy, objects: { unsigned: [3], mustBeEncrypted: false } },
    });
    const verdict = await verdictOf(await sifOf([partition('data', 3)]), by);
    expect(verdict.verdict).toBe('failed');
    expect(stagesOf(verdict)).toEqual({ overlay: 'missing' });
    expect(problemsOf(verdict)).toContain('STAGE_WITHOUT_OBJECTS');
  });

  test('under a policy without a stage for it is told, and fails', async () => {
    const base = await judgeOf(STAGES.split('\n').slice(0, 3).join('\n'));
    const path = await approvedBase(base);
    expect((await verdictOf(path, base)).verdict).toBe('passed');
    await addTo(path, partition('overlay', 2));
    const verdict = await verdictOf(path, base);
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed' });
    expect(problemsOf(verdict)).toEqual(['OBJECT_NOT_APPROVED']);
    expect(messagesOf(verdict).join('\n')).toMatch(/object \d+ \(overlay, group 2\): no stage of the policy is/);
  });

  test('is asked about too where only the base was', async () => {
    const path = await approvedBase();
    await addTo(path, partition('overlay', 2));
    const verdict = await verdictOf(path, { ...judge, stages: ['author', 'security'] });
    expect(problemsOf(verdict)).toEqual(['OBJECT_NOT_APPROVED']);
    expect(messagesOf(verdict).join('\n')).toContain('only stage overlay is, which was not asked about');
  });

  test('under stages about everything makes them approve again, as ever', async () => {
    const plain = await judgeOf('  - { name: author, approvers: alice }');
    const path = await sifOf();
    await signAs(path, alice, 'author', plain);
    await addTo(path, partition('overlay', 2));
    expect(problemsOf(await verdictOf(path, plain))).toContain('LAYER_PARTIAL');
  });
});

describe('what is no overlay stays with the stages for the base', () => {
  test.each([
    ['a definition file', [definition(2)]],
    ['a system partition', [partition('system', 2)]],
    ['an overlay beside a definition file', [partition('overlay', 2), definition(2)]],
    ['an overlay in the group of the base', [partition('overlay', 1)]],
  ])('%s', async (_, objects) => {
    const path = await approvedBase();
    await addTo(path, ...objects);
    const refused = await signAs(path, student, 'overlay', judge).then(
      ({ outcome }) => outcome,
      (error: { code: string }) => error.code,
    );
    expect(['refused', 'STAGE_NOTHING_TO_APPROVE']).toContain(refused);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(stagesOf(verdict)['author']).toBe('failed');
  });

  test('a system in group 2 and nothing in group 1 is no overlay', async () => {
    const numbered = await judgeOf(`
  - { name: author, approvers: alice, objects: base }
  - { name: overlay, approvers: student, objects: 2, after: [] }`);
    const path = await sifOf([definition(2), partition('primarySystem', 2)]);
    await expect(signAs(path, student, 'overlay', numbered)).rejects.toMatchObject({
      code: 'STAGE_NOTHING_TO_APPROVE',
    });
    expect(stagesOf(await verdictOf(path, numbered))).toEqual({ author: 'missing' });
  });

  test('a file without a base passes no stage about the base', async () => {
    const path = await sifOf([partition('overlay', 1)]);
    const free = await judgeOf(`
  - { name: author, approvers: alice, objects: base }
  - { name: overlay, approvers: student, objects: overlays, after: [] }`);
    await signAs(path, student, 'overlay', free);
    const verdict = await verdictOf(path, free);
    expect(verdict.verdict).toBe('failed');
    expect(problemsOf(verdict)).toContain('STAGE_WITHOUT_OBJECTS');
  });

  test('a file that is an overlay alone has a policy of its own, by which no system passes', async () => {
    const overlays = await judgeOf('  - { name: overlay, approvers: student, objects: overlays }');
    const path = await sifOf([partition('overlay', 1)]);
    await signAs(path, student, 'overlay', overlays);
    expect((await verdictOf(path, overlays)).verdict).toBe('passed');
    expect(problemsOf(await verdictOf(await sifOf(), overlays))).toContain('OBJECT_NOT_APPROVED');
  });
});

test('groups have stages by number, and a student of one says nothing for the other', async () => {
  const two = await judgeOf(`
  - { name: author, approvers: alice, objects: base }
  - { name: one, approvers: sam, objects: 2 }
  - { name: other, approvers: student, objects: [3], after: author }`);
  const path = await sifOf();
  await signAs(path, alice, 'author', two);
  await addTo(path, partition('overlay', 2), partition('overlay', 3, { fill: 9 }));
  await signAs(path, student, 'other', two);
  expect(stagesOf(await verdictOf(path, two))).toEqual({ author: 'passed', one: 'missing', other: 'passed' });
  await expect(signAs(path, student, 'one', two)).rejects.toMatchObject({ code: 'STAGE_SIGNER_NOT_ALLOWED' });
  await signAs(path, sam, 'one', two);
  expect((await verdictOf(path, two)).verdict).toBe('passed');
});

test('a stage after the overlay follows those before it where there is no overlay', async () => {
  const all = await judgeOf(`
  - { name: author, approvers: alice, objects: base }
  - { name: overlay, approvers: student, objects: overlays }
  - { name: production, approvers: sam }`);
  const path = await sifOf();
  const early = await signAs(path, sam, 'production', all);
  expect(early.outcome).toBe('refused');
  await signAs(path, alice, 'author', all);
  await signAs(path, sam, 'production', all);
  expect((await verdictOf(path, all)).verdict).toBe('passed');
  await addTo(path, partition('overlay', 2));
  await signAs(path, student, 'overlay', all);
  expect(stagesOf(await verdictOf(path, all))).toEqual({ author: 'passed', overlay: 'passed', production: 'failed' });
  await signAs(path, sam, 'production', all);
  expect((await verdictOf(path, all)).verdict).toBe('passed');
});

test('an overlay whose approval goes with it leaves the base as it was approved; one left behind fails', async () => {
  const path = await approvedOverlay();
  await using source = await openFileSource(path);
  const { objects } = await openSif(source);
  const overlay = objects.filter(({ group }) => group === 2).map(({ id }) => id);
  await deleteObjects(path, overlay, { now: NOW });
  expect((await verdictOf(path, judge)).verdict).toBe('failed');
});

describe('objects that may stay unsigned', () => {
  const data = 'stages:';
  const unsigned = async () => {
    const loaded = await judgeOf('  - { name: author, approvers: alice }');
    if (!loaded.policy) throw new Error(data);
    const policy = { ...loaded.policy.policy, objects: { mustBeEncrypted: false, unsigned: [3] } };
    return { ...loaded, policy: { ...loaded.policy, policy } };
  };

  test('are data partitions of the group that the policy names, and can change', async () => {
    const loose = await unsigned();
    const path = await sifOf();
    await signAs(path, alice, 'author', loose);
    await addTo(path, partition('data', 3));
    await change(path, ({ group }) => group === 3);
    const verdict = await verdictOf(path, loose);
    expect(problemsOf(verdict)).toEqual([]);
    expect(verdict.reasons.map(({ code }) => code)).toContain('OBJECT_UNSIGNED');
  });

  test.each([
    ['an overlay', partition('overlay', 3)],
    ['a system', partition('system', 3)],
    ['a definition file', definition(3)],
    ['data in another group', partition('data', 4)],
  ])('%s is not among them', async (_, object) => {
    const loose = await unsigned();
    const path = await sifOf();
    await signAs(path, alice, 'author', loose);
    await addTo(path, partition('data', 3), object);
    const verdict = await verdictOf(path, loose);
    expect(verdict.verdict).toBe('failed');
    expect(problemsOf(verdict)).toContain('LAYER_PARTIAL');
  });
});
