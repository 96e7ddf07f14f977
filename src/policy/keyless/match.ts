// SPDX-License-Identifier: Apache-2.0
// Does a keyless signer, with the claims that a Sigstore CA certified, fit what a principal asks for, and if not, in what?

import { CLAIM_NAMES, type ClaimName } from '../../findings/claims.ts';
import type { Reviewer } from '../../findings/reviewers.ts';
import { keylessName, type SignerIdentity, type SigstoreIdentity } from '../../findings/signature.ts';
import type { Policy, SigstoreCredential } from '../document/model.ts';
import { matchesPattern, type PatternKind } from '../rules/pattern.ts';

/** How each claim is compared. */
export const CLAIM_KINDS: Readonly<Record<ClaimName, PatternKind>> = {
  buildSignerUri: 'workflow',
  buildSignerDigest: 'name',
  runnerEnvironment: 'name',
  sourceRepositoryUri: 'uri',
  sourceRepositoryDigest: 'name',
  sourceRepositoryRef: 'ref',
  sourceRepositoryIdentifier: 'name',
  sourceRepositoryOwnerUri: 'uri',
  sourceRepositoryOwnerIdentifier: 'name',
  buildConfigUri: 'workflow',
  buildConfigDigest: 'name',
  buildTrigger: 'name',
  runInvocationUri: 'uri',
  sourceRepositoryVisibilityAtSigning: 'name',
  deploymentEnvironment: 'name',
  tokenSubject: 'name',
  workflowTrigger: 'name',
  workflowSha: 'name',
  workflowName: 'name',
  workflowRepository: 'name',
  workflowRef: 'ref',
};

/** The claims that tell one repository from all others. */
export const REPOSITORY_CLAIMS: readonly ClaimName[] = ['sourceRepositoryUri', 'sourceRepositoryIdentifier'];

/** What of an identity is not as asked for. */
export interface Difference {
  readonly claim: ClaimName | 'issuer' | 'san';
  readonly found: string | undefined;
  readonly wanted: readonly string[];
}

/** In what the signer is another one than the credential describes; empty when it is that one. */
export function differences(credential: SigstoreCredential, identity: SigstoreIdentity): readonly Difference[] {
  const { issuer, san, claims } = credential;
  const found: Difference[] = [];
  if (identity.issuer !== issuer) found.push({ claim: 'issuer', found: identity.issuer, wanted: [issuer] });
  if (san.length > 0 && !identity.san.some((name) => san.some((pattern) => matchesPattern(pattern, name, 'san'))))
    found.push({ claim: 'san', found: identity.san[0], wanted: san });
  for (const claim of CLAIM_NAMES) {
    const wanted = claims[claim];
    const value = identity.claims[claim];
    if (!wanted) continue;
    const fits = value !== undefined && wanted.some((pattern) => matchesPattern(pattern, value, CLAIM_KINDS[claim]));
    if (!fits) found.push({ claim, found: value, wanted });
  }
  // Any repository may call a workflow of another one, so that the name in the certificate says not whose job it is.
  const [uri] = REPOSITORY_CLAIMS.filter((claim) => identity.claims[claim] !== undefined);
  if (uri && !REPOSITORY_CLAIMS.some((claim) => claims[claim]))
    found.push({ claim: uri, found: identity.claims[uri], wanted: [] });
  return found;
}

/** The difference in a few words. */
export function describeDifference({ claim, found, wanted }: Difference): string {
  const is = found === undefined ? 'is not there' : `is ${quote(found)}`;
  if (wanted.length === 0) return `${claim} ${is} and the principal names no repository`;
  return `${claim} ${is}, not ${wanted.slice(0, 3).map(quote).join(' or ')}`;
}

/**
 * By what a principal recognises a keyless signer: two runs of a workflow are one signer. Two environments of it are two
 * where the credential asks for the environment.
 */
export function keylessPerson(credential: SigstoreCredential, identity: SigstoreIdentity): string {
  const { deploymentEnvironment, ...claims } = identity.claims;
  const named = credential.claims.deploymentEnvironment && deploymentEnvironment;
  return keylessName({ ...identity, claims: { ...claims, ...(named ? { deploymentEnvironment: named } : {}) } });
}

/** Why a keyless signer is none of the principals named, by the one that it is most like; empty for other signers. */
export function unlikeness(
  { principals }: Pick<Policy, 'principals'>,
  { identity, names }: { readonly identity: SignerIdentity | null; readonly names?: readonly string[] },
): string {
  if (identity?.method !== 'sigstore') return '';
  const compared = principals
    .filter(({ name }) => !names || names.includes(name))
    .flatMap(({ name, credentials }) =>
      credentials.flatMap((credential) =>
        credential.method === 'sigstore' ? { name, unlike: differences(credential, identity) } : [],
      ),
    );
  const [nearest] = compared.sort((a, b) => a.unlike.length - b.unlike.length);
  if (!nearest || nearest.unlike.length === 0) return '';
  return `; it is not ${nearest.name}: ${nearest.unlike.map(describeDifference).join(', ')}`;
}

/** Whoever released a keyless job acts in it, whoever else they are. */
export function reviewersAs({ principals }: Pick<Policy, 'principals'>, identity: SignerIdentity): readonly string[] {
  const reviewers = (identity.method === 'sigstore' && identity.reviewers) || [];
  return reviewers.flatMap(({ login, id }) => [
    `reviewer ${id}`,
    ...principals
      .filter(({ githubUsers = [] }) => githubUsers.some((user) => isUser(user, { login, id })))
      .map(({ name }) => `principal ${name}`),
  ]);
}

/** A number in a policy is never a name: somebody may be called by the number of another. */
function isUser(user: string, { login, id }: Reviewer): boolean {
  return /^[0-9]/.test(user) ? user === id : user.toLowerCase() === login.toLowerCase();
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
