// SPDX-License-Identifier: Apache-2.0
// The cleartext signature framework as Apptainer reads and writes it: where the signed text ends and what exactly is
// hashed. Accepts what Apptainer accepts (docs/spec/sif.md, 4.2); cryptography is elsewhere.

import { decodeUtf8, toBase64 } from '../../base/bytes.ts';
import { decodeArmor } from './armor.ts';

const BEGIN_MESSAGE = '-----BEGIN PGP SIGNED MESSAGE-----';
const BEGIN_SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const END_SIGNATURE = '-----END PGP SIGNATURE-----';

/** Values of a Hash header that Apptainer knows; they are never compared with the real hash. */
const HASH_NAMES: ReadonlySet<string> = new Set(
  'MD5 SHA1 RIPEMD160 SHA224 SHA256 SHA384 SHA512 SHA3-256 SHA3-512'.split(' '),
);

/** A decoded cleartext-signed message. */
export interface Cleartext {
  /** Lines joined by LF, no final line end. What is hashed is the same with CRLF. */
  readonly text: string;
  /** Binary OpenPGP signature packets. */
  readonly packets: Uint8Array;
}

/**
 * The message in the data of a signature object, or a text saying why there is none.
 * @see https://www.rfc-editor.org/rfc/rfc9580.html#section-7
 */
export function decodeCleartext(data: Uint8Array): Cleartext | string {
  let source: string;
  try {
    source = decodeUtf8(data, 'the signature object');
  } catch {
    return 'it is not valid UTF-8';
  }
  const start = source.startsWith(BEGIN_MESSAGE) ? 0 : source.indexOf(`\n${BEGIN_MESSAGE}`) + 1;
  if (start === 0 && !source.startsWith(BEGIN_MESSAGE)) return 'it has no cleartext-signed message';
  const lines = source
    .slice(start)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines[0] !== BEGIN_MESSAGE) return 'its first line has something after the dashes';
  const blank = lines.indexOf('', 1);
  if (blank === -1) return 'its headers do not end';
  const header = lines.slice(1, blank).find((line) => !isHashHeader(line));
  if (header !== undefined) return `its header ${JSON.stringify(header.slice(0, 40))} is not a Hash header`;
  const end = lines.indexOf(BEGIN_SIGNATURE, blank);
  if (end === -1) return 'it has no signature block';
  const body = lines.slice(blank + 1, end);
  if (body.some((line) => line.includes('\r'))) return 'its text has a carriage return inside a line';
  const last = lines.findIndex((line, index) => index > end && line.trimEnd() === END_SIGNATURE);
  if (last === -1) return 'its signature block does not end';
  const packets = decodeArmor(lines.slice(end, last).join('\n'));
  if (typeof packets === 'string') return `its signature block ${packets}`;
  return { text: body.map((line) => withoutTrailingBlanks(line.replace(/^- /, ''))).join('\n'), packets };
}

/** In one pass: an expression would look at a long run of blanks in the middle once for each of them. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(0, end);
}

function isHashHeader(line: string): boolean {
  const colon = line.indexOf(':');
  if (colon === -1 || line.slice(0, colon).trim() !== 'Hash') return false;
  const names = line.slice(colon + 1).split(',');
  return names.every((name) => HASH_NAMES.has(name.trim()));
}

/**
 * Data of a signature object, as Apptainer writes it: LF, no checksum, no line end after the last line. `text` must be
 * one line without trailing blanks that does not begin with a dash; sif-metadata always is.
 */
export function encodeCleartext(text: string, hash: string, packets: Uint8Array): string {
  if (/[\r\n]/.test(text) || /[ \t]$/.test(text) || text.startsWith('-'))
    throw new Error('the text of a signature object must be one plain line');
  const base64 = toBase64(packets).match(/.{1,64}/g) ?? [];
  return [BEGIN_MESSAGE, `Hash: ${hash}`, '', text, BEGIN_SIGNATURE, '', ...base64, END_SIGNATURE].join('\n');
}
