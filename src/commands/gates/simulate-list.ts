// SPDX-License-Identifier: Apache-2.0
// The part of simulate that is about Apptainer's execution control list.

import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CountersignError } from '../../base/errors.ts';
import type { Host } from '../host.ts';
import { subjectFiles } from '../inputs/subjects.ts';
import { placementsFrom } from './places.ts';
import { type NamedVerdict, policyOrFolder, type SimulateInputs } from './simulate.ts';

/** The list's verdict about each of the files. @throws UsageError, PolicyError, GateError, SystemError */
export async function simulateList(
  images: readonly string[],
  inputs: SimulateInputs,
  host: Host,
): Promise<readonly NamedVerdict[]> {
  const { judgeByList } = await import('../../gates/ecl/simulate.ts');
  const { createVerifier } = await import('../../crypto/verifier.ts');
  const { trustIn } = await import('../../crypto/trust.ts');
  const { openFileSource } = await import('../../sif/source.ts');
  const { openSif } = await import('../../sif/sif.ts');
  const now = inputs.now ?? host.now();
  const { list, keyring } = await configurationFrom(inputs, now);
  const verifier = await createVerifier(trustIn({ keyrings: keyring.length > 0 ? [keyring] : [] }));
  const results: NamedVerdict[] = [];
  for (const { name, path } of await subjectFiles({ ...inputs, subjectPath: images })) {
    const folder = inputs.runFolder ?? dirname(await realpath(path));
    const progress = host.progress(`reading ${name}`);
    try {
      await using source = await openFileSource(path);
      const onBytes = (done: number, total: number): void => progress.update(done, total);
      const verdict = await judgeByList(await openSif(source), { list, verifier, now, folder, onBytes });
      await source.assertStill();
      results.push({ name, ...verdict });
    } catch (error) {
      if (!(error instanceof CountersignError) || !error.code.startsWith('SIF_')) throw error;
      const { code, message, hint } = error;
      results.push({ name, gate: 'ecl', verdict: 'unknown', words: null, reasons: [{ code, message, hint }] });
    } finally {
      progress.finish();
    }
  }
  return results;
}

async function configurationFrom(inputs: SimulateInputs, now: Date) {
  const from = await policyOrFolder(inputs);
  if ('folder' in from) {
    const { readInstalled } = await import('../../gates/ecl/installed.ts');
    return readInstalled(resolve(inputs.workingDirectory, from.folder));
  }
  const { exportList } = await import('../../gates/ecl/files.ts');
  return exportList(from.loaded, placementsFrom(inputs.folderStage, from.loaded), now);
}
