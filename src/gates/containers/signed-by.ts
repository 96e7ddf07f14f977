// SPDX-License-Identifier: Apache-2.0
// What podman's `signedBy` says of GPG signatures in a lookaside folder.

import { posix } from 'node:path';
import { CountersignError } from '../../base/errors.ts';
import { parseSimpleSigning } from '../../oci/cosign/cosign.ts';
import { readLookaside, simpleSignature, TOO_MANY_SIGNATURES } from '../../oci/lookaside.ts';
import { matchesIdentity } from '../../policy/rules/signed-identity.ts';
import { type KeyFiles, keyBytes } from './keys.ts';
import { lookasideOf, type Registries } from './registries.ts';
import type { SignedBy } from './requirement.ts';
import { type AskedImage, podmanReference } from './scopes.ts';

/** GPG signatures of an image, or why nobody can tell which there are, or why podman fails on them. */
export type Lookaside =
  | { readonly signatures: readonly Uint8Array[] }
  | { readonly unknown: string }
  /** With podman’s words. */
  | { readonly broken: string; readonly words: string };

/** A folder of this machine whose path every reader takes alike. */
const FOLDER = /^file:\/\/(\/[A-Za-z0-9_./~-]*)$/;

/**
 * The signatures beside the registry, as podman finds them: a file that is none makes it refuse the image, whatever is asked.
 * @throws SystemError, DataError for files that are there and cannot be read
 */
export async function lookInto(
  registries: Registries,
  image: AskedImage,
  digest: Parameters<typeof readLookaside>[1]['digest'],
): Promise<Lookaside> {
  const url = lookasideOf(registries, image);
  if (url === undefined)
    return {
      unknown: `no file in registries.d names a lookaside for ${image.name}, so that podman looks into a folder of whoever runs it, as /var/lib/containers/sigstore: name one`,
    };
  const folder = FOLDER.exec(url)?.[1];
  if (folder === undefined || posix.normalize(folder) !== folder)
    return { unknown: `${url} is not looked into: it is no plain file:///folder` };
  const repository = image.name.slice(image.name.indexOf('/') + 1);
  const signatures: Uint8Array[] = [];
  const filed = await readLookaside(folder, { repository, digest });
  if (filed.length >= TOO_MANY_SIGNATURES)
    return {
      broken: `${folder} has ${filed.length} signatures of the image or more: remove some, and number the others from 1`,
      words: `server provided ${TOO_MANY_SIGNATURES} signatures, assuming that's unreasonable and a server error`,
    };
  for (const [index, blob] of filed.entries()) {
    const content = simpleSignature(blob);
    if (content === undefined)
      return { broken: `signature-${index + 1} in ${folder} is no signature`, words: 'parsing signature' };
    if (content === 'other') return { unknown: `signature-${index + 1} in ${folder} has a form that is not read here` };
    signatures.push(content);
  }
  return { signatures };
}

/** What became of a requirement: fulfilled, refused for these reasons, or not worked out. */
export type SignedByResult =
  | { readonly is: 'fulfilled' }
  | { readonly is: 'refused'; readonly why: readonly GpgRejection[] }
  | { readonly is: 'unknown'; readonly why: string };

/** An image whose signatures are looked at. */
export interface SignedImage {
  readonly digest: string;
  /** As podman was asked for it. */
  readonly asked: string;
}

/**
 * Whether one of the signatures fulfils the requirement. What we refuse and GPG may accept is not worked out.
 * @throws SystemError for keys that are not there
 */
export async function judgeSignedBy(
  requirement: SignedBy,
  signatures: readonly Uint8Array[],
  { image, files, now }: { readonly image: SignedImage; readonly files: KeyFiles; readonly now: Date },
): Promise<SignedByResult> {
  if (signatures.length === 0) return { is: 'refused', why: [] };
  if (requirement.keyType !== 'GPGKeys') {
    const words = `Unimplemented "keyType" value "${requirement.keyType}"`;
    return { is: 'refused', why: signatures.map(() => ({ words, text: `podman verifies no ${requirement.keyType}` })) };
  }
  const keyrings = await Promise.all(requirement.keys.map((source) => keyBytes(source, files)));
  const results = [];
  for (const signature of signatures) results.push(await judgeOne(signature, keyrings, { requirement, image, now }));
  if (results.includes('fulfilled')) return { is: 'fulfilled' };
  const open = results.find((result) => typeof result === 'object' && 'unknown' in result);
  if (typeof open === 'object' && 'unknown' in open) return { is: 'unknown', why: open.unknown };
  return {
    is: 'refused',
    why: results.flatMap((result) => (typeof result === 'object' && 'text' in result ? [result] : [])),
  };
}

/** Why a signature does not fulfil a requirement: in podman's words and in ours; `elsewhere` when only its place is another. */
export interface GpgRejection {
  readonly words: string;
  readonly text: string;
  readonly elsewhere?: boolean;
}

type OneResult = 'fulfilled' | { readonly unknown: string } | GpgRejection;

async function judgeOne(
  signature: Uint8Array,
  keyrings: readonly Uint8Array[],
  { requirement, image, now }: { readonly requirement: SignedBy; readonly image: SignedImage; readonly now: Date },
): Promise<OneResult> {
  const { verifySigned } = await import('../../crypto/pgp/message.ts');
  try {
    const signed = await verifySigned(signature, { keyrings }, now);
    if (!signed) return { unknown: 'a signature is no plain signed OpenPGP message' };
    const { status, identity, reasons } = signed.check;
    const [reason] = reasons;
    if (status === 'unknown-signer' || reason?.code === 'SIGNATURE_BAD')
      return { words: '', text: reason?.message ?? 'one is by another key' };
    // GPG judges hashes, times and marks of keys by other rules, and imports no key without a good user ID.
    if (status !== 'valid' || identity?.method !== 'pgp') return { unknown: reason?.message ?? 'a key is in doubt' };
    if (identity.userIds.length === 0) return { unknown: `the key ${identity.fingerprint} has no user ID` };
    return contentProblem(signed.content, requirement, image) ?? 'fulfilled';
  } catch (error) {
    if (error instanceof CountersignError) return { unknown: `a key of policy.json cannot be read: ${error.message}` };
    throw error;
  }
}

function contentProblem(content: Uint8Array, { signedIdentity }: SignedBy, { digest, asked }: SignedImage) {
  const said = parseSimpleSigning(content, 'gpg');
  if (!said) return { words: '', text: 'what one signs is no container signature' };
  if (said.digest !== digest)
    return { words: `Signature for digest ${said.digest} does not match`, text: `one is for ${said.digest}` };
  if (podmanReference(said.reference) && matchesIdentity(signedIdentity, said.reference, asked)) return undefined;
  return {
    words: `Signature for identity ${JSON.stringify(said.reference)} is not accepted`,
    text: `one was made for ${said.reference}, and ${signedIdentity.type} is asked of ${asked}`,
    elsewhere: true,
  };
}
