// SPDX-License-Identifier: Apache-2.0
// verify-all: every layer and every stage of every image, whatever fails; one verdict.

import type { Host } from '../host.ts';
import { type CommandResult, defineCommand } from '../spec.ts';
import { subjectsFrom } from '../inputs/subjects.ts';
import { spec, type VerifyInputs } from './spec.ts';

async function run(inputs: VerifyInputs, host: Host): Promise<CommandResult> {
  const subjects = await subjectsFrom(inputs);
  const { verifySubjects } = await import('./subjects.ts');
  return await verifySubjects(subjects, inputs, host);
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
