// SPDX-License-Identifier: Apache-2.0
// The types of inputs follow from the specs: what reads one as another type, or by another name, does not compile. Shown
// with the compiler that the project is checked with.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const HEAD = `
import { defineCommand } from '${PROJECT}/src/commands/spec.ts';
import { spec } from '${PROJECT}/src/commands/sign-stage/spec.ts';
import { policyFrom } from '${PROJECT}/src/commands/inputs/trust.ts';
const result = { exitCode: 0, outputs: {}, text: '', json: null } as const;
`;
const FILES = {
  'right.mts': `${HEAD}
export const command = defineCommand(spec, async (inputs) => {
  const dryRun: boolean = inputs.dryRun;
  const stage: string = inputs.stage;
  const native: 'auto' | 'none' | 'dsse' | 'notation' = inputs.native;
  const expiresIn: number | undefined = inputs.expiresIn;
  const policy = await policyFrom(inputs);
  return { ...result, text: String([dryRun, stage, native, expiresIn, policy?.digest]) };
});`,
  'wrong-type.mts': `${HEAD}
export const command = defineCommand(spec, async (inputs) => {
  const dryRun: boolean = inputs.stage;
  return { ...result, text: String(dryRun) };
});`,
  'misspelt.mts': `${HEAD}
export const command = defineCommand(spec, async (inputs) => ({ ...result, text: String(inputs.dryrun) }));`,
  'perhaps-missing.mts': `${HEAD}
export const command = defineCommand(spec, async (inputs) => ({ ...result, text: inputs.reason }));`,
  'not-of-this-command.mts': `${HEAD}
export const command = defineCommand({ ...spec, inputs: COMMON_INPUTS }, async (inputs) => {
  await policyFrom(inputs);
  return result;
});
import { COMMON_INPUTS } from '${PROJECT}/src/commands/inputs/common.ts';`,
  'without-common.mts': `${HEAD}
export const command = defineCommand({ ...spec, inputs: [] }, async () => result);`,
};

test('an input that is misspelt, or read as another type, does not compile', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  const options = { noUnusedLocals: false, typeRoots: [join(PROJECT, 'node_modules', '@types')] };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: `${PROJECT}/tsconfig.json`,
      compilerOptions: options,
      include: [],
      files: Object.keys(FILES),
    }),
  );
  const printed = await compile(folder);
  const errors = [...printed.matchAll(/^(?:.*\/)?([\w-]+\.mts)\(\d+,\d+\): error (TS\d+):/gm)].map(
    ([, file, code]) => `${file} ${code}`,
  );
  expect(errors.toSorted(), printed).toEqual([
    'misspelt.mts TS2551',
    'not-of-this-command.mts TS2345',
    'perhaps-missing.mts TS2322',
    'without-common.mts TS2322',
    'wrong-type.mts TS2322',
  ]);
});

function compile(folder: string): Promise<string> {
  const tsc = join(PROJECT, 'node_modules', '.bin', 'tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', folder], { cwd: folder }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
