// SPDX-License-Identifier: Apache-2.0
// Exports and imports as folders: what was cut off is not taken for the whole.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeNewFolder } from '../../../src/gates/folder.ts';
import { temporaryFolder } from '../../support/temporary.ts';

test('whoever is cut off in the middle leaves a folder without the file that names the others', async () => {
  const folder = join(await temporaryFolder(), 'in');
  const files = ['policy.yaml', 'keys/a.pub', 'keys/a.pub/b.pub'].map((name) => ({ name, content: name }));
  await expect(writeNewFolder(folder, files)).rejects.toThrow('no folder');
  expect(await readdir(folder)).toEqual(['keys']);
  await expect(writeNewFolder(folder, files)).rejects.toMatchObject({ code: 'GATE_FOLDER_NOT_EMPTY' });
});
