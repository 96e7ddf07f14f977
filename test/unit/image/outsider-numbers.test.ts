// SPDX-License-Identifier: Apache-2.0
// Without a policy everybody's approvals are listed as seen; none of them may keep others from signing.

import { expect, test } from 'vitest';
import { laneObject } from '../../../src/image/sif/lane.ts';
import { isJsonObject, parseJson } from '../../../src/base/json.ts';
import { asObject } from '../../../src/base/members.ts';
import { appendObjects } from '../../../src/sif/edit/append.ts';
import { encodePae, parseBundle } from '../../../src/attest/bundle.ts';
import { encodeBundle } from '../../../src/attest/sign.ts';
import { judgeTrusting, keyPerson, NOW, signAs, verdictOf } from '../../support/layers.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

test("an outsider's approval with the highest number there is", async () => {
  const [carol, mallory] = await Promise.all([keyPerson('carol'), keyPerson('mallory')]);
  const path = await temporaryFile(typicalSif().bytes());
  const { bundle } = await signAs(path, mallory, 'author', await judgeTrusting([mallory]), { dryRun: true });
  const { envelope } = parseBundle(bundle ?? new Uint8Array());
  const statement = asObject(parseJson(envelope.payload, 'it'), 'it');
  const { predicate } = statement;
  if (!isJsonObject(predicate) || !isJsonObject(predicate['countersign'])) throw new Error('no approval');
  const countersign = { ...predicate['countersign'], sequence: Number.MAX_SAFE_INTEGER };
  const payload = Buffer.from(JSON.stringify({ ...statement, predicate: { ...predicate, countersign } }));
  const { payloadType } = envelope;
  const signature = await mallory.signer.signPae(encodePae(payloadType, payload), NOW);
  const evil = encodeBundle({ material: mallory.signer.material, payloadType, payload, signature });
  await appendObjects(path, [laneObject('approval', 'author', evil)], { now: NOW });
  const judge = await judgeTrusting([carol]);
  expect((await signAs(path, carol, 'author', judge)).outcome).toBe('signed');
  expect((await verdictOf(path, judge)).verdict).toBe('passed');
});
