// SPDX-License-Identifier: Apache-2.0
// import: the configuration of a gate that is there becomes a policy.

import { mkdtemp } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import type { Digest } from '../../base/bytes.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { TrustFiles } from '../../crypto/trust.ts';
import { GateError } from '../../gates/errors.ts';
import { writeNewFolder } from '../../gates/folder.ts';
import { type GateImport, POLICY_FILE } from '../../gates/import/document.ts';
import { loadPolicy } from '../../policy/document/load.ts';
import { PolicyError } from '../../policy/errors.ts';
import { printable } from '../../base/text.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from '../spec.ts';

const spec = {
  name: 'import',
  summary: 'Make a policy of the configuration of another tool’s gate',
  description:
    '`import trust-bundle.tar` checks a signed archive that `export trust-bundle` made and writes the policy and its files. `import ecl.toml` makes a policy of Apptainer’s execution control list, `import policy.json` of the file of podman and skopeo: with the keys that it names, and what had to be assumed. What no policy can say is left out and listed. `export` makes the same configuration again. See docs/gates.md.',
  positional: 'gate-file',
  inputs: [
    {
      name: 'gate-file',
      type: 'path',
      required: true,
      description:
        'The file, `*.toml`, `*.json` or `*.tar`. Keys and registries.d are looked for beside the first two.',
      example: '/etc/apptainer/ecl.toml',
    },
    {
      name: 'output',
      type: 'path',
      file: 'folder',
      required: true,
      description: 'New or empty folder for the policy and its keys.',
      example: 'policy',
    },
    {
      name: 'keyring',
      type: 'paths',
      mayBeContent: true,
      description:
        'For `ecl.toml`: OpenPGP public keys, files, folders or globs, one a line. Default: `global-pgp-public` beside the list. For a trust bundle: the keys of which one must have signed it.',
      example: 'staff.asc',
    },
    {
      name: 'public-key',
      type: 'paths',
      mayBeContent: true,
      description: 'For a trust bundle: public keys of which one must have signed it.',
      example: 'bundle.pub',
    },
    {
      name: 'scope',
      type: 'string',
      description:
        'For `policy.json`: the scope of the transport `docker` that becomes the policy, where there are several.',
      example: 'ghcr.io/octo-org/app',
    },
    {
      name: 'policy-name',
      type: 'string',
      default: 'imported',
      description: 'Name of the policy.',
      example: 'acme-images',
    },
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const folder = resolve(inputs.workingDirectory, inputs.output);
  if (extname(inputs.gateFile) === '.tar') return bundleIn(folder, inputs, host);
  const made = await importFrom(inputs);
  const digest = await policyDigest(made, await host.temporaryFolder());
  const files = await writeNewFolder(folder, made.files);
  const { assumed, leftOut, exportWith } = made;
  return {
    exitCode: EXIT.passed,
    outputs: { verdict: 'passed' },
    json: { schema: 'countersign/import/v1', folder, files, policy: digest, assumed, leftOut, exportWith },
    text: [
      `${files.length} files in ${printable(folder)}`,
      ...assumed.map((line) => `  assumed: ${printable(line, 2000)}`),
      ...leftOut.map((line) => `  left out: ${printable(line, 2000)}`),
      '',
    ].join('\n'),
  };
}

async function bundleIn(folder: string, inputs: Inputs, host: Host): Promise<CommandResult> {
  const { importTrustBundle } = await import('./trust-bundle.ts');
  const { written, policy, profile, createdAt } = await importTrustBundle(inputs.gateFile, { ...inputs, folder }, host);
  const path = resolve(folder, policy);
  return {
    exitCode: EXIT.passed,
    outputs: { verdict: 'passed' },
    json: { schema: 'countersign/trust-bundle/v1', folder, files: written, policyPath: path, profile, createdAt },
    text: `${written.length} files in ${printable(folder)}, as signed on ${printable(createdAt)}\n  policy: ${printable(path)}${profile === null ? '' : `, profile ${printable(profile)}`}\n`,
  };
}

/** What is written must be a policy: tried elsewhere, so that nothing is left behind where it is none. */
async function policyDigest(made: GateImport, temporary: string): Promise<Digest> {
  const trial = await mkdtemp(join(temporary, 'import-'));
  await writeNewFolder(trial, made.files);
  try {
    return (await loadPolicy(join(trial, POLICY_FILE))).digest;
  } catch (cause) {
    if (!(cause instanceof PolicyError)) throw cause;
    const { message, hint } = cause;
    throw new GateError('GATE_NOT_EXPRESSIBLE', `no policy comes of it: ${message}`, { cause, hint });
  }
}

async function importFrom(inputs: Inputs): Promise<GateImport> {
  const file = inputs.gateFile;
  const name = inputs.policyName;
  switch (extname(file)) {
    case '.toml': {
      const { readInstalled } = await import('../../gates/ecl/installed.ts');
      const { importList } = await import('../../gates/import/list.ts');
      const { list, keyring } = await readInstalled(file);
      const files = new TrustFiles(inputs.workingDirectory);
      const given = await files.given('keyring', 'keyring', inputs.keyring);
      const keyrings = [...given, ...(keyring.length > 0 ? [keyring] : [])];
      return importList(list, { trust: { keyrings, origins: files.origins }, name });
    }
    case '.json': {
      const { readInstalledContainers } = await import('../../gates/containers/installed.ts');
      const { importableScopes, importContainers } = await import('../../gates/import/containers.ts');
      const gate = await readInstalledContainers(dirname(file), file);
      return importContainers(gate, { scope: inputs.scope ?? onlyScope(importableScopes(gate)), name });
    }
    default:
      throw new UsageError('USAGE_INVALID_INPUT', `gate-file is ${JSON.stringify(file)}`, {
        hint: 'give an execution control list (*.toml), a policy.json (*.json) or a trust bundle (*.tar)',
      });
  }
}

function onlyScope(scopes: readonly string[]): string {
  const [scope, ...others] = scopes;
  if (scope !== undefined && others.length === 0) return scope;
  const problem = scope === undefined ? 'no scope of the file' : `each of ${[scope, ...others].join(', ')}`;
  throw new UsageError('USAGE_MISSING_INPUT', `scope is missing: ${problem} can become a policy`, {
    hint: 'give the scope of the transport docker in ⟨scope⟩',
  });
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
