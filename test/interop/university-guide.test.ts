// SPDX-License-Identifier: Apache-2.0
// docs/guides/university.md with the real Apptainer: the overlay is a file system that mksquashfs made, in an image that runs.

import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasPeers, peerPath, runPeer } from '../support/peers.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { followUniversity } from '../support/university.ts';

const missing = !hasPeers('apptainer', 'openssl') || !existsSync('/usr/bin/mksquashfs');

test.skipIf(missing)(
  'the guide for a university holds with Apptainer (skipped without apptainer, openssl, mksquashfs)',
  { timeout: 300_000 },
  async () => {
    const cwd = await temporaryFolder();
    await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(cwd, 'app.sif'));
    await mkdir(join(cwd, 'root'));
    await writeFile(join(cwd, 'root', 'tools'), 'the tools of a student\n');
    const made = await runPeer('bash', ['-c', 'mksquashfs root overlay.sqfs -quiet -no-progress -all-root'], { cwd });
    expect(made.exitCode, made.stderr).toBe(0);
    expect(await followUniversity({ cwd, images: 3, env: { PATH: peerPath() } })).toBe(31);
    const listed = await runPeer('apptainer', ['sif', 'list', 'kim.sif'], { cwd });
    expect(listed.stdout).toContain('FS (Squashfs/Overlay/amd64)');
  },
);
