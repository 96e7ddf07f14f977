// SPDX-License-Identifier: Apache-2.0
// The signer that the inputs of a command describe.

import { UsageError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { VERSION } from '../../base/version.ts';
import { SignatureError } from '../../crypto/errors.ts';
import { isPublicKeyName } from '../../crypto/external/key-name.ts';
import type { KeyWorld } from '../../crypto/external/holder.ts';
import { createSigner, type Signer } from '../../crypto/signer.ts';
import { createCriteria, type Criteria } from '../../image/verify.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { StageRequest } from '../../stage/stage.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, type KEY_HOLDER_INPUTS, PRIVILEGED_INPUTS, SIGNING_INPUTS } from './common.ts';
import { CONNECTION_INPUTS } from './registry.ts';
import type { InputsOf } from '../spec.ts';
import type { InputSpec } from './spec.ts';
import { POLICY_INPUTS, policyFrom, type PolicyInputs } from './trust.ts';
import { passphraseText } from './values.ts';
import { reviewFrom } from './review.ts';
import { stamperFrom } from './timestamp.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The values of SIGNING_INPUTS. */
export type SigningInputs = InputsOf<typeof SIGNING_INPUTS>;

/**
 * The signer that the inputs describe, with a warning about a key without passphrase; undefined when neither method nor key was given.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SignatureError when the key cannot be used
 */
export async function signerFrom(inputs: SigningInputs, host: Host, now = host.now()): Promise<Signer | undefined> {
  const { signingMethod: method, key, certificate, certificateChain } = inputs;
  if (method === undefined && key === undefined) return undefined;
  if (method === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'signing-method is missing', { hint: 'give pgp, key or x509' });
  if (method === 'sigstore') return (await import('./keyless-signer.ts')).keylessSignerFrom(inputs, host);
  if (key === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'key or key-path is missing', {
      hint: 'give ⟨key⟩',
    });
  if (method === 'x509' && certificate === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'certificate or certificate-path is missing', {
      hint: 'give the certificate that belongs to the key, for instance ⟨certificate-path=release.crt⟩',
    });
  if (method !== 'x509' && (certificate !== undefined || certificateChain !== undefined))
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `a certificate was given with signing-method ${method}`, {
      hint: 'set ⟨signing-method=x509⟩, or leave ⟨certificate⟩ out',
    });
  const outside = { world: keyWorld(inputs, host), expectedKey: inputs.expectedKey };
  if (method === 'pgp' && outside.expectedKey !== undefined)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'expected-key was given with signing-method pgp', {
      hint: 'leave ⟨expected-key⟩ out: the fingerprint says which OpenPGP key it is',
    });
  const { timestampUrl } = inputs;
  const stamp = timestampUrl === undefined ? undefined : await stamperFrom(timestampUrl, inputs, host);
  const made = await createSigner({
    method,
    key,
    passphrase: passphraseText(inputs.passphrase),
    cosignPassphrase: cosignPassphrase(host.env),
    certificate,
    certificateChain,
    ...outside,
    now,
  });
  const signer = { ...made, stamp };
  const pinned = ['expected-key', 'policy', 'policy-path'].some((name) => inputs.given.has(name));
  if (method === 'key' && !pinned && isPublicKeyName(key.revealText()))
    host.warning(`no policy and no expected-key says which key this is; it signs as ${signer.identity.hint}`);
  if (signer.isProtected) return signer;
  const problem = 'the private key has no passphrase, so that whoever reads it can sign';
  if (inputs.requirePassphrase) throw new SignatureError('SIGNATURE_PASSPHRASE_REQUIRED', problem);
  host.warning(problem);
  return signer;
}

/** Enough for a person to touch a key or type a PIN. */
const DEFAULT_TIMEOUT_MS = 120_000;

/** How programs that hold keys outside the process are reached; nothing is run yet. */
export function keyWorld(
  { keyPlugins, keyEnvironment, timeout }: InputsOf<typeof KEY_HOLDER_INPUTS>,
  host: Host,
): KeyWorld {
  return {
    run: (call) => host.run(call),
    which: (program) => host.which(program),
    get tokenChild() {
      return host.tokenChild;
    },
    env: host.env,
    temporaryFolder: () => host.temporaryFolder(),
    plugins: keyPlugins,
    environment: keyEnvironment,
    timeoutMs: timeout ?? DEFAULT_TIMEOUT_MS,
  };
}

