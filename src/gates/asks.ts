// SPDX-License-Identifier: Apache-2.0
// A policy as a gate sees it that knows keys and nothing else: for each stage who may have signed, and how many must have.
// What is left out on the way is a loss, and said.

import { sha256Hex, toBase64 } from '../base/bytes.ts';
import { listed } from '../base/text.ts';
import type { TrustMaterial } from '../crypto/verifier.ts';
import type { Credential, Policy, Principal, Stage } from '../policy/document/model.ts';
import { denialsOf } from '../policy/denials.ts';
import type { SignedIdentity } from '../policy/rules/signed-identity.ts';
import { GateError } from './errors.ts';
import { isOpen, type PolicySource, ruleLosses } from './losses.ts';
import type { Loss } from './verdict.ts';

/** Somebody who may have signed, by any of the credentials. */
export interface Signer<C extends Credential> {
  readonly name: string;
  readonly credentials: readonly C[];
  /** The one credential fits several people. */
  readonly several?: true;
}

/** Who may have signed for one stage, or for one part of its people. */
export interface StageAsk<C extends Credential> {
  readonly stage: string;
  readonly approvers: readonly Signer<C>[];
  /** How many of the approvers must have signed. */
  readonly threshold: number;
  /** For which place a plain cosign signature must have been made, where the stage says it. */
  readonly signedIdentity?: SignedIdentity;
}

/** The stages that a gate can ask for, and the losses of all others. */
export interface PolicyAsks<C extends Credential> {
  readonly asks: readonly StageAsk<C>[];
  readonly losses: readonly Loss[];
}

/** A kind of gate. */
export interface GateKind<C extends Credential> {
  /** True for credentials that it can ask for. */
  readonly knows: (credential: Credential) => credential is C;
  /** Those in words, with an article. */
  readonly what: string;
  /** Whoever does not count at this time is not asked for. */
  readonly now: Date;
}

/**
 * What a gate of a kind can ask for. People of whom somebody could approve with a credential that it does not know are left
 * out whole: to ask for them would deny images that pass.
 * @throws GateError GATE_NOT_EXPRESSIBLE when too few people are left for a stage, so that no image passes the policy
 */
export function asksOf<C extends Credential>(
  source: PolicySource,
  stages: readonly Stage[],
  { knows, what, now }: GateKind<C>,
): PolicyAsks<C> {
  const { policy } = source;
  const principals = new Map(policy.principals.map((one) => [one.name, one]));
  const losses: Loss[] = [];
  const asks: StageAsk<C>[] = [];
  for (const { name, approvers, threshold, quorums, signedIdentity } of stages)
    for (const quorum of quorums ?? [{ name: undefined, approvers, needed: threshold }]) {
      const people = quorum.approvers.flatMap((approver) => signersBehind(policy, principals.get(approver), now));
      const known = people.map((one) => ({ ...one, credentials: one.credentials.filter(knows) }));
      const others = people.filter(({ credentials }, index) => known[index]?.credentials.length !== credentials.length);
      const whom = quorum.name === undefined ? `stage ${name}` : `${quorum.name} of stage ${name}`;
      if (people.length < quorum.needed && !people.some(({ several }) => several))
        throw tooFewLeft(whom, people.length, quorum.needed);
      if (others.length === 0)
        asks.push({
          stage: name,
          approvers: known,
          threshold: quorum.needed,
          ...(signedIdentity ? { signedIdentity } : {}),
        });
      else
        losses.push({
          stage: name,
          rule: 'credentials',
          text: `${whom} is not asked for: ${namesOf(others)} can approve it with something other than ${what}`,
        });
    }
  return { asks, losses: [...losses, ...ruleLosses(source, stages, { knows, now })] };
}

function tooFewLeft(whom: string, left: number, needed: number): GateError {
  return new GateError(
    'GATE_NOT_EXPRESSIBLE',
    `${whom} needs ${needed} people, and of its approvers ${left} are left who are not denied and count today: no image passes the policy`,
    { hint: 'name approvers in the policy who count today, or gate these images with `verify-all`' },
  );
}

function namesOf(people: readonly { readonly name: string }[]): string {
  const names = [...new Set(people.map(({ name }) => name))];
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} others`;
}

/** A principal that stands for many is somebody by each key, and several people by a pattern of names. */
function signersBehind(policy: Policy, principal: Principal | undefined, now: Date): readonly Signer<Credential>[] {
  if (!principal) return [];
  const { name, many } = principal;
  const credentials = principal.credentials.filter(
    (credential) => isOpen(credential.window ?? {}, now) && !isDenied(policy, name, credential),
  );
  if (!many) return credentials.length === 0 ? [] : [{ name, credentials }];
  return credentials.map((credential) => ({
    name,
    credentials: [credential],
    ...(credential.method === 'x509' || credential.method === 'sigstore' ? { several: true } : {}),
  }));
}

/** Whatever this signs counts for nothing, however old it is. */
function isDenied(policy: Policy, principal: string, credential: Credential): boolean {
  return denialsOf(policy, principal, credential).some(({ since }) => !since);
}

/** True when everybody is needed, and each of them is one person. */
export function needsEverybody({ approvers, threshold }: StageAsk<Credential>): boolean {
  return threshold === approvers.length && (approvers.length === 1 || !approvers.some(({ several }) => several));
}

/** What a gate cannot ask of a threshold when it knows "one of these" and "all of these" alone. */
export function thresholdLoss(ask: StageAsk<Credential>): readonly Loss[] {
  const { stage, threshold } = ask;
  if (threshold === 1 || needsEverybody(ask)) return [];
  const text = `of the ${threshold} people that stage ${stage} needs, one is asked for`;
  return [{ stage, rule: 'threshold', text }];
}

const byHint = new WeakMap<TrustMaterial['keys'], ReadonlyMap<string, Uint8Array>>();

/** The key that a policy names by its hint: SPKI, DER. @throws GateError GATE_KEY_MISSING */
export function keyWithHint({ keys }: PolicySource['trust'], hint: string): Uint8Array {
  const index = byHint.get(keys) ?? new Map(keys.map((key) => [toBase64(Buffer.from(sha256Hex(key), 'hex')), key]));
  byHint.set(keys, index);
  const spki = index.get(hint);
  if (!spki) throw new GateError('GATE_KEY_MISSING', `no key of the policy has the hint ${hint}`);
  return spki;
}

/** The OpenPGP keys that a policy names by their fingerprints, as one binary keyring. @throws GateError GATE_KEY_MISSING */
export async function keyringWith(trust: PolicySource['trust'], fingerprints: readonly string[]): Promise<Uint8Array> {
  const { exportKeys } = await import('../crypto/pgp/ring.ts');
  const { bytes, missing } = await exportKeys(trust, fingerprints);
  if (missing.length === 0) return bytes;
  const which = `the key${missing.length > 1 ? 's' : ''} ${listed(missing)}`;
  throw new GateError('GATE_KEY_MISSING', `no keyring of the policy has ${which}`);
}
