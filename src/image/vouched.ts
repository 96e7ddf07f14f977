// SPDX-License-Identifier: Apache-2.0
// Times that later approvals prove: a signature that they list was there when they were. Entered only where an approval
// has a timestamp; whether such a time counts is for the policy to say.

import { type ProvenTime, isNamed } from '../findings/signature.ts';
import type { Digest } from '../base/bytes.ts';
import type { SignatureCheck } from '../crypto/verifier.ts';
import type { Approval } from '../attest/approval.ts';
import type { VouchedTime } from '../policy/facts.ts';
import type { Opened } from './bundle.ts';

/** Later approvals by whose times one signature is judged. */
const MAX_LISTERS = 8;

/** Approvals that their own timestamps prove, looked up once for all that they may vouch for. */
export type Stamped = readonly {
  readonly by: Digest;
  readonly proven: ProvenTime;
  readonly approval: Approval;
}[];

/** What a signature is worth at times that can say more than what is known of it: checked `again` by each. */
export async function vouchedTimes(
  check: SignatureCheck,
  times: readonly ProvenTime[],
  again: (proven: ProvenTime) => Promise<SignatureCheck | undefined>,
): Promise<readonly VouchedTime[]> {
  const vouched: VouchedTime[] = [];
  for (const proven of earlierThan(check, times)) {
    const then = await again(proven);
    if (then?.status === 'valid') vouched.push({ by: proven.by, signer: then.identity, reasons: then.reasons, proven });
  }
  return vouched;
}

/** Of times that later approvals prove, those that can say more than what is known of a signature. */
function earlierThan(
  { status, proven: own, identity }: Pick<SignatureCheck, 'status' | 'proven' | 'identity'>,
  times: readonly ProvenTime[],
): readonly ProvenTime[] {
  if (status === 'untrusted') return times;
  // Keyless signatures prove their time themselves.
  if (status !== 'valid' || identity?.method === 'sigstore') return [];
  return own ? times.filter(({ latest }) => latest < own.latest) : times;
}

/** Times of stamped, valid approvals that list a layer, earliest first. */
export function listersOf(
  digest: Digest,
  { identity }: Pick<SignatureCheck, 'identity'>,
  stamped: Stamped,
): readonly ProvenTime[] {
  return stamped
    .filter(({ approval }) =>
      approval.roster.some(
        (entry) => entry.digest === digest && entry.signer !== null && isNamed(identity, entry.signer),
      ),
    )
    .map(({ by, proven }) => ({ ...proven, proof: 'later-approval', by }) as const)
    .toSorted((a, b) => a.latest.getTime() - b.latest.getTime())
    .slice(0, MAX_LISTERS);
}

/** What an approval names was there when the approval was, at the earliest of these times if several name it. */
export function timesByNative(stamped: Stamped): ReadonlyMap<Digest, ProvenTime> {
  const times = new Map<Digest, ProvenTime>();
  for (const { approval, proven } of stamped)
    for (const { digest } of approval.native) {
      const known = times.get(digest);
      if (!known || proven.latest < known.latest) times.set(digest, proven);
    }
  return times;
}

/** When a native signature was there by approvals that list it, or list the approval that it belongs to. */
export function timesOfNative(
  { digest, check }: { readonly digest: Digest; readonly check: SignatureCheck },
  approvals: readonly Opened[],
  stamped: Stamped,
): readonly ProvenTime[] {
  const owners = approvals.filter(
    (one) => !('problem' in one) && one.approval?.approval.native.some((native) => native.digest === digest),
  );
  return [
    ...listersOf(digest, check, stamped),
    ...owners.flatMap((one) => ('problem' in one ? [] : listersOf(one.bundle.payloadDigest, one.check, stamped))),
  ];
}
