// SPDX-License-Identifier: Apache-2.0
// Signature objects that are not ours and that Apptainer does not read, signatures of parts, and text made to be slow.

import { beforeAll, describe, expect, test } from 'vitest';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import { laneObject } from '../../../src/image/sif/lane.ts';
import { DATA_TYPE } from '../../../src/sif/format.ts';
import { signatureExtra } from '../../../src/sif/edit/placement.ts';
import { nativeObject } from '../../../src/stage/native.ts';
import type { NewObject } from '../../../src/sif/edit/append.ts';
import { decodeCleartext } from '../../../src/crypto/pgp/framing.ts';
import {
  examined,
  judgeTrusting,
  keyPerson,
  messagesOf,
  NOW,
  type Person,
  pgpPerson,
  problemsOf,
  signAs,
  verdictOf,
} from '../../support/layers.ts';
import { bundleMadeBy, imageWith } from '../../support/lane-bundles.ts';

let alice: Person;
let bob: Person;
let approval: Uint8Array;
let evidence: Uint8Array;

beforeAll(async () => {
  [alice, bob] = await Promise.all([keyPerson('alice', 'p256'), pgpPerson('bob')]);
  const judge = await judgeTrusting([alice]);
  const statements = [{ predicateType: 'https://example.org/review/v1', predicate: { ok: true } }];
  approval = await bundleMadeBy((path) => signAs(path, alice, 'author', judge));
  evidence = await bundleMadeBy((path) => attachEvidence({ path, statements, signer: alice.signer, now: NOW }));
});

function foreign(data: Uint8Array, more: Partial<NewObject> = {}): NewObject {
  return { dataType: DATA_TYPE.signature, data, group: 0, extra: signatureExtra(undefined), ...more };
}

async function judged(...objects: readonly NewObject[]) {
  const verdict = await verdictOf(await imageWith(...objects), await judgeTrusting([alice]));
  return { verdict: verdict.verdict, messages: messagesOf(verdict).join('\n') };
}

const own = (): NewObject => laneObject('approval', 'author', approval);

describe('in an approved image', () => {
  test.each(['', 'cosign.sigstore.json'])('a bundle of another tool named %j is that tool’s', async (name) => {
    expect(await judged(own(), foreign(evidence, { name }))).toMatchObject({ verdict: 'passed' });
  });

  test('an approval under another name is still ours, and altered', async () => {
    const { verdict, messages } = await judged(own(), foreign(approval, { name: 'cosign.sigstore.json' }));
    expect({ verdict, messages }).toMatchObject({
      verdict: 'failed',
      messages: expect.stringContaining('was altered'),
    });
  });

  test('evidence of which only the start of the name was changed is ours, and altered', async () => {
    const lane = laneObject('evidence', 'review', evidence);
    const { verdict, messages } = await judged(own(), { ...lane, name: lane.name?.replace('c', 'b') ?? '' });
    expect({ verdict, messages }).toMatchObject({
      verdict: 'failed',
      messages: expect.stringContaining('was altered'),
    });
  });

  test.each([
    ['a group that is not there', { linkedGroup: 9 }],
    ['an object that is not there', { linkedObject: 99 }],
  ])('what is linked to %s is read by nobody', async (_, link) => {
    expect(await judged(own(), foreign(Buffer.from('junk'), link))).toMatchObject({ verdict: 'passed' });
  });

  test('the same linked to its group fails', async () => {
    expect(await judged(own(), foreign(Buffer.from('junk'), { linkedGroup: 1 }))).toMatchObject({ verdict: 'failed' });
  });
});

test('signatures of single objects never make up one of the image', async () => {
  const { native, identity } = bob.signer;
  if (native.format !== 'pgp' || identity.method !== 'pgp') throw new Error('bob signs with OpenPGP');
  const judge = await judgeTrusting([bob]);
  const { examination } = await examined(await imageWith(), judge);
  const [group] = examination.groups;
  const whole: unknown = JSON.parse(Buffer.from(group?.metadata ?? []).toString());
  if (typeof whole !== 'object' || !whole || !('objects' in whole) || !Array.isArray(whole.objects))
    throw new Error('the signed message lists objects');
  const parts = await Promise.all(
    whole.objects.map(async (object: unknown) => {
      const data = await native.signCleartext(Buffer.from(JSON.stringify({ ...whole, objects: [object] })), NOW);
      return nativeObject(data, 1, { fingerprint: identity.fingerprint, signedAt: NOW });
    }),
  );
  const verdict = await verdictOf(await imageWith(...parts), judge);
  expect(verdict.layers.map(({ status }) => status)).toEqual(parts.map(() => 'valid'));
  expect(verdict.coverage.every(({ covered }) => covered)).toBe(true);
  expect(verdict.verdict).toBe('failed');
  expect(problemsOf(verdict)).toContain('COVERAGE_INCOMPLETE');
});

test('four million blanks within a line of a signed text take no time', () => {
  const text = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${' '.repeat(4_000_000)}x\t \n-----BEGIN PGP SIGNATURE-----\n\nwg==\n-----END PGP SIGNATURE-----`;
  const decoded = decodeCleartext(Buffer.from(text));
  expect(decoded).toMatchObject({ text: expect.stringMatching(/x$/) });
}, 5000);
