// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs of verify-all as data.

import { COMMON_INPUTS, COMMON_OUTPUTS, DATA_VERIFIED_OUTPUT, REFERENCE_OUTPUT } from '../inputs/common.ts';
import type { InputsOf } from '../inputs/inputs.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import { EVIDENCE_INPUT, SUBJECT_INPUTS } from '../inputs/subjects.ts';
import { NOW_INPUT, TRUST_INPUTS, VERIFY_DATA_INPUT } from '../inputs/trust.ts';
import type { CommandSpec } from '../spec.ts';

/** What verify-all takes and gives. */
export const spec = {
  name: 'verify-all',
  summary: 'Verify every layer and every stage of images and decide by policy',
  description:
    'Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image.',
  positional: 'subject-path',
  action: { title: 'countersign: verify all', icon: 'check-square', color: 'green' },
  inputs: [
    ...SUBJECT_INPUTS,
    ...TRUST_INPUTS,
    NOW_INPUT,
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
      description:
        'The images as a JSON array of `name`, `digest` (content digest), `path`, `reference` (`place@sha256:…` of an image in a registry) and `verdict`.',
      example: '[{"name":"app.sif","digest":"sha256:…","path":"/images/app.sif","reference":"","verdict":"passed"}]',
    },
    { name: 'digest', description: 'Content digest, when there is one image with one group.', example: 'sha256:…' },
    REFERENCE_OUTPUT,
    DATA_VERIFIED_OUTPUT,
    { name: 'image-path', description: 'Path of the image, when there is one.', example: '/images/app.sif' },
    {
      name: 'approvals',
      description: 'JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.',
      example: '[{"name":"app.sif","stage":"author","method":"pgp","signer":"…","principal":"alice"}]',
    },
  ],
} as const satisfies CommandSpec;

/** The values of the inputs of verify-all. */
export type VerifyInputs = InputsOf<typeof spec.inputs>;
