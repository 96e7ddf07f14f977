// SPDX-License-Identifier: Apache-2.0
// The inputs that say for which repositories a policy.json is, and which name its signatures bear.

import { posix } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import type { ContainersTarget } from '../../gates/containers/export.ts';
import { parseDockerReference } from '../../oci/reference.ts';
import type { InputSpec } from '../inputs/spec.ts';

/** Where images were signed, when they were promoted since. */
export const SIGNED_REPOSITORY_INPUT = {
  name: 'signed-repository',
  type: 'string',
  description:
    'For `containers-policy`: the repository that the signatures name, where images were promoted after signing. Default: the one that they are pulled from.',
  example: 'ghcr.io/octo-org/staging',
} as const satisfies InputSpec;

/** Where GPG signatures are for podman. */
export const LOOKASIDE_URL_INPUT = {
  name: 'lookaside-url',
  type: 'string',
  description:
    'For `containers-policy`: URL of the folder with GPG signatures, as the machine of the gate reaches it; `sign-stage` writes them into its `lookaside`. Without it OpenPGP keys are not asked for.',
  example: 'file:///srv/signatures',
} as const satisfies InputSpec;

/** What an export for podman needs beside the policy. */
export const CONTAINERS_INPUTS = [
  {
    name: 'repository',
    type: 'list',
    description:
      'For `containers-policy`, `kyverno` and `policy-controller`: the repositories, or hosts and parents of repositories, that the policy is about, one a line; for `notation` whole repositories, or `*` for all.',
    example: 'ghcr.io/octo-org/app',
  },
  {
    name: 'key-folder',
    type: 'string',
    default: '/etc/containers/countersign',
    description: 'For `containers-policy`: the folder on the machine of the gate that will hold the keys.',
    example: '/etc/containers/countersign',
  },
  SIGNED_REPOSITORY_INPUT,
  LOOKASIDE_URL_INPUT,
] as const satisfies readonly InputSpec[];

/**
 * For what a policy.json is made.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT
 */
export function containersTarget({
  repository: scopes,
  keyFolder = '/etc/containers/countersign',
  signedRepository,
  lookasideUrl: lookaside,
}: {
  readonly repository: readonly string[];
  readonly keyFolder?: string;
  readonly signedRepository: string | undefined;
  readonly lookasideUrl?: string | undefined;
}): ContainersTarget {
  assertScopes(scopes, 'policy.json');
  for (const scope of scopes) if (!isScope(scope)) throw wrong(scope, 'write it as in ghcr.io/octo-org/app');
  if (signedRepository !== undefined && parseDockerReference(signedRepository)?.name !== signedRepository)
    throw wrong(signedRepository, 'write it without tag and digest, as in ghcr.io/octo-org/app');
  if (!posix.isAbsolute(keyFolder))
    throw new UsageError('USAGE_INVALID_INPUT', `key-folder ${JSON.stringify(keyFolder)} is no absolute path`, {
      hint: 'give the folder as it is on the machine of the gate, for instance ⟨key-folder=/etc/containers/countersign⟩',
    });
  if (lookaside !== undefined && /^https?:\/\/[^/]*@/.test(lookaside))
    throw new UsageError(
      'USAGE_INVALID_INPUT',
      'lookaside-url has a login, which every user of the machine could read',
      {
        hint: 'give the URL without it, and let the web server show signatures to everybody: they are no secret',
      },
    );
  if (lookaside !== undefined && !/^(?:file:\/\/\/|https?:\/\/[^/])[\x21-\x7e]*$/.test(lookaside))
    throw new UsageError(
      'USAGE_INVALID_INPUT',
      `lookaside-url is ${JSON.stringify(lookaside)}, which podman cannot use`,
      {
        hint: 'give a URL: ⟨lookaside-url=file:///srv/signatures⟩, or https://…',
      },
    );
  return {
    lookaside,
    scopes,
    keyFolder: keyFolder.replace(/\/+$/, ''),
    signedIdentity:
      signedRepository === undefined
        ? { type: 'matchRepository' }
        : { type: 'exactRepository', repository: signedRepository },
  };
}

/** Some places are named. @throws UsageError USAGE_MISSING_INPUT */
export function assertScopes(scopes: readonly string[], what: string): void {
  if (scopes.length === 0)
    throw new UsageError('USAGE_MISSING_INPUT', `repository is missing: ${what} is about named places`, {
      hint: 'give ⟨repository=ghcr.io/octo-org/app⟩',
    });
}

/**
 * The repositories of a trust policy of notation, which knows no hosts and parents.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT
 */
export function notationScopes(repositories: readonly string[]): readonly string[] {
  assertScopes(repositories, 'a trust policy');
  const scopes = [...new Set(repositories)];
  const strange = scopes.find((scope) => !(scope === '*' && scopes.length === 1) && !isRepository(scope));
  if (strange !== undefined) throw wrong(strange, 'write whole repositories as in ghcr.io/octo-org/app, or * alone');
  return scopes;
}

function isRepository(scope: string): boolean {
  return /^[^/]*[.:][^/]*\//.test(scope) && parseDockerReference(scope)?.name === scope;
}

/** A repository, a part of its name from the left, an image, or all hosts of a domain. */
function isScope(scope: string): boolean {
  const wildcard = /^\*\.([^/:@]+)$/.exec(scope)?.[1];
  const name = wildcard ?? scope;
  return parseDockerReference(name.includes('/') ? name : `${name}/x`) !== undefined;
}

function wrong(name: string, hint: string): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `${JSON.stringify(name)} is no repository or host`, { hint });
}
