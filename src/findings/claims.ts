// SPDX-License-Identifier: Apache-2.0
// What a certificate of a Sigstore CA says about the job that asked for it, by the names that policies and reports use.

/** Claims of a CI job, in the order of their extensions; the last five are the older form of some of the others. */
export const CLAIM_NAMES = [
  'buildSignerUri',
  'buildSignerDigest',
  'runnerEnvironment',
  'sourceRepositoryUri',
  'sourceRepositoryDigest',
  'sourceRepositoryRef',
  'sourceRepositoryIdentifier',
  'sourceRepositoryOwnerUri',
  'sourceRepositoryOwnerIdentifier',
  'buildConfigUri',
  'buildConfigDigest',
  'buildTrigger',
  'runInvocationUri',
  'sourceRepositoryVisibilityAtSigning',
  'deploymentEnvironment',
  'tokenSubject',
  'workflowTrigger',
  'workflowSha',
  'workflowName',
  'workflowRepository',
  'workflowRef',
] as const;

/** Name of a claim. */
export type ClaimName = (typeof CLAIM_NAMES)[number];

/** Claims with their values; what a certificate does not say is absent. */
export type Claims = Readonly<Partial<Record<ClaimName, string>>>;
