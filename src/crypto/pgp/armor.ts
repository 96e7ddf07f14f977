// SPDX-License-Identifier: Apache-2.0
// Armored OpenPGP key files: finds the blocks, and repairs what secret stores do to line ends.

import { utf8 } from '../../base/bytes.ts';

const KEY_BLOCK = /-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----[\s\S]*?-----END PGP [A-Z ]+-----/g;
const ONE_LINE = /^\s*(-----BEGIN PGP [A-Z ]+-----)([^\n]*?)(-----END PGP [A-Z ]+-----)\s*$/;

/** The armored key blocks in a file; undefined when it has no armor at all and so must be binary. */
export function keyBlocks(bytes: Uint8Array): readonly string[] | undefined {
  const text = latin1(bytes);
  return text.includes('-----BEGIN PGP ') ? (text.match(KEY_BLOCK) ?? []) : undefined;
}

/** Armor whose line ends a secret store has turned into spaces or the two characters `\n`, as proper armor. */
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
