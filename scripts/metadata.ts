// SPDX-License-Identifier: Apache-2.0
// Writes what is said twice from the one place where it is known: action.yml of every action and the tables between
// markers in their README files from the commands' specs, the schema of policies from their declaration. `--check` writes
// nothing and fails when something differs.

import { readFile } from 'node:fs/promises';
import { COMMANDS, isActionName } from '../src/commands/commands.ts';
import type { CommandSpec } from '../src/commands/spec.ts';
import { policySchema } from '../src/policy/compose/fields.ts';
import { actionYaml, rootActionYaml } from './action-yaml.ts';
import { type GeneratedFile, report, settle } from './generated.ts';
import { inputsTable, outputsTable, replaceBetween } from './tables.ts';

/** The specs of the five actions, in pipeline order. */
export async function actionSpecs(): Promise<readonly CommandSpec[]> {
  const entries = COMMANDS.filter(({ name }) => isActionName(name));
  return Promise.all(entries.map(async (entry) => (await entry.load()).spec));
}

/** Every generated file with the content it should have. */
export async function metadataFiles(root: string): Promise<readonly GeneratedFile[]> {
  const specs = await actionSpecs();
  const files: GeneratedFile[] = [
    { path: 'action.yml', content: rootActionYaml(specs) },
    { path: 'schema/policy.schema.json', content: `${JSON.stringify(policySchema(), null, 2)}\n` },
  ];
  for (const spec of specs) {
    files.push({ path: `actions/${spec.name}/action.yml`, content: actionYaml(spec) });
    const path = `actions/${spec.name}/README.md`;
    const page = await readFile(`${root}/${path}`, 'utf8');
    const withInputs = replaceBetween(page, 'inputs', inputsTable(spec));
    files.push({ path, content: replaceBetween(withInputs, 'outputs', outputsTable(spec)) });
  }
  return files;
}

if (import.meta.main) {
  const root = `${import.meta.dirname}/..`;
  const stale = await settle(root, await metadataFiles(root), process.argv.includes('--check'));
  report(stale, 'npm run metadata');
}
