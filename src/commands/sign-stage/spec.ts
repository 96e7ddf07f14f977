// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs of sign-stage as data.

import { COMMON_INPUTS, COMMON_OUTPUTS, IMAGE_OUTPUTS, PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../inputs/common.ts';
import { ATTESTATION_TAG_INPUT } from '../evidence/signer.ts';
import type { CommandSpec, InputsOf } from '../spec.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import { APPROVAL_INPUTS } from '../inputs/signing.ts';
import { EVIDENCE_INPUT, SUBJECT_INPUTS } from '../inputs/subjects.ts';
import { POLICY_INPUTS, VERIFY_DATA_INPUT } from '../inputs/trust.ts';

/** What sign-stage takes and gives. */
export const spec = {
  name: 'sign-stage',
  summary: 'Approve images at a stage: verify the earlier stages, then add one signed layer',
  description:
    'Reads each image once, verifies the earlier stages when a policy is given, and appends this stage’s approval (and for OpenPGP the native signature that Apptainer reads). The image is never copied and never left broken; it is unchanged when anything fails. Signing the same stage, key and content again changes nothing and says so.',
  positional: 'subject-path',
  privileged: 'always',
  action: { title: 'countersign: sign stage', icon: 'edit-3', color: 'blue' },
  inputs: [
    ...SUBJECT_INPUTS,
    {
      name: 'stage',
      type: 'string',
      required: true,
      description: 'Stage that is approved: a stage of the policy, or any name without one.',
      example: 'security',
    },
    ...SIGNING_INPUTS,
    {
      name: 'expected-digest',
      type: 'list',
      description:
        'What the images must be, one digest a line in any order: the output `digest` of the step that made or approved them before. Of a file that is its content digest (of several groups, all of them), of an image in a registry that or the manifest digest. An image with none of them is not signed. Empty: any image.',
      example: 'sha256:…',
    },
    ...POLICY_INPUTS,
    {
      name: 'verify-previous',
      type: 'boolean',
      default: 'true',
      description: 'Refuse to sign when an earlier stage of the policy has not passed. Has no effect without a policy.',
    },
    {
      name: 'replace',
      type: 'boolean',
      default: 'false',
      description:
        'Put a new approval in the place of the one that this key gave for this stage and content, and in a file of those of the stage for what its objects were before. It is an error when a registry does not let that one go: it would still count.',
    },
    {
      name: 'dry-run',
      type: 'boolean',
      default: 'false',
      description: 'Check and sign in memory, report what would be written, and leave the image as it is.',
    },
    ...APPROVAL_INPUTS,
    {
      name: 'bundle-folder',
      type: 'path',
      file: 'folder',
      description: 'Folder that receives a copy of each approval as `<image>.<stage>.sigstore.json`. Default: none.',
      example: 'bundles',
    },
    {
      name: 'lookaside',
      type: 'path',
      file: 'folder',
      description:
        'Folder that receives a GPG signature of each image in a registry, beside an approval by an OpenPGP key, for `signedBy` of podman and skopeo (docs/gates.md), and in which those of earlier stages are read where the policy accepts them (`native: simple-signing`). Default: none.',
      example: 'signatures',
    },
    ATTESTATION_TAG_INPUT,
    EVIDENCE_INPUT,
    VERIFY_DATA_INPUT,
    ...CONNECTION_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    {
      name: 'subjects',
      description:
        'The images as a JSON array of `name`, `digest` (content digest), `path` and `reference` (`place@sha256:…` of an image in a registry).',
      example: '[{"name":"app.sif","digest":"sha256:…","path":"/images/app.sif","reference":""}]',
    },
    ...IMAGE_OUTPUTS,
    {
      name: 'approvals',
      description:
        'JSON array with one entry an image: `name`, `stage`, `method`, `signer`, `outcome`, `digest`, `time`.',
      example: '[{"name":"app.sif","stage":"security","method":"key","signer":"key:…","outcome":"signed"}]',
    },
    {
      name: 'bundle-path',
      description: 'Paths of the approvals written to `bundle-folder`, one a line.',
      example: '/images/bundles/app.sif.security.sigstore.json',
    },
  ],
} as const satisfies CommandSpec;

/** The values of the inputs of sign-stage. */
export type SignInputs = InputsOf<typeof spec.inputs>;
