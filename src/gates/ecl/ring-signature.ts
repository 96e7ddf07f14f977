// SPDX-License-Identifier: Apache-2.0
// Signature packets in a keyring, as the library of Apptainer takes them: which fields and subpackets must be as they should.

import { damagedIfCut, Outcome, Reader, skipped, subpacket } from './ring-reader.ts';

/** Hashes that are known, by the length of the salt of a version 6 signature. */
export const HASHES: ReadonlyMap<number, number> = new Map([
  [8, 16],
  [9, 24],
  [10, 32],
  [11, 16],
  [12, 16],
  [14, 32],
]);
const SHA1 = 2;

/** Numbers and bytes that follow the hash tag, by algorithm. */
const SIGNATURES: ReadonlyMap<number, (reader: Reader) => unknown> = new Map<number, (reader: Reader) => unknown>([
  [1, (reader: Reader) => reader.integer()],
  [3, (reader: Reader) => reader.integer()],
  ...[17, 19, 22].map((one) => [one, (reader: Reader) => [reader.integer(), reader.integer()]] as const),
  [27, (reader: Reader) => reader.take(64, 'end')],
  [28, (reader: Reader) => reader.take(114, 'end')],
]);

/**
 * Reads one.
 * @throws Outcome
 * @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/signature.go parse
 */
export function signature(reader: Reader, isEmbedded = false): true {
  const version = reader.number(1);
  if (version !== 4 && version !== 6) throw new Outcome('skipped');
  const [type, algorithm = 0, hash = 0] = reader.take(3);
  const size = version === 6 ? 4 : 2;
  const hashedLength = reader.number(size);
  const numbers = SIGNATURES.get(algorithm) ?? skipped();
  const salt = HASHES.get(hash) ?? (version === 4 && hash === SHA1 ? 0 : skipped());
  const hashed = subpackets(reader.take(hashedLength), { version, isHashed: true, embedded: 0 });
  subpackets(reader.take(reader.number(size)), { version, isHashed: false, embedded: hashed });
  reader.take(2);
  if (version === 6) {
    if (reader.number(1) !== salt) throw new Outcome('damaged');
    reader.take(salt);
  }
  numbers(reader);
  if (isEmbedded && type !== 0x19) throw new Outcome('damaged');
  return true;
}

interface Area {
  readonly version: number;
  readonly isHashed: boolean;
  /** Embedded signatures so far. */
  readonly embedded: number;
}

/** Returns how many embedded signatures there are. */
function subpackets(bytes: Uint8Array, { version, isHashed, embedded: before }: Area): number {
  const reader = new Reader(bytes);
  let embedded = before;
  let isDated = !isHashed;
  while (!reader.isEmpty) {
    const [kind, critical, content] = damagedIfCut(() => subpacket(reader));
    if (kind === 32) {
      if ((embedded += 1) > 1) throw new Outcome('damaged');
      signature(new Reader(content), true);
    } else if (kind === 16 || kind === 33 || isHashed) {
      const check = SUBPACKETS.get(kind);
      if (!check && critical && !UNCHECKED.has(kind)) skipped();
      if (check?.(content, version, isHashed) === false) throw new Outcome('damaged');
    }
    if (kind === 2) isDated = true;
  }
  if (!isDated) throw new Outcome('damaged');
  return embedded;
}

const isFingerprint = ([version = 0, ...rest]: Uint8Array) => rest.length === (version >= 5 ? 32 : 20);

/** What contents must be like. */
const SUBPACKETS: ReadonlyMap<number, (content: Uint8Array, version: number, isHashed: boolean) => boolean> = new Map<
  number,
  (content: Uint8Array, version: number, isHashed: boolean) => boolean
>([
  [2, ({ length }) => length === 4],
  [3, ({ length }) => length === 4],
  [4, ([exportable]) => (exportable === 0 ? skipped() : exportable !== undefined)],
  [5, ({ length }) => length === 2],
  [6, (content) => content.at(-1) === 0],
  [9, ({ length }) => length === 4],
  [16, ({ length }, version, isHashed) => length === 8 && !(version > 4 && isHashed)],
  [20, isNotation],
  [25, ({ length }) => length === 1],
  [29, ({ length }) => length > 0],
  [33, isFingerprint],
  [35, isFingerprint],
  [39, ({ length }) => length % 2 === 0],
]);
/** Known, with any content. */
const UNCHECKED: ReadonlySet<number> = new Set([11, 21, 22, 23, 24, 26, 27, 28, 30]);

function isNotation(content: Uint8Array): boolean {
  const [, , , , a = 0, b = 0, c = 0, d = 0] = content;
  return content.length >= 8 && content.length === a * 256 + b + c * 256 + d + 8;
}
