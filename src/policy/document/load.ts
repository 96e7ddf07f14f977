// SPDX-License-Identifier: Apache-2.0
// Policy file → LoadedPolicy: reads the keys and certificates that the policy names, and reduces them to what identities
// are compared with. Relative paths start at the file that names them; absolute ones and `..` are allowed, because whoever writes
// the policy decides what is trusted anyway.

import type { BigIntStats } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { type Digest, sha256, sha256Hex, toBase64 } from '../../base/bytes.ts';
import { CountersignError, type SourceLocation, SystemError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { type ReadFile, TrustFiles, type TrustKind } from '../../crypto/trust.ts';
import type { SigstoreTrust, TrustMaterial } from '../../crypto/verifier.ts';
import { assertOfOneTime, findFile, type FoundFile } from '../../files/files.ts';
import { PolicyError } from '../errors.ts';
import { type Located, valueOf } from './fields.ts';
import { keylessCredentials } from '../keyless/field.ts';
import type { Credential, Policy, PolicyFile, Principal } from './model.ts';
import { isWhole, parseDocument, type PolicyDocument, type PrincipalDocument, readPolicy } from './document.ts';
import { fingerprintOf, windowOf } from './people.ts';
import {
  type ComposedFile,
  type ComposeOptions,
  type Composition,
  composePolicy,
  profilesOf,
} from '../compose/compose.ts';
import { type PolicyPin, SignedPolicy } from '../signed/signature.ts';

/** A policy with the trust material it names, ready for createVerifier and evaluatePolicy. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** With the profile that counts behind a slash. */
  readonly name: string;
  /** SHA-256 of the policy file's bytes; of a document that names all files and the profile where there are more. */
  readonly digest: Digest;
  readonly trust: TrustMaterial;
  /** Absolute path of the policy file; a word for it when it was given as text. */
  readonly path: string;
  /** Where each principal stands. */
  readonly places: ReadonlyMap<string, SourceLocation>;
  /** Every file that it consists of, each once: the policy file unless it was given as text, and all that it names. */
  readonly files: readonly PolicyFile[];
  /** Absolute paths below which these were looked for: files, folders, and where patterns begin. */
  readonly roots: readonly string[];
}

/** How a policy is to be read. */
export interface PolicyChoice {
  /** Which of its profiles counts. */
  readonly profile?: string | undefined;
  /** Who must have signed it. */
  readonly pin?: PolicyPin | undefined;
}

/**
 * Reads a policy file, the files that it extends, and every file they name.
 * @throws PolicyError; SystemError or DataError when the policy file itself cannot be read
 */
export async function loadPolicy(path: string, choice: PolicyChoice = {}): Promise<LoadedPolicy> {
  const absolute = resolve(path);
  return load(await readPolicyFile(absolute), { path: absolute, folder: dirname(absolute), isText: false }, choice);
}

/**
 * The same for a policy given as text; relative paths start at `folder`, `path` names it in errors.
 * @throws PolicyError
 */
export async function loadPolicyBytes(
  bytes: Uint8Array,
  where: { readonly path: string; readonly folder: string },
  choice: PolicyChoice = {},
): Promise<LoadedPolicy> {
  return load({ bytes }, { ...where, isText: true }, choice);
}

function readPolicyFile(path: string): Promise<FoundFile> {
  return findFile(path, LIMITS.policyBytes);
}

/**
 * Names of the profiles of a policy file; none where it has none.
 * @throws as loadPolicy
 */
export async function profilesIn(path: string): Promise<readonly string[]> {
  const absolute = resolve(path);
  const file = { path: absolute, name: undefined, bytes: (await readPolicyFile(absolute)).bytes };
  const read: ComposeOptions['read'] = async ({ path: other }) => (await readPolicyFile(other)).bytes;
  return profilesOf(file, { folder: dirname(absolute), read });
}

interface Place {
  readonly path: string;
  readonly folder: string;
  readonly isText: boolean;
}

