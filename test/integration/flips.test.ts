// SPDX-License-Identifier: Apache-2.0
// Every single changed byte of what signatures protect, and every truncation: the verdict fails and names the object.
// Runs in this process over bytes in memory; checks of unchanged signatures are remembered, so that thousands of
// images are judged in seconds.

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attachEvidence } from '../../src/stage/evidence.ts';
import { examineSif } from '../../src/image/sif/examine.ts';
import { type Criteria, judgeImage } from '../../src/image/verify.ts';
import { DESCRIPTOR_BYTES } from '../../src/sif/format.ts';
import { openSif, type SifObject } from '../../src/sif/sif.ts';
import { SifError } from '../../src/sif/errors.ts';
import { memorySource } from '../../src/sif/source.ts';
import type { Verifier } from '../../src/crypto/verifier.ts';
import {
  judgeBy,
  keyPerson,
  messagesOf,
  NOW,
  pgpPerson,
  pipeline,
  policyFor,
  signAs,
  verdictOf,
  x509Person,
} from '../support/layers.ts';
import { SifBuilder, TABLE_OFFSET, sif } from '../support/sif-builder.ts';

const SLOTS = 12;
/** Fields of a descriptor that signatures cover (sif.md 1.3), as offset and length. */
const COVERED = [
  ['data type', 0, 4],
  ['used', 4, 1],
  ['link', 13, 4],
  ['size', 25, 8],
  ['creation time', 41, 8],
  ['owner', 57, 16],
  ['name', 73, 128],
  ['extra', 201, 384],
] as const;
/** Launch script, magic, version and ID. */
const HEADER = [
  [0, 45],
  [48, 64],
] as const;
const ALL_BITS = [1, 2, 4, 8, 16, 32, 64, 128];

let folder: string;
let image: Buffer;
let judge: Criteria;
let verifier: Verifier;
let objects: readonly SifObject[];

beforeAll(async () => {
  const [alice, bob, carol, ci] = await Promise.all([
    pgpPerson('alice'),
    x509Person('bob'),
    keyPerson('carol', 'p256'),
    keyPerson('ci'),
  ]);
  judge = await judgeBy(await policyFor([alice, bob, carol, ci], pipeline('alice', 'bob', 'carol')));
  verifier = remembering(judge.verifier);
  const built = sif()
    .withSlots(SLOTS)
    .withId('0f1e2d3c4b5a69788796a5b4c3d2e1f0')
    .withBytes(0, Buffer.from('#!/usr/bin/env run-singularity\n'))
    .withDefinition()
    .withJson({ type: 'container' })
    .withPartition(Uint8Array.from({ length: 700 }, (_, index) => index & 0xff));
  folder = await mkdtemp(join(tmpdir(), 'countersign-flips-'));
  const path = join(folder, 'image.sif');
  await writeFile(path, built.bytes());
  const statements = [{ predicateType: 'https://slsa.dev/provenance/v1', predicate: { buildDefinition: {} } }];
  await attachEvidence({ path, statements, signer: ci.signer, now: NOW });
  await signAs(path, alice, 'author', judge);
  await signAs(path, bob, 'security', judge);
  await signAs(path, carol, 'production', judge);
  expect((await verdictOf(path, judge)).verdict).toBe('passed');
  image = await readFile(path);
  objects = (await openSif(memorySource(image, 'image.sif'))).objects;
  expect(objects).toHaveLength(8);
});

afterAll(() => rm(folder, { recursive: true }));

/** The same answers, each worked out once. */
function remembering(inner: Verifier): Verifier {
  const answers = new Map<string, Promise<never>>();
  const once = <T>(parts: readonly (string | Uint8Array | undefined)[], work: () => Promise<T>): Promise<T> => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part ?? '\0none').update(`\0${part?.length}\0`);
    const key = hash.digest('hex');
    const known = answers.get(key) ?? (work() as Promise<never>);
    answers.set(key, known);
    return known;
  };
  return {
    forKeys: (keys) => inner.forKeys(keys),
    withCrls(crls) {
      return crls.length === 0 ? this : inner.withCrls(crls);
    },
    verifyDsse: (input, now) => {
      const { material, pae, signature, keyid, hashing } = input;
      const who = material?.kind === 'certificates' ? material.chain : [material?.hint];
      return once([pae, signature, keyid, hashing, ...who], () => inner.verifyDsse(input, now));
    },
    verifyCleartext: (data, fingerprint, now) =>
      once([data, fingerprint], () => inner.verifyCleartext(data, fingerprint, now)),
    verifySigned: (message, now) => inner.verifySigned(message, now),
  };
}

