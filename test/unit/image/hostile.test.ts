// SPDX-License-Identifier: Apache-2.0
// Images made to exhaust whoever verifies them: the answer comes in bounded time and size.

import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { examineSif } from '../../../src/image/sif/examine.ts';
import { type Criteria, judgeImage } from '../../../src/image/verify.ts';
import { LIMITS } from '../../../src/base/limits.ts';
import { openSif } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { encodePae, parseBundle } from '../../../src/attest/bundle.ts';
import { encodeBundle } from '../../../src/attest/sign.ts';
import { judgeTrusting, keyPerson, messagesOf, NOW, type Person, signAs, verdictOf } from '../../support/layers.ts';
import { type SifBuilder, sif, typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let carol: Person;
let judge: Criteria;

beforeAll(async () => {
  carol = await keyPerson('carol');
  judge = await judgeTrusting([carol]);
});

async function verdictAbout(builder: SifBuilder) {
  const image = await openSif(memorySource(builder.bytes(), 'image.sif'));
  return judgeImage(await examineSif(image, { name: 'image.sif', verifier: judge.verifier, now: NOW }), judge);
}

test('many signatures that each contradict many objects are told in few words', async () => {
  const objects = 1000;
  const wrong = `sha256:${'0'.repeat(64)}`;
  const metadata = {
    version: 1,
    header: { digest: wrong },
    objects: Array.from({ length: objects }, (_, relativeId) => ({
      relativeId,
      descriptorDigest: wrong,
      objectDigest: wrong,
    })),
  };
  const envelope = {
    payloadType: 'application/vnd.sylabs.sif-metadata+json',
    payload: Buffer.from(JSON.stringify(metadata)).toString('base64'),
    signatures: Array.from({ length: 64 }, () => ({ sig: 'AAAA' })),
  };
  const builder = sif().withSlots(4096);
  for (let index = 0; index < objects; index += 1) builder.withObject({ type: 0x4007, data: Buffer.alloc(0) });
  for (let index = 0; index < 8; index += 1) builder.withSignature(Buffer.from(JSON.stringify(envelope)));
  const start = performance.now();
  const verdict = await verdictAbout(builder);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(verdict.verdict).toBe('failed');
  expect(verdict.layers).toHaveLength(8 * 64);
  expect(JSON.stringify(verdict).length).toBeLessThan(10_000_000);
  expect(messagesOf(verdict).join('\n')).toMatch(/and \d+ more differences/);
});

test('an approval that repeats its content is unreadable', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const { bundle } = await signAs(path, carol, 'author', judge, { dryRun: true });
  const { material, envelope } = parseBundle(bundle ?? Buffer.alloc(0));
  const statement = JSON.parse(Buffer.from(envelope.payload).toString());
  const [content] = statement.predicate.countersign.content;
  statement.predicate.countersign.content = Array.from({ length: 1000 }, () => content);
  const payload = Buffer.from(JSON.stringify(statement));
  const { privateKey } = generateKeyPairSync('ed25519');
  const signature = sign(null, encodePae(envelope.payloadType, payload), privateKey);
  const repeated = encodeBundle({ material, payloadType: envelope.payloadType, payload, signature });
  const builder = typicalSif().withSignature(repeated, { linkedGroup: 0, name: 'countersign/approval/author/x' });
  const verdict = await verdictAbout(builder);
  expect(verdict.layers).toMatchObject([{ where: 'object 4', status: 'invalid' }]);
  expect(messagesOf(verdict).join('\n')).toMatch(/a group of content twice/);
});

test('a large unlinked object of another tool is passed by, a large one of ours is refused', async () => {
  const large = Buffer.alloc(LIMITS.sifSignatureBytes + 1, 7);
  const path = await temporaryFile(typicalSif().withSignature(large, { linkedGroup: 0, name: 'theirs' }).bytes());
  await signAs(path, carol, 'author', judge);
  expect((await verdictOf(path, judge)).verdict).toBe('passed');
  const ours = typicalSif().withSignature(large, { linkedGroup: 0, name: 'countersign/evidence/other/x' });
  await expect(verdictAbout(ours)).rejects.toMatchObject({ code: 'SIF_OBJECT_TOO_LARGE' });
  const linked = typicalSif().withSignature(large);
  await expect(verdictAbout(linked)).rejects.toMatchObject({ code: 'SIF_OBJECT_TOO_LARGE' });
});
