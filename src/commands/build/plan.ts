// SPDX-License-Identifier: Apache-2.0
// What is to be built, from what and with what: reads and checks all inputs of build before anything is run.

import { relative } from 'node:path';
import type { Host } from '../host.ts';
import { decodeUtf8, sha256Hex } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { findFile, stateOf } from '../../files/files.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Signer } from '../../crypto/signer.ts';
import { type BaseRules, readBaseRules } from './base.ts';
import { type CachePlan, planCache } from './cache.ts';
import { type Definition, parseDefinition, type StageBase, stageBases } from './definition.ts';
import { assertFree } from './output.ts';
import { SECRET_NAME } from './provenance.ts';
import type { BuildInputs } from './spec.ts';
import { assertBuildArguments, type BuildTool, type Encryption, findBuildTool, honoursEpoch } from './tool.ts';
import { evidenceSignerFrom } from '../evidence/signer.ts';

/** A definition and the file it is in. */
interface DefinitionFile {
  readonly path: string;
  readonly sha256: string;
  /** Differs when the file was touched since, even if it is the same again. */
  readonly state: string;
  readonly parsed: Definition;
}

/** Everything that was asked for, read and checked. */
export interface BuildPlan {
  readonly imagePath: string;
  readonly overwrite: boolean;
  /** What the program is given: absolute path or address. */
  readonly source: string;
  /** The same for people and provenance. */
  readonly sourceName: string;
  readonly definition: DefinitionFile | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly fakeroot: boolean;
  /** Undefined when the image is not encrypted. */
  readonly encryption: Encryption | undefined;
  readonly epoch: number | undefined;
  readonly bases: readonly StageBase[] | undefined;
  readonly baseRules: BaseRules | undefined;
  readonly tool: BuildTool;
  readonly signer: Signer | undefined;
  readonly cache: CachePlan | undefined;
}

/**
 * The plan that the inputs describe.
 * @throws UsageError, BuildError, ToolError, SignatureError, SystemError
 */
export async function readPlan(inputs: BuildInputs, host: Host): Promise<BuildPlan> {
  const { definition: path, source: address, imagePath, overwrite } = inputs;
  if ((path === undefined) === (address === undefined))
    throw new UsageError(
      path === undefined ? 'USAGE_MISSING_INPUT' : 'USAGE_CONFLICTING_INPUTS',
      path === undefined ? 'neither definition nor source was given' : 'both definition and source were given',
      { hint: 'give ⟨definition=app.def⟩, or ⟨source=docker://alpine:3.22⟩' },
    );
  await assertFree(imagePath, overwrite);
  const buildArgs = readBuildArgs(inputs, host);
  const definition = path === undefined ? undefined : await readDefinition(path);
  const baseRules = await readBaseRules(inputs);
  const signer = await evidenceSignerFrom(inputs, host);
  const tool = await findBuildTool(inputs.tool, host);
  host.info(`${tool.brand} ${tool.version} at ${tool.program}`);
  if (buildArgs.size > 0) assertBuildArguments(tool);
  const sourceName = path === undefined ? (address ?? '') : relative(inputs.workingDirectory, path);
  return {
    imagePath,
    overwrite,
    source: path ?? address ?? '',
    sourceName,
    definition,
    buildArgs,
    fakeroot: inputs.fakeroot,
    encryption: readEncryption(inputs, host),
    epoch: readEpoch(inputs, tool, host),
    bases: definition ? basesOf(definition, buildArgs, baseRules !== undefined) : addressBase(address ?? ''),
    baseRules,
    tool,
    signer,
    cache: planCache(
      {
        wanted: inputs.cache,
        signs: signer !== undefined,
        folder: inputs.cacheDir,
        source: JSON.stringify([definition?.sha256 ?? address, ...buildArgs]),
        tool,
      },
      host,
    ),
  };
}

function readBuildArgs(inputs: BuildInputs, host: Host): ReadonlyMap<string, string> {
  const buildArgs = new Map<string, string>();
  for (const entry of inputs.buildArgs) {
    const at = entry.indexOf('=');
    const name = entry.slice(0, Math.max(at, 0)).trim();
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) || buildArgs.has(name))
      throw new UsageError(
        'USAGE_INVALID_INPUT',
        `build-args has a line that is no new name=value: ${JSON.stringify(name)}`,
        {
          hint: 'write one name=value a line, each name once',
        },
      );
    buildArgs.set(name, entry.slice(at + 1).trim());
    if (SECRET_NAME.test(name))
      host.warning(
        `the build argument ${name} looks like a secret; its value would be readable in the image. Bind a file during %post instead`,
      );
  }
  return buildArgs;
}

/** @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS */
function readEncryption({ encrypt, pemPath }: BuildInputs, host: Host): Encryption | undefined {
  const { APPTAINER_ENCRYPTION_PASSPHRASE: passphrase, SINGULARITY_ENCRYPTION_PASSPHRASE: older } = host.env;
  if (!encrypt && pemPath !== undefined)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'pem-path was given, and the image is not to be encrypted', {
      hint: 'set ⟨encrypt=true⟩ too, or leave ⟨pem-path⟩ out',
    });
  if (!encrypt) return undefined;
  if (pemPath === undefined && !passphrase && !older)
    throw new UsageError('USAGE_MISSING_INPUT', 'encrypt was given without a key or passphrase', {
      hint: 'give ⟨pem-path=rsa_pub.pem⟩, or a passphrase in the environment variable APPTAINER_ENCRYPTION_PASSPHRASE',
    });
  host.warning('every encryption gives other bytes: approvals of an earlier image do not count, collect them again');
  return { pemPath };
}

function readEpoch(inputs: BuildInputs, tool: BuildTool, host: Host): number | undefined {
  const { sourceDateEpoch: given } = inputs;
  const inherited = host.env['SOURCE_DATE_EPOCH'];
  const epoch = given ?? (inherited !== undefined && /^[0-9]{1,12}$/.test(inherited) ? Number(inherited) : undefined);
  if (given !== undefined && given < 0)
    throw new UsageError('USAGE_INVALID_INPUT', `source-date-epoch is ${given}`, {
      hint: 'give Unix seconds from 0 on',
    });
  if (epoch !== undefined && !honoursEpoch(tool))
    host.warning(`${tool.brand} ${tool.version} does not use SOURCE_DATE_EPOCH; the image will not be reproducible`);
  return epoch;
}

/** Read again after the build to see that it is still the same. */
export async function readDefinition(path: string): Promise<DefinitionFile> {
  const { bytes, stats } = await findFile(path, LIMITS.listBytes);
  return {
    path,
    sha256: sha256Hex(bytes),
    state: stateOf(stats),
    parsed: parseDefinition(decodeUtf8(bytes, path), path),
  };
}

/** Undefined when the bases cannot be told and nobody needs to know. */
function basesOf(
  { parsed, path }: DefinitionFile,
  buildArgs: ReadonlyMap<string, string>,
  needed: boolean,
): readonly StageBase[] | undefined {
  try {
    return stageBases(parsed, path, buildArgs);
  } catch (error) {
    if (needed) throw error;
    return undefined;
  }
}

function addressBase(address: string): readonly StageBase[] {
  const scheme = /^([a-z][a-z-]*):/.exec(address)?.[1];
  const agent = scheme ?? 'localimage';
  return [{ agent, from: scheme === undefined ? address : address.slice(scheme.length + 1), line: 0 }];
}
