// SPDX-License-Identifier: Apache-2.0
// Which members of a bundle, and of the statement in it, does Sigstore's format know? Readers made from the format's
// definition, cosign among them, refuse a document with any other; what is signed with one is worth nothing to them.

import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts';

/** `any` value, a `text`, an `object` with any members, or the members that are known, or a list of such. */
type Shape = 'any' | 'text' | 'object' | { readonly [member: string]: Shape } | readonly [Shape];

const CERTIFICATE: Shape = { rawBytes: 'text' };

const LOG_ENTRY: Shape = {
  logIndex: 'any',
  logId: { keyId: 'text' },
  kindVersion: { kind: 'text', version: 'text' },
  integratedTime: 'any',
  inclusionPromise: { signedEntryTimestamp: 'text' },
  inclusionProof: {
    logIndex: 'any',
    rootHash: 'text',
    treeSize: 'any',
    hashes: ['text'],
    checkpoint: { envelope: 'text' },
  },
  canonicalizedBody: 'text',
};

const BUNDLE: Shape = {
  mediaType: 'text',
  verificationMaterial: {
    publicKey: { hint: 'text' },
    certificate: CERTIFICATE,
    x509CertificateChain: { certificates: [CERTIFICATE] },
    tlogEntries: [LOG_ENTRY],
    timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'text' }] },
  },
  dsseEnvelope: { payload: 'text', payloadType: 'text', signatures: [{ sig: 'text', keyid: 'text' }] },
};

const STATEMENT: Shape = {
  _type: 'text',
  subject: [
    {
      name: 'text',
      uri: 'text',
      digest: 'object',
      content: 'text',
      downloadLocation: 'text',
      mediaType: 'text',
      annotations: 'object',
    },
  ],
  predicateType: 'text',
  predicate: 'object',
};

/**
 * The first member of a bundle that its format does not have, or that is of another kind there; undefined if all are known.
 * @throws DataError when it is no JSON
 * @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto
 */
export function strangeBundleMember(bytes: Uint8Array): string | undefined {
  return strange(parseJson(bytes, 'the bundle'), BUNDLE, 'the bundle');
}

/**
 * The same of a statement.
 * @throws DataError when it is no JSON
 * @see https://github.com/in-toto/attestation/blob/v1.1.0/protos/in_toto_attestation/v1/statement.proto
 */
export function strangeStatementMember(payload: Uint8Array): string | undefined {
  return strange(parseJson(payload, 'the statement'), STATEMENT, 'the statement');
}

/** Where the value is not of this shape; null stands for a member that is not given. */
function strange(value: JsonValue, shape: Shape, where: string): string | undefined {
  if (value === null || shape === 'any') return undefined;
  if (shape === 'text') return typeof value === 'string' ? undefined : where;
  if (shape === 'object') return isJsonObject(value) ? undefined : where;
  if (isList(shape)) {
    if (!Array.isArray(value)) return where;
    return first(value, (item, index) => strange(item, shape[0], `${where}[${index}]`));
  }
  if (!isJsonObject(value)) return where;
  return first(Object.entries(value), ([name, member]) => {
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const path = `${where}.${name.slice(0, 80)}`;
    return known === undefined ? path : strange(member, known, path);
  });
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function first<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
