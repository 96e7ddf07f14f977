// SPDX-License-Identifier: Apache-2.0
// What went into a build, by digest. A tag is looked up before the build: an address is then built by that digest; a
// definition stays as it is, so its tags are looked up again afterwards, and a digest is named only when both agree.

import type { Host } from '../host.ts';
import { digestHex, type Digest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { parseReference } from '../../oci/reference.ts';
import { type BaseVerdict, fileSha256, type LocalBase, openBaseRepository } from './base.ts';
import type { StageBase } from './definition.ts';
import type { BuildPlan } from './plan.ts';
import type { Dependency } from './provenance.ts';
import type { BuildInputs } from './spec.ts';

/** Longest wait for a registry, which is asked for the record alone: the build program reads caches and mirrors of its own. */
const PATIENCE_MS = 5000;

/** What tags lead to, by the address that has them. */
type TagDigests = ReadonlyMap<string, Digest>;

/** The digests of the bases that tags name; one that cannot be found out is left out with a warning. */
export async function lookUpTags(
  { bases }: BuildPlan,
  { inputs, host }: { readonly inputs: BuildInputs; readonly host: Host },
): Promise<TagDigests> {
  const found = new Map<string, Digest>();
  for (const base of bases ?? []) {
    if (!['docker', 'oras'].includes(base.agent) || base.from === '' || base.from.includes('@')) continue;
    const address = addressOf(base);
    try {
      const digest = await lookUp(address, inputs, host);
      if (digest) found.set(address, digest);
      else host.warning(`provenance names no digest of ${address}: its registry does not have it`);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      host.warning(`provenance names no digest of ${address}: ${error.message}`);
    }
  }
  return found;
}

async function lookUp(address: string, inputs: BuildInputs, host: Host): Promise<Digest | undefined> {
  const reference = parseReference(address);
  if (reference.in !== 'registry') return undefined;
  const hasty = {
    ...inputs,
    retryFor: Math.min(inputs.retryFor, PATIENCE_MS),
    timeout: Math.min(inputs.timeout ?? PATIENCE_MS, PATIENCE_MS),
  };
  await using opened = await openBaseRepository(reference, hasty, host);
  return (await opened.repository.resolve(reference.tag ?? 'latest'))?.digest;
}

/** What the program is given to build: an address with a known tag by its digest. */
export function pinnedSource({ definition, source, bases }: BuildPlan, tags: TagDigests): string {
  const [base] = bases ?? [];
  const digest = base && tags.get(addressOf(base));
  if (definition || !base || !digest) return source;
  const reference = parseReference(addressOf(base));
  if (reference.in !== 'registry') return source;
  return `${base.agent}://${reference.registry}/${reference.repository}@${digest}`;
}

/** Those that still lead to the same image after the build; the others are left out with a warning. */
export async function unmovedTags(
  plan: BuildPlan,
  before: TagDigests,
  around: { readonly inputs: BuildInputs; readonly host: Host },
): Promise<TagDigests> {
  if (!plan.definition || before.size === 0) return before;
  const after = await lookUpTags(plan, around);
  const moved = [...before].filter(([address, digest]) => after.has(address) && after.get(address) !== digest);
  for (const [address] of moved)
    around.host.warning(`provenance names no digest of ${address}: the tag was moved while the image was built`);
  return new Map([...before].filter(([address, digest]) => after.get(address) === digest));
}

/** Definition and bases as provenance names them. */
export async function dependenciesOf(
  { definition, sourceName, bases }: BuildPlan,
  {
    files,
    verdicts,
    tags,
  }: {
    readonly files: readonly LocalBase[];
    readonly verdicts: readonly BaseVerdict[];
    readonly tags: TagDigests;
  },
): Promise<readonly Dependency[]> {
  const dependencies: Dependency[] = definition
    ? [{ name: 'definition', uri: `file:${sourceName}`, sha256: definition.sha256 }]
    : [];
  for (const base of bases ?? []) {
    const { agent, from } = base;
    if (agent === 'scratch' || from === '') continue;
    const file = files.find(({ name }) => name === from);
    const uri = addressOf(base);
    const tagged = tags.get(uri);
    const named = tagged ? digestHex(tagged) : /@sha256:([0-9a-f]{64})$/.exec(from)?.[1];
    const known = verdicts.find(({ name }) => name === from)?.sha256;
    dependencies.push({ name: 'base', uri, sha256: known ?? (file ? await fileSha256(file.path) : named) });
  }
  return dependencies;
}

function addressOf({ agent, from }: StageBase): string {
  return agent === 'localimage' ? `file:${from}` : `${agent}://${from.replace(/^\/\//, '')}`;
}
