// SPDX-License-Identifier: Apache-2.0
// PEM text ↔ DER blocks. Tolerates CRLF and text around blocks, repairs nothing else. Which lines begin and end a block
// is decided as OpenSSL and Go decide it, so that they find no other block in a file than we do.

import { toBase64 } from './bytes.ts';
import { DataError } from './errors.ts';

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
    if (OTHER_CERTIFICATES.has(label)) throw damaged(label, 'write it as CERTIFICATE: `openssl x509 -in FILE`');
    return label === 'CERTIFICATE' ? [der] : [];
  });
}

/** PEM text of one block, 64 columns, LF at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
