// SPDX-License-Identifier: Apache-2.0
// Policy file → LoadedPolicy: reads the keys and certificates that the policy names, and reduces them to what identities
// are compared with. Relative paths start at the policy file; absolute ones and `..` are allowed, because whoever writes
// the policy decides what is trusted anyway.

import { dirname, resolve } from 'node:path';
import { decodeUtf8, type Digest, sha256, sha256Hex, toBase64 } from '../../base/bytes.ts';
import { CountersignError, SystemError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { didYouMean } from '../../base/text.ts';
import { TrustFiles, type TrustKind } from '../../crypto/trust.ts';
import type { TrustMaterial } from '../../crypto/verifier.ts';
import { readFileBounded } from '../../files/files.ts';
import { PolicyError } from '../errors.ts';
import { fillStages } from '../rules/threshold.ts';
import { POLICY } from './document.ts';
import { assertDistinct, type Located, type Placed, problemAt, quote, type ValueOf, valueOf } from './fields.ts';
import type { Credential, Policy, Principal, Stage } from './model.ts';
import { fingerprintOf } from './principal-field.ts';
import type { STAGE } from './stage-field.ts';
import { parseYaml } from './yaml.ts';

/** A policy with the trust material it names, ready for createVerifier and evaluatePolicy. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly name: string;
  /** SHA-256 of the policy file's bytes. */
  readonly digest: Digest;
  readonly trust: TrustMaterial;
  /** Absolute path of the policy file; a word for it when it was given as text. */
  readonly path: string;
  /** Absolute paths of the files that it names. */
  readonly files: readonly string[];
}

/**
 * Reads a policy file and every file it names.
 * @throws PolicyError; SystemError or DataError when the policy file itself cannot be read
 */
export async function loadPolicy(path: string): Promise<LoadedPolicy> {
  const absolute = resolve(path);
  const bytes = await readFileBounded(absolute, LIMITS.policyBytes);
  return loadPolicyBytes(bytes, { path: absolute, folder: dirname(absolute) });
}

/**
 * The same for a policy given as text; relative paths start at `folder`, `path` names it in errors.
 * @throws PolicyError
 */
export async function loadPolicyBytes(
  bytes: Uint8Array,
  where: { readonly path: string; readonly folder: string },
): Promise<LoadedPolicy> {
  const document = parsePolicy(bytes, where.path);
  const reader = new TrustReader(where.folder);
  const principals: Principal[] = [];
  for (const principal of document.principals)
    principals.push({ name: principal.name, credentials: await reader.credentials(principal) });
  const digest = sha256(bytes);
  const { name, stages, distinct } = document;
  const trust = await reader.trust(document);
  const policy = { name, digest, principals, stages, distinct };
  return { policy, name, digest, trust, path: where.path, files: reader.files };
}

/** Reads what the policy names, and collects what principals bring along. */
class TrustReader {
  readonly #folder: string;
  readonly #source: TrustFiles;
  readonly #keys = new Map<string, Uint8Array>();
  readonly #anchors = new Map<string, Uint8Array>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#source = new TrustFiles(folder);
  }

  /** What was read so far. */
  get files(): readonly string[] {
    return this.#source.paths;
  }

  async credentials(principal: PrincipalDocument): Promise<readonly Credential[]> {
    const credentials: Credential[] = principal.pgp.map(({ value }) => ({
      method: 'pgp',
      fingerprint: fingerprintOf(value),
    }));
    for (const spki of await this.#parts('key', principal.key)) {
      const digest = sha256Hex(spki);
      this.#keys.set(digest, spki);
      credentials.push({ method: 'key', hint: toBase64(Buffer.from(digest, 'hex')) });
    }
    for (const { anchors, san, subject, issuer } of principal.x509) {
      const ders = await this.#parts('certificate', anchors);
      for (const der of ders) this.#anchors.set(sha256Hex(der), der);
      const names = { san: san.map(valueOf), subject: subject.map(valueOf), issuer: issuer.map(valueOf) };
      credentials.push({ method: 'x509', anchors: ders.map(sha256Hex), ...names });
    }
    return credentials;
  }

  async trust({ trust }: PolicyDocument): Promise<TrustMaterial> {
    return {
      keyrings: await this.#parts('keyring', trust.keyrings),
      keys: [...this.#keys.values()],
      anchors: [...this.#anchors.values()],
      intermediates: await this.#parts('certificate', trust.intermediates),
      certificates: await this.#parts('certificate', trust.certificates),
      origins: this.#source.origins,
    };
  }

  /** One entry at a time, so that an error is about the line that names it. */
  async #parts(kind: TrustKind, entries: readonly Located[]): Promise<readonly Uint8Array[]> {
    const parts = new Map<string, Uint8Array>();
    for (const entry of entries) for (const part of await this.#entry(kind, entry)) parts.set(sha256Hex(part), part);
    return [...parts.values()];
  }

  async #entry(kind: TrustKind, entry: Located): Promise<readonly Uint8Array[]> {
    try {
      return await this.#source.parts(kind, [entry]);
    } catch (cause) {
      if (!(cause instanceof CountersignError)) throw cause;
      const hint = cause instanceof SystemError ? `check the path; relative ones start at ${this.#folder}` : cause.hint;
      throw new PolicyError('POLICY_TRUST_FILE', cause.message, { cause, location: entry.location, hint });
    }
  }
}

