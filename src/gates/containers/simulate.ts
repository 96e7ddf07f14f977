// SPDX-License-Identifier: Apache-2.0
// What podman's and skopeo's policy.json says of a manifest in a registry, worked out from the signatures in its tag.

import type { Digest } from '../../base/bytes.ts';
import { CountersignError, SystemError } from '../../base/errors.ts';
import type { VerificationMaterial, Verifier } from '../../crypto/verifier.ts';
import type { Reason } from '../../findings/signature.ts';
import type { RegistryImage } from '../../image/registry/image.ts';
import { type CosignSignature, parseSimpleSigning, readCosignSignatures } from '../../oci/cosign/cosign.ts';
import { MEDIA_TYPE } from '../../oci/oci.ts';
import { matchesIdentity } from '../../policy/rules/signed-identity.ts';
import { gateReason } from '../errors.ts';
import type { GateVerdict } from '../verdict.ts';
import { certificatesOnly, type KeyFiles, verifierFor } from './keys.ts';
import { type ContainersPolicy, requirementsFor } from './policy-json.ts';
import { lookasideOf, type Registries, usesAttachments } from './registries.ts';
import type { KeySource, SignedBy, SigstoreSigned } from './requirement.ts';
import { podmanReference } from './scopes.ts';
import { judgeSignedBy, type Lookaside, lookInto, type SignedImage } from './signed-by.ts';

/** A configuration, and the files that it names. */
export interface ContainersGate extends KeyFiles {
  readonly policy: ContainersPolicy;
  readonly registries: Registries;
}

/** A manifest and how it was asked for. */
export interface PodmanImage {
  /** Host and repository. */
  readonly name: string;
  readonly tag?: string | undefined;
  /** Set when it was asked for by digest. */
  readonly askedDigest?: string | undefined;
  readonly digest: Digest;
  /** In the order of the tag `sha256-….sig`. */
  readonly signatures: readonly CosignSignature[];
}

/**
 * The verdict of a policy.json about one manifest.
 * @throws SystemError, DataError, SignatureError for key files that cannot be read
 * @see https://github.com/containers/image/blob/v5.36.2/signature/policy_eval_sigstore.go
 */
export async function judgeByContainers(image: PodmanImage, gate: ContainersGate, now: Date): Promise<GateVerdict> {
  const { name, tag, askedDigest } = image;
  const asked = askedDigest === undefined ? `${name}:${tag ?? 'latest'}` : `${name}@${askedDigest}`;
  if (!podmanReference(asked)) return unknown(`podman takes ${asked} for no name of an image`);
  const what = { name, tag, digest: askedDigest };
  const { scope, requirements } = requirementsFor(gate.policy, what);
  const signatures = usesAttachments(gate.registries, what) ? image.signatures : [];
  let beside: Lookaside | undefined;
  const hidden = image.signatures.length - signatures.length;
  for (const requirement of requirements) {
    if (requirement.type === 'insecureAcceptAnything') continue;
    if (requirement.type === 'reject')
      return denied(
        `Running image docker://${asked} is rejected by policy.`,
        gateReason('GATE_SIGNATURE_FORBIDDEN', `the scope ${scope} of policy.json rejects every image`),
      );
    if (requirement.type === 'signedBaseLayer')
      return denied(
        'signedBaseLayer not implemented yet!',
        gateReason('GATE_SIGNATURE_FORBIDDEN', `the scope ${scope} asks for signedBaseLayer, which no image fulfils`),
      );
    beside ??= await lookInto(gate.registries, what, image.digest);
    if ('broken' in beside) return denied(beside.words, gateReason('GATE_SIGNATURE_UNREADABLE', beside.broken));
    // Podman’s own folder is most often not there, and bad where it cannot be read.
    const isOwn = lookasideOf(gate.registries, what) === undefined && requirement.type === 'sigstoreSigned';
    if ('unknown' in beside && !isOwn) return unknown(`the scope ${scope} of policy.json: ${beside.unknown}`);
    if (requirement.type === 'signedBy') {
      const signed = 'signatures' in beside ? beside.signatures : [];
      const problem = await refusalBy(requirement, signed, { gate, image: { digest: image.digest, asked }, now });
      if (problem) return problem;
      continue;
    }
    if (requirement.beyond.length > 0) return undecided(requirement.beyond.join(' and '), scope);
    const problem = await unfulfilled(requirement, { ...image, signatures }, { gate, asked, now, hidden });
    if (problem) return problem;
  }
  const remark: Reason = {
    ...gateReason('GATE_ALLOWED', `every requirement of the scope ${scope} is fulfilled`),
    severity: 'remark',
  };
  return { gate: 'containers-policy', verdict: 'allowed', words: null, reasons: [remark] };
}

