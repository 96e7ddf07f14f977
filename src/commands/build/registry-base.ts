// SPDX-License-Identifier: Apache-2.0
// Base images of `Bootstrap: docker`, which the build program fetches itself: judged where they are, by the digest that it
// fetches them by.

import { digestHex, type Digest } from '../../base/bytes.ts';
import { openRegistryImage } from '../../image/registry/image.ts';
import { verifyRegistryImage } from '../../image/registry/examine.ts';
import { createCriteria } from '../../image/verify.ts';
import type { OpenedRepository } from '../../oci/open.ts';
import { parseReference, type RegistryReference } from '../../oci/reference.ts';
import { loadPolicy } from '../../policy/document/load.ts';
import type { Host } from '../host.ts';
import { openFrom } from '../inputs/registry.ts';
import { type BaseRules, type BaseVerdict, refusalsOf, unverifiable } from './base.ts';
import type { StageBase } from './definition.ts';
import type { BuildInputs } from './spec.ts';

/** A base image that a policy can judge in its registry. */
export interface RegistryBase {
  /** As the definition names it. */
  readonly name: string;
  readonly reference: RegistryReference;
  readonly digest: Digest;
}

/**
 * The bases of `Bootstrap: docker`. By digest only: what was judged is then what is built from.
 * @throws BuildError BUILD_BASE_UNVERIFIABLE; RegistryError REGISTRY_REFERENCE_INVALID
 */
export function registryBases(bases: readonly StageBase[], rules: BaseRules): readonly RegistryBase[] {
  return bases.flatMap(({ agent, from }) => {
    if (agent !== 'docker' || from === '') return [];
    if (rules.fingerprints.length > 0)
      throw unverifiable(`the base ${from} of Bootstrap docker is no SIF image, and base-fingerprints asks for one`);
    const reference = parseReference(`docker://${from.replace(/^\/\//, '')}`);
    const digest = reference.in === 'registry' ? reference.digest : undefined;
    if (reference.in !== 'registry' || reference.tag !== undefined || !digest?.startsWith('sha256:'))
      throw unverifiable(`the base ${from} is not pinned by digest alone, so it could change between check and build`);
    return [{ name: from, reference, digest }];
  });
}

/**
 * The verdict about one of them, its data read as well.
 * @throws RegistryError, NetworkError when it cannot be read
 */
export async function verifyRegistryBase(
  { name, reference, digest }: RegistryBase,
  { policyPath, profile, pin }: BaseRules,
  { inputs, host }: { readonly inputs: BuildInputs; readonly host: Host },
): Promise<BaseVerdict> {
  const loaded = policyPath === undefined ? undefined : await loadPolicy(policyPath, { profile, pin });
  const criteria = await createCriteria({ policy: loaded, now: host.now() });
  await using opened = await openBaseRepository(reference, inputs, host);
  const image = await openRegistryImage(opened.repository, digest);
  const verdict = await verifyRegistryImage(image, criteria, { name, verifyData: true });
  return { name, sha256: digestHex(digest), refusals: refusalsOf(verdict) };
}

/** The repository of a base, with the logins that are on the machine: those of the inputs are for other registries. */
export function openBaseRepository(
  reference: RegistryReference,
  inputs: BuildInputs,
  host: Host,
): Promise<OpenedRepository> {
  const connection = {
    ...inputs,
    registryUsername: undefined,
    registryPassword: undefined,
    githubToken: undefined,
    plainHttp: false,
    caCertificates: [],
  };
  return openFrom(connection, host, { reference, access: 'pull' });
}
