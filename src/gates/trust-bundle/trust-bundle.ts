// SPDX-License-Identifier: Apache-2.0
// A policy with every file that it names as one signed archive, for machines without a network: first the statement, signed,
// with the digest of each file, then the files.

import { dirname, posix, sep } from 'node:path';
import { encodePae, parseBundle } from '../../attest/bundle.ts';
import { signStatement } from '../../attest/sign.ts';
import {
  digestMap,
  encodeStatement,
  IN_TOTO_PAYLOAD_TYPE,
  parseStatement,
  subjectDigests,
  subjectNamed,
} from '../../attest/statement.ts';
import { sha256 } from '../../base/bytes.ts';
import { CountersignError, SystemError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { asObject, asOptionalText, asText } from '../../base/members.ts';
import { toSecond } from '../../base/text.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { Verifier } from '../../crypto/verifier.ts';
import { readFileBounded } from '../../files/files.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { PolicyFile } from '../../policy/document/model.ts';
import { signaturePath } from '../../policy/signed/signature.ts';
import { GateError } from '../errors.ts';
import { type ArchivedFile, decodeArchive, encodeArchive, invalid } from './archive.ts';

/** Predicate type of the statement. */
const PREDICATE_TYPE = 'urn:countersign:trust-bundle:v1';
/** Name of the signed statement in the archive. */
const STATEMENT_NAME = 'trust-bundle.sigstore.json';

/** What a trust bundle holds. */
export interface TrustBundle {
  readonly files: readonly ArchivedFile[];
  /** Name of the policy among them. */
  readonly policy: string;
  /** Which profile of the policy it is about; null when the policy has none. */
  readonly profile: string | null;
  /** When it was made, as its signer says: RFC 3339. */
  readonly createdAt: string;
}

/**
 * The files of a policy, and what `policy sign` wrote beside it; the first is the policy. Their names start at the
 * innermost folder that is above all of them.
 * @throws GateError GATE_BUNDLE_INVALID when one is named by an absolute path; SystemError
 */
export async function bundleFiles({
  files,
  path,
}: Pick<LoadedPolicy, 'files' | 'path'>): Promise<readonly ArchivedFile[]> {
  const [policy, ...named] = files;
  if (policy?.path !== path) throw invalid('the policy is no file');
  const outside = files.find(({ name }) => name.startsWith('/') || /^[A-Za-z]:/.test(name));
  if (outside)
    throw invalid(`${outside.path} is named by an absolute path, so that it would not be found in another place`);
  const up = Math.max(...files.map(({ name }) => /^(?:\.\.\/)*/.exec(name)?.[0].length ?? 0)) / '../'.length;
  const above = up === 0 ? '' : dirname(path).split(sep).slice(-up).join('/');
  const sorted = named.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const all = [policy, ...new Map(sorted.map((file) => [file.name, file])).values(), ...(await signatureOf(policy))];
  return all.map(({ name, bytes }) => ({ name: posix.join(above, name), bytes }));
}

async function signatureOf({ name, path }: PolicyFile): Promise<readonly Pick<PolicyFile, 'name' | 'bytes'>[]> {
  try {
    return [{ name: signaturePath(name), bytes: await readFileBounded(signaturePath(path), LIMITS.bundleBytes) }];
  } catch (error) {
    if (error instanceof SystemError && error.code === 'FILE_NOT_FOUND') return [];
    throw error;
  }
}

/** The archive of a policy with its files, the policy first. @throws GateError GATE_BUNDLE_INVALID; SignatureError when it cannot be signed */
export async function encodeTrustBundle(
  loaded: Pick<LoadedPolicy, 'name' | 'digest'>,
  files: readonly ArchivedFile[],
  { signer, now, profile }: { readonly signer: Signer; readonly now: Date; readonly profile?: string | undefined },
): Promise<Uint8Array> {
  const statement = encodeStatement({
    subject: files.map(({ name, bytes }) => subjectNamed(name, sha256(bytes))),
    predicateType: PREDICATE_TYPE,
    predicate: {
      policy: { uri: loaded.name, digest: digestMap(loaded.digest) },
      path: files[0]?.name ?? '',
      profile: profile ?? null,
      createdAt: toSecond(now),
    },
  });
  const bytes = await signStatement(statement, signer, { now });
  return encodeArchive([{ name: STATEMENT_NAME, bytes }, ...files]);
}

/**
 * What a trust bundle holds, by a signer whom the verifier knows.
 * @throws GateError GATE_BUNDLE_UNTRUSTED, GATE_BUNDLE_INVALID
 */
export async function openTrustBundle(
  archive: Uint8Array,
  { verifier, now }: { readonly verifier: Verifier; readonly now: Date },
): Promise<TrustBundle> {
  const [signed, ...files] = decodeArchive(archive);
  if (signed?.name !== STATEMENT_NAME) throw invalid(`it does not begin with ${STATEMENT_NAME}`);
  try {
    return { files, ...said(await verifiedPayload(signed.bytes, { verifier, now }), files) };
  } catch (error) {
    if (error instanceof GateError || !(error instanceof CountersignError)) throw error;
    throw invalid(error.message, error);
  }
}

async function verifiedPayload(
  bytes: Uint8Array,
  { verifier, now }: { readonly verifier: Verifier; readonly now: Date },
): Promise<Uint8Array> {
  const { envelope, material, timestamps, json } = parseBundle(bytes);
  const { payload, payloadType, signature, keyid } = envelope;
  if (payloadType !== IN_TOTO_PAYLOAD_TYPE) throw invalid(`what is signed is ${JSON.stringify(payloadType)}`);
  const pae = encodePae(payloadType, payload);
  const check = await verifier.verifyDsse(
    { pae, signature, material, keyid, hashing: 'bundle', timestamps, bundle: json },
    now,
  );
  if (check.status === 'valid') return payload;
  const why = check.reasons[0]?.message ?? 'its signer is unknown';
  throw new GateError('GATE_BUNDLE_UNTRUSTED', `the trust bundle is not signed by the key that was given: ${why}`);
}

/** What the statement says of exactly these files. */
function said(payload: Uint8Array, files: readonly ArchivedFile[]): Omit<TrustBundle, 'files'> {
  const { predicateType, predicate, subject } = parseStatement(payload);
  if (predicateType !== PREDICATE_TYPE) throw invalid(`what is signed is a statement of type ${predicateType}`);
  const listed = subject.map((one) => `${one.name} ${subjectDigests(one).join()}`);
  const present = files.map(({ name, bytes }) => `${name} ${sha256(bytes)}`);
  const strange = present.find((one, index) => listed[index] !== one) ?? listed[present.length];
  if (strange !== undefined) throw invalid(`${strange.split(' ')[0]} is not what was signed`);
  const { path, profile, createdAt } = asObject(predicate, 'the predicate');
  const policy = asText(path, 'path');
  if (files[0]?.name !== policy) throw invalid('its first file is not the policy');
  return { policy, profile: asOptionalText(profile, 'profile'), createdAt: asText(createdAt, 'createdAt') };
}
