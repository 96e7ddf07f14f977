// SPDX-License-Identifier: Apache-2.0
// The part of simulate that is about the gates of clusters.

import { UsageError } from '../../base/errors.ts';
import { formatPlace, formatReference, manifestName } from '../../oci/reference.ts';
import type { Host } from '../host.ts';
import { openFrom } from '../inputs/registry.ts';
import { policyFrom } from '../inputs/trust.ts';
import { clusterTarget } from './cluster-inputs.ts';
import type { NamedVerdict, SimulateInputs } from './simulate.ts';
import { registryReference } from './simulate-containers.ts';

/** Kyverno's verdict about each of the images. @throws UsageError, PolicyError, GateError, RegistryError, NetworkError */
export async function simulateKyverno(
  images: readonly string[],
  inputs: SimulateInputs,
  host: Host,
): Promise<readonly NamedVerdict[]> {
  const { openRegistryImage } = await import('../../image/registry/image.ts');
  const { judgeByKyverno } = await import('../../gates/kubernetes/simulate.ts');
  const { wantedSummaries } = await import('../../gates/kubernetes/wanted.ts');
  const now = inputs.now ?? host.now();
  const loaded = await policyFrom(inputs);
  if (!loaded || inputs.gatePath !== undefined)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'simulate kyverno works with a policy alone', {
      hint: 'give ⟨policy-path=countersign.yaml⟩ without ⟨gate-path⟩; `kyverno apply` tries a manifest that is there already',
    });
  const references = await Promise.all(images.map((image) => registryReference(image, inputs)));
  const target = await clusterTarget({ ...inputs, repository: references.map(formatPlace) });
  const { wanted } = wantedSummaries(loaded, loaded.policy.stages, { ...target, now, readsNames: true });
  const results: NamedVerdict[] = [];
  for (const reference of references) {
    await using opened = await openFrom(inputs, host, { reference, access: 'pull' });
    const image = await openRegistryImage(opened.repository, manifestName(reference));
    results.push({ name: formatReference(reference), ...(await judgeByKyverno(image, wanted, now)) });
  }
  return results;
}
