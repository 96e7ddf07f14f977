// SPDX-License-Identifier: Apache-2.0
// Is the base image what it should be? Finds the SIF bases of a build, verifies them before anything is built, and
// checks afterwards that a local one was not exchanged meanwhile.

import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Host } from '../host.ts';
import { createCriteria, verifySifFile } from '../../image/verify.ts';
import type { ImageFacts } from '../../policy/facts.ts';
import { isFilled } from '../../policy/reports.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { loadPolicy } from '../../policy/document/load.ts';
import { fileError, UsageError } from '../../base/errors.ts';
import { readFileBounded, stateOf } from '../../files/files.ts';
import { readFileChunks } from '../../files/chunks.ts';
import { LIMITS } from '../../base/limits.ts';
import { trustIn } from '../../crypto/trust.ts';
import { printable } from '../../scan/read/fields.ts';
import type { StageBase } from './definition.ts';
import type { BuildTool } from './tool.ts';
import { BuildError } from './errors.ts';
import { pinFrom } from '../inputs/policy-signer.ts';
import type { PolicyPin } from '../../policy/signed/signature.ts';
import type { BuildInputs } from './spec.ts';
import { type Digest, digestHex } from '../../base/bytes.ts';
import { openRegistryImage } from '../../image/registry/image.ts';
import { verifyRegistryImage } from '../../image/registry/examine.ts';
import type { OpenedRepository } from '../../oci/open.ts';
import { parseReference, type RegistryReference } from '../../oci/reference.ts';
import { openFrom } from '../inputs/registry.ts';

/** A base image that is a SIF file at hand. */
export interface LocalBase {
  /** As the definition names it. */
  readonly name: string;
  /** Absolute, links resolved. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Device, inode, size and time of last change: differs when the file was touched. */
  readonly identity: string;
}

/** What was found out about one base image. */
export interface BaseVerdict {
  readonly name: string;
  readonly sha256: string;
  /** Why it is refused; empty when it is accepted. */
  readonly refusals: readonly string[];
}

/** How bases are to be verified; undefined when nobody asked. */
export interface BaseRules {
  readonly policyPath: string | undefined;
  readonly profile: string | undefined;
  readonly pin: PolicyPin | undefined;
  /** 40 upper-case hex digits each; every one must have signed. */
  readonly fingerprints: readonly string[];
  readonly keyrings: readonly Uint8Array[];
}

/**
 * What the inputs ask for.
 * @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT
 */
export async function readBaseRules(inputs: BuildInputs): Promise<BaseRules | undefined> {
  const policyPath = inputs.basePolicyPath;
  const fingerprints = inputs.baseFingerprints.map((text) => text.replace(/\s/g, '').toUpperCase());
  const wrong = fingerprints.find((text) => !/^[0-9A-F]{40}$/.test(text));
  if (wrong !== undefined)
    throw new UsageError('USAGE_INVALID_INPUT', `base-fingerprints has ${JSON.stringify(wrong.slice(0, 60))}`, {
      hint: 'give whole fingerprints of 40 hex digits, one a line; `gpg --fingerprint` shows them',
    });
  const paths = inputs.baseKeyring.map((path) => resolve(inputs.workingDirectory, path));
  if (fingerprints.length > 0 && paths.length === 0)
    throw new UsageError('USAGE_MISSING_INPUT', 'base-fingerprints was given without base-keyring', {
      hint: 'give the public keys as ⟨base-keyring⟩; no key server is asked',
    });
  const profile = inputs.basePolicyProfile;
  if (profile !== undefined && policyPath === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'base-policy-profile was given without base-policy-path', {
      hint: 'give ⟨base-policy-path⟩',
    });
  if (policyPath === undefined && fingerprints.length === 0) return undefined;
  return {
    policyPath,
    profile,
    pin: await pinFrom(inputs),
    fingerprints,
    keyrings: await Promise.all(paths.map((path) => readFileBounded(path, LIMITS.keyFileBytes))),
  };
}

