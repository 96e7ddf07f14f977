// SPDX-License-Identifier: Apache-2.0
// The inputs that say whom to trust, shared by every command that verifies, and the criteria made from them.

import { utf8 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { TrustFiles } from '../../crypto/trust.ts';
import type { TrustMaterial } from '../../crypto/verifier.ts';
import type { Denial } from '../../findings/denial.ts';
import type { Criteria } from '../../image/verify.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import { assertDistinctFrom } from './files.ts';
import { pinFrom, POLICY_CHOICE_INPUTS } from './policy-signer.ts';
import type { CommonInputs, InputsOf } from '../spec.ts';
import type { InputSpec } from './spec.ts';

/** The policy, as a file or as text. */
export const POLICY_INPUTS = [
  {
    name: 'policy-path',
    type: 'path',
    description: 'Policy file (docs/policy.md): stages, approvers and trust. Files it names are found relative to it.',
    example: 'countersign.yaml',
    textInput: 'policy',
  },
  {
    name: 'policy',
    type: 'text',
    description:
      'The policy itself, as YAML text instead of a file, at most 1 MiB. Files it names are found relative to `working-directory`; errors call it `policy`. At most one of `policy` and `policy-path`.',
  },
  ...POLICY_CHOICE_INPUTS,
] as const satisfies readonly InputSpec[];

/** The values of POLICY_INPUTS. */
export type PolicyInputs = InputsOf<typeof POLICY_INPUTS>;

/** Whether the data of images in registries is read. */
export const VERIFY_DATA_INPUT = {
  name: 'verify-data',
  type: 'boolean',
  default: 'true',
  description:
    'For an image in a registry or layout folder: read and hash all of it. With `false` only some kilobytes of a SIF are read, and its data is taken to be what trusted layers say: whoever may push can put other data behind them. The output `data-verified`, the verdict and an approval then say so, and no cosign signature is written. Of any other image `false` reads the manifests alone, whose digests are what is approved; config and layers are not looked at. SIF files are always read whole.',
} as const satisfies InputSpec;

/** The inputs that say whom to trust. */
export const TRUST_INPUTS = [
  ...POLICY_INPUTS,
  {
    name: 'up-to-stage',
    type: 'string',
    description:
      'With a policy: decide about this stage and those before it only, for a gate in the middle of a pipeline. The verdict names the stages that it is not about. Default: all stages of the policy.',
    example: 'security',
  },
  {
    name: 'keyring',
    type: 'paths',
    mayBeContent: true,
    description:
      'OpenPGP public keys to trust, armored or binary: files, folders or globs, one a line, or the armored text itself.',
    example: 'staff.asc',
  },
  {
    name: 'public-key',
    type: 'paths',
    mayBeContent: true,
    description:
      'Public keys to trust, PEM or DER (SPKI or PKCS#1): files, folders or globs, one a line, or the PEM text itself.',
    example: 'security.pub',
  },
  {
    name: 'trust-anchors',
    type: 'paths',
    mayBeContent: true,
    description: 'X.509 trust anchors, PEM or DER: files, folders or globs, one a line, or the PEM text itself.',
    example: 'root-ca.pem',
  },
  {
    name: 'intermediates',
    type: 'paths',
    mayBeContent: true,
    description: 'X.509 intermediates that may complete a path to an anchor, given as `trust-anchors`.',
    example: 'intermediate-ca.pem',
  },
  {
    name: 'signer-certificate',
    type: 'paths',
    mayBeContent: true,
    description:
      'X.509 certificates of signers, given as `trust-anchors`: needed only for native DSSE signatures, which hold no certificate.',
    example: 'release.crt',
  },
  {
    name: 'crls',
    type: 'paths',
    mayBeContent: true,
    description:
      'X.509 certificate revocation lists, PEM or DER, given as `trust-anchors`; beside those of the policy. With any, a certificate about which no list in force speaks fails, unless `trust.revocation` of the policy says otherwise.',
    example: '/var/lib/crls',
  },
  {
    name: 'timestamp-anchors',
    type: 'paths',
    mayBeContent: true,
    description:
      'X.509 certificates of the CAs of timestamp authorities whose clocks are believed, given as `trust-anchors`.',
    example: 'tsa-ca.pem',
  },
] as const satisfies readonly InputSpec[];

/** Another time than the present: for looking alone, since nothing may be done on a verdict about another day. */
export const NOW_INPUT = {
  name: 'now',
  type: 'time',
  description: 'Verify as of this time instead of the present (RFC 3339). For audits and tests; the verdict says so.',
  example: '2026-11-22T12:00:00Z',
} as const satisfies InputSpec;

/** The values of TRUST_INPUTS. */
export type TrustInputs = InputsOf<typeof TRUST_INPUTS>;

/**
 * The policy that the inputs give, as file or text; undefined when they give none.
 * @throws UsageError USAGE_CONFLICTING_INPUTS, also when a file to be written is one that the policy names; PolicyError,
 * SystemError, DataError
 */
export async function policyFrom(inputs: PolicyInputs): Promise<LoadedPolicy | undefined> {
  const { policyPath: path, policy: text, profile } = inputs;
  const asksForSigner = inputs.requireSignedPolicy !== undefined || inputs.policySignerTrust.length > 0;
  const pin = asksForSigner ? await pinFrom(inputs) : undefined;
  if (path === undefined && text === undefined) {
    const hasBase = inputs.given.has('base-policy-path');
    // Who must have signed is asked of the policy of base images, too; which profile counts is not.
    const asked = POLICY_CHOICE_INPUTS.map(({ name }) => name).filter((name) => name === 'profile' || !hasBase);
    const idle = asked.filter((name) => inputs.given.has(name));
    if (idle.length === 0) return undefined;
    throw new UsageError('USAGE_MISSING_INPUT', `${idle.join(' and ')} without a policy`, {
      hint: hasBase ? 'give ⟨policy-path⟩, or ⟨base-policy-profile⟩ in place of ⟨profile⟩' : 'give ⟨policy-path⟩',
    });
  }
  if (path !== undefined && text !== undefined)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'both policy and policy-path were given', {
      hint: 'give only one of them',
    });
  if (path === undefined && pin)
    throw new UsageError(
      'USAGE_CONFLICTING_INPUTS',
      'the signature of a policy lies beside its file, and it was given as text',
      {
        hint: 'give ⟨policy-path⟩ in place of ⟨policy⟩',
      },
    );
  // Runs without a policy need not load the YAML reader.
  const { loadPolicy, loadPolicyBytes } = await import('../../policy/document/load.ts');
  const policy =
    path === undefined
      ? await loadPolicyBytes(utf8(text ?? ''), { path: 'policy', folder: inputs.workingDirectory }, { profile })
      : await loadPolicy(path, { profile, pin });
  const input = text === undefined ? 'policy-path' : 'policy';
  await assertNotWritten(inputs, policy.files, input);
  return policy;
}

