// SPDX-License-Identifier: Apache-2.0
// How a gate finds the keys that a policy names.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyWithHint } from '../../../src/gates/asks.ts';
import { trustIn } from '../../../src/crypto/trust.ts';

test('of many keys each is read once, however many are looked for', () => {
  const all = Array.from({ length: 100 }, (_, index) => Uint8Array.of(index));
  let reads = 0;
  const keys = new Proxy(all, {
    get(target, member) {
      if (/^\d+$/.test(String(member))) reads += 1;
      return Reflect.get(target, member);
    },
  });
  const trust = trustIn({});
  for (const key of all) {
    const hint = createHash('sha256').update(key).digest('base64');
    expect(keyWithHint({ ...trust, keys }, hint)).toBe(key);
  }
  expect(reads).toBeLessThanOrEqual(all.length);
  expect(() => keyWithHint({ ...trust, keys }, 'none')).toThrow(/no key of the policy has the hint none/);
});