/** What verify-all says of these bytes: the verdict's reasons, or the error's message. */
async function judgeBytes(bytes: Uint8Array): Promise<{ passed: boolean; text: string }> {
  try {
    const opened = await openSif(memorySource(bytes, 'image.sif'));
    const examination = await examineSif(opened, { name: 'image.sif', verifier, now: NOW });
    const verdict = judgeImage(examination, judge);
    return { passed: verdict.verdict === 'passed', text: messagesOf(verdict).join('\n') };
  } catch (error) {
    if (!(error instanceof SifError)) throw error;
    return { passed: false, text: error.message };
  }
}

/** Flips at `at`, one mask after the other, that pass or do not name what was changed. */
async function survivors(at: number, masks: readonly number[], names: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  for (const mask of masks) {
    const flipped = Buffer.from(image);
    flipped[at] = (flipped[at] ?? 0) ^ mask;
    const { passed, text } = await judgeBytes(flipped);
    if (passed) found.push(`byte ${at} ^ ${mask} passes`);
    else if (!names.test(text)) found.push(`byte ${at} ^ ${mask} is not named: ${text}`);
  }
  return found;
}

test('the untouched bytes pass', async () => {
  expect((await judgeBytes(image)).passed).toBe(true);
});

test('every bit of the header that signatures cover', async () => {
  for (const [from, to] of HEADER)
    for (let at = from; at < to; at += 1) expect(await survivors(at, ALL_BITS, /global header/)).toEqual([]);
});

describe('every bit of the descriptor of', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('slot %i that signatures cover', async (slot) => {
    const id = objects[slot]?.id;
    const found: string[] = [];
    for (const [field, offset, length] of COVERED)
      for (let index = 0; index < length; index += 1) {
        const bits = field === 'name' || field === 'extra' ? [1, 128] : ALL_BITS;
        const at = SifBuilder.field(slot, offset + index);
        const wrong = await survivors(at, bits, new RegExp(`object ${id}\\b`));
        found.push(...wrong.map((text) => `${field} + ${index}: ${text}`));
      }
    expect(found).toEqual([]);
  });
});

test('the place of an object, its ID and its group', async () => {
  for (const [slot, { id }] of objects.entries())
    for (const [offset, length] of [
      [5, 12],
      [17, 8],
    ] as const)
      for (let index = 0; index < length; index += 1) {
        const at = SifBuilder.field(slot, offset + index);
        for (const mask of ALL_BITS) {
          const flipped = Buffer.from(image);
          flipped[at] = (flipped[at] ?? 0) ^ mask;
          const { passed, text } = await judgeBytes(flipped);
          // A signature object may have any ID, as long as no other has it: that changes nothing that anybody signed.
          if (passed)
            expect([slot > 2, offset + index < 9], `slot ${slot}, byte ${offset + index}`).toEqual([true, true]);
          else expect(text, `object ${id}, byte ${offset + index} ^ ${mask}`).toMatch(/object \d+|slot \d+/);
        }
      }
});

describe('sampled data bytes of', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('the object in slot %i', async (slot) => {
    const object = objects[slot];
    expect(object).toBeDefined();
    if (!object) return;
    const step = Math.max(1, Math.floor(object.sizeBytes / 150));
    const found: string[] = [];
    for (let index = 0; index < object.sizeBytes; index += index < 40 || index > object.sizeBytes - 40 ? 1 : step)
      found.push(...(await survivors(object.offset + index, [1, 128], new RegExp(`object ${object.id}\\b`))));
    expect(found).toEqual([]);
  });
});

test('every truncation fails cleanly', async () => {
  const ends = new Set<number>();
  const last = TABLE_OFFSET + SLOTS * DESCRIPTOR_BYTES;
  for (let end = 0; end < 140; end += 1) ends.add(end);
  for (let end = 140; end < last; end += 97) ends.add(end);
  for (let end = last; end < image.length; end += 1) ends.add(end);
  for (const end of ends) {
    const { passed, text } = await judgeBytes(image.subarray(0, end));
    expect(passed, `cut at ${end}`).toBe(false);
    expect(text).not.toBe('');
  }
  expect(image.length).toBeLessThan(40_000);
});
