// SPDX-License-Identifier: Apache-2.0
// Which members of a bundle, and of the statement in it, does Sigstore's format know? Readers made from the format's
// definition, cosign among them, refuse a document with any other; what is signed with one is worth nothing to them.

import { parseJson } from '../base/json.ts';
import { type Shape, strangeMember } from '../base/members.ts';

const CERTIFICATE = { rawBytes: 'text' } as const satisfies Shape;

const LOG_ENTRY = {
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
} as const satisfies Shape;

/** Members of a DSSE envelope. */
export const ENVELOPE_MEMBERS = {
  payload: 'text',
  payloadType: 'text',
  signatures: [{ sig: 'text', keyid: 'text' }],
} as const satisfies Shape;

/** Members of a bundle that holds an envelope. */
export const BUNDLE_MEMBERS = {
  mediaType: 'text',
  verificationMaterial: {
    publicKey: { hint: 'text' },
    certificate: CERTIFICATE,
    x509CertificateChain: { certificates: [CERTIFICATE] },
    tlogEntries: [LOG_ENTRY],
    timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'text' }] },
  },
  dsseEnvelope: ENVELOPE_MEMBERS,
} as const satisfies Shape;

/** Members of an in-toto statement. */
export const STATEMENT_MEMBERS = {
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
} as const satisfies Shape;

/**
 * The first member of a bundle that its format does not have, or that is of another kind there; undefined if all are known.
 * @throws DataError when it is no JSON
 * @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto
 */
export function strangeBundleMember(bytes: Uint8Array): string | undefined {
  return strangeMember(parseJson(bytes, 'the bundle'), BUNDLE_MEMBERS, 'the bundle');
}

/**
 * The same of a statement.
 * @throws DataError when it is no JSON
 * @see https://github.com/in-toto/attestation/blob/v1.1.0/protos/in_toto_attestation/v1/statement.proto
 */
export function strangeStatementMember(payload: Uint8Array): string | undefined {
  return strangeMember(parseJson(payload, 'the statement'), STATEMENT_MEMBERS, 'the statement');
}
