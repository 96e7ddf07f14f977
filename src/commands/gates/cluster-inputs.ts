// SPDX-License-Identifier: Apache-2.0
// The inputs that say for which images and namespaces a cluster's gate is, and by whose word.

import { UsageError } from '../../base/errors.ts';
import { TrustFiles } from '../../crypto/trust.ts';
import type { ClusterTarget } from '../../gates/kubernetes/wanted.ts';
import { parseDockerReference } from '../../oci/reference.ts';
import type { InputSpec } from '../inputs/spec.ts';
import { assertScopes } from './containers-inputs.ts';

/** Whose verdicts count. */
export const VERDICT_KEY_INPUT = {
  name: 'verdict-key',
  type: 'paths',
  mayBeContent: true,
  description:
    'For `kyverno` and `policy-controller`: public keys with which `verify-all` signs its verdict, files, folders or globs, one a line. The gate then asks for that verdict, by the whole policy, in place of the approvals of each stage.',
  example: 'ci.pub',
} as const satisfies InputSpec;

/** What an export for a cluster needs beside the policy and `repository`. */
export const CLUSTER_INPUTS = [
  VERDICT_KEY_INPUT,
  {
    name: 'namespace',
    type: 'list',
    description:
      'For `kyverno` and `policy-controller`: namespaces of the cluster that it is about, one a line. Default: every one that the gate is asked about.',
    example: 'production',
  },
] as const satisfies readonly InputSpec[];

/**
 * For what a cluster's gate is made.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT; SignatureError and others for keys that cannot be read
 */
export async function clusterTarget({
  repository: repositories,
  namespace: namespaces = [],
  verdictKey,
  workingDirectory,
}: {
  readonly repository: readonly string[];
  readonly namespace?: readonly string[];
  readonly verdictKey: readonly string[];
  readonly workingDirectory: string;
}): Promise<ClusterTarget> {
  assertScopes(repositories, 'the gate of a cluster');
  for (const name of repositories) {
    const parsed = parseDockerReference(name.includes('/') ? name : `${name}/x`);
    if (parsed?.name !== (name.includes('/') ? name : `${name}/x`))
      throw new UsageError('USAGE_INVALID_INPUT', `${JSON.stringify(name)} is no repository or host`, {
        hint: 'write it whole and without tag and digest, as in ghcr.io/octo-org/app',
      });
  }
  for (const name of namespaces)
    if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
      throw new UsageError('USAGE_INVALID_INPUT', `${JSON.stringify(name)} is no name of a namespace`, {
        hint: 'write it as `kubectl get namespaces` does, for instance ⟨namespace=production⟩',
      });
  const verdictKeys = await new TrustFiles(workingDirectory).given('key', 'verdict-key', verdictKey);
  return { repositories, namespaces, verdictKeys };
}
