// SPDX-License-Identifier: Apache-2.0
// The signed message of a group does not hold the group's number, so two groups can have the same one. An approval says
// which groups it is for.

import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Criteria } from '../../../src/image/verify.ts';
import { openSif, type SifImage, type SifObject } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  messagesOf,
  type Person,
  policyFor,
  signAs,
  verdictOf,
} from '../../support/layers.ts';
import { SLOT_BYTES, typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let carol: Person;
let judges: readonly [Criteria, Criteria];

beforeAll(async () => {
  carol = await keyPerson('carol');
  const policy = await policyFor([carol], '  - { name: author, approvers: [carol] }');
  judges = [await judgeBy(policy), await judgeTrusting([carol])];
});

function rawGroup(group: number): number {
  return (0xf0000000 | group) >>> 0;
}

/** A signed image and its grouped objects, and the file written anew after a change. */
async function changed(
  edit: (bytes: Buffer, image: SifImage, grouped: readonly SifObject[]) => Buffer,
): Promise<string> {
  const path = await temporaryFile(typicalSif().bytes());
  await signAs(path, carol, 'author', judges[0]);
  expect((await verdictOf(path, judges[0])).verdict).toBe('passed');
  const bytes = await readFile(path);
  const image = await openSif(memorySource(bytes, path));
  await writeFile(
    path,
    edit(
      bytes,
      image,
      image.objects.filter(({ group }) => group === 1),
    ),
  );
  return path;
}

test('a group that got another number is not the one that was approved', async () => {
  const path = await changed((bytes, { header }, grouped) => {
    for (const { slot } of grouped) bytes.writeUInt32LE(rawGroup(7), header.descriptorsOffset + slot * SLOT_BYTES + 9);
    return bytes;
  });
  for (const judge of judges) expect((await verdictOf(path, judge)).verdict).toBe('failed');
  expect(messagesOf(await verdictOf(path, judges[0])).join('\n')).toContain(
    'group 1 was approved and is not in the image',
  );
});

test('a second group with the same content was approved by nobody', async () => {
  const path = await changed((bytes, { header, objects, totalSlots }, grouped) => {
    const taken = new Set(objects.map(({ slot }) => slot));
    const free = Array.from({ length: totalSlots }, (_, slot) => slot).filter((slot) => !taken.has(slot));
    let whole = bytes;
    for (const { record, id, offset, sizeBytes } of grouped) {
      const copy = Buffer.from(record);
      copy.writeUInt32LE(id + 100, 5);
      copy.writeUInt32LE(rawGroup(2), 9);
      copy.writeBigInt64LE(BigInt(whole.length), 17);
      copy.copy(whole, header.descriptorsOffset + (free.shift() ?? 0) * SLOT_BYTES);
      whole = Buffer.concat([whole, whole.subarray(offset, offset + sizeBytes)]);
    }
    return whole;
  });
  for (const judge of judges) expect((await verdictOf(path, judge)).verdict).toBe('failed');
  expect(messagesOf(await verdictOf(path, judges[0])).join('\n')).toMatch(/leaves out object 10\d/);
});
