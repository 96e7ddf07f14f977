// SPDX-License-Identifier: Apache-2.0
// simulate: what a gate of another tool will say of an image, worked out here.

import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CountersignError, EXIT, UsageError } from '../../base/errors.ts';
import type { GateVerdict } from '../../gates/verdict.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import type { InputsOf } from '../inputs/inputs.ts';
import { subjectFiles } from '../inputs/subjects.ts';
import { NOW_INPUT, POLICY_INPUTS, policyFrom } from '../inputs/trust.ts';
import { printable } from '../../report/wording.ts';
import { type CommandResult, type CommandSpec, defineCommand } from '../spec.ts';
import { PLACES_INPUT, placementsFrom } from './places.ts';

const spec = {
  name: 'simulate',
  summary: 'Say what a gate of another tool will make of an image',
  description:
    '`simulate ecl IMAGE…` works out what Apptainer’s execution control list says of SIF files, by the policy as `export` would write it, or by a configuration in `gate-path`. No gate needs to be installed. It fails when the gate would deny one of the images. See docs/gates.md.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description: 'The gate, `ecl`, and the images.',
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
      description: 'Folder that the images will be run from. Default: the one they are in.',
      example: '/srv/production',
    },
    PLACES_INPUT,
    NOW_INPUT,
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

type Named = { readonly name: string } & GateVerdict;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const [gate, ...images] = inputs.task;
  if (gate !== 'ecl' || images.length === 0)
    throw new UsageError('USAGE_INVALID_INPUT', `simulate cannot do ${JSON.stringify(inputs.task.join(' '))}`, {
      hint: 'name the gate and images: countersign simulate ecl app.sif ⟨policy-path=countersign.yaml⟩',
    });
  const found = await simulateList(images, inputs, host);
  const denied = found.filter(({ verdict }) => verdict !== 'allowed');
  const verdict = denied.length === 0 ? 'passed' : 'failed';
  return {
    exitCode: EXIT[verdict],
    outputs: { verdict },
    json: { schema: 'countersign/simulate/v1', gate, verdict, images: found },
    text: [...found.flatMap(lines), ''].join('\n'),
  };
}

async function simulateList(images: readonly string[], inputs: Inputs, host: Host): Promise<readonly Named[]> {
  const { judgeByList } = await import('../../gates/ecl/simulate.ts');
  const { createVerifier } = await import('../../crypto/verifier.ts');
  const { trustIn } = await import('../../crypto/trust.ts');
  const { openFileSource } = await import('../../sif/source.ts');
  const { openSif } = await import('../../sif/sif.ts');
  const now = inputs.now ?? host.now();
  const { list, keyring } = await configurationFrom(inputs, now);
  const verifier = await createVerifier(trustIn({ keyrings: keyring.length > 0 ? [keyring] : [] }));
  const results: Named[] = [];
  for (const { name, path } of await subjectFiles({ ...inputs, subjectPath: images })) {
    const folder = inputs.runFolder ?? dirname(await realpath(path));
    const progress = host.progress(`reading ${name}`);
    try {
      await using source = await openFileSource(path);
      const onBytes = (done: number, total: number): void => progress.update(done, total);
      const verdict = await judgeByList(await openSif(source), { list, verifier, now, folder, onBytes });
      await source.assertStill();
      results.push({ name, ...verdict });
    } catch (error) {
      if (!(error instanceof CountersignError) || !error.code.startsWith('SIF_')) throw error;
      const { code, message, hint } = error;
      results.push({ name, gate: 'ecl', verdict: 'unknown', words: null, reasons: [{ code, message, hint }] });
    } finally {
      progress.finish();
    }
  }
  return results;
}

async function configurationFrom(inputs: Inputs, now: Date) {
  const { gatePath } = inputs;
  const loaded = await policyFrom(inputs);
  if ((loaded === undefined) === (gatePath === undefined))
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'exactly one of policy-path and gate-path belongs here', {
      hint: 'give ⟨policy-path=countersign.yaml⟩, or the folder of a configuration as ⟨gate-path⟩',
    });
  if (!loaded) {
    const { readInstalled } = await import('../../gates/ecl/installed.ts');
    return readInstalled(resolve(inputs.workingDirectory, gatePath ?? ''));
  }
  const { exportList } = await import('../../gates/ecl/files.ts');
  return exportList(loaded, placementsFrom(inputs.folderStage, loaded), now);
}

function lines({ name, gate, verdict, words, reasons }: Named): readonly string[] {
  return [
    `${verdict === 'allowed' ? '✓' : '✗'} ${printable(name)}  ${gate}: ${verdict}`,
    ...(words === null ? [] : [`  the gate says: ${printable(words, 2000)}`]),
    ...reasons.flatMap(({ code, message, hint, severity }) => [
      `  ${printable(message, 2000)} [${code}]`,
      ...(severity === 'remark' ? [] : [`    → ${hint}`]),
    ]),
  ];
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
