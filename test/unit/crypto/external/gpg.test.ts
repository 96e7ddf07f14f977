// SPDX-License-Identifier: Apache-2.0
// Keys of the real gpg and its agent, and programs called gpg that are none.

import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/base/secret.ts';
import { utf8 } from '../../../../src/base/bytes.ts';
import type { KeyWorld } from '../../../../src/crypto/external/holder.ts';
import type { Signer } from '../../../../src/crypto/signer.ts';
import { Gnupg } from '../../../support/gnupg.ts';
import { programFolder, worldOf } from '../../../support/key-programs.ts';
import { hasPeers, peerPath } from '../../../support/peers.ts';
import { codeOf, signer, verifier } from '../../../support/signing.ts';

const PAE = utf8('DSSEv1 4 text 7 message\r\n with all bytes \u0000\u00ff');
const TEXT = '{"version":1,"header":{"digest":"sha256:00"}}';
const now = new Date();

interface More extends Partial<KeyWorld> {
  readonly passphrase?: string;
  readonly now?: Date;
}

async function signerOf(gnupg: Gnupg, name: string, { passphrase, now: time = now, ...more }: More = {}) {
  const world = await worldOf([peerPath()], { variables: { GNUPGHOME: gnupg.home }, ...more });
  const secret = passphrase === undefined ? undefined : new Secret(passphrase);
  return signer({ method: 'pgp', key: new Secret(`gpg:${name}`), passphrase: secret, world, now: time });
}

/** Signs both ways, and has both verified under the public key that gpg exports. */
async function expectGood(one: Signer, publicKey: string): Promise<void> {
  const check = await verifier({ keyrings: [utf8(publicKey)] });
  const { material, native, identity } = one;
  if (native.format !== 'pgp' || identity.method !== 'pgp') throw new Error('gpg signs as OpenPGP');
  const signature = await one.signPae(PAE, now);
  const dsse = await check.verifyDsse({ pae: PAE, signature, material, keyid: undefined, hashing: 'bundle' }, now);
  expect(dsse).toMatchObject({ status: 'valid', identity });
  expect(dsse.signedAt?.getTime()).toBe(Math.floor(now.getTime() / 1000) * 1000);
  const cleartext = await check.verifyCleartext(await native.signCleartext(utf8(TEXT), now), identity.fingerprint, now);
  expect(cleartext).toMatchObject({ status: 'valid', text: TEXT });
}

