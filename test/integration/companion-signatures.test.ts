// SPDX-License-Identifier: Apache-2.0
// The cosign signature beside an approval is never worth more than the approval: whoever copies it alone has nothing, and
// an approval that has expired, or that nobody read the data for, does not come back to life through it.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Criteria } from '../../src/image/verify.ts';
import { encodeSimpleSigning, readCosignSignatures } from '../../src/oci/cosign/cosign.ts';
import { keepCosignSignatures } from '../../src/oci/cosign/write.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { judgeBy, judgeTrusting, keyPerson, NOW, type Person, policyFor } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { openIn, startRegistry, testClock } from '../support/registry-session.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';

let alice: Person;
let judge: Criteria;

beforeAll(async () => {
  alice = await keyPerson('alice');
  judge = await judgeBy(await policyFor([alice], '  - { name: author, approvers: [alice], native: [cosign] }'));
});

/** The image in a repository of its own, with these legacy signatures and nothing else attached. */
async function withLegacyAlone(payloads: (image: Manifest) => Promise<readonly Uint8Array[]>): Promise<Repository> {
  const repository = await openIn(await startRegistry());
  const image = await pushOciImage(repository, { tag: '1' });
  const ours = await Promise.all(
    (await payloads(image)).map(async (payload) => ({
      payload,
      signature: await alice.signer.signPae(payload, NOW),
      certificate: undefined,
      chain: undefined,
    })),
  );
  await keepCosignSignatures(repository, image.digest, { ours, others: async () => [], clock: testClock() });
  return repository;
}

const claims = (optional: Readonly<Record<string, string>>) => async (image: Manifest) => [
  encodeSimpleSigning('registry.example/app', image.digest, optional),
];

/** What signing writes beside an approval, copied to where the approval is not. */
async function besideApproval(expires?: Date): Promise<(image: Manifest) => Promise<readonly Uint8Array[]>> {
  const repository = await openIn(await startRegistry());
  const image = await pushOciImage(repository, { tag: '1' });
  await signRemotely({ repository, reference: '1' }, alice, 'author', { judge, verifyData: true, expires });
  const written = await readCosignSignatures(repository, image.digest);
  expect(written).toHaveLength(1);
  return async () => written.map(({ payload }) => payload);
}

async function outcome(repository: Repository): Promise<readonly unknown[]> {
  const { verdict, stages } = await verdictOn({ repository, reference: '1' }, judge, true);
  return [verdict, stages[0]?.approvedBy];
}

describe('a legacy signature without the approval that it was made beside', () => {
  test('is a plain signature when it names no approval, as cosign writes it', async () => {
    expect(await outcome(await withLegacyAlone(claims({ stage: 'author' })))).toEqual(['passed', ['alice']]);
  });

  test.each([
    ['as it was written', undefined],
    ['of an approval that expired an hour later', new Date(NOW.getTime() + 3_600_000)],
  ])('counts for nothing: %s', async (_, expires) => {
    expect(await outcome(await withLegacyAlone(await besideApproval(expires)))).toEqual(['failed', []]);
  });

  test.each([
    ['by name', { stage: 'author', approval: `sha256:${'0'.repeat(64)}` }],
    ['by an empty name', { stage: 'author', approval: '' }],
    ['and read no data', { stage: 'author', dataVerified: 'false' }],
    ['and read no data, without a stage', { dataVerified: 'false' }],
  ])('counts for nothing when it says that it belongs to an approval %s', async (_, optional) => {
    expect(await outcome(await withLegacyAlone(claims(optional)))).toEqual(['failed', []]);
  });
});

test('an approval that has expired fails with its cosign signature beside it and without', async () => {
  const repository = await openIn(await startRegistry());
  await pushOciImage(repository, { tag: '1' });
  const expires = new Date(NOW.getTime() + 60_000);
  await signRemotely({ repository, reference: '1' }, alice, 'author', { judge, verifyData: true, expires });
  expect(await outcome(repository)).toEqual(['passed', ['alice']]);
  const later = { ...judge, now: new Date(NOW.getTime() + 120_000) };
  expect((await verdictOn({ repository, reference: '1' }, later, true)).verdict).toBe('failed');
});

test('a copy that left the approval behind is told as that, with the way to copy it whole', async () => {
  const repository = await withLegacyAlone(await besideApproval());
  const { stages } = await verdictOn({ repository, reference: '1' }, judge, true);
  expect(stages[0]).toMatchObject({
    verdict: 'missing',
    reasons: expect.arrayContaining([
      expect.objectContaining({ code: 'APPROVAL_LEFT_BEHIND', hint: expect.stringContaining('oras copy -r') }),
    ]),
  });
});

test('without a policy, too, what stood beside an approval is worth nothing alone', async () => {
  const trusting = await judgeTrusting([alice]);
  const later = { ...trusting, now: new Date(NOW.getTime() + 7_200_000) };
  for (const [payload, by] of [
    [await besideApproval(), trusting],
    [await besideApproval(new Date(NOW.getTime() + 3_600_000)), later],
  ] as const) {
    const repository = await withLegacyAlone(payload);
    const { verdict, reasons } = await verdictOn({ repository, reference: '1' }, by, true);
    expect(verdict).toBe('failed');
    const codes = reasons.filter(({ severity }) => severity !== 'remark').map(({ code }) => code);
    expect(codes).toEqual(['COVERAGE_INCOMPLETE', 'APPROVAL_LEFT_BEHIND']);
  }
  const plain = await withLegacyAlone(claims({ stage: 'author' }));
  expect((await verdictOn({ repository: plain, reference: '1' }, trusting, true)).verdict).toBe('passed');
});