/**
 * The criteria that the inputs describe.
 * @throws PolicyError, SystemError, DataError for what cannot be read; UsageError when nothing to trust was given and `needed`
 */
export async function criteriaFrom(
  inputs: TrustInputs,
  now: Date,
  options: {
    readonly requiredStages?: readonly string[];
    readonly needed: boolean;
    /** What is denied beside what the policy denies. */
    readonly deny?: readonly Denial[];
  },
): Promise<Criteria> {
  const policy = denying(await policyFrom(inputs), options.deny ?? []);
  const material = await materialFrom(inputs);
  const given = material.keyrings.length + material.keys.length + material.anchors.length > 0;
  if (policy && given)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'trust was given both by the policy and by other inputs', {
      hint: 'add keys and anchors to the policy, or leave the policy out',
    });
  const stages = await stagesUpTo(inputs.upToStage, policy);
  if (!policy && !given && options.needed) throw nothingToTrust(inputs);
  const { createCriteria } = await import('../../image/verify.ts');
  return createCriteria({
    policy,
    material,
    ...(stages ? { stages } : {}),
    now,
    ...(options.requiredStages ? { requiredStages: options.requiredStages } : {}),
  });
}

/** The revocation lists that the inputs name. @throws SystemError, DataError for what cannot be read */
export async function crlsFrom(
  { crls, workingDirectory }: Pick<TrustInputs, 'crls' | 'workingDirectory'>,
  input = 'crls',
): Promise<Pick<TrustMaterial, 'crls' | 'origins'>> {
  const files = new TrustFiles(workingDirectory);
  return { crls: await files.given('crl', input, crls), origins: files.origins };
}