/** What is said when no GPG signature fulfils the requirement. */
async function refusalBy(
  requirement: SignedBy,
  signatures: readonly Uint8Array[],
  { gate, image, now }: { readonly gate: ContainersGate; readonly image: SignedImage; readonly now: Date },
): Promise<GateVerdict | undefined> {
  const result = await judgeSignedBy(requirement, signatures, { image, files: gate, now });
  if (result.is === 'fulfilled') return undefined;
  if (result.is === 'unknown') return unknown(result.why);
  const found =
    result.why.length === 0
      ? 'there is none in the lookaside'
      : `none of ${result.why.length} counts: ${result.why.map(({ text }) => text).join('; ')}`;
  const message = `a GPG signature by ${namesOf(requirement.keys)} is wanted, and ${found}`;
  const reason = gateReason(codeOf(result.why), message);
  const hint = reason.code === 'GATE_SIGNATURE_MISSING' ? FILED_BESIDE : reason.hint;
  return denied(wordsOf(result.why.map(({ words }) => words)), { ...reason, hint });
}

const FILED_BESIDE =
  'have the stage approved with `countersign sign-stage` by that key and ⟨lookaside⟩, also where that key approved it before; the folder belongs to where the gate looks for it';

/** A good signature that was made for another repository is told apart: nobody needs to sign again. */
function codeOf(rejections: readonly { readonly elsewhere?: boolean }[]) {
  return rejections.some(({ elsewhere }) => elsewhere) ? 'GATE_SIGNED_ELSEWHERE' : 'GATE_SIGNATURE_MISSING';
}

function namesOf(keys: readonly KeySource[]): string {
  return keys.map((key) => ('path' in key ? key.path : 'a key in policy.json')).join(' or ');
}

/** What podman says when no signature fulfilled a requirement. */
function wordsOf(rejections: readonly string[]): string {
  if (rejections.length > 1) return 'None of the signatures were accepted';
  return rejections[0] ?? 'A signature was required, but no signature exists';
}

function undecided(what: string, scope: string): GateVerdict {
  return unknown(`the scope ${scope} of policy.json asks for ${what}`);
}

function unknown(message: string): GateVerdict {
  const reasons = [gateReason('GATE_NOT_DECIDED', message)];
  return { gate: 'containers-policy', verdict: 'unknown', words: null, reasons };
}

interface Asked {
  readonly gate: ContainersGate;
  readonly asked: string;
  readonly now: Date;
  /** Signatures that are there and not looked for. */
  readonly hidden: number;
}

/** Why no signature fulfils the requirement; undefined when one does. */
async function unfulfilled(
  requirement: SigstoreSigned,
  image: PodmanImage,
  { gate, asked, now, hidden }: Asked,
): Promise<GateVerdict | undefined> {
  // Keys are read when there is something to verify.
  const verifier = image.signatures.length === 0 ? undefined : await verifierOf(requirement, gate);
  if (typeof verifier === 'string') return unknown(verifier);
  const rejections: Rejection[] = [];
  for (const signature of verifier ? image.signatures : []) {
    const rejection = verifier && (await rejectionOf(signature, { requirement, verifier, image, asked, now }));
    if (!rejection) return undefined;
    rejections.push(rejection);
  }
  const who = requirement.pki
    ? `a certificate for ${requirement.pki.email ?? requirement.pki.hostname}`
    : namesOf(requirement.keys);
  const [first] = rejections;
  const found = first
    ? `none of ${rejections.length} in the tag counts: ${rejections.map(({ why }) => why).join('; ')}`
    : hidden > 0
      ? `signatures are not looked for: no file in registries.d has use-sigstore-attachments for ${image.name}`
      : 'the image has no signature in cosign’s older format, the only one that podman reads; bundles are not seen';
  const words = wordsOf(rejections.map((rejection) => rejection.words));
  return denied(words, gateReason(codeOf(rejections), `a signature by ${who} is wanted, and ${found}`));
}

/** The verifier, or why there is none. @throws SystemError for a file that is not there */
async function verifierOf(requirement: SigstoreSigned, gate: ContainersGate): Promise<Verifier | string> {
  try {
    return await verifierFor(requirement, gate);
  } catch (error) {
    if (error instanceof SystemError || !(error instanceof CountersignError)) throw error;
    return `a key of policy.json cannot be read here as podman reads it: ${error.message}`;
  }
}

