// SPDX-License-Identifier: Apache-2.0
// The inputs that say where everything is on the nodes of a cluster.

import { UsageError } from '../../base/errors.ts';
import { encodePem } from '../../base/bytes.ts';
import type { PolicySigner, SlurmTarget } from '../../gates/slurm/export.ts';
import { type PolicyChoiceInputs, pinFrom } from '../inputs/policy-signer.ts';
import type { InputsOf } from '../spec.ts';
import type { InputSpec } from '../inputs/spec.ts';

/** What an export for Slurm needs beside the policy. */
export const SLURM_INPUTS = [
  {
    name: 'script-folder',
    type: 'string',
    default: '/usr/local/libexec/countersign',
    description: 'For `slurm`: the folder on the nodes that will hold the scripts.',
    example: '/usr/local/libexec/countersign',
  },
  {
    name: 'node-policy-path',
    type: 'string',
    default: '/etc/countersign/countersign.yaml',
    description: 'For `slurm`: where the policy is on the nodes.',
    example: '/etc/countersign/countersign.yaml',
  },
  {
    name: 'node-path',
    type: 'string',
    default: '/opt/countersign/node',
    description: 'For `slurm`: the Node program on the nodes.',
    example: '/opt/countersign/node',
  },
  {
    name: 'cli-path',
    type: 'string',
    default: '/opt/countersign/dist/cli.mjs',
    description: 'For `slurm`: `cli.mjs` in a copy of `dist/` on the nodes.',
    example: '/opt/countersign/dist/cli.mjs',
  },
  {
    name: 'cache-folder',
    type: 'string',
    default: '/var/cache/countersign',
    description: 'For `slurm`: the folder on the nodes for what was answered.',
    example: '/var/cache/countersign',
  },
  {
    name: 'cache-max-age',
    type: 'duration',
    default: '12h',
    description: 'For `slurm`: how long an answer is kept at most, with a unit.',
    example: '12h',
  },
  {
    name: 'on-error',
    type: 'enum',
    values: ['closed', 'open'],
    default: 'closed',
    description:
      'For `slurm`: what becomes of an image when there is no answer about it: `closed` stops it, `open` lets it pass, which whoever can make the verification fail can use.',
  },
  {
    name: 'prolog-images',
    type: 'list',
    description: 'For `slurm`: images on the nodes, and folders of `*.sif`, that the prolog asks about, one a line.',
    example: '/srv/images',
  },
] as const satisfies readonly InputSpec[];

/**
 * Where everything is.
 * @throws UsageError USAGE_INVALID_INPUT for what is no plain absolute path; as pinFrom
 */
export async function slurmTarget(inputs: InputsOf<typeof SLURM_INPUTS> & PolicyChoiceInputs): Promise<SlurmTarget> {
  const { scriptFolder, nodePolicyPath, nodePath, cliPath, cacheFolder, cacheMaxAge, onError, prologImages } = inputs;
  const named = { scriptFolder, nodePolicyPath, nodePath, cliPath, cacheFolder };
  for (const path of [...Object.values(named), ...prologImages])
    if (!isPlain(path))
      throw new UsageError('USAGE_INVALID_INPUT', `${JSON.stringify(path)} is no plain absolute path`, {
        hint: 'write it from / on, without . and .. and without control characters',
      });
  return {
    scriptFolder,
    policyPath: nodePolicyPath,
    profile: inputs.profile,
    signer: await signerOn(inputs),
    nodePath,
    cliPath,
    cacheFolder,
    maxAgeSeconds: Math.floor(cacheMaxAge / 1000),
    onError,
    images: prologImages,
  };
}

/** Who must have signed, with what says so as a file: outside of the policy, as it is here. */
async function signerOn(inputs: PolicyChoiceInputs): Promise<PolicySigner | undefined> {
  const pin = await pinFrom(inputs);
  if (!pin) return undefined;
  const { keys, anchors, keyrings } = pin.trust;
  const said = keys.length > 0 ? undefined : pin.said;
  if (keyrings.length === 0) {
    const pem = [
      ...keys.map((der) => encodePem('PUBLIC KEY', der)),
      ...anchors.map((der) => encodePem('CERTIFICATE', der)),
    ];
    return { said, file: { name: 'policy-signer.pem', content: pem.join('') } };
  }
  const { exportKeys } = await import('../../crypto/pgp/ring.ts');
  const { bytes } = await exportKeys(
    pin.trust,
    pin.credentials.flatMap((one) => ('fingerprint' in one ? one.fingerprint : [])),
  );
  return { said, file: { name: 'policy-signer.pgp', content: bytes } };
}

function isPlain(path: string): boolean {
  return /^(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}]+)+$/u.test(path);
}
