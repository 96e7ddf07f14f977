// SPDX-License-Identifier: Apache-2.0
// The program that builds: which one, which version, and with which arguments and environment it is run.

import type { Host } from '../host.ts';
import { ToolError } from '../tool-errors.ts';

/** The program that builds. */
export interface BuildTool {
  readonly name: 'apptainer' | 'singularity';
  /** Absolute path. */
  readonly program: string;
  /** `apptainer`, `singularity-ce` or another brand, as it calls itself. */
  readonly brand: string;
  /** As printed, for instance `1.4.5-2`. */
  readonly version: string;
  readonly major: number;
  readonly minor: number;
}

type Version = readonly [major: number, minor: number];
const NEEDED: Readonly<Record<BuildTool['name'], Version>> = { apptainer: [1, 1], singularity: [3, 8] };
/** The first versions with `--build-arg-file`. */
const BUILD_ARGS: Readonly<Record<BuildTool['name'], Version>> = { apptainer: [1, 2], singularity: [4, 0] };

/**
 * The program on PATH; with `auto` Apptainer before Singularity.
 * @throws ToolError TOOL_NOT_FOUND, TOOL_UNSUPPORTED when it is too old, TOOL_FAILED
 */
export async function findBuildTool(wanted: string, host: Host): Promise<BuildTool> {
  const names = (['apptainer', 'singularity'] as const).filter((name) => wanted === 'auto' || wanted === name);
  for (const name of names) {
    const program = await host.which(name);
    if (program !== undefined) return readVersion(name, program, host);
  }
  throw new ToolError('TOOL_NOT_FOUND', `${names.join(' and ')} not found on PATH`, {
    hint: 'install Apptainer 1.1 or newer in an earlier step (packages and a relocatable unprivileged installer exist); nothing is installed here',
  });
}

async function readVersion(name: BuildTool['name'], program: string, host: Host): Promise<BuildTool> {
  const { stdout, stderr, exitCode } = await host.run({ program, args: ['--version'], maxOutputBytes: 65_536 });
  const match = /^([a-z][a-z-]*) version ((\d{1,4})\.(\d{1,4})[0-9A-Za-z.+~-]{0,60})\s*$/im.exec(stdout);
  const [, brand, version, major, minor] = match ?? [];
  if (exitCode !== 0 || brand === undefined || version === undefined)
    throw new ToolError(
      'TOOL_FAILED',
      `${program} --version answered ${JSON.stringify(`${stdout}${stderr}`.slice(0, 160))}`,
      {
        hint: `check the installation: ${name} --version should print its version`,
      },
    );
  const tool = { name, program, brand, version, major: Number(major), minor: Number(minor) };
  if (!atLeast(tool, NEEDED[name])) throw tooOld(tool, NEEDED[name], 'to build');
  return tool;
}

function atLeast(tool: Pick<BuildTool, 'major' | 'minor'>, [major, minor]: Version): boolean {
  return tool.major > major || (tool.major === major && tool.minor >= minor);
}

function tooOld(tool: BuildTool, [major, minor]: Version, what: string): ToolError {
  return new ToolError('TOOL_UNSUPPORTED', `${tool.brand} ${tool.version} is too old ${what}`, {
    hint: `install ${tool.name} ${major}.${minor} or newer`,
  });
}

/** @throws ToolError TOOL_UNSUPPORTED when the tool has no build arguments */
export function assertBuildArguments(tool: BuildTool): void {
  if (!atLeast(tool, BUILD_ARGS[tool.name])) throw tooOld(tool, BUILD_ARGS[tool.name], 'for build-args');
}

/** True when the program lets SOURCE_DATE_EPOCH decide the times in the image. */
export function honoursEpoch(tool: BuildTool): boolean {
  return tool.name === 'apptainer' && atLeast(tool, [1, 5]);
}

/** What one run of the program is to build. */
interface BuildCall {
  readonly output: string;
  /** Absolute path of the definition, or an address. */
  readonly source: string;
  readonly fakeroot: boolean;
  readonly encryption: Encryption | undefined;
  /** File with `name=value` lines; undefined without build arguments. Never on the command line, where all users see it. */
  readonly buildArgFile: string | undefined;
}

/** The argument array of the build. */
export function buildArguments({ output, source, fakeroot, encryption, buildArgFile }: BuildCall): readonly string[] {
  return [
    'build',
    ...(fakeroot ? ['--fakeroot'] : []),
    ...(encryption ? ['--encrypt'] : []),
    ...(encryption?.pemPath === undefined ? [] : ['--pem-path', encryption.pemPath]),
    ...(buildArgFile === undefined ? [] : ['--build-arg-file', buildArgFile]),
    '--',
    output,
    source,
  ];
}

/** For whom an image is encrypted. */
export interface Encryption {
  /** A public RSA key; without it the passphrase is in the environment. */
  readonly pemPath: string | undefined;
}

/** Where the program may keep files. */
interface BuildFolders {
  readonly tmp: string | undefined;
  readonly cache: string | undefined;
}

/** Where a step talks to its runner; a %post script has no business there. */
const RUNNER_CHANNELS = /^(GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|ARTIFACTS|ARTIFACTS_LIST)|ACTIONS_.*)$/;

/** The environment of the build: the caller's, without the runner's channels, with our folders and epoch. */
export function buildEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  folders: BuildFolders,
  epoch: number | undefined,
): Readonly<Record<string, string | undefined>> {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !RUNNER_CHANNELS.test(name)));
  return {
    ...kept,
    ...(folders.tmp === undefined ? {} : { APPTAINER_TMPDIR: folders.tmp, SINGULARITY_TMPDIR: folders.tmp }),
    ...(folders.cache === undefined ? {} : { APPTAINER_CACHEDIR: folders.cache, SINGULARITY_CACHEDIR: folders.cache }),
    ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch) }),
  };
}
