// SPDX-License-Identifier: Apache-2.0
// The inputs that say what an approval is to contain, shared by the commands that sign a stage, and the request and the
// judge made from them.

import type { Host } from '../host/host.ts';
import type { StageRequest } from '../layers/stage.ts';
import { createJudge, type Judge } from '../layers/verify.ts';
import { VERSION } from '../primitives/version.ts';
import type { Signer } from '../signing/signer.ts';
import type { Inputs } from './inputs.ts';
import { runInfo } from './run-info.ts';
import type { InputSpec } from './spec.ts';
import { policyFrom } from './trust-inputs.ts';

export const APPROVAL_INPUTS: readonly InputSpec[] = [
  {
    name: 'native',
    type: 'enum',
    values: ['auto', 'none', 'dsse'],
    default: 'auto',
    description:
      'Native signature to write besides the approval. `auto`: OpenPGP writes the one that `apptainer verify` reads, other methods write none. `dsse`: a bare key or certificate signs natively too, only where the image has no OpenPGP signature. `none`: the approval alone.',
  },
  {
    name: 'expires-in',
    type: 'duration',
    description: 'How long the approval counts, with a unit. Default: without limit.',
    example: '90d',
  },
  { name: 'reason', type: 'string', description: 'Why it was approved; becomes part of the signed approval.' },
  { name: 'ticket', type: 'string', description: 'Ticket or change number; becomes part of the signed approval.' },
  {
    name: 'environment',
    type: 'string',
    description: 'Deployment environment of this job; becomes part of the signed approval.',
    example: 'production',
  },
];

/** What an approval of `stage` by this signer contains; `resourceUri` is the name of the image for people. */
export function approvalFrom(
  inputs: Inputs,
  about: {
    readonly host: Host;
    readonly stage: string;
    readonly signer: Signer;
    readonly now: Date;
    readonly resourceUri: string;
  },
): Omit<StageRequest, 'replace' | 'dryRun' | 'verifyPrevious'> {
  const { host, stage, signer, now, resourceUri } = about;
  const expiresIn = inputs.number('expires-in');
  return {
    stage,
    signer,
    now,
    native: nativeChoice(inputs),
    expires: expiresIn === undefined ? undefined : new Date(now.getTime() + expiresIn),
    reason: inputs.text('reason'),
    ticket: inputs.text('ticket'),
    run: runInfo(host.env, inputs.text('environment')),
    resourceUri,
    toolVersion: VERSION,
  };
}

function nativeChoice(inputs: Inputs): StageRequest['native'] {
  const choice = inputs.text('native');
  return choice === 'none' || choice === 'dsse' ? choice : 'auto';
}

/** Decides about the earlier stages: by the policy, or without one trusting nobody but the signer. */
export async function judgeForSigning(inputs: Inputs, signer: Signer, now: Date): Promise<Judge> {
  const policy = await policyFrom(inputs);
  return createJudge(policy ? { policy, now } : { policy, material: signer.publicMaterial, now });
}
