// SPDX-License-Identifier: Apache-2.0
// A plain overlay file and the advice about it: the commands of docs/policy.md, run by Apptainer as they stand there, make
// a SIF that is approved and judged like any other.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSif } from '../../src/sif/sif.ts';
import { memorySource } from '../../src/sif/source.ts';
import { judgeTrusting, keyPerson, NOW, signAs, verdictOf } from '../support/layers.ts';
import { hasPeers, peerPath, runPeer } from '../support/peers.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

test.skipIf(!hasPeers('apptainer'))(
  'a plain overlay is put into a SIF and approved (skipped without apptainer)',
  async () => {
    const page = await readFile(join(PROJECT, 'docs', 'policy.md'), 'utf8');
    const commands = /```sh\n(apptainer sif new [\s\S]*?)```/.exec(page)?.[1] ?? '';
    const folder = await temporaryFolder();
    const bytes = Buffer.alloc(1024 * 1024);
    bytes.writeUInt16LE(0xef53, 0x438);
    await writeFile(join(folder, 'overlay.img'), bytes);
    const advice = await openSif(memorySource(bytes, 'overlay.img')).then(
      () => '',
      (error: { hint: string }) => error.hint,
    );
    const [, added = ''] = commands.split('\n');
    expect(advice).toContain(added.replaceAll('overlay.sif', 'NEW.sif'));
    const env = { HOME: folder, PATH: peerPath() };
    const made = await runPeer('bash', ['-e', '-c', commands], { cwd: folder, env });
    expect(made.exitCode, made.stderr).toBe(0);
    const person = await keyPerson('student', 'p256');
    const judge = await judgeTrusting([person], { now: NOW });
    await signAs(join(folder, 'overlay.sif'), person, 'author', judge);
    const verdict = await verdictOf(join(folder, 'overlay.sif'), judge);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.reasons.map(({ code }) => code)).toContain('PARTITION_WRITABLE');
  },
);