/** What cosign itself would take for its own keys; it may be set and empty. */
export function cosignPassphrase(env: Environment): Secret | undefined {
  const text = env['COSIGN_PASSWORD'];
  return text === undefined ? undefined : new Secret(text);
}

/** The inputs that say what an approval is to contain. */
export const APPROVAL_INPUTS = [
  {
    name: 'native',
    type: 'enum',
    values: ['auto', 'none', 'dsse', 'notation'],
    default: 'auto',
    description:
      'Native signature to write besides the approval. `auto`: OpenPGP writes the one that `apptainer verify` reads, other methods write none. `dsse`: a bare key or certificate signs natively too, only where the image has no OpenPGP signature. `notation`: a certificate also signs the manifest in a registry as Notation does; the root belongs into `certificate-chain`. `none`: the approval alone.',
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
  {
    name: 'review-token',
    type: 'secret',
    description:
      'Token that may read actions of the repository (`github.token` with `actions: read`). With it the platform is asked who released this run into its environment; reviewers and comment become part of the signed approval.',
  },
] as const satisfies readonly InputSpec[];

/** The last inputs of commands that sign one statement about images and store it there. */
export const STATEMENT_INPUTS = [
  ...SIGNING_INPUTS,
  ...POLICY_INPUTS,
  ...CONNECTION_INPUTS,
  ...PRIVILEGED_INPUTS,
  ...COMMON_INPUTS,
] as const;

type ApprovalInputs = InputsOf<typeof APPROVAL_INPUTS>;

/** What an approval of `stage` by this signer contains; `resourceUri` is the name of the image for people. */
export async function approvalFrom(
  inputs: ApprovalInputs,
  about: {
    readonly host: Host;
    readonly stage: string;
    readonly signer: Signer;
    readonly now: Date;
    readonly resourceUri: string;
    readonly policy: LoadedPolicy | undefined;
  },
): Promise<Omit<StageRequest, 'replace' | 'dryRun' | 'verifyPrevious'>> {
  const { host, stage, signer, now, resourceUri, policy } = about;
  const { reviewToken: token, environment } = inputs;
  const needsReview = policy?.policy.stages.find(({ name }) => name === stage)?.reviewed === true;
  const reviewed =
    token || needsReview ? await reviewFrom({ token, environment, stage, needsReview, signer }, host) : {};
  const run = { ...runInfo(host.env, environment), ...reviewed };
  return {
    stage,
    signer,
    now,
    native: inputs.native,
    expires: expiryFrom(inputs, now),
    reason: shortText(inputs, 'reason'),
    ticket: shortText(inputs, 'ticket'),
    run: Object.keys(run).length > 0 ? run : undefined,
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

type Env = Readonly<Record<string, string | undefined>>;

const GITHUB_FIELDS = {
  server: 'GITHUB_SERVER_URL',
  repository: 'GITHUB_REPOSITORY',
  workflow: 'GITHUB_WORKFLOW_REF',
  ref: 'GITHUB_REF',
  commit: 'GITHUB_SHA',
  runId: 'GITHUB_RUN_ID',
  attempt: 'GITHUB_RUN_ATTEMPT',
  actor: 'GITHUB_ACTOR',
  event: 'GITHUB_EVENT_NAME',
  job: 'GITHUB_JOB',
} as const;

const MAX_FIELD = 512;

/** The run as text fields; undefined outside GitHub Actions unless an environment name was given. */
export function runInfo(env: Env, environment: string | undefined): Readonly<Record<string, string>> | undefined {
  const fields = env['GITHUB_ACTIONS'] === 'true' ? Object.entries(GITHUB_FIELDS) : [];
  const known = fields.flatMap(([name, variable]) => {
    const value = env[variable]?.slice(0, MAX_FIELD);
    return value ? [[name, value] as const] : [];
  });
  const all = environment === undefined ? known : [...known, ['environment', environment.slice(0, MAX_FIELD)] as const];
  return all.length > 0 ? Object.fromEntries(all) : undefined;
}
