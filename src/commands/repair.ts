// SPDX-License-Identifier: Apache-2.0
// repair: put layers that a registry's shared lists lost back into them.

import type { Host } from './host.ts';
import { openRegistryImage } from '../image/registry/image.ts';
import { type Repaired, repairImage } from '../transfer/repair.ts';
import { systemClock } from '../base/clock.ts';
import { counted } from '../base/text.ts';
import { EXIT } from '../base/errors.ts';
import { formatPlace, manifestName } from '../oci/reference.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS } from './inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from './spec.ts';
import { CONNECTION_INPUTS, openFrom, referenceFrom } from './inputs/registry.ts';

const spec = {
  name: 'repair',
  summary: 'Put layers that other writers’ updates lost back into a registry’s lists',
  description:
    'Where a registry has no referrers API, tools share one tag that lists what is attached to an image, and overwrite each other’s entries. Our layers have a tag of their own each and are always found; this command puts them back into the shared list and cosign’s tags, so that cosign, oras and podman see them again.',
  positional: 'reference',
  privileged: 'always',
  inputs: [
    {
      name: 'reference',
      type: 'string',
      required: true,
      description: 'Image to repair: `registry/repository:tag` or `registry/repository@sha256:…`.',
      example: 'ghcr.io/octo-org/app:1.0',
    },
    ...CONNECTION_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const reference = await referenceFrom(inputs, inputs.reference);
  await using opened = await openFrom(inputs, host, { reference, access: 'push', existing: true });
  const image = await openRegistryImage(opened.repository, manifestName(reference));
  const repaired = await repairImage(image, opened.repository, systemClock());
  const pinned = `${formatPlace(reference)}@${image.descriptor.digest}`;
  const changed = repaired.some((one) => one.changed);
  const lines = [...repaired.map(describe), changed ? 'repaired' : 'nothing to repair: no list was changed'];
  return {
    exitCode: EXIT.passed,
    text: [pinned, ...lines, ''].join('\n'),
    json: { schema: 'countersign/repair/v1', reference: pinned, changed, repaired },
    outputs: { verdict: 'passed' },
  };
}

function describe({ subject, referrers, signatures, attestations, changed }: Repaired): string {
  const what = `${change(referrers, 'listed referrer')}, ${change(signatures, 'legacy signature')}, ${change(attestations, 'legacy attestation')}`;
  return `  ${subject}: ${what}${changed ? '' : ', unchanged'}`;
}

function change({ before, after }: Repaired['referrers'], noun: string): string {
  return before === after ? counted(after, noun) : `${before} → ${counted(after, noun)}`;
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
