// SPDX-License-Identifier: Apache-2.0
// Several signers at one file at once: every layer is there afterwards, or its signer was told and nothing was written.

import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { StageRequest } from '../../../src/stage/stage.ts';
import type { Criteria } from '../../../src/image/verify.ts';
import { openSif } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import {
  judgeTrusting,
  keyPerson,
  type Person,
  pgpPerson,
  problemsOf,
  signAs,
  verdictOf,
} from '../../support/layers.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let people: readonly Person[];
let judge: Criteria;

beforeAll(async () => {
  const names = ['a', 'b', 'c', 'd'];
  people = await Promise.all([...names.map((name) => keyPerson(name)), pgpPerson('p'), pgpPerson('q')]);
  judge = await judgeTrusting(people);
});

/** Signs all at once; gives the stages of those who were told that they succeeded. */
async function signAll(
  path: string,
  signers: readonly Person[],
  more: Partial<StageRequest>,
): Promise<readonly string[]> {
  const results = await Promise.allSettled(signers.map((one) => signAs(path, one, `by-${one.name}`, judge, more)));
  return signers.flatMap(({ name }, index) => {
    const result = results[index];
    if (result?.status === 'rejected') expect(result.reason).toMatchObject({ code: 'SIF_CHANGED' });
    return result?.status === 'fulfilled' ? [`by-${name}`] : [];
  });
}

async function approvedStages(path: string): Promise<readonly string[]> {
  const verdict = await verdictOf(path, judge);
  expect(problemsOf(verdict)).toEqual([]);
  return verdict.layers.flatMap(({ kind, stage }) => (kind === 'bundle' && stage !== null ? [stage] : [])).toSorted();
}

async function nativeObjects(path: string): Promise<number> {
  const { objects } = await openSif(memorySource(await readFile(path), path));
  return objects.filter(({ linkedGroup }) => linkedGroup !== undefined).length;
}

test('approvals by keys and OpenPGP: all are there', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const told = await signAll(path, people, {});
  expect(told).toHaveLength(people.length);
  expect(await approvedStages(path)).toEqual(told.toSorted());
});

test.each([
  ['joining one envelope', true],
  ['starting one', false],
])('native DSSE, %s: one envelope, and who could not join it has written nothing', async (_, joining) => {
  const [first, ...others] = people.filter(({ signer }) => signer.method === 'key');
  if (!first) throw new Error('nobody');
  const path = await temporaryFile(typicalSif().bytes());
  if (joining) await signAs(path, first, 'by-a', judge, { native: 'dsse' });
  const told = await signAll(path, joining ? others : [first, ...others], { native: 'dsse' });
  expect(told.length).toBeGreaterThan(0);
  expect(await approvedStages(path)).toEqual([...(joining ? ['by-a'] : []), ...told].toSorted());
  expect(await nativeObjects(path)).toBe(1);
});

test('native OpenPGP and DSSE, which Apptainer cannot verify together: only one kind is written', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const [key] = people;
  const pgp = people.at(-1);
  if (!key || !pgp) throw new Error('nobody');
  const results = await Promise.allSettled([
    signAs(path, key, 'by-a', judge, { native: 'dsse' }),
    signAs(path, pgp, 'by-q', judge),
  ]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await nativeObjects(path)).toBe(1);
  expect(await approvedStages(path)).toHaveLength(1);
});

test('one approval replaced twice at once is replaced, and there is one in the end', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const [one] = people;
  if (!one) throw new Error('nobody');
  await signAs(path, one, 'by-a', judge);
  const again = (reason: string) => signAs(path, one, 'by-a', judge, { replace: true, reason });
  const results = await Promise.allSettled([again('first'), again('second')]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await approvedStages(path)).toEqual(['by-a']);
});

test('an approval is not replaced under the hands of another that lists it', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const [one, other] = people;
  if (!one || !other) throw new Error('nobody');
  await signAs(path, one, 'by-a', judge);
  await Promise.allSettled([
    signAs(path, other, 'by-b', judge),
    signAs(path, one, 'by-a', judge, { replace: true, reason: 'better' }),
  ]);
  const verdict = await verdictOf(path, judge);
  expect(problemsOf(verdict)).not.toContain('LAYER_REMOVED');
});
