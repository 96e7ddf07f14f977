// SPDX-License-Identifier: Apache-2.0
// build: check the machine and the base, run the program, put the image in place, record how it came to be.

import { appendFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Host, ToolResult } from '../host.ts';
import { writeFileAtomic } from '../../files/files.ts';
import { makeFolder } from '../../files/folder.ts';
import { VERSION } from '../../base/version.ts';
import {
  assertUnchanged,
  type BaseVerdict,
  fetchBases,
  type LocalBase,
  localBases,
  type RegistryBase,
  registryBases,
  verifyBase,
  verifyRegistryBase,
} from './base.ts';
import { restoreCache, saveCache } from './cache.ts';
import { unknownHeader } from './definition.ts';
import { dependenciesOf, lookUpTags, pinnedSource, unmovedTags } from './dependencies.ts';
import { BuildError, explainFailure } from './errors.ts';
import { assertImage, partialPath, publishImage } from './output.ts';
import { type BuildPlan, readDefinition, readPlan } from './plan.ts';
import { judgeMachine, type MachineFacts, namespaceCause, readMachine } from './preflight.ts';
import { buildProvenance, type Dependency, PROVENANCE_PREDICATE_TYPE, publicOrigin } from './provenance.ts';
import { buildResult, refusedResult } from './result.ts';
import { BUILD_SPEC, type BuildInputs } from './spec.ts';
import { buildArguments, buildEnvironment } from './tool.ts';
import type { Stored } from '../evidence/files.ts';
import { examineContent, storeEvidence } from '../evidence/evidence.ts';
import { type CommandResult, defineCommand } from '../spec.ts';

async function run(inputs: BuildInputs, host: Host): Promise<CommandResult> {
  const plan = await readPlan(inputs, host);
  const folder = inputs.workingDirectory;
  const remote = plan.baseRules ? registryBases(plan.bases ?? [], plan.baseRules) : [];
  const checked = plan.baseRules ? await fetchBases(plan.bases ?? [], { folder, tool: plan.tool, host }) : undefined;
  const bases = checked ?? (await localBases(plan.bases ?? [], folder));
  const machine = await preflight(plan, bases, { inputs, host });
  const verdicts = await verifyBases({ files: checked ?? [], remote }, plan, { inputs, host });
  if (verdicts.some(({ refusals }) => refusals.length > 0)) return refusedResult(plan.imagePath, verdicts);
  const startedAt = host.now();
  const tags = await lookUpTags(plan, { inputs, host });
  const cacheHit = await restoreCache(plan.cache, host);
  const partial = partialPath(plan.imagePath);
  let stored: Stored;
  try {
    await runBuild(plan, { inputs, host, machine, output: partial, source: pinnedSource(plan, tags) });
    await assertImage(partial);
    await assertInputsUnchanged(plan, bases);
    await saveCache(plan.cache, cacheHit, host);
    const unmoved = await unmovedTags(plan, tags, { inputs, host });
    const dependencies = await dependenciesOf(plan, { files: bases, verdicts, tags: unmoved });
    stored = await recordProvenance(plan, { inputs, host, startedAt, dependencies, image: partial });
    await publishImage(partial, plan.imagePath, plan.overwrite);
    await assertContent(plan.imagePath, stored.contentDigests, host.now());
  } finally {
    await rm(partial, { force: true, recursive: true });
  }
  await declareArtifact(plan.imagePath, host);
  return buildResult({
    imagePath: plan.imagePath,
    sourceName: plan.sourceName,
    tool: plan.tool,
    seconds: (host.now().getTime() - startedAt.getTime()) / 1000,
    cacheHit,
    bases: verdicts,
    stored,
  });
}

interface Surroundings {
  readonly inputs: BuildInputs;
  readonly host: Host;
}

async function preflight(
  plan: BuildPlan,
  bases: readonly LocalBase[],
  { inputs, host }: Surroundings,
): Promise<MachineFacts> {
  const { env } = host;
  const tmp = inputs.tmpDir ?? env['APPTAINER_TMPDIR'] ?? env['SINGULARITY_TMPDIR'] ?? env['TMPDIR'] ?? '/tmp';
  const machine = await readMachine({ tmp, target: dirname(plan.imagePath) }, host);
  const largest = bases.length > 0 ? Math.max(...bases.map(({ sizeBytes }) => sizeBytes)) : undefined;
  const expectedBytes = inputs.expectedSize ?? largest;
  for (const warning of judgeMachine(machine, { expectedBytes, fakeroot: plan.fakeroot })) host.warning(warning);
  return machine;
}

async function verifyBases(
  { files, remote }: { readonly files: readonly LocalBase[]; readonly remote: readonly RegistryBase[] },
  { baseRules }: BuildPlan,
  { inputs, host }: Surroundings,
): Promise<readonly BaseVerdict[]> {
  if (!baseRules) return [];
  const verdicts: BaseVerdict[] = [];
  const group = async (name: string, verify: () => Promise<BaseVerdict>) =>
    verdicts.push(await host.group(`Verifying base ${name}`, verify));
  for (const base of files) await group(base.name, () => verifyBase(base, baseRules, host.now()));
  for (const base of remote) await group(base.name, () => verifyRegistryBase(base, baseRules, { inputs, host }));
  return verdicts;
}