async function load(
  text: { readonly bytes: Uint8Array; readonly stats?: BigIntStats },
  where: Place,
  { profile: wanted, pin }: PolicyChoice,
): Promise<LoadedPolicy> {
  const signed = pin && (await SignedPolicy.open(where.path, pin));
  // What was read must be of one time.
  const seen = new Map<string, BigIntStats>();
  const accept = (file: UnnamedFile) => {
    if (file.stats) seen.set(file.path, file.stats);
    signed?.assertSigned(policyFile(file, where.folder));
  };
  const read = async (file: Omit<ComposedFile, 'bytes'>) => {
    const found = await readPolicyFile(file.path);
    accept({ ...file, use: 'policy', ...found });
    return found.bytes;
  };
  const { path, folder } = where;
  const first = { path, name: undefined, ...text };
  accept({ ...first, use: 'policy' });
  const composed = await documentIn(first, { folder, profile: wanted, read });
  const loaded = await readNamed(composed, where, accept);
  assertOfOneTime(seen);
  signed?.assertAll(composed.profile, loaded.files);
  return loaded;
}

/** What a policy says that was put together; the tree that said it is let go of before more is read. */
interface Composed extends Omit<Composition, 'node'> {
  readonly document: PolicyDocument;
}

async function documentIn(first: ComposedFile, options: ComposeOptions): Promise<Composed> {
  const node = parseDocument(first.bytes, first.path);
  if (options.profile === undefined && isWhole(node))
    return { document: readPolicy(node), profile: undefined, files: [first], digest: sha256(first.bytes) };
  const { node: whole, ...composition } = await composePolicy({ ...first, node }, options);
  return { document: readPolicy(whole), ...composition };
}

/** Reads what a policy names that was put together. */
async function readNamed(
  { document, digest, profile, files }: Composed,
  where: Place,
  accept: (file: UnnamedFile) => void,
): Promise<LoadedPolicy> {
  const reader = new TrustReader(where.folder, { accept, files });
  const principals: Principal[] = [];
  for (const principal of document.principals)
    principals.push({
      name: principal.name,
      ...(principal.many ? { many: true } : {}),
      ...(principal['github-user'].length > 0 ? { githubUsers: principal['github-user'].map(valueOf) } : {}),
      credentials: await reader.credentials(principal),
    });
  const { teams, stages, distinct, deny, objects } = document;
  const name = profile === undefined ? document.name : `${document.name}/${profile}`;
  const trust = await reader.trust(document);
  const policy = { name, digest, principals, teams, stages, distinct, deny, ...(objects ? { objects } : {}) };
  const places = new Map(document.principals.map((one) => [one.name, one.location]));
  const documents = files
    .slice(where.isText ? 1 : 0)
    .map((file) => policyFile({ ...file, use: 'policy' }, where.folder));
  return {
    policy,
    name,
    digest,
    trust,
    places,
    path: where.path,
    files: [...documents, ...reader.files],
    roots: [...files.slice(1).map((file) => file.path), ...reader.roots],
  };
}

/** A file by the name that it was written with, if it was. */
type UnnamedFile = Omit<PolicyFile, 'name'> & { readonly name?: string | undefined; readonly stats?: BigIntStats };

function policyFile({ name, path, use, bytes }: UnnamedFile, folder: string): PolicyFile {
  const isFixed = name !== undefined && isAbsolute(name);
  return { path, use, bytes, name: isFixed ? name : relative(folder, path).split(sep).join('/') };
}

/** Reads what the policy names, and collects what principals bring along. */
class TrustReader {
  readonly #folder: string;
  readonly #fixed: ReadonlySet<string>;
  readonly #source: TrustFiles;
  readonly #read = new Map<string, Promise<readonly Uint8Array[]>>();
  readonly #keys = new Map<string, Uint8Array>();
  readonly #anchors = new Map<string, Uint8Array>();

  constructor(
    folder: string,
    { accept, files }: { readonly accept: (file: UnnamedFile) => void; readonly files: readonly ComposedFile[] },
  ) {
    this.#folder = folder;
    this.#fixed = new Set(files.flatMap(({ name }) => name ?? []));
    this.#source = new TrustFiles(folder, (file) => accept(this.#named(file)));
  }

