// SPDX-License-Identifier: Apache-2.0
// simulate: what a gate of another tool will say of an image, worked out here.

import { EXIT, UsageError } from '../../base/errors.ts';
import { asOfLine } from '../../base/text.ts';
import type { GateVerdict } from '../../gates/verdict.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf, unknownTask } from '../spec.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import { NOW_INPUT, POLICY_INPUTS, policyFrom } from '../inputs/trust.ts';
import { VERDICT_KEY_INPUT } from './cluster-inputs.ts';
import { LOOKASIDE_URL_INPUT, SIGNED_REPOSITORY_INPUT } from './containers-inputs.ts';
import { gateLines } from './lines.ts';
import { PLACES_INPUT } from './places.ts';

const spec = {
  name: 'simulate',
  summary: 'Say what a gate of another tool will make of an image',
  description:
    '`simulate ecl IMAGE…` works out what Apptainer’s execution control list says of SIF files, `simulate containers-policy IMAGE…` what podman’s and skopeo’s policy.json and `simulate kyverno IMAGE…` what Kyverno says of images in registries: by the policy as `export` would write it, or by a configuration in `gate-path`. No gate needs to be installed. It fails when the gate would deny one of the images. See docs/gates.md.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description: 'The gate, `ecl`, `containers-policy` or `kyverno`, and the images.',
      example: 'ecl app.sif',
    },
    ...POLICY_INPUTS,
    {
      name: 'gate-path',
      type: 'path',
      description:
        'Instead of a policy: the folder with the gate’s own configuration, as `export` wrote it or as it is installed.',
      example: '/etc/apptainer',
    },
    {
      name: 'run-folder',
      type: 'string',
      description:
        'For `ecl`: folder that the images will be run from; it need not be there. Links in it are followed where it is. Default: the one they are in.',
      example: '/srv/production',
    },
    PLACES_INPUT,
    SIGNED_REPOSITORY_INPUT,
    LOOKASIDE_URL_INPUT,
    VERDICT_KEY_INPUT,
    NOW_INPUT,
    ...CONNECTION_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

/** The values of the inputs. */
export type SimulateInputs = InputsOf<typeof spec.inputs>;

/** A verdict and the image that it is about. */
export type NamedVerdict = { readonly name: string; readonly reference: string | null } & GateVerdict;

async function run(inputs: SimulateInputs, host: Host): Promise<CommandResult> {
  const [gate, ...images] = inputs.task;
  const found = images.length === 0 ? undefined : await simulate(gate, images, inputs, host);
  if (!found)
    throw unknownTask('simulate', inputs.task, {
      hint: 'name the gate and images: countersign simulate ecl app.sif ⟨policy-path=countersign.yaml⟩',
    });
  const denied = found.filter(({ verdict }) => verdict !== 'allowed');
  const verdict = denied.length === 0 ? 'passed' : 'failed';
  return {
    exitCode: EXIT[verdict],
    outputs: { verdict },
    json: {
      schema: 'countersign/simulate/v1',
      gate,
      verdict,
      now: (inputs.now ?? host.now()).toISOString(),
      asOf: inputs.now !== undefined,
      images: found,
    },
    text: [...found.flatMap(({ name, ...one }) => gateLines(name, one)), asOfLine(inputs.now)].join('\n'),
  };
}

async function simulate(gate: string | undefined, images: readonly string[], inputs: SimulateInputs, host: Host) {
  if (gate === 'ecl') return (await import('./simulate-list.ts')).simulateList(images, inputs, host);
  if (gate === 'kyverno') return (await import('./simulate-registry.ts')).simulateKyverno(images, inputs, host);
  if (gate !== 'containers-policy') return undefined;
  return (await import('./simulate-registry.ts')).simulateContainers(images, inputs, host);
}

/**
 * The policy that the gate is made of, or the folder of its configuration.
 * @throws UsageError USAGE_CONFLICTING_INPUTS unless exactly one is given; PolicyError, SystemError
 */
export async function policyOrFolder(
  inputs: SimulateInputs,
): Promise<{ readonly loaded: LoadedPolicy } | { readonly folder: string }> {
  const { gatePath: folder } = inputs;
  const loaded = await policyFrom(inputs);
  if (loaded && folder === undefined) return { loaded };
  if (!loaded && folder !== undefined) return { folder };
  throw new UsageError('USAGE_CONFLICTING_INPUTS', 'exactly one of policy-path and gate-path belongs here', {
    hint: 'give ⟨policy-path=countersign.yaml⟩, or the folder of a configuration as ⟨gate-path⟩',
  });
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
