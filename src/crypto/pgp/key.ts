// SPDX-License-Identifier: Apache-2.0
// What an OpenPGP key may do, by what its owner signed about it: whether a part of it may sign data now, and until when.
// Who the owner is, the policy says by the fingerprint; so a key needs no user ID, and none is believed.

import type { Reason } from '../../findings/signature.ts';
import { toSecond } from '../../base/text.ts';
import { signatureReason, type SignatureReasonCode } from '../errors.ts';
import {
  directSignatures,
  fingerprintOf,
  HASH,
  isMadeBy,
  KEY_FLAG,
  type KeyPart,
  REVOCATION,
  SIGNATURE,
  unsupportedKey,
} from './pgp.ts';
import { type AnyKeyPacket, type Key, type SignaturePacket, type Subkey } from './library.ts';

/** SHA-1 is accepted in what keys say of themselves: they come from the policy, so nobody can slip a forged one in. */
const BROKEN_HASHES: ReadonlySet<number | null> = new Set([HASH.md5, HASH.ripemd]);
/** Reasons of revocations that take nothing back that was signed before. */
const SOFT_REASONS: ReadonlySet<number | null> = new Set([REVOCATION.keySuperseded, REVOCATION.keyRetired]);

/** When a key is asked about. */
export interface KeyMoment {
  readonly now: Date;
  /** When the signature is proven to have existed: the key must have been good then. */
  readonly proven?: Date | undefined;
  /** The time that a signature says it was made at; undefined when it is to be made now. */
  readonly signedAt?: Date | undefined;
}

/** Why no part of a key can make a signature that counts; undefined when one can. The primary key's reason, if it has one that says more. */
export async function keyProblem(key: Key, now: Date): Promise<Reason | undefined> {
  const problems: Reason[] = [];
  for (const part of [key, ...key.subkeys]) {
    const problem = await partProblem(key, part, { now });
    if (!problem) return undefined;
    problems.push(problem);
  }
  return tellingReason(problems);
}

/** The reason that says most: what befell a key rather than what it never could. */
export function tellingReason(reasons: readonly Reason[]): Reason | undefined {
  return reasons.find(({ code }) => code !== 'PGP_KEY_UNSUITABLE') ?? reasons[0];
}

/** Why a part of a key may not sign data; undefined when it may. */
export async function partProblem(key: Key, part: KeyPart, moment: KeyMoment): Promise<Reason | undefined> {
  const subkey = part === key ? undefined : key.subkeys.find((candidate) => candidate === part);
  const primary = unsupportedProblem(key, part) ?? (await primaryProblem(key, subkey === undefined, moment));
  return primary ?? (subkey && (await subkeyProblem(key, subkey, moment)));
}

/** Why nothing that a part of a key signed can even be checked. The primary key counts as well, for it vouches for the others. */
export function unsupportedProblem(key: Key, part: KeyPart): Reason | undefined {
  const unsupported = unsupportedKey(key) ?? unsupportedKey(part);
  return unsupported === undefined ? undefined : unsuitable(key, unsupported);
}

/** When the key ends, by what its owner says now; undefined when it does not. */
export async function expiryOf(key: Key, now: Date): Promise<Date | undefined> {
  const signatures = await selfSignatures(key, now);
  return earliest(signatures.map((signature) => endOf(key.keyPacket, signature)));
}

/** When a part of a key ends, itself or with the primary key; undefined when it does not. */
export async function partExpiryOf(key: Key, part: KeyPart, now: Date): Promise<Date | undefined> {
  const own: (Date | undefined)[] = [await expiryOf(key, now)];
  const signed = { key: key.keyPacket, bind: part.keyPacket };
  for (const subkey of key.subkeys)
    if (subkey === part) {
      const binding = await latest(subkey.bindingSignatures, key.keyPacket, signed, now);
      if (binding) own.push(endOf(part.keyPacket, binding));
    }
  return earliest(own);
}

/** What a signature demands of its reader that we cannot do. */
export function demandOf({ unknownSubpackets, rawNotations }: SignaturePacket): string | undefined {
  const unknown = unknownSubpackets.find(({ critical }) => critical);
  if (unknown) return `the critical subpacket ${unknown.type}, which is not known`;
  const notation = rawNotations.find(({ critical }) => critical);
  return notation && `the critical notation ${JSON.stringify(notation.name.slice(0, 80))}, which is not known`;
}

