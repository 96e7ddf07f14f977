// SPDX-License-Identifier: Apache-2.0
// The keys that grants on an image bring along. Whether their givers may vouch for anybody is for the policy to say.

import { type Grant, grantedKey, parseGrant } from '../attest/grant.ts';
import { parseStatement } from '../attest/statement.ts';
import { CountersignError } from '../base/errors.ts';
import type { OpenedBundle } from './bundle.ts';

/** Keys of valid grants by name, DER. However many somebody gives of one name, it has one key: nobody can crowd out the grant of another. */
export function grantedKeys(grants: readonly OpenedBundle[]): ReadonlyMap<string, Uint8Array> {
  return new Map(grants.flatMap(grantIn).map((grant) => [grantedKey(grant), grant.publicKey]));
}

function grantIn({ check, bundle }: OpenedBundle): readonly Grant[] {
  if (check.status !== 'valid') return [];
  try {
    return [parseGrant(parseStatement(bundle.envelope.payload).predicate)];
  } catch (error) {
    if (error instanceof CountersignError) return [];
    throw error;
  }
}
