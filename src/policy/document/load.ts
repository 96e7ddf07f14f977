// SPDX-License-Identifier: Apache-2.0
// Policy file → LoadedPolicy: reads the keys and certificates that the policy names, and reduces them to what identities
// are compared with. Relative paths start at the policy file; absolute ones and `..` are allowed, because whoever writes
// the policy decides what is trusted anyway.

import { createPublicKey, X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { equalBytes, toBase64 } from '../../base/bytes.ts';
import { type Digest, digestHex, sha256, sha256Hex } from '../../base/digest.ts';
import { CountersignError, type SourceLocation } from '../../base/errors.ts';
import { readFileBounded } from '../../files/files.ts';
import { LIMITS } from '../../base/limits.ts';
import { parsePem } from '../../base/pem.ts';
import type { TrustMaterial, TrustOrigin } from '../../crypto/verifier.ts';
import { PolicyError } from '../errors.ts';
import { fingerprintOf, isPem } from './document.ts';
import { type Located, valueOf } from './fields.ts';
import type { Credential, Policy } from './model.ts';
import { parsePolicy, type PolicyDocument, type PrincipalDocument } from './parse.ts';

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
  const principals = [];
  for (const principal of document.principals)
    principals.push({ name: principal.name, credentials: await reader.credentials(principal) });
  const digest = sha256(bytes);
  const { name, stages, distinct } = document;
  const trust = await reader.trust(document);
  return {
    policy: { name, digest, principals, stages, distinct },
    name,
    digest,
    trust,
    path: where.path,
    files: reader.files,
  };
}

