// SPDX-License-Identifier: Apache-2.0
// One DSSE object holds many signatures and an image many objects: how many are looked at is bounded, and whatever lies
// beyond the bound fails the image.

import { expect, test } from 'vitest';
import { LIMITS } from '../../../src/base/limits.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  messagesOf,
  pgpPerson,
  policyFor,
  problemsOf,
  refusal,
  signAs,
  verdictOf,
} from '../../support/layers.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

const PER_OBJECT = 64;

/** An envelope with as many signatures as one may have, of no known key. */
function fullEnvelope(metadata: string): Uint8Array {
  const envelope = {
    payloadType: 'application/vnd.sylabs.sif-metadata+json',
    payload: Buffer.from(metadata).toString('base64'),
    signatures: Array.from({ length: PER_OBJECT }, () => ({ sig: 'AAAA' })),
  };
  return Buffer.from(JSON.stringify(envelope));
}

test('native signatures beyond the limit are not looked at, and fail the image', async () => {
  const metadata = JSON.stringify({ version: 1, header: { digest: `sha256:${'0'.repeat(64)}` }, objects: [] });
  const carol = await keyPerson('carol');
  const judge = await judgeTrusting([carol]);
  const policy = await policyFor([carol], '  - { name: author, approvers: [carol] }');
  const withObjects = async (count: number): Promise<string> => {
    const builder = typicalSif().withSlots(count + 10);
    for (let index = 0; index < count; index += 1) builder.withSignature(fullEnvelope(metadata));
    return temporaryFile(builder.bytes());
  };
  const most = LIMITS.nativeSignatures / PER_OBJECT;
  const within = await withObjects(most);
  await signAs(within, carol, 'author', judge);
  expect(problemsOf(await verdictOf(within, judge))).toEqual([]);
  const tooMany = await withObjects(most + 3);
  await expect(signAs(tooMany, carol, 'author', judge)).rejects.toMatchObject({ code: 'STAGE_IMAGE_BROKEN' });
  await signAs(tooMany, carol, 'author', await judgeBy(policy), { verifyPrevious: false });
  const beyond = await verdictOf(tooMany, judge);
  expect(beyond.verdict).toBe('failed');
  expect(beyond.layers).toHaveLength(LIMITS.nativeSignatures + 3 + 1);
  expect(messagesOf(beyond).join('\n')).toContain('is not looked at');
});

test('a native signature that would be one too many for verifiers is not written', async () => {
  const carol = await pgpPerson('carol');
  const judge = await judgeBy(await policyFor([carol], '  - { name: author, approvers: [carol] }'));
  const sign = (path: string, native: 'auto' | 'none') =>
    signAs(path, carol, 'author', judge, { native, verifyPrevious: false });
  const withObjects = async (count: number): Promise<string> => {
    const builder = typicalSif().withSlots(count + 10);
    for (let index = 0; index < count; index += 1)
      builder.withSignature(Buffer.from(`-----BEGIN PGP SIGNED MESSAGE-----\n${index}`));
    return temporaryFile(builder.bytes());
  };
  const full = await withObjects(LIMITS.nativeSignatures);
  expect(await refusal(full, () => sign(full, 'auto'))).toEqual({
    code: 'STAGE_LAYER_UNREADABLE',
    unchanged: true,
  });
  await sign(full, 'none');
  const roomForOne = await withObjects(LIMITS.nativeSignatures - 1);
  await sign(roomForOne, 'auto');
  expect(messagesOf(await verdictOf(roomForOne, judge)).join('\n')).not.toContain('is not looked at');
});
