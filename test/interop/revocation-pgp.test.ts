// SPDX-License-Identifier: Apache-2.0
// OpenPGP revocations: that a copy of the key undoes none, and what a revoked user ID is. All other ways in which a key ends are
// in endings.test.ts.

import { describe, expect, test } from 'vitest';
import { trustIn } from '../../src/crypto/trust.ts';
import { createVerifier } from '../../src/crypto/lazy-verifier.ts';
import type { ProvenTime } from '../../src/findings/signature.ts';
import { GPG_REASON, GpgHome } from '../support/gpg.ts';
import { hasPeers } from '../support/peers.ts';

const day = (text: string) => new Date(`2026-${text}T00:00:00Z`);
const [MADE, SIGNED, BETWEEN, NOW] = [day('01-01'), day('03-01'), day('06-01'), day('11-22')];
const PROVEN: ProvenTime = { time: SIGNED, latest: SIGNED, accuracyMs: 0, proof: 'timestamp', by: 'CN=TSA' };
const DATA = Buffer.from('DSSEv1 message');

async function judge(home: GpgHome, signature: Uint8Array, proven?: ProvenTime, keyrings?: readonly Uint8Array[]) {
  const verifier = await createVerifier(trustIn({ keyrings: keyrings ?? [await home.keyring(NOW)] }));
  const material = { kind: 'public-key', hint: `openpgp4fpr:${home.fingerprint.toLowerCase()}` } as const;
  const check = await verifier.verifyDsse(
    { pae: DATA, signature, material, keyid: undefined, hashing: 'bundle', proven },
    NOW,
  );
  return { said: check.status === 'valid' ? 'valid' : check.reasons.map(({ code }) => code).join(), check };
}

const HARD = 'PGP_KEY_REVOKED';
const SOFT = 'PGP_KEY_RETIRED';

describe.skipIf(!hasPeers('gpg'))('OpenPGP (skipped without gpg)', () => {
  /** How, when, what is so without proven time and with it. */
  const ROWS: readonly [string, number, Date, string, string][] = [
    ['compromised', GPG_REASON.compromised, BETWEEN, HARD, HARD],
    ['revoked without a reason', GPG_REASON.none, BETWEEN, HARD, HARD],
    ['retired after signing', GPG_REASON.retired, BETWEEN, SOFT, 'valid'],
    ['superseded after signing', GPG_REASON.superseded, BETWEEN, SOFT, 'valid'],
  ];
  test.each((['primary', 'subkey'] as const).flatMap((part) => ROWS.map((row) => [part, ...row] as const)))(
    '%s %s',
    async (part, _, reason, at, plain, proven) => {
      await using home = await GpgHome.create(MADE);
      const before = await home.keyring(NOW);
      const signature = await home.sign(SIGNED, DATA);
      await home.revoke(at, part, reason);
      expect((await judge(home, signature)).said).toBe(plain);
      expect((await judge(home, signature, PROVEN)).said).toBe(proven);
      // A copy of the key from before it was revoked does not undo that.
      const both = [before, await home.keyring(NOW)];
      expect((await judge(home, signature, undefined, both)).said).toBe(plain);
      expect((await judge(home, signature, undefined, both.toReversed())).said).toBe(plain);
      expect(await home.verdict(NOW)).toBe('REVKEYSIG');
    },
  );

  test('a user ID that is revoked is no name of the signer any more', async () => {
    await using home = await GpgHome.create(MADE);
    const signature = await home.sign(SIGNED, DATA);
    const ids = async () => {
      const { identity } = (await judge(home, signature)).check;
      return identity?.method === 'pgp' ? identity.userIds : [];
    };
    expect(await ids()).toEqual(['alice <alice@example.org>']);
    await home.rename(BETWEEN, 'alice <alice@other.example>');
    expect(await ids()).toEqual(['alice <alice@other.example>']);
    expect((await judge(home, signature)).said).toBe('valid');
    expect(await home.verdict(NOW)).toBe('GOODSIG');
  });
});