async function primaryProblem(key: Key, signs: boolean, moment: KeyMoment): Promise<Reason | undefined> {
  const { keyPacket } = key;
  const revocation = await revocationOf(key.revocationSignatures, keyPacket, { key: keyPacket }, moment);
  if (revocation) return revoked(key, 'it', revocation);
  if (keyPacket.created > moment.now) return notYet(key, 'it', keyPacket);
  const signatures = await selfSignatures(key, moment.now);
  const end = earliest(signatures.map((signature) => endOf(keyPacket, signature)));
  if (end && end <= judgedAt(moment)) return expired(key, end, moment);
  const demand = signatures.map(demandOf).find(Boolean);
  if (demand !== undefined) return unsuitable(key, `its owner demands ${demand}`);
  const flags = signatures.find(({ keyFlags }) => keyFlags !== null)?.keyFlags;
  return signs && flags && !allowsSigning(flags) ? unsuitable(key, 'its primary key may not sign data') : undefined;
}

async function subkeyProblem(key: Key, subkey: Subkey, moment: KeyMoment): Promise<Reason | undefined> {
  const name = `its subkey ${fingerprintOf(subkey)}`;
  const signed = { key: key.keyPacket, bind: subkey.keyPacket };
  // A key that was merged from several copies holds its subkeys several times.
  const copies = key.subkeys.filter((copy) => fingerprintOf(copy) === fingerprintOf(subkey));
  const revocations = copies.flatMap(({ revocationSignatures }) => revocationSignatures);
  const revocation = await revocationOf(revocations, key.keyPacket, signed, moment);
  if (revocation) return revoked(key, name, revocation);
  const bindings = copies.flatMap(({ bindingSignatures }) => bindingSignatures);
  const binding = await latest(bindings, key.keyPacket, signed, moment.now);
  if (!binding) return unsuitable(key, `${name} is not bound to it`);
  const { embeddedSignature: back, keyFlags } = binding;
  if (keyFlags && !allowsSigning(keyFlags)) return unsuitable(key, `${name} may not sign data`);
  const own = back?.signatureType === SIGNATURE.keyBinding && (await isSound(back, subkey.keyPacket, signed));
  if (!own) return unsuitable(key, `${name} has not signed that it belongs to it`);
  const demand = demandOf(binding) ?? demandOf(back);
  if (demand !== undefined) return unsuitable(key, `the binding of ${name} demands ${demand}`);
  if (subkey.keyPacket.created > moment.now) return notYet(key, name, subkey.keyPacket);
  const end = earliest([endOf(subkey.keyPacket, binding), endOf(subkey.keyPacket, back)]);
  return end && end <= judgedAt(moment) ? expired(key, end, moment, name) : undefined;
}

function allowsSigning([flags = 0]: Uint8Array): boolean {
  return (flags & KEY_FLAG.signData) !== 0;
}

/**
 * What the owner says of the key now: the certification of the main user ID and the signature on the key itself, as far
 * as there are sound ones. A revoked user ID still says when the key ends if no other does.
 */
async function selfSignatures(key: Key, now: Date): Promise<readonly SignaturePacket[]> {
  const { keyPacket } = key;
  const certified: { readonly certification: SignaturePacket; readonly revoked: boolean }[] = [];
  for (const { userID, selfCertifications, revocationSignatures } of key.users) {
    if (!userID) continue;
    const signed = { key: keyPacket, userID };
    const certification = await latest(selfCertifications, keyPacket, signed, now);
    const revocation = await latest(revocationSignatures, keyPacket, signed, now);
    if (!certification) continue;
    certified.push({ certification, revoked: !!revocation && createdOf(revocation) >= createdOf(certification) });
  }
  const [main] = certified.toSorted(
    (a, b) =>
      Number(a.revoked) - Number(b.revoked) ||
      Number(b.certification.isPrimaryUserID) - Number(a.certification.isPrimaryUserID) ||
      createdOf(b.certification) - createdOf(a.certification),
  );
  const direct = await latest(directSignatures(key), keyPacket, { key: keyPacket }, now);
  return [...(main ? [main.certification] : []), ...(direct ? [direct] : [])];
}

/** Names that the owner has not taken back by now; nobody has confirmed any of them. */
export async function userIdsOf(key: Key, now: Date): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { userID, selfCertifications, revocationSignatures } of key.users) {
    if (!userID) continue;
    const signed = { key: key.keyPacket, userID };
    const revocation = await latest(revocationSignatures, key.keyPacket, signed, now);
    const certification = await latest(selfCertifications, key.keyPacket, signed, now);
    const renewed = revocation && certification && createdOf(certification) > createdOf(revocation);
    if (!revocation || renewed) names.push(userID.userID);
  }
  return [...new Set(names)];
}