async function runBuild(
  plan: BuildPlan,
  {
    inputs,
    host,
    machine,
    output,
    source,
  }: Surroundings & {
    readonly machine: MachineFacts;
    readonly output: string;
    readonly source: string;
  },
): Promise<void> {
  const { fakeroot, encryption, tool, epoch } = plan;
  const cache = plan.cache?.folder ?? inputs.cacheDir;
  if (cache !== undefined) await makeFolder(cache, 0o700);
  const buildArgFile = await writeBuildArgs(plan, host);
  const args = buildArguments({ output, source, fakeroot, encryption, buildArgFile });
  if (host.kind === 'terminal') host.info(`running ${[tool.program, ...args].join(' ')}`);
  const env = buildEnvironment(host.env, { tmp: inputs.tmpDir, cache }, epoch);
  const call = { program: tool.program, args, env, cwd: inputs.workingDirectory, echo: true };
  const result = await host.group(`Building ${basename(plan.imagePath)}`, () => host.run(call));
  if (result.exitCode !== 0) throw failure(plan, result, machine);
}

/** What provenance names must be what was used. */
async function assertInputsUnchanged({ definition }: BuildPlan, bases: readonly LocalBase[]): Promise<void> {
  for (const base of bases) await assertUnchanged(base);
  if (definition && (await readDefinition(definition.path)).state !== definition.state)
    throw new BuildError(
      'BUILD_INPUT_CHANGED',
      `the definition ${definition.path} was changed while the image was built`,
    );
}

/** What provenance says the image is must be what has its name now. */
async function assertContent(imagePath: string, digests: readonly string[], now: Date): Promise<void> {
  const { facts } = await examineContent(imagePath, { now });
  const found: readonly string[] = facts.contentDigests;
  if (digests.every((digest) => found.includes(digest))) return;
  throw new BuildError(
    'BUILD_INPUT_CHANGED',
    `${imagePath} is not the image that was built: somebody changed it meanwhile`,
  );
}

async function writeBuildArgs({ buildArgs }: BuildPlan, host: Host): Promise<string | undefined> {
  if (buildArgs.size === 0) return undefined;
  const path = join(await host.temporaryFolder(), 'build-args');
  await writeFileAtomic(path, [...buildArgs].map(([name, value]) => `${name}=${value}\n`).join(''), 0o600);
  return path;
}

function failure({ tool, definition }: BuildPlan, { exitCode, stdout, stderr }: ToolResult, machine: MachineFacts) {
  return explainFailure(tool.name, {
    exitCode,
    log: `${stdout}\n${stderr}`,
    namespaceHint: namespaceCause(machine),
    headerLocation: definition && unknownHeader(definition.parsed, definition.path),
  });
}

async function recordProvenance(
  plan: BuildPlan,
  { inputs, host, ...rest }: Surroundings & { startedAt: Date; dependencies: readonly Dependency[]; image: string },
): Promise<Stored> {
  const predicate = buildProvenance({
    env: host.env,
    source: plan.sourceName,
    buildArgs: plan.buildArgs,
    fakeroot: plan.fakeroot,
    epoch: plan.epoch,
    tool: plan.tool,
    toolVersion: VERSION,
    dependencies: rest.dependencies,
    git: host.env['GITHUB_ACTIONS'] === 'true' ? undefined : await gitFacts(inputs.workingDirectory, host),
    startedAt: rest.startedAt,
    finishedAt: host.now(),
  });
  return storeEvidence({
    path: rest.image,
    as: plan.imagePath,
    statements: [{ label: 'provenance', predicateType: PROVENANCE_PREDICATE_TYPE, predicate }],
    signer: plan.signer,
    now: host.now(),
    beside: inputs.store === 'file',
    folder: inputs.bundleFolder,
  });
}

/** Commit and origin of the working directory; undefined when it is no git work tree. Runs no hooks, reads two values. */
async function gitFacts(folder: string, host: Host) {
  const program = await host.which('git');
  if (program === undefined) return undefined;
  const ask = async (...args: readonly string[]) => {
    const { exitCode, stdout } = await host.run({ program, args: ['-C', folder, ...args], timeoutMs: 10_000 });
    return exitCode === 0 ? stdout.trim() : '';
  };
  const commit = await ask('rev-parse', '--verify', 'HEAD');
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) return undefined;
  return { commit, origin: publicOrigin(await ask('config', '--get', 'remote.origin.url')) };
}

/** Tells the runner about the image; a path that its line format cannot hold is left out. */
async function declareArtifact(imagePath: string, host: Host): Promise<void> {
  const file = host.env['GITHUB_ARTIFACTS'];
  if (!file || /[=\r\n]/.test(imagePath)) return;
  try {
    await appendFile(file, `file://${imagePath}\n`);
  } catch (error) {
    host.warning(
      `the image was not declared as an artifact: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The command, as the entries load it. */
export const command = defineCommand(BUILD_SPEC, run);