  /** What was read so far, by name. */
  get files(): readonly PolicyFile[] {
    const files = this.#source.files.map((file) => policyFile(this.#named(file), this.#folder));
    return files.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** What a file names to which an absolute path led is the same file wherever the policy lies. */
  #named({ path, name, bytes, stats, kind, location }: ReadFile): UnnamedFile {
    return { path, bytes, stats, use: kind, name: location && this.#fixed.has(location.file) ? path : name };
  }

  /** Where it was looked so far. */
  get roots(): readonly string[] {
    return [...this.#source.roots];
  }

  async credentials(principal: PrincipalDocument): Promise<readonly Credential[]> {
    const credentials: Credential[] = principal.pgp.map((written) => ({
      method: 'pgp',
      fingerprint: fingerprintOf(written.value),
      ...windowOf(principal, written),
    }));
    for (const written of principal.key)
      for (const spki of await this.#parts('key', [written])) {
        const digest = sha256Hex(spki);
        addNew(this.#keys, digest, spki);
        const hint = toBase64(Buffer.from(digest, 'hex'));
        credentials.push({ method: 'key', hint, ...windowOf(principal, written) });
      }
    for (const written of principal.x509) {
      const { anchors, san, subject, issuer, any } = written;
      const ders = await this.#parts('certificate', anchors);
      for (const der of ders) addNew(this.#anchors, sha256Hex(der), der);
      const names = { san: san.map(valueOf), subject: subject.map(valueOf), issuer: issuer.map(valueOf) };
      const more = { ...(any ? { any: any.value } : {}), ...windowOf(principal, written) };
      credentials.push({ method: 'x509', anchors: ders.map(sha256Hex), ...names, ...more });
    }
    const { sigstore, github, gitlab } = principal;
    if (sigstore.length + github.length + gitlab.length > 0) credentials.push(...keylessCredentials(principal));
    return credentials;
  }

  async trust({ trust, deny }: PolicyDocument): Promise<TrustMaterial> {
    return {
      keyrings: await this.#parts('keyring', trust.keyrings),
      keys: [...this.#keys.values()],
      anchors: [...this.#anchors.values()],
      intermediates: await this.#parts('certificate', trust.intermediates),
      certificates: await this.#parts('certificate', trust.certificates),
      crls: await this.#parts('crl', trust.crls),
      ...(trust.revocation ? { revocation: trust.revocation.value } : {}),
      timestamps: await this.#parts('certificate', trust.timestamps),
      denied: deny,
      sigstore: await this.#instances(trust.sigstore),
      origins: this.#source.origins,
    };
  }

  async #instances(written: PolicyDocument['trust']['sigstore']): Promise<TrustMaterial['sigstore']> {
    const instances = new Map<string, SigstoreTrust>();
    for (const { root, log, timestamps, sct } of written)
      for (const bytes of await this.#entry('trusted-root', root)) {
        const asked = { log: log?.value ?? 1, timestamps: timestamps?.value ?? 1, sct: sct?.value ?? 1 };
        const before = instances.get(sha256Hex(bytes));
        // The least that one of them asks would do.
        if (before && (before.log !== asked.log || before.timestamps !== asked.timestamps || before.sct !== asked.sct))
          throw new PolicyError('POLICY_CONTRADICTION', 'the instance is named before, with other numbers', {
            location: root.location,
            hint: 'name each trusted root once',
          });
        instances.set(sha256Hex(bytes), { root: bytes, ...asked });
      }
    return [...instances.values()];
  }

  /** One entry at a time, so that an error is about the line that names it. */
  async #parts(kind: TrustKind, entries: readonly Located[]): Promise<readonly Uint8Array[]> {
    const parts = new Map<string, Uint8Array>();
    for (const entry of entries)
      for (const part of await this.#entry(kind, entry)) addNew(parts, sha256Hex(part), part);
    return [...parts.values()];
  }

  async #entry(kind: TrustKind, entry: Located): Promise<readonly Uint8Array[]> {
    const { file } = entry.location;
    const folder = isAbsolute(file) ? dirname(file) : this.#folder;
    try {
      const key = `${kind} ${folder} ${entry.value}`;
      const reading = this.#read.get(key) ?? this.#source.parts(kind, [{ ...entry, folder }]);
      this.#read.set(key, reading);
      return await reading;
    } catch (cause) {
      if (!(cause instanceof CountersignError) || cause instanceof PolicyError) throw cause;
      const hint = cause instanceof SystemError ? `check the path; relative ones start at ${folder}` : cause.hint;
      throw new PolicyError('POLICY_TRUST_FILE', cause.message, { cause, location: entry.location, hint });
    }
  }
}

/** The first of several that are equal stays, and with it the place that it is from. */
function addNew(parts: Map<string, Uint8Array>, digest: string, part: Uint8Array): void {
  if (!parts.has(digest)) parts.set(digest, part);
}
