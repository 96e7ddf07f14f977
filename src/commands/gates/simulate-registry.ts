// SPDX-License-Identifier: Apache-2.0
// The part of simulate that is about images in registries: policy.json of podman, skopeo and CRI-O, and the gates of
// clusters.

import { resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import type { ContainersGate } from '../../gates/containers/simulate.ts';
import type { GateVerdict } from '../../gates/verdict.ts';
import type { RegistryImage } from '../../image/registry/image.ts';
import { formatPlace, formatReference, manifestName, type RegistryReference } from '../../oci/reference.ts';
import type { Host } from '../host.ts';
import { openFrom, referenceFrom } from '../inputs/registry.ts';
import { containersTarget } from './containers-inputs.ts';
import { type NamedVerdict, policyOrFolder, type SimulateInputs } from './simulate.ts';
import { policyFrom } from '../inputs/trust.ts';
import { clusterTarget } from './cluster-inputs.ts';

/** What a gate says of one image; `written` is how its name was given. */
type Judge = (image: RegistryImage, reference: RegistryReference, written: string) => Promise<GateVerdict>;

/** A gate's verdict about each of the images. @throws UsageError, PolicyError, GateError, RegistryError, NetworkError */
async function judgeEach(
  images: readonly string[],
  { inputs, host }: { readonly inputs: SimulateInputs; readonly host: Host },
  judgeFor: (references: readonly RegistryReference[], now: Date) => Promise<Judge>,
): Promise<readonly NamedVerdict[]> {
  const { openRegistryImage } = await import('../../image/registry/image.ts');
  const references = await Promise.all(images.map((image) => registryReference(image, inputs)));
  const judge = await judgeFor(references, inputs.now ?? host.now());
  const results: NamedVerdict[] = [];
  for (const [index, reference] of references.entries()) {
    await using opened = await openFrom(inputs, host, { reference, access: 'pull' });
    const image = await openRegistryImage(opened.repository, manifestName(reference));
    results.push({
      name: formatReference(reference),
      reference: image.name,
      ...(await judge(image, reference, images[index] ?? '')),
    });
  }
  return results;
}

/** The verdict of policy.json about each of the images. @throws as judgeEach */
export async function simulateContainers(images: readonly string[], inputs: SimulateInputs, host: Host) {
  const { judgeRegistryImage } = await import('../../gates/containers/simulate.ts');
  const { podmanReference } = await import('../../gates/containers/scopes.ts');
  return judgeEach(images, { inputs, host }, async (references, now) => {
    const gate = await gateFrom(inputs, [...new Set(references.map(formatPlace))], now);
    return (image, reference, written) => {
      const name = podmanReference(written.replace(/^docker:\/\//, ''))?.name ?? formatPlace(reference);
      return judgeRegistryImage(image, { name, tag: reference.tag, askedDigest: reference.digest }, { gate, now });
    };
  });
}

/** Kyverno's verdict about each of the images. @throws as judgeEach */
export async function simulateKyverno(images: readonly string[], inputs: SimulateInputs, host: Host) {
  const { judgeByKyverno } = await import('../../gates/kubernetes/simulate.ts');
  const { wantedSummaries } = await import('../../gates/kubernetes/wanted.ts');
  const loaded = await policyFrom(inputs);
  if (!loaded || inputs.gatePath !== undefined)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'simulate kyverno works with a policy alone', {
      hint: 'give ⟨policy-path=countersign.yaml⟩ without ⟨gate-path⟩; `kyverno apply` tries a manifest that is there already',
    });
  return judgeEach(images, { inputs, host }, async (references, now) => {
    const target = await clusterTarget({ ...inputs, repository: references.map(formatPlace) });
    const { wanted } = wantedSummaries(loaded, loaded.policy.stages, { ...target, now, readsNames: true });
    return (image) => judgeByKyverno(image, wanted, now);
  });
}

/** An image in a registry. @throws UsageError USAGE_INVALID_INPUT */
async function registryReference(image: string, inputs: SimulateInputs): Promise<RegistryReference> {
  const reference = await referenceFrom(inputs, image);
  if (reference.in === 'registry') return reference;
  const problem = `${image} is in a layout folder, where no such gate looks for signatures`;
  throw new UsageError('USAGE_INVALID_INPUT', problem, { hint: 'name an image in a registry' });
}

async function gateFrom(inputs: SimulateInputs, places: readonly string[], now: Date): Promise<ContainersGate> {
  const { gateOfExport, readInstalledContainers } = await import('../../gates/containers/installed.ts');
  const from = await policyOrFolder(inputs);
  if ('folder' in from) return readInstalledContainers(resolve(inputs.workingDirectory, from.folder));
  const { exportContainers } = await import('../../gates/containers/export.ts');
  return gateOfExport(await exportContainers(from.loaded, containersTarget({ ...inputs, repository: places }), now));
}
