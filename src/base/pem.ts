// SPDX-License-Identifier: Apache-2.0
// PEM text ↔ DER blocks. Tolerates CRLF and text around blocks, repairs nothing else.

import { toBase64 } from './bytes.ts';
import { DataError } from './errors.ts';

/** One block of a PEM text, decoded. */
export interface PemBlock {
  /** For instance `PUBLIC KEY`. */
  readonly label: string;
  readonly der: Uint8Array;
}

const MARKER = /-----(BEGIN|END) ([A-Z0-9 ]+)-----/g;

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
    const after = index + marker.length;
    if (kind === 'BEGIN' && !/^\r?\n/.test(text.slice(after, after + 2))) continue;
    if (kind === 'BEGIN' && open) throw damaged(open.label);
    if (kind === 'BEGIN') open = { label, from: after };
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

function damaged(label: string): DataError {
  return new DataError('DATA_PEM_INVALID', `the PEM block ${label.slice(0, 80)} is damaged or has a header`, {
    hint: 'restore the file, or convert the key to PKCS#8',
  });
}

/** PEM text of one block, 64 columns, LF at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
