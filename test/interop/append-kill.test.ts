// SPDX-License-Identifier: Apache-2.0
// A PGP layer is a signature linked to the group and a lane object. Whenever the process that adds one is killed, the
// real apptainer accepts what is left.

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { apptainerKeyring } from '../support/apptainer.ts';
import { runScript } from '../support/children.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../vectors/sif/${name}`, import.meta.url));

async function signedCopy(): Promise<string> {
  const path = join(await temporaryFolder(), 'image.sif');
  await copyFile(fixture('hello-signed-pgp.sif'), path);
  return path;
}

test.skipIf(!hasPeers('apptainer', 'siftool'))(
  'a layer killed after any of its writes leaves an image that apptainer verifies (skipped without apptainer)',
  async () => {
    const env = await apptainerKeyring(fixture('author.pub.asc'));
    const verify = async (path: string) => {
      const { exitCode } = await runPeer('apptainer', ['verify', '--local', path], { env });
      const { stdout } = await runPeer('siftool', ['list', path]);
      return { exitCode, signatures: stdout.split('\n').filter((line) => line.includes('Signature')).length };
    };
    const steps = (await runScript('append-child.ts', [await signedCopy(), '1', 'native'])).stdout.trim().split('\n');
    for (const [index, name] of steps.entries()) {
      const path = await signedCopy();
      const done = String(index + 1);
      expect((await runScript('append-child.ts', [path, '1', 'native', done])).signal, name).toBe('SIGKILL');
      const committed = steps.slice(0, index + 1).filter((step) => /^used \d$/.test(step)).length;
      expect(await verify(path), name).toEqual({ exitCode: 0, signatures: 1 + committed });
      expect((await runScript('append-child.ts', [path, '1', 'native again'])).exitCode, name).toBe(0);
      expect(await verify(path), name).toEqual({ exitCode: 0, signatures: 3 + committed });
    }
  },
);