/** Reads trust files once each and collects what principals bring along. */
class TrustReader {
  readonly #folder: string;
  readonly #files = new Map<string, Promise<Uint8Array>>();
  readonly #keys = new Map<string, Uint8Array>();
  readonly #anchors = new Map<string, Uint8Array>();
  readonly #origins = new Map<Uint8Array, TrustOrigin>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was read so far. */
  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  async credentials(principal: PrincipalDocument): Promise<readonly Credential[]> {
    const credentials: Credential[] = principal.pgp.map(({ value }) => ({
      method: 'pgp',
      fingerprint: fingerprintOf(value),
    }));
    for (const key of principal.key) credentials.push(await this.#key(key));
    for (const x509 of principal.x509) credentials.push(await this.#x509(x509));
    return credentials;
  }

  async trust({ trust }: PolicyDocument): Promise<TrustMaterial> {
    const keyrings: Uint8Array[] = [];
    for (const file of trust.keyrings) {
      const keyring = assertKeyring(await this.#read(file), file);
      keyrings.push(keyring);
      this.#origins.set(keyring, { path: file.value, location: file.location });
    }
    return {
      keyrings,
      keys: [...this.#keys.values()],
      anchors: [...this.#anchors.values()],
      intermediates: await this.#certificates(trust.intermediates),
      certificates: await this.#certificates(trust.certificates),
      origins: this.#origins,
    };
  }

  async #key(source: Located): Promise<Credential> {
    const { value, location } = source;
    const [path, bytes] = isPem(value) ? ['this key', Buffer.from(value)] : [value, await this.#read(source)];
    const spki = spkiOf(bytes, path, location);
    this.#origins.set(spki, { path, location });
    const digest = sha256(spki);
    this.#keys.set(digest, spki);
    return { method: 'key', hint: toBase64(Buffer.from(digestHex(digest), 'hex')) };
  }

  async #x509({ anchors, san, subject, issuer }: PrincipalDocument['x509'][number]): Promise<Credential> {
    const ders = await this.#certificates(anchors);
    for (const der of ders) this.#anchors.set(sha256Hex(der), der);
    return {
      method: 'x509',
      anchors: ders.map(sha256Hex),
      san: san.map(valueOf),
      subject: subject.map(valueOf),
      issuer: issuer.map(valueOf),
    };
  }

  async #certificates(files: readonly Located[]): Promise<readonly Uint8Array[]> {
    const ders = new Map<string, Uint8Array>();
    for (const file of files)
      for (const der of certificatesOf(await this.#read(file), file)) {
        ders.set(sha256Hex(der), der);
        this.#origins.set(der, { path: file.value, location: file.location });
      }
    return [...ders.values()];
  }

  async #read({ value: path, location }: Located): Promise<Uint8Array> {
    const absolute = resolve(this.#folder, path);
    const reading = this.#files.get(absolute) ?? readFileBounded(absolute, LIMITS.keyFileBytes);
    this.#files.set(absolute, reading);
    try {
      return await reading;
    } catch (cause) {
      if (!(cause instanceof CountersignError)) throw cause;
      throw new PolicyError('POLICY_TRUST_FILE', cause.message, {
        cause,
        location,
        hint: `check the path; relative ones start at ${this.#folder}`,
      });
    }
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function unusable(problem: string, location: SourceLocation, cause?: unknown): PolicyError {
  return new PolicyError('POLICY_TRUST_FILE', problem, {
    cause,
    location,
    hint: 'give a file with public keys or certificates in PEM, DER or, for keyrings, OpenPGP form',
  });
}

/** A policy lies in a repository: a private key in it is a leak, whatever else is in the file. */
function assertNoPrivateKey(text: string, what: string, location: SourceLocation): void {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text))
    throw new PolicyError('POLICY_TRUST_FILE', `${what} holds a private key`, {
      location,
      hint: 'replace it by its public key, and treat the private key as leaked if others can read the file',
    });
}

function assertKeyring(bytes: Uint8Array, { value: path, location }: Located): Uint8Array {
  const text = textOf(bytes);
  assertNoPrivateKey(text, path, location);
  const armored = text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----');
  // A binary keyring begins with a public key packet (tag 6) in the old or the new packet format.
  const first = bytes[0] ?? 0;
  const binary = (first & 0xfc) === 0x98 || first === 0xc6;
  if (armored || binary) return bytes;
  throw unusable(`${path} is no OpenPGP public keyring`, location);
}

/** DER of the SPKI in a PEM or DER file: `PUBLIC KEY`, or PKCS#1 `RSA PUBLIC KEY`. */
function spkiOf(bytes: Uint8Array, what: string, location: SourceLocation): Uint8Array {
  const text = textOf(bytes);
  assertNoPrivateKey(text, what, location);
  try {
    const blocks = text.includes('-----BEGIN ') ? parsePem(text) : [{ label: 'PUBLIC KEY', der: bytes }];
    const [block, second] = blocks;
    if (!block || second) throw unusable(`${what} must hold exactly one public key`, location);
    const type = block.label === 'PUBLIC KEY' ? 'spki' : block.label === 'RSA PUBLIC KEY' ? 'pkcs1' : undefined;
    if (!type) throw unusable(`${what} holds a ${block.label}, not a public key`, location);
    const key = createPublicKey({ key: Buffer.from(block.der), format: 'der', type });
    return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    throw unusable(`${what} is no public key that can be read`, location, cause);
  }
}

/** DER of every certificate in a PEM or DER file; at least one. */
function certificatesOf(bytes: Uint8Array, { value: path, location }: Located): readonly Uint8Array[] {
  const text = textOf(bytes);
  assertNoPrivateKey(text, path, location);
  try {
    const blocks = text.includes('-----BEGIN ') ? parsePem(text) : [{ label: 'CERTIFICATE', der: bytes }];
    const foreign = blocks.find(({ label }) => label !== 'CERTIFICATE');
    if (foreign) throw unusable(`${path} holds a ${foreign.label}, not only certificates`, location);
    if (blocks.length === 0) throw unusable(`${path} holds no certificate`, location);
    for (const { der } of blocks)
      if (!equalBytes(new X509Certificate(der).raw, der))
        throw unusable(`${path}: bytes follow a certificate`, location);
    return blocks.map(({ der }) => der);
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    throw unusable(`${path} holds no certificate that can be read`, location, cause);
  }
}
