// SPDX-License-Identifier: Apache-2.0
// verify-all: every layer and every stage of every image, whatever fails; one verdict. The first file is being read while
// the rest of the code is loaded.

import type { Host } from '../host.ts';
import { hashEarly } from '../../sif/hash/early.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import type { Command, CommandResult, CommandSpec } from '../spec.ts';
import { EVIDENCE_INPUT, SUBJECT_INPUTS, subjectsFrom } from '../inputs/subjects.ts';
import { TRUST_INPUTS, VERIFY_DATA_INPUT } from '../inputs/trust.ts';

const spec: CommandSpec = {
  name: 'verify-all',
  summary: 'Verify every layer and every stage of images and decide by policy',
  description:
    'Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image.',
  positional: 'subject-path',
  action: { title: 'countersign: verify all', icon: 'check-square', color: 'green' },
  inputs: [
    ...SUBJECT_INPUTS,
    ...TRUST_INPUTS,
    VERIFY_DATA_INPUT,
    EVIDENCE_INPUT,
    {
      name: 'required-stages',
      type: 'list',
      description: 'Without a policy: stages that must be approved, one a line.',
      example: 'author',
    },
    ...CONNECTION_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    {
      name: 'subjects',
      description: 'The images as a JSON array of `name`, `digest` (content digest), `path` and `verdict`.',
      example: '[{"name":"app.sif","digest":"sha256:…","path":"/images/app.sif","verdict":"passed"}]',
    },
    { name: 'digest', description: 'Content digest, when there is one image with one group.', example: 'sha256:…' },
    { name: 'image-path', description: 'Path of the image, when there is one.', example: '/images/app.sif' },
    {
      name: 'approvals',
      description: 'JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.',
      example: '[{"name":"app.sif","stage":"author","method":"pgp","signer":"…","principal":"alice"}]',
    },
  ],
};

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const subjects = await subjectsFrom(inputs);
  const [first] = subjects;
  // What cannot be opened is reported when its turn comes.
  await using early = first?.in === 'file' ? await hashEarly(first.path).catch(() => undefined) : undefined;
  const { verifySubjects } = await import('./subjects.ts');
  return await verifySubjects(subjects, inputs, { host, early });
}

export const command: Command = { spec, run };
