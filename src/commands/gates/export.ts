// SPDX-License-Identifier: Apache-2.0
// export: a policy as the configuration of a gate of another tool, in a folder to review and install.

import { resolve } from 'node:path';
import { EXIT, UsageError } from '../../base/errors.ts';
import { GateError } from '../../gates/errors.ts';
import { lossText, type Page, writeExport } from '../../gates/folder.ts';
import type { GateExport } from '../../gates/verdict.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from '../spec.ts';
import { POLICY_INPUTS, policyFrom } from '../inputs/trust.ts';
import { CLUSTER_INPUTS, clusterTarget } from './cluster-inputs.ts';
import { CONTAINERS_INPUTS, containersTarget, notationScopes } from './containers-inputs.ts';
import { PLACES_INPUT, placementsFrom } from './places.ts';
import { SLURM_INPUTS, slurmTarget } from './slurm-inputs.ts';

const spec = {
  name: 'export',
  summary: 'Write a policy as the configuration of a gate of another tool',
  description:
    '`export ecl` writes Apptainer’s execution control list with its keyring and lines for apptainer.conf, `export fingerprints` the header of definition files that asks the same of base images, `export containers-policy` policy.json, registries.d and keys for podman, skopeo and CRI-O, `export notation` a trust policy and trust store, `export kyverno` an ImageValidatingPolicy for Kubernetes, `export policy-controller` ClusterImagePolicies, `export slurm` scripts that ask `verify-all` when a job or program starts and remember the answer, `export conftest` a library in Rego that judges the JSON of `verify-all`, `export trust-bundle` the policy and all files that it names as one signed archive. The folder has a page that says where each file goes and what the gate cannot ask, and checksums. See docs/gates.md.',
  positional: 'gate',
  privileged: 'with-key',
  inputs: [
    {
      name: 'gate',
      type: 'list',
      required: true,
      description:
        'Which gate: `ecl`, `fingerprints`, `containers-policy`, `notation`, `kyverno`, `policy-controller`, `slurm`, `conftest` or `trust-bundle`.',
      example: 'ecl',
    },
    ...POLICY_INPUTS,
    {
      name: 'output',
      type: 'path',
      file: 'folder',
      required: true,
      description: 'New or empty folder for the files.',
      example: 'gate',
    },
    {
      name: 'strict',
      type: 'boolean',
      default: 'false',
      description: 'Refuse when the policy asks for something that the gate cannot ask for.',
    },
    PLACES_INPUT,
    ...CONTAINERS_INPUTS,
    ...CLUSTER_INPUTS,
    ...SLURM_INPUTS,
    {
      name: 'verdict-max-age',
      type: 'duration',
      default: '1h',
      description: 'For `conftest`: how old a verdict may be, with a unit.',
      example: '1h',
    },
    ...SIGNING_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

type Made = { readonly made: GateExport; readonly page: Page };

const TARGETS: Readonly<Record<string, (loaded: LoadedPolicy, inputs: Inputs, host: Host) => Promise<Made>>> = {
  async ecl(loaded, inputs, host) {
    const { exportList, listPage } = await import('../../gates/ecl/files.ts');
    const made = await exportList(loaded, placementsFrom(inputs.folderStage, loaded), host.now());
    return { made, page: listPage(sourceOf(loaded)) };
  },
  async fingerprints(loaded, _inputs, host) {
    const { exportFingerprints, fingerprintsPage } = await import('../../gates/fingerprints.ts');
    return { made: await exportFingerprints(loaded, host.now()), page: fingerprintsPage(sourceOf(loaded)) };
  },
  async 'containers-policy'(loaded, inputs, host) {
    const { containersPage, exportContainers } = await import('../../gates/containers/export.ts');
    const target = containersTarget(inputs);
    return { made: await exportContainers(loaded, target, host.now()), page: containersPage(sourceOf(loaded), target) };
  },
  async kyverno(loaded, inputs, host) {
    const { exportKyverno, kyvernoPage } = await import('../../gates/kubernetes/kyverno.ts');
    const made = exportKyverno(loaded, await clusterTarget(inputs), host.now());
    return { made, page: kyvernoPage(sourceOf(loaded)) };
  },
  async 'policy-controller'(loaded, inputs, host) {
    const { exportPolicyController, policyControllerPage } = await import(
      '../../gates/kubernetes/policy-controller.ts'
    );
    const target = await clusterTarget(inputs);
    const made = exportPolicyController(loaded, target, host.now());
    return { made, page: policyControllerPage(sourceOf(loaded), target) };
  },
  async notation(loaded, inputs, host) {
    const { exportNotation, notationPage } = await import('../../gates/notation.ts');
    const made = exportNotation(loaded, notationScopes(inputs.repository), host.now());
    return { made, page: notationPage(sourceOf(loaded)) };
  },
  async slurm(loaded, inputs) {
    const { exportSlurm } = await import('../../gates/slurm/export.ts');
    const { slurmPage } = await import('../../gates/slurm/export.ts');
    const target = await slurmTarget(inputs);
    return { made: exportSlurm(loaded, target), page: slurmPage(sourceOf(loaded), target) };
  },
  async conftest(loaded, { verdictMaxAge }) {
    const { conftestPage, exportConftest } = await import('../../gates/conftest.ts');
    const made = exportConftest(loaded, { maxAgeSeconds: Math.floor(verdictMaxAge / 1000) });
    return { made, page: conftestPage(sourceOf(loaded)) };
  },
  async 'trust-bundle'(loaded, inputs, host) {
    const { exportTrustBundle } = await import('./trust-bundle.ts');
    return exportTrustBundle(loaded, inputs, host);
  },
};

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const [gate = '', ...rest] = inputs.gate;
  const target = Object.hasOwn(TARGETS, gate) ? TARGETS[gate] : undefined;
  if (!target || rest.length > 0)
    throw new UsageError('USAGE_INVALID_INPUT', `export knows no gate ${JSON.stringify(inputs.gate.join(' '))}`, {
      hint: `write one of ${Object.keys(TARGETS).join(', ')}: countersign export ecl ⟨policy-path=countersign.yaml⟩ ⟨output=gate⟩`,
    });
  const loaded = await policyFrom(inputs);
  if (!loaded)
    throw new UsageError('USAGE_MISSING_INPUT', 'policy-path and policy are missing', {
      hint: 'give the policy that is to be exported, for instance ⟨policy-path=countersign.yaml⟩',
    });
  const { made, page } = await target(loaded, inputs, host);
  if (inputs.strict && made.losses.length > 0)
    throw new GateError(
      'GATE_NOT_EXPRESSIBLE',
      `${gate} cannot ask for all of the policy: ${made.losses.map(({ text }) => text).join('; ')}`,
    );
  const folder = resolve(inputs.workingDirectory, inputs.output);
  const files = await writeExport(folder, made, page);
  for (const warning of made.warnings) host.warning(warning);
  const { asks, losses, warnings } = made;
  return {
    exitCode: EXIT.passed,
    outputs: { verdict: 'passed' },
    json: { schema: 'countersign/export/v1', gate, policy: loaded.digest, folder, files, asks, losses, warnings },
    text: [
      `${gate}: ${files.length} files in ${folder}`,
      ...asks.map((ask) => `  asks ${ask}`),
      ...losses.map((loss) => `  cannot ask ${lossText(loss)}`),
      '',
    ].join('\n'),
  };
}

function sourceOf({ name, digest }: LoadedPolicy): string {
  return `${JSON.stringify(name)} (${digest})`;
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