/** The bases that are files, for provenance and for judging the space that is needed; unreadable ones are left out. */
export async function localBases(bases: readonly StageBase[], folder: string): Promise<readonly LocalBase[]> {
  const found: LocalBase[] = [];
  for (const { agent, from } of bases) {
    if (agent !== 'localimage' || from === '') continue;
    const base = await openBase(from, resolve(folder, from)).catch(() => undefined);
    if (base) found.push(base);
  }
  return found;
}

async function openBase(name: string, given: string): Promise<LocalBase | undefined> {
  const path = await realpath(given);
  const found = await stat(path, { bigint: true });
  return found.isFile() ? { name, path, sizeBytes: Number(found.size), identity: stateOf(found) } : undefined;
}

/**
 * The SIF bases as files, so that every one of them can be verified; those in a registry are fetched by the build tool.
 * Others than those of `Bootstrap: docker` cannot be verified.
 * @throws BuildError BUILD_BASE_UNVERIFIABLE, BUILD_NETWORK; SystemError
 */
export async function fetchBases(
  bases: readonly StageBase[],
  { folder, tool, host }: { folder: string; tool: BuildTool; host: Host },
): Promise<readonly LocalBase[]> {
  const files: LocalBase[] = [];
  for (const { agent, from } of bases) {
    if (agent === 'docker' && from !== '') continue;
    const path = agent === 'oras' ? await pull(from, { tool, host, index: files.length }) : resolve(folder, from);
    if (agent !== 'oras' && (agent !== 'localimage' || from === ''))
      throw unverifiable(`a base of Bootstrap ${agent || '(none)'} ${from} is none that can be verified`);
    const base = await openBase(from, path).catch((error: unknown) => {
      throw fileError(error, path, 'read');
    });
    if (!base) throw unverifiable(`${from} is a folder, not a SIF file`);
    files.push(base);
  }
  return files;
}

