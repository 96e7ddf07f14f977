// SPDX-License-Identifier: Apache-2.0
// Runs jobs of our workflow files on this machine: the steps that are ours from the sources, scripts with bash, checkouts
// and artifacts as folders. What reaches a job and what leaves it goes the way the file says: inputs, secrets of the
// environment, outputs, summaries.

import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { condition, type Contexts, interpolate } from './expressions.ts';
import { PROJECT } from './sources.ts';
import { runStep } from './step.ts';

type Texts = Readonly<Record<string, string>>;

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Texts;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly environment?: string;
  readonly outputs?: Texts;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: {
    readonly workflow_call?: {
      readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
      readonly outputs?: Readonly<Record<string, { readonly value: string }>>;
    };
  };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** How a job ended. */
export interface JobEnd {
  readonly result: 'success' | 'failure';
  readonly outputs: Texts;
  /** What its steps added to the summary, one text. */
  readonly summary: string;
  readonly log: string;
}

/** What the jobs find around them. */
export interface Surroundings {
  /** What a checkout gives. */
  readonly repository: string;
  /** Folder of artifacts, a folder each. */
  readonly artifacts: string;
  /** Secrets by environment. */
  readonly secrets: Readonly<Record<string, Texts>>;
  /** A fresh folder for each job. */
  workspace(): Promise<string>;
  /** What every text that a step is given is turned into. */
  readonly rewrite?: (text: string) => string;
  /** What tools that no test has would leave in the workspace; steps that install or run them are passed over. */
  readonly made?: Readonly<Record<string, string>>;
  /** Steps, by `uses`, that fail. */
  readonly failing?: string;
}

const GITHUB = {
  repository: 'octo-org/app',
  actor: 'octocat',
  token: 'ghs_token',
  run_number: 7,
  ref: 'refs/heads/main',
};

async function load(path: string): Promise<Workflow> {
  return parse(await readFile(join(PROJECT, '.github/workflows', path), 'utf8'));
}

/** Runs one job of a workflow; the ends of the jobs that it needs are given. */
export async function runJob(
  path: string,
  name: string,
  needs: Readonly<Record<string, JobEnd>>,
  around: Surroundings,
): Promise<JobEnd> {
  const job = (await load(path)).jobs[name];
  if (!job) throw new Error(`no job ${name}`);
  for (const wanted of [job.needs ?? []].flat()) if (!needs[wanted]) throw new Error(`${name} needs ${wanted}`);
  const contexts = { needs, github: GITHUB };
  if (job.uses === undefined) return runSteps(job, contexts, around);
  return callWorkflow(basename(job.uses), evaluated(job.with, contexts, around), around);
}

/** Runs a reusable workflow of one job, as a caller that passes these inputs does. */
export async function callWorkflow(path: string, given: Texts, around: Surroundings): Promise<JobEnd> {
  const { on, jobs } = await load(path);
  const declared = on.workflow_call?.inputs ?? {};
  const unknown = Object.keys(given).filter((name) => !declared[name]);
  const missing = Object.keys(declared).filter((name) => declared[name]?.required && !(name in given));
  if (unknown.length + missing.length > 0)
    throw new Error(`inputs unknown: ${unknown.join(', ')}, missing: ${missing.join(', ')}`);
  const inputs = Object.fromEntries(
    Object.entries(declared).map(([name, one]) => [name, given[name] ?? one.default ?? '']),
  );
  const [[name, job] = []] = Object.entries(jobs);
  if (!name || !job) throw new Error('no job');
  const end = await runSteps(job, { inputs, github: GITHUB }, around);
  const outputs = Object.entries(on.workflow_call?.outputs ?? {}).map(([output, { value }]) => [
    output,
    interpolate(value, { jobs: { [name]: end } }),
  ]);
  return { ...end, outputs: Object.fromEntries(outputs) };
}

/** Programs and actions of others. */
const FOREIGN = /apt-get|apptainer|trivy/;

interface StepEnd {
  readonly outcome: 'success' | 'failure';
  readonly outputs: Texts;
  readonly summary: string;
  readonly log: string;
}

async function runSteps(job: Job, contexts: Contexts, around: Surroundings): Promise<JobEnd> {
  const workspace = await around.workspace();
  const environment = interpolate(job.environment ?? '', contexts);
  const steps: Record<string, StepEnd> = {};
  const ends: StepEnd[] = [];
  const known = { ...contexts, secrets: around.secrets[environment] ?? {}, steps };
  for (const step of job.steps ?? []) {
    if (
      !condition(
        step.if,
        known,
        ends.some(({ outcome }) => outcome === 'failure'),
      )
    )
      continue;
    const end = await runOne(step, workspace, known, around);
    ends.push(end);
    if (step.id) steps[step.id] = end;
  }
  return {
    result: ends.some(({ outcome }) => outcome === 'failure') ? 'failure' : 'success',
    outputs: evaluated(job.outputs, known, around),
    summary: ends.map(({ summary }) => summary).join(''),
    log: ends.map(({ log }) => log).join(''),
  };
}

async function runOne(step: Step, workspace: string, contexts: Contexts, around: Surroundings): Promise<StepEnd> {
  if (around.made && FOREIGN.test(step.uses ?? step.run ?? '')) {
    for (const [name, text] of Object.entries(around.made)) await writeFile(join(workspace, name), text);
    return ended(true);
  }
  if (step.run !== undefined) return runScript(step.run, workspace, evaluated(step.env, contexts, around));
  const { uses = '' } = step;
  const inputs = evaluated(step.with, contexts, around);
  const own = /^[.$]\/actions\/([a-z-]+)$/.exec(uses)?.[1];
  if (around.failing !== undefined && uses.startsWith(around.failing)) return ended(false);
  if (own) {
    const { exitCode, outputs, summary, stdout } = await runStep(own, workspace, { inputs, from: 'sources' });
    return { outcome: exitCode === 0 ? 'success' : 'failure', outputs, summary, log: stdout };
  }
  return copying(uses.replace(/@.*/, ''), inputs, workspace, around);
}

async function copying(uses: string, inputs: Texts, workspace: string, around: Surroundings): Promise<StepEnd> {
  const artifact = join(around.artifacts, inputs['name'] ?? '');
  const path = join(workspace, inputs['path'] ?? '.');
  try {
    if (uses === 'actions/checkout') await cp(around.repository, workspace, { recursive: true });
    else if (uses === 'actions/download-artifact') await cp(artifact, path, { recursive: true });
    else if (uses === 'actions/upload-artifact') {
      await mkdir(artifact);
      await cp(path, join(artifact, basename(path)));
    } else throw new Error(`the test has no ${uses}`);
    return ended(true);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ended(false);
    throw error;
  }
}

function ended(good: boolean): StepEnd {
  return { outcome: good ? 'success' : 'failure', outputs: {}, summary: '', log: '' };
}

async function runScript(script: string, workspace: string, env: Texts): Promise<StepEnd> {
  const summary = join(workspace, '.summary');
  await writeFile(summary, '');
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: workspace,
    env: { PATH: process.env['PATH'], ...env, GITHUB_STEP_SUMMARY: summary },
    encoding: 'utf8',
    timeout: 20_000,
  });
  const outcome = status === 0 ? 'success' : 'failure';
  return { outcome, outputs: {}, summary: await readFile(summary, 'utf8'), log: `${stdout}${stderr}` };
}

function evaluated(texts: Readonly<Record<string, unknown>> = {}, contexts: Contexts, around: Surroundings): Texts {
  const { rewrite = (text: string) => text } = around;
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, rewrite(interpolate(String(text), contexts))]),
  );
}