/** Trust material that the inputs name. */
async function materialFrom(inputs: TrustInputs): Promise<TrustMaterial> {
  const files = new TrustFiles(inputs.workingDirectory);
  const material: TrustMaterial = {
    keyrings: await files.given('keyring', 'keyring', inputs.keyring),
    keys: await files.given('key', 'public-key', inputs.publicKey),
    anchors: await files.given('certificate', 'trust-anchors', inputs.trustAnchors),
    intermediates: await files.given('certificate', 'intermediates', inputs.intermediates),
    certificates: await files.given('certificate', 'signer-certificate', inputs.signerCertificate),
    crls: await files.given('crl', 'crls', inputs.crls),
    timestamps: await files.given('certificate', 'timestamp-anchors', inputs.timestampAnchors),
    // Everybody can have a certificate: which of them is trusted, only a policy can say.
    sigstore: [],
    origins: files.origins,
  };
  await assertNotWritten(inputs, files.files, 'a trust input');
  return material;
}

/** @throws UsageError USAGE_CONFLICTING_INPUTS when a file that is read, and that `input` names, is to be written */
async function assertNotWritten(
  { files }: CommonInputs,
  read: readonly { readonly path: string }[],
  input: string,
): Promise<void> {
  if (files.length > 0)
    await assertDistinctFrom(
      files,
      read.map(({ path }) => ({ input, use: 'read', path })),
    );
}

function denying(loaded: LoadedPolicy | undefined, more: readonly Denial[]): LoadedPolicy | undefined {
  if (!loaded || more.length === 0) return loaded;
  const deny = [...loaded.policy.deny, ...more];
  return { ...loaded, policy: { ...loaded.policy, deny }, trust: { ...loaded.trust, denied: deny } };
}

function nothingToTrust({ given }: TrustInputs): UsageError {
  const idle = TRUST_INPUTS.map(({ name }) => name).filter((name) => given.has(name));
  const only =
    idle.length > 0 ? `: ${idle.join(' and ')} alone ${idle.length > 1 ? 'say' : 'says'} not whom to trust` : '';
  return new UsageError('USAGE_MISSING_INPUT', `nothing to verify against was given${only}`, {
    hint: 'give ⟨policy-path⟩, or ⟨keyring⟩, ⟨public-key⟩ or ⟨trust-anchors⟩',
  });
}

/** @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT */
async function stagesUpTo(
  last: string | undefined,
  policy: LoadedPolicy | undefined,
): Promise<readonly string[] | undefined> {
  if (last === undefined) return undefined;
  if (!policy)
    throw new UsageError('USAGE_MISSING_INPUT', 'up-to-stage is given without a policy', {
      hint: 'give ⟨policy-path⟩: the order of the stages is in the policy',
    });
  const names = policy.policy.stages.map(({ name }) => name);
  if (!names.includes(last))
    throw new UsageError('USAGE_INVALID_INPUT', `up-to-stage is ${JSON.stringify(last.slice(0, 80))}`, {
      hint: `give a stage of the policy: ${names.join(', ')}`,
    });
  const { stagesBefore } = await import('../../stage/approval.ts');
  return [...stagesBefore(policy, last), last];
}

/**
 * The criteria, or undefined when no trust input was given at all: one alone that needs another, like `up-to-stage`, must
 * not be passed over, or an image would go by unverified that was to be verified.
 * @throws as criteriaFrom
 */
export async function optionalCriteria(inputs: TrustInputs, clock: Date): Promise<Criteria | undefined> {
  const asked = TRUST_INPUTS.some(({ name }) => inputs.given.has(name));
  return asked ? criteriaFrom(inputs, clock, { needed: true }) : undefined;
}
