// SPDX-License-Identifier: Apache-2.0
// The part of simulate that is about policy.json of podman, skopeo and CRI-O.

import { resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import type { ContainersGate } from '../../gates/containers/simulate.ts';
import { formatPlace, formatReference, manifestName, type RegistryReference } from '../../oci/reference.ts';
import type { Host } from '../host.ts';
import { openFrom, referenceFrom } from '../inputs/registry.ts';
import { containersTarget } from './containers-inputs.ts';
import { type NamedVerdict, policyOrFolder, type SimulateInputs } from './simulate.ts';

/** The file's verdict about each of the images. @throws UsageError, PolicyError, GateError, RegistryError, NetworkError */
export async function simulateContainers(
  images: readonly string[],
  inputs: SimulateInputs,
  host: Host,
): Promise<readonly NamedVerdict[]> {
  const { openRegistryImage } = await import('../../image/registry/image.ts');
  const { judgeRegistryImage } = await import('../../gates/containers/registry-image.ts');
  const { podmanReference } = await import('../../gates/containers/scopes.ts');
  const now = inputs.now ?? host.now();
  const references = await Promise.all(images.map((image) => registryReference(image, inputs)));
  const gate = await gateFrom(inputs, [...new Set(references.map(formatPlace))], now);
  const results: NamedVerdict[] = [];
  for (const [index, reference] of references.entries()) {
    await using opened = await openFrom(inputs, host, { reference, access: 'pull' });
    const image = await openRegistryImage(opened.repository, manifestName(reference));
    const name = podmanReference((images[index] ?? '').replace(/^docker:\/\//, ''))?.name ?? formatPlace(reference);
    const asked = { name, tag: reference.tag, askedDigest: reference.digest };
    results.push({ name: formatReference(reference), ...(await judgeRegistryImage(image, asked, { gate, now })) });
  }
  return results;
}

/** An image in a registry. @throws UsageError USAGE_INVALID_INPUT */
export async function registryReference(image: string, inputs: SimulateInputs): Promise<RegistryReference> {
  const reference = await referenceFrom(inputs, image);
  if (reference.in === 'registry') return reference;
  throw new UsageError(
    'USAGE_INVALID_INPUT',
    `${image} is in a layout folder, where no such gate looks for signatures`,
    {
      hint: 'name an image in a registry',
    },
  );
}

async function gateFrom(inputs: SimulateInputs, places: readonly string[], now: Date): Promise<ContainersGate> {
  const { gateOfExport, readInstalledContainers } = await import('../../gates/containers/installed.ts');
  const from = await policyOrFolder(inputs);
  if ('folder' in from) return readInstalledContainers(resolve(inputs.workingDirectory, from.folder));
  const { exportContainers } = await import('../../gates/containers/export.ts');
  return gateOfExport(await exportContainers(from.loaded, containersTarget({ ...inputs, repository: places }), now));
}
