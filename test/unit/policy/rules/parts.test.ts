// SPDX-License-Identifier: Apache-2.0
// What a policy asks of partitions, on SIF files made for it, and the advice about file systems that are in none.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSif } from '../../../../src/sif/sif.ts';
import { createSif, partitionExtra } from '../../../support/create-sif.ts';
import { DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../../../../src/sif/format.ts';
import { memorySource } from '../../../../src/sif/source.ts';
import type { Criteria } from '../../../../src/image/verify.ts';
import { loadPolicy } from '../../../../src/policy/document/load.ts';
import { judgeBy, keyPerson, NOW, problemsOf, signAs, verdictOf } from '../../../support/layers.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

async function scene(fileSystems: readonly number[], objects = 'objects: { mustBeEncrypted: true }') {
  const folder = await temporaryFolder();
  const kim = await keyPerson('kim', 'p256');
  await writeFile(join(folder, 'kim.pub'), kim.publicKey);
  const text = `version: 1\nname: acme\nprincipals: { kim: { key: kim.pub } }\nstages:\n  - { name: author, approvers: kim }\n${objects}\n`;
  await writeFile(join(folder, 'policy.yaml'), text);
  const judge: Criteria = await judgeBy(await loadPolicy(join(folder, 'policy.yaml')));
  const path = join(folder, 'app.sif');
  const partitions = fileSystems.map((fs, index) => ({
    dataType: DATA_TYPE.partition,
    data: new Uint8Array(4096).fill(index + 1),
    extra: partitionExtra({
      fs,
      type: index === 0 ? PARTITION_TYPE.primarySystem : PARTITION_TYPE.overlay,
      arch: 'amd64',
    }),
  }));
  const plain = { dataType: DATA_TYPE.generic, data: new Uint8Array(10) };
  await createSif(path, { now: NOW, objects: partitions.length > 0 ? partitions : [plain] });
  await signAs(path, kim, 'author', judge);
  const verdict = await verdictOf(path, judge);
  return { codes: problemsOf(verdict), remarks: verdict.reasons.map(({ code }) => code), verdict: verdict.verdict };
}

const { squashfs, ext3, encryptedSquashfs, gocryptfsSquashfs } = FILE_SYSTEM;

test.each([
  ['LUKS', [encryptedSquashfs], 'passed'],
  ['gocryptfs', [gocryptfsSquashfs], 'passed'],
  ['both', [encryptedSquashfs, gocryptfsSquashfs], 'passed'],
  ['squashfs', [squashfs], 'failed'],
  ['an open overlay beside an encrypted system', [encryptedSquashfs, ext3], 'failed'],
  ['no partition', [], 'failed'],
])('an image with %s under mustBeEncrypted', async (_, fileSystems, verdict) => {
  const found = await scene(fileSystems);
  expect(found.verdict).toBe(verdict);
  expect(found.codes.includes('PARTITION_NOT_ENCRYPTED')).toBe(verdict === 'failed');
});

test('without it nothing is asked, and an ext3 partition is named', async () => {
  for (const objects of ['', 'objects: { mustBeEncrypted: false }', 'objects: {}']) {
    const found = await scene([squashfs, ext3], objects);
    expect(found.verdict).toBe('passed');
    expect(found.remarks).toContain('PARTITION_WRITABLE');
  }
});

test('other words about objects are refused', async () => {
  await expect(scene([squashfs], 'objects: { mustBeEncrypted: "yes" }')).rejects.toMatchObject({
    code: expect.stringMatching(/^POLICY_/),
  });
  await expect(scene([squashfs], 'objects: { encrypted: true }')).rejects.toMatchObject({
    code: expect.stringMatching(/^POLICY_/),
  });
});

test.each([
  ['squashfs', (bytes: Buffer) => bytes.write('hsqs', 0, 'latin1'), '--partfs 1'],
  ['ext', (bytes: Buffer) => bytes.writeUInt16LE(0xef53, 0x438), '--partfs 2'],
])('a plain %s file system is told how to get into a SIF', async (name, mark, how) => {
  const bytes = Buffer.alloc(8192);
  mark(bytes);
  await expect(openSif(memorySource(bytes, 'overlay.img'))).rejects.toMatchObject({
    code: 'SIF_NOT_SIF',
    message: expect.stringContaining(`overlay.img is a plain ${name} file system`),
    hint: expect.stringContaining(how),
  });
  for (const size of [0, 3, 40, 1000])
    await expect(openSif(memorySource(new Uint8Array(size), 'x.img'))).rejects.toMatchObject({ name: 'SifError' });
});