type Signed = Exclude<Parameters<typeof isMadeBy>[2], Uint8Array>;

/** The newest sound signature up to now; of a key whose older ones were cleaned away, the oldest. */
async function latest(
  signatures: readonly SignaturePacket[],
  by: AnyKeyPacket,
  signed: Signed,
  now: Date,
): Promise<SignaturePacket | undefined> {
  const sound: SignaturePacket[] = [];
  for (const signature of signatures) if (await isSound(signature, by, signed)) sound.push(signature);
  sound.sort((a, b) => createdOf(a) - createdOf(b));
  return sound.findLast((signature) => createdOf(signature) <= now.getTime()) ?? sound[0];
}

/** Whether each signature of a key is sound: asked at every signature that is checked, and always the same. */
const SOUND = new WeakMap<SignaturePacket, Promise<boolean>>();

function isSound(signature: SignaturePacket, by: AnyKeyPacket, signed: Signed): Promise<boolean> {
  const known = SOUND.get(signature);
  if (known) return known;
  const sound = BROKEN_HASHES.has(signature.hashAlgorithm) ? Promise.resolve(false) : isMadeBy(signature, by, signed);
  SOUND.set(signature, sound);
  return sound;
}

/** The revocation in force that says most; one for good counts whenever it was made. */
async function revocationOf(
  revocations: readonly SignaturePacket[],
  by: AnyKeyPacket,
  signed: Signed,
  moment: KeyMoment,
): Promise<SignaturePacket | undefined> {
  let soft: SignaturePacket | undefined;
  for (const revocation of revocations) {
    if (!(await isMadeBy(revocation, by, signed))) continue;
    if (!SOFT_REASONS.has(revocation.reasonForRevocationFlag)) return revocation;
    if (createdOf(revocation) <= judgedAt(moment).getTime()) soft = revocation;
  }
  return soft;
}

/** By which time it is judged whether a key was good. */
function judgedAt({ now, proven = now }: KeyMoment): Date {
  return proven;
}

function createdOf({ created }: SignaturePacket): number {
  return created?.getTime() ?? 0;
}

/** When a key or part ends by one signature: its own end counts as well, for then nothing speaks for the key any more. */
function endOf({ created }: AnyKeyPacket, signature: SignaturePacket): Date | undefined {
  const { keyExpirationTime, keyNeverExpires } = signature;
  const key = keyNeverExpires === false ? new Date(created.getTime() + (keyExpirationTime ?? 0) * 1000) : undefined;
  const own = signature.getExpirationTime();
  return earliest([key, own instanceof Date ? own : undefined]);
}

function earliest(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.filter((date) => date !== undefined).toSorted((a, b) => a.getTime() - b.getTime())[0];
}

function expired(key: Key, end: Date, { signedAt }: KeyMoment, name = 'it'): Reason {
  return signedAt && signedAt >= end
    ? keyReason('PGP_KEY_EXPIRED_BEFORE', key, `${name} had expired on ${toSecond(end)} when this was signed`)
    : keyReason('PGP_KEY_EXPIRED', key, `${name} expired on ${toSecond(end)}`);
}

function revoked(key: Key, name: string, { reasonForRevocationFlag: flag, created }: SignaturePacket): Reason {
  const on = created ? ` on ${toSecond(created)}` : '';
  if (SOFT_REASONS.has(flag)) {
    const how = flag === REVOCATION.keyRetired ? 'retired' : 'superseded';
    return keyReason('PGP_KEY_RETIRED', key, `${name} was ${how}${on}`);
  }
  const why = flag === REVOCATION.keyCompromised ? ' as compromised' : '';
  return keyReason('PGP_KEY_REVOKED', key, `${name} was revoked${on}${why}`);
}

function notYet(key: Key, name: string, { created }: AnyKeyPacket): Reason {
  return keyReason('PGP_KEY_NOT_YET_VALID', key, `${name} is valid from ${toSecond(created)}`);
}

function unsuitable(key: Key, problem: string): Reason {
  return keyReason('PGP_KEY_UNSUITABLE', key, problem);
}

function keyReason(code: SignatureReasonCode, key: Key, problem: string): Reason {
  return signatureReason(code, `the OpenPGP key ${fingerprintOf(key)} cannot vouch for anything now: ${problem}`);
}
