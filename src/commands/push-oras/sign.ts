// SPDX-License-Identifier: Apache-2.0
// The part of push-oras that signs a stage on the way: what to sign, and what is said about it afterwards.

import { basename } from 'node:path';
import type { Host } from '../host.ts';
import type { SignedPublishRequest } from '../../transfer/signed-push.ts';
import type { SignedPublished } from '../../transfer/publish-signed.ts';
import { UsageError } from '../../base/errors.ts';
import type { InputsOf } from '../spec.ts';
import { SIGNING_INPUTS } from '../inputs/common.ts';
import { APPROVAL_INPUTS, approvalFrom, criteriaForSigning, signerFrom } from '../inputs/signing.ts';
import type { InputSpec } from '../inputs/spec.ts';
import type { TrustInputs } from '../inputs/trust.ts';

/** What push-oras needs for signing a stage. */
export const SIGN_ON_THE_WAY_INPUTS = [
  {
    name: 'stage',
    type: 'string',
    description:
      'With a file: approve it at this stage while it is pushed, as `sign-stage` would, in the same read. The earlier stages of the policy must have passed. Image, layer and tags are published, and the file gets its layer, only if everything went well; nobody else can sign the file meanwhile. Needs `signing-method` and `key`.',
    example: 'production',
  },
  ...SIGNING_INPUTS,
  ...APPROVAL_INPUTS,
] as const satisfies readonly InputSpec[];

type Inputs = InputsOf<typeof SIGN_ON_THE_WAY_INPUTS> & TrustInputs;

/**
 * What to sign on a file that is pushed; undefined when nothing is.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SignatureError when the key cannot be used
 */
export async function stageToSign(
  inputs: Inputs,
  host: Host,
  { path, now }: { readonly path: string; readonly now: Date },
): Promise<Pick<SignedPublishRequest, 'stage' | 'signingCriteria'> | undefined> {
  const stage = wantedStage(inputs);
  if (stage === undefined) return undefined;
  const signer = await signerFrom(inputs, host, now);
  if (!signer)
    throw new UsageError('USAGE_MISSING_INPUT', 'stage is given without signing-method and key', {
      hint: 'give ⟨signing-method⟩ (pgp, key or x509) and ⟨key⟩, or leave ⟨stage⟩ out to push without signing',
    });
  const resourceUri = `file:${basename(path)}`;
  const signingCriteria = await criteriaForSigning(inputs, signer, now);
  const { policy } = signingCriteria;
  const request = await approvalFrom(inputs, { host, stage, signer, now, resourceUri, policy });
  return { stage: request, signingCriteria };
}

/** An image that is promoted as it is cannot be signed on the way: its bytes are those that others approved. */
export function assertNothingToSign(inputs: Inputs): void {
  if (wantedStage(inputs) === undefined) return;
  throw new UsageError('USAGE_CONFLICTING_INPUTS', 'stage is given with subject-name', {
    hint: 'run sign-stage on the reference first, which moves kilobytes only; then promote it',
  });
}

function wantedStage(inputs: Inputs): string | undefined {
  const { stage } = inputs;
  const { reason, ticket, environment, expiresIn } = inputs;
  const details = Object.entries({ reason, ticket, environment, 'expires-in': expiresIn });
  const [idle] = details.find(([, value]) => value !== undefined) ?? [];
  if (stage === undefined && idle !== undefined)
    throw new UsageError('USAGE_MISSING_INPUT', `${idle} is given without stage`, {
      hint: `give the ⟨stage⟩ to approve, or leave ⟨${idle}⟩ out to push without signing`,
    });
  return stage;
}

/** Lines about what was signed, for people. */
export function signingText({ signing, sif, reads }: SignedPublished, stage: string): string {
  if (signing.outcome === 'refused') return `not signed: an earlier stage than ${stage} has not passed\n`;
  if (!sif) return `not signed: the image with an approval of ${stage} would not pass\n`;
  if (signing.outcome === 'unchanged') return `stage ${stage} was approved by this signer already\n`;
  const where = signing.where.length > 0 ? ` as ${signing.where.join(', ')}` : '';
  return `approved at stage ${stage}${where}; the data was read ${reads === 1 ? 'once' : 'twice'}\n`;
}

/** The same for the JSON result. */
export function signingJson({ signing, sif, reads }: SignedPublished, stage: string) {
  const outcome = sif || signing.outcome === 'refused' ? signing.outcome : 'declined';
  return { stage, outcome, digest: sif ? (signing.digest ?? null) : null, where: signing.where, reads };
}
