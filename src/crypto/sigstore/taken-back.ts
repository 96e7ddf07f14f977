// SPDX-License-Identifier: Apache-2.0
// What the policy denies, or a CRL revokes, of an instance of Sigstore: certificates of its CA and of a signer, timestamp
// authorities, and logs by their key.

import type { KeyObject } from 'node:crypto';
import type { Reason } from '../../findings/signature.ts';
import { keyHint } from '../keys.ts';
import type { Certificate } from '../x509/certificate.ts';
import { checkRevocation, type RevocationMoment, type RevocationRules } from '../x509/revocation.ts';
import type { Instance } from './library.ts';

/** Why a path does not count, leaf first; empty for one of which nothing is taken back. */
export function takenBackIn(
  path: readonly Certificate[],
  rules: RevocationRules,
  moment: RevocationMoment,
): readonly Reason[] {
  return path.flatMap((certificate, index) =>
    checkRevocation(certificate, path[index + 1], rules, moment).reasons.filter(
      ({ severity }) => severity !== 'remark',
    ),
  );
}

/** Whether there is anything that could be taken back. */
export function takesBack({ denied = [], crls }: RevocationRules): boolean {
  return denied.length > 0 || crls.length > 0;
}

/**
 * The instance without the authorities and logs that are taken back. The time is their own statement, so that it makes
 * nothing older than that.
 * @param stampers certificates of each timestamp authority, in the order of the instance's, the one that signs first
 */
export function withoutTakenBack(
  instance: Instance,
  stampers: readonly (readonly Certificate[])[],
  { rules, now }: { readonly rules: RevocationRules; readonly now: Date },
): Instance {
  if (!takesBack(rules)) return instance;
  const { tlogs, ctlogs, timestampAuthorities } = instance.material;
  const keys = new Set((rules.denied ?? []).flatMap(({ what }) => (what.of === 'key' && what.hint ? what.hint : [])));
  const isKept = ({ publicKey }: { readonly publicKey: KeyObject }) => !keys.has(keyHint(publicKey));
  const moment = { now, ownStatement: true };
  const material = {
    ...instance.material,
    tlogs: tlogs.filter(isKept),
    ctlogs: ctlogs.filter(isKept),
    timestampAuthorities: timestampAuthorities.filter(
      (_authority, index) => takenBackIn(stampers[index] ?? [], rules, moment).length === 0,
    ),
  };
  return { ...instance, material };
}
