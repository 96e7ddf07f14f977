// SPDX-License-Identifier: Apache-2.0
// How an approval writes down who gives it, and whose approvals it saw.

import { fromBase64, toBase64 } from '../base/bytes.ts';
import { type Digest, digestHex, parseDigest } from '../base/digest.ts';
import { DataError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { asArray, asObject, asText } from '../base/shape.ts';
import type { SignerName } from '../findings/signer-name.ts';

/** Who gives an approval. */
export interface ApprovalSigner extends SignerName {
  /** X.509: SHA-256 of the certificates signed with, leaf first. Without them all the signature is not what was given. */
  readonly certificates: readonly Digest[];
}

/** A signed thing: the statement alone can be signed by others, too. */
export interface SignedLayer {
  readonly digest: Digest;
  readonly signer: SignerName;
}

const FINGERPRINT = /^[0-9A-F]{40}$/;
const MAX_CERTIFICATES = 20;

/** The digests of an in-toto digest map. */
export function digestMap(digest: Digest): JsonObject {
  return { [digest.slice(0, digest.indexOf(':'))]: digestHex(digest) };
}

/**
 * The SHA-256 member of an in-toto digest map.
 * @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID
 */
export function asDigest(value: JsonValue | undefined, what: string): Digest {
  return parseDigest(`sha256:${asText(asObject(value, what)['sha256'], `${what}.sha256`)}`);
}

/** The name as JSON. */
export function encodeSigner({ key, fingerprint }: SignerName): JsonObject {
  const hex = Buffer.from(fromBase64(key, 'the name of a key')).toString('hex');
  return { key: { sha256: hex }, ...(fingerprint === undefined ? {} : { openpgp: fingerprint }) };
}

/** The name of whoever gives an approval, as JSON. */
export function encodeApprovalSigner(signer: ApprovalSigner): JsonObject {
  const { certificates } = signer;
  return { ...encodeSigner(signer), ...(certificates.length > 0 ? { certificates: certificates.map(digestMap) } : {}) };
}

/** A statement and its signer, as JSON. */
export function encodeSignedLayer({ digest, signer }: SignedLayer): JsonObject {
  return { digest: digestMap(digest), signer: encodeSigner(signer) };
}

/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
export function parseSigner(value: JsonValue, what: string): SignerName {
  const { key, openpgp } = asObject(value, what);
  const hint = toBase64(Buffer.from(digestHex(asDigest(key, `${what}.key`)), 'hex'));
  if (openpgp === undefined) return { key: hint };
  const fingerprint = asText(openpgp, `${what}.openpgp`);
  if (!FINGERPRINT.test(fingerprint))
    throw new DataError('DATA_JSON_INVALID', `${what}.openpgp is no fingerprint of 40 upper-case hex digits`, {
      hint: 'sign the stage again',
    });
  return { key: hint, fingerprint };
}

/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
export function parseApprovalSigner(value: JsonValue | undefined): ApprovalSigner | null {
  if (value === undefined || value === null) return null;
  const what = 'countersign.signer';
  const listed = asObject(value, what)['certificates'] ?? [];
  const certificates = asArray(listed, `${what}.certificates`, MAX_CERTIFICATES).map((one) => asDigest(one, what));
  return { ...parseSigner(value, what), certificates };
}

/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
export function parseSignedLayer(value: JsonValue): SignedLayer {
  const what = 'countersign.replaces entry';
  const { digest, signer } = asObject(value, what);
  return { digest: asDigest(digest, what), signer: parseSigner(signer ?? null, what) };
}
