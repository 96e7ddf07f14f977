// SPDX-License-Identifier: Apache-2.0
// With what evidence is signed. cosign's and Kyverno's readers of bundles take any statement by a key for a signature of
// that key, so whoever signs evidence must not be one who approves.

import { encodePae } from '../../attest/bundle.ts';
import { utf8 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { SignatureError } from '../../crypto/errors.ts';
import type { Signer } from '../../crypto/signer.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import { matchesCredential, matchPrincipals } from '../../policy/rules/people.ts';
import type { Host } from '../host.ts';
import type { InputsOf } from '../spec.ts';
import { type SigningInputs, signerFrom } from '../inputs/signing.ts';
import type { InputSpec } from '../inputs/spec.ts';
import type { Subject } from '../inputs/subjects.ts';
import { POLICY_INPUTS, policyFrom } from '../inputs/trust.ts';

/** The input that keeps evidence and approvals apart. */
export const ALLOW_APPROVER_KEY_INPUT = {
  name: 'allow-approver-key',
  type: 'boolean',
  default: 'false',
  description:
    'Sign evidence also with a key that the policy lets approve a stage. Other tools then take the evidence for an approval: cosign, asked for the key alone, passes an image that nobody approved.',
} as const satisfies InputSpec;

/** The same for commands that else take no policy. */
export const EVIDENCE_SIGNER_INPUTS = [
  ...POLICY_INPUTS,
  ALLOW_APPROVER_KEY_INPUT,
] as const satisfies readonly InputSpec[];

/** The input that writes evidence in cosign's older form too. */
export const ATTESTATION_TAG_INPUT = {
  name: 'attestation-tag',
  type: 'boolean',
  default: 'false',
  description:
    'With a bare key or certificate, for images in registries and layout folders: also write what is signed into cosign’s attestation tag `sha256-….att`, the only form that policy-controller and Kyverno’s type `Cosign` read. What others wrote there stays. An approval with an end, or of data that nobody read, is not written there.',
} as const satisfies InputSpec;

/**
 * Refuses to promise the tag where it cannot be written.
 * @throws UsageError USAGE_CONFLICTING_INPUTS
 */
export function assertAttestationTag(
  { attestationTag, store }: InputsOf<readonly [typeof ATTESTATION_TAG_INPUT]> & { readonly store?: 'auto' | 'file' },
  { signer, subjects }: { readonly signer: Signer | undefined; readonly subjects: readonly Subject[] },
): void {
  if (!attestationTag) return;
  const file = subjects.find((subject) => subject.in === 'file');
  const problem = !signer
    ? 'no key for what it copies'
    : signer.method === 'pgp' || signer.method === 'sigstore'
      ? `the signing method ${signer.method}`
      : store === 'file'
        ? 'store file'
        : file && `${file.name}, which is in no registry`;
  if (problem === undefined) return;
  throw new UsageError('USAGE_CONFLICTING_INPUTS', `attestation-tag is given with ${problem}`, {
    hint: 'leave ⟨attestation-tag⟩ out: it is for bare keys and certificates, and images in registries',
  });
}

type EvidenceSignerInputs = SigningInputs & InputsOf<typeof EVIDENCE_SIGNER_INPUTS>;

const PROBE_TYPE = 'application/vnd.countersign.probe';

/**
 * The signer of evidence that the inputs describe; undefined when no key was given. Without a policy it cannot be known
 * whether the key approves, which is a warning.
 * @throws SignatureError SIGNATURE_KEY_APPROVES and as signerFrom; PolicyError
 */
export async function evidenceSignerFrom(inputs: EvidenceSignerInputs, host: Host): Promise<Signer | undefined> {
  const signer = await signerFrom(inputs, host);
  // Read without need as well: what is asked of the policy must not be passed over.
  const policy = await policyFrom(inputs);
  if (!signer || inputs.allowApproverKey) return signer;
  if (!policy) {
    host.warning(
      'evidence is signed without a policy that says whether this key approves a stage: cosign and Kyverno take evidence by an approver’s key for an approval',
    );
    return signer;
  }
  const stages = await stagesOpenTo(signer, policy, host.now());
  if (stages.length > 0)
    throw new SignatureError('SIGNATURE_KEY_APPROVES', `the policy lets this key approve ${stages.join(' and ')}`, {
      hint: 'sign evidence with a key of its own, such as one of the CI, or set ⟨allow-approver-key=true⟩',
    });
  return signer;
}

/** The stages that a signature by this signer could count for, or one with the same key in another format. */
async function stagesOpenTo(signer: Signer, policy: LoadedPolicy, now: Date): Promise<readonly string[]> {
  const pae = encodePae(PROBE_TYPE, utf8(now.toISOString()));
  const signature = await signer.signPae(pae, now);
  const { material } = signer;
  const verifier = await createVerifier(policy.trust);
  const check = await verifier.verifyDsse({ pae, signature, material, keyid: undefined, hashing: 'bundle' }, now);
  const names = check.identity ? matchPrincipals(policy.policy, check.identity) : [];
  const { hint } = signer.identity;
  const keys = policy.policy.principals.filter(({ credentials }) =>
    credentials.some((credential) => credential.method === 'key' && credential.hint === hint),
  );
  const approvers = new Set([
    ...names,
    ...keys.map(({ name }) => name),
    ...(await ownersOf(hint, policy)),
    ...(await certifiedBy(hint, policy)),
  ]);
  return policy.policy.stages
    .filter((stage) => stage.approvers.some((name) => approvers.has(name)))
    .map(({ name }) => name);
}

/** Principals whose OpenPGP keys hold the key material. */
async function ownersOf(hint: string | undefined, { policy, trust }: LoadedPolicy): Promise<readonly string[]> {
  if (hint === undefined || trust.keyrings.length === 0) return [];
  const { readKeyring } = await import('../../crypto/pgp/ring.ts');
  const { hintOf } = await import('../../crypto/pgp/pgp.ts');
  const fingerprints = [...(await readKeyring(trust))]
    .filter(([, key]) => key.getKeys().some((part) => hintOf(part) === hint))
    .map(([fingerprint]) => fingerprint);
  return policy.principals
    .filter(({ credentials }) =>
      credentials.some((one) => one.method === 'pgp' && fingerprints.includes(one.fingerprint)),
    )
    .map(({ name }) => name);
}

/** Principals whose certificates, as far as the policy has them, hold the key. */
async function certifiedBy(hint: string | undefined, { policy, trust }: LoadedPolicy): Promise<readonly string[]> {
  if (hint === undefined || trust.certificates.length === 0) return [];
  const { certificateIdentity, parseCertificate } = await import('../../crypto/x509/certificate.ts');
  const certified = trust.certificates.map((der) => parseCertificate(der)).filter((one) => one.hint === hint);
  return policy.principals
    .filter(({ credentials }) =>
      credentials.some(
        (credential) =>
          credential.method === 'x509' &&
          certified.some((one) =>
            matchesCredential(credential, certificateIdentity(one, { anchors: credential.anchors, chain: [] })),
          ),
      ),
    )
    .map(({ name }) => name);
}
