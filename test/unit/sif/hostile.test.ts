// SPDX-License-Identifier: Apache-2.0
// Bytes that nobody chose: whatever is in header and table, an image opens or is refused with a code of ours, and what
// opens can be read without leaving the file.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DETERMINISTIC_TIME } from '../../../src/sif/format.ts';
import { hashObjects } from '../../../src/sif/hash/hash.ts';
import { groupsOf, openSif } from '../../../src/sif/sif.ts';
import { compareMetadata, encodeMetadata, parseMetadata } from '../../../src/sif/integrity.ts';
import { SIF_CODES, SifError } from '../../../src/sif/errors.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { sif } from '../../support/sif-builder.ts';

const small = sif()
  .withSlots(4)
  .withDefinition('x')
  .withObject({ type: 0x4007, data: Buffer.from('some data'), group: 2 })
  .withSignature(Buffer.from('signature'))
  .bytes();

async function readWhole(bytes: Uint8Array): Promise<'read' | SifError> {
  try {
    const image = await openSif(memorySource(bytes, 'fuzz'));
    const digests = await hashObjects(image, image.objects, { algorithms: new Set(['sha256']) });
    for (const group of groupsOf(image)) {
      const metadata = parseMetadata(encodeMetadata(image, group, digests));
      expect(compareMetadata(metadata, image, group, digests)).toMatchObject({ complete: true, reasons: [] });
    }
    for (const object of image.objects) expect(object.offset + object.sizeBytes).toBeLessThanOrEqual(bytes.length);
    return 'read';
  } catch (error) {
    if (error instanceof SifError) return error;
    throw error;
  }
}

describe('an image with bytes changed at will', () => {
  const change = fc.tuple(fc.integer({ min: 0, max: small.length - 1 }), fc.integer({ min: 0, max: 255 }));
  const word = fc.tuple(
    fc.integer({ min: 0, max: small.length - 8 }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  );

  test('opens or is refused with a code', async () => {
    const property = fc.asyncProperty(
      fc.array(change, { maxLength: 8 }),
      fc.array(word, { maxLength: 3 }),
      async (one, eight) => {
        const bytes = Buffer.from(small);
        for (const [at, value] of one) bytes[at] = value;
        for (const [at, value] of eight) bytes.writeBigInt64LE(value, at);
        const outcome = await readWhole(bytes);
        expect(['read', ...Object.keys(SIF_CODES)]).toContain(outcome === 'read' ? outcome : outcome.code);
      },
    );
    await fc.assert(property, { numRuns: 1500 });
  });

  test('in header and table numbers alone opens or is refused with a code', async () => {
    const fields = [
      64,
      72,
      80,
      88,
      96,
      104,
      112,
      120,
      ...[0, 1, 2, 3].flatMap((slot) => [17, 25, 33, 41, 49].map((at) => 4096 + slot * 585 + at)),
    ];
    const number = fc.oneof(
      fc.bigInt({ min: -2n, max: 8192n }),
      fc.constantFrom(
        2n ** 31n,
        2n ** 32n,
        2n ** 53n - 1n,
        2n ** 53n,
        2n ** 63n - 1n,
        -(2n ** 63n),
        BigInt(DETERMINISTIC_TIME),
      ),
    );
    const property = fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...fields), number), { minLength: 1, maxLength: 4 }),
      async (changes) => {
        const bytes = Buffer.from(small);
        for (const [at, value] of changes) bytes.writeBigInt64LE(value, at);
        const outcome = await readWhole(bytes);
        expect(outcome === 'read' || outcome instanceof SifError).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 1500 });
  });

  test('made of nothing but chance is refused', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 6000 }), async (bytes) => {
      expect(await readWhole(bytes)).toBeInstanceOf(SifError);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
