// SPDX-License-Identifier: Apache-2.0
// The global keyring as Apptainer's library takes it: one odd packet leaves out a key, or refuses the ring and with it every
// SIF. Of a key that is there twice the first copy counts alone.

import type { AnyKeyPacket, SignaturePacket } from '../../crypto/pgp/library.ts';
import { fingerprintOf, isMadeBy, KEY_FLAG, SIGNATURE } from '../../crypto/pgp/pgp.ts';
import { attributedTo, keyPacketOf, signaturePacketOf } from '../../crypto/pgp/ring.ts';
import { GateError } from '../errors.ts';
import { type RingEvent, ringEvents } from './ring-packets.ts';

/** A part of a key, and what its owner says of it. */
export interface RingPart {
  readonly packet: AnyKeyPacket;
  readonly revocations: readonly SignaturePacket[];
}

/** What counts of a user ID. */
export interface RingIdentity {
  readonly certification: SignaturePacket | undefined;
  readonly revocations: readonly SignaturePacket[];
}

/** A key. */
export interface RingKey extends RingPart {
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly identities: readonly RingIdentity[];
  readonly subkeys: readonly (RingPart & { readonly binding: SignaturePacket })[];
}

/**
 * The keys in their order.
 * @throws GateError GATE_CONFIGURATION_INVALID for a ring that Apptainer refuses, GATE_CONFIGURATION_UNREAD for what is not
 * worked out
 * @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/keys.go ReadKeyRing
 */
export async function readRing(bytes: Uint8Array): Promise<readonly RingKey[]> {
  const cursor = new Cursor(ringEvents(bytes));
  const keys: RingKey[] = [];
  let damage: string | undefined;
  while (cursor.peek()) {
    const found = await readKey(cursor);
    if (typeof found !== 'string') keys.push(found);
    else {
      damage = found;
      cursor.skipKey();
    }
  }
  if (keys.length === 0 && damage !== undefined) throw refused(`no key of it can be used: ${damage}`);
  // Keys of version 6 sign no SIF.
  return keys.filter(({ packet }) => packet.version === 4);
}

function refused(why: string): GateError {
  return new GateError('GATE_CONFIGURATION_INVALID', `Apptainer refuses every SIF with this global keyring: ${why}`, {
    hint: 'install the keyring of an export of the policy, or import its good keys one by one into an empty one',
  });
}

class Cursor {
  #at = 0;
  readonly #events: readonly RingEvent[];

  constructor(events: readonly RingEvent[]) {
    this.#events = events;
  }

  peek(): RingEvent | undefined {
    return this.#events[this.#at];
  }

  /** The next one, which must not be fatal here. */
  next(): RingEvent | undefined {
    const event = this.#events[this.#at];
    if (event?.is === 'unread') throw unread();
    if (event?.is === 'fatal') throw refused('it has a packet that is cut, or that no keyring may have');
    this.#at += 1;
    return event;
  }

  /** The signatures from here on; what is wrong behind them, if something is. */
  signatures(): { readonly bodies: readonly Uint8Array[]; readonly end: RingEvent['is'] | undefined } {
    const bodies: Uint8Array[] = [];
    for (; this.peek()?.is === 'signature'; this.#at += 1) bodies.push(this.peek()?.body ?? new Uint8Array());
    return { bodies, end: this.peek()?.is };
  }

  /** To the next key. Whatever is damaged on the way refuses the ring. */
  skipKey(): void {
    for (let event = this.peek(); event && event.is !== 'primary'; event = this.peek()) {
      this.next();
      if (event.is === 'damaged') throw refused('behind a key that cannot be used it has damaged packets');
    }
  }

  /** Over a packet, whatever it is. */
  pass(): void {
    this.#at += 1;
  }
}

/** A key; else why it is left out. */
async function readKey(cursor: Cursor): Promise<RingKey | string> {
  const first = cursor.next();
  if (first?.is === 'damaged') return 'a packet is damaged';
  if (first?.is !== 'primary') return 'it does not begin with a public key';
  const algorithm = first.body[5] ?? 0;
  if (![1, 3, 17, 19, 22, 27, 28].includes(algorithm)) return 'a primary key is of a kind that cannot sign';
  const packet = await keyPacketOf(first.body, false);
  if (!packet) throw unread();
  return new KeyReader(packet).read(cursor);
}

function unread(): GateError {
  return new GateError(
    'GATE_CONFIGURATION_UNREAD',
    'the global keyring has keys, signatures or packets of a kind that is not read here, or secret keys',
  );
}

const CERTIFICATIONS: ReadonlySet<number | null> = new Set([0x10, 0x11, 0x12, 0x13]);

class KeyReader {
  readonly #packet: AnyKeyPacket;
  readonly #identities = new Map<string, RingIdentity>();
  readonly #revocations: SignaturePacket[] = [];
  /** Signatures on the key as a whole; those of version 6 need one. */
  readonly #direct: SignaturePacket[] = [];
  readonly #subkeys: RingKey['subkeys'][number][] = [];

  constructor(packet: AnyKeyPacket) {
    this.#packet = packet;
  }

