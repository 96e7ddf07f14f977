// SPDX-License-Identifier: Apache-2.0
// Bytes ↔ text: UTF-8, hex and canonical base64, all strict.

import { hash } from 'node:crypto';
import { DataError } from './errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Text of UTF-8 bytes.
 * @throws DataError DATA_NOT_UTF8
 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new DataError('DATA_NOT_UTF8', `${what} is not valid UTF-8`, {
      cause,
      hint: 'check that the right file was given; it has to be a text in UTF-8',
    });
  }
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * Bytes of canonical standard base64 (padding required, no white space, no stray bits).
 * @throws DataError DATA_BASE64_INVALID
 */
export function fromBase64(text: string, what: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text)
    throw new DataError('DATA_BASE64_INVALID', `${what} is not canonical base64`, {
      hint: 'restore the original bytes; the value was altered or cut',
    });
  return new Uint8Array(bytes);
}

/** One array of all the parts, in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Same length and same bytes; not constant time, so not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

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
  return hash('sha256', bytes, 'hex');
}

/** The hex part of a digest. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** A digest for people: algorithm and the first 12 hex digits. */
export function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}

/** One block of a PEM text, decoded. */
export interface PemBlock {
  /** For instance `PUBLIC KEY`. */
  readonly label: string;
  readonly der: Uint8Array;
}

/** To the end of a line; blanks there count for nothing. No label is longer. */
const MARKER = /-----(BEGIN|END) ([^\n]{1,80}?)-----[\0-\t\v-\x20]*(?=\n|$)/g;

/**
 * All blocks of a PEM text in order; none is not an error. Headers inside a block (`Proc-Type:`) make it unreadable. One
 * pass over the text, which may come from a registry: no search for an end that is not there.
 * @throws DataError DATA_PEM_INVALID
 * @see https://www.rfc-editor.org/rfc/rfc7468.html#section-3
 */
export function parsePem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly from: number } | undefined;
  for (const { 0: marker, 1: kind, 2: label = '', index } of text.matchAll(MARKER)) {
    // OpenSSL cuts long lines into pieces, and what begins such a piece begins a line for it.
    if (index > 0 && text[index - 1] !== '\n') throw damaged(label);
    if (kind === 'BEGIN' && open) throw damaged(open.label);
    if (kind === 'BEGIN') open = { label, from: index + marker.length };
    else if (open) {
      if (open.label !== label) throw damaged(open.label);
      blocks.push({ label, der: decode(text.slice(open.from, index), label) });
      open = undefined;
    }
  }
  return blocks;
}

function decode(base64: string, label: string): Uint8Array {
  const body = base64.replace(/\s+/g, '');
  const der = Buffer.from(body, 'base64');
  if (der.length === 0 || der.toString('base64') !== body) throw damaged(label);
  return new Uint8Array(der);
}

function damaged(label: string, hint = 'restore the file, or convert the key to PKCS#8'): DataError {
  return new DataError('DATA_PEM_INVALID', `the PEM block ${label} is damaged, has a header or is not read by all`, {
    hint,
  });
}

/** Labels that OpenSSL reads as certificates where it looks for one. */
const OTHER_CERTIFICATES: ReadonlySet<string> = new Set(['X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);

/**
 * DER of every certificate in a PEM text; blocks of other kinds are passed over.
 * @throws DataError DATA_PEM_INVALID, also for certificates under a label that not every reader knows
 */
export function certificatesInPem(text: string): readonly Uint8Array[] {
  return parsePem(text).flatMap(({ label, der }) => {
    if (OTHER_CERTIFICATES.has(label)) throw damaged(label, 'write it as CERTIFICATE: `openssl x509 -in OLD -out NEW`');
    return label === 'CERTIFICATE' ? [der] : [];
  });
}

/** PEM text of one block, 64 columns, LF at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
