// SPDX-License-Identifier: Apache-2.0
// Native signatures hold no timestamp. One is as old as the approval that it belongs to, or as a later approval that
// lists it, by itself or by that approval.

import { type Digest, sha256 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import type { ProvenTime } from '../../findings/signature.ts';
import type { VouchedTime } from '../../policy/facts.ts';
import type { Opened } from '../bundle.ts';
import { type Checking, earlierThan, listersOf, type Stamped, stampedApprovals } from '../open-bundles.ts';
import { checkNative, type FoundNative, type NativeSignature } from './native-signatures.ts';

/** Checks all native signatures, each by the time that the approvals prove. */
export async function checkNatives(
  found: readonly FoundNative[],
  approvals: readonly Opened[],
  { verifier, now }: Checking,
): Promise<readonly NativeSignature[]> {
  const stamped = stampedApprovals(approvals);
  const times = timesByNative(stamped);
  const natives: NativeSignature[] = [];
  for (const native of found) {
    const limit = LIMITS.nativeSignatures - natives.length;
    const proven = times.get(sha256(native.data));
    const options = { verifier, now, limit };
    const checked = await checkNative(native, proven ? { ...options, proven } : options);
    for (const one of checked) natives.push(await withVouched(one, { approvals, stamped }, options));
  }
  return natives;
}

/** What an approval names was there when the approval was, at the earliest of these times if several name it. */
function timesByNative(stamped: Stamped): ReadonlyMap<Digest, ProvenTime> {
  const times = new Map<Digest, ProvenTime>();
  for (const { approval, proven } of stamped)
    for (const { digest } of approval.native) {
      const known = times.get(digest);
      if (!known || proven.latest < known.latest) times.set(digest, proven);
    }
  return times;
}

async function withVouched(
  native: NativeSignature,
  { approvals, stamped }: { readonly approvals: readonly Opened[]; readonly stamped: Stamped },
  options: Checking & { readonly limit: number },
): Promise<NativeSignature> {
  if (native.kind === 'native-legacy') return native;
  const owners = approvals.filter(
    (one) => 'approval' in one && one.approval?.approval.native.some(({ digest }) => digest === native.digest),
  );
  const times = [
    ...listersOf(native.digest, native.check, stamped),
    ...owners.flatMap((one) => ('problem' in one ? [] : listersOf(one.bundle.payloadDigest, one.check, stamped))),
  ];
  const vouched: VouchedTime[] = [];
  for (const proven of earlierThan(native.check, times)) {
    const again = await checkNative(native.found, { ...options, proven });
    const good = again.find(({ digest, check }) => digest === native.digest && check.status === 'valid');
    if (good) vouched.push({ by: proven.by, signer: good.check.identity, reasons: good.reasons, proven });
  }
  return vouched.length > 0 ? { ...native, vouched } : native;
}
