// SPDX-License-Identifier: Apache-2.0
// Armored OpenPGP: finds and decodes the blocks of key files, and repairs what secret stores do to line ends.

import { fromBase64, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';

const KEY_BLOCK = /-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----([\s\S]*?)-----END PGP [A-Z ]+-----/g;
const ONE_LINE = /^\s*(-----BEGIN [A-Z0-9 ]+-----)([^\n]*?)(-----END [A-Z0-9 ]+-----)\s*$/;

/** What is inside the armored key blocks of a file; undefined when it has no armor at all and so must be binary. */
export function keyBlocks(bytes: Uint8Array): readonly string[] | undefined {
  const text = latin1(bytes);
  return text.includes('-----BEGIN PGP ') ? [...text.matchAll(KEY_BLOCK)].map(([, body = '']) => body) : undefined;
}

/**
 * Packets of an armored block, given without its first and last line; else what is wrong with it, as the end of a
 * sentence. The checksum is optional and not looked at.
 * @see https://www.rfc-editor.org/rfc/rfc9580.html#section-6
 */
export function decodeArmor(block: string): Uint8Array | string {
  const lines = block.split('\n').map((line) => line.trim());
  const blank = lines.indexOf('', 1);
  if (blank === -1) return 'has no blank line';
  const base64 = lines.slice(blank + 1).filter((line) => !/^=[A-Za-z0-9+/]{4}$/.test(line));
  try {
    const packets = fromBase64(base64.join(''), 'the armored block');
    return packets.length > 0 ? packets : 'is empty';
  } catch (error) {
    if (error instanceof CountersignError) return 'is not base64';
    throw error;
  }
}

/** Armor or PEM whose line ends a secret store has turned into spaces or the two characters `\n`, as proper armor. */
export function repairArmor(bytes: Uint8Array): Uint8Array {
  const match = ONE_LINE.exec(latin1(bytes));
  if (!match) return bytes;
  const body = (match[2] ?? '').replaceAll('\\r', '').replaceAll('\\n', ' ');
  const words = body.trim().split(/\s+/);
  return utf8([match[1], '', ...words, match[3], ''].join('\n'));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
