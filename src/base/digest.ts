// SPDX-License-Identifier: Apache-2.0
// Digests as text: `sha256:<64 hex>`, the form that names content everywhere in OCI and in our statements.

import { createHash } from 'node:crypto';
import { DataError } from './errors.ts';

/** `sha256:` + 64 or `sha512:` + 128 lower-case hex digits. */
export type Digest = `sha256:${string}` | `sha512:${string}`;

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** True when the text is a digest that we support. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/**
 * The text as a digest.
 * @throws DataError DATA_DIGEST_INVALID
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export function parseDigest(text: string): Digest {
  if (!isDigest(text))
    throw new DataError('DATA_DIGEST_INVALID', `not a digest: ${JSON.stringify(text.slice(0, 160))}`, {
      hint: 'write sha256: followed by 64 lower-case hex digits',
    });
  return text;
}

/** SHA-256 of the bytes. */
export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${sha256Hex(bytes)}`;
}

/** SHA-256 of the bytes as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The hex part of a digest. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** A digest for people: algorithm and the first 12 hex digits. */
export function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}