/** By digest only: the build fetches by the same digest, so what was verified is what is used. */
async function pull(from: string, at: { tool: BuildTool; host: Host; index: number }): Promise<string> {
  const address = from.replace(/^\/\//, '');
  if (!/@sha256:[0-9a-f]{64}$/.test(address) || /^-|\s/.test(address))
    throw unverifiable(`the base ${from} is not pinned by digest, so it could change between check and build`);
  const output = join(await at.host.temporaryFolder(), `base-${at.index}.sif`);
  const args = ['pull', '--force', '--', output, `oras://${address}`];
  const { exitCode, stderr } = await at.host.run({ program: at.tool.program, args });
  if (exitCode === 0) return output;
  const reason = printable(stderr.trim().split('\n').at(-1) ?? '');
  throw new BuildError(
    'BUILD_NETWORK',
    `${at.tool.name} pull of ${address} ended with exit code ${exitCode}: ${reason}`,
  );
}

/** A base that was to be verified and cannot be. */
export function unverifiable(problem: string): BuildError {
  return new BuildError('BUILD_BASE_UNVERIFIABLE', problem);
}

/** The verdict about one base. @throws SifError, SystemError when it cannot be read */
export async function verifyBase(base: LocalBase, rules: BaseRules, now: Date): Promise<BaseVerdict> {
  const refusals: string[] = [];
  if (rules.policyPath !== undefined) {
    const criteria = await createCriteria({
      policy: await loadPolicy(rules.policyPath, rules),
      now,
    });
    const { verdict } = await verifySifFile(base.path, criteria, { name: base.name });
    refusals.push(...refusalsOf(verdict));
  }
  if (rules.fingerprints.length > 0) {
    const material = trustIn({ keyrings: rules.keyrings });
    const criteria = await createCriteria({ policy: undefined, material, now });
    const { examination } = await verifySifFile(base.path, criteria, { name: base.name });
    refusals.push(...fingerprintRefusals(examination.facts, rules.fingerprints));
  }
  return { name: base.name, sha256: await fileSha256(base.path), refusals };
}

/** Why a verdict refuses a base; empty when it passed. */
function refusalsOf({ verdict, stages, reasons }: ImageVerdict): readonly string[] {
  if (verdict === 'passed') return [];
  const open = stages.filter((stage) => !isFilled(stage));
  const messages = [...open.flatMap((stage) => stage.reasons), ...reasons].map(({ message }) => message);
  return messages.length > 0 ? [...new Set(messages)] : ['the policy is not satisfied'];
}

/** As the `Fingerprints:` header means it: nothing is broken, and every listed key has signed all of the image. */
export function fingerprintRefusals(facts: ImageFacts, fingerprints: readonly string[]): readonly string[] {
  const broken = facts.layers.filter(({ signature }) => signature === 'invalid' || signature === 'unreadable');
  const signers = new Set<string>();
  for (const { kind, signature, signer, covers, contradicted } of facts.layers) {
    const whole = !contradicted && facts.units.every(({ id }) => covers.includes(id));
    if (kind === 'native-pgp' && signature === 'valid' && whole && signer?.method === 'pgp')
      signers.add(signer.fingerprint);
  }
  return [
    ...facts.problems.filter(({ severity }) => severity !== 'remark').map(({ message }) => message),
    ...broken.flatMap(({ reasons }) => reasons.map(({ message }) => message)),
    ...fingerprints
      .filter((fingerprint) => !signers.has(fingerprint))
      .map((fingerprint) => `no valid OpenPGP signature by ${fingerprint} covers all of it`),
  ];
}

/** SHA-256 of a file as hex. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readFileChunks(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** @throws BuildError BUILD_INPUT_CHANGED when the file is not the one that was looked at before */
export async function assertUnchanged(base: LocalBase): Promise<void> {
  const again = await openBase(base.name, base.path).catch(() => undefined);
  if (again?.identity !== base.identity)
    throw new BuildError('BUILD_INPUT_CHANGED', `the base ${base.path} was changed while the image was built`);
}

/** A base image that a policy can judge in its registry. */
export interface RegistryBase {
  /** As the definition names it. */
  readonly name: string;
  readonly reference: RegistryReference;
  readonly digest: Digest;
}

/**
 * The bases of `Bootstrap: docker`. By digest only: what was judged is then what is built from.
 * @throws BuildError BUILD_BASE_UNVERIFIABLE; RegistryError REGISTRY_REFERENCE_INVALID
 */
export function registryBases(bases: readonly StageBase[], rules: BaseRules): readonly RegistryBase[] {
  return bases.flatMap(({ agent, from }) => {
    if (agent !== 'docker' || from === '') return [];
    if (rules.fingerprints.length > 0)
      throw unverifiable(`the base ${from} of Bootstrap docker is no SIF image, and base-fingerprints asks for one`);
    const reference = parseReference(`docker://${from.replace(/^\/\//, '')}`);
    const digest = reference.in === 'registry' ? reference.digest : undefined;
    if (reference.in !== 'registry' || reference.tag !== undefined || !digest?.startsWith('sha256:'))
      throw unverifiable(`the base ${from} is not pinned by digest alone, so it could change between check and build`);
    return [{ name: from, reference, digest }];
  });
}

/**
 * The verdict about one of them, its data read as well.
 * @throws RegistryError, NetworkError when it cannot be read
 */
export async function verifyRegistryBase(
  { name, reference, digest }: RegistryBase,
  { policyPath, profile, pin }: BaseRules,
  { inputs, host }: { readonly inputs: BuildInputs; readonly host: Host },
): Promise<BaseVerdict> {
  const loaded = policyPath === undefined ? undefined : await loadPolicy(policyPath, { profile, pin });
  const criteria = await createCriteria({ policy: loaded, now: host.now() });
  await using opened = await openBaseRepository(reference, inputs, host);
  const image = await openRegistryImage(opened.repository, digest);
  const verdict = await verifyRegistryImage(image, criteria, { name, verifyData: true });
  return { name, sha256: digestHex(digest), refusals: refusalsOf(verdict) };
}

/** The repository of a base, with the logins that are on the machine: those of the inputs are for other registries. */
export function openBaseRepository(
  reference: RegistryReference,
  inputs: BuildInputs,
  host: Host,
): Promise<OpenedRepository> {
  const connection = {
    ...inputs,
    registryUsername: undefined,
    registryPassword: undefined,
    githubToken: undefined,
    plainHttp: false,
    caCertificates: [],
  };
  return openFrom(connection, host, { reference, access: 'pull' });
}
