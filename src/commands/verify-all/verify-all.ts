// SPDX-License-Identifier: Apache-2.0
// verify-all: every layer and every stage of every image, whatever fails; one verdict. The first file is being read while
// the rest of the code is loaded.

import type { Host } from '../host.ts';
import { hashEarly } from '../../sif/hash/early.ts';
import { type CommandResult, defineCommand } from '../spec.ts';
import { subjectsFrom } from '../inputs/subjects.ts';
import { spec, type VerifyInputs } from './spec.ts';

async function run(inputs: VerifyInputs, host: Host): Promise<CommandResult> {
  const subjects = await subjectsFrom(inputs);
  const [first] = subjects;
  // What cannot be opened is reported when its turn comes.
  await using early = first?.in === 'file' ? await hashEarly(first.path).catch(() => undefined) : undefined;
  const { verifySubjects } = await import('./subjects.ts');
  return await verifySubjects(subjects, inputs, { host, early });
}

export const command = defineCommand(spec, run);
