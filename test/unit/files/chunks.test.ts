// SPDX-License-Identifier: Apache-2.0
// Files as chunks: small and large ones come back as they were written, and a small one gets no large buffer.

import { randomBytes } from 'node:crypto';
import { appendFile, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileSink, readFileChunks } from '../../../src/files/chunks.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const KIB = 1024;
const SIZES = [0, 1, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 1024 * KIB, 1040 * KIB, 1040 * KIB + 1, 5000 * KIB + 7];

test.each(SIZES)('%i bytes are written and read as they are', async (size) => {
  const path = join(await temporaryFolder(), 'file');
  const content = randomBytes(size);
  await using file = await open(path, 'wx');
  const sink = new FileSink(file, 0);
  for (let at = 0; at < size; at += 60_001) await sink.write(content.subarray(at, at + 60_001));
  await sink.flush();
  expect((await readFile(path)).equals(content)).toBe(true);
  const chunks: Uint8Array[] = [];
  for await (const chunk of readFileChunks(path)) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(content)).toBe(true);
  for (const { buffer } of chunks) expect(buffer.byteLength).toBeLessThanOrEqual(Math.max(size, 4 * KIB));
});

test('what is added while a file is read is read as well', async () => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, 'a'.repeat(2048 * KIB));
  const added = 'b'.repeat(10_000);
  const chunks: Uint8Array[] = [];
  for await (const chunk of readFileChunks(path)) {
    if (chunks.length === 0) await appendFile(path, added);
    chunks.push(chunk);
  }
  expect(
    Buffer.concat(chunks)
      .subarray(2048 * KIB)
      .toString(),
  ).toBe(added);
});
