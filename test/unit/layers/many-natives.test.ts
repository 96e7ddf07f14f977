// SPDX-License-Identifier: Apache-2.0
// One DSSE object holds many signatures and an image many objects: how many are looked at is bounded, and whatever lies
// beyond the bound fails the image.

import { expect, test } from 'vitest';
import { LIMITS } from '../../../src/primitives/limits.ts';
import { judgeTrusting, keyPerson, messagesOf, problemsOf, signAs, verdictOf } from '../../support/layers.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

const PER_OBJECT = 64;

test('native signatures beyond the limit are not looked at, and fail the image', async () => {
  const metadata = JSON.stringify({ version: 1, header: { digest: `sha256:${'0'.repeat(64)}` }, objects: [] });
  const envelope = {
    payloadType: 'application/vnd.sylabs.sif-metadata+json',
    payload: Buffer.from(metadata).toString('base64'),
    signatures: Array.from({ length: PER_OBJECT }, () => ({ sig: 'AAAA' })),
  };
  const carol = await keyPerson('carol');
  const judge = await judgeTrusting([carol]);
  const withObjects = async (count: number): Promise<string> => {
    const builder = typicalSif().withSlots(count + 10);
    for (let index = 0; index < count; index += 1) builder.withSignature(Buffer.from(JSON.stringify(envelope)));
    const path = await temporaryFile(builder.bytes());
    await signAs(path, carol, 'author', judge);
    return path;
  };
  const most = LIMITS.nativeSignatures / PER_OBJECT;
  const within = await verdictOf(await withObjects(most), judge);
  expect(problemsOf(within)).toEqual([]);
  const beyond = await verdictOf(await withObjects(most + 3), judge);
  expect(beyond.verdict).toBe('failed');
  expect(beyond.layers).toHaveLength(LIMITS.nativeSignatures + 3 + 1);
  expect(messagesOf(beyond).join('\n')).toContain('is not looked at');
});
