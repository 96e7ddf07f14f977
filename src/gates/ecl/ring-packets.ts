// SPDX-License-Identifier: Apache-2.0
// OpenPGP packets as the library of Apptainer reads them one after the other: which it passes over, which spoil a key, and
// which spoil the ring. A packet that it has read is not always read to its end: what is left over is read as packets.

import { packetHint, splitPacket } from '../../crypto/pgp/framing.ts';
import { damagedIfCut, Outcome, Reader, skipped, subpacket } from './ring-reader.ts';
import { HASHES, signature } from './ring-signature.ts';

/** What one reading yields. `damaged` spoils a key, `fatal` most often all of them, and `unread` is not worked out. */
export interface RingEvent {
  readonly is: 'primary' | 'subkey' | 'user' | 'signature' | 'other' | 'damaged' | 'fatal' | 'unread';
  /** Content of the packet, as far as it was read. */
  readonly body: Uint8Array;
}

/** Packets whose content the library leaves to its caller, or that no public keyring has. */
const NOT_WORKED_OUT: ReadonlySet<number> = new Set([1, 3, 4, 5, 7, 8, 9, 11, 18, 20]);
const TRUST = 12;
const FIRST_NON_CRITICAL = 40;

/**
 * The readings in order, up to the first that is not worked out: a secret key, a part of a message, a length in parts.
 * @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/packet.go Read
 */
export function ringEvents(bytes: Uint8Array): readonly RingEvent[] {
  const events: RingEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const packet = splitPacket(bytes, at);
    if (packet === 'no packet') {
      events.push({ is: 'damaged', body: bytes.subarray(at, at + 1) });
      at += 1;
      continue;
    }
    if (packet === 'cut') {
      events.push({ is: 'fatal', body: bytes.subarray(at) });
      break;
    }
    if (packet === 'in parts' || NOT_WORKED_OUT.has(packet.tag)) {
      events.push({ is: 'unread', body: bytes.subarray(at) });
      break;
    }
    const { tag, body, end, isWhole } = packet;
    const reader = new Reader(body, isWhole);
    try {
      const is = READINGS.get(tag)?.(reader) ?? unknownPacket(tag);
      if (is !== 'marker') events.push({ is, body: reader.before });
      at = end - (body.length - reader.at);
    } catch (error) {
      if (!(error instanceof Outcome)) throw error;
      if (error.how === 'end') break;
      if (error.how !== 'skipped') events.push({ is: error.how, body });
      at = end;
    }
  }
  return events;
}

function unknownPacket(tag: number): never {
  throw new Outcome(tag === TRUST || tag >= FIRST_NON_CRITICAL ? 'skipped' : 'fatal');
}

type Reading = (reader: Reader) => RingEvent['is'] | 'marker';

const READINGS: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [2, (reader) => signature(reader) && 'signature'],
  [6, (reader) => publicKey(reader) && 'primary'],
  [14, (reader) => publicKey(reader) && 'subkey'],
  [13, (reader) => reader.rest() && 'user'],
  [21, (reader) => reader.rest() && 'other'],
  [10, marker],
  [17, attributes],
]);

/** Passed over, and no further than it was read. */
function marker(reader: Reader): 'marker' {
  if (Buffer.from(reader.take(3, 'end')).toString('latin1') !== 'PGP') throw new Outcome('damaged');
  return 'marker';
}

/** @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/opaque.go nextSubpacket */
function attributes(reader: Reader): RingEvent['is'] {
  const all = new Reader(reader.rest());
  while (!all.isEmpty) damagedIfCut(() => subpacket(all));
  return 'other';
}

const NIST = ['2a8648ce3d030107', '2b81040022', '2b81040023'];
const OTHER_ECDSA = ['2b8104000a', '2b2403030208010107', '2b240303020801010b', '2b240303020801010d'];
/** Lengths of points, prefix included. */
const EDWARDS: ReadonlyMap<string, number> = new Map([
  ['2b06010401da470f01', 33],
  ['2b6571', 58],
]);
const MONTGOMERY = ['2b060104019755010501', '2b656f'];
const CIPHERS: ReadonlySet<number> = new Set([2, 3, 7, 8, 9]);

/** @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/public_key.go parse */
function publicKey(reader: Reader): true {
  const [version = 0, , , , , algorithm = 0] = reader.take(6);
  if (version !== 4 && version !== 6) throw new Outcome('skipped');
  if (version === 6) reader.take(4);
  if ([1, 2, 3].includes(algorithm)) {
    reader.integer();
    if (reader.integer().length > 3) throw new Outcome('skipped');
  } else if (algorithm === 16 || algorithm === 17)
    for (let left = algorithm - 13; left > 0; left -= 1) reader.integer();
  else if (algorithm === 18) agreementKey(reader);
  else if (algorithm === 19) signingKey(reader, version);
  else if (algorithm === 22) edwardsKey(reader, version);
  else reader.take(FIXED.get(algorithm) ?? skipped(), 'end');
  return true;
}

function signingKey(reader: Reader, version: number): void {
  const curve = hex(reader.short());
  if (![...NIST, ...OTHER_ECDSA, ...MONTGOMERY, ...EDWARDS.keys()].includes(curve)) skipped();
  const point = reader.integer();
  if (!NIST.includes(curve) && !OTHER_ECDSA.includes(curve)) skipped();
  const isPoint = point[0] === 4 && (version !== 4 || packetHint(reader.before) !== undefined);
  if (NIST.includes(curve) && !isPoint) throw new Outcome('fatal');
}

const FIXED: ReadonlyMap<number, number> = new Map([
  [25, 32],
  [26, 56],
  [27, 32],
  [28, 57],
]);

function edwardsKey(reader: Reader, version: number): void {
  if (version === 6) throw new Outcome('damaged');
  const size = EDWARDS.get(hex(reader.short())) ?? skipped();
  const point = reader.integer();
  if (point.length === 0) throw new Outcome('damaged');
  if (point[0] !== 0x40) skipped();
  if (point.length !== size) throw new Outcome('fatal');
}

function agreementKey(reader: Reader): void {
  const curve = hex(reader.short());
  if (![...NIST, ...OTHER_ECDSA, ...MONTGOMERY].includes(curve)) skipped();
  const point = reader.integer();
  const [reserved, hash = 0, cipher = 0] = reader.short();
  if (reserved !== 1 || !HASHES.has(hash) || !CIPHERS.has(cipher)) skipped();
  if (curve === MONTGOMERY[0] && point.length !== 33) throw new Outcome('fatal');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
