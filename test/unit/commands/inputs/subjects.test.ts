// SPDX-License-Identifier: Apache-2.0
// Which images the three ways of naming them name.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMON_INPUTS } from '../../../../src/commands/inputs/common.ts';
import { readInputs } from '../../../../src/commands/spec.ts';
import { SUBJECT_INPUTS, subjectsFrom } from '../../../../src/commands/inputs/subjects.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-subjects-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

async function named(list: string, more: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  await writeFile(join(folder, 'images.sha256'), list);
  const inputs = await readInputs([...SUBJECT_INPUTS, ...COMMON_INPUTS], {
    texts: new Map(Object.entries({ 'subject-checksums': 'images.sha256', ...more })),
    cwd: folder,
    mask: () => undefined,
    readStdin: async () => new Uint8Array(),
  });
  return (await subjectsFrom(inputs)).map((subject) => subject.name);
}

describe('subject-checksums', () => {
  test('names images by digest, besides those of subject-name', async () => {
    const list = `${A}  ghcr.io/acme/app\n\n${B} *localhost:5000/tool\r\n`;
    expect(await named(list, { 'subject-name': 'ghcr.io/acme/base:1' })).toEqual([
      'ghcr.io/acme/base:1',
      `ghcr.io/acme/app@sha256:${A}`,
      `localhost:5000/tool@sha256:${B}`,
    ]);
  });

  test('names images in layout folders, from the working directory on', async () => {
    expect(await named(`${A}  oci:images\n`)).toEqual([`oci:${join(folder, 'images')}@sha256:${A}`]);
  });

  test.each([
    ['a file', `${A}  app.sif\n`],
    ['a file in a folder', `${A}  images/app.sif\n`],
    ['a reference with a digest of its own', `${A}  ghcr.io/acme/app@sha256:${B}\n`],
    ['one space', `${A} ghcr.io/acme/app\n`],
    ['a short digest', `${A.slice(1)}  ghcr.io/acme/app\n`],
    ['a name with a space', `${A}  ghcr.io/acme/app x\n`],
    ['nothing', '\n'],
  ])('refuses %s', async (_what, list) => {
    await expect(named(list)).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      location: { file: join(folder, 'images.sha256'), line: 1 },
    });
  });
});
