// SPDX-License-Identifier: Apache-2.0
// The part of simulate that is about Apptainer's execution control list.

import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CountersignError, fileError, isErrnoException, UsageError } from '../../base/errors.ts';
import type { ExecutionList } from '../../gates/ecl/list.ts';
import { gateReason } from '../../gates/errors.ts';
import type { GateVerdict } from '../../gates/verdict.ts';
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
  const { ringVerifier } = await import('../../gates/ecl/ring-verifier.ts');
  const { openFileSource } = await import('../../sif/source.ts');
  const { openSif } = await import('../../sif/sif.ts');
  const now = inputs.now ?? host.now();
  const { list, keyring } = await configurationFrom(inputs, now);
  const verifier = await ringVerifier(list.activated ? keyring : new Uint8Array());
  const runFolder = inputs.runFolder === undefined ? undefined : await cleanFolder(inputs.runFolder, inputs);
  const strange = await strangeFolders(list);
  const isHere = inputs.gatePath !== undefined && runFolder === undefined;
  const results: NamedVerdict[] = [];
  for (const { name, path } of await subjectFiles({ ...inputs, subjectPath: images })) {
    const folder = runFolder ?? dirname(await realpath(path));
    const progress = host.progress(`reading ${name}`);
    try {
      await using source = await openFileSource(path);
      const onBytes = (done: number, total: number): void => progress.update(done, total);
      const verdict = await judgeByList(await openSif(source), { list, verifier, now, folder, onBytes });
      await source.assertStill();
      results.push({ name, reference: null, ...onThisMachine(verdict, strange, isHere) });
    } catch (error) {
      if (!(error instanceof CountersignError) || !error.code.startsWith('SIF_')) throw error;
      const { code, message, hint } = error;
      results.push({
        name,
        reference: null,
        gate: 'ecl',
        verdict: 'unknown',
        words: null,
        reasons: [{ code, message, hint }],
      });
    } finally {
      progress.finish();
    }
  }
  return results;
}

/** What Apptainer says of paths that lead nowhere, by the code of the error. */
const MISSING: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'],
  ['ENOTDIR', 'not a directory'],
  ['ELOOP', 'too many links'],
]);

interface StrangeFolder {
  readonly folder: string;
  /** Apptainer's, where they can be known. */
  readonly words: string | null;
}

/** Folders of the list that Apptainer would not take on this machine. */
async function strangeFolders({ groups }: ExecutionList): Promise<readonly StrangeFolder[]> {
  const strange: StrangeFolder[] = [];
  for (const { folder } of groups) {
    if (folder === '') continue;
    try {
      const words = 'all execgroup dirpath`s should be fully cleaned with symlinks resolved';
      if ((await realpath(folder)) !== folder) strange.push({ folder, words });
    } catch (error) {
      strange.push({ folder, words: (isErrnoException(error) ? MISSING.get(error.code ?? '') : undefined) ?? null });
    }
  }
  return strange;
}

/** For each of those folders Apptainer refuses every SIF. Where the list may be for another machine that is a remark. */
function onThisMachine(verdict: GateVerdict, strange: readonly StrangeFolder[], isHere: boolean): GateVerdict {
  if (verdict.verdict !== 'allowed' || strange.length === 0) return verdict;
  const names = strange.map(({ folder }) => folder).join(', ');
  const message = `${names}: not here, or below a link; where a folder of the list is that, Apptainer refuses every SIF`;
  const words = strange.find((one) => one.words !== null)?.words;
  if (!isHere || words === undefined || words === null)
    return {
      ...verdict,
      reasons: [...verdict.reasons, { ...gateReason('GATE_NOT_DECIDED', message), severity: 'remark' }],
    };
  const hint = 'make the folders, or give ⟨run-folder⟩ where the list is for another machine';
  return { ...verdict, verdict: 'denied', words, reasons: [{ ...gateReason('GATE_LIST_INVALID', message), hint }] };
}

/**
 * A folder as Apptainer compares it: absolute, clean, and without links where it is there. The machine that it is for may be
 * another one.
 * @see https://github.com/apptainer/apptainer/blob/v1.4.5/pkg/image/image.go ResolvePath
 */
async function cleanFolder(given: string, { workingDirectory }: SimulateInputs): Promise<string> {
  const path = resolve(workingDirectory, given);
  const found = await stat(path).catch((error: unknown) => {
    if (isErrnoException(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw fileError(error, path, 'read');
  });
  if (!found) return path;
  if (found.isDirectory()) return realpath(path);
  throw new UsageError('USAGE_INVALID_INPUT', `run-folder ${path} is a file`, {
    hint: 'give the folder that the images will lie in, for instance ⟨run-folder=/srv/production⟩',
  });
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
