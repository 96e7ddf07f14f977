// SPDX-License-Identifier: Apache-2.0
// Stages about a part of a SIF, in a registry, while pushing and after what was found has changed: what they sign names
// no file and no manifest, and all that counted for the base goes on counting.

import { beforeAll, expect, test } from 'vitest';
import type { Criteria } from '../../src/image/verify.ts';
import { parseBundle } from '../../src/attest/bundle.ts';
import { parseStatement } from '../../src/attest/statement.ts';
import { deleteObjects } from '../../src/sif/edit/append.ts';
import { openSif } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { attachEvidence } from '../../src/stage/evidence.ts';
import { planSteps } from '../../src/stage/plan/plan.ts';
import {
  examined,
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
} from '../support/layers.ts';
import { addTo, partition, sifOf } from '../support/overlays.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { signedPush } from '../support/signed-push.ts';

const STAGES = `
  - { name: author, approvers: alice, objects: base }
  - { name: overlay, approvers: student, objects: overlays }
  - { name: production, approvers: sam, objects: base, after: author }`;

let alice: Person;
let sam: Person;
let student: Person;
let judge: Criteria;

beforeAll(async () => {
  [alice, sam, student] = await Promise.all([
    pgpPerson('alice'),
    keyPerson('sam', 'p256'),
    keyPerson('student', 'p256'),
  ]);
  judge = await judgeBy(await policyFor([alice, sam, student], STAGES));
});

async function withOverlay(): Promise<string> {
  const path = await sifOf();
  await signAs(path, alice, 'author', judge);
  await addTo(path, partition('overlay', 2));
  return path;
}

function subjectsOf(bundle: Uint8Array | undefined) {
  return parseStatement(parseBundle(bundle ?? new Uint8Array()).envelope.payload).subject.map(({ name }) => name);
}

test('signed while it is pushed, and then in the registry', async () => {
  const registry = await startRegistry();
  const repository = await openIn(registry);
  const path = await withOverlay();
  const pushed = await signedPush(repository, path, {
    person: student,
    stage: 'overlay',
    judge,
    push: { ...judge, stages: ['author', 'overlay'] },
  });
  expect(pushed).toMatchObject({ reads: 1, signing: { outcome: 'signed' }, verdict: { verdict: 'passed' } });
  const at = { repository, reference: '1.0' };
  const signed = await signRemotely(at, sam, 'production', { judge, verifyData: true });
  expect(signed.outcome).toBe('signed');
  expect(subjectsOf(signed.bundle)).toEqual(['sif-metadata']);
  expect(signed.remarks.join('\n')).toContain('the stage is not about the whole image');
  const manifest = (await repository.resolve('1.0'))?.digest ?? '';
  expect(await repository.resolve(`${manifest.replace(':', '-')}.sig`)).toBeUndefined();
  const verdict = await verdictOn(at, judge, true);
  expect(problemsOf(verdict)).toEqual([]);
  expect(stagesOf(verdict)).toEqual({ author: 'passed', overlay: 'passed', production: 'passed' });
});

test('a stage about the base of an image without overlays names the manifest, and other tools see it', async () => {
  const registry = await startRegistry();
  const repository = await openIn(registry);
  const path = await sifOf();
  await signedPush(repository, path, { person: alice, stage: 'author', judge });
  const signed = await signRemotely({ repository, reference: '1.0' }, sam, 'production', { judge, verifyData: true });
  expect(subjectsOf(signed.bundle)).toHaveLength(3);
});

test('what is to be done about an overlay that was changed makes the image pass', async () => {
  const path = await withOverlay();
  await signAs(path, student, 'overlay', judge);
  await signAs(path, sam, 'production', judge);
  await using source = await openFileSource(path);
  const { objects } = await openSif(source);
  await deleteObjects(
    path,
    objects.filter(({ group }) => group === 2).map(({ id }) => id),
    { now: NOW },
  );
  await addTo(path, partition('overlay', 2, { fill: 8 }));
  const { verdict, examination } = await examined(path, judge);
  expect(stagesOf(verdict)).toEqual({ author: 'passed', overlay: 'failed', production: 'passed' });
  const plan = judge.policy && planSteps(judge.policy, examination.facts, { now: NOW });
  expect(plan).toMatchObject({
    enough: true,
    steps: [{ stage: 'overlay', who: ['student'], action: { task: 'approve', replace: true } }],
  });
  const { outcome, verdict: refused } = await signAs(path, student, 'overlay', judge);
  expect(outcome).toBe('refused');
  expect(refused?.reasons.map(({ code, hint }) => [code, hint])).toContainEqual([
    'APPROVAL_OTHER_CONTENT',
    expect.stringContaining('replace=true'),
  ]);
  expect((await signAs(path, student, 'overlay', judge, { replace: true })).outcome).toBe('replaced');
  const { verdict: after } = await verdictOf(path, judge);
  expect(after).toBe('passed');
});

test('who can give the next approval is said where an overlay might have come before', async () => {
  const two = await judgeBy(
    await policyFor(
      [alice, sam, student],
      `
  - { name: author, approvers: alice, objects: base }
  - { name: overlay, approvers: student, objects: overlays }
  - { name: production, approvers: [alice, sam], threshold: 2 }`,
    ),
  );
  const path = await sifOf();
  await signAs(path, alice, 'author', two);
  const { progress } = await signAs(path, sam, 'production', two);
  expect(progress).toMatchObject({ approvedBy: ['sam'], needed: 2, next: ['alice'] });
});

test('nobody is asked for evidence of a stage about overlays where there are none', async () => {
  const requires = '[{ evidence: "https://example.org/test", signedBy: sam }]';
  const required = await judgeBy(
    await policyFor(
      [alice, sam, student],
      `
  - { name: author, approvers: alice, objects: base }
  - { name: overlay, approvers: student, objects: overlays, requires: ${requires} }`,
    ),
  );
  const { examination } = await examined(await sifOf(), required);
  const plan = required.policy && planSteps(required.policy, examination.facts, { now: NOW });
  expect(plan).toMatchObject({ enough: true, steps: [{ stage: 'author' }] });
});

test('evidence about base and overlay goes on counting for the base when the overlay changes', async () => {
  const ci = await keyPerson('ci');
  const type = 'https://example.org/test';
  const required = await judgeBy(
    await policyFor(
      [alice, sam, student, ci],
      `
  - { name: author, approvers: alice, objects: base, requires: [{ evidence: "${type}", signedBy: ci }] }
  - { name: overlay, approvers: student, objects: overlays, requires: [{ evidence: "${type}", signedBy: ci }] }`,
    ),
  );
  const path = await sifOf();
  await addTo(path, partition('overlay', 2));
  await attachEvidence({
    path,
    signer: ci.signer,
    now: NOW,
    statements: [{ predicateType: type, predicate: { good: true } }],
  });
  await signAs(path, alice, 'author', required);
  await signAs(path, student, 'overlay', required);
  expect(problemsOf(await verdictOf(path, required))).toEqual([]);
  await addTo(path, partition('overlay', 2, { fill: 8 }));
  expect(stagesOf(await verdictOf(path, required))).toEqual({ author: 'passed', overlay: 'failed' });
});
