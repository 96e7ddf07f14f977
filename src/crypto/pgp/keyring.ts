// SPDX-License-Identifier: Apache-2.0
// The OpenPGP keys of the trust material. What is wrong with a file is said here, before any image is read.

import { concatBytes } from '../../base/bytes.ts';
import { SignatureError } from '../errors.ts';
import type { Sourced } from '../../findings/signature.ts';
import { sourceOf } from '../trust.ts';
import { trustError } from '../trust-error.ts';
import type { TrustMaterial } from '../verifier.ts';
import { unsupportedKey } from './key.ts';
import {
  fingerprintOf,
  isMadeBy,
  type Key,
  type KeyFile,
  mergeKeys,
  readKeyFile,
  type SignaturePacket,
} from './pgp.ts';

/** Public keys that are trusted, by upper-case fingerprint of the primary key. */
export type PgpKeyring = ReadonlyMap<string, Key>;

/** Keys that a message names. */
const NAMED = 5;

type KeyringFiles = Pick<TrustMaterial, 'keyrings' | 'origins'>;

/**
 * The version 4 keys of keyrings. Copies of one key are merged and revocations that stand alone are added to theirs, so
 * that a revocation counts wherever it is.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE, also for a file none of whose keys can be used
 */
export async function readKeyring(trust: KeyringFiles): Promise<PgpKeyring> {
  return (await readSourcedKeyring(trust)).keyring;
}

/**
 * The same, and where each key is from, by its fingerprint: the first keyring that holds it.
 * @throws SignatureError as readKeyring
 */
export async function readSourcedKeyring(
  trust: KeyringFiles,
): Promise<{ readonly keyring: PgpKeyring; readonly sources: ReadonlyMap<string, Sourced> }> {
  const files = await readFiles(trust);
  const from = trust.keyrings.map((file) => sourceOf(trust, file));
  const sources = files.flatMap(({ keys }, index) =>
    keys.map((key) => [fingerprintOf(key), from[index] ?? {}] as const),
  );
  return { keyring: await mergeFiles(trust, files), sources: new Map(sources.toReversed()) };
}

async function readFiles(trust: KeyringFiles): Promise<readonly KeyFile[]> {
  const files: KeyFile[] = [];
  for (const [index, file] of trust.keyrings.entries())
    files.push(await about(trust, index, async () => assertUsable(await readKeyFile(file), file)));
  return files;
}

async function mergeFiles(trust: KeyringFiles, files: readonly KeyFile[]): Promise<PgpKeyring> {
  const copies = new Map<string, Key[]>();
  for (const key of files.flatMap(({ keys }) => keys).filter(({ keyPacket }) => keyPacket.version === 4))
    copies.set(fingerprintOf(key), [...(copies.get(fingerprintOf(key)) ?? []), key]);
  const revocations = new Map<string, SignaturePacket[]>();
  for (const [index, file] of files.entries())
    for (const revocation of file.revocations) {
      const fingerprint = await about(trust, index, () => revokedKey(revocation, copies));
      revocations.set(fingerprint, [...(revocations.get(fingerprint) ?? []), revocation]);
    }
  return new Map(
    [...copies].map(([fingerprint, keys]) => [fingerprint, mergeKeys(keys, revocations.get(fingerprint) ?? [])]),
  );
}

/** What goes wrong is told with the file that it is about. */
async function about<T>(trust: KeyringFiles, index: number, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw trustError(cause, { trust, kind: 'keyrings', index });
  }
}

function assertUsable(file: KeyFile, bytes: Uint8Array): KeyFile {
  const unusable = [...file.foreign, ...file.keys.flatMap((key) => describeUnusable(key) ?? [])];
  if (bytes.length === 0 || unusable.length < file.keys.length + file.foreign.length || file.revocations.length > 0)
    return file;
  const what = unusable.length === 0 ? 'no OpenPGP key' : [...new Set(unusable)].slice(0, NAMED).join(', ');
  throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', `it holds ${what}`, {
    hint: 'give a version 4 public key of type Ed25519, NIST P-256, P-384 or P-521, or RSA of 2048 bits or more',
  });
}

function describeUnusable(key: Key): string | undefined {
  const problem = unsupportedKey(key);
  return problem === undefined ? undefined : `the OpenPGP key ${fingerprintOf(key)}, and ${problem}`;
}

/** The fingerprint of the key that a revocation is for. */
async function revokedKey(revocation: SignaturePacket, known: ReadonlyMap<string, readonly Key[]>): Promise<string> {
  const id = revocation.issuerKeyID.toHex().toUpperCase();
  for (const [fingerprint, [key]] of known)
    if (key && fingerprint.endsWith(id) && (await isMadeBy(revocation, key.keyPacket, { key: key.keyPacket })))
      return fingerprint;
  throw new SignatureError(
    'SIGNATURE_TRUST_UNREADABLE',
    `it holds a revocation of the OpenPGP key ${id}, which is in no keyring`,
    { hint: 'give the public key itself; beside it, the revocation takes back what is trusted' },
  );
}

/**
 * The public keys with these fingerprints as one binary keyring, revocations included, as `apptainer key import` and
 * skopeo read it; the fingerprints that are in no keyring are left over.
 * @throws SignatureError as readKeyring
 */
export async function exportKeys(
  trust: KeyringFiles,
  fingerprints: readonly string[],
): Promise<{ readonly bytes: Uint8Array; readonly missing: readonly string[] }> {
  const keyring = await readKeyring(trust);
  const found = fingerprints.flatMap((fingerprint) => keyring.get(fingerprint) ?? []);
  return {
    bytes: concatBytes(...found.map((key) => key.toPublic().write())),
    missing: fingerprints.filter((fingerprint) => !keyring.has(fingerprint)),
  };
}
