// SPDX-License-Identifier: Apache-2.0
// Stamping what is signed already: the layer keeps its name, keeps counting, and none is lost.

import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { LoadedPolicy } from '../../../src/policy/document/load.ts';
import { openRegistryImage } from '../../../src/image/registry/image.ts';
import { stampRegistryImage, stampSif } from '../../../src/stage/lasting/stamp.ts';
import { imageIn, laneNamesIn } from '../../support/lane-bundles.ts';
import {
  endingPgpPerson,
  judgeBy,
  keyPerson,
  NOW,
  type Person,
  pipeline,
  policyFor,
  signAs,
  stagesOf,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { pushOciImage } from '../../support/oci-images.ts';
import { signRemotely, verdictOn } from '../../support/registry-layers.ts';
import { openIn, startRegistry } from '../../support/registry-session.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';
import { TimestampAuthority } from '../../support/timestamp-authority.ts';

const LATER = new Date(NOW.getTime() + 60 * 86_400_000);
const STAGES = ['author', 'security', 'production'] as const;
const PASSED = { author: 'passed', security: 'passed', production: 'passed' };

let people: readonly Person[];
let tsa: TimestampAuthority;
let policy: LoadedPolicy;

beforeAll(async () => {
  people = [await endingPgpPerson('ada', 30), await x509Person('sam'), await keyPerson('pat', 'p256')];
  tsa = new TimestampAuthority(() => NOW);
  policy = await policyFor(people, pipeline('ada', 'sam', 'pat'), { timestamps: tsa.rootPem });
});

const stamp = async (signature: Uint8Array): Promise<Uint8Array> => tsa.stamp(signature);

async function signedFile(): Promise<string> {
  const path = await temporaryFile(typicalSif().bytes());
  const judge = await judgeBy(policy);
  for (const [index, stage] of STAGES.entries()) {
    const person = people[index];
    if (person) await signAs(path, person, stage, judge);
  }
  return path;
}

test('a file is stamped in place, once, and every layer keeps its name', async () => {
  const path = await signedFile();
  const judge = await judgeBy(policy);
  const before = await verdictOf(path, judge);
  const slots = (await imageIn(path)).freeSlots;
  const stamped = await stampSif(path, judge, { stamp });
  expect(stamped.map(({ what, outcome }) => [what, outcome])).toEqual(STAGES.map((stage) => [stage, 'stamped']));
  expect((await imageIn(path)).freeSlots).toBe(slots);
  const after = await verdictOf(path, await judgeBy(policy, LATER));
  expect(stagesOf(after)).toEqual(PASSED);
  expect(after.layers.map(({ digest }) => digest).toSorted()).toEqual(
    before.layers.map(({ digest }) => digest).toSorted(),
  );
  const bytes = await readFile(path);
  const again = await stampSif(path, judge, { stamp });
  expect(again.map(({ outcome }) => outcome)).toEqual(['present', 'present', 'present']);
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test('what does not count any more is left as it is', async () => {
  const path = await signedFile();
  const bytes = await readFile(path);
  const stamped = await stampSif(path, await judgeBy(policy, LATER), { stamp });
  expect(stamped.map(({ what, outcome }) => [what, outcome])).toEqual([
    ['author', 'not-good'],
    ['security', 'not-good'],
    ['production', 'stamped'],
  ]);
  expect(stamped[0]?.remarks[0]).toMatch(/expired/);
  expect((await readFile(path)).equals(bytes)).toBe(false);
});

test('an authority that fails leaves every layer where it was', async () => {
  const path = await signedFile();
  const bytes = await readFile(path);
  const failing = async (): Promise<Uint8Array> => Promise.reject(new Error('no answer'));
  await expect(stampSif(path, await judgeBy(policy), { stamp: failing })).rejects.toThrow('no answer');
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test('a run that is cut after the new layer was put in leaves an image that passes, and that is finished later', async () => {
  const path = await signedFile();
  const judge = await judgeBy(policy);
  const names = await laneNamesIn(path);
  let left = 1;
  const once = async (signature: Uint8Array): Promise<Uint8Array> => {
    left -= 1;
    if (left < 0) throw new Error('cut');
    return tsa.stamp(signature);
  };
  await expect(stampSif(path, judge, { stamp: once })).rejects.toThrow('cut');
  expect((await laneNamesIn(path)).length).toBe(names.length);
  expect(stagesOf(await verdictOf(path, judge))).toEqual(PASSED);
  await stampSif(path, judge, { stamp });
  expect(stagesOf(await verdictOf(path, await judgeBy(policy, LATER)))).toEqual(PASSED);
});

test('in a registry each layer is attached once more, and none is lost', async () => {
  const repository = await openIn(await startRegistry(), { name: 'team/app' });
  await pushOciImage(repository, { tag: '1' });
  const at = { repository, reference: '1' };
  const judge = await judgeBy(policy);
  for (const [index, stage] of STAGES.entries()) {
    const person = people[index];
    if (person) await signRemotely(at, person, stage, { judge });
  }
  const late = await judgeBy(policy, LATER);
  expect(stagesOf(await verdictOn(at, late))).toMatchObject({ author: 'failed' });
  const image = await openRegistryImage(repository, '1');
  const before = (await repository.listReferrers(image.descriptor.digest)).referrers.length;
  const stamped = await stampRegistryImage(image, repository, { criteria: judge, stamp });
  expect(stamped.map(({ outcome }) => outcome)).toEqual(['stamped', 'stamped', 'stamped']);
  expect((await repository.listReferrers(image.descriptor.digest)).referrers.length).toBe(before + 3);
  expect(stagesOf(await verdictOn(at, late))).toEqual(PASSED);
  const again = await stampRegistryImage(image, repository, { criteria: judge, stamp });
  expect(again.every(({ outcome }) => outcome === 'present')).toBe(true);
});