interface Rejection {
  readonly words: string;
  readonly why: string;
  /** A good signature of the image, for another place. */
  readonly elsewhere?: true;
}

async function rejectionOf(
  { payload, signature, certificate, chain }: CosignSignature,
  {
    requirement,
    verifier,
    image,
    asked,
    now,
  }: {
    readonly requirement: SigstoreSigned;
    readonly verifier: Verifier;
    readonly image: PodmanImage;
    readonly asked: string;
    readonly now: Date;
  },
): Promise<Rejection | undefined> {
  const { pki } = requirement;
  if (pki && certificate === undefined)
    return { words: 'missing dev.sigstore.cosign/certificate annotation', why: 'one has no certificate' };
  const material = pki ? materialOf(certificate ?? '', chain) : undefined;
  // podman takes SHA-256 for every key.
  const check = await verifier.verifyDsse(
    { pae: payload, signature, material, keyid: undefined, hashing: 'native' },
    now,
  );
  if (check.status !== 'valid') return { words: '', why: check.reasons[0]?.message ?? 'one is by another key' };
  if (pki && !hasSubject(check.identity, pki))
    return { words: 'Required', why: 'its certificate is for somebody else' };
  const said = parseSimpleSigning(payload);
  if (!said) return { words: '', why: 'what one signs is no cosign signature' };
  if (said.digest !== image.digest)
    return { words: `Signature for digest ${said.digest} does not match`, why: `one is for ${said.digest}` };
  if (!podmanReference(said.reference) || !matchesIdentity(requirement.signedIdentity, said.reference, asked))
    return {
      words: `Signature for identity ${JSON.stringify(said.reference)} is not accepted`,
      why: `one was made for ${said.reference}, and ${requirement.signedIdentity.type} is asked of ${asked}`,
      elsewhere: true,
    };
  return undefined;
}

function hasSubject(
  identity: Awaited<ReturnType<Verifier['verifyDsse']>>['identity'],
  pki: NonNullable<SigstoreSigned['pki']>,
) {
  if (identity?.method !== 'x509') return false;
  const { email, hostname } = pki;
  return (
    (email === undefined || identity.san.includes(`email:${email}`)) &&
    (hostname === undefined || identity.san.some((name) => name.toLowerCase() === `dns:${hostname.toLowerCase()}`))
  );
}

/** The last certificate of the chain is taken for the root, and left out. */
function materialOf(certificate: string, chain: string | undefined): VerificationMaterial {
  try {
    const above = chain === undefined ? [] : certificatesOnly(chain).slice(0, -1);
    return { kind: 'certificates', chain: [...certificatesOnly(certificate), ...above] };
  } catch (error) {
    if (error instanceof CountersignError) return { kind: 'certificates', chain: [new Uint8Array()] };
    throw error;
  }
}

function denied(words: string, reason: Reason): GateVerdict {
  return { gate: 'containers-policy', verdict: 'denied', words, reasons: [reason] };
}

const INDEXES: readonly string[] = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];

/**
 * The verdict about every manifest that may be run; the first one that is not allowed, if there is any.
 * @throws RegistryError, NetworkError; as judgeByContainers
 */
export async function judgeRegistryImage(
  { shape, subjects, repository }: RegistryImage,
  asked: Pick<PodmanImage, 'name' | 'tag' | 'askedDigest'>,
  { gate, now }: { readonly gate: ContainersGate; readonly now: Date },
): Promise<GateVerdict> {
  if (shape.is === 'sif') return noImage('a SIF is no image that podman runs');
  const runnable = subjects.filter(({ mediaType }) => !INDEXES.includes(mediaType));
  let verdict = noImage('the index names no image that could be run');
  for (const { digest } of runnable) {
    const signatures = await readCosignSignatures(repository, digest);
    verdict = await judgeByContainers({ ...asked, digest, signatures }, gate, now);
    if (verdict.verdict !== 'allowed') return runnable.length > 1 ? about(digest, verdict) : verdict;
  }
  return verdict;
}

function about(digest: string, verdict: GateVerdict): GateVerdict {
  const reasons = verdict.reasons.map((reason) => ({ ...reason, message: `platform ${digest}: ${reason.message}` }));
  return { ...verdict, reasons };
}

function noImage(message: string): GateVerdict {
  const reasons = [gateReason('GATE_NOT_DECIDED', message)];
  return { gate: 'containers-policy', verdict: 'unknown', words: null, reasons };
}
