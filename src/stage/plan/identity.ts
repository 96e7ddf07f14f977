// SPDX-License-Identifier: Apache-2.0
// Who could approve a stage: signers that are known from the image, and others that are thought up, whoever a credential of
// the policy fits, as a verifier would find them. Pure.

import { sha256, sha256Hex, utf8 } from '../../base/bytes.ts';
import type { SignerIdentity, SigstoreIdentity, X509Identity } from '../../findings/signature.ts';
import type { Credential, Policy, SigstoreCredential, Stage, X509Credential } from '../../policy/document/model.ts';
import type { ImageFacts, LayerFact } from '../../policy/facts.ts';
import { matchPrincipals, principalsBehind } from '../../policy/rules/people.ts';

/** Somebody who could approve a stage, and with what. */
export interface Candidate {
  readonly stage: Stage;
  readonly principal: string;
  readonly identity: SignerIdentity;
  /** False when the key or certificate that they have used has ended: they need a new one first. */
  readonly fresh: boolean;
}

/** Approvers of one stage that are tried. */
const TRIED = 50;
/** Released the job. */
const SOMEBODY = { login: 'somebody', id: '0' };

/** Who could approve the stage; last those whose key or certificate has ended, as far as is known. */
export function candidatesFor(
  stage: Stage,
  policy: Policy,
  { facts, step }: { readonly facts: ImageFacts; readonly step: number },
): readonly Candidate[] {
  const behind = (wanted: LayerFact['signature']) =>
    facts.layers.filter(({ signature }) => signature === wanted).flatMap((layer) => principalsBehind(policy, layer));
  const valid = behind('valid');
  const ended = new Set(behind('untrusted').filter((name) => !valid.includes(name)));
  const all = stage.approvers.slice(0, TRIED).flatMap((principal) => {
    const credentials = policy.principals.find(({ name }) => name === principal)?.credentials ?? [];
    const known = facts.layers.flatMap(({ signature, signer }) =>
      signature === 'valid' && signer && matchPrincipals(policy, signer).includes(principal) ? [signer] : [],
    );
    const thought = credentials.map((one, index) => {
      const identity = identityFor(one, `${principal} ${index}`, step);
      return stage.reviewed && identity.method === 'sigstore' ? { ...identity, reviewers: [SOMEBODY] } : identity;
    });
    const signers = new Map(
      [...known, ...thought].map((identity) => [JSON.stringify({ ...identity, trustSource: undefined }), identity]),
    );
    return [...signers.values()].map((identity) => ({ stage, principal, identity, fresh: !ended.has(principal) }));
  });
  return all.toSorted((a, b) => Number(b.fresh) - Number(a.fresh));
}

/** A signer that proves the credential; another person for each step where it fits many. */
export function identityFor(credential: Credential, of: string, step: number): SignerIdentity {
  const seed = `${of} ${step}`;
  const hint = Buffer.from(sha256(utf8(`a key of ${seed}`)).slice('sha256:'.length), 'hex').toString('base64');
  const known = { hint, algorithm: 'ecdsa-p256', certificateSha256: sha256Hex(utf8(seed)) };
  switch (credential.method) {
    case 'pgp':
      return { method: 'pgp', fingerprint: credential.fingerprint, hint, userIds: [] };
    case 'key':
      return { method: 'key', hint: credential.hint, algorithm: 'ecdsa-p256' };
    case 'x509':
      return certified(credential, known, step);
    case 'sigstore':
      return keyless(credential, known, step);
    default:
      return credential satisfies never;
  }
}

type Known = Pick<X509Identity, 'hint' | 'algorithm' | 'certificateSha256'>;

function certified({ san, subject, issuer, anchors }: X509Credential, known: Known, step: number): X509Identity {
  return {
    method: 'x509',
    ...known,
    subject: matching(subject, step)[0] ?? `CN=x${step}`,
    issuer: matching(issuer, step)[0] ?? 'CN=x',
    san: matching(san, step),
    serial: '01',
    notBefore: '1970-01-01T00:00:00Z',
    notAfter: '9999-12-31T23:59:59Z',
    anchors,
    chain: [],
  };
}

function keyless({ issuer, san, claims }: SigstoreCredential, known: Known, step: number): SigstoreIdentity {
  const said = Object.entries(claims).map(([name, patterns]) => [name, matching(patterns, step)[0] ?? '']);
  return {
    method: 'sigstore',
    ...known,
    issuer,
    san: matching(san, step),
    claims: Object.fromEntries(said),
    provenAt: null,
  };
}

/** A value that the first pattern covers; none without a pattern. */
function matching(patterns: readonly string[], step: number): readonly string[] {
  return patterns.slice(0, 1).map((pattern) => pattern.replaceAll('*', `x${step}`));
}
