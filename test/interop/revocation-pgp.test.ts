// SPDX-License-Identifier: Apache-2.0
// How OpenPGP keys and bare keys end: which part, how, and whether it is proven that the signature is older. GnuPG makes
// keys, revocations and signatures, and says what it thinks of them.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { createSigner } from '../../src/crypto/signer.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { judgeTrusting, signAs, verdictOf } from '../support/layers.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { createVerifier } from '../../src/crypto/verifier.ts';
import type { ProvenTime } from '../../src/findings/signature.ts';
import { GPG_REASON, GpgHome } from '../support/gpg.ts';
import { hasPeers, runPeer } from '../support/peers.ts';

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
  test('valid', async () => {
    await using home = await GpgHome.create(MADE);
    const signature = await home.sign(SIGNED, DATA);
    expect((await judge(home, signature)).said).toBe('valid');
    expect((await judge(home, signature, PROVEN)).said).toBe('valid');
    expect(await home.verdict(NOW)).toBe('GOODSIG');
  });

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

  test.each(['primary', 'subkey'] as const)('%s retired before signing', async (part) => {
    await using home = await GpgHome.create(MADE);
    const signature = await home.sign(SIGNED, DATA);
    await home.revoke(day('02-01'), part, GPG_REASON.retired);
    expect((await judge(home, signature)).said).toBe(SOFT);
    expect((await judge(home, signature, PROVEN)).said).toBe(SOFT);
  });

  test.each([
    ['primary', { primary: 120 }],
    ['subkey', { subkey: 120 }],
  ])('%s expired', async (_, days) => {
    await using home = await GpgHome.create(MADE, days);
    const signature = await home.sign(SIGNED, DATA);
    expect((await judge(home, signature)).said).toBe('PGP_KEY_EXPIRED');
    expect((await judge(home, signature, PROVEN)).said).toBe('valid');
    expect(await home.verdict(NOW)).toBe('EXPKEYSIG');
  });

  test('unknown', async () => {
    await using home = await GpgHome.create(MADE);
    await using other = await GpgHome.create(MADE);
    const signature = await home.sign(SIGNED, DATA);
    for (const proven of [undefined, PROVEN])
      expect((await judge(home, signature, proven, [await other.keyring(NOW)])).said).toBe('SIGNER_UNKNOWN');
  });

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

describe.skipIf(!hasPeers('gpg', 'apptainer'))('apptainer (skipped without it and gpg)', () => {
  test.each([
    ['good', undefined],
    ['compromised', GPG_REASON.compromised],
    ['retired', GPG_REASON.retired],
  ])('agrees about an image whose signer is %s', async (_, reason) => {
    await using home = await GpgHome.create(MADE);
    const key = new Secret(Buffer.from(await home.run(NOW, ['--armor', '--export-secret-keys', home.fingerprint])));
    const signer = await createSigner({
      method: 'pgp',
      key,
      passphrase: undefined,
      certificate: undefined,
      certificateChain: undefined,
      now: SIGNED,
    });
    const person = { name: 'alice', signer, privateKey: '', publicKey: '' };
    const path = await temporaryFile(typicalSif().bytes());
    await signAs(path, person, 'author', await judgeTrusting([person], { now: SIGNED }));
    if (reason !== undefined) await home.revoke(BETWEEN, 'primary', reason);
    const file = join(await temporaryFolder(), 'key.asc');
    await writeFile(file, await home.run(NOW, ['--armor', '--export', home.fingerprint]));
    const trust = {
      ...person,
      signer: { ...signer, publicMaterial: trustIn({ keyrings: [await home.keyring(NOW)] }) },
    };
    const ours = await verdictOf(path, await judgeTrusting([trust], { now: NOW }));
    const theirs = await runPeer('apptainer', ['verify', '--local', path], { env: await apptainerKeyring(file) });
    expect(ours.verdict).toBe(reason === undefined ? 'passed' : 'failed');
    expect(theirs.exitCode === 0).toBe(reason === undefined);
  });
});
