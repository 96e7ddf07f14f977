// SPDX-License-Identifier: Apache-2.0
// What a policy denies of a credential before anything is signed with it.

import type { Denial } from '../findings/denial.ts';
import type { Credential, Policy } from './document/model.ts';

/** Both lists can be long: each policy is looked through once. */
const indexes = new WeakMap<Policy['deny'], ReadonlyMap<string, readonly Denial[]>>();

/** What is denied of a person by name, or of a key by itself. With a `since`, what is proven to be older counts. */
export function denialsOf(
  { deny }: Pick<Policy, 'deny'>,
  principal: string,
  credential: Credential,
): readonly Denial[] {
  const index = indexes.get(deny) ?? indexOf(deny);
  indexes.set(deny, index);
  const key =
    credential.method === 'pgp' ? credential.fingerprint : credential.method === 'key' ? credential.hint : undefined;
  return [
    ...(index.get(`principal ${principal}`) ?? []),
    ...(key === undefined ? [] : (index.get(`key ${key}`) ?? [])),
  ];
}

function indexOf(deny: Policy['deny']): ReadonlyMap<string, readonly Denial[]> {
  const index = new Map<string, Denial[]>();
  const add = (name: string, denial: Denial): void => {
    const known = index.get(name);
    if (known) known.push(denial);
    else index.set(name, [denial]);
  };
  for (const denial of deny) {
    if (denial.what.of === 'principal') add(`principal ${denial.what.name}`, denial);
    if (denial.what.of === 'key') add(`key ${denial.what.fingerprint ?? denial.what.hint ?? ''}`, denial);
  }
  return index;
}
