// SPDX-License-Identifier: Apache-2.0
// docs/guides/university.md, followed literally, with OpenSSL's own CA and 300 images; the overlay is added as Apptainer does it.

import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTo, partition, sifOf } from '../support/overlays.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { followUniversity } from '../support/university.ts';

const missing = !existsSync('/usr/bin/openssl');

test.skipIf(missing)(
  'the guide for a university holds, word for word (skipped without openssl)',
  { timeout: 300_000 },
  async () => {
    const cwd = await temporaryFolder();
    await copyFile(await sifOf(), join(cwd, 'app.sif'));
    const instead = async (line: string) => {
      if (!line.startsWith('apptainer sif add ')) return undefined;
      await addTo(join(cwd, 'kim.sif'), partition('overlay', 2));
      return 'done' as const;
    };
    expect(await followUniversity({ cwd, images: 300, instead })).toBe(31);
  },
);