  async read(cursor: Cursor): Promise<RingKey | string> {
    for (let event = cursor.peek(); event && event.is !== 'primary'; event = cursor.peek()) {
      cursor.next();
      const problem = await this.#take(event, cursor);
      if (problem !== undefined) return problem;
    }
    const isOld = this.#packet.version === 4;
    if (isOld && this.#identities.size === 0) return 'a key has no user ID that it has signed';
    const [main] = this.#direct.toSorted((one, other) => timeOf(other) - timeOf(one));
    if (!isOld && !(main && (await this.#isMade(main, { key: this.#packet })))) return 'a key has not signed itself';
    for (const revocation of this.#revocations)
      if (!(await this.#isMade(revocation, { key: this.#packet }))) return 'a key is revoked by another one';
    return {
      packet: this.#packet,
      fingerprint: fingerprintOf(this.#packet),
      identities: [...this.#identities.values()],
      revocations: this.#revocations,
      subkeys: this.#subkeys,
    };
  }

  async #take({ is, body }: RingEvent, cursor: Cursor): Promise<string | undefined> {
    if (is === 'damaged') return 'a packet of a key is damaged';
    if (is === 'user') return this.#user(body, cursor);
    if (is === 'subkey') return this.#subkey(body, cursor);
    if (is === 'signature') {
      const signature = read(body);
      if (signature.signatureType === SIGNATURE.keyRevocation) this.#revocations.push(signature);
      if (signature.signatureType === SIGNATURE.key && this.#isOwn(signature)) this.#direct.push(signature);
    }
    return undefined;
  }

  async #user(body: Uint8Array, cursor: Cursor): Promise<string | undefined> {
    const revocations: SignaturePacket[] = [];
    let certification: SignaturePacket | undefined;
    let isSigned = false;
    const { bodies } = cursor.signatures();
    for (const signature of bodies.map(read)) {
      const isRevocation = signature.signatureType === SIGNATURE.certRevocation;
      if (!isRevocation && !CERTIFICATIONS.has(signature.signatureType))
        return 'a signature stands behind a user ID and is of another kind';
      if (!this.#isOwn(signature)) continue;
      if (!(await this.#isMade(signature, { key: this.#packet, userID: { write: () => body } })))
        return 'a user ID is not signed by its key, as it says';
      isSigned = true;
      if (isRevocation) revocations.push(signature);
      else if (!certification || timeOf(signature) > timeOf(certification)) certification = signature;
    }
    if (isSigned) this.#identities.set(Buffer.from(body).toString('latin1'), { certification, revocations });
    return undefined;
  }

  async #subkey(body: Uint8Array, cursor: Cursor): Promise<string | undefined> {
    const { bodies, end } = cursor.signatures();
    const packet = await keyPacketOf(body, true);
    const revocations: SignaturePacket[] = [];
    let binding: SignaturePacket | undefined;
    for (const signature of bodies.map(read)) {
      const isRevocation = signature.signatureType === SIGNATURE.subkeyRevocation;
      if (!isRevocation && signature.signatureType !== SIGNATURE.subkeyBinding)
        return 'a signature stands behind a subkey and is of another kind';
      if (!packet) throw unread();
      if (!(await this.#isBound(signature, packet))) return 'a subkey is not bound to its key';
      if (isRevocation) revocations.push(signature);
      else if (!binding || timeOf(signature) > timeOf(binding)) binding = signature;
    }
    if (end === 'damaged' || end === 'fatal') {
      cursor.pass();
      return 'a packet behind a subkey is damaged';
    }
    if (!packet || !binding) return 'a subkey is not bound to its key';
    this.#subkeys.push({ packet, binding, revocations });
    return undefined;
  }

  #isOwn({ issuerFingerprint, issuerKeyID }: SignaturePacket): boolean {
    if (issuerFingerprint && issuerFingerprint.length >= 20)
      return Buffer.from(issuerFingerprint).toString('hex') === this.#packet.getFingerprint();
    return issuerKeyID.equals(this.#packet.getKeyID());
  }

  async #isBound(signature: SignaturePacket, subkey: AnyKeyPacket): Promise<boolean> {
    const signed = { key: this.#packet, bind: subkey };
    if (!(await this.#isMade(signature, signed))) return false;
    if (!mayUse(signature, KEY_FLAG.signData)) return true;
    const back = signature.embeddedSignature;
    return !!back && isMadeBy(attributedTo(back, subkey), subkey, signed);
  }

  #isMade(signature: SignaturePacket, signed: Parameters<typeof isMadeBy>[2]): Promise<boolean> {
    return isMadeBy(attributedTo(signature, this.#packet), this.#packet, signed);
  }
}

/** Whether what an owner says allows a use. Saying nothing allows none. */
export function mayUse({ keyFlags }: SignaturePacket, flag: number): boolean {
  return ((keyFlags?.[0] ?? 0) & flag) !== 0;
}

/** Milliseconds. */
export function timeOf({ created }: SignaturePacket): number {
  return created?.getTime() ?? 0;
}

function read(body: Uint8Array): SignaturePacket {
  const signature = signaturePacketOf(body);
  if (!signature) throw unread();
  return signature;
}