type Written = ValueOf<typeof POLICY>;

/** A principal as written. */
export type PrincipalDocument = Written['principals'][number];

/** A policy file as written, checked for everything that can be checked without reading other files. */
export interface PolicyDocument extends Pick<Written, 'trust' | 'principals'> {
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly distinct: readonly (readonly string[])[];
}

/**
 * The policy in a file's bytes; `file` names it in errors.
 * @throws PolicyError with file, line and column
 */
export function parsePolicy(bytes: Uint8Array, file: string): PolicyDocument {
  const written = POLICY.read(parseYaml(policyText(bytes, file), file), '');
  const { name, trust, principals } = written;
  const known = principals.map((principal) => principal.name);
  const stages: Stage[] = [];
  for (const { value } of written.stages) stages.push(readStage(value, { earlier: stages.map(stageName), known }));
  assertDistinct(
    stages.map(({ id }) => id),
    written.stages,
    'the list of stage ids',
  );
  const groups = written.distinct?.value ?? [];
  for (const group of groups) assertKnown(group, stages.map(stageName), 'distinct');
  const distinct = groups.map((group) => group.map(valueOf));
  if (written.distinct) assertSatisfiable(stages, distinct, written.distinct);
  return { name: name.value, trust, principals, stages, distinct };
}

function policyText(bytes: Uint8Array, file: string): string {
  const location = { file, line: 1, column: 1 };
  if (bytes.length > LIMITS.policyBytes)
    throw new PolicyError('POLICY_SYNTAX', `the policy has ${bytes.length} bytes; the limit is ${LIMITS.policyBytes}`, {
      location,
      hint: 'check that the right file was given',
    });
  try {
    return decodeUtf8(bytes, 'the policy');
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new PolicyError('POLICY_SYNTAX', cause.message, { cause, location, hint: 'save the policy as UTF-8' });
  }
}

function stageName({ name }: Stage): string {
  return name;
}

function readStage(
  written: ValueOf<typeof STAGE>,
  { earlier, known }: { readonly earlier: readonly string[]; readonly known: readonly string[] },
): Stage {
  const { id, approvers, threshold, after, signedIdentity } = written;
  const name = written.name.value;
  const native = written.native.map(valueOf);
  assertKnown(approvers, known, `stages.${name}.approvers`);
  for (const { signedBy } of written.requires) assertKnown(signedBy, known, `stages.${name}.requires`);
  if (threshold && threshold.value > approvers.length)
    throw problemAt(
      threshold,
      'POLICY_UNSATISFIABLE',
      `stage ${name} needs ${threshold.value} approvers and lists ${approvers.length}`,
      'lower the threshold or add approvers',
    );
  const late = after?.find(({ value }) => !earlier.includes(value));
  if (late)
    throw problemAt(
      late,
      'POLICY_ORDER',
      `stage ${name} comes after ${quote(late.value)}, which is no stage listed before it`,
      earlier.length === 0 ? 'the first stage comes after none: write after: []' : didYouMean(late.value, earlier),
    );
  if (signedIdentity && !native.includes('cosign'))
    throw problemAt(
      signedIdentity,
      'POLICY_INVALID_VALUE',
      `stage ${name} has signedIdentity and accepts no cosign signatures`,
      'add native: cosign, or remove signedIdentity: approvals name the content alone',
    );
  return {
    name,
    id: id?.value ?? `urn:countersign:stage:${name}`,
    approvers: approvers.map(valueOf),
    threshold: threshold?.value ?? 1,
    after: after?.map(valueOf) ?? earlier.slice(-1),
    native,
    ...(signedIdentity ? { signedIdentity: signedIdentity.value } : {}),
    requires: written.requires.map(({ requirement }) => requirement),
  };
}

/** @throws PolicyError POLICY_UNKNOWN_NAME */
function assertKnown(names: readonly Located[], known: readonly string[], what: string): void {
  for (const name of names)
    if (!known.includes(name.value))
      throw problemAt(
        name,
        'POLICY_UNKNOWN_NAME',
        `${what} has ${quote(name.value)}, which is not defined`,
        didYouMean(name.value, known),
      );
}

/** Supposes that every approver approved: if even that does not do, nothing ever will. */
function assertSatisfiable(stages: readonly Stage[], distinct: PolicyDocument['distinct'], place: Placed): void {
  const needs = stages.map((stage) => ({
    stage: stage.name,
    needed: stage.threshold,
    candidates: stage.approvers.map((principal) => ({ principal, uses: [principal] })),
  }));
  const failed = fillStages(needs, distinct).find((fill) => !fill.met && !fill.undecided);
  if (failed)
    throw problemAt(
      place,
      'POLICY_UNSATISFIABLE',
      `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`,
      'add approvers, lower a threshold, or take the stage out of distinct',
    );
}
