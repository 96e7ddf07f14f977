// SPDX-License-Identifier: Apache-2.0
// policy check: is this policy file usable, and what does it say?

import { resolve } from 'node:path';
import type { Host } from '../host.ts';
import { loadPolicy } from '../../policy/document/load.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { createVerifier, type TrustMaterial } from '../../crypto/verifier.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import type { InputsOf } from '../inputs/inputs.ts';
import { type KeyringEntry, renderPolicySummary, summarizePolicy } from './summary.ts';
import { type CommandResult, type CommandSpec, defineCommand } from '../spec.ts';

const spec = {
  name: 'policy',
  summary: 'Check a policy file and show what it says',
  description:
    '`policy check FILE` reads a policy and every file it names, refuses it with file, line and column when anything is wrong, and shows principals, teams, stages and certificates, who can do what in words, and warnings, which `--strict` makes fail. It fails when nobody could have a stage approved with the keys as they are: revoked, expired, in no keyring, or the same for two people. See docs/policy.md.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description: '`check` and the path of the policy.',
      example: 'check countersign.yaml',
    },
    {
      name: 'strict',
      type: 'boolean',
      default: 'false',
      description: 'Fail also when there are warnings.',
    },
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const [action, file, ...rest] = inputs.task;
  if (action === 'check' && file === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'policy check was given no policy file, and looks for none by itself', {
      hint: 'name the file: countersign policy check countersign.yaml',
    });
  if (action !== 'check' || file === undefined || rest.length > 0)
    throw new UsageError('USAGE_INVALID_INPUT', `policy cannot do ${JSON.stringify(inputs.task.join(' '))}`, {
      hint: 'write countersign policy check FILE, for instance countersign policy check countersign.yaml',
    });
  const loaded = await loadPolicy(resolve(inputs.workingDirectory, file));
  // What verify-all would refuse about keys and certificates is wrong with the policy too.
  await createVerifier(loaded.trust);
  const summary = await summarizePolicy(loaded, await keysOf(loaded.trust, host.now()), host.now());
  const refused = summary.problems.length > 0 || (inputs.strict && summary.warnings.length > 0);
  const verdict = refused ? 'failed' : 'passed';
  return { exitCode: EXIT[verdict], outputs: { verdict }, text: renderPolicySummary(summary), json: summary };
}

/** Loads OpenPGP code only for policies that use it. */
async function keysOf(trust: TrustMaterial, now: Date): Promise<readonly KeyringEntry[]> {
  if (trust.keyrings.length === 0) return [];
  const { readKeyring } = await import('../../crypto/pgp/keyring.ts');
  const { expiryOf, keyProblem } = await import('../../crypto/pgp/key.ts');
  const entries: KeyringEntry[] = [];
  for (const [fingerprint, key] of await readKeyring(trust)) {
    entries.push({
      fingerprint,
      userIds: key.getUserIDs(),
      expires: (await expiryOf(key, now)) ?? null,
      problem: (await keyProblem(key, now))?.message,
    });
  }
  return entries;
}

/** `countersign policy check FILE`. */
export const command = defineCommand(spec, run);
