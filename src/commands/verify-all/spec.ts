// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs of verify-all as data.

import { EXPECTED_TAG_INPUTS } from './expected-tag.ts';
import { ALLOW_APPROVER_KEY_INPUT, ATTESTATION_TAG_INPUT } from '../evidence/signer.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, IMAGE_OUTPUTS, PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../inputs/common.ts';
import type { CommandSpec, InputsOf } from '../spec.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import { EVIDENCE_INPUT, LOOKASIDE_INPUT, SUBJECT_INPUTS } from '../inputs/subjects.ts';
import { NOW_INPUT, TRUST_INPUTS, VERIFY_DATA_INPUT } from '../inputs/trust.ts';
import type { InputSpec } from '../inputs/spec.ts';
import { WITHOUT_INPUTS } from './without.ts';

const RECORD_INPUTS = [
  ...SIGNING_INPUTS,
  ALLOW_APPROVER_KEY_INPUT,
  {
    name: 'attest-failed',
    type: 'boolean',
    default: 'false',
    description:
      'With a key: sign a failed verdict too. By default only a passed one is signed: other tools take any signed statement for a signature.',
  },
  {
    name: 'store',
    type: 'enum',
    values: ['auto', 'file'],
    default: 'auto',
    description:
      'Where the signed verdict goes: `auto` puts it into a SIF file or attaches it to an image in a registry or layout folder, in the place of the verdict by the same key and policy that is there; `file` leaves the image as it is and writes `IMAGE.verdict.sigstore.json`.',
  },
  {
    name: 'bundle-folder',
    type: 'path',
    file: 'folder',
    description:
      'Folder that receives a copy of the signed verdict, as `IMAGE.verdict.sigstore.json`. Default: beside the image (for registries: the working directory), and only with `store: file`.',
    example: 'bundles',
  },
  ATTESTATION_TAG_INPUT,
] as const satisfies readonly InputSpec[];

/** What verify-all takes and gives. */
export const spec = {
  name: 'verify-all',
  summary: 'Verify every layer and every stage of images and decide by policy',
  description:
    'Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image. With a key and a policy the verdict is signed as a SLSA Verification Summary and attached to the image; no approval and no later verdict rests on it.',
  positional: 'subject-path',
  privileged: 'with-key',
  action: { title: 'countersign: verify all', icon: 'check-square', color: 'green' },
  inputs: [
    ...SUBJECT_INPUTS,
    ...TRUST_INPUTS,
    NOW_INPUT,
    VERIFY_DATA_INPUT,
    EVIDENCE_INPUT,
    LOOKASIDE_INPUT,
    ...EXPECTED_TAG_INPUTS,
    ...WITHOUT_INPUTS,
    {
      name: 'required-stages',
      type: 'list',
      description: 'Without a policy: stages that must be approved, one a line.',
      example: 'author',
    },
    ...RECORD_INPUTS,
    ...CONNECTION_INPUTS,
    ...PRIVILEGED_INPUTS,
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
    ...IMAGE_OUTPUTS,
    {
      name: 'approvals',
      description: 'JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.',
      example: '[{"name":"app.sif","stage":"author","method":"pgp","signer":"…","principal":"alice"}]',
    },
    {
      name: 'evidence',
      description:
        'JSON array of the signed verdicts: `subject`, `predicateType`, `signed`, `where`, `digest` (of the statement) and `path`.',
      example:
        '[{"subject":"app.sif","predicateType":"https://slsa.dev/verification_summary/v1","signed":true,"where":"lane","digest":"sha256:…","path":null}]',
    },
    {
      name: 'bundle-path',
      description: 'Paths of the signed verdicts that are in files, one a line.',
      example: '/images/app.sif.verdict.sigstore.json',
    },
  ],
} as const satisfies CommandSpec;

/** The values of the inputs of verify-all. */
export type VerifyInputs = InputsOf<typeof spec.inputs>;
