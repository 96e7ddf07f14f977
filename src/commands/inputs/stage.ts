// SPDX-License-Identifier: Apache-2.0
// The inputs that say what an approval is to contain, shared by the commands that sign a stage, and the request and the
// criteria made from them.

import type { Host } from '../host.ts';
import type { StageRequest } from '../../stage/stage.ts';
import { createCriteria, type Criteria } from '../../image/verify.ts';
import { UsageError } from '../../base/errors.ts';
import { VERSION } from '../../base/version.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { InputsOf } from './inputs.ts';
import { runInfo } from './ci-run.ts';
import type { InputSpec } from './spec.ts';
import { policyFrom, type PolicyInputs } from './trust.ts';

/** The inputs that say what an approval is to contain. */
export const APPROVAL_INPUTS = [
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
] as const satisfies readonly InputSpec[];

type ApprovalInputs = InputsOf<typeof APPROVAL_INPUTS>;

/** What an approval of `stage` by this signer contains; `resourceUri` is the name of the image for people. */
export function approvalFrom(
  inputs: ApprovalInputs,
  about: {
    readonly host: Host;
    readonly stage: string;
    readonly signer: Signer;
    readonly now: Date;
    readonly resourceUri: string;
  },
): Omit<StageRequest, 'replace' | 'dryRun' | 'verifyPrevious'> {
  const { host, stage, signer, now, resourceUri } = about;
  return {
    stage,
    signer,
    now,
    native: inputs.native,
    expires: expiryFrom(inputs, now),
    reason: shortText(inputs, 'reason'),
    ticket: shortText(inputs, 'ticket'),
    run: runInfo(host.env, inputs.environment),
    resourceUri,
    toolVersion: VERSION,
  };
}

/** Every verifier reads these texts; with more of them an approval might be larger than a file takes. */
const MAX_TEXT = 4096;

function shortText(inputs: ApprovalInputs, name: 'reason' | 'ticket'): string | undefined {
  const text = inputs[name];
  if (text === undefined || text.length <= MAX_TEXT) return text;
  throw new UsageError('USAGE_INVALID_INPUT', `${name} has ${text.length} characters; the limit is ${MAX_TEXT}`, {
    hint: 'keep the long text elsewhere, and give its address',
  });
}

/** The last moment that a time with a year of four digits can name. */
const LAST_MS = Date.parse('9999-12-31T23:59:59Z');

function expiryFrom(inputs: ApprovalInputs, now: Date): Date | undefined {
  const { expiresIn } = inputs;
  if (expiresIn === undefined) return undefined;
  const expiresMs = now.getTime() + expiresIn;
  if (expiresMs <= LAST_MS) return new Date(expiresMs);
  throw new UsageError('USAGE_INVALID_INPUT', 'expires-in ends after the year 9999', {
    hint: 'give a shorter time, or leave ⟨expires-in⟩ out for an approval without limit',
  });
}

/** Decides about the earlier stages: by the policy, or without one trusting nobody but the signer. */
export async function criteriaForSigning(inputs: PolicyInputs, signer: Signer, now: Date): Promise<Criteria> {
  const policy = await policyFrom(inputs);
  return createCriteria(policy ? { policy, now } : { policy, material: signer.publicMaterial, now });
}