describe.skipIf(!hasPeers('gpg', 'gpgconf'))('a key of gpg (skipped without it)', () => {
  test.each(['ed25519', 'rsa2048', 'nistp256'])('of type %s signs our bytes at our time', async (algorithm) => {
    const gnupg = await Gnupg.make();
    const fingerprint = await gnupg.newKey('alice', { algorithm });
    const one = await signerOf(gnupg, fingerprint.toLowerCase());
    expect(one.identity).toMatchObject({ method: 'pgp', fingerprint, userIds: ['alice <alice@example.org>'] });
    expect(one.isProtected).toBe(true);
    await expectGood(one, await gnupg.publicKey(fingerprint));
    await Promise.all(['a', 'b', 'c'].map((text) => one.signPae(utf8(text), now)));
  });

  test('signs with its primary part if that may, else with the newest subkey, or the one that is named', async () => {
    const gnupg = await Gnupg.make();
    const signing = await gnupg.newKey('alice');
    const named = await gnupg.addSubkey(signing);
    expect((await signerOf(gnupg, signing)).identity).not.toHaveProperty('subkey');
    expect((await signerOf(gnupg, named)).identity).toMatchObject({ fingerprint: signing, subkey: named });
    const certifying = await gnupg.newKey('bob', { usage: 'cert' });
    expect(await codeOf(signerOf(gnupg, certifying))).toBe('SIGNATURE_PGP_CANNOT_SIGN');
    const subkey = await gnupg.addSubkey(certifying);
    const one = await signerOf(gnupg, certifying);
    expect(one.identity).toMatchObject({ fingerprint: certifying, subkey });
    await expectGood(one, await gnupg.publicKey(certifying));
  });

  test('whose primary part is kept elsewhere signs with its subkey', async () => {
    const [gnupg, laptop] = [await Gnupg.make(), await Gnupg.make()];
    const fingerprint = await gnupg.newKey('alice');
    const subkey = await gnupg.addSubkey(fingerprint);
    await laptop.gpg(['--import'], await gnupg.gpg(['--armor', '--export-secret-subkeys', fingerprint]));
    const one = await signerOf(laptop, fingerprint);
    expect(one.identity).toMatchObject({ subkey });
    await expectGood(one, await gnupg.publicKey(fingerprint));
    await gnupg.gpg(['--delete-secret-keys', fingerprint]);
    expect(await codeOf(signerOf(gnupg, fingerprint))).toBe('KEY_GPG_NOT_IN_RING');
  });

  test('with a passphrase signs when that is given; without, the agent refuses', async () => {
    const gnupg = await Gnupg.make();
    const fingerprint = await gnupg.newKey('alice', { passphrase: 'correct horse' });
    await gnupg.forget();
    expect(await codeOf((await signerOf(gnupg, fingerprint)).signPae(PAE, now))).toBe('KEY_GPG_REFUSED');
    const wrong = await signerOf(gnupg, fingerprint, { passphrase: 'wrong battery' });
    expect(await codeOf(wrong.signPae(PAE, now))).toBe('KEY_GPG_REFUSED');
    await expectGood(
      await signerOf(gnupg, fingerprint, { passphrase: 'correct horse' }),
      await gnupg.publicKey(fingerprint),
    );
  });

  test('that is not in the ring, has expired or is revoked is told so', async () => {
    const gnupg = await Gnupg.make();
    expect(await codeOf(signerOf(gnupg, '0'.repeat(40)))).toBe('KEY_GPG_NOT_IN_RING');
    const old = await gnupg.newKey('old', { made: new Date('2020-01-01T00:00:00Z') });
    await gnupg.gpg(['--faked-system-time', '20200101T000001', '--quick-set-expire', old, '1d']);
    expect(await codeOf(signerOf(gnupg, old))).toBe('SIGNATURE_PGP_EXPIRED');
  });

  test('is not believed: other bytes, another kind of signature, other options of the ring', async () => {
    const gnupg = await Gnupg.make();
    const fingerprint = await gnupg.newKey('alice');
    const wrapped = async (change: string): Promise<string> => {
      const folder = await programFolder(
        'gpg',
        `
        const { spawnSync } = require('node:child_process'), fs = require('node:fs');
        let args = process.argv.slice(2);
        if (args.includes('--detach-sign')) { ${change} }
        const { stdout, stderr, status } = spawnSync('/usr/bin/env', ['gpg', ...args], { env: { ...process.env, PATH: ${JSON.stringify(peerPath())} } });
        process.stdout.write(stdout); process.stderr.write(stderr); process.exitCode = status;`,
      );
      const one = await signerOf(gnupg, fingerprint, { which: async () => `${folder}/gpg` });
      return codeOf(one.signPae(PAE, now));
    };
    expect(await wrapped(`fs.appendFileSync(args.at(-1), 'x')`)).toBe('KEY_SIGNATURE_WRONG');
    expect(await wrapped(`args = args.map((one) => one === '--no-textmode' ? '--textmode' : one)`)).toBe(
      'KEY_SIGNATURE_WRONG',
    );
    expect(await wrapped(`args.unshift('--sig-notation', '!critical@example.org=x')`)).toBe('KEY_SIGNATURE_WRONG');
    const earlier = `args = args.map((one) => /^\\d+!$/.test(one) ? parseInt(one) - 600 + '!' : one)`;
    expect(await wrapped(earlier)).toBe('KEY_SIGNATURE_WRONG');
    expect(await wrapped(`args = ['--version']`)).toBe('KEY_ANSWER_INVALID');
    expect(
      await wrapped(
        `process.stdout.write('-----BEGIN PGP SIGNATURE-----\\n\\n*\\n-----END PGP SIGNATURE-----'); process.exit(0)`,
      ),
    ).toBe('KEY_ANSWER_INVALID');
    expect(await wrapped(`args = ['--batch', '--armor', '--export-secret-keys']`)).toBe('KEY_LEAKED');
    expect(await codeOf(signerOf(gnupg, fingerprint, { which: async () => undefined }))).toBe('KEY_GPG_MISSING');
  });
});

test('a gpg that hangs, exports another key or none is told so', async () => {
  const fake = async (script: string) =>
    codeOf(
      signer({
        method: 'pgp',
        key: new Secret(`gpg:${'AB'.repeat(20)}`),
        world: await worldOf([await programFolder('gpg', script)], { timeoutMs: 1500 }),
      }),
    );
  expect(await fake('setInterval(() => {}, 1000)')).toBe('KEY_TIMEOUT');
  expect(await fake('process.exitCode = 0')).toBe('KEY_UNEXPECTED');
  expect(
    await fake(`console.log('-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nAAAA\\n-----END PGP PUBLIC KEY BLOCK-----')`),
  ).toBe('KEY_ANSWER_INVALID');
});
